import Diagnostics
import FEEL

/// Compiles checked expressions into instructions over columns.
///
/// Equal instructions are one instruction, so that what rules share is computed once. An expression of a shape that
/// columns do not cover is evaluated for each row by itself, over what can be computed in columns below it.
struct Compiler {
  /// A filled column: which register, and of which table's rows.
  struct Register: Hashable {
    var index: Int
    var table: Int
  }

  /// Where a value stands: a table's row, and the way down from it.
  struct Location: Hashable {
    /// What goes through the table's rows; 0 for the record itself.
    var variable: Int
    var table: Int
    var path: [Int]

    static let record = Location(variable: 0, table: 0, path: [])
  }

  /// What a variable of an expression stands for.
  enum Local {
    case location(Location)
    case constant(Value)
    /// Values that are no facts of their own.
    case value(variable: Int, Register)

    var variable: Int? {
      switch self {
      case .location(let location): location.variable
      case .constant: nil
      case .value(let variable, _): variable
      }
    }
  }

  /// What a name or a node was compiled to, in a form.
  struct Form: Hashable {
    enum Subject: Hashable {
      case node(Node)
      case letValue(Int)
      case decision(Int, Location, output: Int?)
    }

    var subject: Subject
    /// Nil for a register of values.
    var kind: Layout.Kind?
  }

  /// How deep expressions, `let` names and decisions may nest, well below what the interpreter allows.
  private static let depthLimit = 200
  /// How many nodes one rule may come to once all it names is written out.
  private static let workLimit = 20_000

  let book: RuleBook
  let parameters: [Value?]
  let asOf: CivilDate
  var layout = Layout()
  private(set) var steps: [Program.Step] = []
  private(set) var tables = [Program.Table(parent: nil, source: .records(0))]
  /// The instruction that makes the rows of a table, of those that are not read from records.
  private(set) var makers: [Int: Int] = [:]
  private(set) var constants: [String] = []
  /// By register: whether it may hold null.
  private var nullable: [Bool] = []
  private var ids: [ExactText: Int64] = [:]
  private var known: [Instruction: [Int: Int]] = [:]
  private var knownTables: [Program.Table: Int] = [:]
  /// Decisions, which mean the same in every rule.
  private var decided: [Form: Register?] = [:]

  // What names mean in the expression being compiled.
  private var rule: Rule?
  private(set) var each: [Local] = []
  private(set) var locals: [Int: Local] = [:]
  private(set) var subject = Location.record
  /// What is being compiled.
  var source = SourceText("", file: FileID(rawValue: 0))
  /// Where in it.
  private var range: Range<Int>?
  /// What goes through which table, outermost first.
  private(set) var open: [(variable: Int, table: Int)] = []
  private var variables = 0
  private var depth = 0
  private var work = 0
  /// What the rule's names and the nodes in scope were compiled to.
  private var names: [Form: Register?] = [:]
  private var nodes: [Form: Register?] = [:]
  private var letVariables: [Int: Set<Int>] = [:]

  init(book: RuleBook, parameters: [Value?], asOf: CivilDate) {
    self.book = book
    self.parameters = parameters
    self.asOf = asOf
  }

  // MARK: Rules

  /// Compiles a rule; nil where it comes to more than may be spent on it.
  ///
  /// - Parameter detail: how much is to be told of what it comes to.
  mutating func compile(_ rule: Rule, detail: Program.Detail = .outcomes) -> Program.CompiledRule? {
    begin(rule)
    var levels: [Program.CompiledRule.Level] = []
    for iterator in rule.each {
      guard let level = level(iterator, below: levels.last?.table ?? 0) else { return nil }
      levels.append(level)
    }
    findLetVariables()
    let table = levels.last?.table ?? 0
    var when: Register?
    if let condition = rule.when {
      guard let register = truth(condition, for: table) else { return nil }
      when = register
    }
    var requirements: [Int] = []
    for requirement in rule.requirements {
      guard let register = truth(requirement.that, for: table) else { return nil }
      requirements.append(register.index)
    }
    var compiled = Program.CompiledRule(
      levels: levels, when: when?.index, requirements: requirements,
      hasSeverities: rule.requirements.contains(where: \.hasOwnSeverity))
    if case .grounds(_, let showsSensitive, _) = detail {
      compiled.grounds = grounds(of: rule, levels, when: when, requirements: requirements, shows: showsSensitive)
    }
    return compiled
  }

