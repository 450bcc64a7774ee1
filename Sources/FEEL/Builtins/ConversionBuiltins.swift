extension BuiltinLibrary {
  /// - Source: DMN 1.5, 10.3.4.1 (conversion functions).
  static let conversionBuiltins: [Builtin] = [
    Builtin(
      "date",
      [
        .init([.init("from", .string)], .date), .init([.init("from", .date)], .date),
        .init([.init("from", .dateAndTime)], .date),
        .init([.init("year", .number), .init("month", .number), .init("day", .number)], .date),
      ],
      summary: "A date, from text, from a date and time, or from its parts; null where there is no such day.",
      example: ("date(\"2026-01-31\")", "2026-01-31"), mayFail: true
    ) { call in
      if call.arguments.count == 3 {
        guard let year = call.number(0), let month = call.number(1), let day = call.number(2) else {
          return call.refuseNull()
        }
        guard let year = year.int, let month = month.int, let day = day.int,
          let date = CivilDate(year: year, month: month, day: day)
        else { return call.fail(.outOfRange, "there is no such day") }
        return .date(date)
      }
      if case .string(let text) = call[0] {
        return CivilDate(text).map { .date($0) } ?? call.fail(.invalidFormat, "`\(text)` is not a date")
      }
      return call.date(0).map { .date($0) } ?? call.refuseNull()
    },
    Builtin(
      "date and time",
      [
        .init([.init("from", .string)], .dateAndTime), .init([.init("from", .dateAndTime)], .dateAndTime),
        .init([.init("date", .date), .init("time", .time)], .dateAndTime),
        .init([.init("date", .dateAndTime), .init("time", .time)], .dateAndTime),
      ],
      summary: "A date and time, from text, or from a date and a time; null where there is no such time or zone.",
      example: ("date and time(\"2026-01-31T10:30:00\")", "2026-01-31T10:30:00"), mayFail: true
    ) { call in
      if call.arguments.count == 2 {
        guard let date = call.date(0), case .time(let time) = call[1] else { return call.refuseNull() }
        return .dateAndTime(DateAndTime(date: date, time: time))
      }
      switch call[0] {
      case .string(let text):
        guard let value = DateAndTime(text), call.knows(value.zone) else {
          return call.fail(.invalidFormat, "`\(text)` is not a date and time")
        }
        return .dateAndTime(value)
      case .dateAndTime: return call[0]
      default: return call.refuseNull()
      }
    },
    Builtin(
      "time",
      [
        .init([.init("from", .string)], .time), .init([.init("from", .time)], .time),
        .init([.init("from", .date)], .time), .init([.init("from", .dateAndTime)], .time),
        .init(
          [
            .init("hour", .number), .init("minute", .number), .init("second", .number),
            .init("offset", .daysAndTimeDuration, isOptional: true),
          ], .time),
      ],
      summary: "A time of day, from text, from a date and time, or from its parts; null where there is no such time or "
        + "zone.",
      example: ("time(\"10:30:00\")", "10:30:00"), mayFail: true
    ) { call in
      switch call[0] {
      case .string(let text):
        guard let time = CivilTime(text), call.knows(time.zone) else {
          return call.fail(.invalidFormat, "`\(text)` is not a time")
        }
        return .time(time)
      case .time: return call[0]
      case .date(let date): return .time(DateAndTime(utcMidnightOf: date).time)
      case .dateAndTime(let value): return .time(value.time)
      case .number(let hour): return time(call, hour: hour)
      default: return call.refuseNull()
      }
    },
    Builtin(
      "duration", [.init([.init("from", .string)], .any)],
      summary: "A duration of either kind, from text; null where the text is none.",
      example: ("duration(\"P1Y6M\")", "P1Y6M"), mayFail: true
    ) { call in
      guard let text = call.string(0) else { return call.refuseNull() }
      if let duration = YearsAndMonthsDuration(text) { return .yearsAndMonthsDuration(duration) }
      if let duration = DaysAndTimeDuration(text) { return .daysAndTimeDuration(duration) }
      return call.fail(.invalidFormat, "`\(text)` is not a duration")
    },
    Builtin(
      "years and months duration",
      [
        .init([.init("from", .date), .init("to", .date)], .yearsAndMonthsDuration),
        .init([.init("from", .date), .init("to", .dateAndTime)], .yearsAndMonthsDuration),
        .init([.init("from", .dateAndTime), .init("to", .date)], .yearsAndMonthsDuration),
        .init([.init("from", .dateAndTime), .init("to", .dateAndTime)], .yearsAndMonthsDuration),
      ],
      summary: "The whole months between two dates, times of day left aside; negative when `to` is the earlier.",
      example: ("years and months duration(@\"2020-01-31\", @\"2021-03-01\")", "P1Y1M"), mayFail: true
    ) { call in
      guard let from = call.date(0), let to = call.date(1) else { return call.refuseNull() }
      return .yearsAndMonthsDuration(FEEL.yearsAndMonthsDuration(from: from, to: to))
    },
    Builtin(
      "number",
      [
        .init([.init("from", .string)], .number),
        .init(
          [.init("from", .string), .init("grouping separator", .string), .init("decimal separator", .string)],
          .number),
      ],
      summary: "A number, from text with separators (a space, a comma or a full stop); null where the text is none.",
      example: ("number(\"1 000,50\", \" \", \",\")", "1000.5"), mayFail: true
    ) { number($0) },
    Builtin(
      "string", [.init([.init("from", .any)], .string)],
      summary: "The text of a value; null for null.", example: ("string(1.50)", "\"1.5\""), mayFail: true
    ) { call in call[0].isNull ? call.refuseNull() : .string(call[0].description) },
    Builtin(
      "range", [.init([.init("from", .string)], .range(.any))],
      summary: "A range, from text in which both ends are written out; null where the text is none.",
      example: ("range(\"[1..3]\")", "[1..3]"), mayFail: true
    ) { call in
      guard let text = call.string(0) else { return call.refuseNull() }
      return RangeText.value(text, in: call.evaluator)
        ?? call.fail(.invalidFormat, "`\(text)` is not a range with both its ends")
    },
  ]

  private static func time(_ call: Builtin.Call, hour: Number) -> Value {
    guard let minute = call.number(1), let second = call.number(2) else { return call.refuseNull() }
    var zone = Zone.local
    if case .daysAndTimeDuration(let offset) = call[3] {
      guard let seconds = offset.seconds.int, let fixed = Zone(offsetSeconds: seconds) else {
        return call.fail(.outOfRange, "an offset is at most 18 hours, without a fraction of a second")
      }
      zone = fixed
    }
    guard let hour = hour.int, let minute = minute.int,
      let time = CivilTime(hour: hour, minute: minute, second: second, zone: zone)
    else { return call.fail(.outOfRange, "there is no such time") }
    return .time(time)
  }

  private static func number(_ call: Builtin.Call) -> Value {
    guard let text = call.string(0) else { return call.refuseNull() }
    let grouping = call.string(1)
    let point = call.string(2) ?? "."
    guard grouping.map({ [" ", ",", "."].contains($0) }) ?? true, [",", "."].contains(point), grouping != point else {
      return call.fail(
        .wrongArguments, "the separators are two of space, comma and full stop, a space only between groups")
    }
    var plain = ""
    for scalar in text.unicodeScalars {
      switch String(scalar) {
      case grouping: continue
      case point: plain += "."
      case ".": return call.fail(.invalidFormat, "`\(text)` is not a number")
      default: plain.unicodeScalars.append(scalar)
      }
    }
    return Number(plain).map { .number($0) } ?? call.fail(.invalidFormat, "`\(text)` is not a number")
  }
}

extension Builtin.Call {
  fileprivate func knows(_ zone: Zone) -> Bool {
    if case .named(let name) = zone { evaluator.zones.knows(name) } else { true }
  }
}
