import FEEL

/// Compiles checked expressions into instructions over columns.
///
/// Equal instructions are one instruction, so that what rules share is computed once. An expression of a shape that
/// columns do not cover compiles to nothing, and its rule is handed to the interpreter as a whole.
struct Compiler {
  /// A filled column: which register, and of which table's rows.
  struct Register: Hashable {
    var index: Int
    var table: Int
  }

  /// Where a context stands: a table's row, and the way down from it.
  private struct Location {
    var table: Int
    var path: [Int]
  }

  /// A list: the table of its items, and which of them are in it.
  struct ListView {
    var table: Int
    var present: Register?
  }

  let book: RuleBook
  let parameters: [Value?]
  let asOf: CivilDate
  private(set) var layout = Layout()
  private(set) var instructions: [Instruction] = []
  /// The table of each register's rows.
  private(set) var tables: [Int] = []
  private(set) var constants: [String] = []
  private var known: [Instruction: [Int: Int]] = [:]

  // What names mean in the expression being compiled.
  private var rule: Rule?
  private var each: [Location] = []
  private var locals: [Int: Location] = [:]
  private var subject = Location(table: 0, path: [])
  private var depth = 0

  init(book: RuleBook, parameters: [Value?], asOf: CivilDate) {
    self.book = book
    self.parameters = parameters
    self.asOf = asOf
  }

  // MARK: Rules

  /// A rule's registers.
  struct CompiledRule {
    /// The items it is asked of; nil for a rule of the record itself.
    var items: ListView?
    var when: Register?
    var requirements: [Register]
  }

  /// Compiles a rule, or nothing when it holds a shape that columns do not cover.
  mutating func compile(_ rule: Rule) -> CompiledRule? {
    self.rule = rule
    each = []
    locals = [:]
    subject = Location(table: 0, path: [])
    var items: ListView?
    if let iterator = rule.each.first {
      guard rule.each.count == 1, let view = list(iterator.list.root) else { return nil }
      items = view
      each = [Location(table: view.table, path: [])]
    }
    let table = items?.table ?? 0
    var when: Register?
    if let condition = rule.when {
      guard let register = truth(condition.root), let spread = spread(register, to: table, isTruth: true) else {
        return nil
      }
      when = spread
    }
    var requirements: [Register] = []
    for requirement in rule.requirements {
      guard let register = truth(requirement.that.root), let spread = spread(register, to: table, isTruth: true)
      else { return nil }
      requirements.append(spread)
    }
    if let present = items?.present {
      guard let spread = spread(present, to: table, isTruth: true) else { return nil }
      items?.present = spread
    }
    return CompiledRule(items: items, when: when, requirements: requirements)
  }

  // MARK: Emitting

  private mutating func emit(_ instruction: Instruction, table: Int) -> Register {
    if let index = known[instruction]?[table] { return Register(index: index, table: table) }
    instructions.append(instruction)
    tables.append(table)
    known[instruction, default: [:]][table] = instructions.count - 1
    return Register(index: instructions.count - 1, table: table)
  }

  /// A register's values for the rows of a table below; nil where the tables are not above one another.
  private mutating func spread(_ register: Register, to table: Int, isTruth: Bool) -> Register? {
    guard register.table != table else { return register }
    guard layout.isWithin(table, register.table) else { return nil }
    switch instructions[register.index] {
    case .truth(let cell): return emit(.truth(cell), table: table)
    case .constant(let value): return emit(.constant(value), table: table)
    default:
      return emit(
        isTruth ? .spreadTruth(register.index, to: table) : .spread(register.index, to: table), table: table)
    }
  }

  /// Both registers for the rows of whichever table is further down.
  private mutating func aligned(_ a: Register, _ b: Register, isTruth: Bool) -> (Register, Register)? {
    if let spread = spread(a, to: b.table, isTruth: isTruth) { return (spread, b) }
    if let spread = spread(b, to: a.table, isTruth: isTruth) { return (a, spread) }
    return nil
  }

