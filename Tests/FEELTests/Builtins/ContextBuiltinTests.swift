import FEEL
import TestSupport
import Testing

@Suite struct ContextBuiltinTests {
  @Test(arguments: [
    Row("get value({a: 1}, \"a\")", "1"),
    Row("get value({a: {b: 2}}, [\"a\", \"b\"])", "2"),
    Row("get value({a: null}, \"a\")", "null"),
    Row("get value(key: \"a\", m: {a: 1})", "1"),
    Row("get entries({a: 1, b: \"x\"})", "[{key: \"a\", value: 1}, {key: \"b\", value: \"x\"}]"),
    Row("get entries({})", "[]"),
    Row("context([{key: \"a\", value: 1}, {key: \"\", value: null}])", "{a: 1, : null}"),
    Row("context({key: \"a\", value: 1})", "{a: 1}", "one entry as a list of one"),
    Row("context([])", "{}"),
    Row("context put({a: 1, b: 2}, \"a\", 3)", "{a: 3, b: 2}", "the entry keeps its place"),
    Row("context put({}, \"a\", null)", "{a: null}"),
    Row("context put({x: 1, y: {a: 0}}, [\"y\", \"b\"], 2)", "{x: 1, y: {a: 0, b: 2}}"),
    Row("context put(context: {y: {a: 0}}, keys: [\"y\", \"a\"], value: 2)", "{y: {a: 2}}"),
    Row("context merge([{a: 1, b: 1}, {a: 2}])", "{a: 2, b: 1}"),
    Row("context merge({a: 1})", "{a: 1}"),
    Row("context merge([{a: {b: 1}}, {a: {c: 2}}])", "{a: {c: 2}}", "not within the entries"),
  ])
  func values(_ row: Row) {
    #expect(runFEEL(row.text, mode: .standard).value.literal == row.value)
  }

  @Test(arguments: [
    Refusal("get value({a: 1}, \"b\")", .noSuchEntry),
    Refusal("get value(null, \"b\")", .wrongArguments),
    Refusal("get value({a: 1}, null)", .wrongArguments),
    Refusal("get entries([1])", .wrongArguments),
    Refusal("context([{key: \"a\", value: 1}, {key: \"a\", value: 2}])", .invalidFormat),
    Refusal("context([{key: \"a\"}])", .wrongArguments),
    Refusal("context([{key: null, value: 1}])", .wrongArguments),
    Refusal("context put({}, null, 1)", .wrongArguments),
    Refusal("context put({}, [], 1)", .wrongArguments),
    Refusal("context put({y: {a: 0}}, [\"y\", \"a\", \"b\"], 2)", .noSuchEntry),
    Refusal("context merge([{a: 1}, null])", .wrongArguments),
    Refusal("context merge([1])", .wrongArguments),
  ])
  func refusals(_ row: Refusal) { row.check() }
}
