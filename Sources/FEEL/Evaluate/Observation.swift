/// What was read on the way to an outcome.
public enum Observation: Sendable {
  /// A fact, and what it held.
  case fact(Fact, Value)
  /// A list was gone through.
  case list(ListObservation)

  /// Each fact and each list once, in the order in which they were read first.
  public static func distinct(_ observations: [Observation]) -> [Observation] {
    // Nearly always there are few.
    if observations.count <= 16 { return distinctOfFew(observations) }
    var facts: Set<Fact> = []
    var lists: Set<ListObservation> = []
    return observations.filter { observation in
      switch observation {
      case .fact(let fact, _): facts.insert(fact).inserted
      case .list(let list): lists.insert(list).inserted
      }
    }
  }

  private static func distinctOfFew(_ observations: [Observation]) -> [Observation] {
    var distinct: [Observation] = []
    distinct.reserveCapacity(observations.count)
    for observation in observations where !distinct.contains(where: { $0.isOfTheSame(as: observation) }) {
      distinct.append(observation)
    }
    return distinct
  }

  private func isOfTheSame(as other: Observation) -> Bool {
    switch (self, other) {
    case (.fact(let fact, _), .fact(let otherFact, _)): fact == otherFact
    case (.list(let list), .list(let otherList)): list == otherList
    default: false
    }
  }
}

/// How a list was gone through: how many items it has, and how many of those that decided have no observations, since
/// the first few stand for them.
public struct ListObservation: Sendable, Hashable {
  /// The filter, or the list that was gone through otherwise.
  public let node: Node
  /// How many items were gone through.
  public let items: Int
  /// Of a filter: how many surely satisfy its condition.
  public let selected: Int?
  /// Of a filter: how many may or may not.
  public let perhaps: Int
  public let omitted: Int

  public init(node: Node, items: Int, selected: Int?, perhaps: Int, omitted: Int) {
    self.node = node
    self.items = items
    self.selected = selected
    self.perhaps = perhaps
    self.omitted = omitted
  }

  public static func == (left: ListObservation, right: ListObservation) -> Bool {
    left.node == right.node && left.items == right.items && left.selected == right.selected
      && left.perhaps == right.perhaps && left.omitted == right.omitted
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(node)
    hasher.combine(items)
    hasher.combine(selected)
  }
}

extension Evaluator {
  /// Of so many items what was read is observed, where they decided alike.
  package static let observedItems = 3

  /// What is observed of items that decide alike: of the first few what was read, of the rest how many they are.
  struct ItemObservations {
    private var kept = 0
    private(set) var omitted = 0

    /// Takes note of an item.
    ///
    /// - Parameter mark: how many observations there were before it.
    mutating func add(_ item: Value, from mark: Int, in evaluator: Evaluator) {
      // What is no item of a record has no facts of its own.
      guard evaluator.observations != nil, case .context(let context) = item, context.facts != nil else { return }
      if kept < Evaluator.observedItems {
        kept += 1
      } else {
        omitted += 1
        evaluator.observations?.removeSubrange(mark...)
      }
    }
  }

  /// Takes note of a list that was gone through. Values without facts of their own stand in the evidence as they are.
  func observe(_ list: ListObservation) {
    guard observations != nil, list.items > 0, case .context(let type)? = list.node.type.item?.base, type.name != nil
    else { return }
    observations?.append(.list(list))
  }

  /// Takes note of a list all of whose items decided, where the first few stand for others.
  func observe(_ node: Node?, _ list: List, _ omitted: Int) {
    guard omitted > 0, let node else { return }
    observe(ListObservation(node: node, items: list.items.count, selected: nil, perhaps: 0, omitted: omitted))
  }

  /// Goes through a list's items, all of which decide.
  func mapItems(_ list: List, of node: Node?, _ body: (Value) -> Value) -> [Value] {
    var observed = ItemObservations()
    let values = list.items.map { item in
      let mark = observations?.count ?? 0
      let value = body(item)
      observed.add(item, from: mark, in: self)
      return value
    }
    observe(node, list, observed.omitted)
    return values
  }
}
