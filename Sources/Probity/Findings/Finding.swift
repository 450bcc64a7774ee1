public import Diagnostics
public import FEEL

/// What a rule came to for one subject. A waiver lies over an outcome and never changes it.
public enum Outcome: String, Sendable, BitwiseCopyable, CaseIterable {
  case pass
  case fail
  /// A fact it needs was not supplied.
  case notEvidenced = "not evidenced"
  case notApplicable = "not applicable"
  /// It could not be computed.
  case error
}

/// What a finding is about: a record, or an item in it.
public struct Subject: Hashable, Sendable {
  /// The record's key.
  public var record: String
  /// The item's path within the record, `staff[W-17]`; nil where the record itself is meant.
  public var item: String?
  /// The item's key, or its position from 1 where its type has none.
  public var itemKey: String?

  public init(record: String, item: String? = nil, itemKey: String? = nil) {
    self.record = record
    self.item = item
    self.itemKey = itemKey
  }
}

/// A fact that a finding rests on.
public struct Evidence: Hashable, Sendable {
  /// The fact's path from the record's root: `staff[W-17].dbs.issued`.
  public var path: String
  /// What people call the fact.
  public var label: String
  /// Nil where it is sensitive and was not asked for.
  public var value: Value?
  public var unit: String?
  public var place: Place?

  public init(path: String, label: String, value: Value?, unit: String?, place: Place?) {
    self.path = path
    self.label = label
    self.value = value
    self.unit = unit
    self.place = place
  }
}

/// A list that a finding rests on: how it was gone through. Facts of its first few items that decided are evidence.
public struct ListEvidence: Hashable, Sendable {
  /// The filter or the list, as it is written in the rule.
  public var text: String
  /// Nil where how many there are could tell a sensitive fact, which was not asked for.
  public var counts: Counts?

  public struct Counts: Hashable, Sendable {
    /// How many items were gone through.
    public var items: Int
    /// Of a filter: how many surely satisfy its condition.
    public var selected: Int?
    /// Of a filter: how many may or may not, since facts are missing.
    public var perhaps: Int
    /// How many of the items that decided have no facts among the evidence.
    public var omitted: Int

    public init(items: Int, selected: Int?, perhaps: Int, omitted: Int) {
      self.items = items
      self.selected = selected
      self.perhaps = perhaps
      self.omitted = omitted
    }
  }

  public init(text: String, counts: Counts?) {
    self.text = text
    self.counts = counts
  }
}

/// A fact that is missing and would decide.
public struct MissingFact: Hashable, Sendable {
  public var path: String
  public var label: String
  public var absence: Absence
  /// Where it should have been.
  public var place: Place?

  public init(path: String, label: String, absence: Absence, place: Place?) {
    self.path = path
    self.label = label
    self.absence = absence
    self.place = place
  }
}

/// One rule's outcome for one subject.
public struct Finding: Hashable, Sendable {
  /// The rule's name.
  public var rule: String
  public var address: String
  public var title: String
  public var subject: Subject
  public var outcome: Outcome
  public var severity: Severity
  public var enforcement: Enforcement
  /// For each unmet requirement what it says, where it says anything.
  public var messages: [String]
  public var remedies: [String]
  public var source: String
  public var clause: Clause?
  /// What was read and decided; empty for a pass.
  public var evidence: [Evidence]
  /// The lists that were gone through for it.
  public var lists: [ListEvidence]
  /// For `not evidenced`: exactly the facts that would decide.
  public var missing: [MissingFact]
  /// For `error`: why it could not be computed.
  public var reason: String?
  /// The waiver that lies over it.
  public var waiver: Waiver?

  public init(
    rule: String, address: String, title: String, subject: Subject, outcome: Outcome, severity: Severity,
    enforcement: Enforcement, messages: [String] = [], remedies: [String] = [], source: String, clause: Clause? = nil,
    evidence: [Evidence] = [], lists: [ListEvidence] = [], missing: [MissingFact] = [], reason: String? = nil,
    waiver: Waiver? = nil
  ) {
    self.rule = rule
    self.address = address
    self.title = title
    self.subject = subject
    self.outcome = outcome
    self.severity = severity
    self.enforcement = enforcement
    self.messages = messages
    self.remedies = remedies
    self.source = source
    self.clause = clause
    self.evidence = evidence
    self.lists = lists
    self.missing = missing
    self.reason = reason
    self.waiver = waiver
  }

  /// What it counts as in the verdict and the exit status: an advisory rule's findings are advisory.
  public var effectiveSeverity: Severity { enforcement == .advisory ? .advisory : severity }

