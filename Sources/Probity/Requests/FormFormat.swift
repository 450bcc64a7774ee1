/// What workbooks to be filled in say of themselves, and the words that stand in their cells.
///
/// Whoever writes such a workbook and whoever reads it go by this; `Docs/Workbooks.md` describes it.
public enum FormFormat {
  /// What a column holds.
  public enum Role: String, Sendable, CaseIterable {
    /// What identifies the record.
    case record
    /// What identifies the item that holds the list, one column for each list on the way.
    case holder
    /// The item's number in its list, where its type has no fact that identifies it and lists in it have to name it.
    case number
    /// A fact.
    case fact
    /// Whether a list has any items.
    case list
    /// A value of a list of values.
    case value
  }

  /// The name of the hidden sheet that says what the others hold, and of the one with what there is to choose from.
  public static let manifest = "probity"
  public static let choices = "Lists"
  /// The sheet that says what the workbook is for.
  public static let about = "About"

  /// What the first cell of the manifest says; the second is the version.
  public static let mark = "probity workbook"
  public static let version = 1

  /// The names of the manifest's columns, which stand above a row for each column of the workbook.
  public static let columns = ["sheet", "list", "column", "holds", "fact"]

  /// What a list's own column says: that it has no items, or that they stand on its sheet.
  public static let none = "none"
  public static let listed = "listed"

  public static let yes = "yes"
  public static let no = "no"
}
