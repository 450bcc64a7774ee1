extension Operators {
  /// The type of `a op b`; nil where the operator is not defined for the types.
  ///
  /// - Source: DMN 1.5, 10.3.2.3.6 to 10.3.2.3.8 and table 50.
  static func resultType(_ op: ArithmeticOperator, _ a: Type, _ b: Type) -> Type? {
    if a == .any || b == .any { return .any }
    switch (op, a, b) {
    case (_, .number, .number): return .number
    case (.add, .string, .string): return .string
    case (.add, .date, .daysAndTimeDuration), (.add, .date, .yearsAndMonthsDuration),
      (.add, .daysAndTimeDuration, .date), (.add, .yearsAndMonthsDuration, .date),
      (.subtract, .date, .daysAndTimeDuration), (.subtract, .date, .yearsAndMonthsDuration):
      return .date
    case (.add, .dateAndTime, .daysAndTimeDuration), (.add, .dateAndTime, .yearsAndMonthsDuration),
      (.add, .daysAndTimeDuration, .dateAndTime), (.add, .yearsAndMonthsDuration, .dateAndTime),
      (.subtract, .dateAndTime, .daysAndTimeDuration), (.subtract, .dateAndTime, .yearsAndMonthsDuration):
      return .dateAndTime
    case (.add, .time, .daysAndTimeDuration), (.add, .daysAndTimeDuration, .time),
      (.subtract, .time, .daysAndTimeDuration):
      return .time
    case (.subtract, .date, .date), (.subtract, .dateAndTime, .dateAndTime), (.subtract, .date, .dateAndTime),
      (.subtract, .dateAndTime, .date), (.subtract, .time, .time):
      return .daysAndTimeDuration
    case (.add, .daysAndTimeDuration, .daysAndTimeDuration), (.subtract, .daysAndTimeDuration, .daysAndTimeDuration),
      (.multiply, .daysAndTimeDuration, .number), (.multiply, .number, .daysAndTimeDuration),
      (.divide, .daysAndTimeDuration, .number):
      return .daysAndTimeDuration
    case (.add, .yearsAndMonthsDuration, .yearsAndMonthsDuration),
      (.subtract, .yearsAndMonthsDuration, .yearsAndMonthsDuration),
      (.multiply, .yearsAndMonthsDuration, .number), (.multiply, .number, .yearsAndMonthsDuration),
      (.divide, .yearsAndMonthsDuration, .number):
      return .yearsAndMonthsDuration
    case (.divide, .daysAndTimeDuration, .daysAndTimeDuration),
      (.divide, .yearsAndMonthsDuration, .yearsAndMonthsDuration):
      return .number
    default: return nil
    }
  }

  /// Whether arithmetic on values of two types, for which it is defined, gives null only beyond what FEEL can hold, and
  /// by division: a time with a zone cannot be taken from one without.
  static func alwaysCalculates(_ a: Type, _ b: Type) -> Bool {
    switch (a.base, b.base) {
    case (.time, .time), (.dateAndTime, _), (_, .dateAndTime): false
    default: true
    }
  }

  static func negated(_ value: Value, at range: Range<Int>) -> Value {
    switch value {
    case .number(let number): return .number(-number)
    case .daysAndTimeDuration(let duration): return duration.negated.map { .daysAndTimeDuration($0) } ?? overflow(range)
    case .yearsAndMonthsDuration(let duration):
      return duration.negated.map { .yearsAndMonthsDuration($0) } ?? overflow(range)
    case .unknown(let unknown):
      func flipped(_ bound: Value?) -> Value? {
        bound.flatMap { bound -> Value? in
          let value = negated(bound, at: range)
          return value.isNull ? nil : value
        }
      }
      return .unknown(unknown.bounded(lower: flipped(unknown.upper), upper: flipped(unknown.lower)))
    case .null(let failure): return .null(failure ?? Failure(.wrongType, "null has no negative", at: range))
    default: return .null(Failure(.wrongType, "\(value.kind) has no negative", at: range))
    }
  }

  private static func overflow(_ range: Range<Int>) -> Value {
    .null(Failure(.outOfRange, "the result is beyond what FEEL can hold", at: range))
  }

  /// - Parameter type: the result's type, which tells numbers from durations where nothing else does.
  static func arithmetic(
    _ op: ArithmeticOperator, _ a: Value, _ b: Value, type: Type, zones: any ZoneRules, at range: Range<Int>
  ) -> Value {
    for side in [a, b] {
      if case .null(let failure) = side {
        return .null(failure ?? Failure(.wrongType, "null cannot be calculated with", at: range))
      }
    }
    if a.isUnknown || b.isUnknown { return interval(op, a, b, type: type.base, zones: zones, at: range) }
    switch (op, a, b) {
    case (_, .number(let x), .number(let y)): return arithmetic(op, x, y, at: range)
    case (.add, .string(let x), .string(let y)): return .string(x + y)
    default:
      guard resultType(op, a.type, b.type) != nil else {
        return .null(Failure(.wrongType, "\(a.kind) \(op.rawValue) \(b.kind) has no meaning", at: range))
      }
      if op == .divide, isZero(b) { return .null(Failure(.divisionByZero, "division by zero", at: range)) }
      return Temporal.arithmetic(op, a, b, zones: zones)
        ?? .null(Failure(.outOfRange, "\(a.kind) \(op.rawValue) \(b.kind) gives nothing here", at: range))
    }
  }

  private static func isZero(_ value: Value) -> Bool {
    switch value {
    case .number(let number): number.isZero
    case .daysAndTimeDuration(let duration): duration == .zero
    case .yearsAndMonthsDuration(let duration): duration == .zero
    default: false
    }
  }

  static func arithmetic(_ op: ArithmeticOperator, _ x: Number, _ y: Number, at range: Range<Int>) -> Value {
    let result: Number? =
      switch op {
      case .add: x.adding(y)
      case .subtract: x.subtracting(y)
      case .multiply: x.multiplied(by: y)
      case .divide: x.divided(by: y)
      case .power: x.power(y)
      }
    if let result { return .number(result) }
    if op == .divide, y.isZero { return .null(Failure(.divisionByZero, "division by zero", at: range)) }
    return overflow(range)
  }

  // MARK: Bounds

  /// Arithmetic where an operand rests on missing facts: the result's bounds follow from the operands', where a greater
  /// operand gives a greater result. That is not so of text, of times, which wrap around midnight, and of date-times in
  /// different zones.
  private static func interval(
    _ op: ArithmeticOperator, _ a: Value, _ b: Value, type: Type, zones: any ZoneRules, at range: Range<Int>
  ) -> Value {
    guard let merged = unknown(in: [a, b]) else { return .null }
    if op == .divide, isZero(b) { return .null(Failure(.divisionByZero, "division by zero", at: range)) }
    func known(_ x: Value?, _ y: Value?) -> Value? {
      guard let x, let y else { return nil }
      let value = arithmetic(op, x, y, type: type, zones: zones, at: range)
      return value.isNull ? nil : value
    }
    let (aLow, aHigh) = bounds(a)
    let (bLow, bHigh) = bounds(b)
    switch (op, type) {
    case (.add, .number), (.add, .date), (.add, .daysAndTimeDuration), (.add, .yearsAndMonthsDuration):
      return bounded(merged, lower: known(aLow, bLow), upper: known(aHigh, bHigh))
    case (.subtract, .number), (.subtract, .date), (.subtract, .daysAndTimeDuration),
      (.subtract, .yearsAndMonthsDuration):
      return bounded(merged, lower: known(aLow, bHigh), upper: known(aHigh, bLow))
    case (.multiply, .number):
      guard let x = Interval(a), let y = Interval(b) else { return .unknown(merged) }
      let result = x.multiplied(by: y)
      return bounded(merged, lower: result.low.map { .number($0) }, upper: result.high.map { .number($0) })
    case (.divide, .number):
      guard let x = Interval(a), let y = Interval(b) else {
        return .unknown(b.isUnknown ? merged.failing : merged)
      }
      if y.holdsZero { return .unknown(merged.failing) }
      let result = x.divided(by: y)
      return bounded(merged, lower: result.low.map { .number($0) }, upper: result.high.map { .number($0) })
    case (.divide, _): return .unknown(b.isUnknown ? merged.failing : merged)
    case (.power, _): return .unknown(merged.failing)
    default: return .unknown(merged)
    }
  }

  /// The numbers between two ends, either of which may be open.
  struct Interval {
    var low: Number?
    var high: Number?

    /// The interval of a number that is known or bounded, or of an unknown without bounds.
    init?(_ value: Value) {
      switch value {
      case .number(let number): (low, high) = (number, number)
      case .unknown(let unknown):
        for (bound, isLow) in [(unknown.lower, true), (unknown.upper, false)] {
          guard let bound else { continue }
          guard case .number(let number) = bound else { return nil }
          if isLow { low = number } else { high = number }
        }
      default: return nil
      }
    }

    private init(low: Number?, high: Number?) {
      self.low = low
      self.high = high
    }

    var holdsZero: Bool {
      (low.map { $0 <= .zero } ?? true) && (high.map { $0 >= .zero } ?? true)
    }

    /// An end of an interval: a number, or beyond all numbers on one side.
    private enum End {
      case finite(Number)
      case minusInfinity, plusInfinity

      var sign: Int {
        switch self {
        case .finite(let number): number.sign
        case .minusInfinity: -1
        case .plusInfinity: 1
        }
      }

      func times(_ other: End) -> End? {
        if case .finite(let x) = self, case .finite(let y) = other { return x.multiplied(by: y).map { .finite($0) } }
        let sign = sign * other.sign
        return sign == 0 ? .finite(.zero) : sign > 0 ? .plusInfinity : .minusInfinity
      }

      /// The divisor is never zero.
      func over(_ other: End) -> End? {
        switch (self, other) {
        case (.finite(let x), .finite(let y)): return x.divided(by: y).map { .finite($0) }
        case (.finite, _): return .finite(.zero)
        case (_, .finite): return sign * other.sign > 0 ? .plusInfinity : .minusInfinity
        default: return nil
        }
      }
    }

    private var ends: [End] { [low.map { .finite($0) } ?? .minusInfinity, high.map { .finite($0) } ?? .plusInfinity] }

    private static func hull(_ corners: [End?]) -> Interval {
      var low: Number?
      var high: Number?
      var openLow = false
      var openHigh = false
      for corner in corners {
        switch corner {
        case .finite(let number)?:
          low = low.map { min($0, number) } ?? number
          high = high.map { max($0, number) } ?? number
        case .minusInfinity?: openLow = true
        case .plusInfinity?: openHigh = true
        case nil: (openLow, openHigh) = (true, true)
        }
      }
      return Interval(low: openLow ? nil : low, high: openHigh ? nil : high)
    }

    func multiplied(by other: Interval) -> Interval {
      Self.hull(ends.flatMap { a in other.ends.map { a.times($0) } })
    }

    /// The divisor's interval does not hold zero. Two open ends together leave the quotient between zero and open.
    func divided(by other: Interval) -> Interval {
      Self.hull(
        ends.flatMap { a in
          other.ends.flatMap { b -> [End?] in
            if case .finite = a { return [a.over(b)] }
            if case .finite = b { return [a.over(b)] }
            return [.finite(.zero), a.sign * b.sign > 0 ? .plusInfinity : .minusInfinity]
          }
        })
    }
  }
}
