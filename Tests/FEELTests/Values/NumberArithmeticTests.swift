import FEEL
import Testing

@Suite struct NumberArithmeticTests {
  enum Operation: String, Sendable {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case modulo
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let left: String
    let operation: Operation
    let right: String
    let result: String?
    let testDescription: String

    init(_ left: String, _ operation: Operation, _ right: String, _ result: String?, _ name: String) {
      self.left = left
      self.operation = operation
      self.right = right
      self.result = result
      testDescription = "\(name): \(left) \(operation.rawValue) \(right)"
    }
  }

  static func apply(_ operation: Operation, _ left: Number, _ right: Number) -> Number? {
    switch operation {
    case .add: left.adding(right)
    case .subtract: left.subtracting(right)
    case .multiply: left.multiplied(by: right)
    case .divide: left.divided(by: right)
    case .modulo: left.modulo(right)
    }
  }

  @Test(arguments: [
    Row("0.1", .add, "0.2", "0.3", "no binary fractions"),
    Row("1.1234", .subtract, "0.2345", "0.8889", "fractions"),
    Row("5", .subtract, "5", "0", "nothing is left"),
    Row("0", .subtract, "5", "-5", "from nothing"),
    Row("18446744073709551615", .add, "1", "18446744073709551616", "past one word"),
    Row("-18446744073709551615", .subtract, "18446744073709551615", "-36893488147419103230", "past one word, below 0"),
    Row("9999999999999999999999999999999999", .add, "1", "10000000000000000000000000000000000", "past 34 digits"),
    Row("9999999999999999999999999999999999", .add, "0.5", "10000000000000000000000000000000000", "a tie goes to even"),
    Row("9999999999999999999999999999999998", .add, "0.5", "9999999999999999999999999999999998", "a tie stays at even"),
    Row(
      "9999999999999999999999999999999998", .add, "0.50000001", "9999999999999999999999999999999999", "just over a tie"),
    Row("1e6000", .add, "1e-6000", "1E+6000", "a summand that is lost"),
    Row(
      "1e34", .subtract, "1e-6000", "10000000000000000000000000000000000", "a tiny one taken from a power of ten"),
    Row("1e34", .subtract, "0.6", "9999999999999999999999999999999999", "a power of ten loses a digit"),
    Row("1e34", .subtract, "0.5", "10000000000000000000000000000000000", "a tie below a power of ten goes to even"),
    Row("1e34", .subtract, "0.50000000000001", "9999999999999999999999999999999999", "more than that tie"),
    Row("9e6144", .add, "9e6144", nil, "too large"),
    Row("-9e6144", .subtract, "9e6144", nil, "too far below 0"),
    Row("1e6144", .multiply, "10", nil, "too large by one digit"),
    Row("1e-6000", .multiply, "1e-6000", "0", "too small is 0"),
    Row("-1e-6000", .multiply, "1e-6000", "0", "too small below 0 is 0 and has no sign"),
    Row("1e-6176", .multiply, "0.5", "0", "half the least number goes to the even 0"),
    Row("3e-6176", .multiply, "0.5", "2E-6176", "one and a half of the least goes to the even 2"),
    Row("1.00", .multiply, "1.00", "1", "trailing zeros do not show"),
    Row("19.99", .multiply, "3", "59.97", "money"),
    Row(
      "9999999999999999999999999999999999", .multiply, "9999999999999999999999999999999999",
      "9.999999999999999999999999999999998E+67", "the greatest coefficients"),
    Row("10", .divide, "4", "2.5", "exact"),
    Row("1", .divide, "3", "0.3333333333333333333333333333333333", "rounded down"),
    Row("2", .divide, "3", "0.6666666666666666666666666666666667", "rounded up"),
    Row("1", .divide, "0", nil, "by zero"),
    Row("0", .divide, "0", nil, "zero by zero"),
    Row("0", .divide, "-7", "0", "zero divided"),
    Row("1e6000", .divide, "1e-6000", nil, "a quotient that is too large"),
    Row("1e-6000", .divide, "1e6000", "0", "a quotient that is too small"),
    Row("1e6144", .divide, "1e-6176", nil, "the greatest exponent by the least"),
    Row(
      "9999999999999999999999999999999999", .divide, "1e-6111", "9.999999999999999999999999999999999E+6144",
      "to the greatest number"),
    Row("10", .modulo, "4", "2", "both above 0"),
    Row("-10", .modulo, "4", "2", "dividend below 0"),
    Row("10", .modulo, "-4", "-2", "divisor below 0"),
    Row("-12", .modulo, "-5", "-2", "both below 0"),
    Row("10.1", .modulo, "4.5", "1.1", "fractions"),
    Row("-10.1", .modulo, "4.5", "3.4", "fractions, dividend below 0"),
    Row("10.1", .modulo, "-4.5", "-3.4", "fractions, divisor below 0"),
    Row("0", .modulo, "4", "0", "of nothing"),
    Row("-8", .modulo, "4", "0", "nothing left has no sign"),
    Row("1", .modulo, "0", nil, "by zero"),
    Row("1e6000", .modulo, "7", "1", "a quotient of 6,000 digits"),
    Row("1e6144", .modulo, "9999999999999999999999999999999999", "1000000000000000000000000", "the greatest both ways"),
    Row("3", .modulo, "1e6000", "3", "a divisor far above"),
    Row("-3", .modulo, "1e6000", "1E+6000", "a divisor far above, signs apart, rounded"),
    Row("1e-6176", .modulo, "1e6144", "1E-6176", "the least by the greatest"),
  ])
  func table(_ row: Row) throws {
    let left = try #require(Number(row.left))
    let right = try #require(Number(row.right))
    #expect(Self.apply(row.operation, left, right)?.description == row.result)
  }

