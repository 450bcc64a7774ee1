import Diagnostics
import FEEL
import Probity
import ProbityRecords
import Testing

/// A file, and what reading it says: the keys of its records, then its problems, a line each.
struct FileCase: CustomTestStringConvertible, Sendable {
  var name: String
  var file: String
  var bytes: [UInt8]
  var keys: [String]
  var said: [String]

  init(_ name: String, _ file: String, _ text: String, keys: [String] = [], _ said: String...) {
    self.init(name, file, bytes: Array(text.utf8), keys: keys, said: said)
  }

  init(_ name: String, _ file: String, bytes: [UInt8], keys: [String] = [], _ said: String...) {
    self.init(name, file, bytes: bytes, keys: keys, said: said)
  }

  private init(_ name: String, _ file: String, bytes: [UInt8], keys: [String], said: [String]) {
    self.name = name
    self.file = file
    self.bytes = bytes
    self.keys = keys
    self.said = said
  }

  var testDescription: String { name }

  func check(mapping: Mapping? = nil, limits: RecordLimits = RecordLimits()) {
    for chunk in [1, 7, 1 << 16] {
      var limits = limits
      limits.chunkBytes = chunk
      let read = ReadOut(bytes: bytes, file, mapping: mapping, limits: limits)
      #expect(read.keys == keys, "chunks of \(chunk)")
      #expect(read.said == said, "chunks of \(chunk)")
      let account = read.accounts.reduce(0) { $0 + $1.read }
      #expect(account == read.records.count + read.unreadable.count, "every record is accounted for")
    }
  }
}

