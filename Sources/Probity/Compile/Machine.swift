import FEEL

/// Fills the registers of a program for one batch after the other, in memory that it uses again.
///
/// It serves one thread at a time.
final class Machine: @unchecked Sendable {
  /// Numbers, by row.
  struct Numbers: BitwiseCopyable {
    var states: UnsafeMutablePointer<UInt8>
    var lower: UnsafeMutablePointer<Int64>
    var upper: UnsafeMutablePointer<Int64>
    /// Whether each is known, or unknown and without bounds; ``upper`` is then ``lower``.
    var isSimple = false
  }

  /// The rows of a table in a batch; as in ``Batch/Table``.
  struct Rows {
    var count = 0
    var parents = Memory<Int32>()
    var offsets = Memory<Int32>()
    var isThere = Memory<UInt8>()
    /// Of a table that was made of another's items: which of them each row is.
    var items = Memory<Int32>()
    /// Of a table that was made of values.
    var values: [Value] = []
    var sure: [UInt8] = []

    fileprivate func deallocate() {
      parents.deallocate()
      offsets.deallocate()
      isThere.deallocate()
      items.deallocate()
    }
  }

  /// Whole numbers by row, in memory that grows as it is needed and is freed by hand.
  struct Memory<Element: FixedWidthInteger & BitwiseCopyable> {
    private(set) var start = UnsafeMutablePointer<Element>.allocate(capacity: 0)
    private var capacity = 0
    private var isBorrowed = false
    private(set) var count = 0

    subscript(row: Int) -> Element { start[row] }

