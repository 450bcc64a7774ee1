/// Decimal arithmetic as it is taught at school: digit by digit, exact, and rounded once at the end.
///
/// It shares nothing with ``FEEL/Number`` and is what that is checked against.
struct Schoolbook {
  /// The first digit first; empty for 0.
  private var digits: [Int]
  private var exponent: Int
  private var isNegative: Bool

  private init(_ digits: [Int], _ exponent: Int, _ isNegative: Bool) {
    self.digits = Array(digits.drop { $0 == 0 })
    self.exponent = exponent
    self.isNegative = isNegative
  }

  /// Digits with a sign and a power of ten.
  init(_ digits: String, exponent: Int, isNegative: Bool) {
    self.init(digits.compactMap(\.wholeNumberValue), exponent, isNegative)
  }

  static func + (left: Schoolbook, right: Schoolbook) -> Schoolbook {
    let exponent = min(left.exponent, right.exponent)
    var a = left.digits + Array(repeating: 0, count: left.exponent - exponent)
    var b = right.digits + Array(repeating: 0, count: right.exponent - exponent)
    let count = max(a.count, b.count) + 1
    a = Array(repeating: 0, count: count - a.count) + a
    b = Array(repeating: 0, count: count - b.count) + b
    var isNegative = left.isNegative
    let sign = left.isNegative == right.isNegative ? 1 : -1
    if sign < 0, a.lexicographicallyPrecedes(b) {
      swap(&a, &b)
      isNegative = right.isNegative
    }
    var carry = 0
    for index in a.indices.reversed() {
      let sum = a[index] + sign * b[index] + carry
      a[index] = (sum + 10) % 10
      carry = sum < 0 ? -1 : sum / 10
    }
    return Schoolbook(a, exponent, isNegative)
  }

  static func - (left: Schoolbook, right: Schoolbook) -> Schoolbook {
    left + Schoolbook(right.digits, right.exponent, !right.isNegative)
  }

  static func * (left: Schoolbook, right: Schoolbook) -> Schoolbook {
    var product = Array(repeating: 0, count: left.digits.count + right.digits.count)
    for row in left.digits.indices.reversed() {
      for column in right.digits.indices.reversed() {
        let place = row + column + 1
        product[place] += left.digits[row] * right.digits[column]
        product[place - 1] += product[place] / 10
        product[place] %= 10
      }
    }
    return Schoolbook(product, left.exponent + right.exponent, left.isNegative != right.isNegative)
  }

  /// The quotient to at least 40 digits, with a last digit of 1 more where it does not end there.
  static func / (left: Schoolbook, right: Schoolbook) -> Schoolbook {
    let zeros = 41 + right.digits.count
    var rest: [Int] = []
    var quotient: [Int] = []
    for digit in left.digits + Array(repeating: 0, count: zeros) {
      rest = Array((rest + [digit]).drop { $0 == 0 })
      var count = 0
      while !isBelow(rest, right.digits) {
        rest = (Schoolbook(rest, 0, false) - Schoolbook(right.digits, 0, false)).digits
        count += 1
      }
      quotient.append(count)
    }
    if !rest.isEmpty { quotient.append(1) }
    return Schoolbook(
      quotient, left.exponent - right.exponent - zeros - (rest.isEmpty ? 0 : 1), left.isNegative != right.isNegative)
  }

  private static func isBelow(_ left: [Int], _ right: [Int]) -> Bool {
    left.count == right.count ? left.lexicographicallyPrecedes(right) : left.count < right.count
  }

  /// The value to 34 digits, a tie to the even digit, as a FEEL literal with a sign.
  var rounded: String {
    var kept = Array(digits.prefix(34))
    let rest = digits.dropFirst(34)
    let isTie = rest.first == 5 && rest.dropFirst().allSatisfy { $0 == 0 }
    if let first = rest.first, isTie ? kept.last?.isMultiple(of: 2) == false : first >= 5 {
      var index = kept.count - 1
      while index >= 0, kept[index] == 9 {
        kept[index] = 0
        index -= 1
      }
      if index >= 0 { kept[index] += 1 } else { kept = [1] + kept }
    }
    let text = kept.isEmpty ? "0" : kept.map(String.init).joined()
    return (isNegative ? "-" : "") + text + "e" + String(exponent + rest.count)
  }
}
