import Diagnostics
import FEEL
import YAML

extension DiagnosticCode {
  /// A policy to extend that there is not.
  fileprivate static let unknownPolicy = DiagnosticCode("RULE351")
  /// Policies that extend one another in a circle.
  fileprivate static let endlessPolicy = DiagnosticCode("RULE352")
  /// A policy for other records, or at another stage, than the one it extends.
  fileprivate static let unlikeParent = DiagnosticCode("RULE356")
  /// A parameter that has no value where it is needed.
  fileprivate static let unsetParameter = DiagnosticCode("RULE360")
  /// A policy that asks nothing.
  fileprivate static let emptyPolicy = DiagnosticCode("RULE361")
}

extension Diagnostic {
  static func unknownPolicy(_ name: Located<String>, among names: some Sequence<String>) -> Diagnostic {
    Diagnostic(
      .unknownPolicy, .error, "there is no policy `\(name.value)`", at: name.span,
      help: [NearMiss.nearest(to: name.value, among: names).map { "did you mean `\($0)`?" }])
  }
}

/// A policy file as it was read, before it is joined with what it extends.
struct RawPolicy {
  var fields: Fields
  var name: Located<String>
  var title: String
  var source: String?
  var extends: Located<String>?
  var record: Located<String>?
  var stage: Stage?
  var selections: [RawSelection]
  var relaxations: [RawRelaxation]
}

/// Checks policies against the rule book, each after the one it extends.
struct PolicyLoader {
  static let keys = [
    "probity", "policy", "title", "source", "extends", "record", "stage", "when", "rules", "parameters", "relax",
    "verdict",
  ]

  var rules: RuleBookLoader
  private(set) var policies: [Policy] = []
  /// What policies speak of in their own expressions.
  private var references = References()
  /// Whether a policy names rules that could not be found, so that what none asks says nothing.
  var lostRules = false
  /// Rules by the address too.
  let addresses: [String: Int]

  var book: RuleBook { rules.book }
  var diagnostics: Diagnostics { rules.diagnostics }

  init(_ rules: RuleBookLoader) {
    self.rules = rules
    addresses = Dictionary(rules.book.rules.indices.map { (rules.book.rules[$0].address, $0) }) { first, _ in first }
  }

  mutating func load(_ files: [Fields]) {
    var raw: [RawPolicy] = []
    var indices: [String: Int] = [:]
    for fields in files {
      guard let policy = read(fields) else {
        lostRules = true
        continue
      }
      if let first = indices[policy.name.value] {
        report(.declaredTwice("the policy", policy.name, first: raw[first].name.span))
        continue
      }
      indices[policy.name.value] = raw.count
      raw.append(policy)
    }
    let parents = parents(of: raw, indices)
    var loaded: [Policy?] = Array(repeating: nil, count: raw.count)
    for start in raw.indices {
      // From the policy up to the first that is loaded or extends nothing, then down again.
      var path: [Int] = []
      var next: Int? = start
      while let index = next, loaded[index] == nil {
        path.append(index)
        next = parents[index]
      }
      for index in path.reversed() {
        loaded[index] = check(raw[index], extending: parents[index].flatMap { loaded[$0] })
      }
    }
    policies = loaded.compactMap(\.self)
    if !files.isEmpty { reportUnreachedRules() }
    reportUnused()
  }

  mutating func report(_ diagnostic: Diagnostic) { rules.diagnostics.report(diagnostic) }

  // MARK: Reading

  private mutating func read(_ fields: Fields) -> RawPolicy? {
    let name = fields.requiredText("policy", into: &rules.diagnostics)
    let title = fields.requiredText("title", into: &rules.diagnostics)?.value
    let source = fields.text("source", into: &rules.diagnostics)?.value
    let extends = fields.text("extends", into: &rules.diagnostics)
    let record = fields.text("record", into: &rules.diagnostics)
    let stage = fields.word("stage", as: Stage.self, into: &rules.diagnostics)
    let selections = readSelections(fields)
    let relaxations = readRelaxations(fields)
    guard let name, Names.checkSlug(name, "a policy", into: &rules.diagnostics) else { return nil }
    return RawPolicy(
      fields: fields, name: name, title: title ?? name.value, source: source, extends: extends, record: record,
      stage: stage, selections: selections, relaxations: relaxations)
  }

  /// The position of the policy that each extends; nil where there is none, or it is unknown or would close a circle.
  private mutating func parents(of raw: [RawPolicy], _ indices: [String: Int]) -> [Int?] {
    var parents: [Int?] = raw.map { policy in policy.extends.flatMap { indices[$0.value] } }
    for (index, policy) in raw.enumerated() {
      guard let extends = policy.extends, parents[index] == nil else { continue }
      report(.unknownPolicy(extends, among: indices.keys))
    }
    /// The walk in which each was met: a circle is a walk that comes back to itself.
    var walks = [Int?](repeating: nil, count: raw.count)
    for start in raw.indices where walks[start] == nil {
      var path: [Int] = []
      var next: Int? = start
      while let index = next, walks[index] == nil {
        walks[index] = start
        path.append(index)
        next = parents[index]
      }
      guard let end = next, walks[end] == start, let from = path.firstIndex(of: end), let last = path.last else {
        continue
      }
      let names = (path[from...] + [end]).map { raw[$0].name.value }.joined(separator: " → ")
      report(
        Diagnostic(
          .endlessPolicy, .error, "the policy `\(raw[end].name.value)` extends itself: \(names)",
          at: raw[last].extends?.span ?? raw[last].name.span))
      parents[last] = nil
    }
    return parents
  }

