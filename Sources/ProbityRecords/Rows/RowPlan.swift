import FEEL
@_spi(Columns) import Probity

/// How the cells of rows go into columns. One instance serves one thread, and the rows of one file.
final class RowPlan {
  /// A fact and the cell that feeds it.
  private struct Entry: BitwiseCopyable {
    /// Among the cells that a block keeps; -1 where the file has no such column, -2 for the number of the row.
    var cell = -1
    /// In ``BatchBuilder/columns``; -1 for none.
    var column = -1
    var isTruth = false
    var isKey = false
    var isName = false
    /// Whether texts that are no word of the mapping's are taken as they stand.
    var isPlainText = false
    /// How numbers are written, where that is simple enough to be read here, and which of them are allowed.
    var number: PlainNumber?
    var low = Int64.min
    var high = Int64.max
    /// Texts of at most this many bytes may be words that mean something else.
    var longestWord = 0
    var isMissingWhenEmpty = false
    /// By the id of a cell's text: what it came to.
    var known: UnsafeMutablePointer<Outcome>?
    var knownCount = 0
  }

  /// What a cell came to.
  private enum Outcome: BitwiseCopyable {
    case unread
    case whole(Int64)
    case missing
    /// A column cannot hold the value.
    case handOver
  }

  /// How a row went.
  struct Fit: BitwiseCopyable {
    /// Where the key and the name stand in the block's text; no length says that there is none. A key that is not there is
    /// the number of the row.
    var keyStart: UInt32 = 0
    var keyLength: UInt32 = 0
    var nameStart: UInt32 = 0
    var nameLength: UInt32 = 0
  }

  private let entries: UnsafeMutableBufferPointer<Entry>
  /// For each entry what else belongs to it.
  private let readers: [(reader: ScalarReader, kind: Layout.Kind?, assumed: Value?)]
  private let constants: [(column: Int, kind: Layout.Kind, value: Value)]
  private let presences: [Int]
  private let builder: BatchBuilder
  private var generation = -1

  /// - Returns: nil where the facts do not go into columns one by one.
  init?(_ block: RowBlock, _ shape: RecordShape, builder: BatchBuilder) {
    guard block.tree.isFlat, !builder.holdsValues, let key = shape.type.context.key else { return nil }
    var draft = Draft()
    guard draft.add(block.tree, path: [], block, builder.layout.tables[0].columns, builder.tables[0].firstColumn) else {
      return nil
    }
    // The key has to be there as a text that nothing else is done to.
    guard let entry = draft.paths.firstIndex(of: [key]), draft.readers[entry].kind == .text,
      draft.readers[entry].assumed == nil,
      draft.entries[entry].cell == Self.rowNumber
        || (draft.entries[entry].isPlainText && draft.entries[entry].cell >= 0)
    else { return nil }
    draft.entries[entry].isKey = true
    if let name = shape.type.nameMember, name != key, let entry = draft.paths.firstIndex(of: [name]) {
      draft.entries[entry].isName = true
    }
    self.builder = builder
    (readers, constants, presences) = (draft.readers, draft.constants, draft.presences)
    entries = .allocate(capacity: draft.entries.count)
    _ = entries.initialize(from: draft.entries)
  }

  deinit {
    for entry in entries { entry.known?.deallocate() }
    entries.deallocate()
  }

  private static let rowNumber = -2

  /// What a tree of feeds comes to.
  private struct Draft {
    var entries: [Entry] = []
    var paths: [[Int]] = []
    var readers: [(reader: ScalarReader, kind: Layout.Kind?, assumed: Value?)] = []
    var constants: [(column: Int, kind: Layout.Kind, value: Value)] = []
    var presences: [Int] = []

