import Diagnostics
import Testing

@Suite struct TextEncodingTests {
  /// Every sequence of one and two bytes, and the borders of the longer ones, as the standard library decodes them.
  @Test func agreesWithTheStandardLibrary() {
    let borders: [UInt8] = [
      0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xED, 0xEF, 0xF0, 0xF4, 0xF5,
      0xFF,
    ]
    func check(_ bytes: [UInt8]) {
      let isValid = String(validating: bytes, as: UTF8.self) != nil
      #expect((TextEncoding.firstInvalidUTF8(in: bytes.span) == nil) == isValid, "\(bytes)")
    }
    for first in UInt8.min...UInt8.max {
      check([first])
      for second in borders { check([first, second]) }
    }
    for first in borders {
      for second in borders {
        for third in borders {
          check([first, second, third])
          for fourth in borders { check([first, second, third, fourth]) }
        }
      }
    }
  }

  @Test(
    arguments: [
      ("nothing", [], nil),
      ("ASCII", [0x61], nil),
      ("a lone continuation", [0x61, 0x80, 0x61], 1),
      ("cut short", [0xC3, 0xA9, 0xE2, 0x82], 2),
      ("overlong", [0x61, 0xC0, 0x80], 1),
      ("a surrogate", [0xED, 0xA0, 0x80], 0),
      ("beyond Unicode", [0xF4, 0x90, 0x80, 0x80], 0),
    ] as [(String, [UInt8], Int?)])
  func firstInvalid(_ name: String, _ bytes: [UInt8], _ expected: Int?) {
    #expect(TextEncoding.firstInvalidUTF8(in: bytes.span) == expected)
  }

  @Test(
    arguments: [
      ("little-endian mark", [0xFF, 0xFE], true),
      ("big-endian mark", [0xFE, 0xFF, 0x00, 0x61], true),
      ("little-endian", [0x61, 0x00, 0x0A, 0x00], true),
      ("big-endian", [0x00, 0x61, 0x00, 0x0A], true),
      ("ASCII", [0x61, 0x62, 0x63, 0x64], false),
      ("nothing", [], false),
      ("NUL", [0x00, 0x00, 0x00, 0x00], false),
      ("a NUL in ASCII", [0x61, 0x00, 0x62, 0x63], false),
    ] as [(String, [UInt8], Bool)])
  func utf16(_ name: String, _ bytes: [UInt8], _ expected: Bool) {
    #expect(TextEncoding.looksLikeUTF16(bytes.span) == expected)
  }

  @Test(
    arguments: [
      (0x80, "€"), (0x81, nil), (0x8A, "Š"), (0x8D, nil), (0x8E, "Ž"), (0x8F, nil), (0x90, nil), (0x92, "’"),
      (0x99, "™"), (0x9D, nil), (0x9E, "ž"), (0x9F, "Ÿ"), (0xA0, "\u{A0}"), (0xE9, "é"), (0xFF, "ÿ"), (0x41, nil),
    ] as [(UInt8, Unicode.Scalar?)])
  func windows1252(_ byte: UInt8, _ expected: Unicode.Scalar?) {
    #expect(TextEncoding.windows1252(byte) == expected)
  }
}
