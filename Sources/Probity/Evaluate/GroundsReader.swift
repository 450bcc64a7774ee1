import FEEL

/// A fact of a row, among those that a ``GroundsPlan`` numbers.
package struct FactMark: BitwiseCopyable, Hashable {
  package var fact: Int32
  package var row: Int32
}

/// How a list was gone through, as in ``ListObservation``.
package struct ListMark: BitwiseCopyable, Hashable {
  /// In ``GroundsPlan/lists``.
  package var list: Int32
  package var items: Int32 = 0
  /// −1 for what is no filter.
  package var selected: Int32 = -1
  package var perhaps: Int32 = 0
  package var omitted: Int32 = 0
}

/// Each once, in the order in which they were added.
package struct DistinctMarks<Mark: BitwiseCopyable & Hashable> {
  package private(set) var all: [Mark] = []
  /// The same, once they are many.
  private var known: Set<Mark> = []

  private static var few: Int { 32 }

  mutating func removeAll() {
    all.removeAll(keepingCapacity: true)
    if !known.isEmpty { known.removeAll() }
  }

  @inline(__always)
  mutating func add(_ mark: Mark) {
    if all.count < Self.few {
      for other in all where other == mark { return }
      all.append(mark)
    } else {
      addToMany(mark)
    }
  }

  @inline(never)
  private mutating func addToMany(_ mark: Mark) {
    if known.isEmpty { known = Set(all) }
    if known.insert(mark).inserted { all.append(mark) }
  }
}

/// Reads from columns what the interpreter would observe of a record, and which facts it would find missing.
///
/// What only the interpreter can say is thrown as ``HandedOver``.
struct GroundsReader {
  struct HandedOver: Error {}

  let columns: ExplainedColumns
  private let plan: GroundsPlan
  /// Whether what is counted of lists is told.
  private var withholds = false
  private(set) var evidence = DistinctMarks<FactMark>()
  private(set) var lists = DistinctMarks<ListMark>()
  private(set) var missing = DistinctMarks<FactMark>()

  init(_ columns: ExplainedColumns) {
    self.columns = columns
    plan = columns.plan
  }

  /// Begins with another subject.
  mutating func begin(withholding: Bool) {
    withholds = withholding
    evidence.removeAll()
    lists.removeAll()
    missing.removeAll()
  }

  // MARK: Rows

  /// The truth of a condition: no, yes, unknown, or null or perhaps null.
  @inline(__always)
  func truth(_ operand: GroundsPlan.Operand, from table: Int, _ row: Int) throws(HandedOver) -> UInt8 {
    let truth = columns.truth(operand.register, columns.climb(operand.climb, from: table, row))
    guard truth < Cell.handOver else { throw HandedOver() }
    return truth
  }

  /// Whether a row stands for the items of a missing list.
  private func standsIn(_ table: Int, _ row: Int) throws(HandedOver) -> Bool {
    if table == 0 { return false }
    switch columns.tables[table].isThere[Int(columns.tables[table].parents[row])] {
    case Cell.yes: return false
    case Cell.unknown: return true
    default: throw HandedOver()
    }
  }

  /// A fact of a row of its table, or what is missing of the way to it.
  func find(_ number: Int32, _ row: Int) throws(HandedOver) -> (mark: FactMark, isSupplied: Bool) {
    let fact = plan.readings[Int(number)]
    let table = Int(fact.table)
    if table != 0, try standsIn(table, row) {
      return try find(plan.listFacts[table], Int(columns.tables[table].parents[row]))
    }
    if fact.outer >= 0 {
      let outer = try find(fact.outer, row)
      if !outer.isSupplied { return outer }
    }
    let mark = FactMark(fact: number, row: Int32(truncatingIfNeeded: row))
    switch fact.reading {
    case .scalar:
      let state = columns.facts[Int(number)].states[row]
      guard state != Scalars.handOver else { throw HandedOver() }
      return (mark, state == Scalars.known)
    case .truth:
      let truth = columns.facts[Int(number)].states[row]
      guard truth < Cell.handOver else { throw HandedOver() }
      return (mark, truth <= Cell.yes)
    case .nested:
      let isThere = columns.facts[Int(number)].states[row]
      guard isThere < Cell.handOver else { throw HandedOver() }
      return (mark, isThere == Cell.yes)
    case .list, .items:
      let isThere = columns.tables[Int(fact.items)].isThere[row]
      guard isThere < Cell.handOver else { throw HandedOver() }
      return (mark, isThere == Cell.yes)
    case .value:
      guard case .unknown(let unknown) = columns.whole(number, row) else { return (mark, true) }
      guard !unknown.mayFail else { throw HandedOver() }
      return (mark, false)
    }
  }

