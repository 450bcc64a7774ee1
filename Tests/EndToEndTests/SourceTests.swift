import Foundation
import Testing

/// Records from several files, as a user gives them. All of them are made up.
@Suite struct Sources {
  private static let mapping = """
    probity: 1
    mapping: joined
    sources:
      register: {format: csv, file: "register*.csv"}
      counts: {format: csv, file: "counts*.csv", on: {Provider: Ref}}
    records: register
    facts:
      id: {column: Ref}
      staff: {from: counts, column: Staff}

    """

  private static func scratch() throws -> Scratch {
    let scratch = try SmallBook.scratch()
    try scratch.write(mapping, to: "mapping.yaml")
    try scratch.write("Ref\nA\nB\n", to: "files/register-1.csv")
    try scratch.write("Provider,Staff\nA,4\nC,4\n", to: "files/counts.csv")
    return scratch
  }

  private static let check = SmallBook.check + ["--mapping", "mapping.yaml"]
  private static let whole = ["--source", "counts=files/counts.csv", "files/register-1.csv"]

  @Test(arguments: [
    whole, ["files"], ["--source", "register=files/register-1.csv", "--source", "counts=files/counts.csv"],
  ])
  func filesBySource(_ files: [String]) throws {
    let run = try probity(Self.check + files, in: Self.scratch())
    #expect(run.status == 1)
    #expect(run.output.contains("2 records: 2 checked"))
    #expect(run.output.contains("  register: 2 rows read, 2 used\n"))
    #expect(
      run.output.contains("  counts: 2 rows read, 1 used, 1 joined to nothing, 1 looked for and not found\n"))
  }

  @Test(arguments: ["json", "jsonl", "csv"])
  func accountsInEveryFormat(_ format: String) throws {
    let run = try probity(Self.check + Self.whole + ["--format", format], in: Self.scratch())
    #expect(run.output.contains(format == "csv" ? "1 joined to nothing" : #""joined_to_nothing":1"#))
  }

  @Test func strictRunsFailWhereSomethingIsLost() throws {
    let options = Self.whole + ["--fail-on", "never"]
    #expect(try probity(Self.check + options, in: Self.scratch()).status == 0)
    let run = try probity(Self.check + options + ["--strict"], in: Self.scratch())
    #expect(run.status == 2)
    #expect(run.errors.contains("[RUN617]"))
    let clean = try Self.scratch()
    try clean.write("Provider,Staff\nA,4\nB,4\n", to: "files/counts.csv")
    #expect(try probity(Self.check + options + ["--strict"], in: clean).status == 0)
  }

  @Test(arguments: [
    (["--source", "count=files/counts.csv", "files/register-1.csv"], "[RUN615]", "did you mean `counts`?"),
    (["files/register-1.csv"], "[RUN616]", "--source counts=FILE"),
    (["--source", "counts", "files/register-1.csv"], "NAME=FILE", "staff=staff.csv"),
  ])
  func sourcesThatAreNot(_ files: [String], _ code: String, _ help: String) throws {
    let run = try probity(Self.check + files, in: Self.scratch())
    #expect(run.status != 0)
    #expect(run.errors.contains(code))
    #expect(run.errors.contains(help))
  }
}
