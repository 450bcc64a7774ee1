import Diagnostics
import FEEL

/// A policy's rules compiled for whole batches of records.
///
/// It decides; what did not pass is then asked again by the interpreter, which explains.
struct Program: Sendable {
  /// Rows that registers have values for.
  struct Table: Sendable, Hashable {
    enum Source: Sendable, Hashable {
      /// A table of the ``Layout``.
      case records(Int)
      /// For every row of the parent the items of a list, given by their table: the list of the row of `owner` that it
      /// belongs to. This is how two lists are held against each other.
      case made(base: Int, owner: Int)
      /// The items of a register of values.
      case listed(Int)
    }

    /// Nil for the records themselves.
    var parent: Int?
    var source: Source
  }

  struct Step: Sendable {
    var instruction: Instruction
    /// The table of its register's rows.
    var table: Int
    /// Where its register's values are kept while they are needed.
    var slot = 0
    /// The expression that it was first emitted for, nil where that is none.
    var origin: SourceSpan?
  }

  /// How much a program tells of what rules come to.
  enum Detail: Sendable {
    case outcomes
    /// Because of what, too; of records of a type.
    case grounds(of: ContextType, showsSensitive: Bool, lists: ListTexts)
  }

  /// A rule's registers.
  struct CompiledRule: Sendable {
    /// One list of `each`.
    struct Level: Sendable {
      /// The name of the variable.
      var name: String
      /// The table of the items.
      var table: Int
      /// Where the list stands: in the item of which level, or in the record, and the way down from there.
      var owner: Int?
      var path: [Int]
      /// Which items are in the list; nil where all are.
      var present: Int?
    }

    var levels: [Level]
    /// Of the rows of the last level, or of the records.
    var when: Int?
    var requirements: [Int]
    /// Whether requirements have severities of their own, so that what an open finding counts as depends on which of
    /// them is not met.
    var hasSeverities: Bool
    /// What explains its outcomes; nil where nobody asks, or only the interpreter can say.
    var grounds: RuleGrounds?

    var table: Int { levels.last?.table ?? 0 }
  }

  let layout: Layout
  let tables: [Table]
  let steps: [Step]
  let slotCount: Int
  let constants: [String]
  /// One for each rule that is asked; nil for one that comes to more than the compiler may spend on it, and is left to
  /// the interpreter.
  let rules: [CompiledRule?]
  /// Whether each record is one that the policy is about; nil where the interpreter has to say so.
  let scope: Int?
  /// What explains outcomes, where that was asked for.
  let explanations: GroundsPlan?
  /// Further registers whose values are still there when all is done.
  let kept: [Int]
  let book: RuleBook
  let parameters: [Value?]
  let asOf: CivilDate
  let zones: any ZoneRules

  /// - Parameter scope: what all has to hold of a record that the policy is about.
  init(
    rules: [Rule], scope: [CheckedExpression] = [], detail: Detail = .outcomes, book: RuleBook, parameters: [Value?],
    asOf: CivilDate, zones: any ZoneRules = NoZones()
  ) {
    var compiler = Compiler(book: book, parameters: parameters, asOf: asOf)
    let condition = compiler.compile(scope: scope)
    let compiled = rules.map { compiler.compile($0, detail: detail) }
    self.init(compiler, compiled, scope: condition?.index, detail: detail, zones: zones)
  }

