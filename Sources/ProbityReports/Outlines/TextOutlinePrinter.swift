import Diagnostics
import FEEL
@_spi(Columns) import Probity

/// Writes records as ``TextReporter`` does, without colours, from outlines.
final class TextOutlinePrinter: OutlinePrinter, @unchecked Sendable {
  private typealias Piece = Pieces.Piece

  /// Lines of a rule that are the same in every record.
  private struct RuleText {
    /// Of its heading where it has several findings: how the line ends after their number.
    var titleEnd: Piece
    /// Who says so.
    var sources: Piece
    var withholds: Bool
  }

  /// What differs by the severity of a rule's finding.
  private struct Heading {
    /// What it counts as.
    var effective: Severity
    /// The lines of its heading, of one finding; and the same up to the number of several.
    var title: Piece
    var titleStart: Piece
    /// What its enforcement means.
    var enforcement: Piece
  }

  private struct FactText: BitwiseCopyable {
    var table: Int
    var content: OutlineWords.Content
    /// Lines of evidence and of what is missing, up to the value or to the path.
    var read: Piece
    var missing: Piece
    /// From the value to the path, and up to the key of its item where ``isDeep`` does not say otherwise; the latter alone.
    var unit: Piece
    var list: Piece
    /// The label of one that is to be asked for.
    var label: Piece
    /// The end of its path, and of the line.
    var path: Piece
    /// Whether the path has keys of other items before that of its own.
    var isDeep: Bool
    /// Whether the pieces stand in a line as they are, whatever is printed between them.
    var isEven: Bool
  }

  /// What a requirement that is the only one not met says, where that is the same in every record.
  private struct Sole: BitwiseCopyable {
    var isFixed: Bool
    var message: Piece
    /// The lines of that where the finding is about the record itself.
    var messageLines: Piece
    /// The lines of its remedy, of one finding and of one among several.
    var remedy: Piece
    var innerRemedy: Piece
  }

  private let reporter: TextReporter
  private let checking: Checking
  private let words: OutlineWords
  private let rules: [RuleText]
  /// By rule and severity.
  private let headings: [Heading]
  private let severities = Severity.allCases.count
  private let facts: UnsafeMutablePointer<FactText>
  private let lists: [(piece: Piece, isEven: Bool)]
  private let soles: UnsafeMutablePointer<Sole>
  private let rule: Piece
  private let noVerdict: Piece
  private let failed: Piece
  private let notEvidenced: Piece
  private let toAskFor: Piece
  private let keyStart: Piece
  private let source: Piece
  private let line: Piece
  private let comma: Piece
  private let failedCount: Piece
  private let notEvidencedCount: Piece
  private let passedCount: Piece
  private let notApplicableCount: Piece

  init?(_ reporter: TextReporter, _ checking: Checking) {
    guard let plan = checking.explanations, !reporter.colour, !reporter.isVerbose else { return nil }
    self.reporter = reporter
    self.checking = checking
    let words = OutlineWords(plan, .plain)
    self.words = words
    let pieces = words.pieces
    rule = pieces.add(Self.lines { $0.rule() })
    noVerdict = pieces.add(Self.lines { reporter.verdict(nil, on: &$0) })
    failed = pieces.add("\nFailed\n")
    notEvidenced = pieces.add("\nNot evidenced\n")
    toAskFor = pieces.add(Self.lines { TextReporter.missingHeading(on: &$0) })
    keyStart = pieces.add(" (")
    source = pieces.add("Read from ")
    line = pieces.add(", line ")
    comma = pieces.add(", ")
    failedCount = pieces.add(" failed")
    notEvidencedCount = pieces.add(" not evidenced")
    passedCount = pieces.add(" passed")
    notApplicableCount = pieces.add(" not applicable")
    rules = checking.asked.indices.map { Self.rule($0, reporter, checking, pieces) }
    headings = checking.asked.indices.flatMap { Self.headings($0, reporter, checking, pieces) }
    facts = Self.memory(plan.facts.map { Self.fact($0, checking, words) })
    lists = plan.lists.map { text in
      (pieces.add("      List: \(text), "), ByteBuffer.isSingleSpaced("List: \(text), 1"))
    }
    soles = Self.memory(Self.soles(words))
  }

