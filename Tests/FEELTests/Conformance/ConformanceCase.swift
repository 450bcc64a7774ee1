import FEEL
import Foundation
import TestSupport

/// A case of the standard's test suite: a request and the value it has to give.
struct ConformanceCase: Sendable {
  /// What a case expects, as it is counted.
  enum Kind: String, CaseIterable, Sendable { case value, null, error }

  var id: String
  var request: EvaluationRequest
  /// Nil where an error is expected.
  var expected: Value?
  /// Whether numbers have to be equal rather than near.
  var isExact: Bool

  var kind: Kind { expected.map { $0.isNull ? .null : .value } ?? .error }

  init(line: some DataProtocol) throws {
    let tree = try ExchangeTree(json: line)
    request = try EvaluationRequest(tree)
    id = request.id
    isExact = tree["exact"] == .boolean(true)
    if tree["expected"]?["error"] == nil { expected = try Value(exchange: tree["expected"] ?? .null) }
  }

  /// The cases of a file of JSON Lines.
  static func cases(in file: URL) throws -> [ConformanceCase] {
    try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map { try ConformanceCase(line: $0) }
  }

  /// Whether a response is what the case expects. Null and an error satisfy each other unless `strictly` is set.
  func isSatisfied(by response: RequestEvaluator.Response, strictly: Bool = false) -> Bool {
    guard let expected else { return response.error != nil || response.value.isNull && !strictly }
    if expected.isNull { return response.value.isNull && (response.error == nil || !strictly) }
    return response.error == nil && Self.agree(expected, response.value, exactly: isExact)
  }

  private static func agree(_ a: Value, _ b: Value, exactly: Bool) -> Bool {
    switch (a, b) {
    case (.number(let x), .number(let y)):
      guard !exactly, let distance = x.subtracting(y)?.magnitude else { return x == y }
      let tolerance = Number(coefficient: 1, exponent: -8)
      return tolerance?.multiplied(by: max(x.magnitude, .one)).map { distance <= $0 } ?? false
    case (.list(let x), .list(let y)):
      return x.items.count == y.items.count && zip(x.items, y.items).allSatisfy { agree($0, $1, exactly: exactly) }
    case (.context(let x), .context(let y)):
      return Set(x.names) == Set(y.names)
        && x.names.allSatisfy { agree(x[$0] ?? .null, y[$0] ?? .null, exactly: exactly) }
    case (.range(let x), .range(let y)):
      return x.startIncluded == y.startIncluded && x.endIncluded == y.endIncluded
        && agree(x.start ?? .null, y.start ?? .null, exactly: exactly)
        && agree(x.end ?? .null, y.end ?? .null, exactly: exactly)
    case (.function, .function): return true
    default: return a == b
    }
  }
}
