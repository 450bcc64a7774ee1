import Diagnostics
import Probity

/// A run of tests for a person: what failed and why, then how many did.
public struct CaseTextReport: Sendable {
  private let colour: Bool
  private let isVerbose: Bool

  /// - Parameters:
  ///   - colour: whether to use ANSI colours.
  ///   - isVerbose: whether to list cases that came out as they should, too.
  public init(colour: Bool = false, isVerbose: Bool = false) {
    self.colour = colour
    self.isVerbose = isVerbose
  }

  /// The report as UTF-8.
  public func bytes(of report: CaseReport) -> [UInt8] {
    var layout = TextLayout(colour: colour)
    for (name, results) in report.files {
      let shown = results.filter { isVerbose || $0.status.isFailure || $0.status == .knownToFail }
      guard !shown.isEmpty else { continue }
      layout.paragraph(.init(name, .bold))
      for result in shown { write(result, in: report, to: &layout) }
      layout.blank()
    }
    layout.paragraph(summary(of: report))
    if let coverage = report.coverage {
      CoverageText(coverage: coverage, report: report, isVerbose: isVerbose).write(to: &layout)
    }
    return layout.bytes
  }

  private func write(_ result: CaseResult, in report: CaseReport, to layout: inout TextLayout) {
    let (mark, style): (String, TextLayout.Style) =
      switch result.status {
      case .passed: ("passed", .green)
      case .failed: ("FAILED", .red)
      case .knownToFail: ("known to fail", .yellow)
      case .unexpectedlyPassed: ("FAILED", .red)
      }
    layout.paragraph(
      .init("\(mark):", style), " \(result.name) ", .init("(line \(report.line(of: result.span)))", .faint), indent: 2,
      hanging: 6)
    switch result.status {
    case .passed: return
    case .knownToFail:
      layout.paragraph("because \(result.knownToFail ?? "")", indent: 6)
      return
    case .unexpectedlyPassed:
      layout.paragraph(
        "it is said to be known to fail (\(result.knownToFail ?? "")), and passes: take `known-to-fail` away", indent: 6
      )
    case .failed: break
    }
    for mismatch in result.mismatches {
      layout.paragraph(
        .init(mismatch.subject, .bold), .init(" (line \(report.line(of: mismatch.span)))", .faint), indent: 6)
      layout.paragraph("expected: ", .init(mismatch.expected, .green), indent: 8, hanging: 18)
      layout.paragraph("found:    ", .init(mismatch.found, .red), indent: 8, hanging: 18)
      for note in mismatch.notes { layout.paragraph("\(note)", indent: 10) }
      if let explanation = mismatch.explanation {
        layout.paragraph("why:", indent: 8)
        ExplanationText(explanation).write(to: &layout, indent: 10)
      }
    }
  }

  private func summary(of report: CaseReport) -> [TextLayout.Run] {
    func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
    let failed = report.count(.failed) + report.count(.unexpectedlyPassed)
    var runs: [TextLayout.Run] = [
      .init(
        "\(count(report.results.count, "case")), \(count(report.results.reduce(0) { $0 + $1.expectations }, "expectation")): "
      ),
      .init("\(report.count(.passed)) passed", .green),
    ]
    if failed > 0 { runs += [", ", .init("\(failed) failed", .red)] }
    if report.count(.knownToFail) > 0 {
      runs += [", ", .init("\(report.count(.knownToFail)) known to fail", .yellow)]
    }
    return runs
  }
}
