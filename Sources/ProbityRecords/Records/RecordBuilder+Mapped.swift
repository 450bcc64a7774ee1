import Diagnostics
import FEEL

/// What a mapping is applied to: a row of cells, or an object of a document.
enum FactSource {
  /// `number` counts the data rows, from 1.
  case row(Row, RowTable, number: Int)
  /// `path` is the way from the record to the object, as places show it; empty for the record.
  case object(RawDocument, RawDocument.Index, path: String, number: Int)
}

// Facts fed by a mapping.
extension RecordBuilder {
  /// Reads the facts that a tree of feeds takes from a row or an object.
  ///
  /// - Returns: the facts, and whether the source gave any of them.
  mutating func context(
    _ tree: FeedTree, from source: FactSource, at position: Position
  ) -> (facts: Context, isSupplied: Bool) {
    let type = tree.type
    var members = Members(count: type.members.count)
    var found: [Int: [RawDocument.Index]] = [:]
    var feeds = tree.feeds
    for (member, feed) in tree.feeds.enumerated() {
      guard case .declared(let origin, let feed)? = feed else { continue }
      let isRead = declares(origin, feed, of: member, in: type, from: source, position, into: &members)
      feeds[member] = isRead ? feed : nil
    }
    for (member, feed) in feeds.enumerated() {
      guard let feed else { continue }
      switch feed {
      case .constant(let value): members.values[member] = value
      case .scalar(let origin, let reader, let assumed):
        let text = read(origin, reader, from: source)
        members.setPlace(text.place, of: member)
        if let misfit = members.take(text.reading, of: member, default: assumed) {
          members.absences[member] = self.misfit(
            misfit, text.excerpt, of: reader, type: reader.type, member: type.members[member],
            path: position.path(of: type.members[member].name), at: text.place ?? Place(file: file))
        }
      case .split(let origin, let separator, let whole, let reader, let assumed):
        split(origin, separator, whole, reader, assumed, of: member, in: type, from: source, position, into: &members)
      case .list(let path, let reader, let assumed):
        list(path, reader, assumed, of: member, in: type, from: source, position, into: &members)
      case .object(let path, _):
        found[member] = object(path, of: member, in: type, from: source, position, into: &members)
      case .each(let path, _, let isEmptyWhenAbsent), .objects(let path, _, let isEmptyWhenAbsent):
        found[member] = objects(
          path, isEmptyWhenAbsent, of: member, in: type, from: source, position, into: &members)
      case .candidates(let candidates, let ranking, let assumed):
        self.candidates(
          candidates, ranking: ranking, default: assumed, of: member, in: type, from: source, position, into: &members)
      case .joinedValues(let hops, let origin, let separator, let whole, let reader, let assumed):
        joinedValues(
          hops, origin, separator, whole, reader, assumed, of: member, in: type, from: source, position, into: &members)
      case .joined(let hops, let feed):
        let result = joinedFeed(hops, feed, of: member, in: type, from: source, position)
        members.values[member] = result.value
        members.absences[member] = result.absence
        members.setPlace(result.place, of: member)
        members.isSupplied = members.isSupplied || result.isSupplied
      case .group, .supplied, .items, .joinedItems, .declared: break
      }
    }
    let node = node(type, members, position)
    members.settle(in: node)
    for (member, feed) in feeds.enumerated() {
      guard let feed else { continue }
      let name = type.members[member].name
      switch feed {
      case .group(let nested):
        let (facts, isSupplied) = context(nested, from: source, at: position.nested(name, in: node))
        members.values[member] = .context(facts)
        members.isSupplied = members.isSupplied || isSupplied
      case .supplied(let nested):
        let (facts, isSupplied) = context(nested, from: source, at: position.nested(name, in: node))
        if isSupplied { members.values[member] = .context(facts) }
        members.isSupplied = members.isSupplied || isSupplied
      case .items(let trees, let isEmptyWhenAbsent):
        let items = sideBySide(trees, from: source, name: name, node: node, position: position)
        // Blank cells say that nothing is known of the items, not that there are none.
        if !items.isEmpty || isEmptyWhenAbsent { members.values[member] = .list(List(items)) }
        members.isSupplied = members.isSupplied || !items.isEmpty
      case .each(let path, let nested, _):
        guard let indices = found[member], case .object(let document, _, let prefix, let number) = source else {
          continue
        }
        let items = each(
          nested, indices, in: document, pathPrefix: prefix + path.description, number: number, of: member,
          node: node, position: position)
        members.values[member] = .list(List(items))
      case .object(_, let plan):
        guard let index = found[member]?.first, case .object(let document, _, _, _) = source else { continue }
        let place = members.places.isEmpty ? nil : members.places[member]
        members.values[member] = .context(
          context(plan, of: index, in: document, at: position.nested(name, in: node, place: place)))
      case .objects(_, let plan, _):
        guard let indices = found[member], case .object(let document, _, _, _) = source else { continue }
        members.values[member] = .list(
          List(itemContexts(plan, indices, in: document, of: member, node: node, position: position)))
      case .joinedItems(let hops, let nested, let isEmptyWhenAbsent):
        let items = joinedItems(hops, nested, from: source, name: name, node: node, position: position)
        if !items.isEmpty || isEmptyWhenAbsent { members.values[member] = .list(List(items)) }
        members.isSupplied = members.isSupplied || !items.isEmpty
      case .constant, .scalar, .split, .list, .candidates, .joinedValues, .joined, .declared: break
      }
    }
    return (Context(facts: node, values: members.values), members.isSupplied)
  }

