import Diagnostics
import FEEL
import Probity
import TestSupport
import Testing

@testable import ProbityRecords

/// Sheets of workbooks as sources of records. Every workbook is made up here.
@Suite struct Sheets {
  /// The rows of a sheet as they are read, each cell with its kind.
  private static func rows(
    _ file: WorkbookFile, sheet: String? = nil, limits: RecordLimits = RecordLimits()
  ) throws -> (rows: [[String]], source: SheetRows) {
    var source = try SheetRows(file.bytes[...], file: "w.xlsx", sheet: sheet, limits: limits)
    var rows: [[String]] = []
    while let step = source.next() {
      switch step {
      case .row:
        let row = source.row
        rows.append((0..<row.count).map { "\(row.kind(of: $0)) \(String(decoding: row[$0], as: UTF8.self))" })
      case .unreadable(let problem, let cell): rows.append(["\(problem.message) \(cell ?? -1)"])
      }
    }
    return (rows, source)
  }

  struct Cell: CustomTestStringConvertible {
    let testDescription: String
    let attributes: String
    let content: String
    let expected: String

    init(_ description: String, _ attributes: String, _ content: String, _ expected: String) {
      (testDescription, self.attributes, self.content, self.expected) = (description, attributes, content, expected)
    }
  }

  @Test(arguments: [
    Cell("shared text", "t=\"s\"", "<v>0</v>", "text plain"),
    Cell("runs of formatted text, without phonetic guides", "t=\"s\"", "<v>1</v>", "text rich text"),
    Cell("an escaped line break", "t=\"s\"", "<v>2</v>", "text a\rb_x0041_"),
    Cell("a text of no characters", "t=\"s\"", "<v>3</v>", "text "),
    Cell(
      "text in the cell", "t=\"inlineStr\"", "<is><r><t>in</t></r><r><t xml:space=\"preserve\"> line</t></r></is>",
      "text in line"),
    Cell("a formula's text", "t=\"str\"", "<f>A1&amp;\"x\"</f><v>ax</v>", "text ax"),
    Cell("a formula's empty text", "t=\"str\"", "<f>\"\"</f><v></v>", "text "),
    Cell("a formula's number", "", "<f>1+1</f><v>2</v>", "number 2"),
    Cell("a formula without its value", "", "<f>SUM(A1:A2)</f>", "formula =SUM(A1:A2)"),
    Cell("a formula with an empty value", "", "<f>A1</f><v/>", "formula =A1"),
    Cell("true", "t=\"b\"", "<v>1</v>", "boolean true"),
    Cell("false", "t=\"b\"", "<v>0</v>", "boolean false"),
    Cell("an error", "t=\"e\"", "<v>#N/A</v>", "error #N/A"),

    Cell("a whole number", "", "<v>1234567</v>", "number 1234567"),
    Cell("a long whole number is exact", "", "<v>12345678901234567</v>", "number 12345678901234567"),
    Cell("what binary makes of 12.3", "", "<v>12.300000000000001</v>", "number 12.3"),
    Cell("what binary makes of 0.1 + 0.2", "t=\"n\"", "<v>0.30000000000000004</v>", "number 0.3"),
    Cell("nines that are carried", "", "<v>0.99999999999999989</v>", "number 1"),
    Cell("with an exponent", "", "<v>1.2E-3</v>", "number 0.0012"),
    Cell("with a large exponent", "", "<v>1.5E+100</v>", "number 1.5E100"),
    Cell("negative", "", "<v>-0.50</v>", "number -0.5"),
    Cell("zero", "", "<v>0.0</v>", "number 0"),
    Cell("not a number", "", "<v>12,5</v>", "text 12,5"),
    Cell("an ISO date", "t=\"d\"", "<v>2026-06-30</v>", "date 2026-06-30"),
    Cell("a date", "s=\"1\"", "<v>46203</v>", "date 2026-06-30"),
    Cell("a date that hides its time", "s=\"1\"", "<v>46203.5</v>", "date 2026-06-30T12:00:00"),
    Cell("a date and time", "s=\"2\"", "<v>46203.395833333336</v>", "date 2026-06-30T09:30:00"),
    Cell("midnight", "s=\"2\"", "<v>46203</v>", "date 2026-06-30T00:00:00"),
    Cell("a moment short of midnight", "s=\"2\"", "<v>46202.999999999996</v>", "date 2026-06-30T00:00:00"),
    Cell("a time", "s=\"3\"", "<v>0.999988425925926</v>", "date 23:59:59"),
    Cell("a duration", "s=\"4\"", "<v>1.5625</v>", "date P1DT13H30M"),
    Cell("the first day", "s=\"1\"", "<v>1</v>", "date 1900-01-01"),
    Cell("the last day before the one that was not", "s=\"1\"", "<v>59</v>", "date 1900-02-28"),
    Cell("29 February 1900", "s=\"1\"", "<v>60</v>", "number 60"),
    Cell("the day after", "s=\"1\"", "<v>61</v>", "date 1900-03-01"),
    Cell("no day", "s=\"1\"", "<v>0</v>", "number 0"),
    Cell("before all days", "s=\"1\"", "<v>-1</v>", "number -1"),
    Cell("the last day", "s=\"1\"", "<v>2958465</v>", "date 9999-12-31"),
    Cell("after all days", "s=\"1\"", "<v>2958466</v>", "number 2958466"),
    Cell("colours and conditions are no days", "s=\"5\"", "<v>5</v>", "number 5"),
    Cell("a style that is not there", "s=\"99\"", "<v>5</v>", "number 5"),
  ])
  func cells(_ cell: Cell) throws {
    let file = WorkbookFile(
      [.init("S", rows: WorkbookFile.row(1, [(cell.attributes, cell.content)]))],
      texts: [
        "<t>plain</t>", "<r><t>rich</t></r><rPh sb=\"0\" eb=\"1\"><t>guide</t></rPh><r><t> text</t></r>",
        "<t>a_x000D_b_x005F_x0041_</t>", "<t/>",
      ], formats: ["dd/mm/yyyy;@", "yyyy-mm-dd\\ hh:mm", "h:mm AM/PM", "[h]:mm", "[Red]0.0\" days\""])
    #expect(try Self.rows(file).rows == [[cell.expected]])
  }

