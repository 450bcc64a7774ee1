/// A FEEL text and its tokens, for as long as somebody looks at them.
struct TokenizedText {
  let bytes: UnsafeBufferPointer<UInt8>
  /// The last is ``Token/Kind/end``.
  let tokens: UnsafeBufferPointer<Token>

  /// Splits a text into tokens, which lie in memory that is given back when `body` ends.
  static func with<Result>(_ text: String, _ body: (TokenizedText) -> Result) -> Result {
    text.utf8.withContiguousStorageIfAvailable { with($0, body) }
      ?? Array(text.utf8).withUnsafeBufferPointer { with($0, body) }
  }

  private static func with<Result>(
    _ text: UnsafeBufferPointer<UInt8>, _ body: (TokenizedText) -> Result
  ) -> Result {
    // Beyond four gigabytes offsets do not fit a token.
    let bytes = UnsafeBufferPointer(rebasing: text.prefix(Int(UInt32.max)))
    // Each token takes a byte of the text or more, but for the last.
    return withUnsafeTemporaryAllocation(of: Token.self, capacity: bytes.count + 1) { tokens in
      var lexer = Lexer(bytes)
      var count = 0
      while true {
        let token = lexer.next()
        tokens[count] = token
        count += 1
        if token.kind == .end { break }
      }
      return body(TokenizedText(bytes: bytes, tokens: UnsafeBufferPointer(rebasing: tokens[..<count])))
    }
  }

  /// The text as it stands at a range of UTF-8 offsets.
  func text(_ range: Range<Int>) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: bytes[range]), as: UTF8.self)
  }

  /// The text by which a token that may be part of a name is matched.
  func namePart(_ token: Token) -> String { text(token.range) }

  /// The number that a token of numbers writes out; nil where it is beyond those that FEEL has.
  func number(_ token: Token) -> Number? {
    let range = token.range
    // A whole number of a few digits is no more than these.
    if range.count <= 18 {
      var value: UInt64 = 0
      for offset in range {
        let digit = bytes[offset] &- UInt8(ascii: "0")
        guard digit <= 9 else { return Number(utf8: bytes.span.extracting(range)) }
        value = value &* 10 &+ UInt64(digit)
      }
      return Number(small: value, exponent: 0, negative: false)
    }
    return Number(utf8: bytes.span.extracting(range))
  }

  /// Where what a token in quotation marks stands for is written.
  func inside(_ token: Token) -> Range<Int> { token.range.lowerBound + 1..<token.range.upperBound - 1 }

  /// The text that a token in quotation marks stands for, its escapes decoded; nil where it has no escapes.
  func decoded(_ token: Token) -> String? {
    let inside = inside(token)
    for offset in inside where bytes[offset] == UInt8(ascii: "\\") { return Lexer.decoded(bytes, inside) }
    return nil
  }
}

/// Splits FEEL text into tokens; every byte string gives some.
struct Lexer {
  private let bytes: UnsafeBufferPointer<UInt8>
  private var offset = 0

