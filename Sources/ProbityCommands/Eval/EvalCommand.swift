import ArgumentParser
import Diagnostics
import FEEL
import ProbityRecords

/// Evaluates FEEL: one expression, a batch of requests, or line by line at a prompt.
struct EvalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "eval",
    abstract: "Evaluate FEEL: an expression, a batch of requests, or at a prompt.",
    discussion: """
      Prints the value as FEEL writes it. Where it is null because something went wrong, standard error says what, and \
      where in the expression.

      Without an expression it is a prompt, which :help explains. Where standard input is no terminal, or the expression \
      is -, the whole of standard input is one expression.

      With --batch, each line of standard input is a request, a JSON object, and is answered by one line of JSON before \
      the next is read. Docs/FEEL.md describes both.

      EXAMPLES

        probity eval '1/3 + 2/3'
        probity eval 'date("2026-01-31") + duration("P1M")'
        probity eval --context provider.yaml 'count(staff[hours > 30])'
        probity eval -- '-2 ** 2'
        probity eval - < expression.feel
        probity eval --batch < requests.jsonl

      EXIT STATUS

        0   the expression has a value, null included; the batch was answered, errors included
        2   the expression does not parse, or the context or the batch cannot be read
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

  @Flag(help: "Answer requests in JSON, one on each line of standard input.")
  var batch = false

  @Argument(help: "The expression, in single quotes; - reads it from standard input.")
  var expression: String?

  func validate() throws {
    if batch, expression != nil { throw ValidationError("--batch reads its expressions from standard input") }
    if batch, context != nil { throw ValidationError("with --batch, each request brings its own context") }
    if context == "-", expression == nil || expression == "-" {
      throw ValidationError("standard input cannot be both the context and the expression")
    }
  }

  func run() throws {
    let asOf = try asOf ?? Today.date()
    if batch { return try answer(asOf: asOf) }
    var evaluation = Evaluation(asOf: asOf, zones: SystemZones())
    if let context {
      let (entries, problems) = Evaluation.entries(of: context)
      guard let entries else { throw problems }
      problems.show()
      evaluation.bind(entries)
    }
    if expression == nil, Terminal.isTerminal(StandardInput.descriptor), Terminal.isTerminal(StandardOutput.descriptor)
    {
      var console = TerminalConsole(input: StandardInput.descriptor, output: StandardOutput.descriptor)
      var prompt = Prompt(evaluation, showsColour: Terminal.showsColour(StandardOutput.descriptor))
      return prompt.run(on: &console)
    }
    let outcome = evaluation.evaluate(try text())
    outcome.complaint.show()
    guard let value = outcome.value else { throw Ending(ExitStatus.unusable) }
    try write(value.literal + "\n")
  }

  private func text() throws -> String {
    if let expression, expression != "-" { return expression }
    let bytes = try standardInput()
    if let offset = TextEncoding.firstInvalidUTF8(in: bytes.span) {
      throw complaint(.unreadableFile, "standard input is not UTF-8 (byte \(offset + 1))")
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private func standardInput() throws -> [UInt8] {
    var bytes: [UInt8] = []
    do throws(InputFailure) {
      let next = try Files.input("-").open()
      while true {
        let chunk = try next(64 << 10)
        if chunk.isEmpty { return bytes }
        bytes += chunk
        if bytes.count > Evaluation.textLimit {
          throw InputFailure("it has more than \(Evaluation.textLimit >> 20) MiB")
        }
      }
    } catch {
      throw complaint(.unreadableFile, "standard input cannot be read: \(error.reason)")
    }
  }

  private func answer(asOf: CivilDate) throws {
    let zones = SystemZones()
    var answers = BatchAnswers(
      RequestEvaluator(asOf: DateAndTime(date: asOf, time: .midnight()), zones: zones))
    do {
      var lines = LineReader(try Files.input("-").open(), limit: BatchAnswers.lineLimit)
      while let line = try lines.line() {
        if let answer = answers.answer(to: line) { try write(answer.description + "\n") }
      }
    } catch let failure as InputFailure {
      throw complaint(.unreadableFile, "standard input cannot be read: \(failure.reason)")
    }
  }

  private func write(_ text: String) throws {
    switch StandardOutput.write(Array(text.utf8)) {
    case nil: break
    case .closed: throw Ending(ExitStatus.closedPipe)
    case .failed(let reason): throw complaint(.unwritable, "standard output cannot be written: \(reason)")
    }
  }
}
