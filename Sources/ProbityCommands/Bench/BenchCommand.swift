import ArgumentParser
import Diagnostics
import FEEL
import Probity
import ProbityRecords
import ProbityReports

/// Says where the time of a check goes.
struct BenchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Show which rules and expressions a check spends its time on.",
    discussion: """
      The records are checked once, on one thread, and what each step takes is measured. Shares are of that run on that \
      machine: compare them with one another, not with those of another run.

      Deciding is done by a program that all rules share: what several rules ask is computed once, and its time is \
      divided among them; own is what no other rule uses. Explaining is what it takes to say why a finding is not met. \
      A rule is handed over where the program cannot hold a record's facts in columns, such as a price with five \
      decimals.

      EXAMPLES

        probity bench --policy core --as-of 2026-06-30 providers.jsonl
        probity bench --policy core --format json providers.jsonl
      """)

  /// How a profile is written.
  enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

  @Option(
    help: ArgumentHelp(
      "The policy: its name, or its file.",
      discussion: "The rule book is found from the file (the folder above policies), else in the current folder.",
      valueName: "policy"))
  var policy: String

  @Option(
    name: .customLong("as-of"),
    help: ArgumentHelp("The date the records are judged at; today in UTC unless given.", valueName: "yyyy-mm-dd"),
    transform: readDate)
  var asOf: CivilDate?

  @Option(help: ArgumentHelp("The rule book: the folder that holds rules and policies.", valueName: "folder"))
  var rules: String?

  @Option(help: ArgumentHelp("What feeds which fact.", valueName: "file"))
  var mapping: String?

  @OptionGroup var sources: SourceOptions

  @Option(help: "How it is written.")
  var format: Format = .text

  @Option(help: ArgumentHelp("How many rules and expressions to show (text only).", valueName: "n"))
  var most = 20

  @Argument(help: ArgumentHelp("Files of records; - is standard input.", valueName: "records"))
  var records: [String] = []

  func validate() throws {
    if most < 1 { throw ValidationError("--most is a number from 1.") }
    if records.isEmpty, sources.sources.isEmpty { throw ValidationError("Name the files of records.") }
    if records.count(where: { $0 == "-" }) > 1 { throw ValidationError("Standard input can be read only once.") }
  }

  func run() throws {
    let asOf = try asOf ?? Today.date()
    var book = try CheckedBook(policy: policy, rules: rules)
    let policy = try book.policy()
    let mapping = try self.mapping.map { try book.mapping(in: $0) }
    let type = try book.recordType(of: policy, mapping, file: self.mapping)
    let checking = Checking(policy: policy, book: book.loaded.book, asOf: asOf, zones: SystemZones())
    let inputs = try sources.inputs(records, for: mapping, until: nil)
    var run = Run(
      checking: checking,
      reader: RecordReader(
        inputs.records, joined: inputs.joined, of: type, in: book.loaded.book.vocabulary, mapping: mapping,
        answers: sources.answers(of: type, in: book.loaded.book.vocabulary), demand: checking.demand))
    run.go()
    if run.records == 0 { throw complaint(.nothingRead, "there was no record to check") }
    let report = run.report(policy.name, book.loaded.sources)
    let bytes = format == .text ? report.text(most: most) : report.json()
    if let failure = StandardOutput.write(bytes) {
      if case .closed = failure { throw Ending(ExitStatus.closedPipe) }
      throw complaint(.unwritable, "standard output cannot be written")
    }
  }

  /// One measured run.
  private struct Run {
    let checking: Checking
    var reader: RecordReader
    var profile: Profile
    var records = 0
    private var reading = 0
    private var deciding = 0
    private var explaining = 0
    private var printing = 0

    init(checking: Checking, reader: consuming RecordReader) {
      self.checking = checking
      self.reader = reader
      profile = Profile(checking)
    }

    mutating func go() {
      var ledger = RecordLedger()
      let reporter = JSONLinesReporter()
      let printer = reporter.printer(for: checking)
      var text = ByteBuffer()
      while true {
        let start = Stopwatch.now()
        guard let block = reader.nextBlock() else { break }
        var batch = block.read()
        ledger.settle(&batch)
        let read = Stopwatch.now()
        let outcomes = profile.decide(batch, clock: Stopwatch.now)
        let decided = Stopwatch.now()
        var printing = 0
        profile.explain(batch, outcomes, clock: Stopwatch.now) { outline in
          let start = Stopwatch.now()
          text.takeBack(to: 0)
          printer?.record(outline, into: &text)
          printing += Stopwatch.now() - start
        } reported: { report in
          let start = Stopwatch.now()
          text.takeBack(to: 0)
          text.add { reporter.record(report, into: &$0) }
          printing += Stopwatch.now() - start
        }
        reading += read - start
        deciding += decided - read
        explaining += Stopwatch.now() - decided - printing
        self.printing += printing
        records += batch.count
      }
    }

    func report(_ policy: String, _ sources: SourceMap) -> ProfileReport {
      let whole = Double(max(1, reading + deciding + explaining + printing))
      let rules = profile.rules
      let decided = max(1, rules.reduce(0) { $0 + $1.deciding })
      let explained = max(1, rules.reduce(0) { $0 + $1.explaining })
      let expressions = profile.expressions
      let computed = max(1, expressions.reduce(0) { $0 + $1.deciding })
      return ProfileReport(
        policy: policy, records: records, instructions: profile.instructions,
        phases: [
          ("reading", Double(reading) / whole), ("deciding", Double(deciding) / whole),
          ("explaining", Double(explaining) / whole), ("printing", Double(printing) / whole),
        ],
        rules: rules.map { cost in
          .init(
            name: cost.rule, deciding: cost.deciding / decided, own: cost.own / decided,
            explaining: cost.explaining / explained, handedOver: cost.handedOver)
        }.enumerated().sorted {
          (-$0.element.deciding - $0.element.explaining, $0.offset)
            < (-$1.element.deciding - $1.element.explaining, $1.offset)
        }.map(\.element),
        expressions: expressions.map { cost in
          .init(
            text: cost.span.map { Self.text($0, sources) } ?? "the program's own",
            place: cost.span.map { Self.place($0, sources) }, deciding: cost.deciding / computed, rules: cost.rules)
        })
    }

    /// An expression as it stands in its file, on one line.
    private static func text(_ span: SourceSpan, _ sources: SourceMap) -> String {
      let bytes = sources.files[Int(span.file.rawValue)].bytes
      let range = min(Int(span.start), bytes.count)..<min(Int(max(span.start, span.end)), bytes.count)
      return String(decoding: bytes[range], as: UTF8.self).split(whereSeparator: \.isWhitespace)
        .joined(separator: " ")
    }

    private static func place(_ span: SourceSpan, _ sources: SourceMap) -> String {
      let location = sources.location(Int(span.start), in: span.file)
      return "\(sources.name(of: span.file)):\(location.line):\(location.column)"
    }
  }
}
