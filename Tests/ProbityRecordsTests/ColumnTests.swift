import Diagnostics
import FEEL
import Foundation
import Testing

@_spi(Columns) @testable import Probity
@testable import ProbityRecords

/// What came of reading a file of lines in batches, in a form that two ways of reading can be compared by.
private struct Taken {
  /// Keys, names, places, facts and problems, in the order of the input.
  var told: [String] = []
  /// The cells of all tables.
  var cells: [String] = []
  /// The first line of this that is not the other's, with the other's.
  func firstDifference(from other: Taken) -> String? {
    let own = told + cells
    let others = other.told + other.cells
    guard let index = (0..<max(own.count, others.count)).first(where: { own.at($0) != others.at($0) }) else {
      return nil
    }
    return "\(own.at(index) ?? "-")\n\(others.at(index) ?? "-")"
  }

  init(
    _ bytes: [UInt8], _ file: String = "p.jsonl", mapping: Mapping? = nil, isPlain: Bool, holdsValues: Bool = true,
    facts: UsedFacts = .all, limits: RecordLimits = RecordLimits(), type: Vocabulary.RecordType = Sample.provider
  ) {
    let layout = Self.layout(of: type.context, facts, holdsValues: holdsValues)
    let shape = RecordShape(type, in: Sample.vocabulary, demand: RecordDemand(layout: layout, facts: facts))
    var reader = RecordReader(
      [InputFile(name: file, bytes: bytes)], shape, mapping: mapping, format: nil, limits: limits, isPlain: isPlain)
    var ledger = RecordLedger()
    while let block = reader.nextBlock() {
      var batch = block.read()
      ledger.settle(&batch)
      for step in batch.steps {
        switch step {
        case .records(let numbers): for number in numbers { tell(batch, number) }
        case .unreadable(let problems): for problem in problems { tell(problem) }
        case .problem(let problem): tell(problem)
        }
      }
      cells += Self.cells(batch.columns, layout)
    }
    told += ledger.accounts.map { account in
      let codes = account.problems.map { "\($0.key) \($0.value)" }.sorted()
      return "\(account.read) read, \(account.usable) usable, \(codes)"
    }
  }

  private mutating func tell(_ batch: RecordBatch, _ number: Int) {
    let record = batch.recover(number)
    let place = batch.place(of: number)
    told.append("\(batch.key(of: number)) \(batch.name(of: number) ?? "-") \(place?.description ?? "-")")
    told.append(
      "\(record.key) \(record.name ?? "-") \(Self.render(record.facts))")
    for problem in batch.problems(of: number) { tell(problem) }
  }

  private mutating func tell(_ problem: RecordProblem) {
    told.append(
      "\(problem.code) \(problem.severity) \(problem.place): \(problem.message) [\(problem.record ?? "")] \(problem.help)"
    )
  }

  /// Facts with their paths and places.
  private static func render(_ context: Context) -> String {
    context.names.indices.map { index -> String in
      let fact = context.facts.map { Fact(node: $0, member: index) }
      let place = "\(fact?.path ?? "") at \(fact?.place?.description ?? "-")"
      switch context[index] {
      case .context(let inner): return "\(place) {\(render(inner))}"
      case .list(let list):
        let items = list.items.map { item in
          if case .context(let inner) = item { "{\(render(inner))}" } else { "\(item)" }
        }
        return "\(place) [\(items.joined(separator: ", "))]"
      case .unknown(let unknown): return "\(place) ? \(unknown.missing.first?.absence as Any) \(unknown.lower as Any)"
      case let value: return "\(place) = \(value)"
      }
    }.joined(separator: "; ")
  }

