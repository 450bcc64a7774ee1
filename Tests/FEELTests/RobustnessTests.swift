import Diagnostics
import FEEL
import TestSupport
import Testing

/// Texts that would exhaust a careless implementation: each ends, with a value or a reason.
@Suite struct RobustnessTests {
  struct Hostile: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var text: String

    init(_ name: String, _ text: String) {
      testDescription = name
      self.text = text
    }
  }

  @Test(arguments: [
    Hostile("deep parentheses", String(repeating: "(", count: 100_000)),
    Hostile(
      "closed deep parentheses", String(repeating: "(", count: 5_000) + "1" + String(repeating: ")", count: 5_000)),
    Hostile("deep lists", String(repeating: "[", count: 100_000)),
    Hostile("deep contexts", String(repeating: "{a:", count: 50_000)),
    Hostile("many minus signs", String(repeating: "-", count: 100_000) + "1"),
    Hostile("a long sum", Array(repeating: "1", count: 20_000).joined(separator: "+")),
    Hostile("a long path", "a" + String(repeating: ".a", count: 20_000)),
    Hostile("deep filters", "a" + String(repeating: "[1", count: 20_000)),
    Hostile("deep ifs", String(repeating: "if true then ", count: 20_000)),
    Hostile(
      "groupings within groupings after in",
      String(repeating: "a0 in (", count: 150) + "1" + String(repeating: ") + 1", count: 150)),
    Hostile(
      "names that begin alike", "{" + (0..<20_000).map { "a name \($0): \($0)" }.joined(separator: ", ") + "}"),
    Hostile("a deep type", "1 instance of " + String(repeating: "list<", count: 20_000)),
    Hostile("a huge literal", String(repeating: "9", count: 200_000)),
    Hostile("a huge range", "for i in 1..1000000000000000 return i"),
    Hostile("nested huge loops", "for i in 1..100000, j in 1..100000 return i * j"),
    Hostile("an exponent tower", "9 ** 9 ** 9 ** 9 ** 9"),
    Hostile("recursion without end", "(function(f) f(f))(function(f) f(f))"),
    Hostile("text that doubles", "{" + (0..<60).map { "a\($0 + 1): a\($0) + a\($0)" }.joined(separator: ", ") + "}"),
    Hostile("lists that double by concatenate", chain(60) { "concatenate(\($0), \($0))" }),
    Hostile("lists that double by append", chain(60) { "append(\($0), \($0))" }),
    Hostile("lists that double by for", chain(60) { "for i in 1..2 return \($0)" }),
    Hostile("lists that double, flattened", "flatten(\(chain(40) { "[\($0), \($0)]" }))"),
    Hostile("text that doubles by string join", chain(60) { "string join([string(\($0)), string(\($0))])" }),
    Hostile("text that doubles by replace", chain(60) { "replace(string(\($0)), \"(.+)\", \"$1$1\")" }),
    Hostile("the length of text that doubles", "string length(\(chain(60) { "string(\($0)) + string(\($0))" }))"),
    Hostile("contexts that double by context put", chain(60) { "context put({x: \($0)}, \"y\", \($0))" }),
    Hostile("a range of 10**15 as text", "string(for i in 1..10**15 return i)"),
    Hostile("recursion that grows", "(function(f, l) f(f, append(l, l)))(function(f, l) f(f, append(l, l)), [1])"),
    Hostile("lists within lists, one by one", chain(8_000) { "[\($0)]" }),
    Hostile("contexts within contexts, one by one", chain(8_000) { "{x: \($0)}" }),
    Hostile("functions that hold one another", chain(3_000) { "function() \($0)" }),
    Hostile("lists that double", chain(60) { "[\($0), \($0)]" }),
    Hostile("contexts that double", chain(60) { "{x: \($0), y: \($0)}" }),
    Hostile("a mistake of a type that doubles", chain(60) { "{x: \($0), y: \($0)}" } + " = 1"),
    Hostile("lists that double, compared", chain(60) { "[\($0), \($0)]" } + " = [[1]]"),
    Hostile("results that hold all before them", "for i in 1..100000 return partial"),
    Hostile("results within one another", "for i in 1..100000 return [partial[-1]]"),
    Hostile("functions within one another", "for i in 1..100000 return function() partial[-1]"),
    Hostile(
      "a long list looked through again and again",
      "{l: for i in 1..50000 return i, r: for i in 1..50000 return list contains(l, -1)}"),
    Hostile(
      "many copies of a long text",
      "string join(for i in 1..100000 return string join(for j in 1..1000 return \"abcdefgh\"))"),
    Hostile("unclosed text", "\"abc"),
    Hostile("unclosed comment", "/* abc"),
    Hostile("only operators", "+ * / - ** = < >"),
    Hostile("control characters", "\u{0}\u{1}\u{7F}\u{FEFF}\u{202E}"),
  ])
  func ends(_ hostile: Hostile) {
    let run = runFEEL(hostile.text, mode: .standard, names: [("a0", .string("x"))], steps: 200_000)
    // Whatever it came to can be shown.
    #expect(run.value.literal.utf8.count < 100_000_000)
  }

  /// A context whose entries each build on the one before, and its last entry.
  private static func chain(_ length: Int, _ next: (String) -> String) -> String {
    let entries = (1..<length).map { "a\($0): \(next("a\($0 - 1)"))" }
    return "{a0: 1, " + entries.joined(separator: ", ") + "}.a\(length - 1)"
  }

  /// What evaluation makes is bounded apart from its steps.
  @Test(arguments: [
    ("many items", "for i in 1..1000 return i", "the memory that one evaluation may take is used up"),
    (
      "long text", "for i in 1..20 return string join(for j in 1..50 return \"0123456789\")",
      "the memory that one evaluation may take is used up"
    ),
    (
      "shared parts", "{a: [1, 2, 3, 4, 5, 6, 7, 8], b: [a, a, a, a, a, a, a, a], c: [b, b, b, b, b, b, b, b]}.c",
      "this value takes more memory than one evaluation may"
    ),
  ])
  func memory(_ name: String, _ text: String, _ reason: String) throws {
    var diagnostics = Diagnostics()
    let expression = CheckedExpression(
      checking: SourceText(text, file: FileID(rawValue: 0)), in: NamedScope([]), mode: .standard, into: &diagnostics)
    let asOf = try #require(CivilDate(year: 2026, month: 6, day: 30))
    guard case .null(let failure?) = Evaluator(asOf: asOf, memory: 10_000).evaluate(expression) else {
      Issue.record("\(name): a value in spite of the budget")
      return
    }
    #expect(failure.reason == .workLimit && failure.message == reason, "\(name)")
    #expect(!Evaluator(asOf: asOf).evaluate(expression).isNull, "\(name)")
  }

  /// Bytes of good expressions, changed at random with a fixed seed: no text is a trap.
  @Test func mutatedTexts() {
    let seeds = [
      "some p in insurance satisfies p.cover >= 5 and p.expires >= today()",
      "if a > 1 then {b: [1, 2, (3)]} else @\"2026-01-31\" + @\"P1M\"",
      "for x in 1..3, y in [1, 2][item > 1] return x ** y - -x",
      "x in ([1..5], ]1..2[, > 3, not(x)) between 1 and \"\\u00e9\"",
    ]
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func next(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    for round in 0..<1_500 {
      var bytes = Array(seeds[round % seeds.count].utf8)
      for _ in 0...next(4) {
        switch next(3) {
        case 0: bytes[next(bytes.count)] = UInt8(next(256))
        case 1: bytes.insert(UInt8(next(128)), at: next(bytes.count + 1))
        default: if bytes.count > 1 { bytes.remove(at: next(bytes.count)) }
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let run = runFEEL(text, mode: round % 2 == 0 ? .rules : .standard)
      for diagnostic in run.diagnostics {
        let span = diagnostic.span
        #expect(span.map { Int($0.end) <= text.utf8.count } ?? true, "\(text)")
      }
    }
  }
}
