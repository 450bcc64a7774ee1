import Diagnostics
public import FEEL

/// Runs the cases of test files over a rule book, by the interpreter: each asks only the rules that it names.
///
/// What the cases have tried is noted along the way, where that is asked for.
public struct CaseRunner: Sendable {
  private let book: RuleBook
  private let policies: [Policy]
  private let zones: any ZoneRules
  private let explainer: Explainer
  private var tally: CoverageTally?

  /// - Parameters:
  ///   - loaded: the rule book, without errors, that the cases were read against.
  ///   - zones: the named time zones there are.
  ///   - measuresCoverage: whether to note what the cases try.
  public init(_ loaded: Loaded, zones: any ZoneRules = NoZones(), measuresCoverage: Bool = false) {
    book = loaded.book
    policies = loaded.policies
    self.zones = zones
    // Records of test files are invented.
    explainer = Explainer(
      book: loaded.book, texts: ExpressionTexts(loaded.book, loaded.policies), showsSensitive: true)
    if measuresCoverage { tally = CoverageTally() }
  }

  /// What the cases that passed have tried; nil where it is not noted.
  public var coverage: Coverage? {
    tally.map { CoverageReader(book: book, policies: policies, tally: $0, texts: explainer.texts).coverage() }
  }

  /// Runs one case.
  public mutating func run(_ test: TestCase, of file: TestFile) -> CaseResult {
    let (book, zones, record) = (self.book, self.zones, test.record)
    let policy = test.policy.map { policies[$0] }
    let values = book.parameters.indices.map { index in
      test.parameters[index] ?? policy?.value(of: index, in: book, on: test.asOf)
        ?? (policy == nil ? book.parameters[index].value(on: test.asOf) : nil)
    }
    var asking = Asking(test: test, record: record, policy: policy, explainer: explainer) {
      Interpreter(record: record, book: book, parameters: values, asOf: test.asOf, zones: zones)
    }
    let mismatches = test.expectations.flatMap { asking.mismatches($0) }
    let status: CaseResult.Status =
      switch (mismatches.isEmpty, test.knownToFail) {
      case (true, nil): .passed
      case (true, _): .unexpectedlyPassed
      case (false, nil): .failed
      case (false, _): .knownToFail
      }
    // A case that fails proves nothing, known to or not.
    if status == .passed, tally != nil { asking.note(in: &tally) }
    return CaseResult(
      name: test.name, file: file.path, span: test.span, status: status, knownToFail: test.knownToFail,
      mismatches: mismatches, expectations: test.expectations.count)
  }
}

/// One case while its questions are asked; each rule once.
private struct Asking {
  let test: TestCase
  let record: Record
  let book: RuleBook
  let policy: Policy?
  let explainer: Explainer
  /// Makes an interpreter that remembers nothing.
  let makeInterpreter: () -> Interpreter
  let interpreter: Interpreter
  private lazy var scope: Truth = policy.map { interpreter.scope(of: $0) } ?? .yes
  private var answers: [Int: Answers] = [:]
  /// The items of each rule that have an expectation of their own.
  private lazy var named: [Int: Set<String>] = test.expectations.reduce(into: [:]) { named, expectation in
    if case .rule(let rule, let item?) = expectation.subject { named[rule, default: []].insert(item) }
  }
  /// What was held to an expectation, for coverage.
  private var held: [(rule: Int, result: Interpreter.Result)] = []
  private var decided: [(decision: Int, context: Context?)] = []
  private var judged: [Finding]?

  private struct Answer {
    var result: Interpreter.Result
    var finding: Finding
  }

  /// How a rule came out for all its subjects.
  private struct Answers {
    var all: [Answer]
    /// The position of each item's.
    var items: [String: Int] = [:]

    init(_ all: [Answer]) {
      self.all = all
      for (index, answer) in all.enumerated() {
        if let item = answer.result.subject.item { items[item] = items[item] ?? index }
      }
    }
  }

  init(
    test: TestCase, record: Record, policy: Policy?, explainer: Explainer, makeInterpreter: @escaping () -> Interpreter
  ) {
    self.test = test
    self.record = record
    self.policy = policy
    self.explainer = explainer
    self.makeInterpreter = makeInterpreter
    book = explainer.book
    interpreter = makeInterpreter()
  }

  private func mismatch(
    _ expectation: Expectation, _ expected: String, _ found: String, notes: [String] = [],
    explanation: Explanation? = nil
  ) -> Mismatch {
    Mismatch(
      subject: expectation.text, span: expectation.span, expected: expected, found: found, notes: notes,
      explanation: explanation)
  }

