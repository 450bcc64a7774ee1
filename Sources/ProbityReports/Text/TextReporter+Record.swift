import Diagnostics
import FEEL
public import Probity

extension TextReporter {
  public func record(_ report: RecordReport, into bytes: inout [UInt8]) {
    print(into: &bytes) { text in
      text.rule()
      let sections = Sections(report)
      heading(of: report, sections, on: &text)
      let shown: [(section: Sections.Section, title: String, style: TextLayout.Style)] = [
        (.failed, "Failed", .red), (.notEvidenced, "Not evidenced", .yellow), (.errors, "Could not be computed", .red),
        (.waived, "Waived", .cyan),
      ]
      for (section, title, style) in shown where !sections[section].isEmpty {
        text.blank()
        text.paragraph(.init(title, style))
        if section == .notEvidenced { listMissing(sections[section], of: report, on: &text) }
        for group in sections[section] { show(group, of: report, on: &text) }
      }
      if !report.problems.isEmpty {
        text.blank()
        text.paragraph(.init("Problems with the data", .yellow))
        for problem in report.problems {
          explain(problem, on: &text, besides: PlaceText.whole(problem.place, seenFrom: report.place))
        }
      }
      if isVerbose {
        list("Passed", sections[.passed], of: report, on: &text)
        list("Not applicable", sections[.notApplicable], of: report, on: &text)
      }
      text.blank()
    }
  }

  /// Who it is, the verdict, and the findings counted.
  private func heading(of report: RecordReport, _ sections: Sections, on text: inout TextLayout) {
    if let name = report.name?.trimmed, !name.isEmpty {
      text.paragraph(.init(name, .bold), .init(" (\(report.key))"))
    } else {
      text.paragraph(.init(report.key, .bold))
    }
    switch report.scope {
    case .outOfScope:
      text.paragraph(.init("Out of scope", .bold), ": the policy is not about this record, and no rule was asked.")
    case .notEvidenced(let missing):
      verdict(report.verdict, on: &text)
      text.paragraph(
        "Scope: not evidenced. Whether the policy is about this record is not known; its rules were asked all the same.",
        hanging: 7)
      for fact in missing { show(fact, of: report, on: &text, indent: 7) }
    case .error(let reason):
      verdict(report.verdict, on: &text)
      text.paragraph("Scope: could not be computed: \(reason.trimmed)", hanging: 7)
    case .inScope:
      verdict(report.verdict, on: &text)
    }
    if let place = report.place { text.paragraph(.init("Read from \(PlaceText.whole(place))", .faint), hanging: 2) }
    if !sections.isEmpty { text.paragraph(.init(tally(sections))) }
  }

  func verdict(_ verdict: Verdict?, on text: inout TextLayout) {
    guard let verdict else {
      text.paragraph("Verdict: none, since the policy has no verdict table")
      return
    }
    let reason = verdict.reason.map { ": \($0.trimmed)" } ?? ""
    if let word = verdict.text {
      text.paragraph("Verdict: ", .init(word, .bold), .init(reason), hanging: 9)
    } else {
      text.paragraph("Verdict: ", .init("none", .bold), .init(reason), hanging: 9)
    }
    for (name, value) in verdict.details {
      text.paragraph("\(name): \(value.description)", indent: 9, hanging: 11)
    }
  }

  /// `2 failed, 1 not evidenced, 30 passed`.
  private func tally(_ sections: Sections) -> String {
    let words: [(section: Sections.Section, words: String)] = [
      (.failed, "failed"), (.notEvidenced, "not evidenced"), (.errors, "could not be computed"), (.waived, "waived"),
      (.passed, "passed"), (.notApplicable, "not applicable"),
    ]
    return words.map { (sections.count($0.section), $0.words) }.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
      .joined(separator: ", ")
  }

  // MARK: Findings

  /// The most that is shown of what has more than this and one, unless all is asked for.
  static let itemLimit = 5
  static let evidenceLimit = 4
  static let missingLimit = 15

  /// How many of `count` to show: one is never left out, since to say so takes a line as well.
  func shown(_ count: Int, of limit: Int) -> Int {
    isVerbose || count <= limit + 1 ? count : limit
  }

  private func show(_ group: Sections.Group, of report: RecordReport, on text: inout TextLayout) {
    let first = report.findings[group.findings[0]]
    let total = group.findings.count
    title(first.title, first.address, first.effectiveSeverity, times: total, on: &text)
    enforcement(first.enforcement, first.severity, on: &text)
    let sharesRemedies = group.findings.allSatisfy { report.findings[$0].remedies == first.remedies }
    let shown = shown(total, of: Self.itemLimit)
    for index in group.findings.prefix(shown) {
      let finding = report.findings[index]
      show(finding, of: report, on: &text)
      if !sharesRemedies { Self.show(remedies: finding.remedies, on: &text, indent: 6) }
    }
    if shown < total { text.paragraph(.init("and \(total - shown) more", .bold), indent: 4) }
    if sharesRemedies { Self.show(remedies: first.remedies, on: &text, indent: 4) }
    sources(first.source, first.clause, on: &text)
  }

