/// A JSON text as a tree, however it was read.
///
/// Numbers keep their digits: JSON's number is not a binary one.
public indirect enum ExchangeTree: Hashable, Sendable {
  case null
  case boolean(Bool)
  /// As JSON writes it.
  case number(String)
  case string(String)
  case array([ExchangeTree])
  /// In the order of the text; of a name that is there twice the last counts.
  case object([Member])

  /// A name and its value.
  public struct Member: Hashable, Sendable {
    /// The name, its escapes decoded.
    public var name: String
    /// Its value.
    public var value: ExchangeTree

    /// A member of an object.
    public init(_ name: String, _ value: ExchangeTree) {
      self.name = name
      self.value = value
    }
  }

  /// The value of an object's member; nil where this is no object or has none of the name.
  public subscript(name: String) -> ExchangeTree? {
    guard case .object(let members) = self else { return nil }
    return members.last { $0.name == name }?.value
  }
}

extension ExchangeTree: CustomStringConvertible {
  /// JSON on one line, members in their order.
  public var description: String {
    var text = ""
    write(into: &text)
    return text
  }

  private func write(into text: inout String) {
    switch self {
    case .null: text += "null"
    case .boolean(let value): text += value ? "true" : "false"
    case .number(let number): text += number
    case .string(let string): Self.write(string, into: &text)
    case .array(let items):
      text += "["
      for (index, item) in items.enumerated() {
        if index > 0 { text += ", " }
        item.write(into: &text)
      }
      text += "]"
    case .object(let members):
      text += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { text += ", " }
        Self.write(member.name, into: &text)
        text += ": "
        member.value.write(into: &text)
      }
      text += "}"
    }
  }

  private static func write(_ string: String, into text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      case "\u{0}"..."\u{1F}":
        let digits = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}
