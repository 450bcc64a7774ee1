/// A built-in function: what it is called with, what it does, and what a reader is told about it, in one place.
public final class Builtin: Sendable {
  /// One parameter of a signature.
  public struct Parameter: Sendable {
    /// The name by which an argument may be given.
    public let name: String
    /// The type to which an argument is fitted.
    public let type: Type
    /// Whether it may be left out, or null.
    public let isOptional: Bool
    /// The type's fixed number, if it has one.
    let number: TypeNumber?

    /// A parameter.
    public init(_ name: String, _ type: Type, isOptional: Bool = false) {
      self.name = name
      self.type = type
      self.isOptional = isOptional
      number = type.fixedNumber
    }
  }

  /// One way to call it.
  public struct Signature: Sendable {
    /// The parameters, in their order.
    public let parameters: [Parameter]
    /// Any number of arguments, at least one, where the last parameter stands, which the body receives as one list.
    public let isVariadic: Bool
    /// The result's type, from the arguments' types.
    public var result: @Sendable ([Type]) -> Type {
      switch resultType {
      case .always(let type): { _ in type }
      case .following(let result): result
      }
    }

    private enum ResultType: Sendable {
      case always(Type)
      case following(@Sendable ([Type]) -> Type)
    }

    private let resultType: ResultType
    /// The fixed number of the result's type, where that is always the same and has one.
    let resultNumber: TypeNumber?

    /// A signature whose result's type follows from its arguments'.
    public init(_ parameters: [Parameter], isVariadic: Bool = false, result: @escaping @Sendable ([Type]) -> Type) {
      self.parameters = parameters
      self.isVariadic = isVariadic
      resultType = .following(result)
      resultNumber = nil
    }

    /// A signature with one type of result.
    public init(_ parameters: [Parameter], isVariadic: Bool = false, _ result: Type) {
      self.parameters = parameters
      self.isVariadic = isVariadic
      resultType = .always(result)
      resultNumber = result.fixedNumber
    }

    /// How it is called and what it gives: `substring(string: string, start position: number, [length: number]) → string`.
    public func description(of name: String) -> String {
      let last = parameters.indices.last
      let list = parameters.indices.map { index in
        let parameter = parameters[index]
        let isRepeated = isVariadic && index == last
        let type = isRepeated ? parameter.type.item ?? parameter.type : parameter.type
        let text = "\(parameter.name): \(type)" + (isRepeated ? ", …" : "")
        return parameter.isOptional ? "[\(text)]" : text
      }
      return "\(name)(\(list.joined(separator: ", "))) → \(result(parameters.map(\.type)))"
    }

    /// What the argument at a position has to be; nil where there is no such parameter.
    func type(of argument: Int) -> Type? {
      if isVariadic, argument >= parameters.count - 1 { return parameters.last?.type.item }
      return argument < parameters.count ? parameters[argument].type : nil
    }
  }

  /// A signature in a few bytes, for what is asked of it at each call.
  struct Shape: Sendable, BitwiseCopyable {
    /// How many parameters there are.
    let count: Int
    /// So many arguments have to be there; nobody gives as many as where this does not tell of all parameters.
    private let required: Int
    /// The fixed number of each parameter's type in a byte; ``other`` for what has none.
    private let types: UInt64
    /// Whether it tells of all parameters, of which there are as many as arguments.
    let isTold: Bool
    /// The fixed number of the result's type, where that is always the same and has one.
    let result: TypeNumber?

    private static let bits = 8
    private static let other: UInt8 = 0xFF

    init(_ signature: Signature) {
      let parameters = signature.parameters
      count = parameters.count
      result = signature.resultNumber
      isTold = !signature.isVariadic && parameters.count * Self.bits <= UInt64.bitWidth
      required = isTold ? (parameters.lastIndex { !$0.isOptional } ?? -1) + 1 : .max
      types = parameters.prefix(UInt64.bitWidth / Self.bits).reversed().reduce(0) {
        $0 << Self.bits | UInt64($1.number?.byte ?? Self.other)
      }
    }

    /// Whether it may be called with so many arguments, each of which it knows; where it says no it may be so all the same.
    @inline(__always)
    func takes(_ arguments: Int) -> Bool { arguments >= required && arguments <= count }

    @inline(__always)
    private func byte(at index: Int) -> UInt8 { UInt8(truncatingIfNeeded: types >> UInt64(index * Self.bits)) }

