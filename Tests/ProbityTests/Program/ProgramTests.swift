import Diagnostics
import FEEL
import Testing

@testable import Probity

/// Two back ends, one meaning: the compiled program against the interpreter, over generated rules and records.
@Suite struct ProgramTests {
  static let asOf = CivilDate("2026-06-30") ?? CivilDate(dayNumber: 0)!
  static let seeds: [UInt64] = Array(1...8)

  /// Generated rules, and records to ask them of.
  struct Sample {
    let generated: GeneratedBook
    let checking: Checking
    let records: [GeneratedRecord]

    init(seed: UInt64, rules: Int = 40, records count: Int = 24) throws {
      generated = GeneratedBook(seed: seed, rules: rules)
      try #require(!generated.loaded.diagnostics.hasErrors)
      let policy = try #require(generated.loaded.policies.first)
      checking = Checking(policy: policy, book: generated.loaded.book, asOf: asOf)
      var draw = Draw(seed &+ 1_000_000)
      records = (0..<count).map { GeneratedRecord(&draw, key: "P-\($0 + 1)", type: SampleBook.recordType) }
    }

    func rule(_ position: Int) -> Rule { checking.book.rules[checking.asked[position].rule] }
  }

  /// What came of a rule for a record, as text.
  static func text(_ outcomes: [(subject: Subject, outcome: Outcome)]) -> String {
    outcomes.map { "\($0.subject.item ?? $0.subject.record) (\($0.subject.itemKey ?? "-")): \($0.outcome.rawValue)" }
      .joined(separator: "; ")
  }

  static func interpreted(_ rule: Rule, _ record: Record, _ checking: Checking) -> String {
    let interpreter = Interpreter(
      record: record, book: checking.book, parameters: checking.parameters, asOf: checking.asOf)
    return text(interpreter.ask(rule, scope: .yes, explaining: false).map { ($0.subject, $0.outcome) })
  }

  // MARK: One meaning

  @Test(arguments: seeds) func outcomesAreTheInterpreters(seed: UInt64) throws {
    let sample = try Sample(seed: seed)
    let records = sample.records.map(\.record)
    let outcomes = sample.checking.program.run(records)
    for position in sample.checking.asked.indices {
      for index in records.indices {
        guard let decided = outcomes.decided(rule: position, record: index, of: records[index]) else { continue }
        let interpreted = Self.interpreted(sample.rule(position), records[index], sample.checking)
        guard Self.text(decided) != interpreted else { continue }
        report(sample, position, sample.records[index])
        break
      }
    }
  }

  /// Shows a difference with as little of the record as still makes it.
  private func report(_ sample: Sample, _ position: Int, _ record: GeneratedRecord) {
    func both(_ candidate: GeneratedRecord) -> (program: String?, interpreter: String) {
      let record = candidate.record
      let decided = sample.checking.program.run([record]).decided(rule: position, record: 0, of: record)
      return (decided.map(Self.text), Self.interpreted(sample.rule(position), record, sample.checking))
    }
    let smallest = record.cutBack { candidate in
      let (program, interpreter) = both(candidate)
      return program != nil && program != interpreter
    }
    let (program, interpreter) = both(smallest)
    Issue.record(
      """
      the program and the interpreter differ
      \(sample.generated.text(of: sample.rule(position)))record: \(smallest)
      program:     \(program ?? "handed over")
      interpreter: \(interpreter)
      """)
  }

  /// Not only what rules come to but every value on the way: known, or unknown within the same bounds.
  @Test(arguments: seeds) func valuesAreTheInterpreters(seed: UInt64) throws {
    let generated = GeneratedBook(seed: seed, expressions: 100)
    let book = generated.loaded.book
    let parameters = book.parameters.map { $0.value(on: Self.asOf) }
    var draw = Draw(seed &+ 2_000_000)
    let records = (0..<16).map { GeneratedRecord(&draw, key: "P-\($0 + 1)", type: SampleBook.recordType) }
    for decision in book.decisions {
      guard decision.isOfRecord, case .expression(let expression) = decision.logic else { continue }
      func values(_ records: [Record]) -> [(program: String?, interpreter: String)] {
        var compiler = Compiler(book: book, parameters: parameters, asOf: Self.asOf)
        compiler.source = expression.source
        guard let register = Self.register(of: expression, &compiler) else { return [] }
        let program = Program(compiler, [], scope: nil, kept: [register])
        let machine = Machine(program)
        let batch = Batch(records, layout: program.layout, constants: program.constants)
        _ = machine.run(batch)
        // Registers may stand where the batch's columns do.
        return withExtendedLifetime(batch) {
          records.enumerated().map { row, record in
            let interpreter = Interpreter(record: record, book: book, parameters: parameters, asOf: Self.asOf)
            let value = interpreter.evaluator.evaluate(expression)
            return (Self.value(machine, row, expression.type).map(Self.text), Self.text(value))
          }
        }
      }
      for (index, (program, interpreter)) in values(records.map(\.record)).enumerated() {
        guard let program, program != interpreter else { continue }
        let smallest = records[index].cutBack { candidate in
          values([candidate.record]).contains { $0.program != nil && $0.program != $0.interpreter }
        }
        let difference = values([smallest.record])[0]
        Issue.record(
          """
          the program and the interpreter differ
          \(generated.text(below: decision.name))record: \(smallest)
          program:     \(difference.program ?? "handed over")
          interpreter: \(difference.interpreter)
          """)
        break
      }
    }
  }

