/// A line as a terminal can show it, with a stretch of it underlined.
///
/// Tabs go on to the next multiple of four columns. Control characters are spelt as their pictures (`␛`), and what
/// would turn the reading order around or take no room as its code (`<U+202E>`); a byte that is not UTF-8 shows as
/// `<E9>`. A line that is too wide is cut down to what stands around the underlined stretch, with `…` for the rest.
struct SourceLine {
  private(set) var text = ""
  /// The columns, from 0, that are underlined; never empty.
  private(set) var underlined = 0..<1

  /// How far to the left of the underlined stretch a cut line starts, in bytes.
  private static let leadIn = 40
  private static let tabStop = 4

  private let width: Int
  private var column = 0

  /// - Parameters:
  ///   - bytes: The line, with the indices that it has in its file.
  ///   - span: What to underline, in the same indices; it may end beyond the line.
  ///   - width: About how many columns to show.
  init(_ bytes: ArraySlice<UInt8>, underlining span: Range<Int>, width: Int) {
    self.width = width
    let start = min(max(span.lowerBound, bytes.startIndex), bytes.endIndex)
    let stretch = start..<min(max(span.upperBound, start), bytes.endIndex)
    // What is spelt out takes more columns than bytes, so only trying tells whether the stretch still comes into view.
    if start - bytes.startIndex <= width, show(bytes, from: bytes.startIndex, underlining: stretch) { return }
    if show(bytes, from: max(bytes.startIndex, start - Self.leadIn), underlining: stretch) { return }
    _ = show(bytes, from: start, underlining: stretch)
  }

  /// False when the line was full before the stretch began.
  private mutating func show(_ bytes: ArraySlice<UInt8>, from start: Int, underlining stretch: Range<Int>) -> Bool {
    text = ""
    column = 0
    var offset = start
    if offset > bytes.startIndex {
      put("…", width: 1)
      while offset < stretch.lowerBound, bytes[offset] & 0xC0 == 0x80 { offset += 1 }
    }
    var first: Int?
    var last: Int?
    // Bytes count too, since there is no end to the marks that can stand on one character.
    while offset < bytes.endIndex, column < width, offset - start < 4 * width {
      let before = column
      if offset == stretch.upperBound { last = column }
      offset += show(bytes, at: offset)
      // A place within a character counts as that character.
      if first == nil, offset > stretch.lowerBound { first = before }
      if last == nil, offset > stretch.upperBound { last = column }
    }
    let isCut = offset < bytes.endIndex
    if isCut { put("…", width: 1) }
    let from = first ?? column
    underlined = from..<max(last ?? column, from + 1)
    return first != nil || !isCut
  }

  /// Shows the character at `offset`, and returns how many bytes it takes.
  private mutating func show(_ bytes: ArraySlice<UInt8>, at offset: Int) -> Int {
    let next = bytes[offset...].prefix(4)
    guard let (scalar, length) = TextEncoding.scalar(at: 0, in: next.span) else {
      spell("<" + hexadecimal(UInt32(bytes[offset]), digits: 2) + ">")
      return 1
    }
    if scalar == "\t" {
      spell(String(repeating: " ", count: Self.tabStop - column % Self.tabStop))
    } else if let width = scalar.columns {
      put(scalar, width: width)
    } else {
      let spelling = scalar.spelling
      put(spelling, width: spelling.unicodeScalars.count)
    }
    return length
  }

  private mutating func put(_ scalar: Unicode.Scalar, width: Int) {
    text.unicodeScalars.append(scalar)
    column += width
  }

  private mutating func put(_ scalars: String, width: Int) {
    text += scalars
    column += width
  }

  private mutating func spell(_ ascii: String) {
    put(ascii, width: ascii.utf8.count)
  }
}
