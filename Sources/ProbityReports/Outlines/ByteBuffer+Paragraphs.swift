/// Lines of text, as ``TextLayout`` breaks them.
extension ByteBuffer {
  /// Writes one paragraph: its first line indented by `indent` columns and the others by `hanging`, or as the first.
  ///
  /// - Parameter text: UTF-8; not of this buffer.
  mutating func paragraph(_ text: UnsafeBufferPointer<UInt8>, indent: Int = 0, hanging: Int? = nil) {
    let start = count
    put(UInt8(ascii: " "), times: indent)
    put(text)
    endParagraph(from: start, indent: indent, hanging: hanging)
  }

  /// Ends a paragraph of which everything was written on one line: breaks it where it has to be.
  ///
  /// - Parameters:
  ///   - start: where its indentation begins, which was written.
  ///   - isEven: whether its text is known to be as ``isSingleSpaced(_:)`` has it, and not empty.
  @inline(__always)
  mutating func endParagraph(from start: Int, indent: Int = 0, hanging: Int? = nil, isEven: Bool = false) {
    // A word that has no room on the lines after the first is cut on that, too.
    let room = TextLayout.width - max(indent, hanging ?? indent)
    if isEven, count - start - indent <= room { return put(UInt8(ascii: "\n")) }
    endLong(from: start, indent: indent, hanging: hanging ?? indent, isEven: isEven)
  }

  @inline(never)
  private mutating func endLong(from start: Int, indent: Int, hanging: Int, isEven: Bool) {
    let text = start + indent
    if text < count {
      guard indent <= TextLayout.deepest, hanging <= TextLayout.deepest,
        isEven || Self.isSingleSpaced(slice(text..<count)), breakLines(from: text, indent: indent, hanging: hanging)
      else {
        let text = String(decoding: slice(text..<count), as: UTF8.self)
        takeBack(to: start)
        return add { bytes in
          var layout = TextLayout(colour: false)
          layout.paragraph(.init(text), indent: indent, hanging: hanging)
          bytes = layout.bytes
        }
      }
    }
    put(UInt8(ascii: "\n"))
  }

  /// Breaks the last line that was written where it has to be, every text of it standing as it is.
  ///
  /// - Parameter first: where its text begins.
  /// - Returns: false where a word may have to be cut, and nothing was done.
  private mutating func breakLines(from first: Int, indent: Int, hanging: Int) -> Bool {
    let room = TextLayout.width - hanging
    let end = count
    var (line, left) = (first, TextLayout.width - indent)
    // The lines are written behind it, and put in its place in the end.
    while end - line > left {
      let space = lastSpace(in: line..<line + left + 1)
      guard space > line, !mayHoldWord(longerThan: room, line..<space) else {
        takeBack(to: end)
        return false
      }
      `repeat`(line..<space)
      put(UInt8(ascii: "\n"))
      put(UInt8(ascii: " "), times: hanging)
      (line, left) = (space + 1, room)
    }
    if mayHoldWord(longerThan: room, line..<end) {
      takeBack(to: end)
      return false
    }
    if line > first {
      `repeat`(line..<end)
      moveBack(from: end, to: first)
    }
    return true
  }

  /// The last space that was written in a range; its beginning where there is none.
  private func lastSpace(in range: Range<Int>) -> Int {
    var index = range.upperBound - 1
    while index > range.lowerBound, self[index] != UInt8(ascii: " ") { index -= 1 }
    return index
  }

  /// Whether there may be a word that takes more than so many columns: it would take all of the middle.
  private func mayHoldWord(longerThan room: Int, _ line: Range<Int>) -> Bool {
    if line.count <= room { return false }
    let middle = line.upperBound - room..<line.lowerBound + room
    return middle.isEmpty || self[lastSpace(in: middle)] != UInt8(ascii: " ")
  }

  /// Whether what was written is a text that takes no more than so many columns and stands as it is.
  func isOneLine(from start: Int, of columns: Int) -> Bool {
    start < count && count - start <= columns && Self.isSingleSpaced(slice(start..<count))
  }

  static func isSingleSpaced(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { isSingleSpaced($0) }
  }

  /// Whether there is nothing but printing characters of ASCII in a text, and spaces only between words and one by one.
  static func isSingleSpaced(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
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
}
