import Diagnostics
import FEEL
import YAML

extension MappingLoader {
  private static let originKeys = ["column", "columns", "path", "constant", "row", "items", "expression"]
  private static let factKeys =
    originKeys + ["from", "facts", "values", "unlisted", "default", "optional", "split", "join", "single"] + formatKeys

  /// What feeds the facts of a type.
  mutating func facts(_ node: YAML.Node, of type: ContextType, formats: TextFormats) -> FeedTree {
    var draft = FeedDraft(type)
    guard isMapping(node, "facts") else { return draft.tree }
    for entry in node.entries ?? [] {
      guard let name = entry.key.text else { continue }
      let path = name.split(separator: ".", omittingEmptySubsequences: false)
      switch FeedDraft.target(of: path, in: type) {
      case .fact(let member, let owner):
        let tests = vocabulary.tests(of: member, in: owner)
        let outer = (prefix, isSensitive)
        prefix = prefix.isEmpty ? name : "\(prefix).\(name)"
        isSensitive = isSensitive || member.isSensitive
        defer { (prefix, isSensitive) = outer }
        guard let feed = feeds(entry.value, of: member.type, tests, called: member.name, formats: formats) else {
          continue
        }
        if !draft.insert(feed, at: path[...]) {
          report(
            .mappingTwice, "`\(name)` is fed twice, or with what holds it", at: entry.key.span,
            help: "each fact has one source")
        }
      case .unknown(let unknown, let owner, let nearest):
        report(
          .mappingFact, "`\(Excerpt.of(unknown))` is not a fact of `\(owner)`", at: entry.key.span,
          help: nearest.map { "did you mean `\($0)`?" })
      case .notNested(let outer, let type):
        report(
          .mappingFact, "`\(outer)` is \(type.withArticle): there are no facts within it", at: entry.key.span,
          help: type.item == nil ? nil : "the facts of items stand under `facts` or `items`")
      case nil: report(.mappingFact, "expected the name of a fact", at: entry.key.span)
      }
    }
    return draft.tree
  }

  /// What feeds a fact: one thing, or a list of things from sources that may differ.
  private mutating func feeds(
    _ node: YAML.Node, of type: Type, _ tests: CheckedTests?, called name: String, formats: TextFormats
  ) -> FeedTree.Feed? {
    guard let nodes = node.items else { return feed(node, of: type, tests, called: name, formats: formats) }
    guard !type.isCompound else {
      report(.mappingFeed, "`\(name)` is \(type.withArticle): it has one source", at: node.span)
      return nil
    }
    var candidates: [FeedTree.Candidate] = []
    var assumed: Value?
    for node in nodes {
      switch feed(node, of: type, tests, called: name, formats: formats) {
      case .scalar(let origin, let reader, let value):
        candidates.append(.init(hops: hops, source: current, origin: origin, reader: reader))
        assumed = assumed ?? value
      case .candidates(let more, _, let value):
        candidates += more
        assumed = assumed ?? value
      case nil: break
      default: report(.mappingFeed, "a constant differs from nothing", at: node.span, help: "write it as `default`")
      }
    }
    guard !candidates.isEmpty else {
      if nodes.isEmpty { report(.mappingFeed, "nothing feeds `\(name)`", at: node.span) }
      return nil
    }
    return .candidates(candidates, ranking: ranking(), default: assumed)
  }

  /// Which sources count before others for the fact at hand.
  private mutating func ranking() -> [Int] {
    ranked.insert(prefix)
    rankings[prefix]?.isUsed = true
    return rankings[prefix]?.sources ?? []
  }

