import Testing

@_spi(Columns) @testable import Probity

/// Numbers for texts.
@Suite struct TextIDTests {
  /// After so many that they are forgotten, texts get numbers anew, each its own, those of constants staying.
  @Test func textsThatWereForgotten() {
    let texts = TextIDs(constants: ["active", "closed"])
    var met = 0
    while texts.generation == 0, met < 200_000 {
      _ = texts.id(of: "text \(met)")
      met += 1
      if met.isMultiple(of: 1_000) { texts.forgetIfMany() }
    }
    #expect(texts.generation == 1)
    #expect(["active", "closed"].map { texts.id(of: $0) } == [0, 1])
    let again = (0..<5_000).map { texts.id(of: "text \($0)") }
    #expect(again == Array(2..<5_002))
    #expect(texts.id(of: "text 7") == again[7])
  }
}
