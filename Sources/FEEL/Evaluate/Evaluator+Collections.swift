/// Contexts, ranges and lists: what makes them, goes through them and picks from them.
extension Evaluator {
  func context(_ entries: [NodeTree.Variable], _ node: Node) -> Value {
    var values: [Value?] = []
    values.reserveCapacity(entries.count)
    for (index, entry) in entries.enumerated() {
      let value = evaluate(node.child(index))
      frame[entry.slot] = value
      values.append(value)
    }
    // Mostly the type has the names.
    if case .context(let type) = node.type { return .context(Context(names: type.names, values: values)) }
    return .context(Context(names: entries.map(\.name), values: values))
  }

  // MARK: Ranges

  func range(
    _ start: Value, _ startIncluded: Bool, _ end: Value, _ endIncluded: Bool, _ range: Range<Int>
  ) -> Value {
    if case .null = start, case .null = end {
      return .null(Failure(.wrongType, "a range needs an end", at: range))
    }
    if !start.isUnknown, !end.isUnknown, !start.isNull, !end.isNull {
      guard let order = Operators.order(start, end, zones: zones) else {
        return .null(Failure(.wrongType, "the ends of a range must be of one type", at: range))
      }
      if order == .greater { return .null(Failure(.outOfRange, "the start of the range is above its end", at: range)) }
    }
    return .range(
      RangeValue(
        start: start.isNull ? nil : start, startIncluded: startIncluded, end: end.isNull ? nil : end,
        endIncluded: endIncluded))
  }

  /// A range as a value: unknown as a whole where its ends may turn out to make none.
  static func settled(_ value: Value) -> Value {
    guard case .range(let range) = value, let start = range.start, let end = range.end else { return value }
    guard let unknown = Operators.unknown(in: [start, end]) else { return value }
    if !unknown.mayFail, let high = Operators.bounds(start).upper, let low = Operators.bounds(end).lower,
      let order = Operators.order(high, low), order != .greater
    {
      return value
    }
    return .unknown(unknown.failing)
  }

  // MARK: Filters and positions

  func filter(_ value: Value, _ condition: Node, _ slot: Int, _ node: Node) -> Value {
    let list: List
    switch value {
    case .list(let items): list = items
    case .unknown(let unknown): return filter(unknown, of: node, condition, slot)
    case .null(let failure):
      return .null(failure ?? Failure(.wrongType, "null cannot be filtered", at: node.range))
    default: list = List([value])
    }
    if condition.isOf(.number) {
      return item(of: list, at: evaluate(condition), node.range)
    }
    let mayBePosition = condition.isOf(.any)
    var kept: [Value] = []
    /// One for each item that is kept, once there is any.
    var doubts: [Unknown?] = []
    var selected = 0
    var observed = (kept: ItemObservations(), leftOut: ItemObservations())
    func keep(_ element: Value, _ doubt: Unknown?) {
      if doubt != nil || !doubts.isEmpty {
        while doubts.count < kept.count { doubts.append(nil) }
        doubts.append(doubt)
      }
      kept.append(element)
    }
    let isObserved = observations != nil
    for (index, element) in list.items.enumerated() {
      frame[slot] = element
      let mark = isObserved ? observations?.count ?? 0 : 0
      let test = evaluate(condition)
      if case .number = test, index == 0, mayBePosition { return item(of: list, at: test, node.range) }
      switch test {
      case .boolean(true):
        let doubt = list.doubt(index)
        keep(element, doubt)
        if doubt == nil { selected += 1 }
        if isObserved { observed.kept.add(element, from: mark, in: self) }
      case .unknown(let unknown):
        if mayBePosition {
          let rest = Operators.unknown(in: [value]).map { [$0] } ?? []
          return .unknown(.merging([unknown] + rest, mayFail: true))
        }
        keep(element, Unknown.both(list.doubt(index), unknown.lasting))
        if isObserved { observed.kept.add(element, from: mark, in: self) }
      case .boolean, .null: if isObserved { observed.leftOut.add(element, from: mark, in: self) }
      default:
        return .null(Failure(.wrongType, "the condition of the filter is neither true nor false", at: condition.range))
      }
    }
    if list.items.isEmpty, mayBePosition {
      switch evaluate(condition) {
      case .number: return .null(Failure(.outOfRange, "the list is empty", at: node.range))
      case .unknown(let unknown): return .unknown(unknown.bounded(lower: nil, upper: nil).failing)
      default: break
      }
    }
    if observations != nil {
      observe(
        ListObservation(
          node: node, items: list.items.count, selected: selected, perhaps: kept.count - selected,
          omitted: observed.kept.omitted + observed.leftOut.omitted))
    }
    return made(.list(List(kept, doubts: doubts)))
  }

