/// A type that is no more than its name.
enum SimpleType: UInt8, CaseIterable, Sendable, BitwiseCopyable {
  case any, null, boolean, number, string, date, time, dateAndTime, daysAndTimeDuration, yearsAndMonthsDuration

  /// Whether nothing is known of the type's values, or that they are null.
  var isOpen: Bool { self == .any || self == .null }

  /// Whether some value could be of both types.
  func overlaps(_ other: SimpleType) -> Bool { self == other || isOpen || other.isOpen }

  /// Whether its values have an order.
  var isOrdered: Bool { rawValue > Self.boolean.rawValue }
}

/// A type as a number, which takes no memory and counts no references.
///
/// Simple types have fixed numbers, and so have lists and ranges of these. Any other type stands in a
/// ``NodeTree``, and its number is of use there alone.
struct TypeNumber: Hashable, Sendable, BitwiseCopyable {
  private let rawValue: UInt32

  /// How many simple types there may be, and so fixed numbers of each form.
  private static let span: UInt32 = 16
  /// The first number that is not fixed.
  private static let firstOfTree = 3 * span

  /// What a fixed number stands for.
  enum Fixed: Sendable, BitwiseCopyable {
    case simple(SimpleType)
    case list(SimpleType)
    case range(SimpleType)
  }

  @inline(__always)
  private init(rawValue: UInt32) { self.rawValue = rawValue }

  init(_ type: SimpleType) { rawValue = UInt32(type.rawValue) }

  init(listOf item: SimpleType) { rawValue = Self.span + UInt32(item.rawValue) }

  init(rangeOf end: SimpleType) { rawValue = 2 * Self.span + UInt32(end.rawValue) }

  /// The number of the type at a position of a tree.
  init(position: Int) { rawValue = Self.firstOfTree + UInt32(truncatingIfNeeded: position) }

  /// A number that is fixed, and so less than a byte holds.
  @inline(__always)
  init(byte: UInt8) { rawValue = UInt32(byte) }

  /// What ``init(byte:)`` makes this of again, where the number is fixed.
  @inline(__always)
  var byte: UInt8 { UInt8(truncatingIfNeeded: rawValue) }

  static var any: TypeNumber { TypeNumber(.any) }
  static var null: TypeNumber { TypeNumber(.null) }
  static var boolean: TypeNumber { TypeNumber(.boolean) }
  static var number: TypeNumber { TypeNumber(.number) }
  static var string: TypeNumber { TypeNumber(.string) }

  /// The position in its tree of a type that has no fixed number.
  var position: Int? { rawValue < Self.firstOfTree ? nil : Int(rawValue - Self.firstOfTree) }

  var simple: SimpleType? { rawValue < Self.span ? SimpleType(rawValue: UInt8(truncatingIfNeeded: rawValue)) : nil }

  var fixed: Fixed? {
    guard rawValue < Self.firstOfTree,
      let simple = SimpleType(rawValue: UInt8(truncatingIfNeeded: rawValue % Self.span))
    else { return nil }
    return switch rawValue / Self.span {
    case 0: .simple(simple)
    case 1: .list(simple)
    default: .range(simple)
    }
  }

  /// Whether some value could be of both types; nil where that cannot be said without looking into a tree.
  func overlaps(_ other: TypeNumber) -> Bool? {
    guard let a = fixed, let b = other.fixed else { return nil }
    return Self.overlap(a, b)
  }

  /// Whether a value of this type may be passed where another is wanted, with the conversions of 10.3.2.9.4; nil where
  /// that cannot be said without looking into a tree.
  func isAccepted(as wanted: TypeNumber) -> Bool? {
    // What takes anything takes any list as one, and anything else as a list of it.
    if self == wanted || wanted == .any || wanted == TypeNumber(listOf: .any) { return true }
    guard let a = fixed, let b = wanted.fixed else { return nil }
    if Self.overlap(a, b) { return true }
    if case .list(let item) = b, Self.overlap(a, .simple(item)) { return true }
    if case .list(let item) = a, Self.overlap(.simple(item), b) { return true }
    if case (.simple(.date), .simple(.dateAndTime)) = (a, b) { return true }
    return false
  }

  private static func overlap(_ a: Fixed, _ b: Fixed) -> Bool {
    switch (a, b) {
    case (.simple(let a), .simple(let b)), (.list(let a), .list(let b)), (.range(let a), .range(let b)): a.overlaps(b)
    case (.simple(let simple), _), (_, .simple(let simple)): simple.isOpen
    case (.list, .range), (.range, .list): false
    }
  }
}

extension Type {
  /// The fixed number of the type; nil where it has none.
  @inline(__always)
  var fixedNumber: TypeNumber? {
    if let simple { return TypeNumber(simple) }
    return switch self {
    case .list(let item): item.simple.map { TypeNumber(listOf: $0) }
    case .range(let end): end.simple.map { TypeNumber(rangeOf: $0) }
    default: nil
    }
  }

  /// A type by its fixed number.
  init(_ fixed: TypeNumber.Fixed) {
    switch fixed {
    case .simple(let simple): self.init(simple)
    case .list(let item): self = Self.simpleLists[Int(item.rawValue)]
    case .range(let end): self = Self.simpleRanges[Int(end.rawValue)]
    }
  }

  /// Made once, since each takes memory.
  private static let simpleLists = SimpleType.allCases.map { Type.list(Type($0)) }
  private static let simpleRanges = SimpleType.allCases.map { Type.range(Type($0)) }

  private init(_ simple: SimpleType) {
    self =
      switch simple {
      case .any: .any
      case .null: .null
      case .boolean: .boolean
      case .number: .number
      case .string: .string
      case .date: .date
      case .time: .time
      case .dateAndTime: .dateAndTime
      case .daysAndTimeDuration: .daysAndTimeDuration
      case .yearsAndMonthsDuration: .yearsAndMonthsDuration
      }
  }
}
