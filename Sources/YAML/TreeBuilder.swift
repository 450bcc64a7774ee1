import CLibYAML
import Diagnostics

/// Builds the tree from libyaml's events, with a stack of its own: depth costs no call stack.
struct TreeBuilder {
  /// A collection that is not closed yet.
  private struct Frame {
    var start: Int
    /// Where its last child ends, or where it starts itself.
    var end: Int
    var isMapping: Bool
    /// Whether it stands in brackets.
    var isFlow: Bool
    var items: [YAML.Node] = []
    var entries: [YAML.Entry] = []
    /// The key whose value comes next.
    var key: YAML.Node?
    /// Where each key was first given; empty while there are few, which are looked through.
    var keys: [String: SourceSpan] = [:]

    private static let searchLimit = 16

    /// Notes a key's text, and gives the place where the mapping has it already.
    mutating func note(_ text: String, at span: SourceSpan) -> SourceSpan? {
      if keys.isEmpty {
        if entries.count < Self.searchLimit {
          return entries.first { $0.key.scalar?.text.utf8.count == text.utf8.count && $0.key.scalar?.text == text }?.key
            .span
        }
        for entry in entries {
          guard let text = entry.key.scalar?.text, keys[text] == nil else { continue }
          keys[text] = entry.key.span
        }
      }
      if let first = keys[text] { return first }
      keys[text] = span
      return nil
    }
  }

  private let bytes: [UInt8]
  private let start: Int
  private let file: FileID
  private let limits: YAML.Limits
  private let offsets: ScalarOffsets

  private var frames: [Frame] = []
  private var root: YAML.Node?
  private var nodes = 0
  private(set) var diagnostics = Diagnostics()

  /// `bytes` are UTF-8 without control characters, from `start` on.
  init(_ bytes: [UInt8], offsets: ScalarOffsets, from start: Int, file: FileID, limits: YAML.Limits) {
    self.bytes = bytes
    self.offsets = offsets
    self.start = start
    self.file = file
    self.limits = limits
  }

  mutating func build() -> YAML.Node {
    let bytes = bytes
    bytes.withUnsafeBufferPointer { buffer in
      let text = UnsafeBufferPointer(rebasing: buffer[start...])
      let events = EventStream(text)
      var goesOn = true
      while goesOn {
        if let more = events.next({ event in take(event, of: events) }) {
          goesOn = more
        } else {
          goesOn = breakOff(SyntaxError(events.failure, bytes, offsets, file).diagnostic)
        }
      }
    }
    return root ?? YAML.Node(.missing, at: span(start, start))
  }

  // MARK: Events

  /// False when nothing more is to be read.
  private mutating func take(_ event: yaml_event_t, of events: borrowing EventStream) -> Bool {
    let range = range(event)
    switch event.type {
    case YAML_DOCUMENT_START_EVENT:
      guard root == nil else {
        diagnostics.report(.severalDocuments(at: point(range.lowerBound)))
        return false
      }
      let directives = event.data.document_start.tag_directives
      if directives.start != directives.end {
        diagnostics.report(.tagDirective(at: point(range.lowerBound)))
      }
      return true
    case YAML_STREAM_END_EVENT:
      if root == nil { diagnostics.report(.empty(at: span(start, start))) }
      return false
    case YAML_ALIAS_EVENT:
      let span = span(range.lowerBound, range.upperBound)
      diagnostics.report(.alias(text(range), at: span))
      return add(YAML.Node(.missing, at: span))
    case YAML_SCALAR_EVENT:
      return scalar(event, range, blockIndent: events.blockIndent)
    case YAML_SEQUENCE_START_EVENT:
      let data = event.data.sequence_start
      let content = properties(data.anchor, data.tag, range, core: "seq")
      return open(content, range, isMapping: false, isFlow: data.style == YAML_FLOW_SEQUENCE_STYLE)
    case YAML_MAPPING_START_EVENT:
      let data = event.data.mapping_start
      let content = properties(data.anchor, data.tag, range, core: "map")
      return open(content, range, isMapping: true, isFlow: data.style == YAML_FLOW_MAPPING_STYLE)
    case YAML_SEQUENCE_END_EVENT, YAML_MAPPING_END_EVENT:
      return close(range)
    default:
      return true
    }
  }

