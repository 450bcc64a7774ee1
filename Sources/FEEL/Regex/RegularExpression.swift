/// A regular expression as XPath has them: those of XML Schema, with `^`, `$`, reluctant quantifiers and
/// back-references. There is no looking ahead or behind.
///
/// Matching is bounded: without back-references it takes no more steps than the pattern's size times the text's length,
/// and with them it gives up after ``stepLimitWithBackReferences``.
/// - Source: XQuery and XPath Functions and Operators 3.1, 5.6; XML Schema 1.1 Part 2, appendix G.
struct RegularExpression: Sendable {
  /// What a program does at a place of the text.
  enum Instruction: Sendable {
    case character(Unicode.Scalar)
    /// A character as its case-blind form.
    case foldedCharacter(Unicode.Scalar)
    /// A character of one of the pattern's sets.
    case set(Int)
    /// The same, where what it has of ASCII can be told at once.
    case asciiSet(CharacterSet.ASCII, otherwise: Int)
    /// Any character, or any but the ends of lines.
    case any(lineEnds: Bool)
    case lineStart(multiline: Bool)
    case lineEnd(multiline: Bool)
    /// Goes on at the first, and where that fails at the second.
    case split(Int, Int)
    case jump(Int)
    /// Notes the place in a slot.
    case save(Int)
    /// Fails where the place is still the one noted in a slot: a loop that makes no progress ends.
    case progress(since: Int)
    case backReference(group: Int, folded: Bool)
    case match
  }

  /// What is wrong with a pattern or its flags.
  enum Problem: Error, Hashable, Sendable {
    case unknownFlag(String)
    case unexpectedEnd
    case unexpected(String)
    case unknownEscape(String)
    case unknownCategory(String)
    case noSuchGroup(String)
    case wrongQuantifier
    case reversedRange
    case emptyClass
    case lookAround
    case tooDeep
    case tooLarge

    var message: String {
      switch self {
      case .unknownFlag(let flag): "`\(flag)` is not a flag; there are s, m, i and x"
      case .unexpectedEnd: "the pattern ends too early"
      case .unexpected(let text): "`\(text)` has no meaning there in a pattern; a backslash takes it as it is"
      case .unknownEscape(let text): "`\\\(text)` is not an escape of patterns"
      case .unknownCategory(let name): "`\(name)` is neither a category nor a block of Unicode"
      case .noSuchGroup(let number): "the pattern has no group \(number) before that place"
      case .wrongQuantifier: "this is not a quantifier that a pattern may have"
      case .reversedRange: "a range of characters starts above its end"
      case .emptyClass: "a class of characters is empty"
      case .lookAround: "patterns cannot look ahead or behind"
      case .tooDeep: "the pattern nests too deeply"
      case .tooLarge: "the pattern is too large"
      }
    }
  }

  /// How a pattern is to be read.
  struct Flags: Hashable, Sendable {
    /// `s`: a full stop matches the ends of lines too.
    var dotMatchesAll = false
    /// `m`: `^` and `$` match at each line.
    var isMultiline = false
    /// `i`
    var ignoresCase = false
    /// `x`: white space in the pattern does not count.
    var ignoresBlanks = false

    init() {}

    init(_ text: String) throws(Problem) {
      for flag in text.unicodeScalars {
        switch flag {
        case "s": dotMatchesAll = true
        case "m": isMultiline = true
        case "i": ignoresCase = true
        case "x": ignoresBlanks = true
        default: throw .unknownFlag(String(flag))
        }
      }
    }
  }

  /// Programs longer than this are refused.
  static let sizeLimit = 20_000
  /// Steps that all the matching of one call may take, which limits the memory that it takes too.
  static let stepLimit = 5_000_000
  /// The same for patterns with back-references, for which matching may take exponential time.
  static let stepLimitWithBackReferences = 2_000_000

  let program: [Instruction]
  let sets: [CharacterSet]
  /// How many groups there are, the whole match not counted.
  let groups: Int
  /// How many slots a match needs: two for each group and for the whole, and one for each loop that notes its progress.
  let slots: Int
  /// Whether what matches may depend on what groups hold, so that a place cannot be ruled out for good.
  let hasBackReferences: Bool

