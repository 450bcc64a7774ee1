import Diagnostics
import FEEL

/// The names of a table's columns.
struct RowHeader {
  /// As places show them: on one line, without white space around them; the column's number where it has no name.
  let names: [String]
  /// The first column of each name, folded.
  private let columns: [String: Int]
  /// Names that more than one column has, folded.
  let repeated: Set<String>

  /// Header cells that a row holds and that are not kept, because there are too many.
  private(set) var beyond = 0

  init(_ names: [String]) { self.init(names, short: []) }

  /// - Parameter short: of a header of several rows what the last of them says, by which a column is found too.
  private init(_ names: [String], short: [String]) {
    var columns: [String: Int] = [:]
    var repeated: Set<String> = []
    var shown: [String] = []
    for (column, name) in names.enumerated() {
      let name = Self.tidy(name)
      shown.append(name.isEmpty ? "column \(column + 1)" : name)
      guard !name.isEmpty else { continue }
      let folded = WordSet.fold(name)
      if columns[folded] == nil { columns[folded] = column } else { repeated.insert(folded) }
    }
    // The whole name of one column counts before the last row of another.
    let whole = Set(columns.keys)
    for (column, name) in short.enumerated() {
      let folded = WordSet.fold(Self.tidy(name))
      guard !folded.isEmpty, !whole.contains(folded) else { continue }
      if columns[folded] == nil { columns[folded] = column } else { repeated.insert(folded) }
    }
    self.names = shown
    self.columns = columns
    self.repeated = repeated
  }

  /// The header that some rows make: of several the texts above one another, joined by spaces. A blank cell above others
  /// goes on with what stands to its left, as a merged cell does.
  init(_ rows: [Row]) {
    let width = rows.map(\.count).max() ?? 0
    var names = Array(repeating: "", count: width)
    var short: [String] = []
    for (index, row) in rows.enumerated() {
      var last = ""
      let isLast = index == rows.count - 1
      for column in 0..<width {
        var text = column < row.count ? Self.tidy(String(decoding: row[column], as: UTF8.self)) : ""
        if text.isEmpty, !isLast { text = last } else { last = text }
        if isLast, rows.count > 1 { short.append(text) }
        names[column] += names[column].isEmpty || text.isEmpty ? text : " " + text
      }
    }
    self.init(names, short: short)
    beyond = rows.map { $0.cellCount - $0.count }.max() ?? 0
  }

  /// The first column with a name.
  func column(_ name: String) -> Int? { columns[WordSet.fold(Self.tidy(name))] }

  /// The column that a mapping means.
  func column(_ name: Mapping.ColumnName) -> Int? {
    switch name {
    case .header(let name): column(name)
    case .position(let position): names.indices.contains(position) ? position : nil
    case .pattern(let pattern): names.firstIndex { pattern.matches($0) }
    }
  }

  /// Whether it is not plain which column a mapping means.
  func isRepeated(_ name: Mapping.ColumnName) -> Bool {
    switch name {
    case .header(let name): isRepeated(name)
    case .position: false
    case .pattern(let pattern): names.count { pattern.matches($0) } > 1
    }
  }

  func isRepeated(_ name: String) -> Bool { repeated.contains(WordSet.fold(Self.tidy(name))) }

  /// Every run of white space as one space, none at the ends, and no stray byte order mark.
  static func tidy(_ name: String) -> String {
    var tidy = ""
    var isSpaced = false
    for scalar in name.unicodeScalars where scalar != "\u{FEFF}" {
      if scalar.properties.isWhitespace {
        isSpaced = !tidy.isEmpty
      } else {
        if isSpaced { tidy.append(" ") }
        isSpaced = false
        tidy.unicodeScalars.append(scalar)
      }
    }
    return tidy
  }
}
