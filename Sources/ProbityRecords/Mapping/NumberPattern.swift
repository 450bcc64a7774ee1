/// How a source writes its numbers.
struct NumberPattern: Hashable, Sendable {
  /// What becomes of `%`.
  enum Percent: String, Hashable, Sendable, CaseIterable {
    /// `37.5%` is 0.375.
    case divide
    /// `37.5%` is 37.5.
    case drop
  }

  /// The mark between groups of three digits.
  var thousands: [UInt8]?
  var decimal: [UInt8] = [UInt8(ascii: ".")]
  /// Signs of which one may stand before or after the digits; the longest first.
  var currencies: [[UInt8]] = []
  /// Whether brackets mean a number below zero.
  var hasBrackets = false
  var percent: Percent?

  /// A number in its plain form, with what it still has to be divided by.
  struct Plain: Equatable {
    /// `-1234.50`, in the form of a FEEL number.
    var text: [UInt8]
    var isPercentage = false
  }

  /// The plain form of a text, nil where it is not a number written so.
  func read(_ bytes: ArraySlice<UInt8>) -> Plain? {
    var rest = bytes
    var isNegative = false
    if hasBrackets, rest.first == UInt8(ascii: "("), rest.last == UInt8(ascii: ")"), rest.count > 2 {
      isNegative = true
      rest = Self.trimmed(rest.dropFirst().dropLast())
    }
    var hasSign = isNegative
    var hasCurrency = false
    // A sign may stand on either side of the currency: -£5 and £-5.
    while true {
      if !hasSign, let length = Self.signLength(rest) {
        isNegative = rest.first != UInt8(ascii: "+")
        hasSign = true
        rest = Self.trimmed(rest.dropFirst(length))
      } else if !hasCurrency, let sign = currencies.first(where: { rest.starts(with: $0) }) {
        hasCurrency = true
        rest = Self.trimmed(rest.dropFirst(sign.count))
      } else {
        break
      }
    }
    var isPercentage = false
    if percent != nil, rest.last == UInt8(ascii: "%") {
      isPercentage = true
      rest = Self.trimmed(rest.dropLast())
    } else if !hasCurrency, let sign = currencies.first(where: { Self.ends(rest, with: $0) }) {
      rest = Self.trimmed(rest.dropLast(sign.count))
    }
    guard var text = digits(rest) else { return nil }
    if isNegative { text.insert(UInt8(ascii: "-"), at: 0) }
    return Plain(text: text, isPercentage: isPercentage && percent == .divide)
  }

  /// Digits, grouped or not, with a fraction or an exponent or neither.
  private func digits(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
    var text: [UInt8] = []
    var rest = bytes
    var leading = 0
    while let byte = rest.first, Self.isDigit(byte) {
      text.append(byte)
      rest = rest.dropFirst()
      leading += 1
    }
    if let thousands, (1...3).contains(leading) {
      while rest.starts(with: thousands) {
        let group = rest.dropFirst(thousands.count).prefix(3)
        guard group.count == 3, group.allSatisfy(Self.isDigit) else { return nil }
        text += group
        rest = rest.dropFirst(thousands.count + 3)
      }
    }
    if rest.starts(with: decimal), !decimal.isEmpty {
      let fraction = rest.dropFirst(decimal.count).prefix(while: Self.isDigit)
      guard !fraction.isEmpty else { return nil }
      if text.isEmpty { text.append(UInt8(ascii: "0")) }
      text.append(UInt8(ascii: "."))
      text += fraction
      rest = rest.dropFirst(decimal.count + fraction.count)
    }
    guard !text.isEmpty else { return nil }
    if rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") {
      var exponent = rest.dropFirst()
      text.append(UInt8(ascii: "e"))
      if let sign = exponent.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
        text.append(sign)
        exponent = exponent.dropFirst()
      }
      guard !exponent.isEmpty, exponent.allSatisfy(Self.isDigit) else { return nil }
      text += exponent
      rest = []
    }
    return rest.isEmpty ? text : nil
  }

  /// `+`, `-` or the minus sign U+2212.
  private static func signLength(_ bytes: ArraySlice<UInt8>) -> Int? {
    if bytes.first == UInt8(ascii: "-") || bytes.first == UInt8(ascii: "+") { return 1 }
    return bytes.starts(with: [0xE2, 0x88, 0x92]) ? 3 : nil
  }

  private static func ends(_ bytes: ArraySlice<UInt8>, with suffix: [UInt8]) -> Bool {
    bytes.count >= suffix.count && bytes.suffix(suffix.count).elementsEqual(suffix)
  }

  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> { Trim.space(bytes) }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }
}

/// White space around a text.
enum Trim {
  /// Without the white space around it: ASCII's, and the space that does not break a line.
  static func space(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var rest = bytes
    while let byte = rest.first {
      if isSpace(byte) {
        rest.removeFirst()
      } else if byte == 0xC2, rest.count > 1, rest[rest.startIndex + 1] == 0xA0 {
        rest.removeFirst(2)
      } else {
        break
      }
    }
    while let byte = rest.last {
      if isSpace(byte) {
        rest.removeLast()
      } else if byte == 0xA0, rest.count > 1, rest[rest.endIndex - 2] == 0xC2 {
        rest.removeLast(2)
      } else {
        break
      }
    }
    return rest
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
}
