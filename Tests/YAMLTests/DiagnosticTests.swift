import Diagnostics
import Testing
import YAML

/// A file with something wrong in it, and what is said about it: `line:column-line:column CODE message`, with related
/// places after `&` and help after `=`.
struct ErrorCase: Sendable, CustomTestStringConvertible {
  var name: String
  var bytes: [UInt8]
  var expected: [String]

  init(_ name: String, _ source: String, _ expected: String...) {
    self.name = name
    bytes = Array(source.utf8)
    self.expected = expected
  }

  init(_ name: String, bytes: [UInt8], _ expected: String...) {
    self.name = name
    self.bytes = bytes
    self.expected = expected
  }

  var testDescription: String { name }
}

private func times(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

private let saveAs = "= save the file as UTF-8; editors offer it under `Save as`, as the encoding"
private let noTag = "= leave the tag out, or put text that starts with `!` in quotes"
private let noDirective = "= leave the line out, or put text that starts with `%` in quotes"
private let noAnchor = "= repeat the value where it is needed; text that starts with `&` belongs in quotes"
private let noAlias = "= repeat the value in full; text that starts with `*` belongs in quotes"
private let noCollectionKey = "= put text that starts with `[` or `{` in quotes"
private let spaces = "YAML105 a tab is used for indentation = indent with spaces"
private let colon = "= every line of a mapping is `key: value`; text that goes on is indented further than its key"
private let quoteOrNest = "= put text that holds `: ` in quotes, or start the nested mapping on a line of its own"
private let lineUp = "= this line goes on with the text above it; line its key up with the other keys"
private let keysLineUp = "= line the keys of a mapping up"
private let singleQuotes = "= put all of the value in quotes; a quote within single quotes is written `''`"
private let tooDeep = "YAML122 lists and mappings nested more than 64 deep"

private let errors: [ErrorCase] = [
  // Bytes.
  ErrorCase(
    "Windows-1252", bytes: Array("a: caf".utf8) + [0xE9, 0x0A],
    "1:7-1:8 YAML101 the file is not UTF-8 text: it holds byte 0xE9 at offset 6 "
      + "= the file looks like Windows-1252, where this byte is `é` \(saveAs)"),
  ErrorCase(
    "a byte that Windows-1252 lacks", bytes: [0x61, 0x81],
    "1:2-1:2 YAML101 the file is not UTF-8 text: it holds byte 0x81 at offset 1 \(saveAs)"),
  ErrorCase(
    "UTF-8 cut short", bytes: Array("a: ".utf8) + [0xE2, 0x82],
    "1:4-1:5 YAML101 the file is not UTF-8 text: it holds byte 0xE2 at offset 3 "
      + "= the file looks like Windows-1252, where this byte is `â` \(saveAs)"),
  ErrorCase(
    "UTF-16", bytes: [0xFF, 0xFE, 0x61, 0x00], "1:1-1:3 YAML101 the file is UTF-16 text, not UTF-8 \(saveAs)"),
  ErrorCase(
    "UTF-16 without its mark", bytes: [0x00, 0x61, 0x00, 0x3A],
    "1:1-1:3 YAML101 the file is UTF-16 text, not UTF-8 \(saveAs)"),
  ErrorCase(
    "NUL", bytes: [0x61, 0x3A, 0x20, 0x00],
    "1:4-1:5 YAML102 the file is not text: it holds a NUL byte at offset 3"),
  ErrorCase(
    "a picture", bytes: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A],
    "1:1-1:1 YAML102 the file is not text: it holds byte 0x89 at offset 0"),
  ErrorCase(
    "a control character", "a: \u{7}b",
    "1:4-1:5 YAML102 character U+0007 is not text "
      + "= remove it; in double quotes it can be written as an escape"),
  ErrorCase(
    "a control character beyond ASCII", "a: é\u{9B}b",
    "1:5-1:6 YAML102 character U+009B is not text "
      + "= remove it; in double quotes it can be written as an escape"),

  // Documents.
  ErrorCase("an empty file", "", "1:1-1:1 YAML108 the file is empty"),
  ErrorCase("comments only", "# nothing\n", "1:1-1:1 YAML108 the file is empty"),
  ErrorCase("a byte order mark only", "\u{FEFF}", "1:2-1:2 YAML108 the file is empty"),
  ErrorCase(
    "two documents", "a: 1\n---\nb: 2\n",
    "2:1-2:2 YAML107 more than one document in the file = put each document into a file of its own"),
  ErrorCase("text after the end", "a: 1\n...\nb: 2\n", "3:1-3:2 YAML104 expected the end of the file"),
  ErrorCase("unknown directive", "%FOO x\n---\na: 1\n", "1:1-1:7 YAML110 directive is not understood \(noDirective)"),
  ErrorCase("YAML 3", "%YAML 3.0\n---\na: 1\n", "1:1-1:10 YAML110 directive is not understood \(noDirective)"),
  ErrorCase(
    "tag directive", "%TAG !e! tag:e,2000:\n---\na: 1\n",
    "1:1-1:2 YAML110 `%TAG` directives are not understood = leave the line out"),
  ErrorCase(
    "a hundred thousand tag directives", (0..<100_000).map { "%TAG !e\($0)! x\n" }.joined() + "---\na: 1\n",
    "101:1-101:5 YAML110 `%TAG` directives are not understood = leave the line out"),

  // Keys.
  ErrorCase("duplicate key", "a: 1\nb: 2\na: 3\n", "3:1-3:2 YAML106 duplicate key `a` & 1:1-1:2 first given here"),
  ErrorCase(
    "duplicate key, quoted, in braces", "é: {a: 1, \"a\": 2}",
    "1:11-1:14 YAML106 duplicate key `a` & 1:5-1:6 first given here"),
  ErrorCase(
    "triple key", "a: 1\na: 2\na: 3\n", "2:1-2:2 YAML106 duplicate key `a` & 1:1-1:2 first given here",
    "3:1-3:2 YAML106 duplicate key `a` & 1:1-1:2 first given here"),
  ErrorCase("list as key", "? [a]\n: b\n", "1:3-1:6 YAML113 a key must be text, not a list \(noCollectionKey)"),
  ErrorCase("template", "a: {{ x }}\n", "1:5-1:10 YAML113 a key must be text, not a mapping \(noCollectionKey)"),
  ErrorCase(
    "merge key", "c:\n  <<: {a: 1}\n", "2:3-2:5 YAML112 merge key `<<` is not allowed = write the merged keys out"),

  // Tags, anchors and aliases.
  ErrorCase(
    "object tag", "a: !!python/object:os.system x\n",
    "1:4-1:29 YAML109 tag `!!python/object:os.system` is not understood here \(noTag)"),
  ErrorCase("own tag", "a: !thing\n  b: c\n", "1:4-1:10 YAML109 tag `!thing` is not understood here \(noTag)"),
  ErrorCase("tag of another kind", "a: !!map x\n", "1:4-1:9 YAML109 tag `!!map` is not understood here \(noTag)"),
  ErrorCase("undeclared tag", "a: !e!x y\n", "1:4-1:8 YAML109 tag `!e!x` is not understood \(noTag)"),
  ErrorCase("broken tag", "a: !<x y\n", "1:4-1:7 YAML109 tag `!<x` is not understood \(noTag)"),
  ErrorCase(
    "anchor and alias", "a: &x 1\nb: *x\n", "1:4-1:6 YAML111 anchor `&x` is not allowed \(noAnchor)",
    "2:4-2:6 YAML111 alias `*x` is not allowed \(noAlias)"),
  ErrorCase(
    "a billion laughs", "a: &a [x, x]\nb: &b [*a, *a]\n", "1:4-1:6 YAML111 anchor `&a` is not allowed \(noAnchor)",
    "2:4-2:6 YAML111 anchor `&b` is not allowed \(noAnchor)", "2:8-2:10 YAML111 alias `*a` is not allowed \(noAlias)",
    "2:12-2:14 YAML111 alias `*a` is not allowed \(noAlias)"),

  // Indentation.
  ErrorCase("tab", "a:\n\tb: 1\n", "2:1-2:2 \(spaces)"),
  ErrorCase("tab after spaces", "a:\n  b: 1\n \tc: 2\n", "3:2-3:3 \(spaces)"),
  ErrorCase("tab in a literal", "a: |\n\tx\n", "2:1-2:2 \(spaces)"),
  ErrorCase("tab after a dash", "- a\n-\tb: c\n", "2:2-2:3 \(spaces)"),
  ErrorCase("indented too far", "a: 1\n  b: 2\n", "2:4-2:5 YAML104 `:` is not allowed here \(lineUp)"),
  ErrorCase(
    "indented to nowhere", "a:\n    b: 1\n  c: 2\n",
    "3:3-3:4 YAML104 expected a key of the mapping & 1:1-1:2 the mapping starts here \(keysLineUp)"),
  ErrorCase(
    "key in a list", "- a\nb: c\n",
    "2:1-2:2 YAML104 expected a list item & 1:1-1:2 the list starts here "
      + "= start every item of a list with `- ` at the same indentation"),
  ErrorCase(
    "item in a mapping", "a: 1\n- b\n",
    "2:1-2:2 YAML104 expected a key of the mapping & 1:1-1:2 the mapping starts here \(keysLineUp)"),

  // Colons, brackets and dashes.
  ErrorCase("no colon", "a: 1\nfoo bar\nb: 2\n", "2:1-2:8 YAML104 expected `:` after this key \(colon)"),
  ErrorCase("no colon, CR LF", "a: 1\r\nfoo bar\r\nb: 2\r\n", "2:1-2:8 YAML104 expected `:` after this key \(colon)"),
  ErrorCase("two colons", "title: Ärger: one\n", "1:13-1:14 YAML104 `:` is not allowed here \(quoteOrNest)"),
  ErrorCase(
    "item after a key", "a: - b\n",
    "1:4-1:5 YAML104 a list item is not allowed here "
      + "= start the list on a line of its own, or put text that starts with `- ` in quotes"),
  ErrorCase(
    "question mark", "a: ? b\n",
    "1:4-1:5 YAML104 `?` is not allowed here = put text that starts with `?` in quotes"),
  ErrorCase(
    "open list", "a: [b, c\nd: e\n",
    "2:2-2:3 YAML104 expected `,` or `]` & 1:4-1:5 the list starts here "
      + "= add the closing `]`, or a `,` between items"),
  ErrorCase(
    "open mapping", "a: {b: c",
    "1:9-1:9 YAML104 expected `,` or `}` & 1:4-1:5 the mapping starts here "
      + "= add the closing `}`, or a `,` between entries"),
  ErrorCase("stray bracket", "a: ]\n", "1:4-1:5 YAML104 expected a value"),
  ErrorCase(
    "colon before a comma", "{a:,}",
    "1:3-1:4 YAML104 `:` is not allowed here = put a space after it, or the text in quotes"),

  // Quotes.
  ErrorCase(
    "open quote", "a: \"b\nc: d\n", "1:4-1:5 YAML104 the quote is never closed = add the closing `\"`"),
  ErrorCase("apostrophe in quotes", "a: 'it's'\n", "1:8-1:9 YAML104 text after the end of a quote \(singleQuotes)"),
  ErrorCase(
    "apostrophe in quotes in a list", "a: ['it's', b]\n",
    "1:9-1:10 YAML104 expected `,` or `]` & 1:4-1:5 the list starts here \(singleQuotes)"),
  ErrorCase(
    "text after a quote", "a: \"b\" c\n",
    "1:8-1:9 YAML104 text after the end of a quote "
      + #"= put all of the value in quotes; a quote within double quotes is written `\"`"#),
  ErrorCase(
    "document marker in quotes", "a: \"b\n---\nc\"\n",
    "2:1-2:4 YAML104 `---` within quotes & 1:4-1:5 the quote starts here = close the quote, or indent its text"),
  ErrorCase(
    "unknown escape", #"a: "\d+""#,
    #"1:5-1:7 YAML104 unknown escape `\d` "#
      + #"= in double quotes `\` starts an escape; write `\\`, or use single quotes"#),
  ErrorCase(
    "escape without digits", #"a: "\xZZ""#,
    #"1:7-1:8 YAML104 an escape lacks its hexadecimal digits = `\x` takes two, `\u` four and `\U` eight"#),
  ErrorCase(
    "surrogates", #"a: "\ud83d\ude00""#,
    "1:7-1:8 YAML104 an escape stands for no Unicode character "
      + #"= write the character itself; one beyond U+FFFF as an escape is a single `\U` with eight digits"#),

  // Characters that start no text.
  ErrorCase("at sign", "a: @b\n", "1:4-1:5 YAML104 `@` cannot start a value = put text that starts with `@` in quotes"),
  ErrorCase(
    "backtick", "a: `b`\n",
    "1:4-1:5 YAML104 a backtick cannot start a value = put text that starts with a backtick in quotes"),
  ErrorCase("bold", "a: **b**\n", "1:4-1:5 YAML104 `*` cannot start a value = put text that starts with `*` in quotes"),
  ErrorCase(
    "ampersand", "a: & b\n", "1:4-1:5 YAML104 `&` cannot start a value = put text that starts with `&` in quotes"),
  ErrorCase(
    "greater than", "a: > b\n",
    "1:6-1:7 YAML104 expected a line break after `>` "
      + "= start the text on the next line, or put text that starts with `>` in quotes"),
  ErrorCase("indentation 0", "a: |0\n  b\n", "1:5-1:6 YAML104 indentation 0 after `|` = use 1 to 9, or none"),

  // Limits.
  ErrorCase("65 lists", times("[", 65) + times("]", 65), "1:65-1:66 \(tooDeep)"),
  ErrorCase("10,000 lists", times("[", 10_000), "1:65-1:66 \(tooDeep)"),
  ErrorCase("10,000 mappings", times("{a: ", 10_000), "1:257-1:258 \(tooDeep)"),
  ErrorCase("10,000 items", times("- ", 10_000), "1:129-1:130 \(tooDeep)"),
  ErrorCase("10,000 keys of keys", times("? ", 10_000), "1:129-1:130 \(tooDeep)"),
]

@Suite struct DiagnosticTests {
  @Test(arguments: errors)
  func isReported(_ c: ErrorCase) {
    #expect(reported(c.bytes) == c.expected)
  }

  @Test(arguments: [
    ("64 lists", times("[", 64) + times("]", 64)),
    ("a byte order mark", "\u{FEFF}a: 1"),
    ("document markers", "%YAML 1.2\n---\na: 1\n...\n"),
    ("core tags", "!!map\na: !!seq\n- !!str x\nb: ! y\nc: !!str"),
    ("a quoted merge key", "'<<': 1"),
    ("keys that differ by case", "a: 1\nA: 2"),
    ("tabs between words", "a:\tb\t# c\n"),
    ("empty lines of tabs and blanks in brackets", "a: [b,\n\t \n\tc]\n"),
  ])
  func nothingIsReported(_ name: String, _ source: String) {
    #expect(reported(Array(source.utf8)) == [])
  }

  @Test func limitsAreReported() {
    let source = Array("a: [b, c]\nd: eeee\n".utf8)
    #expect(
      reported(source, YAML.Limits(bytes: 17)) == [
        "2:8-2:8 YAML121 the file has 18 bytes; at most 17 are read = split it into several files"
      ])
    #expect(
      reported(source, YAML.Limits(nodes: 4)) == [
        "1:8-1:9 YAML123 the file holds more than 4 values = split it into several files"
      ])
    #expect(
      reported(source, YAML.Limits(scalarBytes: 3)) == ["2:4-2:5 YAML124 text of 4 bytes; at most 3 are allowed"])
    #expect(
      reported(source, YAML.Limits(depth: 1)) == ["1:4-1:5 YAML122 lists and mappings nested more than 1 deep"])
    #expect(reported(source, YAML.Limits(bytes: 18, depth: 2, nodes: 7, scalarBytes: 4)) == [])
  }

  private func reported(_ bytes: [UInt8], _ limits: YAML.Limits = .init()) -> [String] {
    var sources = SourceMap()
    let file = sources.add(name: "rules.yaml", bytes: bytes)
    var diagnostics = Diagnostics()
    _ = YAML.parse(bytes, file: file, limits: limits, into: &diagnostics)
    #expect(diagnostics.all.allSatisfy { $0.severity == .error })
    return diagnostics.all.map { described($0, sources) }
  }

  private func described(_ diagnostic: Diagnostic, _ sources: SourceMap) -> String {
    func place(_ span: SourceSpan) -> String {
      let start = sources.location(Int(span.start), in: span.file)
      let end = sources.location(Int(span.end), in: span.file)
      return "\(start.line):\(start.column)-\(end.line):\(end.column)"
    }
    var text = "\(diagnostic.span.map(place) ?? "-") \(diagnostic.code) \(diagnostic.message)"
    for related in diagnostic.related { text += " & \(place(related.span)) \(related.label)" }
    for help in diagnostic.help { text += " = \(help)" }
    return text
  }
}
