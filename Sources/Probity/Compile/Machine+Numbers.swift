import FEEL

/// Registers of numbers: bounds follow from bounds, and what columns cannot hold is handed over.
extension Machine {
  /// One number of a register.
  struct Quantity {
    var lower: Int64
    var upper: Int64
    var state: UInt8

    static let handOver = Quantity(blank: Scalars.handOver)
    static let null = Quantity(blank: Scalars.null)
    static let mayBeNull = Quantity(blank: Scalars.mayBeNull)
    /// Unknown, and without bounds.
    static let open = Quantity(blank: 0)

    init(_ value: Int64) { (lower, upper, state) = (value, value, Scalars.known) }

    init(blank state: UInt8) { (lower, upper, self.state) = (0, 0, state) }

    init(_ low: Int64?, _ high: Int64?) {
      (lower, upper, state) = (low ?? 0, high ?? 0, Scalars.state(low, high))
    }

    @inline(__always)
    init(_ numbers: Numbers, _ row: Int) {
      (lower, upper, state) = (numbers.lower[row], numbers.upper[row], numbers.states[row])
    }

    var known: Int64? { state == Scalars.known ? lower : nil }
    var low: Int64? { state & Scalars.hasLower != 0 ? lower : nil }
    var high: Int64? { state & Scalars.hasUpper != 0 ? upper : nil }
    /// Whether it is known, or unknown within bounds.
    var isOrdinary: Bool { state & (Scalars.handOver | Scalars.null | Scalars.mayBeNull) == 0 }

    /// What a function of operands gives that are not all ordinary, where null gives null.
    static func strict(_ states: UInt8) -> Quantity {
      if states & Scalars.handOver != 0 { return .handOver }
      return states & Scalars.null != 0 ? .null : .mayBeNull
    }
  }

  func runNumbers(_ instruction: Instruction, into register: Int, _ count: Int) {
    switch instruction {
    case .load(let from, let column): load(from, column, into: register)
    case .constant(let value):
      let result = newNumbers(register, areSimple: true)
      result.states.update(repeating: Scalars.known, count: Block.padded(count))
      result.lower.update(repeating: value, count: count)
    case .blank(let state): fill(register, count) { _ in Quantity(blank: state) }
    case .spread(let source):
      copy(source, ancestors(of: table(of: register), table(of: source)), into: register, count)
    case .gather(let source): copy(source, rows[table(of: register)].items.start, into: register, count)
    case .add(let a, let b): combine(a, b, into: register, count, crossed: false) { $0.addingReportingOverflow($1) }
    case .subtract(let a, let b):
      combine(a, b, into: register, count, crossed: true) { $0.subtractingReportingOverflow($1) }
    case .addConstant(let a, let constant): map(a, into: register, count) { $0.addingReportingOverflow(constant) }
    case .scale(let a, let factor): map(a, into: register, count) { $0.multipliedReportingOverflow(by: factor) }
    case .truncate(let a, let divisor):
      let a = numbers(a)
      fill(register, count) { row in
        let number = Quantity(a, row)
        guard number.isOrdinary else { return .strict(number.state) }
        return number.known.map { Quantity($0 / divisor) } ?? .open
      }
    case .multiply(let a, let b):
      let (a, b) = (numbers(a), numbers(b))
      fill(register, count) { Self.product(Quantity(a, $0), Quantity(b, $0)) }
    case .divide(let a, let b, let ofNumbers):
      let (a, b) = (numbers(a), numbers(b))
      fill(register, count) { Self.quotient(Quantity(a, $0), Quantity(b, $0), ofNumbers: ofNumbers) }
    case .addDays(let date, let days): map(date, into: register, count) { Self.day($0, plus: days) }
    case .addMonths(let date, let months): addMonths(date, months, sign: 1, into: register, count)
    case .subtractMonths(let date, let months): addMonths(date, months, sign: -1, into: register, count)
    case .extreme(let least, let a, let b):
      let (a, b) = (numbers(a), numbers(b))
      fill(register, count) { Self.extreme(least, Quantity(a, $0), Quantity(b, $0)) }
    case .choose(let condition, let a, let b, let isOrdered):
      let (tests, a, b) = (truths(condition), numbers(a), numbers(b))
      fill(register, count) { Self.choose(tests[$0], Quantity(a, $0), Quantity(b, $0), isOrdered: isOrdered) }
    case .whereThere(let isThere, let operand):
      let (there, a) = (truths(isThere), numbers(operand))
      fill(register, count) { row in
        there[row] == Cell.yes ? Quantity(a, row) : there[row] == Cell.no ? .mayBeNull : .handOver
      }
    case .count(let list, let present): self.count(list, present, into: register)
    case .sum(let list, let present, let values): sum(list, present, values, into: register)
    case .extremeOf(let least, let list, let present, let values):
      extreme(least, list, present, values, into: register)
    default: break
    }
  }

