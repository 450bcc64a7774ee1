import Diagnostics
import FEEL
import Probity
import Testing

@testable import ProbityRecords

/// A type of records to read, made up for these tests.
enum Sample {
  static let register = ContextType(
    name: "registration",
    members: [
      .init(
        "status",
        .restricted(.string, AllowedValues(listed: [.string("active"), .string("closed")], text: "active, closed"))),
      .init("since", .date),
    ])

  static let worker = ContextType(
    name: "worker",
    members: [
      .init("ref", .string), .init("hours", .number), .init("name", .string, isSensitive: true),
      .init("dbs", .context(dbs)),
    ], key: "ref")

  static let dbs = ContextType(name: "dbs", members: [.init("issued", .date)])

  static let provider = Vocabulary.RecordType(
    name: "provider", isRecord: true, key: "id", nameFact: "title",
    facts: [
      .init(name: "id", type: .string), .init(name: "title", type: .string),
      .init(name: "beds", type: .restricted(.number, AllowedValues(lower: .number(0), text: ">= 0"))),
      .init(name: "open", type: .boolean), .init(name: "opened", type: .date), .init(name: "at", type: .dateAndTime),
      .init(name: "from", type: .time), .init(name: "renewal", type: .yearsAndMonthsDuration),
      .init(name: "services", type: .list(.string)), .init(name: "registration", type: .context(register)),
      .init(name: "staff", type: .list(.context(worker))), .init(name: "secret", type: .number, isSensitive: true),
    ])

  static let vocabulary = Vocabulary(types: [
    Vocabulary.RecordType(
      name: "registration",
      facts: [
        .init(name: "status", type: register.members[0].type), .init(name: "since", type: .date),
      ]),
    Vocabulary.RecordType(name: "dbs", facts: [.init(name: "issued", type: .date)]),
    Vocabulary.RecordType(
      name: "worker", key: "ref",
      facts: [
        .init(name: "ref", type: .string), .init(name: "hours", type: .number),
        .init(name: "name", type: .string, isSensitive: true), .init(name: "dbs", type: .context(dbs)),
      ]),
    provider,
  ])

  /// A mapping for the sample type, whose facts are given.
  static func mapping(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) -> Mapping? {
    var sources = SourceMap()
    let bytes = Array(("probity: 1\nmapping: sample\nrecord: provider\n" + text).utf8)
    let file = sources.add(name: "mapping.yaml", bytes: bytes)
    var diagnostics = Diagnostics()
    let mapping = Mapping.load(bytes, file: file, vocabulary: vocabulary, into: &diagnostics)
    #expect(diagnostics.all == [], sourceLocation: sourceLocation)
    return mapping
  }
}

/// What came of reading some files.
struct ReadOut: CustomStringConvertible {
  var records: [Record] = []
  var unreadable: [[RecordProblem]] = []
  /// All problems, in the order in which they were reported.
  var problems: [RecordProblem] = []
  var accounts: [RecordAccount] = []

  init(
    _ inputs: [InputFile], mapping: Mapping? = nil, format: RecordFormat? = nil, limits: RecordLimits = RecordLimits(),
    type: Vocabulary.RecordType = Sample.provider
  ) {
    var reader = RecordReader(inputs, of: type, mapping: mapping, format: format, limits: limits)
    while let step = reader.next() {
      switch step {
      case .record(let record, let found):
        records.append(record)
        problems += found
      case .unreadable(let found):
        unreadable.append(found)
        problems += found
      case .problem(let problem): problems.append(problem)
      }
    }
    accounts = reader.accounts
  }

  /// Reads one file.
  init(
    _ text: String, _ name: String, mapping: Mapping? = nil, limits: RecordLimits = RecordLimits()
  ) {
    self.init(bytes: Array(text.utf8), name, mapping: mapping, limits: limits)
  }

  init(bytes: [UInt8], _ name: String, mapping: Mapping? = nil, limits: RecordLimits = RecordLimits()) {
    self.init([InputFile(name: name, bytes: bytes)], mapping: mapping, limits: limits)
  }

  /// The problems, a line each: code, place, message.
  var said: [String] { problems.map { "\($0.code) \($0.place): \($0.message)" } }

  var keys: [String] { records.map(\.key) }

  var description: String { (keys + said).joined(separator: "\n") }
}

extension Record {
  /// A fact by its dotted path, rendered; `?reason` where it is unknown.
  func fact(_ path: String) -> String {
    var value = Value.context(facts)
    for name in path.split(separator: ".") {
      guard case .context(let context) = value, let next = context[String(name)] else { return "no \(name)" }
      value = next
    }
    return render(value)
  }

  private func render(_ value: Value) -> String {
    switch value {
    case .unknown(let unknown):
      let absence = unknown.missing.first?.absence ?? .absent
      switch absence {
      case .absent: return "?absent"
      case .redacted: return "?redacted"
      case .unreadable(let text): return "?unreadable \(text)"
      }
    case .string(let text): return text
    case .number(let number): return number.description
    case .boolean(let flag): return String(flag)
    case .date(let date): return date.description
    case .time(let time): return time.description
    case .dateAndTime(let moment): return moment.description
    case .yearsAndMonthsDuration(let duration): return duration.description
    case .daysAndTimeDuration(let duration): return duration.description
    case .list(let list): return "[" + list.items.map(render).joined(separator: ", ") + "]"
    case .context(let context):
      return "{" + context.names.indices.map { "\(context.names[$0]): \(render(context[$0]))" }.joined(separator: ", ")
        + "}"
    default: return "\(value)"
    }
  }
}
