import Probity

/// Identifiers as they come, each by itself.
///
/// Of an identifier 64 bits are held, from a hash whose key is drawn anew in each process. Among ten million different
/// ones any two are taken for one with odds of 10¹⁴ ÷ 2⁶⁵, less than 3 in a million. With the line that is 12 bytes.
///
/// They stand in ascending order, each where it would stand among evenly spread ones, or as little before as there is
/// room. When nine tenths of the slots are taken, a sixteenth is added at the end and all are moved apart in place, from
/// the last to the first: there is never a second table, and an identifier hardly ever takes more than 14 bytes.
final class ScatteredIdentifiers {
  /// Some of the slots. It never moves.
  private struct Chunk: BitwiseCopyable {
    static let bits = 12
    static let slots = 1 << bits

    /// 0 where the slot is free.
    let prints: UnsafeMutablePointer<UInt64>
    /// Of all files, one after the other, from 1.
    let lines: UnsafeMutablePointer<UInt32>

    init() {
      prints = .allocate(capacity: Self.slots)
      prints.initialize(repeating: 0, count: Self.slots)
      lines = .allocate(capacity: Self.slots)
      lines.initialize(repeating: 0, count: Self.slots)
    }
  }

  /// All slots.
  private struct Slots {
    /// How many there are for those before which there is no room. The first of all is always free.
    static let spare = 256

    var chunks: [Chunk] = []

    var count: Int { chunks.count << Chunk.bits }

    /// Where an identifier belongs.
    func home(of print: UInt64) -> Int {
      let room = UInt64(count - Self.spare)
      return Self.spare + Int(print.multipliedFullWidth(by: room).high)
    }

    func print(_ slot: Int) -> UInt64 { chunks[slot >> Chunk.bits].prints[slot & (Chunk.slots - 1)] }

    func line(_ slot: Int) -> UInt32 { chunks[slot >> Chunk.bits].lines[slot & (Chunk.slots - 1)] }

    func put(_ print: UInt64, _ line: UInt32, _ slot: Int) {
      let chunk = chunks[slot >> Chunk.bits]
      chunk.prints[slot & (Chunk.slots - 1)] = print
      chunk.lines[slot & (Chunk.slots - 1)] = line
    }
  }

  private var slots = Slots()
  private(set) var count = 0

  deinit {
    for chunk in slots.chunks {
      chunk.prints.deallocate()
      chunk.lines.deallocate()
    }
  }

  /// Where an identifier was met, if it was.
  func position(of key: KeyDigest) -> UInt32? {
    if count == 0 { return nil }
    let print = print(of: key)
    var slot = slots.home(of: print)
    while slots.print(slot) > print { slot -= 1 }
    return slots.print(slot) == print ? slots.line(slot) : nil
  }

  /// Notes an identifier.
  ///
  /// - Returns: where it was met before, if it was.
  func insert(_ key: KeyDigest, at position: UInt32) -> UInt32? {
    if count * 10 >= slots.count * 9 { grow() }
    let print = print(of: key)
    let home = slots.home(of: print)
    let chunk = slots.chunks[home >> Chunk.bits]
    var slot = home & (Chunk.slots - 1)
    let before = home - slot
    while slot > 0, chunk.prints[slot] > print { slot -= 1 }
    var free = slot
    while free > 0, chunk.prints[free] != 0 { free -= 1 }
    // Nearly always it is all within a chunk.
    if free == 0 { return insertAcross(print, position, from: before + slot) }
    if chunk.prints[slot] == print { return chunk.lines[slot] }
    // Those that are less make room downwards.
    (chunk.prints + free).update(from: chunk.prints + free + 1, count: slot - free)
    (chunk.lines + free).update(from: chunk.lines + free + 1, count: slot - free)
    (chunk.prints[slot], chunk.lines[slot]) = (print, position)
    count += 1
    return nil
  }

  /// Notes an identifier where more than one chunk may have to do with it.
  ///
  /// - Parameter slot: where it belongs, or below that with nothing less above.
  private func insertAcross(_ print: UInt64, _ line: UInt32, from slot: Int) -> UInt32? {
    let slots = slots
    var slot = slot
    while slots.print(slot) > print { slot -= 1 }
    if slots.print(slot) == print { return slots.line(slot) }
    var free = slot
    while slots.print(free) != 0 { free -= 1 }
    while free < slot {
      slots.put(slots.print(free + 1), slots.line(free + 1), free)
      free += 1
    }
    slots.put(print, line, slot)
    count += 1
    if slots.print(0) != 0 { grow() }
    return nil
  }

  private func print(of key: KeyDigest) -> UInt64 { max(1, UInt64(truncatingIfNeeded: key.hashValue)) }

  /// Adds slots, and moves what there is to where it belongs now: never down, and so over nothing but what has been moved.
  private func grow() {
    let old = slots.count
    for _ in 0..<max(1, slots.chunks.count / 16) { slots.chunks.append(Chunk()) }
    let slots = slots
    var above = slots.count
    for slot in stride(from: old - 1, through: 0, by: -1) {
      let (print, line) = (slots.print(slot), slots.line(slot))
      guard print != 0 else { continue }
      slots.put(0, 0, slot)
      above = min(slots.home(of: print), above - 1)
      slots.put(print, line, above)
    }
  }
}
