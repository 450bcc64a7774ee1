import Diagnostics

extension SourceText {
  /// The text without white space around it.
  var trimmed: SourceText {
    let bytes = Array(text.utf8)
    func isBlank(_ byte: UInt8) -> Bool {
      byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
        || byte == UInt8(ascii: "\r")
    }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }), let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return slice(0..<0) }
    return first == 0 && last == bytes.count - 1 ? self : slice(first..<last + 1)
  }
}

/// Follows FEEL text byte by byte as far as brackets and quotation marks go, so that a separator inside them is told
/// from one that separates.
struct FEELNesting {
  /// How many brackets are open.
  private(set) var depth = 0
  private var isInString = false
  private var isEscaped = false

  /// Whether what comes next stands outside all brackets and quotation marks.
  var isOutside: Bool { depth == 0 && !isInString }

  mutating func read(_ byte: UInt8) {
    if isInString {
      if isEscaped {
        isEscaped = false
      } else if byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isInString = false
      }
      return
    }
    switch byte {
    case UInt8(ascii: "\""): isInString = true
    case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
    case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth = max(0, depth - 1)
    default: break
    }
  }
}
