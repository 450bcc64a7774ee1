public import Probity

/// Prints the results of a run in one format.
///
/// A report is its beginning, its entries in the order of the input (records, and problems that belong to no record)
/// with a separator between them, and its end. Each piece depends on nothing but what is passed in, so that entries can
/// be printed on several tasks and joined. Nothing here opens a file or asks what time it is.
public protocol Reporter: Sendable {
  func begin(_ run: RunDescription, into bytes: inout [UInt8])
  func record(_ report: RecordReport, into bytes: inout [UInt8])
  /// A problem of a file, or of a record that could not be read or told from the others and so has no report.
  func problem(_ problem: RecordProblem, into bytes: inout [UInt8])
  /// What stands between two entries.
  var separator: String { get }
  func end(_ summary: Summary, into bytes: inout [UInt8])
}

extension Reporter {
  public var separator: String { "" }
}

/// Prints records from what columns tell about them, as its reporter prints their reports, byte for byte.
package protocol OutlinePrinter: Sendable {
  func record(_ outline: borrowing RecordOutline, into buffer: inout ByteBuffer)
}

/// A reporter that can do without the reports of records.
package protocol OutliningReporter: Reporter {
  /// What prints the records of a check; nil where nothing of it can be explained from columns.
  func printer(for checking: Checking) -> (any OutlinePrinter)?
}
