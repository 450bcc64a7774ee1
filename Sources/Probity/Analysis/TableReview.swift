public import Diagnostics
import FEEL

extension DiagnosticCode {
  /// A row of a `first` or `priority` table that others hide.
  fileprivate static let deadRow = DiagnosticCode("RULE334")
  /// A row without which the table gives the same.
  fileprivate static let redundantRow = DiagnosticCode("RULE333")
  /// Inputs that no row matches.
  fileprivate static let gap = DiagnosticCode("RULE338")
  /// Rows that match the same inputs, where only one may.
  fileprivate static let overlap = DiagnosticCode("RULE339")
  /// A remark on gaps or overlaps that a table does not have.
  fileprivate static let idleRemark = DiagnosticCode("RULE340")
  /// A table that was not searched to the end.
  fileprivate static let unsearched = DiagnosticCode("RULE330")
  /// A test that nothing which is allowed passes.
  fileprivate static let emptyTest = DiagnosticCode("RULE329")
}

/// Why a table is as it is, where that would look like a mistake.
public struct TableRemarks: Sendable {
  /// Why some inputs are left without a row; the place is that of the words.
  public var gaps: (words: String, span: SourceSpan)?
  /// Why some inputs have several.
  public var overlaps: (words: String, span: SourceSpan)?

  public init(gaps: (words: String, span: SourceSpan)? = nil, overlaps: (words: String, span: SourceSpan)? = nil) {
    self.gaps = gaps
    self.overlaps = overlaps
  }
}

/// Searches the decision tables of a rule book for gaps, overlaps and rows that make no difference.
///
/// It is for authors and takes its time, so loading leaves it out; `lint` asks for it.
public struct TableReview {
  /// How many gaps, and how many overlaps, of one table are spelt out.
  static let shownLimit = 3

  private let book: RuleBook
  private var diagnostics = Diagnostics()

  /// What there is to say about the tables of a rule book and its policies.
  public static func review(_ book: RuleBook, _ policies: [Policy]) -> Diagnostics {
    var review = TableReview(book: book)
    for decision in book.decisions {
      guard case .table(let table) = decision.logic else { continue }
      review.review(table, decision.remarks, at: decision.span)
    }
    for policy in policies {
      guard let table = policy.verdict, let span = policy.verdictSpan else { continue }
      review.review(table, policy.verdictRemarks, at: span)
    }
    return review.diagnostics
  }

  private init(book: RuleBook) { self.book = book }

  private final class ParameterHost: Host {
    let values: [Value?]

    init(_ values: [Value?]) { self.values = values }

    func value(of binding: Int, in evaluator: Evaluator) -> Value {
      if case .parameter(let index) = Binding(number: binding) { values[index] ?? .null } else { .null }
    }
  }

  /// The days from which a table's cells mean something else, each with the values that its parameters have then.
  private func periods(of table: DecisionTable) -> [(from: CivilDate, values: [Value?])] {
    var used: Set<Int> = []
    for row in table.rows {
      for tests in row.tests {
        _ = tests.root.contains { node in
          if case .host(let binding) = node.kind, case .parameter(let index) = Binding(number: binding) {
            used.insert(index)
          }
          return false
        }
      }
    }
    let days = Set(used.flatMap { book.parameters[$0].values.map(\.from) })
    guard let epoch = CivilDate(dayNumber: 0) else { return [] }
    let wanted = used.isEmpty ? [epoch] : days.sorted()
    return wanted.compactMap { day in
      let values = book.parameters.map { $0.value(on: day) }
      // Before it has a value, a parameter makes the table an error whatever its rows.
      return used.allSatisfy { values[$0] != nil } ? (day, values) : nil
    }
  }

  /// What there is to find in a table whose cells read no parameter.
  static func analysis(of table: DecisionTable, in book: RuleBook) -> TableAnalysis? {
    let review = TableReview(book: book)
    return review.periods(of: table).first.map { review.analysis(of: table, $0) }
  }

  private func analysis(of table: DecisionTable, _ period: (from: CivilDate, values: [Value?])) -> TableAnalysis {
    let evaluator = Evaluator(host: ParameterHost(period.values), asOf: period.from)
    let columns = table.inputs.indices.map { cases(of: table, column: $0, evaluator) }
    return TableAnalysis(table, columns: columns, evaluator: evaluator)
  }

