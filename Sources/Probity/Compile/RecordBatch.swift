package import Diagnostics

/// What a check wants of the records: the columns of its program, and the facts that anything in its policy may read.
package struct RecordDemand: Sendable {
  package let layout: Layout
  /// Texts of the program, whose ids in the columns are their positions.
  package let constants: [String]
  package let facts: UsedFacts
  /// The part of ``facts`` that each rule may read, by the rule's position among those that are asked.
  package let rules: [UsedFacts]
  /// The part that the policy's scope may read.
  package let scope: UsedFacts

  /// - Parameter facts: which facts are read; of others nothing is held, nor said.
  package init(
    layout: Layout = Layout(), constants: [String] = [], facts: UsedFacts = .all, rules: [UsedFacts] = [],
    scope: UsedFacts = UsedFacts()
  ) {
    self.layout = layout
    self.constants = constants
    self.facts = facts
    self.rules = rules
    self.scope = scope
  }
}

/// What tells identifiers apart: up to 15 bytes themselves, of more a hash of 128 bits.
package struct KeyDigest: Hashable, Sendable, BitwiseCopyable {
  private var first: UInt64
  private var second: UInt64

  private init(first: UInt64, second: UInt64) {
    self.first = first
    self.second = second
  }
}

/// What the records of a batch are read from.
///
/// It serves one thread at a time.
package protocol RecordSource: AnyObject, Sendable {
  func key(of index: Int) -> String
  func name(of index: Int) -> String?
  /// - Parameter linesBefore: how many lines of the file stand before those that are not numbered yet.
  func place(of index: Int, linesBefore: Int) -> Place?
  /// The place's line, or else its row.
  func line(of index: Int, linesBefore: Int) -> Int?
  func digest(of index: Int) -> KeyDigest
  /// Gives the digest and the line, or else the row, of one record after the other; 0 where it has neither.
  func forEachIdentifier(of numbers: Range<Int>, linesBefore: Int, _ body: (Int, KeyDigest, Int) -> Void)
  /// - Parameter rules: those that want the facts, by position; nil for everything that is read.
  func record(_ index: Int, for rules: [Int]?, linesBefore: Int) -> Record
  /// The line that a record was read from straight into columns; nil where there is none.
  func lineText(of index: Int, linesBefore: Int) -> LineText?
}

extension RecordSource {
  package func lineText(of index: Int, linesBefore: Int) -> LineText? { nil }
}

extension RecordSource {
  package func line(of index: Int, linesBefore: Int) -> Int? {
    let place = place(of: index, linesBefore: linesBefore)
    return place?.line ?? place?.row
  }

  package func forEachIdentifier(of numbers: Range<Int>, linesBefore: Int, _ body: (Int, KeyDigest, Int) -> Void) {
    for number in numbers { body(number, digest(of: number), line(of: number, linesBefore: linesBefore) ?? 0) }
  }
}

