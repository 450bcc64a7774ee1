import Foundation
import Testing

/// Every code of the loader has a section of the page on codes, and a row that provokes it.
@Suite struct CodeTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  private static func codes(in text: String) -> [String] {
    text.split { !$0.isLetter && !$0.isNumber }.filter { $0.hasPrefix("RULE3") && $0.count == 7 }.map(String.init)
  }

  private func codes(inFilesBelow folder: String, ending: String = "") throws -> Set<String> {
    let base = Self.root.appending(path: folder)
    let paths = try #require(FileManager.default.enumerator(atPath: base.path)).compactMap { $0 as? String }
    return try paths.filter { $0.hasSuffix(ending) && $0.contains(".") }.reduce(into: []) { codes, path in
      let text = try String(contentsOf: base.appending(path: path), encoding: .utf8)
      codes.formUnion(Self.codes(in: text))
    }
  }

  @Test func everyCodeIsDocumentedAndProvoked() throws {
    let declared = try codes(inFilesBelow: "Sources/Probity")
    let page = try String(contentsOf: Self.root.appending(path: "Docs/Diagnostics/RULE.md"), encoding: .utf8)
    let headings = page.split(separator: "\n").filter { $0.hasPrefix("## ") }
    #expect(Set(headings.flatMap { Self.codes(in: String($0)) }) == declared)
    #expect(headings.count == declared.count)
    #expect(try codes(inFilesBelow: "Tests/ProbityTests/Load", ending: "DiagnosticsTests.swift") == declared)
  }
}
