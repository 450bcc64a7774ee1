import Diagnostics

/// Text that is broken into lines at spaces, with nothing in it that a terminal would act on.
///
/// A tab or a line break within a text shows as its picture, so that no value can pass for a line of the report.
struct TextLayout {
  enum Style: String {
    case bold = "1"
    case faint = "2"
    case red = "1;31"
    case yellow = "1;33"
    case green = "1;32"
    case cyan = "1;36"
  }

  /// A stretch of text in one style.
  struct Run: ExpressibleByStringInterpolation {
    var text: String
    var style: Style?

    init(_ text: String, _ style: Style? = nil) {
      self.text = text
      self.style = style
    }

    init(stringLiteral text: String) { self.init(text) }
  }

  static let width = 100
  /// No line is so indented that less than this is left.
  private static let leastRoom = 20
  static var deepest: Int { width - leastRoom }

  private let colour: Bool
  private(set) var bytes: [UInt8]
  /// What has come since the last space.
  private var word: [UInt8] = []

  /// - Parameter colour: Whether to use ANSI colours.
  init(_ bytes: consuming [UInt8] = [], colour: Bool) {
    self.colour = colour
    self.bytes = bytes
  }

  mutating func blank() { bytes.append(UInt8(ascii: "\n")) }

  mutating func rule() {
    bytes.append(contentsOf: repeatElement(UInt8(ascii: "-"), count: Self.width))
    blank()
  }

  /// One paragraph: its first line indented by `indent` columns and the others by `hanging`, or as the first.
  mutating func paragraph(_ runs: Run..., indent: Int = 0, hanging: Int? = nil) {
    paragraph(runs, indent: indent, hanging: hanging)
  }

  mutating func paragraph(_ runs: [Run], indent: Int = 0, hanging: Int? = nil) {
    let first = min(indent, Self.deepest)
    var line = Line(indent: first, hanging: min(hanging ?? indent, Self.deepest))
    put(spaces: first)
    for run in runs {
      let style = colour ? run.style : nil
      if let style { word.append(contentsOf: "\u{1B}[\(style.rawValue)m".utf8) }
      add(run.text, to: &line)
      if style != nil { word.append(contentsOf: "\u{1B}[0m".utf8) }
    }
    endWord(of: &line)
    blank()
  }

  /// Where a paragraph has come to.
  private struct Line {
    var column: Int
    var hanging: Int
    /// Whether the line holds nothing but its indentation yet.
    var isEmpty = true
    /// The columns that ``word`` takes.
    var wordWidth = 0

    init(indent: Int, hanging: Int) {
      column = indent
      self.hanging = hanging
    }
  }

  private mutating func add(_ text: String, to line: inout Line) {
    var text = text
    text.withUTF8 { bytes in
      var index = 0
      while index < bytes.count {
        let byte = bytes[index]
        if byte == UInt8(ascii: " ") {
          endWord(of: &line)
          index += 1
        } else if byte > 0x20, byte < 0x7F {
          makeRoom(for: 1, on: &line)
          word.append(byte)
          line.wordWidth += 1
          index += 1
        } else {
          guard let (scalar, length) = TextEncoding.scalar(at: index, in: bytes.span) else { return }
          let columns = scalar.columns
          let spelling = columns == nil ? scalar.spelling : nil
          let width = columns ?? spelling?.unicodeScalars.count ?? 0
          makeRoom(for: width, on: &line)
          if let spelling {
            word.append(contentsOf: spelling.utf8)
          } else {
            word.append(contentsOf: bytes[index..<index + length])
          }
          line.wordWidth += width
          index += length
        }
      }
    }
  }

  /// Cuts a word that is wider than any line.
  private mutating func makeRoom(for width: Int, on line: inout Line) {
    if line.wordWidth + width > Self.width - line.hanging { endWord(of: &line) }
  }

  private mutating func endWord(of line: inout Line) {
    // Of a style without text the word is only the codes, which take no room.
    guard !word.isEmpty else { return }
    if line.wordWidth > 0 {
      if line.isEmpty {
        line.isEmpty = false
      } else if line.column + 1 + line.wordWidth > Self.width {
        blank()
        put(spaces: line.hanging)
        line.column = line.hanging
      } else {
        put(spaces: 1)
        line.column += 1
      }
    }
    bytes.append(contentsOf: word)
    line.column += line.wordWidth
    word.removeAll(keepingCapacity: true)
    line.wordWidth = 0
  }

  /// Cells side by side, padded to their columns' widths; the last is a paragraph of its own that hangs below itself.
  mutating func row(_ cells: [(text: String, width: Int, isNumber: Bool)], then last: Run, indent: Int) {
    var line = ""
    var column = indent
    for cell in cells {
      let padding = String(repeating: " ", count: max(0, cell.width - cell.text.unicodeScalars.count))
      line += cell.isNumber ? padding + cell.text : cell.text + padding
      line += "  "
      column += cell.width + 2
    }
    put(spaces: indent)
    bytes.append(contentsOf: line.utf8)
    var rest = TextLayout(colour: colour)
    rest.paragraph(last, indent: column)
    bytes.append(contentsOf: rest.bytes.drop { $0 == UInt8(ascii: " ") })
  }

  private mutating func put(spaces count: Int) {
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
  }
}
