/// One zone's offsets, read from a TZif file: the compiled form of the time zone database.
///
/// - Source: RFC 9636 (TZif), versions 1 to 4. Leap seconds are passed over: FEEL's days have 86,400 seconds.
public struct ZoneInfo: Sendable {
  /// Instants at which the offset changes, ascending, in seconds since 1970.
  private let transitions: [Int]
  /// The offset from each of them on, in seconds east of UTC.
  private let offsets: [Int]
  /// The offset before the first of them.
  private let firstOffset: Int
  /// What holds from the last of them on; nil where the file does not say, and the last offset stays.
  private let rule: DaylightRule?

  /// Reads the bytes of a TZif file; nil when they are not one, or contradict themselves.
  ///
  /// - Complexity: linear in the bytes.
  public init?(tzif bytes: [UInt8]) {
    let bytes = bytes.span
    guard var header = Header(bytes, at: 0) else { return nil }
    var wordSize = 4
    if header.version >= 2 {
      // The data of version 1, with its 32 bits for an instant, is there for readers that know no better.
      guard let second = Header(bytes, at: header.end(wordSize: 4)) else { return nil }
      header = second
      wordSize = 8
    }
    let end = header.end(wordSize: wordSize)
    guard header.typeCount > 0, end <= bytes.count else { return nil }

    let kinds = header.start + header.transitionCount * wordSize
    let types = kinds + header.transitionCount
    let typeOffsets = (0..<header.typeCount).map { Self.integer(bytes, at: types + 6 * $0, size: 4) }
    guard typeOffsets.allSatisfy({ abs($0) <= Self.greatestOffset }) else { return nil }
    var transitions: [Int] = []
    var offsets: [Int] = []
    transitions.reserveCapacity(header.transitionCount)
    offsets.reserveCapacity(header.transitionCount)
    for index in 0..<header.transitionCount {
      let instant = Self.integer(bytes, at: header.start + index * wordSize, size: wordSize)
      let kind = Int(bytes[kinds + index])
      guard kind < typeOffsets.count, transitions.last.map({ $0 < instant }) ?? true else { return nil }
      transitions.append(instant)
      offsets.append(typeOffsets[kind])
    }
    var rule: DaylightRule?
    if wordSize == 8 {
      guard let footer = Self.footer(bytes, at: end) else { return nil }
      if !footer.isEmpty {
        rule = DaylightRule(posix: footer.span)
        if rule == nil { return nil }
      }
    }
    self.transitions = transitions
    self.offsets = offsets
    self.firstOffset = typeOffsets[0]
    self.rule = rule
  }

