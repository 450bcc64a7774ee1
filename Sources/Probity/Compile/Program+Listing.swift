import FEEL

/// A program as text, for whoever wants to know what a policy's rules come to.
extension Program {
  /// Every table and instruction, and what each rule makes of them.
  ///
  /// - Parameters:
  ///   - type: what the records are, whose facts the columns are named after.
  ///   - names: of the rules, in the program's order.
  func listing(of type: ContextType, rules names: [String]) -> String {
    var listing = Listing(self, type)
    return listing.text(names)
  }
}

private struct Listing {
  private let program: Program
  /// By table: what its rows are, where they are contexts.
  private var types: [Type]
  /// By table: what it is called.
  private var names: [String] = []

  init(_ program: Program, _ type: ContextType) {
    self.program = program
    types = []
    for table in program.tables {
      switch (table.source, table.parent) {
      case (.records(let read), let parent?):
        let path = program.layout.tables[read].path
        names.append(Self.name(of: path, in: types[parent]))
        types.append(Self.type(at: path, in: types[parent]).item ?? .any)
      case (.made(let base, _), let parent?):
        names.append("\(names[parent]) × \(names[base])")
        types.append(types[base])
      case (.listed(let register), _):
        names.append("items of r\(register)")
        types.append(.any)
      default:
        names.append("records")
        types.append(.context(type))
      }
    }
  }

  private static func type(at path: [Int], in type: Type) -> Type {
    path.reduce(type) { type, member in
      guard case .context(let context) = type.base, context.members.indices.contains(member) else { return .any }
      return context.members[member].type
    }
  }

  /// The way down from a row, by the names of the facts.
  private static func name(of path: [Int], in type: Type) -> String {
    var type = type
    var names: [String] = []
    for member in path {
      guard case .context(let context) = type.base, context.members.indices.contains(member) else { break }
      names.append(context.members[member].name)
      type = context.members[member].type
    }
    return names.isEmpty ? "item" : names.joined(separator: ".")
  }

  // MARK: Text

