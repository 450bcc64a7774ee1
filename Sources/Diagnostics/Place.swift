/// Where in an input a fact came from, as a person finds it again.
public struct Place: Hashable, Sendable, CustomStringConvertible {
  /// The file as the user named it.
  public var file: String
  /// The sheet of a workbook, or the table of a database.
  public var sheet: String?
  /// From 1. In a JSON Lines, JSON or YAML file the line; in a CSV file the line on which the row starts.
  public var line: Int?
  /// In a sheet the row's number as its program shows it; else its number among the data rows, from 1, where the input
  /// has rows.
  public var row: Int?
  /// A column's header, where the input has columns.
  public var column: String?
  /// The path within the record: `staff[3].dbs.issued`.
  public var path: String?

  public init(
    file: String, sheet: String? = nil, line: Int? = nil, row: Int? = nil, column: String? = nil, path: String? = nil
  ) {
    self.file = file
    self.sheet = sheet
    self.line = line
    self.row = row
    self.column = column
    self.path = path
  }

  public var description: String {
    var text = file
    if let sheet { text += ", sheet \(sheet)" }
    if let line { text += ", line \(line)" } else if let row { text += ", row \(row)" }
    if let column { text += ", column \"\(column)\"" }
    if let path { text += ", \(path)" }
    return text
  }
}
