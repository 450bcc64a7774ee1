import FEEL
import Testing

@Suite struct DurationTests {
  @Test(arguments: [
    (text: "P1Y2M", printed: "P1Y2M" as String?), ("P1Y", "P1Y"), ("P26M", "P2Y2M"), ("-P100M", "-P8Y4M"),
    ("P0Y", "P0M"),
    ("-P0M", "P0M"), ("P1Y27M", "P3Y3M"), ("P999999999M", "P83333333Y3M"),
    ("P9223372036854775807M", "P768614336404564650Y7M"),
    ("-P9223372036854775808M", nil), ("P768614336404564651Y", nil), ("P99999999999999999999M", nil), ("P", nil),
    ("P1", nil),
    ("1Y", nil), ("P1M1Y", nil), ("P1Y1Y", nil), ("P1Y2M3D", nil), ("P1D", nil), ("P1.5Y", nil), ("P-1Y", nil),
    ("+P1Y", nil),
    ("P1YT", nil), ("p1y", nil), ("", nil), ("-", nil), (" P1Y", nil),
  ])
  func readsYearsAndMonths(text: String, printed: String?) {
    let duration = YearsAndMonthsDuration(text)
    #expect(duration?.description == printed)
    if let printed { #expect(YearsAndMonthsDuration(printed) == duration) }
  }

  @Test(arguments: [
    (text: "P1DT2H3M4.5S", printed: "P1DT2H3M4.5S" as String?), ("PT36H", "P1DT12H"),
    ("PT1000M0.999999999S", "PT16H40M0.999999999S"),
    ("PT0S", "PT0S"), ("P0D", "PT0S"), ("-PT0H", "PT0S"), ("PT0.S", "PT0S"), ("PT0.000S", "PT0S"),
    ("-PT1H2M", "-PT1H2M"),
    ("PT3600S", "PT1H"), ("P2DT274M", "P2DT4H34M"), ("-PT0.5S", "-PT0.5S"), ("-PT1.5S", "-PT1.5S"),
    ("-P1DT0.000000001S", "-P1DT0.000000001S"),
    ("PT1.0000000009S", "PT1S"), ("PT9223372036854775807S", "P106751991167300DT15H30M7S"),
    ("PT9223372036854775808S", nil),
    ("P9223372036854775807D", nil), ("P99999999999999999999D", nil), ("P", nil), ("PT", nil), ("P1DT", nil),
    ("P1H", nil),
    ("P1S", nil), ("1D", nil), ("PT1S1M", nil), ("PT1H1H", nil), ("PT1.5H", nil), ("P1.5D", nil), ("PT.5S", nil),
    ("P1Y", nil),
    ("P1M", nil), ("P0", nil), ("PT1H ", nil), ("", nil), ("2012-12-25", nil),
  ])
  func readsDaysAndTime(text: String, printed: String?) {
    let duration = DaysAndTimeDuration(text)
    #expect(duration?.description == printed)
    if let printed { #expect(DaysAndTimeDuration(printed) == duration) }
  }

  @Test func printedFormReadsBack() {
    var random = Seeded(8)
    for _ in 0..<10_000 {
      let reach = [1_000_000_000, 1_000_000_000_000_000, Int.max].randomElement(using: &random) ?? 1
      let nanoseconds = Int128(Int.random(in: -reach...reach, using: &random))
      let short = DaysAndTimeDuration(nanoseconds: nanoseconds)
      #expect(short?.nanoseconds == nanoseconds)
      #expect((short?.description).flatMap { DaysAndTimeDuration($0) } == short)
      let months = YearsAndMonthsDuration(months: Int.random(in: -reach...reach, using: &random))
      #expect(YearsAndMonthsDuration(months.description) == months)
    }
  }

  @Test func lengthsInMemory() {
    #expect(MemoryLayout<DaysAndTimeDuration>.size <= 16)
    #expect(MemoryLayout<DaysAndTimeDuration>.alignment == 8)
    #expect(MemoryLayout<YearsAndMonthsDuration>.size == 8)
  }

  @Test func parts() throws {
    let months = try #require(YearsAndMonthsDuration("-P1Y2M"))
    #expect((months.yearsPart, months.monthsPart) == (-1, -2))
    let duration = try #require(DaysAndTimeDuration("-P1DT2H3M4.5S"))
    #expect((duration.daysPart, duration.hoursPart, duration.minutesPart) == (-1, -2, -3))
    #expect(duration.secondsPart.description == "-4.5")
    #expect(duration.seconds.description == "-93784.5")
  }

  @Test func equalLengths() {
    #expect(YearsAndMonthsDuration("P1Y") == YearsAndMonthsDuration("P12M"))
    #expect(DaysAndTimeDuration("P1D") == DaysAndTimeDuration("PT24H"))
  }

  @Test func order() throws {
    let ascending = try ["-P1D", "-PT1S", "-PT0.5S", "PT0S", "PT0.5S", "PT1S", "P1D"].map {
      try #require(DaysAndTimeDuration($0))
    }
    for (i, a) in ascending.enumerated() {
      for (j, b) in ascending.enumerated() { #expect((a < b) == (i < j)) }
    }
  }

  @Test(arguments: [
    (duration: "P2M", factor: "1.5", product: "P3M" as String?, quotient: "P1M" as String?),
    ("P1Y11M", "-2.5", "-P4Y9M", "-P9M"),
    ("P10Y11M", "2.5", "P27Y3M", "P4Y4M"), ("P1Y", "0", "P0M", nil), ("P1Y", "1e30", nil, "P0M"),
    ("P1Y", "1e-30", "P0M", nil),
  ])
  func scalesMonths(duration: String, factor: String, product: String?, quotient: String?) throws {
    let duration = try #require(YearsAndMonthsDuration(duration))
    let factor = try #require(Number(factor))
    #expect(duration.multiplied(by: factor)?.description == product)
    #expect(duration.divided(by: factor)?.description == quotient)
  }

  @Test(arguments: [
    (duration: "P4DT1H", factor: "1.5", product: "P6DT1H30M" as String?, quotient: "P2DT16H40M" as String?),
    ("P10DT23H", "2.5", "P27DT9H30M", "P4DT9H12M"), ("PT1S", "-3", "-PT3S", "-PT0.333333333S"),
    ("P1D", "0", "PT0S", nil),
    ("P1D", "1e30", nil, "PT0S"), ("P1D", "1e-30", "PT0S", nil),
    ("PT9223372036854775807S", "1.1", nil, "P97047264697546DT1H6.363636363S"),
  ])
  func scalesDaysAndTime(duration: String, factor: String, product: String?, quotient: String?) throws {
    let duration = try #require(DaysAndTimeDuration(duration))
    let factor = try #require(Number(factor))
    #expect(duration.multiplied(by: factor)?.description == product)
    #expect(duration.divided(by: factor)?.description == quotient)
  }

  @Test func ratios() throws {
    let tenDays = try #require(DaysAndTimeDuration("P10D"))
    #expect(
      tenDays.divided(by: try #require(DaysAndTimeDuration("PT36H")))?.description
        == "6.666666666666666666666666666666667")
    #expect(tenDays.divided(by: DaysAndTimeDuration.zero) == nil)
    let tenYears = try #require(YearsAndMonthsDuration("P10Y"))
    #expect(tenYears.divided(by: try #require(YearsAndMonthsDuration("P5Y"))) == 2)
    #expect(tenYears.divided(by: YearsAndMonthsDuration.zero) == nil)
  }

  @Test func sumsThatDoNotFit() {
    let longest = DaysAndTimeDuration(seconds: Int.max)
    #expect(longest.adding(DaysAndTimeDuration(seconds: 1)) == nil)
    #expect(DaysAndTimeDuration(seconds: Int.min).negated == nil)
    #expect(DaysAndTimeDuration(seconds: Int.min).magnitude == nil)
    #expect(DaysAndTimeDuration(seconds: Int.min).subtracting(longest) == nil)
    #expect(DaysAndTimeDuration(days: Int.max) == nil)
    let most = YearsAndMonthsDuration(months: Int.max)
    #expect(most.adding(YearsAndMonthsDuration(months: 1)) == nil)
    #expect(YearsAndMonthsDuration(months: Int.min).negated == nil)
    #expect(YearsAndMonthsDuration(months: Int.min).subtracting(most) == nil)
    #expect(YearsAndMonthsDuration(months: Int.min).description == "-P768614336404564650Y8M")
  }
}
