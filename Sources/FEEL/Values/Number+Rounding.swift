/// How digits are dropped.
///
/// - Source: DMN 1.5, 10.3.4.5 (numeric functions) and IEEE 754-2008, 4.3.
public enum RoundingMode: Hashable, Sendable, CaseIterable {
  /// To the nearest; a tie to the even digit (`decimal`).
  case halfEven
  /// To the nearest; a tie away from zero (`round half up`).
  case halfUp
  /// To the nearest; a tie towards zero (`round half down`).
  case halfDown
  /// Away from zero (`round up`).
  case up
  /// Towards zero (`round down`).
  case down
  /// Towards minus infinity.
  case floor
  /// Towards plus infinity.
  case ceiling
}

extension Number {
  /// The number with at most `scale` digits after the point; a negative scale rounds to tens, hundreds and so on.
  ///
  /// - Returns: nil when the scale is outside -6111...6176, or the result is too large.
  public func rounded(scale: Int, _ mode: RoundingMode) -> Number? {
    guard scale >= -Self.greatestExponent, scale <= -Self.leastExponent else { return nil }
    guard exponent < -scale else { return self }
    let digits = roundedCoefficient(
      coefficient, droppingDigits: -scale - exponent, inexact: false, negative: isNegative, mode)
    return Number(rounding: digits, exponent: -scale, negative: isNegative)
  }

  /// The greatest integer that is not above the number.
  public func floored() -> Number {
    guard exponent < 0 else { return self }
    // One digit fewer than before, so there is room for the carry.
    let digits = roundedCoefficient(
      coefficient, droppingDigits: -exponent, inexact: false, negative: isNegative, .floor)
    return Number(exactly: digits, exponent: 0, negative: isNegative)
  }
}

/// The coefficient without its last digits, rounded; `inexact` says that a fraction of one had been cut off it before.
func roundedCoefficient(
  _ coefficient: UInt128, droppingDigits drop: Int, inexact: Bool, negative: Bool, _ mode: RoundingMode
) -> UInt128 {
  var kept: UInt128 = 0
  var rest = coefficient
  // What is dropped, against half a unit of the last digit kept. Beyond 38 digits it is below half.
  var half = -1
  if drop <= greatestPowerOfTen {
    let unit = powerOfTen(drop)
    (kept, rest) = coefficient.quotientAndRemainder(dividingBy: unit)
    let complement = unit - rest
    half = rest > complement || (rest == complement && inexact) ? 1 : rest == complement ? 0 : -1
  }
  guard rest != 0 || inexact else { return kept }
  let away =
    switch mode {
    case .halfEven: half > 0 || (half == 0 && !kept.isMultiple(of: 2))
    case .halfUp: half >= 0
    case .halfDown: half > 0
    case .up: true
    case .down: false
    case .floor: negative
    case .ceiling: !negative
    }
  return away ? kept + 1 : kept
}

/// The greatest power of ten below 2^128.
let greatestPowerOfTen = 38

private let wordPowersOfTen: [UInt64] = [
  1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
  100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
  10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
]

/// 10^exponent, for exponents of 0...38.
func powerOfTen(_ exponent: Int) -> UInt128 {
  if exponent < wordPowersOfTen.count { return UInt128(wordPowersOfTen[exponent]) }
  return UInt128(wordPowersOfTen[19]) * UInt128(wordPowersOfTen[exponent - 19])
}

/// 10^exponent in one word; nil above 19.
@inline(__always)
func wordPowerOfTen(_ exponent: Int) -> UInt64? {
  exponent < wordPowersOfTen.count ? wordPowersOfTen[exponent] : nil
}

/// How many decimal digits a number has; none for 0.
func decimalDigits(of value: UInt128) -> Int {
  let bits = UInt128.bitWidth - value.leadingZeroBitCount
  // 1233 / 4096 is log10(2) closely enough for 128 bits.
  let digits = (bits * 1233) >> 12
  return value < powerOfTen(digits) ? digits : digits + 1
}
