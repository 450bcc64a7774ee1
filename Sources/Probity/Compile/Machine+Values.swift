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
    case .apply(let applied, let operands) where operands.isEmpty:
      setValues(register, [Value?](repeating: evaluator.constant(applied), count: count))
    case .apply(let applied, let operands):
      let arePlain = operands.allSatisfy(isPlain)
      let operands = operands.map { values($0) }
      setValues(
        register,
        (0..<count).map { row in
          var known: [Value] = []
          for operand in operands {
            guard let value = operand[row] else { return nil }
            known.append(value)
          }
          return arePlain ? evaluator.remembered(applied, known) : evaluator.evaluate(applied, known)
        })
    default: break
    }
  }

  /// Whether a register's values were made of truths and numbers, or of nothing: those that equal each other are the same
  /// in every way, and few of them are often many rows'.
  private func isPlain(_ register: Int) -> Bool {
    switch program.steps[register].instruction {
    case .box, .boxTruth: true
    case .apply(_, let operands): operands.isEmpty
    case .spreadValue(let source), .gatherValue(let source): isPlain(source)
    default: false
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
  /// How many answers of one expression are kept.
  private static let mostKept = 1_024

  private let program: Program
  private var evaluator: Evaluator
  private let host: RowHost
  /// What expressions come to that have no operands.
  private var constants: [ObjectIdentifier: Value?] = [:]
  /// What other expressions came to, by their operands.
  private var kept: [ObjectIdentifier: [[Value]: Value]] = [:]
  /// How often an expression was evaluated, for tests that hold rows to what has to be done for them.
  private(set) var evaluations = 0

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
    evaluations += 1
    let (steps, memory) = (evaluator.stepsLeft, evaluator.memoryLeft)
    host.begin(operands, record: applied.record.map { operands[$0] })
    let value =
      switch applied.logic {
      case .expression(let expression): evaluator.evaluate(expression)
      case .table(let table): evaluator.evaluate(table)
      }
    // The interpreter has a budget of its own for the record. What is too much here is the same for any row, whichever
    // came before it.
    guard steps - evaluator.stepsLeft < Evaluator.defaultSteps / 2,
      memory - evaluator.memoryLeft < Evaluator.defaultMemory / 2
    else { return nil }
    return value
  }

  /// As ``evaluate(_:_:)`` for an expression without operands, which comes to the same in every row.
  func constant(_ applied: Applied) -> Value? {
    let key = ObjectIdentifier(applied)
    if let value = constants[key] { return value }
    let value = evaluate(applied, [])
    constants[key] = .some(value)
    return value
  }

  /// As ``evaluate(_:_:)`` for operands of which equal ones are the same in every way: what an expression comes to rests
  /// on nothing else, and rows that know the same, or nothing, are evaluated once.
  func remembered(_ applied: Applied, _ operands: [Value]) -> Value? {
    let key = ObjectIdentifier(applied)
    if let value = kept[key]?[operands] { return value }
    guard let value = evaluate(applied, operands) else { return nil }
    switch value {
    // A list of any length times thousands might be too much.
    case .string, .list, .context, .range, .function, .time, .dateAndTime: break
    case .null, .boolean, .number, .date, .daysAndTimeDuration, .yearsAndMonthsDuration, .unknown:
      if kept[key, default: [:]].count >= Self.mostKept { kept[key] = [:] }
      kept[key, default: [:]][operands] = value
    }
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
