import Diagnostics
import FEEL

extension Checking {
  /// What all findings of a rule have in common.
  struct Draft: Sendable {
    var finding: Finding
    /// Of its requirements, as the policy has them.
    var severities: [Severity]
    /// Whether what is counted could tell a sensitive fact, which was not asked for.
    var withholds: Bool

    init(_ rule: Rule, _ severity: Severity, _ enforcement: Enforcement, showsSensitive: Bool) {
      finding = Finding(
        rule: rule.name, address: rule.address, title: rule.title, subject: Subject(record: ""), outcome: .fail,
        severity: severity, enforcement: enforcement, source: rule.source, clause: rule.clause)
      severities = rule.requirements.map { $0.hasOwnSeverity ? $0.severity : severity }
      withholds = rule.isSensitive && !showsSensitive
    }
  }

  /// What an outline takes from rules, in plain memory that nothing changes.
  final class Traits: @unchecked Sendable {
    struct Rule: BitwiseCopyable {
      var withholds: Bool
      var severity: Severity
      /// Of its requirements in ``Traits/severities``.
      var first: Int
    }

    let rules: UnsafeMutablePointer<Rule>
    /// Of requirements, those of one rule after another.
    let severities: UnsafeMutablePointer<Severity>

    init(_ drafts: [Draft]) {
      rules = .allocate(capacity: drafts.count)
      severities = .allocate(capacity: drafts.reduce(0) { $0 + $1.severities.count })
      var first = 0
      for (position, draft) in drafts.enumerated() {
        (rules + position).initialize(
          to: Rule(withholds: draft.withholds, severity: draft.finding.severity, first: first))
        for severity in draft.severities {
          (severities + first).initialize(to: severity)
          first += 1
        }
      }
    }

    deinit {
      rules.deallocate()
      severities.deallocate()
    }
  }

  /// What explains outcomes from columns; nil where nothing is to be explained.
  package var explanations: GroundsPlan? { program.explanations }

  /// Whether what is counted for a rule could tell a sensitive fact, which was not asked for.
  package func withholds(_ position: Int) -> Bool { traits.rules[position].withholds }

  /// Explains from columns what a rule came to for a row of its table.
  ///
  /// - Parameter reader: to whose outlines it is added, where it is not met.
  /// - Returns: false where only the interpreter can explain it, and nothing was added.
  func explain(_ position: Int, _ decided: ProgramOutcomes.Decided, row: Int, _ reader: GroundsReader) -> Bool {
    guard reader.columns.plan.outlines[position].table >= 0 else { return false }
    let before = reader.outlines.findings.count
    do throws(GroundsReader.HandedOver) {
      switch decided {
      case .pass, .notApplicable: break
      case .fail: try outline(position, .fail, row, reader)
      case .notEvidenced: try outline(position, .notEvidenced, row, reader)
      case .error, .handedOver: return false
      }
    } catch {
      // What it rests on is not named by any other.
      reader.outlines.findings.removeAll(after: before)
      return false
    }
    return true
  }

  /// Explains from columns what a rule came to for the subjects of a record.
  ///
  /// - Parameter reader: to whose outlines what is not met is added.
  /// - Returns: how often it passed or did not apply; nil where only the interpreter can explain it, and nothing was added.
  func explain(
    _ position: Int, _ outcomes: ProgramOutcomes, record: Int, _ reader: GroundsReader
  ) -> SettledRule? {
    guard outcomes.isPlain(rule: position) else { return nil }
    var settled = SettledRule(rule: position)
    let before = reader.outlines.findings.count
    var isExplained = true
    let isDecided = outcomes.visit(rule: position, record: record) { decided, decider in
      switch (decided, decider) {
      case (.pass, _): settled.passed += 1
      case (.notApplicable, _): settled.notApplicable += 1
      case (_, .subject(let row)): isExplained = isExplained && explain(position, decided, row: row, reader)
      case (.notEvidenced, .list(let level, let row)):
        isExplained = isExplained && explainMissing(position, level, of: row, reader)
      case (_, .list): isExplained = false
      }
    }
    guard isDecided, isExplained else {
      reader.outlines.findings.removeAll(after: before)
      return nil
    }
    return settled
  }

  /// Explains that nobody knows whether there is anything that a rule is about, since a list of its `each` is missing.
  ///
  /// - Parameter row: the one that the list is of.
  /// - Returns: false where only the interpreter can explain it, and nothing was added.
  private func explainMissing(_ position: Int, _ level: Int, of row: Int, _ reader: GroundsReader) -> Bool {
    let plan = reader.columns.plan
    let list = plan.levels[Int(plan.outlines[position].firstLevel) + level]
    guard list.fact >= 0 else { return false }
    let traits = traits.rules[position]
    reader.begin(withholding: traits.withholds)
    do { try reader.findMissing(fact: list.fact, row) } catch { return false }
    let unmet = reader.outlines.unmet.count
    reader.outlines.findings.append(
      FindingOutline(
        rule: position, outcome: .notEvidenced, severity: traits.severity, table: Int(list.table), row: row,
        evidence: reader.evidence, lists: reader.lists, missing: reader.missing, unmet: .init(first: unmet, end: unmet))
    )
    return true
  }

