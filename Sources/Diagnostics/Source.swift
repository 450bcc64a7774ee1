/// Identifies one input file within a ``SourceMap``.
public struct FileID: Hashable, Sendable, BitwiseCopyable {
  public var rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A half-open range of UTF-8 offsets in one file.
public struct SourceSpan: Hashable, Sendable, BitwiseCopyable {
  public var file: FileID
  public var start: UInt32
  public var end: UInt32

  public init(file: FileID, start: Int, end: Int) {
    self.file = file
    self.start = UInt32(clamping: start)
    self.end = UInt32(clamping: max(start, end))
  }

  /// From the start of this span to the end of `other`, which lies in the same file.
  public func through(_ other: SourceSpan) -> SourceSpan {
    SourceSpan(file: file, start: Int(start), end: Int(max(end, other.end)))
  }
}

/// The text of every file that a run has read and may have to point into.
public struct SourceMap: Sendable {
  /// One file: its name as the user gave it, its bytes, and where its lines start.
  public struct File: Sendable {
    public let name: String
    public let bytes: [UInt8]
    let lineStarts: [Int]
  }

  /// A place as a person counts: lines and columns from 1, columns in Unicode scalars.
  public struct Location: Hashable, Sendable {
    public var line: Int
    public var column: Int
  }

  public private(set) var files: [File] = []

  public init() {}

  /// Adds a file and returns its identity.
  public mutating func add(name: String, bytes: [UInt8]) -> FileID {
    files.append(File(name: name, bytes: bytes, lineStarts: Self.lineStarts(of: bytes)))
    return FileID(rawValue: UInt32(files.count - 1))
  }

  private static func lineStarts(of bytes: [UInt8]) -> [Int] {
    var starts = [0]
    bytes.withUnsafeBytes { bytes in
      var offset = 0
      while offset < bytes.count {
        if offset + 8 <= bytes.count {
          // Most eight bytes hold no line feed. A byte that is one becomes 0, from which alone 1 cannot be taken.
          let eight = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) ^ 0x0A0A_0A0A_0A0A_0A0A
          if (eight &- 0x0101_0101_0101_0101) & ~eight & 0x8080_8080_8080_8080 == 0 {
            offset += 8
            continue
          }
        }
        let end = min(offset + 8, bytes.count)
        while offset < end {
          if bytes[offset] == UInt8(ascii: "\n") { starts.append(offset + 1) }
          offset += 1
        }
      }
    }
    return starts
  }

  public func name(of file: FileID) -> String { files[Int(file.rawValue)].name }

  /// The line and column of a UTF-8 offset; an offset past the end counts as the end.
  public func location(_ offset: Int, in file: FileID) -> Location {
    let source = files[Int(file.rawValue)]
    let offset = min(max(offset, 0), source.bytes.count)
    let line = lineIndex(of: offset, in: source)
    var column = 1
    for byte in source.bytes[source.lineStarts[line]..<offset] where byte & 0xC0 != 0x80 { column += 1 }
    return Location(line: line + 1, column: column)
  }

  /// How many lines a file has; what follows the last line end counts, unless it is empty.
  public func lineCount(of file: FileID) -> Int {
    let source = files[Int(file.rawValue)]
    return source.lineStarts.count - (source.lineStarts.last == source.bytes.count ? 1 : 0)
  }

  /// The bytes of a line (from 1) without its line end.
  public func line(_ number: Int, of file: FileID) -> ArraySlice<UInt8> {
    let source = files[Int(file.rawValue)]
    guard number >= 1, number <= source.lineStarts.count else { return [] }
    let start = source.lineStarts[number - 1]
    var end = number < source.lineStarts.count ? source.lineStarts[number] - 1 : source.bytes.count
    if end > start, source.bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    return source.bytes[start..<end]
  }

  private func lineIndex(of offset: Int, in source: File) -> Int {
    var low = 0
    var high = source.lineStarts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if source.lineStarts[middle] <= offset { low = middle } else { high = middle }
    }
    return low
  }
}

