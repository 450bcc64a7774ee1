import Diagnostics
import FEEL
import Probity

/// Writes lines as ``CSVReporter`` does, from outlines.
final class CSVOutlinePrinter: OutlinePrinter, @unchecked Sendable {
  private typealias Piece = Pieces.Piece

  private struct RuleText {
    /// That there is no waiver, and who says so, up to the place.
    var tail: Piece
  }

  private let words: OutlineWords
  private let rules: [RuleText]
  /// By rule, by whether it fails, and by severity: from its name to that it is open.
  private let heads: [Piece]
  private let severities = Severity.allCases.count
  /// By number of the requirement: the cells of what it says, where it is the only one not met; nil where records differ.
  private let soles: [Piece?]
  private let silent: Piece
  /// By fact: the end of its path, and its table.
  private let facts: [(table: Int, path: Piece)]
  private let kind: Piece
  private let separator: Piece
  private let end: Piece

  init?(_ checking: Checking) {
    guard let plan = checking.explanations else { return nil }
    let words = OutlineWords(plan, .plain)
    self.words = words
    let pieces = words.pieces
    kind = pieces.add("finding,")
    separator = pieces.add("; ")
    end = pieces.add(",,,\r\n")
    silent = pieces.add(",,")
    facts = plan.facts.map { ($0.table, pieces.add(words.path(of: $0))) }
    heads = checking.asked.flatMap { asked in
      let rule = checking.book.rules[asked.rule]
      return [Outcome.notEvidenced, .fail].flatMap { outcome in
        Severity.allCases.map { severity in
          pieces.add(
            CSVLine.bytes {
              $0.cell(rule.name)
              $0.cell(rule.title)
              $0.word(outcome.rawValue)
              $0.word(severity.rawValue)
              $0.word(asked.enforcement.rawValue)
              $0.word("true")
              $0.empty(1)
            })
        }
      }
    }
    rules = checking.asked.map { asked in
      let rule = checking.book.rules[asked.rule]
      let tail = CSVLine.bytes {
        $0.empty(3)
        $0.cell(rule.source)
        $0.cell(rule.clause.map(CSVReporter.words))
        $0.empty(1)
      }
      return RuleText(tail: pieces.add(tail.dropFirst()))
    }
    soles = Self.soles(words)
  }

  private static func soles(_ words: OutlineWords) -> [Piece?] {
    func texts(_ saying: OutlineWords.Saying) -> [String?] {
      zip(words.fixed(saying), words.isSilent(saying)).map { text, isSilent in
        isSilent ? "" : text.map { String(decoding: $0, as: UTF8.self) }
      }
    }
    return zip(texts(.messages), texts(.remedies)).map { message, remedy in
      guard let message, let remedy else { return nil }
      return words.pieces.add(
        CSVLine.bytes {
          $0.cell(message)
          $0.cell(remedy)
          $0.empty(1)
        })
    }
  }

  func record(_ outline: borrowing RecordOutline, into buffer: inout ByteBuffer) {
    var head: Range<Int>?
    var place = 0..<0
    outline.forEachFinding { finding in
      // What every line of a record has is written once, and then once more.
      if let head { buffer.repeat(head) } else { head = self.head(outline, to: &buffer) }
      line(finding.pointee, outline, to: &buffer)
      if place.isEmpty {
        let start = buffer.count
        let file = outline.file
        buffer.cell { $0.put(file) }
        buffer.put(UInt8(ascii: ","))
        buffer.digits(outline.line.line)
        buffer.paste(end)
        place = start..<buffer.count
      } else {
        buffer.repeat(place)
      }
    } explained: { finding, _ in
      let (key, name, verdict) = (
        String(decoding: outline.line.key, as: UTF8.self), outline.name, outline.verdict?.text
      )
      let place = Place(file: outline.fileName, line: outline.line.line)
      buffer.add { CSVReporter.line(finding, key: key, name: name, verdict: verdict, place: place, into: &$0) }
    }
    if !outline.hasProblems { return }
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
    let outcome = finding.rule &* 2 &+ (finding.outcome == .fail ? 1 : 0)
    buffer.paste(heads[outcome &* severities &+ finding.severity.rank])
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
    says(finding, outline, to: &buffer)
    let missing = buffer.count
    for index in finding.missing.first..<finding.missing.end {
      if index > finding.missing.first { buffer.paste(separator) }
      let mark = outline.marks.missing[index]
      words.path(facts[Int(mark.fact)].table, Int(mark.row), outline, to: &buffer)
      buffer.paste(facts[Int(mark.fact)].path)
    }
    buffer.endCell(from: missing)
    buffer.paste(rules[finding.rule].tail)
  }

  /// The cells of messages and remedies.
  private func says(_ finding: FindingOutline, _ outline: borrowing RecordOutline, to buffer: inout ByteBuffer) {
    if finding.unmet.isEmpty { return buffer.paste(silent) }
    let first = words.number(of: outline.marks.unmet[finding.unmet.first], rule: finding.rule)
    if finding.unmet.count == 1, let sole = soles[first] { return buffer.paste(sole) }
    for saying in [OutlineWords.Saying.messages, .remedies] {
      let start = buffer.count
      words.put(saying, of: finding, outline, to: &buffer, separator: separator)
      buffer.endCell(from: start)
      buffer.put(UInt8(ascii: ","))
    }
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
    if start == count || isBare(slice(start..<count)) { return }
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
  /// Whether a cell needs nothing around it, as far as eight bytes at a time say so.
  private func isBare(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let base = UnsafeRawPointer(text.baseAddress), let first = text.first, Self.isWord(first), text.count >= 8,
      text[text.count - 1] != UInt8(ascii: " ")
    else { return false }
    var other: UInt64 = 0
    var index = 0
    while index < text.count - 8 {
      other |= Self.special((base + index).loadUnaligned(as: UInt64.self))
      index &+= 8
    }
    other |= Self.special((base + (text.count - 8)).loadUnaligned(as: UInt64.self))
    return other & 0x8080_8080_8080_8080 == 0
  }

  /// A letter or a digit of ASCII, roughly: nothing that a formula begins with.
  private static func isWord(_ byte: UInt8) -> Bool { byte &- 0x30 < 0x0A || byte &- 0x41 < 0x3A }

  /// Bit 7 of some byte says that there is one in a word that is beyond ASCII, below a space, or a comma, quotation mark or
  /// semicolon.
  private static func special(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let comma = word ^ (ones &* 0x2C)
    let quote = word ^ (ones &* 0x22)
    let semicolon = word ^ (ones &* 0x3B)
    return word | ((word &- ones &* 0x20) & ~word) | ((comma &- ones) & ~comma) | ((quote &- ones) & ~quote)
      | ((semicolon &- ones) & ~semicolon)
  }
}
