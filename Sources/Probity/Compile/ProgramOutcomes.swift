import FEEL

/// What the program decided about a batch, rule by rule, as far as it could.
///
/// Nothing here asks who a record or an item is: that is for whoever has to say more than how many.
package struct ProgramOutcomes: Sendable {
  /// What came of a rule for one subject.
  package enum Decided: UInt8, CaseIterable, Sendable {
    case pass, notApplicable, fail, notEvidenced, error
    /// The interpreter has to be asked.
    case handedOver

    init(_ outcome: Outcome) {
      self =
        switch outcome {
        case .pass: .pass
        case .notApplicable: .notApplicable
        case .fail: .fail
        case .notEvidenced: .notEvidenced
        case .error: .error
        }
    }

    /// Nil where the interpreter has to be asked.
    package var outcome: Outcome? {
      switch self {
      case .pass: .pass
      case .notApplicable: .notApplicable
      case .fail: .fail
      case .notEvidenced: .notEvidenced
      case .error: .error
      case .handedOver: nil
      }
    }
  }

  /// One list of a rule's `each`; as in ``Batch/Table``.
  private struct Level: Sendable {
    var level: Program.CompiledRule.Level
    var offsets: [Int32]
    var isThere: [UInt8]
    /// Whether each item is in the list; nil where all are.
    var present: [UInt8]?
    /// The items, where they are not to be found in the record.
    var values: [Value]?

    func items(above row: Int) -> Range<Int> { Int(offsets[row])..<Int(offsets[row + 1]) }
  }

  private struct RuleOutcomes: Sendable {
    /// Where its outcomes begin: one for each record, or for each row of the last list of `each`.
    var start: Int
    var levels: [Level]
    /// A cell of each row for each requirement, where they have severities of their own.
    var requirements: [[UInt8]]
  }

  private let rules: [RuleOutcomes?]
  /// A ``Decided`` for each row of each rule, in whole blocks.
  private let outcomes: [UInt8]
  /// A ``Cell`` for each record; nil where the interpreter has to be asked of each.
  private let scopes: [UInt8]?
  /// What explains outcomes, where it was asked for.
  let explained: ExplainedColumns?
  /// How many records there are.
  package let count: Int

  init(_ machine: Machine) {
    let program = machine.program
    var size = 0
    rules = program.rules.map { rule in
      guard let rule else { return nil }
      defer { size += Block.padded(machine.rows[rule.table].count) }
      return Self.shape(of: rule, machine, start: size)
    }
    let starts = rules.map { $0?.start ?? 0 }
    outcomes = [UInt8](unsafeUninitializedCapacity: size) { outcomes, initialized in
      for (rule, start) in zip(program.rules, starts) {
        if let rule, let first = outcomes.baseAddress { Self.decide(rule, machine, into: first + start) }
      }
      initialized = size
    }
    count = machine.rows[0].count
    scopes = program.scope.map { Self.cells($0, machine, machine.rows[0].count) }
    explained = program.explanations.map { ExplainedColumns(machine, $0) }
  }

  private static func cells(_ register: Int, _ machine: Machine, _ count: Int) -> [UInt8] {
    Array(UnsafeBufferPointer(start: machine.truths(register), count: count))
  }

  // MARK: Outcomes

  private static func shape(of rule: Program.CompiledRule, _ machine: Machine, start: Int) -> RuleOutcomes {
    let levels = rule.levels.map { level in
      let rows = machine.rows + level.table
      return Level(
        level: level, offsets: Array(rows.pointee.offsets.buffer), isThere: Array(rows.pointee.isThere.buffer),
        present: level.present.map { cells($0, machine, rows.pointee.count) },
        values: rows.pointee.values.isEmpty ? nil : rows.pointee.values)
    }
    let count = machine.rows[rule.table].count
    return RuleOutcomes(
      start: start, levels: levels,
      requirements: rule.hasSeverities ? rule.requirements.map { cells($0, machine, count) } : [])
  }

  /// What a rule comes to in each row of its table, as ``Interpreter/outcome(applies:required:)`` has it.
  private static func decide(
    _ rule: Program.CompiledRule, _ machine: Machine, into outcomes: UnsafeMutablePointer<UInt8>
  ) {
    let applies = rule.when.map { machine.truths($0) }
    withUnsafeTemporaryAllocation(
      of: UnsafeMutablePointer<UInt8>.self, capacity: rule.requirements.count
    ) { required in
      for (index, requirement) in rule.requirements.enumerated() {
        required.initializeElement(at: index, to: machine.truths(requirement))
      }
      for block in 0..<Block.count(machine.rows[rule.table].count) {
        let required = Machine.and(UnsafeBufferPointer(required), block)
        outcomes[block: block] = outcome(applies?[block: block] ?? Lanes(repeating: Cell.yes), required)
      }
    }
  }

  /// A ``Decided`` by the cell of `when` and that of the requirements.
  @inline(__always)
  private static func outcome(_ applies: Lanes, _ required: Lanes) -> Lanes {
    let isAsked = applies.equals(Cell.yes)
    let fails = isAsked & required.isNone
    let passes = (isAsked | applies.equals(Cell.unknown)) & required.equals(Cell.yes)
    let isError = applies.equals(Cell.null) | (isAsked & required.equals(Cell.null))
    let isHandedOver = ((applies | required) & Cell.handOver).isAny
    // What comes later counts.
    var outcome = Lanes(repeating: Decided.notEvidenced.rawValue)
    outcome = fails.choose(Lanes(repeating: Decided.fail.rawValue), outcome)
    outcome = passes.choose(Lanes(repeating: Decided.pass.rawValue), outcome)
    outcome = isError.choose(Lanes(repeating: Decided.error.rawValue), outcome)
    outcome = isHandedOver.choose(Lanes(repeating: Decided.handedOver.rawValue), outcome)
    return applies.isNone.choose(Lanes(repeating: Decided.notApplicable.rawValue), outcome)
  }

  // MARK: By record

  /// Whether the policy is about a record; nil where the interpreter has to be asked.
  package func isInScope(_ record: Int) -> Bool? {
    switch scopes?[record] {
    case Cell.yes?: true
    case Cell.no?: false
    default: nil
    }
  }

  /// What a rule that is asked once of each record came to; nil for other rules.
  package func outcome(rule: Int, record: Int) -> Decided? {
    guard let rule = rules[rule] else { return .handedOver }
    return rule.levels.isEmpty ? Decided(rawValue: outcomes[rule.start + record]) : nil
  }

  /// Where the outcomes begin of a rule that is asked once of each record, for ``decided(at:)``; nil for other rules.
  func start(rule: Int) -> Int? {
    guard let rule = rules[rule], rule.levels.isEmpty else { return nil }
    return rule.start
  }

  /// What a rule came to that is asked once of each record.
  ///
  /// - Parameter index: the record's number after the rule's ``start(rule:)``.
  @inline(__always)
  func decided(at index: Int) -> Decided { Decided(rawValue: outcomes[index]) ?? .handedOver }

  /// The same as a number, which takes no branch.
  @inline(__always)
  func code(at index: Int) -> UInt8 { outcomes[index] }

  // MARK: Over many records

  /// How many subjects came to each outcome.
  struct Tally {
    fileprivate var counts = SIMD8<Int>(repeating: 0)

    subscript(decided: Decided) -> Int {
      get { counts[Int(decided.rawValue)] }
      set { counts[Int(decided.rawValue)] = newValue }
    }
  }

  /// Some of the records: in whole blocks, 1 for each of them, else 0.
  struct Selection {
    fileprivate var isIn: [UInt8]

    mutating func insert(_ record: Int) { isIn[record] = 1 }
  }

  func noRecords() -> Selection { Selection(isIn: [UInt8](repeating: 0, count: Block.padded(count))) }

  /// What a rule that is asked once of each record came to over a selection of them; nil for other rules.
  func tally(rule: Int, over selection: Selection) -> Tally? {
    var tally = Tally()
    guard let rule = rules[rule] else {
      tally[.handedOver] = records(in: selection).count
      return tally
    }
    guard rule.levels.isEmpty else { return nil }
    outcomes.withUnsafeBytes { outcomes in
      selection.isIn.withUnsafeBytes { isIn in
        // Each outcome has ten bits of one word to count in.
        for first in stride(from: 0, to: count, by: 1_000) {
          var counts: UInt64 = 0
          for record in first..<min(first + 1_000, count) {
            counts &+= UInt64(isIn[record]) &<< (UInt64(outcomes[rule.start &+ record]) &* 10)
          }
          for decided in Decided.allCases { tally[decided] += Int(counts &>> (UInt64(decided.rawValue) * 10)) & 0x3FF }
        }
      }
    }
    return tally
  }

  /// The records of a selection, in order.
  func records(in selection: Selection) -> [Int] { (0..<count).filter { selection.isIn[$0] == 1 } }

  // MARK: Several subjects

  /// What an outcome of a rule was decided of.
  package enum Decider {
    /// A subject, by its row.
    case subject(row: Int)
    /// A list of `each` as a whole, of which there are several levels, by the row that it is of.
    case list(level: Int, of: Int)
  }

  /// Goes through what a rule came to for each subject of a record, in the order of the items.
  ///
  /// - Returns: whether all of it is decided; where it is not, what was gone through counts for nothing.
  package func visit(rule: Int, record: Int, _ body: (Decided, Decider) -> Void) -> Bool {
    guard let rule = rules[rule] else { return false }
    return visit(rule, level: 0, row: record, isInDoubt: false, body)
  }

  private func visit(
    _ rule: RuleOutcomes, level: Int, row: Int, isInDoubt: Bool, _ body: (Decided, Decider) -> Void
  ) -> Bool {
    guard level < rule.levels.count else {
      guard let decided = Self.decided(outcomes[rule.start + row], isInDoubt: isInDoubt) else { return false }
      body(decided, .subject(row: row))
      return true
    }
    let list = rule.levels[level]
    guard list.isThere[row] == Cell.yes else {
      guard let decided = missing(rule, level: level, row: row) else { return false }
      body(decided, .list(level: level, of: row))
      return true
    }
    var isEmpty = true
    for item in list.items(above: row) {
      let present = list.present?[item] ?? Cell.yes
      if present == Cell.no { continue }
      isEmpty = false
      guard present < Cell.handOver,
        visit(rule, level: level + 1, row: item, isInDoubt: isInDoubt || present != Cell.yes, body)
      else { return false }
    }
    if isEmpty { body(.notApplicable, .list(level: level, of: row)) }
    return true
  }

  /// What is made of an outcome where it is not known whether its item is there; nil where it is handed over.
  private static func decided(_ outcome: UInt8, isInDoubt: Bool) -> Decided? {
    switch Decided(rawValue: outcome) {
    case nil, .handedOver?: nil
    case .fail?, .error?: isInDoubt ? .notEvidenced : Decided(rawValue: outcome)
    case let decided?: decided
    }
  }

  /// What a rule comes to where a list is missing: it does not apply where it applies to no item whatever the list holds.
  private func missing(_ rule: RuleOutcomes, level: Int, row: Int) -> Decided? {
    var row = row
    for (depth, list) in rule.levels[level...].enumerated() {
      // What is made of the lists within it goes by no filter of theirs.
      guard list.isThere[row] == Cell.unknown, list.items(above: row).count == 1 else { return nil }
      row = list.items(above: row).lowerBound
      guard depth == 0, let present = list.present?[row] else { continue }
      if present == Cell.no { return .notApplicable }
      if present >= Cell.handOver { return nil }
    }
    switch Decided(rawValue: outcomes[rule.start + row]) {
    case nil, .handedOver?: return nil
    case .notApplicable?: return .notApplicable
    default: return .notEvidenced
    }
  }

  /// The requirements that make an outcome of a row what it is; none where they have no severities of their own.
  package func unmet(rule: Int, row: Int, _ decided: Decided) -> [Int] {
    guard let requirements = rules[rule]?.requirements else { return [] }
    return requirements.indices.filter { index in
      switch decided {
      case .fail: requirements[index][row] == Cell.no
      case .error: requirements[index][row] == Cell.null
      case .notEvidenced: requirements[index][row] != Cell.yes
      case .pass, .notApplicable, .handedOver: false
      }
    }
  }

  /// Whether the items that a rule is about are surely there, and their positions those in the record.
  func isPlain(rule: Int) -> Bool {
    rules[rule]?.levels.allSatisfy { $0.present == nil } ?? false
  }

  // MARK: Subjects

  /// The subjects and outcomes of a rule for a record, in the order of the items; nil where the interpreter has to be
  /// asked.
  func decided(rule: Int, record: Int, of root: Record) -> [(subject: Subject, outcome: Outcome)]? {
    guard let rule = rules[rule] else { return nil }
    var results: [(subject: Subject, outcome: Outcome)] = []
    let isDecided = descend(
      rule, level: 0, row: record, items: [], root: .context(root.facts), Subject(record: root.key), isInDoubt: false,
      &results)
    return isDecided ? results : nil
  }

  private func descend(
    _ rule: RuleOutcomes, level: Int, row: Int, items: [Value], root: Value, _ subject: Subject, isInDoubt: Bool,
    _ results: inout [(subject: Subject, outcome: Outcome)]
  ) -> Bool {
    guard level < rule.levels.count, rule.levels[level].isThere[row] == Cell.yes else {
      let decided =
        level < rule.levels.count
        ? missing(rule, level: level, row: row) : Self.decided(outcomes[rule.start + row], isInDoubt: isInDoubt)
      guard let outcome = decided?.outcome else { return false }
      results.append((subject, outcome))
      return true
    }
    let list = rule.levels[level]
    let owner = list.level.owner.map { items[$0] } ?? root
    // Positions count what the filter of `each` leaves.
    var position = 0
    for (offset, item) in list.items(above: row).enumerated() {
      let present = list.present?[item] ?? Cell.yes
      if present == Cell.no { continue }
      guard let value = list.values?[item] ?? Self.item(offset, list.level.path, below: owner) else { return false }
      let inner = Interpreter.subject(value, at: position, named: list.level.name, in: subject)
      guard present < Cell.handOver,
        descend(
          rule, level: level + 1, row: item, items: items + [value], root: root, inner,
          isInDoubt: isInDoubt || present != Cell.yes, &results)
      else { return false }
      position += 1
    }
    if position == 0 { results.append((subject, .notApplicable)) }
    return true
  }

  private static func item(_ index: Int, _ path: [Int], below value: Value) -> Value? {
    var value = value
    for index in path {
      guard case .context(let context) = value else { return nil }
      value = context[index]
    }
    guard case .list(let list) = value, index < list.items.count else { return nil }
    return list.items[index]
  }

  /// As ``decided(rule:record:of:)``, where nothing of it needs explaining.
  func unexplained(
    rule: Int, record: Int, of root: Record, scope: Truth
  ) -> [(subject: Subject, outcome: Outcome)]? {
    guard scope == .yes, let decided = decided(rule: rule, record: record, of: root),
      decided.allSatisfy({ $0.outcome == .pass || $0.outcome == .notApplicable })
    else { return nil }
    return decided
  }
}
