/// Unfolds the findings of a check.
public struct FindingExplainer: Sendable {
  private let checking: Checking
  private let explainer: Explainer

  /// - Parameter checking: what the findings are of; it says whether sensitive facts are shown.
  public init(_ checking: Checking) {
    self.checking = checking
    explainer = Explainer(
      book: checking.book, texts: ExpressionTexts(checking.book, [checking.policy]),
      showsSensitive: checking.showsSensitive)
  }

  /// How a finding on a record came about; nil where the check asks no such rule, or the record has no such item.
  public func explanation(of finding: Finding, on record: Record) -> Explanation? {
    guard let entry = checking.asked.first(where: { checking.book.rules[$0.rule].address == finding.address }) else {
      return nil
    }
    let rule = checking.book.rules[entry.rule]
    let interpreter = interpreter(of: record)
    let results = interpreter.ask(rule, scope: interpreter.scope(of: checking.policy), explaining: false)
    guard let result = results.first(where: { $0.subject == finding.subject }) else { return nil }
    // A fresh one, since what was remembered is not unfolded again.
    return self.interpreter(of: record).explanation(of: result, rule, policy: checking.policy, by: explainer)
  }

  private func interpreter(of record: Record) -> Interpreter {
    Interpreter(
      record: record, book: checking.book, parameters: checking.parameters, asOf: checking.asOf, zones: checking.zones)
  }
}
