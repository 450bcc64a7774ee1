import ArgumentParser
import Diagnostics
import FEEL
import Probity
import ProbityRecords
import ProbityReports

/// Says what a rule asks, in words.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say in plain words what a rule asks, and how a finding came about.",
    discussion: """
      When it applies, what it requires, with the values that parameters have on a date and where each comes from, what \
      the report says where it is not met, and who says so. The words are made from the rule; its own text stands below \
      them.

      With --record and files of records it unfolds what the rule came to for that record: each sub-condition with its \
      value, the facts with their places, and which of the conditions decided.

      --stage program lists what a policy's rules are compiled to instead: the tables of rows that are gone through, the \
      instruction that fills each register, with the rules that use it, and the registers that each rule is decided by.

      EXAMPLES

        A rule, by its name or its address:
          probity explain dbs-level

        As a policy asks it, on a date:
          probity explain public-liability-cover --policy core --as-of 2025-04-01

        What it came to for a provider, and why:
          probity explain dbs-renewal --policy core --record P-001 Examples/providers.yaml

        The compiled rules of a policy:
          probity explain --stage program --policy core

      EXIT STATUS

        0   explained, whatever the outcome
        2   bad input or usage: no such rule or record, or rules with errors
      """)

  /// What can be shown of rules on their way from text to findings.
  enum Stage: String, CaseIterable, ExpressibleByArgument { case program }

  @Option(help: ArgumentHelp("Show what becomes of all a policy's rules at a stage.", valueName: "stage"))
  var stage: Stage?

  @Option(help: ArgumentHelp("The rule book: the folder that holds rules and policies.", valueName: "folder"))
  var rules: String?

  @Option(help: ArgumentHelp("The policy whose parameters count; the rule book's own unless given.", valueName: "name"))
  var policy: String?

  @Option(
    name: .customLong("as-of"),
    help: ArgumentHelp(
      "The date on which parameters are looked up; today in UTC unless given.", valueName: "yyyy-mm-dd"),
    transform: readDate)
  var asOf: CivilDate?

  @Option(help: ArgumentHelp("The record whose findings are unfolded, by its identifier.", valueName: "key"))
  var record: String?

  @Option(help: ArgumentHelp("Which columns or paths feed which facts, as check takes it.", valueName: "file"))
  var mapping: String?

  @OptionGroup var sources: SourceOptions

  @Flag(name: .customLong("show-sensitive"), help: "Show the values of sensitive facts, such as names and numbers.")
  var showSensitive = false

  @Option(help: "How it is written; a finding is always text.")
  var format: PageFormat = .text

  @Argument(help: "The rule's name or address.")
  var rule: String?

  @Argument(help: ArgumentHelp("Files of records; - is standard input.", valueName: "records"))
  var records: [String] = []

  func validate() throws {
    if record == nil, !records.isEmpty { throw ValidationError("Name the record that is meant: --record.") }
    if record != nil, records.isEmpty, sources.sources.isEmpty { throw ValidationError("Name the files of records.") }
    if record != nil, policy == nil { throw ValidationError("Name the policy that asks the rule: --policy.") }
    if record != nil, format != .text { throw ValidationError("A finding is unfolded as text.") }
    if stage != nil, rule != nil { throw ValidationError("A stage is of all a policy's rules: leave out the rule.") }
    if stage != nil, policy == nil { throw ValidationError("Name the policy whose rules are meant: --policy.") }
    if stage == nil, rule == nil { throw ValidationError("Name a rule.") }
  }

  func run() throws {
    switch (stage, rule, policy, record) {
    case (.program?, _, let policy?, _): try write(Array(program(of: policy).utf8))
    case (_, let rule?, let policy?, let record?): try write(findings(of: rule, policy, on: record))
    case (_, let rule?, _, _): try write(page(of: rule))
    default: break
    }
  }

  /// What a rule came to for a record, unfolded.
  private func findings(of name: String, _ policy: String, on key: String) throws -> [UInt8] {
    var book = try CheckedBook(policy: policy, rules: rules)
    let policy = try book.policy()
    let mapping = try self.mapping.map { try book.mapping(in: $0) }
    let type = try book.recordType(of: policy, mapping, file: self.mapping)
    let rule = book.loaded.book.rules[try BookAtDate.rule(named: name, in: book.loaded.book)]
    let checking = Checking(
      policy: policy, book: book.loaded.book, asOf: try asOf ?? Today.date(), showsSensitive: showSensitive,
      zones: SystemZones())
    guard checking.asked.contains(where: { book.loaded.book.rules[$0.rule].name == rule.name }) else {
      let why = checking.notAsked.first { book.loaded.book.rules[$0.rule].name == rule.name }?.reason
      throw complaint(
        .unknownRule, "the policy `\(policy.name)` does not ask the rule `\(rule.name)`\(why.map { ": \($0)" } ?? "")")
    }
    let record = try record(key, of: type, in: book.loaded.book.vocabulary, mapping)
    let findings = checking.check([record]).flatMap(\.findings).filter { $0.rule == rule.name }
    guard !findings.isEmpty else {
      throw complaint(.unknownRecord, "the policy `\(policy.name)` is not about the record `\(key)`")
    }
    let explainer = FindingExplainer(checking)
    return FindingText(colour: Terminal.showsColour(StandardOutput.descriptor))
      .bytes(of: findings.map { ($0, explainer.explanation(of: $0, on: record)) }, on: record)
  }

  /// The record of an identifier, the first where it is used twice.
  private func record(
    _ key: String, of type: Vocabulary.RecordType, in vocabulary: Vocabulary, _ mapping: Mapping?
  ) throws -> Record {
    let inputs = try sources.inputs(records, for: mapping, until: nil)
    var reader = RecordReader(
      inputs.records, joined: inputs.joined, of: type, in: vocabulary, mapping: mapping,
      answers: sources.answers(of: type, in: vocabulary))
    var others: [String] = []
    while let step = reader.next() {
      switch step {
      case .record(let record, _) where record.key == key: return record
      case .record(let record, _): if others.count < Self.rememberedKeys { others.append(record.key) }
      case .unreadable(let problems):
        for problem in problems.prefix(1) { StandardError.write("\(problem.place): \(problem.message)\n") }
      case .problem(let problem): StandardError.write("\(problem.place): \(problem.message)\n")
      }
    }
    throw complaint(
      .unknownRecord, "there is no record `\(key)` in \(records.map { "`\($0)`" }.joined(separator: ", "))",
      help: NearMiss.nearest(to: key, among: others).map { "did you mean `\($0)`?" })
  }

  /// Among how many identifiers one is looked for that is like the one that was not found.
  private static let rememberedKeys = 10_000

  private func program(of policy: String) throws -> String {
    let book = try CheckedBook(policy: policy, rules: rules)
    let checking = Checking(
      policy: try book.policy(), book: book.loaded.book, asOf: try asOf ?? Today.date(), zones: SystemZones())
    return checking.programListing
  }

  private func page(of rule: String) throws -> [UInt8] {
    let book = try BookAtDate(rules: rules, asOf: asOf)
    let policy = try policy.map { try book.policy(named: $0) }
    let index = try book.rule(named: rule)
    let askedBy = book.loaded.policies.filter { $0.entries.contains { $0.rule == index } }.map(\.name)
    let page = BookPages.page(
      of: RuleDescription(index, in: book.loaded.book, under: policy, on: book.asOf), in: book.loaded.book,
      asOf: book.asOf, askedBy: askedBy)
    return switch format {
    case .text: BookText(colour: Terminal.showsColour(StandardOutput.descriptor)).bytes(of: page)
    case .markdown: BookMarkdown().bytes(of: page)
    case .html: BookHTML(contents: []).bytes(of: page)
    }
  }

  private func write(_ bytes: [UInt8]) throws {
    guard let failure = StandardOutput.write(bytes) else { return }
    guard case .failed(let reason) = failure else { throw Ending(ExitStatus.closedPipe) }
    throw complaint(.unwritable, "standard output cannot be written: \(reason)")
  }
}

