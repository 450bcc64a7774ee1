import Diagnostics
import Probity

/// Finds workbooks that say themselves what their columns hold, and holds them against what they say.
struct FormFinder {
  /// Those that do, in their order.
  private(set) var forms: [FormMapping.Form] = []
  /// What is wrong with them, and what of them is not read.
  private(set) var problems: [RecordProblem] = []
  /// Inputs that are no such workbooks.
  private(set) var others: [InputFile] = []
  private let limits: RecordLimits

  private enum Finding {
    case form(FormMapping.Form)
    /// It says what its columns hold, and that is of no use.
    case unusable
    case other
  }

  /// - Parameter inputs: of any kind; only what is named as a workbook is looked into.
  init(_ inputs: [InputFile], limits: RecordLimits) {
    self.limits = limits
    for input in inputs {
      switch RecordFormat(fileName: input.name) == .xlsx ? look(into: input) : .other {
      case .form(let form): forms.append(form)
      case .unusable: break
      case .other: others.append(input)
      }
    }
    guard !forms.isEmpty else { return }
    for input in others {
      problems.append(
        RecordProblem(
          .badForm, .error, "it is not read together with workbooks that say themselves what they hold",
          at: Place(file: input.name), help: ["check it in a run of its own"]))
    }
  }

  /// The workbook, where it says what it holds; whatever is wrong with any other is said when its turn comes.
  private mutating func look(into input: InputFile) -> Finding {
    guard let opened = try? OpenedWorkbook(input, limits: limits) else { return .other }
    let names = opened.workbook.sheets.map(\.name)
    guard names.contains(FormFormat.manifest) else { return .other }
    do throws(FormManifest.Fault) {
      guard var rows = opened.rows(FormFormat.manifest), let manifest = try FormManifest(&rows) else { return .other }
      var form = FormMapping.Form(input: input, manifest: manifest, sheets: [])
      for sheet in manifest.sheets {
        if names.contains(sheet.name) { form.sheets.insert(sheet.name) }
        compare(sheet, with: opened, named: names)
      }
      let known = Set(manifest.sheets.map(\.name) + [FormFormat.manifest, FormFormat.choices, FormFormat.about])
      for other in opened.workbook.sheets where !known.contains(other.name) && !other.isHidden {
        problems.append(
          RecordProblem(
            .sheetNotRead, .warning, "the form has no sheet `\(Excerpt.of(other.name))`; it is not read",
            at: Place(file: input.name, sheet: other.name),
            help: [NearMiss.nearest(to: other.name, among: manifest.sheets.map(\.name)).map { "is it `\($0)`?" }]))
      }
      return .form(form)
    } catch {
      problems.append(
        RecordProblem(
          .badForm, .error, "what the workbook says of its columns cannot be used: \(error.message)",
          at: Place(file: input.name, sheet: FormFormat.manifest, row: error.row),
          help: ["fill in the form anew, or write a mapping"]))
      return .unusable
    }
  }

  /// Holds a sheet's header against the columns that it should have.
  private mutating func compare(_ sheet: FormManifest.Sheet, with opened: OpenedWorkbook, named names: [String]) {
    let place = Place(file: opened.file, sheet: sheet.name)
    guard var rows = names.contains(sheet.name) ? opened.rows(sheet.name) : nil else {
      let others = names.filter { name in ![FormFormat.manifest, FormFormat.choices, FormFormat.about].contains(name) }
      problems.append(
        RecordProblem(
          .noSheet, .error, "there is no sheet `\(Excerpt.of(sheet.name))`: what it would hold is not known",
          at: Place(file: opened.file),
          help: [NearMiss.nearest(to: sheet.name, among: others).map { "is it `\(Excerpt.of($0))`?" }]))
      return
    }
    var found: [Row] = []
    while found.isEmpty, let step = rows.next() {
      if case .row = step, !rows.row.isBlank { found.append(rows.row) } else if case .unreadable = step { return }
    }
    // That there is no header, or that two columns are called the same, is said when the sheet is read.
    guard !found.isEmpty else { return }
    let header = RowHeader(found)
    let wanted = sheet.columns.map(\.header)
    let known = Set(wanted.map { WordSet.fold(RowHeader.tidy($0)) })
    let strangers = header.names.enumerated().filter { column, name in
      column < found[0].count && !Trim.space(found[0][column]).isEmpty && !known.contains(WordSet.fold(name))
    }.map(\.element)
    for name in wanted where header.column(name) == nil {
      problems.append(
        RecordProblem(
          .noColumn, .error, "there is no column `\(Excerpt.of(name))`: what it would hold is not known", at: place,
          help: [NearMiss.nearest(to: name, among: strangers).map { "is it `\(Excerpt.of($0))`?" }]))
    }
    for name in strangers {
      problems.append(
        RecordProblem(
          .unknownFact, .warning, "the form has no column `\(Excerpt.of(name))`; it is not read",
          at: Place(file: opened.file, sheet: sheet.name, row: found[0].number, column: name),
          help: [NearMiss.nearest(to: name, among: wanted).map { "was it `\(Excerpt.of($0))`?" }]))
    }
  }
}

/// A workbook of which several sheets are read.
private struct OpenedWorkbook {
  let workbook: Workbook
  private let input: InputFile
  private let packed: ArraySlice<UInt8>
  private let limits: RecordLimits

  init(_ input: InputFile, limits: RecordLimits) throws {
    self.input = input
    self.limits = limits
    var window = ByteWindow(try input.open(), declared: .utf8, chunkBytes: limits.chunkBytes)
    while window.count <= limits.packedBytes, window.readMore() {}
    if let failure = window.failure { throw failure }
    packed = window.count <= limits.packedBytes ? window.slice(0..<window.count) : []
    workbook = try Workbook(packed, limits: limits, isStopped: input.isStopped)
  }

  var file: String { input.name }

  /// The rows of a sheet; nil where there is none of that name, or it cannot be read.
  func rows(_ sheet: String) -> SheetRows? {
    try? SheetRows(packed, file: file, sheet: sheet, limits: limits, isStopped: input.isStopped)
  }
}
