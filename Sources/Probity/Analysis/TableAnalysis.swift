import Diagnostics
import FEEL

/// Looks through everything a decision table can be asked, and says what no row answers and where rows get in each
/// other's way.
///
/// Inputs are sorted into cases (``InputCases``), and each row is known to match a case, not to match it, or perhaps to
/// match it. What is found holds for certain, as long as inputs do not depend on one another; what cannot be said for
/// certain is not reported.
struct TableAnalysis {
  /// Inputs that no row matches.
  struct Gap: Hashable {
    /// For each input the cases that it goes through.
    var cases: [Bits]
  }

  /// Two rows that match the same inputs, where they must not.
  struct Overlap: Hashable {
    var rows: [Int]
    var cases: [Bits]
  }

  /// A row that makes no difference.
  enum Idle: Hashable {
    /// No input that is allowed passes the test of this column.
    case neverMatches(column: Int)
    /// Rows that count before it match whatever it matches: this one alone, or several together.
    case hidden(by: Int?)
    /// Without it the table would give the same.
    case redundant
  }

  /// How many gaps and how many overlaps are remembered.
  static let listLimit = 100
  /// How many combinations of cases are looked at.
  static let workLimit = 100_000
  /// How many pairs of rows are looked at.
  static let pairLimit = 2_000_000

  private(set) var gaps: [Gap] = []
  private(set) var overlaps: [Overlap] = []
  /// By row.
  private(set) var idle: [Int: Idle] = [:]
  /// Whether a search was given up, so that there may be more to be found.
  private(set) var isCutShort = false

  let columns: [InputCases]
  private let table: DecisionTable
  /// By column and case: the rows that match for certain, and those that may.
  private let sure: [[Bits]]
  private let possible: [[Bits]]
  /// By row and column: the cases in which it matches for certain, and in which it may.
  private let sureCases: [[Bits]]
  private let possibleCases: [[Bits]]
  /// Those of them in which it may give its result alone: what a missing input may turn out to be is among the others.
  private let ownCases: [[Bits]]
  /// By column: the rows that match whatever this input and all further ones are.
  private let open: [Bits]
  private var work = 0

  /// - Parameters:
  ///   - columns: the cases of each input.
  ///   - evaluator: knows what the cells read of the host.
  init(_ table: DecisionTable, columns: [InputCases], evaluator: Evaluator) {
    self.table = table
    self.columns = columns
    let rows = table.rows.indices
    var sureCases: [[Bits]] = rows.map { _ in [] }
    var possibleCases: [[Bits]] = rows.map { _ in [] }
    for (column, cases) in columns.enumerated() {
      // Most cells of a column are alike.
      var known: [String: (sure: Bits, possible: Bits)] = [:]
      for row in rows {
        let tests = table.rows[row].tests[column]
        let text = tests.source.text
        let answer = known[text] ?? Self.answers(tests, cases, evaluator)
        known[text] = answer
        sureCases[row].append(answer.sure)
        possibleCases[row].append(answer.possible)
      }
    }
    self.sureCases = sureCases
    self.possibleCases = possibleCases
    ownCases = rows.map { row in
      columns.indices.map { column in
        Bits(count: columns[column].cases.count) { index in
          possibleCases[row][column].contains(index)
            && (!columns[column].cases[index].isMissing || sureCases[row][column].contains(index))
        }
      }
    }
    func rowsByCase(_ answers: [[Bits]]) -> [[Bits]] {
      columns.indices.map { column in
        columns[column].cases.indices.map { index in
          Bits(count: rows.count) { answers[$0][column].contains(index) }
        }
      }
    }
    sure = rowsByCase(sureCases)
    possible = rowsByCase(possibleCases)
    open = (0...columns.count).map { column in
      Bits(count: rows.count) { row in table.rows[row].tests[column...].allSatisfy(\.matchesAnything) }
    }
    run()
  }