  /// The cells of a batch; texts by when their ids come up first.
  private static func cells(_ batch: Batch, _ layout: Layout) -> [String] {
    var numbers: [Int64: Int] = [:]
    let layout = layout.tables
    return batch.tables.enumerated().flatMap { index, table -> [String] in
      func cells<T>(_ start: UnsafeMutablePointer<T>, _ count: Int) -> [T] {
        Array(UnsafeBufferPointer(start: start, count: count))
      }
      var lines = ["table \(index) \(table.rows)"]
      if index > 0 {
        let (parents, offsets) = (cells(table.parents, table.rows), cells(table.offsets, table.rowsAbove + 1))
        lines.append("\(parents) \(offsets) \(cells(table.isThere, table.rowsAbove))")
      }
      for (column, cells) in table.columns.enumerated() where table.values[column] == nil {
        let isText = layout.count == batch.tables.count && layout[index].columns[column].kind == .text
        let values = (0..<table.rows).map { row -> String in
          if cells.isTruth { return "\(cells.states[row])" }
          guard isText, cells.states[row] == Scalars.known else { return "\(cells.states[row]):\(cells.values[row])" }
          let id = cells.values[row]
          let number = numbers[id] ?? numbers.count
          numbers[id] = number
          return "text \(number)"
        }
        lines.append("\(column) \(values)")
      }
      for (column, values) in table.values.sorted(by: { $0.key < $1.key }) {
        lines.append("\(column) \(values.map { $0.isUnknown ? "?" : $0.description })")
      }
      return lines
    }
  }

  /// A column for every scalar, and a table for every list, of the facts that are wanted.
  static func layout(of type: ContextType, _ facts: UsedFacts, holdsValues: Bool) -> Layout {
    var layout = Layout()
    add(type, facts, holdsValues, table: 0, path: [], to: &layout)
    return layout
  }

  private static func add(
    _ type: ContextType, _ facts: UsedFacts, _ holdsValues: Bool, table: Int, path: [Int], to layout: inout Layout
  ) {
    for (index, member) in type.members.enumerated() where facts.contains(index, of: type) {
      let path = path + [index]
      if case .context(let nested) = member.type.base {
        _ = layout.column(table, path, .presence, member.type)
        if holdsValues { _ = layout.column(table, path, .value, member.type) }
        add(nested, facts, holdsValues, table: table, path: path, to: &layout)
      } else if let item = member.type.item {
        let list = layout.list(table, path)
        if holdsValues { _ = layout.column(table, path, .value, member.type) }
        if case .context(let nested) = item.base {
          add(nested, facts, holdsValues, table: list, path: [], to: &layout)
        } else if let kind = Layout.Kind(item) {
          _ = layout.column(list, [], kind, item)
        }
      } else {
        let kind = Layout.Kind(member.type)
        if kind != nil || holdsValues { _ = layout.column(table, path, kind ?? .value, member.type) }
      }
    }
  }
}

extension [String] {
  fileprivate func at(_ index: Int) -> String? { index < count ? self[index] : nil }
}

