import FEEL
import Probity
import Testing

/// Rules that are asked of every item of a list.
@Suite struct EachTests {
  /// A rule of one kind, a thing, and what comes of it: a line for each finding.
  struct Row: CustomTestStringConvertible {
    var name: String
    var each: String
    var when: String?
    var require = "i.ok"
    var facts: [String: Value] = [:]
    var items: [[String: Value]]?
    var findings: [String]

    var testDescription: String { name }
  }

  private static func item(_ x: Int? = nil, ok: Bool? = nil) -> [String: Value] {
    var item: [String: Value] = [:]
    if let x { item["x"] = .number(Number(x)) }
    if let ok { item["ok"] = .boolean(ok) }
    return item
  }

  @Test(arguments: [
    Row(
      name: "one finding for each item", each: "i in items", items: [item(ok: true), item(ok: false), item()],
      findings: [
        "items[I-1] pass", "items[I-2] fail", "items[I-3] not evidenced for items[I-3].ok",
      ]),
    Row(name: "no items", each: "i in items", items: [], findings: ["whole not applicable"]),
    Row(name: "a missing list", each: "i in items", items: nil, findings: ["whole not evidenced for items"]),
    Row(
      name: "a missing list, and whether the rule applies is open", each: "i in items", when: "w", items: nil,
      findings: ["whole not evidenced for items"]),
    Row(
      name: "a missing list, and the rule does not apply", each: "i in items", when: "w",
      facts: ["w": .boolean(false)], items: nil, findings: ["whole not applicable"]),
    Row(
      name: "a missing list to whose items the rule never applies", each: "i in items", when: "i.x > 2", items: nil,
      findings: ["whole not applicable"]),
    Row(
      name: "items left out by a filter", each: "i in items[x > 1]", items: [item(1), item(2, ok: true)],
      findings: ["items[I-2] pass"]),
    Row(
      name: "all items left out", each: "i in items[x > 1]", items: [item(1), item(0)],
      findings: ["whole not applicable"]),
    Row(
      name: "an item that may be left out, and is as it should be", each: "i in items[x > 1]",
      items: [item(ok: true), item(2, ok: false)], findings: ["items[I-1] pass", "items[I-2] fail"]),
    Row(
      name: "an item that may be left out, and is not as it should be", each: "i in items[x > 1]",
      items: [item(ok: false)], findings: ["items[I-1] not evidenced for items[I-1].x"]),
    Row(
      name: "an item of which nothing is known", each: "i in items[x > 1]", items: [item()],
      findings: ["items[I-1] not evidenced for items[I-1].x, items[I-1].ok"]),
    Row(
      name: "a list that cannot be computed", each: "i in (if 1 / zero > 1 then items else null)",
      facts: ["zero": .number(0)], items: [item()], findings: ["whole error"]),
    Row(
      name: "lists within a list", each: "i in items, p in i.pieces", require: "p.y > 0",
      items: [
        ["pieces": .list(List([.number(1), .number(0), .null]))], ["pieces": .list(List([]))], item(),
      ],
      findings: [
        "items[I-1].pieces[1] pass", "items[I-1].pieces[2] fail",
        "items[I-1].pieces[3] not evidenced for items[I-1].pieces[3].y", "items[I-2] not applicable",
        "items[I-3] not evidenced for items[I-3].pieces",
      ]),
    Row(
      name: "a list that cannot be computed, of an item that may be left out",
      each: "i in items[ok], p in (if 1 / zero > 1 then i.pieces else null)", require: "p.y > 0",
      facts: ["zero": .number(0)], items: [item(), item(ok: true)],
      findings: ["items[I-1] not evidenced for items[I-1].ok", "items[I-2] error"]),
    Row(
      name: "an empty list within an item that may be left out", each: "i in items[ok], p in i.pieces",
      require: "p.y > 0", items: [["pieces": .list(List([]))]], findings: ["items[I-1] not applicable"]),
  ])
  func outcomes(_ row: Row) {
    let book = OutcomeBook(rules: OutcomeBook.rules([(row.when, [row.require])], each: row.each))
    let report = book.report(on: book.thing("T-1", row.facts, items: row.items))
    let findings = report.findings.map { finding in
      let missing = finding.missing.map(\.path).joined(separator: ", ")
      return "\(finding.subject.item ?? "whole") \(finding.outcome.rawValue)"
        + (missing.isEmpty ? "" : " for \(missing)")
    }
    #expect(findings == row.findings)
  }
}
