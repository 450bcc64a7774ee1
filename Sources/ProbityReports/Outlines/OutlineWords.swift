import FEEL
@_spi(Columns) import Probity

/// What outlines stand for, in words: paths, keys, values and messages. Their parts that are the same in every record are encoded
/// once for a run.
final class OutlineWords: @unchecked Sendable {
  typealias Piece = Pieces.Piece

  /// How text is written.
  enum Form {
    case plain
    /// As it stands within quotation marks of JSON.
    case json
  }

  /// What a cell of a column holds, as far as it can be written without a ``FEEL/Value``.
  enum Cell: UInt8 {
    case truth, number, day, text, other

    init(_ kind: Layout.Kind) {
      self =
        switch kind {
        case .truth: .truth
        case .number: .number
        case .date: .day
        case .text: .text
        default: .other
        }
    }

    /// Whether JSON puts it between quotation marks.
    var isQuoted: Bool { self == .day || self == .text }
  }

  /// Where a fact is to be found.
  struct FactCells: BitwiseCopyable {
    var table: Int
    /// Of a list of plain values: those.
    var cell: Cell
    /// Of a list of plain values: whose rows they are; else 0.
    var items: Int

    init(_ fact: ExplainedFact) {
      (table, cell, items) = (fact.table, .other, 0)
      switch fact.content {
      case .scalar(let kind, _): cell = Cell(kind)
      case .list(let table, let kind, _): (cell, items) = (Cell(kind), table)
      case .nested, .items, .value: break
      }
    }
  }

  /// What is written as the value of a fact.
  enum Content {
    case truth, number, day, text, list, other, withheld

    init(_ cells: FactCells, isWithheld: Bool) {
      self =
        switch cells.cell {
        case _ where isWithheld: .withheld
        case .other: .other
        case _ where cells.items > 0: .list
        case .truth: .truth
        case .number: .number
        case .day: .day
        case .text: .text
        }
    }

    /// Whether it stands between quotation marks.
    var isQuoted: Bool { self == .day || self == .text }
  }

  private enum Segment {
    case piece(Piece)
    case fact(Int32, climb: Int32)
    case scalar(register: Int32, climb: Int32, Layout.Kind)
  }

  enum Saying { case messages, remedies }

  /// What a requirement says: a range of segments; nil where it says nothing.
  private struct Requirement {
    var message: Text?
    var remedy: Text?
  }

  private struct Text {
    var first: Int
    var end: Int
  }

  private enum Key: UInt8 { case position, span, scalar }

  /// What is the same of the paths of a table's items.
  private struct Table {
    /// The list, from the key of the item above to that of the item; nothing of the records.
    var list: Piece
    var above: Int
    var key: Key
  }

  let pieces: Pieces
  let yes: Piece
  let no: Piece
  private let form: Form
  private let tables: [Table]
  /// By fact.
  private let facts: [FactCells]
  private let segments: [Segment]
  /// Those of one rule after another, and by rule where they begin.
  private let requirements: [Requirement]
  private let firstRequirement: [Int]

  init(_ plan: GroundsPlan, _ form: Form) {
    self.form = form
    pieces = Pieces()
    yes = pieces.add("true")
    no = pieces.add("false")
    facts = plan.facts.map { FactCells($0) }
    var tables: [Table] = []
    for (number, list) in plan.tables.enumerated() {
      let key: Key =
        switch plan.keys[number] {
        case .position: .position
        case .span: .span
        case .scalar: .scalar
        }
      tables.append(
        Table(
          list: pieces.add(list.map { Self.path(of: $0, form) + Array("[".utf8) } ?? []),
          above: max(0, Int(plan.parents[number])), key: key))
    }
    self.tables = tables
    var (segments, requirements, first) = ([Segment](), [Requirement](), [Int]())
    let pieces = pieces
    func text(_ parts: [GroundsPlan.Segment]?) -> Text? {
      guard let parts else { return nil }
      let start = segments.count
      for part in parts {
        switch part {
        case .text(let text): segments.append(.piece(pieces.add(Self.encoded(text, form))))
        case .sensitive: segments.append(.piece(pieces.add(Self.encoded(FactTeller.withheld, form))))
        case .fact(let fact, let climb): segments.append(.fact(fact, climb: climb))
        case .scalar(let register, let climb, let kind):
          segments.append(.scalar(register: register, climb: climb, kind))
        }
      }
      return Text(first: start, end: segments.count)
    }
    for rule in plan.rules {
      first.append(requirements.count)
      for requirement in rule?.requirements ?? [] {
        requirements.append(Requirement(message: text(requirement.message), remedy: text(requirement.remedy)))
      }
    }
    (self.segments, self.requirements, firstRequirement) = (segments, requirements, first)
  }

