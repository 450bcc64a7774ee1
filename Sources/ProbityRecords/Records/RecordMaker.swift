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
  func restricted(_ tree: FeedTree) -> FeedTree { restricted(tree, to: demand.facts) }

  /// Of a tree of feeds some facts, and what the record is called.
  func restricted(_ tree: FeedTree, to facts: UsedFacts) -> FeedTree {
    tree.restricted(to: facts, in: vocabulary, others: type.nameMember.map { [$0] } ?? [])
  }
}

/// Makes records of what readers find, one at a time.
struct RecordMaker {
  /// What was found, with the names that are no facts in the problems that say so.
  enum Found: Sendable {
    case record(Record, [RecordProblem], strangers: [String])
    /// A record that cannot be checked: the first problem is the reason.
    case unreadable([RecordProblem], strangers: [String])
    /// A row that the mapping's filter leaves out.
    case filteredOut
    /// Something wrong with the file.
    case problem(RecordProblem)

    var isRecord: Bool { if case .problem = self { false } else { true } }
  }

  private let shape: RecordShape
  private let file: String
  /// What a mapping makes of a document; nil where its keys are the names of facts.
  private let tree: FeedTree?
  /// What a row has to meet to be a record.
  private let filter: RowExpression?
  private var builder: RecordBuilder
  private var saysEncoding = false

  /// - Parameter previous: of the file before, whose work this one goes on with.
  init(
    _ shape: RecordShape, file: String, tree: FeedTree?, filter: RowExpression? = nil, joins: Joins? = nil,
    after previous: RecordMaker? = nil
  ) {
    self.shape = shape
    self.file = file
    self.tree = tree
    self.filter = filter
    builder = RecordBuilder(file: file, joins: joins, after: previous?.builder)
  }

  /// Which rows of joined sources were taken so far.
  var usage: JoinUsage { builder.usage }

  mutating func take(_ step: RowRecords.Step, _ tree: FeedTree) -> Found {
    switch step {
    case .unreadable(let problem): return .unreadable([problem], strangers: [])
    case .row(let source, let place, let problems):
      builder.begin()
      for problem in problems { builder.report(problem) }
      return mapped(tree, source, at: place)
    }
  }

  /// The record of a row or a document that a mapping reads, unless its filter leaves it out.
  private mutating func mapped(_ tree: FeedTree, _ source: FactSource, at place: Place) -> Found {
    if let filter {
      switch builder.passes(filter, source) {
      case true?: break
      case false?: return .filteredOut
      case nil: return .unreadable([RecordProblem(undecided: filter, at: place)], strangers: [])
      }
    }
    builder.match(source)
    return finish(.mapped(tree, source), key: builder.key(tree, from: source), at: place)
  }

  mutating func take(_ step: RawStep, number: Int, limits: RecordLimits) -> Found {
    switch Self.document(of: step, file: file, limits: limits) {
    case .document(let document, let line): take(document, line: line, number: number)
    case .problem(let problem):
      if case .misplaced = step { .problem(problem) } else { .unreadable([problem], strangers: []) }
    }
  }

  /// A document, or what is wrong with it.
  enum Parsed {
    case document(RawDocument, line: Int)
    case problem(RecordProblem)
  }

  static func document(of step: RawStep, file: String, limits: RecordLimits) -> Parsed {
    switch step {
    case .document(let document, let line):
      guard document[0].kind == .object else {
        return .problem(
          RecordProblem(
            .notARecord, .error, "expected a record, found \(document.kindInWords(0))",
            at: Place(file: file, line: line)))
      }
      return .document(document, line: line)
    case .unreadable(let fault), .misplaced(let fault):
      return .problem(
        RecordProblem(
          fault.isTooDeep ? .tooLarge : .notJSON, .error, "\(fault.message) (column \(fault.column))",
          at: Place(file: file, line: fault.line)))
    case .tooLong(let line):
      return .problem(
        RecordProblem(
          .tooLarge, .error, "the record has more than \(limits.recordBytes) bytes; it is passed over",
          at: Place(file: file, line: line)))
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
    RawStep(block, bytes, line: line, limits: limits).map { take($0, number: number, limits: limits) }
  }

  mutating func take(_ document: RawDocument, line: Int, number: Int) -> Found {
    let place = Place(file: file, line: line)
    builder.begin()
    if let invalid = document.invalid, !saysEncoding {
      saysEncoding = true
      builder.report(invalid.problem(at: place))
    }
    guard let tree else {
      return finish(.named(document), key: builder.key(shape.plan, 0, in: document), at: place)
    }
    return mapped(tree, .object(document, 0, path: "", number: number), at: place)
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
      case .conflicting: "sources differ about \(name)"
      }
    return RecordProblem(.noIdentifier, .error, "a record without identifier cannot be checked: \(reason)", at: place)
  }
}
