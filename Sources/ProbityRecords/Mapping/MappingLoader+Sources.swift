import Diagnostics
import FEEL
import YAML

/// A source of a mapping that is being read.
struct SourceDraft {
  var source = Mapping.Source()
  /// What describes it; nil where the mapping has no `input`.
  var node: YAML.Node?
  /// The first places at which a column and a path are read.
  var firstColumn: SourceSpan?
  var firstPath: SourceSpan?
  /// The cells that its expressions may read.
  var plan: CellPlan?
  /// Columns and paths that feed facts which must not be shown.
  var sensitive: Set<String> = []
}

// The sources of a mapping, and how they are joined.
extension MappingLoader {
  private static let inputKeys = [
    "format", "encoding", "skip", "separator", "header", "sheet", "table", "query", "records", "cells", "where",
  ]
  private static let sourceKeys = inputKeys + ["file", "to", "on", "unmatched", "unused"]

  /// Reads `input`, or `sources` and `records`.
  ///
  /// - Returns: the position of the source that gives the records.
  mutating func sources(_ root: YAML.Node, formats: TextFormats) -> Int {
    guard let node = root["sources"] else {
      drafts = [SourceDraft()]
      drafts[0].node = root["input"]
      if let records = root["records"] {
        warn(.mappingNoEffect, "`records` has no effect without `sources`", at: records.span)
      }
      if let input = root["input"], isMapping(input, "input") {
        checkKeys(of: input, known: Self.inputKeys)
        drafts[0].source.input = self.input(input)
        expressions(input, of: 0, formats: formats)
      }
      return 0
    }
    if let input = root["input"] {
      report(.mappingFeed, "a mapping has `sources` or `input`, not both", at: input.span)
    }
    if isMapping(node, "sources") {
      for entry in node.entries ?? [] where entry.key.text != nil { declare(entry) }
    }
    guard !drafts.isEmpty else {
      drafts = [SourceDraft()]
      return 0
    }
    let main = mainSource(root)
    for index in drafts.indices {
      guard let node = drafts[index].node, node.entries != nil else { continue }
      drafts[index].source.input = self.input(node)
      expressions(node, of: index, formats: formats)
    }
    for index in drafts.indices { join(index, main: main, formats: formats) }
    checkCircles(main)
    return main
  }

  private mutating func declare(_ entry: YAML.Entry) {
    guard let name = entry.key.text else { return }
    if !Self.isName(name) {
      report(.mappingFormat, "a source's name is lower-case words joined by `-`", at: entry.key.span)
    }
    if drafts.contains(where: { $0.source.name == name }) {
      report(.mappingTwice, "there are two sources `\(name)`", at: entry.key.span)
      return
    }
    var draft = SourceDraft()
    draft.source.name = name
    draft.node = entry.value
    if isMapping(entry.value, name) {
      checkKeys(of: entry.value, known: Self.sourceKeys)
      if let file = entry.value["file"] {
        draft.source.files = words(file, of: "file").map { WildcardPattern($0) }
      }
      draft.source.unmatched = attention(entry.value, "unmatched")
      draft.source.unused = attention(entry.value, "unused")
    }
    drafts.append(draft)
  }

  private mutating func attention(_ node: YAML.Node, _ key: String) -> Mapping.Attention {
    node[key].flatMap { choice($0, of: key, Mapping.Attention.allCases.map(\.rawValue)) }
      .flatMap(Mapping.Attention.init(rawValue:)) ?? .count
  }

  private mutating func mainSource(_ root: YAML.Node) -> Int {
    guard let node = root["records"] else {
      if drafts.count > 1 {
        reportMissing(
          "`records` is missing: the source that gives the records", at: root.span,
          help: "it is one of \(drafts.compactMap(\.source.name).map { "`\($0)`" }.joined(separator: ", "))")
      }
      return 0
    }
    return text(node, of: "records").flatMap { source($0, at: node.span) } ?? 0
  }

  /// The position of a source, which is reported where there is none of the name.
  mutating func source(_ name: String, at span: SourceSpan) -> Int? {
    let names = drafts.compactMap(\.source.name)
    if let index = drafts.firstIndex(where: { $0.source.name == name }) { return index }
    report(
      .mappingSource, "there is no source `\(Excerpt.of(name))`", at: span,
      help: NearMiss.nearest(to: name, among: names).map { "did you mean `\($0)`?" }
        ?? (names.isEmpty
          ? "this mapping has no `sources`" : "sources are \(names.map { "`\($0)`" }.joined(separator: ", "))"))
    return nil
  }

  // MARK: - Joins

