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

  /// What explains outcomes from columns; nil where nothing is to be explained.
  package var explanations: GroundsPlan? { program.explanations }

  /// Whether what is counted for a rule could tell a sensitive fact, which was not asked for.
  package func withholds(_ position: Int) -> Bool { drafts[position].withholds }

  /// Explains from columns what a rule came to for a record.
  ///
  /// - Parameter outlines: to which what is not met is added.
  /// - Returns: how often it passed or did not apply; nil where only the interpreter can explain it, and nothing was added.
  func explain(
    _ position: Int, _ outcomes: ProgramOutcomes, record: Int, _ reader: inout GroundsReader,
    into outlines: inout Outlines
  ) -> SettledRule? {
    guard let rule = reader.columns.plan.rules[position], outcomes.isPlain(rule: position) else { return nil }
    var settled = SettledRule(rule: position)
    let before = outlines.findings.count
    do throws(GroundsReader.HandedOver) {
      switch outcomes.outcome(rule: position, record: record) {
      case .pass?: settled.passed = 1
      case .notApplicable?: settled.notApplicable = 1
      case .fail?: try outline(position, rule, .fail, record, &reader, &outlines)
      case .notEvidenced?: try outline(position, rule, .notEvidenced, record, &reader, &outlines)
      case .error?, .handedOver?: return nil
      case nil:
        var open: [(outcome: Outcome, row: Int)] = []
        var isPlain = true
        let isDecided = outcomes.visit(rule: position, record: record) { decided, row in
          switch (decided, row) {
          case (.pass, _): settled.passed += 1
          case (.notApplicable, _): settled.notApplicable += 1
          case (.fail, let row?): open.append((.fail, row))
          case (.notEvidenced, let row?): open.append((.notEvidenced, row))
          default: isPlain = false
          }
        }
        guard isDecided, isPlain else { return nil }
        for (outcome, row) in open { try outline(position, rule, outcome, row, &reader, &outlines) }
      }
    } catch {
      // What they rest on is not named by any other.
      outlines.findings.removeSubrange(before...)
      return nil
    }
    return settled
  }

  private func outline(
    _ position: Int, _ rule: GroundsPlan.Rule, _ outcome: Outcome, _ row: Int, _ reader: inout GroundsReader,
    _ outlines: inout Outlines
  ) throws(GroundsReader.HandedOver) {
    reader.begin(withholding: drafts[position].withholds)
    let table = rule.table
    if let when = rule.when { try reader.observe(when.step, from: table, row) }
    let firstUnmet = outlines.unmet.count
    var isUnmet = false
    var severity: Severity?
    for (index, requirement) in rule.requirements.enumerated() {
      let truth = try reader.truth(requirement.that, from: table, row)
      // What is null does not make a rule fail: only where it does not fail is there something to say of it.
      if truth == Cell.null {
        if outcome == .fail { continue }
        throw GroundsReader.HandedOver()
      }
      isUnmet = isUnmet || truth == Cell.no
      guard outcome == .fail ? truth == Cell.no : truth != Cell.yes else { continue }
      try reader.observe(requirement.that.step, from: table, row)
      let own = drafts[position].severities[index]
      severity = max(severity ?? own, own)
      guard outcome == .fail else { continue }
      if let message = requirement.message { try reader.check(message, from: table, row) }
      if let remedy = requirement.remedy { try reader.check(remedy, from: table, row) }
      outlines.unmet.append(index)
    }
    if outcome == .notEvidenced {
      if let when = rule.when { try reader.findMissing(when, from: table, row) }
      // Where a requirement is not met whatever the others are, only whether the rule applies is open.
      for requirement in isUnmet ? [] : rule.requirements {
        try reader.findMissing(requirement.that, from: table, row)
      }
    }
    outlines.findings.append(
      FindingOutline(
        rule: position, outcome: outcome, severity: severity ?? drafts[position].finding.severity, table: table,
        row: row, evidence: Self.append(reader.evidence.all, to: &outlines.evidence),
        lists: Self.append(reader.lists.all, to: &outlines.lists),
        missing: Self.append(reader.missing.all, to: &outlines.missing),
        unmet: firstUnmet..<outlines.unmet.count))
  }

  private static func append<Mark>(_ marks: [Mark], to all: inout [Mark]) -> Range<Int> {
    let first = all.count
    all += marks
    return first..<all.count
  }

  // MARK: Findings

  /// The finding that an outline stands for; nil where the record says otherwise than columns.
  func finding(_ outline: FindingOutline, of outlines: Outlines, record key: String, _ teller: FactTeller) -> Finding? {
    guard let rule = teller.columns.plan.rules[outline.rule],
      let subject = teller.subject(outline.table, outline.row, record: key)
    else { return nil }
    let draft = drafts[outline.rule]
    var finding = draft.finding
    finding.subject = subject
    finding.outcome = outline.outcome
    finding.severity = outline.severity
    for index in outlines.unmet[outline.unmet] {
      let requirement = rule.requirements[index]
      if let message = requirement.message {
        guard Self.append(teller.text(message, from: rule.table, outline.row), to: &finding.messages) else {
          return nil
        }
      }
      if let remedy = requirement.remedy {
        guard Self.append(teller.text(remedy, from: rule.table, outline.row), to: &finding.remedies) else { return nil }
      }
    }
    for mark in outlines.evidence[outline.evidence] {
      guard let evidence = teller.evidence(mark, book, showsSensitive: showsSensitive) else { return nil }
      finding.evidence.append(evidence)
    }
    finding.lists = outlines.lists[outline.lists].map { mark in
      ListEvidence(
        text: teller.columns.plan.lists[Int(mark.list)], counts: draft.withholds ? nil : ListEvidence.Counts(mark))
    }
    for mark in outlines.missing[outline.missing] {
      guard let missing = teller.missing(mark, book) else { return nil }
      finding.missing.append(missing)
    }
    return applyWaivers(to: finding)
  }

  /// The report that an outline stands for.
  func report(_ outline: borrowing RecordOutline) -> RecordReport {
    let key = String(decoding: outline.line.key, as: UTF8.self)
    var report = RecordReport(
      key: key, name: outline.name, place: Place(file: outline.line.file, line: outline.line.line), scope: .inScope,
      findings: [], settled: outline.settled.filter { $0.passed + $0.notApplicable > 0 },
      ruleNames: asked.map { book.rules[$0.rule].name }, verdict: outline.verdict, problems: outline.problems)
    for index in outline.entries.indices {
      switch outline.entries[index] {
      case .outline(let number):
        let own = outline.outlines.findings[number]
        if let finding = finding(own, of: outline.outlines, record: key, outline.teller) {
          report.findings.append(finding)
        }
      case .finding(let finding, _): report.findings.append(finding)
      }
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
