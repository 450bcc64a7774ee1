public import FEEL

/// A policy ready to be run over records at an as-of date.
///
/// Nothing of it changes: any number of threads may check batches with it, and the same records give the same
/// reports on each.
public final class Checking: Sendable {
  public let policy: Policy
  public let book: RuleBook
  public let asOf: CivilDate
  public let waivers: [Waiver]
  public let showsSensitive: Bool
  /// By position in the rule book; nil where a parameter has no value in force.
  public let parameters: [Value?]
  /// The rules that are asked, with what the policy makes of them on the as-of date.
  public let asked: [(rule: Int, severity: Severity, enforcement: Enforcement)]
  /// The rules of the policy that are not asked, and why.
  public let notAsked: [(rule: Int, reason: String)]
  let ruleNames: [String]
  /// By rule that is asked: what its findings count as where no requirement has a severity of its own.
  let severities: [Severity]
  private let waiversByRecord: [String: [Int]]
  let program: Program
  private let machines: MachinePool
  let zones: any ZoneRules
  /// What each asked rule may read, and what the policy's scope may.
  let ruleFacts: [UsedFacts]
  let scopeFacts: UsedFacts
  let listTexts: ListTexts
  /// By position among the asked rules.
  let drafts: [Draft]
  let traits: Traits

  /// - Parameters:
  ///   - explains: whether what is not met will be explained, and not only counted.
  ///   - zones: the named time zones there are.
  public init(
    policy: Policy, book: RuleBook, asOf: CivilDate, waivers: [Waiver] = [], showsSensitive: Bool = false,
    explains: Bool = true, zones: any ZoneRules = NoZones()
  ) {
    self.policy = policy
    self.book = book
    self.asOf = asOf
    self.waivers = waivers
    self.showsSensitive = showsSensitive
    self.zones = zones
    parameters = book.parameters.indices.map { policy.value(of: $0, in: book, on: asOf) }
    var asked: [(rule: Int, severity: Severity, enforcement: Enforcement)] = []
    var notAsked: [(rule: Int, reason: String)] = []
    for entry in policy.entries {
      let rule = book.rules[entry.rule]
      if rule.isInForce(on: asOf) {
        asked.append((entry.rule, entry.severity(on: asOf), entry.enforcement(on: asOf)))
      } else if let since = rule.since, asOf < since {
        notAsked.append((entry.rule, "in force from \(since)"))
      } else if let until = rule.until {
        notAsked.append((entry.rule, "no longer in force after \(until)"))
      }
    }
    for rule in policy.leftOut {
      notAsked.append(
        (rule, "may only be asked at the stage of \(Self.words(book.rules[rule].stages ?? []))"))
    }
    self.asked = asked
    self.notAsked = notAsked
    ruleNames = asked.map { book.rules[$0.rule].name }
    severities = asked.map { BatchChecker.effective($0.severity, $0.enforcement) }
    waiversByRecord = Dictionary(grouping: waivers.indices) { waivers[$0].record }
    ruleFacts = asked.map { UsedFacts(of: book.rules[$0.rule], in: book) }
    scopeFacts = UsedFacts(of: policy.scope, in: book)
    drafts = asked.map { Draft(book.rules[$0.rule], $0.severity, $0.enforcement, showsSensitive: showsSensitive) }
    traits = Traits(drafts)
    listTexts = ListTexts(of: asked.map { book.rules[$0.rule] }, in: book)
    var detail = Program.Detail.outcomes
    if explains, let type = book.vocabulary[policy.recordType]?.context {
      detail = .grounds(of: type, showsSensitive: showsSensitive, lists: listTexts)
    }
    program = Program(
      rules: asked.map { book.rules[$0.rule] }, scope: policy.scope, detail: detail, book: book,
      parameters: parameters, asOf: asOf, zones: zones)
    machines = MachinePool(program)
  }

  /// Runs the program over a batch.
  ///
  /// - Parameter thread: its number; its memory is used again.
  package func decide(_ batch: RecordBatch, thread: Int = 0) -> ProgramOutcomes {
    machines.run(batch.columns, thread: thread)
  }

  /// The compiled program as text.
  package var programListing: String {
    guard let type = book.vocabulary[policy.recordType] else { return "" }
    return program.listing(of: type.context, rules: asked.map { book.rules[$0.rule].name })
  }

  /// What its records have to be read as.
  package var demand: RecordDemand {
    let facts = ruleFacts.reduce(into: scopeFacts) { $0.formUnion($1) }
    return RecordDemand(
      layout: program.layout, constants: program.constants, facts: facts, rules: ruleFacts,
      scope: scopeFacts)
  }

  private static func words(_ stages: [Stage]) -> String {
    stages.map(\.rawValue).joined(separator: " or ")
  }

  /// Checks a batch of records; the reports are in the records' order, and have a finding for every subject.
  ///
  /// The compiled program decides every outcome; the interpreter explains those that are not a pass.
  public func check(_ records: [Record]) -> [RecordReport] {
    let outcomes = program.run(records)
    return records.indices.map { report(on: records[$0], outcomes: outcomes, at: $0) }
  }

  /// Checks a record by the interpreter alone: what the compiled program is held equal to.
  func interpret(_ record: Record) -> RecordReport { report(on: record, outcomes: nil, at: 0) }