  // MARK: - Texts

  /// What an origin gives for one fact.
  struct Text {
    enum Source {
      case nothing
      case bytes(ArraySlice<UInt8>)
      case node(RawDocument, RawDocument.Index)
    }

    var reading: Reading
    var source = Source.nothing
    var place: Place?

    /// What stood there, as messages show it.
    var excerpt: String {
      switch source {
      case .nothing: ""
      case .bytes(let bytes): Excerpt.of(String(decoding: bytes, as: UTF8.self))
      case .node(let document, let index): document.excerpt(index)
      }
    }
  }

  func read(_ origin: FeedTree.Origin, _ reader: ScalarReader, from source: FactSource) -> Text {
    switch (origin, source) {
    case (.expression(let expression), _): return evaluate(expression, reader, from: source)
    case (.row, .row(let row, let table, let number)):
      let text = Array(String(number).utf8)[...]
      return Text(
        reading: reader.read(text), source: .bytes(text), place: table.place(of: row, number: number))
    case (.row, .object(let document, let index, _, let number)):
      let text = Array(String(number).utf8)[...]
      return Text(
        reading: reader.read(text), source: .bytes(text),
        place: Place(file: file, line: Int(document[index].line)))
    case (.column(let slot), .row(let row, let table, let number)):
      guard let column = table.columns[slot] else { return Text(reading: .missing) }
      let place = table.place(of: row, number: number, column: table.headers[column])
      guard column < row.count else { return Text(reading: .missing, place: place) }
      return Text(reading: read(column, of: row, reader), source: .bytes(row[column]), place: place)
    case (.columns(let slots, let join, let each), .row(let row, let table, let number)):
      let present = slots.compactMap { table.columns[$0] }
      let place = table.place(
        of: row, number: number, column: present.map { table.headers[$0] }.joined(separator: "\" and \""))
      return joined(present.filter { $0 < row.count }, of: row, with: join, each: each, reader, place)
    case (.path(let path), .object(let document, let object, let prefix, _)):
      switch document.follow(path, from: object, isEmptyWhenAbsent: false) {
      case .misled(let reason, let index):
        return Text(reading: .misfit(.misled(reason)), place: place(of: index, in: document, prefix, path))
      case .found(let indices):
        guard let index = indices.first ?? nil else { break }
        return Text(
          reading: document.read(index, with: reader, isLenient: true), source: .node(document, index),
          place: place(of: index, in: document, prefix, path))
      case .absent: break
      }
      return Text(reading: .missing, place: place(of: object, in: document, prefix, path))
    case (.paths(let choice), .object(let document, let object, let prefix, _)):
      return read(choice, reader, from: object, in: document, prefix)
    case (.path, .row), (.paths, .row), (.column, .object), (.columns, .object): return Text(reading: .missing)
    }
  }

