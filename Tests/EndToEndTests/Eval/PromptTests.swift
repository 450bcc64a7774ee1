import FEEL
import Foundation
import Testing

@testable import ProbityCommands

/// The prompt, over a console whose keys are given beforehand.
@Suite struct PromptTests {
  /// Keeps what was written, without what was only drawn while typing.
  struct Script: Console {
    var columns = 80
    var keys: [[UInt8]]
    var written = ""
    private var isTyping = false

    init(_ text: String) { keys = [Array(text.utf8)] }

    mutating func read() -> [UInt8] { keys.isEmpty ? [] : keys.removeFirst() }

    mutating func write(_ text: String) { if !isTyping { written += text } }

    mutating func unbuffered<Result>(_ body: (inout Self) -> Result) -> Result {
      isTyping = true
      defer { isTyping = false }
      return body(&self)
    }
  }

  private static func answers(to keys: String) throws -> String {
    var script = Script(keys)
    let asOf = try #require(CivilDate(year: 2026, month: 6, day: 30))
    var prompt = Prompt(Evaluation(asOf: asOf, zones: SystemZones()), showsColour: false)
    prompt.run(on: &script)
    return script.written.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).last.map(String.init)
      ?? ""
  }

  struct Dialogue: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var keys: String
    var answers: String

    init(_ name: String, _ keys: String, _ answers: String) {
      testDescription = name
      self.keys = keys
      self.answers = answers
    }
  }

  @Test(arguments: [
    Dialogue("an expression", "1/3 + 2/3\r", "1\n"),
    Dialogue("nothing", "\r   \r", ""),
    Dialogue("open brackets go on", "[1,\r2\r]\r", "[1, 2]\n"),
    Dialogue("an open text goes on", "\"a\rb\"\r", "\"a\\nb\"\n"),
    Dialogue("an operator goes on", "1 +\r2\r", "3\n"),
    Dialogue("a keyword goes on", "if 1 > 2\rthen 3\relse\r4\r", "4\n"),
    Dialogue("a comment goes on", "1 /* one\r*/ + 1\r", "2\n"),
    Dialogue(
      "an empty line ends it", "1 +\r\r",
      """
      error[FEEL101]: the expression ends where an expression should follow
       --> expression:1:3
        |
      1 | 1 +
        |   ^

      1 error

      """),
    Dialogue(
      "a mistake does not go on", "1 + )\r",
      """
      error[FEEL101]: expected an expression, found `)`
       --> expression:1:5
        |
      1 | 1 + )
        |     ^

      1 error

      """),
    Dialogue(
      "a null has its reason and place", "2 + 1/(1 - 1)\r",
      """
      warning[RUN610]: division by zero
       --> expression:1:5
        |
      1 | 2 + 1/(1 - 1)
        |     ^^^^^^^^^ this makes the value null

      1 warning
      null

      """),
    Dialogue("a type", ":type [1, 2][1] > 3\r:type {a: today()}\r", "boolean\ncontext<a: date>\n"),
    Dialogue("a type goes on", ":type [\r1]\r", "list<number>\n"),
    Dialogue("a name", ":let x 5\rx * 2\r:let x x + 1\rx\r", "x is 5\n10\nx is 6\n6\n"),
    Dialogue("a name of several words", ":let \"full time\" 37.5\rfull time * 2\r", "full time is 37.5\n75\n"),
    Dialogue(
      "a name that is none", ":let 1 2\r:let x\r:let true 1\r",
      "`1` is not a name that FEEL could find\n:let is followed by a name and an expression\n"
        + "`true` is not a name that FEEL could find\n"),
    Dialogue(
      "a command that is none", ":foo\r:type\r:context\r",
      "there is no command :foo; :help lists those there are\n:type is followed by an expression\n"
        + ":context is followed by a file\n"),
    Dialogue(
      "a command that is nearly one", ":contxt f.yaml\r:typ 1\r",
      "there is no command :contxt; did you mean :context? :help lists those there are\n"
        + "there is no command :typ; did you mean :type? :help lists those there are\n"),
    Dialogue("leaving", ":quit\r1\r", ""),
    Dialogue("leaving with Ctrl-D", "1\r\u{4}2\r", "1\n"),
    Dialogue("Ctrl-C drops the lines", "[1,\u{3}2\r(3\r\u{3}4\r", "2\n4\n"),
    Dialogue("Ctrl-D deletes within a line", "12\u{1B}[D\u{4}\r", "1\n"),
    Dialogue("editing", "13\u{1B}[D2\u{1B}[C4\u{7F}\u{1}-\u{5}+1\r", "-122\n"),
    Dialogue("ends and deletion", "23\u{1B}[H1\u{1B}[F4\u{1B}[1~\u{1B}[3~\r", "234\n"),
    Dialogue("words and the rest", "1 + 1 foo\u{17}\u{15}9 - 2\u{1B}OD\u{1B}OD\u{1B}OD\u{1B}OD\u{B}\r", "9\n"),
    Dialogue("earlier lines", "1\r2\r\u{1B}[A\u{1B}[A\r\u{1B}[A\u{1B}[A\u{1B}[B0\r", "1\n2\n1\n10\n"),
    Dialogue("a draft is kept", "1\r2\u{1B}[A\u{1B}[B3\r", "1\n23\n"),
    Dialogue("letters of several bytes", "\"é😀\u{7F}\"\r", "\"é\"\n"),
    Dialogue("keys that mean nothing", "1\u{1B}[5~\u{1B}[99;99;99x\u{1B}x\u{0}2\r", "12\n"),
    Dialogue("a named zone", "time(\"10:00:00@Europe/Paris\")\r", "10:00:00@Europe/Paris\n"),
  ])
  func dialogue(_ dialogue: Dialogue) throws {
    #expect(try Self.answers(to: dialogue.keys) == dialogue.answers)
  }

  @Test func context() throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "probity-\(UUID().uuidString).yaml")
    try Data("name: Ash House\nbeds: 12\n".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    #expect(
      try Self.answers(to: ":context \(file.path)\rname + \" has \" + string(beds)\r")
        == "Names: name, beds\n\"Ash House has 12\"\n")
    #expect(try Self.answers(to: ":context /no/such/file.yaml\r1\r").hasSuffix("1 error\n1\n"))
  }

  @Test func everythingHasItsHelp() throws {
    let help = try Self.answers(to: ":help\r")
    for command in [":type", ":let", ":context", ":help", ":quit", "Ctrl-C", "Ctrl-D"] {
      #expect(help.contains(command))
    }
  }

  /// Any bytes at all: nothing is a trap, and the end of the input ends the prompt.
  @Test func anyBytes() throws {
    var state: UInt64 = 0x2545_F491_4F6C_DD1D
    for _ in 0..<200 {
      var bytes: [UInt8] = []
      for _ in 0..<120 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let byte = UInt8(truncatingIfNeeded: state >> 33)
        bytes.append(byte & 7 == 0 ? 0x1B : byte)
      }
      var script = Script("")
      script.keys = [bytes]
      script.columns = Int(state % 30)
      var prompt = Prompt(
        Evaluation(asOf: try #require(CivilDate(year: 2026, month: 6, day: 30)), zones: NoZones()), showsColour: false)
      prompt.run(on: &script)
      #expect(script.keys.isEmpty)
    }
  }
}

