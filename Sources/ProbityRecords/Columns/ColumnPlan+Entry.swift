@_spi(Columns) import Probity

extension ColumnPlan {
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

  /// What a walk does at a value: its action, where that is met often.
  enum Step: UInt8 {
    case skip, truth, date, text, nested, items, scalars
    /// A scalar of another kind.
    case other
    /// The key is no fact, which has to be said.
    case stranger

    init(_ action: Action) {
      self =
        switch action {
        case .skip: .skip
        case .truth: .truth
        case .date: .date
        case .text: .text
        case .nested: .nested
        case .items: .items
        case .scalars: .scalars
        case .number, .yearsAndMonths, .daysAndTime, .other: .other
        }
    }
  }

  /// What a value is besides a fact.
  enum Role: UInt8 { case none, recordKey, recordName, itemKey }

  /// A key of a type of object, and what becomes of its value; or the items of a list of scalars.
  ///
  /// Entries stay where they are in memory, so that each leads to the one that comes next.
  struct Entry: BitwiseCopyable {
    /// The key as it is nearly always written, `"key":` with nothing between: its first bytes and which bits of them
    /// count, and, where it is longer than these, its last eight. Without a key it is what stands nowhere.
    var head: UInt64 = 0
    var headMask: UInt64 = .max
    var tail: UInt64 = 0
    var tailMask: UInt64 = 0
    var last: UInt64 = 0
    /// How many bytes that is.
    var writtenLength = 0
    /// The same bytes.
    var written: UnsafeMutablePointer<UInt8>?
    /// The entry that followed it in the last object; itself until there was one.
    var next: UnsafeMutablePointer<Entry>

    var action = Action.skip
    var step = Step.skip
    var role = Role.none
    /// Whether a text has nothing to do but to stand in its column.
    var isPlain = false
    /// Whether a column of values needs it.
    var isForValues = false
    /// The number of the last object that has the key.
    var lastObject = 0
    /// Among all entries of the plan.
    let position: Int
    /// In the type of the object; -1 for what is no fact.
    var member = -1

    /// Of a scalar; of a nested fact, the column that says whether it is there.
    var column: UnsafeMutablePointer<BatchBuilder.Column>?
    /// Of the key of an item: the column that says where it stands.
    var span: UnsafeMutablePointer<BatchBuilder.Column>?
    /// Of ``nested`` and ``items``: the type of object.
    var inner = 0
    /// Of ``scalars``: their items.
    var item: UnsafeMutablePointer<Entry>?
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

    init(position: Int, next: UnsafeMutablePointer<Entry>) {
      self.position = position
      self.next = next
    }

    /// Gives it its key.
    mutating func name(_ key: [UInt8]) {
      let text = [UInt8(ascii: "\"")] + key + Array("\":".utf8)
      writtenLength = text.count
      (text + [UInt8](repeating: 0, count: 16)).withUnsafeBytes { padded in
        head = padded.loadUnaligned(as: UInt64.self)
        tail = padded.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        if text.count > 16 { last = padded.loadUnaligned(fromByteOffset: text.count - 8, as: UInt64.self) }
      }
      headMask = Self.mask(text.count)
      tailMask = Self.mask(text.count - 8)
      let written = UnsafeMutablePointer<UInt8>.allocate(capacity: text.count)
      for (index, byte) in text.enumerated() { written[index] = byte }
      self.written = written
    }

    private static func mask(_ bytes: Int) -> UInt64 {
      bytes <= 0 ? 0 : bytes >= 8 ? .max : ((1 << UInt64(8 * bytes)) - 1).littleEndian
    }

    /// The key without its quotes.
    var key: UnsafeBufferPointer<UInt8> {
      UnsafeBufferPointer(start: written.map { UnsafePointer($0 + 1) }, count: max(0, writtenLength - 3))
    }

    func isNamed(_ key: UnsafeBufferPointer<UInt8>) -> Bool { self.key.elementsEqual(key) }
  }

  /// Whether what stands at `text` is the entry's key as it is nearly always written.
  ///
  /// It is no method of the entry, which would be copied for the call.
  @inline(__always)
  static func matches(_ entry: UnsafeMutablePointer<Entry>, _ text: UnsafePointer<UInt8>) -> Bool {
    let raw = UnsafeRawPointer(text)
    let difference =
      (raw.loadUnaligned(as: UInt64.self) ^ entry.pointee.head) & entry.pointee.headMask
      | ((raw + 8).loadUnaligned(as: UInt64.self) ^ entry.pointee.tail) & entry.pointee.tailMask
    if difference != 0 { return false }
    let length = entry.pointee.writtenLength
    if length <= 16 { return true }
    // A text that is cut short differs before the end of the block, so that nothing is read far beyond it.
    return (length <= 24 || hasMiddle(entry, text))
      && (raw + (length &- 8)).loadUnaligned(as: UInt64.self) == entry.pointee.last
  }

  @inline(never)
  private static func hasMiddle(_ entry: UnsafeMutablePointer<Entry>, _ text: UnsafePointer<UInt8>) -> Bool {
    guard let written = entry.pointee.written else { return false }
    var index = 16
    while index < entry.pointee.writtenLength &- 8 {
      if text[index] != written[index] { return false }
      index &+= 1
    }
    return true
  }

  /// A type of object at one place of a record.
  struct Object: BitwiseCopyable {
    /// The entry that came first in the last object.
    var first: UnsafeMutablePointer<Entry>
    /// How many containers are open within it.
    var level = 1
    /// Entries by the hash of their key.
    var slots: UnsafeMutablePointer<UnsafeMutablePointer<Entry>?>
    var slotMask = 0
  }
}