  fileprivate init(_ bytes: UnsafeBufferPointer<UInt8>, at offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  private func byte(_ ahead: Int = 0) -> UInt8? {
    offset + ahead < bytes.count ? bytes[offset + ahead] : nil
  }

  @inline(__always)
  fileprivate mutating func next() -> Token {
    // Most tokens stand right after one space.
    if offset < bytes.count, bytes[offset] == UInt8(ascii: " ") { offset += 1 }
    guard offset < bytes.count else { return Token(.end, bytes.count..<bytes.count) }
    let first = bytes[offset]
    if isLetter(first) || first == UInt8(ascii: "_") { return word(from: offset) }
    return nonLetter()
  }

  /// What does not begin with a letter of ASCII.
  private mutating func nonLetter() -> Token {
    if mayBeBlank, let problem = skipBlanks() { return problem }
    guard let first = byte() else { return Token(.end, bytes.count..<bytes.count) }
    let start = offset
    switch first {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return number()
    case UInt8(ascii: ".") where byte(1).map(isDigit) == true && !followsOperand(start): return number()
    case UInt8(ascii: "\""): return string()
    case _ where wordWidth(starting: true) != nil: return word(from: start)
    case 0x21...0x7E:
      // What is left of ASCII is punctuation, and all of it is read as some symbol.
      let symbol = symbol(from: first)
      offset += symbol.width
      return Token(.symbol(symbol), start..<offset)
    default:
      let (_, width) = scalar(at: offset)
      offset += max(width, 1)
      return Token(.invalid(.meaningless), start..<offset)
    }
  }

  private mutating func word(from start: Int) -> Token {
    var end = offset
    while end < bytes.count, Self.isInWord(bytes[end]) { end += 1 }
    offset = end
    if end < bytes.count, bytes[end] >= 0x80 {
      while let width = wordWidth(starting: false) { offset += width }
    }
    return Token(.word(Keyword(bytes, start..<offset)), start..<offset)
  }

  /// Whether a byte is a letter or a digit of ASCII, or an underscore: each is a bit of one of two words.
  @inline(__always)
  private static func isInWord(_ byte: UInt8) -> Bool {
    let set: UInt64 = byte & 0x40 == 0 ? 0x03FF_0000_0000_0000 : 0x07FF_FFFE_87FF_FFFE
    return byte < 0x80 && set >> UInt64(byte & 0x3F) & 1 != 0
  }

  /// The symbol that a byte here begins, of two characters where there is one.
  private func symbol(from first: UInt8) -> Symbol {
    switch first {
    case UInt8(ascii: "*"), UInt8(ascii: "."), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "!"),
      UInt8(ascii: "-"):
      break
    default: return Symbol(first)
    }
    guard let second = byte(1) else { return Symbol(first) }
    let pair = Symbol(first, second)
    return switch pair {
    case "**", "..", "<=", ">=", "!=", "->": pair
    default: Symbol(first)
    }
  }

  private func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

  /// Whether `.5` here would be a path into what stands before, as in `a.5`.
  private func followsOperand(_ start: Int) -> Bool {
    guard start > 0 else { return false }
    let before = bytes[start - 1]
    return before == UInt8(ascii: ")") || before == UInt8(ascii: "]") || before == UInt8(ascii: "}")
      || before == UInt8(ascii: "_") || isLetter(before)
  }

