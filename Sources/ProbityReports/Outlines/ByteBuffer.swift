import FEEL

/// Bytes that are written one after the other.
///
/// A report is mostly small pieces, and an array that is asked for room for each of them takes longer than to write it: so it writes
/// into memory of its own, of which ``reserve(_:)`` sees that there is enough before anything is put there.
package struct ByteBuffer: ~Copyable {
  private var start: UnsafeMutablePointer<UInt8>
  package private(set) var count = 0
  private var capacity: Int

  package init(capacity: Int = 1 << 13) {
    self.capacity = max(1, capacity)
    start = .allocate(capacity: self.capacity)
  }

  deinit { start.deallocate() }

  /// What has been written.
  package var written: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

  /// What was written from one place to another.
  func slice(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: start + range.lowerBound, count: range.count)
  }

  /// A byte that was written.
  subscript(offset: Int) -> UInt8 {
    precondition(offset >= 0 && offset < count, "a byte that was written")
    return start[offset]
  }

  /// Puts what was written from one place on in the place of all from an earlier one on.
  mutating func moveBack(from later: Int, to earlier: Int) {
    precondition(earlier >= 0 && earlier <= later && later <= count, "places that were written")
    (start + earlier).update(from: start + later, count: count - later)
    count -= later - earlier
  }

  /// Takes back what was written after so many bytes.
  package mutating func takeBack(to count: Int) { self.count = count }

  // MARK: Bytes

  /// Makes room for so many bytes more.
  @inline(__always)
  private mutating func reserve(_ more: Int) {
    if count + more > capacity { grow(more) }
  }

  @inline(never)
  private mutating func grow(_ more: Int) {
    capacity = max(capacity * 2, count + more)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: start, count: count)
    start.deallocate()
    start = larger
  }

  @inline(__always)
  mutating func put(_ byte: UInt8) {
    reserve(1)
    start[count] = byte
    count += 1
  }

  @inline(__always)
  mutating func literal(_ text: StaticString) { put(text.utf8Start, text.utf8CodeUnitCount) }

  package mutating func put(_ text: String) {
    var text = text
    text.withUTF8 { put($0) }
  }

  @inline(__always)
  package mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let base = bytes.baseAddress else { return }
    put(base, bytes.count)
  }

  @inline(__always)
  mutating func put(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
    guard length > 0 else { return }
    reserve(length)
    (start + count).update(from: bytes, count: length)
    count += length
  }

  /// Puts a byte in the place of one that was written.
  mutating func replace(at offset: Int, by byte: UInt8) {
    precondition(offset >= 0 && offset < count, "a byte that was written")
    start[offset] = byte
  }

  /// Writes what is put into an array.
  package mutating func add(_ body: (inout [UInt8]) -> Void) {
    var bytes: [UInt8] = []
    body(&bytes)
    bytes.withUnsafeBufferPointer { put($0) }
  }

  mutating func put(_ byte: UInt8, times: Int) {
    reserve(times)
    (start + count).update(repeating: byte, count: times)
    count += times
  }

  // MARK: Pieces

  /// Makes room for so many bytes, which the pen that is given back may write; they count once it is taken back.
  @inline(__always)
  mutating func pen(room: Int) -> Pen {
    reserve(room + Pieces.padding)
    return Pen(at: start + count)
  }

  /// Counts what a pen wrote.
  @inline(__always)
  mutating func take(_ pen: borrowing Pen) {
    count = pen.at - start
    assert(count <= capacity, "a pen that kept to its room")
  }

  @inline(__always)
  mutating func paste(_ piece: Pieces.Piece) {
    var pen = pen(room: piece.count)
    pen.paste(piece)
    take(pen)
  }

  /// Where something stands that was written, until more is.
  @inline(__always)
  func place(of offset: Int) -> UnsafePointer<UInt8> { UnsafePointer(start + offset) }

  /// Writes once more what was written already.
  @inline(__always)
  mutating func `repeat`(_ range: Range<Int>) {
    var pen = pen(room: range.count)
    pen.paste(place(of: range.lowerBound), range.count)
    take(pen)
  }

  /// Whether two stretches of what was written are the same text.
  func isRepeated(_ range: Range<Int>, _ other: Range<Int>) -> Bool {
    let (text, another) = (slice(range), slice(other))
    if text.elementsEqual(another) { return true }
    // Letters composed in two ways make no two texts.
    guard text.contains(where: { $0 >= 0x80 }), another.contains(where: { $0 >= 0x80 }) else { return false }
    return String(decoding: text, as: UTF8.self) == String(decoding: another, as: UTF8.self)
  }

  // MARK: Numbers and dates

  mutating func digits(_ number: Int) {
    var pen = pen(room: Pen.numberRoom)
    pen.digits(number)
    take(pen)
  }

  /// A number of so many ten thousandths, as FEEL writes it.
  mutating func tenThousandths(_ number: Int64) {
    var pen = pen(room: Pen.numberRoom)
    pen.tenThousandths(number)
    take(pen)
  }

  /// A date so many days after 1970-01-01, as FEEL writes it.
  mutating func day(_ number: Int64) {
    var pen = pen(room: Pen.numberRoom)
    if pen.day(number) { return take(pen) }
    if let date = CivilDate(dayNumber: Int(number)) { put(date.description) }
  }
}

