import FEEL

/// The grounds of a program's rules laid out flat, in plain memory, so that going through them takes neither counting of
/// references nor looking anything up.
///
/// A step is gone through for a row of a table that is known beforehand: the way from there to a row above is so many
/// steps up.
package final class GroundsPlan: @unchecked Sendable {
  enum Kind: UInt8 {
    case none, all, fact, derived, known, opaque, junction, conditional, items, each, quantifier
  }

  /// One of ``Grounds``, by number.
  struct Step: BitwiseCopyable {
    var kind: Kind
    var decider: UInt8 = 0
    /// Its parts: of ``Kind/all`` and ``Kind/known`` in ``parts``, of the others, where they have any, in ``operands``.
    var first: Int32 = 0
    var count: Int32 = 0
    /// Of ``Kind/fact`` and ``Kind/derived``; −1 for the row itself.
    var fact: Int32 = -1
    /// In ``items``.
    var items: Int32 = 0
    /// In ``lists``.
    var list: Int32 = 0
    /// How many tables further up the fact stands.
    var climb: Int32 = 0
    /// The table of the fact, or else of the row.
    var table: Int32 = 0
  }

  /// A condition, and what it is grounded in.
  struct Operand: BitwiseCopyable {
    var register: Int32
    var climb: Int32
    var step: Int32
  }

  struct Items: BitwiseCopyable {
    /// The list, and how far up it stands.
    var fact: Int32
    var climb: Int32
    /// The table of the items.
    var table: Int32
    var firstFilter: Int32
    var filterCount: Int32
    var haveFacts: Bool
  }

  struct Filter: BitwiseCopyable {
    var test: Operand
    var list: Int32
    /// The same for filters of the same items, after the same filters, that ask and are written the same.
    var number: Int32
  }

  /// What is read of a fact.
  enum Reading: UInt8 { case scalar, truth, nested, list, items, value }

  struct Fact: BitwiseCopyable {
    var table: Int32
    /// The nested fact that it stands in; −1 for none.
    var outer: Int32
    var reading: Reading
    /// Whether it stands in the row itself, and gives evidence whenever it is supplied.
    var isPlain = false
    /// Of lists: the table of the items.
    var items: Int32
    /// The column that holds it, or its items, in its table or in theirs; −1 for none.
    var column: Int32
    /// A bit for each state of what tells whether it is there (``ExplainedColumns/presence``): whether it is, and whether
    /// only the interpreter can say.
    var supplied: UInt64 = 0
    var handsOver: UInt64 = 0
  }

  /// A part of a message.
  package enum Segment: Sendable {
    case text(String)
    case fact(Int32, climb: Int32)
    case scalar(register: Int32, climb: Int32, Layout.Kind)
    case sensitive
  }

  /// What a requirement says where it is not met.
  package struct Requirement: Sendable {
    package var message: [Segment]?
    package var remedy: [Segment]?
  }

  /// What a rule says; ``Outline`` is what it asks.
  package struct Rule: Sendable {
    package var requirements: [Requirement]
  }

  /// What a rule asks, its requirements in ``requirements``.
  struct Outline: BitwiseCopyable {
    /// The table of its subjects; −1 for a rule that only the interpreter can explain.
    var table: Int32
    /// Its step is −1 where it applies always.
    var when: Operand
    var firstRequirement: Int32
    var requirementCount: Int32
    /// In ``levels``, those of its `each` one after the other.
    var firstLevel: Int32
  }

  /// A list that a rule goes through.
  struct Level: BitwiseCopyable {
    /// The table of the rows that have it.
    var table: Int32
    /// Where it is a fact that columns hold, unfiltered; else −1.
    var fact: Int32
  }

  struct RequirementOutline: BitwiseCopyable {
    var that: Operand
    /// In ``quotes``.
    var firstQuote: Int32
    var quoteCount: Int32
  }

  /// What a message or a remedy quotes: a fact, or else a register.
  struct Quote: BitwiseCopyable {
    /// −1 for a register.
    var fact: Int32
    var climb: Int32
    var register: Int32
    /// What the register holds.
    var kind: Layout.Kind
  }

  /// By position among the asked rules; nil for those that only the interpreter can explain.
  package let rules: [Rule?]
  package let facts: [ExplainedFact]
  let layout: Layout
  package let keys: [ItemKey]
  /// By table: the list that its rows are the items of; nil for the records.
  package let tables: [ExplainedFact?]
  /// The texts of lists, each once.
  package let lists: [String]
  /// By table: the one above, and the list that its rows are the items of; −1 for the records.
  package let parents: UnsafeMutablePointer<Int32>
  let listFacts: UnsafeMutablePointer<Int32>
  let steps: UnsafeMutablePointer<Step>
  let parts: UnsafeMutablePointer<Int32>
  let operands: UnsafeMutablePointer<Operand>
  let items: UnsafeMutablePointer<Items>
  let filters: UnsafeMutablePointer<Filter>
  /// How many of them differ.
  let filterNumbers: Int
  let readings: UnsafeMutablePointer<Fact>
  /// Whether any fact is held as a whole.
  let holdsValues: Bool
  /// The rules laid out flat.
  let outlines: UnsafeMutablePointer<Outline>
  let levels: UnsafeMutablePointer<Level>
  let requirements: UnsafeMutablePointer<RequirementOutline>
  let quotes: UnsafeMutablePointer<Quote>
  /// The registers that explain, each once.
  let registers: [Int]

  /// - Parameters:
  ///   - rules: by position among the asked ones, nil for those that were not compiled.
  ///   - record: the type of the records.
  ///   - layout: to which what is not there yet is added.
  ///   - tables: which tables of the layout those are that rules name; −1 for those that rules made.
  ///   - text: how a list is written.
  init(
    _ rules: [Program.CompiledRule?], _ record: ContextType, layout: Layout, tables: [Int],
    text: @escaping (Node) -> String
  ) {
    var draft = Draft(ExplainedFacts(record, layout: layout), tables: tables)
    self.rules = rules.map { rule in
      let laid = rule.flatMap { rule in rule.grounds.flatMap { draft.lay($0, table: rule.table, text: text) } }
      draft.flat.add(laid, levels: rule.map { draft.lay($0.levels) } ?? [])
      return laid.map { Rule(requirements: $0.requirements.map(\.says)) }
    }
    draft.facts.finish()
    facts = draft.facts.facts
    keys = draft.facts.keys
    let named = draft.facts
    self.tables = named.lists.map { list in list.map { named.facts[$0] } }
    self.layout = draft.facts.layout
    lists = draft.lists
    parents = Self.memory(self.layout.tables.map { Int32($0.parent ?? -1) })
    listFacts = Self.memory(draft.facts.lists.map { Int32($0 ?? -1) })
    steps = Self.memory(draft.steps)
    parts = Self.memory(draft.parts)
    operands = Self.memory(draft.operands)
    items = Self.memory(draft.items)
    filters = Self.memory(draft.filters)
    filterNumbers = draft.filterNumbers.count
    readings = Self.memory(facts.map(Self.reading))
    holdsValues = facts.contains { Self.reading($0).reading == .value }
    outlines = Self.memory(draft.flat.outlines)
    levels = Self.memory(draft.flat.levels)
    requirements = Self.memory(draft.flat.requirements)
    quotes = Self.memory(draft.flat.quotes)
    registers = draft.registers.sorted()
  }

  deinit {
    parents.deallocate()
    listFacts.deallocate()
    steps.deallocate()
    parts.deallocate()
    operands.deallocate()
    items.deallocate()
    filters.deallocate()
    readings.deallocate()
    outlines.deallocate()
    levels.deallocate()
    requirements.deallocate()
    quotes.deallocate()
  }

  private static func memory<T>(_ elements: [T]) -> UnsafeMutablePointer<T> {
    let memory = UnsafeMutablePointer<T>.allocate(capacity: elements.count)
    _ = UnsafeMutableBufferPointer(start: memory, count: elements.count).initialize(from: elements)
    return memory
  }

  private static func reading(_ fact: ExplainedFact) -> Fact {
    var result = Fact(
      table: Int32(fact.table), outer: Int32(fact.outer ?? -1), reading: .scalar, items: 0, column: -1)
    switch fact.content {
    case .scalar(.truth, let column): (result.reading, result.column) = (.truth, Int32(column))
    case .scalar(_, let column): (result.reading, result.column) = (.scalar, Int32(column))
    case .nested(let column): (result.reading, result.column) = (.nested, Int32(column))
    case .list(let table, _, let column):
      (result.reading, result.items, result.column) = (.list, Int32(table), Int32(column))
    case .items(let table): (result.reading, result.items) = (.items, Int32(table))
    case .value(let column): (result.reading, result.column) = (.value, Int32(column))
    }
    func bit(_ state: UInt8) -> UInt64 { 1 << UInt64(state) }
    switch result.reading {
    case .scalar: (result.supplied, result.handsOver) = (bit(Scalars.known), bit(Scalars.handOver))
    case .truth: (result.supplied, result.handsOver) = (bit(Cell.no) | bit(Cell.yes), 0 &- bit(Cell.handOver))
    case .nested, .list, .items: (result.supplied, result.handsOver) = (bit(Cell.yes), 0 &- bit(Cell.handOver))
    case .value: break
    }
    switch result.reading {
    case .scalar, .truth, .list: result.isPlain = fact.outer == nil
    case .nested, .items, .value: break
    }
    return result
  }
}

