import FEEL

/// Registers of values.
extension Machine {
  func runValues(_ instruction: Instruction, into register: Int, _ count: Int) {
    let table = table(of: register)
    switch instruction {
    case .loadValue(let from, let column):
      let (base, items) = base(of: from)
      guard case .records(let read) = program.tables[base].source, let values = batch.tables[read].values[column]
      else { return setValues(register, [Value?](repeating: nil, count: count)) }
      setValues(register, items.map { items in (0..<count).map { values[Int(items[$0])] } } ?? values)
    case .spreadValue(let source):
      let values = values(source)
      let above = ancestors(of: table, self.table(of: source))
      setValues(register, (0..<count).map { values[Int(above[$0])] })
    case .gatherValue(let source):
      let values = values(source)
      setValues(register, rows[table].items.buffer.map { values[Int($0)] })
    case .items: setValues(register, rows[table].values)
    case .boxTruth(let operand):
      let cells = truths(operand)
      setValues(register, (0..<count).map { Self.value(cells[$0]) })
    case .box(let operand, let kind):
      let numbers = numbers(operand)
      setValues(register, (0..<count).map { Self.value(Quantity(numbers, $0), kind) })
    case .apply(let applied, let operands):
      let operands = operands.map { values($0) }
      setValues(
        register,
        (0..<count).map { row in
          var row = operands.map { $0[row] }[...]
          var known: [Value] = []
          while let value = row.popFirst() {
            guard let value else { return nil }
            known.append(value)
          }
          return evaluator.evaluate(applied, known)
        })
    default: break
    }
  }

  /// What is unknown, where it does not matter which facts it rests on.
  private static let unknown = Unknown(missing: [])
  private static let mayBeNull = unknown.failing

  static func value(_ cell: UInt8) -> Value? {
    switch cell {
    case Cell.no: .boolean(false)
    case Cell.yes: .boolean(true)
    case Cell.unknown: .unknown(unknown)
    case Cell.null: .null
    case Cell.mayBeNull: .unknown(mayBeNull)
    default: nil
    }
  }

  static func value(_ number: Quantity, _ kind: Layout.Kind) -> Value? {
    if let known = number.known { return value(known, kind) }
    if number.state == Scalars.null { return .null }
    if number.state == Scalars.mayBeNull { return .unknown(mayBeNull) }
    guard number.isOrdinary else { return nil }
    if number.state == 0 { return .unknown(unknown) }
    return .unknown(
      unknown.bounded(
        lower: number.low.flatMap { value($0, kind) }, upper: number.high.flatMap { value($0, kind) }))
  }

  /// A number of a kind as a value; nil where it has none.
  static func value(_ whole: Int64, _ kind: Layout.Kind) -> Value? {
    switch kind {
    case .number: Number(coefficient: Int(whole), exponent: -4).map { .number($0) }
    case .date: CivilDate(dayNumber: Int(whole)).map { .date($0) }
    case .yearsAndMonths: .yearsAndMonthsDuration(YearsAndMonthsDuration(months: Int(whole)))
    case .daysAndTime: .daysAndTimeDuration(DaysAndTimeDuration(seconds: Int(whole)))
    case .truth, .text, .presence, .value, .span: nil
    }
  }
}

/// Evaluates expressions for rows, one after the other.
final class RowEvaluator {
  private let program: Program
  private var evaluator: Evaluator
  private let host: RowHost

  init(_ program: Program) {
    self.program = program
    host = RowHost(program)
    evaluator = Evaluator(host: host, asOf: program.asOf, zones: program.zones)
  }

  /// Begins anew, as with every batch: what a row comes to must not rest on the work that others took.
  func renew() { evaluator = Evaluator(host: host, asOf: program.asOf, zones: program.zones) }

  /// What an expression comes to over its operands; nil where the row is to be handed over.
  func evaluate(_ applied: Applied, _ operands: [Value]) -> Value? {
    if evaluator.stepsLeft < Evaluator.defaultSteps / 2 || evaluator.memoryLeft < Evaluator.defaultMemory / 2 {
      renew()
    }
    host.begin(operands, record: applied.record.map { operands[$0] })
    let value =
      switch applied.logic {
      case .expression(let expression): evaluator.evaluate(expression)
      case .table(let table): evaluator.evaluate(table)
      }
    // The interpreter has a budget of its own for the record.
    if case .null(let failure?) = value, failure.reason == .workLimit { return nil }
    return value
  }

  func isSupplied(_ value: Value) -> Bool { Evaluator.isSupplied(value) }
}

/// Gives an expression the operands of one row.
private final class RowHost: Host {
  private let program: Program
  private var operands: [Value] = []
  /// What is derived of things within values, where the expression may ask for it.
  private var record: RecordHost?

  init(_ program: Program) { self.program = program }

  func begin(_ operands: [Value], record: Value?) {
    self.operands = operands
    if case .context(let facts)? = record {
      self.record = RecordHost(book: program.book, parameters: program.parameters, record: facts)
    } else {
      self.record = nil
    }
  }

  func value(of binding: Int, in evaluator: Evaluator) -> Value {
    if case .operand(let index) = Binding(number: binding) { return operands[index] }
    return record?.value(of: binding, in: evaluator) ?? .null
  }

  func derived(_ index: Int, of context: Context, in evaluator: Evaluator) -> Value {
    record?.derived(index, of: context, in: evaluator) ?? .null
  }
}
