import Diagnostics
import FEEL
import YAML

extension DiagnosticCode {
  /// A value that does not fit its type, or is not among those allowed.
  fileprivate static let wrongValue = DiagnosticCode("RULE321")
}

extension Diagnostic {
  /// A value that is not among those allowed.
  static func notAllowed(_ value: Value, _ listed: [Value], at span: SourceSpan) -> Diagnostic {
    let words = listed.map(\.description)
    let nearest = NearMiss.nearest(to: value.description, among: words)
    return Diagnostic(
      .wrongValue, .error, "`\(value)` is not an allowed value", at: span,
      help: [
        nearest.map { "did you mean `\($0)`?" } ?? (words.count <= 12 ? "allowed: \(words.inWords)" : nil)
      ])
  }
}

/// Makes values of YAML by the type that is wanted.
enum ValueReader {
  /// Nil, with a report, where the node holds no such value.
  static func value(_ node: YAML.Node, _ type: Type, into diagnostics: inout Diagnostics) -> Value? {
    if let itemType = type.item {
      guard let items = Fields.items(node, into: &diagnostics) else { return nil }
      // Every item is read, so that all that is wrong is said.
      let values = items.map { value($0, itemType, into: &diagnostics) }
      let read = values.compactMap(\.self)
      return read.count == values.count ? .list(List(read)) : nil
    }
    guard let scalar = node.scalar, !node.isNull else {
      diagnostics.reportWrongKind(node, wanted: wanted(type))
      return nil
    }
    guard let value = scalarValue(scalar, type) else {
      diagnostics.report(
        Diagnostic(
          .wrongValue, .error, "`\(scalar.text)` is not \(wanted(type))", at: node.span, help: [form(of: type)]))
      return nil
    }
    if let listed = type.allowedValues?.listed, !listed.contains(value) {
      diagnostics.report(.notAllowed(value, listed, at: node.span))
      return nil
    }
    return value
  }

  private static func scalarValue(_ scalar: YAML.Scalar, _ type: Type) -> Value? {
    let text = scalar.text
    return switch type.base {
    case .string, .any: .string(text)
    case .boolean: scalar.boolean.map { .boolean($0) }
    case .number: Number(text).map { .number($0) }
    case .date: CivilDate(text).map { .date($0) }
    case .time: CivilTime(text).map { .time($0) }
    case .dateAndTime: DateAndTime(text).map { .dateAndTime($0) }
    case .daysAndTimeDuration: DaysAndTimeDuration(text).map { .daysAndTimeDuration($0) }
    case .yearsAndMonthsDuration: YearsAndMonthsDuration(text).map { .yearsAndMonthsDuration($0) }
    case .null, .list, .context, .range, .function, .restricted: nil
    }
  }

  private static func wanted(_ type: Type) -> String {
    switch type.base {
    case .string, .any: "text"
    case .boolean: "`true` or `false`"
    case .context(let context): "a `\(context)`"
    case let other: "a \(other)"
    }
  }

  private static func form(of type: Type) -> String? {
    switch type.base {
    case .number: "write digits alone, with a `.` before decimals: 5000000"
    case .date: "a date is written like 2026-01-31"
    case .time: "a time is written like 09:30:00"
    case .dateAndTime: "write it like 2026-01-31T09:30:00"
    case .daysAndTimeDuration: "a duration of days is written like P30D, of hours like PT36H"
    case .yearsAndMonthsDuration: "a duration of years is written like P3Y, of months like P18M"
    default: nil
    }
  }
}