  /// What feeds a fact from one source.
  private mutating func feed(
    _ node: YAML.Node, of type: Type, _ tests: CheckedTests?, called name: String, formats: TextFormats
  ) -> FeedTree.Feed? {
    guard isMapping(node, name) else { return nil }
    checkKeys(of: node, known: Self.factKeys)
    guard let from = node["from"] else { return feed(of: type, node, tests, called: name, formats: formats) }
    guard let other = text(from, of: "from").flatMap({ source($0, at: from.span) }),
      let way = self.hops(from: rowSource, to: other, at: from.span)
    else { return nil }
    let outer = (current, hops)
    (current, hops) = (other, way)
    defer { (current, hops) = outer }
    return feed(of: type, node, tests, called: name, formats: formats)
  }

  private mutating func feed(
    of type: Type, _ node: YAML.Node, _ tests: CheckedTests?, called name: String, formats base: TextFormats
  ) -> FeedTree.Feed? {
    // The facts of rows, or of the one row, that joins lead to.
    if Self.originKeys.allSatisfy({ node[$0] == nil }), let inner = node["facts"] {
      if let feed = joinedFacts(inner, node, of: type, called: name, formats: base) { return feed }
      return nil
    }
    let origins = Self.originKeys.filter { node[$0] != nil }
    guard origins.count == 1, let origin = origins.first, let source = node[origin] else {
      if !node.hasHoles {
        let keys = Self.originKeys.map { "`\($0)`" }.joined(separator: ", ")
        report(
          .mappingFeed, origins.isEmpty ? "nothing feeds `\(name)`" : "`\(name)` has more than one source",
          at: node.span, help: "it has one of \(keys)")
      }
      return nil
    }
    let item = type.item
    let scalar = item ?? type
    checkEffects(in: node, origin: origin, type: type)
    if case .context(let nested) = scalar.base {
      return compound(node, origin, source, nested, isList: item != nil, called: name, formats: base)
        .map { joined($0) }
    }
    if origin == "expression", item != nil {
      report(.mappingFeed, "an expression gives one value; `\(name)` is \(type.withArticle)", at: source.span)
      return nil
    }
    if origin == "constant" { return value(source, of: type, tests).map { .constant($0) } }
    if origin == "items" {
      report(.mappingFeed, "`items` makes items with facts; `\(name)` is \(type.withArticle)", at: source.span)
      return nil
    }
    let reader = reader(node, of: scalar, tests, formats: formats(in: node, over: base))
    let assumed = node["default"].flatMap { value($0, of: type, tests) }
    guard let place = self.origin(origin, source, in: node, reader) else { return nil }
    guard item != nil else {
      if case .path(let path) = place, path.hasLists {
        report(
          .mappingFeed, "a path through a list gives several values; `\(name)` is \(type.withArticle)", at: source.span,
          help: "`join` makes one text of them; `single: true` says that they are one and the same")
        return nil
      }
      guard !hops.isEmpty else { return .scalar(place, reader, default: assumed) }
      for hop in hops { drafts[hop].source.isKeyed = true }
      let candidate = FeedTree.Candidate(hops: hops, source: current, origin: place, reader: reader)
      return .candidates([candidate], ranking: ranking(), default: assumed)
    }
    if case .paths = place {
      report(.mappingFeed, "a list has one path, which gives all of its values", at: source.span)
      return nil
    }
    let separator = node["split"].flatMap { text($0, of: "split") }.map { Array($0.utf8) } ?? []
    if case .path(let path) = place, separator.isEmpty {
      return joined(.list(path.hasLists ? path : path.throughLast, reader, default: assumed))
    }
    if !hops.isEmpty {
      for hop in hops { listed.insert(hop) }
      return .joinedValues(
        hops: hops, place, separator: separator, whole: .text(like: reader.formats), reader, default: assumed)
    }
    return .split(place, separator: separator, whole: .text(like: reader.formats), reader, default: assumed)
  }

  /// The feed as it is read from the one row that joins lead to, where some do.
  private mutating func joined(_ feed: FeedTree.Feed) -> FeedTree.Feed {
    guard !hops.isEmpty else { return feed }
    for hop in hops { drafts[hop].source.isKeyed = true }
    return .joined(hops: hops, feed)
  }

