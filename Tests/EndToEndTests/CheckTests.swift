import Foundation
import Testing

/// What `check` says and how it ends, for good and bad command lines.
@Suite struct Check {
  private static let core = ["check", "--policy", "core", "--as-of", "2026-06-30"]

  private static func check(_ text: String, named name: String = "p.jsonl", _ more: [String] = []) throws -> Run {
    let scratch = try Scratch()
    try scratch.write(text, to: name)
    return try probity(core + more + [scratch.url(name).path()])
  }

  // MARK: Exit status

  @Test(
    arguments: [
      ("advisory", 1), ("minor", 1), ("major", 1), ("critical", 0), ("never", 0),
    ] as [(String, Int32)])
  func threshold(_ severity: String, _ status: Int32) throws {
    // P-008 fails rules of every severity but critical.
    let run = try probity(
      Examples.run + ["--fail-on", severity, "--format", "jsonl", "-"], input: try provider("P-008"))
    #expect(run.status == status)
  }

  /// One of the example providers.
  private func provider(_ key: String) throws -> Data {
    let text = try String(contentsOf: projectFolder.appending(path: "Examples/providers.yaml"), encoding: .utf8)
    let start = try #require(text.range(of: "- id: \(key)\n")).lowerBound
    let rest = text[text.index(after: start)...]
    let end = rest.range(of: "\n- id: ")?.lowerBound ?? rest.endIndex
    return Data(text[start..<end].utf8)
  }

  @Test func inOrder() throws {
    let run = try probity(Examples.run + ["-"], input: try provider("P-001"))
    #expect(run.status == 0)
    #expect(run.output.contains("Verdict: accredit\nRead from standard input, line 1\n"))
  }

  @Test func outOfScope() throws {
    let run = try probity(Examples.run + ["-"], input: try provider("P-006"))
    #expect(run.status == 0)
    #expect(run.output.contains("1 record: 0 checked, 1 out of scope"))
  }

  @Test func notAllRead() throws {
    let good = String(decoding: try provider("P-001"), as: UTF8.self)
    let run = try probity(Examples.run + ["-"], input: Data((good + "\n- legal_name: Nameless Ltd\n").utf8))
    #expect(run.status == 2)
    #expect(run.errors.hasPrefix("warning[RUN611]: 1 of 2 records could not be read and were not checked"))
  }

  @Test func runGoesOnAfterAMissingFile() throws {
    let run = try probity(Examples.run + ["no-such-file.csv", "Examples/providers.yaml"])
    #expect(run.status == 2)
    #expect(run.errors == "error[DATA401]: no-such-file.csv: cannot be read: no such file\n")
    #expect(run.output.contains("12 records: 11 checked, 1 out of scope"))
  }

  // MARK: Usage

  @Test(arguments: [
    ("no policy", ["check", "x.csv"], "Missing expected argument '--policy <policy>'"),
    ("no records", ["check", "--policy", "core"], "Name the files of records."),
    (
      "not a date", ["check", "--policy", "core", "--as-of", "2026-02-30", "x"],
      "`2026-02-30` is no date of the calendar"
    ),
    ("not a severity", ["check", "--policy", "core", "--fail-on", "majr", "x"], "'majr' is invalid for '--fail-on"),
    ("not a format", ["check", "--policy", "core", "--format", "xml", "x"], "'xml' is invalid for '--format"),
    ("no jobs", ["check", "--policy", "core", "--jobs", "0", "x"], "--jobs is a number from 1 to 64"),
    ("standard input twice", ["check", "--policy", "core", "-", "-"], "Standard input can be read only once"),
    (
      "an unknown option", ["check", "--policy", "core", "--wavers", "x"],
      "Unknown option '--wavers'. Did you mean '--waivers'?"
    ),
    ("an unknown command", ["chek"], "Unexpected argument 'chek'"),
  ])
  func usage(_ what: String, _ arguments: [String], _ message: String) throws {
    let run = try probity(arguments)
    #expect(run.status == 2)
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(run.errors.contains("Usage:"))
    #expect(run.output == "")
  }

