extension Checker {
  mutating func call(_ callee: Expression.ID, _ arguments: Expression.Row, _ range: Range<Int>) -> NodeEntry {
    let nodes = check(arguments)
    guard case .name(let name) = tree[callee].kind, isFree(name) else {
      return invoke(callee, nodes, names: nil, range)
    }
    guard let builtin = builtin(name) else {
      let word = text(name)
      guard word == "supplied" else { return unknownFunction(word, tree[callee].range) }
      guard nodes.count == 1 else {
        return invalid(
          .wrongArguments, .wrongArguments, "`supplied` takes one fact", at: range, type: .boolean)
      }
      return NodeEntry(.supplied, .boolean, range, nodes)
    }
    return self.builtin(builtin, nodes, range)
  }

  /// The position of a built-in in the library.
  @inline(__always)
  private mutating func builtin(_ name: Expression.Name) -> Int? {
    withUTF8(name) { BuiltinLibrary.position(of: $0) }
  }

  /// Whether a function's name means nothing in scope, so that a built-in goes by it. One keeps its name among items of
  /// which nothing is known, whatever entries they may have.
  @inline(__always)
  private mutating func isFree(_ name: Expression.Name) -> Bool {
    // Most calls stand where there are no names but the host's.
    if locals.count == 0, items.count == 0 { return withUTF8(name) { scope.resolve(utf8: $0) } == nil }
    return switch meaning(of: name) {
    case nil: true
    case .dynamicName: builtin(name) != nil || text(name) == "supplied"
    default: false
    }
  }

  private mutating func unknownFunction(_ name: String, _ range: Range<Int>) -> NodeEntry {
    invalid(
      .unknownFunction, .unknownFunction, "unknown function `\(name)`", at: range,
      help: [suggestion(for: name, among: BuiltinLibrary.names + ["supplied"])])
  }

  private mutating func builtin(_ position: Int, _ nodes: NodeEntry.Children, _ range: Range<Int>) -> NodeEntry {
    let builtin = BuiltinLibrary.all[position]
    // Most calls are of what is known.
    if let signature = exactSignature(of: builtin, nodes) {
      return NodeEntry(
        .builtin(UInt16(position), signature: UInt16(signature)), result(of: builtin, signature, nodes), range, nodes)
    }
    if builtin.signatures.count == 1, fits(nodes, builtin, 0) {
      checkAllowedArguments(builtin, nodes)
      return NodeEntry(.builtin(UInt16(position), signature: 0), result(of: builtin, 0, nodes), range, nodes)
    }
    // The first signature that fits, and the first that takes the arguments as they are, which goes before one for
    // which they are converted.
    var fitting: Int?
    var exact: Int?
    var isOnly = true
    for index in builtin.signatures.indices where fits(nodes, builtin, index) {
      if fitting == nil { fitting = index } else { isOnly = false }
      if exact == nil, fitExactly(nodes, builtin, index) { exact = index }
    }
    guard let first = exact ?? fitting else {
      return wrongArguments(builtin, nodes, range)
    }
    checkAllowedArguments(builtin, nodes)
    // With arguments whose types are not known, the values decide among several signatures.
    guard isOnly || !builder.nodes(nodes).contains(where: { base($0).isOpen }) else {
      return NodeEntry(.builtin(UInt16(position), signature: nil), result(of: builtin, nodes), range, nodes)
    }
    return NodeEntry(
      .builtin(UInt16(position), signature: UInt16(first)), result(of: builtin, first, nodes), range, nodes)
  }

  /// The type of what a call gives.
  private mutating func result(of builtin: Builtin, _ signature: Int, _ nodes: NodeEntry.Children) -> TypeNumber {
    if let number = builtin.shapes[signature].result { return number }
    return builder.number(of: builtin.signatures[signature].result(types(nodes)))
  }

  /// What a call may give, whichever of the signatures that fit is meant.
  private mutating func result(of builtin: Builtin, _ nodes: NodeEntry.Children) -> TypeNumber {
    let types = types(nodes)
    var result = Type.null
    for (index, signature) in builtin.signatures.enumerated() where fits(nodes, builtin, index) {
      result = result.joined(with: signature.result(types))
    }
    return builder.number(of: result)
  }

