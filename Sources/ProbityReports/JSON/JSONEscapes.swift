import Diagnostics

/// Text within the quotation marks of JSON.
extension ByteBuffer {
  /// Writes a text as it stands between quotation marks.
  mutating func escape(_ text: String) {
    var text = text
    text.withUTF8 { escape($0) }
  }

  @inline(__always)
  mutating func escape(_ utf8: UnsafeBufferPointer<UInt8>) {
    var pen = pen(room: utf8.count)
    if pen.plain(utf8) { return take(pen) }
    escapeOther(utf8)
  }

  /// Writes a text in which not every byte stands for itself.
  @inline(never)
  private mutating func escapeOther(_ utf8: UnsafeBufferPointer<UInt8>) {
    // Runs of bytes that stand for themselves are taken over as they are.
    var first = 0
    var index = Self.endOfPlain(utf8, from: 0)
    while index < utf8.count {
      guard let (scalar, length) = TextEncoding.scalar(at: index, in: utf8.span) else { break }
      if let escape = Self.escape(scalar) {
        put(utf8, first, index)
        put(escape)
        first = index + length
      }
      index = Self.endOfPlain(utf8, from: index + length)
    }
    put(utf8, first, utf8.count)
  }

  @inline(__always)
  private mutating func put(_ utf8: UnsafeBufferPointer<UInt8>, _ from: Int, _ to: Int) {
    guard let base = utf8.baseAddress, from < to else { return }
    put(base + from, to - from)
  }

  /// Where the first byte stands that does not stand for itself: anything but printing characters of ASCII, and quotation
  /// mark and backslash.
  private static func endOfPlain(_ utf8: UnsafeBufferPointer<UInt8>, from first: Int) -> Int {
    var index = first
    if let base = UnsafeRawPointer(utf8.baseAddress) {
      while index + 8 <= utf8.count {
        let other = Pen.special((base + index).loadUnaligned(as: UInt64.self))
        if other & 0x8080_8080_8080_8080 != 0 { break }
        index += 8
      }
    }
    while index < utf8.count, isPlain(utf8[index]) { index += 1 }
    return index
  }

  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool { byte &- 0x20 < 0x5F && byte != 0x22 && byte != 0x5C }

  /// What to write for a character that must not stand as it is.
  private static func escape(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{200E}", "\u{200F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}",
      "\u{FEFF}":
      let digits = String(scalar.value, radix: 16)
      return "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)"
    default: return nil
    }
  }
}
