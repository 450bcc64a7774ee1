/// How a decision table makes one result of the rows that match.
///
/// - Source: DMN 1.5, 8.2.10 (hit policy).
public enum HitPolicy: String, Sendable, CaseIterable {
  case unique
  case any
  case priority
  case first
  case ruleOrder = "rule order"
  case outputOrder = "output order"
  case collect
}

/// What a `collect` table makes of its results.
public enum Aggregation: String, Sendable, CaseIterable {
  case sum, min, max, count
}

/// A checked decision table.
public struct DecisionTable: Sendable {
  /// A column of tests: what they test.
  public struct Input: Sendable {
    public var expression: CheckedExpression
    /// What its value has to be, where that was not checked before.
    var declared: DeclaredType?

    public init(_ expression: CheckedExpression) { self.expression = expression }
  }

  /// A column of results.
  public struct Output: Sendable {
    public var name: String
    public var type: Type
    /// What its value has to be, where that was not checked before.
    var declared: DeclaredType?
    /// What it may be, the first having the highest priority; nil where that is not said.
    public var allowed: [Value]?
    /// What it is when no row matches.
    public var defaultValue: Value?

    public init(name: String, type: Type, allowed: [Value]? = nil, defaultValue: Value? = nil) {
      self.name = name
      self.type = type
      self.allowed = allowed
      self.defaultValue = defaultValue
    }
  }

  /// A row: a test for each input, and an expression for each output.
  public struct Row: Sendable {
    public var tests: [CheckedTests]
    public var outputs: [CheckedExpression]

    public init(tests: [CheckedTests], outputs: [CheckedExpression]) {
      self.tests = tests
      self.outputs = outputs
    }
  }

  public var hitPolicy: HitPolicy
  public var aggregation: Aggregation?
  public var inputs: [Input]
  public var outputs: [Output]
  public var rows: [Row]

  public init(
    hitPolicy: HitPolicy, aggregation: Aggregation? = nil, inputs: [Input], outputs: [Output], rows: [Row]
  ) {
    self.hitPolicy = hitPolicy
    self.aggregation = aggregation
    self.inputs = inputs
    self.outputs = outputs
    self.rows = rows
  }

  /// The type of what the table gives: its output, or a context of several; a list where rows are collected.
  public var type: Type {
    let single: Type =
      outputs.count == 1
      ? outputs[0].type
      : .context(ContextType(members: outputs.map { .init($0.name, $0.type) }))
    switch (hitPolicy, aggregation) {
    case (.ruleOrder, _), (.outputOrder, _), (.collect, nil): return .list(single)
    case (.collect, .count?): return .number
    default: return single
    }
  }
}

extension Evaluator {
  /// What a decision table gives.
  ///
  /// Over missing facts a row may or may not match; the result is then whatever the rows that may decide have in common.
  public func evaluate(_ table: DecisionTable) -> Value {
    evaluate(table, over: [])
  }

  /// Evaluates a table that was checked with variables of its own.
  func evaluate(_ table: DecisionTable, over locals: [Value]) -> Value { made(outcome(of: table, over: locals)) }

  private func outcome(of table: DecisionTable, over locals: [Value]) -> Value {
    var inputs: [Value] = []
    for (index, input) in table.inputs.enumerated() {
      let value = evaluate(input.expression, over: locals)
      let fitted = fit(value, to: input.declared, "input \(index + 1)")
      // What may not be asked has no answer.
      if fitted.isNull, !value.isNull { return fitted }
      inputs.append(fitted)
    }
    var sure: [Int] = []
    /// Rows that may match, and what that rests on.
    var doubtful: [(row: Int, on: Unknown)] = []
    for (index, row) in table.rows.enumerated() {
      // A test that gives null does not match, as one that is false.
      switch Truth.conjunction(zip(row.tests, inputs).map { Truth(evaluate($0, input: $1, over: locals)).orNo }) {
      case .yes: sure.append(index)
      case .unknown(let unknown): doubtful.append((index, unknown))
      case .no, .null: continue
      }
      // Rows behind one that surely matches do not count.
      if table.hitPolicy == .first, !sure.isEmpty { break }
    }
    observer?.didTry(table, sure: sure, doubtful: doubtful.map(\.row))
    guard doubtful.isEmpty else { return undecided(table, sure, doubtful, locals) }
    return decided(table, sure, locals)
  }

  /// A value as one of the type that is declared for it, or null and why it is none.
  private func fit(_ value: Value, to declared: DeclaredType?, _ subject: @autoclosure () -> String) -> Value {
    guard let declared, !value.isUnknown else { return value }
    if let fitted = declared.fit(value, in: self) { return fitted }
    let isOfType = Conversion.fit(value, to: declared.type) != nil
    return .null(
      Failure(
        isOfType ? .notAllowed : .wrongType,
        "\(subject()) is \(value.literal.prefix(60)), which is \(isOfType ? "not allowed" : "no \(declared.type)")"))
  }

  private func result(_ table: DecisionTable, _ row: Int, _ locals: [Value]) -> Value {
    let values = zip(table.rows[row].outputs, table.outputs).map { expression, output in
      fit(evaluate(expression, over: locals), to: output.declared, "`\(output.name)`")
    }
    return values.count == 1 ? values[0] : .context(Context(Array(zip(table.outputs.map(\.name), values))))
  }

  private func defaultResult(_ table: DecisionTable) -> Value? {
    guard table.outputs.contains(where: { $0.defaultValue != nil }) else { return nil }
    let values = table.outputs.map { $0.defaultValue ?? .null }
    return values.count == 1 ? values[0] : .context(Context(Array(zip(table.outputs.map(\.name), values))))
  }