  @Test(arguments: [
    (
      "a name that is nearly right", ["--policy", "cora"],
      "error[RUN601]: there is no policy `cora` in `policies`\n  = help: did you mean `core`?"
    ),
    (
      "a name that is not", ["--policy", "zzz"],
      "error[RUN601]: there is no policy `zzz` in `policies`\n  = help: the policies are `"
    ),
    (
      "a file that is not there", ["--policy", "policies/cora.yaml"],
      "error[RUN603]: `policies/cora.yaml` cannot be read: no such file"
    ),
    ("a folder", ["--policy", "policies/"], "error[RUN603]: `policies/` cannot be read: it is a directory"),
    ("a file of rules", ["--policy", "rules/dbs.yaml"], "error[RUN604]: `rules/dbs.yaml` holds no policy"),
    (
      "a mapping", ["--policy", "Examples/applicants-mapping.yaml"],
      "error[RUN604]: `Examples/applicants-mapping.yaml` holds no policy"
    ),
    (
      "a rule book that is not there", ["--policy", "core", "--rules", "nowhere"],
      "error[RUN602]: there is no folder of rules `nowhere`"
    ),
    (
      "waivers that are not there", ["--policy", "core", "--waivers", "w.yaml"],
      "error[RUN603]: `w.yaml` cannot be read: no such file"
    ),
    ("a policy as waivers", ["--policy", "core", "--waivers", "policies/core.yaml"], "--> policies/core.yaml:"),
    (
      "a mapping of other records",
      ["--policy", "core", "--mapping", "policies/mappings/salford-contracts-register.yaml"],
      "error[RUN608]: `policies/mappings/salford-contracts-register.yaml` makes records of type `listed_contract`"
    ),
    ("waivers as a mapping", ["--policy", "core", "--mapping", "Examples/waivers.yaml"], "--> Examples/waivers.yaml:"),
    (
      "a report into a folder", ["--policy", "core", "--output", "Examples"],
      "error[RUN605]: `Examples` cannot be written: it is a directory"
    ),
    (
      "a report into nowhere", ["--policy", "core", "--output", "nowhere/report.txt"],
      "error[RUN605]: `nowhere/report.txt` cannot be written: no such file"
    ),
  ])
  func refused(_ what: String, _ options: [String], _ message: String) throws {
    let run = try probity(["check"] + options + ["--as-of", "2026-06-30", "Examples/providers.yaml"])
    #expect(run.status == 2)
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(run.output == "")
  }

  // MARK: Detail

  @Test func theSummaryAloneIsThatOfTheWholeReport() throws {
    let scratch = try SmallBook.scratch()
    try scratch.write(SmallBook.manyRecords, to: "many.jsonl")
    let runs = try [["--summary"], [], ["--verbose"]].map { detail in
      try probity(SmallBook.check + ["--format", "jsonl"] + detail + ["many.jsonl"], in: scratch)
    }
    let alone = runs[0]
    let lines = alone.output.split(separator: "\n")
    #expect(lines.count == 2)
    for run in runs.dropFirst() {
      #expect(run.output.split(separator: "\n").last == lines.last)
      #expect(run.status == alone.status && run.errors == alone.errors)
    }
  }

  @Test func aSummaryIsNotVerbose() throws {
    let run = try probity(Self.core + ["--summary", "--verbose", "Examples/providers.yaml"])
    #expect(run.status == 2)
    #expect(run.errors.contains("A summary lists nothing: leave out --summary or --verbose."))
  }

  // MARK: The rule book

  @Test(arguments: [
    ("from the policy's file", ["--policy", "book/policies/home/small.yaml"], "."),
    ("by name, in its folder", ["--policy", "small"], "book"),
    ("by name, from elsewhere", ["--policy", "small", "--rules", "book"], "."),
    ("by its folder of rules", ["--policy", "small", "--rules", "book/rules"], "."),
    ("from within the policies", ["--policy", "small.yaml"], "book/policies/home"),
    ("a policy that lies outside", ["--policy", "elsewhere.yaml", "--rules", "book"], "."),
  ])
  func ruleBookIsFound(_ how: String, _ options: [String], _ folder: String) throws {
    let scratch = try SmallBook.scratch()
    let run = try probity(
      ["check"] + options + ["--as-of", "2026-06-30", scratch.url("a.jsonl").path()], in: scratch, folder: folder)
    #expect(run.status == 1, "\(run.errors)")
    #expect(run.output.contains("There is enough staff (care/staff/enough-staff)"))
  }

