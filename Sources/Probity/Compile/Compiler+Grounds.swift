import Diagnostics
import FEEL

/// What explains a rule's outcomes. It follows the evaluator: whatever that observes, in its order.
extension Compiler {
  /// The grounds of the rule that was compiled last; nil where only the interpreter can say.
  ///
  /// - Parameter shows: whether sensitive facts are shown.
  mutating func grounds(
    of rule: Rule, _ levels: [Program.CompiledRule.Level], when: Register?, requirements: [Int], shows: Bool
  ) -> RuleGrounds? {
    guard levels.allSatisfy({ base(of: $0.table) == $0.table }) else { return nil }
    let table = levels.last?.table ?? 0
    var result = RuleGrounds()
    if let condition = rule.when, let when {
      guard let grounds = grounds(of: condition, at: table, &result) else { return nil }
      result.when = Grounds.Operand(cell: result.cell(when), grounds: grounds)
    }
    for (requirement, register) in zip(rule.requirements, requirements) {
      guard let that = grounds(of: requirement.that, at: table, &result) else { return nil }
      var entry = RuleGrounds.Requirement(
        that: that, cell: result.cell(Register(index: register, table: steps[register].table)))
      if let message = requirement.message {
        guard let segments = segments(message, at: table, shows: shows, &result) else { return nil }
        entry.message = segments
      }
      if let remedy = requirement.remedy {
        guard let segments = segments(remedy, at: table, shows: shows, &result) else { return nil }
        entry.remedy = segments
      }
      result.requirements.append(entry)
    }
    return result
  }

  private mutating func segments(
    _ template: Template, at table: Int, shows: Bool, _ result: inout RuleGrounds
  ) -> [RuleGrounds.Segment]? {
    var segments: [RuleGrounds.Segment] = []
    func add(_ text: String) {
      if case .text(let before)? = segments.last {
        segments[segments.count - 1] = .text(before + text)
      } else {
        segments.append(.text(text))
      }
    }
    for segment in template.segments {
      switch segment {
      case .text(let text): add(text)
      case .expression(_, isSensitive: true) where !shows: segments.append(.sensitive)
      case .expression(let expression, _):
        let node = expression.root
        if let value = constant(node) {
          add(value.description)
        } else if let place = within(expression, { $0.place(of: $1, at: table, &result) }) {
          segments.append(.fact(place))
        } else if let kind = Layout.Kind(node.type), kind != .truth, kind != .text,
          let register = within(expression, { $0.scalar($1, kind) }), isWithin(table, register.table)
        {
          segments.append(.scalar(cell: result.cell(register), kind))
        } else {
          return nil
        }
      }
    }
    return segments
  }

  private mutating func grounds(
    of expression: CheckedExpression, at table: Int, _ result: inout RuleGrounds
  ) -> Grounds? {
    within(expression) { $0.grounds($1, at: table, &result) }
  }

  /// - Parameter table: whose rows the expression is evaluated for.
  private mutating func grounds(_ node: Node, at table: Int, _ result: inout RuleGrounds) -> Grounds? {
    nested { $0.compileGrounds(node, at: table, &result) }
  }

  private mutating func all(_ nodes: some Collection<Node>, at table: Int, _ result: inout RuleGrounds) -> Grounds? {
    var parts: [Grounds] = []
    for node in nodes {
      guard let part = grounds(node, at: table, &result) else { return nil }
      if case .none = part { continue }
      parts.append(part)
    }
    return parts.isEmpty ? Grounds.none : parts.count == 1 ? parts[0] : .all(parts)
  }

  private mutating func operand(_ node: Node, at table: Int, _ result: inout RuleGrounds) -> Grounds.Operand? {
    guard let register = truth(node), isWithin(table, register.table),
      let grounds = grounds(node, at: table, &result)
    else { return nil }
    return Grounds.Operand(cell: result.cell(register), grounds: grounds)
  }