  /// Facts of rows that are joined in: of a list an item for each row, of a nested fact those of the one row.
  private mutating func joinedFacts(
    _ inner: YAML.Node, _ node: YAML.Node, of type: Type, called name: String, formats: TextFormats
  ) -> FeedTree.Feed? {
    guard node["from"] != nil else {
      report(
        .mappingFeed, "nothing feeds `\(name)`", at: node.span, help: "`from` says from which source its facts are")
      return nil
    }
    for entry in node.entries ?? [] {
      guard let key = entry.key.text, !["from", "facts", "default"].contains(key), Self.factKeys.contains(key) else {
        continue
      }
      warn(.mappingNoEffect, "`\(key)` has no effect here", at: entry.key.span)
    }
    if case .context(let nested) = type.base {
      return .group(facts(inner, of: nested, formats: formats))
    }
    guard case .context(let nested)? = type.item?.base else {
      report(.mappingFeed, "`\(name)` is \(type.withArticle): it has no `facts`", at: inner.span)
      return nil
    }
    let way = hops
    for hop in way { listed.insert(hop) }
    let outer = (rowSource, hops)
    (rowSource, hops) = (current, [])
    defer { (rowSource, hops) = outer }
    return .joinedItems(
      hops: way, facts(inner, of: nested, formats: formats),
      isEmptyWhenAbsent: isEmptyList(node["default"], called: name))
  }

  /// What feeds a nested fact, or a list of items with facts of their own.
  private mutating func compound(
    _ node: YAML.Node, _ origin: String, _ source: YAML.Node, _ nested: ContextType, isList: Bool, called name: String,
    formats: TextFormats
  ) -> FeedTree.Feed? {
    switch origin {
    case "items" where isList:
      guard let items = source.items else {
        report(.mappingShape, "`items` is a list, not \(source.kindInWords)", at: source.span)
        return nil
      }
      return .items(
        items.map { facts($0, of: nested, formats: formats) },
        isEmptyWhenAbsent: isEmptyList(node["default"], called: name))
    case "path":
      guard let path = path(source) else { return nil }
      drafts[current].firstPath = drafts[current].firstPath ?? source.span
      let isEmptyWhenAbsent = isList && isEmptyList(node["default"], called: name)
      guard let inner = node["facts"] else {
        if isList {
          return .objects(
            path.hasLists ? path : path.throughLast, TypePlan(nested, in: vocabulary),
            isEmptyWhenAbsent: isEmptyWhenAbsent)
        }
        if !path.hasLists { return .object(path, TypePlan(nested, in: vocabulary)) }
        report(.mappingFeed, "a path through a list gives several values; `\(name)` has one", at: source.span)
        return nil
      }
      guard isList else {
        report(
          .mappingFeed, "`facts` belongs to the items of a list; `\(name)` is one `\(nested)`", at: inner.span,
          help: "write each of its facts as `\(name).…`")
        return nil
      }
      guard path.steps.last?.isList == true else {
        report(.mappingFeed, "the path of the items ends in their list", at: source.span, help: "write `[]` after it")
        return nil
      }
      return .each(path, facts(inner, of: nested, formats: formats), isEmptyWhenAbsent: isEmptyWhenAbsent)
    default:
      report(
        .mappingFeed, "`\(origin)` does not feed `\(name)`, which is \(isList ? "a list of" : "a") `\(nested)`",
        at: source.span,
        help: isList ? "it has a `path`, or `items`" : "write each of its facts as `\(name).…`")
      return nil
    }
  }

  private mutating func isEmptyList(_ node: YAML.Node?, called name: String) -> Bool {
    guard let node else { return false }
    if let items = node.items, items.isEmpty { return true }
    report(.mappingValue, "the only default of a list of items is `[]`", at: node.span)
    return false
  }

  // MARK: - One fact

