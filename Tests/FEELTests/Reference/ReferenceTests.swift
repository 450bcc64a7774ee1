import FEEL
import Foundation
import TestSupport
import Testing

/// The reference of the language, `Docs/FEEL.md`.
@Suite struct ReferenceTests {
  private static let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Docs/FEEL.md")

  private static let start = "<!-- Built-in functions: written by ReferenceTests from BuiltinLibrary. -->\n"
  private static let end = "<!-- End of the built-in functions. -->\n"

  /// The chapters on built-in functions say what the library does.
  ///
  /// With `PROBITY_RECORD=1` in the environment they are written anew, and the test fails.
  @Test func builtinsAreCurrent() throws {
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    let opening = try #require(text.range(of: Self.start))
    let closing = try #require(text.range(of: Self.end))
    let chapters = "\n" + BuiltinLibrary.themes.map(Self.chapter).joined(separator: "\n") + "\n"
    if ProcessInfo.processInfo.environment["PROBITY_RECORD"] == "1" {
      let new = text[..<opening.upperBound] + chapters + text[closing.lowerBound...]
      try Data(new.utf8).write(to: Self.file)
      Issue.record("wrote the built-in functions into \(Self.file.lastPathComponent)")
    } else {
      #expect(text[opening.upperBound..<closing.lowerBound] == chapters, "write it with PROBITY_RECORD=1")
    }
  }

  private static func chapter(_ theme: (title: String, builtins: [Builtin])) -> String {
    "### \(theme.title)\n\n" + theme.builtins.map(section).joined(separator: "\n")
  }

  private static func section(_ builtin: Builtin) -> String {
    let signatures = builtin.signatures.map { "    " + $0.description(of: builtin.name) + "\n" }.joined()
    let failure = builtin.mayFail ? "May be null, with a reason." : "Never null for arguments of these types."
    let unknown =
      switch builtin.unknownRule {
      case .strict: "Unknown where an argument rests on missing facts."
      case .aware: "Of missing facts, what holds whatever they are."
      }
    return """
      #### \(builtin.name)

      \(signatures)
      \(builtin.summary)

      \(failure) \(unknown)

      `\(builtin.example.call)` is `\(builtin.example.result)`.

      """
  }

  /// What the hand-written chapters say an expression gives, it gives.
  @Test func examplesHold() throws {
    let text = try String(contentsOf: Self.file, encoding: .utf8)
    let opening = try #require(text.range(of: Self.start))
    var count = 0
    for match in text[..<opening.lowerBound].matches(of: /(?m)^\| `(.+?)` \| `([^`]+)` \|$/) {
      // A table's cell cannot hold the character that parts cells.
      let expression = match.output.1.replacing("\\|", with: "|")
      #expect(runFEEL(String(expression), mode: .standard).value.literal == match.output.2, "\(expression)")
      count += 1
    }
    #expect(count > 60)
  }
}
