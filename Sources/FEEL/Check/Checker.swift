import Diagnostics

extension DiagnosticCode {
  /// A name that means nothing here.
  static let unknownName = DiagnosticCode("FEEL201")
  /// Two types that do not go together.
  static let typeMismatch = DiagnosticCode("FEEL202")
  /// A function that there is not.
  static let unknownFunction = DiagnosticCode("FEEL203")
  /// Arguments that do not fit the function.
  static let wrongArguments = DiagnosticCode("FEEL204")
  /// An entry that a context does not have.
  static let unknownEntry = DiagnosticCode("FEEL205")
  /// A value that a fact can never have.
  static let valueNotAllowed = DiagnosticCode("FEEL206")
  /// A test that can never hold.
  static let neverHolds = DiagnosticCode("FEEL207")
  /// Text that is not the date, time or duration it is meant to be.
  static let invalidTemporal = DiagnosticCode("FEEL208")
  /// An expression of another type than is wanted here.
  static let wrongResult = DiagnosticCode("FEEL209")
}

/// How strictly known mistakes are taken.
public enum CheckMode: Sendable {
  /// For rules: what is known to be wrong is an error.
  case rules
  /// As the standard has it: what is wrong evaluates to null. Problems are reported as warnings.
  case standard
}

/// Resolves names and types; every parsed expression gives a node.
///
/// A node gets its place in the tree when the one above it is made, those beside each other together. There is one checker
/// for a text, and it is never copied; since it is large, a method that only looked at it would copy all of it at each call, so
/// that those which are called often are mutating too.
struct Checker: ~Copyable {
  /// What is wrong with a text; its range is one of the text.
  struct Problem {
    fileprivate let code: DiagnosticCode
    fileprivate let message: String
    fileprivate let range: Range<Int>
    fileprivate let label: String?
    fileprivate let help: [String?]
  }

  let tree: SyntaxTree
  let scope: any Scope
  let mode: CheckMode
  /// Nil while there are none, as of most texts.
  private var problems: [Problem]?
  var builder: NodeTreeBuilder
  var slots = 0
  /// Variables in scope, innermost last.
  var locals: Locals
  /// The items of the filters around, innermost last: their entries are names.
  var items: StackBuffer<Item>

  /// The item of a filter.
  struct Item: Sendable, BitwiseCopyable {
    let slot: Int
    /// Just as it is, however large.
    let type: TypeNumber
  }

  @inline(__always)
  private init(
    _ tree: SyntaxTree, scope: any Scope, mode: CheckMode, locals names: [String],
    waiting: StackBuffer<NodeEntry>.Room, locals: StackBuffer<Locals.Local>.Room,
    items: StackBuffer<Item>.Room
  ) {
    self.tree = tree
    self.scope = scope
    self.mode = mode
    self.items = StackBuffer(in: items)
    self.locals = Locals(of: tree, given: names, in: locals)
    builder = NodeTreeBuilder(nodes: tree.count + tree.count / 4 + 1, extras: tree.count, waiting: waiting)
    for index in names.indices { bind(.given(index), .any) }
  }

  /// Checks something of a text.
  ///
  /// - Parameters:
  ///   - names: variables that are there when evaluation begins, in the first slots.
  ///   - body: gives the root.
  /// - Returns: the root, and how many variables the whole binds.
  @inline(__always)
  static func with(
    _ tree: SyntaxTree, scope: any Scope, mode: CheckMode, locals names: [String] = [],
    _ body: (inout Checker) -> NodeEntry
  ) -> (root: Node, slots: Int) {
    StackBuffer<NodeEntry>.withRoom { waiting in
      StackBuffer<Locals.Local>.withRoom { locals in
        StackBuffer<Item>.withRoom { items in
          var checker = Checker(
            tree, scope: scope, mode: mode, locals: names, waiting: waiting, locals: locals, items: items)
          let root = body(&checker)
          let slots = checker.slots
          return (checker.finish(root), slots)
        }
      }
    }
  }

  private consuming func finish(_ root: NodeEntry) -> Node { builder.finish(root) }

  // MARK: Problems