  private mutating func review(_ table: DecisionTable, _ remarks: TableRemarks, at span: SourceSpan) {
    let isWhole = table.rows.allSatisfy {
      $0.tests.count == table.inputs.count && $0.outputs.count == table.outputs.count
    }
    // What is wrong with such a table has been said.
    guard isWhole, !table.rows.isEmpty, !table.inputs.isEmpty else { return }
    let periods = periods(of: table)
    var hasGaps = false
    var hasOverlaps = false
    var isCutShort = false
    var said: Set<Diagnostic> = []
    /// In every period, or it is no row to do without.
    var idle: [Int: TableAnalysis.Idle]?
    for period in periods {
      let analysis = analysis(of: table, period)
      let day = periods.count > 1 ? "with the parameters' values from \(period.from)" : nil
      hasGaps = hasGaps || !analysis.gaps.isEmpty
      hasOverlaps = hasOverlaps || !analysis.overlaps.isEmpty
      isCutShort = isCutShort || analysis.isCutShort
      let found =
        (remarks.gaps == nil ? gaps(analysis, table, at: span) : [])
        + (remarks.overlaps == nil ? overlaps(analysis, table) : [])
      for var diagnostic in found where said.insert(diagnostic).inserted {
        if let day { diagnostic.help.insert(day, at: 0) }
        diagnostics.report(diagnostic)
      }
      idle = idle.map { known in known.filter { analysis.idle[$0.key] == $0.value } } ?? analysis.idle
    }
    for (row, kind) in (idle ?? [:]).sorted(by: { $0.key < $1.key }) {
      diagnostics.report(diagnostic(on: kind, row: row, of: table))
    }
    if let words = remarks.gaps, !hasGaps, !isCutShort {
      diagnostics.report(
        Diagnostic(.idleRemark, .warning, "this says why the table has gaps, and none was found", at: words.span))
    }
    if let words = remarks.overlaps, !hasOverlaps, !isCutShort {
      diagnostics.report(
        Diagnostic(.idleRemark, .warning, "this says why rows overlap, and none do", at: words.span))
    }
    if isCutShort {
      diagnostics.report(
        Diagnostic(
          .unsearched, .note, "this table has too many cases to be searched for all gaps and overlaps", at: span))
    }
  }

  // MARK: Cases

  private func cases(of table: DecisionTable, column: Int, _ evaluator: Evaluator) -> InputCases {
    let input = table.inputs[column].expression
    var boundaries: [Value] = []
    for row in table.rows {
      let found = row.tests[column].boundaries(in: evaluator) { binding in
        if case .parameter = Binding(number: binding) { true } else { false }
      }
      guard let found else { return .unlisted }
      boundaries += found
    }
    let declaration: Vocabulary.FactDeclaration? =
      if case .member(let base, _, let index?) = input.root.kind, case .context(let type) = base.type.base {
        book.vocabulary.declaration(of: index, in: type)
      } else {
        nil
      }
    return InputCases(
      of: input.type, boundaries: boundaries, isWhole: Self.isWhole(input.root), isFact: declaration != nil
    ) { value in
      if Self.isCount(input.root), case .number(let number) = value, number < .zero { return false }
      guard let tests = declaration?.tests else { return true }
      if case .boolean(false) = evaluator.evaluate(tests, input: value) { return false }
      return true
    } ?? .unlisted
  }

  /// Whether an expression says how many there are of something.
  private static func isCount(_ node: Node) -> Bool {
    if case .builtin(let builtin, _, _) = node.kind {
      ["count", "string length"].contains(builtin.name)
    } else {
      false
    }
  }

  /// Whether an expression can only give numbers without decimals.
  private static func isWhole(_ node: Node) -> Bool {
    switch node.kind {
    case .constant(.number(let number)): number == number.floored()
    case .member(let base, let name, _):
      switch (base.kind, base.type.base) {
      case (.host(let binding), _): if case .count = Binding(number: binding) { true } else { false }
      case (_, .date), (_, .dateAndTime), (_, .yearsAndMonthsDuration):
        ["year", "month", "day", "weekday", "years", "months"].contains(name)
      case (_, .daysAndTimeDuration): name == "days" || name == "hours" || name == "minutes"
      default: false
      }
    case .arithmetic(.add, let a, let b), .arithmetic(.subtract, let a, let b), .arithmetic(.multiply, let a, let b):
      isWhole(a) && isWhole(b)
    case .conditional(_, let then, let otherwise): isWhole(then) && isWhole(otherwise)
    case .builtin(let builtin, _, let arguments):
      switch builtin.name {
      case "count", "string length", "day of year", "week of year": true
      case "floor", "ceiling": arguments.count == 1
      default: false
      }
    default: false
    }
  }

