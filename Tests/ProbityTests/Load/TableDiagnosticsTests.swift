import Diagnostics
import FEEL
import Testing

@testable import Probity

/// What `lint` says of decision tables beyond what loading them says.
@Suite struct TableDiagnosticsTests {
  private static let vocabulary = SourceFile(
    path: "rules/vocabulary.yaml", address: "vocabulary",
    bytes: Array(
      """
      probity: 1
      types:
        - type: service
          record: true
          key: id
          facts:
            - {fact: id, type: text}
            - {fact: share, type: number, allowed: "[0..1]"}
            - {fact: staff, type: list<text>}
            - {fact: amount, type: number}
            - {fact: day, type: date}
            - {fact: term, type: years and months duration}
            - {fact: notice, type: days and time duration}
            - {fact: rated, type: boolean}
            - {fact: rating, type: text, allowed: [good, fair, poor]}
            - {fact: town, type: text}
      parameters:
        - {parameter: limit, title: F, type: number, values: {2020-01-01: 10, 2024-04-01: 20}, source: S}

      """.utf8))

  @Test(arguments: [
    LoadCase(
      "numbers",
      """
      decisions:
        - decision: a
                    ^ warning RULE338 no row matches when `amount` is in [10..20) = for example `amount` 10, `share` 0 = add a row, or a `default` to the output; or say under `gaps` why these inputs have no answer
                    ^ warning RULE338 no row matches when `amount` is in [20..25) and `share` is in [0..0.5] = for example `amount` 20, `share` 0
          table:
            inputs: [amount, share]
            outputs: {x: text}
            rows:
              - ["< 10", "-", low]
              - ["[20..30)", "> 0.5", mid]
              - [">= 25", "-", high]
                  ^^^^^^^^^^^^^^^^^ warning RULE339 rows 2 and 3 both match when `amount` is in [25..30) and `share` is in (0.5..1] & the other row: ["[20..30)", "> 0.5", = for example `amount` 25, `share` 0.75 = make the tests differ, or choose another `hit`; or say under `overlaps` why both are meant
      """),
    LoadCase(
      "whole numbers",
      """
      decisions:
        - decision: a
                    ^ warning RULE338 no row matches when `count(staff)` is 3 = for example `count(staff)` 3 = add a row, or a `default` to the output; or say under `gaps` why these inputs have no answer
          table:
            inputs: [count(staff)]
            outputs: {x: text}
            rows:
              - ["0", none]
              - ["[1..3)", few]
              - ["> 3", many]
      """),
    LoadCase(
      "parameters by date",
      """
      decisions:
        - decision: a
                    ^ warning RULE338 no row matches when `amount` is in (15..20] = with the parameters' values from 2024-04-01 = for example `amount` 16 = add a row, or a `default` to the output; or say under `gaps` why these inputs have no answer
          table:
            inputs: [amount]
            outputs: {x: text}
            rows:
              - ["<= 15", low]
              - ["> limit", high]
                  ^^^^^^^^^^^^^^ warning RULE339 rows 1 and 2 both match when `amount` is in (10..15] & the other row: ["<= 15", low] = with the parameters' values from 2020-01-01 = for example `amount` 11 = make the tests differ, or choose another `hit`; or say under `overlaps` why both are meant
      """),
    LoadCase(
      "days, months and durations",
      """
      decisions:
        - decision: days
                    ^^^^ warning RULE338 no row matches when `day` is in (2024-03-01..2024-03-03) = for example `day` 2024-03-02 = add a row, or a `default` to the output; or say under `gaps` why these inputs have no answer
          table:
            inputs: [day]
            outputs: {x: text}
            rows:
              - ['< date("2024-03-01")', old]
              - ['date("2024-03-01")', now]
              - ['>= date("2024-03-03")', new]
        - decision: next_day
          table:
            inputs: [day]
            outputs: {x: text}
            rows: [['<= date("2024-03-01")', old], ['>= date("2024-03-02")', new]]
        - decision: months
                    ^^^^^^ warning RULE338 no row matches when `term` is P1Y1M = for example `term` P1Y1M = add a row, or a `default` to the output; or say under `gaps` why these inputs have no answer
          table:
            inputs: [term]
            outputs: {x: text}
            rows: [['<= duration("P1Y")', short], ['> duration("P13M")', long]]
        - decision: wait
                    ^^^^ warning RULE338 no row matches when `notice` is in (P1D..P2D) = for example `notice` P1DT12H = add a row, or a `default` to the output; or say under `gaps` why these inputs have no answer
          table:
            inputs: [notice]
            outputs: {x: text}
            rows: [['<= duration("P1D")', short], ['>= duration("P2D")', long]]
      """),
    LoadCase(
      "listed values, other texts and booleans",
      """
      decisions:
        - decision: a
          table:
            inputs: [rating, rated]
            outputs: {x: text}
            rows:
              - ['"good", "fair"', "true", pass]
              - ['"poor"', "-", fail]
              - ['not("poor")', "false", unclear]
              - ['"poor"', "true", worse]
                  ^^^^^^^^^^^^^^^^^^^^^^ warning RULE339 rows 2 and 4 both match when `rating` is "poor" and `rated` is true & the other row: ['"poor"', "-", fail] = for example `rating` "poor", `rated` true = make the tests differ, or choose another `hit`; or say under `overlaps` why both are meant
        - decision: b
                    ^ warning RULE338 no row matches when `town` is any other = for example `town` "anything else" = add a row, or a `default` to the output; or say under `gaps` why these inputs have no answer
          table:
            inputs: [town]
            outputs: {x: text}
            rows: [['"A"', a], ['"B"', b]]
        - decision: c
                    ^ warning RULE338 no row matches when `rated` is false = for example `rated` false = add a row, or a `default` to the output; or say under `gaps` why these inputs have no answer
          table:
            inputs: [rated]
            outputs: {x: text}
            rows: [["true", a]]
      """),
    LoadCase(
      "what nobody can list is left alone",
      """
      decisions:
        - decision: a
                    ^ warning RULE338 no row matches when `amount` is 5 = for example `amount` 5 = add a row, or a `default` to the output; or say under `gaps` why these inputs have no answer
          table:
            inputs: [town, amount]
            outputs: {x: text}
            rows:
              - ['starts with(?, "A")', "< 5", a]
              - ['ends with(?, "A")', "< 5", b]
              - ['-', "> 5", c]
        - decision: b
          table:
            inputs: [amount]
            outputs: {x: text}
            rows: [["< share", a], ["? * 2 > 5", b]]
      """),
    LoadCase(
      "rows that are hidden, or do nothing",
      """
      decisions:
        - decision: a
          table:
            hit: first
            inputs: [amount, rated]
            outputs: {x: text}
            rows:
              - ["< 10", "-", low]
              - [">= 10", "true", high]
              - ["< 5 ", "true", lower]
                  ^^^^^^^^^^^^^^^^^^^^ warning RULE334 this row is never reached & this row counts first: ["< 10", "-",
              - [">= 5", "true", mid]
                  ^^^^^^^^^^^^^^^^^^ warning RULE334 this row is never reached = several rows that count before it match everything it matches
              - ["> 20", "false", top]
                  ^^^^^^^^^^^^^^^^^^^ note RULE333 without this row the table gives the same
              - ["> 15", "false", top]
              - ["-", "-", rest]
              - ["null", "-", missing]
                  ^^^^ warning RULE329 nothing that `amount` is allowed to be passes this test = a fact that is missing is unknown, not null: make `supplied(…)` an input to tell
        - decision: b
          table:
            hit: first
            inputs: [share]
            outputs: {x: text}
            rows: [["> 1", a], ["< 0.5", b], ["-", c]]
                     ^^^ warning RULE329 nothing that `share` is allowed to be passes this test
        - decision: c
          table:
            hit: priority
            inputs: [amount]
            outputs: {x: {type: text, allowed: [high, low]}}
            rows: [["> 10", low], ["> 5", high], ["<= 5", low]]
                     ^^^^^^^^^^ warning RULE334 this row is never reached & this row counts first: rows: [["> 10",
      """),
    LoadCase(
      "a row for what is missing",
      """
      decisions:
        - decision: a
          table:
            hit: first
            inputs: [amount]
            outputs: {x: text}
            rows: [["null", missing], ["> 5", high], ["-", low]]
                     ^^^^ warning RULE329 nothing that `amount` is allowed to be passes this test = a fact that is missing is unknown, not null: make `supplied(…)` an input to tell
      """),
    LoadCase(
      "any",
      """
      decisions:
        - decision: a
          table:
            hit: any
            inputs: [amount, rated]
            outputs: {x: text}
            rows:
              - ["> 5", "-", high]
              - ["> 8", "true", high]
              - ["<= 6", "-", low]
                  ^^^^^^^^^^^^^^^ warning RULE339 row 3 gives something else than row 1 when `amount` is in (5..6] & the other row: ["> 5", "-", = for example `amount` 5.5, `rated` true = make the tests differ, or choose another `hit`; or say under `overlaps` why both are meant
      """),
    LoadCase(
      "defaults and collections have no gaps",
      """
      decisions:
        - decision: a
          table:
            inputs: [amount]
            outputs: {x: {type: text, default: none}}
            rows: [["> 5", high]]
        - decision: b
          table:
            hit: collect
            inputs: [amount]
            outputs: {x: text}
            rows: [["> 5", high], ["> 3", medium]]
        - decision: c
          table:
            hit: rule order
            inputs: [amount]
            outputs: {x: text}
            rows: [["> 5", high], ["? < 3 and ? > 4", medium]]
                                    ^^^^^^^^^^^^^^^ warning RULE329 nothing that `amount` is allowed to be passes this test
      """),
    LoadCase(
      "remarks",
      """
      decisions:
        - decision: a
          table:
            gaps: The paper leaves them open.
            overlaps: The paper has both.
            inputs: [amount]
            outputs: {x: text}
            rows: [["> 5", high], ["> 7", higher]]
        - decision: b
          table:
            gaps: The paper leaves them open.
                  ^^^^^^^^^^^^^^^^^^^^^^^^^^^ warning RULE340 this says why the table has gaps, and none was found
            overlaps: The paper has both.
                      ^^^^^^^^^^^^^^^^^^^ warning RULE340 this says why rows overlap, and none do
            inputs: [amount]
            outputs: {x: text}
            rows: [["> 5", high], ["<= 5", low]]
      """),
    LoadCase(
      "many gaps",
      """
      decisions:
        - decision: a
                    ^ warning RULE338 no row matches when `amount` is < 1, in (1..2), in (2..3), > 3 = for example `amount` 0 = add a row, or a `default` to the output; or say under `gaps` why these inputs have no answer
          table:
            inputs: [amount]
            outputs: {x: text}
            rows: [["1", a], ["2", b], ["3", c]]
      """),
    LoadCase(
      "gaps apart",
      """
      decisions:
        - decision: a
                    ^ warning RULE338 no row matches when `rating` is "good" and `amount` is < 1, in (1..4), > 4 = for example `rating` "good", `amount` 0 = add a row, or a `default` to the output; or say under `gaps` why these inputs have no answer
                    ^ warning RULE338 no row matches when `rating` is "fair" and `amount` is < 2, > 2 = for example `rating` "fair", `amount` 0
                    ^ warning RULE338 no row matches when `rating` is "poor" and `amount` is < 3, > 3 = for example `rating` "poor", `amount` 0
          table:
            inputs: [rating, amount]
            outputs: {x: text}
            rows: [['"good"', "1", a], ['"fair"', "2", b], ['"poor"', "3", c], ['"good"', "4", d]]
      """),
    LoadCase(
      "null, and missing",
      """
      decisions:
        - decision: a
          table:
            hit: first
            inputs: ["max(1, amount)"]
            outputs: {x: text}
            rows: [["> 5", high], ["<= 5", low], ["-", none]]
        - decision: b
          table:
            hit: first
            inputs: [supplied(amount), amount]
            outputs: {x: text}
            rows: [["false", "-", missing], ["true", "> 5", high], ["true", "<= 5", low]]
      """),
    LoadCase(
      "a verdict",
      """
      === policies/p.yaml
      policy: p
      title: P
      record: service
      verdict:
      ^^^^^^^ warning RULE338 no row matches when `failed.critical` is 1 and `error.total` is > 0 = for example `failed.critical` 1, `error.total` 1 = add a row, or a `default` to the output; or say under `gaps` why these inputs have no answer
      ^^^^^^^ warning RULE338 no row matches when `failed.critical` is 2 = for example `failed.critical` 2, `error.total` 0
        hit: first
        inputs: [failed.critical, error.total]
        outputs: {verdict: text}
        rows:
          - ["0", "-", accept]
          - ["1", "0", consider]
          - ["> 2", "-", refuse]
      """),
  ])
  func review(_ c: LoadCase) {
    let files = AnnotatedFiles(c.text)
    var loaded = files.load(after: [Self.vocabulary])
    #expect(!loaded.diagnostics.hasErrors, "\(files.annotated(with: loaded))")
    loaded.diagnostics = TableReview.review(loaded.book, loaded.policies)
    #expect(files.annotated(with: loaded) == c.text)
  }

