package import FEEL

/// A fact that explanations name, and which columns hold it.
package struct ExplainedFact: Sendable {
  /// Where its value is to be found; tables and columns are those of the ``Layout``.
  package enum Content: Sendable {
    case scalar(Layout.Kind, column: Int)
    /// A nested fact, of which a column says whether it is there.
    case nested(column: Int)
    /// A list of plain values, which are the rows of a table.
    case list(table: Int, Layout.Kind, column: Int)
    /// A list of items with facts of their own.
    case items(table: Int)
    /// What a column holds as a whole.
    case value(column: Int)
  }

  /// The table in whose rows it stands.
  package let table: Int
  /// Member positions from the row's context down.
  package let path: [Int]
  /// The type that declares it, and the member there.
  package let owner: ContextType
  package let member: Int
  package let content: Content
  /// The nested fact that it stands in, by its number; nil for a fact of the row itself.
  let outer: Int?

  /// The names on the way from the row.
  package let names: [String]
}

/// What identifies an item.
package enum ItemKey: Sendable {
  /// Its position among the items, from 1, which also stands for a key that is missing.
  case position
  case scalar(Layout.Kind, column: Int)
  /// Where its text stands.
  case span(column: Int)
}

/// The facts that a program's grounds name, by number, and the columns that a layout needs for them.
struct ExplainedFacts: Sendable {
  private(set) var layout: Layout
  private(set) var facts: [ExplainedFact] = []
  /// By table: the list whose items its rows are; nil for the records.
  private(set) var lists: [Int?] = []
  /// By table: what identifies its items.
  private(set) var keys: [ItemKey] = []
  private let record: ContextType
  private var known: [[Int]: Int] = [:]

  /// - Parameter record: the type of the records.
  init(_ record: ContextType, layout: Layout) {
    self.record = record
    self.layout = layout
  }

  /// Numbers the lists that hold the items of all tables; no fact is added after this.
  mutating func finish() {
    for table in layout.tables.indices {
      lists.append(layout.tables[table].parent.flatMap { fact(layout.tables[table].path, in: $0) })
      keys.append(table == 0 ? .position : key(of: table))
    }
  }

  /// The number of the fact at a path below the rows of a table; nil where the path leads to none.
  mutating func fact(_ path: [Int], in table: Int) -> Int? {
    if let known = known[[table] + path] { return known }
    guard let member = path.last, let row = type(of: table), let owner = Self.owner(of: path, below: row),
      owner.members.indices.contains(member)
    else { return nil }
    var outer: Int?
    if path.count > 1 {
      guard let nested = fact(Array(path.dropLast()), in: table) else { return nil }
      outer = nested
    }
    let content = content(path, owner.members[member].type, in: table)
    facts.append(
      ExplainedFact(
        table: table, path: path, owner: owner, member: member, content: content, outer: outer,
        names: (outer.map { facts[$0].names } ?? []) + [owner.members[member].name]))
    known[[table] + path] = facts.count - 1
    return facts.count - 1
  }

  // MARK: Types

  /// What a table's rows are; nil where they are plain values.
  func type(of table: Int) -> ContextType? {
    guard let parent = layout.tables[table].parent else { return record }
    let path = layout.tables[table].path
    guard let member = path.last, let row = type(of: parent), let owner = Self.owner(of: path, below: row),
      owner.members.indices.contains(member), case .context(let item)? = owner.members[member].type.item?.base
    else { return nil }
    return item
  }

  /// The type that declares the last member of a path.
  private static func owner(of path: [Int], below row: ContextType) -> ContextType? {
    var owner = row
    for step in path.dropLast() {
      guard owner.members.indices.contains(step), case .context(let nested) = owner.members[step].type.base else {
        return nil
      }
      owner = nested
    }
    return owner
  }

  // MARK: Columns

  private mutating func key(of table: Int) -> ItemKey {
    guard let type = type(of: table), let member = type.key, !type.members[member].isSensitive else {
      return .position
    }
    switch Layout.Kind(type.members[member].type) {
    case .text?:
      return .span(column: layout.add(Layout.Column(path: [member], kind: .span, allowed: nil), to: table))
    case .number?, .date?:
      guard let fact = fact([member], in: table), case .scalar(let kind, let column) = facts[fact].content else {
        return .position
      }
      return .scalar(kind, column: column)
    default: return .position
    }
  }

  /// Which columns hold a fact: those that are there already, or else new ones.
  private mutating func content(_ path: [Int], _ type: Type, in table: Int) -> ExplainedFact.Content {
    let columns = layout.tables[table].columns
    func column(_ kind: Layout.Kind) -> Int? { columns.firstIndex { $0.path == path && $0.kind == kind } }
    let whole = column(.value)
    if case .context = type.base { return .nested(column: layout.column(table, path, .presence, type)) }
    if let item = type.item {
      let isRead = layout.tables[table].children.contains { layout.tables[$0].path == path }
      if case .context = item.base { return .items(table: layout.list(table, path)) }
      if let kind = Layout.Kind(item), isRead || whole == nil {
        let items = layout.list(table, path)
        return .list(table: items, kind, column: layout.column(items, [], kind, item))
      }
    } else if let kind = Layout.Kind(type), column(kind) != nil || whole == nil {
      return .scalar(kind, column: layout.column(table, path, kind, type))
    }
    return .value(column: layout.column(table, path, .value, type))
  }
}
