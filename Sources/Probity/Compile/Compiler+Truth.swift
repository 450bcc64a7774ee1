import FEEL

extension Compiler {
  /// A truth: of columns where they cover it, else of values, row by row.
  mutating func truth(_ node: Node) -> Register? {
    remembered(node, .truth) { compiler in
      if let register = compiler.columnar(node) { return register }
      return compiler.boxed(node).map { compiler.emit(.unboxTruth($0.index), table: $0.table) }
    }
  }

  /// A truth for each row of a table.
  mutating func truth(_ node: Node, for table: Int) -> Register? { truth(node).flatMap { spread($0, to: table) } }

  /// A truth; nil where columns do not cover it.
  mutating func columnar(_ node: Node) -> Register? {
    guard node.type.base == .boolean else { return nil }
    if case .boolean(let truth)? = constant(node) { return emit(.truth(truth ? Cell.yes : Cell.no), table: 0) }
    if let location = location(of: node) { return load(location, .truth, node.type) }
    switch node.kind {
    case .host, .derived: return named(node, .truth) { $0.truth($1, output: nil) }
    case .member(let base, _, let index?): return named(base, output: index, .truth) { $0.truth($1, output: index) }
    case .and(let operands), .or(let operands):
      guard let registers = truths(operands) else { return nil }
      let isAnd = if case .and = node.kind { true } else { false }
      return junction(registers, isAnd: isAnd)
    case .supplied(let operand): return location(of: operand).flatMap { supplied($0, operand.type) }
    case .compare(let op, let left, let right): return compare(op, left, right)
    case .between(let value, let low, let high): return between(value, low, high)
    case .passes(let value, let tests): return passes(value, tests)
    case .quantifier(let every, let iterators, let body): return quantifier(every, iterators[...], body)
    case .conditional(let condition, let then, let otherwise):
      guard condition.type.base == .boolean, let registers = truths([condition, then, otherwise]) else { return nil }
      return choose(registers[0], registers[1], registers[2])
    case .builtin(let builtin, _, let arguments):
      switch builtin.name {
      case "not": return truth(arguments[0]).map { negated($0) }
      case "list contains":
        guard let kind = Layout.Kind(arguments[1].type), let value = scalar(arguments[1], kind) else { return nil }
        return contains(arguments[0], value, kind)
      default: return nil
      }
    default: return nil
    }
  }

  private mutating func truths(_ nodes: some Sequence<Node>) -> [Register]? {
    var registers: [Register] = []
    for node in nodes {
      guard let register = truth(node) else { return nil }
      registers.append(register)
    }
    return registers
  }

  private mutating func truth(_ logic: Decision.Logic, output: Int?) -> Register? {
    switch logic {
    case .expression(let expression): output == nil ? within(expression) { $0.truth($1) } : nil
    case .table(let decision): table(decision, output: output, .truth)
    }
  }

  // MARK: Connectives

  mutating func negated(_ register: Register) -> Register {
    switch instruction(register) {
    case .not(let operand): Register(index: operand, table: register.table)
    case .truth(let cell) where cell <= Cell.yes: emit(.truth(cell ^ 1), table: register.table)
    default: emit(.not(register.index), table: register.table)
    }
  }

  /// Null as false.
  mutating func orNo(_ register: Register) -> Register {
    mayBeNull(register) ? emit(.orNo(register.index), table: register.table) : register
  }

  /// Operands in one order, each once, and those of the same connective in place of their result.
  mutating func junction(_ registers: [Register], isAnd: Bool) -> Register? {
    guard let (operands, table) = aligned(registers) else { return nil }
    let (neutral, decider) = isAnd ? (Cell.yes, Cell.no) : (Cell.no, Cell.yes)
    var kept: Set<Int> = []
    for operand in operands {
      switch (steps[operand].instruction, isAnd) {
      case (.truth(neutral), _): continue
      case (.truth(decider), _): return Register(index: operand, table: table)
      case (.and(let inner), true), (.or(let inner), false): kept.formUnion(inner)
      default: kept.insert(operand)
      }
    }
    guard let first = kept.first else { return emit(.truth(neutral), table: table) }
    if kept.count == 1 { return Register(index: first, table: table) }
    return emit(isAnd ? .and(kept.sorted()) : .or(kept.sorted()), table: table)
  }

