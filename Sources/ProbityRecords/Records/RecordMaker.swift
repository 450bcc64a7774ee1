import Diagnostics
import FEEL
import Probity

/// What the records of a run are, and what is wanted of them.
final class RecordShape: Sendable {
  let type: Vocabulary.RecordType
  let vocabulary: Vocabulary
  let demand: RecordDemand
  /// How documents are read whose keys are the names of facts.
  let plan: TypePlan

  init(_ type: Vocabulary.RecordType, in vocabulary: Vocabulary, demand: RecordDemand) {
    self.type = type
    self.vocabulary = vocabulary
    self.demand = demand
    plan = TypePlan(record: type, in: vocabulary, facts: demand.facts)
  }

  /// Of a tree of feeds what is wanted.
  func restricted(_ tree: FeedTree) -> FeedTree {
    tree.restricted(
      to: demand.facts, in: vocabulary, others: type.nameMember.map { [$0] } ?? [])
  }
}

/// Makes records of what readers find, one at a time.
struct RecordMaker {
  /// What was found, with the names that are no facts in the problems that say so.
  enum Found: Sendable {
    case record(Record, [RecordProblem], strangers: [String])
    /// A record that cannot be checked: the first problem is the reason.
    case unreadable([RecordProblem], strangers: [String])
    /// Something wrong with the file.
    case problem(RecordProblem)

    var isRecord: Bool { if case .problem = self { false } else { true } }
  }

  private let shape: RecordShape
  private let file: String
  /// What a mapping makes of a document; nil where its keys are the names of facts.
  private let tree: FeedTree?
  private var builder: RecordBuilder
  private var saysEncoding = false

  init(_ shape: RecordShape, file: String, tree: FeedTree?, strangers: Set<String> = []) {
    self.shape = shape
    self.file = file
    self.tree = tree
    builder = RecordBuilder(file: file, strangers: strangers)
  }

  /// Names that are no facts, which were reported.
  var strangers: Set<String> { builder.strangers }

  mutating func take(_ step: RowRecords.Step, _ tree: FeedTree) -> Found {
    switch step {
    case .unreadable(let problem): return .unreadable([problem], strangers: [])
    case .row(let source, let place, let problems):
      builder.begin()
      for problem in problems { builder.report(problem) }
      return finish(.mapped(tree, source), key: builder.key(tree, from: source), at: place)
    }
  }

  mutating func take(_ step: RawStep, number: Int, limits: RecordLimits) -> Found {
    switch step {
    case .document(let document, let line): return take(document, line: line, number: number)
    case .unreadable(let fault): return .unreadable([problem(fault)], strangers: [])
    case .tooLong(let line): return tooLong(line: line, limits)
    case .misplaced(let fault): return .problem(problem(fault))
    }
  }

  /// The record of a line; nil where it is blank.
  ///
  /// - Parameters:
  ///   - bytes: nil for a line that is too long.
  ///   - number: of the record in its file, from 1.
  mutating func take(
    _ block: LineBlock, _ bytes: Range<Int>?, line: Int, number: Int, limits: RecordLimits
  ) -> Found? {
    guard let bytes, bytes.count <= limits.recordBytes else { return tooLong(line: line, limits) }
    let text = Array(block[bytes])
    if text.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }) {
      return nil
    }
    do {
      var document = try JSONParser.parse(text[...], line: line, depthLimit: limits.depth)
      if let found = document.invalid {
        let offset = found.offset.flatMap { relative in block.fileOffset.map { $0 + bytes.lowerBound + relative } }
        document.invalid = InvalidText(byte: found.byte, offset: offset)
      }
      return take(document, line: line, number: number)
    } catch {
      return .unreadable([problem(error)], strangers: [])
    }
  }

  mutating func take(_ document: RawDocument, line: Int, number: Int) -> Found {
    let place = Place(file: file, line: line)
    guard document[0].kind == .object else {
      return .unreadable(
        [RecordProblem(.notARecord, .error, "expected a record, found \(document.kindInWords(0))", at: place)],
        strangers: [])
    }
    builder.begin()
    if let invalid = document.invalid, !saysEncoding {
      saysEncoding = true
      builder.report(invalid.problem(at: place))
    }
    guard let tree else {
      return finish(.named(document), key: builder.key(shape.plan, 0, in: document), at: place)
    }
    let source = FactSource.object(document, 0, path: "", number: number)
    return finish(.mapped(tree, source), key: builder.key(tree, from: source), at: place)
  }

  /// What a record's facts are read from.
  private enum Origin {
    case named(RawDocument)
    case mapped(FeedTree, FactSource)
  }

  private mutating func finish(_ origin: Origin, key: String?, at place: Place) -> Found {
    let position = RecordBuilder.Position(parent: nil, step: .record(key: key ?? ""), path: "", place: place)
    let facts =
      switch origin {
      case .named(let document): builder.context(shape.plan, of: 0, in: document, at: position)
      case .mapped(let tree, let source): builder.context(tree, from: source, at: position).facts
      }
    var problems = builder.finish(at: place)
    guard let key else {
      problems.insert(noIdentifier(facts, place), at: 0)
      return .unreadable(problems, strangers: builder.newStrangers)
    }
    for index in problems.indices { problems[index].record = key }
    return .record(
      Record(key: key, name: name(in: facts), facts: facts, place: place), problems, strangers: builder.newStrangers)
  }

  /// What a record is called, unless that must not be shown.
  private func name(in facts: Context) -> String? {
    guard let member = shape.type.nameMember, facts.isSupplied(member), case .string(let name) = facts[member] else {
      return nil
    }
    return name
  }

  private func noIdentifier(_ facts: Context, _ place: Place) -> RecordProblem {
    let key = shape.type.context.key
    let name = key.map { "`\(shape.type.context.members[$0].name)`" } ?? "the key of `\(shape.type.name)`"
    let absence = key.flatMap { facts.facts?.absences[$0] } ?? .absent
    let reason =
      switch absence {
      case .absent: "\(name) is absent"
      case .redacted: "\(name) is redacted"
      case .unreadable: "\(name) cannot be read"
      }
    return RecordProblem(.noIdentifier, .error, "a record without identifier cannot be checked: \(reason)", at: place)
  }

  private func tooLong(line: Int, _ limits: RecordLimits) -> Found {
    .unreadable(
      [
        RecordProblem(
          .tooLarge, .error, "the record has more than \(limits.recordBytes) bytes; it is passed over",
          at: Place(file: file, line: line))
      ], strangers: [])
  }

  private func problem(_ fault: JSONFault) -> RecordProblem {
    RecordProblem(
      fault.isTooDeep ? .tooLarge : .notJSON, .error, "\(fault.message) (column \(fault.column))",
      at: Place(file: file, line: fault.line))
  }
}
