import FEEL
import ProbityRecords
import TestSupport
import Testing

@testable import ProbityCommands

/// Every line of a batch is answered, whatever it holds.
@Suite struct BatchTests {
  struct Exchange: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var request: String
    /// Nil where there is nothing to answer.
    var answer: String?

    init(_ name: String, _ request: String, _ answer: String?) {
      testDescription = name
      self.request = request
      self.answer = answer
    }
  }

  private static func answers(to text: String) throws -> [String] {
    var answers = BatchAnswers(
      RequestEvaluator(asOf: try #require(DateAndTime("2026-06-30T00:00:00")), zones: NoZones()))
    var lines = LineReader(try InputFile(name: "batch", bytes: Array(text.utf8)).open(), limit: BatchAnswers.lineLimit)
    var all: [String] = []
    while let line = try lines.line() {
      if let answer = answers.answer(to: line) { all.append(answer.description) }
    }
    return all
  }

  @Test(arguments: [
    Exchange(
      "an expression", #"{"id": "1", "kind": "expression", "expression": "1 + 1"}"#, #"{"id": "1", "value": 2}"#),
    Exchange(
      "a name with a space, and a date",
      #"{"id": "1", "kind": "expression", "expression": "full name + string(born)", "#
        + #""context": {"full name": "Ann", "born": {"date": "1990-01-31"}}}"#,
      #"{"id": "1", "value": "Ann1990-01-31"}"#),
    Exchange(
      "unary tests", #"{"id": "1", "kind": "unary", "expression": "> 3, 1", "input": 1}"#,
      #"{"id": "1", "value": true}"#),
    Exchange(
      "a table",
      #"{"id": "1", "kind": "table", "context": {"n": 3}, "table": {"hitPolicy": "COLLECT", "aggregation": "SUM", "#
        + #""inputs": [{"expression": "n"}], "outputs": [{}], "rules": [[["> 1"], ["10"]], [["-"], ["2"]]]}}"#,
      #"{"id": "1", "value": 12}"#),
    Exchange(
      "a definition that calls itself",
      #"{"id": "1", "kind": "expression", "expression": "f(5)", "let": [{"name": "f", "params": [{"name": "n"}], "#
        + #""expression": "if n = 0 then 1 else n * f(n - 1)"}]}"#,
      #"{"id": "1", "value": 120}"#),
    Exchange(
      "a named type that refuses a value",
      #"{"id": "1", "kind": "expression", "expression": "\"green\"", "typeRef": "colour", "#
        + #""types": {"colour": {"type": "string", "allowed": "\"red\""}}}"#,
      ##"{"id": "1", "error": "\"green\" is no string"}"##),
    Exchange(
      "a mistake", #"{"id": "1", "kind": "expression", "expression": "1 / 0"}"#,
      #"{"id": "1", "error": "division by zero"}"#),
    Exchange("null", #"{"id": "1", "kind": "expression", "expression": "null"}"#, #"{"id": "1", "value": null}"#),
    Exchange(
      "what does not parse", #"{"id": "1", "kind": "expression", "expression": "1 +"}"#,
      #"{"id": "1", "error": "the expression ends where an expression should follow"}"#),
    Exchange(
      "many digits", #"{"id": "1", "kind": "expression", "expression": "x", "context": {"x": 0.1234567890123456789}}"#,
      #"{"id": "1", "value": {"number": "0.1234567890123456789"}}"#),
    Exchange(
      "escapes",
      ##"{"id": "1", "kind": "expression", "expression": "\"\\u00e9\\n\" + x", "context": {"x": "\ud83d\ude00"}}"##,
      ##"{"id": "1", "value": "é\n😀"}"##),
    Exchange("a blank line", "  \t", nil),
    Exchange(
      "no JSON", "1 + 1",
      #"{"error": "line 1: not JSON: text after the end of the value (column 3)", "line": 1}"#),
    Exchange(
      "a null byte", "\u{0}", #"{"error": "line 1: not JSON: expected a value, found 0x00 (column 1)", "line": 1}"#),
    Exchange("an id that is no text", #"{"id": 1}"#, #"{"id": 1, "error": "line 1: `id` is text", "line": 1}"#),
    Exchange(
      "an expression that is no text", #"{"id": "1", "kind": "expression", "expression": []}"#,
      #"{"id": "1", "error": "line 1: `expression` is text", "line": 1}"#),
    Exchange(
      "a context that is none", #"{"id": "1", "kind": "expression", "expression": "x", "context": []}"#,
      #"{"id": "1", "error": "line 1: `context` is an object", "line": 1}"#),
    Exchange(
      "a table without rows of its width",
      #"{"id": "1", "kind": "table", "table": {"hitPolicy": "FIRST", "inputs": [], "outputs": [{}], "#
        + #""rules": [[["1"], ["2"]]]}}"#,
      #"{"id": "1", "error": "line 1: rule 1 has not as many cells as there are inputs and outputs", "line": 1}"#),
    Exchange(
      "work without end", #"{"id": "1", "kind": "expression", "expression": "for i in 1..10**15 return i"}"#,
      #"{"id": "1", "error": "the work that one evaluation may take is used up"}"#),
    Exchange("no object", "[]", #"{"error": "line 1: `id` is missing", "line": 1}"#),
    Exchange(
      "no such kind", #"{"id": "1", "kind": "rule"}"#,
      #"{"id": "1", "error": "line 1: there is no kind `rule`; there are expression, unary and table", "line": 1}"#),
    Exchange(
      "a value of no type",
      #"{"id": "1", "kind": "expression", "expression": "x", "context": {"x": {"data": "2026"}}}"#,
      nil),
  ])
  func answer(_ exchange: Exchange) throws {
    // The line after it is served, whatever came of it.
    let answers = try Self.answers(
      to: exchange.request + "\r\n" + #"{"id": "next", "kind": "expression", "expression": "true"}"#)
    #expect(answers.last == #"{"id": "next", "value": true}"#)
    if let expected = exchange.answer { #expect(answers.first == expected) }
  }

  @Test func longLine() throws {
    var lines = LineReader(
      try InputFile(name: "batch", bytes: Array("12345678\n1234567\r\n\n123456789\nlast".utf8)).open(), limit: 8)
    var all: [LineReader.Line] = []
    while let line = try lines.line() { all.append(line) }
    #expect(
      all == [
        .text(Array("12345678".utf8)), .text(Array("1234567".utf8)), .text([]), .tooLong, .text(Array("last".utf8)),
      ])
  }

  /// However its bytes come in.
  @Test func lineInPieces() throws {
    var pieces: [[UInt8]] = [Array("a".utf8), Array("bc\nd".utf8), Array("\n".utf8), Array("ef".utf8)].reversed()
    var lines = LineReader(ByteSource(pieces: { _ in pieces.popLast() ?? [] }), limit: 8)
    var all: [LineReader.Line] = []
    while let line = try lines.line() { all.append(line) }
    #expect(all == [.text(Array("abc".utf8)), .text(Array("d".utf8)), .text(Array("ef".utf8))])
  }

  @Test func bytesThatAreNoText() {
    var answers = BatchAnswers(RequestEvaluator(asOf: DateAndTime("2026-06-30T00:00:00")!, zones: NoZones()))
    let line = Array(#"{"id": "1", "kind": ""#.utf8) + [0xFF] + Array(#""}"#.utf8)
    #expect(
      answers.answer(to: .text(line))?.description
        == #"{"error": "line 1: not UTF-8: the byte 0xFF (column 22)", "line": 1}"#)
    #expect(
      answers.answer(to: .tooLong)?.description == #"{"error": "line 2: the line has more than 16 MiB", "line": 2}"#)
  }

  /// Nesting that would exhaust the stack is refused, and what follows is served.
  @Test func deepNesting() throws {
    let answers = try Self.answers(
      to: String(repeating: "[", count: 100_000) + "\n" + #"{"id": "2", "kind": "expression", "expression": "2"}"#)
    #expect(answers.count == 2 && answers[0].contains("nested deeper") && answers[1] == #"{"id": "2", "value": 2}"#)
  }
}
