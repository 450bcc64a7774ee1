/// Gives the values of the names that an expression does not bind itself.
public protocol Host: AnyObject {
  /// The value behind a number that the ``Scope`` handed out.
  func value(of binding: Int, in evaluator: Evaluator) -> Value
  /// A decision of a type, for one value of it.
  func derived(_ index: Int, of context: Context, in evaluator: Evaluator) -> Value
}

extension Host {
  public func derived(_ index: Int, of context: Context, in evaluator: Evaluator) -> Value { .null }
}

/// Values by number, for a ``NamedScope``.
public final class ValueHost: Host {
  private let values: [Value]

  public init(_ values: [Value]) { self.values = values }

  public func value(of binding: Int, in evaluator: Evaluator) -> Value { values[binding] }
}

/// Walks checked expressions: what it does is what the language means.
///
/// One evaluator serves one thread. Its work is bounded, in steps and in memory: when either is used up every evaluation
/// gives null with ``Failure/Reason/workLimit``.
///
/// Its state is changed by whole assignments and short calls that evaluate nothing, so accesses cannot overlap; to have
/// that checked at run time would cost a tenth of every evaluation.
public final class Evaluator {
  /// How deep evaluations may nest, function calls included.
  public static let depthLimit = 500
  /// Steps allowed by default: a step is an expression evaluated, an item gone through, or some sixty bytes of text.
  public static let defaultSteps = 20_000_000
  /// Bytes allowed by default for what evaluation makes: the items of lists, the entries of contexts, and text.
  public static let defaultMemory = 512 << 20
  /// How deep lists, contexts and functions may lie within one another.
  public static let nestingLimit = 500

  public let host: (any Host)?
  /// What `today()` and `now()` give.
  public let asOf: DateAndTime
  public let zones: any ZoneRules
  /// What was read since recording began, without that of operands and items that did not decide; nil when not recording.
  @exclusivity(unchecked) public var observations: [Observation]?
  /// Is told what is evaluated; nil where nobody asks.
  @exclusivity(unchecked) public var observer: (any EvaluationObserver)?
  @exclusivity(unchecked) public private(set) var stepsLeft: Int
  /// Bytes that may still be made. What is made and dropped counts too.
  @exclusivity(unchecked) public private(set) var memoryLeft: Int
  let memory: Int
  @exclusivity(unchecked) var frame: [Value] = []
  /// The memory of a frame that is no longer used, for the next one.
  @exclusivity(unchecked) private var spareFrame: [Value] = []
  /// The memory of arguments that are no longer used, for the next call of a built-in.
  @exclusivity(unchecked) private var spareArguments: [Value?] = []
  /// Patterns read so far, since rules ask for the same ones of every record.
  @exclusivity(unchecked) var patterns = PatternCache()
  /// What looking for patterns works in, over and over.
  @exclusivity(unchecked) var matcherMemory = RegularExpressionMatcher.Memory()
  @exclusivity(unchecked) private var depth = 0

  /// - Parameters:
  ///   - steps: the work that all evaluations together may take. A step is an expression evaluated, an item gone through,
  ///     or some sixty bytes of text.
  ///   - memory: the bytes that all evaluations together may make, dropped ones included; also the most that one value
  ///     may take, its parts counted as often as it holds them.
  public init(
    host: (any Host)? = nil, asOf: DateAndTime, zones: any ZoneRules = NoZones(), steps: Int = defaultSteps,
    memory: Int = defaultMemory
  ) {
    self.host = host
    self.asOf = asOf
    self.zones = zones
    stepsLeft = steps
    memoryLeft = memory
    self.memory = memory
  }

  public convenience init(
    host: (any Host)? = nil, asOf: CivilDate, zones: any ZoneRules = NoZones(), steps: Int = defaultSteps,
    memory: Int = defaultMemory
  ) {
    self.init(
      host: host, asOf: DateAndTime(date: asOf, time: .midnight()), zones: zones, steps: steps, memory: memory)
  }

  /// Evaluates an expression; a conversion to text, number or date never traps, whatever the facts hold.
  public func evaluate(_ expression: CheckedExpression) -> Value {
    evaluate(expression.root, slots: expression.slots)
  }

