/// Sees what an evaluator does, as it does it: how a value came about can then be told.
///
/// Calls nest as evaluations do. An evaluator without an observer spends one comparison a node on it.
public protocol EvaluationObserver: AnyObject {
  /// An expression is about to be evaluated.
  func begin(_ node: Node)
  /// The expression that was begun last has been.
  func end(_ node: Node, _ value: Value)
  /// A value was held against a test: of a decision table's cell, or after `in`.
  ///
  /// - Parameter test: what it was held against, such as a range; not told of a test that is a condition about `?`.
  func didTest(_ node: Node, _ input: Value, against test: Value)
  /// The rows of a decision table were tried.
  ///
  /// - Parameters:
  ///   - sure: the rows that match; of a `first` table the first of them.
  ///   - doubtful: rows of which missing facts leave open whether they match.
  func didTry(_ table: DecisionTable, sure: [Int], doubtful: [Int])
}
