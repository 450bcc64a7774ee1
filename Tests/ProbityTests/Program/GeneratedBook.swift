import Diagnostics
import FEEL
import Probity

/// The sample book with generated decisions and rules.
struct GeneratedBook {
  let loaded: Loaded
  /// How many decisions and rules were drawn, and how many of them the loader refused.
  let drawn: Int
  let refused: Int
  private let files: [SourceFile]

  init(seed: UInt64, rules count: Int) {
    var maker = BookMaker(seed: seed)
    maker.addDecisions()
    let rules = (0..<count).map { maker.rule($0) }
    files = maker.decisionFiles + maker.accepted(rules)
    loaded = SampleBook.loaded(files)
    drawn = maker.drawn
    refused = maker.refused
  }

  /// A book of decisions alone: expressions of every type, one by one.
  init(seed: UInt64, expressions count: Int) {
    var maker = BookMaker(seed: seed)
    maker.addDecisions()
    let expressions = (0..<count).map { maker.expression($0) }
    files = maker.decisionFiles + maker.accepted(expressions)
    loaded = SampleBook.loaded(files)
    drawn = maker.drawn
    refused = maker.refused
  }

  /// A rule's file, and those of the generated decisions that it leads to.
  func text(of rule: Rule) -> String { text(below: rule.address.split(separator: "/").first.map(String.init) ?? "") }

  /// A file, and those of the generated decisions that it leads to.
  func text(below address: String) -> String {
    var wanted = files.filter { $0.address == address }
    var index = 0
    while index < wanted.count {
      let text = Self.text(wanted[index])
      wanted += files.filter { file in
        text.contains("\(file.address)") && !wanted.contains { $0.address == file.address }
      }
      index += 1
    }
    return wanted.map(Self.text).joined()
  }

  private static func text(_ file: SourceFile) -> String { String(decoding: file.bytes, as: UTF8.self) }
}

private struct BookMaker {
  var draw: Draw
  var decisionFiles: [SourceFile] = []
  var drawn = 0
  var refused = 0
  /// What every expression can name: facts, parameters and decisions of the record.
  private var names: [ExpressionWriter.Name]
  private var derived: [String: [ExpressionWriter.Name]] = [:]
  private var isPlain = false

  init(seed: UInt64) {
    draw = Draw(seed)
    let book = SampleBook.loaded([]).book
    names = Self.members("provider")
    names += book.parameters.map { .init(text: $0.name, type: $0.type) }
    for decision in book.decisions {
      let name = ExpressionWriter.Name(text: decision.name, type: decision.type)
      if decision.isOfRecord { names.append(name) } else { derived[decision.of, default: []].append(name) }
    }
  }

  private static func members(_ type: String) -> [ExpressionWriter.Name] {
    (SampleBook.vocabulary[type]?.facts ?? []).map { .init(text: $0.name, type: $0.type) }
  }

  /// The files that the loader has nothing against.
  mutating func accepted(_ files: [SourceFile]) -> [SourceFile] {
    let loaded = SampleBook.loaded(decisionFiles + files)
    let wrong = Set(
      loaded.diagnostics.all.filter { $0.severity == .error }.compactMap {
        $0.span.map { loaded.sources.name(of: $0.file) }
      })
    let kept = files.filter { !wrong.contains($0.path) }
    drawn += files.count
    refused += files.count - kept.count
    return kept
  }

  private func file(_ name: String, _ text: String) -> SourceFile {
    SourceFile(path: "\(name).yaml", address: name, bytes: Array("probity: 1\nrecord: provider\n\(text)".utf8))
  }

