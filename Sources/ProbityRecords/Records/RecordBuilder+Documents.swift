import Diagnostics
import FEEL

// Documents whose keys are the names of facts.
extension RecordBuilder {
  /// Reads an object as the facts of a type.
  mutating func context(
    _ plan: TypePlan, of object: RawDocument.Index, in document: RawDocument, at position: Position
  ) -> Context {
    let type = plan.type
    var members = Members(count: type.members.count)
    let children = children(of: object, in: document, plan: plan, position: position, members: &members)
    for (member, child) in children {
      let line = Int(document[child].line)
      // A fact on another line than its object has a place of its own; on the same line it has the object's.
      if line != position.place?.line { members.setPlace(Place(file: file, line: line), of: member) }
      switch plan.shapes[member] {
      case .scalar(let reader):
        if let misfit = members.take(document.read(child, with: reader, isLenient: false), of: member) {
          let path = position.path(of: type.members[member].name)
          members.absences[member] = self.misfit(
            misfit, document.excerpt(child), of: reader, type: reader.type, member: type.members[member], path: path,
            at: problemPlace(line, path))
        }
      case .scalars(let reader):
        takeList(
          child, in: document, of: member, in: type, reader: reader, isLenient: false, position: position,
          into: &members)
      case .nested:
        check(child, in: document, is: .object, member: member, type: type, position: position, members: &members)
      case nil: break
      case .items:
        check(child, in: document, is: .list, member: member, type: type, position: position, members: &members)
      }
    }
    let node = node(type, members, position)
    members.settle(in: node)
    for (member, child) in children {
      let name = type.members[member].name
      switch plan.shapes[member] {
      case .nested(let nested) where document[child].kind == .object:
        let place = members.places.isEmpty ? nil : members.places[member]
        members.values[member] = .context(
          context(nested, of: child, in: document, at: position.nested(name, in: node, place: place)))
      case .items(let nested) where document[child].kind == .list:
        let items = itemContexts(
          nested, document.children(of: child), in: document, of: member, node: node, position: position)
        members.values[member] = .list(List(items))
      default: break
      }
    }
    return Context(facts: node, values: members.values)
  }

  /// The members of a type that an object gives, each with the child that holds it; nulls are left out.
  private mutating func children(
    of object: RawDocument.Index, in document: RawDocument, plan: TypePlan, position: Position,
    members: inout Members
  ) -> [(member: Int, child: RawDocument.Index)] {
    let type = plan.type
    var children: [(member: Int, child: RawDocument.Index)] = []
    document.forEachChild(of: object) { key in
      let name = document.text(key)
      guard let member = type.index(of: name) else {
        stranger(name, in: type, at: problemPlace(Int(document[key].line), position.path(of: name)))
        return
      }
      guard plan.shapes[member] != nil, members.absences[member] == nil else { return }
      guard let earlier = children.firstIndex(where: { $0.member == member }) else {
        children.append((member, key + 1))
        return
      }
      children.remove(at: earlier)
      let path = position.path(of: name)
      members.absences[member] = misfit(
        .givenTwice, "", of: nil, type: type.members[member].type, member: type.members[member], path: path,
        at: problemPlace(Int(document[key].line), path))
    }
    children.removeAll { document[$0.child].kind == .null }
    return children
  }

  /// Notes what a nested fact, or the items of a list, will not be able to read.
  mutating func check(
    _ index: RawDocument.Index, in document: RawDocument, is kind: RawDocument.Kind, member: Int, type: ContextType,
    position: Position, members: inout Members
  ) {
    let declared = type.members[member]
    let path = position.path(of: declared.name)
    guard document[index].kind == kind else {
      members.absences[member] = misfit(
        document.wrongKind(index), document.excerpt(index), of: nil, type: declared.type, member: declared, path: path,
        at: problemPlace(Int(document[index].line), path))
      return
    }
    guard kind == .list, let itemType = declared.type.item else { return }
    for (number, item) in document.children(of: index).enumerated() where document[item].kind != .object {
      let itemPath = "\(path)[\(number + 1)]"
      members.absences[member] = misfit(
        document.wrongKind(item), document.excerpt(item), of: nil, type: itemType, member: declared, path: itemPath,
        at: problemPlace(Int(document[item].line), itemPath))
    }
  }

  /// The items of a list as contexts; one that is no object is a value that rests on the list itself.
  mutating func itemContexts(
    _ plan: TypePlan, _ items: [RawDocument.Index], in document: RawDocument, of member: Int, node: FactNode,
    position: Position
  ) -> [Value] {
    let name = node.type.members[member].name
    var keys: Set<String> = []
    return items.enumerated().map { number, item in
      let line = Int(document[item].line)
      guard document[item].kind == .object else {
        return .unknown(Unknown(missing: [Fact(node: node, member: member)]))
      }
      let key = itemKey(plan, item, in: document)
      if let key, !keys.insert(key).inserted {
        repeatedItem(key, of: position.path(of: name), at: problemPlace(line, nil))
      }
      let place = line == position.place?.line ? nil : Place(file: file, line: line)
      return .context(
        context(plan, of: item, in: document, at: position.item(name, number, key: key, in: node, place: place)))
    }
  }

  /// What tells an item apart from the others, unless it must not be shown.
  private func itemKey(_ plan: TypePlan, _ item: RawDocument.Index, in document: RawDocument) -> String? {
    guard let member = plan.type.key, !plan.type.members[member].isSensitive else { return nil }
    return key(plan, item, in: document)
  }

