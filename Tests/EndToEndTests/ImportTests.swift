import Foundation
import Testing

/// The arrows between targets, as `Docs/ARCHITECTURE.md` draws them.
@Suite struct Imports {
  static let allowed: [String: Set<String>] = [
    "Diagnostics": [],
    "CExpat": [],
    "CLibYAML": [],
    "CMinizip": [],
    "CSQLite": [],
    "CSimdJSON": [],
    "CXLSXWriter": [],
    "YAML": ["Diagnostics", "CLibYAML"],
    "FEEL": ["Diagnostics", "Synchronization"],
    "Probity": ["Diagnostics", "YAML", "FEEL", "Synchronization"],
    "ProbityRecords": [
      "Diagnostics", "YAML", "FEEL", "Probity", "CExpat", "CMinizip", "CSQLite", "CSimdJSON",
      "Synchronization",
    ],
    "ProbityReports": ["Diagnostics", "FEEL", "Probity"],
    "ProbityCommands": [
      "Diagnostics", "FEEL", "Probity", "ProbityRecords", "ProbityReports", "ArgumentParser", "Synchronization",
      "CXLSXWriter", "FoundationEssentials", "Foundation", "Darwin", "Glibc", "Musl",
    ],
    "ProbityCLI": ["ProbityCommands"],
  ]

  static var targets: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: projectFolder.appending(path: "Sources").path())) ?? [])
      .filter { !$0.hasPrefix(".") }.sorted()
  }

  @Test func everyTargetIsInTheTable() { #expect(Self.targets == Self.allowed.keys.sorted()) }

  @Test(arguments: targets)
  func onlyWhatTheTableAllows(_ target: String) throws {
    let folder = projectFolder.appending(path: "Sources/\(target)")
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    let allowed = try #require(Self.allowed[target])
    let line =
      /^\s*(?:@\S+\s+)*(?:\w+\s+)?import\s+(?:(?:struct|class|enum|protocol|func|typealias|var|let)\s+)?(\w+)/
    var seen = 0
    for case let file as URL in files where file.pathExtension == "swift" {
      seen += 1
      for text in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
        guard let match = text.firstMatch(of: line) else { continue }
        #expect(allowed.contains(String(match.1)), "\(file.path()) imports \(match.1)")
      }
    }
    #expect(seen > 0 || target.hasPrefix("C"))
  }

  /// The whole of Foundation takes longer to load than a small check takes, so it is for systems that have no part of it.
  @Test func foundationIsTheLastResort() throws {
    let folder = projectFolder.appending(path: "Sources/ProbityCommands")
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      let rest = text.replacing("  import FoundationEssentials\n#else\n  import Foundation\n#endif", with: "")
      #expect(!rest.contains("import Foundation"), "\(file.path())")
    }
  }

  /// What the absence of an import does not tell: only the commands look at files, the clock and the environment.
  @Test(arguments: targets.filter { $0 != "ProbityCommands" && !$0.hasPrefix("C") })
  func nothingLooksAround(_ target: String) throws {
    let folder = projectFolder.appending(path: "Sources/\(target)")
    let files = try #require(FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    let words = [
      "FileManager", "FileHandle", "ProcessInfo", "ContinuousClock", "SuspendingClock", "CommandLine", "getenv(",
    ]
    for case let file as URL in files where file.pathExtension == "swift" {
      let text = try String(contentsOf: file, encoding: .utf8)
      for word in words { #expect(!text.contains(word), "\(file.path()): \(word)") }
    }
  }
}
