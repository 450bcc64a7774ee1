import CSimdJSON
import FEEL
@_spi(Columns) import Probity

/// Reads one record after the other from the tokens of a text into columns.
///
/// Positions in the token list go up by one for each token; -1 stands for a record that does not fit: it may not be
/// JSON, or hold something that only the reader of documents knows how to tell about. What it has put into the columns by
/// then is for the caller to take back.
struct ColumnWalk {
  /// What is noted of a record on the way.
  struct Notes: BitwiseCopyable {
    /// Where the text of the key and that of the name stand, without their quotes; no length says that there is none.
    var keyStart = 0
    var keyLength = 0
    var nameStart = 0
    var nameLength = 0
    /// By the level of the item: the hash of its key, where it has one.
    var itemKeys: UnsafeMutablePointer<ItemKey>
    var hasItemKey: UnsafeMutablePointer<Bool>
    /// The keys of the items of the lists that are being read.
    var hashes: UnsafeMutablePointer<ItemKey>
    var hashCount = 0
    var hashCapacity: Int
    /// What kinds of container are open in a value that is passed over.
    let open: UnsafeMutablePointer<UInt8>
  }

  /// What tells items apart: the same keys have the same, others hardly ever.
  struct ItemKey: BitwiseCopyable {
    var hash: UInt64
    /// Often goes up from item to item.
    var order: UInt64
  }

  let bytes: UnsafePointer<UInt8>
  let tokens: UnsafePointer<UInt32>
  let entries: UnsafeMutablePointer<ColumnPlan.Entry>
  let objects: UnsafeMutablePointer<ColumnPlan.Object>
  let seen: UnsafeMutablePointer<UInt64>
  let columns: UnsafeMutablePointer<BatchBuilder.Column>
  let tables: UnsafeMutablePointer<BatchBuilder.Table>
  let notes: UnsafeMutablePointer<Notes>
  let plan: ColumnPlan
  let builder: BatchBuilder
  let texts: TextIDs
  let depthLimit: Int
  let block: Int
  /// Whether there is any escape in the record.
  let hasEscapes: Bool

  /// ``Layout/unit``, where the compiler sees it.
  private static var unit: Int64 { 10_000 }

  @inline(__always)
  func offset(_ token: Int) -> Int { Int(truncatingIfNeeded: tokens[token]) }

  @inline(__always)
  func byte(_ token: Int) -> UInt8 { bytes[offset(token)] }

  // MARK: Records

  /// Reads the record whose first token is given.
  ///
  /// - Returns: the token after it, or -1.
  func record(_ token: Int) -> Int {
    guard byte(token) == UInt8(ascii: "{") else { return -1 }
    notes.pointee.keyLength = 0
    notes.pointee.nameLength = 0
    notes.pointee.hashCount = 0
    let row = builder.beginRow(0)
    let next = object(0, token, row: row)
    builder.endRow(0, row)
    return notes.pointee.keyLength == 0 ? -1 : next
  }

  /// Reads an object from its brace on.
  ///
  /// - Parameter row: where its scalars go; of no meaning where no column is read of it.
  private func object(_ index: Int, _ token: Int, row: Int) -> Int {
    let object = objects + index
    // Which keys have been met: the first 64 here, the others of a type that large in memory.
    var met: UInt64 = 0
    if object.pointee.words > 1 {
      (seen + object.pointee.firstWord).update(repeating: 0, count: object.pointee.words)
    }
    var token = token &+ 1
    if byte(token) == UInt8(ascii: "}") { return token &+ 1 }
    var expected = object.pointee.first
    var previous = -1
    while true {
      let key = offset(token)
      guard bytes[key] == UInt8(ascii: "\""), byte(token &+ 1) == UInt8(ascii: ":") else { return -1 }
      var entry = entries + expected
      if !ColumnPlan.matches(entry, bytes + (key &+ 1)) {
        let found = find(key, token, in: index)
        guard found >= 0 else { return -1 }
        if previous < 0 { object.pointee.first = found } else { entries[previous].next = found }
        expected = found
        entry = entries + found
      }
      previous = expected
      token &+= 2
      if entry.pointee.action == .skip {
        // What is no fact is reported once in each block, which the reader of documents does.
        if entry.pointee.member < 0, entry.pointee.block != block {
          entry.pointee.block = block
          return -1
        }
        token = skip(token, level: object.pointee.level)
      } else {
        let bit = entry.pointee.bit
        if entry.pointee.isFar {
          guard seen[entry.pointee.word] & bit == 0 else { return -1 }
          seen[entry.pointee.word] |= bit
        } else {
          guard met & bit == 0 else { return -1 }
          met |= bit
        }
        token = value(entry, token, row: row, level: object.pointee.level)
      }
      guard token >= 0 else { return -1 }
      let after = byte(token)
      token &+= 1
      if after == UInt8(ascii: ",") {
        expected = entry.pointee.next
        continue
      }
      return after == UInt8(ascii: "}") ? token : -1
    }
  }

