import Diagnostics
import FEEL

/// A tree of feeds that is being put together fact by fact.
struct FeedDraft {
  /// What a dotted path stands for.
  enum Target {
    case fact(ContextType.Member, of: ContextType)
    /// A name that its type does not have, with the nearest one that it has.
    case unknown(String, in: ContextType, nearest: String?)
    /// A name with more names after it whose fact has no facts of its own.
    case notNested(String, Type)
  }

  private enum Slot {
    case feed(FeedTree.Feed)
    case group(FeedDraft)
  }

  let type: ContextType
  private var slots: [Int: Slot] = [:]

  init(_ type: ContextType) { self.type = type }

  /// The fact at the end of a path of names.
  static func target(of path: [Substring], in type: ContextType) -> Target? {
    var type = type
    for (index, name) in path.enumerated() {
      guard let member = type.member(String(name)) else {
        return .unknown(
          String(name), in: type, nearest: NearMiss.nearest(to: String(name), among: type.members.map(\.name)))
      }
      if index == path.count - 1 { return .fact(member, of: type) }
      guard case .context(let nested) = member.type.base else { return .notNested(member.name, member.type) }
      type = nested
    }
    return nil
  }

  /// Puts a feed where a path leads.
  ///
  /// - Returns: false where something feeds the fact, or a fact above or below it, already.
  mutating func insert(_ feed: FeedTree.Feed, at path: ArraySlice<Substring>) -> Bool {
    guard let name = path.first, let member = type.index(of: String(name)) else { return false }
    guard path.count > 1 else {
      guard slots[member] == nil else { return false }
      slots[member] = .feed(feed)
      return true
    }
    guard case .context(let nested) = type.members[member].type.base else { return false }
    switch slots[member] {
    case .feed: return false
    case nil:
      var group = FeedDraft(nested)
      guard group.insert(feed, at: path.dropFirst()) else { return false }
      slots[member] = .group(group)
      return true
    case .group(var group):
      guard group.insert(feed, at: path.dropFirst()) else { return false }
      slots[member] = .group(group)
      return true
    }
  }

  func feeds(_ name: String) -> Bool { type.index(of: name).map { slots[$0] != nil } ?? false }

  var tree: FeedTree {
    FeedTree(
      type,
      feeds: type.members.indices.map { member in
        switch slots[member] {
        case nil: nil
        case .feed(let feed): feed
        case .group(let draft): .group(draft.tree)
        }
      })
  }
}