  deinit {
    facts.deallocate()
    soles.deallocate()
  }

  // MARK: What is the same in every record

  private static func memory<T: BitwiseCopyable>(_ elements: [T]) -> UnsafeMutablePointer<T> {
    let memory = UnsafeMutablePointer<T>.allocate(capacity: elements.count)
    _ = UnsafeMutableBufferPointer(start: memory, count: elements.count).initialize(from: elements)
    return memory
  }

  private static func lines(_ body: (inout TextLayout) -> Void) -> [UInt8] {
    var layout = TextLayout(colour: false)
    body(&layout)
    return layout.bytes
  }

  private static func rule(
    _ position: Int, _ reporter: TextReporter, _ checking: Checking, _ pieces: Pieces
  ) -> RuleText {
    let rule = checking.book.rules[checking.asked[position].rule]
    return RuleText(
      titleEnd: pieces.add(" times (\(rule.address))"),
      sources: pieces.add(lines { reporter.sources(rule.source, rule.clause, on: &$0) }),
      withholds: checking.withholds(position))
  }

  private static func headings(
    _ position: Int, _ reporter: TextReporter, _ checking: Checking, _ pieces: Pieces
  ) -> [Heading] {
    let asked = checking.asked[position]
    let rule = checking.book.rules[asked.rule]
    return Severity.allCases.map { severity in
      let effective = asked.enforcement == .advisory ? .advisory : severity
      return Heading(
        effective: effective,
        title: pieces.add(lines { reporter.title(rule.title, rule.address, effective, times: 1, on: &$0) }),
        titleStart: pieces.add("[\(effective.rawValue)] \(rule.title.trimmed), "),
        enforcement: pieces.add(lines { reporter.enforcement(asked.enforcement, severity, on: &$0) }))
    }
  }

  private static func fact(_ fact: ExplainedFact, _ checking: Checking, _ words: OutlineWords) -> FactText {
    let pieces = words.pieces
    let caption = checking.book.vocabulary.declaration(of: fact.member, in: fact.owner)
    let member = fact.owner.members[fact.member]
    let label = (caption?.label ?? member.name).trimmed
    let isWithheld = member.isSensitive && !checking.showsSensitive
    let unit = isWithheld ? "withheld (" : (caption?.unit.map { " \($0)" } ?? "") + " ("
    let isDeep = words.path(of: fact.table) == nil
    let list = isDeep ? [] : words.list(of: fact.table)
    let path = words.path(of: fact) + Array(")".utf8)
    let cells = OutlineWords.FactCells(fact)
    let between = String(decoding: list + Array("1".utf8) + path, as: UTF8.self)
    return FactText(
      table: fact.table, content: OutlineWords.Content(cells, isWithheld: isWithheld),
      read: pieces.add("      Read: \(label): "), missing: pieces.add("      Missing: \(label), not supplied ("),
      unit: pieces.add(Array(unit.utf8) + list), list: pieces.add(list), label: pieces.add("\(label) ("),
      path: pieces.add(path), isDeep: isDeep,
      isEven: ByteBuffer.isSingleSpaced("Read: \(label): \(isWithheld ? "" : "1")\(unit)\(between)"))
  }

  /// By number of the requirement.
  private static func soles(_ words: OutlineWords) -> [Sole] {
    let (messages, remedies) = (words.fixed(.messages), words.fixed(.remedies))
    let (noMessage, noRemedy) = (words.isSilent(.messages), words.isSilent(.remedies))
    let pieces = words.pieces
    return messages.indices.map { index in
      func trimmed(_ text: [UInt8]?) -> String { String(decoding: text ?? [], as: UTF8.self).trimmed }
      let (message, remedy) = (trimmed(messages[index]), trimmed(remedies[index]))
      return Sole(
        isFixed: (messages[index] != nil || noMessage[index]) && (remedies[index] != nil || noRemedy[index]),
        message: pieces.add(message),
        messageLines: pieces.add(message.isEmpty ? [] : lines { $0.paragraph(.init(message), indent: 4, hanging: 6) }),
        remedy: pieces.add(lines { TextReporter.show(remedies: [remedy], on: &$0, indent: 4) }),
        innerRemedy: pieces.add(lines { TextReporter.show(remedies: [remedy], on: &$0, indent: 6) }))
    }
  }

