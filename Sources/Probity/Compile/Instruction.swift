import FEEL

/// One step of a program: it fills a register, a column of one table, for all rows of a batch.
///
/// Operands are registers that were filled before, of the same table unless it says otherwise. A register holds truths,
/// numbers (``Scalars``) or values.
enum Instruction: Hashable, Sendable {
  // MARK: Rows

  /// Makes the rows of a table that is not read from records; it fills no register.
  case rows

  // MARK: Truth

  case loadTruth(table: Int, column: Int)
  /// A ``Cell``, the same in every row.
  case truth(UInt8)
  /// A register of a table above.
  case spreadTruth(Int)
  /// A register of the items' own table, for the rows of a table that was made of it.
  case gatherTruth(Int)
  case and([Int])
  case or([Int])
  case not(Int)
  /// Null as false.
  case orNo(Int)
  /// `a = b` of two truths.
  case same(Int, Int)
  /// Yes where no more than one is true and the others are false; for the interpreter anywhere else.
  case atMostOne([Int])
  case chooseTruth(Int, then: Int, else: Int)
  /// The second where the first says that what it is about is there; unknown, perhaps null, where it is not.
  case truthWhereThere(Int, Int)
  case compare(ComparisonOperator, Int, Int)
  case compareTo(ComparisonOperator, Int, Int64)
  /// `a / b` compared with a number, without rounding the quotient.
  case compareQuotient(ComparisonOperator, Int, Int, Int)
  /// Whether what a register holds of a fact was supplied.
  case isSuppliedTruth(Int)
  case isSuppliedNumber(Int)
  case isSuppliedValue(Int)
  /// Of a list, as a register of the table above.
  case isSuppliedList(table: Int)
  /// No where the row stands for the items of a missing list.
  case isReal
  /// For the interpreter where a number is or may be null, else yes.
  case unlessNull(Int)
  /// Whether every, or some, item of a list satisfies the body; a register of the table above.
  case quantify(every: Bool, table: Int, present: Int?, body: Int)
  /// A value as a truth.
  case unboxTruth(Int)
  /// Whether the item of a table that was made of values is surely there.
  case isSure

  // MARK: Numbers

  case load(table: Int, column: Int)
  case constant(Int64)
  /// A state of ``Scalars`` that is no number, the same in every row.
  case blank(UInt8)
  case spread(Int)
  case gather(Int)
  case add(Int, Int)
  case subtract(Int, Int)
  case addConstant(Int, Int64)
  /// By a number above 0.
  case scale(Int, by: Int64)
  /// Divides known values, dropping the remainder towards zero; without bounds where they are not known.
  case truncate(Int, by: Int64)
  /// The product of two numbers, one of which is known, where it is of four decimals.
  case multiply(Int, Int)
  /// The quotient of known numbers, where it is a number of four decimals.
  ///
  /// - Parameter ofNumbers: whether of numbers, not of durations.
  case divide(Int, Int, ofNumbers: Bool)
  /// A date that many days later.
  case addDays(Int, Int64)
  /// A date and a number of months.
  case addMonths(Int, Int)
  case subtractMonths(Int, Int)
  /// The lesser, or the greater, of two.
  case extreme(least: Bool, Int, Int)
  /// What has no order of its own, such as text, is for the interpreter where the condition is unknown.
  case choose(Int, then: Int, else: Int, isOrdered: Bool)
  /// As ``truthWhereThere(_:_:)``.
  case whereThere(Int, Int)
  /// Over a list, as registers of the table above. A count is in ``Layout/unit``s.
  case count(table: Int, present: Int?)
  case sum(table: Int, present: Int?, of: Int)
  case extremeOf(least: Bool, table: Int, present: Int?, of: Int)

  // MARK: Values

  case loadValue(table: Int, column: Int)
  case spreadValue(Int)
  case gatherValue(Int)
  /// The items of a table that was made of values.
  case items
  case boxTruth(Int)
  case box(Int, Layout.Kind)
  /// What an expression comes to over values; ``Applied`` has the expression.
  case apply(Applied, [Int])
}

/// A part of a rule that has no columnar form: an expression over values that registers hold.
///
/// Its ``Binding/operand(_:)`` nodes stand for them.
final class Applied: Hashable, Sendable {
  enum Logic: Sendable {
    case expression(CheckedExpression)
    case table(DecisionTable)
  }

  let logic: Logic
  /// The operand that holds the record, where a decision of something within a value may be asked for.
  let record: Int?
  /// What was written.
  let text: String
  /// What tells it apart, its operands aside: equal ones are one instruction.
  private let key: String

  /// - Parameter constants: what parameters and the like within it stand for, in the order of the text.
  init(_ logic: Logic, record: Int?, text: String, constants: [Value]) {
    self.logic = logic
    self.record = record
    self.text = text
    key = ([text] + constants.map(\.description)).joined(separator: "\u{0}")
  }

  static func == (left: Applied, right: Applied) -> Bool { left === right || left.key == right.key }

  func hash(into hasher: inout Hasher) { hasher.combine(key) }
}
