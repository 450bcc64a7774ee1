import CSimdJSON
import FEEL
@_spi(Columns) import Probity
import Synchronization

/// Readers that are not at work, so that each thread finds one whose memory its processor has at hand.
final class ColumnReaderPool: Sendable {
  private let shape: RecordShape
  private let limits: RecordLimits
  private let isPlain: Bool
  /// By the number of the thread.
  private let idle = Mutex<[Int: [ColumnReader]]>([:])

  /// - Parameter isPlain: whether every line is read as a document, and none into columns.
  init(_ shape: RecordShape, limits: RecordLimits, isPlain: Bool) {
    self.shape = shape
    self.limits = limits
    self.isPlain = isPlain
  }

  func take(for thread: Int) -> ColumnReader {
    idle.withLock { $0[thread]?.popLast() }
      ?? ColumnReader(shape, limits: limits, isPlain: isPlain, pool: self, thread: thread)
  }

  fileprivate func giveBack(_ reader: ColumnReader) {
    idle.withLock { $0[reader.thread, default: []].append(reader) }
  }
}

/// Reads blocks of lines into columns. One serves one thread at a time.
final class ColumnReader: @unchecked Sendable {
  let shape: RecordShape
  private let limits: RecordLimits
  private let isPlain: Bool
  private weak var pool: ColumnReaderPool?
  /// The number of the thread that it serves.
  fileprivate let thread: Int
  let builder: BatchBuilder
  private let plan: ColumnPlan
  private let index = TokenIndex()
  private let notes: UnsafeMutablePointer<ColumnWalk.Notes>
  private var block = 0
  private var textGeneration = 0
  private let memory = TextMemory()
  private let months = MonthTable()
  /// How rows of a file go into columns; nil within where they do not.
  private var rowPlan: (tree: FeedTree, plan: RowPlan?)?
  private var wantedForValues: [Bool] = []
  private var wantedByAny: [Bool] = []
  private var wantedByScope: [Bool] = []
  private var wantedByRule: [[Bool]] = []

  fileprivate init(
    _ shape: RecordShape, limits: RecordLimits, isPlain: Bool, pool: ColumnReaderPool, thread: Int
  ) {
    self.shape = shape
    self.limits = limits
    self.isPlain = isPlain
    self.pool = pool
    self.thread = thread
    builder = BatchBuilder(layout: shape.demand.layout, constants: shape.demand.constants)
    plan = ColumnPlan(shape, builder: builder, depthLimit: limits.depth)
    let keys = 256
    notes = .allocate(capacity: 1)
    notes.initialize(
      to: .init(
        itemKeys: .allocate(capacity: keys), itemKeyCapacity: keys, open: .allocate(capacity: limits.depth + 2)))
  }

  deinit {
    notes.pointee.itemKeys.deallocate()
    notes.pointee.open.deallocate()
    notes.deallocate()
    months.deallocate()
  }

  // MARK: Batches

  /// A batch of what was found already.
  func batch(of found: [RecordMaker.Found], in file: String) -> RecordBatch {
    builder.begin()
    var records: [Record] = []
    var draft = Draft()
    for found in found {
      guard let record = draft.add(found) else { continue }
      builder.append(record)
      records.append(record)
    }
    defer { retire() }
    return draft.batch(builder.finish(), count: records.count, file: file, source: HeldRecords(records))
  }

  /// A batch of the records of a block's lines.
  ///
  /// - Parameter found: what was found before them; no records.
  func read(_ lines: LineBlock, of file: String, after found: [RecordMaker.Found]) -> RecordBatch {
    block += 1
    builder.begin()
    if builder.texts.generation != textGeneration {
      textGeneration = builder.texts.generation
      plan.forgetTexts()
    }
    var draft = Draft()
    for found in found { _ = draft.add(found) }
    var maker = RecordMaker(shape, file: file, tree: nil)
    let usesColumns = plan.isUsable && !isPlain && lines.count < Int(UInt32.max)
    var cursor = Cursor(lines, tokens: usesColumns ? index.tokens(of: lines.bytes, count: lines.count) : nil)
    var rows: [LineRecords.Row] = []
    rows.reserveCapacity(lines.count / 4096 + 1)
    var held: [Int: LineRecords.Held] = [:]
    while let line = cursor.nextLine() {
      if usesColumns, line.count <= limits.recordBytes {
        switch fit(line, at: &cursor) {
        case .blank: continue
        case .record(let row):
          draft.addRecord()
          rows.append(row)
          continue
        case .unfit: break
        }
      }
      guard let found = maker.take(lines, line, line: cursor.line, number: 0, limits: limits),
        let record = draft.add(found)
      else { continue }
      builder.append(record)
      held[rows.count] = .init(key: record.key, name: record.name)
      rows.append(LineRecords.Row(line, number: cursor.line, digest: KeyDigest(record.key)))
    }
    if lines.endsTooLong {
      cursor.line += 1
      _ = maker.take(lines, nil, line: cursor.line, number: 0, limits: limits).map { draft.add($0) }
    }
    let source = LineRecords(self, lines, rows, held: held, file: file, tokens: cursor.tokens?.start)
    var batch = draft.batch(builder.finish(), count: rows.count, file: file, source: source)
    batch.extent.lines = cursor.line
    return batch
  }

