extension BuiltinLibrary {
  /// - Source: DMN 1.5, 10.3.4.6 and 10.3.4.7.
  static let temporalBuiltins: [Builtin] = [
    Builtin(
      "today", [.init([], .date)], summary: "The as-of date; never the clock.", example: ("today()", "2026-06-30")
    ) { .date($0.evaluator.asOf.date) },
    Builtin(
      "now", [.init([], .dateAndTime)], summary: "The as-of date and time; never the clock.",
      example: ("now()", "2026-06-30T00:00:00")
    ) { .dateAndTime($0.evaluator.asOf) },
    Builtin(
      "years and months duration",
      [.init([.init("from", .date), .init("to", .date)], .yearsAndMonthsDuration)],
      summary: "The whole months between two dates; negative when `to` is the earlier.",
      example: ("years and months duration(@\"2020-01-31\", @\"2021-03-01\")", "P1Y1M")
    ) { call in
      guard case .date(let from) = call[0], case .date(let to) = call[1] else {
        return call.fail(.wrongArguments, "two dates are needed")
      }
      return .yearsAndMonthsDuration(FEEL.yearsAndMonthsDuration(from: from, to: to))
    },
  ]
}
