public import Diagnostics
public import FEEL

/// What has to be settled before nothing more is asked.
public enum Settlement: String, Sendable, CaseIterable {
  /// What each policy decides. A policy without a verdict table is settled by its findings.
  case verdicts
  /// Every finding: whether each rule is met.
  case findings
}

/// The facts of one record that are missing and matter. `Docs/Requests.md` defines which do.
public struct RecordRequest: Sendable {
  /// The record's key.
  public var key: String
  public var name: String?
  public var place: Place?
  /// How it stands under each policy, in the order of the policies.
  public var standings: [Standing]
  /// What to ask for, the most decisive first, each once.
  public var facts: [RequestedFact]
  /// Missing facts that findings rest on and that are not asked for, because they can change nothing that is to be settled.
  public var idle: Int
  /// What was wrong with the record's data.
  public var problems: [RecordProblem]

  public init(
    key: String, name: String?, place: Place?, standings: [Standing], facts: [RequestedFact], idle: Int,
    problems: [RecordProblem] = []
  ) {
    self.key = key
    self.name = name
    self.place = place
    self.standings = standings
    self.facts = facts
    self.idle = idle
    self.problems = problems
  }
}

/// How a record stands under one policy as long as nothing more is supplied.
public struct Standing: Sendable {
  /// The policy's name.
  public var policy: String
  public var scope: ScopeOutcome
  /// Nil where the policy has no verdict table or the record is out of scope.
  public var verdict: Verdict?
  /// Findings that are not evidenced and over which no waiver lies.
  public var notEvidenced: Int
  /// Whether nothing that is missing can change what is to be settled.
  public var isSettled: Bool

  public init(policy: String, scope: ScopeOutcome, verdict: Verdict?, notEvidenced: Int, isSettled: Bool) {
    self.policy = policy
    self.scope = scope
    self.verdict = verdict
    self.notEvidenced = notEvidenced
    self.isSettled = isSettled
  }
}

/// One missing fact that matters.
public struct RequestedFact: Sendable {
  public var fact: Fact
  public var declaration: Vocabulary.FactDeclaration
  /// Who needs it, the most severe first: at least one.
  public var needs: [Need]
  /// The facts that decide whether this one is needed at all, which come before it; empty where it is needed as things
  /// stand.
  public var after: [Fact]
  /// Whether some value of it changes what is to be settled while everything else stays missing.
  public var isDecisive: Bool
  /// Of a list of items: the facts of each item that are wanted, what identifies it first.
  public var columns: [ItemFact]

  /// A fact of each item of a list that is asked for.
  public struct ItemFact: Sendable, Hashable {
    /// From the item: `dbs.issued`.
    public var path: String
    public var label: String

    public init(path: String, label: String) {
      self.path = path
      self.label = label
    }
  }

  public init(
    fact: Fact, declaration: Vocabulary.FactDeclaration, needs: [Need], after: [Fact], isDecisive: Bool,
    columns: [ItemFact]
  ) {
    self.fact = fact
    self.declaration = declaration
    self.needs = needs
    self.after = after
    self.isDecisive = isDecisive
    self.columns = columns
  }

  /// The most severe that a finding which needs it could count as.
  public var severity: Severity { needs.first?.severity ?? .advisory }
}

/// A rule of a policy that cannot be decided without a fact.
public struct Need: Hashable, Sendable {
  /// The policy's name.
  public var policy: String
  /// The rule's name; nil where the fact decides whether the policy is about the record.
  public var rule: String?
  /// What holds when the rule is met, or the policy's title.
  public var title: String
  /// What the finding could count as.
  public var severity: Severity
  /// The item that is asked about, `staff[W-17]`; nil where it is the record.
  public var item: String?

  public init(policy: String, rule: String?, title: String, severity: Severity, item: String?) {
    self.policy = policy
    self.rule = rule
    self.title = title
    self.severity = severity
    self.item = item
  }
}
