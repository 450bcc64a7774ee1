import FEEL

extension Compiler {
  /// A list: the table of its items, and which of them are in it.
  struct ListView {
    /// Where the list that was filtered stands.
    var location: Location
    var table: Int
    /// Of the table's rows; nil where every item is in it.
    var present: Register?
    /// Whether what is said of a missing list's items has to do without the bounds that their own facts give them.
    var isLoose = false
  }

  /// The table of the rows that a list's items belong to.
  func parent(of view: ListView) -> Int { tables[view.table].parent ?? 0 }

  /// - Parameter variables: those that are mentioned in what is said of the items.
  mutating func list(_ node: Node, for variables: Set<Int>) -> ListView? {
    nested { $0.compileList(node, for: variables) }
  }

  private mutating func compileList(_ node: Node, for variables: Set<Int>) -> ListView? {
    guard node.type.item != nil else { return nil }
    if let location = location(of: node) {
      guard let table = table(of: location, mentioning: variables) else { return nil }
      return ListView(location: location, table: table, present: nil, isLoose: Self.isLoose(node))
    }
    guard case .filter(let base, let condition, let slot) = node.kind else {
      return inlined(node) { $0.list($1, for: variables) }.map { view in
        var view = view
        view.isLoose = view.isLoose || node.type.item?.allowedValues != nil
        return view
      }
    }
    guard condition.type.base == .boolean else { return nil }
    let own = self.variables(in: [condition], except: [slot])
    guard var view = list(base, for: variables.union(own)), !view.isLoose,
      let narrow = table(of: view.location, mentioning: own)
    else { return nil }
    // A test that says nothing of the other variables is made once for each item.
    let isGathered = narrow != view.table && narrow == self.base(of: view.table)
    let table = isGathered ? narrow : view.table
    let test = entering(table) { compiler, item in
      compiler.binding(slot, to: .location(item)) { $0.truth(condition, for: table) }
    }
    guard let test else { return nil }
    var present = orNo(test)
    if isGathered { present = emit(.gatherTruth(present.index), table: view.table) }
    // An item that is not there needs no condition, so the order of filters does not matter.
    guard let both = junction([view.present, present].compactMap { $0 }, isAnd: true) else { return nil }
    view.present = both
    view.isLoose = node.type.item?.allowedValues != nil
    return view
  }

  /// Whether a node that goes through a list loses the bounds that the list's declaration gives its items.
  private static func isLoose(_ node: Node) -> Bool {
    if case .member = node.kind { return false }
    return node.type.item?.allowedValues != nil
  }

  /// A value of each item: `insurance[…].cover`, a decision of the items, or a list of plain values.
  mutating func column(
    _ node: Node, _ kind: Layout.Kind, for variables: Set<Int> = []
  ) -> (list: ListView, values: Register)? {
    guard let item = node.type.item, Layout.Kind(item) == kind else { return nil }
    switch node.kind {
    case .derived(let base, let index):
      guard base.type.item != nil, case .expression(let expression) = book.decisions[index].logic,
        let view = list(base, for: variables)
      else { return nil }
      return column(of: view) { compiler, item in
        compiler.scoped(item) { $0.within(expression) { $0.scalar($1, kind) } }
      }
    case .loop(let iterators, let body, _):
      guard iterators.count == 1, iterators[0].end == nil,
        let view = list(
          iterators[0].domain, for: variables.union(self.variables(in: [body], except: [iterators[0].slot])))
      else { return nil }
      return column(of: view) { compiler, item in
        compiler.binding(iterators[0].slot, to: .location(item)) { $0.scalar(body, kind) }
      }
    default:
      let (base, path) = itemPath(node)
      guard let view = list(base, for: variables) else { return nil }
      return (view, load(Location(variable: 0, table: view.table, path: path), kind, item))
    }
  }

  private mutating func column(
    of view: ListView, _ body: (inout Compiler, Location) -> Register?
  ) -> (list: ListView, values: Register)? {
    guard let values = entering(view.table, body), let spread = spread(values, to: view.table) else { return nil }
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
      return inlined(node) { $0.constants($1) }
    }
    guard condition.type.base == .boolean, var items = constants(base) else { return nil }
    for index in items.indices {
      let test = binding(slot, to: .constant(items[index].value)) { $0.truth(condition) }
      guard let test, let both = junction([items[index].present, orNo(test)].compactMap { $0 }, isAnd: true) else {
        return nil
      }
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
    guard first.end == nil else { return nil }
    if let items = constants(first.domain) {
      var tests: [(present: Register?, body: Register)] = []
      for (value, present) in items {
        let inner = binding(first.slot, to: .constant(value)) { $0.quantifier(every, iterators.dropFirst(), body) }
        guard let inner else { return nil }
        tests.append((present, inner))
      }
      return quantify(every, tests)
    }
    let mentioned = variables(
      in: iterators.dropFirst().flatMap { [$0.domain] + ($0.end.map { [$0] } ?? []) } + [body],
      except: Set(iterators.map(\.slot)))
    guard let view = list(first.domain, for: mentioned) else { return nil }
    let test = entering(view.table) { compiler, item -> Register? in
      let inner = compiler.binding(first.slot, to: .location(item)) {
        $0.quantifier(every, iterators.dropFirst(), body)
      }
      return inner.flatMap { compiler.spread($0, to: view.table) }
    }
    return test.flatMap { quantify(every, view, $0) }
  }

  private mutating func quantify(_ every: Bool, _ view: ListView, _ test: Register) -> Register? {
    let result = emit(
      .quantify(every: every, table: view.table, present: view.present?.index, body: test.index),
      table: parent(of: view))
    return view.isLoose ? whereSupplied(view, result, else: emit(.truth(Cell.handOver), table: 0)) : result
  }

  /// A truth about a list that is there, and another where it is missing.
  private mutating func whereSupplied(_ view: ListView, _ truth: Register, else otherwise: Register) -> Register? {
    choose(emit(.isSuppliedList(table: view.table), table: parent(of: view)), truth, otherwise)
  }

  /// Whether a list of plain values holds a value.
  mutating func contains(_ list: Node, _ value: Register, _ kind: Layout.Kind) -> Register? {
    if let items = constants(list) {
      var tests: [(present: Register?, body: Register)] = []
      for (item, present) in items {
        guard let constant = constant(item, kind), let test = compare(.equal, value, constant) else { return nil }
        tests.append((present, orNo(test)))
      }
      return quantify(false, tests)
    }
    let mentioned = Set(open.filter { isWithin(value.table, $0.table) }.map(\.variable))
    guard let (view, items) = column(list, kind, for: mentioned), let test = compare(.equal, items, value),
      test.table == view.table
    else { return nil }
    let result = emit(
      .quantify(every: false, table: view.table, present: view.present?.index, body: orNo(test).index),
      table: parent(of: view))
    // Of the items of a missing list no bounds may say anything, nor of null.
    if list.type.item?.allowedValues == nil, !mayBeNull(value) { return result }
    // Of a missing list nothing is looked at, unless a filter leaves nothing of it.
    let unknown = emit(.truth(Cell.unknown), table: view.table)
    let open = emit(
      .quantify(every: false, table: view.table, present: view.present?.index, body: unknown.index),
      table: parent(of: view))
    guard mayBeNull(value) else { return whereSupplied(view, result, else: open) }
    let isKnown = emit(.unlessNull(value.index), table: value.table)
    return junction([isKnown, open], isAnd: true).flatMap { whereSupplied(view, result, else: $0) }
  }
}
