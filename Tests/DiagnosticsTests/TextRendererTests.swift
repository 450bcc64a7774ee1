import Diagnostics
import Testing

/// A source with the underlined stretch between « and », and how a diagnostic there is shown.
struct RenderCase: Sendable, CustomTestStringConvertible {
  var name: String
  var bytes: [UInt8]
  var span: Range<Int>
  var expected: String

  init(_ name: String, _ source: String, _ expected: String) {
    self.init(name, bytes: Array(source.utf8), expected)
  }

  init(_ name: String, bytes source: [UInt8], _ expected: String) {
    self.name = name
    let start = Self.offset(of: "«", in: source)
    let end = Self.offset(of: "»", in: source) - 2
    var bytes = source
    bytes.removeSubrange(end + 2..<end + 4)
    bytes.removeSubrange(start..<start + 2)
    self.bytes = bytes
    span = start..<end
    self.expected = expected
  }

  private static func offset(of mark: String, in bytes: [UInt8]) -> Int {
    bytes.indices.first { bytes[$0...].starts(with: mark.utf8) } ?? 0
  }

  var testDescription: String { name }
}

private let long = String(repeating: "0123456789", count: 1000)

private let shown: [RenderCase] = [
  RenderCase(
    "one word", "a: 1\nrequire: visits >= «targt»\n",
    """
     --> f.yaml:2:20
      |
    2 | require: visits >= targt
      |                    ^^^^^ here
    """),
  RenderCase(
    "a two-digit line", String(repeating: "\n", count: 9) + "a: «b»",
    """
      --> f.yaml:10:4
       |
    10 | a: b
       |    ^ here
    """),
  RenderCase(
    "nothing, within a line", "a«»b",
    """
     --> f.yaml:1:2
      |
    1 | ab
      |  ^ here
    """),
  RenderCase(
    "the end of a line", "ab«\n»c",
    """
     --> f.yaml:1:3
      |
    1 | ab
      |   ^ here
    """),
  RenderCase(
    "the end of a line with CR LF", "ab«\r\n»c",
    """
     --> f.yaml:1:3
      |
    1 | ab
      |   ^ here
    """),
  RenderCase(
    "the end of the file", "ab\n«»",
    """
     --> f.yaml:2:1
      |
    2 |
      | ^ here
    """),
  RenderCase(
    "an empty file", "«»",
    """
     --> f.yaml:1:1
      |
    1 |
      | ^ here
    """),
  RenderCase(
    "several lines", "a: «bc\n  de» f",
    """
     --> f.yaml:1:4
      |
    1 | a: bc
      |    ^^ here
    """),
  RenderCase(
    "tabs", "\ta\t«b\tc»",
    """
     --> f.yaml:1:4
      |
    1 |     a   b   c
      |         ^^^^^ here
    """),
  RenderCase(
    "wide characters", "供«应商» x 😀 y",
    """
     --> f.yaml:1:2
      |
    1 | 供应商 x 😀 y
      |   ^^^^ here
    """),
  RenderCase(
    "a combining mark", "e\u{301}e\u{301} «x»",
    """
     --> f.yaml:1:6
      |
    1 | e\u{301}e\u{301} x
      |    ^ here
    """),
  RenderCase(
    "control characters", "\u{1B}[31m\u{7F} «\u{7}x»\u{9B}",
    """
     --> f.yaml:1:8
      |
    1 | ␛[31m␡ ␇x<U+009B>
      |        ^^ here
    """),
  RenderCase(
    "characters that hide or reorder", "a\u{202E}b\u{200B}«c\u{FEFF}d»\u{2028}e",
    """
     --> f.yaml:1:5
      |
    1 | a<U+202E>b<U+200B>c<U+FEFF>d<U+2028>e
      |                   ^^^^^^^^^^ here
    """),
  RenderCase(
    "an emoji of several", "👩\u{200D}🔬 «x»",
    """
     --> f.yaml:1:5
      |
    1 | 👩\u{200D}🔬 x
      |      ^ here
    """),
  RenderCase(
    "bytes that are not UTF-8", bytes: Array("caf".utf8) + [0xE9] + Array(" «x".utf8) + [0xC3] + Array("»y".utf8),
    """
     --> f.yaml:1:6
      |
    1 | caf<E9> x<C3>y
      |         ^^^^^ here
    """),
  RenderCase(
    "the start of a long line", "«01»" + long,
    """
     --> f.yaml:1:1
      |
    1 | 01\(long.prefix(118))…
      | ^^ here
    """),
  RenderCase(
    "the middle of a long line", long + "«x»" + long,
    """
     --> f.yaml:1:10001
      |
    1 | …\(long.suffix(40))x\(long.prefix(78))…
      | \(String(repeating: " ", count: 41))^ here
    """),
  RenderCase(
    "the end of a long line", long + "é«xyz»",
    """
     --> f.yaml:1:10002
      |
    1 | …\(long.suffix(38))éxyz
      | \(String(repeating: " ", count: 40))^^^ here
    """),
  RenderCase(
    "more than the width", "«" + long + "»",
    """
     --> f.yaml:1:1
      |
    1 | \(long.prefix(120))…
      | \(String(repeating: "^", count: 121)) here
    """),
  RenderCase(
    "after many tabs", String(repeating: "\t", count: 100) + "«x»",
    """
     --> f.yaml:1:101
      |
    1 | …x
      |  ^ here
    """),
]

