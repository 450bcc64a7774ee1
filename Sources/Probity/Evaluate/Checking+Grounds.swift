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

  /// What a rule came to for a record, explained from columns.
  struct Explained {
    /// What is not met, with the waivers that lie over it.
    var findings: [Finding] = []
    var passed = 0
    var notApplicable = 0
  }

  /// Explains what a rule that the program decided came to; nil where only the interpreter can.
  func explain(
    _ position: Int, _ outcomes: ProgramOutcomes, record: Int, key: String, _ reader: GroundsReader
  ) -> Explained? {
    guard let grounds = program.rules[position]?.grounds else { return nil }
    var explained = Explained()
    var open: [(outcome: Outcome, row: Int)] = []
    var isPlain = true
    let isDecided = outcomes.visit(rule: position, record: record) { decided, row in
      switch (decided, row) {
      case (.pass, _): explained.passed += 1
      case (.notApplicable, _): explained.notApplicable += 1
      case (.fail, let row?): open.append((.fail, row))
      case (.notEvidenced, let row?): open.append((.notEvidenced, row))
      default: isPlain = false
      }
    }
    guard isDecided, isPlain else { return nil }
    do throws(GroundsReader.HandedOver) {
      for (outcome, row) in open {
        guard outcomes.isPlain(rule: position, row: row) else { return nil }
        reader.begin(grounds)
        explained.findings.append(try finding(position, outcome, row, key: key, reader))
      }
    } catch {
      return nil
    }
    return explained
  }

  private func finding(
    _ position: Int, _ outcome: Outcome, _ row: Int, key: String, _ reader: GroundsReader
  ) throws(GroundsReader.HandedOver) -> Finding {
    guard let compiled = program.rules[position], let grounds = compiled.grounds else {
      throw GroundsReader.HandedOver()
    }
    let row = GroundsReader.Row(table: compiled.table, row: row)
    var finding = drafts[position].finding
    finding.subject = try subject(compiled, row, key: key, reader)
    finding.outcome = outcome
    if let when = grounds.when { try reader.observe(when.grounds, at: row) }
    var isUnmet = false
    var severity: Severity?
    for (index, requirement) in grounds.requirements.enumerated() {
      let truth = try reader.truth(requirement.cell, at: row)
      if truth == Cell.null { throw GroundsReader.HandedOver() }
      isUnmet = isUnmet || truth == Cell.no
      guard outcome == .fail ? truth == Cell.no : truth != Cell.yes else { continue }
      try reader.observe(requirement.that, at: row)
      let own = drafts[position].severities[index]
      severity = max(severity ?? own, own)
      guard outcome == .fail else { continue }
      if let message = requirement.message { Self.append(try reader.text(message, at: row), to: &finding.messages) }
      if let remedy = requirement.remedy { Self.append(try reader.text(remedy, at: row), to: &finding.remedies) }
    }
    if let severity { finding.severity = severity }
    let observations = Observation.distinct(reader.observations)
    finding.evidence = Interpreter.evidence(observations, book, showsSensitive: showsSensitive)
    finding.lists = Interpreter.lists(observations, listTexts, withholding: drafts[position].withholds)
    if outcome == .notEvidenced {
      if let when = grounds.when { try reader.findMissing(when, at: row) }
      // Where a requirement is not met whatever the others are, only whether the rule applies is open.
      for requirement in isUnmet ? [] : grounds.requirements {
        try reader.findMissing(.init(cell: requirement.cell, grounds: requirement.that), at: row)
      }
      finding.missing = Interpreter.missing(Unknown(missing: reader.missing), book)
    }
    return applyWaivers(to: finding)
  }

  private static func append(_ text: String, to texts: inout [String]) {
    if !texts.contains(text) { texts.append(text) }
  }

  private func subject(
    _ rule: Program.CompiledRule, _ row: GroundsReader.Row, key: String, _ reader: GroundsReader
  ) throws(GroundsReader.HandedOver) -> Subject {
    if rule.levels.isEmpty { return Subject(record: key) }
    guard let node = try reader.node(of: row), case .item(_, let index, let own) = node.step else {
      throw GroundsReader.HandedOver()
    }
    return Subject(record: key, item: node.path, itemKey: own ?? String(index + 1))
  }
}
