import Diagnostics
import FEEL
import ProbityRecords
import Testing

@testable import Probity
@testable import ProbityReports

/// What reports are written from columns, against what is written of the interpreter's findings: the same to the byte.
@Suite struct OutlineTests {
  static let reporters: [(name: String, reporter: any OutliningReporter)] = [
    ("json", JSONReporter()), ("jsonl", JSONLinesReporter()), ("csv", CSVReporter()),
    ("text", TextReporter()),
  ]

  /// A record as its line is told, in every format.
  private struct Told: Equatable {
    var key: String
    var texts: [String: String]
  }

  /// What is told of lines by a check, in each format.
  ///
  /// - Returns: by record; how many were told from columns, and how many are not in columns alone; and the run counted.
  private static func tell(
    _ lines: [String], _ checking: Checking, file: String
  ) throws -> (told: [Told], outlined: Int, held: Int, summary: Summary) {
    let type = try #require(checking.book.vocabulary[checking.policy.recordType])
    var reader = RecordReader(
      [InputFile(name: file, bytes: Array(lines.joined(separator: "\n").utf8))], of: type,
      in: checking.book.vocabulary, demand: checking.demand)
    let printers = Self.reporters.map { ($0.name, $0.reporter, $0.reporter.printer(for: checking)) }
    var summary = Summary(of: checking)
    var ledger = RecordLedger()
    var all: [Told] = []
    var outlined = 0
    var held = 0
    while let block = reader.nextBlock() {
      var batch = block.read()
      ledger.settle(&batch)
      var checker = BatchChecker(checking, batch, checking.decide(batch))
      for index in 0..<batch.count {
        var told = Told(key: batch.key(of: index), texts: [:])
        if let outline = checker.outline(on: index) {
          checker.add(outline, to: &summary)
          for (name, _, printer) in printers {
            guard let printer else { continue }
            var buffer = ByteBuffer()
            printer.record(outline, into: &buffer)
            told.texts[name] = String(decoding: buffer.written, as: UTF8.self)
          }
          outlined += 1
        } else {
          let report = checker.report(on: index)
          summary.add(report)
          for (name, reporter, _) in printers {
            var bytes: [UInt8] = []
            reporter.record(report, into: &bytes)
            told.texts[name] = String(decoding: bytes, as: UTF8.self)
          }
        }
        if batch.lineText(of: index) == nil { held += 1 }
        all.append(told)
      }
      checker.count([], in: &summary)
    }
    return (all, outlined, held, summary)
  }

  /// Holds what is told from columns to what is told of the interpreter's findings.
  ///
  /// - Returns: how many records were told from columns, and how many are not in columns alone.
  @discardableResult
  private static func compare(
    _ lines: [String], file: String = "providers.jsonl", _ checking: (_ explains: Bool) -> Checking
  ) throws -> (outlined: Int, held: Int) {
    let own = try tell(lines, checking(true), file: file)
    let expected = try tell(lines, checking(false), file: file)
    #expect(expected.outlined == 0)
    #expect(own.told.map(\.key) == expected.told.map(\.key))
    for (told, wanted) in zip(own.told, expected.told) where told != wanted {
      for (name, _) in reporters {
        guard let text = told.texts[name], let expected = wanted.texts[name], text != expected else { continue }
        Issue.record("\(told.key) as \(name):\n\(difference(text, expected))")
      }
      break
    }
    #expect(own.summary.rules.map(\.counts) == expected.summary.rules.map(\.counts))
    #expect(own.summary.open.filter { $0.value.unmet > 0 } == expected.summary.open.filter { $0.value.unmet > 0 })
    #expect(own.summary.verdicts.map(\.count) == expected.summary.verdicts.map(\.count))
    return (own.outlined, own.held)
  }

  /// Where two texts begin to differ, and what stands there.
  private static func difference(_ text: String, _ expected: String) -> String {
    let same = zip(text.utf8, expected.utf8).prefix { $0 == $1 }.count
    func part(_ text: String) -> String {
      String(decoding: text.utf8.dropFirst(max(0, same - 160)).prefix(320), as: UTF8.self)
    }
    return "columns:     \(part(text))\ninterpreter: \(part(expected))"
  }

