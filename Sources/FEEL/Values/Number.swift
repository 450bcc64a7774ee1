/// A FEEL number: a decimal of up to 34 significant digits, with IEEE 754-2008 decimal128's range and rounding.
///
/// There is no NaN, no infinity and no negative zero: what cannot be computed is nil, and what is too small becomes 0.
/// Operations round half to even. `1.0` and `1.00` are equal, hash alike and print alike.
///
/// - Source: DMN 1.5, 10.3.2.3.1 (number).
public struct Number: Sendable, BitwiseCopyable {
  // Two halves rather than one UInt128: that one's alignment of 16 would widen every enum that holds a number.
  private let high: UInt64
  private let low: UInt64
  private let storedExponent: Int16
  /// Whether the number is below zero.
  public let isNegative: Bool

  /// The most significant digits a number has.
  static let precision = 34
  /// The least exponent of the last digit.
  static let leastExponent = -6176
  /// The greatest exponent of the last digit; a number is below 10 to the power of 6145.
  static let greatestExponent = 6111
  /// The greatest coefficient: 34 nines.
  static let greatestCoefficient = powerOfTen(precision) - 1

  /// 0.
  public static let zero: Number = 0
  /// 1.
  public static let one: Number = 1

  /// Wraps parts that are already in range; zero takes its one form, whatever the exponent and sign.
  init(exactly coefficient: UInt128, exponent: Int, negative: Bool) {
    assert(coefficient <= Self.greatestCoefficient, "a coefficient has at most 34 digits")
    assert(exponent >= Self.leastExponent && exponent <= Self.greatestExponent, "an exponent is in decimal128's range")
    high = UInt64(truncatingIfNeeded: coefficient >> 64)
    low = UInt64(truncatingIfNeeded: coefficient)
    storedExponent = coefficient == 0 ? 0 : Int16(truncatingIfNeeded: exponent)
    isNegative = negative && coefficient != 0
  }

  /// The same, for a coefficient of one word.
  init(small coefficient: UInt64, exponent: Int, negative: Bool) {
    high = 0
    low = coefficient
    storedExponent = coefficient == 0 ? 0 : Int16(truncatingIfNeeded: exponent)
    isNegative = negative && coefficient != 0
  }

  /// Rounds ±(coefficient + a fraction of one if `inexact`) × 10^exponent; nil when it is too large.
  ///
  /// - Precondition: an inexact coefficient has at least 35 digits, so that the fraction cannot decide alone.
  init?(rounding coefficient: UInt128, exponent: Int, negative: Bool, inexact: Bool = false) {
    let digits = decimalDigits(of: coefficient)
    let drop = max(digits - Self.precision, Self.leastExponent - exponent, 0)
    var rounded = coefficient
    var exponent = exponent
    if drop > 0 {
      rounded = roundedCoefficient(coefficient, droppingDigits: drop, inexact: inexact, negative: negative, .halfEven)
      exponent += drop
      if rounded > Self.greatestCoefficient {
        rounded /= 10
        exponent += 1
      }
    }
    if exponent > Self.greatestExponent, rounded != 0 {
      let padding = exponent - Self.greatestExponent
      guard decimalDigits(of: rounded) + padding <= Self.precision else { return nil }
      rounded *= powerOfTen(padding)
      exponent = Self.greatestExponent
    }
    self.init(exactly: rounded, exponent: rounded == 0 ? 0 : exponent, negative: negative)
  }
}

// MARK: - From and to integers

extension Number: ExpressibleByIntegerLiteral {
  /// Every integer literal is a number.
  public init(integerLiteral value: Int) {
    self.init(value)
  }

  /// Every `Int` is a number.
  public init(_ value: Int) {
    self.init(small: UInt64(value.magnitude), exponent: 0, negative: value < 0)
  }

  /// Nil when the integer needs more than 34 significant digits.
  public init?(_ value: Int128) {
    self.init(rounding: value.magnitude, exponent: 0, negative: value < 0)
    guard int128 == value else { return nil }
  }

  /// coefficient × 10^exponent, rounded half to even to 34 digits; nil when it is too large.
  public init?(coefficient: Int128, exponent: Int) {
    self.init(
      rounding: coefficient.magnitude, exponent: Self.clamped(exponent: exponent), negative: coefficient < 0)
  }

  /// coefficient × 10^exponent; nil when it is too large.
  public init?(coefficient: Int, exponent: Int) {
    if exponent >= Self.leastExponent, exponent <= Self.greatestExponent {
      self.init(small: UInt64(coefficient.magnitude), exponent: exponent, negative: coefficient < 0)
    } else {
      self.init(coefficient: Int128(coefficient), exponent: exponent)
    }
  }

  /// Keeps exponents that are out of every range from overflowing the arithmetic that finds that out.
  static func clamped(exponent: Int) -> Int {
    min(max(exponent, -1_000_000), 1_000_000)
  }

  /// The value as an `Int`; nil when it has a fraction or does not fit.
  public var int: Int? {
    if storedExponent == 0, high == 0, low <= UInt64(Int.max) {
      return isNegative ? -Int(low) : Int(low)
    }
    return int128.flatMap(Int.init(exactly:))
  }

  /// The value as an `Int128`; nil when it has a fraction or does not fit.
  public var int128: Int128? {
    guard let magnitude = scaledMagnitude(0) else { return nil }
    if isNegative {
      return magnitude <= Int128.min.magnitude ? Int128(truncatingIfNeeded: 0 &- magnitude) : nil
    }
    return Int128(exactly: magnitude)
  }

