package import FEEL

/// A batch of records in columns: just the facts that a program reads.
package struct Batch: Sendable {
  /// Its cells stand in memory that the batch keeps.
  package struct Table: @unchecked Sendable {
    let rows: Int
    let rowsAbove: Int
    /// The row above of each row; of no meaning for the records.
    let parents: UnsafeMutablePointer<Int32>
    /// Where the items of each row above begin; one more than there are rows above. A list that is missing has one item,
    /// all of whose facts are missing.
    let offsets: UnsafeMutablePointer<Int32>
    /// Of each row above, whether its list is there: yes, unknown or to be handed over.
    let isThere: UnsafeMutablePointer<UInt8>
    /// In the order of the layout. Where it has a column of values there is nothing in these.
    let columns: [BatchBuilder.Column]
    var values: [Int: [Value]] = [:]
  }

  let tables: [Table]
  private let memory: ColumnMemory?

  /// A batch of nothing.
  init() { (tables, memory) = ([], nil) }

  /// - Parameter memory: what the tables' cells stand in.
  init(tables: [Table], memory: ColumnMemory) {
    self.tables = tables
    self.memory = memory
  }

  /// - Parameter constants: texts of the program, whose ids are their positions.
  init(_ records: [Record], layout: Layout, constants: [String]) {
    let builder = BatchBuilder(layout: layout, constants: constants)
    for record in records { builder.append(record) }
    self = builder.finish()
  }

  /// The value at a path below a row, as the interpreter would find it.
  static func value(_ path: [Int], of row: Value, allowed: AllowedValues? = nil) -> Value {
    if path.isEmpty, case .unknown(let unknown) = row {
      return .unknown(unknown.bounded(lower: allowed?.lower, upper: allowed?.upper))
    }
    var value = row
    for index in path {
      switch value {
      case .context(let context) where index < context.names.count: value = context[index]
      case .unknown(let unknown): return .unknown(unknown.bounded(lower: allowed?.lower, upper: allowed?.upper))
      default: return .null
      }
    }
    return value
  }

  /// How far from 1970 a date may be, in days: some 800 million years. A date within may be shifted by millions of years
  /// and is a date again.
  private static let farthestDay = 300_000_000_000

  /// A value as a column of the kind holds it; nil where it cannot.
  package static func whole(_ value: Value, _ kind: Layout.Kind) -> Int64? {
    switch (value, kind) {
    case (.number(let number), .number): number.scaledInt64(scale: 4)
    case (.date(let date), .date): abs(date.dayNumber) <= farthestDay ? Int64(date.dayNumber) : nil
    case (.yearsAndMonthsDuration(let duration), .yearsAndMonths): Int64(duration.months)
    case (.daysAndTimeDuration(let duration), .daysAndTime): duration.seconds.scaledInt64(scale: 0)
    default: nil
    }
  }
}
