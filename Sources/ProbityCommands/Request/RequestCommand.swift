import ArgumentParser
import Diagnostics
import FEEL
import Probity
import ProbityRecords
import ProbityReports

/// Says what to ask providers for.
struct RequestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "request",
    abstract: "List the facts that are missing and can still change what is decided.",
    discussion: """
      For each provider it says what to ask for: each missing fact once, however many rules, policies or contracts need \
      it. A fact that can no longer change a verdict, whatever its value, is not asked for; how many were left out is \
      said. What can change a verdict by itself comes first, then what serves the most severe and the most findings. A \
      fact that matters only if another turns out in a certain way comes after it, and says so.

      EXAMPLES

        What to ask each provider for, under one policy or several:
          probity request --policy core --as-of 2026-06-30 Examples/providers.yaml
          probity request --policy core --policy leeds-adults providers.jsonl

        Everything that would complete a finding, even where the verdict is settled:
          probity request --policy core --settle findings providers.jsonl

        A line for each fact, for a spreadsheet:
          probity request --policy core --format csv --output questions.csv providers.jsonl

        A form to send to each provider, as workbooks in a folder:
          probity request --policy core --format xlsx --separate --output forms providers.jsonl

        What is still missing once it has come back:
          probity request --policy core --answers forms/P-001.xlsx providers.jsonl

      FORMATS

        text   for the officer who writes to the provider
        csv    one line for each fact that is asked for
        jsonl  one JSON object for each provider
        xlsx   a form to send out, with the cells to be filled in; --output names the workbook, or with
               --separate the folder of a workbook for each provider

      EXIT STATUS

        0   it could be said what is missing, whether or not anything is
        2   bad input or usage: rules with errors, a file that cannot be read, no record at all
      """)

  /// How requests are written.
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, csv, jsonl, xlsx }

  /// What is to be settled.
  enum Goal: String, ExpressibleByArgument, CaseIterable {
    case verdicts, findings

    var settlement: Settlement {
      switch self {
      case .verdicts: .verdicts
      case .findings: .findings
      }
    }
  }

  @Option(
    name: .customLong("policy"),
    help: ArgumentHelp(
      "A policy: its name, or its file; may be given several times.",
      discussion: "The rule book is found from the file (the folder above policies), else in the current folder.",
      valueName: "policy"))
  var policies: [String]

  @OptionGroup var evidence: EvidenceOptions

  @Option(help: "What is to be settled: the policies' verdicts, or every finding.")
  var settle: Goal = .verdicts

  @Option(help: "How it is written.")
  var format: Format = .text

  @Flag(help: "Name every item and every rule, however many there are (text only).")
  var verbose = false

  @Flag(help: "Write a workbook for each record, into the folder that --output names (xlsx only).")
  var separate = false

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Where it goes instead of standard output.", valueName: "file"))
  var output: String?

  @Argument(help: ArgumentHelp("Files of records; - is standard input.", valueName: "records"))
  var records: [String] = []

  func validate() throws {
    try evidence.validate(records: records)
    if format == .xlsx, output == nil { throw ValidationError("A workbook is a file: name it with --output.") }
    if separate, format != .xlsx { throw ValidationError("Only workbooks are written separately: --format xlsx.") }
  }

  func run() throws {
    let asOf = try evidence.asOf ?? Today.date()
    var book = try CheckedBook(policies: policies, rules: evidence.rules)
    let policies = try book.policies()
    let waivers = try evidence.waivers.map { try book.waivers(in: $0) } ?? []
    let mapping = try evidence.mapping.map { try book.mapping(in: $0) }
    let type = try book.recordType(of: policies[0], mapping, file: evidence.mapping)
    book.showWarnings()

    let checkings = policies.map {
      Checking(policy: $0, book: book.loaded.book, asOf: asOf, waivers: waivers, zones: SystemZones())
    }
    let requester = Requester(checkings, settling: settle.settlement)
    let interruption = Interruption()
    let inputs = try evidence.sources.inputs(records, for: mapping, until: interruption)
    let answers = evidence.sources.answers(of: type, in: book.loaded.book.vocabulary)
    let reader = RecordReader(
      inputs.records, joined: inputs.joined, of: type, in: book.loaded.book.vocabulary, mapping: mapping,
      answers: answers, demand: requester.demand)
    var session = Session(requester: requester, reader: reader, interruption: interruption)
    if format == .xlsx, let output {
      let forms = Forms(
        checkings: checkings, type: type, vocabulary: book.loaded.book.vocabulary, isSeparate: separate, path: output)
      try session.write(forms)
      throw Ending(session.status(answers))
    }
    let run = RequestRun(
      policies: policies.map { ($0.name, $0.title) }, asOf: asOf, settlement: settle.settlement,
      version: ProbityCommand.version)
    do {
      var destination = try output.map { try Output(path: $0) } ?? Output()
      try session.write(with: reporter, about: run, to: destination)
      try destination.finish()
    } catch let failure as OutputFailure {
      throw ending(of: failure)
    }
    throw Ending(session.status(answers))
  }

  private var reporter: any RequestReporter {
    switch format {
    case .text, .xlsx:
      RequestText(colour: output == nil && Terminal.showsColour(StandardOutput.descriptor), isVerbose: verbose)
    case .csv: RequestCSV()
    case .jsonl: RequestJSON()
    }
  }

  private func ending(of failure: OutputFailure) -> any Error {
    switch failure {
    case .closed: Ending(ExitStatus.closedPipe)
    case .failed(let reason):
      complaint(.unwritable, "\(output.map { "`\($0)`" } ?? "standard output") cannot be written: \(reason)")
    }
  }

  /// One run over records.
  private struct Session {
    let requester: Requester
    var reader: RecordReader
    let interruption: Interruption
    private var summary = RequestSummary()
    /// The first errors with files; how many there were.
    private var fileErrors: [RecordProblem] = []
    private var fileErrorCount = 0

    private static let mostFileErrors = 20

    init(requester: Requester, reader: consuming RecordReader, interruption: Interruption) {
      self.requester = requester
      self.reader = reader
      self.interruption = interruption
    }

    mutating func write(
      with reporter: any RequestReporter, about run: RequestRun, to destination: borrowing Output
    ) throws {
      var bytes: [UInt8] = []
      reporter.begin(run, into: &bytes)
      while let step = reader.next() {
        if let signal = interruption.number {
          StandardError.write("probity: stopped after \(summary.read) records; the report is not complete\n")
          throw Ending(ExitStatus.interrupted(by: signal))
        }
        switch step {
        case .record(let record, let problems):
          let request = requester.request(for: record, problems: problems)
          summary.add(request)
          reporter.record(request, into: &bytes)
        case .unreadable(let problems):
          summary.addUnreadable(problems)
          for problem in problems { reporter.problem(problem, into: &bytes) }
        case .problem(let problem):
          note(problem)
          summary.count([problem])
          reporter.problem(problem, into: &bytes)
        }
        if bytes.count > 1 << 16 {
          try destination.write(bytes)
          bytes.removeAll(keepingCapacity: true)
        }
      }
      summary.sources = reader.sources
      reporter.end(summary, into: &bytes)
      try destination.write(bytes)
    }

    /// Writes forms, and says on standard error what is wrong with the records.
    mutating func write(_ forms: consuming Forms) throws {
      var complaints = FileComplaints()
      while let step = reader.next() {
        if let signal = interruption.number {
          StandardError.write("probity: stopped after \(summary.read) records; not all forms are written\n")
          throw Ending(ExitStatus.interrupted(by: signal))
        }
        switch step {
        case .record(let record, let problems):
          complaints.note(step)
          let request = requester.request(for: record, problems: problems)
          summary.add(request)
          try forms.add(request, of: record)
        case .unreadable(let problems):
          complaints.note(step)
          summary.addUnreadable(problems)
        // What is wrong with a file is said with the status.
        case .problem(let problem):
          if problem.severity != .error { complaints.note(step) }
          note(problem)
          summary.count([problem])
        }
      }
      try forms.finish()
      complaints.show()
      StandardError.write(
        "\(summary.asked) of \(summary.read) records asked for \(summary.facts) facts; "
          + "\(summary.idle) more are missing that can change nothing\n")
    }

    private mutating func note(_ problem: RecordProblem) {
      guard problem.severity == .error, problem.record == nil else { return }
      fileErrorCount += 1
      if fileErrors.count < Self.mostFileErrors { fileErrors.append(problem) }
    }

    /// Says what somebody who sees only standard error must not miss, and gives the exit status.
    func status(_ answers: Answers?) -> Int32 {
      var diagnostics = fileErrors.map { Diagnostic($0.code, .error, "\($0.place): \($0.message)") }
      if fileErrorCount > fileErrors.count {
        diagnostics.append(
          Diagnostic(
            .notAllRead, .error,
            "\(fileErrorCount - fileErrors.count) more problems with files; the report has them all"
          ))
      }
      if let unused = Diagnostic.unused(answers) { diagnostics.append(unused) }
      if summary.read == 0 {
        diagnostics.append(Diagnostic(.nothingRead, .error, "there was no record to look at"))
      } else if summary.unreadable > 0 {
        diagnostics.append(
          Diagnostic(
            .notAllRead, .warning,
            "\(summary.unreadable) of \(summary.read) records could not be read; the report says why"))
      }
      let renderer = TextRenderer(colour: Terminal.showsColour(StandardError.descriptor))
      StandardError.write(diagnostics.map { renderer.line($0, SourceMap()) + "\n" }.joined())
      return fileErrorCount > 0 || summary.read == 0 || summary.unreadable == summary.read
        ? ExitStatus.unusable : ExitStatus.clean
    }
  }
}