  /// Filters a list that is missing as a whole: any number of items of which nothing is known.
  private func filter(_ list: Unknown, of node: Node, _ condition: Node, _ slot: Int) -> Value {
    frame[slot] = node.children.first.map { Self.anyItem(of: list, in: $0) } ?? .unknown(list)
    let test = evaluate(condition)
    var unknowns = [list.bounded(lower: nil, upper: nil)]
    Operators.collectUnknowns(test, into: &unknowns)
    guard condition.isOf(.boolean) else { return .unknown(.merging(unknowns, mayFail: true)) }
    switch Truth(test) {
    case .no, .null: return list.mayFail ? .unknown(unknowns[0]) : .list(List([]))
    case .yes, .unknown: return .unknown(.merging(unknowns, mayFail: list.mayFail))
    }
  }

  /// What stands for every item of a list that is missing as a whole: of a fact, something within what its type allows.
  private static func anyItem(of list: Unknown, in node: Node) -> Value {
    guard case .member(let base, _, _?) = node.kind, let allowed = node.type.item?.allowedValues,
      case .context(let owner) = base.type.item?.base ?? base.type.base, owner.name != nil
    else { return .unknown(list.bounded(lower: nil, upper: nil)) }
    return .unknown(list.bounded(lower: allowed.lower, upper: allowed.upper))
  }

  /// `list[n]`: from 1, or from the end where negative.
  private func item(of list: List, at position: Value, _ range: Range<Int>) -> Value {
    switch position {
    case .unknown(let unknown) where !list.items.isEmpty:
      return Operators.joined(list.items, because: .merging([unknown] + list.doubts.compactMap { $0 }, mayFail: true))
    case .number(let number):
      guard let index = number.int else { fallthrough }
      guard index != 0, index.magnitude <= list.items.count else {
        return .null(Failure(.outOfRange, "the list has no item \(index)", at: range))
      }
      if !list.hasDoubts { return list.items[index > 0 ? index - 1 : list.items.count + index] }
      let order = index > 0 ? Array(list.items.indices) : list.items.indices.reversed()
      return doubtful(order, of: list, at: abs(index))
    case .unknown: return .null(Failure(.outOfRange, "the list is empty", at: range))
    default: return .null(Failure(.wrongType, "a position is a whole number", at: range))
    }
  }

  /// The item at a position of a list whose items may not be there.
  ///
  /// - Parameter order: the items' indices, from the side from which `position` counts.
  private func doubtful(_ order: [Int], of list: List, at position: Int) -> Value {
    var candidates: [Value] = []
    var doubts: [Unknown] = []
    var sure = 0
    for (rank, item) in order.enumerated() {
      // It stands there when enough of those before it are there, and not too many.
      if rank + 1 >= position { candidates.append(list.items[item]) }
      if let doubt = list.doubt(item) { doubts.append(doubt) } else { sure += 1 }
      if sure == position { break }
    }
    if doubts.isEmpty { return candidates[0] }
    return Operators.joined(candidates, because: .merging(doubts, mayFail: sure < position))
  }

  // MARK: Iterators

  /// What an iterator goes through: the values and what each one's presence rests on.
  private enum Domain {
    case items(List)
    case unknown(Unknown)
    case null(Failure)
  }