  /// Evaluates an expression that was checked with variables of its own.
  func evaluate(_ expression: CheckedExpression, over locals: [Value]) -> Value {
    evaluate(expression.root, slots: expression.slots) { $0.fill(locals) }
  }

  /// Evaluates tests over an input.
  public func evaluate(_ tests: CheckedTests, input: Value) -> Value {
    evaluate(tests, input: input, over: [])
  }

  /// Evaluates tests that were checked with variables of their own.
  func evaluate(_ tests: CheckedTests, input: Value, over locals: [Value]) -> Value {
    if tests.matchesAnything { return .boolean(true) }
    return evaluate(tests.root, slots: tests.slots) {
      $0.fill(locals)
      $0.frame[tests.input] = input
    }
  }

  private func fill(_ locals: [Value]) { for index in locals.indices { frame[index] = locals[index] } }

  /// Evaluates a node in a frame of its own.
  package func evaluate(_ node: Node, slots: Int) -> Value { evaluate(node, slots: slots) { _ in } }

  /// Evaluates a node in a frame of its own, with what is in it to begin with.
  @inline(__always)
  package func evaluate(_ node: Node, slots: Int, prepare: (Evaluator) -> Void) -> Value {
    // Mostly there is no frame, and none is needed.
    let value = slots > 0 || !frame.isEmpty ? evaluate(node, inFrameOf: slots, prepare) : evaluate(node)
    if stepsLeft < 0 { return .null(Self.exhausted) }
    return memoryLeft < 0 ? .null(Self.outOfMemory) : value
  }

  @inline(__always)
  private func evaluate(_ node: Node, inFrameOf slots: Int, _ prepare: (Evaluator) -> Void) -> Value {
    var outer: [Value] = []
    enterFrame(slots, outer: &outer)
    prepare(self)
    let value = evaluate(node)
    leaveFrame(for: &outer)
    return value
  }

  /// Puts a new frame in the place of the one there is.
  private func enterFrame(_ slots: Int, outer: inout [Value]) {
    swap(&outer, &frame)
    if slots > 0 {
      swap(&frame, &spareFrame)
      for _ in 0..<slots { frame.append(.null) }
    }
  }

  /// Puts a frame back in its place; the memory of the one that was there is kept, unless a function has closed over it.
  private func leaveFrame(for outer: inout [Value]) {
    swap(&outer, &frame)
    if !outer.isEmpty, outer.count <= Self.spareSlots {
      outer.empty()
      swap(&outer, &spareFrame)
    }
  }

  /// The memory of larger frames is not kept.
  private static let spareSlots = 64

  static let exhausted = Failure(.workLimit, "the work that one evaluation may take is used up")
  static let outOfMemory = Failure(.workLimit, "the memory that one evaluation may take is used up")
  static let tooLarge = Failure(.workLimit, "this value takes more memory than one evaluation may")
  static let nestsTooDeeply = Failure(.workLimit, "this value nests more than \(nestingLimit) levels deep")
  static let tooDeep = Failure(.workLimit, "functions call one another too deeply")

  /// Takes steps from the budget; false when there are none left.
  func charge(_ steps: Int) -> Bool {
    stepsLeft = stepsLeft < 0 ? stepsLeft : stepsLeft.subtractingReportingOverflow(steps).partialValue
    return stepsLeft >= 0
  }

  /// Takes bytes from the budget; false when there are none left.
  func charge(bytes: Int) -> Bool {
    memoryLeft = memoryLeft < 0 ? memoryLeft : memoryLeft.subtractingReportingOverflow(bytes).partialValue
    return memoryLeft >= 0
  }

  /// Takes the memory of so many values in a list or context from the budget; false when there is none left.
  func charge(items: Int) -> Bool {
    let (bytes, overflow) = items.multipliedReportingOverflow(by: MemoryLayout<Value>.stride)
    return charge(bytes: overflow ? .max : bytes)
  }

  /// Takes the steps that going through a value takes, what lies within it included; false when there are none left.
  @discardableResult
  func charge(walking extent: Extent) -> Bool { charge(Int(extent.units) / 16) }

  /// Takes the steps that telling whether two values are equal may take.
  func charge(comparing a: Value, _ b: Value) {
    let (x, y) = (a.extent, b.extent)
    charge(walking: x.units < y.units ? x : y)
  }

