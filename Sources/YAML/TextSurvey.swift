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
      // Nearly all that there is in rules is plain, which is looked at in blocks and without a branch.
      let end = min(offset + 64, bytes.count)
      var (special, percent) = (false, false)
      bytes.withUnsafeBufferPointer { buffer in
        for byte in UnsafeBufferPointer(rebasing: buffer[offset..<end]) {
          special = special || !Self.isPlain(byte)
          percent = percent || byte == UInt8(ascii: "%")
        }
      }
      hasPercent = hasPercent || percent
      if !special { offset = end }
      while offset < end {
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

  /// Whether a byte is printable ASCII or a line feed.
  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool { byte &- 0x20 < 0x5F || byte == 0x0A }
}
