public import Diagnostics

/// A node of a checked FEEL expression: names are resolved to places, and every node knows its type.
///
/// The interpreter walks it and the batch compiler reads it. It is a place in a tree, whose nodes lie in one block; two
/// nodes are equal when they are the same place of the same tree.
public struct Node: Sendable, Hashable {
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
    case and(Nodes)
    case or(Nodes)
    case negate(Node)
    case arithmetic(ArithmeticOperator, Node, Node)
    case compare(ComparisonOperator, Node, Node)
    /// Whether a value is there: neither null nor missing.
    case supplied(Node)
    case between(Node, Node, Node)
    /// Whether a value passes one of the tests.
    case passes(Node, Nodes)
    /// Whether `?`, bound to the slot, passes one of the tests (or none, negated).
    case unaryTests([UnaryTest], input: Int, isNegated: Bool)
    case conditional(Node, then: Node, else: Node)
    case list(Nodes)
    /// Entries and the slots by which later ones see them.
    case context([(name: String, slot: Int, value: Node)])
    case range(start: Node, startIncluded: Bool, end: Node, endIncluded: Bool)
    case halfRange(ComparisonOperator, Node)
    case filter(Node, Node, item: Int)
    /// `partial` is the slot of the results so far, nil where the body does not ask for them.
    case loop([Iterator], Node, partial: Int?)
    case quantifier(every: Bool, [Iterator], Node)
    case function(parameters: [(name: String, slot: Int, type: Type)], Node)
    case builtin(Builtin, signature: Int?, Nodes)
    case invoke(Node, Nodes, names: [String]?)
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

  /// The iterators of a loop or a quantifier.
  struct Iterators: RandomAccessCollection {
    fileprivate let node: Node
    fileprivate let all: [NodeTree.Iterator]

    var startIndex: Int { 0 }

    var endIndex: Int { all.count }

    subscript(index: Int) -> Node.Iterator {
      let iterator = all[index]
      return Node.Iterator(
        slot: iterator.slot, domain: node.child(iterator.domain),
        end: iterator.hasEnd ? node.child(iterator.domain + 1) : nil)
    }
  }

  /// One unary test: what it tests depends on what it is.
  public struct UnaryTest: Sendable {
    public let node: Node
    /// Whether it speaks of `?`, and so is a condition rather than a value to compare with.
    public let usesInput: Bool
  }

  let tree: NodeTree
  private let position: UInt32

  @inline(__always)
  init(tree: NodeTree, position: UInt32) {
    self.tree = tree
    self.position = position
  }

  public static func == (left: Node, right: Node) -> Bool {
    left.position == right.position && left.tree.identity == right.tree.identity
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(tree.identity)
    hasher.combine(position)
  }

  /// What it is in its tree.
  @inline(__always)
  var entry: NodeEntry { tree[position] }

  public var type: Type { tree[entry.type] }

  /// UTF-8 offsets in the expression's text.
  public var range: Range<Int> { entry.range }

  /// The node at a position among those directly below.
  @inline(__always)
  func child(_ index: Int) -> Node {
    Node(tree: tree, position: entry.children.first &+ UInt32(truncatingIfNeeded: index))
  }

  /// Whether its type, without what restricts it, is some simple type.
  @inline(__always)
  func isOf(_ type: SimpleType) -> Bool { tree.isOf(type, entry.type) }

  /// The nodes directly below, in the order of the text.
  @inline(__always)
  public var children: Nodes {
    let children = entry.children
    return Nodes(tree: tree, first: children.first, count: children.count)
  }

  /// What it is, with the nodes directly below.
  public var kind: Kind {
    let entry = entry
    switch entry.kind {
    case .number(let number): return .constant(.number(number))
    case .boolean(let truth): return .constant(.boolean(truth))
    case .null: return .constant(.null)
    case .constant(let value): return .constant(tree[value: value])
    case .local(let slot): return .local(Int(slot))
    case .host(let binding): return .host(binding)
    case .member(let name, let index):
      return .member(child(0), name: tree[text: name], index: index.map { Int($0) })
    case .derived(let index): return .derived(child(0), index)
    case .dynamicName(let reference):
      let (name, items) = tree[dynamicName: reference]
      return .dynamicName(name, items: items, otherwise: children.first)
    case .and: return .and(children)
    case .or: return .or(children)
    case .negate: return .negate(child(0))
    case .arithmetic(let op): return .arithmetic(op, child(0), child(1))
    case .compare(let op): return .compare(op, child(0), child(1))
    case .supplied: return .supplied(child(0))
    case .between: return .between(child(0), child(1), child(2))
    case .passes: return .passes(child(0), children.rest)
    case .unaryTests(let input, let isNegated, let conditions):
      let flags = conditions.map { tree[flags: $0] }
      let tests = children.enumerated().map { UnaryTest(node: $1, usesInput: flags?[$0] ?? false) }
      return .unaryTests(tests, input: Int(input), isNegated: isNegated)
    case .conditional: return .conditional(child(0), then: child(1), else: child(2))
    case .list: return .list(children)
    case .context(let reference):
      return .context(zip(tree[variables: reference], children).map { ($0.name, $0.slot, $1) })
    case .range(let startIncluded, let endIncluded):
      return .range(start: child(0), startIncluded: startIncluded, end: child(1), endIncluded: endIncluded)
    case .halfRange(let op): return .halfRange(op, child(0))
    case .filter(let item): return .filter(child(0), child(1), item: Int(item))
    case .loop(let reference, let partial):
      return .loop(Array(iterators(reference)), body, partial: partial.map { Int($0) })
    case .quantifier(let every, let reference): return .quantifier(every: every, Array(iterators(reference)), body)
    case .function(let reference):
      return .function(parameters: tree[variables: reference].map { ($0.name, $0.slot, $0.type) }, child(0))
    case .builtin(let index, let signature):
      return .builtin(BuiltinLibrary.all[Int(index)], signature: signature.map { Int($0) }, children)
    case .invoke(let names): return .invoke(child(0), children.rest, names: names.map { tree[names: $0] })
    case .instance(let type): return .instance(child(0), tree[type])
    case .invalid(let reference):
      return tree[failure: reference].map { .invalid($0) } ?? .constant(.null)
    }
  }

  /// What a loop or a quantifier goes through.
  func iterators(_ reference: NodeEntry.Reference) -> Iterators {
    Iterators(node: self, all: tree[iterators: reference])
  }

  /// The body of a loop or a quantifier.
  var body: Node { child(entry.children.count - 1) }

  /// Whether this node or one below satisfies a condition.
  public func contains(_ condition: (Node) -> Bool) -> Bool {
    condition(self) || children.contains { $0.contains(condition) }
  }
}

/// Nodes that stand one after the other.
public struct Nodes: RandomAccessCollection, Sendable {
  private let tree: NodeTree
  private let first: UInt32
  public let count: Int

  @inline(__always)
  init(tree: NodeTree, first: UInt32, count: Int) {
    self.tree = tree
    self.first = first
    self.count = count
  }

  public var startIndex: Int { 0 }

  public var endIndex: Int { count }

  @inline(__always)
  public subscript(index: Int) -> Node {
    precondition(index >= 0 && index < count, "there is no such node")
    return Node(tree: tree, position: first &+ UInt32(truncatingIfNeeded: index))
  }

  /// All but the first of several.
  var rest: Nodes { Nodes(tree: tree, first: first + 1, count: count - 1) }
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
