import Diagnostics
import FEEL
import YAML

extension DiagnosticCode {
  /// Something looser than what is inherited, without a reason.
  fileprivate static let loosened = DiagnosticCode("RULE357")
  /// A permission for two things at once.
  fileprivate static let unclearRelaxation = DiagnosticCode("RULE349")
  /// A permission that nothing makes use of.
  fileprivate static let idleRelaxation = DiagnosticCode("RULE358")
  /// A parameter that there is not.
  fileprivate static let unknownParameter = DiagnosticCode("RULE359")
}

extension Diagnostic {
  /// - Parameter what: what was loosened, from what and to what.
  static func loosened(_ what: String, target: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .loosened, .error, "this loosens \(what)", at: span,
      help: ["where that is meant, add an entry to `relax` with `\(target)`, `reason`, `approved` and `until`"])
  }

  static func unknownParameter(_ name: Located<String>, among names: some Sequence<String>) -> Diagnostic {
    Diagnostic(
      .unknownParameter, .error, "there is no parameter `\(name.value)`", at: name.span,
      help: [NearMiss.nearest(to: name.value, among: names).map { "did you mean `\($0)`?" }])
  }
}

/// An entry of `relax` as it was read.
struct RawRelaxation {
  var rule: Located<String>?
  var parameter: Located<String>?
  var reason: String
  var approved: String
  var until: CivilDate
}

/// A policy's permissions to be looser than what it inherits, and which of them it makes use of.
struct Relaxations {
  struct Entry {
    var relaxation: Policy.Relaxation
    var span: SourceSpan
    var isUsed = false
  }

  var entries: [Entry] = []
  var rules: [Int: Int] = [:]
  var parameters: [Int: Int] = [:]

  /// The last day on which a rule may be looser; nil where it may not.
  mutating func useForRule(_ rule: Int) -> CivilDate? { use(rules[rule]) }

  mutating func useForParameter(_ parameter: Int) -> CivilDate? { use(parameters[parameter]) }

  private mutating func use(_ index: Int?) -> CivilDate? {
    guard let index else { return nil }
    entries[index].isUsed = true
    return entries[index].relaxation.until
  }
}

extension PolicyLoader {
  private static let relaxationKeys = ["rule", "parameter", "reason", "approved", "until"]

  // MARK: relax

  mutating func readRelaxations(_ fields: Fields) -> [RawRelaxation] {
    (fields.items("relax", into: &rules.diagnostics) ?? []).compactMap { node in
      guard let own = Fields(node, "an entry of `relax`", keys: Self.relaxationKeys, into: &rules.diagnostics) else {
        return nil
      }
      let rule = own.text("rule", into: &rules.diagnostics)
      let parameter = own.text("parameter", into: &rules.diagnostics)
      let reason = own.requiredText("reason", into: &rules.diagnostics)
      let approved = own.requiredText("approved", into: &rules.diagnostics)
      let until = own.requiredDate("until", into: &rules.diagnostics)
      if own.has("rule") == own.has("parameter"), !node.hasHoles {
        report(
          own.has("rule")
            ? Diagnostic(
              .unclearRelaxation, .error, "an entry of `relax` names a `rule` or a `parameter`, not both", at: own.place
            )
            : .missingKey("rule", of: own.what, at: own.place, help: "or `parameter`"))
        return nil
      }
      guard let target = rule ?? parameter else { return nil }
      // Without its other keys it still permits, so that nothing else is reported.
      return RawRelaxation(
        rule: rule == nil ? nil : target, parameter: rule == nil ? target : nil, reason: reason?.value ?? "",
        approved: approved?.value ?? "", until: until ?? .distantFuture)
    }
  }

  /// A policy's permissions by what they are about.
  mutating func relaxations(_ raw: RawPolicy) -> Relaxations {
    var result = Relaxations()
    for entry in raw.relaxations {
      let index = result.entries.count
      guard let target = entry.rule ?? entry.parameter else { continue }
      let first: Int?
      if entry.rule != nil {
        guard let rule = rule(target.value) else {
          if !rules.isIncomplete { report(.unknownRule(target, among: rules.ruleIndices.keys)) }
          continue
        }
        first = result.rules[rule]
        result.rules[rule] = first ?? index
      } else {
        guard let parameter = rules.shared.parameters[target.value] else {
          if !rules.isIncomplete { report(.unknownParameter(target, among: rules.shared.parameters.keys)) }
          continue
        }
        first = result.parameters[parameter]
        result.parameters[parameter] = first ?? index
      }
      if let first {
        report(.listedTwice("the relaxation of", target, first: result.entries[first].span))
        continue
      }
      result.entries.append(
        Relaxations.Entry(
          relaxation: Policy.Relaxation(
            target: (entry.rule == nil ? "parameter " : "rule ") + target.value, reason: entry.reason,
            approved: entry.approved, until: entry.until),
          span: target.span))
    }
    return result
  }

