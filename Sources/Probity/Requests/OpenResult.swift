import FEEL

/// A rule's result for one subject that missing facts may still change.
struct OpenResult {
  /// What is open of it: whether the rule applies, or one of its requirements.
  struct Part {
    /// The facts that it rests on.
    var facts: [Fact]
    /// Those that come first: where they say that the rule does not apply, these are not needed.
    var gates: [Fact]
    /// How many things, one after the other, come first.
    var depth: Int
    var isNeeded = false
    var isDecisive = false
    /// The most severe that the finding may count as because of it.
    var severity: Severity
  }

  /// What a result rests on that is asked of a list which is missing.
  struct MissingList {
    /// The list, or what it is made of.
    var facts: [Fact]
    /// Those which say whether the rule applies, whatever the list holds.
    var gates: [Fact]
    /// Other facts that its requirements read.
    var rest: [Fact]
  }

  /// The position among the rules that are asked.
  let rule: Int
  let subject: Subject
  /// What it is as things stand.
  let outcome: Outcome
  let isWaived: Bool
  private(set) var parts: [Part]
  /// What the finding adds to the counts, by what each part turns out to be; the first is as things stand. Empty where a
  /// list is missing, of which any number of findings may come.
  private let variants: [Variant]
  /// Everything that it may add.
  let effects: Set<Int?>
  /// What it adds as things stand.
  let effect: Int?
  /// Whether any number of findings may come of it.
  let isManifold: Bool

  private struct Variant {
    /// The choice made for each part.
    var choices: [Int]
    var effect: Int?
  }

  /// More open parts than this are not gone through one by one: each counts as needed.
  private static let mostParts = 6

  /// - Parameters:
  ///   - gates: the facts on which the policy's scope rests.
  ///   - missingList: set where the result is asked of one.
  ///   - effect: what a finding of an outcome and severity adds, nil where it adds nothing.
  init?(
    _ result: Interpreter.Result, rule position: Int, _ rule: Rule, severity: Severity, gates: [Fact],
    missingList: MissingList?, isWaived: Bool, isSeen: Bool, effect: (Outcome, Severity) -> Int?
  ) {
    self.rule = position
    subject = result.subject
    outcome = result.outcome
    self.isWaived = isWaived
    self.effect = effect(result.outcome, Interpreter.severity(of: result, rule, severity: severity))
    let highest = rule.requirements.map { $0.hasOwnSeverity ? $0.severity : severity }.max() ?? severity
    let unknowns = result.requirements.indices.filter { result.requirements[$0].unknown != nil }
    let applies = result.applies.unknown

    let depth = gates.isEmpty ? 0 : 1

    if let list = missingList {
      isManifold = true
      variants = []
      let severities = Set(rule.requirements.map { $0.hasOwnSeverity ? $0.severity : severity } + [severity])
      effects = Set(
        Outcome.allCases.flatMap { outcome in severities.map { effect(outcome, $0) } } + [self.effect])
      parts = []
      var before = gates
      for facts in [list.gates, list.facts, list.rest] where !facts.isEmpty {
        parts.append(Part(facts: facts, gates: before, depth: depth + parts.count, severity: highest))
        before += facts
      }
      return
    }
    isManifold = false
    guard applies != nil || !unknowns.isEmpty, isSeen || result.outcome != .pass else { return nil }
    switch result.outcome {
    case .notEvidenced, .fail, .pass: break
    case .notApplicable, .error: return nil
    }
    parts = []
    var indices: [Int?] = []
    if let applies {
      parts.append(Part(facts: applies.missing, gates: gates, depth: depth, severity: highest))
      indices.append(nil)
    }
    for index in unknowns {
      let requirement = rule.requirements[index]
      parts.append(
        Part(
          facts: result.requirements[index].unknown?.missing ?? [], gates: gates + (applies?.missing ?? []),
          depth: depth + (applies == nil ? 0 : 1),
          severity: requirement.hasOwnSeverity ? requirement.severity : severity))
      indices.append(index)
    }
    guard parts.count <= Self.mostParts else {
      variants = []
      effects = Set(Outcome.allCases.flatMap { outcome in Severity.allCases.map { effect(outcome, $0) } })
      for part in parts.indices { parts[part].isNeeded = true }
      return
    }
    var variants: [Variant] = []
    func choose(_ part: Int, _ result: Interpreter.Result, _ choices: [Int]) {
      guard part < indices.count else {
        var result = result
        result.outcome = Interpreter.outcome(
          applies: result.applies, required: .conjunction(result.requirements))
        let severity = Interpreter.severity(of: result, rule, severity: severity)
        variants.append(Variant(choices: choices, effect: effect(result.outcome, severity)))
        return
      }
      let current = indices[part].map { result.requirements[$0] } ?? result.applies
      let mayFail = current.unknown?.mayFail ?? false
      for (choice, truth) in ([current, .yes, .no] + (mayFail ? [.null(nil)] : [])).enumerated() {
        var result = result
        if let index = indices[part] { result.requirements[index] = truth } else { result.applies = truth }
        choose(part + 1, result, choices + [choice])
      }
    }
    choose(0, result, [])
    self.variants = variants
    effects = Set(variants.map(\.effect))
  }

  /// Finds out which parts can change what is to be settled.
  ///
  /// - Parameters:
  ///   - states: to which the other findings may lead; nil where nobody can tell.
  ///   - current: the state of the other findings as things stand.
  ///   - verdict: what follows from a state and what this finding adds to it.
  mutating func judge<State>(_ states: [State]?, current: State, verdict: (State, Int?) -> Int) {
    guard let states else {
      for part in parts.indices { parts[part].isNeeded = effects.count > 1 || isManifold }
      return
    }
    guard !variants.isEmpty else {
      // Of a missing list any number of findings may come: where several of them change the verdict, one of them does.
      guard isManifold else { return }
      let isNeeded = states.contains { state in
        effects.contains { verdict(state, $0) != verdict(state, nil) }
      }
      let isDecisive = effects.union([nil]).contains { verdict(current, $0) != verdict(current, effect) }
      for part in parts.indices {
        parts[part].isNeeded = isNeeded
        // What the requirements read besides decides nothing as long as nobody knows of what items.
        parts[part].isDecisive = isDecisive && part == 0
      }
      return
    }
    for part in parts.indices {
      var groups: [[Int]: Set<Int?>] = [:]
      for variant in variants {
        var others = variant.choices
        others[part] = 0
        groups[others, default: []].insert(variant.effect)
      }
      let differing = Set(groups.values.filter { $0.count > 1 })
      parts[part].isNeeded = differing.contains { effects in
        states.contains { state in Set(effects.map { verdict(state, $0) }).count > 1 }
      }
      guard parts[part].isNeeded, let alone = groups[parts.map { _ in 0 }] else { continue }
      parts[part].isDecisive = Set(alone.map { verdict(current, $0) }).count > 1
    }
  }
}

extension Truth {
  fileprivate var unknown: Unknown? { if case .unknown(let unknown) = self { unknown } else { nil } }
}
