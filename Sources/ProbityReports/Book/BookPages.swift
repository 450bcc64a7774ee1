import Diagnostics
public import FEEL
public import Probity

/// The pages of a rule book's documentation: its rules in words, and indexes of them.
public struct BookPages {
  private typealias Inline = BookPage.Inline
  private typealias Item = BookPage.Item
  private typealias Block = BookPage.Block

  private let book: RuleBook
  private let policies: [Policy]
  private let asOf: CivilDate
  /// One for each rule.
  private let descriptions: [RuleDescription]

  /// - Parameter asOf: the date on which parameters are looked up, and rules are in force or not.
  public init(_ book: RuleBook, _ policies: [Policy], asOf: CivilDate) {
    self.book = book
    self.policies = policies
    self.asOf = asOf
    descriptions = book.rules.indices.map { RuleDescription($0, in: book, on: asOf) }
  }

  /// All pages, the index first.
  public func all() -> [BookPage] {
    [index()] + themes.map { theme(named: $0) } + [decisions(), parameters(), facts(), clauses(), policyPage()]
  }

  /// What is listed at the top of every page.
  public static func contents(of pages: [BookPage]) -> [(page: String, title: String)] {
    pages.map { ($0.name, $0.title) }
  }

  // MARK: Names

  /// The addresses of the files that hold rules, in the order of the rule book.
  private var themes: [String] {
    book.rules.reduce(into: []) { themes, rule in
      let theme = Self.theme(of: rule)
      if !themes.contains(theme) { themes.append(theme) }
    }
  }

  private static func theme(of rule: Rule) -> String {
    rule.address.split(separator: "/").dropLast().joined(separator: "/")
  }

  private static func page(ofTheme theme: String) -> String { "rules-" + theme.replacing("/", with: "-") }

  private static func title(ofTheme theme: String) -> String {
    theme.split(separator: "/").map { part in
      let words = part.replacing("-", with: " ")
      return words.prefix(1).uppercased() + words.dropFirst()
    }.joined(separator: ": ")
  }

  private static func link(to rule: Rule) -> BookPage.Inline {
    .link(rule.title, page: page(ofTheme: theme(of: rule)), anchor: rule.name)
  }

  /// Links to rules, parted by semicolons.
  private func links(to rules: [Int]) -> [BookPage.Inline] {
    rules.enumerated().flatMap { offset, rule -> [BookPage.Inline] in
      (offset == 0 ? [] : ["; "]) + [Self.link(to: book.rules[rule])]
    }
  }

  // MARK: Index

  private func index() -> BookPage {
    let local = book.parameters.count(where: \.isLocal)
    var blocks: [Block] = [
      .paragraph([
        .text(
          "\(book.rules.count) rules, \(book.decisions.count) decisions, \(book.parameters.count) parameters (\(local) of "
            + "them set locally, since no law or paper gives them), \(book.clauses.count) clauses and \(policies.count) "
            + "policies. Values of parameters are those of \(asOf).")
      ]),
      .paragraph([
        "The words are made from the rules, and are there to be read; what decides is the text shown beside them."
      ]),
      .heading(2, ["By theme"], anchor: "themes"),
    ]
    blocks.append(
      .list(
        themes.map { theme in
          let count = book.rules.count { Self.theme(of: $0) == theme }
          return Item([
            .link(Self.title(ofTheme: theme), page: Self.page(ofTheme: theme), anchor: nil), .text(": \(count)"),
          ])
        }))
    blocks.append(.heading(2, ["By severity"], anchor: "severities"))
    blocks += groups(
      Severity.allCases.reversed().map { severity in
        (severity.rawValue, book.rules.indices.filter { book.rules[$0].severity == severity })
      })
    blocks.append(.heading(2, ["By stage"], anchor: "stages"))
    blocks += groups(
      Stage.allCases.map { stage in
        (stage.rawValue, book.rules.indices.filter { book.rules[$0].stages?.contains(stage) ?? false })
      } + [("any stage", book.rules.indices.filter { book.rules[$0].stages == nil })])
    blocks.append(.heading(2, ["By source"], anchor: "sources"))
    var bySource: [(name: String, rules: [Int])] = []
    var positions: [String: Int] = [:]
    for (index, rule) in book.rules.enumerated() {
      let source = rule.clause?.document ?? rule.source
      if let position = positions[source] {
        bySource[position].rules.append(index)
      } else {
        positions[source] = bySource.count
        bySource.append((source, [index]))
      }
    }
    blocks += groups(bySource.sorted { $0.name < $1.name })
    return BookPage(name: "index", title: "Rule book", blocks: blocks)
  }