extension GroundsPlan {
  /// A rule on its way to being laid out flat.
  fileprivate struct LaidRule {
    var table: Int
    var when: Operand?
    var requirements: [(that: Operand, says: Requirement)] = []
  }

  /// Rules that are being laid out flat.
  fileprivate struct FlatRules {
    var outlines: [Outline] = []
    var levels: [Level] = []
    var requirements: [RequirementOutline] = []
    var quotes: [Quote] = []

    mutating func add(_ rule: LaidRule?, levels: [Level]) {
      outlines.append(
        Outline(
          table: rule.map { Int32($0.table) } ?? -1,
          when: rule?.when ?? Operand(register: -1, climb: 0, step: -1), firstRequirement: Int32(requirements.count),
          requirementCount: Int32(rule?.requirements.count ?? 0), firstLevel: Int32(self.levels.count)))
      self.levels += levels
      guard let rule else { return }
      for requirement in rule.requirements {
        let first = quotes.count
        for segment in (requirement.says.message ?? []) + (requirement.says.remedy ?? []) {
          switch segment {
          case .text, .sensitive: break
          case .fact(let fact, let climb):
            quotes.append(Quote(fact: fact, climb: climb, register: -1, kind: .presence))
          case .scalar(let register, let climb, let kind):
            quotes.append(Quote(fact: -1, climb: climb, register: register, kind: kind))
          }
        }
        requirements.append(
          RequirementOutline(
            that: requirement.that, firstQuote: Int32(first), quoteCount: Int32(quotes.count - first)))
      }
    }
  }

