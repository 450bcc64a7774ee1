import Diagnostics
import FEEL

/// What of a rule book expressions speak of.
struct References {
  var lets: Set<Int> = []
  var parameters: Set<Int> = []
  var decisions: Set<Int> = []
  /// The words of texts that are wrong: what they meant to speak of.
  var words: Set<String> = []

  /// - Parameter isSound: whether nothing was wrong with the text, so that the tree speaks of all that it did.
  mutating func add(_ expression: CheckedExpression, isSound: Bool = true) {
    add(expression.root)
    if !isSound { words.formUnion(Names.words(in: expression.source.text)) }
  }

  mutating func add(_ tests: CheckedTests, isSound: Bool = true) {
    add(tests.root)
    if !isSound { words.formUnion(Names.words(in: tests.source.text)) }
  }

  mutating func add(_ other: References) {
    lets.formUnion(other.lets)
    parameters.formUnion(other.parameters)
    decisions.formUnion(other.decisions)
    words.formUnion(other.words)
  }

  private mutating func add(_ root: Node) {
    _ = root.contains { node in
      note(node)
      return false
    }
  }

  private mutating func note(_ node: Node) {
    switch node.kind {
    case .host(let number):
      switch Binding(number: number) {
      case .letValue(let index): lets.insert(index)
      case .parameter(let index): parameters.insert(index)
      case .decision(let index): decisions.insert(index)
      case .record, .subject, .each, .count, .operand: break
      }
    case .derived(_, let index): decisions.insert(index)
    default: break
    }
  }
}

/// Finds out whether showing an expression's value could show a sensitive fact.
struct Sensitivity {
  /// Names of declared types that have a sensitive fact, at any depth.
  var types: Set<String> = []
  /// By position in the rule book.
  var decisions: [Bool] = []

  /// - Parameter lets: whether each of the rule's `let` values is sensitive.
  func isSensitive(_ expression: CheckedExpression, lets: [Bool] = []) -> Bool {
    reads(expression.root, lets) || holds(expression.type)
  }

  /// Whether why an expression is null could tell a sensitive fact: it may quote what it reads.
  func readsSensitive(_ expression: CheckedExpression, lets: [Bool] = []) -> Bool { reads(expression.root, lets) }

  /// Whether what a test says could tell a sensitive fact.
  func isSensitive(_ tests: CheckedTests) -> Bool { reads(tests.root, []) }

  /// Whether a value of the type holds a sensitive fact.
  private func holds(_ type: Type) -> Bool {
    switch type.base {
    case .list(let item), .range(let item): holds(item)
    case .context(let context):
      if let name = context.name {
        types.contains(name)
      } else {
        context.members.contains { $0.isSensitive || holds($0.type) }
      }
    default: false
    }
  }

  private func reads(_ node: Node, _ lets: [Bool]) -> Bool {
    switch node.kind {
    case .host(let number):
      switch Binding(number: number) {
      case .letValue(let index): return lets.indices.contains(index) && lets[index]
      case .decision(let index): return decisions.indices.contains(index) && decisions[index]
      case .record, .subject, .each, .parameter, .count, .operand: return false
      }
    case .derived(let base, let index):
      return decisions.indices.contains(index) && decisions[index] || reads(base, lets)
    case .member(let base, let name, _):
      return Self.isSensitive(name, of: base.type) || reads(base, lets)
    case .builtin(let builtin, _, let arguments) where builtin.name != "count":
      // `string(worker)` shows what the worker holds.
      return arguments.contains { holds($0.type) || reads($0, lets) }
    default: return node.children.contains { reads($0, lets) }
    }
  }

  private static func isSensitive(_ member: String, of type: Type) -> Bool {
    switch type.base {
    case .context(let context): context.member(member)?.isSensitive ?? false
    case .list(let item): isSensitive(member, of: item)
    default: false
    }
  }
}
