/// A type as a request declares it: with what is allowed of its values.
///
/// - Source: DMN 1.5, 7.3.3 (item definitions) and 10.3.2.9.4 (conversions).
indirect enum DeclaredType: Sendable {
  case plain(Type)
  case list(DeclaredType)
  case context([(name: String, type: DeclaredType)])
  /// Of a list, what is allowed is said of each item.
  case restricted(DeclaredType, CheckedTests)

  /// The type without its restrictions.
  var type: Type {
    switch self {
    case .plain(let type): type
    case .list(let item): .list(item.type)
    case .context(let members): .context(ContextType(members: members.map { .init($0.name, $0.type.type) }))
    case .restricted(let type, _): type.type
    }
  }

  /// Whether a value is of the type as it stands. Null is of every type.
  func holds(_ value: Value, in evaluator: Evaluator) -> Bool {
    if value.isNull { return true }
    switch self {
    case .plain(let type): return Conversion.isInstance(value, of: type)
    case .list(let item):
      guard case .list(let list) = value else { return false }
      return list.items.allSatisfy { item.holds($0, in: evaluator) }
    case .context(let members):
      guard case .context(let context) = value else { return false }
      return members.allSatisfy { member in
        context[member.name].map { member.type.holds($0, in: evaluator) } ?? false
      }
    case .restricted(let type, let tests):
      guard type.holds(value, in: evaluator) else { return false }
      if case .list = type.type, case .list(let list) = value {
        return list.items.allSatisfy { evaluator.evaluate(tests, input: $0) == .boolean(true) }
      }
      return evaluator.evaluate(tests, input: value) == .boolean(true)
    }
  }

  /// The value itself, or what one of the conversions makes of it; nil where it does not conform.
  func fit(_ value: Value, in evaluator: Evaluator) -> Value? {
    if holds(value, in: evaluator) { return value }
    switch value {
    case .list(let list):
      if list.items.count == 1, holds(list.items[0], in: evaluator) { return list.items[0] }
    case .date(let date):
      let midnight = Value.dateAndTime(DateAndTime(utcMidnightOf: date))
      if holds(midnight, in: evaluator) { return midnight }
    default: break
    }
    let single = Value.list(List([value]))
    return holds(single, in: evaluator) ? single : nil
  }
}
