import Diagnostics
import FEEL

/// A record in which each nested fact that is missing stands as a whole of which every fact is missing.
///
/// The two mean the same (a completion gives a missing nested fact with every fact in it), but here what rests on it
/// rests on its single facts, which a person can be asked for.
struct RecordExpansion {
  private(set) var record: Record
  /// What stands in the place of each nested fact that is missing.
  private(set) var nodes: [Fact: FactNode] = [:]

  init(_ record: Record) {
    self.record = record
    self.record.facts = expanded(record.facts)
  }

  private mutating func expanded(_ context: Context) -> Context {
    guard let node = context.facts else { return context }
    let values = node.type.members.indices.map { index -> Value? in
      guard !context.isSupplied(index) else { return expanded(context[index]) }
      guard case .context(let type) = node.type.members[index].type.base else { return nil }
      let fact = Fact(node: node, member: index)
      // Why the whole is not there is why each part of it is not.
      let absences: [Int: Absence] =
        fact.absence == .absent
        ? [:] : Dictionary(uniqueKeysWithValues: type.members.indices.map { ($0, fact.absence) })
      let inner = FactNode(
        parent: node, step: .member(fact.name), type: type, absences: absences, place: fact.place)
      nodes[fact] = inner
      return .context(expanded(Context(facts: inner, values: type.members.map { _ in nil })))
    }
    return Context(facts: node, values: values)
  }

  private mutating func expanded(_ value: Value) -> Value {
    switch value {
    case .context(let context): .context(expanded(context))
    case .list(let list): .list(List(list.items.map { expanded($0) }, doubts: list.doubts))
    default: value
    }
  }

  /// The single facts that stand for a missing one, of those that are wanted; the fact itself where it is not nested.
  func leaves(of fact: Fact, wanted: UsedFacts) -> [Fact] {
    guard let inner = nodes[fact] else { return [fact] }
    return inner.type.members.indices.filter { wanted.contains($0, of: inner.type) }.flatMap { member in
      leaves(of: Fact(node: inner, member: member), wanted: wanted)
    }
  }
}

extension Type {
  /// The declared type of a nested fact, or of the items of a list.
  var itemContext: ContextType? {
    if case .context(let type) = (item ?? self).base { type } else { nil }
  }
}

extension Vocabulary {
  /// The facts of each item of a list that are wanted, those of nested facts and of lists within by their paths; what
  /// identifies an item comes first.
  func columns(of type: ContextType, wanted: UsedFacts) -> [RequestedFact.ItemFact] {
    var columns: [RequestedFact.ItemFact] = []
    func visit(_ type: ContextType, _ prefix: String, _ labels: [String], isItem: Bool) {
      let key = isItem ? type.key : nil
      for member in (key.map { [$0] } ?? []) + type.members.indices.filter({ $0 != key }) {
        guard member == key || wanted.contains(member, of: type) else { continue }
        let path = prefix + type.members[member].name
        let label = declaration(of: member, in: type)?.label ?? path
        if case .context(let nested) = type.members[member].type.base {
          visit(nested, path + ".", labels, isItem: false)
          continue
        }
        columns.append(.init(path: path, label: (labels + [label]).joined(separator: ": ")))
        if case .context(let item)? = type.members[member].type.item?.base {
          visit(item, path + "[].", labels + [label], isItem: true)
        }
      }
    }
    visit(type, "", [], isItem: true)
    return columns
  }
}