  // MARK: What is the same in every record

  /// A text as it is written.
  private static func encoded(_ text: String, _ form: Form) -> [UInt8] {
    switch form {
    case .plain: return Array(text.utf8)
    case .json:
      var buffer = ByteBuffer()
      buffer.escape(text)
      return Array(buffer.written)
    }
  }

  private static func path(of fact: ExplainedFact, _ form: Form) -> [UInt8] {
    (fact.table == 0 ? [] : Array("].".utf8)) + encoded(fact.names.joined(separator: "."), form)
  }

  /// The end of a fact's path: all of it, or what follows the key of the item that it is a fact of.
  func path(of fact: ExplainedFact) -> [UInt8] { Self.path(of: fact, form) }

  /// The paths of a table's items up to their key; nil where the key of another item is among it.
  func path(of table: Int) -> [UInt8]? {
    tables[table].above == 0 ? list(of: table) : nil
  }

  /// The list that a table's items are of, up to the key; nothing of the records.
  func list(of table: Int) -> [UInt8] {
    Array(UnsafeBufferPointer(start: tables[table].list.start, count: tables[table].list.count))
  }

  /// How many requirements the rules have before one of them.
  @inline(__always)
  func number(of requirement: Int, rule: Int) -> Int { firstRequirement[rule] &+ requirement }

  /// By number, what requirements say where that is one text, which is the same in every record; nil for those that do not.
  func fixed(_ saying: Saying) -> [[UInt8]?] {
    requirements.map { requirement in
      guard let text = saying == .messages ? requirement.message : requirement.remedy else { return nil }
      var bytes: [UInt8] = []
      for segment in segments[text.first..<text.end] {
        guard case .piece(let piece) = segment else { return nil }
        bytes += UnsafeBufferPointer(start: piece.start, count: piece.count)
      }
      return bytes
    }
  }

  /// By number, whether requirements say nothing.
  func isSilent(_ saying: Saying) -> [Bool] {
    requirements.map { (saying == .messages ? $0.message : $0.remedy) == nil }
  }

  // MARK: Records

  /// Writes a text of a record.
  @inline(__always)
  func put(_ text: UnsafeBufferPointer<UInt8>, to buffer: inout ByteBuffer) {
    switch form {
    case .plain: buffer.put(text)
    case .json: buffer.escape(text)
    }
  }

  func put(_ text: String, to buffer: inout ByteBuffer) {
    switch form {
    case .plain: buffer.put(text)
    case .json: buffer.escape(text)
    }
  }

  /// The path of an item, but for the bracket after its key; nothing for the record itself.
  func path(_ table: Int, _ row: Int, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer) {
    if table == 0 { return }
    let above = tables[table].above
    if above > 0 { path(above, Int(outline.columns.tables[table].parents[row]), outline, to: &buffer) }
    buffer.paste(tables[table].list)
    key(table, row, outline, to: &buffer)
  }

  /// What stands for an item in its path, where it takes no more than to write it.
  enum PlainKey {
    /// As it stands in the line.
    case text(UnsafeBufferPointer<UInt8>)
    case position(Int)
  }

  /// - Returns: nil where a key is a value.
  @inline(__always)
  func plainKey(_ table: Int, _ row: Int, _ outline: borrowing RecordOutline) -> PlainKey? {
    let columns = outline.columns
    if tables[table].key != .position, columns.keys[table].states[row] == ScalarState.known {
      guard tables[table].key == .span else { return nil }
      let span = columns.keys[table].values[row]
      return .text(
        UnsafeBufferPointer(start: outline.line.bytes + Int(span & 0xFFFF_FFFF), count: Int(span &>> 32)))
    }
    let rows = columns.tables[table]
    return .position(row &- Int(rows.offsets[Int(rows.parents[row])]) &+ 1)
  }

  func key(_ table: Int, _ row: Int, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer) {
    switch plainKey(table, row, outline) {
    case .text(let text)?: put(text, to: &buffer)
    case .position(let position)?: buffer.digits(position)
    case nil:
      switch outline.teller.key(of: table, row, in: outline.line) {
      case .text(let text): put(text, to: &buffer)
      case .position(let position): buffer.digits(position)
      case .other(let text): put(text, to: &buffer)
      }
    }
  }

  /// What a cell holds, where that is not ``Cell/other``.
  @inline(__always)
  func put(
    _ cell: Cell, _ column: ExplainedColumns.Column, _ row: Int, _ outline: borrowing RecordOutline,
    to buffer: inout ByteBuffer
  ) {
    switch cell {
    case .truth: buffer.paste(column.states[row] == Probity.Cell.yes ? yes : no)
    case .number: buffer.tenThousandths(column.values[row])
    case .day: buffer.day(column.values[row])
    case .text: put(outline.line.text(column.values[row]), to: &buffer)
    case .other: break
    }
  }

