/// Why an input could not be opened, or not read to its end.
public struct InputFailure: Error, Hashable, Sendable {
  /// One line, lower case: "no such file", "it is a directory".
  public var reason: String

  /// The reason ends a sentence such as "cannot be read: …".
  public init(_ reason: String) { self.reason = reason }
}

/// Gives the bytes of an input, from the first to the last.
public struct ByteSource {
  private let fill: (UnsafeMutableRawBufferPointer) throws(InputFailure) -> Int

  /// - Parameter fill: puts the next bytes into a buffer that has room for some, and says how many they are: at least one,
  ///   but for the input's end.
  public init(filling fill: @escaping (UnsafeMutableRawBufferPointer) throws(InputFailure) -> Int) {
    self.fill = fill
  }

  /// Bytes that come in pieces, of which an empty one is the end.
  public init(pieces next: @escaping (_ most: Int) throws(InputFailure) -> [UInt8]) {
    var piece: ArraySlice<UInt8> = []
    self.init(filling: { (buffer) throws(InputFailure) in
      if piece.isEmpty { piece = try next(buffer.count)[...] }
      let part = piece.prefix(buffer.count)
      buffer.copyBytes(from: part)
      piece = piece.dropFirst(part.count)
      return part.count
    })
  }

  /// Puts the next bytes into a buffer, and says how many they are; 0 at the end.
  func next(into buffer: UnsafeMutableRawBufferPointer) throws(InputFailure) -> Int { try fill(buffer) }

  /// The same bytes, of which `count` is told how many come at a time.
  public func counting(_ count: @escaping (Int) -> Void) -> ByteSource {
    ByteSource(filling: { (buffer) throws(InputFailure) in
      let taken = try fill(buffer)
      count(taken)
      return taken
    })
  }

  /// The next bytes, at most as many as asked for; none at the end.
  public func callAsFunction(_ most: Int) throws(InputFailure) -> [UInt8] {
    var failure: InputFailure?
    let bytes = [UInt8](unsafeUninitializedCapacity: max(1, most)) { buffer, count in
      do throws(InputFailure) {
        count = try fill(UnsafeMutableRawBufferPointer(buffer))
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return bytes
  }
}

/// An input that holds records: a name to call it by, and a way to its bytes.
///
/// This module opens no files; whoever has one hands over how to read it.
public struct InputFile: Sendable {
  /// The file as the user named it.
  public var name: String
  /// Where it lies, for formats whose library reads a file in place; nil where there is no such file.
  public var path: String?
  /// Whether the user wants no more of it, which what reads in place asks now and then.
  public var isStopped: @Sendable () -> Bool
  /// Starts reading from the first byte.
  public var open: @Sendable () throws(InputFailure) -> ByteSource

  /// An input that is opened when its turn comes.
  public init(
    name: String, path: String? = nil, isStopped: @escaping @Sendable () -> Bool = { false },
    open: @escaping @Sendable () throws(InputFailure) -> ByteSource
  ) {
    self.name = name
    self.path = path
    self.isStopped = isStopped
    self.open = open
  }

  /// An input whose bytes are at hand.
  public init(name: String, bytes: [UInt8]) {
    self.init(name: name) { () throws(InputFailure) -> ByteSource in
      var offset = 0
      return ByteSource(filling: { buffer in
        let end = min(bytes.count, offset + buffer.count)
        defer { offset = end }
        bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<end])) }
        return end - offset
      })
    }
  }
}

/// How much of an input is held in memory at a time. Reaching a limit is a problem that is reported, never a silent cut.
public struct RecordLimits: Hashable, Sendable {
  /// Bytes of one record: a line, a row, an object.
  public var recordBytes: Int
  /// Lists and objects within one another.
  public var depth: Int
  /// Cells of one row; further ones are counted but not kept.
  public var cells: Int
  /// Bytes asked of an input at a time.
  public var chunkBytes: Int
  /// About the bytes of a block of lines, which are read and checked together.
  public var blockBytes: Int
  /// Bytes of the cells that are kept of one source that is joined in.
  public var joinedBytes: Int
  /// Rows of one source that are named one by one: unreadable ones, and those that are joined to nothing. Further ones
  /// are counted.
  public var listedRows: Int
  /// Bytes of a workbook as it stands in its file, packed, which are held.
  public var packedBytes: Int
  /// Bytes of all that is unpacked of a workbook.
  public var workbookBytes: Int
  /// How many times the file's bytes those may be, where they are more than ``workbookFloor``.
  public var workbookRatio: Int
  public var workbookFloor: Int
  /// Bytes of the texts that the cells of a workbook share, which are held.
  public var sharedTextBytes: Int

  /// 16 MiB for a record, a hundred levels, as many cells as a spreadsheet's row has, 2 GiB for a source that is joined;
  /// of a workbook 256 MiB packed and 8 GiB unpacked, of which beyond 256 MiB the 250-fold, and 512 MiB for its texts.
  public init(
    recordBytes: Int = 16 << 20, depth: Int = 100, cells: Int = 16_384, chunkBytes: Int = 256 << 10,
    blockBytes: Int = 1 << 18, joinedBytes: Int = 2 << 30, listedRows: Int = 10_000,
    packedBytes: Int = 256 << 20, workbookBytes: Int = 8 << 30, workbookRatio: Int = 250,
    workbookFloor: Int = 256 << 20, sharedTextBytes: Int = 512 << 20
  ) {
    self.recordBytes = recordBytes
    self.depth = depth
    self.cells = cells
    self.chunkBytes = chunkBytes
    self.blockBytes = blockBytes
    self.joinedBytes = joinedBytes
    self.listedRows = listedRows
    self.packedBytes = packedBytes
    self.workbookBytes = workbookBytes
    self.workbookRatio = workbookRatio
    self.workbookFloor = workbookFloor
    self.sharedTextBytes = sharedTextBytes
  }
}