  private mutating func scalar(_ event: yaml_event_t, _ range: Range<Int>, blockIndent: Int) -> Bool {
    let data = event.data.scalar
    let afterProperties = properties(data.anchor, data.tag, range, core: "str")
    let style: YAML.Scalar.Style =
      switch data.style {
      case YAML_SINGLE_QUOTED_SCALAR_STYLE: .singleQuoted
      case YAML_DOUBLE_QUOTED_SCALAR_STYLE: .doubleQuoted
      case YAML_LITERAL_SCALAR_STYLE: .literal
      case YAML_FOLDED_SCALAR_STYLE: .folded
      default: .plain
      }
    let isEmpty = style == .plain && data.length == 0
    let content = isEmpty ? range.upperBound : afterProperties
    guard data.length <= limits.scalarBytes else {
      return breakOff(.scalarTooLong(data.length, limits.scalarBytes, at: point(content)))
    }
    let decoded = UnsafeBufferPointer(start: UnsafePointer(data.value), count: data.length)
    let source =
      verbatim(decoded, in: content..<range.upperBound, style: style)
      ?? ScalarDecoder.decode(
        bytes, content..<range.upperBound, style: style, blockIndent: blockIndent, file: file)
    assert(source.text.utf8.elementsEqual(decoded), "a scalar was decoded otherwise than by libyaml")
    let scalar = YAML.Scalar(source: source, style: style, isTaggedText: data.tag != nil)
    let isBlock = style == .literal || style == .folded
    return add(YAML.Node(.scalar(scalar), at: span(content, isBlock ? source.sourceEnd : range.upperBound)))
  }

  /// A scalar's text where it stands in the file as it is, as most do; nil where anything was decoded or folded.
  private func verbatim(
    _ decoded: UnsafeBufferPointer<UInt8>, in range: Range<Int>, style: YAML.Scalar.Style
  ) -> SourceText? {
    let quotes: Int
    switch style {
    case .plain: quotes = 0
    case .singleQuoted, .doubleQuoted: quotes = 1
    case .literal, .folded: return nil
    }
    guard decoded.count == range.count - 2 * quotes else { return nil }
    let start = range.lowerBound + quotes
    let isSame = bytes.withUnsafeBufferPointer { buffer in
      TextEncoding.areSame(UnsafeBufferPointer(rebasing: buffer[start..<start + decoded.count]), decoded)
    }
    return isSame ? SourceText(String(decoding: decoded, as: UTF8.self), file: file, at: start) : nil
  }

  // MARK: Tags and anchors

  /// Reports what is wrong with a node's tag and anchor, and returns where its content starts, which is where the
  /// range does when it has neither.
  private mutating func properties(
    _ anchor: UnsafePointer<yaml_char_t>?, _ tag: UnsafePointer<yaml_char_t>?, _ range: Range<Int>, core: String
  ) -> Int {
    guard anchor != nil || tag != nil else { return range.lowerBound }
    let tagName = tag.map { String(cString: $0) }
    let isUnderstood = tagName == "!" || tagName == "tag:yaml.org,2002:\(core)"
    var position = range.lowerBound
    while position < range.upperBound {
      switch bytes[position] {
      case UInt8(ascii: "&"):
        let property = property(at: position, in: range)
        diagnostics.report(.anchor(text(property), at: span(property.lowerBound, property.upperBound)))
        position = property.upperBound
      case UInt8(ascii: "!"):
        let property = property(at: position, in: range)
        if !isUnderstood {
          diagnostics.report(.tag(text(property), at: span(property.lowerBound, property.upperBound)))
        }
        position = property.upperBound
      case UInt8(ascii: "#"):
        while position < range.upperBound, lineBreak(position, range) == nil { position += 1 }
      case UInt8(ascii: " "), UInt8(ascii: "\t"):
        position += 1
      default:
        guard let next = lineBreak(position, range) else { return position }
        position = next.range.upperBound
        // libyaml takes a byte order mark at the start of any line for nothing.
        if bytes[position..<range.upperBound].starts(with: YAML.byteOrderMark) { position += YAML.byteOrderMark.count }
      }
    }
    return position
  }

