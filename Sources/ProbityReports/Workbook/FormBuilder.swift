public import FEEL
public import Probity

/// Makes the workbook of a layout: blank, with what is known of records, or with what is asked of them.
public struct FormBuilder: Sendable {
  /// What the workbook is for, as its first sheet says.
  public struct Purpose: Sendable {
    public var title: String
    /// A paragraph each.
    public var instructions: [String]
    public var policies: [(name: String, title: String)]
    public var asOf: CivilDate
    /// The parameters in force on that date.
    public var parameters: [(title: String, value: String, source: String)]

    public init(
      title: String, instructions: [String], policies: [(name: String, title: String)], asOf: CivilDate,
      parameters: [(title: String, value: String, source: String)] = []
    ) {
      self.title = title
      self.instructions = instructions
      self.policies = policies
      self.asOf = asOf
      self.parameters = parameters
    }
  }

  private let layout: FormLayout
  private let purpose: Purpose
  private var plan: FormPlan
  /// The rows of each sheet of the layout, without their headers.
  private var rows: [[[FormPlan.Cell]]]
  private var entries: [[FormPlan.Entry]] = []

  public init(_ layout: FormLayout, for purpose: Purpose) {
    self.layout = layout
    self.purpose = purpose
    plan = FormPlan(title: purpose.title, asOf: purpose.asOf)
    rows = layout.sheets.map { _ in [] }
    entries = layout.sheets.map { sheet in sheet.columns.map { entry(of: $0) } }
  }

  // MARK: Columns

  private mutating func list(_ values: [String]) -> Int {
    if let known = plan.lists.firstIndex(of: values) { return known }
    plan.lists.append(values)
    return plan.lists.count - 1
  }

  private mutating func entry(of column: FormLayout.Column) -> FormPlan.Entry {
    switch column.role {
    case .list: return .listed(list(FormWords.lists))
    case .number: return .number(least: 1, most: nil, isMoney: false)
    case .record, .holder: return .text
    case .fact, .value: break
    }
    guard let declaration = column.declaration else { return .anything }
    let type = declaration.type
    if let listed = type.allowedValues?.listed, listed.allSatisfy({ FormWords.text(of: $0) != nil }) {
      return .listed(list(listed.compactMap { FormWords.text(of: $0) }))
    }
    switch type.base {
    case .boolean: return .listed(list(FormWords.booleans))
    case .number:
      func bound(_ value: Value?) -> Double? {
        if case .number(let number)? = value { Double(number.description) } else { nil }
      }
      return .number(
        least: bound(type.allowedValues?.lower), most: bound(type.allowedValues?.upper),
        isMoney: declaration.unit == "GBP")
    case .date: return .date
    case .string, .time, .dateAndTime, .daysAndTimeDuration, .yearsAndMonthsDuration: return .text
    default: return .anything
    }
  }

  // MARK: Records

  /// Adds what is known of a record.
  public mutating func add(_ record: Record) {
    var row: [FormPlan.Cell] = []
    for column in layout.sheets[0].columns {
      row.append(cell(column, in: record.facts, sheet: 0, key: record.key, holders: []))
    }
    rows[0].append(row)
    for sheet in layout.sheets.indices where layout.sheets[sheet].holder == 0 {
      add(sheet, in: record.facts, key: record.key, holders: [])
    }
  }

  private mutating func add(_ sheet: Int, in context: Context, key: String, holders: [String]) {
    guard case .list(let list)? = Self.value(layout.sheets[sheet].steps, in: context) else { return }
    for (position, item) in list.items.enumerated() {
      var own = ""
      if case .context(let inner) = item, let facts = inner.facts {
        if case .item(_, _, let key?) = facts.step { own = key } else { own = String(position + 1) }
      }
      var row: [FormPlan.Cell] = []
      for column in layout.sheets[sheet].columns {
        switch (column.role, item) {
        case (.number, _): row.append(.init(.number(Double(position + 1)), .key))
        case (.value, _): row.append(.init(content(of: item, column, of: key)))
        case (_, .context(let inner)):
          row.append(cell(column, in: inner, sheet: sheet, key: key, holders: holders))
        default: row.append(cell(column, in: context, sheet: sheet, key: key, holders: holders))
        }
      }
      rows[sheet].append(row)
      guard case .context(let inner) = item else { continue }
      for other in layout.sheets.indices where layout.sheets[other].holder == sheet {
        add(other, in: inner, key: key, holders: holders + [own])
      }
    }
  }

