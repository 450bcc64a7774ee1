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
    Cell("only a style", "s=\"1\"", "", "empty "),
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
}
