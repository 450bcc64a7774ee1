/// A date and a time of that day, with the zone it was written with.
///
/// `==` is FEEL's `is()`: the same date and time in the same form. FEEL's `=` and order compare instants, or local
/// values among themselves: see ``nanoseconds(since:in:)``.
/// - Source: DMN 1.5, 10.3.2.3.6 (date and time).
public struct DateAndTime: Hashable, Sendable {
  /// The date where the clock shows the time.
  public let date: CivilDate
  /// The time and its zone.
  public let time: CivilTime

  /// A date and a time of that day.
  public init(date: CivilDate, time: CivilTime) {
    self.date = date
    self.time = time
  }

  /// A date as a date and time: UTC midnight at its start.
  public init(utcMidnightOf date: CivilDate) {
    self.init(date: date, time: .midnight(.offset(seconds: 0)))
  }

  /// The zone.
  public var zone: Zone { time.zone }

  /// Seconds from 1970-01-01T00:00:00 to here, by the clock on the wall and as if it were UTC's.
  public var localSeconds: Int {
    date.dayNumber * CivilTime.secondsPerDay + time.secondOfDay
  }

  /// Nil when the day is out of range.
  private init?(localSeconds: Int, nanosecond: Int, zone: Zone) {
    let day = CivilDate.floorDivide(localSeconds, CivilTime.secondsPerDay)
    guard let date = CivilDate(dayNumber: day) else { return nil }
    let second = localSeconds - day * CivilTime.secondsPerDay
    self.init(
      date: date,
      time: CivilTime(nanosecondOfDay: second * CivilTime.nanosecondsPerSecond + nanosecond, zone: zone))
  }

  /// The instant: seconds since 1970-01-01T00:00:00Z and nanoseconds of 0...999,999,999 after them.
  ///
  /// - Returns: nil for a local value, and where the rules do not know the zone.
  public func instant(in zones: some ZoneRules) -> (seconds: Int, nanoseconds: Int)? {
    switch zone {
    case .local: return nil
    case .offset(let seconds): return (localSeconds - Int(seconds), time.nanosecond)
    case .named(let name):
      guard let offset = zones.offset(of: name, atLocal: localSeconds) else { return nil }
      return (localSeconds - offset, time.nanosecond)
    }
  }

  /// Seconds east of UTC; nil for a local value, and where the rules do not know the zone.
  public func offset(in zones: some ZoneRules) -> Int? {
    instant(in: zones).map { localSeconds - $0.seconds }
  }

  /// How long after another date and time this one is.
  ///
  /// - Returns: nil when one of them is local and the other is not, or the rules do not know a zone.
  public func nanoseconds(since other: DateAndTime, in zones: some ZoneRules) -> Int128? {
    let seconds: Int
    switch (zone, other.zone) {
    case (.local, .local): seconds = localSeconds - other.localSeconds
    case (.local, _), (_, .local): return nil
    default:
      guard let here = instant(in: zones), let there = other.instant(in: zones) else { return nil }
      seconds = here.seconds - there.seconds
    }
    return Int128(seconds) * Int128(CivilTime.nanosecondsPerSecond)
      + Int128(time.nanosecond - other.time.nanosecond)
  }
}

// MARK: - Text

extension DateAndTime: CustomStringConvertible {
  /// Reads `2020-01-31T10:30:00`, with an optional fraction and zone, or a date alone, which is its local midnight.
  ///
  /// `24:00:00` is the next day's midnight. Whether a named zone exists is not asked here.
  /// - Returns: nil when the text is something else.
  /// - Source: DMN 1.5, 10.3.4.1 (`date and time`); conformance cases `1117-feel-date-and-time-function`.
  public init?(_ text: some StringProtocol) {
    self.init(utf8: text.utf8)
  }

  /// Reads a date and time from UTF-8, as `init(_:)` does.
  public init?(utf8: some Collection<UInt8>) {
    let bytes = Array(utf8)
    self.init(utf8: bytes.span)
  }

  /// Reads a date and time from UTF-8, as `init(_:)` does, without copying it.
  public init?(utf8 bytes: Span<UInt8>) {
    var scanner = TemporalScanner()
    guard let date = CivilDate(bytes, &scanner) else { return nil }
    if scanner.position == bytes.count {
      self.init(date: date, time: .midnight())
      return
    }
    guard scanner.skip("T", in: bytes), let (time, endsDay) = CivilTime.scan(bytes, &scanner),
      let day = endsDay ? date.adding(days: 1) : date
    else { return nil }
    self.init(date: day, time: time)
  }

