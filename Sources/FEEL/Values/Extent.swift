/// How large a value is when it is gone through: what lies within it counted as often as it is there.
///
/// A value can be small in memory and without end to whoever walks it, since its parts may be shared. Lists, contexts and
/// functions carry their extent, so that the evaluator can refuse one before anything walks it.
struct Extent: Hashable, Sendable, BitwiseCopyable {
  /// Lists, contexts and functions within one another.
  private(set) var depth: UInt32
  /// In units of ``unitBytes``; it stays at its greatest value once it is there.
  private(set) var units: UInt32

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
    depth += 1
  }

  private mutating func include(_ part: Extent) {
    depth = max(depth, part.depth)
    units = UInt32(clamping: UInt64(units) + UInt64(part.units))
  }
}

extension Value {
  var extent: Extent {
    switch self {
    case .string(let text): Extent(textBytes: text.utf8.count)
    case .list(let list): list.extent
    case .context(let context): context.extent
    case .function(let function): function.extent
    default: Extent()
    }
  }
}
