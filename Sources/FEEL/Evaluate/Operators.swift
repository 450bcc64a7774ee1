/// How two values stand to one another.
public enum Order: Sendable { case less, equal, greater }

/// FEEL's operators over values, missing ones included. `Docs/Unknown.md` has the tables.
public enum Operators {
  // MARK: Order and equality of known values

  /// The order of two known values of one ordered type; nil where they have none.
  ///
  /// - Source: DMN 1.5, 10.3.2.13 (comparison). Times and date-times with and without a zone are not ordered.
  public static func order(_ a: Value, _ b: Value, zones: any ZoneRules = NoZones()) -> Order? {
    switch (a, b) {
    case (.number(let x), .number(let y)): order(x, y)
    case (.string(let x), .string(let y)): order(x.utf8, y.utf8)
    case (.date(let x), .date(let y)): order(x, y)
    case (.daysAndTimeDuration(let x), .daysAndTimeDuration(let y)): order(x, y)
    case (.yearsAndMonthsDuration(let x), .yearsAndMonthsDuration(let y)): order(x, y)
    case (.time, .time), (.dateAndTime, .dateAndTime), (.date, .dateAndTime), (.dateAndTime, .date):
      Temporal.order(a, b, zones: zones)
    default: nil
    }
  }

  /// Text is ordered by code point, which is the order of its bytes; letters composed in two ways are two texts.
  private static func order(_ a: String.UTF8View, _ b: String.UTF8View) -> Order {
    a.elementsEqual(b) ? .equal : a.lexicographicallyPrecedes(b) ? .less : .greater
  }

  private static func order<T: Comparable>(_ a: T, _ b: T) -> Order { a < b ? .less : a > b ? .greater : .equal }

  /// Whether values of two types can be ordered.
  static func compares(_ a: Type, _ b: Type) -> Bool {
    switch (a.base, b.base) {
    case (.any, _), (_, .any): true
    case (.number, .number), (.string, .string), (.date, .date), (.time, .time), (.dateAndTime, .dateAndTime),
      (.date, .dateAndTime), (.dateAndTime, .date), (.daysAndTimeDuration, .daysAndTimeDuration),
      (.yearsAndMonthsDuration, .yearsAndMonthsDuration):
      true
    default: false
    }
  }

  /// Whether a value lies outside what bounds a type.
  static func isOutside(_ value: Value, _ allowed: AllowedValues) -> Bool {
    if let lower = allowed.lower, order(value, lower) == .less { return true }
    if let upper = allowed.upper, order(value, upper) == .greater { return true }
    return false
  }

  /// FEEL's `=`: different types compare as null, except that null equals only null.
  public static func equality(_ a: Value, _ b: Value, zones: any ZoneRules, at range: Range<Int>) -> Truth {
    switch (a, b) {
    case (.null, .null): return .yes
    case (.unknown(let x), .unknown(let y)):
      return decide(.equal, a, b, x.mayFail || y.mayFail, zones) ?? .unknown(.merging([x, y]))
    case (.unknown(let x), .null), (.null, .unknown(let x)):
      return x.mayFail ? .unknown(x.bounded(lower: nil, upper: nil)) : .no
    case (.unknown(let x), let other), (let other, .unknown(let x)):
      if let decided = decide(.equal, a, b, x.mayFail, zones) { return decided }
      var unknowns = [x]
      collectUnknowns(other, into: &unknowns)
      return .unknown(.merging(unknowns))
    case (.null, _), (_, .null): return .no
    case (.boolean(let x), .boolean(let y)): return x == y ? .yes : .no
    case (.list(let x), .list(let y)): return equality(x, y, zones: zones, at: range)
    case (.context(let x), .context(let y)):
      guard Set(x.names) == Set(y.names) else { return .no }
      return .conjunction(
        x.names.indices.map { equality(x[$0], y[x.names[$0]] ?? .null, zones: zones, at: range) })
    case (.range(let x), .range(let y)):
      guard x.form == y.form, x.startIncluded == y.startIncluded, x.endIncluded == y.endIncluded else { return .no }
      return .conjunction([
        equality(x.start ?? .null, y.start ?? .null, zones: zones, at: range),
        equality(x.end ?? .null, y.end ?? .null, zones: zones, at: range),
      ])
    case (.function(let x), .function(let y)): return x === y ? .yes : .no
    case (.time, .time), (.dateAndTime, .dateAndTime):
      guard let equal = Temporal.areEqual(a, b, zones: zones) else {
        return .null(Failure(.wrongType, "a local and a zoned time cannot be compared", at: range))
      }
      return equal ? .yes : .no
    default:
      guard let order = order(a, b, zones: zones), a.type == b.type else {
        return .null(Failure(.wrongType, "\(a.type) and \(b.type) cannot be compared", at: range))
      }
      return order == .equal ? .yes : .no
    }
  }

