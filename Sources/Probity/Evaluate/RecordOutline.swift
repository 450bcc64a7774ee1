/// What a rule came to for a subject, as far as columns tell it.
package struct FindingOutline {
  /// By position among the asked rules.
  package var rule: Int
  package var outcome: Outcome
  package var severity: Severity
  /// The row that it is about, and of which table; of table 0 the record itself.
  package var table: Int
  package var row: Int
  /// What it rests on: ranges of ``Outlines``.
  package var evidence: Range<Int>
  package var lists: Range<Int>
  package var missing: Range<Int>
  /// The requirements that are not met, of one that fails.
  package var unmet: Range<Int>
}

/// Outlines of findings, and by number the facts and lists that they rest on.
package struct Outlines {
  package internal(set) var findings: [FindingOutline] = []
  package internal(set) var evidence: [FactMark] = []
  package internal(set) var lists: [ListMark] = []
  package internal(set) var missing: [FactMark] = []
  package internal(set) var unmet: [Int] = []

  mutating func removeAll() {
    findings.removeAll(keepingCapacity: true)
    evidence.removeAll(keepingCapacity: true)
    lists.removeAll(keepingCapacity: true)
    missing.removeAll(keepingCapacity: true)
    unmet.removeAll(keepingCapacity: true)
  }
}

/// What was found about a record that was read from a line straight into columns, for reports that write it down from there.
///
/// It tells what a ``RecordReport`` does of a record that the policy is surely about, and over which no waiver lies.
package struct RecordOutline {
  /// What is not met.
  package enum Entry {
    /// In ``Outlines/findings``.
    case outline(Int)
    /// What only the interpreter can explain, of a rule by position.
    case finding(Finding, rule: Int)
  }

  package let teller: FactTeller
  package let line: LineText
  /// What the record is called.
  package let name: String?
  package internal(set) var outlines: Outlines
  /// In the order of the rule book, and of the items within a rule.
  package internal(set) var entries: [Entry]
  package internal(set) var settled: [SettledRule]
  package internal(set) var verdict: Verdict?
  package let problems: [RecordProblem]

  /// The position of the rule that an entry is of.
  func rule(of entry: Entry) -> Int {
    switch entry {
    case .outline(let number): outlines.findings[number].rule
    case .finding(_, let rule): rule
    }
  }

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
