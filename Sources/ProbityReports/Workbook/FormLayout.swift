import FEEL
public import Probity

/// How a workbook to be filled in is laid out: a sheet of records, and one for each list in them.
///
/// Nested facts stand side by side in columns. A list's own column, on the sheet of what holds it, says whether there are
/// any items: an empty sheet alone says nothing. `Docs/Workbooks.md` describes the form.
public struct FormLayout: Sendable {
  public struct Column: Sendable {
    /// What stands above it; no two columns of a sheet have the same.
    public var header: String
    public var role: FormFormat.Role
    /// The names from the sheet's row to the fact: `dbs.issued`; of a holder the path of the list whose item it is.
    public var path: String
    /// Nil for numbers of items.
    public var declaration: Vocabulary.FactDeclaration?

    /// The names of ``path``.
    public var names: [String] { path.split(separator: ".").map(String.init) }
  }

  public struct Sheet: Sendable {
    /// As its tab shows it.
    public var name: String
    /// The list, from the record's root with `[]` for items on the way: `staff`, `staff[].training`; empty for records.
    public var path: String
    /// What it is of: the type's title, or the list's label.
    public var title: String
    public var help: String?
    /// The sheet of what holds the list; nil for records.
    public var holder: Int?
    public var columns: [Column]

    /// The path of a column's fact from the record's root: `staff[].dbs.issued`.
    public func path(of column: Column) -> String {
      path.isEmpty ? column.path : column.path.isEmpty ? path : "\(path)[].\(column.path)"
    }

    /// The names from the holder's row to the list.
    var steps: [String] { (path.split(separator: "]").last ?? "").split(separator: ".").map(String.init) }
  }

  public private(set) var sheets: [Sheet] = []
  public let type: Vocabulary.RecordType

  /// Lays out what is wanted of records of a type.
  ///
  /// - Parameter wanted: paths of facts from the record's root, with `[]` for items. A list that is named itself has a
  ///   column that says whether it has items.
  public init(_ type: Vocabulary.RecordType, in vocabulary: Vocabulary, wanted: Set<String>) {
    self.type = type
    var draft = FormDraft(type, vocabulary, wanted)
    sheets = draft.layOut()
  }

  /// Lays out the facts that anything in policies may read.
  package init(_ type: Vocabulary.RecordType, in vocabulary: Vocabulary, used: UsedFacts) {
    var wanted: Set<String> = []
    func visit(_ type: ContextType, _ prefix: String) {
      for (index, member) in type.members.enumerated() where used.contains(index, of: type) {
        let path = prefix + member.name
        if case .context(let nested) = member.type.base {
          visit(nested, path + ".")
        } else {
          wanted.insert(path)
          if case .context(let item)? = member.type.item?.base { visit(item, path + "[].") }
        }
      }
    }
    visit(type.context, "")
    self.init(type, in: vocabulary, wanted: wanted)
  }
}

/// A layout that is being made.
///
/// Every fact of the type has its column at first, so that the names of sheets and columns do not depend on what is wanted:
/// forms of one vocabulary have the same names for the same things.
private struct FormDraft {
  private let type: Vocabulary.RecordType
  private let vocabulary: Vocabulary
  private let wanted: Set<String>
  private var drafts: [SheetDraft] = []
  private var names: Set<String> = []

  private struct SheetDraft {
    var sheet: FormLayout.Sheet
    /// For each column whether it is wanted, and its label with those of the nested facts that it is in.
    var details: [(isWanted: Bool, label: String)] = []
    /// Whether the sheet is wanted.
    var isWanted: Bool
    /// The type of the items; nil where they are values.
    var items: ContextType?
  }

  init(_ type: Vocabulary.RecordType, _ vocabulary: Vocabulary, _ wanted: Set<String>) {
    self.type = type
    self.vocabulary = vocabulary
    self.wanted = wanted
  }

  /// The sheets that are wanted, with the columns that are.
  mutating func layOut() -> [FormLayout.Sheet] {
    open(
      FormLayout.Sheet(name: type.title, path: "", title: type.title, help: nil, holder: nil, columns: []),
      items: type.context)
    visit(type.context, path: "", inRow: "", sheet: 0, labels: [])
    for index in drafts.indices { settleHeaders(of: index) }
    // A sheet is needed for those that are within it.
    for index in drafts.indices.reversed() where drafts[index].isWanted {
      if let holder = drafts[index].sheet.holder { drafts[holder].isWanted = true }
    }
    var positions: [Int: Int] = [:]
    var sheets: [FormLayout.Sheet] = []
    for (index, draft) in drafts.enumerated() where draft.isWanted {
      var sheet = draft.sheet
      sheet.holder = sheet.holder.flatMap { positions[$0] }
      let holdsSheets = drafts.contains { $0.isWanted && $0.sheet.holder == index }
      sheet.columns = zip(sheet.columns, draft.details).filter { column, details in
        details.isWanted || (column.role == .number && holdsSheets)
      }.map(\.0)
      positions[index] = sheets.count
      sheets.append(sheet)
    }
    return sheets
  }

  private mutating func open(_ sheet: FormLayout.Sheet, items: ContextType?) {
    var sheet = sheet
    sheet.name = SheetName.unique(sheet.name, among: &names)
    let isWanted =
      sheet.path.isEmpty || wanted.contains(sheet.path) || wanted.contains { $0.hasPrefix(sheet.path + "[].") }
    drafts.append(SheetDraft(sheet: sheet, isWanted: isWanted, items: items))
  }

