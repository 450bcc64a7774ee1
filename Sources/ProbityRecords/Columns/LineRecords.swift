import Diagnostics
import FEEL
@_spi(Columns) import Probity

/// The records of a block of lines: who they are, and where their lines stand.
///
/// It keeps the block's bytes and tokens, and with them the reader that found these, which is given back in the end.
final class LineRecords: RecordSource, @unchecked Sendable {
  /// A record that the reader of documents has read.
  struct Held: Sendable {
    var key: String
    var name: String?
  }

  struct Row: BitwiseCopyable {
    /// Of the line.
    var start: UInt32
    var end: UInt32
    var line: UInt32
    /// The record's first token, where the tokens are at hand.
    var token: UInt32?
    var keyStart: UInt32 = 0
    var keyLength: UInt32 = 0
    var nameStart: UInt32 = 0
    var nameLength: UInt32 = 0
    var digest: KeyDigest

    init(_ range: Range<Int>, number: Int, digest: KeyDigest) {
      start = UInt32(clamping: range.lowerBound)
      end = UInt32(clamping: range.upperBound)
      line = UInt32(clamping: number)
      self.digest = digest
    }

    /// - Parameter base: where the offsets of the notes begin.
    init(
      _ range: Range<Int>, number: Int, token: Int?, notes: ColumnWalk.Notes, base: Int,
      bytes: UnsafePointer<UInt8>
    ) {
      let key = UnsafeBufferPointer(start: bytes + base + notes.keyStart, count: notes.keyLength)
      self.init(range, number: number, digest: KeyDigest(key))
      self.token = token.map { UInt32(truncatingIfNeeded: $0) }
      keyStart = UInt32(truncatingIfNeeded: base + notes.keyStart)
      keyLength = UInt32(truncatingIfNeeded: notes.keyLength)
      nameStart = UInt32(truncatingIfNeeded: base + notes.nameStart)
      nameLength = UInt32(truncatingIfNeeded: notes.nameLength)
    }
  }

  private let reader: ColumnReader
  private let lines: LineBlock
  private let rows: [Row]
  private let held: [Int: Held]
  private let file: String
  private let tokens: UnsafePointer<UInt32>?
  /// The reader's, which keeps them.
  private let texts: Unmanaged<TextIDs>

  /// - Parameters:
  ///   - held: by row; the rest were read into columns.
  ///   - tokens: of the whole block, which the reader keeps.
  init(
    _ reader: ColumnReader, _ lines: LineBlock, _ rows: [Row], held: [Int: Held], file: String,
    tokens: UnsafePointer<UInt32>?
  ) {
    self.reader = reader
    self.lines = lines
    self.rows = rows
    self.held = held
    self.file = file
    self.tokens = tokens
    texts = .passUnretained(reader.builder.texts)
  }

  deinit { reader.retire() }

  func key(of index: Int) -> String {
    if let held = held[index] { return held.key }
    return text(rows[index].keyStart, rows[index].keyLength)
  }

  func name(of index: Int) -> String? {
    if let held = held[index] { return held.name }
    let row = rows[index]
    guard row.nameLength > 0 else { return nil }
    let name = lines[Int(row.nameStart)..<Int(row.nameStart + row.nameLength)]
    guard name.contains(UInt8(ascii: "\\")) else { return String(decoding: name, as: UTF8.self) }
    return String(decoding: JSONText.unescape(Array(name)[...]), as: UTF8.self)
  }

  func digest(of index: Int) -> KeyDigest { rows[index].digest }

  func forEachIdentifier(of numbers: Range<Int>, linesBefore: Int, _ body: (Int, KeyDigest, Int) -> Void) {
    for number in numbers { body(number, rows[number].digest, Int(rows[number].line) + linesBefore) }
  }

  func place(of index: Int, linesBefore: Int) -> Place? {
    Place(file: file, line: line(of: index, linesBefore: linesBefore))
  }

  func line(of index: Int, linesBefore: Int) -> Int? { Int(rows[index].line) + linesBefore }

  func record(_ index: Int, for rules: [Int]?, linesBefore: Int) -> Record {
    let row = rows[index]
    let range = Int(row.start)..<Int(row.end)
    let line = Int(row.line) + linesBefore
    if held[index] == nil {
      let place = Place(file: file, line: line)
      let key = key(of: index)
      let isWhole = row.token != nil && tokens != nil
      let walk =
        isWhole
        ? reader.facts(lines.bytes, tokens, count: lines.count, for: rules)
        : reader.facts(lines.bytes + range.lowerBound, nil, count: range.count, for: rules)
      if let walk {
        let facts = walk.record(Int(row.token ?? 0), key: key, place: place)
        return Record(key: key, name: name(of: index), facts: facts, place: place)
      }
    }
    var maker = RecordMaker(reader.shape, file: file, tree: nil)
    guard
      case .record(let record, _, _)? = maker.take(
        lines, range, line: line, number: 0, limits: RecordLimits(recordBytes: .max))
    else { preconditionFailure("a line that held a record holds it still") }
    return record
  }

  func lineText(of index: Int, linesBefore: Int) -> LineText? {
    let row = rows[index]
    // Of a line that was looked at for itself spans are offsets within it.
    guard row.token != nil, tokens != nil, held.isEmpty || held[index] == nil else { return nil }
    func text(_ start: UInt32, _ length: UInt32) -> UnsafeBufferPointer<UInt8> {
      UnsafeBufferPointer(start: lines.bytes + Int(start), count: Int(length))
    }
    return LineText(
      bytes: lines.bytes, key: text(row.keyStart, row.keyLength), name: text(row.nameStart, row.nameLength),
      line: Int(row.line) + linesBefore, texts: texts)
  }

  private func text(_ start: UInt32, _ length: UInt32) -> String {
    String(decoding: lines[Int(start)..<Int(start + length)], as: UTF8.self)
  }
}