  /// Looks up a key that is not the one that was expected.
  @inline(never)
  private func find(_ key: Int, _ token: Int, in object: Int) -> Int {
    // Only white space can stand between the closing quote and the colon.
    var end = offset(token &+ 1) &- 1
    while end > key, bytes[end] != UInt8(ascii: "\"") { end &-= 1 }
    guard end > key else { return -1 }
    let text = bytes + (key &+ 1)
    let length = end &- key
    if let found = plan.find(text, length: length, in: object) { return found }
    if byte_search(bytes, key, end, UInt8(ascii: "\\")) == end {
      plan.addStranger(UnsafeBufferPointer(start: text, count: length &- 1), in: object, block: block)
    }
    return -1
  }

  // MARK: Values

  @inline(__always)
  private func value(
    _ entry: UnsafeMutablePointer<ColumnPlan.Entry>, _ token: Int, row: Int, level: Int
  ) -> Int {
    switch entry.pointee.action {
    case .nested:
      let first = byte(token)
      if first == UInt8(ascii: "{") {
        if entry.pointee.column >= 0 { columns[entry.pointee.column].states[row] = Cell.yes }
        return object(entry.pointee.inner, token, row: row)
      }
      return isNull(offset(token)) ? token &+ 1 : -1
    case .items: return items(entry, token, row: row)
    case .scalars: return scalars(entry, token, row: row)
    default: return scalar(entry, token, row: row, level: level) ? token &+ 1 : -1
    }
  }

  /// Reads a list of objects.
  private func items(_ entry: UnsafeMutablePointer<ColumnPlan.Entry>, _ token: Int, row: Int) -> Int {
    guard byte(token) == UInt8(ascii: "[") else { return isNull(offset(token)) ? token &+ 1 : -1 }
    let table = entry.pointee.table
    let inner = entry.pointee.inner
    let level = objects[inner].level
    if table >= 0 { tables[table].isThere[row] = Cell.yes }
    var token = token &+ 1
    if byte(token) == UInt8(ascii: "]") { return token &+ 1 }
    let firstHash = notes.pointee.hashCount
    while true {
      guard byte(token) == UInt8(ascii: "{") else { return -1 }
      notes.pointee.hasItemKey[level] = false
      if table >= 0 {
        let item = builder.beginRow(table)
        tables[table].parents[item] = Int32(truncatingIfNeeded: row)
        token = object(inner, token, row: item)
        builder.endRow(table, item)
      } else {
        token = object(inner, token, row: 0)
      }
      guard token >= 0 else { return -1 }
      if notes.pointee.hasItemKey[level] { note(notes.pointee.itemKeys[level]) }
      let after = byte(token)
      token &+= 1
      if after == UInt8(ascii: ",") { continue }
      guard after == UInt8(ascii: "]"), !hasRepeats(from: firstHash) else { return -1 }
      notes.pointee.hashCount = firstHash
      return token
    }
  }

  /// Reads a list of scalars.
  private func scalars(_ entry: UnsafeMutablePointer<ColumnPlan.Entry>, _ token: Int, row: Int) -> Int {
    guard byte(token) == UInt8(ascii: "[") else { return isNull(offset(token)) ? token &+ 1 : -1 }
    let table = entry.pointee.table
    let item = entries + entry.pointee.inner
    if table >= 0 { tables[table].isThere[row] = Cell.yes }
    var token = token &+ 1
    if byte(token) == UInt8(ascii: "]") { return token &+ 1 }
    // Most lists are of texts that only have to be told apart.
    while item.pointee.action == .text, item.pointee.column >= 0, item.pointee.check < 0, !hasEscapes {
      let start = offset(token)
      guard bytes[start] == UInt8(ascii: "\"") else { return -1 }
      let length = textLength(start, token)
      guard length > 0 else { return -1 }
      builder.append(texts.id(of: bytes + (start &+ 1), count: length), to: table, parent: row)
      let after = byte(token &+ 1)
      token &+= 2
      if after == UInt8(ascii: ",") { continue }
      return after == UInt8(ascii: "]") ? token : -1
    }
    while true {
      // An item that is missing makes the list one that columns do not hold.
      let start = offset(token)
      let first = bytes[start]
      if first == UInt8(ascii: "n") || (first == UInt8(ascii: "\"") && bytes[start &+ 1] == UInt8(ascii: "\"")) {
        return -1
      }
      var itemRow = 0
      if table >= 0 {
        itemRow = builder.beginRow(table)
        tables[table].parents[itemRow] = Int32(truncatingIfNeeded: row)
      }
      guard scalar(item, token, row: itemRow, level: 0) else { return -1 }
      let after = byte(token &+ 1)
      token &+= 2
      if after == UInt8(ascii: ",") { continue }
      return after == UInt8(ascii: "]") ? token : -1
    }
  }

