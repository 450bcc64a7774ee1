import Diagnostics
import FEEL
import Probity

extension JSONWriter {
  /// An explanation as a list of its parts, each with its steps within it.
  mutating func member(_ name: String, _ explanation: Explanation) {
    member(name, explanation.parts) { json, part in
      json.object { json in
        json.member("part", ExplanationText.words(part.role))
        json.step(part.step)
      }
    }
  }

  private mutating func step(_ step: Explanation.Step) {
    switch step.kind {
    case .expression: member("text", step.text)
    case .fact(let path, let label, let unit, let place):
      member("text", step.text)
      member("fact", path)
      member("label", label)
      member("unit", unit)
      member("place", place?.description)
    case .parameter(let unit):
      member("parameter", step.text)
      member("unit", unit)
    case .name(let definition):
      member("name", step.text)
      member("text", definition)
    case .rows(let rows, let perhaps):
      member("rows", rows) { $0.integer($1) }
      if !perhaps.isEmpty { member("perhaps", perhaps) { $0.integer($1) } }
      return
    }
    if step.value == nil { member("withheld", true) } else { member("value", ExplanationText.words(step.value)) }
    if step.isDecisive { member("decides", true) }
    if !step.steps.isEmpty { member("steps", step.steps) { json, inner in json.object { $0.step(inner) } } }
    if step.omitted > 0 { member("omitted", step.omitted) }
  }
}
