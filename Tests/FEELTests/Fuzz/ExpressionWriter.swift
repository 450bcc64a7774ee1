import FEEL

/// Writes expressions from FEEL's grammar at random, the same ones in every run.
///
/// An expression is always one of the grammar; whether it makes sense is left to chance, with names and values chosen so
/// that often enough it does.
struct ExpressionWriter {
  /// What can be written of an expression.
  enum Production: CaseIterable {
    case number, string, boolean, null, temporal, name
    case grouping, negation, arithmetic, comparison, conjunction, disjunction, between
    case membership, listOfTests, halfRange, range
    case instance, path, filter, list, context, conditional
    case loop, loopOverRange, quantifier, function, call, namedCall, builtin
  }

  private var random: Seeded
  /// Names that mean something where the writer stands, innermost last.
  private var names: [String]
  private let members: [String]
  private var variables = 0
  /// What was written at least once.
  private(set) var written: Set<Production> = []
  /// The built-ins that were called at least once.
  private(set) var called: Set<String> = []

  /// - Parameters:
  ///   - names: the names of the scope.
  ///   - members: names of entries, of which some values have some.
  init(seed: UInt64, names: [String], members: [String]) {
    random = Seeded(seed)
    self.names = names
    self.members = members
  }

  /// The next expression, of so many levels at most.
  mutating func expression(levels: Int) -> String {
    let production = levels > 0 ? pick(Production.allCases) : pick(Self.leaves)
    return write(production, levels)
  }

  /// An expression within others, one in each, so many levels deep.
  mutating func tower(levels: Int) -> String {
    var text = expression(levels: 0)
    for _ in 0..<levels {
      switch pick(0..<10) {
      case 0: text = "(\(text))"
      case 1: text = "[\(text)]"
      case 2: text = "{a: \(text)}"
      case 3: text = "-(\(text))"
      case 4: text = "if \(text) then 1 else 2"
      case 5: text = "for i in (\(text)) return i"
      case 6: text = "some s in (\(text)) satisfies s"
      case 7: text = "(\(text))[item = 1]"
      case 8: text = "count(\(text))"
      default: text = "(function(f) \(text))(1)"
      }
    }
    return text
  }

  // MARK: Choices

  private static let leaves: [Production] = [.number, .string, .boolean, .null, .temporal, .name, .name, .name]

  private mutating func pick<C: Collection>(_ choices: C) -> C.Element {
    choices.randomElement(using: &random) ?? choices[choices.startIndex]
  }