  /// What is missing of the way to something that has facts; nil where it is there.
  private func missingOwner(_ step: GroundsPlan.Step, from table: Int, _ row: Int) throws(HandedOver) -> FactMark? {
    let row = columns.climb(step.climb, from: table, row)
    let own = Int(step.table)
    if step.fact < 0 {
      guard try standsIn(own, row) else { return nil }
      return try find(plan.listFacts[own], Int(columns.tables[own].parents[row])).mark
    }
    let (mark, isSupplied) = try find(step.fact, row)
    return isSupplied ? nil : mark
  }

  /// The rows of a list's items: of one that is missing a row that stands for them all.
  private struct ItemRows {
    var table: Int
    var range: Range<Int>
    var isThere: Bool
    /// Whether the first few give evidence for the others.
    var isLimited: Bool
  }

  private func rows(of items: GroundsPlan.Items, from table: Int, _ row: Int) throws(HandedOver) -> ItemRows {
    let owner = columns.climb(items.climb, from: table, row)
    let own = Int(items.table)
    let isThere = columns.tables[own].isThere[owner]
    guard isThere <= Cell.unknown else { throw HandedOver() }
    return ItemRows(
      table: own, range: columns.items(own, of: owner), isThere: isThere == Cell.yes,
      isLimited: items.haveFacts && isThere == Cell.yes)
  }

  /// Whether an item is in a list, as far as its first filters say: yes, no, or unknown.
  @inline(__always)
  private func presence(
    _ items: GroundsPlan.Items, first filters: Int32, _ row: Int
  ) throws(HandedOver) -> UInt8 {
    var result = Cell.yes
    for filter in items.firstFilter..<items.firstFilter &+ filters {
      switch try truth(plan.filters[Int(filter)].test, from: Int(items.table), row) {
      case Cell.no, Cell.null: return Cell.no
      case Cell.yes: continue
      default: result = Cell.unknown
      }
    }
    return result
  }

  // MARK: Evidence

  /// Observes what the evaluator would.
  ///
  /// - Parameter table: the one that the row is of.
  mutating func observe(_ number: Int32, from table: Int, _ row: Int) throws(HandedOver) {
    let step = plan.steps[Int(number)]
    switch step.kind {
    case .none: break
    case .all, .known, .opaque:
      for part in step.first..<step.first &+ step.count { try observe(plan.parts[Int(part)], from: table, row) }
    case .fact: try observe(fact: step.fact, columns.climb(step.climb, from: table, row))
    case .derived:
      if try missingOwner(step, from: table, row) == nil { try observe(plan.parts[Int(step.first)], from: table, row) }
    case .junction: try observe(junction: step, from: table, row)
    case .conditional:
      let first = Int(step.first)
      let condition = plan.operands[first]
      try observe(condition.step, from: table, row)
      let truth = try truth(condition, from: table, row)
      if truth != Cell.no, truth != Cell.null { try observe(plan.operands[first + 1].step, from: table, row) }
      if truth != Cell.yes { try observe(plan.operands[first + 2].step, from: table, row) }
    case .items: _ = try observe(plan.items[Int(step.items)], from: table, row)
    case .each: try observe(each: step, from: table, row)
    case .quantifier: try observe(quantifier: step, from: table, row)
    }
  }

  private mutating func observe(fact number: Int32, _ row: Int) throws(HandedOver) {
    let (mark, isSupplied) = try find(number, row)
    guard isSupplied else { return }
    switch plan.readings[Int(number)].reading {
    case .scalar, .truth, .list: break
    case .nested: return
    case .items:
      // Items have facts of their own; that there is none of them says something.
      guard columns.items(Int(plan.readings[Int(number)].items), of: row).isEmpty else { return }
    case .value:
      switch columns.whole(number, row) {
      case .context, .null: return
      case .list(let list):
        if case .context? = list.items.first { return }
      default: break
      }
    }
    evidence.add(mark)
  }

