import Diagnostics

/// What can be said of a file's bytes by passing over them once.
struct TextSurvey {
  /// Whether all is UTF-8 and made of characters that YAML allows.
  private(set) var isText = true
  /// Whether every byte is ASCII.
  private(set) var isASCII = true
  private(set) var hasPercent = false

  init(of bytes: [UInt8]) {
    var offset = 0
    while offset < bytes.count {
      // Nearly all that there is in rules is plain, of which eight bytes are looked at together.
      offset = bytes.withUnsafeBytes { Self.endOfPlain(in: $0, from: offset) }
      // Of what is not, or is less than eight bytes, some is looked at by itself.
      let end = min(offset + 8, bytes.count)
      while offset < end {
        if bytes[offset] == UInt8(ascii: "%") { hasPercent = true }
        guard let (scalar, length) = TextEncoding.scalar(at: offset, in: bytes.span), Self.isAllowed(scalar) else {
          isText = false
          isASCII = false
          return
        }
        if length > 1 { isASCII = false }
        offset += length
      }
    }
  }

  /// Whether a character may stand in YAML.
  static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x09, 0x0A, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xFFFD, 0x10000...: true
    default: false
    }
  }

  /// Where, from an offset on, the first eight bytes begin that are not all printable ASCII or line feeds, or hold a
  /// percent sign; or where less than eight are left.
  private static func endOfPlain(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
    var offset = start
    while offset + 8 <= bytes.count {
      let eight = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      // In each byte a number is added that carries into the highest bit from some character on.
      let low = eight & each(0x7F)
      let printable = (low &+ each(0x80 - 0x20)) & ~(low &+ each(0x80 - 0x7F))
      let isLineFeed = ~((low ^ each(0x0A)) &+ each(0x7F))
      let isPercent = ~((low ^ each(UInt64(UInt8(ascii: "%")))) &+ each(0x7F))
      let others = ~(printable | isLineFeed) | isPercent | eight
      if others & each(0x80) != 0 { return offset }
      offset += 8
    }
    return offset
  }

  @inline(__always)
  private static func each(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }
}
