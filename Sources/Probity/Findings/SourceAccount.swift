/// What became of the rows, or documents, of one source.
public struct SourceAccount: Hashable, Sendable {
  /// As the mapping calls it; nil where there is but one.
  public var name: String?
  /// Whether its rows are joined to those of another, and are no records.
  public var isJoined = false
  public var files = 0
  /// Rows that its files hold, readable or not, without blank ones.
  public var read = 0
  /// Of the source of the records those that became one; of any other those that some record took.
  public var used = 0
  /// Rows with nothing in them.
  public var blank = 0
  /// Rows that the mapping's `where` leaves out.
  public var filteredOut = 0
  /// Rows that could not be told from the rest, or not be read.
  public var unreadableRows = 0
  /// Rows with more or fewer cells than the header: what stands beyond it is not read, what is missing is absent.
  public var raggedRows = 0
  /// Cells, or values of documents, that are not what their fact should be; of the facts that the policy reads.
  public var unreadableCells = 0
  /// Rows with the key of an earlier one, where a key should be there once.
  public var duplicateKeys = 0
  /// Rows that no row of another source takes.
  public var joinedToNothing = 0
  /// Rows of the source that it is joined to for which it has none.
  public var unmatched = 0
  /// Facts of which sources say different things, where the mapping does not say which counts.
  public var conflicts = 0
  /// Such facts where it does.
  public var settledConflicts = 0
  /// Whether ``joinedToNothing`` and ``unmatched`` are in order, as the mapping says.
  public var allowsUnused = false
  public var allowsUnmatched = false

  /// An account of nothing yet.
  public init(name: String?) { self.name = name }

  /// Whether anything was lost or is unclear, so that a strict run fails: rows that `where` leaves out are in order, and
  /// conflicts that the mapping settles.
  public var isClean: Bool {
    unreadableRows == 0 && raggedRows == 0 && unreadableCells == 0 && duplicateKeys == 0 && conflicts == 0
      && (joinedToNothing == 0 || allowsUnused) && (unmatched == 0 || allowsUnmatched)
  }

  /// What became of them in one line: "staff: 20 rows read, 18 used, 2 joined to nothing".
  public var inWords: String {
    var parts = ["\(read) \(read == 1 ? "row" : "rows") read", "\(used) used"]
    for (count, what) in [
      (filteredOut, "filtered out"), (blank, "blank"), (unreadableRows, "unreadable"),
      (raggedRows, "longer or shorter than the header"),
      (duplicateKeys, duplicateKeys == 1 ? "repeated key" : "repeated keys"), (joinedToNothing, "joined to nothing"),
      (unmatched, "looked for and not found"),
      (unreadableCells, unreadableCells == 1 ? "unreadable cell" : "unreadable cells"),
      (conflicts, conflicts == 1 ? "conflict" : "conflicts"),
      (settledConflicts, settledConflicts == 1 ? "conflict settled" : "conflicts settled"),
    ] where count > 0 { parts.append("\(count) \(what)") }
    return (name.map { "\($0): " } ?? "") + parts.joined(separator: ", ")
  }
}
