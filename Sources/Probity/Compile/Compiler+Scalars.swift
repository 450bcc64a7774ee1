import FEEL

extension Compiler {
  /// Whole numbers that stand for a node's values, in the units of their kind; nil where columns do not cover it.
  mutating func scalar(_ node: Node, _ kind: Layout.Kind) -> Register? {
    guard kind != .truth, Layout.Kind(node.type) == kind else { return nil }
    return remembered(node, kind) { $0.compileScalar(node, kind) }
  }

  /// A constant; nil where no column can hold it.
  mutating func constant(_ value: Value, _ kind: Layout.Kind) -> Register? {
    if case .string(let text) = value, kind == .text { return emit(.constant(id(of: text)), table: 0) }
    return Batch.whole(value, kind).map { emit(.constant($0), table: 0) }
  }

  private mutating func compileScalar(_ node: Node, _ kind: Layout.Kind) -> Register? {
    if let value = constant(node) { return constant(value, kind) }
    if let location = location(of: node) { return load(location, kind, node.type) }
    switch node.kind {
    case .host, .derived: return named(node, kind) { $0.scalar($1, output: nil, kind) }
    case .member(let base, _, let index?):
      return named(base, output: index, kind) { $0.scalar($1, output: index, kind) }
    case .member(let base, "days", nil):
      // `(ends - starts).days`
      guard let seconds = scalar(base, .daysAndTime) else { return nil }
      let days = emit(.truncate(seconds.index, by: 86_400), table: seconds.table)
      return scaled(days, by: Layout.unit)
    case .negate(let operand):
      guard let value = scalar(operand, kind) else { return nil }
      return combine(emit(.constant(0), table: 0), value) { .subtract($0, $1) }
    case .arithmetic(let op, let left, let right): return arithmetic(op, left, right, kind)
    case .conditional(let condition, let then, let otherwise):
      guard let a = scalar(then, kind), let b = scalar(otherwise, kind), let test = truth(condition) else { return nil }
      return choose(test, a, b, kind)
    case .builtin(let builtin, _, let arguments): return call(builtin.name, arguments, kind)
    default: return nil
    }
  }

  private mutating func scalar(_ logic: Decision.Logic, output: Int?, _ kind: Layout.Kind) -> Register? {
    switch logic {
    case .expression(let expression): output == nil ? within(expression) { $0.scalar($1, kind) } : nil
    case .table(let decision): table(decision, output: output, kind)
    }
  }

  private mutating func scaled(_ register: Register, by factor: Int64) -> Register {
    emit(.scale(register.index, by: factor), table: register.table)
  }

  private mutating func combine(
    _ left: Register, _ right: Register, _ instruction: (Int, Int) -> Instruction
  ) -> Register? {
    guard let (operands, table) = aligned([left, right]) else { return nil }
    return emit(instruction(operands[0], operands[1]), table: table)
  }

  mutating func choose(
    _ condition: Register, _ then: Register, _ otherwise: Register, _ kind: Layout.Kind
  ) -> Register? {
    guard let (operands, table) = aligned([condition, then, otherwise]) else { return nil }
    return emit(
      .choose(operands[0], then: operands[1], else: operands[2], isOrdered: kind != .text), table: table)
  }

  // MARK: Functions

  private mutating func call(_ name: String, _ arguments: Nodes, _ kind: Layout.Kind) -> Register? {
    switch (name, arguments.count) {
    case ("count", 1):
      if let items = constants(arguments[0]) { return count(items.map(\.present)) }
      guard let view = counted(arguments[0]) else { return nil }
      return emit(.count(table: view.table, present: view.present?.index), table: parent(of: view))
    case ("sum", 1):
      guard kind == .number, let (view, values) = column(arguments[0], kind) else { return nil }
      return emit(
        .sum(table: view.table, present: view.present?.index, of: values.index), table: parent(of: view))
    case ("min", 1), ("max", 1):
      guard kind != .text, let (view, values) = column(arguments[0], kind) else { return nil }
      return emit(
        .extremeOf(least: name == "min", table: view.table, present: view.present?.index, of: values.index),
        table: parent(of: view))
    case ("min", _), ("max", _):
      guard kind != .text, let first = arguments.first, var best = scalar(first, kind) else { return nil }
      for argument in arguments.dropFirst() {
        guard let other = scalar(argument, kind),
          let next = combine(best, other, { .extreme(least: name == "min", $0, $1) })
        else { return nil }
        best = next
      }
      return best
    default: return nil
    }
  }

