public import Diagnostics

/// How a case came out.
public struct CaseResult: Sendable {
  /// What a case counts as.
  public enum Status: String, Sendable, CaseIterable {
    case passed
    case failed
    /// It fails, as its `known-to-fail` says.
    case knownToFail = "known to fail"
    /// It is said to be known to fail, and passes.
    case unexpectedlyPassed = "unexpectedly passed"

    /// Whether the run is a failed one for it.
    public var isFailure: Bool { self == .failed || self == .unexpectedlyPassed }
  }

  /// The case's name, as its file writes it.
  public var name: String
  /// The file as the user named it.
  public var file: String
  public var span: SourceSpan
  public var status: Status
  /// Why it fails all the same, where it says so.
  public var knownToFail: String?
  /// What came out otherwise than expected.
  public var mismatches: [Mismatch]
  /// How many expectations it held.
  public var expectations: Int
}

/// One expectation that was not met.
public struct Mismatch: Sendable {
  /// The expectation's subject as the file writes it: `dbs-renewal staff[W-1]`.
  public var subject: String
  public var span: SourceSpan
  public var expected: String
  public var found: String
  /// What the finding said, where that helps.
  public var notes: [String]
  /// How what was found came about.
  public var explanation: Explanation?
}