  /// One operand that decides, or those that are not known, or else all.
  private mutating func observe(
    junction step: GroundsPlan.Step, from table: Int, _ row: Int
  ) throws(HandedOver) {
    var isOpen = false
    for index in step.first..<step.first &+ step.count {
      let operand = plan.operands[Int(index)]
      let truth = try truth(operand, from: table, row)
      if truth == step.decider { return try observe(operand.step, from: table, row) }
      isOpen = isOpen || truth > Cell.yes
    }
    for index in step.first..<step.first &+ step.count {
      let operand = plan.operands[Int(index)]
      if isOpen, try truth(operand, from: table, row) <= Cell.yes { continue }
      try observe(operand.step, from: table, row)
    }
  }

  /// A list, and what its filters made of it.
  private mutating func observe(
    _ items: GroundsPlan.Items, from table: Int, _ row: Int
  ) throws(HandedOver) -> ItemRows {
    let rows = try rows(of: items, from: table, row)
    if !items.haveFacts || rows.isThere && rows.range.isEmpty {
      try observe(fact: items.fact, columns.climb(items.climb, from: table, row))
    }
    for depth in 0..<items.filterCount {
      let filter = plan.filters[Int(items.firstFilter &+ depth)]
      var tally = (all: 0, selected: 0, kept: 0, leftOut: 0, omitted: 0)
      for item in rows.range {
        let presence = try presence(items, first: depth, item)
        if presence == Cell.no { continue }
        let truth = try truth(filter.test, from: rows.table, item)
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
        if rows.isLimited, !isFirst {
          tally.omitted += 1
        } else {
          try observe(filter.test.step, from: rows.table, item)
        }
      }
      if rows.isLimited, tally.all > 0 {
        note(
          filter.list, items: tally.all, selected: tally.selected, perhaps: tally.kept - tally.selected,
          omitted: tally.omitted)
      }
    }
    return rows
  }

  /// Something of every item of a list.
  private mutating func observe(each step: GroundsPlan.Step, from table: Int, _ row: Int) throws(HandedOver) {
    let items = plan.items[Int(step.items)]
    let rows = try observe(items, from: table, row)
    var count = 0
    for item in rows.range {
      if try presence(items, first: items.filterCount, item) == Cell.no { continue }
      count += 1
      if !rows.isLimited || count <= Evaluator.observedItems {
        try observe(plan.parts[Int(step.first)], from: rows.table, item)
      }
    }
    note(step.list, items: count, decided: count, rows)
  }

  private mutating func observe(quantifier step: GroundsPlan.Step, from table: Int, _ row: Int) throws(HandedOver) {
    let items = plan.items[Int(step.items)]
    let body = plan.operands[Int(step.first)]
    let rows = try rows(of: items, from: table, row)
    let neutral = step.decider ^ 1
    var count = 0
    var isOpen = false
    for item in rows.range {
      let presence = try presence(items, first: items.filterCount, item)
      if presence == Cell.no { continue }
      let truth = try truth(body, from: rows.table, item)
      if truth == step.decider, presence == Cell.yes, rows.isThere {
        return try observe(body.step, from: rows.table, item)
      }
      count += 1
      isOpen = isOpen || truth != neutral
    }
    _ = try observe(items, from: table, row)
    var decided = 0
    for item in rows.range {
      if try presence(items, first: items.filterCount, item) == Cell.no { continue }
      if isOpen, try truth(body, from: rows.table, item) == neutral { continue }
      decided += 1
      if !rows.isLimited || decided <= Evaluator.observedItems {
        try observe(body.step, from: rows.table, item)
      }
    }
    note(step.list, items: count, decided: decided, rows)
  }

  /// Takes note of a list where the first few of the items that decided stand for others.
  private mutating func note(_ list: Int32, items: Int, decided: Int, _ rows: ItemRows) {
    guard rows.isLimited, decided > Evaluator.observedItems else { return }
    note(list, items: items, selected: nil, perhaps: 0, omitted: decided - Evaluator.observedItems)
  }

  private mutating func note(_ list: Int32, items: Int, selected: Int?, perhaps: Int, omitted: Int) {
    var mark = ListMark(list: list)
    if !withholds {
      mark.items = Int32(truncatingIfNeeded: items)
      mark.selected = Int32(truncatingIfNeeded: selected ?? -1)
      mark.perhaps = Int32(truncatingIfNeeded: perhaps)
      mark.omitted = Int32(truncatingIfNeeded: omitted)
    }
    lists.add(mark)
  }