  /// Notes the permissions with the policy, and reports those it makes no use of.
  mutating func finish(_ relaxations: Relaxations, of raw: RawPolicy, _ parent: Policy?, _ policy: inout Policy) {
    policy.relaxations = relaxations.entries.map(\.relaxation) + (parent?.relaxations ?? [])
    for entry in relaxations.entries where !entry.isUsed {
      report(
        Diagnostic(
          .idleRelaxation, .warning, "nothing in `\(raw.name.value)` is looser for this", at: entry.span,
          help: ["leave it out"]))
    }
  }

  // MARK: parameters

  mutating func checkSettings(
    _ raw: RawPolicy, _ parent: Policy?, _ relaxations: inout Relaxations, _ policy: inout Policy
  ) {
    let inherited = parent?.settings ?? []
    var own: [Policy.Setting] = []
    for entry in raw.fields.entries(
      "parameters", wanted: "a mapping of parameters to values", into: &rules.diagnostics) ?? []
    {
      let name = Located(entry.key.text ?? "", at: entry.key.span)
      guard let index = rules.shared.parameters[name.value] else {
        if !rules.isIncomplete { report(.unknownParameter(name, among: rules.shared.parameters.keys)) }
        continue
      }
      guard !entry.value.isMissing, var setting = setting(of: index, entry.value, policy.name) else { continue }
      if let looser = loosening(setting, over: inherited) {
        if let until = relaxations.useForParameter(index) {
          setting.until = until
        } else {
          report(
            .loosened(
              "`\(name.value)` from \(looser.from.literal) to \(looser.to.literal)", target: "parameter: \(name.value)",
              at: entry.value.span))
        }
      }
      own.append(setting)
    }
    policy.settings = own + inherited
  }

  private mutating func setting(of parameter: Int, _ node: YAML.Node, _ policy: String) -> Policy.Setting? {
    let type = book.parameters[parameter].type
    let values: [(from: CivilDate, value: Value)]
    if node.entries != nil {
      values = RuleBookLoader.datedValues(node, type, into: &rules.diagnostics)
    } else {
      guard let value = ValueReader.value(node, type, into: &rules.diagnostics) else { return nil }
      values = [(.distantPast, value)]
    }
    return values.isEmpty ? nil : Policy.Setting(parameter: parameter, values: values, until: nil, policy: policy)
  }

  /// The first values, by date, between which a setting is looser than what it stands over.
  ///
  /// Both change only on certain days, so they are compared on each of these.
  private func loosening(_ setting: Policy.Setting, over inherited: [Policy.Setting]) -> (from: Value, to: Value)? {
    let parameter = book.parameters[setting.parameter]
    let below = inherited.filter { $0.parameter == setting.parameter }
    var days = setting.values.map(\.from) + parameter.values.map(\.from) + below.flatMap { $0.values.map(\.from) }
    days += below.compactMap { $0.until.flatMap { CivilDate(dayNumber: $0.dayNumber + 1) } }
    for day in Set(days).sorted() {
      guard let value = setting.values.last(where: { $0.from <= day })?.value,
        let before = Policy.value(of: parameter, at: setting.parameter, under: below, on: day), value != before
      else { continue }
      let order = Operators.order(value, before)
      switch parameter.stricter {
      case .lower? where order == .less, .higher? where order == .greater: continue
      default: return (before, value)
      }
    }
    return nil
  }
}

extension CivilDate {
  /// The first day there is.
  static let distantPast = edge(year: years.lowerBound, month: 1, day: 1)
  /// The last day there is.
  static let distantFuture = edge(year: years.upperBound, month: 12, day: 31)

  private static func edge(year: Int, month: Int, day: Int) -> CivilDate {
    guard let date = CivilDate(year: year, month: month, day: day) else {
      preconditionFailure("the first and the last year have all their days")
    }
    return date
  }
}
