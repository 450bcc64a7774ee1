import FEEL
import TestSupport
import Testing

/// Conversions, and functions of dates and times.
@Suite struct TemporalBuiltinTests {
  @Test(arguments: [
    Row("date(\"-2017-12-31\")", "-2017-12-31"),
    Row("date(2017, 1, 31)", "2017-01-31"),
    Row("date(@\"2017-08-14T14:25:00Z\")", "2017-08-14"),
    Row("date(@\"2017-08-14\")", "2017-08-14"),
    Row("date(year: 2017, month: 8, day: 30)", "2017-08-30"),
    Row("time(\"11:22:33.123456789\")", "11:22:33.123456789"),
    Row("time(11, 59, 45.5, @\"-PT2H45M55S\")", "11:59:45.5-02:45:55"),
    Row("time(11, 59, 45, null)", "11:59:45"),
    Row("time(11, 59, 45)", "11:59:45"),
    Row("time(@\"2017-08-10T10:20:00+01:00\")", "10:20:00+01:00"),
    Row("time(@\"2017-08-10\")", "00:00:00Z", "a date begins at UTC midnight"),
    Row("date and time(\"2012-12-24\")", "2012-12-24T00:00:00"),
    Row("date and time(@\"2017-01-01\", @\"23:59:01Z\")", "2017-01-01T23:59:01Z"),
    Row("date and time(@\"2017-08-10T10:20:00+02:00\", @\"23:59:01\")", "2017-08-10T23:59:01"),
    Row("duration(\"PT1000M\")", "PT16H40M"),
    Row("duration(\"-P100M\")", "-P8Y4M"),
    Row("years and months duration(@\"2016-01-21\", @\"2015-01-21\")", "-P1Y"),
    Row("years and months duration(@\"2016-09-30T23:25:00\", @\"2017-12-28\")", "P1Y2M"),
    Row("number(\"1.000.000,01\", \".\", \",\")", "1000000.01"),
    Row("number(\"1 000.5\", \" \", \".\")", "1000.5"),
    Row("number(\"1000.5\", null, \".\")", "1000.5"),
    Row("number(\"1,000\", \",\", null)", "1000"),
    Row("number(\"-1.5e3\")", "-1500"),
    Row("string(\"a\")", "\"a\""),
    Row("string(@\"P1D\")", "\"P1D\""),
    Row("range(\"]\\\"a\\\"..\\\"c\\\"[\") = ](\"a\")..(\"c\")[", "true"),
    Row("range(\" [ -1 .. 3 ] \")", "[-1..3]"),
    Row("range(\"[@\\\"P1D\\\"..duration(\\\"P2D\\\")]\")", "[P1D..P2D]"),
    Row("day of year(@\"2020-12-31\")", "366"),
    Row("day of week(@\"2019-09-22T23:00:00\")", "\"Sunday\""),
    Row("month of year(@\"2019-01-17\")", "\"January\""),
    Row("week of year(@\"2010-01-01\")", "53"),
    Row("is(@\"10:00:00Z\", @\"10:00:00+00:00\")", "true"),
    Row("is(@\"10:00:00Z\", @\"11:00:00+01:00\")", "false", "the same instant in another form"),
    Row("is(@\"2012-12-25\", @\"2012-12-25T00:00:00Z\")", "false"),
    Row("is(1, \"1\")", "false"),
    Row("is(@\"P0Y\", @\"P0D\")", "false"),
    Row("is(value1: 1)", "false"),
  ])
  func values(_ row: Row) {
    #expect(runFEEL(row.text, mode: .standard).value.literal == row.value)
  }

  @Test(arguments: [
    Refusal("date(\"2017-02-29\")", .invalidFormat),
    Refusal("date(2017, 13, 1)", .outOfRange),
    Refusal("date(2017, null, 1)", .wrongArguments),
    Refusal("date(null)", .wrongArguments),
    Refusal("time(\"24:00:01\")", .invalidFormat),
    Refusal("time(23, 59, 60)", .outOfRange),
    Refusal("time(1, 2, 3, @\"PT19H\")", .outOfRange),
    Refusal("time(\"10:00:00@Nowhere/Land\")", .invalidFormat, "a zone that there is not"),
    Refusal("date and time(\"2017-12-31T10:00:00@Nowhere/Land\")", .invalidFormat),
    Refusal("date and time(@\"2017-01-01\", null)", .wrongArguments),
    Refusal("duration(\"P1H\")", .invalidFormat),
    Refusal("number(\"1,000\", \",\", \",\")", .wrongArguments),
    Refusal("number(\"1,000\", \":\", \".\")", .wrongArguments),
    Refusal("number(\"1.5\", \",\", \",\")", .wrongArguments),
    Refusal("number(\"1.5\", \" \", \",\")", .invalidFormat),
    Refusal("number(\"one\")", .invalidFormat),
    Refusal("string(null)", .wrongArguments),
    Refusal("range(\"[1..]\")", .invalidFormat),
    Refusal("range(\"[3..1]\")", .invalidFormat),
    Refusal("range(\">=10\")", .invalidFormat),
    Refusal("range(\"[1..x]\")", .invalidFormat),
    Refusal("range(\"[1..sum([2])]\")", .invalidFormat, "ends are written out"),
    Refusal("range(\"[1..\\\"b\\\"]\")", .invalidFormat),
    Refusal("day of year(\"foo\")", .wrongArguments),
    Refusal("today(1)", .wrongArguments),
  ])
  func refusals(_ row: Refusal) { row.check() }
}
