import Diagnostics
import FEEL
import Probity
import Testing

@testable import ProbityRecords

/// A type of records to read, made up for these tests.
enum Sample {
  static let vocabulary: Vocabulary = {
    var loader = Loader()
    loader.addRules(SourceFile(path: "vocabulary.yaml", bytes: Array(text.utf8)))
    let loaded = loader.load()
    precondition(!loaded.diagnostics.hasErrors, "\(loaded.diagnostics.all)")
    return loaded.book.vocabulary
  }()

  static var provider: Vocabulary.RecordType { vocabulary.recordTypes[0] }

  private static let text = """
    probity: 1
    types:
      - type: provider
        record: true
        title: Provider
        key: id
        name: title
        facts:
          - {fact: id, type: text}
          - {fact: title, type: text}
          - {fact: beds, type: number, allowed: ">= 0"}
          - {fact: share, type: number, allowed: "(0..1]"}
          - {fact: open, type: boolean}
          - {fact: opened, type: date}
          - {fact: at, type: date and time}
          - {fact: from, type: time}
          - {fact: renewal, type: years and months duration}
          - {fact: services, type: list<text>}
          - {fact: registration, type: registration}
          - {fact: staff, type: list<worker>}
          - {fact: secret, type: number, sensitive: true}
      - type: registration
        title: Registration
        facts:
          - {fact: status, type: text, allowed: [active, closed]}
          - {fact: since, type: date}
      - type: worker
        title: Worker
        key: ref
        facts:
          - {fact: ref, type: text}
          - {fact: hours, type: number}
          - {fact: name, type: text, sensitive: true}
          - {fact: dbs, type: dbs}
      - type: dbs
        title: Certificate
        facts:
          - {fact: issued, type: date}
    """

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
  var sources: [SourceAccount] = []

  init(
    _ inputs: [InputFile], joined: [String: [InputFile]] = [:], mapping: Mapping? = nil, format: RecordFormat? = nil,
    limits: RecordLimits = RecordLimits(),
    type: Vocabulary.RecordType = Sample.provider
  ) {
    var reader = RecordReader(
      inputs, joined: joined, of: type, in: Sample.vocabulary, mapping: mapping, format: format, limits: limits)
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
    sources = reader.sources
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
      case .conflicting(let texts): return "?conflicting \(texts)"
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
