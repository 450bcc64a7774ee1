// What people's data may hold and a terminal must not act on.
extension Unicode.Scalar {
  /// How many columns a terminal gives it; nil for what does not print, which ``spelling`` stands in for.
  ///
  /// What would turn the reading order around, or takes no room, does not count as printing.
  package var columns: Int? {
    switch value {
    case 0x20..<0x7F: return 1
    case 0..<0x20, 0x7F: return nil
    default:
      switch properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator, .unassigned, .surrogate, .privateUse: return nil
      case .format: return properties.isJoinControl ? 0 : nil
      case .nonspacingMark, .enclosingMark: return 0
      default: return isWide ? 2 : 1
      }
    }
  }

  /// What to show for a scalar that does not print: a picture (`␛`) or its code (`<U+202E>`), a column for each scalar.
  package var spelling: String {
    switch value {
    case 0..<0x20: String(Unicode.Scalar(0x2400 + value) ?? "?")
    case 0x7F: "\u{2421}"
    default: "<U+" + hexadecimal(value, digits: 4) + ">"
    }
  }

  /// Whether terminals give it two columns.
  ///
  /// - Source: the blocks that Unicode Standard Annex 11 (East Asian Width) lists as wide, taken whole.
  private var isWide: Bool {
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF01...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      true
    default: properties.isEmojiPresentation
    }
  }
}

/// A number in upper-case hexadecimal, with zeros before it up to so many digits.
func hexadecimal(_ value: UInt32, digits: Int) -> String {
  let text = String(value, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}