/// How a page is written.
enum PageFormat: String, ExpressibleByArgument, CaseIterable {
  case text, markdown, html
}

/// A rule book without errors, and the date for which it is described.
struct BookAtDate {
  let loaded: Loaded
  let asOf: CivilDate

  init(rules: String?, asOf: CivilDate?) throws {
    let folder = rules.map { RuleBookFolder(named: $0) } ?? RuleBookFolder(root: ".")
    loaded = Loader.load(try folder.files(with: []))
    self.asOf = try asOf ?? Today.date()
    if loaded.diagnostics.hasErrors { throw Complaint(loaded.diagnostics, in: loaded.sources) }
  }

  func policy(named name: String) throws -> Policy {
    if let policy = loaded.policy(named: name) { return policy }
    let nearest = NearMiss.nearest(to: name, among: loaded.policies.map(\.name))
    throw complaint(
      .unknownPolicy, "there is no policy `\(name)`",
      help: nearest.map { "did you mean `\($0)`?" }
        ?? "the policies are \(loaded.policies.map(\.name).joined(separator: ", "))")
  }

  /// The position of the rule of a name or address.
  func rule(named name: String) throws -> Int { try Self.rule(named: name, in: loaded.book) }

  static func rule(named name: String, in book: RuleBook) throws -> Int {
    let rules = book.rules
    if let index = rules.firstIndex(where: { $0.name == name || $0.address == name }) { return index }
    let nearest = NearMiss.nearest(to: name, among: rules.map(\.name) + rules.map(\.address))
    throw complaint(
      .unknownRule, "there is no rule `\(name)`",
      help: nearest.map { "did you mean `\($0)`?" } ?? "`probity doc` lists all rules")
  }
}