  private func groups(_ groups: [(name: String, rules: [Int])]) -> [BookPage.Block] {
    [
      .table(
        header: ["", "rules"],
        rows: groups.filter { !$0.rules.isEmpty }.map { [[.text($0.name)], links(to: $0.rules)] })
    ]
  }

  // MARK: Rules

  private func theme(named theme: String) -> BookPage {
    var blocks: [Block] = []
    for (index, rule) in book.rules.enumerated() where Self.theme(of: rule) == theme {
      blocks.append(.heading(2, [.text(rule.title)], anchor: rule.name))
      blocks += Self.blocks(of: descriptions[index], in: book, asked: asked(rule: index))
    }
    return BookPage(name: Self.page(ofTheme: theme), title: Self.title(ofTheme: theme), blocks: blocks)
  }

  private func asked(rule: Int) -> [String] {
    policies.filter { $0.entries.contains { $0.rule == rule } }.map(\.name)
  }

  /// A rule alone, for `explain`.
  public static func page(
    of description: RuleDescription, in book: RuleBook, asOf: CivilDate, askedBy policies: [String]
  ) -> BookPage {
    var blocks = blocks(of: description, in: book, asked: policies)
    for decision in description.decisions {
      let words = DecisionDescription(decision, in: book, on: asOf)
      blocks.append(.heading(2, [.text("“\(words.decision.title)”")], anchor: words.decision.name))
      blocks += Self.blocks(of: words)
    }
    return BookPage(name: description.rule.name, title: description.rule.title, blocks: blocks)
  }