  mutating func report(
    _ code: DiagnosticCode, _ message: String, at range: Range<Int>, label: String? = nil, help: [String?] = []
  ) {
    if problems == nil { problems = [] }
    problems?.append(Problem(code: code, message: message, range: range, label: label, help: help))
  }

  /// Whether something is wrong with the text that makes it none.
  var hasErrors: Bool { mode == .rules && problems != nil }

  /// Says what is wrong, in the places of the source.
  mutating func report(to diagnostics: inout Diagnostics, in source: SourceText) {
    guard let problems else { return }
    for problem in problems {
      diagnostics.report(
        Diagnostic(
          problem.code, mode == .rules ? .error : .warning, problem.message, at: source.span(problem.range),
          label: problem.label, help: problem.help))
    }
  }

  /// Reports a mistake and gives the node that is null because of it.
  mutating func invalid(
    _ code: DiagnosticCode, _ reason: Failure.Reason, _ message: String, at range: Range<Int>,
    type: TypeNumber = .any, label: String? = nil, help: [String?] = []
  ) -> NodeEntry {
    report(code, message, at: range, label: label, help: help)
    return invalid(reason, message, at: range, type: type)
  }

  /// A node that is null because of a mistake.
  mutating func invalid(
    _ reason: Failure.Reason, _ message: String, at range: Range<Int>, type: TypeNumber
  ) -> NodeEntry {
    let failure = builder.add(.null(Failure(reason, message, at: range)))
    return NodeEntry(.invalid(failure), type, range)
  }

  // MARK: Types

  /// The type of a node.
  @inline(__always)
  func type(_ node: NodeEntry) -> Type { builder.tree[node.type] }

  /// The type of a node without what restricts it.
  @inline(__always)
  func base(_ node: NodeEntry) -> Type { builder.tree[node.type].base }

  /// Whether a node's value could be of some simple type.
  @inline(__always)
  func mayBe(_ simple: SimpleType, _ node: NodeEntry) -> Bool {
    node.type.overlaps(TypeNumber(simple)) ?? type(node).overlaps(Type(.simple(simple)))
  }

  /// Whether some value could be of both types.
  @inline(__always)
  func overlap(_ a: TypeNumber, _ b: TypeNumber) -> Bool {
    a.overlaps(b) ?? builder.tree[a].overlaps(builder.tree[b])
  }

  /// Whether the values of two types can be ordered.
  @inline(__always)
  func compares(_ a: TypeNumber, _ b: TypeNumber) -> Bool {
    if a == b, let simple = a.simple, simple.isOrdered || simple == .any { return true }
    return Operators.compares(builder.tree[a], builder.tree[b])
  }

  /// The narrowest type that holds the values of both.
  mutating func joined(_ a: TypeNumber, _ b: TypeNumber) -> TypeNumber {
    if a == b { return a }
    let (first, second) = (builder.tree[a], builder.tree[b])
    return first == second ? a : builder.number(of: first.joined(with: second))
  }

  /// The type of lists of items.
  mutating func list(of item: TypeNumber) -> TypeNumber {
    item.simple.map { TypeNumber(listOf: $0) } ?? builder.number(of: .list(builder.tree[item]))
  }

  // MARK: Texts

  func suggestion(for name: String, among names: some Sequence<String>) -> String? {
    NearMiss.nearest(to: name, among: names).map { "did you mean `\($0)`?" }
  }

  func text(_ range: Range<Int>) -> String { tree.text(range) }

  func text(_ name: Expression.Name) -> String { tree.text(name) }

  @inline(__always)
  func withUTF8<Result>(_ name: Expression.Name, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    tree.withUTF8(name, body)
  }

  mutating func newSlot() -> Int {
    slots += 1
    return slots - 1
  }

  /// Brings a variable into scope, and gives its slot.
  @discardableResult
  mutating func bind(_ name: Locals.Name, _ type: TypeNumber) -> Int {
    let slot = newSlot()
    locals.append(Locals.Local(name: name, slot: slot, type: type))
    return slot
  }

  /// Checks an expression that sees a variable more.
  mutating func check(_ id: Expression.ID, binding variable: Locals.Local) -> NodeEntry {
    locals.append(variable)
    let node = check(id)
    locals.removeLast()
    return node
  }

