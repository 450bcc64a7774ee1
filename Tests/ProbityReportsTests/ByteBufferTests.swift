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
    let powers = sequence(first: 1) { $0 > Int.max / 10 ? nil : $0 * 10 }
    for number in powers.flatMap({ [$0 - 1, $0, $0 + 1, 9 * ($0 / 2)] }) + [4_294_967_296, 1_203_405, Int.max] {
      #expect(Self.text { $0.digits(number) } == "\(number)")
    }
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

  @Test(arguments: ["", " ", "\n", "\u{7F}", "é", "😀", "\"", "\\", "~", "!"])
  func wordsAreToldFromOtherTexts(character: String) {
    let isWord = character.unicodeScalars.allSatisfy { ("!"..."~").contains($0) }
    for length in 0..<40 {
      let plain = String(repeating: "a-Z", count: 14).prefix(length)
      for place in 0...length {
        let text = plain.prefix(place) + character + plain.dropFirst(place)
        let written = Self.text { buffer in
          var pen = buffer.pen(room: text.utf8.count)
          var copy = String(text)
          #expect(copy.withUTF8 { pen.word($0) } == isWord)
          if !isWord { copy.withUTF8 { pen.put($0) } }
          buffer.take(pen)
        }
        #expect(written == text)
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

  @Test(arguments: [0, 1, 20, 60, 87, 88, 89, 93, 94, 95, 99, 100, 101, 140, 250])
  func linesAreBrokenAsTextLayoutBreaksThem(length: Int) {
    for spaces in ["", " ", "  "] {
      for word in [1, 7, 30, 86, 87, 88, 89, 90, 93, 94, 95, 130] {
        let text = String((0..<length).flatMap { $0 % (word + 1) == word ? " " + spaces : "x" }.prefix(length))
        for (indent, hanging) in [(0, 2), (6, 12), (4, 4), (12, 6), (0, 85)] {
          func written(isEven: Bool) -> String {
            Self.text { buffer in
              buffer.literal("before")
              buffer.put(UInt8(ascii: " "), times: indent)
              buffer.put(text)
              buffer.endParagraph(from: 6, indent: indent, hanging: hanging, isEven: isEven)
            }
          }
          var layout = TextLayout(Array("before".utf8), colour: false)
          layout.paragraph(.init(text), indent: indent, hanging: hanging)
          let expected = String(decoding: layout.bytes, as: UTF8.self)
          #expect(written(isEven: false) == expected)
          if !text.isEmpty, ByteBuffer.isSingleSpaced(text) { #expect(written(isEven: true) == expected) }
        }
      }
    }
  }
}
