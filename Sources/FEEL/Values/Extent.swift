/// How large a value is when it is gone through: what lies within it counted as often as it is there.
///
/// A value can be small in memory and without end to whoever walks it, since its parts may be shared. Lists, contexts and
/// functions carry their extent, so that the evaluator can refuse one before anything walks it.
struct Extent: Hashable, Sendable, BitwiseCopyable {
  // Every list carries this, and so does every value's room for one: it has seven bytes, which leave one to tell values apart.

  /// In units of ``unitBytes``; it stays at its greatest value once it is there.
  private(set) var units: UInt32
  /// Lists, contexts and functions within one another; it stays at its greatest value once it is there.
  private(set) var depth: UInt16
  /// Whether anything in it is unknown, or may not be there.
  var holdsUnknown = false

  static let unitBytes = 16
  /// What one value takes by itself, text aside: its place in a list or context.
  static let unitsOfValue: UInt32 = 3

  /// A value that holds no others.
  init(textBytes: Int = 0) {
    depth = 0
    units = UInt32(clamping: Int(Self.unitsOfValue) + textBytes / Self.unitBytes)
  }

  /// A value that holds others.
  init(holding parts: some Sequence<Value>) {
    self.init()
    for part in parts { include(part.extent) }
    if depth < .max { depth += 1 }
  }

  private mutating func include(_ part: Extent) {
    depth = max(depth, part.depth)
    units = UInt32(clamping: UInt64(units) + UInt64(part.units))
    holdsUnknown = holdsUnknown || part.holdsUnknown
  }
}

extension Value {
  var extent: Extent {
    switch self {
    case .string(let text): return Extent(textBytes: text.utf8.count)
    case .list(let list): return list.extent
    case .context(let context): return context.extent
    case .function(let function): return function.extent
    case .unknown, .range:
      var extent = Extent()
      extent.holdsUnknown = holdsUnknown
      return extent
    default: return Extent()
    }
  }

  /// Whether it is unknown, or anything in it is.
  var holdsUnknown: Bool {
    switch self {
    case .unknown: true
    case .list(let list): list.extent.holdsUnknown
    case .context(let context): context.extent.holdsUnknown
    case .range(let range): range.start?.isUnknown ?? false || range.end?.isUnknown ?? false
    default: false
    }
  }
}
