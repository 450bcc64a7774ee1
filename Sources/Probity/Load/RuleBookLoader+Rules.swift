import Diagnostics
import FEEL
import YAML

extension DiagnosticCode {
  /// `each` that is not `name in list`.
  fileprivate static let unclearEach = DiagnosticCode("RULE341")
  /// A condition that is the same for every record.
  fileprivate static let constantCondition = DiagnosticCode("RULE343")
  /// A `let` name that nothing uses.
  fileprivate static let unusedLet = DiagnosticCode("RULE344")
}

extension RuleBookLoader {
  static let ruleKeys = [
    "rule", "title", "severity", "stage", "each", "when", "let", "require", "message", "remedy", "source", "clause",
    "since", "until",
  ]
  private static let requirementKeys = ["that", "severity", "message", "remedy"]
  private static let clauseKeys = ["document", "ref", "text", "page"]

  /// What is known of a rule while its parts are checked one after the other.
  private struct RuleState {
    var scope: RuleScope
    var lets: [(name: Located<String>, value: CheckedExpression)] = []
    /// Whether each `let` value rests on a sensitive fact.
    var sensitiveLets: [Bool] = []
    var references = References()
  }

  /// - Parameter records: for each file, what its rules are about.
  mutating func loadRules(_ records: [String?]) {
    for (file, record) in zip(files, records) {
      for fields in file.rules { loadRule(fields, address: file.address, record) }
    }
  }

  private mutating func loadRule(_ fields: Fields, address: String, _ record: String?) {
    let name = fields.requiredText("rule", into: &diagnostics)
    let title = fields.requiredText("title", into: &diagnostics)?.value
    _ = fields.required("severity", into: &diagnostics)
    let severity = fields.word("severity", as: Severity.self, into: &diagnostics) ?? .critical
    let stages = readStages(fields)
    let source = fields.requiredText("source", into: &diagnostics)?.value
    let clause = readClause(fields)
    let (since, until) = readPeriod(fields)

    var state = RuleState(scope: RuleScope(scope(of: record)))
    let each = checkEach(fields, &state)
    checkLets(fields, &state)
    let when = checkCondition(fields["when"], "`when`", &state)
    let requirements = checkRequirements(fields, severity, &state)
    reportUnusedLets(state)
    ruleReferences.add(state.references)

    let isNamed = name.map { Names.checkSlug($0, "a rule", into: &diagnostics) } ?? false
    guard let name, isNamed else { return }
    if let first = ruleIndices[name.value] {
      diagnostics.report(.declaredTwice("the rule", name, first: book.rules[first].span))
      return
    }
    ruleIndices[name.value] = book.rules.count
    unsetByRule.append(unsetParameters(state.references))
    var rule = Rule(
      name: name.value, address: address.isEmpty ? name.value : "\(address)/\(name.value)",
      title: title ?? name.value, severity: severity, stages: stages, recordType: record ?? "", each: each, when: when,
      lets: state.lets.map { ($0.name.value, $0.value) }, requirements: requirements, source: source ?? "",
      clause: clause, since: since, until: until, span: name.span)
    let conditions = each.map(\.list) + (when.map { [$0] } ?? []) + requirements.map(\.that)
    rule.isSensitive = conditions.contains { sensitivity.readsSensitive($0, lets: state.sensitiveLets) }
    book.rules.append(rule)
  }

  // MARK: Plain keys

  private mutating func readStages(_ fields: Fields) -> [Stage]? {
    guard let nodes = fields.oneOrMore("stage") else { return nil }
    var stages: [Stage] = []
    for node in nodes {
      guard let stage = Fields.word(node, for: "stage", as: Stage.self, into: &diagnostics) else { continue }
      if !stages.contains(stage) { stages.append(stage) }
    }
    // With no stage that is understood, the rule counts as asked at any: less is reported that follows from it.
    return stages.isEmpty ? nil : stages
  }

  private mutating func readClause(_ fields: Fields) -> Clause? {
    guard let node = fields["clause"],
      let clause = Fields(node, "a clause", keys: Self.clauseKeys, into: &diagnostics)
    else { return nil }
    let document = clause.requiredText("document", into: &diagnostics)?.value
    let ref = clause.requiredText("ref", into: &diagnostics)?.value
    let text = clause.text("text", into: &diagnostics)?.value
    let page = clause.text("page", into: &diagnostics)?.value
    guard let document, let ref else { return nil }
    return Clause(document: document, ref: ref, text: text, page: page)
  }

