import Probity

/// Which identifiers were met, and on which line: the one thing that grows with the number of records.
///
/// Where they number on with the lines, as `P-0017` and `P-0018` on one line and the next, they are held as a block of 256
/// numbers, one bit each. Others are held one by one, in 12 to 14 bytes.
final class IdentifierTable {
  /// Fewer of a block than this take less room one by one.
  private static let fewest = 32

  private let scattered = ScatteredIdentifiers()
  private var blocks: [NumberBlock: NumberBlock.Members] = [:]
  /// The block that the last identifier is in, while it is not known yet how many are. It is none of ``blocks``.
  private var open: (block: NumberBlock, members: NumberBlock.Members)?
  /// How many lines stand before each file.
  private var files: [Int] = []
  private var linesSoFar = 0

  /// How many are held one by one, and how many blocks there are.
  var held: (scattered: Int, blocks: Int) { (scattered.count, blocks.count) }

  func beginFile() { files.append(linesSoFar) }

  /// Notes an identifier of the file that was begun last.
  ///
  /// - Returns: where it was met before, if it was.
  func insert(_ key: KeyDigest, line: Int) -> (file: Int, line: Int)? {
    let position = (files.last ?? 0) + max(1, line)
    linesSoFar = max(linesSoFar, position)
    return insert(key, at: position).map { place($0) }
  }

  private func insert(_ key: KeyDigest, at position: Int) -> Int? {
    guard let (block, member) = NumberBlock.containing(key) else { return note(key, at: position) }
    let isOpen = open?.block == block
    guard let members = isOpen ? open?.members : blocks[block] else {
      if let met = scattered.position(of: key) { return Int(met) }
      close()
      open = (block, NumberBlock.Members(member, at: position))
      return nil
    }
    if let met = members.line(of: member) { return met }
    if !members.expects(member, at: position) { return note(key, at: position) }
    if let met = scattered.position(of: key) { return Int(met) }
    if isOpen { open?.members.insert(member) } else { blocks[block]?.insert(member) }
    return nil
  }

  /// Notes an identifier by itself.
  private func note(_ key: KeyDigest, at position: Int) -> Int? {
    scattered.insert(key, at: UInt32(clamping: position)).map { Int($0) }
  }

  /// Decides how those of the open block are to be held.
  private func close() {
    guard let (block, members) = open else { return }
    open = nil
    if members.count >= Self.fewest {
      blocks[block] = members
    } else {
      for (member, position) in members.all { _ = note(block.key(member), at: position) }
    }
  }

  private func place(_ position: Int) -> (file: Int, line: Int) {
    let file = (files.lastIndex { $0 < position }) ?? 0
    return (file, position - files[file])
  }
}
