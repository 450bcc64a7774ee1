/// What a reader of documents found next.
enum RawStep {
  case document(RawDocument, line: Int)
  /// A record that cannot be read; the next one may be.
  case unreadable(JSONFault)
  /// The record is longer than is allowed, and was passed over.
  case tooLong(line: Int)
  /// Something wrong with the file around its records.
  case misplaced(JSONFault)
}

/// Reads the records of a JSON document one at a time: the document itself, the items of a list, or of a list within it.
///
/// The text of a record is found first, by its brackets and quotes alone, and only then parsed: a record that is not
/// JSON costs itself, and the one after it is read.
struct JSONReader {
  /// Where a list of records stands.
  private enum Position {
    case start, afterComma, afterRecord
    /// Nobody knows where a record that is not JSON ends, and whether the comma after it is missing.
    case afterFault
  }

  private enum State {
    case start
    case list(Position)
    /// After a document that is one record.
    case afterDocument
    case end
  }

  private(set) var window: ByteWindow
  private let limits: RecordLimits
  /// The keys on the way to the list of records; empty where the document is the list, or a record.
  private let steps: [String]
  private var state = State.start
  private var line = 1
  /// How many bytes of the line have been consumed.
  private var column = 0

  init(_ window: ByteWindow, steps: [String], limits: RecordLimits) {
    self.window = window
    self.steps = steps
    self.limits = limits
  }

  mutating func next() -> RawStep? {
    switch state {
    case .start: return start()
    case .list(let position): return item(position)
    case .afterDocument: return afterDocument()
    case .end: return nil
    }
  }

  private mutating func start() -> RawStep? {
    skipSpace()
    guard let byte = window.peek(0) else {
      state = .end
      return nil
    }
    if !steps.isEmpty { return enter(byte) }
    switch byte {
    case UInt8(ascii: "["):
      advance(1)
      return item(.start)
    case UInt8(ascii: "{"):
      state = .afterDocument
      return value()
    default:
      state = .end
      return .misplaced(fault("expected `{` or `[`, found \(ByteName.of(byte))"))
    }
  }

