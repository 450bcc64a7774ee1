import Diagnostics
import Probity

/// A sheet of a workbook as a source of rows.
struct SheetRows: RowSource {
  let sheet: String?
  private(set) var problems: [RecordProblem] = []
  private(set) var failure: InputFailure?
  private let file: String
  private let workbook: Workbook
  private let chosen: Workbook.Sheet
  private let handler: SheetHandler
  private let reader: XMLReader
  private let limits: RecordLimits

  /// - Parameters:
  ///   - packed: the whole file.
  ///   - name: of the sheet that is wanted; nil for the first that is not hidden and holds anything.
  init(
    _ packed: ArraySlice<UInt8>, file: String, sheet name: String?, limits: RecordLimits,
    isStopped: @escaping @Sendable () -> Bool = { false }
  ) throws(WorkbookFault) {
    let workbook = try Workbook(packed, limits: limits, isStopped: isStopped)
    let place = Place(file: file)
    let (chosen, others) = try Self.choose(name, of: workbook, limits: limits)
    self.workbook = workbook
    self.chosen = chosen
    self.file = file
    self.limits = limits
    sheet = chosen.name
    handler = SheetHandler(workbook, limits: limits)
    reader = try workbook.reader(of: chosen, handler)
    if !others.isEmpty {
      problems.append(
        RecordProblem(
          .sheetNotRead, .warning,
          "of the workbook's sheets `\(Excerpt.of(chosen.name))` is read, and not \(Self.list(others))", at: place,
          help: ["`sheet` in a mapping says which is meant"]))
    }
    let hidden = workbook.sheets.filter { $0.isHidden && $0.name != chosen.name }.map(\.name)
    if !hidden.isEmpty {
      problems.append(
        RecordProblem(
          .sheetNotRead, .warning,
          "\(Self.list(hidden)) of the workbook \(hidden.count == 1 ? "is hidden and" : "are hidden and") not read",
          at: place))
    }
  }

  /// The sheet that is read, and the visible ones with data that are not, where nobody said which is meant.
  private static func choose(
    _ name: String?, of workbook: Workbook, limits: RecordLimits
  ) throws(WorkbookFault) -> (Workbook.Sheet, others: [String]) {
    let names = workbook.sheets.map(\.name)
    if let name {
      let wanted = WordSet.fold(RowHeader.tidy(name))
      if let sheet = workbook.sheets.first(where: { WordSet.fold(RowHeader.tidy($0.name)) == wanted }) {
        return (sheet, [])
      }
      throw WorkbookFault(
        .noSheet, "there is no sheet `\(Excerpt.of(name))`",
        help: NearMiss.nearest(to: name, among: names).map { "did you mean `\(Excerpt.of($0))`?" }
          ?? (names.isEmpty ? nil : "the workbook has \(list(names))"))
    }
    let visible = workbook.sheets.filter { !$0.isHidden }
    var full: [Workbook.Sheet] = []
    for sheet in visible where visible.count > 1 {
      // Of a sheet that cannot be read something is said when it is the one that is wanted.
      if (try? isBlank(sheet, of: workbook, limits: limits)) != true { full.append(sheet) }
    }
    guard let chosen = full.first ?? visible.first else {
      throw WorkbookFault(
        .noSheet, names.isEmpty ? "the workbook has no sheet" : "every sheet of the workbook is hidden",
        help: names.isEmpty ? nil : "`sheet` in a mapping says which is meant: \(list(names))")
    }
    return (chosen, full.dropFirst().map(\.name))
  }

  private static func isBlank(
    _ sheet: Workbook.Sheet, of workbook: Workbook, limits: RecordLimits
  ) throws(WorkbookFault) -> Bool {
    let probe = SheetHandler(workbook, limits: limits)
    let reader = try workbook.reader(of: sheet, probe)
    while try reader.next() {
      if !probe.row.isBlank || probe.rowFault != nil { return false }
    }
    return true
  }

