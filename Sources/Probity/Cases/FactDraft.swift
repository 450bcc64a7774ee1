import Diagnostics
import FEEL

/// A value on its way to being a fact of a record.
indirect enum FactDraft: Sendable {
  case value(Value, Place)
  case context(ContextDraft)
  case items(ItemDrafts, Place)

  var place: Place {
    switch self {
    case .value(_, let place), .items(_, let place): place
    case .context(let context): context.place
    }
  }
}

/// The items of a list, each found by its key, or by its number from 1 where it has none.
struct ItemDrafts: Sendable {
  private(set) var items: [ContextDraft] = []
  private var positions: [String: Int] = [:]

  init(_ items: [ContextDraft] = []) {
    self.items = items
    reindex()
  }

  private func name(_ index: Int) -> String { items[index].key ?? String(index + 1) }

  private mutating func reindex() {
    positions.removeAll(keepingCapacity: true)
    for index in items.indices where positions[name(index)] == nil { positions[name(index)] = index }
  }

  /// What the items are called.
  var names: [String] { items.indices.map(name) }

  func contains(_ item: String) -> Bool { positions[item] != nil }

  /// Puts a whole item in the place of the one of that name, or behind all others.
  mutating func set(_ item: String, to draft: ContextDraft) {
    guard let index = positions[item] else {
      items.append(draft)
      let name = name(items.count - 1)
      positions[name] = positions[name] ?? items.count - 1
      return
    }
    items[index] = draft
    if name(index) != item { reindex() }
  }

  mutating func remove(_ item: String) {
    guard let index = positions[item] else { return }
    items.remove(at: index)
    reindex()
  }

  /// Changes the item of a name, which has to be there.
  mutating func change<Failure: Error>(
    _ item: String, _ body: (inout ContextDraft) throws(Failure) -> Void
  ) throws(Failure) {
    guard let index = positions[item] else { return }
    try body(&items[index])
    if name(index) != item { reindex() }
  }
}

/// A fact that a base, case or row gives, or takes away.
struct FactChange: Sendable {
  var steps: [FactPath.Step]
  /// Nil to take it away.
  var fact: FactDraft?
}

/// How a record of a test file is made: from nothing, by what its bases, then its case and its row, say.
///
/// Cases share what they have in common, so that many of them over one large base take no more than the file does.
struct RecordPlan: Sendable {
  let type: ContextType
  var place: Place
  /// What the record is called where its facts do not say.
  var name: String
  /// The bases' first.
  var layers: [[FactChange]]

  /// The facts; changes that lead to no item are left out, which was reported where they stand.
  var draft: ContextDraft {
    var draft = ContextDraft(type: type, place: place)
    for layer in layers {
      for change in layer { try? draft.set(change.steps[...], to: change.fact) }
    }
    return draft
  }

  var record: Record {
    let draft = draft
    let key = draft.key ?? name
    return Record(key: key, facts: draft.facts(recordKey: key), place: place)
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
            items.items.enumerated().map { index, item in
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
      // Taken out, so that it is changed where it is and not copied.
      if case .context(let there)? = members.removeValue(forKey: step.member) {
        inner = there
      } else if let draft {
        inner = ContextDraft(type: nested, place: draft.place)
      } else {
        return
      }
      defer { members[step.member] = .context(inner) }
      try inner.set(rest, to: draft)
      return
    }
    var items = ItemDrafts()
    var place = draft?.place ?? place
    var isList = false
    if case .items(let there, let own)? = members.removeValue(forKey: step.member) {
      (items, place, isList) = (there, own, true)
    }
    defer { if isList { members[step.member] = .items(items, place) } }
    if rest.isEmpty, case .context(let new)? = draft {
      items.set(item, to: new)
      isList = true
    } else if !items.contains(item) {
      throw NoSuchItem(list: type.members[step.member].name, item: item, items: items.names)
    } else if rest.isEmpty {
      items.remove(item)
    } else {
      try items.change(item) { (inner) throws(NoSuchItem) in try inner.set(rest, to: draft) }
    }
  }
}
