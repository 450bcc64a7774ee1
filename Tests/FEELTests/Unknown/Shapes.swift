import Testing

/// Expression shapes, made by filling the operands of every operator with facts, constants and one another.
struct Shapes {
  /// What may stand where an operand of a kind is wanted.
  enum Kind: Character, CaseIterable {
    case condition = "B"
    case number = "N"
    case text = "T"
    case date = "D"
    case numbers = "L"
    case items = "I"
  }

  /// An operator, with `{B}` where a condition goes, `{N}` where a number goes, and so on.
  struct Template {
    var kind: Kind
    var text: String

    /// The text between the operands, and the operands' kinds.
    var parts: (texts: [String], holes: [Kind]) {
      var texts = [""]
      var holes: [Kind] = []
      var rest = text[...]
      while let first = rest.first {
        if first == "{", let kind = rest.dropFirst().first.flatMap(Kind.init), rest.dropFirst(2).first == "}" {
          holes.append(kind)
          texts.append("")
          rest = rest.dropFirst(3)
        } else {
          texts[texts.count - 1].append(first)
          rest = rest.dropFirst()
        }
      }
      return (texts, holes)
    }
  }

  static let atoms: [Kind: [String]] = [
    .condition: ["a", "b", "true", "false", "(1 / 0 > 1)"],
    .number: ["n", "m", "u", "1", "(1 / 0)"],
    .text: ["t", "\"x\""],
    .date: ["d", "e", "@\"2026-06-30\""],
    .numbers: ["[n, m]", "[1, u]", "items.x", "[]"],
    .items: ["items", "items[ok]"],
  ]

  /// The atoms that stand beside an operand which is itself an operator.
  static let neighbours: [Kind: [String]] = [
    .condition: ["a", "true"], .number: ["n", "1"], .text: ["t"], .date: ["d", "@\"2026-06-30\""],
    .numbers: ["[n, 2]"], .items: ["items"],
  ]

  /// Operators of one theme.
  struct Group: CustomTestStringConvertible {
    var name: String
    var templates: [Template]

    init(_ name: String, _ templates: [Template]) {
      self.name = name
      self.templates = templates
    }

    var testDescription: String { name }
    var shapes: [String] { Shapes.shapes(of: templates) }
  }

  static let groups: [Group] = [
    Group(
      "logic",
      [
        "not({B})", "{B} and {B}", "{B} or {B}", "if {B} then {B} else {B}", "{B} = {B}", "{B} != {B}",
        "all({B}, {B})", "any([{B}, {B}])", "{B} and {B} and not({B})",
      ].map { Template(kind: .condition, text: $0) }
    ),
    Group(
      "comparison",
      [
        "{N} < {N}", "{N} <= {N}", "{N} > {N}", "{N} >= {N}", "{N} = {N}", "{N} != {N}",
        "{N} between {N} and {N}", "{T} = \"x\"", "\"y\" != {T}", "{T} = {T}", "[{N}, 1] = [2, {N}]",
        "{L} = [1, 2]", "{x: {N}} = {x: {N}}", "{N} instance of number", "{T} = if {B} then \"x\" else \"y\"",
      ].map { Template(kind: .condition, text: $0) }
    ),
    Group(
      "membership",
      [
        "{N} in [{N}..{N}]", "{N} in ({N}..{N}]", "{N} in (< {N}, >= {N})", "{N} in ({N}, {N})", "{N} in {L}",
        "{N} in [{N}, {N}]", "{N} in ([{N}..1], 2)", "{T} in (\"x\", \"y\")", "{T} in [\"y\", \"z\"]", "{T} in tags",
        "list contains({L}, {N})", "list contains(tags, {T})", "list contains([\"x\", \"y\"], {T})",
      ].map { Template(kind: .condition, text: $0) }
    ),
    Group(
      "quantifiers",
      [
        "some i in {L} satisfies i > {N}", "every i in {L} satisfies i <= {N}", "some i in {I} satisfies i.x > {N}",
        "every i in {I} satisfies i.ok", "every i in {I} satisfies i.ok or i.x >= {N}",
        "some i in {I} satisfies i.ok and {B}", "some i in {I}, j in {I} satisfies i.x > j.x",
        "every i in [{N}, {N}], j in {L} satisfies i <= j", "some i in tags satisfies i = {T}",
        "every i in {I} satisfies {B}", "some i in {I} satisfies 1 / i.x > {N}", "all({I}.ok)", "any({I}.ok)",
        "some i in {I}, j in null satisfies i.ok",
      ].map { Template(kind: .condition, text: $0) }
    ),
    Group(
      "arithmetic",
      [
        "{N} + {N}", "{N} - {N}", "{N} * {N}", "{N} / {N}", "{N} ** 2", "-{N}", "if {B} then {N} else {N}",
        "(function(x) x * 2 + {N})({N})", "(function(x: number) x + 1)({N})", "abs({N})", "floor({N})",
        "modulo({N}, {N})", "{x: {N}, y: x + {N}}.y",
      ].map { Template(kind: .number, text: $0) }
    ),
    Group(
      "aggregates",
      [
        "sum({L})", "min({L})", "max({L})", "mean({L})", "count({L})", "sum({N}, {N})", "min({N}, {N})",
        "max({N}, {N}, 1)", "count({I})", "sum({I}.x)", "max({I}.x)", "min({I}.x)", "mean({I}.x)",
        "sum({I}[ok].x)", "count({I}[x >= {N}])", "count({I}[ok]) / count({I})", "count({I}[ok]) >= 1",
        "sum(for i in {I} return if i.ok then i.x else {N})", "count(tags)", "sum({L}) + count({L})",
      ].map { Template(kind: $0.hasSuffix(">= 1") ? .condition : .number, text: $0) }
    ),
    Group(
      "positions",
      [
        "{L}[{N}]", "{L}[-1]", "{L}[1]", "{I}[1].x", "{I}[-1].x", "{I}[{N}].x", "{L}[item > {N}][1]",
        "(for i in {L} return i + {N})[2]", "[{N}, {N}, {N}][{N}]",
      ].map { Template(kind: .number, text: $0) }
    ),
    Group(
      "lists",
      [
        "[{N}, {N}]", "{L}[item > {N}]", "{L}[item = {N}]", "append({L}, {N})", "concatenate({L}, {L})",
        "for i in {L} return i * {N}", "for i in {L}, j in [{N}] return i + j", "if {B} then {L} else {L}", "{I}.x",
        "{I}[ok].x", "{I}[x > {N}].x", "for i in {I} return if i.ok then i.x else {N}", "{I}[{B}].x",
        "for i in {I}[ok], j in {I} return i.x + j.x", "for i in {L}, j in null return i", "for i in 1..{N} return i",
      ].map { Template(kind: .numbers, text: $0) }
        + ["{I}[ok]", "{I}[x > {N}]", "{I}[not(ok) and {B}]", "if {B} then {I} else []"].map {
          Template(kind: .items, text: $0)
        }
    ),
    Group(
      "dates",
      [
        "{D} < {D}", "{D} >= {D}", "{D} = {D}", "{D} between {D} and today()", "{D} in [@\"2026-01-01\"..{D}]",
        "{D} - {D} > @\"P30D\"", "{D} + p >= {D}", "{D} - p <= {D}", "{D} + q > {D}", "{D} - q < {D}",
        "max({D}, {D}) >= @\"2026-06-30\"", "min([{D}, {D}]) < @\"2026-07-01\"", "{D}.year >= 2026",
        "p * {N} > @\"P3D\"", "p / 2 < @\"P1D\"", "p / @\"P2D\" >= 1", "q * 0 = @\"P0M\"", "-p < @\"P0D\"",
        "h < @\"10:00:00\"", "h = @\"12:00:00Z\"", "h + @\"PT2H\" > @\"11:00:00\"", "h - @\"09:30:00\" = @\"PT0H\"",
        "max(h, @\"10:00:00\") = h", "date and time({D}, @\"10:00:00\") > now()",
        "{D} = date and time(\"2026-06-30T00:00:00\")", "{D} < date and time(\"2026-06-30T00:00:00Z\")",
        "years and months duration({D}, {D}) >= @\"P1M\"",
      ].map { Template(kind: .condition, text: $0) }
        + ["{D} + @\"P1M\"", "{D} - @\"P40D\"", "if {B} then {D} else {D}", "max({D}, {D})", "min(d, {D}, e)"].map {
          Template(kind: .date, text: $0)
        }
    ),
  ]

