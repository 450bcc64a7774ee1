import Diagnostics
import FEEL
import Probity

/// The rows of a CSV file as sources of facts.
struct RowRecords {
  /// What was found next.
  enum Step {
    case row(FactSource, Place, [RecordProblem])
    case unreadable(RecordProblem)
  }

  private let file: String
  private var rows: any RowSource
  private var header = RowHeader([String]())
  private(set) var table: RowTable
  /// For each slot of the mapping the column that it stands for.
  private var columns: [Int?] = []
  /// Which facts the columns feed.
  private(set) var tree: FeedTree
  private(set) var problems: [RecordProblem] = []
  /// Whether there is something to be read in the rows.
  private(set) var isUsable = true
  /// Rows with nothing in them, so far.
  private(set) var blankRows = 0
  private var number = 0
  /// More columns than this that are no facts are only counted.
  private static let mostStrangers = 50
  private var saysEncoding = false

  /// Reads the header of a source whose facts a mapping feeds.
  ///
  /// - Parameters:
  ///   - tree: what its columns feed.
  ///   - identifiers: the slots without which no record can be told from another.
  init(
    _ rows: any RowSource, file: String, source: Mapping.Source, tree: FeedTree? = nil, identifiers: [Int] = []
  ) {
    self.init(rows, file: file, source.input, tree)
    if isUsable { resolve(source, identifiers) } else { columns = source.columns.map { _ in nil } }
    table = RowTable(file: file, sheet: rows.sheet, headers: header.names, columns: columns)
  }

  /// Reads a header whose names are the paths of facts.
  init(_ rows: any RowSource, file: String, naming type: ContextType, in vocabulary: Vocabulary) {
    self.init(rows, file: file, Mapping.Input(), nil)
    if isUsable { nameFacts(of: type, in: vocabulary) }
    table = RowTable(file: file, sheet: rows.sheet, headers: header.names, columns: columns)
  }

  private init(_ rows: any RowSource, file: String, _ input: Mapping.Input, _ tree: FeedTree?) {
    self.file = file
    self.rows = rows
    self.tree = tree ?? FeedTree(ContextType(members: []), feeds: [])
    table = RowTable(file: file, sheet: rows.sheet, headers: [], columns: [])
    problems = input.isForm ? rows.problems.filter { $0.code != .sheetNotRead } : rows.problems
    self.rows.skip(input.skip)
    if let names = input.header ?? rows.columnNames {
      header = RowHeader(names)
    } else {
      isUsable = readHeader(rows: input.headerRows)
    }
    self.rows.pad(to: header.names.count)
  }

  var failure: InputFailure? { rows.failure }

  private mutating func readHeader(rows count: Int) -> Bool {
    var found: [Row] = []
    while found.count < count, let step = rows.next() {
      switch step {
      case .row where rows.row.isBlank: continue
      case .row: found.append(rows.row)
      case .unreadable(let problem, _):
        problems.append(problem)
        return false
      }
    }
    guard !found.isEmpty else {
      problems.append(RecordProblem(.noRecords, .error, "there is no header row", at: Place(file: file)))
      return false
    }
    rows.spreadMergedCells(of: &found)
    header = RowHeader(found)
    for row in found {
      guard let invalid = row.invalid, !saysEncoding else { continue }
      saysEncoding = true
      problems.append(invalid.problem(at: Place(file: file, line: row.line)))
    }
    if header.beyond > 0 {
      problems.append(
        RecordProblem(
          .tooManyCells, .error,
          "the header has \(header.names.count + header.beyond) columns; those beyond the first \(header.names.count) are not read",
          at: Place(file: file)))
    }
    return true
  }

  // MARK: - Columns

  private mutating func resolve(_ source: Mapping.Source, _ identifiers: [Int]) {
    for reference in source.columns {
      let name = reference.names.first { header.column($0) != nil }
      columns.append(name.flatMap { header.column($0) })
      if let name, header.isRepeated(name) { report(repeated: name.description) }
      guard name == nil, !reference.isOptional, let wanted = reference.names.first else { continue }
      let nearest: String? =
        if case .header(let text) = wanted { NearMiss.nearest(to: text, among: header.names) } else { nil }
      problems.append(
        RecordProblem(
          .noColumn, .error, "there is no column `\(Excerpt.of(wanted.description))`", at: Place(file: file),
          help: [nearest.map { "did you mean `\($0)`?" }]))
    }
    if !source.columns.isEmpty, columns.allSatisfy({ $0 == nil }) {
      giveUp("none of the mapping's columns is there", "`skip` says how many lines stand above the header")
    } else if !identifiers.isEmpty, identifiers.allSatisfy({ columns[$0] == nil }) {
      giveUp("without that column no record can be told from another", nil)
    }
  }

  private mutating func giveUp(_ reason: String, _ help: String?) {
    isUsable = false
    problems.append(
      RecordProblem(.noRecords, .error, "no record can be read: \(reason)", at: Place(file: file), help: [help]))
  }

  private mutating func report(repeated name: String) {
    problems.append(
      RecordProblem(
        .repeatedColumn, .error, "two columns are called `\(Excerpt.of(name))`; the first is read",
        at: Place(file: file), help: ["give one of them another name"]))
  }

