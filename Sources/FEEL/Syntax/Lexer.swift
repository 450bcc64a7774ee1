/// A FEEL text and its tokens, for as long as somebody looks at them.
struct TokenizedText {
  let bytes: UnsafeBufferPointer<UInt8>
  /// The last is ``Token/Kind/end``.
  let tokens: UnsafeBufferPointer<Token>

  /// Splits a text into tokens, which lie in memory that is given back when `body` ends.
  @inline(__always)
  static func with<Result>(_ text: String, _ body: (TokenizedText) -> Result) -> Result {
    text.withUTF8Bytes { text in
      // Beyond four gigabytes offsets do not fit a token.
      let bytes = UnsafeBufferPointer(rebasing: text.prefix(Int(UInt32.max)))
      return StackBuffer<Token>.withRoom { room in
        var tokens = StackBuffer(in: room)
        Lexer(bytes).split(into: &tokens)
        return tokens.withAll { body(TokenizedText(bytes: bytes, tokens: $0)) }
      }
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
  func inside(_ token: Token) -> Range<Int> { token.lowerBound + 1..<token.upperBound - 1 }

  /// The text that a token in quotation marks stands for, its escapes decoded; nil where it has no escapes.
  func decoded(_ token: Token) -> String? {
    token.hasEscapes ? EscapeDecoder.decoded(bytes, inside(token)) : nil
  }
}

/// Splits FEEL text into tokens; every byte string gives some.
struct Lexer {
  private let bytes: UnsafeBufferPointer<UInt8>

  fileprivate init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  fileprivate func split(into tokens: inout StackBuffer<Token>) {
    var offset = 0
    while true {
      let token = next(from: offset)
      tokens.append(token)
      if token.kind == .end { return }
      offset = token.upperBound
    }
  }

  private func byte(at offset: Int) -> UInt8? { offset < bytes.count ? bytes[offset] : nil }

  /// The token that stands at an offset, or after the white space there.
  @inline(__always)
  private func next(from offset: Int) -> Token {
    var start = offset
    while start < bytes.count {
      let first = bytes[start]
      switch first {
      case UInt8(ascii: " "), 0x09...0x0D: start += 1
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"):
        return word(from: start)
      case UInt8(ascii: "\""): return string(from: start)
      case UInt8(ascii: "0")...UInt8(ascii: "9"): return number(from: start)
      case UInt8(ascii: "."): return dot(at: start)
      case UInt8(ascii: "("): return Token(.openParenthesis, start, start + 1)
      case UInt8(ascii: ")"): return Token(.closeParenthesis, start, start + 1)
      case UInt8(ascii: ","): return Token(.comma, start, start + 1)
      case UInt8(ascii: "="): return Token(.equal, start, start + 1)
      case UInt8(ascii: "["): return Token(.openBracket, start, start + 1)
      case UInt8(ascii: "]"): return Token(.closeBracket, start, start + 1)
      case UInt8(ascii: "{"): return Token(.openBrace, start, start + 1)
      case UInt8(ascii: "}"): return Token(.closeBrace, start, start + 1)
      case UInt8(ascii: ":"): return Token(.colon, start, start + 1)
      case UInt8(ascii: "@"): return Token(.at, start, start + 1)
      case UInt8(ascii: "?"): return Token(.questionMark, start, start + 1)
      case UInt8(ascii: "'"): return Token(.apostrophe, start, start + 1)
      case UInt8(ascii: "+"): return Token(.plus, start, start + 1)
      case UInt8(ascii: "<"): return either(.lessOrEqual, UInt8(ascii: "="), or: .less, at: start)
      case UInt8(ascii: ">"): return either(.greaterOrEqual, UInt8(ascii: "="), or: .greater, at: start)
      case UInt8(ascii: "-"): return either(.arrow, UInt8(ascii: ">"), or: .minus, at: start)
      case UInt8(ascii: "*"): return either(.power, UInt8(ascii: "*"), or: .asterisk, at: start)
      case UInt8(ascii: "!"): return either(.notEqual, UInt8(ascii: "="), or: .symbol, at: start)
      case UInt8(ascii: "/"):
        guard let end = endOfComment(from: start) else { return Token(.slash, start, start + 1) }
        guard end <= bytes.count else { return Token(.openComment, start, bytes.count) }
        start = end
      // What is left of ASCII is punctuation.
      case 0x21...0x7E: return Token(.symbol, start, start + 1)
      default:
        guard let width = spaceWidth(at: start) else { return other(at: start) }
        start += width
      }
    }
    return Token(.end, bytes.count, bytes.count)
  }

  /// An operator of two characters where the second is there, or else one of the first alone.
  @inline(__always)
  private func either(_ pair: Token.Kind, _ second: UInt8, or single: Token.Kind, at start: Int) -> Token {
    let isPair = start + 1 < bytes.count && bytes[start + 1] == second
    return isPair ? Token(pair, start, start + 2) : Token(single, start, start + 1)
  }

  @inline(__always)
  private func word(from start: Int) -> Token {
    var end = start
    while end + 8 <= bytes.count {
      let eight = EightBytes(bytes, at: end)
      let count = eight.wordCount
      if count == 8 {
        end += 8
        continue
      }
      guard bytes[end + count] < 0x80 else { break }
      let kind = end == start ? eight.prefix(count).keyword : longKeyword(start..<end + count)
      return Token(kind, start, end + count)
    }
    return word(from: start, through: end)
  }

  /// A word of which the bytes before `offset` are part.
  private func word(from start: Int, through offset: Int) -> Token {
    var end = offset
    while let width = wordWidth(at: end, starting: false) { end += width }
    let word = UnsafeBufferPointer(rebasing: bytes[start..<end])
    return Token(end - start < 8 ? EightBytes(word).keyword : longKeyword(start..<end), start, end)
  }

  /// What a word of eight letters or more means, which few words do that mean anything.
  @inline(__always)
  private func longKeyword(_ range: Range<Int>) -> Token.Kind {
    guard range.count <= 9 else { return .word }
    let word = UnsafeBufferPointer(rebasing: bytes[range])
    return range.count == 8 ? EightBytes(word).keyword : word.elementsEqual("satisfies".utf8) ? .satisfies : .word
  }

  @inline(__always)
  private func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  @inline(__always)
  private func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }

  private func isDigit(at offset: Int) -> Bool { offset < bytes.count && isDigit(bytes[offset]) }

  private func dot(at start: Int) -> Token {
    if isDigit(at: start + 1), !followsOperand(start) { return number(from: start) }
    return either(.dots, UInt8(ascii: "."), or: .dot, at: start)
  }

  /// Whether `.5` here would be a path into what stands before, as in `a.5`.
  private func followsOperand(_ start: Int) -> Bool {
    guard start > 0 else { return false }
    let before = bytes[start - 1]
    return before == UInt8(ascii: ")") || before == UInt8(ascii: "]") || before == UInt8(ascii: "}")
      || before == UInt8(ascii: "_") || isLetter(before)
  }

  /// Where the comment that a slash begins ends, beyond the text where it does not; nil where it begins none.
  private func endOfComment(from start: Int) -> Int? {
    var end = start + 2
    switch byte(at: start + 1) {
    case UInt8(ascii: "/"):
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      return end
    case UInt8(ascii: "*"):
      while end < bytes.count, bytes[end] != UInt8(ascii: "*") || byte(at: end + 1) != UInt8(ascii: "/") { end += 1 }
      return end < bytes.count ? end + 2 : bytes.count + 1
    default: return nil
    }
  }

  /// How many bytes a character beyond ASCII has that is white space; nil where it is not.
  @inline(never)
  private func spaceWidth(at start: Int) -> Int? {
    guard bytes[start] >= 0x80 else { return nil }
    let (value, width) = scalar(at: start)
    return value.properties.isWhitespace || value == "\u{FEFF}" || value == "\u{180E}" ? width : nil
  }

  /// A word that begins beyond ASCII, or what has no meaning.
  @inline(never)
  private func other(at start: Int) -> Token {
    if let width = wordWidth(at: start, starting: true) { return word(from: start, through: start + width) }
    let (_, width) = scalar(at: start)
    return Token(.meaningless, start, start + max(width, 1))
  }

  private func number(from start: Int) -> Token {
    var end = start
    while isDigit(at: end) { end += 1 }
    if byte(at: end) == UInt8(ascii: "."), isDigit(at: end + 1) {
      end += 1
      while isDigit(at: end) { end += 1 }
    }
    guard let after = byte(at: end), isLetter(after) || after == UInt8(ascii: "_") || after >= 0x80 else {
      return Token(.number, start, end)
    }
    if after | 0x20 == UInt8(ascii: "e") {
      let sign = byte(at: end + 1)
      let digits = sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") ? end + 2 : end + 1
      if isDigit(at: digits) {
        end = digits
        while isDigit(at: end) { end += 1 }
      }
    }
    // A word that begins with a digit is part of a name, if anything: `2nd reference`.
    if let width = wordWidth(at: end, starting: true) { return word(from: start, through: end + width) }
    return Token(.number, start, end)
  }

  @inline(__always)
  private func string(from start: Int) -> Token {
    var end = start + 1
    var hasEscapes = false
    while end < bytes.count {
      let byte = bytes[end]
      end += 1
      if byte == UInt8(ascii: "\"") { return Token(.string, start, end, hasEscapes: hasEscapes) }
      // Whatever is escaped does not end the text.
      if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        end += 1
      }
    }
    return Token(.openText, start, bytes.count)
  }

