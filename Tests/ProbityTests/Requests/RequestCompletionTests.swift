import Diagnostics
import FEEL
import Probity
import Testing

/// What is asked for, held against every way in which the missing facts could still turn out.
@Suite struct RequestCompletionTests {
  /// A policy over four facts, of which each is asked of by a rule of its own where `isExact`.
  struct Row: CustomTestStringConvertible {
    var name: String
    var rules: String
    var policy = ""
    /// Whether findings rest on facts of their own: then nothing is asked for that cannot change anything.
    var isExact = true
    var facts = ["w", "r", "s", "n"]
    var waivers: [Waiver] = []

    var testDescription: String { name }
  }

  private static func rule(
    _ name: String, _ severity: String, _ require: [String], when: String? = nil, each: String? = nil,
    severities: [String?] = []
  ) -> String {
    let entries = require.enumerated().map { index, condition in
      let own = index < severities.count ? severities[index].map { ", severity: \($0)" } ?? "" : ""
      return "      - {that: '\(condition)'\(own)}\n"
    }
    return "  - rule: \(name)\n    title: \(name)\n    severity: \(severity)\n    source: Invented\n"
      + (each.map { "    each: \($0)\n" } ?? "") + (when.map { "    when: '\($0)'\n" } ?? "") + "    require:\n"
      + entries.joined()
  }

  private static let independent =
    "rules:\n" + rule("one", "critical", ["w"]) + rule("two", "major", ["r"]) + rule("three", "minor", ["s"])
    + rule("four", "major", ["n > 1"])

  private static let applied =
    "rules:\n" + rule("one", "critical", ["w"], when: "r") + rule("two", "major", ["n > 1"], when: "s")

  private static func verdict(_ inputs: String, _ rows: [String]) -> String {
    "verdict:\n  hit: first\n  inputs: [\(inputs)]\n  outputs: {verdict: text}\n  rows:\n"
      + rows.map { "    - [\($0)]\n" }.joined()
  }

  private static let usual = verdict(
    "failed.critical, not_evidenced.critical, failed.major",
    ["'> 0', '-', '-', refuse", "'0', '> 0', '-', defer", "'0', '0', '> 0', conditions", "'0', '0', '0', accredit"])

  private static let waiver = Waiver(
    rule: "two", record: "T-1", item: nil, reason: "Invented", approved: "Invented",
    since: CivilDate(year: 2026, month: 1, day: 1)!, until: CivilDate(year: 2026, month: 12, day: 31)!,
    span: SourceSpan(file: FileID(rawValue: 0), start: 0, end: 0))