  @Test func wrongRulesEndTheRun() throws {
    let scratch = try SmallBook.scratch()
    try scratch.write(SmallBook.rules.replacing("staff >= 3", with: "staf >= 3"), to: "book/rules/care/staff.yaml")
    let run = try probity(
      ["check", "--policy", "book/policies/home/small.yaml", "a.jsonl"], in: scratch)
    #expect(run.status == 2)
    #expect(run.output == "")
    #expect(
      run.errors.contains(
        """
        error[FEEL201]: unknown name `staf`
          --> book/rules/care/staff.yaml:14:14
           |
        14 |     require: staf >= 3
           |              ^^^^
           = help: did you mean `staff`?
        """), "\(run.errors)")
  }

  @Test(arguments: ["text", "json", "jsonl", "csv"])
  func sensitiveFactsAreShownOnRequestOnly(_ format: String) throws {
    let scratch = try SmallBook.scratch()
    let arguments = [
      "check", "--policy", "small", "--rules", "book", "--as-of", "2026-06-30", "--format", format, "--verbose",
      "a.jsonl",
    ]
    let run = try probity(arguments, in: scratch)
    #expect(run.status == 1)
    #expect(!run.output.contains("hush"))
    #expect(try probity(arguments + ["--show-sensitive"], in: scratch).output.contains("hush"))
  }

  /// Wherever a value might slip through: messages, remedies, reasons, evidence of whole items, problems of data.
  @Test(arguments: ["text", "json", "jsonl", "csv"])
  func sensitiveFactsDoNotSlipThrough(_ format: String) throws {
    let scratch = try Scratch()
    try scratch.write(
      """
      probity: 1
      types:
        - type: provider
          record: true
          key: id
          facts:
            - {fact: id, type: text}
            - {fact: secret, type: text, sensitive: true}
            - {fact: people, type: list<person>}
        - type: person
          facts:
            - {fact: name, type: text, sensitive: true}
            - {fact: age, type: number, sensitive: true, allowed: "[0..120]"}
      decisions:
        - {decision: shouted, value: upper case(secret), source: Invented}
      rules:
        - {rule: number-of-it, title: A, severity: major, require: number(secret) > 3, source: Invented}
        - {rule: date-of-it, title: B, severity: major, require: date(secret) > today(), source: Invented}
        - {rule: number-of-all, title: C, severity: major, require: number(string(people)) > 3, source: Invented}
        - {rule: decided, title: D, severity: major, require: shouted = "X", message: "it is {shouted}", source: Invented}
        - rule: let-of-it
          title: E
          severity: major
          let: {everybody: people, names: people.name}
          require: count(everybody[name = "nobody"]) > 0
          message: "{everybody} {names}"
          remedy: "{string(people[1])}"
          source: Invented
        - {rule: each-of-them, title: F, severity: major, each: p in people, require: p.age < 3, source: Invented}
      """, to: "rules/all.yaml")
    try scratch.write(
      "probity: 1\npolicy: p\ntitle: P\nwhen: number(secret) != 4\nrules: ['*']\n", to: "policies/p.yaml")
    try scratch.write(
      """
      {"id": "A", "secret": "HUSH", "people": [{"name": "HUSH", "age": 87}, {"name": "HUSH", "age": "HUSH"}]}
      {"id": "B", "secret": ["HUSH"], "people": [{"name": "HUSH", "age": 987}, {"age": {"HUSH": 87}}]}
      """, to: "a.jsonl")
    let arguments = ["check", "--policy", "p", "--as-of", "2026-06-30", "--format", format, "--verbose", "a.jsonl"]
    let run = try probity(arguments, in: scratch)
    #expect(run.status == 1, "\(run.errors)")
    #expect(!run.output.contains("HUSH"))
    #expect(!run.output.contains("87"))
    #expect(run.output.contains("withheld"))
    #expect(try probity(arguments + ["--show-sensitive"], in: scratch).output.contains("HUSH"))
  }

  // MARK: Output

  @Test func outputToAFile() throws {
    let scratch = try Scratch()
    try scratch.write("before", to: "report.txt")
    let arguments = Examples.run + ["Examples/providers.yaml"]
    let run = try probity(arguments + ["--output", scratch.url("report.txt").path()])
    #expect(run.status == 1)
    #expect(run.output == "")
    #expect(try scratch.text("report.txt") == probity(arguments).output)
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path()) == ["report.txt"])
  }

  @Test func aRunThatFailsLeavesTheFileAlone() throws {
    let scratch = try Scratch()
    try scratch.write("before", to: "report.txt")
    let run = try probity(["check", "--policy", "zzz", "--output", scratch.url("report.txt").path(), "x.csv"])
    #expect(run.status == 2)
    #expect(try scratch.text("report.txt") == "before")
  }

  @Test func noColourIntoAFile() throws {
    let run = try probity(Examples.run + ["Examples/providers.yaml"], environment: ["TERM": "xterm-256color"])
    #expect(!run.output.contains("\u{1B}"))
  }

  /// Nothing of the machine's time zone or language reaches a report.
  @Test func surroundingsDoNotShow() throws {
    let arguments = Examples.run + ["--format", "text", "Examples/providers.yaml"]
    let run = try probity(arguments)
    let other = try probity(
      arguments, environment: ["TZ": "Pacific/Kiritimati", "LANG": "de_DE.UTF-8", "LC_ALL": "tr_TR.UTF-8"])
    #expect(run.output == other.output)
  }

  /// A reader that goes away in the middle of a long report: the run ends at once, quietly, and says so by its status.
  @Test(arguments: ["1", "2"]) func aReaderThatGoesAwayEndsTheRun(jobs: String) throws {
    let scratch = try SmallBook.scratch()
    try scratch.write(SmallBook.manyRecords, to: "many.jsonl")
    let program = try #require(Bundle.main.executableURL).deletingLastPathComponent().appending(path: "probity")
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments =
      [
        "-c", #"{ "$0" "$@"; echo $? > "$STATUS"; } | head -n 1 > /dev/null"#, program.path(),
      ]
      + SmallBook.check + ["--jobs", jobs, "many.jsonl"]
    process.currentDirectoryURL = scratch.folder
    process.environment = ["PATH": "/usr/bin:/bin", "STATUS": scratch.url("status").path()]
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let said = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(String(decoding: said, as: UTF8.self) == "")
    #expect(try scratch.text("status") == "141\n")
  }

  @Test func closedPipeEndsQuietly() throws {
    let process = Process()
    let program = try #require(Bundle.main.executableURL).deletingLastPathComponent().appending(path: "probity")
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments =
      [
        "-c", "\"$0\" \"$@\" | head -n 1 > /dev/null; exit 0", program.path(),
      ] + Examples.run + ["--verbose", "Examples/providers.yaml"]
    process.currentDirectoryURL = projectFolder
    let errors = Pipe()
    process.standardError = errors
    try process.run()
    let said = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    #expect(String(decoding: said, as: UTF8.self) == "")
  }

  /// A run that waits for its input ends when it is told to.
  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func interruption(_ signal: Int32, _ status: Int32) throws {
    try interrupt(Self.core + ["-"], in: projectFolder, signal, status)
  }

  /// So does one that waits for a source that is joined in, which is read before any record.
  @Test func interruptionOfAJoinedSource() throws {
    let scratch = try SmallBook.scratch()
    try scratch.write(
      """
      probity: 1
      mapping: joined
      sources:
        register: {format: csv}
        counts: {format: csv, on: {Provider: Ref}}
      records: register
      facts:
        id: {column: Ref}
        staff: {from: counts, column: Staff}

      """, to: "mapping.yaml")
    try scratch.write("Ref\nA\n", to: "register.csv")
    let options = ["--mapping", "mapping.yaml", "--source", "counts=-", "register.csv"]
    try interrupt(SmallBook.check + options, in: scratch.folder, SIGINT, 130)
  }

  private func interrupt(_ arguments: [String], in folder: URL, _ signal: Int32, _ status: Int32) throws {
    let process = Process()
    process.executableURL = try #require(Bundle.main.executableURL).deletingLastPathComponent().appending(
      path: "probity")
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let input = Pipe()
    let output = Pipe()
    let errors = Pipe()
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    // The report's beginning says that the run is under way.
    _ = output.fileHandleForReading.availableData
    kill(process.processIdentifier, signal)
    process.waitUntilExit()
    #expect(process.terminationStatus == status)
    let said = String(decoding: try errors.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
    #expect(said == "probity: stopped after 0 records; the report is not complete\n")
  }
}
