import FEEL
import Probity

/// How the facts of a type are read from a document whose keys are their names; laid out once for a run.
final class TypePlan: Sendable {
  /// How one fact is read.
  enum Shape: Sendable {
    case scalar(ScalarReader)
    case scalars(ScalarReader)
    case nested(TypePlan)
    case items(TypePlan)
  }

  let type: ContextType
  /// One for each member of the type; nil for a fact that is passed over.
  let shapes: [Shape?]
  /// The name of the fact that identifies an item.
  let keyName: [UInt8]

  /// - Parameters:
  ///   - facts: which facts are wanted; what identifies a record or an item is read in any case.
  ///   - others: members that are read too.
  init(
    _ type: ContextType, in vocabulary: Vocabulary, facts: UsedFacts = .all, isIdentified: Bool = true,
    others: [Int] = []
  ) {
    self.type = type
    keyName = type.key.map { Array(type.members[$0].name.utf8) } ?? []
    shapes = type.members.enumerated().map { index, member in
      guard
        facts.contains(index, of: type) || (isIdentified && index == type.key) || others.contains(index)
      else { return nil }
      let tests = vocabulary.declaration(of: index, in: type)?.tests
      if case .context(let nested) = member.type.base {
        return .nested(TypePlan(nested, in: vocabulary, facts: facts, isIdentified: false))
      }
      guard let item = member.type.item else { return .scalar(ScalarReader(member.type, tests: tests)) }
      if case .context(let nested) = item.base { return .items(TypePlan(nested, in: vocabulary, facts: facts)) }
      return .scalars(ScalarReader(item, tests: tests))
    }
  }

  /// How a record is read: what is wanted, its key, and what it is called.
  convenience init(record type: Vocabulary.RecordType, in vocabulary: Vocabulary, facts: UsedFacts) {
    self.init(type.context, in: vocabulary, facts: facts, others: type.nameMember.map { [$0] } ?? [])
  }
}

extension Vocabulary.RecordType {
  /// The fact that is shown beside the key, unless it must not be shown.
  var nameMember: Int? {
    nameFact.flatMap { context.index(of: $0) }.flatMap { context.members[$0].isSensitive ? nil : $0 }
  }
}

/// How the facts of a type are fed by a mapping.
final class FeedTree: Sendable {
  /// Where a text comes from.
  enum Origin: Sendable {
    /// The column in this slot of ``Mapping/columns``.
    case column(Int)
    case columns([Int], join: String, each: ScalarReader)
    case path(DocumentPath)
    case paths(PathChoice)
    /// The number of the record in its file.
    case row
    /// A FEEL expression over the row's cells.
    case expression(RowExpression)
  }

  /// Paths of which the first that leads to a value counts; they may go through lists.
  struct PathChoice: Sendable {
    var paths: [DocumentPath]
    /// What stands between several values; nil where they have to be the same.
    var join: String?
    /// Reads each of the values that are joined.
    var each: ScalarReader
  }

  /// One of the sources that a fact may come from.
  struct Candidate: Sendable {
    /// The joins on the way from the row at hand, as positions of sources; none where it is read from the row itself.
    var hops: [Int]
    var source: Int
    var origin: Origin
    var reader: ScalarReader
  }

  /// How one fact is fed.
  indirect enum Feed: Sendable {
    case scalar(Origin, ScalarReader, default: Value?)
    /// A text that holds several values, or one where the separator is empty.
    case split(Origin, separator: [UInt8], whole: ScalarReader, ScalarReader, default: Value?)
    /// The values to which a path through lists leads.
    case list(DocumentPath, ScalarReader, default: Value?)
    case constant(Value)
    case group(FeedTree)
    /// Items whose facts stand side by side.
    case items([FeedTree], isEmptyWhenAbsent: Bool)
    /// Each item of a list, with feeds of its own.
    case each(DocumentPath, FeedTree, isEmptyWhenAbsent: Bool)
    /// An object whose keys are names of facts.
    case object(DocumentPath, TypePlan)
    /// A list of such objects.
    case objects(DocumentPath, TypePlan, isEmptyWhenAbsent: Bool)
    /// What sources say that may differ; `ranking` has the sources that count before others, best first.
    case candidates([Candidate], ranking: [Int], default: Value?)
    /// An item for each row that the joins lead to.
    case joinedItems(hops: [Int], FeedTree, isEmptyWhenAbsent: Bool)
    /// The values of all rows that the joins lead to, each text split as by ``split``.
    case joinedValues(hops: [Int], Origin, separator: [UInt8], whole: ScalarReader, ScalarReader, default: Value?)
    /// A nested fact that is there only where something of it is.
    case supplied(FeedTree)
    /// A list of which a cell says that it has no items, or that they are what another feed gives.
    case declared(Origin, Feed?)
    /// What another feed takes from the one row that the joins lead to.
    case joined(hops: [Int], Feed)
  }

