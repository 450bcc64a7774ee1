extension Number {
  /// The sum, correctly rounded; nil when it is too large.
  public func adding(_ other: Number) -> Number? {
    if exponent == other.exponent, let a = smallCoefficient, let b = other.smallCoefficient {
      if isNegative == other.isNegative {
        let (sum, overflow) = a.addingReportingOverflow(b)
        if !overflow { return Number(small: sum, exponent: exponent, negative: isNegative) }
      } else {
        return a >= b
          ? Number(small: a - b, exponent: exponent, negative: isNegative)
          : Number(small: b - a, exponent: exponent, negative: other.isNegative)
      }
    }
    if isZero { return other }
    if other.isZero { return self }
    return exponent >= other.exponent ? Self.sum(self, other) : Self.sum(other, self)
  }

  /// The difference, correctly rounded; nil when it is too large.
  public func subtracting(_ other: Number) -> Number? {
    adding(other.negated)
  }

  /// The sum of two numbers that are not 0, the first of which has the higher exponent, or the same.
  private static func sum(_ coarse: Number, _ fine: Number) -> Number? {
    var a = coarse.coefficient
    var b = fine.coefficient
    var exponent = fine.exponent
    var inexact = false
    let gap = coarse.exponent - fine.exponent
    let digits = decimalDigits(of: a)
    if digits + gap <= 37 {
      a *= powerOfTen(gap)
    } else {
      // The coarse number reaches beyond the fine one's first digit. Give it 37 digits, and of the fine one keep what
      // stands above the last of them: at least 36 digits come out, and that there was more is enough to round.
      let shift = 37 - digits
      a *= powerOfTen(shift)
      exponent = coarse.exponent - shift
      let cut = gap - shift
      let whole = b
      b = cut <= greatestPowerOfTen ? whole / powerOfTen(cut) : 0
      inexact = cut > greatestPowerOfTen || b * powerOfTen(cut) != whole
      if inexact, coarse.isNegative != fine.isNegative { b += 1 }
    }
    if coarse.isNegative == fine.isNegative {
      return Number(rounding: a + b, exponent: exponent, negative: coarse.isNegative, inexact: inexact)
    }
    return a >= b
      ? Number(rounding: a - b, exponent: exponent, negative: coarse.isNegative, inexact: inexact)
      : Number(rounding: b - a, exponent: exponent, negative: fine.isNegative, inexact: inexact)
  }

  /// The product, correctly rounded; nil when it is too large.
  public func multiplied(by other: Number) -> Number? {
    let negative = isNegative != other.isNegative
    let exponent = exponent + other.exponent
    if let a = smallCoefficient, let b = other.smallCoefficient {
      let (high, low) = a.multipliedFullWidth(by: b)
      return Number(rounding: UInt128(high) << 64 | UInt128(low), exponent: exponent, negative: negative)
    }
    let product = coefficient.multipliedFullWidth(by: other.coefficient)
    if product.high == 0 {
      return Number(rounding: product.low, exponent: exponent, negative: negative)
    }
    // More than 38 digits, and at most the two counts added up: keep 36 or 37 of them, enough to round.
    let drop = decimalDigits(of: coefficient) + decimalDigits(of: other.coefficient) - 37
    let (quotient, remainder) = powerOfTen(drop).dividingFullWidth(product)
    return Number(rounding: quotient, exponent: exponent + drop, negative: negative, inexact: remainder != 0)
  }

  /// The quotient, correctly rounded; nil when the divisor is 0 or the quotient is too large.
  public func divided(by other: Number) -> Number? {
    guard !other.isZero else { return nil }
    if isZero { return .zero }
    let negative = isNegative != other.isNegative
    let exponent = exponent - other.exponent
    if let a = smallCoefficient, let b = other.smallCoefficient, a.isMultiple(of: b) {
      return Number(rounding: UInt128(a / b), exponent: exponent, negative: negative)
    }
    // Scale the dividend to 36 digits more than the divisor: 36 or 37 digits come out, enough to round.
    let divisor = other.coefficient
    let digits = decimalDigits(of: coefficient)
    let scale = 36 + decimalDigits(of: divisor) - digits
    let firstScale = min(scale, 37 - digits)
    let scaled = (coefficient * powerOfTen(firstScale)).multipliedFullWidth(by: powerOfTen(scale - firstScale))
    let (quotient, remainder) = divisor.dividingFullWidth(scaled)
    let result = Number(rounding: quotient, exponent: exponent - scale, negative: negative, inexact: remainder != 0)
    guard remainder == 0, let result else { return result }
    // An exact quotient goes back to its few digits, so that what follows stays on the short paths.
    let reduced = result.reduced
    return Number(rounding: reduced.coefficient, exponent: reduced.exponent, negative: negative)
  }

  /// FEEL's `modulo`: the number less the divisor times the floor of their quotient, so the sign is the divisor's.
  ///
  /// The remainder is exact, however large the quotient; only a sum with the divisor, where signs differ, may round.
  /// - Returns: nil when the divisor is 0.
  public func modulo(_ divisor: Number) -> Number? {
    guard !divisor.isZero else { return nil }
    let remainder = remainder(dividingBy: divisor)
    if remainder.isZero || remainder.isNegative == divisor.isNegative { return remainder }
    return remainder.adding(divisor)
  }

  /// What is left after subtracting the divisor as often as it goes, with the dividend's sign.
  private func remainder(dividingBy divisor: Number) -> Number {
    let gap = exponent - divisor.exponent
    let a = coefficient
    let b = divisor.coefficient
    if gap >= 0 {
      let product = Self.residueOfPowerOfTen(gap, modulo: b)
      let rest = b.dividingFullWidth((a % b).multipliedFullWidth(by: product)).remainder
      return Number(exactly: rest, exponent: divisor.exponent, negative: isNegative)
    }
    // The divisor's last digit stands above the dividend's; past 34 places it is larger than the dividend.
    guard -gap < Self.precision else { return self }
    let (scaled, overflow) = b.multipliedReportingOverflow(by: powerOfTen(-gap))
    return overflow ? self : Number(exactly: a % scaled, exponent: exponent, negative: isNegative)
  }

  /// 10^exponent modulo a number, by repeated squaring.
  private static func residueOfPowerOfTen(_ exponent: Int, modulo modulus: UInt128) -> UInt128 {
    var result = 1 % modulus
    var base = 10 % modulus
    var left = exponent
    while left > 0 {
      if !left.isMultiple(of: 2) {
        result = modulus.dividingFullWidth(result.multipliedFullWidth(by: base)).remainder
      }
      base = modulus.dividingFullWidth(base.multipliedFullWidth(by: base)).remainder
      left /= 2
    }
    return result
  }
}
