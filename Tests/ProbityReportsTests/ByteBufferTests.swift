import FEEL
import Testing

@testable import ProbityReports

/// What is written in many bytes at a time, against what is written one by one.
@Suite struct ByteBufferTests {
  private static func text(_ body: (inout ByteBuffer) -> Void) -> String {
    var buffer = ByteBuffer(capacity: 1)
    body(&buffer)
    return String(decoding: buffer.written, as: UTF8.self)
  }

  @Test func daysAreWrittenAsFEELWritesThem() {
    // The ends of what is written here, of centuries and of cycles of leap years, and what is left to FEEL.
    let ends = [-354_286, -354_285, -354_284, 2_932_896, 2_932_897, 0, -1, 11_016, 11_017, 47_540, 47_541]
    let others = Array(stride(from: -400_000, to: 3_000_000, by: 997)) + Array(10_000..<12_000)
    for day in ends + others {
      let written = Self.text { $0.day(Int64(day)) }
      #expect(written == CivilDate(dayNumber: day)?.description ?? "", "day \(day)")
    }
  }

  @Test func numbersAreWrittenAsFEELWritesThem() {
    for whole in [0, 1, 9, 10, 99, 100, 12_345, 10_000, 9_999, 123_456_789, 100_010, Int64.max, Int64.min, -1, -15_000]
    {
      let number = Number(coefficient: Int(whole), exponent: -4)
      #expect(Self.text { $0.tenThousandths(whole) } == number?.description)
    }
    for number in [0, 7, 10, 4_294_967_296, Int.max] { #expect(Self.text { $0.digits(number) } == "\(number)") }
  }

  @Test(arguments: ["\"", "\\", "\u{1F}", "\n", "\u{7F}", "é", "\u{2028}", "😀"])
  func charactersAreEscapedWhereverTheyStand(character: String) {
    let escaped = Self.text { $0.escape(character) }
    for length in 0..<40 {
      let plain = String(repeating: "a z", count: 14).prefix(length)
      #expect(Self.text { $0.escape(String(plain)) } == plain)
      for place in 0...length {
        let text = plain.prefix(place) + character + plain.dropFirst(place)
        #expect(Self.text { $0.escape(String(text)) } == plain.prefix(place) + escaped + plain.dropFirst(place))
      }
    }
  }

  @Test func piecesAreWrittenWhole() {
    let pieces = Pieces()
    let texts = (0..<100).map { String(repeating: "0123456789", count: 10).prefix($0) }
    let added = texts.map { pieces.add(String($0)) }
    let written = Self.text { buffer in
      for piece in added { buffer.paste(piece) }
    }
    #expect(written == texts.joined())
    #expect(
      Self.text {
        $0.put("ab"); $0.repeat(0..<2); $0.repeat(1..<4)
      } == "ababbab")
  }

  @Test(arguments: [0, 1, 20, 60, 99, 100, 101, 140]) func linesAreBrokenAsTextLayoutBreaksThem(length: Int) {
    for spaces in ["", " ", "  "] {
      for word in [1, 7, 30, 130] {
        let text = String((0..<length).flatMap { $0 % (word + 1) == word ? " " + spaces : "x" }.prefix(length))
        for (indent, hanging) in [(0, 2), (6, 12), (4, 4)] {
          let written = Self.text { buffer in
            buffer.put(UInt8(ascii: " "), times: indent)
            buffer.put(text)
            buffer.endParagraph(from: 0, indent: indent, hanging: hanging)
          }
          var layout = TextLayout(colour: false)
          layout.paragraph(.init(text), indent: indent, hanging: hanging)
          #expect(written == String(decoding: layout.bytes, as: UTF8.self))
        }
      }
    }
  }
}
