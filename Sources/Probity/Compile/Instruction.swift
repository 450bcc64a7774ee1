import FEEL

/// One step of a program: it fills a register, a column of a table, for all rows of a batch.
///
/// Operands are registers that were filled before, of the same table unless it says otherwise.
enum Instruction: Hashable, Sendable {
  // Truth
  case loadTruth(table: Int, column: Int)
  case truth(UInt8)
  case spreadTruth(Int, to: Int)
  case and([Int])
  case or([Int])
  case not(Int)
  case compare(ComparisonOperator, Int, Int)
  /// Whether a fact is there.
  case isSuppliedTruth(table: Int, column: Int)
  case isSuppliedScalar(table: Int, column: Int)
  case isSuppliedList(table: Int)
  /// Whether every, or some, item of a list that is there satisfies the body; a register of the table above.
  case quantify(every: Bool, table: Int, present: Int?, body: Int)

  // Whole numbers
  case load(table: Int, column: Int)
  case constant(Int64)
  case spread(Int, to: Int)
  case add(Int, Int)
  case subtract(Int, Int)
  case scale(Int, by: Int64)
  /// Divides, dropping the remainder towards zero.
  case truncate(Int, by: Int64)
  /// A date and a number of months.
  case addMonths(Int, Int)
  case subtractMonths(Int, Int)
  /// Over a list, as registers of the table above.
  case count(table: Int, present: Int?)
  case sum(table: Int, present: Int?, of: Int)
}

/// Fills the registers of a program for one batch.
struct Machine {
  let layout: Layout
  let batch: Batch
  private(set) var truths: [Int: [UInt8]] = [:]
  private var scalars: [Int: Scalars] = [:]

  init(layout: Layout, batch: Batch) {
    self.layout = layout
    self.batch = batch
  }

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

  mutating func run(_ instruction: Instruction, into register: Int, table: Int, tableOf: [Int]) {
    switch instruction {
    case .loadTruth(let from, let column): truths[register] = batch.tables[from].truths[column]
    case .truth(let cell): truths[register] = .init(repeating: cell, count: rows(table))
    case .spreadTruth(let source, _):
      let values = truths[source] ?? []
      truths[register] = ancestors(of: table, tableOf[source]).map { values[Int($0)] }
    case .and(let operands): truths[register] = junction(operands, decider: Cell.no, neutral: Cell.yes, rows(table))
    case .or(let operands): truths[register] = junction(operands, decider: Cell.yes, neutral: Cell.no, rows(table))
    case .not(let operand):
      truths[register] = truths[operand]?.map { $0 == Cell.no ? Cell.yes : $0 == Cell.yes ? Cell.no : $0 }
    case .compare(let op, let a, let b): truths[register] = compare(op, a, b)
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
    case .spread(let source, _):
      let values = scalars[source] ?? Scalars()
      let rows = ancestors(of: table, tableOf[source])
      var spread = Scalars()
      spread.lower = rows.map { values.lower[Int($0)] }
      spread.upper = rows.map { values.upper[Int($0)] }
      spread.state = rows.map { values.state[Int($0)] }
      scalars[register] = spread
    case .add(let a, let b):
      scalars[register] = combine(a, b, crossed: false) { $0.addingReportingOverflow($1) }
    case .subtract(let a, let b):
      scalars[register] = combine(a, b, crossed: true) { $0.subtractingReportingOverflow($1) }
    case .scale(let a, let factor): scalars[register] = map(a) { $0.multipliedReportingOverflow(by: factor) }
    case .truncate(let a, let divisor): scalars[register] = map(a) { ($0 / divisor, false) }
    case .addMonths(let date, let months): scalars[register] = addMonths(date, months, sign: 1)
    case .subtractMonths(let date, let months): scalars[register] = addMonths(date, months, sign: -1)
    case .count(let list, let present): scalars[register] = count(list, present)
    case .sum(let list, let present, let values): scalars[register] = sum(list, present, values)
    }
  }

  // MARK: Truth

  private func junction(_ operands: [Int], decider: UInt8, neutral: UInt8, _ rows: Int) -> [UInt8] {
    var result = [UInt8](repeating: neutral, count: rows)
    for operand in operands {
      let values = truths[operand] ?? []
      for row in 0..<rows {
        let (a, b) = (result[row], values[row])
        if a == decider || b == decider { result[row] = decider } else { result[row] = a == neutral ? b : b == neutral ? a : max(a, b) }
      }
    }
    return result
  }

