import FEEL
import Probity
import Testing

/// What a finding says that it rests on.
@Suite struct EvidenceTests {
  private func book(_ require: String, when: String? = nil, message: String? = nil) -> OutcomeBook {
    OutcomeBook(
      rules: OutcomeBook.rules([(when, [require])]) + (message.map { "    message: \"\($0)\"\n" } ?? ""))
  }

  @Test func missingFactsSayWhyTheyAreMissing() {
    let book = book("r and s and n > 1 and m > 1")
    let finding = book.report(
      on: book.thing(
        "T-1", ["m": .number(2)], absences: ["s": .unreadable("perhaps"), "n": .redacted])
    ).findings.first
    #expect(finding?.outcome == .notEvidenced)
    #expect(finding?.missing.map(\.path) == ["r", "s", "n"])
    #expect(finding?.missing.map(\.absence) == [.absent, .unreadable("perhaps"), .redacted])
  }

  @Test func missingFactsHaveTheirLabels() {
    let book = book("w and part.size > 1")
    let finding = book.report(on: book.thing()).findings.first
    #expect(finding?.missing.map(\.label) == ["Whether it applies", "part"])
    let nested = book.report(on: book.part(["made": .date(CivilDate(year: 2026, month: 1, day: 1)!)])).findings.first
    #expect(nested?.missing.map(\.path) == ["w", "part.size"])
  }

  @Test func missingFactsAreNamedOnce() {
    let book = book("n > 1 or n < 1 or not(r) and r", when: "w or r")
    #expect(book.report(on: book.thing()).findings.first?.missing.map(\.path) == ["w", "r", "n"])
  }

  @Test(
    arguments: [
      ("r or n > 1", ["n": .number(0)], ["r"]), ("r and n > 1", ["n": .number(2)], ["r"]),
      ("(r or n > 1) and (s or m > 1)", ["n": .number(2), "m": .number(1)], ["s"]),
      ("if w then r else s", ["w": .boolean(true)], ["r"]), ("n > 1 and m > 1", ["n": .number(2)], ["m"]),
      ("sum([n, m]) > 3", ["n": .number(2)], ["m"]), ("part.size > n", ["n": .number(0)], ["part"]),
    ] as [(String, [String: Value], [String])])
  func onlyWhatMattersIsMissing(require: String, facts: [String: Value], missing: [String]) {
    let book = book(require)
    #expect(book.report(on: book.thing("T-1", facts)).findings.first?.missing.map(\.path) == missing)
  }

  @Test func whatDecidedIsEvidence() {
    let book = book("n > 1 and m > 1", when: "w")
    let finding = book.report(
      on: book.thing("T-1", ["w": .boolean(true), "n": .number(2), "m": .number(1)])
    ).findings.first
    #expect(finding?.outcome == .fail)
    // `n > 1` held, so that it did not decide.
    #expect(finding?.evidence.map(\.path) == ["w", "m"])
    #expect(finding?.evidence.map(\.value) == [.boolean(true), .number(1)])
  }

  @Test func passesNeedNoEvidence() {
    let book = book("n > 1")
    let finding = book.report(on: book.thing("T-1", ["n": .number(2)])).findings.first
    #expect(finding?.outcome == .pass)
    #expect(finding?.evidence == [])
  }

  @Test func evidenceHasItsUnit() {
    let book = book("part.size > 1")
    let evidence = book.report(on: book.part(["size": .number(1)])).findings.first?.evidence.first
    #expect(evidence?.path == "part.size")
    #expect(evidence?.unit == "mm")
  }

  // MARK: Sensitive facts

  @Test(arguments: [false, true])
  func sensitiveFactsAreWithheld(isShown: Bool) {
    let book = book("secret = \"no\" or n > 1", message: "It holds {secret}, and {n}")
    let finding = book.report(
      on: book.thing("T-1", ["secret": .string("hush"), "n": .number(1)]), showsSensitive: isShown
    ).findings.first
    #expect(finding?.outcome == .fail)
    #expect(finding?.messages == [isShown ? "It holds hush, and 1" : "It holds [withheld], and 1"])
    #expect(finding?.evidence.map(\.label) == ["The secret", "n"])
    #expect(finding?.evidence.map(\.value) == [isShown ? .string("hush") : nil, .number(1)])
  }

  @Test(
    arguments: [
      (
        nil, "date(secret) < today()", "`hush` is not a date",
        "invalid format [what it says of a sensitive fact is withheld]"
      ),
      (
        "date(secret) < today()", "w", "`hush` is not a date",
        "invalid format [what it says of a sensitive fact is withheld]"
      ),
      (nil, "1 / zero > 1", "division by zero", "division by zero"),
    ] as [(String?, String, String, String)])
  func reasonsOfErrorsQuoteNoSecrets(when: String?, require: String, shown: String, withheld: String) {
    let book = book(require, when: when)
    let thing = book.thing("T-1", ["secret": .string("hush"), "zero": .number(0)])
    #expect(book.report(on: thing, showsSensitive: true).findings.first?.reason == shown)
    #expect(book.report(on: thing).findings.first?.reason == withheld)
  }

  @Test func reasonsOfTheScopeQuoteNoSecrets() {
    let book = OutcomeBook(rules: OutcomeBook.rules([(nil, ["w"])]), policy: "when: date(secret) < today()")
    let thing = book.thing("T-1", ["secret": .string("hush")])
    #expect(book.report(on: thing, showsSensitive: true).scope == .error("`hush` is not a date"))
    #expect(book.report(on: thing).scope == .error("invalid format [what it says of a sensitive fact is withheld]"))
  }
}