  init(_ pattern: String, flags: Flags = Flags()) throws(Problem) {
    var parser = RegularExpressionParser(pattern, flags: flags)
    let tree = try parser.parse()
    var compiler = RegularExpressionCompiler(
      flags: flags, groups: parser.groups, hasBackReferences: parser.hasBackReferences)
    try compiler.compile(tree)
    program = compiler.program
    sets = compiler.sets
    groups = parser.groups
    slots = compiler.slots
    hasBackReferences = parser.hasBackReferences
  }
}

/// What a pattern says.
indirect enum RegularExpressionTree {
  case empty
  case character(Unicode.Scalar)
  case set(CharacterSet)
  case any
  case start
  case end
  case sequence([RegularExpressionTree])
  case alternatives([RegularExpressionTree])
  case group(Int, RegularExpressionTree)
  case repetition(RegularExpressionTree, least: Int, most: Int?, isReluctant: Bool)
  case backReference(Int)
}

/// Turns what a pattern says into a program.
struct RegularExpressionCompiler {
  let flags: RegularExpression.Flags
  let hasBackReferences: Bool
  private(set) var program: [RegularExpression.Instruction] = []
  private(set) var sets: [CharacterSet] = []
  private(set) var slots: Int

  init(flags: RegularExpression.Flags, groups: Int, hasBackReferences: Bool) {
    self.flags = flags
    self.hasBackReferences = hasBackReferences
    slots = 2 * (groups + 1)
  }

  mutating func compile(_ tree: RegularExpressionTree) throws(RegularExpression.Problem) {
    try emit(.save(0))
    try add(tree)
    try emit(.save(1))
    try emit(.match)
  }

  private mutating func emit(_ instruction: RegularExpression.Instruction) throws(RegularExpression.Problem) {
    guard program.count < RegularExpression.sizeLimit else { throw .tooLarge }
    program.append(instruction)
  }

  private mutating func add(_ tree: RegularExpressionTree) throws(RegularExpression.Problem) {
    switch tree {
    case .empty: break
    case .character(let scalar):
      try emit(flags.ignoresCase ? .foldedCharacter(scalar.folded) : .character(scalar))
    case .set(let set):
      try emit(set.ascii.map { .asciiSet($0, otherwise: sets.count) } ?? .set(sets.count))
      sets.append(set)
    case .any: try emit(.any(lineEnds: flags.dotMatchesAll))
    case .start: try emit(.lineStart(multiline: flags.isMultiline))
    case .end: try emit(.lineEnd(multiline: flags.isMultiline))
    case .sequence(let parts): for part in parts { try add(part) }
    case .alternatives(let branches): try add(alternatives: branches)
    case .group(let number, let body):
      try emit(.save(2 * number))
      try add(body)
      try emit(.save(2 * number + 1))
    case .repetition(let body, let least, let most, let isReluctant):
      try add(body, least: least, most: most, isReluctant: isReluctant)
    case .backReference(let group): try emit(.backReference(group: group, folded: flags.ignoresCase))
    }
  }

  private mutating func add(alternatives branches: [RegularExpressionTree]) throws(RegularExpression.Problem) {
    var jumps: [Int] = []
    for (index, branch) in branches.enumerated() {
      guard index < branches.count - 1 else {
        try add(branch)
        break
      }
      let split = program.count
      try emit(.split(split + 1, 0))
      try add(branch)
      jumps.append(program.count)
      try emit(.jump(0))
      program[split] = .split(split + 1, program.count)
    }
    for jump in jumps { program[jump] = .jump(program.count) }
  }

  private mutating func add(
    _ body: RegularExpressionTree, least: Int, most: Int?, isReluctant: Bool
  ) throws(RegularExpression.Problem) {
    for _ in 0..<least {
      let size = program.count
      try add(body)
      // What is empty once is empty however often.
      if program.count == size { return }
    }
    guard let most else {
      let split = program.count
      try emit(.split(0, 0))
      // Without back-references a place is never tried twice, which ends loops that make no progress.
      let slot = hasBackReferences ? slots : nil
      if let slot {
        slots += 1
        try emit(.save(slot))
      }
      try add(body)
      if let slot { try emit(.progress(since: slot)) }
      try emit(.jump(split))
      program[split] = isReluctant ? .split(program.count, split + 1) : .split(split + 1, program.count)
      return
    }
    var splits: [Int] = []
    for _ in least..<max(least, most) {
      splits.append(program.count)
      try emit(.split(0, 0))
      let size = program.count
      try add(body)
      if program.count == size { break }
    }
    for split in splits {
      program[split] = isReluctant ? .split(program.count, split + 1) : .split(split + 1, program.count)
    }
  }
}
