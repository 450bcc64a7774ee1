import Diagnostics

/// Writes JSON on one line, in the order in which it is told.
///
/// What some reader might act on rather than show is escaped: control characters, line and paragraph separators, and
/// what turns the reading order around.
///
/// A report is mostly small pieces, and an array that is asked for room for each of them takes longer than to write it: so it writes
/// into memory of its own, of which ``reserve(_:)`` sees that there is enough before anything is put there.
struct JSONWriter: ~Copyable {
  private var start: UnsafeMutablePointer<UInt8>
  private(set) var count = 0
  private var capacity: Int
  /// Whether the next value or key is not the first of its array or object.
  private var needsComma = false

  init() {
    capacity = 1 << 13
    start = .allocate(capacity: capacity)
  }

  deinit { start.deallocate() }

  /// What has been written.
  var bytes: [UInt8] { Array(UnsafeBufferPointer(start: start, count: count)) }

  /// Adds what has been written.
  func append(to bytes: inout [UInt8]) { bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: count)) }

  /// Begins the members of an object, or its elements, whose beginning was pasted.
  ///
  /// - Parameter others: whether there are some already.
  mutating func begin(after others: Bool) { needsComma = others }

  /// Takes back what was written after so many bytes.
  mutating func takeBack(to count: Int) { self.count = count }

  var written: UnsafePointer<UInt8> { UnsafePointer(start) }

  // MARK: Values

  mutating func string(_ text: String) {
    separate()
    quote(text)
  }

  mutating func integer(_ number: Int) {
    separate()
    if 0..<10 ~= number { put(UInt8(ascii: "0") + UInt8(number)) } else { put(String(number)) }
  }

  /// - Parameter digits: A number as JSON writes one.
  mutating func number(_ digits: String) {
    separate()
    put(digits)
  }

  mutating func null() {
    separate()
    put("null")
  }

  mutating func boolean(_ value: Bool) {
    separate()
    put(value ? "true" : "false")
  }

  mutating func object(_ body: (inout JSONWriter) -> Void) { enclose("{", "}", body) }

  mutating func array<Element>(_ elements: some Sequence<Element>, _ body: (inout JSONWriter, Element) -> Void) {
    enclose("[", "]") { json in
      for element in elements { body(&json, element) }
    }
  }

  // MARK: Members

  mutating func key(_ name: String) {
    separate()
    quote(name)
    put(UInt8(ascii: ":"))
    needsComma = false
  }

  mutating func member(_ name: String, _ text: String) {
    key(name)
    string(text)
  }

  /// Nothing where there is no text.
  mutating func member(_ name: String, _ text: String?) {
    if let text { member(name, text) }
  }

  mutating func member(_ name: String, _ number: Int) {
    key(name)
    integer(number)
  }

  mutating func member(_ name: String, _ number: Int?) {
    if let number { member(name, number) }
  }

  mutating func member(_ name: String, _ value: Bool) {
    key(name)
    boolean(value)
  }

  mutating func member(_ name: String, _ texts: [String]) {
    member(name, texts) { $0.string($1) }
  }

  mutating func member(_ name: String, _ body: (inout JSONWriter) -> Void) {
    key(name)
    object(body)
  }

  mutating func member<Element>(
    _ name: String, _ elements: some Sequence<Element>, _ body: (inout JSONWriter, Element) -> Void
  ) {
    key(name)
    array(elements, body)
  }

  // MARK: Bytes

  private mutating func separate() {
    if needsComma { put(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func enclose(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout JSONWriter) -> Void
  ) {
    separate()
    put(UInt8(ascii: open))
    needsComma = false
    body(&self)
    put(UInt8(ascii: close))
    needsComma = true
  }

  /// Makes room for so many bytes more.
  @inline(__always)
  mutating func reserve(_ more: Int) {
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

  /// Writes bytes after which ``Pieces/padding`` more may be read.
  @inline(__always)
  mutating func paste(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
    reserve(length + Pieces.padding)
    let target = UnsafeMutableRawPointer(start + count)
    let source = UnsafeRawPointer(bytes)
    // Sixteen bytes at a time are quicker than to ask how many there are.
    var offset = 0
    while offset < length {
      target.storeBytes(
        of: source.loadUnaligned(fromByteOffset: offset, as: SIMD16<UInt8>.self), toByteOffset: offset,
        as: SIMD16<UInt8>.self)
      offset += Pieces.padding
    }
    count += length
  }

  @inline(__always)
  mutating func put(_ byte: UInt8) {
    reserve(1)
    start[count] = byte
    count += 1
  }

  private mutating func put(_ text: String) {
    var text = text
    text.withUTF8 { put($0, 0, $0.count) }
  }

  @inline(__always)
  private mutating func put(_ utf8: UnsafeBufferPointer<UInt8>, _ from: Int, _ to: Int) {
    guard let base = utf8.baseAddress, from < to else { return }
    reserve(to - from)
    (start + count).update(from: base + from, count: to - from)
    count += to - from
  }

  mutating func quote(_ text: String) {
    put(UInt8(ascii: "\""))
    escape(text)
    put(UInt8(ascii: "\""))
  }

  /// Writes a text as it stands between quotation marks.
  mutating func escape(_ text: String) {
    var text = text
    text.withUTF8 { escape($0) }
  }

  mutating func escape(_ utf8: UnsafeBufferPointer<UInt8>) {
    // Runs of bytes that stand for themselves are taken over as they are.
    var first = 0
    var index = Self.endOfPlain(utf8, from: 0)
    while index < utf8.count {
      guard let (scalar, length) = TextEncoding.scalar(at: index, in: utf8.span) else { break }
      if let escape = Self.escape(scalar) {
        put(utf8, first, index)
        put(escape)
        first = index + length
      }
      index = Self.endOfPlain(utf8, from: index + length)
    }
    put(utf8, first, utf8.count)
  }

  /// Where the first byte stands that does not stand for itself: anything but printing characters of ASCII, and quotation
  /// mark and backslash.
  private static func endOfPlain(_ utf8: UnsafeBufferPointer<UInt8>, from first: Int) -> Int {
    var index = first
    if let base = UnsafeRawPointer(utf8.baseAddress) {
      // Eight bytes at a time. Bit 7 of a byte of `other` says that it is beyond ASCII, below a space, or one of three.
      let ones: UInt64 = 0x0101_0101_0101_0101
      while index + 8 <= utf8.count {
        let word = (base + index).loadUnaligned(as: UInt64.self)
        let quote = word ^ (ones &* 0x22)
        let backslash = word ^ (ones &* 0x5C)
        let delete = word ^ (ones &* 0x7F)
        let other =
          word | ((word &- ones &* 0x20) & ~word) | ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
          | ((delete &- ones) & ~delete)
        if other & (ones &* 0x80) != 0 { break }
        index += 8
      }
    }
    while index < utf8.count, isPlain(utf8[index]) { index += 1 }
    return index
  }

  @inline(__always)
  private static func isPlain(_ byte: UInt8) -> Bool { byte &- 0x20 < 0x5F && byte != 0x22 && byte != 0x5C }

  /// What to write for a character that must not stand as it is.
  private static func escape(_ scalar: Unicode.Scalar) -> String? {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\r": return "\\r"
    case "\t": return "\\t"
    case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{200E}", "\u{200F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}",
      "\u{FEFF}":
      let digits = String(scalar.value, radix: 16)
      return "\\u\(String(repeating: "0", count: 4 - digits.utf8.count))\(digits)"
    default: return nil
    }
  }
}