  private mutating func begin(_ rule: Rule?) {
    self.rule = rule
    (each, locals, subject, open, work) = ([], [:], .record, [], 0)
    (names, nodes, letVariables) = ([:], [:], [:])
  }

  /// One list of `each`, for every row of the list before.
  private mutating func level(_ iterator: Rule.Iterator, below table: Int) -> Program.CompiledRule.Level? {
    source = iterator.list.source
    let before = Set(each.compactMap(\.variable))
    if let view = list(iterator.list.root, for: before), parent(of: view) == table {
      each.append(.location(enter(view.table)))
      let owner = each.indices.last { each[$0].variable == view.location.variable && view.location.variable != 0 }
      return .init(
        name: iterator.name, table: view.table, owner: owner, path: view.location.path,
        present: view.present?.index)
    }
    guard let lists = boxed(iterator.list.root).flatMap({ spread($0, to: table) }) else { return nil }
    let items = make(Program.Table(parent: table, source: .listed(lists.index)))
    let variable = enter(items).variable
    each.append(.value(variable: variable, emit(.items, table: items)))
    return .init(
      name: iterator.name, table: items, owner: nil, path: [], present: emit(.isSure, table: items).index)
  }

  /// Whether a record is one that all conditions hold of; nil where there are none, or too much to say.
  mutating func compile(scope: [CheckedExpression]) -> Register? {
    begin(nil)
    guard !scope.isEmpty else { return nil }
    var registers: [Register] = []
    for condition in scope {
      guard let register = truth(condition, for: 0) else { return nil }
      registers.append(register)
    }
    return junction(registers, isAnd: true)
  }

  /// A truth for each row of a table.
  private mutating func truth(_ expression: CheckedExpression, for table: Int) -> Register? {
    source = expression.source
    return truth(expression.root).flatMap { spread($0, to: table) }
  }

  // MARK: Emitting

  mutating func emit(_ instruction: Instruction, table: Int) -> Register {
    if let index = known[instruction]?[table] { return Register(index: index, table: table) }
    let index = steps.count
    steps.append(Program.Step(instruction: instruction, table: table, origin: range.map { source.span($0) }))
    nullable.append(instruction.mayGiveNull || instruction.passesNull && instruction.operands.contains { nullable[$0] })
    known[instruction, default: [:]][table] = index
    return Register(index: index, table: table)
  }

  /// Whether a register may hold null, or what may turn out to be null.
  func mayBeNull(_ register: Register) -> Bool { nullable[register.index] }

  mutating func id(of text: String) -> Int64 {
    let key = ExactText(text: text)
    if let id = ids[key] { return id }
    constants.append(text)
    ids[key] = Int64(constants.count - 1)
    return Int64(constants.count - 1)
  }

  /// A register's values for the rows of a table below; nil where the tables are not above one another.
  mutating func spread(_ register: Register, to table: Int) -> Register? {
    guard register.table != table else { return register }
    guard isWithin(table, register.table) else { return nil }
    let instruction = steps[register.index].instruction
    switch instruction {
    case .truth, .constant, .blank: return emit(instruction, table: table)
    default: break
    }
    switch instruction.holds {
    case .truths: return emit(.spreadTruth(register.index), table: table)
    case .numbers: return emit(.spread(register.index), table: table)
    case .values: return emit(.spreadValue(register.index), table: table)
    case .nothing: return nil
    }
  }

