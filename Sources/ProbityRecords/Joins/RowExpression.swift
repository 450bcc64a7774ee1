import FEEL

/// The cells of a source's rows that expressions may read, by name.
final class CellPlan: Sendable {
  struct Cell: Sendable {
    let origin: FeedTree.Origin
    let reader: ScalarReader
  }

  /// The names and types of the cells.
  let type: ContextType
  let cells: [Cell]

  init(_ cells: [(name: String, cell: Cell)]) {
    type = ContextType(members: cells.map { ContextType.Member($0.name, $0.cell.reader.type) })
    self.cells = cells.map(\.cell)
  }

  var scope: NamedScope { NamedScope(type.members.map { ($0.name, $0.type) }) }
}

/// A FEEL expression over the cells of a row.
final class RowExpression: Sendable {
  let expression: CheckedExpression
  let plan: CellPlan

  init(_ expression: CheckedExpression, over plan: CellPlan) {
    self.expression = expression
    self.plan = plan
  }

  /// Its value for the row that `read` reads.
  ///
  /// An empty cell is null. One that cannot be read, or is redacted, is unknown.
  func value(_ read: @escaping (CellPlan.Cell) -> Reading) -> Value {
    guard let anyDay = CivilDate(dayNumber: 0) else { return .null }
    // The loader sees to it that nothing depends on the day.
    return Evaluator(host: RowHost(plan, read), asOf: anyDay).evaluate(expression)
  }
}

/// Gives the cells of one row.
private final class RowHost: Host {
  private let plan: CellPlan
  private let read: (CellPlan.Cell) -> Reading
  private let node: FactNode

  init(_ plan: CellPlan, _ read: @escaping (CellPlan.Cell) -> Reading) {
    self.plan = plan
    self.read = read
    node = FactNode(parent: nil, step: .record(key: ""), type: plan.type)
  }

  func value(of binding: Int, in evaluator: Evaluator) -> Value {
    switch read(plan.cells[binding]) {
    case .value(let value): value
    case .missing: .null
    case .redacted, .misfit: .unknown(Unknown(missing: [Fact(node: node, member: binding)]))
    }
  }
}
