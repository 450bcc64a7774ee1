/// A condition's value: FEEL's three truth values, and what is not yet known.
public enum Truth: Sendable, Equatable {
  case yes
  case no
  case unknown(Unknown)
  /// Neither true nor false, and why.
  case null(Failure?)

  public init(_ value: Value) {
    self =
      switch value {
      case .boolean(let truth): truth ? .yes : .no
      case .unknown(let unknown): .unknown(unknown)
      case .null(let failure): .null(failure)
      default: .null(Failure(.wrongType, "this is neither true nor false"))
      }
  }

  public var value: Value {
    switch self {
    case .yes: .boolean(true)
    case .no: .boolean(false)
    case .unknown(let unknown): .unknown(unknown)
    case .null(let failure): .null(failure)
    }
  }

  public var negated: Truth {
    switch self {
    case .yes: .no
    case .no: .yes
    default: self
    }
  }

  /// Null, or what may turn out to be null, as false: where only true counts.
  var orNo: Truth {
    switch self {
    case .null: .no
    case .unknown(let unknown): .unknown(unknown.lasting)
    default: self
    }
  }

  /// False when one is false; else unknown when one is, since it may still turn out false; else null when one is.
  public static func conjunction(_ truths: some Sequence<Truth>) -> Truth {
    combined(truths, decider: .no, otherwise: .yes)
  }

  /// True when one is true; else unknown when one is; else null when one is.
  public static func disjunction(_ truths: some Sequence<Truth>) -> Truth {
    combined(truths, decider: .yes, otherwise: .no)
  }

  private static func combined(_ truths: some Sequence<Truth>, decider: Truth, otherwise: Truth) -> Truth {
    var unknowns: [Unknown] = []
    var null: Truth?
    for truth in truths {
      switch truth {
      case decider: return decider
      case .unknown(let unknown): unknowns.append(unknown)
      case .null: null = null ?? truth
      default: break
      }
    }
    if !unknowns.isEmpty { return .unknown(.merging(unknowns, mayFail: null != nil ? true : nil)) }
    return null ?? otherwise
  }

  /// This truth if what it is about is there, `neutral` if it is not.
  func doubted(_ doubt: Unknown, neutral: Truth) -> Truth {
    switch self {
    case neutral: self
    case .unknown(let unknown): .unknown(.merging([doubt, unknown]))
    case .null: .unknown(.merging([doubt], mayFail: true))
    default: .unknown(doubt)
    }
  }
}
