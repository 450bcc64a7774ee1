import FEEL

/// Reads from columns what the interpreter would observe of a record, and which facts it would find missing.
///
/// What only the interpreter can say is thrown as ``HandedOver``.
struct GroundsReader {
  struct HandedOver: Error {}

  private let columns: ExplainedColumns
  private let finder: any FactFinder
  private let record: Int
  private var grounds: RuleGrounds
  /// The contexts that were found, by table and row.
  private var contexts: [(table: Int, row: Int, context: Int?)] = []
  private(set) var observations: [Observation] = []
  private(set) var missing: [Fact] = []

  init(_ columns: ExplainedColumns, _ finder: any FactFinder, record: Int) {
    self.columns = columns
    self.finder = finder
    self.record = record
    grounds = RuleGrounds()
  }

  /// Begins with another subject.
  mutating func begin(_ grounds: RuleGrounds) {
    self.grounds = grounds
    observations.removeAll(keepingCapacity: true)
    missing.removeAll(keepingCapacity: true)
  }

  // MARK: Rows

  /// A row of a table, by the program's number.
  struct Row {
    var table: Int
    var row: Int
  }

  /// The truth of a cell: no, yes, unknown, or null or perhaps null.
  func truth(_ cell: Int, at row: Row) throws(HandedOver) -> UInt8 {
    let cell = grounds.cells[cell]
    let truth = columns.truth(cell.register, columns.climb(from: row.table, row.row, to: cell.table))
    guard truth < Cell.handOver else { throw HandedOver() }
    return truth
  }

  private func climb(from row: Row, to table: Int) -> Row {
    Row(table: table, row: columns.climb(from: row.table, row.row, to: table))
  }

  /// The context of a row; nil for that which stands for the items of a missing list.
  mutating func context(of row: Row) throws(HandedOver) -> Int? {
    if row.table == 0 { return 0 }
    for known in contexts where known.row == row.row && known.table == row.table { return known.context }
    let table = columns.tables[row.table]
    guard let parent = table.parent else { throw HandedOver() }
    let above = Int(table.parents[row.row])
    var context: Int?
    switch table.isThere[above] {
    case Cell.yes:
      guard let outer = try self.context(of: Row(table: parent, row: above)),
        let item = finder.item(row.row - Int(table.offsets[above]), of: table.path, in: outer)
      else { throw HandedOver() }
      context = item
    case Cell.unknown: context = nil
    default: throw HandedOver()
    }
    contexts.append((row.table, row.row, context))
    return context
  }

  /// Where the facts of a row stand; nil where there are none.
  mutating func node(of row: Row) throws(HandedOver) -> FactNode? { try context(of: row).flatMap(finder.node) }

  /// A fact of a row, or what is missing of the way to it.
  mutating func find(_ path: [Int], at row: Row) throws(HandedOver) -> (fact: Fact, value: Value?) {
    guard let context = try context(of: row) else {
      let table = columns.tables[row.table]
      guard let parent = table.parent else { throw HandedOver() }
      return try find(table.path, at: Row(table: parent, row: Int(table.parents[row.row])))
    }
    guard let found = finder.fact(path, in: context) else { throw HandedOver() }
    if case .unknown? = found.value { throw HandedOver() }
    return found
  }

  mutating func find(_ place: Grounds.Place, at row: Row) throws(HandedOver) -> (fact: Fact, value: Value?) {
    try find(place.path, at: climb(from: row, to: grounds.tables[place.table]))
  }

  /// What is missing of the way to something that has facts; nil where it is there.
  private mutating func missingOwner(_ place: Grounds.Place, at row: Row) throws(HandedOver) -> Fact? {
    let row = climb(from: row, to: grounds.tables[place.table])
    if place.path.isEmpty, try context(of: row) != nil { return nil }
    let (fact, value) = try find(place.path, at: row)
    return value == nil ? fact : nil
  }

  /// The rows of a list's items, which of them is none where the list is missing.
  private func rows(of items: Grounds.Items, at row: Row) throws(HandedOver) -> (rows: [Row], isThere: Bool) {
    let number = grounds.tables[items.table]
    let table = columns.tables[number]
    let owner = climb(from: row, to: grounds.tables[items.list.table]).row
    guard table.isThere[owner] <= Cell.unknown else { throw HandedOver() }
    return (
      (Int(table.offsets[owner])..<Int(table.offsets[owner + 1])).map { Row(table: number, row: $0) },
      table.isThere[owner] == Cell.yes
    )
  }

  /// Whether an item is in a list: yes, no, or unknown.
  private func presence(_ items: Grounds.Items, at row: Row) throws(HandedOver) -> UInt8 {
    var result = Cell.yes
    for filter in items.filters {
      switch try truth(filter.test.cell, at: row) {
      case Cell.no, Cell.null: return Cell.no
      case Cell.yes: continue
      default: result = Cell.unknown
      }
    }
    return result
  }