  // MARK: In words

  private func gaps(_ analysis: TableAnalysis, _ table: DecisionTable, at span: SourceSpan) -> [Diagnostic] {
    analysis.gaps.prefix(Self.shownLimit).enumerated().map { index, gap in
      let rest = analysis.gaps.count - Self.shownLimit
      let isLast = index == Self.shownLimit - 1 && rest > 0
      let conditions = Self.conditions(gap.cases, analysis, table)
      return Diagnostic(
        .gap, .warning, conditions.isEmpty ? "no row matches anything" : "no row matches \(conditions)", at: span,
        help: [
          Self.witness(gap.cases, analysis, table).map { "for example \($0)" },
          isLast ? "\(rest) more gap\(rest == 1 ? "" : "s") of this table not shown" : nil,
          index == 0
            ? "add a row, or a `default` to the output; or say under `gaps` why these inputs have no answer" : nil,
        ])
    }
  }

  private func overlaps(_ analysis: TableAnalysis, _ table: DecisionTable) -> [Diagnostic] {
    analysis.overlaps.prefix(Self.shownLimit).enumerated().map { index, overlap in
      let rest = analysis.overlaps.count - Self.shownLimit
      let isLast = index == Self.shownLimit - 1 && rest > 0
      let conditions = Self.conditions(overlap.cases, analysis, table)
      let earlier = table.rows[overlap.rows[0]]
      let what =
        table.hitPolicy == .any
        ? "row \(overlap.rows[1] + 1) gives something else than row \(overlap.rows[0] + 1)"
        : "rows \(overlap.rows[0] + 1) and \(overlap.rows[1] + 1) both match"
      return Diagnostic(
        .overlap, .warning, "\(what) \(conditions.isEmpty ? "whatever the inputs" : conditions)",
        at: Self.span(of: table.rows[overlap.rows[1]]), related: [.init("the other row", at: Self.span(of: earlier))],
        help: [
          Self.witness(overlap.cases, analysis, table).map { "for example \($0)" },
          isLast ? "\(rest) more pair\(rest == 1 ? "" : "s") of rows of this table not shown" : nil,
          index == 0
            ? "make the tests differ, or choose another `hit`; or say under `overlaps` why both are meant" : nil,
        ])
    }
  }

  private func diagnostic(on idle: TableAnalysis.Idle, row: Int, of table: DecisionTable) -> Diagnostic {
    let rowSpan = Self.span(of: table.rows[row])
    switch idle {
    case .neverMatches(let column):
      return Diagnostic(
        .emptyTest, .warning,
        "nothing that `\(table.inputs[column].expression.source.trimmed.text)` is allowed to be passes this test",
        at: table.rows[row].tests[column].source.span,
        help: [
          table.rows[row].tests[column].source.trimmed.text == "null"
            ? "a fact that is missing is unknown, not null: make `supplied(…)` an input to tell" : nil
        ])
    case .hidden(let other):
      return Diagnostic(
        .deadRow, .warning, "this row is never reached", at: rowSpan,
        related: other.map { [.init("this row counts first", at: Self.span(of: table.rows[$0]))] } ?? [],
        help: [other == nil ? "several rows that count before it match everything it matches" : nil])
    case .redundant:
      return Diagnostic(
        .redundantRow, .note, "without this row the table gives the same", at: rowSpan)
    }
  }

  private static func span(of row: DecisionTable.Row) -> SourceSpan {
    let sources = row.tests.map(\.source) + row.outputs.map(\.source)
    return sources[0].span.through(sources[sources.count - 1].span)
  }

  /// `when `a` is < 5 and `b` is "x"`; empty where any inputs are meant.
  private static func conditions(_ cases: [Bits], _ analysis: TableAnalysis, _ table: DecisionTable) -> String {
    let parts = cases.indices.compactMap { column in
      analysis.columns[column].description(of: cases[column]).map {
        "`\(table.inputs[column].expression.source.trimmed.text)` is \($0)"
      }
    }
    return parts.isEmpty ? "" : "when \(parts.joined(separator: " and "))"
  }

  /// One input of each column.
  private static func witness(_ cases: [Bits], _ analysis: TableAnalysis, _ table: DecisionTable) -> String? {
    let parts = cases.indices.compactMap { column -> String? in
      let inputs = analysis.columns[column]
      guard inputs.isListed, let first = cases[column].first else { return nil }
      return "`\(table.inputs[column].expression.source.trimmed.text)` \(inputs.cases[first].words)"
    }
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
