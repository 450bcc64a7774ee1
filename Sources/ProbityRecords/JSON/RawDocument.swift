/// A JSON or YAML value as it stands in the input: a tree laid out flat, its text still in the input's bytes.
///
/// A node is an index; a container's children follow it, and `next` passes over a node with all that it holds. The
/// children of an object are a key, its value, the next key …
struct RawDocument {
  enum Kind: UInt8 { case null, yes, no, number, text, list, object }

  struct Node: BitwiseCopyable {
    var kind: Kind
    /// The text has escapes to be decoded.
    var isEscaped = false
    /// The text is not well formed: invalid UTF-8, or half of a surrogate pair.
    var isMalformed = false
    /// Something stood here that the parser could not read, and has reported.
    var isLost = false
    /// Whether a YAML scalar that could be read as a number, a truth value or a text stands without quotes.
    var isPlain = false
    /// From 1, of the input.
    var line: UInt32
    /// Of a text without its quotes, of a number: where it stands in ``bytes``.
    var start: UInt32
    var end: UInt32
    /// The node after this one and all that it holds.
    var next: UInt32
  }

  var bytes: [UInt8] = []
  var nodes: ContiguousArray<Node> = []
  /// The first byte of its texts that is not text; its offset counts from the start of ``bytes``.
  var invalid: InvalidText?

  typealias Index = Int

  /// About the memory that it takes.
  var byteCount: Int { bytes.count + nodes.count * MemoryLayout<Node>.stride }

  subscript(index: Index) -> Node { nodes[index] }

  /// The text of a text, as decoded, or of a number as it was written.
  func text(_ index: Index) -> String {
    let node = nodes[index]
    let slice = bytes[Int(node.start)..<Int(node.end)]
    return node.isEscaped
      ? String(decoding: JSONText.unescape(slice), as: UTF8.self) : String(decoding: slice, as: UTF8.self)
  }

  /// Whether a key or text is this one.
  func text(_ index: Index, is other: [UInt8]) -> Bool {
    let node = nodes[index]
    let slice = bytes[Int(node.start)..<Int(node.end)]
    if node.isEscaped { return JSONText.unescape(slice) == other }
    return slice.count == other.count && slice.elementsEqual(other)
  }

  /// The items of a list, or the keys of an object, by calling `body` with each.
  func forEachChild(of index: Index, _ body: (Index) -> Void) {
    let isObject = nodes[index].kind == .object
    var child = index + 1
    let end = Int(nodes[index].next)
    while child < end {
      body(child)
      child = Int(nodes[isObject ? child + 1 : child].next)
    }
  }

  /// What a value is, in a message's words.
  func kindInWords(_ index: Index) -> String {
    switch nodes[index].kind {
    case .null: "nothing"
    case .yes, .no: "true or false"
    case .number: "a number"
    case .text: "a text"
    case .list: "a list"
    case .object: "an object"
    }
  }

  /// A short rendering for messages.
  func excerpt(_ index: Index) -> String {
    switch nodes[index].kind {
    case .null: "null"
    case .yes: "true"
    case .no: "false"
    case .number, .text: Excerpt.of(text(index))
    case .list: "a list"
    case .object: "an object"
    }
  }
}

/// Texts from the input as messages show them: on one line, and not without end.
enum Excerpt {
  private static let limit = 60

  static func of(_ text: String) -> String {
    var short = ""
    for (count, scalar) in text.unicodeScalars.enumerated() {
      if count == limit { return short + "…" }
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator: short.unicodeScalars.append(" ")
      default: short.unicodeScalars.append(scalar)
      }
    }
    return short
  }
}