  static let rows = [
    Row(name: "each fact in a rule of its own", rules: independent, policy: usual),
    Row(name: "no verdict table", rules: independent),
    Row(
      name: "totals and more than one", rules: independent,
      policy: verdict("failed.total, not_evidenced.total", ["'> 2', '-', poor", "'-', '> 1', open", "'-', '-', fine"])),
    Row(
      name: "counts that are added up", rules: independent,
      policy: verdict("failed.critical + 2 * failed.major, error.total", ["'>= 3', '-', poor", "'-', '-', fine"])),
    Row(
      name: "what passes is counted", rules: applied,
      policy: verdict(
        "passed.critical, not_applicable.major", ["'> 0', '-', good", "'-', '> 0', none", "'-', '-', other"])),
    Row(name: "whether a rule applies is open", rules: applied, policy: usual),
    Row(name: "findings of rules that may not apply", rules: applied),
    Row(
      name: "several facts in a condition",
      rules: "rules:\n" + rule("one", "critical", ["w and r"]) + rule("two", "major", ["s or n > 1"]), policy: usual),
    Row(
      name: "requirements of their own severity",
      rules: "rules:\n"
        + rule("one", "minor", ["w", "r", "s"], when: "n > 0", severities: ["minor", "critical", "major"]),
      policy: usual),
    Row(
      name: "requirements of their own severity, and no verdict table",
      rules: "rules:\n"
        + rule("one", "minor", ["w", "r", "s"], when: "n > 0", severities: ["minor", "critical", "major"])),
    Row(
      name: "one verdict whatever is found", rules: independent,
      policy: verdict("failed.total", ["'-', always"])),
    Row(
      name: "a policy that may not be about the record", rules: "rules:\n" + rule("one", "critical", ["w"], when: "r"),
      policy: usual + "when: 's and n > 0'\n"),
    Row(
      name: "what cannot be computed",
      rules: "rules:\n" + rule("one", "critical", ["1 / n > 0.4"]) + rule("two", "major", ["w"], when: "r"),
      policy: verdict(
        "error.total, failed.critical", ["'> 0', '-', undecided", "'0', '> 0', refuse", "'-', '-', fine"])),
    Row(name: "a waiver", rules: independent, policy: usual, waivers: [waiver]),
    Row(
      name: "a waiver that the table sees", rules: independent,
      policy: verdict("waived.total, failed.total", ["'> 0', '-', lenient", "'-', '> 0', poor", "'-', '-', fine"]),
      waivers: [waiver]),
    Row(
      name: "rules that share facts",
      rules: "rules:\n" + rule("one", "critical", ["w"], when: "r") + rule("two", "major", ["r and s"], when: "w")
        + rule("three", "minor", ["n > 0"], when: "r"), policy: usual, isExact: false),
    Row(
      name: "items of a list",
      rules: "rules:\n" + rule("one", "critical", ["i.x > 1"], when: "i.ok", each: "i in items"),
      policy: usual, facts: ["w", "items", "x", "ok"]),
    Row(
      name: "items of a list, some of which may not be there",
      rules: "rules:\n" + rule("one", "critical", ["w"], each: "i in items[ok]")
        + rule("two", "major", ["count(items) > 0"]), policy: usual, isExact: false, facts: ["w", "items", "ok"]),
    Row(
      name: "whether there is anything to ask of a list",
      rules: "rules:\n" + rule("one", "critical", ["i.x > 1"], when: "w and r", each: "i in items"), policy: usual,
      facts: ["w", "r", "items", "x"]),
    Row(
      name: "nested facts",
      rules: "rules:\n" + rule("one", "critical", ["part.size > 1"], when: "w") + rule("two", "major", ["r"]),
      policy: usual, facts: ["w", "r", "part", "size"]),
  ]

  /// What each fact can be: nil where it is missing. `x` and `ok` are of the one item there is, `size` of the part.
  private static func values(_ fact: String) -> [Value] {
    switch fact {
    case "n", "x", "size": [.number(0), .number(1), .number(2)]
    // Whether the list, or the nested fact, is there; of a list also that it has no items.
    case "items": [.number(0), .number(1)]
    case "part": [.number(1)]
    default: [.boolean(true), .boolean(false)]
    }
  }

  /// A fact within another is there only with it.
  private static let holders = ["x": "items", "ok": "items", "size": "part"]

  /// What each fact is, by the position among its values from 1; 0 where it is missing.
  private typealias World = [Int]

  private static func worlds(_ facts: [String]) -> [World] {
    facts.reduce([[]]) { worlds, fact in
      worlds.flatMap { world -> [World] in
        let holder = holder(of: fact, in: facts)
        if let holder, values(facts[holder])[max(0, world[holder] - 1)] != .number(1) || world[holder] == 0 {
          return [world + [0]]
        }
        return (0...values(fact).count).map { world + [$0] }
      }
    }
  }

  /// The position of the fact that holds another, where that may be missing too.
  private static func holder(of fact: String, in facts: [String]) -> Int? {
    holders[fact].flatMap { facts.firstIndex(of: $0) }
  }

