import FEEL
import Testing

@Suite struct CivilTimeTests {
  struct Text: Sendable, CustomTestStringConvertible {
    let text: String
    let printed: String?
    let testDescription: String

    init(_ text: String, _ printed: String?, _ name: String) {
      self.text = text
      self.printed = printed
      testDescription = "\(name): \(text.prefix(40))"
    }
  }

  @Test(arguments: [
    Text("01:02:03", "01:02:03", "local"),
    Text("11:22:33.444", "11:22:33.444", "fraction"),
    Text("11:22:33.1200", "11:22:33.12", "trailing zeros of a fraction"),
    Text("11:22:33.000", "11:22:33", "fraction of zeros"),
    Text("11:22:33.123456789", "11:22:33.123456789", "nanoseconds"),
    Text("11:22:33.1234567899", "11:22:33.123456789", "digits below a nanosecond are cut off"),
    Text("23:59:00Z", "23:59:00Z", "UTC"),
    Text("23:59:00z", nil, "a small z"),
    Text("11:22:33-00:00", "11:22:33Z", "no offset is UTC"),
    Text("11:22:33+00:00:00", "11:22:33Z", "no offset, with seconds"),
    Text("13:20:00+02:00", "13:20:00+02:00", "east"),
    Text("13:20:00-05:30", "13:20:00-05:30", "west"),
    Text("11:59:45+02:45:55", "11:59:45+02:45:55", "an offset with seconds"),
    Text("13:20:00+18:00", "13:20:00+18:00", "the greatest offset"),
    Text("13:20:00-18:00:01", nil, "more than that"),
    Text("13:20:00+19:00", nil, "an offset of 19 hours"),
    Text("00:01:00@Etc/UTC", "00:01:00@Etc/UTC", "a named zone"),
    Text("00:01:00.5@Europe/Paris", "00:01:00.5@Europe/Paris", "a named zone after a fraction"),
    Text("24:00:00", "00:00:00", "the end of a day is midnight"),
    Text("24:00:00Z", "00:00:00Z", "the end of a day at UTC"),
    Text("24:00:01", nil, "past the end of a day"),
    Text("24:00:00.1", nil, "a tenth past the end of a day"),
    Text("24:01:00", nil, "a minute past the end of a day"),
    Text("25:00:00", nil, "hour 25"),
    Text("00:60:00", nil, "minute 60"),
    Text("23:59:60", nil, "a leap second"),
    Text("7:00:00", nil, "an hour of one digit"),
    Text("07:1:00", nil, "a minute of one digit"),
    Text("07:01:2", nil, "a second of one digit"),
    Text("07:20", nil, "no seconds"),
    Text("07:20:00.", nil, "no digit after the point"),
    Text("13:20:00+5:00", nil, "an offset of one digit"),
    Text("13:20:00+05", nil, "an offset without minutes"),
    Text("13:20:00+05:0", nil, "an offset's minute of one digit"),
    Text("13:20:00+05:60", nil, "an offset's minute 60"),
    Text("13:20:00+02:00@Europe/Paris", nil, "offset and name"),
    Text("13:20:00Z@Europe/Paris", nil, "UTC and name"),
    Text("13:20:00@", nil, "no name"),
    Text("13:20:00@Europe Paris", nil, "a name with a space"),
    Text("13:20:00@" + String(repeating: "x", count: 65), nil, "a name that is too long"),
    Text("11:30:00T", nil, "something after it"),
    Text("2012-12-24T11:00:00", nil, "a date and time"),
    Text("", nil, "nothing"),
  ])
  func reads(_ row: Text) {
    let time = CivilTime(row.text)
    #expect(time?.description == row.printed)
    #expect(CivilTime(utf8: Array(row.text.utf8)) == time)
    if let printed = row.printed { #expect(CivilTime(printed) == time) }
  }

  @Test func everySecondPrintsAndReads() {
    for second in 0..<86_400 {
      let time = CivilTime(hour: second / 3_600, minute: second / 60 % 60, second: second % 60)
      guard let time, CivilTime(time.description) == time, time.secondOfDay == second else {
        Issue.record("second \(second) is \(String(describing: time))")
        return
      }
    }
  }

  @Test func parts() throws {
    let time = try #require(CivilTime("10:30:01.000000005+01:00"))
    #expect((time.hour, time.minute, time.second, time.nanosecond) == (10, 30, 1, 5))
    #expect(time.zone == .offset(seconds: 3_600))
    #expect(time.wholeSecond.description == "10:30:01+01:00")
  }

  @Test(arguments: [
    (second: "1.3", printed: "12:59:01.3" as String?), ("0", "12:59:00"), ("59.9999999999", "12:59:59.999999999"),
    ("60", nil), ("-0.1", nil), ("1e6000", nil), ("1e-6000", "12:59:00"),
  ])
  func secondsAsNumbers(second: String, printed: String?) throws {
    let second = try #require(Number(second))
    #expect(CivilTime(hour: 12, minute: 59, second: second)?.description == printed)
  }

  @Test func partsOutOfRange() {
    for wrong in [Int.min, -1, 60, Int.max] {
      #expect(CivilTime(hour: wrong, minute: 0, second: 0) == nil)
      #expect(CivilTime(hour: 0, minute: wrong, second: 0) == nil)
      #expect(CivilTime(hour: 0, minute: 0, second: wrong) == nil)
    }
    #expect(CivilTime(hour: 0, minute: 0, second: 0, nanosecond: 1_000_000_000) == nil)
    #expect(Zone(offsetSeconds: Int.min) == nil)
    #expect(Zone(offsetSeconds: 64_801) == nil)
  }

  @Test(arguments: [
    (left: "10:10:10", right: "09:10:10", difference: "PT1H" as String?), ("10:10:10", "11:10:10", "-PT1H"),
    ("10:10:10+11:00", "11:10:10+11:00", "-PT1H"), ("00:30:00+01:00", "00:00:00Z", "-PT30M"),
    ("20:00:50Z", "21:00:50+01:00", "PT0S"), ("10:00:00@Europe/Paris", "09:00:00@Europe/Paris", "PT1H"),
    ("10:00:00@Europe/Paris", "09:00:00@Europe/London", nil), ("10:00:00@Europe/Paris", "09:00:00Z", nil),
    ("10:00:00", "09:00:00Z", nil), ("10:00:00Z", "09:00:00", nil), ("10:00:00.5", "10:00:00.25", "PT0.25S"),
  ])
  func differences(left: String, right: String, difference: String?) throws {
    let left = try #require(CivilTime(left))
    let right = try #require(CivilTime(right))
    #expect(left.duration(since: right)?.description == difference)
  }

  @Test(arguments: [
    (time: "10:10:10", duration: "PT1H", sum: "11:10:10", difference: "09:10:10"),
    ("23:30:00Z", "PT1H", "00:30:00Z", "22:30:00Z"),
    ("00:30:00@Europe/Paris", "PT1H", "01:30:00@Europe/Paris", "23:30:00@Europe/Paris"),
    ("10:10:10+11:00", "P400D", "10:10:10+11:00", "10:10:10+11:00"),
    ("00:00:00", "-PT0.000000001S", "23:59:59.999999999", "00:00:00.000000001"),
  ])
  func wraps(time: String, duration: String, sum: String, difference: String) throws {
    let time = try #require(CivilTime(time))
    let duration = try #require(DaysAndTimeDuration(duration))
    #expect(time.adding(duration).description == sum)
    #expect(time.subtracting(duration).description == difference)
  }

  @Test func wrapsTheLongestDurations() {
    for seconds in [Int.min, Int.max] {
      let duration = DaysAndTimeDuration(seconds: seconds)
      #expect(CivilTime.midnight().adding(duration).subtracting(duration) == .midnight())
    }
  }
}