  /// The value of a fact that was supplied, as a message quotes it.
  func value(of mark: FactMark, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer) {
    let cells = facts[Int(mark.fact)]
    if cells.items > 0, texts(of: mark, cells, outline, to: &buffer) { return }
    if cells.cell == .other || cells.items > 0 {
      return put(outline.teller.content(of: mark, in: outline.line), to: &buffer)
    }
    put(cells.cell, outline.columns.facts[Int(mark.fact)], Int(mark.row), outline, to: &buffer)
  }

  /// Writes a list of texts in which nothing has to be spelled out; false for any other, of which nothing is written.
  private func texts(
    of mark: FactMark, _ cells: FactCells, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer
  ) -> Bool {
    guard cells.cell == .text, form == .plain else { return false }
    let before = buffer.count
    let column = outline.columns.facts[Int(mark.fact)]
    let offsets = outline.columns.tables[cells.items].offsets
    let items = Int(offsets[Int(mark.row)])..<Int(offsets[Int(mark.row) + 1])
    buffer.put(UInt8(ascii: "["))
    for item in items {
      let text = outline.line.text(column.values[item])
      var pen = buffer.pen(room: text.count + 4)
      if item > items.lowerBound {
        pen.put(UInt8(ascii: ","))
        pen.put(UInt8(ascii: " "))
      }
      pen.put(UInt8(ascii: "\""))
      guard pen.plain(text) else {
        buffer.takeBack(to: before)
        return false
      }
      pen.put(UInt8(ascii: "\""))
      buffer.take(pen)
    }
    buffer.put(UInt8(ascii: "]"))
    return true
  }

  private func put(_ content: FactTeller.Content, to buffer: inout ByteBuffer) {
    switch content {
    case .truth(let truth): buffer.paste(truth ? yes : no)
    case .number(let number): buffer.tenThousandths(number)
    case .day(let day): buffer.day(day)
    case .text(let text): put(text, to: &buffer)
    case .other(let value): put(value.description, to: &buffer)
    }
  }

  /// What the requirements say that are not met, each text once.
  ///
  /// - Parameter quoted: whether each is put between quotation marks.
  /// - Returns: whether they say anything.
  @discardableResult
  func put(
    _ saying: Saying, of finding: FindingOutline, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer,
    separator: Piece, quoted: Bool = false
  ) -> Bool {
    // Of the first text only; of a second and more, which are rare, all are noted.
    var first: Range<Int>?
    var others: [Range<Int>] = []
    var index = finding.unmet.first
    while index < finding.unmet.end {
      let number = number(of: outline.marks.unmet[index], rule: finding.rule)
      index += 1
      guard let text = saying == .messages ? requirements[number].message : requirements[number].remedy else {
        continue
      }
      let before = buffer.count
      if first != nil { buffer.paste(separator) }
      if quoted { buffer.put(UInt8(ascii: "\"")) }
      let start = buffer.count
      for segment in text.first..<text.end { put(segments[segment], finding, outline, to: &buffer) }
      let range = start..<buffer.count
      if let known = first {
        if buffer.isRepeated(known, range) || others.contains(where: { buffer.isRepeated($0, range) }) {
          buffer.takeBack(to: before)
          continue
        }
        others.append(range)
      } else {
        first = range
      }
      if quoted { buffer.put(UInt8(ascii: "\"")) }
    }
    return first != nil
  }

  /// The same texts one after the other.
  ///
  /// - Returns: where they stand.
  func texts(
    _ saying: Saying, of finding: FindingOutline, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer
  ) -> [Range<Int>] {
    var texts: [Range<Int>] = []
    for index in finding.unmet.first..<finding.unmet.end {
      let number = number(of: outline.marks.unmet[index], rule: finding.rule)
      guard let text = saying == .messages ? requirements[number].message : requirements[number].remedy else {
        continue
      }
      let start = buffer.count
      for segment in text.first..<text.end { put(segments[segment], finding, outline, to: &buffer) }
      let range = start..<buffer.count
      if texts.contains(where: { buffer.isRepeated($0, range) }) {
        buffer.takeBack(to: start)
      } else {
        texts.append(range)
      }
    }
    return texts
  }

  private func put(
    _ segment: Segment, _ finding: FindingOutline, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer
  ) {
    switch segment {
    case .piece(let piece): buffer.paste(piece)
    case .fact(let fact, let climb):
      value(of: outline.mark(fact, climb: climb, of: finding), outline, to: &buffer)
    case .scalar(let register, let climb, let kind):
      put(outline.content(register, climb: climb, kind, of: finding), to: &buffer)
    }
  }
}
