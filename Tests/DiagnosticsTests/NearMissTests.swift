import Diagnostics
import Testing

@Suite struct NearMissTests {
  @Test(
    arguments: [
      ("targt", "target"),
      ("tagret", "target"),
      ("Target", "target"),
      ("visit", "visits"),
      ("contract", nil),
      ("x", nil),
      ("", nil),
      ("target", nil),
      ("größe", nil),
    ] as [(String, String?)])
  func nearest(_ word: String, _ expected: String?) {
    #expect(NearMiss.nearest(to: word, among: ["visits", "target", "grosse"]) == expected)
  }

  @Test func tiesAreAlphabetical() {
    #expect(NearMiss.nearest(to: "cat", among: ["cut", "bat", "cot"]) == "bat")
  }

  @Test func veryLongWordsHaveNone() {
    let long = String(repeating: "a", count: 101)
    #expect(NearMiss.nearest(to: long, among: [long + "b"]) == nil)
  }
}