/// Records on their way from a reader to a check: what the program reads of them in columns, who each of them is, and a
/// way back to its facts.
///
/// Records are numbered from 0 in the order of the input; a record's number is its row in the columns.
package struct RecordBatch: Sendable {
  /// What was found, in the order of the input.
  package enum Step: Sendable {
    /// The records of these numbers, which ``problems(of:)`` may have something to say about.
    case records(Range<Int>)
    /// A record that cannot be checked, and why: the first problem is the reason.
    case unreadable([RecordProblem])
    /// Something wrong with a file.
    case problem(RecordProblem)
  }

  /// What a reader's ledger has to know of the stretch of the input that a batch was made of.
  package struct Extent: Sendable {
    /// How a file ended.
    package struct End: Sendable {
      /// Why it could not be read to its end.
      package var failure: String?
      /// Rows with nothing in them.
      package var blankRows: Int
      /// Rows that the mapping's filter left out.
      package var filteredOut: Int

      package init(failure: String?, blankRows: Int, filteredOut: Int) {
        self.failure = failure
        self.blankRows = blankRows
        self.filteredOut = filteredOut
      }
    }

    package var startsFile = false
    /// Whether the file is of a source that is joined in, and holds no records.
    package var isJoined = false
    /// With the last batch of a run that joins sources: what became of each, but for what batches say; nil for the one
    /// that gives the records.
    package var accounts: [SourceAccount?] = []
    /// What the mapping calls that one.
    package var recordSource: String?
    /// Set where the file ends with the batch.
    package var end: End?
    /// How many lines it holds; nil where they are numbered throughout the file already.
    package var lines: Int?
    /// What each problem that a key is no fact is about, in their order.
    package var strangers: [String] = []

    package init() {}
  }

  package let columns: Batch
  package var steps: [Step]
  /// How many records there are.
  package let count: Int
  /// The file as the user named it.
  package let file: String
  /// By the number of the record; only of records that something is wrong with.
  package var problems: [Int: [RecordProblem]]
  /// How many lines of the file stand before the batch, where lines are numbered within it.
  package var linesBefore = 0
  package var extent = Extent()
  private let source: any RecordSource

  /// - Parameter steps: where every record is named once, in order.
  package init(
    columns: Batch, steps: [Step], count: Int, file: String, problems: [Int: [RecordProblem]],
    source: any RecordSource
  ) {
    self.columns = columns
    self.steps = steps
    self.count = count
    self.file = file
    self.problems = problems
    self.source = source
  }

  /// A batch of records at hand that nothing is wrong with.
  package init(_ records: [Record], demand: RecordDemand) {
    self.init(
      columns: Batch(records, layout: demand.layout, constants: demand.constants),
      steps: [.records(records.indices)], count: records.count, file: records.first?.place?.file ?? "",
      problems: [:], source: HeldRecords(records))
  }

  /// The same batch with other facts of its records.
  ///
  /// - Parameters:
  ///   - records: with those facts, one for each.
  ///   - source: gives them when they are asked for, with the lines of their places.
  package func replacing(
    _ records: [Record], problems: [Int: [RecordProblem]], demand: RecordDemand, source: any RecordSource
  ) -> RecordBatch {
    var result = RecordBatch(
      columns: Batch(records, layout: demand.layout, constants: demand.constants), steps: steps, count: count,
      file: file, problems: problems, source: source)
    (result.linesBefore, result.extent) = (linesBefore, extent)
    return result
  }

  /// What identifies a record.
  package func key(of index: Int) -> String { source.key(of: index) }

  package func digest(of index: Int) -> KeyDigest { source.digest(of: index) }

  /// Gives what tells a record from others, and its line or else its row, of one record after the other.
  package func forEachIdentifier(of numbers: Range<Int>, _ body: (Int, KeyDigest, Int) -> Void) {
    source.forEachIdentifier(of: numbers, linesBefore: linesBefore, body)
  }

  /// What a record is called, where its type says which fact that is.
  package func name(of index: Int) -> String? { source.name(of: index) }

  package func place(of index: Int) -> Place? { source.place(of: index, linesBefore: linesBefore) }

  /// What is wrong with a record, or was first noticed with it.
  package func problems(of index: Int) -> [RecordProblem] { problems[index] ?? [] }

  /// Puts others in the place of problems, or nothing, in the order in which they are reported.
  package mutating func mapProblems(_ transform: (RecordProblem) -> RecordProblem?) {
    for index in steps.indices {
      switch steps[index] {
      case .records(let numbers):
        guard !problems.isEmpty else { continue }
        for number in numbers {
          if let found = problems[number] { problems[number] = found.compactMap(transform) }
        }
      case .unreadable(let found): steps[index] = .unreadable(found.compactMap(transform))
      case .problem: break
      }
    }
  }

  /// A record with its facts and their places, for what columns do not tell.
  ///
  /// It may have to be read anew, so it is asked for once, and only where it is needed.
  ///
  /// - Parameter rules: those that will be asked of it, by their position among the asked ones, so that no fact but theirs
  ///   and the scope's need be there; nil for all.
  package func recover(_ index: Int, for rules: [Int]? = nil) -> Record {
    source.record(index, for: rules, linesBefore: linesBefore)
  }

  /// The line that a record was read from, where spans are of it.
  func lineText(of index: Int) -> LineText? { source.lineText(of: index, linesBefore: linesBefore) }
}

