import FEEL

/// Which columns of which files, or which paths of documents, feed which facts of one type of record, and how texts are
/// written there. `Docs/Mappings.md` defines the file that says so.
public struct Mapping: Sendable {
  /// How a file is built.
  struct Input: Hashable, Sendable {
    var format: RecordFormat?
    var encoding: InputEncoding?
    /// Lines before the header.
    var skip = 0
    var separator: UInt8?
    /// The names of the columns where the file does not say them.
    var header: [String]?
    /// How many rows the header takes.
    var headerRows = 1
    /// The keys on the way to the list of records.
    var records: [String] = []
    /// What is read of a database.
    var selection: Selection?
    /// The sheet of a workbook; nil for the first that is not hidden.
    var sheet: String?
    /// Whether it is one of the sheets of a form, which are all read, or known not to be.
    var isForm = false
  }

  /// What is read of a database.
  enum Selection: Hashable, Sendable {
    case table(String)
    /// One `select`, in SQLite's SQL.
    case query(String)
  }

  /// How a column is told.
  enum ColumnName: Hashable, Sendable, CustomStringConvertible {
    case header(String)
    /// From 0: the sheet's column C is 2.
    case position(Int)
    /// A header in which `*` stands for any text.
    case pattern(WildcardPattern)

    var description: String {
      switch self {
      case .header(let name): name
      case .position(let position): Self.letters(of: position)
      case .pattern(let pattern): pattern.text
      }
    }

    /// The letters that a spreadsheet shows above a column.
    private static func letters(of position: Int) -> String {
      let letter = String(Unicode.Scalar(UInt8(ascii: "A") + UInt8(position % 26)))
      return (position >= 26 ? letters(of: position / 26 - 1) : "") + letter
    }

    /// The position that a spreadsheet's letters stand for, nil where they are none, or more than three.
    static func position(ofLetters letters: String) -> Int? {
      guard (1...3).contains(letters.utf8.count) else { return nil }
      var position = 0
      for byte in letters.uppercased().utf8 {
        guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) else { return nil }
        position = position * 26 + Int(byte - UInt8(ascii: "A")) + 1
      }
      return position - 1
    }
  }

  /// A column that the mapping reads.
  struct Column: Hashable, Sendable {
    /// What it may be called; the first that a file has counts.
    var names: [ColumnName]
    /// Whether a file without it is in order.
    var isOptional: Bool
  }

  /// What is done about rows for which another source has none, or that no other row takes.
  enum Attention: String, Hashable, Sendable, CaseIterable {
    /// They are counted.
    case count
    /// Each is a data finding.
    case list
    /// They are counted, and in order.
    case allowed
  }

  /// One of the sources that records are put together from.
  struct Source: Sendable {
    /// Nil where the mapping has one source and does not name it.
    var name: String?
    var input = Input()
    /// The files it is in where only their folder is named.
    var files: [WildcardPattern] = []
    /// What the slots of ``FeedTree/Origin`` stand for.
    var columns: [Column] = []
    /// What a row has to meet to be read.
    var filter: RowExpression?
    var join: Join?
    /// Whether every row should have a key of its own: facts of its own are read from it, and no list.
    var isKeyed = false
    /// What is done about rows of the source it is joined to that find none here.
    var unmatched = Attention.count
    /// What is done about its rows that no row takes.
    var unused = Attention.count
  }

  /// How the rows of a source are found from those of another.
  struct Join: Sendable {
    /// The position of the other source.
    var to: Int
    var keys: [JoinKey]
  }

  /// Lower-case words joined by `-`.
  public let name: String
  /// One line on what it maps, where it has one.
  public let title: String?
  /// The name of the type that its records are of.
  public let record: String
  let sources: [Source]
  /// The position of the source that gives the records.
  let main: Int
  /// The slots that make a record's identifier.
  let identifierColumns: [Int]
  let tree: FeedTree

  /// How the source of the records is built.
  var input: Input { sources[main].input }

  /// The columns of the source of the records.
  var columns: [Column] { sources[main].columns }

  /// The names of its sources in the mapping's order; empty where it has one that it does not name.
  public var sourceNames: [String] { sources.compactMap(\.name) }

  /// The name of the source that gives the records.
  public var recordSource: String? { sources[main].name }

  /// Whether a source says what its files are called.
  public func namesFiles(of source: String) -> Bool { sources.contains { $0.name == source && !$0.files.isEmpty } }

  /// Whether a file of this name, without its folder, is of a source by what the mapping says.
  public func expects(_ file: String, of source: String) -> Bool {
    sources.contains { $0.name == source && $0.files.contains { $0.matches(file) } }
  }
}

/// A text in which `*` stands for any text, compared without regard to case.
struct WildcardPattern: Hashable, Sendable {
  let text: String
  private let parts: [String]

  init(_ text: String) {
    self.text = text
    parts = text.lowercased().split(separator: "*", omittingEmptySubsequences: false).map(String.init)
  }

  func matches(_ other: String) -> Bool {
    var rest = Array(other.lowercased().utf8)[...]
    guard let first = parts.first, let last = parts.last else { return false }
    guard parts.count > 1 else { return rest.elementsEqual(first.utf8) }
    guard rest.starts(with: first.utf8) else { return false }
    rest = rest.dropFirst(first.utf8.count)
    guard rest.count >= last.utf8.count, rest.suffix(last.utf8.count).elementsEqual(last.utf8) else { return false }
    rest = rest.dropLast(last.utf8.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let start = rest.indices.first(where: { rest[$0...].starts(with: part.utf8) }) else { return false }
      rest = rest[(start + part.utf8.count)...]
    }
    return true
  }
}