    var buffer: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: start, count: count) }

    mutating func removeAll() { count = 0 }

    mutating func append(_ element: Element) {
      reserve(count + 1)
      start[count] = element
      count += 1
    }

    mutating func append(_ element: Element, times: Int) {
      reserve(count + times)
      (start + count).update(repeating: element, count: times)
      count += times
    }

    mutating func append(contentsOf range: Range<Element>) {
      reserve(count + range.count)
      for element in range {
        start[count] = element
        count += 1
      }
    }

    /// Stands for memory of somebody else's from now on, who keeps it for as long as it is asked for anything.
    mutating func borrow(_ memory: UnsafeMutablePointer<Element>, count: Int) {
      deallocate()
      (start, capacity, isBorrowed) = (memory, 0, true)
      self.count = count
    }

    private mutating func reserve(_ needed: Int) {
      guard needed > capacity else { return }
      capacity = needed + needed / 2
      let bigger = UnsafeMutablePointer<Element>.allocate(capacity: capacity)
      bigger.update(from: start, count: count)
      deallocate()
      (start, isBorrowed) = (bigger, false)
    }

    func deallocate() {
      if !isBorrowed { start.deallocate() }
    }
  }

  /// Memory that one register after the other uses.
  private struct Slot {
    var memory: UnsafeMutableRawPointer
    var bytes: Int
  }

  /// Where a register is.
  private struct Register: BitwiseCopyable {
    /// The table of its rows.
    let table: Int
    let slot: Int
    /// What it holds; truths are the states of these.
    var numbers: Numbers
  }

  /// How many rows a table made of two others may have in a batch, and in one list; beyond, lists are handed over.
  static let mostRows = 1 << 20

  let program: Program
  private(set) var batch = Batch()
  /// By table.
  let rows: UnsafeMutablePointer<Rows>
  private let slots: UnsafeMutablePointer<Slot>
  private let registers: UnsafeMutablePointer<Register>
  /// The program's, which are copied with less counting of references than its steps.
  private let instructions: UnsafeMutablePointer<Instruction>
  private var values: [[Value?]]
  private var ancestors: [Int: Memory<Int32>] = [:]
  let evaluator: RowEvaluator

  init(_ program: Program) {
    self.program = program
    rows = .allocate(capacity: program.tables.count)
    for table in program.tables.indices { (rows + table).initialize(to: Rows()) }
    slots = .allocate(capacity: max(1, program.slotCount))
    for slot in 0..<program.slotCount {
      (slots + slot).initialize(to: Slot(memory: .allocate(byteCount: 0, alignment: Block.rows), bytes: 0))
    }
    instructions = .allocate(capacity: max(1, program.steps.count))
    registers = .allocate(capacity: max(1, program.steps.count))
    for (register, step) in program.steps.enumerated() {
      let memory = slots[step.slot].memory
      let numbers = Numbers(
        states: memory.assumingMemoryBound(to: UInt8.self), lower: memory.assumingMemoryBound(to: Int64.self),
        upper: memory.assumingMemoryBound(to: Int64.self))
      (instructions + register).initialize(to: step.instruction)
      (registers + register).initialize(to: Register(table: step.table, slot: step.slot, numbers: numbers))
    }
    values = [[Value?]](repeating: [], count: program.slotCount)
    evaluator = RowEvaluator(program)
  }

  deinit {
    for table in program.tables.indices { rows[table].deallocate() }
    rows.deinitialize(count: program.tables.count)
    rows.deallocate()
    for slot in 0..<program.slotCount { slots[slot].memory.deallocate() }
    slots.deallocate()
    registers.deallocate()
    instructions.deinitialize(count: program.steps.count)
    instructions.deallocate()
    forgetAncestors()
  }

  // MARK: Registers

  func truths(_ register: Int) -> UnsafeMutablePointer<UInt8> { registers[register].numbers.states }

  func numbers(_ register: Int) -> Numbers { registers[register].numbers }

  func values(_ register: Int) -> [Value?] { values[registers[register].slot] }

  /// Memory for a register of truths that is about to be filled.
  func newTruths(_ register: Int) -> UnsafeMutablePointer<UInt8> {
    let truths = reserve(register, bytesPerRow: 1).assumingMemoryBound(to: UInt8.self)
    registers[register].numbers.states = truths
    return truths
  }

  /// Memory for a register of numbers that is about to be filled.
  func newNumbers(_ register: Int, areSimple isSimple: Bool) -> Numbers {
    let memory = reserve(register, bytesPerRow: 17)
    let count = Block.padded(rows[table(of: register)].count)
    let lower = memory.assumingMemoryBound(to: Int64.self)
    let numbers = Numbers(
      states: (memory + count * 16).assumingMemoryBound(to: UInt8.self), lower: lower,
      upper: isSimple ? lower : lower + count, isSimple: isSimple)
    registers[register].numbers = numbers
    return numbers
  }

  /// Makes a register of what stands somewhere else, in whole blocks, for as long as the batch is there.
  func setNumbers(_ register: Int, _ numbers: Numbers) { registers[register].numbers = numbers }

  /// As ``setNumbers(_:_:)``.
  func setTruths(_ register: Int, _ truths: UnsafeMutablePointer<UInt8>) { registers[register].numbers.states = truths }

  func setSimple(_ register: Int) {
    registers[register].numbers.isSimple = true
    registers[register].numbers.upper = registers[register].numbers.lower
  }

  func setValues(_ register: Int, _ values: [Value?]) { self.values[registers[register].slot] = values }

  private func reserve(_ register: Int, bytesPerRow: Int) -> UnsafeMutableRawPointer {
    let slot = slots + registers[register].slot
    let bytes = Block.padded(rows[registers[register].table].count) * bytesPerRow + Block.slack
    if bytes > slot.pointee.bytes {
      slot.pointee.memory.deallocate()
      let room = bytes + bytes / 2
      let memory = UnsafeMutableRawPointer.allocate(byteCount: room, alignment: Block.rows)
      memory.initializeMemory(as: UInt8.self, repeating: 0, count: room)
      slot.pointee = Slot(memory: memory, bytes: room)
    }
    return slot.pointee.memory
  }

  /// The table of a register's rows.
  func table(of register: Int) -> Int { registers[register].table }

  // MARK: Rows

  /// The rows of `ancestor` that a table's rows belong to.
  func ancestors(of table: Int, _ ancestor: Int) -> UnsafeMutablePointer<Int32> {
    guard let parent = program.tables[table].parent, parent != ancestor else { return rows[table].parents.start }
    let key = table * program.tables.count + ancestor
    if let known = ancestors[key] { return known.start }
    let above = ancestors(of: parent, ancestor)
    var found = Memory<Int32>()
    for parent in rows[table].parents.buffer { found.append(above[Int(parent)]) }
    ancestors[key] = found
    return found.start
  }

  private func forgetAncestors() {
    for memory in ancestors.values { memory.deallocate() }
    ancestors = [:]
  }

  /// The rows of the table that a table's items are read from.
  func base(of table: Int) -> (table: Int, rows: UnsafeMutablePointer<Int32>?) {
    if case .made(let base, _) = program.tables[table].source { return (base, rows[table].items.start) }
    return (table, nil)
  }

  private func makeRows(_ table: Int) {
    guard let parent = program.tables[table].parent else { return }
    rows[table].parents.removeAll()
    rows[table].offsets.removeAll()
    rows[table].offsets.append(0)
    rows[table].isThere.removeAll()
    switch program.tables[table].source {
    case .records: break
    case .made(let base, let owner): makeProduct(table, parent, base, owner)
    case .listed(let register): makeItems(table, parent, values(register))
    }
  }

  /// For every row of a table the items of a list of the row of `owner` that it belongs to.
  private func makeProduct(_ table: Int, _ over: Int, _ base: Int, _ owner: Int) {
    let owners = over == owner ? nil : ancestors(of: over, owner)
    let ownersItems = self.base(of: owner).rows
    rows[table].items.removeAll()
    for row in 0..<rows[over].count {
      let outer = owners.map { Int($0[row]) } ?? row
      let list = ownersItems.map { Int($0[outer]) } ?? outer
      let items = rows[base].offsets[list]..<rows[base].offsets[list + 1]
      if rows[table].items.count + items.count > Self.mostRows {
        rows[table].isThere.append(Cell.handOver)
      } else {
        rows[table].isThere.append(rows[base].isThere[list])
        rows[table].items.append(contentsOf: items)
        rows[table].parents.append(Int32(row), times: items.count)
      }
      rows[table].offsets.append(Int32(rows[table].items.count))
    }
    rows[table].count = rows[table].items.count
  }

  /// The items of values that are lists.
  private func makeItems(_ table: Int, _ over: Int, _ lists: [Value?]) {
    rows[table].values = []
    rows[table].sure = []
    for row in 0..<rows[over].count {
      let before = rows[table].values.count
      var isThere = Cell.yes
      switch lists[row] {
      case nil, .null?: isThere = Cell.handOver
      case .list(let list)?:
        if before + list.items.count > Self.mostRows {
          isThere = Cell.handOver
        } else {
          rows[table].values += list.items
          rows[table].sure += list.items.indices.map { list.doubt($0) == nil ? Cell.yes : Cell.unknown }
        }
      case .unknown(let unknown)?:
        if unknown.mayFail {
          isThere = Cell.handOver
        } else {
          isThere = Cell.unknown
          rows[table].values.append(.unknown(unknown))
          rows[table].sure.append(Cell.yes)
        }
      case let value?:
        rows[table].values.append(value)
        rows[table].sure.append(Cell.yes)
      }
      let count = rows[table].values.count
      rows[table].isThere.append(isThere)
      rows[table].parents.append(Int32(row), times: count - before)
      rows[table].offsets.append(Int32(count))
    }
    rows[table].count = rows[table].values.count
  }

  // MARK: Running

  /// Runs the program over a batch.
  func run(_ batch: Batch) -> ProgramOutcomes {
    prepare(batch)
    for register in program.steps.indices { run(register) }
    return outcomes()
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
    return outcomes()
  }

  /// What all came to; the batch is not needed any more then.
  private func outcomes() -> ProgramOutcomes {
    defer { batch = Batch() }
    return ProgramOutcomes(self)
  }

  private func prepare(_ batch: Batch) {
    self.batch = batch
    forgetAncestors()
    for (index, table) in program.tables.enumerated() {
      guard case .records(let read) = table.source else { continue }
      let filled = batch.tables[read]
      rows[index].count = filled.rows
      rows[index].parents.borrow(filled.parents, count: program.tables[index].parent == nil ? 0 : filled.rows)
      rows[index].offsets.borrow(filled.offsets, count: filled.rowsAbove + 1)
      rows[index].isThere.borrow(filled.isThere, count: filled.rowsAbove)
    }
    evaluator.renew()
  }

  private func run(_ register: Int) {
    let table = registers[register].table
    switch instructions[register] {
    case .rows: makeRows(table)
    case .loadTruth, .truth, .spreadTruth, .gatherTruth, .and, .or, .not, .orNo, .same, .atMostOne, .chooseTruth,
      .truthWhereThere, .compare, .compareTo, .compareQuotient, .isSuppliedTruth, .isSuppliedNumber, .isSuppliedValue,
      .isSuppliedList, .isReal, .unlessNull, .quantify, .unboxTruth, .isSure:
      runTruth(instructions[register], into: register, rows[table].count)
    case .load, .constant, .blank, .spread, .gather, .add, .subtract, .addConstant, .scale, .truncate, .multiply,
      .divide, .addDays, .addMonths, .subtractMonths, .extreme, .choose, .whereThere, .count, .sum, .extremeOf:
      runNumbers(instructions[register], into: register, rows[table].count)
    case .loadValue, .spreadValue, .gatherValue, .items, .boxTruth, .box, .apply:
      runValues(instructions[register], into: register, rows[table].count)
    }
  }
}
