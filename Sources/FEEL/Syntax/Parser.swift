import Diagnostics

extension DiagnosticCode {
  /// The text is not FEEL.
  static let syntax = DiagnosticCode("FEEL101")
  /// The expression nests more deeply than any reader could follow.
  static let tooDeep = DiagnosticCode("FEEL102")
  /// An expression was wanted and nothing is there.
  static let emptyExpression = DiagnosticCode("FEEL103")
}

/// Parses FEEL by precedence climbing; every text gives a tree, with holes where it could not be understood.
struct Parser: ~Copyable {
  /// Trees deeper than this are refused, so that nothing that walks one can run out of stack.
  static let depthLimit = 200

  /// What is wrong with a text; its range is one of the text.
  final class Problem {
    private let code: DiagnosticCode
    private let message: String
    private let range: Range<Int>
    private let help: String?

    init(_ code: DiagnosticCode, _ message: String, at range: Range<Int>, help: String?) {
      self.code = code
      self.message = message
      self.range = range
      self.help = help
    }

    func diagnostic(in source: SourceText) -> Diagnostic {
      Diagnostic(code, .error, message, at: source.span(range), help: [help])
    }
  }

  private let text: TokenizedText
  private let tokens: UnsafeBufferPointer<Token>
  private(set) var position = 0
  private(set) var tree: SyntaxTreeBuilder
  private let names: KnownNames.Tables
  /// Whether the second part of some known name is no word.
  private let hasOperatorNames: Bool
  /// Names of several words that the text itself makes; nil until there is one.
  private var own: OwnNames?
  private var depth = 0
  /// Inside a filter the members of its items are names.
  private var filterDepth = 0
  private(set) var problem: Problem?
  /// Where parentheses after `in` turned out to hold no tests. What is in them is read again, and remembering it keeps
  /// those within them from being read twice as often at every level.
  private var groupings: Set<Int>?
  /// After the first problem the rest is not reported: it would mostly be its echo.
  @inline(__always)
  private var isPanicking: Bool { problem != nil }
  /// Whether the first problem is that the text ends too early.
  private(set) var isUnfinished = false

  private init(_ text: TokenizedText, names: KnownNames.Tables, memory: StackBuffer<Expression>.Room) {
    self.text = text
    self.names = names
    tokens = text.tokens
    hasOperatorNames = names.haveOperators
    tree = SyntaxTreeBuilder(in: memory)
  }

  // MARK: Entry points

  /// Parses something of a text, whose tokens and expressions a parser has only as long as it works.
  @inline(__always)
  static func with<Result>(_ text: String, names: KnownNames, _ body: (inout Parser) -> Result) -> Result {
    TokenizedText.with(text) { text in
      StackBuffer<Expression>.withRoom { memory in
        var parser = Parser(text, names: names.tables, memory: memory)
        return body(&parser)
      }
    }
  }

  /// Parses an expression; the tree is there until `body` ends.
  @inline(__always)
  static func expression<Result>(
    _ text: String, names: KnownNames,
    _ body: (_ tree: SyntaxTree, _ root: Expression.ID, _ problem: Problem?) -> Result
  ) -> Result {
    with(text, names: names) { parser in
      let root = parser.whole()
      return parser.withTree { body($0, root, $1) }
    }
  }

  @inline(__always)
  private borrowing func withTree<Result>(_ body: (SyntaxTree, Problem?) -> Result) -> Result {
    tree.withTree(of: text.bytes) { body($0, problem) }
  }

  private mutating func whole() -> Expression.ID {
    if at(.end) {
      report(.emptyExpression, "an expression is missing", at: 0..<text.bytes.count)
      return tree.add(.hole, 0..<text.bytes.count)
    }
    let root = expression()
    expectEnd()
    return root
  }

  /// Parses unary tests; the tree is there until `body` ends.
  @inline(__always)
  static func unaryTests<Result>(
    _ text: String, names: KnownNames,
    _ body: (_ tree: SyntaxTree, _ tests: UnaryTests, _ problem: Problem?) -> Result
  ) -> Result {
    with(text, names: names) { parser in
      let tests = parser.unaryTests()
      return parser.withTree { body($0, tests, $1) }
    }
  }