  private static func blocks(
    of description: RuleDescription, in book: RuleBook, asked policies: [String]
  ) -> [BookPage.Block] {
    let rule = description.rule
    var line: [Inline] = [.code(rule.address), .text("; severity "), .strong(rule.severity.rawValue)]
    line.append(
      .text(
        rule.stages.map { "; asked only at the stage of \($0.map(\.rawValue).joined(separator: " or "))" }
          ?? "; asked at any stage"))
    if let since = rule.since { line.append(.text("; in force from \(since)")) }
    if let until = rule.until { line.append(.text("; in force until \(until)")) }
    var blocks: [Block] = [.paragraph(line)]
    if !description.each.isEmpty {
      blocks.append(.paragraph([.strong("Asked of "), .text(description.each.joined(separator: ", and "))]))
    }
    if let when = description.when {
      blocks.append(.paragraph([.strong("Applies when")]))
      blocks.append(.list(items(of: when.statement)))
    }
    if !description.lets.isEmpty {
      blocks.append(.paragraph([.strong("In what follows")]))
      blocks.append(.list(description.lets.map { Item([.code($0.name), .text(" is \($0.words)")]) }))
    }
    blocks.append(.paragraph([.strong("Requires")]))
    blocks.append(
      .list(
        description.requirements.flatMap { requirement -> [Item] in
          let items = items(of: requirement.condition.statement)
          return requirement.severity == rule.severity
            ? items : [Item([.text("with severity \(requirement.severity.rawValue):")], below: items)]
        }))
    let texts = description.requirements.compactMap(\.message)
    if !texts.isEmpty {
      blocks.append(.paragraph([.strong("Where it is not met, the report says")]))
      blocks.append(.list(unique(texts).map { Item([.text($0)]) }))
    }
    let remedies = description.requirements.compactMap(\.remedy)
    if !remedies.isEmpty {
      blocks.append(.paragraph([.strong("What to do")]))
      blocks.append(.list(unique(remedies).map { Item([.text($0)]) }))
    }
    if !description.parameters.isEmpty {
      blocks.append(.paragraph([.strong("Parameters")]))
      blocks.append(.list(description.parameters.map(item)))
    }
    if !description.decisions.isEmpty {
      blocks.append(.paragraph([.strong("Rests on")]))
      blocks.append(
        .list(
          description.decisions.map { index in
            let decision = book.decisions[index]
            return Item([.link(decision.title, page: "decisions", anchor: decision.name)])
          }))
    }
    if !description.facts.isEmpty {
      blocks.append(.paragraph([.strong("Reads")]))
      blocks.append(
        .list(
          description.facts.map { fact in
            var line: [Inline] = [.link(fact.label, page: "facts", anchor: fact.name), " ", .code(fact.name)]
            if let unit = fact.unit { line.append(.text(", in \(unit)")) }
            if fact.isSensitive { line.append(", sensitive") }
            return Item(line)
          }))
    }
    blocks.append(.paragraph([.strong("Source"), ": ", .text(rule.source)]))
    if let clause = rule.clause {
      let text = clause.text.map { ": \($0)" } ?? ""
      blocks.append(.paragraph([.strong("Clause"), ": ", .text("\(clause.document), \(clause.ref)\(text)")]))
    }
    if !description.clauses.isEmpty {
      blocks.append(.paragraph([.strong("Puts into practice")]))
      blocks.append(
        .list(
          description.clauses.map { listed in
            Item([
              .link(listed.name, page: "clauses", anchor: listed.name),
              .text(" \(listed.clause.text ?? listed.clause.ref)"),
            ])
          }))
    }
    blocks.append(
      .paragraph([
        .strong("Policies"), ": ", .text(policies.isEmpty ? "no policy asks it" : policies.joined(separator: ", ")),
      ]))
    blocks.append(.paragraph([.strong("As it is written")]))
    var code =
      rule.each.isEmpty
      ? "" : "each: \(rule.each.map { "\($0.name) in \($0.list.source.text)" }.joined(separator: ", "))\n"
    if let when = description.when { code += "when: \(when.text)\n" }
    for value in description.lets { code += "let \(value.name): \(value.text)\n" }
    code += description.requirements.map { "require: \($0.condition.text)" }.joined(separator: "\n")
    blocks.append(.code(code))
    return blocks
  }

