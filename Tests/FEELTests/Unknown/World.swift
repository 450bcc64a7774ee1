import Diagnostics
import FEEL

/// A fact of the small record over which expressions are tried out, and the values it may have.
enum Cell: Int, CaseIterable {
  /// Conditions.
  case a, b
  /// Numbers declared to lie in `[0..2]`, and one that nothing bounds.
  case n, m, u
  /// A text with three allowed values.
  case t
  /// A date, and one that is declared to be no earlier than 2026-06-30.
  case d, e
  /// A duration in days, a duration in months, a time of day.
  case p, q, h
  /// A list of texts.
  case tags
  /// A list of items `{x: [0..2], ok: boolean}`: whether it is there and how long it is, then its items' facts.
  case items, x0, ok0, x1, ok1

  var name: String { String(describing: self) }

  /// How many ways the fact can be, apart from being absent.
  var count: Int { self == .items ? 3 : values.count }

  var values: [Value] {
    switch self {
    case .a, .b, .ok0, .ok1: [.boolean(true), .boolean(false)]
    case .n: ["0", "0.5", "1", "2"].map { .number(Number($0)!) }
    case .m: [0, 1, 2].map { .number($0) }
    case .x0: [0, 1, 2].map { .number($0) }
    case .x1: [0, 2].map { .number($0) }
    case .u: [-7, 0, 9].map { .number($0) }
    case .t: ["x", "y", "z"].map { .string($0) }
    case .d: Self.dates("2025-12-31", "2026-06-30", "2026-07-31")
    case .e: Self.dates("2026-06-30", "2026-07-31", "2028-02-29")
    case .p: ["P0D", "P2D", "P400D"].map { .daysAndTimeDuration(DaysAndTimeDuration($0)!) }
    case .q: ["P0M", "P1M", "P2Y"].map { .yearsAndMonthsDuration(YearsAndMonthsDuration($0)!) }
    case .h: ["09:30:00", "23:00:00", "12:00:00Z"].map { .time(CivilTime($0)!) }
    case .tags: [[], ["x"], ["x", "y"], ["y", "z", "z"]].map { .list(List($0.map { .string($0) })) }
    case .items: []
    }
  }

  private static func dates(_ texts: String...) -> [Value] { texts.map { .date(CivilDate($0)!) } }

  /// Whether ``values`` stand for all values the fact may have, rather than being some of them.
  var isExhaustive: Bool {
    switch self {
    case .a, .b, .n, .t, .items, .x0, .ok0, .ok1: true
    case .m, .u, .d, .e, .p, .q, .h, .tags, .x1: false
    }
  }

  /// The position of the item whose fact this is.
  var item: Int? {
    switch self {
    case .x0, .ok0: 0
    case .x1, .ok1: 1
    default: nil
    }
  }
}

/// The types of the small record.
enum SmallRecord {
  static let bounded = Type.restricted(
    .number, AllowedValues(lower: .number(0), upper: .number(2), text: "[0..2]"))
  static let item = ContextType(name: "item", members: [.init("x", bounded), .init("ok", .boolean)])
  static let members: [(Cell, Type)] = [
    (.a, .boolean), (.b, .boolean), (.n, bounded), (.m, bounded), (.u, .number),
    (
      .t,
      .restricted(
        .string, AllowedValues(listed: ["x", "y", "z"].map { .string($0) }, text: "x, y, z"))
    ),
    (.d, .date),
    (
      .e,
      .restricted(
        .date,
        AllowedValues(lower: .date(CivilDate(year: 2026, month: 6, day: 30)!), text: ">= @\"2026-06-30\""))
    ),
    (.p, .daysAndTimeDuration), (.q, .yearsAndMonthsDuration), (.h, .time), (.tags, .list(.string)),
    (.items, .list(.context(item))),
  ]
  static let type = ContextType(name: "record", members: members.map { .init($0.0.name, $0.1) })
}

/// Resolves names to the facts of one record, as a rule book does.
final class RecordScope: Scope {
  let type: ContextType
  let knownNames: KnownNames

  init(_ type: ContextType) {
    self.type = type
    knownNames = KnownNames(scope: type.members.map(\.name), members: [])
  }

  var candidates: [String] { type.members.map(\.name) }

  func resolve(_ name: String) -> Resolution? { type.index(of: name).map { .member(of: 0, type, index: $0) } }
}

/// Some of the small record's facts, each absent or with one of its values.
struct World {
  /// For each cell 0 where it is absent (or means nothing here), otherwise the number of its value from 1.
  var cells: [Int]

