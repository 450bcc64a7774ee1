import Diagnostics
import Foundation
import Probity
import Testing

/// What the loader says of the rules and policies that are shipped.
@Suite struct RepositoryTests {
  @Test func loadsWithoutAWord() throws {
    let loaded = try Repository.load()
    var sources = loaded.sources
    var diagnostics = loaded.diagnostics
    #expect(loaded.book.rules.count >= 25)
    #expect(loaded.policy(named: "core") != nil)

    let path = "Examples/waivers.yaml"
    let bytes = Array(try Data(contentsOf: Repository.root.appending(path: path)))
    let waivers = Loader.waivers(
      SourceFile(path: path, bytes: bytes), book: loaded.book, sources: &sources, into: &diagnostics)
    #expect(!waivers.isEmpty)
    #expect(TextRenderer().render(diagnostics, sources) == "")
  }
}