  private mutating func join(_ index: Int, main: Int, formats: TextFormats) {
    guard let node = drafts[index].node, node.entries != nil else { return }
    let name = drafts[index].source.name ?? ""
    if index == main {
      for key in ["to", "on", "unmatched", "unused"] {
        guard let entry = node.entries?.first(where: { $0.key.text == key }) else { continue }
        report(
          .mappingJoin, "`\(name)` gives the records: others are joined to it", at: entry.key.span,
          help: "`records` says which source gives them")
      }
      return
    }
    guard let on = node["on"] else {
      if !node.hasHoles {
        report(
          .mappingJoin, "`\(name)` is joined to nothing: `on` is missing", at: node.span,
          help: "`on: {Their column: Our column}` says which rows belong together")
      }
      return
    }
    let to = node["to"].flatMap { node in text(node, of: "to").flatMap { source($0, at: node.span) } } ?? main
    guard isMapping(on, "on") else { return }
    var keys: [JoinKey] = []
    for entry in on.entries ?? [] {
      guard let key = entry.key.text else { continue }
      if let key = joinKey(key, at: entry.key.span, entry.value, of: index, to: to, formats: formats) {
        keys.append(key)
      }
    }
    if keys.isEmpty, !on.hasHoles, on.entries?.isEmpty == true {
      report(.mappingJoin, "`on` names no column", at: on.span)
    }
    drafts[index].source.join = Mapping.Join(to: to, keys: keys)
  }

  private mutating func joinKey(
    _ own: String, at span: SourceSpan, _ node: YAML.Node, of index: Int, to: Int, formats base: TextFormats
  ) -> JoinKey? {
    var steps: [KeyStep] = []
    var other: FeedTree.Origin?
    var formats = base
    if node.entries != nil {
      checkKeys(of: node, known: ["column", "path", "normalise", "missing"])
      if let missing = node["missing"] { formats.missing = WordSet(words(missing, of: "missing")) }
      if let normalise = node["normalise"] { steps = keySteps(normalise) }
      within(to) { loader in
        if let column = node["column"] {
          other = loader.columnOrigin(column)
        } else if let path = node["path"] {
          other = loader.pathOrigin(path)
        }
      }
      if other == nil, node["column"] == nil, node["path"] == nil {
        report(
          .mappingJoin, "the other side of `\(Excerpt.of(own))` is missing", at: node.span,
          help: "it is a `column` or a `path`")
      }
    } else {
      within(to) { loader in
        // A text alone is a column; of a document, a path.
        other = loader.isTable(to) ? loader.columnOrigin(node) : loader.pathOrigin(node)
      }
    }
    var mine: FeedTree.Origin?
    within(index) { loader in
      if loader.isTable(index) {
        loader.drafts[index].firstColumn = loader.drafts[index].firstColumn ?? span
        mine = loader.slot([.header(own)], isOptional: false).map { .column($0) }
      } else {
        loader.drafts[index].firstPath = loader.drafts[index].firstPath ?? span
        mine = loader.path(own, at: span).map { .path($0) }
      }
    }
    guard let mine, let other else { return nil }
    let reader = ScalarReader.text(like: formats)
    return JoinKey(own: mine, other: other, steps: steps, ownReader: reader, otherReader: reader)
  }

  /// Whether a source has columns rather than paths, by what it says of itself.
  private func isTable(_ index: Int) -> Bool { drafts[index].source.input.format?.isTable ?? true }

  /// Sees to it that a key whose text feeds a sensitive fact is not shown either.
  mutating func markSensitiveKeys() {
    for index in drafts.indices {
      guard let join = drafts[index].source.join else { continue }
      let other = drafts[join.to]
      for key in join.keys.indices {
        let names =
          switch join.keys[key].other {
          case .column(let slot): other.source.columns[slot].names.map(\.description)
          case .path(let path): [path.description]
          case .columns, .paths, .row, .expression: [String]()
          }
        drafts[index].source.join?.keys[key].isSensitive = names.contains { other.sensitive.contains($0) }
      }
    }
  }

  private mutating func keySteps(_ node: YAML.Node) -> [KeyStep] {
    var steps: [KeyStep] = []
    for item in node.items ?? [node] {
      if let entries = item.entries {
        checkKeys(of: item, known: ["pad"])
        for entry in entries where entry.key.text == "pad" {
          if let length = entry.value.scalar?.integer, (1...64).contains(length) {
            steps.append(.pad(length))
          } else {
            report(.mappingFormat, "`pad` is a number of characters, from 1 to 64", at: entry.value.span)
          }
        }
      } else if let word = choice(item, of: "normalise", KeyStep.named.keys.sorted()), let step = KeyStep.named[word] {
        steps.append(step)
      }
    }
    return steps
  }

  private mutating func checkCircles(_ main: Int) {
    for index in drafts.indices where index != main {
      var way = [index]
      while let next = way.last.flatMap({ drafts[$0].source.join?.to }), next != main {
        guard !way.contains(next) else {
          // Each circle is said once, where its first source stands.
          if next == index, way.allSatisfy({ $0 >= index }), let span = drafts[index].node?["to"]?.span {
            let names = (way + [next]).map { "`\(drafts[$0].source.name ?? "")`" }.joined(separator: " to ")
            report(
              .mappingCircle, "sources are joined in a circle: \(names)", at: span,
              help: "one of them is joined to the source of the records")
          }
          break
        }
        way.append(next)
      }
    }
  }

