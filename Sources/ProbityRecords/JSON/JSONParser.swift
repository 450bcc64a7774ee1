import Diagnostics

/// Why a text is not JSON, and where.
struct JSONFault: Error, Hashable {
  /// One line, lower case.
  var message: String
  /// From 1, of the input.
  var line: Int
  /// From 1, in bytes.
  var column: Int
  var isTooDeep = false
}

/// Reads one JSON value into a ``RawDocument``.
///
/// - Source: RFC 8259. Numbers keep their digits, and are not read until a fact wants them.
struct JSONParser {
  private var document = RawDocument()
  private var offset = 0
  private var line: Int
  private var lineStart: Int
  private let depthLimit: Int
  /// The containers that are open, innermost last.
  private var open: [Int] = []

  /// - Parameters:
  ///   - line: the line of the input on which `bytes` start.
  ///   - column: how many bytes of that line stand before them.
  private init(_ bytes: ArraySlice<UInt8>, line: Int, column: Int, depthLimit: Int) {
    document.bytes = Array(bytes)
    self.line = line
    lineStart = -column
    self.depthLimit = depthLimit
  }

  /// Parses one value with nothing but white space around it.
  static func parse(
    _ bytes: ArraySlice<UInt8>, line: Int, column: Int = 0, depthLimit: Int
  ) throws(JSONFault) -> RawDocument {
    var parser = JSONParser(bytes, line: line, column: column, depthLimit: depthLimit)
    try parser.run()
    return parser.document
  }

  private mutating func run() throws(JSONFault) {
    document.nodes.reserveCapacity(document.bytes.count / 16 + 4)
    skipSpace()
    try value()
    while let container = open.last {
      if document.nodes[container].kind == .list { try listItem(in: container) } else { try member(in: container) }
    }
    skipSpace()
    guard offset == document.bytes.count else { throw fault("text after the end of the value") }
  }

  private mutating func listItem(in container: Int) throws(JSONFault) {
    let isFirst = document.nodes.count == container + 1
    skipSpace()
    if peek() == UInt8(ascii: "]") { return close(container) }
    try separate(isFirst: isFirst, closing: "]")
    try value()
  }

  private mutating func member(in container: Int) throws(JSONFault) {
    let isFirst = document.nodes.count == container + 1
    skipSpace()
    if peek() == UInt8(ascii: "}") { return close(container) }
    try separate(isFirst: isFirst, closing: "}")
    guard peek() == UInt8(ascii: "\"") else {
      throw peek() == UInt8(ascii: "}")
        ? fault("a comma with no member after it") : fault("expected a key in double quotes")
    }
    try string()
    skipSpace()
    guard peek() == UInt8(ascii: ":") else { throw fault("expected `:` after the key") }
    offset += 1
    skipSpace()
    try value()
  }

  private mutating func separate(isFirst: Bool, closing: Character) throws(JSONFault) {
    guard !isFirst else { return }
    guard peek() == UInt8(ascii: ",") else { throw fault("expected `,` or `\(closing)`") }
    offset += 1
    skipSpace()
  }

  private mutating func close(_ container: Int) {
    offset += 1
    document.nodes[container].next = UInt32(document.nodes.count)
    open.removeLast()
  }

