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

  @Test(arguments: ["text", "json", "jsonl", "csv"], [[], ["--summary"]])
  func accountsInEveryFormat(_ format: String, _ detail: [String]) throws {
    let run = try probity(Self.check + Self.whole + ["--format", format] + detail, in: Self.scratch())
    let said =
      switch format {
      case "text": "counts: 2 rows read, 1 used, 1 joined to nothing"
      case "csv": detail.isEmpty ? "1 joined to nothing" : "source,counts,,,,,,,,1,2,1,0,0,0,0,0,0,1,1,0,0,false"
      default: #""joined_to_nothing":1"#
      }
    #expect(run.output.contains(said))
  }

  /// A folder may stand for the files of one source.
  @Test func aFolderOfOneSource() throws {
    let scratch = try Self.scratch()
    try scratch.write("Provider,Staff\nB,4\n", to: "more/counts-2.csv")
    try scratch.write("nothing of it", to: "more/notes.txt")
    let run = try probity(
      Self.check + ["--source", "counts=more", "--source", "counts=files/counts.csv", "files/register-1.csv"],
      in: scratch)
    #expect(run.output.contains("  counts: 3 rows read, 2 used, 1 joined to nothing\n"))
    try scratch.write("", to: "empty/.hidden")
    let empty = try probity(Self.check + ["--source", "counts=empty", "files/register-1.csv"], in: scratch)
    #expect(empty.errors.contains("[RUN616]: `empty` holds no file of `counts`"))
  }

  /// A row of a joined source that cannot be read is a finding about the data: everything else is checked.
  @Test func anUnreadableJoinedRow() throws {
    let scratch = try Self.scratch()
    try scratch.write("Provider,Staff\n\"A,4\nB,4\n", to: "files/counts.csv")
    let run = try probity(Self.check + Self.whole, in: scratch)
    #expect(run.output.contains("2 records: 2 checked"))
    #expect(run.output.contains("counts: 2 rows read, 1 used, 1 unreadable, 1 looked for and not found"))
    #expect(run.errors == "warning[RUN611]: 1 row of joined sources could not be read; the report says why\n")
    #expect(run.status == 1)
    let calm = try probity(Self.check + Self.whole + ["--fail-on", "never"], in: scratch)
    #expect(calm.status == 2)
  }

  @Test func conflictsFailAStrictRun() throws {
    let scratch = try Self.scratch()
    try scratch.write(
      Self.mapping.replacing("{from: counts, column: Staff}", with: "[{from: counts, column: Staff}, {column: Staff}]"),
      to: "mapping.yaml")
    try scratch.write("Ref,Staff\nA,4\nC,5\n", to: "files/register-1.csv")
    let options = Self.whole + ["--fail-on", "never"]
    let run = try probity(Self.check + options + ["--strict"], in: scratch)
    #expect(run.status == 2)
    #expect(run.output.contains("register: 2 rows read, 2 used, 1 conflict\n"))
    let mapping = try String(contentsOf: scratch.folder.appending(path: "mapping.yaml"), encoding: .utf8)
    try scratch.write(mapping + "conflicts: {staff: register}\n", to: "mapping.yaml")
    let settled = try probity(Self.check + options + ["--strict"], in: scratch)
    #expect(settled.status == 0)
    #expect(settled.output.contains("register: 2 rows read, 2 used, 1 conflict settled\n"))
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
