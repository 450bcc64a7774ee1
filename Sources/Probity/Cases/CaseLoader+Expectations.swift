import Diagnostics
import FEEL
import YAML

extension DiagnosticCode {
  /// What is neither a rule nor a decision.
  fileprivate static let unknownSubject = DiagnosticCode("TEST712")
  /// An outcome that the rule cannot have.
  fileprivate static let impossible = DiagnosticCode("TEST713")
  /// Something of a policy, and there is none that gives it.
  fileprivate static let notOfPolicy = DiagnosticCode("TEST714")
}

extension CaseLoader {
  private static let findingKeys = ["outcome", "missing", "message", "mentions", "severity"]

  /// What is looked at, checked; a key of `expect`, or the head of a column.
  struct Column {
    var subject: Expectation.Subject
    var text: String
    /// Of a decision what its value has to be.
    var type: Type = .any
  }

  mutating func column(_ node: YAML.Node, _ start: Start) -> Column? {
    guard let text = Fields.text(node, into: &diagnostics) else { return nil }
    switch text.value {
    case "verdict":
      guard let policy = start.settings.policy else {
        report(
          Diagnostic(
            .notOfPolicy, .error, "a verdict is a policy's, and this names none", at: text.span,
            help: ["add `policy:`"]))
        return nil
      }
      guard policies[policy].verdict != nil else {
        report(
          Diagnostic(
            .notOfPolicy, .error, "the policy `\(policies[policy].name)` gives no verdict", at: text.span))
        return nil
      }
      return Column(subject: .verdict, text: text.value)
    case "scope":
      guard start.settings.policy != nil else {
        report(
          Diagnostic(
            .notOfPolicy, .error, "a scope is a policy's, and this names none", at: text.span, help: ["add `policy:`"]))
        return nil
      }
      return Column(subject: .scope, text: text.value)
    default: break
    }
    let words = text.value.split(separator: " ", maxSplits: 1).map(String.init)
    if let rule = rules[words[0]] { return self.rule(rule, item: words.dropFirst().first, text, start) }
    return decision(text, start)
  }

  private mutating func rule(_ index: Int, item: String?, _ text: Located<String>, _ start: Start) -> Column? {
    let rule = book.rules[index]
    guard rule.recordType == start.record.name else {
      report(.otherRecord("`\(rule.name)`", rule.recordType, wanted: start.record.name, at: text.span))
      return nil
    }
    if item != nil, rule.each.isEmpty {
      report(
        Diagnostic(
          .impossible, .error, "`\(rule.name)` is asked of the whole record, and has no items", at: text.span,
          related: [.init("the rule", at: rule.span)], help: ["write `\(rule.name)` alone"]))
      return nil
    }
    if let policy = start.settings.policy.map({ policies[$0] }), !policy.leftOut.contains(index),
      !policy.entries.contains(where: { $0.rule == index })
    {
      report(
        Diagnostic(
          .notOfPolicy, .error, "the policy `\(policy.name)` does not ask `\(rule.name)`", at: text.span,
          help: ["leave `policy` out to ask the rule by itself"]))
      return nil
    }
    return Column(subject: .rule(index, item: item), text: text.value)
  }

  private mutating func decision(_ text: Located<String>, _ start: Start) -> Column? {
    var ignored = Diagnostics()
    let pieces = FactPath.pieces(of: text.value, at: text.span, into: &ignored) ?? []
    // The name may be the last of the path, or the last but one before an output's.
    for position in [pieces.count - 1, pieces.count - 2] where position >= 0 {
      let before = pieces[..<position]
      guard let path = FactPath(before, text: text.value, in: start.record.context, at: text.span, into: &ignored),
        case .context(let holder) = path.type.base,
        let index = book.decisions.firstIndex(where: {
          $0.name == pieces[position].name
            && ($0.isOfRecord ? before.isEmpty && $0.of == start.record.name : $0.of == holder.name)
        })
      else { continue }
      let prefix = before.map { $0.name + ($0.item.map { "[\($0)]" } ?? "") }.joined(separator: ".")
      let type = book.decisions[index].type
      guard position < pieces.count - 1 else {
        return Column(subject: .decision(index, path: prefix, output: nil), text: text.value, type: type)
      }
      let output = pieces[position + 1].name
      guard case .context(let outputs) = type.base, let member = outputs.member(output) else { continue }
      return Column(subject: .decision(index, path: prefix, output: output), text: text.value, type: member.type)
    }
    let word = text.value.split(separator: " ").first.map(String.init) ?? ""
    let names = book.rules.map(\.name) + book.decisions.map(\.name) + ["verdict", "scope"]
    report(
      Diagnostic(
        .unknownSubject, .error, "there is no rule or decision `\(word)`", at: text.span,
        help: [
          suggestion(for: word, among: names)
            ?? (word.contains(".") ? "a decision of an item is written `contracts[C-1].grade`" : nil)
        ]))
    return nil
  }