  mutating func mismatches(_ expectation: Expectation) -> [Mismatch] {
    switch expectation.wanted {
    case .finding(let wanted):
      guard case .rule(let rule, let item) = expectation.subject else { return [] }
      return findings(expectation, wanted, rule, item)
    case .text(let wanted):
      let (found, note) = expectation.subject == .scope ? scopeWord() : verdict()
      return found == wanted ? [] : [mismatch(expectation, wanted, found, notes: note.map { [$0] } ?? [])]
    case .value, .outputs, .unknown: return decision(expectation)
    }
  }

  // MARK: Coverage

  /// How many steps of one case are looked at.
  private static let mostSteps = 200_000

  /// Notes what was tried on the way to what was expected.
  func note(in tally: inout CoverageTally?) {
    let recorder = TraceRecorder(limit: Self.mostSteps)
    let interpreter = makeInterpreter()
    for rule in Set(held.map(\.rule)) { tally?.addCase(of: rule) }
    for (index, result) in held {
      tally?.add(result, of: index, interpreter.unfold(result, book.rules[index], by: recorder))
    }
    for (index, context) in decided {
      // What was remembered on the way to a rule would not be seen to be made.
      _ = makeInterpreter().decide(index, about: context, by: recorder)
      tally?.add(recorder.take())
    }
    if let judged {
      _ = policy?.verdict(on: judged, asOf: test.asOf, zones: interpreter.evaluator.zones, observer: recorder)
      tally?.add(recorder.take())
    }
  }

  // MARK: Rules

  /// Whether the rule is asked on the case's date, under its policy.
  private func isAsked(_ index: Int) -> Bool {
    book.rules[index].isInForce(on: test.asOf) && !(policy?.leftOut.contains(index) ?? false)
  }

  private mutating func ask(_ index: Int) -> Answers {
    if let known = answers[index] { return known }
    let rule = book.rules[index]
    let entry = policy?.entries.first { $0.rule == index }
    let all = interpreter.ask(rule, scope: scope, explaining: true).map { result in
      Answer(
        result: result,
        finding: interpreter.finding(
          result, rule, severity: entry?.severity(on: test.asOf) ?? rule.severity,
          enforcement: entry?.enforcement(on: test.asOf) ?? .waivable, book: book, texts: ListTexts(),
          showsSensitive: true))
    }
    let found = Answers(all)
    answers[index] = found
    return found
  }

  private mutating func findings(
    _ expectation: Expectation, _ wanted: Expectation.Finding, _ index: Int, _ item: String?
  ) -> [Mismatch] {
    guard isAsked(index) else {
      guard wanted.outcome != .notAsked else { return [] }
      let rule = book.rules[index]
      let why =
        !rule.isInForce(on: test.asOf)
        ? "it is in force "
          + [rule.since.map { "from \($0)" }, rule.until.map { "until \($0)" }].compactMap(\.self)
          .joined(separator: " ") : "its stage is not the policy's"
      return [mismatch(expectation, wanted.outcome.word, "not asked", notes: [why])]
    }
    if case .no = scope {
      return [
        mismatch(
          expectation, wanted.outcome.word, "not asked", notes: ["the record is out of the policy's scope"])
      ]
    }
    let answers = ask(index)
    if let item {
      guard let answer = answers.items[item].map({ answers.all[$0] }) else {
        let items = answers.all.compactMap(\.result.subject.item)
        let shown = items.prefix(12).joined(separator: ", ") + (items.count > 12 ? " …" : "")
        return [
          mismatch(
            expectation, wanted.outcome.word, "no such item",
            notes: [items.isEmpty ? "the rule is asked of no item" : "it is asked of \(shown)"])
        ]
      }
      return difference(expectation, wanted, index, answer, isOneOfMany: false)
    }
    let named = named[index] ?? []
    let rest = answers.all.filter { $0.result.subject.item.map { !named.contains($0) } ?? true }
    if rest.isEmpty {
      return [
        mismatch(
          expectation, wanted.outcome.word, "nothing", notes: ["every item has an expectation of its own"])
      ]
    }
    return rest.flatMap { difference(expectation, wanted, index, $0, isOneOfMany: answers.all.count > 1) }
  }

