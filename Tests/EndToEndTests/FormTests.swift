import Diagnostics
import FEEL
import Foundation
import Probity
import ProbityCommands
import ProbityRecords
import ProbityReports
import Testing

/// Workbooks that come back filled in.
@Suite struct FilledForms {
  /// The findings of a check, without their places.
  private static func findings(_ files: [String], in scratch: Scratch) throws -> [String] {
    let run = try probity(
      ["check"] + Workbooks.asOf + ["--format", "csv", "--verbose"] + files, in: scratch)
    return run.output.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("finding,") }
      .map { line in
        // File, line, row, sheet and column end the line.
        String(line.split(separator: ",", omittingEmptySubsequences: false).dropLast(5).joined(separator: ","))
      }
  }

  @Test func recordsComeBackAsTheyWere() throws {
    let scratch = try Workbooks.scratch()
    let made = try probity(
      ["template"] + Workbooks.asOf + ["--output", "filled.xlsx", "--records", "records.jsonl"], in: scratch)
    #expect(made.status == 0)
    let before = try Self.findings(["records.jsonl"], in: scratch)
    #expect(before.count > 10)
    #expect(try Self.findings(["filled.xlsx"], in: scratch) == before)
    let strict = try probity(
      ["check"] + Workbooks.asOf + ["--strict", "--fail-on", "never", "filled.xlsx"], in: scratch)
    #expect(strict.errors == "")
    #expect(strict.status == 0)
    #expect(!strict.output.contains("Problems with the data"), "\(strict.output)")
  }

  /// The shipped rule book over the examples, which have lists within lists and nested facts of every kind.
  @Test(arguments: ["core", "shropshire-domiciliary-accreditation"])
  func examplesComeBackAsTheyWere(_ policy: String) throws {
    let scratch = try Scratch()
    let asOf = ["--policy", policy, "--as-of", "2026-06-30"]
    let file = scratch.url("filled.xlsx").path()
    let made = try probity(["template"] + asOf + ["--output", file, "--records", "Examples/providers.yaml"])
    #expect(made.status == 0)
    func findings(_ file: String) throws -> [String] {
      try probity(["check"] + asOf + ["--format", "csv", "--verbose", file]).output
        .split(whereSeparator: \.isNewline).filter { $0.hasPrefix("finding,") }
        .map { String($0.split(separator: ",", omittingEmptySubsequences: false).dropLast(5).joined(separator: ",")) }
    }
    let before = try findings("Examples/providers.yaml")
    #expect(before.count > 200)
    #expect(try findings(file) == before)
  }

  // MARK: What people do to them

  /// A workbook of the records that ``Workbooks`` has, as a value.
  private static func plan() throws -> FormPlan {
    var loader = Loader()
    loader.addRules(SourceFile(path: "care.yaml", address: "care", bytes: Array(Workbooks.rules.utf8)))
    loader.addPolicy(
      SourceFile(
        path: "all.yaml", address: "all", bytes: Array("probity: 1\npolicy: all\ntitle: All\nrules: [\"*\"]\n".utf8)))
    let loaded = loader.load()
    let policy = try #require(loaded.policy(named: "all"))
    let type = try #require(loaded.book.vocabulary["provider"])
    let asOf = try #require(CivilDate(year: 2026, month: 6, day: 30))
    let checking = Checking(policy: policy, book: loaded.book, asOf: asOf)
    var builder = FormBuilder(
      FormLayout(type, in: loaded.book.vocabulary, used: checking.demand.facts),
      for: FormBuilder.Purpose(title: "A form", instructions: [], policies: [("all", "All")], asOf: asOf))
    var reader = RecordReader(
      [InputFile(name: "records.jsonl", bytes: Array(Workbooks.records.utf8))], of: type, in: loaded.book.vocabulary)
    while let step = reader.next() { if case .record(let record, _) = step { builder.add(record) } }
    return builder.finished()
  }

  struct Change: CustomTestStringConvertible {
    var name: String
    var change: @Sendable (inout Edited) -> Void
    /// Codes, messages and places, as the report has them, in its order.
    var problems: [String]

    var testDescription: String { name }
  }

  /// A workbook that somebody changes.
  struct Edited {
    var plan: FormPlan

    subscript(sheet: String) -> Int { plan.sheets.firstIndex { $0.name == sheet } ?? 0 }

    func column(_ header: String, of sheet: String) -> Int {
      plan.sheets[self[sheet]].rows[0].firstIndex { $0.content == .text(header) } ?? 0
    }

    mutating func set(_ content: FormPlan.Content, _ header: String, _ row: Int, of sheet: String) {
      plan.sheets[self[sheet]].rows[row - 1][column(header, of: sheet)].content = content
    }

    mutating func add(_ texts: [String], to sheet: String) {
      plan.sheets[self[sheet]].rows.append(texts.map { .init($0.isEmpty ? .blank : .text($0)) })
    }
  }

  @Test(arguments: [
    Change(name: "nothing", change: { _ in }, problems: []),
    Change(
      name: "sheets in another order", change: { $0.plan.sheets.reverse() }, problems: []),
    Change(
      name: "columns in another order",
      change: { form in
        let sheet = form["Staff"]
        for row in form.plan.sheets[sheet].rows.indices { form.plan.sheets[sheet].rows[row].reverse() }
      }, problems: []),
    Change(
      name: "a column deleted",
      change: { form in
        let (sheet, column) = (form["Staff"], form.column("Hours", of: "Staff"))
        for row in form.plan.sheets[sheet].rows.indices { form.plan.sheets[sheet].rows[row].remove(at: column) }
      },
      problems: ["DATA406 there is no column `Hours`: what it would hold is not known @ form.xlsx, sheet Staff"]),
    Change(
      name: "a header renamed", change: { $0.set(.text("Hour"), "Hours", 1, of: "Staff") },
      problems: [
        "DATA406 there is no column `Hours`: what it would hold is not known; is it `Hour`? @ form.xlsx, sheet Staff",
        "DATA408 the form has no column `Hour`; it is not read; was it `Hours`? @ form.xlsx, sheet Staff, row 1, column \"Hour\"",
      ]),
    Change(
      name: "a column added",
      change: { form in
        let sheet = form["Home care provider"]
        for row in form.plan.sheets[sheet].rows.indices {
          form.plan.sheets[sheet].rows[row].append(.init(.text(row == 0 ? "Remarks" : "=1+1")))
        }
      },
      problems: [
        "DATA408 the form has no column `Remarks`; it is not read @ form.xlsx, sheet Home care provider, row 1, column \"Remarks\""
      ]),
    Change(
      name: "a sheet deleted", change: { $0.plan.sheets.remove(at: $0["Courses"]) },
      problems: [
        "DATA442 there is no sheet `Courses`: what it would hold is not known @ form.xlsx",
        "DATA437 fact `staff[W 1].courses`: `listed` is said of it, and there is no row; where there are none, say `none` "
          + "@ form.xlsx, sheet Staff, row 2, column \"Courses\"",
      ]),
    Change(
      name: "a sheet added",
      change: { form in
        var sheet = form.plan.sheets[form["Staff"]]
        sheet.name = "Staff 2025"
        form.plan.sheets.insert(sheet, at: 2)
      },
      problems: ["DATA443 the form has no sheet `Staff 2025`; it is not read @ form.xlsx, sheet Staff 2025"]),
    Change(
      name: "rows of nobody",
      change: { form in
        form.add(["", "W 9", "3"], to: "Staff")
        form.add(["P-9", "W 9", "3"], to: "Staff")
        form.add(["P-1", "W 9", "C9"], to: "Courses")
        form.add(["", "Nobody"], to: "Home care provider")
      },
      problems: [
        "DATA421 a record without identifier cannot be checked: `id` is absent @ form.xlsx, sheet Home care provider, row 5",
        "DATA424 no record takes the row @ form.xlsx, sheet Staff, row 5",
        "DATA424 no record takes the row @ form.xlsx, sheet Staff, row 6",
        "DATA424 no record takes the row @ form.xlsx, sheet Courses, row 3",
      ]),
    Change(
      name: "none, and there are some; listed, and there are none",
      change: { form in
        form.set(.text("none"), "Services", 2, of: "Home care provider")
        form.set(.text("Listed"), "Services", 3, of: "Home care provider")
        form.set(.text("some"), "Staff", 4, of: "Home care provider")
      },
      problems: [
        "DATA437 fact `services`: `none` is said of it, and there is a row "
          + "@ form.xlsx, sheet Home care provider, row 2, column \"Services\"",
        "DATA437 fact `services`: `listed` is said of it, and there is no row; where there are none, say `none` "
          + "@ form.xlsx, sheet Home care provider, row 3, column \"Services\"",
        "DATA433 fact `staff`: `some` is not allowed: none, listed "
          + "@ form.xlsx, sheet Home care provider, row 4, column \"Staff\"",
      ]),
    Change(
      name: "what is no answer",
      change: { form in
        form.set(.text("31/02/2024"), "Since", 2, of: "Home care provider")
        form.set(.text("perhaps"), "Open", 2, of: "Home care provider")
        form.set(.text("gud"), "Rating", 2, of: "Home care provider")
      },
      problems: [
        "DATA433 fact `rating`: `gud` is not allowed: good, or better, poor "
          + "@ form.xlsx, sheet Home care provider, row 2, column \"Rating\"",
        "DATA432 fact `registration.since`: `31/02/2024` is not a date; dates are read as `yyyy-MM-dd`, `d/M/yyyy` "
          + "@ form.xlsx, sheet Home care provider, row 2, column \"Since\"",
        "DATA432 fact `registration.open`: `perhaps` is not true or false "
          + "@ form.xlsx, sheet Home care provider, row 2, column \"Open\"",
      ]),
    Change(
      name: "another version", change: { $0.plan.sheets[$0["probity"]].rows[0][1].content = .text("2") },
      problems: [
        "DATA438 what the workbook says of its columns cannot be used: it is of version `2`; version 1 is read; "
          + "fill in the form anew, or write a mapping @ form.xlsx, sheet probity, row 1"
      ]),
    Change(
      name: "of other records", change: { $0.plan.sheets[$0["probity"]].rows[1][1].content = .text("contract") },
      problems: [
        "DATA438 the workbook is of records of type `contract`, and the policy is about `provider`; workbooks that were made "
          + "for different rule books are read in runs of their own @ form.xlsx, sheet probity"
      ]),
    Change(
      name: "a manifest that does not say which item holds a list",
      change: { form in
        form.plan.sheets[form["probity"]].rows.removeAll { row in
          row.count == 5 && row[0].content == .text("Courses") && row[3].content == .text("holder")
        }
        form.plan.sheets[form["Courses"]].rows[0][1].content = .blank
      },
      problems: [
        "DATA437 fact `staff[W 1].courses`: `listed` is said of it, and there is no row; where there are none, say `none` "
          + "@ form.xlsx, sheet Staff, row 2, column \"Courses\"",
        "DATA424 no record takes the row @ form.xlsx, sheet Courses, row 2",
      ]),
    Change(
      name: "a fact that is gone",
      change: { form in
        let sheet = form["probity"]
        for row in form.plan.sheets[sheet].rows.indices
        where form.plan.sheets[sheet].rows[row].last?.content == .text("hours") {
          form.plan.sheets[sheet].rows[row][4].content = .text("days")
        }
      },
      problems: [
        "DATA408 `days` is not a fact of `provider`; its column is not read; the workbook was made for another vocabulary "
          + "@ form.xlsx, sheet Staff, column \"Hours\""
      ]),
  ])
  func changes(_ row: Change) throws {
    let scratch = try Workbooks.scratch()
    var form = Edited(plan: try Self.plan())
    row.change(&form)
    try WorkbookFile.write(form.plan, to: scratch.url("form.xlsx").path())
    let run = try probity(["check"] + Workbooks.asOf + ["--format", "jsonl", "form.xlsx"], in: scratch)
    var problems: [String] = []
    for line in run.output.split(separator: "\n") {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      switch object["kind"] as? String {
      case "problem": problems.append(Self.words(object))
      case "record": problems += (object["problems"] as? [[String: Any]] ?? []).map(Self.words)
      default: break
      }
    }
    #expect(problems.joined(separator: "\n") == row.problems.joined(separator: "\n"))
    if row.problems.isEmpty {
      #expect(try Self.findings(["form.xlsx"], in: scratch) == Self.findings(["records.jsonl"], in: scratch))
    }
  }

  private static func words(_ problem: [String: Any]) -> String {
    let place = problem["place"] as? [String: Any] ?? [:]
    let help = (problem["help"] as? [String] ?? []).map { "; \($0)" }.joined()
    let words = "\(problem["code"] ?? "") \(problem["message"] ?? "")\(help)"
    return words + " @ "
      + Place(
        file: place["file"] as? String ?? "", sheet: place["sheet"] as? String, row: place["row"] as? Int,
        column: place["column"] as? String
      ).description
  }

  @Test func otherFilesAreNotReadWithThem() throws {
    let scratch = try Workbooks.scratch()
    try WorkbookFile.write(try Self.plan(), to: scratch.url("form.xlsx").path())
    let run = try probity(["check"] + Workbooks.asOf + ["--summary", "form.xlsx", "records.jsonl"], in: scratch)
    #expect(run.errors.hasPrefix("error[DATA438]: records.jsonl: "))
    #expect(run.status == 2)
  }

  // MARK: Answers

  /// A form of what is asked for reads back, blank as it is, and says nothing that was not said.
  @Test func aBlankFormAnswersNothing() throws {
    let scratch = try Workbooks.scratch()
    let request = try probity(
      ["request"] + Workbooks.asOf + ["--format", "xlsx", "--output", "form.xlsx", "records.jsonl"], in: scratch)
    #expect(request.status == 0)
    let run = try probity(["check"] + Workbooks.asOf + ["--format", "jsonl", "form.xlsx"], in: scratch)
    #expect(run.errors == "")
    #expect(run.output.contains("\"key\":\"P-3\""))
    #expect(!run.output.contains("\"kind\":\"problem\""))
    let before = try Self.findings(["records.jsonl"], in: scratch)
    #expect(try Self.findings(["--answers", "form.xlsx", "records.jsonl"], in: scratch) == before)
  }

  struct Answer: CustomTestStringConvertible {
    var name: String
    var record: String
    var answers: [String]
    /// Paths of what is still asked for, to settle every finding.
    var asked: [String]
    var problems: [String] = []

    var testDescription: String { name }
  }

  private static let whole = #"""
    "rating": "poor", "services": ["home care"], "registration": {"since": "2020-01-01", "open": true, "rating": "y",
    "notices": []}
    """#.replacing("\n", with: " ")

  @Test(arguments: [
    Answer(
      name: "a fact, of the record and of a nested fact", record: #"{"id": "P", "staff": [], "services": []}"#,
      answers: [#"{"id": "P", "rating": "poor", "registration": {"open": false, "notices": []}}"#], asked: []),
    Answer(
      name: "facts of items, and one more item",
      record: #"{"id": "P", "staff": [{"ref": "a", "hours": 20}, {"ref": "b"}], \#(whole)}"#,
      answers: [
        #"{"id": "P", "staff": [{"ref": "b", "hours": 1}, {"ref": "c", "hours": 11}]}"#,
        #"{"id": "P", "staff": [{"ref": "a", "notice": "P2M"}, {"ref": "c", "notice": "P2M", "courses": []}]}"#,
      ], asked: ["staff[a].courses"]),
    Answer(
      name: "a list, with a day that is none", record: #"{"id": "P", \#(whole)}"#,
      answers: [
        #"{"id": "P", "staff": [{"ref": "a", "hours": 20, "notice": "P2M", "courses": [{"code": "x", "ended": "soon"}]}]}"#
      ], asked: ["staff[a].courses[x].ended"],
      problems: ["DATA432 fact `staff[a].courses[x].ended`: `soon` is not a date; a date is written 2026-06-30"]),
    Answer(
      name: "something else than the record says", record: #"{"id": "P", "staff": [], \#(whole)}"#,
      answers: [#"{"id": "P", "rating": "good, or better", "turnover": 5, "services": ["home care"]}"#],
      asked: ["rating"],
      problems: [
        "DATA436 fact `rating`: the record and the answer differ, `poor` (records.jsonl, line 2) and "
          + "`good, or better` (answers.jsonl, line 1); nothing says which of them counts"
      ]),
    Answer(
      name: "no items where there are some", record: #"{"id": "P", "staff": [{"ref": "a", "hours": 1}], \#(whole)}"#,
      answers: [#"{"id": "P", "staff": []}"#], asked: ["staff"],
      problems: [
        "DATA436 fact `staff`: the record and the answer differ, 1 item (records.jsonl, line 2) and no items "
          + "(answers.jsonl, line 1); nothing says which of them counts"
      ]),
  ])
  func answers(_ row: Answer) throws {
    let scratch = try Workbooks.scratch()
    try scratch.write(#"{"id": "O", "rating": "poor"}"# + "\n" + row.record + "\n", to: "records.jsonl")
    try scratch.write(row.answers.joined(separator: "\n"), to: "answers.jsonl")
    let run = try probity(
      ["request"] + Workbooks.asOf + [
        "--settle", "findings", "--format", "jsonl", "--answers", "answers.jsonl", "records.jsonl",
      ], in: scratch)
    #expect(run.errors == "")
    var problems: [String] = []
    for line in run.output.split(separator: "\n") {
      let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      if object["kind"] as? String == "problem" { problems.append(Self.words(object)) }
      guard object["key"] as? String == "P" else { continue }
      #expect((object["facts"] as? [[String: Any]] ?? []).compactMap { $0["path"] as? String } == row.asked)
      problems += (object["problems"] as? [[String: Any]] ?? []).map(Self.words)
    }
    #expect(problems.map { String($0.prefix { $0 != "@" }).trimmingCharacters(in: .whitespaces) } == row.problems)
    let check = try probity(
      ["check"] + Workbooks.asOf + ["--format", "csv", "--answers", "answers.jsonl", "records.jsonl"], in: scratch)
    let paths = check.output.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("finding,P,") }
      .filter { $0.contains(",not evidenced,") }
    #expect(paths.isEmpty == row.asked.isEmpty)
  }

  @Test func answersOfNobody() throws {
    let scratch = try Workbooks.scratch()
    try scratch.write(#"{"id": "P-9", "rating": "poor"}"#, to: "answers.jsonl")
    let arguments = ["check"] + Workbooks.asOf + ["--summary", "--fail-on", "never", "--answers", "answers.jsonl"]
    let run = try probity(arguments + ["records.jsonl"], in: scratch)
    #expect(run.errors == "warning[RUN619]: there are answers of `P-9`, of which no record was read\n")
    #expect(run.status == 0)
    #expect(try probity(arguments + ["--strict", "records.jsonl"], in: scratch).status == 2)
  }
}
