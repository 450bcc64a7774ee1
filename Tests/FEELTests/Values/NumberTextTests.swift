import FEEL
import Testing

@Suite struct NumberTextTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let text: String
    let printed: String?
    let testDescription: String

    init(_ text: String, _ printed: String?, _ name: String) {
      self.text = text
      self.printed = printed
      testDescription = name
    }
  }

  @Test(arguments: [
    Row("12", "12", "integer"),
    Row("-12", "-12", "negative integer"),
    Row(".5", "0.5", "no digit before the point"),
    Row("-1.50", "-1.5", "trailing zero of a fraction"),
    Row("1.0", "1", "fraction of zeros"),
    Row("007", "7", "leading zeros"),
    Row("100", "100", "trailing zeros of an integer stay"),
    Row("0", "0", "zero"),
    Row("-0", "0", "no negative zero"),
    Row("-0.000e-9", "0", "no negative zero with a fraction and an exponent"),
    Row("1.2e3", "1200", "exponent"),
    Row("1E-5", "0.00001", "capital E, negative exponent"),
    Row("1.23e+4", "12300", "exponent with a plus"),
    Row("0e999999999999999999999999", "0", "zero of any exponent is zero"),
    Row("1234567890123456789012345678901234", "1234567890123456789012345678901234", "34 digits are kept"),
    Row("12345678901234567890123456789012345", "12345678901234567890123456789012340", "a tie to the even digit, down"),
    Row("12345678901234567890123456789012355", "12345678901234567890123456789012360", "a tie to the even digit, up"),
    Row("123456789012345678901234567890123450000001", "1.234567890123456789012345678901235E+41", "just over a tie"),
    Row(
      "1234567890123456789012345678901234.50000000000000000000000000000000000000000000000001",
      "1234567890123456789012345678901235", "over a tie by a digit far behind"),
    Row(
      "1234567890123456789012345678901234.50000000000000000000000000000000000000000000000000",
      "1234567890123456789012345678901234", "a tie followed by zeros"),
    Row("9999999999999999999999999999999999.5", "10000000000000000000000000000000000", "rounding carries through"),
    Row("1e39", "1000000000000000000000000000000000000000", "40 digits are plain"),
    Row("1e40", "1E+40", "41 digits are not"),
    Row("-12.5e60", "-1.25E+61", "scientific, negative"),
    Row("1e-39", "0.000000000000000000000000000000000000001", "39 places are plain"),
    Row("1.5e-40", "1.5E-40", "beyond them they are not"),
    Row(
      "9.999999999999999999999999999999999e6144", "9.999999999999999999999999999999999E+6144", "the greatest number"),
    Row("1e6145", nil, "above the greatest"),
    Row("9.9999999999999999999999999999999999e6144", nil, "rounds to above the greatest"),
    Row("1e-6176", "1E-6176", "the least number above 0"),
    Row("1e-6177", "0", "below the least"),
    Row("6e-6177", "1E-6176", "rounds up to the least"),
    Row("5e-6177", "0", "a tie below the least goes to the even 0"),
    Row("1e99999999999999999999999999", nil, "an exponent of any length"),
    Row("1e-99999999999999999999999999", "0", "a negative exponent of any length"),
    Row("", nil, "nothing"),
    Row("-", nil, "a sign alone"),
    Row(".", nil, "a point alone"),
    Row("1.", nil, "no digit after the point"),
    Row("1.e5", nil, "no digit between point and exponent"),
    Row("+1", nil, "a leading plus"),
    Row("--1", nil, "two signs"),
    Row("1e", nil, "no exponent after e"),
    Row("1e+", nil, "no exponent after its sign"),
    Row("1e5.5", nil, "a fraction in the exponent"),
    Row("1.2.3", nil, "two points"),
    Row(" 1", nil, "white space before"),
    Row("1 ", nil, "white space after"),
    Row("1,000", nil, "a grouping comma"),
    Row("0x10", nil, "hexadecimal"),
    Row("NaN", nil, "not a number"),
    Row("Infinity", nil, "infinity"),
    Row("١٢", nil, "digits that are not ASCII"),
    Row("1\u{0}", nil, "a zero byte"),
  ])
  func reads(_ row: Row) {
    #expect(Number(row.text)?.description == row.printed)
    #expect(Number(utf8: Array(row.text.utf8))?.description == row.printed)
  }

  @Test func printedFormReadsBack() {
    var random = Seeded(1)
    for _ in 0..<20_000 {
      let digits = random.digits(Int.random(in: 1...34, using: &random))
      let exponent = Int.random(in: 0...3, using: &random) == 0 ? 6_000 : 50
      let text =
        "\(Bool.random(using: &random) ? "-" : "")\(digits)e\(Int.random(in: -exponent...exponent, using: &random))"
      guard let number = Number(text) else {
        Issue.record("\(text) is a number")
        continue
      }
      #expect(Number(number.description) == number)
    }
  }

  @Test func lengthCostsNoMoreThanReading() {
    let zeros = String(repeating: "0", count: 5_000_000)
    #expect(Number("1" + zeros + "e-5000000") == 1)
    #expect(Number("0." + zeros + "1e5000001") == 1)
    #expect(Number(zeros + zeros) == 0)
    #expect(Number("1" + zeros) == nil)
    #expect(Number("1e" + zeros + "2") == 100)
    #expect(Number("1e9" + zeros) == nil)
  }

  @Test func fitsWhereItMust() {
    #expect(MemoryLayout<Number>.size <= 24)
    #expect(MemoryLayout<Number>.alignment == 8)
  }

  @Test(arguments: [
    (text: "0", int: 0 as Int?), ("-1", -1), ("1.0", 1), ("1e3", 1_000), ("1.5", nil),
    ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min), ("9223372036854775808", nil),
    ("-9223372036854775809", nil), ("1e400", nil), ("1e-400", nil), ("92233720368547758070e-1", Int.max),
  ])
  func integers(text: String, int: Int?) {
    #expect(Number(text)?.int == int)
  }

  @Test(arguments: [
    (text: "1.25", scale: 2, scaled: 125 as Int64?), ("1.25", 1, nil), ("-0.01", 2, -1), ("1e2", 0, 100),
    ("1200", -2, 12), ("1234", -2, nil), ("0", 40_000, 0), ("92233720368547758.07", 2, Int64.max),
    ("-92233720368547758.08", 2, Int64.min), ("92233720368547758.08", 2, nil), ("1", Int.max, nil), ("1", Int.min, nil),
  ])
  func scaledIntegers(text: String, scale: Int, scaled: Int64?) {
    #expect(Number(text)?.scaledInt64(scale: scale) == scaled)
  }

  @Test func wideIntegers() {
    #expect(Number(Int.min).description == "-9223372036854775808")
    #expect(Number(Int128(1) << 100)?.description == "1267650600228229401496703205376")
    #expect(Number(Int128.max) == nil, "39 digits that are no 34 digits and zeros")
    #expect(Number(coefficient: Int128.max, exponent: 0)?.description == "170141183460469231731687303715884100000")
    #expect(Number(coefficient: 125, exponent: -2)?.description == "1.25")
    #expect(Number(coefficient: 5, exponent: Int.max) == nil)
    #expect(Number(coefficient: 5, exponent: Int.min) == .zero)
    #expect(Number(coefficient: 0, exponent: Int.max) == .zero)
  }

  @Test(arguments: [
    (text: "1.0", isInteger: true), ("1.5", false), ("1e-6176", false), ("1e6144", true), ("0", true),
    ("1000000000000000000000000000000000e-33", true), ("1000000000000000000000000000000001e-33", false),
  ])
  func wholeNumbers(text: String, isInteger: Bool) {
    #expect(Number(text)?.isInteger == isInteger)
  }
}
