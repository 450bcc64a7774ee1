public import FEEL

/// A workbook that is to be written: every cell of every sheet, with how it looks and what may be entered.
///
/// It is a value; who writes it knows the file format and nothing of policies.
public struct FormPlan: Sendable {
  /// What stands in a cell. A text is never a formula, whatever it begins with.
  public enum Content: Sendable, Equatable {
    case blank
    case text(String)
    case number(Double)
    case date(CivilDate)
  }

  /// How a cell looks.
  public enum Style: Sendable, Hashable, CaseIterable {
    case title, heading, note
    /// A column's name.
    case header
    /// What identifies a row, and is not to be changed.
    case key
    case plain
    /// A cell that is asked for.
    case asked
    /// A cell that is asked for only if another answer calls for it.
    case askedLater
    /// A cell of a row that is not asked for.
    case idle
  }

  public struct Cell: Sendable {
    public var content: Content
    public var style: Style
    /// What a reader sees who points at it.
    public var comment: String?

    public init(_ content: Content = .blank, _ style: Style = .plain, comment: String? = nil) {
      self.content = content
      self.style = style
      self.comment = comment
    }
  }

  /// What a column's cells may hold.
  public enum Entry: Sendable, Equatable {
    case anything
    case text
    /// One of the values of the list of that number.
    case listed(Int)
    case number(least: Double?, most: Double?, isMoney: Bool)
    case date
  }

  public struct Column: Sendable {
    /// In characters.
    public var width: Double
    public var entry: Entry
    /// What to say when something else is entered.
    public var prompt: String?
  }

  public struct Sheet: Sendable {
    public var name: String
    public var isHidden: Bool
    public var columns: [Column]
    /// The first is the header row, where it is one to be filled in.
    public var rows: [[Cell]]
    /// Whether the first row is a header that stays in view.
    public var hasHeader: Bool
  }

  public var title: String
  /// When it was made, as far as the file says: the as-of date, so that the same form is the same file.
  public var asOf: CivilDate
  public var sheets: [Sheet] = []
  /// The lists to choose from.
  public internal(set) var lists: [[String]] = []
  /// What could not be written into cells, a line each.
  public internal(set) var losses: [String] = []
}
