import Diagnostics
import FEEL
import YAML

extension DiagnosticCode {
  /// A value that the vocabulary does not allow.
  fileprivate static let notAllowed = DiagnosticCode("TEST703")
}

/// Reads the facts of a test file's records, so that what does not fit the vocabulary is shown where it stands.
struct FactReader {
  let vocabulary: Vocabulary
  /// The file, and where its lines are.
  let file: SourceMap.File
  let sources: SourceMap
  private let evaluator: Evaluator

  init(vocabulary: Vocabulary, file: FileID, sources: SourceMap) {
    self.vocabulary = vocabulary
    self.sources = sources
    self.file = sources.files[Int(file.rawValue)]
    // What is allowed depends on no date; the loader sees to that.
    evaluator = Evaluator(asOf: CivilDate.distantPast)
  }

  func place(of span: SourceSpan) -> Place {
    Place(file: file.name, line: sources.location(Int(span.start), in: span.file).line)
  }

  /// A value of a fact; nil, with a report, where the node holds none.
  ///
  /// - Parameters:
  ///   - member: the position of the fact in `holder`.
  ///   - type: the type of the value: the fact's own, or where one item of a list is meant that of the item.
  func draft(
    _ node: YAML.Node, _ type: Type, member: Int, of holder: ContextType, into diagnostics: inout Diagnostics
  ) -> FactDraft? {
    switch type.base {
    case .context(let context): return self.context(node, context, into: &diagnostics).map { .context($0) }
    case .list(let item):
      guard case .context(let context) = item.base else { break }
      guard let nodes = Fields.items(node, into: &diagnostics) else { return nil }
      let items = nodes.map { self.context($0, context, into: &diagnostics) }
      return items.contains { $0 == nil } ? nil : .items(ItemDrafts(items.compactMap(\.self)), place(of: node.span))
    default: break
    }
    guard let value = ValueReader.value(node, type, into: &diagnostics) else { return nil }
    if let tests = vocabulary.declaration(of: member, in: holder)?.tests {
      let values = if case .list(let list) = value { list.items } else { [value] }
      for value in values where !passes(value, tests) {
        diagnostics.report(
          Diagnostic(
            .notAllowed, .error, "`\(value)` is not an allowed value of `\(holder.members[member].name)`",
            at: node.span, help: ["allowed: `\(tests.source.text)`"]))
        return nil
      }
    }
    return .value(value, place(of: node.span))
  }

  private func passes(_ value: Value, _ tests: CheckedTests) -> Bool {
    if case .boolean(true) = evaluator.evaluate(tests, input: value) { true } else { false }
  }

  private func context(_ node: YAML.Node, _ type: ContextType, into diagnostics: inout Diagnostics) -> ContextDraft? {
    guard let entries = node.entries else {
      diagnostics.reportWrongKind(node, wanted: "a mapping with the facts of `\(type)`")
      return nil
    }
    var draft = ContextDraft(type: type, place: place(of: node.span))
    for entry in Fields.distinct(entries) {
      let name = entry.key.text ?? ""
      guard let member = type.index(of: name) else {
        diagnostics.report(.unknownFact(name, of: type, at: entry.key.span))
        continue
      }
      // As in a file of records, null is a fact that was not supplied.
      if entry.value.isNull || entry.value.isMissing { continue }
      draft.members[member] = self.draft(
        entry.value, type.members[member].type, member: member, of: type, into: &diagnostics)
    }
    return draft
  }
}
