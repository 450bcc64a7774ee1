import Diagnostics
import FEEL
import Probity

/// The joined sources of a run, and who is joined to whom.
final class Joins: Sendable {
  let sources: [Mapping.Source]
  let main: Int
  /// By the position of the source; nil for the one that gives the records.
  let joined: [JoinedSource?]
  /// For each source those that are joined to it.
  let branches: [[Int]]
  /// How many rows of a source that are joined to nothing are named.
  let listedRows: Int

  init(_ mapping: Mapping, _ joined: [JoinedSource?], limits: RecordLimits) {
    listedRows = limits.listedRows
    sources = mapping.sources
    main = mapping.main
    self.joined = joined
    var branches = Array(repeating: [Int](), count: mapping.sources.count)
    for (source, declared) in mapping.sources.enumerated() {
      if let join = declared.join { branches[join.to].append(source) }
    }
    self.branches = branches
  }
}

/// Which rows of joined sources have been taken so far, and which rows found none.
struct JoinUsage {
  /// For each source and row of it whether a record took it.
  private(set) var taken: [[Bool]]
  /// For each source how many rows of the one it is joined to found none in it.
  var unmatched: [Int]
  /// For each source the keys that were looked for and not found, as far as they are listed; nil is a missing one.
  private var listed: [Set<KeyDigest?>]

  /// Where nothing is joined in.
  init() { (taken, unmatched, listed) = ([], [], []) }

  init(_ joins: Joins) {
    taken = joins.joined.map { Array(repeating: false, count: $0?.count ?? 0) }
    unmatched = Array(repeating: 0, count: joins.sources.count)
    listed = Array(repeating: [], count: joins.sources.count)
  }

  /// What is to be said of a key that a source does not have.
  enum Listing {
    case listed, listedBefore
    /// Only so many are.
    case first(beyond: Int)
    case beyond
  }

  /// Notes a key that a source does not have.
  mutating func list(_ key: KeyDigest?, of source: Int, limit: Int) -> Listing {
    if listed[source].contains(key) { return .listedBefore }
    if listed[source].count > limit { return .beyond }
    listed[source].insert(key)
    return listed[source].count > limit ? .first(beyond: limit) : .listed
  }

  /// Notes that a row is taken.
  ///
  /// - Returns: whether it was not before.
  mutating func take(_ row: Int, of source: Int) -> Bool {
    if taken[source][row] { return false }
    taken[source][row] = true
    return true
  }
}

// Facts from joined sources.
extension RecordBuilder {
  /// Finds the rows that belong to a record, before its facts are read: what is used does not depend on which facts are
  /// wanted.
  mutating func match(_ source: FactSource) {
    guard let joins else { return }
    for branch in joins.branches[joins.main] {
      matches[branch] = rows(of: branch, from: source, in: joins)
      follow(branch, from: source, to: matches[branch], in: joins)
    }
  }

  /// Marks rows as taken, and those that are joined to them.
  private mutating func follow(_ branch: Int, from source: FactSource, to rows: [Int], in joins: Joins) {
    guard let joined = joins.joined[branch] else { return }
    if rows.isEmpty {
      usage.unmatched[branch] += 1
      if joins.sources[branch].unmatched == .list { reportUnmatched(branch, from: source, in: joins) }
    }
    for row in rows where usage.take(row, of: branch) && !joins.branches[branch].isEmpty {
      within(branch, row, joined) { builder, source in
        for next in joins.branches[branch] {
          builder.follow(next, from: source, to: builder.rows(of: next, from: source, in: joins), in: joins)
        }
      }
    }
  }

  /// Names a key that a source does not have, the first time that it is met.
  private mutating func reportUnmatched(_ branch: Int, from source: FactSource, in joins: Joins) {
    guard let name = joins.sources[branch].name, let join = joins.sources[branch].join else { return }
    let key = key(join.keys.map { ($0.other, $0.otherReader, $0.steps) }, from: source)
    let message: String
    var place = place(of: source)
    switch usage.list(key, of: branch, limit: joins.listedRows) {
    case .listedBefore, .beyond: return
    case .first(beyond: let limit): message = "`\(name)` lacks more than \(limit) keys; further ones are not listed"
    case .listed:
      let parts = join.keys.map { read($0.other, $0.otherReader, from: source) }
      place = parts.first?.place ?? place
      if key == nil {
        message = "it has no key for `\(name)`"
      } else if join.keys.contains(where: \.isSensitive) {
        message = "no row of `\(name)` has its key (sensitive, not shown)"
      } else {
        message = "no row of `\(name)` has its key `\(parts.map(\.excerpt).joined(separator: "`, `"))`"
      }
    }
    report(RecordProblem(.joinedToNothing, .warning, message, at: place, source: sourceName))
  }

