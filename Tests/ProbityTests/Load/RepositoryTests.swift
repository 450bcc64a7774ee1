import Diagnostics
import Foundation
import Probity
import Testing

/// The rules and policies that are shipped.
@Suite struct RepositoryTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The YAML files below a folder of the repository, by path.
  private static func files(below folder: String) throws -> [SourceFile] {
    let base = root.appending(path: folder)
    let paths = try #require(FileManager.default.enumerator(atPath: base.path)).compactMap { $0 as? String }
    return try paths.filter { $0.hasSuffix(".yaml") }.sorted().map { path in
      SourceFile(
        path: "\(folder)/\(path)", address: String(path.dropLast(5)),
        bytes: Array(try Data(contentsOf: base.appending(path: path))))
    }
  }

  @Test func loadsWithoutAWord() throws {
    var loader = Loader()
    for file in try Self.files(below: "rules") { loader.addRules(file) }
    for file in try Self.files(below: "policies") { loader.addPolicy(file) }
    let loaded = loader.load()
    var sources = loaded.sources
    var diagnostics = loaded.diagnostics
    #expect(loaded.book.rules.count >= 25)
    #expect(loaded.policy(named: "core") != nil)

    let path = "Examples/waivers.yaml"
    let bytes = Array(try Data(contentsOf: Self.root.appending(path: path)))
    let waivers = Loader.waivers(
      SourceFile(path: path, bytes: bytes), book: loaded.book, sources: &sources, into: &diagnostics)
    #expect(!waivers.isEmpty)
    #expect(TextRenderer().render(diagnostics, sources) == "")
  }
}
