public import Diagnostics

extension CheckedExpression {
  /// An expression that is one value, for text that stands for itself.
  public init(constant value: Value, source: SourceText) {
    let root = StackBuffer<NodeEntry>.withRoom { waiting in
      var builder = NodeTreeBuilder(nodes: 1, extras: 2, waiting: waiting)
      let kind = builder.constant(value)
      let type = builder.number(of: value.type)
      return builder.finish(NodeEntry(kind, type, 0..<source.text.utf8.count))
    }
    self.init(root: root, slots: 0, source: source)
  }
}

extension CheckedExpression {
  /// Whether its value may depend on the day, or the moment, at which it is evaluated.
  public var readsClock: Bool {
    root.contains { node in
      if case .builtin(let builtin, _, _) = node.kind {
        builtin.name == "today" || builtin.name == "now"
      } else {
        false
      }
    }
  }
}

extension CheckedTests {
  /// Whether the outcome is the same for an input on any day and over any names: the tests call no clock and read no
  /// host's value.
  public var isConstant: Bool {
    !root.contains { node in
      switch node.kind {
      case .host, .dynamicName: true
      case .builtin(let builtin, _, _): builtin.name == "today" || builtin.name == "now"
      default: false
      }
    }
  }

  /// What constant tests allow, as far as listed values and bounds can say it; ends that are not included count as
  /// bounds too.
  public var allowedValues: AllowedValues {
    let text = source.text
    guard case .unaryTests(let tests, _, isNegated: false) = root.kind, !tests.isEmpty, isConstant,
      !tests.contains(where: \.usesInput), let epoch = CivilDate(dayNumber: 0)
    else { return AllowedValues(text: text) }
    let evaluator = Evaluator(asOf: epoch)
    var listed: [Value] = []
    var bounds: [(lower: Value?, upper: Value?)] = []
    for test in tests {
      switch evaluator.evaluate(test.node, slots: slots) {
      case .range(let range) where range.form == .notEqual: return AllowedValues(text: text)
      case .range(let range) where range.form == .equal: listed += [range.start ?? .null]
      case .range(let range): bounds.append((range.start, range.end))
      case .list(let list): listed += list.items
      case .null, .unknown: return AllowedValues(text: text)
      case let value: listed.append(value)
      }
    }
    if bounds.isEmpty { return AllowedValues(listed: listed, text: text) }
    bounds += listed.map { ($0, $0) }
    return AllowedValues(
      lower: Self.extreme(bounds.map(\.lower), .less), upper: Self.extreme(bounds.map(\.upper), .greater), text: text)
  }

  /// The lowest or highest of the values; nil where one is open or they have no order.
  private static func extreme(_ values: [Value?], _ wanted: Order) -> Value? {
    guard var result = values.first ?? nil else { return nil }
    for value in values.dropFirst() {
      guard let value, let order = Operators.order(value, result) else { return nil }
      if order == wanted { result = value }
    }
    return result
  }
}
