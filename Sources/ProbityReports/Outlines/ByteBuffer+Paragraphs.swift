/// Lines of text, as ``TextLayout`` breaks them.
extension ByteBuffer {
  /// Writes one paragraph: its first line indented by `indent` columns and the others by `hanging`, or as the first.
  ///
  /// - Parameter text: UTF-8; not of this buffer.
  mutating func paragraph(_ text: UnsafeBufferPointer<UInt8>, indent: Int = 0, hanging: Int? = nil) {
    let hanging = hanging ?? indent
    let room = TextLayout.width - hanging
    guard indent <= TextLayout.deepest, hanging <= TextLayout.deepest, Self.isSingleSpaced(text),
      text.count <= room || Self.longestWord(text) <= room
    else {
      return add { bytes in
        var layout = TextLayout(bytes, colour: false)
        bytes = []
        layout.paragraph(.init(String(decoding: text, as: UTF8.self)), indent: indent, hanging: hanging)
        bytes = layout.bytes
      }
    }
    guard let base = text.baseAddress, text.count > 0 else { return put(UInt8(ascii: "\n")) }
    put(UInt8(ascii: " "), times: indent)
    var first = 0
    var column = indent
    while column + text.count - first > TextLayout.width {
      // The last space before which all fits; or the first one, where the first word does not fit.
      var end = first + TextLayout.width - column
      while end > first, base[end] != UInt8(ascii: " ") { end -= 1 }
      if end == first {
        while end < text.count, base[end] != UInt8(ascii: " ") { end += 1 }
        if end == text.count { break }
      }
      put(base + first, end - first)
      put(UInt8(ascii: "\n"))
      put(UInt8(ascii: " "), times: hanging)
      (first, column) = (end + 1, hanging)
    }
    put(base + first, text.count - first)
    put(UInt8(ascii: "\n"))
  }

  /// Ends a paragraph of which everything was written on one line: breaks it where it has to be.
  ///
  /// - Parameter start: where its indentation begins, which was written.
  mutating func endParagraph(from start: Int, indent: Int = 0, hanging: Int? = nil) {
    // A word that has no room on the lines after the first is cut on that, too.
    let room = TextLayout.width - max(indent, hanging ?? indent)
    if start + indent == count || isOneLine(from: start + indent, of: room) {
      return put(UInt8(ascii: "\n"))
    }
    let text = Array(slice(start + indent..<count))
    takeBack(to: start)
    text.withUnsafeBufferPointer { paragraph($0, indent: indent, hanging: hanging) }
  }

  /// Whether what was written is a text that takes no more than so many columns and stands as it is.
  func isOneLine(from start: Int, of columns: Int) -> Bool {
    start < count && count - start <= columns && Self.isSingleSpaced(slice(start..<count))
  }

  /// Whether there is nothing but printing characters of ASCII in a text, and spaces only between words and one by one.
  private static func isSingleSpaced(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = UnsafeRawPointer(text.baseAddress), text.count > 0 else { return true }
    let space = UInt8(ascii: " ")
    if text[0] == space || text[text.count - 1] == space { return false }
    guard text.count >= 8 else { return isSingleSpaced(text, from: 1) && text[0] &- 0x20 < 0x5F }
    // Bit 7 of a byte of `other` says that it is not what is wanted; now and then, of what would do, that it is not.
    let ones: UInt64 = 0x0101_0101_0101_0101
    var other: UInt64 = 0
    var isAfterSpace: UInt64 = 0
    @inline(__always)
    func look(at index: Int) {
      let word = (base + index).loadUnaligned(as: UInt64.self).littleEndian
      let delete = word ^ (ones &* 0x7F)
      let spaces = word ^ (ones &* 0x20)
      let isSpace = (spaces &- ones) & ~spaces & (ones &* 0x80)
      other |=
        word | ((word &- ones &* 0x20) & ~word) | ((delete &- ones) & ~delete)
        | (isSpace & (isSpace &<< 8 | isAfterSpace))
      isAfterSpace = isSpace &>> 56
    }
    let last = text.count - 8
    var index = 0
    while index < last {
      look(at: index)
      index &+= 8
    }
    // The last eight bytes were looked at in part.
    isAfterSpace = last > 0 && text[last - 1] == space ? 0x80 : 0
    look(at: last)
    return other & (ones &* 0x80) == 0
  }

  private static func isSingleSpaced(_ text: UnsafeBufferPointer<UInt8>, from first: Int) -> Bool {
    for index in first..<text.count {
      guard text[index] &- 0x20 < 0x5F, text[index] != UInt8(ascii: " ") || text[index - 1] != UInt8(ascii: " ") else {
        return false
      }
    }
    return true
  }

  private static func longestWord(_ text: UnsafeBufferPointer<UInt8>) -> Int {
    var longest = 0
    var start = 0
    for index in text.indices where text[index] == UInt8(ascii: " ") {
      longest = max(longest, index - start)
      start = index + 1
    }
    return max(longest, text.count - start)
  }
}
