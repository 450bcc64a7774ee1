/// Reads the rows of a CSV file: RFC 4180, and what spreadsheets write.
///
/// A line may end in LF, CRLF or CR. A row whose quotes do not add up is given up, and reading goes on at the line
/// after the one it starts on, so that a stray quote costs one row and not the rest of the file.
struct CSVReader {
  /// Why a row could not be told from the rest.
  enum Fault: Hashable {
    /// A quote was opened in this cell (from 0) and not closed before the input's end, or the limit.
    case unclosedQuote(cell: Int, line: Int)
    /// A cell's closing quote has text after it.
    case textAfterQuote(cell: Int, line: Int)
    case tooLong(limit: Int)
  }

  /// What was found next.
  enum Step: Equatable {
    /// ``row`` holds it.
    case row
    case fault(Fault, line: Int)
  }

  private(set) var window: ByteWindow
  private(set) var row = Row()
  private let separator: UInt8
  private let limits: RecordLimits
  /// The line of the first byte not consumed.
  private var line = 1

  init(_ window: ByteWindow, separator: UInt8, limits: RecordLimits) {
    self.window = window
    self.separator = separator
    self.limits = limits
  }

  /// Passes over lines, whatever is in them.
  mutating func skipLines(_ count: Int) {
    for _ in 0..<count where window.peek(0) != nil { skipLine() }
  }

  /// The next row or fault, nil at the input's end.
  mutating func next() -> Step? {
    guard window.peek(0) != nil else { return nil }
    row.start(line: line)
    var offset = 0
    var linesWithin = 0
    while true {
      if window.peek(offset) == quote {
        if let fault = readQuoted(from: &offset, linesWithin: &linesWithin) { return giveUp(fault) }
      } else if !readPlain(from: &offset) {
        return giveUp(.tooLong(limit: limits.recordBytes))
      }
      row.endCell(limit: limits.cells)
      let end = window.peek(offset)
      if end != nil { offset += 1 }
      if end == separator { continue }
      if end == carriageReturn, window.peek(offset) == lineFeed { offset += 1 }
      row.invalid = window.invalidText(in: 0..<offset)
      window.consume(offset)
      line += linesWithin + 1
      return .row
    }
  }

  /// Takes the row for Windows-1252 where it is not UTF-8.
  mutating func decodeWindows1252() { if row.invalid != nil { row.decodeWindows1252() } }

  /// Reads up to the end of a cell without quotes.
  ///
  /// - Returns: false where the row is longer than is allowed.
  private mutating func readPlain(from offset: inout Int) -> Bool {
    while true {
      let separator = separator
      let end = window.firstOffset(from: offset) { byte in
        byte == separator || byte == lineFeed || byte == carriageReturn || byte == 0
      }
      row.append(window.slice(offset..<(end ?? window.count)))
      offset = end ?? window.count
      guard offset <= limits.recordBytes else { return false }
      if let end, window[end] == 0 {
        row.hasNUL = true
        row.append(CollectionOfOne(0))
        offset += 1
      } else if end != nil || !window.readMore() {
        return true
      }
    }
  }

  /// Reads a cell in quotes, from its first quote to behind its last.
  private mutating func readQuoted(from offset: inout Int, linesWithin: inout Int) -> Fault? {
    let cell = row.cellCount
    let startLine = line + linesWithin
    offset += 1
    while true {
      let end = window.firstOffset(from: offset) { byte in
        byte == quote || byte == lineFeed || byte == carriageReturn || byte == 0
      }
      row.append(window.slice(offset..<(end ?? window.count)))
      offset = end ?? window.count
      guard offset <= limits.recordBytes else { return .unclosedQuote(cell: cell, line: startLine) }
      guard let end else {
        if window.readMore() { continue }
        return .unclosedQuote(cell: cell, line: startLine)
      }
      let byte = window[end]
      offset += 1
      guard byte == quote else {
        if byte == 0 { row.hasNUL = true }
        if byte == lineFeed || (byte == carriageReturn && window.peek(offset) != lineFeed) { linesWithin += 1 }
        row.append(CollectionOfOne(byte))
        continue
      }
      switch window.peek(offset) {
      case quote:
        row.append(CollectionOfOne(quote))
        offset += 1
      case nil, separator, lineFeed, carriageReturn: return nil
      default: return .textAfterQuote(cell: cell, line: startLine)
      }
    }
  }

  private mutating func giveUp(_ fault: Fault) -> Step {
    let start = line
    skipLine()
    return .fault(fault, line: start)
  }

  /// Consumes up to and with the next line end, holding no more than a chunk of it.
  private mutating func skipLine() {
    while true {
      guard let end = window.firstOffset(from: 0, where: { $0 == lineFeed || $0 == carriageReturn }) else {
        window.consume(window.count)
        if window.readMore() { continue }
        return
      }
      let isPair = window[end] == carriageReturn && window.peek(end + 1) == lineFeed
      window.consume(end + (isPair ? 2 : 1))
      line += 1
      return
    }
  }
}

private let quote = UInt8(ascii: "\"")
private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
