import Diagnostics
import FEEL

/// What columns do not cover: expressions over values, row by row. Whatever can be computed in columns below such an
/// expression is, and is handed to it.
extension Compiler {
  /// A register of a node's values; nil where it comes to more than may be spent on it.
  mutating func boxed(_ node: Node) -> Register? { remembered(node, nil) { $0.compileBoxed(node) } }

  private mutating func compileBoxed(_ node: Node) -> Register? {
    operand(node) ?? applied(node)
  }

  /// The register of a value that is known without going through the expression that asks for it.
  private mutating func operand(_ node: Node) -> Register? {
    if case .value(_, let register)? = local(node) { return register }
    let kind = Layout.Kind(node.type)
    if kind == .truth, let truth = columnar(node) { return emit(.boxTruth(truth.index), table: truth.table) }
    if let kind, kind != .truth, kind != .text, let number = scalar(node, kind) {
      return emit(.box(number.index, kind), table: number.table)
    }
    if let location = location(of: node) { return load(location, .value, node.type) }
    guard case .host = node.kind else { return nil }
    return named(node, nil) { compiler, logic in
      switch logic {
      case .expression(let expression): compiler.within(expression) { $0.boxed($1) }
      case .table(let table): compiler.applied(table)
      }
    }
  }

  // MARK: Expressions

  private mutating func applied(_ node: Node) -> Register? {
    var operands = Operands(bound: node.boundSlots)
    let part = node.replacing { self.replacement(for: $0, isWhole: $0 == node, &operands) }
    return applied(.expression(CheckedExpression(part: part)), text(of: node), &operands)
  }

  private mutating func applied(_ table: DecisionTable) -> Register? {
    let roots =
      table.inputs.map(\.expression.root) + table.rows.flatMap { $0.tests.map(\.root) + $0.outputs.map(\.root) }
    // Each has a frame of its own, but a slot that one of them binds is nowhere anybody else's.
    var operands = Operands(bound: roots.reduce(into: []) { $0.formUnion($1.boundSlots) })
    let part = table.replacing { self.replacement(for: $0, isWhole: false, &operands) }
    return applied(.table(part), "table \(table.outputs.map(\.name).joined(separator: ", "))", &operands)
  }

  private mutating func applied(
    _ logic: Applied.Logic, _ text: String, _ operands: inout Operands
  ) -> Register? {
    guard operands.isComplete else { return nil }
    var record: Int?
    if operands.needsRecord {
      record = operands.add(load(.record, .value, .any))
    }
    guard let (registers, table) = aligned(operands.registers + [emit(.truth(Cell.yes), table: 0)]) else { return nil }
    let applied = Applied(logic, record: record, text: text, constants: operands.constants)
    return emit(.apply(applied, Array(registers.dropLast())), table: table)
  }

  /// What an expression takes from registers.
  private struct Operands {
    /// The variables that are bound within it.
    let bound: Set<Int>
    var registers: [Register] = []
    var constants: [Value] = []
    /// Whether it asks for a decision of something within a value.
    var needsRecord = false
    /// Whether all is at hand that it takes from outside.
    var isComplete = true

    init(bound: Set<Int>) { self.bound = bound }

    mutating func add(_ register: Register) -> Int {
      if let index = registers.firstIndex(of: register) { return index }
      registers.append(register)
      return registers.count - 1
    }
  }

  /// What stands for a node of an expression; nil to look at the nodes below it.
  ///
  /// - Parameter isWhole: whether it is the expression itself, which is no operand.
  private mutating func replacement(for node: Node, isWhole: Bool, _ operands: inout Operands) -> Node.Replacement? {
    if case .constant = node.kind { return nil }
    let isOwn = node.contains { node in
      switch node.kind {
      case .local(let slot): operands.bound.contains(slot)
      case .dynamicName(_, let items, _): !operands.bound.isDisjoint(with: items)
      default: false
      }
    }
    if isOwn {
      if case .derived = node.kind { operands.needsRecord = true }
      return nil
    }
    if let value = fixed(node) {
      operands.constants.append(value)
      return .constant(value)
    }
    // What is known of the items of a missing list goes by how it is written.
    if case .member = node.kind, node.type.item?.allowedValues != nil { return nil }
    if !isWhole, let register = operand(node) { return .host(Binding.operand(operands.add(register)).number) }
    switch node.kind {
    case .local, .host, .dynamicName: operands.isComplete = false
    case .derived: operands.needsRecord = true
    default: break
    }
    return nil
  }

  /// A constant, or a parameter that has no value.
  private func fixed(_ node: Node) -> Value? {
    if let value = constant(node) { return value }
    if case .host(let number) = node.kind, case .parameter = Binding(number: number) { return .null }
    return nil
  }

  /// What was written, for whoever looks at the program.
  private func text(of node: Node) -> String {
    let bytes = source.text.utf8
    guard let start = bytes.index(bytes.startIndex, offsetBy: node.range.lowerBound, limitedBy: bytes.endIndex),
      let end = bytes.index(bytes.startIndex, offsetBy: node.range.upperBound, limitedBy: bytes.endIndex), start <= end
    else { return "…" }
    return String(decoding: bytes[start..<end], as: UTF8.self)
  }
}
