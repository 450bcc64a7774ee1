import Testing

private let rules = """
  === rules/staff.yaml
  rules:
    - {rule: checked, title: A, severity: critical, require: registered, source: S}
    - {rule: hours, title: A, severity: minor, each: w in staff, require: w.hours < 48, source: S}

  """

@Suite struct WaiverDiagnosticsTests {
  @Test(arguments: [
    LoadCase(
      "keys of waivers",
      """
      === waivers.yaml
      waiver: []
      ^^^^^^ error RULE302 a file of waivers has no key `waiver` = did you mean `waivers`?
      === waivers-2.yaml
      waivers:
        - {rule: checked, records: P-1, reason: R}
           ^^^^ error RULE303 a waiver needs the key `approved`
           ^^^^ error RULE303 a waiver needs the key `since`
           ^^^^ error RULE303 a waiver needs the key `until`
                          ^^^^^^^ error RULE302 a waiver has no key `records` = did you mean `record`?
        - checked
          ^^^^^^^ error RULE304 a waiver is wanted here, and this is text = its keys are `rule`, `record`, `item`, `reason`, `approved`, `since`, `until`
      === waivers-3.yaml
      - probity: 1
      ^^^^^^^^^^^^ error RULE304 a file of waivers is wanted here, and this is a list = its keys are `probity`, `waivers`
      """),
    LoadCase(
      "rules, items and dates",
      """
      === waivers.yaml
      waivers:
        - {rule: chekced, record: P-1, reason: R, approved: A, since: 2026-01-01, until: 2026-12-31}
                 ^^^^^^^ error RULE353 there is no rule `chekced` = did you mean `checked`?
        - {rule: checked, record: P-1, item: W-1, reason: R, approved: A, since: 2026-01-01, until: 2026-12-31}
                                             ^^^ error RULE371 `checked` is asked of the whole record, and has no items & the rule: {rule: checked, title: = leave `item` out
        - {rule: hours, record: P-1, item: W-1, reason: R, approved: A, since: 2026-01-01, until: 2025-12-31}
                                                                                                  ^^^^^^^^^^ error RULE345 `until` lies before `since`, which is 2026-01-01 = both days count
        - {rule: hours, record: P-1, item: W-1, reason: R, approved: A, since: soon, until: 2025-12-31}
                                                                               ^^^^ error RULE306 `soon` is not a date = a date is written like 2026-01-31
        - {rule: staff/hours, record: 12, reason: R, approved: A, since: 2026-01-01, until: 2026-01-01}
      """),
  ])
  func isReported(_ c: LoadCase) { check(c, after: [providerVocabulary], below: rules) }
}
