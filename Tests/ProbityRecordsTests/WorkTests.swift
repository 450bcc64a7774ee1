import Testing

@testable import ProbityRecords

/// How often readers look at a byte, whatever stands in the input.
@Suite struct Work {
  /// A small stretch, repeated.
  @Test(arguments: ["\"\n", "\"a\n", "a,\"b\n", "\"\"\n", "\"a\"b\n", "a\rb", "\"a,\"\n\"", ",", "\"\"\"\n"])
  func csv(_ unit: String) {
    let bytes = Array(String(repeating: unit, count: 20_000).utf8)
    let input = InputFile(name: "", bytes: bytes)
    guard let source = try? input.open() else { return }
    let limits = RecordLimits(recordBytes: 1 << 14, chunkBytes: 1 << 10)
    var reader = CSVReader(
      ByteWindow(source, declared: nil, chunkBytes: limits.chunkBytes), separator: UInt8(ascii: ","), limits: limits)
    var steps = 0
    while reader.next() != nil { steps += 1 }
    #expect(steps <= bytes.count)
    #expect(reader.window.looks <= 4 * bytes.count + 4 * limits.recordBytes, "\(unit.debugDescription)")
  }

  @Test(arguments: ["[", "{", "\"", "\\", "{\"a\":", ",", "]", "[1,", "{\"a\"}\n", "\"\n", " "])
  func json(_ unit: String) {
    let bytes = Array(("[" + String(repeating: unit, count: 20_000)).utf8)
    let limits = RecordLimits(recordBytes: 1 << 14, chunkBytes: 1 << 10)
    guard let source = try? InputFile(name: "", bytes: bytes).open() else { return }
    var reader = JSONReader(
      ByteWindow(source, declared: nil, chunkBytes: limits.chunkBytes), steps: [], limits: limits)
    var steps = 0
    while reader.next() != nil { steps += 1 }
    #expect(steps <= bytes.count + 1)
    #expect(reader.window.looks <= 4 * bytes.count + 4 * limits.recordBytes)
  }

  /// All on one line: looking up where each node stands must not go through the line each time.
  @Test func yamlOnOneLine() {
    let items = Array(repeating: "{id: P}", count: 20_000).joined(separator: ", ")
    let read = ReadOut("[" + items + "]", "p.yaml")
    #expect(read.records.count == 20_000)
  }

  @Test func manyColumns() {
    let header = (0..<20_000).map { "c\($0)" }.joined(separator: ",")
    let read = ReadOut("id,\(header)\nP-1\n", "p.csv")
    #expect(read.keys == ["P-1"])
    #expect(read.problems.count == 53)
  }
}
