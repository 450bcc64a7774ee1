import CSQLite
import Foundation
import Probity
import ProbityRecords
import Testing

/// Databases as sources of records. All of them are made up, and made by the test that reads them.
@Suite struct SQLiteSources {
  /// A database file that goes away with its test.
  private final class Database {
    let url = FileManager.default.temporaryDirectory.appending(path: "probity-\(UUID().uuidString).db")
    private var connection: OpaquePointer?

    init(_ statements: String...) throws {
      #expect(sqlite3_open(url.path(), &connection) == SQLITE_OK)
      for statement in statements { run(statement) }
    }

    deinit {
      sqlite3_close_v2(connection)
      for ending in ["", "-wal", "-shm", "-journal"] {
        try? FileManager.default.removeItem(atPath: url.path() + ending)
      }
    }

    func run(_ statement: String) {
      #expect(sqlite3_exec(connection, statement, nil, nil, nil) == SQLITE_OK, "\(statement)")
    }

    /// The database as an input with a short name.
    func input(isStopped: Bool = false) -> InputFile {
      let url = url
      return InputFile(name: "log.db", path: url.path(), isStopped: { isStopped }) {
        () throws(InputFailure) -> ByteSource in
        guard let data = try? Data(contentsOf: url) else { throw InputFailure("it is gone") }
        var rest = Array(data)[...]
        return ByteSource(pieces: { most in
          defer { rest = rest.dropFirst(most) }
          return Array(rest.prefix(most))
        })
      }
    }
  }

  private static let visits = [
    "create table visits (ref, title text, beds integer, share real, opened text, open text, note)",
    "insert into visits values ('P-1', 'Ash House', 12, 0.1, '2024-02-01', 'yes', null)",
    "insert into visits values (1234567.0, 'Beech', -1, 1.0, '31/02/2024', 'perhaps', x'00ff')",
    "insert into visits values (null, 'Elm', null, null, null, null, null)",
  ]

  private static let facts = """
    facts:
      id: {column: ref}
      title: {column: title}
      beds: {column: beds}
      share: {column: share}
      opened: {column: opened}
      open: {column: open, yes: ["yes"], no: ["no"]}
      services: {column: note, split: ","}

    """

  private static func read(_ input: InputFile, _ mapping: String?, joined: [String: [InputFile]] = [:]) -> ReadOut {
    ReadOut([input], joined: joined, mapping: mapping.flatMap { Sample.mapping($0) })
  }

  private static func database(_ statements: [String]) throws -> Database {
    let database = try Database()
    for statement in statements { database.run(statement) }
    return database
  }

