import ArgumentParser
import Diagnostics
import FEEL
import Foundation
import Probity
import ProbityRecords

/// Evaluates one FEEL expression.
struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Evaluate a FEEL expression.",
    discussion: """
      Prints the value as FEEL writes it. Where it is null because something went wrong, standard error says what, and \
      where in the expression.

      EXAMPLES

        probity eval '1/3 + 2/3'
        probity eval 'date("2026-01-31") + duration("P1M")'
        probity eval --context provider.yaml 'count(staff[hours > 30])'

      EXIT STATUS

        0   the expression has a value, null included
        2   it does not parse, or the context cannot be read
      """)

  @Option(
    help: ArgumentHelp(
      "A JSON or YAML file with one object, whose entries are names in the expression.", valueName: "file"))
  var context: String?

  @Option(
    name: .customLong("as-of"),
    help: ArgumentHelp("The date that today() gives; today in UTC unless given.", valueName: "yyyy-mm-dd"),
    transform: readDate)
  var asOf: CivilDate?

  @Argument(help: "The expression; put it in single quotes.")
  var expression: String

  func run() throws {
    let asOf = try asOf ?? Today.date()
    let names = try context.map(entries) ?? []
    var sources = SourceMap()
    let file = sources.add(name: "expression", bytes: Array(expression.utf8))
    let scope = NamedScope(names.map { (name: $0.0, type: $0.1.type) })
    var diagnostics = Diagnostics()
    let checked = CheckedExpression(
      checking: SourceText(expression, file: file), in: scope, mode: .standard, into: &diagnostics)
    if diagnostics.hasErrors { throw Complaint(diagnostics, in: sources) }

    let evaluator = Evaluator(host: ValueHost(names.map(\.1)), asOf: asOf, zones: SystemZones())
    let value = evaluator.evaluate(checked)
    if case .null(let failure?) = value, !diagnostics.all.contains(where: { $0.message == failure.message }) {
      diagnostics.report(
        Diagnostic(
          .nullValue, .warning, failure.message,
          at: failure.range.map { checked.source.span($0) } ?? checked.source.span, label: "this makes the value null"))
    }
    Complaint(diagnostics, in: sources).show()
    if let failure = DescriptorWriter.write(Array((value.literal + "\n").utf8), to: STDOUT_FILENO) {
      guard case .failed(let reason) = failure else { throw Ending(ExitStatus.closedPipe) }
      throw complaint(.unwritable, "standard output cannot be written: \(reason)")
    }
  }

  private func entries(of path: String) throws -> [(String, Value)] {
    let (context, problems) = ContextFile.read(Files.input(path))
    var diagnostics = Diagnostics()
    for problem in problems {
      diagnostics.report(
        Diagnostic(
          problem.code, problem.severity, "\(problem.place.description): \(problem.message)", help: problem.help))
    }
    let complaint = Complaint(diagnostics, in: SourceMap())
    guard let context else { throw complaint }
    complaint.show()
    return context.names.indices.map { (context.names[$0], context[$0]) }
  }
}
