import ArgumentParser
import Diagnostics
import Probity
import ProbityRecords
import ProbityReports

/// Runs the tests that stand beside the rules.
struct TestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test",
    abstract: "Run the tests that stand beside the rules.",
    discussion: """
      Test files end in .test.yaml and lie in the rule book, beside the rules they are about. A case is a record, a date \
      and what rules must come to; Docs/Testing.md describes them. Of a case that fails the report says what was \
      expected, what was found, and how that came about.

      EXAMPLES

        Every test of the rule book in the current folder:
          probity test

        One file, and of it the cases about one rule:
          probity test rules/dbs.test.yaml --filter dbs-renewal

        For a build server:
          probity test --format junit --output tests.xml

        What the tests do not try, as pages to read beside the rules; and every row of every table has to match:
          probity test --coverage-html coverage --threshold rows=100

      EXIT STATUS

        0   every case came out as it should; those known to fail did fail
        1   a case failed, or one known to fail has started to pass, or the cases try less than --threshold asks
        2   bad input or usage: rules or tests with errors, or no case at all
      """)

  @Option(help: ArgumentHelp("The rule book: the folder that holds rules and policies.", valueName: "folder"))
  var rules: String?

  @Option(
    help: ArgumentHelp(
      "Only cases whose name holds this text, or that expect something of what it names.", valueName: "text"))
  var filter: String?

  @Flag(
    help: ArgumentHelp(
      "Say what the cases have tried of the rules: outcomes, conditions, table rows, sides of boundaries."))
  var coverage = false

  @Option(
    help: ArgumentHelp(
      "How much of the rule book the cases have to try, in percent: of each measure, or of one.",
      discussion: "Measures: outcomes, applicability, conditions, rows, boundaries. May be given several times.",
      valueName: "[measure=]percent"),
    transform: readThreshold)
  var threshold: [CoverageThreshold] = []

  @Option(
    name: .customLong("coverage-html"),
    help: ArgumentHelp("Write what the cases have tried as HTML, beside the rules' source.", valueName: "folder"))
  var coverageFolder: String?

  @Option(help: "How the report is written.")
  var format: TestFormat = .text

  @Flag(help: "List the cases that passed too (text only).")
  var verbose = false

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Where the report goes instead of standard output.", valueName: "file"))
  var output: String?

  @Argument(help: "Test files or folders; all tests of the rule book unless given.")
  var paths: [String] = []

  func run() throws {
    let folder = rules.map { RuleBookFolder(named: $0) } ?? RuleBookFolder(of: paths)
    let named = try paths.flatMap { try Self.testFiles($0) }
    let files = try folder.files(with: named)
    var loaded = Loader.load(files)
    var tests: [TestFile] = []
    if !loaded.diagnostics.hasErrors {
      // Those that are not run may have bases that are used.
      tests = Loader.tests(files.filter { $0.kind == .tests }.map(\.source), loaded: &loaded)
    }
    if loaded.diagnostics.hasErrors { throw Complaint(loaded.diagnostics, in: loaded.sources) }
    Complaint(loaded.diagnostics, in: loaded.sources).show()
    if !paths.isEmpty { tests.removeAll { file in !named.contains { Paths.areSame($0, file.path) } } }
    if let filter {
      for index in tests.indices { tests[index].cases.removeAll { !$0.matches(filter) } }
    }

    var runner = CaseRunner(
      loaded, zones: SystemZones(), measuresCoverage: coverage || !threshold.isEmpty || coverageFolder != nil)
    var results: [CaseResult] = []
    for file in tests {
      for test in file.cases { results.append(runner.run(test, of: file)) }
    }
    guard !results.isEmpty else { throw nothingRan(files) }
    let report = CaseReport(
      results: results, sources: loaded.sources, version: ProbityCommand.version, coverage: runner.coverage,
      thresholds: threshold)
    try write(bytes(of: report), to: output)
    if let coverageFolder { try write(CoverageHTML(report), below: coverageFolder) }
    let isBad = report.hasFailures || !report.missedThresholds.isEmpty
    throw Ending(isBad ? ExitStatus.findings : ExitStatus.clean)
  }

  /// The test files that a path means.
  private static func testFiles(_ path: String) throws -> [String] {
    switch Files.kind(of: path) {
    case .file:
      guard Paths.isTestFile(path) else {
        throw complaint(.nothingTested, "`\(path)` is no test file: its name does not end in .test.yaml")
      }
      return [path]
    case .missing: throw complaint(.unreadableFile, "`\(path)` cannot be read: no such file")
    case .directory:
      do { return try Files.yamlFiles(below: path).filter(Paths.isTestFile) } catch {
        throw complaint(.unreadableFile, "`\(path)` cannot be read: \(error.reason)")
      }
    }
  }

  private func nothingRan(_ files: [BookFile]) -> Complaint {
    if let filter { return complaint(.nothingTested, "no case was run: none is about `\(filter)`") }
    return complaint(
      .nothingTested, "no case was run",
      help: files.contains { $0.kind == .tests }
        ? "the test files hold no `cases` or `tables`" : "tests are files such as `rules/dbs.test.yaml`")
  }

  private func bytes(of report: CaseReport) -> [UInt8] {
    switch format {
    case .text:
      CaseTextReport(colour: output == nil && Terminal.showsColour(StandardOutput.descriptor), isVerbose: verbose)
        .bytes(of: report)
    case .junit: CaseJUnitReport().bytes(of: report)
    case .json: CaseJSONReport().bytes(of: report)
    }
  }

  private func write(_ pages: CoverageHTML, below folder: String) throws {
    try Files.makeFolders(folder)
    for page in pages.pages { try write(page.bytes, to: Paths.join(folder, page.name)) }
  }

  private func write(_ bytes: [UInt8], to output: String?) throws {
    do throws(OutputFailure) {
      var destination = if let output { try Output(path: output) } else { Output() }
      try destination.write(bytes)
      try destination.finish()
    } catch .closed {
      throw Ending(ExitStatus.closedPipe)
    } catch .failed(let reason) {
      throw complaint(.unwritable, "\(output.map { "`\($0)`" } ?? "standard output") cannot be written: \(reason)")
    }
  }
}

/// How a report of tests is written.
enum TestFormat: String, ExpressibleByArgument, CaseIterable {
  case text, junit, json
}

extension TestCase {
  /// Whether its name or what it expects holds a text, whatever the case of letters.
  fileprivate func matches(_ text: String) -> Bool {
    let text = text.lowercased()
    return name.lowercased().contains(text) || expectations.contains { $0.text.lowercased().contains(text) }
  }
}

/// A threshold as an option has it.
private func readThreshold(_ text: String) throws -> CoverageThreshold {
  guard let threshold = CoverageThreshold(text) else {
    let measures = Coverage.Measure.allCases.map(\.rawValue).joined(separator: ", ")
    throw ValidationError(
      "`\(text)` is no threshold; write a whole number from 0 to 100, or one of \(measures) with it: rows=100.")
  }
  return threshold
}
