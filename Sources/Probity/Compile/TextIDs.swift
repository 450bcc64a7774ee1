/// Numbers for texts, so that columns compare numbers. Texts are told apart by their bytes.
///
/// The first texts are a program's constants; others follow as they are met. One instance serves one thread. What readers
/// call for every value is open to them alone (`Columns`), since only public functions are inlined elsewhere.
@_spi(Columns) public final class TextIDs {
  /// A text of up to 32 bytes stands in its words; of a longer one they are its ends and a hash, and the bytes decide.
  public struct Words: BitwiseCopyable {
    @usableFromInline var first: UInt64
    @usableFromInline var second: UInt64
    @usableFromInline var third: UInt64
    /// The last eight bytes; 0 up to 8.
    @usableFromInline var last: UInt64
    @usableFromInline var length: UInt32

    /// - Parameter text: with ``TextIDs/padding`` bytes after it that may be read.
    @inlinable @inline(__always)
    public init(_ text: UnsafePointer<UInt8>, _ count: Int) {
      let raw = UnsafeRawPointer(text)
      first = raw.loadUnaligned(as: UInt64.self)
      (second, third, last) = (0, 0, 0)
      length = UInt32(truncatingIfNeeded: count)
      if count <= 8 {
        first = count == 0 ? 0 : first & (UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- 8 &* count))
        return
      }
      last = (raw + (count &- 8)).loadUnaligned(as: UInt64.self)
      if count <= 16 { return }
      second = (raw + 8).loadUnaligned(as: UInt64.self)
      third = (raw + (count &- 16)).loadUnaligned(as: UInt64.self)
      if count > 32 { second = Self.hash(raw, count) }
    }

    @usableFromInline @inline(never)
    static func hash(_ raw: UnsafeRawPointer, _ count: Int) -> UInt64 {
      var hash = UInt64(truncatingIfNeeded: count)
      var offset = 8
      while offset < count &- 8 {
        hash = (hash ^ (raw + offset).loadUnaligned(as: UInt64.self)) &* 0xBF58_476D_1CE4_E5B9
        hash ^= hash &>> 29
        offset &+= 8
      }
      return hash
    }

    /// Ascends with texts of one length that are numbered at their ends.
    @inlinable @inline(__always)
    public var order: UInt64 { (length <= 8 ? first : last).byteSwapped }

    /// Its highest bits depend on every bit of the text, its lowest on few.
    @inlinable @inline(__always)
    public var hash: UInt64 {
      let mixed = (first ^ (last &<< 23 | last &>> 41) ^ UInt64(length)) &* 0x9E37_79B9_7F4A_7C15
      return (mixed ^ second &+ third) &* 0x94D0_49BB_1331_11EB
    }
  }

  @usableFromInline
  struct Slot: BitwiseCopyable {
    @usableFromInline var words: Words
    /// One more than the id; 0 where the slot is free.
    @usableFromInline var number: UInt32
  }

  /// What look-ups need, at one place in memory.
  @usableFromInline
  struct Table {
    @usableFromInline var slots: UnsafeMutablePointer<Slot>
    @usableFromInline var mask: Int
  }

  @usableFromInline let table: UnsafeMutablePointer<Table>
  /// How many ids there are.
  package private(set) var count = 0
  /// Goes up whenever ids are given out anew.
  package private(set) var generation = 0

  /// The bytes of each text, by id; within ``arena``.
  private var extents: [(start: Int, length: Int)] = []
  private var arena: [UInt8] = []
  private let constants: [String]

  /// How many bytes after a text have to be readable.
  package static let padding = 8
  /// Enough for what is written again and again; what is different in each record soon is not worth its memory.
  private static let mostTexts = 1 << 16
  private static let mostBytes = 1 << 21

  /// - Parameter constants: texts whose ids are their positions.
  package init(constants: [String]) {
    self.constants = constants
    table = .allocate(capacity: 1)
    table.initialize(to: Table(slots: Self.slots(1024), mask: 1023))
    addConstants()
  }

  deinit {
    table.pointee.slots.deallocate()
    table.deallocate()
  }

  /// Forgets all texts but the constants where they have become too many. Nobody may hold on to an id then.
  package func forgetIfMany() {
    guard count - constants.count > Self.mostTexts || arena.count > Self.mostBytes else { return }
    for index in 0...table.pointee.mask { table.pointee.slots[index].number = 0 }
    (count, extents, arena) = (0, [], [])
    generation += 1
    addConstants()
  }

  private func addConstants() {
    for text in constants { _ = id(of: text) }
  }

  package func id(of text: String) -> Int64 {
    var text = text
    return text.withUTF8 { utf8 in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: utf8.count + Self.padding) { copy in
        copy.initialize(repeating: 0)
        for (index, byte) in utf8.enumerated() { copy[index] = byte }
        return copy.baseAddress.map { id(of: UnsafePointer($0), count: utf8.count) } ?? 0
      }
    }
  }

  /// The id of a text after which ``padding`` bytes may be read.
  @inlinable @inline(__always)
  public func id(of text: UnsafePointer<UInt8>, count length: Int) -> Int64 {
    let words = Words(text, length)
    let (slots, mask) = (table.pointee.slots, table.pointee.mask)
    var index = Int(truncatingIfNeeded: words.hash.byteSwapped) & mask
    while true {
      let slot = slots + index
      let number = slot.pointee.number
      if number == 0 { return add(text, words) }
      let other = slot.pointee.words
      let difference =
        (words.first ^ other.first) | (words.last ^ other.last) | (words.second ^ other.second)
        | (words.third ^ other.third) | UInt64(words.length ^ other.length)
      if difference == 0, length <= 32 || holds(Int(number) &- 1, text, length) { return Int64(number) &- 1 }
      index = (index &+ 1) & mask
    }
  }

  // Kept out of look-ups, so that these touch nothing but their table.
  @usableFromInline @inline(never)
  func holds(_ id: Int, _ text: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    let start = extents[id].start
    return arena.withUnsafeBufferPointer { arena in
      var index = 0
      while index < length {
        if arena[start + index] != text[index] { return false }
        index += 1
      }
      return true
    }
  }

  @usableFromInline @inline(never)
  func add(_ text: UnsafePointer<UInt8>, _ words: Words) -> Int64 {
    if count * 2 > table.pointee.mask { grow() }
    let length = Int(words.length)
    extents.append((arena.count, length))
    arena.append(contentsOf: UnsafeBufferPointer(start: text, count: length))
    count += 1
    insert(Slot(words: words, number: UInt32(truncatingIfNeeded: count)))
    return Int64(count - 1)
  }

  private func insert(_ slot: Slot) {
    let (slots, mask) = (table.pointee.slots, table.pointee.mask)
    var index = Int(truncatingIfNeeded: slot.words.hash.byteSwapped) & mask
    while slots[index].number != 0 { index = (index + 1) & mask }
    slots[index] = slot
  }

  private func grow() {
    let old = UnsafeMutableBufferPointer(start: table.pointee.slots, count: table.pointee.mask + 1)
    table.pointee.mask = old.count * 4 - 1
    table.pointee.slots = Self.slots(old.count * 4)
    for slot in old where slot.number != 0 { insert(slot) }
    old.deallocate()
  }

  private static func slots(_ count: Int) -> UnsafeMutablePointer<Slot> {
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: count)
    UnsafeMutableRawBufferPointer(start: slots, count: count * MemoryLayout<Slot>.stride).initializeMemory(
      as: UInt8.self, repeating: 0)
    return slots
  }
}