  /// Operators that stand for the others of their kind within other operators.
  static let inner: [Kind: [String]] = [
    .condition: [
      "not(a)", "(a and b)", "(a or b)", "(n >= 1)", "(n = m)", "(u > 1)", "(t = \"x\")", "(n in [m..2])",
      "(list contains(tags, \"x\"))", "(some i in items satisfies i.ok)", "(every i in items satisfies i.x > 0)",
      "(1 / n > 1)", "(if a then b else 1)", "(d >= e)",
    ],
    .number: [
      "(n + m)", "(n - m)", "(n * u)", "(1 / n)", "(n / 2)", "-u", "(if a then n else 2)", "(if a then 1 else null)",
      "sum([n, m])", "max(n, 1)", "count(items)", "count(items[ok])", "sum(items.x)", "max(items[ok].x)", "[1, n][2]",
      "(n ** 2)", "mean([n, 1])",
    ],
    .text: ["(if a then \"x\" else t)", "[t, \"y\"][1]", "tags[1]", "upper case(t)"],
    .date: ["(d + @\"P1M\")", "(e - @\"P2D\")", "max(d, e)", "(if a then d else e)"],
    .numbers: [
      "[n, u][item > 0]", "append([n], 1)", "concatenate([n], [m])", "(for i in items return i.x + n)",
      "(if a then [1, n] else [2])", "items[ok].x", "[n, null]", "[if a then n else null, 1]",
    ],
    .items: ["items[x > 0]", "items[x >= n]", "(if a then items else [])", "items[x < 2 and ok]"],
  ]

  /// Every shape of a group: each operator over facts and constants, and over one operator more.
  static func shapes(of templates: [Template]) -> [String] {
    var all: [String] = []
    for template in templates {
      let (texts, holes) = template.parts
      func fill(_ operands: [[String]]) {
        var texts = texts.map { [$0] }
        var combined = texts.removeFirst()
        for (choices, after) in zip(operands, texts) {
          combined = combined.flatMap { start in choices.map { start + $0 + after[0] } }
        }
        all += combined
      }
      fill(holes.map { atoms[$0] ?? [] })
      for position in holes.indices {
        fill(
          holes.indices.map { (index: Int) -> [String] in
            let choices = index == position ? inner[holes[index]] : neighbours[holes[index]]
            return choices ?? []
          })
      }
    }
    var seen: Set<String> = []
    return all.filter { seen.insert($0).inserted }
  }

  /// The facts of the small record that a shape speaks of.
  static func cells(of text: String) -> Set<Cell> {
    Set(words(of: text).compactMap { word in Cell.allCases.first { $0.item == nil && $0.name == word } })
  }

  /// A text's words, those in quotation marks with them.
  static func words(of text: String) -> [Substring] {
    text.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "\"" || $0 == "@") }
  }
}
