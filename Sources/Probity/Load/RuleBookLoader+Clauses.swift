import Diagnostics
import YAML

extension DiagnosticCode {
  /// A clause of which nothing says what becomes of it.
  fileprivate static let unansweredClause = DiagnosticCode("RULE362")
  /// A decision that there is not.
  fileprivate static let unknownDecision = DiagnosticCode("RULE363")
}

extension RuleBookLoader {
  static let listedClauseKeys = [
    "clause", "document", "ref", "text", "page", "rules", "decisions", "judgement", "outside",
  ]
  private static let answerKeys = ["rules", "decisions", "judgement", "outside"]

  /// Reads the lists of clauses, after the rules and decisions that they name.
  mutating func loadClauses() {
    guard files.contains(where: { !$0.clauses.isEmpty }) else { return }
    var rules = ruleIndices
    for (index, rule) in book.rules.enumerated() where rules[rule.address] == nil { rules[rule.address] = index }
    // Decisions of different types may share a name.
    let decisions = Dictionary(grouping: book.decisions.indices) { book.decisions[$0].name }
    var first: [String: SourceSpan] = [:]
    for file in files {
      for fields in file.clauses {
        guard let clause = readListedClause(fields, document: file.document?.value, rules, decisions) else { continue }
        if let first = first[clause.name] {
          diagnostics.report(.declaredTwice("the clause", Located(clause.name, at: clause.span), first: first))
        } else {
          first[clause.name] = clause.span
          book.clauses.append(clause)
        }
      }
    }
  }

  private mutating func readListedClause(
    _ fields: Fields, document: String?, _ rules: [String: Int], _ decisions: [String: [Int]]
  ) -> ListedClause? {
    let name = fields.requiredText("clause", into: &diagnostics)
    let own =
      document == nil
      ? fields.required("document", help: "give it here, or once for the file", into: &diagnostics).flatMap {
        Fields.text($0, into: &diagnostics)
      } : fields.text("document", into: &diagnostics)
    let ref = fields.requiredText("ref", into: &diagnostics)
    let text = fields.requiredText("text", into: &diagnostics)
    let page = fields.text("page", into: &diagnostics)
    let ruleNames = names("rules", of: fields, "the rule")
    let decisionNames = names("decisions", of: fields, "the decision")
    let judgement = fields.text("judgement", into: &diagnostics)
    let outside = fields.text("outside", into: &diagnostics)
    guard let name, Names.checkSlug(name, "a clause", into: &diagnostics) else { return nil }
    if !Self.answerKeys.contains(where: { fields.has($0) }), !fields.node.hasHoles {
      diagnostics.report(
        Diagnostic(
          .unansweredClause, .error, "nothing says what becomes of the clause `\(name.value)`", at: name.span,
          help: [
            "list what puts it into practice under `rules` or `decisions`, or say under `judgement` why it is for a "
              + "person to judge, or under `outside` why it is not about a record"
          ]))
    }
    var indices: [Int] = []
    for rule in ruleNames {
      if let index = rules[rule.value] {
        indices.append(index)
      } else if !isIncomplete {
        diagnostics.report(.unknownRule(rule, among: rules.keys))
      }
    }
    var decisionIndices: [Int] = []
    for decision in decisionNames {
      if let found = decisions[decision.value] {
        decisionIndices += found
      } else if !isIncomplete {
        diagnostics.report(
          Diagnostic(
            .unknownDecision, .error, "there is no decision `\(decision.value)`", at: decision.span,
            help: [NearMiss.nearest(to: decision.value, among: decisions.keys).map { "did you mean `\($0)`?" }]))
      }
    }
    return ListedClause(
      name: name.value,
      clause: Clause(
        document: own?.value ?? document ?? "", ref: ref?.value ?? "", text: text?.value, page: page?.value),
      rules: indices, decisions: decisionIndices, judgement: judgement?.value, outside: outside?.value,
      span: name.span)
  }

  /// The names of a list, each once.
  private mutating func names(_ key: String, of fields: Fields, _ what: String) -> [Located<String>] {
    var names: [Located<String>] = []
    guard let items = fields.items(key, into: &diagnostics) else { return [] }
    if items.isEmpty, let node = fields[key] { diagnostics.reportWrongKind(node, wanted: "at least one name") }
    for node in items {
      guard let name = Fields.text(node, into: &diagnostics) else { continue }
      if let first = names.first(where: { $0.value == name.value }) {
        diagnostics.report(.listedTwice(what, name, first: first.span))
      } else {
        names.append(name)
      }
    }
    return names
  }
}
