import FEEL
import Probity

/// Writes well-typed FEEL at random: what the compiler covers, and much that it does not.
///
/// What it writes is mostly right; a text that the checker refuses is drawn again.
struct ExpressionWriter {
  struct Name {
    var text: String
    var type: Type
  }

  var draw: Draw
  /// Whether it keeps to what rules are mostly made of, so that most of what it writes is compiled.
  var isPlain = false
  /// What can be named, innermost last.
  var names: [Name]
  /// The decisions of a declared type.
  var derived: [String: [Name]] = [:]
  private var variables = 0

  init(_ draw: Draw, names: [Name]) {
    self.draw = draw
    self.names = names
  }

  mutating func variable() -> String {
    variables += 1
    return "v\(variables)"
  }

  // MARK: Names

  /// Every name and path to a value of a type.
  func paths(_ isWanted: (Type) -> Bool) -> [Name] {
    var found: [Name] = []
    for name in names { expand(name, depth: 0, isWanted, &found) }
    return found
  }

  private func expand(_ name: Name, depth: Int, _ isWanted: (Type) -> Bool, _ found: inout [Name]) {
    if isWanted(name.type) { found.append(name) }
    guard depth < 4, case .context(let type) = name.type.base else { return }
    let own = type.members.map { Name(text: $0.name, type: $0.type) }
    for member in own + (type.name.flatMap { derived[$0] } ?? []) {
      expand(Name(text: "\(name.text).\(member.text)", type: member.type), depth: depth + 1, isWanted, &found)
    }
  }

  /// True once in `count` times, and never where the writing is plain.
  private mutating func odd(oneIn count: Int) -> Bool { !isPlain && draw.oneIn(count) }

  /// A path of a base type; nil where none is in scope.
  mutating func path(_ type: Type) -> Name? {
    let found = paths { $0.base == type }
    return found.isEmpty ? nil : draw.pick(found)
  }

  /// Runs `body` with names added, which hide others of the same text.
  private mutating func with<T>(_ added: [Name], _ body: (inout ExpressionWriter) -> T) -> T {
    let outer = names
    let hidden = Set(added.map(\.text))
    names = names.filter { !hidden.contains($0.text) } + added
    defer { names = outer }
    return body(&self)
  }

  // MARK: By type

  mutating func text(_ type: Type, _ depth: Int) -> String {
    switch type.base {
    case .boolean: truth(depth)
    case .number: number(depth)
    case .date: date(depth)
    case .daysAndTimeDuration: length(depth)
    case .yearsAndMonthsDuration: term(depth)
    default: string(depth)
    }
  }

  static let scalars: [Type] = [.number, .number, .date, .date, .string, .daysAndTimeDuration, .yearsAndMonthsDuration]

  // MARK: Truth

  mutating func truth(_ depth: Int) -> String {
    guard depth > 0 else {
      if draw.oneIn(15) { return draw.pick(["true", "false"]) }
      return path(.boolean)?.text ?? "true"
    }
    switch draw.below(24) {
    case 0...2: return path(.boolean)?.text ?? "false"
    case 3...7: return comparison(depth)
    case 8, 9: return "(" + (0..<draw.pick([2, 2, 3])).map { _ in truth(depth - 1) }.joined(separator: " and ") + ")"
    case 10, 11: return "(" + (0..<draw.pick([2, 2, 3])).map { _ in truth(depth - 1) }.joined(separator: " or ") + ")"
    case 12: return "not(\(truth(depth - 1)))"
    case 13: return supplied()
    case 14, 15: return membership(depth)
    case 16:
      let type = draw.pick([Type.number, .date])
      return "(\(text(type, depth - 1)) between \(text(type, depth - 1)) and \(text(type, depth - 1)))"
    case 17...19: return quantifier(depth)
    case 20: return listContains(depth)
    case 21:
      let other = draw.oneIn(2) ? draw.pick(["true", "false"]) : truth(depth - 1)
      return "(\(truth(depth - 1)) \(draw.pick(["=", "!="])) \(other))"
    case 22: return "(if \(truth(depth - 1)) then \(truth(depth - 1)) else \(truth(depth - 1)))"
    default:
      guard !isPlain else { return comparison(depth) }
      return draw.pick([
        "all([\(truth(depth - 1)), \(truth(depth - 1))])", "any([\(truth(depth - 1)), \(truth(depth - 1))])",
        "(\(number(depth - 1)) instance of number)", "(opens = @\"09:30:00\")",
      ])
    }
  }

