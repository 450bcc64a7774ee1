import FEEL
import Testing

@testable import Probity

/// What is told of a batch, in each degree of detail, against what the interpreter finds record by record.
@Suite struct BatchCheckerTests {
  /// A batch of generated records, decided.
  private static func checker(_ sample: ProgramTests.Sample) -> BatchChecker {
    let batch = RecordBatch(sample.records.map(\.record), demand: sample.checking.demand)
    return BatchChecker(sample.checking, batch, sample.checking.decide(batch))
  }

  private static func isSettled(_ finding: Finding) -> Bool {
    finding.outcome == .pass || finding.outcome == .notApplicable
  }

  /// A report as text: a list with something missing in it is not equal to itself.
  private static func words(_ report: RecordReport) -> [String] {
    [report.key, "\(report.scope)", "\(report.verdict, default: "none")"] + report.findings.map { "\($0)" }
  }

  @Test(arguments: ProgramTests.seeds) func whatIsNotMetIsExplainedAndTheRestCounted(seed: UInt64) throws {
    let sample = try ProgramTests.Sample(seed: seed, rules: 20, records: 16)
    var checker = Self.checker(sample)
    for (index, record) in sample.records.enumerated() {
      let report = checker.report(on: index)
      var expected = sample.checking.interpret(record.record)
      let settled = expected.findings.filter(Self.isSettled)
      expected.findings.removeAll(where: Self.isSettled)
      #expect(Self.words(report) == Self.words(expected))
      for rule in report.settled {
        let own = settled.filter { $0.rule == report.ruleNames[rule.rule] }
        #expect(own.count { $0.outcome == .pass } == rule.passed)
        #expect(own.count { $0.outcome == .notApplicable } == rule.notApplicable)
      }
      #expect(report.settled.reduce(0) { $0 + $1.passed + $1.notApplicable } == settled.count)
    }
  }

  @Test(arguments: ProgramTests.seeds) func everythingIsWhatTheInterpreterFinds(seed: UInt64) throws {
    let sample = try ProgramTests.Sample(seed: seed, rules: 12, records: 8)
    var checker = Self.checker(sample)
    for (index, record) in sample.records.enumerated() {
      let report = checker.fullReport(on: index)
      #expect(Self.words(report) == Self.words(sample.checking.interpret(record.record)))
      #expect(report.settled.isEmpty)
    }
  }

  @Test(arguments: ProgramTests.seeds) func countsAreThoseOfTheReports(seed: UInt64) throws {
    let sample = try ProgramTests.Sample(seed: seed, rules: 20, records: 70)
    var checker = Self.checker(sample)
    var counted = Summary(of: sample.checking)
    var added = Summary(of: sample.checking)
    var listed = Summary(of: sample.checking)
    for index in sample.records.indices {
      added.add(checker.report(on: index))
      listed.add(sample.checking.interpret(sample.records[index].record))
    }
    // The even ones, and then the others: which are counted together makes no difference.
    let indices = Array(sample.records.indices)
    checker.count(indices.filter { $0.isMultiple(of: 2) }, in: &counted)
    checker.count(indices.filter { !$0.isMultiple(of: 2) }, in: &counted)
    for (one, other) in [(counted, listed), (added, listed)] {
      #expect(one.read == other.read && one.checked == other.checked && one.outOfScope == other.outOfScope)
      #expect(one.rules.map(\.counts) == other.rules.map(\.counts))
      #expect(one.open.filter { $0.value.unmet > 0 } == other.open.filter { $0.value.unmet > 0 })
      #expect(one.verdicts.map(\.text) == other.verdicts.map(\.text))
      #expect(one.verdicts.map(\.count) == other.verdicts.map(\.count))
    }
  }
}