/// Records that are at hand as a whole.
package final class HeldRecords: RecordSource {
  private let records: [Record]

  package init(_ records: [Record]) { self.records = records }

  package func key(of index: Int) -> String { records[index].key }
  package func name(of index: Int) -> String? { records[index].name }
  package func place(of index: Int, linesBefore: Int) -> Place? { records[index].place }
  package func digest(of index: Int) -> KeyDigest { KeyDigest(records[index].key) }

  package func record(_ index: Int, for rules: [Int]?, linesBefore: Int) -> Record { records[index] }
}

extension KeyDigest {
  /// How many bytes the identifier has; nil where they are not at hand.
  package var length: Int? { second >> 63 == 0 ? Int(second >> 56) : nil }

  /// A byte of an identifier whose ``length`` is known.
  ///
  /// - Parameter index: below the length.
  package subscript(index: Int) -> UInt8 {
    get { UInt8(truncatingIfNeeded: (index < 8 ? first : second) >> UInt64((index & 7) * 8)) }
    set {
      let shift = UInt64((index & 7) * 8)
      let mask = ~(0xFF << shift as UInt64)
      if index < 8 {
        first = first & mask | UInt64(newValue) << shift
      } else {
        second = second & mask | UInt64(newValue) << shift
      }
    }
  }

  package init(_ key: String) {
    var key = key
    self = key.withUTF8 { KeyDigest($0) }
  }

  package init(_ bytes: UnsafeBufferPointer<UInt8>) {
    if bytes.count < 16 {
      var words = (0 as UInt64, UInt64(bytes.count) << 56)
      withUnsafeMutableBytes(of: &words) { $0.copyMemory(from: UnsafeRawBufferPointer(bytes)) }
      self.init(first: words.0, second: words.1)
    } else {
      let (first, second) = SipHash.digest(bytes)
      // No length of up to 15 bytes has the highest bit.
      self.init(first: first, second: second | 1 << 63)
    }
  }
}

/// SipHash-2-4 with 128 bits and a fixed key, so that runs are alike.
private enum SipHash {
  private struct State {
    var a: UInt64 = 0x736f_6d65_7073_6575
    var b: UInt64 = 0x646f_7261_6e64_6f6d ^ 0xee
    var c: UInt64 = 0x6c79_6765_6e65_7261
    var d: UInt64 = 0x7465_6462_7974_6573

    mutating func round() {
      a &+= b
      b = (b &<< 13 | b &>> 51) ^ a
      a = a &<< 32 | a &>> 32
      c &+= d
      d = (d &<< 16 | d &>> 48) ^ c
      a &+= d
      d = (d &<< 21 | d &>> 43) ^ a
      c &+= b
      b = (b &<< 17 | b &>> 47) ^ c
      c = c &<< 32 | c &>> 32
    }

    mutating func add(_ word: UInt64) {
      d ^= word
      round()
      round()
      a ^= word
    }

    mutating func finish() -> UInt64 {
      for _ in 0..<4 { round() }
      return a ^ b ^ c ^ d
    }
  }

  static func digest(_ bytes: UnsafeBufferPointer<UInt8>) -> (UInt64, UInt64) {
    var state = State()
    var word: UInt64 = 0
    for (index, byte) in bytes.enumerated() {
      word |= UInt64(byte) << UInt64((index & 7) * 8)
      if index & 7 == 7 {
        state.add(word)
        word = 0
      }
    }
    state.add(word | UInt64(bytes.count & 0xFF) << 56)
    state.c ^= 0xee
    let first = state.finish()
    state.b ^= 0xdd
    return (first, state.finish())
  }
}
