import CLibYAML

/// Owns a libyaml parser over bytes that outlive it.
///
/// libyaml keeps its own address within itself, so it must not move: hence the allocation.
struct EventStream: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>

  init(_ text: UnsafeBufferPointer<UInt8>) {
    parser = .allocate(capacity: 1)
    precondition(yaml_parser_initialize(parser) == 1, "no memory for a YAML parser, as for any Swift object")
    // Said outright, as libyaml would otherwise take U+FEFF for a byte order mark a second time.
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    yaml_parser_set_input_string(parser, text.baseAddress, text.count)
  }

  deinit {
    yaml_parser_delete(parser)
    parser.deallocate()
  }

  /// Hands the next event to `body`; nil when the text broke off, and ``failure`` then says why.
  func next<Result>(_ body: (yaml_event_t) -> Result) -> Result? {
    var event = yaml_event_t()
    guard yaml_parser_parse(parser, &event) == 1 else { return nil }
    defer { yaml_event_delete(&event) }
    return body(event)
  }

  /// The indentation, in columns, of the innermost block collection; -1 outside all of them.
  ///
  /// It is that of the event last read when that was a block scalar: the scanner never looks past one, since a block
  /// scalar is no mapping's key.
  var blockIndent: Int { Int(parser.pointee.indent) }

  /// What libyaml said about where it broke off.
  struct Failure {
    var problem: String
    /// In Unicode scalars from the start of the text.
    var index: Int
    var context: String?
    var contextIndex: Int
  }

  var failure: Failure {
    let parser = parser.pointee
    return Failure(
      problem: parser.problem.map { String(cString: $0) } ?? "out of memory",
      index: Int(parser.problem_mark.index),
      context: parser.context.map { String(cString: $0) },
      contextIndex: Int(parser.context_mark.index))
  }
}