  /// The heading of the findings of a rule.
  func title(_ title: String, _ address: String, _ severity: Severity, times: Int, on text: inout TextLayout) {
    let items = times > 1 ? ", \(times) times" : ""
    text.paragraph(
      .init("[\(severity.rawValue)] ", style(of: severity)),
      .init(title.trimmed, .bold), .init(items), .init(" (\(address))", .faint), indent: 2, hanging: 4)
  }

  func enforcement(_ enforcement: Enforcement, _ severity: Severity, on text: inout TextLayout) {
    switch enforcement {
    case .mandatory: text.paragraph("Mandatory: no waiver lifts it.", indent: 4)
    case .advisory where severity != .advisory:
      text.paragraph("It informs only; as a rule it is \(severity.rawValue).", indent: 4)
    case .advisory, .waivable: break
    }
  }

  /// Who says so.
  func sources(_ source: String, _ clause: Clause?, on text: inout TextLayout) {
    let reference = clause.map { "\($0.document.trimmed), \($0.ref.trimmed)" }
    if source.trimmed != reference {
      text.paragraph("Source: \(source.trimmed)", indent: 4, hanging: 12)
    }
    if let clause, let reference {
      var words = "Clause: \(reference)"
      if let page = clause.page { words += ", page \(page.trimmed)" }
      if let sentence = clause.text { words += ": \"\(sentence.trimmed)\"" }
      text.paragraph(.init(words), indent: 4, hanging: 12)
    }
  }

  private func show(_ finding: Finding, of report: RecordReport, on text: inout TextLayout) {
    // Under a waiver the outcome is not said by the section's heading.
    var parts: [String] = finding.subject.item.map { [$0] } ?? []
    if finding.waiver != nil { parts.append(finding.outcome == .fail ? "failed" : finding.outcome.rawValue) }
    let messages = finding.messages.map(\.trimmed).filter { !$0.isEmpty }
    if let message = messages.first { parts.append(message) }
    if let reason = finding.reason { parts.append(reason.trimmed) }
    if !parts.isEmpty { text.paragraph(.init(parts.joined(separator: ": ")), indent: 4, hanging: 6) }
    let indent = finding.subject.item == nil ? 4 : 6
    for message in messages.dropFirst() { text.paragraph(.init(message), indent: indent, hanging: 6) }
    if let waiver = finding.waiver {
      text.paragraph(
        "Waived until \(waiver.until.description), approved by \(waiver.approved.trimmed): \(waiver.reason.trimmed)",
        indent: 6, hanging: 8)
    }
    let missing = shown(finding.missing.count, of: Self.itemLimit)
    for fact in finding.missing.prefix(missing) { show(fact, of: report, on: &text, indent: 6) }
    if missing < finding.missing.count {
      text.paragraph("Missing: \(finding.missing.count - missing) more", indent: 6)
    }
    let evidence = shown(finding.evidence.count, of: Self.evidenceLimit)
    for fact in finding.evidence.prefix(evidence) {
      let value = fact.value.map { $0.description + (fact.unit.map { " \($0)" } ?? "") } ?? "withheld"
      let place = fact.place.flatMap { PlaceText.whole($0, seenFrom: report.place) }
      text.paragraph(
        .init("Read: \(fact.label.trimmed): \(value)"), .init(" (\(place ?? fact.path))", .faint), indent: 6,
        hanging: 12)
    }
    if evidence < finding.evidence.count {
      text.paragraph("Read: \(count(finding.evidence.count - evidence, "more fact"))", indent: 6)
    }
    let lists = shown(finding.lists.count, of: Self.evidenceLimit)
    for list in finding.lists.prefix(lists) {
      text.paragraph(.init("List: \(list.text), "), .init(Self.words(list.counts)), indent: 6, hanging: 12)
    }
    if lists < finding.lists.count {
      text.paragraph("List: \(count(finding.lists.count - lists, "more list"))", indent: 6)
    }
  }

  static func words(_ counts: ListEvidence.Counts?) -> String {
    guard let counts else { return "withheld" }
    var words = [counts.selected.map { "\($0) of \(count(counts.items, "item"))" } ?? count(counts.items, "item")]
    if counts.perhaps > 0 { words.append("perhaps \(counts.perhaps) more") }
    if counts.omitted > 0 { words.append("\(counts.omitted) of them not shown") }
    return words.joined(separator: ", ")
  }

  private func show(_ fact: MissingFact, of report: RecordReport, on text: inout TextLayout, indent: Int) {
    let why =
      switch fact.absence {
      case .absent: "not supplied"
      case .unreadable(let reason): "supplied, but unreadable: \(reason.trimmed)"
      case .redacted: "redacted"
      case .conflicting(let values): "sources differ: \(values.trimmed)"
      }
    let place = fact.place.flatMap { PlaceText.whole($0, seenFrom: report.place) }
    text.paragraph(
      .init("Missing: \(fact.label.trimmed), \(why)"),
      .init(" (\(([fact.path] + [place].compactMap { $0 }).joined(separator: "; ")))", .faint), indent: indent,
      hanging: indent + 9)
  }

