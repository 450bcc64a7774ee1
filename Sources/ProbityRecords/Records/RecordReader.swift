public import Diagnostics
import FEEL
public import Probity

/// What became of the records of one file.
public struct RecordAccount: Hashable, Sendable {
  /// The file as the user named it.
  public var file: String
  /// Records that the file holds, readable or not.
  public var read = 0
  /// Records that came out whole enough to be checked.
  public var usable = 0
  /// Rows with nothing in them, which are no records.
  public var blankRows = 0
  /// Records that cannot be checked, by why.
  public var unreadable: [DiagnosticCode: Int] = [:]
  /// Problems of the file and its records, by code; those of unreadable records among them.
  public var problems: [DiagnosticCode: Int] = [:]

  /// An account of nothing yet.
  public init(file: String) { self.file = file }
}

/// Reads records from files, one at a time, whatever the files' size.
///
/// Nothing that a file holds ends the run: what cannot be read is a problem, and the next record, or file, is read.
public struct RecordReader {
  /// What was found next.
  public enum Step: Sendable {
    /// A record, and what is wrong with it or was first noticed with it.
    case record(Record, [RecordProblem])
    /// A record that cannot be checked, and why: the first problem is the reason.
    case unreadable([RecordProblem])
    /// Something wrong with a file.
    case problem(RecordProblem)
  }

  private enum Body {
    case none
    case csv(CSVRecords)
    case json(JSONReader)
    case lines(JSONLinesReader)
    case yaml(YAMLRecords)
  }

  /// One for each file that has been opened, in order.
  public private(set) var accounts: [RecordAccount] = []

  private var inputs: ArraySlice<InputFile>
  private let type: Vocabulary.RecordType
  private let vocabulary: Vocabulary
  private let mapping: Mapping?
  private let format: RecordFormat?
  private let limits: RecordLimits
  private let plan: TypePlan
  private var body = Body.none
  private var builder = RecordBuilder(file: "")
  private var pending: ArraySlice<RecordProblem> = []
  private var saysEncoding = false
  /// Where each identifier was first met: the file's number and the line.
  private var identifiers: [String: (file: Int32, line: Int32)] = [:]

  /// - Parameters:
  ///   - type: what the records are; of a mapping, the type that it names.
  ///   - format: nil to tell it by each file's name, else by its first bytes.
  public init(
    _ inputs: [InputFile], of type: Vocabulary.RecordType, in vocabulary: Vocabulary, mapping: Mapping? = nil,
    format: RecordFormat? = nil,
    limits: RecordLimits = RecordLimits()
  ) {
    self.inputs = inputs[...]
    self.type = type
    self.mapping = mapping
    self.format = format
    self.limits = limits
    self.vocabulary = vocabulary
    plan = TypePlan(type.context, in: vocabulary)
  }

  /// The next record or problem, nil after the last file.
  public mutating func next() -> Step? {
    while true {
      if let problem = pending.popFirst() {
        count(problem)
        return .problem(problem)
      }
      if case .none = body {
        guard let input = inputs.popFirst() else { return nil }
        open(input)
        continue
      }
      if let step = nextInFile() { return step }
      close()
    }
  }

  // MARK: - Files

  private mutating func open(_ input: InputFile) {
    accounts.append(RecordAccount(file: input.name))
    builder = RecordBuilder(file: input.name, strangers: builder.strangers)
    saysEncoding = false
    let place = Place(file: input.name)
    let window: ByteWindow
    do {
      window = ByteWindow(
        try input.open(), declared: mapping?.input.encoding, chunkBytes: limits.chunkBytes)
    } catch {
      pending.append(RecordProblem(.cannotRead, .error, "cannot be read: \(error.reason)", at: place))
      return
    }
    let head = window.slice(0..<min(window.count, ByteWindow.headBytes))
    if head.isEmpty {
      let problem =
        window.failure.map { RecordProblem(.cannotRead, .error, "cannot be read: \($0.reason)", at: place) }
        ?? RecordProblem(.noRecords, .error, "the file is empty", at: place)
      pending.append(problem)
      return
    }
    if let kind = BinaryFile.kind(of: head) {
      pending.append(RecordProblem(.notText, .error, "the file is not text: it seems to be \(kind)", at: place))
      return
    }
    let format = mapping?.input.format ?? format ?? RecordFormat(fileName: input.name) ?? RecordFormat(head: head)
    let steps = mapping?.input.records ?? []
    switch format {
    case .csv:
      let records = CSVRecords(
        window, file: input.name, mapping: mapping, type: type.context, vocabulary: vocabulary, limits: limits)
      pending += records.problems
      body = .csv(records)
    case .json: body = .json(JSONReader(window, steps: steps, limits: limits))
    case .jsonLines: body = .lines(JSONLinesReader(window, limits: limits))
    case .yaml:
      let records = YAMLRecords(window, name: input.name, steps: steps, limits: limits)
      pending += records.problems
      body = .yaml(records)
    }
  }

  /// Notes how a file ended.
  private mutating func close() {
    let failure: InputFailure?
    switch body {
    case .none, .yaml: failure = nil
    case .csv(let records): failure = records.window.failure
    case .json(let reader): failure = reader.window.failure
    case .lines(let reader): failure = reader.window.failure
    }
    body = .none
    let account = accounts[accounts.count - 1]
    let place = Place(file: account.file)
    if let failure {
      pending.append(
        RecordProblem(.cannotRead, .error, "could not be read to its end: \(failure.reason)", at: place))
    } else if account.read == 0, account.problems.isEmpty {
      pending.append(RecordProblem(.noRecords, .warning, "the file holds no records", at: place))
    }
  }