  /// The rows of a source that belong to a row of the one it is joined to.
  private func rows(of branch: Int, from source: FactSource, in joins: Joins) -> [Int] {
    guard let joined = joins.joined[branch], let join = joins.sources[branch].join,
      let key = key(join.keys.map { ($0.other, $0.otherReader, $0.steps) }, from: source)
    else { return [] }
    return joined.rows(of: key)
  }

  /// What tells a row's counterparts in another source; nil where a part of it is missing.
  func key(
    _ parts: [(origin: FeedTree.Origin, reader: ScalarReader, steps: [KeyStep])], from source: FactSource
  ) -> KeyDigest? {
    var texts: [String] = []
    for part in parts {
      guard case .value(.string(let text)) = reading(part.origin, part.reader, from: source) else { return nil }
      let normal = KeyStep.apply(part.steps, to: text)
      guard !normal.isEmpty else { return nil }
      texts.append(normal)
    }
    return KeyDigest(texts.joined(separator: "\u{1F}"))
  }

  /// Does something with a row of a joined source in the place of the record's own.
  private mutating func within<Result>(
    _ branch: Int, _ row: Int, _ joined: JoinedSource, _ body: (inout RecordBuilder, FactSource) -> Result
  ) -> Result {
    let outer = (file, sourceName, isJoined)
    (file, sourceName, isJoined) = (joined.file(of: row), joins?.sources[branch].name, true)
    defer { (file, sourceName, isJoined) = outer }
    return body(&self, joined.source(of: row))
  }

  /// Calls `body` with each row to which joins lead.
  ///
  /// - Returns: how many rows there were.
  @discardableResult
  mutating func forEachRow(
    _ hops: ArraySlice<Int>, from source: FactSource, _ body: (inout RecordBuilder, FactSource) -> Void
  ) -> Int {
    guard let branch = hops.first else {
      body(&self, source)
      return 1
    }
    guard let joins, let joined = joins.joined[branch] else { return 0 }
    let rows =
      !isJoined && joins.sources[branch].join?.to == joins.main
      ? matches[branch] : rows(of: branch, from: source, in: joins)
    var count = 0
    for row in rows {
      count += within(branch, row, joined) { builder, source in
        builder.forEachRow(hops.dropFirst(), from: source, body)
      }
    }
    return count
  }

  // MARK: - Scalars

  /// One thing that sources say of a fact.
  private struct Statement {
    var value: Value
    var place: Place?
    var source: Int
  }

  /// Reads a fact from every source that may say something of it.
  mutating func candidates(
    _ candidates: [FeedTree.Candidate], ranking: [Int], default assumed: Value?, of member: Int, in type: ContextType,
    from source: FactSource, _ position: Position, into members: inout Members
  ) {
    var statements: [Statement] = []
    var absence: Absence?
    var place: Place?
    let declared = type.members[member]
    let path = position.path(of: declared.name)
    for candidate in candidates {
      forEachRow(candidate.hops[...], from: source) { builder, source in
        let text = builder.read(candidate.origin, candidate.reader, from: source)
        place = place ?? text.place
        switch text.reading {
        case .value(let value):
          statements.append(Statement(value: value, place: text.place, source: candidate.source))
        case .missing: break
        case .redacted: absence = absence ?? .redacted
        case .misfit(let misfit):
          absence = builder.misfit(
            misfit, text.excerpt, of: candidate.reader, type: candidate.reader.type, member: declared, path: path,
            at: text.place ?? Place(file: builder.file))
        }
      }
    }
    guard let first = statements.first else {
      members.setPlace(place, of: member)
      members.isSupplied = members.isSupplied || absence != nil
      if let absence { members.absences[member] = absence } else { members.values[member] = assumed }
      return
    }
    members.isSupplied = true
    guard let other = statements.first(where: { $0.value != first.value }) else {
      members.setPlace(first.place, of: member)
      members.values[member] = first.value
      return
    }
    let winner = Self.winner(among: statements, ranking)
    members.setPlace((winner ?? first).place, of: member)
    let unknown = reportConflict(first, other, winner, of: declared, path: path)
    if let winner { members.values[member] = winner.value } else { members.absences[member] = unknown }
  }

  /// What the first source of the ranking says that says anything, unless it contradicts itself.
  private static func winner(among statements: [Statement], _ ranking: [Int]) -> Statement? {
    for source in ranking {
      let own = statements.filter { $0.source == source }
      guard let first = own.first else { continue }
      return own.allSatisfy { $0.value == first.value } ? first : nil
    }
    return nil
  }