  @Test(arguments: ProgramTests.seeds) func generatedRulesOverGeneratedRecords(seed: UInt64) throws {
    let sample = try ProgramTests.Sample(seed: seed, records: 60)
    // What columns do not hold is read another way: of half of the records there is nothing of the kind.
    let lines = sample.records.enumerated().map { $1.json(isTame: $0.isMultiple(of: 2)) }
    let (outlined, held) = try Self.compare(lines) { explains in
      Checking(
        policy: sample.checking.policy, book: sample.checking.book, asOf: ProgramTests.asOf, explains: explains)
    }
    #expect(outlined + held == lines.count)
  }

  // MARK: A book with all that a report shows

  private static let rules = """
    probity: 1
    record: provider
    types:
      - type: provider
        record: true
        key: id
        name: name
        facts:
          - {fact: id, type: text}
          - {fact: name, type: text}
          - {fact: rating, type: text, label: 'The "rating"'}
          - {fact: turnover, type: number, unit: GBP}
          - {fact: owner, type: text, sensitive: true, label: Owner}
          - {fact: since, type: date}
          - {fact: opens, type: time}
          - {fact: services, type: list<text>}
          - {fact: office, type: office}
          - {fact: staff, type: list<worker>}
          - {fact: sites, type: list<site>}
          - {fact: notes, type: list<note>}
      - type: office
        facts:
          - {fact: city, type: text}
          - {fact: rooms, type: number, unit: rooms}
      - type: worker
        key: ref
        facts:
          - {fact: ref, type: text}
          - {fact: cleared, type: boolean}
          - {fact: shifts, type: list<shift>}
      - type: shift
        key: day
        facts:
          - {fact: day, type: date}
          - {fact: hours, type: number}
      - type: site
        key: number
        facts:
          - {fact: number, type: number}
          - {fact: safe, type: boolean}
      - type: note
        facts:
          - {fact: text, type: text}
          - {fact: weight, type: number}
    rules:
      - rule: rating
        title: 'The rating is "good"'
        severity: critical
        require: rating = "good"
        message: "Rated {rating}"
        remedy: Improve
        source: Invented
        clause: {document: Framework, ref: "1.2", text: "Says \\"so\\"", page: "3"}
      - rule: several
        title: Several requirements
        severity: minor
        require:
          - {that: turnover >= 100, message: "{turnover} is too little", severity: major}
          - {that: turnover >= 50, message: "{turnover} is too little", remedy: Sell more}
          - {that: 'since > @"2020-01-01"', message: "Since {since}", remedy: Sell more}
        source: Invented
      - rule: owner
        title: The owner is known
        severity: major
        require: owner = "Nobody" and rating != "good"
        message: "The owner is {owner}"
        source: Invented
      - rule: services
        title: Services
        severity: advisory
        require: list contains(services, "home care")
        source: Invented
      - rule: office
        title: The office
        severity: major
        when: supplied(name)
        require: office.city = "York" and office.rooms > 2.5
        source: Invented
      - rule: staff
        title: Cleared
        severity: major
        each: worker in staff
        require: worker.cleared
        message: "{worker.ref} is not cleared"
        source: Invented
      - rule: shifts
        title: Hours
        severity: minor
        each: worker in staff, shift in worker.shifts
        when: worker.cleared
        require: shift.hours <= 8
        message: "{shift.hours} hours on {shift.day}"
        source: Invented
      - rule: all-cleared
        title: All cleared
        severity: minor
        let: {cleared: "staff[cleared]"}
        when: count(cleared) >= 0
        require: count(cleared) > 2 and (every s in sites satisfies s.safe)
        message: "{count(cleared)} cleared"
        source: Invented
      - rule: notes
        title: Notes
        severity: minor
        require: some n in notes satisfies n.weight > 10.25
        source: Invented
      - rule: opening
        title: Opening
        severity: minor
        require: opens < @"09:00:00"
        source: Invented
    """

  private static let policy = """
    probity: 1
    policy: all
    title: All
    source: Invented
    rules: ["*", {rule: shifts, enforcement: mandatory}]
    verdict:
      hit: first
      inputs: [failed.total]
      outputs: {verdict: text, score: number}
      rows:
        - ["> 1", 'refuse "it"', 1]
        - ["-", accept, 2.5]
    """

