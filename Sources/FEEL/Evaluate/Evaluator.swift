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

/// A fact that was read on the way to an outcome, and what it held.
public struct Observation: Sendable, Hashable {
  public let fact: Fact
  public let value: Value

  public init(fact: Fact, value: Value) {
    self.fact = fact
    self.value = value
  }
}

/// Walks checked expressions: what it does is what the language means.
///
/// One evaluator serves one thread. Its work is bounded: when the steps are used up every evaluation gives null with
/// ``Failure/Reason/workLimit``.
public final class Evaluator {
  /// How deep evaluations may nest, function calls included.
  public static let depthLimit = 500
  /// Steps allowed by default: a step is an expression evaluated, an item gone through, or some sixty bytes of text.
  public static let defaultSteps = 20_000_000

  public let host: (any Host)?
  /// What `today()` and `now()` give.
  public let asOf: DateAndTime
  public let zones: any ZoneRules
  /// The facts read since recording began, without those of operands that did not decide; nil when not recording.
  public var observations: [Observation]?
  public private(set) var stepsLeft: Int
  var frame: [Value] = []
  /// Patterns read so far, since rules ask for the same ones of every record.
  var patterns = PatternCache()
  private var depth = 0

  public init(host: (any Host)? = nil, asOf: DateAndTime, zones: any ZoneRules = NoZones(), steps: Int = defaultSteps) {
    self.host = host
    self.asOf = asOf
    self.zones = zones
    stepsLeft = steps
  }

  public convenience init(
    host: (any Host)? = nil, asOf: CivilDate, zones: any ZoneRules = NoZones(), steps: Int = defaultSteps
  ) {
    self.init(host: host, asOf: DateAndTime(date: asOf, time: .midnight()), zones: zones, steps: steps)
  }

  /// Evaluates an expression; a conversion to text, number or date never traps, whatever the facts hold.
  public func evaluate(_ expression: CheckedExpression) -> Value {
    evaluate(expression, over: [])
  }

  /// Evaluates an expression that was checked with variables of its own.
  func evaluate(_ expression: CheckedExpression, over locals: [Value]) -> Value {
    evaluate(expression.root, slots: expression.slots) { $0.frame.replaceSubrange(..<locals.count, with: locals) }
  }

  /// Evaluates tests over an input.
  public func evaluate(_ tests: CheckedTests, input: Value) -> Value {
    evaluate(tests, input: input, over: [])
  }

  /// Evaluates tests that were checked with variables of their own.
  func evaluate(_ tests: CheckedTests, input: Value, over locals: [Value]) -> Value {
    if tests.matchesAnything { return .boolean(true) }
    return evaluate(tests.root, slots: tests.slots) {
      $0.frame.replaceSubrange(..<locals.count, with: locals)
      $0.frame[tests.input] = input
    }
  }

  /// Evaluates a node in a frame of its own.
  func evaluate(_ node: Node, slots: Int, prepare: (Evaluator) -> Void = { _ in }) -> Value {
    let outer = frame
    frame = [Value](repeating: .null, count: slots)
    prepare(self)
    defer { frame = outer }
    let value = evaluate(node)
    return stepsLeft < 0 ? .null(Self.exhausted) : value
  }

  static let exhausted = Failure(.workLimit, "the work that one evaluation may take is used up")
  static let tooDeep = Failure(.workLimit, "functions call one another too deeply")

  /// Takes steps from the budget; false when there are none left.
  func charge(_ steps: Int) -> Bool {
    stepsLeft = stepsLeft < 0 ? stepsLeft : stepsLeft.subtractingReportingOverflow(steps).partialValue
    return stepsLeft >= 0
  }

  // MARK: Nodes

