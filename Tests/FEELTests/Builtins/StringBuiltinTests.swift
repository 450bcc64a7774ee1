import FEEL
import TestSupport
import Testing

/// Text counts code points, wherever it is counted.
@Suite struct StringBuiltinTests {
  @Test(arguments: [
    Row("substring(\"foobar\", 3)", "\"obar\""),
    Row("substring(\"foobar\", 3, 3)", "\"oba\""),
    Row("substring(\"foobar\", 3, 3.8)", "\"oba\"", "a fraction of a length does not count"),
    Row("substring(\"foobar\", -2, 1)", "\"a\"", "from the end"),
    Row("substring(\"foobar\", 5, 10)", "\"ar\"", "no more than there is"),
    Row("substring(\"\\U01F40Efoo\", 2)", "\"foo\"", "one character beyond the 16-bit ones"),
    Row("string length(\"\\U01F40E\\U01F600\")", "2"),
    Row("string length(\"e\\u0301\")", "2", "a letter and its accent"),
    Row("string length(\"\\uD83D\\uDCA9\")", "1", "a surrogate pair"),
    Row("\"e\\u0301\" = \"\\u00E9\"", "false", "the same letter in two codings"),
    Row("upper case(\"stra\\u00DFe\")", "\"STRASSE\""),
    Row("lower case(\"AbC4\")", "\"abc4\""),
    Row("substring before(\"foobar\", \"o\")", "\"f\""),
    Row("substring before(\"foobar\", \"x\")", "\"\""),
    Row("substring before(\"foobar\", \"\")", "\"\""),
    Row("substring after(\"foobar\", \"ob\")", "\"ar\""),
    Row("substring after(\"foobar\", \"x\")", "\"\""),
    Row("substring after(\"foobar\", \"\")", "\"foobar\""),
    Row("substring after(\"aaab\", \"aab\")", "\"\"", "an occurrence that begins within a false start"),
    Row("contains(\"foobar\", \"\")", "true"),
    Row("contains(\"foobar\", \"of\")", "false"),
    Row("contains(\"abababc\", \"ababc\")", "true"),
    Row("starts with(\"foobar\", \"foobarx\")", "false"),
    Row("starts with(\"e\\u0301\", \"e\")", "true", "code points, not letters"),
    Row("ends with(\"foobar\", \"\")", "true"),
    Row("ends with(\"foobar\", \"bar\")", "true"),
    Row("string join([\"a\", null, \"c\"], \"-\")", "\"a-c\"", "nulls are left out"),
    Row("string join([])", "\"\""),
    Row("string join(\"a\", \"X\")", "\"a\"", "one text as a list of one"),
    Row("string join(delimiter: \"X\", list: [\"a\", \"c\"])", "\"aXc\"", "named arguments in any order"),
    Row("split(\"a;b;;\", \";\")", "[\"a\", \"b\", \"\", \"\"]"),
    Row("split(\"John Doe\", \"\\s\")", "[\"John\", \"Doe\"]"),
    Row("split(\"\", \",\")", "[\"\"]"),
    Row("replace(\"abcd\", \"(ab)|(a)\", \"[1=$1][2=$2]\")", "\"[1=ab][2=]cd\"", "a group that takes no part"),
    Row("replace(\"facetiously\", \"[iouy]\", \"[$0]\")", "\"facet[i][o][u]sl[y]\""),
    Row("replace(\"ab\", \"(a)\", \"$12\")", "\"a2b\"", "group 1 and a 2 where there is no group 12"),
    Row("replace(\"a.b\", \"\\.\", \"\\\\$\")", "\"a$b\"", "an escaped dollar"),
    Row("replace(\"abc\", \"[A-Z]\", \"#\", \"i\")", "\"###\""),
    Row("replace(\"reluctant\", \"r.*?t\", \"X\")", "\"Xant\""),
  ])
  func values(_ row: Row) {
    #expect(runFEEL(row.text).value.literal == row.value)
  }

  @Test(arguments: [
    Refusal("substring(\"foobar\", 0)", .outOfRange),
    Refusal("substring(\"foobar\", 7)", .outOfRange),
    Refusal("substring(\"foobar\", -7)", .outOfRange),
    Refusal("substring(\"foobar\", 1, 0)", .outOfRange),
    Refusal("substring(\"foobar\", null)", .wrongArguments),
    Refusal("substring(\"foobar\", 10**40)", .outOfRange),
    Refusal("string length(null)", .wrongArguments),
    Refusal("string length(string(1/0))", .divisionByZero, "the argument's own reason"),
    Refusal("contains(\"a\", 1)", .wrongArguments),
    Refusal("matches(\"a\", \"(\")", .invalidFormat),
    Refusal("matches(\"a\", \"a\", \"q\")", .invalidFormat),
    Refusal("replace(\"a\", \"a\", \"$x\")", .invalidFormat),
    Refusal("replace(\"a\", \"a\", \"\\\\\")", .invalidFormat),
    Refusal("replace(\"abc\", \"x*\", \"-\")", .invalidFormat, "a pattern that matches nothing at all"),
    Refusal("split(\"abc\", \"\")", .invalidFormat),
    Refusal("string join(null)", .wrongArguments),
  ])
  func refusals(_ row: Refusal) { row.check() }

  /// Work grows with what is made, before it is made.
  @Test func longJoinsAreCharged() {
    let long = Value.string(String(repeating: "x", count: 100_000))
    let list = Value.list(List([Value](repeating: .string(""), count: 100_000)))
    let run = runFEEL("string join(l, d)", names: [("l", list), ("d", long)])
    Refusal.check(run.value, .workLimit)
  }
}
