import FEEL
@_spi(Columns) import Probity

/// How the objects of a run's records go into columns: for each type of object, what becomes of each of its keys.
///
/// It is laid out in plain memory, and learns: in which order keys come, and which keys are no facts. One instance serves
/// one thread.
final class ColumnPlan {
  private(set) var entries: [UnsafeMutablePointer<Entry>] = []
  private(set) var objects: UnsafeMutablePointer<Object>
  private(set) var objectCount = 0
  private var objectCapacity = 16
  private(set) var checks: [ValueCheck] = []
  /// For each entry the reader of its scalar; for each object its plan.
  private(set) var readers: [ScalarReader?] = []
  private(set) var plans: [TypePlan] = []
  /// For each object, which entry is of which member; nil where it is not read.
  private(set) var entryOfMember: [[UnsafeMutablePointer<Entry>?]] = []
  /// Whether records of this shape can be read into columns at all.
  private(set) var isUsable = true
  private var strangers = 0
  /// The most containers that are open at a fact.
  private var deepest = 1

  private let layout: Layout
  private let builder: BatchBuilder

  private static let mostStrangers = 4096

  init(_ shape: RecordShape, builder: BatchBuilder, depthLimit: Int) {
    layout = builder.layout
    self.builder = builder
    objects = .allocate(capacity: objectCapacity)
    var attached = (columns: 0, tables: 1)
    let root = addObject(shape.plan, table: 0, path: [], level: 1, isItem: false, isValue: false, &attached)
    let columns = layout.tables.reduce(0) { $0 + $1.columns.count { $0.kind != .value } }
    // What the program reads has to come from here, each column from one fact.
    if attached.columns != columns || attached.tables != layout.tables.count { isUsable = false }
    guard let key = shape.type.context.key, let keyEntry = entryOfMember[root][key],
      keyEntry.pointee.action == .text
    else {
      isUsable = false
      return
    }
    if deepest > depthLimit { isUsable = false }
    keyEntry.pointee.role = .recordKey
    if let name = shape.type.nameMember, name != key, let entry = entryOfMember[root][name],
      entry.pointee.action == .text
    {
      entry.pointee.role = .recordName
    }
    for entry in entries {
      entry.pointee.isPlain = entry.pointee.role == .none && entry.pointee.check < 0
      entry.pointee.step = Step(entry.pointee.action)
    }
  }

  deinit {
    for entry in entries {
      entry.pointee.written?.deallocate()
      entry.pointee.passing?.deallocate()
      entry.deallocate()
    }
    for index in 0..<objectCount { objects[index].slots.deallocate() }
    objects.deallocate()
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
    (objects + index).initialize(
      to: Object(first: addEntry(nil), level: level, slots: Self.slots(slotCount), slotMask: slotCount - 1))
    objectCount += 1
    deepest = max(deepest, level)
    plans.append(plan)
    entryOfMember.append([])
    var ofMember: [UnsafeMutablePointer<Entry>?] = []
    var previous: UnsafeMutablePointer<Entry>?
    func isWhole(_ table: Int?, _ path: [Int]) -> Bool {
      isValue || table.map { layout.tables[$0].columns.contains { $0.kind == .value && $0.path == path } } ?? false
    }
    for (member, shape) in plan.shapes.enumerated() {
      let path = path + [member]
      let entry = addEntry(plan.type.members[member].name, in: index)
      // In the order of the declarations until the data says otherwise.
      if let previous { previous.pointee.next = entry } else { objects[index].first = entry }
      previous = entry
      entry.pointee.member = member
      guard let shape else {
        ofMember.append(nil)
        continue
      }
      ofMember.append(entry)
      let isValue = isValue || table.map { holdsValue($0, path) } ?? false
      entry.pointee.isForValues = isValue
      let list = table.flatMap { table in layout.tables[table].children.first { layout.tables[$0].path == path } }
      switch shape {
      case .scalar(let scalar):
        describe(scalar, table: table, path: path, in: entry, &attached)
        if isItem, member == plan.type.key, !plan.type.members[member].isSensitive {
          entry.pointee.role = .itemKey
          if let table, let span = column(table, path, .span) {
            entry.pointee.span = span
            attached.columns += 1
          }
        }
      case .scalars(let scalar):
        entry.pointee.action = .scalars
        attach(list, to: entry, &attached)
        let item = addEntry(nil)
        describe(scalar, table: list, path: [], in: item, &attached)
        entry.pointee.item = item
        deepest = max(deepest, level + 1)
      case .nested(let nested):
        entry.pointee.action = .nested
        if let table { attach(table, path, .presence, to: entry, &attached) }
        entry.pointee.inner = addObject(
          nested, table: table, path: path, level: level + 1, isItem: false, isValue: isWhole(table, path), &attached)
      case .items(let items):
        entry.pointee.action = .items
        attach(list, to: entry, &attached)
        entry.pointee.inner = addObject(
          items, table: list, path: [], level: level + 2, isItem: true, isValue: isWhole(table, path), &attached)
      }
    }
    entryOfMember[index] = ofMember
    return index
  }

  /// Whether a column of values holds what stands at a path below a table's row, or something in it.
  private func holdsValue(_ table: Int, _ path: [Int]) -> Bool {
    layout.tables[table].columns.contains { $0.kind == .value && $0.path.starts(with: path) }
      || layout.tables[table].children.contains { layout.tables[$0].path.starts(with: path) && holdsValue($0, []) }
  }

  private func attach(
    _ list: Int?, to entry: UnsafeMutablePointer<Entry>, _ attached: inout (columns: Int, tables: Int)
  ) {
    guard let list else { return }
    entry.pointee.table = list
    attached.tables += 1
  }

