import Diagnostics

/// What can be said of a file's bytes by passing over them once.
struct TextSurvey {
  /// Whether all is UTF-8 and made of characters that YAML allows.
  private(set) var isText = true
  /// Whether every byte is ASCII.
  private(set) var isASCII = true
  private(set) var hasPercent = false

  init(of bytes: [UInt8]) {
    bytes.withUnsafeBytes { buffer in
      var offset = 0
      while offset < buffer.count {
        // Nearly all that there is in rules is ASCII, which is looked at in blocks.
        if offset + Block.scalarCount <= buffer.count {
          let block = buffer.loadUnaligned(fromByteOffset: offset, as: Block.self)
          if Self.isPlain(block) {
            hasPercent = hasPercent || any(block .== UInt8(ascii: "%"))
            offset += Block.scalarCount
            continue
          }
        }
        let end = min(offset + Block.scalarCount, buffer.count)
        while offset < end {
          guard let (scalar, length) = TextEncoding.scalar(at: offset, in: bytes.span), Self.isAllowed(scalar) else {
            isText = false
            isASCII = false
            return
          }
          if length > 1 { isASCII = false }
          if scalar == "%" { hasPercent = true }
          offset += length
        }
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

  private typealias Block = SIMD16<UInt8>

  /// Whether a block is printable ASCII and line feeds.
  private static func isPlain(_ block: Block) -> Bool {
    all(((block .>= 0x20) .& (block .< 0x7F)) .| (block .== 0x0A))
  }
}
