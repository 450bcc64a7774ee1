import CSimdJSON

/// Where the tokens of a JSON text start, found many bytes at a time.
final class TokenIndex {
  private let indexer: OpaquePointer?

  init() { indexer = json_indexer_create() }

  deinit { json_indexer_destroy(indexer) }

  /// Finds the tokens of a text, or of several with white space between them.
  ///
  /// - Returns: the offset of each, with the text's length a few times over after the last; they stay until the next
  ///   call. Nil where a string is not closed or holds a control character, or the text is not UTF-8.
  func tokens(of bytes: UnsafePointer<UInt8>, count: Int) -> (start: UnsafePointer<UInt32>, count: Int)? {
    guard let indexer, json_indexer_run(indexer, bytes, count) == JSON_INDEXED,
      let start = json_indexer_positions(indexer)
    else { return nil }
    return (start, json_indexer_count(indexer))
  }
}
