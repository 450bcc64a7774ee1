import FEEL
import Probity
import Testing

/// "`when` implies every `require`", in three-valued logic and null.
@Suite struct OutcomeTableTests {
  /// What a condition comes to over the record of these tests, in which `w`, `r`, `n` and `m` are missing.
  enum Truth: CaseIterable {
    case yes, no, null, unknown, unknownOrNull

    func text(_ fact: String, _ number: String) -> String {
      switch self {
      case .yes: "zero = 0"
      case .no: "zero > 0"
      case .null: "1 / zero > 1"
      case .unknown: fact
      case .unknownOrNull: "1 / \(number) > 1"
      }
    }

    func missing(_ fact: String, _ number: String) -> [String] {
      switch self {
      case .unknown: [fact]
      case .unknownOrNull: [number]
      default: []
      }
    }
  }

  /// One row for each truth of `when`; one column for each of `require`, in the order of ``Truth``.
  private static let outcomes: [(when: Truth?, outcomes: [Outcome])] = [
    (nil, [.pass, .fail, .error, .notEvidenced, .notEvidenced]),
    (.yes, [.pass, .fail, .error, .notEvidenced, .notEvidenced]),
    (.no, [.notApplicable, .notApplicable, .notApplicable, .notApplicable, .notApplicable]),
    (.null, [.error, .error, .error, .error, .error]),
    (.unknown, [.pass, .notEvidenced, .notEvidenced, .notEvidenced, .notEvidenced]),
    (.unknownOrNull, [.notEvidenced, .notEvidenced, .notEvidenced, .notEvidenced, .notEvidenced]),
  ]

  @Test(arguments: [nil, "i in items"])
  func whenImpliesRequire(each: String?) throws {
    var conditions: [(when: String?, require: [String])] = []
    var expected: [(outcome: Outcome, missing: [String])] = []
    for (when, outcomes) in Self.outcomes {
      for (require, outcome) in zip(Truth.allCases, outcomes) {
        conditions.append((when?.text("w", "n"), [require.text("r", "m")]))
        // Of a requirement that is not met anyway nothing has to be asked for.
        let missing = (when?.missing("w", "n") ?? []) + require.missing("r", "m")
        expected.append((outcome, outcome == .notEvidenced ? missing : []))
      }
    }
    let book = OutcomeBook(rules: OutcomeBook.rules(conditions, each: each))
    let findings = book.report(on: book.thing("T-1", ["zero": .number(0)], items: [["x": .number(1)]])).findings
    try #require(findings.count == expected.count)
    for (index, finding) in findings.enumerated() {
      let condition = "when \(conditions[index].when ?? "-") require \(conditions[index].require[0])"
      #expect(finding.outcome == expected[index].outcome, "\(condition)")
      #expect(finding.missing.map(\.path) == expected[index].missing, "\(condition)")
      #expect((finding.reason != nil) == (finding.outcome == .error), "\(condition)")
      #expect(finding.subject.item == (each == nil ? nil : "items[I-1]"), "\(condition)")
    }
  }

  /// Requirements are met together.
  private static func together(_ a: Truth, _ b: Truth) -> Outcome {
    if a == .no || b == .no { return .fail }
    if [a, b].contains(where: { $0 == .unknown || $0 == .unknownOrNull }) { return .notEvidenced }
    return a == .null || b == .null ? .error : .pass
  }

  @Test func allRequirements() throws {
    let pairs = Truth.allCases.flatMap { a in Truth.allCases.map { (a, $0) } }
    let book = OutcomeBook(
      rules: OutcomeBook.rules(pairs.map { (nil, [$0.text("w", "n"), $1.text("r", "m")]) }))
    let findings = book.report(on: book.thing("T-1", ["zero": .number(0)])).findings
    try #require(findings.count == pairs.count)
    for ((a, b), finding) in zip(pairs, findings) {
      let outcome = Self.together(a, b)
      #expect(finding.outcome == outcome, "\(a) and \(b)")
      let missing = outcome == .notEvidenced ? a.missing("w", "n") + b.missing("r", "m") : []
      #expect(finding.missing.map(\.path) == missing, "\(a) and \(b)")
    }
  }

  /// Whether the rule applies is open and one requirement is not met: what the other rests on does not matter.
  @Test func whatIsNotMetAnywayAsksForNothing() {
    let book = OutcomeBook(rules: OutcomeBook.rules([("w", ["zero > 0", "r"]), ("w", ["r", "zero > 0"])]))
    for finding in book.report(on: book.thing("T-1", ["zero": .number(0)])).findings {
      #expect(finding.outcome == .notEvidenced)
      #expect(finding.missing.map(\.path) == ["w"])
    }
  }

  @Test(
    arguments: [
      ("zero = 0", "in scope", [.pass, .fail, .notEvidenced]), ("zero > 0", "out of scope", []),
      ("w", "not evidenced: w", [.pass, .notEvidenced, .notEvidenced]),
      ("1 / zero > 1", "error: division by zero", [.error, .error, .error]),
    ] as [(String, String, [Outcome])])
  func policyScope(when: String, scope: String, outcomes: [Outcome]) {
    let book = OutcomeBook(
      rules: OutcomeBook.rules([(nil, ["zero = 0"]), (nil, ["zero > 0"]), (nil, ["r"])]), policy: "when: \(when)")
    let report = book.report(on: book.thing("T-1", ["zero": .number(0)]))
    let text =
      switch report.scope {
      case .inScope: "in scope"
      case .outOfScope: "out of scope"
      case .notEvidenced(let missing): "not evidenced: " + missing.map(\.path).joined(separator: ", ")
      case .error(let reason): "error: \(reason)"
      }
    #expect(text == scope)
    #expect(report.findings.map(\.outcome) == outcomes)
  }
}
