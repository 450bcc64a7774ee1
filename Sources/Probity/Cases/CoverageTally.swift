import FEEL

/// What the cases of a run have tried: outcomes, conditions, rows of tables and sides of boundaries.
struct CoverageTally {
  /// What was seen of a condition.
  struct Condition {
    /// It was true, or false, and the whole came out as it did because of it.
    var decidedTrue = false
    var decidedFalse = false

    mutating func add(_ value: Value) {
      switch value {
      case .boolean(true): decidedTrue = true
      case .boolean(false): decidedFalse = true
      default: break
      }
    }
  }

  /// On which sides of a boundary values were.
  struct Sides {
    var below = false
    var at = false
    var above = false

    mutating func add(_ order: Order) {
      switch order {
      case .less: below = true
      case .equal: at = true
      case .greater: above = true
      }
    }
  }

  /// A boundary: a comparison, or one end of a range.
  struct Boundary: Hashable {
    enum End: Hashable { case comparison, start, end }

    var node: Node
    var end: End

    init(_ node: Node, _ end: End) {
      self.node = node
      self.end = end
    }
  }

  private(set) var outcomes: [Int: Set<Outcome>] = [:]
  private(set) var cases: [Int: Int] = [:]
  private(set) var whens: [Int: Condition] = [:]
  private var conditions: [Node: Condition] = [:]
  private var boundaries: [Boundary: Sides] = [:]
  /// By the first output of a table's first row, which tells tables apart.
  private var rows: [Node: Set<Int>] = [:]

  func condition(_ node: Node) -> Condition { conditions[node] ?? Condition() }

  func sides(_ boundary: Boundary) -> Sides { boundaries[boundary] ?? Sides() }

  func isHit(_ row: Int, of table: DecisionTable) -> Bool {
    Self.identity(of: table).flatMap { rows[$0] }?.contains(row) ?? false
  }

  private static func identity(of table: DecisionTable) -> Node? { table.rows.first?.outputs.first?.root }

  // MARK: Adding

  /// Notes that a case expects something of a rule.
  mutating func addCase(of rule: Int) { cases[rule, default: 0] += 1 }

  /// Notes how a rule came out for one subject, and what was done for that.
  mutating func add(_ result: Interpreter.Result, of rule: Int, _ unfolding: Interpreter.Unfolding) {
    outcomes[rule, default: []].insert(result.outcome)
    for list in unfolding.lists { walk(list) }
    if let when = unfolding.when {
      whens[rule, default: Condition()].add(when.value)
      decide(when)
      walk(when)
    }
    for requirement in unfolding.requirements {
      // Of a rule that may not apply no requirement decides.
      if result.applies == .yes { decide(requirement) }
      walk(requirement)
    }
  }

  /// Notes what was done for a decision or a verdict.
  mutating func add(_ traces: [Trace]) {
    for trace in traces {
      if trace.node?.type.base == .boolean { decide(trace) }
      walk(trace)
    }
  }

  private mutating func decide(_ root: Trace) {
    for leaf in Decisive(root).leaves {
      if let node = leaf.node { conditions[node, default: Condition()].add(leaf.value) }
    }
  }

  private mutating func walk(_ trace: Trace) {
    switch trace.step {
    case .expression(let node): note(trace, node)
    case .test(let node, let input):
      guard case .range(let range) = trace.value else { break }
      note(Boundary(node, .start), input, range.start)
      note(Boundary(node, .end), input, range.end)
    case .table(let table, let sure, _):
      if let identity = Self.identity(of: table) { rows[identity, default: []].formUnion(sure) }
    }
    for child in trace.children { walk(child) }
  }

  private mutating func note(_ trace: Trace, _ node: Node) {
    let children = trace.expressions
    switch node.kind {
    case .compare where children.count == 2:
      note(Boundary(node, .comparison), children[0].value, children[1].value)
    case .between where children.count == 3:
      note(Boundary(node, .start), children[0].value, children[1].value)
      note(Boundary(node, .end), children[0].value, children[2].value)
    case .filter(_, let condition, _):
      // Which items are taken is decided here, whatever becomes of them.
      for child in children where child.node == condition { decide(child) }
    case .conditional(let condition, _, _):
      if let first = children.first, first.node == condition { decide(first) }
    default: break
    }
  }

  private mutating func note(_ boundary: Boundary, _ value: Value, _ limit: Value?) {
    guard let limit, let order = Operators.order(value, limit) else { return }
    boundaries[boundary, default: Sides()].add(order)
  }
}
