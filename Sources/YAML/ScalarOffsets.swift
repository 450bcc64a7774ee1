/// Turns libyaml's marks, which count Unicode scalars, into UTF-8 offsets of the file.
struct ScalarOffsets {
  private static let stride = 64

  /// Where the text starts, after a byte order mark.
  private let base: Int
  /// The offset of every `stride`th scalar, and the end; empty when every scalar is one byte long.
  private let checkpoints: [Int]
  private let bytes: [UInt8]

  /// `bytes` are well-formed UTF-8 from `base` on.
  init(_ bytes: [UInt8], from base: Int, isASCII: Bool) {
    self.bytes = bytes
    self.base = base
    var checkpoints: [Int] = []
    if !isASCII {
      checkpoints.reserveCapacity(bytes.count / Self.stride + 2)
      var count = 0
      for offset in base..<bytes.count where bytes[offset] & 0xC0 != 0x80 {
        if count % Self.stride == 0 { checkpoints.append(offset) }
        count += 1
      }
      checkpoints.append(bytes.count)
    }
    self.checkpoints = checkpoints
  }

  /// The offset of the scalar with this number; one past the last is the end of the file.
  func offset(of index: Int) -> Int {
    guard !checkpoints.isEmpty else { return min(base + index, bytes.count) }
    let checkpoint = index / Self.stride
    guard checkpoint + 1 < checkpoints.count else { return bytes.count }
    var offset = checkpoints[checkpoint]
    var remaining = index % Self.stride
    // Where as many bytes as scalars lie up to the next checkpoint, each scalar is a byte. The last stretch may be short.
    let isWhole = checkpoint + 2 < checkpoints.count
    if isWhole, checkpoints[checkpoint + 1] - offset == Self.stride { return offset + remaining }
    while remaining > 0, offset < bytes.count {
      offset += 1
      while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
      remaining -= 1
    }
    return offset
  }
}
