import Diagnostics
import FEEL

/// Asks rules of one record by walking their expressions. It is what a rule means, and it explains.
struct Interpreter {
  /// How a rule came out for one subject.
  struct Result {
    var subject: Subject
    var outcome: Outcome
    /// Whether the rule applies: its scope, its `when`, and that the item is there at all.
    var applies: Truth
    /// One for each requirement; empty where none had to be asked.
    var requirements: [Truth]
    /// What was read for `applies`, and for each requirement; empty unless explaining.
    var readToApply: [Observation] = []
    var readToRequire: [[Observation]] = []
    /// The values of the `each` variables.
    var each: [Value]
  }

  let record: Record
  let host: RecordHost
  let evaluator: Evaluator

  init(record: Record, book: RuleBook, parameters: [Value?], asOf: CivilDate, zones: any ZoneRules = NoZones()) {
    self.record = record
    host = RecordHost(book: book, parameters: parameters, record: record.facts)
    evaluator = Evaluator(host: host, asOf: asOf, zones: zones)
  }

  /// Whether the record is one that the policy is about.
  func scope(of policy: Policy) -> Truth {
    .conjunction(policy.scope.map { Truth(evaluator.evaluate($0)) })
  }

  /// Every subject's outcome, in the order of the items.
  func ask(_ rule: Rule, scope: Truth, explaining: Bool) -> [Result] {
    host.begin(rule)
    var results: [Result] = []
    descend(rule, 0, each: [], subject: Subject(record: record.key), doubts: [scope], explaining, &results)
    return results
  }

  private func descend(
    _ rule: Rule, _ depth: Int, each: [Value], subject: Subject, doubts: [Truth], _ explaining: Bool,
    _ results: inout [Result]
  ) {
    guard depth < rule.each.count else {
      host.bind(each)
      results.append(ask(rule, subject, applies: doubts, each: each, explaining))
      return
    }
    host.bind(each)
    evaluator.observations = explaining ? [] : nil
    let domain = evaluator.evaluate(rule.each[depth].list)
    let read = evaluator.observations ?? []
    func whole(_ outcome: Outcome, _ applies: Truth) {
      results.append(
        Result(
          subject: subject, outcome: outcome, applies: applies, requirements: [], readToApply: read, each: each))
    }
    let list: List
    switch domain {
    case .list(let items): list = items
    case .unknown(let unknown):
      // Nobody knows whether there is anything to ask about; but where the rule applies to no item whatever it holds,
      // it does not apply.
      let anything = [Value](repeating: .unknown(unknown), count: rule.each.count - depth)
      host.bind(each + anything)
      let probe = ask(rule, subject, applies: doubts, each: each, explaining)
      if probe.outcome == .notApplicable { return results.append(probe) }
      return whole(.notEvidenced, .conjunction(doubts + [.unknown(unknown)]))
    case .null(let failure):
      // An error only if the rule gets that far.
      let applies = Truth.conjunction(doubts + [.null(failure)])
      return whole(Self.outcome(applies: applies, required: .null(failure)), applies)
    default: list = List([domain])
    }
    if list.items.isEmpty { return whole(.notApplicable, .no) }
    for (index, item) in list.items.enumerated() {
      let inner = Self.subject(item, at: index, named: rule.each[depth].name, in: subject)
      let doubt = list.doubt(index).map { [Truth.unknown($0)] } ?? []
      descend(rule, depth + 1, each: each + [item], subject: inner, doubts: doubts + doubt, explaining, &results)
    }
  }

  static func subject(_ item: Value, at index: Int, named name: String, in outer: Subject) -> Subject {
    if case .context(let context) = item, let facts = context.facts {
      var key = String(index + 1)
      if case .item(_, _, let own?) = facts.step { key = own }
      return Subject(record: outer.record, item: facts.path, itemKey: key)
    }
    let path = (outer.item.map { $0 + "." } ?? "") + "\(name)[\(index + 1)]"
    return Subject(record: outer.record, item: path, itemKey: String(index + 1))
  }

  private func ask(_ rule: Rule, _ subject: Subject, applies doubts: [Truth], each: [Value], _ explaining: Bool)
    -> Result
  {
    func evaluate(_ expression: CheckedExpression) -> (Truth, [Observation]) {
      evaluator.observations = explaining ? [] : nil
      let truth = Truth(evaluator.evaluate(expression))
      return (truth, evaluator.observations ?? [])
    }
    let when = rule.when.map { evaluate($0) }
    let applies = Truth.conjunction(doubts + (when.map { [$0.0] } ?? []))
    var result = Result(
      subject: subject, outcome: .notApplicable, applies: applies, requirements: [], readToApply: when?.1 ?? [],
      each: each)
    switch applies {
    case .no: return result
    case .null:
      result.outcome = .error
      return result
    case .yes, .unknown: break
    }
    for requirement in rule.requirements {
      let (truth, read) = evaluate(requirement.that)
      result.requirements.append(truth)
      result.readToRequire.append(read)
    }
    result.outcome = Self.outcome(applies: applies, required: .conjunction(result.requirements))
    return result
  }

  /// The outcome of "`when` implies every `require`", for a `when` that is not false.
  static func outcome(applies: Truth, required: Truth) -> Outcome {
    switch (applies, required) {
    case (.no, _): .notApplicable
    case (.null, _): .error
    case (.yes, .yes): .pass
    case (.yes, .no): .fail
    case (.yes, .unknown): .notEvidenced
    case (.yes, .null): .error
    case (.unknown(let unknown), .yes): unknown.mayFail ? .notEvidenced : .pass
    case (.unknown, _): .notEvidenced
    }
  }