  private mutating func unaryTests() -> UnaryTests {
    let whole = 0..<text.bytes.count
    if at(.end) {
      report(.emptyExpression, "a test is missing; `-` matches anything", at: whole)
      return UnaryTests(tests: Expression.Row(), isNegated: false, range: whole)
    }
    if at(.minus), tokens[1].kind == .end {
      return UnaryTests(tests: Expression.Row(), isNegated: false, range: whole)
    }
    if at(.not), tokens[1].kind == .openParenthesis, let tests = negatedTests() {
      return UnaryTests(tests: tests, isNegated: true, range: whole)
    }
    let tests = tests()
    expectEnd()
    return UnaryTests(tests: tests, isNegated: false, range: whole)
  }

  /// The tests of a `not(…)` that ends the text; nil, and nothing read, where it is only part of what the text says.
  private mutating func negatedTests() -> Expression.Row? {
    position = 2
    let tests = tests()
    expect(.closeParenthesis)
    if isPanicking || at(.end) { return tests }
    // What was put into the tree stays there, and nothing refers to it.
    position = 0
    return nil
  }

  // MARK: Tokens

  var current: Token { tokens[position] }

  private var kind: Token.Kind { tokens[position].kind }

  /// What kind of token follows the current one.
  private var nextKind: Token.Kind { tokens[min(position + 1, tokens.count - 1)].kind }

  func at(_ kind: Token.Kind) -> Bool { tokens[position].kind == kind }

  mutating func advance() { if tokens[position].kind != .end { position += 1 } }

  mutating func take(_ kind: Token.Kind) -> Bool {
    guard at(kind) else { return false }
    advance()
    return true
  }

  mutating func expect(_ kind: Token.Kind) {
    if !take(kind) { unexpected("`\(kind.rawValue)`") }
  }

  mutating func expectEnd() {
    if kind != .end { unexpected("an operator or the end") }
  }

  private var previousEnd: Int { position > 0 ? tokens[position - 1].upperBound : 0 }

  private func range(from start: Int) -> Range<Int> { Range(uncheckedBounds: (start, max(previousEnd, start))) }

  // MARK: Problems

  mutating func report(_ code: DiagnosticCode, _ message: String, at range: Range<Int>, help: String? = nil) {
    guard !isPanicking else { return }
    problem = Problem(code, message, at: range, help: help)
  }

  mutating func unexpected(_ wanted: String) {
    if !isPanicking { isUnfinished = isCutOff(current) }
    switch current.kind {
    case .meaningless:
      report(.syntax, "`\(text.text(current.range))` has no meaning here", at: current.range)
    case .openText: report(.syntax, "this text has no closing quotation mark", at: current.range)
    case .openComment: report(.syntax, "this comment has no end", at: current.range)
    case .end:
      let end = text.bytes.count
      report(.syntax, "the expression ends where \(wanted) should follow", at: max(end - 1, 0)..<end)
    default:
      let found = text.text(current.range)
      report(.syntax, "expected \(wanted), found `\(found)`", at: current.range, help: hint(for: found))
    }
  }

  /// Whether the text ends with a token that is not whole: no token at all, or a text or comment without its end.
  private func isCutOff(_ token: Token) -> Bool {
    switch token.kind {
    case .end, .openText, .openComment: true
    default: false
    }
  }

  private func hint(for found: String) -> String? {
    switch found {
    case "==": "equality is a single `=`"
    case "&", "&&": "write `and`"
    case "|", "||": "write `or`"
    case "'": "text stands in double quotation marks"
    case "%": "a percentage is a number: 80 % is `0.8`"
    case "!": "write `not(…)`, or `!=`"
    default: nil
    }
  }

  private mutating func hole() -> Expression.ID { tree.add(.hole, current.range) }

  /// A hole for what lies too deep; nothing more is read.
  private mutating func tooDeep() -> Expression.ID {
    report(.tooDeep, "this expression nests more than \(Self.depthLimit) levels deep", at: current.range)
    position = tokens.count - 1
    return hole()
  }

  /// Refuses a tree that has grown too high on its left side, as `1 + 1 + 1 …` does.
  @inline(__always)
  private mutating func bounded(_ id: Expression.ID) -> Expression.ID {
    tree.height(id) > Self.depthLimit * 2 ? refused(id) : id
  }

