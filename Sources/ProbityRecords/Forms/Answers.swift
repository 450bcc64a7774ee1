import Diagnostics
import FEEL
public import Probity
import Synchronization

/// What forms that came back say, by the record that they say it of: it fills in what the records themselves leave open.
public final class Answers: Sendable {
  private let records: [String: Record]
  /// What was wrong with the forms.
  public let problems: [RecordProblem]
  private let taken = Mutex<Set<String>>([])

  /// Reads forms; they are held in memory.
  ///
  /// - Parameter inputs: workbooks that say themselves what they hold, or files of records with facts' names.
  public init(
    _ inputs: [InputFile], of type: Vocabulary.RecordType, in vocabulary: Vocabulary,
    limits: RecordLimits = RecordLimits()
  ) {
    var reader = RecordReader(inputs, of: type, in: vocabulary, limits: limits)
    var records: [String: Record] = [:]
    var problems: [RecordProblem] = []
    while let step = reader.next() {
      switch step {
      case .record(let record, let own):
        problems += own
        if let other = records[record.key] {
          var merge = AnswerMerge()
          records[record.key] = merge.merged(other, record)
          problems += merge.problems
        } else {
          records[record.key] = record
        }
      case .unreadable(let own): problems += own
      case .problem(let problem): problems.append(problem)
      }
    }
    self.records = records
    // Several forms may well be about one record: each asks for what the others do not.
    self.problems = problems.filter { $0.code != .repeatedIdentifier }
  }

  /// The keys of records for which there are answers and that were not among those read so far, in their order.
  public var unused: [String] {
    let taken = taken.withLock { $0 }
    return records.keys.filter { !taken.contains($0) }.sorted()
  }

  /// A record with what the answers say of it.
  public func apply(to record: Record) -> (record: Record, problems: [RecordProblem]) {
    guard let answer = records[record.key] else { return (record, []) }
    taken.withLock { _ = $0.insert(record.key) }
    var merge = AnswerMerge()
    let merged = merge.merged(record, answer)
    return (merged, merge.problems)
  }

  /// A batch with what the answers say of its records.
  func apply(to batch: RecordBatch, _ demand: RecordDemand) -> RecordBatch {
    guard (0..<batch.count).contains(where: { records[batch.key(of: $0)] != nil }) else { return batch }
    var problems = batch.problems
    let applied = (0..<batch.count).map { index in
      let (record, own) = apply(to: batch.recover(index))
      if !own.isEmpty { problems[index, default: []] += own }
      return record
    }
    return batch.replacing(applied, problems: problems, demand: demand, source: AnsweredRecords(batch, self))
  }
}

/// Records that are answered when they are asked for.
private final class AnsweredRecords: RecordSource {
  private let batch: RecordBatch
  private let answers: Answers

  init(_ batch: RecordBatch, _ answers: Answers) {
    self.batch = batch
    self.answers = answers
  }

  func key(of index: Int) -> String { batch.key(of: index) }
  func name(of index: Int) -> String? { batch.name(of: index) }
  func digest(of index: Int) -> KeyDigest { batch.digest(of: index) }

  func place(of index: Int, linesBefore: Int) -> Place? {
    var batch = batch
    batch.linesBefore = linesBefore
    return batch.place(of: index)
  }

  func record(_ index: Int, for rules: [Int]?, linesBefore: Int) -> Record {
    var batch = batch
    batch.linesBefore = linesBefore
    return answers.apply(to: batch.recover(index, for: rules)).record
  }
}

/// Puts what an answer says into the places that a record leaves open.
private struct AnswerMerge {
  private(set) var problems: [RecordProblem] = []
  private var key = ""

  mutating func merged(_ record: Record, _ answer: Record) -> Record {
    key = record.key
    var merged = record
    merged.facts = self.merged(record.facts, answer.facts)
    merged.name = record.name ?? answer.name
    return merged
  }

  private mutating func merged(_ context: Context, _ answer: Context) -> Context {
    guard let node = context.facts, let other = answer.facts, node.type == other.type else { return context }
    var absences = node.absences
    var places = node.places.isEmpty ? Array(repeating: nil, count: node.type.members.count) : node.places
    func value(of member: Int) -> Value? {
      guard answer.isSupplied(member) else {
        if !context.isSupplied(member), node.absences[member] == nil, let absence = other.absences[member] {
          absences[member] = absence
          places[member] = other.places.isEmpty ? nil : other.places[member]
        }
        return context.isSupplied(member) ? context[member] : nil
      }
      let place = Fact(node: other, member: member).place
      guard context.isSupplied(member) else {
        absences[member] = nil
        places[member] = place
        return answer[member]
      }
      switch (context[member], answer[member]) {
      case (.context(let own), .context(let given)): return .context(merged(own, given))
      case (.list(let own), .list(let given)):
        if case .context? = node.type.members[member].type.item?.base, !own.items.isEmpty, !given.items.isEmpty {
          return .list(merged(own, given))
        }
        if own.items.elementsEqual(given.items, by: { $0 == $1 }) { return context[member] }
      case (let own, let given): if own == given { return own }
      }
      let absence = conflict(Fact(node: node, member: member), context[member], answer[member], at: place)
      absences[member] = absence
      return nil
    }
    let values = node.type.members.indices.map { value(of: $0) }
    let facts = FactNode(
      parent: node.parent, step: node.step, type: node.type, absences: absences, places: places, place: node.place)
    return Context(facts: facts, values: values)
  }

  /// Items that the answer is about, by what identifies them, and those that it adds.
  private mutating func merged(_ list: List, _ answer: List) -> List {
    var items = list.items
    for item in answer.items {
      guard case .context(let given) = item, let node = given.facts else { continue }
      guard case .item(let name, _, let key?) = node.step else {
        report(
          .noIdentifier, "an answer about an item that nothing identifies is not read", at: node.place, node.path)
        continue
      }
      let position = items.firstIndex { own in
        guard case .context(let own) = own, case .item(_, _, let ownKey?)? = own.facts?.step else { return false }
        return ownKey == key
      }
      if let position, case .context(let own) = items[position] {
        items[position] = .context(merged(own, given))
      } else {
        let moved = FactNode(
          parent: node.parent, step: .item(list: name, index: items.count, key: key), type: node.type,
          absences: node.absences, places: node.places, place: node.place)
        items.append(
          .context(
            Context(
              facts: moved, values: node.type.members.indices.map { given.isSupplied($0) ? given[$0] : nil })))
      }
    }
    return List(items)
  }

  /// Reports that the record and the answer say different things, of which neither counts.
  private mutating func conflict(_ fact: Fact, _ own: Value, _ given: Value, at place: Place?) -> Absence {
    func said(_ value: Value, _ place: Place?) -> String {
      let text: String
      switch value {
      case _ where fact.isSensitive: text = "one value"
      case .list(let list): text = list.items.isEmpty ? "no items" : Count.of(list.items.count, "item")
      default: text = "`\(Excerpt.of(value.plainText))`"
      }
      return text + (place.map { " (\($0))" } ?? "")
    }
    let both = "\(said(own, fact.place)) and \(said(given, place))"
    report(
      .conflict, "fact `\(fact.path)`: the record and the answer differ, \(both); nothing says which of them counts",
      at: place, fact.path)
    return .conflicting(both)
  }

  private mutating func report(_ code: DiagnosticCode, _ message: String, at place: Place?, _ path: String) {
    problems.append(
      RecordProblem(code, .error, message, at: place ?? Place(file: "", path: path), record: key))
  }
}
