import Foundation
import TestSupport
import Testing

/// The examples as the README runs them; their expected reports stand beside them.
@Suite struct Examples {
  static let run = [
    "check", "--policy", "shropshire-domiciliary-accreditation", "--as-of", "2026-06-30", "--waivers",
    "Examples/waivers.yaml",
  ]

  static let spreadsheet = [
    "check", "--policy", "shropshire-domiciliary-accreditation", "--as-of", "2026-06-30", "--mapping",
    "Examples/applicants-mapping.yaml", "Examples/applicants.csv",
  ]

  @Test(arguments: [
    ("text", "expected-report.txt"), ("json", "expected-report.json"), ("jsonl", "expected-report.jsonl"),
    ("csv", "expected-report.csv"),
  ])
  func providers(_ format: String, _ golden: String) throws {
    let run = try probity(Self.run + ["--format", format, "Examples/providers.yaml"])
    expectGolden(run.output, named: "../../../Examples/\(golden)")
    #expect(run.errors == "")
    #expect(run.status == 1)
  }

  @Test func applicantsInASpreadsheet() throws {
    let run = try probity(Self.spreadsheet)
    expectGolden(run.output, named: "../../../Examples/expected-applicants-report.txt")
    #expect(run.errors == "")
  }

  static let council = [
    "check", "--policy", "monitoring", "--rules", "Examples/council", "--as-of", "2026-06-30", "--mapping",
    "Examples/council/mapping.yaml", "Examples/council/files",
  ]

  /// An invented council's six files, Excel among them, become twenty records.
  @Test func aCouncilsSixFiles() throws {
    let run = try probity(Self.council)
    expectGolden(run.output, named: "../../../Examples/council/expected-report.txt")
    #expect(run.errors == "")
    #expect(run.status == 1)
    #expect(run.output.contains("20 records: 20 checked"))
    #expect(try probity(Self.council + ["--strict"]).status == 2)
  }

  /// The place of a cell is said in every format.
  @Test(arguments: [
    ("json", #""file":"Examples/council/files/staff.xlsx","sheet":"Care team","row":14,"column":"DBS issued""#),
    ("jsonl", #""file":"Examples/council/files/staff.xlsx","sheet":"Care team","row":14,"column":"DBS issued""#),
    ("csv", "Examples/council/files/staff.xlsx,,14,Care team,DBS issued"),
  ])
  func placesInASheet(_ format: String, _ place: String) throws {
    #expect(try probity(Self.council + ["--format", format]).output.contains(place))
  }

  /// Every fact leads back to its cell.
  @Test func aFactsCell() throws {
    let run = try probity(["explain", "dbs-renewal", "--record", "P-008"] + Self.council.dropFirst())
    // Long lines are folded.
    let words = run.output.split { $0.isWhitespace }.joined(separator: " ")
    #expect(
      words.contains(#"staff.xlsx, sheet Care team, row 14, column "Update Service""#), "\(run.output)\(run.errors)")
  }

  /// Every outcome is there, so that the examples show what there is to see.
  @Test func everyOutcome() throws {
    let report = try probity(Self.run + ["--format", "jsonl", "--verbose", "Examples/providers.yaml"]).output
    for outcome in ["pass", "fail", "not evidenced", "not applicable", "error"] {
      #expect(report.contains("\"outcome\":\"\(outcome)\""), "\(outcome)")
    }
    #expect(report.contains("\"waiver\":"))
    #expect(report.contains("\"outcome\":\"out of scope\""))
  }

  @Test(arguments: ["text", "json", "jsonl", "csv"])
  func jobsDoNotShow(_ format: String) throws {
    let arguments = Self.run + ["--format", format, "Examples/providers.yaml"]
    let alone = try probity(arguments + ["--jobs", "1"])
    #expect(try probity(arguments + ["--jobs", "4"]).output == alone.output)
  }

  /// Several blocks of records, good and bad ones, in two files.
  @Test(arguments: ["text", "json", "jsonl", "csv"], [[], ["--verbose"], ["--summary"]])
  func jobsDoNotShowOverBlocks(_ format: String, _ detail: [String]) throws {
    let scratch = try SmallBook.scratch()
    try scratch.write(SmallBook.manyRecords, to: "many.jsonl")
    try scratch.write("id,staff\nQ-1,4\nQ-2\n", to: "few.csv")
    let arguments = SmallBook.check + ["--format", format] + detail + ["many.jsonl", "missing.csv", "few.csv"]
    let alone = try probity(arguments + ["--jobs", "1"], in: scratch)
    let many = try probity(arguments + ["--jobs", "4"], in: scratch)
    #expect(alone.output == many.output)
    #expect(alone.errors == many.errors)
    #expect(alone.status == 2)
    #expect(many.status == 2)
    if format == "text" { #expect(alone.output.contains("2502 records: 2492 checked, 10 not read")) }
    if format == "json" { _ = try JSONSerialization.jsonObject(with: Data(alone.output.utf8)) }
  }

  @Test func lintFindsNothing() throws {
    let run = try probity([
      "lint", "--strict", "rules", "policies", "Examples/waivers.yaml", "Examples/applicants-mapping.yaml",
    ])
    #expect(run.status == 0, "\(run.output)")
    #expect(run.output.hasSuffix(": no problems\n"))
    #expect(run.errors == "")
    let council = try probity([
      "lint", "--strict", "Examples/council/rules", "Examples/council/policies", "Examples/council/mapping.yaml",
    ])
    #expect(council.status == 0, "\(council.output)")
  }
}
