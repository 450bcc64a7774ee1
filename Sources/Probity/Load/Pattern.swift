/// A pattern over rule addresses: `*` stands for any characters, `/` among them.
struct Pattern {
  private let pattern: [UInt8]

  init(_ text: String) { pattern = Array(text.utf8) }

  static func isPattern(_ text: String) -> Bool { text.utf8.contains(UInt8(ascii: "*")) }

  /// Whether the pattern is about names alone, as it says nothing of where a rule's file stands.
  var isOfName: Bool { !pattern.contains(UInt8(ascii: "/")) }

  /// - Complexity: O(pattern × text) at worst; the last `*` alone is ever reconsidered.
  func matches(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { matches($0.span) }
  }

  private func matches(_ text: Span<UInt8>) -> Bool {
    var at = 0
    var position = 0
    /// The last `*`, and how much of the text it has been given.
    var star: (at: Int, position: Int)?
    while position < text.count {
      if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
        star = (at, position)
        at += 1
      } else if at < pattern.count, pattern[at] == text[position] {
        at += 1
        position += 1
      } else if let last = star {
        star = (last.at, last.position + 1)
        at = last.at + 1
        position = last.position + 1
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