  private func load(_ from: Int, _ column: Int, into register: Int) {
    let (base, items) = base(of: from)
    guard case .records(let read) = program.tables[base].source else { return }
    let column = batch.tables[read].columns[column]
    let count = rows[from].count
    if items == nil {
      let loaded = Numbers(states: column.states, lower: column.values, upper: column.values, isSimple: true)
      if areSimple(loaded, count) { return setNumbers(register, loaded) }
    }
    let result = newNumbers(register, areSimple: false)
    for row in 0..<count {
      let from = items.map { Int($0[row]) } ?? row
      (result.states[row], result.lower[row]) = (column.states[from], column.values[from])
      // Only what is missing has bounds that do not meet.
      result.upper[row] = column.states[from] == Scalars.known ? column.values[from] : column.missingUpper
    }
    if areSimple(result, count) { setSimple(register) }
  }

  private func copy(_ source: Int, _ from: UnsafeMutablePointer<Int32>, into register: Int, _ count: Int) {
    let a = numbers(source)
    let result = newNumbers(register, areSimple: a.isSimple)
    for row in 0..<count {
      let from = Int(from[row])
      result.lower[row] = a.lower[from]
      result.states[row] = a.states[from]
      if !a.isSimple { result.upper[row] = a.upper[from] }
    }
  }

  /// Fills a register row by row.
  @inline(__always)
  private func fill(_ register: Int, _ count: Int, _ body: (Int) -> Quantity) {
    let result = newNumbers(register, areSimple: false)
    for row in 0..<count {
      let number = body(row)
      result.lower[row] = number.lower
      result.upper[row] = number.upper
      result.states[row] = number.state
    }
    if areSimple(result, count) { setSimple(register) }
  }

  // MARK: Simple numbers

  /// Whether each number is known, or unknown and without bounds, in a register that was just filled.
  private func areSimple(_ numbers: Numbers, _ count: Int) -> Bool {
    // Rows past the last are made simple, so that whole words can be looked at.
    (numbers.states + count).update(repeating: 0, count: Block.padded(count) - count)
    var unusual: UInt64 = 0
    for row in stride(from: 0, to: count, by: 8) { unusual |= Self.unusual(numbers.states.word(at: row)) }
    return unusual == 0
  }

  /// Bits in the bytes of those states that are neither ``Scalars/known`` nor 0.
  @inline(__always)
  private static func unusual(_ states: UInt64) -> UInt64 {
    (states & ~(Word.ones &* UInt64(Scalars.known))) | ((states ^ (states &>> 1)) & Word.ones)
  }

  /// Goes through the rows whose numbers are neither known nor unknown without bounds.
  @inline(__always)
  func forEachUnusual(_ numbers: Numbers, _ count: Int, _ body: (Int) -> Void) {
    if numbers.isSimple { return }
    for start in stride(from: 0, to: count, by: 8) where Self.unusual(numbers.states.word(at: start)) != 0 {
      for row in start..<min(start + 8, count) where numbers.states[row] != 0 && numbers.states[row] != Scalars.known {
        body(row)
      }
    }
  }

  // MARK: Of one value

  /// A function that keeps the order of values, of known values and bounds alike; what overflows is handed over.
  @inline(__always)
  private func map(
    _ operand: Int, into register: Int, _ count: Int, _ body: (Int64) -> (partialValue: Int64, overflow: Bool)
  ) {
    let a = numbers(operand)
    if a.isSimple {
      let result = newNumbers(register, areSimple: true)
      var overflows = false
      for row in 0..<count {
        let (value, overflow) = body(a.lower[row])
        result.lower[row] = value
        overflows = overflows || overflow
      }
      result.states.update(from: a.states, count: Block.padded(count))
      // What stands for an unknown number may overflow as well, which the rows one by one do not mind.
      if !overflows { return }
    }
    fill(register, count) { row in
      let number = Quantity(a, row)
      guard number.isOrdinary else { return .strict(number.state) }
      let (low, high) = (number.low.map(body), number.high.map(body))
      if low?.overflow == true || high?.overflow == true { return .handOver }
      return Quantity(low?.partialValue, high?.partialValue)
    }
  }

  private static func day(_ day: Int64, plus days: Int64) -> (partialValue: Int64, overflow: Bool) {
    let (sum, overflow) = day.addingReportingOverflow(days)
    return (sum, overflow || sum < firstDay || sum > lastDay)
  }

