import CSimdJSON
import FEEL
@_spi(Columns) import Probity

/// Reads one record after the other from the tokens of a text into columns.
///
/// Positions in the token list go up by one for each token; -1 stands for a record that does not fit: it may not be
/// JSON, or hold something that only the reader of documents knows how to tell about. What it has put into the columns by
/// then is for the caller to take back.
struct ColumnWalk {
  typealias Entry = UnsafeMutablePointer<ColumnPlan.Entry>

  /// What is noted on the way.
  struct Notes: BitwiseCopyable {
    /// Where the text of the key and that of the name stand, without their quotes; no length says that there is none.
    var keyStart = 0
    var keyLength = 0
    var nameStart = 0
    var nameLength = 0
    /// Of all that have been read, by which those are told apart that a key is met in.
    var objectCount = 0
    /// The keys of the items of the lists that are being read.
    var itemKeys: UnsafeMutablePointer<ItemKey>
    var itemKeyCount = 0
    var itemKeyCapacity: Int
    /// What kinds of container are open in a value that is passed over.
    let open: UnsafeMutablePointer<UInt8>
  }

  let bytes: UnsafePointer<UInt8>
  let tokens: UnsafePointer<UInt32>
  let objects: UnsafeMutablePointer<ColumnPlan.Object>
  let tables: UnsafeMutablePointer<BatchBuilder.Table>
  let notes: UnsafeMutablePointer<Notes>
  let plan: ColumnPlan
  let builder: BatchBuilder
  let texts: TextIDs
  let months: MonthTable
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
    notes.pointee.itemKeyCount = 0
    let row = builder.beginRow(0)
    let next = object(0, token, row: row)
    builder.endRow(0, row)
    return notes.pointee.keyLength == 0 ? -1 : next
  }

  /// Reads an object from its brace on.
  ///
  /// What is met all the time stands here, the rest in functions of its own.
  ///
  /// - Parameter row: where its scalars go; of no meaning where no column is read of it.
  private func object(_ index: Int, _ token: Int, row: Int) -> Int {
    let object = objects + index
    notes.pointee.objectCount &+= 1
    let number = notes.pointee.objectCount
    var token = token &+ 1
    var entry = object.pointee.first
    var previous: Entry?
    while true {
      if !ColumnPlan.matches(entry, bytes + offset(token)) {
        if previous == nil, byte(token) == UInt8(ascii: "}") { return token &+ 1 }
        guard let found = find(token, in: index) else { return -1 }
        if let previous { previous.pointee.next = found } else { object.pointee.first = found }
        entry = found
      }
      previous = entry
      token &+= 2
      let start = offset(token)
      let first = bytes[start]
      // A key that comes twice.
      if entry.pointee.lastObject == number { return -1 }
      entry.pointee.lastObject = number
      switch entry.pointee.step {
      case .skip:
        if first == UInt8(ascii: "\"") {
          token &+= 1
        } else {
          token = skip(token, level: object.pointee.level)
          guard token >= 0 else { return -1 }
        }
      case .text:
        if first == UInt8(ascii: "\"") {
          let length = textLength(start, token)
          if length > 0, !text(entry, start &+ 1, length, row: row) { return -1 }
        } else if !isNull(start) {
          return -1
        }
        token &+= 1
      case .date:
        guard date(entry, start, first, token, row: row) else { return -1 }
        token &+= 1
      case .truth:
        guard truth(entry, start, token, row: row) else { return -1 }
        token &+= 1
      case .nested:
        if first == UInt8(ascii: "{") {
          if let column = entry.pointee.column { column.pointee.states[row] = Cell.yes }
          token = self.object(entry.pointee.inner, token, row: row)
        } else {
          token = isNull(start) ? token &+ 1 : -1
        }
        guard token >= 0 else { return -1 }
      case .items:
        token = items(entry, token, row: row)
        guard token >= 0 else { return -1 }
      case .scalars:
        token = scalars(entry, token, row: row)
        guard token >= 0 else { return -1 }
      case .stranger:
        // It is reported once in each block, which the reader of documents does.
        guard entry.pointee.block == block else {
          entry.pointee.block = block
          return -1
        }
        token = skip(token, level: object.pointee.level)
        guard token >= 0 else { return -1 }
      case .other:
        guard other(entry, start, token, row: row) else { return -1 }
        token &+= 1
      }
      let after = byte(token)
      token &+= 1
      if after == UInt8(ascii: ",") {
        entry = entry.pointee.next
        continue
      }
      return after == UInt8(ascii: "}") ? token : -1
    }
  }

  /// Looks up a key that is not the one that was expected, or is written in another way.
  @inline(never)
  private func find(_ token: Int, in object: Int) -> Entry? {
    let key = offset(token)
    guard bytes[key] == UInt8(ascii: "\""), byte(token &+ 1) == UInt8(ascii: ":") else { return nil }
    let text = UnsafeBufferPointer(start: bytes + (key &+ 1), count: textLength(key, token))
    if let found = plan.find(text, in: object) { return found }
    if !text.contains(UInt8(ascii: "\\")) { plan.addStranger(text, in: object, block: block) }
    return nil
  }

  // MARK: Lists

  /// Reads a list of objects.
  private func items(_ entry: Entry, _ token: Int, row: Int) -> Int {
    guard byte(token) == UInt8(ascii: "[") else { return isNull(offset(token)) ? token &+ 1 : -1 }
    let table = entry.pointee.table
    let inner = entry.pointee.inner
    if table >= 0 { tables[table].isThere[row] = Cell.yes }
    var token = token &+ 1
    if byte(token) == UInt8(ascii: "]") { return token &+ 1 }
    let firstKey = notes.pointee.itemKeyCount
    while true {
      guard byte(token) == UInt8(ascii: "{") else { return -1 }
      if table >= 0 {
        let item = builder.beginRow(table)
        tables[table].parents[item] = Int32(truncatingIfNeeded: row)
        token = object(inner, token, row: item)
        builder.endRow(table, item)
      } else {
        token = object(inner, token, row: 0)
      }
      guard token >= 0 else { return -1 }
      let after = byte(token)
      token &+= 1
      if after == UInt8(ascii: ",") { continue }
      guard after == UInt8(ascii: "]"), !hasRepeats(from: firstKey) else { return -1 }
      notes.pointee.itemKeyCount = firstKey
      return token
    }
  }

  /// Reads a list of scalars.
  private func scalars(_ entry: Entry, _ token: Int, row: Int) -> Int {
    guard byte(token) == UInt8(ascii: "["), let item = entry.pointee.item else {
      return isNull(offset(token)) ? token &+ 1 : -1
    }
    let table = entry.pointee.table
    if table >= 0 { tables[table].isThere[row] = Cell.yes }
    let token = token &+ 1
    if byte(token) == UInt8(ascii: "]") { return token &+ 1 }
    // Most lists are of texts that only have to be told apart.
    if item.pointee.action == .text, item.pointee.isPlain, let column = item.pointee.column, !hasEscapes {
      return self.texts(token, column, table, row: row)
    }
    return scalars(item, token, table, row: row)
  }

  /// Reads the items of a list of texts without escapes, and the bracket after them.
  @inline(__always)
  private func texts(
    _ token: Int, _ column: UnsafeMutablePointer<BatchBuilder.Column>, _ table: Int, row: Int
  ) -> Int {
    let slot = tables + table
    let known = texts.table
    var item = slot.pointee.rows
    var token = token
    // What has been written belongs to rows in any case, so that it can be taken back.
    defer { slot.pointee.rows = item }
    while true {
      let (start, next) = (offset(token), offset(token &+ 1))
      guard bytes[start] == UInt8(ascii: "\"") else { return -1 }
      let length = bytes[next &- 1] == UInt8(ascii: "\"") ? next &- start &- 2 : textLength(start, token)
      guard length > 0 else { return -1 }
      if item == slot.pointee.capacity {
        slot.pointee.rows = item
        builder.grow(table)
      }
      let text = bytes + (start &+ 1)
      column.pointee.values[item] = known.pointee.id(of: text, count: length) ?? texts.search(text, length)
      column.pointee.states[item] = ScalarState.known
      slot.pointee.parents[item] = Int32(truncatingIfNeeded: row)
      item &+= 1
      token &+= 2
      if bytes[next] != UInt8(ascii: ",") { return bytes[next] == UInt8(ascii: "]") ? token : -1 }
    }
  }

  /// Reads the items of a list of scalars of any type, and the bracket after them.
  @inline(never)
  private func scalars(_ item: Entry, _ token: Int, _ table: Int, row: Int) -> Int {
    var token = token
    while true {
      // An item that is missing makes the list one that columns do not hold.
      let start = offset(token)
      let first = bytes[start]
      if first == UInt8(ascii: "n") || (first == UInt8(ascii: "\"") && textLength(start, token) == 0) { return -1 }
      var itemRow = 0
      if table >= 0 {
        itemRow = builder.beginRow(table)
        tables[table].parents[itemRow] = Int32(truncatingIfNeeded: row)
      }
      guard scalar(item, start, first, token, row: itemRow) else { return -1 }
      let after = byte(token &+ 1)
      token &+= 2
      if after == UInt8(ascii: ",") { continue }
      return after == UInt8(ascii: "]") ? token : -1
    }
  }

  private func scalar(_ entry: Entry, _ start: Int, _ first: UInt8, _ token: Int, row: Int) -> Bool {
    switch entry.pointee.action {
    case .text:
      guard first == UInt8(ascii: "\"") else { return isNull(start) }
      let length = textLength(start, token)
      return length == 0 || text(entry, start &+ 1, length, row: row)
    case .date: return date(entry, start, first, token, row: row)
    case .truth: return truth(entry, start, token, row: row)
    default: return other(entry, start, token, row: row)
    }
  }

  // MARK: Scalars: false where there is none that fits

  @inline(__always)
  private func date(_ entry: Entry, _ start: Int, _ first: UInt8, _ token: Int, row: Int) -> Bool {
    if first == UInt8(ascii: "\""), let day = months.dayNumber(bytes + (start &+ 1)) {
      return whole(Int64(truncatingIfNeeded: day), entry, row: row)
    }
    return first == UInt8(ascii: "\"") ? textLength(start, token) == 0 : isNull(start)
  }

  @inline(__always)
  private func truth(_ entry: Entry, _ start: Int, _ token: Int, row: Int) -> Bool {
    // Truths come in no order: a branch for each would often be guessed wrong.
    let letters = UnsafeRawPointer(bytes + start).loadUnaligned(as: UInt64.self).littleEndian
    // What is left of the letters is less than 2⁴⁰; only of 0 one less is negative.
    let isTrue = (((letters ^ Self.letters("true")) & 0xFFFF_FFFF) &- 1) &>> 63
    let isFalse = (((letters ^ Self.letters("false")) & 0xFF_FFFF_FFFF) &- 1) &>> 63
    guard isTrue | isFalse != 0 else { return isNull(start) }
    let end = start &+ Int(truncatingIfNeeded: 5 &- isTrue)
    guard end == offset(token &+ 1) || isEnd(bytes[end]) else { return false }
    let state = UInt8(truncatingIfNeeded: isTrue)
    if let column = entry.pointee.column { column.pointee.states[row] = state }
    return entry.pointee.check < 0 || plan.checks[entry.pointee.check].passes(Int64(state))
  }

  @inline(never)
  private func other(_ entry: Entry, _ start: Int, _ token: Int, row: Int) -> Bool {
    if entry.pointee.action != .number { return rare(entry, start, token, row: row) }
    guard let number = number(start) else { return isNull(start) }
    return whole(number, entry, row: row)
  }

  /// Puts a whole number into its cell, if it is allowed.
  @inline(__always)
  private func whole(_ value: Int64, _ entry: Entry, row: Int) -> Bool {
    guard value >= entry.pointee.low, value <= entry.pointee.high else { return false }
    if let column = entry.pointee.column {
      column.pointee.values[row] = value
      column.pointee.states[row] = ScalarState.known
    }
    return entry.pointee.isPlain || isRight(value, entry)
  }

  /// Whether a whole number passes what is asked of it; it is noted where it is an item's key.
  @inline(never)
  private func isRight(_ value: Int64, _ entry: Entry) -> Bool {
    if entry.pointee.check >= 0, !plan.checks[entry.pointee.check].passes(value) { return false }
    if entry.pointee.role == .itemKey { note(ItemKey(value)) }
    return true
  }

  @inline(__always)
  private func text(_ entry: Entry, _ start: Int, _ length: Int, row: Int) -> Bool {
    if hasEscapes || !entry.pointee.isPlain { return special(entry, start, length, row: row) }
    if let column = entry.pointee.column {
      column.pointee.values[row] = texts.id(of: bytes + start, count: length)
      column.pointee.states[row] = ScalarState.known
    }
    return true
  }

  /// Reads a text that has something to do besides standing in a column, or may have an escape in it.
  @inline(never)
  private func special(_ entry: Entry, _ start: Int, _ length: Int, row: Int) -> Bool {
    if hasEscapes, byte_search(bytes, start, start &+ length, UInt8(ascii: "\\")) < start &+ length {
      return escapedText(entry, start, length, row: row)
    }
    switch entry.pointee.role {
    case .recordKey: (notes.pointee.keyStart, notes.pointee.keyLength) = (start, length)
    case .recordName: (notes.pointee.nameStart, notes.pointee.nameLength) = (start, length)
    case .itemKey:
      note(ItemKey(bytes + start, length))
      if let span = entry.pointee.span {
        span.pointee.values[row] = Int64(truncatingIfNeeded: start | length &<< 32)
        span.pointee.states[row] = ScalarState.known
      }
    case .none: break
    }
    return checkedText(entry, UnsafeBufferPointer(start: bytes + start, count: length), row: row)
  }

  @inline(__always)
  private func checkedText(_ entry: Entry, _ text: UnsafeBufferPointer<UInt8>, row: Int) -> Bool {
    guard let start = text.baseAddress, entry.pointee.column != nil || entry.pointee.check >= 0 else { return true }
    let id = texts.id(of: start, count: text.count)
    if entry.pointee.check >= 0 {
      let isKnown = Int(id) < entry.pointee.passingCount && entry.pointee.passing?[Int(id)] == true
      if !isKnown, !plan.passes(entry, text: text, id: id) { return false }
    }
    if let column = entry.pointee.column {
      column.pointee.values[row] = id
      column.pointee.states[row] = ScalarState.known
    }
    return true
  }

  /// Reads a text with escapes. Where what it stands for is looked at here, half a surrogate pair may not be in it.
  @inline(never)
  private func escapedText(_ entry: Entry, _ start: Int, _ length: Int, row: Int) -> Bool {
    guard entry.pointee.role == .none || entry.pointee.role == .recordName,
      let decoded = Self.decoded(UnsafeBufferPointer(start: bytes + start, count: length))
    else { return false }
    if entry.pointee.role == .recordName {
      (notes.pointee.nameStart, notes.pointee.nameLength) = (start, length)
    }
    return (decoded + [UInt8](repeating: 0, count: TextIDs.padding)).withUnsafeBufferPointer { buffer in
      checkedText(entry, UnsafeBufferPointer(rebasing: buffer[..<decoded.count]), row: row)
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
  private func rare(_ entry: Entry, _ start: Int, _ token: Int, row: Int) -> Bool {
    guard bytes[start] == UInt8(ascii: "\"") else { return isNull(start) }
    let length = textLength(start, token)
    if length == 0 { return true }
    let text = Array(UnsafeBufferPointer(start: bytes + (start &+ 1), count: length))
    guard !text.contains(UInt8(ascii: "\\")), let reader = plan.readers[entry.pointee.position],
      reader.type.base != .any, case .value(let value) = reader.read(text[...])
    else { return false }
    // A key is told from others by what it stands for: the reader of documents has the word for it.
    if entry.pointee.role == .itemKey { return false }
    guard entry.pointee.action != .other else { return true }
    guard let kind = Layout.Kind(reader.type), let whole = Batch.whole(value, kind) else { return false }
    if let column = entry.pointee.column {
      column.pointee.values[row] = whole
      column.pointee.states[row] = ScalarState.known
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

  /// What tells items of a list apart.
  struct ItemKey: BitwiseCopyable {
    /// A whole number, or the last bytes of a text. It often goes up from item to item.
    var order: UInt64
    /// The text; nil of a whole number.
    var text: UnsafePointer<UInt8>?
    var length: Int

    init(_ whole: Int64) {
      order = UInt64(bitPattern: whole)
      (text, length) = (nil, 0)
    }

    /// - Parameter text: with eight bytes that may be read.
    @inline(__always)
    init(_ text: UnsafePointer<UInt8>, _ length: Int) {
      let raw = UnsafeRawPointer(text)
      order =
        length >= 8
        ? (raw + (length &- 8)).loadUnaligned(as: UInt64.self).bigEndian
        : raw.loadUnaligned(as: UInt64.self).bigEndian &>> UInt64(truncatingIfNeeded: 64 &- 8 &* length)
      (self.text, self.length) = (text, length)
    }

    static func == (left: Self, right: Self) -> Bool {
      guard left.order == right.order, left.length == right.length else { return false }
      guard let text = left.text, let other = right.text else { return true }
      return memcmp(text, other, left.length) == 0
    }
  }

  @inline(__always)
  private func note(_ key: ItemKey) {
    if notes.pointee.itemKeyCount == notes.pointee.itemKeyCapacity { growItemKeys() }
    notes.pointee.itemKeys[notes.pointee.itemKeyCount] = key
    notes.pointee.itemKeyCount &+= 1
  }

  @inline(never)
  private func growItemKeys() {
    let bigger = UnsafeMutablePointer<ItemKey>.allocate(capacity: notes.pointee.itemKeyCapacity * 2)
    bigger.initialize(from: notes.pointee.itemKeys, count: notes.pointee.itemKeyCount)
    notes.pointee.itemKeys.deallocate()
    notes.pointee.itemKeys = bigger
    notes.pointee.itemKeyCapacity *= 2
  }

  /// Whether two items of a list have the same key.
  @inline(__always)
  private func hasRepeats(from first: Int) -> Bool {
    let count = notes.pointee.itemKeyCount &- first
    let keys = notes.pointee.itemKeys + first
    var index = 1
    while index < count, keys[index &- 1].order < keys[index].order { index &+= 1 }
    return index < count && hasRepeats(UnsafeBufferPointer(start: keys, count: count))
  }

  @inline(never)
  private func hasRepeats(_ keys: UnsafeBufferPointer<ItemKey>) -> Bool {
    if keys.count <= 16 {
      return keys.indices.contains { index in (0..<index).contains { keys[$0] == keys[index] } }
    }
    // Hashes that are equal without the keys being so send the record to the reader of documents, which will tell.
    let hashes = keys.map { key in
      var hasher = Hasher()
      hasher.combine(key.order)
      hasher.combine(bytes: UnsafeRawBufferPointer(start: key.text, count: key.length))
      return hasher.finalize()
    }.sorted()
    return zip(hashes, hashes.dropFirst()).contains { $0 == $1 }
  }

  // MARK: Grammar

  /// Checks a value's grammar and passes over it.
  ///
  /// - Parameter level: how many containers are open around it.
  @inline(never)
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

  /// Up to eight letters, the first of them lowest.
  @inline(__always)
  private static func letters(_ text: StaticString) -> UInt64 {
    var letters: UInt64 = 0
    for index in 0..<text.utf8CodeUnitCount { letters |= UInt64(text.utf8Start[index]) &<< UInt64(8 &* index) }
    return letters
  }

  /// Four letters as memory holds them.
  @inline(__always)
  private static func word(_ text: StaticString) -> UInt32 {
    UnsafeRawPointer(text.utf8Start).loadUnaligned(as: UInt32.self)
  }
}

/// The months that dates were met in, so that most are found rather than worked out.
///
/// A month has one slot that it may be in, which it shares with others.
struct MonthTable: BitwiseCopyable {
  private struct Month: BitwiseCopyable {
    /// `YYYY-MM-` as memory holds it; of a slot that is free what no month is.
    var text: UInt64 = 0
    /// The day number of the last day of the month before.
    var before: Int32 = 0
    var days: UInt32 = 0
  }

  private let slots: UnsafeMutablePointer<Month>
  private static let bits: UInt64 = 10

  init() {
    slots = .allocate(capacity: 1 << Int(Self.bits))
    slots.initialize(repeating: Month(), count: 1 << Int(Self.bits))
  }

  func deallocate() { slots.deallocate() }

  /// As ``IsoDate/dayNumber(_:)``.
  ///
  /// - Parameter text: with twelve bytes that may be read.
  @inline(__always)
  func dayNumber(_ text: UnsafePointer<UInt8>) -> Int? {
    let raw = UnsafeRawPointer(text)
    let month = raw.loadUnaligned(as: UInt64.self)
    let slot = slots + Int(truncatingIfNeeded: (month &* 0x9E37_79B9_7F4A_7C15) &>> (64 &- Self.bits))
    // What is left of two digits and a quote is the digits.
    let rest = (raw + 8).loadUnaligned(as: UInt32.self).littleEndian ^ 0x22_3030
    let (tens, ones) = (rest & 0xFF, rest &>> 8 & 0xFF)
    let day = tens &* 10 &+ ones
    guard slot.pointee.text == month, rest & 0xFF_0000 == 0, ones <= 9, day &- 1 < slot.pointee.days else {
      return find(text, slot)
    }
    return Int(slot.pointee.before) &+ Int(truncatingIfNeeded: day)
  }

  @inline(never)
  private func find(_ text: UnsafePointer<UInt8>, _ slot: UnsafeMutablePointer<Month>) -> Int? {
    guard let day = IsoDate.dayNumber(text) else { return nil }
    let number = Int(text[8] &- UInt8(ascii: "0")) &* 10 &+ Int(text[9] &- UInt8(ascii: "0"))
    slot.pointee = Month(
      text: UnsafeRawPointer(text).loadUnaligned(as: UInt64.self), before: Int32(truncatingIfNeeded: day &- number),
      days: IsoDate.daysInMonth(of: text))
    return day
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
    // Every byte becomes ten times its digit and the next one's.
    let pairs = digits &* 10 &+ digits &>> 8
    let century = UInt32(truncatingIfNeeded: pairs & 0x7F)
    let year = century &* 100 &+ UInt32(truncatingIfNeeded: pairs &>> 16 & 0x7F)
    let month = UInt32(truncatingIfNeeded: pairs &>> 40 & 0x7F)
    let day = UInt32(tens) &* 10 &+ UInt32(ones)
    guard century >= 10, month &- 1 < 12, day &- 1 < 28 || (day > 28 && day <= daysInMonth(year, month)) else {
      return nil
    }
    // Years that begin in March end with their leap day; the months before it are the 13th and 14th.
    let isEarly: UInt32 = month <= 2 ? 1 : 0
    let marchYear = year &- isEarly
    let marchMonth = month &+ 12 &* isEarly
    let marchCentury = marchYear / 100
    let days =
      1461 &* marchYear / 4 &- marchCentury &+ marchCentury / 4 &+ (979 &* marchMonth &- 2919) / 32 &+ day
    return Int(days) &- 719_469
  }

  /// How many days the month has of a date that is right.
  static func daysInMonth(of text: UnsafePointer<UInt8>) -> UInt32 {
    func number(_ digits: Range<Int>) -> UInt32 { digits.reduce(0) { $0 * 10 + UInt32(text[$1] - UInt8(ascii: "0")) } }
    return daysInMonth(number(0..<4), number(5..<7))
  }

  @inline(never)
  private static func daysInMonth(_ year: UInt32, _ month: UInt32) -> UInt32 {
    switch month {
    case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }
}