  /// What was made, or null where the budget does not allow it: nothing that follows walks a value without end.
  func made(_ value: consuming Value) -> Value {
    if let refusal = refusal(of: value) { return .null(refusal) }
    return value
  }

  /// Why the budget does not allow a value that was made; nil where it does.
  @inline(__always)
  private func refusal(of value: Value) -> Failure? {
    let extent: Extent
    let items: Int
    switch value {
    case .string(let text): return charge(bytes: text.utf8.count) ? nil : Self.outOfMemory
    case .list(let list): (extent, items) = (list.extent, list.items.count)
    case .context(let context): (extent, items) = (context.extent, context.names.count)
    case .function(let function): (extent, items) = (function.extent, 0)
    default: return nil
    }
    guard extent.depth <= Self.nestingLimit else { return Self.nestsTooDeeply }
    guard Int(extent.units) <= memory / Extent.unitBytes else { return Self.tooLarge }
    return charge(items: items) ? nil : Self.outOfMemory
  }

  // MARK: Nodes

  func evaluate(_ node: Node) -> Value {
    guard charge(1) else { return .null(Self.exhausted) }
    guard depth < Self.depthLimit else { return .null(Self.tooDeep) }
    if let observer { return evaluate(node, seenBy: observer) }
    if let value = leaf(node) { return value }
    depth += 1
    let value = compute(node)
    depth -= 1
    return widened(value, of: node)
  }

  private func evaluate(_ node: Node, seenBy observer: any EvaluationObserver) -> Value {
    depth += 1
    defer { depth -= 1 }
    observer.begin(node)
    let value = widened(compute(node), of: node)
    observer.end(node, value)
    return value
  }

  /// The value of a node that is a constant, a variable, or an entry of one; nil where there is more to do.
  @inline(__always)
  private func leaf(_ node: Node) -> Value? {
    switch node.entry.kind {
    case .number(let number): return .number(number)
    case .boolean(let truth): return .boolean(truth)
    case .null: return .null
    case .constant(let value): return node.tree[value: value]
    case .local(let slot):
      switch frame[Int(slot)] {
      case .unknown, .list: return nil
      case let value: return value
      }
    case .member(let name, let index?):
      guard observations == nil, case .local(let slot) = node.child(0).entry.kind,
        case .context(let context) = frame[Int(slot)],
        let value = context.known(Int(index), node.tree[text: name])
      else { return nil }
      // For the variable.
      stepsLeft -= 1
      return value
    default: return nil
    }
  }

  @inline(__always)
  private func widened(_ value: Value, of node: Node) -> Value {
    switch value {
    case .unknown: return Self.widened(value, to: node.type)
    case .list(let list): return list.extent.holdsUnknown ? Self.widened(value, to: node.type) : value
    default: return value
    }
  }

  /// What is not even known to be of a type may turn out to be anything, null included.
  private static func widened(_ value: Value, to type: Type) -> Value {
    switch value {
    case .unknown(let unknown):
      guard !unknown.mayFail, type.base == .any else { return value }
      return .unknown(unknown.failing)
    case .list(let list):
      guard type.item?.base == .any, list.items.contains(where: { $0.isUnknown }) else { return value }
      return .list(List(list.items.map { widened($0, to: .any) }, doubts: list.doubts))
    default: return value
    }
  }

  /// What there is most of; a small function, since it is run for nearly every node.
  private func compute(_ node: Node) -> Value {
    switch node.entry.kind {
    case .host(let binding): return host?.value(of: binding, in: self) ?? .null
    case .member(let name, let index):
      let value = evaluate(node.child(0))
      if observations == nil, let index, case .context(let context) = value,
        let entry = context.known(Int(index), node.tree[text: name])
      {
        return entry
      }
      return member(node, value, node.tree[text: name], index.map { Int($0) }, of: node.child(0))
    case .and: return junction(node.children, decidedBy: false)
    case .or: return junction(node.children, decidedBy: true)
    case .arithmetic(let op): return arithmetic(op, node)
    case .compare(let op):
      let left = evaluate(node.child(0))
      let right = evaluate(node.child(1))
      return compare(op, left, 0, right, 1, of: node)
    case .filter(let item): return filter(evaluate(node.child(0)), node.child(1), Int(item), node)
    case .builtin(let position, let signature):
      return call(BuiltinLibrary.all[Int(position)], signature.map { Int($0) }, of: node.children, at: node.range)
    default: return computeOther(node)
    }
  }

