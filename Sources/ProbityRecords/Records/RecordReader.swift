import Diagnostics
import FEEL
public import Probity

/// Reads records from files, whatever the files' size.
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
    case rows(RowRecords, FeedTree)
    case json(JSONReader)
    case lines(LineCutter)
    case yaml(YAMLRecords)
  }

  /// What is joined in, on its way.
  private enum Joining {
    case none
    /// The files still to be read, by the position of their source.
    case reading(ArraySlice<(source: Int, input: InputFile)>, [JoinReader?])
    case done(Joins, [SourceAccount?])
  }

  private var inputs: ArraySlice<InputFile>
  private let mapping: Mapping?
  private let format: RecordFormat?
  private let limits: RecordLimits
  private let shape: RecordShape
  private let columns: ColumnReaderPool
  /// What a mapping makes of a document.
  private let tree: FeedTree?
  private var body = Body.none
  private var file = ""
  private var startsFile = false
  private var maker: RecordMaker
  private var joining = Joining.none
  /// Rows of the file that the mapping's filter left out.
  private var filteredOut = 0
  /// What was wrong with a file when it was opened.
  private var pending: ArraySlice<RecordProblem> = []
  private var answers: Answers?
  /// What is wrong with workbooks that say themselves what they hold, still to be said.
  private var formProblems: [RecordProblem] = []
  /// Of the file: how many records were found, and how many lines of a file of lines that is read in order.
  private var recordsSoFar = 0
  private var linesSoFar = 0

  // For ``next()``.
  private var ledger = RecordLedger()
  private var batch: RecordBatch?
  /// The batch's next step, and the next of its records where that is a step of records.
  private var position = 0
  private var number = 0

  /// How many records a block holds at most, where they are not held as lines.
  private static let blockRecords = 256

  /// Reads whole records, to be taken one at a time.
  ///
  /// - Parameters:
  ///   - type: what the records are; of a mapping, the type that it names.
  ///   - inputs: of the source that gives the records.
  ///   - joined: of the sources that the mapping joins in, by their names.
  ///   - answers: what fills in what the records leave open.
  ///   - format: nil to tell it by each file's name, else by its first bytes.
  public init(
    _ inputs: [InputFile], joined: [String: [InputFile]] = [:], of type: Vocabulary.RecordType,
    in vocabulary: Vocabulary, mapping: Mapping? = nil, answers: Answers? = nil, format: RecordFormat? = nil,
    limits: RecordLimits = RecordLimits()
  ) {
    self.init(
      inputs, joined: joined, of: type, in: vocabulary, mapping: mapping, answers: answers, format: format,
      limits: limits, demand: RecordDemand())
  }

  /// Reads what a check wants of the records, in batches.
  package init(
    _ inputs: [InputFile], joined: [String: [InputFile]] = [:], of type: Vocabulary.RecordType,
    in vocabulary: Vocabulary, mapping: Mapping? = nil, answers: Answers? = nil, format: RecordFormat? = nil,
    limits: RecordLimits = RecordLimits(), demand: RecordDemand
  ) {
    self.init(
      inputs, RecordShape(type, in: vocabulary, demand: demand), mapping: mapping, joined: joined, format: format,
      limits: limits, isPlain: false)
    self.answers = answers
    formProblems += answers?.problems ?? []
  }

  /// - Parameter isPlain: whether every line is read as a document, and none into columns.
  init(
    _ inputs: [InputFile], _ shape: RecordShape, mapping: Mapping?, joined: [String: [InputFile]] = [:],
    format: RecordFormat?, limits: RecordLimits, isPlain: Bool
  ) {
    var (inputs, mapping, joined) = (inputs, mapping, joined)
    if mapping == nil {
      // Workbooks that were made to be filled in say themselves what they hold.
      let found = FormFinder(inputs, limits: limits)
      formProblems = found.problems
      if found.forms.isEmpty {
        inputs = found.others
      } else {
        let form = FormMapping(found.forms, of: shape.type, in: shape.vocabulary)
        formProblems += form.problems
        (inputs, mapping, joined) = (form.records, form.mapping, form.joined)
      }
    }
    self.inputs = inputs[...]
    self.mapping = mapping
    self.format = format
    self.limits = limits
    self.shape = shape
    tree = mapping.map { shape.restricted($0.tree) }
    columns = ColumnReaderPool(shape, limits: limits, isPlain: isPlain)
    maker = RecordMaker(shape, file: "", tree: nil)
    guard let mapping, mapping.sources.count > 1 else { return }
    let readers = mapping.sources.indices.map { source in
      source == mapping.main ? nil : JoinReader(mapping.sources[source], limits: limits)
    }
    let files = mapping.sources.enumerated().flatMap { source, declared in
      source == mapping.main ? [] : (declared.name.flatMap { joined[$0] } ?? []).map { (source: source, input: $0) }
    }
    joining = .reading(files[...], readers)
  }

  // MARK: - One at a time

  /// One for each file that has been opened, in order.
  public var accounts: [RecordAccount] { ledger.accounts }

  /// What became of the rows of each source; complete once ``next()`` has given nil.
  public var sources: [SourceAccount] { ledger.sources }

  /// The next record or problem, nil after the last file.
  public mutating func next() -> Step? {
    while true {
      if let batch, position < batch.steps.count {
        switch batch.steps[position] {
        case .records(let numbers):
          defer {
            number += 1
            if number == numbers.upperBound { position += 1 }
          }
          return .record(batch.recover(number), batch.problems(of: number))
        case .unreadable(let problems):
          position += 1
          return .unreadable(problems)
        case .problem(let problem):
          position += 1
          return .problem(problem)
        }
      }
      guard let block = nextBlock() else { return nil }
      var next = block.read()
      ledger.settle(&next)
      batch = next
      (position, number) = (0, 0)
    }
  }

  // MARK: - Blocks

  /// Cuts the next block off the input; nil after the last file.
  package mutating func nextBlock() -> RecordBlock? {
    if let problem = formProblems.first {
      var block = RecordBlock(file: problem.place.file, startsFile: true, columns: columns)
      block.isJoined = true
      block.found = formProblems.map { .problem($0) }
      formProblems = []
      return block
    }
    if let block = nextJoined() { return block }
    if case .none = body {
      guard let input = inputs.popFirst() else { return closing() }
      open(input)
    }
    var block = RecordBlock(file: file, startsFile: startsFile, columns: columns)
    startsFile = false
    block.answers = answers.map { ($0, shape.demand) }
    block.found = pending.map { .problem($0) }
    pending = []
    switch body {
    case .none: block.end = .init(failure: nil, blankRows: 0, filteredOut: 0)
    case .rows(var records, let tree) where isPlainTable && records.isUsable && tree.isFlat:
      body = .none
      var rows = RowBlock(records.table, feeding: tree)
      var isAtEnd = false
      while !rows.isFull, !isAtEnd {
        let step = records.fill(&rows)
        if let step { rows.append(maker.take(step, tree)) }
        isAtEnd = step == nil && !rows.isFull
      }
      rows.pad()
      block.rows = rows
      body = .rows(records, tree)
      if isAtEnd { block.end = close() }
    case .lines(var cutter):
      body = .none
      let lines = cutter.next()
      if mapping == nil {
        block.lines = lines
      } else if let lines {
        block.found += inOrder(lines)
      }
      body = .lines(cutter)
      if cutter.isAtEnd { block.end = close() }
    default:
      while block.found.count < Self.blockRecords, let found = nextFound() { block.found.append(found) }
      if block.found.count < Self.blockRecords { block.end = close() }
    }
    return block
  }

  /// Whether what becomes of a row depends on nothing but its own cells: no filter leaves it out, nothing is joined to it.
  private var isPlainTable: Bool {
    guard let mapping else { return true }
    return mapping.sources.count == 1 && mapping.sources[mapping.main].filter == nil
  }

  private mutating func open(_ input: InputFile) {
    file = input.name
    startsFile = true
    (recordsSoFar, linesSoFar, filteredOut) = (0, 0, 0)
    let source = mapping.map { $0.sources[$0.main] }
    let joins: Joins? = if case .done(let joins, _) = joining { joins } else { nil }
    maker = RecordMaker(shape, file: file, tree: tree, filter: source?.filter, joins: joins, after: maker)
    let opened = OpenedFile(input, source?.input ?? Mapping.Input(), format: format, limits: limits)
    pending += opened.problems
    switch opened.body {
    case .none: break
    case .rows(let rows):
      let records =
        if let mapping, let source {
          RowRecords(rows, file: file, source: source, tree: mapping.tree, identifiers: mapping.identifierColumns)
        } else {
          RowRecords(rows, file: file, naming: shape.type.context, in: shape.vocabulary)
        }
      pending += records.problems
      body = .rows(records, shape.restricted(records.tree))
    case .json(let reader): body = .json(reader)
    case .lines(let cutter): body = .lines(cutter)
    case .yaml(let records): body = .yaml(records)
    }
  }

  // MARK: - Joined sources

  /// A block that stands for a file of a joined source; nil where all have been read.
  private mutating func nextJoined() -> RecordBlock? {
    guard let mapping, case .reading(var files, var readers) = joining else { return nil }
    joining = .none
    guard let (source, input) = files.popFirst() else {
      let joins = Joins(mapping, readers.map { $0?.finished }, limits: limits)
      joining = .done(joins, readers.map { $0?.account })
      maker = RecordMaker(shape, file: "", tree: nil, joins: joins)
      return nil
    }
    var block = RecordBlock(file: input.name, startsFile: true, columns: columns)
    block.isJoined = true
    block.found = readers[source]?.read(input).map { .problem($0) } ?? []
    joining = .reading(files, readers)
    return block
  }

  /// The block after the last file: what no record took, and what became of every source.
  private mutating func closing() -> RecordBlock? {
    guard case .done(let joins, let read) = joining else { return nil }
    joining = .none
    var block = RecordBlock(file: file, startsFile: false, columns: columns)
    for (source, declared) in joins.sources.enumerated() {
      guard var account = read[source], let joined = joins.joined[source] else {
        block.accounts.append(nil)
        block.recordSource = declared.name
        continue
      }
      let taken = maker.usage.taken[source]
      account.used = taken.count { $0 }
      account.joinedToNothing = taken.count - account.used
      account.unmatched = maker.usage.unmatched[source]
      account.allowsUnused = declared.unused == .allowed
      account.allowsUnmatched = declared.unmatched == .allowed
      block.accounts.append(account)
      guard declared.unused == .list else { continue }
      let unused = taken.indices.lazy.filter { !taken[$0] }
      for row in unused.prefix(limits.listedRows) {
        block.found.append(
          .problem(
            RecordProblem(
              .joinedToNothing, .warning, "no record takes the row", at: joined.place(of: row), source: declared.name)))
      }
      guard account.joinedToNothing > limits.listedRows, let first = unused.first else { continue }
      block.found.append(
        .problem(
          RecordProblem(
            .joinedToNothing, .warning,
            "\(account.joinedToNothing - limits.listedRows) more rows that no record takes are not listed",
            at: Place(file: joined.place(of: first).file), source: declared.name)))
    }
    return block
  }

  /// How the file ended.
  private mutating func close() -> RecordBatch.Extent.End {
    defer { body = .none }
    switch body {
    case .none, .yaml: return .init(failure: nil, blankRows: 0, filteredOut: filteredOut)
    case .rows(let records, _):
      return .init(failure: records.failure?.reason, blankRows: records.blankRows, filteredOut: filteredOut)
    case .json(let reader):
      return .init(failure: reader.window.failure?.reason, blankRows: 0, filteredOut: filteredOut)
    case .lines(let cutter):
      return .init(failure: cutter.failure?.reason, blankRows: 0, filteredOut: filteredOut)
    }
  }

  // MARK: - Records in order

  private mutating func nextFound() -> RecordMaker.Found? {
    let found: RecordMaker.Found?
    switch body {
    case .none, .lines: found = nil
    case .rows(var records, let tree):
      body = .none
      found = records.next().map { maker.take($0, tree) }
      body = .rows(records, tree)
    case .json(var reader):
      body = .none
      found = reader.next().map { maker.take($0, number: recordsSoFar + 1, limits: limits) }
      body = .json(reader)
    case .yaml(var records):
      body = .none
      found = records.next().map {
        maker.take(.document($0.document, line: $0.line), number: recordsSoFar + 1, limits: limits)
      }
      body = .yaml(records)
    }
    if let found, found.isRecord { recordsSoFar += 1 }
    if case .filteredOut? = found { filteredOut += 1 }
    return found
  }

  /// The records of lines whose numbers in the file, as lines and as records, have to be known as they are read.
  private mutating func inOrder(_ lines: LineBlock) -> [RecordMaker.Found] {
    var result: [RecordMaker.Found] = []
    lines.forEachLine { bytes in
      linesSoFar += 1
      guard let found = maker.take(lines, bytes, line: linesSoFar, number: recordsSoFar + 1, limits: limits) else {
        return
      }
      recordsSoFar += 1
      if case .filteredOut = found { filteredOut += 1 }
      result.append(found)
    }
    return result
  }
}
