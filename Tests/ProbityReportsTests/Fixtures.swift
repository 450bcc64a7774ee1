import Diagnostics
import FEEL
import Probity
import ProbityReports

/// A run over invented providers that has everything a report can show.
enum Fixtures {
  static let asOf = date("2026-06-30")

  static func date(_ text: String) -> CivilDate { CivilDate(text)! }
  static func number(_ text: String) -> Value { .number(Number(text)!) }

  static let run = RunDescription(
    policy: "home-care", policyTitle: "Home care providers", source: "Framework agreement", extends: ["core"],
    stage: .accreditation, asOf: asOf,
    relaxations: [
      Policy.Relaxation(
        target: "parameter dbs_renewal", reason: "Backlog at the checking service", approved: "Head of Commissioning",
        until: date("2026-12-31"))
    ],
    version: "1.2.3")

  static let clause = Clause(
    document: "Framework agreement", ref: "7.3", text: "The Provider shall renew each certificate every three years",
    page: "12")

  static let waiver = Waiver(
    rule: "dbs-renewal", record: "P-1", item: "W-9", reason: "Certificate lost in the post",
    approved: "Head of Commissioning", since: date("2026-03-01"), until: date("2026-09-30"),
    span: SourceSpan(file: FileID(rawValue: 0), start: 0, end: 0))

  static func renewal(_ worker: Int, waiver: Waiver? = nil) -> Finding {
    Finding(
      rule: "dbs-renewal", address: "dbs/dbs-renewal", title: "DBS certificates are renewed on time",
      subject: Subject(record: "P-1", item: "staff[W-\(worker)]", itemKey: "W-\(worker)"), outcome: .fail,
      severity: .major, enforcement: .waivable, messages: ["W-\(worker)'s certificate fell due on 2026-05-0\(worker)"],
      remedies: ["Renew the check, or join the Update Service"], source: "Custom and practice", clause: clause,
      evidence: [
        Evidence(
          path: "staff[W-\(worker)].dbs.issued", label: "Day of issue", value: .date(date("2023-05-0\(worker)")),
          unit: nil, place: Place(file: "staff.csv", line: worker + 1, row: worker, column: "Issued")),
        Evidence(
          path: "staff[W-\(worker)].name", label: "Name", value: nil, unit: nil,
          place: Place(file: "staff.csv", line: worker + 1, row: worker, column: "Name")),
      ],
      waiver: waiver)
  }

  static let place = Place(file: "providers.jsonl", line: 3)

  static let cover = Finding(
    rule: "public-liability-cover", address: "insurance/public-liability-cover",
    title: "Public liability insurance is in force and high enough", subject: Subject(record: "P-1"), outcome: .fail,
    severity: .critical, enforcement: .mandatory,
    messages: ["The highest cover is 5000000.10", "No policy names the provider"],
    remedies: ["Ask for the broker's letter", "Ask for the schedule"], source: "Framework agreement, 7.3",
    clause: Clause(document: "Framework agreement", ref: "7.3"),
    evidence: [
      Evidence(
        path: "insurance[PL-1].cover", label: "Limit of indemnity", value: number("5000000.10"), unit: "GBP",
        place: Place(file: "providers.jsonl", line: 4)),
      Evidence(
        path: "insurance[PL-1].abuse_excluded", label: "Whether abuse is excluded", value: .boolean(false), unit: nil,
        place: place),
      Evidence(
        path: "services", label: "Services offered", value: .list(List([.string("home care"), .string("day care")])),
        unit: nil, place: nil),
      Evidence(
        path: "notice", label: "Notice",
        value: .daysAndTimeDuration(DaysAndTimeDuration(utf8: Array("P28D".utf8).span)!),
        unit: nil, place: place),
    ])

  static let informing = Finding(
    rule: "rating-recent", address: "registration/rating-recent", title: "The rating is recent enough to rely on",
    subject: Subject(record: "P-1"), outcome: .fail, severity: .minor, enforcement: .advisory, source: "Local choice")

  static let unevidenced = Finding(
    rule: "right-to-work", address: "dbs/right-to-work", title: "The right to work was checked",
    subject: Subject(record: "P-1", item: "staff[2]", itemKey: "2"), outcome: .notEvidenced, severity: .critical,
    enforcement: .waivable, source: "Immigration, Asylum and Nationality Act 2006 s.15",
    missing: [
      MissingFact(
        path: "staff[2].right_to_work.checked", label: "Day of the check", absence: .absent,
        place: Place(file: "staff.csv", line: 3, row: 2, column: "RTW")),
      MissingFact(
        path: "staff[2].started", label: "First day", absence: .unreadable("`soon` is not a date"), place: place),
      MissingFact(path: "staff[2].kind", label: "Kind of engagement", absence: .redacted, place: nil),
    ])