  @inline(never)
  private func computeOther(_ node: Node) -> Value {
    switch node.entry.kind {
    case .number(let number): return .number(number)
    case .boolean(let truth): return .boolean(truth)
    case .null: return .null
    case .constant(let value), .invalid(let value): return node.tree[value: value]
    case .local(let slot): return frame[Int(slot)]
    case .derived(let index):
      let base = node.child(0)
      return derived(evaluate(base), index, node.range, of: base)
    case .dynamicName(let reference):
      let (name, items) = node.tree[dynamicName: reference]
      return dynamicName(name, items, node.children.first, node.range)
    case .negate: return Operators.negated(evaluate(node.child(0)), at: node.range)
    case .supplied: return .boolean(Self.isSupplied(evaluate(node.child(0))))
    case .between: return between(node)
    case .passes: return passes(node.child(0), node.children.rest, at: node.range)
    case .unaryTests(let input, let isNegated, let conditions):
      return unaryTests(
        node.children, conditions.map { node.tree[flags: $0] }, frame[Int(input)], isNegated, at: node.range)
    case .conditional: return conditional(node.child(0), node.child(1), node.child(2))
    case .list: return made(.list(List(node.children.map { evaluate($0) })))
    case .context(let entries): return made(context(node.tree[variables: entries], node))
    case .range(let startIncluded, let endIncluded):
      let value = range(
        evaluate(node.child(0)), startIncluded, evaluate(node.child(1)), endIncluded, node.range)
      return Self.settled(value)
    case .halfRange(let op): return Operators.halfRange(op, evaluate(node.child(0)))
    case .loop(let reference, let partial):
      return made(loop(node.iterators(reference), node.body, partial.map { Int($0) }))
    case .quantifier(let every, let reference): return quantifier(every, node.iterators(reference), node.body)
    case .function(let reference): return function(node.tree[variables: reference], node.child(0))
    case .invoke(let names):
      let arguments = node.children.rest
      return invoke(
        evaluate(node.child(0)), arguments.map { evaluate($0) }, types: arguments.map(\.type),
        names: names.map { node.tree[names: $0] }, at: node.range)
    case .instance(let type): return instance(evaluate(node.child(0)), of: node.tree[type])
    // What there is most of, which does not come here.
    case .host, .member, .and, .or, .arithmetic, .compare, .filter, .builtin: return compute(node)
    }
  }

  private func between(_ node: Node) -> Value {
    let x = evaluate(node.child(0))
    let a = compare(.greaterOrEqual, x, 0, evaluate(node.child(1)), 1, of: node)
    let b = compare(.lessOrEqual, x, 0, evaluate(node.child(2)), 2, of: node)
    if case .boolean(let first) = a, case .boolean(let second) = b { return .boolean(first && second) }
    return Truth.conjunction([Truth(a), Truth(b)]).value
  }

  /// A function that keeps all that is in scope.
  private func function(_ parameters: [NodeTree.Variable], _ body: Node) -> Value {
    guard charge(frame.count / 4) else { return .null(Self.exhausted) }
    return made(
      .function(
        Function(
          name: nil, parameters: parameters.map(\.name),
          body: .closure(
            body, parameterSlots: parameters.map(\.slot), types: parameters.map(\.type), captured: frame))))
  }

  private func instance(_ value: Value, of type: Type) -> Value {
    var unknowns: [Unknown] = []
    Operators.collectUnknowns(value, into: &unknowns)
    if !unknowns.isEmpty { return .unknown(.merging(unknowns, mayFail: false)) }
    return .boolean(Conversion.isInstance(value, of: type))
  }

  private func arithmetic(_ op: ArithmeticOperator, _ node: Node) -> Value {
    let a = evaluate(node.child(0))
    let b = evaluate(node.child(1))
    // What is calculated with most.
    if case .number(let x) = a, case .number(let y) = b {
      return Operators.arithmetic(op, x, y, at: node.range)
    }
    let value = Operators.arithmetic(op, a, b, type: node.type, zones: zones, at: node.range)
    switch value {
    case .string(let text): return charge(text.utf8.count / 64) ? made(value) : .null(Self.exhausted)
    case .unknown(let unknown) where !Operators.alwaysCalculates(node.child(0).type, node.child(1).type):
      return .unknown(unknown.failing)
    default: return value
    }
  }

