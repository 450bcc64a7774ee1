import Diagnostics
import FEEL
import Probity

// Lists of which a cell says whether they have items.
extension RecordBuilder {
  private static let words = ScalarReader(
    .restricted(
      .string,
      AllowedValues(
        listed: [.string(FormFormat.none), .string(FormFormat.listed)],
        text: "\(FormFormat.none), \(FormFormat.listed)")), foldsAllowed: true)

  /// Holds what a cell says of a list against the rows that belong to it.
  ///
  /// - Returns: whether the rows are to be read as its items.
  mutating func declares(
    _ origin: FeedTree.Origin, _ feed: FeedTree.Feed?, of member: Int, in type: ContextType, from source: FactSource,
    _ position: Position, into members: inout Members
  ) -> Bool {
    var rows = 0
    switch feed {
    case .joinedItems(let hops, _, _), .joinedValues(let hops, _, _, _, _, _):
      rows = forEachRow(hops[...], from: source) { _, _ in }
    default: break
    }
    let text = read(origin, Self.words, from: source)
    let path = position.path(of: type.members[member].name)
    let place = text.place ?? self.place(of: source)
    if rows == 0 { members.setPlace(text.place, of: member) }
    switch text.reading {
    case .missing, .redacted: return true
    case .misfit(let misfit):
      let absence = self.misfit(
        misfit, text.excerpt, of: Self.words, type: Self.words.type, member: type.members[member], path: path, at: place
      )
      members.isSupplied = true
      if rows == 0 { members.absences[member] = absence }
      return true
    case .value(.string(FormFormat.none)):
      members.isSupplied = true
      guard rows > 0 else {
        members.values[member] = .list(List([]))
        return false
      }
      let message = "`\(FormFormat.none)` is said of it, and there \(rows == 1 ? "is a row" : "are \(rows) rows")"
      report(RecordProblem(.undeclaredItems, .error, "fact `\(path)`: \(message)", at: place, source: sourceName))
      members.absences[member] = .conflicting(message)
      return false
    case .value:
      members.isSupplied = true
      guard rows == 0 else { return true }
      let message = "`\(FormFormat.listed)` is said of it, and there is no row"
      report(
        RecordProblem(
          .undeclaredItems, .error, "fact `\(path)`: \(message)", at: place,
          help: ["where there are none, say `\(FormFormat.none)`"], source: sourceName))
      members.absences[member] = .unreadable(message)
      return false
    }
  }
}
