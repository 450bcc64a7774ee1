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

  /// Where a value stands: a table's row, and the way down from it.
  struct Location {
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
  }

  /// A rule's registers.
  struct CompiledRule {
    /// Of the rows of the last of ``levels``, or of the records.
    var when: Register?
    var requirements: [Register]
    /// The lists of `each`, every one of the items of the one before.
    var levels: [ListView]
  }

  /// How deep expressions, `let` names and decisions may nest, well below what the interpreter allows.
  private static let depthLimit = 200
  /// How many nodes one rule may come to once all it names is written out.
  private static let workLimit = 20_000

  let book: RuleBook
  let parameters: [Value?]
  let asOf: CivilDate
  var layout = Layout()
  private(set) var instructions: [Instruction] = []
  /// The table of each register's rows.
  private(set) var tables: [Int] = []
  private(set) var constants: [String] = []
  private var ids: [ExactText: Int64] = [:]
  private var known: [Instruction: [Int: Int]] = [:]

  // What names mean in the expression being compiled.
  private var rule: Rule?
  private var each: [Location] = []
  private var locals: [Int: Local] = [:]
  private var subject = Location.record
  /// What goes through which table, outermost first.
  private var open: [(variable: Int, table: Int)] = []
  /// Variables that stand at no one row while another goes through the same rows.
  private var hidden: Set<Int> = []
  private var variables = 0
  private var depth = 0
  private var work = 0

  init(book: RuleBook, parameters: [Value?], asOf: CivilDate) {
    self.book = book
    self.parameters = parameters
    self.asOf = asOf
  }

  // MARK: Rules

  /// Compiles a rule, or nothing when it holds a shape that columns do not cover.
  mutating func compile(_ rule: Rule) -> CompiledRule? {
    self.rule = rule
    (each, locals, subject, open, hidden, work) = ([], [:], .record, [], [], 0)
    var levels: [ListView] = []
    for iterator in rule.each {
      // Each has to go through the items of the one before: rows that stand beside one another make no table.
      guard let view = list(iterator.list.root), parent(of: view) == levels.last?.table ?? 0 else { return nil }
      levels.append(view)
      each.append(enter(view.table))
    }
    let table = levels.last?.table ?? 0
    var when: Register?
    if let condition = rule.when {
      guard let register = truth(condition.root, for: table) else { return nil }
      when = register
    }
    var requirements: [Register] = []
    for requirement in rule.requirements {
      guard let register = truth(requirement.that.root, for: table) else { return nil }
      requirements.append(register)
    }
    return CompiledRule(when: when, requirements: requirements, levels: levels)
  }

  // MARK: Emitting

  mutating func emit(_ instruction: Instruction, table: Int) -> Register {
    if let index = known[instruction]?[table] { return Register(index: index, table: table) }
    instructions.append(instruction)
    tables.append(table)
    known[instruction, default: [:]][table] = instructions.count - 1
    return Register(index: instructions.count - 1, table: table)
  }

  mutating func id(of text: String) -> Int64 {
    let key = ExactText(text: text)
    if let id = ids[key] { return id }
    constants.append(text)
    ids[key] = Int64(constants.count - 1)
    return Int64(constants.count - 1)
  }

  /// A register's values for the rows of a table below; nil where the tables are not above one another.
  mutating func spread(_ register: Register, to table: Int, isTruth: Bool) -> Register? {
    guard register.table != table else { return register }
    guard layout.isWithin(table, register.table) else { return nil }
    switch instructions[register.index] {
    case .truth, .constant, .handOver: return emit(instructions[register.index], table: table)
    default: return emit(isTruth ? .spreadTruth(register.index) : .spread(register.index), table: table)
    }
  }

  /// Registers for the rows of whichever of their tables is furthest down.
  mutating func aligned(_ truths: [Register], _ scalars: [Register]) -> (truths: [Int], scalars: [Int], table: Int)? {
    guard var table = (truths + scalars).first?.table else { return nil }
    for register in truths + scalars where layout.isWithin(register.table, table) { table = register.table }
    var result = (truths: [Int](), scalars: [Int](), table: table)
    for register in truths {
      guard let spread = spread(register, to: table, isTruth: true) else { return nil }
      result.truths.append(spread.index)
    }
    for register in scalars {
      guard let spread = spread(register, to: table, isTruth: false) else { return nil }
      result.scalars.append(spread.index)
    }
    return result
  }

  // MARK: Names

  /// Runs `body` one level further down, within what the compiler may spend on a rule.
  mutating func nested<T>(_ body: (inout Compiler) -> T?) -> T? {
    guard depth < Self.depthLimit, work < Self.workLimit else { return nil }
    depth += 1
    work += 1
    defer { depth -= 1 }
    return body(&self)
  }

  /// Lets a new variable go through a table's rows.
  private mutating func enter(_ table: Int) -> Location {
    // A row of the table, or of one below it, is from here on a row of the new variable's.
    hidden.formUnion(open.filter { layout.isWithin($0.table, table) }.map(\.variable))
    variables += 1
    open.append((variables, table))
    return Location(variable: variables, table: table, path: [])
  }

  /// Runs `body` with a variable that goes through a table's rows.
  mutating func entering<T>(_ table: Int, _ body: (inout Compiler, Location) -> T?) -> T? {
    let outer = hidden
    let location = enter(table)
    defer {
      open.removeLast()
      hidden = outer
    }
    return body(&self, location)
  }

  mutating func bind(_ slot: Int, to local: Local) { locals[slot] = local }

  /// Compiles what a `let` name or a decision stands for, with the names that are in scope there.
  mutating func inlined<T>(_ node: Node, _ body: (inout Compiler, Decision.Logic) -> T?) -> T? {
    switch node.kind {
    case .host(let number):
      switch Binding(number: number) {
      case .letValue(let index):
        guard let rule, index < rule.lets.count else { return nil }
        return scoped(subject) { body(&$0, .expression(rule.lets[index].value)) }
      case .decision(let index):
        return scoped(.record) { body(&$0, $0.book.decisions[index].logic) }
      default: return nil
      }
    case .derived(let base, let index):
      guard let location = location(of: base) else { return nil }
      return scoped(location) { body(&$0, $0.book.decisions[index].logic) }
    default: return nil
    }
  }

  /// Whether the value that a decision is about may be missing as a whole: what is decided then is for the interpreter
  /// to say.
  mutating func presence(ofSubjectOf node: Node) -> Register? {
    guard case .derived(let base, _) = node.kind, let location = location(of: base), !location.path.isEmpty else {
      return nil
    }
    let column = layout.column(location.table, location.path, .presence, base.type)
    return emit(.loadTruth(table: location.table, column: column), table: location.table)
  }

  /// As ``inlined(_:_:)``, of what is an expression about something that is surely there.
  mutating func inlinedExpression<T>(_ node: Node, _ body: (inout Compiler, Node) -> T?) -> T? {
    guard presence(ofSubjectOf: node) == nil else { return nil }
    return inlined(node) { compiler, logic in
      guard case .expression(let expression) = logic else { return nil }
      return body(&compiler, expression.root)
    }
  }

  /// Runs `body` with nothing but what an expression of its own sees.
  mutating func scoped<T>(_ location: Location, _ body: (inout Compiler) -> T?) -> T? {
    let outer = (subject, locals)
    (subject, locals) = (location, [:])
    defer { (subject, locals) = outer }
    return nested(body)
  }

  /// Where the value that a node stands for is, if it is a fact.
  mutating func location(of node: Node) -> Location? {
    let found: Location?
    switch node.kind {
    case .host(let number):
      switch Binding(number: number) {
      case .record: found = .record
      case .subject: found = subject
      case .each(let index): found = index < each.count ? each[index] : nil
      case .letValue: found = inlinedExpression(node) { $0.location(of: $1) }
      default: found = nil
      }
    case .local(let slot): found = if case .location(let location)? = locals[slot] { location } else { nil }
    case .member(let base, _, let index?):
      guard case .context = base.type.base, var location = location(of: base) else { return nil }
      location.path.append(index)
      found = location
    default: found = nil
    }
    return found.flatMap { hidden.contains($0.variable) ? nil : $0 }
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