  /// The joins that lead from rows of one source to those of another; nil, and reported, where none do.
  mutating func hops(from: Int, to: Int, at span: SourceSpan) -> [Int]? {
    var way: [Int] = []
    var current = to
    while current != from {
      guard let next = drafts[current].source.join?.to, !way.contains(current) else {
        let names = [to, from].map { "`\(drafts[$0].source.name ?? "")`" }
        report(
          .mappingJoin, "\(names[0]) is not joined to \(names[1]), whose rows are read here", at: span,
          help: "`to` and `on` of a source say which rows belong together")
        return nil
      }
      way.append(current)
      current = next
    }
    return way.reversed()
  }

  // MARK: - Expressions

  private mutating func expressions(_ node: YAML.Node, of index: Int, formats: TextFormats) {
    var cells: [(name: String, cell: CellPlan.Cell)] = []
    if let declared = node["cells"], isMapping(declared, "cells") {
      within(index) { loader in
        for entry in declared.entries ?? [] {
          guard let name = entry.key.text, let cell = loader.cell(name, entry, of: index, formats: formats) else {
            continue
          }
          cells.append((name, cell))
        }
      }
    }
    let plan = CellPlan(cells)
    drafts[index].plan = plan
    if let condition = node["where"] {
      drafts[index].source.filter = expression(condition, over: plan, expecting: .boolean)
    }
  }

  private static let cellTypes: [String: Type] = [
    "text": .string, "number": .number, "boolean": .boolean, "date": .date, "time": .time,
    "date and time": .dateAndTime,
  ]

  private mutating func cell(
    _ name: String, _ entry: YAML.Entry, of index: Int, formats base: TextFormats
  ) -> CellPlan.Cell? {
    let node = entry.value
    let typeNode: YAML.Node?
    var formats = base
    var origin: FeedTree.Origin?
    if node.entries != nil {
      checkKeys(of: node, known: ["column", "path", "type", "join", "single"] + Self.formatKeys)
      formats = self.formats(in: node, over: base)
      typeNode = node["type"]
      if let column = node["column"] {
        origin = columnOrigin(column)
      } else if let path = node["path"] {
        origin = pathOrigin(path, in: node, formats: formats)
      }
    } else {
      typeNode = node
    }
    if origin == nil, node["column"] == nil, node["path"] == nil {
      if isTable(index) {
        drafts[index].firstColumn = drafts[index].firstColumn ?? entry.key.span
        origin = slot([.header(name)], isOptional: false).map { .column($0) }
      } else {
        drafts[index].firstPath = drafts[index].firstPath ?? entry.key.span
        origin = path(name, at: entry.key.span).map { .path($0) }
      }
    }
    let names = Self.cellTypes.keys.sorted()
    let type = typeNode.map { choice($0, of: "type", names).flatMap { Self.cellTypes[$0] } } ?? .string
    guard let origin, let type else { return nil }
    return CellPlan.Cell(origin: origin, reader: ScalarReader(type, formats: formats))
  }

  /// An expression over a row's cells.
  mutating func expression(_ node: YAML.Node, over plan: CellPlan?, expecting type: Type) -> RowExpression? {
    guard let scalar = node.scalar, !scalar.isNull else {
      if !node.isMissing { report(.mappingShape, "expected an expression, found \(node.kindInWords)", at: node.span) }
      return nil
    }
    let plan = plan ?? CellPlan([])
    var own = Diagnostics()
    let expression = CheckedExpression(checking: scalar.source, in: plan.scope, expecting: type, into: &own)
    diagnostics.report(contentsOf: own)
    guard !own.hasErrors else { return nil }
    if expression.readsClock {
      report(
        .mappingExpression, "what a file says does not depend on the day it is read: `today` and `now` are for rules",
        at: node.span)
      return nil
    }
    return RowExpression(expression, over: plan)
  }

  // MARK: - Conflicts

  /// Reads who counts where sources differ: by the path of the fact, positions of sources.
  mutating func rankings(_ node: YAML.Node?) {
    guard let node, isMapping(node, "conflicts") else { return }
    for entry in node.entries ?? [] {
      guard let path = entry.key.text else { continue }
      let ranking = (entry.value.items ?? [entry.value]).compactMap { item in
        text(item, of: "conflicts").flatMap { source($0, at: item.span) }
      }
      if rankings.updateValue((ranking, entry.key.span, false), forKey: path) != nil {
        report(.mappingTwice, "`\(Excerpt.of(path))` is ranked twice", at: entry.key.span)
      }
    }
  }

  /// Reports rankings of facts that no source feeds, or only one.
  mutating func checkRankings() {
    for (path, ranking) in rankings.sorted(by: { $0.value.span.start < $1.value.span.start }) where !ranking.isUsed {
      report(
        .mappingConflict, "nothing feeds `\(Excerpt.of(path))` from a source that could differ from another",
        at: ranking.span,
        help: NearMiss.nearest(to: path, among: Array(ranked)).map { "did you mean `\($0)`?" })
    }
  }
}
