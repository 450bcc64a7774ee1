import FEEL

extension Value {
  /// Whether what was found with facts missing leaves room for what one completion gives: the meaning of `unknown`.
  func covers(_ value: Value) -> Bool {
    switch (self, value) {
    case (.unknown(let unknown), .null): unknown.mayFail
    case (.unknown(let unknown), _):
      (unknown.lower.map { Operators.order(value, $0).map { $0 != .less } ?? false } ?? true)
        && (unknown.upper.map { Operators.order(value, $0).map { $0 != .greater } ?? false } ?? true)
    case (.null, .null): true
    case (.list(let list), .list(let other)): list.covers(other.items[...], from: 0)
    case (.context(let context), .context(let other)):
      context.names == other.names && context.names.indices.allSatisfy { context[$0].covers(other[$0]) }
    case (.range(let range), .range(let other)):
      range.form == other.form && range.startIncluded == other.startIncluded
        && range.endIncluded == other.endIncluded && (range.start ?? .null).covers(other.start ?? .null)
        && (range.end ?? .null).covers(other.end ?? .null)
    default: self == value
    }
  }

  /// Whether a part of it is unknown.
  var isOpen: Bool {
    switch self {
    case .unknown: true
    case .list(let list): list.hasDoubts || list.items.contains { $0.isOpen }
    case .context(let context): context.names.indices.contains { context[$0].isOpen }
    case .range(let range): range.start?.isOpen ?? false || range.end?.isOpen ?? false
    default: false
    }
  }

  /// The facts that its unknown parts rest on.
  var missing: [Fact] {
    switch self {
    case .unknown(let unknown): unknown.missing
    case .list(let list):
      list.items.indices.flatMap { list.items[$0].missing + (list.doubt($0)?.missing ?? []) }
    case .context(let context): context.names.indices.flatMap { context[$0].missing }
    case .range(let range): (range.start?.missing ?? []) + (range.end?.missing ?? [])
    default: []
    }
  }
}

extension List {
  /// Whether some choice of the doubtful items gives a list like the other.
  fileprivate func covers(_ other: ArraySlice<Value>, from index: Int) -> Bool {
    guard index < items.count else { return other.isEmpty }
    if let first = other.first, items[index].covers(first), covers(other.dropFirst(), from: index + 1) { return true }
    return doubt(index) != nil && covers(other, from: index + 1)
  }
}
