import Foundation
import Testing

/// What becomes of the rows of real files, whose counts were made independently: `Docs/RealData.md` has them.
@Suite struct RealSources {
  /// A mapping and the file, or folder, that it is given.
  @Test(
    .enabled(if: RealData.folder != nil, "the registers are not here"),
    arguments: [
      ("cqc-directory-2016", "cqc-directory-2016-02-rows-1-3000.csv"),
      ("cqc-search-export", "cqc-search-export-2025-08.csv"),
      ("trafford-care-homes", "trafford-care-homes-2026-02.csv"),
      ("cqc-latest-ratings", ""), ("cqc-extract-and-directory", ""),
    ])
  func accountsAreTheIndependentOnes(_ mapping: String, _ file: String) throws {
    let path = try #require(RealData.folder).appending(path: "cqc/\(file)").path()
    let run = try probity([
      "check", "--policy", "cqc-location-checks", "--as-of", "2025-08-31", "--format", "json", "--summary",
      "--mapping", "policies/mappings/\(mapping).yaml", path,
    ])
    let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
    let found = report.summary.sources.map { source in
      let counts = [
        source.read, source.used, source.filteredOut, source.joinedToNothing, source.unmatched, source.duplicateKeys,
      ]
      let name = source.source.map { " \($0)" } ?? ""
      return "| \(mapping) |\(name) | " + counts.map { "\($0) |" }.joined(separator: " ")
    }
    let text = try String(contentsOf: projectFolder.appending(path: "Docs/RealData.md"), encoding: .utf8)
    #expect(found == text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("| \(mapping) |") })
  }

  private struct Report: Decodable {
    struct Summary: Decodable { var sources: [Source] }

    struct Source: Decodable {
      var source: String?
      var read, used, filteredOut, joinedToNothing, unmatched, duplicateKeys: Int

      enum CodingKeys: String, CodingKey {
        case source, read, used, unmatched
        case filteredOut = "filtered_out"
        case joinedToNothing = "joined_to_nothing"
        case duplicateKeys = "duplicate_keys"
      }
    }

    var summary: Summary
  }
}
