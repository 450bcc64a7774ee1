/// Names of more than one word, found in a row of tokens.
///
/// A FEEL name may hold spaces, keywords and operators, so whether `a - b` is one name or a subtraction depends on which
/// names there are (DMN 1.5, 10.3.1.6). The table holds those that are not a single word; the longest match wins.
struct NameTable: Sendable {
  /// One part further along some names.
  private struct Step: Hashable {
    /// The state reached by the parts before, 0 at the first.
    var state: Int
    var part: String
  }

  /// The names as a tree: by each part to the next state, so that neither finding a name nor adding one depends on how
  /// many others begin alike.
  private var steps: [Step: Int] = [:]
  /// By the state that a name's last part leads to.
  private var names: [Int: String] = [:]
  /// Whether some name's second part is an operator, as in `a - b`. Mostly none is, and most words stand before one.
  private(set) var hasOperators = false
  /// A bit for the length and the ends of each name's first part: most words begin no name, which this tells at once.
  private var beginnings: UInt64 = 0

  init(_ names: some Sequence<String> = []) {
    for name in names { insert(name) }
  }

  mutating func insert(_ name: String) {
    guard Self.holds(name) else { return }
    TokenizedText.with(name) { insert(name, as: $0) }
  }

  /// Whether a name may be one of several words: most are one, which is no business of such a table.
  static func holds(_ name: String) -> Bool {
    !name.utf8.allSatisfy {
      $0 == UInt8(ascii: "_") || ($0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z"))
    }
  }

  private mutating func insert(_ name: String, as text: TokenizedText) {
    let parts = text.tokens.filter(\.isNamePart)
    guard parts.count > 1 else { return }
    if case .word = parts[1].kind {} else { hasOperators = true }
    beginnings |= Self.bit(of: parts[0], in: text)
    var state = 0
    for part in parts {
      let step = Step(state: state, part: text.namePart(part))
      let next = steps[step] ?? steps.count + 1
      steps[step] = next
      state = next
    }
    if names[state] == nil { names[state] = name }
  }

  private static func bit(of part: Token, in text: TokenizedText) -> UInt64 {
    let range = part.range
    let ends = text.bytes[range.lowerBound] &* 5 &+ text.bytes[range.upperBound - 1]
    return 1 << UInt64((range.count + Int(ends)) % 64)
  }

  /// The longest name that the tokens from `start` on spell, and of how many tokens it is.
  @inline(__always)
  func match(_ text: TokenizedText, at start: Int) -> (name: String, count: Int)? {
    guard mayMatch(text, at: start) else { return nil }
    return longestMatch(text, at: start)
  }

  /// Whether a name may begin with the token at `start`, as far as that can be told at once.
  @inline(__always)
  private func mayMatch(_ text: TokenizedText, at start: Int) -> Bool {
    let tokens = text.tokens
    // The last token is no part of a name.
    guard tokens[start].isNamePart else { return false }
    switch tokens[start + 1].kind {
    case .word: break
    default: if !hasOperators { return false }
    }
    return beginnings & Self.bit(of: tokens[start], in: text) != 0
  }

  private func longestMatch(_ text: TokenizedText, at start: Int) -> (name: String, count: Int)? {
    let tokens = text.tokens
    var longest: (name: String, count: Int)?
    var state = 0
    for index in start..<tokens.count {
      guard tokens[index].isNamePart, let next = steps[Step(state: state, part: text.namePart(tokens[index]))] else {
        break
      }
      state = next
      if let name = names[state] { longest = (name, index + 1 - start) }
    }
    return longest
  }
}

/// The names that an expression may use, as far as the parser has to know them.
public struct KnownNames: Sendable {
  final class Tables: Sendable {
    /// Names in scope.
    let scope: NameTable
    /// Names of members of whatever is in scope, for what follows a dot and for filters.
    let members: NameTable
    /// Types by their declared names.
    let types: [String: Type]
    /// Whether the second part of some name is an operator.
    let haveOperators: Bool

    init(scope: NameTable, members: NameTable, types: [String: Type]) {
      self.scope = scope
      self.members = members
      self.types = types
      haveOperators = scope.hasOperators || members.hasOperators
    }
  }

  let tables: Tables

  private static let builtins = NameTable(BuiltinLibrary.names)
  private static let none = Tables(scope: builtins, members: NameTable(), types: [:])

  /// Those of the language alone.
  public init() { tables = Self.none }

  public init(
    scope: some Sequence<String>, members: some Sequence<String> = [], types: [String: Type] = [:]
  ) {
    var table = Self.builtins
    for name in scope { table.insert(name) }
    tables = Tables(scope: table, members: NameTable(members), types: types)
  }
}
