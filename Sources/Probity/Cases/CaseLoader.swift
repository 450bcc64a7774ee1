import Diagnostics
import FEEL
import YAML

extension DiagnosticCode {
  /// A base that there is not.
  fileprivate static let unknownBase = DiagnosticCode("TEST704")
  /// A base that is from itself.
  fileprivate static let endlessBase = DiagnosticCode("TEST705")
  /// A case about one kind of record, and a rule, base or policy about another.
  fileprivate static let otherRecord = DiagnosticCode("TEST706")
  /// A case without a date.
  fileprivate static let noDate = DiagnosticCode("TEST707")
  /// A case that expects nothing.
  fileprivate static let expectsNothing = DiagnosticCode("TEST708")
  /// A change to an item that the record does not have.
  fileprivate static let noSuchItem = DiagnosticCode("TEST709")
  /// A row with more or fewer cells than its table has columns.
  fileprivate static let wrongCellCount = DiagnosticCode("TEST710")
  /// A base that no case starts with.
  fileprivate static let idleBase = DiagnosticCode("TEST711")
}

extension Diagnostic {
  static func otherRecord(_ what: String, _ type: String, wanted: String, at span: SourceSpan) -> Diagnostic {
    Diagnostic(.otherRecord, .error, "\(what) is about `\(type)`, and this case is about `\(wanted)`", at: span)
  }
}

extension Loader {
  /// Reads test files against a rule book without errors; what is wrong with them is added to its diagnostics.
  ///
  /// - Returns: the cases of each file, in the order of the files; those that are wrong are left out.
  public static func tests(_ files: [SourceFile], loaded: inout Loaded) -> [TestFile] {
    var loader = CaseLoader(loaded)
    let tests = loader.load(files)
    loaded.sources = loader.sources
    loaded.diagnostics.report(contentsOf: loader.diagnostics)
    return tests
  }
}

/// Reads test files: first the bases of all of them, then the cases of each.
struct CaseLoader {
  private static let fileKeys = ["probity", "record", "as-of", "policy", "parameters", "bases", "cases", "tables"]
  private static let baseKeys = ["base", "title", "from", "facts", "missing"]
  private static let commonKeys = [
    "base", "as-of", "policy", "parameters", "facts", "missing", "expect", "known-to-fail",
  ]
  private static let caseKeys = ["case"] + commonKeys
  private static let tableKeys = ["table"] + commonKeys + ["given", "rows"]

  let book: RuleBook
  let policies: [Policy]
  var sources: SourceMap
  var diagnostics = Diagnostics()
  /// By name and by address.
  let rules: [String: Int]
  let parameters: [String: Int]
  private var bases: [Base] = []
  /// By name, in the order of the files.
  private var basesByName: [String: [Int]] = [:]
  /// Whether a file that could not be read to its end may have held what others speak of.
  private var isIncomplete = false

  /// A base as it stands in its file.
  private struct Base {
    var name: Located<String>
    var file: Int
    var fields: Fields
    var settings: Settings
    /// The base that it is from.
    var parent: Int?
    var changes: [FactChange] = []
    var isUsed = false
  }

  /// How many bases one may be from, each from the next.
  private static let mostParents = 100

  /// What a file or case says before its facts.
  struct Settings {
    /// The position of the file among those that are read.
    var file: Int
    var reader: FactReader
    /// Nil where that is not clear, which has been reported.
    var record: Vocabulary.RecordType?
    var asOf: CivilDate?
    var policy: Int?
    var parameters: [Int: Value] = [:]
  }

  init(_ loaded: Loaded) {
    book = loaded.book
    policies = loaded.policies
    sources = loaded.sources
    var rules: [String: Int] = [:]
    for (index, rule) in book.rules.enumerated() {
      rules[rule.name] = index
      rules[rule.address] = index
    }
    self.rules = rules
    parameters = Dictionary(
      zip(book.parameters.map(\.name), book.parameters.indices), uniquingKeysWith: { first, _ in first })
  }

  mutating func report(_ diagnostic: Diagnostic) { diagnostics.report(diagnostic) }

