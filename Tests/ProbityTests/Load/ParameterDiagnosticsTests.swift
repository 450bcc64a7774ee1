import Testing

@Suite struct ParameterDiagnosticsTests {
  @Test(arguments: [
    LoadCase(
      "keys of parameters",
      """
      parameters:
        - {parameter: a, titel: A, type: number, values: {2000-01-01: 1}, stricter: less, source: S}
                         ^^^^^ error RULE302 a parameter has no key `titel` = did you mean `title`?
                                                                                    ^^^^ error RULE305 `less` is not a value of `stricter` = it is one of `lower`, `higher`
        - {title: B}
           ^^^^^ error RULE303 a parameter needs the key `parameter`
           ^^^^^ error RULE303 a parameter needs the key `type`
           ^^^^^ error RULE322 nobody is named who sets this parameter = add `source:` with the law, guidance or paper that gives it, or `local: true` for a local choice
        - {parameter: c, type: contract, local: maybe}
                               ^^^^^^^^ error RULE311 `contract` is not a type of a parameter = types are `boolean`, `date`, `date and time`, `days and time duration`, `number`, `string`, `text`, `time`, `years and months duration`
                                                ^^^^^ error RULE304 `true` or `false` is wanted here, and this is text
        - c
          ^ error RULE304 a parameter is wanted here, and this is text = its keys are `parameter`, `title`, `type`, `unit`, `values`, `stricter`, `source`, `local`
      rules:
        - {rule: r, title: R, severity: major, require: a = c, source: S}
      """),
    LoadCase(
      "values by their types",
      """
      parameters:
        - {parameter: a, type: number, values: {2000-01-01: 5.000.000, 2001-02-30: 2}, local: true}
                                                            ^^^^^^^^^ error RULE321 `5.000.000` is not a number = write digits alone, with a `.` before decimals: 5000000
                                                                       ^^^^^^^^^^ error RULE306 `2001-02-30` is not a date = a date is written like 2026-01-31
        - {parameter: b, type: date, values: {2000-01-01: 2026-02-30}, local: true}
                                                          ^^^^^^^^^^ error RULE321 `2026-02-30` is not a date = a date is written like 2026-01-31
        - {parameter: c, type: boolean, values: {2000-01-01: "true", 2000-01-02: yes}, local: true}
                                                             ^^^^^^ error RULE321 `true` is not `true` or `false`
                                                                                 ^^^ error RULE321 `yes` is not `true` or `false`
        - {parameter: d, type: years and months duration, values: {2000-01-01: P30D}, local: true}
                                                                               ^^^^ error RULE321 `P30D` is not a years and months duration = a duration of years is written like P3Y, of months like P18M
        - {parameter: e, type: days and time duration, values: {2000-01-01: 30}, local: true}
                                                                            ^^ error RULE321 `30` is not a days and time duration = a duration of days is written like P30D, of hours like PT36H
        - {parameter: f, type: list<date>, values: {2000-01-01: [2026-01-01, 1], 2001-01-01: 2026-01-01}, local: true}
                                                                             ^ error RULE321 `1` is not a date = a date is written like 2026-01-31
                                                                                             ^^^^^^^^^^ error RULE304 a list is wanted here, and this is text = start every item on a line of its own with `- `, or write `[a, b]`
        - {parameter: g, type: number, values: 5, local: true}
                                               ^ error RULE304 a mapping of dates to values is wanted here, and this is text = write the first day it counts: `{2000-01-01: …}`
        - {parameter: h, type: text, values: {2000-01-01: [a]}, local: true}
                                                          ^^^ error RULE304 text is wanted here, and this is a list
        - {parameter: i, type: number, values: {2000-01-01: }, local: true}
                                                            ^ error RULE304 a number is wanted here, and this is nothing
        - {parameter: j, type: time, values: {2000-01-01: half past}, local: true}
                                                          ^^^^^^^^^ error RULE321 `half past` is not a time = a time is written like 09:30:00
        - {parameter: k, type: date and time, values: {2000-01-01: 2026-01-01}, local: true}
      rules:
        - rule: r
          title: R
          severity: major
          require: count([a, b, c, d, e, f, g, h, i, j, k]) > employees
          source: S
      """),
    LoadCase(
      "who sets it, and which way is stricter",
      """
      parameters:
        - {parameter: a, type: number, values: {2000-01-01: 1}}
                      ^ error RULE322 nobody is named who sets this parameter = add `source:` with the law, guidance or paper that gives it, or `local: true` for a local choice
        - {parameter: b, type: number, values: {2000-01-01: 1}, local: false}
                      ^ error RULE322 nobody is named who sets this parameter = add `source:` with the law, guidance or paper that gives it, or `local: true` for a local choice
        - {parameter: c, type: list<text>, values: {2000-01-01: []}, stricter: higher, local: true}
                                                                               ^^^^^^ error RULE323 `stricter` needs values with an order, and `list<text>` has none = leave it out: a policy that changes the value then needs `relax`
        - {parameter: d, type: boolean, values: {2000-01-01: true}, stricter: higher, local: true}
                                                                              ^^^^^^ error RULE323 `stricter` needs values with an order, and `boolean` has none = leave it out: a policy that changes the value then needs `relax`
        - {parameter: e, type: date, values: {2000-01-01: 2000-01-01}, stricter: higher, local: true}
      rules:
        - {rule: r, title: R, severity: major, require: "count([a, b, c, d, e]) > employees", source: S}
      """),
    LoadCase(
      "names of parameters",
      """
      parameters:
        - {parameter: max hours, type: number, local: true}
                      ^^^^^^^^^ error RULE307 `max hours` cannot be the name of a parameter = letters, digits and `_`, a letter first = for example `max_hours`
        - {parameter: count, type: number, local: true}
                      ^^^^^ error RULE307 `count` is a name of FEEL's own and cannot be the name of a parameter
        - {parameter: limit, type: number, local: true}
        - {parameter: limit, type: text, local: true}
                      ^^^^^ error RULE308 the parameter `limit` is declared twice & first declared here: {parameter: limit, type:
        - {parameter: employees, type: number, local: true}
                      ^^^^^^^^^ error RULE309 the parameter `employees` has the name of a fact of `provider` & declared here: {fact: employees, type: = give it another name
        - {parameter: unused, type: number, local: true}
                      ^^^^^^ warning RULE346 the parameter `unused` is never used
      rules:
        - {rule: r, title: R, severity: major, require: employees > limit, source: S}
      """),
  ])
  func isReported(_ c: LoadCase) { check(c, after: [providerVocabulary]) }
}
