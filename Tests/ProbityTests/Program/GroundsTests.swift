import FEEL
import Testing

@testable import Probity

/// What columns explain, against what the interpreter does.
@Suite struct GroundsTests {
  /// What the columns say of a rule for a record; nil where that is left to the interpreter.
  private static func explained(
    _ position: Int, _ checking: Checking, _ outcomes: ProgramOutcomes, _ record: Record, at index: Int
  ) -> [String]? {
    guard let columns = outcomes.explained else { return nil }
    let reader = GroundsReader(columns, into: Outlines())
    guard checking.explain(position, outcomes, record: index, reader) != nil else { return nil }
    let teller = FactTeller(columns: columns, origin: .record(HeldFacts(record, columns)))
    let marks = RecordOutline.Marks(reader.outlines)
    let findings = (0..<reader.outlines.findings.count).map { number in
      checking.finding(marks.findings[number], of: marks, record: record.key, teller)
    }
    return findings.contains(nil) ? nil : findings.compactMap { $0.map { "\($0)" } }
  }

  private static func interpreted(_ position: Int, _ checking: Checking, _ record: Record) -> [String] {
    checking.findings(of: position, checking.interpreter(of: record), .yes)
      .filter { $0.outcome != .pass && $0.outcome != .notApplicable }.map { "\($0)" }
  }

  @Test(arguments: ProgramTests.seeds) func columnsExplainAsTheInterpreterDoes(seed: UInt64) throws {
    let sample = try ProgramTests.Sample(seed: seed)
    let records = sample.records.map(\.record)
    let outcomes = sample.checking.program.run(records)
    for position in sample.checking.asked.indices {
      for index in records.indices {
        let own = Self.explained(position, sample.checking, outcomes, records[index], at: index)
        guard let own, own != Self.interpreted(position, sample.checking, records[index]) else { continue }
        report(sample, position, sample.records[index])
        break
      }
    }
  }

  /// Shows a difference with as little of the record as still makes it.
  private func report(_ sample: ProgramTests.Sample, _ position: Int, _ record: GeneratedRecord) {
    func both(_ candidate: GeneratedRecord) -> (columns: [String]?, interpreter: [String]) {
      let record = candidate.record
      let outcomes = sample.checking.program.run([record])
      return (
        Self.explained(position, sample.checking, outcomes, record, at: 0),
        Self.interpreted(position, sample.checking, record)
      )
    }
    let smallest = record.cutBack { candidate in
      let (columns, interpreter) = both(candidate)
      return columns != nil && columns != interpreter
    }
    let (columns, interpreter) = both(smallest)
    let rule = sample.checking.book.rules[sample.checking.asked[position].rule]
    Issue.record(
      """
      the columns and the interpreter explain differently
      \(sample.generated.text(of: rule))record: \(smallest)
      columns:     \(columns?.joined(separator: "\n             ") ?? "handed over")
      interpreter: \(interpreter.joined(separator: "\n             "))
      """)
  }

  /// Where a list of `each` is missing, whatever a rule asks of its items, there is nothing to ask the interpreter.
  @Test(arguments: [
    ("each: w in staff, require: w.cleared", ""),
    ("each: w in staff, when: w.cleared, require: 'upper case(w.role) = \"CARER\"'", ""),
    ("each: 'w in staff, v in w.visits', require: v.kept", #""staff": [{"ref": "a"}, {"ref": "b", "visits": []}]"#),
    ("each: 'w in staff, l in w.languages', require: 'string length(l) > 1'", #""staff": [{"ref": "a"}]"#),
    ("each: a in office.alarms, require: 'string length(a) > 1'", ""),
    ("each: a in office.alarms, require: 'string length(a) > 1'", #""office": {"city": "York"}"#),
  ])
  func missingListsAreExplained(rule: String, facts: String) throws {
    let sample = try ShapeTests.sample(rule: "{rule: shape, title: Shape, severity: major, source: Invented, \(rule)}")
    let record = try sample.record(facts)
    let outcomes = sample.checking.program.run([record])
    let explained = try #require(Self.explained(0, sample.checking, outcomes, record, at: 0))
    #expect(explained.count == 1)
    #expect(explained == Self.interpreted(0, sample.checking, record))
  }

  /// Generated rules are stranger than any that were written; still, what is compared above is a good part of them.
  @Test func findingsOfGeneratedRulesAreExplained() throws {
    var all = 0
    var explained = 0
    for seed in ProgramTests.seeds {
      let sample = try ProgramTests.Sample(seed: seed)
      let records = sample.records.map(\.record)
      let outcomes = sample.checking.program.run(records)
      for position in sample.checking.asked.indices {
        for index in records.indices {
          let findings = Self.interpreted(position, sample.checking, records[index])
          all += findings.count
          explained +=
            Self.explained(position, sample.checking, outcomes, records[index], at: index)?.count ?? 0
        }
      }
    }
    #expect(explained * 100 >= all * 15, "\(explained) of \(all)")
  }
}
