public import Diagnostics
public import FEEL

/// What came of a text: its value, and what was said on the way.
public struct FEELRun: Sendable {
  public var value: Value
  public var diagnostics: [Diagnostic]
  public var observations: [Observation]
}

/// Checks and evaluates FEEL text over named values, as of 30 June 2026.
///
/// - Parameter types: declared types, for names whose type is not that of their value.
public func runFEEL(
  _ text: String, mode: CheckMode = .rules, names: [(String, Value)] = [], types: [String: Type] = [:],
  steps: Int = Evaluator.defaultSteps
) -> FEELRun {
  let scope = NamedScope(names.map { (name: $0.0, type: types[$0.0] ?? $0.1.type) })
  var diagnostics = Diagnostics()
  let source = SourceText(text, file: FileID(rawValue: 0))
  let expression = CheckedExpression(checking: source, in: scope, mode: mode, into: &diagnostics)
  let evaluator = Evaluator(
    host: ValueHost(names.map(\.1)), asOf: CivilDate(year: 2026, month: 6, day: 30)!, steps: steps)
  evaluator.observations = []
  let value = evaluator.evaluate(expression)
  return FEELRun(value: value, diagnostics: diagnostics.all, observations: evaluator.observations ?? [])
}

/// A record of one type, for tests: nil members are absent, and a member that is a context stays one.
public func facts(
  _ type: ContextType, _ values: [String: Value?], key: String = "R-1", parent: FactNode? = nil,
  step: FactNode.Step? = nil, absences: [String: Absence] = [:]
) -> Context {
  let reasons = Dictionary(
    uniqueKeysWithValues: absences.compactMap { name, reason in
      type.index(of: name).map { ($0, reason) }
    })
  let node = FactNode(parent: parent, step: step ?? .record(key: key), type: type, absences: reasons)
  return Context(facts: node, values: type.members.map { values[$0.name] ?? nil })
}
