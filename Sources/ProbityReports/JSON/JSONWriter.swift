/// Writes JSON on one line, in the order in which it is told.
///
/// What some reader might act on rather than show is escaped: control characters, line and paragraph separators, and
/// what turns the reading order around.
struct JSONWriter: ~Copyable {
  var buffer: ByteBuffer
  /// Whether the next value or key is not the first of its array or object.
  private var needsComma = false

  /// - Parameter buffer: to which it is added.
  init(_ buffer: consuming ByteBuffer = ByteBuffer()) { self.buffer = buffer }

  consuming func ended() -> ByteBuffer { buffer }

  /// What has been written.
  var bytes: [UInt8] { Array(buffer.written) }

  /// Adds what has been written.
  func append(to bytes: inout [UInt8]) { bytes.append(contentsOf: buffer.written) }

  /// Begins the members of an object, or its elements, whose beginning was pasted.
  ///
  /// - Parameter others: whether there are some already.
  mutating func begin(after others: Bool) { needsComma = others }

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

  @inline(__always)
  private mutating func put(_ byte: UInt8) { buffer.put(byte) }

  private mutating func put(_ text: String) { buffer.put(text) }

  mutating func quote(_ text: String) {
    put(UInt8(ascii: "\""))
    buffer.escape(text)
    put(UInt8(ascii: "\""))
  }
}