  /// A table of many cases ends in a note, and soon.
  @Test func isBounded() {
    let inputs = (1...14).map { "amount + \($0)" }
    let rows = (1...60).map { row in
      let cells = inputs.indices.map { column in
        "\"\((row * 7 + column * 13) % 17 == 0 ? "-" : "> \((row * column) % 23)")\""
      }
      return "        - [\(cells.joined(separator: ", ")), a]"
    }
    let text = """
      decisions:
        - decision: a
          table:
            hit: first
            inputs: [\(inputs.joined(separator: ", "))]
            outputs: {x: text}
            rows:
      \(rows.joined(separator: "\n"))
      """
    let loaded = AnnotatedFiles(text).load(after: [Self.vocabulary])
    #expect(TableReview.review(loaded.book, loaded.policies).all.contains { $0.code.name == "RULE330" })
  }

  // MARK: Against asking everything

  /// What is found agrees with asking the table for every input of a small domain.
  @Test(arguments: 1...150) func agreesWithTheTable(seed: UInt64) throws {
    var draw = Draw(seed)
    let hit = ["unique", "first", "any"].randomElement(using: &draw) ?? "unique"
    func cell(_ column: Int) -> String {
      let number = Int.random(in: 1...4, using: &draw)
      let choices: [String] =
        switch column {
        case 0:
          [
            "-", "< \(number)", "<= \(number)", "> \(number)", "[\(number)..4)", "\(number)", "not(\(number))",
            "? > \(number) and ? < 4",
          ]
        case 1: ["-", "true", "false"]
        default: ["-", "\"good\"", "\"good\", \"fair\"", "not(\"poor\")", "\"poor\""]
        }
      return choices.randomElement(using: &draw) ?? "-"
    }
    let count = Int.random(in: 1...6, using: &draw)
    let rows = (0..<count).map { _ in
      "['\(cell(0))', '\(cell(1))', '\(cell(2))', \(["a", "b"].randomElement(using: &draw) ?? "a")]"
    }
    let text = """
      decisions:
        - decision: a
          table:
            hit: \(hit)
            inputs: [amount, rated, rating]
            outputs: {x: text}
            rows:
      \(rows.map { "        - " + $0 }.joined(separator: "\n"))
      """
    let loaded = AnnotatedFiles(text).load(after: [Self.vocabulary])
    guard case .table(let table)? = loaded.book.decisions.first?.logic else {
      Issue.record("no table in\n\(text)")
      return
    }
    let analysis = try #require(TableReview.analysis(of: table, in: loaded.book))
    #expect(!analysis.isCutShort)

    var hasGap = false
    var conflicts: Set<[Int]> = []
    var reached: Set<Int> = []
    var decisive: Set<Int> = []
    for amount in stride(from: 0.5, through: 5, by: 0.5) {
      for rated in [true, false] {
        for rating in ["good", "fair", "poor"] {
          let inputs: [Value] = [
            .number(try #require(Number("\(amount)"))), .boolean(rated), .string(rating),
          ]
          let evaluator = Evaluator(asOf: try #require(CivilDate(dayNumber: 0)))
          let matching = table.rows.indices.filter { row in
            zip(table.rows[row].tests, inputs).allSatisfy { Truth(evaluator.evaluate($0, input: $1)) == .yes }
          }
          let outputs = matching.map { table.rows[$0].outputs[0].source.text }
          hasGap = hasGap || matching.isEmpty
          for (index, row) in matching.enumerated() {
            for (earlier, other) in matching[..<index].enumerated()
            where hit == "unique" || outputs[earlier] != outputs[index] {
              conflicts.insert([other, row])
            }
          }
          if let first = matching.first {
            reached.insert(first)
            if matching.count == 1 || outputs[0] != outputs[1] { decisive.insert(first) }
          }
        }
      }
    }
    #expect(!analysis.gaps.isEmpty == hasGap, "\(text)")
    if hit != "first" { #expect(Set(analysis.overlaps.map(\.rows)) == conflicts, "\(text)") }
    if hit == "first" {
      for row in table.rows.indices {
        switch analysis.idle[row] {
        case .neverMatches, .hidden: #expect(!reached.contains(row), "row \(row + 1) of\n\(text)")
        case .redundant: #expect(reached.contains(row) && !decisive.contains(row), "row \(row + 1) of\n\(text)")
        case nil: #expect(decisive.contains(row), "row \(row + 1) of\n\(text)")
        }
      }
    }
  }
}