  private mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }

  /// Something that stands as an operand: in parentheses, unless nothing could take it apart.
  private mutating func operand(_ levels: Int) -> String {
    levels > 1 ? "(\(expression(levels: levels - 1)))" : write(pick(Self.leaves), 0)
  }

  private mutating func several(_ counts: ClosedRange<Int>, _ part: (inout Self) -> String) -> [String] {
    let count = Int.random(in: counts, using: &random)
    return (0..<count).map { _ in part(&self) }
  }

  private mutating func list(_ counts: ClosedRange<Int>, _ levels: Int) -> String {
    several(counts) { $0.expression(levels: levels - 1) }.joined(separator: ", ")
  }

  /// Runs `body` with names in scope.
  private mutating func binding<T>(_ new: [String], _ body: (inout Self) -> T) -> T {
    let depth = names.count
    names += new
    defer { names.removeLast(names.count - depth) }
    return body(&self)
  }

  /// A name that nothing has yet, of one word or of two.
  private mutating func newName() -> String {
    variables += 1
    return chance(30) ? "new name\(variables)" : "v\(variables)"
  }

  // MARK: Productions

  private mutating func write(_ production: Production, _ levels: Int) -> String {
    written.insert(production)
    switch production {
    case .number:
      return pick([
        "0", "1", "2", "-1", "3", "0.5", "1e3", "12.50", "1e-6000", "9.999e6144",
        "1234567890123456789012345678901234", "1000000000000000",
      ])
    case .string:
      return pick([
        #""""#, #""a""#, #""word""#, #""é\n\"x\"\\""#, #""\uD83D\uDE00 x""#, #""[a-z]+(b|c)*""#, #""2026-01-31""#,
        #""P1DT2H""#, #""12.5""#, #""10:00:00@Europe/Paris""#,
      ])
    case .boolean: return pick(["true", "false"])
    case .null: return "null"
    case .temporal:
      return pick([
        #"@"2026-02-28""#, #"@"-999999999-01-01""#, #"@"23:59:59.999Z""#, #"@"10:00:00@Europe/Paris""#,
        #"@"2024-02-29T00:00:00+14:00""#, #"@"999999999-12-31T23:59:59""#, #"@"P1Y2M""#, #"@"-P3DT4H5M6.7S""#,
        #"@"P0D""#,
      ])
    case .name: return pick(names)
    case .grouping: return "(\(expression(levels: levels - 1)))"
    case .negation: return "-\(operand(levels))"
    case .arithmetic: return "\(operand(levels)) \(pick(["+", "-", "*", "/", "**"])) \(operand(levels))"
    case .comparison: return "\(operand(levels)) \(pick(["=", "!=", "<", "<=", ">", ">="])) \(operand(levels))"
    case .conjunction: return several(2...3) { $0.operand(levels) }.joined(separator: " and ")
    case .disjunction: return several(2...3) { $0.operand(levels) }.joined(separator: " or ")
    case .between: return "\(operand(levels)) between \(operand(levels)) and \(operand(levels))"
    case .membership: return "\(operand(levels)) in \(operand(levels))"
    case .listOfTests:
      let tests = several(2...3) { writer in
        writer.pick([writer.write(.halfRange, levels), writer.write(.range, levels), writer.operand(levels)])
      }
      return "\(operand(levels)) in (\(tests.joined(separator: ", ")))"
    case .halfRange: return "(\(pick(["<", "<=", ">", ">=", "=", "!="])) \(operand(levels)))"
    case .range:
      let range = "\(operand(levels))..\(operand(levels))\(pick(["]", ")", "["]))"
      // A `]` after a `[` would end an empty list.
      return chance(30) ? "(]\(range))" : pick(["[", "("]) + range
    case .instance: return "\(operand(levels)) instance of \(type(levels))"
    case .path: return "\(operand(levels)).\(pick(members))"
    case .filter:
      let list = operand(levels)
      return "\(list)[\(binding(["item"]) { $0.expression(levels: levels - 1) })]"
    case .list: return "[\(list(0...3, levels))]"
    case .context: return context(levels)
    case .conditional:
      let parts = (0..<3).map { _ in expression(levels: levels - 1) }
      return "if \(parts[0]) then \(parts[1]) else \(parts[2])"
    case .loop, .loopOverRange, .quantifier: return iteration(production, levels)
    case .function:
      let parameters = several(0...2) { $0.newName() }
      let typed = parameters.map { chance(30) ? "\($0): \(type(levels))" : $0 }
      return "function(\(typed.joined(separator: ", "))) \(binding(parameters) { $0.expression(levels: levels - 1) })"
    case .call: return "(\(write(.function, levels)))(\(list(0...2, levels)))"
    case .namedCall, .builtin: return call(named: production == .namedCall, levels)
    }
  }

  private mutating func context(_ levels: Int) -> String {
    let depth = names.count
    defer { names.removeLast(names.count - depth) }
    let entries = several(0...3) { writer in
      let name = writer.newName()
      let value = writer.expression(levels: levels - 1)
      writer.names.append(name)
      return writer.chance(20) ? "\"\(name)\": \(value)" : "\(name): \(value)"
    }
    return "{\(entries.joined(separator: ", "))}"
  }

  private mutating func iteration(_ production: Production, _ levels: Int) -> String {
    let depth = names.count
    defer { names.removeLast(names.count - depth) }
    let iterators = several(1...2) { writer in
      let name = writer.newName()
      let domain = writer.operand(levels)
      let end = production == .loopOverRange ? "..\(writer.operand(levels))" : ""
      writer.names.append(name)
      return "\(name) in \(domain)\(end)"
    }.joined(separator: ", ")
    if production == .quantifier {
      return "\(pick(["some", "every"])) \(iterators) satisfies \(expression(levels: levels - 1))"
    }
    return "for \(iterators) return \(binding(["partial"]) { $0.expression(levels: levels - 1) })"
  }

  /// A call of a built-in, mostly with as many arguments as it takes.
  private mutating func call(named: Bool, _ levels: Int) -> String {
    let name = pick(BuiltinLibrary.names)
    called.insert(name)
    guard let signature = BuiltinLibrary[name].map({ pick($0.signatures) }) else { return "null" }
    let parameters = signature.parameters.filter { !$0.isOptional || chance(50) }
    if named, !parameters.isEmpty, !signature.isVariadic {
      let arguments = parameters.map { "\($0.name): \(argument(of: $0.type, levels))" }
      return "\(name)(\(arguments.joined(separator: ", ")))"
    }
    var arguments = parameters.map { argument(of: $0.type, levels) }
    if chance(5) { arguments.append(expression(levels: levels - 1)) }
    return "\(name)(\(arguments.joined(separator: ", ")))"
  }

  /// Mostly something of a type.
  private mutating func argument(of type: Type, _ levels: Int) -> String {
    guard chance(60) else { return expression(levels: levels - 1) }
    switch type.base {
    case .boolean: return write(pick([.boolean, .comparison]), levels)
    case .number: return write(pick([.number, .arithmetic]), levels)
    case .string: return write(.string, levels)
    case .list(let item):
      let items = several(0...3) { $0.argument(of: item, max(levels - 1, 1)) }
      return "[\(items.joined(separator: ", "))]"
    case .range: return write(.range, levels)
    case .context: return context(max(levels, 1))
    case .function: return write(.function, max(levels, 1))
    case .date, .time, .dateAndTime, .daysAndTimeDuration, .yearsAndMonthsDuration: return write(.temporal, levels)
    case .any, .null, .restricted: return expression(levels: levels - 1)
    }
  }

  private mutating func type(_ levels: Int) -> String {
    let simple = [
      "Any", "Null", "boolean", "number", "string", "date", "time", "date and time", "days and time duration",
      "years and months duration",
    ]
    guard levels > 1 else { return pick(simple) }
    switch pick(0..<6) {
    case 0: return "list<\(type(levels - 1))>"
    case 1: return "range<\(type(levels - 1))>"
    case 2: return "context<a: \(type(levels - 1)), full name: \(type(levels - 1))>"
    case 3: return "function<\(type(levels - 1))> -> \(type(levels - 1))"
    default: return pick(simple)
    }
  }
}
