public import Diagnostics
public import Probity

/// How a run of tests came out.
public struct CaseReport: Sendable {
  /// In the order of the files and of the cases in each.
  public var results: [CaseResult]
  /// The text of the files, for the lines of cases.
  public var sources: SourceMap
  /// The version of the program.
  public var version: String

  /// What the cases have tried; nil where it was not measured.
  public var coverage: Coverage?
  /// How much they have to try.
  public var thresholds: [CoverageThreshold]

  public init(
    results: [CaseResult], sources: SourceMap, version: String, coverage: Coverage? = nil,
    thresholds: [CoverageThreshold] = []
  ) {
    self.coverage = coverage
    self.thresholds = thresholds
    self.results = results
    self.sources = sources
    self.version = version
  }

  /// Whether a case failed.
  public var hasFailures: Bool { results.contains { $0.status.isFailure } }

  /// The measures that are below a threshold, each with the highest that it is below.
  public var missedThresholds: [(measure: Coverage.Measure, threshold: Int)] {
    guard let coverage else { return [] }
    return Coverage.Measure.allCases.compactMap { measure in
      thresholds.filter { $0.missed(by: coverage).contains(measure) }.map(\.percent).max().map { (measure, $0) }
    }
  }

  /// How many cases came out so.
  public func count(_ status: CaseResult.Status) -> Int { results.count { $0.status == status } }

  /// The files that had a case, each with its results, in order.
  var files: [(name: String, results: ArraySlice<CaseResult>)] {
    var files: [(name: String, results: ArraySlice<CaseResult>)] = []
    for index in results.indices {
      if files.last?.name == results[index].file {
        files[files.count - 1].results = results[files[files.count - 1].results.startIndex...index]
      } else {
        files.append((results[index].file, results[index...index]))
      }
    }
    return files
  }

  func line(of span: SourceSpan) -> Int { sources.location(Int(span.start), in: span.file).line }
}
