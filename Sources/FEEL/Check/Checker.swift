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
struct Checker {
  let tree: SyntaxTree
  let source: SourceText
  let scope: any Scope
  let mode: CheckMode
  var diagnostics = Diagnostics()
  var slots = 0
  /// Variables in scope, innermost last.
  var locals = Locals()
  /// The items of the filters around, innermost last: their entries are names.
  var items: [(slot: Int, type: Type)] = []

  /// - Parameter names: variables that are there when evaluation begins, in the first slots.
  init(
    _ tree: SyntaxTree, source: SourceText, scope: any Scope, mode: CheckMode, locals names: [String] = []
  ) {
    self.tree = tree
    self.source = source
    self.scope = scope
    self.mode = mode
    for name in names { locals.append((name, newSlot(), .any)) }
  }

  // MARK: Problems

  mutating func report(
    _ code: DiagnosticCode, _ message: String, at range: Range<Int>, label: String? = nil, help: [String?] = []
  ) {
    diagnostics.report(
      Diagnostic(
        code, mode == .rules ? .error : .warning, message, at: source.span(range), label: label, help: help))
  }

  /// Reports a mistake and gives the node that is null because of it.
  mutating func invalid(
    _ code: DiagnosticCode, _ reason: Failure.Reason, _ message: String, at range: Range<Int>, type: Type = .any,
    label: String? = nil, help: [String?] = []
  ) -> Node {
    report(code, message, at: range, label: label, help: help)
    return Node(.invalid(Failure(reason, message, at: range)), type, range)
  }

  func suggestion(for name: String, among names: some Sequence<String>) -> String? {
    NearMiss.nearest(to: name, among: names).map { "did you mean `\($0)`?" }
  }

  func text(_ range: Range<Int>) -> String { source.text.part(range) }

  func text(_ name: Expression.Name) -> String { tree.text(name, in: source.text) }

  @inline(__always)
  func withUTF8<Result>(_ name: Expression.Name, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    tree.withUTF8(name, in: source.text, body)
  }

  mutating func newSlot() -> Int {
    slots += 1
    return slots - 1
  }

  /// Checks an expression that sees a variable more.
  mutating func check(_ id: Expression.ID, binding variable: Locals.Local) -> Node {
    locals.append(variable)
    defer { locals.removeLast() }
    return check(id)
  }

  /// Checks the expressions of a row, in their order.
  mutating func check(_ row: Expression.Row) -> [Node] { map(row) { $0.check($1) } }

  /// What the expressions of a row become, in their order.
  mutating func map<Result>(_ row: Expression.Row, _ body: (inout Checker, Expression.ID) -> Result) -> [Result] {
    var results: [Result] = []
    results.reserveCapacity(row.count)
    var next = row.first
    while let id = next {
      results.append(body(&self, id))
      next = tree.next(id)
    }
    return results
  }

  // MARK: Expressions

