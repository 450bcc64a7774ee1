import Diagnostics
import FEEL

extension DiagnosticCode {
  /// A type that there is not.
  fileprivate static let unknownType = DiagnosticCode("RULE311")
}

/// A type as it is written: the name of a scalar or declared type, alone or in `list<…>`.
struct TypeName {
  var isList: Bool
  var item: Item
  /// The place of the name within.
  var span: SourceSpan

  enum Item: Hashable {
    case scalar(Type)
    case declared(String)
    /// Reported; its values are not checked.
    case unknown
  }

  private static let scalars: [String: Type] = [
    "text": .string, "string": .string, "number": .number, "boolean": .boolean, "date": .date, "time": .time,
    "date and time": .dateAndTime, "days and time duration": .daysAndTimeDuration,
    "years and months duration": .yearsAndMonthsDuration,
  ]

  static let scalarNames = scalars.keys.sorted()

  static func isScalar(_ name: String) -> Bool { scalars[name] != nil || name == "list" }

  /// - Parameter declared: the names of the vocabulary's types that may be used here.
  init(
    _ source: SourceText, declared: Set<String>, wanted: String = "type", into diagnostics: inout Diagnostics
  ) {
    isList = false
    // Most types are one of these, written just so.
    if let scalar = Self.scalars[source.text] {
      item = .scalar(scalar)
      span = source.span
      return
    }
    let text = source.trimmed
    var inner = text
    if text.text.hasPrefix("list"), let open = text.text.utf8.firstIndex(of: UInt8(ascii: "<")) {
      let start = text.text.utf8.distance(from: text.text.utf8.startIndex, to: open)
      let before = text.text.utf8.prefix(start).dropFirst(4)
      if text.text.utf8.last == UInt8(ascii: ">"), before.allSatisfy({ $0 == UInt8(ascii: " ") }) {
        isList = true
        inner = text.slice(start + 1..<text.text.utf8.count - 1).trimmed
      }
    }
    span = inner.span
    let name = inner.text.split(separator: " ").joined(separator: " ")
    if let scalar = Self.scalars[name] {
      item = .scalar(scalar)
    } else if declared.contains(name) {
      item = .declared(name)
    } else {
      item = .unknown
      let nearest = NearMiss.nearest(to: name, among: declared.union(Self.scalarNames))
      diagnostics.report(
        Diagnostic(
          .unknownType, .error, name.isEmpty ? "the name of a type is missing" : "`\(name)` is not a \(wanted)",
          at: span,
          help: [
            nearest.map { "did you mean `\($0)`?" }
              ?? (name == "list" ? "say of what: `list<text>`" : "types are \(Self.scalarNames.inWords)")
          ]))
    }
  }

  /// For a type that is missing, which has been reported.
  init(unknownAt span: SourceSpan) {
    isList = false
    item = .unknown
    self.span = span
  }

  /// The type it names.
  func type(_ declared: (String) -> Type) -> Type {
    let type: Type =
      switch item {
      case .scalar(let scalar): scalar
      case .declared(let name): declared(name)
      case .unknown: .any
      }
    return isList ? .list(type) : type
  }
}

extension Type {
  /// What people who write rules call it.
  var inWords: String {
    switch base {
    case .string: "text"
    case .list(let item): "list<\(item.inWords)>"
    default: description
    }
  }

  /// Whether its values have an order: `lower` and `higher` mean something.
  var isOrdered: Bool {
    switch base {
    case .number, .date, .time, .dateAndTime, .daysAndTimeDuration, .yearsAndMonthsDuration: true
    default: false
    }
  }

  var isScalar: Bool {
    switch base {
    case .list, .context, .range, .function: false
    default: true
    }
  }
}
