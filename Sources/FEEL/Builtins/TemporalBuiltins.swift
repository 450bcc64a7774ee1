extension BuiltinLibrary {
  /// - Source: DMN 1.5, 10.3.4.6 (date and time functions) and 10.3.4.9 (temporal functions).
  static let temporalBuiltins: [Builtin] = [
    Builtin(
      "today", [.init([], .date)], summary: "The as-of date; never the clock.", example: ("today()", "2026-06-30")
    ) { .date($0.evaluator.asOf.date) },
    Builtin(
      "now", [.init([], .dateAndTime)], summary: "The as-of date and time; never the clock.",
      example: ("now()", "2026-06-30T00:00:00")
    ) { .dateAndTime($0.evaluator.asOf) },
    Builtin(
      "day of year", ofDate(.number), summary: "The day of the year, 1 to 366.",
      example: ("day of year(@\"2019-09-17\")", "260"), mayFail: true
    ) { call in call.date(0).map { .number(Number($0.dayOfYear)) } ?? call.refuseNull() },
    Builtin(
      "day of week", ofDate(.string), summary: "The English name of the day of the week.",
      example: ("day of week(@\"2019-09-17\")", "\"Tuesday\""), mayFail: true
    ) { call in call.date(0).map { .string(weekdays[$0.weekday - 1]) } ?? call.refuseNull() },
    Builtin(
      "month of year", ofDate(.string), summary: "The English name of the month.",
      example: ("month of year(@\"2019-09-17\")", "\"September\""), mayFail: true
    ) { call in call.date(0).map { .string(months[$0.month - 1]) } ?? call.refuseNull() },
    Builtin(
      "week of year", ofDate(.number),
      summary:
        "The week of the year by ISO 8601, 1 to 53: weeks begin on Monday and belong to the year of their Thursday.",
      example: ("week of year(@\"2003-12-29\")", "1"), mayFail: true
    ) { call in call.date(0).map { .number(Number($0.weekOfYear)) } ?? call.refuseNull() },
    Builtin(
      "is", [.init([.init("value1", .any, isOptional: true), .init("value2", .any, isOptional: true)], .boolean)],
      summary: "Whether two values are the same in type and form: times that name different zones are not.",
      example: ("is(@\"23:00:50Z\", @\"23:00:50\")", "false")
    ) { .boolean($0[0] == $0[1]) },
  ]

  private static func ofDate(_ result: Type) -> [Builtin.Signature] {
    [.init([.init("date", .date)], result), .init([.init("date", .dateAndTime)], result)]
  }

  private static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
  ]
}
