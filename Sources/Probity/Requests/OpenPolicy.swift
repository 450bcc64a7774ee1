import FEEL

/// What a policy leaves open about one record, and which of it can still change what is to be settled.
struct OpenPolicy {
  private(set) var standing: Standing
  /// The facts on which it rests whether the policy is about the record.
  private(set) var scope: [Fact] = []
  private(set) var results: [OpenResult] = []

  /// - Parameters:
  ///   - scopeTruth: whether the policy is about the record.
  ///   - interpreters: by the rules that are asked, what asks them of the record.
  ///   - states: what the verdict table can come to; nil where there is none.
  init(
    _ checking: Checking, _ settlement: Settlement, scope scopeTruth: Truth, of interpreters: [Interpreter],
    states: VerdictStates?
  ) {
    standing = Standing(
      policy: checking.policy.name, scope: checking.scopeOutcome(scopeTruth), verdict: nil, notEvidenced: 0,
      isSettled: true)
    switch scopeTruth {
    case .no, .null: return
    case .unknown(let unknown): scope = unknown.missing
    case .yes: break
    }
    countFindings(checking, interpreters, scopeTruth)
    let states = settlement == .verdicts ? states : nil
    let seesVerdict = states != nil
    var decided = states?.start ?? []
    for (position, entry) in checking.asked.enumerated() {
      let rule = checking.book.rules[entry.rule]
      let interpreter = interpreters[position]
      for result in interpreter.ask(rule, scope: .yes, explaining: false) {
        let severity = Interpreter.severity(of: result, rule, severity: entry.severity)
        func effect(_ outcome: Outcome, _ severity: Severity) -> Int? {
          let finding = Self.finding(outcome, severity, of: result, position, checking)
          if let states {
            return states.effect(of: outcome, finding.effectiveSeverity, isWaived: finding.waiver != nil)
          }
          // A waiver lies over whatever is not met, and what is met is met whether or not the rule applies.
          if !finding.isOpen { return nil }
          return VerdictCounts.entry(of: outcome, finding.effectiveSeverity)
        }
        let missingList = Self.missingList(result, rule, interpreter)
        if let open = OpenResult(
          result, rule: position, rule, severity: entry.severity, gates: scope, missingList: missingList,
          isWaived: Self.finding(result.outcome, severity, of: result, position, checking).waiver != nil,
          isSeen: seesVerdict, effect: effect)
        {
          results.append(open)
        } else {
          states?.add(effect(result.outcome, severity), to: &decided)
        }
      }
    }
    if let states { judge(states, decided) } else { judgeFindings() }
    standing.isSettled = scope.isEmpty && !results.contains { $0.parts.contains(where: \.isNeeded) }
  }

  /// A result as a finding of an outcome, with the waiver that would lie over it, and nothing that only readers need.
  private static func finding(
    _ outcome: Outcome, _ severity: Severity, of result: Interpreter.Result, _ position: Int, _ checking: Checking
  ) -> Finding {
    let entry = checking.asked[position]
    let rule = checking.book.rules[entry.rule]
    let finding = Finding(
      rule: rule.name, address: rule.address, title: rule.title, subject: result.subject, outcome: outcome,
      severity: severity, enforcement: entry.enforcement, source: rule.source)
    return checking.hasWaivers(for: result.subject.record) ? checking.applyWaivers(to: finding) : finding
  }

  /// Counts the findings as a check does.
  private mutating func countFindings(
    _ checking: Checking, _ interpreters: [Interpreter], _ scope: Truth
  ) {
    var tally = VerdictCounts.Tally()
    for (position, entry) in checking.asked.enumerated() {
      let rule = checking.book.rules[entry.rule]
      for result in interpreters[position].ask(rule, scope: scope, explaining: false) {
        let severity = Interpreter.severity(of: result, rule, severity: entry.severity)
        let finding = Self.finding(result.outcome, severity, of: result, position, checking)
        tally.add(finding)
        if finding.isOpen, finding.outcome == .notEvidenced { standing.notEvidenced += 1 }
      }
    }
    standing.verdict = checking.policy.verdict(on: tally, asOf: checking.asOf, zones: checking.zones)
  }

  /// What a result rests on that is asked of a list which is missing; nil for any other result.
  private static func missingList(
    _ result: Interpreter.Result, _ rule: Rule, _ interpreter: Interpreter
  ) -> OpenResult.MissingList? {
    guard result.outcome == .notEvidenced, result.requirements.isEmpty, result.each.count < rule.each.count,
      case .unknown(let list) = result.applies
    else { return nil }
    // Of any items whatever, as the rule itself asks whether it applies to some.
    interpreter.host.begin(rule)
    interpreter.host.bind(
      result.each + Array(repeating: .unknown(list), count: rule.each.count - result.each.count))
    interpreter.evaluator.observations = nil
    var seen = Set(list.missing)
    func others(_ expression: CheckedExpression) -> [Fact] {
      guard case .unknown(let unknown) = Truth(interpreter.evaluator.evaluate(expression)) else { return [] }
      return unknown.missing.filter { seen.insert($0).inserted }
    }
    let gates = rule.when.map(others) ?? []
    return OpenResult.MissingList(
      facts: list.missing, gates: gates, rest: rule.requirements.flatMap { others($0.that) })
  }

  // MARK: What can change

  private mutating func judgeFindings() {
    for index in results.indices {
      results[index].judge([0], current: 0) { _, effect in effect ?? -1 }
    }
  }

  /// A kind of open finding: those that may add the same.
  private struct Kind: Hashable {
    var effects: Set<Int?>
    var isManifold: Bool
  }

  private mutating func judge(_ states: VerdictStates, _ decided: VerdictStates.State) {
    var kinds: [(kind: Kind, results: [Int])] = []
    for (index, result) in results.enumerated() {
      let kind = Kind(effects: result.effects, isManifold: result.isManifold)
      if let known = kinds.firstIndex(where: { $0.kind == kind }) {
        kinds[known].results.append(index)
      } else {
        kinds.append((kind, [index]))
      }
    }
    for (kind, members) in kinds {
      let others = kinds.map { other, members -> (effects: Set<Int?>, count: Int?) in
        (other.effects, other.isManifold ? nil : members.count - (other == kind ? 1 : 0))
      }
      let reached = states.reachable(from: decided, others).map { Array($0) }
      for index in members {
        var current = decided
        for other in results.indices where other != index { states.add(results[other].effect, to: &current) }
        results[index].judge(reached, current: current) { state, effect in
          states.verdict(states.adding(effect, to: state))
        }
      }
    }
  }
}
