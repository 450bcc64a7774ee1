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
    if let verdict = report.verdict {
      let text = verdict.text ?? "no verdict: \(verdict.reason ?? "the table gives none")"
      if let index = verdicts.firstIndex(where: { $0.text == text }) {
        verdicts[index].count += 1
      } else {
        verdicts.append((text, 1))
      }
    }
    var position = 0
    for finding in report.findings {
      // Findings come in the order of the rules, so the next rule is never far.
      while position < rules.count, rules[position].rule != finding.rule { position += 1 }
      guard position < rules.count else { break }
      rules[position].counts[finding.outcome, default: 0] += 1
      if let waiver = finding.waiver {
        rules[position].waived += 1
        waived += 1
        idleWaivers.removeAll { $0.waiver == waiver }
      } else if finding.isOpen {
        open[finding.effectiveSeverity, default: [:]][finding.outcome, default: 0] += 1
      }
    }
  }

  /// Counts a record that could not be read or told apart.
  public mutating func addUnreadable(_ problems: [RecordProblem]) {
    read += 1
    unreadable += 1
    count(problems)
  }

  /// Counts problems that belong to no record.
  public mutating func count(_ more: [RecordProblem]) {
    for problem in more {
      if let index = problems.firstIndex(where: { $0.code == problem.code }) {
        problems[index].count += 1
      } else {
        problems.append((problem.code, 1, problem))
      }
    }
    problems.sort { ($1.count, $0.code.name) < ($0.count, $1.code.name) }
  }
}
