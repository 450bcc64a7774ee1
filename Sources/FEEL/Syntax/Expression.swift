/// A parsed FEEL expression: names are as written, nothing is resolved yet.
struct Expression: Sendable {
  indirect enum Kind: Sendable {
    case literal(Value)
    /// `@"2020-01-31"`.
    case temporal(String)
    case name(String)
    case path(Expression, member: String, at: Range<Int>)
    case negation(Expression)
    case arithmetic(ArithmeticOperator, Expression, Expression)
    case comparison(ComparisonOperator, Expression, Expression)
    case conjunction([Expression])
    case disjunction([Expression])
    case between(Expression, Expression, Expression)
    case membership(Expression, [Expression])
    case instance(Expression, Type)
    case filter(Expression, Expression)
    case call(Expression, [Expression])
    case namedCall(Expression, [(name: String, at: Range<Int>, value: Expression)])
    case range(start: Expression, startIncluded: Bool, end: Expression, endIncluded: Bool)
    /// `< 10` as a unary test or as a range value.
    case halfRange(ComparisonOperator, Expression)
    case list([Expression])
    case context([(name: String, at: Range<Int>, value: Expression)])
    case conditional(Expression, then: Expression, else: Expression)
    case loop([Iterator], Expression)
    case quantifier(every: Bool, [Iterator], Expression)
    case function([Parameter], Expression, isExternal: Bool)
    /// What could not be parsed; a diagnostic says why.
    case hole
  }

  struct Iterator: Sendable {
    var name: String
    var at: Range<Int>
    var domain: Expression
    /// The end of a range without brackets: `for i in 1..n`.
    var end: Expression?
  }

  struct Parameter: Sendable {
    var name: String
    var at: Range<Int>
    var type: Type?
  }

  var kind: Kind
  /// UTF-8 offsets in the expression's text.
  var range: Range<Int>
  /// How deep the tree below is, itself included.
  var height: Int

  init(_ kind: Kind, _ range: Range<Int>, over children: [Expression] = []) {
    self.kind = kind
    self.range = range
    var below = 0
    for child in children { below = max(below, child.height) }
    height = below + 1
  }
}

/// Unary tests: what the cell of a decision table holds.
struct UnaryTests: Sendable {
  /// Empty for `-`, which matches anything.
  var tests: [Expression]
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
