/// A line break as libyaml counts them, which is as YAML 1.1 does: LF, CR, CR LF, NEL, LS and PS.
struct LineBreak {
  let range: Range<Int>
  /// LS and PS stay what they are, and never fold. The others become a line feed.
  let isKept: Bool

  /// The line break at `index`, of bytes that are read up to `end`.
  init?(in bytes: [UInt8], at index: Int, before end: Int) {
    func at(_ index: Int) -> UInt8? { index < end ? bytes[index] : nil }
    let length: Int
    switch at(index) {
    case UInt8(ascii: "\n"): length = 1
    case UInt8(ascii: "\r"): length = at(index + 1) == UInt8(ascii: "\n") ? 2 : 1
    case 0xC2 where at(index + 1) == 0x85: length = 2
    case 0xE2 where at(index + 1) == 0x80 && (at(index + 2) == 0xA8 || at(index + 2) == 0xA9): length = 3
    default: return nil
    }
    range = index..<index + length
    isKept = length == 3
  }
}
