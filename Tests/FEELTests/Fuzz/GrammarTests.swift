import Diagnostics
import FEEL
import TestSupport
import Testing

/// Expressions written from the grammar, over values of which some are missing: each ends, and keeps what the language
/// promises of all of them.
@Suite struct GrammarTests {
  private static let provider = ContextType(
    name: "provider",
    members: [
      .init("full name", .string), .init("beds", .number), .init("opened", .date), .init("tags", .list(.string)),
    ])

  private static let names: [(String, Value)] = {
    let known = facts(
      provider,
      ["full name": .string("Ash House"), "beds": .number(12), "opened": .date(CivilDate("2020-02-29")!)])
    let gone = facts(provider, ["tags": .list(List([.string("a"), .string("b")]))])
    let missing = Unknown(missing: [Fact(node: gone.facts!, member: 0)])
    return [
      ("full name", .string("Ann")), ("n", .number(3)),
      ("list of numbers", .list(List([1, 2, 3].map { .number($0) }))),
      ("is-open", .boolean(true)), ("born on", .date(CivilDate("1990-01-31")!)), ("provider", .context(known)),
      ("newcomer", .context(gone)), ("providers", .list(List([.context(known), .context(gone)]))),
      ("gone", .unknown(missing)), ("nothing", .null),
      ("pair", .context(Context([("a", .number(1)), ("full name", .string("b"))]))),
    ]
  }()

  private static func writer(_ seed: UInt64) -> ExpressionWriter {
    ExpressionWriter(
      seed: seed, names: names.map(\.0),
      members: provider.members.map(\.name) + ["a", "year", "time offset", "start included", "absent"])
  }

  private static var scope: NamedScope { NamedScope(names.map { (name: $0.0, type: $0.1.type) }) }

  /// What came of a text in every step.
  private struct Outcome {
    var diagnostics: [Diagnostic]
    var type: Type
    var value: Value
  }

  private static func run(_ text: String, mode: CheckMode = .standard) -> Outcome {
    var diagnostics = Diagnostics()
    let expression = CheckedExpression(
      checking: SourceText(text, file: FileID(rawValue: 0)), in: scope, mode: mode, into: &diagnostics)
    let evaluator = Evaluator(
      host: ValueHost(names.map(\.1)), asOf: CivilDate(year: 2026, month: 6, day: 30)!, steps: 5_000, memory: 1 << 20)
    return Outcome(diagnostics: diagnostics.all, type: expression.type, value: evaluator.evaluate(expression))
  }

  @Test(arguments: [1, 2, 3, 4])
  func expressions(_ seed: UInt64) {
    var writer = Self.writer(seed)
    for round in 0..<1_000 {
      let text = writer.expression(levels: 1 + round % 4)
      let outcome = Self.run(text)
      #expect(!outcome.diagnostics.contains { $0.code.name.hasPrefix("FEEL1") }, "\(text) does not parse")
      expectPlaces(outcome, text)
      #expect(Self.run(text).value.literal == outcome.value.literal, "\(text) differs from one time to the next")
      expectPlaces(Self.run(text, mode: .rules), text)
      expectType(outcome, text)
      expectReadable(outcome.value, text)
    }
  }

  /// The expressions tried out hold all that the grammar has, and call all the functions there are.
  @Test func everythingIsWritten() {
    var writer = Self.writer(0)
    for round in 0..<6_000 { _ = writer.expression(levels: 1 + round % 4) }
    #expect(writer.written == Set(ExpressionWriter.Production.allCases))
    #expect(writer.called == Set(BuiltinLibrary.names))
  }

  /// However deep: it has a value, or a place where it is too deep.
  @Test func towers() {
    var writer = Self.writer(5)
    for round in 0..<60 {
      let text = writer.tower(levels: round * 8)
      let outcome = Self.run(text)
      expectPlaces(outcome, text)
      expectReadable(outcome.value, text)
    }
  }

  /// Each diagnostic points into the text.
  private func expectPlaces(_ outcome: Outcome, _ text: String) {
    for diagnostic in outcome.diagnostics {
      guard let span = diagnostic.span else {
        Issue.record("\(text): `\(diagnostic.message)` has no place")
        continue
      }
      #expect(span.start <= span.end && Int(span.end) <= text.utf8.count, "\(text): \(diagnostic.message)")
    }
    if case .null(let failure?) = outcome.value, let range = failure.range {
      #expect(range.upperBound <= text.utf8.count, "\(text): \(failure.message)")
    }
  }

  /// A value is of the type that was known before it was.
  private func expectType(_ outcome: Outcome, _ text: String) {
    guard !outcome.value.isNull, !outcome.value.isUnknown, outcome.diagnostics.isEmpty else { return }
    #expect(
      outcome.value.type.overlaps(outcome.type), "\(text) is \(outcome.value.type) and was to be \(outcome.type)")
  }

  /// What is written of a value is read as the same value.
  private func expectReadable(_ value: Value, _ text: String) {
    guard Self.isPlain(value) else { return }
    do {
      #expect(try Value(exchange: value.exchange).literal == value.literal, "\(text)")
    } catch {
      Issue.record("\(text): \(value.literal) cannot be read: \(error)")
    }
    if Self.isLiteral(value) { #expect(Self.run(value.literal).value.literal == value.literal, "\(text)") }
  }

  /// Whether a value is one that the exchange format has: wholly known, no function, and no range without an end.
  private static func isPlain(_ value: Value) -> Bool {
    switch value {
    case .function, .unknown: false
    case .list(let list): list.items.indices.allSatisfy { list.doubt($0) == nil && isPlain(list.items[$0]) }
    case .context(let context): context.names.indices.allSatisfy { isPlain(context[$0]) }
    case .range(let range): range.form == .interval && [range.start, range.end].allSatisfy { $0.map(isPlain) ?? false }
    default: true
    }
  }

  /// Whether what is shown of a value is FEEL: dates, times and durations are shown without the function around them.
  private static func isLiteral(_ value: Value) -> Bool {
    switch value {
    case .null, .boolean, .number, .string: true
    case .list(let list): list.items.allSatisfy(isLiteral)
    case .context(let context): context.names.indices.allSatisfy { isLiteral(context[$0]) }
    default: false
    }
  }
}