  /// Lets each column feed the fact that its header names.
  private mutating func nameFacts(of type: ContextType, in vocabulary: Vocabulary) {
    var draft = FeedDraft(type)
    var strange = 0
    for (column, name) in header.names.enumerated() {
      guard header.column(name) == column else {
        if header.isRepeated(name) { report(repeated: name) }
        continue
      }
      let path = Self.path(name, in: type)
      let problem: RecordProblem?
      switch FeedDraft.target(of: path, in: type) {
      case .fact(let member, let owner) where !member.type.isCompound:
        let reader = ScalarReader(member.type, tests: vocabulary.tests(of: member, in: owner))
        let feed = FeedTree.Feed.scalar(.column(columns.count), reader, default: nil)
        columns.append(column)
        problem = draft.insert(feed, at: path[...]) ? nil : stranger(name, type, nearest: nil)
      case .fact(let member, _):
        problem = RecordProblem(
          .wrongKind, .error, "column `\(Excerpt.of(name))` is \(member.type.withArticle), which no cell holds",
          at: Place(file: file, column: name), help: ["a mapping says which column feeds which fact, and how"])
      case .unknown(_, _, let nearest): problem = stranger(name, type, nearest: nearest)
      case .notNested, nil: problem = stranger(name, type, nearest: nil)
      }
      guard let problem else { continue }
      strange += 1
      if strange <= Self.mostStrangers { problems.append(problem) }
    }
    if strange > Self.mostStrangers {
      problems.append(
        RecordProblem(
          .unknownFact, .warning, "\(strange - Self.mostStrangers) more columns are no facts and are not read",
          at: Place(file: file)))
    }
    tree = draft.tree
    guard let key = type.key, tree.feeds[key] == nil else { return }
    giveUp(
      "no column is called `\(type.members[key].name)`, the fact that identifies a record",
      "a mapping says which column feeds which fact")
  }

  /// The names of a dotted path; headers may be in upper case where facts are not.
  private static func path(_ name: String, in type: ContextType) -> [Substring] {
    let path = name.split(separator: ".", omittingEmptySubsequences: false)
    if case .fact = FeedDraft.target(of: path, in: type) { return path }
    let folded = name.lowercased().split(separator: ".", omittingEmptySubsequences: false)
    if case .fact = FeedDraft.target(of: folded, in: type) { return folded }
    return path
  }

  private func stranger(_ name: String, _ type: ContextType, nearest: String?) -> RecordProblem {
    RecordProblem(
      .unknownFact, .warning, "column `\(Excerpt.of(name))` is not a fact of `\(type.description)`; it is not read",
      at: Place(file: file, column: name), help: [nearest.map { "did you mean `\($0)`?" }])
  }

  // MARK: - Rows

  mutating func next() -> Step? {
    guard isUsable else { return nil }
    while let step = rows.next() {
      switch step {
      case .unreadable(let problem, let cell): return unreadable(problem, cell)
      case .row:
        let row = rows.row
        if !row.isBlank { return next(row) }
        blankRows += 1
      }
    }
    return nil
  }

  /// Puts rows into a block, up to one that there is something to say of, the end, or as many as it takes.
  ///
  /// - Returns: a row that is not in it.
  mutating func fill(_ block: inout RowBlock) -> Step? {
    guard isUsable else { return nil }
    while !block.isFull {
      guard let step = rows.next() else { return nil }
      switch step {
      case .unreadable(let problem, let cell): return unreadable(problem, cell)
      case .row:
        let row = rows.row
        if row.isBlank {
          blankRows += 1
        } else if row.hasNUL || row.invalid != nil || row.cellCount != header.names.count {
          return next(row)
        } else {
          number += 1
          block.append(row, count: number)
        }
      }
    }
    return nil
  }

  private mutating func unreadable(_ problem: RecordProblem, _ cell: Int?) -> Step {
    var problem = problem
    number += 1
    if problem.place.row == nil { problem.place.row = number }
    problem.place.column = cell.flatMap { $0 < header.names.count ? header.names[$0] : nil }
    return .unreadable(problem)
  }

  private mutating func next(_ row: Row) -> Step {
    number += 1
    let place = table.place(of: row, number: number)
    if row.hasNUL {
      return .unreadable(RecordProblem(.notText, .error, "the row holds NUL bytes: it is not text", at: place))
    }
    var problems: [RecordProblem] = []
    if let invalid = row.invalid, !saysEncoding {
      saysEncoding = true
      problems.append(invalid.problem(at: place))
    }
    if row.cellCount < header.names.count {
      problems.append(
        RecordProblem(
          .tooFewCells, .warning,
          "the row has \(Count.of(row.cellCount, "cell")), the header \(header.names.count): what the others would "
            + "hold is absent", at: place))
    } else if row.cellCount > header.names.count, !extraIsBlank(row) {
      problems.append(
        RecordProblem(
          .tooManyCells, .warning,
          "the row has \(Count.of(row.cellCount, "cell")), the header \(header.names.count): those beyond are not read",
          at: place, help: [row.line == nil ? nil : "a text that holds the separator stands in double quotes"]))
    }
    return .row(.row(row, table, number: number), place, problems)
  }

  private func extraIsBlank(_ row: Row) -> Bool {
    row.cellCount == row.count && (header.names.count..<row.count).allSatisfy { Trim.space(row[$0]).isEmpty }
  }
}

extension Vocabulary {
  /// What the values of a fact have to pass beyond its type.
  func tests(of member: ContextType.Member, in type: ContextType) -> CheckedTests? {
    type.index(of: member.name).flatMap { declaration(of: $0, in: type) }?.tests
  }
}

extension Type {
  /// Whether its values are made of others.
  var isCompound: Bool {
    switch base {
    case .list, .context: true
    default: false
    }
  }
}

/// Numbers of things in messages.
enum Count {
  static func of(_ count: Int, _ thing: String) -> String { "\(count) \(thing)\(count == 1 ? "" : "s")" }
}