  // MARK: Records

  func record(_ outline: borrowing RecordOutline, into buffer: inout ByteBuffer) {
    guard let counts = Counts(outline, words: (rules.count + 63) / 64) else {
      // What it takes to sort out is told by the report.
      let report = outline.report(of: checking)
      return buffer.add { reporter.record(report, into: &$0) }
    }
    buffer.paste(rule)
    heading(outline, counts, to: &buffer)
    if counts.failed > 0 {
      buffer.paste(failed)
      forEachGroup(of: .fail, counts.failed, outline) { show($0, outline, to: &buffer) }
    }
    if counts.notEvidenced > 0 {
      buffer.paste(notEvidenced)
      if counts.notEvidenced > 2 { listMissing(outline, counts, to: &buffer) }
      forEachGroup(of: .notEvidenced, counts.notEvidenced, outline) { show($0, outline, to: &buffer) }
    }
    buffer.put(UInt8(ascii: "\n"))
  }

  private struct Counts {
    var failed = 0
    var notEvidenced = 0
    var passed = 0
    var notApplicable = 0

    /// - Parameter words: how many ``RecordOutline/RuleBits`` has.
    /// - Returns: nil where there is more to tell than what failed and what is not evidenced, or too much to sort here.
    init?(_ outline: borrowing RecordOutline, words: Int) {
      guard outline.isOutlined, !outline.hasProblems else { return nil }
      var missing = 0
      for finding in outline.marks.findings..<outline.marks.findings + outline.findingCount {
        if finding.pointee.outcome == .fail {
          failed += 1
        } else {
          notEvidenced += 1
          missing += finding.pointee.missing.count
        }
      }
      if notEvidenced > 2, missing > TextOutlinePrinter.mostMissing { return nil }
      for word in 0..<words {
        passed += outline.passed[word].nonzeroBitCount
        notApplicable += outline.notApplicable[word].nonzeroBitCount
      }
      for rule in outline.counted {
        passed += rule.passed
        notApplicable += rule.notApplicable
      }
    }
  }

  /// Who it is, the verdict, and the findings counted.
  private func heading(_ outline: borrowing RecordOutline, _ counts: Counts, to buffer: inout ByteBuffer) {
    let start = buffer.count
    let name = outline.nameBytes
    if Self.isTrimmed(name) {
      buffer.put(name)
    } else if let name = outline.name?.trimmed, !name.isEmpty {
      buffer.put(name)
    }
    let isNamed = buffer.count > start
    if isNamed { buffer.paste(keyStart) }
    buffer.put(outline.line.key)
    if isNamed { buffer.put(UInt8(ascii: ")")) }
    buffer.endParagraph(from: start)
    if let verdict = outline.verdict {
      buffer.add { reporter.print(into: &$0) { self.reporter.verdict(verdict, on: &$0) } }
    } else {
      buffer.paste(noVerdict)
    }
    showSource(outline, to: &buffer)
    show(counts, to: &buffer)
  }

  private func showSource(_ outline: borrowing RecordOutline, to buffer: inout ByteBuffer) {
    let start = buffer.count
    buffer.paste(source)
    buffer.put(outline.file)
    buffer.paste(line)
    buffer.digits(outline.line.line)
    buffer.endParagraph(from: start, hanging: 2)
  }

  private func show(_ counts: Counts, to buffer: inout ByteBuffer) {
    let start = buffer.count
    func add(_ count: Int, _ words: Piece, to buffer: inout ByteBuffer) {
      if count == 0 { return }
      if buffer.count > start { buffer.paste(comma) }
      buffer.digits(count)
      buffer.paste(words)
    }
    add(counts.failed, failedCount, to: &buffer)
    add(counts.notEvidenced, notEvidencedCount, to: &buffer)
    add(counts.passed, passedCount, to: &buffer)
    add(counts.notApplicable, notApplicableCount, to: &buffer)
    if buffer.count > start { buffer.endParagraph(from: start, isEven: true) }
  }