  private mutating func comparison(_ depth: Int) -> String {
    let type = draw.pick(Self.scalars)
    let op =
      type == .string && !odd(oneIn: 6) ? draw.pick(["=", "!="]) : draw.pick(["=", "!=", "<", "<=", ">", ">="])
    let left = text(type, depth - 1)
    // A quotient against a constant is what grades are made of.
    let right = draw.oneIn(2) ? text(type, 0) : text(type, depth - 1)
    return draw.oneIn(5) ? "(\(right) \(op) \(left))" : "(\(left) \(op) \(right))"
  }

  private mutating func supplied() -> String {
    let facts = SampleBook.vocabulary.types.flatMap(\.facts).map(\.name)
    let found = paths { $0.base != .time && $0.base != .any }.filter { path in
      !isPlain || facts.contains { path.text == $0 || path.text.hasSuffix(".\($0)") }
    }
    let fact = found.isEmpty ? "town" : draw.pick(found).text
    return draw.pick(["supplied(\(fact))", "(\(fact) = null)", "(\(fact) != null)", "(null = \(fact))"])
  }

  private mutating func membership(_ depth: Int) -> String {
    let type = draw.pick(Self.scalars)
    let value = text(type, draw.oneIn(2) ? 0 : depth - 1)
    if draw.oneIn(3), let list = path(.list(type)) { return "(\(value) in \(list.text))" }
    let isListed = draw.oneIn(2)
    let tests = (0..<draw.pick([1, 1, 2, 3])).map { _ in test(type, depth - 1, isListed: isListed) }
      .joined(separator: ", ")
    return isListed ? "(\(value) in [\(tests)])" : "(\(value) in (\(tests)))"
  }

  private mutating func test(_ type: Type, _ depth: Int, isListed: Bool) -> String {
    switch draw.below(type == .string ? 4 : 8) {
    case 0...2: return isListed || odd(oneIn: 2) ? text(type, 0) : constant(type)
    case 3:
      if odd(oneIn: 3) { return "[\(text(type, 0)), \(text(type, 0))]" }
      return isListed || odd(oneIn: 2) ? text(type, max(depth, 0)) : constant(type)
    case 4, 5: return draw.pick(["< ", "<= ", "> ", ">= "]) + text(type, 0)
    default:
      let ends = odd(oneIn: 4) ? (text(type, 0), text(type, 0)) : orderedConstants(type)
      return "\(draw.pick(["[", "("]))\(ends.0)..\(ends.1)\(draw.pick(["]", ")"]))"
    }
  }

  private mutating func constant(_ type: Type) -> String {
    switch type {
    case .number: draw.pick(Pools.numbers)
    case .date: draw.oneIn(3) ? "today()" : "@\"\(draw.pick(Pools.dates))\""
    case .daysAndTimeDuration: "@\"\(draw.pick(Pools.lengths))\""
    case .yearsAndMonthsDuration: "@\"\(draw.pick(Pools.terms))\""
    default: "\"\(draw.pick(Pools.texts))\""
    }
  }

  private mutating func orderedConstants(_ type: Type) -> (String, String) {
    switch type {
    case .date: ("@\"2020-12-31\"", draw.pick(["@\"2026-06-30\"", "today()"]))
    case .daysAndTimeDuration: ("@\"P0D\"", "@\"P30D\"")
    case .yearsAndMonthsDuration: ("@\"P1M\"", "@\"P18M\"")
    default: ("0.5", draw.pick(["0.5", "3", "100"]))
    }
  }

