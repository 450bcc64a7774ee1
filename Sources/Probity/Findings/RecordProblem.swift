public import Diagnostics

/// Something wrong with the records of a run: with a file, a record in it, or one fact of a record.
public struct RecordProblem: Hashable, Sendable {
  public var code: DiagnosticCode
  /// An error where something was lost: a fact, a record, a file; a warning where nothing was.
  public var severity: Diagnostic.Severity
  /// Lower case, one line, no full stop. The text of a sensitive fact is never in it.
  public var message: String
  public var place: Place
  /// The key of the record it belongs to, nil where it belongs to the file or the record has none.
  public var record: String?
  /// Advice, one sentence each.
  public var help: [String]
  /// The source that it belongs to, where it is one that a mapping joins in; nil for the source of the records.
  public var source: String?
  /// Whether it is about one row of a source that a mapping joins in: the rest of the file is read.
  public var isOfJoinedRow = false

  public init(
    _ code: DiagnosticCode, _ severity: Diagnostic.Severity = .error, _ message: String, at place: Place,
    record: String? = nil, help: [String?] = [], source: String? = nil
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.place = place
    self.record = record
    self.help = help.compactMap { $0 }
    self.source = source
  }
}
