import FEEL
@_spi(Columns) import Probity

/// How the objects of a run's records go into columns: for each type of object, what becomes of each of its keys.
///
/// It is laid out in plain memory, and learns: in which order keys come, and which keys are no facts. One instance serves
/// one thread.
final class ColumnPlan {
  /// What becomes of a value.
  enum Action: UInt8 {
    /// Its grammar is checked, and it is passed over.
    case skip
    case truth, number, date, yearsAndMonths, daysAndTime, text
    /// A scalar that no column holds: it has to be readable all the same.
    case other
    /// An object whose facts are columns of the same row.
    case nested
    /// A list of objects, or of scalars, each of them a row of its own table.
    case items, scalars
  }

  /// What a value is besides a fact.
  enum Role: UInt8 { case none, recordKey, recordName, itemKey }

  /// A key of a type of object, and what becomes of its value; or the items of a list of scalars.
  struct Entry: BitwiseCopyable {
    /// The key's first bytes, its closing quote among them, and which bits of them count.
    var head: UInt64 = 0
    var headMask: UInt64 = 0
    var tail: UInt64 = 0
    var tailMask: UInt64 = 0
    /// With the closing quote.
    var length = 0
    /// The bytes after the first sixteen.
    var rest: UnsafeMutablePointer<UInt8>?

    var action = Action.skip
    var role = Role.none
    /// Whether the key may not come twice.
    var isUsed = false
    /// Whether a column of values needs it.
    var isForValues = false
    /// Its bit among those of its object that have been met.
    var word = 0
    var bit: UInt64 = 0
    /// Whether it is beyond the first 64.
    var isFar = false
    /// The entry that followed it in the last object.
    var next = 0
    /// In the type of the object; -1 for what is no fact.
    var member = -1

    /// Of a scalar, in ``BatchBuilder/columns``; of a nested fact, the column that says whether it is there. -1 for none.
    var column = -1
    /// Of ``nested`` and ``items``: the type of object. Of ``scalars``: the entry of the items.
    var inner = 0
    /// Of lists: the table of their items, -1 for none.
    var table = -1

    /// What whole numbers a column may hold, where that is an interval.
    var low = Int64.min
    var high = Int64.max
    /// What else a value has to pass, in ``ColumnPlan/checks``; -1 for nothing.
    var check = -1
    /// By the id of a text: whether it is known to pass.
    var passing: UnsafeMutablePointer<Bool>?
    var passingCount = 0
    /// Of what is no fact: the block in which it was last reported.
    var block = 0
  }

  /// A type of object at one place of a record.
  struct Object: BitwiseCopyable {
    /// The entry that came first in the last object.
    var first = 0
    /// Where the bits of the keys that have been met stand.
    var firstWord = 0
    var words = 0
    /// How many containers are open within it.
    var level = 1
    /// Entries by the hash of their key; -1 where there is none.
    var slots: UnsafeMutablePointer<Int>
    var slotMask = 0
  }

  private(set) var entries: UnsafeMutablePointer<Entry>
  private(set) var entryCount = 0
  private var entryCapacity = 64
  private(set) var objects: UnsafeMutablePointer<Object>
  private(set) var objectCount = 0
  private var objectCapacity = 16
  /// Which keys of the objects that are being read have been met.
  let seen: UnsafeMutablePointer<UInt64>
  private var wordCount = 0
  private(set) var checks: [ValueCheck] = []
  /// For each entry the reader of its scalar; for each object its plan.
  private(set) var readers: [ScalarReader?] = []
  private(set) var plans: [TypePlan] = []
  /// For each object, which entry is of which member; -1 where it is not read.
  private(set) var entryOfMember: [[Int]] = []
  /// Whether records of this shape can be read into columns at all.
  private(set) var isUsable = true
  private var strangers = 0
  /// The most containers that are open at a fact.
  private var deepest = 1

  private let layout: Layout
  private let builder: BatchBuilder

  private static let mostWords = 4096
  private static let mostStrangers = 4096