  private func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
  }

  /// Whether white space or a comment may begin here.
  private var mayBeBlank: Bool {
    guard offset < bytes.count else { return false }
    let byte = bytes[offset]
    return byte <= 0x20 || byte >= 0x80 || byte == UInt8(ascii: "/")
  }

  private mutating func skipBlanks() -> Token? {
    while let byte = byte() {
      switch byte {
      case 0x09...0x0D, 0x20: offset += 1
      case UInt8(ascii: "/"):
        switch self.byte(1) {
        case UInt8(ascii: "/"):
          while let byte = self.byte(), byte != UInt8(ascii: "\n") { offset += 1 }
        case UInt8(ascii: "*"):
          let start = offset
          offset += 2
          while offset < bytes.count, bytes[offset] != UInt8(ascii: "*") || self.byte(1) != UInt8(ascii: "/") {
            offset += 1
          }
          guard offset < bytes.count else {
            return Token(.invalid(.openComment), start..<bytes.count)
          }
          offset += 2
        default: return nil
        }
      case 0..<0x80: return nil
      default:
        let (value, width) = scalar(at: offset)
        guard value.properties.isWhitespace || value == "\u{FEFF}" || value == "\u{180E}" else { return nil }
        offset += width
      }
    }
    return nil
  }

  private mutating func number() -> Token {
    let start = offset
    while let byte = byte(), isDigit(byte) { offset += 1 }
    if byte() == UInt8(ascii: "."), let after = byte(1), isDigit(after) {
      offset += 1
      while let byte = byte(), isDigit(byte) { offset += 1 }
    }
    if let e = byte(), e | 0x20 == UInt8(ascii: "e") {
      var ahead = 1
      if let sign = byte(1), sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { ahead = 2 }
      if let digit = byte(ahead), isDigit(digit) {
        offset += ahead
        while let byte = byte(), isDigit(byte) { offset += 1 }
      }
    }
    // A word that begins with a digit is part of a name, if anything: `2nd reference`.
    if wordWidth(starting: true) != nil { return word(from: start) }
    return Token(.number, start..<offset)
  }

  private mutating func string() -> Token {
    let start = offset
    var end = offset + 1
    while end < bytes.count {
      if bytes[end] == UInt8(ascii: "\"") {
        offset = end + 1
        return Token(.string, start..<offset)
      }
      // Whatever is escaped does not end the text.
      end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1
    }
    offset = end
    return Token(.invalid(.openText), start..<bytes.count)
  }

  /// What stands between quotation marks, with its escapes decoded.
  fileprivate static func decoded(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
    var lexer = Lexer(bytes, at: range.lowerBound)
    var decoded = ""
    // What stands between escapes is taken as a whole.
    var run = range.lowerBound
    while lexer.offset < range.upperBound {
      let start = lexer.offset
      lexer.offset += 1
      guard bytes[start] == UInt8(ascii: "\\") else { continue }
      decoded += String(decoding: bytes[run..<start], as: UTF8.self)
      decoded.unicodeScalars.append(contentsOf: lexer.escape())
      run = lexer.offset
    }
    return decoded + String(decoding: bytes[run..<range.upperBound], as: UTF8.self)
  }

  /// What an escape stands for, the backslash having been read; an escape that is none keeps its backslash.
  private mutating func escape() -> [Unicode.Scalar] {
    guard let letter = byte() else { return ["\\"] }
    let simple: Unicode.Scalar? =
      switch letter {
      case UInt8(ascii: "n"): "\n"
      case UInt8(ascii: "r"): "\r"
      case UInt8(ascii: "t"): "\t"
      case UInt8(ascii: "\""): "\""
      case UInt8(ascii: "'"): "'"
      case UInt8(ascii: "\\"): "\\"
      default: nil
      }
    if let simple {
      offset += 1
      return [simple]
    }
    let digits = letter == UInt8(ascii: "u") ? 4 : letter == UInt8(ascii: "U") ? 6 : 0
    guard digits > 0, let high = hexadecimal(at: offset + 1, digits: digits) else { return ["\\"] }
    if let value = Unicode.Scalar(high) {
      offset += 1 + digits
      return [value]
    }
    // A surrogate pair may be written as two escapes.
    let second = offset + 1 + digits
    if (0xD800..<0xDC00).contains(high), second + 1 < bytes.count, bytes[second] == UInt8(ascii: "\\"),
      bytes[second + 1] == UInt8(ascii: "u"), let low = hexadecimal(at: second + 2, digits: 4),
      (0xDC00..<0xE000).contains(low),
      let value = Unicode.Scalar(0x10000 + (high - 0xD800) << 10 + (low - 0xDC00))
    {
      offset = second + 6
      return [value]
    }
    return ["\\"]
  }

  private func hexadecimal(at start: Int, digits: Int) -> UInt32? {
    guard start + digits <= bytes.count else { return nil }
    var value: UInt32 = 0
    for byte in bytes[start..<start + digits] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  /// The width in bytes of a letter (or, inside a word, a digit) at the current place; nil where there is none.
  private func wordWidth(starting: Bool) -> Int? {
    guard let first = byte() else { return nil }
    if first < 0x80 {
      return isLetter(first) || first == UInt8(ascii: "_") || (!starting && isDigit(first)) ? 1 : nil
    }
    return wideWordWidth(starting: starting)
  }

  /// The same beyond ASCII.
  private func wideWordWidth(starting: Bool) -> Int? {
    let (value, width) = scalar(at: offset)
    // FEEL allows whole blocks from U+00C0 on (grammar rule 28), symbols included, and joiners inside a word.
    switch value.value {
    case 0xB7, 0x300...0x36F, 0x203F...0x2040: return starting ? nil : width
    case 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x2FF, 0x370...0x37D, 0x37F...0x1FFF, 0x200C...0x200D, 0x2070...0x218F,
      0x2C00...0x2FEF, 0x3001...0xD7FF, 0xF900...0xFDCF, 0xFDF0...0xFFFD, 0x10000...0xEFFFF:
      return value.properties.isWhitespace || value == "\u{180E}" || value == "\u{FEFF}" ? nil : width
    default: return nil
    }
  }

  private func scalar(at position: Int) -> (Unicode.Scalar, Int) {
    let first = bytes[position]
    if first < 0x80 { return (Unicode.Scalar(first), 1) }
    let length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
    var value = UInt32(first) & (length == 4 ? 0x07 : length == 3 ? 0x0F : 0x1F)
    for index in 1..<length {
      guard position + index < bytes.count else { return ("\u{FFFD}", 1) }
      value = value << 6 | UInt32(bytes[position + index] & 0x3F)
    }
    return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
  }
}