  /// What an origin gives, without its place.
  func reading(_ origin: FeedTree.Origin, _ reader: ScalarReader, from source: FactSource) -> Reading {
    // The usual case, without what only messages need.
    if case .column(let slot) = origin, case .row(let row, let table, _) = source {
      guard let column = table.columns[slot], column < row.count else { return .missing }
      return read(column, of: row, reader)
    }
    return read(origin, reader, from: source).reading
  }

  private func evaluate(_ expression: RowExpression, _ reader: ScalarReader, from source: FactSource) -> Text {
    let place = place(of: source)
    let value = expression.value { reading($0.origin, $0.reader, from: source) }
    switch value {
    case .null: return Text(reading: .missing, place: place)
    case .unknown(let unknown):
      let cell = unknown.missing.first?.name ?? ""
      return Text(reading: .misfit(.undecided(cell: cell)), place: place)
    default:
      let text = Array(value.plainText.utf8)[...]
      let fits = value.type.base == reader.type.base
      return Text(
        reading: fits ? reader.check(value) : .misfit(.notReadable), source: .bytes(text), place: place)
    }
  }

  private func read(_ column: Int, of row: Row, _ reader: ScalarReader) -> Reading {
    let cell = row[column]
    switch row.kind(of: column) {
    case .empty: return .missing
    case .error: return .misfit(.failedFormula)
    case .binary: return .misfit(.binary)
    case .formula: return .misfit(.notComputed)
    case .text: return TextEncoding.firstInvalidUTF8(in: cell.span) == nil ? reader.read(cell) : .misfit(.malformed)
    case .number, .boolean, .date: return reader.read(typed: cell)
    }
  }

  /// Several cells as one text; those that say nothing are left out.
  private func joined(
    _ columns: [Int], of row: Row, with join: String, each: ScalarReader, _ reader: ScalarReader, _ place: Place
  ) -> Text {
    var parts: [String] = []
    for column in columns {
      switch read(column, of: row, each) {
      case .value(let value): if case .string(let text) = value { parts.append(text) }
      case .missing: break
      case .redacted: return Text(reading: .redacted, place: place)
      case .misfit(let misfit):
        return Text(
          reading: .misfit(misfit), source: .bytes(row[column]), place: place)
      }
    }
    guard !parts.isEmpty else { return Text(reading: .missing, place: place) }
    let text = Array(parts.joined(separator: join).utf8)[...]
    return Text(reading: reader.read(text), source: .bytes(text), place: place)
  }

  /// What the first of several paths gives that leads to anything.
  private func read(
    _ choice: FeedTree.PathChoice, _ reader: ScalarReader, from object: RawDocument.Index, in document: RawDocument,
    _ prefix: String
  ) -> Text {
    for path in choice.paths {
      switch document.follow(path, from: object, isEmptyWhenAbsent: true) {
      case .absent: continue
      case .misled(let reason, let index):
        return Text(reading: .misfit(.misled(reason)), place: place(of: index, in: document, prefix, path))
      case .found(let indices):
        let text = read(choice, reader, indices.compactMap(\.self), in: document, prefix, path)
        if case .missing = text.reading { continue }
        return text
      }
    }
    return Text(reading: .missing, place: choice.paths.first.map { place(of: object, in: document, prefix, $0) })
  }

  private func read(
    _ choice: FeedTree.PathChoice, _ reader: ScalarReader, _ indices: [RawDocument.Index], in document: RawDocument,
    _ prefix: String, _ path: DocumentPath
  ) -> Text {
    var values: [(value: Value, index: RawDocument.Index)] = []
    for index in indices {
      let reading = document.read(index, with: choice.join == nil ? reader : choice.each, isLenient: true)
      switch reading {
      case .value(let value): values.append((value, index))
      case .missing: break
      case .redacted, .misfit:
        return Text(
          reading: reading, source: .node(document, index), place: place(of: index, in: document, prefix, path))
      }
    }
    guard let first = values.first else { return Text(reading: .missing) }
    let place = place(of: first.index, in: document, prefix, path)
    guard let join = choice.join else {
      let others = values.count { $0.value != first.value }
      return Text(
        reading: others == 0 ? .value(first.value) : .misfit(.several(values.count)),
        source: .node(document, first.index), place: place)
    }
    let text = Array(values.map(\.value.plainText).joined(separator: join).utf8)[...]
    return Text(reading: reader.read(text), source: .bytes(text), place: place)
  }

