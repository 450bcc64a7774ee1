import Foundation

/// The allocations that an expression may take, which do not depend on how busy the machine is.
struct Thresholds: Codable, Equatable {
  struct Counts: Codable, Equatable {
    var parse: Int
    var check: Int
    var evaluate: Int
  }

  /// By the expression's name.
  var allocations: [String: Counts]

  init(allocations: [String: Counts]) { self.allocations = allocations }

  init(path: String) throws {
    self = try JSONDecoder().decode(Thresholds.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path))
  }

  /// Where counts are above these, each in a line.
  func exceeded(by counts: [String: Counts]) -> [String] {
    counts.sorted { $0.key < $1.key }.flatMap { name, found in
      guard let allowed = allocations[name] else { return ["\(name): no threshold is recorded"] }
      return [
        ("parse", found.parse, allowed.parse), ("check", found.check, allowed.check),
        ("evaluate", found.evaluate, allowed.evaluate),
      ].filter { $0.1 > $0.2 }.map { "\(name): \($0.0) takes \($0.1) allocations, and may take \($0.2)" }
    }
  }
}