  init(_ shape: RecordShape, builder: BatchBuilder, depthLimit: Int) {
    layout = builder.layout
    self.builder = builder
    entries = .allocate(capacity: entryCapacity)
    objects = .allocate(capacity: objectCapacity)
    seen = .allocate(capacity: Self.mostWords)
    seen.initialize(repeating: 0, count: Self.mostWords)
    var attached = (columns: 0, tables: 1)
    let root = addObject(shape.plan, table: 0, path: [], level: 1, isItem: false, isValue: false, &attached)
    let columns = layout.tables.reduce(0) { $0 + $1.columns.count { $0.kind != .value } }
    // What the program reads has to come from here, each column from one fact.
    if attached.columns != columns || attached.tables != layout.tables.count { isUsable = false }
    guard let key = shape.type.context.key, entryOfMember[root][key] >= 0,
      entries[entryOfMember[root][key]].action == .text, wordCount <= Self.mostWords
    else {
      isUsable = false
      return
    }
    if deepest > depthLimit { isUsable = false }
    entries[entryOfMember[root][key]].role = .recordKey
    if let name = shape.type.nameMember, name != key, entries[entryOfMember[root][name]].action == .text {
      entries[entryOfMember[root][name]].role = .recordName
    }
  }

  deinit {
    for index in 0..<entryCount {
      entries[index].rest?.deallocate()
      entries[index].passing?.deallocate()
    }
    for index in 0..<objectCount { objects[index].slots.deallocate() }
    entries.deallocate()
    objects.deallocate()
    seen.deallocate()
  }

  // MARK: Laying out

  /// - Parameters:
  ///   - table: whose rows the object's scalars stand in, nil where no column is read of it.
  ///   - path: the way from the row to the object.
  ///   - isValue: whether a column holds the object as a whole, or a list it is in.
  private func addObject(
    _ plan: TypePlan, table: Int?, path: [Int], level: Int, isItem: Bool, isValue: Bool,
    _ attached: inout (columns: Int, tables: Int)
  ) -> Int {
    if objectCount == objectCapacity { Self.grow(&objects, objectCount, &objectCapacity) }
    let index = objectCount
    let slotCount = Self.slotCount(for: plan.type.members.count)
    (objects + index).initialize(to: Object(level: level, slots: Self.slots(slotCount), slotMask: slotCount - 1))
    objectCount += 1
    deepest = max(deepest, level)
    plans.append(plan)
    entryOfMember.append([])
    let firstWord = wordCount
    let words = max(1, (plan.shapes.count { $0 != nil } + 63) / 64)
    wordCount += words
    (objects[index].firstWord, objects[index].words) = (firstWord, words)
    var positions: [Int] = []
    var bit = 0
    func isWhole(_ table: Int?, _ path: [Int]) -> Bool {
      isValue || table.map { layout.tables[$0].columns.contains { $0.kind == .value && $0.path == path } } ?? false
    }
    for (member, shape) in plan.shapes.enumerated() {
      let path = path + [member]
      var entry = Entry()
      entry.member = member
      var reader: ScalarReader?
      if shape != nil {
        entry.isUsed = true
        (entry.word, entry.bit) = (firstWord + bit / 64, 1 << UInt64(bit % 64))
        entry.isFar = bit >= 64
        bit += 1
      }
      let isValue = isValue || table.map { holdsValue($0, path) } ?? false
      entry.isForValues = isValue && shape != nil
      let list = table.flatMap { table in layout.tables[table].children.first { layout.tables[$0].path == path } }
      switch shape {
      case nil: break
      case .scalar(let scalar):
        reader = scalar
        describe(scalar, table: table, path: path, in: &entry, &attached)
        if isItem, member == plan.type.key, !plan.type.members[member].isSensitive { entry.role = .itemKey }
      case .scalars(let scalar):
        entry.action = .scalars
        if let list {
          entry.table = list
          attached.tables += 1
        }
        var item = Entry()
        describe(scalar, table: list, path: [], in: &item, &attached)
        entry.inner = add(item, scalar)
        deepest = max(deepest, level + 1)
      case .nested(let nested):
        entry.action = .nested
        if let table, let column = column(table, path, .presence) {
          entry.column = column
          attached.columns += 1
        }
        entry.inner = addObject(
          nested, table: table, path: path, level: level + 1, isItem: false, isValue: isWhole(table, path), &attached)
      case .items(let items):
        entry.action = .items
        if let list {
          entry.table = list
          attached.tables += 1
        }
        entry.inner = addObject(
          items, table: list, path: [], level: level + 2, isItem: true, isValue: isWhole(table, path), &attached)
      }
      let position = add(entry, reader)
      positions.append(shape == nil ? -1 : position)
      name(position, Array(plan.type.members[member].name.utf8), in: index)
      // In the order of the declarations until the data says otherwise.
      if member == 0 { objects[index].first = position }
    }
    link(index, plan.type)
    entryOfMember[index] = positions
    return index
  }