  /// Reports that two places give different values.
  ///
  /// - Returns: why the fact is unknown where neither counts.
  private mutating func reportConflict(
    _ first: Statement, _ other: Statement, _ winner: Statement?, of member: ContextType.Member, path: String
  ) -> Absence {
    func said(_ statement: Statement) -> String {
      let place = statement.place.map { " (\($0))" } ?? ""
      return (member.isSensitive ? "one value" : "`\(Excerpt.of(statement.value.plainText))`") + place
    }
    let both = "\(said(first)) and \(said(other))"
    let outcome: String
    if let winner {
      let source = joins?.sources[winner.source].name ?? "the record's own source"
      outcome = "`\(source)` counts"
    } else {
      outcome = "nothing says which of them counts"
    }
    report(
      RecordProblem(
        .conflict, winner == nil ? .error : .warning, "fact `\(path)`: sources differ, \(both); \(outcome)",
        at: first.place ?? Place(file: file),
        help: [winner == nil ? "the mapping's `conflicts` say which source counts" : nil], source: sourceName))
    return .conflicting(both)
  }

  // MARK: - Lists

  /// Makes an item of each row that belongs to the one at hand.
  mutating func joinedItems(
    _ hops: [Int], _ tree: FeedTree, from source: FactSource, name: String, node: FactNode, position: Position
  ) -> [Value] {
    var items: [Value] = []
    var keys: Set<String> = []
    forEachRow(hops[...], from: source) { builder, row in
      let key = builder.itemKey(tree, from: row)
      let place = builder.place(of: row)
      if let key, !keys.insert(key).inserted { builder.repeatedItem(key, of: position.path(of: name), at: place) }
      let item = position.item(name, items.count, key: key, in: node, place: place)
      items.append(.context(builder.context(tree, from: row, at: item).facts))
    }
    return items
  }

  /// Reads the values of a list of scalars from all rows that belong to the one at hand.
  mutating func joinedValues(
    _ hops: [Int], _ origin: FeedTree.Origin, _ separator: [UInt8], _ whole: ScalarReader, _ reader: ScalarReader,
    _ assumed: Value?, of member: Int, in type: ContextType, from source: FactSource, _ position: Position,
    into members: inout Members
  ) {
    var all: [Value?] = []
    var isSupplied = false
    forEachRow(hops[...], from: source) { builder, row in
      var own = Members(count: type.members.count)
      builder.split(origin, separator, whole, reader, nil, of: member, in: type, from: row, position, into: &own)
      isSupplied = isSupplied || own.isSupplied
      if let place = own.places.first(where: { $0 != nil }) { members.setPlace(place, of: member) }
      if let absence = own.absences[member] { members.absences[member] = absence }
      if let (_, items, _) = own.lists.first { all += items } else if own.isSupplied { all.append(nil) }
    }
    members.isSupplied = members.isSupplied || isSupplied
    if isSupplied { members.lists.append((member, all, reader.type)) } else { members.values[member] = assumed }
  }

  /// Reads what a feed takes from the one row to which joins lead.
  mutating func joinedFeed(
    _ hops: [Int], _ feed: FeedTree.Feed, of member: Int, in type: ContextType, from source: FactSource,
    _ position: Position
  ) -> (value: Value?, absence: Absence?, place: Place?, isSupplied: Bool) {
    let tree = FeedTree(type, feeds: type.members.indices.map { $0 == member ? feed : nil })
    var found: [(value: Value?, absence: Absence?, place: Place?, isSupplied: Bool)] = []
    forEachRow(hops[...], from: source) { builder, row in
      let place = builder.place(of: row)
      guard found.isEmpty else {
        found.append((nil, nil, place, true))
        return
      }
      var inner = position
      inner.place = place
      let (facts, isSupplied) = builder.context(tree, from: row, at: inner)
      let value = facts.isSupplied(member) ? facts[member] : nil
      found.append((value, facts.facts?.absences[member], facts.facts?.places.compactMap { $0 }.first, isSupplied))
    }
    guard let first = found.first else { return (nil, nil, nil, false) }
    guard found.count > 1, let place = found[1].place else { return first }
    let name = hops.last.flatMap { joins?.sources[$0].name } ?? ""
    let message = "\(found.count) rows of `\(name)` belong to the record, and one is wanted"
    report(
      RecordProblem(
        .conflict, .error, "fact `\(position.path(of: type.members[member].name))`: \(message)", at: place,
        source: name))
    return (nil, .conflicting(message), place, true)
  }

  // MARK: - Rows

  /// Whether a row is one that is read: nil where its filter comes to neither true nor false.
  func passes(_ filter: RowExpression, _ source: FactSource) -> Bool? {
    let value = filter.value { reading($0.origin, $0.reader, from: source) }
    guard case .boolean(let passes) = value else { return nil }
    return passes
  }

  /// Where a row, or the object of a document, stands.
  func place(of source: FactSource) -> Place {
    switch source {
    case .row(let row, let table, let number): table.place(of: row, number: number)
    case .object(let document, let index, let path, _):
      Place(file: file, line: Int(document[index].line), path: path.isEmpty ? nil : String(path.dropLast()))
    }
  }
}

extension Value {
  /// The value as a message shows it.
  var plainText: String {
    if case .string(let text) = self { text } else { description }
  }
}