  mutating func load(_ files: [SourceFile]) -> [TestFile] {
    var read: [(fields: Fields, settings: Settings)?] = []
    for (index, file) in files.enumerated() {
      let id = sources.add(name: file.path, bytes: file.bytes)
      let root = YAML.parse(file.bytes, file: id, into: &diagnostics)
      if Loader.isCutShort(root) { isIncomplete = true }
      guard let fields = Fields(root, "a file of tests", keys: Self.fileKeys, into: &diagnostics) else {
        read.append(nil)
        continue
      }
      Loader.checkVersion(of: fields, into: &diagnostics)
      let reader = FactReader(vocabulary: book.vocabulary, file: id, sources: sources)
      var settings = Settings(file: index, reader: reader)
      apply(fields, to: &settings)
      if settings.record == nil { settings.record = recordType(fields) }
      read.append((fields, settings))
      readBases(fields, settings)
    }
    checkBases()
    let tests = zip(files, read).map { file, read in
      TestFile(path: file.path, cases: read.map { cases($0.fields, $0.settings) } ?? [])
    }
    // Of a case that is wrong nobody knows what it starts with.
    for base in bases where !base.isUsed && !diagnostics.hasErrors {
      report(Diagnostic(.idleBase, .warning, "no case starts with the base `\(base.name.value)`", at: base.name.span))
    }
    return tests
  }

  // MARK: Settings

  /// The type of the records of a file that names no policy.
  private mutating func recordType(_ fields: Fields) -> Vocabulary.RecordType? {
    let known = book.vocabulary.recordTypes.map(\.name)
    guard let name = fields.text("record", into: &diagnostics) else {
      if fields.has("record") { return nil }
      if known.count == 1 { return book.vocabulary[known[0]] }
      report(.missingKey("record", of: fields.what, at: fields.place, help: "it is one of \(known.inWords)"))
      return nil
    }
    if known.contains(name.value) { return book.vocabulary[name.value] }
    report(.unknownWord(name.value, for: "record", words: known, at: name.span))
    return nil
  }

  /// Notes date, policy and parameters that a file or case gives.
  private mutating func apply(_ fields: Fields, to settings: inout Settings) {
    if let date = fields.date("as-of", into: &diagnostics) { settings.asOf = date }
    if let name = fields.text("policy", into: &diagnostics) {
      if let index = policies.firstIndex(where: { $0.name == name.value }) {
        settings.policy = index
        settings.record = book.vocabulary[policies[index].recordType]
      } else {
        report(.unknownPolicy(name, among: policies.map(\.name)))
      }
    }
    for entry in fields.entries("parameters", wanted: "a mapping of parameters to values", into: &diagnostics) ?? [] {
      let name = Located(entry.key.text ?? "", at: entry.key.span)
      guard let index = parameters[name.value] else {
        report(.unknownParameter(name, among: parameters.keys))
        continue
      }
      guard !entry.value.isMissing else { continue }
      settings.parameters[index] = ValueReader.value(entry.value, book.parameters[index].type, into: &diagnostics)
    }
  }

  // MARK: Bases

  private mutating func readBases(_ fields: Fields, _ settings: Settings) {
    for node in fields.items("bases", into: &diagnostics) ?? [] {
      guard let own = Fields(node, "a base", keys: Self.baseKeys, into: &diagnostics),
        let name = own.requiredText("base", into: &diagnostics)
      else { continue }
      if let first = basesByName[name.value]?.first(where: { bases[$0].file == settings.file }) {
        report(.declaredTwice("the base", name, first: bases[first].name.span))
        continue
      }
      basesByName[name.value, default: []].append(bases.count)
      bases.append(Base(name: name, file: settings.file, fields: own, settings: settings))
    }
  }

  /// The base of a name: the file's own, or else the one of another file.
  private mutating func base(_ name: Located<String>, from file: Int) -> Int? {
    let all = basesByName[name.value] ?? []
    let own = all.first { bases[$0].file == file }
    if let index = own ?? all.first, own != nil || all.count == 1 { return index }
    if all.isEmpty {
      guard !isIncomplete else { return nil }
      report(
        Diagnostic(
          .unknownBase, .error, "there is no base `\(name.value)`", at: name.span,
          help: [suggestion(for: name.value, among: basesByName.keys)]))
    } else {
      report(
        Diagnostic(
          .unknownBase, .error, "several files have a base `\(name.value)`", at: name.span,
          related: all.map { .init("one of them", at: bases[$0].name.span) }, help: ["give them names of their own"]))
    }
    return nil
  }