  private static let mostNames = 20

  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(mostNames).map { "`\(Excerpt.of($0))`" }.joined(separator: ", ")
    return names.count > mostNames ? "\(shown) and \(names.count - mostNames) more" : shown
  }

  // MARK: - Rows

  var row: Row { handler.row }

  mutating func skip(_ count: Int) { handler.skipped = count }

  mutating func next() -> RowStep? {
    guard failure == nil else { return nil }
    do {
      guard try reader.next() else { return nil }
    } catch {
      failure = InputFailure(error.reason)
      return nil
    }
    guard let fault = handler.rowFault else { return .row }
    let place = Place(file: file, sheet: sheet, row: handler.row.number)
    return .unreadable(RecordProblem(fault.code, .error, fault.reason, at: place), cell: fault.cell)
  }

  mutating func spreadMergedCells(of rows: inout [Row]) {
    let columns = rows.map(\.count).max() ?? 0
    let width = max(handler.declaredWidth, handler.width)
    // Only blank cells can be covered by others. Some programs say no width, or a wrong one.
    let mayBeMerged =
      handler.declaredWidth < columns
      || rows.contains { row in
        row.count < width || (0..<row.count).contains { Trim.space(row[$0]).isEmpty }
      }
    if mayBeMerged {
      do {
        let merged = MergedCellsHandler(rows: rows.compactMap(\.number))
        let reader = try workbook.reader(of: chosen, merged)
        while try reader.next() {}
        for index in rows.indices {
          rows[index] = rows[index].spread(merged.ranges[rows[index].number ?? 0] ?? [], limit: limits.cells)
        }
      } catch {
        failure = InputFailure(error.reason)
      }
    }
  }

  mutating func pad(to columns: Int) { handler.paddedWidth = columns }
}

/// Reads which cells of some rows are merged with those beside them: the file says so behind all rows.
final class MergedCellsHandler: XMLHandler {
  /// Columns from the one that holds the text to the last, by the row.
  private(set) var ranges: [Int: [ClosedRange<Int>]] = [:]
  private let rows: Set<Int>

  /// More merged cells of a header are a way to fill memory.
  private static let mostRanges = 16_384

  init(rows: [Int]) { self.rows = Set(rows) }

  override func start(_ name: XMLName, _ attributes: XMLAttributes) {
    guard case "mergeCell" = name, let reference = attributes["ref"] else { return }
    let corners = reference.split(separator: ":").map(CellReference.init)
    guard corners.count == 2, let first = corners[0], let last = corners[1], rows.contains(first.row),
      first.column < last.column, ranges[first.row, default: []].count < Self.mostRanges
    else { return }
    ranges[first.row, default: []].append(first.column...last.column)
  }
}

/// A cell as formulas name it: `C14`.
struct CellReference: Hashable {
  /// From 0.
  let column: Int
  /// From 1.
  let row: Int

  init?(_ text: some StringProtocol) {
    let letters = text.prefix { $0.isLetter }
    guard let column = Mapping.ColumnName.position(ofLetters: String(letters)),
      let row = Int(text.dropFirst(letters.count))
    else { return nil }
    self.column = column
    self.row = row
  }
}

extension Row {
  /// The row with the text of the first cell of each range in all cells of it.
  fileprivate func spread(_ ranges: [ClosedRange<Int>], limit: Int) -> Row {
    guard !ranges.isEmpty else { return self }
    var origins: [Int: Int] = [:]
    for range in ranges {
      for column in range where column < limit { origins[column] = range.lowerBound }
    }
    var result = Row()
    result.start(line: line, number: number)
    for column in 0..<max(count, (origins.keys.max() ?? -1) + 1) {
      let origin = origins[column] ?? column
      if origin < count { result.append(self[origin]) }
      result.endCell(origin < count ? kind(of: origin) : .empty, limit: limit)
    }
    return result
  }
}