  private mutating func types(_ nodes: NodeEntry.Children) -> [Type] { builder.nodes(nodes).map { type($0) } }

  private mutating func fitExactly(_ nodes: NodeEntry.Children, _ builtin: Builtin, _ signature: Int) -> Bool {
    for index in 0..<min(nodes.count, builtin.signatures[signature].parameters.count) {
      let type = builder.child(index, of: nodes).type
      let wanted = builtin.shapes[signature].number(at: index)
      guard
        wanted.flatMap({ type.overlaps($0) })
          ?? builder.tree[type].overlaps(builtin.signatures[signature].parameters[index].type)
      else { return false }
    }
    return true
  }

  /// The first signature that takes arguments, all of them of fixed types and known, as they are; nil where that cannot be
  /// told at once.
  private mutating func exactSignature(of builtin: Builtin, _ nodes: NodeEntry.Children) -> Int? {
    for index in 0..<nodes.count {
      let type = builder.child(index, of: nodes).type
      guard type.position == nil, type.simple?.isOpen != true else { return nil }
    }
    for (signature, shape) in builtin.shapes.enumerated() {
      guard shape.isTold else { return nil }
      guard shape.takes(nodes.count) else { continue }
      var takesAll = true
      for index in 0..<nodes.count {
        guard let wanted = shape.number(at: index) else { return nil }
        takesAll = takesAll && builder.child(index, of: nodes).type.overlaps(wanted) ?? false
      }
      if takesAll { return signature }
    }
    return nil
  }

  /// `list contains(services, "domiciliry care")` names a value that no item can have.
  private mutating func checkAllowedArguments(_ builtin: Builtin, _ nodes: NodeEntry.Children) {
    guard nodes.count == 2 else { return }
    let list = builder.child(0, of: nodes)
    // The items of what has a fixed number are not restricted.
    guard list.type.position != nil, let item = type(list).item else { return }
    if builtin.name == "list contains" || builtin.name == "index of" {
      checkAllowed(builder.child(1, of: nodes), against: item)
    }
  }

  private mutating func fits(_ nodes: NodeEntry.Children, _ builtin: Builtin, _ signature: Int) -> Bool {
    let shape = builtin.shapes[signature]
    if shape.takes(nodes.count) {
      for index in 0..<nodes.count {
        let node = builder.child(index, of: nodes)
        let isAccepted = shape.number(at: index).flatMap { node.type.isAccepted(as: $0) }
        guard isAccepted ?? accepts(node, builtin.signatures[signature].parameters[index]) else { return false }
      }
      return true
    }
    let count = builtin.signatures[signature].parameters.count
    if builtin.signatures[signature].isVariadic {
      guard let item = builtin.signatures[signature].parameters.last?.type.item, nodes.count >= count else {
        return false
      }
      for index in 0..<nodes.count {
        let node = builder.child(index, of: nodes)
        guard
          index < count - 1
            ? accepts(node, builtin.signatures[signature].parameters[index]) : Self.accepts(type(node), item)
        else { return false }
      }
      return true
    }
    guard nodes.count <= count else { return false }
    for index in 0..<count {
      guard index < nodes.count else {
        if builtin.signatures[signature].parameters[index].isOptional { continue }
        return false
      }
      guard accepts(builder.child(index, of: nodes), builtin.signatures[signature].parameters[index]) else {
        return false
      }
    }
    return true
  }

  @inline(__always)
  private mutating func accepts(_ node: NodeEntry, _ parameter: Builtin.Parameter) -> Bool {
    parameter.number.flatMap { node.type.isAccepted(as: $0) } ?? Self.accepts(type(node), parameter.type)
  }

  /// Whether a value of a type may be passed where another is wanted, with the conversions of 10.3.2.9.4.
  private static func accepts(_ type: Type, _ wanted: Type) -> Bool {
    if type.overlaps(wanted) { return true }
    if case .list(let item) = wanted.base, type.overlaps(item) { return true }
    if case .list(let item) = type.base, item.overlaps(wanted) { return true }
    return type.base == .date && wanted.base == .dateAndTime
  }

