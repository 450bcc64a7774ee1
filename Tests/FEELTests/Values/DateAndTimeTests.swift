import FEEL
import Testing

/// Two invented zones: one 2 hours east, and one that goes from 1 to 2 hours east at 2021-03-28T01:00:00Z and back at
/// 2021-10-31T01:00:00Z.
private struct InventedZones: ZoneRules {
  private let spring = 1_616_893_200
  private let autumn = 1_635_642_000

  func offset(of name: String, atLocal local: Int) -> Int? {
    switch name {
    case "Test/Fixed": 7_200
    // From 2:00 to 3:00 in spring no clock shows a time; in autumn it is shown twice, at first in summer time.
    case "Test/Summer": local >= spring + 7_200 && local < autumn + 7_200 ? 7_200 : 3_600
    default: nil
    }
  }

  func offset(of name: String, atUTC instant: Int) -> Int? {
    switch name {
    case "Test/Fixed": 7_200
    case "Test/Summer": instant >= spring && instant < autumn ? 7_200 : 3_600
    default: nil
    }
  }

  func knows(_ name: String) -> Bool { name == "Test/Fixed" || name == "Test/Summer" }
}

@Suite struct DateAndTimeTests {
  private let zones = InventedZones()

  @Test(arguments: [
    (text: "2017-12-31T11:22:33", printed: "2017-12-31T11:22:33" as String?), ("2012-12-24", "2012-12-24T00:00:00"),
    ("-2017-12-31T11:22:33.456+01:35", "-2017-12-31T11:22:33.456+01:35"),
    ("2017-12-31T11:22:33-00:00", "2017-12-31T11:22:33Z"),
    ("99999-12-31T11:22:33@Europe/Paris", "99999-12-31T11:22:33@Europe/Paris"),
    ("999999999-12-31T23:59:59.999999999@Europe/Paris", "999999999-12-31T23:59:59.999999999@Europe/Paris"),
    ("-999999999-12-31T23:59:59.999999999+02:00", "-999999999-12-31T23:59:59.999999999+02:00"),
    ("2021-01-01T24:00:00", "2021-01-02T00:00:00"), ("2021-12-31T24:00:00Z", "2022-01-01T00:00:00Z"),
    ("999999999-12-31T24:00:00", nil), ("2017-12-31T24:00:01", nil), ("2017-12-31T07:01", nil), ("2017-12-31T", nil),
    ("2017-13-10T11:22:33", nil), ("998-12-31T11:22:33", nil), ("01211-12-31T11:22:33", nil),
    ("+99999-12-01T11:22:33", nil),
    ("2011-12-0310:15:30", nil), ("11:00:00", nil), ("", nil), ("2011-12-03T10:15:30+01:00@Europe/Paris", nil),
    ("2011-12-03 10:15:30", nil), ("2011-12-03t10:15:30", nil), ("2011-12-03Z", nil),
  ])
  func reads(text: String, printed: String?) {
    let value = DateAndTime(text)
    #expect(value?.description == printed)
    #expect(DateAndTime(utf8: Array(text.utf8)) == value)
    if let printed { #expect(DateAndTime(printed) == value) }
  }

  @Test(arguments: [
    (text: "1970-01-01T00:00:00Z", seconds: 0 as Int?), ("1970-01-01T00:00:00.5+01:00", -3_600),
    ("1970-01-01T00:00:00", nil),
    ("2021-03-28T01:59:59@Test/Summer", 1_616_893_199), ("2021-03-28T03:00:00@Test/Summer", 1_616_893_200),
    ("2021-10-31T02:30:00@Test/Summer", 1_635_640_200), ("2021-10-31T03:00:00@Test/Summer", 1_635_645_600),
    ("1970-01-01T00:00:00@Test/Nowhere", nil),
  ])
  func instants(text: String, seconds: Int?) throws {
    #expect(try #require(DateAndTime(text)).instant(in: zones)?.seconds == seconds)
  }

  @Test(arguments: [
    (left: "2021-01-02T10:10:10", right: "2021-01-01T10:10:10", difference: "P1D" as String?),
    ("2016-12-24T23:59:00-08:00", "2015-12-24T00:00:01-01:00", "P367DT6H58M59S"),
    ("2021-01-02T10:10:10@Test/Summer", "2021-01-01T10:10:10@Test/Fixed", "P1DT1H"),
    ("2021-07-02T10:10:10@Test/Summer", "2021-01-02T10:10:10@Test/Summer", "P180DT23H"),
    ("2018-10-08T00:00:00+02:00", "2018-10-08T00:00:00@Test/Fixed", "PT0S"),
    ("2021-01-02T10:10:10", "2021-01-01T10:10:10Z", nil), ("2021-01-02T10:10:10Z", "2021-01-01T10:10:10", nil),
    ("2021-01-02T10:10:10@Test/Nowhere", "2021-01-01T10:10:10Z", nil),
    ("2021-01-02T10:10:10@Test/Nowhere", "2021-01-01T10:10:10@Test/Nowhere", nil),
    ("2021-01-01T00:00:00.25", "2021-01-01T00:00:00.75", "-PT0.5S"),
    ("999999999-12-31T23:59:59.999999999", "-999999999-01-01T00:00:00", "P730484999633DT23H59M59.999999999S"),
  ])
  func differences(left: String, right: String, difference: String?) throws {
    let left = try #require(DateAndTime(left))
    let right = try #require(DateAndTime(right))
    #expect(left.duration(since: right, in: zones)?.description == difference)
  }

  @Test func dateCountsAsMidnightAtUTC() throws {
    let date = DateAndTime(utcMidnightOf: try #require(CivilDate("2021-01-02")))
    #expect(date.description == "2021-01-02T00:00:00Z")
    let other = try #require(DateAndTime("2021-01-01T10:10:10+11:00"))
    #expect(date.duration(since: other, in: NoZones())?.description == "P1DT49M50S")
    #expect(date.duration(since: try #require(DateAndTime("2021-01-01T10:10:10")), in: NoZones()) == nil)
  }

  @Test(arguments: [
    (text: "2021-01-12T10:10:10", duration: "P1DT1H", sum: "2021-01-13T11:10:10" as String?),
    ("2021-01-01T10:10:10+11:00", "-P1D", "2020-12-31T10:10:10+11:00"),
    ("-2021-01-01T10:10:10+11:00", "-P1D", "-2022-12-31T10:10:10+11:00"),
    ("2021-01-01T24:00:00", "-PT1S", "2021-01-01T23:59:59"),
    ("2021-01-01T00:00:00", "PT0.000000001S", "2021-01-01T00:00:00.000000001"),
    ("2021-03-27T12:00:00@Test/Summer", "P1D", "2021-03-28T13:00:00@Test/Summer"),
    ("2021-03-28T01:30:00@Test/Summer", "PT1H", "2021-03-28T03:30:00@Test/Summer"),
    ("2021-10-31T02:30:00@Test/Summer", "PT1H", "2021-10-31T02:30:00@Test/Summer"),
    ("2021-10-31T02:30:00@Test/Summer", "PT2H", "2021-10-31T03:30:00@Test/Summer"),
    ("2021-03-27T12:00:00@Test/Nowhere", "P1D", nil), ("999999999-12-31T23:59:59", "PT1S", nil),
    ("-999999999-01-01T00:00:00", "-PT1S", nil), ("2021-01-01T00:00:00Z", "PT9223372036854775807S", nil),
    ("2021-01-01T00:00:00@Test/Fixed", "-PT9223372036854775807S", nil),
  ])
  func addsDurations(text: String, duration: String, sum: String?) throws {
    let duration = try #require(DaysAndTimeDuration(duration))
    let value = try #require(DateAndTime(text))
    #expect(value.adding(duration, in: zones)?.description == sum)
    if let negated = duration.negated { #expect(value.subtracting(negated, in: zones)?.description == sum) }
  }

  @Test(arguments: [
    (text: "2021-01-01T10:10:10@Australia/Melbourne", months: "P1M", sum: "2021-02-01T10:10:10@Australia/Melbourne"),
    ("2021-01-31T10:10:10+11:00", "P1M", "2021-02-28T10:10:10+11:00"),
    ("-2021-01-01T10:10:10", "-P1M", "-2022-12-01T10:10:10"),
    ("2020-02-29T10:10:10Z", "-P1Y", "2019-02-28T10:10:10Z"),
  ])
  func addsMonths(text: String, months: String, sum: String) throws {
    let months = try #require(YearsAndMonthsDuration(months))
    let value = try #require(DateAndTime(text))
    #expect(value.adding(months)?.description == sum)
    #expect(value.subtracting(try #require(months.negated))?.description == sum)
  }

  @Test func sameFormIsNotSameInstant() throws {
    let east = try #require(DateAndTime("2002-04-02T17:00:00+04:00"))
    let west = try #require(DateAndTime("2002-04-02T12:00:00-01:00"))
    #expect(east != west)
    #expect(east.nanoseconds(since: west, in: NoZones()) == 0)
    #expect(DateAndTime("2002-04-02T17:00:00Z") == DateAndTime("2002-04-02T17:00:00+00:00"))
  }
}