  // MARK: Scalars

  /// Reads a scalar into its cell; false where it is none that fits.
  @inline(__always)
  private func scalar(
    _ entry: UnsafeMutablePointer<ColumnPlan.Entry>, _ token: Int, row: Int, level: Int
  ) -> Bool {
    let start = offset(token)
    let first = bytes[start]
    switch entry.pointee.action {
    case .text:
      guard first == UInt8(ascii: "\"") else { return isNull(start) }
      let length = textLength(start, token)
      return length == 0 || text(entry, start &+ 1, length, row: row, level: level)
    case .date:
      guard first == UInt8(ascii: "\"") else { return isNull(start) }
      if let day = IsoDate.dayNumber(bytes + (start &+ 1)) {
        return whole(Int64(truncatingIfNeeded: day), entry, row: row, level: level)
      }
      return textLength(start, token) == 0
    case .truth:
      let raw = UnsafeRawPointer(bytes + start)
      let state: UInt8
      if raw.loadUnaligned(as: UInt32.self) == Self.word("true"), isEnd(bytes[start &+ 4]) {
        state = Cell.yes
      } else if (raw + 1).loadUnaligned(as: UInt32.self) == Self.word("alse"), first == UInt8(ascii: "f"),
        isEnd(bytes[start &+ 5])
      {
        state = Cell.no
      } else {
        return isNull(start)
      }
      if entry.pointee.column >= 0 { columns[entry.pointee.column].states[row] = state }
      return entry.pointee.check < 0 || plan.checks[entry.pointee.check].passes(Int64(state))
    case .number:
      guard let number = number(start) else { return isNull(start) }
      return whole(number, entry, row: row, level: level)
    default: return rare(entry, start, token, row: row, level: level)
    }
  }

  /// Puts a whole number into its cell, if it is allowed.
  @inline(__always)
  private func whole(
    _ value: Int64, _ entry: UnsafeMutablePointer<ColumnPlan.Entry>, row: Int, level: Int
  ) -> Bool {
    guard value >= entry.pointee.low, value <= entry.pointee.high else { return false }
    if entry.pointee.check >= 0, !plan.checks[entry.pointee.check].passes(value) { return false }
    if entry.pointee.column >= 0 {
      let column = columns + entry.pointee.column
      column.pointee.values[row] = value
      column.pointee.states[row] = ScalarState.known
    }
    if entry.pointee.role == .itemKey {
      noteItemKey(ItemKey(hash: UInt64(bitPattern: value), order: UInt64(bitPattern: value)), level)
    }
    return true
  }

  @inline(__always)
  private func text(
    _ entry: UnsafeMutablePointer<ColumnPlan.Entry>, _ start: Int, _ length: Int, row: Int, level: Int
  ) -> Bool {
    if hasEscapes, byte_search(bytes, start, start &+ length, UInt8(ascii: "\\")) < start &+ length {
      return escapedText(entry, start, length, row: row)
    }
    if entry.pointee.role != .none {
      switch entry.pointee.role {
      case .recordKey: (notes.pointee.keyStart, notes.pointee.keyLength) = (start, length)
      case .recordName: (notes.pointee.nameStart, notes.pointee.nameLength) = (start, length)
      case .itemKey:
        let words = TextIDs.Words(bytes + start, length)
        noteItemKey(ItemKey(hash: words.hash, order: words.order), level)
      case .none: break
      }
      if entry.pointee.column < 0, entry.pointee.check < 0 { return true }
    }
    return text(entry, UnsafeBufferPointer(start: bytes + start, count: length), row: row)
  }