  private mutating func difference(
    _ expectation: Expectation, _ wanted: Expectation.Finding, _ index: Int, _ answer: Answer, isOneOfMany: Bool
  ) -> [Mismatch] {
    let finding = answer.finding
    held.append((index, answer.result))
    let place = isOneOfMany ? finding.subject.item.map { " for \($0)" } ?? "" : ""
    var notes = finding.messages
    if let reason = finding.reason { notes.append("because \(reason)") }
    if finding.outcome == .notEvidenced {
      notes.append("missing: \(Self.list(finding.missing.map(\.path)))")
    }
    guard case .outcome(finding.outcome) = wanted.outcome else {
      return [
        mismatch(
          expectation, wanted.outcome.word, finding.outcome.rawValue + place, notes: notes,
          explanation: makeInterpreter().explanation(
            of: answer.result, book.rules[index], policy: policy, by: explainer))
      ]
    }
    var mismatches: [Mismatch] = []
    if let missing = wanted.missing, Set(missing) != Set(finding.missing.map(\.path)) {
      mismatches.append(
        mismatch(
          expectation, "missing \(Self.list(missing))", "missing \(Self.list(finding.missing.map(\.path)))\(place)"))
    }
    let said = finding.messages + (finding.reason.map { [$0] } ?? [])
    if let message = wanted.message, !finding.messages.contains(message) {
      mismatches.append(
        mismatch(expectation, "message \(message)", "message \(Self.list(finding.messages))\(place)"))
    }
    for text in wanted.mentions where !said.contains(where: { $0.contains(text) }) {
      mismatches.append(mismatch(expectation, "a mention of \(text)", "\(Self.list(said))\(place)"))
    }
    if let severity = wanted.severity, severity != finding.severity {
      mismatches.append(
        mismatch(expectation, "severity \(severity.rawValue)", "severity \(finding.severity.rawValue)\(place)"))
    }
    return mismatches
  }

  private static func list(_ texts: [String]) -> String { texts.isEmpty ? "none" : texts.joined(separator: ", ") }

  // MARK: Policies

  private mutating func scopeWord() -> (String, note: String?) {
    switch scope {
    case .yes: return ("in scope", nil)
    case .no: return ("out of scope", nil)
    case .unknown(let unknown):
      return ("not evidenced", "missing: \(Self.list(Interpreter.missing(unknown, book).map(\.path)))")
    case .null(let failure): return ("error", failure?.message)
    }
  }

  private mutating func verdict() -> (String, note: String?) {
    guard let policy else { return ("none", nil) }
    if case .no = scope { return ("none", "the record is out of the policy's scope") }
    let asked = policy.entries.map(\.rule).filter { isAsked($0) }
    let all = asked.flatMap { ask($0).all }.map(\.finding)
    judged = all
    guard let verdict = policy.verdict(on: all, asOf: test.asOf, zones: interpreter.evaluator.zones) else {
      return ("none", nil)
    }
    let open = all.filter(\.isOpen).map { finding in
      finding.rule + (finding.subject.item.map { " \($0)" } ?? "")
        + ": \(finding.outcome.rawValue) (\(finding.effectiveSeverity.rawValue))"
    }
    return (verdict.text ?? "none", Self.list([verdict.reason].compactMap(\.self) + open))
  }

  // MARK: Decisions

  private mutating func decision(_ expectation: Expectation) -> [Mismatch] {
    guard case .decision(let index, let path, let output) = expectation.subject else { return [] }
    let wanted: String =
      switch expectation.wanted {
      case .value(let value): value.literal
      case .outputs(let outputs): outputs.map { "\($0.name): \($0.value.literal)" }.joined(separator: ", ")
      default: "unknown"
      }
    guard let context = record.facts.context(at: path) else {
      return [mismatch(expectation, wanted, "no such item", notes: ["the record has no `\(path)`"])]
    }
    decided.append((index, path.isEmpty ? nil : context))
    var value =
      path.isEmpty
      ? interpreter.host.value(of: Binding.decision(index).number, in: interpreter.evaluator)
      : interpreter.host.derived(index, of: context, in: interpreter.evaluator)
    if let output {
      switch value {
      case .context(let outputs): value = outputs[output] ?? .null
      default: break
      }
    }
    let isMet: Bool
    switch expectation.wanted {
    case .value(.null): isMet = value.isNull
    case .value(let wanted): isMet = value == wanted
    case .outputs(let outputs):
      if case .context(let context) = value {
        isMet = outputs.allSatisfy { context[$0.name] == $0.value }
      } else {
        isMet = false
      }
    default: isMet = value.isUnknown
    }
    guard !isMet else { return [] }
    var notes: [String] = []
    switch value {
    case .unknown(let unknown): notes.append("missing: \(Self.list(Interpreter.missing(unknown, book).map(\.path)))")
    case .null(let failure?): notes.append("because \(failure.message)")
    default: break
    }
    return [
      mismatch(
        expectation, wanted, value.literal, notes: notes,
        explanation: makeInterpreter().explanation(
          ofDecision: index, about: path.isEmpty ? nil : context, by: explainer))
    ]
  }
}

extension Context {
  /// The context within a record at a path such as `contracts[C-1]`; the record itself for an empty one.
  fileprivate func context(at path: String) -> Context? {
    if path == facts?.path { return self }
    for index in names.indices where isSupplied(index) {
      switch self[index] {
      case .context(let nested):
        if let found = nested.context(at: path) { return found }
      case .list(let list):
        for case .context(let item) in list.items {
          if let found = item.context(at: path) { return found }
        }
      default: break
      }
    }
    return nil
  }
}
