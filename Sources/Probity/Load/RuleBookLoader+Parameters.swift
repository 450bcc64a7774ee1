import Diagnostics
import FEEL
import YAML

extension DiagnosticCode {
  /// A value that nobody answers for.
  fileprivate static let noSource = DiagnosticCode("RULE322")
  /// A direction for values that have no order.
  fileprivate static let noOrder = DiagnosticCode("RULE323")
}

extension RuleBookLoader {
  static let parameterKeys = ["parameter", "title", "type", "unit", "values", "stricter", "source", "local"]

  mutating func loadParameters() {
    for fields in files.flatMap(\.parameters) {
      guard let parameter = readParameter(fields) else { continue }
      if let first = shared.parameters[parameter.name] {
        diagnostics.report(
          .declaredTwice(
            "the parameter", Located(parameter.name, at: parameter.span), first: book.parameters[first].span))
        continue
      }
      shared.parameters[parameter.name] = book.parameters.count
      shared.parameterTypes.append(parameter.type)
      book.parameters.append(parameter)
    }
  }

  private mutating func readParameter(_ fields: Fields) -> Parameter? {
    let name = fields.requiredText("parameter", into: &diagnostics)
    let title = fields.text("title", into: &diagnostics)?.value
    let type = parameterType(fields)
    let unit = fields.text("unit", into: &diagnostics)?.value
    var stricter = fields.word("stricter", as: Parameter.Stricter.self, into: &diagnostics)
    let source = fields.text("source", into: &diagnostics)?.value
    let local = fields.boolean("local", into: &diagnostics)
    var values: [(from: CivilDate, value: Value)] = []
    if let node = fields["values"] {
      if node.entries == nil {
        diagnostics.reportWrongKind(
          node, wanted: "a mapping of dates to values", help: "write the first day it counts: `{2000-01-01: …}`")
      } else {
        values = Self.datedValues(node, type, into: &diagnostics)
      }
    }
    if stricter != nil, type != .any, !type.isOrdered {
      stricter = nil
      diagnostics.report(
        Diagnostic(
          .noOrder, .error, "`stricter` needs values with an order, and `\(type.inWords)` has none",
          at: fields["stricter"]?.span ?? fields.place,
          help: ["leave it out: a policy that changes the value then needs `relax`"]))
    }
    let isLocal = local ?? fields.has("local")
    if !fields.has("source"), !isLocal, !fields.node.hasHoles {
      diagnostics.report(
        Diagnostic(
          .noSource, .error, "nobody is named who sets this parameter", at: name?.span ?? fields.place,
          help: ["add `source:` with the law, guidance or paper that gives it, or `local: true` for a local choice"]))
    }
    guard let name, Names.checkIdentifier(name, "a parameter", isGlobal: true, into: &diagnostics) else { return nil }
    return Parameter(
      name: name.value, title: title ?? name.value, type: type, unit: unit, values: values, stricter: stricter,
      source: source, isLocal: isLocal, span: name.span)
  }

  private mutating func parameterType(_ fields: Fields) -> Type {
    guard let node = fields.required("type", into: &diagnostics),
      let source = Fields.expression(node, into: &diagnostics)
    else { return .any }
    return TypeName(source, declared: [], wanted: "type of a parameter", into: &diagnostics).type { _ in .any }
  }

  /// Values by the first day each counts, in order of the days.
  static func datedValues(
    _ node: YAML.Node, _ type: Type, into diagnostics: inout Diagnostics
  ) -> [(from: CivilDate, value: Value)] {
    var values: [(from: CivilDate, value: Value)] = []
    for entry in Fields.distinct(node.entries ?? []) {
      let from = Fields.date(entry.key, into: &diagnostics)
      let value = ValueReader.value(entry.value, type, into: &diagnostics)
      guard let from, let value else { continue }
      values.append((from, value))
    }
    return values.sorted { $0.from < $1.from }
  }

  /// Reports parameters that have the name of a fact of a record.
  mutating func checkParameterNames() {
    for type in book.vocabulary.recordTypes {
      for fact in type.facts {
        guard let index = shared.parameters[fact.name] else { continue }
        let parameter = book.parameters[index]
        diagnostics.report(
          .hides(
            "the parameter", Located(parameter.name, at: parameter.span), "a fact of `\(type.name)`", at: fact.span))
        ruleReferences.words.insert(parameter.name)
      }
    }
  }
}
