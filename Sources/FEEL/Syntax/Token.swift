/// A piece of FEEL text: what it is and where it stands.
struct Token: Sendable, BitwiseCopyable {
  enum Kind: Hashable, Sendable, BitwiseCopyable {
    /// A run of letters and digits: part of a name, or a keyword.
    case word(Keyword)
    case number
    case string
    /// An operator or a bracket.
    case symbol(Symbol)
    case end
    /// Something that is no FEEL, and why.
    case invalid(Flaw)
  }

  /// Why a piece of text is no FEEL.
  enum Flaw: Hashable, Sendable, BitwiseCopyable {
    case meaningless, openText, openComment
  }

  let kind: Kind
  private let start: UInt32
  private let end: UInt32

  init(_ kind: Kind, _ range: Range<Int>) {
    self.kind = kind
    start = UInt32(truncatingIfNeeded: range.lowerBound)
    end = UInt32(truncatingIfNeeded: range.upperBound)
  }

  /// UTF-8 offsets in the expression.
  var range: Range<Int> { Int(start)..<Int(end) }

  /// Whether it may be part of a name.
  var isNamePart: Bool {
    switch kind {
    case .word, .number, .symbol: true
    case .string, .end, .invalid: false
    }
  }
}

/// What a word means by itself; each may be part of a name all the same.
enum Keyword: String, Sendable {
  case and, or, `in`, between, then, `else`, `return`, satisfies, instance, of, `if`, `for`, some, every
  case function, external, not, `true`, `false`, null
  /// Any other word.
  case none = ""

  /// Whether no name of one word is this.
  var isReserved: Bool {
    switch self {
    case .and, .or, .in, .between, .then, .else, .return, .satisfies, .instance, .of, .if, .for, .some, .every: true
    case .function, .external, .not, .true, .false, .null, .none: false
    }
  }

  /// The meaning of the word that stands at some offsets.
  init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    guard range.count >= 2, range.count <= PackedWord.limit,
      (UInt8(ascii: "a")...0x7A).contains(bytes[range.lowerBound])
    else {
      self = .none
      return
    }
    self =
      switch PackedWord(bytes, range) {
      case "and": .and
      case "or": .or
      case "in": .in
      case "between": .between
      case "then": .then
      case "else": .else
      case "return": .return
      case "satisfies": .satisfies
      case "instance": .instance
      case "of": .of
      case "if": .if
      case "for": .for
      case "some": .some
      case "every": .every
      case "function": .function
      case "external": .external
      case "not": .not
      case "true": .true
      case "false": .false
      case "null": .null
      default: .none
      }
  }
}

/// A short word as one number, so that it is compared with others at once: its last eight letters, which tell all
/// keywords apart, and of nine letters the first one apart from those.
private struct PackedWord: Equatable, ExpressibleByStringLiteral {
  /// As long as the longest keyword.
  static let limit = 9

  private var letters: UInt64 = 0
  private var ninth: UInt8 = 0

  init(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) {
    for offset in range { add(bytes[offset]) }
  }

  @inline(__always)
  init(stringLiteral text: StaticString) {
    for index in 0..<text.utf8CodeUnitCount { add(text.utf8Start[index]) }
  }

  @inline(__always)
  private mutating func add(_ letter: UInt8) {
    ninth = UInt8(truncatingIfNeeded: letters >> 56)
    letters = letters << 8 | UInt64(letter)
  }
}

/// An operator or a bracket: one or two ASCII characters, compared as one number.
struct Symbol: Hashable, Sendable, BitwiseCopyable, ExpressibleByStringLiteral, CustomStringConvertible {
  /// The first character, and above it the second or 0.
  private let code: UInt16

  @inline(__always)
  init(_ first: UInt8, _ second: UInt8 = 0) { code = UInt16(second) << 8 | UInt16(first) }

  @inline(__always)
  init(stringLiteral text: StaticString) {
    self.init(text.utf8Start[0], text.utf8CodeUnitCount > 1 ? text.utf8Start[1] : 0)
  }

  var width: Int { code > 0xFF ? 2 : 1 }

  var description: String {
    String(decoding: [UInt8(truncatingIfNeeded: code), UInt8(code >> 8)].prefix(width), as: UTF8.self)
  }
}
