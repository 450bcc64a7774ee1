import CMinizip

/// Workbooks for tests, written part by part, so that any of them can be wrong.
public struct WorkbookFile: Sendable {
  public struct Sheet: Sendable {
    public var name: String
    public var state: String?
    /// What stands in the `worksheet` element.
    public var content: String

    /// - Parameter rows: the `row` elements.
    public init(_ name: String, rows: String, state: String? = nil, after: String = "") {
      self.init(name, content: "<sheetData>\(rows)</sheetData>\(after)", state: state)
    }

    public init(_ name: String, content: String, state: String? = nil) {
      self.name = name
      self.state = state
      self.content = content
    }
  }

  /// The parts by their names, in the order of the archive.
  public var parts: [(name: String, bytes: [UInt8])] = []

  private static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
  private static let relationship = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

  /// - Parameters:
  ///   - texts: the shared texts, each the content of an `si` element.
  ///   - formats: the number formats of the styles from 1 on, by their codes; style 0 is a plain number.
  public init(_ sheets: [Sheet], texts: [String] = [], formats: [String] = [], startsIn1904: Bool = false) {
    self["[Content_Types].xml"] = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"
    self["_rels/.rels"] = Self.relationships([("rId1", "officeDocument", "xl/workbook.xml")])
    self["xl/workbook.xml"] = """
      <workbook xmlns="\(Self.main)" xmlns:r="\(Self.relationship)"><workbookPr date1904="\(startsIn1904 ? 1 : 0)"/><sheets>\
      \(sheets.enumerated().map { index, sheet in
        "<sheet name=\"\(sheet.name)\" sheetId=\"\(index + 1)\" r:id=\"rId\(index + 1)\""
          + (sheet.state.map { " state=\"\($0)\"" } ?? "") + "/>"
      }.joined())</sheets></workbook>
      """
    var related = sheets.indices.map { ("rId\($0 + 1)", "worksheet", "worksheets/sheet\($0 + 1).xml") }
    related += [("rIdS", "styles", "styles.xml"), ("rIdT", "sharedStrings", "/xl/sharedStrings.xml")]
    self["xl/_rels/workbook.xml.rels"] = Self.relationships(related)
    let codes = formats.enumerated().map { "<numFmt numFmtId=\"\(200 + $0)\" formatCode=\"\(Self.escaped($1))\"/>" }
      .joined()
    let styles = formats.indices.map { "<xf numFmtId=\"\(200 + $0)\"/>" }.joined()
    self["xl/styles.xml"] = """
      <styleSheet xmlns="\(Self.main)"><numFmts>\(codes)</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>\
      <cellXfs><xf numFmtId="0"/>\(styles)</cellXfs></styleSheet>
      """
    self["xl/sharedStrings.xml"] =
      "<sst xmlns=\"\(Self.main)\">\(texts.map { "<si>\($0)</si>" }.joined())</sst>"
    for (index, sheet) in sheets.enumerated() {
      self["xl/worksheets/sheet\(index + 1).xml"] = "<worksheet xmlns=\"\(Self.main)\">\(sheet.content)</worksheet>"
    }
  }

  /// A part's text; nil takes it out.
  public subscript(name: String) -> String? {
    get { parts.first { $0.name == name }.map { String(decoding: $0.bytes, as: UTF8.self) } }
    set {
      let index = parts.firstIndex { $0.name == name }
      switch (index, newValue) {
      case (let index?, let text?): parts[index].bytes = Array(text.utf8)
      case (let index?, nil): parts.remove(at: index)
      case (nil, let text?): parts.append((name, Array(text.utf8)))
      case (nil, nil): break
      }
    }
  }

  private static func escaped(_ code: String) -> String {
    code.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "&quot;")
  }

  private static func relationships(_ targets: [(String, String, String)]) -> String {
    "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
      + targets.map { "<Relationship Id=\"\($0)\" Type=\"\(relationship)/\($1)\" Target=\"\($2)\"/>" }.joined()
      + "</Relationships>"
  }

  /// A row of cells, each the content of its `c` element's start tag and what it holds: `t="s"`, `<v>0</v>`.
  public static func row(_ number: Int, _ cells: [(attributes: String, content: String)]) -> String {
    let cells = cells.enumerated().map { column, cell in
      "<c r=\"\(letters(column))\(number)\" \(cell.attributes)>\(cell.content)</c>"
    }
    return "<row r=\"\(number)\">\(cells.joined())</row>"
  }

  /// A row of texts; nil leaves a cell out.
  public static func row(_ number: Int, texts: [String?]) -> String {
    let cells = texts.enumerated().compactMap { column, text in
      text.map { "<c r=\"\(letters(column))\(number)\" t=\"inlineStr\"><is><t>\($0)</t></is></c>" }
    }
    return "<row r=\"\(number)\">\(cells.joined())</row>"
  }

  private static func letters(_ column: Int) -> String {
    (column >= 26 ? letters(column / 26 - 1) : "") + String(Unicode.Scalar(UInt8(65 + column % 26)))
  }

  /// The file, packed.
  public var bytes: [UInt8] { Self.zip(parts) }

  /// A zip archive of some parts.
  public static func zip(_ parts: [(name: String, bytes: [UInt8])]) -> [UInt8] {
    let memory = ZipMemory()
    var calls = ZipMemory.calls
    calls.opaque = Unmanaged.passUnretained(memory).toOpaque()
    return withExtendedLifetime(memory) {
      let file = zipOpen2_64(nil, APPEND_STATUS_CREATE, nil, &calls)
      for (name, bytes) in parts {
        // No time of the day: the same parts give the same bytes.
        var about = zip_fileinfo()
        zipOpenNewFileInZip64(file, name, &about, nil, 0, nil, 0, nil, Z_DEFLATED, Z_DEFAULT_COMPRESSION, 0)
        bytes.withUnsafeBytes { _ = zipWriteInFileInZip(file, $0.baseAddress, UInt32($0.count)) }
        zipCloseFileInZip(file)
      }
      zipClose(file, nil)
      return memory.bytes
    }
  }
}

/// A file in memory that minizip writes.
private final class ZipMemory {
  private(set) var bytes: [UInt8] = []
  private var position = 0

  private static func of(_ stream: UnsafeMutableRawPointer?) -> ZipMemory {
    Unmanaged<ZipMemory>.fromOpaque(stream!).takeUnretainedValue()
  }

  /// All but `opaque`, which is the file.
  static var calls: zlib_filefunc64_def {
    zlib_filefunc64_def(
      zopen64_file: { opaque, _, _ in opaque },
      zread_file: { _, _, _, _ in 0 },
      zwrite_file: { _, stream, bytes, count in
        let file = ZipMemory.of(stream)
        let new = UnsafeRawBufferPointer(start: bytes, count: Int(count))
        // It goes back to fill in what it knows only afterwards.
        let end = min(file.position + new.count, file.bytes.count)
        file.bytes.replaceSubrange(file.position..<end, with: new)
        file.position += new.count
        return count
      },
      ztell64_file: { _, stream in UInt64(ZipMemory.of(stream).position) },
      zseek64_file: { _, stream, offset, origin in
        let file = ZipMemory.of(stream)
        let start =
          switch origin {
          case ZLIB_FILEFUNC_SEEK_CUR: file.position
          case ZLIB_FILEFUNC_SEEK_END: file.bytes.count
          default: 0
          }
        file.position = start + Int(offset)
        return 0
      },
      zclose_file: { _, _ in 0 },
      zerror_file: { _, _ in 0 },
      opaque: nil)
  }
}