  /// Reads a scalar, or the start of a container.
  private mutating func value() throws(JSONFault) {
    guard let byte = peek() else { throw fault("expected a value") }
    switch byte {
    case UInt8(ascii: "{"): try container(.object)
    case UInt8(ascii: "["): try container(.list)
    case UInt8(ascii: "\""): try string()
    case UInt8(ascii: "t"): try word("true", .yes)
    case UInt8(ascii: "f"): try word("false", .no)
    case UInt8(ascii: "n"): try word("null", .null)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): try number()
    case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"): throw fault("expected a value before \(shown(byte))")
    default: throw fault("expected a value, found \(shown(byte))")
    }
  }

  private mutating func container(_ kind: RawDocument.Kind) throws(JSONFault) {
    guard open.count < depthLimit else {
      var fault = fault("nested deeper than \(depthLimit) levels")
      fault.isTooDeep = true
      throw fault
    }
    open.append(document.nodes.count)
    append(kind, from: offset, to: offset)
    offset += 1
  }

  private mutating func word(_ word: StaticString, _ kind: RawDocument.Kind) throws(JSONFault) {
    let end = offset + word.utf8CodeUnitCount
    let matches =
      end <= document.bytes.count
      && word.withUTF8Buffer { document.bytes[offset..<end].elementsEqual($0) }
      && (end == document.bytes.count || !isWordByte(document.bytes[end]))
    guard matches else { throw fault("expected a value; a text stands in double quotes") }
    append(kind, from: offset, to: end)
    offset = end
  }

  private mutating func number() throws(JSONFault) {
    let start = offset
    if peek() == UInt8(ascii: "-") { offset += 1 }
    let whole = digits()
    guard whole > 0 else { throw fault("expected a digit") }
    if whole > 1, document.bytes[offset - whole] == UInt8(ascii: "0") {
      offset -= whole
      throw fault("a number may not start with a zero; an identifier stands in double quotes")
    }
    if peek() == UInt8(ascii: ".") {
      offset += 1
      guard digits() > 0 else { throw fault("expected a digit after the decimal point") }
    }
    if peek() == UInt8(ascii: "e") || peek() == UInt8(ascii: "E") {
      offset += 1
      if peek() == UInt8(ascii: "+") || peek() == UInt8(ascii: "-") { offset += 1 }
      guard digits() > 0 else { throw fault("expected a digit in the exponent") }
    }
    if let byte = peek(), isWordByte(byte) { throw fault("expected the number to end before \(shown(byte))") }
    append(.number, from: start, to: offset)
  }

  private mutating func digits() -> Int {
    let start = offset
    while let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { offset += 1 }
    return offset - start
  }

  private mutating func string() throws(JSONFault) {
    let opening = offset
    offset += 1
    var isEscaped = false
    var isMalformed = false
    var isASCII = true
    while true {
      guard let byte = peek() else {
        offset = opening
        throw fault("a text without its closing quote")
      }
      if byte == UInt8(ascii: "\"") { break }
      if byte == UInt8(ascii: "\\") {
        isEscaped = true
        if try !escape() { isMalformed = true }
      } else if byte < 0x20 {
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
          offset = opening
          throw fault("a text without its closing quote")
        }
        throw fault("a control character (\(shown(byte))) in a text; it is written as an escape")
      } else {
        if byte >= 0x80 { isASCII = false }
        offset += 1
      }
    }
    if !isASCII,
      let index = TextEncoding.firstInvalidUTF8(in: document.bytes.span.extracting(opening + 1..<offset))
    {
      isMalformed = true
      let invalid = opening + 1 + index
      document.invalid = document.invalid ?? InvalidText(byte: document.bytes[invalid], offset: invalid)
    }
    append(.text, from: opening + 1, to: offset)
    document.nodes[document.nodes.count - 1].isEscaped = isEscaped
    document.nodes[document.nodes.count - 1].isMalformed = isMalformed
    offset += 1
  }

  /// Passes over an escape.
  ///
  /// - Returns: false where it stands for half of a surrogate pair.
  private mutating func escape() throws(JSONFault) -> Bool {
    guard offset + 1 < document.bytes.count else { throw fault("a text without its closing quote") }
    switch document.bytes[offset + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      offset += 2
      return true
    case UInt8(ascii: "u"):
      guard let unit = JSONText.unit(in: document.bytes[...], from: offset + 2) else {
        throw fault("expected four hexadecimal digits after `\\u`")
      }
      let (_, length) = JSONText.scalar(in: document.bytes[...], from: offset + 2)
      offset += 2 + length
      return unit & 0xF800 != 0xD800 || length == 10
    case let other: throw fault("no escape is written as a backslash and \(shown(other))")
    }
  }

  private mutating func append(_ kind: RawDocument.Kind, from start: Int, to end: Int) {
    document.nodes.append(
      RawDocument.Node(
        kind: kind, line: UInt32(clamping: line), start: UInt32(clamping: start), end: UInt32(clamping: end),
        next: UInt32(clamping: document.nodes.count + 1)))
  }

  private mutating func skipSpace() {
    while let byte = peek() {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): offset += 1
      case UInt8(ascii: "\n"):
        offset += 1
        line += 1
        lineStart = offset
      default: return
      }
    }
  }

  @inline(__always)
  private func peek() -> UInt8? { offset < document.bytes.count ? document.bytes[offset] : nil }

  private func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "+"),
      UInt8(ascii: "-"), 0x80...:
      true
    default: false
    }
  }

  private func fault(_ message: String) -> JSONFault {
    let isCutOff = offset >= document.bytes.count
    return JSONFault(
      message: isCutOff ? "cut off: \(message)" : message, line: line, column: offset - lineStart + 1)
  }

  private func shown(_ byte: UInt8) -> String { ByteName.of(byte) }
}

/// A byte as a message names it.
enum ByteName {
  static func of(_ byte: UInt8) -> String {
    if byte > 0x20, byte < 0x7F { return "`\(Unicode.Scalar(byte))`" }
    let digits = String(byte, radix: 16, uppercase: true)
    return "0x" + (digits.count < 2 ? "0" : "") + digits
  }
}
