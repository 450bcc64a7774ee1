/// What operators and paths need to know about dates, times and durations.
enum Temporal {
  /// The value of a temporal literal's text, whichever kind it is.
  ///
  /// - Source: DMN 1.5, 10.3.2.3 and grammar rule 62 (`@"…"`).
  static func value(_ text: String) -> Value? {
    if let date = CivilDate(text) { return .date(date) }
    if let dateAndTime = DateAndTime(text) { return .dateAndTime(dateAndTime) }
    if let time = CivilTime(text) { return .time(time) }
    if let duration = YearsAndMonthsDuration(text) { return .yearsAndMonthsDuration(duration) }
    if let duration = DaysAndTimeDuration(text) { return .daysAndTimeDuration(duration) }
    return nil
  }

  // MARK: Order

  static func order(_ a: Value, _ b: Value, zones: any ZoneRules) -> Order? {
    switch (a, b) {
    case (.time(let x), .time(let y)): return sign(x.nanoseconds(since: y))
    case (.dateAndTime(let x), .dateAndTime(let y)): return sign(x.nanoseconds(since: y, in: zones))
    case (.date(let x), .dateAndTime(let y)):
      return sign(DateAndTime(utcMidnightOf: x).nanoseconds(since: y, in: zones))
    case (.dateAndTime(let x), .date(let y)):
      return sign(x.nanoseconds(since: DateAndTime(utcMidnightOf: y), in: zones))
    default: return nil
    }
  }

  private static func sign<T: SignedInteger>(_ difference: T?) -> Order? {
    difference.map { $0 < 0 ? .less : $0 > 0 ? .greater : .equal }
  }

  /// Equality of times, in which fractions of a second do not count; nil where one is local and the other is not.
  ///
  /// - Source: what the standard's test suite expects (`0068`, `time_005`).
  static func areEqual(_ a: Value, _ b: Value, zones: any ZoneRules) -> Bool? {
    switch (a, b) {
    case (.time(let x), .time(let y)): x.wholeSecond.nanoseconds(since: y.wholeSecond).map { $0 == 0 }
    case (.dateAndTime(let x), .dateAndTime(let y)):
      DateAndTime(date: x.date, time: x.time.wholeSecond)
        .nanoseconds(since: DateAndTime(date: y.date, time: y.time.wholeSecond), in: zones).map { $0 == 0 }
    default: nil
    }
  }

  // MARK: Arithmetic

  /// Arithmetic of two temporal values, or of one and a number; nil where it gives nothing.
  static func arithmetic(_ op: ArithmeticOperator, _ a: Value, _ b: Value, zones: any ZoneRules) -> Value? {
    switch (op, a, b) {
    case (.add, .date(let x), .daysAndTimeDuration(let y)), (.add, .daysAndTimeDuration(let y), .date(let x)):
      return x.adding(y).map { .date($0) }
    case (.subtract, .date(let x), .daysAndTimeDuration(let y)): return x.subtracting(y).map { .date($0) }
    case (.add, .date(let x), .yearsAndMonthsDuration(let y)), (.add, .yearsAndMonthsDuration(let y), .date(let x)):
      return x.adding(y).map { .date($0) }
    case (.subtract, .date(let x), .yearsAndMonthsDuration(let y)): return x.subtracting(y).map { .date($0) }
    case (.subtract, .date(let x), .date(let y)): return .daysAndTimeDuration(x.duration(since: y))
    case (.add, .dateAndTime(let x), .daysAndTimeDuration(let y)),
      (.add, .daysAndTimeDuration(let y), .dateAndTime(let x)):
      return x.adding(y, in: zones).map { .dateAndTime($0) }
    case (.subtract, .dateAndTime(let x), .daysAndTimeDuration(let y)):
      return x.subtracting(y, in: zones).map { .dateAndTime($0) }
    case (.add, .dateAndTime(let x), .yearsAndMonthsDuration(let y)),
      (.add, .yearsAndMonthsDuration(let y), .dateAndTime(let x)):
      return x.adding(y).map { .dateAndTime($0) }
    case (.subtract, .dateAndTime(let x), .yearsAndMonthsDuration(let y)):
      return x.subtracting(y).map { .dateAndTime($0) }
    case (.subtract, .dateAndTime(let x), .dateAndTime(let y)):
      return x.duration(since: y, in: zones).map { .daysAndTimeDuration($0) }
    case (.subtract, .date(let x), .dateAndTime(let y)):
      return DateAndTime(utcMidnightOf: x).duration(since: y, in: zones).map { .daysAndTimeDuration($0) }
    case (.subtract, .dateAndTime(let x), .date(let y)):
      return x.duration(since: DateAndTime(utcMidnightOf: y), in: zones).map { .daysAndTimeDuration($0) }
    case (.add, .time(let x), .daysAndTimeDuration(let y)), (.add, .daysAndTimeDuration(let y), .time(let x)):
      return .time(x.adding(y))
    case (.subtract, .time(let x), .daysAndTimeDuration(let y)): return .time(x.subtracting(y))
    case (.subtract, .time(let x), .time(let y)): return x.duration(since: y).map { .daysAndTimeDuration($0) }
    default: return duration(op, a, b)
    }
  }

