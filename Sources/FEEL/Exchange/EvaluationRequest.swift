/// A request for an evaluation, as one line of the batch protocol holds it.
public struct EvaluationRequest: Sendable {
  /// What is to be evaluated.
  enum Subject: Sendable {
    case expression(String)
    /// Unary tests over an input.
    case tests(String, input: Value)
    case table(Table)
  }

  /// A definition that the ones after it, and the subject, may name.
  struct Definition: Sendable {
    enum Body: Sendable {
      case expression(String)
      case table(Table)
    }

    struct Parameter: Sendable {
      var name: String
      /// Any type, where none is declared.
      var type: String?
    }

    var name: String
    var body: Body
    /// Set for a function; it sees itself.
    var parameters: [Parameter]?
    /// The declared type of what it is, or of what it returns.
    var type: String?
    /// Definitions that only this one sees, evaluated at each call where it is a function.
    var locals: [Definition]
  }

  /// A decision table in text.
  struct Table: Sendable {
    struct Input: Sendable {
      var expression: String
      var type: String?
      var allowed: String?
    }

    struct Output: Sendable {
      var name: String?
      var type: String?
      var allowed: String?
      var defaultValue: String?
    }

    struct Row: Sendable {
      var tests: [String]
      var outputs: [String]
    }

    var hitPolicy: HitPolicy
    var aggregation: Aggregation?
    var inputs: [Input]
    var outputs: [Output]
    var rows: [Row]
  }

  /// A named type.
  indirect enum TypeDefinition: Sendable {
    case named(String)
    case list(TypeDefinition)
    case context([(name: String, type: TypeDefinition)])
    case function(parameters: [TypeDefinition], result: TypeDefinition)
    /// A type of which only values that pass unary tests are allowed.
    case restricted(TypeDefinition, tests: String)
  }

  /// The id, which the response repeats.
  public var id: String
  var subject: Subject
  var context: [(name: String, value: Value)]
  /// Declared types of entries of the context.
  var contextTypes: [String: String]
  var definitions: [Definition]
  /// The declared type of the result.
  var type: String?
  var types: [(name: String, type: TypeDefinition)]

  /// How deep types may nest, and definitions within definitions.
  static let depthLimit = 50
}

// MARK: - Reading

extension EvaluationRequest {
  /// Reads a request.
  public init(_ tree: ExchangeTree) throws(ExchangeError) {
    id = try tree.text("id")
    let kind = try tree.text("kind")
    switch kind {
    case "expression": subject = .expression(try tree.text("expression"))
    case "unary":
      subject = .tests(try tree.text("expression"), input: try Value(exchange: tree["input"] ?? .null))
    case "table":
      guard let table = tree["table"] else { throw ExchangeError("a request of kind `table` has a `table`") }
      subject = .table(try Table(table))
    default: throw ExchangeError("there is no kind `\(kind)`; there are expression, unary and table")
    }
    context = []
    for member in try tree.members("context") {
      context.append((member.name, try Value(exchange: member.value)))
    }
    contextTypes = [:]
    for member in try tree.members("contextTypes") {
      guard case .string(let type) = member.value else { throw ExchangeError("a type in `contextTypes` is a name") }
      contextTypes[member.name] = type
    }
    definitions = try Definition.list(tree, depth: 0)
    type = try tree.optionalText("typeRef")
    types = []
    for member in try tree.members("types") {
      types.append((member.name, try TypeDefinition(member.value, depth: 0)))
    }
  }
}

extension EvaluationRequest.Definition {
  fileprivate static func list(_ tree: ExchangeTree, depth: Int) throws(ExchangeError) -> [Self] {
    var definitions: [Self] = []
    for item in try tree.items("let") { definitions.append(try Self(item, depth: depth)) }
    return definitions
  }

  private init(_ tree: ExchangeTree, depth: Int) throws(ExchangeError) {
    guard depth < EvaluationRequest.depthLimit else { throw ExchangeError("definitions nest too deeply") }
    name = try tree.text("name")
    body =
      if let table = tree["table"] { .table(try EvaluationRequest.Table(table)) } else {
        .expression(try tree.text("expression"))
      }
    type = try tree.optionalText("typeRef")
    if tree["params"] != nil {
      var list: [Parameter] = []
      for parameter in try tree.items("params") {
        list.append(.init(name: try parameter.text("name"), type: try parameter.optionalText("type")))
      }
      parameters = list
    }
    locals = try Self.list(tree, depth: depth + 1)
  }
}

