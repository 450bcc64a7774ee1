import Diagnostics
import Probity
import Testing

/// Test files that people would not write, and those that an editor saves half-way.
@Suite struct CaseRobustnessTests {
  private static let text = """
    as-of: 2026-06-30
    parameters: {renewal: P1Y}
    bases:
      - base: own
        from: whole
        facts: {"staff[W-3]": {regulated: true, issued: 2024-01-01}, registration.since: null}
        missing: ["staff[W-2].regulated", beds]
    cases:
      - case: a
        base: own
        policy: core
        facts: {"staff[W-1].issued": 2023-01-01, services: [home care]}
        expect:
          dbs-renewal staff[W-1]: {outcome: fail, mentions: [W-1], severity: major}
          registered: {outcome: not evidenced, missing: [beds]}
          size: unknown
          verdict: defer
      - {case: b, base: own, known-to-fail: why, expect: {registered: pass}}
    tables:
      - table: t
        base: whole
        given: [beds, as-of]
        expect: [size.band, registered]
        rows:
          - [9, "-", small, pass]
          - [missing, 2026-01-01, unknown, "-"]

    """

  /// Loads a file and runs what can be run.
  private func run(_ bytes: [UInt8]) -> (Loaded, [CaseResult]) {
    let (files, loaded) = CaseBook.load(bytes: Array("probity: 1\nrecord: provider\n".utf8) + bytes)
    var runner = CaseRunner(loaded, measuresCoverage: true)
    let results = files.flatMap { file in file.cases.map { runner.run($0, of: file) } }
    #expect(runner.coverage?.units.isEmpty == false)
    return (loaded, results)
  }

  @Test func anUnharmedFileIsSound() {
    let (loaded, results) = run(Array(Self.text.utf8))
    #expect(loaded.diagnostics.all.filter { $0.severity == .error } == [])
    #expect(results.map(\.status) == [.passed, .knownToFail, .passed, .passed])
  }

  @Test(arguments: 0..<6)
  func mutatedFilesAreRead(_ seed: UInt64) {
    var draw = Draw(seed)
    let pieces = [
      "{", "}", "[", "]", "\"", ":", "- ", "\n", "  ", ",", ".", "|", "-", "é", "\u{0}", "9", "a", "missing",
    ]
    for _ in 0..<40 {
      var bytes = Array(Self.text.utf8)
      for _ in 0..<Int.random(in: 1...4, using: &draw) {
        let from = Int.random(in: 0..<bytes.count, using: &draw)
        let to = min(bytes.count, from + Int.random(in: 0...6, using: &draw))
        bytes.replaceSubrange(from..<to, with: Array(pieces[Int.random(in: 0..<pieces.count, using: &draw)].utf8))
      }
      let (loaded, _) = run(bytes)
      // Every place that is named lies in its file.
      #expect(!TextRenderer().render(loaded.diagnostics, loaded.sources).contains("\u{0}"))
    }
  }

  @Test func filesThatBreakOffAreRead() {
    let bytes = Array(Self.text.utf8)
    for end in stride(from: 0, to: bytes.count, by: 7) {
      let codes = run(Array(bytes[..<end])).0.diagnostics.all.map(\.code.name)
      // What the rest of the file may have held is not missed.
      guard codes.contains(where: { $0.hasPrefix("YAML") }) else { continue }
      #expect(!codes.contains("TEST704") && !codes.contains("TEST707"), "cut off after \(end) bytes")
    }
  }

  /// Bases may be from one another, though not without end.
  @Test(arguments: [(100, 0), (101, 1), (2_000, 19)])
  func chainsOfBases(_ length: Int, _ errors: Int) {
    let bases = (0...length).map { number in
      "  - {base: b\(number), \(number == 0 ? "facts: {id: P-9}" : "from: b\(number - 1)")}\n"
    }
    let text =
      "as-of: 2026-06-30\nbases:\n" + bases.joined() + "cases: [{case: a, base: b\(length), expect: {size: unknown}}]\n"
    let diagnostics = run(Array(text.utf8)).0.diagnostics
    #expect(diagnostics.all.count { $0.code.name == "TEST705" } == errors)
  }

  /// Cases over a large base share it.
  @Test func manyCasesOverALargeBase() {
    let staff = (0..<500).map { "        - {ref: W-\($0), regulated: true, issued: 2024-05-01}\n" }
    let text =
      "as-of: 2026-06-30\nbases:\n  - base: large\n    facts:\n      staff:\n" + staff.joined()
      + "tables:\n  - table: t\n    base: large\n    given: [\"staff[W-499].issued\"]\n"
      + "    expect: [size]\n    rows:\n"
      + String(repeating: "      - [2023-01-01, unknown]\n", count: 200)
    let (loaded, results) = run(Array(text.utf8))
    #expect(!loaded.diagnostics.hasErrors)
    #expect(results.count == 200)
  }
}
