import FEEL
import TestSupport
import Testing

/// Allen's relations, over every pair of small intervals against what they mean point by point.
@Suite struct RangeBuiltinTests {
  /// A range between whole numbers as the points that it holds, with halves between them.
  private struct Small: Hashable {
    var start: Int
    var startIncluded: Bool
    var end: Int
    var endIncluded: Bool

    var text: String { (startIncluded ? "[" : "(") + "\(start)..\(end)" + (endIncluded ? "]" : ")") }

    func holds(_ half: Int) -> Bool {
      let (low, high) = (2 * start, 2 * end)
      return (half > low || startIncluded && half == low) && (half < high || endIncluded && half == high)
    }

    var halves: [Int] { (0...8).filter { holds($0) } }

    static let all: [Small] = (0...3).flatMap { start in
      (start + 1...4).flatMap { end in
        [true, false].flatMap { first in
          [true, false].map { Small(start: start, startIncluded: first, end: end, endIncluded: $0) }
        }
      }
    }
  }

  @Test(arguments: ["before", "after", "overlaps", "includes", "during", "coincides"])
  func meaning(_ name: String) {
    let ranges = Small.all
    for a in ranges {
      let text = "[" + ranges.map { "\(name)(\(a.text), \($0.text))" }.joined(separator: ", ") + "]"
      let expected = ranges.map { b -> Bool in
        let (x, y) = (a.halves, b.halves)
        switch name {
        case "before": return x.max()! < y.min()!
        case "after": return x.min()! > y.max()!
        case "overlaps": return !Set(x).isDisjoint(with: y)
        case "includes": return Set(y).isSubset(of: x)
        case "during": return Set(x).isSubset(of: y)
        default: return x == y
        }
      }
      #expect(runFEEL(text).value == .list(List(expected.map { .boolean($0) })), "\(name) of \(a.text)")
    }
  }

  @Test(arguments: [
    Row("before(1, 10)", "true"),
    Row("before(1, (1..10])", "true"),
    Row("before([1..10), 10)", "true"),
    Row("after(10, [1..10))", "true"),
    Row("meets([1..5], [5..10])", "true"),
    Row("meets([1..5), [5..10])", "false"),
    Row("met by([5..10], [1..5])", "true"),
    Row("overlaps before([1..5], [3..8])", "true"),
    Row("overlaps before([1..5], [1..5])", "false"),
    Row("overlaps before([1..5), (1..5])", "true"),
    Row("overlaps after((1..5], [1..5])", "true"),
    Row("overlaps after([1..5], [1..5))", "false"),
    Row("finishes(10, [1..10])", "true"),
    Row("finishes([5..10), [1..10])", "false"),
    Row("finished by([1..10], [5..10])", "true"),
    Row("starts(1, (1..10])", "false"),
    Row("starts([1..5], [1..10])", "true"),
    Row("started by([1..10], [1..5])", "true"),
    Row("includes([@\"2026-01-01\"..@\"2026-12-31\"], @\"2026-06-30\")", "true"),
    Row("during(5, >4)", "true", "a range without an end"),
    Row("overlaps(<3, >=3)", "false"),
    Row("coincides(\"a\", \"a\")", "true"),
  ])
  func values(_ row: Row) {
    #expect(runFEEL(row.text, mode: .standard).value.literal == row.value)
  }

  @Test(arguments: [
    Refusal("before(1, \"a\")", .wrongArguments),
    Refusal("before(1, null)", .wrongArguments),
    Refusal("during(1, [\"a\"..\"b\"])", .wrongArguments),
    Refusal("meets(1, [1..2])", .wrongArguments),
    Refusal("coincides(true, true)", .wrongArguments),
    Refusal("includes([1..2], != 3)", .wrongArguments),
  ])
  func refusals(_ row: Refusal) { row.check() }
}