  func evaluate(_ node: Node) -> Value {
    guard charge(1) else { return .null(Self.exhausted) }
    guard depth < Self.depthLimit else { return .null(Self.tooDeep) }
    depth += 1
    defer { depth -= 1 }
    switch node.kind {
    case .constant(let value): return value
    case .local(let slot): return frame[slot]
    case .host(let binding): return host?.value(of: binding, in: self) ?? .null
    case .invalid(let failure): return .null(failure)
    case .member(let base, let name, let index): return member(evaluate(base), name, index, node.range)
    case .derived(let base, let index): return derived(evaluate(base), index, node.range)
    case .dynamicName(let name, let items, let otherwise): return dynamicName(name, items, otherwise, node.range)
    case .and(let operands): return junction(operands, decidedBy: false)
    case .or(let operands): return junction(operands, decidedBy: true)
    case .negate(let operand): return Operators.negated(evaluate(operand), at: node.range)
    case .arithmetic(let op, let left, let right):
      let a = typed(evaluate(left), left)
      let b = typed(evaluate(right), right)
      let value = Operators.arithmetic(op, a, b, zones: zones, at: node.range)
      if case .string(let text) = value, !charge(text.utf8.count / 64) { return .null(Self.exhausted) }
      return value
    case .compare(let op, let left, let right):
      return Operators.compare(
        op, typed(evaluate(left), left), typed(evaluate(right), right), zones: zones, at: node.range)
    case .supplied(let operand): return .boolean(Self.isSupplied(evaluate(operand)))
    case .between(let value, let low, let high):
      let x = evaluate(value)
      let a = Operators.compare(.greaterOrEqual, x, evaluate(low), zones: zones, at: node.range)
      let b = Operators.compare(.lessOrEqual, x, evaluate(high), zones: zones, at: node.range)
      return Truth.conjunction([Truth(a), Truth(b)]).value
    case .passes(let value, let tests): return passes(evaluate(value), tests, at: node.range)
    case .unaryTests(let tests, let input, let isNegated):
      return unaryTests(tests, frame[input], isNegated, at: node.range)
    case .conditional(let condition, let then, let otherwise): return conditional(condition, then, otherwise)
    case .list(let items): return .list(List(items.map { evaluate($0) }))
    case .context(let entries): return context(entries)
    case .range(let start, let startIncluded, let end, let endIncluded):
      return range(evaluate(start), startIncluded, evaluate(end), endIncluded, node.range)
    case .halfRange(let op, let end): return Operators.halfRange(op, evaluate(end))
    case .filter(let list, let condition, let item): return filter(evaluate(list), condition, item, node)
    case .loop(let iterators, let body, let partial): return loop(iterators, body, partial, node.range)
    case .quantifier(let every, let iterators, let body): return quantifier(every, iterators, body, node.range)
    case .function(let parameters, let body):
      return .function(
        Function(
          name: nil, parameters: parameters.map(\.name),
          body: .closure(
            body, parameterSlots: parameters.map(\.slot), types: parameters.map(\.type), captured: frame)))
    case .builtin(let builtin, let signature, let arguments):
      return call(builtin, signature, arguments.map { typed(evaluate($0), $0) }, at: node.range)
    case .invoke(let callee, let arguments, let names):
      return invoke(evaluate(callee), arguments.map { evaluate($0) }, names: names, at: node.range)
    case .instance(let operand, let type):
      let value = evaluate(operand)
      if case .unknown(let unknown) = value { return .unknown(unknown.bounded(lower: nil, upper: nil)) }
      return .boolean(Conversion.isInstance(value, of: type))
    }
  }

  /// An unknown value of which not even the type is known may turn out to be anything, null included.
  private func typed(_ value: Value, _ node: Node) -> Value {
    guard case .unknown(let unknown) = value, !unknown.mayFail, node.type.base == .any else { return value }
    return .unknown(unknown.bounded(lower: unknown.lower, upper: unknown.upper, mayFail: true))
  }

