public import Diagnostics
public import FEEL

/// How much it matters that a rule is not met.
public enum Severity: String, Sendable, BitwiseCopyable, CaseIterable, Comparable {
  case advisory, minor, major, critical

  public static func < (left: Severity, right: Severity) -> Bool { left.rank < right.rank }

  /// 0 for advisory to 3 for critical.
  public var rank: Int {
    switch self {
    case .advisory: 0
    case .minor: 1
    case .major: 2
    case .critical: 3
    }
  }
}

/// When in a contract's life a rule may be asked.
public enum Stage: String, Sendable, CaseIterable {
  case accreditation, selection, award, contract
}

/// The sentence of a contract, law or council paper that a rule puts into practice.
public struct Clause: Hashable, Sendable {
  public var document: String
  public var ref: String
  public var text: String?
  public var page: String?

  public init(document: String, ref: String, text: String? = nil, page: String? = nil) {
    self.document = document
    self.ref = ref
    self.text = text
    self.page = page
  }
}

/// What an expression's host bindings mean in a rule book: the number a ``Resolution`` carries.
public enum Binding: Hashable, Sendable {
  /// The record itself, whose members are the facts.
  case record
  /// The value that a decision of a type is about.
  case subject
  /// The rule's `each` variable of that position.
  case each(Int)
  /// The rule's `let` name of that position.
  case letValue(Int)
  /// The rule book's parameter of that position.
  case parameter(Int)
  /// The rule book's decision of that position, of the record.
  case decision(Int)
  /// A count that a policy's verdict sees, by its position in ``VerdictCounts/names``.
  case count(Int)
  /// A value that a compiled program has computed already, by its position among an expression's operands.
  case operand(Int)

  private static let span = 1 << 24

  public init(number: Int) {
    let index = number % Self.span
    self =
      switch number / Self.span {
      case 0: .record
      case 1: .subject
      case 2: .each(index)
      case 3: .letValue(index)
      case 4: .parameter(index)
      case 5: .decision(index)
      case 6: .count(index)
      default: .operand(index)
      }
  }

  public var number: Int {
    switch self {
    case .record: 0
    case .subject: Self.span
    case .each(let index): 2 * Self.span + index
    case .letValue(let index): 3 * Self.span + index
    case .parameter(let index): 4 * Self.span + index
    case .decision(let index): 5 * Self.span + index
    case .count(let index): 6 * Self.span + index
    case .operand(let index): 7 * Self.span + index
    }
  }
}

/// Text with FEEL in it: `{worker.ref}'s certificate fell due`.
public struct Template: Sendable {
  public enum Segment: Sendable {
    case text(String)
    /// `isSensitive` when the expression reads a sensitive fact, whose value must not be shown unless asked for.
    case expression(CheckedExpression, isSensitive: Bool)
  }

  public var segments: [Segment]

  public init(segments: [Segment]) { self.segments = segments }
}

/// One obligation, checked against the vocabulary.
public struct Rule: Sendable {
  /// `name in list` of `each`.
  public struct Iterator: Sendable {
    public var name: String
    /// Sees the record and the iterators before it.
    public var list: CheckedExpression

    public init(name: String, list: CheckedExpression) {
      self.name = name
      self.list = list
    }
  }

  /// One entry of `require`.
  public struct Requirement: Sendable {
    public var that: CheckedExpression
    /// The entry's own, or the rule's.
    public var severity: Severity
    /// Whether the severity is the entry's own, so that a policy's override leaves it alone.
    public var hasOwnSeverity: Bool
    public var message: Template?
    public var remedy: Template?

    public init(
      that: CheckedExpression, severity: Severity, hasOwnSeverity: Bool, message: Template?, remedy: Template?
    ) {
      self.that = that
      self.severity = severity
      self.hasOwnSeverity = hasOwnSeverity
      self.message = message
      self.remedy = remedy
    }
  }

