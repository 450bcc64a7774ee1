/// Patterns that have been read, the good and the bad.
struct PatternCache {
  /// Patterns may come from records, so only so many are kept.
  private static let limit = 64

  private struct Key: Hashable {
    let pattern: [UInt8]
    let flags: [UInt8]
  }

  private var patterns: [Key: Result<RegularExpression, RegularExpression.Problem>] = [:]

  mutating func pattern(
    _ text: String, flags: String
  ) throws(RegularExpression.Problem) -> RegularExpression {
    let key = Key(pattern: Array(text.utf8), flags: Array(flags.utf8))
    if let known = patterns[key] { return try known.get() }
    if patterns.count >= Self.limit { patterns.removeAll(keepingCapacity: true) }
    do throws(RegularExpression.Problem) {
      let pattern = try RegularExpression(text, flags: RegularExpression.Flags(flags))
      patterns[key] = .success(pattern)
      return pattern
    } catch {
      patterns[key] = .failure(error)
      throw error
    }
  }
}