  /// The extent of the tag or anchor that starts here. Blanks end it; commas do not, since what may follow a comma
  /// is never this node's content.
  private func property(at start: Int, in range: Range<Int>) -> Range<Int> {
    let rest = bytes[start..<range.upperBound]
    let end =
      rest.starts(with: "!<".utf8)
      ? rest.firstIndex(of: UInt8(ascii: ">")).map { $0 + 1 }
      : rest.indices.first { bytes[$0] <= UInt8(ascii: " ") || lineBreak($0, range) != nil }
    return start..<(end ?? range.upperBound)
  }

  private func lineBreak(_ index: Int, _ range: Range<Int>) -> LineBreak? {
    LineBreak(in: bytes, at: index, before: range.upperBound)
  }

  // MARK: Collections

  private mutating func open(_ start: Int, _ range: Range<Int>, isMapping: Bool, isFlow: Bool) -> Bool {
    guard frames.count < limits.depth else {
      return breakOff(.tooDeep(limits.depth, at: point(start)))
    }
    guard count(at: start) else { return false }
    frames.append(Frame(start: start, end: isFlow ? range.upperBound : start, isMapping: isMapping, isFlow: isFlow))
    return true
  }

  private mutating func close(_ range: Range<Int>) -> Bool {
    guard let frame = frames.popLast() else { return true }
    // A flow collection ends with its bracket, if it has one (`[a: b]` holds a mapping that has none). The end of a
    // block collection is only noticed at the next token.
    let isBracketed = frame.isFlow && !range.isEmpty
    return place(node(frame, end: isBracketed ? range.upperBound : frame.end))
  }

  private func node(_ frame: Frame, end: Int) -> YAML.Node {
    YAML.Node(frame.isMapping ? .mapping(frame.entries) : .sequence(frame.items), at: span(frame.start, end))
  }

  /// Counts a node that starts here, and adds it.
  private mutating func add(_ node: YAML.Node) -> Bool { count(at: Int(node.span.start)) && place(node) }

  private mutating func count(at start: Int) -> Bool {
    nodes += 1
    return nodes <= limits.nodes || breakOff(.tooManyNodes(limits.nodes, at: point(start)))
  }

  /// Puts a finished node into the collection around it.
  private mutating func place(_ node: YAML.Node) -> Bool {
    let innermost = frames.count - 1
    guard innermost >= 0 else {
      root = node
      return true
    }
    frames[innermost].end = max(frames[innermost].end, Int(node.span.end))
    if !frames[innermost].isMapping {
      frames[innermost].items.append(node)
    } else if let key = frames[innermost].key {
      frames[innermost].entries.append(YAML.Entry(key: key, value: node))
      frames[innermost].key = nil
    } else {
      frames[innermost].key = usable(node)
    }
    return true
  }

  /// A key of the innermost mapping, or a hole with its diagnostic where it cannot be one.
  private mutating func usable(_ key: YAML.Node) -> YAML.Node {
    guard let scalar = key.scalar else {
      if !key.isMissing { diagnostics.report(.keyIsNoText(key)) }
      return YAML.Node(.missing, at: key.span)
    }
    if scalar.style == .plain, scalar.text == "<<" {
      diagnostics.report(.mergeKey(at: key.span))
      return YAML.Node(.missing, at: key.span)
    }
    if let first = frames[frames.count - 1].note(scalar.text, at: key.span) {
      diagnostics.report(.duplicateKey(scalar.text, at: key.span, first: first))
    }
    return key
  }

  /// Reports why nothing more can be read, and leaves a hole in every collection that is still open.
  @discardableResult
  private mutating func breakOff(_ reason: Diagnostic) -> Bool {
    diagnostics.report(reason)
    let end = Int(reason.span?.start ?? UInt32(clamping: bytes.count))
    let hole = YAML.Node(.missing, at: span(end, end))
    var unfinished: YAML.Node?
    while var frame = frames.popLast() {
      if frame.isMapping {
        if let key = frame.key { frame.entries.append(YAML.Entry(key: key, value: unfinished ?? hole)) }
        frame.entries.append(YAML.Entry(key: hole, value: hole))
      } else {
        if let unfinished { frame.items.append(unfinished) }
        frame.items.append(hole)
      }
      let end = max(frame.end, Int(unfinished?.span.end ?? 0))
      unfinished = node(frame, end: end)
    }
    root = root ?? unfinished ?? hole
    return false
  }

  // MARK: Places

