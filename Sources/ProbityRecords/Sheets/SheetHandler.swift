import Diagnostics

/// Reads the rows of a sheet, and pauses after each.
final class SheetHandler: XMLHandler {
  private(set) var row = Row()
  /// Why the row cannot be read, and the cell (from 0) at which that shows.
  private(set) var rowFault: (code: DiagnosticCode, reason: String, cell: Int?)?
  /// The columns that the sheet has by what it says of itself; 0 where it does not.
  private(set) var declaredWidth = 0
  /// The columns that it has by the cells that were met, those among them that only have a style.
  private(set) var width = 0
  /// Cells that each row is given, empty where the file leaves them out.
  var paddedWidth = 0
  /// Rows up to this number are passed over.
  var skipped = 0
  private let workbook: Workbook
  private let limits: RecordLimits
  private var number = 0
  private var isWithinRow = false

  /// How a cell says what it holds.
  private enum Form { case number, shared, text, inline, boolean, error, date }

  // The cell at hand.
  private var isWithinCell = false
  private var column = -1
  private var form = Form.number
  private var style = 0
  private var value: [UInt8] = []
  private var formula: [UInt8] = []
  private var isWithinValue = false
  private var isWithinFormula = false
  private var hasFormula = false
  private var isTooLong = false
  private var text: RichText

  init(_ workbook: Workbook, limits: RecordLimits) {
    self.workbook = workbook
    self.limits = limits
    text = RichText(limit: limits.recordBytes)
  }

  // MARK: - Elements

  override func start(_ name: XMLName, _ attributes: XMLAttributes) {
    if isWithinCell {
      switch name {
      case "v": isWithinValue = true
      case "f":
        isWithinFormula = true
        hasFormula = true
      default: text.start(name)
      }
      return
    }
    switch name {
    case "c" where isWithinRow: startCell(attributes)
    case "row": startRow(attributes)
    case "dimension": declaredWidth = Self.width(attributes["ref"])
    default: break
    }
  }

  override func end(_ name: XMLName) {
    switch name {
    case "v": isWithinValue = false
    case "f": isWithinFormula = false
    case "c" where isWithinCell: endCell()
    case "row" where isWithinRow: endRow()
    default: if isWithinCell { text.end(name) }
    }
  }

  override func text(_ bytes: UnsafeBufferPointer<UInt8>) {
    if isWithinValue {
      if value.count + bytes.count > limits.recordBytes { isTooLong = true } else { value.append(contentsOf: bytes) }
    } else if isWithinFormula {
      formula.append(contentsOf: bytes.prefix(Self.formulaExcerpt - min(Self.formulaExcerpt, formula.count)))
    } else if isWithinCell {
      text.append(bytes)
    }
  }

  /// Bytes of a formula that messages may need.
  private static let formulaExcerpt = 200

  // MARK: - Rows

  private func startRow(_ attributes: XMLAttributes) {
    var number = number + 1
    attributes.forEach { name, value in
      if case "r" = name { number = Self.number(value) ?? 0 }
    }
    guard number > self.number, number <= Self.mostRows else {
      fault = .damaged("its rows are not in order: row \(number) stands after row \(self.number)")
      return
    }
    self.number = number
    column = -1
    rowFault = nil
    isWithinRow = true
    row.start(number: number)
  }

  private func endRow() {
    isWithinRow = false
    guard number > skipped else { return }
    while row.cellCount < min(paddedWidth, limits.cells) { row.endCell(.empty, limit: limits.cells) }
    isPaused = true
  }

  private static let mostRows = 1_048_576

  // MARK: - Cells

  private func startCell(_ attributes: XMLAttributes) {
    var next = column + 1
    form = .number
    style = 0
    attributes.forEach { name, value in
      switch name {
      case "r": next = Self.column(value) ?? -1
      case "s": style = Self.number(value) ?? 0
      case "t": form = Self.form(value)
      default: break
      }
    }
    isWithinCell = true
    hasFormula = false
    isTooLong = false
    value.removeAll(keepingCapacity: true)
    formula.removeAll(keepingCapacity: true)
    if next <= column {
      rowFault = rowFault ?? (.badWorkbook, "the row's cells are not in order", max(0, column))
    } else {
      column = next
      width = max(width, column + 1)
    }
  }

