import Foundation
import TestSupport
import Testing

/// What `probity test` runs, says and ends with. The book and all its records are invented.
@Suite struct TestCommandTests {
  private static let rules = """
    probity: 1
    types:
      - type: provider
        record: true
        key: id
        facts:
          - {fact: id, type: text}
          - {fact: beds, type: number, label: Beds, unit: places}
          - {fact: staff, type: list<worker>, label: Staff}
      - type: worker
        key: ref
        facts:
          - {fact: ref, type: text}
          - {fact: name, type: text, label: "Name <of> worker", sensitive: true}
          - {fact: regulated, type: boolean, label: Regulated activity}
          - {fact: issued, type: date, label: Date of issue}
    parameters:
      - {parameter: renewal, title: Renewal, type: years and months duration, local: true, values: {2000-01-01: P3Y}}
    decisions:
      - decision: band
        table:
          inputs: [beds]
          outputs: {band: text}
          rows:
            - ["< 10", small]
            - ["[10..99]", medium]
    rules:
      - rule: dbs-renewal
        title: DBS certificates are renewed & kept
        severity: major
        each: worker in staff
        when: worker.regulated
        let:
          due: worker.issued + renewal
        require: due >= today()
        message: "{worker.ref} fell due on {due}"
        source: Invented
      - rule: small-or-staffed
        title: It is small, or has staff for its beds
        severity: minor
        require: band = "small" or count(staff[regulated]) >= 2 and every w in staff satisfies supplied(w.issued)
        source: Invented
      - rule: untested
        title: Nobody tests this
        severity: minor
        require: beds < 500
        source: Invented
    """
  private static let good = """
    probity: 1
    as-of: 2026-06-30
    bases:
      - base: home
        facts:
          id: P-1
          beds: 12
          staff:
            - {ref: W-1, name: Ann, regulated: true, issued: 2024-05-01}
            - {ref: W-2, regulated: false, issued: 2019-05-01}
    cases:
      - case: renewed in time
        base: home
        expect: {"dbs-renewal staff[W-1]": pass, "dbs-renewal staff[W-2]": not applicable}
      - case: a rule that is not right yet
        base: home
        known-to-fail: the council has not said
        expect: {small-or-staffed: pass}
    """
  private static let bad = """
    probity: 1
    as-of: 2026-06-30
    cases:
      - case: it fell due <soon> & nobody noticed
        base: home
        facts: {"staff[W-1].issued": 2023-01-01}
        expect: {"dbs-renewal staff[W-1]": pass, small-or-staffed: pass, band: small}
      - case: nobody knows
        base: home
        missing: [beds, "staff[W-1].issued"]
        expect:
          small-or-staffed: {outcome: not evidenced, missing: [staff]}
          dbs-renewal staff[W-1]: fail
      - case: it passes by now
        base: home
        known-to-fail: the rule counts days wrongly
        expect: {band: medium}
    tables:
      - table: bands
        given: [beds]
        expect: [band]
        rows:
          - [9, small]
          - [100, medium]
          - [missing, unknown]
    """

