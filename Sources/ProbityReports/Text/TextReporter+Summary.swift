import Diagnostics
import FEEL
public import Probity

extension TextReporter {
  public func end(_ summary: Summary, into bytes: inout [UInt8]) {
    print(into: &bytes) { text in
      text.rule()
      text.paragraph(
        .init("Summary", .bold), " of \(summary.policy), as of \(summary.asOf.description)")
      records(of: summary, on: &text)
      verdicts(of: summary, on: &text)
      openFindings(of: summary, on: &text)
      ranking(of: summary, on: &text)
      if !summary.notAsked.isEmpty {
        text.blank()
        text.paragraph(.init("Rules that were not asked", .bold))
        for (rule, reason) in summary.notAsked {
          text.paragraph("\(rule): \(reason.trimmed)", indent: 2, hanging: 4)
        }
      }
      if !summary.problems.isEmpty {
        text.blank()
        text.paragraph(.init("Problems with the data", .bold))
        for (code, number, example) in summary.problems {
          let place = PlaceText.whole(example.place)
          text.row(
            [("\(number)", 7, true), (code.name, 7, false)],
            then: .init("for example \(example.message.trimmed) (\(place))"), indent: 2)
        }
      }
      sources(of: summary, on: &text)
      if !summary.idleWaivers.isEmpty {
        text.blank()
        text.paragraph(.init("Waivers that lay over nothing", .bold))
        for (waiver, reason) in summary.idleWaivers {
          let item = waiver.item.map { ", item \($0)" } ?? ""
          text.paragraph("\(waiver.rule) for \(waiver.record)\(item): \(reason.trimmed)", indent: 2, hanging: 4)
        }
      }
    }
  }

  private func records(of summary: Summary, on text: inout TextLayout) {
    text.blank()
    guard summary.read > 0 else {
      text.paragraph("No records")
      return
    }
    var parts = ["\(summary.checked) checked"]
    if summary.outOfScope > 0 { parts.append("\(summary.outOfScope) out of scope") }
    if summary.unreadable > 0 {
      parts.append("\(summary.unreadable) not read" + (isSummary ? "" : ", each with its reason above"))
    }
    text.paragraph("\(count(summary.read, "record")): \(parts.joined(separator: ", "))")
  }

  /// What became of the rows of each source; nothing where every row of the only one became a record.
  private func sources(of summary: Summary, on text: inout TextLayout) {
    let isPlain = summary.sources.allSatisfy { $0.isClean && $0.filteredOut == 0 && $0.blank == 0 }
    guard summary.sources.count > 1 || !isPlain else { return }
    text.blank()
    text.paragraph(.init("Sources", .bold))
    for source in summary.sources { text.paragraph("\(source.inWords.trimmed)", indent: 2, hanging: 4) }
  }

  private func verdicts(of summary: Summary, on text: inout TextLayout) {
    guard !summary.verdicts.isEmpty else { return }
    text.blank()
    text.paragraph(.init("Verdicts", .bold))
    for (verdict, number) in summary.verdicts { text.row([("\(number)", 7, true)], then: .init(verdict), indent: 2) }
  }

  private func openFindings(of summary: Summary, on text: inout TextLayout) {
    text.blank()
    let waived = summary.waived > 0 ? ", and \(summary.waived) waived" : ""
    guard summary.worst != nil else {
      text.paragraph("No findings are open\(waived).")
      return
    }
    text.paragraph(.init("Open findings", .bold), .init(waived))
    text.row(
      [("failed", 7, true), ("not evidenced", 13, true), ("errors", 7, true)], then: .init("severity"), indent: 2)
    for severity in Severity.allCases.reversed() {
      let counts = summary.open[severity] ?? [:]
      guard counts.unmet > 0 else { continue }
      text.row(
        [
          ("\(counts[.fail])", 7, true), ("\(counts[.notEvidenced])", 13, true),
          ("\(counts[.error])", 7, true),
        ], then: .init(severity.rawValue, style(of: severity)), indent: 2)
    }
  }

  private static let rankingLimit = 15

  /// The rules that are most often not met.
  private func ranking(of summary: Summary, on text: inout TextLayout) {
    func unmet(_ rule: Summary.RuleCounts) -> Int { rule.counts.unmet }
    let ranked = summary.rules.enumerated().filter { unmet($0.element) > 0 }
      .sorted { (-unmet($0.element), $0.offset) < (-unmet($1.element), $1.offset) }.map(\.element)
    guard !ranked.isEmpty else { return }
    text.blank()
    text.paragraph(.init("Rules most often not met", .bold), ", waived or not")
    text.row(
      [("failed", 7, true), ("not evidenced", 13, true), ("errors", 7, true), ("passed", 7, true)],
      then: .init("rule"), indent: 2)
    let isCut = !isVerbose && ranked.count > Self.rankingLimit + 1
    for rule in isCut ? ranked.prefix(Self.rankingLimit) : ranked[...] {
      let cells = [(Outcome.fail, 7), (.notEvidenced, 13), (.error, 7), (.pass, 7)].map { outcome, width in
        (text: "\(rule.counts[outcome])", width: width, isNumber: true)
      }
      text.row(cells, then: .init("\(rule.rule): \(rule.title.trimmed)"), indent: 2)
    }
    if isCut { text.paragraph("and \(ranked.count - Self.rankingLimit) more rules", indent: 2) }
  }
}