  private mutating func cell(
    _ column: FormLayout.Column, in context: Context, sheet: Int, key: String, holders: [String]
  ) -> FormPlan.Cell {
    switch column.role {
    case .record: return .init(.text(key), .key)
    case .holder: return .init(.text(holder(column, of: sheet, holders)), .key)
    case .number, .value: return .init()
    case .list:
      guard case .list(let list)? = Self.value(column.names, in: context) else { return .init() }
      return .init(.text(list.items.isEmpty ? FormFormat.none : FormFormat.listed))
    case .fact:
      guard let value = Self.value(column.names, in: context) else { return .init() }
      return .init(content(of: value, column, of: key))
    }
  }

  /// What identifies the item of an outer list.
  private func holder(_ column: FormLayout.Column, of sheet: Int, _ holders: [String]) -> String {
    let columns = layout.sheets[sheet].columns.filter { $0.role == .holder }
    guard let level = columns.firstIndex(where: { $0.path == column.path }), level < holders.count else { return "" }
    return holders[level]
  }

  /// The value at the end of a path of names; nil where nothing was supplied.
  private static func value(_ names: [String], in context: Context) -> Value? {
    guard let name = names.first, let index = context.index(of: name), context.isSupplied(index) else { return nil }
    if names.count == 1 { return context[index] }
    guard case .context(let inner) = context[index] else { return nil }
    return value(Array(names.dropFirst()), in: inner)
  }

  private mutating func content(
    of value: Value, _ column: FormLayout.Column, of key: String
  ) -> FormPlan.Content {
    switch value {
    case .unknown, .null, .list, .context, .range, .function: return .blank
    case .number(let number): return FormWords.number(number).map { .number($0) } ?? .text(number.description)
    case .date(let date): return FormWords.isShown(date) ? .date(date) : .text(date.description)
    default: break
    }
    guard let text = FormWords.text(of: value) else { return .blank }
    if text.utf16.count > FormWords.mostCharacters {
      plan.losses.append(
        "the text of \(column.path) of \(key) has more than \(FormWords.mostCharacters) characters, which is more than a cell holds; its cell is left blank"
      )
      return .blank
    }
    return .text(text)
  }

  // MARK: Requests

  /// Adds what is asked of a record, with nothing of what is known but what identifies it.
  public mutating func add(_ request: RecordRequest, of record: Record) {
    guard !request.facts.isEmpty else { return }
    var asked: [Row: [String: RequestedFact]] = [:]
    for requested in request.facts {
      let path = requested.fact.pathOfItems
      // A list that is missing is asked for on the sheet of what holds it.
      guard let sheet = sheet(holding: path) else { continue }
      asked[Row(sheet: sheet, keys: Self.keys(of: requested.fact)), default: [:]][path] = requested
    }
    for sheet in layout.sheets.indices {
      // In the order of the record, which is not that in which facts are asked for.
      let own = asked.filter { $0.key.sheet == sheet }.sorted { left, right in
        left.key.keys.map(\.index).lexicographicallyPrecedes(right.key.keys.map(\.index))
      }
      if sheet == 0, own.isEmpty { rows[0].append(row(0, request, keys: [], asked: [:])) }
      for (row, facts) in own { rows[sheet].append(self.row(sheet, request, keys: row.keys, asked: facts)) }
    }
  }

  private struct Row: Hashable {
    var sheet: Int
    var keys: [ItemKey]
  }

  /// An item on the way to a fact.
  private struct ItemKey: Hashable {
    var index: Int
    var key: String?

