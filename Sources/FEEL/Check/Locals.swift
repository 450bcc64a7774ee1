import Diagnostics

/// The variables in scope while an expression is checked, innermost last.
struct Locals {
  typealias Local = (name: String, slot: Int, type: Type)

  /// Up to so many are looked through; beyond, each is found by its name at once.
  private static let searchLimit = 16

  /// How variables are found by their names where there are many.
  private struct Table {
    /// For each variable the position of the one of its name that it hides.
    var hidden: [Int?] = []
    /// The position of the innermost variable of each name.
    var innermost: [String: Int] = [:]
  }

  private var all: [Local] = []
  /// Nil up to the limit.
  private var table: Table?

  var count: Int { all.count }

  var names: [String] { all.map(\.name) }

  /// The innermost variable of a name.
  subscript(name: String) -> Local? {
    if let table { return table.innermost[name].map { all[$0] } }
    return all.last { $0.name == name }
  }

  /// The innermost variable whose name some bytes of UTF-8 spell.
  subscript(name: UnsafeBufferPointer<UInt8>) -> Local? {
    if all.isEmpty { return nil }
    // Beyond ASCII a name may be composed in several ways.
    guard table == nil, name.allSatisfy({ $0 < 0x80 }) else { return self[String(decoding: name, as: UTF8.self)] }
    return all.last { $0.name.withUTF8Bytes { TextEncoding.areSame($0, name) } }
  }

  mutating func append(_ local: Local) {
    all.append(local)
    if all.count > Self.searchLimit {
      var table = self.table ?? Table()
      self.table = nil
      for position in table.hidden.count..<all.count {
        table.hidden.append(table.innermost.updateValue(position, forKey: all[position].name))
      }
      self.table = table
    }
  }

  @discardableResult
  mutating func removeLast() -> Local {
    let local = all.removeLast()
    guard var table else { return local }
    // Nothing else holds it while it is changed.
    self.table = nil
    table.innermost[local.name] = table.hidden.removeLast()
    if all.count > Self.searchLimit { self.table = table }
    return local
  }

  /// Removes all but the outermost ones.
  mutating func removeLast(to count: Int) { while all.count > count { removeLast() } }
}
