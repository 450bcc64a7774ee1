import Foundation
import Testing

/// What `lint` shows of which files, and how it ends.
@Suite struct Lint {
  private static let rules = """
    probity: 1
    types:
      - type: provider
        record: true
        key: id
        facts: [{fact: id, type: text}, {fact: staff, type: number}]
    rules:
      - {rule: enough-staff, title: Enough staff, severity: major, require: staff >= 3, source: Invented}
    """

  private static func book() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(rules, to: "rules/staff.yaml")
    try scratch.write("probity: 1\npolicy: small\ntitle: Small\nrules: [enough-staff]\n", to: "policies/small.yaml")
    try scratch.write(
      "probity: 1\nmapping: sheet\nrecord: provider\nfacts: {id: {column: Ref}, staf: {column: Staff}}\n",
      to: "policies/mappings/sheet.yaml")
    try scratch.write(
      """
      probity: 1
      waivers:
        - {rule: enough-stff, record: A, reason: x, approved: y, since: 2026-01-01, until: 2026-02-01}
      """, to: "lists/waivers.yaml")
    return scratch
  }

  @Test func theWholeBook() throws {
    let run = try probity(["lint"], in: try Self.book())
    #expect(run.status == 1)
    #expect(run.output.contains("policies/mappings/sheet.yaml:4:"))
    #expect(run.output.contains("did you mean `staff`?"))
    #expect(run.output.hasSuffix("1 error\n3 files checked against 1 rule, 1 policy\n"))
    #expect(run.errors == "")
  }

  @Test func oneFileOfIt() throws {
    let run = try probity(["lint", "policies/small.yaml"], in: try Self.book())
    #expect(run.status == 0)
    #expect(
      run.output == """
        1 problem in other files of the rule book not shown
        1 file checked against 1 rule, 1 policy: no problems

        """)
  }

  @Test func aFileBesideTheBook() throws {
    let run = try probity(["lint", "lists/waivers.yaml"], in: try Self.book())
    #expect(run.status == 1)
    #expect(run.output.contains("lists/waivers.yaml:3:"))
    #expect(run.output.contains("did you mean `enough-staff`?"))
  }

  @Test func fromElsewhere() throws {
    let scratch = try Self.book()
    let run = try probity(["lint", scratch.url("rules/staff.yaml").path()])
    #expect(run.status == 0, "\(run.output)")
  }

  @Test func fromWithin() throws {
    let run = try probity(["lint", "staff.yaml"], in: try Self.book(), folder: "rules")
    #expect(run.status == 0, "\(run.output)\(run.errors)")
    #expect(run.output.hasSuffix("1 file checked against 1 rule, 1 policy: no problems\n"))
  }

  @Test func warningsCountWhenStrict() throws {
    let scratch = try Self.book()
    try scratch.write(
      "\n  - {rule: unreached, title: Nobody asks it, severity: minor, require: staff > 0, source: Invented}\n",
      appendedTo: "rules/staff.yaml")
    #expect(try probity(["lint", "rules"], in: scratch).status == 0)
    let run = try probity(["lint", "--strict", "rules"], in: scratch)
    #expect(run.output.contains("warning[RULE"))
    #expect(run.status == 1)
  }

  @Test func mappingsWaitForTheRules() throws {
    let scratch = try Self.book()
    try scratch.write(Self.rules.replacing("staff >= 3", with: "staff >= \"3\""), to: "rules/staff.yaml")
    let run = try probity(["lint"], in: scratch)
    #expect(run.status == 1)
    #expect(run.output.contains("1 file of waivers, mappings or tests not checked until the rules have no errors\n"))
  }

  @Test(arguments: [
    ("a file that is not there", ["nowhere.yaml"], "error[RUN603]: `nowhere.yaml` cannot be read: no such file"),
    ("no rule book", [], "error[RUN602]: there is no folder of rules `rules`"),
    ("a folder without files", ["empty"], "error[RUN607]: `empty` holds no YAML files"),
  ])
  func refused(_ what: String, _ paths: [String], _ message: String) throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(at: scratch.url("empty"), withIntermediateDirectories: true)
    let run = try probity(["lint"] + paths, in: scratch)
    #expect(run.status == 2)
    #expect(run.errors.contains(message))
    #expect(run.output == "")
  }
}

extension Scratch {
  fileprivate func write(_ text: String, appendedTo name: String) throws { try write(self.text(name) + text, to: name) }
}