  /// Gives a reader back that no batch needs any more.
  func retire() { pool?.giveBack(self) }

  /// A batch of the records of a block's rows.
  ///
  /// - Parameter found: what was found before them; no records.
  func read(_ rows: RowBlock, after found: [RecordMaker.Found]) -> RecordBatch {
    if rowPlan?.tree !== rows.tree { rowPlan = (rows.tree, RowPlan(rows, shape, builder: builder)) }
    let plan = isPlain ? nil : rowPlan?.plan
    builder.begin()
    plan?.begin()
    var draft = Draft()
    for found in found { _ = draft.add(found) }
    var maker = RecordMaker(shape, file: rows.table.file, tree: nil)
    var entries: [RowColumns.Entry] = []
    entries.reserveCapacity(rows.rows.count)
    func hold(_ found: RecordMaker.Found) {
      guard let record = draft.add(found) else { return }
      builder.append(record)
      entries.append(.held(record))
    }
    rows.text.withUnsafeBufferPointer { text in
      for step in rows.steps {
        switch step {
        case .found(let found): hold(found)
        case .row(let row):
          if let fit = text.baseAddress.flatMap({ plan?.fit(row, of: rows, $0) }) {
            draft.addRecord()
            entries.append(.row(row, fit))
          } else {
            hold(maker.take(.row(rows.source(of: row), rows.place(of: row), []), rows.tree))
          }
        }
      }
    }
    return draft.batch(
      builder.finish(), count: entries.count, file: rows.table.file, source: RowColumns(self, rows, entries))
  }

  /// What is found, on its way to being a batch.
  private struct Draft {
    var steps: [RecordBatch.Step] = []
    var records = 0
    var problems: [Int: [RecordProblem]] = [:]
    var strangers: [String] = []

    /// Notes what was found.
    ///
    /// - Returns: the record, if it is one.
    mutating func add(_ found: RecordMaker.Found) -> Record? {
      switch found {
      case .record(let record, let problems, let strangers):
        if !problems.isEmpty { self.problems[records] = problems }
        self.strangers += strangers
        addRecord()
        return record
      case .unreadable(let problems, let strangers):
        self.strangers += strangers
        steps.append(.unreadable(problems))
      case .problem(let problem): steps.append(.problem(problem))
      case .filteredOut: break
      }
      return nil
    }

    mutating func addRecord() {
      if case .records(let numbers)? = steps.last {
        steps[steps.count - 1] = .records(numbers.lowerBound..<records + 1)
      } else {
        steps.append(.records(records..<records + 1))
      }
      records += 1
    }

    func batch(_ columns: Batch, count: Int, file: String, source: any RecordSource) -> RecordBatch {
      var batch = RecordBatch(
        columns: columns, steps: steps, count: count, file: file, problems: problems, source: source)
      batch.extent.strangers = strangers
      return batch
    }
  }

  // MARK: Lines

  /// Goes through the lines of a block and, beside them, through its tokens.
  private struct Cursor {
    let lines: LineBlock
    /// Of the whole block; nil where that cannot be had, so that each line is looked at for itself.
    let tokens: (start: UnsafePointer<UInt32>, count: Int)?
    /// Of the line that was given last, from 1.
    var line = 0
    /// The first token that no line before has.
    var token = 0
    /// The first escape of the line, or where it ends.
    var escape = 0
    private var start = 0

    init(_ lines: LineBlock, tokens: (start: UnsafePointer<UInt32>, count: Int)?) {
      self.lines = lines
      self.tokens = tokens
    }

    mutating func nextLine() -> Range<Int>? {
      guard start < lines.count else { return nil }
      let end = lines.endOfLine(from: start)
      defer { start = end + 1 }
      line += 1
      // Where the line before did not fit its tokens have not been gone through.
      if let tokens {
        while token < tokens.count, Int(tokens.start[token]) < start { token += 1 }
      }
      escape = byte_search(lines.bytes, start, end, UInt8(ascii: "\\"))
      return start..<end
    }
  }

