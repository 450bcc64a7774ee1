import Diagnostics
@_spi(Columns) import Probity

/// Rows of a file that are read together: of each the cells that a mapping reads, and where it stands.
struct RowBlock: Sendable {
  /// What was found, in the order of the file.
  enum Step: Sendable {
    /// The row of that number.
    case row(Int)
    /// Something that has been read already, as it is none of the rows that have nothing special about them.
    case found(RecordMaker.Found)
  }

  struct Row: BitwiseCopyable {
    /// Where the file has lines; else 0.
    var line: UInt32
    /// As the file's own program numbers it; 0 where it does not.
    var number: UInt32
    /// Among the data rows of its file, from 1.
    var count: UInt32
    /// Where its text begins in ``text``.
    var start: UInt32
  }

  private struct Extent: BitwiseCopyable {
    var start: UInt32
    var end: UInt32
  }

  private(set) var steps: [Step] = []
  private(set) var rows: [Row] = []
  /// The rows' text, with some bytes after the last that may be read.
  private(set) var text: [UInt8] = []
  /// Where each cell that is kept stands in ``text``; a row has one for each slot.
  private var extents: [Extent] = []
  /// What the cells are; empty where all are texts.
  private(set) var kinds: [CellKind] = []
  /// Which columns of the file are kept.
  private let columns: [Int]
  /// With the slots for its columns.
  let table: RowTable
  /// What the slots feed.
  let tree: FeedTree

  /// More bytes, and more rows, than this are not put into one block.
  private static let mostBytes = 256 << 10
  private static let mostRows = 2048

  /// - Parameter table: with the file's own columns for the slots.
  init(_ table: RowTable, feeding tree: FeedTree) {
    let used = tree.columnSlots
    let slots = table.columns.indices.filter { used.contains($0) && table.columns[$0] != nil }
    columns = slots.compactMap { table.columns[$0] }
    self.table = RowTable(
      file: table.file, sheet: table.sheet, headers: columns.map { table.headers[$0] },
      columns: table.columns.indices.map { slots.firstIndex(of: $0) })
    self.tree = tree
  }

  var isFull: Bool { text.count >= Self.mostBytes || steps.count >= Self.mostRows }

  var isEmpty: Bool { steps.isEmpty }

  /// Keeps a row.
  mutating func append(_ row: ProbityRecords.Row, count: Int) {
    let start = UInt32(clamping: text.count)
    steps.append(.row(rows.count))
    rows.append(
      Row(
        line: UInt32(clamping: row.line ?? 0), number: UInt32(clamping: row.number ?? 0),
        count: UInt32(clamping: count), start: start))
    text += row.text
    if kinds.isEmpty, row.hasKinds { kinds = Array(repeating: .text, count: extents.count) }
    for column in columns {
      let extent = row.extent(of: column)
      if row.hasKinds || !kinds.isEmpty { kinds.append(row.kind(of: column)) }
      extents.append(
        Extent(
          start: start &+ UInt32(truncatingIfNeeded: extent.lowerBound),
          end: start &+ UInt32(truncatingIfNeeded: extent.upperBound)))
    }
  }

  mutating func append(_ found: RecordMaker.Found) { steps.append(.found(found)) }

  /// Sees to it that words may be read at the end of every cell.
  mutating func pad() { text.append(contentsOf: repeatElement(0, count: TextIDs.padding)) }

  /// Where a cell of a row stands in ``text``.
  @inline(__always)
  func extent(_ row: Int, _ cell: Int) -> (start: Int, end: Int) {
    let extent = extents[row &* columns.count &+ cell]
    return (Int(extent.start), Int(extent.end))
  }

  func kind(_ row: Int, _ cell: Int) -> CellKind { kinds.isEmpty ? .text : kinds[row * columns.count + cell] }

  /// What a row's facts are read from.
  func source(of index: Int) -> FactSource {
    let row = rows[index]
    var cells = ProbityRecords.Row()
    cells.start(line: row.line > 0 ? Int(row.line) : nil, number: row.number > 0 ? Int(row.number) : nil)
    for cell in columns.indices {
      let extent = extent(index, cell)
      cells.append(text[extent.start..<extent.end])
      cells.endCell(kind(index, cell), limit: columns.count)
    }
    return .row(cells, table, number: Int(row.count))
  }

  func place(of index: Int) -> Place {
    let row = rows[index]
    return Place(
      file: table.file, sheet: table.sheet, line: row.line > 0 ? Int(row.line) : nil,
      row: Int(row.number > 0 ? row.number : row.count))
  }
}

extension FeedTree {
  /// The slots that its facts are read from, where each of them is read from one column, or is constant.
  var columnSlots: Set<Int> {
    var slots: Set<Int> = []
    for feed in feeds {
      switch feed {
      case .scalar(.column(let slot), _, _): slots.insert(slot)
      case .group(let tree): slots.formUnion(tree.columnSlots)
      default: break
      }
    }
    return slots
  }

  /// Whether each fact is read from one column, is the row's number or constant.
  var isFlat: Bool {
    feeds.allSatisfy { feed in
      switch feed {
      case nil, .constant, .scalar(.column, _, _), .scalar(.row, _, _): true
      case .group(let tree): tree.isFlat
      default: false
      }
    }
  }
}