  private mutating func quantifier(_ depth: Int) -> String {
    let keyword = draw.pick(["some", "every"])
    let (list, item) = list(depth)
    let name = variable()
    if draw.oneIn(6) {
      // Through two lists at once; the second may be of the first's items.
      return with([Name(text: name, type: item)]) { writer in
        let (second, inner) = writer.list(depth - 1)
        let other = writer.variable()
        return writer.with([Name(text: other, type: inner)]) {
          "(\(keyword) \(name) in \(list), \(other) in \(second) satisfies \($0.truth(depth - 1)))"
        }
      }
    }
    return with([Name(text: name, type: item)]) {
      "(\(keyword) \(name) in \(list) satisfies \($0.truth(depth - 1)))"
    }
  }

  private mutating func listContains(_ depth: Int) -> String {
    let found = paths { $0.item.map { Self.scalars.contains($0.base) } ?? false }
    guard !found.isEmpty else { return "true" }
    let list = draw.pick(found)
    let item = list.type.item?.base ?? .string
    let text = draw.oneIn(4) ? filtered(list.text, item, depth - 1) : list.text
    return "list contains(\(text), \(self.text(item, draw.oneIn(3) ? depth - 1 : 0)))"
  }

  // MARK: Lists

  /// A list of contexts or of plain values, and the type of its items.
  mutating func list(_ depth: Int) -> (text: String, item: Type) {
    var found = paths { $0.item != nil }
    if draw.oneIn(8) { found.append(Name(text: "[\"York\", town]", type: .list(.string))) }
    // Lists of contexts are what rules are mostly about.
    let contexts = found.filter { if case .context? = $0.type.item?.base { true } else { false } }
    let list = draw.pick(draw.oneIn(4) || contexts.isEmpty ? found : contexts)
    let item = list.type.item ?? .any
    var text = list.text
    while depth > 0, draw.oneIn(2) { text = filtered(text, item, depth - 1) }
    return (text, item)
  }

  private mutating func filtered(_ list: String, _ item: Type, _ depth: Int) -> String {
    var added = [Name(text: "item", type: item)]
    if case .context(let type) = item.base {
      added += type.members.map { Name(text: $0.name, type: $0.type) }
      added += type.name.flatMap { derived[$0] } ?? []
    }
    return with(added) { "\(list)[\($0.truth(max(depth, 1)))]" }
  }

  // MARK: Numbers

  mutating func number(_ depth: Int) -> String {
    guard depth > 0 else {
      if draw.oneIn(2), let path = path(.number) { return path.text }
      return odd(oneIn: 6)
        ? draw.pick(["0.00005", "1e20", "0.33333", "922337203685477.5807"]) : draw.pick(Pools.numbers)
    }
    switch draw.below(22) {
    case 0, 1: return path(.number)?.text ?? "1"
    case 2: return draw.pick(Pools.numbers)
    case 3, 4: return "(\(number(depth - 1)) + \(number(depth - 1)))"
    case 5, 6: return "(\(number(depth - 1)) - \(number(depth - 1)))"
    case 7: return "(\(number(depth - 1)) * \(draw.oneIn(2) ? draw.pick(Pools.numbers) : number(depth - 1)))"
    case 8, 9: return "(\(number(depth - 1)) / \(draw.oneIn(2) ? draw.pick(Pools.numbers) : number(depth - 1)))"
    case 10: return "-\(path(.number)?.text ?? "1")"
    case 11...13: return "count(\(list(depth).text))"
    case 14, 15: return aggregate("sum", .number, depth)
    case 16: return aggregate(draw.pick(isPlain ? ["min", "max"] : ["min", "max", "mean"]), .number, depth)
    case 17: return "\(draw.pick(["min", "max"]))(\(number(depth - 1)), \(number(depth - 1)))"
    case 18: return "(\(date(depth - 1)) - \(date(depth - 1))).days"
    case 19 where !isPlain: return "\(date(depth - 1)).\(draw.pick(["year", "month", "day"]))"
    case 20: return "(if \(truth(depth - 1)) then \(number(depth - 1)) else \(number(depth - 1)))"
    case 21: return "(\(length(depth - 1)) / @\"P1D\")"
    default: return path(.number)?.text ?? "2"
    }
  }

