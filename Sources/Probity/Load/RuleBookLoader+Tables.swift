import Diagnostics
import FEEL
import YAML

extension DiagnosticCode {
  /// A row with too few or too many cells.
  fileprivate static let wrongCells = DiagnosticCode("RULE332")
  /// Two rows that match the same, where only one may.
  fileprivate static let equalRows = DiagnosticCode("RULE335")
  /// Parts of a table that do not go together.
  fileprivate static let unfitTable = DiagnosticCode("RULE337")
}

/// A decision table as it was read, before its cells are checked.
struct RawTable {
  var hitPolicy: HitPolicy
  var aggregation: Aggregation?
  var inputs: [SourceText?]
  var outputs: [DecisionTable.Output]
  var rows: [YAML.Node]
  /// Whether columns were lost, so that the number of cells says nothing.
  var hasHoles: Bool
  var remarks = TableRemarks()

  /// What a table with these outputs gives.
  var type: Type {
    guard !hasHoles || !outputs.isEmpty else { return .any }
    return DecisionTable(hitPolicy: hitPolicy, aggregation: aggregation, inputs: [], outputs: outputs, rows: []).type
  }
}

extension RuleBookLoader {
  private static let tableKeys = ["hit", "aggregate", "inputs", "outputs", "rows", "gaps", "overlaps"]
  private static let outputKeys = ["type", "allowed", "default"]

  /// - Parameter what: what the table is, with its article.
  mutating func readTable(_ node: YAML.Node, _ what: String) -> RawTable? {
    guard let fields = Fields(node, what, keys: Self.tableKeys, into: &diagnostics) else { return nil }
    let hit = fields.word("hit", as: HitPolicy.self, into: &diagnostics)
    let hitPolicy = hit ?? .unique
    var aggregation = fields.word("aggregate", as: Aggregation.self, into: &diagnostics)
    let inputs =
      fields.required("inputs", into: &diagnostics).flatMap { Fields.items($0, into: &diagnostics) }?
      .map { Fields.expression($0, into: &diagnostics) }
    let outputs = readOutputs(fields)
    let rows = fields.required("rows", into: &diagnostics).flatMap { Fields.items($0, into: &diagnostics) } ?? []
    if rows.isEmpty, let node = fields["rows"], node.items != nil {
      diagnostics.reportWrongKind(node, wanted: "at least one row")
    }
    if aggregation != nil, hitPolicy != .collect || outputs.count > 1, hit != nil || !fields.has("hit") {
      aggregation = nil
      diagnostics.report(
        Diagnostic(
          .unfitTable, .error,
          hitPolicy == .collect
            ? "`aggregate` needs a table with one output" : "`aggregate` goes with `hit: collect`",
          at: fields["aggregate"]?.span ?? fields.place))
    }
    if hitPolicy == .priority || hitPolicy == .outputOrder, !outputs.isEmpty,
      outputs.allSatisfy({ $0.allowed == nil })
    {
      diagnostics.report(
        Diagnostic(
          .unfitTable, .error, "`hit: \(hitPolicy.rawValue)` needs an output with `allowed`, highest priority first",
          at: fields["hit"]?.span ?? fields.place))
    }
    let gaps = fields.text("gaps", into: &diagnostics)
    let overlaps = fields.text("overlaps", into: &diagnostics)
    return RawTable(
      hitPolicy: hitPolicy, aggregation: aggregation, inputs: inputs ?? [], outputs: outputs, rows: rows,
      hasHoles: inputs == nil || outputs.isEmpty || fields["inputs"]?.hasHoles == true
        || fields["outputs"]?.hasHoles == true,
      remarks: TableRemarks(gaps: gaps.map { ($0.value, $0.span) }, overlaps: overlaps.map { ($0.value, $0.span) }))
  }

  private mutating func readOutputs(_ fields: Fields) -> [DecisionTable.Output] {
    guard fields.required("outputs", into: &diagnostics) != nil,
      let entries = fields.entries(
        "outputs", wanted: "a mapping of each output's name to its type", into: &diagnostics)
    else { return [] }
    if entries.isEmpty, let node = fields["outputs"] {
      diagnostics.reportWrongKind(node, wanted: "at least one output")
    }
    return entries.map { entry in
      let name = Located(entry.key.text ?? "", at: entry.key.span)
      _ = Names.checkIdentifier(name, "an output", isGlobal: false, into: &diagnostics)
      guard entry.value.entries != nil else {
        return DecisionTable.Output(name: name.value, type: outputType(entry.value))
      }
      guard let own = Fields(entry.value, "an output", keys: Self.outputKeys, into: &diagnostics) else {
        return DecisionTable.Output(name: name.value, type: .any)
      }
      var type = own.required("type", into: &diagnostics).map { outputType($0) } ?? .any
      let allowed = own["allowed"].flatMap { listedValues($0, type) }
      if let allowed, type.isScalar, type != .any {
        type = .restricted(
          type, AllowedValues(listed: allowed, text: allowed.map(\.description).joined(separator: ", ")))
      }
      let defaultValue = own["default"].flatMap { ValueReader.value($0, type, into: &diagnostics) }
      return DecisionTable.Output(name: name.value, type: type, allowed: allowed, defaultValue: defaultValue)
    }
  }

