public import Diagnostics
public import FEEL

/// A finding or a decision unfolded: each sub-expression with its value, and the facts with their places.
public struct Explanation: Sendable {
  /// What a part of an explanation is of.
  public enum Role: Hashable, Sendable {
    /// The policy's `when`.
    case scope
    /// The list that an `each` goes through.
    case each(String)
    case when
    /// An entry of `require`, from 1, of so many.
    case require(Int, of: Int)
    case decision(String)
  }

  /// One expression of a rule, unfolded.
  public struct Part: Sendable {
    public var role: Role
    public var step: Step
  }

  /// A sub-expression with its value.
  public struct Step: Sendable {
    /// What the sub-expression is.
    public enum Kind: Hashable, Sendable {
      case expression
      /// A fact of the record that was there to be read.
      case fact(path: String, label: String, unit: String?, place: Place?)
      case parameter(unit: String?)
      /// A `let` name or a decision; the expression that it stands for, unless it is a table.
      case name(definition: String?)
      /// Rows of a decision table, from 1, that match.
      case rows([Int], perhaps: [Int])
    }

    public var kind: Kind
    /// As it is written, on one line.
    public var text: String
    /// Nil where it is withheld, because it could tell a sensitive fact.
    public var value: Value?
    /// Whether it is one of several conditions, and the whole came out as it did because of it; no part of it is one.
    public var isDecisive: Bool
    public var steps: [Step]
    /// How many steps of a loop are left out.
    public var omitted: Int
  }

  /// In the order in which they were asked.
  public var parts: [Part]

  init(_ parts: [Part]) { self.parts = parts }
}

/// Makes explanations of traces.
struct Explainer {
  let book: RuleBook
  let texts: ExpressionTexts
  let showsSensitive: Bool
  /// How many items of a loop are shown; those that decide come first.
  private static let mostItems = 8

  func part(_ role: Explanation.Role, _ trace: Trace) -> Explanation.Part {
    var step = step(trace, Decisive(trace)).step
    // Where nothing else could have decided there is nothing to say.
    step.isDecisive = false
    return Explanation.Part(role: role, step: step)
  }

  /// A step, and whether its value could tell a sensitive fact.
  private struct Unfolded {
    var step: Explanation.Step
    var isSensitive: Bool
  }

  private func step(_ trace: Trace, _ decisive: Decisive) -> Unfolded {
    var kind = Explanation.Step.Kind.expression
    var isSensitive = false
    var below = trace.children
    var text = trace.node.map(texts.text) ?? ""
    var omitted = 0
    switch trace.step {
    case .expression(let node):
      switch node.kind {
      case .member(_, let name, let index):
        (kind, isSensitive) = member(trace, name, index)
        if below.allSatisfy({ Self.isPath($0) }) { below = [] }
      case .host(let number):
        switch Binding(number: number) {
        case .parameter(let index): kind = .parameter(unit: book.parameters[index].unit)
        case .letValue, .decision: (kind, below) = named(trace)
        default: break
        }
      case .derived: (kind, below) = named(trace)
      case .quantifier(_, _, let body), .loop(_, let body, _), .filter(_, let body, _):
        let rounds = below.filter { $0.node == body }
        let shown = (rounds.filter(decisive.contains) + rounds.filter { !decisive.contains($0) }).prefix(Self.mostItems)
        omitted = rounds.count - shown.count
        below.removeAll { child in child.node == body && !shown.contains { $0 === child } }
      default: break
      }
    case .table(_, let sure, let doubtful):
      kind = .rows(sure.map { $0 + 1 }, perhaps: doubtful.map { $0 + 1 })
      text = ""
    case .test: break
    }
    let inner = below.filter(isWorthShowing).map { step($0, decisive) }
    isSensitive = isSensitive || inner.contains(where: \.isSensitive)
    var isShown = showsSensitive || !isSensitive
    switch trace.value {
    case .boolean: isShown = true
    // Which facts are missing is no secret; bounds may come of facts that are.
    case .unknown(let unknown): isShown = isShown || unknown.lower == nil && unknown.upper == nil
    default: break
    }
    var isDecisive = decisive.isLeaf(trace)
    // What a name stands for is on the name's own line, and so is that it decided.
    if case .name = kind {
      isDecisive =
        isDecisive || trace.children.contains { own in decisive.isLeaf(own) && !below.contains { $0 === own } }
    }
    return Unfolded(
      step: Explanation.Step(
        kind: kind, text: text, value: isShown ? trace.value : nil, isDecisive: isDecisive,
        steps: inner.map(\.step), omitted: omitted),
      isSensitive: isSensitive)
  }

