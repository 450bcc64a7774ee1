/// Why an input could not be opened, or not read to its end.
public struct InputFailure: Error, Hashable, Sendable {
  /// One line, lower case: "no such file", "it is a directory".
  public var reason: String

  /// The reason ends a sentence such as "cannot be read: …".
  public init(_ reason: String) { self.reason = reason }
}

/// Gives the next bytes of an input, at most as many as asked for; none at its end.
public typealias ByteSource = (_ most: Int) throws(InputFailure) -> [UInt8]

/// An input that holds records: a name to call it by, and a way to its bytes.
///
/// This module opens no files; whoever has one hands over how to read it.
public struct InputFile: Sendable {
  /// The file as the user named it.
  public var name: String
  /// Starts reading from the first byte.
  public var open: @Sendable () throws(InputFailure) -> ByteSource

  /// An input that is opened when its turn comes.
  public init(name: String, open: @escaping @Sendable () throws(InputFailure) -> ByteSource) {
    self.name = name
    self.open = open
  }

  /// An input whose bytes are at hand.
  public init(name: String, bytes: [UInt8]) {
    self.init(name: name) { () throws(InputFailure) -> ByteSource in
      var offset = 0
      return { most in
        let end = min(bytes.count, offset + max(1, most))
        defer { offset = end }
        return Array(bytes[offset..<end])
      }
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

  /// 16 MiB for a record, a hundred levels, as many cells as a spreadsheet's row has.
  public init(
    recordBytes: Int = 16 << 20, depth: Int = 100, cells: Int = 16_384, chunkBytes: Int = 256 << 10
  ) {
    self.recordBytes = recordBytes
    self.depth = depth
    self.cells = cells
    self.chunkBytes = chunkBytes
  }
}
