import Diagnostics
import FEEL
import Testing

/// Decision tables of every hit policy over inputs that may be missing, held against all completions.
@Suite struct TableTests {
  struct Table: CustomTestStringConvertible {
    var name: String
    var inputs: [String]
    /// The tests of a row, one for each input, and its outputs.
    var rows: [(tests: [String], outputs: [String])]
    var type = Type.number
    var allowed: [Value]?
    var defaultValue: Value?

    var testDescription: String { name }
  }

  private static let tables: [Table] = [
    Table(
      name: "rows that exclude one another", inputs: ["n"],
      rows: [(["< 1"], ["10"]), (["1"], ["20"]), (["> 1"], ["20"])]),
    Table(
      name: "rows that overlap", inputs: ["n", "a"],
      rows: [(["<= 1", "-"], ["1"]), ([">= 1", "true"], ["2"]), (["-", "false"], ["1"])]),
    Table(
      name: "rows that agree", inputs: ["n", "a"],
      rows: [(["<= 1", "-"], ["7"]), (["-", "true"], ["7"]), ([">= 1", "-"], ["7"])]),
    Table(
      name: "a gap and a default", inputs: ["n", "t"],
      rows: [(["> 1", "\"x\""], ["1"]), (["[0..1)", "not(\"x\", \"y\")"], ["2"])], defaultValue: .number(9)),
    Table(name: "a gap and no default", inputs: ["n"], rows: [(["> 1"], ["1"]), (["< 1"], ["2"])]),
    Table(
      name: "results that are facts", inputs: ["a", "n"],
      rows: [(["true", "-"], ["m"]), (["-", "> 1"], ["n + 1"]), (["false", "-"], ["2"])]),
    Table(
      name: "results in order of priority", inputs: ["a", "b"],
      rows: [(["true", "-"], ["3"]), (["-", "true"], ["1"]), (["-", "-"], ["2"])],
      allowed: [.number(2), .number(1), .number(3)]),
    Table(
      name: "inputs that may be null", inputs: ["1 / n", "a"],
      rows: [(["> 1", "-"], ["1"]), (["<= 1", "true"], ["2"]), (["-", "-"], ["3"])]),
    Table(
      name: "two results", inputs: ["n"],
      rows: [(["< 1"], ["1", "a"]), (["1"], ["1", "b"]), (["> 1"], ["2", "true"])]),
    Table(
      name: "tests that rest on facts themselves", inputs: ["n"],
      rows: [(["> m"], ["1"]), (["[m..2]"], ["2"]), (["? < m or a"], ["3"])]),
    Table(name: "a list as input", inputs: ["items.x"], rows: [(["0"], ["1"]), (["1, 2"], ["2"]), (["-"], ["3"])]),
    Table(
      name: "a result that fails", inputs: ["a", "n"],
      rows: [(["true", "-"], ["1 / n"]), (["false", "> 0"], ["1"])]),
  ]

  private func checked(_ table: Table, _ policy: HitPolicy, _ aggregation: Aggregation?) -> DecisionTable? {
    var diagnostics = Diagnostics()
    let scope = RecordScope(SmallRecord.type)
    func expression(_ text: String) -> CheckedExpression {
      CheckedExpression(checking: SourceText(text, file: FileID(rawValue: 0)), in: scope, into: &diagnostics)
    }
    let inputs = table.inputs.map { expression($0) }
    let rows = table.rows.map { row in
      DecisionTable.Row(
        tests: zip(row.tests, inputs).map { text, input in
          CheckedTests(
            checking: SourceText(text, file: FileID(rawValue: 0)), input: input.type, in: scope, into: &diagnostics)
        },
        outputs: row.outputs.map { expression($0) })
    }
    let outputs = (0..<table.rows[0].outputs.count).map { index in
      DecisionTable.Output(
        name: index == 0 ? "grade" : "sure", type: index == 0 ? .number : .boolean, allowed: table.allowed,
        defaultValue: table.defaultValue)
    }
    #expect(diagnostics.all.map(\.message) == [])
    return diagnostics.hasErrors
      ? nil
      : DecisionTable(
        hitPolicy: policy, aggregation: aggregation, inputs: inputs.map { .init($0) }, outputs: outputs, rows: rows)
  }

