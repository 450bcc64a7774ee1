import FEEL

/// What explains the outcomes of a batch: the registers that tell its conditions apart, and the facts that explanations name.
///
/// It has copies of registers, so that it outlives the machine that filled them, and the batch's columns where they stand.
/// Nothing changes it.
package final class ExplainedColumns: @unchecked Sendable {
  /// How the rows of a table of the ``Layout`` hang together; as in ``Batch/Table``.
  package struct Table: BitwiseCopyable {
    package var parents: UnsafeMutablePointer<Int32>
    package var offsets: UnsafeMutablePointer<Int32>
    var isThere: UnsafeMutablePointer<UInt8>
  }

  /// A column of numbers or of truths; of truths there are only states.
  package struct Column: BitwiseCopyable {
    package var states: UnsafeMutablePointer<UInt8>
    package var values: UnsafeMutablePointer<Int64>
  }

  let plan: GroundsPlan
  package let tables: UnsafeMutablePointer<Table>
  /// By register of the program; empty for those that explain nothing.
  package let registers: UnsafeMutablePointer<Column>
  /// By fact of the plan, that of a list's items for a list of plain values.
  package let facts: UnsafeMutablePointer<Column>
  /// By table: what identifies its items.
  package let keys: UnsafeMutablePointer<Column>
  /// By fact: what is held as a whole.
  private let values: [[Value]]
  /// Keeps the columns.
  private let batch: Batch
  private var memory: [UnsafeMutableRawPointer] = []

  init(_ machine: Machine, _ plan: GroundsPlan) {
    self.plan = plan
    let batch = machine.batch
    self.batch = batch
    var memory: [UnsafeMutableRawPointer] = []
    func copy<T: BitwiseCopyable>(_ elements: UnsafeBufferPointer<T>) -> UnsafeMutablePointer<T> {
      let copy = UnsafeMutablePointer<T>.allocate(capacity: elements.count)
      _ = UnsafeMutableBufferPointer(start: copy, count: elements.count).initialize(fromContentsOf: elements)
      memory.append(UnsafeMutableRawPointer(copy))
      return copy
    }
    func column(_ table: Int, _ column: Int) -> Column {
      let column = batch.tables[table].columns[column]
      return Column(states: column.states, values: column.values)
    }
    tables = .allocate(capacity: batch.tables.count)
    for (index, table) in batch.tables.enumerated() {
      (tables + index).initialize(
        to: Table(parents: table.parents, offsets: table.offsets, isThere: table.isThere))
    }
    registers = .allocate(capacity: machine.program.steps.count)
    let none = Column(
      states: copy(UnsafeBufferPointer(start: nil, count: 0)), values: copy(UnsafeBufferPointer(start: nil, count: 0)))
    registers.initialize(repeating: none, count: machine.program.steps.count)
    for register in plan.registers {
      let count = machine.rows[machine.table(of: register)].count
      switch machine.program.steps[register].instruction.holds {
      case .truths:
        registers[register].states = copy(UnsafeBufferPointer(start: machine.truths(register), count: count))
      case .numbers:
        let numbers = machine.numbers(register)
        registers[register] = Column(
          states: copy(UnsafeBufferPointer(start: numbers.states, count: count)),
          values: copy(UnsafeBufferPointer(start: numbers.lower, count: count)))
      case .values, .nothing: break
      }
    }
    facts = .allocate(capacity: plan.facts.count)
    facts.initialize(repeating: none, count: plan.facts.count)
    var values = [[Value]](repeating: [], count: plan.facts.count)
    for (index, fact) in plan.facts.enumerated() {
      switch fact.content {
      case .scalar(_, let position), .nested(let position): facts[index] = column(fact.table, position)
      case .list(let table, _, let position): facts[index] = column(table, position)
      case .items: break
      case .value(let position): values[index] = batch.tables[fact.table].values[position] ?? []
      }
    }
    self.values = values
    keys = .allocate(capacity: plan.keys.count)
    keys.initialize(repeating: none, count: plan.keys.count)
    for (table, key) in plan.keys.enumerated() {
      switch key {
      case .position: break
      case .scalar(_, let position), .span(let position): keys[table] = column(table, position)
      }
    }
    self.memory = memory
  }

  deinit {
    for memory in memory { memory.deallocate() }
    tables.deallocate()
    registers.deallocate()
    facts.deallocate()
    keys.deallocate()
  }

  // MARK: Cells

  @inline(__always)
  func truth(_ register: Int32, _ row: Int) -> UInt8 { registers[Int(register)].states[row] }

  /// A number that is known.
  func number(_ register: Int32, _ row: Int) -> Int64? {
    let column = registers[Int(register)]
    return column.states[row] == Scalars.known ? column.values[row] : nil
  }

  /// The row so many tables further up that a row of a table belongs to.
  @inline(__always)
  func climb(_ steps: Int32, from table: Int, _ row: Int) -> Int {
    var (steps, table, row) = (steps, table, row)
    while steps > 0 {
      row = Int(tables[table].parents[row])
      table = Int(plan.parents[table])
      steps &-= 1
    }
    return row
  }

  /// The value of a fact that is held as a whole.
  func whole(_ fact: Int32, _ row: Int) -> Value { values[Int(fact)][row] }

  /// The rows of the items of a list that stands in a row.
  func items(_ table: Int, of row: Int) -> Range<Int> {
    Int(tables[table].offsets[row])..<Int(tables[table].offsets[row + 1])
  }
}