  private mutating func readPeriod(_ fields: Fields) -> (since: CivilDate?, until: CivilDate?) {
    let since = fields.date("since", into: &diagnostics)
    let until = fields.date("until", into: &diagnostics)
    if let since, let until, until < since, let place = fields["until"]?.span {
      diagnostics.report(.endsBeforeItBegins(since, at: place))
    }
    return (since, until)
  }

  // MARK: each

  /// Checks `name in list`, several of which are parted by commas.
  private mutating func checkEach(_ fields: Fields, _ state: inout RuleState) -> [Rule.Iterator] {
    guard let source = fields.expression("each", into: &diagnostics) else {
      if fields.has("each") { state.scope.hasLostNames = true }
      return []
    }
    var iterators: [Rule.Iterator] = []
    for part in Self.split(source) {
      guard let (name, list) = Self.iterator(part) else {
        diagnostics.report(
          Diagnostic(
            .unclearEach, .error, "`each` is written `name in list`", at: part.span,
            help: ["for example `worker in staff`; several are parted by commas"]))
        state.scope.hasLostNames = true
        continue
      }
      let (expression, isSound) = Self.check(list, in: state.scope, expecting: .list(.any), into: &diagnostics)
      state.references.add(expression, isSound: isSound)
      let located = Located(name.text, at: name.span)
      if Names.checkIdentifier(located, "an `each` variable", isGlobal: true, into: &diagnostics) {
        _ = reportHiding("the `each` variable", located, state.scope)
      }
      state.scope.add(name.text, each: iterators.count, expression.type.item ?? .any)
      iterators.append(Rule.Iterator(name: name.text, list: expression))
    }
    return iterators
  }

  /// The parts between the commas that stand outside brackets and quotation marks.
  private static func split(_ source: SourceText) -> [SourceText] {
    var nesting = FEELNesting()
    var parts: [SourceText] = []
    var start = 0
    let bytes = Array(source.text.utf8)
    for (index, byte) in bytes.enumerated() {
      if byte == UInt8(ascii: ","), nesting.isOutside {
        parts.append(source.slice(start..<index).trimmed)
        start = index + 1
      } else {
        nesting.read(byte)
      }
    }
    return parts + [source.slice(start..<bytes.count).trimmed]
  }

  /// The name and the list around the first `in`.
  private static func iterator(_ source: SourceText) -> (name: SourceText, list: SourceText)? {
    let bytes = Array(source.text.utf8)
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") }
    guard let end = bytes.firstIndex(where: isBlank), let word = bytes[end...].firstIndex(where: { !isBlank($0) }),
      word + 2 < bytes.count, bytes[word] == UInt8(ascii: "i"), bytes[word + 1] == UInt8(ascii: "n"),
      isBlank(bytes[word + 2])
    else { return nil }
    return (source.slice(0..<end), source.slice(word + 3..<bytes.count).trimmed)
  }

  private mutating func reportHiding(_ what: String, _ name: Located<String>, _ scope: RuleScope) -> Bool {
    if let owner = scope.owner(of: name.value) {
      diagnostics.report(.hides(what, name, owner, at: nil))
      return true
    }
    guard let other = taken(name.value, in: scope.record) else { return false }
    diagnostics.report(.hides(what, name, other.what, at: other.span))
    return true
  }

  // MARK: let

  private mutating func checkLets(_ fields: Fields, _ state: inout RuleState) {
    let entries = fields.entries("let", wanted: "a mapping of names to FEEL", into: &diagnostics)
    if entries == nil, fields.has("let") { state.scope.hasLostNames = true }
    for entry in entries ?? [] {
      let name = Located(entry.key.text ?? "", at: entry.key.span)
      guard let source = Fields.expression(entry.value, into: &diagnostics) else {
        state.scope.add(lost: name.value)
        continue
      }
      let (expression, isSound) = Self.check(source, in: state.scope, into: &diagnostics)
      state.references.add(expression, isSound: isSound)
      guard Names.checkIdentifier(name, "a `let`", isGlobal: true, into: &diagnostics) else { continue }
      if reportHiding("the `let` name", name, state.scope) { state.references.words.insert(name.value) }
      state.scope.add(name.value, letValue: state.lets.count, expression.type)
      state.sensitiveLets.append(sensitivity.isSensitive(expression, lets: state.sensitiveLets))
      state.lets.append((name, expression))
    }
  }

