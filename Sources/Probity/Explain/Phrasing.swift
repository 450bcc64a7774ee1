import Diagnostics
import FEEL

/// Puts FEEL into English, with the vocabulary's labels for facts and titles for parameters and decisions.
///
/// It is for readers who are no programmers. What has no plain wording stands as it was written, in backticks; the rule's
/// own text is always shown beside the words, and only that text decides.
struct Phrasing {
  let book: RuleBook
  /// By position in the rule book; nil where a parameter has no value.
  let parameters: [Value?]
  /// The names of the rule's `each` variables and `let` values, by position.
  var each: [String] = []
  var lets: [String] = []

  /// A condition in words.
  func statement(_ expression: CheckedExpression) -> Statement {
    Writer(phrasing: self, text: Array(expression.source.text.utf8)).statement(expression.root)
  }

  /// A value in words.
  func noun(_ expression: CheckedExpression) -> String {
    Writer(phrasing: self, text: Array(expression.source.text.utf8)).noun(expression.root)
  }

  /// A cell of a decision table over an input.
  func cell(_ tests: CheckedTests) -> String {
    if tests.matchesAnything { return "anything" }
    guard case .unaryTests(let parts, _, let isNegated) = tests.root.kind, !parts.contains(where: \.usesInput) else {
      return "`\(tests.source.text)`"
    }
    let writer = Writer(phrasing: self, text: Array(tests.source.text.utf8))
    let words = parts.map { writer.test($0.node) }.joined(separator: ", or ")
    return isNegated ? "anything but \(words)" : words
  }

  /// A value as people write it.
  static func words(_ value: Value) -> String {
    switch value {
    case .yearsAndMonthsDuration(let duration): words(months: duration.months)
    case .daysAndTimeDuration(let duration):
      if let seconds = duration.seconds.scaledInt64(scale: 0), seconds % 86_400 == 0 {
        count(Int(seconds / 86_400), "day")
      } else {
        value.literal
      }
    case .boolean(let truth): truth ? "yes" : "no"
    case .string(let text): "“\(text)”"
    case .list(let list): list.items.isEmpty ? "nothing" : list.items.map(words).joined(separator: ", ")
    case .number(let number): grouped(number)
    case .null: "nothing"
    default: value.description
    }
  }

  private static func words(months: Int) -> String {
    let (years, rest) = (abs(months) / 12, abs(months) % 12)
    let parts = [years > 0 ? count(years, "year") : nil, rest > 0 || years == 0 ? count(rest, "month") : nil]
    return (months < 0 ? "minus " : "") + parts.compactMap(\.self).joined(separator: " and ")
  }

  private static func count(_ number: Int, _ noun: String) -> String {
    "\(number) \(noun)\(abs(number) == 1 ? "" : "s")"
  }

  /// A number with commas between its thousands.
  private static func grouped(_ number: Number) -> String {
    let text = number.description
    guard text.allSatisfy({ $0.isNumber || $0 == "-" || $0 == "." }) else { return text }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let sign = parts[0].hasPrefix("-") ? "-" : ""
    let digits = Array(parts[0].drop { $0 == "-" })
    guard digits.count > 4 else { return text }
    var grouped = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { grouped += "," }
      grouped.append(digit)
    }
    return sign + grouped + (parts.count > 1 ? "." + parts[1] : "")
  }

  /// Without a capital at its beginning, unless it begins with a name in capitals.
  static func lowered(_ label: String) -> String {
    guard let first = label.first, first.isUppercase else { return label }
    let second = label.dropFirst().first
    guard second?.isLowercase ?? true else { return label }
    return first.lowercased() + label.dropFirst()
  }
}

/// Writes the nodes of one text.
private struct Writer {
  let phrasing: Phrasing
  let text: [UInt8]

  private var book: RuleBook { phrasing.book }