  private mutating func refused(_ id: Expression.ID) -> Expression.ID {
    let range = tree[id].range
    report(.tooDeep, "this expression has more than \(Self.depthLimit * 2) operators in a row", at: range)
    position = tokens.count - 1
    return tree.add(.hole, range)
  }

  /// Adds an expression that begins at an offset and ends here.
  @inline(__always)
  private mutating func add(_ kind: Expression.Kind, from start: Int, over child: Expression.ID) -> Expression.ID {
    tree.add(kind, range(from: start), above: tree.height(child))
  }

  @inline(__always)
  private mutating func add(
    _ kind: Expression.Kind, from start: Int, over first: Expression.ID, _ second: Expression.ID
  ) -> Expression.ID {
    tree.add(kind, range(from: start), above: max(tree.height(first), tree.height(second)))
  }

  private mutating func add(
    _ kind: Expression.Kind, from start: Int, over first: Expression.ID, _ second: Expression.ID,
    _ third: Expression.ID
  ) -> Expression.ID {
    tree.add(kind, range(from: start), above: max(tree.height(first), tree.height(second), tree.height(third)))
  }

  @inline(__always)
  private mutating func add(_ kind: Expression.Kind, from start: Int, over row: Expression.Row) -> Expression.ID {
    tree.add(kind, range(from: start), above: row.height)
  }

  private func height(of entries: [Expression.Entry]) -> UInt32 {
    entries.reduce(0) { max($0, tree.height($1.value)) }
  }

  private func height(of iterators: [Expression.Iterator]) -> UInt32 {
    iterators.reduce(0) { max($0, tree.height($1.domain), $1.end.map { tree.height($0) } ?? 0) }
  }

  // MARK: Expressions

  mutating func expression() -> Expression.ID {
    guard depth < Self.depthLimit else { return tooDeep() }
    depth += 1
    defer { depth -= 1 }
    switch kind {
    case .if where matchedName() == nil: return conditional()
    case .for where matchedName() == nil: return loop()
    case .some where matchedName() == nil: return quantifier(every: false)
    case .every where matchedName() == nil: return quantifier(every: true)
    case .function where nextKind == .openParenthesis: return function()
    default: return operation(above: .all)
    }
  }

  /// How tightly operators bind what stands beside them.
  private enum Level: UInt8, Comparable {
    /// Less than any operator.
    case all
    case disjunction, conjunction, comparison, sum, product, power

    @inline(__always)
    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
  }

  /// Values and the operators between them that bind more tightly than some level; all group to the left, but for `and`
  /// and `or`, which take as many as there are.
  ///
  /// A minus sign binds tighter than any: `-3 ** 2` is 9.
  private mutating func operation(above outer: Level) -> Expression.ID {
    let start = tokens[position].lowerBound
    // What has been read takes no operator that binds more tightly than this: `x in (1, 2) + 3` is nothing.
    var inner = Level.power
    var left: Expression.ID
    if outer < .comparison, let op = comparisonOperator() {
      // `< 10` where a value is wanted: a range of its own.
      advance()
      let end = additive()
      left = add(.halfRange(op, end), from: start, over: end)
      inner = .conjunction
    } else {
      left = signed()
    }
    while let level = level(of: kind), level > outer, level <= inner {
      inner = level
      switch level {
      case .all: return left
      case .disjunction:
        let operands = row(after: left, .or, level)
        left = add(.disjunction(operands), from: start, over: operands)
      case .conjunction:
        let operands = row(after: left, .and, level)
        left = add(.conjunction(operands), from: start, over: operands)
      case .comparison: left = bounded(compared(left, from: start))
      case .sum, .product, .power:
        let op = arithmeticOperator()
        advance()
        let right = operation(above: level)
        left = bounded(add(.arithmetic(op, left, right), from: start, over: left, right))
      }
    }
    return left
  }

  @inline(__always)
  private func level(of kind: Token.Kind) -> Level? {
    switch kind {
    case .or: .disjunction
    case .and: .conjunction
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .between, .in: .comparison
    case .plus, .minus: .sum
    case .asterisk, .slash: .product
    case .power: .power
    default: nil
    }
  }

