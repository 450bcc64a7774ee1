/// The families of expressions over which the evaluator may say unknown although every completion agrees.
///
/// `Docs/Unknown.md` describes each, under "Where the evaluator is allowed to be less clever".
enum Family: String, CaseIterable {
  case sameFact = "one fact in two places"
  case severalTests = "one value held against two ends, or by several tests"
  case mayBeNull = "what may turn out null"
  case choice = "a choice between values"
  case kind = "what kind of value it is"
  case function = "functions of values that are all known"
  case position = "positions"
  case doubtful = "lists whose items may not be there"
  case power = "powers and products"
  case untried = "values, and lengths of lists, that were not tried"

  /// The first family that an expression belongs to; nil where the evaluator should have known.
  static func of(_ text: String) -> Family? { allCases.first { $0.holds(text) } }

  private func holds(_ text: String) -> Bool {
    func has(_ parts: String...) -> Bool { parts.contains { text.contains($0) } }
    switch self {
    case .sameFact: return Self.repeatsFact(text)
    case .severalTests: return has(" between ", "..", "(< ", " in (")
    case .mayBeNull: return has("null", "/", "modulo(", "[0]", "[]")
    case .choice: return has("if ")
    case .kind: return has(" instance of ")
    case .function: return has("upper case(", "floor(", "abs(", "years and months duration(")
    case .position:
      return has(
        "[1, 1, 1]", "][1]", "][2]", "][-1]", "items.x[n]", "items.x[m]", "items.x[u]", "items[n]", "items[m]",
        "items[u]", "items[-u]")
        || has("items[max", "items[mean")
    case .doubtful: return has("[item ", "items[ok]", "items[x", "items[not")
    case .power: return has("**", " * ", "n - m")
    case .untried: return has(" = ", " != ", " in ", "list contains", "count(items)")
    }
  }

  /// Whether one fact stands in two places of the text.
  static func repeatsFact(_ text: String) -> Bool {
    let words = Shapes.words(of: text)
    return Shapes.cells(of: text).contains { cell in words.count { $0 == cell.name } > 1 }
  }
}
