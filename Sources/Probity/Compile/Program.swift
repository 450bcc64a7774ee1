import FEEL

/// A policy's rules compiled for whole batches of records.
///
/// It decides; what did not pass is then asked again by the interpreter, which explains. A rule with an expression that
/// columns do not cover is left to the interpreter.
struct Program: Sendable {
  /// A rule's registers: all of the rows of `table`.
  struct CompiledRule: Sendable {
    /// The table of its items, nil for a rule of the record itself.
    var items: Int?
    /// The name of the `each` variable.
    var name: String
    /// Where the list stands in the row above.
    var path: [Int]
    var present: Int?
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
    var compiler = Compiler(book: book, parameters: parameters, asOf: asOf)
    self.rules = rules.map { rule in
      guard let compiled = compiler.compile(rule) else { return nil }
      // Items of lists within lists are told apart by the interpreter.
      if let items = compiled.items, compiler.layout.tables[items.table].parent != 0 { return nil }
      return CompiledRule(
        items: compiled.items?.table, name: rule.each.first?.name ?? "",
        path: compiled.items.map { compiler.layout.tables[$0.table].path } ?? [],
        present: compiled.items?.present?.index, when: compiled.when?.index,
        requirements: compiled.requirements.map(\.index))
    }
    layout = compiler.layout
    instructions = compiler.instructions
    tables = compiler.tables
    constants = compiler.constants
  }

  func run(_ records: [Record]) -> ProgramOutcomes {
    var machine = Machine(layout: layout, batch: Batch(records, layout: layout, constants: constants))
    for (register, instruction) in instructions.enumerated() {
      machine.run(instruction, into: register, table: tables[register], tableOf: tables)
    }
    return ProgramOutcomes(program: self, records: records, machine: machine)
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
    let root = records[record]
    guard let items = compiled.items else {
      return outcome(compiled, row: record).map { [(Subject(record: root.key), $0)] }
    }
    let table = machine.batch.tables[items]
    guard table.isThere[record] == Cell.yes else { return nil }
    let rows = Int(table.offsets[record])..<Int(table.offsets[record + 1])
    guard !rows.isEmpty else { return [(Subject(record: root.key), .notApplicable)] }
    var value = Value.context(root.facts)
    for index in compiled.path {
      guard case .context(let context) = value else { return nil }
      value = context[index]
    }
    guard case .list(let list) = value else { return nil }
    var results: [(subject: Subject, outcome: Outcome)] = []
    // Positions count what the filter of `each` leaves.
    var position = 0
    for (offset, row) in rows.enumerated() {
      let present = compiled.present.flatMap { machine.truths[$0]?[row] } ?? Cell.yes
      if present == Cell.no { continue }
      guard let outcome = outcome(compiled, row: row) else { return nil }
      results.append(
        (
          Interpreter.subject(
            list.items[offset], at: position, named: compiled.name, in: Subject(record: root.key)), outcome
        ))
      position += 1
    }
    return results.isEmpty ? [(Subject(record: root.key), .notApplicable)] : results
  }

  /// As ``decided(rule:record:)``, where nothing of it needs explaining.
  func unexplained(rule: Int, record: Int, scope: Truth) -> [(subject: Subject, outcome: Outcome)]? {
    guard scope == .yes, let decided = decided(rule: rule, record: record),
      decided.allSatisfy({ $0.outcome == .pass || $0.outcome == .notApplicable })
    else { return nil }
    return decided
  }

  private func outcome(_ rule: Program.CompiledRule, row: Int) -> Outcome? {
    var applies = Cell.yes
    for register in [rule.present, rule.when] {
      guard let register, let cell = machine.truths[register]?[row] else { continue }
      if cell == Cell.no { return .notApplicable }
      applies = max(applies, cell)
    }
    guard applies != Cell.handOver else { return nil }
    var required = Cell.yes
    for register in rule.requirements {
      guard let cell = machine.truths[register]?[row] else { return nil }
      if cell == Cell.no {
        required = Cell.no
        break
      }
      required = max(required, cell)
    }
    switch (applies, required) {
    case (_, Cell.handOver): return nil
    case (_, Cell.yes): return .pass
    case (Cell.yes, Cell.no): return .fail
    default: return .notEvidenced
    }
  }
}
