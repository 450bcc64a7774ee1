import Testing

@Suite struct DecisionDiagnosticsTests {
  @Test(arguments: [
    LoadCase(
      "keys of decisions and tables",
      """
      decisions:
        - {decision: a, values: 1}
                        ^^^^^^ error RULE302 a decision has no key `values` = did you mean `value`?
        - {decision: b, value: 1, table: {inputs: [], outputs: {x: text}, rows: [[a]]}}
                                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error RULE336 a decision has a `value` or a `table`, not both
        - {value: employees}
           ^^^^^ error RULE303 a decision needs the key `decision`
        - {decision: d, value: [1]}
                               ^^^ error RULE304 FEEL as text is wanted here, and this is a list = put an expression that starts with `[` or `{` in quotes
        - decision: e
          type: text
                ^^^^ error RULE336 a table says the types of its `outputs` itself = leave `type` out
          table: {hit: frist, input: [employees], outputs: {x: text}, rows: [["-", a]]}
                       ^^^^^ error RULE305 `frist` is not a value of `hit` = did you mean `first`?
                              ^^^^^ error RULE302 a decision table has no key `input` = did you mean `inputs`?
        - decision: f
          table: {inputs: [employees], outputs: [x], rows: {}}
                                                ^^^ error RULE304 a mapping of each output's name to its type is wanted here, and this is a list
                                                           ^^ error RULE304 a list is wanted here, and this is an empty mapping = start every item on a line of its own with `- `, or write `[a, b]`
        - decision: g
          table: {inputs: [employees], outputs: {x: {type: txt, values: []}, y: number}, rows: [], aggregate: sum}
                                                           ^^^ error RULE311 `txt` is not a type of an output = did you mean `text`?
                                                                ^^^^^^ error RULE302 an output has no key `values` = its keys are `type`, `allowed`, `default`
                                                                                               ^^ error RULE304 at least one row is wanted here, and this is an empty list
                                                                                                              ^^^ error RULE337 `aggregate` goes with `hit: collect`
        - decision: h
          type: number
          value: '"text"'
                  ^^^^^^ error FEEL209 a number is wanted here, and this is text | text
        - decision: j
          table: {inputs: [employees], outputs: {}, rows: [["-"]]}
                                                ^^ error RULE304 at least one output is wanted here, and this is an empty mapping
        - {decision: i}
           ^^^^^^^^ error RULE336 a decision needs a `value` or a `table` = `value:` is FEEL; `table:` has `hit`, `inputs`, `outputs` and `rows`
      rules:
        - {rule: r, title: R, severity: major, require: "count([a, b, d, e, f, g, h, i, j]) = employees", source: S}
      """),
    LoadCase(
      "what it is of",
      """
      decisions:
        - {decision: a, of: vist, value: nothing.known}
                            ^^^^ error RULE311 `vist` is not a type of the vocabulary = did you mean `visit`?
        - {decision: b, of: list<visit>, value: 1}
                                 ^^^^^ error RULE336 a decision is `of` a type of the vocabulary, not of `list<visit>`
        - {decision: c, of: number, value: 1}
                            ^^^^^^ error RULE336 a decision is `of` a type of the vocabulary, not of `number`
        - {decision: d, of: visit, value: days}
                                          ^^^^ error FEEL201 unknown name `days` = did you mean `day`?
        - {decision: kind, of: visit, value: 1}
                     ^^^^ error RULE309 the decision `kind` has the name of a fact of `visit` & declared here: {fact: kind, type: = give it another name
        - {decision: e, of: visit, value: 1}
        - {decision: e, of: visit, value: 1}
                     ^ error RULE308 the decision `e` is declared twice & first declared here: {decision: e, of:
        - {decision: e, of: worker, value: 1}
        - {decision: services, value: 1}
                     ^^^^^^^^ error RULE309 the decision `services` has the name of a fact of `provider` & declared here: {fact: services, type: = give it another name
      rules:
        - {rule: r, title: R, severity: major, each: v in visits, require: v.a = v.d and v.e = v.kinds, source: S}
                                                                                                 ^^^^^ error FEEL205 `visit` has no entry `kinds` = did you mean `kind`?
        - {rule: s, title: S, severity: major, each: w in staff, require: w.ee = employees, source: S}
                                                                            ^^ error FEEL205 `worker` has no entry `ee` = did you mean `e`?
      """),
    LoadCase(
      "circles",
      """
      decisions:
        - {decision: a, value: b + 1}
                     ^ error RULE331 the decision `a` rests on itself: a → b → c → a
        - {decision: b, value: if registered then c else 0}
        - {decision: c, value: a}
        - {decision: d, value: d}
                     ^ error RULE331 the decision `d` rests on itself: d → d
        - {decision: e, of: visit, value: later}
                     ^ error RULE331 the decision `e` rests on itself: e → later → e
        - {decision: later, value: "count(visits[e])"}
        - {decision: f, value: g}
        - {decision: g, value: 1}
      rules:
        - {rule: r, title: R, severity: major, require: "a > f or d", source: S}
      """),
    LoadCase(
      "cells",
      """
      decisions:
        - decision: grade
          table:
            hit: first
            inputs: [employees, registered, unknwn]
                                            ^^^^^^ error FEEL201 unknown name `unknwn`
            outputs: {mark: number, label: {type: text, allowed: [good, bad]}}
            rows:
              - ["< 0",  "true", "1", 1,     good]
              - ["> 10", "-",    "1", '"x"', goood]
                                       ^^^ error FEEL209 a number is wanted here, and this is text | text
                                             ^^^^^ error RULE321 `goood` is not an allowed value = did you mean `good`?
              - ["> 10", "1",    "1", 1]
                ^^^^^^^^^^^^^^^^^^^^^^^^ error RULE332 this row has 4 cells instead of 5 = a cell for each of 3 inputs, then one for each of 2 outputs
              - ["> 10", "-",    "1", mrk,   bad, 1]
                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error RULE332 this row has 6 cells instead of 5 = a cell for each of 3 inputs, then one for each of 2 outputs
              - ["> 9",  "-",    "-", [1],   [bad]]
                                      ^^^ error RULE304 FEEL as text is wanted here, and this is a list = put an expression that starts with `[` or `{` in quotes
                                             ^^^^^ error RULE304 text is wanted here, and this is a list
              - more
                ^^^^ error RULE304 a list is wanted here, and this is text = start every item on a line of its own with `- `, or write `[a, b]`
        - decision: limit
          table:
            inputs: [services]
            outputs: {limit: {type: number, allowed: [1, 2, x], default: 3}}
                                                            ^ error RULE321 `x` is not a number = write digits alone, with a `.` before decimals: 5000000
                                                                         ^ error RULE321 `3` is not an allowed value = allowed: `1`, `2`
            rows:
              - ['"day cre"', 3]
                  ^^^^^^^^^ error FEEL206 `day cre` is not an allowed value = did you mean `day care`?
                              ^ error RULE321 `3` is not an allowed value = allowed: `1`, `2`
      rules:
        - {rule: r, title: R, severity: major, require: grade.mark > 1 and limit = 1, source: S}
      """),
    LoadCase(
      "rows that match the same",
      """
      decisions:
        - decision: b
          table:
            inputs: [employees, registered]
            outputs: {x: text}
            rows:
              - ["> 10", "-",    a]
              - ["> 10", "true", b]
              - ["> 10", "-",    c]
                ^^^^^^^^^^^^^^^^^^^ error RULE335 two rows of a `unique` table match the same & the other row: ["> 10", "-", = make them differ, or choose another `hit`
      rules:
        - {rule: r, title: R, severity: major, require: 'b = "a"', source: S}
      """),
    LoadCase(
      "hit policies",
      """
      decisions:
        - decision: a
          table:
            hit: priority
                 ^^^^^^^^ error RULE337 `hit: priority` needs an output with `allowed`, highest priority first
            inputs: [employees]
            outputs: {x: text}
            rows:
              - ["> 10", a]
        - decision: b
          table:
            hit: collect
            aggregate: sum
                       ^^^ error RULE337 `aggregate` needs a table with one output
            inputs: [employees]
            outputs: {x: number, y: number}
            rows:
              - ["> 10", 1, 2]
        - decision: c
          table:
            hit: collect
            aggregate: count
            inputs: [employees]
            outputs: {x: number}
            rows:
              - ["> 10", 1]
        - decision: d
          table:
            hit: output order
            aggregate: max
                       ^^^ error RULE337 `aggregate` goes with `hit: collect`
            inputs: [employees]
            outputs: {x: {type: number, allowed: [2, 1]}}
            rows:
              - ["> 10", 1]
      rules:
        - {rule: r, title: R, severity: major, require: "count([a, b, c, d]) = employees", source: S}
      """),
    LoadCase(
      "names of decisions",
      """
      parameters:
        - {parameter: limit, type: number, values: {2000-01-01: 1}, local: true}
      decisions:
        - {decision: legal_name, value: 1}
                     ^^^^^^^^^^ error RULE309 the decision `legal_name` has the name of a fact of `provider` & declared here: {fact: legal_name, type: = give it another name
        - {decision: limit, value: 1}
                     ^^^^^ error RULE309 the decision `limit` has the name of a parameter & declared here: {parameter: limit, type: = give it another name
        - {decision: a-b, value: 1}
                     ^^^ error RULE307 `a-b` cannot be the name of a decision = letters, digits and `_`, a letter first = for example `a_b`
        - {decision: sum, value: 1}
                     ^^^ error RULE307 `sum` is a name of FEEL's own and cannot be the name of a decision
        - {decision: sum, of: visit, value: 1}
        - {decision: unused, value: employees}
                     ^^^^^^ warning RULE347 the decision `unused` is never used
        - {decision: wrong, value: employes}
                                   ^^^^^^^^ error FEEL201 unknown name `employes` = did you mean `employees`?
        - {decision: used, value: wrong}
                     ^^^^ warning RULE347 the decision `used` is never used
      rules:
        - {rule: r, title: R, severity: major, each: v in visits, require: v.sum > limit and usd, source: S}
                                                                                             ^^^ error FEEL201 unknown name `usd` = did you mean `used`?
      """),
  ])
  func isReported(_ c: LoadCase) { check(c, after: [providerVocabulary]) }
}
