import Diagnostics
import FEEL
import Probity

/// Writes records as ``TextReporter`` does, without colours, from outlines.
final class TextOutlinePrinter: OutlinePrinter, @unchecked Sendable {
  private typealias Piece = Pieces.Piece

  /// Lines of a rule that are the same in every record.
  private struct RuleText {
    /// By severity: its title, of one finding; and the same up to how often, and from there on.
    var titles: [Piece]
    var titleStarts: [Piece]
    var titleEnd: Piece
    /// By severity: what its enforcement means.
    var enforcements: [Piece]
    /// Who says so.
    var sources: Piece
    var withholds: Bool
    /// What a finding counts as, by its severity.
    var effective: [Severity]
  }

  private struct FactText {
    var table: Int
    var read: Piece
    /// From the value to the path.
    var unit: Piece
    var missing: Piece
    /// The end of its path, and of the line.
    var path: Piece
    var isWithheld: Bool
  }

  private let reporter: TextReporter
  private let checking: Checking
  private let words: OutlineWords
  private var rules: [RuleText] = []
  private var facts: [FactText] = []
  private var lists: [Piece] = []
  private let rule: Piece
  private let noVerdict: Piece
  private let failed: Piece
  private let notEvidenced: Piece
  private let newLine: Piece

  init?(_ reporter: TextReporter, _ checking: Checking) {
    guard let plan = checking.explanations, !reporter.colour, !reporter.isVerbose else { return nil }
    self.reporter = reporter
    self.checking = checking
    words = OutlineWords(plan, .plain)
    rule = words.pieces.add(Self.lines { $0.rule() })
    noVerdict = words.pieces.add(Self.lines { reporter.verdict(nil, on: &$0) })
    failed = words.pieces.add("\nFailed\n")
    notEvidenced = words.pieces.add("\nNot evidenced\n")
    newLine = words.pieces.add("\n")
    rules = checking.asked.indices.map { rule($0) }
    facts = plan.facts.map { fact($0) }
    lists = plan.lists.map { words.pieces.add("List: \($0), ") }
  }

  // MARK: What is the same in every record

  private static func lines(_ body: (inout TextLayout) -> Void) -> [UInt8] {
    var layout = TextLayout(colour: false)
    body(&layout)
    return layout.bytes
  }

  private func rule(_ position: Int) -> RuleText {
    let asked = checking.asked[position]
    let rule = checking.book.rules[asked.rule]
    let effective = Severity.allCases.map { asked.enforcement == .advisory ? .advisory : $0 }
    func add(_ body: (inout TextLayout) -> Void) -> Piece { words.pieces.add(Self.lines(body)) }
    return RuleText(
      titles: effective.map { severity in
        add { self.reporter.title(rule.title, rule.address, severity, times: 1, on: &$0) }
      },
      titleStarts: effective.map { words.pieces.add("[\($0.rawValue)] \(rule.title.trimmed), ") },
      titleEnd: words.pieces.add(" times (\(rule.address))"),
      enforcements: Severity.allCases.map { severity in
        add { self.reporter.enforcement(asked.enforcement, severity, on: &$0) }
      },
      sources: add { self.reporter.sources(rule.source, rule.clause, on: &$0) },
      withholds: checking.withholds(position),
      effective: effective)
  }

  private func fact(_ fact: ExplainedFact) -> FactText {
    let caption = checking.book.vocabulary.declaration(of: fact.member, in: fact.owner)
    let member = fact.owner.members[fact.member]
    let label = (caption?.label ?? member.name).trimmed
    let isWithheld = member.isSensitive && !checking.showsSensitive
    let unit = isWithheld ? "withheld (" : (caption?.unit.map { " \($0)" } ?? "") + " ("
    return FactText(
      table: fact.table, read: words.pieces.add("Read: \(label): "), unit: words.pieces.add(unit),
      missing: words.pieces.add("Missing: \(label), not supplied ("),
      path: words.pieces.add(words.path(of: fact) + Array(")".utf8)), isWithheld: isWithheld)
  }

  // MARK: Records

