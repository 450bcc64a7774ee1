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

  private let colour: Bool
  private(set) var bytes: [UInt8]

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
    let hanging = min(hanging ?? indent, Self.width - Self.leastRoom)
    var words = Words(room: Self.width - hanging)
    for run in runs { words.add(run) }
    words.endWord()
    var column = 0
    for (index, word) in words.all.enumerated() {
      if index == 0 {
        column = put(spaces: min(indent, Self.width - Self.leastRoom))
      } else if column + 1 + word.width > Self.width {
        blank()
        column = put(spaces: hanging)
      } else {
        column += put(spaces: 1)
      }
      for piece in word.pieces { put(piece) }
      column += word.width
    }
    blank()
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

  @discardableResult
  private mutating func put(spaces count: Int) -> Int {
    bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: count))
    return count
  }

  private mutating func put(_ piece: Words.Piece) {
    guard colour, let style = piece.style else {
      bytes.append(contentsOf: piece.text.utf8)
      return
    }
    bytes.append(contentsOf: "\u{1B}[\(style.rawValue)m\(piece.text)\u{1B}[0m".utf8)
  }
}

/// Runs cut into words, which may be in several styles; a word that is wider than the room for it is cut.
private struct Words {
  struct Piece {
    var text: String
    var style: TextLayout.Style?
  }

  struct Word {
    var pieces: [Piece] = []
    var width = 0
  }

  private(set) var all: [Word] = []
  private var word = Word()
  private let room: Int

  init(room: Int) { self.room = room }

  mutating func add(_ run: TextLayout.Run) {
    var piece = ""
    for scalar in run.text.unicodeScalars {
      if scalar == " " {
        endPiece(&piece, run.style)
        endWord()
        continue
      }
      let columns = scalar.columns
      let spelling = columns == nil ? scalar.spelling : nil
      let width = columns ?? spelling?.unicodeScalars.count ?? 0
      if word.width + width > room {
        endPiece(&piece, run.style)
        endWord()
      }
      if let spelling { piece += spelling } else { piece.unicodeScalars.append(scalar) }
      word.width += width
    }
    endPiece(&piece, run.style)
  }

  private mutating func endPiece(_ piece: inout String, _ style: TextLayout.Style?) {
    guard !piece.isEmpty else { return }
    word.pieces.append(Piece(text: piece, style: style))
    piece = ""
  }

  mutating func endWord() {
    guard !word.pieces.isEmpty else { return }
    all.append(word)
    word = Word()
  }
}
