import Diagnostics
import FEEL
import TestSupport
import Testing

/// A row: an expression and the value it has, written as FEEL writes it.
struct Row: CustomTestStringConvertible, Sendable {
  var text: String
  var value: String
  var note: String

  init(_ text: String, _ value: String, _ note: String = "") {
    self.text = text
    self.value = value
    self.note = note
  }

  var testDescription: String { note.isEmpty ? text : "\(note): \(text)" }
}

@Suite struct EvaluationTests {
  @Test(arguments: [
    Row("1 + 2 * 3", "7"),
    Row("(1 + 2) * 3", "9"),
    Row("2 ** 3 ** 2", "64", "powers group to the left"),
    Row("-3 ** 2", "9", "the sign binds tighter than the power"),
    Row("0.1 + 0.2 = 0.3", "true", "decimal arithmetic"),
    Row("10 / 4", "2.5"),
    Row("1 / 0", "null"),
    Row("\"a\" + \"b\"", "\"ab\""),
    Row("1 < 2 and 2 < 3", "true"),
    Row("5 between 1 and 10 and true", "true", "the first `and` belongs to between"),
    Row("5 in [1..10]", "true"),
    Row("5 in (5..10]", "false"),
    Row("5 in ]4..5[", "false"),
    Row("5 in (< 3, > 4)", "true"),
    Row("5 in (1, (2..5])", "true", "the bracket closes the range"),
    Row("5 in ([7..9), ]4..6[, 1)", "true", "the parenthesis closes the range"),
    Row("[(1..2], [3..4)][2]", "[3..4)"),
    Row("if @\"2026-01-31\" instance of date and time then 1 else 2", "2", "`then` is not part of the type"),
    Row("@\"2026-01-31\" instance of date and 2 > 1", "true", "`and` is not part of the type"),
    Row("sum([[1], [2]])", "null", "what lies in a list is not converted"),
    Row("sum([[1, 2]])", "3", "a list of one is its item"),
    Row("\"b\" in [\"a\", \"b\"]", "true"),
    Row("if 1 > 2 then \"x\" else \"y\"", "\"y\""),
    Row("for i in 1..3 return i * i", "[1, 4, 9]"),
    Row("count((for d in 1 .. 3 return d)[item > 1])", "2", "a loop's dots open no range"),
    Row("for i in [1, 2], j in [10, 20] return i + j", "[11, 21, 12, 22]"),
    Row("some x in [1, 2, 3] satisfies x > 2", "true"),
    Row("every x in [1, 2, 3] satisfies x > 2", "false"),
    Row("[1, 2, 3, 4][item > 2]", "[3, 4]"),
    Row("[1, 2, 3][2]", "2"),
    Row("{f: function(a) a[not(item = 3)], x: f([4])}.x", "[4]", "a built-in among items of no known type"),
    Row("{f: function(a) a[count(substring(string: item, start position: 2)) > 0], x: f([\"ab\"])}.x", "[\"ab\"]"),
    Row("[1, 2, 3][-1]", "3"),
    Row("[1, 2, 3][7]", "null"),
    Row("[{a: 1, b: 2}, {a: 3, b: 4}][a > 1].b", "[4]"),
    Row("{a: 1, b: a + 1}.b", "2", "a later entry sees an earlier one"),
    Row("{first name: \"Ann\"}.first name", "\"Ann\"", "names with spaces"),
    Row("@\"2026-01-31\" + @\"P1M\"", "2026-02-28", "months clip to the month's end"),
    Row("@\"2026-01-31\" - @\"2026-01-01\" = @\"P30D\"", "true"),
    Row("@\"2026-01-31\".year", "2026"),
    Row("today()", "2026-06-30", "the as-of date"),
    Row("count([1, 2, 3])", "3"),
    Row("sum(1, 2, 3)", "6"),
    Row("max([1, 5, 3])", "5"),
    Row("(function(x, y) x + y)(1, 2)", "3"),
    Row("1 instance of number", "true"),
    Row("[1, \"a\"] instance of list<number>", "false"),
    Row("false and (1 / 0 > 2)", "false", "false decides"),
    Row("true or (1 / 0 > 2)", "true", "true decides"),
    Row("null = null", "true"),
    Row("// a note\n 1 /* and another */ + 1", "2", "comments"),
    Row("date and time(\"2026-01-31T10:00:00\").hour", "10"),
  ])
  func values(_ row: Row) {
    let run = runFEEL(row.text)
    #expect(run.value.literal == row.value, "\(run.diagnostics.map(\.message))")
  }
}