  private mutating func reportUnusedLets(_ state: RuleState) {
    for (index, entry) in state.lets.enumerated()
    where !state.references.lets.contains(index) && !state.references.words.contains(entry.name.value) {
      diagnostics.report(
        Diagnostic(
          .unusedLet, .warning, "the `let` name `\(entry.name.value)` is never used", at: entry.name.span))
    }
  }

  // MARK: Conditions

  private mutating func checkCondition(_ node: YAML.Node?, _ what: String, _ state: inout RuleState)
    -> CheckedExpression?
  {
    guard let source = node.flatMap({ Fields.expression($0, into: &diagnostics) }) else { return nil }
    let (expression, isSound) = Self.check(source, in: state.scope, expecting: .boolean, into: &diagnostics)
    state.references.add(expression, isSound: isSound)
    if isSound, Self.isConstant(expression) {
      diagnostics.report(
        Diagnostic(
          .constantCondition, .warning, "\(what) does not depend on any fact: it is the same for every record",
          at: expression.source.span))
    }
    return expression
  }

  /// Whether an expression reads nothing that could differ between records or days.
  private static func isConstant(_ expression: CheckedExpression) -> Bool {
    !expression.root.contains { node in
      switch node.kind {
      case .host, .dynamicName: true
      case .builtin(let builtin, _, _): builtin.name == "today" || builtin.name == "now"
      default: false
      }
    }
  }

  private mutating func checkRequirements(
    _ fields: Fields, _ severity: Severity, _ state: inout RuleState
  ) -> [Rule.Requirement] {
    let message = checkTemplate(fields["message"], &state)
    let remedy = checkTemplate(fields["remedy"], &state)
    guard let node = fields.required("require", into: &diagnostics) else { return [] }
    guard let items = node.items else {
      return checkCondition(node, "`require`", &state).map {
        [
          Rule.Requirement(
            that: $0, severity: severity, hasOwnSeverity: false, message: message, remedy: remedy)
        ]
      } ?? []
    }
    if items.isEmpty {
      diagnostics.reportWrongKind(node, wanted: "at least one condition")
    }
    return items.compactMap { item in
      guard item.entries != nil else {
        return checkCondition(item, "this condition", &state).map {
          Rule.Requirement(that: $0, severity: severity, hasOwnSeverity: false, message: message, remedy: remedy)
        }
      }
      guard let own = Fields(item, "a condition of `require`", keys: Self.requirementKeys, into: &diagnostics) else {
        return nil
      }
      let that = checkCondition(own.required("that", into: &diagnostics), "`that`", &state)
      let ownSeverity = own.word("severity", as: Severity.self, into: &diagnostics)
      let ownMessage = checkTemplate(own["message"], &state)
      let ownRemedy = checkTemplate(own["remedy"], &state)
      return that.map {
        Rule.Requirement(
          that: $0, severity: ownSeverity ?? severity, hasOwnSeverity: ownSeverity != nil,
          message: ownMessage ?? message, remedy: ownRemedy ?? remedy)
      }
    }
  }

  // MARK: Templates

  private mutating func checkTemplate(_ node: YAML.Node?, _ state: inout RuleState) -> Template? {
    guard let node else { return nil }
    guard let scalar = node.scalar else {
      diagnostics.reportWrongKind(node, wanted: "text", help: "put text that starts with `{` or `[` in quotes")
      return nil
    }
    let text = TemplateText(scalar.source, into: &diagnostics)
    return Template(
      segments: text.parts.map { part in
        switch part {
        case .text(let plain): return .text(plain)
        case .expression(let source):
          let (expression, isSound) = Self.check(source, in: state.scope, into: &diagnostics)
          state.references.add(expression, isSound: isSound)
          return .expression(
            expression, isSensitive: sensitivity.isSensitive(expression, lets: state.sensitiveLets))
        }
      })
  }
}