  /// Adds the columns of a type's facts, and the sheets of its lists.
  ///
  /// - Parameters:
  ///   - path: from the record's root, ending in `.` or empty.
  ///   - inRow: from the sheet's row, likewise.
  ///   - labels: of the nested facts on the way from the row.
  private mutating func visit(_ context: ContextType, path: String, inRow: String, sheet: Int, labels: [String]) {
    let isRow = inRow.isEmpty
    let nameFact = isRow ? context.name.flatMap { vocabulary[$0]?.nameFact }.flatMap { context.index(of: $0) } : nil
    let first = isRow ? [context.key, nameFact].compactMap(\.self) : []
    for index in first + context.members.indices.filter({ !first.contains($0) }) {
      let member = context.members[index]
      guard let declaration = vocabulary.declaration(of: index, in: context) else { continue }
      let own = path + member.name
      let isKey = isRow && index == context.key
      if case .context(let nested) = member.type.base {
        visit(
          nested, path: own + ".", inRow: inRow + member.name + ".", sheet: sheet, labels: labels + [declaration.label])
      } else if let item = member.type.item {
        add(.list, inRow + member.name, declaration, labels, to: sheet, isWanted: wanted.contains(own))
        addSheet(declaration, item, path: own, holder: sheet)
      } else {
        add(
          isKey && path.isEmpty ? .record : .fact, inRow + member.name, declaration, labels, to: sheet,
          isWanted: isKey || wanted.contains(own) || (isRow && index == nameFact && !member.isSensitive))
      }
    }
  }

  private mutating func add(
    _ role: FormFormat.Role, _ path: String, _ declaration: Vocabulary.FactDeclaration?, _ labels: [String],
    to sheet: Int, isWanted: Bool = true
  ) {
    let label = declaration?.label.trimmed ?? "Number"
    drafts[sheet].sheet.columns.append(
      FormLayout.Column(header: label, role: role, path: path, declaration: declaration))
    drafts[sheet].details.append((isWanted, (labels.map(\.trimmed) + [label]).joined(separator: ": ")))
  }

  private mutating func addSheet(
    _ declaration: Vocabulary.FactDeclaration, _ item: Type, path: String, holder: Int
  ) {
    let context: ContextType? = if case .context(let context) = item.base { context } else { nil }
    open(
      FormLayout.Sheet(
        name: declaration.label.trimmed, path: path, title: declaration.label.trimmed, help: declaration.help,
        holder: holder, columns: []),
      items: context)
    let sheet = drafts.count - 1
    // What the row belongs to: the record, and the items on the way.
    let key = type.context.key.flatMap { vocabulary.declaration(of: $0, in: type.context) }
    add(.record, key?.name ?? "", key, [], to: sheet)
    var way: [Int] = []
    var above = holder
    while let next = drafts[above].sheet.holder {
      way.append(above)
      above = next
    }
    for level in way.reversed() {
      let items = drafts[level].items
      let key = items?.key.flatMap { key in items.flatMap { vocabulary.declaration(of: key, in: $0) } }
      add(.holder, drafts[level].sheet.path, key, [drafts[level].sheet.title], to: sheet)
    }
    guard let context else {
      var value = declaration
      value.type = item
      return add(.value, "", value, [], to: sheet)
    }
    // Lists within items that nothing identifies tell them by number.
    if context.key == nil { add(.number, "", nil, [], to: sheet, isWanted: false) }
    visit(context, path: path + "[].", inRow: "", sheet: sheet, labels: [])
  }

  /// Where several columns have one label, the nested facts on the way tell them apart, and in the end a number.
  private mutating func settleHeaders(of sheet: Int) {
    func folded(_ header: String) -> String {
      header.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
    var counts: [String: Int] = [:]
    for column in drafts[sheet].sheet.columns { counts[folded(column.header), default: 0] += 1 }
    var taken: Set<String> = []
    for index in drafts[sheet].sheet.columns.indices {
      var header = drafts[sheet].sheet.columns[index].header
      if header.isEmpty || (counts[folded(header)] ?? 0) > 1 { header = drafts[sheet].details[index].label }
      var candidate = header
      var number = 1
      while candidate.isEmpty || !taken.insert(folded(candidate)).inserted {
        number += 1
        candidate = "\(header) (\(number))"
      }
      drafts[sheet].sheet.columns[index].header = candidate
    }
  }
}

/// Names of sheets as spreadsheet programs take them.
enum SheetName {
  /// The most characters of a name.
  private static let limit = 31

  /// Names of sheets that every form has, and one that a program keeps for itself.
  private static let reserved: Set<String> = [
    FormFormat.about.lowercased(), FormFormat.choices.lowercased(), FormFormat.manifest, "history",
  ]

  /// A name that is not taken, as near to the wanted one as may be.
  static func unique(_ wanted: String, among taken: inout Set<String>) -> String {
    let allowed = String(
      String.UnicodeScalarView(
        wanted.unicodeScalars.map { "[]:*?/\\'".unicodeScalars.contains($0) || $0.value < 0x20 ? " " : $0 }))
    let words = allowed.split(separator: " ").joined(separator: " ")
    let name = words.isEmpty ? "Sheet" : cut(words, to: limit)
    var candidate = name
    var number = 1
    while reserved.contains(candidate.lowercased()) || !taken.insert(candidate.lowercased()).inserted {
      number += 1
      let suffix = " \(number)"
      candidate = cut(name, to: limit - suffix.count) + suffix
    }
    return candidate
  }

  /// The first words of a text, counted as spreadsheet programs count: in units of UTF-16.
  private static func cut(_ text: String, to limit: Int) -> String {
    var result = ""
    for character in text where (result + String(character)).utf16.count <= limit { result.append(character) }
    guard result.count < text.count, let space = result.lastIndex(of: " ") else { return result }
    return result.distance(from: result.startIndex, to: space) > limit / 2 ? String(result[..<space]) : result
  }
}