  private static func unique(_ texts: [String]) -> [String] {
    texts.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private static func item(_ parameter: RuleDescription.ParameterUse) -> BookPage.Item {
    var line: [Inline] = [.link(parameter.title, page: "parameters", anchor: parameter.name), ": "]
    if let value = parameter.value {
      line.append(.strong(value))
      if let from = parameter.from { line.append(.text(" since \(from)")) }
    } else {
      line.append("no value on this date")
    }
    if let policy = parameter.policy { line.append(.text(", set by the policy \(policy)")) }
    line.append(.text(parameter.isLocal ? "; a local choice, which no law or paper gives" : ""))
    if let source = parameter.source { line.append(.text("; \(source)")) }
    return Item(line)
  }

  /// A condition as a list: what has to hold together stands side by side.
  static func items(of statement: Statement) -> [BookPage.Item] {
    switch statement {
    case .says(let words): [Item([.text(words)])]
    case .all(let parts): parts.flatMap(items)
    case .any(let parts): [Item(["at least one of these:"], below: parts.map(item))]
    case .not(let part): [Item(["it is not so that:"], below: items(of: part))]
    case .under(let heading, let part): [Item([.text(heading + ":")], below: items(of: part))]
    case .choice(let condition, let then, let otherwise):
      [
        Item([.text("if \(condition.inline):")], below: items(of: then)),
        Item(["otherwise:"], below: items(of: otherwise)),
      ]
    }
  }

  /// A condition as one item.
  private static func item(_ statement: Statement) -> BookPage.Item {
    let parts = items(of: statement)
    return parts.count == 1 ? parts[0] : Item(["all of these:"], below: parts)
  }

  // MARK: Decisions

  private func decisions() -> BookPage {
    var blocks: [Block] = []
    for (index, decision) in book.decisions.enumerated() {
      let words = DecisionDescription(index, in: book, on: asOf)
      blocks.append(.heading(2, [.text(decision.title)], anchor: decision.name))
      blocks += Self.blocks(of: words)
      let readers = descriptions.indices.filter { descriptions[$0].decisions.contains(index) }
      if !readers.isEmpty { blocks.append(.paragraph([.strong("Read by"), ": "] + links(to: readers))) }
    }
    return BookPage(name: "decisions", title: "Decisions", blocks: blocks)
  }

  private static func blocks(of words: DecisionDescription) -> [BookPage.Block] {
    let decision = words.decision
    var blocks: [Block] = [
      .paragraph([
        .code(decision.name), .text(" of \(decision.isOfRecord ? "the record (\(decision.of))" : decision.of)"),
      ])
    ]
    if let text = words.words { blocks.append(.paragraph([.text(text)])) }
    if let text = words.text { blocks.append(.code(text)) }
    if !words.rows.isEmpty {
      blocks.append(.table(header: words.headings, rows: words.rows.map { $0.map { [.text($0)] } }))
    }
    if let gaps = decision.remarks.gaps { blocks.append(.paragraph([.strong("Gaps"), ": ", .text(gaps.words)])) }
    if let overlaps = decision.remarks.overlaps {
      blocks.append(.paragraph([.strong("Overlaps"), ": ", .text(overlaps.words)]))
    }
    if let source = decision.source { blocks.append(.paragraph([.strong("Source"), ": ", .text(source)])) }
    return blocks
  }

  // MARK: Parameters, facts, clauses, policies

  private func parameters() -> BookPage {
    var blocks: [Block] = []
    for parameter in book.parameters {
      blocks.append(.heading(2, [.text(parameter.title)], anchor: parameter.name))
      blocks.append(
        .paragraph([
          .code(parameter.name),
          .text(parameter.isLocal ? " a local choice: no law or paper gives it" : ""),
        ]))
      if parameter.values.isEmpty {
        blocks.append(.paragraph(["No value of its own: every policy that uses it sets one."]))
      } else {
        let unit = parameter.unit.map { " \($0)" } ?? ""
        blocks.append(
          .table(
            header: ["from", "value"],
            rows: parameter.values.map { [[.text("\($0.from)")], [.text(RuleDescription.words($0.value) + unit)]] }))
      }
      let set = policies.flatMap { policy in
        policy.settings.filter { book.parameters[$0.parameter].name == parameter.name && $0.policy == policy.name }
          .flatMap { setting in setting.values.map { (policy.name, $0.from, $0.value) } }
      }
      if !set.isEmpty {
        blocks.append(
          .table(
            header: ["policy", "from", "value"],
            rows: set.map { [[.text($0.0)], [.text("\($0.1)")], [.text(RuleDescription.words($0.2))]] }))
      }
      if let source = parameter.source { blocks.append(.paragraph([.strong("Source"), ": ", .text(source)])) }
      let readers = descriptions.indices.filter { index in
        descriptions[index].parameters.contains { $0.name == parameter.name }
      }
      if !readers.isEmpty { blocks.append(.paragraph([.strong("Read by"), ": "] + links(to: readers))) }
    }
    return BookPage(name: "parameters", title: "Parameters", blocks: blocks)
  }

  private func facts() -> BookPage {
    var readers: [String: [Int]] = [:]
    for rule in book.rules.indices {
      for fact in descriptions[rule].facts { readers[fact.name, default: []].append(rule) }
    }
    var blocks: [Block] = []
    for type in book.vocabulary.types {
      blocks.append(.heading(2, [.text(type.title)], anchor: type.name))
      for fact in type.facts {
        let name = "\(type.name).\(fact.name)"
        blocks.append(.heading(3, [.text(fact.label)], anchor: name))
        var line: [Inline] = [.code(fact.name), .text("  \(RuleDescription.words(fact.type))")]
        if let unit = fact.unit { line.append(.text(", in \(unit)")) }
        if let allowed = (fact.type.item ?? fact.type).allowedValues {
          line.append(.text("; allowed: \(allowed.text)"))
        }
        if fact.isSensitive { line.append("; sensitive: shown only where that is asked for") }
        blocks.append(.paragraph(line))
        if let help = fact.help { blocks.append(.paragraph([.text(help)])) }
        if let rules = readers[name] { blocks.append(.paragraph([.strong("Read by"), ": "] + links(to: rules))) }
      }
    }
    return BookPage(name: "facts", title: "Facts", blocks: blocks)
  }

  private func clauses() -> BookPage {
    var blocks: [Block] = []
    var document: String?
    for listed in book.clauses {
      if listed.clause.document != document {
        document = listed.clause.document
        blocks.append(.heading(2, [.text(listed.clause.document)], anchor: "document-\(blocks.count)"))
      }
      blocks.append(.heading(3, [.text("\(listed.name)  \(listed.clause.ref)")], anchor: listed.name))
      if let text = listed.clause.text { blocks.append(.paragraph([.text(text)])) }
      if !listed.rules.isEmpty { blocks.append(.paragraph([.strong("Rules"), ": "] + links(to: listed.rules))) }
      if !listed.decisions.isEmpty {
        let decisions = listed.decisions.map { book.decisions[$0] }
        blocks.append(
          .paragraph(
            [.strong("Decisions"), ": "]
              + decisions.enumerated().flatMap { offset, decision -> [Inline] in
                (offset == 0 ? [] : ["; "]) + [.link(decision.title, page: "decisions", anchor: decision.name)]
              }))
      }
      if let judgement = listed.judgement {
        blocks.append(.paragraph([.strong("For a person to judge"), ": ", .text(judgement)]))
      }
      if let outside = listed.outside {
        blocks.append(.paragraph([.strong("Not about one record"), ": ", .text(outside)]))
      }
    }
    if blocks.isEmpty { blocks.append(.paragraph(["The rule book lists no clauses."])) }
    return BookPage(name: "clauses", title: "Clauses", blocks: blocks)
  }

  private func policyPage() -> BookPage {
    var blocks: [Block] = []
    for policy in policies {
      blocks.append(.heading(2, [.text(policy.title)], anchor: policy.name))
      var line: [Inline] = [.code(policy.name), .text("  about every \(policy.recordType)")]
      if let stage = policy.stage { line.append(.text(", at the stage of \(stage.rawValue)")) }
      if policy.lineage.count > 1 {
        line.append(.text("; extends \(policy.lineage.dropFirst().joined(separator: ", which extends "))"))
      }
      blocks.append(.paragraph(line))
      if let source = policy.source { blocks.append(.paragraph([.strong("Source"), ": ", .text(source)])) }
      blocks += groups(
        Severity.allCases.reversed().map { severity in
          (severity.rawValue, policy.entries.filter { $0.severity(on: asOf) == severity }.map(\.rule))
        })
      if !policy.relaxations.isEmpty {
        blocks.append(
          .table(
            header: ["looser than inherited", "reason", "approved by", "until"],
            rows: policy.relaxations.map {
              [[.text($0.target)], [.text($0.reason)], [.text($0.approved)], [.text("\($0.until)")]]
            }))
      }
    }
    return BookPage(name: "policies", title: "Policies", blocks: blocks)
  }
}