  /// Registers for the rows of whichever of their tables is furthest down.
  mutating func aligned(_ registers: [Register]) -> (operands: [Int], table: Int)? {
    guard var table = registers.first?.table else { return nil }
    for register in registers where isWithin(register.table, table) { table = register.table }
    var operands: [Int] = []
    for register in registers {
      guard let spread = spread(register, to: table) else { return nil }
      operands.append(spread.index)
    }
    return (operands, table)
  }

  func instruction(_ register: Register) -> Instruction { steps[register.index].instruction }

  // MARK: Tables

  /// Whether every row of `table` belongs to a row of `ancestor`.
  func isWithin(_ table: Int, _ ancestor: Int) -> Bool {
    var current: Int? = table
    while let here = current {
      if here == ancestor { return true }
      current = tables[here].parent
    }
    return false
  }

  private mutating func make(_ table: Program.Table) -> Int {
    if let known = knownTables[table] { return known }
    let index = tables.count
    tables.append(table)
    knownTables[table] = index
    if case .records = table.source { return index }
    makers[index] = emit(.rows, table: index).index
    return index
  }

  /// The table that a table's rows are read from.
  func base(of table: Int) -> Int {
    if case .made(let base, _) = tables[table].source { base } else { table }
  }

  private func layoutTable(of table: Int) -> Int {
    if case .records(let read) = tables[base(of: table)].source { read } else { 0 }
  }

  /// What a column of a table holds.
  func column(_ column: Int, of table: Int) -> Layout.Column { layout.tables[layoutTable(of: table)].columns[column] }

  /// The table of a list's items, with rows of their own for each row of the variables that a body mentions besides; nil
  /// where these stand side by side.
  mutating func table(of list: Location, mentioning variables: Set<Int>) -> Int? {
    let owner = base(of: list.table)
    let read = layout.list(layoutTable(of: owner), list.path)
    let items = make(Program.Table(parent: owner, source: .records(read)))
    var over = list.table
    for entry in open where variables.contains(entry.variable) && !isWithin(over, entry.table) {
      guard isWithin(entry.table, over) else { return nil }
      over = entry.table
    }
    return over == owner ? items : make(Program.Table(parent: over, source: .made(base: items, owner: list.table)))
  }

  /// The register of a fact.
  mutating func load(_ location: Location, _ kind: Layout.Kind, _ type: Type) -> Register {
    let column = layout.column(layoutTable(of: location.table), location.path, kind, type)
    let instruction: Instruction =
      switch kind {
      case .truth, .presence: .loadTruth(table: location.table, column: column)
      case .value: .loadValue(table: location.table, column: column)
      default: .load(table: location.table, column: column)
      }
    return emit(instruction, table: location.table)
  }

  // MARK: Scopes

  /// Runs `body` one level further down, within what the compiler may spend on a rule.
  mutating func nested<T>(_ body: (inout Compiler) -> T?) -> T? {
    guard depth < Self.depthLimit, work < Self.workLimit else { return nil }
    depth += 1
    work += 1
    defer { depth -= 1 }
    return body(&self)
  }

  /// As ``nested(_:)``, once for each node and form.
  mutating func remembered(
    _ node: Node, _ kind: Layout.Kind?, _ body: (inout Compiler) -> Register?
  ) -> Register? {
    let form = Form(subject: .node(node), kind: kind)
    if let known = nodes[form] { return known }
    let outer = range
    range = node.range
    defer { range = outer }
    let register = nested(body)
    nodes[form] = .some(register)
    return register
  }

  /// Lets a new variable go through a table's rows.
  private mutating func enter(_ table: Int) -> Location {
    variables += 1
    open.append((variables, table))
    return Location(variable: variables, table: table, path: [])
  }

  /// Runs `body` with a variable that goes through a table's rows.
  mutating func entering<T>(_ table: Int, _ body: (inout Compiler, Location) -> T?) -> T? {
    let outer = nodes
    nodes = [:]
    let location = enter(table)
    defer {
      open.removeLast()
      nodes = outer
    }
    return body(&self, location)
  }