  // MARK: Evidence

  /// Observes what the evaluator would.
  mutating func observe(_ grounds: Grounds, at row: Row) throws(HandedOver) {
    switch grounds {
    case .none: break
    case .all(let parts): for part in parts { try observe(part, at: row) }
    case .fact(let place):
      let (fact, value) = try find(place, at: row)
      switch value {
      case nil, .unknown?, .context?, .null?: return
      case .list(let list)?:
        if case .context? = list.items.first { return }
      default: break
      }
      if let value { observations.append(.fact(fact, value)) }
    case .derived(let place, let inner):
      if try missingOwner(place, at: row) == nil { try observe(inner, at: row) }
    case .known(let inner), .opaque(let inner): try observe(inner, at: row)
    case .junction(let operands, let decider): try observe(operands, decider, at: row)
    case .conditional(let condition, let then, let otherwise):
      try observe(condition.grounds, at: row)
      switch try truth(condition.cell, at: row) {
      case Cell.yes: try observe(then, at: row)
      case Cell.no, Cell.null: try observe(otherwise, at: row)
      default:
        try observe(then, at: row)
        try observe(otherwise, at: row)
      }
    case .items(let items): try observe(items, at: row)
    case .each(let items, let inner, let list): try observe(items, inner, list, at: row)
    case .quantifier(let items, let body, let decider, let list):
      try observe(items, body, decider, list, at: row)
    }
  }

  /// One operand that decides, or those that are not known, or else all.
  private mutating func observe(
    _ operands: [Grounds.Operand], _ decider: UInt8, at row: Row
  ) throws(HandedOver) {
    var isOpen = false
    for operand in operands {
      let truth = try truth(operand.cell, at: row)
      if truth == decider { return try observe(operand.grounds, at: row) }
      isOpen = isOpen || truth > Cell.yes
    }
    for operand in operands {
      if isOpen, try truth(operand.cell, at: row) <= Cell.yes { continue }
      try observe(operand.grounds, at: row)
    }
  }

  /// A list, and what its filters made of it.
  private mutating func observe(_ items: Grounds.Items, at row: Row) throws(HandedOver) {
    let (all, isThere) = try rows(of: items, at: row)
    // Items have facts of their own; that there is none of them says something.
    if !items.haveFacts || isThere && all.isEmpty { try observe(.fact(items.list), at: row) }
    if items.filters.isEmpty { return }
    var rows = all.map { (row: $0, isSure: true) }
    for filter in items.filters {
      if !isThere {
        // One item stands for all that it may hold.
        var kept: [(row: Row, isSure: Bool)] = []
        for (row, _) in rows {
          try observe(filter.test.grounds, at: row)
          let truth = try truth(filter.test.cell, at: row)
          if truth != Cell.no, truth != Cell.null { kept.append((row, false)) }
        }
        rows = kept
        continue
      }
      var kept: [(row: Row, isSure: Bool)] = []
      var selected = 0
      var counts = (kept: 0, leftOut: 0)
      var omitted = 0
      for (row, isSure) in rows {
        let truth = try truth(filter.test.cell, at: row)
        let count: Int
        if truth == Cell.no || truth == Cell.null {
          counts.leftOut += 1
          count = counts.leftOut
        } else {
          counts.kept += 1
          count = counts.kept
          kept.append((row, isSure && truth == Cell.yes))
          if isSure, truth == Cell.yes { selected += 1 }
        }
        if items.haveFacts, count > Evaluator.observedItems {
          omitted += 1
        } else {
          try observe(filter.test.grounds, at: row)
        }
      }
      if items.haveFacts, !rows.isEmpty {
        observations.append(
          .list(
            ListObservation(
              node: filter.node, items: rows.count, selected: selected, perhaps: kept.count - selected,
              omitted: omitted)))
      }
      rows = kept
    }
  }

  /// Something of every item of a list.
  private mutating func observe(
    _ items: Grounds.Items, _ inner: Grounds, _ list: Node, at row: Row
  ) throws(HandedOver) {
    try observe(items, at: row)
    let (all, isThere) = try rows(of: items, at: row)
    try observe(inner, ofEach: try present(all, items), items, list, isThere: isThere) { _ in true }
  }

  private func present(_ rows: [Row], _ items: Grounds.Items) throws(HandedOver) -> [Row] {
    guard !items.filters.isEmpty else { return rows }
    var present: [Row] = []
    for row in rows where try presence(items, at: row) != Cell.no { present.append(row) }
    return present
  }