  /// What a name may have meant; nothing once so much is wrong that it would not be shown.
  func suggestion(for name: String, among names: some Sequence<String>) -> String? {
    guard diagnostics.all.count < Diagnostics.limit else { return nil }
    return NearMiss.nearest(to: name, among: names).map { "did you mean `\($0)`?" }
  }

  /// Reads what each base says, once it is known which is from which.
  private mutating func checkBases() {
    for index in bases.indices {
      guard let from = bases[index].fields.text("from", into: &diagnostics),
        let parent = base(from, from: bases[index].file)
      else { continue }
      bases[parent].isUsed = true
      if let own = bases[index].settings.record, let other = bases[parent].settings.record, own.name != other.name {
        report(.otherRecord("the base `\(from.value)`", other.name, wanted: own.name, at: from.span))
      } else {
        bases[index].parent = parent
      }
    }
    for index in bases.indices { checkParents(of: index) }
    for index in bases.indices {
      guard let plan = plan(ofBase: index) else { continue }
      var draft = plan.draft
      bases[index].changes = changes(bases[index].fields, to: &draft, bases[index].settings.reader)
    }
  }

  /// Cuts a base off what it is from where that has no end, or is too long.
  private mutating func checkParents(of index: Int) {
    var met: Set<Int> = [index]
    var next = bases[index].parent
    while let parent = next {
      let span = bases[index].fields["from"]?.span ?? bases[index].name.span
      if parent == index {
        report(Diagnostic(.endlessBase, .error, "the base `\(bases[index].name.value)` is from itself", at: span))
      } else if met.count > Self.mostParents {
        report(
          Diagnostic(
            .endlessBase, .error,
            "the base `\(bases[index].name.value)` is from more than \(Self.mostParents) others, each from the next",
            at: span))
      } else if met.insert(parent).inserted {
        next = bases[parent].parent
        continue
      } else {
        // A circle that this is not part of is reported where it is.
        return
      }
      bases[index].parent = nil
      return
    }
  }

  /// How the record of a base is made; nil where it is not clear what the record is of.
  private func plan(ofBase index: Int) -> RecordPlan? {
    guard let type = bases[index].settings.record else { return nil }
    var layers: [[FactChange]] = []
    var next: Int? = index
    while let base = next, layers.count <= Self.mostParents {
      layers.append(bases[base].changes)
      next = bases[base].parent
    }
    return RecordPlan(
      type: type.context, place: bases[index].settings.reader.place(of: bases[index].name.span),
      name: bases[index].name.value, layers: layers.reversed())
  }

  /// What `facts` and `missing` say, applied.
  private mutating func changes(
    _ fields: Fields, to draft: inout ContextDraft, _ reader: FactReader
  ) -> [FactChange] {
    var changes: [FactChange] = []
    for entry in fields.entries("facts", wanted: "a mapping of facts to values", into: &diagnostics) ?? [] {
      guard let path = path(entry.key, in: draft.type) else { continue }
      if let change = change(path, of: entry.key, to: entry.value, in: &draft, reader) { changes.append(change) }
    }
    for node in fields.items("missing", into: &diagnostics) ?? [] {
      guard let path = path(node, in: draft.type) else { continue }
      if let change = change(path, of: node, to: nil, in: &draft, reader) { changes.append(change) }
    }
    return changes
  }

  /// The path that a node writes; nil, with a report, where it leads nowhere.
  private mutating func path(_ node: YAML.Node, in type: ContextType) -> FactPath? {
    guard let text = Fields.text(node, into: &diagnostics) else { return nil }
    return FactPath.pieces(of: text.value, at: text.span, into: &diagnostics).flatMap {
      FactPath($0, text: text.value, in: type, at: text.span, into: &diagnostics)
    }
  }

