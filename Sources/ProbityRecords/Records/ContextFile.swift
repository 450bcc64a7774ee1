import Diagnostics
public import FEEL
public import Probity
import YAML

/// Reads a file that holds one JSON or YAML object as a FEEL context, without a vocabulary.
///
/// Numbers and truth values become FEEL's; every other text stays text, since neither format has dates.
public enum ContextFile {
  /// The file's object.
  ///
  /// - Returns: a context, or nil where the file holds no such object; the problems say why.
  public static func read(
    _ input: InputFile, limits: RecordLimits = RecordLimits()
  ) -> (context: Context?, problems: [RecordProblem]) {
    let place = Place(file: input.name)
    func failed(_ code: DiagnosticCode, _ message: String, line: Int? = nil) -> (Context?, [RecordProblem]) {
      (nil, [RecordProblem(code, .error, message, at: Place(file: input.name, line: line))])
    }
    var window: ByteWindow
    do {
      window = ByteWindow(try input.open(), declared: nil, chunkBytes: limits.chunkBytes)
    } catch {
      return failed(.cannotRead, "cannot be read: \(error.reason)")
    }
    while window.count <= limits.recordBytes, window.readMore() {}
    if let failure = window.failure { return failed(.cannotRead, "cannot be read: \(failure.reason)") }
    if window.count > limits.recordBytes {
      return failed(.tooLarge, "the file has more than \(limits.recordBytes) bytes")
    }
    if let invalid = window.invalidText(in: 0..<window.count) { return (nil, [invalid.problem(at: place)]) }
    let bytes = window.slice(0..<window.count)
    if let kind = BinaryFile.kind(of: bytes.prefix(ByteWindow.headBytes)) {
      return failed(.notText, "the file is not text: it seems to be \(kind)")
    }
    switch RecordFormat(fileName: input.name) ?? RecordFormat(head: bytes) {
    case .json, .jsonLines:
      do {
        let document = try JSONParser.parse(bytes, line: 1, depthLimit: limits.depth)
        guard case .context(let context) = document.value(0) else {
          return failed(.notARecord, "expected an object, found \(document.kindInWords(0))")
        }
        return (context, [])
      } catch {
        return failed(.notJSON, "\(error.message) (column \(error.column))", line: error.line)
      }
    case .yaml, .csv, .sqlite, .xlsx:
      return yaml(Array(bytes), name: input.name, limits: limits)
    }
  }

  private static func yaml(
    _ bytes: [UInt8], name: String, limits: RecordLimits
  ) -> (context: Context?, problems: [RecordProblem]) {
    let lines = LineTable(bytes)
    var diagnostics = Diagnostics()
    let root = YAML.parse(
      bytes, file: FileID(rawValue: 0), limits: YAML.Limits(bytes: limits.recordBytes, depth: limits.depth),
      into: &diagnostics)
    let problems = diagnostics.sorted.map { YAMLRecords.problem($0, name: name, lines: lines) }
    guard !diagnostics.hasErrors else { return (nil, problems) }
    guard case .context(let context) = Value(root) else {
      let problem = RecordProblem(
        .notARecord, .error, "expected an object, found \(root.kindInWords)", at: Place(file: name))
      return (nil, problems + [problem])
    }
    return (context, problems)
  }
}

extension RawDocument {
  /// A value of JSON as FEEL has it.
  fileprivate func value(_ index: Index) -> Value {
    switch self[index].kind {
    case .null: return .null
    case .yes: return .boolean(true)
    case .no: return .boolean(false)
    case .number: return Value(number: text(index))
    case .text: return .string(text(index))
    case .list:
      var items: [Value] = []
      forEachChild(of: index) { items.append(value($0)) }
      return .list(List(items))
    case .object:
      var entries: [(String, Value)] = []
      forEachChild(of: index) { entries.append((text($0), value($0 + 1))) }
      return .context(Context(entries))
    }
  }
}

extension Value {
  /// Null, with its reason, for what is beyond every number.
  fileprivate init(number text: String) {
    self =
      Number(text).map { .number($0) } ?? .null(Failure(.outOfRange, "`\(Excerpt.of(text))` is too large for a number"))
  }

  fileprivate init(_ node: YAML.Node) {
    switch node.kind {
    case .missing: self = .null
    case .sequence(let items): self = .list(List(items.map { Value($0) }))
    case .mapping(let entries): self = .context(Context(entries.map { ($0.key.text ?? "", Value($0.value)) }))
    case .scalar(let scalar):
      if scalar.isNull {
        self = .null
      } else if let truth = scalar.boolean {
        self = .boolean(truth)
      } else if scalar.style == .plain, !scalar.isTaggedText, let number = Number(scalar.text) {
        self = .number(number)
      } else {
        self = .string(scalar.text)
      }
    }
  }
}
