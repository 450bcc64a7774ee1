import Diagnostics
import Testing

@Suite struct SourceTests {
  @Test(arguments: [
    ("the start", 0, 1, 1),
    ("within a line", 1, 1, 2),
    ("a line feed", 2, 1, 3),
    ("after it", 3, 2, 1),
    ("a carriage return", 4, 2, 2),
    ("the line feed after it", 5, 2, 3),
    ("an empty line", 6, 3, 1),
    ("two-byte character", 7, 4, 1),
    ("after it", 9, 4, 2),
    ("after one of four bytes", 13, 4, 3),
    ("the end", 14, 4, 4),
    ("past the end", 99, 4, 4),
    ("before the start", -1, 1, 1),
  ])
  func locations(_ name: String, _ offset: Int, _ line: Int, _ column: Int) {
    var sources = SourceMap()
    _ = sources.add(name: "other", bytes: [0x0A, 0x0A])
    let file = sources.add(name: "file", bytes: Array("ab\nc\r\n\né😀x".utf8))
    let location = sources.location(offset, in: file)
    #expect(location.line == line)
    #expect(location.column == column)
  }

  @Test(arguments: [(0, ""), (1, "ab"), (2, "c"), (3, ""), (4, "é"), (5, ""), (6, "")])
  func lines(_ number: Int, _ expected: String) {
    var sources = SourceMap()
    let file = sources.add(name: "file", bytes: Array("ab\nc\r\n\né\n".utf8))
    #expect(String(decoding: sources.line(number, of: file), as: UTF8.self) == expected)
  }

  /// `ab\tcd` as it stands in `"ab\tc\⏎  d"`, at offset 10: an escape, then a join that leaves nothing.
  private static let text = SourceText(
    "ab\tcd", file: FileID(rawValue: 3),
    segments: [(0, 11), (3, 15), (4, 16), (4, 20)].map { .init(decoded: $0.0, source: $0.1) }, sourceEnd: 21)

  @Test(arguments: [
    ("in step", 0..<2, 11, 13),
    ("the escape", 2..<3, 13, 15),
    ("up to the escape", 1..<3, 12, 15),
    ("from the escape on", 2..<4, 13, 16),
    ("before the join", 3..<4, 15, 16),
    ("after the join", 4..<5, 20, 21),
    ("over the join", 3..<5, 15, 21),
    ("nothing at the start", 0..<0, 11, 11),
    ("nothing at the join", 4..<4, 20, 20),
    ("nothing at the end", 5..<5, 21, 21),
    ("past the end", 4..<9, 20, 21),
  ])
  func textMapsBack(_ name: String, _ range: Range<Int>, _ start: Int, _ end: Int) {
    #expect(Self.text.span(range) == SourceSpan(file: FileID(rawValue: 3), start: start, end: end))
  }

  @Test func wholeText() {
    #expect(Self.text.span == SourceSpan(file: FileID(rawValue: 3), start: 11, end: 21))
    let plain = SourceText("größe", file: FileID(rawValue: 0), at: 5)
    #expect(plain.span == SourceSpan(file: FileID(rawValue: 0), start: 5, end: 12))
    #expect(plain.span(2..<6) == SourceSpan(file: FileID(rawValue: 0), start: 7, end: 11))
    let none = SourceText("", file: FileID(rawValue: 0), segments: [], sourceEnd: 4)
    #expect(none.span(0..<0) == SourceSpan(file: FileID(rawValue: 0), start: 4, end: 4))
  }

  @Test func spansJoin() {
    let file = FileID(rawValue: 0)
    let early = SourceSpan(file: file, start: 2, end: 4)
    let late = SourceSpan(file: file, start: 6, end: 9)
    #expect(early.through(late) == SourceSpan(file: file, start: 2, end: 9))
    #expect(SourceSpan(file: file, start: 5, end: 3) == SourceSpan(file: file, start: 5, end: 5))
  }
}
