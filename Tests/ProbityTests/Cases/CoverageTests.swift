import Diagnostics
import Probity
import Testing

/// What counts as tried, by what is left when cases have been run.
@Suite struct CoverageTests {
  struct Row: Sendable, CustomStringConvertible {
    var name: String
    var unit: String
    var test: String
    /// What is not tried of the unit.
    var gaps: [String]

    init(_ name: String, _ unit: String, _ test: String, _ gaps: [String]) {
      self.name = name
      self.unit = unit
      self.test = test
      self.gaps = gaps
    }

    var description: String { name }
  }

  private static func coverage(_ test: String) throws -> Coverage {
    let (files, loaded) = CaseBook.load("as-of: 2026-06-30\n" + test)
    #expect(loaded.diagnostics.all.filter { $0.severity == .error } == [])
    var runner = CaseRunner(loaded, measuresCoverage: true)
    for file in files { for test in file.cases { _ = runner.run(test, of: file) } }
    return try #require(runner.coverage)
  }

  private static func gaps(_ unit: Coverage.Unit) -> [String] {
    unit.items.filter { !$0.isCovered }.map { item in
      "\(item.measure.rawValue): \(item.text)" + (item.side.map { " / \($0)" } ?? "")
    }
  }

  @Test(arguments: [
    Row(
      "one case that passes", "dbs-renewal",
      "cases: [{case: a, base: whole, expect: {\"dbs-renewal staff[W-1]\": pass}}]",
      [
        "outcomes: fail", "outcomes: not evidenced", "outcomes: not applicable", "applicability: when / false",
        "conditions: worker.regulated / decided by being false", "conditions: worker.online / decided by being true",
        "boundaries: due >= today() / left side less",
      ]),
    Row(
      "a condition decides only where the others do not", "dbs-renewal",
      """
      cases:
        - {case: a, base: whole, expect: {"dbs-renewal staff[W-1]": pass}}
        - {case: b, base: whole, facts: {"staff[W-1].regulated": false, "staff[W-1].online": true}, expect: {dbs-renewal: not applicable}}
      """,
      [
        "outcomes: fail", "outcomes: not evidenced", "conditions: worker.online / decided by being true",
        "boundaries: due >= today() / left side less",
      ]),
    Row(
      "every outcome, and both sides", "dbs-renewal",
      """
      tables:
        - table: t
          base: whole
          given: ["staff[W-1].regulated", "staff[W-1].online", "staff[W-1].issued"]
          expect: ["dbs-renewal staff[W-1]"]
          rows:
            - [true, false, 2026-01-01, pass]
            - [true, false, 2020-01-01, fail]
            - [true, false, missing, not evidenced]
            - [false, "-", "-", not applicable]
            - [true, true, "-", not applicable]
      """, []),
    Row(
      "a case that fails tries nothing", "dbs-renewal",
      "cases: [{case: a, base: whole, known-to-fail: x, expect: {\"dbs-renewal staff[W-1]\": fail}}]",
      [
        "outcomes: pass", "outcomes: fail", "outcomes: not evidenced", "outcomes: not applicable",
        "applicability: when / true", "applicability: when / false",
        "conditions: worker.regulated / decided by being true",
        "conditions: worker.regulated / decided by being false", "conditions: worker.online / decided by being true",
        "conditions: worker.online / decided by being false", "boundaries: due >= today() / left side less",
        "boundaries: due >= today() / left side equal or more",
      ]),
    Row(
      "rows of a table, and the ends of their ranges", "size",
      """
      tables:
        - table: t
          given: [beds]
          expect: [size.band]
          rows:
            - [9, small]
            - [99, medium]
      """,
      ["boundaries: [10..99] / below 10", "boundaries: [10..99] / above 99"]),
    Row(
      "a side on which the vocabulary allows no value", "sized",
      "cases: [{case: a, facts: {beds: 500}, expect: {sized: pass}}]",
      [
        "outcomes: fail", "outcomes: not evidenced", "conditions: beds > 0 / decided by being false",
        "conditions: beds <= 500 / decided by being false", "boundaries: beds > 0 / left side equal or less",
      ]),
    Row(
      "a decision of a type that a rule reads", "lapsed",
      """
      cases:
        - {case: a, base: whole, expect: {"sound staff[W-1]": pass}}
        - {case: b, base: whole, facts: {"staff[W-1].regulated": false}, expect: {"sound staff[W-1]": pass}}
      """,
      [
        "conditions: regulated / decided by being true",
        "conditions: issued < date(\"2000-01-01\") / decided by being true",
        "boundaries: issued < date(\"2000-01-01\") / left side less",
      ]),
    Row(
      "a decision that a rule reads", "licensed",
      """
      cases:
        - {case: a, base: whole, expect: {registered: pass}}
        - {case: b, base: whole, facts: {registration.status: cancelled}, expect: {registered: fail}}
      """,
      ["conditions: beds > 0 / decided by being false", "boundaries: beds > 0 / left side equal or less"]),
    Row(
      "a verdict's table", "core",
      "cases: [{case: a, base: whole, policy: core, expect: {verdict: accredit}}]",
      [
        "rows: row 1 / > 0 | - | refuse", "boundaries: > 0 / above 0", "rows: row 2 / - | > 0 | defer",
        "boundaries: > 0 / above 0",
      ]),
  ])
  func isLeft(_ row: Row) throws {
    let coverage = try Self.coverage(row.test)
    let unit = try #require(coverage.units.first { $0.name == row.unit })
    #expect(Self.gaps(unit) == row.gaps)
  }

  @Test func rulesWithoutTestsAreListed() throws {
    let coverage = try Self.coverage("cases: [{case: a, base: whole, expect: {registered: pass}}]")
    #expect(coverage.untestedRules.map(\.name) == ["dbs-renewal", "banded", "sized", "sound", "council-named"])
    #expect(coverage.count(.outcomes).percent == 5)
    #expect(coverage.count(.rows).covered == 0)
  }

  /// Whether a value lay exactly on the boundary.
  @Test(arguments: [(5, false), (9, false), (10, true)])
  func exactness(_ beds: Int, _ isExact: Bool) throws {
    let coverage = try Self.coverage(
      "cases: [{case: a, facts: {beds: \(beds + 0)}, expect: {size.places: \(beds < 10 ? 1 : 2)}}]")
    let unit = try #require(coverage.units.first { $0.name == "size" })
    #expect(unit.items.filter { $0.isCovered }.contains { $0.isExact == true } == isExact)
  }
}
