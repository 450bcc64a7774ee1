import Diagnostics
import Probity

extension Coverage.Unit {
  /// What was not tried, a sentence each, with the line that it is about.
  func gaps(in report: CaseReport) -> [(words: String, line: Int)] {
    let missing = items.filter { !$0.isCovered }
    let outcomes = missing.filter { $0.measure == .outcomes }.map(\.text)
    var gaps: [(words: String, line: Int)] = []
    if !outcomes.isEmpty { gaps.append(("never came to: \(outcomes.joined(separator: ", "))", report.line(of: span))) }
    for item in missing where item.measure != .outcomes {
      gaps.append((item.gap, report.line(of: item.span)))
    }
    return gaps
  }
}

extension Coverage.Item {
  /// That it was not tried.
  var gap: String {
    switch measure {
    case .outcomes: "never came to: \(text)"
    case .applicability: "`when` was never \(side ?? "")"
    case .conditions: "`\(text)` never \(side ?? "")"
    case .rows: "\(text) never matched: \(side ?? "")"
    case .boundaries: "`\(text)` never tried with \(side ?? "")"
    }
  }

  /// That it was tried.
  var success: String {
    switch measure {
    case .outcomes: "came to: \(text)"
    case .applicability: "`when` was \(side ?? "")"
    case .conditions: "`\(text)` \(side ?? "")"
    case .rows: "\(text) matched"
    case .boundaries:
      "`\(text)` tried with \(side ?? "")" + (isExact == false ? ", though never exactly on it" : "")
    }
  }
}

extension Coverage.Measure {
  /// What it counts, in a heading's words.
  var title: String {
    switch self {
    case .outcomes: "outcomes seen"
    case .applicability: "`when` both ways"
    case .conditions: "conditions that decided"
    case .rows: "table rows matched"
    case .boundaries: "sides of boundaries"
    }
  }
}

/// What cases have tried, for a person: how much of each measure, then what is not tried, rule by rule.
struct CoverageText {
  let coverage: Coverage
  let report: CaseReport
  let isVerbose: Bool

  func write(to layout: inout TextLayout) {
    layout.blank()
    layout.paragraph(.init("Coverage", .bold))
    for measure in Coverage.Measure.allCases {
      let count = coverage.count(measure)
      layout.row(
        [
          (measure.title, 24, false), (count.percent.map { "\($0)%" } ?? "-", 5, true),
        ],
        then: .init("\(count.covered) of \(count.total)", .faint), indent: 2)
    }
    let untested = coverage.untestedRules
    if !untested.isEmpty {
      layout.blank()
      layout.paragraph(
        .init("\(untested.count) of \(coverage.units.count { $0.kind == .rule }) rules have no test", .yellow))
      layout.paragraph("\(untested.map(\.name).joined(separator: ", "))", indent: 2)
    }
    for unit in coverage.units where unit.cases != 0 {
      let gaps = unit.gaps(in: report)
      guard isVerbose || !gaps.isEmpty else { continue }
      layout.blank()
      layout.paragraph(
        .init(unit.name, .bold), " \(unit.kind == .rule ? "" : "(\(unit.kind.rawValue)) ")",
        .init(
          "\(unit.count.covered) of \(unit.count.total)", unit.count.covered == unit.count.total ? .green : .yellow),
        .init(" \(report.sources.name(of: unit.span.file)), line \(report.line(of: unit.span))", .faint))
      for gap in gaps {
        layout.paragraph(.init(gap.words), .init(" (line \(gap.line))", .faint), indent: 2, hanging: 4)
      }
    }
    for (measure, threshold) in report.missedThresholds {
      let percent = coverage.count(measure).percent ?? 0
      layout.blank()
      layout.paragraph(.init("Below the threshold: \(measure.title), \(percent)% of \(threshold)%", .red))
    }
  }
}
