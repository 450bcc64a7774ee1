/// Numbers for texts, so that columns compare numbers. Texts are told apart by their bytes.
///
/// The first texts are a program's constants; others follow as they are met. One instance serves one thread. What readers
/// call for every value is open to them alone (`Columns`), since only public functions are inlined elsewhere.
@_spi(Columns) public final class TextIDs {
  /// A text of up to 32 bytes stands in its words, with zeros after it; of a longer one they are its ends and a hash, and
  /// the bytes decide.
  public struct Words: BitwiseCopyable {
    @usableFromInline var first: UInt64
    @usableFromInline var second: UInt64
    @usableFromInline var third: UInt64
    @usableFromInline var fourth: UInt64
    @usableFromInline var length: UInt32

    /// - Parameters:
    ///   - text: with ``TextIDs/padding`` bytes after it that may be read.
    ///   - masks: 32 bytes of ones, and as many of zeros.
    @inlinable @inline(__always)
    init(_ text: UnsafePointer<UInt8>, _ count: Int, masks: UnsafePointer<UInt8>) {
      let raw = UnsafeRawPointer(text)
      length = UInt32(truncatingIfNeeded: count)
      if count > 32 {
        first = raw.loadUnaligned(as: UInt64.self)
        second = Self.hash(raw, count)
        third = (raw + (count &- 16)).loadUnaligned(as: UInt64.self)
        fourth = (raw + (count &- 8)).loadUnaligned(as: UInt64.self)
        return
      }
      // Lengths come in no order: branches for them would often be guessed wrong.
      let mask = UnsafeRawPointer(masks + (32 &- count))
      first = raw.loadUnaligned(as: UInt64.self) & mask.loadUnaligned(as: UInt64.self)
      second = (raw + 8).loadUnaligned(as: UInt64.self) & (mask + 8).loadUnaligned(as: UInt64.self)
      third = (raw + 16).loadUnaligned(as: UInt64.self) & (mask + 16).loadUnaligned(as: UInt64.self)
      fourth = (raw + 24).loadUnaligned(as: UInt64.self) & (mask + 24).loadUnaligned(as: UInt64.self)
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

    @inlinable @inline(__always)
    func isEqual(_ other: Words) -> Bool {
      (first ^ other.first) | (second ^ other.second) | (third ^ other.third) | (fourth ^ other.fourth)
        | UInt64(length ^ other.length) == 0
    }

    /// Its highest bits depend on every bit of the text, its lowest on few.
    @inlinable @inline(__always)
    var hash: UInt64 {
      (first ^ (third &<< 32 | third &>> 32) ^ UInt64(length)) &* 0x9E37_79B9_7F4A_7C15
        ^ (second ^ (fourth &<< 32 | fourth &>> 32)) &* 0xC2B2_AE3D_27D4_EB4F
    }
  }

  @usableFromInline
  struct Slot: BitwiseCopyable {
    @usableFromInline var words: Words
    /// One more than the id; 0 where the slot is free.
    @usableFromInline var number: UInt32
  }

  /// What look-ups need, at one place in memory.
  public struct Table: BitwiseCopyable {
    @usableFromInline var slots: UnsafeMutablePointer<Slot>
    @usableFromInline var mask: Int
    /// By how much a hash is shifted, so that only as many of its highest bits are left as the mask has.
    @usableFromInline var shift: UInt64
    /// 32 bytes of ones, and as many of zeros.
    @usableFromInline let masks: UnsafeMutablePointer<UInt8>

    init(slots count: Int, masks: UnsafeMutablePointer<UInt8>) {
      slots = .allocate(capacity: count)
      mask = count - 1
      shift = UInt64(64 - count.trailingZeroBitCount)
      self.masks = masks
      freeSlots()
    }

    /// Makes all slots zeros: none is taken, and none is of any length.
    func freeSlots() {
      UnsafeMutableRawBufferPointer(start: slots, count: (mask + 1) * MemoryLayout<Slot>.stride).initializeMemory(
        as: UInt8.self, repeating: 0)
    }

    @inlinable @inline(__always)
    func slot(of hash: UInt64) -> Int { Int(truncatingIfNeeded: hash &>> shift) }

