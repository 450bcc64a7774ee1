import CSQLite

/// A database that is open to be read, and the one query that is asked of it.
///
/// The file may come from anywhere: nothing in it is written, no other file is opened, no extension is loaded, and what a
/// query or a view may do is to select.
final class SQLiteDatabase {
  /// Why a database cannot be read.
  struct Fault: Error {
    enum Cause: String {
      case file = "cannot be read"
      case query = "the mapping's query cannot be asked"
      /// Nothing says what of it to read, or what says so is wrong.
      case choice = "no record can be read"
    }

    var cause = Cause.file
    /// Lower case, one line, no full stop; it ends a sentence such as "cannot be read: …".
    var reason: String
    var help: String?

    init(_ reason: String, of cause: Cause = .file, help: String? = nil) {
      self.cause = cause
      self.reason = reason
      self.help = help
    }
  }

  private var connection: OpaquePointer?
  private var statement: OpaquePointer?
  private let isStopped: @Sendable () -> Bool

  /// Milliseconds to wait for who is writing.
  private static let patience: Int32 = 2_000
  /// Steps of SQLite's own between two looks at whether the user wants more.
  private static let stepsBetweenLooks: Int32 = 10_000

  init(path: String, limits: RecordLimits, isStopped: @escaping @Sendable () -> Bool) throws(Fault) {
    self.isStopped = isStopped
    let status = sqlite3_open_v2(path, &connection, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nil)
    guard status == SQLITE_OK, let connection else { throw fault(status) }
    sqlite_harden(connection)
    sqlite3_extended_result_codes(connection, 1)
    sqlite3_busy_timeout(connection, Self.patience)
    sqlite3_limit(connection, SQLITE_LIMIT_LENGTH, Int32(clamping: limits.recordBytes))
    sqlite3_limit(connection, SQLITE_LIMIT_ATTACHED, 0)
    sqlite3_progress_handler(
      connection, Self.stepsBetweenLooks,
      { context in
        guard let context else { return 0 }
        return Unmanaged<SQLiteDatabase>.fromOpaque(context).takeUnretainedValue().isStopped() ? 1 : 0
      }, Unmanaged.passUnretained(self).toOpaque())
    sqlite3_set_authorizer(
      connection,
      { _, action, _, name, _, _ in
        switch action {
        case SQLITE_SELECT, SQLITE_READ, SQLITE_RECURSIVE: SQLITE_OK
        case SQLITE_FUNCTION: name.map { String(cString: $0) } == "load_extension" ? SQLITE_DENY : SQLITE_OK
        default: SQLITE_DENY
        }
      }, nil)
  }

  deinit {
    sqlite3_finalize(statement)
    sqlite3_close_v2(connection)
  }

  /// The names of its tables and views, in the order of their letters.
  func tables() throws(Fault) -> [String] {
    try prepare(
      "select name from sqlite_schema where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\' order by name"
    )
    var names: [String] = []
    while try step() { names.append(String(decoding: text(of: 0), as: UTF8.self)) }
    return names
  }

  /// Makes a query the one that ``step()`` asks.
  func prepare(_ query: String) throws(Fault) {
    sqlite3_finalize(statement)
    statement = nil
    var rest = query.utf8.count
    let status = query.withCString { start in
      var end: UnsafePointer<CChar>?
      let status = sqlite3_prepare_v2(connection, start, -1, &statement, &end)
      if let end { rest = start.distance(to: end) }
      return status
    }
    guard status == SQLITE_OK else {
      switch status & 0xFF {
      case SQLITE_AUTH: throw Fault("it does more than select", of: .query)
      case SQLITE_ERROR: throw Fault(words, of: .query)
      default: throw fault(status)
      }
    }
    let isOne = query.utf8.dropFirst(rest).allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) || $0 == 0x3B }
    guard let statement, isOne, sqlite3_stmt_readonly(statement) != 0, sqlite3_column_count(statement) > 0 else {
      throw Fault("it is not one `select`", of: .query)
    }
    guard sqlite3_bind_parameter_count(statement) == 0 else {
      throw Fault("it has parameters, for which there are no values", of: .query)
    }
  }

  /// The columns of the query's rows.
  var columns: [String] {
    (0..<sqlite3_column_count(statement)).map { sqlite3_column_name(statement, $0).map { String(cString: $0) } ?? "" }
  }

  /// Goes to the query's next row; false at the end.
  func step() throws(Fault) -> Bool {
    switch sqlite3_step(statement) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let status: throw fault(status)
    }
  }

  /// What a cell of the row holds: SQLite's own types.
  func type(of column: Int32) -> Int32 { sqlite3_column_type(statement, column) }

  /// A cell's text, as SQLite writes it; it stays until the next step.
  func text(of column: Int32) -> UnsafeBufferPointer<UInt8> {
    let start = sqlite3_column_text(statement, column)
    return UnsafeBufferPointer(start: start, count: start == nil ? 0 : Int(sqlite3_column_bytes(statement, column)))
  }

  private func fault(_ status: Int32) -> Fault {
    switch status & 0xFF {
    case SQLITE_NOTADB: return Fault("it is not an SQLite database, or it is encrypted")
    case SQLITE_CORRUPT: return Fault("the database is damaged", help: "`pragma integrity_check` tells where")
    case SQLITE_BUSY, SQLITE_LOCKED:
      return Fault(
        "another program is writing to the database and holds it locked",
        help: "try again when it has finished, or read a copy")
    case SQLITE_INTERRUPT: return Fault("stopped")
    case SQLITE_TOOBIG: return Fault("a cell has more bytes than a record may have")
    case SQLITE_CANTOPEN:
      return Fault(
        "it cannot be opened as a database",
        help:
          "one with a write-ahead log (`-wal` beside it) can be read only where its folder can be written: read a copy")
    case SQLITE_NOMEM: return Fault("there is not enough memory")
    default: return Fault(words)
    }
  }

  /// What SQLite itself says of the last thing that went wrong.
  private var words: String { connection.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? "it failed" }
}
