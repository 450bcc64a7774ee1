import FEEL

/// Registers of truths.
extension Machine {
  func runTruth(_ instruction: Instruction, into register: Int, _ count: Int) {
    let result = newTruths(register)
    switch instruction {
    case .loadTruth(let from, let column): loadTruth(from, column, into: result)
    case .truth(let cell): result.update(repeating: cell, count: count)
    case .spreadTruth(let source):
      copy(truths(source), ancestors(of: table(of: register), table(of: source)), into: result)
    case .gatherTruth(let source): copy(truths(source), rows[table(of: register)].items, into: result)
    case .and(let operands): junction(operands, isAnd: true, into: result, count)
    case .or(let operands): junction(operands, isAnd: false, into: result, count)
    case .not(let operand):
      let cells = truths(operand)
      for row in 0..<count { result[row] = cells[row] ^ (cells[row] <= Cell.yes ? 1 : 0) }
    case .orNo(let operand):
      let cells = truths(operand)
      for row in 0..<count { result[row] = cells[row] & ~Cell.null }
    case .same(let a, let b):
      let (x, y) = (truths(a), truths(b))
      for row in 0..<count { result[row] = Self.same(x[row], y[row]) }
    case .atMostOne(let operands): atMostOne(operands, into: result, count)
    case .chooseTruth(let condition, let a, let b):
      let (tests, x, y) = (truths(condition), truths(a), truths(b))
      for row in 0..<count { result[row] = Self.choose(tests[row], x[row], y[row]) }
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
      let cells = truths(operand)
      for row in 0..<count {
        result[row] = cells[row] <= Cell.yes ? Cell.yes : cells[row] >= Cell.handOver ? Cell.handOver : Cell.no
      }
    case .isSuppliedNumber(let operand):
      let states = numbers(operand).states
      for row in 0..<count {
        result[row] =
          states[row] == Scalars.known ? Cell.yes : states[row] & Scalars.handOver != 0 ? Cell.handOver : Cell.no
      }
    case .isSuppliedValue(let operand):
      let values = values(operand)
      for row in 0..<count {
        result[row] = values[row].map { evaluator.isSupplied($0) ? Cell.yes : Cell.no } ?? Cell.handOver
      }
    case .isSuppliedList(let list):
      let isThere = rows[list].isThere
      for row in 0..<count { result[row] = isThere[row] == Cell.unknown ? Cell.no : isThere[row] }
    case .isReal:
      let own = rows[table(of: register)]
      for row in 0..<count {
        result[row] = own.isThere[Int(own.parents[row])] == Cell.unknown ? Cell.no : Cell.yes
      }
    case .unlessNull(let operand):
      let states = numbers(operand).states
      let maybe = Scalars.null | Scalars.mayBeNull | Scalars.handOver
      for row in 0..<count { result[row] = states[row] & maybe == 0 ? Cell.yes : Cell.handOver }
    case .quantify(let every, let list, let present, let body):
      quantify(every, rows[list], present.map { truths($0) }, truths(body), into: result)
    case .unboxTruth(let operand):
      let values = values(operand)
      for row in 0..<count { result[row] = Self.cell(values[row]) }
    case .isSure:
      let sure = rows[table(of: register)].sure
      for row in 0..<count { result[row] = sure[row] }
    default: break
    }
  }

  private func loadTruth(_ from: Int, _ column: Int, into result: UnsafeMutablePointer<UInt8>) {
    let (base, items) = base(of: from)
    guard case .records(let read) = program.tables[base].source, let cells = batch.tables[read].truths[column] else {
      return
    }
    cells.withUnsafeBufferPointer { cells in
      if let items {
        for row in items.indices { result[row] = cells[Int(items[row])] }
      } else if let start = cells.baseAddress {
        result.update(from: start, count: cells.count)
      }
    }
  }

  private func copy(
    _ cells: UnsafeMutablePointer<UInt8>, _ rows: [Int32], into result: UnsafeMutablePointer<UInt8>
  ) {
    for row in rows.indices { result[row] = cells[Int(rows[row])] }
  }

  // MARK: Connectives

  private func junction(_ operands: [Int], isAnd: Bool, into result: UnsafeMutablePointer<UInt8>, _ count: Int) {
    result.update(repeating: isAnd ? Cell.yes : Cell.no, count: count)
    for operand in operands {
      let cells = truths(operand)
      if isAnd {
        for row in 0..<count { result[row] = Self.and(result[row], cells[row]) }
      } else {
        for row in 0..<count { result[row] = Self.or(result[row], cells[row]) }
      }
    }
  }

  /// No decides; else whatever is undecided adds up.
  @inline(__always)
  static func and(_ a: UInt8, _ b: UInt8) -> UInt8 {
    let open = (a | b) & ~Cell.yes
    let undecided = open == 0 ? Cell.yes : open
    return a == Cell.no || b == Cell.no ? Cell.no : undecided
  }

  /// Yes decides; else whatever is undecided adds up.
  @inline(__always)
  static func or(_ a: UInt8, _ b: UInt8) -> UInt8 { a == Cell.yes || b == Cell.yes ? Cell.yes : a | b }

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
    defer {
      if !a.areKnown || !b.areKnown {
        for row in 0..<count where a.states[row] != Scalars.known || b.states[row] != Scalars.known {
          result[row] = Self.compare(op, Quantity(a, row), Quantity(b, row))
        }
      }
    }
    let (x, y) = (a.lower, b.lower)
    switch op {
    case .equal: for row in 0..<count { result[row] = x[row] == y[row] ? 1 : 0 }
    case .notEqual: for row in 0..<count { result[row] = x[row] != y[row] ? 1 : 0 }
    case .less: for row in 0..<count { result[row] = x[row] < y[row] ? 1 : 0 }
    case .lessOrEqual: for row in 0..<count { result[row] = x[row] <= y[row] ? 1 : 0 }
    case .greater: for row in 0..<count { result[row] = x[row] > y[row] ? 1 : 0 }
    case .greaterOrEqual: for row in 0..<count { result[row] = x[row] >= y[row] ? 1 : 0 }
    }
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
    if a.areKnown { return }
    let other = Quantity(constant)
    for row in 0..<count where a.states[row] != Scalars.known {
      result[row] = Self.compare(op, Quantity(a, row), other)
    }
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
    _ every: Bool, _ list: Rows, _ present: UnsafeMutablePointer<UInt8>?, _ body: UnsafeMutablePointer<UInt8>,
    into result: UnsafeMutablePointer<UInt8>
  ) {
    // Of cells that are all decided: an item counts that is there and does not have the neutral value.
    let neutral: UInt8 = every ? Cell.yes : Cell.no
    list.offsets.withUnsafeBufferPointer { offsets in
      for row in list.isThere.indices {
        var (found, all): (UInt8, UInt8) = (0, 0)
        let (start, end) = (Int(offsets[row]), Int(offsets[row + 1]))
        if let present {
          for item in start..<end {
            found |= (body[item] ^ neutral) & present[item]
            all |= body[item] | present[item]
          }
        } else {
          for item in start..<end {
            found |= body[item] ^ neutral
            all |= body[item]
          }
        }
        result[row] =
          all <= Cell.yes && list.isThere[row] == Cell.yes
          ? found ^ neutral : Self.quantify(every, list.isThere[row], start..<end, present, body)
      }
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
