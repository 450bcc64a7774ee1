/// Ranges from text, for the function `range`.
///
/// - Source: DMN 1.5, 10.3.4.1; conformance cases `1156-range-function`.
enum RangeText {
  /// The range that a text writes out, nil where it is none or an end is anything but a value that is written out.
  static func value(_ text: String, in evaluator: Evaluator) -> Value? {
    let checked = Parser.expression(text, names: KnownNames()) { tree, root, problem -> (root: Node, slots: Int)? in
      guard problem == nil, case .range(let start, _, let end, _) = tree[root].kind, isWrittenOut(start, in: tree),
        isWrittenOut(end, in: tree)
      else { return nil }
      return Checker.with(tree, scope: NamedScope([]), mode: .standard) { $0.check(root) }
    }
    guard let checked, case .range(let range) = evaluator.evaluate(checked.root, slots: checked.slots),
      let low = range.start, let high = range.end, low.type == high.type
    else { return nil }
    return .range(range)
  }

  private static func isWrittenOut(_ end: Expression.ID, in tree: SyntaxTree) -> Bool {
    switch tree[end].kind {
    case .temporal: return true
    case .negation(let number): if case .number = tree[number].kind { return true } else { return false }
    case .call(let callee, let arguments):
      guard case .name(let name) = tree[callee].kind,
        ["date", "time", "date and time", "duration"].contains(tree.text(name))
      else {
        return false
      }
      return tree.expressions(arguments).allSatisfy(isLiteral)
    case let kind: return isLiteral(kind)
    }
  }

  private static func isLiteral(_ expression: Expression) -> Bool { isLiteral(expression.kind) }

  private static func isLiteral(_ kind: Expression.Kind) -> Bool {
    switch kind {
    case .number, .string, .boolean, .null: true
    default: false
    }
  }
}