  /// Whether a value is there: neither null nor missing; of a nested fact, whether any part of it is.
  package static func isSupplied(_ value: Value) -> Bool {
    switch value {
    case .null, .unknown: false
    case .context(let context) where context.facts != nil:
      context.names.indices.contains { (index: Int) -> Bool in
        context.isSupplied(index) && isSupplied(context[index])
      }
    default: true
    }
  }

  // MARK: Facts and names

  /// An entry of what an expression gave that is no known one of a context.
  private func member(_ node: Node, _ value: Value, _ name: String, _ index: Int?, of base: Node) -> Value {
    if case .unknown(let unknown) = value { return Self.member(of: unknown, base.type, name, index, node.type) }
    return member(value, name, index, node.range, of: base)
  }

  /// - Parameter base: the expression that gave the value, for what is said of a list.
  func member(_ value: Value, _ name: String, _ index: Int?, _ range: Range<Int>, of base: Node? = nil) -> Value {
    switch value {
    case .context(let context):
      let found: Int? =
        if let index, index < context.names.count, context.names[index] == name { index } else {
          context.index(of: name)
        }
      guard let found else {
        return .null(Failure(.noSuchEntry, "there is no entry `\(name)`", at: range))
      }
      let value = context[found]
      if observations != nil, let facts = context.facts { observe(Fact(node: facts, member: found), value) }
      return value
    case .list(let list):
      let entries = mapItems(list, of: base) {
        charge(1) ? member($0, name, index, range) : .null(Self.exhausted)
      }
      return made(.list(List(entries, doubts: list.doubts)))
    case .unknown(let unknown): return .unknown(unknown.bounded(lower: nil, upper: nil).failing)
    case .null(let failure):
      return .null(failure ?? Failure(.noSuchEntry, "null has no entry `\(name)`", at: range))
    default:
      if let property = Temporal.property(name, of: value, zones: zones) { return property }
      return .null(Failure(.noSuchEntry, "there is no entry `\(name)`", at: range))
    }
  }

  /// An entry of something unknown: a fact of it is within what its type allows.
  private static func member(
    of unknown: Unknown, _ base: Type, _ name: String, _ index: Int?, _ type: Type
  ) -> Value {
    let isFact = if case .context(let context) = base.base { context.name != nil && index != nil } else { false }
    let result = unknown.bounded(
      lower: isFact ? type.allowedValues?.lower : nil, upper: isFact ? type.allowedValues?.upper : nil)
    return .unknown(isFact || base.item != nil || Temporal.always(has: name, base.base) ? result : result.failing)
  }

  private func observe(_ fact: Fact, _ value: Value) {
    switch value {
    case .unknown, .context, .null: return
    case .list(let list):
      if case .context? = list.items.first { return }
    default: break
    }
    observations?.append(.fact(fact, value))
  }

  private func derived(_ value: Value, _ index: Int, _ range: Range<Int>, of base: Node? = nil) -> Value {
    switch value {
    case .context(let context): return host?.derived(index, of: context, in: self) ?? .null
    case .list(let list):
      return .list(List(mapItems(list, of: base) { derived($0, index, range) }, doubts: list.doubts))
    case .unknown(let unknown): return .unknown(unknown.bounded(lower: nil, upper: nil).failing)
    default: return .null(Failure(.noSuchEntry, "there is nothing to decide about", at: range))
    }
  }

  private func dynamicName(_ name: String, _ items: [Int], _ otherwise: Node?, _ range: Range<Int>) -> Value {
    for slot in items {
      switch frame[slot] {
      case .context(let context) where context.index(of: name) != nil: return member(frame[slot], name, nil, range)
      // It may turn out to have the name or not to have it.
      case .unknown(let unknown): return .unknown(unknown.bounded(lower: nil, upper: nil).failing)
      default: continue
      }
    }
    if let otherwise { return evaluate(otherwise) }
    return .null(Failure(.unknownName, "unknown name `\(name)`", at: range))
  }

  // MARK: Logic

