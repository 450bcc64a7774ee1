/// A decimal of at least 55 significant digits, in which roots of several steps are computed before they are rounded.
///
/// Results are cut, not rounded, at 4 limbs; each operation is off by less than one unit of the 55th digit.
struct WideDecimal {
  /// Each below 10^18, the most significant first; neither the first nor the last is 0. None for the value 0.
  private(set) var limbs: [UInt64]
  /// The value's last limb stands for limb × 10^(18 × exponent).
  private(set) var exponent: Int
  private(set) var isNegative: Bool

  private static let limbDigits = 18
  private static let limbBase: UInt64 = 1_000_000_000_000_000_000
  /// The most limbs a value has.
  static let precision = 4

  /// Takes limbs of any number, with zeros at either end, and cuts them to the precision.
  init(limbs: [UInt64], exponent: Int, isNegative: Bool = false) {
    let significant = limbs.drop { $0 == 0 }
    var kept = significant.prefix(Self.precision)
    var exponent = exponent + significant.count - kept.count
    while let last = kept.last, last == 0 {
      kept.removeLast()
      exponent += 1
    }
    self.limbs = Array(kept)
    self.exponent = kept.isEmpty ? 0 : exponent
    self.isNegative = isNegative && !kept.isEmpty
  }

  /// The number, exactly.
  init(_ number: Number) {
    let (power, digits) = Self.split(number.exponent)
    let (upper, low) = number.coefficient.quotientAndRemainder(dividingBy: UInt128(Self.limbBase))
    let integer = WideDecimal(
      limbs: [UInt64(upper), UInt64(low)], exponent: power, isNegative: number.isNegative)
    self = digits == 0 ? integer : integer.multiplied(by: UInt64(powerOfTen(digits)))
  }

  /// An exponent of ten as an exponent of limbs and the digits that are left, 0...17.
  private static func split(_ exponent: Int) -> (limbs: Int, digits: Int) {
    let limbs = exponent >= 0 ? exponent / limbDigits : -((limbDigits - 1 - exponent) / limbDigits)
    return (limbs, exponent - limbs * limbDigits)
  }

  static let zero = WideDecimal(limbs: [], exponent: 0)
  static let one = WideDecimal(limbs: [1], exponent: 0)

  var isZero: Bool { limbs.isEmpty }

  /// Whether the value is less than 10^-8 away from 0.
  var isTiny: Bool {
    guard let first = limbs.first else { return true }
    return leadingLimb < 0 || (leadingLimb == 0 && first < 10_000_000_000)
  }

  /// How many limbs stand before the point: the value is below 10^(18 × this).
  var leadingLimb: Int { exponent + limbs.count }

  var negated: WideDecimal {
    WideDecimal(limbs: limbs, exponent: exponent, isNegative: !isNegative)
  }

  /// The value × 10^(18 × limbs).
  func shifted(byLimbs shift: Int) -> WideDecimal {
    WideDecimal(limbs: limbs, exponent: exponent + shift, isNegative: isNegative)
  }

  func multiplied(by factor: UInt64) -> WideDecimal {
    var product = [UInt64](repeating: 0, count: limbs.count + 1)
    var carry: UInt64 = 0
    for index in limbs.indices.reversed() {
      (carry, product[index + 1]) = Self.multiplyAdd(limbs[index], factor, carry)
    }
    product[0] = carry
    return WideDecimal(limbs: product, exponent: exponent, isNegative: isNegative)
  }

  func multiplied(by other: WideDecimal) -> WideDecimal {
    var product = [UInt64](repeating: 0, count: limbs.count + other.limbs.count)
    for row in limbs.indices.reversed() {
      var carry: UInt64 = 0
      for column in other.limbs.indices.reversed() {
        let place = row + column + 1
        (carry, product[place]) = Self.multiplyAdd(limbs[row], other.limbs[column], carry + product[place])
      }
      product[row] = carry
    }
    return WideDecimal(
      limbs: product, exponent: exponent + other.exponent, isNegative: isNegative != other.isNegative)
  }

