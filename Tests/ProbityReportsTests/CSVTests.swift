import Diagnostics
import Probity
import ProbityReports
import Testing

/// The lines that a spreadsheet gets.
@Suite struct CSVTests {
  private static func lines(_ reporter: some Reporter, _ records: [RecordReport] = Fixtures.records) -> [String] {
    Fixtures.report(reporter, records).split(separator: "\r\n", omittingEmptySubsequences: false).map(String.init)
  }

  /// The cells of a line, read as RFC 4180 has it.
  private static func cells(_ line: String) -> [String] {
    var cells = [""]
    var isQuoted = false
    var previous: Character?
    for character in line {
      switch character {
      case "\"":
        if !isQuoted, previous == "\"" { cells[cells.count - 1].append(character) }
        isQuoted.toggle()
      case "," where !isQuoted: cells.append("")
      default: cells[cells.count - 1].append(character)
      }
      previous = character
    }
    return cells
  }

  @Test func aLineForEachFindingAndEachProblem() {
    let lines = Self.lines(CSVReporter())
    let findings = Fixtures.records.reduce(0) { $0 + $1.findings.count }
    let problems = Fixtures.records.reduce(1) { $0 + $1.problems.count }
    // The header before them, and nothing after the last line's end.
    #expect(lines.count == 1 + findings + problems + 1)
    #expect(lines.last == "")
    let header = Self.cells(lines[0])
    #expect(header.first == "kind")
    for line in lines.dropLast() { #expect(Self.cells(line).count == header.count) }
  }

  @Test(arguments: [
    ("plain", "Haven Ltd", "Haven Ltd"),
    ("a comma", "Haven, Ltd", #""Haven, Ltd""#),
    ("a quotation mark", #"The "Haven""#, #""The ""Haven""""#),
    ("a line break", "Haven\nLtd", "\"Haven\nLtd\""),
    ("a space at the end", "Haven ", #""Haven ""#),
    ("letters beyond ASCII", "Hâven", "Hâven"),
    ("a formula", "=1+1", "'=1+1"),
    ("a formula that needs quotes", "=HYPERLINK(\"x\",\"y\")", #""'=HYPERLINK(""x"",""y"")""#),
    ("a sign", "+44 1", "'+44 1"),
    ("a minus", "-1", "'-1"),
    ("an at", "@SUM(A1)", "'@SUM(A1)"),
    ("a tab before a formula", "\t=1", "\"'\t=1\""),
    ("a formula in full width", "＝1", "'＝1"),
    ("a letter of the same beginning", "Ａ1", "Ａ1"),
  ])
  func cells(what: String, name: String, cell: String) throws {
    let report = RecordReport(
      key: "P-1", name: name, place: nil, scope: .inScope, findings: [Fixtures.informing], verdict: nil)
    var bytes: [UInt8] = []
    CSVReporter().record(report, into: &bytes)
    let line = String(decoding: bytes, as: UTF8.self)
    #expect(line.hasPrefix("finding,P-1,\(cell),,rating-recent,"), "\(what): \(line)")
  }

  @Test func theSummaryHasALineForEachRule() {
    #expect(
      Self.lines(CSVSummaryReporter()) == [
        "kind,name,title,pass,fail,not_evidenced,not_applicable,error,waived,files,read,used,blank,filtered_out,"
          + "unreadable_rows,ragged_rows,unreadable_cells,duplicate_keys,joined_to_nothing,unmatched,conflicts,conflicts_settled,clean",
        "rule,registered,The provider is registered,3,0,0,0,0,0,,,,,,,,,,,,,,",
        "rule,dbs-renewal,DBS certificates are renewed on time,2,9,0,0,0,1,,,,,,,,,,,,,,",
        "",
      ])
  }

  @Test func theSummaryHasALineForEachSource() {
    var staff = SourceAccount(name: "staff")
    (staff.files, staff.read, staff.used, staff.unreadableCells, staff.conflicts) = (1, 20, 18, 3, 1)
    var summary = Summary(policy: "p", policyTitle: "P", asOf: Fixtures.asOf)
    summary.sources = [staff]
    var bytes: [UInt8] = []
    CSVSummaryReporter().end(summary, into: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == "source,staff,,,,,,,,1,20,18,0,0,0,0,3,0,0,0,1,0,false\r\n")
  }

  @Test func aProblemSaysItsSheetAndColumn() {
    let problem = RecordProblem(
      DiagnosticCode("DATA432"), .error, "no date",
      at: Place(file: "staff.xlsx", sheet: "Care team", row: 14, column: "DBS issued"), record: "P-1")
    var bytes: [UInt8] = []
    CSVReporter().problem(problem, into: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self).hasSuffix(",staff.xlsx,,14,Care team,DBS issued\r\n"))
  }
}