  /// Whether it is something to act on: not met, not evidenced or not computed, and not waived.
  public var isOpen: Bool {
    waiver == nil && (outcome == .fail || outcome == .notEvidenced || outcome == .error)
  }
}

/// Whether a record is one that the policy is about.
public enum ScopeOutcome: Hashable, Sendable {
  case inScope
  case outOfScope
  /// The facts that would decide are missing; rules are asked all the same.
  case notEvidenced([MissingFact])
  case error(String)
}

/// What the policy decides from a record's findings.
public struct Verdict: Hashable, Sendable {
  /// The verdict table's first output; nil where the table gives none, which `reason` explains.
  public var text: String?
  /// The table's further outputs by name, in its order.
  public var details: [(name: String, value: Value)]
  public var reason: String?

  public init(text: String?, details: [(name: String, value: Value)] = [], reason: String? = nil) {
    self.text = text
    self.details = details
    self.reason = reason
  }

  public static func == (left: Verdict, right: Verdict) -> Bool {
    left.text == right.text && left.reason == right.reason
      && left.details.elementsEqual(right.details) { $0.name == $1.name && $0.value == $1.value }
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(text)
    hasher.combine(reason)
  }
}

/// How often a rule passed or did not apply within one record.
public struct SettledRule: Hashable, Sendable, BitwiseCopyable {
  /// The position among the rules that were asked.
  public var rule: Int
  public var passed: Int
  public var notApplicable: Int

  public init(rule: Int, passed: Int = 0, notApplicable: Int = 0) {
    self.rule = rule
    self.passed = passed
    self.notApplicable = notApplicable
  }
}

/// Everything found about one record.
public struct RecordReport: Sendable {
  public var key: String
  public var name: String?
  public var place: Place?
  public var scope: ScopeOutcome
  /// In the order of the rule book, and of the items within a rule.
  public var findings: [Finding]
  /// What passed or did not apply and is not among the findings, in the order of the rule book.
  public var settled: [SettledRule]
  /// The names of the rules that were asked, by their positions in ``settled``.
  public var ruleNames: [String]
  /// Nil where the policy has no verdict table or the record is out of scope.
  public var verdict: Verdict?
  /// What was wrong with the record's data.
  public var problems: [RecordProblem]

  public init(
    key: String, name: String?, place: Place?, scope: ScopeOutcome, findings: [Finding],
    settled: [SettledRule] = [], ruleNames: [String] = [], verdict: Verdict?, problems: [RecordProblem] = []
  ) {
    self.key = key
    self.name = name
    self.place = place
    self.scope = scope
    self.findings = findings
    self.settled = settled
    self.ruleNames = ruleNames
    self.verdict = verdict
    self.problems = problems
  }
}

/// How a run came out over all records.
public struct Summary: Sendable {
  /// How often a rule came to what, over all subjects.
  public struct RuleCounts: Sendable {
    public var rule: String
    public var title: String
    public var counts = OutcomeCounts()
    public var waived = 0

    public init(rule: String, title: String) {
      self.rule = rule
      self.title = title
    }
  }

  public var policy: String
  public var policyTitle: String
  public var asOf: CivilDate
  /// Records there were, unreadable ones included.
  public var read = 0
  /// Records that were checked against the policy's rules.
  public var checked = 0
  public var outOfScope = 0
  /// Records that could not be read or told apart, and so were not checked.
  public var unreadable = 0
  /// Open findings by what they count as and their outcome, over all records.
  public var open: [Severity: OutcomeCounts] = [:]
  public var waived = 0
  /// Records by verdict, in the order of the table's rows and then of first appearance.
  public var verdicts: [(text: String, count: Int)] = []
  /// In the order of the rule book.
  public var rules: [RuleCounts] = []
  /// Rules of the policy that were not asked, and why.
  public var notAsked: [(rule: String, reason: String)] = []
  /// Problems with data, by code, most frequent first, with the first of each.
  public var problems: [(code: DiagnosticCode, count: Int, example: RecordProblem)] = []
  /// What became of the rows of each source of the records.
  public var sources: [SourceAccount] = []
  /// Waivers that lay over nothing, and why.
  public var idleWaivers: [(waiver: Waiver, reason: String)] = []

  public init(policy: String, policyTitle: String, asOf: CivilDate) {
    self.policy = policy
    self.policyTitle = policyTitle
    self.asOf = asOf
  }

  /// Rows of joined sources that could not be read.
  public var lostJoinedRows: Int { sources.reduce(0) { $0 + ($1.isJoined ? $1.unreadableRows : 0) } }

  /// The highest severity that any open finding counts as.
  public var worst: Severity? {
    Severity.allCases.last { severity in (open[severity]?.unmet ?? 0) > 0 }
  }
}