  private static func equality(_ a: List, _ b: List, zones: any ZoneRules, at range: Range<Int>) -> Truth {
    let doubts = (a.doubts + b.doubts).compactMap { $0 }
    if !doubts.isEmpty {
      // Lengths that cannot meet decide; anything else is left open.
      func lengths(_ list: List) -> ClosedRange<Int> {
        let sure = list.items.indices.filter { list.doubt($0) == nil }.count
        return sure...list.items.count
      }
      guard lengths(a).overlaps(lengths(b)) else { return .no }
      var unknowns = doubts
      for list in [a, b] { for item in list.items { collectUnknowns(item, into: &unknowns) } }
      return .unknown(.merging(unknowns, mayFail: true))
    }
    guard a.items.count == b.items.count else { return .no }
    return .conjunction(zip(a.items, b.items).map { equality($0, $1, zones: zones, at: range) })
  }

  // MARK: Comparison

  public static func compare(
    _ op: ComparisonOperator, _ a: Value, _ b: Value, zones: any ZoneRules = NoZones(), at range: Range<Int>
  ) -> Value {
    switch op {
    case .equal: return equality(a, b, zones: zones, at: range).value
    case .notEqual: return equality(a, b, zones: zones, at: range).negated.value
    default: break
    }
    if case .null(let failure) = a {
      return .null(failure ?? Failure(.wrongType, "null is not ordered", at: range))
    }
    if case .null(let failure) = b {
      return .null(failure ?? Failure(.wrongType, "null is not ordered", at: range))
    }
    let unknowns = [a, b].compactMap { if case .unknown(let unknown) = $0 { unknown } else { nil } }
    if !unknowns.isEmpty {
      return (decide(op, a, b, unknowns.contains { $0.mayFail }, zones) ?? .unknown(.merging(unknowns))).value
    }
    guard let order = order(a, b, zones: zones) else {
      return .null(Failure(.wrongType, "\(a.type) and \(b.type) are not ordered", at: range))
    }
    return .boolean(holds(op, order))
  }

  private static func holds(_ op: ComparisonOperator, _ order: Order) -> Bool {
    switch op {
    case .equal: order == .equal
    case .notEqual: order != .equal
    case .less: order == .less
    case .lessOrEqual: order != .greater
    case .greater: order == .greater
    case .greaterOrEqual: order != .less
    }
  }

  /// What the bounds of two values decide whatever the missing facts are; nil when they leave it open.
  private static func decide(
    _ op: ComparisonOperator, _ a: Value, _ b: Value, _ mayFail: Bool, _ zones: any ZoneRules
  ) -> Truth? {
    guard !mayFail else { return nil }
    let (aLow, aHigh) = bounds(a)
    let (bLow, bHigh) = bounds(b)
    // The two extremes between which every order of a completion lies.
    let lowest = aLow.flatMap { low in bHigh.flatMap { order(low, $0, zones: zones) } }
    let highest = aHigh.flatMap { high in bLow.flatMap { order(high, $0, zones: zones) } }
    switch op {
    case .equal, .notEqual:
      if lowest == .greater || highest == .less { return op == .equal ? .no : .yes }
      if lowest == .equal, highest == .equal, aLow == aHigh { return op == .equal ? .yes : .no }
      return nil
    case .less:
      if highest == .less { return .yes }
      return lowest == .equal || lowest == .greater ? .no : nil
    case .lessOrEqual:
      if highest == .less || highest == .equal { return .yes }
      return lowest == .greater ? .no : nil
    case .greater:
      if lowest == .greater { return .yes }
      return highest == .equal || highest == .less ? .no : nil
    case .greaterOrEqual:
      if lowest == .greater || lowest == .equal { return .yes }
      return highest == .less ? .no : nil
    }
  }

