import FEEL

/// The inputs that a column of a decision table can have, sorted into cases within which no cell of it changes.
///
/// Of an ordered type each boundary that a cell names is a case, and so is everything between two of them; of listed
/// values each is one. That the input is missing is a case too, and for an input that is no fact that it is null.
struct InputCases {
  struct Case {
    /// One input that stands for all of the case.
    var value: Value
    /// For what lies between boundaries: the boundaries, nil where there is none.
    var between: (lower: Value?, upper: Value?)?

    var isMissing: Bool { value.isUnknown }
    /// Whether the input is there.
    var isPresent: Bool { !value.isUnknown && !value.isNull }
  }

  /// Nobody can list the inputs, or say where a cell changes: one case stands for all of them.
  static let unlisted = InputCases(cases: [Case(value: .boolean(true))], isListed: false)

  var cases: [Case]
  /// Whether a cell is the same throughout each case.
  let isListed: Bool

  /// - Parameters:
  ///   - boundaries: the values that the cells name.
  ///   - isWhole: whether the input is a number without decimals, whatever the facts.
  ///   - isFact: whether the input is a fact as it stands, which is never null.
  ///   - isAllowed: whether the vocabulary allows a value.
  init?(of type: Type, boundaries: [Value], isWhole: Bool, isFact: Bool, isAllowed: (Value) -> Bool) {
    isListed = true
    if let listed = type.allowedValues?.listed {
      cases = listed.map { Case(value: $0) }
    } else {
      switch type.base {
      case .boolean: cases = [Case(value: .boolean(true)), Case(value: .boolean(false))]
      case .string: cases = Self.texts(boundaries)
      case .number, .date, .yearsAndMonthsDuration, .daysAndTimeDuration:
        let ends = [type.allowedValues?.lower, type.allowedValues?.upper].compactMap(\.self)
        cases = Self.intervals(Self.ordered(boundaries + ends), of: type.base, isWhole: isWhole)
      default: return nil
      }
    }
    let (lower, upper) = (type.allowedValues?.lower, type.allowedValues?.upper)
    cases = cases.filter { inputs in
      let isOutside =
        lower.map { Operators.order(inputs.value, $0) == .less } ?? false
        || upper.map { Operators.order(inputs.value, $0) == .greater } ?? false
      return !isOutside && isAllowed(inputs.value)
    }
    if !isFact { cases.append(Case(value: .null)) }
    cases.append(Case(value: .unknown(Unknown(missing: []))))
  }

  private init(cases: [Case], isListed: Bool) {
    self.cases = cases
    self.isListed = isListed
  }

  /// Each text that is named, and one that is not.
  private static func texts(_ boundaries: [Value]) -> [Case] {
    let named = ordered(boundaries)
    var other = "anything else"
    while named.contains(.string(other)) { other += "!" }
    return named.map { Case(value: $0) } + [Case(value: .string(other), between: (nil, nil))]
  }

  /// The values in their order, each once; those that have none with the others are left out.
  private static func ordered(_ values: [Value]) -> [Value] {
    guard let first = values.first else { return [] }
    let comparable = values.filter { Operators.order($0, first) != nil }
    let sorted = comparable.sorted { Operators.order($0, $1) == .less }
    return sorted.reduce(into: []) { result, value in
      if result.last.map({ Operators.order($0, value) != .equal }) ?? true { result.append(value) }
    }
  }

  private static func intervals(_ boundaries: [Value], of type: Type, isWhole: Bool) -> [Case] {
    guard let first = boundaries.first, let last = boundaries.last else {
      return anyValue(of: type).map { [Case(value: $0, between: (nil, nil))] } ?? []
    }
    var cases: [Case] = []
    if let below = beyond(first, -1) { cases.append(Case(value: below, between: (nil, first))) }
    for (index, boundary) in boundaries.enumerated() {
      let isPossible: Bool =
        if case .number(let number) = boundary, isWhole { number == number.floored() } else { true }
      if isPossible { cases.append(Case(value: boundary)) }
      if index + 1 < boundaries.count, let value = between(boundary, boundaries[index + 1], isWhole: isWhole) {
        cases.append(Case(value: value, between: (boundary, boundaries[index + 1])))
      }
    }
    if let above = beyond(last, 1) { cases.append(Case(value: above, between: (last, nil))) }
    return cases
  }

  private static func anyValue(of type: Type) -> Value? {
    switch type {
    case .number: .number(.zero)
    case .date: CivilDate(year: 2000, month: 1, day: 1).map { .date($0) }
    case .yearsAndMonthsDuration: .yearsAndMonthsDuration(.zero)
    case .daysAndTimeDuration: .daysAndTimeDuration(.zero)
    default: nil
    }
  }