  private mutating func item(_ position: Position) -> RawStep? {
    var position = position
    while true {
      skipSpace()
      guard let byte = window.peek(0) else {
        state = .end
        return .misplaced(fault("cut off: the list of records has no closing `]`"))
      }
      switch byte {
      case UInt8(ascii: "]"):
        if position == .afterComma {
          state = .list(.afterFault)
          return .misplaced(fault("expected a record after `,`"))
        }
        advance(1)
        state = .end
        return steps.isEmpty ? trailing() : nil
      case UInt8(ascii: ",") where position == .afterRecord || position == .afterFault:
        advance(1)
        position = .afterComma
      case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: ":"):
        let stray = fault("expected a record, found \(ByteName.of(byte))")
        advance(1)
        state = .list(byte == UInt8(ascii: ",") ? .afterComma : position)
        return .misplaced(stray)
      case _ where position == .afterRecord:
        // Without the comma the list is not JSON any more; the records in it still stand.
        state = .list(.afterFault)
        return .misplaced(fault("expected `,` between two records"))
      default:
        let record = value()
        if case .unreadable = record { state = .list(.afterFault) } else { state = .list(.afterRecord) }
        return record
      }
    }
  }

  /// After a document that was one record there may be others: they are read, and the file is said to be no document.
  private mutating func afterDocument() -> RawStep? {
    skipSpace()
    guard let byte = window.peek(0) else {
      state = .end
      return nil
    }
    guard byte == UInt8(ascii: "{") else { return trailing() }
    state = .start
    return .misplaced(fault("a second document in one file; a file with a record on each line ends in .jsonl"))
  }

  private mutating func trailing() -> RawStep? {
    skipSpace()
    state = .end
    return window.peek(0) == nil ? nil : .misplaced(fault("text after the end of the document"))
  }

  // MARK: - On the way to the records

  private mutating func enter(_ byte: UInt8) -> RawStep? {
    state = .end
    for step in steps {
      skipSpace()
      guard window.peek(0) == UInt8(ascii: "{") else {
        return .misplaced(fault("expected an object with the key `\(Excerpt.of(step))`"))
      }
      advance(1)
      if let step = find(step) { return step }
    }
    skipSpace()
    guard window.peek(0) == UInt8(ascii: "[") else { return .misplaced(fault("expected the list of records")) }
    advance(1)
    return item(.start)
  }

  /// Moves behind the `:` of a key of the object that has just been entered.
  ///
  /// - Returns: what is wrong, where the key is not found.
  private mutating func find(_ wanted: String) -> RawStep? {
    while true {
      skipSpace()
      guard window.peek(0) == UInt8(ascii: "\"") else {
        return .misplaced(fault("there is no key `\(Excerpt.of(wanted))`"))
      }
      guard case .ended(let length) = extent(), let key = try? parse(length) else {
        return .misplaced(fault("expected a key in double quotes"))
      }
      advance(length)
      skipSpace()
      guard window.peek(0) == UInt8(ascii: ":") else { return .misplaced(fault("expected `:` after the key")) }
      advance(1)
      skipSpace()
      if key.text(0) == wanted { return nil }
      guard pass() else { return .misplaced(fault("cut off: there is no key `\(Excerpt.of(wanted))`")) }
      skipSpace()
      if window.peek(0) == UInt8(ascii: ",") { advance(1) }
    }
  }

  /// Passes over a value of any length.
  private mutating func pass() -> Bool {
    switch extent() {
    case .ended(let length):
      advance(length)
      return length > 0
    case .tooLong: return true
    case .cutOff: return false
    }
  }

  // MARK: - One value

  private mutating func value() -> RawStep {
    let line = line
    switch extent() {
    case .tooLong: return .tooLong(line: line)
    case .ended(let length), .cutOff(let length):
      defer { advance(length) }
      do {
        return .document(try parse(length), line: line)
      } catch {
        return .unreadable(error)
      }
    }
  }

  private func parse(_ length: Int) throws(JSONFault) -> RawDocument {
    var document = try JSONParser.parse(
      window.slice(0..<length), line: line, column: column, depthLimit: limits.depth)
    document.place(at: window)
    return document
  }

  private enum Extent {
    case ended(Int)
    case cutOff(Int)
    /// It has been consumed.
    case tooLong
  }

  /// How far the value at the window's start reaches, by its brackets and quotes.
  private mutating func extent() -> Extent {
    var offset = 0
    var depth = 0
    var isInText = false
    var isOneLine = true
    var passed = 0
    while true {
      guard let byte = window.peek(offset) else { return passed > 0 ? .tooLong : .cutOff(offset) }
      if isInText {
        switch byte {
        case UInt8(ascii: "\""):
          isInText = false
          if depth == 0 { return ended(offset + 1, passed) }
        case UInt8(ascii: "\\"):
          // What is escaped ends nothing, whatever it is.
          if window.peek(offset + 1) != nil { offset += 1 }
        case UInt8(ascii: "\n"):
          // A text may not hold a line end: the quote that closes it was forgotten, and with it what stood between. A
          // record that is no longer than the line is over; of any other the brackets may still tell the end.
          isInText = false
          if isOneLine { return ended(offset, passed) }
        default:
          if let end = window.firstOffset(from: offset, where: isTextEvent) {
            offset = end
          } else {
            offset = window.count
          }
          offset -= 1
        }
      } else {
        switch byte {
        case UInt8(ascii: "\""): isInText = true
        case UInt8(ascii: "\n"): isOneLine = false
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          if depth == 0 { return ended(offset, passed) }
          depth -= 1
          if depth == 0 { return ended(offset + 1, passed) }
        case UInt8(ascii: ","), UInt8(ascii: ":"):
          if depth == 0 { return ended(offset, passed) }
        default: break
        }
      }
      offset += 1
      if offset + passed > limits.recordBytes {
        passed += offset
        advance(offset)
        offset = 0
      }
    }
  }

  private mutating func ended(_ length: Int, _ passed: Int) -> Extent {
    guard passed > 0 else { return .ended(length) }
    advance(length)
    return .tooLong
  }

  // MARK: - Bytes

  private mutating func skipSpace() {
    while let byte = window.peek(0),
      byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
        || byte == UInt8(ascii: "\n")
    {
      advance(1)
    }
  }

  private mutating func advance(_ count: Int) {
    for byte in window.slice(0..<count) {
      if byte == UInt8(ascii: "\n") {
        line += 1
        column = 0
      } else {
        column += 1
      }
    }
    window.consume(count)
  }

  private func fault(_ message: String) -> JSONFault {
    JSONFault(message: message, line: line, column: column + 1)
  }
}

extension RawDocument {
  /// Counts the offset of what is not text from the start of the file, where the file has it.
  fileprivate mutating func place(at window: ByteWindow) {
    guard let found = invalid else { return }
    invalid = InvalidText(
      byte: found.byte, offset: window.form == .utf8 ? found.offset.map { $0 + window.fileOffset } : nil)
  }
}

/// Whether a byte matters to the end of a text.
private func isTextEvent(_ byte: UInt8) -> Bool {
  byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == UInt8(ascii: "\n")
}
