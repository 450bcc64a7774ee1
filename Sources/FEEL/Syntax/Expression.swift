/// A range of UTF-8 offsets in an expression's text.
struct TextRange: Hashable, Sendable, BitwiseCopyable {
  private let start: UInt32
  private let end: UInt32

  /// - Parameter range: of a text of four gigabytes at most, as no other is read.
  @inline(__always)
  init(_ range: Range<Int>) {
    start = UInt32(truncatingIfNeeded: range.lowerBound)
    end = UInt32(truncatingIfNeeded: range.upperBound)
  }

  @inline(__always)
  var range: Range<Int> { Range(uncheckedBounds: (Int(start), Int(end))) }
}

/// A parsed FEEL expression: names are as written, nothing is resolved yet.
///
/// It lies in a ``SyntaxTree`` and names those below it by their positions there, and names and texts by where they
/// stand in the text, so that a text takes one block of memory for all its expressions, which hold nothing to count.
struct Expression: Sendable, BitwiseCopyable {
  /// The position of an expression in its tree.
  struct ID: Hashable, Sendable, BitwiseCopyable {
    fileprivate let position: UInt32

    /// Stands for none.
    fileprivate static let none = ID(position: .max)
  }

  /// Expressions one after the other, each of which knows the next.
  struct Row: Sendable, BitwiseCopyable {
    fileprivate var firstID = ID.none
    fileprivate var lastID = ID.none
    private(set) var length: UInt32 = 0
    /// That of the highest of them.
    fileprivate(set) var height: UInt32 = 0

    var first: ID? { length > 0 ? firstID : nil }

    var count: Int { Int(length) }

    @inline(__always)
    fileprivate mutating func add(_ id: ID, height other: UInt32) {
      if length == 0 { firstID = id }
      lastID = id
      length += 1
      height = max(height, other)
    }
  }

  /// A name, or a text in quotation marks: nearly always just what stands in the text.
  struct Name: Sendable, BitwiseCopyable {
    /// Where it stands, without quotation marks.
    let at: TextRange
    /// The position among the tree's extras of what it is where the text has it otherwise.
    fileprivate let extra: UInt32
  }

  /// The position of something among a tree's extras.
  struct Extra<Kind>: Sendable, BitwiseCopyable { fileprivate let position: UInt32 }

  enum Kind: Sendable, BitwiseCopyable {
    case number(Number)
    case string(Name)
    case boolean(Bool)
    case null
    /// `@"2020-01-31"`.
    case temporal(Name)
    case name(Name)
    case path(ID, member: Name)
    case negation(ID)
    case arithmetic(ArithmeticOperator, ID, ID)
    case comparison(ComparisonOperator, ID, ID)
    case conjunction(Row)
    case disjunction(Row)
    case between(ID, ID, ID)
    case membership(ID, Row)
    case instance(ID, Extra<Type>)
    case filter(ID, ID)
    case call(ID, Row)
    case namedCall(ID, Extra<[Entry]>)
    case range(start: ID, startIncluded: Bool, end: ID, endIncluded: Bool)
    /// `< 10` as a unary test or as a range value.
    case halfRange(ComparisonOperator, ID)
    case list(Row)
    case context(Extra<[Entry]>)
    case conditional(ID, then: ID, else: ID)
    case loop(Extra<[Iterator]>, ID)
    case quantifier(every: Bool, Extra<[Iterator]>, ID)
    case function(Extra<[Parameter]>, ID, isExternal: Bool)
    /// What could not be parsed; a diagnostic says why.
    case hole
  }

  /// A name, its place and what follows its colon.
  struct Entry: Sendable, BitwiseCopyable {
    var name: Name
    var at: TextRange
    var value: ID
  }

  struct Iterator: Sendable, BitwiseCopyable {
    var name: Name
    var at: TextRange
    var domain: ID
    /// The end of a range without brackets: `for i in 1..n`.
    var end: ID?
  }

  struct Parameter: Sendable {
    var name: Name
    var at: TextRange
    var type: Type?
  }

