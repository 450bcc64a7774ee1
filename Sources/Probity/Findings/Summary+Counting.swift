import Diagnostics
import FEEL

extension Summary {
  /// A summary of nothing yet.
  public init(of checking: Checking) {
    self.init(policy: checking.policy.name, policyTitle: checking.policy.title, asOf: checking.asOf)
    rules = checking.asked.map {
      RuleCounts(rule: checking.book.rules[$0.rule].name, title: checking.book.rules[$0.rule].title)
    }
    notAsked = checking.notAsked.map { (checking.book.rules[$0.rule].name, $0.reason) }
    if let table = checking.policy.verdict, let first = table.outputs.first, first.type.base == .string {
      for row in table.rows {
        guard case .constant(.string(let text))? = row.outputs.first?.root.kind else { continue }
        if !verdicts.contains(where: { $0.text == text }) { verdicts.append((text, 0)) }
      }
    }
    idleWaivers = checking.waivers.map { ($0, checking.whyIdle($0)) }
  }

  /// Counts a record that was checked, or was out of scope.
  public mutating func add(_ report: RecordReport) {
    read += 1
    count(report.problems)
    if case .outOfScope = report.scope {
      outOfScope += 1
      return
    }
    checked += 1
    if let verdict = report.verdict { count(verdict) }
    for rule in report.settled { count(rule) }
    var position = 0
    for finding in report.findings {
      // Findings come in the order of the rules, so the next rule is never far.
      while position < rules.count, rules[position].rule != finding.rule { position += 1 }
      guard position < rules.count else { break }
      rules[position].counts[finding.outcome] += 1
      if let waiver = finding.waiver {
        rules[position].waived += 1
        waived += 1
        idleWaivers.removeAll { $0.waiver == waiver }
      } else if finding.isOpen {
        open[finding.effectiveSeverity, default: [:]][finding.outcome] += 1
      }
    }
  }

  /// Adds what was counted of records that were told from columns.
  mutating func add(_ outlined: OutlinedCounts) {
    read += outlined.records
    checked += outlined.records
    for index in rules.indices { rules[index].counts += outlined.rules[index] }
    for severity in Severity.allCases where outlined.open[severity.rank].unmet > 0 {
      open[severity, default: [:]] += outlined.open[severity.rank]
    }
  }

  mutating func count(_ rule: SettledRule) {
    rules[rule.rule].counts[.pass] += rule.passed
    rules[rule.rule].counts[.notApplicable] += rule.notApplicable
  }

  /// Counts open findings.
  mutating func count(_ outcome: Outcome, of rule: Int, _ severity: Severity, _ number: Int = 1) {
    guard number > 0 else { return }
    rules[rule].counts[outcome] += number
    open[severity, default: [:]][outcome] += number
  }

  mutating func count(_ verdict: Verdict) {
    let text = verdict.text ?? "no verdict: \(verdict.reason ?? "the table gives none")"
    count(verdict: text, 1)
  }

  private mutating func count(verdict text: String, _ number: Int) {
    if let index = verdicts.firstIndex(where: { $0.text == text }) {
      verdicts[index].count += number
    } else {
      verdicts.append((text, number))
    }
  }

  /// Adds what was counted over further records of the same run, which come after these.
  package mutating func add(_ more: Summary) {
    read += more.read
    checked += more.checked
    outOfScope += more.outOfScope
    unreadable += more.unreadable
    waived += more.waived
    for (severity, counts) in more.open { open[severity, default: [:]] += counts }
    for (text, number) in more.verdicts { count(verdict: text, number) }
    for index in rules.indices {
      rules[index].counts += more.rules[index].counts
      rules[index].waived += more.rules[index].waived
    }
    for (code, number, example) in more.problems { count(code, number, example) }
    sortProblems()
    idleWaivers.removeAll { idle in !more.idleWaivers.contains { $0.waiver == idle.waiver } }
  }

  /// Counts a record that could not be read or told apart.
  public mutating func addUnreadable(_ problems: [RecordProblem]) {
    read += 1
    unreadable += 1
    count(problems)
  }

  /// Counts problems that belong to no record.
  public mutating func count(_ more: [RecordProblem]) {
    guard !more.isEmpty else { return }
    for problem in more { count(problem.code, 1, problem) }
    sortProblems()
  }

  private mutating func count(_ code: DiagnosticCode, _ number: Int, _ example: RecordProblem) {
    if let index = problems.firstIndex(where: { $0.code == code }) {
      problems[index].count += number
    } else {
      problems.append((code, number, example))
    }
  }

  private mutating func sortProblems() {
    problems.sort { ($1.count, $0.code.name) < ($0.count, $1.code.name) }
  }
}

/// How often rules came to what over records that are added to a summary all at once, so that counting one of them takes
/// no looking up.
struct OutlinedCounts {
  var records = 0
  /// By position among the asked rules.
  fileprivate var rules: [OutcomeCounts]
  /// By the rank of the severity.
  fileprivate var open: [OutcomeCounts]

  init(rules count: Int) {
    rules = Array(repeating: [:], count: count)
    open = Array(repeating: [:], count: Severity.allCases.count)
  }

  mutating func count(_ rule: SettledRule) {
    rules[rule.rule][.pass] += rule.passed
    rules[rule.rule][.notApplicable] += rule.notApplicable
  }

  mutating func count(_ outcome: Outcome, of rule: Int, _ severity: Severity) {
    rules[rule][outcome] += 1
    open[severity.rank][outcome] += 1
  }
}