  /// Seconds east of UTC at an instant.
  public func offset(atUTC secondsSince1970: Int) -> Int {
    // The last transition that is not after the instant, by halves.
    var (low, high) = (0, transitions.count)
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= secondsSince1970 { low = middle + 1 } else { high = middle }
    }
    if low == transitions.count, let rule { return rule.offset(atUTC: secondsSince1970) }
    return low == 0 ? firstOffset : offsets[low - 1]
  }

  /// Seconds east of UTC when clocks show a time, given as if it were UTC.
  ///
  /// Of a time that occurs twice it is the first one's offset; of a time that is skipped, the offset before the gap.
  public func offset(atLocal secondsSince1970: Int) -> Int {
    // Times that no calendar reaches come down to where nothing overflows.
    let local = min(max(secondsSince1970, -1 << 60), 1 << 60)
    // Offsets hardly exceed half a day, so a day earlier and a day later lie on either side of a change nearby.
    let before = offset(atUTC: local - 86_400)
    if offset(atUTC: local - before) == before { return before }
    let after = offset(atUTC: local + 86_400)
    return offset(atUTC: local - after) == after ? after : before
  }

  /// RFC 9636 wants offsets between -25 and +26 hours.
  private static let greatestOffset = 26 * 3_600

  private struct Header {
    let version: Int
    /// Where the data begin.
    let start: Int
    let transitionCount: Int
    let typeCount: Int
    private let characterCount: Int
    private let leapCount: Int
    private let standardCount: Int
    private let utcCount: Int

    init?(_ bytes: Span<UInt8>, at offset: Int) {
      guard offset + 44 <= bytes.count else { return nil }
      for (index, scalar) in "TZif".unicodeScalars.enumerated() {
        guard bytes[offset + index] == UInt8(ascii: scalar) else { return nil }
      }
      // Version 1 has a zero byte here, the others a digit.
      version = bytes[offset + 4] == 0 ? 1 : (decimalDigit(bytes[offset + 4]) ?? 1)
      start = offset + 44
      let counts = (0..<6).map { ZoneInfo.integer(bytes, at: offset + 20 + 4 * $0, size: 4) }
      guard counts.allSatisfy({ (0...bytes.count).contains($0) }) else { return nil }
      utcCount = counts[0]
      standardCount = counts[1]
      leapCount = counts[2]
      transitionCount = counts[3]
      typeCount = counts[4]
      characterCount = counts[5]
    }

    /// Where the data end, for instants of so many bytes.
    func end(wordSize: Int) -> Int {
      start + transitionCount * (wordSize + 1) + typeCount * 6 + characterCount + leapCount * (wordSize + 4)
        + standardCount + utcCount
    }
  }

  /// A big-endian integer with a sign, of 4 or 8 bytes.
  private static func integer(_ bytes: Span<UInt8>, at offset: Int, size: Int) -> Int {
    var value = Int(Int8(bitPattern: bytes[offset]))
    for index in 1..<size { value = value << 8 | Int(bytes[offset + index]) }
    return value
  }

  /// The text between the two line feeds that end a file of version 2 and up.
  private static func footer(_ bytes: Span<UInt8>, at start: Int) -> [UInt8]? {
    guard start < bytes.count, bytes[start] == UInt8(ascii: "\n") else { return nil }
    var text: [UInt8] = []
    for index in (start + 1)..<bytes.count {
      if bytes[index] == UInt8(ascii: "\n") { return text }
      text.append(bytes[index])
    }
    return nil
  }
}

/// A POSIX `TZ` string: standard time and, in most zones that have it, when daylight saving time starts and ends.
///
/// - Source: POSIX.1-2017, 8.3 (`TZ`), with the hours of -167...167 that RFC 9636 adds.
private struct DaylightRule: Sendable {
  /// Seconds east of UTC.
  let standard: Int
  let daylight: (offset: Int, start: Change, end: Change)?

  /// One day of a year and a time on it.
  struct Change: Sendable {
    enum Day: Sendable {
      /// The day of the year from 1, where the 29th of February is never counted.
      case julian(Int)
      /// The day of the year from 0.
      case ordinal(Int)
      /// The week of the month from 1, where 5 is the last, and the day of the week from 0 for Sunday.
      case weekday(Int, week: Int, month: Int)
    }

    let day: Day
    /// Seconds after midnight by the clock before the change.
    let time: Int

    /// Seconds from 1970 to the change in a year, by the clock before it and as if it were UTC's.
    func local(year: Int) -> Int {
      (dayNumber(year: year) * 86_400) + time
    }

    private func dayNumber(year: Int) -> Int {
      let newYear = CivilDate.dayNumber(year: year, month: 1, day: 1)
      switch day {
      case .ordinal(let day): return newYear + day
      case .julian(let day): return newYear + day - (CivilDate.isLeap(year) && day >= 60 ? 0 : 1)
      case .weekday(let weekday, let week, let month):
        let first = CivilDate.dayNumber(year: year, month: month, day: 1)
        // 1970-01-01 was a Thursday, 4 counted from Sunday.
        let firstWeekday = (first + 4) - CivilDate.floorDivide(first + 4, 7) * 7
        let day = (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
        return first + (day < CivilDate.daysInMonth(year: year, month: month) ? day : day - 7)
      }
    }
  }