  private func isSupplied(_ table: Int, _ column: Int) -> [UInt8] {
    guard let scalars = batch.tables[table].scalars[column] else { return [] }
    return scalars.state.indices.map { row in
      if scalars.state[row] & Scalars.handOver != 0 { return Cell.handOver }
      // A missing fact may be bounded on both sides; a known one has bounds that meet.
      return scalars.state[row] == Scalars.known && scalars.lower[row] == scalars.upper[row] ? Cell.yes : Cell.no
    }
  }

  private func compare(_ op: ComparisonOperator, _ left: Int, _ right: Int) -> [UInt8] {
    guard let a = scalars[left], let b = scalars[right] else { return [] }
    return a.state.indices.map { row in
      let (x, y) = (a.state[row], b.state[row])
      if (x | y) & Scalars.handOver != 0 { return Cell.handOver }
      // The order of the extremes: -1, 0, 1, or 2 where a bound is open.
      func order(_ p: Int64, _ q: Int64) -> Int { p < q ? -1 : p > q ? 1 : 0 }
      let lowest =
        x & Scalars.hasLower != 0 && y & Scalars.hasUpper != 0 ? order(a.lower[row], b.upper[row]) : 2
      let highest =
        x & Scalars.hasUpper != 0 && y & Scalars.hasLower != 0 ? order(a.upper[row], b.lower[row]) : 2
      switch op {
      case .equal, .notEqual:
        let equal = op == .equal
        if lowest == 1 || highest == -1 { return equal ? Cell.no : Cell.yes }
        if lowest == 0, highest == 0, a.lower[row] == a.upper[row] { return equal ? Cell.yes : Cell.no }
        return Cell.unknown
      case .less: return highest == -1 ? Cell.yes : lowest == 0 || lowest == 1 ? Cell.no : Cell.unknown
      case .lessOrEqual: return highest == -1 || highest == 0 ? Cell.yes : lowest == 1 ? Cell.no : Cell.unknown
      case .greater: return lowest == 1 ? Cell.yes : highest == 0 || highest == -1 ? Cell.no : Cell.unknown
      case .greaterOrEqual: return lowest == 0 || lowest == 1 ? Cell.yes : highest == -1 ? Cell.no : Cell.unknown
      }
    }
  }

  // MARK: Lists

  /// The rows of a list's items, for each row above.
  private func items(_ list: Int, above row: Int) -> Range<Int> {
    Int(batch.tables[list].offsets[row])..<Int(batch.tables[list].offsets[row + 1])
  }

  private func quantify(_ every: Bool, _ list: Int, _ present: Int?, _ body: Int) -> [UInt8] {
    let values = truths[body] ?? []
    let presence = present.flatMap { truths[$0] }
    let decider = every ? Cell.no : Cell.yes
    let neutral = every ? Cell.yes : Cell.no
    return batch.tables[list].isThere.indices.map { row in
      guard batch.tables[list].isThere[row] == Cell.yes else { return batch.tables[list].isThere[row] }
      var result = neutral
      for item in items(list, above: row) {
        let there = presence?[item] ?? Cell.yes
        if there == Cell.no || values[item] == neutral, there != Cell.handOver { continue }
        if there == Cell.yes, values[item] == decider { return decider }
        let cell = max(there, values[item] == decider ? Cell.unknown : values[item])
        result = result == neutral ? cell : max(result, cell)
      }
      return result
    }
  }

  private func count(_ list: Int, _ present: Int?) -> Scalars {
    let presence = present.flatMap { truths[$0] }
    var result = Scalars()
    for row in batch.tables[list].isThere.indices {
      switch batch.tables[list].isThere[row] {
      case Cell.yes: break
      case Cell.unknown:
        result.append(lower: 0, upper: nil)
        continue
      default:
        result.appendHandOver()
        continue
      }
      var sure: Int64 = 0
      var most: Int64 = 0
      var handOver = false
      for item in items(list, above: row) {
        switch presence?[item] ?? Cell.yes {
        case Cell.yes:
          sure += 1
          most += 1
        case Cell.unknown: most += 1
        case Cell.handOver: handOver = true
        default: break
        }
      }
      if handOver { result.appendHandOver() } else { result.append(lower: sure, upper: most) }
    }
    return result
  }