  /// a × b + c, as two limbs.
  private static func multiplyAdd(_ a: UInt64, _ b: UInt64, _ c: UInt64) -> (high: UInt64, low: UInt64) {
    var (high, low) = a.multipliedFullWidth(by: b)
    let (sum, overflow) = low.addingReportingOverflow(c)
    low = sum
    if overflow { high += 1 }
    let (quotient, remainder) = limbBase.dividingFullWidth((high, low))
    return (quotient, remainder)
  }

  func divided(by divisor: UInt64) -> WideDecimal {
    // A limb more than the precision: the quotient's first may be 0.
    let count = max(limbs.count, Self.precision) + 1
    var quotient: [UInt64] = []
    quotient.reserveCapacity(count)
    var rest: UInt64 = 0
    for index in 0..<count {
      let limb = index < limbs.count ? limbs[index] : 0
      let (high, low) = rest.multipliedFullWidth(by: Self.limbBase)
      let (sum, overflow) = low.addingReportingOverflow(limb)
      let digit: UInt64
      (digit, rest) = divisor.dividingFullWidth((overflow ? high + 1 : high, sum))
      quotient.append(digit)
    }
    return WideDecimal(limbs: quotient, exponent: exponent + limbs.count - count, isNegative: isNegative)
  }

  func adding(_ other: WideDecimal) -> WideDecimal {
    if isZero { return other }
    if other.isZero { return self }
    let top = max(leadingLimb, other.leadingLimb)
    // One limb beyond the precision: a first limb may vanish in a difference.
    let bottom = max(min(exponent, other.exponent), top - Self.precision - 1)
    var a = aligned(from: top, to: bottom)
    var b = other.aligned(from: top, to: bottom)
    if isNegative == other.isNegative {
      var carry: UInt64 = 0
      for index in a.indices.reversed() {
        let sum = a[index] + b[index] + carry
        carry = sum >= Self.limbBase ? 1 : 0
        a[index] = carry == 1 ? sum - Self.limbBase : sum
      }
      return WideDecimal(limbs: [carry] + a, exponent: bottom, isNegative: isNegative)
    }
    let swapped = a.lexicographicallyPrecedes(b)
    if swapped { swap(&a, &b) }
    var borrow: UInt64 = 0
    for index in a.indices.reversed() {
      let subtrahend = b[index] + borrow
      borrow = a[index] < subtrahend ? 1 : 0
      a[index] = borrow == 1 ? a[index] + Self.limbBase - subtrahend : a[index] - subtrahend
    }
    return WideDecimal(limbs: a, exponent: bottom, isNegative: swapped ? other.isNegative : isNegative)
  }

  func subtracting(_ other: WideDecimal) -> WideDecimal {
    adding(other.negated)
  }

  /// The limbs between two places, with zeros where there are none.
  private func aligned(from top: Int, to bottom: Int) -> [UInt64] {
    (bottom..<top).reversed().map { place in
      let index = leadingLimb - 1 - place
      return limbs.indices.contains(index) ? limbs[index] : 0
    }
  }

  /// The value × 10^shift, rounded to a number; nil when it is too large.
  ///
  /// - Parameter isCut: whether more digits would follow if there were room, so that what looks like a tie is none.
  func number(shiftedBy shift: Int = 0, isCut: Bool = false) -> Number? {
    var coefficient: UInt128 = 0
    var dropped = 0
    var inexact = isCut
    for limb in limbs {
      let room = 37 - decimalDigits(of: coefficient)
      if room >= Self.limbDigits {
        coefficient = coefficient * UInt128(Self.limbBase) + UInt128(limb)
      } else {
        let cut = Self.limbDigits - room
        let (upper, rest) = UInt128(limb).quotientAndRemainder(dividingBy: powerOfTen(cut))
        coefficient = coefficient * powerOfTen(room) + upper
        dropped += cut
        inexact = inexact || rest != 0
      }
    }
    if isCut, coefficient != 0 {
      let padding = 37 - decimalDigits(of: coefficient)
      coefficient *= powerOfTen(padding)
      dropped -= padding
    }
    return Number(
      rounding: coefficient, exponent: exponent * Self.limbDigits + dropped + shift, negative: isNegative,
      inexact: inexact)
  }
}
