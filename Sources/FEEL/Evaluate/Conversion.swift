/// FEEL's implicit conversions, and whether a value is of a type.
///
/// - Source: DMN 1.5, 10.3.2.9.4.
public enum Conversion {
  /// Why a value or an argument does not fit.
  struct Problem: Error { var text: String }

  /// A value as one of a type: itself, the one item of a list, a list of itself, midnight of a date; nil when none fits.
  ///
  /// Just one conversion is made, and of the whole value: what lies in a list is not converted by itself.
  public static func fit(_ value: Value, to type: Type) -> Value? {
    if holds(value, type) { return value }
    switch value {
    case .list(let list):
      if list.items.count == 1, !list.hasDoubts, holds(list.items[0], type) { return list.items[0] }
    case .date(let date):
      if type.base == .dateAndTime { return .dateAndTime(DateAndTime(utcMidnightOf: date)) }
    default: break
    }
    if case .list(let item) = type.base, isInstance(value, of: item) { return .list(List([value])) }
    return nil
  }

  /// Whether a value can stand where one of a type is wanted without being converted.
  private static func holds(_ value: Value, _ type: Type) -> Bool {
    value.isUnknown || value.isNull || isInstance(value, of: type)
  }

  /// Arguments fitted to a signature, one for each parameter.
  static func fit(_ arguments: [Value], to signature: Builtin.Signature) -> Result<[Value?], Problem> {
    if signature.isVariadic { return fit(arguments, toVariadic: signature) }
    guard arguments.count <= signature.parameters.count else {
      return .failure(Problem(text: "takes no more than \(signature.parameters.count) arguments"))
    }
    var fitted: [Value?] = []
    fitted.reserveCapacity(signature.parameters.count)
    for (index, parameter) in signature.parameters.enumerated() {
      guard index < arguments.count else {
        guard parameter.isOptional else { return .failure(Problem(text: "needs its `\(parameter.name)`")) }
        fitted.append(nil)
        continue
      }
      if parameter.isOptional, arguments[index].isNull {
        fitted.append(nil)
        continue
      }
      guard let value = fit(arguments[index], to: parameter.type) else {
        return .failure(
          Problem(text: "needs \(parameter.type.label) as its `\(parameter.name)`, not \(arguments[index].kind)"))
      }
      fitted.append(value)
    }
    return .success(fitted)
  }

  /// Arguments of which the last parameter takes all that are left, as one list.
  private static func fit(_ arguments: [Value], toVariadic signature: Builtin.Signature) -> Result<[Value?], Problem> {
    let single = signature.parameters.dropLast()
    guard let item = signature.parameters.last?.type.item, arguments.count > single.count else {
      return .failure(Problem(text: "needs \(single.count + 1) arguments or more"))
    }
    var fitted: [Value?] = []
    for (argument, parameter) in zip(arguments, single) {
      guard let value = fit(argument, to: parameter.type) else {
        return .failure(Problem(text: "needs \(parameter.type.label) as its `\(parameter.name)`, not \(argument.kind)"))
      }
      fitted.append(value)
    }
    var rest: [Value] = []
    for argument in arguments.dropFirst(single.count) {
      guard let value = fit(argument, to: item) else {
        return .failure(Problem(text: "needs \(item.label), not \(argument.kind)"))
      }
      rest.append(value)
    }
    return .success(fitted + [.list(List(rest))])
  }

  /// Whether a known value is of a type. Null is of no type but Null.
  static func isInstance(_ value: Value, of type: Type) -> Bool {
    switch (value, type.base) {
    case (.null, .null): true
    case (.null, _): false
    case (_, .any), (.number, .number), (.string, .string), (.boolean, .boolean), (.date, .date): true
    case (.list(let list), .list(let item)):
      item.base == .any || list.items.allSatisfy { $0.isUnknown || isInstance($0, of: item) || $0.isNull }
    case (.context(let context), .context(let type)):
      type.members.allSatisfy { member in
        guard let entry = context[member.name] else { return false }
        return entry.isNull || entry.isUnknown || isInstance(entry, of: member.type)
      }
    case (.range(let range), .range(let end)):
      [range.start, range.end].allSatisfy { $0.map { $0.isUnknown || isInstance($0, of: end) } ?? true }
    case (.function, .function): true
    case (.list, _), (.context, _), (.range, _), (.function, _): false
    case (let value, let type): value.type == type
    }
  }
}
