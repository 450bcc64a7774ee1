import CSimdJSON

/// Whole lines of an input in UTF-8, one after the other, each but perhaps the last with its line end.
///
/// It is filled once and then only read.
final class LineBlock: @unchecked Sendable {
  /// How many bytes past the end may be read; they are 0.
  static let padding = 64

  let bytes: UnsafeMutablePointer<UInt8>
  let count: Int
  /// Where in the file the first byte stands, of a file in UTF-8.
  let fileOffset: Int?
  /// Whether a line follows that is longer than is allowed, and was passed over.
  let endsTooLong: Bool

  /// - Parameter bytes: with room for ``padding`` after `count`; freed with the block.
  fileprivate init(_ bytes: UnsafeMutablePointer<UInt8>, count: Int, fileOffset: Int?, endsTooLong: Bool) {
    self.bytes = bytes
    self.count = count
    self.fileOffset = fileOffset
    self.endsTooLong = endsTooLong
    (bytes + count).update(repeating: 0, count: Self.padding)
  }

  deinit { bytes.deallocate() }

  subscript(range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: bytes + range.lowerBound, count: range.count)
  }

  /// Where the line that starts at an offset ends: its line end, or the end of the block.
  @inline(__always)
  func endOfLine(from start: Int) -> Int {
    byte_search(bytes, start, count, UInt8(ascii: "\n"))
  }

  /// Calls `body` with each line's bytes without its line end, and with nil for one that is too long.
  func forEachLine(_ body: (Range<Int>?) -> Void) {
    var start = 0
    while start < count {
      let end = endOfLine(from: start)
      body(start..<end)
      start = end + 1
    }
    if endsTooLong { body(nil) }
  }
}

/// Cuts an input into blocks of whole lines.
struct LineCutter {
  private var window: ByteWindow
  private let limits: RecordLimits
  /// The beginning of a line whose end has not been read yet.
  private var rest: [UInt8] = []
  private(set) var isAtEnd = false

  init(_ window: ByteWindow, limits: RecordLimits) {
    self.window = window
    self.limits = limits
  }

  /// Why reading stopped early, if it did.
  var failure: InputFailure? { window.failure }

  /// The next block; nil where the input holds nothing more.
  ///
  /// A block is as long as the limits say, but for the last, and for one that holds a line which is longer.
  mutating func next() -> LineBlock? {
    guard !isAtEnd else { return nil }
    var capacity = max(limits.blockBytes, rest.count * 2, 64)
    var bytes = Self.allocate(capacity)
    bytes.update(from: rest, count: rest.count)
    var count = rest.count
    let fileOffset = window.form == .utf8 ? window.fileOffset - count : nil
    rest = []
    while true {
      while count < capacity {
        let taken = window.take(into: UnsafeMutableRawBufferPointer(start: bytes + count, count: capacity - count))
        count += taken
        if taken == 0 {
          isAtEnd = true
          guard count > 0 else {
            bytes.deallocate()
            return nil
          }
          return LineBlock(bytes, count: count, fileOffset: fileOffset, endsTooLong: false)
        }
      }
      if let end = Self.lastLineEnd(bytes, count) {
        rest = Array(UnsafeBufferPointer(start: bytes + end + 1, count: count - end - 1))
        return LineBlock(bytes, count: end + 1, fileOffset: fileOffset, endsTooLong: false)
      }
      // No line ends here: the block grows with its one line, as far as a record may.
      guard count <= limits.recordBytes else {
        passOverLine(bytes, capacity)
        return LineBlock(bytes, count: 0, fileOffset: nil, endsTooLong: true)
      }
      let grown = Self.allocate(capacity * 2)
      grown.update(from: bytes, count: count)
      bytes.deallocate()
      (bytes, capacity) = (grown, capacity * 2)
    }
  }

  /// Reads to the end of the line, using a buffer's memory, and keeps what follows it.
  private mutating func passOverLine(_ bytes: UnsafeMutablePointer<UInt8>, _ capacity: Int) {
    while true {
      let taken = window.take(into: UnsafeMutableRawBufferPointer(start: bytes, count: capacity))
      if taken == 0 {
        isAtEnd = true
        return
      }
      let end = byte_search(bytes, 0, taken, UInt8(ascii: "\n"))
      if end < taken {
        rest = Array(UnsafeBufferPointer(start: bytes + end + 1, count: taken - end - 1))
        return
      }
    }
  }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<UInt8> {
    .allocate(capacity: capacity + LineBlock.padding)
  }

  private static func lastLineEnd(_ bytes: UnsafeMutablePointer<UInt8>, _ count: Int) -> Int? {
    let index = last_byte_search(bytes, count, UInt8(ascii: "\n"))
    return index < count ? index : nil
  }
}
