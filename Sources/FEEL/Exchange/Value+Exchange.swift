/// A typed value or a request that is not in the format, and why.
public struct ExchangeError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One line, lower case.
  public var description: String

  init(_ description: String) { self.description = description }
}

/// Values as typed JSON: JSON's own types for the four types that have them, and for every other an object with one
/// key, which names the type.
extension Value {
  /// Reads a typed value.
  public init(exchange tree: ExchangeTree) throws(ExchangeError) {
    switch tree {
    case .null: self = .null
    case .boolean(let value): self = .boolean(value)
    case .string(let text): self = .string(text)
    case .number(let text): self = try Self.read(text, "number") { Number($0).map { .number($0) } }
    case .array(let items):
      var values: [Value] = []
      for item in items { values.append(try Value(exchange: item)) }
      self = .list(List(values))
    case .object(let members):
      guard members.count == 1, let member = members.first else {
        throw ExchangeError("an object of a typed value has just one key, which names the type")
      }
      self = try Self.typed(member.name, member.value)
    }
  }

  private static func typed(_ type: String, _ tree: ExchangeTree) throws(ExchangeError) -> Value {
    switch type {
    case "context":
      guard case .object(let members) = tree else { throw ExchangeError("a context is an object") }
      var entries: [(String, Value)] = []
      for member in members { entries.append((member.name, try Value(exchange: member.value))) }
      return .context(Context(entries))
    case "range": return try range(tree)
    case "function": throw ExchangeError("a function cannot be read")
    default: break
    }
    guard case .string(let text) = tree else { throw ExchangeError("the value of a \(type) is text") }
    return try read(text, type) { text in
      switch type {
      case "number": Number(text).map { .number($0) }
      case "date": CivilDate(text).map { .date($0) }
      case "time": CivilTime(text).map { .time($0) }
      case "date and time": DateAndTime(text).map { .dateAndTime($0) }
      case "days and time duration": DaysAndTimeDuration(text).map { .daysAndTimeDuration($0) }
      case "years and months duration": YearsAndMonthsDuration(text).map { .yearsAndMonthsDuration($0) }
      default: nil
      }
    }
  }

  private static func read(
    _ text: String, _ type: String, _ read: (String) -> Value?
  ) throws(ExchangeError) -> Value {
    guard let value = read(text) else { throw ExchangeError("`\(text)` is no \(type)") }
    return value
  }

  private static func range(_ tree: ExchangeTree) throws(ExchangeError) -> Value {
    guard case .boolean(let startIncluded)? = tree["start included"],
      case .boolean(let endIncluded)? = tree["end included"]
    else { throw ExchangeError("a range says whether its `start included` and its `end included` are true") }
    let start = try Value(exchange: tree["start"] ?? .null)
    let end = try Value(exchange: tree["end"] ?? .null)
    return .range(
      RangeValue(
        start: start.isNull ? nil : start, startIncluded: startIncluded, end: end.isNull ? nil : end,
        endIncluded: endIncluded, form: start.isNull || end.isNull ? .comparison : .interval))
  }

  /// The value as typed JSON; what rests on missing facts is null.
  public var exchange: ExchangeTree {
    switch self {
    case .null, .unknown: .null
    case .boolean(let value): .boolean(value)
    case .string(let text): .string(text)
    case .number(let number):
      // More digits than these are lost on a reader that goes through binary floating point.
      number.significantDigits <= 15
        ? .number(number.description) : Self.tagged("number", .string(number.description))
    case .date(let date): Self.tagged("date", .string(date.description))
    case .time(let time): Self.tagged("time", .string(time.description))
    case .dateAndTime(let value): Self.tagged("date and time", .string(value.description))
    case .daysAndTimeDuration(let duration): Self.tagged("days and time duration", .string(duration.description))
    case .yearsAndMonthsDuration(let duration):
      Self.tagged("years and months duration", .string(duration.description))
    case .list(let list): .array(list.items.map(\.exchange))
    case .context(let context):
      Self.tagged("context", .object(context.names.indices.map { .init(context.names[$0], context[$0].exchange) }))
    case .range(let range):
      Self.tagged(
        "range",
        .object([
          .init("start", range.start?.exchange ?? .null), .init("start included", .boolean(range.startIncluded)),
          .init("end", range.end?.exchange ?? .null), .init("end included", .boolean(range.endIncluded)),
        ]))
    case .function: Self.tagged("function", .string(literal))
    }
  }

  private static func tagged(_ type: String, _ tree: ExchangeTree) -> ExchangeTree { .object([.init(type, tree)]) }
}
