import Diagnostics
import Probity

/// A CSV file as a source of rows.
struct CSVRows: RowSource {
  private let file: String
  private var reader: CSVReader
  /// Whether a row that is not UTF-8 is taken for Windows-1252, which older spreadsheets write.
  private let mayBeWindows1252: Bool

  init(_ window: ByteWindow, file: String, separator: UInt8, mayBeWindows1252: Bool, limits: RecordLimits) {
    self.file = file
    self.mayBeWindows1252 = mayBeWindows1252 && window.form == .utf8
    reader = CSVReader(window, separator: separator, limits: limits)
  }

  var row: Row { reader.row }

  var failure: InputFailure? { reader.window.failure }

  mutating func skip(_ count: Int) { reader.skipLines(count) }

  mutating func next() -> RowStep? {
    switch reader.next() {
    case nil: return nil
    case .row:
      if mayBeWindows1252 { reader.decodeWindows1252() }
      return .row
    case .fault(let fault, let line): return unreadable(fault, line: line)
    }
  }

  private func unreadable(_ fault: CSVReader.Fault, line: Int) -> RowStep {
    let advice = "a quote within a quoted text is written twice"
    switch fault {
    case .unclosedQuote(let cell, let start):
      return .unreadable(
        RecordProblem(
          .badQuotes, .error, "a quote is opened and never closed; the row is passed over",
          at: Place(file: file, line: start), help: [advice]), cell: cell)
    case .textAfterQuote(let cell, let start):
      return .unreadable(
        RecordProblem(
          .badQuotes, .error, "there is text after a closing quote; the row is passed over",
          at: Place(file: file, line: start), help: [advice]), cell: cell)
    case .tooLong(let limit):
      return .unreadable(
        RecordProblem(
          .tooLarge, .error, "the row has more than \(limit) bytes; it is passed over",
          at: Place(file: file, line: line)), cell: nil)
    }
  }
}
