/// A definition of a request, checked: evaluated over the values of the names that it sees.
struct CompiledDefinition: Sendable {
  enum Body: Sendable {
    case expression(CheckedExpression)
    case table(DecisionTable)
    /// The text could not be understood.
    case null(Failure)

    func value(_ variables: [Value], _ evaluator: Evaluator) -> Value {
      switch self {
      case .expression(let expression): evaluator.evaluate(expression, over: variables)
      case .table(let table): evaluator.evaluate(table, over: variables)
      case .null(let failure): .null(failure)
      }
    }
  }

  struct Parameter: Sendable {
    let name: String
    let type: DeclaredType?
  }

  let name: String
  /// Set for a function.
  let parameters: [Parameter]?
  let locals: [CompiledDefinition]
  let body: Body
  let type: DeclaredType?

  /// What it is: for a function, one that sees the variables, itself and its parameters, in that order.
  func value(_ variables: [Value], _ evaluator: Evaluator) -> Value {
    guard let parameters else { return result(variables, evaluator) }
    return .function(
      Function(
        name: name, parameters: parameters.map(\.name),
        body: .definition { evaluator, function, arguments in
          var all = variables + [.function(function)]
          for (parameter, argument) in zip(parameters, arguments) {
            guard let fitted = Self.fitted(argument, to: parameter.type, evaluator) else {
              return .null(
                Failure(
                  .wrongArguments,
                  "`\(parameter.name)` is not \(parameter.type?.type.description ?? "what it should be")"))
            }
            all.append(fitted)
          }
          return result(all, evaluator)
        }))
  }

  private func result(_ variables: [Value], _ evaluator: Evaluator) -> Value {
    var all = variables
    for local in locals { all.append(local.value(all, evaluator)) }
    return Self.fit(body.value(all, evaluator), to: type, evaluator)
  }

  private static func fitted(_ value: Value, to type: DeclaredType?, _ evaluator: Evaluator) -> Value? {
    guard let type else { return value }
    return type.fit(value, in: evaluator)
  }

  /// A value as one of a declared type, or null.
  static func fit(_ value: Value, to type: DeclaredType?, _ evaluator: Evaluator) -> Value {
    fitted(value, to: type, evaluator)
      ?? .null(Failure(.wrongType, "\(value.literal.prefix(60)) is no \(type?.type.description ?? "such value")"))
  }
}
