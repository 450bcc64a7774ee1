import Diagnostics
import FEEL
import YAML

extension DiagnosticCode {
  /// A decision that rests on itself.
  fileprivate static let endlessDecision = DiagnosticCode("RULE331")
  /// A decision that says not or twice how it is made.
  fileprivate static let unclearDecision = DiagnosticCode("RULE336")
}

/// A decision as it was read, before its expressions are checked.
private struct RawDecision {
  enum Logic {
    case value(SourceText)
    case table(RawTable)
    /// Reported.
    case missing
  }

  var name: Located<String>
  var title: String?
  var source: String?
  /// The type it is of; nil where it is the record's.
  var subject: Vocabulary.RecordType?
  var record: RecordScope
  var recordType: String?
  var declared: Type?
  var logic: Logic
  /// Whether it is of a type that there is not.
  var isStray: Bool

  var scope: any Scope { subject.map { SubjectScope($0.context, in: record) } ?? record }
}

extension RuleBookLoader {
  static let decisionKeys = ["decision", "of", "title", "type", "value", "table", "source"]

  /// - Parameter records: for each file, what its decisions are about.
  mutating func loadDecisions(_ records: [String?]) {
    var raw: [RawDecision] = []
    for (file, record) in zip(files, records) {
      for fields in file.decisions {
        guard let decision = readDecision(fields, record), declare(decision, at: raw.count, among: raw) else {
          continue
        }
        if decision.isStray {
          shared.strays[decision.name.value] = raw.count
          ruleReferences.words.insert(decision.name.value)
        }
        raw.append(decision)
        shared.decisionTypes.append(decision.declared)
      }
    }
    var logic = findTypes(of: raw)
    for (index, decision) in raw.enumerated() {
      var references = References()
      switch decision.logic {
      case .value(let source):
        let checked =
          logic[index]
          ?? Self.check(source, in: decision.scope, expecting: decision.declared, into: &diagnostics)
        logic[index] = checked
        references.add(checked.expression, isSound: checked.isSound)
        append(decision, .expression(checked.expression), shared.decisionTypes[index] ?? checked.expression.type)
      case .table(let rawTable):
        let table = checkTable(rawTable, in: decision.scope, adding: &references)
        append(decision, .table(table), shared.decisionTypes[index] ?? table.type, rawTable.remarks)
      case .missing:
        // It has to have a place, so that the positions of the others hold.
        let nothing = SourceText("null", file: decision.name.span.file, at: Int(decision.name.span.start))
        append(decision, .expression(CheckedExpression(constant: .null, source: nothing)), .any)
      }
      decisionReferences.append(references)
    }
    closeReferences(raw)
  }

  private mutating func append(
    _ decision: RawDecision, _ logic: Decision.Logic, _ type: Type, _ remarks: TableRemarks = TableRemarks()
  ) {
    book.decisions.append(
      Decision(
        name: decision.name.value, title: decision.title ?? decision.name.value,
        of: decision.subject?.name ?? decision.recordType ?? "", isOfRecord: decision.subject == nil, logic: logic,
        type: type, source: decision.source, span: decision.name.span, remarks: remarks))
  }

  // MARK: Reading

  private mutating func readDecision(_ fields: Fields, _ record: String?) -> RawDecision? {
    let name = fields.requiredText("decision", into: &diagnostics)
    let title = fields.text("title", into: &diagnostics)?.value
    let source = fields.text("source", into: &diagnostics)?.value
    var subject: Vocabulary.RecordType?
    var isStray = false
    var scope = self.scope(of: record)
    if let of = fields["of"] {
      if let text = Fields.expression(of, into: &diagnostics) {
        let type = TypeName(text, declared: typeNames, wanted: "type of the vocabulary", into: &diagnostics)
        if case .declared(let name) = type.item, !type.isList {
          subject = book.vocabulary[name]
        } else if type.item != .unknown {
          diagnostics.report(
            Diagnostic(
              .unclearDecision, .error, "a decision is `of` a type of the vocabulary, not of `\(text.trimmed.text)`",
              at: type.span))
        }
      }
      // Without its type, nothing is known of its names, nor of whose decision it is.
      if subject == nil {
        scope = openScope
        isStray = true
      }
    }
    var declared = fields["type"].flatMap { Fields.expression($0, into: &diagnostics) }.map { source in
      TypeName(source, declared: typeNames, into: &diagnostics).type { declaredType($0) }
    }
    let logic = readLogic(fields)
    switch logic {
    case .table(let table):
      if fields.has("type") {
        diagnostics.report(
          Diagnostic(
            .unclearDecision, .error, "a table says the types of its `outputs` itself",
            at: fields["type"]?.span ?? fields.place, help: ["leave `type` out"]))
      }
      declared = table.type
    case .missing: declared = .any
    case .value: break
    }
    guard let name, Names.checkIdentifier(name, "a decision", isGlobal: subject == nil, into: &diagnostics) else {
      return nil
    }
    return RawDecision(
      name: name, title: title, source: source, subject: subject, record: scope, recordType: record,
      declared: declared, logic: logic, isStray: isStray)
  }

  func declaredType(_ name: String) -> Type { book.vocabulary[name].map { .context($0.context) } ?? .any }

  private mutating func readLogic(_ fields: Fields) -> RawDecision.Logic {
    switch (fields.has("value"), fields.has("table")) {
    case (true, true):
      diagnostics.report(
        Diagnostic(
          .unclearDecision, .error, "a decision has a `value` or a `table`, not both",
          at: fields["table"]?.span ?? fields.place))
      return .missing
    case (false, false):
      if !fields.node.hasHoles {
        diagnostics.report(
          Diagnostic(
            .unclearDecision, .error, "a decision needs a `value` or a `table`", at: fields.place,
            help: ["`value:` is FEEL; `table:` has `hit`, `inputs`, `outputs` and `rows`"]))
      }
      return .missing
    case (true, false):
      return fields.expression("value", into: &diagnostics).map { .value($0) } ?? .missing
    case (false, true):
      return fields["table"].flatMap { readTable($0, "a decision table") }.map { .table($0) } ?? .missing
    }
  }

