import Diagnostics

/// The variables in scope while an expression is checked, innermost last.
struct Locals: ~Copyable {
  /// What a variable is called.
  enum Name: Sendable, BitwiseCopyable {
    /// As it is named in the text.
    case written(Expression.Name)
    /// The item of a filter, the results of a loop so far, the input of a unary test.
    case item, partial, input
    /// As one of those that evaluation brings along.
    case given(Int)
  }

  struct Local: Sendable, BitwiseCopyable {
    let name: Name
    let slot: Int
    let type: TypeNumber
  }

  /// Up to so many are looked through; beyond, each is found by its name at once.
  private static let searchLimit = 16

  /// How variables are found by their names where there are many.
  private struct Table {
    /// For each variable the position of the one of its name that it hides.
    var hidden: [Int?] = []
    /// The position of the innermost variable of each name.
    var innermost: [String: Int] = [:]
  }

  private let tree: SyntaxTree
  /// The names of those that evaluation brings along; nil where there are none.
  private let given: [String]?
  private var all: StackBuffer<Local>
  /// Nil up to the limit.
  private var table: Table?

  /// - Parameter given: names of variables that evaluation brings along, which come into scope later.
  @inline(__always)
  init(of tree: SyntaxTree, given: [String], in memory: StackBuffer<Local>.Room) {
    self.tree = tree
    self.given = given.isEmpty ? nil : given
    all = StackBuffer(in: memory)
  }

  @inline(__always)
  var count: Int { all.count }

  var names: [String] { (0..<all.count).map { text(all[$0].name) } }

  private func text(_ name: Name) -> String {
    if case .given(let index) = name { return given?[index] ?? "" }
    return withUTF8(name) { String(decoding: $0, as: UTF8.self) }
  }

  private func withUTF8<Result>(_ name: Name, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    switch name {
    case .written(let name): tree.withUTF8(name, body)
    case .item: ("item" as StaticString).withUTF8Buffer(body)
    case .partial: ("partial" as StaticString).withUTF8Buffer(body)
    case .input: ("?" as StaticString).withUTF8Buffer(body)
    case .given: text(name).withUTF8Bytes(body)
    }
  }

  /// The innermost variable whose name some bytes of UTF-8 spell.
  subscript(name: UnsafeBufferPointer<UInt8>) -> Local? {
    if all.count == 0 { return nil }
    // Beyond ASCII a name may be composed in several ways.
    guard table == nil, name.allSatisfy({ $0 < 0x80 }) else {
      let name = String(decoding: name, as: UTF8.self)
      if let table { return table.innermost[name].map { all[$0] } }
      return last { text($0.name) == name }
    }
    return last { withUTF8($0.name) { TextEncoding.areSame($0, name) } }
  }

  @inline(__always)
  private func last(where isIt: (Local) -> Bool) -> Local? {
    var index = all.count
    while index > 0 {
      index -= 1
      if isIt(all[index]) { return all[index] }
    }
    return nil
  }

  mutating func append(_ local: Local) {
    all.append(local)
    if all.count > Self.searchLimit {
      var table = self.table ?? Table()
      self.table = nil
      for position in table.hidden.count..<all.count {
        table.hidden.append(table.innermost.updateValue(position, forKey: text(all[position].name)))
      }
      self.table = table
    }
  }

  mutating func removeLast() {
    let local = all[all.count - 1]
    all.removeLast(to: all.count - 1)
    guard var table else { return }
    // Nothing else holds it while it is changed.
    self.table = nil
    table.innermost[text(local.name)] = table.hidden.removeLast()
    if all.count > Self.searchLimit { self.table = table }
  }

  /// Removes all but the outermost ones.
  mutating func removeLast(to count: Int) { while all.count > count { removeLast() } }
}
