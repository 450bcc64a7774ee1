/// The bytes of 32 rows, by which instructions over truths and states go. No byte is above 127.
///
/// Registers have room for whole blocks of rows. What stands in the rows past the last is anything, and changes nothing.
/// Everything is done by the arithmetic of words, which compiles to what the processor has: comparing and choosing by the
/// element is done one by one.
struct Lanes {
  private var words: SIMD4<UInt64>

  @inline(__always)
  private init(_ words: SIMD4<UInt64>) { self.words = words }

  /// The same byte in every row.
  @inline(__always)
  init(repeating byte: UInt8) { words = SIMD4(repeating: UInt64(byte) &* Word.ones) }

  @inline(__always)
  static func & (a: Lanes, b: Lanes) -> Lanes { Lanes(a.words & b.words) }

  @inline(__always)
  static func | (a: Lanes, b: Lanes) -> Lanes { Lanes(a.words | b.words) }

  @inline(__always)
  static func ^ (a: Lanes, b: Lanes) -> Lanes { Lanes(a.words ^ b.words) }

  @inline(__always)
  static func & (a: Lanes, byte: UInt8) -> Lanes { a & Lanes(repeating: byte) }

  /// 1 where a byte is not 0.
  @inline(__always)
  var isAny: Lanes {
    Lanes(((words &+ SIMD4(repeating: Word.ones &* 0x7F)) &>> SIMD4(repeating: 7)) & SIMD4(repeating: Word.ones))
  }

  /// 1 where a byte is 0.
  @inline(__always)
  var isNone: Lanes { isAny ^ Lanes(repeating: 1) }

  /// 1 where a byte is another.
  @inline(__always)
  func equals(_ byte: UInt8) -> Lanes { (self ^ Lanes(repeating: byte)).isNone }

  /// Of bytes that are 0 or 1: the byte where it is 1, else 0.
  @inline(__always)
  func times(_ byte: UInt8) -> Lanes { all & byte }

  /// Of bytes that are 0 or 1: all bits where it is 1.
  @inline(__always)
  var all: Lanes { Lanes((words &<< SIMD4(repeating: 8)) &- words) }

  /// Of bytes that are 0 or 1: the bytes of one where it is 1, else those of another.
  @inline(__always)
  func choose(_ a: Lanes, _ b: Lanes) -> Lanes { b ^ ((a ^ b) & all) }

  /// Whether every byte is 0.
  @inline(__always)
  var isZero: Bool { words[0] | words[1] | words[2] | words[3] == 0 }
}

/// How rows are put into blocks.
enum Block {
  static let rows = 32
  /// Bytes past the last block that may be read, by who goes by words from any row.
  static let slack = 32

  static func count(_ rows: Int) -> Int { (rows + Self.rows - 1) / Self.rows }

  /// Rows rounded up to whole blocks.
  static func padded(_ rows: Int) -> Int { count(rows) * Self.rows }
}

extension UnsafeMutablePointer<UInt8> {
  /// The bytes of a block of rows.
  @inline(__always)
  subscript(block index: Int) -> Lanes {
    get { UnsafeRawPointer(self).loadUnaligned(fromByteOffset: index &* Block.rows, as: Lanes.self) }
    nonmutating set {
      UnsafeMutableRawPointer(self).storeBytes(of: newValue, toByteOffset: index &* Block.rows, as: Lanes.self)
    }
  }

  /// The bytes of eight rows from any one on, the first lowest.
  @inline(__always)
  func word(at row: Int) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(self).loadUnaligned(fromByteOffset: row, as: UInt64.self))
  }
}

/// Eight rows' bytes as one word.
enum Word {
  /// A 1 in every byte.
  static let ones: UInt64 = 0x0101_0101_0101_0101

  /// All bits of the bytes of the first rows, up to eight.
  @inline(__always)
  static func mask(_ rows: Int) -> UInt64 { rows >= 8 ? .max : (1 &<< UInt64(truncatingIfNeeded: rows &* 8)) &- 1 }

  /// The sum of the bytes, none of which is more than 31.
  @inline(__always)
  static func sum(_ word: UInt64) -> Int { Int(truncatingIfNeeded: (word &* ones) &>> 56) }
}