/// Files that are not what they should be: each says so, with its place, and loses no other record.
@Suite struct BadInput {
  @Test(arguments: [
    FileCase("an empty file", "p.json", "", "DATA403 p.json: the file is empty"),
    FileCase("a byte order mark and nothing else", "p.csv", "\u{FEFF}", "DATA403 p.csv: the file is empty"),
    FileCase("white space only", "p.jsonl", " \n\n", "DATA403 p.jsonl: the file holds no records"),
    FileCase("an empty list", "p.json", "[]", "DATA403 p.json: the file holds no records"),
    FileCase("a header and no rows", "p.csv", "id,title\n", "DATA403 p.csv: the file holds no records"),
    FileCase(
      "a workbook", "p.csv", bytes: [0x50, 0x4B, 0x03, 0x04, 0x14, 0, 0, 0],
      "DATA402 p.csv: the file is not text: it seems to be a workbook (.xlsx) or an archive"),
    FileCase(
      "noise", "p.json", bytes: (0..<600).map { UInt8(truncatingIfNeeded: $0 &* 7 &* $0) },
      "DATA402 p.json: the file is not text: it seems to be a binary file"),
    FileCase(
      "neither an object nor a list", "p.json", "\"P-1\"",
      "DATA411 p.json, line 1: expected `{` or `[`, found `\"` (column 1)"),
    FileCase(
      "a document cut off halfway", "p.json", "{\"id\": \"P-1\",\n \"title\": \"Ash",
      "DATA411 p.json, line 2: a text without its closing quote (column 11)"),
    FileCase(
      "a list cut off halfway", "p.json", "[{\"id\": \"P-1\"},\n{\"id\": \"P-2\", \"beds\":", keys: ["P-1"],
      "DATA411 p.json, line 2: cut off: expected a value (column 22)",
      "DATA411 p.json, line 2: cut off: the list of records has no closing `]` (column 22)"),
    FileCase(
      "a broken record in a list", "p.json", "[{\"id\": \"P-1\"},\n{\"id\": P-2},\n{\"id\": \"P-3\"}]",
      keys: ["P-1", "P-3"], "DATA411 p.json, line 2: expected a value, found `P` (column 8)"),
    FileCase(
      "a quote forgotten in a list", "p.json", "[{\"id\": \"P-1},\n{\"id\": \"P-2\"}]", keys: ["P-2"],
      "DATA411 p.json, line 1: a text without its closing quote (column 9)"),
    FileCase(
      "a comma forgotten in a list", "p.json", "[{\"id\": \"P-1\"}\n{\"id\": \"P-2\"}]", keys: ["P-1", "P-2"],
      "DATA411 p.json, line 2: expected `,` between two records (column 1)"),
    FileCase(
      "two documents", "p.json", "{\"id\": \"P-1\"}\n{\"id\": \"P-2\"}", keys: ["P-1", "P-2"],
      "DATA411 p.json, line 2: a second document in one file; a file with a record on each line ends in .jsonl (column 1)"
    ),
    FileCase(
      "text after the document", "p.json", "{\"id\": \"P-1\"} x", keys: ["P-1"],
      "DATA411 p.json, line 1: text after the end of the document (column 15)"),
    FileCase(
      "items that are no records", "p.json", "[1, {\"id\": \"P-1\"}, null]", keys: ["P-1"],
      "DATA415 p.json, line 1: expected a record, found a number",
      "DATA415 p.json, line 1: expected a record, found nothing"),
    FileCase(
      "a line that is not JSON", "p.jsonl", "{\"id\": \"P-1\"}\n{\"id\":\n{\"id\": \"P-3\"}\n", keys: ["P-1", "P-3"],
      "DATA411 p.jsonl, line 2: cut off: expected a value (column 7)"),
    FileCase(
      "no identifier", "p.jsonl", "{\"title\": \"Ash House\"}\n{\"id\": null}\n{\"id\": 7}\n{\"id\": \"P-4\"}",
      keys: ["P-4"],
      "DATA421 p.jsonl, line 1: a record without identifier cannot be checked: `id` is absent",
      "DATA421 p.jsonl, line 2: a record without identifier cannot be checked: `id` is absent",
      "DATA421 p.jsonl, line 3: a record without identifier cannot be checked: `id` cannot be read",
      "DATA431 p.jsonl, line 3, id: fact `id`: a number is not a text"),
    FileCase(
      "two records with one identifier", "p.csv", "id,title\nP-1,Ash\nP-2,Beech\nP-1,Cedar\n",
      keys: ["P-1", "P-2", "P-1"],
      "DATA422 p.csv, line 4: identifier `P-1` is used twice, first at p.csv, line 2"),
    FileCase(
      "rows with too few and too many cells", "p.csv", "id,title,beds\nP-1\nP-2,Beech,4,5\nP-3,Cedar,6,,\n",
      keys: ["P-1", "P-2", "P-3"],
      "DATA413 p.csv, line 2: the row has 1 cell, the header 3: what the others would hold is absent",
      "DATA414 p.csv, line 3: the row has 4 cells, the header 3: those beyond are not read"),
    FileCase(
      "a quote that is never closed", "p.csv", "id,title\nP-1,Ash\nP-2,\"Beech\nP-3,Cedar\nP-4,Oak\n",
      keys: ["P-1", "P-3", "P-4"],
      "DATA412 p.csv, line 3, column \"title\": a quote is opened and never closed; the row is passed over"),
    FileCase(
      "a quote that another row closes", "p.csv", "id,title\nP-1,\"Ash\nP-2,\"Beech\"\nP-3,Cedar\n",
      keys: ["P-2", "P-3"],
      "DATA412 p.csv, line 2, column \"title\": there is text after a closing quote; the row is passed over"),
    FileCase(
      "NUL bytes in a row", "p.csv", "id,title\nP-1,A\0sh\nP-2,Beech of the long valley\n", keys: ["P-2"],
      "DATA402 p.csv, line 2: the row holds NUL bytes: it is not text"),
    FileCase(
      "no column that is a fact", "p.csv", "Name;Beds\nAsh;4\n",
      "DATA408 p.csv, column \"Name;Beds\": column `Name;Beds` is not a fact of `provider`; it is not read",
      "DATA403 p.csv: no record can be read: no column is called `id`, the fact that identifies a record"),
    FileCase(
      "a header twice", "p.csv", "id,title,title\nP-1,Ash,Beech\n", keys: ["P-1"],
      "DATA407 p.csv: two columns are called `title`; the first is read"),
    FileCase(
      "invalid UTF-8", "p.csv", bytes: Array("id,title\nP-1,Ash ".utf8) + [0x96] + Array(" Oak\nP-2,Beech\n".utf8),
      keys: ["P-1", "P-2"],
      "DATA404 p.csv, line 2: the file is not UTF-8 throughout: byte 0x96 at offset 17; such rows are read as Windows-1252"
    ),
    FileCase(
      "neither UTF-8 nor Windows-1252", "p.csv",
      bytes: Array("id,title\nP-1,Ash ".utf8) + [0x81] + Array(" Oak\n".utf8),
      keys: ["P-1"],
      "DATA404 p.csv, line 2: the file is not UTF-8 throughout: byte 0x81 at offset 17",
      "DATA432 p.csv, line 2, column \"title\": fact `title`: `Ash � Oak` is not text in the file's encoding"),
    FileCase(
      "invalid UTF-8 in JSON", "p.jsonl",
      bytes: Array("{\"id\": \"P-1\"}\n{\"id\": \"P-2\", \"title\": \"".utf8) + [0xE9] + Array("\"}\n".utf8),
      keys: ["P-1", "P-2"],
      "DATA404 p.jsonl, line 2: the file is not UTF-8 throughout: byte 0xE9 at offset 38",
      "DATA432 p.jsonl, line 2, title: fact `title`: `�` is not text in the file's encoding"),
    FileCase(
      "half a surrogate pair", "p.jsonl", #"{"id": "P-1", "title": "\ud83d"}"#, keys: ["P-1"],
      "DATA432 p.jsonl, line 1, title: fact `title`: `�` is not text in the file's encoding"),
    FileCase(
      "YAML with a key twice", "p.yaml", "id: P-1\nbeds: 4\nbeds: 5\n", keys: ["P-1"],
      "YAML106 p.yaml, line 3: duplicate key `beds` (column 1)",
      "DATA434 p.yaml, line 3, beds: fact `beds`: it is given twice"),
    FileCase(
      "YAML that breaks off", "p.yaml", "- id: P-1\n- id: P-2\n  title: \"Ash\n", keys: ["P-1", "P-2"],
      "YAML104 p.yaml, line 3: the quote is never closed (column 10)"),
    FileCase(
      "YAML that is no record", "p.yaml", "just text\n", "DATA415 p.yaml, line 1: expected a record, or a list of them"),
  ])
  func reading(_ file: FileCase) { file.check() }

