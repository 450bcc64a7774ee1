import Diagnostics
import Probity
import Testing

/// How cases come out: what is said of each that is not met.
@Suite struct CaseRunTests {
  struct Row: Sendable, CustomStringConvertible {
    var name: String
    var test: String
    /// Each case, with its status and below it what was expected and found.
    var said: String

    init(_ name: String, _ test: String, _ said: String) {
      self.name = name
      self.test = test
      self.said = said
    }

    var description: String { name }
  }

  private func check(_ row: Row) {
    let (files, loaded) = CaseBook.load(row.test)
    #expect(loaded.diagnostics.all.filter { $0.severity == .error } == [])
    var runner = CaseRunner(loaded)
    var lines: [String] = []
    for file in files {
      for test in file.cases {
        let result = runner.run(test, of: file)
        lines.append("\(result.name): \(result.status.rawValue)")
        for mismatch in result.mismatches {
          lines.append("  \(mismatch.subject): expected \(mismatch.expected), found \(mismatch.found)")
          lines += mismatch.notes.map { "    \($0)" }
        }
      }
    }
    #expect(lines.joined(separator: "\n") == row.said)
  }

  @Test(arguments: [
    Row(
      "an outcome for every item, and for one",
      """
      as-of: 2026-06-30
      cases:
        - {case: a, base: whole, expect: {"dbs-renewal staff[W-1]": pass, dbs-renewal: not applicable}}
        - {case: b, base: whole, expect: {dbs-renewal: pass}}
        - {case: c, base: whole, expect: {"dbs-renewal staff[W-3]": pass}}
        - {case: d, base: whole, facts: {staff: []}, expect: {dbs-renewal: not applicable}}
        - {case: e, base: whole, missing: [staff], expect: {dbs-renewal: not evidenced}}
      """,
      """
      a: passed
      b: failed
        dbs-renewal: expected pass, found not applicable for staff[W-2]
      c: failed
        dbs-renewal staff[W-3]: expected pass, found no such item
          it is asked of staff[W-1], staff[W-2]
      d: passed
      e: passed
      """),
    Row(
      "messages, missing facts, severity and reasons",
      """
      as-of: 2026-06-30
      cases:
        - case: message
          base: whole
          facts: {"staff[W-1].issued": 2023-01-01}
          expect:
            dbs-renewal staff[W-1]: {outcome: fail, message: W-1 fell due, mentions: [2026-01-01, soon], severity: minor}
        - case: missing
          base: whole
          missing: ["staff[W-1].issued"]
          expect:
            dbs-renewal staff[W-1]: {outcome: not evidenced, missing: ["staff[W-1].regulated"]}
        - case: reason
          base: whole
          facts: {beds: 50, id: P-2}
          expect:
            banded: {outcome: fail}
        - case: reason that is meant
          base: whole
          facts: {beds: 7}
          expect:
            banded: {outcome: error, mentions: zero}
      """,
      """
      message: failed
        dbs-renewal staff[W-1]: expected message W-1 fell due, found message W-1 fell due on 2026-01-01
        dbs-renewal staff[W-1]: expected a mention of soon, found W-1 fell due on 2026-01-01
        dbs-renewal staff[W-1]: expected severity minor, found severity major
      missing: failed
        dbs-renewal staff[W-1]: expected missing staff[W-1].regulated, found missing staff[W-1].issued
      reason: passed
      reason that is meant: passed
      """),
    Row(
      "known to fail, and a start at passing",
      """
      as-of: 2026-06-30
      cases:
        - {case: known, base: whole, known-to-fail: no council says, expect: {registered: fail}}
        - {case: passes, base: whole, known-to-fail: no council says, expect: {registered: pass}}
      """,
      """
      known: known to fail
        registered: expected fail, found pass
      passes: unexpectedly passed
      """),
    Row(
      "tables: dates, parameters, facts that are taken away and cells that say nothing",
      """
      as-of: 2026-06-30
      tables:
        - table: due
          base: whole
          given: ["staff[W-1].issued", as-of, renewal]
          expect: ["dbs-renewal staff[W-1]", registered]
          rows:
            - [2023-06-30, 2026-06-30, "-", pass, "-"]
            - [2023-06-30, 2026-07-01, "-", fail, pass]
            - [2023-06-30, "-", P1Y, fail, "-"]
            - [missing, "-", "-", not evidenced, "-"]
            - [2023-06-30, "-", "-", fail, fail]
      """,
      """
      due, row 1 (2023-06-30, 2026-06-30, -): passed
      due, row 2 (2023-06-30, 2026-07-01, -): passed
      due, row 3 (2023-06-30, -, P1Y): passed
      due, row 4 (missing, -, -): passed
      due, row 5 (2023-06-30, -, -): failed
        dbs-renewal staff[W-1]: expected fail, found pass
        registered: expected fail, found pass
      """),
    Row(
      "decisions: values, outputs, null and what is unknown",
      """
      as-of: 2026-06-30
      cases:
        - {case: one output, base: whole, expect: {size.band: small, size.places: 2}}
        - {case: some outputs, base: whole, expect: {size: {places: 1}}}
        - {case: no row matches, base: whole, facts: {beds: 100}, expect: {size: null, licensed: true}}
        - {case: not null, base: whole, expect: {size: null}}
        - {case: unknown, base: whole, missing: [beds], expect: {size: unknown, licensed: unknown}}
        - {case: not unknown, base: whole, missing: [beds], facts: {registration.status: cancelled}, expect: {licensed: unknown}}
      """,
      """
      one output: failed
        size.places: expected 2, found 1
      some outputs: passed
      no row matches: passed
      not null: failed
        size: expected null, found {band: "small", places: 1}
      unknown: passed
      not unknown: failed
        licensed: expected unknown, found false
      """),
    Row(
      "policies: parameters, scope, verdict, and dates on which a rule is not asked",
      """
      as-of: 2026-06-30
      policy: core
      cases:
        - {case: stricter, base: whole, expect: {"dbs-renewal staff[W-1]": fail, scope: in scope, verdict: accredit}}
        - {case: refused, base: whole, facts: {registration.status: cancelled}, expect: {verdict: accredit}}
        - {case: elsewhere, base: whole, facts: {services: [day care]}, expect: {scope: in scope, registered: pass, verdict: refuse}}
        - {case: unclear, base: whole, missing: [services], expect: {scope: in scope}}
        - {case: before, base: whole, as-of: 2025-12-31, expect: {banded: not asked}}
        - {case: too early, base: whole, as-of: 2025-12-31, expect: {banded: pass}}
      """,
      """
      stricter: passed
      refused: failed
        verdict: expected accredit, found refuse
          dbs-renewal staff[W-1]: fail (major), registered: fail (critical), banded: fail (minor)
      elsewhere: failed
        scope: expected in scope, found out of scope
        registered: expected pass, found not asked
          the record is out of the policy's scope
        verdict: expected refuse, found none
          the record is out of the policy's scope
      unclear: failed
        scope: expected in scope, found not evidenced
          missing: services
      before: passed
      too early: failed
        banded: expected pass, found not asked
          it is in force from 2026-01-01
      """),
    Row(
      "bases and changes by path",
      """
      as-of: 2026-06-30
      bases:
        - base: more
          from: whole
          facts:
            staff[W-3]: {regulated: true, online: false, issued: 2020-01-01}
            registration: {since: 2020-01-01}
          missing: ["staff[W-2]"]
      cases:
        - {case: an item more and one less, base: more, expect: {"dbs-renewal staff[W-3]": fail, dbs-renewal: pass}}
        - {case: a fact replaced as a whole, base: more, expect: {registered: {outcome: not evidenced, missing: [registration.status]}}}
        - {case: a fact of what was not there, facts: {registration.status: active, beds: 1}, expect: {registered: pass}}
        - {case: null takes away, base: more, facts: {staff: null}, expect: {dbs-renewal: not evidenced}}
        - {case: nothing is known, expect: {registered: {outcome: not evidenced, missing: [registration, beds]}}}
      """,
      """
      an item more and one less: passed
      a fact replaced as a whole: passed
      a fact of what was not there: passed
      null takes away: passed
      nothing is known: passed
      """),
  ])
  func comesOut(_ row: Row) { check(row) }

  @Test func aBaseOfTheFileComesFirst() {
    let own = """
      as-of: 2026-06-30
      bases: [{base: whole, facts: {id: P-2, beds: 0}}]
      cases: [{case: own, base: whole, expect: {licensed: unknown}}, {case: size, base: whole, expect: {size.band: small}}]
      """
    let (files, loaded) = CaseBook.load(own)
    #expect(!loaded.diagnostics.hasErrors)
    var runner = CaseRunner(loaded)
    let statuses = files.flatMap { file in file.cases.map { runner.run($0, of: file).status } }
    // With no beds it is not licensed, whatever its registration.
    #expect(statuses == [.failed, .passed])
  }
}