  mutating func split(
    _ origin: FeedTree.Origin, _ separator: [UInt8], _ whole: ScalarReader, _ reader: ScalarReader, _ assumed: Value?,
    of member: Int, in type: ContextType, from source: FactSource, _ position: Position, into members: inout Members
  ) {
    let text = read(origin, whole, from: source)
    members.setPlace(text.place, of: member)
    let path = position.path(of: type.members[member].name)
    guard case .value(.string(let whole)) = text.reading else {
      if let misfit = members.take(text.reading, of: member, default: assumed) {
        members.absences[member] = self.misfit(
          misfit, text.excerpt, of: reader, type: reader.type, member: type.members[member], path: path,
          at: text.place ?? Place(file: file))
      }
      return
    }
    members.isSupplied = true
    var items: [Value?] = []
    for part in Self.parts(of: Array(whole.utf8)[...], separatedBy: separator) {
      switch reader.read(part) {
      case .value(let value): items.append(value)
      case .missing: break
      case .redacted:
        members.absences[member] = .redacted
        items.append(nil)
      case .misfit(let misfit):
        members.absences[member] = self.misfit(
          misfit, Excerpt.of(String(decoding: part, as: UTF8.self)), of: reader, type: reader.type,
          member: type.members[member], path: path, at: text.place ?? Place(file: file))
        items.append(nil)
      }
    }
    members.lists.append((member, items, reader.type))
  }

