public import FEEL

/// How a value came about: an expression that was evaluated, and within it those that were evaluated for it.
///
/// What an expression of the host's own stands for (a `let` name, a decision) is below the name that reads it, even where it
/// had been computed before.
public final class Trace: Sendable {
  /// What was done.
  public enum Step: Sendable {
    case expression(Node)
    /// A value held against a test.
    case test(Node, input: Value)
    /// The rows of a decision table that match, and those of which it is not known.
    case table(DecisionTable, sure: [Int], doubtful: [Int])
  }

  public let step: Step
  /// Of a test what the value was held against.
  public let value: Value
  public let children: [Trace]

  init(_ step: Step, _ value: Value, _ children: [Trace] = []) {
    self.step = step
    self.value = value
    self.children = children
  }

  /// The expression that was evaluated.
  public var node: Node? { if case .expression(let node) = step { node } else { nil } }

  /// The traces of the expressions directly below.
  var expressions: [Trace] { children.filter { $0.node != nil } }
}

/// Records what an evaluator does, as traces.
final class TraceRecorder: EvaluationObserver {
  /// The traces of what was evaluated outside anything else, in order.
  private(set) var roots: [Trace] = []
  /// Whether there was more than is kept.
  private(set) var isCut = false
  private var open: [[Trace]] = []
  /// What the host's names stand for, by binding.
  private var bindings: [Int: [Trace]] = [:]
  /// What a type's decisions stand for, by decision and by what they are about.
  private var derived: [Derived: [Trace]] = [:]

  private struct Derived: Hashable {
    var decision: Int
    var context: ObjectIdentifier
  }

  private var left: Int

  /// - Parameter limit: how many steps are kept; a loop may take any number.
  init(limit: Int) { left = limit }

  /// The traces since the last time.
  func take() -> [Trace] {
    defer { roots = [] }
    return roots
  }

  func begin(_ node: Node) { open.append([]) }

  func end(_ node: Node, _ value: Value) {
    var children = open.popLast() ?? []
    if case .host(let binding) = node.kind {
      if children.isEmpty { children = bindings[binding] ?? [] } else { bindings[binding] = children }
    }
    if case .derived(_, let decision) = node.kind, let base = children.first,
      case .context(let context) = base.value
    {
      let key = Derived(decision: decision, context: ObjectIdentifier(context))
      if children.count == 1 { children += derived[key] ?? [] } else { derived[key] = Array(children.dropFirst()) }
    }
    add(Trace(.expression(node), value, children))
  }

  func didTest(_ node: Node, _ input: Value, against test: Value) { add(Trace(.test(node, input: input), test)) }

  func didTry(_ table: DecisionTable, sure: [Int], doubtful: [Int]) {
    add(Trace(.table(table, sure: sure, doubtful: doubtful), .null))
  }

  private func add(_ trace: Trace) {
    guard left > 0 else {
      isCut = true
      return
    }
    left -= 1
    if open.isEmpty { roots.append(trace) } else { open[open.count - 1].append(trace) }
  }
}