    var text: String { key ?? String(index + 1) }
  }

  private static func keys(of fact: Fact) -> [ItemKey] {
    var keys: [ItemKey] = []
    var current: FactNode? = fact.node
    while let node = current {
      if case .item(_, let index, let key) = node.step { keys.append(ItemKey(index: index, key: key)) }
      current = node.parent
    }
    return keys.reversed()
  }

  private func sheet(holding path: String) -> Int? {
    layout.sheets.firstIndex { sheet in
      sheet.columns.contains {
        ($0.role == .fact || $0.role == .list || $0.role == .record) && sheet.path(of: $0) == path
      }
    }
  }

  private func row(
    _ index: Int, _ request: RecordRequest, keys: [ItemKey], asked: [String: RequestedFact]
  ) -> [FormPlan.Cell] {
    let sheet = layout.sheets[index]
    var holders = keys.dropLast().makeIterator()
    let nameFact = layout.type.nameFact
    return sheet.columns.enumerated().map { position, column in
      switch column.role {
      case .record: return .init(.text(request.key), .key)
      case .holder: return .init(.text(holders.next()?.text ?? ""), .key)
      case .number: return .init(.number(Double((keys.last?.index ?? 0) + 1)), .key)
      case .value: return .init(.blank, .idle)
      case .fact, .list: break
      }
      if let requested = asked[sheet.path(of: column)] {
        var notes: [String] = []
        if requested.fact.absence != .absent {
          notes.append("Now: \(AnswerWords.absence(requested.fact.absence))")
        }
        if !requested.after.isEmpty {
          notes.append(
            "Only if needed once this is known: \(requested.after.map(\.pathOfItems).joined(separator: ", "))")
        }
        return .init(
          .blank, requested.after.isEmpty ? .asked : .askedLater,
          comment: notes.isEmpty ? nil : notes.joined(separator: "\n"))
      }
      if index == 0, column.path == nameFact, let name = request.name { return .init(.text(name), .key) }
      if index > 0, let key = keys.last?.key, isKey(column, of: sheet) { return .init(.text(key), .key) }
      return .init(.blank, .idle)
    }
  }

  /// Whether a column of a list's sheet is what identifies the item: the first fact of its row.
  private func isKey(_ column: FormLayout.Column, of sheet: FormLayout.Sheet) -> Bool {
    sheet.columns.first { $0.role == .fact }?.path == column.path
  }

  // MARK: The whole

  /// The workbook with all that was added.
  public func finished() -> FormPlan {
    var plan = plan
    plan.sheets.append(about())
    for (index, sheet) in layout.sheets.enumerated() {
      let header = sheet.columns.map { column in
        FormPlan.Cell(.text(column.header), .header, comment: FormWords.comment(on: column, of: sheet))
      }
      let columns = sheet.columns.enumerated().map { position, column in
        FormPlan.Column(
          width: FormWords.width(of: column), entry: entries[index][position],
          prompt: column.declaration.map { AnswerWords.form(of: $0) })
      }
      plan.sheets.append(
        FormPlan.Sheet(
          name: sheet.name, isHidden: false, columns: columns, rows: [header] + rows[index], hasHeader: true))
    }
    plan.sheets.append(manifest())
    return plan
  }

  private func about() -> FormPlan.Sheet {
    func text(_ text: String, _ style: FormPlan.Style = .note) -> [FormPlan.Cell] { [.init(.text(text), style)] }
    var rows = [text(purpose.title, .title), text("As of \(purpose.asOf)")]
    rows += purpose.policies.map { text("For \($0.title.trimmed) (\($0.name))") }
    rows.append([])
    rows.append(text("How to fill it in", .heading))
    rows += purpose.instructions.map { text($0) }
    rows.append([])
    rows.append(text("Sheets", .heading))
    for sheet in layout.sheets {
      rows.append([.init(.text(sheet.name), .plain), .init(.text(sheet.help?.trimmed ?? sheet.title), .note)])
    }
    if !purpose.parameters.isEmpty {
      rows.append([])
      rows.append(text("What it is held against on \(purpose.asOf)", .heading))
      for parameter in purpose.parameters {
        rows.append([
          .init(.text(parameter.title.trimmed), .note), .init(.text(parameter.value), .note),
          .init(.text(parameter.source.trimmed), .note),
        ])
      }
    }
    return FormPlan.Sheet(
      name: FormFormat.about, isHidden: false,
      columns: [60, 40, 60].map { FormPlan.Column(width: $0, entry: .anything, prompt: nil) }, rows: rows,
      hasHeader: false)
  }

