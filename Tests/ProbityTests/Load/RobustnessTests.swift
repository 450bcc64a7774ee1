import Diagnostics
import Foundation
import Probity
import Testing

/// Files that people would not write: loading ends, with a word on what is wrong.
@Suite struct RobustnessTests {
  private static let rules = """
    probity: 1
    parameters:
      - {parameter: limit, type: number, values: {2000-01-01: 5, 2020-01-01: 10}, stricter: higher, local: true}
    decisions:
      - {decision: first, value: second + limit}
      - {decision: second, value: "count(staff[hours > 1])"}
      - decision: grade
        of: visit
        table:
          hit: first
          inputs: [kind, day]
          outputs: {mark: number, label: {type: text, allowed: [good, bad], default: bad}}
          rows:
            - ['"first"', "> date(\\"2020-01-01\\")", 1, good]
            - ["-", "-", 2, bad]
    rules:
      - rule: a
        title: A
        severity: major
        stage: [award, contract]
        each: v in visits, a in v.areas
        let: {mark: a.mark + v.grade.mark}
        when: v.kind = "first"
        require:
          - mark > first
          - {that: registered, severity: minor, message: "{v.day} {{x}} {mark}"}
        source: S
        clause: {document: D, ref: "1"}
        since: 2020-01-01

    """
  private static let policy = """
    probity: 1
    policy: p
    title: P
    when: registered
    rules: [rules/*, {rule: a, severity: minor, enforcement: mandatory}]
    parameters: {limit: 1}
    relax:
      - {rule: a, reason: R, approved: A, until: 2026-12-31}
      - {parameter: limit, reason: R, approved: A, until: 2026-12-31}
    verdict:
      inputs: [failed.total]
      outputs: {verdict: text}
      rows: [["> 0", no], ["0", yes]]

    """

  private func load(_ rules: [UInt8], _ policy: [UInt8]) -> Loaded {
    var loader = Loader()
    loader.addRules(providerVocabulary)
    loader.addRules(SourceFile(path: "rules/rules.yaml", address: "rules", bytes: rules))
    loader.addPolicy(SourceFile(path: "policies/p.yaml", bytes: policy))
    return loader.load()
  }

  @Test func unharmedFilesAreSound() {
    let loaded = load(Array(Self.rules.utf8), Array(Self.policy.utf8))
    #expect(TextRenderer().render(loaded.diagnostics, loaded.sources) == "")
  }

  @Test(arguments: 0..<8)
  func mutatedFilesLoad(_ seed: UInt64) {
    var random = SplitMix(state: seed)
    let pieces = [
      "{", "}", "[", "]", "\"", "'", ":", "- ", "\n", "  ", ",", "#", "in", "*", "|", "-", "é", "\u{0}", "9", "a",
    ]
    for _ in 0..<60 {
      var files = [Array(Self.rules.utf8), Array(Self.policy.utf8)]
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let file = Int.random(in: 0...1, using: &random)
        let from = Int.random(in: 0..<files[file].count, using: &random)
        let to = min(files[file].count, from + Int.random(in: 0...6, using: &random))
        let piece = pieces[Int.random(in: 0..<pieces.count, using: &random)]
        files[file].replaceSubrange(from..<to, with: Array(piece.utf8))
      }
      let loaded = load(files[0], files[1])
      // Every place that is named lies in its file.
      #expect(!TextRenderer().render(loaded.diagnostics, loaded.sources).contains("\u{0}"))
    }
  }

  /// Every prefix of a file is a file that an editor may save.
  @Test func filesThatBreakOffLoad() {
    let rules = Array(Self.rules.utf8)
    for end in stride(from: 0, to: rules.count, by: 7) {
      let loaded = load(Array(rules[..<end]), Array(Self.policy.utf8))
      let codes = loaded.diagnostics.all.map(\.code.name)
      // What the rest of the file may have held is not missed.
      guard codes.contains(where: { $0.hasPrefix("YAML") }) else { continue }
      #expect(!codes.contains("FEEL201") && !codes.contains("RULE353"), "cut off after \(end) bytes")
    }
  }

  @Test(arguments: ["", "probity: 1", "- 1", "probity: [1", "\u{FEFF}", "a: &x [*x]", "types: {", "%YAML 1.2", "\t"])
  func oddFilesLoad(_ text: String) {
    let loaded = load(Array(text.utf8), Array(text.utf8))
    #expect(loaded.diagnostics.hasErrors)
  }
}

/// The same numbers for a seed wherever the tests run.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
