import Foundation
import Testing

/// What becomes of the rows of real files, whose counts were made independently: `Docs/RealData.md` has them.
@Suite struct RealSources {
  /// A mapping, the policy that asks of its records, and what is given to it: files, folders, and folders of one source.
  struct Run: CustomTestStringConvertible, Sendable {
    var mapping: String
    var policy: String
    var paths: [String]
    var folders: [String: String] = [:]

    var testDescription: String { mapping }

    init(_ mapping: String, _ policy: String, _ paths: String..., folders: [String: String] = [:]) {
      (self.mapping, self.policy, self.paths, self.folders) = (mapping, policy, paths, folders)
    }

    /// What the command line says of the files; a folder whose name ends in a slash stands for each of its files.
    func arguments(in folder: URL) throws -> [String] {
      let files = try paths.flatMap { path in
        let url = folder.appending(path: path)
        guard path.hasSuffix("/") else { return [url.path()] }
        return try FileManager.default.contentsOfDirectory(atPath: url.path()).sorted().map {
          url.appending(path: $0).path()
        }
      }
      return files
        + folders.sorted { $0.key < $1.key }.flatMap {
          ["--source", "\($0.key)=\(folder.appending(path: $0.value).path())"]
        }
    }
  }

  private static let api = "cqc/api-oldham-2025-03"
  private static let releases = [
    "contracts/contracts-finder-ocds-2025-01-23.json", "contracts/find-a-tender-032703-2026-UK4.json",
    "contracts/find-a-tender-037689-2026-UK1.json",
  ]

  @Test(
    .enabled(if: RealData.folder != nil, "the registers are not here"),
    arguments: [
      Run("cqc-directory-2016", "cqc-location-checks", "cqc/cqc-directory-2016-02-rows-1-3000.csv"),
      Run("cqc-search-export", "cqc-location-checks", "cqc/cqc-search-export-2025-08.csv"),
      Run("trafford-care-homes", "cqc-location-checks", "cqc/trafford-care-homes-2026-02.csv"),
      Run("cqc-latest-ratings", "cqc-location-checks", "cqc"),
      Run("cqc-extract-and-directory", "cqc-location-checks", "cqc"),
      Run("cqc-extract-and-companies", "cqc-location-checks", "cqc", "registers"),
      Run("cqc-api-locations-list", "cqc-location-checks", "\(api)/locations.json"),
      Run("cqc-api-providers-list", "core", "\(api)/providers.json"),
      Run("cqc-api-provider", "core", "\(api)/providers/"),
      Run(
        "cqc-api-provider-and-locations", "core",
        folders: ["providers": "\(api)/providers", "locations": "\(api)/locations"]),
      Run("ofsted-providers-2016", "ofsted-register-checks", "ofsted/provider_at_march_2016.csv"),
      Run("ofsted-joiners-leavers", "ofsted-register-checks", "ofsted/joiners_leavers_23.csv"),
      Run("ocds-awards", "contract-register-hygiene", releases[0], releases[1], releases[2]),
      Run("ocds-record-awards", "contract-register-hygiene", "contracts/find-a-tender-record-0525b3-UK7.json"),
      Run("ocds-tenders", "tender-conditions", releases[0], releases[1], releases[2]),
      Run(
        "contracts-finder-notices", "contract-register-hygiene", "contracts/contracts-finder-notices-blackpool.json",
        "contracts/contracts-finder-notices-chorley.json", "contracts/contracts-finder-notices-lancashire_cc.json"),
      Run("trafford-spend", "spending-transparency", "spend/trafford-supplier-spend-2026-05-social-care.csv"),
      Run("calderdale-spend", "spending-transparency", "spend/calderdale-spend-2022-08.csv"),
      Run("grants-360giving", "spending-transparency", "registers/trafford-voluntary-sector-grants-360giving.csv"),
      Run("grants-and-charities", "spending-transparency", "registers"),
      Run("trafford-spend-and-cqc", "spending-transparency", "spend", "cqc"),
      Run("companies-house-basic", "core", "registers/companies-house-basic-2020-06-sample.csv"),
      Run("charities-in-trafford", "core", "registers/charities-operating-in-trafford.csv"),
    ])
  func accountsAreTheIndependentOnes(_ given: Run) throws {
    let mapping = given.mapping
    let run = try probity(
      [
        "check", "--policy", given.policy, "--as-of", "2025-08-31", "--format", "json", "--summary", "--mapping",
        "policies/mappings/\(mapping).yaml",
      ] + given.arguments(in: #require(RealData.folder)))
    let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
    let found = report.summary.sources.map { source in
      let counts = [
        source.read, source.used, source.filteredOut, source.joinedToNothing, source.unmatched, source.duplicateKeys,
        source.unreadableCells, source.conflicts, source.conflictsSettled,
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
      var unreadableCells, conflicts, conflictsSettled: Int

      enum CodingKeys: String, CodingKey {
        case source, read, used, unmatched, conflicts
        case unreadableCells = "unreadable_cells"
        case conflictsSettled = "conflicts_settled"
        case filteredOut = "filtered_out"
        case joinedToNothing = "joined_to_nothing"
        case duplicateKeys = "duplicate_keys"
      }
    }

    var summary: Summary
  }
}
