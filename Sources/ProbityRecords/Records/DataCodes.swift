public import Diagnostics

/// What can be wrong with records; `Docs/Diagnostics/DATA.md` has a section for each.
extension DiagnosticCode {
  // Files.
  static let cannotRead = DiagnosticCode("DATA401")
  static let notText = DiagnosticCode("DATA402")
  static let noRecords = DiagnosticCode("DATA403")
  static let wrongEncoding = DiagnosticCode("DATA404")
  static let tooLarge = DiagnosticCode("DATA405")
  static let noColumn = DiagnosticCode("DATA406")
  static let repeatedColumn = DiagnosticCode("DATA407")
  static let unknownFact = DiagnosticCode("DATA408")
  // Records that are not told from the rest.
  static let notJSON = DiagnosticCode("DATA411")
  static let badQuotes = DiagnosticCode("DATA412")
  static let tooFewCells = DiagnosticCode("DATA413")
  static let tooManyCells = DiagnosticCode("DATA414")
  static let notARecord = DiagnosticCode("DATA415")
  // Identity.
  static let noIdentifier = DiagnosticCode("DATA421")
  static let repeatedIdentifier = DiagnosticCode("DATA422")
  static let repeatedItem = DiagnosticCode("DATA423")
  // Sources that are put together.
  static let joinedToNothing = DiagnosticCode("DATA424")
  static let repeatedRowKey = DiagnosticCode("DATA425")
  static let undecidedFilter = DiagnosticCode("DATA426")
  // Facts.
  static let wrongKind = DiagnosticCode("DATA431")
  static let unreadable = DiagnosticCode("DATA432")
  static let notAllowed = DiagnosticCode("DATA433")
  static let givenTwice = DiagnosticCode("DATA434")
  static let misledPath = DiagnosticCode("DATA435")
  static let conflict = DiagnosticCode("DATA436")
  static let undeclaredItems = DiagnosticCode("DATA437")
  static let badForm = DiagnosticCode("DATA438")
  static let moreProblems = DiagnosticCode("DATA439")
  // Workbooks.
  static let badWorkbook = DiagnosticCode("DATA441")
  static let noSheet = DiagnosticCode("DATA442")
  static let sheetNotRead = DiagnosticCode("DATA443")

  /// Every code of this module's readers.
  public static let recordCodes: [DiagnosticCode] = [
    cannotRead, notText, noRecords, wrongEncoding, tooLarge, noColumn, repeatedColumn, unknownFact, notJSON, badQuotes,
    tooFewCells, tooManyCells, notARecord, noIdentifier, repeatedIdentifier, repeatedItem, joinedToNothing,
    repeatedRowKey, undecidedFilter, wrongKind, unreadable, notAllowed, givenTwice, misledPath, conflict,
    undeclaredItems, badForm, moreProblems, badWorkbook, noSheet, sheetNotRead,
  ]

  /// Those of single values that are not what their fact should be.
  static let factCodes: Set<DiagnosticCode> = [wrongKind, unreadable, notAllowed, givenTwice, misledPath]
}
