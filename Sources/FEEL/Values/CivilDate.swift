/// A day of the proleptic Gregorian calendar, without a time or a zone.
///
/// Years run from -999,999,999 to 999,999,999, counted as astronomers do: the year before 1 is 0.
/// - Source: DMN 1.5, 10.3.2.3.4 (date).
public struct CivilDate: Hashable, Sendable, BitwiseCopyable {
  /// Days since 1970-01-01.
  public let dayNumber: Int

  /// The years that a date may have.
  public static let years = -999_999_999...999_999_999

  private static let dayNumbers =
    dayNumber(year: years.lowerBound, month: 1, day: 1)...dayNumber(year: years.upperBound, month: 12, day: 31)

  /// Nil when there is no such day, as the 30th of February, or its year is out of range.
  public init?(year: Int, month: Int, day: Int) {
    guard Self.years.contains(year), (1...12).contains(month), day >= 1,
      day <= Self.daysInMonth(year: year, month: month)
    else { return nil }
    dayNumber = Self.dayNumber(year: year, month: month, day: day)
  }

  /// The date that many days after 1970-01-01; nil when its year is out of range.
  public init?(dayNumber: Int) {
    guard Self.dayNumbers.contains(dayNumber) else { return nil }
    self.dayNumber = dayNumber
  }

  /// The year, -999,999,999...999,999,999.
  public var year: Int { parts.year }
  /// The month, 1...12.
  public var month: Int { parts.month }
  /// The day of the month, 1...31.
  public var day: Int { parts.day }

  /// Year, month and day, computed together.
  public var parts: (year: Int, month: Int, day: Int) {
    // Count from the 1st of March of year 0, so that a leap day is a year's last day, in eras of 400 years.
    let days = dayNumber + Self.daysFromMarchOfYear0
    let era = Self.floorDivide(days, Self.daysInEra)
    let dayOfEra = days - era * Self.daysInEra
    // Take away the leap days before this one, and years have 365 days each.
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    // From March on, five months always have 153 days.
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
  }

  /// The day of the week: Monday is 1, Sunday 7.
  public var weekday: Int {
    // 1970-01-01 was a Thursday.
    let days = dayNumber + 3
    return days - Self.floorDivide(days, 7) * 7 + 1
  }

  /// The day of the year, 1...366.
  public var dayOfYear: Int {
    dayNumber - Self.dayNumber(year: year, month: 1, day: 1) + 1
  }

  /// The week of the year by ISO 8601, 1...53: weeks begin on Monday and belong to the year of their Thursday.
  public var weekOfYear: Int {
    // In the first week of the greatest year or the last of the least one the Thursday may lie out of range.
    let thursday = dayNumber + 4 - weekday
    let year = Self(uncheckedDayNumber: thursday).year
    return (thursday - Self.dayNumber(year: year, month: 1, day: 1)) / 7 + 1
  }

  /// The same day that many months later; where that month is shorter, its last day.
  ///
  /// - Returns: nil when the year is out of range.
  public func adding(months: Int) -> CivilDate? {
    let (year, month, day) = parts
    let (total, overflow) = (year * 12 + month - 1).addingReportingOverflow(months)
    guard !overflow else { return nil }
    let newYear = Self.floorDivide(total, 12)
    let newMonth = total - newYear * 12 + 1
    guard Self.years.contains(newYear) else { return nil }
    return CivilDate(
      year: newYear, month: newMonth, day: min(day, Self.daysInMonth(year: newYear, month: newMonth)))
  }

  /// The day that many days later; nil when its year is out of range.
  public func adding(days: Int) -> CivilDate? {
    let (total, overflow) = dayNumber.addingReportingOverflow(days)
    return overflow ? nil : CivilDate(dayNumber: total)
  }