/// Lines are read into columns, or as documents where they do not fit: the same comes of both.
@Suite struct Columns {
  static let whole = #"""
    {"id": "P-1", "title": "Ash é", "beds": 12, "share": 0.5, "open": true, "opened": "2024-02-29", \#
    "at": "2026-01-02T03:04:05", "from": "09:30:00", "renewal": "P1Y6M", "services": ["home care", "reablement"], \#
    "registration": {"status": "active", "since": "2001-12-31"}, \#
    "staff": [{"ref": "W-1", "hours": 37.5, "name": "A", "dbs": {"issued": "2025-06-30"}}, {"ref": "W-2"}], "secret": -1}
    """#

  private func check(_ text: [UInt8], sourceLocation: SourceLocation = #_sourceLocation) {
    for facts in [UsedFacts.all, some] {
      let direct = Taken(text, isPlain: false, facts: facts)
      let plain = Taken(text, isPlain: true, facts: facts)
      #expect(direct.firstDifference(from: plain) == nil, sourceLocation: sourceLocation)
      // Cut into many blocks, whose cells are numbered anew.
      var pieces = Taken(text, isPlain: false, facts: facts, limits: RecordLimits(chunkBytes: 64, blockBytes: 100))
      pieces.cells = plain.cells
      #expect(pieces.firstDifference(from: plain) == nil, sourceLocation: sourceLocation)
    }
  }

  /// Some of the facts: those that a few expressions read.
  private let some: UsedFacts = {
    var diagnostics = Diagnostics()
    let scope = Names(type: Sample.provider.context)
    let expressions = [
      "beds > 3", "registration.status = \"active\"", "some w in staff satisfies w.dbs.issued != null",
    ]
    .map {
      CheckedExpression(
        checking: SourceText($0, file: FileID(rawValue: 0)), in: scope, into: &diagnostics)
    }
    return UsedFacts(of: expressions, in: RuleBook(vocabulary: Sample.vocabulary))
  }()

  private final class Names: Scope {
    let type: ContextType
    init(type: ContextType) { self.type = type }
    var knownNames: KnownNames { KnownNames() }
    var candidates: [String] { [] }
    func resolve(_ name: String) -> Resolution? {
      type.index(of: name).map { .member(of: Binding.record.number, type, index: $0) }
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var text: String
    var testDescription: String { name }

    init(_ name: String, _ lines: String...) {
      self.name = name
      text = lines.joined(separator: "\n")
    }
  }

  static let cases: [Case] = [
    Case("a whole record", whole),
    Case("nothing but the key", #"{"id": "P-1"}"#),
    Case(
      "keys in another order",
      #"{"beds": 1, "id": "P-1", "open": false}"#, #"{"id": "P-2", "open": true, "beds": 2}"#
    ),
    Case("nulls", #"{"id": "P-1", "beds": null, "registration": null, "staff": null, "services": null, "open": null}"#),
    Case(
      "empty texts", #"{"id": "P-1", "title": "", "opened": "", "services": [""], "at": "", "staff": [{"ref": ""}]}"#),
    Case("empty containers", #"{"id": "P-1", "services": [], "staff": [], "registration": {}}"#),
    Case(
      "white space",
      "  { \"id\" : \"P-1\" ,\t\"beds\" : 3 , \"staff\" : [ { \"ref\" : \"W\" } ] }  \r\n\n \t \n{\"id\":\"P-2\"}\r"
    ),
    Case("no key", #"{"beds": 1}"#),
    Case("an empty key", #"{"id": ""}"#),
    Case("a null key", #"{"id": null}"#),
    Case("a key of the wrong kind", #"{"id": 7}"#),
    Case("a key that escapes", #"{"id": "P\u002d1"}"#),
    Case("the same key twice", "{\"id\": \"P-1\"}\n{\"id\": \"P-2\"}\n{\"id\": \"P-1\"}"),
    Case(
      "long keys",
      #"{"id": "a-key-of-more-than-fifteen-bytes"}"#, #"{"id": "a-key-of-more-than-fifteen-bytes"}"#
    ),
    Case(
      "the wrong kind",
      #"{"id": "P-1", "beds": "12", "open": "true", "opened": 5, "services": "a", "registration": []}"#
    ),
    Case("items of the wrong kind", #"{"id": "P-1", "staff": [1, {"ref": "W"}], "services": [1, null, "a"]}"#),
    Case(
      "a list where an object is wanted",
      #"{"id": "P-1", "staff": {"ref": "W"}, "registration": [{"status": "active"}]}"#
    ),
    Case("not allowed", #"{"id": "P-1", "beds": -1, "share": 0, "registration": {"status": "Active"}}"#),
    Case(
      "at the ends of what is allowed",
      #"{"id": "P-1", "beds": 0, "share": 1}"#, #"{"id": "P-2", "share": 1.0001}"#
    ),
    Case(
      "numbers",
      #"{"id": "P-1", "beds": 0.00005, "secret": -0.0}"#, #"{"id": "P-2", "beds": 1e3, "secret": 1.50000}"#
    ),
    Case("large numbers", #"{"id": "P-1", "beds": 99999999999999, "secret": 123456789012345678901234567890}"#),
    Case("too large numbers", #"{"id": "P-1", "beds": 1e99, "secret": 1234567890123456789012345678901234567890}"#),
    Case(
      "numbers that are none",
      #"{"id": "P-1", "beds": 01}"#, #"{"id": "P-2", "beds": 1.}"#, #"{"id": "P-3", "beds": .5}"#
    ),
    Case(
      "signs",
      #"{"id": "P-1", "beds": +1}"#, #"{"id": "P-2", "beds": - 1}"#, #"{"id": "P-3", "secret": --1}"#
    ),
    Case(
      "words that are none",
      #"{"id": "P-1", "open": tru}"#, #"{"id": "P-2", "open": truee}"#, #"{"id": "P-3", "open": nul}"#
    ),
    Case("days", #"{"id": "P-1", "opened": "2023-02-29"}"#, #"{"id": "P-2", "opened": " 2024-02-29 "}"#),
    Case("odd dates", #"{"id": "P-1", "opened": "0999-12-31"}"#, #"{"id": "P-2", "opened": "2024-13-01"}"#),
    Case(
      "days of a month that was met before",
      #"{"id": "P-1", "opened": "2023-02-28"}"#, #"{"id": "P-2", "opened": "2023-02-01"}"#,
      #"{"id": "P-3", "opened": "2023-02-29"}"#, #"{"id": "P-4", "opened": "2023-02-00"}"#,
      #"{"id": "P-5", "opened": "2023-02-1:"}"#, #"{"id": "P-6", "opened": "2023-02-:1"}"#,
      #"{"id": "P-7", "opened": "2023-02-1"}"#, #"{"id": "P-8", "opened": "2023-02-011"}"#,
      #"{"id": "P-9", "opened": "2024-02-29"}"#, #"{"id": "P-10", "opened": "2023-02-"}"#,
      #"{"id": "P-11", "opened": "2023-02-27"}"#
    ),
    Case(
      "dates that are longer",
      #"{"id": "P-1", "opened": "2024-02-2900"}"#, #"{"id": "P-2", "opened": "12024-02-29"}"#
    ),
    Case(
      "the first and last days of months",
      #"{"id": "P-1", "opened": "2024-12-31"}"#, #"{"id": "P-2", "opened": "1900-03-01"}"#
    ),
    Case("durations", #"{"id": "P-1", "renewal": "P18M"}"#, #"{"id": "P-2", "renewal": "P1D"}"#),
    Case("escapes", #"{"id": "P-1", "title": "a\"b\\c\/d\u00e9\n", "services": ["\u0061", "a", "\ud83d\ude00"]}"#),
    Case("half a pair", #"{"id": "P-1", "title": "\ud800", "services": ["\udc00x"]}"#),
    Case("half a pair where nobody looks", #"{"id": "P-1", "other": "\ud800"}"#),
    Case("an escape that is none", #"{"id": "P-1", "other": "\x"}"#, #"{"id": "P-2", "title": "\u12g4"}"#),
    Case("an escape at the end", "{\"id\": \"P-1\", \"title\": \"\\"),
    Case("an escaped key", #"{"id": "P-1", "\u0062eds": 4}"#),
    Case("a fact given twice", #"{"id": "P-1", "beds": 1, "beds": 2}"#, #"{"id": "P-1", "id": "P-2"}"#),
    Case(
      "what is no fact",
      "{\"id\": \"P-1\", \"bed\": 1}\n{\"id\": \"P-2\", \"bed\": [2], \"staff\": [{\"rf\": 1}]}\n{\"id\": \"P-3\", \"bed\": {}}"
    ),
    Case("what is no fact, twice in one record", #"{"id": "P-1", "x": 1, "x": 2, "y": {"x": 1}}"#),
    Case("items with one key", #"{"id": "P-1", "staff": [{"ref": "W-1"}, {"ref": "W-2"}, {"ref": "W-1"}]}"#),
    Case(
      "items out of order", #"{"id": "P-1", "staff": [{"ref": "W-3"}, {"ref": "W-2"}, {"hours": 1}, {"ref": "W-1"}]}"#),
    Case(
      "many items with one key",
      "{\"id\": \"P-1\", \"staff\": [\((0..<40).map { "{\"ref\": \"W-\($0 * 7 % 40)\"}" }.joined(separator: ","))]}",
      "{\"id\": \"P-2\", \"staff\": [\((0..<40).map { "{\"ref\": \"W-\($0 * 7 % 39)\"}" }.joined(separator: ","))]}"
    ),
    Case(
      "many texts",
      "{\"id\": \"P-1\", \"services\": [\((0..<300).map { "\"s\($0 * $0 % 1000)\"" }.joined(separator: " ,"))\t]}",
      "{\"id\": \"P-2\", \"services\": [\((0..<300).map { "\"\(String(repeating: "s", count: $0))\"" }.joined(separator: ","))]}",
      "{\"id\": \"P-3\", \"services\": [\((1..<300).map { "\"\(String(repeating: "s", count: $0))\"" }.joined(separator: ","))]}"
    ),
    Case("texts that end in NUL", #"{"id": "P-1", "services": ["a", "a\u0000", "a", "\u0000"]}"#),
    Case(
      "truths", #"{"id":"P-1","open":true}"#, #"{"id":"P-2","open":false}"#, #"{"id":"P-3","open": false }"#,
      #"{"id":"P-4","open":falsee}"#, #"{"id":"P-5","open":fals}"#, #"{"id":"P-6","open":true"beds":1}"#),
    Case("no object", "[1]\n\"a\"\n3\nnull\n{}\n"),
    Case("two values on a line", #"{"id": "P-1"} {"id": "P-2"}"#, #"{"id": "P-3"}"#),
    Case("a record over two lines", "{\"id\": \"P-1\",\n\"beds\": 1}\n{\"id\": \"P-2\"}"),
    Case("a line that is cut off", "{\"id\": \"P-1\", \"staff\": [{\"ref\": \"W\"}\n{\"id\": \"P-2\"}"),
    Case("an open quote", "{\"id\": \"P-1\", \"title\": \"Ash}\n{\"id\": \"P-2\"}\n{\"id\": \"P-3\"}"),
    Case(
      "two open quotes", "{\"id\": \"P-1\", \"title\": \"Ash}\n{\"id\": \"P-2\", \"title\": \"Ash}\n{\"id\": \"P-3\"}"),
    Case("a tab in a text", "{\"id\": \"P-1\", \"title\": \"a\tb\"}\n{\"id\": \"P-2\"}"),
    Case("NUL bytes", "{\"id\": \"P-1\", \"beds\": 1\0}\n{\"id\": \"P-2\"}\0\n{\"id\": \"P-3\"}"),
    Case("control characters between tokens", "{\"id\": \"P-1\"\u{0C}, \"beds\": 1}\n{\"id\": \"P-2\"\u{1A} 1}\n"),
    Case(
      "commas",
      #"{"id": "P-1",}"#, #"{,"id": "P-2"}"#, #"{"id": "P-3" "beds": 1}"#, #"{"id": "P-4", "x": [1,]}"#
    ),
    Case("colons", #"{"id" "P-1"}"#, #"{"id": : "P-2"}"#, #"{"id": "P-3", "x": {"a" 1}}"#),
    Case("brackets", #"{"id": "P-1", "x": [1}}"#, #"{"id": "P-2", "x": {"a": 1]}"#, #"{"id": "P-3"}}"#),
    Case("what is passed over", #"{"id": "P-1", "x": [[], {}, [1, "a", {"b": [null, true, -1.5e-3]}], {"c": {}}]}"#),
    Case(
      "what is passed over is no JSON",
      #"{"id": "P-1", "x": [01]}"#, #"{"id": "P-2", "x": {"a": tru}}"#, #"{"id": "P-3", "x": 1e}"#
    ),
    Case("blank lines", "\n\n   \n"),
    Case("no line end", #"{"id": "P-1"}"#),
    Case(
      "texts beyond words",
      #"{"id": "P-1", "services": ["a text of more than thirty-two bytes, the first", "a text of more than thirty-two bytes, the other", "a text of more than thirty-two bytes, the first"]}"#
    ),
  ]

  @Test(arguments: cases)
  func lines(_ c: Case) { check(Array(c.text.utf8)) }

  @Test func depth() {
    for levels in [97, 98, 99, 100, 101, 10_000] {
      let deep = String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
      check(Array("{\"id\": \"P-1\", \"x\": \(deep)}\n{\"id\": \"P-2\", \"title\": \(deep)}".utf8))
    }
  }

  @Test func bytesThatAreNoText() {
    var bytes = Array("{\"id\": \"P-1\"}\n{\"id\": \"P-2\", \"title\": \"".utf8)
    bytes +=
      [0xFF, 0xC3] + Array("\"}\n{\"id\": \"P-3\", \"x\": \"".utf8) + [0x80] + Array("\"}\n{\"id\": \"P-4\"}".utf8)
    check(bytes)
  }

  /// A key of many bytes, and a type with more facts than fit into a word.
  @Test func manyFacts() {
    let names = (0..<150).map { "fact_with_a_rather_long_name_\($0)" }
    let facts = ["id"] + names
    let type = Vocabulary.RecordType(
      name: "wide", isRecord: true, key: "id",
      facts: facts.map { .init(name: $0, type: $0 == "id" ? .string : .number) })
    let values = names.map { "\"\($0)\": 1" }
    for extra in ["", ", \"\(names[149])\": 2", ", \"\(names[3])\": 2", ", \"\(names[3])x\": 2"] {
      let text = Array("{\"id\": \"P-1\", \(values.joined(separator: ", "))\(extra)}".utf8)
      let direct = Taken(text, isPlain: false, type: type)
      #expect(direct.firstDifference(from: Taken(text, isPlain: true, type: type)) == nil)
    }
  }

  /// Lines damaged at random: the seeds are fixed.
  @Test(arguments: 0..<8) func damage(_ seed: Int) {
    var random = SeededGenerator(state: UInt64(seed) + 20_261_121)
    let lines = (0..<6).map { number in
      Array(Self.whole.replacing("P-1", with: "P-\(number)").utf8)
    }
    let marks = Array("\"{}[],:\\\n\r\0\t -0123456789eE+.tfnu".utf8) + [0x80, 0xC3, 0xFF]
    for _ in 0..<40 {
      var bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let at = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[at] = marks.randomElement(using: &random) ?? 0
        case 1: bytes.insert(marks.randomElement(using: &random) ?? 0, at: at)
        case 2: bytes.remove(at: at)
        default:
          let end = min(bytes.count, at + Int.random(in: 1...30, using: &random))
          let piece = Array(bytes[at..<end])
          bytes.insert(contentsOf: piece, at: Int.random(in: 0..<bytes.count, using: &random))
        }
      }
      check(bytes)
    }
  }
}

/// Rows that are read into columns cell by cell, held to the same rows read as records first. All of them are made up.
@Suite struct RowColumnTests {
  private static let mapping = """
    input: {format: csv}
    formats:
      missing: ["", "-", none]
      redacted: [withheld]
      dates: [dd/MM/yyyy, yyyy-MM-dd]
      numbers: {thousands: ",", currency: £, brackets: true}
      yes: ["Yes", Y]
      no: ["No"]
    facts:
      id: {column: Ref}
      title: {column: Title}
      beds: {column: Beds, default: 4}
      share: {column: Share, numbers: {percent: divide}}
      open: {column: Open}
      opened: {column: Opened}
      renewal: {constant: P3Y}
      registration.status: {column: Status, values: {Live: active, Gone: closed}}
      registration.since: {column: Since, optional: true}
      secret: {column: Secret}

