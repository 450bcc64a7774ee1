extension RawStep {
  /// What a line of JSON Lines holds; nil where it is blank.
  ///
  /// - Parameter bytes: nil for a line that is too long.
  init?(_ block: LineBlock, _ bytes: Range<Int>?, line: Int, limits: RecordLimits) {
    guard let bytes, bytes.count <= limits.recordBytes else {
      self = .tooLong(line: line)
      return
    }
    let text = Array(block[bytes])
    if text.allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }) {
      return nil
    }
    do {
      var document = try JSONParser.parse(text[...], line: line, depthLimit: limits.depth)
      if let found = document.invalid {
        let offset = found.offset.flatMap { relative in block.fileOffset.map { $0 + bytes.lowerBound + relative } }
        document.invalid = InvalidText(byte: found.byte, offset: offset)
      }
      self = .document(document, line: line)
    } catch {
      self = .unreadable(error)
    }
  }
}