  /// value × 10^scale, when that is an integer that fits: `1.25` at scale 2 is 125, at scale 1 nil.
  public func scaledInt64(scale: Int) -> Int64? {
    guard let magnitude = scaledMagnitude(scale), magnitude <= Int64.min.magnitude else { return nil }
    return Int64(exactly: isNegative ? -Int128(magnitude) : Int128(magnitude))
  }

  /// |value| × 10^scale, when that is an integer of 128 bits.
  private func scaledMagnitude(_ scale: Int) -> UInt128? {
    if isZero { return 0 }
    let shift = exponent + Self.clamped(exponent: scale)
    if shift == 0 { return coefficient }
    guard abs(shift) <= greatestPowerOfTen else { return nil }
    if shift > 0 {
      let (product, overflow) = coefficient.multipliedReportingOverflow(by: powerOfTen(shift))
      return overflow ? nil : product
    }
    let (quotient, remainder) = coefficient.quotientAndRemainder(dividingBy: powerOfTen(-shift))
    return remainder == 0 ? quotient : nil
  }
}

// MARK: - Parts

extension Number {
  /// The digits, as an integer of up to 34 digits. One value may have several coefficients: 10 × 10^-1 is 1.
  var coefficient: UInt128 {
    UInt128(high) << 64 | UInt128(low)
  }

  /// The coefficient, when it fits in one word.
  @inline(__always)
  var smallCoefficient: UInt64? {
    high == 0 ? low : nil
  }

  /// The power of ten of the coefficient's last digit.
  @inline(__always)
  var exponent: Int {
    Int(storedExponent)
  }

  /// How many digits it takes without leading and trailing zeros; none for 0.
  public var significantDigits: Int {
    decimalDigits(of: reduced.coefficient)
  }

  /// Whether the number is 0.
  public var isZero: Bool {
    low == 0 && high == 0
  }

  /// -1, 0 or 1.
  public var sign: Int {
    isZero ? 0 : isNegative ? -1 : 1
  }

  /// Whether the number has no fraction.
  public var isInteger: Bool {
    if exponent >= 0 { return true }
    // A coefficient of 34 digits that is not 0 has no multiple of 10^34.
    return -exponent < Self.precision && coefficient.isMultiple(of: powerOfTen(-exponent))
  }

  /// The number without its sign.
  public var magnitude: Number {
    isNegative ? negated : self
  }

  /// The number with the other sign.
  public var negated: Number {
    Number(exactly: coefficient, exponent: exponent, negative: !isNegative)
  }

  /// The number with the other sign.
  public static prefix func - (number: Number) -> Number {
    number.negated
  }

  /// The power of ten of the first digit, plus one.
  var leadingExponent: Int {
    exponent + decimalDigits(of: coefficient)
  }

  /// Coefficient and exponent without trailing zeros: the one form that all equal numbers share.
  var reduced: (coefficient: UInt128, exponent: Int) {
    if let small = smallCoefficient {
      guard small != 0 else { return (0, 0) }
      var digits = small
      var exponent = exponent
      while digits.isMultiple(of: 10) {
        digits /= 10
        exponent += 1
      }
      return (UInt128(digits), exponent)
    }
    var digits = coefficient
    var exponent = exponent
    // Halving steps, so that a long run of zeros goes in few divisions.
    var step = 16
    while step > 0 {
      let (quotient, remainder) = digits.quotientAndRemainder(dividingBy: powerOfTen(step))
      if remainder == 0 {
        digits = quotient
        exponent += step
      } else {
        step /= 2
      }
    }
    return (digits, exponent)
  }
}

// MARK: - Equality and order

extension Number: Comparable, Hashable {
  /// Numeric equality: 1.0 and 1.00 are equal.
  public static func == (left: Number, right: Number) -> Bool {
    if left.storedExponent == right.storedExponent {
      return left.low == right.low && left.high == right.high && left.isNegative == right.isNegative
    }
    return left.isNegative == right.isNegative && compareMagnitudes(left, right) == 0
  }

  /// Numeric order.
  public static func < (left: Number, right: Number) -> Bool {
    if left.isNegative != right.isNegative { return left.isNegative }
    if left.storedExponent == right.storedExponent, left.high == 0, right.high == 0 {
      return left.isNegative ? left.low > right.low : left.low < right.low
    }
    let order = compareMagnitudes(left, right)
    return left.isNegative ? order > 0 : order < 0
  }

  /// Equal numbers hash alike, whatever their trailing zeros.
  public func hash(into hasher: inout Hasher) {
    let (coefficient, exponent) = reduced
    hasher.combine(UInt64(truncatingIfNeeded: coefficient))
    hasher.combine(UInt64(truncatingIfNeeded: coefficient >> 64))
    hasher.combine(exponent)
    hasher.combine(isNegative)
  }

  /// Below 0, 0 or above 0 as the left number's magnitude is less than, equal to or greater than the right one's.
  private static func compareMagnitudes(_ left: Number, _ right: Number) -> Int {
    var (a, b) = (left.coefficient, right.coefficient)
    if left.storedExponent != right.storedExponent {
      guard a != 0, b != 0 else { return a == b ? 0 : a == 0 ? -1 : 1 }
      let order = left.leadingExponent - right.leadingExponent
      guard order == 0 else { return order }
      // Their first digits stand at one place, so the difference is at most 33 and the product has 34 digits.
      let shift = left.exponent - right.exponent
      if shift > 0 { a *= powerOfTen(shift) } else { b *= powerOfTen(-shift) }
    }
    return a == b ? 0 : a < b ? -1 : 1
  }
}
