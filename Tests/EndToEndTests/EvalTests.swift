import Foundation
import Testing

/// `eval` prints the value, and says why a value is null.
@Suite struct Eval {
  @Test(arguments: [
    ("1/4 + 2/4", "0.75"), ("\"a\" + \"b\"", "\"ab\""), ("[1, 2, 3][item > 1]", "[2, 3]"), ("1 < 2", "true"),
    ("date(\"2026-01-31\") + duration(\"P1M\")", "2026-02-28"), ("today()", "2026-06-30"), ("null", "null"),
    ("{a: 1, b: a + 1}", "{a: 1, b: 2}"), ("[1..5]", "[1..5]"),
  ])
  func values(_ expression: String, _ value: String) throws {
    let run = try probity(["eval", "--as-of", "2026-06-30", expression])
    #expect(run.output == value + "\n")
    #expect(run.errors == "")
    #expect(run.status == 0)
  }

  @Test func nullHasItsReason() throws {
    let run = try probity(["eval", "1 + 1 / 0"])
    #expect(run.status == 0)
    #expect(run.output == "null\n")
    #expect(
      run.errors.hasPrefix(
        """
        warning[RUN610]: division by zero
         --> expression:1:
        """), "\(run.errors)")
    #expect(run.errors.contains("1 | 1 + 1 / 0\n"))
  }

  @Test func whatDoesNotParse() throws {
    let run = try probity(["eval", "1 + * 2"])
    #expect(run.status == 2)
    #expect(run.output == "")
    #expect(run.errors.hasPrefix("error[FEEL101]: "))
    #expect(run.errors.contains("1 | 1 + * 2\n  |     ^"))
  }

  static let contexts = [
    ("c.json", "{\"staff\": [{\"hours\": 30.5}, {\"hours\": 8}], \"legal name\": \"Café\"}"),
    ("c.yaml", "staff:\n  - hours: 30.5\n  - {hours: 8}\nlegal name: Café\n"),
  ]

  @Test(arguments: contexts)
  func context(_ file: String, _ text: String) throws {
    let scratch = try Scratch()
    try scratch.write(text, to: file)
    for (expression, value) in [("sum(staff.hours)", "38.5"), ("legal name", "\"Café\""), ("staff[2].hours", "8")] {
      let run = try probity(["eval", "--context", file, expression], in: scratch)
      #expect(run.output == value + "\n", "\(run.errors)")
    }
  }

  @Test(arguments: [
    ("c.json", "[1, 2]", "expected an object, found a list"),
    ("c.json", "{\"a\": ", "error[DATA411]: c.json, line 1: "),
    ("c.json", "", "error[DATA"), ("c.yaml", "a: [", "error[YAML104]: c.yaml, line "),
    ("c.yaml", "just text", "expected an object"), ("missing.json", nil, "missing.json: cannot be read: no such file"),
  ])
  func wrongContext(_ file: String, _ text: String?, _ message: String) throws {
    let scratch = try Scratch()
    if let text { try scratch.write(text, to: file) }
    let run = try probity(["eval", "--context", file, "1"], in: scratch)
    #expect(run.status == 2)
    #expect(run.errors.contains(message), "\(run.errors)")
    #expect(run.output == "")
  }

  /// A zone's name cannot lead to another file.
  @Test(arguments: ["../../etc/passwd", "/etc/passwd", "..", "Europe/../../../etc/passwd"])
  func zonesStayWhereTheyAre(_ name: String) throws {
    let run = try probity(["eval", "time(\"10:00:00@\(name)\")"])
    #expect(run.output == "null\n")
  }
}
