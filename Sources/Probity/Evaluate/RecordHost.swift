import FEEL

/// Gives the interpreter the facts of one record, and what is derived from them, each computed once.
final class RecordHost: Host {
  private let book: RuleBook
  /// By position in the rule book; nil where the parameter has no value in force.
  private let parameters: [Value?]
  private let record: Context
  /// The rule being asked, its `each` values so far, and its `let` values so far.
  private var rule: Rule?
  private var each: [Value] = []
  private var letValues: [Int: Memo] = [:]
  /// What the decision being made is about.
  private var subject: Value
  private var decisions: [Int: Memo] = [:]
  private var derived: [DerivedKey: Memo] = [:]

  /// A value, and what was read for it.
  private struct Memo {
    var value: Value
    var observations: [Observation]?
  }

  private struct DerivedKey: Hashable {
    var decision: Int
    var context: ObjectIdentifier
  }

  init(book: RuleBook, parameters: [Value?], record: Context) {
    self.book = book
    self.parameters = parameters
    self.record = record
    subject = .context(record)
  }

  /// Starts on a rule.
  func begin(_ rule: Rule) {
    self.rule = rule
    each = []
    letValues = [:]
  }

  /// Sets the `each` variables, so that `let` names are computed anew.
  func bind(_ values: [Value]) {
    each = values
    letValues = [:]
  }

  func value(of binding: Int, in evaluator: Evaluator) -> Value {
    switch Binding(number: binding) {
    case .record: return .context(record)
    case .subject: return subject
    case .each(let index): return index < each.count ? each[index] : .null
    case .letValue(let index):
      guard let rule, index < rule.lets.count else { return .null }
      return recall(letValues[index], in: evaluator) {
        evaluator.evaluate(rule.lets[index].value)
      } store: {
        letValues[index] = $0
      }
    case .parameter(let index):
      return parameters[index]
        ?? .null(
          Failure(
            .missingParameter,
            "parameter `\(book.parameters[index].name)` has no value in force on \(evaluator.asOf.date)"))
    case .decision(let index):
      return recall(decisions[index], in: evaluator) {
        decide(index, about: .context(record), in: evaluator)
      } store: {
        decisions[index] = $0
      }
    case .count, .operand: return .null
    }
  }

  func derived(_ index: Int, of context: Context, in evaluator: Evaluator) -> Value {
    let key = DerivedKey(decision: index, context: ObjectIdentifier(context))
    return recall(derived[key], in: evaluator) {
      decide(index, about: .context(context), in: evaluator)
    } store: {
      derived[key] = $0
    }
  }

  private func decide(_ index: Int, about value: Value, in evaluator: Evaluator) -> Value {
    let outer = subject
    subject = value
    defer { subject = outer }
    switch book.decisions[index].logic {
    case .expression(let expression): return evaluator.evaluate(expression)
    case .table(let table): return evaluator.evaluate(table)
    }
  }

  /// A remembered value with its observations, or a new one, which is remembered.
  private func recall(
    _ memo: Memo?, in evaluator: Evaluator, compute: () -> Value, store: (Memo) -> Void
  ) -> Value {
    let outer = evaluator.observations
    if let memo, outer == nil || memo.observations != nil {
      if let own = memo.observations, outer != nil { evaluator.observations?.append(contentsOf: own) }
      return memo.value
    }
    if outer != nil { evaluator.observations = [] }
    let value = compute()
    // Each once: names that are made of one another twice over would double what was read with every step.
    let own = evaluator.observations.map(Observation.distinct)
    store(Memo(value: value, observations: own))
    evaluator.observations = outer.map { $0 + (own ?? []) }
    return value
  }
}
