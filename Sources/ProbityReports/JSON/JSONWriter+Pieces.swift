import FEEL

// What outlines are written with: pieces, and values as columns have them. Commas are the caller's here.
extension JSONWriter {
  @inline(__always)
  mutating func paste(_ piece: Pieces.Piece) { paste(piece.start, piece.count) }

  /// Writes once more what was written already.
  @inline(__always)
  mutating func `repeat`(_ range: Range<Int>) {
    reserve(range.count + Pieces.padding)
    paste(written + range.lowerBound, range.count)
  }

  /// Whether two stretches of what was written are the same text.
  func isRepeated(_ range: Range<Int>, _ other: Range<Int>) -> Bool {
    let (text, another) = (slice(range), slice(other))
    if text.elementsEqual(another) { return true }
    // Letters composed in two ways make no two texts.
    guard text.contains(where: { $0 >= 0x80 }), another.contains(where: { $0 >= 0x80 }) else { return false }
    return String(decoding: text, as: UTF8.self) == String(decoding: another, as: UTF8.self)
  }

  private func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: written + range.lowerBound, count: range.count)
  }

  // MARK: Numbers and dates

  mutating func digits(_ number: Int) {
    guard number >= 10 else { return put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: max(0, number))) }
    var rest = number
    var digits = 0
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 20) { buffer in
      while rest > 0 {
        digits += 1
        buffer[20 - digits] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
        rest /= 10
      }
      for index in 20 - digits..<20 { put(buffer[index]) }
    }
  }

  /// A number of so many ten thousandths, as FEEL writes it.
  mutating func tenThousandths(_ number: Int64) {
    if number < 0 { put(UInt8(ascii: "-")) }
    let (whole, fraction) = number.magnitude.quotientAndRemainder(dividingBy: 10_000)
    digits(Int(whole))
    if fraction == 0 { return }
    put(UInt8(ascii: "."))
    var rest = fraction
    var unit: UInt64 = 1_000
    while rest > 0 {
      put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / unit))
      rest %= unit
      unit /= 10
    }
  }

  /// A date so many days after 1970-01-01, as FEEL writes it.
  mutating func day(_ number: Int64) {
    guard let date = CivilDate(dayNumber: Int(number)) else { return }
    let (year, month, day) = date.parts
    guard 1_000...9_999 ~= year else { return escape(date.description) }
    twoDigits(year / 100)
    twoDigits(year % 100)
    put(UInt8(ascii: "-"))
    twoDigits(month)
    put(UInt8(ascii: "-"))
    twoDigits(day)
  }

  @inline(__always)
  private mutating func twoDigits(_ number: Int) {
    put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / 10))
    put(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
  }
}