  private static func duration(_ op: ArithmeticOperator, _ a: Value, _ b: Value) -> Value? {
    switch (op, a, b) {
    case (.add, .daysAndTimeDuration(let x), .daysAndTimeDuration(let y)):
      return x.adding(y).map { .daysAndTimeDuration($0) }
    case (.subtract, .daysAndTimeDuration(let x), .daysAndTimeDuration(let y)):
      return x.subtracting(y).map { .daysAndTimeDuration($0) }
    case (.multiply, .daysAndTimeDuration(let x), .number(let y)),
      (.multiply, .number(let y), .daysAndTimeDuration(let x)):
      return x.multiplied(by: y).map { .daysAndTimeDuration($0) }
    case (.divide, .daysAndTimeDuration(let x), .number(let y)):
      return x.divided(by: y).map { .daysAndTimeDuration($0) }
    case (.divide, .daysAndTimeDuration(let x), .daysAndTimeDuration(let y)):
      return x.divided(by: y).map { .number($0) }
    case (.add, .yearsAndMonthsDuration(let x), .yearsAndMonthsDuration(let y)):
      return x.adding(y).map { .yearsAndMonthsDuration($0) }
    case (.subtract, .yearsAndMonthsDuration(let x), .yearsAndMonthsDuration(let y)):
      return x.subtracting(y).map { .yearsAndMonthsDuration($0) }
    case (.multiply, .yearsAndMonthsDuration(let x), .number(let y)),
      (.multiply, .number(let y), .yearsAndMonthsDuration(let x)):
      return x.multiplied(by: y).map { .yearsAndMonthsDuration($0) }
    case (.divide, .yearsAndMonthsDuration(let x), .number(let y)):
      return x.divided(by: y).map { .yearsAndMonthsDuration($0) }
    case (.divide, .yearsAndMonthsDuration(let x), .yearsAndMonthsDuration(let y)):
      return x.divided(by: y).map { .number($0) }
    default: return nil
    }
  }

  // MARK: Properties

  /// The type of a temporal value's property; nil where the type has none of that name.
  ///
  /// - Source: DMN 1.5, 10.3.2.3.5 and tables 53 and 54.
  static func propertyType(_ name: String, of type: Type) -> Type? {
    switch (type, name) {
    case (.date, "year"), (.date, "month"), (.date, "day"), (.date, "weekday"), (.dateAndTime, "year"),
      (.dateAndTime, "month"), (.dateAndTime, "day"), (.dateAndTime, "weekday"), (.dateAndTime, "hour"),
      (.dateAndTime, "minute"), (.dateAndTime, "second"), (.time, "hour"), (.time, "minute"), (.time, "second"),
      (.yearsAndMonthsDuration, "years"), (.yearsAndMonthsDuration, "months"), (.daysAndTimeDuration, "days"),
      (.daysAndTimeDuration, "hours"), (.daysAndTimeDuration, "minutes"), (.daysAndTimeDuration, "seconds"):
      .number
    case (.time, "time offset"), (.dateAndTime, "time offset"): .daysAndTimeDuration
    case (.time, "timezone"), (.dateAndTime, "timezone"): .string
    default: nil
    }
  }

  /// Whether every value of a type has a property.
  static func always(has name: String, _ type: Type) -> Bool {
    if case .range = type { return name == "start included" || name == "end included" }
    return propertyType(name, of: type) != nil && name != "time offset" && name != "timezone"
  }

  static func property(_ name: String, of value: Value, zones: any ZoneRules) -> Value? {
    switch value {
    case .date(let date): return property(name, date)
    case .time(let time): return property(name, time, offset: offset(of: time.zone))
    case .dateAndTime(let value):
      return property(name, value.date)
        ?? property(name, value.time, offset: offset(of: value.zone) ?? value.offset(in: zones))
    case .yearsAndMonthsDuration(let duration):
      switch name {
      case "years": return .number(Number(duration.yearsPart))
      case "months": return .number(Number(duration.monthsPart))
      default: return nil
      }
    case .daysAndTimeDuration(let duration):
      switch name {
      case "days": return .number(Number(duration.daysPart))
      case "hours": return .number(Number(duration.hoursPart))
      case "minutes": return .number(Number(duration.minutesPart))
      case "seconds": return .number(duration.secondsPart)
      default: return nil
      }
    case .range(let range):
      switch name {
      case "start": return range.start ?? .null
      case "end": return range.end ?? .null
      case "start included": return .boolean(range.startIncluded)
      case "end included": return .boolean(range.endIncluded)
      default: return nil
      }
    default: return nil
    }
  }

  private static func offset(of zone: Zone) -> Int? {
    if case .offset(let seconds) = zone { Int(seconds) } else { nil }
  }

  private static func property(_ name: String, _ date: CivilDate) -> Value? {
    switch name {
    case "year": .number(Number(date.year))
    case "month": .number(Number(date.month))
    case "day": .number(Number(date.day))
    case "weekday": .number(Number(date.weekday))
    default: nil
    }
  }

  private static func property(_ name: String, _ time: CivilTime, offset: Int?) -> Value? {
    switch name {
    case "hour": return .number(Number(time.hour))
    case "minute": return .number(Number(time.minute))
    case "second": return .number(Number(time.second))
    case "time offset":
      return offset.map { .daysAndTimeDuration(DaysAndTimeDuration(seconds: $0)) }
        ?? .null(Failure(.noSuchEntry, "a local time has no offset"))
    case "timezone":
      if case .named(let zone) = time.zone { return .string(zone) }
      return .null(Failure(.noSuchEntry, "this time names no zone"))
    default: return nil
    }
  }
}
