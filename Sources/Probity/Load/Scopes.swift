import FEEL

/// What a record, a decision and a parameter are called in the expressions about one type of record.
///
/// One serves all the rules about that type; what belongs to one rule alone is in a ``RuleScope``.
final class RecordScope: Scope {
  /// Every name of a rule book is one word, so the parser need not be told of any.
  static let noLongNames = KnownNames()

  var knownNames: KnownNames { Self.noLongNames }

  /// Nil where it is not known what the records are: then any name may be a fact.
  let type: ContextType?
  /// Whether something was lost from the rule book, so that a name that means nothing may be part of what was lost.
  let isOpen: Bool
  private let shared: SharedNames
  /// Decisions of the record, by name.
  fileprivate(set) var decisions: [String: Int] = [:]
  /// Decisions of a declared type: by the type's name, then by their own.
  private var derivedDecisions: [String: [String: Int]] = [:]

  init(_ type: ContextType?, isOpen: Bool, _ shared: SharedNames) {
    self.type = type
    self.isOpen = isOpen || type == nil
    self.shared = shared
  }

  func add(_ name: String, decision index: Int) { decisions[name] = index }

  func add(_ name: String, decision index: Int, of type: String) { derivedDecisions[type, default: [:]][name] = index }

  func decision(_ name: String, of type: String) -> Int? { derivedDecisions[type]?[name] }

  var candidates: [String] {
    (type.map { $0.members.map(\.name) + derivedNames(of: $0) } ?? []) + decisions.keys + shared.parameters.keys
  }

  func resolve(_ name: String) -> Resolution? {
    meaning(name) ?? (isOpen ? .host(Binding.record.number, .any) : nil)
  }

  /// What a name surely means.
  func meaning(_ name: String) -> Resolution? {
    if let type, let index = type.index(of: name) { return .member(of: Binding.record.number, type, index: index) }
    if let index = decisions[name] { return .host(Binding.decision(index).number, shared.type(ofDecision: index)) }
    if let type, let (index, result) = derived(name, of: type) {
      return .derived(of: Binding.record.number, type, index: index, result)
    }
    if let index = shared.parameters[name] {
      return .host(Binding.parameter(index).number, shared.parameterTypes[index])
    }
    return nil
  }

  func derived(_ name: String, of type: ContextType) -> (index: Int, type: Type)? {
    guard let index = type.name.flatMap({ derivedDecisions[$0]?[name] }) else {
      return shared.strays[name].map { ($0, .any) }
    }
    return (index, shared.type(ofDecision: index))
  }

  func derivedNames(of type: ContextType) -> [String] {
    (type.name.flatMap { derivedDecisions[$0] } ?? [:]).keys.sorted()
  }
}

/// What all record scopes of a rule book have in common.
final class SharedNames {
  var parameters: [String: Int] = [:]
  var parameterTypes: [Type] = []
  /// By position; nil while a decision's type is not known yet.
  var decisionTypes: [Type?] = []
  /// Decisions of a type that there is not: they may be anything's.
  var strays: [String: Int] = [:]
  /// Decisions whose type was asked for before it was known.
  private(set) var awaited: [Int] = []

  func type(ofDecision index: Int) -> Type {
    if let type = decisionTypes[index] { return type }
    awaited.append(index)
    return .any
  }

  /// The decisions asked for in vain since the last time.
  func takeAwaited() -> [Int] {
    defer { awaited = [] }
    return awaited
  }
}

/// What names mean in one rule: its `each` variables and `let` names, then what its record has.
final class RuleScope: Scope {
  var knownNames: KnownNames { RecordScope.noLongNames }
  let record: RecordScope
  private var own: [String: Resolution] = [:]
  /// Whether the rule has names that could not be read, so that one that means nothing may be one of them.
  var hasLostNames = false

  init(_ record: RecordScope) { self.record = record }

  /// A name whose value could not be read.
  func add(lost name: String) { own[name] = .host(Binding.record.number, .any) }

  func add(_ name: String, each index: Int, _ type: Type) {
    own[name] = .host(Binding.each(index).number, type)
  }

  func add(_ name: String, letValue index: Int, _ type: Type) {
    own[name] = .host(Binding.letValue(index).number, type)
  }

  /// What of the rule's own has a name, with its article.
  func owner(of name: String) -> String? {
    guard case .host(let number, _)? = own[name] else { return nil }
    if case .each = Binding(number: number) { return "an `each` variable" } else { return "a `let` name" }
  }

  var candidates: [String] { own.keys + record.candidates }

  func resolve(_ name: String) -> Resolution? {
    own[name] ?? record.resolve(name) ?? (hasLostNames ? .host(Binding.record.number, .any) : nil)
  }

  func derived(_ name: String, of type: ContextType) -> (index: Int, type: Type)? { record.derived(name, of: type) }

  func derivedNames(of type: ContextType) -> [String] { record.derivedNames(of: type) }
}

/// What names mean in a decision of a type: the facts and decisions of the value it is about, then what its record has.
final class SubjectScope: Scope {
  var knownNames: KnownNames { RecordScope.noLongNames }
  private let subject: ContextType
  private let record: RecordScope

  init(_ subject: ContextType, in record: RecordScope) {
    self.subject = subject
    self.record = record
  }

  var candidates: [String] {
    subject.members.map(\.name) + record.derivedNames(of: subject) + record.candidates
  }

  func resolve(_ name: String) -> Resolution? {
    if let index = subject.index(of: name) { return .member(of: Binding.subject.number, subject, index: index) }
    if let (index, type) = record.derived(name, of: subject) {
      return .derived(of: Binding.subject.number, subject, index: index, type)
    }
    return record.resolve(name)
  }

  func derived(_ name: String, of type: ContextType) -> (index: Int, type: Type)? { record.derived(name, of: type) }

  func derivedNames(of type: ContextType) -> [String] { record.derivedNames(of: type) }
}

/// What names mean in a verdict: the counts.
final class VerdictScope: Scope {
  var knownNames: KnownNames { RecordScope.noLongNames }

  var candidates: [String] { VerdictCounts.names }

  func resolve(_ name: String) -> Resolution? {
    VerdictCounts.names.firstIndex(of: name).map {
      .host(Binding.count($0).number, .context(VerdictCounts.type))
    }
  }
}

/// No names at all: for what has to be constant.
final class EmptyScope: Scope {
  var knownNames: KnownNames { RecordScope.noLongNames }
  var candidates: [String] { [] }

  func resolve(_ name: String) -> Resolution? { nil }
}
