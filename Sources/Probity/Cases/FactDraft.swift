import Diagnostics
import FEEL

/// A value on its way to being a fact of a record.
indirect enum FactDraft: Sendable {
  case value(Value, Place)
  case context(ContextDraft)
  case items([ContextDraft], Place)

  var place: Place {
    switch self {
    case .value(_, let place), .items(_, let place): place
    case .context(let context): context.place
    }
  }
}

/// The facts of a record, of a nested fact or of an item, before they are fixed: what a base says and what was changed.
struct ContextDraft: Sendable {
  let type: ContextType
  /// By the member's position; what is not there was not supplied.
  var members: [Int: FactDraft] = [:]
  var place: Place

  /// What tells it apart in a list: nil where its type has no key, the key is sensitive or was not supplied.
  var key: String? {
    guard let member = type.key, !type.members[member].isSensitive, case .value(let value, _)? = members[member] else {
      return nil
    }
    return value.description
  }

  // MARK: Building

  /// The facts as a record holds them.
  func facts(recordKey: String) -> Context { build(parent: nil, step: .record(key: recordKey)) }

  private func build(parent: FactNode?, step: FactNode.Step) -> Context {
    var places = [Place?](repeating: nil, count: type.members.count)
    for (member, draft) in members { places[member] = draft.place }
    let node = FactNode(parent: parent, step: step, type: type, places: places, place: place)
    let values = type.members.indices.map { member -> Value? in
      let name = type.members[member].name
      switch members[member] {
      case nil: return nil
      case .value(let value, _)?: return value
      case .context(let nested)?: return .context(nested.build(parent: node, step: .member(name)))
      case .items(let items, _)?:
        return .list(
          List(
            items.enumerated().map { index, item in
              .context(item.build(parent: node, step: .item(list: name, index: index, key: item.key)))
            }))
      }
    }
    return Context(facts: node, values: values)
  }

  // MARK: Changing

  /// Why a path leads nowhere in this record.
  struct NoSuchItem: Error {
    var list: String
    var item: String
    /// The items that there are.
    var items: [String]
  }

  /// Puts a fact in its place, or takes it away; a nested fact on the way is made where it was not there.
  mutating func set(_ steps: ArraySlice<FactPath.Step>, to draft: FactDraft?) throws(NoSuchItem) {
    guard let step = steps.first else { return }
    let rest = steps.dropFirst()
    guard let item = step.item else {
      guard !rest.isEmpty else {
        members[step.member] = draft
        return
      }
      guard case .context(let nested) = type.members[step.member].type.base else { return }
      var inner: ContextDraft
      if case .context(let there)? = members[step.member] {
        inner = there
      } else if let draft {
        inner = ContextDraft(type: nested, place: draft.place)
      } else {
        return
      }
      try inner.set(rest, to: draft)
      members[step.member] = .context(inner)
      return
    }
    var items: [ContextDraft] = []
    var place = draft?.place ?? place
    if case .items(let there, let own)? = members[step.member] { (items, place) = (there, own) }
    let index = items.indices.first { (items[$0].key ?? String($0 + 1)) == item }
    if rest.isEmpty {
      if case .context(let new)? = draft {
        if let index { items[index] = new } else { items.append(new) }
      } else if let index {
        items.remove(at: index)
      } else {
        throw NoSuchItem(list: type.members[step.member].name, item: item, items: Self.keys(of: items))
      }
    } else {
      guard let index else {
        throw NoSuchItem(list: type.members[step.member].name, item: item, items: Self.keys(of: items))
      }
      try items[index].set(rest, to: draft)
    }
    members[step.member] = .items(items, place)
  }

  private static func keys(of items: [ContextDraft]) -> [String] {
    items.enumerated().map { $1.key ?? String($0 + 1) }
  }
}