  /// Leaves out what no rule needs, and shares memory between what is not needed at once.
  init(
    _ compiler: Compiler, _ compiled: [CompiledRule?], scope: Int?, detail: Detail = .outcomes, kept: [Int] = [],
    zones: any ZoneRules = NoZones()
  ) {
    var assembler = Assembler(compiler)
    let ruled = compiled.compactMap { $0 }
    let roots =
      kept + [scope].compactMap { $0 }
      + ruled.flatMap { [$0.when].compactMap { $0 } + $0.requirements + $0.levels.compactMap(\.present) }
      + ruled.flatMap { $0.grounds?.cells.map(\.register) ?? [] }
    assembler.keep(roots, tables: ruled.flatMap { $0.levels.map(\.table) + ($0.grounds?.tables ?? []) })
    assembler.assemble(roots)
    tables = assembler.tables
    steps = assembler.steps
    slotCount = assembler.slotCount
    constants = compiler.constants
    let rules = compiled.map { $0.map { assembler.renumbered($0) } }
    self.rules = rules
    if case .grounds(let type, _, let lists) = detail {
      let plan = GroundsPlan(
        rules, type, layout: assembler.layout,
        tables: assembler.tables.map { if case .records(let read) = $0.source { read } else { -1 } },
        text: { lists[$0] })
      (layout, explanations) = (plan.layout, plan)
    } else {
      (layout, explanations) = (assembler.layout, nil)
    }
    self.scope = scope.map { assembler.registers[$0] }
    self.kept = kept.map { assembler.registers[$0] }
    book = compiler.book
    parameters = compiler.parameters
    asOf = compiler.asOf
    self.zones = zones
  }

  func run(_ records: [Record]) -> ProgramOutcomes {
    run(Batch(records, layout: layout, constants: constants))
  }

  func run(_ batch: Batch) -> ProgramOutcomes { Machine(self).run(batch) }
}

/// Makes a program of what the compiler emitted.
struct Assembler {
  private let compiler: Compiler
  private(set) var layout = Layout()
  private(set) var tables: [Program.Table] = []
  private(set) var steps: [Program.Step] = []
  private(set) var slotCount = 0
  /// The program's number of each of the compiler's registers that is kept; else −1.
  private(set) var registers: [Int]
  private var tableNumbers: [Int]
  private var isKept: [Bool]
  private var isTableKept: [Bool]

  init(_ compiler: Compiler) {
    self.compiler = compiler
    registers = compiler.steps.map { _ in -1 }
    tableNumbers = compiler.tables.map { _ in -1 }
    isKept = compiler.steps.map { _ in false }
    isTableKept = compiler.tables.map { _ in false }
    isTableKept[0] = true
  }

  mutating func keep(_ roots: [Int], tables: [Int]) {
    for register in roots { isKept[register] = true }
    for table in tables { keep(table: table) }
    // What an instruction reads was emitted before it.
    for register in compiler.steps.indices.reversed() where isKept[register] {
      let step = compiler.steps[register]
      for operand in step.instruction.operands { isKept[operand] = true }
      for table in step.instruction.tables + [step.table] { keep(table: table) }
    }
  }

  private mutating func keep(table: Int) {
    guard !isTableKept[table] else { return }
    isTableKept[table] = true
    if let parent = compiler.tables[table].parent { keep(table: parent) }
    switch compiler.tables[table].source {
    case .records: break
    case .made(let base, let owner):
      keep(table: base)
      keep(table: owner)
    case .listed(let register): isKept[register] = true
    }
    if let rows = compiler.makers[table] { isKept[rows] = true }
  }