  private mutating func nextInFile() -> Step? {
    switch body {
    case .none: return nil
    case .csv(var records):
      body = .none
      let step = records.next()
      let tree = records.tree
      accounts[accounts.count - 1].blankRows = records.blankRows
      body = .csv(records)
      return step.map { take($0, tree) }
    case .json(var reader):
      body = .none
      let step = reader.next()
      body = .json(reader)
      return step.map { take($0) }
    case .lines(var reader):
      body = .none
      let step = reader.next()
      body = .lines(reader)
      return step.map { take($0) }
    case .yaml(var records):
      body = .none
      let next = records.next()
      body = .yaml(records)
      return next.map { take($0.document, line: $0.line) }
    }
  }

  // MARK: - Records

  private mutating func take(_ step: CSVRecords.Step, _ tree: FeedTree) -> Step {
    switch step {
    case .unreadable(let problem): return unreadable([problem])
    case .row(let source, let place, let problems):
      builder.begin()
      for problem in problems { builder.report(problem) }
      return finish(.mapped(tree, source), key: builder.key(tree, from: source), at: place)
    }
  }

  private mutating func take(_ step: RawStep) -> Step {
    switch step {
    case .document(let document, let line): return take(document, line: line)
    case .unreadable(let fault): return unreadable([problem(fault)])
    case .tooLong(let line):
      return unreadable([
        RecordProblem(
          .tooLarge, .error, "the record has more than \(limits.recordBytes) bytes; it is passed over",
          at: place(line))
      ])
    case .misplaced(let fault):
      let problem = problem(fault)
      count(problem)
      return .problem(problem)
    }
  }

  private mutating func take(_ document: RawDocument, line: Int) -> Step {
    guard document[0].kind == .object else {
      return unreadable([
        RecordProblem(
          .notARecord, .error, "expected a record, found \(document.kindInWords(0))", at: place(line))
      ])
    }
    builder.begin()
    if let invalid = document.invalid, !saysEncoding {
      saysEncoding = true
      builder.report(invalid.problem(at: place(line)))
    }
    guard let mapping else {
      return finish(.named(document), key: builder.key(plan, 0, in: document), at: place(line))
    }
    let source = FactSource.object(document, 0, path: "", number: accounts[accounts.count - 1].read + 1)
    return finish(.mapped(mapping.tree, source), key: builder.key(mapping.tree, from: source), at: place(line))
  }

  /// What a record's facts are read from.
  private enum Origin {
    case named(RawDocument)
    case mapped(FeedTree, FactSource)
  }

  private mutating func finish(_ origin: Origin, key: String?, at place: Place) -> Step {
    let position = RecordBuilder.Position(parent: nil, step: .record(key: key ?? ""), path: "", place: place)
    let facts =
      switch origin {
      case .named(let document): builder.context(plan, of: 0, in: document, at: position)
      case .mapped(let tree, let source): builder.context(tree, from: source, at: position).facts
      }
    var problems = builder.finish(at: place)
    guard let key else {
      problems.insert(noIdentifier(facts, place), at: 0)
      return unreadable(problems)
    }
    if let first = identifiers[key] {
      let other = Place(file: accounts[Int(first.file)].file, line: Int(first.line))
      problems.append(
        RecordProblem(
          .repeatedIdentifier, .warning, "identifier `\(Excerpt.of(key))` is used twice, first at \(other)", at: place))
    } else {
      identifiers[key] = (Int32(clamping: accounts.count - 1), Int32(clamping: place.line ?? 0))
    }
    for index in problems.indices { problems[index].record = key }
    accounts[accounts.count - 1].read += 1
    accounts[accounts.count - 1].usable += 1
    for problem in problems { count(problem) }
    return .record(Record(key: key, name: name(in: facts), facts: facts, place: place), problems)
  }

  /// What a record is called, unless that must not be shown.
  private func name(in facts: Context) -> String? {
    guard let fact = type.nameFact, let member = type.context.index(of: fact),
      !type.context.members[member].isSensitive, facts.isSupplied(member), case .string(let name) = facts[member]
    else { return nil }
    return name
  }

  private func noIdentifier(_ facts: Context, _ place: Place) -> RecordProblem {
    let key = type.context.key
    let name = key.map { "`\(type.context.members[$0].name)`" } ?? "the key of `\(type.name)`"
    let absence = key.flatMap { facts.facts?.absences[$0] } ?? .absent
    let reason =
      switch absence {
      case .absent: "\(name) is absent"
      case .redacted: "\(name) is redacted"
      case .unreadable: "\(name) cannot be read"
      }
    return RecordProblem(.noIdentifier, .error, "a record without identifier cannot be checked: \(reason)", at: place)
  }

  private mutating func unreadable(_ problems: [RecordProblem]) -> Step {
    accounts[accounts.count - 1].read += 1
    if let reason = problems.first { accounts[accounts.count - 1].unreadable[reason.code, default: 0] += 1 }
    for problem in problems { count(problem) }
    return .unreadable(problems)
  }

  private mutating func count(_ problem: RecordProblem) {
    accounts[accounts.count - 1].problems[problem.code, default: 0] += 1
  }

  private func problem(_ fault: JSONFault) -> RecordProblem {
    RecordProblem(
      fault.isTooDeep ? .tooLarge : .notJSON, .error, "\(fault.message) (column \(fault.column))",
      at: place(fault.line))
  }

  private func place(_ line: Int) -> Place { Place(file: accounts[accounts.count - 1].file, line: line) }
}