  /// The text of the fact that identifies an object of a type, nil where it cannot be read.
  func key(_ plan: TypePlan, _ object: RawDocument.Index, in document: RawDocument) -> String? {
    guard let member = plan.type.key, case .scalar(let reader) = plan.shapes[member] else { return nil }
    let (child, isRepeated) = document.find(plan.keyName, in: object)
    guard let child, !isRepeated, case .value(let value) = document.read(child, with: reader, isLenient: false) else {
      return nil
    }
    return value.keyText
  }

  // MARK: - For documents of either kind

  /// Reads a list of scalars; items that cannot be read are holes in it, and the fact says why.
  mutating func takeList(
    _ index: RawDocument.Index, in document: RawDocument, of member: Int, in type: ContextType, reader: ScalarReader,
    isLenient: Bool, position: Position, into members: inout Members
  ) {
    let declared = type.members[member]
    guard document[index].kind == .list else {
      let path = position.path(of: declared.name)
      members.isSupplied = true
      members.absences[member] = misfit(
        document.wrongKind(index), document.excerpt(index), of: reader, type: declared.type, member: declared,
        path: path, at: problemPlace(Int(document[index].line), path))
      return
    }
    takeItems(
      document.children(of: index), in: document, of: member, in: type, reader: reader, isLenient: isLenient,
      position: position, into: &members)
  }

  /// Reads values of a document as the items of a list; nil stands for one that is not there.
  mutating func takeItems(
    _ indices: [RawDocument.Index?], in document: RawDocument, of member: Int, in type: ContextType,
    reader: ScalarReader, isLenient: Bool, position: Position, into members: inout Members
  ) {
    let declared = type.members[member]
    var hasHoles = false
    members.isSupplied = true
    let items: [Value?] = indices.enumerated().map { number, index in
      guard let index else {
        hasHoles = true
        return nil
      }
      switch document.read(index, with: reader, isLenient: isLenient) {
      case .value(let value): return value
      case .missing: break
      case .redacted: members.absences[member] = .redacted
      case .misfit(let misfit):
        let path = "\(position.path(of: declared.name))[\(number + 1)]"
        members.absences[member] = self.misfit(
          misfit, document.excerpt(index), of: reader, type: reader.type, member: declared, path: path,
          at: problemPlace(Int(document[index].line), path))
      }
      hasHoles = true
      return nil
    }
    if hasHoles {
      members.lists.append((member, items, reader.type))
    } else {
      members.values[member] = .list(List(items.compactMap { $0 }))
    }
  }

  func node(_ type: ContextType, _ members: Members, _ position: Position) -> FactNode {
    FactNode(
      parent: position.parent, step: position.step, type: type, absences: members.absences, places: members.places,
      place: position.place)
  }

  func problemPlace(_ line: Int?, _ path: String?) -> Place { Place(file: file, line: line, path: path) }
}

extension RawDocument {
  /// The items of a list, in order.
  func children(of index: Index) -> [Index] {
    var children: [Index] = []
    forEachChild(of: index) { children.append($0) }
    return children
  }

  /// The value of a key of an object, and whether the key stands there twice.
  func find(_ name: [UInt8], in object: Index) -> (index: Index?, isRepeated: Bool) {
    var found: Index?
    var isRepeated = false
    forEachChild(of: object) { key in
      guard text(key, is: name) else { return }
      isRepeated = found != nil
      found = key + 1
    }
    return (found, isRepeated)
  }

  /// That a value is not of the kind that is wanted.
  func wrongKind(_ index: Index) -> Misfit {
    self[index].isLost ? .lost : .wrongKind(kindInWords(index))
  }

  /// Reads a scalar as a value of a fact.
  ///
  /// - Parameter isLenient: whether a text may stand where a number or a truth value is wanted and the other way round,
  ///   because whoever wrote the mapping did not write the document.
  func read(_ index: Index, with reader: ScalarReader, isLenient: Bool) -> Reading {
    let node = self[index]
    let slice = bytes[Int(node.start)..<Int(node.end)]
    switch (node.kind, reader.type.base) {
    case (.null, _): return .missing
    case (.list, _), (.object, _): return .misfit(wrongKind(index))
    case (.text, _) where node.isLost: return .misfit(.lost)
    case (.text, _) where node.isMalformed: return .misfit(.malformed)
    case (.number, .number), (.number, .any):
      guard reader.values.isEmpty else { return reader.read(slice) }
      do { return reader.check(.number(try ScalarReader.number(slice))) } catch { return .misfit(error) }
    case (.yes, .boolean), (.yes, .any):
      guard reader.values.isEmpty else { return reader.read(Array("true".utf8)[...]) }
      return reader.check(.boolean(true))
    case (.no, .boolean), (.no, .any):
      guard reader.values.isEmpty else { return reader.read(Array("false".utf8)[...]) }
      return reader.check(.boolean(false))
    case (.text, .string), (.text, .any):
      // Without a mapping a text is what stands between its quotes, white space and all.
      if isLenient { return reader.read(Array(text(index).utf8)[...]) }
      let text = text(index)
      return text.isEmpty ? .missing : reader.check(.string(text))
    case (.text, .number), (.text, .boolean):
      guard isLenient || node.isPlain else { return .misfit(wrongKind(index)) }
      return reader.read(Array(text(index).utf8)[...])
    case (.text, _): return reader.read(node.isEscaped ? Array(text(index).utf8)[...] : slice)
    case (.number, _):
      guard isLenient else { return .misfit(wrongKind(index)) }
      return reader.read(slice)
    case (.yes, _), (.no, _):
      guard isLenient else { return .misfit(wrongKind(index)) }
      return reader.read(Array((node.kind == .yes ? "true" : "false").utf8)[...])
    }
  }
}