  /// Reads `CET-1CEST,M3.5.0,M10.5.0/3` or `<+07>-7`; nil when it is something else.
  init?(posix text: Span<UInt8>) {
    var scanner = TemporalScanner()
    guard scanner.skipZoneName(in: text), let west = scanner.clock(hours: 24, in: text) else { return nil }
    standard = -west
    guard scanner.position < text.count else {
      daylight = nil
      return
    }
    guard scanner.skipZoneName(in: text) else { return nil }
    var offset = standard + 3_600
    if scanner.peek(in: text) != UInt8(ascii: ",") {
      guard let west = scanner.clock(hours: 24, in: text) else { return nil }
      offset = -west
    }
    guard scanner.skip(",", in: text), let start = Change(text, &scanner), scanner.skip(",", in: text),
      let end = Change(text, &scanner), scanner.position == text.count
    else { return nil }
    daylight = (offset, start, end)
  }

  /// Seconds east of UTC at an instant.
  func offset(atUTC seconds: Int) -> Int {
    guard let daylight, let date = CivilDate(dayNumber: CivilDate.floorDivide(seconds, 86_400)) else { return standard }
    // The local year may be the one before or after; changes close to New Year may lie in another year than they name.
    let year = date.year
    var latest: (instant: Int, offset: Int)?
    for candidate in (year - 1)...(year + 1) {
      let changes = [
        (instant: daylight.start.local(year: candidate) - standard, offset: daylight.offset),
        (instant: daylight.end.local(year: candidate) - daylight.offset, offset: standard),
      ]
      for change in changes where change.instant <= seconds {
        // Where a zone is on daylight time all year, its end and next start fall together, and the start counts.
        if latest.map({ change.instant > $0.instant || (change.instant == $0.instant && change.offset != standard) })
          ?? true
        {
          latest = change
        }
      }
    }
    return latest?.offset ?? standard
  }
}

extension DaylightRule.Change {
  /// Reads `M3.5.0/2`, `J60` or `59`.
  fileprivate init?(_ text: Span<UInt8>, _ scanner: inout TemporalScanner) {
    if scanner.skip("M", in: text) {
      guard let month = scanner.number(digits: 1...2, in: text), (1...12).contains(month),
        scanner.skip(".", in: text), let week = scanner.number(digits: 1...1, in: text), (1...5).contains(week),
        scanner.skip(".", in: text), let weekday = scanner.number(digits: 1...1, in: text), weekday <= 6
      else { return nil }
      day = .weekday(weekday, week: week, month: month)
    } else if scanner.skip("J", in: text) {
      guard let number = scanner.number(digits: 1...3, in: text), (1...365).contains(number) else { return nil }
      day = .julian(number)
    } else {
      guard let number = scanner.number(digits: 1...3, in: text), number <= 365 else { return nil }
      day = .ordinal(number)
    }
    guard scanner.skip("/", in: text) else {
      time = 2 * 3_600
      return
    }
    guard let clock = scanner.clock(hours: 167, in: text) else { return nil }
    time = clock
  }
}

extension TemporalScanner {
  /// Passes a zone's abbreviation: letters, or anything between `<` and `>`.
  fileprivate mutating func skipZoneName(in text: Span<UInt8>) -> Bool {
    let start = position
    if skip("<", in: text) {
      while let byte = peek(in: text), byte != UInt8(ascii: ">") { position += 1 }
      return skip(">", in: text)
    }
    while let byte = peek(in: text), (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & ~0x20) { position += 1 }
    return position > start
  }

  /// Passes `-5`, `3:30` or `+02:00:00` and gives it as seconds.
  fileprivate mutating func clock(hours most: Int, in text: Span<UInt8>) -> Int? {
    let negative = skip("-", in: text)
    if !negative { _ = skip("+", in: text) }
    guard let hours = number(digits: 1...3, in: text), hours <= most else { return nil }
    var seconds = hours * 3_600
    for unit in [60, 1] where skip(":", in: text) {
      guard let part = number(digits: 2...2, in: text), part < 60 else { return nil }
      seconds += part * unit
    }
    return negative ? -seconds : seconds
  }
}
