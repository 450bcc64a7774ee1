public import Diagnostics

extension YAML {
  /// A value of a YAML tree, with its place in the file.
  ///
  /// A block collection ends where its last child does; a quoted scalar's span holds its quotes and a block scalar's
  /// starts at its `|` or `>`.
  public struct Node: Hashable, Sendable {
    /// What a node is.
    public enum Kind: Hashable, Sendable {
      case scalar(Scalar)
      case sequence([Node])
      case mapping([Entry])
      /// A hole: something stood here, or should have, and a diagnostic has already said what was wrong with it.
      case missing
    }

    /// What it is, with its children.
    public let kind: Kind
    /// Where it stands.
    public let span: SourceSpan

    init(_ kind: Kind, at span: SourceSpan) {
      self.kind = kind
      self.span = span
    }
  }

  /// A key and its value, in the order of the file.
  public struct Entry: Hashable, Sendable {
    /// A scalar; or missing where the key could not be used and was reported.
    public let key: Node
    /// Missing where the file broke off before it.
    public let value: Node

    /// From the start of the key to the end of the value.
    public var span: SourceSpan { key.span.through(value.span) }
  }

  /// A leaf: text as YAML decodes it, with the way back to the file's bytes.
  public struct Scalar: Hashable, Sendable {
    /// How the text was written.
    public enum Style: Hashable, Sendable {
      case plain, singleQuoted, doubleQuoted, literal, folded
    }

    /// Maps every part of the decoded text to the bytes that it came from.
    public let source: SourceText
    /// How it was written.
    public let style: Style
    /// Whether it carries `!!str` (or `!`), which makes text of what would be null or a boolean.
    public let isTaggedText: Bool

    /// The decoded text, whatever the style.
    public var text: String { source.text }

    /// Whether it is plain and empty, `~` or `null` (YAML 1.2, core schema).
    public var isNull: Bool {
      // Nearly every text is longer than these.
      guard isUntaggedPlain, text.utf8.count <= 4 else { return false }
      switch text {
      case "", "~", "null", "Null", "NULL": return true
      default: return false
      }
    }

    /// The value of a plain `true` or `false` (YAML 1.2, core schema: `yes`, `no`, `on` and `off` are text).
    public var boolean: Bool? {
      guard isUntaggedPlain, text.utf8.count <= 5 else { return nil }
      switch text {
      case "true", "True", "TRUE": return true
      case "false", "False", "FALSE": return false
      default: return nil
      }
    }

    /// The value of a plain decimal whole number that fits an `Int`.
    public var integer: Int? { isUntaggedPlain ? Int(text) : nil }

    private var isUntaggedPlain: Bool { style == .plain && !isTaggedText }
  }
}

extension YAML.Node {
  /// The scalar, of a node that is one.
  public var scalar: YAML.Scalar? {
    if case .scalar(let scalar) = kind { scalar } else { nil }
  }

  /// The decoded text of a scalar, whatever its style.
  public var text: String? { scalar?.text }

  /// The items of a sequence; nil for any other node.
  public var items: [YAML.Node]? {
    if case .sequence(let items) = kind { items } else { nil }
  }

  /// The entries of a mapping in the order of the file, those with a repeated key too; nil for any other node.
  public var entries: [YAML.Entry]? {
    if case .mapping(let entries) = kind { entries } else { nil }
  }

  /// The value of the first entry whose key's text is `key`.
  ///
  /// - Complexity: O(entries).
  public subscript(key: String) -> YAML.Node? {
    entries?.first { $0.key.text == key }?.value
  }

  /// Whether this is an empty, `~` or `null` scalar.
  public var isNull: Bool { scalar?.isNull ?? false }

  /// Whether this is a hole, which a diagnostic has already accounted for.
  public var isMissing: Bool { if case .missing = kind { true } else { false } }

  /// Whether something that belonged directly into this node was lost to an error, so that the absence of a key or
  /// an item says nothing.
  public var hasHoles: Bool {
    switch kind {
    case .scalar: false
    case .sequence(let items): items.contains(where: \.isMissing)
    case .mapping(let entries): entries.contains { $0.key.isMissing }
    case .missing: true
    }
  }

  /// What it is, in a message's words: "a list", "a mapping", "text", "true or false", "nothing".
  public var kindInWords: String {
    switch kind {
    case .sequence: "a list"
    case .mapping: "a mapping"
    case .missing: "nothing"
    case .scalar(let scalar):
      if scalar.isNull { "nothing" } else if scalar.boolean != nil { "true or false" } else { "text" }
    }
  }
}
