import Diagnostics
import Probity

/// What gives rows of cells: a CSV file, a sheet of a workbook, a table of a database.
///
/// A source knows nothing of headers, mappings or facts: it finds the next row and says where it stands. Whatever its
/// size, it holds one row at a time.
protocol RowSource {
  /// Passes over what stands above the header: lines of a file of lines, rows of anything else.
  mutating func skip(_ count: Int)

  /// The next row, which ``row`` then holds, or what is wrong with it; nil at the end.
  mutating func next() -> RowStep?

  /// Lets the text of a merged cell of a header hold for all columns that it covers.
  mutating func spreadMergedCells(of header: inout [Row])

  /// Says how many columns the header has: a source that leaves out empty cells gives every row so many from here on.
  mutating func pad(to columns: Int)

  /// The row that ``next()`` found last.
  var row: Row { get }

  /// The columns' names where the format itself says them, as a database does; no row is then a header.
  var columnNames: [String]? { get }

  /// The sheet or table that is read, where the file has several.
  var sheet: String? { get }

  /// What was wrong with the file when it was opened, or is worth saying of it: a hidden sheet.
  var problems: [RecordProblem] { get }

  /// Why reading stopped before the end, if it did.
  var failure: InputFailure? { get }
}

extension RowSource {
  var columnNames: [String]? { nil }
  var sheet: String? { nil }
  var problems: [RecordProblem] { [] }
  mutating func spreadMergedCells(of header: inout [Row]) {}
  mutating func pad(to columns: Int) {}
}

/// What a source of rows found next.
enum RowStep: Hashable {
  case row
  /// A row that cannot be told from the rest, and the cell (from 0) at which that shows; the next row can be read.
  case unreadable(RecordProblem, cell: Int?)
}

/// What a cell holds.
enum CellKind: UInt8, Hashable, Sendable {
  /// To be read as the mapping says texts are written.
  case text
  /// In the form that FEEL writes: `-1234.5`.
  case number
  /// `true` or `false`.
  case boolean
  /// In the form that FEEL writes: `2026-06-30`, `2026-06-30T09:30:00`, `09:30:00`, `PT37H30M`.
  case date
  case empty
  /// What a program shows where it could compute nothing: `#N/A`. It is never a value.
  case error
  /// Bytes that are no text, which a database may hold. They are never a value.
  case binary
  /// A formula whose value the file does not hold. It is never a value.
  case formula
}

/// One row: its cells' text, one after the other, and what each of them is.
struct Row: Sendable {
  /// The line on which the row starts, from 1, where the file has lines.
  private(set) var line: Int?
  /// The row's number as the file's own program shows it, from 1; nil where the data rows are counted instead.
  private(set) var number: Int?
  /// The text of all cells.
  private(set) var text: [UInt8] = []
  private var ends: [Int] = []
  /// What the cells are; empty where all are texts.
  private var kinds: [CellKind] = []
  /// How many cells the row has, those beyond the limit among them.
  private(set) var cellCount = 0
  /// Whether there is a NUL, which no text has.
  var hasNUL = false
  /// The first byte of the row that is not text.
  var invalid: InvalidText?

  /// The cells that were kept.
  var count: Int { ends.count }

  /// The bytes of a cell.
  subscript(cell: Int) -> ArraySlice<UInt8> {
    text[extent(of: cell)]
  }

  /// Where a cell stands in ``text``.
  func extent(of cell: Int) -> Range<Int> { (cell == 0 ? 0 : ends[cell - 1])..<ends[cell] }

  /// Whether there are cells that are no texts.
  var hasKinds: Bool { !kinds.isEmpty }

  /// What a cell is.
  func kind(of cell: Int) -> CellKind { kinds.isEmpty ? .text : kinds[cell] }

  /// Whether there is nothing in it but white space and separators.
  var isBlank: Bool { text.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D } }

  /// Empties the row for the next one.
  mutating func start(line: Int? = nil, number: Int? = nil) {
    self.line = line
    self.number = number
    text.removeAll(keepingCapacity: true)
    ends.removeAll(keepingCapacity: true)
    kinds.removeAll(keepingCapacity: true)
    cellCount = 0
    hasNUL = false
    invalid = nil
  }

  /// Reads the cells' bytes as Windows-1252, unless one of them means nothing there.
  mutating func decodeWindows1252() {
    var decoded: [UInt8] = []
    var moved: [Int] = []
    var start = 0
    for end in ends {
      for byte in text[start..<end] {
        guard byte >= 0x80 else {
          decoded.append(byte)
          continue
        }
        guard let scalar = TextEncoding.windows1252(byte), let bytes = UTF8.encode(scalar) else { return }
        decoded.append(contentsOf: bytes)
      }
      moved.append(decoded.count)
      start = end
    }
    (text, ends) = (decoded, moved)
    invalid?.isDecoded = true
  }

  /// Adds to the cell that is being put together.
  mutating func append(_ bytes: some Collection<UInt8>) { text.append(contentsOf: bytes) }

  /// Ends the cell that was put together; beyond `limit` cells it is counted and not kept.
  mutating func endCell(_ kind: CellKind = .text, limit: Int) {
    cellCount += 1
    guard ends.count < limit else {
      text.removeSubrange((ends.last ?? 0)...)
      return
    }
    if kind != .text, kinds.isEmpty { kinds = Array(repeating: .text, count: ends.count) }
    if kind != .text || !kinds.isEmpty { kinds.append(kind) }
    ends.append(text.count)
  }
}

/// What the rows of one file have in common.
final class RowTable: Sendable {
  /// The file as the user named it.
  let file: String
  let sheet: String?
  /// The names of its columns, as places show them.
  let headers: [String]
  /// For each slot of the mapping the column that it stands for, nil where the file has none.
  let columns: [Int?]

  init(file: String, sheet: String?, headers: [String], columns: [Int?]) {
    self.file = file
    self.sheet = sheet
    self.headers = headers
    self.columns = columns
  }

  /// Where a row stands, or a cell of it.
  ///
  /// - Parameter number: of the row among the data rows, where the file does not number its rows itself.
  func place(of row: Row, number: Int?, column: String? = nil) -> Place {
    Place(file: file, sheet: sheet, line: row.line, row: row.number ?? number, column: column)
  }
}