  private mutating func compileGrounds(_ node: Node, at table: Int, _ result: inout RuleGrounds) -> Grounds? {
    if constant(node) != nil { return Grounds.none }
    if let location = location(of: node) {
      if location.path.isEmpty { return Grounds.none }
      if case .context? = node.type.item?.base { return items(node, at: table, &result).map { .items($0) } }
      return place(location, at: table, &result).map { .fact($0) }
    }
    switch node.kind {
    case .and(let nodes), .or(let nodes):
      var operands: [Grounds.Operand] = []
      for node in nodes {
        guard let operand = operand(node, at: table, &result) else { return nil }
        operands.append(operand)
      }
      let isAnd = if case .and = node.kind { true } else { false }
      return .junction(operands, decider: isAnd ? Cell.no : Cell.yes)
    case .negate, .arithmetic, .compare, .list: return all(node.children, at: table, &result)
    case .between(let value, let low, let high):
      guard constant(low) != nil, constant(high) != nil else { return nil }
      return grounds(value, at: table, &result)
    case .passes(let value, let tests):
      return tests.allSatisfy(isFixed) ? grounds(value, at: table, &result) : nil
    case .supplied(let operand): return grounds(operand, at: table, &result).map { .known($0) }
    case .conditional(let condition, let then, let otherwise):
      guard condition.type.base == .boolean, let test = operand(condition, at: table, &result),
        let first = grounds(then, at: table, &result), let second = grounds(otherwise, at: table, &result)
      else { return nil }
      return .conditional(test, then: first, else: second)
    case .builtin(let builtin, _, let arguments): return call(builtin.name, arguments, at: table, &result)
    case .quantifier(let every, let iterators, let body):
      guard iterators.count == 1, iterators[0].end == nil,
        let items = items(iterators[0].domain, at: table, &result)
      else { return nil }
      let test = entering(result.tables[items.table]) { compiler, item in
        compiler.binding(iterators[0].slot, to: .location(item)) { $0.operand(body, at: item.table, &result) }
      }
      return test.map { .quantifier(items, $0, decider: every ? Cell.no : Cell.yes, list: iterators[0].domain) }
    case .filter: return items(node, at: table, &result).map { .items($0) }
    case .loop(let iterators, let body, nil):
      guard iterators.count == 1, iterators[0].end == nil,
        let items = items(iterators[0].domain, at: table, &result)
      else { return nil }
      let inner = entering(result.tables[items.table]) { compiler, item in
        compiler.binding(iterators[0].slot, to: .location(item)) { $0.grounds(body, at: item.table, &result) }
      }
      return inner.map { .each(items, $0, list: iterators[0].domain) }
    case .member(let base, _, let index?):
      guard case .context? = base.type.item?.base, node.type.item?.item == nil, isScalar(node.type.item),
        let items = items(base, at: table, &result)
      else { return nil }
      return .each(items, .fact(Grounds.Place(table: items.table, path: [index])), list: base)
    case .host: return inlined(node) { $0.grounds($1, at: table, &result) }
    case .derived(let base, let index):
      guard let location = location(of: base), let place = place(location, at: table, &result),
        case .expression(let expression) = book.decisions[index].logic,
        let inner = scoped(
          location,
          { compiler in
            compiler.within(expression) { $0.grounds($1, at: table, &result) }
          })
      else { return nil }
      return .derived(place, inner)
    default: return nil
    }
  }

  private mutating func call(
    _ name: String, _ arguments: Nodes, at table: Int, _ result: inout RuleGrounds
  ) -> Grounds? {
    switch name {
    case "not", "sum", "list contains": return all(arguments, at: table, &result)
    case "count":
      guard arguments.count == 1, let grounds = grounds(arguments[0], at: table, &result) else { return nil }
      // How many there are does not rest on what is made of them.
      if case .each(let items, let inner, let list) = grounds { return .each(items, .known(inner), list: list) }
      return grounds
    case "min", "max": return all(arguments, at: table, &result).map { .opaque($0) }
    default: return nil
    }
  }

  /// Whether a test says the same of every record.
  private func isFixed(_ node: Node) -> Bool {
    if constant(node) != nil { return true }
    return switch node.kind {
    case .range, .halfRange, .list: node.children.allSatisfy(isFixed)
    default: false
    }
  }

  private func isScalar(_ type: Type?) -> Bool {
    switch type?.base {
    case .list, .context, .any, nil: false
    default: true
    }
  }

  // MARK: Facts and lists

  private mutating func place(of node: Node, at table: Int, _ result: inout RuleGrounds) -> Grounds.Place? {
    guard let location = location(of: node), !location.path.isEmpty else { return nil }
    return place(location, at: table, &result)
  }

  private mutating func place(_ location: Location, at table: Int, _ result: inout RuleGrounds) -> Grounds.Place? {
    // Rows that were made are no rows of a record.
    guard isWithin(table, location.table), base(of: location.table) == location.table else { return nil }
    return Grounds.Place(table: result.table(location.table), path: location.path)
  }

  private mutating func items(_ node: Node, at table: Int, _ result: inout RuleGrounds) -> Grounds.Items? {
    nested { $0.compileItems(node, at: table, &result) }
  }

  private mutating func compileItems(_ node: Node, at table: Int, _ result: inout RuleGrounds) -> Grounds.Items? {
    guard let item = node.type.item else { return nil }
    if let location = location(of: node) {
      guard !location.path.isEmpty, let list = place(location, at: table, &result),
        let items = self.table(of: location, mentioning: []), base(of: items) == items
      else { return nil }
      let haveFacts = if case .context(let type) = item.base { type.name != nil } else { false }
      guard haveFacts || isScalar(item) else { return nil }
      return Grounds.Items(list: list, table: result.table(items), haveFacts: haveFacts)
    }
    guard case .filter(let base, let condition, let slot) = node.kind else {
      return inlined(node) { $0.items($1, at: table, &result) }
    }
    guard condition.type.base == .boolean, var items = items(base, at: table, &result) else { return nil }
    let test = entering(result.tables[items.table]) { compiler, item in
      compiler.binding(slot, to: .location(item)) { $0.operand(condition, at: item.table, &result) }
    }
    guard let test else { return nil }
    items.filters.append(.init(node: node, test: test))
    return items
  }
}
