import Testing

/// Rules and parameters that the policies below are about.
private let rules = """
  === rules/insurance.yaml
  record: provider
  rules:
    - {rule: cover, title: A, severity: major, require: employees > cover_minimum, source: S}
    - {rule: cover-later, title: A, severity: major, stage: [award, contract], require: registered, source: S}
  === rules/care/staff.yaml
  record: provider
  rules:
    - {rule: checked, title: A, severity: critical, require: registered, source: S}
    - {rule: trained, title: A, severity: minor, require: count(services) > fixed, source: S}
  === rules/parameters.yaml
  parameters:
    - {parameter: cover_minimum, type: number, values: {2000-01-01: 5, 2020-01-01: 10}, stricter: higher, local: true}
    - {parameter: fixed, type: number, values: {2000-01-01: 1}, local: true}

  """

@Suite struct PolicyDiagnosticsTests {
  @Test(arguments: [
    LoadCase(
      "keys of policies",
      """
      === policies/a.yaml
      ^^^^^^^ error RULE303 a policy needs the key `policy`
      ^^^^^^^ error RULE303 a policy needs the key `title`
      policies: a
      ^^^^^^^^ error RULE302 a policy has no key `policies` = its keys are `probity`, `policy`, `title`, `source`, `extends`, `record`, `stage`, `when`, `rules`, `parameters`, `relax`, `verdict`
      === policies/b.yaml
      ^^^^^^^ error RULE303 a policy needs the key `title`
      policy: b
      stage: tender
             ^^^^^^ error RULE305 `tender` is not a value of `stage` = it is one of `accreditation`, `selection`, `award`, `contract`
      rule: [a]
      ^^^^ error RULE302 a policy has no key `rule` = did you mean `rules`?
      when: employees
            ^^^^^^^^^ error FEEL209 true or false is wanted here, and this is a number | number
      rules:
        - {rule: cover, enforcement: must, servity: minor}
                                     ^^^^ error RULE305 `must` is not a value of `enforcement` = it is one of `advisory`, `waivable`, `mandatory`
                                           ^^^^^^^ error RULE302 an entry of `rules` has no key `servity` = its keys are `rule`, `severity`, `enforcement`
        - {severity: minor}
           ^^^^^^^^ error RULE303 an entry of `rules` needs the key `rule`
        - [cover]
          ^^^^^^^ error RULE304 text is wanted here, and this is a list
      relax: {rule: a}
             ^^^^^^^^^ error RULE304 a list is wanted here, and this is a mapping = start every item on a line of its own with `- `, or write `[a, b]`
      parameters: [a]
                  ^^^ error RULE304 a mapping of parameters to values is wanted here, and this is a list
      verdict: pass
               ^^^^ error RULE304 a verdict is wanted here, and this is text = its keys are `hit`, `aggregate`, `inputs`, `outputs`, `rows`, `gaps`, `overlaps`
      === policies/c.yaml
      policy: The C
              ^^^^^ error RULE307 `The C` cannot be the name of a policy = lower-case words joined by `-`, a letter first = for example `the-c`
      title: C
      rules: ["*"]
      === policies/waivers.yaml
      waivers: []
      === policies/mapping.yaml
      mapping: m
      anything: 1
      """),
    LoadCase(
      "what is extended",
      """
      === policies/a.yaml
      policy: a
      title: A
      extends: b
      rules: ["*"]
      === policies/b.yaml
      policy: b
      title: B
      extends: c
      === policies/c.yaml
      policy: c
      title: C
      extends: b
               ^ error RULE352 the policy `b` extends itself: b → c → b
      === policies/d.yaml
      policy: d
      title: D
      extends: d
               ^ error RULE352 the policy `d` extends itself: d → d
      === policies/e.yaml
      policy: e
      title: E
      extends: aa
               ^^ error RULE351 there is no policy `aa` = did you mean `a`?
      === policies/e2.yaml
      policy: e
              ^ error RULE308 the policy `e` is declared twice & first declared here: policy: e
      title: E
      """),
    LoadCase(
      "records and stages",
      """
      === rules/other.yaml
      record: location
      types:
        - {type: location, record: true, key: id, facts: [{fact: id, type: text}, {fact: open, type: boolean}]}
      rules:
        - {rule: opened, title: A, severity: minor, require: open, source: S}
      === policies/a.yaml
      policy: a
      title: A
      record: provider
      stage: award
      rules: [insurance/*]
      === policies/b.yaml
      policy: b
      title: B
      extends: a
      record: location
              ^^^^^^^^ error RULE356 `a`, which this extends, is about records of the type `provider`
      stage: contract
             ^^^^^^^^ error RULE356 `a`, which this extends, is used at the stage of `award` = extend a policy without a stage
      rules: [opened]
              ^^^^^^ error RULE355 `opened` is about `location`, and the policy about `provider` & the rule: {rule: opened, title:
      === policies/c.yaml
      ^^^^^^^ error RULE315 a policy has to say which records it is about = add `record:` with one of `provider`, `location`
      policy: c
      title: C
      rules: [insurance/*]
      === policies/d.yaml
      policy: d
      title: D
      record: locaton
              ^^^^^^^ error RULE315 `locaton` is not a type of the vocabulary = did you mean `location`?
      rules: [other/*, cover]
      === policies/e.yaml
      policy: e
      title: E
      record: location
      when: opn
            ^^^ error FEEL201 unknown name `opn` = did you mean `open`?
      rules: [insurance/*, opened]
              ^^^^^^^^^^^ error RULE355 the rules like `insurance/*` are about `provider`, and the policy about `location`
      === policies/f.yaml
      policy: f
      title: F
      record: provider
      stage: accreditation
      rules: [cover-later, care/staff/*]
              ^^^^^^^^^^^ error RULE350 `cover-later` may only be asked at the stage of `award` or `contract`, and the policy's is `accreditation` & the rule: {rule: cover-later, title:
      """),
    LoadCase(
      "rules that are not there",
      """
      === policies/a.yaml
      policy: a
      title: A
      rules:
        - insurence/*
          ^^^^^^^^^^^ error RULE354 no rule's address is like `insurence/*` = did you mean `insurance/*`?
        - covr
          ^^^^ error RULE353 there is no rule `covr` = did you mean `cover`?
        - insurance/cover
        - cover
          ^^^^^ error RULE308 the rule `cover` is listed twice & first listed here: insurance/cover
        - {rule: insurance/cover-later}
        - insurance/checked
          ^^^^^^^^^^^^^^^^^ error RULE353 there is no rule `insurance/checked`
      """),
    LoadCase(
      "policies that ask nothing",
      """
      === policies/a.yaml
      policy: a
      title: A
      rules: ["*"]
      === policies/b.yaml
      policy: b
              ^ warning RULE361 the policy `b` asks no rule = list rules, or patterns such as `insurance/*`, under `rules`
      title: B
      === policies/c.yaml
      policy: c
      title: C
      extends: a
      === policies/d.yaml
      policy: d
              ^ warning RULE361 the policy `d` asks no rule = list rules, or patterns such as `insurance/*`, under `rules`
      title: D
      rules: []
      """),
    LoadCase(
      "looser severities and enforcement",
      """
      === policies/a.yaml
      policy: a
      title: A
      rules:
        - {rule: "*", enforcement: mandatory}
        - {rule: checked, severity: major}
                                    ^^^^^ error RULE357 this loosens the severity of `checked` from `critical` to `major` = where that is meant, add an entry to `relax` with `rule: checked`, `reason`, `approved` and `until`
        - {rule: cover, severity: critical}
        - {rule: trained, enforcement: advisory}
                                       ^^^^^^^^ error RULE357 this loosens the enforcement of `trained` from `waivable` to `advisory` = where that is meant, add an entry to `relax` with `rule: trained`, `reason`, `approved` and `until`
      === policies/b.yaml
      policy: b
      title: B
      extends: a
      rules:
        - {rule: cover, severity: minor, enforcement: waivable}
        - {rule: trained, severity: advisory}
                                    ^^^^^^^^ error RULE357 this loosens the severity of `trained` from `minor` to `advisory` = where that is meant, add an entry to `relax` with `rule: trained`, `reason`, `approved` and `until`
        - {rule: checked, severity: minor}
      relax:
        - {rule: cover, reason: R, approved: A, until: 2026-12-31}
        - {rule: cover-later, reason: R, approved: A, until: 2026-12-31}
                 ^^^^^^^^^^^ warning RULE358 nothing in `b` is looser for this = leave it out
        - {rule: trainer, reason: R, approved: A, until: 2026-12-31}
                 ^^^^^^^ error RULE353 there is no rule `trainer` = did you mean `trained`?
        - {rule: cover, reason: R, approved: A, until: 2026-12-31}
                 ^^^^^ error RULE308 the relaxation of `cover` is listed twice & first listed here: {rule: cover, reason:
        - {rule: checked, until: 2026-02-30}
           ^^^^ error RULE303 an entry of `relax` needs the key `reason`
           ^^^^ error RULE303 an entry of `relax` needs the key `approved`
                                 ^^^^^^^^^^ error RULE306 `2026-02-30` is not a date = a date is written like 2026-01-31
        - {reason: R, approved: A, until: 2026-12-31}
           ^^^^^^ error RULE303 an entry of `relax` needs the key `rule` = or `parameter`
        - {rule: checked, parameter: fixed, reason: R, approved: A, until: 2026-12-31}
           ^^^^ error RULE349 an entry of `relax` names a `rule` or a `parameter`, not both
      === policies/c.yaml
      policy: c
      title: C
      extends: b
      rules:
        - {rule: cover, severity: major}
                                  ^^^^^ error RULE357 this loosens the severity of `cover` from `critical` to `major` = where that is meant, add an entry to `relax` with `rule: cover`, `reason`, `approved` and `until`
      """),
    LoadCase(
      "parameters",
      """
      === policies/a.yaml
      policy: a
      title: A
      rules: ["*"]
      parameters:
        cover_minimum: 12
        fixed: 1
      === policies/b.yaml
      policy: b
      title: B
      extends: a
      parameters:
        cover_minimum: 11
                       ^^ error RULE357 this loosens `cover_minimum` from 12 to 11 = where that is meant, add an entry to `relax` with `parameter: cover_minimum`, `reason`, `approved` and `until`
        fixed: 2
               ^ error RULE357 this loosens `fixed` from 1 to 2 = where that is meant, add an entry to `relax` with `parameter: fixed`, `reason`, `approved` and `until`
        cover_minimun: 1
        ^^^^^^^^^^^^^ error RULE359 there is no parameter `cover_minimun` = did you mean `cover_minimum`?
      === policies/c.yaml
      policy: c
      title: C
      rules: ["*"]
      parameters:
        cover_minimum: {2000-01-01: 7}
                       ^^^^^^^^^^^^^^^ error RULE357 this loosens `cover_minimum` from 10 to 7 = where that is meant, add an entry to `relax` with `parameter: cover_minimum`, `reason`, `approved` and `until`
        fixed: ten
               ^^^ error RULE321 `ten` is not a number = write digits alone, with a `.` before decimals: 5000000
      === policies/d.yaml
      policy: d
      title: D
      rules: ["*"]
      parameters:
        cover_minimum: {2000-01-01: 5, 2020-01-01: 11, 2030-01-01: 9}
                       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ error RULE357 this loosens `cover_minimum` from 10 to 9 = where that is meant, add an entry to `relax` with `parameter: cover_minimum`, `reason`, `approved` and `until`
        fixed: {2000-01-32: 1}
                ^^^^^^^^^^ error RULE306 `2000-01-32` is not a date = a date is written like 2026-01-31
      relax:
        - {parameter: fixed, reason: R, approved: A, until: 2026-12-31}
                      ^^^^^ warning RULE358 nothing in `d` is looser for this = leave it out
        - {parameter: fixd, reason: R, approved: A, until: 2026-12-31}
                      ^^^^ error RULE359 there is no parameter `fixd` = did you mean `fixed`?
      === policies/e.yaml
      policy: e
      title: E
      rules: ["*"]
      parameters: {cover_minimum: 1}
      relax:
        - {parameter: cover_minimum, reason: R, approved: A, until: 2026-12-31}
      === policies/f.yaml
      policy: f
      title: F
      extends: e
      parameters: {cover_minimum: 9}
                                  ^ error RULE357 this loosens `cover_minimum` from 10 to 9 = where that is meant, add an entry to `relax` with `parameter: cover_minimum`, `reason`, `approved` and `until`
      """),
    LoadCase(
      "parameters without a value",
      """
      === rules/more.yaml
      parameters:
        - {parameter: wanted, type: list<text>, source: S}
      decisions:
        - {decision: missing, value: "wanted[not(list contains(services, item))]"}
      rules:
        - {rule: complete, title: A, severity: minor, require: count(missing) = 0, source: S}
      === policies/a.yaml
      policy: a
              ^ error RULE360 the policy `a` gives no value to `wanted`, which `complete` needs & declared without values here: {parameter: wanted, type: = set it under `parameters`
      title: A
      rules: ["*"]
      === policies/b.yaml
      policy: b
      title: B
      extends: a
      === policies/c.yaml
      policy: c
      title: C
      rules: ["*"]
      parameters: {wanted: [a, b]}
      === policies/d.yaml
      policy: d
              ^ error RULE360 the policy `d` gives no value to `wanted`, which its `when` needs & declared without values here: {parameter: wanted, type: = set it under `parameters`
              ^ warning RULE361 the policy `d` asks no rule = list rules, or patterns such as `insurance/*`, under `rules`
      title: D
      when: count(wanted) > employees
      """),
    LoadCase(
      "verdicts",
      """
      === policies/a.yaml
      policy: a
      title: A
      rules: ["*"]
      verdict:
        hit: first
        inputs: [failed.critcal, faled.total, waived.minor, employees]
                        ^^^^^^^ error FEEL205 this context has no entry `critcal` = did you mean `critical`?
                                 ^^^^^ error FEEL201 unknown name `faled` = did you mean `failed`?
                                                            ^^^^^^^^^ error FEEL201 unknown name `employees`
        outputs: {verdict: text}
        rows:
          - ["-", "-", "< 0", "-", refuse]
          - ["-", "-", "> 0", "-", refuse]
          - ["-", "-", "-", refuse]
            ^^^^^^^^^^^^^^^^^^^^^^^ error RULE332 this row has 4 cells instead of 5 = a cell for each of 4 inputs, then one for each of 1 output
      """),
  ])
  func isReported(_ c: LoadCase) { check(c, after: [providerVocabulary], below: rules) }

  @Test func rulesThatNothingAsk() {
    check(
      LoadCase(
        "rules that nothing asks",
        """
        rules:
          - {rule: a, title: A, severity: major, require: registered, source: S}
          - {rule: b, title: A, severity: major, stage: award, require: registered, source: S}
                   ^ warning RULE348 no policy asks the rule `b` = policies that pick it are used at other stages
          - {rule: c, title: A, severity: major, stage: accreditation, require: registered, source: S}
        === policies/p.yaml
        policy: p
        title: P
        stage: accreditation
        rules: [rules/b*, c, a*]
        === policies/q.yaml
        policy: q
        title: Q
        stage: accreditation
        rules: [rules/c]
        """), after: [providerVocabulary])
  }
}
