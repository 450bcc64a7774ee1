import FEEL

/// Fills the registers of a program for one batch after the other, in memory that it uses again.
///
/// It serves one thread at a time.
final class Machine {
  /// Numbers, by row. Where all are known ``upper`` is ``lower``.
  struct Numbers {
    var states: UnsafeMutablePointer<UInt8>
    var lower: UnsafeMutablePointer<Int64>
    var upper: UnsafeMutablePointer<Int64>
    var areKnown = false
  }

  /// The rows of a table in a batch; as in ``Batch/Table``.
  struct Rows {
    var count = 0
    var parents: [Int32] = []
    var offsets: [Int32] = [0]
    var isThere: [UInt8] = []
    /// Of a table that was made of another's items: which of them each row is.
    var items: [Int32] = []
    /// Of a table that was made of values.
    var values: [Value] = []
    var sure: [UInt8] = []
  }

  /// Memory of one slot, which one register after the other uses.
  private struct Slot {
    var memory = UnsafeMutableRawPointer.allocate(byteCount: 16, alignment: 16)
    var bytes = 16
    var values: [Value?] = []
  }

  /// How many rows a table made of two others may have in a batch, and in one list; beyond, lists are handed over.
  static let mostRows = 1 << 20

  let program: Program
  private(set) var batch = Batch()
  private(set) var rows: [Rows]
  private var slots: [Slot]
  private var ancestors: [Int: [Int32]] = [:]
  private(set) var evaluator: RowEvaluator

  init(_ program: Program) {
    self.program = program
    rows = program.tables.map { _ in Rows() }
    slots = (0..<program.slotCount).map { _ in Slot() }
    evaluator = RowEvaluator(program)
  }

  deinit { for slot in slots { slot.memory.deallocate() } }

  // MARK: Registers

  func truths(_ register: Int) -> UnsafeMutablePointer<UInt8> {
    slots[program.steps[register].slot].memory.assumingMemoryBound(to: UInt8.self)
  }

  private(set) var areKnown: [Bool] = []

  func numbers(_ register: Int) -> Numbers {
    let step = program.steps[register]
    let count = rows[step.table].count
    let memory = slots[step.slot].memory
    let lower = memory.assumingMemoryBound(to: Int64.self)
    let areKnown = areKnown[register]
    return Numbers(
      states: (memory + count * 16).assumingMemoryBound(to: UInt8.self), lower: lower,
      upper: areKnown ? lower : lower + count, areKnown: areKnown)
  }

  func values(_ register: Int) -> [Value?] { slots[program.steps[register].slot].values }

  /// Memory for a register of truths that is about to be filled.
  func newTruths(_ register: Int) -> UnsafeMutablePointer<UInt8> {
    reserve(register, bytesPerRow: 1).assumingMemoryBound(to: UInt8.self)
  }

  /// Memory for a register of numbers that is about to be filled.
  func newNumbers(_ register: Int, areKnown: Bool) -> Numbers {
    _ = reserve(register, bytesPerRow: 17)
    self.areKnown[register] = areKnown
    return numbers(register)
  }

  func setUnknown(_ register: Int) { areKnown[register] = false }

  func setValues(_ register: Int, _ values: [Value?]) { slots[program.steps[register].slot].values = values }

  private func reserve(_ register: Int, bytesPerRow: Int) -> UnsafeMutableRawPointer {
    let step = program.steps[register]
    let bytes = rows[step.table].count * bytesPerRow
    if bytes > slots[step.slot].bytes {
      slots[step.slot].memory.deallocate()
      slots[step.slot].bytes = bytes + bytes / 2
      slots[step.slot].memory = .allocate(byteCount: slots[step.slot].bytes, alignment: 16)
    }
    return slots[step.slot].memory
  }

  /// The table of a register's rows.
  func table(of register: Int) -> Int { program.steps[register].table }

  // MARK: Rows

  /// The rows of `ancestor` that a table's rows belong to.
  func ancestors(of table: Int, _ ancestor: Int) -> [Int32] {
    guard let parent = program.tables[table].parent else { return [] }
    if parent == ancestor { return rows[table].parents }
    let key = table * program.tables.count + ancestor
    if let known = ancestors[key] { return known }
    let above = ancestors(of: parent, ancestor)
    let found = rows[table].parents.map { above[Int($0)] }
    ancestors[key] = found
    return found
  }

  /// The rows of the table that a table's items are read from.
  func base(of table: Int) -> (table: Int, rows: [Int32]?) {
    if case .made(let base, _) = program.tables[table].source { return (base, rows[table].items) }
    return (table, nil)
  }

