public import Diagnostics
import FEEL

/// What the cases of a run have tried of a rule book, and what not.
public struct Coverage: Sendable {
  /// What is counted, each by itself.
  public enum Measure: String, Sendable, CaseIterable {
    /// The outcomes that a rule can have: pass, fail, not evidenced, and where it has a `when` or `each` not applicable.
    case outcomes
    /// A `when` was true, and was false.
    case applicability
    /// A condition that others stand beside was true, and was false, and decided by itself.
    case conditions
    /// A row of a decision table matched.
    case rows
    /// A value was on either side of a boundary.
    case boundaries

  }

  /// One thing that cases can try.
  public struct Item: Sendable {
    public var measure: Measure
    /// The expression that it is about, or the outcome.
    public var text: String
    /// What of it: `true`, `below 10`.
    public var side: String?
    public var span: SourceSpan
    public var isCovered: Bool
    /// Of a boundary that was tried on this side: whether a value lay exactly on it.
    public var isExact: Bool?
  }

  /// A rule, a decision or a policy's verdict.
  public struct Unit: Sendable {
    public enum Kind: String, Sendable, CaseIterable { case rule, decision, verdict }

    public var kind: Kind
    public var name: String
    public var title: String
    /// The place of its name.
    public var span: SourceSpan
    /// How many cases expect something of it; of a decision or verdict nothing is counted.
    public var cases: Int?
    public var items: [Item]

    /// How much of a measure was tried.
    public func count(_ measure: Measure) -> Count {
      let own = items.filter { $0.measure == measure }
      return Count(covered: own.count(where: \.isCovered), total: own.count)
    }

    /// How much of all measures was tried.
    public var count: Count { Count(covered: items.count(where: \.isCovered), total: items.count) }
  }

  /// So many of so many.
  public struct Count: Hashable, Sendable {
    public var covered: Int
    public var total: Int

    public static func + (left: Count, right: Count) -> Count {
      Count(covered: left.covered + right.covered, total: left.total + right.total)
    }

    /// Rounded down, so that 100 means all; nil where there is nothing to try.
    public var percent: Int? { total == 0 ? nil : covered * 100 / total }
  }

  /// In the order of the rule book: rules, decisions, then verdicts.
  public var units: [Unit]

  /// How much of a measure was tried in the whole rule book.
  public func count(_ measure: Measure) -> Count {
    units.reduce(Count(covered: 0, total: 0)) { $0 + $1.count(measure) }
  }

  /// Rules of which no case expects anything.
  public var untestedRules: [Unit] { units.filter { $0.kind == .rule && $0.cases == 0 } }
}

/// Finds out what there is to try, and looks up what was.
struct CoverageReader {
  let book: RuleBook
  let policies: [Policy]
  let tally: CoverageTally
  let texts: ExpressionTexts

  func coverage() -> Coverage {
    var verdicts: [Coverage.Unit] = []
    var seen: Set<SourceSpan> = []
    // A table that policies inherit is the one's that has it.
    for policy in policies.sorted(by: { $0.lineage.count < $1.lineage.count }) {
      guard let table = policy.verdict else { continue }
      let unit = verdict(of: policy, table)
      if !unit.items.isEmpty, seen.insert(unit.span).inserted { verdicts.append(unit) }
    }
    return Coverage(
      units: book.rules.indices.map(unit(ofRule:)) + book.decisions.map(unit(of:))
        + verdicts.sorted { ($0.span.file.rawValue, $0.span.start) < ($1.span.file.rawValue, $1.span.start) })
  }

  // MARK: Units

  private func unit(ofRule index: Int) -> Coverage.Unit {
    let rule = book.rules[index]
    var items: [Coverage.Item] = []
    func add(_ measure: Coverage.Measure, _ text: String, _ side: String?, at span: SourceSpan, _ isCovered: Bool) {
      items.append(Coverage.Item(measure: measure, text: text, side: side, span: span, isCovered: isCovered))
    }
    var possible: [Outcome] = [.pass, .fail, .notEvidenced]
    if rule.when != nil || !rule.each.isEmpty { possible.append(.notApplicable) }
    let seen = tally.outcomes[index] ?? []
    for outcome in possible { add(.outcomes, outcome.rawValue, nil, at: rule.span, seen.contains(outcome)) }
    if let when = rule.when {
      let sides = tally.whens[index] ?? CoverageTally.Condition()
      add(.applicability, "when", "true", at: when.source.span, sides.decidedTrue)
      add(.applicability, "when", "false", at: when.source.span, sides.decidedFalse)
    }
    for iterator in rule.each { items += inner(of: iterator.list.root) }
    if let when = rule.when {
      // What is the only condition is seen by whether the rule applied.
      let conditions = conditions(in: when.root)
      if conditions.count > 1 { items += conditions.flatMap(items(ofCondition:)) }
      items += inner(of: when.root)
    }
    for own in rule.lets {
      if own.value.type.base == .boolean { items += conditions(in: own.value.root).flatMap(items(ofCondition:)) }
      items += inner(of: own.value.root)
    }
    for requirement in rule.requirements {
      let conditions = conditions(in: requirement.that.root)
      // What is a rule's only condition is seen by its outcomes.
      if conditions.count > 1 || rule.requirements.count > 1 { items += conditions.flatMap(items(ofCondition:)) }
      items += inner(of: requirement.that.root)
    }
    return Coverage.Unit(
      kind: .rule, name: rule.name, title: rule.title, span: rule.span, cases: tally.cases[index] ?? 0, items: items)
  }