  // MARK: What is wanted

  mutating func wanted(_ node: YAML.Node, _ column: Column, _ start: Start) -> Expectation.Wanted? {
    switch column.subject {
    case .rule(let index, _): return finding(node, of: index, start).map { .finding($0) }
    case .verdict: return Fields.text(node, into: &diagnostics).map { .text($0.value) }
    case .scope:
      return Fields.word(node, for: "scope", as: ScopeWord.self, into: &diagnostics).map { .text($0.rawValue) }
    case .decision:
      if let scalar = node.scalar, scalar.style == .plain, !scalar.isTaggedText {
        if scalar.text == "unknown" { return .unknown }
        if scalar.isNull { return .value(.null) }
      }
      guard case .context(let outputs) = column.type.base, let entries = node.entries else {
        return ValueReader.value(node, column.type, into: &diagnostics).map { .value($0) }
      }
      var values: [Expectation.OutputValue] = []
      for entry in Fields.distinct(entries) {
        let name = entry.key.text ?? ""
        guard let member = outputs.member(name) else {
          report(.unknownFact(name, of: outputs, at: entry.key.span))
          return nil
        }
        guard let value = ValueReader.value(entry.value, member.type, into: &diagnostics) else { return nil }
        values.append(Expectation.OutputValue(name: name, value: value))
      }
      return .outputs(values)
    }
  }

  private enum ScopeWord: String, CaseIterable {
    case inScope = "in scope"
    case outOfScope = "out of scope"
    case notEvidenced = "not evidenced"
  }

  /// The words for what a rule comes to.
  private enum OutcomeWord: String, CaseIterable {
    case pass, fail
    case notEvidenced = "not evidenced"
    case notApplicable = "not applicable"
    case error
    case notAsked = "not asked"
  }

  private mutating func finding(_ node: YAML.Node, of index: Int, _ start: Start) -> Expectation.Finding? {
    guard node.entries != nil else { return outcome(node, of: index, start).map { Expectation.Finding($0) } }
    guard let fields = Fields(node, "what is expected of a rule", keys: Self.findingKeys, into: &diagnostics),
      let word = fields.required("outcome", into: &diagnostics), let outcome = outcome(word, of: index, start)
    else { return nil }
    var finding = Expectation.Finding(outcome)
    finding.severity = fields.word("severity", into: &diagnostics)
    finding.message = fields.text("message", into: &diagnostics)?.value
    finding.mentions = (fields.oneOrMore("mentions") ?? []).compactMap { Fields.text($0, into: &diagnostics)?.value }
    if let nodes = fields.items("missing", into: &diagnostics) {
      finding.missing = nodes.compactMap { node in
        guard let text = Fields.text(node, into: &diagnostics) else { return nil }
        let path = FactPath.pieces(of: text.value, at: text.span, into: &diagnostics).flatMap {
          FactPath($0, text: text.value, in: start.record.context, at: text.span, into: &diagnostics)
        }
        return path == nil ? nil : text.value
      }
    }
    func refuse(_ key: String, wanted: String) {
      guard let node = fields[key] else { return }
      report(
        Diagnostic(
          .impossible, .error, "a rule that comes to `\(outcome.word)` has no `\(key)`", at: node.span,
          help: ["`\(key)` goes with \(wanted)"]))
    }
    if outcome != .outcome(.notEvidenced) { refuse("missing", wanted: "`not evidenced`") }
    if outcome != .outcome(.fail) { refuse("message", wanted: "`fail`") }
    if outcome != .outcome(.fail), outcome != .outcome(.error) { refuse("mentions", wanted: "`fail` and `error`") }
    return finding
  }

  private mutating func outcome(_ node: YAML.Node, of index: Int, _ start: Start) -> Expectation.RuleOutcome? {
    guard let word = Fields.word(node, for: "outcome", as: OutcomeWord.self, into: &diagnostics) else { return nil }
    let rule = book.rules[index]
    func impossible(_ why: String, help: String) -> Expectation.RuleOutcome? {
      report(
        Diagnostic(
          .impossible, .error, "`\(rule.name)` is never `\(word.rawValue)`: \(why)", at: node.span,
          related: [.init("the rule", at: rule.span)], help: [help]))
      return nil
    }
    switch word {
    case .pass: return .outcome(.pass)
    case .fail: return .outcome(.fail)
    case .notEvidenced: return .outcome(.notEvidenced)
    case .error: return .outcome(.error)
    case .notApplicable:
      if rule.when == nil, rule.each.isEmpty {
        return impossible("it has neither `when` nor `each`", help: "it applies to every record")
      }
      return .outcome(.notApplicable)
    case .notAsked:
      let isLeftOut = start.settings.policy.map { policies[$0].leftOut.contains(index) } ?? false
      if rule.since == nil, rule.until == nil, !isLeftOut {
        return impossible("it has neither `since` nor `until`", help: "it is asked on every date")
      }
      return .notAsked
    }
  }
}
