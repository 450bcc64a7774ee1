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

  init(_ names: [String]) {
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
    self.names = shown
    self.columns = columns
    self.repeated = repeated
  }

  init(_ row: Row) { self.init((0..<row.count).map { String(decoding: row[$0], as: UTF8.self) }) }

  /// The first column with a name.
  func column(_ name: String) -> Int? { columns[WordSet.fold(Self.tidy(name))] }

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
