import FEEL
import TestSupport
import Testing

/// Names that hold spaces, symbols and keywords, and what the standard's tests found beside them.
@Suite struct NameTests {
  @Test(arguments: [
    Row("(function(a-b: number) a-b + 1)(a-b: 2)", "3", "a parameter with a minus sign"),
    Row("(function(a.b, c d) a.b + c d)(c d: 1, a.b: 2)", "3", "named arguments of parameters with symbols"),
    Row("for unit price in [1, 2] return unit price * 2", "[2, 4]", "a variable of two words"),
    Row("some a-b in [1, 2] satisfies a-b > 1", "true", "a variable with a minus sign"),
    Row("{a+b: 1, c: a+b + 1}.c", "2", "an entry with a plus sign"),
    Row("{unit  price: 2}.unit price", "2", "white space counts as one space"),
    Row("{Student's name: \"Ann\"}.Student's name", "\"Ann\"", "an apostrophe"),
    Row("{a: 1, b: 2, c: a - b}.c", "-1", "a subtraction where there is no such name"),
    Row("{a b: 1} instance of context<a b: number>", "true", "a type's entry of two words"),
    Row("{start included: [1..10[.start included}.start included", "true", "a path after an outward bracket"),
    Row("[1..3[ = [1..3[", "true", "an outward bracket before an operator"),
    Row("[{x: 1}].y", "[null]", "an entry that no item has"),
    Row("true in =true", "true", "a test for equality of values that have no order"),
    Row("[1, 2] in =[1, 2]", "true"),
    Row("[1, 2] in !=[1, 2]", "false"),
    Row("upper case([\"bob\"])", "\"BOB\"", "a list of one as its item"),
  ])
  func values(_ row: Row) {
    #expect(runFEEL(row.text, mode: .standard).value.literal == row.value)
  }

  @Test(arguments: [
    Refusal("5 in (null..10]", .wrongType, "an interval with a null end"),
    Refusal("5 in [1..null)", .wrongType),
    Refusal("[1, 2][\"text\"]", .wrongType, "a filter that is no condition"),
    Refusal("[1, 2][if item = 1 then true else \"text\"]", .wrongType),
    Refusal("some x in [1, 2] satisfies (if x = 2 then true else \"text\")", .wrongType),
    Refusal("every x in [1, 2] satisfies (if x = 2 then false else \"text\")", .wrongType),
    Refusal("get value({}, \"f\")(2)", .noSuchEntry, "a call of what could not be had"),
    Refusal("(function(a, b) a)(a: 1, c: 2)", .wrongArguments),
    Refusal("(function(a, b) a)(1)", .wrongArguments),
  ])
  func refusals(_ row: Refusal) { row.check() }
}
