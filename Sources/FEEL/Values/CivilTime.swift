/// A time of day, with the zone it was written with.
///
/// `==` is FEEL's `is()`: the same time in the same form. Whether two times are equal to FEEL's `=`, or ordered, is for
/// ``nanoseconds(since:)`` to say, which is nil for times that cannot be compared.
/// - Source: DMN 1.5, 10.3.2.3.5 (time).
public struct CivilTime: Hashable, Sendable {
  /// Nanoseconds since midnight, 0..<86,400,000,000,000.
  public let nanosecondOfDay: Int
  /// The zone.
  public let zone: Zone

  static let nanosecondsPerSecond = 1_000_000_000
  static let secondsPerDay = 86_400
  static let nanosecondsPerDay = 86_400_000_000_000

  /// 00:00:00.
  public static func midnight(_ zone: Zone = .local) -> CivilTime {
    CivilTime(nanosecondOfDay: 0, zone: zone)
  }

  /// Wraps a count that is in range.
  init(nanosecondOfDay: Int, zone: Zone) {
    assert((0..<Self.nanosecondsPerDay).contains(nanosecondOfDay), "a time lies within its day")
    self.nanosecondOfDay = nanosecondOfDay
    self.zone = zone
  }

  /// Nil when a part is out of range; there is no leap second, and 24 o'clock is not an hour here.
  public init?(hour: Int, minute: Int, second: Int, nanosecond: Int = 0, zone: Zone = .local) {
    guard (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second),
      (0..<Self.nanosecondsPerSecond).contains(nanosecond)
    else { return nil }
    nanosecondOfDay = (hour * 3_600 + minute * 60 + second) * Self.nanosecondsPerSecond + nanosecond
    self.zone = zone
  }

  /// As above, with a fraction of a second; what is below a nanosecond is cut off.
  public init?(hour: Int, minute: Int, second: Number, zone: Zone = .local) {
    let whole = second.floored()
    guard !second.isNegative, let seconds = whole.int,
      let nanoseconds = second.subtracting(whole)?.multiplied(by: Number(Self.nanosecondsPerSecond))?.floored().int
    else { return nil }
    self.init(hour: hour, minute: minute, second: seconds, nanosecond: nanoseconds, zone: zone)
  }

  /// The hour, 0...23.
  public var hour: Int { secondOfDay / 3_600 }
  /// The minute, 0...59.
  public var minute: Int { secondOfDay / 60 % 60 }
  /// The second, 0...59.
  public var second: Int { secondOfDay % 60 }
  /// The nanosecond, 0...999,999,999.
  public var nanosecond: Int { nanosecondOfDay % Self.nanosecondsPerSecond }
  /// Whole seconds since midnight, 0..<86,400.
  public var secondOfDay: Int { nanosecondOfDay / Self.nanosecondsPerSecond }

  /// The time without its fraction of a second.
  public var wholeSecond: CivilTime {
    CivilTime(nanosecondOfDay: nanosecondOfDay - nanosecond, zone: zone)
  }

  /// How long after another time this one is, within one day: 10:00 is -1 hour after 11:00.
  ///
  /// Times with offsets are compared by what clocks at UTC show, so `00:30+01:00` lies before `00:00Z`.
  /// - Returns: nil when only one of them has a zone, or their zones differ and one has a name: what it is off UTC
  ///   depends on a date that is not there.
  public func nanoseconds(since other: CivilTime) -> Int? {
    let difference = nanosecondOfDay - other.nanosecondOfDay
    switch (zone, other.zone) {
    case (.local, .local): return difference
    case (.offset(let a), .offset(let b)): return difference + Int(b - a) * Self.nanosecondsPerSecond
    case (.named(let a), .named(let b)): return a == b ? difference : nil
    default: return nil
    }
  }

  /// The time so much later, on whichever day: it wraps at midnight and keeps the zone.
  public func adding(_ duration: DaysAndTimeDuration) -> CivilTime {
    let day = Int128(Self.nanosecondsPerDay)
    let sum = (Int128(nanosecondOfDay) + duration.nanoseconds) % day
    return CivilTime(nanosecondOfDay: Int(sum < 0 ? sum + day : sum), zone: zone)
  }

  /// The time so much earlier, as ``adding(_:)``.
  public func subtracting(_ duration: DaysAndTimeDuration) -> CivilTime {
    let day = Int128(Self.nanosecondsPerDay)
    let difference = (Int128(nanosecondOfDay) - duration.nanoseconds) % day
    return CivilTime(nanosecondOfDay: Int(difference < 0 ? difference + day : difference), zone: zone)
  }

  /// How long after another time this one is: `time - time`. Nil when ``nanoseconds(since:)`` is.
  public func duration(since other: CivilTime) -> DaysAndTimeDuration? {
    nanoseconds(since: other).flatMap { DaysAndTimeDuration(nanoseconds: Int128($0)) }
  }
}

// MARK: - Text

extension CivilTime: CustomStringConvertible {
  /// Reads `10:30:00`, with an optional fraction and zone: `10:30:00.5Z`, `10:30:00+02:00`, `10:30:00@Europe/Paris`.
  ///
  /// `24:00:00` is midnight. Digits below a nanosecond are cut off. Whether a named zone exists is not asked here.
  /// - Returns: nil when the text is something else.
  /// - Source: DMN 1.5, 10.3.4.1 (`time`); conformance cases `1116-feel-time-function`.
  public init?(_ text: some StringProtocol) {
    self.init(utf8: text.utf8)
  }

  /// Reads a time from UTF-8, as `init(_:)` does.
  public init?(utf8: some Collection<UInt8>) {
    let bytes = Array(utf8)
    self.init(utf8: bytes.span)
  }

  /// Reads a time from UTF-8, as `init(_:)` does, without copying it.
  public init?(utf8 bytes: Span<UInt8>) {
    var scanner = TemporalScanner()
    guard let (time, _) = Self.scan(bytes, &scanner) else { return nil }
    self = time
  }

  /// Reads a time to the end of the text, and whether it was midnight written as the day's end, `24:00:00`.
  static func scan(
    _ bytes: Span<UInt8>, _ scanner: inout TemporalScanner
  ) -> (time: CivilTime, endsDay: Bool)? {
    guard let hour = scanner.number(digits: 2...2, in: bytes), scanner.skip(":", in: bytes),
      let minute = scanner.number(digits: 2...2, in: bytes), scanner.skip(":", in: bytes),
      let second = scanner.number(digits: 2...2, in: bytes)
    else { return nil }
    var nanosecond = 0
    if scanner.skip(".", in: bytes) {
      let (nanoseconds, digits) = scanner.nanoseconds(in: bytes)
      guard digits > 0 else { return nil }
      nanosecond = nanoseconds
    }
    guard let zone = Zone(bytes, &scanner), scanner.position == bytes.count else { return nil }
    if hour == 24, minute == 0, second == 0, nanosecond == 0 { return (.midnight(zone), true) }
    return CivilTime(hour: hour, minute: minute, second: second, nanosecond: nanosecond, zone: zone)
      .map { ($0, false) }
  }

  /// The form that `init(_:)` reads, with the zone as it was given.
  public var description: String {
    padded(hour, to: 2) + ":" + padded(minute, to: 2) + ":" + padded(second, to: 2)
      + fractionText(nanoseconds: nanosecond) + zone.description
  }
}
