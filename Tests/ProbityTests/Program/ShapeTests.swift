import Diagnostics
import FEEL
import ProbityRecords
import Testing

@testable import Probity

/// Shapes of rules one by one: what comes of each, and who decides it.
@Suite struct ShapeTests {
  /// Who decides a rule for a record.
  enum Decider: String {
    case program
    /// The rule is compiled, but not for this record.
    case rowHandedOver
    /// The rule is not compiled.
    case ruleHandedOver
  }

  struct Shape: CustomTestStringConvertible {
    var name: String
    /// What stands in the rule besides its name, as YAML on one line.
    var rule: String
    /// A record as JSON, without its key.
    var record: String
    var outcomes: String
    var decider: Decider

    init(_ name: String, _ rule: String, _ record: String, _ outcomes: String, _ decider: Decider) {
      (self.name, self.rule, self.record, self.outcomes, self.decider) = (name, rule, record, outcomes, decider)
    }

    var testDescription: String { name }
  }

  @Test(arguments: [
    Shape("a fact", "require: active", #""active": true"#, "pass", .program),
    Shape("a missing fact", "require: active", "", "not evidenced", .program),
    Shape("bounds decide", "require: score >= 0", "", "pass", .program),
    Shape("bounds of a fact of something missing decide", "require: office.contact.tier <= 10", "", "pass", .program),
    Shape("four decimals", "require: balance > 0.3332", #""balance": 0.3333"#, "pass", .program),
    Shape("five decimals", "require: balance > 0.3333", #""balance": 0.33333"#, "pass", .rowHandedOver),
    Shape("a sum too large", "require: balance + balance > 0", #""balance": 900000000000000"#, "pass", .rowHandedOver),
    Shape(
      "a third compared", "require: balance / turnover < 0.3334", #""balance": 1, "turnover": 3"#, "pass", .program),
    Shape(
      "nought divides", "require: balance / turnover < 1", #""balance": 1, "turnover": 0"#, "error", .program),
    Shape(
      "letters composed in two ways", #"require: town = "\u00e9""#, #""town": "e\u0301""#, "fail", .program),
    Shape(
      "the end of a month", #"require: founded + @"P1M" = @"2026-02-28""#, #""founded": "2026-01-31""#, "pass",
      .program),
    Shape(
      "a length that is not whole days", #"require: founded + @"PT36H" > founded"#, #""founded": "2026-01-31""#, "pass",
      .program),
    Shape("no items", "{each: w in staff, require: w.cleared}", #""staff": []"#, "not applicable", .program),
    Shape("no list", "{each: w in staff, require: w.cleared}", "", "not evidenced", .program),
    Shape(
      "an item each", "{each: w in staff, require: w.cleared}",
      #""staff": [{"ref": "a", "cleared": true}, {"ref": "b", "cleared": false}, {"ref": "c"}]"#,
      "a pass, b fail, c not evidenced", .program),
    Shape(
      "items of items", "{each: 'w in staff, v in w.visits', when: w.cleared, require: v.kept}",
      #""staff": [{"ref": "a", "cleared": true, "visits": [{"kept": true}, {"kept": false}]}, {"ref": "b", "visits": []}]"#,
      "1 pass, 2 fail, b not applicable", .program),
    Shape(
      "an item in doubt", "{each: 'w in staff[cleared]', require: w.hours > 10}",
      #""staff": [{"ref": "a", "hours": 5}, {"ref": "b", "hours": 20}]"#, "a not evidenced, b pass", .program),
    Shape(
      "a sum that reaches its minimum whatever is missing", "require: sum(insurance.amount) >= 5",
      #""insurance": [{"amount": 5}, {}]"#, "pass", .program),
    Shape(
      "the sum of items in doubt", "require: 'sum(staff[cleared].hours) < 6'",
      #""staff": [{"ref": "a", "cleared": true, "hours": 5}, {"ref": "b", "hours": 5}]"#, "not evidenced", .program),
    Shape(
      "the least of items in doubt", "require: 'min(staff[cleared].hours) < 6'",
      #""staff": [{"ref": "a", "cleared": true, "hours": 9}, {"ref": "b", "hours": 5}]"#, "not evidenced", .program),
    Shape("the sum of nothing", "require: sum(insurance.amount) >= 0", #""insurance": []"#, "error", .program),
    Shape(
      "a list within itself", "{each: w in staff, require: 'count(staff[item.ref = w.ref]) = 1'}",
      #""staff": [{"ref": "a"}, {"ref": "b"}]"#, "a pass, b pass", .program),
    Shape(
      "a list that is asked for one of its own", "{each: r in ratings, require: 'not(list contains(ratings, r + 1))'}",
      #""ratings": [1, 2]"#, "1 fail, 2 pass", .program),
    Shape(
      "a list beside itself", "{each: w in staff, require: 'count(staff[cleared]) = 1'}",
      #""staff": [{"ref": "a", "cleared": true}, {"ref": "b", "cleared": false}]"#, "a pass, b pass", .program),
    Shape(
      "two lists at once", "require: every w in staff satisfies some c in insurance satisfies c.expires > w.hired",
      #""staff": [{"hired": "2020-01-01"}], "insurance": [{"expires": "2026-01-01"}]"#, "pass", .program),
    Shape(
      "a parameter that is a list", "require: 'count(towns[item = town]) = 1'", #""town": "York""#, "pass", .program),
    Shape("a parameter not in force", "require: balance > not_yet", #""balance": 1"#, "error", .program),
    Shape("a table", "require: band = 2", #""score": 20, "active": false"#, "pass", .program),
    Shape(
      "a table none of whose rows match", "require: band < 4", #""score": 5, "active": true"#, "error", .program),
    Shape(
      "rows that differ where a fact is missing", "require: band < 3", #""score": 20"#, "pass", .program),
    Shape(
      "one output of several", "{each: w in staff, require: w.worker_band.safe_hours}",
      #""staff": [{"ref": "a", "role": "carer", "hours": 30}]"#, "a pass", .program),
    Shape(
      "two rows of a unique table", "{each: w in staff, require: w.worker_band.safe_hours}",
      #""staff": [{"ref": "a", "role": "driver", "hours": 50}]"#, "a error", .rowHandedOver),
    Shape(
      "part of a nested fact", "require: supplied(office)", #""office": {"contact": {"tier": 1}}"#, "pass", .program),
    Shape("no part of a nested fact", "require: office = null", #""office": {"contact": {}}"#, "pass", .program),
    Shape(
      "pairs of two lists", "{each: w in staff, require: some c in insurance satisfies c.kind = w.role}",
      #""staff": [{"ref": "a", "role": "driver"}, {"ref": "b", "role": "carer"}], "insurance": [{"kind": "driver"}]"#,
      "a pass, b fail", .program),
    Shape(
      "each of one list beside each of another", "{each: 'w in staff, c in insurance', require: c.expires > w.hired}",
      #""staff": [{"ref": "a", "hired": "2020-01-01"}], "insurance": [{"expires": "2026-01-01"}, {}]"#,
      "1 pass, 2 not evidenced", .program),
    Shape(
      "each of what is no list of facts", "{each: 'd in append(closures, founded)', require: d > today()}",
      #""closures": ["2026-07-01"], "founded": "2026-01-31""#, "1 pass, 2 fail", .program),
    Shape(
      "a filter of a missing list that leaves nothing", "require: 'count(staff[false and cleared]) = 0'", "", "pass",
      .program),
    Shape("a sum of a missing list", "require: sum(insurance.amount) >= 0", "", "not evidenced", .program),
    Shape(
      "days counted", "require: 'count(for d in founded..inspected return d) = 3'",
      #""founded": "2026-01-30", "inspected": "2026-02-01""#, "pass", .program),
    Shape(
      "a mean", "require: mean(staff.hours) > 10", #""staff": [{"ref": "a", "hours": 10}, {"ref": "b", "hours": 11}]"#,
      "pass", .program),
    Shape("an item by its position", "require: 'ratings[1] = 5'", #""ratings": [5, 1]"#, "pass", .program),
    Shape("an item by its position of a missing list", "require: 'ratings[1] = 5'", "", "not evidenced", .program),
    Shape("a time", #"require: opens < @"09:30:00""#, #""opens": "09:00:00""#, "pass", .program),
    Shape("a function of text", #"require: upper case(town) = "YORK""#, #""town": "York""#, "pass", .program),
    Shape("a constant of five decimals", "require: balance > 0.33333", #""balance": 0.3334"#, "pass", .program),
    Shape(
      "a table of another hit policy", "require: points > 1", #""licensed": true, "town": "York""#, "pass", .program),
    Shape("text in order", #"require: town < "Z""#, #""town": "York""#, "pass", .program),
  ])
  func shapes(_ shape: Shape) throws {
    let body = shape.rule.hasPrefix("{") ? String(shape.rule.dropFirst().dropLast()) : shape.rule
    let sample = try Self.sample(rule: "{rule: shape, title: Shape, severity: major, source: Invented, \(body)}")
    let checking = sample.checking
    let record = try sample.record(shape.record)
    let outcomes = checking.program.run([record])
    let decided = outcomes.decided(rule: 0, record: 0, of: record)
    let decider: Decider =
      checking.program.rules[0] == nil ? .ruleHandedOver : decided == nil ? .rowHandedOver : .program
    #expect(decider == shape.decider)
    let report = try #require(checking.check([record]).first)
    #expect(Self.text(report.findings.map { ($0.subject, $0.outcome) }) == shape.outcomes)
    if let decided { #expect(Self.text(decided) == shape.outcomes) }
    #expect(ProgramTests.differences(report, checking.interpret(record)) == [])
  }

  // MARK: Row by row

  struct Rows: CustomTestStringConvertible {
    var name: String
    var condition: String
    /// Records as JSON, without their keys.
    var records: [String]
    var outcomes: String
    /// How often the condition, or a part of it, has to be evaluated.
    var evaluations: Int

    var testDescription: String { name }
  }

  /// What is evaluated row by row is evaluated once for rows that know the same, and comes to what it does for each alone.
  @Test(arguments: [
    Rows(
      name: "nothing is known", condition: "count(for d in founded..inspected return d) > 3",
      records: ["", "", "", ""], outcomes: String(repeating: "not evidenced; ", count: 4), evaluations: 1),
    Rows(
      name: "some of it is known", condition: "count(for d in founded..inspected return d) > 3",
      records: [
        "", #""founded": "2026-01-30", "inspected": "2026-02-01""#, #""founded": "2026-01-30""#,
        #""founded": "2026-01-29", "inspected": "2026-02-01""#, "",
        #""founded": "2026-01-30", "inspected": "2026-02-01""#, #""founded": "2026-01-30""#,
      ],
      outcomes: "not evidenced; fail; not evidenced; pass; not evidenced; fail; not evidenced; ", evaluations: 4),
    Rows(
      name: "bounds are known", condition: #"string(if score > 50 then score else 200) = "200""#,
      records: ["", #""score": 50"#, #""score": 51"#, ""], outcomes: "not evidenced; pass; fail; not evidenced; ",
      evaluations: 3),
    Rows(
      name: "truths and null", condition: "[active, not(licensed)] = [true, balance / turnover < 2]",
      records: [
        #""active": true, "licensed": false, "balance": 1, "turnover": 1"#,
        #""active": true, "licensed": false, "balance": 1, "turnover": 0"#,
        #""active": true, "licensed": true, "balance": 3, "turnover": 1"#,
        #""active": true, "licensed": true, "balance": 5, "turnover": 2"#,
      ], outcomes: "pass; fail; pass; pass; ", evaluations: 3),
    Rows(
      name: "a function by a name", condition: "days_of(founded, inspected) > 1",
      records: [
        "", #""founded": "2026-01-30", "inspected": "2026-02-01""#, "", #""founded": "2026-01-31""#,
        #""founded": "2026-01-30", "inspected": "2026-02-01""#,
      ], outcomes: "not evidenced; pass; not evidenced; not evidenced; pass; ", evaluations: 4),
    Rows(
      name: "text, of which what equals is not the same", condition: "string length(town) = 1",
      records: [#""town": "\u00e9""#, #""town": "e\u0301""#, #""town": "\u00e9""#], outcomes: "pass; fail; pass; ",
      evaluations: 3),
  ])
  func alikeRowsAreEvaluatedOnce(_ rows: Rows) throws {
    let sample = try Self.sample(
      rule: """
        {rule: shape, title: Shape, severity: major, source: Invented, require: '\(rows.condition)', \
        let: {days_of: 'function(a: date, b: date) count(for d in a..b return d)'}}
        """)
    let checking = sample.checking
    let records = try rows.records.map { try sample.record($0) }
    let machine = Machine(checking.program)
    let batch = Batch(records, layout: checking.program.layout, constants: checking.program.constants)
    let outcomes = machine.run(batch)
    var found = ""
    for (index, record) in records.enumerated() {
      let decided = try #require(outcomes.decided(rule: 0, record: index, of: record))
      found += "\(Self.text(decided)); "
      #expect(ProgramTests.text(decided) == ProgramTests.interpreted(checking.book.rules[0], record, checking))
    }
    #expect(found == rows.outcomes)
    #expect(machine.evaluator.evaluations == rows.evaluations)
  }

  // MARK: Sharing

  /// Rules that differ in a constant share all but the last comparison.
  @Test(arguments: [
    ("a sum", "sum(insurance[expires >= today()].amount) >= 1#"),
    ("a share", "count(staff[cleared]) / count(staff) >= 0.#"),
    ("a date", #"founded + @"P1Y" <= today() - @"P#D""#),
    ("operands in another order", "active and licensed and score > 1#"),
  ])
  func replicasShare(name: String, condition: String) throws {
    func steps(_ replicas: Range<Int>) throws -> Int {
      let rules = replicas.map { replica in
        let that = condition.replacing("#", with: "\(replica)")
        return "{rule: shape-\(replica), title: Shape, severity: major, source: Invented, require: '\(that)'}"
      }
      return try Self.sample(rule: rules.joined(separator: "\n  - ")).checking.program.steps.count
    }
    let one = try steps(1..<2)
    // A comparison, and what joins it with the rest.
    #expect(try steps(1..<10) <= one + 8 * 2)
    #expect(one > 1)
  }

  @Test func theListingNamesFactsAndRules() throws {
    let sample = try Self.sample(
      rule: "{rule: shape, title: Shape, severity: major, source: Invented, require: office.contact.tier > 1}")
    #expect(
      sample.checking.programListing == """
        tables
          t0  records
        registers
          r0  t0  fact office.contact.tier  -- shape
          r1  t0  r0 > 1  -- shape
        rules
          shape: require r1

        """)
  }

  // MARK: Bounds on the work

  @Test(arguments: [
    ("names that double", (1...60).map { "n\($0): n\($0 - 1) + n\($0 - 1)" }.joined(separator: ", "), "n60 > 0"),
    (
      "quantifiers within quantifiers", "n0: 1",
      (1...60).map { "some v\($0) in staff satisfies " }.joined() + "v60.cleared"
    ),
    ("a long row of filters", "n0: 1", "count(staff\(String(repeating: "[cleared]", count: 300))) >= 0"),
    (
      "tests within tests", "n0: 1",
      (1...60).map { _ in "count(staff[" }.joined() + "hours > 0" + (1...60).map { _ in "]) in (0, 1, 2)" }.joined()
    ),
  ])
  func compilingEnds(name: String, lets: String, require: String) throws {
    let first = lets.hasPrefix("n0") ? lets : "n0: turnover, \(lets)"
    let sample = try Self.sample(
      rule: "{rule: shape, title: Shape, severity: major, source: Invented, let: {\(first)}, require: '\(require)'}")
    #expect(sample.checking.program.steps.count < 20_000)
    let record = try sample.record(#""turnover": 1, "staff": [{"ref": "a", "cleared": true, "hours": 1}]"#)
    let report = try #require(sample.checking.check([record]).first)
    #expect(ProgramTests.differences(report, sample.checking.interpret(record)) == [])
  }

  // MARK: Fixtures

  private static func text(_ outcomes: [(subject: Subject, outcome: Outcome)]) -> String {
    outcomes.map { "\($0.subject.itemKey.map { "\($0) " } ?? "")\($0.outcome.rawValue)" }.joined(separator: ", ")
  }

  struct Sample {
    let checking: Checking

    func record(_ facts: String) throws -> Record {
      let type = try #require(checking.book.vocabulary["provider"])
      let text = #"{"id": "P-1"\#(facts.isEmpty ? "" : ", ")\#(facts)}"#
      var reader = RecordReader(
        [InputFile(name: "record.json", bytes: Array(text.utf8))], of: type, in: checking.book.vocabulary)
      guard case .record(let record, let problems)? = reader.next(), problems.isEmpty else {
        throw Unreadable(text: text)
      }
      return record
    }
  }

  private struct Unreadable: Error { var text: String }

  static func sample(rule: String) throws -> Sample {
    let file = SourceFile(
      path: "shape.yaml", address: "shape", bytes: Array("probity: 1\nrecord: provider\nrules:\n  - \(rule)\n".utf8))
    let loaded = SampleBook.loaded([file])
    try #require(loaded.diagnostics.all.filter { $0.severity == .error } == [])
    let policy = try #require(loaded.policies.first)
    return Sample(checking: Checking(policy: policy, book: loaded.book, asOf: ProgramTests.asOf))
  }
}
