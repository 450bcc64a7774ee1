import FEEL

/// A batch of records in columns: just the facts that a program reads.
package struct Batch: Sendable {
  package struct Table: Sendable {
    var rows = 0
    /// The row above of each row.
    var parents: [Int32] = []
    /// Where the items of each row above begin; one more than there are rows above.
    var offsets: [Int32] = [0]
    /// Of each row above, whether its list is there: yes, unknown or to be handed over.
    var isThere: [UInt8] = []
    var truths: [Int: [UInt8]] = [:]
    var scalars: [Int: Scalars] = [:]
  }

  var tables: [Table]
  private var texts: [ExactText: Int64]

  /// - Parameter constants: texts of the program, whose ids are their positions.
  init(_ records: [Record], layout: Layout, constants: [String]) {
    tables = layout.tables.map { table in
      var data = Table()
      for (index, column) in table.columns.enumerated() {
        switch column.kind {
        case .truth, .presence: data.truths[index] = []
        default: data.scalars[index] = Scalars()
        }
      }
      return data
    }
    texts = Dictionary(uniqueKeysWithValues: constants.enumerated().map { (ExactText(text: $1), Int64($0)) })
    for record in records { append(.context(record.facts), to: 0, layout) }
  }

  private mutating func append(_ row: Value, to table: Int, _ layout: Layout) {
    let index = tables[table].rows
    tables[table].rows += 1
    for (position, column) in layout.tables[table].columns.enumerated() {
      let value = Self.value(column.path, of: row, allowed: column.allowed)
      switch (column.kind, value) {
      case (.truth, .boolean(let truth)):
        tables[table].truths[position]?.append(truth ? Cell.yes : Cell.no)
      case (.truth, .unknown(let unknown)) where !unknown.mayFail:
        tables[table].truths[position]?.append(Cell.unknown)
      case (.presence, .context): tables[table].truths[position]?.append(Cell.yes)
      case (.truth, _), (.presence, _): tables[table].truths[position]?.append(Cell.handOver)
      default: append(value, column.kind, to: table, position)
      }
    }
    for child in layout.tables[table].children {
      var isThere = Cell.yes
      switch Self.value(layout.tables[child].path, of: row) {
      case .list(let list) where !list.hasDoubts && !list.items.contains(where: { $0.isUnknown || $0.isNull }):
        for item in list.items {
          append(item, to: child, layout)
          tables[child].parents.append(Int32(index))
        }
      case .unknown(let unknown) where !unknown.mayFail: isThere = Cell.unknown
      default: isThere = Cell.handOver
      }
      tables[child].isThere.append(isThere)
      tables[child].offsets.append(Int32(tables[child].rows))
    }
  }

  private mutating func append(_ value: Value, _ kind: Layout.Kind, to table: Int, _ position: Int) {
    switch value {
    case .unknown(let unknown) where !unknown.mayFail:
      let low = unknown.lower.map { Self.whole($0, kind) }
      let high = unknown.upper.map { Self.whole($0, kind) }
      // A bound that columns cannot hold, and bounds that meet, are left to the interpreter.
      if low == .some(nil) || high == .some(nil) || (low != nil && low == high) {
        tables[table].scalars[position]?.appendHandOver()
      } else {
        tables[table].scalars[position]?.append(lower: low ?? nil, upper: high ?? nil)
      }
    case .string(let text) where kind == .text:
      let id = id(of: text)
      tables[table].scalars[position]?.append(id)
    default:
      if let whole = Self.whole(value, kind) {
        tables[table].scalars[position]?.append(whole)
      } else {
        tables[table].scalars[position]?.appendHandOver()
      }
    }
  }

  private mutating func id(of text: String) -> Int64 {
    let key = ExactText(text: text)
    if let id = texts[key] { return id }
    let id = Int64(texts.count)
    texts[key] = id
    return id
  }

  /// The value at a path below a row, as the interpreter would find it.
  private static func value(_ path: [Int], of row: Value, allowed: AllowedValues? = nil) -> Value {
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

  /// A value as a column of the kind holds it; nil where it cannot.
  static func whole(_ value: Value, _ kind: Layout.Kind) -> Int64? {
    switch (value, kind) {
    case (.number(let number), .number): number.scaledInt64(scale: 4)
    case (.date(let date), .date): Int64(date.dayNumber)
    case (.yearsAndMonthsDuration(let duration), .yearsAndMonths): Int64(duration.months)
    case (.daysAndTimeDuration(let duration), .daysAndTime): duration.seconds.scaledInt64(scale: 0)
    default: nil
    }
  }
}
