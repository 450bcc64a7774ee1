import Foundation
import TestSupport
import Testing

/// `probity request` through the front door.
@Suite struct Requests {
  static let run = [
    "request", "--policy", "core", "--policy", "shropshire-domiciliary-accreditation", "--as-of", "2026-06-30",
    "--waivers", "Examples/waivers.yaml",
  ]

  @Test(arguments: [("text", "request.txt"), ("csv", "request.csv"), ("jsonl", "request.jsonl")])
  func examples(_ format: String, _ golden: String) throws {
    let run = try probity(Self.run + ["--format", format, "Examples/providers.yaml"])
    expectGolden(run.output, named: golden)
    #expect(run.errors == "")
    #expect(run.status == 0)
  }

  @Test(arguments: [
    (["request", "--policy", "core", "--policy", "contract-register-hygiene", "x.csv"], "RUN608"),
    (["request", "--policy", "core", "--policy", "cor", "x.csv"], "RUN601"),
    (["request", "--policy", "core", "missing.csv"], "DATA401"),
  ])
  func complaints(_ arguments: [String], _ code: String) throws {
    let run = try probity(arguments)
    #expect(run.status == 2)
    #expect(run.errors.contains(code), "\(run.errors)")
  }

  @Test func formulasAreTexts() throws {
    let scratch = try SmallBook.scratch()
    try scratch.write("{\"id\": \"=1+1\"}\n{\"id\": \"B\", \"staff\": \"@x\"}\n", to: "b.jsonl")
    let arguments = ["request", "--policy", "small", "--rules", "book", "--as-of", "2026-06-30", "b.jsonl"]
    let csv = try probity(arguments + ["--format", "csv"], in: scratch)
    #expect(csv.output.contains("\r\nfact,'=1+1,,1,staff,staff,a number,major,true,,,,absent,,small,enough-staff,1,,"))
    #expect(csv.output.contains("\r\nfact,B,,1,staff,staff,a number,major,true,,,,unreadable,"))
    #expect(csv.status == 0)
    let text = try probity(arguments, in: scratch)
    #expect(text.output.contains("Now: supplied, but unreadable: "))
  }
}
