/// The variables in scope while an expression is checked, innermost last, each found by its name at once.
struct Locals {
  typealias Local = (name: String, slot: Int, type: Type)

  private var all: [Local] = []
  /// For each name, where its variables are, innermost last.
  private var places: [String: [Int]] = [:]

  var count: Int { all.count }

  var names: [String] { all.map(\.name) }

  /// The innermost variable of a name.
  subscript(name: String) -> Local? { places[name]?.last.map { all[$0] } }

  mutating func append(_ local: Local) {
    places[local.name, default: []].append(all.count)
    all.append(local)
  }

  @discardableResult
  mutating func removeLast() -> Local {
    let local = all.removeLast()
    places[local.name]?.removeLast()
    return local
  }

  /// Removes all but the outermost ones.
  mutating func removeLast(to count: Int) { while all.count > count { removeLast() } }
}