  /// An expression as a YAML scalar.
  private static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
  }

  private mutating func write<T>(_ names: [ExpressionWriter.Name], _ body: (inout ExpressionWriter) -> T) -> T {
    var writer = ExpressionWriter(draw, names: names)
    writer.derived = derived
    writer.isPlain = isPlain
    defer { draw = writer.draw }
    return body(&writer)
  }

  // MARK: Decisions

  mutating func addDecisions() {
    // Those of the second round may use those of the first.
    for round in 0..<2 {
      isPlain = round == 0
      var added: [(owner: String, name: ExpressionWriter.Name, file: SourceFile)] = []
      for owner in ["provider", "provider", "worker", "contact"] {
        for type in [Type.boolean, .number, .date] {
          let name = "decided\(decisionFiles.count + added.count)"
          added.append((owner, .init(text: name, type: type), decision(name, type, of: owner)))
        }
      }
      let kept = accepted(added.map(\.file))
      for (owner, name, file) in added where kept.contains(where: { $0.path == file.path }) {
        decisionFiles.append(file)
        if owner == "provider" { names.append(name) } else { derived[owner, default: []].append(name) }
      }
    }
  }

  mutating func expression(_ index: Int) -> SourceFile {
    isPlain = !draw.oneIn(4)
    let type = draw.pick([
      Type.boolean, .boolean, .number, .number, .date, .daysAndTimeDuration, .yearsAndMonthsDuration,
    ])
    return decision("expression\(index)", type, of: "provider")
  }

  private mutating func decision(_ name: String, _ type: Type, of owner: String) -> SourceFile {
    let own = owner == "provider" ? [] : Self.members(owner) + (derived[owner] ?? [])
    let hidden = Set(own.map(\.text))
    let visible = names.filter { !hidden.contains($0.text) } + own
    let value = Self.quoted(write(visible) { $0.text(type, 2) })
    let of = owner == "provider" ? "" : "    of: \(owner)\n"
    return file(name, "decisions:\n  - decision: \(name)\n\(of)    type: \(type)\n    value: \(value)\n")
  }

  // MARK: Rules

  mutating func rule(_ index: Int) -> SourceFile {
    isPlain = !draw.oneIn(3)
    var visible = names
    var text = "rules:\n  - rule: generated-\(index)\n    title: Generated\n    severity: major\n    source: Invented\n"
    var each: [String] = []
    for level in 0..<draw.pick([0, 0, 1, 1, 1, 2]) {
      // A second list is mostly one of the first's items.
      let own = level == 0 || draw.oneIn(4) ? visible : visible.filter { $0.text == "each0" }
      let depth = draw.oneIn(3) ? 2 : 0
      guard let list = write(own, { $0.paths { $0.item != nil }.isEmpty ? nil : $0.list(depth) }) else { break }
      each.append("each\(level) in \(list.text)")
      visible.append(.init(text: "each\(level)", type: list.item))
    }
    if !each.isEmpty { text += "    each: \(Self.quoted(each.joined(separator: ", ")))\n" }
    var lets = ""
    for index in 0..<draw.pick([0, 0, 1, 2]) {
      let name = "let\(index)"
      let type = draw.pick([Type.boolean, .number, .date, .list(.any)])
      let value: (text: String, type: Type) =
        if case .list = type {
          write(visible) { writer in
            let list = writer.list(2)
            return (list.text, .list(list.item))
          }
        } else {
          (write(visible) { $0.text(type, 2) }, type)
        }
      lets += "      \(name): \(Self.quoted(value.text))\n"
      visible.append(.init(text: name, type: value.type))
    }
    if !lets.isEmpty { text += "    let:\n\(lets)" }
    if draw.oneIn(2) { text += "    when: \(Self.quoted(write(visible) { $0.truth(2) }))\n" }
    text += "    require:\n"
    for _ in 0..<draw.pick([1, 1, 2, 3]) {
      let depth = draw.pick([1, 2, 2, 3])
      text += "      - that: \(Self.quoted(write(visible) { $0.truth(depth) }))\n"
      if draw.oneIn(3) { text += "        message: \(Self.quoted("it is {\(write(visible) { $0.number(1) })}"))\n" }
    }
    return file("generated\(index)", text)
  }
}
