extension BuiltinLibrary {
  /// - Source: DMN 1.5, 10.3.4.8 (range functions), after Allen's interval algebra.
  static let rangeBuiltins: [Builtin] = [
    relation(
      "before", "Whether the first ends before the second starts.", example: ("before(1, [5..10])", "true"),
      points: true, pointAndRange: true, rangeAndPoint: true
    ) { try $0.precedes($1) },
    relation(
      "after", "Whether the first starts after the second ends.", example: ("after([5..10], 1)", "true"),
      points: true, pointAndRange: true, rangeAndPoint: true
    ) { try $1.precedes($0) },
    relation(
      "meets", "Whether the first ends where the second starts, both including that point.",
      example: ("meets([1..5], [5..10])", "true")
    ) { try $0.meets($1) },
    relation(
      "met by", "Whether the first starts where the second ends, both including that point.",
      example: ("met by([5..10], [1..5])", "true")
    ) { try $1.meets($0) },
    relation(
      "overlaps", "Whether two ranges have a point in common.", example: ("overlaps([1..5], [3..8])", "true")
    ) { try !$0.precedes($1) && !$1.precedes($0) },
    relation(
      "overlaps before", "Whether the first starts before the second and ends within it.",
      example: ("overlaps before([1..5], [3..8])", "true")
    ) { try $0.overlapsBefore($1) },
    relation(
      "overlaps after", "Whether the first starts within the second and ends after it.",
      example: ("overlaps after([3..8], [1..5])", "true")
    ) { try $1.overlapsBefore($0) },
    relation(
      "finishes", "Whether the first ends as the second does, and starts no earlier.",
      example: ("finishes(10, [1..10])", "true"), pointAndRange: true
    ) { try $0.finishes($1) },
    relation(
      "finished by", "Whether the second ends as the first does, and starts no earlier.",
      example: ("finished by([1..10], 10)", "true"), rangeAndPoint: true
    ) { try $1.finishes($0) },
    relation(
      "includes", "Whether the second lies within the first.", example: ("includes([1..10], 5)", "true"),
      rangeAndPoint: true
    ) { try $0.includes($1) },
    relation(
      "during", "Whether the first lies within the second.", example: ("during(5, [1..10])", "true"),
      pointAndRange: true
    ) { try $1.includes($0) },
    relation(
      "starts", "Whether the first starts as the second does, and ends no later.",
      example: ("starts(1, [1..10])", "true"), pointAndRange: true
    ) { try $0.starts($1) },
    relation(
      "started by", "Whether the second starts as the first does, and ends no later.",
      example: ("started by([1..10], 1)", "true"), rangeAndPoint: true
    ) { try $1.starts($0) },
    relation(
      "coincides", "Whether two points, or two ranges, are the same.", example: ("coincides([1..5], [1..5])", "true"),
      points: true
    ) { try $0.compareStarts($1) == .equal && $0.compareEnds($1) == .equal },
  ]

  private static func relation(
    _ name: String, _ summary: String, example: (call: String, result: String), points: Bool = false,
    pointAndRange: Bool = false, rangeAndPoint: Bool = false,
    holds: @escaping @Sendable (Interval, Interval) throws -> Bool
  ) -> Builtin {
    let range = Type.range(.any)
    // Ranges come first: a point may be anything, a range included.
    var signatures: [Builtin.Signature] = [.init([.init("range1", range), .init("range2", range)], .boolean)]
    if pointAndRange { signatures.append(.init([.init("point", .any), .init("range", range)], .boolean)) }
    if rangeAndPoint { signatures.append(.init([.init("range", range), .init("point", .any)], .boolean)) }
    if points { signatures.append(.init([.init("point1", .any), .init("point2", .any)], .boolean)) }
    return Builtin(
      name, signatures, summary: summary + " Null where they cannot be compared.", example: example, mayFail: true
    ) { call in
      if call[0].isNull || call[1].isNull { return call.refuseNull() }
      guard let first = Interval(call[0], call.evaluator.zones), let second = Interval(call[1], call.evaluator.zones)
      else {
        return call.fail(.wrongArguments, "`\(name)` compares intervals and values that are ordered")
      }
      do {
        return .boolean(try holds(first, second))
      } catch {
        return call.fail(.wrongArguments, "values of different types cannot be compared")
      }
    }
  }

  /// Two ends that have no order.
  private struct Incomparable: Error {}

  /// A range, or a point as the range that holds just it. An end that is nil is open.
  private struct Interval {
    let start: Value?
    let startIncluded: Bool
    let end: Value?
    let endIncluded: Bool
    let zones: any ZoneRules

    init?(_ value: Value, _ zones: any ZoneRules) {
      self.zones = zones
      switch value {
      case .range(let range):
        guard range.form != .notEqual else { return nil }
        (start, startIncluded) = (range.start, range.startIncluded)
        (end, endIncluded) = (range.end, range.endIncluded)
      default:
        guard Operators.order(value, value, zones: zones) != nil else { return nil }
        (start, startIncluded, end, endIncluded) = (value, true, value, true)
      }
    }

    private func order(_ a: Value, _ b: Value) throws(Incomparable) -> Order {
      guard let order = Operators.order(a, b, zones: zones) else { throw Incomparable() }
      return order
    }

    /// Whether this starts before, as or after the other does; at one point, an included end comes first.
    func compareStarts(_ other: Interval) throws(Incomparable) -> Order {
      guard let a = start, let b = other.start else {
        return start == nil ? (other.start == nil ? .equal : .less) : .greater
      }
      let order = try order(a, b)
      guard order == .equal, startIncluded != other.startIncluded else { return order }
      return startIncluded ? .less : .greater
    }

    /// Whether this ends before, as or after the other does; at one point, an included end comes last.
    func compareEnds(_ other: Interval) throws(Incomparable) -> Order {
      guard let a = end, let b = other.end else {
        return end == nil ? (other.end == nil ? .equal : .greater) : .less
      }
      let order = try order(a, b)
      guard order == .equal, endIncluded != other.endIncluded else { return order }
      return endIncluded ? .greater : .less
    }

    /// Whether every point of this lies before every point of the other.
    func precedes(_ other: Interval) throws(Incomparable) -> Bool {
      guard let end, let start = other.start else { return false }
      let order = try order(end, start)
      return order == .less || order == .equal && !(endIncluded && other.startIncluded)
    }

    func meets(_ other: Interval) throws(Incomparable) -> Bool {
      guard let end, let start = other.start else { return false }
      return try order(end, start) == .equal && endIncluded && other.startIncluded
    }

    func includes(_ other: Interval) throws(Incomparable) -> Bool {
      let (first, last) = (try compareStarts(other), try compareEnds(other))
      return first != .greater && last != .less
    }

    func starts(_ other: Interval) throws(Incomparable) -> Bool {
      let (first, last) = (try compareStarts(other), try compareEnds(other))
      return first == .equal && last != .greater
    }

    func finishes(_ other: Interval) throws(Incomparable) -> Bool {
      let (first, last) = (try compareStarts(other), try compareEnds(other))
      return last == .equal && first != .less
    }

    func overlapsBefore(_ other: Interval) throws(Incomparable) -> Bool {
      let (first, last) = (try compareStarts(other), try compareEnds(other))
      return first == .less && last != .greater ? try !precedes(other) : false
    }
  }
}
