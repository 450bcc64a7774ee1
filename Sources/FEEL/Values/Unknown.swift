/// What is known of a value that rests on missing facts.
///
/// It stands for every value that some completion of the missing facts would give. `lower` and `upper` bound those
/// values where they are ordered; ``mayFail`` says that some completions give null instead. `Docs/Unknown.md` defines
/// every operator over it.
public final class Unknown: Sendable {
  /// The facts that it rests on, each once, in the order they were met.
  public let missing: [Fact]
  /// No value is below it; nil where nothing is known.
  public let lower: Value?
  /// No value is above it.
  public let upper: Value?
  /// Whether some completion gives null, for instance by dividing by zero, or a list or context with null in it.
  public let mayFail: Bool

  public init(missing: [Fact], lower: Value? = nil, upper: Value? = nil, mayFail: Bool = false) {
    self.missing = missing
    self.lower = lower
    self.upper = upper
    self.mayFail = mayFail
  }

  /// The facts of both, each once, without bounds.
  public static func merging(_ unknowns: [Unknown], mayFail: Bool? = nil) -> Unknown {
    if unknowns.count == 1, let only = unknowns.first, only.lower == nil, only.upper == nil,
      mayFail == nil || mayFail == only.mayFail
    {
      return only
    }
    var seen: Set<Fact> = []
    var missing: [Fact] = []
    for unknown in unknowns {
      for fact in unknown.missing where seen.insert(fact).inserted { missing.append(fact) }
    }
    return Unknown(missing: missing, mayFail: mayFail ?? unknowns.contains { $0.mayFail })
  }

  /// The same facts, bounded anew.
  public func bounded(lower: Value?, upper: Value?, mayFail: Bool? = nil) -> Unknown {
    Unknown(missing: missing, lower: lower, upper: upper, mayFail: mayFail ?? self.mayFail)
  }

  /// The same, which may also turn out to be null.
  public var failing: Unknown {
    mayFail ? self : Unknown(missing: missing, lower: lower, upper: upper, mayFail: true)
  }

  /// The same where null counts as a known value: what it does not affect cannot fail because of it.
  public var lasting: Unknown {
    mayFail ? Unknown(missing: missing, lower: lower, upper: upper, mayFail: false) : self
  }

  /// What it rests on that two things are so, where each may rest on something.
  static func both(_ first: Unknown?, _ second: Unknown?) -> Unknown? {
    guard let first, let second else { return first ?? second }
    return merging([first, second])
  }
}
