import Probity

/// Up to 256 identifiers that differ in the number at their end alone, which has as many digits in all of them: `P-0256` to
/// `P-0511`. None is longer than 15 bytes.
struct NumberBlock: Hashable {
  /// An identifier of the block with 0 bytes for its digits.
  private let stem: KeyDigest
  private let digits: Int
  /// The number over 256; what is left is an identifier's place in the block.
  private let index: UInt64

  /// Which there are of a block, by their places in it. On which line each stands follows from its place.
  struct Members {
    /// A line less the place.
    private let shift: Int
    private var bits = SIMD4<UInt64>()

    init(_ member: UInt8, at line: Int) {
      shift = line - Int(member)
      insert(member)
    }

    var count: Int { bits.indices.reduce(0) { $0 + bits[$1].nonzeroBitCount } }

    /// In ascending order, with the line of each.
    var all: [(member: UInt8, line: Int)] {
      (0...UInt8.max).compactMap { member in line(of: member).map { (member, $0) } }
    }

    /// Whether one on this line is where it is expected.
    func expects(_ member: UInt8, at line: Int) -> Bool { line - Int(member) == shift }

    func line(of member: UInt8) -> Int? {
      bits[Int(member >> 6)] >> UInt64(member & 63) & 1 == 1 ? Int(member) + shift : nil
    }

    mutating func insert(_ member: UInt8) { bits[Int(member >> 6)] |= 1 << UInt64(member & 63) }
  }

  /// The block that an identifier belongs to, and its place there; nil where no number ends it, or it is too long.
  static func containing(_ key: KeyDigest) -> (block: NumberBlock, member: UInt8)? {
    guard let length = key.length else { return nil }
    var stem = key
    var (number, power) = (0 as UInt64, 1 as UInt64)
    var digits = 0
    while digits < length, case let byte = stem[length - 1 - digits], byte &- 48 < 10 {
      number += UInt64(byte - 48) * power
      power *= 10
      stem[length - 1 - digits] = 0
      digits += 1
    }
    guard digits > 0 else { return nil }
    return (NumberBlock(stem: stem, digits: digits, index: number >> 8), UInt8(truncatingIfNeeded: number))
  }

  /// The identifier at a place.
  func key(_ member: UInt8) -> KeyDigest {
    var key = stem
    var number = index << 8 | UInt64(member)
    guard let length = key.length else { return key }
    for position in stride(from: length - 1, through: length - digits, by: -1) {
      key[position] = UInt8(48 + number % 10)
      number /= 10
    }
    return key
  }
}
