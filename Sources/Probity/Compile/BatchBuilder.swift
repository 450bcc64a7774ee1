package import FEEL

/// Fills the columns of one batch after the other, in memory that it uses again.
///
/// All cells that no row has yet are those of missing facts; what is there is put over them. A record that turns out not
/// to fit is taken back, and appended as a whole. A batch has the memory for as long as it is needed: if it still is when
/// the next one is begun, that gets other memory. One instance serves one thread.
@_spi(Columns) public final class BatchBuilder {
  /// A column that is being filled.
  public struct Column: BitwiseCopyable {
    /// Of numbers and the like: the value, or its lower bound.
    public var values: UnsafeMutablePointer<Int64>
    /// Of truths: the cell; else ``Scalars``' state.
    public var states: UnsafeMutablePointer<UInt8>
    /// The cell of a missing fact.
    public var missingState: UInt8
    public var missingValue: Int64
    public var missingUpper: Int64
    public var isTruth: Bool
  }

  /// A table that is being filled.
  public struct Table: BitwiseCopyable {
    public var rows: Int
    /// How many there were before the record that is being read.
    var marked = 0
    public var capacity: Int
    public var firstColumn: Int
    public var endOfColumns: Int
    public var children: UnsafeMutablePointer<Int>
    public var childCount: Int
    public var parents: UnsafeMutablePointer<Int32>
    /// Of each row above, one more than there are, and room for as many as the table above has.
    public var offsets: UnsafeMutablePointer<Int32>
    public var isThere: UnsafeMutablePointer<UInt8>
  }

  package let layout: Layout
  public let texts: TextIDs
  public let tables: UnsafeMutablePointer<Table>
  public let columns: UnsafeMutablePointer<Column>
  private let columnCount: Int
  /// The columns of values, by position; those of the last rows that are missing are not there yet.
  private var values: [Int: [Value]] = [:]
  /// What the last batch was given; nil while one is being filled.
  private var lent: ColumnMemory?

  package init(layout: Layout, constants: [String]) {
    self.layout = layout
    texts = TextIDs(constants: constants)
    columnCount = layout.tables.reduce(0) { $0 + $1.columns.count }
    tables = .allocate(capacity: layout.tables.count)
    columns = .allocate(capacity: max(1, columnCount))
    var next = 0
    for (index, table) in layout.tables.enumerated() {
      let children = UnsafeMutablePointer<Int>.allocate(capacity: max(1, table.children.count))
      for (position, child) in table.children.enumerated() { children[position] = child }
      (tables + index).initialize(
        to: Table(
          rows: 0, capacity: 0, firstColumn: next, endOfColumns: next + table.columns.count, children: children,
          childCount: table.children.count, parents: .allocate(capacity: 1), offsets: .allocate(capacity: 1),
          isThere: .allocate(capacity: 1)))
      tables[index].offsets[0] = 0
      for column in table.columns {
        (columns + next).initialize(to: Self.column(column))
        if column.kind == .value { values[next] = [] }
        next += 1
      }
    }
  }

  deinit {
    for table in UnsafeBufferPointer(start: tables, count: layout.tables.count) { table.children.deallocate() }
    // What is lent is freed by whoever is the last to need it.
    if lent == nil { _ = memory }
    tables.deallocate()
    columns.deallocate()
  }