  /// Observes the first few of some items, and how many there are besides.
  private mutating func observe(
    _ grounds: Grounds, ofEach rows: [Row], _ items: Grounds.Items, _ list: Node, isThere: Bool,
    where decides: (Int) -> Bool
  ) throws(HandedOver) {
    var count = 0
    for (index, row) in rows.enumerated() where decides(index) {
      count += 1
      if items.haveFacts, isThere, count > Evaluator.observedItems { continue }
      try observe(grounds, at: row)
    }
    guard items.haveFacts, isThere, count > Evaluator.observedItems else { return }
    observations.append(
      .list(
        ListObservation(
          node: list, items: rows.count, selected: nil, perhaps: 0, omitted: count - Evaluator.observedItems)))
  }

  private mutating func observe(
    _ items: Grounds.Items, _ body: Grounds.Operand, _ decider: UInt8, _ list: Node, at row: Row
  ) throws(HandedOver) {
    let (all, isThere) = try rows(of: items, at: row)
    var rows: [Row] = []
    var isNeutral: [Bool] = []
    var isOpen = false
    for item in all {
      let presence = try presence(items, at: item)
      if presence == Cell.no { continue }
      let truth = try truth(body.cell, at: item)
      if truth == decider, presence == Cell.yes, isThere { return try observe(body.grounds, at: item) }
      rows.append(item)
      isNeutral.append(truth == decider ^ 1)
      isOpen = isOpen || truth != decider ^ 1
    }
    try observe(items, at: row)
    try observe(body.grounds, ofEach: rows, items, list, isThere: isThere) { !isOpen || !isNeutral[$0] }
  }

  // MARK: Missing facts

  /// Finds the facts that a condition rests on, where it is not known.
  mutating func findMissing(_ operand: Grounds.Operand, at row: Row) throws(HandedOver) {
    if try truth(operand.cell, at: row) > Cell.yes { try findMissing(operand.grounds, at: row) }
  }

  /// Finds the facts that a value rests on which is not known.
  mutating func findMissing(_ grounds: Grounds, at row: Row) throws(HandedOver) {
    switch grounds {
    case .none, .known: break
    case .all(let parts): for part in parts { try findMissing(part, at: row) }
    case .fact(let place):
      let (fact, value) = try find(place, at: row)
      if value == nil { add(fact) }
    case .derived(let place, let inner):
      if let fact = try missingOwner(place, at: row) { add(fact) } else { try findMissing(inner, at: row) }
    case .opaque: throw HandedOver()
    case .junction(let operands, let decider):
      for operand in operands where try truth(operand.cell, at: row) == decider { return }
      for operand in operands { try findMissing(operand, at: row) }
    case .conditional(let condition, let then, let otherwise):
      switch try truth(condition.cell, at: row) {
      case Cell.yes: try findMissing(then, at: row)
      case Cell.no, Cell.null: try findMissing(otherwise, at: row)
      default: throw HandedOver()
      }
    case .items(let items):
      for item in try listed(items, at: row) { try findDoubts(items, at: item) }
    case .each(let items, let inner, _):
      for item in try listed(items, at: row) {
        if try presence(items, at: item) == Cell.no { continue }
        try findMissing(inner, at: item)
        try findDoubts(items, at: item)
      }
    case .quantifier(let items, let body, let decider, _):
      for item in try listed(items, at: row) {
        let truth = try truth(body.cell, at: item)
        if truth == decider ^ 1 { continue }
        if try presence(items, at: item) == Cell.no { continue }
        try findDoubts(items, at: item)
        try findMissing(body, at: item)
      }
    }
  }

  /// The rows of a list's items; where the list is missing, that is noted first.
  private mutating func listed(_ items: Grounds.Items, at row: Row) throws(HandedOver) -> [Row] {
    let (rows, isThere) = try rows(of: items, at: row)
    if !isThere { try findMissing(.fact(items.list), at: row) }
    return rows
  }

  /// Finds what decides whether an item is in a list.
  private mutating func findDoubts(_ items: Grounds.Items, at row: Row) throws(HandedOver) {
    if try presence(items, at: row) == Cell.no { return }
    for filter in items.filters { try findMissing(filter.test, at: row) }
  }

  private mutating func add(_ fact: Fact) {
    if !missing.contains(fact) { missing.append(fact) }
  }

  // MARK: Messages

  /// A message or a remedy.
  mutating func text(_ segments: [RuleGrounds.Segment], at row: Row) throws(HandedOver) -> String {
    if segments.count == 1, case .text(let text) = segments[0] { return text }
    var text = ""
    for segment in segments {
      switch segment {
      case .text(let plain): text += plain
      case .sensitive: text += "[withheld]"
      case .fact(let place):
        guard let value = try find(place, at: row).value else { throw HandedOver() }
        text += value.description
      case .scalar(let cell, let kind):
        let cell = grounds.cells[cell]
        let own = columns.climb(from: row.table, row.row, to: cell.table)
        guard let number = columns.number(cell.register, own), let value = Machine.value(number, kind) else {
          throw HandedOver()
        }
        text += value.description
      }
    }
    return text
  }
}