  /// The register of an expression of the record: a column where columns cover it, else of values.
  private static func register(of expression: CheckedExpression, _ compiler: inout Compiler) -> Int? {
    if expression.type.base == .boolean { return compiler.truth(expression.root, for: 0)?.index }
    let column = Layout.Kind(expression.type).flatMap {
      $0 == .text ? nil : compiler.scalar(expression.root, $0)
    }
    return (column ?? compiler.boxed(expression.root)).flatMap { compiler.spread($0, to: 0) }?.index
  }

  /// What the kept register holds in a row; nil where it is handed over.
  private static func value(_ machine: Machine, _ row: Int, _ type: Type) -> Value? {
    let register = machine.program.kept[0]
    switch machine.program.steps[register].instruction.holds {
    case .truths: return Machine.value(machine.truths(register)[row])
    case .numbers:
      return Layout.Kind(type).flatMap { Machine.value(Machine.Quantity(machine.numbers(register), row), $0) }
    case .values: return machine.values(register)[row]
    case .nothing: return nil
    }
  }

  /// What a value is, whichever facts it rests on where it is unknown.
  private static func text(_ value: Value) -> String {
    switch value {
    case .unknown(let unknown) where unknown.mayFail: "unknown, may be null"
    case .unknown(let unknown):
      "unknown [\(unknown.lower.map(\.description) ?? "")..\(unknown.upper.map(\.description) ?? "")]"
    case .list(let list):
      "[\(list.items.indices.map { text(list.items[$0]) + (list.doubt($0) == nil ? "" : "?") }.joined(separator: ", "))]"
    default: value.description
    }
  }

  @Test(arguments: seeds) func reportsAreTheInterpreters(seed: UInt64) throws {
    let sample = try Sample(seed: seed, rules: 12, records: 12)
    let records = sample.records.map(\.record)
    for (record, report) in zip(records, sample.checking.check(records)) {
      #expect(Self.differences(report, sample.checking.interpret(record)) == [])
    }
  }

  /// What two reports on one record do not agree on.
  static func differences(_ a: RecordReport, _ b: RecordReport) -> [String] {
    var differences: [String] = []
    if a.key != b.key { differences.append("key") }
    if a.scope != b.scope { differences.append("scope") }
    if a.verdict != b.verdict { differences.append("verdict") }
    if a.findings.count != b.findings.count { differences.append("number of findings") }
    for (x, y) in zip(a.findings, b.findings) where x != y {
      differences.append("\(x.rule) of \(x.subject): \(x.outcome) and \(y.outcome)")
    }
    return differences
  }

  // MARK: Batches

  @Test(arguments: [UInt64(21), 22, 23, 24]) func aRecordsOutcomesDoNotDependOnItsBatch(seed: UInt64) throws {
    let sample = try Sample(seed: seed)
    let records = sample.records.map(\.record)
    let program = sample.checking.program
    func outcomes(_ batch: ProgramOutcomes, _ index: Int, _ record: Record) -> [String?] {
      sample.checking.asked.indices.map { batch.decided(rule: $0, record: index, of: record).map(Self.text) }
    }
    let together = program.run(records)
    let backwards = program.run(records.reversed())
    for (index, record) in records.enumerated() {
      let expected = outcomes(together, index, record)
      #expect(outcomes(program.run([record]), 0, record) == expected)
      #expect(outcomes(backwards, records.count - 1 - index, record) == expected)
    }
  }

  @Test func anEmptyBatchHasNoReports() throws {
    let sample = try Sample(seed: 25, rules: 4, records: 1)
    #expect(sample.checking.check([]).isEmpty)
  }

  // MARK: Coverage

  /// No rule is left to the interpreter, and few rows are: it would make up for them, slowly.
  @Test func allGeneratedRulesAreCompiled() throws {
    var pairs = 0
    var decided = 0
    var drawn = 0
    var refused = 0
    for seed in Self.seeds {
      let sample = try Sample(seed: seed)
      let outcomes = sample.checking.program.run(sample.records.map(\.record))
      drawn += sample.generated.drawn
      refused += sample.generated.refused
      for position in sample.checking.asked.indices {
        #expect(
          sample.checking.program.rules[position] != nil, "\(sample.generated.text(of: sample.rule(position)))")
        pairs += sample.records.count
        decided += sample.records.indices.count {
          outcomes.decided(rule: position, record: $0, of: sample.records[$0].record) != nil
        }
      }
    }
    let counts = "\(decided) of \(pairs) pairs decided, \(refused) of \(drawn) texts refused"
    #expect(decided * 100 >= pairs * 90, "\(counts)")
    #expect(refused * 100 <= drawn * 10, "\(counts)")
  }
}