extension EvaluationRequest.Table {
  fileprivate init(_ tree: ExchangeTree) throws(ExchangeError) {
    let policy = try tree.text("hitPolicy")
    guard let hitPolicy = HitPolicy(rawValue: policy.lowercased()) else {
      throw ExchangeError("there is no hit policy `\(policy)`")
    }
    self.hitPolicy = hitPolicy
    if let name = try tree.optionalText("aggregation") {
      guard let known = Aggregation(rawValue: name.lowercased()) else {
        throw ExchangeError("there is no aggregation `\(name)`")
      }
      aggregation = known
    }
    inputs = []
    for item in try tree.items("inputs") {
      inputs.append(
        Input(
          expression: try item.text("expression"), type: try item.optionalText("type"),
          allowed: try item.optionalText("allowed")))
    }
    outputs = []
    for item in try tree.items("outputs") {
      outputs.append(
        Output(
          name: try item.optionalText("name"), type: try item.optionalText("type"),
          allowed: try item.optionalText("allowed"), defaultValue: try item.optionalText("default")))
    }
    guard !outputs.isEmpty else { throw ExchangeError("a table has an output") }
    rows = []
    for item in try tree.items("rules") {
      guard case .array(let halves) = item, halves.count == 2 else {
        throw ExchangeError("a rule is two lists: tests and outputs")
      }
      let row = Row(tests: try halves[0].texts(), outputs: try halves[1].texts())
      guard row.tests.count == inputs.count, row.outputs.count == outputs.count else {
        throw ExchangeError("rule \(rows.count + 1) has not as many cells as there are inputs and outputs")
      }
      rows.append(row)
    }
  }
}

extension EvaluationRequest.TypeDefinition {
  fileprivate init(_ tree: ExchangeTree, depth: Int) throws(ExchangeError) {
    guard depth < EvaluationRequest.depthLimit else { throw ExchangeError("types nest too deeply") }
    if case .string(let name) = tree {
      self = .named(name)
    } else if let item = tree["list"] {
      self = .list(try Self(item, depth: depth + 1))
    } else if tree["context"] != nil {
      var members: [(name: String, type: Self)] = []
      for member in try tree.members("context") {
        members.append((member.name, try Self(member.value, depth: depth + 1)))
      }
      self = .context(members)
    } else if let function = tree["function"] {
      var parameters: [Self] = []
      for item in try function.items("params") { parameters.append(try Self(item, depth: depth + 1)) }
      self = .function(
        parameters: parameters, result: try Self(function["result"] ?? .string("Any"), depth: depth + 1))
    } else if let type = tree["type"] {
      self = .restricted(try Self(type, depth: depth + 1), tests: try tree.text("allowed"))
    } else {
      throw ExchangeError("a type is a name, a list, a context, a function, or a type and what is allowed of it")
    }
  }
}

extension ExchangeTree {
  fileprivate func text(_ name: String) throws(ExchangeError) -> String {
    guard let text = try optionalText(name) else { throw ExchangeError("`\(name)` is missing") }
    return text
  }

  fileprivate func optionalText(_ name: String) throws(ExchangeError) -> String? {
    switch self[name] {
    case nil, .null: return nil
    case .string(let text): return text
    default: throw ExchangeError("`\(name)` is text")
    }
  }

  fileprivate func texts() throws(ExchangeError) -> [String] {
    guard case .array(let items) = self else { throw ExchangeError("a rule is two lists of texts") }
    var texts: [String] = []
    for item in items {
      guard case .string(let text) = item else { throw ExchangeError("a cell is text") }
      texts.append(text)
    }
    return texts
  }

  fileprivate func items(_ name: String) throws(ExchangeError) -> [ExchangeTree] {
    switch self[name] {
    case nil, .null: return []
    case .array(let items): return items
    default: throw ExchangeError("`\(name)` is a list")
    }
  }

  fileprivate func members(_ name: String) throws(ExchangeError) -> [Member] {
    switch self[name] {
    case nil, .null: return []
    case .object(let members): return members
    default: throw ExchangeError("`\(name)` is an object")
    }
  }
}