  /// Whether a text is not empty and has no white space at its ends, as far as its bytes alone say so.
  private static func isTrimmed(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let first = text.first, let last = text.last else { return false }
    return first &- 0x21 < 0x5E && last &- 0x21 < 0x5E
  }

  /// What to ask the provider for, as ``TextReporter`` lists it, of so many missing facts at most.
  private static var mostMissing: Int { 64 }

  private func listMissing(_ outline: borrowing RecordOutline, _ counts: Counts, to buffer: inout ByteBuffer) {
    struct Wanted {
      var mark: FactMark
      var path: Range<Int>
      var findings: Int
    }
    var paths = ByteBuffer(capacity: 1 << 10)
    var wanted: [Wanted] = []
    forEachGroup(of: .notEvidenced, counts.notEvidenced, outline) { group in
      for number in group.findings where isMember(number, group.outcome, group.severity, outline) {
        for index in outline.marks.findings[number].missing.indices {
          let mark = outline.marks.missing[index]
          let start = paths.count
          words.path(facts[Int(mark.fact)].table, Int(mark.row), outline, to: &paths)
          paths.paste(facts[Int(mark.fact)].path)
          let path = start..<paths.count
          if let known = wanted.firstIndex(where: { $0.mark == mark || paths.isRepeated($0.path, path) }) {
            wanted[known].findings += 1
            paths.takeBack(to: start)
          } else {
            wanted.append(Wanted(mark: mark, path: path, findings: 1))
          }
        }
      }
    }
    buffer.paste(toAskFor)
    let ranked = wanted.enumerated().sorted { ($1.element.findings, $0.offset) < ($0.element.findings, $1.offset) }
    let shown = reporter.shown(ranked.count, of: TextReporter.missingLimit)
    for (_, entry) in ranked.prefix(shown) {
      let start = buffer.count
      buffer.put(UInt8(ascii: " "), times: entry.findings < 10 ? 6 : 5)
      buffer.digits(entry.findings)
      buffer.literal("  ")
      let text = buffer.count
      buffer.paste(facts[Int(entry.mark.fact)].label)
      buffer.put(paths.slice(entry.path))
      if buffer.isOneLine(from: text, of: TextLayout.width - (text - start)) {
        buffer.put(UInt8(ascii: "\n"))
      } else {
        let last = String(decoding: buffer.slice(text..<buffer.count), as: UTF8.self)
        buffer.takeBack(to: start)
        buffer.add { bytes in bytes = Self.lines { TextReporter.row(entry.findings, last, on: &$0) } }
      }
    }
    if shown < ranked.count { paragraph("and \(ranked.count - shown) more", indent: 9, to: &buffer) }
  }

  // MARK: Findings

  /// The findings of one rule with one outcome and one severity: those among some findings.
  private struct Group {
    var rule: Int
    var outcome: Outcome
    /// What they count as.
    var severity: Severity
    /// From the first of them on, all of the rule.
    var findings: Range<Int>
    var count: Int
  }

  @inline(__always)
  private func isMember(
    _ number: Int, _ outcome: Outcome, _ severity: Severity, _ outline: borrowing RecordOutline
  ) -> Bool {
    let finding = outline.marks.findings[number]
    return finding.outcome == outcome && headings[heading(of: finding)].effective == severity
  }

  @inline(__always)
  private func heading(of finding: FindingOutline) -> Int { finding.rule &* severities &+ finding.severity.rank }

  /// Gives findings as they are shown, the most severe first, those of one rule together.
  ///
  /// - Parameter total: how many findings there are with that outcome.
  private func forEachGroup(
    of outcome: Outcome, _ total: Int, _ outline: borrowing RecordOutline, _ body: (Group) -> Void
  ) {
    var left = total
    for severity in [Severity.critical, .major, .minor, .advisory] where left > 0 {
      var first = 0
      while left > 0, first < outline.findingCount {
        let rule = outline.marks.findings[first].rule
        var (end, start, count) = (first, first, 0)
        while end < outline.findingCount, outline.marks.findings[end].rule == rule {
          if isMember(end, outcome, severity, outline) {
            if count == 0 { start = end }
            count += 1
          }
          end += 1
        }
        if count > 0 {
          left -= count
          body(Group(rule: rule, outcome: outcome, severity: severity, findings: start..<end, count: count))
        }
        first = end
      }
    }
  }

