import Diagnostics
import Probity

/// A workbook in the form of ECMA-376 (XLSX): its sheets, and what they share.
final class Workbook {
  struct Sheet {
    let name: String
    let isHidden: Bool
    fileprivate let part: String
  }

  /// Those that have cells; charts have none.
  let sheets: [Sheet]
  let texts: SharedTexts
  let kinds: [SheetNumberKind]
  let startsIn1904: Bool
  private let archive: ZipArchive
  private let limits: RecordLimits

  /// - Parameter packed: the whole file.
  init(
    _ packed: ArraySlice<UInt8>, limits: RecordLimits, isStopped: @escaping @Sendable () -> Bool
  ) throws(WorkbookFault) {
    let archive = try ZipArchive(packed, limits: limits, isStopped: isStopped)
    let parts = PartReader(archive: archive, limits: limits)
    let root = RelationshipsHandler()
    try parts.read("_rels/.rels", root)
    let main =
      root.target(ofKind: "officeDocument").map { RelationshipsHandler.resolve($0, from: "") }
      ?? "xl/workbook.xml"
    if let fault = Self.strangerFault(archive, main: main) { throw fault }
    let list = SheetListHandler()
    guard try parts.read(main, list) else { throw .damaged("it has no `\(Excerpt.of(main))`") }
    let related = RelationshipsHandler()
    try parts.read(RelationshipsHandler.name(for: main), related)
    var sheets: [Sheet] = []
    for entry in list.sheets {
      guard let relationship = related.relationships[entry.relationship] else {
        throw .damaged("nothing says where its sheet `\(Excerpt.of(entry.name))` is")
      }
      guard relationship.kind == "worksheet" else { continue }
      let part = RelationshipsHandler.resolve(relationship.target, from: main)
      sheets.append(Sheet(name: entry.name, isHidden: entry.isHidden, part: part))
    }
    let styles = StylesHandler()
    if let target = related.target(ofKind: "styles") {
      try parts.read(RelationshipsHandler.resolve(target, from: main), styles)
    }
    let shared = SharedTextsHandler(limits)
    if let target = related.target(ofKind: "sharedStrings") {
      try parts.read(RelationshipsHandler.resolve(target, from: main), shared, most: .max)
    }
    self.archive = archive
    self.limits = limits
    self.sheets = sheets
    texts = shared.texts
    kinds = styles.kinds
    startsIn1904 = list.startsIn1904
  }

  /// Starts to read a sheet.
  func reader(of sheet: Sheet, _ handler: XMLHandler) throws(WorkbookFault) -> XMLReader {
    guard let part = try archive.part(sheet.part) else {
      throw .damaged("it has no `\(Excerpt.of(sheet.part))`, its sheet `\(Excerpt.of(sheet.name))`")
    }
    return try XMLReader(part, name: sheet.part, handler, limits: limits)
  }

  /// What another kind of archive is, that is taken for a workbook.
  private static func strangerFault(_ archive: ZipArchive, main: String) -> WorkbookFault? {
    let advice = "save it as .xlsx"
    if main.hasSuffix(".bin") || archive.has("xl/workbook.bin") {
      return WorkbookFault(.badWorkbook, "it is a binary workbook (.xlsb), which is not read", help: advice)
    }
    guard !archive.has(main) else {
      let folder = main.prefix { $0 != "/" }
      guard folder == "word" || folder == "ppt" else { return nil }
      return WorkbookFault(.badWorkbook, "it is a \(folder == "word" ? "document" : "presentation") and no workbook")
    }
    if archive.has("mimetype"), archive.has("content.xml") {
      return WorkbookFault(.badWorkbook, "it is an OpenDocument file (.ods), which is not read", help: advice)
    }
    return archive.has("[Content_Types].xml")
      ? nil : WorkbookFault(.badWorkbook, "it is a zip archive and no workbook", help: "unpack it first")
  }

  /// Why a file that starts as no zip archive does cannot be read as a workbook.
  static func fault(of file: ArraySlice<UInt8>) -> WorkbookFault? {
    if file.starts(with: [0x50, 0x4B]) { return nil }
    guard file.starts(with: [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]) else {
      return WorkbookFault(
        .badWorkbook, "it is not a workbook (.xlsx), though it is read as one",
        help: "a CSV file's name ends in .csv; `format` says what it is where the name is wrong")
    }
    // The name of the stream that holds what is encrypted, in the compound file's directory.
    let name = "EncryptedPackage".utf8.flatMap { [$0, 0] as [UInt8] }
    if contains(file, name) {
      return WorkbookFault(.badWorkbook, "the workbook is protected with a password", help: "save it without one")
    }
    return WorkbookFault(
      .badWorkbook, "it is a workbook of the old format (.xls), whatever its name says", help: "save it as .xlsx")
  }

  private static func contains(_ bytes: ArraySlice<UInt8>, _ wanted: [UInt8]) -> Bool {
    var rest = bytes
    while let start = rest.firstIndex(of: wanted[0]) {
      rest = rest[start...]
      if rest.starts(with: wanted) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}

/// Reads whole parts of an archive.
private struct PartReader {
  let archive: ZipArchive
  let limits: RecordLimits

  /// Bytes of a part that lists sheets, styles or other parts; what it lists is held.
  private static let listBytes = 64 << 20

  /// - Returns: false where there is no such part.
  @discardableResult
  func read(
    _ name: String, _ handler: XMLHandler, most: Int = Self.listBytes
  ) throws(WorkbookFault) -> Bool {
    guard let part = try archive.part(name) else { return false }
    part.rest = most
    let reader = try XMLReader(part, name: name, handler, limits: limits)
    while try reader.next() {}
    return true
  }
}
