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
  /// What was wrong with a file when it was opened.
  private var pending: ArraySlice<RecordProblem> = []
  /// Of the file: how many records were found, and how many lines of a file of lines that is read in order.
  private var recordsSoFar = 0
  private var linesSoFar = 0

  // For ``next()``.
  private var ledger = RecordLedger()
  private var batch: RecordBatch?
  private var position = 0

  /// How many records a block holds at most, where they are not held as lines.
  private static let blockRecords = 256

  /// Reads whole records, to be taken one at a time.
  ///
  /// - Parameters:
  ///   - type: what the records are; of a mapping, the type that it names.
  ///   - format: nil to tell it by each file's name, else by its first bytes.
  public init(
    _ inputs: [InputFile], of type: Vocabulary.RecordType, in vocabulary: Vocabulary, mapping: Mapping? = nil,
    format: RecordFormat? = nil, limits: RecordLimits = RecordLimits()
  ) {
    self.init(
      inputs, of: type, in: vocabulary, mapping: mapping, format: format, limits: limits, demand: RecordDemand())
  }

  /// Reads what a check wants of the records, in batches.
  package init(
    _ inputs: [InputFile], of type: Vocabulary.RecordType, in vocabulary: Vocabulary, mapping: Mapping? = nil,
    format: RecordFormat? = nil, limits: RecordLimits = RecordLimits(), demand: RecordDemand
  ) {
    self.init(
      inputs, RecordShape(type, in: vocabulary, demand: demand), mapping: mapping, format: format, limits: limits,
      isPlain: false)
  }

  /// - Parameter isPlain: whether every line is read as a document, and none into columns.
  init(
    _ inputs: [InputFile], _ shape: RecordShape, mapping: Mapping?, format: RecordFormat?, limits: RecordLimits,
    isPlain: Bool
  ) {
    self.inputs = inputs[...]
    self.mapping = mapping
    self.format = format
    self.limits = limits
    self.shape = shape
    tree = mapping.map { shape.restricted($0.tree) }
    columns = ColumnReaderPool(shape, limits: limits, isPlain: isPlain)
    maker = RecordMaker(shape, file: "", tree: nil)
  }

  // MARK: - One at a time

  /// One for each file that has been opened, in order.
  public var accounts: [RecordAccount] { ledger.accounts }

  /// The next record or problem, nil after the last file.
  public mutating func next() -> Step? {
    while true {
      if let batch, position < batch.steps.count {
        defer { position += 1 }
        switch batch.steps[position] {
        case .record(let number): return .record(batch.recover(number), batch.problems(of: number))
        case .unreadable(let problems): return .unreadable(problems)
        case .problem(let problem): return .problem(problem)
        }
      }
      guard let block = nextBlock() else { return nil }
      var next = block.read()
      ledger.settle(&next)
      batch = next
      position = 0
    }
  }

  // MARK: - Blocks

  /// Cuts the next block off the input; nil after the last file.
  package mutating func nextBlock() -> RecordBlock? {
    if case .none = body {
      guard let input = inputs.popFirst() else { return nil }
      open(input)
    }
    var block = RecordBlock(file: file, startsFile: startsFile, columns: columns)
    startsFile = false
    block.found = pending.map { .problem($0) }
    pending = []
    switch body {
    case .none: block.end = .init(failure: nil, blankRows: 0)
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

  private mutating func open(_ input: InputFile) {
    file = input.name
    startsFile = true
    (recordsSoFar, linesSoFar) = (0, 0)
    maker = RecordMaker(shape, file: file, tree: tree, strangers: maker.strangers)
    let place = Place(file: file)
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
      let isTabbed = input.name.lowercased().hasSuffix(".tsv")
      let separator = mapping?.input.separator ?? UInt8(ascii: isTabbed ? "\t" : ",")
      open(CSVRows(window, file: input.name, separator: separator, limits: limits))
    case .json: body = .json(JSONReader(window, steps: steps, limits: limits))
    case .jsonLines: body = .lines(LineCutter(window, limits: limits))
    case .yaml:
      let records = YAMLRecords(window, name: input.name, steps: steps, limits: limits)
      pending += records.problems
      body = .yaml(records)
    }
  }

  /// Starts reading rows, whatever gives them.
  private mutating func open(_ rows: any RowSource) {
    let records = RowRecords(
      rows, file: file, mapping: mapping, type: shape.type.context, vocabulary: shape.vocabulary)
    pending += records.problems
    body = .rows(records, shape.restricted(records.tree))
  }

  /// How the file ended.
  private mutating func close() -> RecordBatch.Extent.End {
    defer { body = .none }
    switch body {
    case .none, .yaml: return .init(failure: nil, blankRows: 0)
    case .rows(let records, _):
      return .init(failure: records.failure?.reason, blankRows: records.blankRows)
    case .json(let reader): return .init(failure: reader.window.failure?.reason, blankRows: 0)
    case .lines(let cutter): return .init(failure: cutter.failure?.reason, blankRows: 0)
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
      found = records.next().map { maker.take($0.document, line: $0.line, number: recordsSoFar + 1) }
      body = .yaml(records)
    }
    if let found, found.isRecord { recordsSoFar += 1 }
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
      result.append(found)
    }
    return result
  }
}