  /// Runs `body` with a variable of the expression standing for something.
  mutating func binding<T>(_ slot: Int, to local: Local, _ body: (inout Compiler) -> T?) -> T? {
    let outer = (locals[slot], nodes)
    locals[slot] = local
    nodes = [:]
    defer { (locals[slot], nodes) = outer }
    return body(&self)
  }

  /// The variables that expressions mention, through the names they use too.
  ///
  /// - Parameter slots: variables that are bound within them.
  func variables(in expressions: some Sequence<Node>, except slots: Set<Int> = []) -> Set<Int> {
    var found: Set<Int> = []
    let bound = expressions.reduce(into: slots) { $0.formUnion($1.boundSlots) }
    for expression in expressions { collectVariables(expression, bound, &found) }
    return found
  }

  private func collectVariables(_ node: Node, _ bound: Set<Int>, _ found: inout Set<Int>) {
    switch node.kind {
    case .local(let slot):
      if !bound.contains(slot), let variable = locals[slot]?.variable { found.insert(variable) }
    case .dynamicName(_, let items, _):
      for slot in items where !bound.contains(slot) {
        if let variable = locals[slot]?.variable { found.insert(variable) }
      }
    case .host(let number):
      switch Binding(number: number) {
      case .each(let index): if index < each.count, let variable = each[index].variable { found.insert(variable) }
      case .subject: found.insert(subject.variable)
      case .letValue(let index): found.formUnion(letVariables[index] ?? [])
      default: break
      }
    default: break
    }
    for child in node.children { collectVariables(child, bound, &found) }
  }

  /// Finds out which variables the rule's `let` names mention, each of which may use those before it.
  private mutating func findLetVariables() {
    guard let rule else { return }
    for (index, binding) in rule.lets.enumerated() { letVariables[index] = variables(in: [binding.value.root]) }
  }

  // MARK: Names

  /// What a `let` name or a decision of something that is surely there stands for, in a form; compiled once.
  mutating func named(
    _ node: Node, output: Int? = nil, _ kind: Layout.Kind?,
    _ body: (inout Compiler, Decision.Logic) -> Register?
  ) -> Register? {
    switch node.kind {
    case .host(let number):
      switch Binding(number: number) {
      case .letValue(let index):
        guard let rule, index < rule.lets.count else { return nil }
        let form = Form(subject: .letValue(index), kind: kind)
        if let known = names[form] { return known }
        let register = scoped(.record) { body(&$0, .expression(rule.lets[index].value)) }
        names[form] = .some(register)
        return register
      case .decision(let index): return decision(index, of: .record, output: output, kind, body)
      default: return nil
      }
    case .derived(let base, let index):
      guard let location = location(of: base),
        let value = decision(index, of: location, output: output, kind, body)
      else { return nil }
      guard let isThere = presence(of: location, base.type) else { return value }
      guard let (operands, table) = aligned([isThere, value]) else { return nil }
      switch instruction(value).holds {
      case .truths: return emit(.truthWhereThere(operands[0], operands[1]), table: table)
      case .numbers: return emit(.whereThere(operands[0], operands[1]), table: table)
      case .values, .nothing: return nil
      }
    default: return nil
    }
  }

  private mutating func decision(
    _ index: Int, of location: Location, output: Int?, _ kind: Layout.Kind?,
    _ body: (inout Compiler, Decision.Logic) -> Register?
  ) -> Register? {
    let form = Form(subject: .decision(index, location, output: output), kind: kind)
    if let known = decided[form] { return known }
    let isUnspent = work < Self.workLimit && depth < Self.depthLimit
    let register = scoped(location) { body(&$0, $0.book.decisions[index].logic) }
    // What one rule could not afford another may.
    if register != nil || isUnspent && work < Self.workLimit { decided[form] = .some(register) }
    return register
  }

  /// Whether what a decision is about is there; nil where it surely is.
  private mutating func presence(of location: Location, _ type: Type) -> Register? {
    if !location.path.isEmpty { return load(location, .presence, type) }
    return location.table == 0 ? nil : emit(.isReal, table: location.table)
  }