  /// The least and the greatest that a value may be; nil where nothing bounds it.
  static func bounds(_ value: Value) -> (lower: Value?, upper: Value?) {
    switch value {
    case .unknown(let unknown): (unknown.lower, unknown.upper)
    case .null, .boolean, .list, .context, .range, .function: (nil, nil)
    default: (value, value)
    }
  }

  // MARK: Membership

  /// Whether a value passes a test: equals it, is within it, or is in it.
  ///
  /// - Source: DMN 1.5, 10.3.2.7 and table 55 (`in`); unary tests without `?` have the same meaning.
  static func test(_ value: Value, _ test: Value, zones: any ZoneRules, at range: Range<Int>) -> Truth {
    switch test {
    case .range(let bounds):
      if case .range = value { return equality(value, test, zones: zones, at: range) }
      if bounds.form == .equal || bounds.form == .notEqual { return contains(bounds, value, zones: zones, at: range) }
      if case .list(let list) = value {
        // A list of one is its item (10.3.2.9.4).
        guard list.items.count == 1, !list.hasDoubts else {
          return .null(Failure(.wrongType, "a list is not within a range", at: range))
        }
        return contains(bounds, list.items[0], zones: zones, at: range)
      }
      return contains(bounds, value, zones: zones, at: range)
    case .list(let list):
      var truths: [Truth] = []
      if case .list = value {
        let same = equality(value, test, zones: zones, at: range)
        if same == .yes { return .yes }
        truths.append(same)
      }
      for (index, item) in list.items.enumerated() {
        var truth: Truth =
          if case .range(let bounds) = item { contains(bounds, value, zones: zones, at: range) } else {
            equality(value, item, zones: zones, at: range)
          }
        if case .null = truth { truth = .no }
        if let doubt = list.doubt(index) { truth = truth.doubted(doubt, neutral: .no) }
        if truth == .yes { return .yes }
        truths.append(truth)
      }
      return .disjunction(truths.map { if case .null = $0 { .no } else { $0 } })
    case .unknown(let unknown):
      // It may be a list or a range as well as a value.
      if let decided = decide(.equal, value, test, unknown.mayFail, zones), decided == .yes { return .yes }
      var unknowns = [unknown]
      collectUnknowns(value, into: &unknowns)
      return .unknown(.merging(unknowns))
    default:
      if case .list(let list) = value, !isList(test) {
        // An input that is a list passes when it holds the value.
        return .disjunction(
          list.items.indices.map { index in
            var truth = equality(list.items[index], test, zones: zones, at: range)
            if case .null = truth { truth = .no }
            return list.doubt(index).map { truth.doubted($0, neutral: .no) } ?? truth
          })
      }
      return equality(value, test, zones: zones, at: range)
    }
  }

  private static func isList(_ value: Value) -> Bool { if case .list = value { true } else { false } }

