import Diagnostics
import FEEL
import YAML

extension DiagnosticCode {
  /// A rule that there is not.
  fileprivate static let unknownRule = DiagnosticCode("RULE353")
  /// A pattern that picks nothing.
  fileprivate static let emptyPattern = DiagnosticCode("RULE354")
  /// A rule about other records than the policy.
  fileprivate static let otherRecords = DiagnosticCode("RULE355")
  /// A rule that may not be asked at the policy's stage.
  fileprivate static let wrongStage = DiagnosticCode("RULE350")
  /// A rule that no policy asks.
  fileprivate static let unreachedRule = DiagnosticCode("RULE348")
}

extension Diagnostic {
  static func unknownRule(_ name: Located<String>, among names: some Sequence<String>) -> Diagnostic {
    Diagnostic(
      .unknownRule, .error, "there is no rule `\(name.value)`", at: name.span,
      help: [NearMiss.nearest(to: name.value, among: names).map { "did you mean `\($0)`?" }])
  }
}

/// An entry of a policy's `rules`: an address, a name or a pattern, and what it makes of them.
struct RawSelection {
  var pick: Located<String>
  var severity: Located<Severity>?
  var enforcement: Located<Enforcement>?
}

extension PolicyLoader {
  private static let selectionKeys = ["rule", "severity", "enforcement"]

  mutating func readSelections(_ fields: Fields) -> [RawSelection] {
    var selections: [RawSelection] = []
    for node in fields.items("rules", into: &rules.diagnostics) ?? [] {
      guard node.entries != nil else {
        guard let pick = Fields.text(node, into: &rules.diagnostics) else { continue }
        selections.append(RawSelection(pick: pick))
        continue
      }
      guard let own = Fields(node, "an entry of `rules`", keys: Self.selectionKeys, into: &rules.diagnostics) else {
        continue
      }
      let pick = own.requiredText("rule", into: &rules.diagnostics)
      let severity = own.word("severity", as: Severity.self, into: &rules.diagnostics)
      let enforcement = own.word("enforcement", as: Enforcement.self, into: &rules.diagnostics)
      guard let pick else { continue }
      selections.append(
        RawSelection(
          pick: pick, severity: severity.map { Located($0, at: own["severity"]?.span ?? pick.span) },
          enforcement: enforcement.map { Located($0, at: own["enforcement"]?.span ?? pick.span) }))
    }
    return selections
  }

  /// The rule of a name or an address.
  func rule(_ name: String) -> Int? { rules.ruleIndices[name] ?? addresses[name] }

  // MARK: Entries

  /// Joins the rules that a policy picks with those it inherits.
  ///
  /// What names a rule counts over what picks it by a pattern, wherever they stand.
  mutating func checkEntries(
    _ raw: RawPolicy, _ record: String?, _ parent: Policy?, _ relaxations: inout Relaxations, _ policy: inout Policy
  ) {
    var entries: [Int: Policy.Entry] = [:]
    var leftOut = Set(parent?.leftOut ?? [])
    for entry in parent?.entries ?? [] {
      // The child may have a stage where its parent has none.
      if isAsked(entry.rule, at: policy.stage) { entries[entry.rule] = entry } else { leftOut.insert(entry.rule) }
    }
    let inherited = entries
    for selection in raw.selections where Pattern.isPattern(selection.pick.value) {
      for rule in rulesPicked(by: selection, record, raw) {
        guard isAsked(rule, at: policy.stage) else {
          leftOut.insert(rule)
          continue
        }
        entries[rule] = entry(rule, selection, inherited[rule], picked: entries[rule], &relaxations)
      }
    }
    var named: [Int: SourceSpan] = [:]
    for selection in raw.selections where !Pattern.isPattern(selection.pick.value) {
      guard let rule = ruleNamed(by: selection, record, policy.stage) else { continue }
      if let first = named.updateValue(selection.pick.span, forKey: rule) {
        report(.listedTwice("the rule", selection.pick, first: first))
        continue
      }
      entries[rule] = entry(rule, selection, inherited[rule], picked: entries[rule], &relaxations)
    }
    policy.entries = entries.keys.sorted().compactMap { entries[$0] }
    policy.leftOut = leftOut.subtracting(entries.keys).sorted()
  }

  private func isAsked(_ rule: Int, at stage: Stage?) -> Bool {
    guard let stage, let stages = book.rules[rule].stages else { return true }
    return stages.contains(stage)
  }

  private mutating func rulesPicked(by selection: RawSelection, _ record: String?, _ raw: RawPolicy) -> [Int] {
    let pattern = Pattern(selection.pick.value)
    let matching = book.rules.indices.filter { index in
      let rule = book.rules[index]
      return pattern.matches(pattern.isOfName ? rule.name : rule.address)
    }
    // A rule of which it is not clear what it is about fits, as that has been reported.
    let picked = matching.filter { [record, ""].contains(book.rules[$0].recordType) || record == nil }
    if picked.isEmpty, !rules.isIncomplete {
      lostRules = true
      let others = Set(matching.map { book.rules[$0].recordType }).sorted()
      let folders = Set(
        book.rules.compactMap { rule in
          rule.address.lastIndex(of: "/").map { rule.address[..<$0] + "/*" }
        })
      report(
        matching.isEmpty
          ? Diagnostic(
            .emptyPattern, .error, "no rule's address is like `\(selection.pick.value)`", at: selection.pick.span,
            help: [
              NearMiss.nearest(to: selection.pick.value, among: folders.map { String($0) }).map {
                "did you mean `\($0)`?"
              }
            ])
          : Diagnostic(
            .otherRecords, .error,
            "the rules like `\(selection.pick.value)` are about \(others.inWords), and the policy about `\(record ?? "")`",
            at: selection.pick.span))
    }
    return picked
  }