  /// Whether a value is there: neither null nor missing; of a nested fact, whether any part of it is.
  static func isSupplied(_ value: Value) -> Bool {
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

  func member(_ value: Value, _ name: String, _ index: Int?, _ range: Range<Int>) -> Value {
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
      return .list(
        List(list.items.map { charge(1) ? member($0, name, index, range) : .null(Self.exhausted) }, doubts: list.doubts))
    case .unknown(let unknown):
      return .unknown(Unknown(missing: unknown.missing, mayFail: unknown.mayFail || index == nil))
    case .null(let failure):
      return .null(failure ?? Failure(.noSuchEntry, "null has no entry `\(name)`", at: range))
    default:
      if let property = Temporal.property(name, of: value, zones: zones) { return property }
      return .null(Failure(.noSuchEntry, "there is no entry `\(name)`", at: range))
    }
  }

  private func observe(_ fact: Fact, _ value: Value) {
    switch value {
    case .unknown, .context, .null: return
    case .list(let list):
      if case .context? = list.items.first { return }
    default: break
    }
    observations?.append(Observation(fact: fact, value: value))
  }

  private func derived(_ value: Value, _ index: Int, _ range: Range<Int>) -> Value {
    switch value {
    case .context(let context): return host?.derived(index, of: context, in: self) ?? .null
    case .list(let list): return .list(List(list.items.map { derived($0, index, range) }, doubts: list.doubts))
    case .unknown(let unknown): return .unknown(Unknown(missing: unknown.missing, mayFail: true))
    default: return .null(Failure(.noSuchEntry, "there is nothing to decide about", at: range))
    }
  }

  private func dynamicName(_ name: String, _ items: [Int], _ otherwise: Node?, _ range: Range<Int>) -> Value {
    for slot in items {
      if case .context(let context) = frame[slot], context.index(of: name) != nil {
        return member(frame[slot], name, nil, range)
      }
    }
    if let otherwise { return evaluate(otherwise) }
    return .null(Failure(.unknownName, "unknown name `\(name)`", at: range))
  }

  // MARK: Logic

  /// `and` (decided by false) and `or` (decided by true): one deciding operand decides, whatever the others are.
  private func junction(_ operands: [Node], decidedBy decider: Bool) -> Value {
    let start = observations?.count ?? 0
    var truths: [Truth] = []
    for operand in operands {
      let mark = observations?.count ?? 0
      let truth = Truth(evaluate(operand))
      if truth == (decider ? .yes : .no) {
        // Only the operand that decided is evidence.
        observations?.removeSubrange(start..<mark)
        return .boolean(decider)
      }
      truths.append(truth)
    }
    return (decider ? Truth.disjunction(truths) : Truth.conjunction(truths)).value
  }

  private func conditional(_ condition: Node, _ then: Node, _ otherwise: Node) -> Value {
    let test = evaluate(condition)
    switch test {
    case .boolean(true): return evaluate(then)
    case .boolean(false), .null: return evaluate(otherwise)
    case .unknown(let unknown):
      return Operators.joined([evaluate(then), evaluate(otherwise)], because: unknown)
    default:
      return .null(Failure(.wrongType, "the condition is neither true nor false", at: condition.range))
    }
  }

  private func passes(_ value: Value, _ tests: [Node], at range: Range<Int>) -> Value {
    var truths: [Truth] = []
    for test in tests {
      let truth = Operators.test(value, evaluate(test), zones: zones, at: range)
      if truth == .yes { return .boolean(true) }
      truths.append(truth)
    }
    return Truth.disjunction(truths).value
  }

  private func unaryTests(
    _ tests: [Node.UnaryTest], _ input: Value, _ isNegated: Bool, at range: Range<Int>
  ) -> Value {
    var truths: [Truth] = []
    for test in tests {
      let value = evaluate(test.node)
      let truth: Truth =
        if test.usesInput {
          if case .boolean = value { Truth(value) } else if value.isUnknown || value.isNull { Truth(value) } else {
            Operators.test(input, value, zones: zones, at: range)
          }
        } else {
          Operators.test(input, value, zones: zones, at: range)
        }
      truths.append(truth)
      if truth == .yes { break }
    }
    let result = Truth.disjunction(truths)
    return (isNegated ? result.negated : result).value
  }

  // MARK: Collections

  private func context(_ entries: [(name: String, slot: Int, value: Node)]) -> Value {
    var values: [(String, Value)] = []
    for entry in entries {
      let value = evaluate(entry.value)
      frame[entry.slot] = value
      values.append((entry.name, value))
    }
    return .context(Context(values))
  }

