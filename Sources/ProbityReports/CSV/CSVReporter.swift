import Diagnostics
public import Probity

/// Prints a line for each finding, and for each problem with the data, as CSV for a spreadsheet.
///
/// Lines end with CR LF and cells are quoted where they have to be (RFC 4180). A cell of text that a spreadsheet would
/// take for a formula has an apostrophe before it, which the spreadsheet takes for "this is text" and does not show.
public struct CSVReporter: Reporter {
  public init() {}

  /// The columns, in their order.
  static let columns = [
    "kind", "record", "name", "verdict", "rule", "title", "outcome", "severity", "enforcement", "open", "item",
    "item_key", "message", "remedy", "missing", "waiver", "source", "clause", "file", "line", "row",
    "sheet", "column",
  ]

  public func begin(_ run: RunDescription, into bytes: inout [UInt8]) { CSVLine.header(Self.columns, into: &bytes) }

  public func record(_ report: RecordReport, into bytes: inout [UInt8]) {
    for finding in report.findings {
      Self.line(
        finding, key: report.key, name: report.name, verdict: report.verdict?.text, place: report.place, into: &bytes)
    }
    for problem in report.problems { self.problem(problem, into: &bytes) }
  }

  /// - Parameters:
  ///   - key: of the record; its name, verdict and place follow.
  static func line(
    _ finding: Finding, key: String, name: String?, verdict: String?, place: Place?, into bytes: inout [UInt8]
  ) {
    var line = CSVLine(bytes)
    bytes = []
    line.word("finding")
    line.cell(key)
    line.cell(name)
    line.cell(verdict)
    line.cell(finding.rule)
    line.cell(finding.title)
    line.word(finding.outcome.rawValue)
    line.word(finding.severity.rawValue)
    line.word(finding.enforcement.rawValue)
    line.word(finding.isOpen ? "true" : "false")
    line.cell(finding.subject.item)
    line.cell(finding.subject.itemKey)
    line.cell(finding.messages + (finding.reason.map { [$0] } ?? []))
    line.cell(finding.remedies)
    line.cell(finding.missing.map(\.path))
    line.cell(finding.waiver.map { "until \($0.until), approved by \($0.approved): \($0.reason)" })
    line.cell(finding.source)
    line.cell(finding.clause.map(words))
    line.place(place)
    bytes = line.ended()
  }

  static func words(_ clause: Clause) -> String { "\(clause.document), \(clause.ref)" }

  public func problem(_ problem: RecordProblem, into bytes: inout [UInt8]) {
    var line = CSVLine(bytes)
    bytes = []
    line.word("problem")
    line.cell(problem.record)
    line.empty(2)
    line.word(problem.code.name)
    line.empty(1)
    line.word(problem.severity.rawValue)
    line.empty(3)
    line.cell(problem.place.path)
    line.empty(1)
    line.cell(problem.message)
    line.cell(problem.help)
    line.empty(4)
    line.place(problem.place)
    bytes = line.ended()
  }

  public func end(_ summary: Summary, into bytes: inout [UInt8]) {
    for source in summary.sources {
      var line = CSVLine(bytes)
      bytes = []
      line.word("source")
      line.empty(1)
      line.cell(source.name)
      line.empty(9)
      line.cell(source.inWords)
      line.empty(10)
      bytes = line.ended()
    }
  }
}

/// Prints a line for each rule that was asked, with how often it came to what, and one for each source of the records, as
/// CSV.
public struct CSVSummaryReporter: Reporter {
  public init() {}

  static let columns = [
    "kind", "name", "title", "pass", "fail", "not_evidenced", "not_applicable", "error", "waived", "files", "read",
    "used",
    "blank", "filtered_out", "unreadable_rows", "ragged_rows", "unreadable_cells", "duplicate_keys",
    "joined_to_nothing", "unmatched",
    "conflicts", "conflicts_settled", "clean",
  ]

  public func begin(_ run: RunDescription, into bytes: inout [UInt8]) { CSVLine.header(Self.columns, into: &bytes) }

  public func record(_ report: RecordReport, into bytes: inout [UInt8]) {}

  public func problem(_ problem: RecordProblem, into bytes: inout [UInt8]) {}