  // MARK: Missing facts

  /// Finds the facts that a condition rests on, where it is not known.
  mutating func findMissing(_ operand: GroundsPlan.Operand, from table: Int, _ row: Int) throws(HandedOver) {
    if try truth(operand, from: table, row) > Cell.yes { try findMissing(operand.step, from: table, row) }
  }

  /// Finds the facts that a value rests on which is not known.
  private mutating func findMissing(_ number: Int32, from table: Int, _ row: Int) throws(HandedOver) {
    let step = plan.steps[Int(number)]
    switch step.kind {
    case .none, .known: break
    case .all:
      for part in step.first..<step.first &+ step.count { try findMissing(plan.parts[Int(part)], from: table, row) }
    case .fact: try findMissing(fact: step.fact, columns.climb(step.climb, from: table, row))
    case .derived:
      if let fact = try missingOwner(step, from: table, row) {
        missing.add(fact)
      } else {
        try findMissing(plan.parts[Int(step.first)], from: table, row)
      }
    case .opaque: throw HandedOver()
    case .junction:
      let operands = step.first..<step.first &+ step.count
      for index in operands where try truth(plan.operands[Int(index)], from: table, row) == step.decider { return }
      for index in operands { try findMissing(plan.operands[Int(index)], from: table, row) }
    case .conditional:
      let first = Int(step.first)
      switch try truth(plan.operands[first], from: table, row) {
      case Cell.yes: try findMissing(plan.operands[first + 1].step, from: table, row)
      case Cell.no, Cell.null: try findMissing(plan.operands[first + 2].step, from: table, row)
      default: throw HandedOver()
      }
    case .items:
      let items = plan.items[Int(step.items)]
      let rows = try listed(items, from: table, row)
      for item in rows.range { try findDoubts(items, item) }
    case .each:
      let items = plan.items[Int(step.items)]
      let rows = try listed(items, from: table, row)
      for item in rows.range where try presence(items, first: items.filterCount, item) != Cell.no {
        try findMissing(plan.parts[Int(step.first)], from: rows.table, item)
        try findDoubts(items, item)
      }
    case .quantifier:
      let items = plan.items[Int(step.items)]
      let body = plan.operands[Int(step.first)]
      let rows = try listed(items, from: table, row)
      for item in rows.range where try truth(body, from: rows.table, item) != step.decider ^ 1 {
        if try presence(items, first: items.filterCount, item) == Cell.no { continue }
        try findDoubts(items, item)
        try findMissing(body, from: rows.table, item)
      }
    }
  }

  private mutating func findMissing(fact: Int32, _ row: Int) throws(HandedOver) {
    let (mark, isSupplied) = try find(fact, row)
    if !isSupplied { missing.add(mark) }
  }

  /// The rows of a list's items; where the list is missing, that is noted first.
  private mutating func listed(
    _ items: GroundsPlan.Items, from table: Int, _ row: Int
  ) throws(HandedOver) -> ItemRows {
    let rows = try rows(of: items, from: table, row)
    if !rows.isThere { try findMissing(fact: items.fact, columns.climb(items.climb, from: table, row)) }
    return rows
  }

  /// Finds what decides whether an item is in a list.
  private mutating func findDoubts(_ items: GroundsPlan.Items, _ row: Int) throws(HandedOver) {
    if try presence(items, first: items.filterCount, row) == Cell.no { return }
    for filter in items.firstFilter..<items.firstFilter &+ items.filterCount {
      try findMissing(plan.filters[Int(filter)].test, from: Int(items.table), row)
    }
  }

  // MARK: Messages

  /// Sees that all that a message quotes is known.
  func check(_ segments: [GroundsPlan.Segment], from table: Int, _ row: Int) throws(HandedOver) {
    for segment in segments {
      switch segment {
      case .text, .sensitive: break
      case .fact(let fact, let climb):
        guard try find(fact, columns.climb(climb, from: table, row)).isSupplied else { throw HandedOver() }
        switch plan.readings[Int(fact)].reading {
        case .scalar, .truth, .list, .value: break
        case .nested, .items: throw HandedOver()
        }
      case .scalar(let register, let climb, let kind):
        let row = columns.climb(climb, from: table, row)
        guard let number = columns.number(register, row), Machine.value(number, kind) != nil else {
          throw HandedOver()
        }
      }
    }
  }
}