  private mutating func wrongArguments(
    _ builtin: Builtin, _ arguments: NodeEntry.Children, _ range: Range<Int>
  ) -> NodeEntry {
    let nodes = builder.nodes(arguments)
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
        if !Self.accepts(type(node), parameters[index].type) {
          return invalid(
            .wrongArguments, .wrongArguments,
            "`\(builtin.name)` needs \(article(parameters[index].type)) as its `\(parameters[index].name)`, "
              + "not \(article(type(node)))",
            at: node.range, label: "\(type(node).label)", help: ["it is called as " + ways[0]])
        }
      }
    }
    let message =
      counts.contains(nodes.count)
      ? "`\(builtin.name)` cannot be called with \(nodes.map { article(type($0)) }.joined(separator: ", "))"
      : "`\(builtin.name)` does not take \(nodes.count) argument\(nodes.count == 1 ? "" : "s")"
    return invalid(
      .wrongArguments, .wrongArguments, message, at: range, help: ["it is called as " + ways.joined(separator: " or ")])
  }

  // MARK: Named arguments

  mutating func call(
    _ callee: Expression.ID, named arguments: [Expression.Entry], _ range: Range<Int>
  ) -> NodeEntry {
    let nodes = arguments.map { check($0.value) }
    let given = arguments.map { text($0.name) }
    guard case .name(let name) = tree[callee].kind, isFree(name) else {
      return invoke(callee, builder.place(nodes), names: given, range)
    }
    guard let position = builtin(name) else { return unknownFunction(text(name), tree[callee].range) }
    guard Set(given).count == given.count else {
      return invalid(.wrongArguments, .wrongArguments, "an argument is given twice", at: range)
    }
    let builtin = BuiltinLibrary.all[position]
    for (index, signature) in builtin.signatures.enumerated() {
      let names = signature.parameters.map(\.name)
      guard Set(given).isSubset(of: names),
        signature.parameters.allSatisfy({ $0.isOptional || given.contains($0.name) })
      else { continue }
      // Left-out optional arguments in the middle are written as null.
      let last = names.lastIndex { given.contains($0) } ?? -1
      let ordered = builder.place(
        names.prefix(last + 1).map { name in
          given.firstIndex(of: name).map { nodes[$0] } ?? NodeEntry(.null, .null, range)
        })
      guard
        fits(ordered, builtin, index)
          || signature.isVariadic && accepts(builder.child(0, of: ordered), signature.parameters[0])
      else { continue }
      return NodeEntry(
        .builtin(UInt16(position), signature: UInt16(index)), result(of: builtin, index, ordered), range, ordered)
    }
    let names = Set(builtin.signatures.flatMap { $0.parameters.map(\.name) })
    if let wrong = given.firstIndex(where: { !names.contains($0) }) {
      return invalid(
        .wrongArguments, .wrongArguments, "`\(builtin.name)` has no parameter `\(given[wrong])`",
        at: arguments[wrong].at.range, help: [suggestion(for: given[wrong], among: names)])
    }
    return wrongArguments(builtin, builder.place(nodes), range)
  }

  private mutating func invoke(
    _ callee: Expression.ID, _ arguments: NodeEntry.Children, names: [String]?, _ range: Range<Int>
  ) -> NodeEntry {
    let function = check(callee)
    let result: Type
    switch base(function) {
    case .function(let parameters, let type):
      if !parameters.isEmpty, parameters.count != arguments.count {
        report(
          .wrongArguments,
          "this function takes \(parameters.count) argument\(parameters.count == 1 ? "" : "s"), not \(arguments.count)",
          at: range)
      }
      result = type
    case .any, .null: result = .any
    case let other:
      return invalid(
        .unknownFunction, .unknownFunction, "\(article(other)) cannot be called", at: tree[callee].range,
        label: "\(other.label)")
    }
    // Once more, beside what is called.
    let nodes = builder.place([function] + builder.nodes(arguments))
    return NodeEntry(
      .invoke(names: names.map { builder.add(names: $0) }), builder.number(of: result), range, nodes)
  }
}