  /// `and` (decided by false) and `or` (decided by true): one deciding operand decides, whatever the others are.
  private func junction(_ operands: Nodes, decidedBy decider: Bool) -> Value {
    let isObserved = observations != nil
    let start = isObserved ? observations?.count ?? 0 : 0
    var undecided: [Truth] = []
    // Only what decided is evidence: one operand, or those that are not known, or else all.
    for index in 0..<operands.count {
      let mark = isObserved ? observations?.count ?? 0 : 0
      switch evaluate(operands[index]) {
      case .boolean(decider):
        if isObserved { observations?.removeSubrange(start..<mark) }
        return .boolean(decider)
      case .boolean:
        if isObserved, !undecided.isEmpty { observations?.removeSubrange(mark...) }
      case let value:
        if isObserved, undecided.isEmpty { observations?.removeSubrange(start..<mark) }
        undecided.append(Truth(value))
      }
    }
    if undecided.isEmpty { return .boolean(!decider) }
    return (decider ? Truth.disjunction(undecided) : Truth.conjunction(undecided)).value
  }

  private func conditional(_ condition: Node, _ then: Node, _ otherwise: Node) -> Value {
    let test = evaluate(condition)
    switch test {
    case .boolean(true): return evaluate(then)
    case .boolean(false), .null: return evaluate(otherwise)
    case .unknown(let unknown):
      // Null takes the second branch, as false does; only what is not a condition at all gives null.
      return Operators.joined(
        [evaluate(then), evaluate(otherwise)], because: condition.isOf(.boolean) ? unknown.lasting : unknown)
    default:
      return .null(Failure(.wrongType, "the condition is neither true nor false", at: condition.range))
    }
  }

  /// - Parameters:
  ///   - left: which of the nodes below gave the first value.
  ///   - right: which gave the second.
  private func compare(
    _ op: ComparisonOperator, _ a: Value, _ left: Int, _ b: Value, _ right: Int, of node: Node
  ) -> Value {
    // What is compared most; the steps are those of any comparison.
    switch a {
    case .number(let x): if case .number(let y) = b { return .boolean(Operators.holds(op, x, y)) }
    case .date(let x): if case .date(let y) = b { return .boolean(Operators.holds(op, x, y)) }
    case .string(let x):
      guard case .string(let y) = b, op == .equal || op == .notEqual else { break }
      charge(walking: Extent(textBytes: min(x.utf8.count, y.utf8.count)))
      return .boolean(Operators.isSame(x, y) == (op == .equal))
    case .boolean(let x):
      guard case .boolean(let y) = b, op == .equal || op == .notEqual else { break }
      return .boolean((x == y) == (op == .equal))
    default: break
    }
    charge(comparing: a, b)
    let value = Operators.compare(op, a, b, zones: zones, at: node.range)
    guard case .unknown(let unknown) = value, !unknown.mayFail, !a.isEmptyList, !b.isEmptyList,
      !Operators.alwaysCompares(
        node.child(left).type, node.child(right).type, isEquality: op == .equal || op == .notEqual)
    else { return value }
    return .unknown(unknown.failing)
  }

  private func passes(_ operand: Node, _ tests: Nodes, at range: Range<Int>) -> Value {
    let value = evaluate(operand)
    var truths: [Truth] = []
    for node in tests {
      let test = evaluateTest(node, of: value)
      observer?.didTest(node, value, against: test)
      charge(walking: test.extent)
      var truth = Operators.test(value, test, type: node.type, zones: zones, at: range)
      if truth == .yes { return .boolean(true) }
      if case .unknown(let unknown) = truth, !Operators.alwaysPassesOrNot(operand.type, node.type) {
        truth = .unknown(unknown.failing)
      }
      truths.append(truth)
    }
    return Truth.disjunction(truths).value
  }

  /// What a value is tested against. A range that may turn out to be none, because its ends are in the wrong order,
  /// then holds nothing, which the comparisons with its ends say too, except of null.
  private func evaluateTest(_ node: Node, of value: Value) -> Value {
    guard case .range(let startIncluded, let endIncluded) = node.entry.kind, !value.isNull, charge(1) else {
      return evaluate(node)
    }
    return range(evaluate(node.child(0)), startIncluded, evaluate(node.child(1)), endIncluded, node.range)
  }