  private static let firstDay = Int64(CivilDate(year: -999_999_999, month: 1, day: 1)?.dayNumber ?? 0)
  private static let lastDay = Int64(CivilDate(year: 999_999_999, month: 12, day: 31)?.dayNumber ?? 0)

  // MARK: Of two values

  /// Combines lower with lower and upper with upper, or crosswise for what falls as its right side rises.
  @inline(__always)
  private func combine(
    _ left: Int, _ right: Int, into register: Int, _ count: Int, crossed: Bool,
    _ body: (Int64, Int64) -> (partialValue: Int64, overflow: Bool)
  ) {
    let (a, b) = (numbers(left), numbers(right))
    if a.isSimple, b.isSimple {
      let result = newNumbers(register, areSimple: true)
      var overflows = false
      for row in 0..<count {
        let (value, overflow) = body(a.lower[row], b.lower[row])
        result.lower[row] = value
        overflows = overflows || overflow
      }
      for block in 0..<Block.count(count) {
        result.states[block: block] = a.states[block: block] & b.states[block: block]
      }
      if !overflows { return }
    }
    fill(register, count) { row in
      let (x, y) = (Quantity(a, row), Quantity(b, row))
      guard x.isOrdinary, y.isOrdinary else { return .strict(x.state | y.state) }
      let low = x.low.flatMap { low in (crossed ? y.high : y.low).map { body(low, $0) } }
      let high = x.high.flatMap { high in (crossed ? y.low : y.high).map { body(high, $0) } }
      if low?.overflow == true || high?.overflow == true { return .handOver }
      return Quantity(low?.partialValue, high?.partialValue)
    }
  }

  private static func product(_ a: Quantity, _ b: Quantity) -> Quantity {
    guard a.isOrdinary, b.isOrdinary else { return .strict(a.state | b.state) }
    if let x = a.known, let y = b.known { return product(x, y).map { Quantity($0) } ?? .handOver }
    // Times a number above nought bounds are bounds again; the product of two intervals is left to the interpreter.
    let (factor, interval) = a.known == nil ? (b.known, a) : (a.known, b)
    guard let factor, factor > 0 else { return .handOver }
    let (low, high) = (interval.low.map { product(factor, $0) }, interval.high.map { product(factor, $0) })
    if low == .some(nil) || high == .some(nil) { return .handOver }
    return Quantity(low ?? nil, high ?? nil)
  }

  /// A product, where it is a number of four decimals.
  private static func product(_ x: Int64, _ y: Int64) -> Int64? {
    let (narrow, overflow) = x.multipliedReportingOverflow(by: y)
    if !overflow {
      let (product, remainder) = narrow.quotientAndRemainder(dividingBy: Layout.unit)
      return remainder == 0 ? product : nil
    }
    let (product, remainder) = (Int128(x) * Int128(y)).quotientAndRemainder(dividingBy: Int128(Layout.unit))
    return remainder == 0 ? Int64(exactly: product) : nil
  }

  static func quotient(_ a: Quantity, _ b: Quantity, ofNumbers: Bool) -> Quantity {
    if b.known == 0, a.state & Scalars.handOver == 0 { return .null }
    guard a.isOrdinary, b.isOrdinary else { return .strict(a.state | b.state) }
    guard let divisor = b.known else {
      // Without bounds it may be nought; whether bounds leave it out is for the interpreter to say.
      return b.state == 0 || !ofNumbers ? .mayBeNull : .handOver
    }
    guard let dividend = a.known else { return a.state == 0 || !ofNumbers ? .open : .handOver }
    let (quotient, remainder) = (Int128(dividend) * Int128(Layout.unit))
      .quotientAndRemainder(dividingBy: Int128(divisor))
    guard remainder == 0, let whole = Int64(exactly: quotient) else { return .handOver }
    return Quantity(whole)
  }

  private func addMonths(_ left: Int, _ right: Int, sign: Int64, into register: Int, _ count: Int) {
    let (dates, months) = (numbers(left), numbers(right))
    fill(register, count) { row in
      let (date, length) = (Quantity(dates, row), Quantity(months, row))
      guard date.isOrdinary, length.isOrdinary else { return .strict(date.state | length.state) }
      guard let length = length.known else { return .handOver }
      func shifted(_ day: Int64) -> Int64? {
        let (count, overflow) = length.multipliedReportingOverflow(by: sign)
        guard !overflow, let date = CivilDate(dayNumber: Int(day)) else { return nil }
        return date.adding(months: Int(count)).map { Int64($0.dayNumber) }
      }
      let (low, high) = (date.low.map(shifted), date.high.map(shifted))
      if low == .some(nil) || high == .some(nil) { return .handOver }
      return Quantity(low ?? nil, high ?? nil)
    }
  }

