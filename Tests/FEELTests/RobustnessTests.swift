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
