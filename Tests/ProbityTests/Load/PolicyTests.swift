import Diagnostics
import FEEL
import Probity
import Testing

private func day(_ text: String) -> CivilDate { CivilDate(text)! }

private func load(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> Loaded {
  let rules = """
    === rules/insurance.yaml
    rules:
      - {rule: cover, title: A, severity: major, require: employees > cover_minimum, source: S}
      - {rule: cover-later, title: A, severity: major, stage: [award, contract], require: registered, source: S}
    === rules/care/staff.yaml
    rules:
      - {rule: checked, title: A, severity: critical, require: registered, source: S}
      - {rule: trained, title: A, severity: minor, require: count(services) > fixed, source: S}
    === rules/parameters.yaml
    parameters:
      - {parameter: cover_minimum, type: number, values: {2000-01-01: 5, 2020-01-01: 10}, stricter: higher, local: true}
      - {parameter: fixed, type: number, values: {2000-01-01: 1}, local: true}

    """
  let loaded = AnnotatedFiles(rules + text).load(after: [providerVocabulary])
  #expect(!loaded.diagnostics.hasErrors, "\(loaded.diagnostics.all)", sourceLocation: sourceLocation)
  return loaded
}

/// What correct policies become.
@Suite struct PolicyTests {
  private func names(_ policy: Policy?, in loaded: Loaded) -> [String] {
    policy?.entries.map { loaded.book.rules[$0.rule].name } ?? []
  }

  @Test func rulesArePickedAndInherited() throws {
    let loaded = load(
      """
      === policies/child.yaml
      policy: child
      title: Child
      source: S
      extends: parent
      stage: accreditation
      when: registered
      rules: [check*]
      === policies/parent.yaml
      policy: parent
      title: Parent
      when: employees > 0
      rules: [insurance/*]
      verdict:
        inputs: [failed.critical, not_evidenced.total]
        outputs: {verdict: text, note: text}
        rows:
          - ["> 0", "-", refuse, n]
      """)
    let parent = try #require(loaded.policy(named: "parent"))
    let child = try #require(loaded.policy(named: "child"))
    #expect(names(parent, in: loaded) == ["cover", "cover-later"])
    #expect(names(child, in: loaded) == ["cover", "checked"])
    #expect(child.leftOut.map { loaded.book.rules[$0].name } == ["cover-later"])
    #expect(child.lineage == ["child", "parent"])
    #expect(child.recordType == "provider")
    #expect(child.stage == .accreditation)
    #expect(child.scope.map(\.source.text) == ["employees > 0", "registered"])
    #expect(child.verdict?.rows.count == 1)
    #expect(child.source == "S")
  }

  @Test(arguments: [
    ("*", ["cover", "cover-later", "checked", "trained"]),
    ("care/*", ["checked", "trained"]),
    ("care/staff/*ed", ["checked", "trained"]),
    ("*/cover*", ["cover", "cover-later"]),
    ("cover*", ["cover", "cover-later"]),
    ("*e*e*", ["cover-later", "checked"]),
    ("care/staff/checked", ["checked"]),
  ])
  func patternsPickByAddressAndName(_ pattern: String, _ picked: [String]) {
    let loaded = load("=== policies/a.yaml\npolicy: a\ntitle: A\nrules: [\"\(pattern)\"]\n")
    #expect(names(loaded.policies.first, in: loaded).sorted() == picked.sorted())
  }

  @Test func overridesAndRelaxationsHaveTheirDays() throws {
    let loaded = load(
      """
      === policies/a.yaml
      policy: a
      title: A
      rules:
        - {rule: cover, severity: critical}
        - {rule: "*", enforcement: mandatory}
      === policies/b.yaml
      policy: b
      title: B
      extends: a
      rules:
        - {rule: cover, severity: minor, enforcement: advisory}
      relax:
        - {rule: cover, reason: R, approved: A, until: 2026-12-31}
      === policies/c.yaml
      policy: c
      title: C
      extends: b
      rules:
        - {rule: cover, severity: major}
      relax:
        - {rule: cover, reason: R, approved: A, until: 2026-06-30}
      """)
    func cover(_ policy: String, _ date: String) throws -> String {
      let entry = try #require(loaded.policy(named: policy)?.entries.first { $0.rule == 0 })
      return "\(entry.severity(on: day(date))) \(entry.enforcement(on: day(date)))"
    }
    #expect(try cover("a", "2026-01-01") == "critical mandatory")
    #expect(try cover("b", "2026-12-31") == "minor advisory")
    #expect(try cover("b", "2027-01-01") == "critical mandatory")
    #expect(try cover("c", "2026-06-30") == "major advisory")
    // What the child says stays where it is the stricter of the two.
    #expect(try cover("c", "2026-07-01") == "major advisory")
    #expect(try cover("c", "2027-01-01") == "critical mandatory")
    #expect(loaded.policy(named: "c")?.relaxations.map(\.until) == [day("2026-06-30"), day("2026-12-31")])
    #expect(loaded.policy(named: "b")?.relaxations.first?.target == "rule cover")
  }

  @Test func parametersFallBack() throws {
    let loaded = load(
      """
      === policies/a.yaml
      policy: a
      title: A
      rules: ["*"]
      parameters: {cover_minimum: {2022-01-01: 20}}
      === policies/b.yaml
      policy: b
      title: B
      extends: a
      parameters: {cover_minimum: 7, fixed: 3}
      relax:
        - {parameter: cover_minimum, reason: R, approved: A, until: 2026-12-31}
        - {parameter: fixed, reason: R, approved: A, until: 2026-06-30}
      """)
    func value(_ policy: String, _ parameter: Int, _ date: String) -> String? {
      loaded.policy(named: policy)?.value(of: parameter, in: loaded.book, on: day(date))?.literal
    }
    #expect(value("a", 0, "2021-12-31") == "10")
    #expect(value("a", 0, "2022-01-01") == "20")
    #expect(value("b", 0, "1990-01-01") == "7")
    #expect(value("b", 0, "2026-12-31") == "7")
    #expect(value("b", 0, "2027-01-01") == "20")
    #expect(value("b", 1, "2026-06-30") == "3")
    #expect(value("b", 1, "2026-07-01") == "1")
  }

  @Test func waiversAreRead() {
    let loaded = load("=== policies/a.yaml\npolicy: a\ntitle: A\nrules: [\"*\"]\n")
    var sources = loaded.sources
    var diagnostics = Diagnostics()
    let text = """
      probity: 1
      waivers:
        - rule: care/staff/checked
          record: 0012
          reason: R
          approved: Head
          since: 2026-03-01
          until: 2026-06-30
      """
    let waivers = Loader.waivers(
      SourceFile(path: "waivers.yaml", bytes: Array(text.utf8)), book: loaded.book, sources: &sources,
      into: &diagnostics)
    #expect(diagnostics.all.isEmpty)
    #expect(waivers.map(\.rule) == ["checked"])
    #expect(waivers.map(\.record) == ["0012"])
    #expect(waivers.map(\.item) == [nil])
    #expect(waivers.map(\.until) == [day("2026-06-30")])
  }
}