    """

  /// What a cell of each column may hold, well written or not.
  private static let cells = [
    ["A-1", " A-2 ", "", "none", "A é", "-", "A-3", "\"A,4\"", "A-5", "A-6"],
    [
      "Ash", "", "withheld", "Beech House", "  Oak ", "\u{A0}Elm",
      "a title that is longer than thirty-two bytes, surely",
    ],
    [
      "4", "1,234", "\"1,234\"", "£5", "£1,2", "-3", "(3)", "12.34567", "1e3", "-", "x", "999999999999999999", "7.5",
      "007", "+2",
    ],
    ["50%", "0.5", "2", "", "100%"], ["Yes", "no", "Y", "true", "-", "perhaps"],
    ["01/02/2024", "2024-02-01", "31/02/2024", "", "1/2/2024", "withheld"], ["Live", "gone", "active", "open", ""],
    ["01/02/2020", "", "x"], ["12", "", "-", "1"],
  ]

  private static func table(_ seed: UInt64, rows: Int) -> String {
    var state = seed
    func next(_ count: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % count
    }
    var text = "Ref,Title,Beds,Share,Open,Opened,Status,Since,Secret\n"
    for _ in 0..<rows {
      // Most cells are as they should be: the first of each list.
      var row = cells.map { $0[next(3) > 0 ? 0 : next($0.count)] }
      switch next(20) {
      case 0: row.removeLast()
      case 1: row.append("more")
      case 2: row = row.map { _ in "" }
      case 3: row[1] = "\"a\" b"
      default: break
      }
      text += row.joined(separator: ",") + "\n"
    }
    return text
  }

  @Test(arguments: 1...12)
  func columnsSayWhatRecordsSay(_ seed: UInt64) throws {
    let mapping = try #require(Sample.mapping(Self.mapping))
    let bytes = Array(Self.table(seed, rows: 300).utf8)
    for facts in [UsedFacts.all, UsedFacts()] {
      let fast = Taken(bytes, "p.csv", mapping: mapping, isPlain: false, holdsValues: false, facts: facts)
      let plain = Taken(bytes, "p.csv", mapping: mapping, isPlain: true, holdsValues: false, facts: facts)
      #expect(fast.firstDifference(from: plain) == nil)
      #expect(fast.told.count > 300)
    }
  }

  /// Headers that are facts' names, and a number of the row for a key.
  @Test(arguments: ["id,beds,registration.status\nP-1,4,active\nP-2,,closed\nP-2,-1,active\n", "id\nP-1\n"])
  func headersThatAreFacts(_ text: String) {
    let fast = Taken(Array(text.utf8), "p.csv", isPlain: false, holdsValues: false)
    let plain = Taken(Array(text.utf8), "p.csv", isPlain: true, holdsValues: false)
    #expect(fast.firstDifference(from: plain) == nil)
  }

  @Test func theRowsNumberAsKey() throws {
    let mapping = try #require(Sample.mapping("facts: {id: {row: true}, title: {column: T}, beds: {row: true}}\n"))
    let text = "T\nAsh\n\nBeech\nOak\n"
    let fast = Taken(Array(text.utf8), "p.csv", mapping: mapping, isPlain: false, holdsValues: false)
    let plain = Taken(Array(text.utf8), "p.csv", mapping: mapping, isPlain: true, holdsValues: false)
    #expect(fast.firstDifference(from: plain) == nil)
    #expect(fast.told.contains("3 Oak p.csv, line 5"))
  }

  /// Cells that have types of their own, in the workbook of the example.
  @Test(arguments: ["Worker", "Provider"])
  func cellsOfAWorkbook(_ key: String) throws {
    let project = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let file = project.appending(path: "Examples/council/files/staff.xlsx")
    let bytes = [UInt8](try Data(contentsOf: file))
    let mapping = try #require(
      Sample.mapping(
        """
        input: {format: xlsx, sheet: Care team, skip: 2}
        formats: {dates: [dd/MM/yyyy, d MMM yyyy, yyyy-MM-dd], yes: "Yes", no: "No"}
        facts:
          id: {column: \(key)}
          title: {column: Role}
          opened: {column: DBS issued}
          beds: {column: DBS issued}
          open: {column: Update Service, default: false}

