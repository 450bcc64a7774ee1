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
  /// As in ``RecordOutline``.
  @exclusivity(unchecked) var entries = FlatList<Int>()
  @exclusivity(unchecked) var settled = FlatList<SettledRule>()

  func removeAll() {
    findings.removeAll()
    evidence.removeAll()
    lists.removeAll()
    missing.removeAll()
    unmet.removeAll()
    entries.removeAll()
    settled.removeAll()
  }
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

  package let columns: ExplainedColumns
  package let line: LineText
  package let marks: Marks
  /// What is not met, in the order of the rule book, and of the items within a rule: the number of a finding, or, of one
  /// of ``explained``, −1 less its position there.
  package let entries: UnsafeBufferPointer<Int>
  /// What only the interpreter can explain, with the position of its rule.
  package let explained: [(finding: Finding, rule: Int)]
  package let settled: UnsafeBufferPointer<SettledRule>
  package internal(set) var verdict: Verdict?
  package let problems: [RecordProblem]
  /// What the record is called, where that does not stand in the line as it is.
  let escapedName: String?
  /// Keeps what is pointed to.
  private let outlines: Outlines

  init(
    _ outlines: Outlines, columns: ExplainedColumns, line: LineText, escapedName: String?,
    explained: [(finding: Finding, rule: Int)], problems: [RecordProblem]
  ) {
    self.columns = columns
    self.line = line
    self.escapedName = escapedName
    self.explained = explained
    self.problems = problems
    self.outlines = outlines
    marks = Marks(outlines)
    entries = UnsafeBufferPointer(start: outlines.entries.start, count: outlines.entries.count)
    settled = UnsafeBufferPointer(start: outlines.settled.start, count: outlines.settled.count)
  }

  /// What the record is called.
  package var name: String? {
    if let escapedName { return escapedName }
    return line.name.isEmpty ? nil : String(decoding: line.name, as: UTF8.self)
  }

  /// Its bytes in the line, where they stand there as they are, or else none.
  package var nameBytes: UnsafeBufferPointer<UInt8> {
    escapedName == nil ? line.name : UnsafeBufferPointer(start: nil, count: 0)
  }

  /// A fact of the row so many tables further up than what a finding is about.
  package borrowing func mark(_ fact: Int32, climb: Int32, of finding: FindingOutline) -> FactMark {
    FactMark(
      fact: fact, row: Int32(truncatingIfNeeded: columns.climb(climb, from: finding.table, finding.row)))
  }

  /// What a message quotes of a register.
  package borrowing func content(
    _ register: Int32, climb: Int32, _ kind: Layout.Kind, of finding: FindingOutline
  ) -> FactTeller.Content {
    guard let number = columns.number(register, columns.climb(climb, from: finding.table, finding.row)) else {
      return .other(.null)
    }
    switch kind {
    case .number: return .number(number)
    case .date: return .day(number)
    default: return .other(Machine.value(number, kind) ?? .null)
    }
  }

  /// Says what and where its facts are.
  package var teller: FactTeller { FactTeller(columns: columns, origin: .line(line)) }

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
