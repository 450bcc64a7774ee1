/// A length in years and months, which have no fixed length in days.
///
/// - Source: DMN 1.5, 10.3.2.3.8 (years and months duration).
public struct YearsAndMonthsDuration: Hashable, Sendable, BitwiseCopyable {
  /// The whole length in months, negative for a duration back in time.
  public let months: Int

  /// 0 months.
  public static let zero = YearsAndMonthsDuration(months: 0)

  /// A length in months.
  public init(months: Int) {
    self.months = months
  }

  /// The property `years`: whole years, with the duration's sign.
  public var yearsPart: Int { months / 12 }
  /// The property `months`: what is left of a year, with the duration's sign.
  public var monthsPart: Int { months % 12 }

  /// The length without its sign; nil when it does not fit.
  public var magnitude: YearsAndMonthsDuration? { months < 0 ? negated : self }

  /// The length the other way; nil when it does not fit.
  public var negated: YearsAndMonthsDuration? { YearsAndMonthsDuration.zero.subtracting(self) }

  /// The sum; nil when it does not fit.
  public func adding(_ other: YearsAndMonthsDuration) -> YearsAndMonthsDuration? {
    let (sum, overflow) = months.addingReportingOverflow(other.months)
    return overflow ? nil : YearsAndMonthsDuration(months: sum)
  }

  /// The difference; nil when it does not fit.
  public func subtracting(_ other: YearsAndMonthsDuration) -> YearsAndMonthsDuration? {
    let (difference, overflow) = months.subtractingReportingOverflow(other.months)
    return overflow ? nil : YearsAndMonthsDuration(months: difference)
  }

  /// The product, without what is left of a month; nil when it does not fit.
  public func multiplied(by factor: Number) -> YearsAndMonthsDuration? {
    Self(whole: Number(months).multiplied(by: factor))
  }

  /// The quotient, without what is left of a month; nil when the divisor is 0 or the quotient does not fit.
  public func divided(by divisor: Number) -> YearsAndMonthsDuration? {
    Self(whole: Number(months).divided(by: divisor))
  }

  /// How often the other duration goes into this one; nil when it is 0.
  public func divided(by other: YearsAndMonthsDuration) -> Number? {
    Number(months).divided(by: Number(other.months))
  }

  private init?(whole months: Number?) {
    guard let months = months?.rounded(scale: 0, .down)?.int else { return nil }
    self.init(months: months)
  }
}

extension YearsAndMonthsDuration: Comparable {
  /// Shorter comes first, and any duration back in time before any forward.
  public static func < (left: YearsAndMonthsDuration, right: YearsAndMonthsDuration) -> Bool {
    left.months < right.months
  }
}

extension YearsAndMonthsDuration: CustomStringConvertible {
  /// Reads `P1Y2M`, `P3Y`, `-P26M`; nil when the text is something else, or does not fit.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    self.init(utf8: bytes.span)
  }

  /// Reads a duration from UTF-8, as `init(_:)` does, without copying it.
  public init?(utf8 bytes: Span<UInt8>) {
    var scanner = TemporalScanner()
    let negative = scanner.skip("-", in: bytes)
    guard scanner.skip("P", in: bytes),
      let (parts, _) = scanner.durationParts(["Y", "M"], in: bytes), scanner.position == bytes.count
    else { return nil }
    let total = parts[0] * 12 + parts[1]
    guard let months = Int(exactly: negative ? -total : total) else { return nil }
    self.init(months: months)
  }

  /// The normal form: months below 12, no parts that are 0, `P0M` for nothing.
  public var description: String {
    guard months != 0 else { return "P0M" }
    let length = months.magnitude
    var text = months < 0 ? "-P" : "P"
    if length >= 12 { text += "\(length / 12)Y" }
    if !length.isMultiple(of: 12) { text += "\(length % 12)M" }
    return text
  }
}

/// A length of time in days of 24 hours, hours, minutes and seconds, to the nanosecond.
///
/// - Source: DMN 1.5, 10.3.2.3.7 (days and time duration).
public struct DaysAndTimeDuration: Hashable, Sendable, BitwiseCopyable {
  // An Int128 of nanoseconds would be simpler, but its alignment of 16 would widen every enum that holds a duration.
  private let wholeSeconds: Int
  private let nanosecond: Int32

