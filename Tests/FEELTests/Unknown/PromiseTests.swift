import Diagnostics
import FEEL
import Testing

/// What `Docs/Unknown.md` promises, by example.
@Suite struct PromiseTests {
  /// An expression over a provider with facts missing, what it is, and the facts it rests on.
  struct Row: CustomTestStringConvertible {
    var text: String
    var value: String
    var missing: [String]
    var note: String

    init(_ text: String, _ value: String, missing: [String] = [], _ note: String = "") {
      self.text = text
      self.value = value
      self.missing = missing
      self.note = note
    }

    var testDescription: String { note.isEmpty ? text : "\(note): \(text)" }
  }

  /// An invented provider:
  ///
  /// | fact | holds |
  /// | --- | --- |
  /// | `yes`, `no`, `perhaps` | true, false, missing |
  /// | `score`, `share`, `kind`, `founded` | missing; `share` is declared to lie in `[0..2]`, `kind` to be `x`, `y` or `z` |
  /// | `covers` | amounts, declared `>= 0`, of 12 and missing |
  /// | `staff` | nine trained, of the tenth it is not known |
  /// | `visits` | on 2026-03-01 and on a day that is missing, declared no earlier than 2020-01-01 |
  /// | `complaints`, `office` | a list and a nested fact, missing as a whole |
  private static let provider: Context = {
    let amount = Type.restricted(.number, AllowedValues(lower: .number(0), text: ">= 0"))
    let day = Type.restricted(
      .date, AllowedValues(lower: .date(CivilDate(year: 2020, month: 1, day: 1)!), text: ">= @\"2020-01-01\""))
    let share = Type.restricted(.number, AllowedValues(lower: .number(0), upper: .number(2), text: "[0..2]"))
    let kind = Type.restricted(.string, AllowedValues(listed: ["x", "y", "z"].map { .string($0) }, text: "x, y, z"))
    let cover = ContextType(name: "cover", members: [.init("amount", amount)])
    let worker = ContextType(name: "worker", members: [.init("ref", .string), .init("trained", .boolean)], key: "ref")
    let visit = ContextType(name: "visit", members: [.init("day", day)])
    let complaint = ContextType(name: "complaint", members: [.init("days", amount), .init("upheld", .boolean)])
    let office = ContextType(name: "office", members: [.init("rooms", amount)])
    let type = ContextType(
      name: "provider",
      members: [
        .init("yes", .boolean), .init("no", .boolean), .init("perhaps", .boolean), .init("score", .number),
        .init("share", share), .init("kind", kind), .init("founded", .date), .init("covers", .list(.context(cover))),
        .init("staff", .list(.context(worker))), .init("visits", .list(.context(visit))),
        .init("complaints", .list(.context(complaint))), .init("office", .context(office)),
      ])
    let root = FactNode(parent: nil, step: .record(key: "P-1"), type: type)
    func items(_ list: String, _ type: ContextType, _ values: [[Value?]]) -> Value {
      .list(
        List(
          values.enumerated().map { index, values in
            let key: String? = if case .string(let text)?? = type.key.map({ values[$0] }) { text } else { nil }
            return .context(
              Context(
                facts: FactNode(parent: root, step: .item(list: list, index: index, key: key), type: type),
                values: values))
          }))
    }
    return Context(
      facts: root,
      values: [
        .boolean(true), .boolean(false), nil, nil, nil, nil, nil, items("covers", cover, [[.number(12)], [nil]]),
        items("staff", worker, (1...10).map { [.string("W-\($0)"), $0 < 10 ? .boolean(true) : nil] }),
        items("visits", visit, [[.date(CivilDate(year: 2026, month: 3, day: 1)!)], [nil]]), nil, nil,
      ])
  }()

  private func check(_ row: Row) {
    guard let facts = Self.provider.facts else { return }
    var diagnostics = Diagnostics()
    let expression = CheckedExpression(
      checking: SourceText(row.text, file: FileID(rawValue: 0)), in: RecordScope(facts.type), into: &diagnostics)
    #expect(diagnostics.all.map(\.message) == [])
    let evaluator = Evaluator(host: RecordHost(Self.provider), asOf: CivilDate(year: 2026, month: 6, day: 30)!)
    let value = evaluator.evaluate(expression)
    #expect(value.literal == row.value)
    #expect(value.missing.map(\.path) == row.missing)
  }

