import FEEL

/// One step of a program: it fills a register, a column of a table, for all rows of a batch.
///
/// Operands are registers that were filled before, of the same table unless it says otherwise.
enum Instruction: Hashable, Sendable {
  // MARK: Truth

  case loadTruth(table: Int, column: Int)
  /// A ``Cell``, the same in every row.
  case truth(UInt8)
  /// A register of a table above.
  case spreadTruth(Int)
  case and([Int])
  case or([Int])
  case not(Int)
  /// `a = b` of two truths.
  case same(Int, Int)
  /// Yes where no more than one is true and the others are false; for the interpreter anywhere else.
  case atMostOne([Int])
  case chooseTruth(Int, then: Int, else: Int)
  case compare(ComparisonOperator, Int, Int)
  /// `a / b` compared with a number, without rounding the quotient.
  case compareQuotient(ComparisonOperator, Int, Int, Int)
  /// Whether a fact is there.
  case isSuppliedTruth(table: Int, column: Int)
  case isSuppliedScalar(table: Int, column: Int)
  case isSuppliedList(table: Int)
  /// Whether every, or some, item of a list that is there satisfies the body; a register of the table above.
  case quantify(every: Bool, table: Int, present: Int?, body: Int)

  // MARK: Whole numbers

  case load(table: Int, column: Int)
  case constant(Int64)
  /// For the interpreter in every row.
  case handOver
  /// A register of a table above.
  case spread(Int)
  case add(Int, Int)
  case subtract(Int, Int)
  /// By a number above 0.
  case scale(Int, by: Int64)
  /// Divides known values, dropping the remainder towards zero.
  case truncate(Int, by: Int64)
  /// The product of known numbers, where it is a number of four decimals.
  case multiply(Int, Int)
  /// The quotient of known numbers, where it is a number of four decimals.
  case divide(Int, Int)
  /// A date that many days later.
  case addDays(Int, Int64)
  /// A date and a number of months.
  case addMonths(Int, Int)
  case subtractMonths(Int, Int)
  /// The lesser, or the greater, of two.
  case extreme(least: Bool, Int, Int)
  /// What has no order of its own, such as text, is for the interpreter where the condition is unknown.
  case choose(Int, then: Int, else: Int, isOrdered: Bool)
  /// Over a list, as registers of the table above.
  case count(table: Int, present: Int?)
  case sum(table: Int, present: Int?, of: Int)
  case extremeOf(least: Bool, table: Int, present: Int?, of: Int)
}
