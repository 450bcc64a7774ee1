/// Truth by row: what Kleene's logic tells apart, and what only the interpreter can decide.
///
/// Bits of undecided cells add up: what is unknown or null is ``mayBeNull``, and with ``handOver`` among it handed over.
/// Readers write cells too, and what they write is inlined.
@_spi(Columns) public enum Cell {
  @inlinable public static var no: UInt8 { 0 }
  @inlinable public static var yes: UInt8 { 1 }
  @inlinable public static var unknown: UInt8 { 2 }
  /// Neither true nor false. No fact is null; a division by zero is.
  package static let null: UInt8 = 4
  /// Unknown, and null for some of the values that missing facts may have.
  package static let mayBeNull: UInt8 = 6
  /// Something that columns cannot hold: the row is handed to the interpreter. Any other bits beside it mean nothing.
  package static let handOver: UInt8 = 8
}

/// The state of a known number in ``Scalars``, as readers write it.
@_spi(Columns) public enum ScalarState {
  @inlinable public static var known: UInt8 { 3 }
}

/// Whole numbers by row, known or within bounds.
package struct Scalars: Sendable {
  package static let hasLower: UInt8 = 1
  package static let hasUpper: UInt8 = 2
  /// Both bounds are there and equal.
  package static let known = ScalarState.known
  /// As ``Cell/handOver``.
  package static let handOver: UInt8 = 4
  /// Both bounds are there and differ.
  package static let within: UInt8 = 11
  package static let null: UInt8 = 16
  /// As ``Cell/mayBeNull``; nothing is known of its bounds.
  package static let mayBeNull: UInt8 = 32

  package private(set) var lower: [Int64] = []
  package private(set) var upper: [Int64] = []
  /// Which of the bounds are there, or what else there is to say.
  package private(set) var state: [UInt8] = []

  package init() {}

  package init(lower: [Int64], upper: [Int64], state: [UInt8]) {
    self.lower = lower
    self.upper = upper
    self.state = state
  }

  var count: Int { state.count }

  mutating func append(_ value: Int64) {
    lower.append(value)
    upper.append(value)
    state.append(Self.known)
  }

  /// A value within bounds, of which either may be open; known where they meet.
  mutating func append(lower low: Int64?, upper high: Int64?) {
    lower.append(low ?? 0)
    upper.append(high ?? 0)
    state.append(Self.state(low, high))
  }

  static func state(_ low: Int64?, _ high: Int64?) -> UInt8 {
    if let low, let high { return low == high ? known : within }
    return (low == nil ? 0 : hasLower) | (high == nil ? 0 : hasUpper)
  }

  mutating func appendHandOver() {
    lower.append(0)
    upper.append(0)
    state.append(Self.handOver)
  }
}

/// Text as the language compares it: by its bytes, so that letters composed in two ways are two texts.
struct ExactText: Hashable, Sendable {
  let text: String

  static func == (left: ExactText, right: ExactText) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