  mutating func choose(_ condition: Register, _ then: Register, _ otherwise: Register) -> Register? {
    guard let (operands, table) = aligned([condition, then, otherwise]) else { return nil }
    return emit(.chooseTruth(operands[0], then: operands[1], else: operands[2]), table: table)
  }

  /// Whether a fact is there; of a nested fact, whether any part of it is.
  private mutating func supplied(_ location: Location, _ type: Type) -> Register? {
    switch type.base {
    case .list:
      guard let list = table(of: location, mentioning: []) else { return nil }
      return emit(.isSuppliedList(table: list), table: location.table)
    case .context(let context):
      var parts: [Register] = []
      for (index, member) in context.members.enumerated() {
        var part = location
        part.path.append(index)
        guard let register = nested({ $0.supplied(part, member.type) }) else { return nil }
        parts.append(register)
      }
      return junction(parts, isAnd: false)
    default:
      guard let kind = Layout.Kind(type) else {
        let value = load(location, .value, type)
        return emit(.isSuppliedValue(value.index), table: value.table)
      }
      let fact = load(location, kind, type)
      return emit(
        kind == .truth ? .isSuppliedTruth(fact.index) : .isSuppliedNumber(fact.index), table: fact.table)
    }
  }

  // MARK: Comparison

  mutating func compare(_ op: ComparisonOperator, _ left: Register, _ right: Register) -> Register? {
    if case .constant(let constant) = instruction(right) { return compare(op, left, constant) }
    if case .constant(let constant) = instruction(left) { return compare(op.mirrored, right, constant) }
    guard let (operands, table) = aligned([left, right]) else { return nil }
    switch op {
    case .notEqual: return compare(.equal, left, right).map { negated($0) }
    case .equal: return emit(.compare(op, operands.min() ?? 0, operands.max() ?? 0), table: table)
    // One of two ways to say the same.
    case .greater, .greaterOrEqual: return emit(.compare(op.mirrored, operands[1], operands[0]), table: table)
    case .less, .lessOrEqual: return emit(.compare(op, operands[0], operands[1]), table: table)
    }
  }

  private mutating func compare(_ op: ComparisonOperator, _ left: Register, _ constant: Int64) -> Register {
    switch (op, instruction(left)) {
    case (.notEqual, _): negated(compare(.equal, left, constant))
    case (_, .spread(let source)):
      // Compared where it is computed, and then spread.
      emit(
        .spreadTruth(compare(op, Register(index: source, table: steps[source].table), constant).index),
        table: left.table)
    default:
      if let (fact, op, constant) = comparedFact(op, left, constant) {
        emit(.compareTo(op, fact.index, constant), table: fact.table)
      } else {
        emit(.compareTo(op, left.index, constant), table: left.table)
      }
    }
  }

  private mutating func compare(_ op: ComparisonOperator, _ left: Node, _ right: Node) -> Register? {
    guard let kind = Layout.Kind(left.type), kind == Layout.Kind(right.type) else { return nil }
    switch kind {
    case .truth:
      guard op == .equal || op == .notEqual, let registers = truths([left, right]),
        let (operands, table) = aligned(registers)
      else { return nil }
      let same = emit(.same(operands.min() ?? 0, operands.max() ?? 0), table: table)
      return op == .equal ? same : negated(same)
    case .number:
      if let (a, b) = quotient(left), let c = scalar(right, .number) { return compareQuotient(op, a, b, c) }
      if let (a, b) = quotient(right), let c = scalar(left, .number) { return compareQuotient(op.mirrored, a, b, c) }
    case .text:
      // Ids have no order.
      guard op == .equal || op == .notEqual else { return nil }
    default: break
    }
    guard let a = scalar(left, kind), let b = scalar(right, kind) else { return nil }
    return compare(op, a, b)
  }