  private func show(_ group: Group, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer) {
    let first = outline.marks.findings[group.findings.lowerBound]
    let heading = headings[heading(of: first)]
    if group.count == 1 {
      buffer.paste(heading.title)
      buffer.paste(heading.enforcement)
      show(first, outline, to: &buffer)
      showRemedy(of: first, outline, isInner: false, to: &buffer)
    } else {
      let start = buffer.count
      buffer.put(UInt8(ascii: " "), times: 2)
      buffer.paste(heading.titleStart)
      buffer.digits(group.count)
      buffer.paste(rules[group.rule].titleEnd)
      buffer.endParagraph(from: start, indent: 2, hanging: 4)
      buffer.paste(heading.enforcement)
      show(several: group, first, outline, to: &buffer)
    }
    buffer.paste(rules[group.rule].sources)
  }

  private func show(
    several group: Group, _ first: FindingOutline, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer
  ) {
    var members: [FindingOutline] = []
    for number in group.findings where isMember(number, group.outcome, group.severity, outline) {
      members.append(outline.marks.findings[number])
    }
    let (teller, marks) = (outline.teller, outline.marks)
    let remedies = teller.texts(\.remedy, of: first, marks)
    let sharesRemedies = members.allSatisfy { teller.texts(\.remedy, of: $0, marks) == remedies }
    let shown = reporter.shown(group.count, of: TextReporter.itemLimit)
    for member in members.prefix(shown) {
      show(member, outline, to: &buffer)
      if !sharesRemedies { showRemedy(of: member, outline, isInner: true, to: &buffer) }
    }
    if shown < group.count { paragraph("and \(group.count - shown) more", indent: 4, to: &buffer) }
    if sharesRemedies { showRemedy(of: first, outline, isInner: false, to: &buffer) }
  }

  private func paragraph(_ text: String, indent: Int, hanging: Int? = nil, to buffer: inout ByteBuffer) {
    var text = text
    text.withUTF8 { buffer.paragraph($0, indent: indent, hanging: hanging) }
  }

  /// What the only requirement that is not met says; nil where there are several, or records differ in it.
  private func sole(_ finding: FindingOutline, _ outline: borrowing RecordOutline) -> UnsafePointer<Sole>? {
    guard finding.unmet.count == 1 else { return nil }
    let sole = soles + words.number(of: outline.marks.unmet[finding.unmet.first], rule: finding.rule)
    return sole.pointee.isFixed ? UnsafePointer(sole) : nil
  }

  /// - Parameter isInner: whether it is that of one of several findings.
  private func showRemedy(
    of finding: FindingOutline, _ outline: borrowing RecordOutline, isInner: Bool, to buffer: inout ByteBuffer
  ) {
    if finding.unmet.isEmpty { return }
    if let sole = sole(finding, outline) {
      return buffer.paste(isInner ? sole.pointee.innerRemedy : sole.pointee.remedy)
    }
    var texts = ByteBuffer(capacity: 256)
    for range in words.texts(.remedies, of: finding, outline, to: &texts) {
      let text = trimmed(range, in: &texts)
      if text.isEmpty { continue }
      let (start, indent) = (buffer.count, isInner ? 6 : 4)
      buffer.put(UInt8(ascii: " "), times: indent)
      buffer.literal("To put it right: ")
      buffer.put(texts.slice(text))
      buffer.endParagraph(from: start, indent: indent, hanging: indent + 2)
    }
  }

  /// A text of a buffer without the white space at its ends.
  private func trimmed(_ range: Range<Int>, in texts: inout ByteBuffer) -> Range<Int> {
    if range.isEmpty || Self.isTrimmed(texts.slice(range)) { return range }
    let text = String(decoding: texts.slice(range), as: UTF8.self).trimmed
    let start = texts.count
    texts.put(text)
    return start..<texts.count
  }

  private func show(_ finding: FindingOutline, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer) {
    showMessages(of: finding, outline, to: &buffer)
    showMissing(of: finding, outline, to: &buffer)
    showEvidence(of: finding, outline, to: &buffer)
    showLists(of: finding, outline, to: &buffer)
  }

