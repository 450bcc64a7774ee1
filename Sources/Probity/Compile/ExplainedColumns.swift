/// The registers that explain what rules came to, and how the rows of tables hang together.
struct ExplainedColumns: Sendable {
  struct Table: Sendable {
    var parent: Int?
    var parents: [Int32]
    var offsets: [Int32]
    var isThere: [UInt8]
    /// Where the list of its items stands in a row of the table above.
    var path: [Int]
  }

  /// By the program's numbers of tables; of no meaning for those that were made.
  let tables: [Table]
  /// By register; empty for those that explain nothing.
  private let truths: [[UInt8]]
  private let scalars: [Int: Scalars]

  init(_ machine: Machine) {
    let program = machine.program
    var isKept = [Bool](repeating: false, count: program.steps.count)
    for case let grounds? in program.rules.map({ $0?.grounds }) {
      for cell in grounds.cells { isKept[cell.register] = true }
    }
    tables = program.tables.indices.map { index in
      let rows = machine.rows[index]
      guard case .records(let read) = program.tables[index].source else {
        return Table(parent: nil, parents: [], offsets: [], isThere: [], path: [])
      }
      return Table(
        parent: program.tables[index].parent, parents: Array(rows.parents.buffer), offsets: Array(rows.offsets.buffer),
        isThere: Array(rows.isThere.buffer), path: program.layout.tables[read].path)
    }
    var scalars: [Int: Scalars] = [:]
    truths = program.steps.indices.map { register in
      guard isKept[register] else { return [] }
      let count = machine.rows[machine.table(of: register)].count
      switch program.steps[register].instruction.holds {
      case .truths: return Array(UnsafeBufferPointer(start: machine.truths(register), count: count))
      case .numbers:
        let numbers = machine.numbers(register)
        scalars[register] = Scalars(
          lower: Array(UnsafeBufferPointer(start: numbers.lower, count: count)), upper: [],
          state: Array(UnsafeBufferPointer(start: numbers.states, count: count)))
        return []
      case .values, .nothing: return []
      }
    }
    self.scalars = scalars
  }

  func truth(_ register: Int, _ row: Int) -> UInt8 { truths[register][row] }

  /// A number that is known.
  func number(_ register: Int, _ row: Int) -> Int64? {
    guard let column = scalars[register], column.state[row] == Scalars.known else { return nil }
    return column.lower[row]
  }

  /// The row of a table above that a row belongs to.
  func climb(from table: Int, _ row: Int, to ancestor: Int) -> Int {
    var (table, row) = (table, row)
    while table != ancestor, let parent = tables[table].parent {
      row = Int(tables[table].parents[row])
      table = parent
    }
    return row
  }
}
