import Diagnostics
import FEEL
import Testing

@testable import Probity

/// What a requirement reads like in words.
@Suite struct PhrasingTests {
  struct Row: Sendable, CustomStringConvertible {
    var text: String
    var words: String

    init(_ text: String, _ words: String) {
      self.text = text
      self.words = words
    }

    var description: String { text }
  }

  private static let vocabulary = """
    types:
      - type: provider
        record: true
        key: id
        facts:
          - {fact: id, type: text}
          - {fact: employees, type: number, label: Number of employees}
          - {fact: registered, type: boolean, label: Whether the provider is registered}
          - {fact: rated, type: boolean, label: Rated}
          - {fact: rating, type: text, label: Rating, allowed: [good, fair, poor]}
          - {fact: services, type: list<text>, label: Services}
          - {fact: founded, type: date, label: Day of foundation}
          - {fact: closed, type: date, label: Day of closure}
          - {fact: dbs, type: check, label: DBS check}
          - {fact: staff, type: list<worker>, label: Staff}
      - type: check
        facts:
          - {fact: level, type: text, label: Level}
      - type: worker
        key: ref
        facts:
          - {fact: ref, type: text, label: Reference}
          - {fact: hours, type: number, label: Hours}
          - {fact: check, type: check, label: DBS check}
    parameters:
      - {parameter: least, title: Least cover, type: number, unit: GBP, values: {2020-01-01: 5000000}, source: S}
      - {parameter: renewal, title: Renewal, type: years and months duration, values: {2020-01-01: P3Y}, source: S}
    decisions:
      - {decision: small, title: Whether the provider is small, value: employees < 10}
      - {decision: full_time, of: worker, title: Whether the worker is full-time, value: hours >= 35}

    """

  @Test(arguments: [
    Row("employees >= 10", "the number of employees is at least 10"),
    Row("employees < least", "the number of employees is less than the least cover (5,000,000)"),
    Row(
      "founded + renewal >= today()",
      "the renewal (3 years) after the day of foundation is on or after the as-of date"),
    Row("founded + @\"P3Y\" >= today()", "3 years after the day of foundation is on or after the as-of date"),
    Row(
      "closed - founded > @\"P28D\"",
      "the time from the day of foundation to the day of closure is longer than 28 days"),
    Row("founded < date(\"2020-01-01\")", "the day of foundation is before 2020-01-01"),
    Row("registered", "the provider is registered"),
    Row("not(registered)", "it is not so that the provider is registered"),
    Row("rated = false", "“rated” is no"),
    Row("not(rating = \"good\")", "the rating is not “good”"),
    Row("rating in (\"good\", \"fair\")", "the rating is “good” or “fair”"),
    Row("employees in [1..10)", "the number of employees is from 1 to below 10"),
    Row("employees between 1 and 10", "the number of employees is from 1 to 10"),
    Row("dbs.level = \"enhanced\"", "the level of the DBS check is “enhanced”"),
    Row("supplied(closed)", "the day of closure is on record"),
    Row("closed = null", "the day of closure is not on record"),
    Row(
      "registered and (rated or employees > 1)",
      "the provider is registered and (“rated” is yes or the number of employees is more than 1)"),
    Row("list contains(services, \"day care\")", "the services include “day care”"),
    Row("count(staff[hours > 10]) > 2", "the number of the staff where the hours is more than 10 is more than 2"),
    Row(
      "every w in staff satisfies w.check.level = \"basic\"",
      "for every w in the staff, the level of the DBS check of w is “basic”"),
    Row("some w in staff satisfies w.full_time", "for at least one w in the staff, the worker is full-time (w)"),
    Row("sum(staff.hours) <= 100", "the total of the hours of each of the staff is at most 100"),
    Row(
      "if rated then registered else small",
      "if “rated” is yes then the provider is registered, otherwise the provider is small"),
    Row("string length(id) = 8", "the number of characters of the id is 8"),
    Row("substring(id, 1, 2) = \"AB\"", "`substring(id, 1, 2)` is “AB”"),
  ])
  func reads(_ row: Row) throws {
    let text =
      Self.vocabulary
      + "rules:\n  - rule: r\n    title: R\n    severity: major\n    source: S\n    require: >-\n      \(row.text)\n"
    let files = AnnotatedFiles(text)
    let loaded = files.load()
    #expect(!loaded.diagnostics.hasErrors, "\(files.annotated(with: loaded))")
    let date = try #require(CivilDate(year: 2026, month: 6, day: 30))
    let description = RuleDescription(0, in: loaded.book, on: date)
    #expect(description.requirements.map(\.condition.statement.inline) == [row.words])
  }

  /// A parameter's value says since when it counts, and which policy set it.
  @Test func parametersKnowWhereTheyComeFrom() throws {
    let files = AnnotatedFiles(
      """
      === rules/all.yaml
      \(Self.vocabulary)rules:
        - {rule: r, title: R, severity: major, source: S, require: employees >= least}
      === policies/p.yaml
      policy: p
      title: P
      rules: [r]
      parameters: {least: {2026-04-01: 10000000}}
      relax: [{parameter: least, reason: R, approved: A, until: 2026-12-31}]
      """)
    let loaded = files.load()
    #expect(!loaded.diagnostics.hasErrors, "\(files.annotated(with: loaded))")
    let policy = try #require(loaded.policies.first)
    func use(_ policy: Policy?, _ year: Int, _ month: Int) throws -> String {
      let date = try #require(CivilDate(year: year, month: month, day: 1))
      let use = try #require(RuleDescription(0, in: loaded.book, under: policy, on: date).parameters.first)
      return "\(use.value ?? "none") \(use.from.map { "\($0)" } ?? "never") \(use.policy ?? "own")"
    }
    #expect(try use(nil, 2026, 6) == "5,000,000 GBP 2020-01-01 own")
    #expect(try use(policy, 2026, 6) == "10,000,000 GBP 2026-04-01 p")
    #expect(try use(policy, 2026, 3) == "5,000,000 GBP 2020-01-01 own")
    #expect(try use(policy, 2027, 1) == "5,000,000 GBP 2020-01-01 own")
    #expect(try use(nil, 2019, 1) == "none never own")
  }
}
