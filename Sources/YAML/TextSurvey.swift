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
      // Nearly all that there is in rules is plain, which is looked at in blocks and without a branch, so that many
      // bytes are looked at together.
      let end = min(offset + 64, bytes.count)
      var (special, percent): (UInt8, UInt8) = (0, 0)
      bytes.withUnsafeBufferPointer { buffer in
        for byte in UnsafeBufferPointer(rebasing: buffer[offset..<end]) {
          special |= Self.isPlain(byte) ? 0 : 1
          percent |= byte == UInt8(ascii: "%") ? 1 : 0
        }
      }
      hasPercent = hasPercent || percent != 0
      if special == 0 { offset = end }
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

  /// Whether a byte is printable ASCII or a line feed; it is never both, so that this is asked without a branch.
  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool { (byte &- 0x20 < 0x5F) != (byte == 0x0A) }
}