  private static func answers(
    _ tests: CheckedTests, _ cases: InputCases, _ evaluator: Evaluator
  ) -> (sure: Bits, possible: Bits) {
    let count = cases.cases.count
    if tests.matchesAnything || !cases.isListed {
      let all = Bits(count: count) { _ in true }
      return (tests.matchesAnything ? all : Bits(count: count), all)
    }
    var sure = Bits(count: count)
    var possible = Bits(count: count)
    for (index, inputs) in cases.cases.enumerated() {
      switch Truth(evaluator.evaluate(tests, input: inputs.value)) {
      case .yes:
        sure.insert(index)
        possible.insert(index)
      case .unknown: possible.insert(index)
      case .no, .null: break
      }
    }
    return (sure, possible)
  }

  private mutating func run() {
    guard !table.rows.isEmpty, !columns.isEmpty else { return }
    for row in table.rows.indices {
      if let column = columns.indices.first(where: { ownCases[row][$0].isEmpty }) {
        idle[row] = .neverMatches(column: column)
      }
    }
    switch table.hitPolicy {
    case .unique, .any, .first, .priority:
      if table.outputs.allSatisfy({ $0.defaultValue == nil }) { findGaps() }
    case .collect, .ruleOrder, .outputOrder: break
    }
    switch table.hitPolicy {
    case .unique, .any: findOverlaps()
    case .first, .priority: findHidden()
    case .collect, .ruleOrder, .outputOrder: break
    }
  }

  private mutating func isSpent() -> Bool {
    work += 1
    if work > Self.workLimit { isCutShort = true }
    return work > Self.workLimit
  }

  // MARK: Gaps

  private mutating func findGaps() {
    let all = Bits(count: table.rows.count) { _ in true }
    var answered: Set<[Bits]> = []
    _ = findGaps(from: 0, left: all, chosen: [], &answered)
  }

  /// Goes through the cases of one input after the other with the rows that may still match; true where some inputs
  /// are left without any.
  private mutating func findGaps(
    from column: Int, left: Bits, chosen: [Bits], _ answered: inout Set<[Bits]>
  ) -> Bool {
    if left.isEmpty {
      guard gaps.count < Self.listLimit else { return true }
      gaps.append(
        Gap(cases: chosen + columns[column...].map { cases in Bits(count: cases.cases.count) { _ in true } }))
      return true
    }
    guard column < columns.count, left.isDisjoint(with: open[column]), gaps.count < Self.listLimit else {
      return false
    }
    let state = [Bits(count: columns.count) { $0 == column }, left]
    guard !answered.contains(state), !isSpent() else { return false }
    var found = false
    for (rest, cases) in groups(of: column, left) {
      if findGaps(from: column + 1, left: rest, chosen: chosen + [cases], &answered) { found = true }
    }
    if !found { answered.insert(state) }
    return found
  }

  /// The cases of a column, those together that leave the same rows, in the order of the cases.
  ///
  /// A missing input that may turn out to be anything leaves no gap of its own, and of null the table gives null.
  private func groups(of column: Int, _ left: Bits) -> [(rest: Bits, cases: Bits)] {
    let cases = columns[column].cases
    let present = Bits(count: table.rows.count) { row in
      cases.indices.contains { cases[$0].isPresent && possibleCases[row][column].contains($0) }
    }
    var order: [Bits] = []
    var groups: [Bits: Bits] = [:]
    for index in cases.indices where !cases[index].value.isNull {
      let rest = left.intersection(possible[column][index])
      if cases[index].isMissing, rest == left.intersection(present) { continue }
      if groups[rest] == nil { order.append(rest) }
      groups[rest, default: Bits(count: cases.count)].insert(index)
    }
    return order.compactMap { rest in groups[rest].map { (rest, $0) } }
  }

  // MARK: Overlaps

  private mutating func findOverlaps() {
    var pairs = 0
    for row in table.rows.indices {
      for other in 0..<row {
        pairs += 1
        guard pairs <= Self.pairLimit else {
          isCutShort = true
          return
        }
        let shared = columns.indices.map { sureCases[row][$0].intersection(sureCases[other][$0]) }
        guard shared.allSatisfy({ !$0.isEmpty }) else { continue }
        if table.hitPolicy == .any {
          guard let same = haveSameOutputs(row, other) else { continue }
          if same {
            let isWithin = columns.indices.allSatisfy { possibleCases[row][$0].isSubset(of: sureCases[other][$0]) }
            if isWithin, idle[row] == nil { idle[row] = .redundant }
            continue
          }
        }
        guard overlaps.count < Self.listLimit else {
          isCutShort = true
          return
        }
        overlaps.append(Overlap(rows: [other, row], cases: shared))
      }
    }
  }