  private func range(
    _ start: Value, _ startIncluded: Bool, _ end: Value, _ endIncluded: Bool, _ range: Range<Int>
  ) -> Value {
    if case .null = start, case .null = end {
      return .null(Failure(.wrongType, "a range needs an end", at: range))
    }
    if !start.isUnknown, !end.isUnknown, !start.isNull, !end.isNull {
      guard let order = Operators.order(start, end, zones: zones) else {
        return .null(Failure(.wrongType, "the ends of a range must be of one type", at: range))
      }
      if order == .greater { return .null(Failure(.outOfRange, "the start of the range is above its end", at: range)) }
    }
    return .range(
      RangeValue(
        start: start.isNull ? nil : start, startIncluded: startIncluded, end: end.isNull ? nil : end,
        endIncluded: endIncluded))
  }

  private func filter(_ value: Value, _ condition: Node, _ slot: Int, _ node: Node) -> Value {
    let list: List
    switch value {
    case .list(let items): list = items
    case .unknown(let unknown): return .unknown(Unknown(missing: unknown.missing, mayFail: unknown.mayFail))
    case .null(let failure):
      return .null(failure ?? Failure(.wrongType, "null cannot be filtered", at: node.range))
    default: list = List([value])
    }
    if condition.type.base == .number {
      return item(of: list, at: evaluate(condition), node.range)
    }
    var kept = List([])
    var doubts: [Unknown?] = []
    for (index, element) in list.items.enumerated() {
      frame[slot] = element
      let test = evaluate(condition)
      if case .number = test, index == 0, condition.type.base == .any {
        return item(of: list, at: test, node.range)
      }
      switch test {
      case .boolean(true):
        kept.items.append(element)
        doubts.append(list.doubt(index))
      case .unknown(let unknown):
        kept.items.append(element)
        doubts.append(list.doubt(index).map { Unknown.merging([$0, unknown]) } ?? unknown)
      case .boolean, .null: break
      default:
        return .null(Failure(.wrongType, "the condition of the filter is neither true nor false", at: condition.range))
      }
    }
    if list.items.isEmpty, condition.type.base == .any, case .number = evaluate(condition) {
      return .null(Failure(.outOfRange, "the list is empty", at: node.range))
    }
    return .list(List(kept.items, doubts: doubts))
  }

  /// `list[n]`: from 1, or from the end where negative.
  private func item(of list: List, at position: Value, _ range: Range<Int>) -> Value {
    var unknowns = list.doubts.compactMap { $0 }
    if case .unknown(let unknown) = position { unknowns.append(unknown) }
    if !unknowns.isEmpty {
      // From the front, items before the first doubtful one stand where they stand.
      if case .number(let number) = position, let index = number.int, index > 0, index <= list.items.count,
        list.doubts.prefix(index).allSatisfy({ $0 == nil })
      {
        return list.items[index - 1]
      }
      return .unknown(.merging(unknowns, mayFail: true))
    }
    guard case .number(let number) = position, let index = number.int else {
      return .null(Failure(.wrongType, "a position is a whole number", at: range))
    }
    let offset = index > 0 ? index - 1 : list.items.count + index
    guard index != 0, offset >= 0, offset < list.items.count else {
      return .null(Failure(.outOfRange, "the list has no item \(index)", at: range))
    }
    return list.items[offset]
  }

  /// What an iterator goes through: the values and what each one's presence rests on.
  private enum Domain {
    case items(List)
    case unknown(Unknown)
    case null(Failure)
  }

