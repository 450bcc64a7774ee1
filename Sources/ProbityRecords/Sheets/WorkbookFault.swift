import Diagnostics

/// Why a workbook, or a sheet of it, cannot be read.
struct WorkbookFault: Error, Hashable {
  var code: DiagnosticCode
  /// Lower case, one line, no full stop.
  var reason: String
  var help: String?

  init(_ code: DiagnosticCode, _ reason: String, help: String? = nil) {
    self.code = code
    self.reason = reason
    self.help = help
  }

  /// The file is not as a workbook is built, or is not whole.
  static func damaged(_ reason: String) -> WorkbookFault {
    WorkbookFault(
      .badWorkbook, "the workbook is damaged: \(reason)", help: "open it in a spreadsheet program and save it again")
  }

  /// Reading it on would take more than is allowed.
  static func tooLarge(_ reason: String) -> WorkbookFault { WorkbookFault(.tooLarge, reason) }
}
