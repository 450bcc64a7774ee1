import FEEL
import TestSupport
import Testing

@Suite struct NumericBuiltinTests {
  @Test(arguments: [
    Row("decimal(2.5, 0)", "2", "half to even"),
    Row("decimal(0.515, 2)", "0.52"),
    Row("decimal(1/3, 2.5)", "0.33", "a fraction of a scale does not count"),
    Row("decimal(1234, -2)", "1200"),
    Row("floor(-1.5)", "-2"),
    Row("floor(-1.56, 1)", "-1.6"),
    Row("ceiling(-1.5)", "-1"),
    Row("ceiling(1.51, 1)", "1.6"),
    Row("round up(5.5, 0)", "6"),
    Row("round up(-5.1, 0)", "-6"),
    Row("round down(-5.9, 0)", "-5"),
    Row("round half up(-5.5, 0)", "-6"),
    Row("round half down(-5.5, 0)", "-5"),
    Row("round up(5.5, 6176)", "5.5", "the greatest scale"),
    Row("abs(-1.5)", "1.5"),
    Row("abs(@\"-P1D\")", "P1D"),
    Row("abs(@\"-P1Y\")", "P1Y"),
    Row("modulo(-12, 5)", "3", "the sign of the divisor"),
    Row("modulo(12, -5)", "-3"),
    Row("modulo(10.1, 4.5)", "1.1"),
    Row("sqrt(2)", "1.414213562373095048801688724209698"),
    Row("exp(0)", "1"),
    Row("log(1)", "0"),
    Row("odd(-3)", "true"),
    Row("odd(2)", "false"),
    Row("even(0)", "true"),
    Row("even(10**34)", "true"),
  ])
  func values(_ row: Row) {
    #expect(runFEEL(row.text).value.literal == row.value)
  }

  @Test(arguments: [
    Refusal("decimal(1.5, 6177)", .outOfRange),
    Refusal("decimal(1.5, 10**30)", .outOfRange),
    Refusal("floor(1.5, null)", .wrongArguments),
    Refusal("round up(5.5)", .wrongArguments),
    Refusal("abs(@\"2026-01-31\")", .wrongArguments),
    Refusal("modulo(1, 0)", .divisionByZero),
    Refusal("sqrt(-1)", .outOfRange),
    Refusal("log(0)", .outOfRange),
    Refusal("exp(10**6)", .outOfRange),
    Refusal("odd(1.5)", .wrongArguments),
    Refusal("even(null)", .wrongArguments),
  ])
  func refusals(_ row: Refusal) { row.check() }
}
