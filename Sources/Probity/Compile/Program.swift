import FEEL

/// A policy's rules compiled for whole batches of records.
///
/// It decides; what did not pass is then asked again by the interpreter, which explains. A rule with an expression that
/// columns do not cover is left to the interpreter.
struct Program: Sendable {
  /// A rule's registers.
  struct CompiledRule: Sendable {
    /// One list of `each`.
    struct Level: Sendable {
      /// The name of the variable.
      var name: String
      /// The table of the items, and where their list stands in the row above.
      var table: Int
      var path: [Int]
      /// Which items are in the list; nil where all are.
      var present: Int?
    }

    var levels: [Level]
    /// Of the rows of the last level, or of the records.
    var when: Int?
    var requirements: [Int]
  }

  let layout: Layout
  let instructions: [Instruction]
  /// The table of each instruction's rows.
  let tables: [Int]
  let constants: [String]
  /// One for each rule that is asked; nil for one that is left to the interpreter.
  let rules: [CompiledRule?]

  init(rules: [Rule], book: RuleBook, parameters: [Value?], asOf: CivilDate) {
    // What a rule emits before it meets a shape that is not covered would be computed in vain, so a first go finds the
    // rules that are.
    var trial = Compiler(book: book, parameters: parameters, asOf: asOf)
    let covered = rules.map { trial.compile($0) != nil }
    var compiler = Compiler(book: book, parameters: parameters, asOf: asOf)
    self.rules = zip(rules, covered).map { rule, isCovered in
      guard isCovered, let compiled = compiler.compile(rule) else { return nil }
      return CompiledRule(
        levels: zip(rule.each, compiled.levels).map { iterator, view in
          .init(
            name: iterator.name, table: view.table, path: compiler.layout.tables[view.table].path,
            present: view.present)
        },
        when: compiled.when?.index, requirements: compiled.requirements.map(\.index))
    }
    layout = compiler.layout
    instructions = compiler.instructions
    tables = compiler.tables
    constants = compiler.constants
  }

  func run(_ records: [Record]) -> ProgramOutcomes {
    let columns = Batch(records, layout: layout, constants: constants)
    return ProgramOutcomes(program: self, records: records, machine: run(columns))
  }

  func run(_ columns: Batch) -> Machine {
    var machine = Machine(layout: layout, batch: columns)
    for (register, instruction) in instructions.enumerated() {
      machine.run(instruction, into: register, table: tables[register], tableOf: tables)
    }
    return machine
  }
}

/// What the program decided for a batch.
struct ProgramOutcomes {
  let program: Program
  let records: [Record]
  let machine: Machine

  /// The subjects and outcomes of a rule for a record, in the order of the items; nil where the interpreter has to be
  /// asked, be it to decide or to say whether anything is there to ask about.
  func decided(rule: Int, record: Int) -> [(subject: Subject, outcome: Outcome)]? {
    guard let compiled = program.rules[rule] else { return nil }
    var results: [(subject: Subject, outcome: Outcome)] = []
    let root = records[record]
    let isDecided = descend(
      compiled, compiled.levels[...], row: record, value: .context(root.facts), Subject(record: root.key),
      applies: Cell.yes, &results)
    return isDecided ? results : nil
  }

  /// Goes through the items of one level of `each` after the other; false where the interpreter has to be asked.
  private func descend(
    _ rule: Program.CompiledRule, _ levels: ArraySlice<Program.CompiledRule.Level>, row: Int, value: Value,
    _ subject: Subject, applies: UInt8, _ results: inout [(subject: Subject, outcome: Outcome)]
  ) -> Bool {
    guard let level = levels.first else {
      guard let outcome = outcome(rule, row: row, applies: applies) else { return false }
      results.append((subject, outcome))
      return true
    }
    guard machine.batch.tables[level.table].isThere[row] == Cell.yes, let list = Self.list(level.path, below: value)
    else { return false }
    let presence = level.present.flatMap { machine.truths[$0] }
    // Positions count what the filter of `each` leaves.
    var position = 0
    for (offset, item) in machine.items(level.table, above: row).enumerated() {
      let present = presence?[item] ?? Cell.yes
      if present == Cell.no { continue }
      let inner = Interpreter.subject(list.items[offset], at: position, named: level.name, in: subject)
      guard present != Cell.handOver,
        descend(
          rule, levels.dropFirst(), row: item, value: list.items[offset], inner, applies: max(applies, present),
          &results)
      else { return false }
      position += 1
    }
    if position == 0 { results.append((subject, .notApplicable)) }
    return true
  }

  private static func list(_ path: [Int], below value: Value) -> List? {
    var value = value
    for index in path {
      guard case .context(let context) = value else { return nil }
      value = context[index]
    }
    if case .list(let list) = value { return list }
    return nil
  }

  /// As ``decided(rule:record:)``, where nothing of it needs explaining.
  func unexplained(rule: Int, record: Int, scope: Truth) -> [(subject: Subject, outcome: Outcome)]? {
    guard scope == .yes, let decided = decided(rule: rule, record: record),
      decided.allSatisfy({ $0.outcome == .pass || $0.outcome == .notApplicable })
    else { return nil }
    return decided
  }

  private func outcome(_ rule: Program.CompiledRule, row: Int, applies doubt: UInt8) -> Outcome? {
    var applies = doubt
    if let when = rule.when {
      guard let cell = machine.truths[when]?[row], cell != Cell.handOver else { return nil }
      if cell == Cell.no { return .notApplicable }
      applies = max(applies, cell)
    }
    var required = Cell.yes
    for register in rule.requirements {
      guard let cell = machine.truths[register]?[row] else { return nil }
      required = required == Cell.no || cell == Cell.no ? Cell.no : max(required, cell)
    }
    switch (applies, required) {
    case (_, Cell.handOver): return nil
    case (_, Cell.yes): return .pass
    case (Cell.yes, Cell.no): return .fail
    default: return .notEvidenced
    }
  }
}
