public import Diagnostics
import ProbityRecords

/// What a command has to say before it can do its work; `Docs/Diagnostics/RUN.md` has a section for each.
extension DiagnosticCode {
  static let unknownPolicy = DiagnosticCode("RUN601")
  static let noRuleBook = DiagnosticCode("RUN602")
  static let unreadableFile = DiagnosticCode("RUN603")
  static let notAPolicy = DiagnosticCode("RUN604")
  static let unwritable = DiagnosticCode("RUN605")
  static let nothingRead = DiagnosticCode("RUN606")
  static let notLinted = DiagnosticCode("RUN607")
  static let wrongRecords = DiagnosticCode("RUN608")
  static let noDate = DiagnosticCode("RUN609")
  static let nullValue = DiagnosticCode("RUN610")
  static let notAllRead = DiagnosticCode("RUN611")
  static let nothingTested = DiagnosticCode("RUN612")
  static let unknownRule = DiagnosticCode("RUN613")
  static let unknownRecord = DiagnosticCode("RUN614")
  static let unknownSource = DiagnosticCode("RUN615")
  static let missingSource = DiagnosticCode("RUN616")
  static let notStrict = DiagnosticCode("RUN617")
  static let notWritten = DiagnosticCode("RUN618")
  static let unusedAnswers = DiagnosticCode("RUN619")

  /// Every code of the commands themselves.
  public static let commandCodes: [DiagnosticCode] = [
    unknownPolicy, noRuleBook, unreadableFile, notAPolicy, unwritable, nothingRead, notLinted, wrongRecords, noDate,
    nullValue, notAllRead, nothingTested, unknownRule, unknownRecord, unknownSource, missingSource, notStrict,
    notWritten, unusedAnswers,
  ]
}

/// Ends a command because of what the user wrote; it is shown on standard error.
struct Complaint: Error {
  var diagnostics: Diagnostics
  var sources: SourceMap
  var status = ExitStatus.unusable

  init(_ diagnostics: Diagnostics, in sources: SourceMap) {
    self.diagnostics = diagnostics
    self.sources = sources
  }

  /// Shows it as it stands.
  func show() {
    StandardError.write(
      TextRenderer(colour: Terminal.showsColour(StandardError.descriptor)).render(diagnostics, sources))
  }
}

/// A complaint that has no place in a file.
func complaint(_ code: DiagnosticCode, _ message: String, help: String?...) -> Complaint {
  var diagnostics = Diagnostics()
  diagnostics.report(Diagnostic(code, .error, message, help: help))
  return Complaint(diagnostics, in: SourceMap())
}

extension Diagnostic {
  /// That forms are about records which were not among those read; nil where there are none.
  static func unused(_ answers: Answers?) -> Diagnostic? {
    guard let unused = answers?.unused, !unused.isEmpty else { return nil }
    let most = 20
    let shown = unused.prefix(most).map { "`\($0)`" }.joined(separator: ", ")
    return Diagnostic(
      .unusedAnswers, .warning,
      "there are answers of \(shown)\(unused.count > most ? " and \(unused.count - most) more" : ""), of which no record was read"
    )
  }
}
