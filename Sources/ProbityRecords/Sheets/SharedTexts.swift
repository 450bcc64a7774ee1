/// The texts that the cells of a workbook share, one after the other.
struct SharedTexts {
  private var text: [UInt8] = []
  private var ends: [Int] = []

  var count: Int { ends.count }

  /// About the bytes that they take.
  var byteCount: Int { text.count + 8 * ends.count }

  subscript(index: Int) -> ArraySlice<UInt8> { text[(index == 0 ? 0 : ends[index - 1])..<ends[index]] }

  mutating func append(_ bytes: ArraySlice<UInt8>) {
    text.append(contentsOf: bytes)
    ends.append(text.count)
  }
}

/// A text as sheets write it: runs of formatted text in order, without the phonetic guides between them.
struct RichText {
  private(set) var bytes: [UInt8] = []
  private var isWithinText = false
  private var isWithinGuide = false
  /// More bytes than this are counted and not kept.
  let limit: Int
  private(set) var isTooLong = false

  init(limit: Int) { self.limit = limit }

  mutating func reset() {
    bytes.removeAll(keepingCapacity: true)
    isTooLong = false
  }

  mutating func start(_ name: XMLName) {
    switch name {
    case "t": isWithinText = !isWithinGuide
    case "rPh": isWithinGuide = true
    default: break
    }
  }

  mutating func end(_ name: XMLName) {
    switch name {
    case "t": isWithinText = false
    case "rPh": isWithinGuide = false
    default: break
    }
  }

  mutating func append(_ piece: UnsafeBufferPointer<UInt8>) {
    guard isWithinText else { return }
    if bytes.count + piece.count > limit { isTooLong = true } else { bytes.append(contentsOf: piece) }
  }

  /// The text with `_x000D_` and the like as the characters that they stand for.
  var decoded: ArraySlice<UInt8> { Self.decoded(bytes[...]) }

  static func decoded(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard bytes.contains(UInt8(ascii: "_")), let first = firstEscape(in: bytes) else { return bytes }
    var result = Array(bytes[..<first])
    var rest = bytes[first...]
    while let byte = rest.first {
      guard let unit = escape(rest) else {
        result.append(byte)
        rest = rest.dropFirst()
        continue
      }
      rest = rest.dropFirst(escapeLength)
      if unit & 0xFC00 == 0xD800, let low = escape(rest), low & 0xFC00 == 0xDC00 {
        rest = rest.dropFirst(escapeLength)
        result.append(contentsOf: String(decoding: [unit, low], as: UTF16.self).utf8)
      } else {
        result.append(contentsOf: String(decoding: CollectionOfOne(unit), as: UTF16.self).utf8)
      }
    }
    return result[...]
  }

  private static let escapeLength = 7

  private static func firstEscape(in bytes: ArraySlice<UInt8>) -> Int? {
    bytes.indices.first { bytes[$0] == UInt8(ascii: "_") && escape(bytes[$0...]) != nil }
  }

  /// The UTF-16 unit of an escape that bytes start with.
  private static func escape(_ bytes: ArraySlice<UInt8>) -> UInt16? {
    let escape = bytes.prefix(escapeLength)
    guard escape.count == escapeLength, escape.starts(with: "_x".utf8), escape.last == UInt8(ascii: "_") else {
      return nil
    }
    let digits = escape.dropFirst(2).dropLast()
    // A sign is no digit, though `UInt16` reads one.
    guard digits.first != UInt8(ascii: "+") else { return nil }
    return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
  }
}

/// Reads the part of a workbook that holds the texts its cells share.
final class SharedTextsHandler: XMLHandler {
  private(set) var texts = SharedTexts()
  private var text: RichText
  private let limits: RecordLimits

  init(_ limits: RecordLimits) {
    self.limits = limits
    text = RichText(limit: limits.recordBytes)
  }

  override func start(_ name: XMLName, _ attributes: XMLAttributes) {
    if case "si" = name { text.reset() } else { text.start(name) }
  }

  override func end(_ name: XMLName) {
    guard case "si" = name else { return text.end(name) }
    texts.append(text.decoded)
    if text.isTooLong {
      fault = .tooLarge("text \(texts.count) of the workbook has more than \(limits.recordBytes) bytes")
    } else if texts.byteCount > limits.sharedTextBytes {
      fault = .tooLarge("the texts of the workbook take more than \(limits.sharedTextBytes) bytes")
    }
  }

  override func text(_ bytes: UnsafeBufferPointer<UInt8>) { text.append(bytes) }
}
