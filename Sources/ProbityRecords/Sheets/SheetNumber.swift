import FEEL

/// The texts of numbers and dates as a sheet holds them, made into the form that FEEL writes.
enum SheetNumber {
  /// Digits that a spreadsheet program shows. What a file holds beyond them is where the binary number nearest to what was
  /// typed lies: 12.300000000000001 was 12.3.
  fileprivate static let shownDigits = 15
  /// Places beyond which a number is left with its exponent.
  private static let mostPlaces = 40

  /// A number in the plain form, with no more digits than are shown. A whole number that is written out is exact, and
  /// stays as it stands.
  ///
  /// - Returns: nil where the text is no number.
  static func plain(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    var rest = text
    let isNegative = rest.first == UInt8(ascii: "-")
    if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
    var digits: [UInt8] = []
    // How many digits stand before the point.
    var point = 0
    var hasPoint = false
    var hasDigits = false
    scan: while let byte = rest.first {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        hasDigits = true
        if byte != UInt8(ascii: "0") || !digits.isEmpty {
          digits.append(byte)
          if !hasPoint { point += 1 }
        } else if hasPoint {
          point -= 1
        }
      case UInt8(ascii: ".") where !hasPoint: hasPoint = true
      case UInt8(ascii: "e"), UInt8(ascii: "E"): break scan
      default: return nil
      }
      rest = rest.dropFirst()
    }
    guard hasDigits else { return nil }
    var isExact = !hasPoint
    if !rest.isEmpty {
      guard let exponent = Int(String(decoding: rest.dropFirst(), as: UTF8.self)), abs(exponent) < 1_000 else {
        return nil
      }
      point += exponent
      isExact = false
    }
    if !isExact, digits.count > shownDigits { round(&digits, &point) }
    while digits.last == UInt8(ascii: "0") { digits.removeLast() }
    if digits.isEmpty { return [UInt8(ascii: "0")] }
    return (isNegative ? [UInt8(ascii: "-")] : []) + written(digits, point)
  }

  private static func round(_ digits: inout [UInt8], _ point: inout Int) {
    var isUp = digits[shownDigits] >= UInt8(ascii: "5")
    digits.removeSubrange(shownDigits...)
    var index = digits.count
    while isUp, index > 0 {
      index -= 1
      isUp = digits[index] == UInt8(ascii: "9")
      digits[index] = isUp ? UInt8(ascii: "0") : digits[index] + 1
    }
    if isUp {
      digits.insert(UInt8(ascii: "1"), at: 0)
      point += 1
    }
  }

  /// Digits without zeros at either end, `point` of which stand before the point.
  private static func written(_ digits: [UInt8], _ point: Int) -> [UInt8] {
    let zero = UInt8(ascii: "0")
    let dot = UInt8(ascii: ".")
    if point > mostPlaces || point <= -mostPlaces {
      return digits.prefix(1) + (digits.count > 1 ? [dot] + digits.dropFirst() : []) + Array("E\(point - 1)".utf8)
    }
    if point <= 0 { return [zero, dot] + Array(repeating: zero, count: -point) + digits }
    if point >= digits.count { return digits + Array(repeating: zero, count: point - digits.count) }
    return digits[..<point] + [dot] + digits[point...]
  }

  // MARK: - Dates

  /// The thousandths of a second, which is as near as programs keep a time, that some days are.
  private static func milliseconds(_ days: ArraySlice<UInt8>) -> Int? {
    if days.count < 8, days.allSatisfy({ $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }), !days.isEmpty {
      return days.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } * 86_400_000
    }
    guard let serial = Double(String(decoding: days, as: UTF8.self)), abs(serial) < 1e7 else { return nil }
    return Int((serial * 86_400_000).rounded())
  }

  /// What a number that is shown as a date or a time stands for, in the form that FEEL writes.
  ///
  /// - Parameters:
  ///   - text: the days since the epoch, and the part of the day.
  ///   - startsIn1904: whether the epoch is 1 January 1904. Else day 1 is 1 January 1900, and day 60 is 29 February of that
  ///     year, which there was not: programs keep an old mistake so that all later days have the numbers they always had.
  /// - Returns: nil where no such day is meant, and the number is one.
  static func moment(_ text: ArraySlice<UInt8>, _ kind: SheetNumberKind, startsIn1904: Bool) -> String? {
    guard let milliseconds = milliseconds(text) else { return nil }
    if kind == .duration { return DaysAndTimeDuration(nanoseconds: Int128(milliseconds) * 1_000_000)?.description }
    guard milliseconds >= 0 else { return nil }
    let (day, ofDay) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
    let (second, rest) = (ofDay / 1_000, ofDay % 1_000)
    let clock = CivilTime(
      hour: second / 3_600, minute: second / 60 % 60, second: second % 60, nanosecond: rest * 1_000_000)
    guard let clock else { return nil }
    if kind == .time || (kind == .dateAndTime && day == 0 && !startsIn1904) { return clock.description }
    let offset =
      if startsIn1904 { CivilDate(year: 1904, month: 1, day: 1) } else { CivilDate(year: 1899, month: 12, day: 31) }
    guard let offset, startsIn1904 || (day > 0 && day != 60), day <= 2_958_465,
      let date = CivilDate(dayNumber: offset.dayNumber + day - (!startsIn1904 && day > 60 ? 1 : 0))
    else { return nil }
    return kind == .dateAndTime || ofDay > 0
      ? DateAndTime(date: date, time: clock).description : date.description
  }
}

extension SheetNumber {
  /// Whether a number stands in the plain form already: most do.
  static func isPlain(_ text: [UInt8]) -> Bool {
    guard text.count <= shownDigits, let last = text.last, last != UInt8(ascii: ".") else { return false }
    var hasPoint = false
    for (index, byte) in text.enumerated() {
      switch byte {
      case UInt8(ascii: "0"): if index == 0, text.count > 1, text[1] != UInt8(ascii: ".") { return false }
      case UInt8(ascii: "1")...UInt8(ascii: "9"): break
      case UInt8(ascii: "."):
        if hasPoint || index == 0 { return false }
        hasPoint = true
      default: return false
      }
    }
    return !hasPoint || last != UInt8(ascii: "0")
  }
}
