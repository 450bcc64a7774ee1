import CSQLite
import Diagnostics
import Probity

/// A table of an SQLite database, or what a query selects from it, as a source of rows.
struct SQLiteRows: RowSource {
  private let database: SQLiteDatabase
  private let limits: RecordLimits
  private(set) var row = Row()
  private(set) var failure: InputFailure?
  let columnNames: [String]?
  let sheet: String?

  /// Opens a database.
  ///
  /// - Parameter selection: what is read of it; nil for the one table that it has.
  init(_ input: InputFile, _ selection: Mapping.Selection?, limits: RecordLimits) throws(SQLiteDatabase.Fault) {
    guard let path = input.path else {
      throw SQLiteDatabase.Fault(
        "a database is read where it lies, not as it comes in", help: "name its file")
    }
    self.limits = limits
    database = try SQLiteDatabase(path: path, limits: limits, isStopped: input.isStopped)
    switch selection {
    case .query(let query):
      sheet = nil
      try database.prepare(query)
    case .table(let name): sheet = try Self.select(name, of: database)
    case nil: sheet = try Self.select(nil, of: database)
    }
    columnNames = database.columns
  }

  /// Asks for all rows of a table.
  ///
  /// - Parameter wanted: its name, in any case; nil for the only one there is.
  /// - Returns: its name as the database writes it.
  private static func select(_ wanted: String?, of database: SQLiteDatabase) throws(SQLiteDatabase.Fault) -> String {
    let tables = try database.tables()
    let listed = tables.prefix(mostListed).map { "`\(Excerpt.of($0))`" }.joined(separator: ", ")
    let all = tables.count > mostListed ? "\(listed) and \(tables.count - mostListed) more" : listed
    guard !tables.isEmpty else { throw SQLiteDatabase.Fault("it has no tables", of: .choice) }
    let name: String
    if let wanted {
      guard let found = tables.first(where: { $0.lowercased() == wanted.lowercased() }) else {
        throw SQLiteDatabase.Fault(
          "it has no table `\(Excerpt.of(wanted))`",
          of: .choice,
          help: NearMiss.nearest(to: wanted, among: tables).map { "did you mean `\($0)`?" } ?? "tables are \(all)")
      }
      name = found
    } else {
      guard tables.count == 1 else {
        throw SQLiteDatabase.Fault(
          "it has \(tables.count) tables, and nothing says which is meant",
          of: .choice, help: "`table` of the mapping says it; tables are \(all)")
      }
      name = tables[0]
    }
    try database.prepare(
      "select * from \"\(name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\""))\"")
    return name
  }

  /// More tables than this are counted, where a message lists them.
  private static let mostListed = 12

  mutating func skip(_ count: Int) {
    for _ in 0..<count { guard next() != nil else { return } }
  }

  mutating func next() -> RowStep? {
    guard failure == nil else { return nil }
    do {
      guard try database.step() else { return nil }
    } catch {
      failure = InputFailure(error.reason)
      return nil
    }
    row.start()
    for column in 0..<(columnNames?.count ?? 0) { append(Int32(column)) }
    return .row
  }

  private mutating func append(_ column: Int32) {
    let kind: CellKind
    switch database.type(of: column) {
    case SQLITE_NULL: kind = .empty
    case SQLITE_BLOB:
      row.append("(binary)".utf8)
      kind = .binary
    case let type:
      let text = database.text(of: column)
      if text.contains(0) { row.hasNUL = true }
      // A whole number that the database keeps as a float is written as any other.
      let isWhole = type == SQLITE_FLOAT && text.count > 2 && text.suffix(2).elementsEqual(".0".utf8)
      row.append(isWhole ? text.dropLast(2) : text[...])
      kind = type == SQLITE_TEXT ? .text : .number
    }
    row.endCell(kind, limit: limits.cells)
  }
}