  private mutating func compareQuotient(
    _ op: ComparisonOperator, _ a: Register, _ b: Register, _ c: Register
  ) -> Register? {
    guard let (operands, table) = aligned([a, b, c]) else { return nil }
    return emit(.compareQuotient(op, operands[0], operands[1], operands[2]), table: table)
  }

  private mutating func between(_ value: Node, _ low: Node, _ high: Node) -> Register? {
    guard let kind = Layout.Kind(value.type), kind != .truth, kind != .text, Layout.Kind(low.type) == kind,
      Layout.Kind(high.type) == kind, let a = scalar(value, kind), let b = scalar(low, kind),
      let c = scalar(high, kind),
      let above = compare(.greaterOrEqual, a, b), let below = compare(.lessOrEqual, a, c)
    else { return nil }
    return junction([above, below], isAnd: true)
  }

  // MARK: in, and unary tests

  private mutating func passes(_ value: Node, _ tests: Nodes) -> Register? {
    guard let kind = Layout.Kind(value.type), kind != .truth, let register = scalar(value, kind) else { return nil }
    var registers: [Register] = []
    for test in tests {
      guard let register = passes(register, kind, test) else { return nil }
      registers.append(register)
    }
    return junction(registers, isAnd: false)
  }

  /// Whether a value passes a test.
  ///
  /// - Parameter list: the type of the list that the test is written in, where a list would be a value like any other.
  mutating func passes(
    _ value: Register, _ kind: Layout.Kind, _ test: Node, in list: Type? = nil
  ) -> Register? {
    switch test.kind {
    case .list(let items):
      guard list == nil else { return nil }
      var registers: [Register] = []
      for item in items {
        guard let register = passes(value, kind, item, in: test.type) else { return nil }
        registers.append(orNo(register))
      }
      return registers.isEmpty ? emit(.truth(Cell.no), table: 0) : junction(registers, isAnd: false)
    case .range(let start, let startIncluded, let end, let endIncluded):
      // Other ends may be the wrong way round, which is null.
      guard kind != .text, let low = constant(start).flatMap({ Batch.whole($0, kind) }),
        let high = constant(end).flatMap({ Batch.whole($0, kind) }), low <= high,
        let above = compare(startIncluded ? .greaterOrEqual : .greater, value, emit(.constant(low), table: 0)),
        let below = compare(endIncluded ? .lessOrEqual : .less, value, emit(.constant(high), table: 0))
      else { return nil }
      return junction([above, below], isAnd: true)
    case .halfRange(let op, let end):
      guard kind != .text || op == .equal || op == .notEqual, Layout.Kind(end.type) == kind,
        let register = scalar(end, kind), let test = compare(op, value, register)
      else { return nil }
      // What is null is no range, but a value to be equal to.
      return mayBeNull(register) ? whereNotNull(register, test) : test
    default:
      if test.type.item != nil { return list == nil ? contains(test, value, kind) : nil }
      // A missing test might turn out to be a range as well, save in a list of nothing but such values.
      let isValue = constant(test) != nil || list?.item.map { $0.base != .any } ?? false
      guard Layout.Kind(test.type) == kind, isValue, let other = scalar(test, kind) else { return nil }
      return compare(.equal, value, other)
    }
  }
}

extension Compiler {
  /// A truth that is for the interpreter to say where a number is or may be null.
  private mutating func whereNotNull(_ number: Register, _ truth: Register) -> Register? {
    choose(emit(.unlessNull(number.index), table: number.table), truth, truth)
  }
}

extension ComparisonOperator {
  /// The operator with its sides changed over.
  fileprivate var mirrored: ComparisonOperator {
    switch self {
    case .equal, .notEqual: self
    case .less: .greater
    case .lessOrEqual: .greaterOrEqual
    case .greater: .less
    case .greaterOrEqual: .lessOrEqual
    }
  }
}