  private func range(_ event: yaml_event_t) -> Range<Int> {
    let start = offsets.offset(of: Int(event.start_mark.index))
    return start..<max(start, offsets.offset(of: Int(event.end_mark.index)))
  }

  private func span(_ start: Int, _ end: Int) -> SourceSpan { SourceSpan(file: file, start: start, end: end) }

  /// The character at an offset.
  private func point(_ offset: Int) -> SourceSpan {
    let length = offset < bytes.count ? TextEncoding.scalar(at: offset, in: bytes.span)?.length : nil
    return span(offset, offset + (length ?? 0))
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}

// MARK: Diagnostics

extension DiagnosticCode {
  fileprivate static let duplicateKey = DiagnosticCode("YAML106")
  fileprivate static let severalDocuments = DiagnosticCode("YAML107")
  fileprivate static let empty = DiagnosticCode("YAML108")
  fileprivate static let anchorOrAlias = DiagnosticCode("YAML111")
  fileprivate static let mergeKey = DiagnosticCode("YAML112")
  fileprivate static let keyIsNoText = DiagnosticCode("YAML113")
  fileprivate static let tooDeep = DiagnosticCode("YAML122")
  fileprivate static let tooManyNodes = DiagnosticCode("YAML123")
  fileprivate static let scalarTooLong = DiagnosticCode("YAML124")
  static let tag = DiagnosticCode("YAML109")
  static let directive = DiagnosticCode("YAML110")
}

extension Diagnostic {
  fileprivate static func duplicateKey(_ key: String, at span: SourceSpan, first: SourceSpan) -> Self {
    Diagnostic(
      .duplicateKey, .error, "duplicate key `\(key)`", at: span, label: "given again",
      related: [Related("first given here", at: first)])
  }

  fileprivate static func severalDocuments(at span: SourceSpan) -> Self {
    Diagnostic(
      .severalDocuments, .error, "more than one document in the file", at: span, label: "a second one starts here",
      help: ["put each document into a file of its own"])
  }

  fileprivate static func empty(at span: SourceSpan) -> Self {
    Diagnostic(.empty, .error, "the file is empty", at: span)
  }

  fileprivate static func tag(_ tag: String, at span: SourceSpan) -> Self {
    Diagnostic(
      .tag, .error, "tag `\(tag)` is not understood here", at: span,
      help: ["leave the tag out, or put text that starts with `!` in quotes"])
  }

  static func tagDirective(at span: SourceSpan) -> Self {
    Diagnostic(.directive, .error, "`%TAG` directives are not understood", at: span, help: ["leave the line out"])
  }

  fileprivate static func anchor(_ anchor: String, at span: SourceSpan) -> Self {
    Diagnostic(
      .anchorOrAlias, .error, "anchor `\(anchor)` is not allowed", at: span,
      help: ["repeat the value where it is needed; text that starts with `&` belongs in quotes"])
  }

  fileprivate static func alias(_ alias: String, at span: SourceSpan) -> Self {
    Diagnostic(
      .anchorOrAlias, .error, "alias `\(alias)` is not allowed", at: span,
      help: ["repeat the value in full; text that starts with `*` belongs in quotes"])
  }

  fileprivate static func mergeKey(at span: SourceSpan) -> Self {
    Diagnostic(.mergeKey, .error, "merge key `<<` is not allowed", at: span, help: ["write the merged keys out"])
  }

  fileprivate static func keyIsNoText(_ key: YAML.Node) -> Self {
    Diagnostic(
      .keyIsNoText, .error, "a key must be text, not \(key.kindInWords)", at: key.span,
      help: ["put text that starts with `[` or `{` in quotes"])
  }

  fileprivate static func tooDeep(_ limit: Int, at span: SourceSpan) -> Self {
    Diagnostic(.tooDeep, .error, "lists and mappings nested more than \(limit) deep", at: span)
  }

  fileprivate static func tooManyNodes(_ limit: Int, at span: SourceSpan) -> Self {
    Diagnostic(
      .tooManyNodes, .error, "the file holds more than \(limit) values", at: span, help: ["split it into several files"]
    )
  }

  fileprivate static func scalarTooLong(_ length: Int, _ limit: Int, at span: SourceSpan) -> Self {
    Diagnostic(.scalarTooLong, .error, "text of \(length) bytes; at most \(limit) are allowed", at: span)
  }
}
