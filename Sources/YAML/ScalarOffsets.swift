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
      bytes.withUnsafeBufferPointer { bytes in
        var offset = base
        while offset < bytes.count {
          checkpoints.append(offset)
          offset = Self.checkpoint(after: offset, in: bytes)
        }
      }
      checkpoints.append(bytes.count)
    }
    self.checkpoints = checkpoints
  }

  /// The offset of the scalar `stride` further on than the one at an offset, or the end.
  private static func checkpoint(after offset: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
    let end = offset + stride
    if end <= bytes.count {
      // Most stretches are ASCII, which is told of many bytes together.
      var all: UInt8 = 0
      for byte in UnsafeBufferPointer(rebasing: bytes[offset..<end]) { all |= byte }
      if all < 0x80 { return end }
    }
    var (offset, count) = (offset, 0)
    while offset < bytes.count {
      if bytes[offset] & 0xC0 != 0x80 {
        if count == stride { break }
        count += 1
      }
      offset += 1
    }
    return offset
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
