extension BuiltinLibrary {
  private static let anyContext = Type.context(ContextType(members: []))
  private static let entry = Type.context(
    ContextType(members: [.init("key", .string), .init("value", .any)]))

  /// - Source: DMN 1.5, 10.3.4.10 (context functions).
  static let contextBuiltins: [Builtin] = [
    Builtin(
      "get value",
      [
        .init([.init("m", anyContext), .init("key", .string)], .any),
        .init([.init("m", anyContext), .init("keys", .list(.string))], .any),
      ],
      summary: "The value of a context's entry, or of the entry that several keys lead to; null where there is none.",
      example: ("get value({a: 1}, \"a\")", "1"), unknown: .aware, mayFail: true
    ) { getValue($0) },
    Builtin(
      "get entries", [.init([.init("m", anyContext)], .list(entry))],
      summary: "A context's entries, each as a context of `key` and `value`.",
      example: ("get entries({a: 1})", "[{key: \"a\", value: 1}]"), mayFail: true
    ) { call in
      guard let context = call.context(0) else { return call.refuseNull() }
      return .list(
        List(
          context.names.indices.map { index in
            .context(Context([("key", .string(context.names[index])), ("value", context[index])]))
          }))
    },
    Builtin(
      "context", [.init([.init("entries", .list(.any))], anyContext)],
      summary: "A context of entries, each a context with a `key` and a `value`; null where a key is there twice.",
      example: ("context([{key: \"a\", value: 1}])", "{a: 1}"), mayFail: true
    ) { call in
      guard let entries = call.items(0) else { return call.refuseNull() }
      var members: [(String, Value)] = []
      var names: Set<String> = []
      for item in entries {
        guard case .context(let entry) = item, case .string(let key)? = entry["key"], let value = entry["value"] else {
          return call.fail(.wrongArguments, "each entry is a context with a `key`, which is text, and a `value`")
        }
        guard names.insert(key).inserted else { return call.fail(.invalidFormat, "the key `\(key)` is there twice") }
        members.append((key, value))
      }
      return .context(Context(members))
    },
    Builtin(
      "context put",
      [
        .init([.init("context", anyContext), .init("key", .string), .init("value", .any)], anyContext),
        .init([.init("context", anyContext), .init("keys", .list(.string)), .init("value", .any)], anyContext),
      ],
      summary: "A context with one entry added or replaced; several keys lead to an entry of a context within.",
      example: ("context put({a: 1}, \"b\", 2)", "{a: 1, b: 2}"), mayFail: true
    ) { call in
      guard let context = call.context(0), let keys = keys(call[1]) else { return call.refuseNull() }
      guard !keys.isEmpty else { return call.fail(.wrongArguments, "a key is needed") }
      guard let result = put(call[2], at: keys[...], in: context) else {
        return call.fail(.noSuchEntry, "the keys lead to no context")
      }
      return .context(result)
    },
    Builtin(
      "context merge", [.init([.init("contexts", .list(anyContext))], anyContext)],
      summary: "The entries of several contexts; where a name is there twice, the last one's.",
      example: ("context merge([{a: 1}, {b: 2}])", "{a: 1, b: 2}"), mayFail: true
    ) { call in
      guard let items = call.items(0) else { return call.refuseNull() }
      var entries: [(String, Value)] = []
      for item in items {
        guard case .context(let context) = item else { return call.fail(.wrongArguments, "null is not a context") }
        entries += context.names.indices.map { (context.names[$0], context[$0]) }
      }
      return .context(Context(entries))
    },
  ]

  /// Only the entries on the way matter, whatever else of the context is missing.
  private static func getValue(_ call: Builtin.Call) -> Value {
    var unknowns: [Unknown] = []
    Operators.collectUnknowns(call[1], into: &unknowns)
    if case .unknown(let unknown) = call[0] { unknowns.append(unknown) }
    guard unknowns.isEmpty else { return .unknown(.merging(unknowns, mayFail: true)) }
    guard case .context = call[0], let keys = keys(call[1]) else { return call.refuseNull() }
    var value = call[0]
    for key in keys {
      switch value {
      case .context: value = call.evaluator.member(value, key, nil, call.range)
      case .unknown(let unknown): return .unknown(.merging([unknown], mayFail: true))
      default: return call.fail(.noSuchEntry, "there is no entry `\(key)`")
      }
    }
    return value
  }

  private static func keys(_ value: Value) -> [String]? {
    switch value {
    case .string(let key): return [key]
    case .list(let list):
      let keys = list.items.compactMap { if case .string(let key) = $0 { key } else { nil } }
      return keys.count == list.items.count ? keys : nil
    default: return nil
    }
  }

  /// The context with an entry put where the keys lead; nil where they do not lead through contexts.
  private static func put(_ value: Value, at keys: ArraySlice<String>, in context: Context) -> Context? {
    guard let key = keys.first else { return nil }
    var value = value
    if keys.count > 1 {
      guard case .context(let inner)? = context[key], let changed = put(value, at: keys.dropFirst(), in: inner) else {
        return nil
      }
      value = .context(changed)
    }
    return Context(context.names.indices.map { (context.names[$0], context[$0]) } + [(key, value)])
  }
}