  private mutating func junction(_ registers: [Register], isAnd: Bool) -> Register? {
    guard var deepest = registers.first else { return nil }
    for register in registers.dropFirst() {
      guard let pair = aligned(deepest, register, isTruth: true) else { return nil }
      deepest = pair.0
    }
    var operands: [Int] = []
    for register in registers {
      guard let spread = spread(register, to: deepest.table, isTruth: true) else { return nil }
      if !operands.contains(spread.index) { operands.append(spread.index) }
    }
    if operands.count == 1 { return Register(index: operands[0], table: deepest.table) }
    return emit(isAnd ? .and(operands) : .or(operands), table: deepest.table)
  }

  /// Runs `body` no deeper than expressions, `let` names and decisions can nest.
  private mutating func nested<T>(_ body: (inout Compiler) -> T?) -> T? {
    guard depth < 400 else { return nil }
    depth += 1
    defer { depth -= 1 }
    return body(&self)
  }

  /// Compiles what a name stands for, with the names that are in scope there.
  private mutating func inlined<T>(_ node: Node, _ body: (inout Compiler, Node) -> T?) -> T? {
    switch node.kind {
    case .host(let number):
      switch Binding(number: number) {
      case .letValue(let index):
        guard let rule, index < rule.lets.count else { return nil }
        return scoped(subject) { body(&$0, rule.lets[index].value.root) }
      case .decision(let index):
        guard case .expression(let expression) = book.decisions[index].logic else { return nil }
        return scoped(Location(table: 0, path: [])) { body(&$0, expression.root) }
      default: return nil
      }
    case .derived(let base, let index):
      guard case .expression(let expression) = book.decisions[index].logic, let location = location(of: base) else {
        return nil
      }
      return scoped(location) { body(&$0, expression.root) }
    default: return nil
    }
  }

  private mutating func scoped<T>(_ location: Location, _ body: (inout Compiler) -> T?) -> T? {
    let outer = (subject, locals)
    subject = location
    locals = [:]
    defer { (subject, locals) = outer }
    return nested(body)
  }

  // MARK: Places

  /// Where the context that a node stands for is.
  private func location(of node: Node) -> Location? {
    switch node.kind {
    case .host(let number):
      switch Binding(number: number) {
      case .record: return Location(table: 0, path: [])
      case .subject: return subject
      case .each(let index): return index < each.count ? each[index] : nil
      default: return nil
      }
    case .local(let slot): return locals[slot]
    case .member(let base, _, let index?):
      guard case .context = base.type.base, var location = location(of: base) else { return nil }
      location.path.append(index)
      return location
    default: return nil
    }
  }

  /// The value of a parameter or a constant.
  private func constant(_ node: Node) -> Value? {
    switch node.kind {
    case .constant(let value): return value
    case .host(let number):
      if case .parameter(let index) = Binding(number: number) { return parameters[index] }
      return nil
    case .builtin(let builtin, _, let arguments):
      if builtin.name == "today", arguments.isEmpty { return .date(asOf) }
      if builtin.name == "date" || builtin.name == "duration", arguments.count == 1,
        case .string(let text)? = constant(arguments[0])
      {
        if builtin.name == "date" { return CivilDate(text).map { .date($0) } }
        return YearsAndMonthsDuration(text).map { .yearsAndMonthsDuration($0) }
          ?? DaysAndTimeDuration(text).map { .daysAndTimeDuration($0) }
      }
      return nil
    default: return nil
    }
  }

  // MARK: Lists

  private mutating func list(_ node: Node) -> ListView? {
    switch node.kind {
    case .member, .local, .host(Binding.record.number):
      guard case .list = node.type.base, let location = location(of: node) else { return inlinedList(node) }
      return ListView(table: layout.list(location.table, location.path), present: nil)
    case .filter(let base, let condition, let slot):
      guard condition.type.base == .boolean, var view = list(base) else { return nil }
      locals[slot] = Location(table: view.table, path: [])
      guard let test = nested({ $0.truth(condition) }), let test = spread(test, to: view.table, isTruth: true) else {
        return nil
      }
      if let present = view.present {
        guard let present = spread(present, to: view.table, isTruth: true) else { return nil }
        view.present = junction([present, test], isAnd: true)
      } else {
        view.present = test
      }
      return view
    default: return inlinedList(node)
    }
  }

  private mutating func inlinedList(_ node: Node) -> ListView? { inlined(node) { $0.list($1) } }

