import Diagnostics
import FEEL
import Probity

/// What workbooks that say themselves what they hold are read as.
struct FormMapping {
  /// A workbook, and what it says of itself.
  struct Form {
    var input: InputFile
    var manifest: FormManifest
    /// The sheets that it has of those that it says it has.
    var sheets: Set<String>
  }

  /// Nil where none of them can be read.
  private(set) var mapping: Mapping?
  /// The workbooks from which records are read.
  private(set) var records: [InputFile] = []
  /// By the name of their source, those from which rows are joined in.
  private(set) var joined: [String: [InputFile]] = [:]
  /// What is wrong with what the workbooks say of themselves.
  private(set) var problems: [RecordProblem] = []

  private struct Key: Hashable {
    var sheet: Int
    var role: FormFormat.Role
    var path: String
  }

  /// - Parameter forms: at least one; those that do not go with the first are not read, which is a problem.
  init(_ forms: [Form], of type: Vocabulary.RecordType, in vocabulary: Vocabulary) {
    var draft = FormDraft(type, vocabulary)
    for form in forms {
      if let fault = draft.add(form.manifest) {
        problems.append(
          RecordProblem(
            .badForm, .error, fault, at: Place(file: form.input.name, sheet: FormFormat.manifest),
            help: ["workbooks that were made for different rule books are read in runs of their own"]))
      } else {
        records.append(form.input)
        for sheet in form.manifest.sheets where !sheet.list.isEmpty && form.sheets.contains(sheet.name) {
          joined[sheet.name, default: []].append(form.input)
        }
      }
    }
    guard !records.isEmpty else { return }
    mapping = draft.mapping()
    problems += draft.strangers.map { stranger in
      RecordProblem(
        .unknownFact, .warning,
        "`\(Excerpt.of(stranger.path))` is not a fact of `\(type.name)`; its column is not read",
        at: Place(file: forms[0].input.name, sheet: stranger.sheet, column: stranger.column),
        help: ["the workbook was made for another vocabulary"])
    }
  }
}

/// A mapping that is made of what workbooks say of themselves.
private struct FormDraft {
  private let type: Vocabulary.RecordType
  private let vocabulary: Vocabulary
  private var sheets: [FormManifest.Sheet] = []
  private var sources: [Mapping.Source] = []
  /// Columns that are no facts.
  private(set) var strangers: [(sheet: String, column: String, path: String)] = []

  init(_ type: Vocabulary.RecordType, _ vocabulary: Vocabulary) {
    self.type = type
    self.vocabulary = vocabulary
  }

  /// Takes a workbook's sheets and columns in.
  ///
  /// - Returns: why it does not go with those before, where it does not.
  mutating func add(_ manifest: FormManifest) -> String? {
    guard manifest.record == type.name else {
      return
        "the workbook is of records of type `\(Excerpt.of(manifest.record))`, and the policy is about `\(type.name)`"
    }
    var merged = sheets
    for sheet in manifest.sheets {
      if let known = merged.firstIndex(where: { $0.list == sheet.list }) {
        guard merged[known].name == sheet.name else { return Self.contradiction(sheet.name, merged[known].name) }
        for column in sheet.columns where !merged[known].columns.contains(column) {
          let same = merged[known].columns.first {
            $0.header == column.header || ($0.role, $0.path) == (column.role, column.path)
          }
          if let same { return Self.contradiction(column.header, same.header) }
          merged[known].columns.append(column)
        }
      } else {
        guard !merged.contains(where: { $0.name == sheet.name }) else {
          return Self.contradiction(sheet.name, sheet.name)
        }
        merged.append(sheet)
      }
    }
    sheets = merged
    return nil
  }

  private static func contradiction(_ name: String, _ other: String) -> String {
    "the workbook calls something `\(Excerpt.of(name))` that another calls `\(Excerpt.of(other))`, or another thing so"
  }

  // MARK: The mapping

  mutating func mapping() -> Mapping {
    sources = sheets.map { sheet in
      var source = Mapping.Source()
      source.name = sheet.name
      source.input.format = .xlsx
      source.input.sheet = sheet.name
      source.input.isForm = true
      source.columns = sheet.columns.map { Mapping.Column(names: [.header($0.header)], isOptional: true) }
      // That there is no row for a record says nothing; that a row is of no record does.
      source.unmatched = .allowed
      source.unused = .list
      return source
    }
    for index in sheets.indices.dropFirst() { sources[index].join = join(index) }
    let tree = tree(type.context, of: 0, path: "", inRow: "")
    for index in sheets.indices { noteStrangers(index) }
    let identifier = slot(of: 0) { $0.role == .record }
    return Mapping(
      name: "workbook", title: nil, record: type.name, sources: sources, main: 0,
      identifierColumns: identifier.map { [$0] } ?? [], tree: tree)
  }

  private func slot(of sheet: Int, where isMeant: (FormManifest.Column) -> Bool) -> Int? {
    sheets[sheet].columns.firstIndex(where: isMeant)
  }

  /// The position of the sheet of the items that hold a list.
  private func holder(of sheet: Int) -> Int {
    guard let end = sheets[sheet].list.ranges(of: "[].").last else { return 0 }
    let list = sheets[sheet].list[..<end.lowerBound]
    return sheets.firstIndex { $0.list == list } ?? 0
  }

