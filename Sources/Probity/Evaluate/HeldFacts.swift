import FEEL

/// The facts of a record that is at hand, by the rows of columns that they stand in.
final class HeldFacts {
  private let root: Context
  private let columns: ExplainedColumns
  /// The items that were found, by table and row.
  private var items: [(table: Int, row: Int, context: Context)] = []

  init(_ record: Record, _ columns: ExplainedColumns) {
    root = record.facts
    self.columns = columns
  }

  /// The context of a row; nil where the record has no such item.
  func context(_ table: Int, _ row: Int) -> Context? {
    if table == 0 { return root }
    for known in items where known.row == row && known.table == table { return known.context }
    let above = Int(columns.tables[table].parents[row])
    let index = row - Int(columns.tables[table].offsets[above])
    guard let parent = columns.plan.layout.tables[table].parent, let outer = context(parent, above),
      case .list(let list)? = Self.find(columns.plan.layout.tables[table].path, in: outer)?.value,
      list.items.indices.contains(index), case .context(let item) = list.items[index]
    else { return nil }
    items.append((table, row, item))
    return item
  }

  /// A fact, and its value, or nil for one that is missing; nil where the record says otherwise than columns.
  func find(_ mark: FactMark) -> (fact: Fact, value: Value?)? {
    let fact = columns.plan.facts[Int(mark.fact)]
    return context(fact.table, Int(mark.row)).flatMap { Self.find(fact.path, in: $0) }
  }

  private static func find(_ path: [Int], in context: Context) -> (fact: Fact, value: Value?)? {
    var owner = context
    for (depth, member) in path.enumerated() {
      guard let node = owner.facts, owner.names.indices.contains(member) else { return nil }
      let isLast = depth == path.count - 1
      if isLast { return (Fact(node: node, member: member), owner.isSupplied(member) ? owner[member] : nil) }
      guard owner.isSupplied(member), case .context(let inner) = owner[member] else { return nil }
      owner = inner
    }
    return nil
  }
}
