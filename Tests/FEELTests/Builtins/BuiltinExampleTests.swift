import Diagnostics
import FEEL
import TestSupport
import Testing

/// What the reference says of each built-in is true.
@Suite struct BuiltinExampleTests {
  @Test(arguments: BuiltinLibrary.names)
  func example(_ name: String) throws {
    let builtin = try #require(BuiltinLibrary[name])
    let run = runFEEL(builtin.example.call)
    #expect(run.value.literal == builtin.example.result, "\(builtin.example.call)")
    #expect(run.diagnostics.isEmpty, "\(run.diagnostics.map(\.message))")
    #expect(builtin.summary.hasSuffix("."))
  }

  @Test func namesAreUnique() {
    #expect(BuiltinLibrary.all.count == BuiltinLibrary.names.count)
  }

  /// The functions of DMN 1.5, clause 10.3.4.
  @Test(arguments: [
    "date", "date and time", "time", "number", "string", "duration", "years and months duration", "range", "not",
    "substring", "string length", "upper case", "lower case", "substring before", "substring after", "replace",
    "contains", "starts with", "ends with", "matches", "split", "string join", "list contains", "list replace", "count",
    "min", "max", "sum", "mean", "all", "any", "sublist", "append", "concatenate", "insert before", "remove",
    "reverse", "index of", "union", "distinct values", "flatten", "product", "median", "stddev", "mode", "decimal",
    "floor", "ceiling", "round up", "round down", "round half up", "round half down", "abs", "modulo", "sqrt", "log",
    "exp", "odd", "even", "is", "before", "after", "meets", "met by", "overlaps", "overlaps before", "overlaps after",
    "finishes", "finished by", "includes", "during", "starts", "started by", "coincides", "day of year",
    "day of week", "month of year", "week of year", "sort", "get value", "get entries", "context", "context put",
    "context merge", "now", "today",
  ])
  func thereIs(_ name: String) {
    #expect(BuiltinLibrary[name] != nil)
  }
}
