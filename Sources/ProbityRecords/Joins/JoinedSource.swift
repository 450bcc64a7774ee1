import Diagnostics
import FEEL
import Probity

/// The rows of a source that is joined in, held compactly: of each the cells that the mapping reads, and where it stands.
final class JoinedSource: Sendable {
  /// The text of all cells, one after the other.
  private let text: [UInt8]
  /// For each cell where it ends; a row has as many as the source has slots.
  private let ends: [Int]
  /// What the cells are; empty where all are texts.
  private let kinds: [CellKind]
  private let slots: Int
  /// The documents, where the source has no columns.
  private let documents: [RawDocument]
  /// One for each file.
  private let tables: [RowTable]
  private let rows: [Position]
  /// The first row of each key, and for each row the next of the same key.
  private let heads: [KeyDigest: Int32]
  private let next: [Int32]

  /// Where a row stands.
  struct Position {
    var table: UInt32
    var line: UInt32
    /// As its program numbers it; 0 where it does not.
    var number: UInt32
    /// Among the data rows of its file.
    var count: UInt32
  }

  fileprivate init(_ draft: JoinedSourceDraft) {
    text = draft.text
    ends = draft.ends
    kinds = draft.kinds
    slots = draft.slots
    documents = draft.documents
    tables = draft.tables
    rows = draft.rows
    heads = draft.heads
    next = draft.next
  }

  var count: Int { rows.count }

  /// The rows of a key, in their order.
  func rows(of key: KeyDigest) -> [Int] {
    var found: [Int] = []
    var row = heads[key] ?? -1
    while row >= 0 {
      found.append(Int(row))
      row = next[Int(row)]
    }
    return found
  }

  /// What facts are read from.
  func source(of row: Int) -> FactSource {
    let position = rows[row]
    let count = Int(position.count)
    guard documents.isEmpty else { return .object(documents[row], 0, path: "", number: count) }
    var cells = Row()
    cells.start(
      line: position.line > 0 ? Int(position.line) : nil, number: position.number > 0 ? Int(position.number) : nil)
    for cell in row * slots..<(row + 1) * slots {
      cells.append(text[(cell == 0 ? 0 : ends[cell - 1])..<ends[cell]])
      cells.endCell(kinds.isEmpty ? .text : kinds[cell], limit: slots)
    }
    return .row(cells, tables[Int(position.table)], number: count)
  }

  func file(of row: Int) -> String { tables[Int(rows[row].table)].file }

  func place(of row: Int) -> Place { tables[Int(rows[row].table)].place(of: rows[row], isRow: documents.isEmpty) }
}

extension RowTable {
  fileprivate func place(of position: JoinedSource.Position, isRow: Bool) -> Place {
    Place(
      file: file, sheet: sheet, line: position.line > 0 ? Int(position.line) : nil,
      row: isRow ? Int(position.number > 0 ? position.number : position.count) : nil)
  }
}

/// A joined source that is being read.
struct JoinedSourceDraft {
  fileprivate var text: [UInt8] = []
  fileprivate var ends: [Int] = []
  fileprivate var kinds: [CellKind] = []
  fileprivate let slots: Int
  fileprivate var documents: [RawDocument] = []
  fileprivate var tables: [RowTable] = []
  fileprivate var rows: [JoinedSource.Position] = []
  fileprivate var heads: [KeyDigest: Int32] = [:]
  fileprivate var next: [Int32] = []
  private var tails: [KeyDigest: Int32] = [:]

  /// - Parameter slots: how many columns the mapping reads of it.
  init(slots: Int) { self.slots = slots }

  /// About the bytes that are kept.
  private(set) var byteCount = 0

  /// Starts a file.
  ///
  /// - Parameter table: with the file's own columns for the slots.
  mutating func begin(_ table: RowTable) {
    // A row is kept as its slots, so its columns are those.
    tables.append(
      RowTable(
        file: table.file, sheet: table.sheet,
        headers: table.columns.map { column in column.map { table.headers[$0] } ?? "" },
        columns: table.columns.enumerated().map { slot, column in column == nil ? nil : slot }))
  }

  mutating func begin(file: String) {
    tables.append(RowTable(file: file, sheet: nil, headers: [], columns: []))
  }

  /// Keeps a row.
  ///
  /// - Returns: the first row of the same key, if there is one.
  mutating func append(_ row: Row, _ table: RowTable, number: Int, key: KeyDigest?) -> Int? {
    for column in table.columns {
      var kind = CellKind.empty
      if let column, column < row.count {
        text.append(contentsOf: row[column])
        byteCount += row[column].count
        kind = row.kind(of: column)
      } else if kinds.isEmpty {
        kind = .text
      }
      if kind != .text, kinds.isEmpty { kinds = Array(repeating: .text, count: ends.count) }
      if !kinds.isEmpty || kind != .text { kinds.append(kind) }
      ends.append(text.count)
    }
    return append(
      JoinedSource.Position(
        table: UInt32(clamping: tables.count - 1), line: UInt32(clamping: row.line ?? 0),
        number: UInt32(clamping: row.number ?? 0), count: UInt32(clamping: number)), key)
  }

  mutating func append(_ document: RawDocument, line: Int, number: Int, key: KeyDigest?) -> Int? {
    documents.append(document)
    byteCount += document.byteCount
    return append(
      JoinedSource.Position(
        table: UInt32(clamping: tables.count - 1), line: UInt32(clamping: line), number: 0,
        count: UInt32(clamping: number)), key)
  }

  private mutating func append(_ position: JoinedSource.Position, _ key: KeyDigest?) -> Int? {
    let row = Int32(clamping: rows.count)
    rows.append(position)
    next.append(-1)
    // The position, the next row of its key, the ends of its cells.
    byteCount += 20 + 8 * slots
    guard let key else { return nil }
    guard let tail = tails.updateValue(row, forKey: key) else {
      heads[key] = row
      return nil
    }
    next[Int(tail)] = row
    return heads[key].map { Int($0) }
  }

  var finished: JoinedSource { JoinedSource(self) }

  func place(of row: Int) -> Place { tables[Int(rows[row].table)].place(of: rows[row], isRow: documents.isEmpty) }
}