  /// The width in bytes of a letter (or, inside a word, a digit) at an offset; nil where there is none.
  private func wordWidth(at offset: Int, starting: Bool) -> Int? {
    guard let first = byte(at: offset) else { return nil }
    if first < 0x80 {
      return isLetter(first) || first == UInt8(ascii: "_") || (!starting && isDigit(first)) ? 1 : nil
    }
    return wideWordWidth(at: offset, starting: starting)
  }

  /// The same beyond ASCII.
  @inline(never)
  private func wideWordWidth(at offset: Int, starting: Bool) -> Int? {
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

/// Eight bytes of a text, looked at together: the first is the least of a number.
private struct EightBytes {
  private var bytes: UInt64

  init(_ text: UnsafeBufferPointer<UInt8>, at offset: Int) {
    bytes = UInt64(
      littleEndian: UnsafeRawBufferPointer(text).loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  /// - Parameter text: of at most eight bytes; what it has less is 0.
  init(_ text: UnsafeBufferPointer<UInt8>) {
    bytes = 0
    for byte in text.reversed() { bytes = bytes << 8 | UInt64(byte) }
  }

  @inline(__always)
  init(_ text: StaticString) {
    bytes = 0
    for index in 0..<text.utf8CodeUnitCount { bytes |= UInt64(text.utf8Start[index]) << UInt64(8 * index) }
  }

  /// How many bytes from the first on are letters or digits of ASCII, or underscores.
  ///
  /// In each byte a number is added that carries into the highest bit from some letter on, which the others lack.
  @inline(__always)
  var wordCount: Int {
    let low = bytes & Self.each(0x7F)
    let lower = low | Self.each(0x20)
    let letters = (lower &+ Self.each(0x80 - 0x61)) & ~(lower &+ Self.each(0x80 - 0x7B))
    let digits = (low &+ Self.each(0x80 - 0x30)) & ~(low &+ Self.each(0x80 - 0x3A))
    let underscores = ~((low ^ Self.each(0x5F)) &+ Self.each(0x7F))
    let others = ~(letters | digits | underscores) | bytes
    return (others & Self.each(0x80)).trailingZeroBitCount / 8
  }

  @inline(__always)
  private static func each(_ byte: UInt64) -> UInt64 { byte &* 0x0101_0101_0101_0101 }

  /// The first bytes, of which there are less than eight.
  @inline(__always)
  func prefix(_ count: Int) -> EightBytes {
    var prefix = self
    prefix.bytes &= (1 << UInt64(8 * count)) &- 1
    return prefix
  }

  /// What the bytes mean as a word by themselves.
  @inline(__always)
  var keyword: Token.Kind {
    switch bytes {
    case Self("and").bytes: .and
    case Self("or").bytes: .or
    case Self("in").bytes: .in
    case Self("between").bytes: .between
    case Self("then").bytes: .then
    case Self("else").bytes: .else
    case Self("return").bytes: .return
    case Self("instance").bytes: .instance
    case Self("of").bytes: .of
    case Self("if").bytes: .if
    case Self("for").bytes: .for
    case Self("some").bytes: .some
    case Self("every").bytes: .every
    case Self("function").bytes: .function
    case Self("external").bytes: .external
    case Self("not").bytes: .not
    case Self("true").bytes: .true
    case Self("false").bytes: .false
    case Self("null").bytes: .null
    default: .word
    }
  }
}

/// Decodes the escapes of a text in quotation marks.
private struct EscapeDecoder {
  let bytes: UnsafeBufferPointer<UInt8>
  private var offset: Int

  private init(bytes: UnsafeBufferPointer<UInt8>, offset: Int) {
    self.bytes = bytes
    self.offset = offset
  }

  /// What stands between quotation marks, with its escapes decoded.
  static func decoded(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
    var decoder = EscapeDecoder(bytes: bytes, offset: range.lowerBound)
    var decoded = ""
    // What stands between escapes is taken as a whole.
    var run = range.lowerBound
    while decoder.offset < range.upperBound {
      let start = decoder.offset
      decoder.offset += 1
      guard bytes[start] == UInt8(ascii: "\\") else { continue }
      decoded += String(decoding: bytes[run..<start], as: UTF8.self)
      decoded.unicodeScalars.append(contentsOf: decoder.escape())
      run = decoder.offset
    }
    return decoded + String(decoding: bytes[run..<range.upperBound], as: UTF8.self)
  }

  /// What an escape stands for, the backslash having been read; an escape that is none keeps its backslash.
  private mutating func escape() -> [Unicode.Scalar] {
    guard let letter = offset < bytes.count ? bytes[offset] : nil else { return ["\\"] }
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
}
