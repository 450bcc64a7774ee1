/// A parsed FEEL expression: names are as written, nothing is resolved yet.
///
/// It lies in a ``SyntaxTree`` and names those below it by their positions there, so that a text takes one block of
/// memory for all its expressions.
struct Expression: Sendable {
  /// The position of an expression in its tree.
  struct ID: Hashable, Sendable, BitwiseCopyable {
    fileprivate let position: UInt32
  }

  /// Expressions one after the other, each of which knows the next.
  struct Row: Sendable, BitwiseCopyable {
    fileprivate(set) var first: ID?
    fileprivate var last: ID?
    fileprivate(set) var count = 0
    /// That of the highest of them.
    fileprivate(set) var height = 0
  }

  enum Kind: Sendable {
    case number(Number)
    case string(String)
    case boolean(Bool)
    case null
    /// `@"2020-01-31"`.
    case temporal(String)
    case name(String)
    case path(ID, member: String, at: Range<Int>)
    case negation(ID)
    case arithmetic(ArithmeticOperator, ID, ID)
    case comparison(ComparisonOperator, ID, ID)
    case conjunction(Row)
    case disjunction(Row)
    case between(ID, ID, ID)
    case membership(ID, Row)
    case instance(ID, Type)
    case filter(ID, ID)
    case call(ID, Row)
    case namedCall(ID, [Entry])
    case range(start: ID, startIncluded: Bool, end: ID, endIncluded: Bool)
    /// `< 10` as a unary test or as a range value.
    case halfRange(ComparisonOperator, ID)
    case list(Row)
    case context([Entry])
    case conditional(ID, then: ID, else: ID)
    case loop([Iterator], ID)
    case quantifier(every: Bool, [Iterator], ID)
    case function([Parameter], ID, isExternal: Bool)
    /// What could not be parsed; a diagnostic says why.
    case hole
  }

  /// A name, its place and what follows its colon.
  struct Entry: Sendable {
    var name: String
    var at: Range<Int>
    var value: ID
  }

  struct Iterator: Sendable {
    var name: String
    var at: Range<Int>
    var domain: ID
    /// The end of a range without brackets: `for i in 1..n`.
    var end: ID?
  }

  struct Parameter: Sendable {
    var name: String
    var at: Range<Int>
    var type: Type?
  }

  let kind: Kind
  /// UTF-8 offsets in the expression's text.
  let range: Range<Int>
  /// How deep the tree below is, itself included.
  let height: Int
  fileprivate var next: ID?
}

/// The expressions of one text.
struct SyntaxTree: Sendable {
  private var expressions: [Expression] = []

  /// - Parameter capacity: how many expressions there may be, for which memory is taken at once.
  init(capacity: Int = 0) { expressions.reserveCapacity(capacity) }

  /// Adds an expression.
  ///
  /// - Parameter height: that of the highest expression below it.
  mutating func add(_ kind: Expression.Kind, _ range: Range<Int>, above height: Int = 0) -> Expression.ID {
    expressions.append(Expression(kind: kind, range: range, height: height + 1))
    return Expression.ID(position: UInt32(truncatingIfNeeded: expressions.count - 1))
  }

  /// Adds an expression, which is in no other row, to a row's end.
  mutating func append(_ id: Expression.ID, to row: inout Expression.Row) {
    if let last = row.last { expressions[Int(last.position)].next = id } else { row.first = id }
    row.last = id
    row.count += 1
    row.height = max(row.height, height(id))
  }

  subscript(id: Expression.ID) -> Expression { expressions[Int(id.position)] }

  func height(_ id: Expression.ID) -> Int { expressions[Int(id.position)].height }

  /// The expressions of a row.
  func expressions(_ row: Expression.Row) -> some Sequence<Expression> {
    sequence(first: row.first) { $0.flatMap { self.next($0) } }.prefix(row.count).lazy.compactMap {
      $0.map { self[$0] }
    }
  }

  /// What follows an expression in its row.
  func next(_ id: Expression.ID) -> Expression.ID? { expressions[Int(id.position)].next }
}

/// Unary tests: what the cell of a decision table holds.
struct UnaryTests: Sendable {
  /// Empty for `-`, which matches anything.
  var tests: Expression.Row
  /// `not(…)`.
  var isNegated: Bool
  var range: Range<Int>
}

/// `+`, `-`, `*`, `/`, `**`.
public enum ArithmeticOperator: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case power = "**"
}

/// `=`, `!=`, `<`, `<=`, `>`, `>=`.
public enum ComparisonOperator: String, Sendable {
  case equal = "="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}