    /// The fixed number of the type of the parameter at a position, of which there is one; nil where it has none.
    @inline(__always)
    func number(at index: Int) -> TypeNumber? {
      // Of more parameters than bytes it has it does not tell.
      let byte = index * Self.bits < UInt64.bitWidth ? byte(at: index) : Self.other
      return byte == Self.other ? nil : TypeNumber(byte: byte)
    }

    /// Whether an argument is known, and just what the parameter at its position, of which there is one, takes, so that
    /// there is nothing to fit. Where it says no it may be so all the same.
    func takes(_ value: Value, at index: Int) -> Bool {
      let simple: SimpleType
      switch value {
      case .string: simple = .string
      case .number: simple = .number
      case .boolean: simple = .boolean
      case .date: simple = .date
      case .list(let list): return byte(at: index) == TypeNumber(listOf: .any).byte && !list.extent.holdsUnknown
      default: return false
      }
      let type = byte(at: index)
      return type == TypeNumber(simple).byte || type == TypeNumber.any.byte
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
    /// The evaluator, for what a body needs of it: functions to call, zones, the budget of steps.
    public let evaluator: Evaluator
    /// Which of the signatures.
    public let signature: Int
    /// The arguments, nil where one is left out.
    public internal(set) var arguments: [Value?]
    /// The arguments as they were written; nil where the function was a value.
    let nodes: Nodes?
    /// Their types otherwise, as far as they are known.
    let givenTypes: [Type]?
    /// Where the call stands in the expression.
    public let range: Range<Int>

    /// The types of the arguments as they were written, as far as they are known; nil where the function was a value.
    var types: [Type]? { nodes?.map(\.type) ?? givenTypes }

    /// An argument, null where it is left out.
    public subscript(index: Int) -> Value { index < arguments.count ? arguments[index] ?? .null : .null }

    /// Whether an argument is there, and not null where it may be left out.
    public func isGiven(_ index: Int) -> Bool { index < arguments.count && arguments[index] != nil }

    /// Null, and why.
    public func fail(_ reason: Failure.Reason, _ message: String) -> Value {
      .null(Failure(reason, message, at: range))
    }
  }

  /// The name, as it is called.
  public let name: String
  /// The ways to call it; the first that fits the arguments counts.
  public let signatures: [Signature]
  /// In the order of the signatures.
  let shapes: [Shape]
  /// What it gives, in a sentence; failures included.
  public let summary: String
  /// A call and what it gives.
  public let example: (call: String, result: String)
  /// What it makes of arguments that rest on missing facts.
  public let unknownRule: UnknownRule
  /// Whether arguments of the right types can still give null.
  public let mayFail: Bool
  let body: @Sendable (Call) -> Value

  /// A built-in, with all that is said of it.
  public init(
    _ name: String, _ signatures: [Signature], summary: String, example: (call: String, result: String),
    unknown: UnknownRule = .strict, mayFail: Bool = false, body: @escaping @Sendable (Call) -> Value
  ) {
    self.name = name
    self.signatures = signatures
    shapes = signatures.map { Shape($0) }
    self.summary = summary
    self.example = example
    unknownRule = unknown
    self.mayFail = mayFail
    self.body = body
  }
}

/// All the built-in functions there are.
public enum BuiltinLibrary {
  /// By theme, in the order of the standard, for whoever describes them.
  public static let themes: [(title: String, builtins: [Builtin])] = [
    ("Conversion", conversionBuiltins), ("Truth", booleanBuiltins), ("Text", stringBuiltins), ("Lists", listBuiltins),
    ("Numbers", numericBuiltins), ("Dates and times", temporalBuiltins), ("Ranges", rangeBuiltins),
    ("Contexts", contextBuiltins),
  ]

  /// All of them, theme by theme.
  public static let all: [Builtin] = themes.flatMap(\.builtins)

  private static let index = NameIndex(all.map(\.name))

  /// Every built-in's name, sorted.
  public static let names: [String] = all.map(\.name).sorted()

  /// The built-in of a name, nil where there is none.
  public static subscript(name: String) -> Builtin? { index[name].map { all[$0] } }

  /// The position among all of them of the built-in whose name some bytes of UTF-8 spell, nil where there is none.
  static func position(of name: UnsafeBufferPointer<UInt8>) -> Int? { index[name] }
}
