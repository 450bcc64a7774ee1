import FEEL

/// Registers of truths.
extension Machine {
  func runTruth(_ instruction: Instruction, into register: Int, _ count: Int) {
    if case .loadTruth(let from, let column) = instruction { return loadTruth(from, column, into: register) }
    let result = newTruths(register)
    switch instruction {
    case .truth(let cell): result.update(repeating: cell, count: count)
    case .spreadTruth(let source):
      copy(truths(source), ancestors(of: table(of: register), table(of: source)), into: result, count)
    case .gatherTruth(let source): copy(truths(source), rows[table(of: register)].items.start, into: result, count)
    case .and(let operands): junction(operands, isAnd: true, into: result, count)
    case .or(let operands): junction(operands, isAnd: false, into: result, count)
    case .not(let operand):
      map(truths(operand), into: result, count) { $0 ^ ($0 & ~Cell.yes).isNone }
    case .orNo(let operand): map(truths(operand), into: result, count) { $0 & ~Cell.null }
    case .same(let a, let b):
      let (x, y) = (truths(a), truths(b))
      for row in 0..<count { result[row] = Self.same(x[row], y[row]) }
    case .atMostOne(let operands): atMostOne(operands, into: result, count)
    case .chooseTruth(let condition, let a, let b):
      choose(truths(condition), truths(a), truths(b), into: result, count)
    case .truthWhereThere(let isThere, let operand):
      let (there, cells) = (truths(isThere), truths(operand))
      for row in 0..<count {
        result[row] = there[row] == Cell.yes ? cells[row] : there[row] == Cell.no ? Cell.mayBeNull : Cell.handOver
      }
    case .compare(let op, let a, let b): compare(op, numbers(a), numbers(b), into: result, count)
    case .compareTo(let op, let a, let constant): compare(op, numbers(a), constant, into: result, count)
    case .compareQuotient(let op, let a, let b, let other):
      compareQuotient(op, numbers(a), numbers(b), numbers(other), into: result, count)
    case .isSuppliedTruth(let operand):
      map(truths(operand), into: result, count) { cells in
        (cells & ~Cell.yes).isNone | (cells & Cell.handOver)
      }
    case .isSuppliedNumber(let operand):
      map(numbers(operand).states, into: result, count) { states in
        states.equals(Scalars.known) | (states & Scalars.handOver).isAny.times(Cell.handOver)
      }
    case .isSuppliedValue(let operand):
      let values = values(operand)
      for row in 0..<count {
        result[row] = values[row].map { evaluator.isSupplied($0) ? Cell.yes : Cell.no } ?? Cell.handOver
      }
    case .isSuppliedList(let list):
      let isThere = rows[list].isThere.start
      for row in 0..<count { result[row] = isThere[row] == Cell.unknown ? Cell.no : isThere[row] }
    case .isReal:
      let (isThere, parents) = (rows[table(of: register)].isThere, rows[table(of: register)].parents)
      for row in 0..<count { result[row] = isThere[Int(parents[row])] == Cell.unknown ? Cell.no : Cell.yes }
    case .unlessNull(let operand):
      let maybe = Scalars.null | Scalars.mayBeNull | Scalars.handOver
      map(numbers(operand).states, into: result, count) { states in
        (states & maybe).isAny.choose(Lanes(repeating: Cell.handOver), Lanes(repeating: Cell.yes))
      }
    case .quantify(let every, let list, let present, let body):
      quantify(every, list, present.map { truths($0) }, truths(body), into: result)
    case .unboxTruth(let operand):
      let values = values(operand)
      for row in 0..<count { result[row] = Self.cell(values[row]) }
    case .isSure:
      let sure = rows[table(of: register)].sure
      for row in 0..<count { result[row] = sure[row] }
    default: break
    }
  }

  private func loadTruth(_ from: Int, _ column: Int, into register: Int) {
    let (base, items) = base(of: from)
    guard case .records(let read) = program.tables[base].source else { return }
    let cells = batch.tables[read].columns[column].states
    guard let items else { return setTruths(register, cells) }
    let result = newTruths(register)
    for row in 0..<rows[from].count { result[row] = cells[Int(items[row])] }
  }

  private func copy(
    _ cells: UnsafeMutablePointer<UInt8>, _ from: UnsafeMutablePointer<Int32>,
    into result: UnsafeMutablePointer<UInt8>, _ count: Int
  ) {
    for row in 0..<count { result[row] = cells[Int(from[row])] }
  }