  private func source(_ node: Node) -> String {
    let range = node.range.clamped(to: 0..<text.count)
    return String(decoding: text[range], as: UTF8.self)
      .split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private func quoted(_ node: Node) -> String { "`\(source(node))`" }

  // MARK: Conditions

  func statement(_ node: Node) -> Statement {
    switch node.kind {
    case .and(let parts): return .all(parts.map(statement))
    case .or(let parts): return .any(parts.map(statement))
    case .negate(let inner): return negated(inner)
    case .compare(let comparison, let a, let b):
      if let truth = compared(comparison, a, b) { return truth }
      return .says("\(noun(a)) \(verb(comparison, a.type, b.type)) \(noun(b))")
    case .between(let value, let low, let high):
      return .says("\(noun(value)) is from \(noun(low)) to \(noun(high))")
    case .passes(let value, let tests):
      return .says("\(noun(value)) is \(tests.map(test).joined(separator: " or "))")
    case .supplied(let value): return .says("\(noun(value)) is on record")
    case .quantifier(let every, let iterators, let body):
      let heading = iterators.map { "\(variable($0) ?? "item") in \(domain($0))" }.joined(separator: " and ")
      return .under("for \(every ? "every" : "at least one") \(heading)", statement(body))
    case .conditional(let condition, let then, let otherwise):
      return .choice(of: statement(condition), then: statement(then), otherwise: statement(otherwise))
    case .builtin(let builtin, _, let arguments):
      if builtin.name == "not", arguments.count == 1 { return negated(arguments[0]) }
      return .says(condition(builtin.name, arguments) ?? "\(quoted(node)) holds")
    case .constant(.boolean(let truth)): return .says(truth ? "always" : "never")
    case .derived, .member, .host, .local: return .says(fact(node, isSo: true))
    default: return .says("\(quoted(node)) holds")
    }
  }

  private func negated(_ node: Node) -> Statement {
    switch node.kind {
    case .compare(let comparison, let a, let b):
      return .says("\(noun(a)) \(verb(comparison.opposite, a.type, b.type)) \(noun(b))")
    case .supplied(let value): return .says("\(noun(value)) is not on record")
    case .derived, .member, .host, .local: return .says(fact(node, isSo: false))
    default: return .not(statement(node))
    }
  }

  /// A comparison with true or false, which is the condition itself or its opposite.
  private func compared(_ comparison: ComparisonOperator, _ a: Node, _ b: Node) -> Statement? {
    guard comparison == .equal || comparison == .notEqual else { return nil }
    for (condition, constant) in [(a, b), (b, a)] {
      switch constant.kind {
      case .constant(.boolean(let truth)):
        return truth == (comparison == .equal) ? statement(condition) : negated(condition)
      case .constant(.null):
        return .says("\(noun(condition)) is \(comparison == .equal ? "not " : "")on record")
      default: continue
      }
    }
    return nil
  }

  /// A truth that stands by itself.
  private func fact(_ node: Node, isSo: Bool) -> String {
    let (label, rest) = labelled(node)
    let words =
      label.hasPrefix("Whether ")
      ? String(label.dropFirst("Whether ".count)) : "“\(Phrasing.lowered(label))” is \(isSo ? "yes" : "no")"
    let whole = rest.isEmpty ? words : "\(words) (\(rest))"
    return label.hasPrefix("Whether ") && !isSo ? "it is not so that \(whole)" : whole
  }

  private func verb(_ comparison: ComparisonOperator, _ left: Type, _ right: Type) -> String {
    let type = left.base == .any ? right.base : left.base
    switch (comparison, type) {
    case (.equal, _): return "is"
    case (.notEqual, _): return "is not"
    case (.less, .date), (.less, .dateAndTime), (.less, .time): return "is before"
    case (.lessOrEqual, .date), (.lessOrEqual, .dateAndTime), (.lessOrEqual, .time): return "is on or before"
    case (.greater, .date), (.greater, .dateAndTime), (.greater, .time): return "is after"
    case (.greaterOrEqual, .date), (.greaterOrEqual, .dateAndTime), (.greaterOrEqual, .time): return "is on or after"
    case (.less, .yearsAndMonthsDuration), (.less, .daysAndTimeDuration): return "is shorter than"
    case (.greater, .yearsAndMonthsDuration), (.greater, .daysAndTimeDuration): return "is longer than"
    case (.less, _): return "is less than"
    case (.lessOrEqual, _): return "is at most"
    case (.greater, _): return "is more than"
    case (.greaterOrEqual, _): return "is at least"
    }
  }

  private func condition(_ name: String, _ arguments: Nodes) -> String? {
    switch (name, arguments.count) {
    case ("list contains", 2): "\(noun(arguments[0])) include \(noun(arguments[1]))"
    case ("contains", 2): "\(noun(arguments[0])) contains \(noun(arguments[1]))"
    case ("starts with", 2): "\(noun(arguments[0])) begins with \(noun(arguments[1]))"
    case ("ends with", 2): "\(noun(arguments[0])) ends with \(noun(arguments[1]))"
    case ("matches", 2): "\(noun(arguments[0])) is written like \(noun(arguments[1]))"
    default: nil
    }
  }

  /// What a value is compared with by a test of its own: a value, a list, a range.
  func test(_ node: Node) -> String {
    switch node.kind {
    case .range(let start, let startIncluded, let end, let endIncluded):
      switch (startIncluded, endIncluded) {
      case (true, true): return "from \(noun(start)) to \(noun(end))"
      case (true, false): return "from \(noun(start)) to below \(noun(end))"
      case (false, true): return "above \(noun(start)) and up to \(noun(end))"
      case (false, false): return "between \(noun(start)) and \(noun(end)), neither of them included"
      }
    case .halfRange(let comparison, let bound):
      return "\(verb(comparison, bound.type, bound.type).dropFirst("is ".count)) \(noun(bound))"
    case .constant(.range(let range)): return Self.words(range)
    case .list(let items): return items.isEmpty ? "nothing" : "one of \(items.map(noun).joined(separator: ", "))"
    case .constant(.list(let list)): return "one of \(list.items.map(Phrasing.words).joined(separator: ", "))"
    default: return noun(node)
    }
  }

  private static func words(_ range: RangeValue) -> String {
    let isDate: Bool = if case .date? = range.start ?? range.end { true } else { false }
    switch (range.start.map(Phrasing.words), range.end.map(Phrasing.words)) {
    case (let start?, let end?):
      return (range.startIncluded ? "from \(start)" : "above \(start)") + " to "
        + (range.endIncluded ? end : "below \(end)")
    case (let start?, nil):
      if isDate { return (range.startIncluded ? "on or after " : "after ") + start }
      return (range.startIncluded ? "at least " : "more than ") + start
    case (nil, let end?):
      if isDate { return (range.endIncluded ? "on or before " : "before ") + end }
      return (range.endIncluded ? "at most " : "less than ") + end
    case (nil, nil): return "anything"
    }
  }

  // MARK: Values

  func noun(_ node: Node) -> String {
    switch node.kind {
    case .constant(let value): return Phrasing.words(value)
    case .local, .host, .member, .derived:
      let (label, rest) = labelled(node)
      return rest.isEmpty ? Self.definite(label) : "\(Self.definite(label)) of \(rest)"
    case .list(let items): return items.isEmpty ? "nothing" : items.map(noun).joined(separator: ", ")
    case .arithmetic(let arithmetic, let a, let b): return arithmeticWords(arithmetic, a, b)
    case .filter(let list, let condition, _): return "\(noun(list)) where \(statement(condition).inline)"
    case .builtin(let builtin, _, let arguments): return call(builtin.name, arguments, node)
    case .conditional(let condition, let then, let otherwise):
      return "\(noun(then)) if \(statement(condition).inline), otherwise \(noun(otherwise))"
    case .loop(let iterators, let body, _) where iterators.count == 1:
      return "\(noun(body)) for each \(variable(iterators[0]) ?? "item") of \(domain(iterators[0]))"
    default: return quoted(node)
    }
  }

  /// A fact's own label, and what it is of; nothing where that is the record.
  private func labelled(_ node: Node) -> (label: String, of: String) {
    switch node.kind {
    case .member(let base, let name, let index):
      let type = base.type.item ?? base.type
      var label = name
      if case .context(let context) = type.base, let index = index ?? context.index(of: name) {
        label = book.vocabulary.declaration(of: index, in: context)?.label ?? name
      }
      return (label, owner(base, of: node))
    case .derived(let base, let index): return (book.decisions[index].title, owner(base, of: node))
    case .host(let number):
      switch Binding(number: number) {
      case .record: return ("the record", "")
      case .subject: return ("this", "")
      case .each(let index): return (phrasing.each.indices.contains(index) ? phrasing.each[index] : source(node), "")
      case .letValue(let index):
        return (phrasing.lets.indices.contains(index) ? phrasing.lets[index] : source(node), "")
      case .parameter(let index):
        let value = phrasing.parameters[index].map { " (\(Phrasing.words($0)))" } ?? ""
        return (book.parameters[index].title + value, "")
      case .decision(let index): return (book.decisions[index].title, "")
      case .count, .operand: return (source(node), "")
      }
    default: return (source(node), "")
    }
  }

  /// What a fact is of; nothing where that is the record, or the item of a filter, which the text does not name.
  private func owner(_ base: Node, of node: Node) -> String {
    switch base.kind {
    case .host(let number):
      switch Binding(number: number) {
      case .record, .subject: return ""
      default: return noun(base)
      }
    case .local where base.range == node.range || base.range.isEmpty || source(base) == "item": return ""
    default: return base.type.item == nil ? noun(base) : "each of \(noun(base))"
    }
  }

  /// A label within a sentence: `the day of issue`, `whether …`.
  private static func definite(_ label: String) -> String {
    let label = Phrasing.lowered(label)
    let first = label.prefix { $0.isLetter }
    let needsNone = [
      "the", "a", "an", "why", "whether", "who", "what", "when", "where", "how", "which", "this", "under", "in", "by",
      "on",
      "at", "for",
    ]
    return first.count < 2 || label.contains("_") || needsNone.contains(String(first)) ? label : "the \(label)"
  }

  private func arithmeticWords(_ arithmetic: ArithmeticOperator, _ a: Node, _ b: Node) -> String {
    let isPointInTime = [a, b].contains { $0.type.base == .date || $0.type.base == .dateAndTime }
    switch arithmetic {
    case .add where isPointInTime:
      let (point, length) = b.type.base == .date || b.type.base == .dateAndTime ? (b, a) : (a, b)
      return "\(noun(length)) after \(noun(point))"
    case .subtract where isPointInTime:
      return b.type.base == .date || b.type.base == .dateAndTime
        ? "the time from \(noun(b)) to \(noun(a))" : "\(noun(b)) before \(noun(a))"
    case .add: return "\(noun(a)) plus \(noun(b))"
    case .subtract: return "\(noun(a)) less \(noun(b))"
    case .multiply: return "\(noun(a)) times \(noun(b))"
    case .divide: return "\(noun(a)) divided by \(noun(b))"
    case .power: return "\(noun(a)) to the power of \(noun(b))"
    }
  }

  private func call(_ name: String, _ arguments: Nodes, _ node: Node) -> String {
    let words: (String) -> String = { "\($0) \(arguments.map(noun).joined(separator: ", "))" }
    switch name {
    case "today": return "the as-of date"
    case "count": return words("the number of")
    case "sum": return words("the total of")
    case "min": return words("the least of")
    case "max": return words("the greatest of")
    case "mean": return words("the average of")
    case "distinct values": return words("the different values of")
    case "string length": return words("the number of characters of")
    case "day of week": return words("the day of the week of")
    case "date" where arguments.count == 1:
      if case .constant(.string(let text)) = arguments[0].kind { return text }
      return noun(arguments[0])
    case "years and months duration" where arguments.count == 2:
      return "the whole months from \(noun(arguments[0])) to \(noun(arguments[1]))"
    default: return quoted(node)
    }
  }

  private func domain(_ iterator: Node.Iterator) -> String {
    iterator.end.map { "\(noun(iterator.domain)) to \(noun($0))" } ?? noun(iterator.domain)
  }

  /// The name that an iterator gives, which stands before its `in`.
  private func variable(_ iterator: Node.Iterator) -> String? {
    var words = String(decoding: text[..<min(iterator.domain.range.lowerBound, text.count)], as: UTF8.self)
      .split(whereSeparator: \.isWhitespace)
    guard words.popLast() == "in" else { return nil }
    return words.last.map(String.init)
  }
}

extension ComparisonOperator {
  /// What holds where this does not.
  fileprivate var opposite: ComparisonOperator {
    switch self {
    case .equal: .notEqual
    case .notEqual: .equal
    case .less: .greaterOrEqual
    case .lessOrEqual: .greater
    case .greater: .lessOrEqual
    case .greaterOrEqual: .less
    }
  }
}
