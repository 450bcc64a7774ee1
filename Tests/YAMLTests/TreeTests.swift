import Diagnostics
import Testing
import YAML

@Suite struct TreeTests {
  /// Every node with its kind and the very bytes of its span.
  @Test func nodesSpanTheirBytes() {
    check(
      """
      # Invented.
      title: "Öffnung"   # why
      staff:
        - name: Ada

        - - x
          - {a: [1, 'two'], b}
      empty:
      note: |
        One.
        Two.

      last: [p: q]
      """,
      """
      mapping "title: "Öffnung"   # why⏎staff:⏎  - name: Ada⏎⏎  - - x⏎    - {a: [1, 'two'], b}⏎empty:⏎note: |⏎  One.⏎  Two.⏎⏎last: [p: q]"
        title "title"
          text ""Öffnung""
        staff "staff"
          list "- name: Ada⏎⏎  - - x⏎    - {a: [1, 'two'], b}"
            mapping "name: Ada"
              name "name"
                text "Ada"
            list "- x⏎    - {a: [1, 'two'], b}"
              text "x"
              mapping "{a: [1, 'two'], b}"
                a "a"
                  list "[1, 'two']"
                    text "1"
                    text "'two'"
                b "b"
                  text ""
        empty "empty"
          text ""
        note "note"
          text "|⏎  One.⏎  Two.⏎"
        last "last"
          list "[p: q]"
            mapping "p: q"
              p "p"
                text "q"

      """)
  }

  @Test func indentlessListsAndTags() {
    check(
      "a:\n- 1\n- !!str b\nc: !!map\n  d: !!seq [e]\n",
      """
      mapping "a:⏎- 1⏎- !!str b⏎c: !!map⏎  d: !!seq [e]"
        a "a"
          list "- 1⏎- !!str b"
            text "1"
            text "b"
        c "c"
          mapping "d: !!seq [e]"
            d "d"
              list "[e]"
                text "e"

      """)
  }

  @Test(arguments: [
    ("in a value", "a:\n  b: [c, @\n", "mapping ‹a: mapping ‹b: list ‹c, hole›, hole›, hole›"),
    ("after a key", "a: 1\nb: `\n", "mapping ‹a: 1, b: hole, hole›"),
    ("at the root", "@", "hole"),
    ("before a key", "a: 1\n- b\n", "mapping ‹a: 1, hole›"),
    ("in a key", "? {a: 1, @\n", "mapping ‹hole›"),
    ("after the root", "a: 1\n...\nb", "mapping ‹a: 1›"),
    ("alias", "a: *b\nc: 1\n", "mapping ‹a: hole, c: 1›"),
    ("merge key", "<<: {a: 1}\nc: 1\n", "mapping ‹hole, c: 1›"),
    ("duplicate key", "a: 1\na: 2\n", "mapping ‹a: 1, a: 2›"),
    ("second document", "a: 1\n---\nb: 2\n", "mapping ‹a: 1›"),
    ("not UTF-8", "\0", "hole"),
  ])
  func whatIsLeftAfterAnError(_ name: String, _ source: String, _ expected: String) {
    func outline(_ node: YAML.Node) -> String {
      switch node.kind {
      case .missing: "hole"
      case .scalar(let scalar): scalar.text
      case .sequence(let items): "list ‹" + items.map(outline).joined(separator: ", ") + "›"
      case .mapping(let entries):
        "mapping ‹"
          + entries.map { $0.key.isMissing ? "hole" : "\(outline($0.key)): \(outline($0.value))" }
          .joined(separator: ", ") + "›"
      }
    }
    var diagnostics = Diagnostics()
    let root = YAML.parse(Array(source.utf8), file: FileID(rawValue: 0), into: &diagnostics)
    #expect(outline(root) == expected)
    #expect(diagnostics.hasErrors)
  }

  struct Meaning: Equatable {
    var isNull = false
    var boolean: Bool?
    var integer: Int?
    var words = "text"
  }

  @Test(arguments: [
    ("k:", Meaning(isNull: true, words: "nothing")),
    ("k: ~", Meaning(isNull: true, words: "nothing")),
    ("k: null", Meaning(isNull: true, words: "nothing")),
    ("k: 'null'", Meaning()),
    ("k: !!str", Meaning()),
    ("k: !!str null", Meaning()),
    ("k: ! true", Meaning()),
    ("k: \"\"", Meaning()),
    ("k: true", Meaning(boolean: true, words: "true or false")),
    ("k: FALSE", Meaning(boolean: false, words: "true or false")),
    ("k: \"true\"", Meaning()),
    ("k: no", Meaning()),
    ("k: off", Meaning()),
    ("k: y", Meaning()),
    ("k: 1", Meaning(integer: 1)),
    ("k: -12", Meaning(integer: -12)),
    ("k: '1'", Meaning()),
    ("k: 1.0", Meaning()),
    ("k: 0x1F", Meaning()),
    ("k: 99999999999999999999", Meaning()),
    ("k: |\n  true", Meaning()),
  ])
  func scalarsMeanWhatTheCoreSchemaSays(_ source: String, _ expected: Meaning) throws {
    var diagnostics = Diagnostics()
    let root = YAML.parse(Array(source.utf8), file: FileID(rawValue: 0), into: &diagnostics)
    let value = try #require(root["k"])
    let scalar = try #require(value.scalar)
    #expect(diagnostics.all == [])
    #expect(
      Meaning(isNull: scalar.isNull, boolean: scalar.boolean, integer: scalar.integer, words: value.kindInWords)
        == expected)
  }

  @Test func accessors() {
    var diagnostics = Diagnostics()
    let root = YAML.parse(Array("a: [x, y]\nb: {}\n".utf8), file: FileID(rawValue: 0), into: &diagnostics)
    #expect(root.kindInWords == "a mapping")
    #expect(root.entries?.map(\.key.text) == ["a", "b"])
    #expect(root["a"]?.kindInWords == "a list")
    #expect(root["a"]?.items?.map(\.text) == ["x", "y"])
    #expect(root["a"]?.entries == nil)
    #expect(root["b"]?.entries == [])
    #expect(root["c"] == nil)
    #expect(!root.hasHoles)
  }

  private func check(_ source: String, _ expected: String) {
    let bytes = Array(source.utf8)
    var diagnostics = Diagnostics()
    let root = YAML.parse(bytes, file: FileID(rawValue: 0), into: &diagnostics)
    #expect(diagnostics.all == [])
    var dump = ""
    func raw(_ node: YAML.Node) -> String {
      let text = String(decoding: bytes[Int(node.span.start)..<Int(node.span.end)], as: UTF8.self)
      return "\"" + text.map { $0 == "\n" ? "⏎" : String($0) }.joined() + "\""
    }
    func write(_ node: YAML.Node, _ indent: String) {
      switch node.kind {
      case .missing: dump += "\(indent)hole \(raw(node))\n"
      case .scalar: dump += "\(indent)text \(raw(node))\n"
      case .sequence(let items):
        dump += "\(indent)list \(raw(node))\n"
        for item in items { write(item, indent + "  ") }
      case .mapping(let entries):
        dump += "\(indent)mapping \(raw(node))\n"
        for entry in entries {
          dump += "\(indent)  \(entry.key.text ?? "?") \(raw(entry.key))\n"
          write(entry.value, indent + "    ")
        }
      }
    }
    write(root, "")
    #expect(dump == expected)
  }
}