  private static func column(_ column: Layout.Column) -> Column {
    var slot = Column(
      values: .allocate(capacity: 1), states: .allocate(capacity: Block.slack), missingState: 0, missingValue: 0,
      missingUpper: 0, isTruth: false)
    switch column.kind {
    case .truth: (slot.isTruth, slot.missingState) = (true, Cell.unknown)
    case .presence: (slot.isTruth, slot.missingState) = (true, Cell.no)
    default:
      let lower = column.allowed?.lower.map { Batch.whole($0, column.kind) }
      let upper = column.allowed?.upper.map { Batch.whole($0, column.kind) }
      switch (lower, upper) {
      // A bound that columns cannot hold, and bounds that meet, are left to the interpreter.
      case (.some(nil), _), (_, .some(nil)): slot.missingState = Scalars.handOver
      case (.some(let low?), .some(let high?)):
        (slot.missingValue, slot.missingUpper) = (low, high)
        slot.missingState = low == high ? Scalars.handOver : Scalars.within
      case (.some(let low?), nil): (slot.missingValue, slot.missingState) = (low, Scalars.hasLower)
      case (nil, .some(let high?)): (slot.missingUpper, slot.missingState) = (high, Scalars.hasUpper)
      case (nil, nil): break
      }
    }
    return slot
  }

  /// Begins with another batch: the texts of those before it may be forgotten.
  package func begin() {
    if lent != nil { makeRoom() }
    texts.forgetIfMany()
  }

  // MARK: Rows

  /// Begins a row of a table, all of whose facts are missing until they are put there.
  @inlinable @inline(__always)
  public func beginRow(_ table: Int) -> Int {
    let slot = tables + table
    let row = slot.pointee.rows
    if row == slot.pointee.capacity { grow(table) }
    slot.pointee.rows = row &+ 1
    return row
  }

  /// Ends a row whose lists have been filled: one that is missing gets an item of which nothing is known.
  @inlinable @inline(__always)
  public func endRow(_ table: Int, _ row: Int) {
    if tables[table].childCount > 0 { endLists(table, row) }
  }

  @usableFromInline
  func endLists(_ table: Int, _ row: Int) {
    let tables = tables
    let (children, count) = (tables[table].children, tables[table].childCount)
    var child = 0
    while child < count {
      let below = tables + children[child]
      if below.pointee.isThere[row] == Cell.unknown { addMissing(children[child], row) }
      below.pointee.offsets[row &+ 1] = Int32(truncatingIfNeeded: below.pointee.rows)
      child &+= 1
    }
  }

  /// Adds the item that a missing list has.
  @inline(never)
  private func addMissing(_ list: Int, _ row: Int) {
    let item = beginRow(list)
    tables[list].parents[item] = Int32(truncatingIfNeeded: row)
    endRow(list, item)
  }

  /// Makes room for more rows of a table.
  @inline(never)
  public func grow(_ table: Int) {
    let new = max(64, tables[table].capacity * 2)
    let rows = tables[table].rows
    for index in tables[table].firstColumn..<tables[table].endOfColumns {
      Self.grow(&columns[index].states, rows, new)
      if !columns[index].isTruth { Self.grow(&columns[index].values, rows, new) }
    }
    Self.grow(&tables[table].parents, rows, new)
    for child in layout.tables[table].children {
      Self.grow(&tables[child].offsets, rows + 1, new + 1)
      Self.grow(&tables[child].isThere, rows, new)
    }
    tables[table].capacity = new
    clear(table, rows..<new)
  }

  private static func grow<T: BitwiseCopyable>(_ buffer: inout UnsafeMutablePointer<T>, _ used: Int, _ capacity: Int) {
    // Programs go by whole blocks of rows, and a word beyond.
    let bigger = UnsafeMutablePointer<T>.allocate(capacity: capacity + Block.slack)
    bigger.update(from: buffer, count: used)
    buffer.deallocate()
    buffer = bigger
  }

  /// Sets all cells of some rows as those of missing facts.
  private func clear(_ table: Int, _ rows: Range<Int>) {
    for column in UnsafeBufferPointer(start: columns, count: columnCount)[
      tables[table].firstColumn..<tables[table].endOfColumns]
    {
      (column.states + rows.lowerBound).update(repeating: column.missingState, count: rows.count)
      if !column.isTruth { (column.values + rows.lowerBound).update(repeating: column.missingValue, count: rows.count) }
    }
    for child in UnsafeBufferPointer(start: tables[table].children, count: tables[table].childCount) {
      (tables[child].isThere + rows.lowerBound).update(repeating: Cell.unknown, count: rows.count)
    }
  }

