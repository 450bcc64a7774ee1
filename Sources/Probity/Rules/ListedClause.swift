public import Diagnostics

/// A clause of a law, contract or council paper, and what a rule book makes of it.
public struct ListedClause: Sendable {
  public var name: String
  /// Where it stands, and what it says in the rule book's own words.
  public var clause: Clause
  /// The rules that put it into practice, by position in the rule book.
  public var rules: [Int]
  /// The decisions that do, by position in the rule book.
  public var decisions: [Int]
  /// Why it, or the rest of it, is for a person to judge.
  public var judgement: String?
  /// Why it, or the rest of it, is not about one record, and what serves it instead.
  public var outside: String?
  /// The place of its name.
  public var span: SourceSpan

  public init(
    name: String, clause: Clause, rules: [Int], decisions: [Int], judgement: String?, outside: String?,
    span: SourceSpan
  ) {
    self.name = name
    self.clause = clause
    self.rules = rules
    self.decisions = decisions
    self.judgement = judgement
    self.outside = outside
    self.span = span
  }
}
