import ProbityReports
import TestSupport
import Testing

/// One run in every format; `Docs/Reports.md` describes them.
@Suite struct ReportGoldens {
  @Test func text() { expectGolden(Fixtures.report(TextReporter()), named: "report.txt") }

  @Test func verboseText() {
    expectGolden(Fixtures.report(TextReporter(isVerbose: true)), named: "report-verbose.txt")
  }

  @Test func colouredText() {
    expectGolden(Fixtures.report(TextReporter(colour: true)), named: "report-coloured.txt")
  }

  @Test func json() { expectGolden(Fixtures.report(JSONReporter()), named: "report.json") }

  @Test func csv() { expectGolden(Fixtures.report(CSVReporter()), named: "report.csv") }

  @Test func jsonLines() { expectGolden(Fixtures.report(JSONLinesReporter()), named: "report.jsonl") }
}
