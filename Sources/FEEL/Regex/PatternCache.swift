/// Patterns that have been read, the good and the bad.
struct PatternCache {
  /// Patterns may come from records, so only so many are kept.
  private static let limit = 64

  private struct Key: Hashable {
    let pattern: [UInt8]
    let flags: [UInt8]
  }

  private typealias Reading = Result<RegularExpression, RegularExpression.Problem>

  private var patterns: [Key: Reading] = [:]
  /// The one asked for last, which mostly is the one asked for next.
  private var last: (pattern: String, flags: String, reading: Reading)?

  mutating func pattern(
    _ text: String, flags: String
  ) throws(RegularExpression.Problem) -> RegularExpression {
    if let last, Operators.isSame(last.pattern, text), Operators.isSame(last.flags, flags) {
      return try last.reading.get()
    }
    let key = Key(pattern: Array(text.utf8), flags: Array(flags.utf8))
    let reading = patterns[key] ?? Self.read(text, flags)
    if patterns.count >= Self.limit { patterns.removeAll(keepingCapacity: true) }
    patterns[key] = reading
    last = (text, flags, reading)
    return try reading.get()
  }

  private static func read(_ text: String, _ flags: String) -> Reading {
    Result { () throws(RegularExpression.Problem) in
      try RegularExpression(text, flags: RegularExpression.Flags(flags))
    }
  }
}