  /// No time.
  public static let zero = DaysAndTimeDuration(seconds: 0)

  /// A length in seconds.
  public init(seconds: Int) {
    wholeSeconds = seconds
    nanosecond = 0
  }

  /// A length in nanoseconds; nil when its seconds do not fit in an `Int`.
  public init?(nanoseconds: Int128) {
    let perSecond = Int128(CivilTime.nanosecondsPerSecond)
    var (seconds, rest) = nanoseconds.quotientAndRemainder(dividingBy: perSecond)
    if rest < 0 {
      seconds -= 1
      rest += perSecond
    }
    guard let whole = Int(exactly: seconds) else { return nil }
    wholeSeconds = whole
    nanosecond = Int32(rest)
  }

  /// A length in days; nil when its seconds do not fit in an `Int`.
  public init?(days: Int) {
    let (seconds, overflow) = days.multipliedReportingOverflow(by: CivilTime.secondsPerDay)
    guard !overflow else { return nil }
    self.init(seconds: seconds)
  }

  /// The whole length in nanoseconds, negative for a duration back in time.
  public var nanoseconds: Int128 {
    Int128(wholeSeconds) * Int128(CivilTime.nanosecondsPerSecond) + Int128(nanosecond)
  }

  /// The whole length in seconds, with its fraction.
  public var seconds: Number {
    // At most 28 digits.
    Number(coefficient: nanoseconds, exponent: -9) ?? .zero
  }

  /// The length in whole seconds, rounded down, and the nanoseconds after them, 0...999,999,999.
  var floored: (seconds: Int, nanosecond: Int) { (wholeSeconds, Int(nanosecond)) }

  /// The property `days`: whole days, with the duration's sign.
  public var daysPart: Int { Int(nanoseconds / Int128(CivilTime.nanosecondsPerDay)) }
  /// The property `hours`: what is left of a day, with the duration's sign.
  public var hoursPart: Int { Int(nanoseconds / 3_600_000_000_000 % 24) }
  /// The property `minutes`: what is left of an hour, with the duration's sign.
  public var minutesPart: Int { Int(nanoseconds / 60_000_000_000 % 60) }
  /// The property `seconds`: what is left of a minute, with its fraction and the duration's sign.
  public var secondsPart: Number {
    Number(coefficient: nanoseconds % 60_000_000_000, exponent: -9) ?? .zero
  }

  /// The length without its sign; nil when it does not fit.
  public var magnitude: DaysAndTimeDuration? { wholeSeconds < 0 ? negated : self }

  /// The length the other way; nil when it does not fit.
  public var negated: DaysAndTimeDuration? { DaysAndTimeDuration(nanoseconds: -nanoseconds) }

  /// The sum; nil when it does not fit.
  public func adding(_ other: DaysAndTimeDuration) -> DaysAndTimeDuration? {
    DaysAndTimeDuration(nanoseconds: nanoseconds + other.nanoseconds)
  }

  /// The difference; nil when it does not fit.
  public func subtracting(_ other: DaysAndTimeDuration) -> DaysAndTimeDuration? {
    DaysAndTimeDuration(nanoseconds: nanoseconds - other.nanoseconds)
  }

  /// The product, without what is left of a nanosecond; nil when it does not fit.
  public func multiplied(by factor: Number) -> DaysAndTimeDuration? {
    Self(whole: Number(nanoseconds)?.multiplied(by: factor))
  }

  /// The quotient, without what is left of a nanosecond; nil when the divisor is 0 or the quotient does not fit.
  public func divided(by divisor: Number) -> DaysAndTimeDuration? {
    Self(whole: Number(nanoseconds)?.divided(by: divisor))
  }

  /// How often the other duration goes into this one; nil when it is 0.
  public func divided(by other: DaysAndTimeDuration) -> Number? {
    seconds.divided(by: other.seconds)
  }

