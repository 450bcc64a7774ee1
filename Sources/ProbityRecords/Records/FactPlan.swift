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
  /// One for each member of the type.
  let shapes: [Shape]
  /// The name of the fact that identifies an item.
  let keyName: [UInt8]

  init(_ type: ContextType, in vocabulary: Vocabulary) {
    self.type = type
    keyName = type.key.map { Array(type.members[$0].name.utf8) } ?? []
    shapes = type.members.enumerated().map { index, member in
      let tests = vocabulary.declaration(of: index, in: type)?.tests
      if case .context(let nested) = member.type.base { return .nested(TypePlan(nested, in: vocabulary)) }
      guard let item = member.type.item else { return .scalar(ScalarReader(member.type, tests: tests)) }
      if case .context(let nested) = item.base { return .items(TypePlan(nested, in: vocabulary)) }
      return .scalars(ScalarReader(item, tests: tests))
    }
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
    /// The number of the record in its file.
    case row
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
  }

  let type: ContextType
  /// One for each member of the type, nil for a fact that nothing feeds.
  let feeds: [Feed?]

  init(_ type: ContextType, feeds: [Feed?]) {
    self.type = type
    self.feeds = feeds
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