  private static func parts(
    of text: ArraySlice<UInt8>, separatedBy separator: [UInt8]
  ) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var start = text.startIndex
    var index = start
    while index < text.endIndex {
      if !separator.isEmpty, text[index...].starts(with: separator) {
        parts.append(Trim.space(text[start..<index]))
        index += separator.count
        start = index
      } else {
        index += 1
      }
    }
    parts.append(Trim.space(text[start...]))
    return parts
  }

  // MARK: - Paths

  private mutating func list(
    _ path: DocumentPath, _ reader: ScalarReader, _ assumed: Value?, of member: Int, in type: ContextType,
    from source: FactSource, _ position: Position, into members: inout Members
  ) {
    guard case .object(let document, let object, let prefix, _) = source else { return }
    let isEmptyWhenAbsent = assumed != nil
    switch document.follow(path, from: object, isEmptyWhenAbsent: isEmptyWhenAbsent) {
    case .absent: members.setPlace(place(of: object, in: document, prefix, path), of: member)
    case .misled(let reason, let index):
      mislead(reason, path, at: index, in: document, prefix, of: member, in: type, position, into: &members)
    case .found(let indices):
      let first = indices.lazy.compactMap { $0 }.first ?? object
      members.setPlace(place(of: first, in: document, prefix, path), of: member)
      takeItems(
        indices, in: document, of: member, in: type, reader: reader, isLenient: true, position: position,
        into: &members)
    }
  }

  /// The object to which a path leads, where there is one that can be read.
  private mutating func object(
    _ path: DocumentPath, of member: Int, in type: ContextType, from source: FactSource, _ position: Position,
    into members: inout Members
  ) -> [RawDocument.Index]? {
    guard case .object(let document, let object, let prefix, _) = source else { return nil }
    switch document.follow(path, from: object, isEmptyWhenAbsent: false) {
    case .absent: members.setPlace(place(of: object, in: document, prefix, path), of: member)
    case .misled(let reason, let index):
      mislead(reason, path, at: index, in: document, prefix, of: member, in: type, position, into: &members)
    case .found(let indices):
      guard let index = indices.first ?? nil else { return nil }
      members.isSupplied = true
      members.setPlace(place(of: index, in: document, prefix, path), of: member)
      check(index, in: document, is: .object, member: member, type: type, position: position, members: &members)
      if document[index].kind == .object { return [index] }
    }
    return nil
  }

  /// The objects to which a path through lists leads.
  private mutating func objects(
    _ path: DocumentPath, _ isEmptyWhenAbsent: Bool, of member: Int, in type: ContextType, from source: FactSource,
    _ position: Position, into members: inout Members
  ) -> [RawDocument.Index]? {
    guard case .object(let document, let object, let prefix, _) = source, let itemType = type.members[member].type.item
    else { return nil }
    switch document.follow(path, from: object, isEmptyWhenAbsent: isEmptyWhenAbsent) {
    case .absent: members.setPlace(place(of: object, in: document, prefix, path), of: member)
    case .misled(let reason, let index):
      mislead(reason, path, at: index, in: document, prefix, of: member, in: type, position, into: &members)
    case .found(let indices):
      members.isSupplied = true
      members.setPlace(place(of: object, in: document, prefix, path), of: member)
      // A null among the items is nothing that could be an item.
      let present = indices.compactMap { $0 }
      for (number, index) in present.enumerated() where document[index].kind != .object {
        let declared = type.members[member]
        members.absences[member] = misfit(
          document.wrongKind(index), document.excerpt(index), of: nil, type: itemType, member: declared,
          path: "\(position.path(of: declared.name))[\(number + 1)]", at: place(of: index, in: document, prefix, path))
      }
      return present
    }
    return nil
  }

  private mutating func mislead(
    _ reason: String, _ path: DocumentPath, at index: RawDocument.Index, in document: RawDocument, _ prefix: String,
    of member: Int, in type: ContextType, _ position: Position, into members: inout Members
  ) {
    let place = place(of: index, in: document, prefix, path)
    let declared = type.members[member]
    members.isSupplied = true
    members.setPlace(place, of: member)
    members.absences[member] = misfit(
      .misled(reason), "", of: nil, type: declared.type, member: declared, path: position.path(of: declared.name),
      at: place)
  }

  private func place(
    of index: RawDocument.Index, in document: RawDocument, _ prefix: String, _ path: DocumentPath
  ) -> Place {
    Place(file: file, line: Int(document[index].line), path: prefix + path.description)
  }

  // MARK: - Items

  private mutating func each(
    _ tree: FeedTree, _ indices: [RawDocument.Index], in document: RawDocument, pathPrefix: String, number: Int,
    of member: Int, node: FactNode, position: Position
  ) -> [Value] {
    let name = node.type.members[member].name
    var keys: Set<String> = []
    return indices.enumerated().map { index, object in
      guard document[object].kind == .object else {
        return .unknown(Unknown(missing: [Fact(node: node, member: member)]))
      }
      let source = FactSource.object(document, object, path: "\(pathPrefix)[\(index + 1)].", number: number)
      let place = Place(file: file, line: Int(document[object].line), path: "\(pathPrefix)[\(index + 1)]")
      let key = itemKey(tree, from: source)
      if let key, !keys.insert(key).inserted { repeatedItem(key, of: position.path(of: name), at: place) }
      return .context(
        context(tree, from: source, at: position.item(name, index, key: key, in: node, place: place)).facts)
    }
  }

  /// Items made of facts that stand side by side; one of which the source says nothing is left out.
  private mutating func sideBySide(
    _ trees: [FeedTree], from source: FactSource, name: String, node: FactNode, position: Position
  ) -> [Value] {
    var items: [Value] = []
    for tree in trees {
      let key = itemKey(tree, from: source)
      let (facts, isSupplied) = context(
        tree, from: source, at: position.item(name, items.count, key: key, in: node))
      if isSupplied { items.append(.context(facts)) }
    }
    return items
  }

  /// What tells an item apart from the others, unless it must not be shown.
  func itemKey(_ tree: FeedTree, from source: FactSource) -> String? {
    guard let member = tree.type.key, !tree.type.members[member].isSensitive else { return nil }
    return key(tree, from: source)
  }

  /// The text of the fact that identifies what a tree is of, nil where it cannot be read.
  func key(_ tree: FeedTree, from source: FactSource) -> String? {
    guard let member = tree.type.key else { return nil }
    switch tree.feeds[member] {
    case .constant(let value): return value.keyText
    case .scalar(let origin, let reader, _):
      guard case .value(let value) = reading(origin, reader, from: source) else { return nil }
      return value.keyText
    default: return nil
    }
  }
}
