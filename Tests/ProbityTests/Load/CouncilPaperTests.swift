import Diagnostics
import Foundation
import Probity
import Testing

/// The clauses of the council papers, and the policies built on them.
@Suite struct CouncilPaperTests {
  /// The items that the papers were read into, which number all clauses.
  private static let items = 172

  @Test func everyItemHasAClause() throws {
    let book = try Repository.load().book
    let papers = ["shropshire", "lincolnshire", "wandsworth", "leeds", "wiltshire", "papers"]
    let numbers = book.clauses.compactMap { clause -> Int? in
      let parts = clause.name.split(separator: "-")
      return parts.count == 2 && papers.contains(String(parts[0])) ? Int(parts[1]) : nil
    }
    #expect(numbers.sorted() == Array(1...Self.items))
  }

  /// Every rule of a council's own is there because of a clause.
  @Test func everyCouncilRuleAnswersAClause() throws {
    let book = try Repository.load().book
    let answering = Set(book.clauses.flatMap(\.rules))
    let idle = book.rules.indices.filter { book.rules[$0].address.hasPrefix("councils/") && !answering.contains($0) }
    #expect(idle.map { book.rules[$0].name } == [])
  }

  /// The page on the rule book has a row for each clause, naming what the clause names.
  @Test func pageListsEveryClause() throws {
    let book = try Repository.load().book
    let page = try String(contentsOf: Repository.root.appending(path: "Docs/RuleBook.md"), encoding: .utf8)
    let rows = Dictionary(
      page.split(separator: "\n").compactMap { line -> (String, Set<String>)? in
        let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        guard cells.count == 3, cells[0].hasPrefix("`") else { return nil }
        let names = cells[2].split(separator: "`", omittingEmptySubsequences: false).enumerated()
          .filter { $0.offset % 2 == 1 }.map { String($0.element) }
        return (cells[0].trimmingCharacters(in: ["`"]), Set(names))
      }
    ) { first, _ in first }
    for clause in book.clauses {
      let names = Set(clause.rules.map { book.rules[$0].name } + clause.decisions.map { book.decisions[$0].name })
      #expect(rows[clause.name] == names, "\(clause.name)")
    }
  }

  /// What an overlay of Leeds' core may do, and what is refused.
  @Test(
    arguments: [
      ("an addition", "rules: [placement-has-team]", nil),
      ("a higher severity", "rules: [{rule: jointly-monitored, severity: minor}]", nil),
      ("a tighter parameter", "parameters: {disparity_bands: 1}", nil),
      ("a lower severity", "rules: [{rule: contract-on-corporate-register, severity: advisory}]", "RULE357"),
      ("advice only", "rules: [{rule: contract-on-corporate-register, enforcement: advisory}]", "RULE357"),
      ("a looser parameter", "parameters: {disparity_bands: 3}", "RULE357"),
      (
        "a looser parameter with a reason",
        """
        parameters: {disparity_bands: 3}
        relax:
          - {parameter: disparity_bands, reason: Pilot, approved: Director, until: 2027-03-31}
        """, nil
      ),
    ] as [(String, String, String?)])
  func overlaysMayNotLoosenTheCore(_ name: String, _ entry: String, _ code: String?) throws {
    let overlay = """
      probity: 1
      policy: leeds-overlay
      title: An overlay
      extends: leeds-core
      \(entry)
      """
    let loaded = try Repository.load(
      and: SourceFile(path: "policies/leeds-overlay.yaml", bytes: Array(overlay.utf8)))
    #expect(loaded.diagnostics.sorted.map(\.code.description) == (code.map { [$0] } ?? []))
  }
}
