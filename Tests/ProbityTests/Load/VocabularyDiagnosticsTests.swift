import Diagnostics
import Probity
import Testing

@Suite struct VocabularyDiagnosticsTests {
  @Test(arguments: [
    LoadCase(
      "files that are not in the language's version",
      """
      === rules/a.yaml
      probity: 2
               ^ error RULE301 this version of the language is not known = what is read here is `probity: 1`
      === rules/b.yaml
      probity:
      ^^^^^^^ error RULE304 `probity` has no value = give one, or leave the key out
      """),
    LoadCase(
      "a file that holds something else",
      """
      === rules/a.yaml
      - probity: 1
      ^^^^^^^^^^^^ error RULE304 a file of rules is wanted here, and this is a list = its keys are `probity`, `record`, `types`, `parameters`, `decisions`, `rules`, `document`, `clauses`
      === rules/b.yaml
      policy: a
      ^^^^^^ error RULE302 a file of rules has no key `policy` = its keys are `probity`, `record`, `types`, `parameters`, `decisions`, `rules`, `document`, `clauses`
      rule: []
      ^^^^ error RULE302 a file of rules has no key `rule` = did you mean `rules`?
      rules: {rule: a}
             ^^^^^^^^^ error RULE304 a list is wanted here, and this is a mapping = start every item on a line of its own with `- `, or write `[a, b]`
      types: [text]
              ^^^^ error RULE304 a type is wanted here, and this is text = its keys are `type`, `record`, `title`, `key`, `name`, `help`, `facts`
      """),
    LoadCase(
      "keys of types and facts",
      """
      types:
        - type: provider
          records: true
          ^^^^^^^ error RULE302 a type has no key `records` = did you mean `record`?
          key: id
          facts:
            - {fact: id, type: text, sensible: true, label: [a]}
                                     ^^^^^^^^ error RULE302 a fact has no key `sensible` = its keys are `fact`, `type`, `label`, `unit`, `allowed`, `sensitive`, `help`
                                                            ^^^ error RULE304 text is wanted here, and this is a list
            - {fact: name, sensitive: yes}
               ^^^^ error RULE303 a fact needs the key `type`
                                      ^^^ error RULE304 `true` or `false` is wanted here, and this is text
            - {type: text}
               ^^^^ error RULE303 a fact needs the key `fact`
            - {fact: beds, type: number, unit: }
                                         ^^^^ error RULE304 `unit` has no value = give one, or leave the key out
        - {type: other}
           ^^^^ error RULE303 a type needs the key `facts`
        - facts: []
          ^^^^^ error RULE303 a type needs the key `type`
      """),
    LoadCase(
      "names of types and facts",
      """
      types:
        - type: care provider
                ^^^^^^^^^^^^^ error RULE307 `care provider` cannot be the name of a type = letters, digits and `_`, a letter first = for example `care_provider`
          facts:
            - {fact: a, type: text}
        - type: text
                ^^^^ error RULE309 the type `text` has the name of one of FEEL's types = give it another name
          facts: []
        - type: provider
          facts:
            - {fact: legal name, type: text}
                     ^^^^^^^^^^ error RULE307 `legal name` cannot be the name of a fact = letters, digits and `_`, a letter first = for example `legal_name`
            - {fact: 2nd, type: text}
                     ^^^ error RULE307 `2nd` cannot be the name of a fact = letters, digits and `_`, a letter first
            - {fact: in, type: text}
                     ^^ error RULE307 `in` is a word of FEEL and cannot be the name of a fact
            - {fact: date, type: date}
            - {fact: prénom, type: text}
            - {fact: date, type: date}
                     ^^^^ error RULE308 the fact `date` is declared twice & first declared here: {fact: date, type:
        - type: provider
                ^^^^^^^^ error RULE308 the type `provider` is declared twice & first declared here: type: provider
          facts: []
      """),
    LoadCase(
      "a type that is declared twice has the facts of both",
      """
      types:
        - {type: a, record: true, key: id, facts: [{fact: id, type: text}]}
        - {type: a, facts: [{fact: id, type: number}, {fact: beds, type: number}]}
                 ^ error RULE308 the type `a` is declared twice & first declared here: {type: a, record:
      rules:
        - {rule: r, title: R, severity: major, require: id = "a" and beds > 1, source: S}
      """),
    LoadCase(
      "types that there are not",
      """
      types:
        - type: provider
          facts:
            - {fact: a, type: txt}
                              ^^^ error RULE311 `txt` is not a type = did you mean `text`?
            - {fact: b, type: list<workr>}
                                   ^^^^^ error RULE311 `workr` is not a type = did you mean `worker`?
            - {fact: c, type: list}
                              ^^^^ error RULE311 `list` is not a type = say of what: `list<text>`
            - {fact: d, type: "list < worker >"}
            - {fact: e, type: list<list<text>>}
                                   ^^^^^^^^^^ error RULE311 `list<text>` is not a type = types are `boolean`, `date`, `date and time`, `days and time duration`, `number`, `string`, `text`, `time`, `years and months duration`
            - {fact: f, type: years  and months duration}
        - type: worker
          facts: []
      """),
    LoadCase(
      "types that contain themselves",
      """
      types:
        - type: a
          facts:
            - {fact: b, type: b}
        - type: b
          facts:
            - {fact: cs, type: list<c>}
            - {fact: c, type: c}
        - type: c
          facts:
            - {fact: a, type: a}
                              ^ error RULE312 the type `a` contains itself: a → b → c → a = a fact of one of them can hold the key of the other instead
            - {fact: c, type: c}
                              ^ error RULE312 the type `c` contains itself: c → c = a fact of one of them can hold the key of the other instead
      """),
    LoadCase(
      "keys that are no facts, or no scalars",
      """
      types:
        - type: provider
          record: true
          key: ids
               ^^^ error RULE313 `provider` has no fact `ids` to be its `key` = did you mean `id`?
          name: tags
                ^^^^ error RULE313 the `name` of a type has to be text, a number or a date, and `tags` is not & declared here: {fact: tags, type:
          facts:
            - {fact: id, type: text}
            - {fact: tags, type: list<text>}
        - type: location
                ^^^^^^^^ error RULE303 the type of a record needs the key `key` = name the fact that identifies a record
          record: true
          facts:
            - {fact: id, type: text}
        - type: worker
          key: provider
               ^^^^^^^^ error RULE313 the `key` of a type has to be text, a number or a date, and `provider` is not & declared here: {fact: provider, type:
          facts:
            - {fact: provider, type: provider}
      """),
    LoadCase(
      "allowed values",
      """
      types:
        - type: provider
          facts:
            - {fact: a, type: text, allowed: [yes, no, yes]}
                                                       ^^^ error RULE308 the value `yes` is listed twice & first listed here: {fact: a, type:
            - {fact: b, type: number, allowed: [1, two, 3]}
                                                   ^^^ error RULE321 `two` is not a number = write digits alone, with a `.` before decimals: 5000000
            - {fact: c, type: number, allowed: ">= "}
                                                  ^ error FEEL101 the expression ends where an expression should follow
            - {fact: d, type: number, allowed: '> "a"'}
                                                ^^^^^ error FEEL207 a number is never within a range of text | range<text>
            - {fact: e, type: boolean, allowed: [true]}
                                                ^^^^^^ error RULE314 the values of a `boolean` cannot be restricted
            - {fact: f, type: list<worker>, allowed: [a]}
                                                     ^^^ error RULE314 the values of a `worker` cannot be restricted = restrict the facts of `worker`
            - {fact: g, type: date, allowed: "<= today()"}
                                             ^^^^^^^^^^^^ error RULE314 what is allowed may not depend on the day = let a rule compare the fact with `today()`
            - {fact: h, type: text, allowed: []}
                                             ^^ error RULE314 no value at all is allowed here
            - {fact: i, type: list<date>, allowed: [2026-02-30]}
                                                    ^^^^^^^^^^ error RULE321 `2026-02-30` is not a date = a date is written like 2026-01-31
            - {fact: j, type: number, allowed: "> limit"}
                                                  ^^^^^ error FEEL201 unknown name `limit`
            - {fact: k, type: number, allowed: {from: 1}}
                                               ^^^^^^^^^ error RULE304 FEEL as text is wanted here, and this is a mapping = put an expression that starts with `[` or `{` in quotes
        - type: worker
          facts: []
      """),
    LoadCase(
      "records that are not said, or not there",
      """
      === rules/types.yaml
      types:
        - {type: a, record: true, key: id, facts: [{fact: id, type: text}]}
        - {type: b, record: true, key: id, facts: [{fact: id, type: text}]}
        - {type: c, key: id, facts: [{fact: id, type: text}]}
      === rules/a.yaml
      ^^^^^^^ error RULE315 a file of rules has to say which records it is about = add `record:` with one of `a`, `b`
      rules:
        - {rule: a, title: A, severity: major, require: anything > 1, source: S}
      === rules/b.yaml
      record: d
              ^ error RULE315 `d` is not a type of the vocabulary
      rules:
        - {rule: b, title: B, severity: major, require: anything > 1, source: S}
      === rules/c.yaml
      record: c
              ^ error RULE315 no record is of the type `c` = give the type `record: true` and a `key`
      rules:
        - {rule: c, title: C, severity: major, require: anything > 1, source: S}
      === rules/d.yaml
      record: a
      === policies/p.yaml
      ^^^^^^^ error RULE315 a policy has to say which records it is about = add `record:` with one of `a`, `b`
      policy: p
      title: P
      rules: [a, b/*, c]
      """),
    LoadCase(
      "no records at all",
      """
      ^^^^^^^ error RULE315 the vocabulary has no type that records are of = declare one under `types`, with `record: true` and a `key`
      rules:
        - {rule: a, title: A, severity: major, require: anything > 1, source: S}
      """),
    LoadCase(
      "what a broken file may have held is not missed",
      """
      === rules/types.yaml
      types:
        - {type: a, record: true, key: id, facts: [{fact: id, type: text}]}
      parameters:
       - parameter: [
      ^ error YAML104 expected a value
      === rules/a.yaml
      rules:
        - {rule: a, title: A, severity: major, require: id = other and third.part, source: S}
      === policies/p.yaml
      policy: p
      title: P
      rules: [a, b, c/*]
      parameters: {d: 1}
      """),
  ])
  func isReported(_ c: LoadCase) { check(c) }

  @Test func nestingIsLimited() {
    var text = "types:\n"
    for index in 0..<100 { text += "  - {type: t\(index), facts: [{fact: f, type: t\(index + 1)}]}\n" }
    text += "  - {type: t100, facts: []}\n"
    let loaded = AnnotatedFiles(text).load()
    #expect(loaded.diagnostics.all.allSatisfy { $0.code.name == "RULE312" })
    #expect(loaded.diagnostics.all.count == 3)
    #expect(loaded.book.vocabulary.types.count == 101)
  }
}
