/// A diagnostic's name for life: `FEEL201`, `YAML104`, `RULE310`, `DATA402`.
///
/// Each code is declared beside the code that reports it, has a section in `Docs/Diagnostics/`, and a test that
/// provokes it.
public struct DiagnosticCode: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let name: String

  public init(_ name: String) { self.name = name }

  public var description: String { name }

  public static func < (left: Self, right: Self) -> Bool { left.name < right.name }
}

/// Something wrong, or worth a look, in what the user wrote.
public struct Diagnostic: Hashable, Sendable {
  /// How much it matters: an error stops the run, a warning does not.
  public enum Severity: String, Sendable, Comparable {
    case note, warning, error

    public static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

    private var rank: Int {
      switch self {
      case .note: 0
      case .warning: 1
      case .error: 2
      }
    }
  }

  /// A second place that has to do with it.
  public struct Related: Hashable, Sendable {
    public var span: SourceSpan
    public var label: String

    public init(_ label: String, at span: SourceSpan) {
      self.span = span
      self.label = label
    }
  }

  public var code: DiagnosticCode
  public var severity: Severity
  /// Lower case, one line, no full stop, the user's own text in backticks.
  public var message: String
  /// Nil where the trouble is a whole file or the command itself; `message` then names it.
  public var span: SourceSpan?
  /// What to say beside the caret.
  public var label: String?
  public var related: [Related]
  /// Advice, one sentence each.
  public var help: [String]

  public init(
    _ code: DiagnosticCode, _ severity: Severity = .error, _ message: String, at span: SourceSpan? = nil,
    label: String? = nil, related: [Related] = [], help: [String?] = []
  ) {
    self.code = code
    self.severity = severity
    self.message = message
    self.span = span
    self.label = label
    self.related = related
    self.help = help.compactMap { $0 }
  }
}

/// What a stage has to say, collected in the order it was found and capped.
public struct Diagnostics: Sendable {
  /// How many are kept; the rest are counted in ``dropped``.
  public static let limit = 1000

  public private(set) var all: [Diagnostic] = []
  public private(set) var dropped = 0
  public private(set) var hasErrors = false

  public init() {}

  public mutating func report(_ diagnostic: Diagnostic) {
    if diagnostic.severity == .error { hasErrors = true }
    if all.count < Self.limit { all.append(diagnostic) } else { dropped += 1 }
  }

  public mutating func report(contentsOf other: Diagnostics) {
    if other.all.isEmpty { return }
    for diagnostic in other.all { report(diagnostic) }
    dropped += other.dropped
    hasErrors = hasErrors || other.hasErrors
  }

  /// By file, place and code, each said once.
  public var sorted: [Diagnostic] {
    var seen: Set<Diagnostic> = []
    return all.filter { seen.insert($0).inserted }.enumerated().sorted { left, right in
      let a = left.element
      let b = right.element
      let x = (a.span?.file.rawValue ?? 0, a.span?.start ?? 0, a.code.name)
      let y = (b.span?.file.rawValue ?? 0, b.span?.start ?? 0, b.code.name)
      return x == y ? left.offset < right.offset : x < y
    }.map(\.element)
  }
}