  private func arithmeticOperator() -> ArithmeticOperator {
    switch kind {
    case .minus: .subtract
    case .asterisk: .multiply
    case .slash: .divide
    case .power: .power
    default: .add
    }
  }

  /// What `and` or `or` connects, of which the first has been read.
  private mutating func row(
    after first: Expression.ID, _ connective: Token.Kind, _ level: Level
  ) -> Expression.Row {
    var operands = Expression.Row()
    tree.append(first, to: &operands)
    while take(connective) { tree.append(operation(above: level), to: &operands) }
    return operands
  }

  @inline(__always)
  private func comparisonOperator() -> ComparisonOperator? {
    switch kind {
    case .equal: .equal
    case .notEqual: .notEqual
    case .less: .less
    case .lessOrEqual: .lessOrEqual
    case .greater: .greater
    case .greaterOrEqual: .greaterOrEqual
    default: nil
    }
  }

  private mutating func comparison() -> Expression.ID { operation(above: .conjunction) }

  private mutating func additive() -> Expression.ID { operation(above: .comparison) }

  /// What is said of a value by the comparison, the `between` or the `in` that stands here.
  private mutating func compared(_ left: Expression.ID, from start: Int) -> Expression.ID {
    if let op = comparisonOperator() {
      advance()
      if op == .equal, at(.equal) {
        report(.syntax, "expected an expression, found `=`", at: current.range, help: "equality is a single `=`")
      }
      let right = additive()
      return add(.comparison(op, left, right), from: start, over: left, right)
    }
    if take(.between) {
      let low = additive()
      expect(.and)
      let high = additive()
      return add(.between(left, low, high), from: start, over: left, low, high)
    }
    advance()
    let tests = membershipTests()
    return tree.add(.membership(left, tests), range(from: start), above: max(tests.height, tree.height(left)))
  }

  /// What follows `in`: one test, or several in parentheses.
  private mutating func membershipTests() -> Expression.Row {
    if at(.openParenthesis), groupings?.contains(position) != true {
      let start = position
      advance()
      let list = tests()
      // `x in (a..b]` is one range, which begins as a list of tests does.
      if list.count > 1 || !at(.dots) {
        expect(.closeParenthesis)
        if list.count > 1 || endsTests { return list }
      }
      // `x in (a) + b`: the parenthesis was only a grouping.
      groupings = groupings ?? []
      groupings?.insert(start)
      position = start
    }
    var row = Expression.Row()
    tree.append(comparisonOperator() != nil ? comparison() : additive(), to: &row)
    return row
  }

  /// Whether what stands here cannot go on with a value in parentheses.
  private var endsTests: Bool {
    switch current.kind {
    case .end, .closeParenthesis, .closeBracket, .closeBrace, .comma: true
    case let kind: kind.isWord
    }
  }

  private mutating func tests() -> Expression.Row {
    var row = Expression.Row()
    repeat { tree.append(expression(), to: &row) } while take(.comma)
    return row
  }

  /// A value, perhaps with minus signs before it.
  @inline(__always)
  private mutating func signed() -> Expression.ID { at(.minus) ? negation() : value() }

  private mutating func negation() -> Expression.ID {
    let start = tokens[position].lowerBound
    advance()
    guard depth < Self.depthLimit else { return tooDeep() }
    depth += 1
    defer { depth -= 1 }
    let operand = signed()
    return add(.negation(operand), from: start, over: operand)
  }

  // MARK: Postfix

  private mutating func value() -> Expression.ID {
    let start = tokens[position].lowerBound
    var value = primary()
    while true {
      switch kind {
      case .dot:
        advance()
        guard let name = memberName() else {
          unexpected("the name of an entry")
          return instance(tree.add(.hole, range(from: start)), from: start)
        }
        value = add(.path(value, member: name), from: start, over: value)
      case .openBracket where !closesRange():
        advance()
        filterDepth += 1
        let condition = expression()
        filterDepth -= 1
        expect(.closeBracket)
        value = add(.filter(value, condition), from: start, over: value, condition)
      case .openParenthesis: value = call(value, from: start)
      case .instance: return instance(value, from: start)
      default: return value
      }
      value = bounded(value)
    }
  }

