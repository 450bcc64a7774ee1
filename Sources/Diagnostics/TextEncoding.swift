/// What a file's bytes say about the encoding it was saved in.
public enum TextEncoding {
  /// The scalar whose UTF-8 form starts at `offset`, and how many bytes it takes; nil where no well-formed one does.
  ///
  /// - Source: Unicode Standard, table 3-7 (well-formed UTF-8 byte sequences).
  public static func scalar(
    at offset: Int, in bytes: Span<UInt8>
  ) -> (scalar: Unicode.Scalar, length: Int)? {
    let lead = bytes[offset]
    let length: Int
    var value: UInt32
    switch lead {
    case 0x00...0x7F: return (Unicode.Scalar(lead), 1)
    case 0xC2...0xDF: (length, value) = (2, UInt32(lead & 0x1F))
    case 0xE0...0xEF: (length, value) = (3, UInt32(lead & 0x0F))
    case 0xF0...0xF4: (length, value) = (4, UInt32(lead & 0x07))
    default: return nil
    }
    guard offset + length <= bytes.count else { return nil }
    for index in offset + 1..<offset + length {
      guard bytes[index] & 0xC0 == 0x80 else { return nil }
      value = value << 6 | UInt32(bytes[index] & 0x3F)
    }
    let smallest: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
    guard value >= smallest, let scalar = Unicode.Scalar(value) else { return nil }
    return (scalar, length)
  }

  /// Whether two texts are the same byte for byte, which is compared eight at a time.
  @inlinable
  public static func areSame(_ a: UnsafeBufferPointer<UInt8>, _ b: UnsafeBufferPointer<UInt8>) -> Bool {
    let count = a.count
    guard count == b.count else { return false }
    let (x, y) = (UnsafeRawBufferPointer(a), UnsafeRawBufferPointer(b))
    func differ<Word: FixedWidthInteger & BitwiseCopyable>(at offset: Int, _: Word.Type) -> Bool {
      x.loadUnaligned(fromByteOffset: offset, as: Word.self) != y.loadUnaligned(fromByteOffset: offset, as: Word.self)
    }
    // What is left at the end is compared together with some of what stands before it.
    if count >= 8 {
      var offset = 0
      while offset + 8 < count {
        if differ(at: offset, UInt64.self) { return false }
        offset += 8
      }
      return !differ(at: count - 8, UInt64.self)
    }
    if count >= 4 { return !differ(at: 0, UInt32.self) && !differ(at: count - 4, UInt32.self) }
    for offset in 0..<count where x[offset] != y[offset] { return false }
    return true
  }

  /// The offset of the first byte that is not part of well-formed UTF-8.
  public static func firstInvalidUTF8(in bytes: Span<UInt8>) -> Int? {
    var offset = 0
    while offset < bytes.count {
      if bytes[offset] < 0x80 {
        offset += 1
      } else if let (_, length) = scalar(at: offset, in: bytes) {
        offset += length
      } else {
        return offset
      }
    }
    return nil
  }

  /// Whether the bytes start as UTF-16 text does: with its byte order mark, or with NUL as every other byte.
  public static func looksLikeUTF16(_ bytes: Span<UInt8>) -> Bool {
    guard bytes.count >= 2 else { return false }
    switch (bytes[0], bytes[1]) {
    case (0xFF, 0xFE), (0xFE, 0xFF): return true
    case (0, 0): return false
    case (_, 0): return bytes.count >= 4 && bytes[2] != 0 && bytes[3] == 0
    case (0, _): return bytes.count >= 4 && bytes[2] == 0 && bytes[3] != 0
    default: return false
    }
  }

  /// The character that a byte of 0x80 and above stands for in Windows-1252, nil for the five that stand for nothing.
  public static func windows1252(_ byte: UInt8) -> Unicode.Scalar? {
    guard byte >= 0x80 else { return nil }
    guard byte < 0xA0 else { return Unicode.Scalar(byte) }
    let scalar = windows1252Specials[Int(byte) - 0x80]
    return scalar == "\u{FFFD}" ? nil : scalar
  }

  /// 0x80 to 0x9F.
  private static let windows1252Specials = Array(
    "€\u{FFFD}‚ƒ„…†‡ˆ‰Š‹Œ\u{FFFD}Ž\u{FFFD}\u{FFFD}‘’“”•–—˜™š›œ\u{FFFD}žŸ".unicodeScalars)
}