  /// What it is about, and what is said of it.
  private func showMessages(
    of finding: FindingOutline, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer
  ) {
    let sole = sole(finding, outline)
    if finding.table == 0 {
      if finding.unmet.isEmpty { return }
      if let sole { return buffer.paste(sole.pointee.messageLines) }
    }
    let start = buffer.count
    buffer.put(UInt8(ascii: " "), times: 4)
    if finding.table > 0 {
      words.path(finding.table, finding.row, outline, to: &buffer)
      buffer.put(UInt8(ascii: "]"))
    }
    if let sole {
      if !sole.pointee.message.isEmpty { buffer.literal(": ") }
      buffer.paste(sole.pointee.message)
      end(start, to: &buffer)
    } else {
      var texts = ByteBuffer(capacity: 256)
      var isFirst = true
      for range in words.texts(.messages, of: finding, outline, to: &texts) {
        let text = trimmed(range, in: &texts)
        if text.isEmpty { continue }
        if isFirst {
          if finding.table > 0 { buffer.literal(": ") }
          buffer.put(texts.slice(text))
          end(start, to: &buffer)
          isFirst = false
        } else {
          buffer.paragraph(texts.slice(text), indent: finding.table > 0 ? 6 : 4, hanging: 6)
        }
      }
      if isFirst { end(start, to: &buffer) }
    }
  }

  /// Ends the line of a finding's subject and message, or takes it back where there is neither.
  private func end(_ start: Int, to buffer: inout ByteBuffer) {
    if buffer.count - start == 4 {
      buffer.takeBack(to: start)
    } else {
      buffer.endParagraph(from: start, indent: 4, hanging: 6)
    }
  }

  private func showMissing(
    of finding: FindingOutline, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer
  ) {
    let shown = reporter.shown(finding.missing.count, of: TextReporter.itemLimit)
    for index in finding.missing.first..<finding.missing.first + shown {
      let mark = outline.marks.missing[index]
      let fact = UnsafePointer(facts + Int(mark.fact))
      let start = buffer.count
      var pen = buffer.pen(room: fact.pointee.missing.count)
      pen.paste(fact.pointee.missing)
      let isEven = end(fact, mark, fact.pointee.list, by: &pen, outline, to: &buffer)
      buffer.endParagraph(from: start, indent: 6, hanging: 15, isEven: isEven)
    }
    if shown < finding.missing.count {
      more("Missing: ", finding.missing.count - shown, "", to: &buffer)
    }
  }

  private func showEvidence(
    of finding: FindingOutline, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer
  ) {
    let shown = reporter.shown(finding.evidence.count, of: TextReporter.evidenceLimit)
    for index in finding.evidence.first..<finding.evidence.first + shown {
      let mark = outline.marks.evidence[index]
      let fact = UnsafePointer(facts + Int(mark.fact))
      let start = buffer.count
      var pen = buffer.pen(room: fact.pointee.read.count + Pen.numberRoom)
      pen.paste(fact.pointee.read)
      let isEvenValue = value(of: mark, fact, by: &pen, outline, to: &buffer)
      let isEvenPath = end(fact, mark, fact.pointee.unit, by: &pen, outline, to: &buffer)
      buffer.endParagraph(from: start, indent: 6, hanging: 12, isEven: isEvenValue && isEvenPath)
    }
    if shown < finding.evidence.count {
      more(
        "Read: ", finding.evidence.count - shown, finding.evidence.count - shown == 1 ? " fact" : " facts", to: &buffer)
    }
  }

  /// Writes the value of a fact that was supplied.
  ///
  /// - Parameter pen: with room for a number.
  /// - Returns: whether it is known to stand in a line as it is.
  @inline(__always)
  private func value(
    of mark: FactMark, _ fact: UnsafePointer<FactText>, by pen: inout Pen, _ outline: borrowing RecordOutline,
    to buffer: inout ByteBuffer
  ) -> Bool {
    let column = outline.columns.facts[Int(mark.fact)]
    switch fact.pointee.content {
    case .withheld: return true
    case .truth:
      pen.paste(column.states[Int(mark.row)] == Probity.Cell.yes ? words.yes : words.no)
      return true
    case .number:
      pen.tenThousandths(column.values[Int(mark.row)])
      return true
    case .day where pen.day(column.values[Int(mark.row)]): return true
    case .text:
      let text = outline.line.text(column.values[Int(mark.row)])
      buffer.take(pen)
      pen = buffer.pen(room: text.count)
      if pen.word(text) { return !text.isEmpty }
      pen.put(text)
      return !text.isEmpty && ByteBuffer.isSingleSpaced(text)
    case .day, .list, .other:
      buffer.take(pen)
      words.value(of: mark, outline, to: &buffer)
      pen = buffer.pen(room: 0)
      return false
    }
  }

