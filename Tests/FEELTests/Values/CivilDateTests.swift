import FEEL
import Testing

@Suite struct CivilDateTests {
  /// A calendar that is turned one day at a time.
  private struct Calendar {
    var year: Int
    var month = 1
    var day = 1
    var dayOfYear = 1
    var weekday: Int

    mutating func turn() {
      let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
      let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
      day += 1
      dayOfYear += 1
      weekday = weekday % 7 + 1
      if day > lengths[month - 1] {
        day = 1
        month += 1
      }
      if month > 12 {
        month = 1
        dayOfYear = 1
        year += 1
      }
    }
  }

  @Test func everyDayOfFourThousandYears() throws {
    // 1,600 years are 584,388 days and a whole number of weeks less 4 days from -400-01-01 to 2000-01-01, a Saturday;
    // the Gregorian calendar repeats after 400 years, so -400 begins on a Saturday too.
    var calendar = Calendar(year: -400, weekday: 6)
    var number = try #require(CivilDate(year: -400, month: 1, day: 1)).dayNumber
    var week = 0
    while calendar.year < 3_600 {
      // A week belongs to the year of its Thursday, so the first one to be counted has day of year 4 or less on Monday.
      if calendar.weekday == 1 {
        let startsYear = calendar.dayOfYear <= 4 || (calendar.month == 12 && calendar.day >= 29)
        week = startsYear ? 1 : week + 1
      }
      let date = CivilDate(year: calendar.year, month: calendar.month, day: calendar.day)
      let isRight =
        date?.dayNumber == number && date?.year == calendar.year && date?.month == calendar.month
        && date?.day == calendar.day && date?.weekday == calendar.weekday && date?.dayOfYear == calendar.dayOfYear
        && (week == 0 || date?.weekOfYear == week) && CivilDate(dayNumber: number) == date
      guard isRight else {
        Issue.record("\(calendar) is day \(number) in week \(week), not \(String(describing: date))")
        return
      }
      calendar.turn()
      number += 1
    }
    #expect(number == CivilDate(year: 3_600, month: 1, day: 1)?.dayNumber)
  }

  @Test(arguments: [
    (text: "1970-01-01", dayNumber: 0), ("2000-02-29", 11_016), ("2024-12-31", 20_088), ("0000-01-01", -719_528),
    ("-0001-12-31", -719_529), ("999999999-12-31", 365_241_780_471), ("-999999999-01-01", -365_243_219_162),
  ])
  func dayNumbers(text: String, dayNumber: Int) {
    #expect(CivilDate(text)?.dayNumber == dayNumber)
    #expect(CivilDate(dayNumber: dayNumber)?.description == text)
  }

  @Test func rangeEnds() throws {
    let first = try #require(CivilDate("-999999999-01-01"))
    let last = try #require(CivilDate("999999999-12-31"))
    #expect(first.adding(days: -1) == nil)
    #expect(last.adding(days: 1) == nil)
    #expect(first.adding(months: -1) == nil)
    #expect(last.adding(months: 1) == nil)
    for count in [Int.min, Int.max] {
      #expect(CivilDate(dayNumber: count) == nil)
      #expect(first.adding(days: count) == nil)
      #expect(last.adding(months: count) == nil)
      #expect(CivilDate(year: count, month: 1, day: 1) == nil)
      #expect(CivilDate(year: 2000, month: count, day: 1) == nil)
      #expect(CivilDate(year: 2000, month: 1, day: count) == nil)
    }
    #expect((1...53).contains(first.weekOfYear))
    #expect((1...53).contains(last.weekOfYear))
    #expect(last.duration(since: first).description == "P730484999633D")
  }

  struct Text: Sendable, CustomTestStringConvertible {
    let text: String
    let isDate: Bool
    let testDescription: String

    init(_ text: String, _ isDate: Bool, _ name: String) {
      self.text = text
      self.isDate = isDate
      testDescription = "\(name): \(text.prefix(40))"
    }
  }

