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
  private var hasOperators = false

  init(_ names: some Sequence<String> = []) {
    for name in names { insert(name) }
  }

  mutating func insert(_ name: String) {
    let tokens = Lexer.tokens(of: name).filter { $0.namePart != nil }
    let parts = tokens.compactMap(\.namePart)
    guard parts.count > 1 else { return }
    if case .word = tokens[1].kind {} else { hasOperators = true }
    var state = 0
    for part in parts {
      let step = Step(state: state, part: part)
      let next = steps[step] ?? steps.count + 1
      steps[step] = next
      state = next
    }
    if names[state] == nil { names[state] = name }
  }

  /// The longest name that the tokens from `start` on spell, and of how many tokens it is.
  func match(_ tokens: [Token], at start: Int) -> (name: String, count: Int)? {
    guard start + 1 < tokens.count else { return nil }
    switch tokens[start + 1].kind {
    case .word: break
    default: if !hasOperators { return nil }
    }
    var longest: (name: String, count: Int)?
    var state = 0
    for index in start..<tokens.count {
      guard let part = tokens[index].namePart, let next = steps[Step(state: state, part: part)] else { break }
      state = next
      if let name = names[state] { longest = (name, index + 1 - start) }
    }
    return longest
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
