import FEEL

/// A policy's rules compiled for whole batches of records.
struct Program: Sendable {
  init(
    rules: [Rule], scope: [CheckedExpression], book: RuleBook, parameters: [Value?], asOf: CivilDate
  ) {}

  func run(_ records: [Record]) -> ProgramOutcomes { ProgramOutcomes() }
}

/// What the program decided for a batch.
struct ProgramOutcomes {
  /// The subjects and outcomes of a rule for a record when none of them needs explaining; nil when one does.
  func unexplained(rule: Int, record: Int, scope: Truth) -> [(Subject, Outcome)]? { nil }
}
