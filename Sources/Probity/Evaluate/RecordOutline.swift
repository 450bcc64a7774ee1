import FEEL

/// What a rule came to for a subject, as far as columns tell it.
package struct FindingOutline: BitwiseCopyable {
  /// Some of the marks of a record, by number.
  package struct Marks: BitwiseCopyable {
    package var first: Int
    package var end: Int

    package var isEmpty: Bool { first == end }
    package var count: Int { end - first }
    package var indices: Range<Int> { first..<end }
  }

  /// By position among the asked rules.
  package var rule: Int
  package var outcome: Outcome
  package var severity: Severity
  /// The row that it is about, and of which table; of table 0 the record itself.
  package var table: Int
  package var row: Int
  /// What it rests on.
  package var evidence: Marks
  package var lists: Marks
  package var missing: Marks
  /// The requirements that are not met, of one that fails.
  package var unmet: Marks
}

/// Outlines of a record's findings, and by number the facts and lists that they rest on: room that one record after the
/// other is outlined in.
///
/// It serves one thread, and nothing that it calls comes back to it.
final class Outlines {
  @exclusivity(unchecked) var findings = FlatList<FindingOutline>()
  @exclusivity(unchecked) var evidence = FlatList<FactMark>()
  @exclusivity(unchecked) var lists = FlatList<ListMark>()
  @exclusivity(unchecked) var missing = FlatList<FactMark>()
  @exclusivity(unchecked) var unmet = FlatList<Int>()
  /// What only the interpreter can explain, by the position of the rule.
  @exclusivity(unchecked) var explained: [(finding: Finding, rule: Int)] = []
  /// As in ``RecordOutline``.
  @exclusivity(unchecked) var passed = FlatList<UInt64>()
  @exclusivity(unchecked) var notApplicable = FlatList<UInt64>()
  @exclusivity(unchecked) var counted = FlatList<SettledRule>()

  func removeAll() {
    findings.removeAll()
    evidence.removeAll()
    lists.removeAll()
    missing.removeAll()
    unmet.removeAll()
    if !explained.isEmpty { explained.removeAll() }
    passed.removeAll()
    notApplicable.removeAll()
    counted.removeAll()
  }
}

/// A batch whose records are outlined one after the other.
final class OutlinedBatch {
  let batch: RecordBatch
  let reader: GroundsReader
  let columns: ExplainedColumns
  let outlines: Outlines
  /// The file as the user named it.
  let file: UnsafeBufferPointer<UInt8>

  init(_ batch: RecordBatch, _ columns: ExplainedColumns) {
    self.batch = batch
    self.columns = columns
    outlines = Outlines()
    reader = GroundsReader(columns, into: outlines)
    let file = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: batch.file.utf8.count)
    _ = file.initialize(fromContentsOf: batch.file.utf8)
    self.file = UnsafeBufferPointer(file)
  }

  deinit { file.deallocate() }
}

