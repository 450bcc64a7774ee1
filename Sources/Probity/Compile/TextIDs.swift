/// Numbers for texts, so that columns compare numbers. Texts are told apart by their bytes.
///
/// The first texts are a program's constants; others follow as they are met. One instance serves one thread.
package final class TextIDs {
  /// A text of up to 16 bytes stands in its two words, of which the second is 0 up to 8 bytes; of a longer one they are
  /// a hash, and the bytes decide.
  @usableFromInline struct Slot {
    @usableFromInline var first: UInt64
    @usableFromInline var second: UInt64
    @usableFromInline var length: UInt32
    /// One more than the id; 0 where the slot is free.
    @usableFromInline var number: UInt32
  }

  @usableFromInline var slots: UnsafeMutablePointer<Slot>
  @usableFromInline var mask: Int
  /// How many ids there are.
  package private(set) var count = 0
  /// Goes up whenever ids are given out anew.
  package private(set) var generation = 0

  /// The bytes of each text, by id; within ``arena``.
  private var extents: [(start: Int, length: Int)] = []
  private var arena: [UInt8] = []
  private let constants: [String]

  /// Enough for what is written again and again; what is different in each record soon is not worth its memory.
  private static let mostTexts = 1 << 16
  private static let mostBytes = 1 << 21

  /// - Parameter constants: texts whose ids are their positions.
  package init(constants: [String]) {
    self.constants = constants
    mask = 1023
    slots = Self.table(mask + 1)
    addConstants()
  }

  deinit { slots.deallocate() }

  /// Forgets all texts but the constants where they have become too many. Nobody may hold on to an id then.
  package func forgetIfMany() {
    guard count - constants.count > Self.mostTexts || arena.count > Self.mostBytes else { return }
    for index in 0...mask { slots[index].number = 0 }
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

  /// How many bytes after a text have to be readable.
  package static let padding = 8

  /// The id of a text after which ``padding`` bytes may be read.
  @inlinable
  package func id(of text: UnsafePointer<UInt8>, count length: Int) -> Int64 {
    let (first, second) = Self.words(text, length)
    var index = Self.hash(first, second, length) & mask
    while true {
      let slot = slots[index]
      if slot.number == 0 { break }
      if slot.first == first, slot.second == second, slot.length == UInt32(truncatingIfNeeded: length),
        length <= 16 || holds(Int(slot.number) - 1, text, length)
      {
        return Int64(slot.number) - 1
      }
      index = (index + 1) & mask
    }
    return add(text, length, first, second)
  }

  /// Two words that tell short texts apart, and most long ones.
  @inlinable
  package static func words(_ text: UnsafePointer<UInt8>, _ length: Int) -> (first: UInt64, second: UInt64) {
    let raw = UnsafeRawPointer(text)
    if length <= 8 {
      if length == 0 { return (0, 0) }
      let word = raw.loadUnaligned(as: UInt64.self)
      return (word & (UInt64.max &>> UInt64(64 - 8 * length)), 0)
    }
    if length <= 16 {
      return (raw.loadUnaligned(as: UInt64.self), (raw + (length - 8)).loadUnaligned(as: UInt64.self))
    }
    var (first, second) = (UInt64(truncatingIfNeeded: length), 0x9E37_79B9_7F4A_7C15 as UInt64)
    var offset = 0
    while offset + 8 <= length {
      let word = (raw + offset).loadUnaligned(as: UInt64.self)
      first = (first ^ word) &* 0xBF58_476D_1CE4_E5B9
      first ^= first &>> 29
      second = (second &+ word) &* 0x94D0_49BB_1331_11EB
      second ^= second &>> 31
      offset += 8
    }
    let last = (raw + (length - 8)).loadUnaligned(as: UInt64.self)
    first = (first ^ last) &* 0x94D0_49BB_1331_11EB
    second = (second &+ last) &* 0xBF58_476D_1CE4_E5B9
    return (first ^ (first &>> 32), second ^ (second &>> 32))
  }

  @inlinable
  package static func hash(_ first: UInt64, _ second: UInt64, _ length: Int) -> Int {
    let mixed =
      (first ^ (second &<< 23 | second &>> 41) ^ UInt64(truncatingIfNeeded: length)) &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: mixed &>> 32)
  }

  @usableFromInline
  func holds(_ id: Int, _ text: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    let extent = extents[id]
    guard extent.length == length else { return false }
    return arena[extent.start..<extent.start + length].elementsEqual(UnsafeBufferPointer(start: text, count: length))
  }

  @usableFromInline
  func add(_ text: UnsafePointer<UInt8>, _ length: Int, _ first: UInt64, _ second: UInt64) -> Int64 {
    if count * 2 > mask { grow() }
    let id = count
    extents.append((arena.count, length))
    arena.append(contentsOf: UnsafeBufferPointer(start: text, count: length))
    count += 1
    insert(
      Slot(
        first: first, second: second, length: UInt32(truncatingIfNeeded: length),
        number: UInt32(truncatingIfNeeded: id + 1)))
    return Int64(id)
  }

  private func insert(_ slot: Slot) {
    var index = Self.hash(slot.first, slot.second, Int(slot.length)) & mask
    while slots[index].number != 0 { index = (index + 1) & mask }
    slots[index] = slot
  }

  private func grow() {
    let old = UnsafeMutableBufferPointer(start: slots, count: mask + 1)
    mask = (mask + 1) * 4 - 1
    slots = Self.table(mask + 1)
    for slot in old where slot.number != 0 { insert(slot) }
    old.deallocate()
  }

  private static func table(_ count: Int) -> UnsafeMutablePointer<Slot> {
    let slots = UnsafeMutablePointer<Slot>.allocate(capacity: count)
    slots.initialize(repeating: Slot(first: 0, second: 0, length: 0, number: 0), count: count)
    return slots
  }
}