  /// A plan that is being laid out.
  fileprivate struct Draft {
    var facts: ExplainedFacts
    /// By the program's number of a table: that of the layout.
    let tables: [Int]
    var steps: [Step] = []
    var parts: [Int32] = []
    var operands: [Operand] = []
    var items: [Items] = []
    var filters: [Filter] = []
    var lists: [String] = []
    var registers: Set<Int> = []
    var flat = FlatRules()
    /// By what tells a filter apart: the items, and of each filter up to it the register, how far up that is, and the list.
    private(set) var filterNumbers: [[Int32]: Int32] = [:]
    private var numberOfList: [String: Int32] = [:]
    // Of the rule at hand.
    private var grounds = RuleGrounds()
    private var text: (Node) -> String = { _ in "" }

    init(_ facts: ExplainedFacts, tables: [Int]) {
      self.facts = facts
      self.tables = tables
    }

    /// Lays out the lists that a rule goes through.
    mutating func lay(_ levels: [Program.CompiledRule.Level]) -> [Level] {
      var above = 0
      return levels.map { level in
        // Rows that were made belong to others than the list does.
        let fact = above >= 0 && tables[level.table] >= 0 ? facts.fact(level.path, in: above) : nil
        defer { above = tables[level.table] }
        return Level(table: Int32(above), fact: fact.map { Int32($0) } ?? -1)
      }
    }

    /// Lays out a rule; nil where it names what has no place among the facts.
    mutating func lay(_ grounds: RuleGrounds, table: Int, text: @escaping (Node) -> String) -> LaidRule? {
      (self.grounds, self.text) = (grounds, text)
      let table = tables[table]
      // What is no record of facts is told apart by the names of variables.
      guard facts.layout.tables.indices.contains(table), facts.type(of: table) != nil else { return nil }
      var rule = LaidRule(table: table)
      if let when = grounds.when {
        guard let operand = operand(when, at: table) else { return nil }
        rule.when = operand
      }
      for requirement in grounds.requirements {
        guard let that = operand(.init(cell: requirement.cell, grounds: requirement.that), at: table) else {
          return nil
        }
        var says = Requirement()
        if let message = requirement.message {
          guard let segments = segments(message, at: table) else { return nil }
          says.message = segments
        }
        if let remedy = requirement.remedy {
          guard let segments = segments(remedy, at: table) else { return nil }
          says.remedy = segments
        }
        rule.requirements.append((that, says))
      }
      return rule
    }

    /// How many tables lie between one and another above it.
    private func climb(from table: Int, to ancestor: Int) -> Int32? {
      var steps: Int32 = 0
      var current = table
      while current != ancestor {
        guard let parent = facts.layout.tables[current].parent else { return nil }
        (current, steps) = (parent, steps + 1)
      }
      return steps
    }

    private mutating func cell(_ cell: Int, at table: Int) -> (register: Int32, climb: Int32)? {
      let cell = grounds.cells[cell]
      guard let climb = climb(from: table, to: tables[cell.table]) else { return nil }
      registers.insert(cell.register)
      return (Int32(cell.register), climb)
    }

    private mutating func operand(_ operand: Grounds.Operand, at table: Int) -> Operand? {
      guard let cell = cell(operand.cell, at: table), let step = lay(operand.grounds, at: table) else { return nil }
      return Operand(register: cell.register, climb: cell.climb, step: step)
    }

    private mutating func fact(_ place: Grounds.Place, at table: Int) -> (fact: Int32, climb: Int32, table: Int)? {
      let own = tables[grounds.tables[place.table]]
      guard let fact = facts.fact(place.path, in: own), let climb = climb(from: table, to: own) else { return nil }
      return (Int32(fact), climb, own)
    }

    private mutating func segments(_ segments: [RuleGrounds.Segment], at table: Int) -> [Segment]? {
      var result: [Segment] = []
      for segment in segments {
        switch segment {
        case .text(let text): result.append(.text(text))
        case .sensitive: result.append(.sensitive)
        case .fact(let place):
          guard let found = fact(place, at: table) else { return nil }
          result.append(.fact(found.fact, climb: found.climb))
        case .scalar(let number, let kind):
          guard let cell = cell(number, at: table) else { return nil }
          result.append(.scalar(register: cell.register, climb: cell.climb, kind))
        }
      }
      return result
    }

    private mutating func list(_ node: Node) -> Int32 {
      let text = text(node)
      if let known = numberOfList[text] { return known }
      lists.append(text)
      numberOfList[text] = Int32(lists.count - 1)
      return Int32(lists.count - 1)
    }

    /// Parts and operands stand together, so those within them come first.
    private mutating func add(_ parts: [Int32], to step: inout Step) {
      (step.first, step.count) = (Int32(self.parts.count), Int32(parts.count))
      self.parts += parts
    }

    private mutating func add(_ operands: [Operand], to step: inout Step) {
      (step.first, step.count) = (Int32(self.operands.count), Int32(operands.count))
      self.operands += operands
    }

    private mutating func lay(_ grounds: Grounds, at table: Int) -> Int32? {
      guard let step = step(grounds, at: table) else { return nil }
      steps.append(step)
      return Int32(steps.count - 1)
    }

    private mutating func step(_ grounds: Grounds, at table: Int) -> Step? {
      switch grounds {
      case .none: return Step(kind: .none)
      case .all(let all):
        var step = Step(kind: .all)
        var parts: [Int32] = []
        for part in all {
          guard let part = lay(part, at: table) else { return nil }
          parts.append(part)
        }
        add(parts, to: &step)
        return step
      case .fact(let place):
        guard let found = fact(place, at: table) else { return nil }
        var step = Step(kind: .fact)
        (step.fact, step.climb, step.table) = (found.fact, found.climb, Int32(found.table))
        return step
      case .derived(let place, let inner):
        let own = tables[self.grounds.tables[place.table]]
        guard let climb = climb(from: table, to: own), let part = lay(inner, at: table) else { return nil }
        var step = Step(kind: .derived)
        (step.climb, step.table) = (climb, Int32(own))
        if !place.path.isEmpty {
          guard let fact = facts.fact(place.path, in: own) else { return nil }
          step.fact = Int32(fact)
        }
        add([part], to: &step)
        return step
      case .known(let inner), .opaque(let inner):
        guard let part = lay(inner, at: table) else { return nil }
        var step = Step(kind: .known)
        if case .opaque = grounds { step.kind = .opaque }
        add([part], to: &step)
        return step
      case .junction(let all, let decider):
        var step = Step(kind: .junction, decider: decider)
        var operands: [Operand] = []
        for operand in all {
          guard let operand = self.operand(operand, at: table) else { return nil }
          operands.append(operand)
        }
        add(operands, to: &step)
        return step
      case .conditional(let condition, let then, let otherwise):
        guard let test = operand(condition, at: table), let first = lay(then, at: table),
          let second = lay(otherwise, at: table)
        else { return nil }
        var step = Step(kind: .conditional)
        // What follows the condition has no truth of its own.
        add(
          [test, Operand(register: -1, climb: 0, step: first), Operand(register: -1, climb: 0, step: second)],
          to: &step)
        return step
      case .items(let items):
        guard let number = lay(items, at: table) else { return nil }
        return Step(kind: .items, items: number)
      case .each(let items, let inner, let node):
        guard let number = lay(items, at: table),
          let part = lay(inner, at: Int(self.items[Int(number)].table))
        else { return nil }
        var step = Step(kind: .each, items: number, list: list(node))
        add([part], to: &step)
        return step
      case .quantifier(let items, let body, let decider, let node):
        guard let number = lay(items, at: table),
          let operand = operand(body, at: Int(self.items[Int(number)].table))
        else { return nil }
        var step = Step(kind: .quantifier, decider: decider, items: number, list: list(node))
        add([operand], to: &step)
        return step
      }
    }

    private mutating func lay(_ list: Grounds.Items, at table: Int) -> Int32? {
      let own = tables[grounds.tables[list.table]]
      guard facts.layout.tables.indices.contains(own), let found = fact(list.list, at: table) else { return nil }
      var filters: [Filter] = []
      var identity = [found.fact, Int32(own)]
      for filter in list.filters {
        guard let test = operand(filter.test, at: own) else { return nil }
        let text = self.list(filter.node)
        identity += [test.register, test.climb, text]
        let number = filterNumbers[identity] ?? Int32(filterNumbers.count)
        filterNumbers[identity] = number
        filters.append(Filter(test: test, list: text, number: number))
      }
      items.append(
        Items(
          fact: found.fact, climb: found.climb, table: Int32(own), firstFilter: Int32(self.filters.count),
          filterCount: Int32(filters.count), haveFacts: list.haveFacts))
      self.filters += filters
      return Int32(items.count - 1)
    }
  }
}
