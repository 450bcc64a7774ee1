import Diagnostics

/// The stretch of an input that is being looked at, in UTF-8.
///
/// Offsets count from the first byte that has not been consumed, and stay right when more is read.
struct ByteWindow {
  private var bytes: [UInt8] = []
  private var start = 0
  private var transcoder: Transcoder
  private let source: ByteSource
  private let chunkBytes: Int
  private(set) var isAtEnd = false
  /// Why reading stopped early, if it did; what was read before it still counts.
  private(set) var failure: InputFailure?
  /// Where in the file the first byte that has not been consumed stands, of a file in UTF-8.
  private(set) var fileOffset = 0
  /// How often a byte was looked at by a search of this window, for tests that hold readers to linear work.
  var looks = 0

  /// Reads the first chunk.
  ///
  /// - Parameter declared: what the user says the encoding is; nil for UTF-8 unless the first bytes are certain to
  ///   be something else.
  init(_ source: ByteSource, declared: InputEncoding?, chunkBytes: Int) {
    self.source = source
    self.chunkBytes = max(1, chunkBytes)
    transcoder = Transcoder(.utf8)
    var head: [UInt8] = []
    // Enough to tell a byte order mark and what kind of file this is, however small the chunks come.
    while head.count < Self.headBytes, !isAtEnd { head += pull() }
    let certain = Transcoder.form(of: head.span)
    let form: Transcoder.Form =
      switch declared {
      case nil: certain?.form ?? .utf8
      case .utf8: .utf8
      case .windows1252: .windows1252
      case .utf16: certain?.form == .utf16BigEndian ? .utf16BigEndian : .utf16LittleEndian
      }
    let mark = certain.map { $0.form == form ? $0.mark : 0 } ?? 0
    transcoder = Transcoder(form)
    transcoder.append(head[mark...], to: &bytes)
    if isAtEnd { transcoder.finish(into: &bytes) }
    fileOffset = mark
    dropDoublyEncodedMark()
  }

  /// How much is read before anything is decided about a file.
  static let headBytes = 4096

  var form: Transcoder.Form { transcoder.form }

  /// How many bytes are there to be looked at without reading on.
  var count: Int { bytes.count - start }

  subscript(offset: Int) -> UInt8 { bytes[start + offset] }

  /// The bytes at some offsets.
  func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
    bytes[start + range.lowerBound..<start + range.upperBound]
  }

  /// The byte at an offset, reading on where needed; nil past the end.
  mutating func peek(_ offset: Int) -> UInt8? {
    while offset >= count {
      guard readMore() else { return nil }
    }
    return bytes[start + offset]
  }

  /// Reads another chunk.
  ///
  /// - Returns: whether there are bytes that were not there before.
  mutating func readMore() -> Bool {
    let before = count
    while !isAtEnd, count == before {
      if start > bytes.count / 2 {
        bytes.removeSubrange(..<start)
        start = 0
      }
      transcoder.append(pull()[...], to: &bytes)
      if isAtEnd { transcoder.finish(into: &bytes) }
    }
    return count > before
  }

  /// Moves the next bytes into a buffer that has room for some, reading on only where there are none at hand.
  ///
  /// - Returns: how many; 0 at the end.
  mutating func take(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    if count == 0, transcoder.form == .utf8 {
      guard !isAtEnd else { return 0 }
      do {
        let taken = try source.next(into: buffer)
        isAtEnd = taken == 0
        fileOffset += taken
        return taken
      } catch {
        failure = error
        isAtEnd = true
        return 0
      }
    }
    if count == 0, !readMore() { return 0 }
    let taken = min(count, buffer.count)
    slice(0..<taken).withUnsafeBytes { buffer.copyMemory(from: $0) }
    consume(taken)
    return taken
  }

  /// Moves past bytes that are not wanted any more.
  mutating func consume(_ count: Int) {
    start += count
    fileOffset += count
  }

  /// The first offset from `from` on, among the bytes at hand, whose byte satisfies `matches`.
  @inline(__always)
  mutating func firstOffset(from: Int, where matches: (UInt8) -> Bool) -> Int? {
    let found = Self.firstIndex(in: bytes.span, from: start + from, where: matches)
    looks += (found ?? bytes.count) - start - from + 1
    return found.map { $0 - start }
  }

  @inline(__always)
  private static func firstIndex(in bytes: Span<UInt8>, from: Int, where matches: (UInt8) -> Bool) -> Int? {
    var index = from
    while index < bytes.count {
      if matches(bytes[index]) { return index }
      index += 1
    }
    return nil
  }

  /// What is not text among the bytes at some offsets.
  func invalidText(in range: Range<Int>) -> InvalidText? {
    let bytes = slice(range)
    guard let index = TextEncoding.firstInvalidUTF8(in: bytes.span) else { return nil }
    return InvalidText(
      byte: bytes[bytes.startIndex + index], offset: form == .utf8 ? fileOffset + range.lowerBound + index : nil)
  }

  private mutating func pull() -> [UInt8] {
    do {
      let chunk = try source(chunkBytes)
      if chunk.isEmpty { isAtEnd = true }
      return chunk
    } catch {
      failure = error
      isAtEnd = true
      return []
    }
  }

  /// A mark that was read as Windows-1252 and written as UTF-8 is glued to the text: it is no part of it.
  private mutating func dropDoublyEncodedMark() {
    if bytes.starts(with: [0xC3, 0xAF, 0xC2, 0xBB, 0xC2, 0xBF]) { consume(6) }
  }
}