  private func report(on record: Record, outcomes: ProgramOutcomes?, at index: Int) -> RecordReport {
    let interpreter = interpreter(of: record)
    let scope = interpreter.scope(of: policy)
    var report = RecordReport(
      key: record.key, name: record.name, place: record.place, scope: scopeOutcome(scope), findings: [], verdict: nil)
    if scope == .no { return report }
    for (position, entry) in asked.enumerated() {
      let rule = book.rules[entry.rule]
      if let outcomes, let light = outcomes.unexplained(rule: position, record: index, of: record, scope: scope) {
        report.findings += light.map { subject, outcome in
          Finding(
            rule: rule.name, address: rule.address, title: rule.title, subject: subject, outcome: outcome,
            severity: entry.severity, enforcement: entry.enforcement, source: rule.source, clause: rule.clause)
        }
        continue
      }
      report.findings += findings(of: position, interpreter, scope)
    }
    report.verdict = policy.verdict(on: report.findings, asOf: asOf, zones: zones)
    return report
  }

  func interpreter(of record: Record) -> Interpreter {
    Interpreter(record: record, book: book, parameters: parameters, asOf: asOf, zones: zones)
  }

  func scopeOutcome(_ scope: Truth) -> ScopeOutcome {
    switch scope {
    case .yes: .inScope
    case .no: .outOfScope
    case .unknown(let unknown): .notEvidenced(Interpreter.missing(unknown, book))
    case .null(let failure):
      .error(
        failure.map { Interpreter.words($0, withholding: policy.isScopeSensitive && !showsSensitive) }
          ?? "its scope is null, neither true nor false")
    }
  }

  /// What a rule comes to for a record, explained, with the waivers that lie over it.
  func findings(of position: Int, _ interpreter: Interpreter, _ scope: Truth) -> [Finding] {
    let entry = asked[position]
    let rule = book.rules[entry.rule]
    return interpreter.ask(rule, scope: scope, explaining: true).map { result in
      applyWaivers(
        to: interpreter.finding(
          result, rule, severity: entry.severity, enforcement: entry.enforcement, book: book, texts: listTexts,
          showsSensitive: showsSensitive))
    }
  }

  // MARK: Waivers

  /// Lays the waiver that covers a finding over it. This is the one place where waivers are applied.
  ///
  /// A waiver covers a fail or a not evidenced of its rule, for its record and item, while it is in force; it never
  /// lifts a mandatory rule, and never changes the outcome.
  public func applyWaivers(to finding: Finding) -> Finding {
    guard finding.outcome == .fail || finding.outcome == .notEvidenced, finding.enforcement != .mandatory,
      let candidates = waiversByRecord[finding.subject.record]
    else { return finding }
    for index in candidates {
      let waiver = waivers[index]
      guard waiver.rule == finding.rule || waiver.rule == finding.address,
        waiver.item == nil || waiver.item == finding.subject.itemKey, waiver.since <= asOf, asOf <= waiver.until
      else { continue }
      var waived = finding
      waived.waiver = waiver
      return waived
    }
    return finding
  }

  /// Whether any waiver names a record.
  func hasWaivers(for record: @autoclosure () -> String) -> Bool {
    !waiversByRecord.isEmpty && waiversByRecord[record()] != nil
  }

  /// Why a waiver lay over nothing, for one that did not.
  func whyIdle(_ waiver: Waiver) -> String {
    if asOf < waiver.since { return "not in force before \(waiver.since)" }
    if waiver.until < asOf { return "expired on \(waiver.until)" }
    guard
      let entry = asked.first(where: {
        book.rules[$0.rule].name == waiver.rule || book.rules[$0.rule].address == waiver.rule
      })
    else { return "the policy does not ask this rule" }
    if entry.enforcement == .mandatory { return "the rule is mandatory, and no waiver lifts it" }
    return "nothing was found that it would cover"
  }
}

/// Gives the verdict table its counts.
private final class CountHost: Host {
  private let counts: [Value]

  init(_ counts: [Value]) { self.counts = counts }

  func value(of binding: Int, in evaluator: Evaluator) -> Value {
    if case .count(let index) = Binding(number: binding) { counts[index] } else { .null }
  }
}

extension Policy {
  /// What the verdict table makes of a record's findings; nil where the policy has none.
  func verdict(
    on findings: [Finding], asOf: CivilDate, zones: any ZoneRules, observer: (any EvaluationObserver)? = nil
  ) -> Verdict? {
    var counts = VerdictCounts.Tally()
    for finding in findings { counts.add(finding) }
    return verdict(on: counts, asOf: asOf, zones: zones, observer: observer)
  }

  /// What the verdict table makes of a record's counts; nil where the policy has none.
  func verdict(
    on counts: VerdictCounts.Tally, asOf: CivilDate, zones: any ZoneRules, observer: (any EvaluationObserver)? = nil
  ) -> Verdict? {
    guard let table = verdict else { return nil }
    let evaluator = Evaluator(host: CountHost(counts.values), asOf: asOf, zones: zones)
    evaluator.observer = observer
    let value = evaluator.evaluate(table)
    switch value {
    case .null(let failure): return Verdict(text: nil, reason: failure?.message ?? "the verdict table gives null")
    case .context(let context):
      let values = context.names.indices.map { (name: context.names[$0], value: context[$0]) }
      return Verdict(text: values.first?.value.description, details: Array(values.dropFirst()))
    default: return Verdict(text: value.description)
    }
  }
}
