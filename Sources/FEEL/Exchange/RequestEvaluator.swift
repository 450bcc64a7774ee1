import Diagnostics

/// Answers requests: FEEL as a service over the batch protocol.
///
/// Mistakes evaluate to null, as the standard has it; a null that came about by one is answered as an error with its
/// reason.
public struct RequestEvaluator: Sendable {
  /// What `today()` and `now()` give.
  public var asOf: DateAndTime
  /// The named zones there are.
  public var zones: any ZoneRules
  /// The work that one request may take.
  public var steps: Int
  /// The bytes that one request may make.
  public var memory: Int

  /// An evaluator of requests.
  public init(
    asOf: DateAndTime, zones: any ZoneRules, steps: Int = Evaluator.defaultSteps, memory: Int = Evaluator.defaultMemory
  ) {
    self.asOf = asOf
    self.zones = zones
    self.steps = steps
    self.memory = memory
  }

  /// What came of a request.
  public struct Response: Sendable {
    /// The request's id.
    public var id: String
    /// The value; null where it could not be had.
    public var value: Value
    /// What is wrong with the text, or why a null came about.
    public var error: String?

    /// The response as a line of the protocol.
    public var tree: ExchangeTree {
      let answer = error.map { ExchangeTree.Member("error", .string($0)) } ?? .init("value", value.exchange)
      return .object([.init("id", .string(id)), answer])
    }
  }

  /// Evaluates what a request asks for.
  public func response(to request: EvaluationRequest) -> Response {
    var evaluation = RequestEvaluation(request, by: self)
    let value = evaluation.run()
    var error: String?
    if case .null(let failure?) = value { error = failure.message }
    return Response(id: request.id, value: value, error: error)
  }
}

/// The evaluation of one request.
private struct RequestEvaluation {
  private let request: EvaluationRequest
  private let evaluator: Evaluator
  private var types: [String: DeclaredType] = [:]
  /// Names of members, of which the parser has to know those of more than one word.
  private var members: Set<String> = []

  init(_ request: EvaluationRequest, by service: RequestEvaluator) {
    self.request = request
    evaluator = Evaluator(asOf: service.asOf, zones: service.zones, steps: service.steps, memory: service.memory)
  }

  mutating func run() -> Value {
    for (name, type) in request.types { types[name] = declare(type, depth: 0) }
    for type in types.values { collectMembers(of: type.type) }
    var names: [String] = []
    var values: [Value] = []
    for (name, value) in request.context {
      collectMembers(of: value, depth: 0)
      names.append(name)
      values.append(fit(value, to: request.contextTypes[name]))
    }
    for definition in request.definitions {
      let value = compile(definition, names).value(values, evaluator)
      collectMembers(of: value, depth: 0)
      names.append(definition.name)
      values.append(value)
    }
    let value: Value =
      switch request.subject {
      case .expression(let text): expression(text, names).value(values, evaluator)
      case .table(let table): self.table(table, names).value(values, evaluator)
      case .tests(let text, let input):
        switch tests(text, names) {
        case .success(let tests): evaluator.evaluate(tests, input: input, over: values)
        case .failure(let problem): .null(problem.failure)
        }
      }
    return fit(value, to: request.type)
  }

  private func fit(_ value: Value, to type: String?) -> Value {
    CompiledDefinition.fit(value, to: type.map { declared($0) }, evaluator)
  }

  // MARK: Types

  /// The type of a name: a named type, or one of FEEL's.
  private func declared(_ name: String) -> DeclaredType {
    if let type = types[name] { return type }
    var ignored = Diagnostics()
    return .plain(Type(parsing: Self.source(name), into: &ignored) ?? .any)
  }

  /// A type that names itself is `Any` where it does.
  private func declare(_ type: EvaluationRequest.TypeDefinition, depth: Int) -> DeclaredType {
    guard depth < EvaluationRequest.depthLimit else { return .plain(.any) }
    switch type {
    case .named(let name):
      let known = request.types.first { $0.name == name }
      return known.map { declare($0.type, depth: depth + 1) } ?? declared(name)
    case .list(let item): return .list(declare(item, depth: depth + 1))
    case .context(let members):
      return .context(members.map { (name: $0.name, type: declare($0.type, depth: depth + 1)) })
    case .function(let parameters, let result):
      return .plain(
        .function(
          parameters: parameters.map { declare($0, depth: depth + 1).type },
          result: declare(result, depth: depth + 1).type))
    case .restricted(let type, let text):
      let base = declare(type, depth: depth + 1)
      guard case .success(let tests) = tests(text, []) else { return base }
      return .restricted(base, tests)
    }
  }

  // MARK: Names

  private mutating func collectMembers(of type: Type) {
    switch type {
    case .context(let context):
      for member in context.members {
        members.insert(member.name)
        collectMembers(of: member.type)
      }
    case .list(let item): collectMembers(of: item)
    default: break
    }
  }

  private mutating func collectMembers(of value: Value, depth: Int) {
    guard depth < EvaluationRequest.depthLimit else { return }
    switch value {
    case .context(let context):
      members.formUnion(context.names)
      for index in context.names.indices { collectMembers(of: context[index], depth: depth + 1) }
    case .list(let list): for item in list.items { collectMembers(of: item, depth: depth + 1) }
    default: break
    }
  }

