/// A node as it lies in its tree: it holds nothing to count, and names what it has beyond its own size by positions.
///
/// What ``Node/Kind`` says of each kind holds here too.
struct NodeEntry: Sendable, BitwiseCopyable {
  /// The nodes directly below, which stand one after the other in the tree.
  struct Children: Sendable, BitwiseCopyable {
    let first: UInt32
    private let length: UInt32

    @inline(__always)
    init(first: Int, count: Int) {
      self.first = UInt32(truncatingIfNeeded: first)
      length = UInt32(truncatingIfNeeded: count)
    }

    static var none: Children { Children(first: 0, count: 0) }

    var count: Int { Int(length) }
  }

  /// The position of something in the tables of its tree.
  struct Reference: Sendable, BitwiseCopyable { fileprivate let position: UInt32 }

  enum Kind: Sendable, BitwiseCopyable {
    /// Constants that need no table.
    case number(Number)
    case boolean(Bool)
    case null
    /// Any other constant.
    case constant(Reference)
    case local(slot: UInt32)
    case host(Int)
    /// Its base is below. The name is a text among the values; without an index where the type does not fix it.
    case member(name: Reference, index: UInt32?)
    /// What it is a decision about is below.
    case derived(Int)
    /// What it is otherwise is below, if it is anything.
    case dynamicName(Reference)
    case and
    case or
    case negate
    case arithmetic(ArithmeticOperator)
    case compare(ComparisonOperator)
    case supplied
    case between
    /// The value is below, followed by the tests.
    case passes
    /// The tests are below; the reference says which of them speak of `?`, where one does.
    case unaryTests(input: UInt32, isNegated: Bool, conditions: Reference?)
    case conditional
    case list
    /// The entries' values are below.
    case context(Reference)
    case range(startIncluded: Bool, endIncluded: Bool)
    case halfRange(ComparisonOperator)
    /// The list and the condition are below.
    case filter(item: UInt32)
    /// What the iterators go through is below, followed by the body.
    case loop(Reference, partial: UInt32?)
    case quantifier(every: Bool, Reference)
    /// The body is below.
    case function(Reference)
    /// By its position in the library; the arguments are below.
    case builtin(UInt16, signature: UInt16?)
    /// The function is below, followed by the arguments.
    case invoke(names: Reference?)
    case instance(TypeNumber)
    /// The failure is that of a null among the values.
    case invalid(Reference)
  }

  let kind: Kind
  let type: TypeNumber
  private let place: TextRange
  let children: Children

  init(_ kind: Kind, _ type: TypeNumber, _ range: Range<Int>, _ children: Children = .none) {
    self.init(kind, type, at: TextRange(range), children)
  }

  private init(_ kind: Kind, _ type: TypeNumber, at place: TextRange, _ children: Children) {
    self.kind = kind
    self.type = type
    self.place = place
    self.children = children
  }

  /// UTF-8 offsets in the expression's text.
  var range: Range<Int> { place.range }

  /// Whether this is null as it is written.
  var isNull: Bool { if case .null = kind { true } else { false } }

  /// The same above other nodes.
  func above(_ children: Children) -> NodeEntry { NodeEntry(kind, type, at: place, children) }
}

/// What nodes have beyond their own size.
struct NodeTables: Sendable {
  /// A variable that a node binds.
  struct Variable: Sendable {
    let name: String
    let slot: Int
    let type: Type
  }

  /// What an iterator binds, which of the nodes below it goes through, and whether it goes from there to the next.
  struct Iterator: Sendable, BitwiseCopyable {
    let slot: Int
    let domain: Int
    let hasEnd: Bool
  }

  private enum Extra: Sendable {
    case names([String])
    case variables([Variable])
    case iterators([Iterator])
    case flags([Bool])
    case dynamicName(String, items: [Int])
  }

  /// Room that is made at once for what few texts have more of.
  private static let firstCapacity = 6

  private var types: [Type] = []
  private var values: [Value] = []
  private var extras: [Extra] = []

  // MARK: Types

  subscript(type: TypeNumber) -> Type {
    if let fixed = type.fixed { return Type(fixed) }
    return type.position.map { types[$0] } ?? .any
  }

  /// The number of a type just as it is.
  mutating func number(of type: Type) -> TypeNumber {
    if let number = TypeNumber(type) { return number }
    if types.isEmpty { types.reserveCapacity(Self.firstCapacity) }
    types.append(type)
    return TypeNumber(position: types.count - 1)
  }

  /// Whether a type without what restricts it is some simple type.
  func isOf(_ simple: SimpleType, _ type: TypeNumber) -> Bool {
    if let own = type.simple { return own == simple }
    return type.position.map { types[$0].base.simple == simple } ?? false
  }

  // MARK: Values and texts

  subscript(value reference: NodeEntry.Reference) -> Value { values[Int(reference.position)] }

  /// The text that was added.
  subscript(text reference: NodeEntry.Reference) -> String {
    if case .string(let text) = values[Int(reference.position)] { text } else { "" }
  }

  /// The failure that was added.
  subscript(failure reference: NodeEntry.Reference) -> Failure? {
    if case .null(let failure) = values[Int(reference.position)] { failure } else { nil }
  }

  mutating func add(_ value: Value) -> NodeEntry.Reference {
    if values.isEmpty { values.reserveCapacity(Self.firstCapacity) }
    values.append(value)
    return NodeEntry.Reference(position: UInt32(truncatingIfNeeded: values.count - 1))
  }

  // MARK: What few nodes have

  subscript(names reference: NodeEntry.Reference) -> [String] {
    if case .names(let names) = extras[Int(reference.position)] { names } else { [] }
  }

