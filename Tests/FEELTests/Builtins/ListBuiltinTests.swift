import FEEL
import TestSupport
import Testing

@Suite struct ListBuiltinTests {
  @Test(arguments: [
    Row("sublist([1, 2, 3], 2)", "[2, 3]"),
    Row("sublist([1, 2, 3], -2, 1)", "[2]"),
    Row("append([1], 2, 3)", "[1, 2, 3]"),
    Row("append([1], [2])", "[1, [2]]", "a list is one item"),
    Row("append(1, 2)", "[1, 2]"),
    Row("concatenate([1], [2, [3]])", "[1, 2, [3]]"),
    Row("insert before([1, 3], 2, 2)", "[1, 2, 3]"),
    Row("insert before([1, 3], -1, 2)", "[1, 2, 3]"),
    Row("remove([1, 2, 3], -1)", "[1, 2]"),
    Row("reverse([1, [2, 3]])", "[[2, 3], 1]"),
    Row("index of([1, 2, 3, 2], 2)", "[2, 4]"),
    Row("index of([1, null, \"a\"], null)", "[2]"),
    Row("index of([@\"P1Y\", @\"P12M\"], @\"P12M\")", "[1, 2]", "equal, though written in two ways"),
    Row("union([1, 2], [2.0, 3])", "[1, 2, 3]"),
    Row("distinct values([1, \"1\", 1.0, null, null, [1], [1]])", "[1, \"1\", null, [1]]"),
    Row("distinct values([@\"10:00:00Z\", @\"11:00:00+01:00\"])", "[10:00:00Z]", "equal instants"),
    Row("count(distinct values([{a: 1}, {a: 1.0}, {b: 1}]))", "2"),
    Row("flatten([[1, [2]], [], [[[3]]]])", "[1, 2, 3]"),
    Row("product(2, 3, 4)", "24"),
    Row("median(8, 2, 5, 7)", "6"),
    Row("median([4])", "4"),
    Row("mode([6, 3, 9, 3, 6, 6.0])", "[6]"),
    Row("mode([])", "[]"),
    Row("stddev([2, 4, 7, 5])", "2.081665999466132735282297706979931"),
    Row("sort([3, 1, 2], function(x, y) x > y)", "[3, 2, 1]"),
    Row("sort([], function(x, y) x > y)", "[]"),
    Row(
      "sort([{k: 1, v: \"a\"}, {k: 0, v: \"b\"}, {k: 1, v: \"c\"}], function(x, y) x.k < y.k).v",
      "[\"b\", \"a\", \"c\"]", "equal items keep their order"),
    Row("list replace([1, 2, 3], -1, 4)", "[1, 2, 4]"),
    Row("list replace([2, 4, 7, 8], function(item, newItem) item < newItem, 5)", "[5, 5, 7, 8]"),
    Row("list replace(match: function(item, newItem) item = 2, newItem: 4, list: [1, 2])", "[1, 4]"),
  ])
  func values(_ row: Row) {
    #expect(runFEEL(row.text, mode: .standard).value.literal == row.value)
  }

  @Test(arguments: [
    Refusal("sublist([1, 2], 3)", .outOfRange),
    Refusal("sublist([1, 2], 1, 3)", .outOfRange),
    Refusal("sublist([1, 2], 0)", .outOfRange),
    Refusal("sublist(null, 1)", .wrongArguments),
    Refusal("insert before([1], 2, 2)", .outOfRange),
    Refusal("remove([1], 2)", .outOfRange),
    Refusal("remove([], 1)", .outOfRange),
    Refusal("product([])", .outOfRange),
    Refusal("product([1, null])", .wrongType),
    Refusal("product([10**6000, 10**6000])", .outOfRange),
    Refusal("median([])", .outOfRange),
    Refusal("stddev([47])", .outOfRange),
    Refusal("mode([1, \"a\"])", .wrongArguments),
    Refusal("union([1], null)", .wrongArguments),
    Refusal("sort([1, 2], function(x) x)", .wrongArguments),
    Refusal("sort([1, 2], function(x, y) \"a\")", .wrongType),
    Refusal("sort([1, \"a\"], function(x, y) x < y)", .wrongType),
    Refusal("list replace([1], \"1\", 2)", .wrongArguments),
    Refusal("list replace([1], function(item) true, 2)", .wrongArguments),
    Refusal("list replace([1], 2, 2)", .outOfRange),
  ])
  func refusals(_ row: Refusal) { row.check() }

  @Test func manyDistinctItemsAreFoundQuickly() {
    let value = runFEEL("count(distinct values(for i in 1..20000 return modulo(i, 9000)))").value
    #expect(value.literal == "9000")
  }
}