  /// Whether a cell means something: the facts of an item do where the list is that long.
  static func isLive(_ cell: Cell, _ cells: [Int]) -> Bool {
    guard let item = cell.item else { return true }
    return cells[Cell.items.rawValue] - 1 > item
  }

  var record: (context: Context, absent: [Fact: Cell]) {
    var absent: [Fact: Cell] = [:]
    let root = FactNode(parent: nil, step: .record(key: "R"), type: SmallRecord.type)
    var values: [Value?] = []
    for (index, member) in SmallRecord.members.enumerated() {
      let cell = member.0
      let state = cells[cell.rawValue]
      if state == 0 {
        absent[Fact(node: root, member: index)] = cell
        values.append(nil)
      } else if cell == .items {
        values.append(.list(List((0..<state - 1).map { item($0, in: root, &absent) })))
      } else {
        values.append(cell.values[state - 1])
      }
    }
    return (Context(facts: root, values: values), absent)
  }

  private func item(_ index: Int, in root: FactNode, _ absent: inout [Fact: Cell]) -> Value {
    let node = FactNode(
      parent: root, step: .item(list: "items", index: index, key: nil), type: SmallRecord.item)
    let facts: [Cell] = index == 0 ? [.x0, .ok0] : [.x1, .ok1]
    let values = facts.enumerated().map { member, cell -> Value? in
      let state = cells[cell.rawValue]
      if state == 0 {
        absent[Fact(node: node, member: member)] = cell
        return nil
      }
      return cell.values[state - 1]
    }
    return .context(Context(facts: node, values: values))
  }

  var description: String {
    let facts = Cell.allCases.filter { World.isLive($0, cells) && cells[$0.rawValue] > 0 }.map { cell in
      cell == .items
        ? "items of \(cells[cell.rawValue] - 1)" : "\(cell.name) = \(cell.values[cells[cell.rawValue] - 1].literal)"
    }
    return facts.isEmpty ? "nothing supplied" : facts.joined(separator: ", ")
  }
}

/// All the worlds over some cells, complete ones and those in which facts are absent.
struct WorldSpace {
  struct Entry {
    var world: World
    var record: Context
    var absent: [Fact: Cell]
    /// The worlds in which the first absent fact has each of its values; empty where no fact is absent.
    var filled: [Int]
  }

  let used: [Cell]
  /// By number; nil for numbers that stand for no world of their own.
  private(set) var entries: [Entry?]

  init(_ cells: Set<Cell>) {
    var cells = cells
    if cells.contains(.items) { cells.formUnion([.x0, .ok0, .x1, .ok1]) }
    used = Cell.allCases.filter { cells.contains($0) }
    let count = used.reduce(1) { $0 * ($1.count + 1) }
    entries = []
    for number in 0..<count {
      var rest = number
      var states = [Int](repeating: 0, count: Cell.allCases.count)
      for cell in used {
        states[cell.rawValue] = rest % (cell.count + 1)
        rest /= cell.count + 1
      }
      guard used.allSatisfy({ World.isLive($0, states) || states[$0.rawValue] == 0 }) else {
        entries.append(nil)
        continue
      }
      let world = World(cells: states)
      let (record, missing) = world.record
      // The facts that an expression does not speak of are always absent.
      let absent = missing.filter { cells.contains($0.value) }
      let first = used.first { World.isLive($0, states) && states[$0.rawValue] == 0 }
      let filled = first.map { cell in (1...cell.count).map { number + $0 * stride(of: cell) } } ?? []
      entries.append(Entry(world: world, record: record, absent: absent, filled: filled))
    }
  }

  /// How many worlds there are over some cells.
  static func size(of cells: Set<Cell>) -> Int {
    let items = [[Cell.x0, .ok0], [.x1, .ok1]].map { facts in facts.reduce(1) { $0 * ($1.count + 1) } }
    // The list is missing, empty, has one item or two.
    let lists = cells.contains(.items) ? 2 + items[0] + items[0] * items[1] : 1
    return cells.subtracting([.items]).reduce(lists) { $0 * ($1.count + 1) }
  }

  private func stride(of cell: Cell) -> Int {
    used.prefix { $0 != cell }.reduce(1) { $0 * ($1.count + 1) }
  }

  /// The worlds like one of them in which one fact more has each of its values.
  func filling(_ cell: Cell, in number: Int) -> [Int] {
    (1...cell.count).map { number + $0 * stride(of: cell) }
  }
}

/// Gives expressions the small record.
final class RecordHost: Host {
  var record: Context

  init(_ record: Context) { self.record = record }

  func value(of binding: Int, in evaluator: Evaluator) -> Value { .context(record) }
}
