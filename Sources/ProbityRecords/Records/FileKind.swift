/// The forms that records come in.
public enum RecordFormat: String, Hashable, Sendable, CaseIterable {
  case csv
  case json
  case jsonLines = "jsonl"
  case yaml
  case sqlite
  case xlsx

  /// What a file's name says by its extension.
  init?(fileName: String) {
    guard let dot = fileName.lastIndex(of: ".") else { return nil }
    switch fileName[fileName.index(after: dot)...].lowercased() {
    case "csv", "tsv": self = .csv
    case "json": self = .json
    case "jsonl", "ndjson": self = .jsonLines
    case "yaml", "yml": self = .yaml
    case "sqlite", "sqlite3", "db": self = .sqlite
    case "xlsx", "xlsm", "xltx", "xltm": self = .xlsx
    default: return nil
    }
  }

  /// Whether it has columns, where documents have paths.
  var isTable: Bool {
    switch self {
    case .csv, .sqlite, .xlsx: true
    case .json, .jsonLines, .yaml: false
    }
  }

  /// A file of it, as a sentence names one.
  var inWords: String {
    switch self {
    case .csv: "a CSV file"
    case .json: "a JSON document"
    case .jsonLines: "a file of JSON Lines"
    case .yaml: "a YAML document"
    case .sqlite: "a database"
    case .xlsx: "a workbook"
    }
  }

  /// What a file's first bytes look most like.
  init(head: ArraySlice<UInt8>) {
    if head.starts(with: Array("SQLite format 3\0".utf8)) {
      self = .sqlite
      return
    }
    if head.starts(with: [0x50, 0x4B, 0x03, 0x04]) || head.starts(with: [0xD0, 0xCF, 0x11, 0xE0]) {
      self = .xlsx
      return
    }
    let text = Trim.space(head)
    let firstLine = text.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    switch text.first {
    case UInt8(ascii: "["): self = .json
    case UInt8(ascii: "{"):
      // A record on each line is one whose line is closed, and not the end.
      let isWholeLine = Trim.space(firstLine).last == UInt8(ascii: "}") && firstLine.count < text.count
      self = isWholeLine ? .jsonLines : .json
    default:
      let hasCells = firstLine.contains(UInt8(ascii: ",")) || firstLine.contains(UInt8(ascii: "\t"))
      let hasKey = firstLine.contains(UInt8(ascii: ":")) || firstLine.first == UInt8(ascii: "-")
      self = hasKey && !hasCells ? .yaml : .csv
    }
  }
}

/// Files that hold no text, told by their first bytes.
enum BinaryFile {
  /// What a file seems to be; nil where it may be text.
  static func kind(of head: ArraySlice<UInt8>) -> String? {
    for (signature, kind) in signatures where head.starts(with: signature) { return kind }
    let controls = head.count { $0 < 0x20 && $0 != 0x09 && $0 != 0x0A && $0 != 0x0D && $0 != 0x0C }
    return controls > 4 && controls * 10 > head.count ? "a binary file" : nil
  }

  private static let signatures: [([UInt8], String)] = [
    ([0x50, 0x4B, 0x03, 0x04], "a workbook (.xlsx) or an archive"),
    ([0xD0, 0xCF, 0x11, 0xE0], "an old workbook or document; save it as .xlsx"),
    ([0x1F, 0x8B], "compressed; unpack it first"),
    (Array("%PDF".utf8), "a PDF"),
    ([0x89, 0x50, 0x4E, 0x47], "an image"),
    ([0x7F, 0x45, 0x4C, 0x46], "a program"),
  ]
}
