import Diagnostics
import Foundation
import ProbityCommands
import TestSupport
import Testing

/// The help that people read first.
@Suite struct Help {
  @Test(arguments: [
    ("help.txt", ["--help"]), ("help-check.txt", ["check", "--help"]),
    ("help-request.txt", ["request", "--help"]), ("help-template.txt", ["template", "--help"]),
    ("help-lint.txt", ["lint", "--help"]),
    ("help-eval.txt", ["eval", "--help"]), ("help-test.txt", ["test", "--help"]),
    ("help-bench.txt", ["bench", "--help"]),
    ("help-explain.txt", ["explain", "--help"]), ("help-doc.txt", ["doc", "--help"]),
  ])
  func help(_ golden: String, _ arguments: [String]) throws {
    let run = try probity(arguments, environment: ["COLUMNS": "100"])
    expectGolden(run.output, named: golden)
    #expect(run.errors == "")
    #expect(run.status == 0)
  }

  @Test func version() throws {
    let run = try probity(["--version"])
    #expect(run.status == 0)
    #expect(run.output.wholeMatch(of: /\d+\.\d+\.\d+\n/) != nil)
  }

  /// Every code has its section in the documentation, and the documentation has no others.
  @Test func codesAreDocumented() throws {
    let page = try String(contentsOf: projectFolder.appending(path: "Docs/Diagnostics/RUN.md"), encoding: .utf8)
    let sections = page.split(separator: "\n").filter { $0.hasPrefix("## ") }.map {
      String($0.split(separator: " ")[1])
    }
    #expect(sections == DiagnosticCode.commandCodes.map(\.name))
  }
}
