import Diagnostics

/// Decodes one scalar from the file's bytes, noting where every piece of the text came from.
///
/// libyaml has already found the scalar and decoded it, but it does not say which byte became which. This follows the
/// same rules over the same bytes, which libyaml has accepted, so it need not look for errors. Those rules include
/// libyaml's YAML 1.1 line breaks (NEL, LS and PS).
struct ScalarDecoder {
  private let bytes: [UInt8]
  private let end: Int
  private var position: Int

  private var decoded: [UInt8] = []
  private var segments: [SourceText.Segment] = []
  /// Where in the file the last piece ended.
  private var covered: Int

  private init(_ bytes: [UInt8], _ range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
    covered = range.lowerBound
  }

  /// The text of the scalar that stands at `range`, its quotes or its block header included.
  ///
  /// - Parameter blockIndent: the indentation, in columns, of the collection around a block scalar; -1 for none.
  static func decode(
    _ bytes: [UInt8], _ range: Range<Int>, style: YAML.Scalar.Style, blockIndent: Int, file: FileID
  ) -> SourceText {
    var decoder = ScalarDecoder(bytes, range)
    switch style {
    case .plain: decoder.flow(closedBy: nil)
    case .singleQuoted: decoder.flow(closedBy: UInt8(ascii: "'"))
    case .doubleQuoted: decoder.flow(closedBy: UInt8(ascii: "\""))
    case .literal: decoder.block(folds: false, parentIndent: blockIndent)
    case .folded: decoder.block(folds: true, parentIndent: blockIndent)
    }
    return decoder.finish(file)
  }

  // MARK: Pieces

  /// Adds a piece of text that came from `source`, which starts at or after the end of the piece before.
  private mutating func emit(_ text: some Sequence<UInt8>, from source: Range<Int>) {
    mark(source.lowerBound)
    decoded.append(contentsOf: text)
    covered = source.upperBound
  }

  private mutating func copy(_ source: Range<Int>) { emit(bytes[source], from: source) }

  private mutating func emit(_ lineBreak: LineBreak) {
    if lineBreak.isKept { copy(lineBreak.range) } else { emit([UInt8(ascii: "\n")], from: lineBreak.range) }
  }

  /// Starts a segment where the file and the text are out of step. Where bytes were dropped there are two, so that
  /// what ends before the gap does not seem to reach over it.
  private mutating func mark(_ source: Int) {
    if covered != source {
      if !segments.isEmpty { segments.append(.init(decoded: decoded.count, source: covered)) }
      segments.append(.init(decoded: decoded.count, source: source))
    } else if inStep != source {
      segments.append(.init(decoded: decoded.count, source: source))
    }
  }

  /// Where the next piece would stand if it went on as the last one did.
  private var inStep: Int? {
    segments.last.map { Int($0.source) + decoded.count - Int($0.decoded) }
  }

  private mutating func finish(_ file: FileID) -> SourceText {
    mark(covered)
    return SourceText(String(decoding: decoded, as: UTF8.self), file: file, segments: segments, sourceEnd: covered)
  }

  // MARK: Characters

  private func at(_ index: Int) -> UInt8 { index < end ? bytes[index] : 0 }

  private func isBlank(_ index: Int) -> Bool { at(index) == UInt8(ascii: " ") || at(index) == UInt8(ascii: "\t") }

  private func lineBreak(_ index: Int) -> LineBreak? { LineBreak(in: bytes, at: index, before: end) }

  // MARK: Plain and quoted

  private mutating func flow(closedBy quote: UInt8?) {
    if quote != nil {
      position += 1
      covered = position
    }
    while position < end {
      let continues = word(closedBy: quote)
      if let quote, at(position) == quote { return }
      gap(afterEscapedBreak: continues)
    }
  }

  /// Takes what is not blank. True when it ended in an escaped line break.
  private mutating func word(closedBy quote: UInt8?) -> Bool {
    let backslash = UInt8(ascii: "\\")
    var start = position
    while position < end, !isBlank(position), lineBreak(position) == nil {
      if let quote, at(position) == quote {
        guard quote == UInt8(ascii: "'"), at(position + 1) == quote else { break }
        copyWord(from: start)
        emit([quote], from: position..<position + 2)
        position += 2
        start = position
      } else if quote == UInt8(ascii: "\""), at(position) == backslash {
        copyWord(from: start)
        if let escaped = lineBreak(position + 1) {
          position = escaped.range.upperBound
          return true
        }
        escape()
        start = position
      } else {
        position += 1
      }
    }
    copyWord(from: start)
    return false
  }

  private mutating func copyWord(from start: Int) {
    if start < position { copy(start..<position) }
  }

