import Diagnostics
import FEEL
public import Probity

/// Prints a line for each fact that is asked for, and for each problem with the data, as CSV for a spreadsheet.
///
/// It is written as ``CSVReporter`` writes: no cell of text is taken for a formula.
public struct RequestCSV: RequestReporter {
  public init() {}

  static let columns = [
    "kind", "record", "name", "order", "fact", "label", "answer", "severity", "decisive", "after", "item", "item_key",
    "absence", "message", "policies", "rules", "needed", "help", "file", "line", "row", "sheet", "column",
  ]

  public func begin(_ run: RequestRun, into bytes: inout [UInt8]) { CSVLine.header(Self.columns, into: &bytes) }

  public func record(_ request: RecordRequest, into bytes: inout [UInt8]) {
    for (order, requested) in request.facts.enumerated() {
      var line = CSVLine(bytes)
      bytes = []
      line.word("fact")
      line.cell(request.key)
      line.cell(request.name)
      line.word("\(order + 1)")
      line.cell(requested.fact.path)
      line.cell(requested.declaration.label)
      line.cell(AnswerWords.form(of: requested.declaration, columns: requested.columns))
      line.word(requested.severity.rawValue)
      line.word(requested.isDecisive ? "true" : "false")
      line.cell(requested.after.map(\.path))
      line.cell(requested.fact.item?.path)
      line.cell(requested.fact.item?.key)
      line.word(requested.fact.absence.word)
      line.cell(requested.fact.absence.reason)
      line.cell(Self.once(requested.needs.map(\.policy)))
      line.cell(Self.once(requested.needs.compactMap(\.rule)))
      line.word("\(requested.needs.count)")
      line.cell(requested.declaration.help)
      line.place(requested.fact.place)
      bytes = line.ended()
    }
    for problem in request.problems { self.problem(problem, into: &bytes) }
  }

  private static func once(_ texts: [String]) -> [String] {
    var seen: Set<String> = []
    return texts.filter { seen.insert($0).inserted }
  }

  public func problem(_ problem: RecordProblem, into bytes: inout [UInt8]) {
    var line = CSVLine(bytes)
    bytes = []
    line.word("problem")
    line.cell(problem.record)
    line.empty(2)
    line.cell(problem.place.path)
    line.word(problem.code.name)
    line.empty(1)
    line.word(problem.severity.rawValue)
    line.empty(5)
    line.cell(problem.message)
    line.empty(3)
    line.cell(problem.help)
    line.place(problem.place)
    bytes = line.ended()
  }

  public func end(_ summary: RequestSummary, into bytes: inout [UInt8]) {
    for source in summary.sources {
      var line = CSVLine(bytes)
      bytes = []
      line.word("source")
      line.empty(1)
      line.cell(source.name)
      line.empty(10)
      line.cell(source.inWords)
      line.empty(9)
      bytes = line.ended()
    }
  }
}

extension Absence {
  /// In one word: `absent`, `unreadable`, `redacted`, `conflicting`.
  var word: String {
    switch self {
    case .absent: "absent"
    case .unreadable: "unreadable"
    case .redacted: "redacted"
    case .conflicting: "conflicting"
    }
  }

  /// What is wrong with what was supplied.
  var reason: String? {
    switch self {
    case .absent, .redacted: nil
    case .unreadable(let reason), .conflicting(let reason): reason
    }
  }
}
