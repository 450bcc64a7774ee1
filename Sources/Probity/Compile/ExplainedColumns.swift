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

  /// What reports read of it, valid as long as it is there.
  package struct Pointers: BitwiseCopyable {
    package let tables: UnsafePointer<Table>
    package let facts: UnsafePointer<Column>
    package let keys: UnsafePointer<Column>
  }

  let plan: GroundsPlan
  let tables: UnsafeMutablePointer<Table>
  /// By register of the program; empty for those that explain nothing.
  let registers: UnsafeMutablePointer<Column>
  /// By fact of the plan, that of a list's items for a list of plain values.
  let facts: UnsafeMutablePointer<Column>
  /// By fact: what tells row by row whether it is there; of a list that of its items.
  let presence: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>
  /// By table: what identifies its items.
  let keys: UnsafeMutablePointer<Column>
  /// By fact: what is held as a whole; empty where nothing is.
  private let values: [[Value]]
  /// Keeps the columns.
  private let batch: Batch
  /// The copies of registers, one after the other.
  private let copies: UnsafeMutableRawPointer

  init(_ machine: Machine, _ plan: GroundsPlan) {
    self.plan = plan
    let batch = machine.batch
    self.batch = batch
    func column(_ table: Int, _ column: Int) -> Column {
      // A table is not copied, for its lists would be counted.
      batch.tables.withUnsafeBufferPointer { tables in
        tables[table].columns.withUnsafeBufferPointer { columns in
          Column(states: columns[column].states, values: columns[column].values)
        }
      }
    }
    tables = .allocate(capacity: batch.tables.count)
    for (index, table) in batch.tables.enumerated() {
      (tables + index).initialize(
        to: Table(parents: table.parents, offsets: table.offsets, isThere: table.isThere))
    }
    // A number and a state for each row, whether it has both or not, and room for the last to end where numbers may begin.
    var size = 8
    for register in plan.registers { size += 8 + 9 * machine.rows[machine.table(of: register)].count }
    copies = .allocate(byteCount: size, alignment: 8)
    var free = copies
    func copy<T: BitwiseCopyable>(_ elements: UnsafePointer<T>, _ count: Int) -> UnsafeMutablePointer<T> {
      let copy = free.alignedUp(for: T.self).initializeMemory(as: T.self, from: elements, count: count)
      free = UnsafeMutableRawPointer(copy + count)
      return copy
    }
    registers = .allocate(capacity: machine.program.steps.count)
    let none = Column(
      states: copies.assumingMemoryBound(to: UInt8.self), values: copies.assumingMemoryBound(to: Int64.self))
    registers.initialize(repeating: none, count: machine.program.steps.count)
    for register in plan.registers {
      let count = machine.rows[machine.table(of: register)].count
      switch machine.program.steps[register].instruction.holds {
      case .truths: registers[register].states = copy(machine.truths(register), count)
      case .numbers:
        let numbers = machine.numbers(register)
        registers[register] = Column(states: copy(numbers.states, count), values: copy(numbers.lower, count))
      case .values, .nothing: break
      }
    }
    let count = plan.facts.count
    facts = .allocate(capacity: count)
    facts.initialize(repeating: none, count: count)
    presence = .allocate(capacity: count)
    presence.initialize(repeating: none.states, count: count)
    var values: [[Value]] = plan.holdsValues ? Array(repeating: [], count: count) : []
    for index in 0..<count {
      let fact = plan.readings[index]
      switch fact.reading {
      case .scalar, .truth, .nested:
        facts[index] = column(Int(fact.table), Int(fact.column))
        presence[index] = facts[index].states
      case .list:
        facts[index] = column(Int(fact.items), Int(fact.column))
        presence[index] = tables[Int(fact.items)].isThere
      case .items: presence[index] = tables[Int(fact.items)].isThere
      case .value: values[index] = batch.tables[Int(fact.table)].values[Int(fact.column)] ?? []
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
  }

  deinit {
    copies.deallocate()
    tables.deallocate()
    registers.deallocate()
    facts.deallocate()
    presence.deallocate()
    keys.deallocate()
  }

  var pointers: Pointers {
    Pointers(tables: UnsafePointer(tables), facts: UnsafePointer(facts), keys: UnsafePointer(keys))
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
