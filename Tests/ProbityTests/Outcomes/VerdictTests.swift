import Diagnostics
import FEEL
import Probity
import Testing

/// How findings are counted, and become a verdict.
@Suite struct VerdictTests {
  private static let severities = ["critical", "major", "minor", "advisory"]

  /// A rule for each severity and each of `pass`, `fail` …, by what it requires.
  private static let conditions = [
    "pass": "zero = 0", "fail": "zero > 0", "not evidenced": "r", "error": "1 / zero > 1",
  ]

  private static func rules(_ outcomes: [(outcome: String, severity: String)]) -> String {
    outcomes.enumerated().map { index, rule in
      """
        - rule: rule-\(index)
          title: Rule \(index)
          severity: \(rule.severity)
          source: Invented
          \(rule.outcome == "not applicable" ? "when: zero > 0" : "when: zero = 0")
          require: '\(conditions[rule.outcome] ?? "r")'

      """
    }.reduce("rules:\n", +)
  }

  private static let verdict = """
    verdict:
      hit: first
      inputs: [failed.critical, not_evidenced.critical + error.total, failed.major, waived.total]
      outputs: {verdict: text, waived: number}
      rows:
        - ["> 0", "-",   "-",   "-",   refuse, "waived.total"]
        - ["0",   "> 0", "-",   "-",   defer, "waived.total"]
        - ["0",   "0",   "> 0", "-",   accredit with conditions, "waived.total"]
        - ["0",   "0",   "0",   "> 0", accredit with waivers, "waived.total"]
        - ["0",   "0",   "0",   "0",   accredit, "0"]
    """

  @Test(
    arguments: [
      ("accredit", [("pass", "critical"), ("not applicable", "critical"), ("fail", "minor")]),
      ("refuse", [("not evidenced", "critical"), ("fail", "critical")]),
      ("defer", [("not evidenced", "critical"), ("fail", "major")]),
      ("defer", [("error", "minor")]),
      ("accredit with conditions", [("fail", "major"), ("not evidenced", "major")]),
      ("accredit", [("fail", "advisory"), ("not evidenced", "minor")]),
    ] as [(String, [(outcome: String, severity: String)])])
  func verdicts(verdict: String, outcomes: [(outcome: String, severity: String)]) {
    let book = OutcomeBook(rules: Self.rules(outcomes), policy: Self.verdict)
    let report = book.report(on: book.thing("T-1", ["zero": .number(0)]))
    #expect(report.findings.map(\.outcome.rawValue) == outcomes.map(\.outcome))
    #expect(report.verdict?.text == verdict)
    #expect(report.verdict?.details.map(\.value.description) == ["0"])
  }

  @Test(
    arguments: [
      (.waivable, "accredit with waivers", "1"), (.mandatory, "refuse", "0"), (.advisory, "accredit with waivers", "1"),
    ] as [(Enforcement, String, String)])
  func waivedFindingsCountAsWaivedAlone(enforcement: Enforcement, verdict: String, waived: String) {
    let book = OutcomeBook(rules: Self.rules([("fail", "critical")]), policy: Self.verdict)
    let waiver = Waiver(
      rule: "rule-0", record: "T-1", item: nil, reason: "Invented", approved: "Nobody",
      since: CivilDate(year: 2026, month: 1, day: 1)!, until: CivilDate(year: 2026, month: 12, day: 31)!,
      span: SourceSpan(file: FileID(rawValue: 0), start: 0, end: 0))
    let report = book.checking(waivers: [waiver], enforcement: enforcement)?
      .check([book.thing("T-1", ["zero": .number(0)])]).first
    #expect(report?.verdict?.text == verdict)
    #expect(report?.verdict?.details.map(\.value.description) == [waived])
  }

  @Test func advisoryRulesCountAsAdvisory() throws {
    let book = OutcomeBook(rules: Self.rules([("fail", "critical"), ("not evidenced", "major")]), policy: Self.verdict)
    let checking = try #require(book.checking(enforcement: .advisory))
    let report = try #require(checking.check([book.thing("T-1", ["zero": .number(0)])]).first)
    #expect(report.verdict?.text == "accredit")
    #expect(report.findings.map(\.effectiveSeverity) == [.advisory, .advisory])
    var summary = Summary(of: checking)
    summary.add(report)
    #expect(summary.open == [.advisory: [.fail: 1, .notEvidenced: 1]])
    #expect(summary.worst == .advisory)
  }

  /// Every count that a verdict may see, of findings of every outcome and severity.
  @Test func counts() throws {
    let outcomes = Self.severities.enumerated().flatMap { index, severity in
      // So many of each that no two counts are alike by chance.
      ["fail", "not evidenced", "error", "pass", "not applicable"].enumerated().flatMap { position, outcome in
        Array(repeating: (outcome: outcome, severity: severity), count: 1 + index + 4 * (position % 3))
      }
    }
    let names = VerdictCounts.names.flatMap { name in (Self.severities + ["total"]).map { "\(name).\($0)" } }
    let policy = """
      verdict:
        hit: first
        inputs: [failed.total]
        outputs: {\(names.indices.map { "c\($0): number" }.joined(separator: ", "))}
        rows:
          - ["-", \(names.map { "\"\($0)\"" }.joined(separator: ", "))]
      """
    let book = OutcomeBook(rules: Self.rules(outcomes), policy: policy)
    let verdict = try #require(book.report(on: book.thing("T-1", ["zero": .number(0)])).verdict)
    let values = [verdict.text ?? ""] + verdict.details.map(\.value.description)
    let ways = [
      "failed": "fail", "not_evidenced": "not evidenced", "error": "error", "passed": "pass",
      "not_applicable": "not applicable",
    ]
    for (name, value) in zip(names, values) {
      let parts = name.split(separator: ".").map(String.init)
      let count = outcomes.count { rule in
        rule.outcome == ways[parts[0]] && (parts[1] == "total" || rule.severity == parts[1])
      }
      #expect(value == "\(count)", "\(name)")
    }
  }
}