  /// The list whose items are counted: what is made of each of them does not change how many there are.
  private mutating func counted(_ node: Node) -> ListView? {
    guard case .loop(let iterators, let body, _) = node.kind else { return list(itemPath(node).list, for: []) }
    // Where the list is missing, null among what is made of its items may make the count null.
    guard iterators.count == 1, iterators[0].end == nil, let kind = Layout.Kind(body.type), kind != .truth,
      let (view, values) = column(node, kind), !mayBeNull(values)
    else { return nil }
    return view
  }

  /// How many items are there, of which each surely is or is where a truth says so.
  private mutating func count(_ presence: [Register?]) -> Register? {
    var sum = emit(.constant(Int64(presence.count { $0 == nil }) * Layout.unit), table: 0)
    let one = emit(.constant(Layout.unit), table: 0)
    let none = emit(.constant(0), table: 0)
    for case let present? in presence {
      guard let item = choose(present, one, none, .number), let next = combine(sum, item, { .add($0, $1) }) else {
        return nil
      }
      sum = next
    }
    return sum
  }

  // MARK: Arithmetic

  private mutating func arithmetic(
    _ op: ArithmeticOperator, _ left: Node, _ right: Node, _ kind: Layout.Kind
  ) -> Register? {
    guard let leftKind = Layout.Kind(left.type), let rightKind = Layout.Kind(right.type) else { return nil }
    switch (op, leftKind, rightKind) {
    case (.add, .number, .number), (.add, .daysAndTime, .daysAndTime), (.add, .yearsAndMonths, .yearsAndMonths):
      guard let a = scalar(left, kind), let b = scalar(right, kind) else { return nil }
      return combine(a, b) { .add($0, $1) }
    case (.subtract, .number, .number), (.subtract, .daysAndTime, .daysAndTime),
      (.subtract, .yearsAndMonths, .yearsAndMonths):
      guard let a = scalar(left, kind), let b = scalar(right, kind) else { return nil }
      return combine(a, b) { .subtract($0, $1) }
    case (.subtract, .date, .date):
      guard let a = scalar(left, .date), let b = scalar(right, .date),
        let days = combine(a, b, { .subtract($0, $1) })
      else { return nil }
      return scaled(days, by: 86_400)
    case (.add, .date, .yearsAndMonths), (.subtract, .date, .yearsAndMonths): return months(op, left, right)
    case (.add, .yearsAndMonths, .date): return months(.add, right, left)
    case (.add, .date, .daysAndTime), (.subtract, .date, .daysAndTime): return days(op, left, right)
    case (.add, .daysAndTime, .date): return days(.add, right, left)
    case (.multiply, .number, .number): return product(left, right)
    case (.divide, .number, .number), (.divide, .daysAndTime, .daysAndTime),
      (.divide, .yearsAndMonths, .yearsAndMonths):
      guard let a = scalar(left, leftKind), let b = scalar(right, leftKind) else { return nil }
      return combine(a, b) { .divide($0, $1, ofNumbers: leftKind == .number) }
    default: return nil
    }
  }

  private mutating func product(_ left: Node, _ right: Node) -> Register? {
    // Bounds times a whole number above 0 are bounds again.
    for (value, factor) in [(left, right), (right, left)] {
      guard case .number(let number)? = constant(factor), let whole = number.int, whole > 0 else { continue }
      return scalar(value, .number).map { scaled($0, by: Int64(whole)) }
    }
    guard let a = scalar(left, .number), let b = scalar(right, .number) else { return nil }
    return combine(a, b) { .multiply($0, $1) }
  }

  /// What a quotient divides and by what, seen through the names that stand for it.
  mutating func quotient(_ node: Node) -> (dividend: Register, divisor: Register)? {
    switch node.kind {
    case .arithmetic(.divide, let left, let right):
      guard Layout.Kind(left.type) == .number, let a = scalar(left, .number), let b = scalar(right, .number) else {
        return nil
      }
      return (a, b)
    case .host: return inlined(node) { $0.quotient($1) }
    default: return nil
    }
  }

  private mutating func months(_ op: ArithmeticOperator, _ date: Node, _ duration: Node) -> Register? {
    guard let a = scalar(date, .date), let b = scalar(duration, .yearsAndMonths) else { return nil }
    if case .constant(let day) = instruction(a), case .constant(let months) = instruction(b),
      months.magnitude < 1 << 40,
      let sum = CivilDate(dayNumber: Int(day))?.adding(months: op == .add ? Int(months) : -Int(months))
    {
      return emit(.constant(Int64(sum.dayNumber)), table: 0)
    }
    return combine(a, b) { op == .add ? .addMonths($0, $1) : .subtractMonths($0, $1) }
  }