  /// `sum(staff[cleared].hours)`, or of a plain list.
  private mutating func aggregate(_ function: String, _ type: Type, _ depth: Int) -> String {
    let (list, item) = list(depth)
    if case .context(let context) = item.base {
      let members = context.members.filter { $0.type.base == type }
      if !members.isEmpty { return "\(function)(\(list).\(draw.pick(members).name))" }
    }
    if item.base == type { return "\(function)(\(list))" }
    guard let path = path(.list(type)) ?? paths({ $0.item?.base == type }).first else { return text(type, 0) }
    return "\(function)(\(path.text))"
  }

  // MARK: Other scalars

  mutating func date(_ depth: Int) -> String {
    guard depth > 0 else {
      if draw.oneIn(2), let path = path(.date) { return path.text }
      if draw.oneIn(3) { return "today()" }
      let day = draw.pick(draw.oneIn(10) ? ["9999-12-31", "0001-01-01"] : Pools.dates)
      return draw.oneIn(3) ? "date(\"\(day)\")" : "@\"\(day)\""
    }
    switch draw.below(12) {
    case 0...3: return path(.date)?.text ?? "today()"
    case 4: return "today()"
    case 5, 6: return "(\(date(depth - 1)) \(draw.pick(["+", "-"])) \(term(depth - 1)))"
    case 7, 8:
      let length = odd(oneIn: 2) ? length(depth - 1) : draw.pick(["@\"P30D\"", "look_ahead", "@\"-P10D\""])
      return "(\(date(depth - 1)) \(draw.pick(["+", "-"])) \(length))"
    case 9: return "(\(odd(oneIn: 2) ? length(depth - 1) : term(depth - 1)) + \(date(depth - 1)))"
    case 10:
      return draw.oneIn(2)
        ? aggregate(draw.pick(["min", "max"]), .date, depth)
        : "\(draw.pick(["min", "max"]))(\(date(depth - 1)), \(date(depth - 1)))"
    default: return "(if \(truth(depth - 1)) then \(date(depth - 1)) else \(date(depth - 1)))"
    }
  }

  mutating func length(_ depth: Int) -> String {
    switch draw.below(depth > 0 ? 8 : 4) {
    case 0, 1: return path(.daysAndTimeDuration)?.text ?? "@\"P1D\""
    case 2, 3: return "@\"\(draw.pick(Pools.lengths))\""
    case 4, 5: return "(\(date(depth - 1)) - \(date(depth - 1)))"
    case 6 where !isPlain: return "(\(length(depth - 1)) * \(number(0)))"
    case 6, 7: return "(\(length(depth - 1)) \(draw.pick(["+", "-"])) \(length(depth - 1)))"
    default: return "@\"P1D\""
    }
  }

  mutating func term(_ depth: Int) -> String {
    switch draw.below(depth > 0 ? 6 : 4) {
    case 0, 1: return path(.yearsAndMonthsDuration)?.text ?? "@\"P1Y\""
    case 2, 3: return "@\"\(draw.pick(Pools.terms))\""
    case 4: return "(\(term(depth - 1)) \(draw.pick(["+", "-"])) \(term(depth - 1)))"
    case 5 where isPlain: return "@\"P1Y\""
    default: return "years and months duration(\(date(depth - 1)), \(date(depth - 1)))"
    }
  }

  mutating func string(_ depth: Int) -> String {
    if draw.oneIn(2), let path = path(.string) { return path.text }
    if depth > 0, odd(oneIn: 6) { return "(\(string(depth - 1)) + \(string(depth - 1)))" }
    if depth > 0, draw.oneIn(6) {
      return "(if \(truth(depth - 1)) then \(string(depth - 1)) else \(string(depth - 1)))"
    }
    return "\"\(draw.pick(Pools.texts + ["carer", "enhanced", "A", "B"]))\""
  }
}
