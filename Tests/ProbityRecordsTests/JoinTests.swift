import Diagnostics
import Probity
import Testing

@testable import ProbityRecords

/// Records that are put together from several sources. All of them are made up.
@Suite struct JoinedSources {
  private static let register = InputFile(
    name: "register.csv", bytes: Array("Ref,Name,Council,Status\nP-1,Ash House,A,active\nP-2,Beech,A,closed\n".utf8))

  /// Reads the register with other sources joined to it.
  private static func read(
    _ mapping: String, _ joined: [String: String], register: InputFile = register
  ) -> ReadOut {
    ReadOut(
      [register], joined: joined.mapValues { [InputFile(name: "\($0.prefix(3)).csv", bytes: Array($0.utf8))] },
      mapping: Sample.mapping(mapping))
  }

  private static let staff = """
    sources:
      register: {format: csv}
      staff: {format: csv, on: {Provider: {column: Ref, normalise: case}, Council: Council}}
    records: register
    facts:
      id: {column: Ref}
      staff:
        from: staff
        facts: {ref: {column: Worker}, dbs.issued: {column: Issued, dates: dd/MM/yyyy}}

    """

  @Test func aListFromRows() throws {
    let read = Self.read(
      Self.staff,
      ["staff": "Worker,Provider,Council,Issued\nW-1,p-1,A,01/02/2024\nW-2,P-1,B,01/02/2024\nW-3,P-1,A,31/02/2024\n"])
    #expect(
      read.records.map { $0.fact("staff") }.first == """
        [{ref: W-1, hours: ?absent, name: ?absent, dbs: {issued: 2024-02-01}}, \
        {ref: W-3, hours: ?absent, name: ?absent, dbs: {issued: ?unreadable 31/02/2024}}]
        """)
    #expect(read.records.last?.fact("staff") == "?absent")
    #expect(
      read.said == [
        "DATA432 Wor.csv, line 4, column \"Issued\": fact `staff[W-3].dbs.issued`: `31/02/2024` is not a date"
      ])
    #expect(
      read.sources.map(\.inWords) == [
        "register: 2 rows read, 2 used",
        "staff: 3 rows read, 2 used, 1 joined to nothing, 1 looked for and not found, 1 unreadable cell",
      ])
  }

  @Test func noRowsMeanNoItemsWhereTheMappingSaysSo() {
    let read = Self.read(
      Self.staff.replacing("from: staff\n", with: "from: staff\n    default: []\n"),
      ["staff": "Worker,Provider,Council,Issued\n"])
    #expect(read.records.map { $0.fact("staff") } == ["[]", "[]"])
  }

  private static let status = """
    sources:
      register: {format: csv}
      cqc: {format: csv, on: {id: Ref}, unused: allowed}
    records: register
    facts:
      id: {column: Ref}
      registration.status: [{from: cqc, column: state}, {column: Status}]

    """

  @Test(arguments: [
    (
      "nobody counts", "",
      "?conflicting `closed` (id,.csv, line 2, column \"state\") and `active` (register.csv, line 2, column \"Status\")"
    ),
    ("the register", "conflicts: {registration.status: register}\n", "active"),
    ("the other", "conflicts: {registration.status: [cqc, register]}\n", "closed"),
  ])
  func conflicts(_ name: String, _ ranking: String, _ status: String) {
    let read = Self.read(Self.status + ranking, ["cqc": "id,state\nP-1,closed\nP-2,closed\nP-9,active\n"])
    #expect(read.records.map { $0.fact("registration.status") } == [status, "closed"])
    #expect(read.problems.map(\.code.name) == ["DATA436"])
    #expect(read.problems.first?.message.contains("cqc") == (name == "the other"))
    #expect(read.sources.map(\.isClean) == [name != "nobody counts", true])
    #expect(read.sources.first?.conflicts == (name == "nobody counts" ? 1 : 0))
    #expect(read.sources.first?.settledConflicts == (name == "nobody counts" ? 0 : 1))
  }

  @Test func rowsOfOneKey() {
    let read = Self.read(Self.status, ["cqc": "id,state\nP-1,active\nP-1,closed\nP-2,closed\nP-2,closed\n"])
    #expect(read.problems.map(\.code.name) == ["DATA425", "DATA425", "DATA436"])
    #expect(read.records.map { $0.fact("registration.status").prefix(12) } == ["?conflicting", "closed"])
    #expect(read.sources.last?.duplicateKeys == 2)
  }

  @Test func joinsToJoinedRows() {
    let read = Self.read(
      """
      sources:
        register: {format: csv}
        staff: {format: csv, on: {Provider: Ref}}
        certificates: {format: csv, to: staff, on: {Holder: Worker}, unmatched: list, unused: list}
      records: register
      facts:
        id: {column: Ref}
        staff:
          from: staff
          facts:
            ref: {column: Worker}
            dbs: {from: certificates, facts: {issued: {column: On}}}

      """,
      [
        "staff": "Worker,Provider\nW-1,P-1\nW-2,P-2\n",
        "certificates": "Holder,On\nW-1,2024-01-02\nW-9,2024-01-03\n",
      ])
    #expect(
      read.records.first?.fact("staff") == "[{ref: W-1, hours: ?absent, name: ?absent, dbs: {issued: 2024-01-02}}]")
    #expect(
      read.said == [
        "DATA424 Wor.csv, line 3, column \"Worker\": no row of `certificates` has its key `W-2`",
        "DATA424 Hol.csv, line 3: no record takes the row",
      ])
    #expect(
      read.sources.map(\.inWords) == [
        "register: 2 rows read, 2 used", "staff: 2 rows read, 2 used",
        "certificates: 2 rows read, 1 used, 1 joined to nothing, 1 looked for and not found",
      ])
  }

  @Test func documentsJoinToo() {
    let mapping = Sample.mapping(
      """
      sources:
        locations: {format: jsonl}
        providers: {format: json, on: {providerId: providerId}}
      records: locations
      facts:
        id: {path: id}
        title: {from: providers, path: name}
        services: {from: providers, path: "services[]"}

      """)
    let read = ReadOut(
      [InputFile(name: "l.jsonl", bytes: Array(#"{"id": "L-1", "providerId": "P-1"}"#.utf8))],
      joined: [
        "providers": [
          InputFile(name: "p.json", bytes: Array(#"{"providerId": "P-1", "name": "Ash", "services": ["a", "b"]}"#.utf8))
        ]
      ], mapping: mapping)
    #expect(read.records.first?.fact("title") == "Ash")
    #expect(read.records.first?.fact("services") == "[a, b]")
    #expect(read.said == [])
  }

  @Test(arguments: [
    ([KeyStep.companyNumber], "123456", "00123456"), ([.companyNumber], " sc12345 ", "SC012345"),
    ([.companyNumber], "15756430    ", "15756430"), ([.companyNumber], "Registered Charity", "REGISTEREDCHARITY"),
    ([.companyName], "St. John's Care Ltd", "st johns care"),
    ([.companyName], "A & B Care Limited T/A Ash House", "a and b care"),
    ([.pad(5)], "12", "00012"), ([.foldCase, .spaces], " A  b ", "ab"), ([.punctuation], "a-b/c", "a b c"),
    ([], "  a \u{A0} b ", "a b"),
  ])
  func keys(_ steps: [KeyStep], _ text: String, _ key: String) { #expect(KeyStep.apply(steps, to: text) == key) }

  @Test func filtersAndExpressions() {
    let read = ReadOut(
      "id,beds,rooms,state\nP-1,2,3,open\nP-2,2,3,shut\nP-3,x,3,open\nP-4,,3,open\nP-5,1,1,\n", "p.csv",
      mapping: Sample.mapping(
        """
        input:
          format: csv
          cells: {beds: number, n: {column: rooms, type: number}, state: text}
          where: state = null or state != "shut"
        facts:
          id: {column: id}
          beds: {expression: beds * n}

        """))
    #expect(
      read.records.map { $0.key + " " + $0.fact("beds") } == ["P-1 6", "P-3 ?unreadable ", "P-4 ?absent", "P-5 1"])
    #expect(
      read.said == [
        "DATA432 p.csv, line 4: fact `beds`: its expression reads `beds`, which cannot be read"
      ])
    #expect(read.sources.first?.inWords == "5 rows read, 4 used, 1 filtered out, 1 unreadable cell")
  }

  @Test func aFilterThatCannotBeDecided() {
    let read = ReadOut(
      "id,beds\nP-1,2\nP-2,\n", "p.csv",
      mapping: Sample.mapping(
        "input: {format: csv, cells: {beds: number}, where: beds > 1}\nfacts: {id: {column: id}}\n"))
    #expect(read.keys == ["P-1"])
    #expect(
      read.said == [
        "DATA426 p.csv, line 3: `where` comes to neither true nor false, so the row is not read: beds > 1"
      ])
    #expect(read.sources.first?.isClean == false)
  }

  @Test(arguments: [
    ("letter", "{column: {letter: B}}", "a,b\nP-1,Ash\n", ""),
    ("pattern", "{column: {pattern: '*name'}}", "id,The Name\nP-1,Ash\n", ""),
    ("the first that is there", "{column: [Title, {letter: B}]}", "id,b\nP-1,Ash\n", ""),
    ("two header rows", "{column: Provider Name}", "Number,Provider,\nof,Id,Name\n9,P-1,Ash\n", "{rows: 2}"),
    ("the last of two header rows", "{column: Name}", "Number,Provider,\nof,Id,Name\n9,P-1,Ash\n", "{rows: 2}"),
  ])
  func columnsByOtherMeans(_ name: String, _ column: String, _ text: String, _ header: String) {
    let id = header.isEmpty ? "{letter: A}" : "Id"
    let input = header.isEmpty ? "" : "input: {format: csv, header: \(header)}\n"
    let read = ReadOut(
      text, "p.csv", mapping: Sample.mapping("\(input)facts: {id: {column: \(id)}, title: \(column)}\n"))
    #expect(read.records.first?.fact("title") == "Ash")
    #expect(read.said == [])
  }

  @Test func headersWithoutEnd() {
    let read = ReadOut(
      "id," + (0..<40_000).map { "c\($0)" }.joined(separator: ",") + "\nP-1,a\n", "p.csv",
      mapping: Sample.mapping("facts: {id: {column: id}}\n"))
    #expect(read.keys == ["P-1"])
    #expect(read.problems.map(\.code.name) == ["DATA414", "DATA413"])
  }

  private static let listing = """
    sources:
      register: {format: csv}
      cqc: {format: csv, on: {id: {column: Name, normalise: case}}, unmatched: list, unused: list}
    records: register
    facts:
      id: {column: Ref}
      registration.status: {from: cqc, column: state}

    """

  /// Each key once, however many records have it, and only so many; the rest is counted.
  @Test func whatIsJoinedToNothingIsListedOnce() {
    let register = (1...9).map { "P-\($0),\($0 < 4 ? "Ash" : $0 < 6 ? "" : "House \($0)")" }.joined(separator: "\n")
    let read = ReadOut(
      [InputFile(name: "r.csv", bytes: Array("Ref,Name\n\(register)\n".utf8))],
      joined: ["cqc": [InputFile(name: "c.csv", bytes: Array("id,state\nX,active\nY,active\nHouse 9,active\n".utf8))]],
      mapping: Sample.mapping(Self.listing), limits: RecordLimits(listedRows: 3))
    #expect(
      read.said == [
        "DATA424 r.csv, line 2, column \"Name\": no row of `cqc` has its key `Ash`",
        "DATA424 r.csv, line 5, column \"Name\": it has no key for `cqc`",
        "DATA424 r.csv, line 7, column \"Name\": no row of `cqc` has its key `House 6`",
        "DATA424 r.csv, line 8: `cqc` lacks more than 3 keys; further ones are not listed",
        "DATA424 c.csv, line 2: no record takes the row", "DATA424 c.csv, line 3: no record takes the row",
      ])
    #expect(read.sources.last?.inWords == "cqc: 3 rows read, 1 used, 2 joined to nothing, 8 looked for and not found")
  }

  @Test func aSensitiveKeyIsNotShown() {
    let read = ReadOut(
      [InputFile(name: "r.csv", bytes: Array("Ref,Name\nP-1,12345\n".utf8))],
      joined: ["cqc": [InputFile(name: "c.csv", bytes: Array("id,state\nX,active\n".utf8))]],
      mapping: Sample.mapping(Self.listing.replacing("facts:\n", with: "facts:\n  secret: {column: Name}\n")))
    #expect(
      read.said.first == "DATA424 r.csv, line 2, column \"Name\": no row of `cqc` has its key (sensitive, not shown)")
  }

  /// A row of a joined source that cannot be read costs that row; what is wrong with rows is not wrong with the file.
  @Test func unreadableJoinedRows() {
    let read = Self.read(
      Self.status, ["cqc": "id,state\n\"P-1,active\nP-2,closed\n"])
    #expect(read.records.map { $0.fact("registration.status") } == ["active", "closed"])
    #expect(read.problems.map(\.code.name) == ["DATA412"])
    #expect(read.problems.first?.isOfJoinedRow == true)
    #expect(
      read.sources.last?.inWords == "cqc: 2 rows read, 1 used, 1 unreadable, 1 looked for and not found")
  }

  /// What is held of a joined source has a limit, and the records do without the rest.
  @Test func aJoinedSourceBeyondTheLimit() {
    let rows = (1...200).map { "P-\($0),active" }.joined(separator: "\n")
    let read = ReadOut(
      [Self.register], joined: ["cqc": [InputFile(name: "c.csv", bytes: Array("id,state\n\(rows)\n".utf8))]],
      mapping: Sample.mapping(Self.status), limits: RecordLimits(joinedBytes: 1000))
    #expect(read.keys == ["P-1", "P-2"])
    #expect(read.problems.map(\.code.name) == ["DATA405", "DATA436"])
    #expect(read.problems.first?.isOfJoinedRow == false)
    #expect((read.sources.last?.read ?? 0) < 40)
  }

  @Test func raggedRowsAreCounted() {
    let read = Self.read(
      Self.status, ["cqc": "id,state\nP-1,active,more\nP-2\n"],
      register: InputFile(name: "r.csv", bytes: Array("Ref,Status\nP-1,active,x\nP-2,closed\n".utf8)))
    #expect(
      read.sources.map(\.inWords)
        == [
          "2 rows read, 2 used, 1 longer or shorter than the header",
          "2 rows read, 2 used, 2 longer or shorter than the header",
        ].enumerated().map { ($0.offset == 0 ? "register: " : "cqc: ") + $0.element })
    #expect(read.sources.map(\.isClean) == [false, false])
  }

  @Test func problemsOfJoinedRowsAreListedUpToALimit() {
    let read = ReadOut(
      [Self.register],
      joined: [
        "cqc": [InputFile(name: "c.csv", bytes: Array("id,state\n\(String(repeating: "\"x\"y\n", count: 50))".utf8))]
      ],
      mapping: Sample.mapping(Self.status), limits: RecordLimits(listedRows: 2))
    #expect(read.problems.map(\.code.name) == ["DATA412", "DATA412", "DATA439"])
    #expect(read.problems.last?.message == "48 more problems with its rows are not listed")
    #expect(read.sources.last?.unreadableRows == 50)
  }
}
