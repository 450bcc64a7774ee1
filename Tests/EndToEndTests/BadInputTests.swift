import Foundation
import Testing

/// Input that is not what it should be: said clearly, with its place, and nothing else lost.
@Suite struct BadInput {
  struct Case: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var file = "p.jsonl"
    var bytes: Data
    /// What the report says, and where.
    var says: [String]
    /// The line of the summary.
    var records: String
    var status: Int32

    init(
      _ what: String, _ file: String, _ bytes: some Sequence<UInt8>, says: [String], _ records: String, status: Int32
    ) {
      testDescription = what
      self.file = file
      self.bytes = Data(bytes)
      self.says = says
      self.records = records
      self.status = status
    }
  }

  static let cases = [
    Case(
      "an empty file", "p.csv", [], says: ["Not read: p.csv", "[DATA403] the file is empty"], "No records", status: 2),
    Case("only white space", "p.jsonl", "\n \n".utf8, says: ["the file holds no records"], "No records", status: 2),
    Case(
      "a workbook", "p.csv", [0x50, 0x4B, 3, 4, 0, 0], says: ["[DATA402]", "a workbook (.xlsx)"], "No records",
      status: 2),
    Case("a binary file", "p.csv", (0..<200).map { UInt8($0 % 7) }, says: ["[DATA402]"], "No records", status: 2),
    Case(
      "invalid UTF-8", "p.csv", Array("id,legal_name\nA,Caf".utf8) + [0xE9] + Array("\nB,Cafe\n".utf8),
      says: ["[DATA404]", "at offset 19", "encoding: windows-1252"], "2 records: 2 checked", status: 1),
    Case(
      "a byte order mark", "p.csv", [0xEF, 0xBB, 0xBF] + Array("id,legal_name\nA,x\n".utf8), says: ["x (A)"],
      "1 record: 1 checked", status: 1),
    Case(
      "a long line", "p.jsonl",
      Array("{\"id\":\"A\",\"legal_name\":\"".utf8) + [UInt8](repeating: 0x78, count: 100_000_000)
        + Array("\"}\n{\"id\":\"B\"}\n".utf8), says: ["Not read: p.jsonl, line 1", "[DATA405]"],
      "2 records: 1 checked, 1 not read", status: 1),
    Case(
      "YAML that grows", "p.yaml", "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n".utf8,
      says: ["Not read: p.yaml, line 1", "anchor `&a` is not allowed"], "1 record: 0 checked, 1 not read", status: 2),
    Case(
      "deep YAML", "p.yaml", String(repeating: "- ", count: 10_000).utf8, says: ["[YAML122]"],
      "1 record: 0 checked, 1 not read", status: 2),
    Case(
      "deep JSON", "p.json", (String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)).utf8,
      says: ["nested deeper than 100 levels"], "1 record: 0 checked, 1 not read", status: 2),
    Case(
      "a tab", "p.yaml", "- id: A\n\t  employees: 3\n".utf8, says: ["p.yaml, line 2", "[YAML105]"],
      "1 record: 0 checked, 1 not read", status: 2),
    Case(
      "two documents", "p.yaml", "id: A\n---\nid: B\n".utf8, says: ["p.yaml, line 2", "[YAML107]"],
      "1 record: 1 checked",
      status: 2),
    Case(
      "a merge key", "p.yaml", "- id: A\n- <<: {employees: 3}\n  id: B\n".utf8, says: ["p.yaml, line 2", "[YAML112]"],
      "2 records: 2 checked", status: 2),
    Case(
      "a duplicate key", "p.yaml", "- id: A\n  employees: 3\n  employees: 4\n".utf8,
      says: ["p.yaml, line 3", "[YAML106] duplicate key `employees`"], "1 record: 1 checked", status: 2),
    Case(
      "no identifier", "p.jsonl", "{\"legal_name\": \"x\"}\n{\"id\": \"B\"}\n".utf8,
      says: ["Not read: p.jsonl, line 1", "[DATA421]"], "2 records: 1 checked, 1 not read", status: 1),
    Case(
      "an identifier twice", "p.jsonl", "{\"id\": \"A\"}\n{\"id\": \"A\"}\n".utf8,
      says: ["[DATA422] identifier `A` is used twice, first at p.jsonl, line 1"], "2 records: 2 checked", status: 1),
    Case(
      "JSON cut off", "p.json", "[{\"id\": \"A\"}, {\"id\": \"B\", \"legal_name\": \"Caf".utf8,
      says: ["Not read: p.json, line 1", "[DATA411]", "no closing `]`"], "2 records: 1 checked, 1 not read", status: 2),
    Case(
      "JSON Lines cut off", "p.jsonl", "{\"id\": \"A\"}\n{\"id\": \"B\",".utf8, says: ["Not read: p.jsonl, line 2"],
      "2 records: 1 checked, 1 not read", status: 1),
    Case(
      "too few and too many cells", "p.csv", "id,legal_name,employees\nA,x\nB,y,3,4\nC,z,5\n".utf8,
      says: ["[DATA413]", "[DATA414]", "row 2 (line 3)"], "3 records: ", status: 1),
    Case(
      "a fact that is not its type", "p.jsonl", "{\"id\": \"A\", \"company_number\": \"1\", \"employees\": [3]}\n".utf8,
      says: ["[DATA431] fact `employees`: a list is not a number", "line 1"], "1 record: 1 checked", status: 1),
  ]

  @Test(arguments: cases)
  func reported(_ bad: Case) throws {
    let scratch = try Scratch()
    try scratch.write(bad.bytes, to: bad.file)
    let run = try probity(
      ["check", "--policy", "core", "--rules", projectFolder.path(), "--as-of", "2026-06-30", bad.file],
      in: scratch)
    // Lines are broken to fit, so what is said is looked for in the text without its breaks.
    let words = run.output.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    for text in bad.says { #expect(words.contains(text), "\(text) is not in:\n\(run.output.prefix(3000))") }
    #expect(words.contains(bad.records))
    #expect(run.status == bad.status, "\(run.errors)")
  }

  @Test func aDirectory() throws {
    let run = try probity(["check", "--policy", "core", "--as-of", "2026-06-30", "policies"])
    #expect(run.status == 2)
    #expect(
      run.errors == """
        error[DATA401]: policies: cannot be read: it is a directory; name the files in it: policies/*.yaml
        error[RUN606]: there was no record to check

        """)
  }

  @Test func aFileThatMayNotBeRead() throws {
    guard getuid() != 0 else { return }
    let scratch = try Scratch()
    try scratch.write("id\nA\n", to: "p.csv")
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: scratch.url("p.csv").path())
    let run = try probity(["check", "--policy", "core", scratch.url("p.csv").path()])
    #expect(run.errors.contains("cannot be read: permission denied"))
    #expect(run.status == 2)
  }

  /// The same, as files of a rule book.
  @Test(arguments: [
    ("an empty file", "", "error[YAML108]"), ("not YAML", "rules: [", "error[YAML104]"),
    ("a tab", "probity: 1\nrules:\n\t- rule: x\n", "error[YAML105]"),
    ("two documents", "probity: 1\n---\nprobity: 1\n", "error[YAML107]"),
    ("a duplicate key", "probity: 1\nprobity: 1\n", "error[YAML106]"),
    ("an unknown key", "probity: 1\nrule: []\n", "did you mean `rules`?"),
    ("deep nesting", "probity: 1\nrules: " + String(repeating: "[", count: 500), "error[YAML122]"),
  ])
  func rules(_ what: String, _ text: String, _ message: String) throws {
    let scratch = try Scratch()
    try scratch.write(text, to: "rules/bad.yaml")
    let run = try probity(["lint"], in: scratch)
    #expect(run.output.contains(message), "\(run.output)")
    #expect(run.status == 1)
  }
}