  private mutating func outputType(_ node: YAML.Node) -> Type {
    guard let source = Fields.expression(node, into: &diagnostics) else { return .any }
    let name = TypeName(
      source, declared: typeNames, wanted: "type of an output", into: &diagnostics)
    return name.type { declaredType($0) }
  }

  // MARK: Checking

  mutating func checkTable(_ raw: RawTable, in scope: any Scope, adding references: inout References) -> DecisionTable {
    var table = DecisionTable(
      hitPolicy: raw.hitPolicy, aggregation: raw.aggregation, inputs: [], outputs: raw.outputs, rows: [])
    var inputTypes: [Type] = []
    for input in raw.inputs {
      guard let input else {
        inputTypes.append(.any)
        continue
      }
      let (expression, isSound) = Self.check(input, in: scope, into: &diagnostics)
      references.add(expression, isSound: isSound)
      table.inputs.append(DecisionTable.Input(expression))
      // What is wrong with an input has been said, and would only be said again of every cell below.
      inputTypes.append(isSound ? expression.type : .any)
    }
    for node in raw.rows {
      guard let row = checkRow(node, raw, inputTypes, in: scope, adding: &references) else { continue }
      table.rows.append(row)
    }
    checkEqualRows(of: table, raw)
    return table
  }

  private mutating func checkRow(
    _ node: YAML.Node, _ raw: RawTable, _ inputTypes: [Type], in scope: any Scope, adding references: inout References
  ) -> DecisionTable.Row? {
    guard let cells = Fields.items(node, into: &diagnostics) else { return nil }
    let wanted = raw.inputs.count + raw.outputs.count
    guard cells.count == wanted else {
      if !raw.hasHoles, !node.hasHoles {
        let inputs = "\(raw.inputs.count) input\(raw.inputs.count == 1 ? "" : "s")"
        let outputs = "\(raw.outputs.count) output\(raw.outputs.count == 1 ? "" : "s")"
        diagnostics.report(
          Diagnostic(
            .wrongCells, .error, "this row has \(cells.count) cell\(cells.count == 1 ? "" : "s") instead of \(wanted)",
            at: node.span, help: ["a cell for each of \(inputs), then one for each of \(outputs)"]))
      }
      return nil
    }
    var row = DecisionTable.Row(tests: [], outputs: [])
    for (cell, type) in zip(cells, inputTypes) {
      guard let source = Fields.expression(cell, into: &diagnostics) else { continue }
      var own = Diagnostics()
      let tests = CheckedTests(checking: source, input: type, in: scope, into: &own)
      diagnostics.report(contentsOf: own)
      references.add(tests, isSound: !own.hasErrors)
      row.tests.append(tests)
    }
    for (cell, output) in zip(cells.dropFirst(inputTypes.count), raw.outputs) {
      guard let expression = checkOutput(cell, output, in: scope, adding: &references) else { continue }
      row.outputs.append(expression)
    }
    return row
  }

  /// A cell of results: text as it stands, anything else is FEEL.
  private mutating func checkOutput(
    _ cell: YAML.Node, _ output: DecisionTable.Output, in scope: any Scope, adding references: inout References
  ) -> CheckedExpression? {
    guard output.type.base == .string else {
      guard let source = Fields.expression(cell, into: &diagnostics) else { return nil }
      let (expression, isSound) = Self.check(source, in: scope, expecting: output.type, into: &diagnostics)
      references.add(expression, isSound: isSound)
      if case .constant(let value) = expression.root.kind, isSound, let allowed = output.allowed,
        !allowed.contains(value)
      {
        diagnostics.report(.notAllowed(value, allowed, at: cell.span))
      }
      return expression
    }
    guard let text = Fields.text(cell, into: &diagnostics), let source = cell.scalar?.source else { return nil }
    if let allowed = output.allowed, !allowed.contains(.string(text.value)) {
      diagnostics.report(.notAllowed(.string(text.value), allowed, at: cell.span))
    }
    return CheckedExpression(constant: .string(text.value), source: source)
  }

  // MARK: Rows that match the same

  /// Reports rows of a `unique` table that have the same tests. What else there is to find is for ``TableReview``.
  private mutating func checkEqualRows(of table: DecisionTable, _ raw: RawTable) {
    guard table.rows.count == raw.rows.count, table.hitPolicy == .unique else { return }
    var rows: [[String]: Int] = [:]
    for (index, row) in table.rows.enumerated() where row.tests.count == table.inputs.count {
      let cells = row.tests.map { $0.matchesAnything ? "-" : $0.source.trimmed.text }
      guard let earlier = rows[cells] else {
        rows[cells] = index
        continue
      }
      diagnostics.report(
        Diagnostic(
          .equalRows, .error, "two rows of a `unique` table match the same", at: raw.rows[index].span,
          related: [.init("the other row", at: raw.rows[earlier].span)],
          help: ["make them differ, or choose another `hit`"]))
    }
  }
}
