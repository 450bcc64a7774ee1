public import Diagnostics
import FEEL
public import Probity
import YAML

extension DiagnosticCode {
  static let mappingShape = DiagnosticCode("MAP501")
  static let mappingKey = DiagnosticCode("MAP502")
  static let mappingMissingKey = DiagnosticCode("MAP503")
  static let mappingType = DiagnosticCode("MAP504")
  static let mappingFact = DiagnosticCode("MAP505")
  static let mappingTwice = DiagnosticCode("MAP506")
  static let mappingFormat = DiagnosticCode("MAP507")
  static let mappingFeed = DiagnosticCode("MAP508")
  static let mappingValue = DiagnosticCode("MAP509")
  static let mappingIdentifier = DiagnosticCode("MAP510")
  static let mappingNoEffect = DiagnosticCode("MAP511")
  static let mappingSource = DiagnosticCode("MAP512")
  static let mappingJoin = DiagnosticCode("MAP513")
  static let mappingCircle = DiagnosticCode("MAP514")
  static let mappingConflict = DiagnosticCode("MAP515")
  static let mappingExpression = DiagnosticCode("MAP516")

  /// Every code of mappings; `Docs/Diagnostics/MAP.md` has a section for each.
  public static let mappingCodes: [DiagnosticCode] = [
    mappingShape, mappingKey, mappingMissingKey, mappingType, mappingFact, mappingTwice, mappingFormat, mappingFeed,
    mappingValue, mappingIdentifier, mappingNoEffect, mappingSource, mappingJoin, mappingCircle, mappingConflict,
    mappingExpression,
  ]
}

extension Mapping {
  /// Reads a mapping file and checks it against the vocabulary.
  ///
  /// - Returns: nil where there were errors; the diagnostics say which.
  public static func load(
    _ bytes: [UInt8], file: FileID, vocabulary: Vocabulary, into diagnostics: inout Diagnostics
  ) -> Mapping? {
    var own = Diagnostics()
    let node = YAML.parse(bytes, file: file, into: &own)
    var loader = MappingLoader(vocabulary: vocabulary, isWhole: !own.hasErrors)
    let mapping = node.isMissing ? nil : loader.mapping(node)
    own.report(contentsOf: loader.diagnostics)
    diagnostics.report(contentsOf: own)
    return own.hasErrors ? nil : mapping
  }
}

/// Turns a mapping file's tree into a ``Mapping``, reporting everything that is wrong with it in one run.
struct MappingLoader {
  let vocabulary: Vocabulary
  var diagnostics = Diagnostics()
  var drafts: [SourceDraft] = []
  /// The source whose columns or paths are read.
  var current = 0
  /// The source of the row at hand, and the joins from it to the one that is read.
  var rowSource = 0
  var hops: [Int] = []
  /// Sources of which all rows of a key are read, and so may have several.
  var listed: Set<Int> = []
  /// Where a fact that is being read stands, from the record's root.
  var prefix = ""
  /// Whether the fact that is being read must not be shown.
  var isSensitive = false
  /// By the path of a fact the sources that count before others.
  var rankings: [String: (sources: [Int], span: SourceSpan, isUsed: Bool)] = [:]
  /// The paths of facts that a ranking may be about.
  var ranked: Set<String> = []

  /// Whether the file was read to its end, so that the absence of a key says something.
  private let isWhole: Bool

  init(vocabulary: Vocabulary, isWhole: Bool) {
    self.vocabulary = vocabulary
    self.isWhole = isWhole
  }

  mutating func mapping(_ root: YAML.Node) -> Mapping? {
    guard let entries = root.entries else {
      report(.mappingShape, "expected a mapping, found \(root.kindInWords)", at: root.span)
      return nil
    }
    if entries.first?.key.text != "probity" || entries.first?.value.scalar?.integer != 1 {
      reportMissing("the first key of a mapping is `probity: 1`", at: entries.first?.span ?? root.span)
    }
    checkKeys(
      of: root,
      known: [
        "probity", "mapping", "title", "source", "record", "input", "sources", "records", "formats", "facts",
        "conflicts",
      ])
    let name = root["mapping"].flatMap { text($0, of: "mapping") }
    if root["mapping"] == nil {
      reportMissing("`mapping` is missing: the mapping's name", at: root.span)
    } else if let node = root["mapping"], let name, !Self.isName(name) {
      report(.mappingFormat, "a mapping's name is lower-case words joined by `-`", at: node.span)
    }
    let title = root["title"].flatMap { text($0, of: "title") }
    if let source = root["source"] { _ = text(source, of: "source") }
    let formats = formats(in: root["formats"], over: TextFormats())
    if let node = root["formats"] { checkKeys(of: node, known: Self.formatKeys) }
    let main = sources(root, formats: formats)
    rankings(root["conflicts"])
    (current, rowSource) = (main, main)
    guard let type = recordType(root) else { return nil }
    guard let factsNode = root["facts"] else {
      reportMissing("`facts` is missing: what feeds each fact", at: root.span)
      return nil
    }
    let tree = facts(factsNode, of: type.context, formats: formats)
    checkRankings()
    for source in listed { drafts[source].source.isKeyed = false }
    markSensitiveKeys()
    for index in drafts.indices { checkInput(index) }
    let identifier = type.context.key.flatMap { tree.feeds[$0] }
    if let key = type.context.key, identifier == nil, isWhole {
      report(
        .mappingIdentifier, "nothing feeds `\(type.context.members[key].name)`, which identifies a record",
        at: factsNode.span, help: "`{row: true}` numbers the records where no column tells them apart")
    }
    var identifierColumns: [Int] = []
    if case .scalar(.column(let slot), _, _) = identifier { identifierColumns = [slot] }
    if case .scalar(.columns(let slots, _, _), _, _) = identifier { identifierColumns = slots }
    return Mapping(
      name: name ?? "", title: title, record: type.name, sources: drafts.map(\.source), main: main,
      identifierColumns: identifierColumns, tree: tree)
  }

