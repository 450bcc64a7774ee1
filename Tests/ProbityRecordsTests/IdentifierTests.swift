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

  /// Against a dictionary, over identifiers that number on, skip, start over, go back, are padded and are not, come again
  /// on their own line's number or another, and lie on both sides of what is held as one.
  @Test(arguments: 0..<40 as Range<UInt64>)
  func asADictionary(seed: UInt64) {
    var random = SeededGenerator(state: seed)
    let table = IdentifierTable()
    var met: [String: (file: Int, line: Int)] = [:]
    for file in 0..<3 {
      table.beginFile()
      var (number, line) = (Int.random(in: 0...1_500, using: &random), 1)
      let stem = ["", "P-", "1-10", "a-long-beginning-"].randomElement(using: &random) ?? ""
      let width = [1, 4, 9].randomElement(using: &random) ?? 1
      for _ in 0..<3_000 {
        switch Int.random(in: 0..<300, using: &random) {
        case 0: number = Int.random(in: 0...2_000, using: &random)
        case 1: line += 1
        case 2: number -= Int.random(in: 0...5, using: &random)
        case 3: (number, line) = (number + 40, line + 40)
        case 4..<20: (number, line) = (number + 1, line + 1)
        default: break
        }
        let digits = String(abs(number))
        let key = stem + String(repeating: "0", count: max(0, width - digits.count)) + digits
        let found = table.insert(KeyDigest(key), line: line)
        let expected = met[key]
        #expect(
          found?.file == expected?.file && found?.line == expected?.line, "\(key) on line \(line) of file \(file)")
        if expected == nil { met[key] = (file, line) }
        (number, line) = (number + 1, line + 1)
      }
    }
  }

  /// Identifiers that number on hardly take any room, whatever is left out.
  @Test(arguments: [("each", 1, 200), ("every third", 3, 500), ("every fiftieth", 50, 100_000)])
  func room(_ which: String, step: Int, most: Int) {
    let table = IdentifierTable()
    table.beginFile()
    for line in stride(from: 1, through: 100_000 * step, by: step) {
      #expect(table.insert(KeyDigest("C-\(line)"), line: line) == nil)
    }
    let held = table.held
    #expect(held.scattered <= most && held.blocks <= 100_000 * step / 256 + 8)
    #expect(held.scattered + held.blocks * 256 >= 99_000)
    #expect(table.insert(KeyDigest("C-1"), line: 1)?.line == 1)
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
