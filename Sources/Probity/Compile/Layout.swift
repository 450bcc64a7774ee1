package import FEEL

/// Which facts a program reads, and the columns they stand in.
///
/// A table has a row for each record, or for each item of a list of the rows above; nested facts that are no lists are
/// columns of the same table.
package struct Layout: Sendable {
  /// What a column of numbers counts in: ten thousandths.
  package static let unit: Int64 = 10_000

  /// What a column holds, each as whole numbers.
  package enum Kind: Sendable, BitwiseCopyable, Hashable {
    case truth
    /// Times ``Layout/unit``.
    case number
    /// Days since 1970-01-01.
    case date
    /// Months.
    case yearsAndMonths
    /// Seconds.
    case daysAndTime
    /// An id of the batch's own.
    case text
    /// Whether a nested fact is there at all: yes, no, or to be handed over.
    case presence
    /// The fact as the interpreter has it, of whatever type.
    case value
    /// Of a text that is only shown, where it stands in the bytes of the input: the offset, and above 32 bits of it the
    /// length. Readers that have no such bytes leave it out.
    case span

    package init?(_ type: Type) {
      switch type.base {
      case .boolean: self = .truth
      case .number: self = .number
      case .date: self = .date
      case .yearsAndMonthsDuration: self = .yearsAndMonths
      case .daysAndTimeDuration: self = .daysAndTime
      case .string: self = .text
      default: return nil
      }
    }
  }

  package struct Column: Sendable, Hashable {
    /// Member positions from the row's context down; empty for the items of a list of plain values.
    package var path: [Int]
    package var kind: Kind
    /// What is known of the fact where all that it is part of is missing.
    package var allowed: AllowedValues?
  }

  package struct Table: Sendable {
    /// Nil for the records themselves.
    package var parent: Int?
    /// Where in the parent's row the list stands.
    package var path: [Int]
    package var columns: [Column] = []
    package var children: [Int] = []
  }

  /// The first is of the records; a parent stands before its children.
  package private(set) var tables = [Table(parent: nil, path: [])]

  package init() {}

  /// The column of a fact, added if it is new.
  mutating func column(_ table: Int, _ path: [Int], _ kind: Kind, _ type: Type) -> Int {
    add(Column(path: path, kind: kind, allowed: type.allowedValues), to: table)
  }

  /// The position of a column, which is added if it is new.
  mutating func add(_ column: Column, to table: Int) -> Int {
    if let index = tables[table].columns.firstIndex(of: column) { return index }
    tables[table].columns.append(column)
    return tables[table].columns.count - 1
  }

  /// The table of a list, added if it is new.
  mutating func list(_ table: Int, _ path: [Int]) -> Int {
    if let child = tables[table].children.first(where: { tables[$0].path == path }) { return child }
    tables.append(Table(parent: table, path: path))
    tables[table].children.append(tables.count - 1)
    return tables.count - 1
  }
}
