extension BuiltinLibrary {
  /// - Source: DMN 1.5, 10.3.4.5 (numeric functions).
  static let numericBuiltins: [Builtin] =
    [
      Builtin(
        "decimal", [.init([.init("n", .number), .init("scale", .number)], .number)],
        summary: "A number with so many digits after the point, rounded half to even; null where the scale is outside "
          + "-6111 to 6176.",
        example: ("decimal(2.5, 0)", "2"), mayFail: true
      ) { rounded($0, .halfEven) },
      Builtin(
        "floor", whole,
        summary: "The greatest number not above this one that is whole, or has so many digits after the point.",
        example: ("floor(-1.56, 1)", "-1.6"), mayFail: true
      ) { rounded($0, .floor) },
      Builtin(
        "ceiling", whole,
        summary: "The least number not below this one that is whole, or has so many digits after the point.",
        example: ("ceiling(-1.56, 1)", "-1.5"), mayFail: true
      ) { rounded($0, .ceiling) },
      rounding("round up", .up, "away from zero", example: ("round up(5.21, 1)", "5.3")),
      rounding("round down", .down, "towards zero", example: ("round down(5.29, 1)", "5.2")),
      rounding(
        "round half up", .halfUp, "to the nearest, a half away from zero", example: ("round half up(5.5, 0)", "6")),
      rounding(
        "round half down", .halfDown, "to the nearest, a half towards zero", example: ("round half down(5.5, 0)", "5")),
      Builtin(
        "abs",
        [
          .init([.init("n", .number)], .number),
          .init([.init("n", .daysAndTimeDuration)], .daysAndTimeDuration),
          .init([.init("n", .yearsAndMonthsDuration)], .yearsAndMonthsDuration),
        ],
        summary: "A number or a duration without its sign.", example: ("abs(-10)", "10"), mayFail: true
      ) { call in
        let result: Value? =
          switch call[0] {
          case .number(let number): .number(number.magnitude)
          case .daysAndTimeDuration(let duration): duration.magnitude.map { .daysAndTimeDuration($0) }
          case .yearsAndMonthsDuration(let duration): duration.magnitude.map { .yearsAndMonthsDuration($0) }
          default: call.refuseNull()
          }
        return result ?? call.fail(.outOfRange, "the duration is too long")
      },
      Builtin(
        "modulo", [.init([.init("dividend", .number), .init("divisor", .number)], .number)],
        summary: "What is left of a division rounded down, so that it has the sign of the divisor; null for a divisor "
          + "of 0.",
        example: ("modulo(-12, 5)", "3"), mayFail: true
      ) { call in
        guard let dividend = call.number(0), let divisor = call.number(1) else { return call.refuseNull() }
        guard let rest = dividend.modulo(divisor) else { return call.fail(.divisionByZero, "division by zero") }
        return .number(rest)
      },
      Builtin(
        "sqrt", [.init([.init("number", .number)], .number)],
        summary: "The square root; null below 0.", example: ("sqrt(16)", "4"), mayFail: true
      ) { call in
        guard let number = call.number(0) else { return call.refuseNull() }
        return number.squareRoot().map { .number($0) } ?? call.fail(.outOfRange, "a negative number has no root")
      },
      Builtin(
        "log", [.init([.init("number", .number)], .number)],
        summary: "The natural logarithm; null for 0 and below.",
        example: ("log(10)", "2.302585092994045684017991454684364"), mayFail: true
      ) { call in
        guard let number = call.number(0) else { return call.refuseNull() }
        return number.naturalLogarithm().map { .number($0) }
          ?? call.fail(.outOfRange, "only numbers above 0 have a logarithm")
      },
      Builtin(
        "exp", [.init([.init("number", .number)], .number)],
        summary: "Euler's number to the power of a number; null where that is too large.",
        example: ("exp(1)", "2.718281828459045235360287471352662"), mayFail: true
      ) { call in
        guard let number = call.number(0) else { return call.refuseNull() }
        return number.exponential().map { .number($0) } ?? call.fail(.outOfRange, "the result is too large")
      },
      Builtin(
        "odd", [.init([.init("number", .number)], .boolean)],
        summary: "Whether a number is odd; null where it has a fraction.", example: ("odd(5)", "true"), mayFail: true
      ) { isDivisible($0, leaving: 1) },
      Builtin(
        "even", [.init([.init("number", .number)], .boolean)],
        summary: "Whether a number is even; null where it has a fraction.", example: ("even(5)", "false"),
        mayFail: true
      ) { isDivisible($0, leaving: 0) },
    ]

  private static let whole: [Builtin.Signature] = [
    .init([.init("n", .number)], .number), .init([.init("n", .number), .init("scale", .number)], .number),
  ]

  private static func rounding(
    _ name: String, _ mode: RoundingMode, _ how: String, example: (call: String, result: String)
  ) -> Builtin {
    Builtin(
      name, [.init([.init("n", .number), .init("scale", .number)], .number)],
      summary: "A number with so many digits after the point, rounded \(how); null where the scale is outside -6111 to "
        + "6176.",
      example: example, mayFail: true
    ) { rounded($0, mode) }
  }

  private static func rounded(_ call: Builtin.Call, _ mode: RoundingMode) -> Value {
    guard let number = call.number(0) else { return call.refuseNull() }
    guard call.arguments.count > 1 else {
      return number.rounded(scale: 0, mode).map { .number($0) } ?? .number(number)
    }
    guard call.number(1) != nil else { return call.refuseNull() }
    guard let scale = call.integer(1), let result = number.rounded(scale: scale, mode) else {
      return call.fail(.outOfRange, "a scale lies between -6111 and 6176")
    }
    return .number(result)
  }

  private static func isDivisible(_ call: Builtin.Call, leaving wanted: Number) -> Value {
    guard let number = call.number(0) else { return call.refuseNull() }
    guard number.isInteger, let rest = number.modulo(2) else {
      return call.fail(.wrongArguments, "only whole numbers are odd or even")
    }
    return .boolean(rest == wanted)
  }
}