  /// Changes a record; nil, with a report, where that cannot be.
  ///
  /// - Parameter value: nil, or null, to take the fact away.
  private mutating func change(
    _ path: FactPath, of key: YAML.Node, to value: YAML.Node?, in draft: inout ContextDraft, _ reader: FactReader
  ) -> FactChange? {
    guard let last = path.steps.last else { return nil }
    var fact: FactDraft?
    if let value, !value.isNull {
      guard !value.isMissing,
        var read = reader.draft(value, path.type, member: last.member, of: path.holder, into: &diagnostics)
      else { return nil }
      // The path says the key of an item that it adds.
      if let item = last.item, case .context(var context) = read, let member = context.type.key,
        context.members[member] == nil, case .string = context.type.members[member].type.base
      {
        context.members[member] = .value(.string(item), reader.place(of: key.span))
        read = .context(context)
      }
      fact = read
    }
    do throws(ContextDraft.NoSuchItem) {
      try draft.set(path.steps[...], to: fact)
    } catch {
      let nearest = suggestion(for: error.item, among: error.items)
      report(
        Diagnostic(
          .noSuchItem, .error, "the record has no item `\(error.item)` in `\(error.list)`", at: key.span,
          help: [
            nearest
              ?? (error.items.isEmpty ? "the list is empty" : "its items are \(Array(error.items.prefix(12)).inWords)")
          ]))
      return nil
    }
    return FactChange(steps: path.steps, fact: fact)
  }

  // MARK: Cases

  private mutating func cases(_ fields: Fields, _ settings: Settings) -> [TestCase] {
    var cases: [TestCase] = []
    var names: [String: SourceSpan] = [:]
    func isNew(_ name: Located<String>, _ what: String, _ diagnostics: inout Diagnostics) -> Bool {
      if let first = names[name.value] {
        diagnostics.report(.declaredTwice(what, name, first: first))
        return false
      }
      names[name.value] = name.span
      return true
    }
    for node in fields.items("cases", into: &diagnostics) ?? [] {
      guard let own = Fields(node, "a case", keys: Self.caseKeys, into: &diagnostics),
        let name = own.requiredText("case", into: &diagnostics), isNew(name, "the case", &diagnostics),
        let start = begin(own, name, settings)
      else { continue }
      var expectations: [Expectation] = []
      for entry in own.entries("expect", wanted: "a mapping of rules to outcomes", into: &diagnostics) ?? [] {
        guard let column = column(entry.key, start), !entry.value.isMissing,
          let wanted = wanted(entry.value, column, start)
        else { continue }
        expectations.append(
          Expectation(subject: column.subject, wanted: wanted, text: column.text, span: entry.key.span))
      }
      if let test = finish(start, expectations, name: name.value, at: name.span) { cases.append(test) }
    }
    for node in fields.items("tables", into: &diagnostics) ?? [] {
      guard let own = Fields(node, "a table", keys: Self.tableKeys, into: &diagnostics),
        let name = own.requiredText("table", into: &diagnostics), isNew(name, "the table", &diagnostics),
        let start = begin(own, name, settings)
      else { continue }
      cases += rows(own, name, start)
    }
    return cases
  }

  /// What a case starts with.
  struct Start {
    var fields: Fields
    var settings: Settings
    var record: Vocabulary.RecordType
    var plan: RecordPlan
    /// What comes of the plan.
    var draft: ContextDraft
    var knownToFail: String?
  }

  private mutating func begin(_ fields: Fields, _ name: Located<String>, _ file: Settings) -> Start? {
    var settings = file
    apply(fields, to: &settings)
    let knownToFail = fields.text("known-to-fail", into: &diagnostics)?.value
    guard let type = settings.record else { return nil }
    var plan = RecordPlan(
      type: type.context, place: file.reader.place(of: name.span), name: name.value, layers: [])
    if let base = fields.text("base", into: &diagnostics) {
      guard let index = self.base(base, from: file.file) else { return nil }
      bases[index].isUsed = true
      guard let made = self.plan(ofBase: index) else { return nil }
      guard made.type == type.context else {
        report(.otherRecord("the base `\(base.value)`", "\(made.type)", wanted: type.name, at: base.span))
        return nil
      }
      plan = made
    }
    var draft = plan.draft
    plan.layers.append(changes(fields, to: &draft, settings.reader))
    return Start(
      fields: fields, settings: settings, record: type, plan: plan, draft: draft, knownToFail: knownToFail)
  }

