import FEEL

/// Says what was found about the records of one batch, from what the program decided and, where that is not enough, from
/// the interpreter.
package struct BatchChecker {
  let checking: Checking
  let batch: RecordBatch
  let decisions: ProgramOutcomes
  let source: Source
  /// The batch with what explains it from columns; nil where nothing is to be explained.
  private let outlining: OutlinedBatch?
  /// By rule that is asked: where the program's outcomes begin; −1 for one that is not asked just once of each record.
  private let starts: [Int]
  /// The records that were told from columns, and what was counted of them but for how often ``starts`` rules passed or did
  /// not apply.
  private var outlinedRecords: ProgramOutcomes.Selection
  private var outlined: OutlinedCounts
  /// Verdicts by the counts they rest on: most records of a batch share theirs with others.
  private var verdicts: [VerdictCounts.Tally: Verdict] = [:]
  var ruleNames: [String] { checking.ruleNames }
  var severities: [Severity] { checking.severities }
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
    source = Source(checking, batch)
    outlining = decisions.explained.map { OutlinedBatch(batch, $0) }
    outlinedRecords = decisions.noRecords()
    starts = checking.asked.indices.map { decisions.start(rule: $0) ?? -1 }
    outlined = OutlinedCounts(rules: checking.asked.count)
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
        let explained = scope == .yes ? explain(position, record: index, key: report.key) : nil
        let findings = explained?.findings ?? checking.findings(of: position, source.interpreter, scope)
        if let start, let end = clock?() { spent[position] += end - start }
        var rule = explained?.settled ?? SettledRule(rule: position)
        count(rule, in: &tally)
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

  /// What was found about a record, for a report that needs nothing but columns; nil where that is not all there is to say.
  ///
  /// It is valid until another record is asked about.
  package mutating func outline(on index: Int) -> RecordOutline? {
    guard let outlining, let line = batch.lineText(of: index),
      checking.policy.scope.isEmpty || decisions.isInScope(index) == true,
      !checking.hasWaivers(for: batch.key(of: index))
    else { return nil }
    let outlines = outlining.outlines
    outlines.removeAll()
    var left: [Int] = []
    for first in stride(from: 0, to: starts.count, by: 64) {
      // Which rules are met and which do not apply is anybody's guess, so there is no branch for it.
      var (passed, notApplicable, open) = (0 as UInt64, 0 as UInt64, 0 as UInt64)
      for position in first..<min(first &+ 64, starts.count) {
        let bit = 1 &<< UInt64(truncatingIfNeeded: position)
        let start = starts[position]
        let code = start < 0 ? ProgramOutcomes.Decided.handedOver.rawValue : decisions.code(at: start &+ index)
        passed |= code == ProgramOutcomes.Decided.pass.rawValue ? bit : 0
        notApplicable |= code == ProgramOutcomes.Decided.notApplicable.rawValue ? bit : 0
        open |= bit
      }
      open &= ~(passed | notApplicable)
      outlines.passed.append(passed)
      outlines.notApplicable.append(notApplicable)
      while open != 0 {
        let position = first &+ open.trailingZeroBitCount
        open &= open &- 1
        if !outline(position, record: index, outlining.reader) { left.append(position) }
      }
    }
    if !left.isEmpty { interpret(left, record: index, outlines) }
    var outline = RecordOutline(outlining, record: index, line: line)
    if checking.policy.verdict != nil { outline.verdict = verdict(on: tally(of: outline)) }
    return outline
  }

  /// Outlines what is not met of a rule; false where only the interpreter can explain it.
  private mutating func outline(_ position: Int, record: Int, _ reader: GroundsReader) -> Bool {
    let start = clock?()
    defer { if let start, let end = clock?() { spent[position] += end - start } }
    if starts[position] >= 0 {
      return checking.explain(position, decisions.decided(at: starts[position] &+ record), row: record, reader)
    }
    guard
      let rule = settled(position, record: record)
        ?? checking.explain(position, decisions, record: record, reader)
    else { return false }
    if rule.passed + rule.notApplicable > 0 { reader.outlines.counted.append(rule) }
    return true
  }

  /// Adds what only the interpreter can explain.
  private mutating func interpret(_ rules: [Int], record: Int, _ outlines: Outlines) {
    source.begin(record)
    source.rules = rules
    for position in rules {
      var rule = SettledRule(rule: position)
      let start = clock?()
      for finding in checking.findings(of: position, source.interpreter, .yes) {
        switch finding.outcome {
        case .pass: rule.passed += 1
        case .notApplicable: rule.notApplicable += 1
        case .fail, .notEvidenced, .error: outlines.explained.append((finding, position))
        }
      }
      if let start, let end = clock?() { spent[position] += end - start }
      var before = 0
      while before < outlines.counted.count, outlines.counted[before].rule < position { before += 1 }
      if rule.passed + rule.notApplicable > 0 { outlines.counted.insert(rule, at: before) }
    }
  }

  private func tally(of outline: borrowing RecordOutline) -> VerdictCounts.Tally {
    var tally = VerdictCounts.Tally()
    outline.forEachSettled { count($0, in: &tally) }
    outline.forEachFinding { finding in
      let finding = finding.pointee
      tally.add(finding.outcome, Self.effective(finding.severity, checking.asked[finding.rule].enforcement))
    } explained: { finding, _ in
      tally.add(finding)
    }
    return tally
  }

  /// Counts a record whose findings were explained from columns. Part of it is only in the summary once records were
  /// counted with ``count(_:in:)``.
  package mutating func add(_ outline: borrowing RecordOutline, to summary: inout Summary) {
    outlined.records += 1
    outlinedRecords.insert(outline.index)
    if outline.hasProblems { summary.count(outline.problems) }
    if let verdict = outline.verdict { summary.count(verdict) }
    for rule in outline.counted { outlined.count(rule) }
    outline.forEachFinding { finding in
      let finding = finding.pointee
      outlined.count(
        finding.outcome, of: finding.rule, Self.effective(finding.severity, checking.asked[finding.rule].enforcement))
    } explained: { finding, rule in
      outlined.count(finding.outcome, of: rule, Self.effective(finding.severity, checking.asked[rule].enforcement))
    }
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

  /// What columns explain of a rule for a record; nil where only the interpreter can.
  private mutating func explain(
    _ position: Int, record: Int, key: String
  ) -> (settled: SettledRule, findings: [Finding])? {
    guard let reader = outlining?.reader else { return nil }
    reader.outlines.removeAll()
    guard let settled = checking.explain(position, decisions, record: record, reader) else { return nil }
    let teller = source.teller(reader.columns)
    let marks = RecordOutline.Marks(reader.outlines)
    var findings: [Finding] = []
    for number in 0..<reader.outlines.findings.count {
      guard let finding = checking.finding(marks.findings[number], of: marks, record: key, teller) else { return nil }
      findings.append(finding)
    }
    return (settled, findings)
  }

  private func count(_ rule: SettledRule, in tally: inout VerdictCounts.Tally) {
    guard checking.policy.verdict != nil else { return }
    tally.add(.pass, severities[rule.rule], rule.passed)
    tally.add(.notApplicable, severities[rule.rule], rule.notApplicable)
  }

  /// Adds what is not in a summary yet of the records that were told from columns.
  mutating func addOutlined(to summary: inout Summary) {
    if outlined.records == 0 { return }
    summary.add(outlined)
    for position in starts.indices where starts[position] >= 0 {
      guard let tally = decisions.tally(rule: position, over: outlinedRecords) else { continue }
      summary.count(SettledRule(rule: position, passed: tally[.pass], notApplicable: tally[.notApplicable]))
    }
    outlined = OutlinedCounts(rules: ruleNames.count)
    outlinedRecords = decisions.noRecords()
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
    @exclusivity(unchecked) private var index = 0
    /// The rules that will be asked, whose facts are all that is needed.
    @exclusivity(unchecked) var rules: [Int] = []
    @exclusivity(unchecked) private var recovered: Record?
    @exclusivity(unchecked) private var asked: Interpreter?
    @exclusivity(unchecked) private var told: FactTeller?

    init(_ checking: Checking, _ batch: RecordBatch) {
      self.checking = checking
      self.batch = batch
    }

    /// Goes on to another record.
    func begin(_ index: Int) {
      self.index = index
      rules = []
      recovered = nil
      asked = nil
      told = nil
    }

    /// With what the rules read that will be asked.
    private var record: Record {
      if let recovered { return recovered }
      let record = batch.recover(index, for: rules)
      recovered = record
      return record
    }

    var interpreter: Interpreter {
      if let asked { return asked }
      let interpreter = checking.interpreter(of: record)
      asked = interpreter
      return interpreter
    }

    /// Says what and where the record's facts are.
    func teller(_ columns: ExplainedColumns) -> FactTeller {
      if let told { return told }
      let origin =
        batch.lineText(of: index).map { .line($0, file: batch.file) }
        ?? FactTeller.Origin.record(HeldFacts(record, columns))
      let teller = FactTeller(columns: columns, origin: origin)
      told = teller
      return teller
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
        recovered = nil
        asked = nil
      }
      return scope
    }
  }
}
