import FEEL

/// Reads from columns what the interpreter would observe of a record, and which facts it would find missing.
///
/// What only the interpreter can say is thrown as ``HandedOver``. One instance serves one record; its state is changed by short calls
/// that do not overlap.
final class GroundsReader {
  struct HandedOver: Error {}

  private let columns: ExplainedColumns
  private let finder: any FactFinder
  @exclusivity(unchecked) private var grounds = RuleGrounds()
  /// The contexts that were found, by table and row.
  @exclusivity(unchecked) private var contexts: [(table: Int, row: Int, context: Int?)] = []
  @exclusivity(unchecked) private(set) var observations: [Observation] = []
  @exclusivity(unchecked) private(set) var missing: [Fact] = []

  init(_ columns: ExplainedColumns, _ finder: any FactFinder) {
    self.columns = columns
    self.finder = finder
  }

  /// Begins with another subject.
  func begin(_ grounds: RuleGrounds) {
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
  func context(of row: Row) throws(HandedOver) -> Int? {
    if row.table == 0 { return 0 }
    for known in contexts where known.row == row.row && known.table == row.table { return known.context }
    guard let parent = columns.tables[row.table].parent else { throw HandedOver() }
    let above = Int(columns.tables[row.table].parents[row.row])
    var context: Int?
    switch columns.tables[row.table].isThere[above] {
    case Cell.yes:
      let index = row.row - Int(columns.tables[row.table].offsets[above])
      guard let outer = try self.context(of: Row(table: parent, row: above)),
        let item = finder.item(index, of: columns.tables[row.table].path, in: outer)
      else { throw HandedOver() }
      context = item
    case Cell.unknown: context = nil
    default: throw HandedOver()
    }
    contexts.append((row.table, row.row, context))
    return context
  }

  /// Where the facts of a row stand; nil where there are none.
  func node(of row: Row) throws(HandedOver) -> FactNode? { try context(of: row).flatMap(finder.node) }

  /// A fact of a row, or what is missing of the way to it.
  func find(_ path: [Int], at row: Row) throws(HandedOver) -> (fact: Fact, value: Value?) {
    guard let context = try context(of: row) else {
      let table = columns.tables[row.table]
      guard let parent = table.parent else { throw HandedOver() }
      return try find(table.path, at: Row(table: parent, row: Int(table.parents[row.row])))
    }
    guard let found = finder.fact(path, in: context) else { throw HandedOver() }
    if case .unknown? = found.value { throw HandedOver() }
    return found
  }

  func find(_ place: Grounds.Place, at row: Row) throws(HandedOver) -> (fact: Fact, value: Value?) {
    try find(place.path, at: climb(from: row, to: grounds.tables[place.table]))
  }

  /// What is missing of the way to something that has facts; nil where it is there.
  private func missingOwner(_ place: Grounds.Place, at row: Row) throws(HandedOver) -> Fact? {
    let row = climb(from: row, to: grounds.tables[place.table])
    if place.path.isEmpty, try context(of: row) != nil { return nil }
    let (fact, value) = try find(place.path, at: row)
    return value == nil ? fact : nil
  }

  /// The rows of a list's items: of one that is missing a row that stands for them all.
  private struct ItemRows {
    var table: Int
    var range: Range<Int>
    var isThere: Bool
    /// Whether the first few give evidence for the others.
    var isLimited: Bool

    subscript(row: Int) -> Row { Row(table: table, row: row) }
  }

  private func rows(of items: Grounds.Items, at row: Row) throws(HandedOver) -> ItemRows {
    let table = grounds.tables[items.table]
    let owner = climb(from: row, to: grounds.tables[items.list.table]).row
    let isThere = columns.tables[table].isThere[owner]
    guard isThere <= Cell.unknown else { throw HandedOver() }
    return ItemRows(
      table: table, range: Int(columns.tables[table].offsets[owner])..<Int(columns.tables[table].offsets[owner + 1]),
      isThere: isThere == Cell.yes, isLimited: items.haveFacts && isThere == Cell.yes)
  }

  /// Whether an item is in a list, as far as its first filters say: yes, no, or unknown.
  private func presence(
    _ filters: some Collection<Grounds.Items.Filter>, at row: Row
  ) throws(HandedOver) -> UInt8 {
    var result = Cell.yes
    for filter in filters {
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
  func observe(_ grounds: Grounds, at row: Row) throws(HandedOver) {
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
  private func observe(
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
  private func observe(_ items: Grounds.Items, at row: Row) throws(HandedOver) {
    let rows = try rows(of: items, at: row)
    // Items have facts of their own; that there is none of them says something.
    if !items.haveFacts || rows.isThere && rows.range.isEmpty { try observe(.fact(items.list), at: row) }
    for (depth, filter) in items.filters.enumerated() {
      let before = items.filters[..<depth]
      var tally = (all: 0, selected: 0, kept: 0, leftOut: 0, omitted: 0)
      for index in rows.range {
        let presence = try presence(before, at: rows[index])
        if presence == Cell.no { continue }
        let truth = try truth(filter.test.cell, at: rows[index])
        tally.all += 1
        let isFirst: Bool
        if truth == Cell.no || truth == Cell.null {
          tally.leftOut += 1
          isFirst = tally.leftOut <= Evaluator.observedItems
        } else {
          tally.kept += 1
          isFirst = tally.kept <= Evaluator.observedItems
          if presence == Cell.yes, truth == Cell.yes { tally.selected += 1 }
        }
        if rows.isLimited, !isFirst { tally.omitted += 1 } else { try observe(filter.test.grounds, at: rows[index]) }
      }
      if rows.isLimited, tally.all > 0 {
        observations.append(
          .list(
            ListObservation(
              node: filter.node, items: tally.all, selected: tally.selected, perhaps: tally.kept - tally.selected,
              omitted: tally.omitted)))
      }
    }
  }

  /// Something of every item of a list.
  private func observe(_ items: Grounds.Items, _ inner: Grounds, _ list: Node, at row: Row) throws(HandedOver) {
    try observe(items, at: row)
    let rows = try rows(of: items, at: row)
    var count = 0
    for index in rows.range {
      if try presence(items.filters, at: rows[index]) == Cell.no { continue }
      count += 1
      if !rows.isLimited || count <= Evaluator.observedItems { try observe(inner, at: rows[index]) }
    }
    observe(list, items: count, decided: count, rows)
  }

  private func observe(
    _ items: Grounds.Items, _ body: Grounds.Operand, _ decider: UInt8, _ list: Node, at row: Row
  ) throws(HandedOver) {
    let rows = try rows(of: items, at: row)
    let neutral = decider ^ 1
    var count = 0
    var isOpen = false
    for index in rows.range {
      let presence = try presence(items.filters, at: rows[index])
      if presence == Cell.no { continue }
      let truth = try truth(body.cell, at: rows[index])
      if truth == decider, presence == Cell.yes, rows.isThere { return try observe(body.grounds, at: rows[index]) }
      count += 1
      isOpen = isOpen || truth != neutral
    }
    try observe(items, at: row)
    var decided = 0
    for index in rows.range {
      if try presence(items.filters, at: rows[index]) == Cell.no { continue }
      if isOpen, try truth(body.cell, at: rows[index]) == neutral { continue }
      decided += 1
      if !rows.isLimited || decided <= Evaluator.observedItems { try observe(body.grounds, at: rows[index]) }
    }
    observe(list, items: count, decided: decided, rows)
  }

  /// Takes note of a list where the first few of the items that decided stand for others.
  private func observe(_ list: Node, items: Int, decided: Int, _ rows: ItemRows) {
    guard rows.isLimited, decided > Evaluator.observedItems else { return }
    observations.append(
      .list(
        ListObservation(
          node: list, items: items, selected: nil, perhaps: 0, omitted: decided - Evaluator.observedItems)))
  }

  // MARK: Missing facts

  /// Finds the facts that a condition rests on, where it is not known.
  func findMissing(_ operand: Grounds.Operand, at row: Row) throws(HandedOver) {
    if try truth(operand.cell, at: row) > Cell.yes { try findMissing(operand.grounds, at: row) }
  }

  /// Finds the facts that a value rests on which is not known.
  func findMissing(_ grounds: Grounds, at row: Row) throws(HandedOver) {
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
      let rows = try listed(items, at: row)
      for index in rows.range { try findDoubts(items, at: rows[index]) }
    case .each(let items, let inner, _):
      let rows = try listed(items, at: row)
      for index in rows.range where try presence(items.filters, at: rows[index]) != Cell.no {
        try findMissing(inner, at: rows[index])
        try findDoubts(items, at: rows[index])
      }
    case .quantifier(let items, let body, let decider, _):
      let rows = try listed(items, at: row)
      for index in rows.range where try truth(body.cell, at: rows[index]) != decider ^ 1 {
        if try presence(items.filters, at: rows[index]) == Cell.no { continue }
        try findDoubts(items, at: rows[index])
        try findMissing(body, at: rows[index])
      }
    }
  }

  /// The rows of a list's items; where the list is missing, that is noted first.
  private func listed(_ items: Grounds.Items, at row: Row) throws(HandedOver) -> ItemRows {
    let rows = try rows(of: items, at: row)
    if !rows.isThere { try findMissing(.fact(items.list), at: row) }
    return rows
  }

  /// Finds what decides whether an item is in a list.
  private func findDoubts(_ items: Grounds.Items, at row: Row) throws(HandedOver) {
    if try presence(items.filters, at: row) == Cell.no { return }
    for filter in items.filters { try findMissing(filter.test, at: row) }
  }

  private func add(_ fact: Fact) {
    if !missing.contains(fact) { missing.append(fact) }
  }

  // MARK: Messages

  /// A message or a remedy.
  func text(_ segments: [RuleGrounds.Segment], at row: Row) throws(HandedOver) -> String {
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
