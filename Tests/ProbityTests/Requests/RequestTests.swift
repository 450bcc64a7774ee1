import Diagnostics
import FEEL
import Probity
import Testing

/// What is asked for, in which order, and for whom.
@Suite struct RequestTests {
  private static let rules = """
    rules:
      - rule: held
        title: It is held
        severity: major
        source: Invented
        when: w
        require: [part.size > 1, r]
      - rule: kept
        title: It is kept
        severity: critical
        source: Invented
        require: s
      - rule: kept-too
        title: It is kept too
        severity: minor
        source: Invented
        require: s and n > 0
      - rule: pieces
        title: Items are in order
        severity: minor
        source: Invented
        each: i in items
        when: i.ok
        require: i.x > 1
    """

  private static let verdict = """
    verdict:
      hit: first
      inputs: [failed.critical, not_evidenced.critical, failed.major]
      outputs: {verdict: text}
      rows:
        - ["> 0", "-", "-", refuse]
        - ["0", "> 0", "-", defer]
        - ["0", "0", "> 0", conditions]
        - ["0", "0", "0", accredit]
    """

  /// A line for each fact: `path severity decisive needs < after`.
  private static func lines(_ request: RecordRequest) -> [String] {
    request.facts.map { fact in
      let columns = fact.columns.isEmpty ? "" : " of " + fact.columns.map(\.path).joined(separator: " ")
      let after = fact.after.isEmpty ? "" : " after " + fact.after.map(\.path).joined(separator: " ")
      let needs = fact.needs.map { $0.rule ?? "scope" }.joined(separator: "+")
      return "\(fact.fact.path)\(columns) [\(fact.severity)\(fact.isDecisive ? ", decisive" : "")] \(needs)\(after)"
    }
  }

  struct Row: CustomTestStringConvertible {
    var name: String
    var facts: [String: Value] = [:]
    var items: [[String: Value]]?
    var policy = RequestTests.verdict
    var settlement = Settlement.findings
    var lines: [String]
    var idle = 0

    var testDescription: String { name }
  }

  @Test(arguments: [
    Row(
      name: "everything, the most decisive first",
      lines: [
        "s [critical, decisive] kept+kept-too", "w [major, decisive] held", "n [minor, decisive] kept-too",
        "items of ref x ok [minor, decisive] pieces", "part.size [major] held after w", "r [major] held after w",
      ]),
    Row(
      name: "what settles the verdict", settlement: .verdicts,
      lines: [
        "s [critical, decisive] kept", "w [major] held", "part.size [major] held after w", "r [major] held after w",
      ], idle: 2),
    Row(
      name: "a verdict that is settled", facts: ["s": .boolean(false)], settlement: .verdicts, lines: [], idle: 4),
    Row(
      name: "a rule that is decided", facts: ["s": .boolean(false), "w": .boolean(true), "r": .boolean(false)],
      items: [], lines: []),
    Row(
      name: "items, each fact of each", facts: ["s": .boolean(false), "w": .boolean(false)],
      items: [["ok": .boolean(true)], [:], ["ok": .boolean(false)]],
      lines: [
        "items[I-1].x [minor, decisive] pieces", "items[I-2].ok [minor, decisive] pieces",
        "items[I-2].x [minor, decisive] pieces after items[I-2].ok",
      ]),
    Row(
      name: "whether the policy is about it", facts: ["s": .boolean(true), "w": .boolean(false)], items: [],
      policy: verdict + "\nwhen: r\n",
      lines: ["r [critical, decisive] scope", "n [minor] kept-too after r"]),
    Row(
      name: "a policy that is not about it", facts: ["r": .boolean(false)], policy: verdict + "\nwhen: r\n", lines: []),
  ])
  func requests(_ row: Row) throws {
    let book = OutcomeBook(rules: Self.rules, policy: row.policy)
    let checking = try #require(book.checking())
    let request = Requester([checking], settling: row.settlement)
      .request(for: book.thing("T-1", row.facts, items: row.items))
    let lines = Self.lines(request)
    #expect(lines == row.lines)
    #expect(request.idle == row.idle)
    #expect(request.standings.map(\.isSettled) == [lines.isEmpty])
  }

  @Test func severalPoliciesAskOnce() throws {
    let book = OutcomeBook(rules: Self.rules, policy: Self.verdict)
    let checking = try #require(book.checking())
    var other = checking.policy
    other.name = "other"
    other.verdict = nil
    let both = [
      checking, Checking(policy: other, book: checking.book, asOf: checking.asOf),
    ]
    let request = Requester(both).request(for: book.thing("T-1", ["w": .boolean(false)], items: []))
    #expect(
      Self.lines(request) == [
        "s [critical, decisive] kept+kept+kept-too", "n [minor, decisive] kept-too",
      ])
    #expect(request.facts.first?.needs.map(\.policy) == ["all", "other", "other"])
    #expect(request.standings.map(\.policy) == ["all", "other"])
  }

  @Test func whyItIsMissing() throws {
    let book = OutcomeBook(rules: Self.rules, policy: Self.verdict)
    let checking = try #require(book.checking())
    let record = book.thing(
      "T-1", ["w": .boolean(true), "r": .boolean(true), "s": .boolean(true)], items: [], absences: ["part": .redacted])
    let request = Requester([checking]).request(for: record)
    #expect(request.facts.map(\.fact.path) == ["part.size"])
    #expect(request.facts.map(\.fact.absence) == [.redacted])
    #expect(request.facts.map(\.declaration.unit) == ["mm"])
  }
}
