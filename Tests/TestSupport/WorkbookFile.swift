import CArchive

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
    let most = parts.reduce(4096) { $0 + $1.bytes.count + 2 * $1.name.utf8.count + 512 }
    return [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
      let archive = archive_write_new()
      defer { archive_write_free(archive) }
      archive_write_set_format_zip(archive)
      archive_write_set_bytes_in_last_block(archive, 1)
      archive_write_open_memory(archive, buffer.baseAddress, most, &count)
      for (name, bytes) in parts {
        let entry = archive_entry_new()
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname(entry, name)
        archive_entry_set_size(entry, Int64(bytes.count))
        archive_entry_set_filetype(entry, regularFile)
        archive_entry_set_perm(entry, 0o644)
        archive_write_header(archive, entry)
        bytes.withUnsafeBytes { _ = archive_write_data(archive, $0.baseAddress, $0.count) }
      }
      archive_write_close(archive)
    }
  }
}

/// `AE_IFREG`, which is a cast that Swift does not import.
private let regularFile: UInt32 = 0o100000
