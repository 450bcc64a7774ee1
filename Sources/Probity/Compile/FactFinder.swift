package import FEEL

/// Finds single facts of a record, without putting the whole of it together.
///
/// Contexts that were found have numbers, of which 0 is the record's own.
package protocol FactFinder: AnyObject {
  /// An item of a list of a context; nil where there is no such item, or it has no facts.
  ///
  /// - Parameters:
  ///   - index: from 0.
  ///   - list: member positions from the context down.
  func item(_ index: Int, of list: [Int], in context: Int) -> Int?
  /// The fact at a path, and its value, or nil for one that is missing; of one that would stand in a nested fact that is
  /// missing itself, this. Nil where the path leads nowhere.
  func fact(_ path: [Int], in context: Int) -> (fact: Fact, value: Value?)?
  func node(of context: Int) -> FactNode?
}

/// Finds the facts of a record that is at hand.
final class HeldFacts: FactFinder {
  private var contexts: [Context]

  init(_ record: Record) { contexts = [record.facts] }

  func item(_ index: Int, of list: [Int], in context: Int) -> Int? {
    guard case .list(let list)? = fact(list, in: context).flatMap(\.value), list.items.indices.contains(index),
      case .context(let item) = list.items[index]
    else { return nil }
    contexts.append(item)
    return contexts.count - 1
  }

  func fact(_ path: [Int], in context: Int) -> (fact: Fact, value: Value?)? {
    var owner = contexts[context]
    for (depth, member) in path.enumerated() {
      guard let node = owner.facts, owner.names.indices.contains(member) else { return nil }
      let fact = Fact(node: node, member: member)
      guard owner.isSupplied(member) else { return (fact, nil) }
      let value = owner[member]
      if depth == path.count - 1 { return (fact, value) }
      guard case .context(let inner) = value else { return nil }
      owner = inner
    }
    return nil
  }

  func node(of context: Int) -> FactNode? { contexts[context].facts }
}
