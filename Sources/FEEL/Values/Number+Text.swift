extension Number: CustomStringConvertible {
  /// Reads a FEEL literal or a JSON number: `12`, `.5`, `-1.50`, `1.2e3`.
  ///
  /// More than 34 significant digits are rounded half to even; what is smaller than any number becomes 0.
  /// - Returns: nil when the text is something else (white space, a leading `+`, `1.`) or too large.
  /// - Complexity: linear in the text's length.
  /// - Source: DMN 1.5, 10.3.1.2, grammar rule 37 (numeric literal), with the sign that FEEL writes as an operator.
  public init?(_ text: some StringProtocol) {
    self.init(utf8: text.utf8)
  }

  /// Reads a number from UTF-8, as `init(_:)` does.
  public init?(utf8: some Collection<UInt8>) {
    if let result = utf8.withContiguousStorageIfAvailable({ Number(utf8: $0.span) }) {
      guard let result else { return nil }
      self = result
    } else {
      let bytes = Array(utf8)
      self.init(utf8: bytes.span)
    }
  }

  /// Reads a number from UTF-8, as `init(_:)` does, without copying it.
  public init?(utf8 bytes: Span<UInt8>) {
    var position = 0
    let negative = bytes.count > 0 && bytes[0] == UInt8(ascii: "-")
    if negative { position = 1 }

    var coefficient: UInt128 = 0
    var exponent = 0
    var inexact = false
    var digits = 0
    var sawPoint = false
    while position < bytes.count {
      let byte = bytes[position]
      if let digit = decimalDigit(byte) {
        digits += 1
        // 37 digits are more than enough to round to 34; of the rest it matters only whether one is not 0.
        if coefficient < Self.scanLimit {
          coefficient = coefficient &* 10 &+ UInt128(digit)
          if sawPoint { exponent -= 1 }
        } else {
          if digit != 0 { inexact = true }
          if !sawPoint { exponent += 1 }
        }
      } else if byte == UInt8(ascii: "."), !sawPoint {
        sawPoint = true
        // A point with no digit after it is a range's end or a path, not a number's.
        guard position + 1 < bytes.count, decimalDigit(bytes[position + 1]) != nil else { return nil }
      } else {
        break
      }
      position += 1
    }
    guard digits > 0 else { return nil }
    if position < bytes.count {
      guard let power = Self.scanExponent(bytes, at: position) else { return nil }
      exponent += power
    }
    self.init(
      rounding: coefficient, exponent: coefficient == 0 ? 0 : exponent, negative: negative, inexact: inexact)
  }

  /// Below this one more digit is taken into the coefficient.
  private static let scanLimit = powerOfTen(36)

  /// The value of `e5`, `E-3` or `e+12`, which must end the text.
  private static func scanExponent(_ bytes: Span<UInt8>, at start: Int) -> Int? {
    guard bytes[start] == UInt8(ascii: "e") || bytes[start] == UInt8(ascii: "E") else { return nil }
    var position = start + 1
    var negative = false
    if position < bytes.count, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
      negative = bytes[position] == UInt8(ascii: "-")
      position += 1
    }
    guard position < bytes.count else { return nil }
    var exponent = 0
    while position < bytes.count {
      guard let digit = decimalDigit(bytes[position]) else { return nil }
      // Beyond any length of text that could make up for it, so a greater exponent says nothing new.
      if exponent < 1 << 50 { exponent = exponent * 10 + digit }
      position += 1
    }
    return negative ? -exponent : exponent
  }

  /// The number as FEEL's `string()` gives it: plain digits without trailing zeros of a fraction.
  ///
  /// A number that would take more than 40 digits is written as `1.5E+50`, which is a FEEL literal too.
  public var description: String {
    let (coefficient, exponent) = reduced
    if coefficient == 0 { return "0" }
    let digits = String(coefficient)
    let pointAt = digits.utf8.count + exponent
    var text = isNegative ? "-" : ""
    if exponent >= 0, pointAt <= Self.plainDigits {
      text += digits
      text += String(repeating: "0", count: exponent)
    } else if exponent < 0, pointAt > 0 {
      text += digits.prefix(pointAt)
      text += "."
      text += digits.dropFirst(pointAt)
    } else if exponent < 0, -exponent < Self.plainDigits {
      text += "0."
      text += String(repeating: "0", count: -pointAt)
      text += digits
    } else {
      text += digits.prefix(1)
      if digits.utf8.count > 1 {
        text += "."
        text += digits.dropFirst()
      }
      text += pointAt > 0 ? "E+" : "E-"
      text += String(abs(pointAt - 1))
    }
    return text
  }

  /// The most digits that are written plainly.
  private static let plainDigits = 40
}

/// The value of an ASCII digit; nil for anything else.
@inline(__always)
func decimalDigit(_ byte: UInt8) -> Int? {
  let digit = byte &- UInt8(ascii: "0")
  return digit <= 9 ? Int(digit) : nil
}