  func record(_ outline: borrowing RecordOutline, into buffer: inout ByteBuffer) {
    let sections = Sections(outline, rules.map(\.effective))
    guard let sections else {
      // What it takes to sort out is told by the report.
      let report = outline.report(of: checking)
      return buffer.add { reporter.record(report, into: &$0) }
    }
    buffer.paste(rule)
    heading(outline, sections, to: &buffer)
    if !sections.failed.isEmpty {
      buffer.paste(failed)
      for group in sections.failed { show(group, outline, to: &buffer) }
    }
    if !sections.notEvidenced.isEmpty {
      buffer.paste(notEvidenced)
      for group in sections.notEvidenced { show(group, outline, to: &buffer) }
    }
    buffer.paste(newLine)
  }

  /// The findings of one rule with one outcome and one severity, by their numbers.
  private struct Group {
    var rule: Int
    var severity: Severity
    var findings: [Int]
  }

  /// Findings as they are shown, the most severe first, those of one rule together.
  private struct Sections {
    var failed: [Group] = []
    var notEvidenced: [Group] = []
    var passed = 0
    var notApplicable = 0

    /// - Parameter effective: by rule and severity, what a finding counts as.
    /// - Returns: nil where there is more to tell than what failed and what is not evidenced, or which facts to ask for first.
    init?(_ outline: borrowing RecordOutline, _ effective: [[Severity]]) {
      guard outline.problems.isEmpty else { return nil }
      var openCount = 0
      for number in outline.entries {
        guard number >= 0 else { return nil }
        let finding = outline.marks.findings[number]
        let severity = effective[finding.rule][finding.severity.rank]
        if finding.outcome == .fail {
          Self.add(number, finding.rule, severity, to: &failed)
        } else {
          openCount += 1
          Self.add(number, finding.rule, severity, to: &notEvidenced)
        }
      }
      if openCount > 2 { return nil }
      failed = Self.sorted(failed)
      notEvidenced = Self.sorted(notEvidenced)
      for rule in outline.settled {
        passed += rule.passed
        notApplicable += rule.notApplicable
      }
    }

    private static func add(_ number: Int, _ rule: Int, _ severity: Severity, to groups: inout [Group]) {
      if let index = groups.firstIndex(where: { $0.rule == rule && $0.severity == severity }) {
        groups[index].findings.append(number)
      } else {
        groups.append(Group(rule: rule, severity: severity, findings: [number]))
      }
    }

    /// Rules of one severity stay in the order of the rule book.
    private static func sorted(_ groups: [Group]) -> [Group] {
      groups.count < 2
        ? groups : Severity.allCases.reversed().flatMap { severity in groups.filter { $0.severity == severity } }
    }
  }

  /// Who it is, the verdict, and the findings counted.
  private func heading(_ outline: borrowing RecordOutline, _ sections: Sections, to buffer: inout ByteBuffer) {
    var text = ByteBuffer(capacity: 256)
    if let name = outline.name?.trimmed, !name.isEmpty {
      text.put(name)
      text.put(" (")
      text.put(outline.line.key)
      text.put(UInt8(ascii: ")"))
    } else {
      text.put(outline.line.key)
    }
    buffer.paragraph(text.written)
    if let verdict = outline.verdict {
      buffer.add { reporter.print(into: &$0) { self.reporter.verdict(verdict, on: &$0) } }
    } else {
      buffer.paste(noVerdict)
    }
    text.takeBack(to: 0)
    text.put("Read from ")
    text.put(outline.line.file)
    text.put(", line ")
    text.digits(outline.line.line)
    buffer.paragraph(text.written, hanging: 2)
    text.takeBack(to: 0)
    func add(_ count: Int, _ words: String, to text: inout ByteBuffer) {
      if count == 0 { return }
      if text.count > 0 { text.put(", ") }
      text.digits(count)
      text.put(words)
    }
    add(sections.failed.reduce(0) { $0 + $1.findings.count }, " failed", to: &text)
    add(sections.notEvidenced.reduce(0) { $0 + $1.findings.count }, " not evidenced", to: &text)
    add(sections.passed, " passed", to: &text)
    add(sections.notApplicable, " not applicable", to: &text)
    if text.count > 0 { buffer.paragraph(text.written) }
  }

  // MARK: Findings

