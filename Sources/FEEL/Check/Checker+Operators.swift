extension Checker {
  mutating func negation(_ operand: Expression.ID, _ range: Range<Int>) -> Node {
    let node = check(operand)
    if case .constant(.number(let number)) = node.kind {
      return Node(.constant(.number(-number)), .number, range)
    }
    switch node.type.base {
    case .number, .any, .daysAndTimeDuration, .yearsAndMonthsDuration:
      return Node(.negate(node), node.type.base, range)
    case let other:
      return invalid(
        .typeMismatch, .wrongType, "a minus sign goes before a number or a duration, not \(article(other))",
        at: node.range, label: "\(other.label)")
    }
  }

  mutating func arithmetic(
    _ op: ArithmeticOperator, _ left: Expression.ID, _ right: Expression.ID, _ range: Range<Int>
  ) -> Node {
    let a = check(left)
    let b = check(right)
    guard let type = Operators.resultType(op, a.type.base, b.type.base) else {
      let message =
        switch op {
        case .add: "cannot add \(article(b.type)) to \(article(a.type))"
        case .subtract: "cannot take \(article(b.type)) from \(article(a.type))"
        case .multiply: "cannot multiply \(article(a.type)) by \(article(b.type))"
        case .divide: "cannot divide \(article(a.type)) by \(article(b.type))"
        case .power: "cannot raise \(article(a.type)) to the power of \(article(b.type))"
        }
      return invalid(
        .typeMismatch, .wrongType, message, at: range, label: "\(a.type.label) \(op.rawValue) \(b.type.label)",
        help: [hint(op, a, b)])
    }
    return Node(.arithmetic(op, a, b), type, range)
  }

  private func hint(_ op: ArithmeticOperator, _ a: Node, _ b: Node) -> String? {
    guard op == .add || op == .subtract else { return nil }
    switch (a.type.base, b.type.base) {
    case (.date, .number), (.dateAndTime, .number):
      return "for days write a duration: `@\"P\(text(b.range).prefix(8))D\"` or `duration(\"P30D\")`"
    case (.string, _) where op == .add: return "`string(…)` makes text of a value"
    default: return nil
    }
  }

  mutating func comparison(
    _ op: ComparisonOperator, _ left: Expression.ID, _ right: Expression.ID, _ range: Range<Int>
  ) -> Node {
    let a = check(left)
    let b = check(right)
    if op == .equal || op == .notEqual {
      // `x = null` asks whether a fact is there.
      if a.isNull || b.isNull {
        if a.isNull, b.isNull { return Node(.constant(.boolean(op == .equal)), .boolean, range) }
        let value = a.isNull ? b : a
        let supplied = Node(.supplied(value), .boolean, range)
        guard op == .equal else { return supplied }
        return Node(.compare(.equal, supplied, Node(.constant(.boolean(false)), .boolean, range)), .boolean, range)
      }
    }
    guard comparable(op, a, b, range) else {
      let message = "cannot compare \(article(a.type)) with \(article(b.type))"
      return Node(.invalid(Failure(.wrongType, message, at: range)), .boolean, range)
    }
    return Node(.compare(op, a, b), .boolean, range)
  }

  /// Reports a comparison whose sides can never be compared, or that names a value the other side never has.
  mutating func comparable(_ op: ComparisonOperator, _ a: Node, _ b: Node, _ range: Range<Int>) -> Bool {
    let isEquality = op == .equal || op == .notEqual
    let compares =
      isEquality ? a.type.overlaps(b.type) || Operators.compares(a.type, b.type) : Operators.compares(a.type, b.type)
    guard compares else {
      report(
        .typeMismatch, "cannot compare \(article(a.type)) with \(article(b.type))", at: range,
        label: "\(a.type.label) \(op.rawValue) \(b.type.label)", help: [comparisonHint(a, b)])
      return false
    }
    if isEquality {
      checkAllowed(b, against: a.type)
      checkAllowed(a, against: b.type)
    }
    return true
  }

  private func comparisonHint(_ a: Node, _ b: Node) -> String? {
    switch (a.type.base, b.type.base) {
    case (.date, .string), (.string, .date): "a date is written `@\"2026-01-31\"` or `date(\"2026-01-31\")`"
    case (.list, _): "to ask about the items, use `some … satisfies`, `every … satisfies` or `list contains`"
    case (_, .list): "to ask whether a list holds a value, use `in` or `list contains`"
    case (.daysAndTimeDuration, .number), (.number, .daysAndTimeDuration):
      "a duration is written `@\"P30D\"`; `.days` gives its days as a number"
    default: nil
    }
  }

  /// Reports a written value that a restricted type does not have.
  mutating func checkAllowed(_ node: Node, against type: Type) {
    guard let allowed = type.allowedValues, mode == .rules else { return }
    for leaf in Self.constants(in: node) {
      guard case .constant(let value) = leaf.kind, !value.isNull else { continue }
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

  private static func constants(in node: Node) -> [Node] {
    switch node.kind {
    case .constant: [node]
    case .list(let items): items.flatMap { constants(in: $0) }
    default: []
    }
  }

  mutating func between(_ value: Expression.ID, _ low: Expression.ID, _ high: Expression.ID, _ range: Range<Int>)
    -> Node
  {
    let a = check(value)
    let b = check(low)
    let c = check(high)
    checkEnd(b, of: a)
    checkEnd(c, of: a)
    return Node(.between(a, b, c), .boolean, range)
  }

  private mutating func checkEnd(_ end: Node, of value: Node) {
    if Operators.compares(value.type, end.type) { return }
    report(
      .typeMismatch, "cannot compare \(article(value.type)) with \(article(end.type))", at: end.range,
      label: "\(end.type.label)")
  }

  mutating func range(
    _ start: Expression.ID, _ startIncluded: Bool, _ end: Expression.ID, _ endIncluded: Bool, _ range: Range<Int>
  ) -> Node {
    let a = check(start)
    let b = check(end)
    if !Operators.compares(a.type, b.type) {
      report(
        .typeMismatch, "a range goes between two values of one type, not \(article(a.type)) and \(article(b.type))",
        at: range)
    } else if case .constant(let low) = a.kind, case .constant(let high) = b.kind,
      Operators.order(low, high) == .some(.greater)
    {
      report(.neverHolds, "this range is empty: its start is above its end", at: range)
    }
    return Node(
      .range(start: a, startIncluded: startIncluded, end: b, endIncluded: endIncluded),
      .range(a.type.joined(with: b.type).base), range)
  }

  // MARK: in, and unary tests

  mutating func membership(_ value: Expression.ID, _ tests: Expression.Row, _ range: Range<Int>) -> Node {
    let a = check(value)
    let nodes = check(tests)
    for node in nodes { checkTest(node, against: a.type) }
    return Node(.passes(a, nodes), .boolean, range)
  }

  /// Reports a test that no value of the input's type passes.
  mutating func checkTest(_ test: Node, against input: Type) {
    switch test.type.base {
    case .range(let end):
      if !Operators.compares(input, end), end != .any {
        report(
          .neverHolds, "\(article(input)) is never within a range of \(end.label)", at: test.range,
          label: "\(test.type.label)")
      } else if let allowed = input.allowedValues {
        checkRange(test, allowed)
      }
    case .list(let item):
      if input.item == nil, !item.overlaps(input), item != .any {
        report(
          .neverHolds, "\(article(input)) is never in a list of \(item.label)", at: test.range,
          label: "\(test.type.label)")
      } else {
        checkAllowed(test, against: input.item ?? input)
      }
    case let type:
      if let item = input.item, type.overlaps(item), item != .any {
        checkAllowed(test, against: item)
      } else if !type.overlaps(input) {
        report(
          .neverHolds, "\(article(input)) is never \(article(type))", at: test.range, label: "\(type.label)")
      } else {
        checkAllowed(test, against: input)
      }
    }
  }

  /// Reports a range that lies wholly outside what is allowed.
  private mutating func checkRange(_ test: Node, _ allowed: AllowedValues) {
    let bounds: (low: Node?, high: Node?) =
      switch test.kind {
      case .range(let start, _, let end, _): (start, end)
      case .halfRange(.greater, let node), .halfRange(.greaterOrEqual, let node): (node, nil)
      case .halfRange(.less, let node), .halfRange(.lessOrEqual, let node): (nil, node)
      default: (nil, nil)
      }
    if case .constant(let low)? = bounds.low?.kind, let upper = allowed.upper,
      Operators.order(low, upper) == .some(.greater)
    {
      report(.neverHolds, "no allowed value is that high: \(allowed.text)", at: test.range)
    }
    if case .constant(let high)? = bounds.high?.kind, let lower = allowed.lower,
      Operators.order(high, lower) == .some(.less)
    {
      report(.neverHolds, "no allowed value is that low: \(allowed.text)", at: test.range)
    }
  }

  mutating func unaryTests(_ tests: UnaryTests, input type: Type) -> (Node, slot: Int) {
    let slot = newSlot()
    let nodes = map(tests.tests) { checker, id in
      let node = checker.check(id, binding: ("?", slot, type))
      let usesInput = node.contains { if case .local(slot) = $0.kind { true } else { false } }
      if usesInput {
        if !node.type.overlaps(.boolean) {
          checker.report(
            .typeMismatch, "a test with `?` has to be true or false", at: node.range, label: "\(node.type.label)")
        }
      } else {
        checker.checkTest(node, against: type)
      }
      return Node.UnaryTest(node: node, usesInput: usesInput)
    }
    return (Node(.unaryTests(nodes, input: slot, isNegated: tests.isNegated), .boolean, tests.range), slot)
  }
}