  private enum Fit {
    case blank
    case record(LineRecords.Row)
    /// It is for the reader of documents.
    case unfit
  }

  /// Reads a line into columns, if it fits.
  private func fit(_ line: Range<Int>, at cursor: inout Cursor) -> Fit {
    let bytes = cursor.lines.bytes
    let hasEscapes = cursor.escape < line.upperBound
    if hasEscapes, !escapesAreRight(bytes, from: cursor.escape, to: line.upperBound) { return .unfit }
    let walk: ColumnWalk
    let base: Int
    let first: Int
    if let tokens = cursor.tokens {
      (base, first) = (0, cursor.token)
      walk = self.walk(bytes, tokens.start, hasEscapes: hasEscapes)
    } else {
      guard let tokens = index.tokens(of: bytes + line.lowerBound, count: line.count) else { return .unfit }
      (base, first) = (line.lowerBound, 0)
      walk = self.walk(bytes + line.lowerBound, tokens.start, hasEscapes: hasEscapes)
    }
    // After the last token stands the end of the text.
    let end = line.upperBound - base
    if walk.offset(first) >= end { return .blank }
    builder.mark()
    let next = walk.record(first)
    guard next > 0, walk.offset(next - 1) < end, walk.offset(next) >= end else {
      builder.takeBack()
      return .unfit
    }
    if builder.holdsValues {
      if wantedForValues.isEmpty { wantedForValues = plan.entries.map(\.pointee.isForValues) }
      let facts = FactWalk(walk, wanted: wantedForValues, memory: memory)
      builder.appendValues(of: facts.record(first, key: "", place: nil))
    }
    if cursor.tokens != nil { cursor.token = next }
    return .record(
      LineRecords.Row(
        line, number: cursor.line, token: cursor.tokens == nil ? nil : first, notes: notes.pointee, base: base,
        bytes: bytes))
  }

  private func walk(
    _ bytes: UnsafePointer<UInt8>, _ tokens: UnsafePointer<UInt32>, hasEscapes: Bool
  ) -> ColumnWalk {
    ColumnWalk(
      bytes: bytes, tokens: tokens, objects: plan.objects, tables: builder.tables, notes: notes,
      plan: plan, builder: builder, texts: builder.texts, months: months, depthLimit: limits.depth,
      block: block, hasEscapes: hasEscapes)
  }

  /// What finds a record's facts again.
  func facts(_ bytes: UnsafePointer<UInt8>, _ tokens: UnsafePointer<UInt32>?, count: Int, for rules: [Int]?)
    -> FactWalk?
  {
    guard let tokens = tokens ?? index.tokens(of: bytes, count: count)?.start else { return nil }
    return FactWalk(walk(bytes, tokens, hasEscapes: true), wanted: wanted(by: rules), memory: memory)
  }

  /// By entry of the plan, whether rules read its fact; nil for every fact that is read.
  private func wanted(by rules: [Int]?) -> [Bool] {
    if wantedByAny.isEmpty { wantedByAny = entries { _, _ in true } }
    guard let rules else { return wantedByAny }
    if wantedByRule.isEmpty {
      let demand = shape.demand
      wantedByRule = demand.rules.map { facts in entries { facts.contains($0, of: $1) } }
      wantedByScope = entries { demand.scope.contains($0, of: $1) }
    }
    var wanted = wantedByScope
    for rule in rules {
      for index in wanted.indices where wantedByRule[rule][index] { wanted[index] = true }
    }
    return wanted
  }

  /// By entry of the plan, whether its fact is read and satisfies a condition.
  private func entries(_ isWanted: (_ member: Int, _ type: ContextType) -> Bool) -> [Bool] {
    var result = [Bool](repeating: false, count: plan.entries.count)
    for (object, entries) in plan.entryOfMember.enumerated() {
      for case (let member, let entry?) in entries.enumerated() {
        result[entry.pointee.position] = isWanted(member, plan.plans[object].type)
      }
    }
    return result
  }

  /// Whether every escape of a line is one; half a surrogate pair is.
  private func escapesAreRight(_ bytes: UnsafePointer<UInt8>, from first: Int, to end: Int) -> Bool {
    var index = first
    while index < end {
      guard index + 1 < end else { return false }
      switch bytes[index + 1] {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
        UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
        index += 2
      case UInt8(ascii: "u"):
        guard index + 6 <= end, (2..<6).allSatisfy({ Self.isHexadecimal(bytes[index + $0]) }) else { return false }
        index += 6
      default: return false
      }
      index = byte_search(bytes, index, end, UInt8(ascii: "\\"))
    }
    return true
  }

  private static func isHexadecimal(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }
}
