extension BuiltinLibrary {
  /// - Source: DMN 1.5, 10.3.4.2 and the truth functions of 10.3.4.4.
  static let booleanBuiltins: [Builtin] = [
    Builtin(
      "not", [.init([.init("negand", .boolean)], .boolean)],
      summary: "True for false, false for true, null for anything else.", example: ("not(true)", "false"),
      unknown: .aware, mayFail: true
    ) { Truth($0[0]).negated.value },
    Builtin(
      "all",
      [
        .init([.init("list", .list(.boolean))], .boolean),
        .init([.init("list", .list(.boolean))], isVariadic: true, .boolean),
      ],
      summary: "Whether every item is true; true for an empty list. One false item decides.",
      example: ("all([true, false])", "false"), unknown: .aware, mayFail: true
    ) { truths($0, every: true) },
    Builtin(
      "any",
      [
        .init([.init("list", .list(.boolean))], .boolean),
        .init([.init("list", .list(.boolean))], isVariadic: true, .boolean),
      ],
      summary: "Whether some item is true; false for an empty list. One true item decides.",
      example: ("any([true, false])", "true"), unknown: .aware, mayFail: true
    ) { truths($0, every: false) },
  ]

  private static func truths(_ call: Builtin.Call, every: Bool) -> Value {
    switch call[0] {
    case .list(let list):
      let truths = list.items.indices.map { index in
        let truth = Truth(list.items[index])
        return list.doubt(index).map { truth.doubted($0, neutral: every ? .yes : .no) } ?? truth
      }
      return (every ? Truth.conjunction(truths) : Truth.disjunction(truths)).value
    case .unknown(let unknown): return .unknown(unknown.bounded(lower: nil, upper: nil))
    default: return call.fail(.wrongArguments, "the argument is not a list of conditions")
    }
  }
}