  mutating func assemble(_ roots: [Int]) {
    for (table, source) in compiler.tables.enumerated() where isTableKept[table] {
      tableNumbers[table] = tables.count
      var source = source
      source.parent = source.parent.map { tableNumbers[$0] }
      if case .records(let read) = source.source, read > 0 {
        let parent = source.parent.flatMap { Self.read($0, tables) } ?? 0
        source.source = .records(layout.list(parent, compiler.layout.tables[read].path))
      }
      tables.append(source)
    }
    var lastUse = [Int](repeating: -1, count: compiler.steps.count)
    for (register, step) in compiler.steps.enumerated() where isKept[register] {
      for operand in step.instruction.operands { lastUse[operand] = register }
    }
    for root in roots { lastUse[root] = .max }
    for source in compiler.tables {
      // A table of values is made once, and then read as a table.
      if case .listed(let register) = source.source, isKept[register] { lastUse[register] = .max }
    }
    var free: [SlotKind: [Int]] = [:]
    var ending: [Int: [Int]] = [:]
    for (register, step) in compiler.steps.enumerated() where isKept[register] {
      let kind = SlotKind(holds: step.instruction.holds, table: step.table)
      let slot = free[kind]?.popLast() ?? slotCount
      slotCount = max(slotCount, slot + 1)
      registers[register] = steps.count
      steps.append(
        Program.Step(
          instruction: renumbered(step.instruction), table: tableNumbers[step.table], slot: slot, origin: step.origin))
      if lastUse[register] < 0 {
        free[kind, default: []].append(slot)
      } else {
        ending[lastUse[register], default: []].append(register)
      }
      for operand in ending[register] ?? [] {
        let done = compiler.steps[operand]
        free[SlotKind(holds: done.instruction.holds, table: done.table), default: []]
          .append(steps[registers[operand]].slot)
      }
    }
    for table in tables.indices {
      switch tables[table].source {
      case .records: break
      case .made(let base, let owner):
        tables[table].source = .made(base: tableNumbers[base], owner: tableNumbers[owner])
      case .listed(let register): tables[table].source = .listed(registers[register])
      }
    }
  }

  private struct SlotKind: Hashable {
    var holds: Instruction.Holds
    var table: Int
  }

  /// The table of the layout that a table is read from.
  private static func read(_ table: Int, _ tables: [Program.Table]) -> Int? {
    if case .records(let read) = tables[table].source { read } else { nil }
  }

  private mutating func renumbered(_ instruction: Instruction) -> Instruction {
    instruction.renumbered(registers: { registers[$0] }, tables: { tableNumbers[$0] }) { table, column in
      // Of a table that was made of another, the column is the other's.
      var base = table
      if case .made(let own, _) = compiler.tables[table].source { base = own }
      guard case .records(let old) = compiler.tables[base].source,
        let new = Self.read(tableNumbers[base], tables)
      else { return column }
      return layout.add(compiler.layout.tables[old].columns[column], to: new)
    }
  }

  func renumbered(_ rule: Program.CompiledRule) -> Program.CompiledRule {
    var rule = rule
    rule.when = rule.when.map { registers[$0] }
    rule.requirements = rule.requirements.map { registers[$0] }
    for level in rule.levels.indices {
      rule.levels[level].table = tableNumbers[rule.levels[level].table]
      rule.levels[level].present = rule.levels[level].present.map { registers[$0] }
    }
    rule.grounds = rule.grounds?.renumbered(registers: { registers[$0] }, tables: { tableNumbers[$0] })
    return rule
  }
}

extension Instruction {
  /// What a register holds.
  enum Holds: Hashable { case nothing, truths, numbers, values }

  var holds: Holds {
    switch self {
    case .rows: .nothing
    case .loadTruth, .truth, .spreadTruth, .gatherTruth, .and, .or, .not, .orNo, .same, .atMostOne, .chooseTruth,
      .truthWhereThere, .compare, .compareTo, .compareQuotient, .isSuppliedTruth, .isSuppliedNumber, .isSuppliedValue,
      .isSuppliedList, .isReal, .unlessNull, .quantify, .unboxTruth, .isSure:
      .truths
    case .load, .constant, .blank, .spread, .gather, .add, .subtract, .addConstant, .scale, .truncate, .multiply,
      .divide, .addDays, .addMonths, .subtractMonths, .extreme, .choose, .whereThere, .count, .sum, .extremeOf:
      .numbers
    case .loadValue, .spreadValue, .gatherValue, .items, .boxTruth, .box, .apply: .values
    }
  }

  /// The registers that it reads.
  var operands: [Int] {
    var operands: [Int] = []
    _ = renumbered {
      operands.append($0)
      return $0
    }
    return operands
  }

  /// The tables that it names, save that of its register's rows.
  var tables: [Int] {
    var tables: [Int] = []
    _ = renumbered(tables: {
      tables.append($0)
      return $0
    })
    return tables
  }

