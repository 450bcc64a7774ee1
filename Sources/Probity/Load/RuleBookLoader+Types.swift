import Diagnostics
import FEEL
import YAML

extension DiagnosticCode {
  /// A type that contains itself, or is nested too deep.
  fileprivate static let endlessType = DiagnosticCode("RULE312")
  /// A key or name that is no fact of its type, or no scalar.
  fileprivate static let unfitKey = DiagnosticCode("RULE313")
  /// Allowed values that do not go with their type.
  fileprivate static let unfitAllowed = DiagnosticCode("RULE314")
}

/// A type as it was read, before the types of its facts are known.
private struct RawType {
  var name: Located<String>
  var title: String?
  var isRecord: Bool
  var key: Located<String>?
  var nameFact: Located<String>?
  var facts: [RawFact]
}

private struct RawFact {
  var name: Located<String>
  var type: TypeName
  var label: String?
  var unit: String?
  var allowed: YAML.Node?
  var isSensitive: Bool
  var help: String?
}

extension RuleBookLoader {
  static let typeKeys = ["type", "record", "title", "key", "name", "help", "facts"]
  private static let factKeys = ["fact", "type", "label", "unit", "allowed", "sensitive", "help"]

  /// How deep types may nest within one another.
  private static let nestingLimit = 32

  mutating func loadTypes() {
    let items = files.flatMap(\.types)
    var declared: Set<String> = []
    for item in items {
      if let name = item["type"]?.text { declared.insert(name) }
    }
    var raw: [RawType] = []
    var indices: [String: Int] = [:]
    for item in items {
      guard let type = readType(item, declared: declared) else { continue }
      if let first = indices[type.name.value] {
        diagnostics.report(.declaredTwice("the type", type.name, first: raw[first].name.span))
        // The facts of both count, so that what either says of them is not reported as unknown.
        let known = Set(raw[first].facts.map(\.name.value))
        raw[first].facts += type.facts.filter { !known.contains($0.name.value) }
        continue
      }
      indices[type.name.value] = raw.count
      raw.append(type)
    }
    build(raw, indices)
  }

  // MARK: Reading

  private mutating func readType(_ fields: Fields, declared: Set<String>) -> RawType? {
    let name = fields.requiredText("type", into: &diagnostics)
    let title = fields.text("title", into: &diagnostics)?.value
    let isRecord = fields.boolean("record", into: &diagnostics) ?? false
    let key = fields.text("key", into: &diagnostics)
    let nameFact = fields.text("name", into: &diagnostics)
    let help = fields.text("help", into: &diagnostics)?.value
    _ = fields.required("facts", into: &diagnostics)
    var facts: [RawFact] = []
    var seen: [String: SourceSpan] = [:]
    for node in fields.items("facts", into: &diagnostics) ?? [] {
      guard var fact = readFact(node, declared: declared) else { continue }
      if let first = seen[fact.name.value] {
        diagnostics.report(.declaredTwice("the fact", fact.name, first: first))
        continue
      }
      seen[fact.name.value] = fact.name.span
      if fact.help == nil { fact.help = help }
      facts.append(fact)
    }
    guard let name, Names.checkIdentifier(name, "a type", isGlobal: false, into: &diagnostics) else { return nil }
    guard !TypeName.isScalar(name.value) else {
      diagnostics.report(.hides("the type", name, "one of FEEL's types", at: nil))
      return nil
    }
    if isRecord, key == nil, !fields.has("key") {
      diagnostics.report(
        .missingKey("key", of: "the type of a record", at: name.span, help: "name the fact that identifies a record"))
    }
    return RawType(name: name, title: title, isRecord: isRecord, key: key, nameFact: nameFact, facts: facts)
  }

  private mutating func readFact(_ node: YAML.Node, declared: Set<String>) -> RawFact? {
    guard let fields = Fields(node, "a fact", keys: Self.factKeys, into: &diagnostics) else { return nil }
    let name = fields.requiredText("fact", into: &diagnostics)
    let type = fields.required("type", into: &diagnostics)
      .flatMap { Fields.expression($0, into: &diagnostics) }
      .map { TypeName($0, declared: declared, into: &diagnostics) }
    let label = fields.text("label", into: &diagnostics)?.value
    let unit = fields.text("unit", into: &diagnostics)?.value
    let isSensitive = fields.boolean("sensitive", into: &diagnostics) ?? false
    let help = fields.text("help", into: &diagnostics)?.value
    guard let name, Names.checkIdentifier(name, "a fact", isGlobal: false, into: &diagnostics) else { return nil }
    return RawFact(
      name: name, type: type ?? TypeName(unknownAt: name.span), label: label, unit: unit, allowed: fields["allowed"],
      isSensitive: isSensitive, help: help)
  }

  // MARK: Building

