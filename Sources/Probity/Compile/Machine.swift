import FEEL

/// Fills the registers of a program for one batch.
struct Machine {
  let layout: Layout
  let batch: Batch
  private(set) var truths: [Int: [UInt8]] = [:]
  private(set) var scalars: [Int: Scalars] = [:]

  init(layout: Layout, batch: Batch) {
    self.layout = layout
    self.batch = batch
  }

  /// - Parameters:
  ///   - table: whose rows the register has.
  ///   - tableOf: the tables of all registers.
  mutating func run(_ instruction: Instruction, into register: Int, table: Int, tableOf: [Int]) {
    switch instruction {
    case .loadTruth(let from, let column): truths[register] = batch.tables[from].truths[column]
    case .truth(let cell): truths[register] = .init(repeating: cell, count: rows(table))
    case .spreadTruth(let source):
      let values = truths[source] ?? []
      truths[register] = ancestors(of: table, tableOf[source]).map { values[Int($0)] }
    case .and(let operands): truths[register] = junction(operands, decider: Cell.no, neutral: Cell.yes, rows(table))
    case .or(let operands): truths[register] = junction(operands, decider: Cell.yes, neutral: Cell.no, rows(table))
    case .not(let operand): truths[register] = truths[operand]?.map(Self.negated)
    case .same(let a, let b): truths[register] = same(a, b)
    case .atMostOne(let operands): truths[register] = atMostOne(operands, rows(table))
    case .chooseTruth(let condition, let a, let b): truths[register] = chooseTruth(condition, a, b)
    case .compare(let op, let a, let b): truths[register] = compare(op, a, b)
    case .compareQuotient(let op, let a, let b, let other): truths[register] = compareQuotient(op, a, b, other)
    case .isSuppliedTruth(let from, let column):
      truths[register] = batch.tables[from].truths[column]?.map {
        $0 == Cell.unknown ? Cell.no : $0 == Cell.handOver ? Cell.handOver : Cell.yes
      }
    case .isSuppliedScalar(let from, let column): truths[register] = isSupplied(from, column)
    case .isSuppliedList(let list):
      truths[register] = batch.tables[list].isThere.map { $0 == Cell.unknown ? Cell.no : $0 }
    case .quantify(let every, let list, let present, let body):
      truths[register] = quantify(every, list, present, body)
    case .load(let from, let column): scalars[register] = batch.tables[from].scalars[column]
    case .constant(let value): scalars[register] = Scalars(repeating: value, count: rows(table))
    case .handOver: scalars[register] = handOver(rows(table))
    case .spread(let source):
      let values = scalars[source] ?? Scalars()
      var spread = Scalars()
      for row in ancestors(of: table, tableOf[source]) { spread.append(values, Int(row)) }
      scalars[register] = spread
    case .add(let a, let b): scalars[register] = combine(a, b, crossed: false) { $0.addingReportingOverflow($1) }
    case .subtract(let a, let b):
      scalars[register] = combine(a, b, crossed: true) { $0.subtractingReportingOverflow($1) }
    case .scale(let a, let factor):
      scalars[register] = map(a) {
        let (product, overflow) = $0.multipliedReportingOverflow(by: factor)
        return overflow ? nil : product
      }
    case .truncate(let a, let divisor): scalars[register] = known(a) { $0 / divisor }
    case .multiply(let a, let b): scalars[register] = known(a, b, Self.product)
    case .divide(let a, let b): scalars[register] = known(a, b, Self.quotient)
    case .addDays(let date, let days): scalars[register] = map(date) { Self.day($0, plus: days) }
    case .addMonths(let date, let months): scalars[register] = addMonths(date, months, sign: 1)
    case .subtractMonths(let date, let months): scalars[register] = addMonths(date, months, sign: -1)
    case .extreme(let least, let a, let b): scalars[register] = extreme(least, a, b)
    case .choose(let condition, let a, let b, let isOrdered):
      scalars[register] = choose(condition, a, b, isOrdered: isOrdered)
    case .count(let list, let present): scalars[register] = count(list, present)
    case .sum(let list, let present, let values): scalars[register] = sum(list, present, values)
    case .extremeOf(let least, let list, let present, let values):
      scalars[register] = extreme(least, list, present, values)
    }
  }

  // MARK: Rows

  private func rows(_ table: Int) -> Int { batch.tables[table].rows }

  /// For each row of `table` the row of its ancestor.
  private func ancestors(of table: Int, _ ancestor: Int) -> [Int32] {
    var rows = Array(Int32(0)..<Int32(self.rows(table)))
    var current = table
    while current != ancestor, let parent = layout.tables[current].parent {
      let parents = batch.tables[current].parents
      for index in rows.indices { rows[index] = parents[Int(rows[index])] }
      current = parent
    }
    return rows
  }

  /// The rows of a list's items, for each row above.
  func items(_ list: Int, above row: Int) -> Range<Int> {
    Int(batch.tables[list].offsets[row])..<Int(batch.tables[list].offsets[row + 1])
  }

  /// Whether each item is in the list; nil where all are.
  private func presence(_ register: Int?) -> [UInt8]? { register.flatMap { truths[$0] } }

