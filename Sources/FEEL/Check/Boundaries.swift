extension CheckedTests {
  /// The values at which the outcome may change from one input to the next; nil where that cannot be said.
  ///
  /// Between two neighbouring boundaries the outcome is the same for every input of an ordered type. It cannot be said
  /// of tests that compute with the input (`? * 2 > 5`, `starts with(?, "a")`) or that read a host's value which is not
  /// fixed.
  ///
  /// - Parameters:
  ///   - evaluator: knows the host's fixed values.
  ///   - isFixed: whether a binding of the host has one value for every input.
  public func boundaries(in evaluator: Evaluator, isFixed: (Int) -> Bool) -> [Value]? {
    if matchesAnything { return [] }
    var values: [Value] = []
    func isSettled(_ node: Node) -> Bool {
      !node.contains { inner in
        switch inner.kind {
        case .local(let slot): slot == input
        case .host(let binding): !isFixed(binding)
        case .builtin(let builtin, _, _): builtin.name == "today" || builtin.name == "now"
        case .dynamicName, .invalid: true
        default: false
        }
      }
    }
    func add(_ node: Node) -> Bool {
      guard isSettled(node) else { return false }
      Self.collect(evaluator.evaluate(node, slots: slots), &values)
      return true
    }
    func isInput(_ node: Node) -> Bool { if case .local(input) = node.kind { true } else { false } }
    func walk(_ node: Node) -> Bool {
      switch node.kind {
      case .unaryTests(let tests, input, _): tests.allSatisfy { $0.usesInput ? walk($0.node) : add($0.node) }
      case .and(let nodes), .or(let nodes): nodes.allSatisfy(walk)
      case .negate(let inner): walk(inner)
      case .compare(_, let a, let b) where isInput(a): add(b)
      case .compare(_, let a, let b) where isInput(b): add(a)
      case .between(let value, let low, let high) where isInput(value): add(low) && add(high)
      case .passes(let value, let tests) where isInput(value): tests.allSatisfy(add)
      case .supplied(let value) where isInput(value): true
      default: add(node)
      }
    }
    return walk(root) ? values : nil
  }

  private static func collect(_ value: Value, _ values: inout [Value]) {
    switch value {
    case .null, .unknown, .function, .context: break
    case .list(let list): for item in list.items { collect(item, &values) }
    case .range(let range):
      if let start = range.start { collect(start, &values) }
      if let end = range.end { collect(end, &values) }
    default: values.append(value)
    }
  }
}
