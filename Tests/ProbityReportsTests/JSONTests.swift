import Diagnostics
import FEEL
import Foundation
import Probity
import ProbityReports
import Testing

/// What programs may rely on.
@Suite struct JSONReports {
  private static func object(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  private static func entry(_ report: RecordReport) -> String {
    var bytes: [UInt8] = []
    JSONReporter().record(report, into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func entry(value: Value) -> String {
    var finding = Fixtures.cover
    finding.evidence = [Evidence(path: "x", label: "x", value: value, unit: nil, place: nil)]
    return entry(
      RecordReport(key: "P", name: nil, place: nil, scope: .inScope, findings: [finding], verdict: nil))
  }

  @Test(arguments: [
    ("5000000.10", "5000000.1"), ("0.1", "0.1"), ("-0.05", "-0.05"),
    ("1234567890123456789012345678901234", "1234567890123456789012345678901234"), ("1e60", "1E+60"), ("1e-60", "1E-60"),
    ("-0", "0"),
  ])
  func numbersKeepTheirDigits(_ number: String, _ written: String) throws {
    let text = Self.entry(value: Fixtures.number(number))
    #expect(text.contains("\"value\":\(written)}"))
    _ = try Self.object(text)
  }

  @Test(arguments: [
    ("text", Value.string("good"), "\"good\""), ("true", .boolean(true), "true"), ("null", .null, "null"),
    ("a date", .date(Fixtures.asOf), "\"2026-06-30\""),
    ("a list", .list(List([Fixtures.number("1.50"), .string("a")])), "[1.5,\"a\"]"),
    ("a context", .context(Context([("b", Fixtures.number("2")), ("a", .null)])), "{\"b\":2,\"a\":null}"),
  ])
  func values(_ what: String, _ value: Value, _ written: String) throws {
    let text = Self.entry(value: value)
    #expect(text.contains("\"value\":\(written)}"))
    _ = try Self.object(text)
  }

  @Test(arguments: [
    "quotes \" and \\ strokes /", "line\nbreak, return\r, tab\t", "\u{0}\u{1}\u{1F}\u{7F}\u{9B}",
    "separators \u{2028}\u{2029}", "turned \u{202E}around", "Café 介護 👩‍⚕️", "",
  ])
  func textComesBack(_ name: String) throws {
    let text = Self.entry(
      RecordReport(key: "P", name: name, place: nil, scope: .inScope, findings: [], verdict: nil))
    #expect(try Self.object(text)["name"] as? String == name)
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) || $0 == "\u{202E}" })
  }

  @Test func linesAndDocumentHoldTheSame() throws {
    let document = try Self.object(Fixtures.report(JSONReporter()))
    let lines = Fixtures.report(JSONLinesReporter()).split(separator: "\n").map(String.init)
    #expect(lines.count == 2 + Fixtures.records.count + 1)
    let objects = try lines.map { try Self.object($0) as NSDictionary }
    #expect(document["run"] as? NSDictionary == objects.first)
    #expect(document["summary"] as? NSDictionary == objects.last)
    #expect(document["entries"] as? [NSDictionary] == Array(objects.dropFirst().dropLast()))
  }

  @Test func aDocumentWithoutRecordsIsJSON() throws {
    var bytes: [UInt8] = []
    let reporter = JSONReporter()
    reporter.begin(Fixtures.run, into: &bytes)
    reporter.end(Fixtures.summary, into: &bytes)
    #expect((try Self.object(String(decoding: bytes, as: UTF8.self))["entries"] as? [Any])?.isEmpty == true)
  }

  @Test func sensitiveValuesAreWithheld() {
    var report = Fixtures.full
    report.findings = [Fixtures.renewal(1)]
    #expect(Self.entry(report).contains("\"label\":\"Name\",\"withheld\":true"))
  }

  /// Every key that is written is in the page that describes it.
  @Test func everyKeyIsDescribed() throws {
    let page = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Docs/Reports.md")
        .standardized,
      encoding: .utf8)
    var keys: Set<String> = []
    func collect(_ value: Any) {
      if let object = value as? [String: Any] {
        for (key, value) in object {
          keys.insert(key)
          // The names of a verdict's outputs, and of rules, are the policy's own.
          if !["details", "passed", "not_applicable"].contains(key) { collect(value) }
        }
      } else if let list = value as? [Any] {
        for value in list { collect(value) }
      }
    }
    collect(try Self.object(Fixtures.report(JSONReporter())))
    #expect(keys.count > 50)
    for key in keys.sorted() { #expect(page.contains("`\(key)`") || page.contains("\"\(key)\":"), "\(key)") }
  }
}
