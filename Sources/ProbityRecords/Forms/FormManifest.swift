import Diagnostics
import Probity

/// What a workbook to be filled in says of itself: which column of which sheet is which fact.
struct FormManifest: Hashable, Sendable {
  struct Column: Hashable, Sendable {
    var header: String
    var role: FormFormat.Role
    /// From the sheet's row to the fact; of a holder the path of the list whose item it is.
    var path: String
  }

  struct Sheet: Hashable, Sendable {
    var name: String
    /// From the record's root, with `[]` for items on the way; empty for the sheet of records.
    var list: String
    var columns: [Column]
  }

  /// The name of the type of its records.
  var record: String
  /// The sheet of records first.
  var sheets: [Sheet]

  /// Why a sheet that claims to be one is none.
  struct Fault: Error, Hashable {
    var message: String
    /// Of the sheet, as its program shows it.
    var row: Int?
  }

  private static let mostColumns = 20_000

  /// Reads it from the rows of its sheet.
  ///
  /// - Returns: nil where the sheet does not claim to be one.
  init?(_ rows: inout some RowSource) throws(Fault) {
    func texts(_ row: Row) -> [String] {
      (0..<row.count).map { RowHeader.tidy(String(decoding: row[$0], as: UTF8.self)) }
    }
    guard case .row? = rows.next(), texts(rows.row).first == FormFormat.mark else { return nil }
    guard texts(rows.row).dropFirst().first == String(FormFormat.version) else {
      throw Fault(
        message:
          "it is of version `\(Excerpt.of(texts(rows.row).dropFirst().first ?? ""))`; version \(FormFormat.version) is read",
        row: rows.row.number)
    }
    record = ""
    sheets = []
    var isInColumns = false
    var count = 0
    while let step = rows.next() {
      guard case .row = step else { throw Fault(message: "a row cannot be read", row: nil) }
      let cells = texts(rows.row)
      if !isInColumns {
        if cells.first == "record" { record = cells.dropFirst().first ?? "" }
        isInColumns = Array(cells.prefix(FormFormat.columns.count)) == FormFormat.columns
        continue
      }
      if cells.allSatisfy(\.isEmpty) { continue }
      let padded = cells + Array(repeating: "", count: max(0, FormFormat.columns.count - cells.count))
      guard let role = FormFormat.Role(rawValue: padded[3]), !padded[0].isEmpty, !padded[2].isEmpty else {
        throw Fault(message: "a row does not say what a column holds", row: rows.row.number)
      }
      count += 1
      guard count <= Self.mostColumns else {
        throw Fault(message: "it names more than \(Self.mostColumns) columns", row: rows.row.number)
      }
      let column = Column(header: padded[2], role: role, path: padded[4])
      if let known = sheets.firstIndex(where: { $0.name == padded[0] }) {
        guard sheets[known].list == padded[1] else {
          throw Fault(message: "a sheet is of two lists", row: rows.row.number)
        }
        sheets[known].columns.append(column)
      } else {
        guard !sheets.contains(where: { $0.list == padded[1] }) else {
          throw Fault(message: "a list has two sheets", row: rows.row.number)
        }
        sheets.append(Sheet(name: padded[0], list: padded[1], columns: [column]))
      }
    }
    guard !record.isEmpty, sheets.first?.list == "" else {
      throw Fault(message: "it does not say where the records are", row: nil)
    }
  }

  /// The sheet of the items that hold a list; nil for the sheet of records, and where there is none.
  func holder(of sheet: Sheet) -> Int? {
    guard let end = sheet.list.ranges(of: "[].").last else {
      return sheet.list.isEmpty ? nil : 0
    }
    return sheets.firstIndex { $0.list == sheet.list[..<end.lowerBound] }
  }
}
