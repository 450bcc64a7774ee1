import Diagnostics
import FEEL
@_spi(Columns) import Probity

/// Writes records as ``JSONWriter`` does their reports, from outlines: what is the same in every record is encoded once for a
/// run, and values go from the columns into the report.
final class JSONOutlinePrinter: OutlinePrinter, @unchecked Sendable {
  private typealias Piece = Pieces.Piece

  private struct RuleText {
    /// From its source on.
    var tail: Piece
    /// Its name as a key, after a comma.
    var name: Piece
    var withholds: Bool
  }

  private struct FactText: BitwiseCopyable {
    var cells: OutlineWords.FactCells
    var content: OutlineWords.Content
    /// Up to the key of its item, with the comma after another fact, or to the value.
    var head: Piece
    /// From the key of its item to the value; nothing of a fact of the record.
    var end: Piece
    /// From the value to the place.
    var unit: Piece
    /// As ``head`` and ``end``, where it is missing: up to the place.
    var missingHead: Piece
    var missingEnd: Piece
    /// Whether the path has keys of other items before that of its own.
    var isDeep: Bool
  }

  private struct ListText {
    /// After a comma, up to the number of items; all of it, where that is withheld.
    var head: Piece
    var withheld: Piece
  }

  private let words: OutlineWords
  private let endsLine: Bool
  private let rules: [RuleText]
  /// By four rules at a time, and by which of the four are: their names as keys with 1 as the value, after commas.
  private let groups: [Piece]
  /// Room for all of them.
  private let groupRoom: Int
  /// By rule, by whether it fails, and by severity: from the beginning of a finding to the enforcement.
  private let heads: [Piece]
  private let severities = Severity.allCases.count
  private let facts: UnsafeMutablePointer<FactText>
  private let lists: [ListText]
  /// What a requirement that is the only one not met says, with the keys; nil where that differs from record to record.
  private let soles: [Piece?]
  private let items: [Piece?]
  private let record: Piece
  private let name: Piece
  private let place: Piece
  private let line: Piece
  private let scope: Piece
  private let findings: Piece
  private let passed: Piece
  private let notApplicable: Piece
  private let noProblems: Piece
  private let comma: Piece
  private let item: Piece
  private let itemKey: Piece
  private let messages: Piece
  private let remedies: Piece
  private let missing: Piece
  private let evidence: Piece
  private let listed: Piece
  private let selected: Piece
  private let perhaps: Piece
  private let omitted: Piece

