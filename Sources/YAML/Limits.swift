extension YAML {
  /// How much of a file is read before it is refused. Reaching a limit is an error, never a silent cut.
  public struct Limits: Hashable, Sendable {
    /// Bytes of the whole file.
    public var bytes: Int
    /// Collections within one another.
    public var depth: Int
    /// Scalars and collections, keys among them.
    public var nodes: Int
    /// UTF-8 bytes of one scalar's decoded text.
    public var scalarBytes: Int

    /// What a rule file, and all but the largest record file, stays well below.
    public init(
      bytes: Int = 10_000_000, depth: Int = 64, nodes: Int = 1_000_000, scalarBytes: Int = 1_000_000
    ) {
      self.bytes = bytes
      self.depth = depth
      self.nodes = nodes
      self.scalarBytes = scalarBytes
    }
  }
}