  /// What a `let` name stands for, or a decision that is an expression about the record.
  mutating func inlined<T>(_ node: Node, _ body: (inout Compiler, Node) -> T?) -> T? {
    guard case .host(let number) = node.kind else { return nil }
    switch Binding(number: number) {
    case .letValue(let index):
      guard let rule, index < rule.lets.count else { return nil }
      return scoped(.record) { $0.within(rule.lets[index].value, body) }
    case .decision(let index):
      guard case .expression(let expression) = book.decisions[index].logic else { return nil }
      return scoped(.record) { $0.within(expression, body) }
    default: return nil
    }
  }

  /// Runs `body` with an expression as the one whose text is at hand.
  mutating func within<T>(_ expression: CheckedExpression, _ body: (inout Compiler, Node) -> T?) -> T? {
    let outer = source
    source = expression.source
    defer { source = outer }
    return body(&self, expression.root)
  }

  /// Runs `body` with nothing but what an expression of its own sees.
  mutating func scoped<T>(_ location: Location, _ body: (inout Compiler) -> T?) -> T? {
    let outer = (subject, locals, nodes, source)
    (subject, locals, nodes) = (location, [:], [:])
    defer { (subject, locals, nodes, source) = outer }
    return nested(body)
  }

  /// What a variable or one of the rule's names stands for.
  func local(_ node: Node) -> Local? {
    switch node.kind {
    case .host(let number):
      switch Binding(number: number) {
      case .record: .location(.record)
      case .subject: .location(subject)
      case .each(let index): index < each.count ? each[index] : nil
      default: nil
      }
    case .local(let slot): locals[slot]
    default: nil
    }
  }

  /// Where the value that a node stands for is, if it is a fact.
  mutating func location(of node: Node) -> Location? {
    if case .location(let location)? = local(node) { return location }
    switch node.kind {
    case .host: return inlined(node) { $0.location(of: $1) }
    case .member(let base, _, let index?):
      guard case .context = base.type.base, var location = location(of: base) else { return nil }
      location.path.append(index)
      return location
    default: return nil
    }
  }

  /// The value of a parameter or a constant, or a list of them.
  func constant(_ node: Node) -> Value? {
    switch node.kind {
    case .constant(let value): return value
    case .local(let slot):
      if case .constant(let value)? = locals[slot] { return value }
      return nil
    case .host(let number):
      if case .parameter(let index) = Binding(number: number) { return parameters[index] }
      return nil
    case .list(let nodes):
      let values = nodes.compactMap { constant($0) }
      return values.count == nodes.count ? .list(List(values)) : nil
    case .builtin(let builtin, _, let arguments):
      if builtin.name == "today", arguments.isEmpty { return .date(asOf) }
      guard arguments.count == 1, case .string(let text)? = constant(arguments[0]) else { return nil }
      switch builtin.name {
      case "date": return CivilDate(text).map { .date($0) }
      case "duration":
        return YearsAndMonthsDuration(text).map { .yearsAndMonthsDuration($0) }
          ?? DaysAndTimeDuration(text).map { .daysAndTimeDuration($0) }
      default: return nil
      }
    default: return nil
    }
  }
}

extension Instruction {
  /// Whether it gives null of operands that are not.
  fileprivate var mayGiveNull: Bool {
    switch self {
    case .truth(let cell): cell > Cell.unknown
    case .compareQuotient, .truthWhereThere, .unboxTruth, .blank, .divide, .whereThere, .sum, .extremeOf, .loadValue,
      .spreadValue, .gatherValue, .items, .apply:
      true
    default: false
    }
  }

  /// Whether it may give null where an operand is.
  fileprivate var passesNull: Bool {
    switch self {
    case .orNo, .isSuppliedTruth, .isSuppliedNumber, .isSuppliedValue, .unlessNull, .count: false
    default: true
    }
  }
}
