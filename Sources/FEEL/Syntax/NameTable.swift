/// Names of more than one word, found in a row of tokens.
///
/// A FEEL name may hold spaces, keywords and operators, so whether `a - b` is one name or a subtraction depends on which
/// names there are (DMN 1.5, 10.3.1.6). The table holds those that are not a single word; the longest match wins.
struct NameTable: Sendable {
  /// By first part, longest first.
  private var entries: [String: [(parts: [String], name: String)]] = [:]
  /// Whether some name's second part is an operator, as in `a - b`. Mostly none is, and most words stand before one.
  private var hasOperators = false

  init(_ names: some Sequence<String> = []) {
    for name in names { insert(name) }
  }

  mutating func insert(_ name: String) {
    let tokens = Lexer.tokens(of: name).filter { $0.namePart != nil }
    let parts = tokens.compactMap(\.namePart)
    guard parts.count > 1, let first = parts.first else { return }
    var list = entries[first] ?? []
    guard !list.contains(where: { $0.parts == parts }) else { return }
    list.append((parts, name))
    list.sort { $0.parts.count > $1.parts.count }
    entries[first] = list
    if case .word = tokens[1].kind {} else { hasOperators = true }
  }

  /// The longest name that the tokens from `start` on spell, and of how many tokens it is.
  func match(_ tokens: [Token], at start: Int) -> (name: String, count: Int)? {
    guard start + 1 < tokens.count else { return nil }
    switch tokens[start + 1].kind {
    case .word: break
    default: if !hasOperators { return nil }
    }
    guard let first = tokens[start].namePart, let list = entries[first] else { return nil }
    for entry in list where start + entry.parts.count <= tokens.count {
      if zip(entry.parts, tokens[start...]).allSatisfy({ $0 == $1.namePart }) {
        return (entry.name, entry.parts.count)
      }
    }
    return nil
  }
}

/// The names that an expression may use, as far as the parser has to know them.
public struct KnownNames: Sendable {
  /// Names in scope.
  var scope: NameTable
  /// Names of members of whatever is in scope, for what follows a dot and for filters.
  var members: NameTable
  /// Types by their declared names.
  var types: [String: Type] = [:]

  private static let builtins = NameTable(BuiltinLibrary.names)

  public init(
    scope: some Sequence<String> = [], members: some Sequence<String> = [], types: [String: Type] = [:]
  ) {
    self.scope = Self.builtins
    for name in scope { self.scope.insert(name) }
    self.members = NameTable(members)
    self.types = types
  }
}