  @Test(arguments: [
    Row("no and perhaps", "false"),
    Row("perhaps and no", "false"),
    Row("yes and perhaps", "unknown", missing: ["perhaps"]),
    Row("yes or perhaps", "true"),
    Row("no or perhaps", "unknown", missing: ["perhaps"]),
    Row("not(perhaps)", "unknown", missing: ["perhaps"]),
    Row("perhaps and (1 / 0 > 1) and no", "false"),
    Row("all(yes, perhaps, no)", "false"),
    Row("any([perhaps, yes])", "true"),
    Row("yes and perhaps and score > 1", "unknown", missing: ["perhaps", "score"]),
    Row("no and perhaps or score > 1", "unknown", missing: ["score"], "what was decided does not ask for its facts"),
  ])
  func logic(_ row: Row) { check(row) }

  @Test(arguments: [
    Row("kind = \"x\"", "unknown", missing: ["kind"]),
    Row("score >= 5", "unknown", missing: ["score"]),
    Row("share <= 2", "true", "by its bounds"),
    Row("share > 2", "false", "by its bounds"),
    Row("share + 1 = 4", "false", "by its bounds"),
    Row("share between 0 and 2", "true"),
    Row("share in [0..2]", "true"),
    Row("7 in [share..5]", "false", "above the end, whatever the start"),
    Row("score in (1, 2)", "unknown", missing: ["score"]),
    Row("kind in [\"x\", \"y\"]", "unknown", missing: ["kind"]),
    Row("list contains([\"x\", \"y\"], kind)", "unknown", missing: ["kind"]),
    Row("list contains([share, 3], 3)", "true", "an item decides, whatever the others"),
    Row("list contains([share, 3], 4)", "false", "4 is beyond the bounds of the missing one"),
    Row("list contains([share, 3], 1)", "unknown", missing: ["share"]),
    Row("(1 / 0) < score", "null"),
    Row("founded < today()", "unknown", missing: ["founded"]),
  ])
  func comparison(_ row: Row) { check(row) }

  @Test(arguments: [
    Row("share + 1", "unknown (1 to 3)", missing: ["share"]),
    Row("3 - share", "unknown (1 to 3)", missing: ["share"]),
    Row("share * -2", "unknown (-4 to 0)", missing: ["share"]),
    Row("share / 4", "unknown (0 to 0.5)", missing: ["share"]),
    Row("4 / (share + 2)", "unknown (1 to 2)", missing: ["share"]),
    Row("share * score", "unknown", missing: ["share", "score"]),
    Row("score * 0", "0", "nought times anything"),
    Row("score / 0", "null", "whatever is divided"),
    Row("-share", "unknown (-2 to 0)", missing: ["share"]),
    Row("if perhaps then 1 else 5", "unknown (1 to 5)", missing: ["perhaps"]),
    Row("if perhaps then 5 else 5", "5"),
    Row("if perhaps then share else 5", "unknown (0 to 5)", missing: ["perhaps", "share"]),
    Row("(if perhaps then {grade: 1, word: \"a\"} else {grade: 1, word: \"b\"}).grade", "1", "entry by entry"),
  ])
  func arithmetic(_ row: Row) { check(row) }

