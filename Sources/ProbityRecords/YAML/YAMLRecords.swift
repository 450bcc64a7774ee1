import Diagnostics
import Probity
import YAML

/// Reads the records of a YAML file: the document itself, the items of a list, or of a list within it.
///
/// YAML cannot be read by the record, so the whole file is held, up to the size that one record may have.
struct YAMLRecords {
  private var nodes: ArraySlice<YAML.Node>
  private let lines: LineTable
  /// What was wrong with the file.
  let problems: [RecordProblem]

  init(_ window: ByteWindow, name: String, steps: [String], limits: RecordLimits) {
    var window = window
    while window.count <= limits.recordBytes, window.readMore() {}
    let bytes = Array(window.slice(0..<window.count))
    let lines = LineTable(bytes)
    var diagnostics = Diagnostics()
    let root = YAML.parse(
      bytes, file: FileID(rawValue: 0), limits: YAML.Limits(bytes: limits.recordBytes, depth: limits.depth),
      into: &diagnostics)
    var problems = diagnostics.sorted.map { Self.problem($0, name: name, lines: lines) }
    nodes = []
    switch Self.list(in: root, at: steps) {
    case .found(let items): nodes = items[...]
    case .notFound(let reason, let node):
      problems.append(
        RecordProblem(
          .notARecord, .error, reason, at: Place(file: name, line: lines.line(of: Int(node.span.start)))))
    case .broken: break
    }
    self.lines = lines
    self.problems = problems
  }

  /// The next record, with the line on which it starts.
  mutating func next() -> (document: RawDocument, line: Int)? {
    guard let node = nodes.popFirst() else { return nil }
    var document = RawDocument()
    append(node, to: &document)
    return (document, line(of: node))
  }

  private enum Found {
    case found([YAML.Node])
    case notFound(String, YAML.Node)
    /// The parser has said why there is nothing.
    case broken
  }

  private static func list(in root: YAML.Node, at steps: [String]) -> Found {
    var node = root
    for step in steps {
      guard let next = node[step] else {
        return node.isMissing ? .broken : .notFound("there is no key `\(Excerpt.of(step))`", node)
      }
      node = next
    }
    if node.isMissing { return .broken }
    if let items = node.items { return .found(items.filter { !$0.isMissing }) }
    if !steps.isEmpty { return .notFound("expected the list of records, found \(node.kindInWords)", node) }
    if node.isNull { return .found([]) }
    guard node.entries != nil else { return .notFound("expected a record, or a list of them", node) }
    return .found([node])
  }

  /// What the parser says, as a problem of the records.
  static func problem(_ diagnostic: Diagnostic, name: String, lines: LineTable) -> RecordProblem {
    let start = diagnostic.span.map { Int($0.start) }
    let column = start.map { " (column \(lines.column(of: $0)))" } ?? ""
    return RecordProblem(
      diagnostic.code, diagnostic.severity, diagnostic.message + column,
      at: Place(file: name, line: start.map(lines.line)), help: diagnostic.help)
  }

  private func line(of node: YAML.Node) -> Int { lines.line(of: Int(node.span.start)) }

  /// Adds a tree; its depth is bounded by the parser.
  private func append(_ node: YAML.Node, to document: inout RawDocument) {
    let index = document.nodes.count
    let start = document.bytes.count
    let kind: RawDocument.Kind =
      switch node.kind {
      case .scalar(let scalar): scalar.isNull ? .null : .text
      case .sequence: .list
      case .mapping: .object
      case .missing: .text
      }
    if let text = node.text { document.bytes.append(contentsOf: text.utf8) }
    document.nodes.append(
      RawDocument.Node(
        kind: kind, isLost: node.isMissing, isPlain: node.scalar?.style == .plain,
        line: UInt32(clamping: line(of: node)), start: UInt32(clamping: start),
        end: UInt32(clamping: document.bytes.count), next: UInt32(clamping: index + 1)))
    switch node.kind {
    case .sequence(let items): for item in items { append(item, to: &document) }
    case .mapping(let entries):
      for entry in entries where !entry.key.isMissing {
        append(entry.key, to: &document)
        // A key is a text, whatever it looks like.
        let key = document.nodes.count - 1
        if document.nodes[key].kind == .null { document.nodes[key].kind = .text }
        append(entry.value, to: &document)
      }
    case .scalar, .missing: break
    }
    document.nodes[index].next = UInt32(clamping: document.nodes.count)
  }
}

/// Where the lines of a text start.
struct LineTable {
  private var starts = [0]

  init(_ bytes: [UInt8]) {
    for (offset, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") { starts.append(offset + 1) }
  }

  /// The line of an offset, from 1.
  ///
  /// - Complexity: O(log lines), however long the line: a file may be one line with all its records.
  func line(of offset: Int) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= offset { low = middle } else { high = middle }
    }
    return low + 1
  }

  /// The column of an offset, from 1, in bytes.
  func column(of offset: Int) -> Int { offset - starts[line(of: offset) - 1] + 1 }
}