  /// What the parser has to know of names. The values are the evaluation's own variables.
  private final class Names: Scope {
    let knownNames: KnownNames
    let candidates: [String]

    init(_ names: [String], members: Set<String>, types: [String: Type]) {
      candidates = names
      knownNames = KnownNames(scope: names, members: members, types: types)
    }

    func resolve(_ name: String) -> Resolution? { nil }
  }

  private func scope(_ names: [String]) -> Names { Names(names, members: members, types: types.mapValues(\.type)) }

  // MARK: Texts

  /// What is wrong with a text.
  private struct Problem: Error {
    let failure: Failure
  }

  private static func source(_ text: String) -> SourceText { SourceText(text, file: FileID(rawValue: 0)) }

  private func checked<T>(_ text: String, _ check: (SourceText, inout Diagnostics) -> T) -> Result<T, Problem> {
    var diagnostics = Diagnostics()
    let result = check(Self.source(text), &diagnostics)
    guard let error = diagnostics.all.first(where: { $0.severity == .error }) else { return .success(result) }
    return .failure(Problem(failure: Failure(.invalidFormat, error.message)))
  }

  private func checkedExpression(_ text: String, _ names: [String]) -> Result<CheckedExpression, Problem> {
    checked(text) { source, diagnostics in
      CheckedExpression(checking: source, in: scope(names), locals: names, mode: .standard, into: &diagnostics)
    }
  }

  private func tests(_ text: String, _ names: [String]) -> Result<CheckedTests, Problem> {
    checked(text) { source, diagnostics in
      CheckedTests(
        checking: source, input: .any, in: scope(names), locals: names, mode: .standard, into: &diagnostics)
    }
  }

  private func expression(_ text: String, _ names: [String]) -> CompiledDefinition.Body {
    switch checkedExpression(text, names) {
    case .success(let expression): .expression(expression)
    case .failure(let problem): .null(problem.failure)
    }
  }

  private func table(_ table: EvaluationRequest.Table, _ names: [String]) -> CompiledDefinition.Body {
    do throws(Problem) {
      var inputs: [DecisionTable.Input] = []
      for input in table.inputs {
        var checked = DecisionTable.Input(try checkedExpression(input.expression, names).get())
        checked.declared = try declared(input.type, allowed: input.allowed)
        inputs.append(checked)
      }
      var outputs: [DecisionTable.Output] = []
      for (index, output) in table.outputs.enumerated() {
        let allowed = try output.allowed.map { text throws(Problem) in try listed(text) }
        let defaultValue = try output.defaultValue.map { text throws(Problem) in
          evaluator.evaluate(try checkedExpression(text, []).get())
        }
        var checked = DecisionTable.Output(
          name: output.name ?? "output \(index + 1)", type: output.type.map { declared($0).type } ?? .any,
          allowed: allowed ?? nil, defaultValue: defaultValue)
        checked.declared = try declared(output.type, allowed: output.allowed)
        outputs.append(checked)
      }
      var rows: [DecisionTable.Row] = []
      for row in table.rows {
        var tests: [CheckedTests] = []
        for text in row.tests { tests.append(try self.tests(text, names).get()) }
        var results: [CheckedExpression] = []
        for text in row.outputs { results.append(try checkedExpression(text, names).get()) }
        rows.append(.init(tests: tests, outputs: results))
      }
      return .table(
        DecisionTable(
          hitPolicy: table.hitPolicy, aggregation: table.aggregation, inputs: inputs, outputs: outputs, rows: rows))
    } catch {
      return .null(error.failure)
    }
  }

  /// What a table declares of an input or output; nil where it declares nothing.
  private func declared(_ type: String?, allowed: String?) throws(Problem) -> DeclaredType? {
    let base = type.map { declared($0) }
    guard let allowed else { return base }
    return .restricted(base ?? .plain(.any), try tests(allowed, []).get())
  }

  /// The values that a text lists; nil where it says something else of what is allowed.
  private func listed(_ text: String) throws(Problem) -> [Value]? {
    guard case .list(let list) = evaluator.evaluate(try checkedExpression("[\(text)]", []).get()) else { return nil }
    return list.items
  }

  // MARK: Definitions

  private func compile(_ definition: EvaluationRequest.Definition, _ names: [String]) -> CompiledDefinition {
    var names = names
    if let parameters = definition.parameters { names += [definition.name] + parameters.map(\.name) }
    var locals: [CompiledDefinition] = []
    for local in definition.locals {
      locals.append(compile(local, names))
      names.append(local.name)
    }
    let body: CompiledDefinition.Body =
      switch definition.body {
      case .expression(let text): expression(text, names)
      case .table(let table): self.table(table, names)
      }
    return CompiledDefinition(
      name: definition.name,
      parameters: definition.parameters?.map { .init(name: $0.name, type: $0.type.map { declared($0) }) },
      locals: locals, body: body, type: definition.type.map { declared($0) })
  }
}