  /// What YAML files must not do to whoever reads them; the codes are the YAML module's.
  @Test(arguments: [
    ("billion laughs", "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"), ("depth", String(repeating: "[", count: 10_000)),
    ("tabs", "id: P-1\n\ttitle: Ash\n"), ("two documents", "id: P-1\n---\nid: P-2\n"),
    ("a merge key", "id: P-1\n<<: {title: Ash}\n"), ("control characters", "id: \"P\u{1}\"\n"),
    ("a tag", "id: !!python/object:os.system P-1\n"),
  ])
  func yaml(_ name: String, _ text: String) {
    let read = ReadOut(text, "p.yaml")
    #expect(read.problems.first?.code.name.hasPrefix("YAML") == true, "\(name): \(read.said)")
    #expect(read.problems.first?.place.line != nil)
    #expect(read.problems.count < 20, "\(read.said)")
  }

  @Test func missingFile() {
    let inputs = [
      InputFile(name: "gone.csv") { () throws(InputFailure) -> ByteSource in throw InputFailure("no such file") },
      InputFile(name: "p.jsonl", bytes: Array("{\"id\": \"P-1\"}".utf8)),
    ]
    let read = ReadOut(inputs)
    #expect(read.said == ["DATA401 gone.csv: cannot be read: no such file"])
    #expect(read.keys == ["P-1"])
  }

