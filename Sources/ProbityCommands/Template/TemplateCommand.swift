import ArgumentParser
import Diagnostics
import FEEL
import Probity
import ProbityRecords
import ProbityReports

/// Writes the workbook of everything that policies need.
struct TemplateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "template",
    abstract: "Write a workbook to be filled in with everything that a policy needs.",
    discussion: """
      The workbook (.xlsx) has a sheet of records and one for each list in them, such as staff or insurance, with a column \
      for each fact that a rule of the policy reads: what people call it above, what may be entered as a list to choose \
      from, and what evidences it as a comment. Its first sheet says what it is for and how it is filled in.

      Filled in, it is read without a mapping, since it says itself what each column is:
        probity check --policy NAME workbook.xlsx

      With --records it holds what is known already, so that only the rest is to be filled in. probity request writes a \
      form of nothing but what is missing.

      EXAMPLES

        probity template --policy core --output core.xlsx
        probity template --policy core --as-of 2026-06-30 --records Examples/providers.yaml --output known.xlsx

      EXIT STATUS

        0   the workbook was written
        2   bad input or usage: rules with errors, a file that cannot be read or written
      """)

  @Option(
    name: .customLong("policy"),
    help: ArgumentHelp(
      "A policy: its name, or its file; may be given several times.",
      discussion: "The rule book is found from the file (the folder above policies), else in the current folder.",
      valueName: "policy"))
  var policies: [String]

  @Option(
    name: .customLong("as-of"),
    help: ArgumentHelp(
      "The date whose rules and parameters count; today in UTC unless given.", valueName: "yyyy-mm-dd"),
    transform: readDate)
  var asOf: CivilDate?

  @Option(help: ArgumentHelp("The rule book: the folder that holds rules and policies.", valueName: "folder"))
  var rules: String?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Files of records whose known facts are written in.", valueName: "file"))
  var records: [String] = []

  @Option(help: ArgumentHelp("What feeds which fact of those records.", valueName: "file"))
  var mapping: String?

  @OptionGroup var sources: SourceOptions

  @Option(name: [.short, .long], help: ArgumentHelp("The workbook.", valueName: "file.xlsx"))
  var output: String

  func validate() throws {
    if records.isEmpty, sources.sources.isEmpty, mapping != nil {
      throw ValidationError("A mapping is of records: name their files with --records.")
    }
  }

  func run() throws {
    let asOf = try asOf ?? Today.date()
    var book = try CheckedBook(policies: policies, rules: rules)
    let policies = try book.policies()
    let mapping = try self.mapping.map { try book.mapping(in: $0) }
    let type = try book.recordType(of: policies[0], mapping, file: self.mapping)
    book.showWarnings()
    let vocabulary = book.loaded.book.vocabulary
    let checkings = policies.map {
      Checking(policy: $0, book: book.loaded.book, asOf: asOf, zones: SystemZones())
    }
    let facts = checkings.reduce(into: UsedFacts()) { $0.formUnion($1.demand.facts) }
    var builder = FormBuilder(
      FormLayout(type, in: vocabulary, used: facts),
      for: FormBuilder.Purpose(of: checkings, title: "What \(policies.map(\.title).joined(separator: "; ")) needs"))
    if !records.isEmpty || !sources.sources.isEmpty {
      let inputs = try sources.inputs(records, for: mapping, until: nil)
      var reader = RecordReader(
        inputs.records, joined: inputs.joined, of: type, in: vocabulary, mapping: mapping,
        answers: sources.answers(of: type, in: vocabulary), demand: RecordDemand(facts: facts))
      var complaints = FileComplaints()
      while let step = reader.next() {
        if case .record(let record, _) = step { builder.add(record) }
        complaints.note(step)
      }
      complaints.show()
      if complaints.areErrors { throw Ending(ExitStatus.unusable) }
    }
    try WorkbookFile.write(builder.finished(), named: output)
  }
}

extension WorkbookFile {
  /// Writes a plan, and says what did not fit into it.
  static func write(_ plan: FormPlan, named path: String) throws {
    for loss in plan.losses {
      StandardError.write(
        TextRenderer(colour: Terminal.showsColour(StandardError.descriptor))
          .line(Diagnostic(.notWritten, .warning, loss), SourceMap()) + "\n")
    }
    do {
      try write(plan, to: path)
    } catch {
      guard case .failed(let reason) = error else { throw Ending(ExitStatus.closedPipe) }
      throw complaint(.unwritable, "`\(path)` cannot be written: \(reason)")
    }
  }
}

/// What is wrong with files of records, where there is no report to say so.
struct FileComplaints {
  private var problems: [RecordProblem] = []
  private var count = 0
  private(set) var areErrors = false

  private static let most = 20

  /// Notes what was found in the place of a record, or with one.
  mutating func note(_ step: RecordReader.Step) {
    switch step {
    case .record(_, let problems): add(problems)
    case .unreadable(let problems): add(problems)
    case .problem(let problem):
      add([problem])
      if problem.severity == .error { areErrors = true }
    }
  }

  private mutating func add(_ more: [RecordProblem]) {
    count += more.count
    problems += more.prefix(max(0, Self.most - problems.count))
  }

  func show() {
    var diagnostics = problems.map { Diagnostic($0.code, $0.severity, "\($0.place): \($0.message)") }
    if count > problems.count {
      diagnostics.append(
        Diagnostic(
          .notAllRead, .warning, "\(count - problems.count) more problems with the records; a check lists them all"))
    }
    let renderer = TextRenderer(colour: Terminal.showsColour(StandardError.descriptor))
    StandardError.write(diagnostics.map { renderer.line($0, SourceMap()) + "\n" }.joined())
  }
}

extension FormBuilder.Purpose {
  /// A workbook for policies, with the parameters of the rules that they ask.
  init(of checkings: [Checking], title: String, instructions: [String] = FormText.fillIn) {
    var seen: Set<Int> = []
    var parameters: [(title: String, value: String, source: String)] = []
    for checking in checkings {
      let book = checking.book
      for index in checking.usedParameters where seen.insert(index).inserted {
        let parameter = book.parameters[index]
        guard let value = checking.parameters[index] else { continue }
        parameters.append(
          (
            parameter.title, value.description + (parameter.unit.map { " \($0)" } ?? ""),
            parameter.source ?? "A local choice"
          ))
      }
    }
    self.init(
      title: title, instructions: instructions, policies: checkings.map { ($0.policy.name, $0.policy.title) },
      asOf: checkings[0].asOf, parameters: parameters)
  }
}

/// What forms say of themselves.
enum FormText {
  static let fillIn = [
    "Each sheet has a row for each thing it lists. The grey columns say what a row is about, and every row needs them: the first of each sheet is the record's.",
    "Leave a cell blank where you do not know. Blank is not none: where there are no items in a list, say none in its column.",
    "Point at a column's name to see what is wanted and what shows it. Cells with a choice show it when they are selected.",
    "Do not rename sheets or columns, or delete them: the workbook is read by their names. Other columns and sheets are not read.",
  ]

  static let answer = [
    "Please fill in the yellow cells. The blue ones are needed only if another answer calls for it; a note on the cell says which.",
    "The grey columns say what a row is about; please leave them as they are. Add rows where a list is asked for, with the first columns filled in.",
    "Leave a cell blank where you do not know. Blank is not none: where there are no items in a list, say none in its column.",
    "Point at a column's name to see what is wanted and what shows it. Do not rename sheets or columns.",
  ]
}
