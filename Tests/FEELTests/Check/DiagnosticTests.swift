import Diagnostics
import FEEL
import TestSupport
import Testing

/// Every diagnostic that the language has, each provoked, with its place.
@Suite struct DiagnosticTests {
  @Test(arguments: [
    ("1 + ", "FEEL101", "the expression ends where an expression should follow", 3..<4),
    (
      String(repeating: "(", count: 250) + "1" + String(repeating: ")", count: 250), "FEEL102",
      "this expression nests more than 200 levels deep", 200..<201
    ),
    ("", "FEEL103", "an expression is missing", 0..<0),
    ("targt > 1", "FEEL201", "unknown name `targt`", 0..<5),
    ("1 + \"a\"", "FEEL202", "cannot add text to a number", 0..<7),
    ("foo(1)", "FEEL203", "unknown function `foo`", 0..<3),
    ("upper case(1)", "FEEL204", "`upper case` needs text as its `string`, not a number", 11..<12),
    ("{a: 1}.b", "FEEL205", "this context has no entry `b`", 7..<8),
    ("@\"2026-02-30\"", "FEEL208", "`2026-02-30` is not a date, time or duration", 0..<13),
  ])
  func isReported(_ text: String, _ code: String, _ message: String, _ place: Range<Int>) {
    let first = runFEEL(text, names: [("target", .number(1))]).diagnostics.first
    #expect(first?.code.name == code, "\(text)")
    #expect(first?.message == message, "\(text)")
    #expect(first?.span.map { Int($0.start)..<Int($0.end) } == place, "\(text)")
  }
}
