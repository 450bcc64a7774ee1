import Foundation
import Testing

/// `Docs/Diagnostics` has a section for every code that a source file declares, and no others; and tests provoke them.
@Suite struct CodePageTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static func files(below folder: String, ending: String) throws -> [URL] {
    let folder = root.appending(path: folder)
    let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    return names.filter { $0.hasSuffix(ending) }.sorted().map { folder.appending(path: $0) }
  }

  private static func declared() throws -> [String] {
    try files(below: "Sources", ending: ".swift").flatMap { file in
      try String(contentsOf: file, encoding: .utf8).matches(of: /DiagnosticCode\("([A-Z]+[0-9]+)"\)/).map {
        String($0.output.1)
      }
    }.sorted()
  }

  @Test func everyCodeHasItsSection() throws {
    let declared = try Self.declared()
    var described: [String] = []
    for file in try Self.files(below: "Docs/Diagnostics", ending: ".md") {
      let family = file.deletingPathExtension().lastPathComponent
      for match in try String(contentsOf: file, encoding: .utf8).matches(of: /(?m)^## ([A-Z]+)([0-9]+) \S.*$/) {
        #expect(match.output.1 == family, "\(match.output.0) stands in \(family).md")
        described.append(String(match.output.1 + match.output.2))
      }
    }
    #expect(declared.count > 80)
    #expect(described.sorted() == declared)
  }

  @Test func everyCodeIsDeclaredOnce() throws {
    let declared = try Self.declared()
    #expect(Set(declared).count == declared.count)
  }

  /// What no test can bring about: the system's clock is as it is.
  private static let unprovoked: Set<String> = ["RUN609"]

  /// Every code stands in a test, or in what one is held to.
  @Test func everyCodeIsProvoked() throws {
    var seen: Set<String> = []
    for file in try Self.files(below: "Tests", ending: "")
    where file.lastPathComponent != "CodePageTests.swift" && ["swift", "txt", "json"].contains(file.pathExtension) {
      for match in try String(contentsOf: file, encoding: .utf8).matches(of: /\b[A-Z]{3,}[0-9]{3}\b/) {
        seen.insert(String(match.output))
      }
    }
    #expect(Set(try Self.declared()).subtracting(seen) == Self.unprovoked)
  }
}
