import Diagnostics
import FEEL
import YAML

extension DiagnosticCode {
  /// A key that means nothing where it stands.
  fileprivate static let unknownKey = DiagnosticCode("RULE302")
  /// A key that has to be there and is not.
  fileprivate static let missingKey = DiagnosticCode("RULE303")
  /// A list where text is wanted, or the like.
  fileprivate static let wrongKind = DiagnosticCode("RULE304")
  /// A word that is none of those there are.
  fileprivate static let unknownWord = DiagnosticCode("RULE305")
  /// Text that is no date.
  fileprivate static let invalidDate = DiagnosticCode("RULE306")
  /// A last day before the first.
  fileprivate static let endsBeforeItBegins = DiagnosticCode("RULE345")
}

extension Diagnostics {
  /// Reports a node that is a list where text is wanted, or the like, unless an error has broken it.
  ///
  /// - Parameter wanted: with its article: `a list`.
  mutating func reportWrongKind(_ node: YAML.Node, wanted: String, help: String? = nil) {
    guard !node.hasHoles else { return }
    let found =
      if node.items?.isEmpty == true { "an empty list" } else if node.entries?.isEmpty == true {
        "an empty mapping"
      } else { node.kindInWords }
    report(
      Diagnostic(.wrongKind, .error, "\(wanted) is wanted here, and this is \(found)", at: node.span, help: [help]))
  }
}

extension Diagnostic {
  fileprivate static func unknownKey(
    _ key: Located<String>, of what: String, keys: [String], nearest: String?
  ) -> Diagnostic {
    Diagnostic(
      .unknownKey, .error, "\(what) has no key `\(key.value)`", at: key.span,
      help: [nearest.map { "did you mean `\($0)`?" } ?? "its keys are \(keys.inWords)"])
  }

  static func missingKey(_ key: String, of what: String, at span: SourceSpan, help: String? = nil) -> Diagnostic {
    Diagnostic(.missingKey, .error, "\(what) needs the key `\(key)`", at: span, help: [help])
  }

  static func unknownWord(_ word: String, for key: String, words: [String], at span: SourceSpan)
    -> Diagnostic
  {
    let nearest = NearMiss.nearest(to: word, among: words)
    return Diagnostic(
      .unknownWord, .error, "`\(word)` is not a value of `\(key)`", at: span,
      help: [nearest.map { "did you mean `\($0)`?" } ?? "it is one of \(words.inWords)"])
  }

  fileprivate static func invalidDate(_ text: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .invalidDate, .error, "`\(text)` is not a date", at: span, help: ["a date is written like 2026-01-31"])
  }
}

extension Diagnostic {
  static func endsBeforeItBegins(_ since: CivilDate, at span: SourceSpan) -> Diagnostic {
    Diagnostic(
      .endsBeforeItBegins, .error, "`until` lies before `since`, which is \(since)", at: span,
      help: ["both days count"])
  }
}

extension [String] {
  /// "`a`, `b`, `c`".
  var inWords: String { map { "`\($0)`" }.joined(separator: ", ") }
}

/// Something that was read, and where it stands.
struct Located<Value> {
  var value: Value
  var span: SourceSpan

  init(_ value: Value, at span: SourceSpan) {
    self.value = value
    self.span = span
  }
}

extension Located: Sendable where Value: Sendable {}

/// The keys of one mapping of a rule book.
///
/// Reading a key reports what is wrong with its value and gives nil; what a YAML error has already accounted for is not
/// reported again.
struct Fields {
  /// What the mapping describes, with its article: `a rule`.
  let what: String
  let node: YAML.Node
  /// The keys that can be used with their values, the first of each. There are few, which are looked through.
  private var usable: [(key: String, value: YAML.Node)] = []
  /// Keys whose values could not be used, which has been reported.
  private var unusable: Set<String> = []

  /// Nil, with a report, where the node is no mapping.
  init?(_ node: YAML.Node, _ what: String, keys: [String], into diagnostics: inout Diagnostics) {
    self.what = what
    self.node = node
    guard let entries = node.entries else {
      diagnostics.reportWrongKind(node, wanted: what, help: "its keys are \(keys.inWords)")
      return nil
    }
    var misspelt: Set<String> = []
    usable.reserveCapacity(min(entries.count, keys.count))
    for entry in entries {
      guard let key = entry.key.text, position(of: key) == nil, !unusable.contains(key) else { continue }
      guard keys.contains(where: { Self.areSame($0, key) }) else {
        let nearest = NearMiss.nearest(to: key, among: keys)
        diagnostics.report(.unknownKey(Located(key, at: entry.key.span), of: what, keys: keys, nearest: nearest))
        // The key that was meant is not missing as well.
        if let nearest { misspelt.insert(nearest) }
        continue
      }
      if entry.value.isMissing {
        unusable.insert(key)
      } else if entry.value.isNull {
        unusable.insert(key)
        diagnostics.report(
          Diagnostic(
            .wrongKind, .error, "`\(key)` has no value", at: entry.key.span, help: ["give one, or leave the key out"]))
      } else {
        usable.append((key, entry.value))
      }
    }
    if !misspelt.isEmpty { unusable.formUnion(misspelt.filter { position(of: $0) == nil }) }
  }

  /// Where to point for what the mapping as a whole lacks: its first key.
  var place: SourceSpan { node.entries?.first?.key.span ?? node.span }

  /// The value of a key that may be left out.
  subscript(key: String) -> YAML.Node? { position(of: key).map { usable[$0].value } }

