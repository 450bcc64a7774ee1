import FEEL
import Probity
import Testing

/// Rules over records in which facts are missing, held against all that the missing facts may be.
@Suite struct OutcomeCompletionTests {
  private static let whens = [
    "w", "1 / n >= 1", "w or n > 1", "some j in items satisfies j.ok", "count(items[ok]) > 1",
  ]
  private static let requirements = [
    "w", "n < 2", "w and n > 0", "1 / n > 0", "sum(items.x) + n >= 2", "every j in items satisfies j.ok",
    "if w then n > 0 else true", "count(items[ok]) / count(items) >= 0.5", "max(items.x) > n", "zero / n = 0",
  ]
  private static let ofItems = ["i.x > n", "i.ok or w", "1 / i.x >= 1", "i.x >= 0", "i.ok and i.x > 0"]

  private static let states: [(name: String, values: [Value])] = [
    ("w", [.boolean(true), .boolean(false)]), ("n", [.number(0), .number(1), .number(2)]),
    ("x", [.number(0), .number(1), .number(2)]), ("ok", [.boolean(true), .boolean(false)]),
  ]

  /// Every way the four facts can be, 0 standing for a missing one.
  private static let worlds: [[Int]] = states.reduce([[]]) { worlds, state in
    worlds.flatMap { world in (0...state.values.count).map { world + [$0] } }
  }

  private static func record(_ world: [Int], _ book: OutcomeBook) -> Record {
    var facts: [String: Value] = ["zero": .number(0)]
    var item: [String: Value] = [:]
    for (state, number) in zip(states, world) where number > 0 {
      let value = state.values[number - 1]
      if state.name == "x" || state.name == "ok" { item[state.name] = value } else { facts[state.name] = value }
    }
    return book.thing("T-1", facts, items: [["x": .number(1), "ok": .boolean(true)], item])
  }

  private static let paths = ["w": "w", "n": "n", "items[I-2].x": "x", "items[I-2].ok": "ok"]

  @Test(arguments: [nil, "i in items", "i in items[ok]", "i in items[x >= n]"])
  func everyCompletion(each: String?) throws {
    let requirements = each == nil ? Self.requirements : Self.ofItems + Self.requirements.prefix(3)
    let conditions =
      Self.whens.flatMap { when in requirements.map { (when: String?.some(when), require: [$0]) } }
      + requirements.map { (nil, [$0, "n < 3"]) }
    let book = OutcomeBook(rules: OutcomeBook.rules(conditions, each: each))
    let checking = try #require(book.checking())
    /// The findings of each world by rule and subject.
    let reports = checking.check(Self.worlds.map { Self.record($0, book) })
    var found: [[Int]: [String: Finding]] = [:]
    for (world, report) in zip(Self.worlds, reports) {
      found[world] = Dictionary(
        uniqueKeysWithValues: report.findings.map { ("\($0.rule) \($0.subject.item ?? "")", $0) })
    }
    var faults: [String] = []
    for world in Self.worlds {
      for (subject, finding) in found[world] ?? [:] {
        let place = "\(subject) in \(world): \(finding.outcome)"
        let missing = Set(finding.missing.compactMap { Self.paths[$0.path] })
        let absent = Set(zip(Self.states, world).filter { $1 == 0 }.map(\.0.name))
        if finding.outcome == .notEvidenced {
          if finding.missing.isEmpty || !missing.isSubset(of: absent) { faults.append("\(place) rests on \(missing)") }
        } else if !finding.missing.isEmpty {
          faults.append("\(place) misses \(missing)")
        }
        for completion in Self.completions(of: world, filling: absent) {
          guard let other = found[completion]?[subject] else {
            // The item turned out not to be there.
            if ![.pass, .notApplicable, .notEvidenced].contains(finding.outcome) {
              faults.append("\(place), or not there")
            }
            continue
          }
          let agrees =
            switch finding.outcome {
            case .pass: other.outcome == .pass || other.outcome == .notApplicable
            case .notEvidenced: other.outcome != .notEvidenced
            default: other.outcome == finding.outcome
            }
          if !agrees { faults.append("\(place), but \(other.outcome) in \(completion)") }
        }
        guard finding.outcome == .notEvidenced else { continue }
        for supplied in Self.completions(of: world, filling: missing) {
          if found[supplied]?[subject]?.outcome == .notEvidenced {
            faults.append("\(place) needs more than \(missing)")
          }
        }
      }
    }
    #expect(faults.prefix(5).joined(separator: "\n") == "", "\(faults.count) in all")
  }

  /// The worlds in which facts that were missing have values.
  private static func completions(of world: [Int], filling names: Set<String>) -> [[Int]] {
    zip(states, world).reduce([[]]) { worlds, entry in
      let (state, number) = entry
      let numbers = names.contains(state.name) ? Array(1...state.values.count) : [number]
      return worlds.flatMap { world in numbers.map { world + [$0] } }
    }
  }
}