  mutating func text(_ rules: [String]) -> String {
    let users = users()
    var lines = ["tables"]
    for (index, table) in program.tables.enumerated() {
      let parent = table.parent.map { ", for each of t\($0)" } ?? ""
      lines.append("  t\(index)  \(names[index])\(parent)")
    }
    lines.append("registers")
    for (register, step) in program.steps.enumerated() where step.instruction != .rows {
      let rules = users[register].map { rules[$0] }
      let use = rules.count == 1 ? rules[0] : "\(rules.count) rules"
      lines.append("  r\(register)  t\(step.table)  \(words(step))\(rules.isEmpty ? "" : "  -- \(use)")")
    }
    lines.append("rules")
    for (name, rule) in zip(rules, program.rules) {
      guard let rule else {
        lines.append("  \(name): left to the interpreter")
        continue
      }
      var parts = rule.levels.map { "each of t\($0.table)" + ($0.present.map { " where r\($0)" } ?? "") }
      if let when = rule.when { parts.append("when r\(when)") }
      parts.append("require " + rule.requirements.map { "r\($0)" }.joined(separator: ", "))
      lines.append("  \(name): \(parts.joined(separator: ", "))")
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// By register, the rules whose outcome it goes into.
  private func users() -> [[Int]] {
    var users = [Set<Int>](repeating: [], count: program.steps.count)
    for (index, rule) in program.rules.enumerated() {
      guard let rule else { continue }
      for root in [rule.when].compactMap({ $0 }) + rule.requirements + rule.levels.compactMap(\.present) {
        users[root].insert(index)
      }
    }
    for register in program.steps.indices.reversed() {
      for operand in program.steps[register].instruction.operands { users[operand].formUnion(users[register]) }
    }
    return users.map { $0.sorted() }
  }

  // MARK: Instructions

  private func fact(_ table: Int, _ column: Int) -> String {
    var base = table
    if case .made(let own, _) = program.tables[table].source { base = own }
    guard case .records(let read) = program.tables[base].source else { return "item" }
    return Self.name(of: program.layout.tables[read].columns[column].path, in: types[base])
  }

  private func r(_ register: Int) -> String { "r\(register)" }

  private func rs(_ registers: [Int]) -> String { registers.map { r($0) }.joined(separator: ", ") }

  private func list(_ table: Int, _ present: Int?) -> String {
    "t\(table)" + (present.map { " where r\($0)" } ?? "")
  }

  private func cell(_ cell: UInt8) -> String {
    switch cell {
    case Cell.no: "no"
    case Cell.yes: "yes"
    case Cell.unknown: "unknown"
    case Cell.null: "null"
    case Cell.mayBeNull: "unknown, perhaps null"
    default: "hand over"
    }
  }

  private func words(_ step: Program.Step) -> String {
    switch step.instruction {
    case .rows: ""
    case .loadTruth(let table, let column), .load(let table, let column): "fact \(fact(table, column))"
    case .loadValue(let table, let column): "value of fact \(fact(table, column))"
    case .truth(let cell): self.cell(cell)
    case .constant(let value): "\(value)"
    case .blank(let state): state == Scalars.null ? "null" : state == Scalars.mayBeNull ? "perhaps null" : "hand over"
    case .spreadTruth(let a), .spread(let a), .spreadValue(let a): "\(r(a)) of the row above"
    case .gatherTruth(let a), .gather(let a), .gatherValue(let a): "\(r(a)) of the item"
    case .and(let operands): "and \(rs(operands))"
    case .or(let operands): "or \(rs(operands))"
    case .not(let a): "not \(r(a))"
    case .orNo(let a): "\(r(a)), null as no"
    case .same(let a, let b): "\(r(a)) = \(r(b))"
    case .atMostOne(let operands): "at most one of \(rs(operands))"
    case .chooseTruth(let a, let b, let c), .choose(let a, let b, let c, _): "if \(r(a)) then \(r(b)) else \(r(c))"
    case .truthWhereThere(let a, let b), .whereThere(let a, let b): "\(r(b)) where there is \(r(a))"
    case .compare(let op, let a, let b): "\(r(a)) \(op.rawValue) \(r(b))"
    case .compareTo(let op, let a, let constant): "\(r(a)) \(op.rawValue) \(self.constant(constant, of: a))"
    case .compareQuotient(let op, let a, let b, let c): "\(r(a)) / \(r(b)) \(op.rawValue) \(r(c))"
    case .isSuppliedTruth(let a), .isSuppliedNumber(let a), .isSuppliedValue(let a): "supplied \(r(a))"
    case .isSuppliedList(let table): "supplied t\(table)"
    case .isReal: "whether the item is there"
    case .isSure: "whether the item is surely there"
    case .unlessNull(let a): "hand over where \(r(a)) is null"
    case .quantify(let every, let table, let present, let body):
      "\(every ? "every" : "some") of \(list(table, present)) satisfies \(r(body))"
    case .unboxTruth(let a): "truth of \(r(a))"
    case .add(let a, let b): "\(r(a)) + \(r(b))"
    case .subtract(let a, let b): "\(r(a)) - \(r(b))"
    case .addConstant(let a, let constant): "\(r(a)) + \(constant)"
    case .scale(let a, let factor): "\(r(a)) * \(factor)"
    case .truncate(let a, let divisor): "whole of \(r(a)) / \(divisor)"
    case .multiply(let a, let b): "\(r(a)) * \(r(b))"
    case .divide(let a, let b, _): "\(r(a)) / \(r(b))"
    case .addDays(let a, let days): "\(r(a)) + \(days) days"
    case .addMonths(let a, let b): "\(r(a)) + months \(r(b))"
    case .subtractMonths(let a, let b): "\(r(a)) - months \(r(b))"
    case .extreme(let least, let a, let b): "\(least ? "least" : "greatest") of \(r(a)), \(r(b))"
    case .count(let table, let present): "count of \(list(table, present))"
    case .sum(let table, let present, let values): "sum of \(r(values)) over \(list(table, present))"
    case .extremeOf(let least, let table, let present, let values):
      "\(least ? "least" : "greatest") of \(r(values)) over \(list(table, present))"
    case .items: "the item"
    case .boxTruth(let a), .box(let a, _): "value of \(r(a))"
    case .apply(let applied, let operands): "by row, over \(rs(operands)): \(applied.text)"
    }
  }

  /// A constant that a register is compared with, as text where that is what the register holds.
  private func constant(_ value: Int64, of register: Int) -> String {
    guard case .load(let table, let column) = program.steps[register].instruction else { return "\(value)" }
    var base = table
    if case .made(let own, _) = program.tables[table].source { base = own }
    guard case .records(let read) = program.tables[base].source else { return "\(value)" }
    let kind = program.layout.tables[read].columns[column].kind
    if kind == .text, program.constants.indices.contains(Int(value)) { return "\"\(program.constants[Int(value)])\"" }
    return Machine.value(value, kind)?.description ?? "\(value)"
  }
}