  /// Numbers whose digits and exponents make carries, ties and gaps likely.
  static func operand(_ random: inout Seeded) -> (text: String, exponent: Int, isNegative: Bool) {
    let count = [1, 2, 5, 17, 18, 19, 20, 33, 34].randomElement(using: &random) ?? 1
    let text =
      switch Int.random(in: 0..<6, using: &random) {
      case 0: String(repeating: "9", count: count)
      case 1: "1" + String(repeating: "0", count: count - 1)
      case 2: "5" + String(repeating: "0", count: count - 1)
      default: random.digits(count)
      }
    let reach = [0, 3, 40].randomElement(using: &random) ?? 0
    return (text, Int.random(in: -reach...reach, using: &random), Bool.random(using: &random))
  }

  @Test(arguments: [Operation.add, .subtract, .multiply, .divide])
  func agreesWithSchoolbook(operation: Operation) throws {
    var random = Seeded(2)
    for _ in 0..<3_000 {
      let (a, b) = (Self.operand(&random), Self.operand(&random))
      let left = try #require(Number("\(a.isNegative ? "-" : "")\(a.text)e\(a.exponent)"))
      let right = try #require(Number("\(b.isNegative ? "-" : "")\(b.text)e\(b.exponent)"))
      let x = Schoolbook(a.text, exponent: a.exponent, isNegative: a.isNegative)
      let y = Schoolbook(b.text, exponent: b.exponent, isNegative: b.isNegative)
      let expected =
        switch operation {
        case .add: x + y
        case .subtract: x - y
        case .multiply: x * y
        case .divide, .modulo: x / y
        }
      #expect(
        Self.apply(operation, left, right) == Number(expected.rounded), "\(left) \(operation.rawValue) \(right)")
    }
  }

  @Test func agreesWithIntegers() {
    var random = Seeded(3)
    for _ in 0..<20_000 {
      let a = Int.random(in: -99_999_999_999_999_999...99_999_999_999_999_999, using: &random)
      let b = Int.random(in: -99_999_999_999_999_999...99_999_999_999_999_999, using: &random)
      let (x, y) = (Number(a), Number(b))
      #expect(x.adding(y)?.int128 == Int128(a) + Int128(b))
      #expect(x.subtracting(y)?.int128 == Int128(a) - Int128(b))
      #expect(x.multiplied(by: y)?.int128 == Int128(a) * Int128(b))
      #expect((x < y) == (a < b))
      #expect((x == y) == (a == b))
      let remainder = a % b
      #expect(x.modulo(y)?.int == (remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder))
    }
  }

  @Test func exactOperationsUndoEachOther() {
    var random = Seeded(4)
    for _ in 0..<20_000 {
      let a = Number(coefficient: Int.random(in: Int.min...Int.max, using: &random), exponent: -2)
      let b = Number(coefficient: Int.random(in: 1...999_999_999, using: &random), exponent: -6)
      guard let a, let b else { continue }
      #expect(a.adding(b)?.subtracting(b) == a)
      #expect(a.multiplied(by: b)?.divided(by: b) == a)
    }
  }

  @Test func equalNumbersHashAndCompareAlike() throws {
    var random = Seeded(5)
    for _ in 0..<5_000 {
      let digits = random.digits(Int.random(in: 1...20, using: &random))
      let exponent = Int.random(in: -40...40, using: &random)
      let zeros = Int.random(in: 0...14, using: &random)
      let short = try #require(Number("\(digits)e\(exponent)"))
      let long = try #require(Number("\(digits)\(String(repeating: "0", count: zeros))e\(exponent - zeros)"))
      #expect(short == long)
      #expect(short.hashValue == long.hashValue)
      #expect(!(short < long) && !(long < short))
      #expect(short.description == long.description)
    }
  }

  @Test func orderIsTotal() throws {
    let ascending = try [
      "-1e6144", "-1e34", "-9999999999999999999999999999999999", "-10", "-9.99", "-1", "-1e-6176", "0", "1e-6176",
      "0.099", "0.1", "1", "1.000000000000000000000000000000001", "10", "9999999999999999999999999999999999", "1e34",
      "1e6144",
    ].map { try #require(Number($0)) }
    for (i, a) in ascending.enumerated() {
      for (j, b) in ascending.enumerated() {
        #expect((a < b) == (i < j))
        #expect((a == b) == (i == j))
      }
    }
  }
}
