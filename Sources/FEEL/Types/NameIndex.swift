import Diagnostics

/// The positions of names, found by their bytes: without making a text of what is looked for, and faster than by a
/// dictionary of texts.
struct NameIndex: Sendable {
  /// Of so many names the tags are compared, all at once.
  private static let tagLimit = 8

  private let names: [String]
  /// The bytes of all names, one after the other; empty where names are few.
  private var bytes: [UInt8] = []
  /// Where each name starts among the bytes, and where the last one ends.
  private var starts: [UInt32] = []
  /// Where names are few, a byte for each that tells most others; where they are many, a bit for each tag that there is.
  private var tags: UInt64 = 0
  /// By a name's hash, or the next one free: its position and one; 0 where there is none. Empty where names are few.
  private var slots: [UInt32] = []
  private let seed = NameHash.seed
  /// Those beyond ASCII, which may be composed in several ways; nil where there are none.
  private var others: [String: Int]?

  /// - Parameter names: of those that are equal the last counts.
  init(_ names: [String]) {
    self.names = names
    let isLarge = names.count > Self.tagLimit
    if isLarge {
      bytes.reserveCapacity(names.reduce(0) { $0 + $1.utf8.count })
      starts.reserveCapacity(names.count + 1)
      starts.append(0)
      for name in names {
        bytes += name.utf8
        starts.append(UInt32(truncatingIfNeeded: bytes.count))
      }
      slots = [UInt32](repeating: 0, count: Self.capacity(for: names.count))
    }
    for (position, name) in names.enumerated() {
      let isOther = name.withUTF8Bytes { name in
        if !name.allSatisfy({ $0 < 0x80 }) { return true }
        let tag = NameHash.tag(of: name)
        if isLarge {
          tags |= Self.bit(tag)
          slots[slot(of: name)] = UInt32(position + 1)
        } else {
          tags |= UInt64(tag) << UInt64(8 * position)
        }
        return false
      }
      if isOther {
        if others == nil { others = [:] }
        others?[name] = position
      }
    }
  }

  @inline(__always)
  private static func bit(_ tag: UInt8) -> UInt64 { 1 << UInt64(tag & 63) }

  /// The position of a name.
  subscript(name: String) -> Int? { name.withUTF8Bytes { self[$0] } }

  /// The position of the name that some bytes of UTF-8 spell.
  subscript(name: UnsafeBufferPointer<UInt8>) -> Int? {
    if let position = slots.isEmpty ? positionOfFew(name) : positionOfMany(name) { return position }
    return others.flatMap { $0[String(decoding: name, as: UTF8.self)] }
  }

  @inline(__always)
  private func positionOfFew(_ name: UnsafeBufferPointer<UInt8>) -> Int? {
    let low: UInt64 = 0x7F7F_7F7F_7F7F_7F7F
    let differences = tags ^ (UInt64(NameHash.tag(of: name)) &* 0x0101_0101_0101_0101)
    // The highest bit of each byte that is 0.
    var equal = ~(((differences & low) &+ low) | differences | low)
    while equal != 0 {
      let position = (63 - equal.leadingZeroBitCount) / 8
      if position < names.count, names[position].withUTF8Bytes({ TextEncoding.areSame($0, name) }) { return position }
      equal &= ~(0x80 << UInt64(8 * position))
    }
    return nil
  }

  @inline(__always)
  private func positionOfMany(_ name: UnsafeBufferPointer<UInt8>) -> Int? {
    guard tags & Self.bit(NameHash.tag(of: name)) != 0 else { return nil }
    let found = slots[slot(of: name)]
    return found > 0 ? Int(found) - 1 : nil
  }

  /// The slot of a name, or the free one where it would be.
  private func slot(of name: UnsafeBufferPointer<UInt8>) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: NameHash.of(name, seed: seed)) & mask
    while slots[slot] > 0, !isSame(Int(slots[slot]) - 1, name) { slot = (slot + 1) & mask }
    return slot
  }

  /// Whether the name at a position is the same as some bytes.
  @inline(__always)
  private func isSame(_ position: Int, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
    let (start, end) = (Int(starts[position]), Int(starts[position + 1]))
    guard end - start == name.count else { return false }
    return bytes.withUnsafeBufferPointer {
      TextEncoding.areSame(UnsafeBufferPointer(rebasing: $0[start..<end]), name)
    }
  }

  /// Twice as many slots as names and more, and a power of two.
  private static func capacity(for count: Int) -> Int {
    var capacity = 4 * tagLimit
    while capacity < 2 * count { capacity *= 2 }
    return capacity
  }
}

/// Hashes of short texts, for tables of names.
enum NameHash {
  /// Another one in each process, so that nobody can choose names that all have one hash.
  static let seed = UInt64.random(in: .min ... .max)

  /// A number from the length and the ends of a name, which tells it from most others.
  @inline(__always)
  static func tag(of name: UnsafeBufferPointer<UInt8>) -> UInt8 {
    guard name.count > 0 else { return 0 }
    return UInt8(truncatingIfNeeded: name.count) &+ name[0] &* 5 &+ name[name.count - 1]
  }

  /// - Parameters:
  ///   - seed: is ``seed``, which whoever asks often keeps at hand.
  ///   - salt: tells apart what a name is looked for in.
  static func of(_ name: UnsafeBufferPointer<UInt8>, seed: UInt64, salt: UInt64 = 0) -> UInt64 {
    let bytes = UnsafeRawBufferPointer(name)
    let count = bytes.count
    var hash = seed ^ UInt64(count) ^ salt &* factor
    func word(_ offset: Int) -> UInt64 { bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self) }
    func half(_ offset: Int) -> UInt64 { UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
    // What is left at the end is read together with some of what stands before it.
    if count >= 8 {
      var offset = 0
      while offset + 8 < count {
        hash = mixed(hash ^ word(offset))
        offset += 8
      }
      return mixed(hash ^ word(count - 8))
    }
    if count >= 4 { return mixed(hash ^ (half(0) | half(count - 4) << 32)) }
    for byte in bytes { hash = hash << 8 ^ UInt64(byte) }
    return mixed(hash)
  }

  private static let factor: UInt64 = 0x9E37_79B9_7F4A_7C15

  private static func mixed(_ hash: UInt64) -> UInt64 {
    let product = hash.multipliedFullWidth(by: factor)
    return product.high ^ product.low
  }
}