  /// Lets each member's entry be followed by the next member's.
  private func link(_ object: Int, _ type: ContextType) {
    var previous: Int?
    for member in type.members {
      guard let entry = find(Array(member.name.utf8), in: object) else { continue }
      if let previous { entries[previous].next = entry }
      entries[entry].next = entry
      previous = entry
    }
  }

  /// Whether a column of values holds what stands at a path below a table's row, or something in it.
  private func holdsValue(_ table: Int, _ path: [Int]) -> Bool {
    layout.tables[table].columns.contains { $0.kind == .value && $0.path.starts(with: path) }
      || layout.tables[table].children.contains { layout.tables[$0].path.starts(with: path) && holdsValue($0, []) }
  }

  private func column(_ table: Int, _ path: [Int], _ kind: Layout.Kind) -> Int? {
    let columns = layout.tables[table].columns
    return columns.firstIndex { $0.path == path && $0.kind == kind }.map { builder.tables[table].firstColumn + $0 }
  }

  private func describe(
    _ reader: ScalarReader, table: Int?, path: [Int], in entry: inout Entry,
    _ attached: inout (columns: Int, tables: Int)
  ) {
    let kind = Layout.Kind(reader.type)
    entry.action =
      switch kind {
      case .truth: .truth
      case .number: .number
      case .date: .date
      case .yearsAndMonths: .yearsAndMonths
      case .daysAndTime: .daysAndTime
      case .text: .text
      default: .other
      }
    if let kind, let table, let column = column(table, path, kind) {
      entry.column = column
      attached.columns += 1
    }
    guard entry.action != .other, let allowed = reader.type.allowedValues,
      allowed.listed != nil || reader.tests != nil
    else { return }
    if let kind, kind != .text, let interval = reader.interval(kind) {
      (entry.low, entry.high) = (interval.lowerBound, interval.upperBound)
    } else {
      entry.check = checks.count
      checks.append(ValueCheck(reader, kind: kind ?? .text))
    }
  }

  private func add(_ entry: Entry, _ reader: ScalarReader?) -> Int {
    if entryCount == entryCapacity { Self.grow(&entries, entryCount, &entryCapacity) }
    (entries + entryCount).initialize(to: entry)
    readers.append(reader)
    entryCount += 1
    return entryCount - 1
  }

  private static func grow<T: BitwiseCopyable>(
    _ buffer: inout UnsafeMutablePointer<T>, _ used: Int, _ capacity: inout Int
  ) {
    let bigger = UnsafeMutablePointer<T>.allocate(capacity: capacity * 2)
    bigger.initialize(from: buffer, count: used)
    buffer.deallocate()
    (buffer, capacity) = (bigger, capacity * 2)
  }

  // MARK: Keys

  private static func slotCount(for keys: Int) -> Int {
    var count = 8
    while count < keys * 2 + 2 { count *= 2 }
    return count
  }

  private static func slots(_ count: Int) -> UnsafeMutablePointer<Int> {
    let slots = UnsafeMutablePointer<Int>.allocate(capacity: count)
    slots.initialize(repeating: -1, count: count)
    return slots
  }

