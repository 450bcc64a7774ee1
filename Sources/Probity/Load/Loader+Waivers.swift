public import Diagnostics
import FEEL
import YAML

extension DiagnosticCode {
  /// A waiver for an item of a rule that has none.
  fileprivate static let itemWithoutEach = DiagnosticCode("RULE371")
}

extension Loader {
  private static let waiverFileKeys = ["probity", "waivers"]
  private static let waiverKeys = ["rule", "record", "item", "reason", "approved", "since", "until"]

  /// Reads a file of waivers for the rules of a book; those that are wrong are reported and left out.
  public static func waivers(
    _ file: SourceFile, book: RuleBook, sources: inout SourceMap, into diagnostics: inout Diagnostics
  ) -> [Waiver] {
    let id = sources.add(name: file.path, bytes: file.bytes)
    let root = YAML.parse(file.bytes, file: id, into: &diagnostics)
    guard let fields = Fields(root, "a file of waivers", keys: waiverFileKeys, into: &diagnostics) else { return [] }
    checkVersion(of: fields, into: &diagnostics)
    var rules: [String: Int] = [:]
    for (index, rule) in book.rules.enumerated() {
      rules[rule.name] = index
      rules[rule.address] = index
    }
    let items = fields.required("waivers", into: &diagnostics).flatMap { Fields.items($0, into: &diagnostics) } ?? []
    return items.compactMap { waiver($0, rules, book, into: &diagnostics) }
  }

  private static func waiver(
    _ node: YAML.Node, _ rules: [String: Int], _ book: RuleBook, into diagnostics: inout Diagnostics
  ) -> Waiver? {
    guard let fields = Fields(node, "a waiver", keys: waiverKeys, into: &diagnostics) else { return nil }
    let rule = fields.requiredText("rule", into: &diagnostics)
    let record = fields.requiredText("record", into: &diagnostics)
    let item = fields.text("item", into: &diagnostics)
    let reason = fields.requiredText("reason", into: &diagnostics)
    let approved = fields.requiredText("approved", into: &diagnostics)
    let since = fields.requiredDate("since", into: &diagnostics)
    let until = fields.requiredDate("until", into: &diagnostics)
    if let since, let until, until < since {
      diagnostics.report(.endsBeforeItBegins(since, at: fields["until"]?.span ?? fields.place))
      return nil
    }
    guard let rule else { return nil }
    guard let index = rules[rule.value] else {
      diagnostics.report(.unknownRule(rule, among: book.rules.map(\.name)))
      return nil
    }
    if let item, book.rules[index].each.isEmpty {
      diagnostics.report(
        Diagnostic(
          .itemWithoutEach, .error, "`\(rule.value)` is asked of the whole record, and has no items", at: item.span,
          related: [.init("the rule", at: book.rules[index].span)], help: ["leave `item` out"]))
      return nil
    }
    guard let record, let reason, let approved, let since, let until else { return nil }
    return Waiver(
      rule: book.rules[index].name, record: record.value, item: item?.value, reason: reason.value,
      approved: approved.value, since: since, until: until, span: rule.span)
  }
}
