import ProbityRecords

/// Splits an input into lines, each given as soon as it is there.
struct LineReader {
  enum Line: Equatable {
    /// Without its line end.
    case text([UInt8])
    /// More bytes than are held; they were passed over.
    case tooLong
  }

  private let next: ByteSource
  private let limit: Int
  private var buffer: [UInt8] = []
  /// Where the bytes not yet given start.
  private var start = 0
  private var isAtEnd = false

  private static let chunk = 64 << 10

  /// - Parameter limit: the bytes of the longest line.
  init(_ next: ByteSource, limit: Int) {
    self.next = next
    self.limit = limit
  }

  /// The next line; nil at the end of the input. A last line need not be ended.
  mutating func line() throws(InputFailure) -> Line? {
    var isTooLong = false
    var searched = start
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        defer { start = end + 1 }
        return isTooLong || end - start > limit ? .tooLong : .text(Self.trimmed(buffer[start..<end]))
      }
      if buffer.count - start > limit {
        isTooLong = true
        start = buffer.count
      }
      if isAtEnd {
        defer { start = buffer.count }
        if isTooLong { return .tooLong }
        return start < buffer.count ? .text(Self.trimmed(buffer[start...])) : nil
      }
      buffer.removeSubrange(..<start)
      start = 0
      searched = buffer.count
      let bytes = try next(Self.chunk)
      isAtEnd = bytes.isEmpty
      buffer += bytes
    }
  }

  private static func trimmed(_ line: ArraySlice<UInt8>) -> [UInt8] {
    Array(line.last == UInt8(ascii: "\r") ? line.dropLast() : line)
  }
}
