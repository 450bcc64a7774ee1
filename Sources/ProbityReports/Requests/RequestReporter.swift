public import FEEL
public import Probity

/// What is known of a run of requests before its first record.
public struct RequestRun: Sendable {
  /// The policies, in the order they were named.
  public var policies: [(name: String, title: String)]
  public var asOf: CivilDate
  public var settlement: Settlement
  /// The version of the program.
  public var version: String

  public init(policies: [(name: String, title: String)], asOf: CivilDate, settlement: Settlement, version: String) {
    self.policies = policies
    self.asOf = asOf
    self.settlement = settlement
    self.version = version
  }
}

/// Prints what to ask for, record by record in the order of the input.
public protocol RequestReporter: Sendable {
  func begin(_ run: RequestRun, into bytes: inout [UInt8])
  func record(_ request: RecordRequest, into bytes: inout [UInt8])
  /// A problem of a file, or of a record that could not be read or told from the others.
  func problem(_ problem: RecordProblem, into bytes: inout [UInt8])
  func end(_ summary: RequestSummary, into bytes: inout [UInt8])
}

/// How an answer is given, in words.
enum AnswerWords {
  /// `yes or no`, `a number of days`, `one of: good, requires improvement`.
  static func form(of declaration: Vocabulary.FactDeclaration, columns: [RequestedFact.ItemFact] = []) -> String {
    if !columns.isEmpty {
      return "a list, which may be empty; of each: \(columns.map(\.label.trimmed).joined(separator: ", "))"
    }
    let type = declaration.type.item ?? declaration.type
    let isList = declaration.type.item != nil
    if let listed = type.allowedValues?.listed {
      let values = listed.map(\.description).joined(separator: ", ")
      return isList ? "any of: \(values)" : "one of: \(values)"
    }
    let kind = self.kind(of: type, unit: declaration.unit)
    let allowed = type.allowedValues.map { " (\($0.text))" } ?? ""
    return isList ? "a list of values, each \(kind)\(allowed)" : kind + allowed
  }

  private static func kind(of type: Type, unit: String?) -> String {
    switch type.base {
    case .boolean: "yes or no"
    case .number: unit.map { "a number, in \($0)" } ?? "a number"
    case .date: "a date"
    case .time: "a time of day, such as 09:30:00"
    case .dateAndTime: "a date with a time, such as 2026-06-30T09:30:00"
    case .daysAndTimeDuration: "a length of time, such as P14D"
    case .yearsAndMonthsDuration: "a length of time, such as P3Y or P6M"
    case .string: "a text"
    default: "a value"
    }
  }

  /// Why a fact is missing, in words.
  static func absence(_ absence: Absence) -> String {
    switch absence {
    case .absent: "not supplied"
    case .unreadable(let reason): "supplied, but unreadable: \(reason.trimmed)"
    case .redacted: "redacted"
    case .conflicting(let values): "sources differ: \(values.trimmed)"
    }
  }
}