  /// What is said of a value by each `instance of` that stands here.
  private mutating func instance(_ value: Expression.ID, from start: Int) -> Expression.ID {
    var value = value
    while at(.instance), nextKind == .of {
      advance()
      advance()
      let type = tree.add(self.type())
      value = bounded(add(.instance(value, type), from: start, over: value))
    }
    return value
  }

  /// Whether the `[` here ends a range, as in `]1..5[`, rather than opening a filter.
  private func closesRange() -> Bool {
    guard rangeEndDepth > 0 else { return false }
    switch nextKind {
    case .end, .closeParenthesis, .closeBracket, .closeBrace, .comma, .dot, .colon, .equal, .notEqual, .less,
      .lessOrEqual, .greater, .greaterOrEqual, .plus, .asterisk, .slash, .power:
      return true
    case .and, .or, .then, .else, .return, .satisfies, .in: return true
    default: return false
    }
  }

  private var rangeEndDepth = 0

  private mutating func call(_ callee: Expression.ID, from start: Int) -> Expression.ID {
    advance()
    var arguments = Expression.Row()
    if take(.closeParenthesis) { return add(.call(callee, arguments), from: start, over: callee) }
    if let first = argumentName() {
      var arguments: [Expression.Entry] = []
      var next: (name: Expression.Name, at: Range<Int>)? = first
      while let (name, at) = next {
        expect(.colon)
        arguments.append(.init(name: name, at: TextRange(at), value: expression()))
        guard take(.comma) else { break }
        next = argumentName()
        if next == nil { unexpected("the name of an argument") }
      }
      expect(.closeParenthesis)
      let height = max(tree.height(callee), height(of: arguments))
      return tree.add(.namedCall(callee, tree.add(arguments)), range(from: start), above: height)
    }
    repeat { tree.append(expression(), to: &arguments) } while take(.comma)
    expect(.closeParenthesis)
    return tree.add(.call(callee, arguments), range(from: start), above: max(arguments.height, tree.height(callee)))
  }

  /// The name before a `:` in a call, or nil when this argument has none.
  private mutating func argumentName() -> (name: Expression.Name, at: Range<Int>)? {
    guard kind.isWord else { return nil }
    var index = position
    while tokens[index].kind.isNewNamePart { index += 1 }
    guard tokens[index].kind == .colon else { return nil }
    defer { position = index }
    return (name(of: position..<index), current.range.lowerBound..<tokens[index - 1].range.upperBound)
  }

  /// A name that is made here: all that may be part of one, up to a word that ends it.
  private mutating func newName(_ wanted: String, endingAt word: Token.Kind? = nil) -> Expression.Name {
    let start = position
    while kind.isNewNamePart, kind != word { advance() }
    if position == start { unexpected(wanted) }
    return name(of: start..<position)
  }

  /// The name that some tokens spell: white space counts as one space.
  private mutating func name(of indices: Range<Int>) -> Expression.Name {
    guard let first = indices.first, let last = indices.last else { return tree.name(asWritten: 0..<0) }
    let range = tokens[first].range.lowerBound..<tokens[last].range.upperBound
    var name = ""
    for index in indices {
      if index > first, tokens[index].range.lowerBound > tokens[index - 1].range.upperBound { name += " " }
      name += text.namePart(tokens[index])
    }
    return self.name(name, at: range)
  }

  /// A name that stands at a range, though it may not be written just like that there.
  private mutating func name(_ name: String, at range: Range<Int>) -> Expression.Name {
    let isWritten = name.utf8.withContiguousStorageIfAvailable { name in
      TextEncoding.areSame(name, UnsafeBufferPointer(rebasing: text.bytes[range]))
    }
    return isWritten == true ? tree.name(asWritten: range) : tree.name(name, at: range)
  }

  /// What a text in quotation marks stands for.
  private mutating func string(_ token: Token) -> Expression.Name {
    let inside = text.inside(token)
    return text.decoded(token).map { tree.name($0, at: inside) } ?? tree.name(asWritten: inside)
  }

  private mutating func memberName() -> Expression.Name? {
    if let match = matchedMember() {
      return take(match)
    }
    guard kind.isWord else { return nil }
    let range = current.range
    advance()
    return tree.name(asWritten: range)
  }

