public import FEEL

extension ExchangeTree {
  /// Why a text is not one JSON value.
  public struct Malformed: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line, lower case, with the column in bytes from 1 where there is one.
    public var description: String
  }

  /// How deep a value may nest: a context of FEEL takes two levels.
  private static let depthLimit = 400

  /// Reads a text that holds one JSON value and nothing else.
  ///
  /// - Source: RFC 8259. Numbers keep their digits.
  public init(json bytes: ArraySlice<UInt8>) throws(Malformed) {
    let document: RawDocument
    do {
      document = try JSONParser.parse(bytes, line: 1, depthLimit: Self.depthLimit)
    } catch {
      throw Malformed(description: "not JSON: \(error.message) (column \(error.column))")
    }
    if let invalid = document.invalid {
      throw Malformed(
        description: "not UTF-8: the byte \(ByteName.of(invalid.byte)) (column \((invalid.offset ?? 0) + 1))")
    }
    self.init(document, 0)
  }

  private init(_ document: RawDocument, _ index: RawDocument.Index) {
    switch document[index].kind {
    case .null: self = .null
    case .yes: self = .boolean(true)
    case .no: self = .boolean(false)
    case .number: self = .number(document.text(index))
    case .text: self = .string(document.text(index))
    case .list:
      var items: [ExchangeTree] = []
      document.forEachChild(of: index) { items.append(Self(document, $0)) }
      self = .array(items)
    case .object:
      var members: [Member] = []
      document.forEachChild(of: index) { members.append(Member(document.text($0), Self(document, $0 + 1))) }
      self = .object(members)
    }
  }
}