    /// - Returns: false where a column does not hold what its fact is.
    mutating func add(
      _ tree: FeedTree, path: [Int], _ block: RowBlock, _ columns: [Layout.Column], _ firstColumn: Int
    ) -> Bool {
      for (member, feed) in tree.feeds.enumerated() {
        guard let feed else { continue }
        let path = path + [member]
        let here = columns.indices.filter { columns[$0].path == path }
        switch feed {
        case .group(let nested):
          guard here.allSatisfy({ columns[$0].kind == .presence }) else { return false }
          presences += here.map { firstColumn + $0 }
          guard add(nested, path: path, block, columns, firstColumn) else { return false }
        case .constant(let value):
          for column in here { constants.append((firstColumn + column, columns[column].kind, value)) }
        case .scalar(let origin, let reader, let assumed):
          let kind = Layout.Kind(tree.type.members[member].type)
          guard here.count <= 1, here.allSatisfy({ columns[$0].kind == kind }) else { return false }
          var entry = Self.entry(reader, kind)
          if let column = here.first { entry.column = firstColumn + column }
          switch origin {
          case .column(let slot): entry.cell = block.table.columns[slot] ?? -1
          case .row: entry.cell = RowPlan.rowNumber
          default: return false
          }
          entries.append(entry)
          paths.append(path)
          readers.append((reader, kind, assumed))
        default: return false
        }
      }
      return true
    }

    private static func entry(_ reader: ScalarReader, _ kind: Layout.Kind?) -> Entry {
      var entry = Entry()
      entry.isTruth = kind == .truth
      entry.isPlainText = kind == .text && reader.type.allowedValues == nil && !reader.refusesUnlisted
      entry.longestWord = reader.longestWord
      entry.isMissingWhenEmpty = reader.isMissing([])
      guard kind == .number, !reader.refusesUnlisted else { return entry }
      if reader.type.allowedValues == nil {
        entry.number = PlainNumber(reader.formats.numbers)
      } else if let interval = reader.interval(.number) {
        entry.number = PlainNumber(reader.formats.numbers)
        (entry.low, entry.high) = (interval.lowerBound, interval.upperBound)
      }
      return entry
    }
  }

  // MARK: Blocks

  /// Makes ready for the rows of another block.
  func begin() {
    guard builder.texts.generation != generation else { return }
    generation = builder.texts.generation
    // The ids of texts stand for others now.
    for index in entries.indices {
      entries[index].known?.deallocate()
      (entries[index].known, entries[index].knownCount) = (nil, 0)
    }
  }

  /// Puts a row into columns.
  ///
  /// - Parameter text: of the block.
  /// - Returns: nil where it does not fit, and the row has been taken back.
  func fit(_ row: Int, of block: borrowing RowBlock, _ text: UnsafePointer<UInt8>) -> Fit? {
    builder.mark()
    let target = builder.beginRow(0)
    var fit = Fit()
    for index in entries.indices {
      guard read(index, row, of: block, text, into: target, &fit) else {
        builder.takeBack()
        return nil
      }
    }
    for column in presences { builder.columns[column].states[target] = Cell.yes }
    for (column, kind, value) in constants {
      put(outcome(of: value, kind), in: column, isTruth: kind == .truth, target)
    }
    builder.endRow(0, target)
    return fit
  }

  /// - Returns: false where something is to be said of the cell.
  @inline(__always)
  private func read(
    _ index: Int, _ row: Int, of block: borrowing RowBlock, _ text: UnsafePointer<UInt8>, into target: Int,
    _ fit: inout Fit
  ) -> Bool {
    guard let entry = entries.baseAddress.map({ $0 + index }) else { return true }
    let cell = entry.pointee.cell
    guard cell >= 0 else { return readNone(index, block.rows[row].count, target) }
    var (start, end) = block.extent(row, cell)
    if !block.kinds.isEmpty, block.kind(row, cell) != .text {
      return readTyped(index, block.kind(row, cell), block.text[start..<end], target)
    }
    // Most cells have no white space around them.
    if start < end, text[start] <= 0x20 || text[end &- 1] <= 0x20 || text[start] == 0xC2 || text[end &- 1] == 0xA0 {
      let trimmed = Trim.space(block.text[start..<end]).indices
      (start, end) = (trimmed.lowerBound, trimmed.upperBound)
    }
    let count = end &- start
    if count == 0, entry.pointee.isMissingWhenEmpty { return !entry.pointee.isKey && assume(index, target) }
    if count > entry.pointee.longestWord {
      if let number = entry.pointee.number, let value = number.read(text + start, count) {
        guard value >= entry.pointee.low, value <= entry.pointee.high else { return false }
        set(value, entry.pointee.column, target)
        return true
      }
      if entry.pointee.isPlainText {
        if entry.pointee.isKey { note(start, count, &fit.keyStart, &fit.keyLength) }
        if entry.pointee.isName { note(start, count, &fit.nameStart, &fit.nameLength) }
        if entry.pointee.column >= 0 {
          set(builder.texts.id(of: text + start, count: count), entry.pointee.column, target)
        }
        return true
      }
    }
    if entry.pointee.isKey || entry.pointee.isName { return readWord(index, start, end, block, target, &fit) }
    guard count <= Self.longestKnown else {
      return take(readers[index].reader.read(block.text[start..<end]), index, target)
    }
    // What is left is written again and again: what it came to is remembered.
    let id = Int(truncatingIfNeeded: builder.texts.id(of: text + start, count: count))
    if id < entry.pointee.knownCount, let known = entry.pointee.known?[id] {
      switch known {
      case .unread: break
      default:
        put(known, in: entry.pointee.column, isTruth: entry.pointee.isTruth, target)
        return true
      }
    }
    return remember(id, index, readers[index].reader.read(block.text[start..<end]), target)
  }