  /// Fills a register from the bytes of another, of whole blocks at a time.
  @inline(__always)
  private func map(
    _ operand: UnsafeMutablePointer<UInt8>, into result: UnsafeMutablePointer<UInt8>, _ count: Int,
    _ body: (Lanes) -> Lanes
  ) {
    for block in 0..<Block.count(count) { result[block: block] = body(operand[block: block]) }
  }

  // MARK: Connectives

  private func junction(_ operands: [Int], isAnd: Bool, into result: UnsafeMutablePointer<UInt8>, _ count: Int) {
    withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<UInt8>.self, capacity: operands.count) { cells in
      for (index, operand) in operands.enumerated() { cells.initializeElement(at: index, to: truths(operand)) }
      let cells = UnsafeBufferPointer(cells)
      if isAnd {
        for block in 0..<Block.count(count) { result[block: block] = Self.and(cells, block) }
      } else {
        for block in 0..<Block.count(count) { result[block: block] = Self.or(cells, block) }
      }
    }
  }

  /// No decides; else whatever is undecided adds up.
  ///
  /// - Returns: the `and` of a block of each operand; yes without any.
  @inline(__always)
  static func and(_ operands: UnsafeBufferPointer<UnsafeMutablePointer<UInt8>>, _ block: Int) -> Lanes {
    var open = Lanes(repeating: 0)
    var decided = Lanes(repeating: 0)
    for cells in operands {
      let cells = cells[block: block]
      open = open | cells
      decided = decided | cells.isNone
    }
    open = open & ~Cell.yes
    return decided.choose(Lanes(repeating: Cell.no), open | open.isNone)
  }

  /// Yes decides; else whatever is undecided adds up.
  @inline(__always)
  private static func or(_ operands: UnsafeBufferPointer<UnsafeMutablePointer<UInt8>>, _ block: Int) -> Lanes {
    var open = Lanes(repeating: 0)
    var decided = Lanes(repeating: 0)
    for cells in operands {
      let cells = cells[block: block]
      open = open | cells
      decided = decided | cells.equals(Cell.yes)
    }
    return decided.choose(Lanes(repeating: Cell.yes), open)
  }

  private static func same(_ a: UInt8, _ b: UInt8) -> UInt8 {
    let both = a | b
    if both <= Cell.yes { return a == b ? Cell.yes : Cell.no }
    if both >= Cell.handOver { return Cell.handOver }
    switch (a, b) {
    case (Cell.null, Cell.null): return Cell.yes
    // Null equals nothing else, unless that may turn out null too.
    case (Cell.null, _): return b == Cell.mayBeNull ? Cell.mayBeNull : Cell.no
    case (_, Cell.null): return a == Cell.mayBeNull ? Cell.mayBeNull : Cell.no
    default: return Cell.unknown | (both & Cell.null)
    }
  }

  private func choose(
    _ condition: UnsafeMutablePointer<UInt8>, _ a: UnsafeMutablePointer<UInt8>, _ b: UnsafeMutablePointer<UInt8>,
    into result: UnsafeMutablePointer<UInt8>, _ count: Int
  ) {
    for block in 0..<Block.count(count) {
      let tests = condition[block: block]
      result[block: block] = tests.equals(Cell.yes).choose(a[block: block], b[block: block])
      if (tests & ~Cell.yes).isZero { continue }
      for row in block * Block.rows..<min((block + 1) * Block.rows, count) {
        result[row] = Self.choose(condition[row], a[row], b[row])
      }
    }
  }

  private static func choose(_ condition: UInt8, _ a: UInt8, _ b: UInt8) -> UInt8 {
    switch condition {
    case Cell.yes: return a
    case Cell.no, Cell.null: return b
    case Cell.unknown, Cell.mayBeNull:
      if a == b, a <= Cell.yes { return a }
      return (a | b) >= Cell.handOver ? Cell.handOver : Cell.unknown | ((a | b) & Cell.null)
    default: return Cell.handOver
    }
  }

  private func atMostOne(_ operands: [Int], into result: UnsafeMutablePointer<UInt8>, _ count: Int) {
    result.update(repeating: Cell.no, count: count)
    // Until the end: whether one has matched so far.
    for operand in operands {
      let cells = truths(operand)
      for row in 0..<count where cells[row] != Cell.no {
        result[row] = cells[row] != Cell.yes || result[row] != Cell.no ? Cell.handOver : Cell.yes
      }
    }
    for row in 0..<count where result[row] == Cell.no { result[row] = Cell.yes }
  }

  // MARK: Comparison

  private func compare(
    _ op: ComparisonOperator, _ a: Numbers, _ b: Numbers, into result: UnsafeMutablePointer<UInt8>, _ count: Int
  ) {
    let (x, y) = (a.lower, b.lower)
    switch op {
    case .equal: for row in 0..<count { result[row] = x[row] == y[row] ? 1 : 0 }
    case .notEqual: for row in 0..<count { result[row] = x[row] != y[row] ? 1 : 0 }
    case .less: for row in 0..<count { result[row] = x[row] < y[row] ? 1 : 0 }
    case .lessOrEqual: for row in 0..<count { result[row] = x[row] <= y[row] ? 1 : 0 }
    case .greater: for row in 0..<count { result[row] = x[row] > y[row] ? 1 : 0 }
    case .greaterOrEqual: for row in 0..<count { result[row] = x[row] >= y[row] ? 1 : 0 }
    }
    for block in 0..<Block.count(count) {
      result[block: block] = Self.cells(result[block: block], a.states[block: block] & b.states[block: block])
    }
    forEachUnusual(a, count) { result[$0] = Self.compare(op, Quantity(a, $0), Quantity(b, $0)) }
    forEachUnusual(b, count) { result[$0] = Self.compare(op, Quantity(a, $0), Quantity(b, $0)) }
  }

  private func compare(
    _ op: ComparisonOperator, _ a: Numbers, _ constant: Int64, into result: UnsafeMutablePointer<UInt8>, _ count: Int
  ) {
    let x = a.lower
    switch op {
    case .equal: for row in 0..<count { result[row] = x[row] == constant ? 1 : 0 }
    case .notEqual: for row in 0..<count { result[row] = x[row] != constant ? 1 : 0 }
    case .less: for row in 0..<count { result[row] = x[row] < constant ? 1 : 0 }
    case .lessOrEqual: for row in 0..<count { result[row] = x[row] <= constant ? 1 : 0 }
    case .greater: for row in 0..<count { result[row] = x[row] > constant ? 1 : 0 }
    case .greaterOrEqual: for row in 0..<count { result[row] = x[row] >= constant ? 1 : 0 }
    }
    for block in 0..<Block.count(count) {
      result[block: block] = Self.cells(result[block: block], a.states[block: block])
    }
    let other = Quantity(constant)
    forEachUnusual(a, count) { result[$0] = Self.compare(op, Quantity(a, $0), other) }
  }

  /// What comparing known numbers came to, and unknown where a number is unknown; of simple numbers.
  ///
  /// - Parameter states: of each row 3 where all is known, else 0.
  @inline(__always)
  private static func cells(_ order: Lanes, _ states: Lanes) -> Lanes {
    (order & states) | ((states & Cell.unknown) ^ Lanes(repeating: Cell.unknown))
  }

  private static func compare(_ op: ComparisonOperator, _ a: Quantity, _ b: Quantity) -> UInt8 {
    let both = a.state | b.state
    if both & Scalars.handOver != 0 { return Cell.handOver }
    if both & (Scalars.null | Scalars.mayBeNull) != 0 {
      guard both & Scalars.null != 0 else { return Cell.mayBeNull }
      guard op == .equal || op == .notEqual else { return Cell.null }
      if both & Scalars.mayBeNull != 0 { return Cell.mayBeNull }
      return (a.state == b.state) == (op == .equal) ? Cell.yes : Cell.no
    }
    // The two extremes between which every order of the two lies; nil where a bound is open.
    let lowest = a.low.flatMap { low in b.high.map { order(low, $0) } }
    let highest = a.high.flatMap { high in b.low.map { order(high, $0) } }
    return decide(op, lowest: lowest, highest: highest)
  }

  private static func order<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a > b ? 1 : 0 }

  private static func decide(_ op: ComparisonOperator, lowest: Int?, highest: Int?) -> UInt8 {
    func negated(_ cell: UInt8) -> UInt8 { cell <= Cell.yes ? cell ^ 1 : cell }
    switch op {
    case .notEqual: return negated(decide(.equal, lowest: lowest, highest: highest))
    case .equal:
      if lowest == 1 || highest == -1 { return Cell.no }
      // Bounds that meet on both sides leave one value each.
      return lowest == 0 && highest == 0 ? Cell.yes : Cell.unknown
    case .less: return highest == -1 ? Cell.yes : lowest == 0 || lowest == 1 ? Cell.no : Cell.unknown
    case .lessOrEqual: return highest == -1 || highest == 0 ? Cell.yes : lowest == 1 ? Cell.no : Cell.unknown
    case .greater, .greaterOrEqual:
      return negated(decide(op == .greater ? .lessOrEqual : .less, lowest: lowest, highest: highest))
    }
  }

  private func compareQuotient(
    _ op: ComparisonOperator, _ a: Numbers, _ b: Numbers, _ c: Numbers, into result: UnsafeMutablePointer<UInt8>,
    _ count: Int
  ) {
    for row in 0..<count {
      let (x, y, z) = (Quantity(a, row), Quantity(b, row), Quantity(c, row))
      guard let dividend = x.known, let divisor = y.known, divisor != 0, let number = z.known else {
        result[row] = Self.compare(op, Self.quotient(x, y, ofNumbers: true), z)
        continue
      }
      // FEEL rounds the quotient to 34 digits. One that is not exactly the number differs from it within 23 digits, so
      // rounding cannot make them meet.
      let quotient = Int128(dividend) * Int128(Layout.unit)
      let product = Int128(number) * Int128(divisor)
      let order = divisor > 0 ? Self.order(quotient, product) : Self.order(product, quotient)
      result[row] = Self.decide(op, lowest: order, highest: order)
    }
  }

  // MARK: Lists

  private func quantify(
    _ every: Bool, _ list: Int, _ present: UnsafeMutablePointer<UInt8>?, _ body: UnsafeMutablePointer<UInt8>,
    into result: UnsafeMutablePointer<UInt8>
  ) {
    if let present {
      quantify(every, list, into: result, body, { present.word(at: $0) }, present)
    } else {
      quantify(every, list, into: result, body, { _ in Word.ones }, nil)
    }
  }

  /// - Parameter there: which of eight items are in the list.
  @inline(__always)
  private func quantify(
    _ every: Bool, _ list: Int, into result: UnsafeMutablePointer<UInt8>, _ body: UnsafeMutablePointer<UInt8>,
    _ there: (Int) -> UInt64, _ present: UnsafeMutablePointer<UInt8>?
  ) {
    let (offsets, isThere) = (rows[list].offsets.start, rows[list].isThere.start)
    // Of cells that are all decided: an item counts that is there and does not have the neutral value.
    let neutral = every ? Cell.yes : Cell.no
    let neutrals = every ? Word.ones : 0
    var start = Int(offsets[0])
    for row in 0..<rows[list].isThere.count {
      let end = Int(offsets[row &+ 1])
      // Most lists are short.
      var mask = Word.mask(end &- start)
      var cells = body.word(at: start)
      var present8 = there(start)
      var found = (cells ^ neutrals) & present8 & mask
      var all = (cells | present8) & mask
      var item = start &+ 8
      while item < end {
        mask = Word.mask(end &- item)
        cells = body.word(at: item)
        present8 = there(item)
        found |= (cells ^ neutrals) & present8 & mask
        all |= (cells | present8) & mask
        item &+= 8
      }
      result[row] =
        all & ~Word.ones == 0 && isThere[row] == Cell.yes
        ? neutral ^ (found == 0 ? 0 : Cell.yes)
        : Self.quantify(every, isThere[row], start..<end, present, body)
      start = end
    }
  }

  private static func quantify(
    _ every: Bool, _ isThere: UInt8, _ items: Range<Int>, _ present: UnsafeMutablePointer<UInt8>?,
    _ body: UnsafeMutablePointer<UInt8>
  ) -> UInt8 {
    guard isThere < Cell.handOver else { return Cell.handOver }
    let (decider, neutral) = every ? (Cell.no, Cell.yes) : (Cell.yes, Cell.no)
    var open: UInt8 = 0
    for item in items {
      // Of a missing list one item stands for any that may be there.
      let there = isThere == Cell.yes ? present?[item] ?? Cell.yes : Self.doubted(present?[item] ?? Cell.yes)
      if there == Cell.no || body[item] == neutral { continue }
      if there == Cell.yes, body[item] == decider { return decider }
      open |= there == Cell.yes ? body[item] : there | (body[item] <= Cell.yes ? Cell.unknown : body[item])
    }
    return open == 0 ? neutral : open >= Cell.handOver ? Cell.handOver : open & ~Cell.yes
  }

  /// Whether an item is in a list, where it is in doubt besides.
  static func doubted(_ present: UInt8) -> UInt8 { present == Cell.yes ? Cell.unknown : present }

  static func cell(_ value: Value?) -> UInt8 {
    switch value {
    case .boolean(let truth)?: truth ? Cell.yes : Cell.no
    case .unknown(let unknown)?: unknown.mayFail ? Cell.mayBeNull : Cell.unknown
    case .null?: Cell.null
    default: Cell.handOver
    }
  }
}