  @Test func readingThatStops() {
    let input = InputFile(name: "p.jsonl") { () throws(InputFailure) -> ByteSource in
      var chunks = [Array("{\"id\": \"P-1\"}\n{\"id\": \"P".utf8)]
      return ByteSource(pieces: { (_: Int) throws(InputFailure) -> [UInt8] in
        guard let chunk = chunks.popLast() else { throw InputFailure("the device is gone") }
        return chunk
      })
    }
    let read = ReadOut([input])
    #expect(read.keys == ["P-1"])
    #expect(
      read.said == [
        "DATA411 p.jsonl, line 2: a text without its closing quote (column 8)",
        "DATA401 p.jsonl: could not be read to its end: the device is gone",
      ])
  }

  @Test func depth() {
    let deep = String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000)
    let read = ReadOut("{\"id\": \"P-1\", \"title\": \(deep)}\n{\"id\": \"P-2\"}\n", "p.jsonl")
    #expect(read.keys == ["P-2"])
    #expect(read.said == ["DATA405 p.jsonl, line 1: nested deeper than 100 levels (column 123)"])
    #expect(ReadOut(deep, "p.json").records.isEmpty)
    #expect(ReadOut(String(repeating: "{\"a\":", count: 10_000), "p.json").records.isEmpty)
  }
}

/// Inputs without end: memory is bounded by the limits, and work by the input's size.
@Suite struct Bounds {
  static let limits = RecordLimits(recordBytes: 4096, chunkBytes: 512)

  /// An input that is made as it is read: so many bytes, then an end.
  static func endless(_ name: String, _ head: String, _ filler: UInt8, count: Int, _ tail: String) -> InputFile {
    InputFile(name: name) { () throws(InputFailure) -> ByteSource in
      var rest = Array(head.utf8)
      var left = count
      var isTailed = false
      return ByteSource(pieces: { most in
        if rest.isEmpty, left > 0 {
          rest = Array(repeating: filler, count: min(left, most))
          left -= rest.count
        } else if rest.isEmpty, !isTailed {
          isTailed = true
          rest = Array(tail.utf8)
        }
        let chunk = Array(rest.prefix(most))
        rest.removeFirst(chunk.count)
        return chunk
      })
    }
  }

  @Test(arguments: [
    (
      "p.jsonl", "{\"id\": \"", "\"}\n{\"id\": \"P-2\"}\n",
      "DATA405 p.jsonl, line 1: the record has more than 4096 bytes; it is passed over"
    ),
    (
      "p.json", "[{\"id\": \"", "\"},{\"id\": \"P-2\"}]",
      "DATA405 p.json, line 1: the record has more than 4096 bytes; it is passed over"
    ),
    (
      "p.csv", "id,title\nP-1,", "\nP-2,Beech\n",
      "DATA405 p.csv, line 2: the row has more than 4096 bytes; it is passed over"
    ),
    (
      "p.csv", "id,title\nP-1,\"", "\"\nP-2,Beech\n",
      "DATA412 p.csv, line 2, column \"title\": a quote is opened and never closed; the row is passed over"
    ),
  ])
  func oneLineWithoutEnd(_ name: String, _ head: String, _ tail: String, _ said: String) {
    let read = ReadOut([Self.endless(name, head, UInt8(ascii: "a"), count: 3_000_000, tail)], limits: Self.limits)
    #expect(read.keys == ["P-2"])
    #expect(read.said == [said])
  }

  @Test func yamlThatIsTooLong() {
    let read = ReadOut([Self.endless("p.yaml", "id: ", UInt8(ascii: "a"), count: 3_000_000, "\n")], limits: Self.limits)
    #expect(read.records.isEmpty)
    #expect(read.problems.map(\.code.name) == ["YAML121"])
  }

  @Test func manyProblemsInOneRecord() {
    let items = Array(repeating: "1", count: 500).joined(separator: ",")
    let read = ReadOut("{\"id\": \"P-1\", \"services\": [\(items)]}", "p.json")
    #expect(read.problems.count == 101)
    #expect(read.said.last == "DATA439 p.json, line 1: 400 more problems in this record are not listed")
  }

  @Test func manyUnknownKeys() {
    let keys = (0..<1000).map { "\"k\($0)\": 1" }.joined(separator: ",")
    let read = ReadOut("{\"id\": \"P-1\", \(keys)}\n{\"id\": \"P-2\", \(keys)}", "p.jsonl")
    #expect(read.keys == ["P-1", "P-2"])
    #expect(read.problems.count <= 202)
  }
}