  /// How many days a month has; months are 1...12.
  public static func daysInMonth(year: Int, month: Int) -> Int {
    switch month {
    case 2: isLeap(year) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Whether a year has a 29th of February.
  public static func isLeap(_ year: Int) -> Bool {
    year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
  }

  private init(uncheckedDayNumber: Int) {
    dayNumber = uncheckedDayNumber
  }

  private static let daysInEra = 146_097
  private static let daysFromMarchOfYear0 = 719_468

  /// Days from 1970-01-01 to a day of any year that is not beyond all reckoning; the day is not checked.
  static func dayNumber(year: Int, month: Int, day: Int) -> Int {
    let marchYear = month <= 2 ? year - 1 : year
    let era = floorDivide(marchYear, 400)
    let yearOfEra = marchYear - era * 400
    let monthFromMarch = month > 2 ? month - 3 : month + 9
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * daysInEra + dayOfEra - daysFromMarchOfYear0
  }

  /// The quotient, rounded down; the divisor is above 0.
  static func floorDivide(_ dividend: Int, _ divisor: Int) -> Int {
    let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}

extension CivilDate: Comparable {
  /// Earlier dates come first.
  public static func < (left: CivilDate, right: CivilDate) -> Bool {
    left.dayNumber < right.dayNumber
  }
}

// MARK: - Text

extension CivilDate: CustomStringConvertible {
  /// Reads `2020-01-31`: a year of at least four digits, longer only without leading zeros, and no `+`.
  ///
  /// - Returns: nil when the text is something else, or there is no such day.
  /// - Source: DMN 1.5, 10.3.4.1 (`date`); conformance cases `1115-feel-date-function`.
  public init?(_ text: some StringProtocol) {
    self.init(utf8: text.utf8)
  }

  /// Reads a date from UTF-8, as `init(_:)` does.
  public init?(utf8: some Collection<UInt8>) {
    if let result = utf8.withContiguousStorageIfAvailable({ CivilDate(utf8: $0.span) }) {
      guard let result else { return nil }
      self = result
    } else {
      let bytes = Array(utf8)
      self.init(utf8: bytes.span)
    }
  }

  /// Reads a date from UTF-8, as `init(_:)` does, without copying it.
  public init?(utf8 bytes: Span<UInt8>) {
    // Nearly every date is written like this.
    if bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = Self.number(bytes, 0..<4), let month = Self.number(bytes, 5..<7), let day = Self.number(bytes, 8..<10)
    {
      self.init(year: year, month: month, day: day)
      return
    }
    var scanner = TemporalScanner()
    guard let date = CivilDate(bytes, &scanner), scanner.position == bytes.count else { return nil }
    self = date
  }

  /// The number that a few bytes of a text are; nil where they are not all digits.
  private static func number(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
    var value = 0
    for index in range {
      guard let digit = decimalDigit(bytes[index]) else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  /// Reads a date that more may follow.
  init?(_ bytes: Span<UInt8>, _ scanner: inout TemporalScanner) {
    let negative = scanner.skip("-", in: bytes)
    let start = scanner.position
    guard let year = scanner.number(digits: 4...9, in: bytes) else { return nil }
    let hasLeadingZero = bytes[start] == UInt8(ascii: "0")
    guard !(hasLeadingZero && scanner.position - start > 4), !(negative && year == 0),
      scanner.skip("-", in: bytes), let month = scanner.number(digits: 2...2, in: bytes),
      scanner.skip("-", in: bytes), let day = scanner.number(digits: 2...2, in: bytes)
    else { return nil }
    self.init(year: negative ? -year : year, month: month, day: day)
  }

  /// The form that `init(_:)` reads: `2020-01-31`.
  public var description: String {
    let (year, month, day) = parts
    return (year < 0 ? "-" : "") + padded(abs(year), to: 4) + "-" + padded(month, to: 2) + "-" + padded(day, to: 2)
  }
}

/// A place in the text of a date, a time or a duration. It holds no text: a span can be passed but not kept.
struct TemporalScanner {
  var position = 0

  /// The byte at the place.
  func peek(in bytes: Span<UInt8>) -> UInt8? {
    position < bytes.count ? bytes[position] : nil
  }

  /// Passes one character, if it is there.
  mutating func skip(_ character: Unicode.Scalar, in bytes: Span<UInt8>) -> Bool {
    guard peek(in: bytes) == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  /// Passes an unsigned number of so many digits; nil when there are fewer or more, or it does not fit.
  mutating func number(digits: ClosedRange<Int>, in bytes: Span<UInt8>) -> Int? {
    let start = position
    var value = 0
    while let byte = peek(in: bytes), let digit = decimalDigit(byte) {
      guard position - start < digits.upperBound else { return nil }
      let (product, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (sum, stillTooLarge) = product.addingReportingOverflow(digit)
      if tooLarge || stillTooLarge { return nil }
      value = sum
      position += 1
    }
    return position - start >= digits.lowerBound ? value : nil
  }

  /// Passes the digits of a fraction of a second and gives them as nanoseconds; further digits are cut off.
  mutating func nanoseconds(in bytes: Span<UInt8>) -> (nanoseconds: Int, digits: Int) {
    let start = position
    var value = 0
    var unit = 100_000_000
    while let byte = peek(in: bytes), let digit = decimalDigit(byte) {
      value += digit * unit
      unit /= 10
      position += 1
    }
    return (value, position - start)
  }
}

/// An integer of at least 0 with zeros before it.
func padded(_ value: Int, to digits: Int) -> String {
  let text = String(value)
  return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}

/// `.5` for half a second, nothing for no nanoseconds.
func fractionText(nanoseconds: Int) -> String {
  guard nanoseconds != 0 else { return "" }
  var digits = padded(nanoseconds, to: 9)[...]
  while digits.last == "0" { digits.removeLast() }
  return "." + digits
}