  /// Gives an entry its key.
  private func name(_ entry: Int, _ key: [UInt8], in object: Int) {
    let text = key + [UInt8(ascii: "\"")] + [UInt8](repeating: 0, count: 16)
    let length = key.count + 1
    text.withUnsafeBytes { text in
      entries[entry].head = text.loadUnaligned(as: UInt64.self)
      entries[entry].tail = text.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
    }
    entries[entry].headMask = length >= 8 ? .max : (1 << UInt64(8 * length)) - 1
    entries[entry].tailMask = length >= 16 ? .max : length <= 8 ? 0 : (1 << UInt64(8 * (length - 8))) - 1
    entries[entry].head &= entries[entry].headMask
    entries[entry].tail &= entries[entry].tailMask
    entries[entry].length = length
    if length > 16 {
      let rest = UnsafeMutablePointer<UInt8>.allocate(capacity: length - 16)
      for offset in 16..<length { rest[offset - 16] = text[offset] }
      entries[entry].rest = rest
    }
    var slot = Self.hash(entries[entry].head, length) & objects[object].slotMask
    while objects[object].slots[slot] >= 0 { slot = (slot + 1) & objects[object].slotMask }
    objects[object].slots[slot] = entry
  }

  /// - Parameters:
  ///   - head: the first eight bytes, the closing quote among them, and 0 for what comes after it.
  ///   - length: with the closing quote.
  @inline(__always)
  static func hash(_ head: UInt64, _ length: Int) -> Int {
    let mixed = (head ^ UInt64(truncatingIfNeeded: length) &<< 56) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed &>> 40)
  }

  private func find(_ key: [UInt8], in object: Int) -> Int? {
    let text = key + [UInt8(ascii: "\"")] + [UInt8](repeating: 0, count: 16)
    return text.withUnsafeBufferPointer { text in
      text.baseAddress.flatMap { find($0, length: key.count + 1, in: object) }
    }
  }

  /// The entry of a key.
  ///
  /// - Parameters:
  ///   - key: its first byte, with sixteen bytes that may be read.
  ///   - length: with the closing quote.
  func find(_ key: UnsafePointer<UInt8>, length: Int, in object: Int) -> Int? {
    let mask: UInt64 = length >= 8 ? .max : (1 << UInt64(8 * length)) - 1
    var slot = Self.hash(UnsafeRawPointer(key).loadUnaligned(as: UInt64.self) & mask, length) & objects[object].slotMask
    while objects[object].slots[slot] >= 0 {
      let entry = objects[object].slots[slot]
      if entries[entry].length == length, Self.matches(entries + entry, key) { return entry }
      slot = (slot + 1) & objects[object].slotMask
    }
    return nil
  }

  /// Whether what stands at `key` is an entry's key with its closing quote.
  @inline(__always)
  static func matches(_ entry: UnsafeMutablePointer<Entry>, _ key: UnsafePointer<UInt8>) -> Bool {
    let raw = UnsafeRawPointer(key)
    let head = (raw.loadUnaligned(as: UInt64.self) ^ entry.pointee.head) & entry.pointee.headMask
    let tail = ((raw + 8).loadUnaligned(as: UInt64.self) ^ entry.pointee.tail) & entry.pointee.tailMask
    guard head | tail == 0 else { return false }
    guard let rest = entry.pointee.rest else { return true }
    // A key that is cut short differs before the end of the block, which is followed by zeros.
    var offset = 16
    while offset < entry.pointee.length {
      if key[offset] != rest[offset - 16] { return false }
      offset &+= 1
    }
    return true
  }

  /// Notes a key that is no fact, so that the next one like it is passed over. It costs what it takes to report it.
  func addStranger(_ key: UnsafeBufferPointer<UInt8>, in object: Int, block: Int) {
    guard strangers < Self.mostStrangers else { return }
    strangers += 1
    var entry = Entry()
    entry.block = block
    let position = add(entry, nil)
    entries[position].next = objects[object].first
    let wanted = Self.slotCount(for: plans[object].type.members.count + strangers)
    if wanted > objects[object].slotMask + 1 { rehash(object, wanted) }
    name(position, Array(key), in: object)
  }

  private func rehash(_ object: Int, _ count: Int) {
    let old = UnsafeMutableBufferPointer(start: objects[object].slots, count: objects[object].slotMask + 1)
    objects[object].slots = Self.slots(count)
    objects[object].slotMask = count - 1
    for entry in old where entry >= 0 {
      var slot = Self.hash(entries[entry].head, entries[entry].length) & (count - 1)
      while objects[object].slots[slot] >= 0 { slot = (slot + 1) & (count - 1) }
      objects[object].slots[slot] = entry
    }
    old.deallocate()
  }

  // MARK: Checks

  /// Whether a text is allowed; it is remembered by its id.
  func passes(_ entry: Int, text: UnsafeBufferPointer<UInt8>, id: Int64) -> Bool {
    guard checks[entries[entry].check].passes(text) else { return false }
    if Int(id) >= entries[entry].passingCount {
      let count = max(64, Int(id) * 2)
      let passing = UnsafeMutablePointer<Bool>.allocate(capacity: count)
      passing.initialize(repeating: false, count: count)
      if let old = entries[entry].passing {
        passing.update(from: old, count: entries[entry].passingCount)
        old.deallocate()
      }
      (entries[entry].passing, entries[entry].passingCount) = (passing, count)
    }
    entries[entry].passing?[Int(id)] = true
    return true
  }

  /// Forgets which ids are allowed, because they stand for other texts now.
  func forgetTexts() {
    for index in 0..<entryCount {
      entries[index].passing?.deallocate()
      (entries[index].passing, entries[index].passingCount) = (nil, 0)
    }
  }
}