  private func position(of key: String) -> Int? { usable.firstIndex { Self.areSame($0.key, key) } }

  /// Whether two keys are the same. Their lengths differ most of the time, which is asked sooner than their letters.
  private static func areSame(_ a: String, _ b: String) -> Bool { a.utf8.count == b.utf8.count && a == b }

  /// Whether the key stands in the file, whatever its value.
  func has(_ key: String) -> Bool { position(of: key) != nil || unusable.contains(key) }

  /// The value of a key that has to be there.
  func required(_ key: String, help: String? = nil, into diagnostics: inout Diagnostics) -> YAML.Node? {
    if let value = self[key] { return value }
    if !unusable.contains(key), !node.hasHoles {
      diagnostics.report(.missingKey(key, of: what, at: place, help: help))
    }
    return nil
  }

  // MARK: Values

  /// Text, which any scalar is.
  func text(_ key: String, into diagnostics: inout Diagnostics) -> Located<String>? {
    self[key].flatMap { Self.text($0, into: &diagnostics) }
  }

  func requiredText(_ key: String, into diagnostics: inout Diagnostics) -> Located<String>? {
    required(key, into: &diagnostics).flatMap { Self.text($0, into: &diagnostics) }
  }

  static func text(_ node: YAML.Node, into diagnostics: inout Diagnostics) -> Located<String>? {
    guard let text = node.text, !node.isNull else {
      diagnostics.reportWrongKind(node, wanted: "text")
      return nil
    }
    return Located(text, at: node.span)
  }

  /// FEEL, with the way back to the file.
  func expression(_ key: String, into diagnostics: inout Diagnostics) -> SourceText? {
    self[key].flatMap { Self.expression($0, into: &diagnostics) }
  }

  static func expression(_ node: YAML.Node, into diagnostics: inout Diagnostics) -> SourceText? {
    guard let scalar = node.scalar, !node.isNull else {
      diagnostics.reportWrongKind(
        node, wanted: "FEEL as text",
        help: node.scalar == nil ? "put an expression that starts with `[` or `{` in quotes" : nil)
      return nil
    }
    return scalar.source
  }

  func boolean(_ key: String, into diagnostics: inout Diagnostics) -> Bool? {
    guard let node = self[key] else { return nil }
    if let value = node.scalar?.boolean { return value }
    diagnostics.reportWrongKind(node, wanted: "`true` or `false`")
    return nil
  }

  func date(_ key: String, into diagnostics: inout Diagnostics) -> CivilDate? {
    self[key].flatMap { Self.date($0, into: &diagnostics) }
  }

  func requiredDate(_ key: String, into diagnostics: inout Diagnostics) -> CivilDate? {
    required(key, into: &diagnostics).flatMap { Self.date($0, into: &diagnostics) }
  }

  static func date(_ node: YAML.Node, into diagnostics: inout Diagnostics) -> CivilDate? {
    guard let text = node.text, !node.isNull else {
      diagnostics.reportWrongKind(node, wanted: "a date")
      return nil
    }
    if let date = CivilDate(text) { return date }
    diagnostics.report(.invalidDate(text, at: node.span))
    return nil
  }

  /// One of an enumeration's words.
  func word<Word: CaseIterable & RawRepresentable<String>>(
    _ key: String, as type: Word.Type = Word.self, into diagnostics: inout Diagnostics
  ) -> Word? {
    self[key].flatMap { Self.word($0, for: key, into: &diagnostics) }
  }

  static func word<Word: CaseIterable & RawRepresentable<String>>(
    _ node: YAML.Node, for key: String, as type: Word.Type = Word.self, into diagnostics: inout Diagnostics
  ) -> Word? {
    guard let text = text(node, into: &diagnostics) else { return nil }
    if let word = Word(rawValue: text.value) { return word }
    diagnostics.report(.unknownWord(text.value, for: key, words: Word.allCases.map(\.rawValue), at: text.span))
    return nil
  }

  /// The items of a list.
  func items(_ key: String, into diagnostics: inout Diagnostics) -> [YAML.Node]? {
    self[key].flatMap { Self.items($0, into: &diagnostics) }
  }

  static func items(_ node: YAML.Node, into diagnostics: inout Diagnostics) -> [YAML.Node]? {
    if let items = node.items { return items.filter { !$0.isMissing } }
    diagnostics.reportWrongKind(
      node, wanted: "a list", help: "start every item on a line of its own with `- `, or write `[a, b]`")
    return nil
  }

  /// The items of a list, or the one thing that stands there.
  func oneOrMore(_ key: String) -> [YAML.Node]? {
    self[key].map { node in node.items?.filter { !$0.isMissing } ?? [node] }
  }

  /// The keys and values of a mapping whose keys are names or dates.
  func entries(_ key: String, wanted: String, into diagnostics: inout Diagnostics) -> [YAML.Entry]? {
    guard let node = self[key] else { return nil }
    if let entries = node.entries { return Self.distinct(entries) }
    diagnostics.reportWrongKind(node, wanted: wanted)
    return nil
  }

  /// Those whose key could be read, the first of each: the others have been reported.
  static func distinct(_ entries: [YAML.Entry]) -> [YAML.Entry] {
    if entries.count < 2 { return entries.filter { $0.key.text != nil } }
    var seen: Set<String> = []
    return entries.filter { $0.key.text.map { seen.insert($0).inserted } ?? false }
  }
}