  /// - Parameter conditions: which of the tests speak of `?`; nil where none does.
  private func unaryTests(
    _ tests: Nodes, _ conditions: [Bool]?, _ input: Value, _ isNegated: Bool, at range: Range<Int>
  ) -> Value {
    var truths: [Truth] = []
    for (index, node) in tests.enumerated() {
      let usesInput = conditions?[index] ?? false
      let value = usesInput ? evaluate(node) : evaluateTest(node, of: input)
      if !usesInput { observer?.didTest(node, input, against: value) }
      charge(walking: value.extent)
      let truth: Truth =
        if usesInput {
          if case .boolean = value {
            Truth(value)
          } else if value.isUnknown || value.isNull {
            Truth(value)
          } else {
            Operators.test(input, value, zones: zones, at: range)
          }
        } else {
          Operators.test(input, value, type: node.type, zones: zones, at: range)
        }
      truths.append(truth)
      if truth == .yes { break }
    }
    let result = Truth.disjunction(truths)
    return (isNegated ? result.negated : result).value
  }

  // MARK: Functions

  /// Calls a function value.
  ///
  /// - Parameter types: the arguments' types as far as they are known beforehand.
  public func invoke(
    _ callee: Value, _ arguments: [Value], types: [Type]? = nil, names: [String]? = nil, at range: Range<Int>
  ) -> Value {
    guard case .function(let function) = callee else {
      if case .unknown(let unknown) = callee { return .unknown(unknown.bounded(lower: nil, upper: nil).failing) }
      if case .null(let failure?) = callee { return .null(failure) }
      return .null(Failure(.unknownFunction, "this is not a function", at: range))
    }
    switch function.body {
    case .builtin(let builtin):
      guard names == nil else {
        return .null(Failure(.wrongArguments, "arguments are named only in a direct call", at: range))
      }
      return call(builtin, nil, arguments, types: types, at: range)
    case .closure(let body, let slots, let parameterTypes, let captured):
      guard let order = order(arguments.count, names, for: function) else { return wrongCount(function, range) }
      var ordered = order.map { arguments[$0] }
      /// What arguments rest on that may turn out not to be of their parameter's type.
      var unfit: [Unknown] = []
      for (index, type) in parameterTypes.enumerated() where type.base != .any {
        guard let fitted = Conversion.fit(ordered[index], to: type) else {
          if let doubt = Operators.doubt(in: ordered[index]) {
            unfit.append(doubt)
            continue
          }
          return .null(
            Failure(.wrongArguments, "`\(function.parameters[index])` is not a \(type.label)", at: range))
        }
        if types.map({ !$0[order[index]].conforms(to: type) }) ?? true {
          Operators.collectUnknowns(fitted, into: &unfit)
        }
        ordered[index] = fitted
      }
      let outer = frame
      frame = captured
      defer { frame = outer }
      for (slot, value) in zip(slots, ordered) { frame[slot] = value }
      let value = evaluate(body)
      return unfit.isEmpty ? value : Operators.joined([value, .null], because: .merging(unfit))
    case .definition(let body):
      guard let order = order(arguments.count, names, for: function) else { return wrongCount(function, range) }
      return body(self, function, order.map { arguments[$0] })
    }
  }

  /// The positions of the arguments in the order of the parameters; nil where they are not just those.
  private func order(_ count: Int, _ names: [String]?, for function: Function) -> [Int]? {
    guard count == function.parameters.count else { return nil }
    guard let names else { return Array(0..<count) }
    let order = function.parameters.compactMap { names.firstIndex(of: $0) }
    return order.count == count ? order : nil
  }

  private func wrongCount(_ function: Function, _ range: Range<Int>) -> Value {
    let parameters = function.parameters.map { "`\($0)`" }.joined(separator: ", ")
    return .null(
      Failure(
        .wrongArguments, parameters.isEmpty ? "the function takes no arguments" : "the function takes \(parameters)",
        at: range))
  }

