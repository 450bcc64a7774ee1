import Diagnostics
import FEEL
import Probity
import ProbityRecords

/// FEEL texts evaluated over named values.
struct Evaluation {
  /// The bytes of the longest text that is read from an input.
  static let textLimit = 16 << 20

  /// What came of a text.
  struct Outcome {
    /// Nil where the text does not parse.
    var value: Value?
    /// The type as far as it is known before evaluation.
    var type: Type
    /// What is wrong with the text, and why its value is null.
    var complaint: Complaint
  }

  private let asOf: CivilDate
  private let zones: any ZoneRules
  private var names: [(name: String, value: Value)] = []

  init(asOf: CivilDate, zones: any ZoneRules) {
    self.asOf = asOf
    self.zones = zones
  }

  /// Gives names values, in place of those that they had.
  mutating func bind(_ entries: [(name: String, value: Value)]) {
    let new = Set(entries.map(\.name))
    names.removeAll { new.contains($0.name) }
    names += entries
  }

  /// Whether a text is the beginning of an expression.
  func isUnfinished(_ text: String) -> Bool { CheckedExpression.isUnfinished(text, in: scope) }

  /// Checks a text, and evaluates it where it can be understood.
  func evaluate(_ text: String) -> Outcome {
    let (checked, sources, found) = check(text)
    var diagnostics = found
    guard !diagnostics.hasErrors else {
      return Outcome(value: nil, type: checked.type, complaint: Complaint(diagnostics, in: sources))
    }
    let evaluator = Evaluator(host: ValueHost(names.map(\.value)), asOf: asOf, zones: zones)
    let value = evaluator.evaluate(checked)
    if case .null(let failure?) = value, !diagnostics.all.contains(where: { $0.message == failure.message }) {
      diagnostics.report(
        Diagnostic(
          .nullValue, .warning, failure.message,
          at: failure.range.map { checked.source.span($0) } ?? checked.source.span, label: "this makes the value null"))
    }
    return Outcome(value: value, type: checked.type, complaint: Complaint(diagnostics, in: sources))
  }

  /// Checks a text without evaluating it.
  func type(of text: String) -> (type: Type?, complaint: Complaint) {
    let (checked, sources, diagnostics) = check(text)
    return (diagnostics.hasErrors ? nil : checked.type, Complaint(diagnostics, in: sources))
  }

  private var scope: NamedScope { NamedScope(names.map { (name: $0.name, type: $0.value.type) }) }

  private func check(_ text: String) -> (CheckedExpression, SourceMap, Diagnostics) {
    var sources = SourceMap()
    let file = sources.add(name: "expression", bytes: Array(text.utf8))
    var diagnostics = Diagnostics()
    let checked = CheckedExpression(
      checking: SourceText(text, file: file), in: scope, mode: .standard, into: &diagnostics)
    return (checked, sources, diagnostics)
  }

  /// Whether an expression can refer to something by this name.
  func isName(_ text: String) -> Bool {
    let marker = Context([])
    var evaluation = Evaluation(asOf: asOf, zones: zones)
    evaluation.bind([(text, .context(marker))])
    guard case .context(let found)? = evaluation.evaluate(text).value else { return false }
    return found === marker
  }

  /// The entries of a file's object; nil where it has none, for the reason in the complaint.
  static func entries(of path: String) -> (entries: [(name: String, value: Value)]?, problems: Complaint) {
    let (context, problems) = ContextFile.read(Files.input(path))
    var diagnostics = Diagnostics()
    for problem in problems {
      diagnostics.report(
        Diagnostic(
          problem.code, problem.severity, "\(problem.place.description): \(problem.message)", help: problem.help))
    }
    let entries = context.map { context in context.names.indices.map { (context.names[$0], context[$0]) } }
    return (entries, Complaint(diagnostics, in: SourceMap()))
  }
}