  private mutating func origin(
    _ key: String, _ source: YAML.Node, in node: YAML.Node, _ reader: ScalarReader
  ) -> FeedTree.Origin? {
    switch key {
    case "column": return columnOrigin(source, isOptional: node["optional"].map { flag($0, of: "optional") } ?? false)
    case "columns":
      drafts[current].firstColumn = drafts[current].firstColumn ?? source.span
      let isOptional = node["optional"].map { flag($0, of: "optional") } ?? false
      let slots = (source.items ?? [source]).compactMap { columnName($0) }
        .compactMap { slot([$0], isOptional: isOptional) }
      let join = node["join"].flatMap { text($0, of: "join") } ?? " "
      return slots.isEmpty ? nil : .columns(slots, join: join, each: .text(like: reader.formats))
    case "path": return pathOrigin(source, in: node, formats: reader.formats)
    case "row":
      if source.scalar?.boolean == true { return .row }
      report(.mappingShape, "`row` can only be `true`", at: source.span)
      return nil
    case "expression":
      return expression(source, over: drafts[current].plan, expecting: reader.type).map { .expression($0) }
    default: return nil
    }
  }

  mutating func columnOrigin(_ source: YAML.Node, isOptional: Bool = false) -> FeedTree.Origin? {
    drafts[current].firstColumn = drafts[current].firstColumn ?? source.span
    return slot((source.items ?? [source]).compactMap { columnName($0) }, isOptional: isOptional).map { .column($0) }
  }

  mutating func pathOrigin(_ source: YAML.Node) -> FeedTree.Origin? {
    drafts[current].firstPath = drafts[current].firstPath ?? source.span
    guard let path = path(source) else { return nil }
    if isSensitive { drafts[current].sensitive.insert(path.description) }
    return .path(path)
  }

  /// One path, or those that a fact may be at.
  mutating func pathOrigin(
    _ source: YAML.Node, in node: YAML.Node, formats: TextFormats
  ) -> FeedTree.Origin? {
    let join = node["join"].flatMap { text($0, of: "join") }
    let isSingle = node["single"].map { flag($0, of: "single") } ?? false
    if join != nil, isSingle, let single = node["single"] {
      report(.mappingFeed, "`join` is for several values, `single` for one", at: single.span)
    }
    guard source.items != nil || join != nil || isSingle else { return pathOrigin(source) }
    drafts[current].firstPath = drafts[current].firstPath ?? source.span
    let paths = (source.items ?? [source]).compactMap { path($0) }
    guard !paths.isEmpty else {
      if source.items?.isEmpty == true { report(.mappingFeed, "there is no path", at: source.span) }
      return nil
    }
    if join == nil, !isSingle, paths.contains(where: \.hasLists) {
      report(
        .mappingFeed, "a path through a list gives several values", at: source.span,
        help: "`join` makes one text of them; `single: true` says that they are one and the same")
      return nil
    }
    return .paths(FeedTree.PathChoice(paths: paths, join: join, each: .text(like: formats)))
  }

  /// How a column is told: by its header, its letter, or a pattern.
  private mutating func columnName(_ node: YAML.Node) -> Mapping.ColumnName? {
    guard node.entries != nil else { return text(node, of: "column").map { .header($0) } }
    checkKeys(of: node, known: ["letter", "pattern"])
    if let letter = node["letter"] {
      if let position = letter.text.flatMap(Mapping.ColumnName.position(ofLetters:)) { return .position(position) }
      report(.mappingFormat, "a column's letter is as a spreadsheet shows it, `C` or `AB`", at: letter.span)
      return nil
    }
    if let pattern = node["pattern"] { return text(pattern, of: "pattern").map { .pattern(WildcardPattern($0)) } }
    if !node.hasHoles { report(.mappingShape, "a column has a header, a `letter` or a `pattern`", at: node.span) }
    return nil
  }

