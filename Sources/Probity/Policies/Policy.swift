public import Diagnostics
public import FEEL

/// What becomes of a rule that is not met.
public enum Enforcement: String, Sendable, CaseIterable, Comparable {
  /// It informs: its findings count as advisory.
  case advisory
  /// A waiver may lie over it.
  case waivable
  /// No waiver lifts it.
  case mandatory

  public static func < (left: Enforcement, right: Enforcement) -> Bool { left.rank < right.rank }

  private var rank: Int {
    switch self {
    case .advisory: 0
    case .waivable: 1
    case .mandatory: 2
    }
  }
}

/// Which rules apply to whom, with which parameters, severities and enforcement, and how findings become a verdict.
///
/// This is one policy file joined with all that it extends: loosening was refused or relaxed when it was loaded.
public struct Policy: Sendable {
  /// A rule as the policy asks it.
  public struct Entry: Sendable {
    /// Its position in the rule book.
    public var rule: Int
    /// By the last day each counts, ascending; the last has no end. What a relaxation loosened ends with it.
    public var severities: [(until: CivilDate?, severity: Severity)]
    public var enforcements: [(until: CivilDate?, enforcement: Enforcement)]

    public init(
      rule: Int, severities: [(until: CivilDate?, severity: Severity)],
      enforcements: [(until: CivilDate?, enforcement: Enforcement)]
    ) {
      self.rule = rule
      self.severities = severities
      self.enforcements = enforcements
    }

    public func severity(on date: CivilDate) -> Severity {
      severities.first { $0.until.map { date <= $0 } ?? true }?.severity ?? .critical
    }

    public func enforcement(on date: CivilDate) -> Enforcement {
      enforcements.first { $0.until.map { date <= $0 } ?? true }?.enforcement ?? .waivable
    }
  }

  /// What a policy sets a parameter to.
  public struct Setting: Sendable {
    public var parameter: Int
    /// By the first day each counts, ascending.
    public var values: [(from: CivilDate, value: Value)]
    /// After this day the setting no longer counts, and what it loosened does.
    public var until: CivilDate?
    /// The policy that sets it.
    public var policy: String

    public init(parameter: Int, values: [(from: CivilDate, value: Value)], until: CivilDate?, policy: String) {
      self.parameter = parameter
      self.values = values
      self.until = until
      self.policy = policy
    }
  }

  /// A permission to be looser than what is inherited.
  public struct Relaxation: Sendable, Hashable {
    /// `rule x` or `parameter y`.
    public var target: String
    public var reason: String
    public var approved: String
    public var until: CivilDate

    public init(target: String, reason: String, approved: String, until: CivilDate) {
      self.target = target
      self.reason = reason
      self.approved = approved
      self.until = until
    }
  }

  public var name: String
  public var title: String
  public var source: String?
  /// From the policy itself up to the one that extends nothing.
  public var lineage: [String]
  public var recordType: String
  public var stage: Stage?
  /// All must hold for a record to be in scope: its own and those of the policies it extends.
  public var scope: [CheckedExpression]
  /// Whether the reason why the scope cannot be computed could tell a sensitive fact.
  public var isScopeSensitive = false
  /// In the order of the rule book.
  public var entries: [Entry]
  /// The nearest policy's first.
  public var settings: [Setting]
  public var relaxations: [Relaxation]
  /// Rules a pattern would have taken but for their stage.
  public var leftOut: [Int]
  public var verdict: DecisionTable?
  /// Where this policy says it; nil where it has none of its own.
  public var verdictSpan: SourceSpan?
  public var verdictRemarks = TableRemarks()

  public init(
    name: String, title: String, source: String?, lineage: [String], recordType: String, stage: Stage?,
    scope: [CheckedExpression], entries: [Entry], settings: [Setting], relaxations: [Relaxation], leftOut: [Int],
    verdict: DecisionTable?
  ) {
    self.name = name
    self.title = title
    self.source = source
    self.lineage = lineage
    self.recordType = recordType
    self.stage = stage
    self.scope = scope
    self.entries = entries
    self.settings = settings
    self.relaxations = relaxations
    self.leftOut = leftOut
    self.verdict = verdict
  }

  /// The value of a parameter under this policy on a date; nil where it has none.
  public func value(of parameter: Int, in book: RuleBook, on date: CivilDate) -> Value? {
    Self.value(of: book.parameters[parameter], at: parameter, under: settings, on: date)
  }

  /// The value that settings, the nearest first, give a parameter on a date, or else its own.
  static func value(
    of parameter: Parameter, at position: Int, under settings: [Setting], on date: CivilDate
  ) -> Value? {
    for setting in settings where setting.parameter == position {
      if let until = setting.until, until < date { continue }
      if let value = setting.values.last(where: { $0.from <= date })?.value { return value }
    }
    return parameter.value(on: date)
  }
}

/// A dated, reasoned, named permission for one record (or item) not to meet one rule.
public struct Waiver: Sendable, Hashable {
  public var rule: String
  /// The record's key.
  public var record: String
  /// The item's key, where only one item is meant.
  public var item: String?
  public var reason: String
  public var approved: String
  public var since: CivilDate
  public var until: CivilDate
  public var span: SourceSpan

  public init(
    rule: String, record: String, item: String?, reason: String, approved: String, since: CivilDate, until: CivilDate,
    span: SourceSpan
  ) {
    self.rule = rule
    self.record = record
    self.item = item
    self.reason = reason
    self.approved = approved
    self.since = since
    self.until = until
    self.span = span
  }
}
