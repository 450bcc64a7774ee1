import Foundation
import Testing

/// What README shows is what the program prints.
@Suite struct ReadmeTests {
  /// The blocks of README that show a command and its output.
  private func consoles() throws -> [(command: [String], output: String)] {
    let text = try String(contentsOf: projectFolder.appending(path: "README.md"), encoding: .utf8)
    return text.components(separatedBy: "```console\n").dropFirst().map { part in
      let lines = part.components(separatedBy: "\n```")[0].components(separatedBy: "\n")
      let words = lines[0].split(separator: " ").dropFirst(2).map(String.init)
      return (words, lines.dropFirst().joined(separator: "\n") + "\n")
    }
  }

  @Test func checkPrintsWhatReadmeShows() throws {
    let shown = try #require(try consoles().first { $0.command.first == "check" })
    let run = try probity(shown.command)
    #expect(run.output == shown.output)
    #expect(run.status == 1)
  }

  @Test func lintPrintsWhatReadmeShows() throws {
    let shown = try #require(try consoles().first { $0.command.first == "lint" })
    let scratch = try Scratch()
    let book = projectFolder.appending(path: "Examples/first-rule")
    for file in ["rules/vocabulary.yaml", "rules/first.yaml", "policies/first.yaml"] {
      var text = try String(contentsOf: book.appending(path: file), encoding: .utf8)
      // The slips that README speaks of.
      text = text.replacing("and expires >= today()]", with: "and expiers >= today()]")
      text = text.replacing("dbs_renewal >= today()\n", with: "dbs_renewal >= 5\n")
      try scratch.write(text, to: file)
    }
    let run = try probity(shown.command, in: scratch.folder)
    #expect(run.output == shown.output)
    #expect(run.status == 1)
  }

  @Test func theRuleIsInTheExample() throws {
    let text = try String(contentsOf: projectFolder.appending(path: "README.md"), encoding: .utf8)
    let rule = try #require(text.components(separatedBy: "```yaml\n").dropFirst().first).components(separatedBy: "```")[
      0]
    let file = projectFolder.appending(path: "Examples/first-rule/rules/first.yaml")
    #expect(try String(contentsOf: file, encoding: .utf8).contains(rule))
  }
}
