import Diagnostics
import Probity

/// A file that has been opened, and what gives its rows or documents.
struct OpenedFile {
  enum Body {
    case none
    case rows(any RowSource)
    case json(JSONReader)
    case lines(LineCutter)
    case yaml(YAMLRecords)
  }

  private(set) var body = Body.none
  private(set) var problems: [RecordProblem] = []

  /// - Parameters:
  ///   - description: how the mapping says that the file is built.
  ///   - format: what it is where the mapping does not say; nil to tell it by its name, else by its first bytes.
  init(_ input: InputFile, _ description: Mapping.Input, format: RecordFormat?, limits: RecordLimits) {
    let place = Place(file: input.name)
    let window: ByteWindow
    do {
      // What a workbook's texts are written in, its parts say.
      let isWorkbook = (description.format ?? format ?? RecordFormat(fileName: input.name)) == .xlsx
      let declared = isWorkbook ? .utf8 : description.encoding
      window = ByteWindow(try input.open(), declared: declared, chunkBytes: limits.chunkBytes)
    } catch {
      problems = [RecordProblem(.cannotRead, .error, "cannot be read: \(error.reason)", at: place)]
      return
    }
    let head = window.slice(0..<min(window.count, ByteWindow.headBytes))
    if head.isEmpty {
      problems = [
        window.failure.map { RecordProblem(.cannotRead, .error, "cannot be read: \($0.reason)", at: place) }
          ?? RecordProblem(.noRecords, .error, "the file is empty", at: place)
      ]
      return
    }
    let format = description.format ?? format ?? RecordFormat(fileName: input.name) ?? RecordFormat(head: head)
    if format != .sqlite, format != .xlsx, let kind = BinaryFile.kind(of: head) {
      problems = [RecordProblem(.notText, .error, "the file is not text: it seems to be \(kind)", at: place)]
      return
    }
    switch format {
    case .csv:
      let isTabbed = input.name.lowercased().hasSuffix(".tsv")
      let separator = description.separator ?? UInt8(ascii: isTabbed ? "\t" : ",")
      body = .rows(
        CSVRows(
          window, file: input.name, separator: separator, mayBeWindows1252: description.encoding == nil, limits: limits)
      )
    case .json: body = .json(JSONReader(window, steps: description.records, limits: limits))
    case .jsonLines: body = .lines(LineCutter(window, limits: limits))
    case .sqlite:
      do {
        body = .rows(try SQLiteRows(input, description.selection, limits: limits))
      } catch {
        let code: DiagnosticCode = error.cause == .file ? .cannotRead : .noRecords
        problems = [
          RecordProblem(code, .error, "\(error.cause.rawValue): \(error.reason)", at: place, help: [error.help])
        ]
      }
    case .xlsx:
      do {
        body = .rows(try Self.sheet(window, of: input, description.sheet, limits: limits))
      } catch {
        problems = [RecordProblem(error.code, .error, error.reason, at: place, help: [error.help])]
      }
    case .yaml:
      let records = YAMLRecords(window, name: input.name, steps: description.records, limits: limits)
      problems = records.problems
      body = .yaml(records)
    }
  }

  /// The rows of a workbook's sheet. The packed file is held: what a zip archive holds stands at its end.
  private static func sheet(
    _ window: ByteWindow, of input: InputFile, _ sheet: String?, limits: RecordLimits
  ) throws(WorkbookFault) -> SheetRows {
    var window = window
    while window.count <= limits.packedBytes, window.readMore() {}
    if let failure = window.failure { throw WorkbookFault(.cannotRead, "cannot be read: \(failure.reason)") }
    guard window.count <= limits.packedBytes else {
      throw .tooLarge("the file has more than \(limits.packedBytes) bytes")
    }
    let packed = window.slice(0..<window.count)
    if let fault = Workbook.fault(of: packed) { throw fault }
    return try SheetRows(packed, file: input.name, sheet: sheet, limits: limits, isStopped: input.isStopped)
  }
}
