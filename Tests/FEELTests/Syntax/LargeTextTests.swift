import Diagnostics
import FEEL
import TestSupport
import Testing

/// Texts of all sizes, among them those for which the memory that is lent for most does not suffice: what has been read and
/// checked so far moves, and is the same.
@Suite struct LargeTextTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var text: @Sendable (Int) -> String
    var value: @Sendable (Int) -> String

    init(_ name: String, _ text: @escaping @Sendable (Int) -> String, is value: @escaping @Sendable (Int) -> String) {
      testDescription = name
      self.text = text
      self.value = value
    }
  }

  @Test(
    arguments: [
      Row("texts", { "count([\(list($0) { "\"the text \($0)\"" })])" }, is: { "\($0)" }),
      Row("texts with escapes", { "[\(list($0) { "\"\\u0061 \($0)\"" })][-1]" }, is: { "\"a \($0 - 1)\"" }),
      Row("dates", { "[\(list($0) { "@\"2026-01-\(10 + $0 % 20)\"" })][1]" }, is: { _ in "2026-01-10" }),
      Row("numbers", { "sum([\(list($0) { "\($0)" })])" }, is: { "\($0 * ($0 - 1) / 2)" }),
      Row("entries", { "{\(list($0) { "a\($0): \($0)" })}.a\($0 - 1)" }, is: { "\($0 - 1)" }),
      Row(
        "entries that see those before", { "{a0: 0\(list($0, "") { ", a\($0 + 1): a\($0) + 1" })}.a\($0)" },
        is: { "\($0)" }),
      // Each name of a member stands for the item, too.
      Row("an item's members", { "count([{a: 1}][\(list($0, " and ") { _ in "a = 1" })])" }, is: { _ in "1" }),
      Row("names of items", { "count([{a b: 1}][\(list($0, " and ") { _ in "item.a b = 1" })])" }, is: { _ in "1" }),
      Row("variables", { "for \(list($0) { "v\($0) in [\($0)]" }) return v0 + v\($0 - 1)" }, is: { "[\($0 - 1)]" }),
      Row(
        "filters within filters", { n in (0..<n).reduce("1 = 1") { inner, _ in "[1][\(inner)] = [1]" } },
        is: { _ in "true" }),
      Row(
        "functions within functions",
        { n in (0..<n).reduce("p0") { inner, index in "(function(p\(index)) \(inner))(1)" } }, is: { _ in "1" }),
      Row("calls", { "\(list($0, " + ") { _ in "string length(\"abc\")" })" }, is: { "\(3 * $0)" }),
    ], [1, 2, 7, 16, 17, 24, 25, 40, 63, 64, 65, 90])
  func value(_ row: Row, _ count: Int) {
    let run = runFEEL(row.text(count))
    #expect(run.diagnostics.map(\.message) == [])
    #expect(run.value.literal == row.value(count))
  }

  private static func list(_ count: Int, _ separator: String = ", ", _ part: (Int) -> String) -> String {
    (0..<count).map(part).joined(separator: separator)
  }
}