/// Text taken out of a file, with the way back from its own UTF-8 offsets to the file's.
///
/// A YAML scalar is not what stands in the file: escapes are decoded, folded lines joined, indentation dropped. Each
/// segment says that from `decoded` on, offsets run in step with the file from `source` on, until the next segment.
/// Two segments at one `decoded` offset stand before and after bytes that left nothing in the text.
public struct SourceText: Hashable, Sendable {
  /// A stretch in which the text and the file run in step.
  public struct Segment: Hashable, Sendable, BitwiseCopyable {
    public var decoded: UInt32
    public var source: UInt32

    public init(decoded: Int, source: Int) {
      self.decoded = UInt32(clamping: decoded)
      self.source = UInt32(clamping: source)
    }
  }

  public let text: String
  public let file: FileID
  /// The first segment, which starts at 0. Most texts have no other, and then take no memory beyond themselves.
  private let first: UInt32
  /// The other segments, ascending by `decoded`.
  private let others: [Segment]
  private let end: UInt32

  /// - Parameter segments: ascending by `decoded`; the first starts at 0. A text without any stands at its end.
  public init(_ text: String, file: FileID, segments: [Segment], sourceEnd: Int) {
    self.text = text
    self.file = file
    end = UInt32(clamping: sourceEnd)
    first = segments.first?.source ?? end
    others = Array(segments.dropFirst())
  }

  /// Text that stands in the file as it is, from `start` on.
  public init(_ text: String, file: FileID, at start: Int = 0) {
    self.text = text
    self.file = file
    first = UInt32(clamping: start)
    others = []
    end = UInt32(clamping: start + text.utf8.count)
  }

  /// Where the text ends in the file.
  public var sourceEnd: Int { Int(end) }

  /// A part of the text that still knows where it stands.
  ///
  /// - Parameter range: UTF-8 offsets, on the boundaries of characters.
  public func slice(_ range: Range<Int>) -> SourceText {
    let place = span(range)
    let bytes = text.utf8
    let start = bytes.index(bytes.startIndex, offsetBy: range.lowerBound)
    let part = String(text[start..<bytes.index(start, offsetBy: range.count)])
    let inside = others.filter { range.lowerBound < Int($0.decoded) && Int($0.decoded) < range.upperBound }
    return SourceText(
      part, file: file,
      segments: [Segment(decoded: 0, source: Int(place.start))]
        + inside.map { Segment(decoded: Int($0.decoded) - range.lowerBound, source: Int($0.source)) },
      sourceEnd: Int(place.end))
  }

  /// The place in the file of a range of this text's UTF-8 offsets.
  public func span(_ range: Range<Int>) -> SourceSpan {
    let start = source(range.lowerBound)
    let end = range.isEmpty ? start : sourceEnd(of: range.upperBound)
    return SourceSpan(file: file, start: start, end: end)
  }

  /// The place of the whole text.
  public var span: SourceSpan {
    SourceSpan(file: file, start: source(0), end: sourceEnd)
  }

  /// Where the character at `offset` starts: of several segments that start there, the last counts.
  private func source(_ offset: Int) -> Int {
    inStep(offset, before: firstOther { $0 > offset })
  }

  /// Where what ends before `offset` ends: of several segments that start there, the first counts.
  private func sourceEnd(of offset: Int) -> Int {
    if offset == 0 { return min(Int(first), sourceEnd) }
    let next = firstOther { $0 >= offset }
    if next < others.count, Int(others[next].decoded) == offset { return min(Int(others[next].source), sourceEnd) }
    return inStep(offset, before: next)
  }

  /// The place of an offset in the segment before one of the others.
  private func inStep(_ offset: Int, before next: Int) -> Int {
    let segment = next > 0 ? others[next - 1] : Segment(decoded: 0, source: Int(first))
    return min(Int(segment.source) + offset - Int(segment.decoded), sourceEnd)
  }

  /// The first of the other segments whose `decoded` passes a test that all later ones pass too.
  private func firstOther(where passes: (Int) -> Bool) -> Int {
    var low = 0
    var high = others.count
    while low < high {
      let middle = (low + high) / 2
      if passes(Int(others[middle].decoded)) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
