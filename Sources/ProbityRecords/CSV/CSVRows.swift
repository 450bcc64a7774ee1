import Diagnostics
import Probity

/// A CSV file as a source of rows.
struct CSVRows: RowSource {
  private let file: String
  private var reader: CSVReader

  init(_ window: ByteWindow, file: String, separator: UInt8, limits: RecordLimits) {
    self.file = file
    reader = CSVReader(window, separator: separator, limits: limits)
  }

  var row: Row { reader.row }

  var failure: InputFailure? { reader.window.failure }

  mutating func skip(_ count: Int) { reader.skipLines(count) }

  mutating func next() -> RowStep? {
    switch reader.next() {
    case nil: nil
    case .row: .row
    case .fault(let fault, let line): unreadable(fault, line: line)
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
