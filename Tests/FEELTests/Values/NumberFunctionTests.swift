import FEEL
import Testing

@Suite struct NumberFunctionTests {
  /// Every number of two digits with up to two places, rounded by counting.
  @Test(arguments: RoundingMode.allCases)
  func roundsSmallNumbers(mode: RoundingMode) {
    for hundredths in -999...999 {
      for scale in -2...3 {
        let unit = [10_000, 1_000, 100, 10, 1, 1][scale + 2]
        let magnitude = abs(hundredths)
        let (below, rest) = (magnitude / unit, magnitude % unit)
        let isAway =
          switch mode {
          case .up: rest > 0
          case .down: false
          case .floor: rest > 0 && hundredths < 0
          case .ceiling: rest > 0 && hundredths > 0
          case .halfUp: rest > 0 && rest * 2 >= unit
          case .halfDown: rest * 2 > unit
          case .halfEven: rest * 2 > unit || (rest > 0 && rest * 2 == unit && below % 2 == 1)
          }
        let expected = (isAway ? below + 1 : below) * unit * hundredths.signum()
        let number = Number(coefficient: hundredths, exponent: -2)
        #expect(
          number?.rounded(scale: scale, mode) == Number(coefficient: expected, exponent: -2),
          "\(hundredths) hundredths at scale \(scale)")
      }
    }
  }

  @Test(arguments: [
    (text: "5.5", scale: 6_176, result: "5.5" as String?), ("5.5", 6_177, nil), ("5.5", -6_111, "0"),
    ("5.5", -6_112, nil),
    ("0.515", 2, "0.52"), ("2.5", 0, "2"), ("1e-6176", 0, "0"), ("9999999999999999999999999999999999", -1, "1E+34"),
    ("9.999999999999999999999999999999999e6144", 0, "9.999999999999999999999999999999999E+6144"), ("1", Int.min, nil),
    ("1", Int.max, nil),
  ])
  func roundsHalfEven(text: String, scale: Int, result: String?) {
    #expect(Number(text)?.rounded(scale: scale, .halfEven) == result.flatMap { Number($0) })
  }

  @Test func roundsUpFromFarBelow() {
    #expect(Number("1e-6176")?.rounded(scale: -6_111, .up)?.description == "1E+6111")
    #expect(Number("-1e-6176")?.rounded(scale: 0, .floor) == -1)
    #expect(Number("1e-6176")?.rounded(scale: 0, .floor) == 0)
  }

  @Test(arguments: [
    (text: "1.5", floor: "1"), ("-1.5", "-2"), ("0.3333", "0"), ("-0.0001", "-1"), ("-1e-6176", "-1"),
    ("1e40", "1E+40"),
    ("-999999999999999999999999999999999.5", "-1000000000000000000000000000000000"), ("0", "0"),
  ])
  func floors(text: String, floor: String) {
    #expect(Number(text)?.floored().description == floor)
  }

  struct Row: Sendable, CustomTestStringConvertible {
    let operand: String
    let power: String
    let result: String?
    let testDescription: String

    init(_ operand: String, _ power: String, _ result: String?, _ name: String) {
      self.operand = operand
      self.power = power
      self.result = result
      testDescription = "\(name): \(operand) ** \(power)"
    }
  }

  // Expected digits were computed to 120 places with another decimal arithmetic and rounded once.
  @Test(arguments: [
    Row("5", "2", "25", "square"),
    Row("5", "-2", "0.04", "negative power"),
    Row("5.5", "2", "30.25", "fraction"),
    Row("-3", "2", "9", "even power below 0"),
    Row("-3", "3", "-27", "odd power below 0"),
    Row("-3", "-3", "-0.03703703703703703703703703703703704", "odd negative power below 0"),
    Row("7", "0", "1", "power 0"),
    Row("0", "0", "1", "zero to the power 0"),
    Row("0", "5", "0", "zero"),
    Row("0", "-1", nil, "zero to a negative power"),
    Row("0", "0.5", "0", "root of zero"),
    Row("-2", "0.5", nil, "root below 0"),
    Row("4", "0.5", "2", "a root that is exact"),
    Row("2", "0.5", "1.414213562373095048801688724209698", "a root that is not"),
    Row("5", "2.55", "60.58617166606633673745724928244262", "power with a fraction"),
    Row("2", "112", "5192296858534827628530496329220096", "the last power of two that fits"),
    Row("2", "113", "10384593717069655257060992658440190", "the first that does not"),
    Row("10", "6144", "1E+6144", "the greatest power of ten"),
    Row("10", "6145", nil, "one more"),
    Row("10", "-6176", "1E-6176", "the least power of ten"),
    Row("10", "-6177", "0", "one less"),
    Row("0.5", "1000000", "0", "too small"),
    Row("2", "1000001", nil, "too large"),
    Row("1e6000", "1e6000", nil, "too large beyond all measure"),
    Row("1e6000", "-1e6000", "0", "too small beyond all measure"),
    Row("1e-6000", "1e6000", "0", "too small from below"),
    Row("1", "1e6000", "1", "one to any power"),
    Row("-1", "1e6000", "1", "minus one to a huge even power"),
    Row("-1", "9999999999999999999999999999999999", "-1", "minus one to a huge odd power"),
    Row("-1", "0.5", nil, "the root of minus one"),
    Row("1.00000000000000001", "1e20", "1.970071114017037143533309267033045E+434", "close to one, often"),
    Row("1.000000001", "1000000", "1.001000500166207841418306191780425", "a million factors"),
  ])
  func powers(_ row: Row) throws {
    let operand = try #require(Number(row.operand))
    let power = try #require(Number(row.power))
    #expect(operand.power(power)?.description == row.result)
  }

  @Test(arguments: [
    (text: "4", root: "2" as String?), ("0", "0"), ("-1", nil), ("2", "1.414213562373095048801688724209698"),
    ("0.01", "0.1"), ("1e6144", "1E+3072"), ("1e-6176", "1E-3088"),
    ("1e-6175", "3.162277660168379331998893544432719E-3088"),
    ("9999999999999999999999999999999999", "99999999999999999.99999999999999999"),
    ("15241578750190521", "123456789"),
  ])
  func squareRoots(text: String, root: String?) {
    #expect(Number(text)?.squareRoot()?.description == root)
  }

  /// A root is right when its square lies nearer than the squares of the two midpoints beside it.
  @Test func squareRootsOfSquares() {
    var random = Seeded(6)
    for _ in 0..<5_000 {
      guard let root = Number(random.digits(Int.random(in: 1...17, using: &random))) else { continue }
      #expect(root.multiplied(by: root)?.squareRoot() == root)
    }
  }

  @Test(arguments: [
    (text: "0", result: "1" as String?), ("1", "2.718281828459045235360287471352662"),
    ("4", "54.59815003314423907811026120286088"), ("-1", "0.3678794411714423215955237701614609"),
    ("5e-34", "1.000000000000000000000000000000001"), ("-1e-6176", "1"),
    ("14149", "6.80180926097889412553005085189773E+6144"), ("14150", nil), ("-14224", "0"), ("1e6000", nil),
    ("-1e6000", "0"),
  ])
  func exponentials(text: String, result: String?) {
    #expect(Number(text)?.exponential()?.description == result)
  }

  @Test(arguments: [
    (text: "1", result: "0" as String?), ("0", nil), ("-1", nil), ("10", "2.302585092994045684017991454684364"),
    ("2", "0.6931471805599453094172321214581766"), ("4", "1.386294361119890618834464242916353"),
    ("0.99999999999999999999999999999937", "-6.300000000000000000000000000001985E-31"),
    ("1.000000000000000000000000000000001", "9.999999999999999999999999999999995E-34"),
    ("1e6144", "14147.08281135541668260653949758073"),
    ("1e-6176", "-14220.76553433122614449511522413063"),
  ])
  func logarithms(text: String, result: String?) {
    #expect(Number(text)?.naturalLogarithm() == result.flatMap { Number($0) })
  }

  @Test func logarithmUndoesExponential() throws {
    var random = Seeded(7)
    let tolerance = try #require(Number("1e-32"))
    for _ in 0..<200 {
      let number = try #require(Number("\(random.digits(20))e\(Int.random(in: -19 ... -17, using: &random))"))
      let back = try #require(number.exponential()?.naturalLogarithm()?.subtracting(number)?.magnitude)
      #expect(back <= tolerance, "\(number)")
    }
  }
}