  private static func extreme(_ least: Bool, _ a: Quantity, _ b: Quantity) -> Quantity {
    guard a.isOrdinary, b.isOrdinary else { return .strict(a.state | b.state) }
    // Far: what either might reach. Near: what one of them is sure to reach.
    let far = least ? both(a.low, b.low, min) : both(a.high, b.high, max)
    let near = least ? either(a.high, b.high, min) : either(a.low, b.low, max)
    return Quantity(least ? far : near, least ? near : far)
  }

  /// One of two bounds; open where one is.
  private static func both(_ a: Int64?, _ b: Int64?, _ pick: (Int64, Int64) -> Int64) -> Int64? {
    a.flatMap { a in b.map { pick(a, $0) } }
  }

  /// One of two bounds; open where both are.
  private static func either(_ a: Int64?, _ b: Int64?, _ pick: (Int64, Int64) -> Int64) -> Int64? {
    both(a, b, pick) ?? a ?? b
  }

  private static func choose(_ condition: UInt8, _ a: Quantity, _ b: Quantity, isOrdered: Bool) -> Quantity {
    switch condition {
    case Cell.yes: return a
    case Cell.no, Cell.null: return b
    case Cell.unknown, Cell.mayBeNull:
      let states = a.state | b.state
      if states & Scalars.handOver != 0 { return .handOver }
      if states & (Scalars.null | Scalars.mayBeNull) != 0 { return .mayBeNull }
      if isOrdered { return Quantity(both(a.low, b.low, min), both(a.high, b.high, max)) }
      guard let x = a.known, let y = b.known else { return .open }
      return x == y ? a : .handOver
    default: return .handOver
    }
  }

  // MARK: Of a list

  /// How many items are surely there, and how many may be.
  private func count(_ list: Int, _ present: Int?, into register: Int) {
    let (offsets, isThere) = (rows[list].offsets.start, rows[list].isThere.start)
    let presence = present.map { truths($0) }
    let result = newNumbers(register, areSimple: false)
    let count = rows[list].isThere.count
    for row in 0..<count {
      let (start, end) = (Int(offsets[row]), Int(offsets[row &+ 1]))
      var (sure, all) = (end &- start, 0 as UInt64)
      if let presence {
        sure = 0
        var item = start
        while item < end {
          let there = presence.word(at: item) & Word.mask(end &- item)
          sure &+= Word.sum(there & Word.ones)
          all |= there
          item &+= 8
        }
      }
      var number = Quantity(Int64(sure) &* Layout.unit)
      if isThere[row] != Cell.yes {
        number = Self.missingCount(isThere[row], presence.map { $0[start] })
      } else if all & ~Word.ones != 0, let presence {
        number = Self.count(start..<end, presence)
      }
      result.lower[row] = number.lower
      result.upper[row] = number.upper
      result.states[row] = number.state
    }
    if areSimple(result, count) { setSimple(register) }
  }

  private static func count(_ items: Range<Int>, _ presence: UnsafeMutablePointer<UInt8>) -> Quantity {
    var (sure, possible) = (0 as Int64, 0 as Int64)
    for item in items {
      if presence[item] >= Cell.handOver { return .handOver }
      if presence[item] != Cell.no { possible += Layout.unit }
      if presence[item] == Cell.yes { sure += Layout.unit }
    }
    return Quantity(sure, possible)
  }

  private static func missingCount(_ isThere: UInt8, _ present: UInt8?) -> Quantity {
    if isThere >= Cell.handOver || (present ?? Cell.yes) >= Cell.handOver { return .handOver }
    return present == Cell.no ? Quantity(0) : Quantity(0, nil)
  }

  private func sum(_ list: Int, _ present: Int?, _ values: Int, into register: Int) {
    let (offsets, isThere) = (rows[list].offsets.start, rows[list].isThere.start)
    let presence = present.map { truths($0) }
    let a = numbers(values)
    fill(register, rows[list].isThere.count) { row in
      let items = Int(offsets[row])..<Int(offsets[row &+ 1])
      return Self.knownSum(items, presence, a, isThere[row]) ?? Self.sum(items, presence, a, isThere[row])
    }
  }

