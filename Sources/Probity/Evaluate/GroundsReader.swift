import FEEL

/// A fact of a row, among those that a ``GroundsPlan`` numbers.
package struct FactMark: BitwiseCopyable, Hashable {
  package var fact: Int32
  package var row: Int32

  /// One of 64 bits, which others have, too.
  @inline(__always)
  fileprivate var bit: UInt64 {
    let mixed = UInt32(bitPattern: fact) &* 0x9E37_79B1 ^ UInt32(bitPattern: row) &* 0x85EB_CA77
    return 1 &<< UInt64(mixed &>> 26)
  }
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

/// Reads from columns what the interpreter would observe of a record, and which facts it would find missing, and notes it
/// in outlines, each once for a subject.
///
/// What only the interpreter can say is thrown as ``HandedOver``. It serves one thread.
final class GroundsReader {
  struct HandedOver: Error {}

  /// Where the marks of a subject begin in the outlines, and the same marks once they are many.
  fileprivate struct Subject {
    var evidence = 0
    var lists = 0
    var missing = 0
    var knownFacts: Set<FactMark> = []
    var knownMissing: Set<FactMark> = []
    var knownLists: Set<ListMark> = []
    var areMany = false
    /// A bit for some of the facts that are evidence: one whose bit is not set is none of them.
    var seen: UInt64 = 0
    /// Which of the subjects it is.
    var number: Int32 = 0
  }

  /// For which subject a filter was observed, and in the list of which row.
  private struct Observed: BitwiseCopyable, Equatable {
    var subject: Int32
    var owner: Int32
  }

  let columns: ExplainedColumns
  let outlines: Outlines
  private let plan: GroundsPlan
  // What is read for every mark, without the way over the objects that own it.
  private let tables: UnsafeMutablePointer<ExplainedColumns.Table>
  private let registers: UnsafeMutablePointer<ExplainedColumns.Column>
  private let steps: UnsafeMutablePointer<GroundsPlan.Step>
  private let operands: UnsafeMutablePointer<GroundsPlan.Operand>
  private let filters: UnsafeMutablePointer<GroundsPlan.Filter>
  private let readings: UnsafeMutablePointer<GroundsPlan.Fact>
  private let presence: UnsafeMutablePointer<UnsafeMutablePointer<UInt8>>
  /// By number of a filter, where it was observed last.
  private let observed: UnsafeMutablePointer<Observed>
  /// How many items that decide alike give evidence.
  private let limit = Evaluator.observedItems
  /// Whether what is counted of lists is told.
  @exclusivity(unchecked) private var withholds = false
  @exclusivity(unchecked) private var subject = Subject()

  init(_ columns: ExplainedColumns, into outlines: Outlines) {
    self.columns = columns
    self.outlines = outlines
    plan = columns.plan
    tables = columns.tables
    registers = columns.registers
    steps = plan.steps
    operands = plan.operands
    filters = plan.filters
    readings = plan.readings
    presence = columns.presence
    observed = .allocate(capacity: plan.filterNumbers)
    observed.initialize(repeating: Observed(subject: 0, owner: 0), count: plan.filterNumbers)
  }

  deinit { observed.deallocate() }

  /// Begins with another subject.
  func begin(withholding: Bool) {
    withholds = withholding
    subject.evidence = outlines.evidence.count
    subject.lists = outlines.lists.count
    subject.missing = outlines.missing.count
    subject.seen = 0
    subject.number &+= 1
    if subject.areMany { subject.forget() }
  }

  /// The marks of the subject so far.
  var evidence: FindingOutline.Marks { .init(first: subject.evidence, end: outlines.evidence.count) }
  var lists: FindingOutline.Marks { .init(first: subject.lists, end: outlines.lists.count) }
  var missing: FindingOutline.Marks { .init(first: subject.missing, end: outlines.missing.count) }

  // MARK: Marks

  /// Up to so many marks are told apart by looking at each.
  private static var few: Int { 32 }

  @inline(__always)
  private func addEvidence(_ mark: FactMark) {
    let first = subject.evidence
    if outlines.evidence.count &- first >= Self.few {
      if !subject.isNew(mark, \.knownFacts, outlines.evidence.slice(from: first)) { return }
    } else {
      let bit = mark.bit
      if subject.seen & bit != 0, outlines.evidence.contains(mark, from: first) { return }
      subject.seen |= bit
    }
    outlines.evidence.append(mark)
  }

  @inline(__always)
  private func addMissing(_ mark: FactMark) {
    let first = subject.missing
    if outlines.missing.count &- first >= Self.few {
      if !subject.isNew(mark, \.knownMissing, outlines.missing.slice(from: first)) { return }
    } else if outlines.missing.contains(mark, from: first) {
      return
    }
    outlines.missing.append(mark)
  }

  private func addList(_ mark: ListMark) {
    let first = subject.lists
    if outlines.lists.count &- first >= Self.few {
      if !subject.isNew(mark, \.knownLists, outlines.lists.slice(from: first)) { return }
    } else if outlines.lists.contains(mark, from: first) {
      return
    }
    outlines.lists.append(mark)
  }

  // MARK: Rows

  /// The truth of a condition: no, yes, unknown, or null or perhaps null.
  @inline(__always)
  func truth(_ operand: GroundsPlan.Operand, from table: Int, _ row: Int) throws(HandedOver) -> UInt8 {
    let truth = registers[Int(operand.register)].states[climb(operand.climb, from: table, row)]
    guard truth < Cell.handOver else { throw HandedOver() }
    return truth
  }

  /// The row so many tables further up that a row of a table belongs to.
  @inline(__always)
  private func climb(_ steps: Int32, from table: Int, _ row: Int) -> Int {
    steps == 0 ? row : columns.climb(steps, from: table, row)
  }

  /// Whether a row stands for the items of a missing list.
  @inline(__always)
  private func standsIn(_ table: Int, _ row: Int) throws(HandedOver) -> Bool {
    if table == 0 { return false }
    switch tables[table].isThere[Int(tables[table].parents[row])] {
    case Cell.yes: return false
    case Cell.unknown: return true
    default: throw HandedOver()
    }
  }

  /// A fact of a row of its table, or what is missing of the way to it.
  func find(_ number: Int32, _ row: Int) throws(HandedOver) -> (mark: FactMark, isSupplied: Bool) {
    let fact = readings[Int(number)]
    let table = Int(fact.table)
    if table != 0, try standsIn(table, row) {
      return try find(plan.listFacts[table], Int(tables[table].parents[row]))
    }
    if fact.outer >= 0 {
      let outer = try find(fact.outer, row)
      if !outer.isSupplied { return outer }
    }
    let mark = FactMark(fact: number, row: Int32(truncatingIfNeeded: row))
    if fact.reading == .value {
      guard case .unknown(let unknown) = columns.whole(number, row) else { return (mark, true) }
      guard !unknown.mayFail else { throw HandedOver() }
      return (mark, false)
    }
    return (mark, try isSupplied(fact, number, row))
  }

  /// Whether a fact is supplied that is not held as a whole.
  @inline(__always)
  private func isSupplied(_ fact: GroundsPlan.Fact, _ number: Int32, _ row: Int) throws(HandedOver) -> Bool {
    let state = UInt64(presence[Int(number)][row])
    guard fact.handsOver &>> state & 1 == 0 else { throw HandedOver() }
    return fact.supplied &>> state & 1 == 1
  }

  /// What is missing of the way to something that has facts; nil where it is there.
  private func missingOwner(_ step: GroundsPlan.Step, from table: Int, _ row: Int) throws(HandedOver) -> FactMark? {
    let row = climb(step.climb, from: table, row)
    let own = Int(step.table)
    if step.fact < 0 {
      guard try standsIn(own, row) else { return nil }
      return try find(plan.listFacts[own], Int(tables[own].parents[row])).mark
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
    let owner = climb(items.climb, from: table, row)
    let own = Int(items.table)
    let isThere = tables[own].isThere[owner]
    guard isThere <= Cell.unknown else { throw HandedOver() }
    return ItemRows(
      table: own, range: columns.items(own, of: owner), isThere: isThere == Cell.yes,
      isLimited: items.haveFacts && isThere == Cell.yes)
  }

  /// Whether an item is in a list, as far as its first filters say: yes, no, or unknown.
  @inline(__always)
  private func presence(
    _ items: GroundsPlan.Items, first count: Int32, _ row: Int
  ) throws(HandedOver) -> UInt8 {
    var result = Cell.yes
    for filter in items.firstFilter..<items.firstFilter &+ count {
      switch try truth(filters[Int(filter)].test, from: Int(items.table), row) {
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
  func observe(_ number: Int32, from table: Int, _ row: Int) throws(HandedOver) {
    let step = steps + Int(number)
    // Most steps are facts.
    if step.pointee.kind == .fact {
      return try observe(fact: step.pointee.fact, climb(step.pointee.climb, from: table, row))
    }
    try observe(other: step.pointee, from: table, row)
  }

  private func observe(other step: GroundsPlan.Step, from table: Int, _ row: Int) throws(HandedOver) {
    switch step.kind {
    case .none, .fact: break
    case .all, .known, .opaque:
      for part in step.first..<step.first &+ step.count { try observe(plan.parts[Int(part)], from: table, row) }
    case .derived:
      if try missingOwner(step, from: table, row) == nil { try observe(plan.parts[Int(step.first)], from: table, row) }
    case .junction: try observe(junction: step, from: table, row)
    case .conditional:
      let first = Int(step.first)
      let condition = operands[first]
      try observe(condition.step, from: table, row)
      let truth = try truth(condition, from: table, row)
      if truth != Cell.no, truth != Cell.null { try observe(operands[first + 1].step, from: table, row) }
      if truth != Cell.yes { try observe(operands[first + 2].step, from: table, row) }
    case .items: _ = try observe(plan.items[Int(step.items)], from: table, row)
    case .each: try observe(each: step, from: table, row)
    case .quantifier: try observe(quantifier: step, from: table, row)
    }
  }

  @inline(__always)
  private func observe(fact number: Int32, _ row: Int) throws(HandedOver) {
    let fact = readings[Int(number)]
    // Most facts are plain ones of an item that is there.
    guard fact.isPlain, try !standsIn(Int(fact.table), row) else { return try observe(otherFact: number, row) }
    if try isSupplied(fact, number, row) {
      addEvidence(FactMark(fact: number, row: Int32(truncatingIfNeeded: row)))
    }
  }

  private func observe(otherFact number: Int32, _ row: Int) throws(HandedOver) {
    let (mark, isSupplied) = try find(number, row)
    guard isSupplied else { return }
    switch readings[Int(number)].reading {
    case .scalar, .truth, .list: break
    case .nested: return
    case .items:
      // Items have facts of their own; that there is none of them says something.
      guard columns.items(Int(readings[Int(number)].items), of: row).isEmpty else { return }
    case .value:
      switch columns.whole(number, row) {
      case .context, .null: return
      case .list(let list):
        if case .context? = list.items.first { return }
      default: break
      }
    }
    addEvidence(mark)
  }

  /// One operand that decides, or those that are not known, or else all.
  private func observe(
    junction step: GroundsPlan.Step, from table: Int, _ row: Int
  ) throws(HandedOver) {
    var isOpen = false
    for index in step.first..<step.first &+ step.count {
      let operand = operands[Int(index)]
      let truth = try truth(operand, from: table, row)
      if truth == step.decider { return try observe(operand.step, from: table, row) }
      isOpen = isOpen || truth > Cell.yes
    }
    for index in step.first..<step.first &+ step.count {
      let operand = operands[Int(index)]
      if isOpen, try truth(operand, from: table, row) <= Cell.yes { continue }
      try observe(operand.step, from: table, row)
    }
  }

  /// A bit for each truth of a filter that leaves an item out.
  private static var leavingOut: UInt64 { 1 << UInt64(Cell.no) | 1 << UInt64(Cell.null) }

  /// A list, and what its filters made of it.
  private func observe(
    _ items: GroundsPlan.Items, from table: Int, _ row: Int
  ) throws(HandedOver) -> ItemRows {
    let rows = try rows(of: items, from: table, row)
    if !items.haveFacts || rows.isThere && rows.range.isEmpty {
      try observe(fact: items.fact, climb(items.climb, from: table, row))
    }
    let owner = climb(items.climb, from: table, row)
    for depth in 0..<items.filterCount {
      let filter = filters[Int(items.firstFilter &+ depth)]
      // What is observed once more is evidence already.
      let own = Observed(subject: subject.number, owner: Int32(truncatingIfNeeded: owner))
      if observed[Int(filter.number)] == own { continue }
      let few = rows.isLimited ? limit : .max
      let states = registers[Int(filter.test.register)].states
      let step = steps + Int(filter.test.step)
      let fact = step.pointee.kind == .fact ? step.pointee.fact : -1
      // Most filters ask for one fact of each item, which is there as its list is.
      let isPlain = fact >= 0 && rows.isThere && step.pointee.climb == 0 && readings[Int(fact)].isPlain
      var (selected, kept, leftOut) = (0, 0, 0)
      for item in rows.range {
        var presence = Cell.yes
        if depth > 0 {
          presence = try self.presence(items, first: depth, item)
          if presence == Cell.no { continue }
        }
        let truth = states[climb(filter.test.climb, from: rows.table, item)]
        guard truth < Cell.handOver else { throw HandedOver() }
        // Whether an item is selected is anybody's guess, so there is no branch for it.
        let isLeftOut = Int(truncatingIfNeeded: Self.leavingOut &>> UInt64(truth) & 1)
        leftOut &+= isLeftOut
        kept &+= isLeftOut ^ 1
        selected &+= Int(truncatingIfNeeded: presence & truth & Cell.yes)
        if leftOut &* isLeftOut &+ kept &* (isLeftOut ^ 1) > few { continue }
        if isPlain {
          if try isSupplied(readings[Int(fact)], fact, item) {
            addEvidence(FactMark(fact: fact, row: Int32(truncatingIfNeeded: item)))
          }
        } else {
          try observe(filter.test.step, from: rows.table, item)
        }
      }
      if rows.isLimited, kept + leftOut > 0 {
        note(
          filter.list, items: kept + leftOut, selected: selected, perhaps: kept - selected,
          omitted: max(0, kept - limit) + max(0, leftOut - limit))
      }
      observed[Int(filter.number)] = own
    }
    return rows
  }

  /// Something of every item of a list.
  private func observe(each step: GroundsPlan.Step, from table: Int, _ row: Int) throws(HandedOver) {
    let items = plan.items[Int(step.items)]
    let rows = try observe(items, from: table, row)
    var count = 0
    for item in rows.range {
      if try presence(items, first: items.filterCount, item) == Cell.no { continue }
      count += 1
      if !rows.isLimited || count <= limit {
        try observe(plan.parts[Int(step.first)], from: rows.table, item)
      }
    }
    note(step.list, items: count, decided: count, rows)
  }

  private func observe(quantifier step: GroundsPlan.Step, from table: Int, _ row: Int) throws(HandedOver) {
    let items = plan.items[Int(step.items)]
    let body = operands[Int(step.first)]
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
      if !rows.isLimited || decided <= limit {
        try observe(body.step, from: rows.table, item)
      }
    }
    note(step.list, items: count, decided: decided, rows)
  }

  /// Takes note of a list where the first few of the items that decided stand for others.
  private func note(_ list: Int32, items: Int, decided: Int, _ rows: ItemRows) {
    guard rows.isLimited, decided > limit else { return }
    note(list, items: items, selected: nil, perhaps: 0, omitted: decided - limit)
  }

  private func note(_ list: Int32, items: Int, selected: Int?, perhaps: Int, omitted: Int) {
    var mark = ListMark(list: list)
    if !withholds {
      mark.items = Int32(truncatingIfNeeded: items)
      mark.selected = Int32(truncatingIfNeeded: selected ?? -1)
      mark.perhaps = Int32(truncatingIfNeeded: perhaps)
      mark.omitted = Int32(truncatingIfNeeded: omitted)
    }
    addList(mark)
  }

  // MARK: Missing facts

  /// Finds the facts that a condition rests on, where it is not known.
  func findMissing(_ operand: GroundsPlan.Operand, from table: Int, _ row: Int) throws(HandedOver) {
    if try truth(operand, from: table, row) > Cell.yes { try findMissing(operand.step, from: table, row) }
  }

  /// Finds the facts that a value rests on which is not known.
  private func findMissing(_ number: Int32, from table: Int, _ row: Int) throws(HandedOver) {
    let step = steps[Int(number)]
    switch step.kind {
    case .none, .known: break
    case .all:
      for part in step.first..<step.first &+ step.count { try findMissing(plan.parts[Int(part)], from: table, row) }
    case .fact: try findMissing(fact: step.fact, climb(step.climb, from: table, row))
    case .derived:
      if let fact = try missingOwner(step, from: table, row) {
        addMissing(fact)
      } else {
        try findMissing(plan.parts[Int(step.first)], from: table, row)
      }
    case .opaque: throw HandedOver()
    case .junction:
      let range = step.first..<step.first &+ step.count
      for index in range where try truth(operands[Int(index)], from: table, row) == step.decider { return }
      for index in range { try findMissing(operands[Int(index)], from: table, row) }
    case .conditional:
      let first = Int(step.first)
      switch try truth(operands[first], from: table, row) {
      case Cell.yes: try findMissing(operands[first + 1].step, from: table, row)
      case Cell.no, Cell.null: try findMissing(operands[first + 2].step, from: table, row)
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
      let body = operands[Int(step.first)]
      let rows = try listed(items, from: table, row)
      for item in rows.range where try truth(body, from: rows.table, item) != step.decider ^ 1 {
        if try presence(items, first: items.filterCount, item) == Cell.no { continue }
        try findDoubts(items, item)
        try findMissing(body, from: rows.table, item)
      }
    }
  }

  func findMissing(fact: Int32, _ row: Int) throws(HandedOver) {
    let (mark, isSupplied) = try find(fact, row)
    if !isSupplied { addMissing(mark) }
  }

  /// The rows of a list's items; where the list is missing, that is noted first.
  private func listed(
    _ items: GroundsPlan.Items, from table: Int, _ row: Int
  ) throws(HandedOver) -> ItemRows {
    let rows = try rows(of: items, from: table, row)
    if !rows.isThere { try findMissing(fact: items.fact, climb(items.climb, from: table, row)) }
    return rows
  }

  /// Finds what decides whether an item is in a list.
  private func findDoubts(_ items: GroundsPlan.Items, _ row: Int) throws(HandedOver) {
    guard items.filterCount > 0, try presence(items, first: items.filterCount, row) == Cell.unknown else { return }
    for filter in items.firstFilter..<items.firstFilter &+ items.filterCount {
      try findMissing(filters[Int(filter)].test, from: Int(items.table), row)
    }
  }

  // MARK: Messages

  /// Sees that all that a requirement's message and remedy quote is known.
  func check(_ requirement: GroundsPlan.RequirementOutline, from table: Int, _ row: Int) throws(HandedOver) {
    for index in requirement.firstQuote..<requirement.firstQuote &+ requirement.quoteCount {
      let quote = plan.quotes[Int(index)]
      let row = climb(quote.climb, from: table, row)
      if quote.fact < 0 {
        guard let number = columns.number(quote.register, row), Machine.value(number, quote.kind) != nil else {
          throw HandedOver()
        }
        continue
      }
      guard try find(quote.fact, row).isSupplied else { throw HandedOver() }
      switch readings[Int(quote.fact)].reading {
      case .scalar, .truth, .list, .value: break
      case .nested, .items: throw HandedOver()
      }
    }
  }
}

extension GroundsReader.Subject {
  /// Whether a mark is none of those before it, which are many.
  @inline(never)
  fileprivate mutating func isNew<Mark: Hashable>(
    _ mark: Mark, _ known: WritableKeyPath<Self, Set<Mark>>, _ marks: UnsafeBufferPointer<Mark>
  ) -> Bool {
    areMany = true
    if self[keyPath: known].isEmpty { self[keyPath: known].formUnion(marks) }
    return self[keyPath: known].insert(mark).inserted
  }

  fileprivate mutating func forget() {
    knownFacts.removeAll()
    knownMissing.removeAll()
    knownLists.removeAll()
    areMany = false
  }
}
