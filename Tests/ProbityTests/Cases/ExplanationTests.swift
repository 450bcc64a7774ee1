import Diagnostics
import FEEL
import Probity
import Testing

/// How findings are unfolded: the sub-expressions that are shown, their values, and what decided.
@Suite struct ExplanationTests {
  struct Row: Sendable, CustomStringConvertible {
    var name: String
    /// Keys of one rule.
    var rule: String
    /// For each subject, each part and what is within it.
    var said: String

    init(_ name: String, _ rule: String, _ said: String) {
      self.name = name
      self.rule = rule
      self.said = said
    }

    var description: String { name }
  }

  private static let book = """
    probity: 1
    types:
      - type: provider
        record: true
        key: id
        facts:
          - {fact: id, type: text}
          - {fact: beds, type: number, unit: places}
          - {fact: open, type: boolean}
          - {fact: staff, type: list<worker>}
          - {fact: visits, type: list<worker>}
      - type: worker
        key: ref
        facts:
          - {fact: ref, type: text}
          - {fact: name, type: text, sensitive: true}
          - {fact: hours, type: number}
    parameters:
      - {parameter: least, type: number, unit: hours, local: true, values: {2000-01-01: 10}}
    decisions:
      - decision: size
        table:
          inputs: [beds]
          outputs: {size: text}
          rows: [["< 10", small], [">= 10", large]]
      - {decision: busy, of: worker, value: hours > least}
    """
  private static let record = """
    probity: 1
    as-of: 2026-06-30
    cases:
      - case: a
        facts:
          id: P-1
          beds: 12
          staff: [{ref: W-1, name: Ann, hours: 20}, {ref: W-2, name: Bob}, {ref: W-3, hours: 5}]
        expect: {r: pass}
    """

