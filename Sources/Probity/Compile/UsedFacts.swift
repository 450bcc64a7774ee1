package import FEEL

/// The facts that anything a check evaluates may read, by the type that declares them.
///
/// It errs on the safe side: where a nested fact or an item is used as a whole, all of it counts as read.
package struct UsedFacts: Sendable, Hashable {
  /// Member positions by the name of their type.
  private var members: [String: Set<Int>] = [:]
  private var isEverything = false

  /// Nothing but what identifies records and items.
  package init() {}

  /// Every fact there is.
  package static let all: UsedFacts = {
    var facts = UsedFacts()
    facts.isEverything = true
    return facts
  }()

  package func contains(_ member: Int, of type: ContextType) -> Bool {
    guard !isEverything, let name = type.name else { return true }
    return members[name]?.contains(member) ?? false
  }

  package mutating func formUnion(_ other: UsedFacts) {
    isEverything = isEverything || other.isEverything
    for (name, positions) in other.members { members[name, default: []].formUnion(positions) }
  }

  fileprivate mutating func insert(_ member: Int, of type: ContextType) {
    if let name = type.name { members[name, default: []].insert(member) }
  }

  /// Adds all that a value of a type holds.
  fileprivate mutating func insert(allOf type: Type) {
    switch type.base {
    case .list(let item): insert(allOf: item)
    case .context(let context):
      for (index, member) in context.members.enumerated() {
        insert(index, of: context)
        insert(allOf: member.type)
      }
    default: break
    }
  }
}

extension UsedFacts {
  /// The facts that a rule may read: to be decided, to be explained, and in its messages.
  init(of rule: Rule, in book: RuleBook) {
    var collector = FactCollector(book: book)
    for iterator in rule.each { collector.visit(iterator.list) }
    for (_, value) in rule.lets { collector.visit(value) }
    if let when = rule.when { collector.visit(when) }
    for requirement in rule.requirements {
      collector.visit(requirement.that)
      for template in [requirement.message, requirement.remedy] {
        for case .expression(let expression, _) in template?.segments ?? [] {
          collector.visit(expression.root, asWhole: true)
        }
      }
    }
    self = collector.facts
  }

  /// The facts that may decide a rule: those that are only told in its messages are not among them.
  init(deciding rule: Rule, in book: RuleBook) {
    var collector = FactCollector(book: book)
    var lets: Set<Int> = []
    func visitLets(below node: Node) {
      if case .host(let number) = node.kind, case .letValue(let index) = Binding(number: number),
        lets.insert(index).inserted
      {
        collector.visit(rule.lets[index].value)
        visitLets(below: rule.lets[index].value.root)
      }
      for child in node.children { visitLets(below: child) }
    }
    let conditions = rule.each.map(\.list) + [rule.when].compactMap(\.self) + rule.requirements.map(\.that)
    for condition in conditions {
      collector.visit(condition)
      visitLets(below: condition.root)
    }
    self = collector.facts
  }

  /// The facts that conditions may read.
  init(of expressions: [CheckedExpression], in book: RuleBook) {
    var collector = FactCollector(book: book)
    for expression in expressions { collector.visit(expression) }
    self = collector.facts
  }
}

/// Walks expressions for the facts that they read.
private struct FactCollector {
  let book: RuleBook
  var facts = UsedFacts()
  private var decisions: Set<Int> = []

  init(book: RuleBook) { self.book = book }

  mutating func visit(_ expression: CheckedExpression) { visit(expression.root, asWhole: false) }

  /// - Parameter asWhole: whether more may be made of the value than going through its items and reading its members.
  mutating func visit(_ node: Node, asWhole: Bool) {
    // Where the type says nothing, whatever flows there may be read in ways that nobody sees.
    let asWhole = asWhole || node.type.mayHoldAnything
    switch node.kind {
    case .constant, .invalid: break
    case .local: if asWhole { facts.insert(allOf: node.type) }
    case .host(let number):
      if case .decision(let index) = Binding(number: number) { visit(decision: index) }
      if asWhole { facts.insert(allOf: node.type) }
    case .member(let base, _, let index):
      if let index, let type = (base.type.item ?? base.type).contextType {
        facts.insert(index, of: type)
        visit(base, asWhole: type.name == nil)
      } else {
        visit(base, asWhole: true)
      }
      if asWhole { facts.insert(allOf: node.type) }
    case .derived(let base, let index):
      visit(base, asWhole: false)
      visit(decision: index)
    case .supplied(let base): visit(base, asWhole: base.type.contextType != nil)
    case .filter(let list, let condition, _):
      visit(list, asWhole: asWhole)
      visit(condition, asWhole: true)
    case .loop(let iterators, let body, _):
      visit(iterators)
      visit(body, asWhole: asWhole)
    case .quantifier(_, let iterators, let body):
      visit(iterators)
      visit(body, asWhole: true)
    case .conditional(let condition, let first, let second):
      visit(condition, asWhole: true)
      visit(first, asWhole: asWhole)
      visit(second, asWhole: asWhole)
    case .list(let nodes): for node in nodes { visit(node, asWhole: asWhole) }
    case .builtin(let builtin, _, let arguments):
      for argument in arguments { visit(argument, asWhole: builtin.name != "count") }
    default: for child in node.children { visit(child, asWhole: true) }
    }
  }

  private mutating func visit(_ iterators: [Node.Iterator]) {
    for iterator in iterators {
      visit(iterator.domain, asWhole: false)
      if let end = iterator.end { visit(end, asWhole: true) }
    }
  }

  private mutating func visit(decision index: Int) {
    guard decisions.insert(index).inserted else { return }
    switch book.decisions[index].logic {
    case .expression(let expression): visit(expression.root, asWhole: true)
    case .table(let table):
      for input in table.inputs { visit(input.expression.root, asWhole: true) }
      for row in table.rows {
        for tests in row.tests { visit(tests.root, asWhole: true) }
        for output in row.outputs { visit(output.root, asWhole: true) }
      }
    }
  }
}

extension Type {
  fileprivate var contextType: ContextType? {
    if case .context(let type) = base { type } else { nil }
  }

  /// Whether a value of this type may be a fact of any type, or hold one.
  fileprivate var mayHoldAnything: Bool {
    switch base {
    case .any, .function: true
    case .list(let item): item.mayHoldAnything
    default: false
    }
  }
}
