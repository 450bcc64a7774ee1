import Testing

@Suite struct RuleDiagnosticsTests {
  @Test(arguments: [
    LoadCase(
      "keys of rules",
      """
      rules:
        - rule: a
          ^^^^ error RULE303 a rule needs the key `source`
          titel: A
          ^^^^^ error RULE302 a rule has no key `titel` = did you mean `title`?
          severity: majr
                    ^^^^ error RULE305 `majr` is not a value of `severity` = did you mean `major`?
          stage: [acreditation, award]
                  ^^^^^^^^^^^^ error RULE305 `acreditation` is not a value of `stage` = did you mean `accreditation`?
          requires: registered
          ^^^^^^^^ error RULE302 a rule has no key `requires` = did you mean `require`?
        - title: B
          ^^^^^ error RULE303 a rule needs the key `rule`
          ^^^^^ error RULE303 a rule needs the key `severity`
          ^^^^^ error RULE303 a rule needs the key `source`
          ^^^^^ error RULE303 a rule needs the key `require`
        - rule: c
          title: [C]
                 ^^^ error RULE304 text is wanted here, and this is a list
          severity: 3
                    ^ error RULE305 `3` is not a value of `severity` = it is one of `advisory`, `minor`, `major`, `critical`
          require:
            - {that: registered, severty: minor}
                                 ^^^^^^^ error RULE302 a condition of `require` has no key `severty` = did you mean `severity`?
            - {severity: low, message: M}
               ^^^^^^^^ error RULE303 a condition of `require` needs the key `that`
                         ^^^ error RULE305 `low` is not a value of `severity` = it is one of `advisory`, `minor`, `major`, `critical`
            - registered
            - [registered]
              ^^^^^^^^^^^^ error RULE304 FEEL as text is wanted here, and this is a list = put an expression that starts with `[` or `{` in quotes
          source: S
          clause: {document: D, reference: "7.3"}
                   ^^^^^^^^ error RULE303 a clause needs the key `ref`
                                ^^^^^^^^^ error RULE302 a clause has no key `reference` = its keys are `document`, `ref`, `text`, `page`
        - {rule: d, title: D, severity: minor, require: [], source: S, clause: Clause 7}
                                                        ^^ error RULE304 at least one condition is wanted here, and this is an empty list
                                                                               ^^^^^^^^ error RULE304 a clause is wanted here, and this is text = its keys are `document`, `ref`, `text`, `page`
      """),
    LoadCase(
      "dates",
      """
      rules:
        - rule: a
          title: A
          severity: minor
          require: registered
          source: S
          since: 2026-02-30
                 ^^^^^^^^^^ error RULE306 `2026-02-30` is not a date = a date is written like 2026-01-31
          until: next year
                 ^^^^^^^^^ error RULE306 `next year` is not a date = a date is written like 2026-01-31
        - {rule: b, title: B, severity: minor, require: registered, source: S, since: 2026-01-02, until: 2026-01-01}
                                                                                                         ^^^^^^^^^^ error RULE345 `until` lies before `since`, which is 2026-01-02 = both days count
        - {rule: c, title: C, severity: minor, require: registered, source: S, since: 2026-01-01, until: 2026-01-01}
      """),
    LoadCase(
      "names of rules",
      """
      rules:
        - {rule: DBS Renewal, title: A, severity: minor, require: registered, source: S}
                 ^^^^^^^^^^^ error RULE307 `DBS Renewal` cannot be the name of a rule = lower-case words joined by `-`, a letter first = for example `dbs-renewal`
        - {rule: a--b, title: A, severity: minor, require: registered, source: S}
                 ^^^^ error RULE307 `a--b` cannot be the name of a rule = lower-case words joined by `-`, a letter first = for example `a-b`
        - {rule: 1, title: A, severity: minor, require: registered, source: S}
                 ^ error RULE307 `1` cannot be the name of a rule = lower-case words joined by `-`, a letter first
        - {rule: ok-2, title: A, severity: minor, require: registered, source: S}
        - {rule: ok-2, title: A, severity: minor, require: registered, source: S}
                 ^^^^ error RULE308 the rule `ok-2` is declared twice & first declared here: {rule: ok-2, title:
      """),
    LoadCase(
      "each",
      """
      rules:
        - {rule: a, title: A, severity: minor, each: worker of staff, require: registered, source: S}
                                                     ^^^^^^^^^^^^^^^ error RULE341 `each` is written `name in list` = for example `worker in staff`; several are parted by commas
        - {rule: b, title: B, severity: minor, each: worker in manager, require: registered, source: S}
                                                               ^^^^^^^ error FEEL209 a list is wanted here, and this is a whole `person` | person
        - {rule: c, title: C, severity: minor, each: worker in staf, require: worker.what, source: S}
                                                               ^^^^ error FEEL201 unknown name `staf` = did you mean `staff`?
        - {rule: d, title: D, severity: minor, each: "v in visits, a in v.areas[mark > max([1, 2])]", require: a.mrk > 1, source: S}
                                                                                                                 ^^^ error FEEL205 `area` has no entry `mrk` = did you mean `mark`?
        - {rule: e, title: E, severity: minor, each: staff in staff, require: registered, source: S}
                                                     ^^^^^ error RULE309 the `each` variable `staff` has the name of a fact of `provider` & declared here: {fact: staff, type: = give it another name
        - {rule: f, title: F, severity: minor, each: "w in staff, w in staff", require: registered, source: S}
                                                                  ^ error RULE309 the `each` variable `w` has the name of an `each` variable = give it another name
        - {rule: g, title: G, severity: minor, each: "w in staff,", require: registered, source: S}
                                                                 ^ error RULE341 `each` is written `name in list` = for example `worker in staff`; several are parted by commas
        - {rule: h, title: H, severity: minor, each: item in staff, require: item.hours > 1, source: S}
                                                     ^^^^ error RULE307 `item` is a name of FEEL's own and cannot be the name of an `each` variable
        - {rule: i, title: I, severity: minor, each: [w in staff], require: registered, source: S}
                                                     ^^^^^^^^^^^^ error RULE304 FEEL as text is wanted here, and this is a list = put an expression that starts with `[` or `{` in quotes
      """),
    LoadCase(
      "let",
      """
      parameters:
        - {parameter: limit, type: number, values: {2000-01-01: 1}, local: true}
      rules:
        - rule: a
          title: A
          severity: minor
          let:
            first: employees + 1
            second: frist + limit
                    ^^^^^ error FEEL201 unknown name `frist` = did you mean `first`?
            third: first
            ^^^^^ warning RULE344 the `let` name `third` is never used
            staff: 1
            ^^^^^ error RULE309 the `let` name `staff` has the name of a fact of `provider` & declared here: {fact: staff, type: = give it another name
            limit: 1
            ^^^^^ error RULE309 the `let` name `limit` has the name of a parameter & declared here: {parameter: limit, type: = give it another name
            date: 1
            ^^^^ error RULE307 `date` is a name of FEEL's own and cannot be the name of a `let`
            big staff: 1
            ^^^^^^^^^ error RULE307 `big staff` cannot be the name of a `let` = letters, digits and `_`, a letter first = for example `big_staff`
          require: second > 1
          source: S
        - {rule: b, title: B, severity: minor, let: [a], require: registered, source: S}
                                                    ^^^ error RULE304 a mapping of names to FEEL is wanted here, and this is a list
        - {rule: c, title: C, severity: minor, let: {unused: 1}, require: unusd, source: S}
                                                     ^^^^^^ warning RULE344 the `let` name `unused` is never used
                                                                          ^^^^^ error FEEL201 unknown name `unusd` = did you mean `unused`?
        - {rule: d, title: D, severity: minor, each: w in staff, let: {w: 1}, require: w.hours > 1, source: S}
                                                                       ^ error RULE309 the `let` name `w` has the name of an `each` variable = give it another name
                                                                                         ^^^^^ error FEEL205 a number has no entry `hours`
        - {rule: e, title: E, severity: minor, let: {x: }, require: x > 1, source: S}
                                                        ^ error RULE304 FEEL as text is wanted here, and this is nothing
        - {rule: f, title: F, severity: minor, let: {x: registered}, when: x, require: registered, source: S}
      """),
    LoadCase(
      "conditions",
      """
      rules:
        - {rule: a, title: A, severity: minor, when: employees, require: legal_name, source: S}
                                                     ^^^^^^^^^ error FEEL209 true or false is wanted here, and this is a number | number
                                                                         ^^^^^^^^^^ error FEEL209 true or false is wanted here, and this is text | text
        - {rule: b, title: B, severity: minor, when: true, require: [true, "1 < 2", today() > registered_on], source: S}
                                                     ^^^^ warning RULE343 `when` does not depend on any fact: it is the same for every record
                                                                     ^^^^ warning RULE343 this condition does not depend on any fact: it is the same for every record
                                                                            ^^^^^ warning RULE343 this condition does not depend on any fact: it is the same for every record
        - {rule: c, title: C, severity: minor, when: registered_on > 5, require: services = "day car", source: S}
                                                     ^^^^^^^^^^^^^^^^^ error FEEL202 cannot compare a date with a number | date > number
                                                                                 ^^^^^^^^^^^^^^^^^^^^ error FEEL202 cannot compare a list with text | list<text> = text = to ask about the items, use `some … satisfies`, `every … satisfies` or `list contains`
        - {rule: d, title: D, severity: minor, when: {a: b}, require: "employees >", source: S}
                                                     ^^^^^^ error RULE304 FEEL as text is wanted here, and this is a mapping = put an expression that starts with `[` or `{` in quotes
                                                                                 ^ error FEEL101 the expression ends where an expression should follow
        - {rule: e, title: E, severity: minor, require: employees, source: S}
                                                        ^^^^^^^^^ error FEEL209 true or false is wanted here, and this is a number | number
        - {rule: f, title: F, severity: minor, require: null, source: S}
                                               ^^^^^^^ error RULE304 `require` has no value = give one, or leave the key out
        - {rule: g, title: G, severity: minor, require: "today() > date(\\"2026-01-01\\")", source: S}
      """),
    LoadCase(
      "carets within every kind of scalar",
      """
      rules:
        - rule: a
          title: A
          severity: minor
          when: 'legal_name = "it''s" and employes > 1'
                                          ^^^^^^^^ error FEEL201 unknown name `employes` = did you mean `employees`?
          require:
            - "legal_name = \\"é\\" and employes > 1"
                                      ^^^^^^^^ error FEEL201 unknown name `employes` = did you mean `employees`?
            - >-
              registered and
              employes > 1
              ^^^^^^^^ error FEEL201 unknown name `employes` = did you mean `employees`?

              and staf = null
                  ^^^^ error FEEL201 unknown name `staf` = did you mean `staff`?
            - |
              registered
              and employes > 1
                  ^^^^^^^^ error FEEL201 unknown name `employes` = did you mean `employees`?
            - that: registered and
                employes > 1
                ^^^^^^^^ error FEEL201 unknown name `employes` = did you mean `employees`?
          message: >-
            All of {legal_name}
            and {employes}
                 ^^^^^^^^ error FEEL201 unknown name `employes` = did you mean `employees`?
          source: S
      """),
    LoadCase(
      "messages",
      """
      rules:
        - rule: a
          title: A
          severity: minor
          require: registered
          message: "{legal_nme} has {{braces}} and {count(staff[hours > 1])} and {\\"}\\"} and {}"
                     ^^^^^^^^^ error FEEL201 unknown name `legal_nme` = did you mean `legal_name`?
                                                                                             ^^ error RULE342 nothing stands between the braces
          remedy: Ask {legal_name
                      ^ error RULE342 this `{` is never closed = add a `}` after the expression, or write `{{` for a brace
          source: S
        - rule: b
          title: B
          severity: minor
          require: registered
          message: a } b
                     ^ error RULE342 this `}` closes nothing = write `}}` for a brace
          remedy: '{employees + "x"}'
                    ^^^^^^^^^^^^^^^ error FEEL202 cannot add text to a number | number + text
          source: S
        - {rule: c, title: C, severity: minor, require: registered, message: {legal_name}, source: S}
                                                                             ^^^^^^^^^^^^ error RULE304 text is wanted here, and this is a mapping = put text that starts with `{` or `[` in quotes
        - {rule: d, title: D, severity: minor, require: registered, message: "{ {a: 1}.b }", source: S}
                                                                                       ^ error FEEL205 this context has no entry `b`
      """),
  ])
  func isReported(_ c: LoadCase) { check(c, after: [providerVocabulary]) }
}
