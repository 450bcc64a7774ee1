import Testing

@testable import ProbityRecords

@Suite struct Patterns {
  struct Case: CustomTestStringConvertible, Sendable {
    var pattern: String
    var text: String
    /// Year, month, day, hour, minute, second, offset; nil where the text is not written so.
    var parts: [Int?]?

    init(_ pattern: String, _ text: String, _ parts: [Int?]?) {
      self.pattern = pattern
      self.text = text
      self.parts = parts
    }

    var testDescription: String { "\(pattern) reads \(text)" }
  }

  @Test(arguments: [
    Case("yyyy-MM-dd", "2026-06-30", [2026, 6, 30, nil, nil, nil, nil]),
    Case("yyyy-MM-dd", "2026-6-30", nil),
    Case("yyyy-MM-dd", "2026-06-30x", nil),
    Case("d/M/yyyy", "1/2/2026", [2026, 2, 1, nil, nil, nil, nil]),
    Case("d/M/yyyy", "01/12/2026", [2026, 12, 1, nil, nil, nil, nil]),
    Case("ddMMyyyy", "30062026", [2026, 6, 30, nil, nil, nil, nil]),
    Case("d MMMM yyyy", "9 september  2026", [2026, 9, 9, nil, nil, nil, nil]),
    Case("dd/MMM/yyyy", "09/SEP/2026", [2026, 9, 9, nil, nil, nil, nil]),
    Case("dd/MMM/yyyy", "09/Sept/2026", nil),
    Case("M/d/yyyy h:mm:ss a", "1/2/2025 12:00:00 AM", [2025, 1, 2, 0, 0, 0, nil]),
    Case("M/d/yyyy h:mm:ss a", "1/2/2025 12:59:59 PM", [2025, 1, 2, 12, 59, 59, nil]),
    Case("M/d/yyyy h:mm:ss a", "1/2/2025 13:00:00 PM", nil),
    Case("yyyy-MM-dd'T'HH:mm:ssX", "2022-07-25T23:59:59+01:00", [2022, 7, 25, 23, 59, 59, 3600]),
    Case("yyyy-MM-dd'T'HH:mm:ssX", "2022-07-25T23:59:59Z", [2022, 7, 25, 23, 59, 59, 0]),
    Case("yyyy-MM-dd'T'HH:mm:ssX", "2022-07-25T23:59:59-0130", [2022, 7, 25, 23, 59, 59, -5400]),
    Case("HH:mm", "24:00", nil),
    Case("HH:mm", "09:60", nil),
    Case("H 'o''clock'", "9 o'clock", nil),
    Case("H 'o'''clock''", "9 o'clock", nil),
    Case("dd.MM.yyyy", "", nil),
    Case("yyyy-MM-dd", "９９９９-06-30", nil),
  ])
  func dates(_ test: Case) {
    guard let pattern = try? DatePattern(test.pattern) else { return #expect(test.parts == nil) }
    let parts = pattern.read(Array(test.text.utf8)[...])
    #expect(parts.map { [$0.year, $0.month, $0.day, $0.hour, $0.minute, $0.second, $0.offset] } == test.parts)
  }

  @Test(
    arguments: [
      ("1234.50", "1234.50"), ("1,234,567.8", "1234567.8"), ("12,34", nil), ("1,2345", nil), ("1234,567", nil),
      (",123", nil), ("£1,234", "1234"), ("1,234 GBP", "1234"), ("GBP 5", "5"), ("-£5", "-5"), ("£-5", "-5"),
      ("(1,234.00)", "-1234.00"), ("(£5)", "-5"), ("(-5)", nil), ("+5", "5"), ("−5", "-5"), ("--5", nil), ("££5", nil),
      ("£", nil), ("", nil), ("-", nil), (".5", "0.5"), ("5.", nil), ("1.2E+05", "1.2E+05"), ("1e", nil), ("0x1F", nil),
      ("٣", nil), ("1 234", nil), ("37.5%", "37.5%"), ("%", nil), ("NaN", nil), ("inf", nil),
    ] as [(String, String?)])
  func numbers(_ text: String, _ plain: String?) {
    var pattern = NumberPattern()
    pattern.thousands = Array(",".utf8)
    pattern.currencies = [Array("GBP".utf8), Array("£".utf8)]
    pattern.hasBrackets = true
    pattern.percent = .divide
    let read = pattern.read(Array(text.utf8)[...])
    #expect(read.map { String(decoding: $0.text, as: UTF8.self).uppercased() + ($0.isPercentage ? "%" : "") } == plain)
  }

  @Test func marksOtherThanEnglish() {
    var pattern = NumberPattern()
    pattern.thousands = Array(".".utf8)
    pattern.decimal = Array(",".utf8)
    #expect(pattern.read(Array("1.234,5".utf8)[...])?.text == Array("1234.5".utf8))
    #expect(pattern.read(Array("1.234.5".utf8)[...]) == nil)
  }
}
