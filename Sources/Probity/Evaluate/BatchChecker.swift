import FEEL

/// Says what was found about the records of one batch, from what the program decided and, where that is not enough, from
/// the interpreter.
package struct BatchChecker {
  let checking: Checking
  let batch: RecordBatch
  let decisions: ProgramOutcomes
  let source: Source
  /// Verdicts by the counts they rest on: most records of a batch share theirs with others.
  private var verdicts: [VerdictCounts.Tally: Verdict] = [:]
  let ruleNames: [String]
  /// By rule that is asked: what its findings count as where no requirement has a severity of its own.
  let severities: [Severity]
  /// What tells how much of ``spent`` is added.
  private let clock: (() -> Int)?
  /// By rule that is asked: what it took to explain its findings, by the clock.
  private(set) var spent: [Int]

  package init(
    _ checking: Checking, _ batch: RecordBatch, _ decisions: ProgramOutcomes, clock: (() -> Int)? = nil
  ) {
    self.clock = clock
    spent = checking.asked.map { _ in 0 }
    self.checking = checking
    self.batch = batch
    self.decisions = decisions
    source = Source(checking, batch, decisions)
    ruleNames = checking.asked.map { checking.book.rules[$0.rule].name }
    severities = checking.asked.map { Self.effective($0.severity, $0.enforcement) }
  }

  static func effective(_ severity: Severity, _ enforcement: Enforcement) -> Severity {
    enforcement == .advisory ? .advisory : severity
  }

  /// A record's report, with the problems of its data: what passed or does not apply is counted, and everything else
  /// explained.
  package mutating func report(on index: Int) -> RecordReport {
    var report = RecordReport(
      key: batch.key(of: index), name: batch.name(of: index), place: batch.place(of: index), scope: .inScope,
      findings: [], ruleNames: ruleNames, verdict: nil, problems: batch.problems(of: index))
    source.begin(index)
    var settled: [SettledRule?] = []
    settled.reserveCapacity(ruleNames.count)
    for position in ruleNames.indices { settled.append(self.settled(position, record: index)) }
    let scope = source.scope(
      asking: settled.indices.filter { settled[$0] == nil }, decided: decisions.isInScope(index))
    if scope != .yes { report.scope = checking.scopeOutcome(scope) }
    if scope == .no { return report }
    var tally = VerdictCounts.Tally()
    report.settled.reserveCapacity(settled.count)
    for position in settled.indices {
      if scope == .yes, let rule = settled[position] {
        report.settled.append(rule)
        count(rule, in: &tally)
      } else {
        let start = clock?()
        let explained = scope == .yes ? source.explain(position, key: report.key) : nil
        let findings = explained?.findings ?? checking.findings(of: position, source.interpreter, scope)
        if let start, let end = clock?() { spent[position] += end - start }
        var rule = SettledRule(
          rule: position, passed: explained?.passed ?? 0, notApplicable: explained?.notApplicable ?? 0)
        if let explained, checking.policy.verdict != nil {
          tally.add(.pass, severities[position], explained.passed)
          tally.add(.notApplicable, severities[position], explained.notApplicable)
        }
        for finding in findings {
          if checking.policy.verdict != nil { tally.add(finding) }
          switch finding.outcome {
          case .pass: rule.passed += 1
          case .notApplicable: rule.notApplicable += 1
          case .fail, .notEvidenced, .error: report.findings.append(finding)
          }
        }
        if rule.passed + rule.notApplicable > 0 { report.settled.append(rule) }
      }
    }
    report.verdict = verdict(on: tally)
    return report
  }

  /// A record's report with a finding for every subject, those that pass and those that the rule is not about included.
  package mutating func fullReport(on index: Int) -> RecordReport {
    var report = report(on: index)
    guard !report.settled.isEmpty else { return report }
    source.begin(index)
    let scope = source.scope(asking: Array(ruleNames.indices), decided: decisions.isInScope(index))
    report.findings = ruleNames.indices.flatMap { checking.findings(of: $0, source.interpreter, scope) }
    report.settled = []
    return report
  }

  // MARK: Rules

  /// A rule that passes or does not apply for every subject of a record; nil where it does not for one.
  private func settled(_ position: Int, record: Int) -> SettledRule? {
    switch decisions.outcome(rule: position, record: record) {
    case .pass?: return SettledRule(rule: position, passed: 1)
    case .notApplicable?: return SettledRule(rule: position, notApplicable: 1)
    case .some: return nil
    case nil: break
    }
    var rule = SettledRule(rule: position)
    var isSettled = true
    let isDecided = decisions.visit(rule: position, record: record) { outcome, _ in
      switch outcome {
      case .pass: rule.passed += 1
      case .notApplicable: rule.notApplicable += 1
      default: isSettled = false
      }
    }
    return isDecided && isSettled ? rule : nil
  }

  private func count(_ rule: SettledRule, in tally: inout VerdictCounts.Tally) {
    guard checking.policy.verdict != nil else { return }
    tally.add(.pass, severities[rule.rule], rule.passed)
    tally.add(.notApplicable, severities[rule.rule], rule.notApplicable)
  }

  mutating func verdict(on tally: VerdictCounts.Tally) -> Verdict? {
    guard checking.policy.verdict != nil else { return nil }
    if let known = verdicts[tally] { return known }
    let verdict = checking.policy.verdict(on: tally, asOf: checking.asOf, zones: checking.zones)
    verdicts[tally] = verdict
    return verdict
  }

  // MARK: The record itself

  /// The record that is being looked at, read only if something asks for its facts.
  ///
  /// It is one for a batch, and its own. Nothing that it calls comes back to it.
  final class Source {
    private let checking: Checking
    private let batch: RecordBatch
    private let decisions: ProgramOutcomes
    @exclusivity(unchecked) private var index = 0
    /// The rules that will be asked, whose facts are all that is needed.
    @exclusivity(unchecked) var rules: [Int] = []
    @exclusivity(unchecked) private var asked: Interpreter?
    @exclusivity(unchecked) private var reader: GroundsReader?

    init(_ checking: Checking, _ batch: RecordBatch, _ decisions: ProgramOutcomes) {
      self.checking = checking
      self.batch = batch
      self.decisions = decisions
    }

    /// Goes on to another record.
    func begin(_ index: Int) {
      self.index = index
      rules = []
      asked = nil
      reader = nil
    }

    var interpreter: Interpreter {
      if let asked { return asked }
      let interpreter = checking.interpreter(of: batch.recover(index, for: rules))
      asked = interpreter
      return interpreter
    }

    /// What columns explain of a rule; nil where only the interpreter can.
    func explain(_ rule: Int, key: String) -> Checking.Explained? {
      guard let columns = decisions.explained, checking.program.rules[rule]?.grounds != nil else { return nil }
      let reader = reader ?? GroundsReader(columns, batch.facts(of: index))
      self.reader = reader
      return checking.explain(rule, decisions, record: index, key: key, reader)
    }

    /// Whether the policy is about the record.
    ///
    /// - Parameters:
    ///   - rules: those that will be asked if it is.
    ///   - decided: what the program says; nil where it leaves that open.
    func scope(asking rules: [Int], decided: Bool?) -> Truth {
      self.rules = rules
      if checking.policy.scope.isEmpty { return .yes }
      if let decided { return decided ? .yes : .no }
      let scope = interpreter.scope(of: checking.policy)
      if scope != .yes {
        // Every rule is asked where scope is not certain.
        self.rules = Array(checking.asked.indices)
        asked = nil
      }
      return scope
    }
  }
}
