extension BuiltinLibrary {
  /// - Source: DMN 1.5, 10.3.4.1 (conversion functions).
  static let conversionBuiltins: [Builtin] = [
    Builtin(
      "date",
      [
        .init([.init("from", .string)], .date), .init([.init("from", .dateAndTime)], .date),
        .init([.init("year", .number), .init("month", .number), .init("day", .number)], .date),
      ],
      summary: "A date, from text, from a date and time, or from its parts; null where there is no such day.",
      example: ("date(\"2026-01-31\")", "2026-01-31"), mayFail: true
    ) { call in
      switch call[0] {
      case .string(let text):
        return CivilDate(text).map { .date($0) } ?? call.fail(.invalidFormat, "`\(text)` is not a date")
      case .dateAndTime(let value): return .date(value.date)
      case .number(let year):
        guard case .number(let month) = call[1], case .number(let day) = call[2], let year = year.int,
          let month = month.int, let day = day.int, let date = CivilDate(year: year, month: month, day: day)
        else { return call.fail(.outOfRange, "there is no such day") }
        return .date(date)
      default: return call.fail(.wrongArguments, "a date is made of text or of numbers")
      }
    },
    Builtin(
      "duration", [.init([.init("from", .string)], .any)],
      summary: "A duration of either kind, from text; null where the text is none.",
      example: ("duration(\"P1Y6M\")", "P1Y6M"), mayFail: true
    ) { call in
      guard case .string(let text) = call[0] else { return call.fail(.wrongArguments, "a duration is made of text") }
      if let duration = YearsAndMonthsDuration(text) { return .yearsAndMonthsDuration(duration) }
      if let duration = DaysAndTimeDuration(text) { return .daysAndTimeDuration(duration) }
      return call.fail(.invalidFormat, "`\(text)` is not a duration")
    },
    Builtin(
      "string", [.init([.init("from", .any)], .string)],
      summary: "The text of a value; null for null.", example: ("string(1.50)", "\"1.5\""), mayFail: true
    ) { call in
      call[0].isNull ? call.fail(.wrongArguments, "null has no text") : .string(call[0].description)
    },
  ]
}