  /// What to ask the provider for: each missing fact once, the one that most findings wait for first.
  private func listMissing(_ groups: [Sections.Group], of report: RecordReport, on text: inout TextLayout) {
    let findings = groups.flatMap(\.findings)
    guard findings.count > 2 else { return }
    var facts: [(fact: MissingFact, findings: Int)] = []
    var places: [String: Int] = [:]
    for fact in findings.flatMap({ report.findings[$0].missing }) {
      if let place = places[fact.path] {
        facts[place].findings += 1
      } else {
        places[fact.path] = facts.count
        facts.append((fact, 1))
      }
    }
    let ranked = facts.enumerated().sorted { ($1.element.findings, $0.offset) < ($0.element.findings, $1.offset) }
    let shown = shown(ranked.count, of: Self.missingLimit)
    Self.missingHeading(on: &text)
    for (_, entry) in ranked.prefix(shown) {
      Self.row(entry.findings, "\(entry.fact.label.trimmed) (\(entry.fact.path))", on: &text)
    }
    if shown < ranked.count { text.paragraph("and \(ranked.count - shown) more", indent: 9) }
  }

  static func missingHeading(on text: inout TextLayout) {
    text.paragraph("Facts to ask for, and how many findings wait for each:", indent: 2)
  }

  /// A missing fact, and how many findings wait for it.
  static func row(_ findings: Int, _ fact: String, on text: inout TextLayout) {
    text.row([("\(findings)", 5, true)], then: .init(fact), indent: 2)
  }

  static func show(remedies: [String], on text: inout TextLayout, indent: Int) {
    for remedy in remedies.map(\.trimmed) where !remedy.isEmpty {
      text.paragraph("To put it right: \(remedy)", indent: indent, hanging: indent + 2)
    }
  }

  private func list(
    _ title: String, _ groups: [Sections.Group], of report: RecordReport, on text: inout TextLayout
  ) {
    guard !groups.isEmpty else { return }
    text.blank()
    text.paragraph(.init(title, .bold))
    for group in groups {
      let first = report.findings[group.findings[0]]
      let items = group.findings.count > 1 ? ", \(group.findings.count) times" : ""
      text.paragraph(
        .init("[\(first.effectiveSeverity.rawValue)] \(first.title.trimmed)"),
        .init("\(items) (\(first.address))", .faint), indent: 2, hanging: 4)
    }
  }

  func style(of severity: Severity) -> TextLayout.Style {
    switch severity {
    case .critical, .major: .red
    case .minor: .yellow
    case .advisory: .cyan
    }
  }
}

/// A record's findings as they are shown: by section, the most severe first, those of one rule together.
private struct Sections {
  enum Section: Int, CaseIterable {
    case failed, notEvidenced, errors, waived, passed, notApplicable

    init(of finding: Finding) {
      self =
        switch finding.outcome {
        case _ where finding.waiver != nil: .waived
        case .fail: .failed
        case .notEvidenced: .notEvidenced
        case .error: .errors
        case .pass: .passed
        case .notApplicable: .notApplicable
        }
    }
  }

  /// The findings of one rule in one section with one severity, by their positions; never empty.
  struct Group {
    var severity: Severity
    var findings: [Int]
  }

  private struct Key: Hashable {
    var section: Section
    var severity: Severity
    var rule: String
  }

  private var groups: [[Group]]
  /// What is counted and not among the findings.
  private let settledPasses: Int
  private let settledNotApplicable: Int

  init(_ report: RecordReport) {
    let findings = report.findings
    settledPasses = report.settled.reduce(0) { $0 + $1.passed }
    settledNotApplicable = report.settled.reduce(0) { $0 + $1.notApplicable }
    var groups = [[Group]](repeating: [], count: Section.allCases.count)
    var places: [Key: Int] = [:]
    for index in findings.indices {
      let section = Section(of: findings[index])
      let key = Key(section: section, severity: findings[index].effectiveSeverity, rule: findings[index].rule)
      if let place = places[key] {
        groups[section.rawValue][place].findings.append(index)
      } else {
        places[key] = groups[section.rawValue].count
        groups[section.rawValue].append(Group(severity: key.severity, findings: [index]))
      }
    }
    // Rules of one severity stay in the order of the rule book.
    self.groups = groups.map { groups in
      Severity.allCases.reversed().flatMap { severity in groups.filter { $0.severity == severity } }
    }
  }

  subscript(section: Section) -> [Group] { groups[section.rawValue] }

  var isEmpty: Bool { Section.allCases.allSatisfy { count($0) == 0 } }

  func count(_ section: Section) -> Int {
    let settled =
      switch section {
      case .passed: settledPasses
      case .notApplicable: settledNotApplicable
      case .failed, .notEvidenced, .errors, .waived: 0
      }
    return self[section].reduce(settled) { $0 + $1.findings.count }
  }
}
