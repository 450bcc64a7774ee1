public import Diagnostics

/// The syntax of a FEEL text: what can be said of it before anybody looks up what its names mean.
public struct ParsedExpression: Sendable {
  public let source: SourceText
  /// Whether some of the text could not be understood.
  public let hasErrors: Bool
  let tree: SyntaxTree.Kept
  let root: Expression.ID

  public init(parsing source: SourceText, names: KnownNames, into diagnostics: inout Diagnostics) {
    let problem: Parser.Problem?
    (tree, root, problem) = Parser.expression(source.text, names: names) { (SyntaxTree.Kept($0), $1, $2) }
    self.source = source
    hasErrors = problem != nil
    if let problem { diagnostics.report(problem.diagnostic(in: source)) }
  }
}

extension CheckedExpression {
  /// Parses and checks an expression.
  ///
  /// - Parameter expecting: the type its value has to have, where one is wanted.
  ///
  /// The result can be evaluated whatever was wrong with the text; where that matters, look at the diagnostics first.
  public init(
    checking source: SourceText, in scope: any Scope, mode: CheckMode = .rules, expecting: Type? = nil,
    into diagnostics: inout Diagnostics
  ) {
    self.init(checking: source, in: scope, locals: [], mode: mode, expecting: expecting, into: &diagnostics)
  }

  /// As above, for an expression that also sees values which its evaluation brings along, in their order.
  init(
    checking source: SourceText, in scope: any Scope, locals: [String], mode: CheckMode, expecting: Type? = nil,
    into diagnostics: inout Diagnostics
  ) {
    (root, slots) = Parser.expression(source.text, names: scope.knownNames) { tree, root, problem in
      if let problem { diagnostics.report(problem.diagnostic(in: source)) }
      return Self.check(
        root, of: tree, hasErrors: problem != nil, source, in: scope, locals: locals, mode: mode, expecting: expecting,
        into: &diagnostics)
    }
    self.source = source
  }

  /// Checks an expression that has been parsed with the scope's own ``Scope/knownNames``.
  public init(
    checking parsed: ParsedExpression, in scope: any Scope, mode: CheckMode = .rules, expecting: Type? = nil,
    into diagnostics: inout Diagnostics
  ) {
    (root, slots) = parsed.tree.with(parsed.source.text) { tree in
      Self.check(
        parsed.root, of: tree, hasErrors: parsed.hasErrors, parsed.source, in: scope, locals: [], mode: mode,
        expecting: expecting, into: &diagnostics)
    }
    source = parsed.source
  }

  private static func check(
    _ expression: Expression.ID, of tree: SyntaxTree, hasErrors: Bool, _ source: SourceText, in scope: any Scope,
    locals: [String], mode: CheckMode, expecting: Type?, into diagnostics: inout Diagnostics
  ) -> (root: Node, slots: Int) {
    Checker.with(tree, scope: scope, mode: mode, locals: locals) { checker in
      let root = checker.check(expression)
      // What is said of a text that did not parse would mostly be wrong.
      if hasErrors { return root }
      if let expecting, !checker.hasErrors, !checker.type(root).overlaps(expecting) {
        let type = checker.type(root)
        checker.report(
          .wrongResult, "\(checker.article(expecting)) is wanted here, and this is \(checker.article(type))",
          at: root.range, label: "\(type.label)")
      }
      checker.report(to: &diagnostics, in: source)
      return root
    }
  }
}

extension CheckedExpression {
  /// Whether a text is the beginning of an expression: more has to follow, but nothing is wrong so far.
  public static func isUnfinished(_ text: String, in scope: any Scope) -> Bool {
    Parser.with(text, names: scope.knownNames) { parser in
      guard !parser.at(.end) else { return false }
      _ = parser.expression()
      parser.expectEnd()
      return parser.isUnfinished
    }
  }
}

extension CheckedTests {
  /// Parses and checks unary tests, such as the cell of a decision table, over an input of a type.
  public init(
    checking source: SourceText, input type: Type, in scope: any Scope, mode: CheckMode = .rules,
    into diagnostics: inout Diagnostics
  ) {
    self.init(checking: source, input: type, in: scope, locals: [], mode: mode, into: &diagnostics)
  }

  /// As above, for tests that also see values which their evaluation brings along, in their order.
  init(
    checking source: SourceText, input type: Type, in scope: any Scope, locals: [String], mode: CheckMode,
    into diagnostics: inout Diagnostics
  ) {
    let checked = Parser.unaryTests(source.text, names: scope.knownNames) { tree, tests, problem in
      if let problem { diagnostics.report(problem.diagnostic(in: source)) }
      var input = 0
      let whole = Checker.with(tree, scope: scope, mode: mode, locals: locals) { checker in
        let (root, slot) = checker.unaryTests(tests, input: type)
        input = slot
        if problem == nil { checker.report(to: &diagnostics, in: source) }
        return root
      }
      return (whole: whole, input: input, matchesAnything: tests.tests.count == 0 && problem == nil)
    }
    self.init(
      root: checked.whole.root, slots: checked.whole.slots, input: checked.input, source: source,
      matchesAnything: checked.matchesAnything)
  }
}

extension Type {
  /// The type that a text names, such as `list<number>` or `days and time duration`; nil where it names none.
  public init?(parsing source: SourceText, into diagnostics: inout Diagnostics) {
    let (type, problem) = Parser.with(source.text, names: KnownNames()) { parser in
      let type = parser.type()
      parser.expectEnd()
      return (type, parser.problem)
    }
    if let problem {
      diagnostics.report(problem.diagnostic(in: source))
      return nil
    }
    self = type
  }
}