  private mutating func finish(
    _ start: Start, _ expectations: [Expectation], name: String, at span: SourceSpan
  ) -> TestCase? {
    guard let asOf = start.settings.asOf else {
      if !start.fields.has("as-of"), !isIncomplete {
        report(
          Diagnostic(
            .noDate, .error, "this has no date to be asked on", at: span,
            help: ["add `as-of:` here, or at the top of the file for all its cases"]))
      }
      return nil
    }
    if expectations.isEmpty {
      guard !isIncomplete else { return nil }
      if !start.fields.has("expect") || start.fields["expect"]?.entries?.isEmpty == true {
        report(
          Diagnostic(
            .expectsNothing, .error, "`\(name)` expects nothing", at: span,
            help: ["say under `expect` what a rule must come to: `\(book.rules.first?.name ?? "rule"): pass`"]))
      }
      return nil
    }
    return TestCase(
      name: name, span: span, plan: start.plan, policy: start.settings.policy, asOf: asOf,
      parameters: start.settings.parameters, expectations: expectations,
      knownToFail: start.knownToFail)
  }

  // MARK: Tables

  /// What a column of a table gives.
  private enum Given {
    case date
    case parameter(Int)
    case fact(FactPath, YAML.Node)
  }

  private mutating func rows(_ fields: Fields, _ name: Located<String>, _ start: Start) -> [TestCase] {
    let givenNodes = fields.required("given", into: &diagnostics).flatMap { Fields.items($0, into: &diagnostics) }
    let expectNodes = fields.required("expect", into: &diagnostics).flatMap { Fields.items($0, into: &diagnostics) }
    let rowNodes = fields.required("rows", into: &diagnostics).flatMap { Fields.items($0, into: &diagnostics) }
    guard let givenNodes, let expectNodes, let rowNodes else { return [] }
    let given = givenNodes.map { node -> Given? in
      if node.text == "as-of" { return .date }
      if let index = node.text.flatMap({ parameters[$0] }) { return .parameter(index) }
      return path(node, in: start.draft.type).map { .fact($0, node) }
    }
    let columns = expectNodes.map { column($0, start) }
    guard given.allSatisfy({ $0 != nil }), columns.allSatisfy({ $0 != nil }) else { return [] }
    if expectNodes.isEmpty {
      report(Diagnostic(.expectsNothing, .error, "`\(name.value)` expects nothing", at: name.span))
      return []
    }
    return rowNodes.enumerated().compactMap { number, row in
      guard let cells = Fields.items(row, into: &diagnostics) else { return nil }
      guard cells.count == given.count + columns.count else {
        if !row.hasHoles {
          report(
            Diagnostic(
              .wrongCellCount, .error,
              "this row has \(cells.count) \(cells.count == 1 ? "cell" : "cells"), and the table \(given.count + columns.count) columns",
              at: row.span,
              help: ["one for each of `given`, then one for each of `expect`"]))
        }
        return nil
      }
      var own = start
      own.plan.layers.append([])
      for (given, cell) in zip(given.compactMap(\.self), cells) where cell.text != "-" { apply(given, cell, to: &own) }
      var expectations: [Expectation] = []
      for (column, cell) in zip(columns.compactMap(\.self), cells.dropFirst(given.count)) where cell.text != "-" {
        guard let wanted = wanted(cell, column, start) else { continue }
        expectations.append(Expectation(subject: column.subject, wanted: wanted, text: column.text, span: cell.span))
      }
      let values = cells.prefix(given.count).map { $0.text ?? "…" }.joined(separator: ", ")
      return finish(
        own, expectations, name: "\(name.value), row \(number + 1)\(values.isEmpty ? "" : " (\(values))")",
        at: row.span)
    }
  }

  private mutating func apply(_ given: Given, _ cell: YAML.Node, to start: inout Start) {
    switch given {
    case .date: start.settings.asOf = Fields.date(cell, into: &diagnostics)
    case .parameter(let index):
      start.settings.parameters[index] = ValueReader.value(cell, book.parameters[index].type, into: &diagnostics)
    case .fact(let path, let node):
      let isTakenAway = cell.scalar.map { $0.style == .plain && $0.text == "missing" } ?? false
      let change = change(
        path, of: isTakenAway ? node : cell, to: isTakenAway ? nil : cell, in: &start.draft, start.settings.reader)
      if let change { start.plan.layers[start.plan.layers.count - 1].append(change) }
    }
  }
}
