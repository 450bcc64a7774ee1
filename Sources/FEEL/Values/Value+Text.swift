extension Value: CustomStringConvertible {
  /// The value as FEEL's `string()` gives it, with strings inside lists and contexts in quotation marks.
  public var description: String {
    switch self {
    case .string(let text): text
    default: literal
    }
  }

  /// The value as it would be written in an expression.
  public var literal: String {
    switch self {
    case .null: "null"
    case .boolean(let value): value ? "true" : "false"
    case .number(let value): value.description
    case .string(let text): Self.quoted(text)
    case .date(let value): value.description
    case .time(let value): value.description
    case .dateAndTime(let value): value.description
    case .daysAndTimeDuration(let value): value.description
    case .yearsAndMonthsDuration(let value): value.description
    case .list(let list):
      "["
        + list.items.indices.map { list.items[$0].literal + (list.doubt($0) == nil ? "" : "?") }
        .joined(separator: ", ") + "]"
    case .context(let context):
      "{"
        + context.names.indices.map { "\(context.names[$0]): \(context[$0].literal)" }.joined(separator: ", ") + "}"
    case .range(let range): Self.text(of: range)
    case .function(let function): "function(\(function.parameters.joined(separator: ", ")))"
    case .unknown(let unknown): Self.text(of: unknown)
    }
  }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case "\t": result += "\\t"
      // No terminal is to act on what a value holds.
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}":
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }

  private static func text(of range: RangeValue) -> String {
    switch range.form {
    case .equal: return "=\((range.start ?? .null).literal)"
    case .notEqual: return "!=\((range.start ?? .null).literal)"
    case .comparison:
      if let start = range.start { return (range.startIncluded ? ">=" : ">") + start.literal }
      return (range.endIncluded ? "<=" : "<") + (range.end ?? .null).literal
    case .interval:
      return (range.startIncluded ? "[" : "(") + (range.start ?? .null).literal + ".."
        + (range.end ?? .null).literal + (range.endIncluded ? "]" : ")")
    }
  }

  private static func text(of unknown: Unknown) -> String {
    switch (unknown.lower, unknown.upper) {
    case (nil, nil): "unknown"
    case (let low?, nil): "unknown (at least \(low.literal))"
    case (nil, let high?): "unknown (at most \(high.literal))"
    case (let low?, let high?): "unknown (\(low.literal) to \(high.literal))"
    }
  }
}

extension String {
  /// The part at some UTF-8 offsets, which lie on the boundaries of characters.
  func part(_ range: Range<Int>) -> String {
    withUTF8Bytes { String(decoding: UnsafeBufferPointer(rebasing: $0[range.clamped(to: $0.indices)]), as: UTF8.self) }
  }

  /// Calls `body` with the bytes of the text, which are copied only where they do not lie together.
  @inline(__always)
  func withUTF8Bytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    utf8.withContiguousStorageIfAvailable(body) ?? Array(utf8).withUnsafeBufferPointer(body)
  }
}
