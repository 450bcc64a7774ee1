/// A built-in function: what it is called with, what it does, and what a reader is told about it, in one place.
public struct Builtin: Sendable {
  /// One parameter of a signature.
  public struct Parameter: Sendable {
    public let name: String
    public let type: Type
    public let isOptional: Bool

    public init(_ name: String, _ type: Type, isOptional: Bool = false) {
      self.name = name
      self.type = type
      self.isOptional = isOptional
    }
  }

  /// One way to call it.
  public struct Signature: Sendable {
    public let parameters: [Parameter]
    /// Any number of arguments, at least one, where the last parameter stands, which the body receives as one list.
    public let isVariadic: Bool
    /// The result's type, from the arguments' types.
    public let result: @Sendable ([Type]) -> Type

    public init(_ parameters: [Parameter], isVariadic: Bool = false, result: @escaping @Sendable ([Type]) -> Type) {
      self.parameters = parameters
      self.isVariadic = isVariadic
      self.result = result
    }

    public init(_ parameters: [Parameter], isVariadic: Bool = false, _ result: Type) {
      self.init(parameters, isVariadic: isVariadic) { _ in result }
    }

    /// What the argument at a position has to be; nil where there is no such parameter.
    func type(of argument: Int) -> Type? {
      if isVariadic, argument >= parameters.count - 1 { return parameters.last?.type.item }
      return argument < parameters.count ? parameters[argument].type : nil
    }
  }

  /// What it makes of arguments that rest on missing facts.
  public enum UnknownRule: Sendable {
    /// Anything unknown in an argument makes the result unknown.
    case strict
    /// The body looks at it itself.
    case aware
  }

  /// The arguments of one call, fitted to a signature: one for each parameter, nil where an optional one is left out.
  public struct Call {
    public let evaluator: Evaluator
    /// Which of the signatures.
    public let signature: Int
    public let arguments: [Value?]
    /// The types of the arguments as they were written, as far as they are known; nil where the function was a value.
    let types: [Type]?
    /// Where the call stands in the expression.
    public let range: Range<Int>

    public subscript(index: Int) -> Value { index < arguments.count ? arguments[index] ?? .null : .null }

    public func isGiven(_ index: Int) -> Bool { index < arguments.count && arguments[index] != nil }

    /// Null, and why.
    public func fail(_ reason: Failure.Reason, _ message: String) -> Value {
      .null(Failure(reason, message, at: range))
    }
  }

  public let name: String
  public let signatures: [Signature]
  /// What it gives, in a sentence; failures included.
  public let summary: String
  /// A call and what it gives.
  public let example: (call: String, result: String)
  public let unknownRule: UnknownRule
  /// Whether arguments of the right types can still give null.
  public let mayFail: Bool
  let body: @Sendable (Call) -> Value

  public init(
    _ name: String, _ signatures: [Signature], summary: String, example: (call: String, result: String),
    unknown: UnknownRule = .strict, mayFail: Bool = false, body: @escaping @Sendable (Call) -> Value
  ) {
    self.name = name
    self.signatures = signatures
    self.summary = summary
    self.example = example
    unknownRule = unknown
    self.mayFail = mayFail
    self.body = body
  }
}

/// All the built-in functions there are.
public enum BuiltinLibrary {
  /// By theme, in the order of the standard.
  public static let all: [Builtin] =
    conversionBuiltins + booleanBuiltins + stringBuiltins + listBuiltins + numericBuiltins + temporalBuiltins
    + rangeBuiltins + contextBuiltins

  private static let byName: [String: Builtin] = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }

  /// Every built-in's name, sorted.
  public static let names: [String] = byName.keys.sorted()

  public static subscript(name: String) -> Builtin? { byName[name] }
}