  @Test func theEpochOf1904() throws {
    let file = WorkbookFile(
      [.init("S", rows: WorkbookFile.row(1, [("s=\"1\"", "<v>0</v>"), ("s=\"1\"", "<v>60</v>")]))],
      formats: ["d mmm yyyy"], startsIn1904: true)
    #expect(try Self.rows(file).rows == [["date 1904-01-01", "date 1904-03-01"]])
  }

  @Test(arguments: [
    ("General", SheetNumberKind.number), ("0.00", .number), ("#,##0.00_);[Red](#,##0.00)", .number),
    ("0.00E+00", .number),
    ("@", .number), ("0%", .number), ("\"day\" 0", .number), ("dd/mm/yyyy", .date), ("[$-809]d mmmm yyyy;@", .date),
    ("mmm-yy", .date), ("mmmm", .date), ("hh:mm:ss", .time), ("mm:ss.0", .time), ("d/m/yy h:mm", .dateAndTime),
    ("[h]:mm:ss", .duration), ("[mm]:ss", .duration), ("0\\d", .number), ("0;dd", .number),
  ])
  func formats(_ code: String, _ expected: SheetNumberKind) { #expect(SheetNumberKind(code: code) == expected) }

  @Test func cellsThatAreLeftOutAreEmpty() throws {
    let file = WorkbookFile([
      .init(
        "S",
        rows:
          "<row><c t=\"str\"><v>a</v></c><c r=\"D1\" t=\"str\"><v>d</v></c></row><row r=\"5\"><c r=\"B5\"><v>1</v></c></row>"
      )
    ])
    let (rows, source) = try Self.rows(file)
    #expect(rows == [["text a", "empty ", "empty ", "text d"], ["empty ", "number 1"]])
    #expect(source.row.number == 5)
  }

  // MARK: - Records

  private static let people = WorkbookFile(
    [
      .init("Notes", rows: WorkbookFile.row(1, texts: ["hello"])),
      .init(
        "Care team",
        rows: WorkbookFile.row(1, texts: ["Providers 2026"])
          + WorkbookFile.row(3, texts: ["Ref", "Title", "Beds", "Opened", "Open", "At", "From"])
          + WorkbookFile.row(
            4,
            [
              ("", "<v>1234567</v>"), ("", "<v>42</v>"), ("", "<v>12.300000000000001</v>"), ("s=\"1\"", "<v>46203</v>"),
              ("t=\"b\"", "<v>1</v>"), ("s=\"2\"", "<v>46203.395833333336</v>"), ("s=\"3\"", "<v>0.5</v>"),
            ])
          + WorkbookFile.row(6, texts: ["B", "Elm", " 12 ", "31/02/2024"])
          + WorkbookFile.row(7, [("t=\"str\"", "<v>C</v>"), ("", "<f>A1</f>"), ("t=\"e\"", "<v>#N/A</v>")])),
      .init("Lists", rows: WorkbookFile.row(1, texts: ["x"]), state: "hidden"),
      .init("Empty", rows: ""),
    ], formats: ["dd/mm/yyyy", "dd/mm/yyyy hh:mm", "hh:mm"])

  private static let facts = """
    facts:
      id: {column: Ref}
      title: {column: Title}
      beds: {column: Beds}
      opened: {column: Opened, dates: [dd/MM/yyyy]}
      open: {column: Open}
      at: {column: At}
      from: {column: From}
    """

  @Test func typedCellsAreFacts() throws {
    let mapping = Sample.mapping("input: {format: xlsx, sheet: care team, skip: 2}\n" + Self.facts)
    let read = ReadOut(bytes: Self.people.bytes, "staff.xlsx", mapping: mapping)
    #expect(
      read.said == [
        "DATA443 staff.xlsx: `Lists` of the workbook is hidden and not read",
        "DATA432 staff.xlsx, sheet Care team, row 6, column \"Opened\": fact `opened`: `31/02/2024` is not a date",
        "DATA432 staff.xlsx, sheet Care team, row 7, column \"Title\": fact `title`: `=A1` is a formula whose value the file "
          + "does not hold",
        "DATA432 staff.xlsx, sheet Care team, row 7, column \"Beds\": fact `beds`: `#N/A` is an error of the sheet's own",
      ])
    #expect(read.keys == ["1234567", "B", "C"])
    let facts = ["id", "title", "beds", "opened", "open", "at", "from"]
    #expect(
      read.records.map { record in facts.map { record.fact($0) } } == [
        ["1234567", "42", "12.3", "2026-06-30", "true", "2026-06-30T09:30:00", "12:00:00"],
        ["B", "Elm", "12", "?unreadable 31/02/2024", "?absent", "?absent", "?absent"],
        ["C", "?unreadable =A1", "?unreadable #N/A", "?absent", "?absent", "?absent", "?absent"],
      ])
  }

  // MARK: - Which sheet, and which columns

  @Test(
    arguments: [
      ("hidden", ["Hidden"], "hidden"),
      ("no such", nil, "DATA442 there is no sheet `no such`: the workbook has `Cover`, `Main`, `More`, `Hidden`"),
      ("Mian", nil, "DATA442 there is no sheet `Mian`: did you mean `Main`?"),
      (
        nil,
        [
          "DATA443 w.xlsx: of the workbook's sheets `Main` is read, and not `More`",
          "DATA443 w.xlsx: `Hidden` of the workbook is hidden and not read",
        ], "main"
      ),
    ] as [(String?, [String]?, String)])
  func sheets(_ name: String?, _ problems: [String]?, _ expected: String) throws {
    let file = WorkbookFile([
      .init("Cover", rows: "<row r=\"1\"><c r=\"A1\" s=\"0\"/></row>"),
      .init("Main", rows: WorkbookFile.row(1, texts: ["main"])),
      .init("More", rows: WorkbookFile.row(1, texts: ["more"])),
      .init("Hidden", rows: WorkbookFile.row(1, texts: ["hidden"]), state: "veryHidden"),
    ])
    do {
      let (rows, source) = try Self.rows(file, sheet: name)
      #expect(rows == [["text \(expected)"]])
      let said = source.problems.map { "\($0.code) \($0.place): \($0.message)" }
      #expect(said == (name == nil ? problems : []))
    } catch let fault as WorkbookFault {
      #expect("\(fault.code) \(fault.reason): \(fault.help ?? "")" == expected)
    }
  }

  @Test func aMergedHeaderHoldsForAllItsColumns() throws {
    let file = WorkbookFile([
      .init(
        "S",
        content: """
          <dimension ref="A1:D4"/><sheetData>\(WorkbookFile.row(1, texts: ["Ref", "Judgement"]))\
          \(WorkbookFile.row(2, texts: [nil, "first", "second", "beds"]))\
          \(WorkbookFile.row(3, texts: ["a", "x", "y", "7"]))\(WorkbookFile.row(4, texts: ["b", "z"]))</sheetData>\
          <mergeCells count="2"><mergeCell ref="A1:A2"/><mergeCell ref="B1:C1"/></mergeCells>
          """)
    ])
    let mapping = Sample.mapping(
      """
      input: {format: xlsx, header: {rows: 2}}
      facts:
        id: {column: Ref}
        title: {column: Judgement second}
        beds: {column: {pattern: "*beds"}}
      """)
    let read = ReadOut(bytes: file.bytes, "w.xlsx", mapping: mapping)
    #expect(read.said == [])
    #expect(
      read.records.map { [$0.key, $0.fact("title"), $0.fact("beds")] } == [
        ["a", "y", "7"], ["b", "?absent", "?absent"],
      ])
  }

  @Test func aMergedLastRowOfAHeaderIsReadByItsLetter() throws {
    let file = WorkbookFile([
      .init(
        "S", rows: WorkbookFile.row(1, texts: ["Ref", "Title"]) + WorkbookFile.row(2, texts: ["a", "x", "y"]),
        after: "<mergeCells><mergeCell ref=\"B1:C1\"/></mergeCells>")
    ])
    let mapping = Sample.mapping(
      "input: {format: xlsx}\nfacts: {id: {column: Ref}, title: {column: {letter: C}}, services: {column: Title}}")
    let read = ReadOut(bytes: file.bytes, "w.xlsx", mapping: mapping)
    #expect(read.said == ["DATA407 w.xlsx: two columns are called `Title`; the first is read"])
    #expect(read.records.map { [$0.key, $0.fact("title"), $0.fact("services")] } == [["a", "y", "[x]"]])
  }

  @Test func aSheetCanBeJoinedIn() throws {
    let mapping = Sample.mapping(
      """
      sources:
        main: {format: csv}
        staff: {format: xlsx, sheet: Care team, skip: 2, on: {Ref: Ref}}
      records: main
      facts:
        id: {column: Ref}
        staff: {from: staff, facts: {ref: {column: Title}, dbs.issued: {column: Opened, dates: [dd/MM/yyyy]}}}
      """)
    let read = ReadOut(
      [InputFile(name: "m.csv", bytes: Array("Ref\n1234567\nB\n".utf8))],
      joined: ["staff": [InputFile(name: "staff.xlsx", bytes: Self.people.bytes)]], mapping: mapping)
    #expect(
      read.said == [
        "DATA443 staff.xlsx: `Lists` of the workbook is hidden and not read",
        "DATA432 staff.xlsx, sheet Care team, row 6, column \"Opened\": fact `staff[Elm].dbs.issued`: `31/02/2024` is not a "
          + "date",
      ])
    #expect(
      read.records.map { $0.fact("staff") } == [
        "[{ref: 42, hours: ?absent, name: ?absent, dbs: {issued: 2026-06-30}}]",
        "[{ref: Elm, hours: ?absent, name: ?absent, dbs: {issued: ?unreadable 31/02/2024}}]",
      ])
  }

  @Test(arguments: [
    ("a name's ending", "register.xlsx", RecordFormat?.none), ("its first bytes", "register", nil),
    ("what the user says", "register.csv", .xlsx),
  ])
  func aWorkbookIsToldBy(_ what: String, _ name: String, _ format: RecordFormat?) {
    let file = WorkbookFile([
      .init(
        "S",
        rows: WorkbookFile.row(1, texts: ["id", "beds"]) + WorkbookFile.row(2, [("", "<v>7</v>"), ("", "<v>3</v>")]))
    ])
    let read = ReadOut([InputFile(name: name, bytes: file.bytes)], format: format)
    #expect(read.said == [])
    #expect(read.records.map { [$0.key, $0.fact("beds")] } == [["7", "3"]])
  }

  // MARK: - Files that are no workbooks, or bad ones

  /// What is said of a file that is read as a workbook, and what advice is given.
  private static func said(_ bytes: [UInt8], limits: RecordLimits = RecordLimits()) -> [String] {
    let mapping = Sample.mapping("input: {format: xlsx}\nfacts: {id: {column: id}}")
    return ReadOut(bytes: bytes, "w.xlsx", mapping: mapping, limits: limits).problems.map { problem in
      (["\(problem.code) \(problem.place): \(problem.message)"] + problem.help).joined(separator: "; ")
    }
  }

  private static let sample = WorkbookFile([
    .init("S", rows: WorkbookFile.row(1, texts: ["id"]) + WorkbookFile.row(2, texts: ["a"]))
  ])

  private static func compound(_ stream: String) -> [UInt8] {
    [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1] + Array(repeating: 0, count: 1_000)
      + stream.utf8.flatMap { [$0, 0] as [UInt8] } + Array(repeating: 0, count: 500)
  }

  struct Bad: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    let expected: String

    init(_ description: String, _ bytes: [UInt8], _ expected: String) {
      (testDescription, self.bytes, self.expected) = (description, bytes, expected)
    }

    /// A workbook of which one part is another.
    init(_ description: String, _ part: String, _ text: String?, _ expected: String) {
      var file = Sheets.sample
      file[part] = text
      self.init(description, file.bytes, expected)
    }
  }

  /// The sample with a byte changed in what an archive says of a part, before the part and in the directory.
  ///
  /// - Parameter field: where the byte is in the header before the part; in the directory it stands two bytes later.
  private static func headers(of part: String, at field: Int, _ change: (inout UInt8) -> Void) -> [UInt8] {
    var bytes = sample.bytes
    let headers: [(signature: [UInt8], name: Int, field: Int)] = [
      ([0x50, 0x4B, 3, 4], 30, field), ([0x50, 0x4B, 1, 2], 46, field + 2),
    ]
    for header in headers {
      let start = bytes.indices.first { (start: Int) -> Bool in
        let rest = bytes[start...]
        return rest.starts(with: header.signature) && rest.dropFirst(header.name).starts(with: part.utf8)
      }
      if let start { change(&bytes[start + header.field]) }
    }
    return bytes
  }

  private static let saveAgain = "; open it in a spreadsheet program and save it again"

  @Test(arguments: [
    Bad(
      "protected", compound("EncryptedPackage"),
      "DATA441 w.xlsx: the workbook is protected with a password; save it without one"),
    Bad(
      "old", compound("Workbook"),
      "DATA441 w.xlsx: it is a workbook of the old format (.xls), whatever its name says; save it as .xlsx"),
    Bad(
      "CSV", Array("id\n1\n".utf8),
      "DATA441 w.xlsx: it is not a workbook (.xlsx), though it is read as one; a CSV file's name ends in .csv; `format` says what it is where the name is wrong"
    ),
    Bad(
      "OpenDocument",
      WorkbookFile.zip([
        ("mimetype", Array("application/vnd.oasis.opendocument.spreadsheet".utf8)), ("content.xml", Array("<x/>".utf8)),
      ]), "DATA441 w.xlsx: it is an OpenDocument file (.ods), which is not read; save it as .xlsx"),
    Bad(
      "another archive", WorkbookFile.zip([("a.txt", Array("a".utf8))]),
      "DATA441 w.xlsx: it is a zip archive and no workbook; unpack it first"),
    Bad("empty", [], "DATA403 w.xlsx: the file is empty"),
    Bad(
      "cut off", Array(sample.bytes.dropLast(200)),
      "DATA441 w.xlsx: the workbook is damaged: it is cut off, or not a zip archive\(saveAgain)"),
    Bad(
      "no workbook part", "xl/workbook.xml", nil,
      "DATA441 w.xlsx: the workbook is damaged: it has no `xl/workbook.xml`\(saveAgain)"),
    Bad(
      "no sheet part", "xl/worksheets/sheet1.xml", nil,
      "DATA441 w.xlsx: the workbook is damaged: it has no `xl/worksheets/sheet1.xml`, its sheet `S`\(saveAgain)"),
    Bad(
      "no relationships", "xl/_rels/workbook.xml.rels", nil,
      "DATA441 w.xlsx: the workbook is damaged: nothing says where its sheet `S` is\(saveAgain)"),
    Bad(
      "not XML", "xl/workbook.xml", "not xml",
      "DATA441 w.xlsx: the workbook is damaged: `xl/workbook.xml` is not well-formed XML at line 1 (syntax error)\(saveAgain)"
    ),
    Bad("no sheets", "xl/workbook.xml", "<workbook/>", "DATA442 w.xlsx: the workbook has no sheet"),
    Bad(
      "a document type", "xl/sharedStrings.xml",
      "<!DOCTYPE sst [<!ENTITY a \"aa\"><!ENTITY b \"&a;&a;\">]><sst><si><t>&b;</t></si></sst>",
      "DATA441 w.xlsx: `xl/sharedStrings.xml` of the workbook declares a document type (DTD), which no spreadsheet program writes; the file may be meant to do harm; ask whoever sent it"
    ),
    Bad(
      "deep nesting", "xl/styles.xml", String(repeating: "<a>", count: 300),
      "DATA441 w.xlsx: the workbook is damaged: elements of `xl/styles.xml` are nested more than 200 deep\(saveAgain)"),
    Bad(
      "two parts of one name", WorkbookFile.zip(sample.parts + [("XL/Workbook.xml", [])]),
      "DATA441 w.xlsx: the workbook is damaged: it has two parts `XL/Workbook.xml`\(saveAgain)"),
    Bad(
      "one part protected", headers(of: "xl/styles.xml", at: 6) { $0 |= 1 },
      "DATA441 w.xlsx: the workbook is protected with a password; save it without one"),
    Bad(
      "packed in another way", headers(of: "xl/styles.xml", at: 8) { $0 = 98 },
      "DATA441 w.xlsx: the workbook is damaged: `xl/styles.xml` cannot be unpacked\(saveAgain)"),
    Bad(
      "a wrong check sum", headers(of: "xl/styles.xml", at: 14) { $0 ^= 1 },
      "DATA441 w.xlsx: the workbook is damaged: `xl/styles.xml` cannot be unpacked\(saveAgain)"),
    Bad(
      "a part shorter than it is said to be", headers(of: "xl/styles.xml", at: 23) { $0 += 1 },
      "DATA441 w.xlsx: the workbook is damaged: `xl/styles.xml` cannot be unpacked\(saveAgain)"),
    Bad(
      "a part longer than it is said to be", headers(of: "xl/styles.xml", at: 22) { $0 -= 1 },
      "DATA441 w.xlsx: the workbook is damaged: `xl/styles.xml` cannot be unpacked\(saveAgain)"),
  ])
  func refused(_ bad: Bad) { #expect(Self.said(bad.bytes) == [bad.expected]) }

  struct BadRow: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let rows: String
    let expected: [String]
    let keys: [String]
  }

  @Test(arguments: [
    BadRow(
      testDescription: "a text that is not there", rows: "<row r=\"2\"><c r=\"A2\" t=\"s\"><v>9</v></c></row>",
      expected: ["DATA441 w.xlsx, sheet S, row 2, column \"id\": the row names a text that the workbook does not hold"],
      keys: ["z"]),
    BadRow(
      testDescription: "cells that are not in order", rows: "<row r=\"2\"><c r=\"B2\"/><c r=\"A2\"/></row>",
      expected: ["DATA441 w.xlsx, sheet S, row 2: the row's cells are not in order"], keys: ["z"]),
    BadRow(
      testDescription: "a large row", rows: WorkbookFile.row(2, texts: [String(repeating: "x", count: 2_000)]),
      expected: ["DATA405 w.xlsx, sheet S, row 2, column \"id\": the row has more than 1000 bytes; it is passed over"],
      keys: ["z"]),
    BadRow(
      testDescription: "a shared text again and again",
      rows: "<row r=\"2\">\(String(repeating: "<c t=\"s\"><v>0</v></c>", count: 500))</row>",
      expected: ["DATA405 w.xlsx, sheet S, row 2: the row has more than 1000 bytes; it is passed over"], keys: ["z"]),
    BadRow(
      testDescription: "more cells than the header", rows: WorkbookFile.row(2, texts: ["a", "b"]),
      expected: ["DATA414 w.xlsx, sheet S, row 2: the row has 2 cells, the header 1: those beyond are not read"],
      keys: ["a", "z"]),
    BadRow(
      testDescription: "rows that are not in order", rows: "<row r=\"2\"/><row r=\"1\"/>",
      expected: [
        "DATA401 w.xlsx: could not be read to its end: the workbook is damaged: its rows are not in order: row 1 stands after row 2"
      ], keys: []),
  ])
  func rows(_ bad: BadRow) {
    let file = WorkbookFile(
      [
        .init("S", rows: WorkbookFile.row(1, texts: ["id"]) + bad.rows + WorkbookFile.row(3, texts: ["z"]))
      ], texts: ["<t>\(String(repeating: "t", count: 600))</t>"])
    let mapping = Sample.mapping("input: {format: xlsx}\nfacts: {id: {column: id}}")
    let read = ReadOut(bytes: file.bytes, "w.xlsx", mapping: mapping, limits: RecordLimits(recordBytes: 1_000))
    #expect(read.said == bad.expected)
    #expect(read.keys == bad.keys)
  }

  @Test(arguments: [
    (
      "unpacked bytes", RecordLimits(workbookBytes: 100_000),
      "what is packed in the workbook has more than 100000 bytes"
    ),
    (
      "ratio", RecordLimits(workbookRatio: 5, workbookFloor: 100),
      "what is packed in the workbook has more than 5 times the file's bytes"
    ),
    ("texts", RecordLimits(sharedTextBytes: 1_000), "the texts of the workbook take more than 1000 bytes"),
    ("one text", RecordLimits(recordBytes: 1_000), "text 1 of the workbook has more than 1000 bytes"),
    ("the file", RecordLimits(packedBytes: 500), "the file has more than 500 bytes"),
  ])
  func limited(_ what: String, _ limits: RecordLimits, _ expected: String) {
    var file = Self.sample
    file["xl/sharedStrings.xml"] = "<sst><si><t>\(String(repeating: "bomb", count: 100_000))</t></si></sst>"
    #expect(Self.said(file.bytes, limits: limits) == ["DATA405 w.xlsx: \(expected)"])
  }

  @Test func aTagThatDoesNotEndIsRefused() {
    var file = Self.sample
    file["xl/worksheets/sheet1.xml"] =
      "<worksheet><sheetData a=\"\(String(repeating: "x", count: 300_000))\"/></worksheet>"
    #expect(
      Self.said(file.bytes, limits: RecordLimits(recordBytes: 100_000)) == [
        "DATA403 w.xlsx: there is no header row",
        "DATA401 w.xlsx: could not be read to its end: `xl/worksheets/sheet1.xml` has a tag of more than 100000 bytes",
      ])
  }

  /// Whatever a byte is changed to, reading ends, and says something unless the byte did not matter.
  @Test func damageIsSurvived() {
    let bytes = Self.people.bytes
    var generator = SeededGenerator(state: 7)
    for _ in 0..<400 {
      var damaged = bytes
      for _ in 0...Int.random(in: 0..<3, using: &generator) {
        damaged[Int.random(in: 0..<damaged.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
      }
      if Int.random(in: 0..<4, using: &generator) == 0 {
        damaged.removeLast(Int.random(in: 0..<damaged.count, using: &generator))
      }
      _ = Self.said(damaged)
    }
  }

  @Test func readingStopsWhenNobodyWantsMore() {
    #expect(throws: WorkbookFault(.cannotRead, "stopped")) {
      try SheetRows(Self.sample.bytes[...], file: "w.xlsx", sheet: nil, limits: RecordLimits(), isStopped: { true })
    }
  }

  @Test func anIdentifierThatIsRepeatedIsShownByItsRow() {
    let file = WorkbookFile([
      .init("S", rows: (1...4).map { WorkbookFile.row($0, texts: [$0 == 1 ? "id" : $0 == 3 ? "b" : "a"]) }.joined())
    ])
    let read = ReadOut(bytes: file.bytes, "w.xlsx")
    #expect(
      read.said == ["DATA422 w.xlsx, sheet S, row 4: identifier `a` is used twice, first at w.xlsx, sheet S, row 2"])
  }

  @Test func aRowNeedsNoCellsThatTheFileLeavesOut() {
    let file = WorkbookFile([
      .init("S", rows: WorkbookFile.row(1, texts: ["a"]) + "<row r=\"3\"><c r=\"C3\" s=\"1\"/></row>")
    ])
    let mapping = Sample.mapping(
      "input: {format: xlsx, header: [Ref, Title]}\nfacts: {id: {column: Ref}, title: {column: Title}}")
    let read = ReadOut(bytes: file.bytes, "w.xlsx", mapping: mapping)
    #expect(read.said == [])
    #expect(read.keys == ["a"])
  }
}
