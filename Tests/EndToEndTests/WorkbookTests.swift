import Foundation
import TestSupport
import Testing

/// Workbooks that are sent out, as files.
@Suite struct Workbooks {
  /// Lists of every kind: of values, of items with and without something that identifies them, within nested facts, and
  /// within items.
  static let rules = """
    probity: 1
    types:
      - type: provider
        record: true
        title: Home care provider
        key: id
        name: name
        facts:
          - {fact: id, type: text, label: Provider reference}
          - {fact: name, type: text, label: Name}
          - {fact: rating, type: text, label: Rating, allowed: ["good, or better", poor], help: The latest report}
          - {fact: turnover, type: number, unit: GBP, label: Turnover, allowed: ">= 0"}
          - {fact: services, type: list<text>, label: Services, allowed: [home care, supported living]}
          - {fact: registration, type: registration, label: Registration}
          - {fact: staff, type: list<worker>, label: Staff}
          - {fact: unused, type: text, label: Not asked}
      - type: registration
        facts:
          - {fact: since, type: date, label: Since}
          - {fact: open, type: boolean, label: Open}
          - {fact: rating, type: text, label: Rating}
          - {fact: notices, type: list<notice>, label: Notices}
      - type: notice
        facts:
          - {fact: issued, type: date, label: Issued}
          - {fact: points, type: list<text>, label: Points}
      - type: worker
        key: ref
        facts:
          - {fact: ref, type: text, label: Staff reference}
          - {fact: hours, type: number, label: Hours}
          - {fact: notice, type: years and months duration, label: Notice}
          - {fact: courses, type: list<course>, label: Courses}
      - type: course
        key: code
        facts:
          - {fact: code, type: text, label: Code}
          - {fact: ended, type: date, label: Ended}
    rules:
      - {rule: rated, title: It is rated, severity: major, require: 'rating = "poor" or turnover > least', source: Invented}
      - rule: registered
        title: It is registered
        severity: critical
        require: registration.open and registration.since < today() and registration.rating != "x"
        source: Invented
      - rule: noticed
        title: Notices have points
        severity: minor
        each: n in registration.notices
        require: n.issued < today() and count(n.points) > 0
        source: Invented
      - rule: trained
        title: Staff is trained
        severity: major
        each: w in staff
        when: w.hours > 10 and w.notice >= duration("P1M")
        require: some c in w.courses satisfies c.ended > today() - duration("P1Y")
        source: Invented
      - rule: serving
        title: It gives care
        severity: minor
        require: list contains(services, "home care")
        source: Invented
    parameters:
      - {parameter: least, title: Least turnover, type: number, unit: GBP, values: {2000-01-01: 1000}, local: true}
    """

  static let records = #"""
    {"id": "P-1", "name": "=1+1", "rating": "good, or better", "turnover": 1234567890.1234567, "services": ["home care"],
      "registration": {"since": "2020-02-29", "open": true, "rating": "0012", "notices": [
        {"issued": "2024-05-06", "points": ["a; b", "c"]}, {"points": []}, {"issued": "1899-12-31"}]},
      "staff": [{"ref": "W 1", "hours": 37.5, "notice": "P3M", "courses": [{"code": "C1", "ended": "2026-01-01"}]},
        {"ref": "002", "courses": []}, {"hours": 4}]}
    {"id": "P-2", "services": [], "staff": []}
    {"id": "P-3", "registration": {"open": false}}
    """#.replacing("\n  ", with: " ")

  static func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(rules, to: "rules/care.yaml")
    try scratch.write("probity: 1\npolicy: all\ntitle: All of it\nrules: [\"*\"]\n", to: "policies/all.yaml")
    try scratch.write(records, to: "records.jsonl")
    return scratch
  }

  static let asOf = ["--policy", "all", "--as-of", "2026-06-30"]

  @Test(arguments: [
    ["template"], ["template", "--records", "records.jsonl"], ["request", "--format", "xlsx", "records.jsonl"],
  ])
  func sameFileEachTime(_ arguments: [String]) throws {
    let scratch = try Self.scratch()
    for name in ["first.xlsx", "second.xlsx"] {
      let run = try probity([arguments[0]] + Self.asOf + ["--output", name] + arguments.dropFirst(), in: scratch)
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.output == "")
    }
    let first = try Data(contentsOf: scratch.url("first.xlsx"))
    #expect(first == (try Data(contentsOf: scratch.url("second.xlsx"))))
    #expect(first.starts(with: Data("PK".utf8)))
    let files = try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path())
    #expect(files.filter { $0.hasSuffix(".part") } == [])
  }

  @Test func aFormForEachRecord() throws {
    let scratch = try Self.scratch()
    try scratch.write(
      #"{"id": "../P/1", "services": []}"# + "\n" + #"{"id": "..:P:1"}"# + "\n" + #"{"id": "P-2", "rating": "poor"}"#,
      to: "odd.jsonl")
    let run = try probity(
      ["request"] + Self.asOf + ["--format", "xlsx", "--separate", "--output", "forms", "odd.jsonl"], in: scratch)
    #expect(run.status == 0)
    #expect(run.errors == "3 of 3 records asked for 21 facts; 0 more are missing that can change nothing\n")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.url("forms").path()).sorted() == [
        "P-2.xlsx", "___P_1 (2).xlsx", "___P_1.xlsx",
      ])
  }

  @Test(arguments: [
    (["template", "--output", "missing/x.xlsx"], "RUN605"), (["template", "--output", "rules"], "RUN605"),
    (["template", "--output", "x.xlsx", "--records", "none.jsonl"], "DATA401"),
    (["request", "--format", "xlsx", "--output", "missing/x.xlsx", "records.jsonl"], "RUN605"),
    (["request", "--format", "xlsx", "--separate", "--output", "records.jsonl", "records.jsonl"], "RUN605"),
    (["request", "--format", "xlsx", "records.jsonl"], "A workbook is a file"),
    (["request", "--format", "csv", "--separate", "records.jsonl"], "Only workbooks"),
  ])
  func complaints(_ arguments: [String], _ words: String) throws {
    let run = try probity([arguments[0]] + Self.asOf + arguments.dropFirst(), in: try Self.scratch())
    #expect(run.status == 2)
    #expect(run.errors.contains(words), "\(run.errors)")
  }

  @Test func aTextThatFitsIntoNoCell() throws {
    let scratch = try Self.scratch()
    try scratch.write(#"{"id": "P-1", "name": "\#(String(repeating: "a", count: 32_768))"}"#, to: "long.jsonl")
    let run = try probity(
      ["template"] + Self.asOf + ["--output", "form.xlsx", "--records", "long.jsonl"], in: scratch)
    #expect(run.status == 0)
    #expect(run.errors.contains("warning[RUN618]"), "\(run.errors)")
  }
}
