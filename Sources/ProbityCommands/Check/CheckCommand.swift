import ArgumentParser
import Diagnostics
import FEEL
import Probity
import ProbityRecords
import ProbityReports

/// Runs a policy over records.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check providers' records against a policy.",
    discussion: """
      For each record the report gives the policy's verdict, what failed, what is not evidenced, what could not be \
      computed and what is waived, with the message, the remedy, the citation and the place in the input. A summary of \
      all records ends it.

      Records are CSV, XLSX, SQLite, JSON, JSON Lines or YAML. Where a file's columns or keys are not the names of facts, \
      a mapping says which feeds which (--mapping). Several files are read in the order given; - is standard input.

      EXAMPLES

        A rule book's own policy, by name, as of a date:
          probity check --policy core --as-of 2026-06-30 Examples/providers.yaml

        A spreadsheet saved as CSV, with waivers, into a file:
          probity check --policy core --mapping applicants-mapping.yaml --waivers waivers.yaml \\
            --output report.txt applicants.csv

        For a program: one JSON object a line, and an exit status that only critical findings change:
          probity check --policy core --format jsonl --fail-on critical providers.jsonl

        For a spreadsheet: one line a finding that is not met or is waived:
          probity check --policy core --format csv --output findings.csv providers.jsonl

        How often each rule is met, over many records and at full speed:
          probity check --policy core --summary providers.jsonl

      FORMATS

        text   for the officer who has to act on it
        json   one JSON document
        jsonl  the same objects, each on a line of its own, written as records are read
        csv    one line for each finding and for each problem with the data

      Findings that pass or do not apply are counted; --verbose lists them too.

      EXIT STATUS

        0   nothing open at or above the --fail-on severity
        1   findings at or above it: failed, not evidenced or not computed, and not waived
        2   bad input or usage: rules with errors, a file that cannot be read,
            no record at all; also where some record could not be read and
            nothing else was found, and with --strict where anything of the
            input was lost or is unclear
      """)

  @Option(
    help: ArgumentHelp(
      "The policy: its name, or its file.",
      discussion: "The rule book is found from the file (the folder above policies), else in the current folder.",
      valueName: "policy"))
  var policy: String

  @OptionGroup var evidence: EvidenceOptions

  @Option(help: "How the report is written.")
  var format: ReportFormat = .text

  @Option(
    name: .customLong("fail-on"),
    help: ArgumentHelp(
      "The lowest severity that makes the exit status 1: critical, major, minor, advisory or never.",
      valueName: "severity"))
  var failOn: Threshold = .severity(.major)

  @Option(
    help: ArgumentHelp(
      "How many threads check records: as many as there are cores unless given.",
      discussion: "The report is the same however many there are.", valueName: "n"))
  var jobs: Int?

  @Flag(
    help: ArgumentHelp(
      "Exit with 2 where anything of the input was lost or is unclear.",
      discussion: "Rows and cells that cannot be read, repeated keys, and rows that are joined to nothing."))
  var strict = false

  @Flag(help: "Print the summary alone: counts of verdicts, findings and problems over all records.")
  var summary = false

  @Flag(name: .customLong("show-sensitive"), help: "Show the values of sensitive facts, such as names and numbers.")
  var showSensitive = false

  @Flag(help: "List what passed or does not apply too; as text also every item and fact however many there are.")
  var verbose = false

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Where the report goes instead of standard output.", valueName: "file"))
  var output: String?

  @Argument(help: ArgumentHelp("Files of records; - is standard input.", valueName: "records"))
  var records: [String] = []

  func validate() throws {
    if let jobs, !(1...64).contains(jobs) { throw ValidationError("--jobs is a number from 1 to 64.") }
    if summary, verbose { throw ValidationError("A summary lists nothing: leave out --summary or --verbose.") }
    try evidence.validate(records: records)
  }

  func run() throws {
    let asOf = try evidence.asOf ?? Today.date()
    var book = try CheckedBook(policy: policy, rules: evidence.rules)
    let policy = try book.policy()
    let waivers = try evidence.waivers.map { try book.waivers(in: $0) } ?? []
    let mapping = try evidence.mapping.map { try book.mapping(in: $0) }
    let type = try book.recordType(of: policy, mapping, file: evidence.mapping)
    book.showWarnings()

    let checking = Checking(
      policy: policy, book: book.loaded.book, asOf: asOf, waivers: waivers, showsSensitive: showSensitive,
      explains: !summary, zones: SystemZones())
    let interruption = Interruption()
    let inputs = try evidence.sources.inputs(records, for: mapping, until: interruption)
    let answers = evidence.sources.answers(of: type, in: book.loaded.book.vocabulary)
    let reader = RecordReader(
      inputs.records, joined: inputs.joined, of: type, in: book.loaded.book.vocabulary,
      mapping: mapping, answers: answers, demand: checking.demand)
    let jobs = jobs ?? (Files.areSmall(inputs.records) ? 1 : min(Threads.available, 64))
    let pipeline = Pipeline(checking: checking, reporter: reporter, detail: detail, jobs: jobs)
    var progress = Progress(
      isShown: Terminal.isTerminal(StandardError.descriptor)
        && (output != nil || !Terminal.isTerminal(StandardOutput.descriptor)))
    let result: Pipeline.Result
    do {
      var destination = try output.map { try Output(path: $0) } ?? Output()
      let run = RunDescription(of: policy, asOf: asOf, version: ProbityCommand.version)
      result = try pipeline.run(
        reader, about: run, to: destination, interruption: interruption, progress: &progress)
      progress.end()
      try destination.finish()
    } catch Pipeline.Stop.interrupted(let signal, let records) {
      progress.end()
      StandardError.write("probity: stopped after \(records) records; the report is not complete\n")
      throw Ending(ExitStatus.interrupted(by: signal))
    } catch Pipeline.Stop.output(let failure) {
      throw ending(of: failure)
    } catch let failure as OutputFailure {
      throw ending(of: failure)
    }
    sayWhatIsAmiss(result, answers)
    throw Ending(status(of: result, answers))
  }

  private var reporter: any Reporter {
    switch format {
    case .text:
      TextReporter(
        colour: output == nil && Terminal.showsColour(StandardOutput.descriptor), isVerbose: verbose, isSummary: summary
      )
    case .json: JSONReporter()
    case .jsonl: JSONLinesReporter()
    case .csv: summary ? CSVSummaryReporter() : CSVReporter()
    }
  }

  private var detail: ReportDetail { summary ? .counts : verbose ? .everything : .open }

  private func ending(of failure: OutputFailure) -> any Error {
    switch failure {
    case .closed: Ending(ExitStatus.closedPipe)
    case .failed(let reason):
      complaint(.unwritable, "\(output.map { "`\($0)`" } ?? "standard output") cannot be written: \(reason)")
    }
  }

  /// What somebody who sees only standard error, or the exit status, must not miss: a line each.
  private func sayWhatIsAmiss(_ result: Pipeline.Result, _ answers: Answers?) {
    let summary = result.summary
    var diagnostics = result.fileErrors.map { problem in
      Diagnostic(problem.code, .error, "\(problem.place): \(problem.message)")
    }
    if result.fileErrorCount > result.fileErrors.count {
      let more = result.fileErrorCount - result.fileErrors.count
      diagnostics.append(
        Diagnostic(.notAllRead, .error, "\(more) more problems with files; the report has them all"))
    }
    if summary.read == 0 {
      diagnostics.append(Diagnostic(.nothingRead, .error, "there was no record to check"))
    } else if summary.unreadable > 0 {
      diagnostics.append(
        Diagnostic(
          .notAllRead, .warning,
          "\(summary.unreadable) of \(summary.read) records could not be read and were not checked; the report says why"
        ))
    }
    let lostRows = result.summary.lostJoinedRows
    if lostRows > 0 {
      diagnostics.append(
        Diagnostic(
          .notAllRead, .warning,
          "\(lostRows) \(lostRows == 1 ? "row" : "rows") of joined sources could not be read; the report says why"))
    }
    if let unused = Diagnostic.unused(answers) { diagnostics.append(unused) }
    if strict, let unclear = summary.sources.first(where: { !$0.isClean }) {
      diagnostics.append(
        Diagnostic(
          .notStrict, .error, "not everything was read or put together: \(unclear.inWords)",
          help: ["without --strict this does not change the exit status"]))
    }
    let renderer = TextRenderer(colour: Terminal.showsColour(StandardError.descriptor))
    StandardError.write(diagnostics.map { renderer.line($0, SourceMap()) + "\n" }.joined())
  }

  private func status(of result: Pipeline.Result, _ answers: Answers?) -> Int32 {
    if result.fileErrorCount > 0 || result.summary.read == 0 { return ExitStatus.unusable }
    if strict, answers?.unused.isEmpty == false { return ExitStatus.unusable }
    if strict, result.summary.sources.contains(where: { !$0.isClean }) { return ExitStatus.unusable }
    if failOn.isReached(by: result.summary) { return ExitStatus.findings }
    // Nothing was found, but not everything was looked at.
    let isWhole = result.summary.unreadable == 0 && result.summary.lostJoinedRows == 0
    return isWhole ? ExitStatus.clean : ExitStatus.unusable
  }
}

/// How a report is written.
enum ReportFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json, jsonl, csv
}

/// From which severity on an open finding makes the exit status 1.
enum Threshold: Equatable {
  case severity(Severity)
  case never

  func isReached(by summary: Summary) -> Bool {
    guard case .severity(let severity) = self, let worst = summary.worst else { return false }
    return worst >= severity
  }
}

extension Threshold: ExpressibleByArgument {
  init?(argument: String) {
    if argument == "never" {
      self = .never
    } else if let severity = Severity(rawValue: argument) {
      self = .severity(severity)
    } else {
      return nil
    }
  }

  static let allValueStrings = Severity.allCases.reversed().map(\.rawValue) + ["never"]

  var defaultValueDescription: String {
    switch self {
    case .severity(let severity): severity.rawValue
    case .never: "never"
    }
  }
}

/// A date as an option has it.
func readDate(_ text: String) throws -> CivilDate {
  guard let date = CivilDate(text) else {
    throw ValidationError("`\(text)` is no date of the calendar; write the year, month and day as 2026-06-30.")
  }
  return date
}
