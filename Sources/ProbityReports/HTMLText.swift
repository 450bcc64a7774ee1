/// Text within HTML, and within an attribute in double quotes.
enum HTMLText {
  /// Text that means nothing but itself; what no page can show becomes U+FFFD, and so does what turns the reading order
  /// around, which could show a line as another.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\0"..<"\t", "\u{B}", "\u{C}", "\u{E}"..<" ", "\u{7F}"..."\u{9F}": result += "\u{FFFD}"
      case "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{200E}", "\u{200F}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
