import CXLSXWriter
import FEEL
import Probity
package import ProbityReports

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Writes a workbook as an .xlsx file, by the system's libxlsxwriter.
///
/// The same plan gives the same bytes: the file is dated by the plan. It takes its name when it is whole.
package struct WorkbookFile {
  /// What spreadsheet programs take.
  private static let mostRows = 1_048_576
  private static let mostColumns = 16_384
  /// Rows below those that are filled in for which entries are held to what is allowed.
  private static let rowsToCome = 1_000
  private static let mostPromptCharacters = 255

  private let plan: FormPlan
  private let workbook: UnsafeMutablePointer<lxw_workbook>
  private var formats: [FormatKey: UnsafeMutablePointer<lxw_format>] = [:]

  private struct FormatKey: Hashable {
    var style: FormPlan.Style
    var number: String
  }

  /// Writes a plan to a file, which replaces one of the same name.
  package static func write(_ plan: FormPlan, to path: String) throws(OutputFailure) {
    if Files.kind(of: path) == .directory { throw .failed("it is a directory") }
    for sheet in plan.sheets {
      if sheet.rows.count > mostRows { throw .failed("sheet \(sheet.name) would have more than \(mostRows) rows") }
      if sheet.columns.count > mostColumns {
        throw .failed("sheet \(sheet.name) would have more than \(mostColumns) columns")
      }
    }
    let temporary = "\(path).\(getpid()).part"
    guard let workbook = workbook_new(temporary) else { throw .failed("there is not enough memory") }
    var file = WorkbookFile(plan: plan, workbook: workbook)
    file.describe()
    for sheet in plan.sheets where !sheet.isHidden { file.add(sheet) }
    file.addLists()
    for sheet in plan.sheets where sheet.isHidden { file.add(sheet) }
    // Errors of the system have the numbers of the library's own.
    errno = 0
    let result = workbook_close(workbook)
    guard result == LXW_NO_ERROR else {
      let reason = errno == 0 ? String(cString: lxw_strerror(result)) : SystemFailure.words(errno)
      unlink(temporary)
      throw .failed(reason)
    }
    guard rename(temporary, path) == 0 else {
      let reason = SystemFailure.words(errno)
      unlink(temporary)
      throw .failed(reason)
    }
  }

  private init(plan: FormPlan, workbook: UnsafeMutablePointer<lxw_workbook>) {
    self.plan = plan
    self.workbook = workbook
  }

  private func describe() {
    Self.withCopies([plan.title, "Probity"]) { copies in
      var properties = lxw_doc_properties()
      properties.title = copies[0]
      properties.author = copies[1]
      properties.created = plan.asOf.dayNumber * 86_400
      workbook_set_properties(workbook, &properties)
    }
  }

  // MARK: Sheets

  /// What there is to choose from, a column each: within a validation it could hold no commas, and not much.
  private mutating func addLists() {
    guard !plan.lists.isEmpty, let worksheet = workbook_add_worksheet(workbook, FormFormat.choices) else { return }
    for (column, values) in plan.lists.enumerated() {
      for (row, value) in values.enumerated() {
        worksheet_write_string(worksheet, UInt32(row), UInt16(column), value, nil)
      }
    }
    worksheet_hide(worksheet)
  }

  private mutating func add(_ sheet: FormPlan.Sheet) {
    guard let worksheet = workbook_add_worksheet(workbook, sheet.name) else { return }
    for (index, column) in sheet.columns.enumerated() {
      worksheet_set_column(
        worksheet, UInt16(index), UInt16(index), column.width,
        sheet.hasHeader ? format(.plain, Self.number(of: column.entry)) : nil)
      if sheet.hasHeader { validate(column, at: UInt16(index), rows: sheet.rows.count, on: worksheet) }
    }
    for (row, cells) in sheet.rows.enumerated() {
      for (column, cell) in cells.enumerated() {
        let entry = column < sheet.columns.count ? sheet.columns[column].entry : .anything
        write(
          cell, sheet.hasHeader && row > 0 ? entry : .anything, row: UInt32(row), column: UInt16(column), on: worksheet)
      }
    }
    if sheet.hasHeader {
      worksheet_freeze_panes(worksheet, 1, 0)
      if !sheet.columns.isEmpty {
        worksheet_autofilter(
          worksheet, 0, 0, UInt32(max(sheet.rows.count - 1, 0)), UInt16(sheet.columns.count - 1))
      }
    }
    if sheet.isHidden { worksheet_hide(worksheet) }
  }

  private mutating func write(
    _ cell: FormPlan.Cell, _ entry: FormPlan.Entry, row: UInt32, column: UInt16,
    on worksheet: UnsafeMutablePointer<lxw_worksheet>
  ) {
    switch cell.content {
    case .blank:
      // Without a format of its own an empty cell is not written, and has its column's.
      if cell.style != .plain {
        worksheet_write_blank(worksheet, row, column, format(cell.style, Self.number(of: entry)))
      }
    case .text(let text):
      worksheet_write_string(worksheet, row, column, text, format(cell.style, entry == .anything ? "" : "@"))
    case .number(let number):
      worksheet_write_number(worksheet, row, column, number, format(cell.style, Self.number(of: entry)))
    case .date(let date):
      var value = lxw_datetime()
      value.year = Int32(date.year)
      value.month = Int32(date.month)
      value.day = Int32(date.day)
      worksheet_write_datetime(worksheet, row, column, &value, format(cell.style, Self.datePattern))
    }
    if let comment = cell.comment {
      var options = lxw_comment_options()
      options.width = 320
      // About 45 characters on a line of 20 pixels.
      options.height = UInt16(min(600, 30 + 20 * (comment.split(separator: "\n").reduce(0) { $0 + 1 + $1.count / 45 })))
      worksheet_write_comment_opt(worksheet, row, column, comment, &options)
    }
  }

  // MARK: Entries

  private static let datePattern = "dd/mm/yyyy"

  /// The number format of a column's cells.
  private static func number(of entry: FormPlan.Entry) -> String {
    switch entry {
    case .anything, .number(_, _, isMoney: false): ""
    case .number(_, _, isMoney: true): "#,##0.00"
    // As text, so that no leading zero is lost.
    case .text, .listed: "@"
    case .date: datePattern
    }
  }

  private func validate(
    _ column: FormPlan.Column, at index: UInt16, rows: Int, on worksheet: UnsafeMutablePointer<lxw_worksheet>
  ) {
    var validation = lxw_data_validation()
    var formula = ""
    validation.ignore_blank = 1
    validation.show_error = 1
    validation.show_input = 1
    validation.error_type = UInt8(LXW_VALIDATION_ERROR_TYPE_STOP.rawValue)
    switch column.entry {
    case .anything, .text: return
    case .listed(let list):
      validation.validate = UInt8(LXW_VALIDATION_TYPE_LIST_FORMULA.rawValue)
      validation.dropdown = 1
      let letters = Self.letters(of: list)
      formula = "=\(FormFormat.choices)!$\(letters)$1:$\(letters)$\(plan.lists[list].count)"
    case .number(let least, let most, _):
      validation.validate = UInt8(LXW_VALIDATION_TYPE_DECIMAL.rawValue)
      validation.criteria = UInt8(LXW_VALIDATION_CRITERIA_BETWEEN.rawValue)
      validation.minimum_number = least ?? -1e15
      validation.maximum_number = most ?? 1e15
    case .date:
      validation.validate = UInt8(LXW_VALIDATION_TYPE_DATE.rawValue)
      validation.criteria = UInt8(LXW_VALIDATION_CRITERIA_BETWEEN.rawValue)
      validation.minimum_datetime = lxw_datetime(year: 1900, month: 3, day: 1, hour: 0, min: 0, sec: 0)
      validation.maximum_datetime = lxw_datetime(year: 9999, month: 12, day: 31, hour: 0, min: 0, sec: 0)
    }
    let message = column.prompt.map { "Enter \($0)" } ?? "Choose one of the list"
    Self.withCopies([formula, Self.cut(message)]) { copies in
      if !formula.isEmpty { validation.value_formula = copies[0] }
      validation.error_message = copies[1]
      worksheet_data_validation_range(
        worksheet, 1, index, UInt32(min(rows + Self.rowsToCome, Self.mostRows) - 1), index, &validation)
    }
  }

  private static func cut(_ text: String) -> String {
    text.unicodeScalars.count <= mostPromptCharacters
      ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(mostPromptCharacters - 1))) + "…"
  }

  private static func letters(of column: Int) -> String {
    let letter = String(Unicode.Scalar(UInt8(ascii: "A") + UInt8(column % 26)))
    return (column >= 26 ? letters(of: column / 26 - 1) : "") + letter
  }

  // MARK: Looks

  private mutating func format(_ style: FormPlan.Style, _ number: String) -> UnsafeMutablePointer<lxw_format>? {
    let key = FormatKey(style: style, number: number)
    if let known = formats[key] { return known }
    guard let format = workbook_add_format(workbook) else { return nil }
    formats[key] = format
    if !number.isEmpty { format_set_num_format(format, number) }
    format_set_align(format, UInt8(LXW_ALIGN_VERTICAL_TOP.rawValue))
    func fill(_ colour: UInt32) {
      format_set_pattern(format, UInt8(LXW_PATTERN_SOLID.rawValue))
      format_set_fg_color(format, colour)
    }
    func frame() {
      format_set_border(format, UInt8(LXW_BORDER_THIN.rawValue))
      format_set_border_color(format, 0xBFBFBF)
    }
    switch style {
    case .title:
      format_set_bold(format)
      format_set_font_size(format, 16)
    case .heading: format_set_bold(format)
    case .note: format_set_text_wrap(format)
    case .header:
      format_set_bold(format)
      format_set_text_wrap(format)
      fill(0xD9E1F2)
      frame()
    case .key:
      fill(0xEDEDED)
      frame()
    case .plain: break
    case .asked:
      fill(0xFFF2CC)
      frame()
    case .askedLater:
      fill(0xDDEBF7)
      frame()
    case .idle: fill(0xF7F7F7)
    }
    return format
  }

  /// Gives texts as C keeps them, for as long as `body` runs.
  private static func withCopies(_ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Void) {
    let copies = texts.map { strdup($0) }
    body(copies)
    for copy in copies { free(copy) }
  }
}
