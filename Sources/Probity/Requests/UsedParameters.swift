import FEEL

extension Checking {
  /// The parameters that its rules and its scope go by, as positions in the rule book, in that order.
  public var usedParameters: [Int] {
    var references = References()
    for condition in policy.scope { references.add(condition) }
    for entry in asked {
      let rule = book.rules[entry.rule]
      for iterator in rule.each { references.add(iterator.list) }
      for (_, value) in rule.lets { references.add(value) }
      if let when = rule.when { references.add(when) }
      for requirement in rule.requirements { references.add(requirement.that) }
    }
    var open = Array(references.decisions)
    while let decision = open.popLast() {
      var own = References()
      switch book.decisions[decision].logic {
      case .expression(let expression): own.add(expression)
      case .table(let table):
        for input in table.inputs { own.add(input.expression) }
        for row in table.rows {
          for tests in row.tests { own.add(tests) }
          for output in row.outputs { own.add(output) }
        }
      }
      open += own.decisions.subtracting(references.decisions)
      references.add(own)
    }
    return references.parameters.sorted()
  }
}
