import Diagnostics
import FEEL
import Probity

/// Writes records as ``JSONWriter`` does their reports, from outlines: what is the same in every record is encoded once for a
/// run, and values go from the columns into the report.
final class JSONOutlinePrinter: OutlinePrinter, @unchecked Sendable {
  private typealias Piece = Pieces.Piece

  private struct RuleText {
    /// From its source on.
    var tail: Piece
    /// Its name as a key, after a comma, and that with 1 as the value.
    var name: Piece
    var once: Piece
    var withholds: Bool
  }

  private struct FactText {
    var cells: OutlineWords.FactCells
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
    var isWithheld: Bool
  }

  private struct ListText {
    /// After a comma, up to the number of items; all of it, where that is withheld.
    var head: Piece
    var withheld: Piece
  }

  /// What a requirement that is the only one not met says, with the keys; nil where that differs from record to record.
  private typealias Sole = Piece?

  private let words: OutlineWords
  private let endsLine: Bool
  private let rules: [RuleText]
  /// Room for the longest of their names, and a number.
  private let longestName: Int
  /// By rule, by whether it fails, and by severity: from the beginning of a finding to the enforcement.
  private let heads: [Piece]
  private let severities = Severity.allCases.count
  private let facts: [FactText]
  private let lists: [ListText]
  private let soles: [Sole]
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
    longestName = (rules.map(\.once.count).max() ?? 0) + Pen.numberRoom
    heads = checking.asked.indices.flatMap { Self.heads(checking, $0, words.pieces) }
    facts = plan.facts.map { Self.fact(checking, $0, words) }
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
    let name = members { $0.member(rule.name, 1) }
    return RuleText(
      tail: pieces.add(",".utf8 + tail + "}".utf8), name: pieces.add(",".utf8 + name.dropLast()),
      once: pieces.add(",".utf8 + name), withholds: checking.withholds(position))
  }

  private static func fact(_ checking: Checking, _ fact: ExplainedFact, _ words: OutlineWords) -> FactText {
    let caption = checking.book.vocabulary.declaration(of: fact.member, in: fact.owner)
    let member = fact.owner.members[fact.member]
    let isWithheld = member.isSensitive && !checking.showsSensitive
    let cells = OutlineWords.FactCells(fact)
    let isQuoted = !isWithheld && cells.items == 0 && cells.cell.isQuoted
    let label = members { $0.member("label", caption?.label ?? member.name) }
    let unit = members { $0.member("unit", caption?.unit) }
    let above = fact.table == 0 ? [] : words.path(of: fact.table)
    let start = #",{"path":""#.utf8 + (above ?? [])
    let path = words.path(of: fact) + Array("\",".utf8) + label
    let value = isWithheld ? #","withheld":true"# : isQuoted ? #","value":""# : #","value":"#
    let absence = Array(#","absence":"absent""#.utf8)
    let own = fact.table == 0
    let pieces = words.pieces
    return FactText(
      cells: cells, head: pieces.add(own ? start + path + value.utf8 : start),
      end: pieces.add(own ? [] : path + value.utf8),
      unit: pieces.add((isQuoted ? "\"" : "").utf8 + (unit.isEmpty ? [] : ",".utf8 + unit)),
      missingHead: pieces.add(own ? start + path + absence : start), missingEnd: pieces.add(own ? [] : path + absence),
      isDeep: above == nil, isWithheld: isWithheld)
  }

  /// By number of the requirement.
  private static func soles(_ words: OutlineWords) -> [Sole] {
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
    let own = outline.nameBytes
    if !own.isEmpty {
      buffer.paste(name)
      buffer.escape(own)
    } else if let own = outline.name {
      buffer.paste(name)
      buffer.escape(own)
    }
    let start = buffer.count + 1
    buffer.paste(place)
    buffer.escape(outline.line.file)
    buffer.paste(line)
    buffer.digits(outline.line.line)
    // All facts of a line have the line's place.
    let place = start..<buffer.count + 1
    buffer.paste(scope)
    if let verdict = outline.verdict {
      write(to: &buffer, after: true) { json in json.member("verdict") { $0.verdict(verdict) } }
    }
    buffer.paste(findings)
    for (index, entry) in outline.entries.enumerated() {
      if index > 0 { buffer.put(UInt8(ascii: ",")) }
      if entry >= 0 {
        finding(outline.marks.findings[entry], outline, place, to: &buffer)
      } else {
        let finding = outline.explained[-1 - entry].finding
        write(to: &buffer, after: false) { $0.finding(finding) }
      }
    }
    buffer.put(UInt8(ascii: "]"))
    settled(passed, outline, to: &buffer) { $0.passed }
    settled(notApplicable, outline, to: &buffer) { $0.notApplicable }
    if outline.problems.isEmpty {
      buffer.paste(noProblems)
    } else {
      let problems = outline.problems
      write(to: &buffer, after: true) { json in
        json.member("problems", problems) { json, problem in json.object { $0.problem(problem) } }
      }
      buffer.put(UInt8(ascii: "}"))
    }
    if endsLine { buffer.put(UInt8(ascii: "\n")) }
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
  /// - Parameter title: up to the bracket.
  @inline(__always)
  private func settled(
    _ title: Piece, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer, _ count: (SettledRule) -> Int
  ) {
    let before = buffer.count
    var pen = buffer.pen(room: title.count + outline.settled.count * longestName + 1)
    pen.paste(title)
    buffer.take(pen)
    let first = buffer.count
    for entry in outline.settled {
      let count = count(entry)
      if count > 1 {
        pen.paste(rules[entry.rule].name)
        pen.digits(count)
      } else {
        // Whether a rule came to it is anybody's guess, so there is no branch for it.
        pen.paste(rules[entry.rule].once, times: count)
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
        let fact = facts[Int(mark.fact)]
        head(fact.missingHead, fact.missingEnd, fact, Int(mark.row), outline, isFirst: isFirst, to: &buffer)
        buffer.repeat(place)
        buffer.put(UInt8(ascii: "}"))
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

  /// A fact up to its value, or, of one that is missing, up to its place.
  @inline(__always)
  private func head(
    _ head: Piece, _ end: Piece, _ fact: FactText, _ row: Int, _ outline: borrowing RecordOutline, isFirst: Bool,
    to buffer: inout ByteBuffer
  ) {
    var head = head
    if isFirst { head.dropFirst() }
    buffer.paste(head)
    if fact.cells.table == 0 { return }
    if fact.isDeep {
      words.path(fact.cells.table, row, outline, to: &buffer)
    } else {
      words.key(fact.cells.table, row, outline, to: &buffer)
    }
    buffer.paste(end)
  }

  private func evidence(
    _ mark: FactMark, _ outline: borrowing RecordOutline, _ place: Range<Int>, isFirst: Bool,
    to buffer: inout ByteBuffer
  ) {
    let fact = facts[Int(mark.fact)]
    let row = Int(mark.row)
    head(fact.head, fact.end, fact, row, outline, isFirst: isFirst, to: &buffer)
    if !fact.isWithheld {
      let column = outline.columns.facts[Int(mark.fact)]
      if fact.cells.cell != .other {
        if fact.cells.items > 0 {
          list(fact.cells, column, row, outline, to: &buffer)
        } else {
          words.put(fact.cells.cell, column, row, outline, to: &buffer)
        }
      } else if case .other(let value) = outline.teller.content(of: mark, in: outline.line) {
        write(to: &buffer, after: false) { $0.value(value) }
      }
    }
    var pen = buffer.pen(room: fact.unit.count + place.count + 1)
    if !fact.unit.isEmpty { pen.paste(fact.unit) }
    pen.paste(buffer.place(of: place.lowerBound), place.count)
    pen.put(UInt8(ascii: "}"))
    buffer.take(pen)
  }

  /// A list of plain values.
  private func list(
    _ cells: OutlineWords.FactCells, _ column: ExplainedColumns.Column, _ row: Int,
    _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer
  ) {
    let offsets = outline.columns.tables[cells.items].offsets
    buffer.put(UInt8(ascii: "["))
    for item in Int(offsets[row])..<Int(offsets[row + 1]) {
      if item > Int(offsets[row]) { buffer.put(UInt8(ascii: ",")) }
      if cells.cell.isQuoted { buffer.put(UInt8(ascii: "\"")) }
      words.put(cells.cell, column, item, outline, to: &buffer)
      if cells.cell.isQuoted { buffer.put(UInt8(ascii: "\"")) }
    }
    buffer.put(UInt8(ascii: "]"))
  }

  private func list(_ mark: ListMark, isWithheld: Bool, isFirst: Bool, to buffer: inout ByteBuffer) {
    let list = lists[Int(mark.list)]
    var head = isWithheld ? list.withheld : list.head
    if isFirst { head.dropFirst() }
    buffer.paste(head)
    if isWithheld { return }
    buffer.digits(Int(mark.items))
    if mark.selected >= 0 {
      buffer.paste(selected)
      buffer.digits(Int(mark.selected))
    }
    if mark.perhaps > 0 {
      buffer.paste(perhaps)
      buffer.digits(Int(mark.perhaps))
    }
    if mark.omitted > 0 {
      buffer.paste(omitted)
      buffer.digits(Int(mark.omitted))
    }
    buffer.put(UInt8(ascii: "}"))
  }
}