  private func decided(_ table: DecisionTable, _ matched: [Int], _ locals: [Value]) -> Value {
    let isCollected = table.hitPolicy == .collect || table.hitPolicy == .ruleOrder || table.hitPolicy == .outputOrder
    if matched.isEmpty {
      if let value = defaultResult(table) { return value }
      if table.hitPolicy == .collect, table.aggregation == .count { return .number(.zero) }
      if isCollected, table.aggregation == nil { return .list(List([])) }
      return .null(Failure(.noMatchingRow, "no row of the table matches"))
    }
    switch table.hitPolicy {
    case .unique:
      guard matched.count == 1 else {
        return .null(
          Failure(.conflictingRows, "rows \(matched[0] + 1) and \(matched[1] + 1) both match, and only one may"))
      }
      return result(table, matched[0], locals)
    case .first: return result(table, matched[0], locals)
    case .any:
      let results = matched.map { result(table, $0, locals) }
      guard results.allSatisfy({ $0 == results[0] }) else {
        // What is not known may turn out to be the same.
        if let unknown = Operators.unknown(in: results) { return .unknown(unknown.failing) }
        return .null(Failure(.conflictingRows, "rows that match give different results"))
      }
      if results.count > 1, let unknown = Operators.unknown(in: results) { return .unknown(unknown.failing) }
      return results[0]
    case .priority, .outputOrder:
      let results = matched.map { result(table, $0, locals) }
      if results.count > 1, let unknown = Operators.unknown(in: results) {
        // The order rests on what is not known.
        return table.hitPolicy == .priority ? Operators.joined(results, because: unknown) : .unknown(unknown)
      }
      let ordered = inOrder(table, results).map { results[$0] }
      return table.hitPolicy == .priority ? ordered[0] : .list(List(ordered))
    case .ruleOrder: return .list(List(matched.map { result(table, $0, locals) }))
    case .collect: return collected(table, List(matched.map { result(table, $0, locals) }))
    }
  }

  /// What a `collect` table makes of the results of rows that match; of those that may match, the list has its doubts.
  private func collected(_ table: DecisionTable, _ results: List) -> Value {
    switch table.aggregation {
    case nil: return .list(results)
    case .count?: return call("count", on: results, of: table.outputs[0].type)
    case .sum?: return call("sum", on: results, of: table.outputs[0].type)
    case .min?: return call("min", on: results, of: table.outputs[0].type)
    case .max?: return call("max", on: results, of: table.outputs[0].type)
    }
  }

  private func call(_ name: String, on values: List, of type: Type) -> Value {
    guard let builtin = BuiltinLibrary[name] else { return .null }
    return call(builtin, 0, [.list(values)], types: [.list(type)], at: 0..<0)
  }

  /// The indices of known results, those of the highest priority first.
  private func inOrder(_ table: DecisionTable, _ results: [Value]) -> [Int] {
    let ranks = results.map { priorities(table, $0) }
    return results.indices.sorted { a, b in
      ranks[a] == ranks[b] ? a < b : ranks[a].lexicographicallyPrecedes(ranks[b])
    }
  }

  /// The place of each output among those that are allowed; what is not among them comes last.
  private func priorities(_ table: DecisionTable, _ value: Value) -> [Int] {
    let values: [Value] =
      if table.outputs.count > 1, case .context(let context) = value { context.names.indices.map { context[$0] } } else
      {
        [value]
      }
    return zip(table.outputs, values).map { output, value in
      output.allowed?.firstIndex(of: value) ?? output.allowed?.count ?? 0
    }
  }

  /// The result while some rows may or may not match.
  private func undecided(
    _ table: DecisionTable, _ sure: [Int], _ doubtful: [(row: Int, on: Unknown)], _ locals: [Value]
  ) -> Value {
    let cause = Unknown.merging(doubtful.map(\.on))
    let rows = (sure.map { (row: $0, on: Unknown?.none) } + doubtful.map { (row: $0.row, on: Unknown?.some($0.on)) })
      .sorted { $0.row < $1.row }
    let results = rows.map { result(table, $0.row, locals) }
    let otherwise = sure.isEmpty ? defaultResult(table) : nil
    switch table.hitPolicy {
    case .first, .any, .priority, .unique:
      // With `unique` and `any` a second match would be an error, so a doubtful row leaves that open too.
      let mayConflict: Bool =
        switch table.hitPolicy {
        case .unique: rows.count > 1
        case .any: results.contains { $0 != results[0] } || results.count > 1 && Operators.unknown(in: results) != nil
        default: false
        }
      return Operators.joined(
        sure.isEmpty ? results + [otherwise ?? .null] : results, because: mayConflict ? cause.failing : cause)
    case .ruleOrder, .outputOrder, .collect:
      var list = List(results, doubts: rows.map(\.on))
      if table.hitPolicy == .outputOrder {
        // The order rests on what is not known.
        if let unknown = Operators.unknown(in: results) {
          return .unknown(
            Unknown.both(cause, otherwise.map(Operators.holdsNull) ?? false ? unknown.failing : unknown) ?? cause)
        }
        let order = inOrder(table, results)
        list = List(order.map { results[$0] }, doubts: order.map { rows[$0].on })
      }
      let value = table.hitPolicy == .collect ? collected(table, list) : .list(list)
      return otherwise.map { Operators.joined([value, $0], because: cause) } ?? value
    }
  }
}