  private mutating func days(_ op: ArithmeticOperator, _ date: Node, _ duration: Node) -> Register? {
    // Hours beyond whole days would need the time of day.
    guard case .daysAndTimeDuration(let length)? = constant(duration), let seconds = length.seconds.int,
      seconds.isMultiple(of: 86_400), let register = scalar(date, .date)
    else { return nil }
    let days = op == .add ? seconds / 86_400 : -(seconds / 86_400)
    if days == 0 { return register }
    if case .constant(let day) = instruction(register), let date = CivilDate(dayNumber: Int(day) + days) {
      return emit(.constant(Int64(date.dayNumber)), table: register.table)
    }
    return emit(.addDays(register.index, Int64(days)), table: register.table)
  }

  // MARK: Decision tables

  /// The one output of a decision table, or one of several.
  mutating func table(_ decision: DecisionTable, output: Int?, _ kind: Layout.Kind) -> Register? {
    guard decision.hitPolicy == .first || decision.hitPolicy == .unique || decision.hitPolicy == .any,
      let index = output ?? (decision.outputs.count == 1 ? 0 : nil), index < decision.outputs.count,
      decision.outputs.count > 1 || output == nil, let matches = matches(decision)
    else { return nil }
    // With `first` a table is a chain of `if`: whichever rows may match, their results are what it may come to.
    guard var result = otherwise(decision.outputs[index], kind) else {
      return nil
    }
    for (row, match) in zip(decision.rows, matches).reversed() {
      guard let value = value(row.outputs[index], kind), let next = choose(match, value, result, as: kind) else {
        return nil
      }
      result = next
    }
    guard decision.hitPolicy != .first, let (operands, table) = aligned(matches) else { return result }
    // Where more rows match than one, they have to be told apart or compared, which is left to the interpreter.
    let isSingle = emit(.atMostOne(operands), table: table)
    return choose(isSingle, result, result, as: kind)
  }

  private mutating func value(_ expression: CheckedExpression, _ kind: Layout.Kind) -> Register? {
    within(expression) { kind == .truth ? $0.truth($1) : $0.scalar($1, kind) }
  }

  private mutating func choose(
    _ condition: Register, _ then: Register, _ otherwise: Register, as kind: Layout.Kind
  ) -> Register? {
    kind == .truth ? choose(condition, then, otherwise) : choose(condition, then, otherwise, kind)
  }

  /// What an output is when no row matches.
  private mutating func otherwise(_ output: DecisionTable.Output, _ kind: Layout.Kind) -> Register? {
    switch output.defaultValue {
    case nil: emit(kind == .truth ? .truth(Cell.null) : .blank(Scalars.null), table: 0)
    case .boolean(let truth)? where kind == .truth: emit(.truth(truth ? Cell.yes : Cell.no), table: 0)
    case let value?: kind == .truth ? nil : constant(value, kind)
    }
  }

  /// Whether each row matches.
  private mutating func matches(_ decision: DecisionTable) -> [Register]? {
    var inputs: [(register: Register, kind: Layout.Kind)?] = []
    for (index, input) in decision.inputs.enumerated() {
      guard decision.rows.contains(where: { !$0.tests[index].matchesAnything }) else {
        inputs.append(nil)
        continue
      }
      guard let kind = Layout.Kind(input.expression.type), let register = value(input.expression, kind) else {
        return nil
      }
      inputs.append((register, kind))
    }
    var matches: [Register] = []
    for row in decision.rows {
      var tests = [emit(.truth(Cell.yes), table: 0)]
      for (cell, input) in zip(row.tests, inputs) where !cell.matchesAnything {
        guard let input, let test = passes(input.register, input.kind, cell) else { return nil }
        tests.append(orNo(test))
      }
      guard let match = junction(tests, isAnd: true) else { return nil }
      matches.append(match)
    }
    return matches
  }

  /// Whether a value passes the unary tests of a cell.
  private mutating func passes(_ value: Register, _ kind: Layout.Kind, _ cell: CheckedTests) -> Register? {
    guard case .unaryTests(let tests, _, let isNegated) = cell.root.kind else { return nil }
    let outer = source
    source = cell.source
    defer { source = outer }
    var registers: [Register] = []
    for test in tests {
      guard !test.usesInput else { return nil }
      if kind == .truth {
        guard case .boolean(let wanted)? = constant(test.node) else { return nil }
        registers.append(wanted ? value : negated(value))
      } else {
        guard let register = passes(value, kind, test.node) else { return nil }
        registers.append(register)
      }
    }
    return junction(registers, isAnd: false).map { isNegated ? negated($0) : $0 }
  }
}
