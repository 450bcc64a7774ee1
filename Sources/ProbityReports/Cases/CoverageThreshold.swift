public import Probity

/// How much of a rule book cases have to try.
public struct CoverageThreshold: Hashable, Sendable {
  /// Nil: each of them.
  public var measure: Coverage.Measure?
  /// From 0 to 100.
  public var percent: Int

  public init(_ measure: Coverage.Measure?, percent: Int) {
    self.measure = measure
    self.percent = percent
  }

  /// `90`, or `rows=100`; nil where a text is neither.
  public init?(_ text: String) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard let number = parts.last.flatMap({ Int($0) }), (0...100).contains(number) else { return nil }
    percent = number
    if parts.count == 2 {
      guard let measure = Coverage.Measure(rawValue: String(parts[0])) else { return nil }
      self.measure = measure
    }
  }

  /// The measures that stay below it.
  func missed(by coverage: Coverage) -> [Coverage.Measure] {
    (measure.map { [$0] } ?? Coverage.Measure.allCases).filter { measure in
      coverage.count(measure).percent.map { $0 < percent } ?? false
    }
  }
}
