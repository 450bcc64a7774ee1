import Diagnostics

/// Names of more than one word, found in a row of tokens.
///
/// A FEEL name may hold spaces, keywords and operators, so whether `a - b` is one name or a subtraction depends on which
/// names there are (DMN 1.5, 10.3.1.6). The table holds those that are not a single word; the longest match wins.
struct NameTable: Sendable {
  /// One part further along some names: from the state that the parts before lead to, 0 at the first. The state that it
  /// leads to is its own position and one.
  private struct Step: Sendable, BitwiseCopyable {
    var state: UInt32
    /// Where the part stands in ``parts``.
    var part: TextRange
  }

  /// The names as a tree, so that neither finding a name nor adding one depends on how many others begin alike.
  private var steps: [Step] = []
  private var parts: [UInt8] = []
  /// By the hash of a step, or the next one free: the state it leads to; 0 where there is none.
  private var slots: [UInt32] = []
  private let seed = NameHash.seed
  /// By the state that a name's last part leads to.
  private var names: [String?] = [nil]
  /// Whether some name's second part is an operator, as in `a - b`. Mostly none is, and most words stand before one.
  private(set) var hasOperators = false
  /// A bit for the length and the ends of each name's first part: most words begin no name, which this tells at once.
  private var beginnings: UInt64 = 0

  init(_ names: some Sequence<String> = []) {
    for name in names { insert(name) }
  }

  mutating func insert(_ name: String) {
    guard Self.holds(name) else { return }
    TokenizedText.with(name) { insert(name, as: $0) }
  }

  /// Whether a name may be one of several words: most are one, which is no business of such a table.
  static func holds(_ name: String) -> Bool {
    !name.utf8.allSatisfy {
      $0 == UInt8(ascii: "_") || ($0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z"))
    }
  }

  private mutating func insert(_ name: String, as text: TokenizedText) {
    let parts = text.tokens.filter(\.kind.isNamePart)
    guard parts.count > 1 else { return }
    if !parts[1].kind.isWord { hasOperators = true }
    beginnings |= Self.bit(of: parts[0], in: text)
    var state = 0
    for part in parts {
      let bytes = UnsafeBufferPointer(rebasing: text.bytes[part.range])
      state = next(state, bytes) ?? add(state, bytes)
    }
    if names[state] == nil { names[state] = name }
  }

  /// The state that a part leads to; nil where no name goes on like that.
  private func next(_ state: Int, _ part: UnsafeBufferPointer<UInt8>) -> Int? {
    guard !slots.isEmpty else { return nil }
    let next = slots[slot(of: state, part)]
    return next > 0 ? Int(next) : nil
  }

  private mutating func add(_ state: Int, _ part: UnsafeBufferPointer<UInt8>) -> Int {
    let start = parts.count
    parts.append(contentsOf: part)
    steps.append(Step(state: UInt32(state), part: TextRange(start..<parts.count)))
    names.append(nil)
    if 2 * steps.count > slots.count {
      slots = [UInt32](repeating: 0, count: max(2 * slots.count, 8))
      for index in steps.indices {
        let step = steps[index]
        let slot = parts.withUnsafeBufferPointer {
          self.slot(of: Int(step.state), UnsafeBufferPointer(rebasing: $0[step.part.range]))
        }
        slots[slot] = UInt32(index + 1)
      }
    } else {
      slots[slot(of: state, part)] = UInt32(steps.count)
    }
    return steps.count
  }

  /// The slot of a step, or the free one where it would be.
  private func slot(of state: Int, _ part: UnsafeBufferPointer<UInt8>) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: NameHash.of(part, seed: seed, salt: UInt64(state))) & mask
    while slots[slot] > 0 {
      let step = steps[Int(slots[slot]) - 1]
      if step.state == UInt32(state),
        parts.withUnsafeBufferPointer({
          TextEncoding.areSame(UnsafeBufferPointer(rebasing: $0[step.part.range]), part)
        })
      {
        break
      }
      slot = (slot + 1) & mask
    }
    return slot
  }

  @inline(__always)
  private static func bit(of part: Token, in text: TokenizedText) -> UInt64 {
    1 << UInt64(NameHash.tag(of: UnsafeBufferPointer(rebasing: text.bytes[part.range])) & 63)
  }

  /// A name that was found, and of how many tokens it is.
  struct Match {
    var name: String
    var count: Int
  }

  /// The longest name that the tokens from `start` on spell.
  @inline(__always)
  func match(_ text: TokenizedText, at start: Int) -> Match? {
    guard mayMatch(text, at: start) else { return nil }
    return longestMatch(text, at: start)
  }

  /// Whether a name may begin with the token at `start`, as far as that can be told at once.
  @inline(__always)
  private func mayMatch(_ text: TokenizedText, at start: Int) -> Bool {
    let tokens = text.tokens
    // The last token is no part of a name.
    guard tokens[start].kind.isNamePart, hasOperators || tokens[start + 1].kind.isWord else { return false }
    return beginnings & Self.bit(of: tokens[start], in: text) != 0
  }

  private func longestMatch(_ text: TokenizedText, at start: Int) -> Match? {
    let tokens = text.tokens
    var (longest, count) = (0, 0)
    var state = 0
    for index in start..<tokens.count {
      guard tokens[index].kind.isNamePart,
        let next = next(state, UnsafeBufferPointer(rebasing: text.bytes[tokens[index].range]))
      else { break }
      state = next
      if names[state] != nil { (longest, count) = (state, index + 1 - start) }
    }
    return names[longest].map { Match(name: $0, count: count) }
  }
}

/// The names that an expression may use, as far as the parser has to know them.
public struct KnownNames: Sendable {
  final class Tables: Sendable {
    /// Names in scope.
    let scope: NameTable
    /// Names of members of whatever is in scope, for what follows a dot and for filters.
    let members: NameTable
    /// Types by their declared names.
    let types: [String: Type]
    /// Whether the second part of some name is an operator.
    let haveOperators: Bool

    init(scope: NameTable, members: NameTable, types: [String: Type]) {
      self.scope = scope
      self.members = members
      self.types = types
      haveOperators = scope.hasOperators || members.hasOperators
    }

    // These are asked here, as whoever holds the tables would copy one to ask it.

    /// The longest name in scope that the tokens from `start` on spell.
    func name(in text: TokenizedText, at start: Int) -> NameTable.Match? { scope.match(text, at: start) }

    /// The longest name of a member that they spell.
    func member(in text: TokenizedText, at start: Int) -> NameTable.Match? { members.match(text, at: start) }
  }

  let tables: Tables

  private static let builtins = NameTable(BuiltinLibrary.names)
  private static let none = Tables(scope: builtins, members: NameTable(), types: [:])

  /// Those of the language alone.
  public init() { tables = Self.none }

  public init(
    scope: some Sequence<String>, members: some Sequence<String> = [], types: [String: Type] = [:]
  ) {
    var table = Self.builtins
    for name in scope { table.insert(name) }
    tables = Tables(scope: table, members: NameTable(members), types: types)
  }
}