  @inline(__always)
  private func text(
    _ entry: UnsafeMutablePointer<ColumnPlan.Entry>, _ text: UnsafeBufferPointer<UInt8>, row: Int
  ) -> Bool {
    guard let start = text.baseAddress, entry.pointee.column >= 0 || entry.pointee.check >= 0 else { return true }
    let id = texts.id(of: start, count: text.count)
    if entry.pointee.check >= 0 {
      let isKnown = Int(id) < entry.pointee.passingCount && entry.pointee.passing?[Int(id)] == true
      if !isKnown, !plan.passes(entries.distance(to: entry), text: text, id: id) { return false }
    }
    if entry.pointee.column >= 0 {
      let column = columns + entry.pointee.column
      column.pointee.values[row] = id
      column.pointee.states[row] = ScalarState.known
    }
    return true
  }

  /// Reads a text with escapes. Where what it stands for is looked at here, half a surrogate pair may not be in it.
  @inline(never)
  private func escapedText(
    _ entry: UnsafeMutablePointer<ColumnPlan.Entry>, _ start: Int, _ length: Int, row: Int
  ) -> Bool {
    guard entry.pointee.role == .none || entry.pointee.role == .recordName,
      let decoded = Self.decoded(UnsafeBufferPointer(start: bytes + start, count: length))
    else { return false }
    if entry.pointee.role == .recordName {
      (notes.pointee.nameStart, notes.pointee.nameLength) = (start, length)
    }
    return (decoded + [UInt8](repeating: 0, count: TextIDs.padding)).withUnsafeBufferPointer { buffer in
      text(entry, UnsafeBufferPointer(rebasing: buffer[..<decoded.count]), row: row)
    }
  }

  /// What a text with escapes stands for; nil where half a surrogate pair is in it.
  static func decoded(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
    let text = Array(text)
    var index = 0
    while index + 1 < text.count {
      guard text[index] == UInt8(ascii: "\\") else {
        index += 1
        continue
      }
      guard text[index + 1] == UInt8(ascii: "u") else {
        index += 2
        continue
      }
      guard let unit = JSONText.unit(in: text[...], from: index + 2) else { return nil }
      let (_, length) = JSONText.scalar(in: text[...], from: index + 2)
      if unit & 0xF800 == 0xD800, length != 10 { return nil }
      index += 2 + length
    }
    return JSONText.unescape(text[...])
  }

  /// Reads a scalar of a type that is not met often.
  @inline(never)
  private func rare(
    _ entry: UnsafeMutablePointer<ColumnPlan.Entry>, _ start: Int, _ token: Int, row: Int, level: Int
  ) -> Bool {
    guard bytes[start] == UInt8(ascii: "\"") else { return isNull(start) }
    let length = textLength(start, token)
    if length == 0 { return true }
    let text = Array(UnsafeBufferPointer(start: bytes + (start &+ 1), count: length))
    guard !text.contains(UInt8(ascii: "\\")), let reader = plan.readers[entries.distance(to: entry)],
      reader.type.base != .any, case .value(let value) = reader.read(text[...])
    else { return false }
    // A key is told from others by what it stands for: the reader of documents has the word for it.
    if entry.pointee.role == .itemKey { return false }
    guard entry.pointee.action != .other else { return true }
    guard let kind = Layout.Kind(reader.type), let whole = Batch.whole(value, kind) else { return false }
    if entry.pointee.column >= 0 {
      columns[entry.pointee.column].values[row] = whole
      columns[entry.pointee.column].states[row] = ScalarState.known
    }
    return true
  }

  /// A number as ten thousandths, where it is one written plainly; its grammar is checked.
  @inline(__always)
  private func number(_ start: Int) -> Int64? {
    var index = start
    let isNegative = bytes[index] == UInt8(ascii: "-")
    if isNegative { index &+= 1 }
    let firstDigit = index
    var value: Int64 = 0
    while true {
      let digit = bytes[index] &- UInt8(ascii: "0")
      if digit > 9 { break }
      value = value &* 10 &+ Int64(digit)
      index &+= 1
    }
    let digits = index &- firstDigit
    guard digits > 0, digits <= 14, digits == 1 || bytes[firstDigit] != UInt8(ascii: "0") else { return nil }
    value = value &* Self.unit
    if bytes[index] == UInt8(ascii: ".") {
      index &+= 1
      let firstDecimal = index
      var weight = Self.unit / 10
      while true {
        let digit = bytes[index] &- UInt8(ascii: "0")
        if digit > 9 { break }
        if weight == 0, digit != 0 { return nil }
        value &+= Int64(digit) &* weight
        weight /= 10
        index &+= 1
      }
      guard index > firstDecimal, index &- firstDecimal < 16 else { return nil }
    }
    guard isEnd(bytes[index]) else { return nil }
    return isNegative ? 0 &- value : value
  }

