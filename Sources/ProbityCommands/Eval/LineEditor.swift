import Diagnostics

/// A key as a terminal sends it.
enum Key: Equatable {
  case text(Unicode.Scalar)
  case enter, interrupt, end
  case left, right, home, lineEnd, up, down
  case backspace, delete, deleteWord, deleteToStart, deleteToEnd, clear
}

/// Turns a terminal's bytes into keys; whatever it does not know it passes over.
///
/// - Source: ECMA-48 for control sequences; the keys are those of common terminals and of Emacs.
struct KeyDecoder {
  private enum State {
    case ground, escape
    /// After `ESC [` or `ESC O`, with the parameters so far.
    case sequence([UInt8])
    /// Within a character of several bytes.
    case character([UInt8], length: Int)
  }

  private var state = State.ground

  /// No sequence that a key sends is longer.
  private static let longestSequence = 16

  /// The key that is whole with this byte.
  mutating func key(_ byte: UInt8) -> Key? {
    switch state {
    case .ground: return ground(byte)
    case .escape:
      state = byte == UInt8(ascii: "[") || byte == UInt8(ascii: "O") ? .sequence([]) : .ground
      return nil
    case .sequence(let parameters):
      guard (0x20..<0x40).contains(byte), parameters.count < Self.longestSequence else {
        state = .ground
        return Self.key(final: byte, parameters)
      }
      state = .sequence(parameters + [byte])
      return nil
    case .character(let bytes, let length):
      guard byte & 0xC0 == 0x80 else {
        state = .ground
        return ground(byte)
      }
      let whole = bytes + [byte]
      guard whole.count == length else {
        state = .character(whole, length: length)
        return nil
      }
      state = .ground
      return TextEncoding.scalar(at: 0, in: whole.span).map { .text($0.scalar) }
    }
  }

  private mutating func ground(_ byte: UInt8) -> Key? {
    switch byte {
    case 0x01: return .home
    case 0x02: return .left
    case 0x03: return .interrupt
    case 0x04: return .end
    case 0x05: return .lineEnd
    case 0x06: return .right
    case 0x08, 0x7F: return .backspace
    case 0x09: return .text(" ")
    case 0x0A, 0x0D: return .enter
    case 0x0B: return .deleteToEnd
    case 0x0C: return .clear
    case 0x0E: return .down
    case 0x10: return .up
    case 0x15: return .deleteToStart
    case 0x17: return .deleteWord
    case 0x1B:
      state = .escape
      return nil
    case 0x20..<0x7F: return .text(Unicode.Scalar(byte))
    case 0xC2..<0xE0: state = .character([byte], length: 2)
    case 0xE0..<0xF0: state = .character([byte], length: 3)
    case 0xF0..<0xF5: state = .character([byte], length: 4)
    default: break
    }
    return nil
  }

  private static func key(final: UInt8, _ parameters: [UInt8]) -> Key? {
    switch final {
    case UInt8(ascii: "A"): return .up
    case UInt8(ascii: "B"): return .down
    case UInt8(ascii: "C"): return .right
    case UInt8(ascii: "D"): return .left
    case UInt8(ascii: "H"): return .home
    case UInt8(ascii: "F"): return .lineEnd
    case UInt8(ascii: "~"):
      switch parameters.first {
      case UInt8(ascii: "1"), UInt8(ascii: "7"): return parameters.count == 1 ? .home : nil
      case UInt8(ascii: "3"): return .delete
      case UInt8(ascii: "4"), UInt8(ascii: "8"): return .lineEnd
      default: return nil
      }
    default: return nil
    }
  }
}

/// One line while it is typed, and the lines before it.
struct LineEditor {
  /// What a key came to.
  enum Result: Equatable {
    case editing
    case line(String)
    /// The line was dropped.
    case interrupted
    /// Nothing more will be typed.
    case ended
  }

  private var before = ""
  private var after = ""
  private var history: [String] = []
  /// Which line of the history is shown; its count stands for the line being typed.
  private var position = 0
  /// The line being typed, while one of the history is shown.
  private var draft = ""

  /// Lines that are remembered.
  private static let historyLimit = 1_000
  /// The bytes of the longest line; more are not taken.
  private static let lineLimit = 1 << 20

  /// Starts a new line.
  mutating func begin() {
    before = ""
    after = ""
    draft = ""
    position = history.count
  }

  /// Keeps a line for ``Key/up``, unless it is blank or the same as the last one.
  mutating func remember(_ line: String) {
    guard line.contains(where: { !$0.isWhitespace }), line != history.last else { return }
    history.append(line)
    if history.count > Self.historyLimit { history.removeFirst() }
  }

  mutating func press(_ key: Key) -> Result {
    switch key {
    case .text(let scalar): if before.utf8.count < Self.lineLimit { before.unicodeScalars.append(scalar) }
    case .enter: return .line(before + after)
    case .interrupt: return .interrupted
    case .end:
      if before.isEmpty, after.isEmpty { return .ended }
      if !after.isEmpty { after.removeFirst() }
    case .left: if let last = before.popLast() { after = String(last) + after }
    case .right: if !after.isEmpty { before.append(after.removeFirst()) }
    case .home: move(before: "", after: before + after)
    case .lineEnd: move(before: before + after, after: "")
    case .up: recall(position - 1)
    case .down: recall(position + 1)
    case .backspace: _ = before.popLast()
    case .delete: if !after.isEmpty { after.removeFirst() }
    case .deleteWord:
      while before.last?.isWhitespace == true { before.removeLast() }
      while let last = before.last, !last.isWhitespace { before.removeLast() }
    case .deleteToStart: before = ""
    case .deleteToEnd: after = ""
    case .clear: break
    }
    return .editing
  }

  private mutating func move(before: String, after: String) {
    self.before = before
    self.after = after
  }

  private mutating func recall(_ index: Int) {
    guard (0...history.count).contains(index), index != position else { return }
    if position == history.count { draft = before + after }
    position = index
    move(before: index == history.count ? draft : history[index], after: "")
  }

  /// What draws the line over itself and puts the cursor in its place: of a line that is too long, the part around the
  /// cursor.
  func drawing(after prompt: String, columns: Int) -> String {
    let room = max(columns - prompt.count - 1, 8)
    var left: [Character] = []
    var width = 0
    for character in before.reversed() {
      width += Self.columns(of: character)
      if width > room {
        width -= Self.columns(of: character)
        break
      }
      left.append(character)
    }
    var right = ""
    var total = width
    for character in after {
      total += Self.columns(of: character)
      if total > room { break }
      right.append(character)
    }
    let text = "\r" + prompt + Self.shown(String(left.reversed())) + Self.shown(right) + "\u{1B}[K"
    return text + "\r\u{1B}[\(prompt.count + width)C"
  }

  private static func columns(of character: Character) -> Int {
    character.unicodeScalars.reduce(0) { $0 + ($1.columns ?? $1.spelling.unicodeScalars.count) }
  }

  private static func shown(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { shown, scalar in
      if scalar.columns == nil { shown += scalar.spelling } else { shown.unicodeScalars.append(scalar) }
    }
  }
}