  /// Outlines what failed or is not evidenced of a subject.
  func outline(
    _ position: Int, _ outcome: Outcome, _ row: Int, _ reader: GroundsReader
  ) throws(GroundsReader.HandedOver) {
    let plan = reader.columns.plan
    let outlines = reader.outlines
    let rule = plan.outlines[position]
    let traits = traits.rules[position]
    reader.begin(withholding: traits.withholds)
    let table = Int(rule.table)
    if rule.when.step >= 0 { try reader.observe(rule.when.step, from: table, row) }
    let firstUnmet = outlines.unmet.count
    var isUnmet = false
    var severity: Severity?
    for index in 0..<Int(rule.requirementCount) {
      let requirement = plan.requirements[Int(rule.firstRequirement) + index]
      let truth = try reader.truth(requirement.that, from: table, row)
      // What is null does not make a rule fail: only where it does not fail is there something to say of it.
      if truth == Cell.null {
        if outcome == .fail { continue }
        throw GroundsReader.HandedOver()
      }
      isUnmet = isUnmet || truth == Cell.no
      guard outcome == .fail ? truth == Cell.no : truth != Cell.yes else { continue }
      try reader.observe(requirement.that.step, from: table, row)
      let own = self.traits.severities[traits.first + index]
      severity = max(severity ?? own, own)
      guard outcome == .fail else { continue }
      try reader.check(requirement, from: table, row)
      outlines.unmet.append(index)
    }
    if outcome == .notEvidenced {
      if rule.when.step >= 0 { try reader.findMissing(rule.when, from: table, row) }
      // Where a requirement is not met whatever the others are, only whether the rule applies is open.
      if !isUnmet {
        for index in 0..<Int(rule.requirementCount) {
          try reader.findMissing(plan.requirements[Int(rule.firstRequirement) + index].that, from: table, row)
        }
      }
    }
    outlines.findings.append(
      FindingOutline(
        rule: position, outcome: outcome, severity: severity ?? traits.severity, table: table, row: row,
        evidence: reader.evidence, lists: reader.lists, missing: reader.missing,
        unmet: .init(first: firstUnmet, end: outlines.unmet.count)))
  }

  // MARK: Findings

  /// The finding that an outline stands for; nil where the record says otherwise than columns.
  func finding(
    _ outline: FindingOutline, of marks: RecordOutline.Marks, record key: String, _ teller: FactTeller
  ) -> Finding? {
    guard let subject = teller.subject(outline.table, outline.row, record: key) else { return nil }
    let rule = teller.columns.plan.rules[outline.rule]
    let draft = drafts[outline.rule]
    var finding = draft.finding
    finding.subject = subject
    finding.outcome = outline.outcome
    finding.severity = outline.severity
    for number in outline.unmet.indices {
      guard let requirement = rule?.requirements[marks.unmet[number]] else { return nil }
      if let message = requirement.message {
        guard Self.append(teller.text(message, from: outline.table, outline.row), to: &finding.messages) else {
          return nil
        }
      }
      if let remedy = requirement.remedy {
        guard Self.append(teller.text(remedy, from: outline.table, outline.row), to: &finding.remedies) else {
          return nil
        }
      }
    }
    for number in outline.evidence.indices {
      guard let evidence = teller.evidence(marks.evidence[number], book, showsSensitive: showsSensitive) else {
        return nil
      }
      finding.evidence.append(evidence)
    }
    finding.lists = outline.lists.indices.map { number in
      let mark = marks.lists[number]
      return ListEvidence(
        text: teller.columns.plan.lists[Int(mark.list)], counts: draft.withholds ? nil : ListEvidence.Counts(mark))
    }
    for number in outline.missing.indices {
      guard let missing = teller.missing(marks.missing[number], book) else { return nil }
      finding.missing.append(missing)
    }
    return applyWaivers(to: finding)
  }

  /// The report that an outline stands for.
  func report(_ outline: borrowing RecordOutline) -> RecordReport {
    let key = String(decoding: outline.line.key, as: UTF8.self)
    var report = RecordReport(
      key: key, name: outline.name, place: Place(file: outline.fileName, line: outline.line.line), scope: .inScope,
      findings: [],
      ruleNames: asked.map { book.rules[$0.rule].name }, verdict: outline.verdict, problems: outline.problems)
    outline.forEachSettled { report.settled.append($0) }
    let teller = outline.teller
    outline.forEachFinding { number in
      if let finding = finding(number.pointee, of: outline.marks, record: key, teller) {
        report.findings.append(finding)
      }
    } explained: { finding, _ in
      report.findings.append(finding)
    }
    return report
  }

  /// Adds a text that is not there yet; false where there is none.
  private static func append(_ text: String?, to texts: inout [String]) -> Bool {
    guard let text else { return false }
    if !texts.contains(text) { texts.append(text) }
    return true
  }
}
