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
    var withholds: Bool
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

  private let words: OutlineWords
  private let endsLine: Bool
  private var rules: [RuleText] = []
  private var facts: [FactText] = []
  private var lists: [ListText] = []
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
  private let comma: Piece
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
    words = OutlineWords(plan, .json)
    comma = words.pieces.add(",")
    record = words.pieces.add(#"{"kind":"record","key":""#)
    name = words.pieces.add(#","name":""#)
    place = words.pieces.add(#","place":{"file":"#)
    line = words.pieces.add(#","line":"#)
    scope = words.pieces.add(#","scope":{"outcome":"in scope"}"#)
    findings = words.pieces.add(#","findings":["#)
    passed = words.pieces.add(#","passed":{"#)
    notApplicable = words.pieces.add(#","not_applicable":{"#)
    noProblems = words.pieces.add(#","problems":[]}"#)
    path = words.pieces.add(#"{"path":""#)
    item = words.pieces.add(#","item":""#)
    itemKey = words.pieces.add(#"]","item_key":""#)
    messages = words.pieces.add(#","messages":["#)
    remedies = words.pieces.add(#","remedies":["#)
    missing = words.pieces.add(#","missing":["#)
    evidence = words.pieces.add(#","evidence":["#)
    listed = words.pieces.add(#","lists":["#)
    selected = words.pieces.add(#","selected":"#)
    perhaps = words.pieces.add(#","perhaps":"#)
    omitted = words.pieces.add(#","omitted":"#)
    outcomes = [Outcome.notEvidenced, .fail].map { outcome in
      Severity.allCases.map { severity in
        words.pieces.add(
          Self.members {
            $0.member("outcome", outcome.rawValue)
            $0.member("severity", severity.rawValue)
          })
      }
    }
    rules = checking.asked.indices.map { rule(checking, $0) }
    facts = plan.facts.map { fact(checking, $0) }
    lists = plan.lists.map { text in
      let text = Self.members { $0.member("text", text) }
      return ListText(
        head: words.pieces.add("{".utf8 + text + #","items":"#.utf8),
        withheld: words.pieces.add("{".utf8 + text + #","withheld":true}"#.utf8))
    }
  }

  // MARK: What is the same in every record

  /// The members of an object, without its braces.
  private static func members(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var json = JSONWriter()
    json.object(body)
    return Array(json.bytes.dropFirst().dropLast())
  }

  private func rule(_ checking: Checking, _ position: Int) -> RuleText {
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
    return RuleText(
      head: words.pieces.add("{".utf8 + head + ",".utf8), enforcement: words.pieces.add(",".utf8 + enforcement),
      tail: words.pieces.add(",".utf8 + tail + "}".utf8), name: words.pieces.add(name.dropLast()),
      once: words.pieces.add(name),
      withholds: checking.withholds(position))
  }

  private func fact(_ checking: Checking, _ fact: ExplainedFact) -> FactText {
    let caption = checking.book.vocabulary.declaration(of: fact.member, in: fact.owner)
    let member = fact.owner.members[fact.member]
    let isWithheld = member.isSensitive && !checking.showsSensitive
    let path = words.path(of: fact) + Array("\",".utf8)
    let label = Self.members { $0.member("label", caption?.label ?? member.name) }
    let unit = Self.members { $0.member("unit", caption?.unit) }
    return FactText(
      table: fact.table,
      head: words.pieces.add(path + label + (isWithheld ? #","withheld":true"# : #","value":"#).utf8),
      unit: words.pieces.add(unit.isEmpty ? [] : ",".utf8 + unit),
      missing: words.pieces.add(path + label + #","absence":"absent""#.utf8), isWithheld: isWithheld)
  }

  // MARK: Records

  func record(_ outline: borrowing RecordOutline, into buffer: inout ByteBuffer) {
    var json = JSONWriter(buffer)
    json.buffer.paste(record)
    json.buffer.escape(outline.line.key)
    json.buffer.put(UInt8(ascii: "\""))
    if let own = outline.name {
      json.buffer.paste(name)
      json.buffer.escape(own)
      json.buffer.put(UInt8(ascii: "\""))
    }
    let start = json.buffer.count
    json.buffer.paste(place)
    json.quote(outline.line.file)
    json.buffer.paste(line)
    json.buffer.digits(outline.line.line)
    json.buffer.put(UInt8(ascii: "}"))
    // All facts of a line have the line's place.
    let place = start..<json.buffer.count
    json.buffer.paste(scope)
    if let verdict = outline.verdict {
      json.begin(after: true)
      json.member("verdict") { $0.verdict(verdict) }
    }
    json.buffer.paste(findings)
    for index in outline.entries.indices {
      if index > 0 { json.buffer.put(UInt8(ascii: ",")) }
      switch outline.entries[index] {
      case .outline(let number): finding(outline.outlines.findings[number], outline, place, to: &json)
      case .finding(let finding, _):
        json.begin(after: false)
        json.finding(finding)
      }
    }
    json.buffer.put(UInt8(ascii: "]"))
    settled(passed, outline.settled, to: &json.buffer) { $0.passed }
    settled(notApplicable, outline.settled, to: &json.buffer) { $0.notApplicable }
    if outline.problems.isEmpty {
      json.buffer.paste(noProblems)
    } else {
      json.begin(after: true)
      json.member("problems", outline.problems) { json, problem in json.object { $0.problem(problem) } }
      json.buffer.put(UInt8(ascii: "}"))
    }
    if endsLine { json.buffer.put(UInt8(ascii: "\n")) }
    buffer = json.ended()
  }

  /// How often each rule came to an outcome that is counted rather than listed.
  @inline(__always)
  private func settled(
    _ title: Piece, _ settled: [SettledRule], to buffer: inout ByteBuffer, _ count: (SettledRule) -> Int
  ) {
    var isFirst = true
    for entry in settled {
      let count = count(entry)
      if count == 0 { continue }
      if isFirst { buffer.paste(title) } else { buffer.put(UInt8(ascii: ",")) }
      isFirst = false
      if count == 1 {
        buffer.paste(rules[entry.rule].once)
      } else {
        buffer.paste(rules[entry.rule].name)
        buffer.digits(count)
      }
    }
    if !isFirst { buffer.put(UInt8(ascii: "}")) }
  }

  // MARK: Findings

  /// - Parameter place: where the record's place was written.
  private func finding(
    _ finding: FindingOutline, _ outline: borrowing RecordOutline, _ place: Range<Int>, to json: inout JSONWriter
  ) {
    let rule = rules[finding.rule]
    json.buffer.paste(rule.head)
    json.buffer.paste(outcomes[finding.outcome == .fail ? 1 : 0][finding.severity.rank])
    json.buffer.paste(rule.enforcement)
    if finding.table > 0 {
      json.buffer.paste(item)
      words.path(finding.table, finding.row, outline, to: &json.buffer)
      json.buffer.paste(itemKey)
      words.key(finding.table, finding.row, outline, to: &json.buffer)
      json.buffer.put(UInt8(ascii: "\""))
    }
    texts(messages, .messages, finding, outline, to: &json.buffer)
    texts(remedies, .remedies, finding, outline, to: &json.buffer)
    if !finding.missing.isEmpty {
      json.buffer.paste(missing)
      for index in finding.missing {
        if index > finding.missing.lowerBound { json.buffer.put(UInt8(ascii: ",")) }
        let mark = outline.outlines.missing[index]
        json.buffer.paste(path)
        words.path(facts[Int(mark.fact)].table, Int(mark.row), outline, to: &json.buffer)
        json.buffer.paste(facts[Int(mark.fact)].missing)
        json.buffer.repeat(place)
        json.buffer.put(UInt8(ascii: "}"))
      }
      json.buffer.put(UInt8(ascii: "]"))
    }
    if !finding.evidence.isEmpty {
      json.buffer.paste(evidence)
      for index in finding.evidence {
        if index > finding.evidence.lowerBound { json.buffer.put(UInt8(ascii: ",")) }
        evidence(outline.outlines.evidence[index], outline, to: &json)
        json.buffer.repeat(place)
        json.buffer.put(UInt8(ascii: "}"))
      }
      json.buffer.put(UInt8(ascii: "]"))
    }
    if !finding.lists.isEmpty {
      json.buffer.paste(listed)
      for index in finding.lists {
        if index > finding.lists.lowerBound { json.buffer.put(UInt8(ascii: ",")) }
        list(outline.outlines.lists[index], isWithheld: rule.withholds, to: &json.buffer)
      }
      json.buffer.put(UInt8(ascii: "]"))
    }
    json.buffer.paste(rule.tail)
  }

  private func texts(
    _ title: Piece, _ saying: OutlineWords.Saying, _ finding: FindingOutline, _ outline: borrowing RecordOutline,
    to buffer: inout ByteBuffer
  ) {
    if finding.unmet.isEmpty { return }
    let before = buffer.count
    buffer.paste(title)
    if words.put(saying, of: finding, outline, to: &buffer, separator: comma, quoted: true) {
      buffer.put(UInt8(ascii: "]"))
    } else {
      buffer.takeBack(to: before)
    }
  }

  /// A fact but for its place.
  private func evidence(_ mark: FactMark, _ outline: borrowing RecordOutline, to json: inout JSONWriter) {
    let fact = facts[Int(mark.fact)]
    json.buffer.paste(path)
    words.path(fact.table, Int(mark.row), outline, to: &json.buffer)
    json.buffer.paste(fact.head)
    if !fact.isWithheld {
      switch outline.teller.content(of: mark, in: outline.line) {
      case .truth(let truth): json.buffer.paste(truth ? words.yes : words.no)
      case .number(let number): json.buffer.tenThousandths(number)
      case .day(let day):
        json.buffer.put(UInt8(ascii: "\""))
        json.buffer.day(day)
        json.buffer.put(UInt8(ascii: "\""))
      case .text(let text):
        json.buffer.put(UInt8(ascii: "\""))
        json.buffer.escape(text)
        json.buffer.put(UInt8(ascii: "\""))
      case .other(let value):
        json.begin(after: false)
        json.value(value)
      }
    }
    json.buffer.paste(fact.unit)
  }

  private func list(_ mark: ListMark, isWithheld: Bool, to buffer: inout ByteBuffer) {
    let list = lists[Int(mark.list)]
    if isWithheld { return buffer.paste(list.withheld) }
    buffer.paste(list.head)
    buffer.digits(Int(mark.items))
    if mark.selected >= 0 {
      buffer.paste(selected)
      buffer.digits(Int(mark.selected))
    }
    if mark.perhaps > 0 {
      buffer.paste(perhaps)
      buffer.digits(Int(mark.perhaps))
    }
    if mark.omitted > 0 {
      buffer.paste(omitted)
      buffer.digits(Int(mark.omitted))
    }
    buffer.put(UInt8(ascii: "}"))
  }
}
