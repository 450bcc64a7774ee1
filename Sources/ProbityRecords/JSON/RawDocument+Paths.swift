/// Where a path leads.
enum PathResult {
  /// The values, in order; nil stands for one that is not there.
  case found([RawDocument.Index?])
  case absent
  /// Something on the way is not what the path says; the reason ends a sentence about the path.
  case misled(String, at: RawDocument.Index)
}

extension RawDocument {
  /// Follows a path from an object.
  ///
  /// - Parameter isEmptyWhenAbsent: whether a list on the way that is absent counts as empty.
  func follow(_ path: DocumentPath, from object: Index, isEmptyWhenAbsent: Bool) -> PathResult {
    var current: [Index?] = [object]
    for step in path.steps {
      var next: [Index?] = []
      for index in current {
        guard let index else {
          // Nobody knows what the list of an item that is not there would have held.
          if step.isList, !isEmptyWhenAbsent { return .absent }
          if !step.isList { next.append(nil) }
          continue
        }
        guard self[index].kind == .object else {
          return .misled(
            "expects an object that holds `\(Excerpt.of(step.key))`, and finds \(kindInWords(index))", at: index)
        }
        let (child, isRepeated) = find(step.keyBytes, in: index)
        if let child, isRepeated { return .misled("meets the key `\(step.key)` twice", at: child) }
        let present = child.flatMap { self[$0].kind == .null ? nil : $0 }
        guard step.isList else {
          next.append(present)
          continue
        }
        guard let present else {
          if isEmptyWhenAbsent { continue }
          return .absent
        }
        guard self[present].kind == .list else {
          return .misled("expects a list at `\(step.key)`, and finds \(kindInWords(present))", at: present)
        }
        next += children(of: present).map { self[$0].kind == .null ? nil : $0 }
      }
      current = next
    }
    if !path.hasLists, (current.first ?? nil) == nil { return .absent }
    return .found(current)
  }
}
