/// How a source writes its dates and times: `dd/MM/yyyy`, `M/d/yyyy h:mm:ss a`.
///
/// `Docs/Mappings.md` defines the letters.
public struct DatePattern: Hashable, Sendable {
  /// What a text says by a pattern; what the pattern does not have is nil.
  struct Parts: Hashable {
    var year: Int?
    var month: Int?
    var day: Int?
    var hour: Int?
    var minute: Int?
    var second: Int?
    /// Seconds east of UTC.
    var offset: Int?
  }

  private enum Element: Hashable {
    case year
    /// Of exactly this many digits, or one or two where it is 1.
    case month(digits: Int)
    case day(digits: Int)
    case hour(digits: Int)
    case hour12(digits: Int)
    case minute
    case second
    case monthName(isShort: Bool)
    case halfOfDay
    case offset
    case literal(UInt8)
    case space
  }

  /// Why a text is not a pattern.
  struct Fault: Error, Hashable {
    var message: String
    /// UTF-8 offsets in the pattern.
    var range: Range<Int>
  }

  /// As it was written.
  public let text: String
  private let elements: [Element]

  /// Whether it tells a day.
  let hasDate: Bool
  /// Whether it tells a time of day.
  let hasTime: Bool

  init(_ text: String) throws(Fault) {
    let bytes = Array(text.utf8)
    var elements: [Element] = []
    var index = 0
    while index < bytes.count {
      let start = index
      let byte = bytes[index]
      if byte == UInt8(ascii: "'") {
        guard let end = bytes[(index + 1)...].firstIndex(of: UInt8(ascii: "'")) else {
          throw Fault(message: "a quote that is not closed", range: index..<bytes.count)
        }
        // Two quotes are one that stands for itself.
        elements += end == index + 1 ? [.literal(byte)] : bytes[index + 1..<end].map { .literal($0) }
        index = end + 1
      } else if Self.isLetter(byte) {
        while index < bytes.count, bytes[index] == byte { index += 1 }
        elements.append(try Self.element(byte, count: index - start, at: start..<index))
      } else {
        elements.append(byte == UInt8(ascii: " ") ? .space : .literal(byte))
        index += 1
      }
    }
    self.text = text
    self.elements = elements
    let whole = 0..<bytes.count
    func count(_ kinds: (Element) -> Bool) -> Int { elements.count(where: kinds) }
    let years = count { $0 == .year }
    let months = count { if case .month = $0 { true } else if case .monthName = $0 { true } else { false } }
    let days = count { if case .day = $0 { true } else { false } }
    let hours = count { if case .hour = $0 { true } else if case .hour12 = $0 { true } else { false } }
    let needsHalf = elements.contains { if case .hour12 = $0 { true } else { false } }
    guard years <= 1, months <= 1, days <= 1, hours <= 1 else {
      throw Fault(message: "a part of the date or time stands twice", range: whole)
    }
    guard years == months, months == days, years == 1 || hours == 1 else {
      throw Fault(message: "a pattern has year, month and day, or a time of day, or both", range: whole)
    }
    guard needsHalf == elements.contains(.halfOfDay) else {
      throw Fault(message: "`h` (hour 1 to 12) and `a` (AM or PM) go together", range: whole)
    }
    hasDate = years == 1
    hasTime = hours == 1
  }

