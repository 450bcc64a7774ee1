import Diagnostics
import FEEL
public import Probity

/// Prints a run for the person who has to act on it.
///
/// For each record the verdict stands first, then what failed, what is not evidenced and what could not be computed,
/// each by severity, with what to do about it and where it came from. Lines are at most 100 columns wide.
public struct TextReporter: Reporter {
  /// Whether to use ANSI colours.
  public var colour: Bool
  /// Whether to list what passed and did not apply, and every item and every fact however many there are.
  public var isVerbose: Bool
  /// Whether the summary is all that is printed, so that it cannot point to what stands above it.
  public var isSummary: Bool

  public init(colour: Bool = false, isVerbose: Bool = false, isSummary: Bool = false) {
    self.colour = colour
    self.isVerbose = isVerbose
    self.isSummary = isSummary
  }

  public func begin(_ run: RunDescription, into bytes: inout [UInt8]) {
    print(into: &bytes) { text in
      text.paragraph(.init(run.policyTitle, .bold))
      var policy = "Policy \(run.policy)"
      if !run.extends.isEmpty { policy += ", which extends \(run.extends.joined(separator: ", which extends "))" }
      text.paragraph(.init(policy))
      if let stage = run.stage { text.paragraph("Stage: \(stage.rawValue)") }
      text.paragraph("As of \(run.asOf.description)")
      if let source = run.source { text.paragraph("Source: \(source.trimmed)", hanging: 8) }
      for relaxation in run.relaxations {
        let approval = "approved by \(relaxation.approved.trimmed) until \(relaxation.until)"
        text.paragraph("Relaxed: \(relaxation.target), \(approval): \(relaxation.reason.trimmed)", hanging: 9)
      }
      text.blank()
    }
  }

  public func problem(_ problem: RecordProblem, into bytes: inout [UInt8]) {
    print(into: &bytes) { text in
      text.rule()
      let heading = problem.severity == .error ? "Not read" : "Data"
      text.paragraph(
        .init(heading, problem.severity == .error ? .red : .yellow),
        .init(": \(PlaceText.whole(problem.place))"), hanging: 2)
      explain(problem, on: &text)
      text.blank()
    }
  }

  /// What is wrong, with its code and advice, two columns in.
  func explain(_ problem: RecordProblem, on text: inout TextLayout, besides place: String? = nil) {
    let end = place.map { " (\($0))" } ?? ""
    text.paragraph(
      .init("[\(problem.code)] ", .faint), .init(problem.message.trimmed), .init(end, .faint), indent: 2, hanging: 4)
    for help in problem.help { text.paragraph("Help: \(help.trimmed)", indent: 4, hanging: 10) }
  }

  func print(into bytes: inout [UInt8], _ body: (inout TextLayout) -> Void) {
    // The buffer is handed over and back, so that a long report is not copied for each entry.
    var text = TextLayout(bytes, colour: colour)
    bytes = []
    body(&text)
    bytes = text.bytes
  }
}

extension TextReporter: OutliningReporter {
  package func printer(for checking: Checking) -> (any OutlinePrinter)? { TextOutlinePrinter(self, checking) }
}

/// How places are said.
enum PlaceText {
  /// `staff.csv, row 14 (line 17), column "Issued"`.
  static func whole(_ place: Place) -> String {
    ([place.file] + within(place)).joined(separator: ", ")
  }

  /// A fact's place as someone would say it who is looking at its record: without the file that is the record's too,
  /// and without the row or line that is. Nil where that leaves nothing.
  static func whole(_ place: Place, seenFrom record: Place?) -> String? {
    guard let record, record.file == place.file, record.sheet == place.sheet else { return whole(place) }
    var place = place
    place.sheet = nil
    if place.line == record.line, place.row == record.row {
      place.line = nil
      place.row = nil
    }
    let parts = within(place)
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private static func within(_ place: Place) -> [String] {
    var parts: [String] = []
    if let sheet = place.sheet { parts.append("sheet \(sheet)") }
    switch (place.row, place.line) {
    case (let row?, let line?): parts.append("row \(row) (line \(line))")
    case (let row?, nil): parts.append("row \(row)")
    case (nil, let line?): parts.append("line \(line)")
    case (nil, nil): break
    }
    if let column = place.column { parts.append("column \"\(column)\"") }
    if let path = place.path { parts.append(path) }
    return parts
  }
}

extension String {
  /// Without the white space at its ends, which a block of YAML leaves.
  var trimmed: String {
    // Nearly all texts begin and end with a printing character of ASCII.
    if let first = utf8.first, let last = utf8.last, (0x21..<0x7F).contains(first), (0x21..<0x7F).contains(last) {
      return self
    }
    var scalars = unicodeScalars[...]
    while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
    while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
    return String(scalars)
  }
}

/// `1 record`, `2 records`.
func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
  "\(number) \(number == 1 ? noun : plural ?? noun + "s")"
}
