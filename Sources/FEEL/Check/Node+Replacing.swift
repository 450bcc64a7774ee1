import Diagnostics

/// Expressions with parts that somebody else has computed already.
extension Node {
  /// What may stand in the place of a node.
  package enum Replacement {
    case constant(Value)
    case host(Int)
  }

  /// A copy in which some nodes stand for something else, of the same type.
  ///
  /// - Parameter find: what a node is to be; nil to look at the nodes below it.
  package func replacing(_ find: (Node) -> Replacement?) -> Node {
    StackBuffer<NodeEntry>.withRoom { waiting in
      var builder = NodeTreeBuilder(like: tree, waiting: waiting)
      let root = copy(into: &builder, find)
      return builder.finish(root)
    }
  }

  private func copy(into builder: inout NodeTreeBuilder, _ find: (Node) -> Replacement?) -> NodeEntry {
    let entry = entry
    switch find(self) {
    case .constant(let value): return NodeEntry(builder.constant(value), entry.type, range)
    case .host(let binding): return NodeEntry(.host(binding), entry.type, range)
    case nil:
      let waiting = builder.waitingCount
      for child in children {
        let node = child.copy(into: &builder, find)
        builder.wait(node)
      }
      return entry.above(builder.placeWaiting(from: waiting))
    }
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
  package func replacing(_ find: (Node) -> Node.Replacement?) -> DecisionTable {
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