  private static func record(_ world: World, _ names: [String], _ book: OutcomeBook) -> Record {
    var facts: [String: Value] = [:]
    for (name, number) in zip(names, world) where number > 0 { facts[name] = values(name)[number - 1] }
    var items: [[String: Value]]?
    if let list = facts.removeValue(forKey: "items") {
      items = list == .number(0) ? [] : [facts.filter { ["x", "ok"].contains($0.key) }]
    }
    for name in ["x", "ok"] { facts[name] = nil }
    guard facts.removeValue(forKey: "part") != nil else { return book.thing("T-1", facts, items: items) }
    let size = facts.removeValue(forKey: "size")
    return book.thing("T-1", facts, items: items, part: ["size": size].compactMapValues { $0 })
  }

  private static func path(_ fact: String) -> String {
    switch fact {
    case "x", "ok": "items[I-1].\(fact)"
    case "size": "part.size"
    default: fact
    }
  }

  /// What is to be settled of a record.
  private static func settled(_ report: RecordReport, _ settlement: Settlement, hasVerdict: Bool) -> String {
    guard settlement == .findings || !hasVerdict else {
      return report.scope == .outOfScope ? "out of scope" : report.verdict?.text ?? "none"
    }
    if report.scope == .outOfScope { return "out of scope" }
    // What is met is met whether or not the rule applies, and a waiver lies over what is not.
    return report.findings.filter(\.isOpen)
      .map { "\($0.rule) \($0.subject.item ?? "") \($0.outcome) \($0.effectiveSeverity)" }.joined(separator: "; ")
  }

  @Test(arguments: rows, Settlement.allCases)
  func everyFactThatMatters(_ row: Row, _ settlement: Settlement) throws {
    let book = OutcomeBook(rules: row.rules, policy: row.policy)
    let checking = try #require(book.checking(waivers: row.waivers))
    let worlds = Self.worlds(row.facts)
    let hasVerdict = checking.policy.verdict != nil
    let reports = checking.check(worlds.map { Self.record($0, row.facts, book) })
    let settled = reports.map { Self.settled($0, settlement, hasVerdict: hasVerdict) }
    /// For each world those in which more of the facts are there.
    let completions = worlds.map { world in
      worlds.indices.filter { other in zip(world, worlds[other]).allSatisfy { $0 == 0 || $0 == $1 } }
    }
    let holders = row.facts.map { Self.holder(of: $0, in: row.facts) }
    let requester = Requester([checking], settling: settlement)
    var faults: [String] = []
    for (number, world) in worlds.enumerated() {
      let request = requester.request(for: Self.record(world, row.facts, book))
      let asked = Set(request.facts.map(\.fact.path))
      for (index, fact) in row.facts.enumerated() where world[index] == 0 {
        // What would be found in a list, or a nested fact, that is missing as a whole is asked for with it.
        if let holder = holders[index], world[holder] == 0 || row.facts[holder] == "items" && world[holder] == 1 {
          continue
        }
        let matters = completions[number].contains { other in
          worlds[other][index] == 0
            && completions[other].contains { filled in
              worlds[filled][index] != 0 && settled[filled] != settled[other]
                && row.facts.indices.allSatisfy {
                  $0 == index || holders[$0] == index || worlds[filled][$0] == worlds[other][$0]
                }
            }
        }
        let name = fact == "part" ? "part.size" : Self.path(fact)
        if matters, !asked.contains(name) { faults.append("\(world) needs \(fact), asked are \(asked.sorted())") }
        if row.isExact, !matters, asked.contains(name) { faults.append("\(world) does not need \(fact)") }
      }
      let changes = completions[number].contains { settled[$0] != settled[number] }
      if changes == request.facts.isEmpty, row.isExact || changes {
        faults.append("\(world) asks for \(asked.sorted())")
      }
      if request.standings.allSatisfy(\.isSettled) != request.facts.isEmpty {
        faults.append("\(world) is settled, or is not, against what is asked")
      }
    }
    #expect(faults.prefix(5).joined(separator: "\n") == "", "\(faults.count) in all")
  }
}