  private static let policies: [(HitPolicy, Aggregation?)] =
    HitPolicy.allCases.map { ($0, nil) } + Aggregation.allCases.map { (.collect, $0) }

  @Test(arguments: tables)
  func everyCompletion(_ table: Table) {
    let texts = table.inputs + table.rows.flatMap { $0.tests + $0.outputs }
    let space = WorldSpace(Set(texts.flatMap { Shapes.cells(of: $0) }))
    for (policy, aggregation) in Self.policies {
      // A context of several results has no sum.
      if aggregation != nil, table.rows[0].outputs.count > 1 { continue }
      guard let decisions = checked(table, policy, aggregation) else { return }
      let examination = Examination(over: space) { $0.evaluate(decisions) }
      if let fault = examination.faults.first {
        Issue.record("\(policy) \(aggregation.map(\.rawValue) ?? "")\n\(fault) (of \(examination.faults.count))")
      }
    }
  }

  /// What a table with one row after the other says, with some facts supplied.
  struct Row: CustomTestStringConvertible {
    var table: String
    var policy: HitPolicy
    var aggregation: Aggregation?
    var supplied: [Cell: Int]
    var value: String
    var note: String

    init(
      _ table: String, _ policy: HitPolicy, _ aggregation: Aggregation? = nil, supplied: [Cell: Int] = [:],
      gives value: String, _ note: String
    ) {
      self.table = table
      self.policy = policy
      self.aggregation = aggregation
      self.supplied = supplied
      self.value = value
      self.note = note
    }

    var testDescription: String { note }
  }

  @Test(arguments: [
    Row("rows that agree", .first, gives: "unknown", "first: it may be that no row matches"),
    Row(
      "rows that agree", .first, supplied: [.a: 1], gives: "7",
      "first: what all rows that may decide agree on is decided"),
    Row("rows that agree", .any, supplied: [.a: 1], gives: "7", "any: rows that agree cannot conflict"),
    Row("rows that agree", .unique, supplied: [.a: 1], gives: "unknown (7 to 7)", "unique: a second row may match"),
    Row("rows that overlap", .first, supplied: [.n: 1], gives: "1", "first: rows behind one that matches do not count"),
    Row(
      "rows that exclude one another", .first, gives: "unknown", "first: that rows leave no gap is not known"),
    Row(
      "two results", .priority, supplied: [.n: 1], gives: "{grade: 1, sure: unknown}",
      "priority: a result's parts are known one by one"),
    Row("results in order of priority", .priority, gives: "unknown (1 to 3)", "priority: bounds of the results"),
    Row("results in order of priority", .ruleOrder, gives: "[3?, 1?, 2]", "rule order: rows in doubt"),
    Row("results in order of priority", .outputOrder, gives: "[2, 1?, 3?]", "output order: rows in doubt"),
    Row("results in order of priority", .collect, .sum, gives: "unknown (2 to 6)", "collect: a sum's bounds"),
    Row("results in order of priority", .collect, .max, gives: "unknown (2 to 3)", "collect: a maximum's bounds"),
    Row("results in order of priority", .collect, .count, gives: "unknown (1 to 3)", "collect: a count's bounds"),
  ])
  func promises(_ row: Row) {
    guard let table = Self.tables.first(where: { $0.name == row.table }),
      let decisions = checked(table, row.policy, row.aggregation)
    else {
      Issue.record("there is no such table")
      return
    }
    var cells = [Int](repeating: 0, count: Cell.allCases.count)
    for (cell, state) in row.supplied { cells[cell.rawValue] = state }
    let evaluator = Evaluator(
      host: RecordHost(World(cells: cells).record.context), asOf: CivilDate(year: 2026, month: 6, day: 30)!)
    #expect(evaluator.evaluate(decisions).literal == row.value)
  }
}
