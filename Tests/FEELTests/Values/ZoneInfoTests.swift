import FEEL
import Testing

@Suite struct ZoneInfoTests {
  /// The bytes of an invented zone. Before its first change it is 17 minutes east.
  private static func file(
    version: UInt8 = UInt8(ascii: "2"), changes: [(instant: Int, kind: UInt8)], offsets: [Int] = [1_020, 3_600, 7_200],
    footer: String = ""
  ) -> [UInt8] {
    func integer(_ value: Int, _ size: Int) -> [UInt8] {
      (0..<size).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    func block(_ changes: [(instant: Int, kind: UInt8)], _ size: Int) -> [UInt8] {
      var bytes = Array("TZif".utf8) + [version] + Array(repeating: 0, count: 15)
      for count in [0, 0, 0, changes.count, offsets.count, 4] { bytes += integer(count, 4) }
      for change in changes { bytes += integer(change.instant, size) }
      bytes += changes.map(\.kind)
      for offset in offsets { bytes += integer(offset, 4) + [0, 0] }
      return bytes + Array("TST\0".utf8)
    }
    if version == 0 { return block(changes, 4) }
    return block([], 4) + block(changes, 8) + Array("\n\(footer)\n".utf8)
  }

  private static let changes: [(instant: Int, kind: UInt8)] = [(-3_000_000_000, 1), (1_000, 2), (2_000_000, 1)]

  @Test(arguments: [
    (instant: Int.min, offset: 1_020), (-3_000_000_001, 1_020), (-3_000_000_000, 3_600), (999, 3_600), (1_000, 7_200),
    (1_999_999, 7_200), (2_000_000, 3_600), (Int.max, 3_600),
  ])
  func offsetsAtInstants(instant: Int, offset: Int) throws {
    let zone = try #require(ZoneInfo(tzif: Self.file(changes: Self.changes)))
    #expect(zone.offset(atUTC: instant) == offset)
  }

  @Test(arguments: [
    (local: 4_599, offset: 3_600, "before the gap"), (4_600, 3_600, "in the gap"), (8_199, 3_600, "at its end"),
    (8_200, 7_200, "after it"), (2_003_599, 7_200, "before the hour that comes twice"),
    (2_003_600, 7_200, "in it, once"),
    (2_007_199, 7_200, "at its end"), (2_007_200, 3_600, "after it"), (Int.max, 3_600, "far ahead"),
    (Int.min, 1_020, "far back"),
  ])
  func offsetsAtLocalTimes(local: Int, offset: Int, name: String) throws {
    let zone = try #require(ZoneInfo(tzif: Self.file(changes: Self.changes)))
    #expect(zone.offset(atLocal: local) == offset, "\(name)")
  }

  @Test func firstVersionHasNarrowInstants() throws {
    let zone = try #require(ZoneInfo(tzif: Self.file(version: 0, changes: [(-1_000, 1), (1_000, 2)])))
    #expect(zone.offset(atUTC: -1_001) == 1_020)
    #expect(zone.offset(atUTC: -1_000) == 3_600)
    #expect(zone.offset(atUTC: 1_000) == 7_200)
  }

  struct Rule: Sendable, CustomTestStringConvertible {
    let footer: String
    /// A date and time at UTC.
    let instant: String
    let offset: Int
    let testDescription: String

    init(_ footer: String, _ instant: String, _ offset: Int, _ name: String) {
      self.footer = footer
      self.instant = instant
      self.offset = offset
      testDescription = "\(name): \(footer) at \(instant)"
    }
  }

  @Test(arguments: [
    Rule("<+07>-7", "2040-01-01T00:00:00Z", 25_200, "no daylight saving time, a name in brackets"),
    Rule("AAA5:30:15", "2040-01-01T00:00:00Z", -19_815, "west of UTC, with minutes and seconds"),
    Rule("CET-1CEST,M3.5.0,M10.5.0/3", "2040-03-25T00:59:59Z", 3_600, "last Sunday of March, before 2:00"),
    Rule("CET-1CEST,M3.5.0,M10.5.0/3", "2040-03-25T01:00:00Z", 7_200, "last Sunday of March, from 2:00"),
    Rule("CET-1CEST,M3.5.0,M10.5.0/3", "2040-10-28T00:59:59Z", 7_200, "last Sunday of October, before 3:00"),
    Rule("CET-1CEST,M3.5.0,M10.5.0/3", "2040-10-28T01:00:00Z", 3_600, "last Sunday of October, from 3:00"),
    Rule("EST5EDT,M3.2.0,M11.1.0", "2040-03-11T06:59:59Z", -18_000, "second Sunday of March, before 2:00"),
    Rule("EST5EDT,M3.2.0,M11.1.0", "2040-03-11T07:00:00Z", -14_400, "second Sunday of March, from 2:00"),
    Rule("EST5EDT,M3.2.0,M11.1.0", "2040-11-04T06:00:00Z", -18_000, "first Sunday of November"),
    Rule("AEST-10AEDT,M10.1.0,M4.1.0/3", "2040-01-01T00:00:00Z", 39_600, "summer over New Year"),
    Rule("AEST-10AEDT,M10.1.0,M4.1.0/3", "2040-07-01T00:00:00Z", 36_000, "winter in July"),
    Rule("AAA0BBB-0:30,J60/0,J300", "2040-02-29T23:59:59Z", 0, "J60 is the 1st of March in a leap year"),
    Rule("AAA0BBB-0:30,J60/0,J300", "2040-03-01T00:00:00Z", 1_800, "and begins at midnight"),
    Rule("AAA0BBB,59/0,300", "2040-02-28T23:59:59Z", 0, "day 59 is the 29th of February in a leap year"),
    Rule("AAA0BBB,59/0,300", "2040-02-29T00:00:00Z", 3_600, "and begins at midnight"),
    Rule("AAA0BBB,J1/-24,J32", "2039-12-31T00:00:00Z", 3_600, "a change the day before its own"),
    Rule("XXX3EDT4,0/0,J365/23", "2040-06-01T00:00:00Z", -14_400, "daylight saving time all year"),
    Rule("XXX3EDT4,0/0,J365/23", "2041-01-01T03:00:00Z", -14_400, "daylight saving time over New Year"),
  ])
  func rules(_ row: Rule) throws {
    let zone = try #require(ZoneInfo(tzif: Self.file(changes: [], footer: row.footer)))
    let instant = try #require(DateAndTime(row.instant)?.instant(in: NoZones())).seconds
    #expect(zone.offset(atUTC: instant) == row.offset)
  }

  @Test(arguments: [
    "A", "A5", "", "5", "<+07", "AAA", "AAA5,", "AAA5BBB", "AAA5BBB,M3.2.0", "AAA5BBB,M13.2.0,M11.1.0",
    "AAA5BBB,M3.6.0,M11.1.0",
    "AAA5BBB,M3.2.7,M11.1.0", "AAA5BBB,J0,J1", "AAA5BBB,366,1", "AAA5BBB,M3.2.0/168,M11.1.0", "AAA25",
    "AAA5BBB,M3.2.0,M11.1.0x",
    "AAA5:60", "AAA99999999999999999999",
  ])
  func damagedRules(footer: String) {
    // An abbreviation of one letter is accepted: files name their zones as they like.
    let isReadable = footer == "" || footer == "A5"
    #expect((ZoneInfo(tzif: Self.file(changes: [], footer: footer)) != nil) == isReadable)
  }

  @Test func noPrefixOfAFileIsAFile() {
    let whole = Self.file(changes: Self.changes, footer: "CET-1CEST,M3.5.0,M10.5.0/3")
    #expect(ZoneInfo(tzif: whole) != nil)
    for count in whole.indices {
      #expect(ZoneInfo(tzif: Array(whole.prefix(count))) == nil, "\(count) bytes")
    }
  }

  @Test func contradictions() {
    #expect(ZoneInfo(tzif: Self.file(changes: [(5, 1), (5, 2)])) == nil, "instants that do not ascend")
    #expect(ZoneInfo(tzif: Self.file(changes: [(5, 9)])) == nil, "a kind that is not there")
    #expect(ZoneInfo(tzif: Self.file(changes: [], offsets: [])) == nil, "no kinds")
    #expect(ZoneInfo(tzif: Self.file(changes: [], offsets: [1_000_000])) == nil, "an offset of days")
  }

  @Test func anyBytesAreReadOrRefused() {
    var random = Seeded(9)
    let whole = Self.file(changes: Self.changes, footer: "CET-1CEST,M3.5.0,M10.5.0/3")
    for _ in 0..<5_000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      guard let zone = ZoneInfo(tzif: bytes) else { continue }
      for instant in [Int.min, -1, 0, 2_500_000_000, Int.max] {
        #expect(abs(zone.offset(atUTC: instant)) <= 26 * 3_600)
        #expect(abs(zone.offset(atLocal: instant)) <= 26 * 3_600)
      }
    }
  }
}