  private func domain(_ iterator: Node.Iterator) -> Domain {
    let value = evaluate(iterator.domain)
    if let end = iterator.end {
      return counting(from: value, to: evaluate(end), iterator.domain.range)
    }
    switch value {
    case .list(let list): return .items(list)
    case .unknown(let unknown): return .unknown(unknown)
    case .range(let range):
      guard let start = range.start, let end = range.end else {
        return .null(Failure(.wrongType, "a range without an end cannot be gone through", at: iterator.domain.range))
      }
      return counting(
        from: start, to: end, iterator.domain.range, includingStart: range.startIncluded,
        includingEnd: range.endIncluded)
    case .null(let failure):
      return .null(failure ?? Failure(.wrongType, "null cannot be gone through", at: iterator.domain.range))
    default: return .items(List([value]))
    }
  }

  private func counting(
    from start: Value, to end: Value, _ range: Range<Int>, includingStart: Bool = true, includingEnd: Bool = true
  ) -> Domain {
    for side in [start, end] {
      if case .null(let failure) = side {
        return .null(failure ?? Failure(.wrongType, "null cannot be counted through", at: range))
      }
    }
    if let unknown = Operators.unknown(in: [start, end]) { return .unknown(unknown.failing) }
    func whole(_ value: Value) -> Int? {
      switch value {
      case .number(let number): number.int
      case .date(let date): date.dayNumber
      default: nil
      }
    }
    guard var low = whole(start), var high = whole(end), start.type == end.type else {
      return .null(Failure(.wrongType, "only whole numbers and dates can be counted through", at: range))
    }
    let step = low <= high ? 1 : -1
    if !includingStart { low += step }
    if !includingEnd { high -= step }
    let count = (high - low) * step + 1
    guard count > 0 else { return .items(List([])) }
    guard charge(count) else { return .null(Self.exhausted) }
    guard charge(items: count) else { return .null(Self.outOfMemory) }
    let isDate = if case .date = start { true } else { false }
    return .items(
      List(
        (0..<count).map { offset in
          let number = low + offset * step
          return isDate ? CivilDate(dayNumber: number).map { .date($0) } ?? .null : .number(Number(number))
        }))
  }

  func loop(_ iterators: Node.Iterators, _ body: Node, _ partial: Int?) -> Value {
    var results: [Value] = []
    var doubts: [Unknown?] = []
    /// What rests on lists that are missing as a whole, so that not even the number of results is known.
    var open: [Unknown] = []
    var stopped: Failure?
    /// What the results take when they are gone through: the list so far may be among them, again and again.
    var units = 0
    /// - Parameter isOpen: whether an iterator further out goes through a missing list, whose items are all one.
    func run(_ index: Int, _ doubt: Unknown?, isOpen: Bool) {
      guard index < iterators.count else {
        if let partial {
          guard charge(results.count) else {
            stopped = Self.exhausted
            return
          }
          frame[partial] =
            open.isEmpty ? .list(List(results, doubts: doubts)) : .unknown(.merging(open, mayFail: true))
        }
        let result = evaluate(body)
        if isOpen {
          if let doubt { open.append(doubt) }
          if let unknown = Operators.unknown(in: [result]) { open.append(unknown) }
          if Operators.holdsNull(result) { open[0] = open[0].failing }
        } else {
          results.append(result)
          doubts.append(doubt)
          units += Int(result.extent.units)
          if units > memory / Extent.unitBytes { stopped = Self.tooLarge }
        }
        return
      }
      switch domain(iterators[index]) {
      case .unknown(let unknown):
        open += [unknown.bounded(lower: nil, upper: nil)] + (doubt.map { [$0] } ?? [])
        frame[iterators[index].slot] = Self.anyItem(of: unknown, in: iterators[index].domain)
        run(index + 1, nil, isOpen: true)
      case .null(let failure):
        if let doubt { open.append(doubt.failing) }
        if isOpen { open[0] = open[0].failing }
        if doubt == nil, !isOpen { stopped = failure }
      case .items(let list):
        var observed = ItemObservations()
        for (position, element) in list.items.enumerated() where stopped == nil {
          guard charge(1) else {
            stopped = Self.exhausted
            return
          }
          frame[iterators[index].slot] = element
          let mark = observations?.count ?? 0
          run(index + 1, Unknown.both(doubt, list.doubt(position)), isOpen: isOpen)
          observed.add(element, from: mark, in: self)
        }
        observe(iterators[index].domain, list, observed.omitted)
      }
    }
    run(0, nil, isOpen: false)
    if let stopped { return .null(stopped) }
    let list = Value.list(List(results, doubts: doubts))
    if open.isEmpty { return list }
    Operators.collectUnknowns(list, into: &open)
    let unknown = Unknown.merging(open)
    return .unknown(Operators.holdsNull(list) ? unknown.failing : unknown)
  }