  private static func book(_ tests: [String: String] = ["good": good]) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(rules, to: "rules/care.yaml")
    for (name, text) in tests { try scratch.write(text, to: "rules/\(name).test.yaml") }
    return scratch
  }

  @Test func everythingPasses() throws {
    let run = try probity(["test"], in: try Self.book())
    #expect(run.status == 0)
    #expect(
      run.output == """
        rules/good.test.yaml
          known to fail: a rule that is not right yet (line 15)
              because the council has not said

        2 cases, 3 expectations: 1 passed, 1 known to fail

        """)
    #expect(run.errors == "")
  }

  @Test(arguments: [("text", "test-report.txt"), ("junit", "test-report.xml"), ("json", "test-report.json")])
  func failures(_ format: String, _ golden: String) throws {
    let run = try probity(["test", "--format", format], in: try Self.book(["good": Self.good, "other": Self.bad]))
    #expect(run.status == 1)
    expectGolden(run.output, named: golden)
  }

  @Test(arguments: [
    (["--coverage"], "coverage.txt"), (["--coverage", "--format", "json"], "coverage.json"),
  ])
  func coverage(_ options: [String], _ golden: String) throws {
    let run = try probity(["test"] + options, in: try Self.book(["good": Self.good]))
    #expect(run.status == 0)
    expectGolden(run.output, named: golden)
  }

  @Test func coverageAsPages() throws {
    let scratch = try Self.book()
    let run = try probity(["test", "--coverage-html", "out/pages"], in: scratch)
    #expect(run.status == 0)
    let index = try scratch.text("out/pages/index.html")
    let name = try #require(index.firstMatch(of: /href="([0-9a-z-]+\.html)#line-/)).output.1
    expectGolden(index, named: "coverage-index.html")
    expectGolden(try scratch.text("out/pages/\(name)"), named: "coverage-page.html")
  }

  struct Threshold: Sendable, CustomTestStringConvertible {
    var options: [String]
    var status: Int32

    init(_ options: String..., status: Int32) {
      self.options = options.flatMap { ["--threshold", $0] }
      self.status = status
    }

    var testDescription: String { options.joined(separator: " ") }
  }

  @Test(arguments: [
    Threshold("outcomes=20", status: 0), Threshold("outcomes=90", status: 1), Threshold("0", status: 0),
    Threshold("100", status: 1), Threshold("rows=0", "boundaries=100", status: 1), Threshold("rows=101", status: 2),
    Threshold("beds=1", status: 2),
  ])
  func thresholds(_ c: Threshold) throws {
    #expect(try probity(["test"] + c.options, in: try Self.book()).status == c.status)
  }

  @Test(arguments: [
    (["rules/good.test.yaml"], "2 cases, 3 expectations"), (["--filter", "RENEWED"], "1 case, 2 expectations"),
    (["--filter", "small-or"], "1 case, 1 expectation"), (["rules"], "2 cases, 3 expectations"),
  ])
  func whatIsRun(_ arguments: [String], _ summary: String) throws {
    let run = try probity(["test"] + arguments, in: try Self.book())
    #expect(run.status == 0)
    #expect(run.output.contains(summary + ":"))
  }

  /// The example that people copy has tests that try all of it.
  @Test func theExampleIsTested() throws {
    let run = try probity(["test", "--rules", "Examples/first-rule", "--threshold", "100"])
    #expect(run.status == 0, "\(run.output)\(run.errors)")
  }

  /// A run that tests nothing is not a run that passed.
  @Test(arguments: [
    (["--filter", "nothing of the kind"], "error[RUN612]: no case was run: none is about `nothing of the kind`\n"),
    (["rules/care.yaml"], "error[RUN612]: `rules/care.yaml` is no test file"),
    (["rules/none.test.yaml"], "error[RUN603]: `rules/none.test.yaml` cannot be read: no such file"),
  ])
  func nothingRuns(_ arguments: [String], _ errors: String) throws {
    let run = try probity(["test"] + arguments, in: try Self.book())
    #expect(run.status == 2)
    #expect(run.errors.hasPrefix(errors))
    #expect(run.output == "")
  }

  @Test func aBookWithoutTests() throws {
    let run = try probity(["test"], in: try Self.book([:]))
    #expect(run.status == 2)
    #expect(run.errors.contains("error[RUN612]: no case was run\n  = help: tests are files such as"))
  }

  @Test func testsWithErrorsAreNotRun() throws {
    let scratch = try Self.book(["good": Self.good.replacing("beds: 12", with: "bed: 12")])
    let run = try probity(["test"], in: scratch)
    #expect(run.status == 2)
    #expect(run.errors.contains("error[TEST701]: `bed` is not a fact of `provider`"))
    let lint = try probity(["lint"], in: scratch)
    #expect(lint.status == 1)
    #expect(lint.output.contains("did you mean `beds`?"))
  }

  /// Test files are no rules: the rest of the commands pass over them.
  @Test func checkPassesOverTests() throws {
    let scratch = try Self.book()
    try scratch.write("probity: 1\npolicy: p\ntitle: P\nrules: ['*']\n", to: "policies/p.yaml")
    try scratch.write("{\"id\": \"A\", \"beds\": 1}\n", to: "a.jsonl")
    let run = try probity(
      ["check", "--policy", "p", "--as-of", "2026-06-30", "--fail-on", "never", "a.jsonl"], in: scratch)
    #expect(run.status == 0)
    #expect(run.errors == "")
  }
}