  /// The known name of several words that begins here, of an entry.
  @inline(__always)
  private mutating func matchedMember() -> NameTable.Match? { mayBeginName ? searchedMember() : nil }

  private mutating func searchedMember() -> NameTable.Match? {
    longer(names.member(in: text, at: position), own?.members.match(text, at: position))
      ?? longer(names.name(in: text, at: position), own?.scope.match(text, at: position))
      ?? Self.longProperties.match(text, at: position)
  }

  /// Goes past a known name.
  private mutating func take(_ match: NameTable.Match) -> Expression.Name {
    let range = current.range.lowerBound..<tokens[position + match.count - 1].range.upperBound
    position += match.count
    return name(match.name, at: range)
  }

  /// The properties of temporal values and ranges that are two words (10.3.2.3.5).
  private static let longProperties = NameTable(["time offset", "start included", "end included"])

  // MARK: Primary

  /// Names of several words that a text makes.
  private final class OwnNames {
    /// Those in scope.
    var scope = NameTable()
    /// Those that entries of its contexts have.
    var members = NameTable()
  }

  /// Whether a name of several words may begin here. Mostly what stands next is no word, which tells that none does.
  @inline(__always)
  private var mayBeginName: Bool { nextKind.isWord || hasOperatorNames || own != nil }

  /// The known name of several words that begins here.
  @inline(__always)
  private mutating func matchedName() -> NameTable.Match? { mayBeginName ? searchedName() : nil }

  private mutating func searchedName() -> NameTable.Match? {
    let scope = longer(names.name(in: text, at: position), own?.scope.match(text, at: position))
    guard filterDepth > 0 else { return scope }
    return longer(
      scope, longer(names.member(in: text, at: position), own?.members.match(text, at: position)))
  }

  /// The longer of two names, the first where they are as long as each other.
  @inline(__always)
  private func longer(_ first: NameTable.Match?, _ second: NameTable.Match?) -> NameTable.Match? {
    guard let second else { return first }
    guard let first, first.count >= second.count else { return second }
    return first
  }

  /// Brings a name into scope that the text makes.
  private mutating func bring(_ name: Expression.Name, asMember: Bool = false) {
    let name = tree.text(name, in: text)
    guard NameTable.holds(name) else { return }
    let own = own ?? OwnNames()
    self.own = own
    own.scope.insert(name)
    if asMember { own.members.insert(name) }
  }

  /// Puts what was in scope before back into it.
  private mutating func restore(_ scope: NameTable?) { own?.scope = scope ?? NameTable() }

  @inline(__always)
  private mutating func primary() -> Expression.ID {
    let token = current
    if let match = matchedName() {
      let name = take(match)
      return tree.add(.name(name), range(from: token.lowerBound))
    }
    switch token.kind {
    case .word, .function, .external, .not: return name()
    case .number:
      advance()
      guard let number = text.number(token) else {
        report(.syntax, "`\(text.text(token.range).prefix(40))` is beyond the numbers FEEL has", at: token.range)
        return tree.add(.hole, token.range)
      }
      return tree.add(.number(number), token.range)
    case .string:
      advance()
      return tree.add(.string(string(token)), token.range)
    case .openParenthesis: return parenthesis()
    case .openBracket: return bracket()
    case .closeBracket:
      advance()
      let low = rangeEnd()
      return rangeTail(after: low, from: token.lowerBound, startIncluded: false)
    case .openBrace: return context()
    case .at:
      advance()
      guard at(.string) else {
        unexpected("text in quotation marks after `@`")
        return tree.add(.hole, token.range)
      }
      let string = string(current)
      advance()
      return tree.add(.temporal(string), range(from: token.lowerBound))
    case .questionMark:
      advance()
      return tree.add(.name(tree.name(asWritten: token.range)), token.range)
    case .true, .false:
      advance()
      return tree.add(.boolean(token.kind == .true), token.range)
    case .null:
      advance()
      return tree.add(.null, token.range)
    case .if, .for, .some, .every: return expression()
    default:
      unexpected("an expression")
      return tree.add(.hole, token.range)
    }
  }