  @Test(arguments: [
    "", "input: {format: sqlite}\n", "input: {table: VISITS}\n",
    "input: {query: 'select * from visits where 1 = 1;'}\n",
  ])
  func rowsBecomeRecords(_ input: String) throws {
    let database = try Self.database(Self.visits)
    let read = Self.read(database.input(), input + Self.facts)
    #expect(read.keys == ["P-1", "1234567"])
    let first = try #require(read.records.first)
    #expect(first.fact("beds") == "12")
    #expect(first.fact("share") == "0.1")
    #expect(first.fact("opened") == "2024-02-01")
    #expect(first.fact("open") == "true")
    #expect(first.fact("services") == "?absent")
    let place = input.contains("query") ? "log.db" : "log.db, sheet visits"
    #expect(
      read.said == [
        "DATA433 \(place), row 2, column \"beds\": fact `beds`: `-1` is not allowed: >= 0",
        "DATA432 \(place), row 2, column \"open\": fact `open`: `perhaps` is not true or false",
        "DATA432 \(place), row 2, column \"opened\": fact `opened`: `31/02/2024` is not a date",
        "DATA432 \(place), row 2, column \"note\": fact `services`: `(binary)` is not text",
        "DATA421 \(place), row 3: a record without identifier cannot be checked: `id` is absent",
      ])
  }

  @Test func columnsNamedAsFactsNeedNoMapping() throws {
    let database = try Self.database([
      "create table provider (id, title, \"registration.status\")",
      "insert into provider values ('P-1', 'Ash', 'active')",
    ])
    let read = ReadOut([database.input()])
    #expect(read.said == [])
    #expect(read.records.map { $0.fact("registration.status") } == ["active"])
  }

  @Test func aTableIsJoined() throws {
    let database = try Self.database([
      "create table \"the \"\"workers\"\"\" (worker, provider, hours)",
      "insert into \"the \"\"workers\"\"\" values ('W-1', 'P-1', 7.5), ('W-2', 'P-9', 8)",
      "create view others as select 1",
    ])
    let mapping = """
      sources:
        register: {format: csv}
        staff: {table: 'the "workers"', on: {provider: Ref}}
      records: register
      facts:
        id: {column: Ref}
        staff: {from: staff, facts: {ref: {column: worker}, hours: {column: hours}}}

      """
    let register = InputFile(name: "register.csv", bytes: Array("Ref\nP-1\n".utf8))
    let read = Self.read(register, mapping, joined: ["staff": [database.input()]])
    #expect(
      read.records.map { $0.fact("staff") } == ["[{ref: W-1, hours: 7.5, name: ?absent, dbs: ?absent}]"])
    #expect(
      read.sources.map(\.inWords) == [
        "register: 1 row read, 1 used", "staff: 2 rows read, 1 used, 1 joined to nothing",
      ])
  }

  /// What is wrong with a mapping's choice or query, and what is said of it.
  @Test(arguments: [
    ("table: visit", "DATA403 log.db: no record can be read: it has no table `visit`"),
    ("format: sqlite", "DATA403 log.db: no record can be read: it has 2 tables, and nothing says which is meant"),
    ("query: select", "DATA403 log.db: the mapping's query cannot be asked: incomplete input"),
    (
      "query: select missing_one from visits",
      "DATA403 log.db: the mapping's query cannot be asked: no such column: missing_one"
    ),
    ("query: 'delete from visits'", "DATA403 log.db: the mapping's query cannot be asked: it does more than select"),
    ("query: 'drop table visits'", "DATA403 log.db: the mapping's query cannot be asked: it does more than select"),
    ("query: 'pragma query_only = 0'", "DATA403 log.db: the mapping's query cannot be asked: it does more than select"),
    (
      "query: \"attach 'other.db' as o\"",
      "DATA403 log.db: the mapping's query cannot be asked: it does more than select"
    ),
    ("query: 'select 1; select 2'", "DATA403 log.db: the mapping's query cannot be asked: it is not one `select`"),
    ("query: '-- nothing'", "DATA403 log.db: the mapping's query cannot be asked: it is not one `select`"),
    (
      "query: 'select ?'",
      "DATA403 log.db: the mapping's query cannot be asked: it has parameters, for which there are no values"
    ),
    (
      "query: \"select load_extension('x')\"",
      "DATA403 log.db: the mapping's query cannot be asked: not authorized to use function: load_extension"
    ),
    ("query: 'select title from visits'", "DATA406 log.db: there is no column `ref`"),
  ])
  func choicesThatCannotBe(_ input: String, _ complaint: String) throws {
    let database = try Self.database(Self.visits + ["create table other (a)"])
    let read = Self.read(database.input(), "input: {\(input)}\nfacts:\n  id: {column: ref}\n")
    #expect(read.said.first == complaint)
    #expect(read.keys == [])
  }

  @Test func aTableIsSuggested() throws {
    let database = try Self.database(Self.visits)
    let read = Self.read(database.input(), "input: {table: vists}\n" + Self.facts)
    #expect(read.problems.flatMap(\.help) == ["did you mean `visits`?"])
  }

  @Test func aFileThatIsNone() throws {
    for text in ["id,title\nP-1,Ash\n", "SQLite format 3\0 and then nothing of the kind"] {
      let url = FileManager.default.temporaryDirectory.appending(path: "probity-\(UUID().uuidString).db")
      try Data(text.utf8).write(to: url)
      defer { try? FileManager.default.removeItem(at: url) }
      let input = InputFile(name: "log.db", path: url.path()) { () throws(InputFailure) -> ByteSource in
        try InputFile(name: "", bytes: Array(text.utf8)).open()
      }
      #expect(
        ReadOut([input]).said == ["DATA401 log.db: cannot be read: it is not an SQLite database, or it is encrypted"])
    }
  }

  @Test func aDatabaseCutShort() throws {
    let database = try Self.database(
      Self.visits
        + ["insert into visits (ref, note) select 'Q-' || value, hex(zeroblob(900)) from generate"]
        .map {
          $0.replacing(
            "from generate",
            with:
              "from (with recursive n(value) as (select 1 union all select value + 1 from n where value < 500) select value from n)"
          )
        })
    let whole = try Data(contentsOf: database.url)
    try whole.prefix(whole.count / 2).write(to: database.url)
    let read = Self.read(database.input(), "input: {table: visits}\n" + Self.facts)
    #expect(read.problems.contains { $0.message.contains("the database is damaged") })
  }

  @Test func oneThatComesInAsAStream() {
    let input = InputFile(name: "standard input", bytes: Array("SQLite format 3\0...".utf8))
    let read = ReadOut([input])
    #expect(
      read.said == [
        "DATA401 standard input: cannot be read: a database is read where it lies, not as it comes in"
      ])
  }

  @Test func oneThatIsBeingWritten() throws {
    let database = try Self.database(Self.visits + ["begin exclusive"])
    let read = Self.read(database.input(), Self.facts)
    #expect(
      read.said == [
        "DATA401 log.db: cannot be read: another program is writing to the database and holds it locked"
      ])
    // A write-ahead log lets readers go on.
    database.run("rollback")
    for statement in ["pragma journal_mode = wal", "begin immediate", "delete from visits"] { database.run(statement) }
    #expect(Self.read(database.input(), Self.facts).keys == ["P-1", "1234567"])
  }

  @Test func aQueryWithoutEndIsStopped() throws {
    let database = try Self.database(Self.visits)
    let endless = "with recursive n(ref) as (select 1 union all select ref + 1 from n) select max(ref) as ref from n"
    let read = Self.read(
      database.input(isStopped: true), "input: {query: '\(endless)'}\nfacts:\n  id: {column: ref}\n")
    #expect(read.said == ["DATA401 log.db: could not be read to its end: stopped"])
  }

  @Test func aCellThatIsTooLarge() throws {
    let database = try Self.database(["create table t (ref)", "insert into t values (hex(zeroblob(4000)))"])
    let read = ReadOut(
      [database.input()], mapping: Sample.mapping("facts:\n  id: {column: ref}\n"),
      limits: RecordLimits(recordBytes: 4_000))
    #expect(read.said == ["DATA401 log.db: could not be read to its end: a cell has more bytes than a record may have"])
  }
}