  // MARK: Item keys

  @inline(__always)
  private func noteItemKey(_ key: ItemKey, _ level: Int) {
    notes.pointee.itemKeys[level] = key
    notes.pointee.hasItemKey[level] = true
  }

  @inline(__always)
  private func note(_ key: ItemKey) {
    if notes.pointee.hashCount == notes.pointee.hashCapacity { growHashes() }
    notes.pointee.hashes[notes.pointee.hashCount] = key
    notes.pointee.hashCount &+= 1
  }

  @inline(never)
  private func growHashes() {
    let bigger = UnsafeMutablePointer<ItemKey>.allocate(capacity: notes.pointee.hashCapacity * 2)
    bigger.initialize(from: notes.pointee.hashes, count: notes.pointee.hashCount)
    notes.pointee.hashes.deallocate()
    notes.pointee.hashes = bigger
    notes.pointee.hashCapacity *= 2
  }

  /// Whether two items of a list may have the same key: where their hashes are the same.
  @inline(__always)
  private func hasRepeats(from first: Int) -> Bool {
    let count = notes.pointee.hashCount &- first
    let keys = notes.pointee.hashes + first
    var index = 1
    while index < count, keys[index &- 1].order < keys[index].order { index &+= 1 }
    return index < count && hasEqualHashes(UnsafeBufferPointer(start: keys, count: count))
  }

  @inline(never)
  private func hasEqualHashes(_ keys: UnsafeBufferPointer<ItemKey>) -> Bool {
    let sorted = keys.map(\.hash).sorted()
    return zip(sorted, sorted.dropFirst()).contains { $0 == $1 }
  }

  // MARK: Grammar

  /// Checks a value's grammar and passes over it.
  ///
  /// - Parameter level: how many containers are open around it.
  @inline(__always)
  private func skip(_ token: Int, level: Int) -> Int {
    let start = offset(token)
    switch bytes[start] {
    case UInt8(ascii: "\""): return token &+ 1
    case UInt8(ascii: "{"), UInt8(ascii: "["): return skipContainer(token, level: level)
    default: return isPlain(start) ? token &+ 1 : -1
    }
  }

