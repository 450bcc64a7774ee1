import Diagnostics
import FEEL
import Probity

/// Writes lines as ``CSVReporter`` does, from outlines.
final class CSVOutlinePrinter: OutlinePrinter, @unchecked Sendable {
  private typealias Piece = Pieces.Piece

  private struct RuleText {
    /// Its name and title, up to its outcome.
    var head: Piece
    /// Its enforcement, and that it is open.
    var enforcement: Piece
    /// That there is no waiver, and who says so, up to the place.
    var tail: Piece
  }

  private let words: OutlineWords
  private var rules: [RuleText] = []
  /// By fact: the end of its path, and its table.
  private var facts: [(table: Int, path: Piece)] = []
  /// By whether it fails, and by severity: from the outcome to the enforcement.
  private var outcomes: [[Piece]] = []
  private let kind: Piece
  private let separator: Piece
  private let end: Piece

  init?(_ checking: Checking) {
    guard let plan = checking.explanations else { return nil }
    words = OutlineWords(plan, .plain)
    kind = words.pieces.add("finding,")
    separator = words.pieces.add("; ")
    end = words.pieces.add(",,,\r\n")
    outcomes = [Outcome.notEvidenced, .fail].map { outcome in
      Severity.allCases.map { words.pieces.add("\(outcome.rawValue),\($0.rawValue),") }
    }
    facts = plan.facts.map { ($0.table, words.pieces.add(words.path(of: $0))) }
    rules = checking.asked.map { asked in
      let rule = checking.book.rules[asked.rule]
      let head = CSVLine.bytes {
        $0.cell(rule.name)
        $0.cell(rule.title)
        $0.empty(1)
      }
      let tail = CSVLine.bytes {
        $0.empty(3)
        $0.cell(rule.source)
        $0.cell(rule.clause.map(CSVReporter.words))
        $0.empty(1)
      }
      return RuleText(
        head: words.pieces.add(head), enforcement: words.pieces.add("\(asked.enforcement.rawValue),true,"),
        tail: words.pieces.add(tail.dropFirst()))
    }
  }

  func record(_ outline: borrowing RecordOutline, into buffer: inout ByteBuffer) {
    var head: Range<Int>?
    var place = 0..<0
    for entry in outline.entries {
      if entry >= 0 {
        // What every line of a record has is written once, and then once more.
        if let head { buffer.repeat(head) } else { head = self.head(outline, to: &buffer) }
        line(outline.marks.findings[entry], outline, to: &buffer)
        if place.isEmpty {
          let start = buffer.count
          buffer.cell { $0.put(outline.line.file) }
          buffer.put(UInt8(ascii: ","))
          buffer.digits(outline.line.line)
          buffer.paste(end)
          place = start..<buffer.count
        } else {
          buffer.repeat(place)
        }
      } else {
        let finding = outline.explained[-1 - entry].finding
        let (key, name, verdict) = (
          String(decoding: outline.line.key, as: UTF8.self), outline.name, outline.verdict?.text
        )
        let place = Place(file: outline.line.file, line: outline.line.line)
        buffer.add { CSVReporter.line(finding, key: key, name: name, verdict: verdict, place: place, into: &$0) }
      }
    }
    for problem in outline.problems {
      buffer.add { CSVReporter().problem(problem, into: &$0) }
    }
  }

  /// The cells up to the rule.
  private func head(_ outline: borrowing RecordOutline, to buffer: inout ByteBuffer) -> Range<Int> {
    let start = buffer.count
    buffer.paste(kind)
    let key = outline.line.key
    buffer.cell { $0.put(key) }
    buffer.put(UInt8(ascii: ","))
    let bytes = outline.nameBytes
    if !bytes.isEmpty {
      buffer.cell { $0.put(bytes) }
    } else if let name = outline.name {
      buffer.cell { $0.put(name) }
    }
    buffer.put(UInt8(ascii: ","))
    if let verdict = outline.verdict?.text { buffer.cell { $0.put(verdict) } }
    buffer.put(UInt8(ascii: ","))
    return start..<buffer.count
  }

  /// The cells from the rule to the place.
  private func line(_ finding: FindingOutline, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer) {
    let rule = rules[finding.rule]
    buffer.paste(rule.head)
    buffer.paste(outcomes[finding.outcome == .fail ? 1 : 0][finding.severity.rank])
    buffer.paste(rule.enforcement)
    if finding.table > 0 {
      let item = buffer.count
      words.path(finding.table, finding.row, outline, to: &buffer)
      buffer.put(UInt8(ascii: "]"))
      buffer.endCell(from: item)
      buffer.put(UInt8(ascii: ","))
      let key = buffer.count
      words.key(finding.table, finding.row, outline, to: &buffer)
      buffer.endCell(from: key)
      buffer.put(UInt8(ascii: ","))
    } else {
      buffer.put(UInt8(ascii: ","), times: 2)
    }
    for saying in [OutlineWords.Saying.messages, .remedies] {
      let start = buffer.count
      words.put(saying, of: finding, outline, to: &buffer, separator: separator)
      buffer.endCell(from: start)
      buffer.put(UInt8(ascii: ","))
    }
    let missing = buffer.count
    for index in finding.missing.first..<finding.missing.end {
      if index > finding.missing.first { buffer.paste(separator) }
      let mark = outline.marks.missing[index]
      words.path(facts[Int(mark.fact)].table, Int(mark.row), outline, to: &buffer)
      buffer.paste(facts[Int(mark.fact)].path)
    }
    buffer.endCell(from: missing)
    buffer.paste(rule.tail)
  }
}

/// Cells of CSV, as ``CSVLine`` writes them.
extension ByteBuffer {
  @inline(__always)
  fileprivate mutating func cell(_ body: (inout ByteBuffer) -> Void) {
    let start = count
    body(&self)
    endCell(from: start)
  }

  /// Puts around a cell what it has to have around it, now that it is written.
  fileprivate mutating func endCell(from start: Int) {
    let care = CSVLine.care(slice(start..<count))
    guard care.needsQuotes || care.needsApostrophe else { return }
    let bytes = Array(slice(start..<count))
    takeBack(to: start)
    if care.needsQuotes { put(UInt8(ascii: "\"")) }
    if care.needsApostrophe { put(UInt8(ascii: "'")) }
    for byte in bytes {
      if byte == UInt8(ascii: "\""), care.needsQuotes { put(byte) }
      put(byte)
    }
    if care.needsQuotes { put(UInt8(ascii: "\"")) }
  }
}