/// What the line editor draws.
@Suite struct LineEditorTests {
  private static func drawing(_ keys: [Key], columns: Int = 20) -> String {
    var editor = LineEditor()
    editor.begin()
    for key in keys { _ = editor.press(key) }
    return editor.drawing(after: "> ", columns: columns)
  }

  private static func typed(_ text: String) -> [Key] { text.unicodeScalars.map { .text($0) } }

  @Test func cursor() {
    #expect(Self.drawing(Self.typed("abc")) == "\r> abc\u{1B}[K\r\u{1B}[5C")
    #expect(Self.drawing(Self.typed("abc") + [.left]) == "\r> abc\u{1B}[K\r\u{1B}[4C")
    #expect(Self.drawing(Self.typed("abc") + [.home]) == "\r> abc\u{1B}[K\r\u{1B}[2C")
  }

  @Test func wideCharacters() {
    #expect(Self.drawing(Self.typed("日本")) == "\r> 日本\u{1B}[K\r\u{1B}[6C")
    #expect(Self.drawing(Self.typed("e\u{301}")) == "\r> e\u{301}\u{1B}[K\r\u{1B}[3C")
    // What would turn the line around is spelt out.
    #expect(Self.drawing(Self.typed("\u{202E}")) == "\r> <U+202E>\u{1B}[K\r\u{1B}[10C")
  }

  @Test func longLine() {
    let keys = Self.typed("abcdefghijklmnopqrstuvwxyz")
    #expect(Self.drawing(keys) == "\r> jklmnopqrstuvwxyz\u{1B}[K\r\u{1B}[19C")
    #expect(Self.drawing(keys + [.home]) == "\r> abcdefghijklmnopq\u{1B}[K\r\u{1B}[2C")
  }
}