  /// The same with other numbers for registers, tables and columns.
  func renumbered(
    registers r: (Int) -> Int = { $0 }, tables t: (Int) -> Int = { $0 },
    columns c: (_ table: Int, _ column: Int) -> Int = { $1 }
  ) -> Instruction {
    switch self {
    case .rows, .truth, .isReal, .isSure, .constant, .blank, .items: self
    case .loadTruth(let table, let column): .loadTruth(table: t(table), column: c(table, column))
    case .spreadTruth(let a): .spreadTruth(r(a))
    case .gatherTruth(let a): .gatherTruth(r(a))
    case .and(let operands): .and(operands.map(r))
    case .or(let operands): .or(operands.map(r))
    case .not(let a): .not(r(a))
    case .orNo(let a): .orNo(r(a))
    case .same(let a, let b): .same(r(a), r(b))
    case .atMostOne(let operands): .atMostOne(operands.map(r))
    case .chooseTruth(let a, let b, let c): .chooseTruth(r(a), then: r(b), else: r(c))
    case .truthWhereThere(let a, let b): .truthWhereThere(r(a), r(b))
    case .compare(let op, let a, let b): .compare(op, r(a), r(b))
    case .compareTo(let op, let a, let constant): .compareTo(op, r(a), constant)
    case .compareQuotient(let op, let a, let b, let c): .compareQuotient(op, r(a), r(b), r(c))
    case .isSuppliedTruth(let a): .isSuppliedTruth(r(a))
    case .isSuppliedNumber(let a): .isSuppliedNumber(r(a))
    case .isSuppliedValue(let a): .isSuppliedValue(r(a))
    case .isSuppliedList(let table): .isSuppliedList(table: t(table))
    case .unlessNull(let a): .unlessNull(r(a))
    case .quantify(let every, let table, let present, let body):
      .quantify(every: every, table: t(table), present: present.map(r), body: r(body))
    case .unboxTruth(let a): .unboxTruth(r(a))
    case .load(let table, let column): .load(table: t(table), column: c(table, column))
    case .spread(let a): .spread(r(a))
    case .gather(let a): .gather(r(a))
    case .add(let a, let b): .add(r(a), r(b))
    case .subtract(let a, let b): .subtract(r(a), r(b))
    case .addConstant(let a, let constant): .addConstant(r(a), constant)
    case .scale(let a, let factor): .scale(r(a), by: factor)
    case .truncate(let a, let divisor): .truncate(r(a), by: divisor)
    case .multiply(let a, let b): .multiply(r(a), r(b))
    case .divide(let a, let b, let ofNumbers): .divide(r(a), r(b), ofNumbers: ofNumbers)
    case .addDays(let a, let days): .addDays(r(a), days)
    case .addMonths(let a, let b): .addMonths(r(a), r(b))
    case .subtractMonths(let a, let b): .subtractMonths(r(a), r(b))
    case .extreme(let least, let a, let b): .extreme(least: least, r(a), r(b))
    case .choose(let a, let b, let c, let isOrdered): .choose(r(a), then: r(b), else: r(c), isOrdered: isOrdered)
    case .whereThere(let a, let b): .whereThere(r(a), r(b))
    case .count(let table, let present): .count(table: t(table), present: present.map(r))
    case .sum(let table, let present, let values): .sum(table: t(table), present: present.map(r), of: r(values))
    case .extremeOf(let least, let table, let present, let values):
      .extremeOf(least: least, table: t(table), present: present.map(r), of: r(values))
    case .loadValue(let table, let column): .loadValue(table: t(table), column: c(table, column))
    case .spreadValue(let a): .spreadValue(r(a))
    case .gatherValue(let a): .gatherValue(r(a))
    case .boxTruth(let a): .boxTruth(r(a))
    case .box(let a, let kind): .box(r(a), kind)
    case .apply(let applied, let operands): .apply(applied, operands.map(r))
    }
  }
}
