extension Checker {
  mutating func negation(_ operand: Expression.ID, _ range: Range<Int>) -> NodeEntry {
    let node = check(operand)
    if case .number(let number) = node.kind { return NodeEntry(.number(-number), .number, range) }
    switch base(node) {
    case .number, .any, .daysAndTimeDuration, .yearsAndMonthsDuration:
      return NodeEntry(.negate, builder.number(of: base(node)), range, builder.place(node))
    case let other:
      return invalid(
        .typeMismatch, .wrongType, "a minus sign goes before a number or a duration, not \(article(other))",
        at: node.range, label: "\(other.label)")
    }
  }

  mutating func arithmetic(
    _ op: ArithmeticOperator, _ left: Expression.ID, _ right: Expression.ID, _ range: Range<Int>
  ) -> NodeEntry {
    let a = check(left)
    let b = check(right)
    if a.type == .number, b.type == .number {
      return NodeEntry(.arithmetic(op), .number, range, builder.place(a, b))
    }
    guard let result = Operators.resultType(op, base(a), base(b)) else {
      let (first, second) = (type(a), type(b))
      let message =
        switch op {
        case .add: "cannot add \(article(second)) to \(article(first))"
        case .subtract: "cannot take \(article(second)) from \(article(first))"
        case .multiply: "cannot multiply \(article(first)) by \(article(second))"
        case .divide: "cannot divide \(article(first)) by \(article(second))"
        case .power: "cannot raise \(article(first)) to the power of \(article(second))"
        }
      return invalid(
        .typeMismatch, .wrongType, message, at: range, label: "\(first.label) \(op.rawValue) \(second.label)",
        help: [hint(op, a, b)])
    }
    return NodeEntry(.arithmetic(op), builder.number(of: result), range, builder.place(a, b))
  }

  private func hint(_ op: ArithmeticOperator, _ a: NodeEntry, _ b: NodeEntry) -> String? {
    guard op == .add || op == .subtract else { return nil }
    switch (base(a), base(b)) {
    case (.date, .number), (.dateAndTime, .number):
      return "for days write a duration: `@\"P\(text(b.range).prefix(8))D\"` or `duration(\"P30D\")`"
    case (.string, _) where op == .add: return "`string(…)` makes text of a value"
    default: return nil
    }
  }

  mutating func comparison(
    _ op: ComparisonOperator, _ left: Expression.ID, _ right: Expression.ID, _ range: Range<Int>
  ) -> NodeEntry {
    let a = check(left)
    let b = check(right)
    if op == .equal || op == .notEqual {
      // `x = null` asks whether a fact is there.
      if a.isNull || b.isNull {
        if a.isNull, b.isNull { return NodeEntry(.boolean(op == .equal), .boolean, range) }
        let supplied = NodeEntry(.supplied, .boolean, range, builder.place(a.isNull ? b : a))
        guard op == .equal else { return supplied }
        return NodeEntry(
          .compare(.equal), .boolean, range, builder.place(supplied, NodeEntry(.boolean(false), .boolean, range)))
      }
    }
    guard comparable(op, a, b, range) else {
      let message = "cannot compare \(article(type(a))) with \(article(type(b)))"
      return invalid(.wrongType, message, at: range, type: .boolean)
    }
    return NodeEntry(.compare(op), .boolean, range, builder.place(a, b))
  }

  /// Reports a comparison whose sides can never be compared, or that names a value the other side never has.
  mutating func comparable(_ op: ComparisonOperator, _ a: NodeEntry, _ b: NodeEntry, _ range: Range<Int>) -> Bool {
    let isEquality = op == .equal || op == .notEqual
    guard isEquality && overlap(a.type, b.type) || compares(a.type, b.type) else {
      report(
        .typeMismatch, "cannot compare \(article(type(a))) with \(article(type(b)))", at: range,
        label: "\(type(a).label) \(op.rawValue) \(type(b).label)", help: [comparisonHint(a, b)])
      return false
    }
    if isEquality {
      checkAllowed(b, against: a.type)
      checkAllowed(a, against: b.type)
    }
    return true
  }

