public import Diagnostics
public import FEEL

/// The typed facts that records may hold.
public struct Vocabulary: Sendable {
  /// One fact of a type.
  public struct FactDeclaration: Sendable {
    public var name: String
    public var type: Type
    /// What a value (of a list: each item) has to pass, where `allowed` was written as unary tests. The type's bounds
    /// say less: `> 0` is bounded by 0, and allows 0 not.
    public var tests: CheckedTests?
    /// What people call it; the name where none was given.
    public var label: String
    /// Of a number: `GBP`, `days`.
    public var unit: String?
    public var isSensitive: Bool
    /// What evidences it; what the type says of all its facts where this one says nothing.
    public var help: String?
    public var span: SourceSpan?

    public init(
      name: String, type: Type, label: String? = nil, unit: String? = nil, isSensitive: Bool = false,
      help: String? = nil, span: SourceSpan? = nil
    ) {
      self.name = name
      self.type = type
      self.label = label ?? name
      self.unit = unit
      self.isSensitive = isSensitive
      self.help = help
      self.span = span
    }
  }

  /// A declared type: what a record, a nested fact or an item of a list can be.
  public struct RecordType: Sendable {
    public var name: String
    public var title: String
    /// Whether a record may be of this type.
    public var isRecord: Bool
    /// The fact that identifies a record or an item.
    public var key: String?
    /// The fact that is shown beside the key.
    public var nameFact: String?
    /// One for each member of ``context``, in the same order.
    public var facts: [FactDeclaration]
    public var context: ContextType
    public var span: SourceSpan?

    public init(
      name: String, title: String? = nil, isRecord: Bool = false, key: String? = nil, nameFact: String? = nil,
      facts: [FactDeclaration], span: SourceSpan? = nil
    ) {
      self.name = name
      self.title = title ?? name
      self.isRecord = isRecord
      self.key = key
      self.nameFact = nameFact
      self.facts = facts
      self.span = span
      context = ContextType(
        name: name, members: facts.map { .init($0.name, $0.type, isSensitive: $0.isSensitive) }, key: key)
    }
  }

  /// In the order they were declared.
  public private(set) var types: [RecordType] = []
  private var indices: [String: Int] = [:]

  public init(types: [RecordType] = []) {
    for type in types { add(type) }
  }

  public mutating func add(_ type: RecordType) {
    indices[type.name] = types.count
    types.append(type)
  }

  public subscript(name: String) -> RecordType? { indices[name].map { types[$0] } }

  /// The types a record can be of.
  public var recordTypes: [RecordType] { types.filter(\.isRecord) }

  /// What people call a member of a declared type, and what it is counted in.
  func caption(of member: Int, in type: ContextType) -> (label: String, unit: String?)? {
    guard let index = type.name.flatMap({ indices[$0] }) else { return nil }
    return (types[index].facts[member].label, types[index].facts[member].unit)
  }

  /// The declaration behind a member of a declared type.
  public func declaration(of member: Int, in type: ContextType) -> FactDeclaration? {
    type.name.flatMap { self[$0] }?.facts[member]
  }
}

/// The facts about one provider, location, contract …
public struct Record: Sendable {
  /// What identifies it.
  public var key: String
  /// What it is called, where its type says which fact that is.
  public var name: String?
  public var facts: Context
  public var place: Place?

  public init(key: String, name: String? = nil, facts: Context, place: Place? = nil) {
    self.key = key
    self.name = name
    self.facts = facts
    self.place = place
  }
}
