import ArgumentParser
import Diagnostics
import FEEL
import Foundation
import Probity
import ProbityReports

/// Says what a rule asks, in words.
struct ExplainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "explain",
    abstract: "Say in plain words what a rule asks, of whom, and on whose authority.",
    discussion: """
      When it applies, what it requires, with the values that parameters have on a date and where each comes from, what \
      the report says where it is not met, and who says so. The words are made from the rule; its own text stands below \
      them.

      --stage program lists what a policy's rules are compiled to instead: the tables of rows that are gone through, the \
      instruction that fills each register, with the rules that use it, and the registers that each rule is decided by.

      EXAMPLES

        A rule, by its name or its address:
          probity explain dbs-level

        As a policy asks it, on a date:
          probity explain public-liability-cover --policy core --as-of 2025-04-01

        The compiled rules of a policy:
          probity explain --stage program --policy core

      EXIT STATUS

        0   explained
        2   bad input or usage: no such rule, or rules with errors
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

  @Option(help: "How it is written.")
  var format: PageFormat = .text

  @Argument(help: "The rule's name or address.")
  var rule: String?

  func validate() throws {
    if stage != nil, rule != nil { throw ValidationError("A stage is of all a policy's rules: leave out the rule.") }
    if stage != nil, policy == nil { throw ValidationError("Name the policy whose rules are meant: --policy.") }
    if stage == nil, rule == nil { throw ValidationError("Name a rule.") }
  }

  func run() throws {
    switch (stage, rule, policy) {
    case (.program?, _, let policy?): try write(Array(program(of: policy).utf8))
    case (_, let rule?, _): try write(page(of: rule))
    default: break
    }
  }

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
    case .text: BookText(colour: Terminal.showsColour(STDOUT_FILENO)).bytes(of: page)
    case .markdown: BookMarkdown().bytes(of: page)
    case .html: BookHTML(contents: []).bytes(of: page)
    }
  }

  private func write(_ bytes: [UInt8]) throws {
    guard let failure = DescriptorWriter.write(bytes, to: STDOUT_FILENO) else { return }
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
  func rule(named name: String) throws -> Int {
    let rules = loaded.book.rules
    if let index = rules.firstIndex(where: { $0.name == name || $0.address == name }) { return index }
    let nearest = NearMiss.nearest(to: name, among: rules.map(\.name) + rules.map(\.address))
    throw complaint(
      .unknownRule, "there is no rule `\(name)`",
      help: nearest.map { "did you mean `\($0)`?" } ?? "`probity doc` lists all rules")
  }
}
