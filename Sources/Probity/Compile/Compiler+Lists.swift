import FEEL

extension Compiler {
  /// A list: the table of its items, and which of them are in it.
  struct ListView {
    var table: Int
    /// Of the table's rows; nil where every item is in it.
    var present: Int?
  }

  /// The table of the rows that a list's items belong to.
  func parent(of view: ListView) -> Int { layout.tables[view.table].parent ?? 0 }

  mutating func list(_ node: Node) -> ListView? { nested { $0.compileList(node) } }

  private mutating func compileList(_ node: Node) -> ListView? {
    guard node.type.item != nil else { return nil }
    if let location = location(of: node) {
      return ListView(table: layout.list(location.table, location.path), present: nil)
    }
    guard case .filter(let base, let condition, let slot) = node.kind else {
      return inlinedExpression(node) { $0.list($1) }
    }
    guard condition.type.base == .boolean, var view = list(base) else { return nil }
    let test = entering(view.table) { compiler, item in
      compiler.bind(slot, to: item)
      return compiler.truth(condition, for: view.table)
    }
    guard let test else { return nil }
    // An item that is not there needs no condition, so the order of filters does not matter.
    let both = view.present.map { [$0, test.index] } ?? [test.index]
    view.present = Set(both).count == 1 ? test.index : emit(.and(both), table: view.table).index
    return view
  }

  /// A value of each item: `insurance[…].cover`, a decision of the items, or a list of plain values.
  mutating func column(_ node: Node, _ kind: Layout.Kind) -> (list: ListView, values: Register)? {
    guard let item = node.type.item, Layout.Kind(item) == kind else { return nil }
    switch node.kind {
    case .derived(let base, let index):
      guard base.type.item != nil, case .expression(let expression) = book.decisions[index].logic,
        let view = list(base)
      else { return nil }
      return column(of: view) { compiler, item in
        compiler.scoped(item) { $0.scalar(expression.root, kind) }
      }
    case .loop(let iterators, let body, _):
      guard iterators.count == 1, iterators[0].end == nil, let view = list(iterators[0].domain) else { return nil }
      return column(of: view) { compiler, item in
        compiler.bind(iterators[0].slot, to: item)
        return compiler.scalar(body, kind)
      }
    default:
      let (base, path) = itemPath(node)
      guard let view = list(base) else { return nil }
      let column = layout.column(view.table, path, kind, item)
      return (view, emit(.load(table: view.table, column: column), table: view.table))
    }
  }

  private mutating func column(
    of view: ListView, _ body: (inout Compiler, Location) -> Register?
  ) -> (list: ListView, values: Register)? {
    guard let values = entering(view.table, body), let spread = spread(values, to: view.table, isTruth: false) else {
      return nil
    }
    return (view, spread)
  }

  /// The list below `list.office.rooms`, and the way from each item to its value.
  func itemPath(_ node: Node) -> (list: Node, path: [Int]) {
    guard case .member(let base, _, let index?) = node.kind, case .context? = base.type.item?.base else {
      return (node, [])
    }
    let (list, path) = itemPath(base)
    return (list, path + [index])
  }

  // MARK: Quantifiers

  /// One quantifier over several lists is as many quantifiers, one within the other.
  mutating func quantifier(_ every: Bool, _ iterators: ArraySlice<Node.Iterator>, _ body: Node) -> Register? {
    guard let first = iterators.first else { return truth(body) }
    guard first.end == nil, let view = list(first.domain) else { return nil }
    let test = entering(view.table) { compiler, item -> Register? in
      compiler.bind(first.slot, to: item)
      guard let inner = compiler.quantifier(every, iterators.dropFirst(), body) else { return nil }
      return compiler.spread(inner, to: view.table, isTruth: true)
    }
    guard let test else { return nil }
    return emit(
      .quantify(every: every, table: view.table, present: view.present, body: test.index), table: parent(of: view))
  }

  /// Whether a list of plain values holds a value.
  mutating func contains(_ list: Node, _ value: Register, _ kind: Layout.Kind) -> Register? {
    if case .list(let items)? = constant(list) {
      guard !items.hasDoubts else { return nil }
      var tests: [Register] = []
      for item in items.items {
        guard let constant = constant(item, kind), let test = compare(.equal, value, constant) else { return nil }
        tests.append(test)
      }
      return tests.isEmpty ? emit(.truth(Cell.no), table: 0) : junction(tests, isAnd: false)
    }
    guard let item = list.type.item, Layout.Kind(item) == kind, let view = self.list(list),
      // A value of the list's own rows would be compared with itself alone.
      !layout.isWithin(value.table, view.table)
    else { return nil }
    let items = emit(.load(table: view.table, column: layout.column(view.table, [], kind, item)), table: view.table)
    guard let test = compare(.equal, items, value), test.table == view.table else { return nil }
    return emit(
      .quantify(every: false, table: view.table, present: view.present, body: test.index), table: parent(of: view))
  }
}
