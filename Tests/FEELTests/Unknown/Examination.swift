import Diagnostics
import FEEL

/// One expression, evaluated in every world over the facts it speaks of.
struct Examination {
  /// What is wrong, each with the world it was found in; empty for a sound evaluator.
  var faults: [String] = []
  /// Worlds with facts missing in which every completion agrees and the evaluator does not say so.
  var undecided: [String] = []
  /// Worlds with facts missing that the evaluator decided.
  var decided = 0

  private let values: [Value?]
  /// For every world the values that its completions give, each once.
  private var outcomes: [[Value]]

  /// Examines an expression; nil where the checker refuses it.
  init?(_ text: String, over space: WorldSpace) {
    var diagnostics = Diagnostics()
    let expression = CheckedExpression(
      checking: SourceText(text, file: FileID(rawValue: 0)), in: RecordScope(SmallRecord.type),
      into: &diagnostics)
    if diagnostics.hasErrors { return nil }
    self.init(over: space) { $0.evaluate(expression) }
  }

  init(over space: WorldSpace, evaluate: (Evaluator) -> Value) {
    let asOf = CivilDate(year: 2026, month: 6, day: 30)!
    values = space.entries.map { entry in
      entry.map { evaluate(Evaluator(host: RecordHost($0.record), asOf: asOf)) }
    }
    outcomes = [[Value]](repeating: [], count: values.count)
    // A fact filled in gives a higher number, so that a world's completions are known before it.
    for number in space.entries.indices.reversed() {
      guard let entry = space.entries[number], let value = values[number] else { continue }
      if entry.absent.isEmpty {
        outcomes[number] = [value]
        if value.isOpen { fault("is unknown", value, entry) }
        continue
      }
      outcomes[number] = union(entry.filled)
      judge(number, entry, value, space)
    }
  }

  private func union(_ numbers: [Int]) -> [Value] {
    var all: [Value] = []
    var seen: Set<Value> = []
    for number in numbers {
      for value in outcomes[number] where seen.insert(value).inserted { all.append(value) }
    }
    return all
  }

  private mutating func fault(_ what: String, _ value: Value, _ entry: WorldSpace.Entry) {
    faults.append("\(what): \(value.literal) with \(entry.world.description)")
  }

  private mutating func judge(_ number: Int, _ entry: WorldSpace.Entry, _ value: Value, _ space: WorldSpace) {
    if let missed = outcomes[number].first(where: { !value.covers($0) }) {
      fault("leaves out \(missed.literal)", value, entry)
    }
    guard value.isOpen else {
      decided += 1
      return
    }
    let missing = value.missing
    if missing.isEmpty { fault("rests on nothing", value, entry) }
    if missing.contains(where: { entry.absent[$0] == nil }) { fault("rests on a fact that is there", value, entry) }
    if outcomes[number].count == 1, entry.absent.values.allSatisfy({ $0.isExhaustive }) {
      undecided.append("\(outcomes[number][0].literal) with \(entry.world.description)")
    }
    let cells = Set(missing.compactMap { entry.absent[$0] })
    // With all that is said to be missing supplied, it has to be known.
    var supplied = [number]
    for cell in space.used where cells.contains(cell) { supplied = supplied.flatMap { space.filling(cell, in: $0) } }
    if let still = supplied.first(where: { (values[$0]?.isOpen ?? false) && !hasNewItems($0, number, space) }) {
      fault("also needs more than \(cells.map(\.name).sorted())", values[still] ?? .null, entry)
    }
  }

  /// Whether a world differs from another by a list whose items have facts of their own.
  private func hasNewItems(_ number: Int, _ other: Int, _ space: WorldSpace) -> Bool {
    space.entries[number]?.world.cells[Cell.items.rawValue] != space.entries[other]?.world.cells[Cell.items.rawValue]
  }
}