  private func skipContainer(_ token: Int, level: Int) -> Int {
    let open = notes.pointee.open
    var token = token
    var depth = 0
    var isObject = false
    while true {
      // At a value. An opening bracket and what closes it differ by 2.
      let start = offset(token)
      let first = bytes[start]
      token &+= 1
      if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
        guard level &+ depth < depthLimit else { return -1 }
        if byte(token) == first &+ 2 {
          token &+= 1
          if depth == 0 { return token }
        } else {
          open[depth] = first
          depth &+= 1
          isObject = first == UInt8(ascii: "{")
          if isObject {
            guard byte(token) == UInt8(ascii: "\""), byte(token &+ 1) == UInt8(ascii: ":") else { return -1 }
            token &+= 2
          }
          continue
        }
      } else if first != UInt8(ascii: "\""), !isPlain(start) {
        return -1
      }
      // After a value.
      while true {
        let after = byte(token)
        token &+= 1
        if after == UInt8(ascii: ",") { break }
        guard after == open[depth &- 1] &+ 2 else { return -1 }
        depth &-= 1
        if depth == 0 { return token }
        isObject = open[depth &- 1] == UInt8(ascii: "{")
      }
      if isObject {
        guard byte(token) == UInt8(ascii: "\""), byte(token &+ 1) == UInt8(ascii: ":") else { return -1 }
        token &+= 2
      }
    }
  }

  /// How long a text is, without its quotes: nothing but white space can stand between it and the next token.
  @inline(__always)
  func textLength(_ start: Int, _ token: Int) -> Int {
    var end = offset(token &+ 1) &- 1
    while bytes[end] != UInt8(ascii: "\"") { end &-= 1 }
    return end &- start &- 1
  }

  /// Whether `null`, a truth or a number is written as it has to be.
  @inline(__always)
  private func isPlain(_ start: Int) -> Bool {
    switch bytes[start] {
    case UInt8(ascii: "n"): return isNull(start)
    case UInt8(ascii: "t"):
      return UnsafeRawPointer(bytes + start).loadUnaligned(as: UInt32.self) == Self.word("true")
        && isEnd(bytes[start &+ 4])
    case UInt8(ascii: "f"):
      return UnsafeRawPointer(bytes + (start &+ 1)).loadUnaligned(as: UInt32.self) == Self.word("alse")
        && isEnd(bytes[start &+ 5])
    default: return isNumber(start)
    }
  }

  private func isNumber(_ start: Int) -> Bool {
    var index = start
    if bytes[index] == UInt8(ascii: "-") { index &+= 1 }
    let firstDigit = index
    index = endOfDigits(index)
    guard index > firstDigit, index == firstDigit &+ 1 || bytes[firstDigit] != UInt8(ascii: "0") else { return false }
    if bytes[index] == UInt8(ascii: ".") {
      let decimals = endOfDigits(index &+ 1)
      guard decimals > index &+ 1 else { return false }
      index = decimals
    }
    if bytes[index] | 0x20 == UInt8(ascii: "e") {
      index &+= 1
      if bytes[index] == UInt8(ascii: "+") || bytes[index] == UInt8(ascii: "-") { index &+= 1 }
      let exponent = endOfDigits(index)
      guard exponent > index else { return false }
      index = exponent
    }
    return isEnd(bytes[index])
  }

  @inline(__always)
  private func endOfDigits(_ start: Int) -> Int {
    var index = start
    while bytes[index] &- UInt8(ascii: "0") <= 9 { index &+= 1 }
    return index
  }

  @inline(__always)
  private func isNull(_ start: Int) -> Bool {
    UnsafeRawPointer(bytes + start).loadUnaligned(as: UInt32.self) == Self.word("null") && isEnd(bytes[start &+ 4])
  }

  /// Whether a byte may follow a number or a word.
  @inline(__always)
  private func isEnd(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: " "), UInt8(ascii: "\n"),
      UInt8(ascii: "\r"), UInt8(ascii: "\t"):
      true
    default: false
    }
  }

  /// Four letters as memory holds them.
  @inline(__always)
  private static func word(_ text: StaticString) -> UInt32 {
    UnsafeRawPointer(text.utf8Start).loadUnaligned(as: UInt32.self)
  }
}

/// Dates written as `2026-06-30`, and no other way.
enum IsoDate {
  /// Days since 1970-01-01 of what stands at `text` with a closing quote after it; nil for anything else, and for years
  /// before 1000.
  @inline(__always)
  static func dayNumber(_ text: UnsafePointer<UInt8>) -> Int? {
    let raw = UnsafeRawPointer(text)
    // `YYYY-MM-` with the first byte lowest; what is left of each byte is a digit, or 0 where a hyphen stood.
    let digits = raw.loadUnaligned(as: UInt64.self).littleEndian ^ 0x2D30_302D_3030_3030
    let tens = text[8] &- UInt8(ascii: "0")
    let ones = text[9] &- UInt8(ascii: "0")
    guard digits & 0xFF00_00FF_0000_0000 == 0,
      (digits | (digits &+ 0x0606_0606_0606_0606)) & 0xF0F0_F0F0_F0F0_F0F0 == 0, tens <= 3, ones <= 9,
      text[10] == UInt8(ascii: "\"")
    else { return nil }
    func digit(_ place: UInt64) -> Int { Int(truncatingIfNeeded: (digits &>> (place &* 8)) & 0xF) }
    let year = digit(0) &* 1000 &+ digit(1) &* 100 &+ digit(2) &* 10 &+ digit(3)
    let month = digit(5) &* 10 &+ digit(6)
    let day = Int(tens) &* 10 &+ Int(ones)
    guard digit(0) > 0, month >= 1, month <= 12, day >= 1, day <= 28 || day <= daysInMonth(year, month) else {
      return nil
    }
    // Years that begin in March end with their leap day.
    let isEarly = month <= 2
    let marchYear = isEarly ? year &- 1 : year
    let marchMonth = isEarly ? month &+ 9 : month &- 3
    let century = marchYear / 100
    return marchYear &* 365 &+ marchYear / 4 &- century &+ century / 4 &+ (153 &* marchMonth &+ 2) / 5 &+ day
      &- 719_469
  }

  @inline(never)
  private static func daysInMonth(_ year: Int, _ month: Int) -> Int {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
