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
      compiler.bind(slot, to: .location(item))
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
        compiler.bind(iterators[0].slot, to: .location(item))
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

  // MARK: Lists of constants

  /// The items of a list of parameters or constants, each with whether it is in the list; nil where it surely is.
  mutating func constants(_ node: Node) -> [(value: Value, present: Register?)]? {
    nested { $0.compileConstants(node) }
  }

  private mutating func compileConstants(_ node: Node) -> [(value: Value, present: Register?)]? {
    guard node.type.item != nil else { return nil }
    if case .list(let list)? = constant(node), !list.hasDoubts { return list.items.map { ($0, nil) } }
    guard case .filter(let base, let condition, let slot) = node.kind else {
      return inlinedExpression(node) { $0.constants($1) }
    }
    guard condition.type.base == .boolean, var items = constants(base) else { return nil }
    for index in items.indices {
      bind(slot, to: .constant(items[index].value))
      guard let test = truth(condition),
        let both = junction([items[index].present, test].compactMap { $0 }, isAnd: true)
      else { return nil }
      items[index].present = both
    }
    return items
  }

  /// Every item, or some, passes its test where it is in the list.
  private mutating func quantify(_ every: Bool, _ tests: [(present: Register?, body: Register)]) -> Register? {
    var truths: [Register] = []
    for (present, body) in tests {
      let isRelevant = present.map { every ? negated($0) : $0 }
      guard let truth = junction([isRelevant, body].compactMap { $0 }, isAnd: !every) else { return nil }
      truths.append(truth)
    }
    return truths.isEmpty ? emit(.truth(every ? Cell.yes : Cell.no), table: 0) : junction(truths, isAnd: every)
  }

  // MARK: Quantifiers

  /// One quantifier over several lists is as many quantifiers, one within the other.
  mutating func quantifier(_ every: Bool, _ iterators: ArraySlice<Node.Iterator>, _ body: Node) -> Register? {
    guard let first = iterators.first else { return truth(body) }
    if first.end == nil, let items = constants(first.domain) {
      var tests: [(present: Register?, body: Register)] = []
      for (value, present) in items {
        bind(first.slot, to: .constant(value))
        guard let inner = quantifier(every, iterators.dropFirst(), body) else { return nil }
        tests.append((present, inner))
      }
      return quantify(every, tests)
    }
    guard first.end == nil, let view = list(first.domain) else { return nil }
    let test = entering(view.table) { compiler, item -> Register? in
      compiler.bind(first.slot, to: .location(item))
      guard let inner = compiler.quantifier(every, iterators.dropFirst(), body) else { return nil }
      return compiler.spread(inner, to: view.table, isTruth: true)
    }
    guard let test else { return nil }
    return emit(
      .quantify(every: every, table: view.table, present: view.present, body: test.index), table: parent(of: view))
  }

  /// Whether a list of plain values holds a value.
  mutating func contains(_ list: Node, _ value: Register, _ kind: Layout.Kind) -> Register? {
    if let items = constants(list) {
      var tests: [(present: Register?, body: Register)] = []
      for (item, present) in items {
        guard let constant = constant(item, kind), let test = compare(.equal, value, constant) else { return nil }
        tests.append((present, test))
      }
      return quantify(false, tests)
    }
    // A value of the list's own rows would be compared with itself alone.
    guard let (view, items) = column(list, kind), !layout.isWithin(value.table, view.table) else { return nil }
    guard let test = compare(.equal, items, value), test.table == view.table else { return nil }
    return emit(
      .quantify(every: false, table: view.table, present: view.present, body: test.index), table: parent(of: view))
  }
}