  private func comparisonHint(_ a: NodeEntry, _ b: NodeEntry) -> String? {
    switch (base(a), base(b)) {
    case (.date, .string), (.string, .date): "a date is written `@\"2026-01-31\"` or `date(\"2026-01-31\")`"
    case (.list, _): "to ask about the items, use `some … satisfies`, `every … satisfies` or `list contains`"
    case (_, .list): "to ask whether a list holds a value, use `in` or `list contains`"
    case (.daysAndTimeDuration, .number), (.number, .daysAndTimeDuration):
      "a duration is written `@\"P30D\"`; `.days` gives its days as a number"
    default: nil
    }
  }

  private mutating func checkAllowed(_ node: NodeEntry, against type: TypeNumber) {
    // What has a fixed number is not restricted.
    if type.position != nil { checkAllowed(node, against: builder.tree[type]) }
  }

  /// Reports a written value that a restricted type does not have.
  mutating func checkAllowed(_ node: NodeEntry, against type: Type) {
    guard let allowed = type.allowedValues, mode == .rules else { return }
    for (leaf, value) in constants(in: node) where !value.isNull {
      guard let listed = allowed.listed else {
        if Operators.isOutside(value, allowed) {
          report(
            .valueNotAllowed, "`\(text(leaf.range))` lies outside what is allowed: \(allowed.text)", at: leaf.range)
        }
        continue
      }
      guard !listed.contains(value), case .string(let word) = value else { continue }
      let words = listed.compactMap { if case .string(let text) = $0 { text } else { nil } }
      report(
        .valueNotAllowed, "`\(word)` is not an allowed value", at: leaf.range,
        help: [
          suggestion(for: word, among: words)
            ?? (words.count <= 12 ? "allowed: " + words.map { "`\($0)`" }.joined(separator: ", ") : nil)
        ])
    }
  }

  private func constants(in node: NodeEntry) -> [(leaf: NodeEntry, value: Value)] {
    if case .list = node.kind { return builder.nodes(node.children).flatMap { constants(in: $0) } }
    return constant(node).map { [(node, $0)] } ?? []
  }

  /// The value of a node that always has one and the same.
  private func constant(_ node: NodeEntry) -> Value? {
    switch node.kind {
    case .number(let number): .number(number)
    case .boolean(let truth): .boolean(truth)
    case .null: .null
    case .constant(let value): builder.tree[value: value]
    default: nil
    }
  }

  mutating func between(
    _ value: Expression.ID, _ low: Expression.ID, _ high: Expression.ID, _ range: Range<Int>
  ) -> NodeEntry {
    let a = check(value)
    let b = check(low)
    let c = check(high)
    checkEnd(b, of: a)
    checkEnd(c, of: a)
    return NodeEntry(.between, .boolean, range, builder.place(a, b, c))
  }

  private mutating func checkEnd(_ end: NodeEntry, of value: NodeEntry) {
    if compares(value.type, end.type) { return }
    report(
      .typeMismatch, "cannot compare \(article(type(value))) with \(article(type(end)))", at: end.range,
      label: "\(type(end).label)")
  }

  mutating func range(
    _ start: Expression.ID, _ startIncluded: Bool, _ end: Expression.ID, _ endIncluded: Bool, _ range: Range<Int>
  ) -> NodeEntry {
    let a = check(start)
    let b = check(end)
    if !compares(a.type, b.type) {
      report(
        .typeMismatch, "a range goes between two values of one type, not \(article(type(a))) and \(article(type(b)))",
        at: range)
    } else if let low = constant(a), let high = constant(b), Operators.order(low, high) == .some(.greater) {
      report(.neverHolds, "this range is empty: its start is above its end", at: range)
    }
    let end = joined(a.type, b.type)
    let type = end.simple.map { TypeNumber(rangeOf: $0) } ?? builder.number(of: .range(builder.tree[end].base))
    return NodeEntry(
      .range(startIncluded: startIncluded, endIncluded: endIncluded), type, range, builder.place(a, b))
  }

