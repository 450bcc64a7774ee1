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
struct Parser {
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
  private(set) var tree: SyntaxTree
  private let names: KnownNames.Tables
  /// Names of several words that the text itself brings into scope; nil until there is one.
  private var ownNames: NameTable?
  /// Those that its contexts have as entries.
  private var ownMembers: NameTable?
  private var depth = 0
  /// Inside a filter the members of its items are names.
  private var filterDepth = 0
  private(set) var problem: Problem?
  /// Where parentheses after `in` turned out to hold no tests. What is in them is read again, and remembering it keeps
  /// those within them from being read twice as often at every level.
  private var groupings: Set<Int>?
  /// After the first problem the rest is not reported: it would mostly be its echo.
  private var isPanicking: Bool { problem != nil }
  /// Whether the first problem is that the text ends too early.
  private(set) var isUnfinished = false

  private init(_ text: TokenizedText, names: KnownNames.Tables) {
    self.text = text
    self.names = names
    tokens = text.tokens
    tree = SyntaxTree(capacity: min(text.tokens.count, 64))
  }

  // MARK: Entry points

  /// Parses something of a text, whose tokens a parser has only as long as it works.
  static func with<Result>(_ text: String, names: KnownNames, _ body: (inout Parser) -> Result) -> Result {
    TokenizedText.with(text) { text in
      var parser = Parser(text, names: names.tables)
      return body(&parser)
    }
  }

