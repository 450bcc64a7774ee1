extension Checker {
  mutating func call(_ callee: Expression.ID, _ arguments: Expression.Row, _ range: Range<Int>) -> Node {
    let nodes = check(arguments)
    guard case .name(let name) = tree[callee].kind, isFree(name, at: tree[callee].range) else {
      return invoke(callee, nodes, names: nil, range)
    }
    guard let builtin = builtin(name) else {
      let word = text(name)
      guard word == "supplied" else { return unknownFunction(word, tree[callee].range) }
      guard nodes.count == 1 else {
        return invalid(
          .wrongArguments, .wrongArguments, "`supplied` takes one fact", at: range, type: .boolean)
      }
      return Node(.supplied(nodes[0]), .boolean, range)
    }
    return self.builtin(builtin, nodes, range)
  }

  private func builtin(_ name: Expression.Name) -> Builtin? {
    withUTF8(name) { BuiltinLibrary[$0] }
  }

  /// Whether a function's name means nothing in scope, so that a built-in goes by it. One keeps its name among items of
  /// which nothing is known, whatever entries they may have.
  private func isFree(_ name: Expression.Name, at range: Range<Int>) -> Bool {
    switch lookUp(name, at: range)?.kind {
    case nil: true
    case .dynamicName(_, _, otherwise: nil): builtin(name) != nil || text(name) == "supplied"
    default: false
    }
  }

  private mutating func unknownFunction(_ name: String, _ range: Range<Int>) -> Node {
    invalid(
      .unknownFunction, .unknownFunction, "unknown function `\(name)`", at: range,
      help: [suggestion(for: name, among: BuiltinLibrary.names + ["supplied"])])
  }

  private mutating func builtin(_ builtin: Builtin, _ nodes: [Node], _ range: Range<Int>) -> Node {
    // The first signature that fits, and the first that takes the arguments as they are, which goes before one for
    // which they are converted.
    var fitting: Int?
    var exact: Int?
    var isOnly = true
    for (index, signature) in builtin.signatures.enumerated() where Self.fits(nodes, signature) {
      if fitting == nil { fitting = index } else { isOnly = false }
      if exact == nil, Self.fitExactly(nodes, signature) { exact = index }
    }
    guard let first = exact ?? fitting else {
      return wrongArguments(builtin, nodes, range)
    }
    checkAllowedArguments(builtin, nodes)
    // With arguments whose types are not known, the values decide among several signatures.
    guard isOnly || !nodes.contains(where: { $0.type.base.isOpen }) else {
      return Node(.builtin(builtin, signature: nil, nodes), Self.result(of: builtin, nodes), range)
    }
    return Node(.builtin(builtin, signature: first, nodes), builtin.signatures[first].result(nodes), range)
  }

  /// What a call may give, whichever of the signatures that fit is meant.
  private static func result(of builtin: Builtin, _ nodes: [Node]) -> Type {
    builtin.signatures.reduce(.null) { fits(nodes, $1) ? $0.joined(with: $1.result(nodes)) : $0 }
  }

  private static func fitExactly(_ nodes: [Node], _ signature: Builtin.Signature) -> Bool {
    for index in 0..<min(nodes.count, signature.parameters.count)
    where !nodes[index].type.overlaps(signature.parameters[index].type) {
      return false
    }
    return true
  }

  /// `list contains(services, "domiciliry care")` names a value that no item can have.
  private mutating func checkAllowedArguments(_ builtin: Builtin, _ nodes: [Node]) {
    guard nodes.count == 2, let item = nodes[0].type.item else { return }
    if builtin.name == "list contains" || builtin.name == "index of" { checkAllowed(nodes[1], against: item) }
  }

  static func fits(_ nodes: [Node], _ signature: Builtin.Signature) -> Bool {
    if signature.isVariadic {
      let single = signature.parameters.dropLast()
      guard let item = signature.parameters.last?.type.item, nodes.count > single.count else { return false }
      return zip(nodes, single).allSatisfy { accepts($0.type, $1.type) }
        && nodes.dropFirst(single.count).allSatisfy { accepts($0.type, item) }
    }
    guard nodes.count <= signature.parameters.count else { return false }
    for index in signature.parameters.indices {
      guard index < nodes.count else {
        if signature.parameters[index].isOptional { continue }
        return false
      }
      guard accepts(nodes[index].type, signature.parameters[index].type) else { return false }
    }
    return true
  }

  /// Whether a value of a type may be passed where another is wanted, with the conversions of 10.3.2.9.4.
  static func accepts(_ type: Type, _ wanted: Type) -> Bool {
    if type.overlaps(wanted) { return true }
    if case .list(let item) = wanted.base, type.overlaps(item) { return true }
    if case .list(let item) = type.base, item.overlaps(wanted) { return true }
    return type.base == .date && wanted.base == .dateAndTime
  }

  private mutating func wrongArguments(_ builtin: Builtin, _ nodes: [Node], _ range: Range<Int>) -> Node {
    let ways = builtin.signatures.map { signature in
      let parameters = signature.parameters.map {
        "\($0.name): \($0.type.label)" + ($0.isOptional ? " (optional)" : "")
      }
      return "`\(builtin.name)(\(parameters.joined(separator: ", "))\(signature.isVariadic ? ", …" : ""))`"
    }
    let counts = Set(
      builtin.signatures.flatMap { signature in
        signature.isVariadic
          ? Array(signature.parameters.count...max(nodes.count, signature.parameters.count))
          : Array(signature.parameters.filter { !$0.isOptional }.count...signature.parameters.count)
      })
    // Point at the one argument that is wrong, where there is just one way to call it.
    if builtin.signatures.count == 1, counts.contains(nodes.count) {
      let parameters = builtin.signatures[0].parameters
      for (index, node) in nodes.enumerated() where index < parameters.count {
        if !Self.accepts(node.type, parameters[index].type) {
          return invalid(
            .wrongArguments, .wrongArguments,
            "`\(builtin.name)` needs \(article(parameters[index].type)) as its `\(parameters[index].name)`, "
              + "not \(article(node.type))",
            at: node.range, label: "\(node.type.label)", help: ["it is called as " + ways[0]])
        }
      }
    }
    let message =
      counts.contains(nodes.count)
      ? "`\(builtin.name)` cannot be called with \(nodes.map { article($0.type) }.joined(separator: ", "))"
      : "`\(builtin.name)` does not take \(nodes.count) argument\(nodes.count == 1 ? "" : "s")"
    return invalid(
      .wrongArguments, .wrongArguments, message, at: range, help: ["it is called as " + ways.joined(separator: " or ")])
  }

  // MARK: Named arguments

  mutating func call(
    _ callee: Expression.ID, named arguments: [Expression.Entry], _ range: Range<Int>
  ) -> Node {
    let nodes = arguments.map { check($0.value) }
    let given = arguments.map { text($0.name) }
    guard case .name(let name) = tree[callee].kind, isFree(name, at: tree[callee].range) else {
      return invoke(callee, nodes, names: given, range)
    }
    guard let builtin = builtin(name) else { return unknownFunction(text(name), tree[callee].range) }
    guard Set(given).count == given.count else {
      return invalid(.wrongArguments, .wrongArguments, "an argument is given twice", at: range)
    }
    for (index, signature) in builtin.signatures.enumerated() {
      let names = signature.parameters.map(\.name)
      guard Set(given).isSubset(of: names),
        signature.parameters.allSatisfy({ $0.isOptional || given.contains($0.name) })
      else { continue }
      // Left-out optional arguments in the middle are written as null.
      let last = names.lastIndex { given.contains($0) } ?? -1
      let ordered = names.prefix(last + 1).map { name in
        given.firstIndex(of: name).map { nodes[$0] } ?? Node(.constant(.null), .null, range)
      }
      guard
        Self.fits(ordered, signature)
          || signature.isVariadic && Self.accepts(ordered[0].type, signature.parameters[0].type)
      else { continue }
      return Node(.builtin(builtin, signature: index, ordered), signature.result(ordered), range)
    }
    let names = Set(builtin.signatures.flatMap { $0.parameters.map(\.name) })
    if let wrong = given.firstIndex(where: { !names.contains($0) }) {
      return invalid(
        .wrongArguments, .wrongArguments, "`\(builtin.name)` has no parameter `\(given[wrong])`",
        at: arguments[wrong].at.range, help: [suggestion(for: given[wrong], among: names)])
    }
    return wrongArguments(builtin, nodes, range)
  }

  private mutating func invoke(_ callee: Expression.ID, _ nodes: [Node], names: [String]?, _ range: Range<Int>) -> Node
  {
    let function = check(callee)
    switch function.type.base {
    case .function(let parameters, let result):
      if !parameters.isEmpty, parameters.count != nodes.count {
        report(
          .wrongArguments,
          "this function takes \(parameters.count) argument\(parameters.count == 1 ? "" : "s"), not \(nodes.count)",
          at: range)
      }
      return Node(.invoke(function, nodes, names: names), result, range)
    case .any, .null:
      return Node(.invoke(function, nodes, names: names), .any, range)
    case let other:
      return invalid(
        .unknownFunction, .unknownFunction, "\(article(other)) cannot be called", at: tree[callee].range,
        label: "\(other.label)")
    }
  }
}