  let type: ContextType
  /// One for each member of the type, nil for a fact that nothing feeds.
  let feeds: [Feed?]

  init(_ type: ContextType, feeds: [Feed?]) {
    self.type = type
    self.feeds = feeds
  }

  /// The same, for the facts that are wanted and what identifies a record or an item.
  ///
  /// - Parameter others: members that are read too.
  func restricted(
    to facts: UsedFacts, in vocabulary: Vocabulary, isIdentified: Bool = true, others: [Int] = []
  ) -> FeedTree {
    func restricted(_ plan: TypePlan, isIdentified: Bool) -> TypePlan {
      TypePlan(plan.type, in: vocabulary, facts: facts, isIdentified: isIdentified)
    }
    func restricted(_ feed: Feed) -> Feed {
      switch feed {
      case .scalar, .split, .list, .constant, .candidates, .joinedValues: return feed
      case .group(let tree): return .group(tree.restricted(to: facts, in: vocabulary, isIdentified: false))
      case .items(let trees, let isEmpty):
        return .items(trees.map { $0.restricted(to: facts, in: vocabulary) }, isEmptyWhenAbsent: isEmpty)
      case .each(let path, let tree, let isEmpty):
        return .each(path, tree.restricted(to: facts, in: vocabulary), isEmptyWhenAbsent: isEmpty)
      case .object(let path, let plan): return .object(path, restricted(plan, isIdentified: false))
      case .objects(let path, let plan, let isEmpty):
        return .objects(path, restricted(plan, isIdentified: true), isEmptyWhenAbsent: isEmpty)
      case .joinedItems(let hops, let tree, let isEmpty):
        return .joinedItems(hops: hops, tree.restricted(to: facts, in: vocabulary), isEmptyWhenAbsent: isEmpty)
      case .supplied(let tree): return .supplied(tree.restricted(to: facts, in: vocabulary, isIdentified: false))
      case .declared(let origin, let feed): return .declared(origin, feed.map(restricted))
      case .joined(let hops, let feed): return .joined(hops: hops, restricted(feed))
      }
    }
    let feeds = feeds.enumerated().map { member, feed -> Feed? in
      let isWanted = facts.contains(member, of: type) || (isIdentified && member == type.key) || others.contains(member)
      return isWanted ? feed.map(restricted) : nil
    }
    return FeedTree(type, feeds: feeds)
  }
}

/// The way to a value within a document: keys, of which some hold lists to be gone through.
public struct DocumentPath: Hashable, Sendable, CustomStringConvertible {
  struct Step: Hashable, Sendable {
    var key: String { String(decoding: keyBytes, as: UTF8.self) }
    var keyBytes: [UInt8]
    /// Whether `[]` follows: the step goes through the items of a list.
    var isList: Bool
  }

  /// As it was written.
  public let description: String
  private(set) var steps: [Step]

  /// Why a text is not a path.
  struct Fault: Error, Hashable {
    var message: String
    /// UTF-8 offsets in the path.
    var range: Range<Int>
  }

  init(_ text: String) throws(Fault) {
    description = text
    let bytes = Array(text.utf8)
    var steps: [Step] = []
    var index = 0
    repeat {
      let start = index
      var key: [UInt8] = []
      if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
        guard let end = bytes[(index + 1)...].firstIndex(of: UInt8(ascii: "\"")) else {
          throw Fault(message: "a quote that is not closed", range: start..<bytes.count)
        }
        key = Array(bytes[index + 1..<end])
        index = end + 1
      } else {
        while index < bytes.count, !Self.ends(bytes[index]) {
          key.append(bytes[index])
          index += 1
        }
      }
      guard !key.isEmpty else { throw Fault(message: "expected a key", range: start..<max(index, start)) }
      var isList = false
      if bytes[index...].starts(with: Array("[]".utf8)) {
        isList = true
        index += 2
      }
      steps.append(Step(keyBytes: key, isList: isList))
      guard index == bytes.count || bytes[index] == UInt8(ascii: ".") else {
        throw Fault(message: "expected `.` or `[]` after a key", range: index..<index + 1)
      }
      index += 1
    } while index <= bytes.count
    self.steps = steps
  }

  private static func ends(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ".") || byte == UInt8(ascii: "[") || byte == UInt8(ascii: "]") || byte == UInt8(ascii: "\"")
  }

  var hasLists: Bool { steps.contains(where: \.isList) }

  /// The path with `[]` after its last key.
  var throughLast: DocumentPath {
    var path = self
    if let last = path.steps.indices.last { path.steps[last].isList = true }
    return path
  }
}