  /// Checks the expressions of a row, in their order, and places them.
  mutating func check(_ row: Expression.Row) -> NodeEntry.Children { place(row) { $0.check($1) } }

  /// Places what the expressions of a row become, in their order.
  @inline(__always)
  mutating func place(
    _ row: Expression.Row, _ body: (inout Checker, Expression.ID) -> NodeEntry
  ) -> NodeEntry.Children {
    // Most rows are short, and then nothing has to wait in memory of its own.
    if row.count <= 2, let id = row.first {
      let first = body(&self, id)
      guard let next = tree.next(id) else { return builder.place(first) }
      let second = body(&self, next)
      return builder.place(first, second)
    }
    let waiting = builder.waitingCount
    wait(for: row, body)
    return builder.placeWaiting(from: waiting)
  }

  /// Lets what the expressions of a row become wait for its place.
  @inline(__always)
  mutating func wait(for row: Expression.Row, _ body: (inout Checker, Expression.ID) -> NodeEntry) {
    var next = row.first
    while let id = next {
      let node = body(&self, id)
      builder.wait(node)
      next = tree.next(id)
    }
  }

  // MARK: Expressions

  mutating func check(_ id: Expression.ID) -> NodeEntry {
    let range = tree[id].range
    switch tree[id].kind {
    case .hole: return invalid(.invalidFormat, "this could not be understood", at: range, type: .any)
    case .number(let number): return NodeEntry(.number(number), .number, range)
    case .string(let name): return NodeEntry(.constant(builder.add(.string(text(name)))), .string, range)
    case .boolean(let truth): return NodeEntry(.boolean(truth), .boolean, range)
    case .null: return NodeEntry(.null, .null, range)
    case .temporal(let name):
      let text = text(name)
      guard let value = Temporal.value(text) else {
        return invalid(
          .invalidTemporal, .invalidFormat, "`\(text)` is not a date, time or duration", at: range,
          help: ["a date is written `@\"2026-01-31\"`, a duration `@\"P3Y\"` or `@\"P10D\"`"])
      }
      return NodeEntry(.constant(builder.add(value)), builder.number(of: value.type), range)
    case .name(let name): return resolve(name, at: range)
    case .path(let base, let member): return path(base, member, range)
    case .negation(let operand): return negation(operand, range)
    case .arithmetic(let op, let left, let right): return arithmetic(op, left, right, range)
    case .comparison(let op, let left, let right): return comparison(op, left, right, range)
    case .conjunction(let operands):
      return NodeEntry(.and, .boolean, range, place(operands) { $0.condition($1, of: "and") })
    case .disjunction(let operands):
      return NodeEntry(.or, .boolean, range, place(operands) { $0.condition($1, of: "or") })
    case .between(let value, let low, let high): return between(value, low, high, range)
    case .membership(let value, let tests): return membership(value, tests, range)
    case .instance(let value, let type):
      let operand = check(value)
      return NodeEntry(.instance(builder.number(asItIs: tree[type])), .boolean, range, builder.place(operand))
    case .filter(let list, let condition): return filter(list, condition, range)
    case .call(let callee, let arguments): return call(callee, arguments, range)
    case .namedCall(let callee, let arguments): return call(callee, named: tree[arguments], range)
    case .range(let start, let startIncluded, let end, let endIncluded):
      return self.range(start, startIncluded, end, endIncluded, range)
    case .halfRange(let op, let end):
      let node = check(end)
      return NodeEntry(.halfRange(op), builder.number(of: .range(base(node))), range, builder.place(node))
    case .list(let items):
      let nodes = check(items)
      guard nodes.count > 0 else { return NodeEntry(.list, TypeNumber(listOf: .any), range) }
      var item = builder.child(0, of: nodes).type
      for index in 1..<nodes.count { item = joined(item, builder.child(index, of: nodes).type) }
      return NodeEntry(.list, list(of: item), range, nodes)
    case .context(let entries): return context(tree[entries], range)
    case .conditional(let condition, let then, let otherwise):
      let test = self.condition(condition, of: "if")
      let first = check(then)
      let second = check(otherwise)
      return NodeEntry(.conditional, joined(first.type, second.type), range, builder.place(test, first, second))
    case .loop(let iterators, let body): return loop(tree[iterators], body, range)
    case .quantifier(let every, let iterators, let body): return quantifier(every, tree[iterators], body, range)
    case .function(let parameters, let body, let isExternal):
      return function(tree[parameters], body, isExternal: isExternal, range)
    }
  }