  /// The slot of a column that may have any of these names.
  mutating func slot(_ names: [Mapping.ColumnName], isOptional: Bool) -> Int? {
    guard !names.isEmpty else { return nil }
    if isSensitive { drafts[current].sensitive.formUnion(names.map(\.description)) }
    let column = Mapping.Column(names: names, isOptional: isOptional)
    if let slot = drafts[current].source.columns.firstIndex(of: column) { return slot }
    drafts[current].source.columns.append(column)
    return drafts[current].source.columns.count - 1
  }

  private mutating func reader(
    _ node: YAML.Node, of type: Type, _ tests: CheckedTests?, formats: TextFormats
  ) -> ScalarReader {
    var known: [String: Value] = [:]
    if let values = node["values"], isMapping(values, "values") {
      for entry in values.entries ?? [] {
        guard let word = entry.key.text, let value = value(entry.value, of: type, tests) else { continue }
        let folded = WordSet.fold(RowHeader.tidy(word))
        if known.updateValue(value, forKey: folded) != nil {
          report(
            .mappingTwice, "`\(Excerpt.of(word))` is said twice; upper and lower case make no difference",
            at: entry.key.span)
        }
      }
    }
    let unlisted = node["unlisted"].flatMap { choice($0, of: "unlisted", ["keep", "refuse"]) }
    return ScalarReader(
      type, tests: tests, formats: formats, values: known, refusesUnlisted: unlisted == "refuse", foldsAllowed: true)
  }

  /// A value that the mapping itself gives, in the form that FEEL writes.
  private mutating func value(_ node: YAML.Node, of type: Type, _ tests: CheckedTests?) -> Value? {
    if let item = type.item {
      let nodes = node.items ?? [node]
      let values = nodes.compactMap { value($0, of: item, tests) }
      return values.count == nodes.count ? .list(List(values)) : nil
    }
    guard !node.isMissing else { return nil }
    guard let text = node.text, !node.isNull else {
      report(.mappingValue, "expected \(type.withArticle), found \(node.kindInWords)", at: node.span)
      return nil
    }
    var formats = TextFormats()
    formats.missing = WordSet([])
    let reader = ScalarReader(type, tests: tests, formats: formats)
    switch reader.read(Array(text.utf8)[...]) {
    case .value(let value): return value
    case .misfit(let misfit):
      var help: String?
      if case .notAllowed(_, let nearest) = misfit { help = nearest.map { "did you mean `\($0)`?" } }
      report(
        .mappingValue, "`\(Excerpt.of(text))` \(misfit.predicate(for: type))", at: node.span, help: help)
    case .missing, .redacted: break
    }
    return nil
  }

  /// Reports keys that say nothing about this fact.
  private mutating func checkEffects(in node: YAML.Node, origin: String, type: Type) {
    let scalar = (type.item ?? type).base
    var idle: [String] = []
    if origin == "constant" || origin == "items" {
      idle = Self.factKeys.filter {
        !Self.originKeys.contains($0) && $0 != "from" && !(origin == "items" && $0 == "default")
      }
    } else {
      if scalar != .date && scalar != .dateAndTime { idle.append("dates") }
      if scalar != .time { idle.append("times") }
      if scalar != .number { idle.append("numbers") }
      if scalar != .boolean { idle += ["yes", "no"] }
      if type.item == nil { idle.append("split") }
      if origin != "columns" && origin != "path" || origin == "path" && type.item != nil { idle.append("join") }
      if origin != "path" || type.item != nil { idle.append("single") }
      if origin != "column" && origin != "columns" { idle.append("optional") }
      if origin != "path" { idle.append("facts") }
      if node["values"] == nil { idle.append("unlisted") }
    }
    for entry in node.entries ?? [] {
      guard let key = entry.key.text, idle.contains(key) else { continue }
      warn(.mappingNoEffect, "`\(key)` has no effect here", at: entry.key.span)
    }
  }
}
