/// The text of a JSON string, its escapes decoded.
enum JSONText {
  /// What a checked string's bytes, between its quotes, stand for. Half a surrogate pair becomes U+FFFD.
  static func unescape(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      guard bytes[index] == UInt8(ascii: "\\"), index + 1 < bytes.endIndex else {
        decoded.append(bytes[index])
        index += 1
        continue
      }
      let escape = bytes[index + 1]
      index += 2
      switch escape {
      case UInt8(ascii: "b"): decoded.append(0x08)
      case UInt8(ascii: "f"): decoded.append(0x0C)
      case UInt8(ascii: "n"): decoded.append(0x0A)
      case UInt8(ascii: "r"): decoded.append(0x0D)
      case UInt8(ascii: "t"): decoded.append(0x09)
      case UInt8(ascii: "u"):
        let (scalar, length) = scalar(in: bytes, from: index)
        decoded.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        index += length
      default: decoded.append(escape)
      }
    }
    return decoded
  }

  /// The scalar of the hexadecimal digits at `index`, with those of the pair's second half where there is one, and how
  /// many bytes they take. U+FFFD stands for half a pair.
  static func scalar(in bytes: ArraySlice<UInt8>, from index: Int) -> (Unicode.Scalar, length: Int) {
    guard let first = unit(in: bytes, from: index) else { return ("\u{FFFD}", 0) }
    if let scalar = Unicode.Scalar(first) { return (scalar, 4) }
    let second = index + 4
    guard first & 0xFC00 == 0xD800, second + 1 < bytes.endIndex, bytes[second] == UInt8(ascii: "\\"),
      bytes[second + 1] == UInt8(ascii: "u"), let low = unit(in: bytes, from: second + 2), low & 0xFC00 == 0xDC00,
      let scalar = Unicode.Scalar(0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(low & 0x3FF)))
    else { return ("\u{FFFD}", 4) }
    return (scalar, 10)
  }

  /// The value of four hexadecimal digits.
  static func unit(in bytes: ArraySlice<UInt8>, from index: Int) -> UInt16? {
    guard index + 4 <= bytes.endIndex else { return nil }
    var value: UInt16 = 0
    for byte in bytes[index..<index + 4] {
      guard let digit = hexadecimalDigit(byte) else { return nil }
      value = value << 4 | digit
    }
    return value
  }

  private static func hexadecimalDigit(_ byte: UInt8) -> UInt16? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt16(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt16(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt16(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
  }
}
