import Diagnostics
import FEEL

/// Work that grows with its input, at three sizes: where the cost is linear, twice the input costs twice as much.
enum Linearity {
  /// The most that twice the input may cost. Numbers get longer as they grow, so that it is a little more than twice.
  static let limit = 2.2

  /// What grows, and what is done to it.
  struct Series {
    let name: String
    /// The work over an input of some size, checked to give the right answer. It says how many steps it took of the
    /// evaluator's budget.
    let work: (_ size: Int) throws -> () -> Int
    let size: Int
  }

  static var series: [Series] {
    [
      parsing("conditions joined by `and`", size: 500) { size in
        (0..<size).map { "limit > \($0 - size)" }.joined(separator: " and ")
      },
      parsing("items of a list", size: 1000) { size in
        "count([" + (0..<size).map { "\($0)" }.joined(separator: ", ") + "]) = \(size)"
      },
      parsing("entries of a context", size: 250) { size in
        "count(get entries({" + (0..<size).map { "entry\($0): \($0)" }.joined(separator: ", ") + "})) = \(size)"
      },
      parsing("names of two words that begin alike", size: 250) { size in
        "count(get entries({" + (0..<size).map { "entry \($0): \($0)" }.joined(separator: ", ") + "})) = \(size)"
      },
      parsing("bytes of a text", size: 10_000) { size in
        "string length(\"" + String(repeating: "x", count: size) + "\") = \(size)"
      },
      parsing("words in brackets", size: 500) { size in
        "count([" + (0..<size).map { "(limit - \($0))" }.joined(separator: ", ") + "]) = \(size)"
      },
      evaluating("items through a filter", size: 1000, "count(items[item < 0]) = 0"),
      evaluating("items through a quantifier", size: 1000, "every x in items satisfies x >= 0"),
      evaluating("items through a loop", size: 1000, "count(for x in items return x + 1) > 0"),
      evaluating("items summed", size: 1000, "sum(items) > 0"),
      evaluating("items made distinct", size: 1000, "count(distinct values(items)) > 0"),
      evaluating("bytes searched", size: 10_000, "not(contains(text, \"y\"))"),
      // So few that a matcher keeps its memory for the next text at all three sizes.
      evaluating("bytes matched by a pattern", size: 1000, "not(matches(text, \"(x+x+)+y\"))"),
      evaluating("bytes made upper case", size: 10_000, "string length(upper case(text)) > 0"),
    ]
  }

  private static func parsing(_ name: String, size: Int, text: @escaping (Int) -> String) -> Series {
    Series(
      name: "parse and check: \(name)",
      work: { size in
        let scope = NamedScope([(name: "limit", type: .number)])
        let item = try Workload.item(name, text(size), in: scope)
        try holds(item, in: try Workload.evaluator(over: [.number(1)]))
        return {
          var diagnostics = Diagnostics()
          _ = CheckedExpression(checking: item.source, in: scope, into: &diagnostics)
          return 0
        }
      }, size: size)
  }

  private static func evaluating(_ name: String, size: Int, _ text: String) -> Series {
    Series(
      name: "evaluate: \(name)",
      work: { size in
        let scope = NamedScope([(name: "items", type: .list(.number)), (name: "text", type: .string)])
        let evaluator = try Workload.evaluator(over: [
          .list(List((0..<size).map { .number(Number($0)) })), .string(String(repeating: "x", count: size)),
        ])
        let item = try Workload.item(name, text, in: scope)
        try holds(item, in: evaluator)
        return {
          let before = evaluator.stepsLeft
          _ = evaluator.evaluate(item.checked)
          return before - evaluator.stepsLeft
        }
      }, size: size)
  }

  private static func holds(_ item: Workload.Item, in evaluator: Evaluator) throws {
    let value = evaluator.evaluate(item.checked)
    guard value == .boolean(true) else {
      throw Workload.Failure.wrong(name: item.name, value: value.literal, expected: "true")
    }
  }
}