    /// The id of a text that stands where it is looked for first; nil for any other, and for one of no length.
    @inlinable @inline(__always)
    public func id(of text: UnsafePointer<UInt8>, count length: Int) -> Int64? {
      guard UInt(bitPattern: length &- 1) < 32 else { return nil }
      let words = Words(text, length, masks: masks)
      let slot = slots + slot(of: words.hash)
      // A free slot is of no length.
      return slot.pointee.words.isEqual(words) ? Int64(slot.pointee.number) &- 1 : nil
    }
  }

  /// For who looks up many texts in a row; what it points to stays up to date.
  public let table: UnsafeMutablePointer<Table>
  /// How many ids there are.
  package private(set) var count = 0
  /// Goes up whenever ids are given out anew.
  package private(set) var generation = 0

  /// The bytes of each text, by id; within ``arena``.
  @exclusivity(unchecked) private var extents: [(start: Int, length: Int)] = []
  @exclusivity(unchecked) private var arena = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 12)
  private var arenaCount = 0
  private var arenaCapacity = 1 << 12
  private let constants: [String]

  /// How many bytes after a text have to be readable.
  package static let padding = 32
  /// A power of 2.
  private static let fewestSlots = 1024
  /// Enough for what is written again and again; what is different in each record soon is not worth its memory.
  private static let mostTexts = 1 << 14
  private static let mostBytes = 1 << 20

  /// - Parameter constants: texts whose ids are their positions.
  package init(constants: [String]) {
    self.constants = constants
    table = .allocate(capacity: 1)
    let masks = UnsafeMutablePointer<UInt8>.allocate(capacity: 64)
    masks.initialize(repeating: 0xFF, count: 32)
    (masks + 32).initialize(repeating: 0, count: 32)
    table.initialize(to: Table(slots: Self.fewestSlots, masks: masks))
    addConstants()
  }

  deinit {
    table.pointee.slots.deallocate()
    table.pointee.masks.deallocate()
    table.deallocate()
    arena.deallocate()
  }

  /// Forgets all texts but the constants where they have become too many. Nobody may hold on to an id then.
  package func forgetIfMany() {
    guard count - constants.count > Self.mostTexts || arenaCount > Self.mostBytes else { return }
    table.pointee.freeSlots()
    (count, extents, arenaCount) = (0, [], 0)
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
    table.pointee.id(of: text, count: length) ?? search(text, length)
  }

  /// The id of a text that is not where it is looked for first.
  @inline(never)
  public func search(_ text: UnsafePointer<UInt8>, _ length: Int) -> Int64 {
    let words = Words(text, length, masks: table.pointee.masks)
    var index = table.pointee.slot(of: words.hash)
    while true {
      let slot = table.pointee.slots[index]
      if slot.number == 0 { return add(text, words) }
      if slot.words.isEqual(words), length <= 32 || holds(Int(slot.number) - 1, text, length) {
        return Int64(slot.number) - 1
      }
      index = (index + 1) & table.pointee.mask
    }
  }

  private func holds(_ id: Int, _ text: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    let known = arena + extents[id].start
    var index = 0
    while index < length {
      if known[index] != text[index] { return false }
      index += 1
    }
    return true
  }

  /// The bytes of a text, until another is added.
  func bytes(of id: Int64) -> UnsafeBufferPointer<UInt8> {
    let extent = extents[Int(id)]
    return UnsafeBufferPointer(start: arena + extent.start, count: extent.length)
  }

  private func add(_ text: UnsafePointer<UInt8>, _ words: Words) -> Int64 {
    if count * 2 > table.pointee.mask { grow() }
    let length = Int(words.length)
    extents.append((arenaCount, length))
    if arenaCount + length > arenaCapacity {
      arenaCapacity = max(arenaCapacity * 2, arenaCount + length)
      let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: arenaCapacity)
      larger.update(from: arena, count: arenaCount)
      arena.deallocate()
      arena = larger
    }
    (arena + arenaCount).update(from: text, count: length)
    arenaCount += length
    count += 1
    insert(Slot(words: words, number: UInt32(truncatingIfNeeded: count)))
    return Int64(count - 1)
  }

  private func insert(_ slot: Slot) {
    let (slots, mask) = (table.pointee.slots, table.pointee.mask)
    var index = table.pointee.slot(of: slot.words.hash)
    while slots[index].number != 0 { index = (index + 1) & mask }
    slots[index] = slot
  }

  private func grow() {
    let old = table.pointee
    table.pointee = Table(slots: (old.mask + 1) * 4, masks: old.masks)
    for index in 0...old.mask where old.slots[index].number != 0 { insert(old.slots[index]) }
    old.slots.deallocate()
  }
}
