public import FEEL
public import Foundation

extension ExchangeTree {
  /// Reads JSON, an object's members in the order of their names.
  public init(json: some DataProtocol) throws {
    self = try JSONDecoder().decode(DecodedTree.self, from: Data(json)).tree
  }
}

/// JSON as its decoder gives it, numbers in decimal.
private struct DecodedTree: Decodable {
  let tree: ExchangeTree

  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }

    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Key.self) {
      tree = .object(
        try container.allKeys.sorted { $0.stringValue < $1.stringValue }.map {
          .init($0.stringValue, try container.decode(DecodedTree.self, forKey: $0).tree)
        })
      return
    }
    if var container = try? decoder.unkeyedContainer() {
      var items: [ExchangeTree] = []
      while !container.isAtEnd { items.append(try container.decode(DecodedTree.self).tree) }
      tree = .array(items)
      return
    }
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      tree = .null
    } else if let truth = try? container.decode(Bool.self) {
      tree = .boolean(truth)
    } else if let number = try? container.decode(Decimal.self) {
      tree = .number(number.description)
    } else {
      tree = .string(try container.decode(String.self))
    }
  }
}
