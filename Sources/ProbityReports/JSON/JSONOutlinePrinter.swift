import Diagnostics
import FEEL
import Probity

/// Writes records as ``JSONWriter`` does their reports, from outlines: what is the same in every record is encoded once for a
/// run, and values go from the columns into the report.
final class JSONOutlinePrinter: OutlinePrinter, @unchecked Sendable {
  private typealias Piece = Pieces.Piece

  private struct RuleText {
    /// Up to its outcome; from there to its severity is ``outcomes``; its enforcement; from its source on.
    var head: Piece
    var enforcement: Piece
    var tail: Piece
    /// Its name as a key, and that with 1 as the value.
    var name: Piece
    var once: Piece
    /// Of each requirement; nil where it has none.
    var messages: [[Segment]?]
    var remedies: [[Segment]?]
    var withholds: Bool
  }

  private enum Segment {
    case piece(Piece)
    case fact(Int32, climb: Int32)
    case scalar(register: Int32, climb: Int32, Layout.Kind)
  }

  private struct FactText {
    var table: Int
    /// From the key of its item, or from the beginning, to the value.
    var head: Piece
    /// From the value to the place.
    var unit: Piece
    /// From the key of its item to the place, where it is missing.
    var missing: Piece
    var isWithheld: Bool
  }

  private struct ListText {
    /// Up to the number of items; all of it, where that is withheld.
    var head: Piece
    var withheld: Piece
  }

  private let pieces = Pieces()
  private let endsLine: Bool
  private var rules: [RuleText] = []
  private var facts: [FactText] = []
  private var lists: [ListText] = []
  /// By table: the list of its items, from the key of the item above to that of the item; nothing of the records.
  private var tables: [Piece] = []
  /// By whether it fails, and by severity: from the outcome to the enforcement.
  private var outcomes: [[Piece]] = []
  private let record: Piece
  private let name: Piece
  private let place: Piece
  private let line: Piece
  private let scope: Piece
  private let findings: Piece
  private let passed: Piece
  private let notApplicable: Piece
  private let noProblems: Piece
  private let path: Piece
  private let yes: Piece
  private let no: Piece
  private let item: Piece
  private let itemKey: Piece
  private let messages: Piece
  private let remedies: Piece
  private let missing: Piece
  private let evidence: Piece
  private let listed: Piece
  private let selected: Piece
  private let perhaps: Piece
  private let omitted: Piece