  static func expression(
    _ text: String, names: KnownNames
  ) -> (tree: SyntaxTree, root: Expression.ID, problem: Problem?) {
    with(text, names: names) { parser in
      let root = parser.whole()
      return (parser.tree, root, parser.problem)
    }
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

  static func unaryTests(
    _ text: String, names: KnownNames
  ) -> (tree: SyntaxTree, tests: UnaryTests, problem: Problem?) {
    with(text, names: names) { parser in
      let tests = parser.unaryTests()
      return (parser.tree, tests, parser.problem)
    }
  }

  private mutating func unaryTests() -> UnaryTests {
    let whole = 0..<text.bytes.count
    if at(.end) {
      report(.emptyExpression, "a test is missing; `-` matches anything", at: whole)
      return UnaryTests(tests: Expression.Row(), isNegated: false, range: whole)
    }
    if at(symbol: "-"), tokens[1].kind == .end {
      return UnaryTests(tests: Expression.Row(), isNegated: false, range: whole)
    }
    if at(word: .not), tokens[1].kind == .symbol("("), let tests = negatedTests() {
      return UnaryTests(tests: tests, isNegated: true, range: whole)
    }
    let tests = tests()
    expectEnd()
    return UnaryTests(tests: tests, isNegated: false, range: whole)
  }

  /// The tests of a `not(…)` that ends the text; nil, and nothing read, where it is only part of what the text says.
  private mutating func negatedTests() -> Expression.Row? {
    let before = self
    position = 2
    let tests = tests()
    expect(symbol: ")")
    if isPanicking || at(.end) { return tests }
    self = before
    return nil
  }

  // MARK: Tokens

  var current: Token { tokens[position] }

  func peek(_ ahead: Int = 1) -> Token { tokens[min(position + ahead, tokens.count - 1)] }

  func at(_ kind: Token.Kind) -> Bool { current.kind == kind }

  func at(symbol: Symbol) -> Bool {
    if case .symbol(symbol) = tokens[position].kind { true } else { false }
  }

  func at(word: Keyword) -> Bool {
    if case .word(word) = tokens[position].kind { true } else { false }
  }

  mutating func advance() { if position < tokens.count - 1 { position += 1 } }

  mutating func take(symbol: Symbol) -> Bool {
    guard at(symbol: symbol) else { return false }
    advance()
    return true
  }

  mutating func take(word: Keyword) -> Bool {
    guard at(word: word) else { return false }
    advance()
    return true
  }

  mutating func expect(symbol: Symbol) {
    if !take(symbol: symbol) { unexpected("`\(symbol)`") }
  }

  mutating func expect(word: Keyword) {
    if !take(word: word) { unexpected("`\(word.rawValue)`") }
  }

  mutating func expectEnd() {
    if current.kind != .end { unexpected("an operator or the end") }
  }

  var previousEnd: Int { position > 0 ? tokens[position - 1].range.upperBound : 0 }

  private func range(from start: Int) -> Range<Int> { start..<max(previousEnd, start) }

  // MARK: Problems

  mutating func report(_ code: DiagnosticCode, _ message: String, at range: Range<Int>, help: String? = nil) {
    guard !isPanicking else { return }
    problem = Problem(code, message, at: range, help: help)
  }

  mutating func unexpected(_ wanted: String) {
    if !isPanicking { isUnfinished = isCutOff(current) }
    switch current.kind {
    case .invalid(let flaw): report(.syntax, message(flaw, current), at: current.range)
    case .end:
      let end = text.bytes.count
      report(.syntax, "the expression ends where \(wanted) should follow", at: max(end - 1, 0)..<end)
    default:
      let found = text.text(current.range)
      report(.syntax, "expected \(wanted), found `\(found)`", at: current.range, help: hint(for: found))
    }
  }

  private func message(_ flaw: Token.Flaw, _ token: Token) -> String {
    switch flaw {
    case .meaningless: "`\(text.text(token.range))` has no meaning here"
    case .openText: "this text has no closing quotation mark"
    case .openComment: "this comment has no end"
    }
  }

  /// Whether the text ends with a token that is not whole: no token at all, or a text or comment without its end.
  private func isCutOff(_ token: Token) -> Bool {
    switch token.kind {
    case .end, .invalid(.openText), .invalid(.openComment): return true
    default: return false
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

  /// Runs `body` a level deeper, or gives a hole when that is too deep.
  private mutating func nested(_ body: (inout Parser) -> Expression.ID) -> Expression.ID {
    guard depth < Self.depthLimit else {
      report(.tooDeep, "this expression nests more than \(Self.depthLimit) levels deep", at: current.range)
      position = tokens.count - 1
      return hole()
    }
    depth += 1
    defer { depth -= 1 }
    return body(&self)
  }

  /// Refuses a tree that has grown too high on its left side, as `1 + 1 + 1 …` does.
  private mutating func bounded(_ id: Expression.ID) -> Expression.ID {
    guard tree.height(id) > Self.depthLimit * 2 else { return id }
    let range = tree[id].range
    report(.tooDeep, "this expression has more than \(Self.depthLimit * 2) operators in a row", at: range)
    position = tokens.count - 1
    return tree.add(.hole, range)
  }

  /// Adds an expression that begins at an offset and ends here.
  private mutating func add(_ kind: Expression.Kind, from start: Int, over child: Expression.ID) -> Expression.ID {
    tree.add(kind, range(from: start), above: tree.height(child))
  }

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

  private mutating func add(
    _ kind: Expression.Kind, from start: Int, over row: Expression.Row, _ child: Expression.ID? = nil
  ) -> Expression.ID {
    tree.add(kind, range(from: start), above: max(row.height, child.map { tree.height($0) } ?? 0))
  }

  private func height(of entries: [Expression.Entry]) -> UInt32 {
    entries.reduce(0) { max($0, tree.height($1.value)) }
  }

  private func height(of iterators: [Expression.Iterator]) -> UInt32 {
    iterators.reduce(0) { max($0, tree.height($1.domain), $1.end.map { tree.height($0) } ?? 0) }
  }

  // MARK: Expressions

  mutating func expression() -> Expression.ID {
    nested { parser in
      switch parser.current.kind {
      case .word(.if) where parser.matchedName() == nil: parser.conditional()
      case .word(.for) where parser.matchedName() == nil: parser.loop()
      case .word(.some) where parser.matchedName() == nil: parser.quantifier(every: false)
      case .word(.every) where parser.matchedName() == nil: parser.quantifier(every: true)
      case .word(.function) where parser.peek().kind == .symbol("("): parser.function()
      default: parser.disjunction()
      }
    }
  }

  private mutating func disjunction() -> Expression.ID {
    let start = current.range.lowerBound
    let first = conjunction()
    guard at(word: .or) else { return first }
    var operands = Expression.Row()
    tree.append(first, to: &operands)
    while take(word: .or) { tree.append(conjunction(), to: &operands) }
    return add(.disjunction(operands), from: start, over: operands)
  }

  private mutating func conjunction() -> Expression.ID {
    let start = current.range.lowerBound
    let first = comparison()
    guard at(word: .and) else { return first }
    var operands = Expression.Row()
    tree.append(first, to: &operands)
    while take(word: .and) { tree.append(comparison(), to: &operands) }
    return add(.conjunction(operands), from: start, over: operands)
  }

  private func comparisonOperator() -> ComparisonOperator? {
    switch current.kind {
    case .symbol("="): .equal
    case .symbol("!="): .notEqual
    case .symbol("<"): .less
    case .symbol("<="): .lessOrEqual
    case .symbol(">"): .greater
    case .symbol(">="): .greaterOrEqual
    default: nil
    }
  }

  private mutating func comparison() -> Expression.ID {
    let start = current.range.lowerBound
    if let op = comparisonOperator() {
      // `< 10` where a value is wanted: a range of its own.
      advance()
      let end = additive()
      return add(.halfRange(op, end), from: start, over: end)
    }
    var left = additive()
    while true {
      if let op = comparisonOperator() {
        advance()
        if op == .equal, at(symbol: "=") {
          report(
            .syntax, "expected an expression, found `=`", at: current.range, help: "equality is a single `=`")
        }
        let right = additive()
        left = add(.comparison(op, left, right), from: start, over: left, right)
      } else if take(word: .between) {
        let low = additive()
        expect(word: .and)
        let high = additive()
        left = add(.between(left, low, high), from: start, over: left, low, high)
      } else if at(word: .in) {
        advance()
        let tests = membershipTests()
        left = add(.membership(left, tests), from: start, over: tests, left)
      } else {
        return left
      }
      left = bounded(left)
    }
  }

  /// What follows `in`: one test, or several in parentheses.
  private mutating func membershipTests() -> Expression.Row {
    if at(symbol: "("), groupings?.contains(position) != true {
      let start = position
      advance()
      let list = tests()
      // `x in (a..b]` is one range, which begins as a list of tests does.
      if list.count > 1 || !at(symbol: "..") {
        expect(symbol: ")")
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
    case .end, .word, .symbol(")"), .symbol("]"), .symbol("}"), .symbol(","): true
    default: false
    }
  }

  private mutating func tests() -> Expression.Row {
    var row = Expression.Row()
    repeat { tree.append(expression(), to: &row) } while take(symbol: ",")
    return row
  }

  private mutating func additive() -> Expression.ID { arithmetic(above: 0) }

  /// Operands and the operators between them that bind more tightly than some level; all group to the left.
  ///
  /// A minus sign binds tighter than any: `-3 ** 2` is 9.
  private mutating func arithmetic(above outer: Int) -> Expression.ID {
    let start = current.range.lowerBound
    var left = negation()
    while case .symbol(let symbol) = current.kind {
      let (op, level): (ArithmeticOperator, Int)
      switch symbol {
      case "+": (op, level) = (.add, 1)
      case "-": (op, level) = (.subtract, 1)
      case "*": (op, level) = (.multiply, 2)
      case "/": (op, level) = (.divide, 2)
      case "**": (op, level) = (.power, 3)
      default: return left
      }
      guard level > outer else { return left }
      advance()
      let right = arithmetic(above: level)
      left = bounded(add(.arithmetic(op, left, right), from: start, over: left, right))
    }
    return left
  }

  private mutating func negation() -> Expression.ID {
    guard at(symbol: "-") else { return instance() }
    let start = current.range.lowerBound
    advance()
    return nested { parser in
      let operand = parser.negation()
      return parser.add(.negation(operand), from: start, over: operand)
    }
  }

  private mutating func instance() -> Expression.ID {
    let start = current.range.lowerBound
    var value = postfix()
    while at(word: .instance), peek().kind == .word(.of) {
      advance()
      advance()
      let type = tree.add(self.type())
      value = bounded(add(.instance(value, type), from: start, over: value))
    }
    return value
  }

  // MARK: Postfix

  private mutating func postfix() -> Expression.ID {
    let start = current.range.lowerBound
    var value = primary()
    while true {
      switch current.kind {
      case .symbol("."):
        advance()
        guard let name = memberName() else {
          unexpected("the name of an entry")
          return tree.add(.hole, self.range(from: start))
        }
        value = add(.path(value, member: name), from: start, over: value)
      case .symbol("[") where !closesRange():
        advance()
        filterDepth += 1
        let condition = expression()
        filterDepth -= 1
        expect(symbol: "]")
        value = add(.filter(value, condition), from: start, over: value, condition)
      case .symbol("("):
        value = call(value, from: start)
      default:
        return value
      }
      value = bounded(value)
    }
  }

  /// Whether the `[` here ends a range, as in `]1..5[`, rather than opening a filter.
  private func closesRange() -> Bool {
    guard rangeEndDepth > 0 else { return false }
    switch peek().kind {
    case .end: return true
    case .symbol(let symbol): return Self.beginsNoFilter(symbol)
    case .word(.and), .word(.or), .word(.then), .word(.else), .word(.return), .word(.satisfies), .word(.in): return true
    default: return false
    }
  }

  /// Whether no filter begins with a symbol.
  private static func beginsNoFilter(_ symbol: Symbol) -> Bool {
    switch symbol {
    case ")", "]", "}", ",", ".", ":", "=", "!=", "<", "<=", ">", ">=", "+", "*", "/", "**": true
    default: false
    }
  }

  private var rangeEndDepth = 0

  private mutating func call(_ callee: Expression.ID, from start: Int) -> Expression.ID {
    advance()
    var arguments = Expression.Row()
    if take(symbol: ")") { return add(.call(callee, arguments), from: start, over: callee) }
    if let first = argumentName() {
      var arguments: [Expression.Entry] = []
      var next: (name: Expression.Name, at: Range<Int>)? = first
      while let (name, at) = next {
        expect(symbol: ":")
        arguments.append(.init(name: name, at: TextRange(at), value: expression()))
        guard take(symbol: ",") else { break }
        next = argumentName()
        if next == nil { unexpected("the name of an argument") }
      }
      expect(symbol: ")")
      let height = max(tree.height(callee), height(of: arguments))
      return tree.add(.namedCall(callee, tree.add(arguments)), range(from: start), above: height)
    }
    repeat { tree.append(expression(), to: &arguments) } while take(symbol: ",")
    expect(symbol: ")")
    return add(.call(callee, arguments), from: start, over: arguments, callee)
  }

  /// The name before a `:` in a call, or nil when this argument has none.
  private mutating func argumentName() -> (name: Expression.Name, at: Range<Int>)? {
    guard case .word = current.kind else { return nil }
    var index = position
    while Self.isNamePart(tokens[index]) { index += 1 }
    guard tokens[index].kind == .symbol(":") else { return nil }
    defer { position = index }
    return (name(of: position..<index), current.range.lowerBound..<tokens[index - 1].range.upperBound)
  }

  /// Whether a token may stand in a name that is told by what follows it.
  private static func isNamePart(_ token: Token) -> Bool {
    switch token.kind {
    case .word, .number: true
    case .symbol("."), .symbol("/"), .symbol("-"), .symbol("'"), .symbol("+"), .symbol("*"): true
    default: false
    }
  }

  /// A name that is made here: all that may be part of one, up to a word that ends it.
  private mutating func newName(_ wanted: String, endingAt word: Keyword? = nil) -> Expression.Name {
    let start = position
    while Self.isNamePart(current), word.map({ !at(word: $0) }) ?? true { advance() }
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
    guard case .word = current.kind else { return nil }
    let range = current.range
    advance()
    return tree.name(asWritten: range)
  }

  /// The known name of several words that begins here, of an entry.
  private func matchedMember() -> (name: String, count: Int)? {
    if !names.haveOperators, ownNames == nil, ownMembers == nil {
      guard current.kind != .end, case .word = tokens[position + 1].kind else { return nil }
    }
    return matched(names.members, ownMembers) ?? matched(names.scope, ownNames)
      ?? Self.longProperties.match(text, at: position)
  }

  /// Goes past a known name.
  private mutating func take(_ match: (name: String, count: Int)) -> Expression.Name {
    let range = current.range.lowerBound..<tokens[position + match.count - 1].range.upperBound
    position += match.count
    return name(match.name, at: range)
  }

  /// The properties of temporal values and ranges that are two words (10.3.2.3.5).
  private static let longProperties = NameTable(["time offset", "start included", "end included"])

  // MARK: Primary

  /// The longest name of some tables that begins here.
  @inline(__always)
  private func matched(_ known: NameTable, _ own: NameTable?) -> (name: String, count: Int)? {
    let match = known.match(text, at: position)
    guard let own, let other = own.match(text, at: position) else { return match }
    guard let match, match.count >= other.count else { return other }
    return match
  }

  /// The known name of several words that begins here.
  private func matchedName() -> (name: String, count: Int)? {
    // Nearly always what stands next is no part of a name.
    if !names.haveOperators, ownNames == nil {
      guard current.kind != .end, case .word = tokens[position + 1].kind else { return nil }
    }
    let scope = matched(names.scope, ownNames)
    guard filterDepth > 0, let member = matched(names.members, ownMembers) else { return scope }
    guard let scope, scope.count >= member.count else { return member }
    return scope
  }

  /// Brings a name into scope that the text makes.
  private mutating func bring(_ name: Expression.Name, asMember: Bool = false) {
    let name = tree.text(name, in: text)
    guard NameTable.holds(name) else { return }
    ownNames = ownNames ?? NameTable()
    ownNames?.insert(name)
    guard asMember else { return }
    ownMembers = ownMembers ?? NameTable()
    ownMembers?.insert(name)
  }

  private mutating func primary() -> Expression.ID {
    let token = current
    if let match = matchedName() {
      let name = take(match)
      return tree.add(.name(name), range(from: token.range.lowerBound))
    }
    switch token.kind {
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
    case .symbol("@"):
      advance()
      guard case .string = current.kind else {
        unexpected("text in quotation marks after `@`")
        return tree.add(.hole, token.range)
      }
      let string = string(current)
      advance()
      return tree.add(.temporal(string), range(from: token.range.lowerBound))
    case .symbol("?"):
      advance()
      return tree.add(.name(tree.name(asWritten: token.range)), token.range)
    case .symbol("("): return parenthesis()
    case .symbol("["): return bracket()
    case .symbol("]"):
      advance()
      let low = nested { $0.additive() }
      return rangeTail(after: low, from: token.range.lowerBound, startIncluded: false)
    case .symbol("{"): return context()
    case .word(.true), .word(.false):
      advance()
      return tree.add(.boolean(token.kind == .word(.true)), token.range)
    case .word(.null):
      advance()
      return tree.add(.null, token.range)
    case .word(.if), .word(.for), .word(.some), .word(.every): return expression()
    case .word(let word) where !word.isReserved: return name()
    default:
      unexpected("an expression")
      return tree.add(.hole, token.range)
    }
  }

  /// Whether a word stands here that may be in a name of several.
  private var isAtWordOfName: Bool { if case .word(let word) = current.kind { !word.isReserved } else { false } }

  /// A single word, or a run of words that can only be meant as one name, since nothing lies between them.
  private mutating func name() -> Expression.ID {
    let start = current.range
    advance()
    guard isAtWordOfName, !isPanicking else { return tree.add(.name(tree.name(asWritten: start)), start) }
    var words = [text.text(start)]
    while isAtWordOfName {
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
      expect(symbol: ")")
      return add(tree[range].kind, from: start, over: range)
    }
    let inner = expression()
    if at(symbol: "..") { return rangeTail(after: inner, from: start, startIncluded: false) }
    expect(symbol: ")")
    return add(tree[inner].kind, from: start, over: inner)
  }

  private mutating func bracket() -> Expression.ID {
    let start = current.range.lowerBound
    advance()
    let outer = rangeEndDepth
    rangeEndDepth = 0
    defer { rangeEndDepth = outer }
    var items = Expression.Row()
    if !at(symbol: "]") {
      items = tests()
      if items.count == 1, let only = items.first, at(symbol: "..") {
        return rangeTail(after: only, from: start, startIncluded: true)
      }
    }
    expect(symbol: "]")
    return add(.list(items), from: start, over: items)
  }

  /// A range, standing at the dots after its start.
  private mutating func rangeTail(
    after low: Expression.ID, from start: Int, startIncluded: Bool
  ) -> Expression.ID {
    expect(symbol: "..")
    rangeEndDepth += 1
    let high = nested { $0.additive() }
    rangeEndDepth -= 1
    let endIncluded = at(symbol: "]")
    if at(symbol: "]") || at(symbol: ")") || at(symbol: "[") {
      advance()
    } else {
      unexpected("`]` or `)`")
    }
    return add(
      .range(start: low, startIncluded: startIncluded, end: high, endIncluded: endIncluded), from: start,
      over: low, high)
  }

  private mutating func context() -> Expression.ID {
    let start = current.range.lowerBound
    advance()
    let outer = (names: ownNames, rangeEndDepth: rangeEndDepth)
    rangeEndDepth = 0
    defer { rangeEndDepth = outer.rangeEndDepth }
    var entries: [Expression.Entry] = []
    while !at(symbol: "}"), !isPanicking {
      let at = current.range.lowerBound
      let name: Expression.Name
      if case .string = current.kind {
        name = string(current)
        advance()
      } else {
        name = newName("the name of an entry")
      }
      let range = self.range(from: at)
      expect(symbol: ":")
      entries.append(.init(name: name, at: TextRange(range), value: expression()))
      bring(name, asMember: true)
      if !take(symbol: ",") { break }
    }
    expect(symbol: "}")
    ownNames = outer.names
    return tree.add(.context(tree.add(entries)), range(from: start), above: height(of: entries))
  }

  // MARK: Keyword expressions

  private mutating func conditional() -> Expression.ID {
    let start = current.range.lowerBound
    advance()
    let condition = expression()
    expect(word: .then)
    let then = expression()
    expect(word: .else)
    let otherwise = expression()
    return add(.conditional(condition, then: then, else: otherwise), from: start, over: condition, then, otherwise)
  }

  private mutating func iterators(ranges: Bool) -> [Expression.Iterator] {
    var list: [Expression.Iterator] = []
    repeat {
      let at = current.range.lowerBound
      let name = newName("the name of a variable", endingAt: .in)
      let range = self.range(from: at)
      expect(word: .in)
      let domain = ranges ? comparison() : expression()
      var end: Expression.ID?
      if ranges, take(symbol: "..") { end = additive() }
      list.append(.init(name: name, at: TextRange(range), domain: domain, end: end))
      bring(name)
    } while take(symbol: ",") && !isPanicking
    return list
  }

  private mutating func loop() -> Expression.ID {
    let start = current.range.lowerBound
    advance()
    let outer = ownNames
    let list = iterators(ranges: true)
    expect(word: .return)
    let body = expression()
    ownNames = outer
    return tree.add(
      .loop(tree.add(list), body), range(from: start), above: max(height(of: list), tree.height(body)))
  }

  private mutating func quantifier(every: Bool) -> Expression.ID {
    let start = current.range.lowerBound
    advance()
    let outer = ownNames
    let list = iterators(ranges: false)
    expect(word: .satisfies)
    let body = expression()
    ownNames = outer
    return tree.add(
      .quantifier(every: every, tree.add(list), body), range(from: start),
      above: max(height(of: list), tree.height(body)))
  }

  private mutating func function() -> Expression.ID {
    let start = current.range.lowerBound
    advance()
    expect(symbol: "(")
    let outer = ownNames
    var parameters: [Expression.Parameter] = []
    while !at(symbol: ")"), !isPanicking {
      let at = current.range.lowerBound
      let name = newName("the name of a parameter")
      let range = self.range(from: at)
      let type = take(symbol: ":") ? self.type() : nil
      parameters.append(.init(name: name, at: TextRange(range), type: type))
      bring(name)
      if !take(symbol: ",") { break }
    }
    expect(symbol: ")")
    let isExternal = take(word: .external)
    let body = expression()
    ownNames = outer
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
      guard take(symbol: "<") else { return .list(.any) }
      let item = type()
      expect(symbol: ">")
      return .list(item)
    case "range":
      expect(symbol: "<")
      let item = type()
      expect(symbol: ">")
      return .range(item)
    case "context":
      guard take(symbol: "<") else { return .context(ContextType(members: [])) }
      var members: [ContextType.Member] = []
      while !isPanicking {
        let name = newName("the name of an entry")
        expect(symbol: ":")
        members.append(.init(tree.text(name, in: text), type()))
        if !take(symbol: ",") { break }
      }
      expect(symbol: ">")
      return .context(ContextType(members: members))
    case "function":
      guard take(symbol: "<") else { return .function(parameters: [], result: .any) }
      var parameters: [Type] = []
      while !at(symbol: ">"), !isPanicking {
        parameters.append(type())
        if !take(symbol: ",") { break }
      }
      expect(symbol: ">")
      expect(symbol: "->")
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
    guard case .word = current.kind else { return "" }
    if let (name, count) = Self.longTypeNames.match(text, at: position) {
      position += count
      return name
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