  public var name: String
  /// `insurance/public-liability-cover`: where its file stands under `rules/`, and its name.
  public var address: String
  public var title: String
  public var severity: Severity
  /// Nil: any stage.
  public var stages: [Stage]?
  /// The name of the type of the records it is about.
  public var recordType: String
  public var each: [Iterator]
  public var when: CheckedExpression?
  /// By position: ``Binding/letValue(_:)``.
  public var lets: [(name: String, value: CheckedExpression)]
  public var requirements: [Requirement]
  public var source: String
  public var clause: Clause?
  /// First and last as-of dates on which it is asked.
  public var since: CivilDate?
  public var until: CivilDate?
  /// The place of its name.
  public var span: SourceSpan
  /// Whether the reason why it cannot be computed could tell a sensitive fact.
  public var isSensitive = false

  public init(
    name: String, address: String, title: String, severity: Severity, stages: [Stage]?, recordType: String,
    each: [Iterator], when: CheckedExpression?, lets: [(name: String, value: CheckedExpression)],
    requirements: [Requirement], source: String, clause: Clause?, since: CivilDate?, until: CivilDate?,
    span: SourceSpan
  ) {
    self.name = name
    self.address = address
    self.title = title
    self.severity = severity
    self.stages = stages
    self.recordType = recordType
    self.each = each
    self.when = when
    self.lets = lets
    self.requirements = requirements
    self.source = source
    self.clause = clause
    self.since = since
    self.until = until
    self.span = span
  }

  /// Whether the rule is asked on a date.
  public func isInForce(on date: CivilDate) -> Bool {
    (since.map { $0 <= date } ?? true) && (until.map { date <= $0 } ?? true)
  }
}

/// A named value that a policy may set, by date.
public struct Parameter: Sendable {
  /// Which way a policy may move it without a reason.
  public enum Stricter: String, Sendable, CaseIterable { case lower, higher }

  public var name: String
  public var title: String
  public var type: Type
  public var unit: String?
  /// By the first day each counts, ascending.
  public var values: [(from: CivilDate, value: Value)]
  public var stricter: Stricter?
  public var source: String?
  /// No law or paper gives it: a local choice, and labelled so.
  public var isLocal: Bool
  public var span: SourceSpan

  public init(
    name: String, title: String, type: Type, unit: String?, values: [(from: CivilDate, value: Value)],
    stricter: Stricter?, source: String?, isLocal: Bool, span: SourceSpan
  ) {
    self.name = name
    self.title = title
    self.type = type
    self.unit = unit
    self.values = values
    self.stricter = stricter
    self.source = source
    self.isLocal = isLocal
    self.span = span
  }

  /// The value in force on a date; nil before the first.
  public func value(on date: CivilDate) -> Value? { values.last { $0.from <= date }?.value }
}

/// A named derived fact.
public struct Decision: Sendable {
  public enum Logic: Sendable {
    case expression(CheckedExpression)
    case table(DecisionTable)
  }

  public var name: String
  public var title: String
  /// The type it is a derived fact of; the record's own type where it is `record`'s.
  public var of: String
  /// Whether it is of the record as a whole.
  public var isOfRecord: Bool
  public var logic: Logic
  public var type: Type
  public var source: String?
  public var span: SourceSpan
  /// Of a table: what looks like a mistake and is none.
  public var remarks: TableRemarks

  public init(
    name: String, title: String, of: String, isOfRecord: Bool, logic: Logic, type: Type, source: String?,
    span: SourceSpan, remarks: TableRemarks = TableRemarks()
  ) {
    self.name = name
    self.title = title
    self.of = of
    self.isOfRecord = isOfRecord
    self.logic = logic
    self.type = type
    self.source = source
    self.span = span
    self.remarks = remarks
  }
}

/// Everything under `rules/`, checked.
public struct RuleBook: Sendable {
  public var vocabulary: Vocabulary
  public var rules: [Rule]
  public var parameters: [Parameter]
  public var decisions: [Decision]
  public var clauses: [ListedClause]

  public init(
    vocabulary: Vocabulary = Vocabulary(), rules: [Rule] = [], parameters: [Parameter] = [],
    decisions: [Decision] = [], clauses: [ListedClause] = []
  ) {
    self.vocabulary = vocabulary
    self.rules = rules
    self.parameters = parameters
    self.decisions = decisions
    self.clauses = clauses
  }

  /// The clauses that a rule puts into practice.
  ///
  /// - Parameter rule: its position in the rule book.
  public func clauses(ofRule rule: Int) -> [ListedClause] { clauses.filter { $0.rules.contains(rule) } }
}