  private mutating func recordType(_ root: YAML.Node) -> Vocabulary.RecordType? {
    let types = vocabulary.recordTypes
    guard let node = root["record"] else {
      if types.count == 1 { return types[0] }
      let names = types.map { "`\($0.name)`" }.joined(separator: ", ")
      reportMissing(
        "`record` is missing: the type of its records", at: root.span,
        help: names.isEmpty ? "no type of the vocabulary has `record: true`" : "records can be \(names)")
      return nil
    }
    guard let name = text(node, of: "record") else { return nil }
    guard let type = vocabulary[name] else {
      report(
        .mappingType, "unknown type `\(name)`", at: node.span,
        help: NearMiss.nearest(to: name, among: types.map(\.name)).map { "did you mean `\($0)`?" })
      return nil
    }
    guard type.isRecord else {
      report(
        .mappingType, "no record is of type `\(name)`", at: node.span,
        help: "a type has `record: true` in the vocabulary where records can be of it")
      return nil
    }
    return type
  }

  static func isName(_ name: String) -> Bool {
    !name.isEmpty && !name.hasPrefix("-") && !name.hasSuffix("-")
      && name.utf8.allSatisfy { byte in
        byte == UInt8(ascii: "-") || (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
      }
  }

  // MARK: - Input

  mutating func input(_ node: YAML.Node) -> Mapping.Input {
    var input = Mapping.Input()
    input.format = node["format"].flatMap { choice($0, of: "format", RecordFormat.allCases.map(\.rawValue)) }
      .flatMap(RecordFormat.init(rawValue:))
    input.encoding = node["encoding"].flatMap { choice($0, of: "encoding", InputEncoding.allCases.map(\.rawValue)) }
      .flatMap(InputEncoding.init(rawValue:))
    if let skip = node["skip"] {
      if let count = skip.scalar?.integer, count >= 0, count <= 10_000 {
        input.skip = count
      } else {
        report(.mappingFormat, "`skip` is a number of lines", at: skip.span)
      }
    }
    if let separator = node["separator"], let text = text(separator, of: "separator") {
      let bytes = Array(text.utf8)
      if bytes.count == 1, bytes[0] < 0x80, bytes[0] != UInt8(ascii: "\""), bytes[0] != 0x0A, bytes[0] != 0x0D,
        bytes[0] != 0
      {
        input.separator = bytes[0]
      } else {
        report(.mappingFormat, "a separator is one character, such as `;`", at: separator.span)
      }
    }
    selection(node, of: &input)
    if let sheet = node["sheet"] {
      input.sheet = text(sheet, of: "sheet")
      input.format = input.format ?? .xlsx
    }
    if let header = node["header"] {
      if header.entries != nil {
        checkKeys(of: header, known: ["rows"])
        if let rows = header["rows"]?.scalar?.integer, (1...10).contains(rows) {
          input.headerRows = rows
        } else {
          report(.mappingFormat, "`rows` is the number of header rows, from 1 to 10", at: header.span)
        }
      } else {
        input.header = words(header, of: "header")
      }
    }
    if let records = node["records"], let path = path(records) {
      if path.steps.last?.isList == true, path.steps.count(where: \.isList) == 1 {
        input.records = path.steps.map(\.key)
      } else {
        report(
          .mappingFormat, "the path of the records ends in the one list that it goes through", at: records.span,
          help: "write `[]` after its last key, and nowhere else")
      }
    }
    return input
  }

  /// What is read of a database, which a file of which it is said therefore is.
  private mutating func selection(_ node: YAML.Node, of input: inout Mapping.Input) {
    let said = ["table", "query"].compactMap { key in node.entries?.first { $0.key.text == key } }
    guard let first = said.first else { return }
    if let format = input.format, format != .sqlite {
      for entry in said {
        warn(
          .mappingNoEffect, "`\(entry.key.text ?? "")` has no effect on a \(format.rawValue) file", at: entry.key.span)
      }
      return
    }
    if said.count > 1 { report(.mappingFormat, "a `table` is read or a `query`, not both", at: said[1].key.span) }
    input.format = .sqlite
    let isTable = first.key.text == "table"
    guard let text = text(first.value, of: isTable ? "table" : "query") else { return }
    input.selection = isTable ? .table(text) : .query(text)
  }

  /// Holds what the input is against what the facts read from it.
  private mutating func checkInput(_ index: Int) {
    let (node, input) = (drafts[index].node, drafts[index].source.input)
    let (firstColumn, firstPath) = (drafts[index].firstColumn, drafts[index].firstPath)
    if let firstColumn, let firstPath {
      report(
        .mappingFeed, "a mapping reads columns or paths, not both", at: firstPath,
        related: [.init("a column is read here", at: firstColumn)])
    }
    let isTable = input.format?.isTable ?? (firstPath == nil)
    if let format = input.format, let wrong = isTable ? firstPath : firstColumn {
      report(
        .mappingFeed, "a \(format.rawValue) file has no \(isTable ? "paths" : "columns")", at: wrong,
        help: isTable ? "write `column`" : "write `path`")
    }
    var idle = isTable ? ["records"] : ["skip", "separator", "header", "sheet"]
    if input.format == .sqlite || input.format == .xlsx { idle += ["encoding", "separator"] }
    if input.format == .sqlite || input.format == .csv { idle.append("sheet") }
    for key in idle {
      guard let entry = node?.entries?.first(where: { $0.key.text == key }) else { continue }
      warn(
        .mappingNoEffect,
        "`\(key)` has no effect on \(input.format?.inWords ?? (isTable ? "a table" : "documents"))",
        at: entry.key.span)
    }
  }

  // MARK: - Nodes

  mutating func report(
    _ code: DiagnosticCode, _ message: String, at span: SourceSpan, related: [Diagnostic.Related] = [],
    help: String? = nil
  ) {
    diagnostics.report(Diagnostic(code, .error, message, at: span, related: related, help: [help]))
  }

  mutating func reportMissing(_ message: String, at span: SourceSpan, help: String? = nil) {
    if isWhole { report(.mappingMissingKey, message, at: span, help: help) }
  }

  mutating func warn(_ code: DiagnosticCode, _ message: String, at span: SourceSpan) {
    diagnostics.report(Diagnostic(code, .warning, message, at: span))
  }

  mutating func checkKeys(of node: YAML.Node, known: [String]) {
    for entry in node.entries ?? [] {
      guard let key = entry.key.text, !known.contains(key) else { continue }
      report(
        .mappingKey, "unknown key `\(Excerpt.of(key))`", at: entry.key.span,
        help: NearMiss.nearest(to: key, among: known).map { "did you mean `\($0)`?" }
          ?? "known keys are \(known.map { "`\($0)`" }.joined(separator: ", "))")
    }
  }

  mutating func isMapping(_ node: YAML.Node, _ key: String) -> Bool {
    if node.entries != nil { return true }
    if !node.isMissing {
      report(.mappingShape, "`\(key)` is a mapping, not \(node.kindInWords)", at: node.span)
    }
    return false
  }

  mutating func text(_ node: YAML.Node, of key: String) -> String? {
    if let text = node.text, !node.isNull { return text }
    if !node.isMissing { report(.mappingShape, "`\(key)` is a text, not \(node.kindInWords)", at: node.span) }
    return nil
  }

  /// A text or a list of texts.
  mutating func words(_ node: YAML.Node, of key: String) -> [String] {
    if let items = node.items { return items.compactMap { text($0, of: key) } }
    return text(node, of: key).map { [$0] } ?? []
  }

  mutating func flag(_ node: YAML.Node, of key: String) -> Bool {
    if let flag = node.scalar?.boolean { return flag }
    if !node.isMissing { report(.mappingShape, "`\(key)` is true or false", at: node.span) }
    return false
  }

  mutating func choice(_ node: YAML.Node, of key: String, _ choices: [String]) -> String? {
    guard let text = text(node, of: key) else { return nil }
    if choices.contains(text) { return text }
    report(
      .mappingFormat, "`\(key)` cannot be `\(Excerpt.of(text))`", at: node.span,
      help: NearMiss.nearest(to: text, among: choices).map { "did you mean `\($0)`?" }
        ?? "it is one of \(choices.map { "`\($0)`" }.joined(separator: ", "))")
    return nil
  }

  mutating func path(_ node: YAML.Node) -> DocumentPath? {
    guard let text = text(node, of: "path") else { return nil }
    do {
      return try DocumentPath(text)
    } catch {
      report(.mappingFormat, "not a path: \(error.message)", at: node.scalar?.source.span(error.range) ?? node.span)
      return nil
    }
  }

  /// A path that stands where a key does.
  mutating func path(_ text: String, at span: SourceSpan) -> DocumentPath? {
    do {
      return try DocumentPath(text)
    } catch {
      report(.mappingFormat, "not a path: \(error.message)", at: span)
      return nil
    }
  }

  /// Reads something of another source than the one at hand.
  mutating func within(_ source: Int, _ body: (inout MappingLoader) -> Void) {
    let outer = current
    current = source
    body(&self)
    current = outer
  }
}
