import Diagnostics
import Foundation
import ProbityRecords
import Testing

/// Every code has its section in the documentation, and the documentation has no others.
@Suite struct Codes {
  @Test(arguments: [("DATA.md", DiagnosticCode.recordCodes), ("MAP.md", DiagnosticCode.mappingCodes)])
  func documented(_ page: String, _ codes: [DiagnosticCode]) throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "Docs/Diagnostics/\(page)"), encoding: .utf8)
    let sections = text.split(separator: "\n").filter { $0.hasPrefix("## ") }.map { $0.split(separator: " ")[1] }
    #expect(sections.map(String.init) == codes.map(\.name))
  }
}