  /// Writes the end of a fact's line, from what stands before its path on.
  ///
  /// - Parameter head: up to the key of its item, where that is not deep.
  /// - Returns: whether all of the line but the value is known to stand as it is.
  @inline(__always)
  private func end(
    _ fact: UnsafePointer<FactText>, _ mark: FactMark, _ head: Piece, by pen: inout Pen,
    _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer
  ) -> Bool {
    buffer.take(pen)
    let table = fact.pointee.table
    let room = head.count + fact.pointee.path.count
    if table == 0 {
      pen = buffer.pen(room: room)
      pen.paste(head)
      pen.paste(fact.pointee.path)
      buffer.take(pen)
      return fact.pointee.isEven
    }
    guard !fact.pointee.isDeep, let key = words.plainKey(table, Int(mark.row), outline) else {
      buffer.paste(head)
      if fact.pointee.isDeep {
        words.path(table, Int(mark.row), outline, to: &buffer)
      } else {
        words.key(table, Int(mark.row), outline, to: &buffer)
      }
      buffer.paste(fact.pointee.path)
      return false
    }
    switch key {
    case .position(let position):
      pen = buffer.pen(room: room + Pen.numberRoom)
      pen.paste(head)
      pen.digits(position)
      pen.paste(fact.pointee.path)
      buffer.take(pen)
      return fact.pointee.isEven
    case .text(let text):
      pen = buffer.pen(room: room + text.count)
      pen.paste(head)
      let isWord = pen.word(text)
      if !isWord { pen.put(text) }
      pen.paste(fact.pointee.path)
      buffer.take(pen)
      return fact.pointee.isEven && isWord
    }
  }

  private func showLists(
    of finding: FindingOutline, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer
  ) {
    let shown = reporter.shown(finding.lists.count, of: TextReporter.evidenceLimit)
    for index in finding.lists.first..<finding.lists.first + shown {
      let mark = outline.marks.lists[index]
      let start = buffer.count
      let list = lists[Int(mark.list)]
      buffer.paste(list.piece)
      if rules[finding.rule].withholds {
        buffer.put(TextReporter.words(nil))
      } else {
        put(mark, to: &buffer)
      }
      buffer.endParagraph(from: start, indent: 6, hanging: 12, isEven: list.isEven)
    }
    if shown < finding.lists.count {
      more("List: ", finding.lists.count - shown, finding.lists.count - shown == 1 ? " list" : " lists", to: &buffer)
    }
  }

  /// How many more there are than are shown; it fits on a line.
  private func more(_ title: StaticString, _ number: Int, _ noun: StaticString, to buffer: inout ByteBuffer) {
    buffer.put(UInt8(ascii: " "), times: 6)
    buffer.literal(title)
    buffer.digits(number)
    buffer.literal(" more")
    buffer.literal(noun)
    buffer.put(UInt8(ascii: "\n"))
  }

  /// As ``TextReporter/words(_:)`` has it.
  private func put(_ mark: ListMark, to buffer: inout ByteBuffer) {
    if mark.selected >= 0 {
      buffer.digits(Int(mark.selected))
      buffer.literal(" of ")
    }
    buffer.digits(Int(mark.items))
    buffer.literal(mark.items == 1 ? " item" : " items")
    if mark.perhaps > 0 {
      buffer.literal(", perhaps ")
      buffer.digits(Int(mark.perhaps))
      buffer.literal(" more")
    }
    if mark.omitted > 0 {
      buffer.literal(", ")
      buffer.digits(Int(mark.omitted))
      buffer.literal(" of them not shown")
    }
  }
}