  subscript(variables reference: NodeEntry.Reference) -> [Variable] {
    if case .variables(let variables) = extras[Int(reference.position)] { variables } else { [] }
  }

  subscript(iterators reference: NodeEntry.Reference) -> [Iterator] {
    if case .iterators(let iterators) = extras[Int(reference.position)] { iterators } else { [] }
  }

  subscript(flags reference: NodeEntry.Reference) -> [Bool] {
    if case .flags(let flags) = extras[Int(reference.position)] { flags } else { [] }
  }

  subscript(dynamicName reference: NodeEntry.Reference) -> (name: String, items: [Int]) {
    if case .dynamicName(let name, let items) = extras[Int(reference.position)] { (name, items) } else { ("", []) }
  }

  mutating func add(names: [String]) -> NodeEntry.Reference { add(.names(names)) }

  mutating func add(variables: [Variable]) -> NodeEntry.Reference { add(.variables(variables)) }

  mutating func add(iterators: [Iterator]) -> NodeEntry.Reference { add(.iterators(iterators)) }

  mutating func add(flags: [Bool]) -> NodeEntry.Reference { add(.flags(flags)) }

  mutating func add(dynamicName name: String, items: [Int]) -> NodeEntry.Reference {
    add(.dynamicName(name, items: items))
  }

  private mutating func add(_ extra: Extra) -> NodeEntry.Reference {
    extras.append(extra)
    return NodeEntry.Reference(position: UInt32(truncatingIfNeeded: extras.count - 1))
  }
}

/// The nodes of one text, in one block of memory, those below a node before it and one after the other.
///
/// There may be nodes that stand below no other: what was made of a part that turned out wrong.
final class NodeTree: Sendable {
  let entries: [NodeEntry]
  let tables: NodeTables

  fileprivate init(entries: [NodeEntry], tables: NodeTables) {
    self.entries = entries
    self.tables = tables
  }
}

/// A tree in the making.
struct NodeTreeBuilder: ~Copyable {
  var tables: NodeTables
  private(set) var entries: [NodeEntry] = []
  /// Nodes whose place is not yet there, because those beside them are still to come: innermost rows last.
  private var waiting: [NodeEntry] = []

  /// - Parameters:
  ///   - capacity: how many nodes there may be, for which memory is taken at once.
  ///   - tables: what they may refer to from the beginning.
  init(capacity: Int, tables: NodeTables = NodeTables()) {
    self.tables = tables
    entries.reserveCapacity(capacity)
  }

  // MARK: Places

  @inline(__always)
  mutating func place(_ node: NodeEntry) -> NodeEntry.Children {
    entries.append(node)
    return NodeEntry.Children(first: entries.count - 1, count: 1)
  }

  mutating func place(_ first: NodeEntry, _ second: NodeEntry) -> NodeEntry.Children {
    entries.append(first)
    entries.append(second)
    return NodeEntry.Children(first: entries.count - 2, count: 2)
  }

  mutating func place(_ first: NodeEntry, _ second: NodeEntry, _ third: NodeEntry) -> NodeEntry.Children {
    entries.append(first)
    entries.append(second)
    entries.append(third)
    return NodeEntry.Children(first: entries.count - 3, count: 3)
  }

  mutating func place(_ nodes: [NodeEntry]) -> NodeEntry.Children {
    entries.append(contentsOf: nodes)
    return NodeEntry.Children(first: entries.count - nodes.count, count: nodes.count)
  }

  /// How many nodes wait for their place.
  var waitingCount: Int { waiting.count }

  /// Lets a node wait until those beside it are there.
  mutating func wait(_ node: NodeEntry) {
    if waiting.capacity == 0 { waiting.reserveCapacity(8) }
    waiting.append(node)
  }

  /// Gives the nodes that have come to wait since there were so many their places.
  mutating func placeWaiting(from count: Int) -> NodeEntry.Children {
    let start = entries.count
    for index in count..<waiting.count { entries.append(waiting[index]) }
    waiting.removeLast(waiting.count - count)
    return NodeEntry.Children(first: start, count: entries.count - start)
  }

  // MARK: Looking at nodes

  func child(_ index: Int, of children: NodeEntry.Children) -> NodeEntry { entries[Int(children.first) + index] }

  func nodes(_ children: NodeEntry.Children) -> ArraySlice<NodeEntry> {
    entries[Int(children.first)..<Int(children.first) + children.count]
  }

  /// Whether a node, or one below it, satisfies a condition.
  func contains(_ node: NodeEntry, where condition: (NodeEntry) -> Bool) -> Bool {
    condition(node) || nodes(node.children).contains { contains($0, where: condition) }
  }

  // MARK: Constants and types

  /// What a node is that always has one value.
  mutating func constant(_ value: Value) -> NodeEntry.Kind {
    switch value {
    case .number(let number): .number(number)
    case .boolean(let truth): .boolean(truth)
    case .null(nil): .null
    default: .constant(tables.add(value))
    }
  }

  /// The number of a type that a node may have: one that is too large to be compared and shown counts as any.
  mutating func number(of type: Type) -> TypeNumber {
    if let number = TypeNumber(type) { return number }
    return type.isTooLarge ? .any : tables.number(of: type)
  }

  // MARK: The whole

  /// The tree whose root is a node.
  consuming func finish(_ root: NodeEntry) -> Node {
    entries.append(root)
    let position = UInt32(truncatingIfNeeded: entries.count - 1)
    return Node(tree: NodeTree(entries: entries, tables: tables), position: position)
  }
}