  let kind: Kind
  private let place: TextRange
  fileprivate let height: UInt32
  fileprivate var next = ID.none

  @inline(__always)
  fileprivate init(_ kind: Kind, _ range: Range<Int>, height: UInt32) {
    self.kind = kind
    place = TextRange(range)
    self.height = height
  }

  /// UTF-8 offsets in the expression's text.
  var range: Range<Int> { place.range }
}

/// What an expression may have beyond what fits in it.
enum ExpressionExtra: Sendable {
  case text(String)
  case type(Type)
  case entries([Expression.Entry])
  case iterators([Expression.Iterator])
  case parameters([Expression.Parameter])
}

/// The expressions of one text while they are put together.
struct SyntaxTreeBuilder: ~Copyable {
  private var expressions: StackBuffer<Expression>
  /// Nil while there are none, as of most texts.
  private var extras: [ExpressionExtra]?

  init(in memory: StackBuffer<Expression>.Room) { expressions = StackBuffer(in: memory) }

  /// Calls `body` with what has been put together.
  ///
  /// - Parameter text: what was parsed.
  @inline(__always)
  borrowing func withTree<Result>(of text: UnsafeBufferPointer<UInt8>, _ body: (SyntaxTree) -> Result) -> Result {
    expressions.withAll { body(SyntaxTree(text: text, expressions: $0, extras: extras)) }
  }

  /// Adds an expression.
  ///
  /// - Parameter height: that of the highest expression below it.
  @inline(__always)
  mutating func add(_ kind: Expression.Kind, _ range: Range<Int>, above height: UInt32 = 0) -> Expression.ID {
    expressions.append(Expression(kind, range, height: height + 1))
    return Expression.ID(position: UInt32(truncatingIfNeeded: expressions.count - 1))
  }

  /// Adds an expression, which is in no other row, to a row's end.
  mutating func append(_ id: Expression.ID, to row: inout Expression.Row) {
    if row.length > 0 { expressions[Int(row.lastID.position)].next = id }
    row.add(id, height: height(id))
  }

  subscript(id: Expression.ID) -> Expression { expressions[Int(id.position)] }

  /// How deep the tree below an expression is, itself included.
  func height(_ id: Expression.ID) -> UInt32 { expressions[Int(id.position)].height }

  /// A name that is what stands in the text.
  func name(asWritten range: Range<Int>) -> Expression.Name { Expression.Name(at: TextRange(range), extra: .max) }

  /// A name that the text has otherwise, at some range.
  mutating func name(_ text: String, at range: Range<Int>) -> Expression.Name {
    Expression.Name(at: TextRange(range), extra: position(of: .text(text)))
  }

  /// What a name is.
  func text(_ name: Expression.Name, in text: TokenizedText) -> String {
    if name.extra != .max, case .text(let text)? = extras?[Int(name.extra)] { return text }
    return text.text(name.at.range)
  }

  mutating func add(_ type: Type) -> Expression.Extra<Type> { add(.type(type)) }

  mutating func add(_ entries: [Expression.Entry]) -> Expression.Extra<[Expression.Entry]> { add(.entries(entries)) }

  mutating func add(_ iterators: [Expression.Iterator]) -> Expression.Extra<[Expression.Iterator]> {
    add(.iterators(iterators))
  }

  mutating func add(_ parameters: [Expression.Parameter]) -> Expression.Extra<[Expression.Parameter]> {
    add(.parameters(parameters))
  }

  private mutating func add<Kind>(_ extra: ExpressionExtra) -> Expression.Extra<Kind> {
    Expression.Extra(position: position(of: extra))
  }

  private mutating func position(of extra: ExpressionExtra) -> UInt32 {
    if extras == nil { extras = [] }
    extras?.append(extra)
    return UInt32(truncatingIfNeeded: (extras?.count ?? 0) - 1)
  }
}

/// The expressions of one text, as long as the memory is there in which they and the text lie.
///
/// There is one only within what ``SyntaxTreeBuilder/withTree(of:_:)`` and ``Kept/with(_:_:)`` run, whose results are checked
/// nodes and numbers, or copies. A checker, which holds it, is not copied and ends there.
struct SyntaxTree {
  private let text: UnsafeBufferPointer<UInt8>
  private let expressions: UnsafeBufferPointer<Expression>
  private let extras: [ExpressionExtra]?