  public func end(_ summary: Summary, into bytes: inout [UInt8]) {
    for rule in summary.rules {
      var line = CSVLine(bytes)
      bytes = []
      line.word("rule")
      line.cell(rule.rule)
      line.cell(rule.title)
      for outcome in Outcome.allCases { line.word("\(rule.counts[outcome])") }
      line.word("\(rule.waived)")
      line.empty(14)
      bytes = line.ended()
    }
    for source in summary.sources {
      var line = CSVLine(bytes)
      bytes = []
      line.word("source")
      line.cell(source.name)
      line.empty(7)
      for count in [
        source.files, source.read, source.used, source.blank, source.filteredOut, source.unreadableRows,
        source.raggedRows,
        source.unreadableCells, source.duplicateKeys, source.joinedToNothing, source.unmatched, source.conflicts,
        source.settledConflicts,
      ] { line.word("\(count)") }
      line.word(source.isClean ? "true" : "false")
      bytes = line.ended()
    }
  }
}

/// Writes the cells of one line.
struct CSVLine {
  private var bytes: [UInt8]
  private var isFirst = true

  init(_ bytes: consuming [UInt8]) { self.bytes = bytes }

  static func header(_ columns: [String], into bytes: inout [UInt8]) {
    var line = CSVLine(bytes)
    bytes = []
    for column in columns { line.word(column) }
    bytes = line.ended()
  }

  /// Cells that are part of a line.
  static func bytes(_ body: (inout CSVLine) -> Void) -> [UInt8] {
    var line = CSVLine([])
    body(&line)
    return line.bytes
  }

  consuming func ended() -> [UInt8] {
    bytes.append(UInt8(ascii: "\r"))
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }

  /// A word or a number of ours, which needs no care.
  mutating func word(_ text: String) {
    separate()
    bytes.append(contentsOf: text.utf8)
  }

  mutating func empty(_ count: Int) {
    for _ in 0..<count { separate() }
  }

  /// Text from rules or records.
  mutating func cell(_ text: String?) {
    separate()
    guard var text, !text.isEmpty else { return }
    text.withUTF8 { utf8 in
      let (needsApostrophe, needsQuotes) = Self.care(utf8)
      if needsQuotes { bytes.append(UInt8(ascii: "\"")) }
      if needsApostrophe { bytes.append(UInt8(ascii: "'")) }
      if needsQuotes {
        for byte in utf8 {
          if byte == UInt8(ascii: "\"") { bytes.append(byte) }
          bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
      } else {
        bytes.append(contentsOf: utf8)
      }
    }
  }

  /// What a cell needs around it.
  static func care(_ utf8: UnsafeBufferPointer<UInt8>) -> (needsApostrophe: Bool, needsQuotes: Bool) {
    let needsQuotes =
      utf8.contains { byte in
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
          || byte == UInt8(ascii: "\r") || byte == UInt8(ascii: ";") || byte == UInt8(ascii: "\t")
      } || utf8.first == UInt8(ascii: " ") || utf8.last == UInt8(ascii: " ")
    return (startsFormula(utf8), needsQuotes)
  }

  /// Several texts, each but the last ended by a semicolon.
  mutating func cell(_ texts: [String]) { cell(texts.isEmpty ? nil : texts.joined(separator: "; ")) }

  mutating func place(_ place: Place?) {
    cell(place?.file)
    word(place?.line.map(String.init) ?? "")
    word(place?.row.map(String.init) ?? "")
    cell(place?.sheet)
    cell(place?.column)
  }

  /// Whether a spreadsheet might take a cell for a formula: by its first character, in the widths that are in use.
  private static func startsFormula(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    switch utf8.first {
    case UInt8(ascii: "="), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "@"), UInt8(ascii: "\t"),
      UInt8(ascii: "\r"), UInt8(ascii: "\n"):
      true
    case 0xEF:
      // Full width: ＝ ＋ － ＠.
      utf8.count >= 3 && utf8[1] == 0xBC && [0x9D, 0x8B, 0x8D, 0xA0].contains(utf8[2])
    default: false
    }
  }

  private mutating func separate() {
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
  }
}

extension CSVReporter: OutliningReporter {
  package func printer(for checking: Checking) -> (any OutlinePrinter)? { CSVOutlinePrinter(checking) }
}