  private static func element(_ letter: UInt8, count: Int, at range: Range<Int>) throws(Fault) -> Element {
    switch (letter, count) {
    case (UInt8(ascii: "y"), 4): return .year
    case (UInt8(ascii: "y"), 2):
      throw Fault(message: "two digits do not tell the century; a year is `yyyy`", range: range)
    case (UInt8(ascii: "M"), 1...2): return .month(digits: count)
    case (UInt8(ascii: "M"), 3...4): return .monthName(isShort: count == 3)
    case (UInt8(ascii: "d"), 1...2): return .day(digits: count)
    case (UInt8(ascii: "H"), 1...2): return .hour(digits: count)
    case (UInt8(ascii: "h"), 1...2): return .hour12(digits: count)
    case (UInt8(ascii: "m"), 2): return .minute
    case (UInt8(ascii: "s"), 2): return .second
    case (UInt8(ascii: "a"), 1): return .halfOfDay
    case (UInt8(ascii: "X"), 1...3): return .offset
    default:
      let letters = String(repeating: String(Unicode.Scalar(letter)), count: min(count, 8))
      throw Fault(
        message: "`\(letters)` means nothing here; letters that stand for themselves are quoted", range: range)
    }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 0x20) >= UInt8(ascii: "a") && (byte | 0x20) <= UInt8(ascii: "z")
  }

  // MARK: - Reading

  /// What a text says, nil where it is not written so. Whether there is such a day is not asked here.
  func read(_ text: ArraySlice<UInt8>) -> Parts? {
    var cursor = Cursor(rest: text)
    var parts = Parts()
    var isAfternoon: Bool?
    for element in elements {
      switch element {
      case .year: parts.year = cursor.digits(4...4)
      case .month(let digits): parts.month = cursor.digits(digits...2)
      case .day(let digits): parts.day = cursor.digits(digits...2)
      case .hour(let digits): parts.hour = cursor.digits(digits...2)
      case .hour12(let digits):
        guard let hour = cursor.digits(digits...2), (1...12).contains(hour) else { return nil }
        parts.hour = hour
      case .minute: parts.minute = cursor.digits(2...2)
      case .second: parts.second = cursor.digits(2...2)
      case .monthName(let isShort): parts.month = cursor.monthName(isShort: isShort)
      case .halfOfDay:
        if cursor.takes("am") { isAfternoon = false } else if cursor.takes("pm") { isAfternoon = true }
        guard isAfternoon != nil else { return nil }
      case .offset:
        guard let offset = cursor.offset() else { return nil }
        parts.offset = offset
      case .literal(let byte): guard cursor.take(byte) else { return nil }
      case .space: guard cursor.takeSpace() else { return nil }
      }
    }
    guard cursor.rest.isEmpty else { return nil }
    if let isAfternoon, let hour = parts.hour { parts.hour = hour % 12 + (isAfternoon ? 12 : 0) }
    if hasDate, parts.year == nil || parts.month == nil || parts.day == nil { return nil }
    if hasTime {
      guard let hour = parts.hour, hour < 24 else { return nil }
      for element in elements {
        if element == .minute { guard let minute = parts.minute, minute < 60 else { return nil } }
        if element == .second { guard let second = parts.second, second < 60 else { return nil } }
      }
    }
    return parts
  }

  private struct Cursor {
    var rest: ArraySlice<UInt8>

    /// A number of so many digits, as many as there are up to the most.
    mutating func digits(_ counts: ClosedRange<Int>) -> Int? {
      var value = 0
      var count = 0
      while count < counts.upperBound, let byte = rest.first, (0x30...0x39).contains(byte) {
        value = value * 10 + Int(byte - 0x30)
        rest = rest.dropFirst()
        count += 1
      }
      return count >= counts.lowerBound ? value : nil
    }

    mutating func take(_ byte: UInt8) -> Bool {
      guard rest.first == byte else { return false }
      rest = rest.dropFirst()
      return true
    }

    /// White space of any length, among it the space that does not break a line.
    mutating func takeSpace() -> Bool {
      let before = rest.count
      while let byte = rest.first {
        if byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
          rest = rest.dropFirst()
        } else if byte == 0xC2, rest.dropFirst().first == 0xA0 {
          rest = rest.dropFirst(2)
        } else {
          break
        }
      }
      return rest.count < before
    }

    /// A word in lower case, compared without regard to case.
    mutating func takes(_ word: String) -> Bool {
      let prefix = rest.prefix(word.utf8.count)
      guard prefix.count == word.utf8.count, zip(prefix, word.utf8).allSatisfy({ $0 | 0x20 == $1 }) else {
        return false
      }
      rest = rest.dropFirst(prefix.count)
      return true
    }

    mutating func monthName(isShort: Bool) -> Int? {
      for (index, name) in monthNames.enumerated() {
        if takes(isShort ? String(name.prefix(3)) : name) { return index + 1 }
      }
      return nil
    }

    /// `Z`, `+01:00`, `+0100` or `+01`.
    mutating func offset() -> Int? {
      if take(UInt8(ascii: "Z")) || take(UInt8(ascii: "z")) { return 0 }
      let isWest = rest.first == UInt8(ascii: "-")
      guard isWest || rest.first == UInt8(ascii: "+") else { return nil }
      rest = rest.dropFirst()
      guard let hours = digits(2...2), hours <= 18 else { return nil }
      let hasColon = take(UInt8(ascii: ":"))
      let minutes = digits(2...2)
      guard minutes ?? 0 < 60, minutes != nil || !hasColon else { return nil }
      return (isWest ? -1 : 1) * (hours * 60 + (minutes ?? 0)) * 60
    }
  }
}

private let monthNames = [
  "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
  "december",
]
