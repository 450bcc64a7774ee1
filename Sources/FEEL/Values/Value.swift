/// A FEEL value, or what is known of one.
///
/// ``unknown(_:)`` is not a value of the standard: it stands for a value that rests on facts which were not supplied.
/// It never arises in a run whose inputs are all known.
public enum Value: Sendable {
  /// The standard's null; the failure says why it came about, and is nil for a null that was written as one.
  case null(Failure?)
  case boolean(Bool)
  case number(Number)
  case string(String)
  case date(CivilDate)
  // Larger than the others, and seldom there: every value would take more.
  indirect case time(CivilTime)
  indirect case dateAndTime(DateAndTime)
  case daysAndTimeDuration(DaysAndTimeDuration)
  case yearsAndMonthsDuration(YearsAndMonthsDuration)
  case list(List)
  case context(Context)
  case range(RangeValue)
  case function(Function)
  case unknown(Unknown)

  /// A null that was written as one.
  public static let null = Value.null(nil)

  /// The type as far as the value itself tells it.
  public var type: Type {
    switch self {
    case .null: .null
    case .boolean: .boolean
    case .number: .number
    case .string: .string
    case .date: .date
    case .time: .time
    case .dateAndTime: .dateAndTime
    case .daysAndTimeDuration: .daysAndTimeDuration
    case .yearsAndMonthsDuration: .yearsAndMonthsDuration
    case .list(let list): .list(list.items.reduce(.null) { $0.joined(with: $1.type) })
    case .context(let context):
      .context(ContextType(members: context.names.indices.map { .init(context.names[$0], context[$0].type) }))
    case .range(let range): .range((range.start ?? range.end)?.type ?? .any)
    case .function(let function): .function(parameters: function.parameters.map { _ in .any }, result: .any)
    case .unknown: .any
    }
  }

  /// What kind of value it is, in the words of rules and without going through it.
  var kind: String {
    switch self {
    case .list: "list"
    case .context: "context"
    case .range: "range"
    case .function: "function"
    case .unknown: "a missing value"
    default: type.label
    }
  }

  public var isNull: Bool { if case .null = self { true } else { false } }

  public var isUnknown: Bool { if case .unknown = self { true } else { false } }

  var isEmptyList: Bool { if case .list(let list) = self { list.items.isEmpty } else { false } }
}

/// Values of one list, in order.
///
/// A filter whose condition is unknown for an item keeps the item and notes the doubt: the list may or may not hold it.
public struct List: Sendable {
  public let items: [Value]
  /// For each item whether it is there for certain (nil) or what decides it; empty when every item is certain.
  public let doubts: [Unknown?]
  let extent: Extent

  public init(_ items: [Value], doubts: [Unknown?] = []) {
    self.items = items
    var extent = Extent(holding: items)
    self.doubts = doubts.contains { $0 != nil } ? doubts : []
    if !self.doubts.isEmpty { extent.holdsUnknown = true }
    self.extent = extent
  }

  public var hasDoubts: Bool { !doubts.isEmpty }

  /// What decides whether the item is there, nil where it is there for certain.
  public func doubt(_ index: Int) -> Unknown? { doubts.isEmpty ? nil : doubts[index] }
}

/// A range value, with either end left open by nil.
public final class RangeValue: Sendable {
  public let start: Value?
  public let startIncluded: Bool
  public let end: Value?
  public let endIncluded: Bool
  /// `=10` and `!=10` are ranges of their own since DMN 1.5 and equal no interval.
  public let form: Form

  public enum Form: UInt8, Sendable { case interval, comparison, equal, notEqual }

  public init(
    start: Value?, startIncluded: Bool, end: Value?, endIncluded: Bool, form: Form = .interval
  ) {
    self.start = start
    self.startIncluded = startIncluded
    self.end = end
    self.endIncluded = endIncluded
    self.form = form
  }
}

/// Why a null came about: FEEL's second channel.
public final class Failure: Sendable, Hashable, CustomStringConvertible {
  public enum Reason: String, Sendable, CaseIterable {
    case wrongType = "wrong type"
    case unknownName = "unknown name"
    case unknownFunction = "unknown function"
    case wrongArguments = "wrong arguments"
    case noSuchEntry = "no such entry"
    case divisionByZero = "division by zero"
    case outOfRange = "out of range"
    case invalidFormat = "invalid format"
    case noMatchingRow = "no row matches"
    case conflictingRows = "rows conflict"
    case notAllowed = "value not allowed"
    case workLimit = "work limit reached"
    case missingParameter = "parameter has no value"
  }

  public let reason: Reason
  /// One line, lower case.
  public let message: String
  /// The range of UTF-8 offsets in the expression, where known.
  public let range: Range<Int>?

  public init(_ reason: Reason, _ message: String, at range: Range<Int>? = nil) {
    self.reason = reason
    self.message = message
    self.range = range
  }

  public var description: String { message }

  public static func == (left: Failure, right: Failure) -> Bool {
    left.reason == right.reason && left.message == right.message && left.range == right.range
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(reason)
    hasher.combine(message)
  }
}

/// A function as a value: a built-in, or a function expression with what it closes over.
public final class Function: Sendable {
  public let name: String?
  public let parameters: [String]
  let body: Body
  let extent: Extent

  enum Body: Sendable {
    case builtin(Builtin)
    case closure(Node, parameterSlots: [Int], types: [Type], captured: [Value])
    /// What it does with as many arguments as it has parameters; it is given itself, so that it can recur.
    case definition(@Sendable (Evaluator, Function, [Value]) -> Value)
  }

  init(name: String?, parameters: [String], body: Body) {
    self.name = name
    self.parameters = parameters
    self.body = body
    var extent = if case .closure(_, _, _, let captured) = body { Extent(holding: captured) } else { Extent() }
    // What a function closes over is its own business.
    extent.holdsUnknown = false
    self.extent = extent
  }
}