  mutating func check(_ id: Expression.ID) -> Node {
    let range = tree[id].range
    switch tree[id].kind {
    case .hole:
      return Node(.invalid(Failure(.invalidFormat, "this could not be understood", at: range)), .any, range)
    case .number(let number): return Node(.constant(.number(number)), .number, range)
    case .string(let name): return Node(.constant(.string(text(name))), .string, range)
    case .boolean(let truth): return Node(.constant(.boolean(truth)), .boolean, range)
    case .null: return Node(.constant(.null), .null, range)
    case .temporal(let name):
      let text = text(name)
      guard let value = Temporal.value(text) else {
        return invalid(
          .invalidTemporal, .invalidFormat, "`\(text)` is not a date, time or duration", at: range,
          help: ["a date is written `@\"2026-01-31\"`, a duration `@\"P3Y\"` or `@\"P10D\"`"])
      }
      return Node(.constant(value), value.type, range)
    case .name(let name): return resolve(name, at: range)
    case .path(let base, let member): return path(base, member, range)
    case .negation(let operand): return negation(operand, range)
    case .arithmetic(let op, let left, let right): return arithmetic(op, left, right, range)
    case .comparison(let op, let left, let right): return comparison(op, left, right, range)
    case .conjunction(let operands):
      return Node(.and(map(operands) { $0.condition($1, of: "and") }), .boolean, range)
    case .disjunction(let operands):
      return Node(.or(map(operands) { $0.condition($1, of: "or") }), .boolean, range)
    case .between(let value, let low, let high): return between(value, low, high, range)
    case .membership(let value, let tests): return membership(value, tests, range)
    case .instance(let value, let type): return Node(.instance(check(value), tree[type]), .boolean, range)
    case .filter(let list, let condition): return filter(list, condition, range)
    case .call(let callee, let arguments): return call(callee, arguments, range)
    case .namedCall(let callee, let arguments): return call(callee, named: tree[arguments], range)
    case .range(let start, let startIncluded, let end, let endIncluded):
      return self.range(start, startIncluded, end, endIncluded, range)
    case .halfRange(let op, let end):
      let node = check(end)
      return Node(.halfRange(op, node), .range(node.type.base), range)
    case .list(let items):
      let nodes = check(items)
      guard var item = nodes.first?.type else { return Node(.list([]), .list(.any), range) }
      for node in nodes.dropFirst() { item = item.joined(with: node.type) }
      return Node(.list(nodes), .list(item), range)
    case .context(let entries): return context(tree[entries], range)
    case .conditional(let condition, let then, let otherwise):
      let test = self.condition(condition, of: "if")
      let first = check(then)
      let second = check(otherwise)
      return Node(
        .conditional(test, then: first, else: second), first.type.joined(with: second.type), range)
    case .loop(let iterators, let body): return loop(tree[iterators], body, range)
    case .quantifier(let every, let iterators, let body): return quantifier(every, tree[iterators], body, range)
    case .function(let parameters, let body, let isExternal):
      return function(tree[parameters], body, isExternal: isExternal, range)
    }
  }

