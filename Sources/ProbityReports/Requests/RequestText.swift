import Diagnostics
import FEEL
public import Probity

/// Prints what to ask for, for the person who writes the letter.
///
/// Of each record what is needed as things stand comes first, the most decisive first, and then what is needed only
/// if an answer calls for it. Items that lack the same fact for the same reasons are named together.
public struct RequestText: RequestReporter {
  private let colour: Bool
  private let isVerbose: Bool

  /// - Parameters:
  ///   - colour: whether to use ANSI colours.
  ///   - isVerbose: whether to name every item and every rule, however many there are.
  public init(colour: Bool = false, isVerbose: Bool = false) {
    self.colour = colour
    self.isVerbose = isVerbose
  }

  public func begin(_ run: RequestRun, into bytes: inout [UInt8]) {
    print(into: &bytes) { text in
      text.paragraph(.init("Evidence to ask for", .bold))
      for policy in run.policies { text.paragraph("Policy \(policy.name): \(policy.title.trimmed)", hanging: 2) }
      text.paragraph("As of \(run.asOf.description)")
      text.paragraph(
        run.settlement == .verdicts
          ? "Asked for: what can still change a verdict" : "Asked for: what can still change a finding")
      text.blank()
    }
  }

  public func problem(_ problem: RecordProblem, into bytes: inout [UInt8]) {
    TextReporter(colour: colour).problem(problem, into: &bytes)
  }

  public func record(_ request: RecordRequest, into bytes: inout [UInt8]) {
    print(into: &bytes) { text in
      text.rule()
      heading(of: request, on: &text)
      let groups = Group.groups(of: request.facts)
      for (isConditional, title) in [
        (false, "To ask for"), (true, "To ask for then, if the answers call for it"),
      ] {
        let shown = groups.filter { !$0.facts[0].after.isEmpty == isConditional }
        guard !shown.isEmpty else { continue }
        text.blank()
        text.paragraph(.init(title, .yellow))
        for group in shown { show(group, of: request, on: &text) }
      }
      if !request.problems.isEmpty {
        text.blank()
        text.paragraph(.init("Problems with the data", .yellow))
        for problem in request.problems {
          TextReporter(colour: colour).explain(
            problem, on: &text, besides: PlaceText.whole(problem.place, seenFrom: request.place))
        }
      }
      text.blank()
    }
  }

  private func heading(of request: RecordRequest, on text: inout TextLayout) {
    if let name = request.name?.trimmed, !name.isEmpty {
      text.paragraph(.init(name, .bold), .init(" (\(request.key))"))
    } else {
      text.paragraph(.init(request.key, .bold))
    }
    for standing in request.standings {
      text.paragraph(.init("\(standing.policy): ", .bold), .init(Self.words(standing)), hanging: 2)
    }
    if let place = request.place { text.paragraph(.init("Read from \(PlaceText.whole(place))", .faint), hanging: 2) }
    if request.facts.isEmpty { text.paragraph("Nothing to ask for") }
    if request.idle > 0 {
      text.paragraph(
        .init(
          "Not asked for: \(count(request.idle, "missing fact")), which can change nothing that is to be settled",
          .faint), hanging: 2)
    }
  }

  private static func words(_ standing: Standing) -> String {
    switch standing.scope {
    case .outOfScope: return "not about this record"
    case .error(let reason): return "its scope could not be computed: \(reason.trimmed)"
    case .inScope, .notEvidenced: break
    }
    var words = standing.verdict.map { $0.text ?? "no verdict" } ?? "no verdict table"
    if case .notEvidenced = standing.scope { words += ", if it is about this record at all, which is not known" }
    if standing.notEvidenced > 0 { words += "; \(count(standing.notEvidenced, "finding")) not evidenced" }
    return words + (standing.isSettled ? "; settled" : "")
  }

  // MARK: Facts

  /// The most that is named of what has more than this and one, unless all is asked for.
  private static let itemLimit = 8
  private static let needLimit = 3

  private func shown(_ count: Int, of limit: Int) -> Int { isVerbose || count <= limit + 1 ? count : limit }

