import FEEL
import TestSupport
import Testing

/// Over missing facts a built-in promises no more than what holds whatever the facts turn out to be.
@Suite struct UnknownBuiltinTests {
  private static let type = ContextType(
    name: "sample",
    members: [
      .init("n", .number), .init("m", .number), .init("b", .boolean), .init("s", .string), .init("d", .date),
      .init("l", .list(.number)),
    ])

  private static let numbers: [Value] = [-1, 1, 2].map { .number($0) }

  /// What each fact may turn out to be.
  private static let domains: [(name: String, values: [Value])] = [
    ("n", numbers), ("m", numbers), ("b", [.boolean(true), .boolean(false)]), ("s", [.string(""), .string("ab")]),
    ("d", ["2020-02-29", "2026-01-01"].compactMap { CivilDate($0).map { .date($0) } }),
    ("l", [.list(List([])), .list(List([.number(2)])), .list(List([.number(1), .number(2), .number(1)]))]),
  ]

  private static func value(_ text: String, _ facts: [String: Value]) -> Value {
    let record = TestSupport.facts(type, facts)
    return runFEEL(text, mode: .standard, names: [("r", .context(record))], types: ["r": .context(type)]).value
  }

  @Test(arguments: [
    "abs(r.n)", "floor(r.n / 2)", "ceiling(r.n / 2)", "decimal(r.n / 3, r.m)", "round up(r.n / 3, 1)",
    "round half down(r.n / 2, 0)", "modulo(r.n, r.m)", "modulo(r.n, r.m - 1)", "sqrt(r.n)", "log(r.n)", "exp(r.n)",
    "odd(r.n)", "even(r.n / 2)", "not(r.b)", "all([r.b, true])", "any([r.b, false, null])", "all(r.b, false)",
    "string(r.n)", "string(r.s)", "number(r.s)", "date(r.s)", "date(2020, r.n, 1)", "duration(r.s)", "time(r.n, 0, 0)",
    "date and time(r.d, @\"10:00:00\")", "years and months duration(r.d, @\"2025-01-01\")", "range(r.s)",
    "substring(r.s, r.n)", "substring(\"abc\", r.n, r.m)", "string length(r.s)", "upper case(r.s)",
    "substring before(\"abc\", r.s)", "substring after(r.s, \"a\")", "contains(r.s, \"a\")",
    "starts with(\"abc\", r.s)",
    "ends with(r.s, \"b\")", "matches(r.s, \"^a\")", "matches(\"a\", r.s)", "replace(r.s, \"a\", \"x\")",
    "split(\"xaby\", r.s)", "string join([r.s, \"c\"], r.s)", "list contains([1, r.n], 1)", "list contains(r.l, 2)",
    "count([r.n, 1])", "count(r.l)", "count(r.l[item > 1])", "count([1, 2][item > r.n])", "sum([r.n, r.m, 1])",
    "sum(r.l)", "sum([1, 2, 3][item > r.n])", "min([r.n, 0])", "max(r.n, r.m)", "max([1, 2][item < r.n])",
    "mean([r.n, 1])", "mean([1, 2, 3][item > r.n])", "min(r.l)", "mean(r.l)", "sublist([1, 2, 3], r.n)",
    "sublist(r.l, 1, r.n)", "append(r.l, 1)", "append([r.n], r.m)", "append([1, 2][item > r.n], 3)",
    "concatenate(r.l, [1])", "concatenate([1, 2][item > r.n], [r.m])", "insert before([1, 2], r.n, r.m)",
    "insert before([1, 2, 3][item > r.n], 1, 0)", "remove([1, 2], r.n)", "remove([1, 2, 3][item > r.n], 1)",
    "reverse([r.n, 1])", "reverse([1, 2, 3][item > r.n])", "reverse(r.l)", "reverse([1, 2, 3][item > r.n])[1]",
    "index of([1, r.n, 2], r.m)", "index of(r.l, 1)", "union([1, r.n], [2])", "union(r.l, [1])",
    "distinct values([r.n, 1, 1])", "distinct values([1, 1, 2][item > r.n])", "flatten([[r.n], 1])",
    "flatten([r.l, 1])", "flatten([[1, 2][item > r.n], 3])", "flatten([[[1], [2]][count(item) > r.n]])",
    "product([r.n, 2])", "product(r.l)", "median([r.n, 1, 2])", "median(r.l)", "stddev([r.n, 1])", "stddev(r.l)",
    "mode([r.n, 1])", "mode(r.l)", "sort([2, r.n], function(x, y) x < y)", "sort([2, 1], function(x, y) x < r.n)",
    "sort([1, 2, 3][item > r.n], function(x, y) x > y)", "list replace([1, 2], r.n, 0)",
    "list replace([1, 2], function(x, y) x > r.n, 0)", "list replace([1, 2, 3][item > r.n], 1, 0)",
    "get value({a: r.n, b: 1}, \"b\")", "get value({a: r.n, b: 1}, \"a\")", "get value({ab: 1}, r.s)",
    "get value(r, \"n\")", "get value(r, \"x\")", "get value({a: r}, [\"a\", \"n\"])", "get entries({a: r.n})",
    "context([{key: r.s, value: 1}])", "context put({a: r.n}, \"b\", r.m)", "context merge([{a: r.n}, {a: 1}])",
    "before(r.n, 2)", "before(r.n, [0..1])", "includes([0..1], r.n)", "overlaps([r.n..5], [0..1])",
    "during(r.d, [@\"2020-01-01\"..@\"2021-01-01\"])", "coincides(r.n, r.m)", "is(r.n, 1)", "is(r.s, r.n)",
    "day of year(r.d)", "day of week(r.d)", "month of year(r.d)", "week of year(r.d)",
    "r.n in =1", "r.n in !=1", "[r.n, 1] in =[1, 1]", "r.n in [r.m..2]", "some x in [r.n, 1] satisfies x > 1",
    "every x in [r.n, 1] satisfies x > 0", "if r.b then r.n else 1", "[1, 2, 3][r.n]", "[r.n, 2][1]",
  ])
  func promises(_ text: String) {
    let used = Self.domains.filter { text.contains("r.\($0.name)") || text.contains("\"\($0.name)\"") }
    // Every fact may be missing or there; every missing one may turn out to be anything.
    for missing in 0..<(1 << used.count) {
      var completions: [[String: Value]] = [[:]]
      for (name, values) in used {
        completions = completions.flatMap { facts in values.map { facts.merging([name: $0]) { $1 } } }
      }
      for completion in completions {
        let known = Self.value(text, completion)
        let supplied = completion.filter { fact in
          used.firstIndex { $0.name == fact.key }.map { missing >> $0 & 1 == 0 } ?? false
        }
        let promised = Self.value(text, supplied)
        #expect(promised.covers(known), "\(supplied): \(promised), but with \(completion) it is \(known)")
      }
    }
  }

  @Test(arguments: [
    Row("all([r.b, false])", "false", "one false item decides"),
    Row("count([r.n, 1])", "2"),
    Row("reverse([r.n, 1])[1]", "1"),
    Row("flatten([[1], [2]])[1] = 1 or r.b", "true"),
    Row("get value({a: r.n, b: 1}, \"b\")", "1", "the other entry does not matter"),
    Row("string length(r.s)", "unknown"),
    Row("max([r.n, 3]) >= 3", "true"),
  ])
  func decided(_ row: Row) {
    #expect(Self.value(row.text, [:]).literal == row.value)
  }
}