  /// Whether two rows give the same; nil where that depends on the record.
  private func haveSameOutputs(_ row: Int, _ other: Int) -> Bool? {
    var answer: Bool? = true
    for (a, b) in zip(table.rows[row].outputs, table.rows[other].outputs) {
      if case .constant(let x) = a.root.kind, case .constant(let y) = b.root.kind {
        if x != y { return false }
      } else if a.source.trimmed.text != b.source.trimmed.text {
        answer = nil
      }
    }
    return answer
  }

  // MARK: Rows that make no difference

  private mutating func findHidden() {
    for row in table.rows.indices where idle[row] == nil {
      let above = Bits(count: table.rows.count) { $0 != row && isPreferred($0, to: row) }
      var hidden: Set<[Bits]> = []
      if !isReachable(row, from: 0, past: above, &hidden) {
        idle[row] = .hidden(
          by: above.members.first { other in
            columns.indices.allSatisfy { ownCases[row][$0].isSubset(of: sureCases[other][$0]) }
          })
      } else if table.hitPolicy == .first {
        let all = Bits(count: table.rows.count) { $0 != row }
        var same: Set<[Bits]> = []
        if !matters(row, from: 0, sure: all, possible: all, &same) { idle[row] = .redundant }
      }
    }
  }

  /// Whether a row counts before another where both match.
  private func isPreferred(_ other: Int, to row: Int) -> Bool {
    guard table.hitPolicy == .priority else { return other < row }
    for (index, output) in table.outputs.enumerated() {
      guard let allowed = output.allowed else { continue }
      guard case .constant(let mine) = table.rows[row].outputs[index].root.kind,
        case .constant(let theirs) = table.rows[other].outputs[index].root.kind,
        let rank = allowed.firstIndex(of: mine), let otherRank = allowed.firstIndex(of: theirs)
      else { return false }
      if rank != otherRank { return otherRank < rank }
    }
    return false
  }

  /// Whether a row matches something that none of the rows which count before it match for certain.
  ///
  /// Where an input is missing, a row that may match counts as one that does: the row behind it is never reached alone.
  private mutating func isReachable(
    _ row: Int, from column: Int, past others: Bits, _ hidden: inout Set<[Bits]>
  ) -> Bool {
    if others.isEmpty { return true }
    guard column < columns.count, others.isDisjoint(with: open[column]) else { return false }
    let state = [Bits(count: columns.count) { $0 == column }, others]
    if hidden.contains(state) { return false }
    // What is not known to be hidden counts as reachable.
    if isSpent() { return true }
    for index in ownCases[row][column].members {
      let rest = others.intersection((columns[column].cases[index].isMissing ? possible : sure)[column][index])
      if isReachable(row, from: column + 1, past: rest, &hidden) { return true }
    }
    hidden.insert(state)
    return false
  }

  /// Whether a `first` table without this row gives something else for some inputs.
  private mutating func matters(
    _ row: Int, from column: Int, sure: Bits, possible: Bits, _ same: inout Set<[Bits]>
  ) -> Bool {
    guard column < columns.count else {
      for other in possible.members {
        if other < row {
          if sure.contains(other) { return false }
          continue
        }
        if haveSameOutputs(row, other) != true { return true }
        if sure.contains(other) { return false }
      }
      // Without it nothing, or the default, is given.
      let defaults = table.outputs.map(\.defaultValue)
      let own = table.rows[row].outputs.map {
        if case .constant(let value) = $0.root.kind { value } else { Value?.none }
      }
      return defaults.contains { $0 == nil } || own.contains { $0 == nil } || defaults != own
    }
    let state = [Bits(count: columns.count) { $0 == column }, sure, possible]
    if same.contains(state) { return false }
    if isSpent() { return true }
    for index in ownCases[row][column].members {
      if matters(
        row, from: column + 1, sure: sure.intersection(self.sure[column][index]),
        possible: possible.intersection(self.possible[column][index]), &same)
      {
        return true
      }
    }
    same.insert(state)
    return false
  }
}