  /// An operand that has to be true or false.
  mutating func condition(_ id: Expression.ID, of what: String) -> Node {
    let node = check(id)
    if !node.type.overlaps(.boolean) {
      report(
        .typeMismatch, "`\(what)` needs true or false here, not \(article(node.type))", at: node.range,
        label: "\(node.type.label)")
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

  mutating func resolve(_ name: Expression.Name, at range: Range<Int>) -> Node {
    if let node = lookUp(name, at: range) { return node }
    let name = text(name)
    if name == "?" {
      return invalid(
        .unknownName, .unknownName, "`?` stands for the input of a unary test, and here is none", at: range)
    }
    if let builtin = BuiltinLibrary[name] {
      let function = Function(
        name: name, parameters: builtin.signatures[0].parameters.map(\.name), body: .builtin(builtin))
      return Node(
        .constant(.function(function)),
        .function(
          parameters: builtin.signatures[0].parameters.map(\.type),
          result: builtin.signatures[0].result(builtin.signatures[0].parameters.map(\.type))), range)
    }
    var candidates = locals.names + scope.candidates
    for item in items {
      if case .context(let type) = item.type.base { candidates += type.members.map(\.name) }
    }
    return invalid(
      .unknownName, .unknownName, "unknown name `\(name)`", at: range,
      help: [suggestion(for: name, among: candidates + BuiltinLibrary.names)])
  }

  /// What a name means, from the inside out; nil when it means nothing.
  func lookUp(_ name: Expression.Name, at range: Range<Int>) -> Node? {
    withUTF8(name) { lookUp($0, at: range) }
  }

  private func lookUp(_ name: UnsafeBufferPointer<UInt8>, at range: Range<Int>) -> Node? {
    let local = locals[name]
    if items.isEmpty { return outer(name, local, at: range) }
    // Filters and variables interleave: a slot that was handed out later lies further in.
    let inner = items.lastIndex { item in local.map { item.slot < $0.slot } ?? false }.map { $0 + 1 } ?? 0
    for item in items[inner...].reversed() {
      guard case .context(let type) = item.type.base else { continue }
      if let index = type.index(of: name) {
        let base = Node(.local(item.slot), item.type, range)
        let member = type.members[index]
        return Node(.member(base, name: member.name, index: index), member.type, range)
      }
      if let derived = scope.derived(String(decoding: name, as: UTF8.self), of: type) {
        return Node(.derived(Node(.local(item.slot), item.type, range), derived.index), derived.type, range)
      }
    }
    let outer = outer(name, local, at: range)
    let open = items[inner...].filter { $0.type.base == .any }
    if !open.isEmpty, mode == .standard || outer == nil {
      let name = String(decoding: name, as: UTF8.self)
      return Node(.dynamicName(name, items: open.map(\.slot).reversed(), otherwise: outer), .any, range)
    }
    return outer
  }

  /// What a name means that is none of the items of filters has.
  private func outer(_ name: UnsafeBufferPointer<UInt8>, _ local: Locals.Local?, at range: Range<Int>) -> Node? {
    if let local { return Node(.local(local.slot), local.type, range) }
    return scope.resolve(utf8: name).map { Self.node(for: $0, at: range) }
  }

  private static func node(for resolution: Resolution, at range: Range<Int>) -> Node {
    switch resolution {
    case .host(let binding, let type):
      return Node(.host(binding), type, range)
    case .member(let binding, let type, let index):
      let base = Node(.host(binding), .context(type), range)
      return Node(.member(base, name: type.members[index].name, index: index), type.members[index].type, range)
    case .derived(let binding, let type, let index, let result):
      let base = Node(.host(binding), .context(type), range)
      return Node(.derived(base, index), result, range)
    }
  }

  // MARK: Paths

  mutating func path(_ base: Expression.ID, _ member: Expression.Name, _ range: Range<Int>) -> Node {
    let node = check(base)
    // What paths are about most.
    if case .context(let context) = node.type, let index = index(of: member, in: context) {
      return Node(
        .member(node, name: context.members[index].name, index: index), context.members[index].type, range)
    }
    let at = member.at.range
    let member = text(member)
    if case .list(let item) = node.type.base {
      let (kind, type) = entry(of: item, in: node, member, at: at)
      return Node(kind, .list(type), range)
    }
    let (kind, type) = entry(of: node.type, in: node, member, at: at)
    return Node(kind, type, range)
  }

  private func index(of member: Expression.Name, in context: ContextType) -> Int? {
    withUTF8(member) { context.index(of: $0) }
  }

  private mutating func entry(of type: Type, in node: Node, _ member: String, at: Range<Int>) -> (Node.Kind, Type) {
    switch type.base {
    case .context(let context):
      if let index = context.index(of: member) {
        return (.member(node, name: member, index: index), context.members[index].type)
      }
      if let derived = scope.derived(member, of: context) {
        return (.derived(node, derived.index), derived.type)
      }
      let names = context.members.map(\.name) + scope.derivedNames(of: context)
      let owner = context.name.map { "`\($0)`" } ?? "this context"
      let message = "\(owner) has no entry `\(member)`"
      report(.unknownEntry, message, at: at, help: [suggestion(for: member, among: names)])
      // Evaluated all the same: of a list it gives a null for each item.
      return (.member(node, name: member, index: nil), .any)
    case .any, .null:
      return (.member(node, name: member, index: nil), .any)
    case .list(let item):
      let (kind, inner) = entry(of: item, in: node, member, at: at)
      return (kind, .list(inner))
    case let other:
      if let result = Temporal.propertyType(member, of: other) {
        return (.member(node, name: member, index: nil), result)
      }
      if case .range(let end) = other, let result = Self.rangeProperties(member, end) {
        return (.member(node, name: member, index: nil), result)
      }
      let message = "\(article(other)) has no entry `\(member)`"
      report(.unknownEntry, message, at: at)
      return (.invalid(Failure(.noSuchEntry, message, at: at)), .any)
    }
  }

  private static func rangeProperties(_ name: String, _ end: Type) -> Type? {
    switch name {
    case "start", "end": end
    case "start included", "end included": .boolean
    default: nil
    }
  }

  // MARK: Collections

  mutating func context(_ entries: [Expression.Entry], _ range: Range<Int>) -> Node {
    var checked: [(name: String, slot: Int, value: Node)] = []
    var members: [ContextType.Member] = []
    let depth = locals.count
    var names: Set<String> = []
    var repeated: String?
    for entry in entries {
      let value = check(entry.value)
      let name = text(entry.name)
      if !names.insert(name).inserted {
        repeated = name
        report(.syntax, "the entry `\(name)` is there twice", at: entry.at.range)
      }
      let slot = newSlot()
      checked.append((name, slot, value))
      members.append(.init(name, value.type))
      locals.append((name, slot, value.type))
    }
    locals.removeLast(to: depth)
    if let repeated {
      return Node(.invalid(Failure(.invalidFormat, "the entry `\(repeated)` is there twice", at: range)), .null, range)
    }
    return Node(.context(checked), .context(ContextType(members: members)), range)
  }

  mutating func filter(_ list: Expression.ID, _ condition: Expression.ID, _ range: Range<Int>) -> Node {
    let node = check(list)
    let itemType = node.type.item ?? node.type
    let slot = newSlot()
    items.append((slot, itemType))
    // `item` is the item, unless it has an entry of that name.
    let hasEntry = if case .context(let context) = itemType.base { context.index(of: "item") != nil } else { false }
    let test = hasEntry ? check(condition) : check(condition, binding: ("item", slot, itemType))
    items.removeLast()
    let result: Type =
      switch test.type.base {
      case .boolean: .list(itemType)
      case .number: itemType
      default: .any
      }
    if !test.type.overlaps(.boolean), !test.type.overlaps(.number) {
      report(
        .typeMismatch, "a filter needs a condition or a position, not \(article(test.type))", at: test.range,
        label: "\(test.type.label)")
    }
    return Node(.filter(node, test, item: slot), result, range)
  }

  /// The type of what a `for`, `some` or `every` goes through.
  private mutating func itemType(of domain: Node, end: Node?, _ keyword: String) -> Type {
    if end != nil { return domain.type.base }
    switch domain.type.base {
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

  private mutating func iterators(_ list: [Expression.Iterator], _ keyword: String) -> [Node.Iterator] {
    list.map { iterator in
      let domain = check(iterator.domain)
      let end = iterator.end.map { check($0) }
      let type = itemType(of: domain, end: end, keyword)
      let slot = newSlot()
      locals.append((text(iterator.name), slot, type))
      return Node.Iterator(slot: slot, domain: domain, end: end)
    }
  }

  mutating func loop(_ list: [Expression.Iterator], _ body: Expression.ID, _ range: Range<Int>) -> Node {
    let depth = locals.count
    defer { locals.removeLast(to: depth) }
    let iterators = iterators(list, "for")
    let partial = newSlot()
    locals.append(("partial", partial, .list(.any)))
    let node = check(body)
    let usesPartial = node.contains { if case .local(partial) = $0.kind { true } else { false } }
    return Node(.loop(iterators, node, partial: usesPartial ? partial : nil), .list(node.type), range)
  }

  mutating func quantifier(
    _ every: Bool, _ list: [Expression.Iterator], _ body: Expression.ID, _ range: Range<Int>
  ) -> Node {
    let depth = locals.count
    defer { locals.removeLast(to: depth) }
    let iterators = iterators(list, every ? "every" : "some")
    let node = condition(body, of: "satisfies")
    return Node(.quantifier(every: every, iterators, node), .boolean, range)
  }

  mutating func function(
    _ list: [Expression.Parameter], _ body: Expression.ID, isExternal: Bool, _ range: Range<Int>
  ) -> Node {
    if isExternal {
      return invalid(
        .unknownFunction, .unknownFunction, "functions outside FEEL cannot be called", at: range)
    }
    let parameters = list.map { (name: text($0.name), slot: newSlot(), type: $0.type ?? .any) }
    let depth = locals.count
    for parameter in parameters { locals.append(parameter) }
    let node = check(body)
    locals.removeLast(to: depth)
    return Node(
      .function(parameters: parameters, node),
      .function(parameters: parameters.map(\.type), result: node.type), range)
  }
}