  /// What tells a reader of the workbook which column is which fact.
  private func manifest() -> FormPlan.Sheet {
    func row(_ texts: String...) -> [FormPlan.Cell] { texts.map { .init(.text($0)) } }
    var rows = [
      row(FormFormat.mark, String(FormFormat.version)), row("record", layout.type.name),
      row("as of", purpose.asOf.description), row("policies", purpose.policies.map(\.name).joined(separator: " ")),
      FormFormat.columns.map { .init(.text($0)) },
    ]
    for sheet in layout.sheets {
      for column in sheet.columns {
        rows.append(row(sheet.name, sheet.path, column.header, column.role.rawValue, column.path))
      }
    }
    return FormPlan.Sheet(
      name: FormFormat.manifest, isHidden: true,
      columns: [24, 24, 40, 12, 40].map { FormPlan.Column(width: $0, entry: .text, prompt: nil) }, rows: rows,
      hasHeader: false)
  }
}

/// The words and limits of forms.
enum FormWords {
  /// The most characters of a cell, in units of UTF-16.
  static let mostCharacters = 32_767
  /// What a list's own column may say.
  static let lists = [FormFormat.none, FormFormat.listed]
  static let booleans = [FormFormat.yes, FormFormat.no]

  /// A value as it stands in a cell of text; nil where no cell can show it.
  static func text(of value: Value) -> String? {
    switch value {
    case .boolean(let truth): truth ? booleans[0] : booleans[1]
    case .null, .unknown, .list, .context, .range, .function: nil
    default: value.description
    }
  }

  /// A number as a spreadsheet holds it, where that is the same number.
  static func number(_ number: Number) -> Double? {
    let digits = number.description
    // Fifteen digits survive; more may not.
    guard digits.utf8.count(where: { $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") }) <= 15 else { return nil }
    return Double(digits)
  }

  /// Whether a spreadsheet shows a date as it is: its calendar begins with a day too many.
  static func isShown(_ date: CivilDate) -> Bool {
    guard let first = CivilDate(year: 1900, month: 3, day: 1), let last = CivilDate(year: 9999, month: 12, day: 31)
    else {
      return false
    }
    return first <= date && date <= last
  }

  /// What a column's header says to whoever points at it.
  static func comment(on column: FormLayout.Column, of sheet: FormLayout.Sheet) -> String? {
    var lines: [String] = []
    switch column.role {
    case .record: lines.append("What identifies the record: every row needs it.")
    case .holder: lines.append("Which of the rows of the sheet above it belongs to.")
    case .number: lines.append("The number of the row within its record, from 1, by which other sheets name it.")
    case .list:
      lines.append(
        "Write \(FormFormat.none) if there are none. Otherwise write \(FormFormat.listed), and list all of them on their sheet."
      )
    case .fact, .value:
      if let declaration = column.declaration { lines.append("Answer: \(AnswerWords.form(of: declaration))") }
    }
    if let help = column.declaration?.help?.trimmed { lines.append(help) }
    return lines.isEmpty ? nil : lines.joined(separator: "\n")
  }

  /// In characters: wide enough for what is entered, and for most headers on two lines.
  static func width(of column: FormLayout.Column) -> Double {
    let least: Double =
      switch column.declaration?.type.base {
      case .date: 12
      case .string: 22
      default: 14
      }
    return min(44, max(least, Double(column.header.count) / 2 + 4))
  }
}
