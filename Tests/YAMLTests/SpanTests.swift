import Diagnostics
import Testing
import YAML

/// One scalar in a file, and what stands at each part of its text.
struct ScalarCase: Sendable, CustomTestStringConvertible {
  var name: String
  var source: String
  var text: String
  /// Parts of the decoded text, with the raw bytes that they came from.
  var parts: [(decoded: String, raw: String)]

  init(_ name: String, _ source: String, _ text: String, _ parts: (String, String)...) {
    self.name = name
    self.source = source
    self.text = text
    self.parts = parts.map { (decoded: $0.0, raw: $0.1) }
  }

  var testDescription: String { name }
}

private let scalars: [ScalarCase] = [
  // Plain.
  ScalarCase("plain", "k: alpha beta", "alpha beta", (" ", " "), ("alpha beta", "alpha beta")),
  ScalarCase("plain before a comment", "k: alpha   # beta\n", "alpha"),
  ScalarCase("plain, two lines", "k: alpha\n  beta\n", "alpha beta", (" ", "\n"), ("alpha beta", "alpha\n  beta")),
  ScalarCase("plain, blank ends", "k: alpha  \t\n \t beta", "alpha beta", (" ", "\n"), ("ha b", "ha  \t\n \t b")),
  ScalarCase("plain, an empty line", "k: alpha\n\n  beta", "alpha\nbeta", ("\n", "\n")),
  ScalarCase("plain, three empty lines", "k: a\n\n \n\n  b", "a\n\n\nb", ("a\n", "a\n\n"), ("\nb", "\n  b")),
  ScalarCase("plain, CR LF", "k: alpha\r\n  beta\r\n", "alpha beta", (" ", "\r\n")),
  ScalarCase("plain, CR LF, an empty line", "k: alpha\r\n\r\n  beta\r\n", "alpha\nbeta", ("\n", "\r\n")),
  ScalarCase("plain, lone CR", "k: alpha\r  beta\r", "alpha beta", (" ", "\r")),
  ScalarCase("plain, not ASCII", "k: größe ≥ 5 € now", "größe ≥ 5 € now", ("≥ 5", "≥ 5")),
  ScalarCase("plain after not ASCII", "é: \"€€€\"\nk: größe\n  €5 now", "größe €5 now", (" ", "\n")),
  ScalarCase("plain beyond U+FFFF", "k: 😀 b\n  😀 c", "😀 b 😀 c", ("😀 b", "😀 b")),
  ScalarCase("plain in a flow list", "k: [alpha beta\n  gamma]", "alpha beta gamma", ("a g", "a\n  g")),
  ScalarCase("plain, next line", "k:\n  alpha\n  beta", "alpha beta"),
  ScalarCase("plain, NEL breaks a line", "k: alpha\u{85}  beta", "alpha beta", (" ", "\u{85}")),
  ScalarCase("plain, LS stays", "k: alpha\u{2028}  beta", "alpha\u{2028}beta", ("\u{2028}", "\u{2028}")),
  ScalarCase("plain, PS and an empty line", "k: a\u{2029}\n  b", "a\u{2029}\nb", ("\u{2029}\n", "\u{2029}\n")),
  ScalarCase("plain, U+FEFF within", "k: alpha \u{FEFF}beta", "alpha \u{FEFF}beta"),
  ScalarCase("tagged plain", "k: !!str alpha\n  beta", "alpha beta"),
  ScalarCase("tagged, next line", "k: !!str # why\n  alpha beta", "alpha beta"),
  ScalarCase("tagged, NEL", "k: !!str\u{85}  alpha", "alpha"),
  ScalarCase("tagged, U+FEFF before", "k: !!str\n\u{FEFF}  alpha", "alpha"),
  ScalarCase("U+FEFF before", "k:\n\u{FEFF}  alpha", "alpha"),
  ScalarCase("tagged verbatim", "k: !<tag:yaml.org,2002:str> alpha", "alpha"),

  // Single-quoted.
  ScalarCase("single", "k: 'alpha beta'", "alpha beta", ("alpha beta", "alpha beta")),
  ScalarCase("single, quotes", "k: 'it''s ''x'''", "it's 'x'", ("'", "''"), ("it's", "it''s"), ("'x'", "''x''")),
  ScalarCase("single, only a quote", "k: ''''", "'", ("'", "''")),
  ScalarCase("single, folded", "k: 'alpha  \n\t beta '", "alpha beta ", (" beta ", "\n\t beta ")),
  ScalarCase("single, folded at a quote", "k: 'a''\n  ''b'", "a' 'b", ("a'", "a''"), ("' '", "''\n  ''")),
  ScalarCase("single, empty lines", "k: 'alpha\n\n\n  beta'", "alpha\n\nbeta", ("alpha\n", "alpha\n\n")),
  ScalarCase("single, ends in a break", "k: 'alpha\n  '", "alpha ", (" ", "\n")),
  ScalarCase("single, starts with a break", "k: '\n  alpha'", " alpha", (" ", "\n")),
  ScalarCase("single, blanks only", "k: '   '", "   ", ("   ", "   ")),
  ScalarCase("single, a hash and a colon", "k: 'a # b: c'", "a # b: c"),
  ScalarCase("single, CR LF", "k: 'alpha\r\n  beta'", "alpha beta", (" ", "\r\n")),

  // Double-quoted.
  ScalarCase("double", "k: \"alpha beta\"", "alpha beta", ("alpha beta", "alpha beta")),
  ScalarCase(
    "double, one-letter escapes", #"k: "\0x\a\b\t\n\v\f\r\e\ \"\/\\\N\_\L\P""#,
    "\0x\u{7}\u{8}\t\n\u{B}\u{C}\r\u{1B} \"/\\\u{85}\u{A0}\u{2028}\u{2029}",
    ("\0", #"\0"#), ("\u{7}", #"\a"#), ("\t", #"\t"#), ("\u{1B}", #"\e"#), ("\"", #"\""#), ("\\", #"\\"#),
    ("\u{85}", #"\N"#), ("\u{A0}", #"\_"#), ("\u{2028}", #"\L"#), ("\u{2029}", #"\P"#)),
  ScalarCase("double, escaped tab", "k: \"a\\\tb\"", "a\tb", ("\t", "\\\t")),
  ScalarCase(
    "double, hexadecimal escapes", #"k: "A\x42\u00e9C\u20ACD\U0001F600E""#, "AB\u{E9}C€D😀E",
    ("B", #"\x42"#), ("\u{E9}", #"\u00e9"#), ("€", #"\u20AC"#), ("😀", #"\U0001F600"#), ("C€D", #"C\u20ACD"#)),
  ScalarCase("double, escapes end to end", #"k: "\n\n\t""#, "\n\n\t", ("\n\n", #"\n\n"#), ("\n\t", #"\n\t"#)),
  ScalarCase("double, folded", "k: \"alpha \n  beta\"", "alpha beta", (" ", "\n")),
  ScalarCase("double, empty lines", "k: \"alpha\n\n\n  beta\"", "alpha\n\nbeta", ("\nbeta", "\n  beta")),
  ScalarCase("double, joined lines", "k: \"alp\\\n   ha beta\"", "alpha beta", ("alp", "alp"), ("ha", "ha")),
  ScalarCase("double, joined, blanks before", "k: \"alpha  \\\n   beta\"", "alpha  beta", ("  ", "  ")),
  ScalarCase("double, joined, blank kept", "k: \"alpha\\\n  \\ beta\"", "alpha beta", (" ", "\\ ")),
  ScalarCase("double, joined, empty line", "k: \"alpha\\\n\n  beta\"", "alpha\nbeta", ("\n", "\n")),
  ScalarCase("double, joined, CR LF", "k: \"alp\\\r\n   ha\"", "alpha", ("alp", "alp"), ("ha", "ha")),
  ScalarCase("double, ends in a join", "k: \"alpha\\\n  \"", "alpha"),
  ScalarCase("double, escapes after not ASCII", #"k: "é\té €""#, "é\té €", ("é\t", #"é\t"#), ("€", "€")),
  ScalarCase("double, empty", "k: \"\"", ""),

  // Literal.
  ScalarCase("literal", "k: |\n  alpha\n  beta\n", "alpha\nbeta\n", ("a\n", "a\n"), ("alpha\nbeta", "alpha\n  beta")),
  ScalarCase("literal, stripped", "k: |-\n  alpha\n  beta\n\n\n", "alpha\nbeta"),
  ScalarCase("literal, kept", "k: |+\n  alpha\n\n  \nj: x", "alpha\n\n\n", ("alpha\n\n", "alpha\n\n")),
  ScalarCase("literal, no line end", "k: |\n  alpha", "alpha"),
  ScalarCase("literal, deeper line", "k: |\n  a\n    beta\n  c\n", "a\n  beta\nc\n", ("  beta", "  beta")),
  ScalarCase("literal, empty lines", "k: |\n  a\n\n \n  b\n", "a\n\n\nb\n", ("\nb", "\n  b")),
  ScalarCase("literal, starts with empty lines", "k: |\n\n \n  alpha\n", "\n\nalpha\n", ("alpha", "alpha")),
  ScalarCase("literal, indicator", "k: |2\n    alpha\n  beta\n", "  alpha\nbeta\n", ("  alpha", "  alpha")),
  ScalarCase("literal, indicator in depth", "a:\n  k: |1-\n    alpha\n   beta\n", " alpha\nbeta", ("beta", "beta")),
  ScalarCase("literal, strip and indicator", "k: |-2\n   alpha\n", " alpha"),
  ScalarCase("literal, indicator, blanks only", "k: |2+\n     \n\n", "   \n\n", ("   ", "   ")),
  ScalarCase("literal, indicator in a list", "- |1\n  alpha\n", " alpha\n", (" alpha", " alpha")),
  ScalarCase("literal, indicator in an indentless list", "k:\n- |2\n   alpha\n", " alpha\n"),
  ScalarCase("literal, indicator at the root", "|1\n  alpha\n", " alpha\n"),
  ScalarCase("literal, comment after header", "k: |  # why\n  alpha # not\n", "alpha # not\n"),
  ScalarCase("literal, tab within", "k: |\n  a\tbeta\n  \tc\n", "a\tbeta\n\tc\n", ("\tc", "\tc")),
  ScalarCase("literal, CR LF", "k: |\r\n  alpha\r\n  beta\r\n", "alpha\nbeta\n", ("\n", "\r\n"), ("beta", "beta")),
  ScalarCase("literal, not ASCII", "ü: é\nk: |\n  größe € x\n  € y\n", "größe € x\n€ y\n", ("€ y", "€ y")),
  ScalarCase("literal, LS is a line", "k: |\n  a\u{2028}  b\n", "a\u{2028}b\n", ("\u{2028}", "\u{2028}")),
  ScalarCase("literal, empty", "k: |\nj: x", ""),
  ScalarCase("literal, empty, kept", "k: |+\n\n\nj: x", "\n\n", ("\n\n", "\n\n")),
  ScalarCase("literal, tagged", "k: !!str |\n  alpha\n", "alpha\n"),
  ScalarCase("literal, ends in blanks", "k: |\n  alpha\n   ", "alpha\n "),

  // Folded.
  ScalarCase("folded", "k: >\n  alpha\n  beta\n", "alpha beta\n", (" ", "\n"), ("alpha beta", "alpha\n  beta")),
  ScalarCase("folded, stripped", "k: >-\n  alpha\n  beta\n\n", "alpha beta"),
  ScalarCase("folded, kept", "k: >+\n  alpha\n\n", "alpha\n\n", ("\n\n", "\n\n")),
  ScalarCase("folded, empty line", "k: >\n  alpha\n\n  beta\n", "alpha\nbeta\n", ("\nbeta", "\n  beta")),
  ScalarCase("folded, deeper lines", "k: >\n  a\n    b\n    c\n  d\n", "a\n  b\n  c\nd\n", ("  b\n  c", "  b\n    c")),
  ScalarCase("folded, blank end stays", "k: >\n  alpha \n  beta\n", "alpha  beta\n", ("alpha ", "alpha ")),
  ScalarCase("folded, indicator", "k: >2\n    alpha\n  beta\n", "  alpha\nbeta\n", ("alpha\nbeta", "alpha\n  beta")),
  ScalarCase("folded, starts with empty lines", "k: >\n\n  alpha\n", "\nalpha\n", ("alpha", "alpha")),
  ScalarCase("folded, CR LF", "k: >\r\n  alpha\r\n  beta\r\n", "alpha beta\n", (" ", "\r\n")),
  ScalarCase("folded, condition", "k: >-\n  visits >=\n    target and\n  x\n", "visits >=\n  target and\nx"),
]

@Suite struct SpanTests {
  @Test(arguments: scalars)
  func scalarsMapBack(_ c: ScalarCase) throws {
    var diagnostics = Diagnostics()
    let bytes = Array(c.source.utf8)
    let root = YAML.parse(bytes, file: FileID(rawValue: 0), into: &diagnostics)
    #expect(diagnostics.all == [])
    let scalar = try #require(firstScalar(of: root))
    #expect(scalar.text.unicodeScalars.elementsEqual(c.text.unicodeScalars), "\(scalar.text.debugDescription)")

    func raw(_ range: Range<Int>) -> String {
      let span = scalar.source.span(range)
      return String(decoding: bytes[Int(span.start)..<Int(span.end)], as: UTF8.self)
    }
    func check(_ decoded: String, raw expected: String, line: Comment) {
      let range = firstRange(of: Array(decoded.utf8), in: Array(c.text.utf8))
      let found = range.map(raw)
      #expect(found.map { Array($0.utf8) } == Array(expected.utf8), line)
    }
    for part in c.parts { check(part.decoded, raw: part.raw, line: "\(part.decoded.debugDescription)") }
    // Words stand in the file as they are, so long as nothing in them is escaped.
    for word in c.text.split(whereSeparator: { !$0.isLetter && !$0.isNumber }) where c.source.contains(word) {
      check(String(word), raw: String(word), line: "word \(word)")
    }
  }

  /// The value of the innermost first or, of a mapping, `k` entry.
  private func firstScalar(of node: YAML.Node) -> YAML.Scalar? {
    switch node.kind {
    case .scalar(let scalar): scalar
    case .sequence(let items): items.first.flatMap(firstScalar)
    case .mapping: (node["k"] ?? node["a"]).flatMap(firstScalar)
    case .missing: nil
    }
  }

  private func firstRange(of part: [UInt8], in whole: [UInt8]) -> Range<Int>? {
    guard part.count <= whole.count else { return nil }
    return (0...whole.count - part.count).first { whole[$0...].starts(with: part) }.map { $0..<$0 + part.count }
  }
}