/// What the values of a fact have to pass beyond their type, where that is no interval.
final class ValueCheck {
  private let reader: ScalarReader
  private let kind: Layout.Kind
  private var known: [Int64: Bool] = [:]
  private static let mostKnown = 4096

  init(_ reader: ScalarReader, kind: Layout.Kind) {
    self.reader = reader
    self.kind = kind
  }

  func passes(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    isAllowed(.string(String(decoding: text, as: UTF8.self)))
  }

  /// Whether a value is allowed, as a column holds it.
  func passes(_ whole: Int64) -> Bool {
    if let known = known[whole] { return known }
    if known.count >= Self.mostKnown { known = [:] }
    let passes = kind.value(whole).map { isAllowed($0) } ?? false
    known[whole] = passes
    return passes
  }

  private func isAllowed(_ value: Value) -> Bool {
    if case .value = reader.check(value) { true } else { false }
  }
}

extension Layout.Kind {
  /// The value that a column holds as a whole number; nil for texts.
  func value(_ whole: Int64) -> Value? {
    switch self {
    case .truth: .boolean(whole == Int64(Cell.yes))
    case .number: Number(coefficient: Int(whole), exponent: -4).map { .number($0) }
    case .date: CivilDate(dayNumber: Int(whole)).map { .date($0) }
    case .yearsAndMonths: .yearsAndMonthsDuration(YearsAndMonthsDuration(months: Int(whole)))
    case .daysAndTime: nil
    default: nil
    }
  }
}

extension ScalarReader {
  /// The values that are allowed, as a column holds them, where the tests are one interval.
  func interval(_ kind: Layout.Kind) -> ClosedRange<Int64>? {
    guard type.allowedValues?.listed == nil, let tests,
      case .unaryTests(let all, _, isNegated: false) = tests.root.kind,
      all.count == 1, let test = all.first, !test.usesInput, let epoch = CivilDate(dayNumber: 0),
      case .range(let range) = Evaluator(asOf: epoch).evaluate(test.node, slots: tests.slots),
      range.form == .interval || range.form == .comparison
    else { return nil }
    func bound(_ value: Value?, isIncluded: Bool, step: Int64, open: Int64) -> Int64? {
      guard let value else { return open }
      guard let whole = Batch.whole(value, kind), abs(whole) < 1 << 62 else { return nil }
      return isIncluded ? whole : whole + step
    }
    guard let low = bound(range.start, isIncluded: range.startIncluded, step: 1, open: .min),
      let high = bound(range.end, isIncluded: range.endIncluded, step: -1, open: .max), low <= high
    else { return nil }
    return low...high
  }
}
