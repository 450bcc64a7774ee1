public import Diagnostics

/// A checked FEEL expression: names are resolved to places, and every node knows its type.
///
/// The interpreter walks it and the batch compiler reads it; it is immutable and shared freely.
public final class Node: Sendable {
  public enum Kind: Sendable {
    case constant(Value)
    /// A variable bound by the expression itself.
    case local(Int)
    /// Something the host binds: a record, a parameter, a decision, a `let` name, an `each` variable.
    case host(Int)
    /// An entry of a context, or of every context of a list; `index` is its position where the type fixes it.
    case member(Node, name: String, index: Int?)
    /// A decision of a type, of the value below.
    case derived(Node, Int)
    /// A name that may be an entry of the innermost items, found when it is evaluated.
    case dynamicName(String, items: [Int], otherwise: Node?)
    case and([Node])
    case or([Node])
    case negate(Node)
    case arithmetic(ArithmeticOperator, Node, Node)
    case compare(ComparisonOperator, Node, Node)
    /// Whether a value is there: neither null nor missing.
    case supplied(Node)
    case between(Node, Node, Node)
    /// Whether a value passes one of the tests.
    case passes(Node, [Node])
    /// Whether `?`, bound to the slot, passes one of the tests (or none, negated).
    case unaryTests([UnaryTest], input: Int, isNegated: Bool)
    case conditional(Node, then: Node, else: Node)
    case list([Node])
    /// Entries and the slots by which later ones see them.
    case context([(name: String, slot: Int, value: Node)])
    case range(start: Node, startIncluded: Bool, end: Node, endIncluded: Bool)
    case halfRange(ComparisonOperator, Node)
    case filter(Node, Node, item: Int)
    /// `partial` is the slot of the results so far, nil where the body does not ask for them.
    case loop([Iterator], Node, partial: Int?)
    case quantifier(every: Bool, [Iterator], Node)
    case function(parameters: [(name: String, slot: Int, type: Type)], Node)
    case builtin(Builtin, signature: Int?, [Node])
    case invoke(Node, [Node], names: [String]?)
    case instance(Node, Type)
    /// Known to be null, and why.
    case invalid(Failure)
  }

  public struct Iterator: Sendable {
    public let slot: Int
    public let domain: Node
    /// Set for `a..b` without brackets.
    public let end: Node?
  }

  /// One unary test: what it tests depends on what it is.
  public struct UnaryTest: Sendable {
    public let node: Node
    /// Whether it speaks of `?`, and so is a condition rather than a value to compare with.
    public let usesInput: Bool
  }

  public let kind: Kind
  public let type: Type
  /// UTF-8 offsets in the expression's text.
  public let range: Range<Int>

  init(_ kind: Kind, _ type: Type, _ range: Range<Int>) {
    self.kind = kind
    self.type = type.isTooLarge ? .any : type
    self.range = range
  }

  /// Whether this is null as it is written.
  var isNull: Bool { if case .constant(.null) = kind { true } else { false } }

  /// The nodes directly below, in the order of the text.
  public var children: [Node] {
    switch kind {
    case .constant, .local, .host, .invalid: []
    case .member(let base, _, _), .derived(let base, _), .negate(let base), .supplied(let base),
      .halfRange(_, let base), .instance(let base, _), .function(_, let base):
      [base]
    case .dynamicName(_, _, let otherwise): otherwise.map { [$0] } ?? []
    case .and(let nodes), .or(let nodes), .list(let nodes), .builtin(_, _, let nodes): nodes
    case .arithmetic(_, let a, let b), .compare(_, let a, let b), .filter(let a, let b, _): [a, b]
    case .between(let a, let b, let c), .conditional(let a, let b, let c): [a, b, c]
    case .passes(let value, let tests): [value] + tests
    case .unaryTests(let tests, _, _): tests.map(\.node)
    case .context(let entries): entries.map(\.value)
    case .range(let start, _, let end, _): [start, end]
    case .loop(let iterators, let body, _), .quantifier(_, let iterators, let body):
      iterators.flatMap { [$0.domain] + ($0.end.map { [$0] } ?? []) } + [body]
    case .invoke(let callee, let arguments, _): [callee] + arguments
    }
  }

  /// Whether this node or one below satisfies a condition.
  public func contains(_ condition: (Node) -> Bool) -> Bool {
    condition(self) || hasChild { $0.contains(condition) }
  }

  /// Whether one of the nodes directly below satisfies a condition; they are asked in the order of the text.
  public func hasChild(where condition: (Node) -> Bool) -> Bool {
    switch kind {
    case .constant, .local, .host, .invalid: false
    case .member(let base, _, _), .derived(let base, _), .negate(let base), .supplied(let base),
      .halfRange(_, let base), .instance(let base, _), .function(_, let base):
      condition(base)
    case .and(let nodes), .or(let nodes), .list(let nodes), .builtin(_, _, let nodes): nodes.contains(where: condition)
    case .arithmetic(_, let a, let b), .compare(_, let a, let b), .filter(let a, let b, _):
      condition(a) || condition(b)
    default: children.contains(where: condition)
    }
  }
}

/// A checked expression, ready to be evaluated any number of times.
public struct CheckedExpression: Sendable {
  public let root: Node
  /// How many local variables it binds.
  public let slots: Int
  /// Where its text stands.
  public let source: SourceText

  public var type: Type { root.type }
}

/// Checked unary tests over one input.
public struct CheckedTests: Sendable {
  public let root: Node
  public let slots: Int
  /// The slot that holds the input.
  public let input: Int
  public let source: SourceText
  /// `-`: matches anything, missing input included.
  public let matchesAnything: Bool
}