  private func attach(
    _ table: Int, _ path: [Int], _ kind: Layout.Kind, to entry: UnsafeMutablePointer<Entry>,
    _ attached: inout (columns: Int, tables: Int)
  ) {
    guard let column = column(table, path, kind) else { return }
    entry.pointee.column = column
    attached.columns += 1
  }

  private func column(_ table: Int, _ path: [Int], _ kind: Layout.Kind) -> UnsafeMutablePointer<BatchBuilder.Column>? {
    layout.tables[table].columns.firstIndex { $0.path == path && $0.kind == kind }.map {
      builder.columns + builder.tables[table].firstColumn + $0
    }
  }

  private func describe(
    _ reader: ScalarReader, table: Int?, path: [Int], in entry: UnsafeMutablePointer<Entry>,
    _ attached: inout (columns: Int, tables: Int)
  ) {
    let kind = Layout.Kind(reader.type)
    readers[entry.pointee.position] = reader
    entry.pointee.action =
      switch kind {
      case .truth: .truth
      case .number: .number
      case .date: .date
      case .yearsAndMonths: .yearsAndMonths
      case .daysAndTime: .daysAndTime
      case .text: .text
      default: .other
      }
    if let kind, let table { attach(table, path, kind, to: entry, &attached) }
    guard entry.pointee.action != .other, let allowed = reader.type.allowedValues,
      allowed.listed != nil || reader.tests != nil
    else { return }
    if let kind, kind != .text, let interval = reader.interval(kind) {
      (entry.pointee.low, entry.pointee.high) = (interval.lowerBound, interval.upperBound)
    } else {
      entry.pointee.check = checks.count
      checks.append(ValueCheck(reader, kind: kind ?? .text))
    }
  }

  /// - Parameter name: its key; nil for what no key is compared with.
  private func addEntry(_ name: String?, in object: Int = 0) -> UnsafeMutablePointer<Entry> {
    let entry = UnsafeMutablePointer<Entry>.allocate(capacity: 1)
    entry.initialize(to: Entry(position: entries.count, next: entry))
    entries.append(entry)
    readers.append(nil)
    if let name { self.name(entry, Array(name.utf8), in: object) }
    return entry
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

  private static func slots(_ count: Int) -> UnsafeMutablePointer<UnsafeMutablePointer<Entry>?> {
    let slots = UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>.allocate(capacity: count)
    slots.initialize(repeating: nil, count: count)
    return slots
  }

  /// Gives an entry its key.
  private func name(_ entry: UnsafeMutablePointer<Entry>, _ key: [UInt8], in object: Int) {
    entry.pointee.name(key)
    key.withUnsafeBufferPointer { key in
      let slot = slot(of: key, in: object)
      objects[object].slots[slot] = entry
    }
  }

  /// Where the entry of a key is, or would be.
  private func slot(of key: UnsafeBufferPointer<UInt8>, in object: Int) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in key { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    let object = objects + object
    var slot = Int(truncatingIfNeeded: hash &>> 32) & object.pointee.slotMask
    while let entry = object.pointee.slots[slot], !entry.pointee.isNamed(key) {
      slot = (slot + 1) & object.pointee.slotMask
    }
    return slot
  }

  /// The entry of a key, given without its quotes.
  func find(_ key: UnsafeBufferPointer<UInt8>, in object: Int) -> UnsafeMutablePointer<Entry>? {
    objects[object].slots[slot(of: key, in: object)]
  }

  /// Notes a key that is no fact, so that the next one like it is passed over. It costs what it takes to report it.
  func addStranger(_ key: UnsafeBufferPointer<UInt8>, in object: Int, block: Int) {
    guard strangers < Self.mostStrangers else { return }
    strangers += 1
    let wanted = Self.slotCount(for: plans[object].type.members.count + strangers)
    if wanted > objects[object].slotMask + 1 { rehash(object, wanted) }
    let entry = addEntry(nil)
    name(entry, Array(key), in: object)
    (entry.pointee.step, entry.pointee.block) = (.stranger, block)
    entry.pointee.next = objects[object].first
  }

  private func rehash(_ object: Int, _ count: Int) {
    let old = UnsafeMutableBufferPointer(start: objects[object].slots, count: objects[object].slotMask + 1)
    objects[object].slots = Self.slots(count)
    objects[object].slotMask = count - 1
    for case let entry? in old {
      objects[object].slots[slot(of: entry.pointee.key, in: object)] = entry
    }
    old.deallocate()
  }

  // MARK: Checks

  /// Whether a text is allowed; it is remembered by its id.
  func passes(_ entry: UnsafeMutablePointer<Entry>, text: UnsafeBufferPointer<UInt8>, id: Int64) -> Bool {
    guard checks[entry.pointee.check].passes(text) else { return false }
    if Int(id) >= entry.pointee.passingCount {
      let count = max(64, Int(id) * 2)
      let passing = UnsafeMutablePointer<Bool>.allocate(capacity: count)
      passing.initialize(repeating: false, count: count)
      if let old = entry.pointee.passing {
        passing.update(from: old, count: entry.pointee.passingCount)
        old.deallocate()
      }
      (entry.pointee.passing, entry.pointee.passingCount) = (passing, count)
    }
    entry.pointee.passing?[Int(id)] = true
    return true
  }

  /// Forgets which ids are allowed, because they stand for other texts now.
  func forgetTexts() {
    for entry in entries {
      entry.pointee.passing?.deallocate()
      (entry.pointee.passing, entry.pointee.passingCount) = (nil, 0)
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