  // MARK: Taking back

  /// Notes how many rows there are, for ``takeBack()``.
  package func mark() {
    if lent != nil { makeRoom() }
    for table in layout.tables.indices { tables[table].marked = tables[table].rows }
  }

  /// Takes back all rows that were begun since ``mark()``.
  package func takeBack() {
    for table in layout.tables.indices {
      clear(table, tables[table].marked..<tables[table].rows)
      tables[table].rows = tables[table].marked
    }
  }

  // MARK: Records

  /// Appends a record as a row, with its lists.
  package func append(_ record: Record) {
    if lent != nil { makeRoom() }
    append(.context(record.facts), to: 0, parent: 0)
  }

  private func append(_ value: Value, to table: Int, parent: Int) {
    let row = beginRow(table)
    tables[table].parents[row] = Int32(parent)
    for (index, column) in zip(tables[table].firstColumn..<tables[table].endOfColumns, layout.tables[table].columns) {
      if column.kind == .value {
        fill(index, with: column, upTo: row)
        values[index]?.append(Batch.value(column.path, of: value, allowed: column.allowed))
        continue
      }
      put(Batch.value(column.path, of: value, allowed: column.allowed), column.kind, in: index, row)
    }
    for child in layout.tables[table].children {
      switch Batch.value(layout.tables[child].path, of: value) {
      case .list(let list) where !list.hasDoubts && !list.items.contains(where: { $0.isUnknown || $0.isNull }):
        tables[child].isThere[row] = Cell.yes
        for item in list.items { append(item, to: child, parent: row) }
      case .unknown(let unknown) where !unknown.mayFail: break
      default: tables[child].isThere[row] = Cell.handOver
      }
    }
    endRow(table, row)
  }

  /// Whether there are columns of values.
  package var holdsValues: Bool { !values.isEmpty }

  /// Fills the columns of values for the record that was read last into all others.
  package func appendValues(of facts: Context) { appendValues(of: .context(facts), to: 0, row: tables[0].rows - 1) }

  private func appendValues(of value: Value, to table: Int, row: Int) {
    for (index, column) in zip(tables[table].firstColumn..<tables[table].endOfColumns, layout.tables[table].columns)
    where column.kind == .value {
      fill(index, with: column, upTo: row)
      values[index]?.append(Batch.value(column.path, of: value, allowed: column.allowed))
    }
    for child in layout.tables[table].children where tables[child].isThere[row] == Cell.yes {
      guard case .list(let list) = Batch.value(layout.tables[child].path, of: value) else { continue }
      let first = Int(tables[child].offsets[row])
      for (offset, item) in list.items.enumerated() { appendValues(of: item, to: child, row: first + offset) }
    }
  }

  /// Adds what is missing to a column of values.
  private func fill(_ column: Int, with description: Layout.Column, upTo rows: Int) {
    guard let count = values[column]?.count, count < rows else { return }
    let missing = Unknown(
      missing: [], lower: description.allowed?.lower, upper: description.allowed?.upper)
    values[column]?.append(contentsOf: repeatElement(.unknown(missing), count: rows - count))
  }

  /// Puts a value into a cell that is missing so far.
  private func put(_ value: Value, _ kind: Layout.Kind, in column: Int, _ row: Int) {
    switch (kind, value) {
    case (.truth, .boolean(let truth)): columns[column].states[row] = truth ? Cell.yes : Cell.no
    case (.presence, .context): columns[column].states[row] = Cell.yes
    case (.presence, .unknown): break
    case (.truth, .unknown(let unknown)) where !unknown.mayFail: break
    case (.truth, _), (.presence, _): columns[column].states[row] = Cell.handOver
    case (_, .unknown(let unknown)) where !unknown.mayFail && hasBounds(unknown, kind, of: columns[column]): break
    case (.text, .string(let text)): put(texts.id(of: text), in: column, row)
    default:
      if let whole = Batch.whole(value, kind) {
        put(whole, in: column, row)
      } else {
        columns[column].states[row] = Scalars.handOver
      }
    }
  }

