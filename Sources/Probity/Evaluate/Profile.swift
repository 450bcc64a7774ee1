package import Diagnostics
import FEEL

/// Where the time of checking records goes: which rules, and which expressions in them.
///
/// Nothing here reads a clock: whoever measures brings one, and gets its units back.
package struct Profile {
  /// What a rule took.
  package struct RuleCost: Sendable {
    package var rule: String
    /// By the program. What rules share is divided evenly among them.
    package var deciding = 0.0
    /// Of that, what no other rule uses.
    package var own = 0.0
    /// By the interpreter, for findings that are not met.
    package var explaining = 0.0
    /// For how many records the program could not decide it.
    package var handedOver = 0
  }

  /// What an expression took by itself, the expressions within it left out.
  package struct ExpressionCost: Sendable {
    /// Of expressions that are alike, the first; nil for what stands in no file.
    package var span: SourceSpan?
    package var deciding = 0.0
    /// The rules that use it.
    package var rules: [String]
  }

  private let checking: Checking
  private let machine: Machine
  private var spent: [Int]
  private var explaining: [Int]
  private var handedOver: [Int]
  /// By instruction, the rules that need it, by position.
  private let users: [[Int]]

  package init(_ checking: Checking) {
    self.checking = checking
    machine = Machine(checking.program)
    spent = checking.program.steps.map { _ in 0 }
    explaining = checking.asked.map { _ in 0 }
    handedOver = explaining
    users = Self.users(checking.program)
  }

  /// How many instructions the program has.
  package var instructions: Int { spent.count }

  /// Runs the program over a batch.
  package mutating func decide(_ batch: RecordBatch, clock: () -> Int) -> ProgramOutcomes {
    machine.run(batch.columns, clock: clock, spent: &spent)
  }

  /// Explains what is not met about the records of a batch, as a check does.
  ///
  /// - Parameters:
  ///   - outlined: is given a record that columns tell all about.
  ///   - reported: is given any other.
  package mutating func explain(
    _ batch: RecordBatch, _ outcomes: ProgramOutcomes, clock: @escaping () -> Int,
    outlined: (borrowing RecordOutline) -> Void, reported: (RecordReport) -> Void
  ) {
    var checker = BatchChecker(checking, batch, outcomes, clock: clock)
    for step in batch.steps {
      guard case .records(let numbers) = step else { continue }
      for index in numbers {
        if let outline = checker.outline(on: index) {
          outlined(outline)
        } else {
          reported(checker.report(on: index))
        }
        for position in handedOver.indices where !outcomes.visit(rule: position, record: index, { _, _ in }) {
          handedOver[position] += 1
        }
      }
    }
    for position in explaining.indices { explaining[position] += checker.spent[position] }
  }

  // MARK: What came of it

  /// In the order of the rule book.
  package var rules: [RuleCost] {
    var costs = checking.asked.indices.map { position in
      RuleCost(
        rule: checking.book.rules[checking.asked[position].rule].name, explaining: Double(explaining[position]),
        handedOver: handedOver[position])
    }
    for (step, time) in spent.enumerated() {
      for position in users[step] {
        costs[position].deciding += Double(time) / Double(users[step].count)
        if users[step].count == 1 { costs[position].own += Double(time) }
      }
    }
    return costs
  }

  /// The costliest first.
  package var expressions: [ExpressionCost] {
    var places: [SourceSpan?: Int] = [:]
    var costs: [(cost: ExpressionCost, users: Set<Int>)] = []
    for (index, step) in checking.program.steps.enumerated() {
      let place = places[step.origin] ?? costs.count
      if place == costs.count {
        places[step.origin] = place
        costs.append((ExpressionCost(span: step.origin, rules: []), []))
      }
      costs[place].cost.deciding += Double(spent[index])
      costs[place].users.formUnion(users[index])
    }
    return costs.map { cost, users in
      var cost = cost
      cost.rules = users.sorted().map { checking.book.rules[checking.asked[$0].rule].name }
      return cost
    }.sorted { $0.deciding > $1.deciding }
  }

  /// Which rules need each instruction, be it for another one.
  private static func users(_ program: Program) -> [[Int]] {
    var users = [Set<Int>](repeating: [], count: program.steps.count)
    var makers: [Int: Int] = [:]
    for (index, step) in program.steps.enumerated() {
      if case .rows = step.instruction { makers[step.table] = index }
    }
    var tables: [Int: Set<Int>] = [:]
    for (position, rule) in program.rules.enumerated() {
      guard let rule else { continue }
      for register in [rule.when].compactMap({ $0 }) + rule.requirements + rule.levels.compactMap(\.present) {
        users[register].insert(position)
      }
      for level in rule.levels { tables[level.table, default: []].insert(position) }
    }
    // What an instruction reads stands before it, and so does what makes the rows of its table.
    for index in program.steps.indices.reversed() {
      let step = program.steps[index]
      if case .rows = step.instruction { users[index].formUnion(tables[step.table] ?? []) }
      for operand in step.instruction.operands { users[operand].formUnion(users[index]) }
      for table in step.instruction.tables + [step.table] {
        var current: Int? = table
        while let here = current {
          if let maker = makers[here], maker != index { users[maker].formUnion(users[index]) }
          if case .listed(let register) = program.tables[here].source, register != index {
            users[register].formUnion(users[index])
          }
          current = program.tables[here].parent
        }
      }
    }
    return users.map { $0.sorted() }
  }
}
