/// What the program decided about a batch, rule by rule, as far as it could.
///
/// Nothing here asks who a record or an item is: that is for whoever has to say more than how many.
package struct Decisions: Sendable {
  /// What came of a rule for one subject.
  enum Decided: UInt8 {
    case pass, notApplicable, fail, notEvidenced
    /// The interpreter has to be asked.
    case handedOver
  }

  /// A rule's outcomes: by row of the last list of its `each`, or by record.
  private let outcomes: [[UInt8]]
  private let machine: Machine
  private let program: Program
  /// Whether a rule's requirements have severities of their own, so that what an open finding counts as depends on which
  /// of them is not met.
  private let hasSeverities: [Bool]

  /// - Parameter rules: those of the program, in its order.
  init(_ program: Program, _ machine: Machine, rules: [Rule]) {
    self.program = program
    self.machine = machine
    let hasSeverities = rules.map { $0.requirements.contains(where: \.hasOwnSeverity) }
    self.hasSeverities = hasSeverities
    outcomes = rules.indices.map { index in
      program.rules[index].map {
        Self.outcomes(
          of: $0, machine, rows: machine.batch.tables[$0.levels.last?.table ?? 0].rows,
          needsAll: hasSeverities[index])
      } ?? []
    }
  }

  /// - Parameter needsAll: whether each requirement counts although another decides the outcome.
  private static func outcomes(
    of rule: Program.CompiledRule, _ machine: Machine, rows: Int, needsAll: Bool
  ) -> [UInt8] {
    let required = conjunction(of: rule.requirements, machine, rows, needsAll: needsAll)
    let applies = rule.when.flatMap { machine.truths[$0] }
    return [UInt8](unsafeUninitializedCapacity: rows) { outcomes, count in
      for row in 0..<rows {
        let place = Int((applies?[row] ?? Cell.yes) &* 4 &+ required[row])
        outcomes.initializeElement(at: row, to: table[place])
      }
      count = rows
    }
  }

  /// The outcome by whether the rule applies, times four, and whether what it requires is there.
  private static let table: [UInt8] = {
    let (pass, notApplicable) = (Decided.pass.rawValue, Decided.notApplicable.rawValue)
    let (fail, notEvidenced) = (Decided.fail.rawValue, Decided.notEvidenced.rawValue)
    let handedOver = Decided.handedOver.rawValue
    return [
      notApplicable, notApplicable, notApplicable, notApplicable,
      fail, pass, notEvidenced, handedOver,
      notEvidenced, pass, notEvidenced, handedOver,
      handedOver, handedOver, handedOver, handedOver,
    ]
  }()

  private static func conjunction(of registers: [Int], _ machine: Machine, _ rows: Int, needsAll: Bool) -> [UInt8] {
    if registers.count == 1, let cells = machine.truths[registers[0]] { return cells }
    var result = [UInt8](repeating: Cell.yes, count: rows)
    for register in registers {
      let cells = machine.truths[register] ?? []
      for row in 0..<rows {
        let (before, cell) = (result[row], cells[row])
        let isOpen = needsAll && max(before, cell) == Cell.handOver
        result[row] =
          isOpen ? Cell.handOver : min(before, cell) == Cell.no ? Cell.no : max(before, cell)
      }
    }
    return result
  }

  /// Goes through what a rule came to for each subject of a record, with the subject's row.
  ///
  /// - Returns: whether all of it is decided; where it is not, what was gone through counts for nothing.
  func visit(rule: Int, record: Int, _ body: (Decided, _ row: Int) -> Void) -> Bool {
    guard let compiled = program.rules[rule] else { return false }
    return visit(outcomes[rule], compiled.levels[...], row: record, isInDoubt: false, body)
  }

  /// What a rule that is asked once of each record came to.
  @inline(__always)
  func outcome(rule: Int, record: Int) -> Decided? {
    guard let compiled = program.rules[rule], compiled.levels.isEmpty else { return nil }
    return Decided(rawValue: outcomes[rule][record])
  }

  private func visit(
    _ outcomes: [UInt8], _ levels: ArraySlice<Program.CompiledRule.Level>, row: Int, isInDoubt: Bool,
    _ body: (Decided, _ row: Int) -> Void
  ) -> Bool {
    guard let level = levels.first else {
      guard let outcome = Decided(rawValue: outcomes[row]), outcome != .handedOver else { return false }
      body(isInDoubt && outcome == .fail ? .notEvidenced : outcome, row)
      return true
    }
    guard machine.batch.tables[level.table].isThere[row] == Cell.yes else { return false }
    let presence = level.present.flatMap { machine.truths[$0] }
    var isEmpty = true
    for item in machine.items(level.table, above: row) {
      let present = presence?[item] ?? Cell.yes
      if present == Cell.no { continue }
      isEmpty = false
      guard present != Cell.handOver,
        visit(
          outcomes, levels.dropFirst(), row: item, isInDoubt: isInDoubt || present == Cell.unknown, body)
      else { return false }
    }
    if isEmpty { body(.notApplicable, row) }
    return true
  }

  /// What an open finding is, before the policy's enforcement: the most severe of the requirements that are not met.
  ///
  /// - Parameter severity: the rule's, as the policy has it.
  func severity(_ rule: Rule, at position: Int, _ outcome: Decided, row: Int, severity: Severity) -> Severity {
    guard hasSeverities[position], let compiled = program.rules[position] else { return severity }
    let unmet = rule.requirements.indices.filter { index in
      let cell = machine.truths[compiled.requirements[index]]?[row] ?? Cell.yes
      return outcome == .fail ? cell == Cell.no : cell != Cell.yes
    }
    return unmet.map { rule.requirements[$0].hasOwnSeverity ? rule.requirements[$0].severity : severity }.max()
      ?? severity
  }
}