  static func contains(_ bounds: RangeValue, _ value: Value, zones: any ZoneRules, at range: Range<Int>) -> Truth {
    if case .null(let failure) = value {
      return .null(failure ?? Failure(.wrongType, "null is not within a range", at: range))
    }
    switch bounds.form {
    case .equal: return equality(value, bounds.start ?? .null, zones: zones, at: range)
    case .notEqual: return equality(value, bounds.start ?? .null, zones: zones, at: range).negated
    case .interval where bounds.start == nil || bounds.end == nil:
      return .null(Failure(.wrongType, "an end of the range is null", at: range))
    case .interval, .comparison: break
    }
    var truths: [Truth] = []
    if let start = bounds.start {
      truths.append(
        Truth(compare(bounds.startIncluded ? .greaterOrEqual : .greater, value, start, zones: zones, at: range)))
    }
    if let end = bounds.end {
      truths.append(Truth(compare(bounds.endIncluded ? .lessOrEqual : .less, value, end, zones: zones, at: range)))
    }
    return .conjunction(truths)
  }

  static func halfRange(_ op: ComparisonOperator, _ end: Value) -> Value {
    if case .null(let failure) = end {
      guard op == .equal || op == .notEqual else {
        return .null(failure ?? Failure(.wrongType, "null is not ordered"))
      }
    }
    switch op {
    case .less:
      return .range(RangeValue(start: nil, startIncluded: false, end: end, endIncluded: false, form: .comparison))
    case .lessOrEqual:
      return .range(RangeValue(start: nil, startIncluded: false, end: end, endIncluded: true, form: .comparison))
    case .greater:
      return .range(RangeValue(start: end, startIncluded: false, end: nil, endIncluded: false, form: .comparison))
    case .greaterOrEqual:
      return .range(RangeValue(start: end, startIncluded: true, end: nil, endIncluded: false, form: .comparison))
    case .equal:
      return .range(RangeValue(start: end, startIncluded: true, end: end, endIncluded: true, form: .equal))
    case .notEqual:
      return .range(RangeValue(start: end, startIncluded: false, end: end, endIncluded: false, form: .notEqual))
    }
  }

  // MARK: Unknowns within values

  /// Adds what a value's own unknown parts rest on.
  static func collectUnknowns(_ value: Value, into unknowns: inout [Unknown]) {
    switch value {
    case .unknown(let unknown): unknowns.append(unknown)
    case .list(let list):
      for (index, item) in list.items.enumerated() {
        collectUnknowns(item, into: &unknowns)
        if let doubt = list.doubt(index) { unknowns.append(doubt) }
      }
    case .context(let context):
      for index in context.names.indices { collectUnknowns(context[index], into: &unknowns) }
    case .range(let range):
      if let start = range.start { collectUnknowns(start, into: &unknowns) }
      if let end = range.end { collectUnknowns(end, into: &unknowns) }
    default: break
    }
  }

  /// The value that is one of `values`, which one resting on `cause`.
  static func joined(_ values: [Value], because cause: Unknown) -> Value {
    var unknowns = [cause]
    for value in values { collectUnknowns(value, into: &unknowns) }
    if unknowns.count == 1, let first = values.first, !cause.mayFail, !first.isNull,
      values.allSatisfy({ $0 == first })
    {
      return first
    }
    let mayFail = unknowns.contains { $0.mayFail } || values.contains { $0.isNull }
    let merged = Unknown.merging(unknowns, mayFail: mayFail)
    let all = values.map { bounds($0) }
    return bounded(
      merged, lower: extreme(all.map(\.lower), .less), upper: extreme(all.map(\.upper), .greater))
  }

  /// The least or greatest of some bounds; nil when one is open or they have no order.
  static func extreme(_ bounds: [Value?], _ wanted: Order) -> Value? {
    guard var best = bounds.first.flatMap({ $0 }) else { return nil }
    for bound in bounds.dropFirst() {
      guard let bound, let order = order(bound, best) else { return nil }
      if order == wanted { best = bound }
    }
    return best
  }

  /// An unknown within bounds, or the value itself where the bounds leave but one.
  static func bounded(_ unknown: Unknown, lower: Value?, upper: Value?) -> Value {
    if !unknown.mayFail, let lower, let upper, order(lower, upper) == .equal { return lower }
    return .unknown(unknown.bounded(lower: lower, upper: upper))
  }
}
