import FEEL
import TestSupport
import Testing

/// XPath's regular expressions, through `matches` and `replace`.
@Suite struct RegularExpressionTests {
  /// A row: a pattern, a text, the flags, and whether it matches.
  struct Pattern: CustomTestStringConvertible, Sendable {
    var pattern: String
    var text: String
    var flags: String
    var matches: Bool

    init(_ pattern: String, _ text: String, _ flags: String = "", _ matches: Bool = true) {
      self.pattern = pattern
      self.text = text
      self.flags = flags
      self.matches = matches
    }

    var testDescription: String { "/\(pattern)/\(flags) on \(text)" }
  }

  private static func run(_ function: String, _ arguments: [String]) -> Value {
    let names = arguments.indices.map { "a\($0)" }
    return runFEEL(
      "\(function)(\(names.joined(separator: ", ")))",
      names: Array(zip(names, arguments.map { Value.string($0) }))
    ).value
  }

  @Test(arguments: [
    Pattern("", "anything"),
    Pattern("b", "abc"),
    Pattern("^b", "abc", "", false),
    Pattern("^abc$", "abc"),
    Pattern("^$", "\nabcd\n", "m"),
    Pattern("^c", "ab\ncd", "", false),
    Pattern("^c", "ab\ncd", "m"),
    Pattern("b$", "ab\ncd", "m"),
    Pattern("a.b", "a\nb", "", false),
    Pattern("a.b", "a\rb", "", false),
    Pattern("a.b", "a\nb", "s"),
    Pattern("a|b|", "", ""),
    Pattern("^(ab|cd)+$", "abcdab"),
    Pattern("^a{2,3}$", "a", "", false),
    Pattern("^a{2,3}$", "aaa"),
    Pattern("^a{2,3}$", "aaaa", "", false),
    Pattern("^a{2}$", "aa"),
    Pattern("^a{2,}$", "aaaaa"),
    Pattern("^a{0}$", ""),
    Pattern("^(?:ab)+$", "abab"),
    Pattern("(a)(b)?\\2c", "ac", "", true),
    Pattern("^(.)\\1$", "aa"),
    Pattern("^(.)\\1$", "ab", "", false),
    Pattern("^(a)\\1$", "aA", "i"),
    Pattern("^(a*)*$", "aaab", "", false),
    Pattern("(a*)*\\1b", "aaab"),
    Pattern("[a-c]", "b"),
    Pattern("[^a-c]", "b", "", false),
    Pattern("[a-z-[aeiou]]", "e", "", false),
    Pattern("[a-z-[aeiou]]", "f"),
    Pattern("[A-Z-[OI]]", "i", "i", false),
    Pattern("[^Q]", "q", "i", false),
    Pattern("[-a]", "-"),
    Pattern("[a-]", "-"),
    Pattern("[\\]\\-\\^]", "]"),
    Pattern("\\d{4}-\\d\\d", "2026-06"),
    Pattern("^\\w+$", "Zoë_9", "", false),
    Pattern("^\\w+$", "Zoë9"),
    Pattern("\\s", "a\tb"),
    Pattern("\\S", " \t", "", false),
    Pattern("^\\i\\c*$", "a-b.c"),
    Pattern("\\p{Lu}", "abC"),
    Pattern("\\p{L}", "é"),
    Pattern("\\P{L}", "é", "", false),
    Pattern("\\p{Nd}", "٣"),
    Pattern("^\\p{IsBasicLatin}+$", "hello"),
    Pattern("^\\p{IsBasicLatin}+$", "héllo", "", false),
    Pattern("\\p{ IsBasicLatin}", "a", "x"),
    Pattern("\\p{Lu}", "a", "i", false),
    Pattern("k", "\u{212A}", "i"),
    Pattern("Σ", "ς", "i"),
    Pattern(" he ll o[ ]w ", "hello w", "x"),
    Pattern("a b", "a b", "x", false),
    Pattern("\u{1F40E}.", "\u{1F40E}\u{1F600}"),
  ])
  func matching(_ row: Pattern) {
    #expect(Self.run("matches", [row.text, row.pattern, row.flags]) == .boolean(row.matches))
  }

  @Test(arguments: [
    "(", ")", "a)", "[", "[]", "[a", "a{", "a{2", "a{3,2}", "a{,2}", "*a", "a**", "a+?+", "^*", "\\", "\\q", "\\0",
    "\\1",
    "(a)\\2", "(\\1)", "[\\1]", "[b-a]", "[a-\\d]", "\\p{Xx}", "\\p{IsNowhere}", "\\p", "(?=a)", "(?<n>a)", "a}", "]",
    "[a[b]]", "a{99999999999999999999}", "((a{100}){100}){100}",
    String(repeating: "(", count: 5_000) + String(repeating: ")", count: 5_000),
    String(repeating: "[a-", count: 5_000),
  ])
  func refused(_ pattern: String) {
    Refusal.check(Self.run("matches", ["a", pattern]), .invalidFormat)
  }

  /// Patterns that other engines take exponential time for.
  @Test(arguments: ["^(a+)+$", "^(a|aa)+$", "^(a|a?)+$", "^(.*a){12}$", "(x+x+)+y", "^((a*)*)*$", "(a?){30}a{30}b"])
  func patternsWithoutReferencesTakeLinearTime(_ pattern: String) {
    let text = String(repeating: "a", count: 2_000) + "!"
    #expect(Self.run("matches", [text, pattern]) == .boolean(false))
  }

  @Test(arguments: ["^(a+)+\\1b$", "^(a*)*\\1b$", "^(a|aa)+\\1$", "^(.*)(.*)(.*)(.*)(.*)\\1\\2\\3\\4\\5!x$"])
  func patternsWithReferencesGiveUp(_ pattern: String) {
    let text = String(repeating: "a", count: 2_000) + "!"
    let value = Self.run("matches", [text, pattern])
    if value != .boolean(false) { Refusal.check(value, .workLimit) }
  }

  @Test func longTextsAndPatternsGiveUpRatherThanTakeAllMemory() {
    let text = String(repeating: "a", count: 3_000_000)
    Refusal.check(Self.run("matches", [text, "(a{90}){90}b"]), .workLimit)
  }

  @Test func manyMatchesTakeLinearTime() {
    let text = String(repeating: "ab,", count: 20_000)
    guard case .list(let parts) = Self.run("split", [text, ","]) else {
      Issue.record("the text was not divided")
      return
    }
    #expect(parts.items.count == 20_001)
  }
}
