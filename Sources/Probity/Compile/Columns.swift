/// Truth by row: Kleene's three values, and a fourth for rows that only the interpreter can decide.
package enum Cell {
  package static let no: UInt8 = 0
  package static let yes: UInt8 = 1
  package static let unknown: UInt8 = 2
  /// Something that columns cannot hold, null among it: the row is handed to the interpreter.
  package static let handOver: UInt8 = 3
}

/// Whole numbers by row, known or within bounds.
package struct Scalars: Sendable {
  static let hasLower: UInt8 = 1
  static let hasUpper: UInt8 = 2
  package static let known: UInt8 = 3
  /// As ``Cell/handOver``.
  package static let handOver: UInt8 = 4

  private(set) var lower: [Int64] = []
  private(set) var upper: [Int64] = []
  /// Which of the bounds are there; known values have both, and equal.
  private(set) var state: [UInt8] = []

  init() {}

  init(lower: [Int64], upper: [Int64], state: [UInt8]) {
    self.lower = lower
    self.upper = upper
    self.state = state
  }

  init(repeating value: Int64, count: Int) {
    lower = .init(repeating: value, count: count)
    upper = lower
    state = .init(repeating: Self.known, count: count)
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
    state.append((low == nil ? 0 : Self.hasLower) | (high == nil ? 0 : Self.hasUpper))
  }

  mutating func appendHandOver() {
    lower.append(0)
    upper.append(0)
    state.append(Self.handOver)
  }

  /// The row of another column.
  mutating func append(_ other: Scalars, _ row: Int) {
    lower.append(other.lower[row])
    upper.append(other.upper[row])
    state.append(other.state[row])
  }

  func isHandedOver(_ row: Int) -> Bool { state[row] == Self.handOver }

  /// The value of a row where it is known.
  func known(_ row: Int) -> Int64? {
    state[row] == Self.known && lower[row] == upper[row] ? lower[row] : nil
  }

  /// The least that a row's value may be; nil where that is open.
  func low(_ row: Int) -> Int64? { state[row] & Self.hasLower != 0 ? lower[row] : nil }

  /// The greatest that a row's value may be; nil where that is open.
  func high(_ row: Int) -> Int64? { state[row] & Self.hasUpper != 0 ? upper[row] : nil }
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
