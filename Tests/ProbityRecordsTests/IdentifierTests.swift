import FEEL
import Probity
import Testing

@testable import ProbityRecords

/// Where an identifier was met first is found however many there are, in whatever order they come.
@Suite struct Identifiers {
  @Test(arguments: [1, 3_000, 4_096, 100_000])
  func repeats(count: Int) {
    let table = IdentifierTable()
    for (file, lines) in [0..<count / 2, count / 2..<count].enumerated() {
      table.beginFile()
      for line in lines { #expect(table.insert(KeyDigest("P-\(line)"), line: line + 1) == nil, "in file \(file)") }
    }
    table.beginFile()
    for line in (0..<count).reversed() {
      guard let first = table.insert(KeyDigest("P-\(line)"), line: 1) else {
        Issue.record("P-\(line) is not found again")
        return
      }
      #expect(first.file == (line < count / 2 ? 0 : 1) && first.line == line + 1)
    }
    #expect(table.insert(KeyDigest("another"), line: 2) == nil)
  }
}

@Suite struct Days {
  /// What readers make of a date as it is written, beside the calendar.
  @Test func daysOfTheCalendar() throws {
    let first = try #require(CivilDate(year: 1000, month: 1, day: 1)).dayNumber
    let last = try #require(CivilDate(year: 9999, month: 12, day: 31)).dayNumber
    let leap = try #require(CivilDate(year: 1899, month: 12, day: 1)).dayNumber
    for number in Array(stride(from: first, through: last, by: 17)) + Array(leap..<leap + 1_600) {
      let date = try #require(CivilDate(dayNumber: number))
      #expect(read("\(date)\"") == number, "\(date)")
    }
    for none in [
      "2025-02-29\"", "2025-04-31\"", "2025-00-10\"", "2025-10-00\"", "2025-1-010\"", "2025-10-10 ", "abcd-ef-gh\"",
    ] {
      #expect(read(none) == nil, "\(none)")
    }
  }

  private func read(_ text: String) -> Int? {
    (Array(text.utf8) + [0, 0, 0, 0, 0, 0, 0, 0]).withUnsafeBufferPointer { bytes in
      bytes.baseAddress.flatMap { IsoDate.dayNumber($0) }
    }
  }
}