  /// An operand that has to be true or false.
  mutating func condition(_ id: Expression.ID, of what: String) -> NodeEntry {
    let node = check(id)
    if !mayBe(.boolean, node) {
      report(
        .typeMismatch, "`\(what)` needs true or false here, not \(article(type(node)))", at: node.range,
        label: "\(type(node).label)")
    }
    return node
  }

  func article(_ type: Type) -> String {
    switch type.base {
    case .any: "any value"
    case .null: "null"
    case .boolean: "true or false"
    case .string: "text"
    case .context(let context): context.name.map { "a whole `\($0)`" } ?? "a context"
    case .list: "a list"
    case .range: "a range"
    case .function: "a function"
    default: "a \(type.base)"
    }
  }

  // MARK: Names

  mutating func resolve(_ name: Expression.Name, at range: Range<Int>) -> NodeEntry {
    if let node = lookUp(name, at: range) { return node }
    let name = text(name)
    if name == "?" {
      return invalid(
        .unknownName, .unknownName, "`?` stands for the input of a unary test, and here is none", at: range)
    }
    if let builtin = BuiltinLibrary[name] {
      let function = Function(
        name: name, parameters: builtin.signatures[0].parameters.map(\.name), body: .builtin(builtin))
      let type = Type.function(
        parameters: builtin.signatures[0].parameters.map(\.type),
        result: builtin.signatures[0].result(builtin.signatures[0].parameters.map(\.type)))
      return NodeEntry(.constant(builder.add(.function(function))), builder.number(of: type), range)
    }
    var candidates = locals.names + scope.candidates
    for index in 0..<items.count {
      if case .context(let type) = builder.tree[items[index].type].base { candidates += type.names }
    }
    return invalid(
      .unknownName, .unknownName, "unknown name `\(name)`", at: range,
      help: [suggestion(for: name, among: candidates + BuiltinLibrary.names)])
  }

  /// What a name may mean.
  enum Meaning {
    case local(Locals.Local)
    /// A member of the item of a filter.
    case member(of: Item, ContextType, index: Int)
    /// A decision about the item of a filter.
    case derived(of: Item, index: Int, Type)
    /// An entry of one of several items of which nothing is known, or what a name means outside of them.
    case dynamicName(items: [Int])
    indirect case dynamicNameOrElse(items: [Int], Meaning)
    case outer(Resolution)
  }

  /// The node of a name; nil when it means nothing.
  private mutating func lookUp(_ name: Expression.Name, at range: Range<Int>) -> NodeEntry? {
    // Most names stand where there are none but the host's.
    if locals.count == 0, items.count == 0 {
      guard let resolution = withUTF8(name, { scope.resolve(utf8: $0) }) else { return nil }
      return node(for: resolution, at: range)
    }
    guard let meaning = meaning(of: name) else { return nil }
    return node(for: meaning, name, at: range)
  }

  private mutating func node(for meaning: Meaning, _ name: Expression.Name, at range: Range<Int>) -> NodeEntry {
    switch meaning {
    case .local(let local): return NodeEntry(.local(slot: UInt32(local.slot)), local.type, range)
    case .member(let item, let type, let index): return member(index, of: type, node(for: item, at: range))
    case .derived(let item, let index, let type):
      let base = node(for: item, at: range)
      return NodeEntry(.derived(index), builder.number(of: type), range, builder.place(base))
    case .dynamicName(let items):
      return NodeEntry(.dynamicName(builder.add(dynamicName: text(name), items: items)), .any, range)
    case .dynamicNameOrElse(let items, let otherwise):
      let otherwise = node(for: otherwise, name, at: range)
      return NodeEntry(
        .dynamicName(builder.add(dynamicName: text(name), items: items)), .any, range, builder.place(otherwise))
    case .outer(let resolution): return node(for: resolution, at: range)
    }
  }

