/// Pieces of a report that are the same in every record, encoded once for a run.
///
/// A report is written by pasting them around what differs. They stand side by side in memory that is not changed, with bytes
/// after the last that may be read.
final class Pieces: @unchecked Sendable {
  struct Piece: BitwiseCopyable {
    fileprivate(set) var start: UnsafePointer<UInt8>
    fileprivate(set) var count: Int

    var isEmpty: Bool { count == 0 }

    /// Leaves its first byte out.
    @inline(__always)
    mutating func dropFirst() {
      if count == 0 { return }
      start += 1
      count -= 1
    }
  }

  /// How many bytes may be read after a piece, and are while it is pasted.
  static var padding: Int { 32 }

  private var blocks: [UnsafeMutablePointer<UInt8>] = []
  private var free: UnsafeMutablePointer<UInt8>
  private var room = 0
  private static let blockSize = 1 << 14

  init() { free = .allocate(capacity: 0) }

  deinit { for block in blocks + (blocks.isEmpty ? [free] : []) { block.deallocate() } }

  func add(_ bytes: some Collection<UInt8>) -> Piece {
    if bytes.count + Self.padding > room {
      if blocks.isEmpty { free.deallocate() }
      room = max(Self.blockSize, bytes.count + Self.padding)
      free = .allocate(capacity: room)
      free.initialize(repeating: 0, count: room)
      blocks.append(free)
    }
    let piece = Piece(start: UnsafePointer(free), count: bytes.count)
    for byte in bytes {
      free.pointee = byte
      free += 1
    }
    room -= bytes.count
    return piece
  }

  func add(_ text: String) -> Piece { add(text.utf8) }
}