/// What was found about a record that was read from a line straight into columns, for reports that write it down from there.
///
/// It tells what a ``RecordReport`` does of a record that the policy is surely about, and over which no waiver lies. It is
/// valid until whoever made it is asked about another record.
package struct RecordOutline: ~Copyable {
  /// By number, the findings and what they rest on. It is valid as long as the outline.
  package struct Marks: BitwiseCopyable {
    package let findings: UnsafePointer<FindingOutline>
    package let evidence: UnsafePointer<FactMark>
    package let lists: UnsafePointer<ListMark>
    package let missing: UnsafePointer<FactMark>
    package let unmet: UnsafePointer<Int>

    init(_ outlines: Outlines) {
      findings = UnsafePointer(outlines.findings.start)
      evidence = UnsafePointer(outlines.evidence.start)
      lists = UnsafePointer(outlines.lists.start)
      missing = UnsafePointer(outlines.missing.start)
      unmet = UnsafePointer(outlines.unmet.start)
    }
  }

  /// Of the rules that are asked once of each record, by position among all that are asked: a bit of each, from the lowest
  /// of the first word on. There are as many words as all rules need.
  package typealias RuleBits = UnsafePointer<UInt64>

  package let line: LineText
  /// The file as the user named it.
  package let file: UnsafeBufferPointer<UInt8>
  package let columns: ExplainedColumns.Pointers
  package let marks: Marks
  /// How many findings columns explain; in the order of the rule book, and of the items within a rule.
  package let findingCount: Int
  /// The rules that the record passed, and those that do not apply to it.
  package let passed: RuleBits
  package let notApplicable: RuleBits
  /// How often other rules passed or did not apply, in the order of the rule book.
  package let counted: UnsafeBufferPointer<SettledRule>
  package internal(set) var verdict: Verdict?
  package let hasProblems: Bool
  /// Its number in the batch.
  let index: Int
  /// Keeps what is pointed to.
  private let source: OutlinedBatch

  init(_ source: OutlinedBatch, record index: Int, line: LineText) {
    self.line = line
    self.index = index
    self.source = source
    file = source.file
    columns = source.columns.pointers
    hasProblems = !source.batch.problems.isEmpty && source.batch.problems[index] != nil
    let outlines = source.outlines
    marks = Marks(outlines)
    findingCount = outlines.findings.count
    passed = UnsafePointer(outlines.passed.start)
    notApplicable = UnsafePointer(outlines.notApplicable.start)
    counted = UnsafeBufferPointer(start: outlines.counted.start, count: outlines.counted.count)
  }

  /// As in its bytes.
  package var fileName: String { source.batch.file }

  package var problems: [RecordProblem] { source.batch.problems(of: index) }

  /// What the record is called.
  package var name: String? { source.batch.name(of: index) }

  /// The bytes of its name in the line, where they stand there as they are, or else none.
  package var nameBytes: UnsafeBufferPointer<UInt8> {
    line.name.holds(UInt8(ascii: "\\")) ? UnsafeBufferPointer(start: nil, count: 0) : line.name
  }

  // MARK: Findings

  /// Whether columns explain all that is not met.
  package var isOutlined: Bool { source.outlines.explained.isEmpty }

  /// Gives what is not met, in the order of the rule book, and of the items within a rule.
  ///
  /// - Parameters:
  ///   - outlined: is given what columns explain.
  ///   - explained: is given what only the interpreter can, and the position of its rule.
  package borrowing func forEachFinding(
    outlined: (UnsafePointer<FindingOutline>) -> Void, explained: (Finding, _ rule: Int) -> Void
  ) {
    var next = marks.findings
    let end = next + findingCount
    if !source.outlines.explained.isEmpty {
      // All findings of a rule are of one kind.
      for (finding, rule) in source.outlines.explained {
        while next < end, next.pointee.rule < rule {
          outlined(next)
          next += 1
        }
        explained(finding, rule)
      }
    }
    while next < end {
      outlined(next)
      next += 1
    }
  }

  /// Gives how often rules passed or did not apply, in the order of the rule book, and only those that did.
  package borrowing func forEachSettled(_ body: (SettledRule) -> Void) {
    var next = 0
    for word in 0..<source.outlines.passed.count {
      var bits = passed[word] | notApplicable[word]
      while bits != 0 {
        let rule = word * 64 + bits.trailingZeroBitCount
        let bit = bits & (0 &- bits)
        while next < counted.count, counted[next].rule < rule {
          body(counted[next])
          next += 1
        }
        let isPassed = passed[word] & bit != 0
        body(SettledRule(rule: rule, passed: isPassed ? 1 : 0, notApplicable: isPassed ? 0 : 1))
        bits ^= bit
      }
    }
    for rule in counted[next...] { body(rule) }
  }

  // MARK: Facts

  /// A fact of the row so many tables further up than what a finding is about.
  package borrowing func mark(_ fact: Int32, climb: Int32, of finding: FindingOutline) -> FactMark {
    FactMark(
      fact: fact, row: Int32(truncatingIfNeeded: source.columns.climb(climb, from: finding.table, finding.row)))
  }

  /// What a message quotes of a register.
  package borrowing func content(
    _ register: Int32, climb: Int32, _ kind: Layout.Kind, of finding: FindingOutline
  ) -> FactTeller.Content {
    guard let number = source.columns.number(register, source.columns.climb(climb, from: finding.table, finding.row))
    else {
      return .other(.null)
    }
    switch kind {
    case .number: return .number(number)
    case .date: return .day(number)
    default: return .other(Machine.value(number, kind) ?? .null)
    }
  }

  /// Says what and where its facts are.
  package var teller: FactTeller { FactTeller(columns: source.columns, origin: .line(line, file: source.batch.file)) }

  /// The report that it stands for.
  package borrowing func report(of checking: Checking) -> RecordReport { checking.report(self) }
}

extension ListEvidence.Counts {
  package init(_ mark: ListMark) {
    self.init(
      items: Int(mark.items), selected: mark.selected < 0 ? nil : Int(mark.selected), perhaps: Int(mark.perhaps),
      omitted: Int(mark.omitted))
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether a byte is among these, eight of which are looked at at a time.
  fileprivate func holds(_ byte: UInt8) -> Bool {
    guard let base = UnsafeRawPointer(baseAddress) else { return false }
    var index = 0
    while index + 8 <= count {
      let word = base.loadUnaligned(fromByteOffset: index, as: UInt64.self) ^ Word.ones &* UInt64(byte)
      if (word &- Word.ones) & ~word & (Word.ones &* 0x80) != 0 { return true }
      index += 8
    }
    return self[index...].contains(byte)
  }
}