  func quantifier(_ every: Bool, _ iterators: Node.Iterators, _ body: Node) -> Value {
    let start = observations?.count ?? 0
    let neutral: Truth = every ? .yes : .no
    var truths: [Truth] = []
    /// What decides whether a condition is one at all: what is none is a mistake that no other item makes good.
    var mistakes: [Unknown] = []
    /// Whether the items so far have decided the outcome.
    func run(_ index: Int, _ doubt: Unknown?) -> Bool {
      /// What is neutral decides nothing, now or later.
      func add(_ truth: Truth) {
        let truth = doubt.map { truth.doubted($0, neutral: neutral) } ?? truth
        if truth != neutral { truths.append(truth) }
      }
      guard index < iterators.count else {
        let mark = observations?.count ?? 0
        let value = evaluate(body)
        switch value {
        case .boolean, .null: break
        case .unknown(let unknown): if body.isOf(.any) { mistakes.append(unknown) }
        default:
          if let doubt {
            mistakes.append(doubt)
          } else {
            truths = [Truth(value)]
            return true
          }
        }
        let count = truths.count
        add(Truth(value))
        guard truths.count > count, let last = truths.last, last == neutral.negated else { return false }
        observations?.removeSubrange(start..<mark)
        truths = [last]
        return true
      }
      switch domain(iterators[index]) {
      case .unknown(let unknown):
        // There may be any number of items of which nothing is known: one that may be there stands for them all.
        let plain = unknown.bounded(lower: nil, upper: nil)
        frame[iterators[index].slot] = Self.anyItem(of: unknown, in: iterators[index].domain)
        if unknown.mayFail { add(.unknown(plain)) }
        return run(index + 1, Unknown.both(doubt, plain.lasting))
      case .null(let failure): add(.null(failure))
      case .items(let list):
        // One item that decides is all there is to observe; else those that are not known, or else all.
        let first = observations?.count ?? 0
        var isOpen = false
        var observed = ItemObservations()
        for (position, element) in list.items.enumerated() {
          guard charge(1) else {
            truths = [.null(Self.exhausted)]
            return true
          }
          frame[iterators[index].slot] = element
          var mark = observations?.count ?? 0
          let known = truths.count
          if run(index + 1, Unknown.both(doubt, list.doubt(position))) { return true }
          let isNeutral = truths[known...].allSatisfy { $0 == neutral }
          if isNeutral, isOpen {
            observations?.removeSubrange(mark...)
            continue
          }
          if !isNeutral, !isOpen {
            observations?.removeSubrange(first..<mark)
            (isOpen, observed, mark) = (true, ItemObservations(), first)
          }
          observed.add(element, from: mark, in: self)
        }
        observe(iterators[index].domain, list, observed.omitted)
      }
      return false
    }
    _ = run(0, nil)
    if !mistakes.isEmpty {
      for truth in truths { if case .unknown(let unknown) = truth { mistakes.append(unknown) } }
      return .unknown(.merging(mistakes, mayFail: true))
    }
    return (every ? Truth.conjunction(truths) : Truth.disjunction(truths)).value
  }
}