  private static func explain(_ rule: String) throws -> String {
    var loader = Loader()
    let keys = rule.split(separator: "\n").map { "    \($0)\n" }.joined()
    let text = book + "\nrules:\n  - rule: r\n    title: R\n    severity: minor\n    source: S\n" + keys
    loader.addRules(SourceFile(path: "rules/r.yaml", address: "r", bytes: Array(text.utf8)))
    loader.addPolicy(
      SourceFile(path: "policies/p.yaml", bytes: Array("probity: 1\npolicy: p\ntitle: P\nrules: [r]\n".utf8)))
    var loaded = loader.load()
    let files = Loader.tests([SourceFile(path: "r.test.yaml", bytes: Array(record.utf8))], loaded: &loaded)
    #expect(loaded.diagnostics.all.filter { $0.severity == .error } == [])
    let test = try #require(files.first?.cases.first)
    let checking = Checking(policy: try #require(loaded.policies.first), book: loaded.book, asOf: test.asOf)
    let explainer = FindingExplainer(checking)
    return try checking.check([test.record])[0].findings.map { finding in
      let explanation = try #require(explainer.explanation(of: finding, on: test.record))
      return
        ([finding.subject.item ?? "record"] + explanation.parts.flatMap { lines($0.step, role: $0.role, depth: 1) })
        .joined(separator: "\n")
    }.joined(separator: "\n")
  }

  private static func lines(_ step: Explanation.Step, role: Explanation.Role?, depth: Int) -> [String] {
    var line = String(repeating: "  ", count: depth)
    switch role {
    case .when?: line += "when "
    case .require?: line += "require "
    case .each?: line += "each "
    default: break
    }
    switch step.kind {
    case .expression: line += step.text
    case .fact(let path, _, let unit, _): line += "\(step.text) [\(path)\(unit.map { " in \($0)" } ?? "")]"
    case .parameter(let unit): line += "\(step.text) [parameter\(unit.map { " in \($0)" } ?? "")]"
    case .name(let definition): line += "\(step.text) [\(definition ?? "table")]"
    case .rows(let rows, let perhaps): line += "rows \(rows) \(perhaps)"
    }
    if case .rows = step.kind {} else { line += " → \(step.value.map(words) ?? "withheld")" }
    if step.isDecisive { line += " !" }
    if step.omitted > 0 { line += " (\(step.omitted) more)" }
    return [line] + step.steps.flatMap { lines($0, role: nil, depth: depth + 1) }
  }

  private static func words(_ value: Value) -> String {
    switch value {
    case .unknown(let unknown): "unknown without \(unknown.missing.map(\.path).joined(separator: ", "))"
    case .list(let list): "\(list.items.count) items"
    default: value.literal
    }
  }

  @Test(arguments: [
    Row(
      "the operand that decided, and a fact that is missing",
      """
      when: beds > 5
      require: open or beds < least + 1 and beds > 1
      """,
      """
      record
        when beds > 5 → true
          beds [beds in places] → 12
        require open or beds < least + 1 and beds > 1 → unknown without open
          open → unknown without open !
          beds < least + 1 and beds > 1 → false
            beds < least + 1 → false
              beds [beds in places] → 12
              least + 1 → 11
                least [parameter in hours] → 10
      """),
    Row(
      "names, and a decision table with the row that matched",
      """
      let: {spare: beds - least, few: spare < 3}
      require: few and size = "small"
      """,
      """
      record
        require few and size = "small" → false
          few [spare < 3] → true
            spare [beds - least] → 2
              beds [beds in places] → 12
              least [parameter in hours] → 10
          size = "small" → false !
            size [table] → "large"
              beds [beds in places] → 12
              rows [2] []
      """),
    Row(
      "items, of which the one that decided comes first",
      "require: every w in staff satisfies w.hours >= least",
      """
      record
        require every w in staff satisfies w.hours >= least → false
          staff [staff] → 3 items
          w.hours >= least → true
            w.hours [staff[W-1].hours] → 20
            least [parameter in hours] → 10
          w.hours >= least → unknown without staff[W-2].hours
            w.hours → unknown without staff[W-2].hours
            least [parameter in hours] → 10
          w.hours >= least → false !
            w.hours [staff[W-3].hours] → 5
            least [parameter in hours] → 10
      """),
    Row(
      "each item by itself, with a decision of its type; what is sensitive is withheld",
      """
      each: w in staff
      when: w.hours != 5
      require: w.busy and w.name != "Ann" and string length(w.name) > 0
      """,
      """
      staff[W-1]
        when w.hours != 5 → true
          w.hours [staff[W-1].hours] → 20
        require w.busy and w.name != "Ann" and string length(w.name) > 0 → false
          w.busy [hours > least] → true
            hours [staff[W-1].hours] → 20
            least [parameter in hours] → 10
          w.name != "Ann" → false !
            w.name [staff[W-1].name] → withheld
      staff[W-2]
        when w.hours != 5 → unknown without staff[W-2].hours
          w.hours → unknown without staff[W-2].hours
        require w.busy and w.name != "Ann" and string length(w.name) > 0 → unknown without staff[W-2].hours
          w.busy [hours > least] → unknown without staff[W-2].hours !
            hours → unknown without staff[W-2].hours
            least [parameter in hours] → 10
          w.name != "Ann" → true
            w.name [staff[W-2].name] → withheld
          string length(w.name) > 0 → true
            string length(w.name) → withheld
              w.name [staff[W-2].name] → withheld
      staff[W-3]
        when w.hours != 5 → false
          w.hours [staff[W-3].hours] → 5
      """),
    Row(
      "a list that is missing",
      """
      each: v in visits
      require: v.hours > 1
      """,
      """
      record
        each visits → unknown without visits
      """),
  ])
  func isUnfolded(_ row: Row) throws {
    let said = try Self.explain(row.rule)
    #expect(said == row.said)
  }

  @Test func manyItemsAreNotAllShown() throws {
    let said = try Self.explain("require: every n in (for i in 1..40 return i) satisfies n > 0 - beds")
    #expect(said.contains("(32 more)"))
  }
}
