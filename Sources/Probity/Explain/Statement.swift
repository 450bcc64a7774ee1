/// A condition in words, as far as it has parts that a reader wants apart.
public indirect enum Statement: Sendable, Hashable {
  case says(String)
  case all([Statement])
  case any([Statement])
  /// None of it holds.
  case not(Statement)
  /// `heading` introduces what has to hold: "for every worker in the staff".
  case under(String, Statement)
  /// Each part holds where its condition does.
  case choice(of: Statement, then: Statement, otherwise: Statement)

  /// The whole in one line.
  public var inline: String {
    switch self {
    case .says(let words): words
    case .all(let parts): parts.map { $0.isCompound ? "(\($0.inline))" : $0.inline }.joined(separator: " and ")
    case .any(let parts): parts.map { $0.isCompound ? "(\($0.inline))" : $0.inline }.joined(separator: " or ")
    case .not(let part): "it is not so that \(part.inline)"
    case .under(let heading, let part): "\(heading), \(part.inline)"
    case .choice(let condition, let then, let otherwise):
      "if \(condition.inline) then \(then.inline), otherwise \(otherwise.inline)"
    }
  }

  private var isCompound: Bool {
    switch self {
    case .says, .not: false
    case .all, .any, .under, .choice: true
    }
  }
}
