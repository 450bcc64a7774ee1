/// A piece of FEEL text: what it is and where it stands.
struct Token: Sendable, BitwiseCopyable {
  /// What a token is. Words, operators and brackets are as they are written.
  enum Kind: String, Sendable {
    case end
    case number
    case string

    // Words that mean something by themselves; each may be part of a name all the same.
    case and, or, `in`, between, then, `else`, `return`, satisfies, instance, of, `if`, `for`, some, every
    case function, external, not, `true`, `false`, null
    /// Any other run of letters and digits.
    case word

    case plus = "+"
    case minus = "-"
    case asterisk = "*"
    case slash = "/"
    case power = "**"
    case equal = "="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case arrow = "->"
    case comma = ","
    case colon = ":"
    case dot = "."
    case dots = ".."
    case at = "@"
    case questionMark = "?"
    case apostrophe = "'"
    case openParenthesis = "("
    case closeParenthesis = ")"
    case openBracket = "["
    case closeBracket = "]"
    case openBrace = "{"
    case closeBrace = "}"
    /// Any other punctuation, which FEEL has no use for but in names.
    case symbol

    // What is no FEEL.
    case meaningless, openText, openComment

    /// Whether it is a run of letters and digits.
    @inline(__always)
    var isWord: Bool {
      switch self {
      case .and, .or, .in, .between, .then, .else, .return, .satisfies, .instance, .of, .if, .for, .some, .every,
        .function, .external, .not, .true, .false, .null, .word:
        true
      default: false
      }
    }

    /// Whether it is a word that may be a name by itself, or stand in one of several that nothing else tells apart.
    @inline(__always)
    var isNameWord: Bool {
      switch self {
      case .function, .external, .not, .true, .false, .null, .word: true
      default: false
      }
    }

    /// Whether it may be part of a name that is known.
    @inline(__always)
    var isNamePart: Bool {
      switch self {
      case .string, .end, .meaningless, .openText, .openComment: false
      default: true
      }
    }

    /// Whether it may be part of a name that is told by what follows it.
    @inline(__always)
    var isNewNamePart: Bool {
      switch self {
      case .number, .dot, .slash, .minus, .apostrophe, .plus, .asterisk: true
      default: isWord
      }
    }
  }

  let kind: Kind
  /// Whether it is a text in quotation marks that holds escapes.
  let hasEscapes: Bool
  private let start: UInt32
  private let end: UInt32

  @inline(__always)
  init(_ kind: Kind, _ start: Int, _ end: Int, hasEscapes: Bool = false) {
    self.kind = kind
    self.hasEscapes = hasEscapes
    self.start = UInt32(truncatingIfNeeded: start)
    self.end = UInt32(truncatingIfNeeded: end)
  }

  /// UTF-8 offsets in the expression.
  @inline(__always)
  var range: Range<Int> { Range(uncheckedBounds: (lowerBound, upperBound)) }

  @inline(__always)
  var lowerBound: Int { Int(start) }

  @inline(__always)
  var upperBound: Int { Int(end) }
}
