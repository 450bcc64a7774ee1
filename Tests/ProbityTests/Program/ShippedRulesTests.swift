import Diagnostics
import FEEL
import Testing

@testable import Probity

/// The shipped rules and policies, over records drawn from their own vocabulary.
@Suite struct ShippedRulesTests {
  /// After every day from which a rule is asked.
  static let asOf = CivilDate("2026-12-01") ?? CivilDate(dayNumber: 0)!

  @Test func reportsAreTheInterpreters() throws {
    let loaded = try Repository.load()
    var draw = Draw(7)
    for policy in loaded.policies {
      let type = try #require(loaded.book.vocabulary[policy.recordType]).context
      let checking = Checking(policy: policy, book: loaded.book, asOf: Self.asOf)
      let records = (0..<15).map { GeneratedRecord(&draw, key: "R-\($0 + 1)", type: type).record }
      for (record, report) in zip(records, checking.check(records)) {
        #expect(ProgramTests.differences(report, checking.interpret(record)) == [], "\(policy.name)")
      }
    }
  }

  @Test func outcomesAreTheInterpreters() throws {
    let loaded = try Repository.load()
    let parameters = loaded.book.parameters.map { $0.value(on: Self.asOf) }
    let rules = loaded.book.rules
    let program = Program(rules: rules, book: loaded.book, parameters: parameters, asOf: Self.asOf)
    var draw = Draw(8)
    for type in loaded.book.vocabulary.recordTypes {
      let records = (0..<30).map { GeneratedRecord(&draw, key: "R-\($0 + 1)", type: type.context) }
      let outcomes = program.run(records.map(\.record))
      for (position, rule) in rules.enumerated() where rule.recordType == type.name {
        for (index, record) in records.enumerated() {
          guard let decided = outcomes.decided(rule: position, record: index, of: record.record) else { continue }
          let interpreter = Interpreter(
            record: record.record, book: loaded.book, parameters: parameters, asOf: Self.asOf)
          let interpreted = interpreter.ask(rule, scope: .yes, explaining: false).map { ($0.subject, $0.outcome) }
          #expect(ProgramTests.text(decided) == ProgramTests.text(interpreted), "\(rule.name): \(record)")
        }
      }
    }
  }

  /// The interpreter decides what is left, and takes far longer over it.
  @Test func allAreCompiled() throws {
    let loaded = try Repository.load()
    var left: Set<String> = []
    for policy in loaded.policies {
      let checking = Checking(policy: policy, book: loaded.book, asOf: Self.asOf)
      let rules = checking.asked.map { loaded.book.rules[$0.rule].address }
      left.formUnion(zip(rules, checking.program.rules).filter { $0.1 == nil }.map(\.0))
    }
    #expect(left == [])
  }
}