  /// A single word, or a run of words that can only be meant as one name, since nothing lies between them.
  private mutating func name() -> Expression.ID {
    let start = current.range
    advance()
    guard kind.isNameWord, !isPanicking else { return tree.add(.name(tree.name(asWritten: start)), start) }
    var words = [text.text(start)]
    while kind.isNameWord {
      words.append(text.text(current.range))
      advance()
    }
    let whole = range(from: start.lowerBound)
    return tree.add(.name(name(words.joined(separator: " "), at: whole)), whole)
  }

  private mutating func parenthesis() -> Expression.ID {
    let start = current.range.lowerBound
    advance()
    let outer = rangeEndDepth
    rangeEndDepth = 0
    defer { rangeEndDepth = outer }
    if comparisonOperator() != nil {
      let range = comparison()
      expect(.closeParenthesis)
      return add(tree[range].kind, from: start, over: range)
    }
    let inner = expression()
    if at(.dots) { return rangeTail(after: inner, from: start, startIncluded: false) }
    expect(.closeParenthesis)
    return add(tree[inner].kind, from: start, over: inner)
  }

  private mutating func bracket() -> Expression.ID {
    let start = current.range.lowerBound
    advance()
    let outer = rangeEndDepth
    rangeEndDepth = 0
    defer { rangeEndDepth = outer }
    var items = Expression.Row()
    if !at(.closeBracket) {
      items = tests()
      if items.count == 1, let only = items.first, at(.dots) {
        return rangeTail(after: only, from: start, startIncluded: true)
      }
    }
    expect(.closeBracket)
    return add(.list(items), from: start, over: items)
  }

  /// A range, standing at the dots after its start.
  private mutating func rangeTail(
    after low: Expression.ID, from start: Int, startIncluded: Bool
  ) -> Expression.ID {
    expect(.dots)
    rangeEndDepth += 1
    let high = rangeEnd()
    rangeEndDepth -= 1
    let endIncluded = at(.closeBracket)
    if at(.closeBracket) || at(.closeParenthesis) || at(.openBracket) {
      advance()
    } else {
      unexpected("`]` or `)`")
    }
    return add(
      .range(start: low, startIncluded: startIncluded, end: high, endIncluded: endIncluded), from: start,
      over: low, high)
  }

  private mutating func rangeEnd() -> Expression.ID {
    guard depth < Self.depthLimit else { return tooDeep() }
    depth += 1
    defer { depth -= 1 }
    return additive()
  }

  private mutating func context() -> Expression.ID {
    let start = current.range.lowerBound
    advance()
    let outer = (names: own?.scope, rangeEndDepth: rangeEndDepth)
    rangeEndDepth = 0
    defer { rangeEndDepth = outer.rangeEndDepth }
    var entries: [Expression.Entry] = []
    while !at(.closeBrace), !isPanicking {
      let at = current.range.lowerBound
      let name: Expression.Name
      if kind == .string {
        name = string(current)
        advance()
      } else {
        name = newName("the name of an entry")
      }
      let range = self.range(from: at)
      expect(.colon)
      entries.append(.init(name: name, at: TextRange(range), value: expression()))
      bring(name, asMember: true)
      if !take(.comma) { break }
    }
    expect(.closeBrace)
    restore(outer.names)
    return tree.add(.context(tree.add(entries)), range(from: start), above: height(of: entries))
  }

  // MARK: Keyword expressions

  private mutating func conditional() -> Expression.ID {
    let start = current.range.lowerBound
    advance()
    let condition = expression()
    expect(.then)
    let then = expression()
    expect(.else)
    let otherwise = expression()
    return add(.conditional(condition, then: then, else: otherwise), from: start, over: condition, then, otherwise)
  }

  private mutating func iterators(ranges: Bool) -> [Expression.Iterator] {
    var list: [Expression.Iterator] = []
    repeat {
      let at = current.range.lowerBound
      let name = newName("the name of a variable", endingAt: .in)
      let range = self.range(from: at)
      expect(.in)
      let domain = ranges ? comparison() : expression()
      var end: Expression.ID?
      if ranges, take(.dots) { end = additive() }
      list.append(.init(name: name, at: TextRange(range), domain: domain, end: end))
      bring(name)
    } while take(.comma) && !isPanicking
    return list
  }