  /// A value one step below or above another.
  private static func beyond(_ value: Value, _ step: Int) -> Value? {
    switch value {
    case .number(let number): number.floored().adding(Number(step)).map { .number($0) }
    case .date(let date): date.adding(days: step).map { .date($0) }
    case .yearsAndMonthsDuration(let duration):
      duration.adding(YearsAndMonthsDuration(months: step)).map { .yearsAndMonthsDuration($0) }
    case .daysAndTimeDuration(let duration):
      DaysAndTimeDuration(days: step).flatMap { duration.adding($0) }.map { .daysAndTimeDuration($0) }
    default: nil
    }
  }

  /// A value between two others, as plain a one as there is; nil where there is none.
  private static func between(_ low: Value, _ high: Value, isWhole: Bool) -> Value? {
    if let next = beyond(low, 1), Operators.order(next, high) == .less { return next }
    switch (low, high) {
    case (.number(let low), .number(let high)) where !isWhole:
      return low.adding(high).flatMap { $0.divided(by: 2) }.map { .number($0) }
    case (.daysAndTimeDuration(let low), .daysAndTimeDuration(let high)):
      let middle = low.adding(high).flatMap { $0.divided(by: 2) }
      return middle.flatMap { low < $0 && $0 < high ? .daysAndTimeDuration($0) : nil }
    default: return nil
    }
  }

  // MARK: In words

  /// What some of the cases have in common, as unary tests; nil where they are all that the input can be when it is
  /// supplied.
  func description(of chosen: Bits) -> String? {
    let present = cases.indices.filter { cases[$0].isPresent }
    guard !present.allSatisfy({ chosen.contains($0) }) else { return nil }
    let isOrdered = cases.contains { $0.between?.lower != nil || $0.between?.upper != nil }
    var parts: [String] = []
    var run: [Int] = []
    func close() {
      guard let first = run.first, let last = run.last else { return }
      parts.append(Self.words(cases[first], cases[last]))
      run = []
    }
    for index in present {
      if chosen.contains(index) { run.append(index) } else { close() }
      if !isOrdered { close() }
    }
    close()
    if parts.isEmpty { parts = cases.indices.filter { chosen.contains($0) }.map { cases[$0].words } }
    return parts.joined(separator: ", ")
  }

  private static func words(_ first: Case, _ last: Case) -> String {
    if first.value == last.value, first.between?.lower == nil, first.between?.upper == nil {
      return first.between == nil ? first.words : "any other"
    }
    let lower = first.between.map { (value: $0.lower, isIncluded: false) } ?? (first.value, true)
    let upper = last.between.map { (value: $0.upper, isIncluded: false) } ?? (last.value, true)
    switch (lower.value, upper.value) {
    case (let low?, let high?):
      return "in \(lower.isIncluded ? "[" : "(")\(low.literal)..\(high.literal)\(upper.isIncluded ? "]" : ")")"
    case (nil, let high?): return "\(upper.isIncluded ? "<=" : "<") \(high.literal)"
    case (let low?, nil): return "\(lower.isIncluded ? ">=" : ">") \(low.literal)"
    case (nil, nil): return "any other"
    }
  }
}

extension InputCases.Case {
  /// The input that stands for the case.
  var words: String { isMissing ? "missing" : value.literal }
}

/// A set of small numbers.
struct Bits: Hashable {
  private var words: [UInt64]

  init(count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

  init(count: Int, where isMember: (Int) -> Bool) {
    self.init(count: count)
    for index in 0..<count where isMember(index) { insert(index) }
  }

  var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

  func contains(_ index: Int) -> Bool { words[index / 64] & (1 << UInt64(index % 64)) != 0 }

  mutating func insert(_ index: Int) { words[index / 64] |= 1 << UInt64(index % 64) }

  func intersection(_ other: Bits) -> Bits {
    var result = self
    for index in words.indices { result.words[index] &= other.words[index] }
    return result
  }

  func isDisjoint(with other: Bits) -> Bool { !zip(words, other.words).contains { $0 & $1 != 0 } }

  func isSubset(of other: Bits) -> Bool { zip(words, other.words).allSatisfy { $0 & ~$1 == 0 } }

  /// The least member, nil where there is none.
  var first: Int? {
    words.firstIndex { $0 != 0 }.map { $0 * 64 + words[$0].trailingZeroBitCount }
  }

  /// The members in order.
  var members: [Int] { (0..<words.count * 64).filter { contains($0) } }
}
