import Diagnostics

/// Expressions with parts that somebody else has computed already.
extension Node {
  /// A copy in which some nodes stand for something else, of the same type.
  ///
  /// - Parameter find: what a node is to be; nil to look at the nodes below it.
  package func replacing(_ find: (Node) -> Kind?) -> Node {
    if let kind = find(self) { return Node(kind, type, range) }
    func copy(_ node: Node) -> Node { node.replacing(find) }
    func copy(_ iterators: [Iterator]) -> [Iterator] {
      iterators.map { Iterator(slot: $0.slot, domain: copy($0.domain), end: $0.end.map { copy($0) }) }
    }
    let kind: Kind =
      switch self.kind {
      case .constant, .local, .host, .invalid: self.kind
      case .member(let base, let name, let index): .member(copy(base), name: name, index: index)
      case .derived(let base, let index): .derived(copy(base), index)
      case .dynamicName(let name, let items, let otherwise):
        .dynamicName(name, items: items, otherwise: otherwise.map { copy($0) })
      case .and(let nodes): .and(nodes.map { copy($0) })
      case .or(let nodes): .or(nodes.map { copy($0) })
      case .negate(let node): .negate(copy(node))
      case .arithmetic(let op, let a, let b): .arithmetic(op, copy(a), copy(b))
      case .compare(let op, let a, let b): .compare(op, copy(a), copy(b))
      case .supplied(let node): .supplied(copy(node))
      case .between(let a, let b, let c): .between(copy(a), copy(b), copy(c))
      case .passes(let node, let tests): .passes(copy(node), tests.map { copy($0) })
      case .unaryTests(let tests, let input, let isNegated):
        .unaryTests(
          tests.map { UnaryTest(node: copy($0.node), usesInput: $0.usesInput) }, input: input, isNegated: isNegated)
      case .conditional(let a, let b, let c): .conditional(copy(a), then: copy(b), else: copy(c))
      case .list(let nodes): .list(nodes.map { copy($0) })
      case .context(let entries): .context(entries.map { ($0.name, $0.slot, copy($0.value)) })
      case .range(let start, let startIncluded, let end, let endIncluded):
        .range(start: copy(start), startIncluded: startIncluded, end: copy(end), endIncluded: endIncluded)
      case .halfRange(let op, let end): .halfRange(op, copy(end))
      case .filter(let list, let condition, let item): .filter(copy(list), copy(condition), item: item)
      case .loop(let iterators, let body, let partial): .loop(copy(iterators), copy(body), partial: partial)
      case .quantifier(let every, let iterators, let body): .quantifier(every: every, copy(iterators), copy(body))
      case .function(let parameters, let body): .function(parameters: parameters, copy(body))
      case .builtin(let builtin, let signature, let arguments):
        .builtin(builtin, signature: signature, arguments.map { copy($0) })
      case .invoke(let callee, let arguments, let names):
        .invoke(copy(callee), arguments.map { copy($0) }, names: names)
      case .instance(let node, let type): .instance(copy(node), type)
      }
    return Node(kind, type, range)
  }

  /// The slots that this node and those below bind.
  package var boundSlots: Set<Int> {
    var slots: Set<Int> = []
    collectBoundSlots(into: &slots)
    return slots
  }

  private func collectBoundSlots(into slots: inout Set<Int>) {
    switch kind {
    case .unaryTests(_, let input, _): slots.insert(input)
    case .context(let entries): slots.formUnion(entries.map(\.slot))
    case .filter(_, _, let item): slots.insert(item)
    case .loop(let iterators, _, let partial):
      slots.formUnion(iterators.map(\.slot))
      if let partial { slots.insert(partial) }
    case .quantifier(_, let iterators, _): slots.formUnion(iterators.map(\.slot))
    case .function(let parameters, _): slots.formUnion(parameters.map(\.slot))
    default: break
    }
    for child in children { child.collectBoundSlots(into: &slots) }
  }
}

extension CheckedExpression {
  /// A part of an expression, as one of its own; it may read no variable that is bound outside of it.
  package init(part: Node) {
    self.init(
      root: part, slots: (part.boundSlots.max() ?? -1) + 1, source: SourceText("", file: FileID(rawValue: 0)))
  }
}

extension DecisionTable {
  /// A copy in which some nodes stand for something else; as ``Node/replacing(_:)``.
  package func replacing(_ find: (Node) -> Node.Kind?) -> DecisionTable {
    func copy(_ expression: CheckedExpression) -> CheckedExpression {
      CheckedExpression(
        root: expression.root.replacing(find), slots: expression.slots, source: expression.source)
    }
    var table = self
    for index in inputs.indices { table.inputs[index].expression = copy(inputs[index].expression) }
    table.rows = rows.map { row in
      Row(
        tests: row.tests.map { tests in
          CheckedTests(
            root: tests.root.replacing(find), slots: tests.slots, input: tests.input, source: tests.source,
            matchesAnything: tests.matchesAnything)
        }, outputs: row.outputs.map { copy($0) })
    }
    return table
  }
}