  /// Calls a built-in as an expression does.
  private func call(_ builtin: Builtin, _ signature: Int?, of nodes: Nodes, at range: Range<Int>) -> Value {
    var arguments: [Value?] = []
    swap(&arguments, &spareArguments)
    defer {
      // The memory is kept for the next call.
      arguments.empty()
      swap(&arguments, &spareArguments)
    }
    var isPlain = signature.map { builtin.shapes[$0].takes(nodes.count) } ?? false
    for index in 0..<nodes.count {
      let value = evaluate(nodes[index])
      if isPlain, let signature { isPlain = builtin.shapes[signature].takes(value, at: index) }
      arguments.append(value)
    }
    guard isPlain, let signature else {
      return call(
        builtin, signature, arguments.map { $0 ?? .null }, types: nodes.map(\.type), at: range)
    }
    // Most calls are of values that are known and need no conversion.
    for case .list(let list)? in arguments { _ = charge(list.items.count / 4) }
    while arguments.count < builtin.shapes[signature].count { arguments.append(nil) }
    // They are the call's own meanwhile.
    var call = Builtin.Call(
      evaluator: self, signature: signature, arguments: [], nodes: nodes, givenTypes: nil, range: range)
    swap(&call.arguments, &arguments)
    let value = builtin.body(call)
    swap(&call.arguments, &arguments)
    return result(value)
  }

  /// What a built-in gave, where the budget allows it.
  private func result(_ value: consuming Value) -> Value {
    if case .string(let text) = value, !charge(text.utf8.count / 64) { return .null(Self.exhausted) }
    if case .list(let list) = value, !charge(list.items.count) { return .null(Self.exhausted) }
    return made(value)
  }

  /// Calls a built-in.
  ///
  /// - Parameters:
  ///   - signature: the one of its signatures that the arguments' types fit; nil where the values decide.
  ///   - types: the arguments' types as far as they are known beforehand.
  func call(
    _ builtin: Builtin, _ signature: Int?, _ arguments: [Value], types: [Type]? = nil, at range: Range<Int>
  ) -> Value {
    for case .list(let list) in arguments { _ = charge(list.items.count / 4) }
    var failure: String?
    for candidate in signature.map({ $0..<$0 + 1 }) ?? builtin.signatures.indices {
      let signature = builtin.signatures[candidate]
      var prepared = arguments
      for index in arguments.indices where arguments[index].isUnknown {
        prepared[index] = Self.prepared(arguments[index], types?[index] ?? .any, for: signature.type(of: index))
      }
      switch Conversion.fit(prepared, to: signature) {
      case .failure(let problem): failure = failure ?? problem.text
      case .success(let fitted):
        if builtin.unknownRule == .strict, let unknown = Operators.unknown(in: fitted.lazy.compactMap { $0 }) {
          return .unknown(builtin.mayFail ? unknown.failing : unknown)
        }
        var value = builtin.body(
          .init(
            evaluator: self, signature: candidate, arguments: fitted, nodes: nil, givenTypes: types, range: range))
        // An argument with unknown parts that may turn out to be of the wrong type leaves null open.
        let unfit = arguments.indices.lazy.filter { index in
          signature.type(of: index).map { !(types?[index] ?? .any).conforms(to: $0) } ?? false
        }
        if let unknown = Operators.unknown(in: unfit.map { prepared[$0] }) {
          value = Operators.joined([value, .null], because: unknown)
        }
        return result(value)
      }
    }
    // A list whose items may not be there may turn out to fit after all.
    let doubts = arguments.compactMap { Operators.doubt(in: $0) }
    if !doubts.isEmpty, let unknown = Operators.unknown(in: arguments) { return .unknown(unknown.failing) }
    return .null(Failure(.wrongArguments, "`\(builtin.name)` \(failure ?? "cannot be called like this")", at: range))
  }

  /// An argument that is unknown, as what it is sure to be for a parameter: a single value is a list of itself, and
  /// what does not fit the parameter by its type may turn out not to fit at all.
  private static func prepared(_ value: Value, _ type: Type, for parameter: Type?) -> Value {
    guard case .unknown(let unknown) = value, let parameter, !type.conforms(to: parameter) else { return value }
    if let item = parameter.item, type.item == nil, type.base != .any, type.conforms(to: item) {
      return .list(List([value]))
    }
    return .unknown(unknown.failing)
  }
}

extension Array {
  /// Removes all elements, of which there are few, and keeps the memory.
  @inline(__always)
  fileprivate mutating func empty() { while !isEmpty { removeLast() } }
}
