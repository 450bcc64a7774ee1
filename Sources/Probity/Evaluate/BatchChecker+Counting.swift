import FEEL

/// Counting without explaining: rule by rule over all records at once, as far as the program decided.
extension BatchChecker {
  /// Counts records, but not the problems of their data, and what is not in the summary yet of those that were added.
  ///
  /// - Parameter records: in order, each once.
  package mutating func count(_ records: [Int], in summary: inout Summary) {
    addOutlined(to: &summary)
    if records.isEmpty { return }
    var counting = Counting(
      counted: decisions.noRecords(),
      tallies: checking.policy.verdict.map { _ in .init(repeating: .init(), count: decisions.count) } ?? [])
    for index in records { count(record: index, &counting, in: &summary) }
    for position in ruleNames.indices { count(rule: position, &counting, in: &summary) }
    for (index, positions) in counting.undecided.sorted(by: { $0.key < $1.key }) {
      source.begin(index)
      source.rules = positions
      for position in positions { count(position, of: index, source.interpreter, .yes, &counting, in: &summary) }
    }
    guard checking.policy.verdict != nil else { return }
    for index in records {
      if let verdict = counting.verdicts[index] {
        if let verdict { summary.count(verdict) }
      } else if let verdict = verdict(on: counting.tallies[index]) {
        summary.count(verdict)
      }
    }
  }

  /// What is counted besides the summary.
  private struct Counting {
    /// The records that are counted rule by rule.
    var counted: ProgramOutcomes.Selection
    /// By record, where there is a verdict table.
    var tallies: [VerdictCounts.Tally]
    /// The verdicts of those records that are not counted so; nil for one out of scope.
    var verdicts: [Int: Verdict?] = [:]
    /// By record: the rules that the interpreter has to be asked.
    var undecided: [Int: [Int]] = [:]

    mutating func add(_ outcome: Outcome, _ severity: Severity, of record: Int, _ number: Int = 1) {
      if !tallies.isEmpty { tallies[record].add(outcome, severity, number) }
    }
  }

  // MARK: Records

  /// Counts a record by itself where that has to be, or else among those that are counted rule by rule.
  private mutating func count(record index: Int, _ counting: inout Counting, in summary: inout Summary) {
    // A waiver lies over single findings.
    if checking.hasWaivers(for: batch.key(of: index)) {
      var report = report(on: index)
      counting.verdicts[index] = .some(report.verdict)
      (report.verdict, report.problems) = (nil, [])
      summary.add(report)
      return
    }
    summary.read += 1
    guard !checking.policy.scope.isEmpty, decisions.isInScope(index) != true else {
      summary.checked += 1
      counting.counted.insert(index)
      return
    }
    source.begin(index)
    let scope = source.scope(asking: Array(ruleNames.indices), decided: decisions.isInScope(index))
    switch scope {
    case .no:
      summary.outOfScope += 1
      counting.verdicts[index] = .some(nil)
    case .yes:
      summary.checked += 1
      counting.counted.insert(index)
    case .unknown, .null:
      summary.checked += 1
      for position in ruleNames.indices {
        count(position, of: index, source.interpreter, scope, &counting, in: &summary)
      }
    }
  }

  // MARK: Rules

  /// Counts what the program decided of a rule, and notes for which records it did not.
  private func count(rule position: Int, _ counting: inout Counting, in summary: inout Summary) {
    let requirements = checking.book.rules[checking.asked[position].rule].requirements
    guard !requirements.contains(where: \.hasOwnSeverity),
      let tally = decisions.tally(rule: position, over: counting.counted)
    else {
      for index in decisions.records(in: counting.counted) {
        if count(position, record: index, &counting, in: &summary) { continue }
        counting.undecided[index, default: []].append(position)
      }
      return
    }
    summary.count(
      SettledRule(rule: position, passed: tally[.pass], notApplicable: tally[.notApplicable]))
    for outcome in [Outcome.fail, .notEvidenced, .error] {
      summary.count(outcome, of: position, severities[position], tally[.init(outcome)])
    }
    if tally[.handedOver] == 0, counting.tallies.isEmpty { return }
    for index in decisions.records(in: counting.counted) {
      if let outcome = decisions.outcome(rule: position, record: index)?.outcome {
        counting.add(outcome, severities[position], of: index)
      } else {
        counting.undecided[index, default: []].append(position)
      }
    }
  }

  /// Counts what the program decided of a rule for the subjects of a record; false where it did not decide all of it.
  private func count(
    _ position: Int, record: Int, _ counting: inout Counting, in summary: inout Summary
  ) -> Bool {
    let entry = checking.asked[position]
    var settled = SettledRule(rule: position)
    var open: [(outcome: Outcome, severity: Severity)] = []
    let isDecided = decisions.visit(rule: position, record: record) { decided, decider in
      switch decided.outcome {
      case .pass?: settled.passed += 1
      case .notApplicable?: settled.notApplicable += 1
      case let outcome?:
        open.append((outcome, Self.effective(severity(position, decided, decider), entry.enforcement)))
      case nil: break
      }
    }
    guard isDecided else { return false }
    summary.count(settled)
    counting.add(.pass, severities[position], of: record, settled.passed)
    counting.add(.notApplicable, severities[position], of: record, settled.notApplicable)
    for (outcome, severity) in open {
      summary.count(outcome, of: position, severity)
      counting.add(outcome, severity, of: record)
    }
    return true
  }

  /// What an open finding is, before the policy's enforcement: the most severe of the requirements that are not met.
  private func severity(
    _ position: Int, _ decided: ProgramOutcomes.Decided, _ decider: ProgramOutcomes.Decider
  ) -> Severity {
    let entry = checking.asked[position]
    let requirements = checking.book.rules[entry.rule].requirements
    guard case .subject(let row) = decider else { return entry.severity }
    let unmet = decisions.unmet(rule: position, row: row, decided)
    return unmet.map { requirements[$0].hasOwnSeverity ? requirements[$0].severity : entry.severity }.max()
      ?? entry.severity
  }

  /// Counts what the interpreter decides of a rule for a record.
  private func count(
    _ position: Int, of record: Int, _ interpreter: Interpreter, _ scope: Truth, _ counting: inout Counting,
    in summary: inout Summary
  ) {
    let entry = checking.asked[position]
    let rule = checking.book.rules[entry.rule]
    for result in interpreter.ask(rule, scope: scope, explaining: false) {
      let severity = Self.effective(
        Interpreter.severity(of: result, rule, severity: entry.severity), entry.enforcement)
      counting.add(result.outcome, severity, of: record)
      switch result.outcome {
      case .pass: summary.count(SettledRule(rule: position, passed: 1))
      case .notApplicable: summary.count(SettledRule(rule: position, notApplicable: 1))
      case .fail, .notEvidenced, .error: summary.count(result.outcome, of: position, severity)
      }
    }
  }
}
