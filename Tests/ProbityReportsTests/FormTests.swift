import FEEL
import Probity
import ProbityReports
import Testing

/// What stands in forms.
@Suite struct FormTests {
  private static func type(
    _ name: String, key: String? = nil, named: String? = nil, _ facts: [Vocabulary.FactDeclaration]
  )
    -> Vocabulary.RecordType
  {
    Vocabulary.RecordType(
      name: name, title: "Kind of \(name)", isRecord: name == "thing", key: key, nameFact: named, facts: facts)
  }

  /// Things with parts, which have pieces, and tags.
  private static let vocabulary: Vocabulary = {
    let piece = type(
      "piece", key: "no",
      [.init(name: "no", type: .string, label: "No"), .init(name: "made", type: .date, label: "Made")])
    let part = type(
      "part",
      [
        .init(name: "size", type: .number, label: "Size"),
        .init(name: "pieces", type: .list(.context(piece.context)), label: "Pieces"),
      ])
    let inner = type(
      "inner",
      [.init(name: "size", type: .number, label: "Size"), .init(name: "name", type: .string, label: "Inner name")])
    let thing = type(
      "thing", key: "id", named: "name",
      [
        .init(name: "size", type: .number, label: "Size"), .init(name: "id", type: .string, label: "Reference"),
        .init(name: "name", type: .string, label: "Name"), .init(name: "ok", type: .boolean, label: "In order"),
        .init(name: "inner", type: .context(inner.context), label: "Inner [part]"),
        .init(
          name: "parts", type: .list(.context(part.context)),
          label: "Parts: large/small and of every other kind there is"),
        .init(name: "tags", type: .list(.string), label: "About"),
      ])
    return Vocabulary(types: [thing, inner, part, piece])
  }()

  private static func lines(_ wanted: Set<String>) -> [String] {
    guard let type = vocabulary["thing"] else { return [] }
    return FormLayout(type, in: vocabulary, wanted: wanted).sheets.map { sheet in
      "\(sheet.name) <\(sheet.path)>: "
        + sheet.columns.map { "\($0.header) [\($0.role) \($0.path)]" }.joined(separator: ", ")
    }
  }

  @Test func layout() {
    #expect(
      Self.lines([
        "ok", "size", "inner.size", "tags", "parts", "parts[].size", "parts[].pieces", "parts[].pieces[].made",
      ]) == [
        "Kind of thing <>: Reference [record id], Name [fact name], Size [fact size], In order [fact ok], "
          + "Inner [part]: Size [fact inner.size], Parts: large/small and of every other kind there is [list parts], "
          + "About [list tags]",
        "Parts large small and of every <parts>: Reference [record id], Number [number ], Size [fact size], Pieces [list pieces]",
        "Pieces <parts[].pieces>: Reference [record id], Number [holder parts], No [fact no], Made [fact made]",
        "About 2 <tags>: Reference [record id], About [value ]",
      ])
  }

  /// The names of what is wanted are the same, whatever else is.
  @Test func namesDoNotDependOnWhatIsWanted() {
    #expect(
      Self.lines(["inner.size", "parts[].pieces[].made"]) == [
        "Kind of thing <>: Reference [record id], Name [fact name], Inner [part]: Size [fact inner.size]",
        "Parts large small and of every <parts>: Reference [record id], Number [number ]",
        "Pieces <parts[].pieces>: Reference [record id], Number [holder parts], No [fact no], Made [fact made]",
      ])
  }
}