  static let failed = Finding(
    rule: "answered-in-time", address: "complaints/answered-in-time", title: "Complaints are answered in time",
    subject: Subject(record: "P-1"), outcome: .error, severity: .minor, enforcement: .waivable, source: "SI 2009/309",
    reason: "division by zero")

  static let passed = Finding(
    rule: "registered", address: "registration/registered", title: "The provider is registered",
    subject: Subject(record: "P-1"), outcome: .pass, severity: .critical, enforcement: .mandatory,
    source: "HSCA 2008 s.10")

  static let notApplicable = Finding(
    rule: "manager", address: "registration/manager", title: "A manager is in post", subject: Subject(record: "P-1"),
    outcome: .notApplicable, severity: .major, enforcement: .waivable, source: "SI 2009/3112 reg 5")

  static let misread = RecordProblem(
    DiagnosticCode("DATA432"), .error, "fact `staff[2].started`: `soon` is not a date",
    at: Place(file: "providers.jsonl", line: 3, path: "staff[2].started"), record: "P-1",
    help: ["write it as 2026-06-30"])

  static let unread = RecordProblem(
    DiagnosticCode("DATA413"), .error, "the row has 2 cells, and the header 5",
    at: Place(file: "more.csv", line: 8, row: 7), help: ["an empty cell still needs its comma"])

  static let full = RecordReport(
    key: "P-1", name: "Fallowfield Home Care Ltd", place: place, scope: .inScope,
    findings: [cover, informing, failed, unevidenced] + (1...8).map { renewal($0) }
      + [renewal(9, waiver: waiver), passed, passed, notApplicable],
    verdict: Verdict(text: "refuse", details: [("review", .date(date("2026-12-31"))), ("grade", number("4"))]),
    problems: [misread])

  static let records = [
    full,
    RecordReport(
      key: "P-2", name: nil, place: Place(file: "more.csv", line: 2, row: 1), scope: .inScope, findings: [],
      settled: [SettledRule(rule: 0, passed: 1), SettledRule(rule: 1, passed: 12, notApplicable: 2)],
      ruleNames: ["registered", "dbs-renewal"],
      verdict: Verdict(text: "accredit")),
    RecordReport(
      key: "P-3", name: "Outwith Ltd", place: Place(file: "more.csv", line: 3, row: 2), scope: .outOfScope,
      findings: [], verdict: nil),
    RecordReport(
      key: "P-4", name: "Nobody Knows Ltd", place: nil,
      scope: .notEvidenced([MissingFact(path: "services", label: "Services offered", absence: .absent, place: nil)]),
      findings: [passed], verdict: Verdict(text: nil, reason: "no row of the table matches")),
    RecordReport(
      key: "P-5", name: nil, place: nil, scope: .error("division by zero"), findings: [], verdict: nil),
  ]

  static let summary: Summary = {
    var summary = Summary(policy: "home-care", policyTitle: "Home care providers", asOf: asOf)
    summary.read = 6
    summary.checked = 4
    summary.outOfScope = 1
    summary.unreadable = 1
    summary.open = [
      .critical: [.fail: 1, .notEvidenced: 1], .major: [.fail: 8], .minor: [.error: 1], .advisory: [.fail: 1],
    ]
    summary.waived = 1
    summary.verdicts = [("refuse", 1), ("defer", 0), ("accredit", 1), ("no verdict: no row of the table matches", 1)]
    var renewal = Summary.RuleCounts(rule: "dbs-renewal", title: "DBS certificates are renewed on time")
    renewal.counts = [.fail: 9, .pass: 2]
    renewal.waived = 1
    var registered = Summary.RuleCounts(rule: "registered", title: "The provider is registered")
    registered.counts = [.pass: 3]
    summary.rules = [registered, renewal]
    summary.notAsked = [("volunteers", "in force from 2026-09-01")]
    summary.problems = [(misread.code, 2, misread), (unread.code, 1, unread)]
    var idle = waiver
    idle.record = "P-9"
    summary.idleWaivers = [(idle, "nothing was found that it would cover")]
    return summary
  }()

  /// The whole report, as the command puts it together.
  static func report(_ reporter: some Reporter, _ records: [RecordReport] = records) -> String {
    var bytes: [UInt8] = []
    reporter.begin(run, into: &bytes)
    for record in records {
      reporter.record(record, into: &bytes)
      bytes.append(contentsOf: reporter.separator.utf8)
    }
    reporter.problem(unread, into: &bytes)
    reporter.end(summary, into: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }
}