  private func show(_ group: Group, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer) {
    let text = rules[group.rule]
    let first = outline.marks.findings[group.findings[0]]
    let total = group.findings.count
    var scratch = ByteBuffer(capacity: 256)
    if total == 1 {
      buffer.paste(text.titles[first.severity.rank])
    } else {
      scratch.paste(text.titleStarts[first.severity.rank])
      scratch.digits(total)
      scratch.paste(text.titleEnd)
      buffer.paragraph(scratch.written, indent: 2, hanging: 4)
    }
    buffer.paste(text.enforcements[first.severity.rank])
    var remedies: [[String]] = []
    for number in group.findings {
      remedies.append(outline.teller.texts(\.remedy, of: outline.marks.findings[number], outline.marks))
    }
    let sharesRemedies = remedies.allSatisfy { $0 == remedies[0] }
    let shown = reporter.shown(total, of: TextReporter.itemLimit)
    for index in 0..<shown {
      show(outline.marks.findings[group.findings[index]], text, outline, &scratch, to: &buffer)
      if !sharesRemedies { show(remedies[index], indent: 6, to: &buffer) }
    }
    if shown < total { paragraph("and \(total - shown) more", indent: 4, to: &buffer) }
    if sharesRemedies { show(remedies[0], indent: 4, to: &buffer) }
    buffer.paste(text.sources)
  }

  private func paragraph(_ text: String, indent: Int, hanging: Int? = nil, to buffer: inout ByteBuffer) {
    var text = text
    text.withUTF8 { buffer.paragraph($0, indent: indent, hanging: hanging) }
  }

  private func show(_ remedies: [String], indent: Int, to buffer: inout ByteBuffer) {
    for remedy in remedies.map(\.trimmed) where !remedy.isEmpty {
      paragraph("To put it right: \(remedy)", indent: indent, hanging: indent + 2, to: &buffer)
    }
  }

  private func show(
    _ finding: FindingOutline, _ rule: RuleText, _ outline: borrowing RecordOutline, _ scratch: inout ByteBuffer,
    to buffer: inout ByteBuffer
  ) {
    let messages = outline.teller.texts(\.message, of: finding, outline.marks).map(\.trimmed).filter { !$0.isEmpty }
    scratch.takeBack(to: 0)
    if finding.table > 0 {
      words.path(finding.table, finding.row, outline, to: &scratch)
      scratch.put(UInt8(ascii: "]"))
      if !messages.isEmpty { scratch.put(": ") }
    }
    if let message = messages.first { scratch.put(message) }
    if scratch.count > 0 { buffer.paragraph(scratch.written, indent: 4, hanging: 6) }
    for message in messages.dropFirst() {
      paragraph(message, indent: finding.table > 0 ? 6 : 4, hanging: 6, to: &buffer)
    }
    let missing = reporter.shown(finding.missing.count, of: TextReporter.itemLimit)
    for index in finding.missing.indices.prefix(missing) {
      let mark = outline.marks.missing[index]
      let fact = facts[Int(mark.fact)]
      scratch.takeBack(to: 0)
      scratch.paste(fact.missing)
      words.path(fact.table, Int(mark.row), outline, to: &scratch)
      scratch.paste(fact.path)
      buffer.paragraph(scratch.written, indent: 6, hanging: 15)
    }
    if missing < finding.missing.count {
      paragraph("Missing: \(finding.missing.count - missing) more", indent: 6, to: &buffer)
    }
    let evidence = reporter.shown(finding.evidence.count, of: TextReporter.evidenceLimit)
    for index in finding.evidence.indices.prefix(evidence) {
      let mark = outline.marks.evidence[index]
      let fact = facts[Int(mark.fact)]
      scratch.takeBack(to: 0)
      scratch.paste(fact.read)
      if !fact.isWithheld { words.value(of: mark, outline, to: &scratch) }
      scratch.paste(fact.unit)
      words.path(fact.table, Int(mark.row), outline, to: &scratch)
      scratch.paste(fact.path)
      buffer.paragraph(scratch.written, indent: 6, hanging: 12)
    }
    if evidence < finding.evidence.count {
      paragraph("Read: \(count(finding.evidence.count - evidence, "more fact"))", indent: 6, to: &buffer)
    }
    let lists = reporter.shown(finding.lists.count, of: TextReporter.evidenceLimit)
    for index in finding.lists.indices.prefix(lists) {
      let mark = outline.marks.lists[index]
      scratch.takeBack(to: 0)
      scratch.paste(self.lists[Int(mark.list)])
      scratch.put(TextReporter.words(rule.withholds ? nil : ListEvidence.Counts(mark)))
      buffer.paragraph(scratch.written, indent: 6, hanging: 12)
    }
    if lists < finding.lists.count {
      paragraph("List: \(count(finding.lists.count - lists, "more list"))", indent: 6, to: &buffer)
    }
  }
}