  private static func form(_ type: UnsafePointer<CChar>) -> Form {
    let second = type[0] == 0 ? 0 : UInt8(bitPattern: type[1])
    switch (UInt8(bitPattern: type[0]), second) {
    case (UInt8(ascii: "s"), 0): return .shared
    case (UInt8(ascii: "s"), _): return .text
    case (UInt8(ascii: "i"), _): return .inline
    case (UInt8(ascii: "b"), _): return .boolean
    case (UInt8(ascii: "e"), _): return .error
    case (UInt8(ascii: "d"), _): return .date
    default: return .number
    }
  }

  private func endCell() {
    isWithinCell = false
    defer { text.reset() }
    guard rowFault == nil, number > skipped else { return }
    // Cells that only have a style are left out as those are that the file leaves out: another one fills the gap.
    guard isStored || hasFormula || isTooLong || text.isTooLong else { return }
    while row.cellCount < column { row.endCell(.empty, limit: limits.cells) }
    row.endCell(isStored ? appendValue() : appendFormula(), limit: limits.cells)
    // A shared text takes a few bytes of the file for each cell that has it, and all of its own in the row.
    if isTooLong || text.isTooLong || row.text.count > limits.recordBytes {
      rowFault = (.tooLarge, "the row has more than \(limits.recordBytes) bytes; it is passed over", column)
    }
  }

  /// Whether the file says what the cell holds.
  private var isStored: Bool {
    !value.isEmpty || (form == .text && hasFormula) || (form == .inline && !text.bytes.isEmpty)
  }

  private func appendFormula() -> CellKind {
    row.append(CollectionOfOne(UInt8(ascii: "=")))
    row.append(formula)
    return .formula
  }

  /// Adds what the cell holds to the row.
  private func appendValue() -> CellKind {
    switch form {
    case .shared:
      guard let index = Self.number(value), workbook.texts.count > index else {
        rowFault = (.badWorkbook, "the row names a text that the workbook does not hold", column)
        return .text
      }
      row.append(workbook.texts[index])
      return .text
    case .text: row.append(RichText.decoded(value[...]))
    case .inline: row.append(text.bytes.isEmpty ? RichText.decoded(value[...]) : text.decoded)
    case .boolean:
      row.append((value == [UInt8(ascii: "1")] || value.elementsEqual("true".utf8) ? "true" : "false").utf8)
      return .boolean
    case .error:
      row.append(value)
      return .error
    case .date:
      row.append(value)
      return .date
    case .number: return appendNumber()
    }
    return .text
  }

  private func appendNumber() -> CellKind {
    let kind = style < workbook.kinds.count ? workbook.kinds[style] : .number
    if kind != .number, let moment = SheetNumber.moment(value[...], kind, startsIn1904: workbook.startsIn1904) {
      row.append(moment.utf8)
      return .date
    }
    if SheetNumber.isPlain(value) {
      row.append(value)
    } else if let plain = SheetNumber.plain(value[...]) {
      row.append(plain)
    } else {
      row.append(value)
      return .text
    }
    return .number
  }

  // MARK: - References

  /// The column (from 0) of a reference such as `C14`.
  private static func column(_ reference: UnsafePointer<CChar>) -> Int? {
    var position = 0
    var index = 0
    while true {
      let byte = UInt8(bitPattern: reference[index]) & 0xDF
      guard byte >= UInt8(ascii: "A"), byte <= UInt8(ascii: "Z") else { break }
      guard index < 3 else { return nil }
      position = position * 26 + Int(byte - UInt8(ascii: "A")) + 1
      index += 1
    }
    return index == 0 ? nil : position - 1
  }

  /// The columns of a range such as `A1:T501`.
  private static func width(_ range: String?) -> Int {
    guard let last = range?.split(separator: ":").last else { return 0 }
    return String(last).withCString { column($0) }.map { $0 + 1 } ?? 0
  }

  private static func number(_ text: UnsafePointer<CChar>) -> Int? {
    var number = 0
    var index = 0
    while text[index] != 0 {
      let digit = UInt8(bitPattern: text[index]) &- UInt8(ascii: "0")
      guard digit <= 9, index < 9 else { return nil }
      number = number * 10 + Int(digit)
      index += 1
    }
    return index == 0 ? nil : number
  }

  private static func number(_ text: [UInt8]) -> Int? {
    var number = 0
    for byte in text {
      let digit = byte &- UInt8(ascii: "0")
      guard digit <= 9, number < 1_000_000_000 else { return nil }
      number = number * 10 + Int(digit)
    }
    return text.isEmpty ? nil : number
  }
}
