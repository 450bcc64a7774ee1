import FEEL
import Probity

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

  private enum Segment {
    case piece(Piece)
    case fact(Int32, climb: Int32)
    case scalar(register: Int32, climb: Int32, Layout.Kind)
  }

  /// What the requirements of a rule say; nil where one says nothing.
  private struct Sayings {
    var messages: [[Segment]?]
    var remedies: [[Segment]?]
  }

  enum Saying { case messages, remedies }

  let pieces = Pieces()
  private let form: Form
  private var rules: [Sayings] = []
  /// By table: the list of its items, from the key of the item above to that of the item; nothing of the records.
  private var tables: [Piece] = []
  let yes: Piece
  let no: Piece

  init(_ plan: GroundsPlan, _ form: Form) {
    self.form = form
    yes = pieces.add("true")
    no = pieces.add("false")
    tables = plan.tables.map { list in list.map { pieces.add(path(of: $0) + Array("[".utf8)) } ?? pieces.add("") }
    rules = plan.rules.map { rule in
      Sayings(
        messages: (rule?.requirements ?? []).map { segments($0.message) },
        remedies: (rule?.requirements ?? []).map { segments($0.remedy) })
    }
  }

  // MARK: What is the same in every record

  /// A text as it is written.
  func encoded(_ text: String) -> [UInt8] {
    switch form {
    case .plain: return Array(text.utf8)
    case .json:
      var buffer = ByteBuffer()
      buffer.escape(text)
      return Array(buffer.written)
    }
  }

  /// The end of a fact's path: all of it, or what follows the key of the item that it is a fact of.
  func path(of fact: ExplainedFact) -> [UInt8] {
    (fact.table == 0 ? [] : Array("].".utf8)) + encoded(fact.names.joined(separator: "."))
  }

  private func segments(_ segments: [GroundsPlan.Segment]?) -> [Segment]? {
    segments?.map { segment in
      switch segment {
      case .text(let text): .piece(pieces.add(encoded(text)))
      case .sensitive: .piece(pieces.add(encoded(FactTeller.withheld)))
      case .fact(let fact, let climb): .fact(fact, climb: climb)
      case .scalar(let register, let climb, let kind): .scalar(register: register, climb: climb, kind)
      }
    }
  }

  // MARK: Records

  /// Writes a text of a record.
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
    path(outline.teller.table(above: table), outline.teller.parent(of: row, in: table), outline, to: &buffer)
    buffer.paste(tables[table])
    key(table, row, outline, to: &buffer)
  }

  func key(_ table: Int, _ row: Int, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer) {
    switch outline.teller.key(of: table, row, in: outline.line) {
    case .position(let position): buffer.digits(position)
    case .text(let text): put(text, to: &buffer)
    case .other(let text): put(text, to: &buffer)
    }
  }

  /// A value as a message quotes it.
  func put(_ content: FactTeller.Content, to buffer: inout ByteBuffer) {
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
  /// - Parameter body: writes around a text what belongs there; it is given what writes the text.
  /// - Returns: whether they say anything.
  @discardableResult
  func put(
    _ saying: Saying, of finding: FindingOutline, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer,
    separator: Piece, quoted: Bool = false
  ) -> Bool {
    var written: [Range<Int>] = []
    for index in finding.unmet {
      let requirement = outline.outlines.unmet[index]
      let segments =
        saying == .messages ? rules[finding.rule].messages[requirement] : rules[finding.rule].remedies[requirement]
      guard let segments else { continue }
      let before = buffer.count
      if !written.isEmpty { buffer.paste(separator) }
      if quoted { buffer.put(UInt8(ascii: "\"")) }
      let start = buffer.count
      for segment in segments { put(segment, finding, outline, to: &buffer) }
      let range = start..<buffer.count
      if written.contains(where: { buffer.isRepeated($0, range) }) {
        buffer.takeBack(to: before)
        continue
      }
      if quoted { buffer.put(UInt8(ascii: "\"")) }
      written.append(range)
    }
    return !written.isEmpty
  }

  private func put(
    _ segment: Segment, _ finding: FindingOutline, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer
  ) {
    switch segment {
    case .piece(let piece): buffer.paste(piece)
    case .fact(let fact, let climb):
      let mark = outline.teller.mark(fact, climb: climb, from: finding.table, finding.row)
      put(outline.teller.content(of: mark, in: outline.line), to: &buffer)
    case .scalar(let register, let climb, let kind):
      put(
        outline.teller.content(register, climb: climb, kind, from: finding.table, finding.row), to: &buffer)
    }
  }
}
