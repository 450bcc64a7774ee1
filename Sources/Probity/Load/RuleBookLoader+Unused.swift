import Diagnostics

extension DiagnosticCode {
  /// A parameter that nothing uses.
  fileprivate static let unusedParameter = DiagnosticCode("RULE346")
  /// A decision that nothing uses.
  fileprivate static let unusedDecision = DiagnosticCode("RULE347")
}

extension RuleBookLoader {
  /// Reports the parameters and decisions that nothing speaks of.
  mutating func reportUnused(but used: References) {
    guard !isIncomplete else { return }
    for (index, parameter) in book.parameters.enumerated()
    where !used.parameters.contains(index) && !used.words.contains(parameter.name) {
      diagnostics.report(
        Diagnostic(
          .unusedParameter, .warning, "the parameter `\(parameter.name)` is never used", at: parameter.span))
    }
    for (index, decision) in book.decisions.enumerated()
    where !used.decisions.contains(index) && !used.words.contains(decision.name) {
      diagnostics.report(
        Diagnostic(.unusedDecision, .warning, "the decision `\(decision.name)` is never used", at: decision.span))
    }
  }
}