  /// What a member is, and whether it is sensitive.
  private func member(_ trace: Trace, _ name: String, _ index: Int?) -> (Explanation.Step.Kind, Bool) {
    guard let base = trace.expressions.first else { return (.expression, false) }
    switch base.value {
    case .context(let context):
      guard let facts = context.facts, let member = context.index(of: name) else { break }
      let fact = Fact(node: facts, member: member)
      guard context.isSupplied(member) else { return (.expression, fact.isSensitive) }
      let declaration = book.vocabulary.declaration(of: member, in: facts.type)
      return (
        .fact(
          path: fact.path, label: declaration?.label ?? name, unit: declaration?.unit, place: fact.place),
        fact.isSensitive
      )
    case .list:
      if case .context(let type)? = base.node?.type.item?.base {
        return (.expression, type.member(name)?.isSensitive ?? false)
      }
    default: break
    }
    return (.expression, false)
  }

  /// A name that stands for an expression or a table: what was done for it.
  private func named(_ trace: Trace) -> (Explanation.Step.Kind, [Trace]) {
    let own = trace.children
    if own.contains(where: { if case .table = $0.step { true } else { false } }) {
      // Cells are not shown: the inputs and the row that matched say it.
      return (
        .name(definition: nil),
        own.filter { child in
          switch child.step {
          case .table: true
          case .expression(let node): texts.isInput(node)
          case .test: false
          }
        }
      )
    }
    guard let root = own.last(where: { $0.node != nil }), let node = root.node else {
      return (.name(definition: nil), [])
    }
    if case .derived = trace.node?.kind {
      // The first child is what the decision is about.
      guard own.count > 1 else { return (.name(definition: nil), []) }
    }
    // The expression is on the name's own line already, save that a fact says where it came from.
    let isFact = if case .member = node.kind { true } else { false }
    return (.name(definition: texts.text(node)), isFact ? [root] : root.children)
  }

  /// Whether a trace only leads to a fact, which says the way itself.
  private static func isPath(_ trace: Trace) -> Bool {
    switch trace.node?.kind {
    case .host, .local: true
    case .member: trace.children.allSatisfy(isPath)
    default: false
    }
  }

  private func isWorthShowing(_ trace: Trace) -> Bool {
    switch trace.step {
    case .test: return false
    case .table: return true
    case .expression(let node):
      switch node.kind {
      case .constant, .local, .function: return false
      case .unaryTests: return false
      case .host(let number):
        switch Binding(number: number) {
        case .parameter, .letValue, .decision, .count: return true
        case .record, .subject, .each, .operand: return false
        }
      // A date written out is a call of `date` with a text.
      case .builtin(_, _, let arguments) where !arguments.isEmpty:
        return !arguments.allSatisfy { if case .constant = $0.kind { true } else { false } }
      default: return true
      }
    }
  }
}

/// The steps of a trace because of which a condition came out as it did.
struct Decisive {
  private var steps: Set<ObjectIdentifier> = []
  /// The innermost of them, which hold no other: the conditions that decided.
  private(set) var leaves: [Trace] = []

  init(_ root: Trace) { add(root) }

  func contains(_ trace: Trace) -> Bool { steps.contains(ObjectIdentifier(trace)) }

  func isLeaf(_ trace: Trace) -> Bool { leaves.contains { $0 === trace } }

