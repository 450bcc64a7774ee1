extension Number {
  /// The square root, correctly rounded; nil below 0.
  public func squareRoot() -> Number? {
    guard !isNegative else { return nil }
    if isZero { return .zero }
    // A radicand of 71 or 72 digits with an even exponent has a root of 36, enough to round.
    let digits = decimalDigits(of: coefficient)
    var scale = 71 - digits
    if !(exponent - scale).isMultiple(of: 2) { scale += 1 }
    let firstScale = min(scale, greatestPowerOfTen - digits)
    let radicand = (coefficient * powerOfTen(firstScale)).multipliedFullWidth(by: powerOfTen(scale - firstScale))
    let root = Self.integerSquareRoot(radicand)
    let square = root.multipliedFullWidth(by: root)
    let result = Number(
      rounding: root, exponent: (exponent - scale) / 2, negative: false,
      inexact: square.high != radicand.high || square.low != radicand.low)
    guard let result else { return nil }
    let reduced = result.reduced
    return Number(rounding: reduced.coefficient, exponent: reduced.exponent, negative: false)
  }

  /// The greatest integer whose square is not above a radicand of 10^70 ..< 10^72.
  private static func integerSquareRoot(_ radicand: (high: UInt128, low: UInt128)) -> UInt128 {
    // Newton's steps from above the root come down until they reach it.
    let bits = 2 * UInt128.bitWidth - radicand.high.leadingZeroBitCount
    var root: UInt128 = 1 << ((bits + 1) / 2)
    while true {
      let next = (root + root.dividingFullWidth(radicand).quotient) / 2
      if next >= root { return root }
      root = next
    }
  }

  /// e to the power of the number; nil when that is too large.
  public func exponential() -> Number? {
    Self.exponential(WideDecimal(self))
  }

  /// The natural logarithm; nil for 0 and below.
  public func naturalLogarithm() -> Number? {
    guard !isNegative, !isZero else { return nil }
    // Of a rational number other than 1 it is irrational, so its digits never end.
    return wideLogarithm().number(isCut: self != .one)
  }

  /// The number to the power of `power`; nil when that is too large or no real number.
  ///
  /// Powers of integers up to a million are as good as exact before they are rounded, and exact where they fit. Other
  /// powers are e^(power × ln self), to 34 digits but for a last one that is all but a tie. 0 ** 0 is 1.
  /// - Complexity: bounded, whatever the operands.
  public func power(_ power: Number) -> Number? {
    if power.isZero { return .one }
    if isZero { return power.isNegative ? nil : .zero }
    guard power.isInteger else {
      return isNegative ? nil : Self.exponential(wideLogarithm().multiplied(by: WideDecimal(power)))
    }
    let isOdd = power.remainderIsOdd
    let base = magnitude
    let result: Number?
    if let steps = power.int, abs(steps) <= Self.greatestExactPower {
      result = base.integerPower(steps)
    } else {
      result = Self.exponential(base.wideLogarithm().multiplied(by: WideDecimal(power)))
    }
    return isNegative && isOdd ? result?.negated : result
  }

  /// Up to here powers are multiplied out, in at most 40 steps, which loses 6 of the 55 digits.
  private static let greatestExactPower = 1_000_000

  /// Whether an integer is odd.
  private var remainderIsOdd: Bool {
    modulo(2) == 1
  }

  /// A positive number to a power of an integer other than 0, by repeated squaring.
  private func integerPower(_ power: Int) -> Number? {
    var result = WideDecimal.one
    var square = WideDecimal(self)
    var left = abs(power)
    while true {
      if !left.isMultiple(of: 2) { result = result.multiplied(by: square) }
      left /= 2
      if left == 0 { break }
      square = square.multiplied(by: square)
    }
    return power > 0 ? result.number() : Self.reciprocal(result)
  }

  /// 1 / value, for a value above 0.
  private static func reciprocal(_ value: WideDecimal) -> Number? {
    // Between 1 and 10^18 a 34-digit reciprocal exists, and one of Newton's steps doubles its digits.
    let shift = value.leadingLimb - 1
    let near = value.shifted(byLimbs: -shift)
    guard let guess = near.number().flatMap({ Number.one.divided(by: $0) }) else { return nil }
    let wide = WideDecimal(guess)
    let rest = WideDecimal.one.subtracting(near.multiplied(by: wide))
    return wide.adding(wide.multiplied(by: rest)).shifted(byLimbs: -shift).number()
  }

}

