import Diagnostics
import Foundation
import Probity
import Testing

/// What is said of files of tests.
@Suite struct CaseDiagnosticsTests {
  struct Row: Sendable, CustomStringConvertible {
    var name: String
    var test: String
    var said: [String]

    init(_ name: String, _ test: String, _ said: String...) {
      self.name = name
      self.test = test
      self.said = said
    }

    var description: String { name }
  }

  /// The code, the text that the caret is below, the message and the advice of each.
  private static func said(_ loaded: Loaded) -> [String] {
    loaded.diagnostics.sorted.compactMap { diagnostic in
      guard let span = diagnostic.span, loaded.sources.name(of: span.file).hasSuffix(".test.yaml") else { return nil }
      let bytes = loaded.sources.files[Int(span.file.rawValue)].bytes[Int(span.start)..<Int(span.end)]
      let marked = String(decoding: bytes, as: UTF8.self)
      return "\(diagnostic.code) at `\(marked)`: \(diagnostic.message)" + diagnostic.help.map { " = \($0)" }.joined()
    }
  }

  @Test(arguments: [
    Row(
      "facts that are none",
      """
      as-of: 2026-06-30
      cases:
        - case: a
          base: whole
          facts: {bed: 1, registration.sttus: active, staff: [{ref: W-9, reguated: true}]}
          missing: [regstration]
          expect: {registered: pass}
      """,
      "TEST701 at `bed`: `bed` is not a fact of `provider` = did you mean `beds`?",
      "TEST701 at `registration.sttus`: `sttus` is not a fact of `registration` = did you mean `status`?",
      "TEST701 at `reguated`: `reguated` is not a fact of `worker` = did you mean `regulated`?",
      "TEST701 at `regstration`: `regstration` is not a fact of `provider` = did you mean `registration`?"),
    Row(
      "paths that lead nowhere",
      """
      as-of: 2026-06-30
      cases:
        - case: a
          base: whole
          facts: {staff.issued: 2026-01-01, id.x: 1, "beds[1]": 1, "services[1]": home care, "staff[W-1": 1, "staff[W-1]issued": 1, "a..b": 1}
          expect: {registered: pass}
      """,
      "TEST701 at `staff.issued`: `staff.issued` goes on after a list, without saying which item = name one, by its key or its number: `[…]`",
      "TEST701 at `id.x`: `id.x` goes on after a fact that has no parts",
      "TEST701 at `\"beds[1]\"`: `beds` is not a list = leave out what is between `[` and `]`",
      "TEST701 at `\"services[1]\"`: the items of `services` have no facts of their own = give the list as a whole: `[a, b]`",
      "TEST702 at `\"staff[W-1\"`: `staff[W-1` is not the path of a fact = an item is named between `[` and `]`, by its key or its number",
      "TEST702 at `\"staff[W-1]issued\"`: `staff[W-1]issued` is not the path of a fact = after `]` comes a `.` and the name of a fact",
      "TEST702 at `\"a..b\"`: `a..b` is not the path of a fact = a path is written like `registration.status` or `staff[W-1].dbs.issued`"
    ),
    Row(
      "values that no record can hold",
      """
      as-of: 2026-06-30
      cases:
        - {case: a, base: whole, facts: {beds: 501, services: [home car], registration.since: soon}, expect: {registered: pass}}
      """,
      "TEST703 at `501`: `501` is not an allowed value of `beds` = allowed: `[0..500]`",
      "RULE321 at `home car`: `home car` is not an allowed value = did you mean `home care`?",
      "RULE321 at `soon`: `soon` is not a date = a date is written like 2026-01-31"),
    Row(
      "bases",
      """
      as-of: 2026-06-30
      bases:
        - {base: a, from: b}
        - {base: b, from: a}
        - {base: b}
      cases:
        - {case: a, base: whol, expect: {registered: pass}}
        - {case: b, base: a, expect: {registered: not evidenced}}
      """,
      "TEST705 at `b`: the base `a` is from itself",
      "RULE308 at `b`: the base `b` is declared twice",
      "TEST704 at `whol`: there is no base `whol` = did you mean `whole`?"),
    Row(
      "another type of record",
      """
      as-of: 2026-06-30
      cases:
        - {case: a, base: whole, expect: {council-named: pass}}
      """,
      "TEST706 at `council-named`: `council-named` is about `council`, and this case is about `provider`"),
    Row(
      "no date, and nothing expected",
      """
      cases:
        - {case: a, base: whole, expect: {registered: pass}}
        - {case: b, base: whole, as-of: 2026-06-30}
        - {case: c, base: whole, as-of: 2026-06-30, expect: {}}
        - {case: c, base: whole, as-of: 2026-06-30, expect: {registered: pass}}
      """,
      "TEST707 at `a`: this has no date to be asked on = add `as-of:` here, or at the top of the file for all its cases",
      "TEST708 at `b`: `b` expects nothing = say under `expect` what a rule must come to: `dbs-renewal: pass`",
      "TEST708 at `c`: `c` expects nothing = say under `expect` what a rule must come to: `dbs-renewal: pass`",
      "RULE308 at `c`: the case `c` is declared twice"),
    Row(
      "items that are not there",
      """
      as-of: 2026-06-30
      cases:
        - {case: a, base: whole, facts: {"staff[W-11].issued": 2026-01-01}, missing: ["staff[W-7]"], expect: {registered: pass}}
      """,
      "TEST709 at `\"staff[W-11].issued\"`: the record has no item `W-11` in `staff` = did you mean `W-1`?",
      "TEST709 at `\"staff[W-7]\"`: the record has no item `W-7` in `staff` = did you mean `W-1`?"),
    Row(
      "rows",
      """
      as-of: 2026-06-30
      tables:
        - table: t
          base: whole
          given: [beds]
          expect: [registered]
          rows:
            - [1]
            - [1, pass, fail]
      """,
      "TEST710 at `[1]`: this row has 1 cell, and the table 2 columns = one for each of `given`, then one for each of `expect`",
      "TEST710 at `[1, pass, fail]`: this row has 3 cells, and the table 2 columns = one for each of `given`, then one for each of `expect`"
    ),
    Row(
      "a base that nobody uses",
      """
      as-of: 2026-06-30
      bases: [{base: idle, from: whole}]
      cases:
        - {case: a, base: whole, expect: {registered: pass}}
      """,
      "TEST711 at `idle`: no case starts with the base `idle`"),
    Row(
      "what is no rule and no decision",
      """
      as-of: 2026-06-30
      cases:
        - {case: a, base: whole, expect: {registred: pass, siz: 1, "staff[W-1].grade": 1, size.bnd: x}}
      """,
      "TEST712 at `registred`: there is no rule or decision `registred` = did you mean `registered`?",
      "TEST712 at `siz`: there is no rule or decision `siz` = did you mean `size`?",
      "TEST712 at `\"staff[W-1].grade\"`: there is no rule or decision `staff[W-1].grade` = a decision of an item is written `contracts[C-1].grade`",
      "TEST712 at `size.bnd`: there is no rule or decision `size.bnd` = a decision of an item is written `contracts[C-1].grade`"
    ),
    Row(
      "outcomes that a rule cannot have",
      """
      as-of: 2026-06-30
      cases:
        - {case: a, base: whole, expect: {registered: not applicable, "registered staff[W-1]": pass, dbs-renewal: not asked, banded: passed}}
        - {case: b, base: whole, expect: {registered: {outcome: pass, missing: [beds], message: x, mentions: y}}}
      """,
      "TEST713 at `not applicable`: `registered` is never `not applicable`: it has neither `when` nor `each` = it applies to every record",
      "TEST713 at `\"registered staff[W-1]\"`: `registered` is asked of the whole record, and has no items = write `registered` alone",
      "TEST713 at `not asked`: `dbs-renewal` is never `not asked`: it has neither `since` nor `until` = it is asked on every date",
      "RULE305 at `passed`: `passed` is not a value of `outcome` = did you mean `pass`?",
      "TEST713 at `[beds]`: a rule that comes to `pass` has no `missing` = `missing` goes with `not evidenced`",
      "TEST713 at `x`: a rule that comes to `pass` has no `message` = `message` goes with `fail`",
      "TEST713 at `y`: a rule that comes to `pass` has no `mentions` = `mentions` goes with `fail` and `error`"),
    Row(
      "policies",
      """
      as-of: 2026-06-30
      cases:
        - {case: a, base: whole, expect: {verdict: accredit, scope: in scope}}
        - {case: b, base: whole, policy: plain, expect: {verdict: accredit, sized: pass, scope: inside}}
        - {case: c, base: whole, policy: cor, expect: {registered: pass}}
        - {case: d, base: whole, parameters: {renewl: P1Y, renewal: soon}, expect: {registered: pass}}
      """,
      "TEST714 at `verdict`: a verdict is a policy's, and this names none = add `policy:`",
      "TEST714 at `scope`: a scope is a policy's, and this names none = add `policy:`",
      "TEST714 at `verdict`: the policy `plain` gives no verdict",
      "TEST714 at `sized`: the policy `plain` does not ask `sized` = leave `policy` out to ask the rule by itself",
      "RULE305 at `inside`: `inside` is not a value of `scope` = it is one of `in scope`, `out of scope`, `not evidenced`",
      "RULE351 at `cor`: there is no policy `cor` = did you mean `core`?",
      "RULE359 at `renewl`: there is no parameter `renewl` = did you mean `renewal`?",
      "RULE321 at `soon`: `soon` is not a years and months duration = a duration of years is written like P3Y, of months like P18M"
    ),
  ])
  func isReported(_ row: Row) { #expect(Self.said(CaseBook.load(row.test).loaded) == row.said) }

  @Test func severalFilesWithOneBase() {
    let base = "bases: [{base: twice, facts: {id: P-2}}]"
    let user = "as-of: 2026-06-30\ncases: [{case: a, base: twice, expect: {registered: not evidenced}}]"
    #expect(
      Self.said(CaseBook.load(base, base, user).loaded) == [
        "TEST704 at `twice`: several files have a base `twice` = give them names of their own"
      ])
  }

  /// Whatever a file holds, it is read to its end.
  @Test(arguments: [
    "", "- a", "cases: x", "cases: [{}]", "tables: [{table: t}]", "bases: [1]", "cases: [{case: a, expect: [x]}]",
  ])
  func whatever(_ text: String) {
    let (files, _) = CaseBook.load(text)
    #expect(files.allSatisfy { $0.cases.isEmpty })
  }

  /// Every code of a test file has its section, and a row that provokes it.
  @Test func everyCodeIsDocumentedAndProvoked() throws {
    let root = Repository.root
    func codes(_ path: String) throws -> Set<String> {
      let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
      return Set(text.matches(of: /TEST7[0-9]{2}/).map { String($0.output) })
    }
    let sources = ["CaseLoader", "CaseLoader+Expectations", "FactPath", "FactReader"]
    let declared = try sources.reduce(into: Set<String>()) {
      $0.formUnion(try codes("Sources/Probity/Cases/\($1).swift"))
    }
    #expect(try codes("Docs/Diagnostics/TEST.md") == declared)
    #expect(try codes("Tests/ProbityTests/Cases/CaseDiagnosticsTests.swift") == declared)
  }
}
