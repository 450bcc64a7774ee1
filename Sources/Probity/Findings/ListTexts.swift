import Diagnostics
import FEEL

/// How the lists of a policy's rules are written.
struct ListTexts: Sendable {
  private var texts: [Node: String] = [:]

  /// For where nobody asks what lists a finding rests on.
  init() {}

  init(of rules: [Rule], in book: RuleBook) {
    for rule in rules {
      for iterator in rule.each { add(iterator.list) }
      for (_, value) in rule.lets { add(value) }
      if let when = rule.when { add(when) }
      for requirement in rule.requirements { add(requirement.that) }
    }
    for decision in book.decisions {
      switch decision.logic {
      case .expression(let expression): add(expression)
      case .table(let table):
        for input in table.inputs { add(input.expression) }
        for row in table.rows {
          for tests in row.tests { add(tests.root, Array(tests.source.text.utf8)) }
          for output in row.outputs { add(output) }
        }
      }
    }
  }

  /// On one line; empty for what is none of the rules' lists.
  subscript(node: Node) -> String { texts[node] ?? "" }

  private mutating func add(_ expression: CheckedExpression) {
    guard expression.root.contains({ $0.type.item != nil }) else { return }
    add(expression.root, Array(expression.source.text.utf8))
  }

  private mutating func add(_ node: Node, _ text: [UInt8]) {
    if node.type.item != nil {
      texts[node] = text[node.range.clamped(to: text.indices)]
        .split { $0 <= UInt8(ascii: " ") }.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }
    for child in node.children { add(child, text) }
  }
}