  private func sum(_ list: Int, _ present: Int?, _ register: Int) -> Scalars {
    let presence = present.flatMap { truths[$0] }
    let values = scalars[register] ?? Scalars()
    var result = Scalars()
    rows: for row in batch.tables[list].isThere.indices {
      guard batch.tables[list].isThere[row] == Cell.yes else {
        // Whether there is anything to add up is for the interpreter to say.
        result.appendHandOver()
        continue
      }
      var low: Int64? = 0
      var high: Int64? = 0
      var sure = 0
      for item in items(list, above: row) {
        let there = presence?[item] ?? Cell.yes
        if there == Cell.no { continue }
        let state = values.state[item]
        if there == Cell.handOver || state & Scalars.handOver != 0 {
          result.appendHandOver()
          continue rows
        }
        if there == Cell.yes { sure += 1 }
        let lower = state & Scalars.hasLower != 0 ? values.lower[item] : nil
        let upper = state & Scalars.hasUpper != 0 ? values.upper[item] : nil
        let (a, overLow) = (low ?? 0).addingReportingOverflow(there == Cell.yes ? lower ?? 0 : min(lower ?? 0, 0))
        let (b, overHigh) = (high ?? 0).addingReportingOverflow(there == Cell.yes ? upper ?? 0 : max(upper ?? 0, 0))
        if overLow || overHigh {
          result.appendHandOver()
          continue rows
        }
        low = low == nil || lower == nil ? nil : a
        high = high == nil || upper == nil ? nil : b
      }
      // The sum of nothing is null.
      if sure == 0 { result.appendHandOver() } else { result.append(lower: low, upper: high) }
    }
    return result
  }

  // MARK: Arithmetic

  private func map(_ register: Int, _ body: (Int64) -> (partialValue: Int64, overflow: Bool)) -> Scalars {
    guard let a = scalars[register] else { return Scalars() }
    var result = a
    for row in a.state.indices {
      let low = body(a.lower[row])
      let high = body(a.upper[row])
      if low.overflow || high.overflow { result.state[row] = Scalars.handOver }
      result.lower[row] = low.partialValue
      result.upper[row] = high.partialValue
    }
    return result
  }

  /// Combines lower with lower and upper with upper, or crosswise for what falls as its right side rises.
  private func combine(
    _ left: Int, _ right: Int, crossed: Bool, _ body: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
  ) -> Scalars {
    guard let a = scalars[left], let b = scalars[right] else { return Scalars() }
    var result = Scalars()
    for row in a.state.indices {
      var other = b.state[row]
      if (a.state[row] | other) & Scalars.handOver != 0 {
        result.appendHandOver()
        continue
      }
      if crossed { other = (other & 1) << 1 | other >> 1 }
      let state = a.state[row] & other
      let low = body(a.lower[row], crossed ? b.upper[row] : b.lower[row])
      let high = body(a.upper[row], crossed ? b.lower[row] : b.upper[row])
      if (state & Scalars.hasLower != 0 && low.overflow) || (state & Scalars.hasUpper != 0 && high.overflow) {
        result.appendHandOver()
      } else {
        result.append(
          lower: state & Scalars.hasLower != 0 ? low.partialValue : nil,
          upper: state & Scalars.hasUpper != 0 ? high.partialValue : nil)
      }
    }
    return result
  }

  private func addMonths(_ left: Int, _ right: Int, sign: Int64) -> Scalars {
    guard let dates = scalars[left], let months = scalars[right] else { return Scalars() }
    var result = Scalars()
    func shifted(_ day: Int64, _ months: Int64) -> Int64? {
      let (count, overflow) = months.multipliedReportingOverflow(by: sign)
      guard !overflow, let date = CivilDate(dayNumber: Int(day)) else { return nil }
      return date.adding(months: Int(count)).map { Int64($0.dayNumber) }
    }
    for row in dates.state.indices {
      guard months.state[row] == Scalars.known, months.lower[row] == months.upper[row],
        dates.state[row] & Scalars.handOver == 0
      else {
        result.appendHandOver()
        continue
      }
      let hasLower = dates.state[row] & Scalars.hasLower != 0
      let hasUpper = dates.state[row] & Scalars.hasUpper != 0
      let low = hasLower ? shifted(dates.lower[row], months.lower[row]) : nil
      let high = hasUpper ? shifted(dates.upper[row], months.lower[row]) : nil
      if (hasLower && low == nil) || (hasUpper && high == nil) { result.appendHandOver() } else {
        result.append(lower: low, upper: high)
      }
    }
    return result
  }
}
