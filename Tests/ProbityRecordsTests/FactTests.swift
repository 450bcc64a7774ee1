import Diagnostics
import FEEL
import Probity
import ProbityRecords
import Testing

/// One fact of one record: what it reads as, and what is said about it.
struct FactCase: CustomTestStringConvertible, Sendable {
  var name: String
  var fact: String
  /// JSON, or the text of a cell.
  var text: String
  var value: String
  var said: String?

  init(_ name: String, _ fact: String, _ text: String, _ value: String, _ said: String? = nil) {
    self.name = name
    self.fact = fact
    self.text = text
    self.value = value
    self.said = said
  }

  var testDescription: String { name }
}

@Suite struct Facts {
  @Test(arguments: [
    FactCase("a text", "title", #""Ash House""#, "Ash House"),
    FactCase("a text with escapes", "title", #""Ash \u0026 Oak\nü\ud83c\udfe0""#, "Ash & Oak\nü🏠"),
    FactCase("a text keeps its white space", "title", #"" Ash ""#, " Ash "),
    FactCase("an empty text is no value", "title", #""""#, "?absent"),
    FactCase("null is absent", "title", "null", "?absent"),
    FactCase("a number", "beds", "12.50", "12.5"),
    FactCase("a number with an exponent", "beds", "1.2e3", "1200"),
    FactCase("34 digits", "beds", "1234567890123456789012345678901234", "1234567890123456789012345678901234"),
    FactCase(
      "35 digits", "beds", "0.12345678901234567890123456789012345", "?unreadable 0.12345678901234567890123456789012345",
      "has more than 34 digits"),
    FactCase("a number without end", "beds", "1e9999", "?unreadable 1e9999", "has more than 34 digits"),
    FactCase(
      "a number below what is allowed", "beds", "-1", "?unreadable -1",
      "DATA433 p.json, line 1, beds: fact `beds`: `-1` is not allowed: >= 0"),
    FactCase(
      "a text where a number is wanted", "beds", #""12""#, "?unreadable 12",
      "DATA431 p.json, line 1, beds: fact `beds`: a text is not a number"),
    FactCase("a number where a text is wanted", "title", "12", "?unreadable 12", "a number is not a text"),
    FactCase("a list where a text is wanted", "title", "[]", "?unreadable a list", "a list is not a text"),
    FactCase("a number within what is allowed", "share", "1.00", "1"),
    FactCase(
      "a number at the end that is not included", "share", "0", "?unreadable 0",
      "DATA433 p.json, line 1, share: fact `share`: `0` is not allowed: (0..1]"),
    FactCase("true", "open", "true", "true"),
    FactCase("yes is no truth value", "open", #""yes""#, "?unreadable yes", "a text is not true or false"),
    FactCase("a date", "opened", #""2026-06-30""#, "2026-06-30"),
    FactCase(
      "a day that is not", "opened", #""2026-06-31""#, "?unreadable 2026-06-31",
      "DATA432 p.json, line 1, opened: fact `opened`: `2026-06-31` is not a date"),
    FactCase("a date the other way round", "opened", #""30/06/2026""#, "?unreadable 30/06/2026", "is not a date"),
    FactCase("a date and time", "at", #""2026-06-30T09:30:00Z""#, "2026-06-30T09:30:00Z"),
    FactCase("a time", "from", #""09:30:00""#, "09:30:00"),
    FactCase("a duration", "renewal", #""P3Y""#, "P3Y"),
    FactCase("a duration of the other kind", "renewal", #""P3D""#, "?unreadable P3D", "is not a duration such as P3Y"),
    FactCase("a list", "services", #"["home care", "day care"]"#, "[home care, day care]"),
    FactCase("an empty list", "services", "[]", "[]"),
    FactCase(
      "a list with an item that does not fit", "services", #"["home care", 7]"#, "[home care, ?unreadable 7]",
      "DATA431 p.json, line 1, services[2]: fact `services[2]`: a number is not a text"),
    FactCase(
      "a text where a list is wanted", "services", #""home care""#, "?unreadable home care", "a text is not a list"),
    FactCase("a nested fact", "registration.status", #"{"registration": {"status": "active"}}"#, "active"),
    FactCase("a nested fact that is not there", "registration.status", #"{"registration": {}}"#, "?absent"),
    FactCase(
      "a value that is not allowed", "registration.status", #"{"registration": {"status": "actve"}}"#,
      "?unreadable actve",
      "DATA433 p.json, line 1, registration.status: fact `registration.status`: `actve` is not allowed: active, closed"),
    FactCase(
      "a value but for its case", "registration.status", #"{"registration": {"status": "Active"}}"#,
      "?unreadable Active", "is not allowed"),
    FactCase(
      "a text where facts are wanted", "registration", #"{"registration": "active"}"#, "?unreadable active",
      "DATA431 p.json, line 1, registration: fact `registration`: a text is not an object with the facts of `registration`"
    ),
    FactCase(
      "items", "staff", #"[{"ref": "W-1", "dbs": {"issued": "2024-01-31"}}]"#,
      "[{ref: W-1, hours: ?absent, name: ?absent, dbs: {issued: 2024-01-31}}]"),
    FactCase(
      "an item that is none", "staff", #"[{"ref": "W-1", "hours": 8, "name": "N", "dbs": null}, 7]"#,
      "[{ref: W-1, hours: 8, name: N, dbs: ?absent}, ?unreadable 7]",
      "DATA431 p.json, line 1, staff[2]: fact `staff[2]`: a number is not an object with the facts of `worker`"),
    FactCase(
      "a fact of an item that does not fit", "staff", #"[{"ref": "W-1", "hours": "8"}]"#,
      "[{ref: W-1, hours: ?unreadable 8, name: ?absent, dbs: ?absent}]",
      "DATA431 p.json, line 1, staff[W-1].hours: fact `staff[W-1].hours`: a text is not a number"),
    FactCase(
      "two items with one key", "staff", #"[{"ref": "W-1"}, {"ref": "W-1"}]"#,
      "[{ref: W-1, hours: ?absent, name: ?absent, dbs: ?absent}, {ref: W-1, hours: ?absent, name: ?absent, dbs: ?absent}]",
      "DATA423 p.json, line 1: two items of `staff` have the key `W-1`"),
    FactCase(
      "a sensitive text is not shown", "secret", #""hush""#, "?unreadable sensitive",
      "DATA431 p.json, line 1, secret: fact `secret`: a text is not a number"),
    FactCase(
      "a sensitive number is not shown", "secret", "1e99", "?unreadable sensitive",
      "DATA432 p.json, line 1, secret: fact `secret`: the text (sensitive, not shown) has more than 34 digits, or is too large or too small"
    ),
    FactCase(
      "a key given twice", "beds", #"4, "beds": 5"#, "?unreadable ",
      "DATA434 p.json, line 1, beds: fact `beds`: it is given twice"),
    FactCase(
      "a key that is no fact", "titel", #""Ash""#, "no titel",
      "DATA408 p.json, line 1, titel: `titel` is not a fact of `provider`; it is not read, here or further on"),
  ])
  func json(_ fact: FactCase) {
    let top = fact.fact.split(separator: ".")[0]
    let member =
      fact.text.hasPrefix("{\"\(top)") ? String(fact.text.dropFirst().dropLast()) : "\"\(top)\": \(fact.text)"
    let read = ReadOut("{\"id\": \"P-1\", \(member)}", "p.json")
    #expect(read.records.first?.fact(fact.fact) == fact.value)
    #expect(read.problems.count == (fact.said == nil ? 0 : 1))
    if let said = fact.said { #expect(read.said.first?.contains(said) == true, "\(read.said)") }
  }

  @Test func unknownKeysAreSaidOnce() {
    let read = ReadOut(
      "{\"id\": \"P-1\", \"titel\": 1}\n{\"id\": \"P-2\", \"titel\": 2, \"staff\": [{\"ref\": \"W\", \"hour\": 1}]}\n",
      "p.jsonl")
    #expect(
      read.said == [
        "DATA408 p.jsonl, line 1, titel: `titel` is not a fact of `provider`; it is not read, here or further on",
        "DATA408 p.jsonl, line 2, staff[W].hour: `hour` is not a fact of `worker`; it is not read, here or further on",
      ])
    #expect(read.problems.map(\.help) == [["did you mean `title`?"], ["did you mean `hours`?"]])
    #expect(read.problems.map(\.severity) == [.warning, .warning])
  }

  @Test func places() throws {
    let read = ReadOut(
      "{\n  \"id\": \"P-1\",\n  \"staff\": [\n    {\"ref\": \"W-1\",\n     \"hours\": 8}\n  ]\n}", "p.json")
    let record = try #require(read.records.first)
    #expect(record.place == Place(file: "p.json", line: 1))
    guard case .list(let staff)? = record.facts["staff"], case .context(let worker) = staff.items[0],
      let node = worker.facts, let hours = worker.index(of: "hours"), let dbs = worker.index(of: "dbs")
    else { return #expect(Bool(false), "the staff is a list of contexts") }
    #expect(Fact(node: node, member: hours).place == Place(file: "p.json", line: 5))
    #expect(Fact(node: node, member: hours).path == "staff[W-1].hours")
    #expect(Fact(node: node, member: dbs).place == Place(file: "p.json", line: 4))
  }

  @Test func yaml() {
    let read = ReadOut(
      """
      - id: 0012
        title: yes
        beds: 4
        open: true
        opened: 2026-06-30
        services: [home care, 24]
        staff:
          - {ref: W-1, hours: 37.5}
      - id: P-2
        beds: "4"
        title: ~
      """, "p.yaml")
    #expect(read.keys == ["0012", "P-2"])
    #expect(read.records.map { $0.fact("title") } == ["yes", "?absent"])
    #expect(read.records[0].fact("beds") == "4")
    #expect(read.records[0].fact("open") == "true")
    #expect(read.records[0].fact("opened") == "2026-06-30")
    #expect(read.records[0].fact("services") == "[home care, 24]")
    #expect(read.records[0].fact("staff") == "[{ref: W-1, hours: 37.5, name: ?absent, dbs: ?absent}]")
    #expect(read.said == ["DATA431 p.yaml, line 10, beds: fact `beds`: a text is not a number"])
  }

  @Test func csvWithoutMapping() {
    let read = ReadOut(
      "id, Title ,beds,open,registration.status,services,regstration.since\n"
        + "P-1,\"Ash, \"\"the\"\" House\nand garden\",4,TRUE,active,x,y\r\nP-2,,,,,,\r\n\r\n,,,,,,\n", "p.csv")
    #expect(read.keys == ["P-1", "P-2"])
    #expect(read.records[0].fact("title") == "Ash, \"the\" House\nand garden")
    #expect(read.records[0].fact("beds") == "4")
    #expect(read.records[0].fact("open") == "true")
    #expect(read.records[0].fact("registration.status") == "active")
    #expect(read.records[1].fact("title") == "?absent")
    #expect(read.records[1].place == Place(file: "p.csv", line: 4, row: 2))
    #expect(
      read.said == [
        "DATA431 p.csv, column \"services\": column `services` is a list, which no cell holds",
        "DATA408 p.csv, column \"regstration.since\": column `regstration.since` is not a fact of `provider`; it is not read",
      ])
    #expect(read.accounts.map(\.blankRows) == [2])
  }

  @Test(arguments: ["\n", "\r\n", "\r"], ["", "\u{FEFF}", "ï»¿"])
  func lineEndsAndMarks(_ end: String, _ mark: String) {
    for last in ["", end] {
      let read = ReadOut("\(mark)id,title\(end)P-1,Ash\(end)P-2,Beech\(last)", "p.csv")
      #expect(read.keys == ["P-1", "P-2"])
      #expect(read.said == [])
      #expect(read.records.map { $0.place?.line } == [2, 3])
    }
  }

  @Test(arguments: [true, false], [true, false])
  func utf16(_ isBigEndian: Bool, _ hasMark: Bool) {
    for text in ["id,title\nP-1,Ash é🏠\n", "{\"id\": \"P-1\", \"title\": \"Ash é🏠\"}"] {
      let bytes = ((hasMark ? "\u{FEFF}" : "") + text).utf16.flatMap { unit in
        isBigEndian ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
      }
      for chunk in [1, 3, 4096] {
        let read = ReadOut(
          bytes: bytes, text.hasPrefix("{") ? "p.json" : "p.csv", limits: RecordLimits(chunkBytes: chunk))
        #expect(read.records.map { $0.fact("title") } == ["Ash é🏠"])
        #expect(read.said == [])
      }
    }
  }

  @Test func halfOfAUnit() {
    let bytes = Array("id,title\nP-1,Ash".utf8).flatMap { (byte: UInt8) -> [UInt8] in [byte, 0] } + [0x3D, 0xD8]
    let read = ReadOut(bytes: bytes, "p.csv")
    #expect(read.keys == ["P-1"])
    #expect(read.problems.map(\.code.name) == ["DATA404", "DATA432"])
  }

  @Test func severalFiles() {
    let read = ReadOut([
      InputFile(name: "a.jsonl", bytes: Array("{\"id\": \"P-1\"}\n".utf8)),
      InputFile(name: "b.csv", bytes: Array("id\nP-1\nP-2\n".utf8)),
      InputFile(name: "c", bytes: Array("- id: P-3\n".utf8)),
      InputFile(name: "d", bytes: Array("[{\"id\": \"P-4\"}]".utf8)),
      InputFile(name: "e", bytes: Array("{\"id\": \"P-5\"}\n{\"id\": \"P-6\"}\n".utf8)),
      InputFile(name: "f.tsv", bytes: Array("id\ttitle\nP-7\tAsh, Oak\n".utf8)),
    ])
    #expect(read.keys == ["P-1", "P-1", "P-2", "P-3", "P-4", "P-5", "P-6", "P-7"])
    #expect(read.said == ["DATA422 b.csv, line 2: identifier `P-1` is used twice, first at a.jsonl, line 1"])
    #expect(read.accounts.map(\.usable) == [1, 2, 1, 1, 2, 1])
  }
}
