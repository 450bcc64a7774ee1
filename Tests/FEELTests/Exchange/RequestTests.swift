import FEEL
import Foundation
import TestSupport
import Testing

/// The batch protocol: requests in typed JSON, and their responses.
@Suite struct RequestTests {
  /// A row: a request without its id, and the response without its id.
  struct Exchange: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var request: String
    var response: String

    init(_ name: String, _ request: String, _ response: String) {
      testDescription = name
      self.request = request
      self.response = response
    }
  }

  private static func tree(_ json: String) throws -> ExchangeTree { try ExchangeTree(json: Data(json.utf8)) }

  private static func response(_ json: String) throws -> RequestEvaluator.Response {
    let asOf = try #require(DateAndTime("2026-06-30T00:00:00"))
    let request = try EvaluationRequest(try tree("{\"id\": \"1\", " + json + "}"))
    return RequestEvaluator(asOf: asOf, zones: NoZones()).response(to: request)
  }

  /// A table that says what its input and its output may be.
  private static func tableOfLimits(n: String) -> String {
    """
    "kind": "table", "context": {"n": \(n)},
    "table": {"hitPolicy": "FIRST", "inputs": [{"expression": "n", "type": "number", "allowed": "[0..9]"}],
              "outputs": [{"type": "string", "allowed": "\\"low\\", \\"high\\""}],
              "rules": [[["< 5"], ["\\"low\\""]], [["5"], ["\\"middling\\""]], [["6"], ["6"]], [["-"], ["\\"high\\""]]]}
    """
  }

  @Test(arguments: [
    Exchange("an expression", #""kind": "expression", "expression": "1 + 1""#, #""value": 2"#),
    Exchange(
      "a name with a space", #""kind": "expression", "expression": "unit price * 2", "context": {"unit price": 1.5}"#,
      #""value": 3"#),
    Exchange(
      "a member with a space",
      #""kind": "expression", "expression": "a.unit price", "context": {"a": {"context": {"unit price": 1.5}}}"#,
      #""value": 1.5"#),
    Exchange(
      "a long number", #""kind": "expression", "expression": "x", "context": {"x": {"number": "0.12345678901234567"}}"#,
      #""value": {"number": "0.12345678901234567"}"#),
    Exchange("today", #""kind": "expression", "expression": "today()""#, #""value": {"date": "2026-06-30"}"#),
    Exchange(
      "a mistake", #""kind": "expression", "expression": "1 / 0""#, #""error": "division by zero""#),
    Exchange("a null", #""kind": "expression", "expression": "null""#, #""value": null"#),
    Exchange(
      "what does not parse", #""kind": "expression", "expression": "1 +""#,
      #""error": "the expression ends where an expression should follow""#),
    Exchange("a test", #""kind": "unary", "expression": "< 10, 20", "input": 5"#, #""value": true"#),
    Exchange(
      "a test with a question mark", #""kind": "unary", "expression": "? + y > 10", "input": 5, "context": {"y": 5}"#,
      #""value": false"#),
    Exchange(
      "definitions in order",
      #""kind": "expression", "expression": "b", "let": [{"name": "a", "expression": "1"}, {"name": "b", "expression": "a + 1"}]"#,
      #""value": 2"#),
    Exchange(
      "a function that calls itself",
      """
      "kind": "expression", "expression": "factorial(10)",
      "let": [{"name": "factorial", "params": [{"name": "n", "type": "number"}],
               "expression": "if n < 2 then 1 else n * factorial(n - 1)"}]
      """, #""value": 3628800"#),
    Exchange(
      "definitions within a function",
      """
      "kind": "expression", "expression": "f(x: 2)(3)",
      "let": [{"name": "f", "params": [{"name": "x"}], "let": [{"name": "y", "expression": "x * 10"}],
               "expression": "function(z) x + y + z"}]
      """, #""value": 25"#),
    Exchange(
      "a parameter with a full stop in its name",
      """
      "kind": "expression", "expression": "f(a.b: 2)",
      "let": [{"name": "f", "params": [{"name": "a.b"}], "expression": "a.b + 1"}]
      """, #""value": 3"#),
    Exchange(
      "an argument that does not conform",
      """
      "kind": "expression", "expression": "f(\\"x\\")",
      "let": [{"name": "f", "params": [{"name": "n", "type": "number"}], "expression": "true"}]
      """, #""error": "`n` is not number""#),
    Exchange(
      "a list of one as its item", #""kind": "expression", "expression": "[1]", "typeRef": "number""#, #""value": 1"#),
    Exchange(
      "an item as a list of one", #""kind": "expression", "expression": "1", "typeRef": "list<number>""#,
      #""value": [1]"#),
    Exchange(
      "a date as a date and time",
      #""kind": "expression", "expression": "@\"2026-01-31\"", "typeRef": "date and time""#,
      #""value": {"date and time": "2026-01-31T00:00:00Z"}"#),
    Exchange(
      "a result that does not conform", #""kind": "expression", "expression": "\"a\"", "typeRef": "number""#,
      #""error": "\"a\" is no number""#),
    Exchange(
      "a value that is not allowed",
      """
      "kind": "expression", "expression": "x", "context": {"x": 200}, "contextTypes": {"x": "age"},
      "types": {"age": {"type": "number", "allowed": "[0..150]"}}
      """, #""error": "200 is no number""#),
    Exchange(
      "a type that names itself",
      """
      "kind": "expression", "expression": "x instance of tree", "context": {"x": {"context": {"next": null}}},
      "types": {"tree": {"context": {"next": "tree"}}}
      """, #""value": true"#),
    Exchange(
      "a table",
      """
      "kind": "table", "context": {"age": 17},
      "table": {"hitPolicy": "UNIQUE", "inputs": [{"expression": "age"}],
                "outputs": [{"name": "group"}, {"name": "fee"}],
                "rules": [[["< 18"], ["\\"child\\"", "age - 17"]], [[">= 18"], ["\\"adult\\"", "10"]]]}
      """, #""value": {"context": {"group": "child", "fee": 0}}"#),
    Exchange(
      "a table within a function",
      """
      "kind": "expression", "expression": "[fee(1), fee(20)]",
      "let": [{"name": "fee", "params": [{"name": "age"}],
               "table": {"hitPolicy": "FIRST", "inputs": [{"expression": "age"}], "outputs": [{}],
                         "rules": [[["< 18"], ["0"]], [["-"], ["age * 2"]]]}}]
      """, #""value": [0, 40]"#),
    Exchange(
      "a table whose rows add up",
      """
      "kind": "table",
      "table": {"hitPolicy": "COLLECT", "aggregation": "SUM", "inputs": [{"expression": "1"}], "outputs": [{}],
                "rules": [[["1"], ["2"]], [["> 0"], ["3"]], [["> 1"], ["4"]]]}
      """, #""value": 5"#),
    Exchange(
      "a table's input that is allowed", tableOfLimits(n: #"4"#), #""value": "low""#),
    Exchange(
      "a table's input that is not allowed", tableOfLimits(n: #"12"#),
      #""error": "input 1 is 12, which is not allowed""#),
    Exchange(
      "a table's input of another type", tableOfLimits(n: #""x""#), #""error": "input 1 is \"x\", which is no number""#),
    Exchange(
      "a table's input that is converted", tableOfLimits(n: #"[3]"#), #""value": "low""#),
    Exchange(
      "a table's result that is not allowed", tableOfLimits(n: #"5"#),
      #""error": "`output 1` is \"middling\", which is not allowed""#),
    Exchange(
      "a table's result of another type", tableOfLimits(n: #"6"#), #""error": "`output 1` is 6, which is no string""#),
    Exchange(
      "a range", #""kind": "expression", "expression": "[1..2)""#,
      #""value": {"range": {"start": 1, "start included": true, "end": 2, "end included": false}}"#),
    Exchange(
      "a function", #""kind": "expression", "expression": "function(a) a""#, #""value": {"function": "function(a)"}"#),
  ])
  func responses(_ row: Exchange) throws {
    let expected = try Self.tree("{\"id\": \"1\", " + row.response + "}")
    let answer = try Self.response(row.request).tree
    #expect(try Self.tree(answer.description) == expected, "\(answer)")
  }

  @Test(arguments: [
    "[]", "1", "{}", #"{"id": 1}"#, #"{"id": "1", "kind": "poem"}"#, #"{"id": "1", "kind": "expression"}"#,
    #"{"id": "1", "kind": "expression", "expression": "1", "context": []}"#,
    #"{"id": "1", "kind": "expression", "expression": "1", "context": {"a": {"date": "2026-02-30"}}}"#,
    #"{"id": "1", "kind": "expression", "expression": "1", "context": {"a": {"date": "2026-02-20", "time": "1"}}}"#,
    #"{"id": "1", "kind": "expression", "expression": "1", "context": {"a": {"function": "f"}}}"#,
    #"{"id": "1", "kind": "expression", "expression": "1", "context": {"a": {"range": {"start": 1}}}}"#,
    #"{"id": "1", "kind": "expression", "expression": "1", "context": {"a": {"number": "1e9999"}}}"#,
    #"{"id": "1", "kind": "expression", "expression": "1", "let": [{}]}"#,
    #"{"id": "1", "kind": "expression", "expression": "1", "types": {"t": 1}}"#,
    #"{"id": "1", "kind": "table"}"#,
    #"{"id": "1", "kind": "table", "table": {"hitPolicy": "LUCKY", "outputs": [{}]}}"#,
    #"{"id": "1", "kind": "table", "table": {"hitPolicy": "FIRST", "outputs": []}}"#,
    #"{"id": "1", "kind": "table", "table": {"hitPolicy": "FIRST", "outputs": [{}], "rules": [[["1"], ["1"]]]}}"#,
  ])
  func requestsThatAreNone(_ json: String) throws {
    let tree = try Self.tree(json)
    #expect(throws: ExchangeError.self) { try EvaluationRequest(tree) }
  }

  @Test(arguments: [
    "null", "true", "\"a \\\" \\\\ \\n \\u0001 é\"", "-12.5", "{\"number\":\"12345678901234567890\"}", "[1,[],null]",
    "{\"date\":\"2020-01-31\"}", "{\"time\":\"10:30:00.5+02:00\"}",
    "{\"date and time\":\"2020-01-31T10:30:00@Europe/Paris\"}",
    "{\"days and time duration\":\"P1DT2H\"}", "{\"years and months duration\":\"P1Y2M\"}", "{\"context\":{}}",
    "{\"context\":{\"a b\":{\"context\":{\"c\":1}}}}",
    "{\"range\":{\"start\":1,\"start included\":true,\"end\":null,\"end included\":false}}",
  ])
  func valuesComeBackAsTheyWere(_ json: String) throws {
    let tree = try Self.tree(json)
    #expect(try Self.tree(try Value(exchange: tree).exchange.description) == tree)
  }

  @Test func endlessRecursionEnds() throws {
    let response = try Self.response(
      #""kind": "expression", "expression": "f(1)", "let": [{"name": "f", "params": [{"name": "x"}], "expression": "f(x + 1)"}]"#
    )
    Refusal.check(response.value, .workLimit)
  }

  @Test func deepTypesAndDefinitionsAreRefused() throws {
    let deep = String(repeating: "{\"list\": ", count: 100) + "\"number\"" + String(repeating: "}", count: 100)
    #expect(throws: ExchangeError.self) {
      try Self.response("\"kind\": \"expression\", \"expression\": \"1\", \"types\": {\"t\": \(deep)}")
    }
  }
}
