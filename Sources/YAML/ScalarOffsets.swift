/// Turns libyaml's marks, which count Unicode scalars, into UTF-8 offsets of the file.
struct ScalarOffsets {
  private static let stride = 256

  /// Where the text starts, after a byte order mark.
  private let base: Int
  /// The offset of every `stride`th scalar; empty when every scalar is one byte long.
  private let checkpoints: [Int]
  private let bytes: [UInt8]

  /// `bytes` are well-formed UTF-8 from `base` on.
  init(_ bytes: [UInt8], from base: Int) {
    self.bytes = bytes
    self.base = base
    var checkpoints: [Int] = []
    if bytes.contains(where: { $0 >= 0x80 }) {
      var count = 0
      for offset in base..<bytes.count where bytes[offset] & 0xC0 != 0x80 {
        if count % Self.stride == 0 { checkpoints.append(offset) }
        count += 1
      }
    }
    self.checkpoints = checkpoints
  }

  /// The offset of the scalar with this number; one past the last is the end of the file.
  func offset(of index: Int) -> Int {
    guard !checkpoints.isEmpty else { return min(base + index, bytes.count) }
    let checkpoint = index / Self.stride
    guard checkpoint < checkpoints.count else { return bytes.count }
    var offset = checkpoints[checkpoint]
    var remaining = index % Self.stride
    while remaining > 0, offset < bytes.count {
      offset += 1
      while offset < bytes.count, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
      remaining -= 1
    }
    return offset
  }
}