  private func put(_ whole: Int64, in column: Int, _ row: Int) {
    columns[column].values[row] = whole
    columns[column].states[row] = Scalars.known
  }

  /// Whether what is unknown has just the bounds that the column gives to what is missing.
  private func hasBounds(_ unknown: Unknown, _ kind: Layout.Kind, of column: Column) -> Bool {
    let lower = unknown.lower.flatMap { Batch.whole($0, kind) }
    let upper = unknown.upper.flatMap { Batch.whole($0, kind) }
    return (unknown.lower == nil) == (column.missingState & Scalars.hasLower == 0)
      && (unknown.upper == nil) == (column.missingState & Scalars.hasUpper == 0)
      && (lower ?? 0) == column.missingValue && (upper ?? 0) == column.missingUpper
  }

  // MARK: Batches

  /// The batch, after which the next one is begun.
  package func finish() -> Batch {
    if lent != nil { makeRoom() }
    let filled = layout.tables.indices.map { index in
      let table = tables[index]
      var result = Batch.Table(
        rows: table.rows, rowsAbove: layout.tables[index].parent.map { tables[$0].rows } ?? 0, parents: table.parents,
        offsets: table.offsets, isThere: table.isThere,
        columns: Array(UnsafeBufferPointer(start: columns, count: columnCount)[table.firstColumn..<table.endOfColumns]))
      if values.isEmpty { return result }
      for (position, column) in layout.tables[index].columns.enumerated() where column.kind == .value {
        fill(table.firstColumn + position, with: column, upTo: table.rows)
        result.values[position] = values[table.firstColumn + position]
        values[table.firstColumn + position] = []
      }
      return result
    }
    let memory = memory
    lent = memory
    return Batch(tables: filled, memory: memory)
  }

  /// All that tables and columns stand in.
  private var memory: ColumnMemory {
    ColumnMemory(
      Array(UnsafeBufferPointer(start: tables, count: layout.tables.count)),
      Array(UnsafeBufferPointer(start: columns, count: columnCount)))
  }

  /// Makes room for a batch: where the last one is, if nobody needs that any more.
  private func makeRoom() {
    if isKnownUniquelyReferenced(&lent) {
      lent?.takeBack()
      // Programs write into the rest of the last block.
      for table in layout.tables.indices { clear(table, 0..<Block.padded(tables[table].rows)) }
    } else {
      for column in 0..<columnCount {
        columns[column].values = .allocate(capacity: 1)
        columns[column].states = .allocate(capacity: Block.slack)
      }
      for table in layout.tables.indices {
        tables[table].capacity = 0
        (tables[table].parents, tables[table].isThere) = (.allocate(capacity: 1), .allocate(capacity: 1))
        tables[table].offsets = .allocate(capacity: 1)
        tables[table].offsets[0] = 0
      }
    }
    for table in layout.tables.indices { tables[table].rows = 0 }
    lent = nil
  }
}

/// The memory that a batch's columns stand in, freed when nobody needs it any more.
final class ColumnMemory: @unchecked Sendable {
  private let tables: [BatchBuilder.Table]
  private let columns: [BatchBuilder.Column]
  private var isTakenBack = false

  fileprivate init(_ tables: [BatchBuilder.Table], _ columns: [BatchBuilder.Column]) {
    self.tables = tables
    self.columns = columns
  }

  /// Leaves the memory to the builder.
  fileprivate func takeBack() { isTakenBack = true }

  deinit {
    if isTakenBack { return }
    for table in tables {
      table.parents.deallocate()
      table.offsets.deallocate()
      table.isThere.deallocate()
    }
    for column in columns {
      column.values.deallocate()
      column.states.deallocate()
    }
  }
}