@Suite struct TextRendererTests {
  static let code = DiagnosticCode("TEST101")

  @Test(arguments: shown)
  func placesAreShown(_ c: RenderCase) {
    var sources = SourceMap()
    let file = sources.add(name: "f.yaml", bytes: c.bytes)
    let span = SourceSpan(file: file, start: c.span.lowerBound, end: c.span.upperBound)
    let diagnostic = Diagnostic(Self.code, .error, "wrong", at: span, label: "here")
    #expect(TextRenderer().render(diagnostic, sources) == "error[TEST101]: wrong\n" + c.expected + "\n")
  }

  /// Invented sources: `a: 1` on line 3 of one, `b` in the other.
  private func sources() -> (SourceMap, first: SourceSpan, again: SourceSpan, other: SourceSpan) {
    var sources = SourceMap()
    let rules = sources.add(name: "rules.yaml", bytes: Array("a: 1\nb: 2\na: 3\n".utf8))
    let policy = sources.add(name: "policy.yaml", bytes: Array(String(repeating: "\n", count: 99).utf8) + [0x62])
    return (
      sources, SourceSpan(file: rules, start: 0, end: 1), SourceSpan(file: rules, start: 10, end: 11),
      SourceSpan(file: policy, start: 99, end: 100)
    )
  }

