import Diagnostics
import FEEL
import Probity

/// How an explanation reads: a line for each step, indented below what it is part of.
///
///     require  due >= today() → false
///       due (worker.dbs.issued + dbs_renewal) → 2026-01-01
///         worker.dbs.issued → 2023-01-01  staff[W-1].dbs.issued, providers.yaml, line 12
///         dbs_renewal → P3Y  parameter
struct ExplanationText {
  /// A line of it.
  struct Line {
    var depth: Int
    /// `require`, on the first line of a part.
    var heading: String?
    var text: String
    var value: String?
    /// Where a fact came from, or what a name is.
    var origin: String?
    var isDecisive: Bool
  }

  private(set) var lines: [Line] = []
  private static let decides = "← decides"

  init(_ explanation: Explanation) {
    for part in explanation.parts { add(part.step, heading: Self.words(part.role), depth: 0) }
  }

  static func words(_ role: Explanation.Role) -> String {
    switch role {
    case .scope: "the policy's when"
    case .each(let name): "each \(name) in"
    case .when: "when"
    case .require(_, of: 1): "require"
    case .require(let number, of: _): "require \(number)"
    case .decision: "decision"
    }
  }

  private mutating func add(_ step: Explanation.Step, heading: String?, depth: Int) {
    var line = Line(
      depth: depth, heading: heading, text: step.text, value: Self.words(step.value), origin: nil,
      isDecisive: step.isDecisive)
    switch step.kind {
    case .expression: break
    case .fact(let path, _, let unit, let place):
      line.origin = ([path] + [unit, place.map { "\($0.withoutPath)" }].compactMap(\.self)).joined(separator: ", ")
    case .parameter(let unit): line.origin = (["parameter"] + [unit].compactMap(\.self)).joined(separator: ", ")
    case .name(let definition): if let definition { line.text += " (\(definition))" }
    case .rows(let rows, let perhaps):
      line.text = Self.words(rows: rows, perhaps: perhaps)
      line.value = nil
    }
    lines.append(line)
    for inner in step.steps { add(inner, heading: nil, depth: depth + 1) }
    if step.omitted > 0 {
      lines.append(
        Line(depth: depth + 1, text: "… and \(step.omitted) more items", value: nil, origin: nil, isDecisive: false))
    }
  }

  private static func words(rows: [Int], perhaps: [Int]) -> String {
    func list(_ rows: [Int]) -> String {
      (rows.count == 1 ? "row " : "rows ") + rows.map(String.init).joined(separator: ", ")
    }
    let sure =
      rows.isEmpty
      ? (perhaps.isEmpty ? "no row matches" : nil) : "\(list(rows)) \(rows.count == 1 ? "matches" : "match")"
    return [sure, perhaps.isEmpty ? nil : "\(list(perhaps)) may match"].compactMap(\.self).joined(separator: "; ")
  }

  /// A value on one line, and not without end.
  static func words(_ value: Value?) -> String {
    switch value {
    case nil: return "[withheld]"
    case .unknown(let unknown)?:
      let paths = unknown.missing.prefix(3).map(\.path)
      let more = unknown.missing.count > 3 ? " and \(unknown.missing.count - 3) more" : ""
      return "unknown" + (paths.isEmpty ? "" : ", without \(paths.joined(separator: ", "))\(more)")
    case .null(let failure?)?: return "null: \(failure.message)"
    case .list(let list)?:
      if list.items.isEmpty { return "an empty list" }
      if list.items.contains(where: { if case .context = $0 { true } else { false } }) {
        return list.items.count == 1 ? "a list of 1 item" : "a list of \(list.items.count) items"
      }
    default: break
    }
    let text = value?.literal ?? ""
    return text.count > 120 ? text.prefix(119) + "…" : text
  }

  func write(to layout: inout TextLayout, indent: Int) {
    for line in lines {
      let own = indent + 2 * line.depth
      var runs: [TextLayout.Run] = []
      if let heading = line.heading { runs += [.init(heading, .cyan), "  "] }
      runs.append(.init(line.text))
      if let value = line.value { runs += [" → ", .init(value, line.isDecisive ? .bold : nil)] }
      if line.isDecisive { runs += [" ", .init(Self.decides, .bold)] }
      if let origin = line.origin { runs += ["  ", .init("(\(origin))", .faint)] }
      layout.paragraph(runs, indent: own, hanging: own + 4)
    }
  }

  /// Each line as plain text.
  var plain: [String] {
    lines.map { line in
      String(repeating: "  ", count: line.depth) + (line.heading.map { "\($0)  " } ?? "") + line.text
        + (line.value.map { " → \($0)" } ?? "") + (line.isDecisive ? " \(Self.decides)" : "")
        + (line.origin.map { "  (\($0))" } ?? "")
    }
  }
}

extension Place {
  /// The place without the path within the record, which is said already.
  fileprivate var withoutPath: Place {
    var place = self
    place.path = nil
    return place
  }
}