/// Writes into a buffer where there is room already, so that it does not have to ask for each piece.
struct Pen: ~Copyable {
  fileprivate var at: UnsafeMutablePointer<UInt8>

  /// No number or date takes more bytes.
  static var numberRoom: Int { 32 }

  @inline(__always)
  mutating func paste(_ piece: Pieces.Piece) { paste(piece.start, piece.count) }

  /// Writes bytes after which ``Pieces/padding`` more may be read: many at a time, which is quicker than to ask how many there
  /// are. It takes up to ``Pieces/padding`` bytes more room than they have.
  @inline(__always)
  mutating func paste(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
    let target = UnsafeMutableRawPointer(at)
    let source = UnsafeRawPointer(bytes)
    var offset = 0
    repeat {
      let first = source.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self)
      let second = source.loadUnaligned(fromByteOffset: offset &+ 16, as: SIMD16<UInt8>.self)
      target.storeBytes(of: first, toByteOffset: offset, as: SIMD16<UInt8>.self)
      target.storeBytes(of: second, toByteOffset: offset &+ 16, as: SIMD16<UInt8>.self)
      offset &+= Pieces.padding
    } while offset < length
    at += length
  }

  @inline(__always)
  mutating func put(_ byte: UInt8) {
    at.pointee = byte
    at += 1
  }

  @inline(__always)
  mutating func digits(_ number: Int) {
    if 0..<10 ~= number { return put(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: number)) }
    digits(UInt64(max(0, number)))
  }

  private mutating func digits(_ number: UInt64) {
    let length = Self.length(of: number)
    var rest = number
    var index = length
    while rest >= 100 {
      let (hundreds, pair) = rest.quotientAndRemainder(dividingBy: 100)
      index &-= 2
      write(pair: UInt32(truncatingIfNeeded: pair), at: index)
      rest = hundreds
    }
    if rest >= 10 {
      write(pair: UInt32(truncatingIfNeeded: rest), at: 0)
    } else {
      at[0] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest)
    }
    at += length
  }

  /// How many digits a number has.
  @inline(__always)
  private static func length(of number: UInt64) -> Int {
    var length = 1
    var bound: UInt64 = 10
    while number >= bound {
      length &+= 1
      // No number has more than twenty.
      if length == 20 { break }
      bound &*= 10
    }
    return length
  }

  /// Writes a number below 100 with two digits.
  @inline(__always)
  private mutating func write(pair: UInt32, at index: Int) {
    at[index] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: pair / 10)
    at[index &+ 1] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: pair % 10)
  }

  /// As ``ByteBuffer/tenThousandths(_:)``.
  mutating func tenThousandths(_ number: Int64) {
    if number < 0 { put(UInt8(ascii: "-")) }
    let (whole, fraction) = number.magnitude.quotientAndRemainder(dividingBy: 10_000)
    digits(whole)
    if fraction == 0 { return }
    put(UInt8(ascii: "."))
    var rest = fraction
    var unit: UInt64 = 1_000
    while rest > 0 {
      put(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest / unit))
      rest %= unit
      unit /= 10
    }
  }

  /// A date of the years from 1000 to 9999, so many days after 1970-01-01; false for any other, of which nothing is written.
  mutating func day(_ number: Int64) -> Bool {
    guard -354_285...2_932_896 ~= number else { return false }
    // Years are taken to begin in March, so that the day that some years have more is their last.
    let day = UInt32(number + 719_468)
    let (cycle, ofCycle) = day.quotientAndRemainder(dividingBy: 146_097)
    let year = (ofCycle - ofCycle / 1_460 + ofCycle / 36_524 - ofCycle / 146_096) / 365
    let ofYear = ofCycle - (365 * year + year / 4 - year / 100)
    let month = (5 * ofYear + 2) / 153
    let isNextYear = month >= 10
    let civil = cycle * 400 + year + (isNextYear ? 1 : 0)
    twoDigits(civil / 100)
    twoDigits(civil % 100)
    put(UInt8(ascii: "-"))
    twoDigits(isNextYear ? month - 9 : month + 3)
    put(UInt8(ascii: "-"))
    twoDigits(ofYear - (153 * month + 2) / 5 + 1)
    return true
  }

  @inline(__always)
  private mutating func twoDigits(_ number: UInt32) {
    write(pair: number, at: 0)
    at += 2
  }

  // MARK: Text

  /// Writes a text of which every byte stands for itself between quotation marks of JSON: printing characters of ASCII but
  /// quotation mark and backslash. False for any other, of which nothing is written.
  @inline(__always)
  mutating func plain(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool { copy(utf8, unless: Self.special) }

  /// Writes a text in which there is nothing but printing characters of ASCII, and no space. False for any other, of which
  /// nothing is written.
  @inline(__always)
  mutating func word(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool { copy(utf8, unless: Self.unprinted) }

  @inline(__always)
  mutating func put(_ utf8: UnsafeBufferPointer<UInt8>) { _ = copy(utf8) { _ in 0 } }

  /// Writes a text unless it holds certain bytes, which are looked at while they are copied.
  ///
  /// - Parameter special: sets bit 7 of some byte where there is one in a word.
  @inline(__always)
  private mutating func copy(
    _ utf8: UnsafeBufferPointer<UInt8>, unless special: (UInt64) -> UInt64
  ) -> Bool {
    guard let source = UnsafeRawPointer(utf8.baseAddress), utf8.count > 0 else { return true }
    let target = UnsafeMutableRawPointer(at)
    let count = utf8.count
    var other: UInt64 = 0
    if count >= 8 {
      var offset = 0
      let last = count &- 8
      while offset < last {
        let word = source.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        target.storeBytes(of: word, toByteOffset: offset, as: UInt64.self)
        other |= special(word)
        offset &+= 8
      }
      let word = source.loadUnaligned(fromByteOffset: last, as: UInt64.self)
      target.storeBytes(of: word, toByteOffset: last, as: UInt64.self)
      other |= special(word)
    } else if count >= 4 {
      let first = source.loadUnaligned(as: UInt32.self)
      let last = source.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
      target.storeBytes(of: first, as: UInt32.self)
      target.storeBytes(of: last, toByteOffset: count &- 4, as: UInt32.self)
      other = special(UInt64(first) | UInt64(last) &<< 32)
    } else {
      // Letters stand for the bytes that are not there.
      var word: UInt64 = 0x6161_6161_6161_6161
      for index in 0..<count {
        let byte = utf8[index]
        at[index] = byte
        word = word &<< 8 | UInt64(byte)
      }
      other = special(word)
    }
    guard other & 0x8080_8080_8080_8080 == 0 else { return false }
    at += count
    return true
  }

  /// Bit 7 of some byte says that there is one in a word that is beyond ASCII, no higher than a space, or delete.
  @inline(__always)
  private static func unprinted(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let delete = word ^ (ones &* 0x7F)
    return word | ((word &- ones &* 0x21) & ~word) | ((delete &- ones) & ~delete)
  }

  /// Bit 7 of some byte says that there is one in a word that is beyond ASCII, below a space, or one of three.
  @inline(__always)
  static func special(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quote = word ^ (ones &* 0x22)
    let backslash = word ^ (ones &* 0x5C)
    let delete = word ^ (ones &* 0x7F)
    return word | ((word &- ones &* 0x20) & ~word) | ((quote &- ones) & ~quote)
      | ((backslash &- ones) & ~backslash) | ((delete &- ones) & ~delete)
  }
}
