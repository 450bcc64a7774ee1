public import Diagnostics

/// A file of a rule book, as its reader found it.
public struct SourceFile: Sendable {
  /// The file as the user named it.
  public var path: String
  /// Where a file of rules stands below `rules/`, without its extension: `insurance`, `care/insurance`.
  public var address: String
  /// What it holds, whatever that is.
  public var bytes: [UInt8]

  /// A file that has been read; its bytes need not be YAML, or text.
  public init(path: String, address: String = "", bytes: [UInt8]) {
    self.path = path
    self.address = address
    self.bytes = bytes
  }
}

/// A rule book and its policies, checked, with everything there is to say about them.
public struct Loaded: Sendable {
  /// May be evaluated only where the diagnostics hold no error.
  public var book: RuleBook
  /// In the order they were added.
  public var policies: [Policy]
  /// The text of every file, for the places that diagnostics name.
  public var sources: SourceMap
  /// Everything that was found, YAML's and FEEL's problems among it.
  public var diagnostics: Diagnostics

  /// What a loader made of its files.
  public init(book: RuleBook, policies: [Policy], sources: SourceMap, diagnostics: Diagnostics) {
    self.book = book
    self.policies = policies
    self.sources = sources
    self.diagnostics = diagnostics
  }

  /// The policy of a name; nil where there is none, or its file could not be used.
  public func policy(named name: String) -> Policy? { policies.first { $0.name == name } }
}