  @Test func relatedPlacesAndHelp() {
    let (sources, first, again, other) = sources()
    let diagnostic = Diagnostic(
      Self.code, .warning, "duplicate `a`", at: again,
      related: [.init("first here", at: first), .init("used here", at: other)],
      help: ["take one away", nil, "or rename it"])
    #expect(
      TextRenderer().render(diagnostic, sources) == """
        warning[TEST101]: duplicate `a`
           --> rules.yaml:3:1
            |
          3 | a: 3
            | ^
           ::: rules.yaml:1:1
            |
          1 | a: 1
            | - first here
           ::: policy.yaml:100:1
            |
        100 | b
            | - used here
            = help: take one away
            = help: or rename it

        """)
  }

  @Test func withoutAPlace() {
    let diagnostic = Diagnostic(Self.code, .error, "no such file `x\u{1B}.yaml`", help: ["look\nhere"])
    #expect(
      TextRenderer().render(diagnostic, SourceMap()) == """
        error[TEST101]: no such file `x␛.yaml`
          = help: look␊here

        """)
    #expect(TextRenderer().line(diagnostic, SourceMap()) == "error[TEST101]: no such file `x␛.yaml`")
  }

  @Test func oneLine() {
    let (sources, _, again, _) = sources()
    let diagnostic = Diagnostic(Self.code, .note, "duplicate `a`", at: again)
    #expect(TextRenderer().line(diagnostic, sources) == "rules.yaml:3:1: note[TEST101]: duplicate `a`")
  }

  @Test func namesCannotSteerTheTerminal() {
    var sources = SourceMap()
    let file = sources.add(name: "a\u{1B}[2J.yaml", bytes: [])
    let diagnostic = Diagnostic(Self.code, .error, "x", at: SourceSpan(file: file, start: 0, end: 0), label: "\u{9B}")
    #expect(TextRenderer().render(diagnostic, sources).unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 })
    #expect(TextRenderer().line(diagnostic, sources) == "a␛[2J.yaml:1:1: error[TEST101]: x")
  }

  @Test func colour() {
    let (sources, _, again, _) = sources()
    let diagnostic = Diagnostic(Self.code, .error, "wrong", at: again, label: "here", help: ["stop"])
    let coloured = TextRenderer(colour: true).render(diagnostic, sources)
    #expect(
      coloured == """
        \u{1B}[1;31merror[TEST101]\u{1B}[0m\u{1B}[1m: wrong\u{1B}[0m
         \u{1B}[1;34m-->\u{1B}[0m rules.yaml:3:1
        \u{1B}[1;34m  |\u{1B}[0m
        \u{1B}[1;34m3 |\u{1B}[0m a: 3
        \u{1B}[1;34m  |\u{1B}[0m \u{1B}[1;31m^ here\u{1B}[0m
          \u{1B}[1;34m=\u{1B}[0m \u{1B}[1mhelp:\u{1B}[0m stop

        """)
  }

  @Test(arguments: [
    ("nothing", 0, 0, 0, 100, ""),
    ("an error", 1, 0, 0, 100, "1 error"),
    ("errors and a warning", 2, 1, 0, 100, "2 errors and 1 warning"),
    ("all kinds", 1, 2, 1, 100, "1 error, 2 warnings and 1 note"),
    ("beyond the limit", 3, 0, 0, 2, "2 errors, and 1 more not shown"),
    ("beyond what is kept", 1003, 0, 0, 2000, "1000 errors, and 3 more not shown"),
    ("beyond both", 1003, 0, 0, 10, "10 errors, and 993 more not shown"),
    ("limit 0", 2, 0, 0, 0, "2 more not shown"),
  ])
  func countsAtTheEnd(_ name: String, _ errors: Int, _ warnings: Int, _ notes: Int, _ limit: Int, _ expected: String) {
    var diagnostics = Diagnostics()
    for number in 0..<errors { diagnostics.report(Diagnostic(Self.code, .error, "error \(number)")) }
    for number in 0..<warnings { diagnostics.report(Diagnostic(Self.code, .warning, "warning \(number)")) }
    for number in 0..<notes { diagnostics.report(Diagnostic(Self.code, .note, "note \(number)")) }
    let text = TextRenderer(limit: limit).render(diagnostics, SourceMap())
    #expect(text.split(separator: "\n").last.map(String.init) ?? "" == expected)
  }

  @Test func allInOrder() {
    let (sources, first, again, _) = sources()
    var diagnostics = Diagnostics()
    diagnostics.report(Diagnostic(Self.code, .error, "two", at: again))
    diagnostics.report(Diagnostic(Self.code, .error, "one", at: first))
    diagnostics.report(Diagnostic(Self.code, .error, "two", at: again))
    #expect(
      TextRenderer().render(diagnostics, sources) == """
        error[TEST101]: one
         --> rules.yaml:1:1
          |
        1 | a: 1
          | ^

        error[TEST101]: two
         --> rules.yaml:3:1
          |
        3 | a: 3
          | ^

        2 errors

        """)
  }
}
