import Diagnostics
import FEEL
import Probity
import Testing

/// A waiver lies over what was found and never changes it.
@Suite struct WaiverTests {
  /// A waiver of a rule, whether it lies over the rule's finding on 2026-06-30, and why it is idle where it does not.
  struct Row: CustomTestStringConvertible {
    var name: String
    var require = "r"
    var facts: [String: Value] = ["r": .boolean(false)]
    var enforcement = Enforcement.waivable
    var waiver: Waiver
    var isWaived: Bool
    var idle: String?

    var testDescription: String { name }
  }

  private static func waiver(
    rule: String = "rule-0", record: String = "T-1", item: String? = nil, since: String = "2026-01-01",
    until: String = "2026-12-31"
  ) -> Waiver {
    Waiver(
      rule: rule, record: record, item: item, reason: "Lost in the post", approved: "Head of Commissioning",
      since: CivilDate(since)!, until: CivilDate(until)!,
      span: SourceSpan(file: FileID(rawValue: 0), start: 0, end: 0))
  }

  @Test(arguments: [
    Row(name: "a fail", waiver: waiver(), isWaived: true),
    Row(name: "a rule named by its address", waiver: waiver(rule: "things/rule-0"), isWaived: true),
    Row(name: "a not evidenced", facts: [:], waiver: waiver(), isWaived: true),
    Row(
      name: "a pass", facts: ["r": .boolean(true)], waiver: waiver(), isWaived: false,
      idle: "nothing was found that it would cover"),
    Row(
      name: "an error", require: "1 / zero > 1", facts: ["zero": .number(0)], waiver: waiver(), isWaived: false,
      idle: "nothing was found that it would cover"),
    Row(
      name: "a mandatory rule", enforcement: .mandatory, waiver: waiver(), isWaived: false,
      idle: "the rule is mandatory, and no waiver lifts it"),
    Row(name: "an advisory rule", enforcement: .advisory, waiver: waiver(), isWaived: true),
    Row(name: "its first day", waiver: waiver(since: "2026-06-30"), isWaived: true),
    Row(name: "its last day", waiver: waiver(until: "2026-06-30"), isWaived: true),
    Row(
      name: "the day before its first", waiver: waiver(since: "2026-07-01"), isWaived: false,
      idle: "not in force before 2026-07-01"),
    Row(
      name: "the day after its last", waiver: waiver(until: "2026-06-29"), isWaived: false,
      idle: "expired on 2026-06-29"),
    Row(
      name: "another record", waiver: waiver(record: "T-2"), isWaived: false,
      idle: "nothing was found that it would cover"),
    Row(
      name: "another rule", waiver: waiver(rule: "rule-1"), isWaived: false, idle: "the policy does not ask this rule"),
  ])
  func covers(_ row: Row) throws {
    let book = OutcomeBook(rules: OutcomeBook.rules([(nil, [row.require])]))
    let thing = book.thing("T-1", row.facts)
    let plain = try #require(book.checking(enforcement: row.enforcement)?.check([thing]).first?.findings.first)
    let checking = try #require(book.checking(waivers: [row.waiver], enforcement: row.enforcement))
    let report = try #require(checking.check([thing]).first)
    var finding = try #require(report.findings.first)
    #expect((finding.waiver != nil) == row.isWaived)
    if let waiver = finding.waiver { #expect(waiver == row.waiver) }
    #expect(finding.isOpen == (plain.isOpen && !row.isWaived))
    // It hides nothing: all else is as it was found.
    finding.waiver = nil
    #expect(finding == plain)
    var summary = Summary(of: checking)
    summary.add(report)
    #expect(summary.waived == (row.isWaived ? 1 : 0))
    #expect(summary.idleWaivers.map(\.reason) == (row.idle.map { [$0] } ?? []))
  }

  @Test(arguments: [nil, "I-1", "I-2", "I-3"])
  func ofItems(item: String?) {
    let book = OutcomeBook(rules: OutcomeBook.rules([(nil, ["i.ok"])], each: "i in items"))
    let thing = book.thing("T-1", items: [["ok": .boolean(false)], [:]])
    let waived = book.report(on: thing, waivers: [Self.waiver(item: item)]).findings.map { $0.waiver != nil }
    #expect(waived == ["I-1", "I-2"].map { item == nil || item == $0 })
  }

  @Test func theFirstInForceCounts() {
    let book = OutcomeBook(rules: OutcomeBook.rules([(nil, ["r"])]))
    let waivers = [
      Self.waiver(until: "2026-06-29"), Self.waiver(since: "2026-06-01"), Self.waiver(since: "2026-06-02"),
    ]
    #expect(book.report(on: book.thing(), waivers: waivers).findings.map(\.waiver) == [waivers[1]])
  }
}