  private func makeRows(_ table: Int) {
    guard let parent = program.tables[table].parent else { return }
    switch program.tables[table].source {
    case .records: break
    case .made(let base, let owner): rows[table] = product(parent, base, owner)
    case .listed(let register): rows[table] = listed(parent, values(register))
    }
  }

  /// For every row of a table the items of a list of the row of `owner` that it belongs to.
  private func product(_ over: Int, _ base: Int, _ owner: Int) -> Rows {
    let source = rows[base]
    let owners = over == owner ? nil : ancestors(of: over, owner)
    let ownersItems = self.base(of: owner).rows
    var result = Rows()
    result.isThere.reserveCapacity(rows[over].count)
    result.offsets.reserveCapacity(rows[over].count + 1)
    for row in 0..<rows[over].count {
      let outer = owners.map { Int($0[row]) } ?? row
      let list = ownersItems.map { Int($0[outer]) } ?? outer
      let items = source.offsets[list]..<source.offsets[list + 1]
      if result.items.count + items.count > Self.mostRows {
        result.isThere.append(Cell.handOver)
      } else {
        result.isThere.append(source.isThere[list])
        result.items.append(contentsOf: items)
        result.parents.append(contentsOf: repeatElement(Int32(row), count: items.count))
      }
      result.offsets.append(Int32(result.items.count))
    }
    result.count = result.items.count
    return result
  }

  /// The items of values that are lists.
  private func listed(_ over: Int, _ lists: [Value?]) -> Rows {
    var result = Rows()
    for row in 0..<rows[over].count {
      var isThere = Cell.yes
      switch lists[row] {
      case nil, .null?: isThere = Cell.handOver
      case .list(let list)?:
        if result.values.count + list.items.count > Self.mostRows {
          isThere = Cell.handOver
        } else {
          result.values += list.items
          result.sure += list.items.indices.map { list.doubt($0) == nil ? Cell.yes : Cell.unknown }
        }
      case .unknown(let unknown)?:
        if unknown.mayFail {
          isThere = Cell.handOver
        } else {
          isThere = Cell.unknown
          result.values.append(.unknown(unknown))
          result.sure.append(Cell.yes)
        }
      case let value?:
        result.values.append(value)
        result.sure.append(Cell.yes)
      }
      result.isThere.append(isThere)
      result.parents += repeatElement(Int32(row), count: result.values.count - result.parents.count)
      result.offsets.append(Int32(result.values.count))
    }
    result.count = result.values.count
    return result
  }

  // MARK: Running

  /// Runs the program over a batch.
  func run(_ batch: Batch) -> ProgramOutcomes {
    prepare(batch)
    for register in program.steps.indices { run(register) }
    return ProgramOutcomes(self)
  }

  /// Runs the program over a batch by a clock, and adds to `spent` what each instruction took.
  func run(_ batch: Batch, clock: () -> Int, spent: inout [Int]) -> ProgramOutcomes {
    prepare(batch)
    var start = clock()
    for register in program.steps.indices {
      run(register)
      let end = clock()
      spent[register] += end - start
      start = end
    }
    return ProgramOutcomes(self)
  }

  private func prepare(_ batch: Batch) {
    self.batch = batch
    ancestors = [:]
    areKnown = [Bool](repeating: false, count: program.steps.count)
    for (index, table) in program.tables.enumerated() {
      guard case .records(let read) = table.source else { continue }
      let data = batch.tables[read]
      rows[index] = Rows(
        count: data.rows, parents: data.parents, offsets: data.offsets, isThere: data.isThere)
    }
    evaluator.renew()
  }

  private func run(_ register: Int) {
    let step = program.steps[register]
    switch step.instruction {
    case .rows: makeRows(step.table)
    case .loadTruth, .truth, .spreadTruth, .gatherTruth, .and, .or, .not, .orNo, .same, .atMostOne, .chooseTruth,
      .truthWhereThere, .compare, .compareTo, .compareQuotient, .isSuppliedTruth, .isSuppliedNumber, .isSuppliedValue,
      .isSuppliedList, .isReal, .unlessNull, .quantify, .unboxTruth, .isSure:
      runTruth(step.instruction, into: register, rows[step.table].count)
    case .load, .constant, .blank, .spread, .gather, .add, .subtract, .addConstant, .scale, .truncate, .multiply,
      .divide, .addDays, .addMonths, .subtractMonths, .extreme, .choose, .whereThere, .count, .sum, .extremeOf:
      runNumbers(step.instruction, into: register, rows[step.table].count)
    case .loadValue, .spreadValue, .gatherValue, .items, .boxTruth, .box, .apply:
      runValues(step.instruction, into: register, rows[step.table].count)
    }
  }
}