  @Test(arguments: [
    Row("sum(covers.amount)", "unknown (at least 12)", missing: ["covers[2].amount"]),
    Row("sum(covers.amount) >= 10", "true", "it reaches its minimum whatever the missing one is"),
    Row("sum(covers.amount) >= 15", "unknown", missing: ["covers[2].amount"]),
    Row("count(covers)", "2"),
    Row("min(covers.amount)", "unknown (0 to 12)", missing: ["covers[2].amount"]),
    Row("count(staff[trained])", "unknown (9 to 10)", missing: ["staff[W-10].trained"]),
    Row("count(staff[trained]) / count(staff) >= 0.8", "true", "nine of ten, whatever the tenth"),
    Row("count(staff[trained]) / count(staff) >= 0.95", "unknown", missing: ["staff[W-10].trained"]),
    Row("count(staff[not(trained)]) > 1", "false"),
    Row("every w in staff satisfies w.trained", "unknown", missing: ["staff[W-10].trained"]),
    Row("some w in staff satisfies w.trained", "true"),
    Row("some w in staff satisfies not(w.trained)", "unknown", missing: ["staff[W-10].trained"]),
    Row("every w in staff[trained] satisfies supplied(w.ref)", "true"),
    Row("staff[trained][1].ref", "\"W-1\"", "no doubt before it"),
    Row("staff[trained][-1].ref", "unknown", missing: ["staff[W-10].trained"]),
    Row("list contains(staff[trained].ref, \"W-3\")", "true"),
    Row("list contains(staff[trained].ref, \"W-10\")", "unknown", missing: ["staff[W-10].trained"]),
    Row("list contains(staff[trained].ref, \"W-11\")", "false"),
    Row("max(visits.day) >= @\"2026-01-01\"", "true", "recent enough already"),
    Row("max(visits.day) >= @\"2026-06-01\"", "unknown", missing: ["visits[2].day"]),
    Row("min(visits.day) >= @\"2020-01-01\"", "true", "by the declared bound of the missing one"),
    Row("max(visits.day) + @\"P1Y\" >= today()", "true"),
  ])
  func lists(_ row: Row) { check(row) }

  @Test(arguments: [
    Row("count(complaints)", "unknown (at least 0)", missing: ["complaints"]),
    Row("count(complaints) >= 0", "true"),
    Row("some c in complaints satisfies c.upheld", "unknown", missing: ["complaints"]),
    Row("every c in complaints satisfies c.days >= 0", "true", "whatever the list holds"),
    Row("some c in complaints satisfies c.days < 0", "false", "whatever the list holds"),
    Row("count(complaints[days < 0])", "0"),
    Row("every c in complaints satisfies c.days <= score", "unknown", missing: ["complaints", "score"]),
    Row("sum(complaints.days) >= 0", "unknown", missing: ["complaints"], "an empty list has no sum"),
    Row("office.rooms >= 0", "true", "by the bounds of a fact within what is missing"),
    Row("office.rooms > 4", "unknown", missing: ["office"]),
  ])
  func missingAsAWhole(_ row: Row) { check(row) }

  @Test(arguments: [
    Row("supplied(score)", "false"),
    Row("supplied(yes)", "true"),
    Row("score = null", "true", missing: [], "it asks for the evidence"),
    Row("score != null", "false"),
    Row("covers != null", "true"),
    Row("supplied(complaints)", "false"),
    Row("supplied(office)", "false"),
    Row("supplied(covers)", "true"),
    Row("supplied(score) and score > 3", "false"),
  ])
  func evidence(_ row: Row) { check(row) }

  @Test(arguments: [
    Row("share - share", "unknown (-2 to 2)", missing: ["share"]),
    Row("share = share", "unknown", missing: ["share"]),
    Row("perhaps or not(perhaps)", "unknown", missing: ["perhaps"]),
    Row("share in (< 1, >= 1)", "unknown", missing: ["share"]),
    Row("max([share, 1 / (share + score)]) >= 0", "unknown", missing: ["share", "score"]),
    Row("(if perhaps then 0 else 2) = 1", "unknown", missing: ["perhaps"]),
    Row("share instance of number", "unknown", missing: ["share"]),
    Row("upper case(kind) = \"x\"", "unknown", missing: ["kind"]),
    Row("floor(share) <= 2", "unknown", missing: ["share"]),
    Row("[1, 1, 1][share + 1] <= 1", "unknown", missing: ["share"]),
    Row("mean(covers[amount >= 12].amount) >= 12", "unknown", missing: ["covers[2].amount"]),
    Row("share ** 2 >= 0", "unknown", missing: ["share"]),
    Row("kind in (\"x\", \"y\", \"z\")", "unknown", missing: ["kind"]),
  ])
  func lessClever(_ row: Row) { check(row) }
}