  private mutating func add(_ trace: Trace) {
    steps.insert(ObjectIdentifier(trace))
    guard case .expression(let node) = trace.step else { return }
    switch node.kind {
    case .and: junction(trace, trace.expressions, decider: false)
    case .or: junction(trace, trace.expressions, decider: true)
    case .negate: for child in trace.expressions { add(child) }
    case .builtin(let builtin, _, let arguments) where builtin.isNegation && arguments.count == 1:
      for child in trace.expressions { add(child) }
    case .quantifier(let every, _, let body):
      let rounds = trace.expressions.filter { $0.node == body }
      if rounds.isEmpty { leaves.append(trace) } else { junction(trace, rounds, decider: !every) }
    case .host where node.type.base == .boolean:
      // A table's children are many and none of them is the condition.
      if trace.children.count == 1, let inner = trace.expressions.first { add(inner) } else { leaves.append(trace) }
    case .derived where node.type.base == .boolean:
      // First what it is about, then what was decided of that.
      if trace.children.count == 2, let inner = trace.expressions.last, inner === trace.children[1] {
        add(inner)
      } else {
        leaves.append(trace)
      }
    default: leaves.append(trace)
    }
  }

  /// One operand that decides, decides; otherwise all do, or those that are not known.
  private mutating func junction(_ trace: Trace, _ operands: [Trace], decider: Bool) {
    switch trace.value {
    case .boolean(decider):
      if let last = operands.last(where: { if case .boolean(decider) = $0.value { true } else { false } }) { add(last) }
    case .boolean: for operand in operands { add(operand) }
    case .unknown: for operand in operands where operand.value.isUnknown { add(operand) }
    default: for operand in operands where operand.value.isNull { add(operand) }
    }
  }
}

/// What stands behind each node of a rule book: a node knows its range, and not of which text.
struct ExpressionTexts: Sendable {
  private var sources: [Node: SourceText] = [:]
  private var inputs: Set<Node> = []

  init(_ book: RuleBook, _ policies: [Policy]) {
    for rule in book.rules {
      for iterator in rule.each { add(iterator.list) }
      if let when = rule.when { add(when) }
      for own in rule.lets { add(own.value) }
      for requirement in rule.requirements { add(requirement.that) }
    }
    for decision in book.decisions {
      switch decision.logic {
      case .expression(let expression): add(expression)
      case .table(let table): add(table)
      }
    }
    for policy in policies {
      for expression in policy.scope { add(expression) }
      if let verdict = policy.verdict { add(verdict) }
    }
  }

  private mutating func add(_ expression: CheckedExpression) { add(expression.root, expression.source) }

  private mutating func add(_ table: DecisionTable) {
    for input in table.inputs {
      add(input.expression)
      inputs.insert(input.expression.root)
    }
    for row in table.rows {
      for test in row.tests { add(test.root, test.source) }
      for output in row.outputs { add(output) }
    }
  }

  private mutating func add(_ node: Node, _ source: SourceText) {
    sources[node] = source
    for child in node.children { add(child, source) }
  }

  /// Whether a node is an input of a decision table.
  func isInput(_ node: Node) -> Bool { inputs.contains(node) }

  /// The text of a node on one line; empty where it is not of the rule book.
  func text(_ node: Node) -> String {
    guard let source = sources[node] else { return "" }
    let bytes = Array(source.text.utf8)
    let range = node.range.clamped(to: 0..<bytes.count)
    return String(decoding: bytes[range], as: UTF8.self).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Where a node stands in its file; nil where it is not of the rule book.
  func span(_ node: Node) -> SourceSpan? { sources[node]?.span(node.range) }
}

extension Interpreter {
  /// How many steps of an explanation are recorded.
  private static let mostSteps = 5_000

  /// What is evaluated for a rule and one subject.
  struct Unfolding {
    /// The lists of `each`; where the last of them is not known, or empty, nothing follows.
    var lists: [Trace] = []
    var when: Trace?
    var requirements: [Trace] = []
  }