  /// Builds types after those they contain, and gives a fact that would close a circle a type that everything fits.
  private mutating func build(_ raw: [RawType], _ indices: [String: Int]) {
    var built: [Vocabulary.RecordType?] = Array(repeating: nil, count: raw.count)
    var depths = [Int](repeating: 0, count: raw.count)
    var isOpen = [Bool](repeating: false, count: raw.count)
    /// Facts that cannot have the type they name.
    var broken: Set<SourceSpan> = []
    for start in raw.indices where built[start] == nil {
      /// The types being built, each containing the next, and the fact to look at next.
      var path = [(type: start, fact: 0)]
      isOpen[start] = true
      while let (index, next) = path.last {
        let facts = raw[index].facts
        guard next < facts.count else {
          built[index] = type(raw[index], broken: broken) { name in
            indices[name].flatMap { built[$0] }.map { .context($0.context) } ?? .any
          }
          isOpen[index] = false
          path.removeLast()
          continue
        }
        path[path.count - 1].fact += 1
        guard case .declared(let name) = facts[next].type.item, let inner = indices[name] else { continue }
        if isOpen[inner] {
          let circle = path.map(\.type).drop { $0 != inner }.map { raw[$0].name.value } + [name]
          broken.insert(facts[next].name.span)
          diagnostics.report(
            Diagnostic(
              .endlessType, .error, "the type `\(name)` contains itself: \(circle.joined(separator: " → "))",
              at: facts[next].type.span,
              help: ["a fact of one of them can hold the key of the other instead"]))
        } else if built[inner] == nil {
          // Come back to this fact when the type within is built.
          path[path.count - 1].fact -= 1
          path.append((inner, 0))
          isOpen[inner] = true
        } else if depths[inner] + 1 >= Self.nestingLimit {
          broken.insert(facts[next].name.span)
          diagnostics.report(
            Diagnostic(
              .endlessType, .error, "types nest more than \(Self.nestingLimit) deep here", at: facts[next].type.span))
        } else {
          depths[index] = max(depths[index], depths[inner] + 1)
          if sensitivity.types.contains(name) { sensitivity.types.insert(raw[index].name.value) }
        }
      }
    }
    for type in built.compactMap(\.self) { book.vocabulary.add(type) }
  }

  private mutating func type(
    _ raw: RawType, broken: Set<SourceSpan>, _ declared: (String) -> Type
  ) -> Vocabulary.RecordType {
    let facts = raw.facts.map { fact in
      if fact.isSensitive { sensitivity.types.insert(raw.name.value) }
      let isBroken = broken.contains(fact.name.span)
      var declaration = Vocabulary.FactDeclaration(
        name: fact.name.value, type: isBroken ? .any : fact.type.type(declared), label: fact.label, unit: fact.unit,
        isSensitive: fact.isSensitive, help: fact.help, span: fact.name.span)
      if let allowed = fact.allowed, !isBroken { restrict(&declaration, to: allowed) }
      return declaration
    }
    return Vocabulary.RecordType(
      name: raw.name.value, title: raw.title, isRecord: raw.isRecord, key: key(raw.key, "key", raw, facts),
      nameFact: key(raw.nameFact, "name", raw, facts), facts: facts, span: raw.name.span)
  }

  /// The fact that a `key` or `name` names.
  private mutating func key(
    _ name: Located<String>?, _ key: String, _ raw: RawType, _ facts: [Vocabulary.FactDeclaration]
  ) -> String? {
    guard let name else { return nil }
    guard let fact = facts.first(where: { $0.name == name.value }) else {
      let nearest = NearMiss.nearest(to: name.value, among: facts.map(\.name))
      diagnostics.report(
        Diagnostic(
          .unfitKey, .error, "`\(raw.name.value)` has no fact `\(name.value)` to be its `\(key)`", at: name.span,
          help: [nearest.map { "did you mean `\($0)`?" }]))
      return nil
    }
    guard fact.type.isScalar else {
      diagnostics.report(
        Diagnostic(
          .unfitKey, .error, "the `\(key)` of a type has to be text, a number or a date, and `\(name.value)` is not",
          at: name.span, related: fact.span.map { [.init("declared here", at: $0)] } ?? []))
      return nil
    }
    return name.value
  }

  // MARK: Allowed values

  /// Restricts a fact, or the items of one that is a list, to what is allowed.
  private mutating func restrict(_ fact: inout Vocabulary.FactDeclaration, to node: YAML.Node) {
    let item = fact.type.item ?? fact.type
    let allowed: AllowedValues
    switch item {
    case .any: return
    case .boolean, .context:
      diagnostics.report(
        Diagnostic(
          .unfitAllowed, .error, "the values of a `\(item.inWords)` cannot be restricted", at: node.span,
          help: item == .boolean ? [] : ["restrict the facts of `\(item.inWords)`"]))
      return
    default: break
    }
    if node.items != nil {
      guard let listed = listedValues(node, item) else { return }
      allowed = AllowedValues(listed: listed, text: listed.map(\.description).joined(separator: ", "))
    } else {
      guard let source = Fields.expression(node, into: &diagnostics) else { return }
      var own = Diagnostics()
      let tests = CheckedTests(checking: source, input: item, in: EmptyScope(), into: &own)
      diagnostics.report(contentsOf: own)
      guard !own.hasErrors else { return }
      guard tests.isConstant else {
        diagnostics.report(
          Diagnostic(
            .unfitAllowed, .error, "what is allowed may not depend on the day", at: node.span,
            help: ["let a rule compare the fact with `today()`"]))
        return
      }
      allowed = tests.allowedValues
      fact.tests = tests
    }
    let restricted = Type.restricted(item, allowed)
    fact.type = fact.type.item == nil ? restricted : .list(restricted)
  }

  /// The values of a list, each there once; nil where none can be used.
  mutating func listedValues(_ node: YAML.Node, _ type: Type) -> [Value]? {
    guard let items = Fields.items(node, into: &diagnostics) else { return nil }
    var places: [Value: SourceSpan] = [:]
    var values: [Value] = []
    for item in items {
      guard let value = ValueReader.value(item, type, into: &diagnostics) else { continue }
      if let first = places[value] {
        diagnostics.report(.listedTwice("the value", Located(value.description, at: item.span), first: first))
      } else {
        places[value] = item.span
        values.append(value)
      }
    }
    if items.isEmpty, !node.hasHoles {
      diagnostics.report(Diagnostic(.unfitAllowed, .error, "no value at all is allowed here", at: node.span))
    }
    return values.isEmpty ? nil : values
  }
}
