import FEEL

/// Truth by row: Kleene's three values, and a fourth for rows that only the interpreter can decide.
enum Cell {
  static let no: UInt8 = 0
  static let yes: UInt8 = 1
  static let unknown: UInt8 = 2
  /// Something that columns cannot hold: the row is handed to the interpreter.
  static let handOver: UInt8 = 3
}

/// Whole numbers by row, known or within bounds.
struct Scalars {
  static let hasLower: UInt8 = 1
  static let hasUpper: UInt8 = 2
  static let known: UInt8 = 3
  /// As ``Cell/handOver``.
  static let handOver: UInt8 = 4

  var lower: [Int64] = []
  var upper: [Int64] = []
  /// Which of the bounds are there; known values have both, and equal.
  var state: [UInt8] = []

  init() {}

  init(repeating value: Int64, count: Int) {
    lower = .init(repeating: value, count: count)
    upper = lower
    state = .init(repeating: Self.known, count: count)
  }

  mutating func append(_ value: Int64) {
    lower.append(value)
    upper.append(value)
    state.append(Self.known)
  }

  mutating func append(lower low: Int64?, upper high: Int64?) {
    lower.append(low ?? 0)
    upper.append(high ?? 0)
    state.append((low == nil ? 0 : Self.hasLower) | (high == nil ? 0 : Self.hasUpper))
  }

  mutating func appendHandOver() {
    lower.append(0)
    upper.append(0)
    state.append(Self.handOver)
  }
}

/// A batch of records in columns: just the facts that a program reads.
struct Batch {
  struct Table {
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
  private var texts: [String: Int64]

  /// - Parameter constants: texts of the program, whose ids are their positions.
  init(_ records: [Record], layout: Layout, constants: [String]) {
    tables = layout.tables.map { table in
      var data = Table()
      for (index, column) in table.columns.enumerated() {
        if column.kind == .truth { data.truths[index] = [] } else { data.scalars[index] = Scalars() }
      }
      return data
    }
    texts = Dictionary(uniqueKeysWithValues: constants.enumerated().map { ($1, Int64($0)) })
    for record in records { append(.context(record.facts), to: 0, layout) }
  }

  private mutating func append(_ row: Value, to table: Int, _ layout: Layout) {
    let index = tables[table].rows
    tables[table].rows += 1
    for (position, column) in layout.tables[table].columns.enumerated() {
      let value = Self.value(column.path, of: row)
      if column.kind == .truth {
        let cell: UInt8 =
          switch value {
          case .boolean(let truth): truth ? Cell.yes : Cell.no
          case .unknown(let unknown) where !unknown.mayFail: Cell.unknown
          default: Cell.handOver
          }
        tables[table].truths[position]?.append(cell)
      } else {
        append(value, column.kind, to: table, position)
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
      if let whole = Self.whole(value, kind) { tables[table].scalars[position]?.append(whole) } else {
        tables[table].scalars[position]?.appendHandOver()
      }
    }
  }

  private mutating func id(of text: String) -> Int64 {
    if let id = texts[text] { return id }
    let id = Int64(texts.count)
    texts[text] = id
    return id
  }

  /// The value at a path below a row, as the interpreter would find it.
  private static func value(_ path: [Int], of row: Value) -> Value {
    var value = row
    for index in path {
      switch value {
      case .context(let context) where index < context.names.count: value = context[index]
      case .unknown(let unknown): value = .unknown(Unknown(missing: unknown.missing, mayFail: unknown.mayFail))
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
