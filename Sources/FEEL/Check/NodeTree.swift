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

  /// The position of something among what the nodes of its tree have beyond their own size.
  struct Reference: Sendable, BitwiseCopyable { fileprivate let position: UInt32 }

  enum Kind: Sendable, BitwiseCopyable {
    /// Constants that are no larger than a node.
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

/// The nodes of one text and what they have beyond their own size, in one block of memory.
///
/// Nodes stand from its beginning on, those below a node before it and one after the other. There may be some that stand
/// below no other: what was made of a part that turned out wrong.
struct NodeTree: Sendable {
  // Nobody changes it any more once there is a tree of it.
  nonisolated(unsafe) fileprivate let block: NodeBlock

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

  var identity: ObjectIdentifier { ObjectIdentifier(block) }

  @inline(__always)
  subscript(position: UInt32) -> NodeEntry { block.node(Int(position)) }

  // MARK: Types

  subscript(type: TypeNumber) -> Type {
    if let fixed = type.fixed { return Type(fixed) }
    if let position = type.position, case .type(let type) = block.extra(position) { return type }
    return .any
  }

  /// The type where it is a context's as it stands.
  @inline(__always)
  func context(_ type: TypeNumber) -> ContextType? {
    if let position = type.position, case .type(.context(let context)) = block.extra(position) { context } else { nil }
  }

  /// Whether a type without what restricts it is some simple type.
  func isOf(_ simple: SimpleType, _ type: TypeNumber) -> Bool {
    if let own = type.simple { return own == simple }
    return type.position != nil && self[type].base.simple == simple
  }

  // MARK: Values and texts

  subscript(value reference: NodeEntry.Reference) -> Value {
    if case .value(let value) = block.extra(reference) { value } else { .null }
  }

  /// The text that was added.
  subscript(text reference: NodeEntry.Reference) -> String {
    if case .value(.string(let text)) = block.extra(reference) { text } else { "" }
  }

  /// The failure that was added.
  subscript(failure reference: NodeEntry.Reference) -> Failure? {
    if case .value(.null(let failure)) = block.extra(reference) { failure } else { nil }
  }

  // MARK: What few nodes have

  subscript(names reference: NodeEntry.Reference) -> [String] {
    if case .names(let names) = block.extra(reference) { names } else { [] }
  }

  subscript(variables reference: NodeEntry.Reference) -> [Variable] {
    if case .variables(let variables) = block.extra(reference) { variables } else { [] }
  }

  subscript(iterators reference: NodeEntry.Reference) -> [Iterator] {
    if case .iterators(let iterators) = block.extra(reference) { iterators } else { [] }
  }

  subscript(flags reference: NodeEntry.Reference) -> [Bool] {
    if case .flags(let flags) = block.extra(reference) { flags } else { [] }
  }

  subscript(dynamicName reference: NodeEntry.Reference) -> (name: String, items: [Int]) {
    if case .dynamicName(let name) = block.extra(reference) { (name.text, name.items) } else { ("", []) }
  }
}

/// What a node has beyond its own size.
private enum NodeExtra {
  /// A name that may be an entry of the items in some slots.
  final class DynamicName {
    let text: String
    let items: [Int]

    init(_ text: String, items: [Int]) {
      self.text = text
      self.items = items
    }
  }

  case value(Value)
  case type(Type)
  case names([String])
  case variables([NodeTree.Variable])
  case iterators([NodeTree.Iterator])
  case flags([Bool])
  case dynamicName(DynamicName)
}

/// How much of a block is used.
private struct NodeBlockHeader {
  /// For how many nodes there would be room.
  let capacity: Int
  var nodes = 0
  var extras = 0
}

/// The memory of a tree: nodes from its beginning on, and what they have beyond their own size from its end on.
///
/// Only a builder adds to it, before anybody else has it, and only what has been added is read.
private final class NodeBlock: ManagedBuffer<NodeBlockHeader, NodeEntry> {
  static func make(capacity: Int) -> NodeBlock {
    unsafeDowncast(
      create(minimumCapacity: capacity) { _ in NodeBlockHeader(capacity: capacity) }, to: NodeBlock.self)
  }

  deinit {
    let used = usedHeader.pointee
    for position in 0..<used.extras { (extrasEnd - 1 - position).deinitialize(count: 1) }
  }

  @inline(__always)
  var usedHeader: UnsafeMutablePointer<NodeBlockHeader> { withUnsafeMutablePointerToHeader { $0 } }

  @inline(__always)
  var nodes: UnsafeMutablePointer<NodeEntry> { withUnsafeMutablePointerToElements { $0 } }

  /// Where the first extra ends, before which the others stand: it is aligned for them, as both hold pointers or numbers of
  /// eight bytes.
  @inline(__always)
  var extrasEnd: UnsafeMutablePointer<NodeExtra> {
    UnsafeMutableRawPointer(nodes + usedHeader.pointee.capacity).assumingMemoryBound(to: NodeExtra.self)
  }

  @inline(__always)
  func node(_ position: Int) -> NodeEntry {
    precondition(position >= 0 && position < usedHeader.pointee.nodes, "there is no such node")
    return nodes[position]
  }

  @inline(__always)
  func extra(_ position: Int) -> NodeExtra {
    precondition(position >= 0 && position < usedHeader.pointee.extras, "there is no such extra")
    return (extrasEnd - 1 - position).pointee
  }

  @inline(__always)
  func extra(_ reference: NodeEntry.Reference) -> NodeExtra { extra(Int(reference.position)) }
}

/// A tree in the making.
///
/// The pointers are into the block that `tree` holds, and change when that does. Room is looked for before anything is placed.
struct NodeTreeBuilder: ~Copyable {
  private(set) var tree: NodeTree
  private var header: UnsafeMutablePointer<NodeBlockHeader>
  private var nodes: UnsafeMutablePointer<NodeEntry>
  /// Where the last extra begins.
  private var lastExtra: UnsafeMutablePointer<NodeExtra>
  /// Nodes whose place is not yet there, because those beside them are still to come: innermost rows last.
  private var waiting: StackBuffer<NodeEntry>

  /// - Parameters:
  ///   - count: how many nodes there may be, for which memory is taken at once.
  ///   - extras: the same of what they have beyond their own size.
  @inline(__always)
  init(nodes count: Int, extras: Int, waiting: StackBuffer<NodeEntry>.Room) {
    let bytes = extras * MemoryLayout<NodeExtra>.stride
    let block = NodeBlock.make(capacity: count + 1 + bytes / MemoryLayout<NodeEntry>.stride)
    tree = NodeTree(block: block)
    header = block.usedHeader
    nodes = block.nodes
    lastExtra = block.extrasEnd
    self.waiting = StackBuffer(in: waiting)
  }

  /// The beginning of a tree of as many nodes as another, which may refer to what these have.
  init(like other: NodeTree, waiting: StackBuffer<NodeEntry>.Room) {
    let used = other.block.usedHeader.pointee
    self.init(nodes: used.nodes, extras: used.extras, waiting: waiting)
    for position in 0..<used.extras { _ = add(other.block.extra(position)) }
  }

  /// Moves everything to a block that is twice as large.
  @inline(never)
  private mutating func grow() {
    let old = tree.block
    let used = header.pointee
    let new = NodeBlock.make(capacity: 2 * used.capacity + 4)
    new.nodes.update(from: nodes, count: used.nodes)
    let first = new.extrasEnd - used.extras
    UnsafeMutableRawPointer(first).moveInitializeMemory(as: NodeExtra.self, from: lastExtra, count: used.extras)
    old.usedHeader.pointee.extras = 0
    tree = NodeTree(block: new)
    (header, nodes, lastExtra) = (new.usedHeader, new.nodes, first)
    header.pointee.nodes = used.nodes
    header.pointee.extras = used.extras
  }

  // MARK: Places

  @inline(__always)
  private mutating func append(_ node: NodeEntry) {
    let count = header.pointee.nodes
    if UnsafeRawPointer(nodes + (count + 1)) > UnsafeRawPointer(lastExtra) { grow() }
    (nodes + count).initialize(to: node)
    header.pointee.nodes = count + 1
  }

  @inline(__always)
  private var count: Int { header.pointee.nodes }

  @inline(__always)
  mutating func place(_ node: NodeEntry) -> NodeEntry.Children {
    append(node)
    return NodeEntry.Children(first: count - 1, count: 1)
  }

  mutating func place(_ first: NodeEntry, _ second: NodeEntry) -> NodeEntry.Children {
    append(first)
    append(second)
    return NodeEntry.Children(first: count - 2, count: 2)
  }

  mutating func place(_ first: NodeEntry, _ second: NodeEntry, _ third: NodeEntry) -> NodeEntry.Children {
    append(first)
    append(second)
    append(third)
    return NodeEntry.Children(first: count - 3, count: 3)
  }

  mutating func place(_ nodes: [NodeEntry]) -> NodeEntry.Children {
    for node in nodes { append(node) }
    return NodeEntry.Children(first: count - nodes.count, count: nodes.count)
  }

  /// How many nodes wait for their place.
  var waitingCount: Int { waiting.count }

  /// Lets a node wait until those beside it are there.
  mutating func wait(_ node: NodeEntry) { waiting.append(node) }

  /// Gives the nodes that have come to wait since there were so many their places.
  mutating func placeWaiting(from first: Int) -> NodeEntry.Children {
    let start = count
    for index in first..<waiting.count { append(waiting[index]) }
    waiting.removeLast(to: first)
    return NodeEntry.Children(first: start, count: count - start)
  }

  // MARK: Looking at nodes

  func child(_ index: Int, of children: NodeEntry.Children) -> NodeEntry {
    tree.block.node(Int(children.first) + index)
  }

  func nodes(_ children: NodeEntry.Children) -> [NodeEntry] {
    (0..<children.count).map { child($0, of: children) }
  }

  /// Whether a node, or one below it, satisfies a condition.
  func contains(_ node: NodeEntry, where condition: (NodeEntry) -> Bool) -> Bool {
    if condition(node) { return true }
    for index in 0..<node.children.count where contains(child(index, of: node.children), where: condition) {
      return true
    }
    return false
  }

  // MARK: Constants and types

  /// What a node is that always has one value.
  mutating func constant(_ value: Value) -> NodeEntry.Kind {
    switch value {
    case .number(let number): .number(number)
    case .boolean(let truth): .boolean(truth)
    case .null(nil): .null
    default: .constant(add(value))
    }
  }

  /// The number of a type that a node may have: one that is too large to be compared and shown counts as any.
  mutating func number(of type: consuming Type) -> TypeNumber {
    if let number = type.fixedNumber { return number }
    return type.isTooLarge ? .any : add(asItIs: type)
  }

  /// The number of a type just as it is.
  mutating func number(asItIs type: consuming Type) -> TypeNumber {
    if let number = type.fixedNumber { return number }
    return add(asItIs: type)
  }

  /// The number of a type that a node may have, of one that was taken as it is.
  func bounded(_ number: TypeNumber) -> TypeNumber {
    number.position != nil && tree[number].isTooLarge ? .any : number
  }

  private mutating func add(asItIs type: consuming Type) -> TypeNumber {
    TypeNumber(position: Int(add(NodeExtra.type(type)).position))
  }

  // MARK: What nodes have beyond their own size

  mutating func add(_ value: consuming Value) -> NodeEntry.Reference { add(NodeExtra.value(value)) }

  mutating func add(names: [String]) -> NodeEntry.Reference { add(NodeExtra.names(names)) }

  mutating func add(variables: [NodeTree.Variable]) -> NodeEntry.Reference { add(NodeExtra.variables(variables)) }

  mutating func add(iterators: [NodeTree.Iterator]) -> NodeEntry.Reference { add(NodeExtra.iterators(iterators)) }

  mutating func add(flags: [Bool]) -> NodeEntry.Reference { add(NodeExtra.flags(flags)) }

  mutating func add(dynamicName name: String, items: [Int]) -> NodeEntry.Reference {
    add(NodeExtra.dynamicName(.init(name, items: items)))
  }

  @inline(__always)
  private mutating func add(_ extra: consuming NodeExtra) -> NodeEntry.Reference {
    if UnsafeRawPointer(lastExtra - 1) < UnsafeRawPointer(nodes + count) { grow() }
    lastExtra -= 1
    UnsafeMutableRawPointer(lastExtra).initializeMemory(as: NodeExtra.self, to: extra)
    let position = header.pointee.extras
    header.pointee.extras = position + 1
    return NodeEntry.Reference(position: UInt32(truncatingIfNeeded: position))
  }

  // MARK: The whole

  /// The tree whose root is a node.
  consuming func finish(_ root: NodeEntry) -> Node {
    append(root)
    let position = UInt32(truncatingIfNeeded: count - 1)
    return Node(tree: tree, position: position)
  }
}