  /// - Parameter endsLine: whether a line ends after each record.
  init?(_ checking: Checking, endsLine: Bool) {
    guard let plan = checking.explanations else { return nil }
    self.endsLine = endsLine
    record = pieces.add(#"{"kind":"record","key":""#)
    name = pieces.add(#","name":""#)
    place = pieces.add(#","place":{"file":"#)
    line = pieces.add(#","line":"#)
    scope = pieces.add(#","scope":{"outcome":"in scope"}"#)
    findings = pieces.add(#","findings":["#)
    passed = pieces.add(#","passed":{"#)
    notApplicable = pieces.add(#","not_applicable":{"#)
    noProblems = pieces.add(#","problems":[]}"#)
    path = pieces.add(#"{"path":""#)
    yes = pieces.add("true")
    no = pieces.add("false")
    item = pieces.add(#","item":""#)
    itemKey = pieces.add(#"]","item_key":""#)
    messages = pieces.add(#","messages":["#)
    remedies = pieces.add(#","remedies":["#)
    missing = pieces.add(#","missing":["#)
    evidence = pieces.add(#","evidence":["#)
    listed = pieces.add(#","lists":["#)
    selected = pieces.add(#","selected":"#)
    perhaps = pieces.add(#","perhaps":"#)
    omitted = pieces.add(#","omitted":"#)
    outcomes = [Outcome.notEvidenced, .fail].map { outcome in
      Severity.allCases.map { severity in
        pieces.add(
          Self.members {
            $0.member("outcome", outcome.rawValue)
            $0.member("severity", severity.rawValue)
          })
      }
    }
    rules = checking.asked.indices.map { rule(checking, $0, plan) }
    tables = plan.tables.map { list in
      guard let list else { return pieces.add("") }
      let names = Self.path(list.names)
      return pieces.add((list.table == 0 ? [] : Array("].".utf8)) + names + Array("[".utf8))
    }
    facts = plan.facts.map { fact(checking, $0) }
    lists = plan.lists.map { text in
      let text = Self.members { $0.member("text", text) }
      return ListText(
        head: pieces.add("{".utf8 + text + #","items":"#.utf8),
        withheld: pieces.add("{".utf8 + text + #","withheld":true}"#.utf8))
    }
  }

  // MARK: What is the same in every record

  /// The members of an object, without its braces.
  private static func members(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var json = JSONWriter()
    json.object(body)
    return Array(json.bytes.dropFirst().dropLast())
  }

  /// A text as it stands between quotation marks.
  private static func quoted(_ text: String) -> [UInt8] {
    var json = JSONWriter()
    json.string(text)
    return Array(json.bytes.dropFirst().dropLast())
  }

  private static func path(_ names: [String]) -> [UInt8] { quoted(names.joined(separator: ".")) }

  private func rule(_ checking: Checking, _ position: Int, _ plan: GroundsPlan) -> RuleText {
    let asked = checking.asked[position]
    let rule = checking.book.rules[asked.rule]
    let head = Self.members {
      $0.member("rule", rule.name)
      $0.member("address", rule.address)
      $0.member("title", rule.title)
    }
    let enforcement = Self.members {
      $0.member("enforcement", asked.enforcement.rawValue)
      $0.member("open", true)
    }
    let tail = Self.members {
      $0.member("source", rule.source)
      if let clause = rule.clause { $0.member("clause") { $0.clause(clause) } }
    }
    let name = Self.members { $0.member(rule.name, 1) }
    let requirements = plan.rules[position]?.requirements ?? []
    return RuleText(
      head: pieces.add("{".utf8 + head + ",".utf8), enforcement: pieces.add(",".utf8 + enforcement),
      tail: pieces.add(",".utf8 + tail + "}".utf8), name: pieces.add(name.dropLast()), once: pieces.add(name),
      messages: requirements.map { segments($0.message) }, remedies: requirements.map { segments($0.remedy) },
      withholds: checking.withholds(position))
  }

  private func segments(_ segments: [GroundsPlan.Segment]?) -> [Segment]? {
    segments?.map { segment in
      switch segment {
      case .text(let text): .piece(pieces.add(Self.quoted(text)))
      case .sensitive: .piece(pieces.add(Self.quoted(FactTeller.withheld)))
      case .fact(let fact, let climb): .fact(fact, climb: climb)
      case .scalar(let register, let climb, let kind): .scalar(register: register, climb: climb, kind)
      }
    }
  }

  private func fact(_ checking: Checking, _ fact: ExplainedFact) -> FactText {
    let caption = checking.book.vocabulary.declaration(of: fact.member, in: fact.owner)
    let member = fact.owner.members[fact.member]
    let isWithheld = member.isSensitive && !checking.showsSensitive
    let path = (fact.table == 0 ? [] : Array("].".utf8)) + Self.path(fact.names) + Array("\",".utf8)
    let label = Self.members { $0.member("label", caption?.label ?? member.name) }
    let unit = Self.members { $0.member("unit", caption?.unit) }
    return FactText(
      table: fact.table, head: pieces.add(path + label + (isWithheld ? #","withheld":true"# : #","value":"#).utf8),
      unit: pieces.add(unit.isEmpty ? [] : ",".utf8 + unit),
      missing: pieces.add(path + label + #","absence":"absent""#.utf8), isWithheld: isWithheld)
  }

  // MARK: Records

  func record(_ outline: borrowing RecordOutline, into bytes: inout [UInt8]) {
    var json = JSONWriter()
    json.paste(record)
    json.escape(outline.line.key)
    json.put(UInt8(ascii: "\""))
    if let own = outline.name {
      json.paste(name)
      json.escape(own)
      json.put(UInt8(ascii: "\""))
    }
    let start = json.count
    json.paste(place)
    json.quote(outline.line.file)
    json.paste(line)
    json.digits(outline.line.line)
    json.put(UInt8(ascii: "}"))
    // All facts of a line have the line's place.
    let place = start..<json.count
    json.paste(scope)
    if let verdict = outline.verdict {
      json.begin(after: true)
      json.member("verdict") { $0.verdict(verdict) }
    }
    json.paste(findings)
    let writer = Writer(printer: self, teller: outline.teller, line: outline.line, place: place)
    for (index, entry) in outline.entries.enumerated() {
      if index > 0 { json.put(UInt8(ascii: ",")) }
      switch entry {
      case .outline(let number): writer.finding(outline.outlines.findings[number], outline.outlines, to: &json)
      case .finding(let finding, _):
        json.begin(after: false)
        json.finding(finding)
      }
    }
    json.put(UInt8(ascii: "]"))
    settled(passed, outline.settled, to: &json) { $0.passed }
    settled(notApplicable, outline.settled, to: &json) { $0.notApplicable }
    if outline.problems.isEmpty {
      json.paste(noProblems)
    } else {
      json.begin(after: true)
      json.member("problems", outline.problems) { json, problem in json.object { $0.problem(problem) } }
      json.put(UInt8(ascii: "}"))
    }
    if endsLine { json.put(UInt8(ascii: "\n")) }
    json.append(to: &bytes)
  }

  /// How often each rule came to an outcome that is counted rather than listed.
  @inline(__always)
  private func settled(
    _ title: Piece, _ settled: [SettledRule], to json: inout JSONWriter, _ count: (SettledRule) -> Int
  ) {
    var isFirst = true
    for entry in settled {
      let count = count(entry)
      if count == 0 { continue }
      if isFirst { json.paste(title) } else { json.put(UInt8(ascii: ",")) }
      isFirst = false
      if count == 1 {
        json.paste(rules[entry.rule].once)
      } else {
        json.paste(rules[entry.rule].name)
        json.digits(count)
      }
    }
    if !isFirst { json.put(UInt8(ascii: "}")) }
  }

  /// Writes the findings of one record.
  private struct Writer {
    let printer: JSONOutlinePrinter
    let teller: FactTeller
    let line: LineText
    /// Where the record's place was written.
    let place: Range<Int>

    func finding(_ finding: FindingOutline, _ outlines: borrowing Outlines, to json: inout JSONWriter) {
      let rule = printer.rules[finding.rule]
      json.paste(rule.head)
      json.paste(printer.outcomes[finding.outcome == .fail ? 1 : 0][finding.severity.rank])
      json.paste(rule.enforcement)
      if finding.table > 0 {
        json.paste(printer.item)
        path(finding.table, finding.row, to: &json)
        json.paste(printer.itemKey)
        key(finding.table, finding.row, to: &json)
        json.put(UInt8(ascii: "\""))
      }
      texts(printer.messages, rule.messages, finding, outlines, to: &json)
      texts(printer.remedies, rule.remedies, finding, outlines, to: &json)
      if !finding.missing.isEmpty {
        json.paste(printer.missing)
        for index in finding.missing {
          if index > finding.missing.lowerBound { json.put(UInt8(ascii: ",")) }
          let mark = outlines.missing[index]
          let fact = printer.facts[Int(mark.fact)]
          json.paste(printer.path)
          path(fact.table, Int(mark.row), to: &json)
          json.paste(fact.missing)
          json.repeat(place)
          json.put(UInt8(ascii: "}"))
        }
        json.put(UInt8(ascii: "]"))
      }
      if !finding.evidence.isEmpty {
        json.paste(printer.evidence)
        for index in finding.evidence {
          if index > finding.evidence.lowerBound { json.put(UInt8(ascii: ",")) }
          evidence(outlines.evidence[index], to: &json)
        }
        json.put(UInt8(ascii: "]"))
      }
      if !finding.lists.isEmpty {
        json.paste(printer.listed)
        for index in finding.lists {
          if index > finding.lists.lowerBound { json.put(UInt8(ascii: ",")) }
          list(outlines.lists[index], isWithheld: rule.withholds, to: &json)
        }
        json.put(UInt8(ascii: "]"))
      }
      json.paste(rule.tail)
    }

    private func evidence(_ mark: FactMark, to json: inout JSONWriter) {
      let fact = printer.facts[Int(mark.fact)]
      json.paste(printer.path)
      path(fact.table, Int(mark.row), to: &json)
      json.paste(fact.head)
      if !fact.isWithheld {
        switch teller.content(of: mark, in: line) {
        case .truth(let truth): json.paste(truth ? printer.yes : printer.no)
        case .number(let number): json.tenThousandths(number)
        case .day(let day):
          json.put(UInt8(ascii: "\""))
          json.day(day)
          json.put(UInt8(ascii: "\""))
        case .text(let text):
          json.put(UInt8(ascii: "\""))
          json.escape(text)
          json.put(UInt8(ascii: "\""))
        case .other(let value):
          json.begin(after: false)
          json.value(value)
        }
      }
      json.paste(fact.unit)
      json.repeat(place)
      json.put(UInt8(ascii: "}"))
    }

    private func list(_ mark: ListMark, isWithheld: Bool, to json: inout JSONWriter) {
      let list = printer.lists[Int(mark.list)]
      if isWithheld { return json.paste(list.withheld) }
      json.paste(list.head)
      json.digits(Int(mark.items))
      if mark.selected >= 0 {
        json.paste(printer.selected)
        json.digits(Int(mark.selected))
      }
      if mark.perhaps > 0 {
        json.paste(printer.perhaps)
        json.digits(Int(mark.perhaps))
      }
      if mark.omitted > 0 {
        json.paste(printer.omitted)
        json.digits(Int(mark.omitted))
      }
      json.put(UInt8(ascii: "}"))
    }

    // MARK: Paths

    /// The path of an item, but for the bracket after its key; nothing for the record itself.
    private func path(_ table: Int, _ row: Int, to json: inout JSONWriter) {
      if table == 0 { return }
      path(teller.table(above: table), teller.parent(of: row, in: table), to: &json)
      json.paste(printer.tables[table])
      key(table, row, to: &json)
    }

    private func key(_ table: Int, _ row: Int, to json: inout JSONWriter) {
      switch teller.key(of: table, row, in: line) {
      case .position(let position): json.digits(position)
      case .text(let text): json.escape(text)
      case .other(let text): json.escape(text)
      }
    }

    // MARK: Messages

    /// What requirements that are not met say, each text once.
    private func texts(
      _ title: Piece, _ texts: [[Segment]?], _ finding: FindingOutline, _ outlines: borrowing Outlines,
      to json: inout JSONWriter
    ) {
      var written: [Range<Int>] = []
      for index in finding.unmet {
        guard let segments = texts[outlines.unmet[index]] else { continue }
        let before = json.count
        if written.isEmpty { json.paste(title) } else { json.put(UInt8(ascii: ",")) }
        let start = json.count
        json.put(UInt8(ascii: "\""))
        for segment in segments { text(segment, finding, to: &json) }
        json.put(UInt8(ascii: "\""))
        let range = start..<json.count
        if written.contains(where: { json.isRepeated($0, range) }) {
          json.takeBack(to: before)
        } else {
          written.append(range)
        }
      }
      if !written.isEmpty { json.put(UInt8(ascii: "]")) }
    }

    private func text(_ segment: Segment, _ finding: FindingOutline, to json: inout JSONWriter) {
      let content: FactTeller.Content
      switch segment {
      case .piece(let piece): return json.paste(piece)
      case .fact(let fact, let climb):
        let mark = teller.mark(fact, climb: climb, from: finding.table, finding.row)
        content = teller.content(of: mark, in: line)
      case .scalar(let register, let climb, let kind):
        content = teller.content(register, climb: climb, kind, from: finding.table, finding.row)
      }
      switch content {
      case .truth(let truth): json.paste(truth ? printer.yes : printer.no)
      case .number(let number): json.tenThousandths(number)
      case .day(let day): json.day(day)
      case .text(let text): json.escape(text)
      case .other(let value): json.escape(value.description)
      }
    }
  }
}