  private init?(whole nanoseconds: Number?) {
    guard let nanoseconds = nanoseconds?.rounded(scale: 0, .down)?.int128 else { return nil }
    self.init(nanoseconds: nanoseconds)
  }
}

extension DaysAndTimeDuration: Comparable {
  /// Shorter comes first, and any duration back in time before any forward.
  public static func < (left: DaysAndTimeDuration, right: DaysAndTimeDuration) -> Bool {
    (left.wholeSeconds, left.nanosecond) < (right.wholeSeconds, right.nanosecond)
  }
}

extension DaysAndTimeDuration: CustomStringConvertible {
  /// Reads `P1DT2H3M4.5S`, `PT36H`, `-P2D`; nil when the text is something else, or does not fit.
  ///
  /// Digits below a nanosecond are cut off.
  /// - Source: DMN 1.5, 10.3.4.1 (`duration`); conformance cases `1120-feel-duration-function`, which hold `PT0.S` to be
  ///   well formed.
  public init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    self.init(utf8: bytes.span)
  }

  /// Reads a duration from UTF-8, as `init(_:)` does, without copying it.
  public init?(utf8 bytes: Span<UInt8>) {
    var scanner = TemporalScanner()
    let negative = scanner.skip("-", in: bytes)
    guard scanner.skip("P", in: bytes) else { return nil }
    var total: Int128 = 0
    if scanner.peek(in: bytes) != UInt8(ascii: "T") {
      guard let (days, _) = scanner.durationParts(["D"], in: bytes) else { return nil }
      total = days[0] * Int128(CivilTime.nanosecondsPerDay)
    }
    if scanner.skip("T", in: bytes) {
      guard let (parts, fraction) = scanner.durationParts(["H", "M", "S"], in: bytes) else { return nil }
      total += parts[0] * 3_600_000_000_000 + parts[1] * 60_000_000_000
      total += parts[2] * 1_000_000_000 + Int128(fraction)
    }
    guard scanner.position == bytes.count else { return nil }
    self.init(nanoseconds: negative ? -total : total)
  }

  /// The normal form: hours below 24, minutes and seconds below 60, no parts that are 0, `PT0S` for nothing.
  public var description: String {
    let nanoseconds = nanoseconds.magnitude
    guard nanoseconds != 0 else { return "PT0S" }
    let seconds = nanoseconds / 1_000_000_000
    let fraction = fractionText(nanoseconds: Int(nanoseconds % 1_000_000_000))
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60)
    var text = wholeSeconds < 0 ? "-P" : "P"
    if days > 0 { text += "\(days)D" }
    guard !seconds.isMultiple(of: 86_400) || !fraction.isEmpty else { return text }
    text += "T"
    if hours > 0 { text += "\(hours)H" }
    if minutes > 0 { text += "\(minutes)M" }
    if !seconds.isMultiple(of: 60) || !fraction.isEmpty { text += "\(seconds % 60)\(fraction)S" }
    return text
  }
}

extension TemporalScanner {
  /// Passes the parts of a duration, as `2H30M`: at least one of the designators, each at most once and in their order.
  ///
  /// The number before `S` may have a fraction, which is given apart, in nanoseconds.
  /// - Returns: the values, 0 where a part is not given; nil when there is none, or a number does not fit in an `Int`.
  fileprivate mutating func durationParts(
    _ designators: [Unicode.Scalar], in bytes: Span<UInt8>
  ) -> (values: [Int128], nanoseconds: Int)? {
    var values = [Int128](repeating: 0, count: designators.count)
    var fraction = 0
    var next = 0
    while let byte = peek(in: bytes), decimalDigit(byte) != nil {
      guard let value = number(digits: 1...Int.max, in: bytes) else { return nil }
      let hasFraction = skip(".", in: bytes)
      if hasFraction { fraction = nanoseconds(in: bytes).nanoseconds }
      guard let designator = peek(in: bytes),
        let index = designators.firstIndex(where: { UInt8(ascii: $0) == designator }), index >= next,
        !hasFraction || designators[index] == "S"
      else { return nil }
      values[index] = Int128(value)
      next = index + 1
      position += 1
    }
    return next > 0 ? (values, fraction) : nil
  }
}
