import Diagnostics
import FEEL
import Foundation
import Probity
import ProbityReports
import Testing

/// What the text must hold whatever the data is.
@Suite struct TextReports {
  private static func text(_ report: RecordReport, verbose: Bool = false) -> String {
    var bytes: [UInt8] = []
    TextReporter(isVerbose: verbose).record(report, into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func report(_ findings: [Finding], name: String? = nil) -> RecordReport {
    RecordReport(
      key: "P-1", name: name, place: nil, scope: .inScope, findings: findings, verdict: Verdict(text: "refuse"))
  }

  @Test(arguments: [
    ("an escape sequence", "\u{1B}[31mred", "␛[31mred"),
    ("a forged line", "Ltd\nVerdict: accredit", "Ltd␊Verdict: accredit"),
    ("a tab and a return", "a\tb\rc", "a␉b␍c"),
    ("text turned around", "a\u{202E}b", "a<U+202E>b"),
    ("a control of Latin-1", "a\u{9B}b", "a<U+009B>b"),
    ("what is only text", "Café ☂ 介護", "Café ☂ 介護"),
  ])
  func visible(_ what: String, _ name: String, _ shown: String) {
    let text = Self.text(Self.report([], name: name))
    #expect(text.contains("\n\(shown) (P-1)\n"))
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
  }

  @Test func noLineIsTooWide() {
    var finding = Fixtures.cover
    finding.messages = [
      String(repeating: "word ", count: 90), String(repeating: "x", count: 450), String(repeating: "介護", count: 120),
    ]
    finding.subject.item = String(repeating: "staff[1].", count: 30)
    for line in Self.text(Self.report([finding])).split(separator: "\n") {
      let columns = line.unicodeScalars.reduce(0) { $0 + ($1.value >= 0x4E00 ? 2 : 1) }
      #expect(columns <= 100, "\(line)")
    }
    #expect(Self.text(Self.report([finding])).filter { $0 == "介" }.count == 120)
  }

  @Test(arguments: [(1, 1, nil), (6, 6, nil), (7, 5, 2), (50, 5, 45)] as [(Int, Int, Int?)])
  func itemsAreCounted(_ items: Int, _ shown: Int, _ more: Int?) {
    let findings = (1...items).map { item in
      var finding = Fixtures.renewal(1)
      finding.subject.item = "staff[\(item)]"
      return finding
    }
    let text = Self.text(Self.report(findings))
    #expect(text.components(separatedBy: "    staff[").count - 1 == shown)
    #expect(text.contains("DBS certificates are renewed on time, \(items) times") == (items > 1))
    if let more { #expect(text.contains("    and \(more) more\n")) } else { #expect(!text.contains(" more\n")) }
    #expect(Self.text(Self.report(findings), verbose: true).components(separatedBy: "    staff[").count - 1 == items)
  }

  @Test func sensitiveValuesAreWithheld() {
    let text = Self.text(Self.report([Fixtures.renewal(3)]))
    #expect(text.contains("Read: Name: withheld"))
  }

  @Test func theVerdictComesFirst() {
    let lines = Self.text(Fixtures.full).split(separator: "\n")
    #expect(lines[1] == "Fallowfield Home Care Ltd (P-1)")
    #expect(lines[2] == "Verdict: refuse")
  }

  @Test func theMostSevereComesFirst() {
    let lines = Self.text(Fixtures.full).split(separator: "\n")
    func line(_ start: String) -> Int { lines.firstIndex { $0.hasPrefix(start) } ?? -1 }
    #expect(0 < line("  [critical]"))
    #expect(line("  [critical]") < line("  [major]"))
    #expect(line("  [major]") < line("  [advisory]"))
  }

  @Test func aWaivedFindingKeepsItsOutcome() {
    let text = Self.text(Self.report([Fixtures.renewal(9, waiver: Fixtures.waiver)]))
    #expect(text.contains("1 waived"))
    #expect(text.contains("staff[W-9]: failed: W-9's certificate"))
    #expect(text.contains("Waived until 2026-09-30, approved by Head of Commissioning: Certificate lost in the post"))
    #expect(!text.contains("\nFailed"))
  }

  /// Entries are joined as they are: the text of one does not depend on what came before.
  @Test func entriesStandAlone() {
    var together: [UInt8] = []
    for record in Fixtures.records { TextReporter().record(record, into: &together) }
    #expect(String(decoding: together, as: UTF8.self) == Fixtures.records.map { Self.text($0) }.joined())
  }
}