  /// Evaluates what a rule came out by once more, for a recorder.
  func unfold(_ result: Result, _ rule: Rule, by recorder: TraceRecorder) -> Unfolding {
    func trace(_ expression: CheckedExpression) -> Trace? {
      _ = evaluator.evaluate(expression)
      return recorder.take().last
    }
    evaluator.observations = nil
    evaluator.observer = recorder
    defer { evaluator.observer = nil }
    var unfolding = Unfolding()
    host.begin(rule)
    for (depth, iterator) in rule.each.enumerated() where depth <= result.each.count {
      host.bind(Array(result.each.prefix(depth)))
      if let list = trace(iterator.list) { unfolding.lists.append(list) }
    }
    guard result.each.count >= rule.each.count else { return unfolding }
    host.bind(result.each)
    unfolding.when = rule.when.flatMap(trace)
    unfolding.requirements = rule.requirements.prefix(result.requirements.count).compactMap { trace($0.that) }
    return unfolding
  }

  /// Makes a decision for a recorder.
  ///
  /// - Parameter context: what it is about; nil where it is about the record.
  func decide(_ index: Int, about context: Context?, by recorder: TraceRecorder) -> Value {
    evaluator.observer = recorder
    defer { evaluator.observer = nil }
    return context.map { host.derived(index, of: $0, in: evaluator) }
      ?? host.value(of: Binding.decision(index).number, in: evaluator)
  }

  /// Unfolds how a rule came out for one subject.
  ///
  /// The interpreter has to be a fresh one, which has not asked anything yet: what is remembered from before is not unfolded
  /// again.
  func explanation(of result: Result, _ rule: Rule, policy: Policy?, by explainer: Explainer) -> Explanation {
    let recorder = TraceRecorder(limit: Self.mostSteps)
    var parts: [Explanation.Part] = []
    evaluator.observer = recorder
    for expression in policy?.scope ?? [] {
      _ = evaluator.evaluate(expression)
      if let trace = recorder.take().last { parts.append(explainer.part(.scope, trace)) }
    }
    let unfolding = unfold(result, rule, by: recorder)
    if result.each.count < rule.each.count, let list = unfolding.lists.last {
      parts.append(explainer.part(.each(rule.each[result.each.count].name), list))
    }
    if let when = unfolding.when { parts.append(explainer.part(.when, when)) }
    for (index, requirement) in unfolding.requirements.enumerated() {
      parts.append(explainer.part(.require(index + 1, of: rule.requirements.count), requirement))
    }
    return Explanation(parts)
  }

  /// Unfolds a decision; of a fresh interpreter, as above.
  func explanation(ofDecision index: Int, about context: Context?, by explainer: Explainer) -> Explanation {
    let recorder = TraceRecorder(limit: Self.mostSteps)
    let value = decide(index, about: context, by: recorder)
    let name = explainer.book.decisions[index].name
    return Explanation([
      Explanation.Part(role: .decision(name), step: explainer.step(of: name, value, recorder.take()))
    ])
  }
}

extension Explainer {
  /// A decision that was made outside of any expression.
  fileprivate func step(of name: String, _ value: Value, _ roots: [Trace]) -> Explanation.Step {
    let isTable = roots.contains { if case .table = $0.step { true } else { false } }
    let shown = roots.filter { root in
      switch root.step {
      case .table: true
      case .expression(let node): !isTable || texts.isInput(node)
      case .test: false
      }
    }
    let steps = shown.map { part(.decision(name), $0).step }
    let isWithheld = steps.contains { $0.value == nil }
    return Explanation.Step(
      kind: .name(definition: isTable ? nil : shown.last?.node.map(texts.text)), text: name,
      value: isWithheld ? nil : value, isDecisive: false, steps: isTable ? steps : steps.flatMap(\.steps), omitted: 0)
  }
}

extension Builtin {
  /// Whether it is `not`, which is part of a condition and not one by itself.
  var isNegation: Bool { name == "not" }
}