  private static let lines = [
    #"{"id":"P-1","name":"Plain","rating":"good","turnover":120,"since":"2021-02-03","office":{"city":"York","rooms":3}}"#,
    #"{"id":"P-2","name":"With \"quotes\" and \u00e9","rating":"b\"a\\d","turnover":49.5,"since":"2019-12-31"}"#,
    "{\"id\":\"P-\u{202E}3\",\"name\":\"Łódź\u{7F}\",\"rating\":\"\u{2028}bad\u{200E}\",\"turnover\":-0.05}",
    #"{"id":"P-4","owner":"Somebody","rating":"poor","services":["a","b \"c\""],"turnover":0,"opens":"10:30:00"}"#,
    #"{"id":"P-5","staff":[{"ref":"W-1","cleared":false},{"ref":"W\u001b-2"},{"ref":"W-3","cleared":null},{"cleared":false}]}"#,
    "{\"id\":\"P-6\",\"staff\":[{\"ref\":\"W\u{FEFF}1\",\"cleared\":true,\"shifts\":[{\"day\":\"2026-01-02\",\"hours\":9.5},"
      + "{\"day\":\"2026-01-03\",\"hours\":12},{\"hours\":10}]},{\"ref\":\"W2\",\"cleared\":true}],\"sites\":[]}",
    #"{"id":"P-7","staff":[],"sites":[{"number":1,"safe":true},{"number":2.5,"safe":false},{"safe":false},{"number":-3}]}"#,
    #"{"id":"P-8","notes":[{"text":"x","weight":10},{"weight":10.25},{"weight":9},{"weight":8.0001},{"weight":0}]}"#,
    #"{"id":"P-9","notes":[{"text":"x"},{"weight":10.25},{"weight":9},{"weight":8},{"weight":0}],"unheard_of":1}"#,
    #"{"id":"P-10","name":"","rating":"","turnover":1e3,"office":null,"services":[]}"#,
    #"{"id":"P-11","turnover":12345678.9012,"since":"0999-01-01","office":{"rooms":2.50}}"#,
    #"{"id":"P-12","turnover":0.00001,"staff":[{"ref":"W-1"},{"ref":"W-1"}]}"#,
    #"{"id":"P-13","staff":[{"ref":"W-1","cleared":true},{"ref":"W-2","cleared":true},{"ref":"W-3","cleared":true},{"ref":"W-4"}]}"#,
    #"{"id":"P-14","rating":"e\u0301","staff":"none","since":"9999-12-31"}"#,
    #"{"id":"P-2","rating":"good"}"#,
    many(20, workers: #"{"ref":"W-#"}"#, sites: #"{"number":#}"#),
    many(41, workers: #"{"ref":"W-#"}"#, sites: #"{"number":#,"safe":false}"#),
    many(90, workers: #"{"ref":"W-#"}"#, sites: #"{"number":#}"#),
    many(70, workers: #"{"ref":"W-#","cleared":false}"#, sites: #"{"number":#,"safe":true}"#),
  ]

  /// A record with so many workers and sites; `#` stands for the number of each.
  private static func many(_ count: Int, workers: String, sites: String) -> String {
    func items(_ text: String) -> String {
      (0..<count).map { text.split(separator: "#").joined(separator: "\($0)") }.joined(separator: ",")
    }
    return #"{"id":"M-\#(count)","staff":[\#(items(workers))],"sites":[\#(items(sites))]}"#
  }

  @Test(arguments: [false, true]) func everythingThatReportsShow(showsSensitive: Bool) throws {
    var loader = Loader()
    loader.addRules(SourceFile(path: "rules.yaml", address: "book", bytes: Array(Self.rules.utf8)))
    loader.addPolicy(SourceFile(path: "policy.yaml", bytes: Array(Self.policy.utf8)))
    let loaded = loader.load()
    try #require(!loaded.diagnostics.hasErrors, "\(loaded.diagnostics.all.map(\.message))")
    let policy = try #require(loaded.policies.first)
    let span = SourceSpan(file: FileID(rawValue: 0), start: 0, end: 0)
    let waiver = Waiver(
      rule: "rating", record: "P-4", item: nil, reason: "Asked", approved: "Somebody",
      since: try #require(CivilDate("2026-01-01")), until: try #require(CivilDate("2026-12-31")), span: span)
    let (outlined, _) = try Self.compare(Self.lines, file: "a \"file\".jsonl") { explains in
      Checking(
        policy: policy, book: loaded.book, asOf: ProgramTests.asOf, waivers: [waiver],
        showsSensitive: showsSensitive, explains: explains)
    }
    #expect(outlined == 12)
  }
}
