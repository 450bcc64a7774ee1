import Diagnostics

/// Ranges from text, for the function `range`.
///
/// - Source: DMN 1.5, 10.3.4.1; conformance cases `1156-range-function`.
enum RangeText {
  /// The range that a text writes out, nil where it is none or an end is anything but a value that is written out.
  static func value(_ text: String, in evaluator: Evaluator) -> Value? {
    var diagnostics = Diagnostics()
    let source = SourceText(text, file: FileID(rawValue: 0))
    let expression = Parser.expression(source, names: KnownNames(), into: &diagnostics)
    guard !diagnostics.hasErrors, case .range(let start, _, let end, _) = expression.kind, isWrittenOut(start),
      isWrittenOut(end)
    else { return nil }
    var checker = Checker(source: source, scope: NamedScope([]), mode: .standard)
    let node = checker.check(expression)
    guard case .range(let range) = evaluator.evaluate(node, slots: checker.slots), let low = range.start,
      let high = range.end, low.type == high.type
    else { return nil }
    return .range(range)
  }

  private static func isWrittenOut(_ end: Expression) -> Bool {
    switch end.kind {
    case .literal, .temporal: return true
    case .negation(let number):
      if case .literal(.number) = number.kind { return true } else { return false }
    case .call(let callee, let arguments):
      guard case .name(let name) = callee.kind, ["date", "time", "date and time", "duration"].contains(name) else {
        return false
      }
      return arguments.allSatisfy { if case .literal = $0.kind { true } else { false } }
    default: return false
    }
  }
}
