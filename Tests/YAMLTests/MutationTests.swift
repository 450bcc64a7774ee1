import Diagnostics
import Testing
import YAML

/// A small linear congruential generator, so that a seed gives the same file everywhere.
private struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    var mixed = state
    mixed ^= mixed >> 33
    mixed = mixed &* 0xFF51_AFD7_ED55_8CCD
    return mixed ^ mixed >> 33
  }
}

/// Whatever the bytes, there is a tree, and every place in it and in the diagnostics lies within the file. In debug
/// builds the parser also holds each scalar that it decodes against libyaml's own.
@Suite struct MutationTests {
  /// Invented; holds every style of scalar and collection.
  private static let good = """
    # A comment.
    probity: 1
    rules:
      - rule: größe-€
        title: "Tab\\t, \\u00e9, \\
          joined and
          folded

          twice"
        when: 'it''s
          folded'
        require: >-
          visits >=
            target

          and so
        note: |2+
            kept

        tags: [a, "b", 'c', {d: e, ? f : g}, !!str h, x
          y]
        plain: one
          two\r
          three\u{85}
          four\u{2028} five
      -
       - - |
          😀 x
       - >1
        y
    """

  /// What is likely to change how the rest is read.
  private static let pieces: [[UInt8]] =
    [
      "\n", "\r\n", "\r", " ", "\t", ": ", "- ", "? ", "'", "''", "\"", "\\", "\\\n", "|", ">", "|2\n", ">-\n", "[",
      "]",
      "{", "}", ",", "#", " #", "&a ", "*a", "!!str ", "!<", "%", "---\n", "...\n", "<<: ", "é", "€", "😀", "\u{85}",
      "\u{2028}", "\u{FEFF}", "\0", "\u{7}", "\n\n", "  ", "\\x41", "\\U0001F600",
    ].map { Array($0.utf8) } + [[0xFF], [0xC3], [0xED, 0xA0, 0x80]]

  @Test(arguments: 0..<40)
  func everyFileGivesATree(_ seed: Int) {
    var random = Seeded(state: UInt64(seed))
    for _ in 0..<250 {
      let bytes = mutated(&random)
      var diagnostics = Diagnostics()
      let limits = YAML.Limits(depth: 8, nodes: 60, scalarBytes: 100)
      let root = YAML.parse(bytes, file: FileID(rawValue: 7), limits: limits, into: &diagnostics)
      check(root, bytes, within: 0...bytes.count)
      for diagnostic in diagnostics.all {
        for span in [diagnostic.span].compactMap({ $0 }) + diagnostic.related.map(\.span) {
          #expect(isInside(span, 0...bytes.count), "\(diagnostic) in \(bytes)")
        }
      }
      if hasHole(root) { #expect(diagnostics.hasErrors, "a hole and no error in \(bytes)") }
    }
  }

  private func mutated(_ random: inout Seeded) -> [UInt8] {
    var bytes = Array(Self.good.utf8)
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let start = Int.random(in: 0...bytes.count, using: &random)
      let end = min(bytes.count, start + Int.random(in: 0...3, using: &random))
      switch Int.random(in: 0..<5, using: &random) {
      case 0: bytes.removeSubrange(start..<end)
      case 1: bytes.removeSubrange(start...)
      case 2: bytes.insert(contentsOf: bytes[end...].prefix(40), at: start)
      default: bytes.replaceSubrange(start..<end, with: Self.pieces.randomElement(using: &random) ?? [])
      }
    }
    return bytes
  }

  private func check(_ node: YAML.Node, _ bytes: [UInt8], within outer: ClosedRange<Int>) {
    #expect(isInside(node.span, outer), "\(node) in \(bytes)")
    let inner = Int(node.span.start)...max(Int(node.span.end), Int(node.span.start))
    switch node.kind {
    case .missing: break
    case .scalar(let scalar):
      let count = scalar.text.utf8.count
      var last = inner.lowerBound
      for offset in 0..<count {
        let span = scalar.source.span(offset..<offset + 1)
        #expect(isInside(span, last...inner.upperBound), "offset \(offset) of \(scalar) in \(bytes)")
        last = max(last, Int(span.start))
      }
    case .sequence(let items):
      for item in items where !item.isMissing { check(item, bytes, within: inner) }
    case .mapping(let entries):
      for entry in entries {
        if !entry.key.isMissing { check(entry.key, bytes, within: inner) }
        if !entry.value.isMissing { check(entry.value, bytes, within: inner) }
      }
    }
  }

  private func isInside(_ span: SourceSpan, _ range: ClosedRange<Int>) -> Bool {
    span.file == FileID(rawValue: 7) && span.start <= span.end && range.contains(Int(span.start))
      && range.contains(Int(span.end))
  }

  private func hasHole(_ node: YAML.Node) -> Bool {
    if node.hasHoles { return true }
    switch node.kind {
    case .scalar, .missing: return false
    case .sequence(let items): return items.contains(where: hasHole)
    case .mapping(let entries): return entries.contains { hasHole($0.value) }
    }
  }
}