  /// Takes blanks and line breaks: blanks within a line stay, one line break folds into a space, and of several
  /// the first is dropped.
  private mutating func gap(afterEscapedBreak: Bool) {
    let start = position
    var first: LineBreak?
    var others: [LineBreak] = []
    var hasBreak = afterEscapedBreak
    while position < end {
      if isBlank(position) {
        position += 1
      } else if let next = lineBreak(position) {
        if hasBreak { others.append(next) } else { first = next }
        hasBreak = true
        position = next.range.upperBound
      } else {
        break
      }
    }
    guard hasBreak else {
      copyWord(from: start)
      return
    }
    if let first {
      if first.isKept {
        emit(first)
      } else if others.isEmpty {
        emit([UInt8(ascii: " ")], from: first.range)
      }
    }
    for next in others { emit(next) }
  }

  private mutating func escape() {
    let start = position
    position += 2
    var digits = 0
    let value: UInt32
    switch at(start + 1) {
    case UInt8(ascii: "0"): value = 0
    case UInt8(ascii: "a"): value = 0x07
    case UInt8(ascii: "b"): value = 0x08
    case UInt8(ascii: "t"): value = 0x09
    case UInt8(ascii: "n"): value = 0x0A
    case UInt8(ascii: "v"): value = 0x0B
    case UInt8(ascii: "f"): value = 0x0C
    case UInt8(ascii: "r"): value = 0x0D
    case UInt8(ascii: "e"): value = 0x1B
    case UInt8(ascii: "N"): value = 0x85
    case UInt8(ascii: "_"): value = 0xA0
    case UInt8(ascii: "L"): value = 0x2028
    case UInt8(ascii: "P"): value = 0x2029
    case UInt8(ascii: "x"): (digits, value) = (2, hexadecimal(2))
    case UInt8(ascii: "u"): (digits, value) = (4, hexadecimal(4))
    case UInt8(ascii: "U"): (digits, value) = (8, hexadecimal(8))
    case let itself: value = UInt32(itself)
    }
    position += digits
    emit(Array(String(Unicode.Scalar(value) ?? "\u{FFFD}").utf8), from: start..<position)
  }

  private func hexadecimal(_ count: Int) -> UInt32 {
    var value: UInt32 = 0
    for index in position..<position + count {
      let byte = at(index)
      let digit = byte <= UInt8(ascii: "9") ? byte &- UInt8(ascii: "0") : (byte | 0x20) &- UInt8(ascii: "a") &+ 10
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  // MARK: Literal and folded

  private mutating func block(folds: Bool, parentIndent: Int) {
    let header = header()
    covered = position
    var indent = header.indent.map { max(parentIndent, 0) + $0 }

    var pending: LineBreak?
    var startedWithBlank = false
    var blankLines = breaks(&indent, parentIndent)
    while position < end {
      let startsWithBlank = isBlank(position)
      if let last = pending {
        if folds, !last.isKept, !startedWithBlank, !startsWithBlank {
          if blankLines.isEmpty { emit([UInt8(ascii: " ")], from: last.range) }
        } else {
          emit(last)
        }
      }
      for blankLine in blankLines { emit(blankLine) }
      startedWithBlank = startsWithBlank

      let start = position
      while position < end, lineBreak(position) == nil { position += 1 }
      copyWord(from: start)
      pending = lineBreak(position)
      if let pending { position = pending.range.upperBound }
      blankLines = breaks(&indent, parentIndent)
    }
    if header.keeps != false, let pending { emit(pending) }
    if header.keeps == true { for blankLine in blankLines { emit(blankLine) } }
  }

  /// Takes the line of the `|` or `>`: its indentation indicator, and whether it keeps (`+`) or strips (`-`) the
  /// line breaks at the end.
  private mutating func header() -> (indent: Int?, keeps: Bool?) {
    var indent: Int?
    var keeps: Bool?
    position += 1
    while position < end {
      switch at(position) {
      case UInt8(ascii: "+"): keeps = true
      case UInt8(ascii: "-"): keeps = false
      case let digit where digit >= UInt8(ascii: "1") && digit <= UInt8(ascii: "9"):
        indent = Int(digit - UInt8(ascii: "0"))
      default:
        // Blanks and a comment may follow, and do not matter.
        while position < end, lineBreak(position) == nil { position += 1 }
        if let next = lineBreak(position) { position = next.range.upperBound }
        return (indent, keeps)
      }
      position += 1
    }
    return (indent, keeps)
  }

  /// Takes empty lines and the indentation of the line after them, which settles the indentation where no indicator
  /// did. Stops at the end of the scalar, too.
  private mutating func breaks(_ indent: inout Int?, _ parentIndent: Int) -> [LineBreak] {
    var found: [LineBreak] = []
    var deepest = 0
    while true {
      let start = position
      while at(position) == UInt8(ascii: " "), indent.map({ position - start < $0 }) ?? true { position += 1 }
      deepest = max(deepest, position - start)
      guard let next = lineBreak(position) else { break }
      found.append(next)
      position = next.range.upperBound
    }
    if indent == nil { indent = max(deepest, parentIndent + 1, 1) }
    return found
  }
}