  private func domain(_ iterator: Node.Iterator) -> Domain {
    let value = evaluate(iterator.domain)
    if let end = iterator.end {
      return counting(from: value, to: evaluate(end), iterator.domain.range)
    }
    switch value {
    case .list(let list): return .items(list)
    case .unknown(let unknown): return .unknown(unknown)
    case .range(let range):
      guard let start = range.start, let end = range.end else {
        return .null(Failure(.wrongType, "a range without an end cannot be gone through", at: iterator.domain.range))
      }
      return counting(
        from: start, to: end, iterator.domain.range, includingStart: range.startIncluded,
        includingEnd: range.endIncluded)
    case .null(let failure):
      return .null(failure ?? Failure(.wrongType, "null cannot be gone through", at: iterator.domain.range))
    default: return .items(List([value]))
    }
  }

  private func counting(
    from start: Value, to end: Value, _ range: Range<Int>, includingStart: Bool = true, includingEnd: Bool = true
  ) -> Domain {
    let unknowns = [start, end].compactMap { if case .unknown(let unknown) = $0 { unknown } else { nil } }
    if !unknowns.isEmpty { return .unknown(.merging(unknowns, mayFail: true)) }
    func whole(_ value: Value) -> Int? {
      switch value {
      case .number(let number): number.int
      case .date(let date): date.dayNumber
      default: nil
      }
    }
    guard var low = whole(start), var high = whole(end), start.type == end.type else {
      return .null(Failure(.wrongType, "only whole numbers and dates can be counted through", at: range))
    }
    let step = low <= high ? 1 : -1
    if !includingStart { low += step }
    if !includingEnd { high -= step }
    let count = (high - low) * step + 1
    guard count > 0 else { return .items(List([])) }
    guard charge(count) else { return .null(Self.exhausted) }
    let isDate = if case .date = start { true } else { false }
    return .items(
      List(
        (0..<count).map { offset in
          let number = low + offset * step
          return isDate ? CivilDate(dayNumber: number).map { .date($0) } ?? .null : .number(Number(number))
        }))
  }

  private func loop(_ iterators: [Node.Iterator], _ body: Node, _ partial: Int?, _ range: Range<Int>) -> Value {
    var results: [Value] = []
    var doubts: [Unknown?] = []
    var stopped: Value?
    func run(_ index: Int, _ doubt: Unknown?) {
      guard stopped == nil else { return }
      guard index < iterators.count else {
        if let partial {
          guard charge(results.count) else {
            stopped = .null(Self.exhausted)
            return
          }
          frame[partial] = .list(List(results, doubts: doubts))
        }
        results.append(evaluate(body))
        doubts.append(doubt)
        return
      }
      switch domain(iterators[index]) {
      case .unknown(let unknown): stopped = .unknown(Unknown(missing: unknown.missing, mayFail: unknown.mayFail))
      case .null(let failure): stopped = .null(failure)
      case .items(let list):
        for (position, element) in list.items.enumerated() where stopped == nil {
          guard charge(1) else {
            stopped = .null(Self.exhausted)
            return
          }
          frame[iterators[index].slot] = element
          let own = list.doubt(position)
          run(index + 1, doubt.flatMap { a in own.map { Unknown.merging([a, $0]) } } ?? doubt ?? own)
        }
      }
    }
    run(0, nil)
    return stopped ?? .list(List(results, doubts: doubts))
  }

  private func quantifier(_ every: Bool, _ iterators: [Node.Iterator], _ body: Node, _ range: Range<Int>) -> Value {
    let start = observations?.count ?? 0
    var truths: [Truth] = []
    /// Whether the items so far have decided the outcome.
    func run(_ index: Int, _ doubt: Unknown?) -> Bool {
      guard index < iterators.count else {
        let mark = observations?.count ?? 0
        let value = evaluate(body)
        var truth = Truth(value)
        if case .null(let failure) = truth, !value.isNull {
          // What is no condition at all is a mistake that no other item makes good.
          truths = [.null(failure)]
          return true
        }
        if let doubt { truth = truth.doubted(doubt, neutral: every ? .yes : .no) }
        if truth == (every ? .no : .yes) {
          observations?.removeSubrange(start..<mark)
          truths = [truth]
          return true
        }
        truths.append(truth)
        return false
      }
      switch domain(iterators[index]) {
      case .unknown(let unknown): truths.append(.unknown(Unknown(missing: unknown.missing, mayFail: unknown.mayFail)))
      case .null(let failure): truths.append(.null(failure))
      case .items(let list):
        for (position, element) in list.items.enumerated() {
          guard charge(1) else {
            truths = [.null(Self.exhausted)]
            return true
          }
          frame[iterators[index].slot] = element
          let own = list.doubt(position)
          let both = doubt.flatMap { a in own.map { Unknown.merging([a, $0]) } } ?? doubt ?? own
          if run(index + 1, both) { return true }
        }
      }
      return false
    }
    _ = run(0, nil)
    return (every ? Truth.conjunction(truths) : Truth.disjunction(truths)).value
  }