  // MARK: in, and unary tests

  mutating func membership(_ value: Expression.ID, _ tests: Expression.Row, _ range: Range<Int>) -> NodeEntry {
    let waiting = builder.waitingCount
    let a = check(value)
    builder.wait(a)
    wait(for: tests) { $0.check($1) }
    let nodes = builder.placeWaiting(from: waiting)
    let input = type(a)
    for index in 1..<nodes.count { checkTest(builder.child(index, of: nodes), against: input) }
    return NodeEntry(.passes, .boolean, range, nodes)
  }

  /// Reports a test that no value of the input's type passes.
  mutating func checkTest(_ test: NodeEntry, against input: Type) {
    switch base(test) {
    case .range(let end):
      if !Operators.compares(input, end), end != .any {
        report(
          .neverHolds, "\(article(input)) is never within a range of \(end.label)", at: test.range,
          label: "\(type(test).label)")
      } else if let allowed = input.allowedValues {
        checkRange(test, allowed)
      }
    case .list(let item):
      if input.item == nil, !item.overlaps(input), item != .any {
        report(
          .neverHolds, "\(article(input)) is never in a list of \(item.label)", at: test.range,
          label: "\(type(test).label)")
      } else {
        checkAllowed(test, against: input.item ?? input)
      }
    case let other:
      if let item = input.item, other.overlaps(item), item != .any {
        checkAllowed(test, against: item)
      } else if !other.overlaps(input) {
        report(
          .neverHolds, "\(article(input)) is never \(article(other))", at: test.range, label: "\(other.label)")
      } else {
        checkAllowed(test, against: input)
      }
    }
  }

  /// Reports a range that lies wholly outside what is allowed.
  private mutating func checkRange(_ test: NodeEntry, _ allowed: AllowedValues) {
    let bounds: (low: Value?, high: Value?) =
      switch test.kind {
      case .range: (constant(builder.child(0, of: test.children)), constant(builder.child(1, of: test.children)))
      case .halfRange(.greater), .halfRange(.greaterOrEqual): (constant(builder.child(0, of: test.children)), nil)
      case .halfRange(.less), .halfRange(.lessOrEqual): (nil, constant(builder.child(0, of: test.children)))
      default: (nil, nil)
      }
    if let low = bounds.low, let upper = allowed.upper, Operators.order(low, upper) == .some(.greater) {
      report(.neverHolds, "no allowed value is that high: \(allowed.text)", at: test.range)
    }
    if let high = bounds.high, let lower = allowed.lower, Operators.order(high, lower) == .some(.less) {
      report(.neverHolds, "no allowed value is that low: \(allowed.text)", at: test.range)
    }
  }

  mutating func unaryTests(_ tests: UnaryTests, input type: Type) -> (NodeEntry, slot: Int) {
    let slot = newSlot()
    let variable = UInt32(slot)
    let input = Locals.Local(name: .input, slot: slot, type: builder.number(of: type))
    var conditions: [Bool] = []
    let nodes = place(tests.tests) { checker, id in
      let node = checker.check(id, binding: input)
      let usesInput = checker.builder.contains(node) { if case .local(variable) = $0.kind { true } else { false } }
      if usesInput {
        if !checker.mayBe(.boolean, node) {
          checker.report(
            .typeMismatch, "a test with `?` has to be true or false", at: node.range,
            label: "\(checker.type(node).label)")
        }
      } else {
        checker.checkTest(node, against: type)
      }
      conditions.append(usesInput)
      return node
    }
    let flags = conditions.contains(true) ? builder.add(flags: conditions) : nil
    let kind = NodeEntry.Kind.unaryTests(input: variable, isNegated: tests.isNegated, conditions: flags)
    return (NodeEntry(kind, .boolean, tests.range, nodes), slot)
  }
}