  // MARK: Truth

  private static func negated(_ cell: UInt8) -> UInt8 {
    cell == Cell.no ? Cell.yes : cell == Cell.yes ? Cell.no : cell
  }

  private func junction(_ operands: [Int], decider: UInt8, neutral: UInt8, _ rows: Int) -> [UInt8] {
    var result = [UInt8](repeating: neutral, count: rows)
    for operand in operands {
      let values = truths[operand] ?? []
      for row in 0..<rows {
        let (a, b) = (result[row], values[row])
        if a == decider || b == decider {
          result[row] = decider
        } else if b != neutral {
          result[row] = a == neutral ? b : max(a, b)
        }
      }
    }
    return result
  }

  private func same(_ left: Int, _ right: Int) -> [UInt8] {
    guard let a = truths[left], let b = truths[right] else { return [] }
    return zip(a, b).map { x, y in max(x, y) >= Cell.unknown ? max(x, y) : x == y ? Cell.yes : Cell.no }
  }

  private func atMostOne(_ operands: [Int], _ rows: Int) -> [UInt8] {
    var result = [UInt8](repeating: Cell.yes, count: rows)
    var isMatched = [Bool](repeating: false, count: rows)
    for operand in operands {
      let values = truths[operand] ?? []
      for row in 0..<rows where values[row] != Cell.no {
        if values[row] != Cell.yes || isMatched[row] { result[row] = Cell.handOver }
        isMatched[row] = true
      }
    }
    return result
  }

  private func chooseTruth(_ condition: Int, _ then: Int, _ otherwise: Int) -> [UInt8] {
    guard let tests = truths[condition], let a = truths[then], let b = truths[otherwise] else { return [] }
    return tests.indices.map { row in
      switch tests[row] {
      case Cell.yes: a[row]
      case Cell.no: b[row]
      case Cell.unknown: a[row] == b[row] ? a[row] : max(a[row], b[row], Cell.unknown)
      default: Cell.handOver
      }
    }
  }

  private func isSupplied(_ table: Int, _ column: Int) -> [UInt8] {
    guard let scalars = batch.tables[table].scalars[column] else { return [] }
    return (0..<scalars.count).map { row in
      // A missing fact may be bounded on both sides; a known one has bounds that meet.
      scalars.isHandedOver(row) ? Cell.handOver : scalars.known(row) == nil ? Cell.no : Cell.yes
    }
  }

  private func compare(_ op: ComparisonOperator, _ left: Int, _ right: Int) -> [UInt8] {
    guard let a = scalars[left], let b = scalars[right] else { return [] }
    return (0..<a.count).map { row in
      if a.isHandedOver(row) || b.isHandedOver(row) { return Cell.handOver }
      // The two extremes between which every order of the two lies; nil where a bound is open.
      let lowest = a.low(row).flatMap { low in b.high(row).map { Self.order(low, $0) } }
      let highest = a.high(row).flatMap { high in b.low(row).map { Self.order(high, $0) } }
      return Self.decide(op, lowest: lowest, highest: highest)
    }
  }

  private static func order<T: Comparable>(_ a: T, _ b: T) -> Int { a < b ? -1 : a > b ? 1 : 0 }

  private static func decide(_ op: ComparisonOperator, lowest: Int?, highest: Int?) -> UInt8 {
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

  private func compareQuotient(_ op: ComparisonOperator, _ left: Int, _ right: Int, _ other: Int) -> [UInt8] {
    guard let a = scalars[left], let b = scalars[right], let c = scalars[other] else { return [] }
    return (0..<a.count).map { row in
      guard let dividend = a.known(row), let divisor = b.known(row), divisor != 0, let number = c.known(row) else {
        return Cell.handOver
      }
      // FEEL rounds the quotient to 34 digits. One that is not exactly the number differs from it within 23 digits, so
      // rounding cannot make them meet.
      let quotient = Int128(dividend) * Int128(Layout.unit)
      let product = Int128(number) * Int128(divisor)
      let order = divisor > 0 ? Self.order(quotient, product) : Self.order(product, quotient)
      return Self.decide(op, lowest: order, highest: order)
    }
  }

  private func quantify(_ every: Bool, _ list: Int, _ present: Int?, _ body: Int) -> [UInt8] {
    let values = truths[body] ?? []
    let presence = presence(present)
    let decider = every ? Cell.no : Cell.yes
    let neutral = every ? Cell.yes : Cell.no
    return batch.tables[list].isThere.indices.map { row in
      // What is true of any item that a missing list might hold is for the interpreter to say.
      guard batch.tables[list].isThere[row] == Cell.yes else { return Cell.handOver }
      var result = neutral
      for item in items(list, above: row) {
        let there = presence?[item] ?? Cell.yes
        if there == Cell.no || values[item] == neutral { continue }
        if there == Cell.yes, values[item] == decider { return decider }
        let cell = max(there, values[item] == decider ? Cell.unknown : values[item])
        result = result == neutral ? cell : max(result, cell)
      }
      return result
    }
  }
}