  fileprivate init(
    text: UnsafeBufferPointer<UInt8>, expressions: UnsafeBufferPointer<Expression>, extras: [ExpressionExtra]?
  ) {
    self.text = text
    self.expressions = expressions
    self.extras = extras
  }

  /// A tree that is kept, for a text that is checked later.
  struct Kept: Sendable {
    private let expressions: [Expression]
    private let extras: [ExpressionExtra]?

    init(_ tree: SyntaxTree) {
      expressions = Array(tree.expressions)
      extras = tree.extras
    }

    /// Calls `body` with the tree.
    ///
    /// - Parameter text: what was parsed.
    @inline(__always)
    func with<Result>(_ text: String, _ body: (SyntaxTree) -> Result) -> Result {
      text.withUTF8Bytes { text in
        expressions.withUnsafeBufferPointer { body(SyntaxTree(text: text, expressions: $0, extras: extras)) }
      }
    }
  }

  /// How many expressions there are.
  var count: Int { expressions.count }

  subscript(id: Expression.ID) -> Expression {
    precondition(id.position < expressions.count, "there is no such expression")
    return expressions[Int(id.position)]
  }

  /// The expressions of a row.
  func expressions(_ row: Expression.Row) -> some Sequence<Expression> {
    sequence(first: row.first) { $0.flatMap { self.next($0) } }.prefix(row.count).lazy.compactMap {
      $0.map { self[$0] }
    }
  }

  /// What follows an expression in its row.
  func next(_ id: Expression.ID) -> Expression.ID? {
    let next = self[id].next
    return next == .none ? nil : next
  }

  // MARK: Names and texts

  /// The text at a range.
  func text(_ range: Range<Int>) -> String {
    let bytes = bytes(range)
    return String(unsafeUninitializedCapacity: bytes.count) { $0.initialize(from: bytes).index }
  }

  @inline(__always)
  private func bytes(_ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: text[range.clamped(to: text.indices)])
  }

  /// What a name is.
  func text(_ name: Expression.Name) -> String {
    if name.extra != .max, case .text(let text)? = extras?[Int(name.extra)] { return text }
    return text(name.at.range)
  }

  /// Calls `body` with the bytes of a name, of which no text is made.
  @inline(__always)
  func withUTF8<Result>(_ name: Expression.Name, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    if name.extra == .max { return body(bytes(name.at.range)) }
    return text(name).withUTF8Bytes(body)
  }

  // MARK: Extras

  subscript(extra: Expression.Extra<Type>) -> Type {
    if case .type(let type)? = extras?[Int(extra.position)] { type } else { .any }
  }

  subscript(extra: Expression.Extra<[Expression.Entry]>) -> [Expression.Entry] {
    if case .entries(let entries)? = extras?[Int(extra.position)] { entries } else { [] }
  }

  subscript(extra: Expression.Extra<[Expression.Iterator]>) -> [Expression.Iterator] {
    if case .iterators(let iterators)? = extras?[Int(extra.position)] { iterators } else { [] }
  }

  subscript(extra: Expression.Extra<[Expression.Parameter]>) -> [Expression.Parameter] {
    if case .parameters(let parameters)? = extras?[Int(extra.position)] { parameters } else { [] }
  }
}

/// Unary tests: what the cell of a decision table holds.
struct UnaryTests: Sendable {
  /// Empty for `-`, which matches anything.
  var tests: Expression.Row
  /// `not(…)`.
  var isNegated: Bool
  var range: Range<Int>
}

/// `+`, `-`, `*`, `/`, `**`.
public enum ArithmeticOperator: String, Sendable, BitwiseCopyable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case power = "**"
}

/// `=`, `!=`, `<`, `<=`, `>`, `>=`.
public enum ComparisonOperator: String, Sendable, BitwiseCopyable {
  case equal = "="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
}
