/// Which column of a file, or which path of a document, feeds which fact of one type of record, and how texts are
/// written there. `Docs/Mappings.md` defines the file that says so.
public struct Mapping: Sendable {
  /// How the file is built.
  struct Input: Hashable, Sendable {
    var format: RecordFormat?
    var encoding: InputEncoding?
    /// Lines before the header.
    var skip = 0
    var separator: UInt8?
    /// The names of the columns where the file does not say them.
    var header: [String]?
    /// The keys on the way to the list of records.
    var records: [String] = []
  }

  /// A column that the mapping reads.
  struct Column: Hashable, Sendable {
    /// The headers that it may have; the first that a file has counts.
    var names: [String]
    /// Whether a file without it is in order.
    var isOptional: Bool
  }

  /// Lower-case words joined by `-`.
  public let name: String
  /// One line on what it maps, where it has one.
  public let title: String?
  /// The name of the type that its records are of.
  public let record: String
  let input: Input
  /// What the slots of ``FeedTree/Origin`` stand for.
  let columns: [Column]
  /// The slots that make a record's identifier.
  let identifierColumns: [Int]
  let tree: FeedTree
}