  private mutating func node(for item: Item, at range: Range<Int>) -> NodeEntry {
    NodeEntry(.local(slot: UInt32(item.slot)), builder.bounded(item.type), range)
  }

  private mutating func node(for resolution: consuming Resolution, at range: Range<Int>) -> NodeEntry {
    switch consume resolution {
    case .host(let binding, let type): return NodeEntry(.host(binding), builder.number(of: type), range)
    case .member(let binding, let type, let index):
      return member(index, of: type, NodeEntry(.host(binding), builder.number(of: .context(type)), range))
    case .derived(let binding, let type, let index, let result):
      let base = NodeEntry(.host(binding), builder.number(of: .context(type)), range)
      return NodeEntry(.derived(index), builder.number(of: result), range, builder.place(base))
    }
  }

  /// A member of what a node gives, which stands where that does.
  private mutating func member(_ index: Int, of type: ContextType, _ base: NodeEntry) -> NodeEntry {
    member(index, of: type, base, base.range)
  }

  /// A member of what a node gives.
  private mutating func member(
    _ index: Int, of type: ContextType, _ base: NodeEntry, _ range: Range<Int>
  ) -> NodeEntry {
    let name = builder.add(.string(type.names[index]))
    let number = builder.number(of: type.members[index].type)
    return NodeEntry(.member(name: name, index: UInt32(index)), number, range, builder.place(base))
  }

  /// What a name means, from the inside out; nil when it means nothing.
  mutating func meaning(of name: Expression.Name) -> Meaning? {
    let tree = tree
    return tree.withUTF8(name) { meaning(of: $0) }
  }

  private mutating func meaning(of name: UnsafeBufferPointer<UInt8>) -> Meaning? {
    let local = locals[name]
    if items.count == 0 { return outer(name, local) }
    // Filters and variables interleave: a slot that was handed out later lies further in, and the variable `item` has
    // that of its item.
    var inner = items.count
    if let local {
      while inner > 0, items[inner - 1].slot >= local.slot { inner -= 1 }
    } else {
      inner = 0
    }
    /// The slots of items of which nothing is known, the innermost first.
    var open: [Int] = []
    for index in (inner..<items.count).reversed() {
      let item = items[index]
      switch builder.tree[item.type].base {
      case .context(let type):
        if let index = type.index(of: name) { return .member(of: item, type, index: index) }
        if let derived = scope.derived(String(decoding: name, as: UTF8.self), of: type) {
          return .derived(of: item, index: derived.index, derived.type)
        }
      case .any: open.append(item.slot)
      default: continue
      }
    }
    let outer = outer(name, local)
    guard !open.isEmpty, mode == .standard || outer == nil else { return outer }
    return outer.map { .dynamicNameOrElse(items: open, $0) } ?? .dynamicName(items: open)
  }

  /// What a name means that is none of the items of filters has.
  private mutating func outer(_ name: UnsafeBufferPointer<UInt8>, _ local: Locals.Local?) -> Meaning? {
    if let local { return .local(local) }
    return scope.resolve(utf8: name).map { .outer($0) }
  }

  // MARK: Paths

  mutating func path(_ base: Expression.ID, _ member: Expression.Name, _ range: Range<Int>) -> NodeEntry {
    let node = check(base)
    // What paths are about most.
    if let context = builder.tree.context(node.type), let index = index(of: member, in: context) {
      return self.member(index, of: context, node, range)
    }
    let type = type(node)
    let at = member.at.range
    let member = text(member)
    if case .list(let item) = type.base {
      let (kind, entryType) = entry(of: item, member, at: at)
      return self.node(kind, .list(entryType), above: node, range)
    }
    let (kind, result) = entry(of: type, member, at: at)
    return self.node(kind, result, above: node, range)
  }

  private mutating func index(of member: Expression.Name, in context: ContextType) -> Int? {
    withUTF8(member) { context.index(of: $0) }
  }

