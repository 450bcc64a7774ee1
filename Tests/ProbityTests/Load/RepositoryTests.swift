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

  /// Whoever adopts the rule book finds in one page what each of its rules stands for.
  @Test func thePageNamesEveryRule() throws {
    let page = try String(contentsOf: Repository.root.appending(path: "Docs/RuleBook.md"), encoding: .utf8)
    let unnamed = try Repository.load().book.rules.map(\.name).filter { !page.contains("`\($0)`") }
    #expect(unnamed == [])
  }
}
