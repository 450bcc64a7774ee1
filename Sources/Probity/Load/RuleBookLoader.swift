import Diagnostics
import FEEL
import YAML

extension DiagnosticCode {
  /// Rules that do not say, or say wrongly, what kind of record they are about.
  fileprivate static let unclearRecord = DiagnosticCode("RULE315")
}

/// A file below `rules/`, split into its sections.
struct RuleFile {
  static let keys = ["probity", "record", "types", "parameters", "decisions", "rules", "document", "clauses"]

  let address: String
  let fields: Fields
  /// What its rules and decisions are about, as far as the file says.
  let record: Located<String>?
  let types: [Fields]
  let parameters: [Fields]
  let decisions: [Fields]
  let rules: [Fields]
  /// Where the clauses of the file stand, unless one says otherwise.
  let document: Located<String>?
  let clauses: [Fields]

  init(address: String, fields: Fields, into diagnostics: inout Diagnostics) {
    self.address = address
    self.fields = fields
    record = fields.text("record", into: &diagnostics)
    func section(_ key: String, _ what: String, _ keys: [String]) -> [Fields] {
      fields.items(key, into: &diagnostics)?.compactMap { Fields($0, what, keys: keys, into: &diagnostics) } ?? []
    }
    types = section("types", "a type", RuleBookLoader.typeKeys)
    parameters = section("parameters", "a parameter", RuleBookLoader.parameterKeys)
    decisions = section("decisions", "a decision", RuleBookLoader.decisionKeys)
    rules = section("rules", "a rule", RuleBookLoader.ruleKeys)
    document = fields.text("document", into: &diagnostics)
    clauses = section("clauses", "a clause", RuleBookLoader.listedClauseKeys)
  }
}

/// Checks what stands under `rules/`, stage by stage: types, parameters, decisions, rules, clauses.
///
/// Each stage goes on past what is wrong, and gives what is wrong a type that everything fits, so that one mistake is
/// reported once.
struct RuleBookLoader {
  let files: [RuleFile]
  /// Whether part of the rule book could not be read: a name that means nothing may then be part of what was lost.
  let isIncomplete: Bool
  var diagnostics: Diagnostics

  var book = RuleBook()
  let shared = SharedNames()
  /// By the name of the type of record.
  var scopes: [String: RecordScope] = [:]
  /// For files that do not say what their records are.
  private(set) var openScope: RecordScope
  /// The names of the vocabulary's types.
  var typeNames: Set<String> = []
  var sensitivity = Sensitivity()
  var ruleIndices: [String: Int] = [:]
  /// What each decision speaks of by itself.
  var decisionReferences: [References] = []
  /// For each decision, the parameters without a value of their own that it needs, through others too.
  var unsetByDecision: [Set<Int>] = []
  /// The same for each rule.
  var unsetByRule: [Set<Int>] = []
  /// What rules speak of by themselves, and the names of what nobody can be expected to speak of.
  var ruleReferences = References()

  init(files: [RuleFile], isIncomplete: Bool, diagnostics: Diagnostics) {
    self.files = files
    self.isIncomplete = isIncomplete
    self.diagnostics = diagnostics
    openScope = RecordScope(nil, isOpen: true, shared)
  }

  mutating func load() {
    loadTypes()
    typeNames = Set(book.vocabulary.types.map(\.name))
    loadParameters()
    for type in book.vocabulary.recordTypes {
      scopes[type.name] = RecordScope(type.context, isOpen: isIncomplete, shared)
    }
    checkParameterNames()
    let records = files.map { recordType(of: $0) }
    loadDecisions(records)
    loadRules(records)
    loadClauses()
  }

  /// The type of record that a file's rules and decisions are about; nil, with a report, where that is not clear.
  private mutating func recordType(of file: RuleFile) -> String? {
    let isNeeded = !file.rules.isEmpty || !file.decisions.isEmpty
    return recordType(file.record, isNeeded: isNeeded, in: file.fields)
  }

  /// The type of record that is named, or else the only one there is.
  mutating func recordType(_ name: Located<String>?, isNeeded: Bool, in fields: Fields) -> String? {
    let known = book.vocabulary.recordTypes.map(\.name)
    if let name {
      if scopes[name.value] != nil { return name.value }
      guard !isIncomplete else { return nil }
      let message =
        book.vocabulary[name.value] == nil
        ? "`\(name.value)` is not a type of the vocabulary" : "no record is of the type `\(name.value)`"
      diagnostics.report(
        Diagnostic(
          .unclearRecord, .error, message, at: name.span,
          help: [
            NearMiss.nearest(to: name.value, among: known).map { "did you mean `\($0)`?" },
            book.vocabulary[name.value] == nil ? nil : "give the type `record: true` and a `key`",
          ]))
      return nil
    }
    if known.count == 1 || !isNeeded || fields.has("record") { return known.count == 1 ? known[0] : nil }
    guard !isIncomplete else { return nil }
    diagnostics.report(
      known.isEmpty
        ? Diagnostic(
          .unclearRecord, .error, "the vocabulary has no type that records are of", at: fields.place,
          help: ["declare one under `types`, with `record: true` and a `key`"])
        : Diagnostic(
          .unclearRecord, .error, "\(fields.what) has to say which records it is about", at: fields.place,
          help: ["add `record:` with one of \(known.inWords)"]))
    return nil
  }

  /// What names mean about records of a type.
  func scope(of record: String?) -> RecordScope { record.flatMap { scopes[$0] } ?? openScope }

  // MARK: Expressions

  /// Checks an expression and tells whether nothing was wrong with it.
  static func check(
    _ source: SourceText, in scope: any Scope, expecting: Type? = nil, into diagnostics: inout Diagnostics
  ) -> (expression: CheckedExpression, isSound: Bool) {
    var own = Diagnostics()
    let expression = CheckedExpression(checking: source, in: scope, expecting: expecting, into: &own)
    diagnostics.report(contentsOf: own)
    return (expression, !own.hasErrors)
  }
}
