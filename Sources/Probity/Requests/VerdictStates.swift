import FEEL

/// What a verdict table can still come to: the counts that it sees, no finer than it tells them apart.
///
/// A state has the counts of the entries that the table reads. Where a table only compares an entry with constants,
/// counts beyond the largest of them are one: the number of states does not grow with the number of findings.
final class VerdictStates {
  typealias State = [Int32]

  /// More states than this are not gone through: whatever is open then counts as able to change the verdict.
  static let mostStates = 4_000

  private let policy: Policy
  private let table: DecisionTable
  private let asOf: CivilDate
  private let zones: any ZoneRules
  /// The entries (by name of the counts, then severity) that the table reads, and the largest count told apart of each.
  private let entries: [(entry: Int, cap: Int32)]
  private let positions: [Int: Int]
  private var verdicts: [State: Int] = [:]
  private var known: [Verdict?: Int] = [:]

  init?(_ policy: Policy, asOf: CivilDate, zones: any ZoneRules) {
    guard let table = policy.verdict else { return nil }
    self.policy = policy
    self.table = table
    self.asOf = asOf
    self.zones = zones
    entries = Thresholds(of: table).entries
    positions = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.entry, $0) })
  }

  /// No findings yet.
  var start: State { entries.map { _ in 0 } }

  /// The position that a finding adds to, nil where the table does not see it.
  func effect(of outcome: Outcome, _ severity: Severity, isWaived: Bool) -> Int? {
    positions[VerdictCounts.entry(of: isWaived ? nil : outcome, severity)]
  }

  func add(_ effect: Int?, to state: inout State) {
    guard let effect, state[effect] < entries[effect].cap else { return }
    state[effect] += 1
  }

  func adding(_ effect: Int?, to state: State) -> State {
    var state = state
    add(effect, to: &state)
    return state
  }

  /// A number for each verdict that there is.
  func verdict(_ state: State) -> Int {
    if let number = verdicts[state] { return number }
    var counts = VerdictCounts.Tally()
    for (position, entry) in entries.enumerated() { counts.add(Int(state[position]), toEntry: entry.entry) }
    let verdict = policy.verdict(on: counts, asOf: asOf, zones: zones)
    let number = known[verdict] ?? known.count
    known[verdict] = number
    verdicts[state] = number
    return number
  }

  // MARK: What can be reached

  /// Every state to which open findings may lead; nil where there are too many.
  ///
  /// - Parameters:
  ///   - start: with what is decided.
  ///   - findings: for each kind of open finding what one of them may add, and how many there are; nil for any number.
  func reachable(from start: State, _ findings: [(effects: Set<Int?>, count: Int?)]) -> Set<State>? {
    var states: Set<State> = [start]
    for (effects, count) in findings {
      if effects == [nil] { continue }
      var left = count ?? Int.max
      // Any number of findings: none of them, and so nothing, may come of it too.
      let effects = count == nil ? effects.union([nil]) : effects
      while left > 0 {
        left -= 1
        let next = Set(states.flatMap { state in effects.map { adding($0, to: state) } })
        if next.count > Self.mostStates { return nil }
        if next == states { break }
        if count == nil,
          next.contains(where: { state in
            entries.indices.contains { entries[$0].cap == .max && state[$0] > Self.beyondAnyCount }
          })
        {
          return nil
        }
        states = next
      }
    }
    return states
  }

  /// How many findings of one list that is missing are gone through where a table tells all counts apart.
  private static let beyondAnyCount: Int32 = 50
}

/// The entries that a table reads, and up to which count it can tell them apart.
private struct Thresholds {
  private var caps: [Int: Int32] = [:]
  private var totals: [Int: Int32] = [:]

  init(of table: DecisionTable) {
    for (column, input) in table.inputs.enumerated() {
      if let (name, severity) = Self.entry(input.expression.root) {
        let cap = Self.largest(table.rows.lazy.compactMap { column < $0.tests.count ? $0.tests[column] : nil })
        note(name, severity, cap: cap)
      } else {
        visit(input.expression.root)
      }
    }
    for row in table.rows {
      for test in row.tests { visit(test.root) }
      for output in row.outputs { visit(output.root) }
    }
  }

  var entries: [(entry: Int, cap: Int32)] {
    var all = caps
    for (name, cap) in totals {
      for severity in 0..<VerdictCounts.severities.count {
        let entry = name * VerdictCounts.severities.count + severity
        all[entry] = max(all[entry] ?? 0, cap)
      }
    }
    return all.sorted { $0.key < $1.key }.map { (entry: $0.key, cap: $0.value) }
  }

  /// Notes an entry: the severity is nil for the total.
  private mutating func note(_ name: Int, _ severity: Int?, cap: Int32) {
    guard let severity else { return totals[name] = max(totals[name] ?? 0, cap) }
    let entry = name * VerdictCounts.severities.count + severity
    caps[entry] = max(caps[entry] ?? 0, cap)
  }

  /// Notes whatever is read in an expression that is more than a comparison with constants.
  private mutating func visit(_ node: Node) {
    if let (name, severity) = Self.entry(node) { return note(name, severity, cap: .max) }
    if case .host(let number) = node.kind, case .count(let name) = Binding(number: number) {
      return note(name, nil, cap: .max)
    }
    for child in node.children { visit(child) }
  }

  /// The entry that an expression is, `failed.critical`; the severity is nil for the total.
  private static func entry(_ node: Node) -> (name: Int, severity: Int?)? {
    guard case .member(let base, let severity, _) = node.kind, case .host(let number) = base.kind,
      case .count(let name) = Binding(number: number)
    else { return nil }
    return (name, VerdictCounts.severities.firstIndex { $0.rawValue == severity })
  }

  /// One more than the largest number that tests compare with; no limit where they do more than compare.
  private static func largest(_ tests: some Sequence<CheckedTests>) -> Int32 {
    var largest: Int32 = 0
    func isSimple(_ node: Node) -> Bool {
      switch node.kind {
      case .constant(.number(let number)):
        guard let whole = number.floored().int, whole < Int(Int32.max) - 2 else { return false }
        largest = max(largest, Int32(clamping: whole + 1))
        return true
      case .constant: return true
      case .unaryTests, .halfRange, .range, .list, .negate: return node.children.allSatisfy(isSimple)
      default: return false
      }
    }
    for test in tests where !isSimple(test.root) { return .max }
    return largest + 1
  }
}