  /// The sum where of every item it is known whether it is there, and of those that are what they add; else nil.
  private static func knownSum(
    _ items: Range<Int>, _ presence: UnsafeMutablePointer<UInt8>?, _ values: Numbers, _ isThere: UInt8
  ) -> Quantity? {
    guard isThere == Cell.yes else { return nil }
    var (sum, count) = (0 as Int64, 0)
    for item in items {
      let there = presence?[item] ?? Cell.yes
      if there == Cell.no { continue }
      let (next, overflow) = sum.addingReportingOverflow(values.lower[item])
      guard there == Cell.yes, values.states[item] == Scalars.known, !overflow else { return nil }
      (sum, count) = (next, count &+ 1)
    }
    return count == 0 ? .null : Quantity(sum)
  }

  private static func sum(
    _ items: Range<Int>, _ presence: UnsafeMutablePointer<UInt8>?, _ values: Numbers, _ isThere: UInt8
  ) -> Quantity {
    if isThere != Cell.yes { return missing(isThere, presence.map { $0[items.lowerBound] }) }
    var (low, high) = (0 as Int64?, 0 as Int64?)
    var (sure, possible) = (0, 0)
    var isNull = false
    var mayBeNull = false
    for item in items {
      let there = presence?[item] ?? Cell.yes
      if there == Cell.no { continue }
      let value = Quantity(values, item)
      if there >= Cell.handOver || value.state & Scalars.handOver != 0 { return .handOver }
      possible += 1
      let isSure = there == Cell.yes
      if isSure { sure += 1 }
      if value.state & Scalars.null != 0 {
        isNull = isNull || isSure
        mayBeNull = true
      } else if value.state & Scalars.mayBeNull != 0 {
        mayBeNull = true
      }
      // An item that may not be there adds nothing then.
      let lower = value.low.map { isSure ? $0 : min($0, 0) }
      let upper = value.high.map { isSure ? $0 : max($0, 0) }
      let a = low.flatMap { sum in lower.map { sum.addingReportingOverflow($0) } }
      let b = high.flatMap { sum in upper.map { sum.addingReportingOverflow($0) } }
      if a?.overflow == true || b?.overflow == true { return .handOver }
      low = a?.partialValue
      high = b?.partialValue
    }
    if possible == 0 || isNull { return .null }
    return mayBeNull || sure == 0 ? .mayBeNull : Quantity(low, high)
  }

  /// The sum or an extreme of a list that is missing: of one that has no item, whatever it holds, it is null.
  private static func missing(_ isThere: UInt8, _ present: UInt8?) -> Quantity {
    if isThere >= Cell.handOver || (present ?? Cell.yes) >= Cell.handOver { return .handOver }
    return present == Cell.no ? .null : .mayBeNull
  }

  private func extreme(_ least: Bool, _ list: Int, _ present: Int?, _ values: Int, into register: Int) {
    let (offsets, isThere) = (rows[list].offsets.start, rows[list].isThere.start)
    let presence = present.map { truths($0) }
    let a = numbers(values)
    fill(register, rows[list].isThere.count) { row in
      Self.extreme(least, Int(offsets[row])..<Int(offsets[row &+ 1]), presence, a, isThere[row])
    }
  }

  private static func extreme(
    _ least: Bool, _ items: Range<Int>, _ presence: UnsafeMutablePointer<UInt8>?, _ values: Numbers, _ isThere: UInt8
  ) -> Quantity {
    if isThere != Cell.yes { return missing(isThere, presence.map { $0[items.lowerBound] }) }
    // Far: what any item might reach, unless one is open. Near: what the items that are surely there already reach.
    var far: Int64?
    var near: Int64?
    var isOpen = false
    var (sure, possible) = (0, 0)
    var isNull = false
    var mayBeNull = false
    for item in items {
      let there = presence?[item] ?? Cell.yes
      if there == Cell.no { continue }
      let value = Quantity(values, item)
      if there >= Cell.handOver || value.state & Scalars.handOver != 0 { return .handOver }
      possible += 1
      let isSure = there == Cell.yes
      if isSure { sure += 1 }
      if value.state & Scalars.null != 0 {
        isNull = isNull || isSure
        mayBeNull = true
      } else if value.state & Scalars.mayBeNull != 0 {
        mayBeNull = true
      }
      if let bound = least ? value.low : value.high {
        far = either(far, bound, least ? min : max)
      } else {
        isOpen = true
      }
      if isSure, let bound = least ? value.high : value.low { near = either(near, bound, least ? min : max) }
    }
    if possible == 0 || isNull { return .null }
    if mayBeNull || sure == 0 { return .mayBeNull }
    let end = isOpen ? nil : far
    return Quantity(least ? end : near, least ? near : end)
  }
}