  private func unit(of decision: Decision) -> Coverage.Unit {
    let items: [Coverage.Item]
    switch decision.logic {
    case .expression(let expression):
      let own = expression.type.base == .boolean ? conditions(in: expression.root).flatMap(items(ofCondition:)) : []
      items = own + inner(of: expression.root)
    case .table(let table): items = self.items(of: table)
    }
    return Coverage.Unit(
      kind: .decision, name: decision.name, title: decision.title, span: decision.span, items: items)
  }

  private func verdict(of policy: Policy, _ table: DecisionTable) -> Coverage.Unit {
    let items = items(of: table)
    return Coverage.Unit(
      kind: .verdict, name: policy.name, title: policy.title,
      span: items.first?.span ?? SourceSpan(file: FileID(rawValue: 0), start: 0, end: 0), items: items)
  }

  private func items(of table: DecisionTable) -> [Coverage.Item] {
    table.inputs.flatMap { inner(of: $0.expression.root) }
      + table.rows.enumerated().flatMap { index, row -> [Coverage.Item] in
        let cells = row.tests.map(\.source) + row.outputs.map(\.source)
        guard let first = cells.first else { return [] }
        let text = cells.map { $0.text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        return [
          Coverage.Item(
            measure: .rows, text: "row \(index + 1)", side: text.joined(separator: " | "), span: first.span,
            isCovered: tally.isHit(index, of: table))
        ]
          + zip(row.tests, table.inputs).flatMap { inner(of: $0.root, input: $1.expression.type) }
      }
  }

  // MARK: Conditions

  /// The conditions that an outcome is made of by `and`, `or`, `not`, `some` and `every`.
  private func conditions(in node: Node) -> [Node] {
    switch node.kind {
    case .and(let operands), .or(let operands): return operands.flatMap(conditions)
    case .negate(let operand): return conditions(in: operand)
    case .builtin(let builtin, _, let arguments) where builtin.isNegation && arguments.count == 1:
      return conditions(in: arguments[0])
    case .quantifier(_, _, let body): return conditions(in: body)
    case .host(let number) where node.type.base == .boolean:
      switch Binding(number: number) {
      // Its own conditions are listed where it is declared.
      case .letValue: return []
      case .decision(let index):
        if case .expression = book.decisions[index].logic { return [] }
        return [node]
      default: return [node]
      }
    case .derived(_, let index) where node.type.base == .boolean:
      if case .expression = book.decisions[index].logic { return [] }
      return [node]
    case .constant, .invalid: return []
    default: return [node]
    }
  }

  private func items(ofCondition node: Node) -> [Coverage.Item] {
    guard let span = texts.span(node) else { return [] }
    let seen = tally.condition(node)
    return [("true", seen.decidedTrue), ("false", seen.decidedFalse)].map { side, isCovered in
      Coverage.Item(
        measure: .conditions, text: texts.text(node), side: "decided by being \(side)", span: span, isCovered: isCovered
      )
    }
  }

  /// What is within an expression beside its own conditions: those of filters and `if`, and boundaries.
  ///
  /// - Parameter input: of tests, the type of what they test.
  private func inner(of node: Node, input: Type = .any) -> [Coverage.Item] {
    var items: [Coverage.Item] = []
    switch node.kind {
    case .filter(_, let condition, _) where condition.type.base == .boolean:
      items += conditions(in: condition).flatMap(items(ofCondition:))
    case .conditional(let condition, _, _): items += conditions(in: condition).flatMap(items(ofCondition:))
    case .compare(let op, let left, let right):
      if left.type.isOrdered || right.type.isOrdered, !Self.isFixed(left) || !Self.isFixed(right) {
        items += comparison(op, node, left, right)
      }
    case .between(let value, let low, let high) where value.type.isOrdered:
      items += ends(node, low, startIncluded: true, high, endIncluded: true, of: value.type)
    case .unaryTests(let tests, _, _):
      for test in tests where !test.usesInput { items += ends(of: test.node, input) }
    case .passes(let value, let tests): for test in tests { items += ends(of: test, value.type) }
    default: break
    }
    return items + node.children.flatMap { inner(of: $0) }
  }

  /// Whether an expression is the same in every case.
  private static func isFixed(_ node: Node) -> Bool {
    switch node.kind {
    case .constant: true
    case .builtin(_, _, let arguments): !arguments.isEmpty && arguments.allSatisfy(isFixed)
    default: false
    }
  }

  // MARK: Boundaries

  /// A boundary: where it is, and what may lie on which side of it.
  private struct Boundary {
    var node: Node
    var end: CoverageTally.Boundary.End
    /// The type of what is held against it.
    var type: Type
    var limit: Node
  }

  private func comparison(_ op: ComparisonOperator, _ node: Node, _ left: Node, _ right: Node) -> [Coverage.Item] {
    let boundary = Boundary(node: node, end: .comparison, type: left.type, limit: right)
    switch op {
    case .less, .greaterOrEqual:
      return items(of: boundary, below: "left side less", notBelow: "left side equal or more")
    case .lessOrEqual, .greater:
      return items(of: boundary, notAbove: "left side equal or less", above: "left side more")
    case .equal, .notEqual: return []
    }
  }

  private func ends(of test: Node, _ type: Type) -> [Coverage.Item] {
    switch test.kind {
    case .range(let start, let startIncluded, let end, let endIncluded) where start.type.isOrdered:
      return ends(test, start, startIncluded: startIncluded, end, endIncluded: endIncluded, of: type)
    case .halfRange(let op, let limit) where limit.type.isOrdered:
      switch op {
      case .greater: return upper(Boundary(node: test, end: .start, type: type, limit: limit))
      case .greaterOrEqual: return lower(Boundary(node: test, end: .start, type: type, limit: limit))
      case .less: return lower(Boundary(node: test, end: .end, type: type, limit: limit))
      case .lessOrEqual: return upper(Boundary(node: test, end: .end, type: type, limit: limit))
      case .equal, .notEqual: return []
      }
    default: return []
    }
  }

  private func ends(
    _ node: Node, _ start: Node, startIncluded: Bool, _ end: Node, endIncluded: Bool, of type: Type
  ) -> [Coverage.Item] {
    let low = Boundary(node: node, end: .start, type: type, limit: start)
    let high = Boundary(node: node, end: .end, type: type, limit: end)
    return (startIncluded ? lower(low) : upper(low)) + (endIncluded ? upper(high) : lower(high))
  }

  /// A boundary whose value itself lies with what is above.
  private func lower(_ boundary: Boundary) -> [Coverage.Item] {
    let text = texts.text(boundary.limit)
    return items(of: boundary, below: "below \(text)", notBelow: "\(text) or above")
  }

  /// A boundary whose value itself lies with what is below.
  private func upper(_ boundary: Boundary) -> [Coverage.Item] {
    let text = texts.text(boundary.limit)
    return items(of: boundary, notAbove: "\(text) or below", above: "above \(text)")
  }

  private func items(of boundary: Boundary, below: String, notBelow: String) -> [Coverage.Item] {
    let sides = tally.sides(.init(boundary.node, boundary.end))
    return [
      side(boundary, below, .less, sides.below, nil),
      side(boundary, notBelow, .greater, sides.at || sides.above, sides.at),
    ].compactMap(\.self)
  }

  private func items(of boundary: Boundary, notAbove: String, above: String) -> [Coverage.Item] {
    let sides = tally.sides(.init(boundary.node, boundary.end))
    return [
      side(boundary, notAbove, .less, sides.at || sides.below, sides.at),
      side(boundary, above, .greater, sides.above, nil),
    ].compactMap(\.self)
  }

  /// One side; nil where the vocabulary allows no value there.
  ///
  /// - Parameter isExact: nil where the boundary itself lies on the other side.
  private func side(_ boundary: Boundary, _ words: String, _ side: Order, _ isCovered: Bool, _ isExact: Bool?)
    -> Coverage.Item?
  {
    guard let span = texts.span(boundary.node) else { return nil }
    if case .constant(let limit) = boundary.limit.kind, let allowed = boundary.type.allowedValues,
      let extreme = side == .less ? allowed.lower : allowed.upper, let order = Operators.order(extreme, limit),
      order != side, order != .equal || isExact == nil
    {
      return nil
    }
    return Coverage.Item(
      measure: .boundaries, text: texts.text(boundary.node), side: words, span: span, isCovered: isCovered,
      isExact: isExact)
  }
}
