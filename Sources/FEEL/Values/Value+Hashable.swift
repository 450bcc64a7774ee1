/// Sameness of representation, for tables of values, types and tests. It is not FEEL's `=`, which is three-valued and
/// lives in ``Evaluator``.
extension Value: Hashable {
  public static func == (left: Value, right: Value) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.boolean(let a), .boolean(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.string(let a), .string(let b)): a == b
    case (.date(let a), .date(let b)): a == b
    case (.time(let a), .time(let b)): a == b
    case (.dateAndTime(let a), .dateAndTime(let b)): a == b
    case (.daysAndTimeDuration(let a), .daysAndTimeDuration(let b)): a == b
    case (.yearsAndMonthsDuration(let a), .yearsAndMonthsDuration(let b)): a == b
    case (.list(let a), .list(let b)): a.items == b.items && a.doubts == b.doubts
    case (.context(let a), .context(let b)):
      a === b || (a.names == b.names && a.names.indices.allSatisfy { a[$0] == b[$0] })
    case (.range(let a), .range(let b)):
      a.start == b.start && a.end == b.end && a.startIncluded == b.startIncluded
        && a.endIncluded == b.endIncluded && a.form == b.form
    case (.function(let a), .function(let b)): a === b
    case (.unknown(let a), .unknown(let b)): a == b
    default: false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .boolean(let value): hasher.combine(value)
    case .number(let value): hasher.combine(value)
    case .string(let value): hasher.combine(value)
    case .date(let value): hasher.combine(value)
    case .time(let value): hasher.combine(value)
    case .dateAndTime(let value): hasher.combine(value)
    case .daysAndTimeDuration(let value): hasher.combine(value)
    case .yearsAndMonthsDuration(let value): hasher.combine(value)
    case .list(let list): hasher.combine(list.items)
    case .context(let context): hasher.combine(context.names)
    case .range(let range): hasher.combine(range.start)
    case .function(let function): hasher.combine(ObjectIdentifier(function))
    case .unknown(let unknown): hasher.combine(unknown.missing)
    }
  }
}

extension Unknown: Hashable {
  public static func == (left: Unknown, right: Unknown) -> Bool {
    left === right
      || (left.missing == right.missing && left.lower == right.lower && left.upper == right.upper
        && left.mayFail == right.mayFail)
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(missing)
    hasher.combine(lower)
    hasher.combine(upper)
  }
}