  // MARK: Checking

  private mutating func check(_ raw: RawPolicy, extending parent: Policy?) -> Policy {
    let record = recordType(raw, parent)
    let stage = stage(raw, parent)
    var policy = Policy(
      name: raw.name.value, title: raw.title, source: raw.source, lineage: [raw.name.value] + (parent?.lineage ?? []),
      recordType: record ?? "", stage: stage, scope: parent?.scope ?? [], entries: [], settings: [], relaxations: [],
      leftOut: [], verdict: parent?.verdict)
    policy.isScopeSensitive = parent?.isScopeSensitive ?? false
    let scope = rules.scope(of: record)
    var own = References()
    if let source = raw.fields.expression("when", into: &rules.diagnostics) {
      let (expression, isSound) = RuleBookLoader.check(
        source, in: scope, expecting: .boolean, into: &rules.diagnostics)
      own.add(expression, isSound: isSound)
      references.add(own)
      policy.scope.append(expression)
      if rules.sensitivity.readsSensitive(expression) { policy.isScopeSensitive = true }
    }
    var relaxations = relaxations(raw)
    checkEntries(raw, record, parent, &relaxations, &policy)
    checkSettings(raw, parent, &relaxations, &policy)
    finish(relaxations, of: raw, parent, &policy)
    if let node = raw.fields["verdict"], let table = rules.readTable(node, "a verdict") {
      var counts = References()
      policy.verdict = rules.checkTable(table, in: VerdictScope(), adding: &counts)
      policy.verdictSpan = raw.fields.node.entries?.first { $0.key.text == "verdict" }?.key.span
      policy.verdictRemarks = table.remarks
    }
    if policy.entries.isEmpty, raw.selections.isEmpty, policy.leftOut.isEmpty, raw.extends == nil,
      !raw.fields.node.hasHoles, raw.fields["rules"]?.hasHoles != true
    {
      report(
        Diagnostic(
          .emptyPolicy, .warning, "the policy `\(raw.name.value)` asks no rule", at: raw.name.span,
          help: ["list rules, or patterns such as `insurance/*`, under `rules`"]))
    }
    reportUnsetParameters(policy, own, raw, parent)
    return policy
  }

  private mutating func recordType(_ raw: RawPolicy, _ parent: Policy?) -> String? {
    let inherited = parent.map(\.recordType).flatMap { $0.isEmpty ? nil : $0 }
    guard let own = raw.record else {
      // What became of the policy it extends has been reported.
      if inherited != nil || raw.extends != nil { return inherited }
      return rules.recordType(nil, isNeeded: true, in: raw.fields)
    }
    let record = rules.recordType(own, isNeeded: true, in: raw.fields)
    if let record, let inherited, record != inherited, let parent {
      report(
        Diagnostic(
          .unlikeParent, .error, "`\(parent.name)`, which this extends, is about records of the type `\(inherited)`",
          at: own.span))
      return inherited
    }
    return record
  }

  private mutating func stage(_ raw: RawPolicy, _ parent: Policy?) -> Stage? {
    guard let own = raw.stage, let inherited = parent?.stage, own != inherited, let parent else {
      return raw.stage ?? parent?.stage
    }
    report(
      Diagnostic(
        .unlikeParent, .error, "`\(parent.name)`, which this extends, is used at the stage of `\(inherited.rawValue)`",
        at: raw.fields["stage"]?.span ?? raw.name.span, help: ["extend a policy without a stage"]))
    return inherited
  }

  /// Reports parameters without a value that the policy's own condition needs, or a rule that it adds to its parent's.
  private mutating func reportUnsetParameters(
    _ policy: Policy, _ own: References, _ raw: RawPolicy, _ parent: Policy?
  ) {
    let set = Set(policy.settings.map(\.parameter))
    let inherited = Set(parent?.entries.map(\.rule) ?? [])
    var needs: [(parameters: Set<Int>, by: String)] = [(rules.unsetParameters(own), "its `when`")]
    for entry in policy.entries where !inherited.contains(entry.rule) {
      needs.append((rules.unsetByRule[entry.rule], "`\(book.rules[entry.rule].name)`"))
    }
    var reported = set
    for (parameters, user) in needs {
      for index in parameters.sorted() where reported.insert(index).inserted {
        let parameter = book.parameters[index]
        report(
          Diagnostic(
            .unsetParameter, .error,
            "the policy `\(policy.name)` gives no value to `\(parameter.name)`, which \(user) needs", at: raw.name.span,
            related: [.init("declared without values here", at: parameter.span)], help: ["set it under `parameters`"]))
      }
    }
  }

  // MARK: What nothing uses

  mutating func reportUnused() {
    var used = references
    used.add(rules.ruleReferences)
    for references in rules.decisionReferences { used.add(references) }
    rules.reportUnused(but: used)
  }
}
