import FEEL

/// Because of which facts an expression comes to what it does: a condition's operands and items are told apart by the truths
/// that registers hold, so that neither has to be evaluated again to be explained.
///
/// It says of an expression what the evaluator observes of it (``Observation``), and what a value that is not known rests
/// on. Cells and tables are numbers of ``RuleGrounds``.
indirect enum Grounds: Sendable {
  /// A condition and the cell that has its truth.
  struct Operand: Sendable {
    var cell: Int
    var grounds: Grounds
  }

  /// A fact of the row of a table, or of a row above.
  struct Place: Sendable {
    var table: Int
    var path: [Int]
  }

  /// The items of a list that is a fact, filtered or not.
  struct Items: Sendable {
    struct Filter: Sendable {
      var node: Node
      var test: Operand
    }

    var list: Place
    /// Whose rows the items are.
    var table: Int
    /// The innermost first.
    var filters: [Filter] = []
    /// Whether the items have facts of their own.
    var haveFacts: Bool
  }

  /// Of nothing that a record holds.
  case none
  case all([Grounds])
  case fact(Place)
  /// A decision of something that is or stands in a row; nothing of it is looked at where that is missing.
  case derived(Place, Grounds)
  /// What is known whatever is missing of it.
  case known(Grounds)
  /// `and` and `or`, with the cell of an operand that decides.
  case junction([Operand], decider: UInt8)
  case conditional(Operand, then: Grounds, else: Grounds)
  case items(Items)
  /// Something of every item of a list; the node is that of the list.
  case each(Items, Grounds, list: Node)
  case quantifier(Items, Operand, decider: UInt8, list: Node)
  /// What rests on missing facts in ways that only the interpreter knows.
  case opaque(Grounds)
}

/// The grounds of a rule, and its messages.
struct RuleGrounds: Sendable {
  struct Cell: Sendable, Hashable {
    var register: Int
    var table: Int
  }

  /// A part of a message.
  enum Segment: Sendable {
    case text(String)
    case fact(Grounds.Place)
    /// A number or the like that is known.
    case scalar(cell: Int, Layout.Kind)
    /// What may not be shown unless it is asked for.
    case sensitive
  }

  struct Requirement: Sendable {
    var that: Grounds
    /// Its cell.
    var cell: Int
    var message: [Segment]?
    var remedy: [Segment]?
  }

  var cells: [Cell] = []
  /// The program's numbers of tables.
  var tables: [Int] = []
  var when: Grounds.Operand?
  var requirements: [Requirement] = []

  mutating func cell(_ register: Compiler.Register) -> Int {
    let cell = Cell(register: register.index, table: register.table)
    if let index = cells.firstIndex(of: cell) { return index }
    cells.append(cell)
    return cells.count - 1
  }

  mutating func table(_ table: Int) -> Int {
    if let index = tables.firstIndex(of: table) { return index }
    tables.append(table)
    return tables.count - 1
  }

  /// The same with other numbers for registers and tables.
  func renumbered(registers: (Int) -> Int, tables numbers: (Int) -> Int) -> RuleGrounds {
    var grounds = self
    grounds.cells = cells.map { Cell(register: registers($0.register), table: numbers($0.table)) }
    grounds.tables = tables.map(numbers)
    return grounds
  }
}