  /// - Parameter endsLine: whether a line ends after each record.
  init?(_ checking: Checking, endsLine: Bool) {
    guard let plan = checking.explanations else { return nil }
    self.endsLine = endsLine
    let words = OutlineWords(plan, .json)
    self.words = words
    comma = words.pieces.add(",")
    record = words.pieces.add(#"{"kind":"record","key":""#)
    name = words.pieces.add(#"","name":""#)
    place = words.pieces.add(#"","place":{"file":""#)
    line = words.pieces.add(#"","line":"#)
    scope = words.pieces.add(#"},"scope":{"outcome":"in scope"}"#)
    findings = words.pieces.add(#","findings":["#)
    passed = words.pieces.add(#","passed":"#)
    notApplicable = words.pieces.add(#","not_applicable":"#)
    noProblems = words.pieces.add(#","problems":[]}"#)
    item = words.pieces.add(#","item":""#)
    itemKey = words.pieces.add(#"]","item_key":""#)
    messages = words.pieces.add(#","messages":["#)
    remedies = words.pieces.add(#","remedies":["#)
    missing = words.pieces.add(#","missing":["#)
    evidence = words.pieces.add(#","evidence":["#)
    listed = words.pieces.add(#","lists":["#)
    selected = words.pieces.add(#","selected":"#)
    perhaps = words.pieces.add(#","perhaps":"#)
    omitted = words.pieces.add(#","omitted":"#)
    rules = checking.asked.indices.map { Self.rule(checking, $0, words.pieces) }
    let names = checking.asked.indices.map { Self.name(checking, $0) }
    groups = Self.groups(names, words.pieces)
    groupRoom = names.reduce(0) { $0 + $1.count + 1 }
    heads = checking.asked.indices.flatMap { Self.heads(checking, $0, words.pieces) }
    facts = .allocate(capacity: plan.facts.count)
    for (number, fact) in plan.facts.enumerated() {
      (facts + number).initialize(to: Self.fact(checking, fact, words))
    }
    lists = plan.lists.map { text in
      let text = Self.members { $0.member("text", text) }
      return ListText(
        head: words.pieces.add(",{".utf8 + text + #","items":"#.utf8),
        withheld: words.pieces.add(",{".utf8 + text + #","withheld":true}"#.utf8))
    }
    items = plan.tables.indices.map { table in
      table == 0 ? nil : words.path(of: table).map { words.pieces.add(#","item":""#.utf8 + $0) }
    }
    soles = Self.soles(words)
  }

  deinit { facts.deallocate() }

  // MARK: What is the same in every record

  /// The members of an object, without its braces.
  private static func members(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var json = JSONWriter()
    json.object(body)
    return Array(json.bytes.dropFirst().dropLast())
  }

  private static func heads(_ checking: Checking, _ position: Int, _ pieces: Pieces) -> [Piece] {
    let asked = checking.asked[position]
    let rule = checking.book.rules[asked.rule]
    return [Outcome.notEvidenced, .fail].flatMap { outcome in
      Severity.allCases.map { severity in
        pieces.add(
          "{".utf8
            + members {
              $0.member("rule", rule.name)
              $0.member("address", rule.address)
              $0.member("title", rule.title)
              $0.member("outcome", outcome.rawValue)
              $0.member("severity", severity.rawValue)
              $0.member("enforcement", asked.enforcement.rawValue)
              $0.member("open", true)
            })
      }
    }
  }

  private static func rule(_ checking: Checking, _ position: Int, _ pieces: Pieces) -> RuleText {
    let rule = checking.book.rules[checking.asked[position].rule]
    let tail = members {
      $0.member("source", rule.source)
      if let clause = rule.clause { $0.member("clause") { $0.clause(clause) } }
    }
    return RuleText(
      tail: pieces.add(",".utf8 + tail + "}".utf8), name: pieces.add(name(checking, position)),
      withholds: checking.withholds(position))
  }

  /// A rule's name as a key, after a comma.
  private static func name(_ checking: Checking, _ position: Int) -> [UInt8] {
    ",".utf8 + members { $0.member(checking.book.rules[checking.asked[position].rule].name, 1) }.dropLast()
  }

  private static func groups(_ names: [[UInt8]], _ pieces: Pieces) -> [Piece] {
    stride(from: 0, to: names.count, by: 4).flatMap { first in
      (0..<16).map { bits in
        var members: [UInt8] = []
        for rule in first..<min(first + 4, names.count) where bits & 1 << (rule - first) != 0 {
          members += names[rule] + [UInt8(ascii: "1")]
        }
        return pieces.add(members)
      }
    }
  }

  private static func fact(_ checking: Checking, _ fact: ExplainedFact, _ words: OutlineWords) -> FactText {
    let caption = checking.book.vocabulary.declaration(of: fact.member, in: fact.owner)
    let member = fact.owner.members[fact.member]
    let isWithheld = member.isSensitive && !checking.showsSensitive
    let cells = OutlineWords.FactCells(fact)
    let content = OutlineWords.Content(cells, isWithheld: isWithheld)
    let label = members { $0.member("label", caption?.label ?? member.name) }
    let unit = members { $0.member("unit", caption?.unit) }
    let above = fact.table == 0 ? [] : words.path(of: fact.table)
    let start = #",{"path":""#.utf8 + (above ?? [])
    let path = words.path(of: fact) + Array("\",".utf8) + label
    let value = isWithheld ? #","withheld":true"# : content.isQuoted ? #","value":""# : #","value":"#
    let absence = Array(#","absence":"absent""#.utf8)
    let own = fact.table == 0
    let pieces = words.pieces
    return FactText(
      cells: cells, content: content, head: pieces.add(own ? start + path + value.utf8 : start),
      end: pieces.add(own ? [] : path + value.utf8),
      unit: pieces.add((content.isQuoted ? "\"" : "").utf8 + (unit.isEmpty ? [] : ",".utf8 + unit)),
      missingHead: pieces.add(own ? start + path + absence : start), missingEnd: pieces.add(own ? [] : path + absence),
      isDeep: above == nil)
  }

  /// By number of the requirement.
  private static func soles(_ words: OutlineWords) -> [Piece?] {
    func member(_ title: String, _ saying: OutlineWords.Saying) -> [[UInt8]?] {
      zip(words.fixed(saying), words.isSilent(saying)).map { text, isSilent in
        isSilent ? [] : text.map { Array(",\"\(title)\":[\"".utf8) + $0 + Array("\"]".utf8) }
      }
    }
    return zip(member("messages", .messages), member("remedies", .remedies)).map { message, remedy in
      guard let message, let remedy else { return nil }
      return words.pieces.add(message + remedy)
    }
  }

  // MARK: Records

  func record(_ outline: borrowing RecordOutline, into buffer: inout ByteBuffer) {
    buffer.paste(record)
    buffer.escape(outline.line.key)
    name(outline, to: &buffer)
    let start = buffer.count + 1
    buffer.paste(place)
    buffer.escape(outline.file)
    buffer.paste(line)
    buffer.digits(outline.line.line)
    // All facts of a line have the line's place.
    let place = start..<buffer.count + 1
    buffer.paste(scope)
    if let verdict = outline.verdict {
      write(to: &buffer, after: true) { json in json.member("verdict") { $0.verdict(verdict) } }
    }
    buffer.paste(findings)
    let first = buffer.count
    outline.forEachFinding { finding in
      if buffer.count > first { buffer.put(UInt8(ascii: ",")) }
      self.finding(finding.pointee, outline, place, to: &buffer)
    } explained: { finding, _ in
      if buffer.count > first { buffer.put(UInt8(ascii: ",")) }
      write(to: &buffer, after: false) { $0.finding(finding) }
    }
    buffer.put(UInt8(ascii: "]"))
    settled(passed, outline.passed, outline, to: &buffer) { $0.passed }
    settled(notApplicable, outline.notApplicable, outline, to: &buffer) { $0.notApplicable }
    if outline.hasProblems {
      let problems = outline.problems
      write(to: &buffer, after: true) { json in
        json.member("problems", problems) { json, problem in json.object { $0.problem(problem) } }
      }
      buffer.put(UInt8(ascii: "}"))
    } else {
      buffer.paste(noProblems)
    }
    if endsLine { buffer.put(UInt8(ascii: "\n")) }
  }

  private func name(_ outline: borrowing RecordOutline, to buffer: inout ByteBuffer) {
    let own = outline.line.name
    if own.isEmpty { return }
    buffer.paste(name)
    var pen = buffer.pen(room: own.count)
    if pen.plain(own) { return buffer.take(pen) }
    let bytes = outline.nameBytes
    if !bytes.isEmpty {
      buffer.escape(bytes)
    } else if let name = outline.name {
      buffer.escape(name)
    }
  }

  /// Writes what has no pieces.
  ///
  /// - Parameter others: whether it follows other members or elements.
  private func write(to buffer: inout ByteBuffer, after others: Bool, _ body: (inout JSONWriter) -> Void) {
    var json = JSONWriter(buffer)
    json.begin(after: others)
    body(&json)
    buffer = json.ended()
  }

  /// How often each rule came to an outcome that is counted rather than listed.
  ///
  /// - Parameters:
  ///   - title: up to the bracket.
  ///   - bits: the rules that came to it, of those that are asked once.
  ///   - count: how often, of another rule.
  @inline(__always)
  private func settled(
    _ title: Piece, _ bits: RecordOutline.RuleBits, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer,
    _ count: (SettledRule) -> Int
  ) {
    let before = buffer.count
    var pen = buffer.pen(room: title.count + groupRoom + outline.counted.count * Pen.numberRoom)
    pen.paste(title)
    buffer.take(pen)
    let first = buffer.count
    var next = 0
    for group in 0..<(rules.count &+ 3) / 4 {
      let own = Int(truncatingIfNeeded: bits[group &>> 4] &>> UInt64(group & 15 &* 4)) & 15
      // Whether a rule came to it is anybody's guess, so there is no branch for it.
      guard next < outline.counted.count, outline.counted[next].rule < group &* 4 &+ 4 else {
        pen.paste(groups[group &* 16 &+ own])
        continue
      }
      for rule in group &* 4..<min(group &* 4 &+ 4, rules.count) {
        if next < outline.counted.count, outline.counted[next].rule == rule {
          let count = count(outline.counted[next])
          next += 1
          if count == 0 { continue }
          pen.paste(rules[rule].name)
          pen.digits(count)
        } else {
          pen.paste(groups[group &* 16 &+ own & (1 &<< (rule & 3))])
        }
      }
    }
    buffer.take(pen)
    if buffer.count == first { return buffer.takeBack(to: before) }
    // Instead of a comma.
    buffer.replace(at: first, by: UInt8(ascii: "{"))
    buffer.put(UInt8(ascii: "}"))
  }

  // MARK: Findings

  /// - Parameter place: where the record's place was written.
  private func finding(
    _ finding: FindingOutline, _ outline: borrowing RecordOutline, _ place: Range<Int>, to buffer: inout ByteBuffer
  ) {
    let outcome = finding.rule &* 2 &+ (finding.outcome == .fail ? 1 : 0)
    buffer.paste(heads[outcome &* severities &+ finding.severity.rank])
    if finding.table > 0 {
      if let item = items[finding.table] {
        buffer.paste(item)
        words.key(finding.table, finding.row, outline, to: &buffer)
      } else {
        buffer.paste(item)
        words.path(finding.table, finding.row, outline, to: &buffer)
      }
      buffer.paste(itemKey)
      words.key(finding.table, finding.row, outline, to: &buffer)
      buffer.put(UInt8(ascii: "\""))
    }
    if !finding.unmet.isEmpty {
      let first = words.number(of: outline.marks.unmet[finding.unmet.first], rule: finding.rule)
      if finding.unmet.count == 1, let sole = soles[first] {
        buffer.paste(sole)
      } else {
        texts(messages, .messages, finding, outline, to: &buffer)
        texts(remedies, .remedies, finding, outline, to: &buffer)
      }
    }
    if !finding.missing.isEmpty {
      var isFirst = true
      buffer.paste(missing)
      for index in finding.missing.first..<finding.missing.end {
        let mark = outline.marks.missing[index]
        let fact = facts + Int(mark.fact)
        var pen = begin(
          fact.pointee.missingHead, fact.pointee.missingEnd, fact, Int(mark.row), outline, room: place.count + 1,
          isFirst: isFirst, to: &buffer)
        pen.paste(buffer.place(of: place.lowerBound), place.count)
        pen.put(UInt8(ascii: "}"))
        buffer.take(pen)
        isFirst = false
      }
      buffer.put(UInt8(ascii: "]"))
    }
    if !finding.evidence.isEmpty {
      var isFirst = true
      buffer.paste(evidence)
      for index in finding.evidence.first..<finding.evidence.end {
        evidence(outline.marks.evidence[index], outline, place, isFirst: isFirst, to: &buffer)
        isFirst = false
      }
      buffer.put(UInt8(ascii: "]"))
    }
    if !finding.lists.isEmpty {
      var isFirst = true
      buffer.paste(listed)
      for index in finding.lists.first..<finding.lists.end {
        list(
          outline.marks.lists[index], isWithheld: rules[finding.rule].withholds, isFirst: isFirst, to: &buffer)
        isFirst = false
      }
      buffer.put(UInt8(ascii: "]"))
    }
    buffer.paste(rules[finding.rule].tail)
  }

  private func texts(
    _ title: Piece, _ saying: OutlineWords.Saying, _ finding: FindingOutline, _ outline: borrowing RecordOutline,
    to buffer: inout ByteBuffer
  ) {
    let before = buffer.count
    buffer.paste(title)
    if words.put(saying, of: finding, outline, to: &buffer, separator: comma, quoted: true) {
      buffer.put(UInt8(ascii: "]"))
    } else {
      buffer.takeBack(to: before)
    }
  }

  /// Writes a fact up to its value, or, of one that is missing, up to its place.
  ///
  /// - Returns: what the rest may be written by, which takes no more than so much room.
  @inline(__always)
  private func begin(
    _ head: Piece, _ end: Piece, _ fact: UnsafePointer<FactText>, _ row: Int, _ outline: borrowing RecordOutline,
    room: Int, isFirst: Bool, to buffer: inout ByteBuffer
  ) -> Pen {
    var head = head
    if isFirst { head.dropFirst() }
    let room = head.count + end.count + room
    let table = fact.pointee.cells.table
    if table == 0 {
      var pen = buffer.pen(room: room)
      pen.paste(head)
      return pen
    }
    guard !fact.pointee.isDeep, let key = words.plainKey(table, row, outline) else {
      buffer.paste(head)
      if fact.pointee.isDeep {
        words.path(table, row, outline, to: &buffer)
      } else {
        words.key(table, row, outline, to: &buffer)
      }
      var pen = buffer.pen(room: room)
      pen.paste(end)
      return pen
    }
    switch key {
    case .position(let position):
      var pen = buffer.pen(room: room + Pen.numberRoom)
      pen.paste(head)
      pen.digits(position)
      pen.paste(end)
      return pen
    case .text(let text):
      var pen = buffer.pen(room: room + text.count)
      pen.paste(head)
      escape(text, by: &pen, room: room, in: &buffer)
      pen.paste(end)
      return pen
    }
  }

  /// Writes a text for which a pen has room, and after which it is to have some.
  @inline(__always)
  private func escape(
    _ text: UnsafeBufferPointer<UInt8>, by pen: inout Pen, room: Int, in buffer: inout ByteBuffer
  ) {
    if pen.plain(text) { return }
    buffer.take(pen)
    buffer.escape(text)
    pen = buffer.pen(room: room)
  }

  private func evidence(
    _ mark: FactMark, _ outline: borrowing RecordOutline, _ place: Range<Int>, isFirst: Bool,
    to buffer: inout ByteBuffer
  ) {
    let fact = UnsafePointer(facts + Int(mark.fact))
    let row = Int(mark.row)
    let column = outline.columns.facts[Int(mark.fact)]
    let text =
      fact.pointee.content == .text
      ? outline.line.text(column.values[row]) : UnsafeBufferPointer(start: nil, count: 0)
    let rest = fact.pointee.unit.count + place.count + 1
    var pen = begin(
      fact.pointee.head, fact.pointee.end, fact, row, outline, room: max(text.count, Pen.numberRoom) + rest,
      isFirst: isFirst, to: &buffer)
    switch fact.pointee.content {
    case .truth: pen.paste(column.states[row] == Probity.Cell.yes ? words.yes : words.no)
    case .number: pen.tenThousandths(column.values[row])
    case .day:
      if !pen.day(column.values[row]) {
        buffer.take(pen)
        buffer.day(column.values[row])
        pen = buffer.pen(room: rest)
      }
    case .text: escape(text, by: &pen, room: rest, in: &buffer)
    case .list, .other:
      buffer.take(pen)
      value(of: mark, fact.pointee, outline, to: &buffer)
      pen = buffer.pen(room: rest)
    case .withheld: break
    }
    pen.paste(fact.pointee.unit)
    pen.paste(buffer.place(of: place.lowerBound), place.count)
    pen.put(UInt8(ascii: "}"))
    buffer.take(pen)
  }

  private func value(
    of mark: FactMark, _ fact: FactText, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer
  ) {
    if fact.content == .list {
      list(fact.cells, outline.columns.facts[Int(mark.fact)], Int(mark.row), outline, to: &buffer)
    } else if case .other(let value) = outline.teller.content(of: mark, in: outline.line) {
      write(to: &buffer, after: false) { $0.value(value) }
    }
  }

  /// A list of plain values.
  private func list(
    _ cells: OutlineWords.FactCells, _ column: ExplainedColumns.Column, _ row: Int,
    _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer
  ) {
    let offsets = outline.columns.tables[cells.items].offsets
    let items = Int(offsets[row])..<Int(offsets[row + 1])
    if cells.cell == .text { return texts(items, column, outline, to: &buffer) }
    buffer.put(UInt8(ascii: "["))
    for item in items {
      if item > items.lowerBound { buffer.put(UInt8(ascii: ",")) }
      if cells.cell.isQuoted { buffer.put(UInt8(ascii: "\"")) }
      words.put(cells.cell, column, item, outline, to: &buffer)
      if cells.cell.isQuoted { buffer.put(UInt8(ascii: "\"")) }
    }
    buffer.put(UInt8(ascii: "]"))
  }

  private func texts(
    _ items: Range<Int>, _ column: ExplainedColumns.Column, _ outline: borrowing RecordOutline,
    to buffer: inout ByteBuffer
  ) {
    if items.isEmpty {
      buffer.put(UInt8(ascii: "["))
    }
    for item in items {
      let text = outline.line.text(column.values[item])
      var pen = buffer.pen(room: text.count + 3)
      pen.put(item == items.lowerBound ? UInt8(ascii: "[") : UInt8(ascii: ","))
      pen.put(UInt8(ascii: "\""))
      escape(text, by: &pen, room: 1, in: &buffer)
      pen.put(UInt8(ascii: "\""))
      buffer.take(pen)
    }
    buffer.put(UInt8(ascii: "]"))
  }

  private func list(_ mark: ListMark, isWithheld: Bool, isFirst: Bool, to buffer: inout ByteBuffer) {
    let list = lists[Int(mark.list)]
    var head = isWithheld ? list.withheld : list.head
    if isFirst { head.dropFirst() }
    var pen = buffer.pen(
      room: head.count + selected.count + perhaps.count + omitted.count + 4 * Pen.numberRoom + 1)
    pen.paste(head)
    if !isWithheld {
      pen.digits(Int(mark.items))
      if mark.selected >= 0 {
        pen.paste(selected)
        pen.digits(Int(mark.selected))
      }
      if mark.perhaps > 0 {
        pen.paste(perhaps)
        pen.digits(Int(mark.perhaps))
      }
      if mark.omitted > 0 {
        pen.paste(omitted)
        pen.digits(Int(mark.omitted))
      }
      pen.put(UInt8(ascii: "}"))
    }
    buffer.take(pen)
  }
}