  // MARK: Findings

  /// A rule's result as a finding.
  func finding(
    _ result: Result, _ rule: Rule, severity: Severity, enforcement: Enforcement, book: RuleBook, texts: ListTexts,
    showsSensitive: Bool
  ) -> Finding {
    var finding = Finding(
      rule: rule.name, address: rule.address, title: rule.title, subject: result.subject, outcome: result.outcome,
      severity: severity, enforcement: enforcement, source: rule.source, clause: rule.clause)
    let unmet = Self.unmet(result)
    finding.severity = Self.severity(of: result, rule, severity: severity)
    guard result.outcome != .pass, result.outcome != .notApplicable else { return finding }
    host.begin(rule)
    host.bind(result.each)
    evaluator.observations = nil
    if result.outcome == .fail {
      for index in unmet {
        append(rule.requirements[index].message, to: &finding.messages, showsSensitive)
        append(rule.requirements[index].remedy, to: &finding.remedies, showsSensitive)
      }
    }
    var observations = result.readToApply
    for index in unmet where index < result.readToRequire.count { observations += result.readToRequire[index] }
    observations = Observation.distinct(observations)
    finding.evidence = Self.evidence(observations, book, showsSensitive: showsSensitive)
    finding.lists = Self.lists(observations, texts, withholding: rule.isSensitive && !showsSensitive)
    if result.outcome == .notEvidenced {
      var unknowns: [Unknown] = []
      // Where a requirement is not met whatever the others are, only whether the rule applies is open.
      let isUnmet = result.requirements.contains(.no)
      for truth in [result.applies] + (isUnmet ? [] : result.requirements) {
        if case .unknown(let unknown) = truth { unknowns.append(unknown) }
      }
      finding.missing = Self.missing(.merging(unknowns), book)
    }
    if result.outcome == .error {
      let truth = ([result.applies] + result.requirements).first { if case .null = $0 { true } else { false } }
      finding.reason = Self.reason(truth, withholding: rule.isSensitive && !showsSensitive)
    }
    return finding
  }

  /// The requirements that make a result what it is.
  private static func unmet(_ result: Result) -> [Int] {
    result.requirements.indices.filter { index in
      switch (result.outcome, result.requirements[index]) {
      case (.fail, .no), (.error, .null), (.notEvidenced, .unknown), (.notEvidenced, .no), (.notEvidenced, .null): true
      default: false
      }
    }
  }

  /// The most severe of the requirements that are not met.
  ///
  /// - Parameter severity: the rule's, as the policy has it.
  static func severity(of result: Result, _ rule: Rule, severity: Severity) -> Severity {
    unmet(result).map { index in
      let requirement = rule.requirements[index]
      return requirement.hasOwnSeverity ? requirement.severity : severity
    }.max() ?? severity
  }

  private static func reason(_ truth: Truth?, withholding: Bool) -> String {
    if case .null(let failure?)? = truth {
      words(failure, withholding: withholding)
    } else {
      "the condition is null, neither true nor false"
    }
  }

  /// What a failure says, or only of what kind it is: its message may quote a fact.
  static func words(_ failure: Failure, withholding: Bool) -> String {
    withholding ? "\(failure.reason.rawValue) [what it says of a sensitive fact is withheld]" : failure.message
  }

  private func append(_ template: Template?, to texts: inout [String], _ showsSensitive: Bool) {
    guard let template else { return }
    var text = ""
    for segment in template.segments {
      switch segment {
      case .text(let plain): text += plain
      case .expression(let expression, let isSensitive):
        text += isSensitive && !showsSensitive ? "[withheld]" : evaluator.evaluate(expression).description
      }
    }
    if !texts.contains(text) { texts.append(text) }
  }

  static func evidence(_ observations: [Observation], _ book: RuleBook, showsSensitive: Bool) -> [Evidence] {
    observations.compactMap { observation in
      guard case .fact(let fact, let value) = observation else { return nil }
      // Items have facts with places, and a sensitivity, of their own; that there is none of them says something.
      if case .context? = fact.node.type.members[fact.member].type.item?.base,
        case .list(let list) = value, !list.items.isEmpty
      {
        return nil
      }
      let caption = book.vocabulary.caption(of: fact.member, in: fact.node.type)
      return Evidence(
        path: fact.path, label: caption?.label ?? fact.name,
        value: fact.isSensitive && !showsSensitive ? nil : value, unit: caption?.unit, place: fact.place)
    }
  }

  /// Each list once, as what is written the same and came out the same is.
  static func lists(_ observations: [Observation], _ texts: ListTexts, withholding: Bool) -> [ListEvidence] {
    var lists: [ListEvidence] = []
    for case .list(let list) in observations {
      let counts = ListEvidence.Counts(
        items: list.items, selected: list.selected, perhaps: list.perhaps, omitted: list.omitted)
      let evidence = ListEvidence(text: texts[list.node], counts: withholding ? nil : counts)
      if !lists.contains(evidence) { lists.append(evidence) }
    }
    return lists
  }

  static func missing(_ unknown: Unknown, _ book: RuleBook) -> [MissingFact] {
    unknown.missing.map { fact in
      MissingFact(
        path: fact.path, label: book.vocabulary.caption(of: fact.member, in: fact.node.type)?.label ?? fact.name,
        absence: fact.absence, place: fact.place)
    }
  }
}