  /// The table above a list's.
  private func parent(of view: ListView) -> Int { layout.tables[view.table].parent ?? 0 }

  private mutating func present(_ view: ListView) -> Int?? {
    guard let present = view.present else { return .some(nil) }
    guard let spread = spread(present, to: view.table, isTruth: true) else { return nil }
    return .some(spread.index)
  }

  // MARK: Truth

  mutating func truth(_ node: Node) -> Register? {
    nested { $0.compileTruth(node) }
  }

  private mutating func compileTruth(_ node: Node) -> Register? {
    guard node.type.base == .boolean else { return nil }
    if case .boolean(let truth)? = constant(node) { return emit(.truth(truth ? Cell.yes : Cell.no), table: 0) }
    switch node.kind {
    case .member, .local:
      guard let location = location(of: node) else { return nil }
      let column = layout.column(location.table, location.path, .truth)
      return emit(.loadTruth(table: location.table, column: column), table: location.table)
    case .host, .derived: return inlined(node) { $0.truth($1) }
    case .and(let operands), .or(let operands):
      var registers: [Register] = []
      for operand in operands {
        guard let register = truth(operand) else { return nil }
        registers.append(register)
      }
      let isAnd = if case .and = node.kind { true } else { false }
      return junction(registers, isAnd: isAnd)
    case .supplied(let operand): return supplied(operand)
    case .compare(let op, let left, let right): return compare(op, left, right)
    case .between(let value, let low, let high):
      guard let a = compare(.greaterOrEqual, value, low), let b = compare(.lessOrEqual, value, high) else {
        return nil
      }
      return junction([a, b], isAnd: true)
    case .passes(let value, let tests):
      var registers: [Register] = []
      for test in tests {
        guard let register = passes(value, test) else { return nil }
        registers.append(register)
      }
      return registers.count == 1 ? registers[0] : junction(registers, isAnd: false)
    case .quantifier(let every, let iterators, let body):
      guard iterators.count == 1, iterators[0].end == nil, let view = list(iterators[0].domain) else { return nil }
      locals[iterators[0].slot] = Location(table: view.table, path: [])
      guard let test = truth(body), let test = spread(test, to: view.table, isTruth: true),
        let present = present(view)
      else { return nil }
      return emit(
        .quantify(every: every, table: view.table, present: present, body: test.index), table: parent(of: view))
    case .builtin(let builtin, _, let arguments):
      switch builtin.name {
      case "not":
        guard let operand = truth(arguments[0]) else { return nil }
        return emit(.not(operand.index), table: operand.table)
      case "list contains": return contains(arguments[0], arguments[1])
      default: return nil
      }
    default: return nil
    }
  }

  private mutating func supplied(_ node: Node) -> Register? {
    guard let location = location(of: node), !location.path.isEmpty else { return nil }
    if case .list = node.type.base {
      let table = layout.list(location.table, location.path)
      return emit(.isSuppliedList(table: table), table: location.table)
    }
    guard let kind = Layout.Kind(node.type) else { return nil }
    let column = layout.column(location.table, location.path, kind)
    return emit(
      kind == .truth
        ? .isSuppliedTruth(table: location.table, column: column)
        : .isSuppliedScalar(table: location.table, column: column), table: location.table)
  }

  private mutating func compare(_ op: ComparisonOperator, _ left: Node, _ right: Node) -> Register? {
    if left.type.base == .boolean, right.type.base == .boolean {
      // `x = true` and `not supplied` are all that rules write of these.
      for (operand, other) in [(left, right), (right, left)] {
        guard op == .equal || op == .notEqual, case .boolean(let wanted)? = constant(other) else { continue }
        guard let register = truth(operand) else { return nil }
        return wanted == (op == .equal) ? register : emit(.not(register.index), table: register.table)
      }
      return nil
    }
    guard let kind = Layout.Kind(left.type), kind == Layout.Kind(right.type),
      kind != .text || op == .equal || op == .notEqual, let a = scalar(left, kind), let b = scalar(right, kind),
      let (x, y) = aligned(a, b, isTruth: false)
    else { return nil }
    return emit(.compare(op, x.index, y.index), table: x.table)
  }