  private mutating func loop() -> Expression.ID {
    let start = current.range.lowerBound
    advance()
    let outer = own?.scope
    let list = iterators(ranges: true)
    expect(.return)
    let body = expression()
    restore(outer)
    return tree.add(
      .loop(tree.add(list), body), range(from: start), above: max(height(of: list), tree.height(body)))
  }

  private mutating func quantifier(every: Bool) -> Expression.ID {
    let start = current.range.lowerBound
    advance()
    let outer = own?.scope
    let list = iterators(ranges: false)
    expect(.satisfies)
    let body = expression()
    restore(outer)
    return tree.add(
      .quantifier(every: every, tree.add(list), body), range(from: start),
      above: max(height(of: list), tree.height(body)))
  }

  private mutating func function() -> Expression.ID {
    let start = current.range.lowerBound
    advance()
    expect(.openParenthesis)
    let outer = own?.scope
    var parameters: [Expression.Parameter] = []
    while !at(.closeParenthesis), !isPanicking {
      let at = current.range.lowerBound
      let name = newName("the name of a parameter")
      let range = self.range(from: at)
      let type = take(.colon) ? self.type() : nil
      parameters.append(.init(name: name, at: TextRange(range), type: type))
      bring(name)
      if !take(.comma) { break }
    }
    expect(.closeParenthesis)
    let isExternal = take(.external)
    let body = expression()
    restore(outer)
    return add(.function(tree.add(parameters), body, isExternal: isExternal), from: start, over: body)
  }

  // MARK: Types

  mutating func type() -> Type {
    guard depth < Self.depthLimit else {
      report(.tooDeep, "this type nests more than \(Self.depthLimit) levels deep", at: current.range)
      return .any
    }
    depth += 1
    defer { depth -= 1 }
    let start = current.range.lowerBound
    let name = typeName()
    switch name {
    case "Any": return .any
    case "Null": return .null
    case "boolean": return .boolean
    case "number": return .number
    case "string": return .string
    case "date": return .date
    case "time": return .time
    case "date and time": return .dateAndTime
    case "days and time duration", "day and time duration": return .daysAndTimeDuration
    case "years and months duration", "year and month duration": return .yearsAndMonthsDuration
    case "list":
      guard take(.less) else { return .list(.any) }
      let item = type()
      expect(.greater)
      return .list(item)
    case "range":
      expect(.less)
      let item = type()
      expect(.greater)
      return .range(item)
    case "context":
      guard take(.less) else { return .context(ContextType(members: [])) }
      var members: [ContextType.Member] = []
      while !isPanicking {
        let name = newName("the name of an entry")
        expect(.colon)
        members.append(.init(tree.text(name, in: text), type()))
        if !take(.comma) { break }
      }
      expect(.greater)
      return .context(ContextType(members: members))
    case "function":
      guard take(.less) else { return .function(parameters: [], result: .any) }
      var parameters: [Type] = []
      while !at(.greater), !isPanicking {
        parameters.append(type())
        if !take(.comma) { break }
      }
      expect(.greater)
      expect(.arrow)
      return .function(parameters: parameters, result: type())
    default:
      if let type = names.types[name] { return type }
      if name.isEmpty {
        unexpected("the name of a type")
      } else {
        report(
          .syntax, "`\(name)` is not the name of a type", at: range(from: start),
          help: NearMiss.nearest(to: name, among: Self.typeNames).map { "did you mean `\($0)`?" })
      }
      return .any
    }
  }

  /// A word, or the words of one of FEEL's own names; what else follows is not the type's.
  private mutating func typeName() -> String {
    guard kind.isWord else { return "" }
    if let match = Self.longTypeNames.match(text, at: position) {
      position += match.count
      return match.name
    }
    let word = text.text(current.range)
    advance()
    return word
  }

  private static let longTypeNames = NameTable([
    "date and time", "days and time duration", "day and time duration", "years and months duration",
    "year and month duration",
  ])
  private static let typeNames = [
    "Any", "Null", "boolean", "number", "string", "date", "time", "date and time", "days and time duration",
    "years and months duration", "list", "range", "context", "function",
  ]
}
