import Diagnostics
import FEEL
import Foundation

/// The committed expressions, the record they are evaluated over, and what each has to give.
struct Workload {
  /// One expression, parsed and checked once; its answer is known to be right.
  struct Item {
    let name: String
    let group: String
    let source: SourceText
    let parsed: ParsedExpression
    let checked: CheckedExpression

    var bytes: Int { source.text.utf8.count }
  }

  enum Failure: Error, CustomStringConvertible {
    case rejected(name: String, message: String)
    case wrong(name: String, value: String, expected: String)

    var description: String {
      switch self {
      case .rejected(let name, let message): "\(name): \(message)"
      case .wrong(let name, let value, let expected): "\(name): the value is \(value), and should be \(expected)"
      }
    }
  }

  let items: [Item]
  let scope: NamedScope
  let evaluator: Evaluator

  /// What `today()` is for every expression.
  static let asOf = DateAndTime("2026-06-30T00:00:00")

  /// Reads expressions and evaluates each of them once: nothing is measured that gives a wrong answer.
  init(path: String) throws {
    let file = try JSONDecoder().decode(WorkloadFile.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    guard case .context(let record) = file.record.value else {
      throw Failure.rejected(name: "record", message: "the record is not an object")
    }
    let facts = record.names.map { (name: $0, value: record[$0] ?? .null) }
    scope = NamedScope(facts.map { (name: $0.name, type: $0.value.type) })
    evaluator = try Self.evaluator(over: facts.map(\.value))
    items = try file.expressions.map { [scope, evaluator] entry in
      let item = try Self.item(entry.name, entry.text, group: entry.group, in: scope)
      let value = evaluator.evaluate(item.checked)
      guard value == entry.value.value else {
        throw Failure.wrong(name: entry.name, value: value.literal, expected: entry.value.value.literal)
      }
      return item
    }
  }

  /// An evaluator whose budget of steps no measurement can use up.
  static func evaluator(over values: [Value]) throws -> Evaluator {
    guard let asOf else { throw Failure.rejected(name: "asOf", message: "this is no date and time") }
    return Evaluator(host: ValueHost(values), asOf: asOf, steps: .max)
  }

  static func item(_ name: String, _ text: String, group: String = "", in scope: NamedScope) throws -> Item {
    let source = SourceText(text, file: FileID(rawValue: 0))
    var diagnostics = Diagnostics()
    let parsed = ParsedExpression(parsing: source, names: scope.knownNames, into: &diagnostics)
    let checked = CheckedExpression(checking: parsed, in: scope, into: &diagnostics)
    if let problem = diagnostics.all.first { throw Failure.rejected(name: name, message: problem.message) }
    return Item(name: name, group: group, source: source, parsed: parsed, checked: checked)
  }

  // MARK: What is measured

  enum Phase: String {
    /// All from the text to the value.
    case text
    case parse, check, evaluate

    /// What `text` is made of.
    static let parts: [Phase] = [.parse, .check, .evaluate]
  }

  func run(_ phase: Phase, of item: Item) {
    switch phase {
    case .text: parseAndEvaluate(item)
    case .parse: parse(item)
    case .check: check(item)
    case .evaluate: evaluate(item)
    }
  }

  private func parse(_ item: Item) {
    var diagnostics = Diagnostics()
    _ = ParsedExpression(parsing: item.source, names: scope.knownNames, into: &diagnostics)
  }

  private func check(_ item: Item) {
    var diagnostics = Diagnostics()
    _ = CheckedExpression(checking: item.parsed, in: scope, into: &diagnostics)
  }

  private func evaluate(_ item: Item) {
    _ = evaluator.evaluate(item.checked)
  }

  /// From the text to the value, as a caller does who has nothing but the text.
  private func parseAndEvaluate(_ item: Item) {
    var diagnostics = Diagnostics()
    _ = evaluator.evaluate(CheckedExpression(checking: item.source, in: scope, into: &diagnostics))
  }
}

private struct WorkloadFile: Decodable {
  struct Entry: Decodable {
    let name: String
    let group: String
    let text: String
    let value: JSONValue
  }

  let record: JSONValue
  let expressions: [Entry]
}

/// A FEEL value as JSON has it; dates and durations are `{"@": text}`.
private struct JSONValue: Decodable {
  let value: Value

  private struct Key: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Key.self) {
      // An object's keys come in no order, so they are given one.
      let names = container.allKeys.map(\.stringValue).sorted()
      if names == ["@"] {
        let text = try container.decode(String.self, forKey: Key(stringValue: "@"))
        guard let value = Self.temporal(text) else {
          throw DecodingError.dataCorrupted(
            .init(codingPath: decoder.codingPath, debugDescription: "\(text) is no date and no duration"))
        }
        self.value = value
      } else {
        value = .context(
          Context(try names.map { ($0, try container.decode(JSONValue.self, forKey: Key(stringValue: $0)).value) }))
      }
      return
    }
    if var container = try? decoder.unkeyedContainer() {
      var items: [Value] = []
      while !container.isAtEnd { items.append(try container.decode(JSONValue.self).value) }
      value = .list(List(items))
      return
    }
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      value = .null
    } else if let flag = try? container.decode(Bool.self) {
      value = .boolean(flag)
    } else if let text = try? container.decode(String.self) {
      value = .string(text)
    } else {
      let text = try container.decode(Decimal.self).description
      guard let number = Number(text) else {
        throw DecodingError.dataCorruptedError(in: container, debugDescription: "\(text) is no number of FEEL's")
      }
      value = .number(number)
    }
  }

  private static func temporal(_ text: String) -> Value? {
    if let date = CivilDate(text) { return .date(date) }
    if let duration = YearsAndMonthsDuration(text) { return .yearsAndMonthsDuration(duration) }
    return DaysAndTimeDuration(text).map { .daysAndTimeDuration($0) }
  }
}