  private mutating func compare(_ op: ComparisonOperator, _ value: Register, _ node: Node, _ kind: Layout.Kind) -> Register? {
    guard Layout.Kind(node.type) == kind, let end = scalar(node, kind), let (x, y) = aligned(value, end, isTruth: false)
    else { return nil }
    return emit(.compare(op, x.index, y.index), table: x.table)
  }

  /// `value in test`.
  private mutating func passes(_ value: Node, _ test: Node) -> Register? {
    guard let kind = Layout.Kind(value.type), kind != .truth else { return nil }
    switch test.kind {
    case .list(let items):
      var registers: [Register] = []
      for item in items {
        guard let register = passes(value, item) else { return nil }
        registers.append(register)
      }
      return registers.isEmpty ? emit(.truth(Cell.no), table: 0) : junction(registers, isAnd: false)
    case .range(let start, let startIncluded, let end, let endIncluded):
      guard kind != .text, isOrdered(start, end, kind), let a = scalar(value, kind),
        let low = compare(startIncluded ? .greaterOrEqual : .greater, a, start, kind),
        let high = compare(endIncluded ? .lessOrEqual : .less, a, end, kind)
      else { return nil }
      return junction([low, high], isAnd: true)
    case .halfRange(let op, let end):
      guard kind != .text || op == .equal || op == .notEqual, let a = scalar(value, kind) else { return nil }
      return compare(op, a, end, kind)
    case .member, .local, .host, .derived, .filter:
      if case .list = test.type.base { return contains(test, value) }
      return compare(.equal, value, test)
    default:
      return compare(.equal, value, test)
    }
  }

  /// Whether two constants are the ends of a range: others may be the wrong way round, which is null.
  private func isOrdered(_ start: Node, _ end: Node, _ kind: Layout.Kind) -> Bool {
    guard let low = constant(start).flatMap({ Batch.whole($0, kind) }),
      let high = constant(end).flatMap({ Batch.whole($0, kind) })
    else { return false }
    return low <= high
  }

  /// Whether a list of plain values holds a value.
  private mutating func contains(_ list: Node, _ value: Node) -> Register? {
    guard let item = list.type.item, let kind = Layout.Kind(item), kind != .truth, let view = self.list(list),
      let present = present(view)
    else { return nil }
    let column = layout.column(view.table, [], kind)
    let items = emit(.load(table: view.table, column: column), table: view.table)
    guard let test = compare(.equal, items, value, kind), test.table == view.table else { return nil }
    return emit(
      .quantify(every: false, table: view.table, present: present, body: test.index), table: parent(of: view))
  }

  // MARK: Whole numbers

  private mutating func scalar(_ node: Node, _ kind: Layout.Kind) -> Register? {
    nested { $0.compileScalar(node, kind) }
  }

  private mutating func compileScalar(_ node: Node, _ kind: Layout.Kind) -> Register? {
    if let value = constant(node) {
      if kind == .text, case .string(let text) = value { return emit(.constant(id(of: text)), table: 0) }
      return Batch.whole(value, kind).map { emit(.constant($0), table: 0) }
    }
    switch node.kind {
    case .member(let base, let name, nil):
      // `(ends - starts).days`
      guard base.type.base == .daysAndTimeDuration, name == "days", let seconds = scalar(base, .daysAndTime) else {
        return nil
      }
      let days = emit(.truncate(seconds.index, by: 86_400), table: seconds.table)
      return emit(.scale(days.index, by: 10_000), table: days.table)
    case .member, .local:
      guard let location = location(of: node), Layout.Kind(node.type) == kind else { return nil }
      let column = layout.column(location.table, location.path, kind)
      return emit(.load(table: location.table, column: column), table: location.table)
    case .host, .derived: return inlined(node) { $0.scalar($1, kind) }
    case .negate(let operand):
      guard let value = scalar(operand, kind), let zero = spread(emit(.constant(0), table: 0), to: value.table, isTruth: false)
      else { return nil }
      return emit(.subtract(zero.index, value.index), table: value.table)
    case .arithmetic(let op, let left, let right): return arithmetic(op, left, right, kind)
    case .builtin(let builtin, _, let arguments) where kind == .number && arguments.count == 1:
      switch builtin.name {
      case "count":
        guard let view = list(arguments[0]), let present = present(view) else { return nil }
        let count = emit(.count(table: view.table, present: present), table: parent(of: view))
        return emit(.scale(count.index, by: 10_000), table: count.table)
      case "sum":
        guard let (view, values) = column(arguments[0]), let present = present(view),
          let values = spread(values, to: view.table, isTruth: false)
        else { return nil }
        return emit(.sum(table: view.table, present: present, of: values.index), table: parent(of: view))
      default: return nil
      }
    default: return nil
    }
  }