  /// A node above the one whose entry it is; what is known to be null is above none.
  private mutating func node(
    _ kind: NodeEntry.Kind, _ type: Type, above base: NodeEntry, _ range: Range<Int>
  ) -> NodeEntry {
    if case .invalid = kind { return NodeEntry(kind, builder.number(of: type), range) }
    return NodeEntry(kind, builder.number(of: type), range, builder.place(base))
  }

  private mutating func entry(of type: Type, _ member: String, at: Range<Int>) -> (NodeEntry.Kind, Type) {
    switch type.base {
    case .context(let context):
      if let index = context.index(of: member) {
        return (named(member, index), context.members[index].type)
      }
      if let derived = scope.derived(member, of: context) {
        return (.derived(derived.index), derived.type)
      }
      let names = context.members.map(\.name) + scope.derivedNames(of: context)
      let owner = context.name.map { "`\($0)`" } ?? "this context"
      let message = "\(owner) has no entry `\(member)`"
      report(.unknownEntry, message, at: at, help: [suggestion(for: member, among: names)])
      // Evaluated all the same: of a list it gives a null for each item.
      return (named(member), .any)
    case .any, .null:
      return (named(member), .any)
    case .list(let item):
      let (kind, inner) = entry(of: item, member, at: at)
      return (kind, .list(inner))
    case let other:
      if let result = Temporal.propertyType(member, of: other) {
        return (named(member), result)
      }
      if case .range(let end) = other, let result = Self.rangeProperties(member, end) {
        return (named(member), result)
      }
      let message = "\(article(other)) has no entry `\(member)`"
      report(.unknownEntry, message, at: at)
      return (.invalid(builder.add(.null(Failure(.noSuchEntry, message, at: at)))), .any)
    }
  }

  private mutating func named(_ member: String, _ index: Int? = nil) -> NodeEntry.Kind {
    .member(name: builder.add(.string(member)), index: index.map { UInt32($0) })
  }

  private static func rangeProperties(_ name: String, _ end: Type) -> Type? {
    switch name {
    case "start", "end": end
    case "start included", "end included": .boolean
    default: nil
    }
  }

  // MARK: Collections

  mutating func context(_ entries: [Expression.Entry], _ range: Range<Int>) -> NodeEntry {
    var variables: [NodeTree.Variable] = []
    var members: [ContextType.Member] = []
    variables.reserveCapacity(entries.count)
    members.reserveCapacity(entries.count)
    let depth = locals.count
    let waiting = builder.waitingCount
    // Few names are looked through, many are found at once.
    var names: Set<String> = []
    let isLarge = entries.count > 8
    var repeated: String?
    for entry in entries {
      let value = check(entry.value)
      builder.wait(value)
      let type = type(value)
      let name = text(entry.name)
      if isLarge ? !names.insert(name).inserted : variables.contains(where: { $0.name == name }) {
        repeated = name
        report(.syntax, "the entry `\(name)` is there twice", at: entry.at.range)
      }
      let slot = bind(.written(entry.name), value.type)
      variables.append(NodeTree.Variable(name: name, slot: slot, type: type))
      members.append(.init(name, type))
    }
    locals.removeLast(to: depth)
    let values = builder.placeWaiting(from: waiting)
    if let repeated {
      return invalid(.invalidFormat, "the entry `\(repeated)` is there twice", at: range, type: .null)
    }
    return NodeEntry(
      .context(builder.add(variables: variables)), builder.number(of: .context(ContextType(members: members))),
      range, values)
  }