  @Test(arguments: [
    Text("2020-01-31", true, "plain"),
    Text("-2017-12-31", true, "before the year 0"),
    Text("0000-12-25", true, "the year 0"),
    Text("0998-12-31", true, "leading zeros up to four digits"),
    Text("10000-01-01", true, "five digits"),
    Text("2024-02-29", true, "a leap day"),
    Text("2023-02-29", false, "no leap day"),
    Text("1900-02-29", false, "no leap day in a century"),
    Text("2000-02-29", true, "a leap day in the fourth century"),
    Text("2017-04-31", false, "day 31 of a short month"),
    Text("2017-13-10", false, "month 13"),
    Text("2017-00-10", false, "month 0"),
    Text("2017-12-00", false, "day 0"),
    Text("2017-12-32", false, "day 32"),
    Text("", false, "nothing"),
    Text("998-12-31", false, "a year of three digits"),
    Text("01211-12-31", false, "a leading zero in a longer year"),
    Text("9999999999-12-25", false, "a year of ten digits"),
    Text("-0000-01-01", false, "no negative year 0"),
    Text("+2012-12-02", false, "a leading plus"),
    Text("2012/12/25", false, "slashes"),
    Text("2012-12-25T", false, "a time that does not come"),
    Text("2012-12-25T00:00:00", false, "a date and time"),
    Text("2012-1-25", false, "a month of one digit"),
    Text("2012-12-5", false, "a day of one digit"),
    Text("2012-12-025", false, "a day of three digits"),
    Text("20121225", false, "no hyphens"),
    Text(" 2012-12-25", false, "white space"),
    Text("２０１２-12-25", false, "digits that are not ASCII"),
    Text(String(repeating: "9", count: 1_000_000), false, "a million digits"),
  ])
  func reads(_ row: Text) {
    #expect(CivilDate(row.text)?.description == (row.isDate ? row.text : nil))
    #expect(CivilDate(utf8: Array(row.text.utf8)) == CivilDate(row.text))
  }

  @Test(arguments: [
    (date: "2020-01-31", months: 1, result: "2020-02-29"), ("2019-01-31", 1, "2019-02-28"),
    ("2020-03-31", -1, "2020-02-29"),
    ("2020-12-31", 2, "2021-02-28"), ("2020-01-15", -1, "2019-12-15"), ("2020-02-29", 12, "2021-02-28"),
    ("2020-02-29", 48, "2024-02-29"), ("0001-01-31", -12, "0000-01-31"), ("0000-01-31", -1, "-0001-12-31"),
    ("2020-05-31", 0, "2020-05-31"),
  ])
  func addsMonths(date: String, months: Int, result: String) {
    #expect(CivilDate(date)?.adding(months: months)?.description == result)
  }

  @Test(arguments: [
    (date: "2021-01-02", duration: "PT1H", sum: "2021-01-02", difference: "2021-01-01"),
    ("2021-01-02", "PT24H", "2021-01-03", "2021-01-01"), ("2021-01-02", "PT25H", "2021-01-03", "2020-12-31"),
    ("2021-01-02", "-PT1S", "2021-01-01", "2021-01-02"), ("2020-03-01", "P1D", "2020-03-02", "2020-02-29"),
    ("2021-01-02", "PT0S", "2021-01-02", "2021-01-02"), ("2021-01-02", "PT0.000000001S", "2021-01-02", "2021-01-01"),
  ])
  func dateAndDuration(date: String, duration: String, sum: String, difference: String) throws {
    let date = try #require(CivilDate(date))
    let duration = try #require(DaysAndTimeDuration(duration))
    #expect(date.adding(duration)?.description == sum)
    #expect(date.subtracting(duration)?.description == difference)
  }

  @Test func dateAndDurationOutOfRange() throws {
    let date = try #require(CivilDate("2021-01-02"))
    for seconds in [Int.min, Int.max] {
      #expect(date.adding(DaysAndTimeDuration(seconds: seconds)) == nil)
      #expect(date.subtracting(DaysAndTimeDuration(seconds: seconds)) == nil)
      #expect(date.adding(YearsAndMonthsDuration(months: seconds)) == nil)
      #expect(date.subtracting(YearsAndMonthsDuration(months: seconds)) == nil)
    }
  }

  @Test(arguments: [
    (from: "2011-12-22", to: "2013-08-24", months: "P1Y8M"), ("2013-08-24", "2011-12-22", "-P1Y8M"),
    ("2015-01-21", "2016-01-21", "P1Y"), ("2016-01-01", "2016-01-01", "P0M"), ("2016-01-31", "2016-02-29", "P0M"),
    ("2016-01-31", "2016-03-01", "P1M"), ("2016-03-01", "2016-01-31", "-P1M"), ("2016-03-31", "2016-02-29", "-P1M"),
    ("2016-02-29", "2016-01-31", "P0M"), ("-2016-01-30", "-2017-02-28", "-P11M"),
    ("-999999999-01-01", "999999999-12-31", "P1999999998Y11M"),
  ])
  func monthsBetween(from: String, to: String, months: String) throws {
    let from = try #require(CivilDate(from))
    let to = try #require(CivilDate(to))
    #expect(yearsAndMonthsDuration(from: from, to: to).description == months)
  }
}
