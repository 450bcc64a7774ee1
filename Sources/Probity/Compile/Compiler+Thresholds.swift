import FEEL

/// Comparisons of something that rises with a fact, as comparisons of the fact itself: `issued + renewal >= today()` asks
/// whether `issued` is on or after some day, which is found once.
///
/// Columns hold no dates that are so far away that a sum might not be one, so that both come to the same.
extension Compiler {
  /// - Returns: what to compare in the place of a register, how, and with what; nil where it is best compared itself.
  func comparedFact(
    _ op: ComparisonOperator, _ register: Register, _ constant: Int64
  ) -> (fact: Register, op: ComparisonOperator, constant: Int64)? {
    // What is above a number is what is not below the next.
    let (next, overflow) = constant.addingReportingOverflow(1)
    switch op {
    case .equal, .notEqual: return nil
    case .greaterOrEqual, .less: return least(register, reaching: constant).map { ($0.fact, op, $0.least) }
    case .greater:
      return overflow ? nil : least(register, reaching: next).map { ($0.fact, .greaterOrEqual, $0.least) }
    case .lessOrEqual: return overflow ? nil : least(register, reaching: next).map { ($0.fact, .less, $0.least) }
    }
  }

  /// The least that a fact has to be for a register to be no less than a constant.
  private func least(_ register: Register, reaching constant: Int64) -> (fact: Register, least: Int64)? {
    switch instruction(register) {
    case .addMonths(let date, let months): return leastDate(date, plus: months, sign: 1, reaching: constant)
    case .subtractMonths(let date, let months): return leastDate(date, plus: months, sign: -1, reaching: constant)
    case .addDays(let date, let days):
      guard isDate(date), days.magnitude <= Self.longestShift else { return nil }
      let (least, overflow) = constant.subtractingReportingOverflow(days)
      return overflow ? nil : (Register(index: date, table: register.table), least)
    case .scale(let difference, let factor):
      // Seconds between two dates, as days.
      guard case .subtract(let a, let b) = steps[difference].instruction, isDate(a), isDate(b), factor == 86_400 else {
        return nil
      }
      let (days, seconds) = constant.quotientAndRemainder(dividingBy: factor)
      return (Register(index: difference, table: register.table), seconds > 0 ? days + 1 : days)
    default: return nil
    }
  }

  private func leastDate(
    _ date: Int, plus months: Int, sign: Int, reaching constant: Int64
  ) -> (fact: Register, least: Int64)? {
    guard isDate(date), case .constant(let number) = steps[months].instruction, number.magnitude <= Self.longestShift
    else { return nil }
    let shift = Int(number) * sign
    func reaches(_ day: Int) -> Bool? {
      CivilDate(dayNumber: day)?.adding(months: shift).map { $0.dayNumber >= constant }
    }
    guard var day = CivilDate(dayNumber: Int(constant))?.adding(months: -shift)?.dayNumber else { return nil }
    // The ends of months are of different length: what leads there is a few days off, to either side.
    while reaches(day) == true { day -= 1 }
    while reaches(day) == false { day += 1 }
    return reaches(day).map { _ in (Register(index: date, table: steps[date].table), Int64(day)) }
  }

  /// Months, or days, by which a date that a column holds may be shifted and still be one.
  private static let longestShift: UInt64 = 1_000_000_000

  /// Whether a register holds a date as it was read.
  private func isDate(_ register: Int) -> Bool {
    guard case .load(let table, let column) = steps[register].instruction else { return false }
    return self.column(column, of: table).kind == .date
  }
}