  /// How a list's rows are found: by the record, and by the item that holds the list.
  private func join(_ index: Int) -> Mapping.Join {
    let holder = holder(of: index)
    let text = ScalarReader.text(like: TextFormats())
    // A part of the key that the workbook does not name: no row is found by it.
    let nothing = FeedTree.Origin.columns([], join: "", each: text)
    var keys: [JoinKey] = []
    func add(_ own: Int?, _ other: Int?) {
      keys.append(
        JoinKey(
          own: own.map { .column($0) } ?? nothing, other: other.map { .column($0) } ?? nothing, steps: [],
          ownReader: text, otherReader: text))
    }
    add(slot(of: index) { $0.role == .record }, slot(of: holder) { $0.role == .record })
    guard holder != 0 else { return Mapping.Join(to: 0, keys: keys) }
    let list = sheets[holder].list
    if slot(of: index, where: { $0.role == .holder && $0.path == list }) == nil { add(nil, nil) }
    for (own, column) in sheets[index].columns.enumerated() where column.role == .holder {
      if column.path == list {
        let key = itemType(of: list).flatMap { type in type.key.map { type.members[$0].name } }
        add(own, slot(of: holder) { key == nil ? $0.role == .number : $0.role == .fact && $0.path == key })
      } else {
        add(own, slot(of: holder) { $0.role == .holder && $0.path == column.path })
      }
    }
    return Mapping.Join(to: holder, keys: keys)
  }

  /// The type of the items of a list, where they have facts.
  private func itemType(of list: String) -> ContextType? {
    var context: ContextType? = type.context
    for step in list.split(separator: ".") {
      let name = step.hasSuffix("[]") ? step.dropLast(2) : step
      guard let member = context?.member(String(name)) else { return nil }
      if case .context(let nested) = (member.type.item ?? member.type).base { context = nested } else { return nil }
    }
    return context
  }

  // MARK: Facts

  /// What feeds the facts of a type from a row of a sheet.
  ///
  /// - Parameters:
  ///   - path: of the facts from the record's root, ending in `.` or empty.
  ///   - inRow: from the sheet's row, likewise.
  private func tree(_ context: ContextType, of sheet: Int, path: String, inRow: String) -> FeedTree {
    let feeds = context.members.enumerated().map { index, member -> FeedTree.Feed? in
      let own = path + member.name
      let ownInRow = inRow + member.name
      let tests = vocabulary.declaration(of: index, in: context)?.tests
      if case .context(let nested) = member.type.base {
        let isThere =
          sheets[sheet].columns.contains { $0.path.hasPrefix(ownInRow + ".") }
          || sheets.contains { $0.list.hasPrefix(own + ".") }
        return isThere ? .supplied(tree(nested, of: sheet, path: own + ".", inRow: ownInRow + ".")) : nil
      }
      if let item = member.type.item { return list(item, tests, of: sheet, path: own, inRow: ownInRow) }
      let slot = slot(of: sheet) { ($0.role == .fact || (sheet == 0 && $0.role == .record)) && $0.path == ownInRow }
      return slot.map { .scalar(.column($0), Self.reader(member.type, tests), default: nil) }
    }
    return FeedTree(context, feeds: feeds)
  }

  private func list(
    _ item: Type, _ tests: CheckedTests?, of sheet: Int, path: String, inRow: String
  ) -> FeedTree.Feed? {
    var feed: FeedTree.Feed?
    if let own = sheets.firstIndex(where: { $0.list == path }), holder(of: own) == sheet {
      if case .context(let nested) = item.base {
        feed = .joinedItems(
          hops: [own], tree(nested, of: own, path: path + "[].", inRow: ""), isEmptyWhenAbsent: false)
      } else if let value = slot(of: own, where: { $0.role == .value }) {
        feed = .joinedValues(
          hops: [own], .column(value), separator: [], whole: .text(like: TextFormats()), Self.reader(item, tests),
          default: nil)
      }
    }
    guard let slot = slot(of: sheet, where: { $0.role == .list && $0.path == inRow }) else { return feed }
    return .declared(.column(slot), feed)
  }

  /// Reads what a person may have written into a cell, or chosen.
  private static func reader(_ type: Type, _ tests: CheckedTests?) -> ScalarReader {
    var formats = TextFormats()
    formats.yes = WordSet([FormFormat.yes, "y", "true"])
    formats.no = WordSet([FormFormat.no, "n", "false"])
    formats.numbers.thousands = [UInt8(ascii: ",")]
    formats.numbers.currencies = [Array("£".utf8)]
    // A date that was typed as text.
    if case .date = type.base { formats.dates = ["yyyy-MM-dd", "d/M/yyyy"].compactMap { try? DatePattern($0) } }
    return ScalarReader(type, tests: tests, formats: formats, foldsAllowed: true)
  }

  private mutating func noteStrangers(_ index: Int) {
    let sheet = sheets[index]
    guard sheet.list.isEmpty || isList(sheet.list) else {
      return strangers.append((sheet.name, sheet.columns.first?.header ?? "", sheet.list))
    }
    guard let context = sheet.list.isEmpty ? type.context : itemType(of: sheet.list) else { return }
    for column in sheet.columns where column.role == .fact || column.role == .list {
      let names = column.path.split(separator: ".", omittingEmptySubsequences: false)
      if case .fact(let member, _)? = FeedDraft.target(of: names, in: context),
        (member.type.item != nil) == (column.role == .list)
      {
        continue
      }
      strangers.append((sheet.name, column.header, column.path))
    }
  }

  /// Whether a path leads to a list.
  private func isList(_ path: String) -> Bool {
    let holder = path.ranges(of: "[].").last
    let context = holder.map { itemType(of: String(path[..<$0.lowerBound])) } ?? type.context
    let rest = holder.map { path[$0.upperBound...] } ?? path[...]
    guard let context,
      case .fact(let member, _)? = FeedDraft.target(
        of: rest.split(separator: ".", omittingEmptySubsequences: false), in: context)
    else { return false }
    return member.type.item != nil
  }
}
