import Diagnostics
public import FEEL

/// What a rule asks, in words, and all that it rests on.
public struct RuleDescription: Sendable {
  /// A condition, in words and as it was written.
  public struct Condition: Sendable {
    public var statement: Statement
    public var text: String
  }

  /// One entry of `require`.
  public struct Requirement: Sendable {
    public var condition: Condition
    public var severity: Severity
    /// As it was written, with FEEL in braces.
    public var message: String?
    public var remedy: String?
  }

  /// A parameter that the rule reads, itself or through a decision.
  public struct ParameterUse: Sendable {
    public var name: String
    public var title: String
    /// On the date, in words; nil where it has none.
    public var value: String?
    /// The first day on which this value counts.
    public var from: CivilDate?
    /// The policy that sets it; nil where it is the rule book's own.
    public var policy: String?
    public var source: String?
    public var isLocal: Bool
  }

  /// A fact that the rule reads.
  public struct FactUse: Sendable, Hashable {
    /// `worker.started`: the type that declares it, and its name.
    public var name: String
    public var label: String
    public var unit: String?
    public var help: String?
    public var isSensitive: Bool
  }

  public var rule: Rule
  /// `for every worker in staff`, where the rule is asked of items.
  public var each: [String]
  public var when: Condition?
  public var lets: [(name: String, words: String, text: String)]
  public var requirements: [Requirement]
  public var parameters: [ParameterUse]
  /// By position in the rule book, those that others read after their readers.
  public var decisions: [Int]
  public var facts: [FactUse]
  public var clauses: [ListedClause]

  /// - Parameters:
  ///   - policy: whose settings of parameters count; nil for the rule book's own.
  ///   - date: on which parameters are looked up.
  public init(_ index: Int, in book: RuleBook, under policy: Policy? = nil, on date: CivilDate) {
    let rule = book.rules[index]
    self.rule = rule
    let values = book.parameters.indices.map { parameter in
      policy.map { $0.value(of: parameter, in: book, on: date) } ?? book.parameters[parameter].value(on: date)
    }
    let phrasing = Phrasing(
      book: book, parameters: values, each: rule.each.map(\.name), lets: rule.lets.map(\.name))
    each = rule.each.map { "every \($0.name) in \(phrasing.noun($0.list))" }
    when = rule.when.map { Condition(statement: phrasing.statement($0), text: $0.source.text) }
    lets = rule.lets.map { ($0.name, phrasing.noun($0.value), $0.value.source.text) }
    requirements = rule.requirements.map { requirement in
      Requirement(
        condition: Condition(statement: phrasing.statement(requirement.that), text: requirement.that.source.text),
        severity: requirement.severity, message: requirement.message?.text, remedy: requirement.remedy?.text)
    }
    var reads = Reads(book: book)
    reads.add(rule)
    decisions = reads.decisions
    parameters = reads.parameters.map { parameter in
      Self.use(of: parameter, value: values[parameter], in: book, under: policy, on: date)
    }
    facts = reads.facts
    clauses = book.clauses(ofRule: index)
  }

  /// A value as people write it.
  public static func words(_ value: Value) -> String { Phrasing.words(value) }

  /// A type in the words of the rule language.
  public static func words(_ type: Type) -> String {
    if let item = type.item { return "a list, each: \(words(item))" }
    return switch type.base {
    case .string: "text"
    case .boolean: "yes or no"
    default: type.description
    }
  }

  private static func use(
    of parameter: Int, value: Value?, in book: RuleBook, under policy: Policy?, on date: CivilDate
  ) -> ParameterUse {
    let declared = book.parameters[parameter]
    let setting = policy?.settings.first { setting in
      setting.parameter == parameter && setting.until.map { date <= $0 } ?? true
        && setting.values.contains { $0.from <= date }
    }
    let from = (setting?.values ?? declared.values).last { $0.from <= date }?.from
    let words = value.map(Phrasing.words)
    return ParameterUse(
      name: declared.name, title: declared.title,
      value: words.map { text in declared.unit.map { "\(text) \($0)" } ?? text }, from: from, policy: setting?.policy,
      source: declared.source, isLocal: declared.isLocal)
  }
}

extension Template {
  /// As it was written.
  var text: String {
    segments.map { segment in
      switch segment {
      case .text(let text): text
      case .expression(let expression, _): "{\(expression.source.trimmed.text)}"
      }
    }.joined()
  }
}

/// What a decision comes to, in words.
public struct DecisionDescription: Sendable {
  public var decision: Decision
  /// Of an expression.
  public var words: String?
  public var text: String?
  /// Of a table: a heading for each input and output, and the rows.
  public var headings: [String]
  public var rows: [[String]]

  public init(_ index: Int, in book: RuleBook, on date: CivilDate) {
    decision = book.decisions[index]
    let phrasing = Phrasing(book: book, parameters: book.parameters.map { $0.value(on: date) })
    headings = []
    rows = []
    switch decision.logic {
    case .expression(let expression):
      words = expression.type.base == .boolean ? phrasing.statement(expression).inline : phrasing.noun(expression)
      text = expression.source.text
    case .table(let table):
      headings = table.inputs.map { phrasing.noun($0.expression) } + table.outputs.map(\.name)
      rows = table.rows.map { row in
        row.tests.map { phrasing.cell($0) }
          + row.outputs.map { output in
            if case .constant(.string(let text)) = output.root.kind { text } else { phrasing.noun(output) }
          }
      }
    }
  }
}

/// What a rule reads, itself and through decisions and `let` values, each once.
struct Reads {
  let book: RuleBook
  private(set) var parameters: [Int] = []
  private(set) var decisions: [Int] = []
  private(set) var facts: [RuleDescription.FactUse] = []
  private var seen: Set<RuleDescription.FactUse> = []

  init(book: RuleBook) { self.book = book }

  mutating func add(_ rule: Rule) {
    for iterator in rule.each { add(iterator.list.root) }
    if let when = rule.when { add(when.root) }
    for value in rule.lets { add(value.value.root) }
    for requirement in rule.requirements { add(requirement.that.root) }
  }

  private mutating func add(_ node: Node) {
    switch node.kind {
    case .host(let number):
      switch Binding(number: number) {
      case .parameter(let index): if !parameters.contains(index) { parameters.append(index) }
      case .decision(let index): add(decision: index)
      case .record, .subject, .each, .letValue, .count, .operand: break
      }
    case .derived(_, let index): add(decision: index)
    case .member(let base, let name, let index):
      if case .context(let context) = (base.type.item ?? base.type).base, let type = context.name,
        let member = index ?? context.index(of: name),
        let fact = book.vocabulary.declaration(of: member, in: context), !Self.isNested(fact.type)
      {
        let use = RuleDescription.FactUse(
          name: "\(type).\(fact.name)", label: fact.label, unit: fact.unit, help: fact.help,
          isSensitive: fact.isSensitive)
        if seen.insert(use).inserted { facts.append(use) }
      }
    default: break
    }
    for child in node.children { add(child) }
  }

  /// Whether a fact is only the way to others.
  private static func isNested(_ type: Type) -> Bool {
    switch (type.item ?? type).base {
    case .context: true
    default: false
    }
  }

  private mutating func add(decision index: Int) {
    guard !decisions.contains(index) else { return }
    decisions.append(index)
    switch book.decisions[index].logic {
    case .expression(let expression): add(expression.root)
    case .table(let table):
      for input in table.inputs { add(input.expression.root) }
      for row in table.rows {
        for tests in row.tests { add(tests.root) }
        for output in row.outputs { add(output.root) }
      }
    }
  }
}