  private static let longestKnown = 64

  @inline(__always)
  private func set(_ value: Int64, _ column: Int, _ row: Int) {
    guard column >= 0 else { return }
    builder.columns[column].values[row] = value
    builder.columns[column].states[row] = Scalars.known
  }

  private func note(_ start: Int, _ count: Int, _ noted: inout UInt32, _ length: inout UInt32) {
    (noted, length) = (UInt32(truncatingIfNeeded: start), UInt32(truncatingIfNeeded: count))
  }

  /// A fact that no cell feeds.
  private func readNone(_ index: Int, _ number: UInt32, _ target: Int) -> Bool {
    guard entries[index].cell == Self.rowNumber else { return assume(index, target) }
    if entries[index].isKey, entries[index].column < 0 { return true }
    return take(readers[index].reader.read(Array(String(number).utf8)[...]), index, target)
  }

  /// A key, or a name, that may be a word with a meaning of its own.
  private func readWord(
    _ index: Int, _ start: Int, _ end: Int, _ block: borrowing RowBlock, _ target: Int, _ fit: inout Fit
  ) -> Bool {
    let reading = readers[index].reader.read(block.text[start..<end])
    guard case .value(.string(let text)) = reading, text.utf8.count == end - start else {
      return !entries[index].isKey && take(reading, index, target)
    }
    if entries[index].isKey {
      note(start, end - start, &fit.keyStart, &fit.keyLength)
    } else {
      note(start, end - start, &fit.nameStart, &fit.nameLength)
    }
    return take(reading, index, target)
  }

  private func readTyped(_ index: Int, _ kind: CellKind, _ text: ArraySlice<UInt8>, _ target: Int) -> Bool {
    // What a sheet's own number is as a key, or as a name, is for the reader of records to say.
    if entries[index].isKey || entries[index].isName { return false }
    switch kind {
    case .empty: return assume(index, target)
    case .error, .formula, .binary, .text: return false
    case .number, .boolean, .date: return take(readers[index].reader.read(typed: text), index, target)
    }
  }

  private func remember(_ id: Int, _ index: Int, _ reading: Reading, _ target: Int) -> Bool {
    guard let outcome = outcome(of: reading, index) else { return false }
    if entries[index].knownCount <= id {
      let count = max(64, id + 1, entries[index].knownCount * 2)
      let bigger = UnsafeMutablePointer<Outcome>.allocate(capacity: count)
      bigger.initialize(repeating: .unread, count: count)
      if let known = entries[index].known {
        bigger.update(from: known, count: entries[index].knownCount)
        known.deallocate()
      }
      (entries[index].known, entries[index].knownCount) = (bigger, count)
    }
    entries[index].known?[id] = outcome
    put(outcome, in: entries[index].column, isTruth: entries[index].isTruth, target)
    return true
  }

  private func take(_ reading: Reading, _ index: Int, _ target: Int) -> Bool {
    guard let outcome = outcome(of: reading, index) else { return false }
    put(outcome, in: entries[index].column, isTruth: entries[index].isTruth, target)
    return true
  }