  /// A number of each item: `insurance[…].cover`, or a list of plain numbers.
  private mutating func column(_ node: Node) -> (ListView, Register)? {
    if case .member(let base, _, let index?) = node.kind, case .list(let item) = base.type.base,
      case .context = item.base, let view = list(base)
    {
      let column = layout.column(view.table, [index], .number)
      return (view, emit(.load(table: view.table, column: column), table: view.table))
    }
    guard node.type.item?.base == .number, let view = list(node) else { return nil }
    let column = layout.column(view.table, [], .number)
    return (view, emit(.load(table: view.table, column: column), table: view.table))
  }

  private mutating func arithmetic(
    _ op: ArithmeticOperator, _ left: Node, _ right: Node, _ kind: Layout.Kind
  ) -> Register? {
    guard let leftKind = Layout.Kind(left.type), let rightKind = Layout.Kind(right.type) else { return nil }
    switch (op, leftKind, rightKind) {
    case (.add, kind, kind) where kind != .text && kind != .date && kind != .truth,
      (.subtract, kind, kind) where kind != .text && kind != .date && kind != .truth:
      guard let a = scalar(left, kind), let b = scalar(right, kind), let (x, y) = aligned(a, b, isTruth: false) else {
        return nil
      }
      return emit(op == .add ? .add(x.index, y.index) : .subtract(x.index, y.index), table: x.table)
    case (.subtract, .date, .date) where kind == .daysAndTime:
      guard let a = scalar(left, .date), let b = scalar(right, .date), let (x, y) = aligned(a, b, isTruth: false)
      else { return nil }
      let days = emit(.subtract(x.index, y.index), table: x.table)
      return emit(.scale(days.index, by: 86_400), table: days.table)
    case (.add, .date, .yearsAndMonths), (.subtract, .date, .yearsAndMonths): return months(op, left, right)
    case (.add, .yearsAndMonths, .date): return months(.add, right, left)
    case (.add, .date, .daysAndTime), (.subtract, .date, .daysAndTime): return days(op, left, right)
    case (.add, .daysAndTime, .date): return days(.add, right, left)
    case (.multiply, .number, .number) where kind == .number:
      // Columns hold ten thousandths, so one side has to be a whole constant.
      for (value, factor) in [(left, right), (right, left)] {
        guard case .number(let number)? = constant(factor), let whole = number.int, whole >= 0,
          let register = scalar(value, .number)
        else { continue }
        return emit(.scale(register.index, by: Int64(whole)), table: register.table)
      }
      return nil
    default: return nil
    }
  }

  private mutating func months(_ op: ArithmeticOperator, _ date: Node, _ duration: Node) -> Register? {
    guard let a = scalar(date, .date), let b = scalar(duration, .yearsAndMonths),
      let (x, y) = aligned(a, b, isTruth: false)
    else { return nil }
    return emit(op == .add ? .addMonths(x.index, y.index) : .subtractMonths(x.index, y.index), table: x.table)
  }

  private mutating func days(_ op: ArithmeticOperator, _ date: Node, _ duration: Node) -> Register? {
    // Hours beyond whole days would need the time of day.
    guard case .daysAndTimeDuration(let length)? = constant(duration), let seconds = length.seconds.int,
      seconds % 86_400 == 0, let a = scalar(date, .date),
      let b = spread(emit(.constant(Int64(seconds / 86_400)), table: 0), to: a.table, isTruth: false)
    else { return nil }
    return emit(op == .add ? .add(a.index, b.index) : .subtract(a.index, b.index), table: a.table)
  }

  private mutating func id(of text: String) -> Int64 {
    if let index = constants.firstIndex(of: text) { return Int64(index) }
    constants.append(text)
    return Int64(constants.count - 1)
  }
}
