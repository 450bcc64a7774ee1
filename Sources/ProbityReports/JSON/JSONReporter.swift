public import Probity

/// Prints a run as one JSON document, an entry on each line; `Docs/Reports.md` describes it.
public struct JSONReporter: Reporter {
  public init() {}

  public func begin(_ run: RunDescription, into bytes: inout [UInt8]) {
    bytes.append(contentsOf: "{\"run\":".utf8)
    write(into: &bytes) { $0.run(run) }
    bytes.append(contentsOf: ",\n\"entries\":[\n".utf8)
  }

  public func record(_ report: RecordReport, into bytes: inout [UInt8]) {
    write(into: &bytes) { $0.entry(report) }
  }

  public func problem(_ problem: RecordProblem, into bytes: inout [UInt8]) {
    write(into: &bytes) { $0.entry(problem) }
  }

  public var separator: String { ",\n" }

  public func end(_ summary: Summary, into bytes: inout [UInt8]) {
    bytes.append(contentsOf: "\n],\n\"summary\":".utf8)
    write(into: &bytes) { $0.summary(summary) }
    bytes.append(contentsOf: "}\n".utf8)
  }
}

/// Prints a run as JSON Lines: the objects of ``JSONReporter``, each on a line of its own.
public struct JSONLinesReporter: Reporter {
  public init() {}

  public func begin(_ run: RunDescription, into bytes: inout [UInt8]) {
    writeLine(into: &bytes) { $0.run(run) }
  }

  public func record(_ report: RecordReport, into bytes: inout [UInt8]) {
    writeLine(into: &bytes) { $0.entry(report) }
  }

  public func problem(_ problem: RecordProblem, into bytes: inout [UInt8]) {
    writeLine(into: &bytes) { $0.entry(problem) }
  }

  public func end(_ summary: Summary, into bytes: inout [UInt8]) {
    writeLine(into: &bytes) { $0.summary(summary) }
  }

  private func writeLine(into bytes: inout [UInt8], _ body: (inout JSONWriter) -> Void) {
    write(into: &bytes, body)
    bytes.append(UInt8(ascii: "\n"))
  }
}

extension Reporter {
  fileprivate func write(into bytes: inout [UInt8], _ body: (inout JSONWriter) -> Void) {
    var json = JSONWriter()
    body(&json)
    json.append(to: &bytes)
  }
}

extension JSONReporter: OutliningReporter {
  package func printer(for checking: Checking) -> (any OutlinePrinter)? {
    JSONOutlinePrinter(checking, endsLine: false)
  }
}

extension JSONLinesReporter: OutliningReporter {
  package func printer(for checking: Checking) -> (any OutlinePrinter)? {
    JSONOutlinePrinter(checking, endsLine: true)
  }
}