  /// Gives a decision its name; false, with a report, where it is taken.
  private mutating func declare(_ decision: RawDecision, at index: Int, among raw: [RawDecision]) -> Bool {
    let name = decision.name
    if let subject = decision.subject {
      if let first = decision.record.decision(name.value, of: subject.name) {
        diagnostics.report(.declaredTwice("the decision", name, first: raw[first].name.span))
        return false
      }
      if let fact = subject.facts.first(where: { $0.name == name.value }) {
        diagnostics.report(.hides("the decision", name, "a fact of `\(subject.name)`", at: fact.span))
        ruleReferences.words.insert(name.value)
      }
      decision.record.add(name.value, decision: index, of: subject.name)
      return true
    }
    if let first = decision.record.decisions[name.value] {
      diagnostics.report(.declaredTwice("the decision", name, first: raw[first].name.span))
      return false
    }
    if let other = taken(name.value, in: decision.record) {
      diagnostics.report(.hides("the decision", name, other.what, at: other.span))
      ruleReferences.words.insert(name.value)
    }
    decision.record.add(name.value, decision: index)
    return true
  }

  /// What a name means about records already, with its article, and where that is declared.
  func taken(_ name: String, in scope: RecordScope) -> (what: String, span: SourceSpan?)? {
    switch scope.meaning(name) {
    case nil: return nil
    case .member(_, let type, let index):
      return ("a fact of `\(type)`", book.vocabulary.declaration(of: index, in: type)?.span)
    case .host(let number, _):
      switch Binding(number: number) {
      case .parameter(let index): return ("a parameter", book.parameters[index].span)
      case .decision(let index):
        return ("a decision", book.decisions.indices.contains(index) ? book.decisions[index].span : nil)
      case .record, .subject, .each, .letValue, .count, .operand: return nil
      }
    case .derived(_, _, let index, _):
      return ("a decision", book.decisions.indices.contains(index) ? book.decisions[index].span : nil)
    }
  }

  // MARK: Types

  /// Checks the decisions whose types follow from their expressions, each after those that it speaks of.
  ///
  /// An expression that speaks of a decision whose type is still open is checked again once it is known. Within a circle
  /// the first one that is met counts as of any type.
  private mutating func findTypes(
    of raw: [RawDecision]
  ) -> [Int: (expression: CheckedExpression, isSound: Bool)] {
    var results: [Int: (expression: CheckedExpression, isSound: Bool)] = [:]
    var isUnderWay = [Bool](repeating: false, count: raw.count)
    for start in raw.indices where shared.decisionTypes[start] == nil {
      var path = [start]
      while let index = path.last {
        guard shared.decisionTypes[index] == nil, case .value(let source) = raw[index].logic else {
          path.removeLast()
          continue
        }
        isUnderWay[index] = true
        _ = shared.takeAwaited()
        var own = Diagnostics()
        let checked = Self.check(source, in: raw[index].scope, into: &own)
        let needed = shared.takeAwaited().filter { !isUnderWay[$0] }
        guard needed.isEmpty else {
          path += needed
          continue
        }
        diagnostics.report(contentsOf: own)
        shared.decisionTypes[index] = checked.expression.type
        results[index] = checked
        path.removeLast()
      }
    }
    return results
  }

  /// Reports circles, and finds of each decision whether it is sensitive and which parameters without a value it needs.
  private mutating func closeReferences(_ raw: [RawDecision]) {
    enum State { case unseen, open, done }
    var states = [State](repeating: .unseen, count: raw.count)
    let direct = decisionReferences.map { $0.decisions.sorted() }
    sensitivity.decisions = [Bool](repeating: false, count: raw.count)
    unsetByDecision = [Set<Int>](repeating: [], count: raw.count)
    for start in raw.indices where states[start] == .unseen {
      var path = [(decision: start, next: 0)]
      states[start] = .open
      while let (index, next) = path.last {
        guard next < direct[index].count else {
          unsetByDecision[index] = unsetParameters(decisionReferences[index])
          sensitivity.decisions[index] = isSensitive(book.decisions[index].logic)
          states[index] = .done
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let other = direct[index][next]
        switch states[other] {
        case .done: break
        case .unseen:
          states[other] = .open
          path.append((other, 0))
        case .open:
          let circle = path.map(\.decision).drop { $0 != other } + [other]
          let names = circle.map { raw[$0].name.value }.joined(separator: " → ")
          diagnostics.report(
            Diagnostic(
              .endlessDecision, .error, "the decision `\(raw[other].name.value)` rests on itself: \(names)",
              at: raw[other].name.span))
        }
      }
    }
  }

  /// The parameters without a value of their own that are needed for what is spoken of.
  func unsetParameters(_ references: References) -> Set<Int> {
    var unset: Set<Int> = []
    for index in references.parameters where book.parameters[index].values.isEmpty { unset.insert(index) }
    for index in references.decisions { unset.formUnion(unsetByDecision[index]) }
    return unset
  }

  private func isSensitive(_ logic: Decision.Logic) -> Bool {
    switch logic {
    case .expression(let expression): sensitivity.isSensitive(expression)
    case .table(let table):
      table.inputs.contains { sensitivity.isSensitive($0.expression) }
        || table.rows.contains { row in
          row.tests.contains { sensitivity.isSensitive($0) } || row.outputs.contains { sensitivity.isSensitive($0) }
        }
    }
  }
}