  private mutating func ruleNamed(by selection: RawSelection, _ record: String?, _ stage: Stage?) -> Int? {
    guard let index = rule(selection.pick.value) else {
      lostRules = true
      if !rules.isIncomplete { report(.unknownRule(selection.pick, among: rules.ruleIndices.keys)) }
      return nil
    }
    let rule = book.rules[index]
    if let record, !rule.recordType.isEmpty, rule.recordType != record {
      report(
        Diagnostic(
          .otherRecords, .error, "`\(rule.name)` is about `\(rule.recordType)`, and the policy about `\(record)`",
          at: selection.pick.span, related: [.init("the rule", at: rule.span)]))
      return nil
    }
    guard isAsked(index, at: stage) else {
      let stages = (rule.stages ?? []).map { "`\($0.rawValue)`" }.joined(separator: " or ")
      report(
        Diagnostic(
          .wrongStage, .error,
          "`\(rule.name)` may only be asked at the stage of \(stages), and the policy's is `\(stage?.rawValue ?? "")`",
          at: selection.pick.span, related: [.init("the rule", at: rule.span)]))
      return nil
    }
    return index
  }

  // MARK: Overriding

  /// A rule's entry, from what the policy inherits and what it says itself.
  ///
  /// - Parameter picked: the entry so far, which a pattern of the same policy may have changed already.
  private mutating func entry(
    _ rule: Int, _ selection: RawSelection, _ inherited: Policy.Entry?, picked: Policy.Entry?,
    _ relaxations: inout Relaxations
  ) -> Policy.Entry {
    let base =
      inherited
      ?? Policy.Entry(
        rule: rule, severities: [(nil, book.rules[rule].severity)], enforcements: [(nil, .waivable)])
    var entry = picked ?? base
    if let severity = selection.severity {
      let levels = base.severities.map { Levels.Level(until: $0.until, value: $0.severity) }
      entry.severities = override(
        Levels(levels), with: severity, "severity", of: rule, &relaxations
      ).map { ($0.until, $0.value) }
    }
    if let enforcement = selection.enforcement {
      let levels = base.enforcements.map { Levels.Level(until: $0.until, value: $0.enforcement) }
      entry.enforcements = override(
        Levels(levels), with: enforcement, "enforcement", of: rule, &relaxations
      ).map { ($0.until, $0.value) }
    }
    return entry
  }

  private mutating func override<Value: Comparable & RawRepresentable<String>>(
    _ inherited: Levels<Value>, with value: Located<Value>, _ what: String, of rule: Int,
    _ relaxations: inout Relaxations
  ) -> [Levels<Value>.Level] {
    guard let strictest = inherited.strictest(above: value.value) else {
      return [.init(until: nil, value: value.value)]
    }
    guard let until = relaxations.useForRule(rule) else {
      report(
        .loosened(
          "the \(what) of `\(book.rules[rule].name)` from `\(strictest.rawValue)` to `\(value.value.rawValue)`",
          target: "rule: \(book.rules[rule].name)", at: value.span))
      return inherited.levels
    }
    return inherited.overridden(by: value.value, until: until)
  }

  // MARK: Rules that nothing asks

  mutating func reportUnreachedRules() {
    guard !rules.isIncomplete, !lostRules else { return }
    var reached: Set<Int> = []
    var leftOut: Set<Int> = []
    for policy in policies {
      reached.formUnion(policy.entries.map(\.rule))
      leftOut.formUnion(policy.leftOut)
    }
    for (index, rule) in book.rules.enumerated() where !reached.contains(index) {
      report(
        Diagnostic(
          .unreachedRule, .warning, "no policy asks the rule `\(rule.name)`", at: rule.span,
          help: [
            leftOut.contains(index)
              ? "policies that pick it are used at other stages" : "add `\(rule.name)` to the `rules` of a policy"
          ]))
    }
  }
}

/// How strictly something is taken, by the last day each level counts, ascending; the last has no end.
struct Levels<Value: Comparable> {
  struct Level {
    var until: CivilDate?
    var value: Value
  }

  var levels: [Level]

  init(_ levels: [Level]) { self.levels = levels }

  /// The strictest level that is stricter than a value.
  func strictest(above value: Value) -> Value? { levels.map(\.value).filter { $0 > value }.max() }

  /// A value up to a day; after it the stricter of that and what was there.
  func overridden(by value: Value, until last: CivilDate) -> [Level] {
    var result = [Level(until: last, value: value)]
    for level in levels where level.until.map({ $0 > last }) ?? true {
      result.append(Level(until: level.until, value: max(level.value, value)))
    }
    return result
  }
}
