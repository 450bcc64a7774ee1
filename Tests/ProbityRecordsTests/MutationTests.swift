import Probity
import ProbityRecords
import Testing

/// The same numbers in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// Good files, damaged at random: nothing crashes or hangs, every record before the damage is there, and the same bytes
/// give the same answer however they come.
@Suite struct Mutations {
  static let records = (1...20).map { number in
    (
      key: "P-\(number)",
      json:
        #"{"id": "P-\#(number)", "title": "Ash é", "beds": \#(number), "services": ["a", "b"], "staff": [{"ref": "W-1"}]}"#,
      csv: "P-\(number),\"Ash, \"\"é\"\"\nOak\",\(number)",
      yaml: "- id: P-\(number)\n  title: \"Ash é\"\n  beds: \(number)"
    )
  }

  /// A file: its head, its records, and what stands between and after them.
  static let files: [(name: String, head: String, records: [String], join: String, tail: String)] = [
    ("p.json", "[", records.map(\.json), ",\n", "]"),
    ("p.jsonl", "", records.map(\.json), "\n", "\n"),
    ("p.csv", "id,title,beds\n", records.map(\.csv), "\n", "\n"),
    ("p.yaml", "", records.map(\.yaml), "\n", "\n"),
  ]

  @Test(arguments: files.indices)
  func damage(_ index: Int) {
    let file = Self.files[index]
    var bytes = Array(file.head.utf8)
    var ends: [Int] = []
    for record in file.records {
      bytes += Array((ends.isEmpty ? "" : file.join).utf8) + Array(record.utf8)
      ends.append(bytes.count)
    }
    bytes += Array(file.tail.utf8)
    #expect(ReadOut(bytes: bytes, file.name).keys == Self.records.map(\.key))

    var random = SeededGenerator(state: UInt64(index) + 20_260_630)
    let marks = Array("\"{}[],:\\\n\r\0\t -#&*!|>%@`x0".utf8) + [0x80, 0xC3, 0xFF]
    for _ in 0..<150 {
      var damaged = bytes
      let at = Int.random(in: file.head.utf8.count..<bytes.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: damaged[at] = marks.randomElement(using: &random) ?? 0
      case 1: damaged.insert(marks.randomElement(using: &random) ?? 0, at: at)
      case 2: damaged.remove(at: at)
      default: damaged.removeSubrange(at...)
      }
      let whole = ReadOut(bytes: damaged, file.name)
      let kept = ends.prefix { $0 < at }.count
      // YAML has no way to tell one record from the next once it is broken: what the parser kept is there.
      if file.name != "p.yaml" {
        #expect(whole.keys.prefix(kept) == Self.records.map(\.key).prefix(kept), "\(damaged.count) bytes, at \(at)")
      }
      let account = whole.accounts[0]
      #expect(account.read == whole.records.count + whole.unreadable.count)
      #expect(account.unreadable.values.reduce(0, +) == whole.unreadable.count)
      let slow = ReadOut(bytes: damaged, file.name, limits: RecordLimits(chunkBytes: 5))
      #expect(slow.keys == whole.keys)
      #expect(slow.said == whole.said)
    }
  }

  @Test(arguments: ["p.json", "p.jsonl", "p.csv", "p.yaml", "p"])
  func noise(_ name: String) {
    var random = SeededGenerator(state: 7)
    let alphabet = Array("\"\"{{}}[[]],,::\\\n\n\r aid0123456789.-+eE".utf8)
    for _ in 0..<300 {
      let count = Int.random(in: 0..<200, using: &random)
      let bytes = (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      let read = ReadOut(bytes: bytes, name)
      #expect(read.accounts[0].read == read.records.count + read.unreadable.count)
      #expect(count == 0 || !read.records.isEmpty || !read.problems.isEmpty)
    }
  }
}
