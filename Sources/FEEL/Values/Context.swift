public import Diagnostics

/// A FEEL context: names and their values, in order.
///
/// A context of facts (``facts`` is set) has every member its type declares; one that was not supplied reads as
/// ``Value/unknown(_:)``. In any other context a name that is not there reads as null.
public final class Context: Sendable {
  public let names: [String]
  let values: [Value?]
  let extent: Extent
  /// Set where the context is part of a record.
  public let facts: FactNode?

  /// A context of plain values; a name given twice keeps its last value.
  public init(_ entries: [(String, Value)]) {
    var names: [String] = []
    var values: [Value?] = []
    names.reserveCapacity(entries.count)
    values.reserveCapacity(entries.count)
    // Few names are looked through, many are found at once.
    var indices: [String: Int] = [:]
    let isLarge = entries.count > 8
    for (name, value) in entries {
      if let index = isLarge ? indices[name] : names.firstIndex(of: name) {
        values[index] = value
      } else {
        if isLarge { indices[name] = names.count }
        names.append(name)
        values.append(value)
      }
    }
    self.names = names
    self.values = values
    extent = Extent(holding: values.lazy.compactMap { $0 })
    facts = nil
  }

  /// A context of plain values, of names that all differ.
  init(names: [String], values: [Value?]) {
    self.names = names
    self.values = values
    extent = Extent(holding: values.lazy.compactMap { $0 })
    facts = nil
  }

  /// A context of facts.
  ///
  /// - Parameter values: one for each member of the node's type, in that order; nil where the fact is absent.
  public init(facts: FactNode, values: [Value?]) {
    precondition(values.count == facts.type.members.count, "one value for each declared member")
    names = facts.type.names
    self.values = values
    var extent = Extent(holding: values.lazy.compactMap { $0 })
    if values.contains(where: { $0 == nil }) { extent.holdsUnknown = true }
    self.extent = extent
    self.facts = facts
  }

  public func index(of name: String) -> Int? {
    if let facts { return facts.type.index(of: name) }
    return names.firstIndex(of: name)
  }

  /// The value at an index: for an absent fact, unknown within what its type allows.
  public subscript(index: Int) -> Value {
    if let value = values[index] { return value }
    guard let facts else { return .null }
    let member = facts.type.members[index]
    return .unknown(
      Unknown(
        missing: [Fact(node: facts, member: index)], lower: member.type.allowedValues?.lower,
        upper: member.type.allowedValues?.upper))
  }

  /// The value at an index where it has a name, is there and is neither unknown nor a list: in which case there is
  /// nothing more to say about it.
  @inline(__always)
  func known(_ index: Int, _ name: String) -> Value? {
    guard index < names.count, names[index] == name, let value = values[index] else { return nil }
    switch value {
    case .unknown, .list: return nil
    default: return value
    }
  }

  /// The value of a name, nil where there is none.
  public subscript(name: String) -> Value? { index(of: name).map { self[$0] } }

  /// Whether the value at an index was supplied.
  public func isSupplied(_ index: Int) -> Bool { values[index] != nil }
}

/// Where a context stands within a record.
public final class FactNode: Sendable {
  /// The way from the parent to here.
  public enum Step: Hashable, Sendable {
    /// A record's root; `key` identifies the record.
    case record(key: String)
    case member(String)
    /// An item of a list: its position from 0, and its key where its type has one.
    case item(list: String, index: Int, key: String?)
  }

  public let parent: FactNode?
  public let step: Step
  public let type: ContextType
  /// Why a member is not there, for those of which more is known than that it is absent.
  public let absences: [Int: Absence]
  /// Where each member came from: empty, or one for each member.
  public let places: [Place?]
  /// Where the whole came from.
  public let place: Place?

  public init(
    parent: FactNode?, step: Step, type: ContextType, absences: [Int: Absence] = [:], places: [Place?] = [],
    place: Place? = nil
  ) {
    self.parent = parent
    self.step = step
    self.type = type
    self.absences = absences
    self.places = places
    self.place = place
  }

  /// The path from the record's root: `staff[W-17].dbs`; empty for the root itself.
  public var path: String {
    var path = ""
    append(to: &path)
    return path
  }

  fileprivate func append(to path: inout String) {
    parent?.append(to: &path)
    switch step {
    case .record: return
    case .member(let name): Self.append(name, to: &path)
    case .item(let list, let index, let key):
      Self.append(list, to: &path)
      path += "["
      path += key ?? String(index + 1)
      path += "]"
    }
  }

  fileprivate static func append(_ name: String, to path: inout String) {
    if !path.isEmpty { path += "." }
    path += name
  }
}

/// Why a fact is not there.
public enum Absence: Hashable, Sendable {
  case absent
  /// It was supplied, but could not be read as what it should be.
  case unreadable(String)
  case redacted
  /// Sources give different values, and nothing says which of them counts; the text has them all.
  case conflicting(String)
}

/// One fact of one record: a member of a context in it.
public struct Fact: Hashable, Sendable {
  public let node: FactNode
  public let member: Int

  public init(node: FactNode, member: Int) {
    self.node = node
    self.member = member
  }

  public var name: String { node.type.members[member].name }

  /// The path from the record's root: `staff[W-17].dbs.issued`.
  public var path: String {
    var path = ""
    node.append(to: &path)
    FactNode.append(name, to: &path)
    return path
  }

  public var absence: Absence { node.absences[member] ?? .absent }

  /// Where it came from; for an absent fact, where what should hold it came from.
  public var place: Place? {
    if member < node.places.count, let place = node.places[member] { return place }
    var ancestor: FactNode? = node
    while let current = ancestor {
      if let place = current.place { return place }
      ancestor = current.parent
    }
    return nil
  }

  public var isSensitive: Bool { node.type.members[member].isSensitive }

  public static func == (left: Fact, right: Fact) -> Bool {
    left.node === right.node && left.member == right.member
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(ObjectIdentifier(node))
    hasher.combine(member)
  }
}
