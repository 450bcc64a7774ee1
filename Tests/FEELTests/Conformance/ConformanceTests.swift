import FEEL
import Foundation
import TestSupport
import Testing

/// The standard's own tests, where they are there.
///
/// They are looked for in `shared/feel` beside the package, or in the folder that `PROBITY_TCK` names. What is known
/// not to pass stands in `KnownFailures.txt`, each with its reason; the list is held to be true both ways.
@Suite struct ConformanceTests {
  private static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static let files: [URL] = {
    let folder =
      ProcessInfo.processInfo.environment["PROBITY_TCK"].map { URL(filePath: $0) }
      ?? package.deletingLastPathComponent().appending(path: "shared/feel")
    return ["tck-level-2.jsonl", "tck-level-3.jsonl"].map { folder.appending(path: $0) }
  }()

  private static let isThere = files.allSatisfy { FileManager.default.fileExists(atPath: $0.path) }

  /// By id, with the reason.
  private static func knownFailures() throws -> [String: String] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "KnownFailures.txt")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
    return Dictionary(
      uniqueKeysWithValues: lines.map { line in
        let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
        return (parts[0], parts.count > 1 ? parts[1] : "")
      })
  }

  @Test(.enabled(if: isThere, "the test suite is not there"))
  func testSuite() throws {
    let zones = try #require(ZoneFiles(), "the cases need a time zone database")
    let asOf = try #require(DateAndTime("2026-06-30T00:00:00"))
    let evaluator = RequestEvaluator(asOf: asOf, zones: zones)
    var known = try Self.knownFailures()
    for (id, reason) in known where reason.isEmpty { Issue.record("\(id) has no reason to fail") }
    var counts: [ConformanceCase.Kind: (passed: Int, strictly: Int, all: Int)] = [:]
    for test in try Self.files.flatMap({ try ConformanceCase.cases(in: $0) }) {
      let response = evaluator.response(to: test.request)
      let passes = test.isSatisfied(by: response)
      var count = counts[test.kind] ?? (0, 0, 0)
      count.all += 1
      count.passed += passes ? 1 : 0
      count.strictly += test.isSatisfied(by: response, strictly: true) ? 1 : 0
      counts[test.kind] = count
      let isKnown = known.removeValue(forKey: test.id) != nil
      if passes, isKnown { Issue.record("\(test.id) passes now: take it off the list") }
      if !passes, !isKnown {
        Issue.record(
          "\(test.id): expected \(test.expected?.literal ?? "an error"), not \(response.value.literal) \(response.error ?? "")"
        )
      }
    }
    for id in known.keys.sorted() { Issue.record("there is no case \(id)") }
    for kind in ConformanceCase.Kind.allCases {
      let count = counts[kind] ?? (0, 0, 0)
      print("cases that expect \(kind.rawValue): \(count.passed) of \(count.all) pass, strictly \(count.strictly)")
    }
  }
}
