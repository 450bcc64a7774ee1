import Diagnostics

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
    case (.string(let x), .string(let y)): order(x, y)
    case (.date(let x), .date(let y)): order(x, y)
    case (.daysAndTimeDuration(let x), .daysAndTimeDuration(let y)): order(x, y)
    case (.yearsAndMonthsDuration(let x), .yearsAndMonthsDuration(let y)): order(x, y)
    case (.time, .time), (.dateAndTime, .dateAndTime), (.date, .dateAndTime), (.dateAndTime, .date):
      Temporal.order(a, b, zones: zones)
    default: nil
    }
  }

  /// Text is ordered by code point, which is the order of its bytes; letters composed in two ways are two texts.
  private static func order(_ a: String, _ b: String) -> Order {
    isSame(a, b) ? .equal : a.utf8.lexicographicallyPrecedes(b.utf8) ? .less : .greater
  }

  /// Whether two texts are the same byte for byte.
  static func isSame(_ a: String, _ b: String) -> Bool {
    guard a.utf8.count == b.utf8.count else { return false }
    return a.utf8.withContiguousStorageIfAvailable { x in
      b.utf8.withContiguousStorageIfAvailable { y in TextEncoding.areSame(x, y) }
    }.flatMap { $0 } ?? a.utf8.elementsEqual(b.utf8)
  }

  static func order<T: Comparable>(_ a: T, _ b: T) -> Order { a < b ? .less : a > b ? .greater : .equal }

  /// Whether values of two types can be ordered.
  static func compares(_ a: Type, _ b: Type) -> Bool {
    switch (a.base, b.base) {
    case (.number, .number), (.string, .string), (.any, _), (_, .any): true
    case (.date, .date), (.time, .time), (.dateAndTime, .dateAndTime),
      (.date, .dateAndTime), (.dateAndTime, .date), (.daysAndTimeDuration, .daysAndTimeDuration),
      (.yearsAndMonthsDuration, .yearsAndMonthsDuration):
      true
    default: false
    }
  }

  /// Whether comparing values of two types never gives null: not even for values that are all there are times with and
  /// without a zone comparable.
  static func alwaysCompares(_ a: Type, _ b: Type, isEquality: Bool) -> Bool {
    switch (a.base, b.base) {
    case (.number, .number), (.string, .string), (.date, .date), (.daysAndTimeDuration, .daysAndTimeDuration),
      (.yearsAndMonthsDuration, .yearsAndMonthsDuration):
      true
    case (.boolean, .boolean): isEquality
    case (.list(let x), .list(let y)): isEquality && alwaysCompares(x, y, isEquality: true)
    case (.context(let x), .context(let y)):
      isEquality && x.members.count == y.members.count
        && x.members.allSatisfy { member in
          y.member(member.name).map { alwaysCompares(member.type, $0.type, isEquality: true) } ?? false
        }
    default: false
    }
  }

  /// Whether a test of a type never gives null for a value of another: what cannot be compared with the items of a list
  /// is just not one of them.
  static func alwaysPassesOrNot(_ value: Type, _ test: Type) -> Bool {
    switch test.base {
    case .range(let end): alwaysCompares(value, end, isEquality: false)
    case .list: true
    default: value.item != nil || alwaysCompares(value, test, isEquality: true)
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
    case (.number(let x), .number(let y)): return x == y ? .yes : .no
    case (.string(let x), .string(let y)): return isSame(x, y) ? .yes : .no
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
        return .null(Failure(.wrongType, "\(a.kind) and \(b.kind) cannot be compared", at: range))
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
      return .unknown(.merging(unknowns))
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
    // Only known values have an order.
    if let order = order(a, b, zones: zones) { return .boolean(holds(op, order)) }
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
    return .null(Failure(.wrongType, "\(a.kind) and \(b.kind) are not ordered", at: range))
  }

  /// Whether a comparison of two values of one ordered type holds.
  @inline(__always)
  static func holds<Ordered: Comparable>(_ op: ComparisonOperator, _ a: Ordered, _ b: Ordered) -> Bool {
    switch op {
    case .equal: a == b
    case .notEqual: a != b
    case .less: a < b
    case .lessOrEqual: a <= b
    case .greater: a > b
    case .greaterOrEqual: a >= b
    }
  }

  static func holds(_ op: ComparisonOperator, _ order: Order) -> Bool {
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
      // Order and equality are not of one mind on dates beside times, and on fractions of a second.
      switch (aLow ?? aHigh, bLow ?? bHigh) {
      case (.time, _), (.dateAndTime, _), (_, .time), (_, .dateAndTime): return nil
      default: break
      }
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
  /// - Parameter type: the test's type, which tells what a test is that is unknown itself.
  static func test(
    _ value: Value, _ test: Value, type: Type = .any, zones: any ZoneRules, at range: Range<Int>
  ) -> Truth {
    switch test {
    case .range(let bounds):
      if case .range = value { return equality(value, test, zones: zones, at: range) }
      if bounds.form == .equal || bounds.form == .notEqual { return contains(bounds, value, zones: zones, at: range) }
      if case .list(let list) = value {
        // A list of one is its item (10.3.2.9.4).
        if list.hasDoubts, let unknown = unknown(in: [value]) { return .unknown(unknown.failing) }
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
        truths.append(same.orNo)
      }
      for (index, item) in list.items.enumerated() {
        var truth: Truth =
          if case .range(let bounds) = item { contains(bounds, value, zones: zones, at: range) } else {
            equality(value, item, zones: zones, at: range)
          }
        truth = truth.orNo
        if let doubt = list.doubt(index) { truth = truth.doubted(doubt, neutral: .no) }
        if truth == .yes { return .yes }
        truths.append(truth)
      }
      return .disjunction(truths)
    case .unknown(let unknown) where type.mayHold:
      // It may be a list or a range as well as a value.
      if let decided = decide(.equal, value, test, unknown.mayFail, zones), decided == .yes { return .yes }
      var unknowns = [unknown]
      collectUnknowns(value, into: &unknowns)
      return .unknown(.merging(unknowns, mayFail: value.isNull ? true : nil))
    default:
      if case .list(let list) = value {
        // An input that is a list passes when it holds the value.
        return .disjunction(
          list.items.indices.map { index in
            let truth = equality(list.items[index], test, zones: zones, at: range).orNo
            return list.doubt(index).map { truth.doubted($0, neutral: .no) } ?? truth
          })
      }
      return equality(value, test, zones: zones, at: range)
    }
  }

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
    // What is tested most.
    let isWithin: Bool? =
      switch value {
      case .number(let number): self.isWithin(bounds, number) { if case .number(let end) = $0 { end } else { nil } }
      case .date(let date): self.isWithin(bounds, date) { if case .date(let end) = $0 { end } else { nil } }
      default: nil
      }
    if let isWithin { return isWithin ? .yes : .no }
    // An end that turns out null makes the range hold nothing and leave nothing out.
    let ends = [bounds.start, bounds.end].compactMap { $0 }
    if let open = unknown(in: ends), open.mayFail { return .unknown(unknown(in: ends + [value]) ?? open) }
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

  /// Whether a value lies within bounds; nil where one of them is of another kind.
  @inline(__always)
  private static func isWithin<Ordered: Comparable>(
    _ bounds: RangeValue, _ value: Ordered, _ read: (Value) -> Ordered?
  ) -> Bool? {
    var isWithin = true
    if let bound = bounds.start {
      guard let start = read(bound) else { return nil }
      isWithin = bounds.startIncluded ? value >= start : value > start
    }
    if let bound = bounds.end {
      guard let end = read(bound) else { return nil }
      isWithin = isWithin && (bounds.endIncluded ? value <= end : value < end)
    }
    return isWithin
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

  /// All that some values' unknown parts rest on, nil where there are none; without bounds.
  static func unknown(in values: some Sequence<Value>) -> Unknown? {
    var unknowns: [Unknown] = []
    for value in values where value.holdsUnknown { collectUnknowns(value, into: &unknowns) }
    if unknowns.isEmpty { return nil }
    let merged = Unknown.merging(unknowns)
    return values.contains { holdsNull($0) } ? merged.failing : merged
  }

  /// Whether a value is null, or a list or context with null in it.
  static func holdsNull(_ value: Value) -> Bool {
    switch value {
    case .null: true
    case .list(let list): list.items.contains { holdsNull($0) }
    // A fact that was supplied is never null.
    case .context(let context): context.facts == nil && context.names.indices.contains { holdsNull(context[$0]) }
    default: false
    }
  }

  /// What decides whether a list, or a list in it, has the items that it may have; nil where it has them.
  static func doubt(in value: Value) -> Unknown? {
    guard case .list(let list) = value else { return nil }
    let doubts = list.doubts.compactMap { $0 } + list.items.compactMap { doubt(in: $0) }
    return doubts.isEmpty ? nil : .merging(doubts)
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
    if !cause.mayFail, let context = joinedContext(values, because: cause) { return .context(context) }
    let mayFail = unknowns.contains { $0.mayFail } || values.contains { holdsNull($0) }
    let merged = Unknown.merging(unknowns, mayFail: mayFail)
    let all = values.map { bounds($0) }
    return bounded(
      merged, lower: extreme(all.map(\.lower), .less), upper: extreme(all.map(\.upper), .greater))
  }

  /// Contexts with the same entries, joined entry by entry; nil where one of the values is anything else.
  private static func joinedContext(_ values: [Value], because cause: Unknown) -> Context? {
    var contexts: [Context] = []
    for value in values {
      guard case .context(let context) = value, context.facts == nil,
        context.names == contexts.first?.names ?? context.names
      else { return nil }
      contexts.append(context)
    }
    guard let first = contexts.first else { return nil }
    return Context(
      first.names.indices.map { index in (first.names[index], joined(contexts.map { $0[index] }, because: cause)) })
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
    if !unknown.mayFail, let lower, lower == upper { return lower }
    return .unknown(unknown.bounded(lower: lower, upper: upper))
  }
}
