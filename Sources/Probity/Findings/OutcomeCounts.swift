/// How many subjects came to each outcome.
public struct OutcomeCounts: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  private var passed = 0
  private var failed = 0
  private var notEvidenced = 0
  private var notApplicable = 0
  private var errors = 0

  public init() {}

  public init(dictionaryLiteral elements: (Outcome, Int)...) {
    for (outcome, count) in elements { self[outcome] = count }
  }

  public subscript(outcome: Outcome) -> Int {
    get {
      switch outcome {
      case .pass: passed
      case .fail: failed
      case .notEvidenced: notEvidenced
      case .notApplicable: notApplicable
      case .error: errors
      }
    }
    set {
      switch outcome {
      case .pass: passed = newValue
      case .fail: failed = newValue
      case .notEvidenced: notEvidenced = newValue
      case .notApplicable: notApplicable = newValue
      case .error: errors = newValue
      }
    }
  }

  /// Subjects that did not come to what was asked for: failed, not evidenced or not computed.
  public var unmet: Int { failed + notEvidenced + errors }

  public static func += (counts: inout OutcomeCounts, more: OutcomeCounts) {
    counts.passed += more.passed
    counts.failed += more.failed
    counts.notEvidenced += more.notEvidenced
    counts.notApplicable += more.notApplicable
    counts.errors += more.errors
  }
}