  private func assume(_ index: Int, _ target: Int) -> Bool {
    guard let assumed = readers[index].assumed else { return true }
    put(outcome(of: assumed, readers[index].kind), in: entries[index].column, isTruth: entries[index].isTruth, target)
    return true
  }

  /// What a reading comes to in a column; nil where something is to be said of it.
  private func outcome(of reading: Reading, _ index: Int) -> Outcome? {
    switch reading {
    case .value(let value): outcome(of: value, readers[index].kind)
    case .missing: readers[index].assumed.map { outcome(of: $0, readers[index].kind) } ?? .missing
    // Of a fact that is withheld no more is known than of one that is missing.
    case .redacted: .missing
    case .misfit: nil
    }
  }

  private func outcome(of value: Value, _ kind: Layout.Kind?) -> Outcome {
    switch (kind, value) {
    case (.truth, .boolean(let truth)): .whole(Int64(truth ? Cell.yes : Cell.no))
    case (.text, .string(let text)): .whole(builder.texts.id(of: text))
    case (let kind?, _): Batch.whole(value, kind).map { .whole($0) } ?? .handOver
    case (nil, _): .handOver
    }
  }

  private func put(_ outcome: Outcome, in column: Int, isTruth: Bool, _ row: Int) {
    guard column >= 0 else { return }
    switch outcome {
    case .unread, .missing: break
    case .whole(let value) where isTruth: builder.columns[column].states[row] = UInt8(truncatingIfNeeded: value)
    case .whole(let value): set(value, column, row)
    case .handOver: builder.columns[column].states[row] = isTruth ? Cell.handOver : Scalars.handOver
    }
  }
}

/// Reads numbers that are written plainly: a sign of a currency, digits in groups or not, up to four decimals.
struct PlainNumber: BitwiseCopyable {
  /// 0 where there is none.
  private let thousands: UInt8
  /// The currency's bytes, the first lowest.
  private let currency: UInt64
  private let currencyLength: Int

  /// - Returns: nil where the pattern has more to it.
  init?(_ pattern: NumberPattern) {
    let currency = pattern.currencies.first ?? []
    guard pattern.decimal == [UInt8(ascii: ".")], pattern.thousands?.count ?? 1 == 1, pattern.currencies.count <= 1,
      currency.count <= 8
    else { return nil }
    thousands = pattern.thousands?.first ?? 0
    self.currency = currency.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    currencyLength = currency.count
  }

  /// The number in ten thousandths; nil for whatever is written in another way, which may be a number all the same.
  func read(_ text: UnsafePointer<UInt8>, _ count: Int) -> Int64? {
    var index = 0
    let isNegative = text[0] == UInt8(ascii: "-")
    if isNegative { index = 1 }
    var sign = currency
    if currencyLength > 0, text[index] == UInt8(truncatingIfNeeded: sign) {
      for _ in 0..<currencyLength {
        guard index < count, text[index] == UInt8(truncatingIfNeeded: sign) else { return nil }
        sign >>= 8
        index &+= 1
      }
    }
    let first = index
    var value: Int64 = 0
    while index < count {
      let digit = text[index] &- UInt8(ascii: "0")
      if digit > 9 { break }
      value = value &* 10 &+ Int64(digit)
      index &+= 1
    }
    var digits = index &- first
    guard digits > 0, digits <= Self.mostDigits else { return nil }
    if thousands != 0, digits <= 3 {
      while index &+ 3 < count, text[index] == thousands {
        for offset in 1...3 {
          let digit = text[index &+ offset] &- UInt8(ascii: "0")
          guard digit <= 9 else { return nil }
          value = value &* 10 &+ Int64(digit)
        }
        index &+= 4
        digits &+= 3
        guard digits <= Self.mostDigits else { return nil }
      }
    }
    var weight = Layout.unit
    value = value &* weight
    if index < count, text[index] == UInt8(ascii: ".") {
      index &+= 1
      guard index < count, count &- index <= 4 else { return nil }
      while index < count {
        let digit = text[index] &- UInt8(ascii: "0")
        guard digit <= 9 else { return nil }
        weight /= 10
        value = value &+ Int64(digit) &* weight
        index &+= 1
      }
    }
    guard index == count else { return nil }
    return isNegative ? -value : value
  }

  /// So many digits before the point that ten thousandths of them fit.
  private static let mostDigits = 14
}