  // MARK: Functions

  /// Calls a function value.
  public func invoke(_ callee: Value, _ arguments: [Value], names: [String]? = nil, at range: Range<Int>) -> Value {
    guard case .function(let function) = callee else {
      if case .unknown(let unknown) = callee { return .unknown(.merging([unknown], mayFail: true)) }
      return .null(Failure(.unknownFunction, "this is not a function", at: range))
    }
    switch function.body {
    case .builtin(let builtin):
      guard names == nil else {
        return .null(Failure(.wrongArguments, "arguments are named only in a direct call", at: range))
      }
      return call(builtin, nil, arguments, at: range)
    case .closure(let body, let slots, let types, let captured):
      guard var ordered = order(arguments, names, for: function) else { return wrongCount(function, range) }
      for (index, type) in types.enumerated() where type.base != .any {
        guard let fitted = Conversion.fit(ordered[index], to: type) else {
          return .null(
            Failure(.wrongArguments, "`\(function.parameters[index])` is not a \(type)", at: range))
        }
        ordered[index] = fitted
      }
      let outer = frame
      frame = captured
      defer { frame = outer }
      for (slot, value) in zip(slots, ordered) { frame[slot] = value }
      return evaluate(body)
    case .definition(let body):
      guard let ordered = order(arguments, names, for: function) else { return wrongCount(function, range) }
      return body(self, function, ordered)
    }
  }

  /// The arguments in the order of the parameters; nil where they are not just those.
  private func order(_ arguments: [Value], _ names: [String]?, for function: Function) -> [Value]? {
    guard arguments.count == function.parameters.count else { return nil }
    guard let names else { return arguments }
    let ordered = function.parameters.compactMap { name in names.firstIndex(of: name).map { arguments[$0] } }
    return ordered.count == arguments.count ? ordered : nil
  }

  private func wrongCount(_ function: Function, _ range: Range<Int>) -> Value {
    let parameters = function.parameters.map { "`\($0)`" }.joined(separator: ", ")
    return .null(
      Failure(
        .wrongArguments, parameters.isEmpty ? "the function takes no arguments" : "the function takes \(parameters)",
        at: range))
  }

  func call(_ builtin: Builtin, _ signature: Int?, _ arguments: [Value], at range: Range<Int>) -> Value {
    var failure: String?
    let candidates = signature.map { [$0] } ?? Array(builtin.signatures.indices)
    for candidate in candidates {
      switch Conversion.fit(arguments, to: builtin.signatures[candidate]) {
      case .failure(let problem): failure = failure ?? problem.text
      case .success(let fitted):
        if builtin.unknownRule == .strict {
          var unknowns: [Unknown] = []
          for argument in fitted { if let argument { Operators.collectUnknowns(argument, into: &unknowns) } }
          if !unknowns.isEmpty {
            return .unknown(.merging(unknowns, mayFail: builtin.mayFail || unknowns.contains { $0.mayFail }))
          }
        }
        let value = builtin.body(.init(evaluator: self, signature: candidate, arguments: fitted, range: range))
        if case .string(let text) = value, !charge(text.utf8.count / 64) { return .null(Self.exhausted) }
        if case .list(let list) = value, !charge(list.items.count) { return .null(Self.exhausted) }
        return value
      }
    }
    return .null(Failure(.wrongArguments, "`\(builtin.name)` \(failure ?? "cannot be called like this")", at: range))
  }
}