  private func show(_ group: Group, of request: RecordRequest, on text: inout TextLayout) {
    let first = group.facts[0]
    let path = group.facts.count > 1 ? first.fact.pathOfItems : first.fact.path
    text.paragraph(
      .init("[\(first.severity.rawValue)] ", TextReporter().style(of: first.severity)),
      .init(first.declaration.label.trimmed, .bold), .init(" (\(path))", .faint), indent: 2, hanging: 4)
    let items = group.facts.compactMap { $0.fact.item }
    if group.facts.count > 1, !items.isEmpty {
      let shown = shown(items.count, of: Self.itemLimit)
      let rest = items.count > shown ? " and \(items.count - shown) more" : ""
      text.paragraph(
        "Of \(items.count): \(items.prefix(shown).map(\.key).joined(separator: ", "))\(rest)", indent: 4, hanging: 6)
    }
    text.paragraph("Answer: \(AnswerWords.form(of: first.declaration, columns: first.columns))", indent: 4, hanging: 6)
    for fact in group.facts {
      if fact.fact.absence == .absent { continue }
      let place = fact.fact.place.flatMap { PlaceText.whole($0, seenFrom: request.place) }
      text.paragraph(
        .init("Now: \(AnswerWords.absence(fact.fact.absence))"), .init(place.map { " (\($0))" } ?? "", .faint),
        indent: 4, hanging: 6)
    }
    if !first.after.isEmpty {
      var seen: Set<String> = []
      let labels = first.after.map(\.pathOfItems).filter { seen.insert($0).inserted }
      text.paragraph("Only if needed once this is known: \(labels.joined(separator: ", "))", indent: 4, hanging: 6)
    }
    if first.isDecisive { text.paragraph("By itself it can change what is decided.", indent: 4) }
    let needs = group.needs
    let shown = shown(needs.count, of: Self.needLimit)
    for need in needs.prefix(shown) {
      let rule = need.rule.map { "\(need.policy), \($0)" } ?? "\(need.policy), whether it is about this record"
      text.paragraph(
        .init("For: \(need.title.trimmed)"), .init(" (\(rule))", .faint), indent: 4, hanging: 9)
    }
    if shown < needs.count { text.paragraph("and for \(needs.count - shown) more", indent: 4) }
    if let help = first.declaration.help { text.paragraph("Evidence: \(help.trimmed)", indent: 4, hanging: 6) }
  }

  /// Facts that are asked for in one line: the same of several items.
  private struct Group {
    var facts: [RequestedFact]
    /// Each rule once, whatever the item.
    var needs: [Need]

    private struct Key: Hashable {
      var path: String
      var after: [String]
      var needs: [Need]
      var isDecisive: Bool
      var isAbsent: Bool
    }

    static func groups(of facts: [RequestedFact]) -> [Group] {
      var groups: [Group] = []
      var places: [Key: Int] = [:]
      for fact in facts {
        var seen: Set<Need> = []
        let needs = fact.needs.map { need -> Need in
          var need = need
          need.item = nil
          return need
        }.filter { seen.insert($0).inserted }
        let key = Key(
          path: fact.fact.pathOfItems, after: fact.after.map(\.pathOfItems), needs: needs,
          isDecisive: fact.isDecisive, isAbsent: fact.fact.absence == .absent)
        if let place = places[key] {
          groups[place].facts.append(fact)
        } else {
          places[key] = groups.count
          groups.append(Group(facts: [fact], needs: needs))
        }
      }
      return groups
    }
  }

  // MARK: Summary

  public func end(_ summary: RequestSummary, into bytes: inout [UInt8]) {
    print(into: &bytes) { text in
      text.rule()
      text.paragraph(.init("Summary", .bold))
      text.blank()
      var parts = ["\(summary.asked) asked for something"]
      let settled = summary.read - summary.asked - summary.outOfScope - summary.unreadable
      parts.append("\(settled) with nothing to ask")
      if summary.outOfScope > 0 { parts.append("\(summary.outOfScope) out of scope") }
      if summary.unreadable > 0 { parts.append("\(summary.unreadable) not read") }
      text.paragraph("\(count(summary.read, "record")): \(parts.joined(separator: ", "))")
      text.paragraph(
        "\(count(summary.facts, "fact")) to ask for; \(summary.idle) more missing that can change nothing")
      let counts = summary.counts
      if !counts.isEmpty {
        text.blank()
        text.paragraph(.init("Asked of most records", .bold))
        text.row([("records", 7, true), ("facts", 7, true)], then: .init("fact"), indent: 2)
        let shown = shown(counts.count, of: 15)
        for count in counts.prefix(shown) {
          text.row(
            [("\(count.records)", 7, true), ("\(count.facts)", 7, true)],
            then: .init("\(count.label.trimmed) (\(count.path))"), indent: 2)
        }
        if shown < counts.count { text.paragraph("and \(counts.count - shown) more", indent: 2) }
      }
      if !summary.problems.isEmpty {
        text.blank()
        text.paragraph(.init("Problems with the data", .bold))
        for (code, number, example) in summary.problems {
          text.row(
            [("\(number)", 7, true), (code.name, 7, false)],
            then: .init("for example \(example.message.trimmed) (\(PlaceText.whole(example.place)))"), indent: 2)
        }
      }
      if !summary.sources.isEmpty {
        text.blank()
        text.paragraph(.init("Sources", .bold))
        for source in summary.sources { text.paragraph(.init(source.inWords), indent: 2, hanging: 4) }
      }
    }
  }

  private func print(into bytes: inout [UInt8], _ body: (inout TextLayout) -> Void) {
    var text = TextLayout(bytes, colour: colour)
    bytes = []
    body(&text)
    bytes = text.bytes
  }
}
