public import Diagnostics
public import FEEL

/// What a test file says an expectation's subject must come to.
public struct Expectation: Sendable {
  /// What is looked at.
  public enum Subject: Hashable, Sendable {
    /// A rule by its position in the rule book; of all items, or of the one of that path.
    case rule(Int, item: String?)
    case verdict
    case scope
    /// A decision by its position: of the record (`path` empty) or of a value in it; a whole, or one output.
    case decision(Int, path: String, output: String?)
  }

  /// The outcome of a rule, or that it is not asked at all.
  public enum RuleOutcome: Hashable, Sendable {
    case outcome(Outcome)
    case notAsked

    /// The word for it in a test file.
    public var word: String {
      switch self {
      case .outcome(let outcome): outcome.rawValue
      case .notAsked: "not asked"
      }
    }
  }

  /// What must be said of a rule.
  public struct Finding: Hashable, Sendable {
    public var outcome: RuleOutcome
    /// Paths, in any order; nil where nothing is said of them.
    public var missing: [String]?
    /// One of the messages, word for word.
    public var message: String?
    /// Texts that the messages, or the reason of an error, hold.
    public var mentions: [String]
    public var severity: Severity?

    public init(
      _ outcome: RuleOutcome, missing: [String]? = nil, message: String? = nil, mentions: [String] = [],
      severity: Severity? = nil
    ) {
      self.outcome = outcome
      self.missing = missing
      self.message = message
      self.mentions = mentions
      self.severity = severity
    }
  }

  /// What is wanted of the subject.
  public enum Wanted: Hashable, Sendable {
    case finding(Finding)
    /// The text of a verdict, or a word for the scope.
    case text(String)
    /// The value of a decision; of one with several outputs those that are named.
    case value(Value)
    case outputs([OutputValue])
    /// A decision that rests on missing facts.
    case unknown
  }

  /// One output of a decision table with several.
  public struct OutputValue: Hashable, Sendable {
    public var name: String
    public var value: Value
  }

  public var subject: Subject
  public var wanted: Wanted
  /// The subject as the file writes it.
  public var text: String
  public var span: SourceSpan
}

/// One case of a test file, ready to be run.
public struct TestCase: Sendable {
  /// `a certificate within its three years`; of a table's row `the day it falls due, row 2 (2023-06-29, 2026-06-30)`.
  public var name: String
  public var span: SourceSpan
  var plan: RecordPlan
  /// The position of the policy among those that were loaded; nil where the rules are asked by themselves.
  public var policy: Int?
  public var asOf: CivilDate
  /// The values of parameters that count in this case alone, by position in the rule book.
  public var parameters: [Int: Value]
  public var expectations: [Expectation]
  /// Why it is right, and fails all the same.
  public var knownToFail: String?

  /// The record that it is about, made anew each time.
  public var record: Record { plan.record }
}

/// The cases of one test file.
public struct TestFile: Sendable {
  /// The file as the user named it.
  public var path: String
  /// In the order of the file.
  public var cases: [TestCase]
}