  /// The form that `init(_:)` reads, with the zone as it was given.
  public var description: String {
    "\(date)T\(time)"
  }
}

// MARK: - Arithmetic

extension CivilDate {
  /// The date so much after UTC midnight, without its time: an hour before a date is the day before.
  ///
  /// - Source: DMN 1.5, 10.3.2.13 (addition and subtraction); conformance cases `0100-arithmetic`.
  public func adding(_ duration: DaysAndTimeDuration) -> CivilDate? {
    DateAndTime(utcMidnightOf: self).adding(duration, in: NoZones())?.date
  }

  /// The date so much before UTC midnight, without its time.
  public func subtracting(_ duration: DaysAndTimeDuration) -> CivilDate? {
    DateAndTime(utcMidnightOf: self).subtracting(duration, in: NoZones())?.date
  }

  /// The same day so many months later; where that month is shorter, its last day.
  public func adding(_ duration: YearsAndMonthsDuration) -> CivilDate? {
    adding(months: duration.months)
  }

  /// The same day so many months earlier; where that month is shorter, its last day.
  public func subtracting(_ duration: YearsAndMonthsDuration) -> CivilDate? {
    duration.negated.flatMap { adding(months: $0.months) }
  }

  /// How long after another date this one is: a whole number of days.
  public func duration(since other: CivilDate) -> DaysAndTimeDuration {
    // Dates are at most 7.4 × 10^11 days apart.
    DaysAndTimeDuration(seconds: (dayNumber - other.dayNumber) * CivilTime.secondsPerDay)
  }
}

extension DateAndTime {
  /// The date and time so much later, in the same zone.
  ///
  /// In a named zone time passes as it does in the world: a day of 24 hours later the clock may show another hour.
  /// - Returns: nil when the year is out of range, or the rules do not know the zone.
  public func adding(_ duration: DaysAndTimeDuration, in zones: some ZoneRules) -> DateAndTime? {
    let perSecond = Int128(CivilTime.nanosecondsPerSecond)
    let base: (seconds: Int, nanoseconds: Int)?
    if case .named = zone { base = instant(in: zones) } else { base = (localSeconds, time.nanosecond) }
    guard let base else { return nil }
    let total = Int128(base.seconds) * perSecond + Int128(base.nanoseconds) + duration.nanoseconds
    guard let sum = DaysAndTimeDuration(nanoseconds: total) else { return nil }
    var (seconds, nanosecond) = sum.floored
    if case .named(let name) = zone {
      guard let offset = zones.offset(of: name, atUTC: seconds) else { return nil }
      let (local, overflow) = seconds.addingReportingOverflow(offset)
      guard !overflow else { return nil }
      seconds = local
    }
    return DateAndTime(localSeconds: seconds, nanosecond: nanosecond, zone: zone)
  }

  /// The date and time so much earlier, as ``adding(_:in:)``.
  public func subtracting(_ duration: DaysAndTimeDuration, in zones: some ZoneRules) -> DateAndTime? {
    duration.negated.flatMap { adding($0, in: zones) }
  }

  /// The same time so many months later; where that month is shorter, on its last day.
  public func adding(_ duration: YearsAndMonthsDuration) -> DateAndTime? {
    date.adding(duration).map { DateAndTime(date: $0, time: time) }
  }

  /// The same time so many months earlier; where that month is shorter, on its last day.
  public func subtracting(_ duration: YearsAndMonthsDuration) -> DateAndTime? {
    date.subtracting(duration).map { DateAndTime(date: $0, time: time) }
  }

  /// How long after another date and time this one is; nil when ``nanoseconds(since:in:)`` is.
  public func duration(since other: DateAndTime, in zones: some ZoneRules) -> DaysAndTimeDuration? {
    nanoseconds(since: other, in: zones).flatMap { DaysAndTimeDuration(nanoseconds: $0) }
  }
}

/// The whole months from one date to another, towards zero; times of day do not count.
///
/// - Source: DMN 1.5, 10.3.4.1 (`years and months duration`); conformance cases
///   `1121-feel-years-and-months-duration-function`.
public func yearsAndMonthsDuration(from start: CivilDate, to end: CivilDate) -> YearsAndMonthsDuration {
  let (from, to) = (start.parts, end.parts)
  var months = (to.year - from.year) * 12 + to.month - from.month
  if months > 0, to.day < from.day { months -= 1 }
  if months < 0, to.day > from.day { months += 1 }
  return YearsAndMonthsDuration(months: months)
}
