import Diagnostics

/// Writes JSON on one line, in the order in which it is told.
///
/// What some reader might act on rather than show is escaped: control characters, line and paragraph separators, and
/// what turns the reading order around.
struct JSONWriter {
  private(set) var bytes: [UInt8]
  /// Whether the next value or key is not the first of its array or object.
  private var needsComma = false

  init(_ bytes: consuming [UInt8] = []) { self.bytes = bytes }

  // MARK: Values

  mutating func string(_ text: String) {
    separate()
    quote(text)
  }

  mutating func integer(_ number: Int) {
    separate()
    if 0..<10 ~= number {
      bytes.append(UInt8(ascii: "0") + UInt8(number))
    } else {
      bytes.append(contentsOf: String(number).utf8)
    }
  }

  /// - Parameter digits: A number as JSON writes one.
  mutating func number(_ digits: String) {
    separate()
    bytes.append(contentsOf: digits.utf8)
  }

  mutating func null() {
    separate()
    bytes.append(contentsOf: "null".utf8)
  }

  mutating func boolean(_ value: Bool) {
    separate()
    bytes.append(contentsOf: (value ? "true" : "false").utf8)
  }

  mutating func object(_ body: (inout JSONWriter) -> Void) { enclose("{", "}", body) }

  mutating func array<Element>(_ elements: some Sequence<Element>, _ body: (inout JSONWriter, Element) -> Void) {
    enclose("[", "]") { json in
      for element in elements { body(&json, element) }
    }
  }

  // MARK: Members

  mutating func key(_ name: String) {
    separate()
    quote(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  mutating func member(_ name: String, _ text: String) {
    key(name)
    string(text)
  }

  /// Nothing where there is no text.
  mutating func member(_ name: String, _ text: String?) {
    if let text { member(name, text) }
  }

  mutating func member(_ name: String, _ number: Int) {
    key(name)
    integer(number)
  }

  mutating func member(_ name: String, _ number: Int?) {
    if let number { member(name, number) }
  }

  mutating func member(_ name: String, _ value: Bool) {
    key(name)
    boolean(value)
  }

  mutating func member(_ name: String, _ texts: [String]) {
    member(name, texts) { $0.string($1) }
  }

  mutating func member(_ name: String, _ body: (inout JSONWriter) -> Void) {
    key(name)
    object(body)
  }

  mutating func member<Element>(
    _ name: String, _ elements: some Sequence<Element>, _ body: (inout JSONWriter, Element) -> Void
  ) {
    key(name)
    array(elements, body)
  }

  // MARK: Bytes

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func enclose(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONWriter) -> Void
  ) {
    separate()
    bytes.append(UInt8(ascii: open))
    needsComma = false
    body(&self)
    bytes.append(UInt8(ascii: close))
    needsComma = true
  }

  private mutating func quote(_ text: String) {
    var text = text
    bytes.append(UInt8(ascii: "\""))
    text.withUTF8 { utf8 in
      // Runs of bytes that stand for themselves are taken over as they are.
      var start = 0
      var index = 0
      while index < utf8.count {
        if Self.isPlain[Int(utf8[index])] {
          index += 1
          continue
        }
        guard let (scalar, length) = TextEncoding.scalar(at: index, in: utf8.span) else { break }
        if let escape = Self.escape(scalar) {
          bytes.append(contentsOf: utf8[start..<index])
          bytes.append(contentsOf: escape.utf8)
          start = index + length
        }
        index += length
      }
      bytes.append(contentsOf: utf8[start...])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Of each byte, whether it stands for itself: printing characters of ASCII but for quotation mark and backslash.
  private static let isPlain: [Bool] = (0..<256).map { byte in
    (0x20..<0x7F).contains(byte) && byte != 0x22 && byte != 0x5C
  }

  /// What to write for a character that must not stand as it is.
  private static func escape(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{200E}", "\u{200F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}",
      "\u{FEFF}":
      let digits = String(scalar.value, radix: 16)
      return "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)"
    default: return nil
    }
  }
}
