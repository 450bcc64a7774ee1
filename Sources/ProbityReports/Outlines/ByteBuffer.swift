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

  /// Writes a piece, sixteen bytes at a time, which is quicker than to ask how many there are.
  @inline(__always)
  mutating func paste(_ piece: Pieces.Piece) { paste(piece.start, piece.count) }

  /// Writes bytes after which ``Pieces/padding`` more may be read.
  @inline(__always)
  private mutating func paste(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
    reserve(length + Pieces.padding)
    let target = UnsafeMutableRawPointer(start + count)
    let source = UnsafeRawPointer(bytes)
    var offset = 0
    while offset < length {
      target.storeBytes(
        of: source.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self), toByteOffset: offset,
        as: SIMD16<UInt8>.self)
      offset &+= Pieces.padding
    }
    count &+= length
  }

  /// Writes once more what was written already.
  @inline(__always)
  mutating func `repeat`(_ range: Range<Int>) {
    reserve(range.count + Pieces.padding)
    paste(start + range.lowerBound, range.count)
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
    guard 1_000...9_999 ~= year else { return put(date.description) }
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
