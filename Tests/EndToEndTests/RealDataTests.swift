import Foundation
import Testing

/// Real registers, whose findings were counted independently: `Docs/RealData.md` has the counts, and how they were made.
///
/// The registers are not in the repository. They are looked for in the folder that `PROBITY_DATA` names, else in
/// `shared/data` beside the project, and without them the tests are skipped.
@Suite struct RealData {
  static let folder: URL? = {
    let named = ProcessInfo.processInfo.environment["PROBITY_DATA"].map { URL(filePath: $0) }
    let folder = named ?? projectFolder.deletingLastPathComponent().appending(path: "shared/data")
    return FileManager.default.fileExists(atPath: folder.appending(path: "cqc").path()) ? folder : nil
  }()

  struct Register: CustomTestStringConvertible, Sendable {
    /// The heading of its section in the document.
    var testDescription: String
    var policy: String
    var mapping: String
    var asOf: String
    /// A file, or a folder of them.
    var path: String
    var records: Int
  }

  @Test(
    .enabled(if: folder != nil, "the registers are not here"),
    arguments: [
      Register(
        testDescription: "CQC extract of locations, August 2025", policy: "cqc-location-checks",
        mapping: "cqc-locations-extract", asOf: "2025-08-31", path: "cqc/cqc-locations-extract-2025-08.csv",
        records: 999),
      Register(
        testDescription: "CQC API, locations in one council area, March 2025", policy: "cqc-location-checks",
        mapping: "cqc-api-location", asOf: "2025-03-31", path: "cqc/api-oldham-2025-03/locations", records: 282),
      Register(
        testDescription: "A council's contracts register, July 2022", policy: "contract-register-hygiene",
        mapping: "salford-contracts-register", asOf: "2022-07-31",
        path: "contracts/salford-contracts-register-2022-07.csv", records: 360),
      Register(
        testDescription: "Ofsted's list of children's social care providers, March 2024",
        policy: "ofsted-register-checks", mapping: "ofsted-providers", asOf: "2024-03-31",
        path: "ofsted/provider_at_march_2024.csv", records: 3876),
    ])
  func countsAreTheIndependentOnes(_ register: Register) throws {
    let path = try #require(Self.folder).appending(path: register.path)
    var files = [path.path()]
    if register.path.hasSuffix("locations") {
      files = try FileManager.default.contentsOfDirectory(atPath: path.path()).sorted().map {
        path.appending(path: $0).path()
      }
    }
    let run = try probity(
      [
        "check", "--policy", register.policy, "--as-of", register.asOf, "--mapping",
        "policies/mappings/\(register.mapping).yaml", "--format", "jsonl",
      ] + files)
    #expect(run.errors == "")
    let last = try #require(run.output.split(separator: "\n").last)
    let summary = try JSONDecoder().decode(Summary.self, from: Data(last.utf8))
    #expect(summary.records == .init(read: register.records, checked: register.records, outOfScope: 0, unreadable: 0))
    #expect(summary.rules.allSatisfy { $0.error == 0 })
    let found = summary.rules.map {
      "| \($0.rule) | \($0.pass) | \($0.fail) | \($0.notEvidenced) | \($0.notApplicable) | "
        + "\($0.pass + $0.fail + $0.notEvidenced + $0.notApplicable) |"
    }
    #expect(found == (try Self.rows(under: register.testDescription)))
  }

  /// The rows of the table of counts in a section of the document.
  private static func rows(under heading: String) throws -> [String] {
    let text = try String(contentsOf: projectFolder.appending(path: "Docs/RealData.md"), encoding: .utf8)
    let section = try #require(text.components(separatedBy: "\n## ").first { $0.hasPrefix(heading + "\n") })
    let lines = section.split(separator: "\n").map(String.init)
    let start = try #require(lines.firstIndex { $0.hasPrefix("| ---") })
    return Array(lines[(start + 1)...].prefix { $0.hasPrefix("| ") })
  }

  private struct Summary: Decodable {
    struct Records: Decodable, Equatable {
      var read, checked, outOfScope, unreadable: Int

      enum CodingKeys: String, CodingKey {
        case read, checked, unreadable
        case outOfScope = "out_of_scope"
      }
    }

    struct Rule: Decodable {
      var rule: String
      var pass, fail, notEvidenced, notApplicable, error: Int

      enum CodingKeys: String, CodingKey {
        case rule, pass, fail, error
        case notEvidenced = "not_evidenced"
        case notApplicable = "not_applicable"
      }
    }

    var records: Records
    var rules: [Rule]
  }
}