// MARK: - In wide decimals

extension Number {
  /// ln 10, to 54 places.
  private static let logarithmOfTen = WideDecimal(
    limbs: [2, 302_585_092_994_045_684, 017_991_454_684_364_207, 601_101_488_628_772_976], exponent: -3)

  /// log10 e.
  private static let tensInE = Number(
    exactly: 4_342_944_819_032_518_276_511_289_189_166_051, exponent: -34, negative: false)

  /// e^value; nil when that is too large.
  private static func exponential(_ value: WideDecimal) -> Number? {
    // e^value is 10^tens × e^rest, with a rest of at most half of ln 10.
    guard let tens = value.number()?.multiplied(by: tensInE)?.rounded(scale: 0, .halfEven), tens < 6_200,
      -6_200 < tens, let count = tens.int
    else { return value.isNegative ? .zero : nil }
    let multiple = logarithmOfTen.multiplied(by: UInt64(abs(count)))
    let rest = count < 0 ? value.adding(multiple) : value.subtracting(multiple)
    return smallExponential(rest).number(shiftedBy: count, isCut: !value.isZero)
  }

  /// e^value, for values between -2 and 2: the series of a 256th, squared eight times.
  private static func smallExponential(_ value: WideDecimal) -> WideDecimal {
    let step = value.divided(by: 256)
    var result = WideDecimal.one
    var term = WideDecimal.one
    var count: UInt64 = 0
    repeat {
      count += 1
      term = term.multiplied(by: step).divided(by: count)
      result = result.adding(term)
    } while !term.isZero && term.leadingLimb > -WideDecimal.precision
    for _ in 0..<8 { result = result.multiplied(by: result) }
    return result
  }

  /// ln of a positive number.
  private func wideLogarithm() -> WideDecimal {
    // The number is near × 10^tens, with near between 0.3 and 3, so that a number close to 1 has no tens to cancel.
    var tens = leadingExponent
    var near = Number(exactly: coefficient, exponent: exponent - tens, negative: false)
    if near < Number(small: 3, exponent: -1, negative: false) {
      tens -= 1
      near = Number(exactly: coefficient, exponent: exponent - tens, negative: false)
    }
    let multiple = Self.logarithmOfTen.multiplied(by: UInt64(abs(tens)))
    return near.wideLogarithmNearOne().adding(tens < 0 ? multiple.negated : multiple)
  }

  /// ln of a number between 0.3 and 3.
  private func wideLogarithmNearOne() -> WideDecimal {
    // Take away what is found until the rest fits the series. Each turn squares and halves the error: six will do.
    let wide = WideDecimal(self)
    var found = WideDecimal.zero
    var rest = wide.subtracting(.one)
    while !rest.isTiny {
      found = found.adding(rest)
      rest = wide.multiplied(by: Self.smallExponential(found.negated)).subtracting(.one)
    }
    return found.adding(Self.logarithmSeries(rest))
  }

  /// ln(1 + excess), for an excess of less than 10^-8: excess - excess²/2 + excess³/3 - …
  private static func logarithmSeries(_ excess: WideDecimal) -> WideDecimal {
    var result = excess
    var power = excess
    var count: UInt64 = 1
    while !power.isZero, power.leadingLimb > result.leadingLimb - WideDecimal.precision {
      count += 1
      power = power.multiplied(by: excess.negated)
      result = result.adding(power.divided(by: count))
    }
    return result
  }
}
