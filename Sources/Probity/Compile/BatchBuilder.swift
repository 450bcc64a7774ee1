package import FEEL

/// Fills the columns of one batch after the other, in memory that it uses again.
///
/// All cells that no row has yet are those of missing facts; what is there is put over them. A record that turns out not
/// to fit is taken back, and appended as a whole. One instance serves one thread.
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
  private var ownerOfColumn: [Int] = []

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
        ownerOfColumn.append(index)
        next += 1
      }
    }
  }

  deinit {
    for table in UnsafeBufferPointer(start: tables, count: layout.tables.count) {
      table.children.deallocate()
      table.parents.deallocate()
      table.offsets.deallocate()
      table.isThere.deallocate()
    }
    for column in UnsafeBufferPointer(start: columns, count: columnCount) {
      column.values.deallocate()
      column.states.deallocate()
    }
    tables.deallocate()
    columns.deallocate()
  }

  private static func column(_ column: Layout.Column) -> Column {
    var slot = Column(
      values: .allocate(capacity: 1), states: .allocate(capacity: 1), missingState: 0, missingValue: 0,
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
  package func begin() { texts.forgetIfMany() }

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
    var child = 0
    while child < tables[table].childCount {
      let list = tables[table].children[child]
      let below = tables + list
      if below.pointee.isThere[row] == Cell.unknown {
        let item = beginRow(list)
        below.pointee.parents[item] = Int32(truncatingIfNeeded: row)
        endRow(list, item)
      }
      below.pointee.offsets[row &+ 1] = Int32(truncatingIfNeeded: below.pointee.rows)
      child &+= 1
    }
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
    let bigger = UnsafeMutablePointer<T>.allocate(capacity: capacity)
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
  package func append(_ record: Record) { append(.context(record.facts), to: 0, parent: 0) }

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
    let filled = layout.tables.indices.map { index in
      let table = tables[index]
      var result = Batch.Table()
      result.rows = table.rows
      if let parent = layout.tables[index].parent {
        result.parents = Array(UnsafeBufferPointer(start: table.parents, count: table.rows))
        result.offsets = Array(UnsafeBufferPointer(start: table.offsets, count: tables[parent].rows + 1))
        result.isThere = Array(UnsafeBufferPointer(start: table.isThere, count: tables[parent].rows))
      }
      for position in 0..<table.endOfColumns - table.firstColumn {
        let column = columns[table.firstColumn + position]
        if layout.tables[index].columns[position].kind == .value {
          fill(table.firstColumn + position, with: layout.tables[index].columns[position], upTo: table.rows)
          result.values[position] = values[table.firstColumn + position]
          values[table.firstColumn + position] = []
          continue
        }
        if column.isTruth {
          result.truths[position] = Array(UnsafeBufferPointer(start: column.states, count: table.rows))
        } else {
          result.scalars[position] = Self.scalars(column, rows: table.rows)
        }
      }
      return result
    }
    for table in layout.tables.indices {
      clear(table, 0..<tables[table].rows)
      tables[table].rows = 0
    }
    return Batch(tables: filled)
  }

  private static func scalars(_ column: Column, rows: Int) -> Scalars {
    let lower = Array(UnsafeBufferPointer(start: column.values, count: rows))
    let states = Array(UnsafeBufferPointer(start: column.states, count: rows))
    // Where nothing has two bounds that differ the upper ones are the lower ones.
    var upper = lower
    if column.missingState == Scalars.within || column.missingState == Scalars.hasUpper {
      for row in states.indices where states[row] == column.missingState { upper[row] = column.missingUpper }
    }
    return Scalars(lower: lower, upper: upper, state: states)
  }
}
