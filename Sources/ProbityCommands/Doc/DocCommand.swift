import ArgumentParser
import Diagnostics
import FEEL
import Probity
import ProbityReports

/// Writes the rule book as pages.
struct DocCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doc",
    abstract: "Write the rule book as pages that a person can read.",
    discussion: """
      One page for each file of rules, with every rule in words and as it is written; an index by theme, severity, stage \
      and source; and pages of decisions, parameters with their history, facts with the rules that read them, clauses \
      with the rules that put them into practice, and policies.

      EXAMPLES

        Pages for a browser:
          probity doc --output rule-book

        For a repository:
          probity doc --output rule-book --format markdown --as-of 2026-04-01

      EXIT STATUS

        0   written
        2   bad input or usage: rules with errors, or a folder that cannot be written
      """)

  @Option(help: ArgumentHelp("The rule book: the folder that holds rules and policies.", valueName: "folder"))
  var rules: String?

  @Option(
    name: .customLong("as-of"),
    help: ArgumentHelp(
      "The date on which parameters are looked up; today in UTC unless given.", valueName: "yyyy-mm-dd"),
    transform: readDate)
  var asOf: CivilDate?

  @Option(help: "How the pages are written.")
  var format: BookFormat = .html

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "The folder for the pages, made where there is none; pages of the same name are replaced.", valueName: "folder"))
  var output: String

  func run() throws {
    let book = try BookAtDate(rules: rules, asOf: asOf)
    let pages = BookPages(book.loaded.book, book.loaded.policies, asOf: book.asOf).all()
    try Files.makeFolders(output)
    let html = BookHTML(contents: BookPages.contents(of: pages))
    let markdown = BookMarkdown()
    for page in pages {
      let (bytes, ending) =
        format == .html ? (html.bytes(of: page), html.fileEnding) : (markdown.bytes(of: page), markdown.fileEnding)
      let path = Paths.join(output, "\(page.name).\(ending)")
      do throws(OutputFailure) {
        var file = try Output(path: path)
        try file.write(bytes)
        try file.finish()
      } catch .closed {
        throw Ending(ExitStatus.closedPipe)
      } catch .failed(let reason) {
        throw complaint(.unwritable, "`\(path)` cannot be written: \(reason)")
      }
    }
    let line =
      "\(pages.count) pages in `\(output)`; begin with \(Paths.join(output, "index.\(format == .html ? "html" : "md")"))\n"
    _ = StandardOutput.write(Array(line.utf8))
  }
}

/// How the pages of a rule book are written.
enum BookFormat: String, ExpressibleByArgument, CaseIterable {
  case html, markdown
}
