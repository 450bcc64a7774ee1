import Probity
import Testing

private let rules = """
  === rules/staff.yaml
  decisions:
    - {decision: staffed, value: count(staff) > 0}
  rules:
    - {rule: checked, title: A, severity: critical, require: registered and staffed, source: S}
    - {rule: hours, title: A, severity: minor, each: w in staff, require: w.hours < 48, source: S}

  """

@Suite struct ClauseDiagnosticsTests {
  @Test(arguments: [
    LoadCase(
      "keys of a clause",
      """
      === rules/clauses.yaml
      document: Framework agreement
      clauses:
        - clause: a-1
          ref: "7.3"
          txt: Certificates are renewed
          ^^^ error RULE302 a clause has no key `txt` = did you mean `text`?
          rules: [checked]
        - {ref: "1", rules: [checked]}
           ^^^ error RULE303 a clause needs the key `clause`
           ^^^ error RULE303 a clause needs the key `text`
        - clause: A 2
                  ^^^ error RULE307 `A 2` cannot be the name of a clause = lower-case words joined by `-`, a letter first = for example `a-2`
          ref: "1"
          text: T
          judgement: J
        - a-3
          ^^^ error RULE304 a clause is wanted here, and this is text = its keys are `clause`, `document`, `ref`, `text`, `page`, `rules`, `decisions`, `judgement`, `outside`
        - {clause: a-1, ref: "7.4", text: T, outside: O}
                   ^^^ error RULE308 the clause `a-1` is declared twice & first declared here: clause: a-1
      """),
    LoadCase(
      "document",
      """
      === rules/clauses.yaml
      clauses:
        - {clause: a-1, document: Act, ref: s.1, text: T, judgement: J}
        - {clause: a-2, ref: s.1, text: T, judgement: J}
           ^^^^^^ error RULE303 a clause needs the key `document` = give it here, or once for the file
      """),
    LoadCase(
      "what becomes of it",
      """
      === rules/clauses.yaml
      document: Act
      clauses:
        - {clause: a-1, ref: s.1, text: T}
                   ^^^ error RULE362 nothing says what becomes of the clause `a-1` = list what puts it into practice under `rules` or `decisions`, or say under `judgement` why it is for a person to judge, or under `outside` why it is not about a record
        - {clause: a-2, ref: s.1, text: T, rules: [chekced, staff/hours]}
                                                   ^^^^^^^ error RULE353 there is no rule `chekced` = did you mean `checked`?
        - {clause: a-3, ref: s.1, text: T, decisions: [stafed]}
                                                       ^^^^^^ error RULE363 there is no decision `stafed` = did you mean `staffed`?
        - {clause: a-4, ref: s.1, text: T, rules: [checked, hours, checked]}
                                                                   ^^^^^^^ error RULE308 the rule `checked` is listed twice & first listed here: {clause: a-4, ref:
        - {clause: a-5, ref: s.1, text: T, rules: []}
                                                  ^^ error RULE304 at least one name is wanted here, and this is an empty list
        - {clause: a-6, ref: s.1, text: T, rules: checked}
                                                  ^^^^^^^ error RULE304 a list is wanted here, and this is text = start every item on a line of its own with `- `, or write `[a, b]`
        - {clause: a-7, ref: s.1, text: T, decisions: [staffed], judgement: J, outside: O}
      """),
  ])
  func isReported(_ c: LoadCase) { check(c, after: [providerVocabulary], below: rules) }

  @Test func bothDirectionsAreKnown() throws {
    let text =
      rules + """

        === rules/clauses.yaml
        document: Act
        clauses:
          - {clause: a-1, ref: s.1, text: One, page: 4, rules: [hours, checked], decisions: [staffed]}
          - {clause: a-2, document: Other, ref: s.2, text: Two, rules: [staff/hours], judgement: J}
          - {clause: a-3, ref: s.3, text: Three, outside: O}
        """
    let book = AnnotatedFiles(text).load(after: [providerVocabulary]).book
    #expect(
      book.clauses.map(\.clause) == [
        Clause(document: "Act", ref: "s.1", text: "One", page: "4"), Clause(document: "Other", ref: "s.2", text: "Two"),
        Clause(document: "Act", ref: "s.3", text: "Three"),
      ])
    #expect(book.clauses.map { $0.rules.map { book.rules[$0].name } } == [["hours", "checked"], ["hours"], []])
    #expect(book.clauses.map { $0.decisions.map { book.decisions[$0].name } } == [["staffed"], [], []])
    #expect(book.clauses.map(\.judgement) == [nil, "J", nil])
    #expect(book.clauses.map(\.outside) == [nil, nil, "O"])
    let hours = try #require(book.rules.firstIndex { $0.name == "hours" })
    #expect(book.clauses(ofRule: hours).map(\.name) == ["a-1", "a-2"])
  }
}