        """))
    let fast = Taken(bytes, "staff.xlsx", mapping: mapping, isPlain: false, holdsValues: false)
    let plain = Taken(bytes, "staff.xlsx", mapping: mapping, isPlain: true, holdsValues: false)
    #expect(fast.firstDifference(from: plain) == nil)
    let repeated = fast.told.first { $0.contains("used twice") }
    #expect(
      repeated?.contains("`P-001` is used twice, first at staff.xlsx, sheet Care team, row 4")
        == (key == "Worker" ? nil : true))
  }

  @Test(arguments: [
    ("12", 120_000), ("12.3456", 123_456), ("-0.5", -5000), ("£1,234.50", 12_345_000), ("-£3", -30_000),
    ("1,234,567", 12_345_670_000), ("1,23", nil), ("12,345.6", 123_456_000), ("1234,567", nil), ("1.23456", nil),
    ("1.", nil), (".5", nil), ("", nil), ("1e3", nil), ("£", nil), ("£-3", nil), ("123456789012345", nil), ("12 ", nil),
    ("99999999999999", 999_999_999_999_990_000), ("1,234,567,890,123,456", nil),
  ])
  func plainNumbers(_ text: String, _ whole: Int64?) throws {
    var pattern = NumberPattern()
    (pattern.thousands, pattern.currencies) = ([UInt8(ascii: ",")], [Array("£".utf8)])
    let number = try #require(PlainNumber(pattern))
    let bytes = Array(text.utf8) + [UInt8](repeating: 0, count: TextIDs.padding)
    let read = bytes.withUnsafeBufferPointer { bytes in
      bytes.baseAddress.flatMap { number.read($0, text.utf8.count) }
    }
    #expect(read == whole)
  }
}
