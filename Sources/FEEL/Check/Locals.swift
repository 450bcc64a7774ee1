/// The variables in scope while an expression is checked, innermost last.
struct Locals {
  typealias Local = (name: String, slot: Int, type: Type)

  /// Up to so many are looked through; beyond, each is found by its name at once.
  private static let searchLimit = 16

  private var all: [Local] = []
  /// For each variable the position of the one of its name that it hides.
  private var hidden: [Int?] = []
  /// The position of the innermost variable of each name; empty up to the limit.
  private var innermost: [String: Int] = [:]

  var count: Int { all.count }

  var names: [String] { all.map(\.name) }

  /// The innermost variable of a name.
  subscript(name: String) -> Local? {
    all.count <= Self.searchLimit ? all.last { $0.name == name } : innermost[name].map { all[$0] }
  }

  mutating func append(_ local: Local) {
    all.append(local)
    if all.count > Self.searchLimit {
      for position in hidden.count..<all.count {
        hidden.append(innermost.updateValue(position, forKey: all[position].name))
      }
    }
  }

  @discardableResult
  mutating func removeLast() -> Local {
    let local = all.removeLast()
    if !hidden.isEmpty { innermost[local.name] = hidden.removeLast() }
    if all.count <= Self.searchLimit {
      hidden = []
      innermost = [:]
    }
    return local
  }

  /// Removes all but the outermost ones.
  mutating func removeLast(to count: Int) { while all.count > count { removeLast() } }
}
