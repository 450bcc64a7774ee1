import FEEL
import TestSupport
import Testing

/// Every built-in with every argument, fitting or not: each call ends in a value or in null with a reason.
@Suite struct HostileArgumentTests {
  private static let texts = [
    "null", "true", "0", "-1", "1.5", "3", "10 ** 40", "-(10 ** 6000)", "10 ** -6000", "9223372036854775807",
    "-9223372036854775808", "\"\"", "\"a\"", "\"\\U01F40E\\u0301\"", "\"(\"", "\"[a-z]*\"", "\"$9\"", "\"i\"", "\",\"",
    "\"[1..2]\"", "\"2026-01-31\"", "@\"999999999-12-31\"", "@\"-999999999-01-01\"", "@\"23:59:59.999999999-18:00\"",
    "@\"10:00:00\"", "@\"999999999-12-31T23:59:59.999999999+18:00\"", "@\"-999999999-01-01T00:00:00\"",
    "@\"P9223372036854775807M\"", "@\"-P768614336404564650Y\"", "@\"P106751991167300D\"", "@\"-P106751991167300D\"",
    "@\"P0D\"", "[]", "[null]", "[1]", "[1, \"a\", null, [2]]", "[[[]], [[1]]]", "[10 ** 6000, 10 ** 6144]",
    "[{key: \"a\", value: 1}, {key: \"a\", value: 2}]", "{}", "{key: null}", "{a: {b: 1}}", "[1..3]", "]1..3[", "< 5",
    "!= 5", "[\"a\"..\"b\"]", "function(x) x", "function(x, y) x < y", "function(x, y) null", "sort", "sum",
  ]

  private static let pool: [Value] =
    texts.map { runFEEL($0, mode: .standard).value } + [
      .list(List((0..<200).map { .number(Number($0)) })), .string(String(repeating: "ab", count: 500)),
    ]

  private static func check(_ name: String, _ arguments: [Value]) {
    let function = runFEEL(name, mode: .standard).value
    let evaluator = Evaluator(asOf: CivilDate(year: 2026, month: 6, day: 30)!, steps: 50_000)
    let value = evaluator.invoke(function, arguments, at: 0..<0)
    // Nothing is unknown here, and whatever it is can be shown.
    #expect(!value.isUnknown && value.literal.utf8.count < 1_000_000)
    if case .null(nil) = value, !arguments.contains(where: { holdsNull($0) }) {
      Issue.record("\(name)(\(arguments.map(\.literal).joined(separator: ", "))) is null without a reason")
    }
  }

  /// Whether null may come from within a value, which needs no reason.
  private static func holdsNull(_ value: Value) -> Bool {
    switch value {
    case .null, .function: true
    case .list(let list): list.items.contains { holdsNull($0) }
    case .context(let context): context.names.indices.contains { holdsNull(context[$0]) }
    default: false
    }
  }

  @Test func thePoolIsWhatItSeems() {
    #expect(Self.pool.filter(\.isNull).count == 1, "only `null` is null")
  }

  @Test(arguments: BuiltinLibrary.names)
  func ends(_ name: String) {
    Self.check(name, [])
    for a in Self.pool { Self.check(name, [a]) }
    for a in Self.pool { for b in Self.pool { Self.check(name, [a, b]) } }
    // Of longer rows a sample, the same each time.
    var state: UInt64 = 0x9E37_79B9_7F4A_7C15
    func pick() -> Value {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Self.pool[Int(state >> 33) % Self.pool.count]
    }
    for _ in 0..<500 {
      Self.check(name, [pick(), pick(), pick()])
      Self.check(name, [pick(), pick(), pick(), pick()])
    }
  }
}
