import Foundation
import TestSupport
import Testing

/// `explain` and `doc`.
@Suite struct DocTests {
  private static let date = ["--as-of", "2026-06-30"]

  @Test(arguments: [("explain.txt", "text"), ("explain.md", "markdown"), ("explain.html", "html")])
  func explains(_ golden: String, _ format: String) throws {
    let run = try probity(
      ["explain", "first/dbs-renewal", "--rules", "Examples/first-rule", "--format", format] + Self.date)
    expectGolden(run.output, named: golden)
    #expect(run.errors == "")
    #expect(run.status == 0)
  }

  @Test(arguments: [
    (["dbs-levle"], "error[RUN613]: there is no rule `dbs-levle`", "did you mean `dbs-level`?"),
    (["dbs-level", "--policy", "coer"], "error[RUN601]: there is no policy `coer`", "did you mean `core`?"),
    (["zzzzzzzz"], "error[RUN613]: there is no rule `zzzzzzzz`", "`probity doc` lists all rules"),
  ])
  func suggests(_ arguments: [String], _ message: String, _ help: String) throws {
    let run = try probity(["explain"] + arguments + Self.date)
    #expect(run.status == 2)
    #expect(run.output == "")
    #expect(run.errors.contains(message))
    #expect(run.errors.contains(help))
  }

  @Test func unfoldsAFinding() throws {
    let run = try probity(
      ["explain", "dbs-renewal", "--policy", "first", "--rules", "Examples/first-rule", "--record", "P-2"] + Self.date
        + ["Examples/first-rule/providers.yaml"])
    expectGolden(run.output, named: "explain-finding.txt")
    #expect(run.errors == "")
    #expect(run.status == 0)
  }

  @Test(arguments: [
    (["--record", "P-11"], "RUN614", "did you mean `P-1`?"),
    (["--record", "P-1", "--format", "html"], "Error", "A finding is unfolded as text."),
  ])
  func saysWhatIsWrongWithARecord(_ arguments: [String], _ code: String, _ help: String) throws {
    let run = try probity(
      ["explain", "dbs-renewal", "--policy", "first", "--rules", "Examples/first-rule"] + arguments + Self.date
        + ["Examples/first-rule/providers.yaml"])
    #expect(run.status == 2)
    #expect(run.errors.contains(code))
    #expect(run.errors.contains(help))
  }

  /// Every rule of the shipped book has its place, and no link leads nowhere.
  @Test(arguments: ["html", "markdown"])
  func linksLeadSomewhere(_ format: String) throws {
    let scratch = try Scratch()
    let folder = scratch.url("pages").path
    let run = try probity(["doc", "--output", folder, "--format", format] + Self.date)
    #expect(run.status == 0, "\(run.errors)")
    let ending = format == "html" ? "html" : "md"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    #expect(names.count > 10)
    #expect(names.allSatisfy { $0.hasSuffix(".\(ending)") })
    var anchors: Set<String> = []
    var links: Set<String> = []
    for name in names {
      let text = try String(contentsOfFile: "\(folder)/\(name)", encoding: .utf8)
      anchors.insert(name)
      for match in text.matches(of: /id="([^"]*)"/) { anchors.insert("\(name)#\(match.1)") }
      for match in text.matches(of: /(?:href="|\]\()([A-Za-z0-9-]+\.(?:html|md)(?:#[^")]*)?)/) {
        links.insert(String(match.1))
      }
    }
    #expect(links.count > 100)
    #expect(links.subtracting(anchors).sorted() == [])
    for rule in try ruleNames() { #expect(anchors.contains { $0.hasSuffix("#\(rule)") }, "\(rule) is on no page") }
  }

  private func ruleNames() throws -> [String] {
    let rules = projectFolder.appending(path: "rules")
    let files = try #require(FileManager.default.enumerator(atPath: rules.path)).compactMap { $0 as? String }
    return try files.filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".test.yaml") }.flatMap { file in
      try String(contentsOf: rules.appending(path: file), encoding: .utf8)
        .matches(of: /(?m)^  - rule: (\S+)$/).map { String($0.1) }
    }
  }

  @Test func aFolderThatCannotBeMade() throws {
    let scratch = try Scratch()
    try scratch.write("", to: "taken")
    let run = try probity(["doc", "--output", scratch.url("taken/below").path] + Self.date)
    #expect(run.status == 2)
    #expect(run.errors.contains("cannot be made"))
  }
}