  mutating func filter(_ list: Expression.ID, _ condition: Expression.ID, _ range: Range<Int>) -> NodeEntry {
    let node = check(list)
    let listType = type(node)
    let itemType = listType.item ?? listType
    let itemNumber = builder.number(asItIs: itemType)
    let slot = newSlot()
    items.append(Item(slot: slot, type: itemNumber))
    // `item` is the item, unless it has an entry of that name.
    let hasEntry = if case .context(let context) = itemType.base { context.index(of: "item") != nil } else { false }
    let test =
      hasEntry
      ? check(condition)
      : check(condition, binding: Locals.Local(name: .item, slot: slot, type: builder.bounded(itemNumber)))
    items.removeLast(to: items.count - 1)
    let result: TypeNumber =
      switch base(test) {
      // What is kept of a list is a list of the same items.
      case .boolean: if case .list = listType { node.type } else { builder.number(of: .list(itemType)) }
      case .number: builder.bounded(itemNumber)
      default: .any
      }
    if !mayBe(.boolean, test), !mayBe(.number, test) {
      report(
        .typeMismatch, "a filter needs a condition or a position, not \(article(type(test)))", at: test.range,
        label: "\(type(test).label)")
    }
    return NodeEntry(.filter(item: UInt32(slot)), result, range, builder.place(node, test))
  }

  /// The type of what a `for`, `some` or `every` goes through.
  private mutating func itemType(of domain: NodeEntry, hasEnd: Bool, _ keyword: String) -> Type {
    let type = base(domain)
    if hasEnd { return type }
    switch type {
    case .list(let item): return item
    case .range(let end): return end
    case .any, .null: return .any
    case let other:
      if mode == .rules {
        report(
          .typeMismatch, "`\(keyword)` goes through a list, and this is \(article(other))", at: domain.range,
          label: "\(other.label)")
      }
      return other
    }
  }

  /// Lets what iterators go through wait for its place, and binds their variables.
  private mutating func waitForIterators(
    _ list: [Expression.Iterator], _ keyword: String
  ) -> NodeEntry.Reference {
    var next = 0
    let iterators = list.map { iterator in
      let domain = check(iterator.domain)
      builder.wait(domain)
      if let end = iterator.end {
        let end = check(end)
        builder.wait(end)
      }
      let type = itemType(of: domain, hasEnd: iterator.end != nil, keyword)
      let slot = bind(.written(iterator.name), builder.number(of: type))
      defer { next += iterator.end != nil ? 2 : 1 }
      return NodeTree.Iterator(slot: slot, domain: next, hasEnd: iterator.end != nil)
    }
    return builder.add(iterators: iterators)
  }

  mutating func loop(_ list: [Expression.Iterator], _ body: Expression.ID, _ range: Range<Int>) -> NodeEntry {
    let depth = locals.count
    let waiting = builder.waitingCount
    let iterators = waitForIterators(list, "for")
    let partial = UInt32(bind(.partial, TypeNumber(listOf: .any)))
    let node = check(body)
    locals.removeLast(to: depth)
    let usesPartial = builder.contains(node) { if case .local(partial) = $0.kind { true } else { false } }
    let type = self.list(of: node.type)
    builder.wait(node)
    return NodeEntry(
      .loop(iterators, partial: usesPartial ? partial : nil), type, range, builder.placeWaiting(from: waiting))
  }

  mutating func quantifier(
    _ every: Bool, _ list: [Expression.Iterator], _ body: Expression.ID, _ range: Range<Int>
  ) -> NodeEntry {
    let depth = locals.count
    let waiting = builder.waitingCount
    let iterators = waitForIterators(list, every ? "every" : "some")
    let node = condition(body, of: "satisfies")
    locals.removeLast(to: depth)
    builder.wait(node)
    return NodeEntry(
      .quantifier(every: every, iterators), .boolean, range, builder.placeWaiting(from: waiting))
  }

  mutating func function(
    _ list: [Expression.Parameter], _ body: Expression.ID, isExternal: Bool, _ range: Range<Int>
  ) -> NodeEntry {
    if isExternal {
      return invalid(
        .unknownFunction, .unknownFunction, "functions outside FEEL cannot be called", at: range)
    }
    let depth = locals.count
    let parameters = list.map { parameter in
      let type = parameter.type ?? .any
      let slot = bind(.written(parameter.name), builder.number(of: type))
      return NodeTree.Variable(name: text(parameter.name), slot: slot, type: type)
    }
    let node = check(body)
    locals.removeLast(to: depth)
    let type = Type.function(parameters: parameters.map(\.type), result: type(node))
    return NodeEntry(
      .function(builder.add(variables: parameters)), builder.number(of: type), range, builder.place(node))
  }
}
