import Diagnostics
import FEEL
import YAML

extension MappingLoader {
  static let formatKeys = ["missing", "redacted", "dates", "times", "numbers", "yes", "no"]

  /// The formats that a node says, over those that count where it says nothing.
  mutating func formats(in node: YAML.Node?, over base: TextFormats) -> TextFormats {
    var formats = base
    guard let node, isMapping(node, "formats") else { return formats }
    if let missing = node["missing"] { formats.missing = WordSet(words(missing, of: "missing")) }
    if let redacted = node["redacted"] { formats.redacted = WordSet(words(redacted, of: "redacted")) }
    if let dates = node["dates"] { formats.dates = patterns(dates, of: "dates") }
    if let times = node["times"] { formats.times = patterns(times, of: "times") }
    if let numbers = node["numbers"] { formats.numbers = numberPattern(numbers) }
    if let yes = node["yes"] { formats.yes = WordSet(words(yes, of: "yes")) }
    if let no = node["no"] { formats.no = WordSet(words(no, of: "no")) }
    return formats
  }

  private mutating func patterns(_ node: YAML.Node, of key: String) -> [DatePattern] {
    let nodes = node.items ?? [node]
    return nodes.compactMap { node -> DatePattern? in
      guard let text = text(node, of: key) else { return nil }
      do throws(DatePattern.Fault) {
        let pattern = try DatePattern(text)
        let isRight = key == "dates" ? pattern.hasDate : pattern.hasTime && !pattern.hasDate
        if isRight { return pattern }
        report(
          .mappingFormat,
          key == "dates" ? "a date's pattern has year, month and day" : "a time's pattern has no day", at: node.span)
      } catch {
        report(
          .mappingFormat, "not a pattern: \(error.message)", at: node.scalar?.source.span(error.range) ?? node.span,
          help: "for instance `dd/MM/yyyy` or `yyyy-MM-dd'T'HH:mm:ss`")
      }
      return nil
    }
  }

  private mutating func numberPattern(_ node: YAML.Node) -> NumberPattern {
    var pattern = NumberPattern()
    guard isMapping(node, "numbers") else { return pattern }
    checkKeys(of: node, known: ["thousands", "decimal", "currency", "brackets", "percent"])
    if let thousands = node["thousands"], let text = text(thousands, of: "thousands") {
      pattern.thousands = mark(text, at: thousands)
    }
    if let decimal = node["decimal"], let text = text(decimal, of: "decimal"), let mark = mark(text, at: decimal) {
      pattern.decimal = mark
    }
    if pattern.thousands == pattern.decimal {
      report(
        .mappingFormat, "the mark between groups of digits is the decimal mark too",
        at: (node["thousands"] ?? node).span)
    }
    if let currency = node["currency"] {
      pattern.currencies = words(currency, of: "currency").map { Array($0.utf8) }.filter { !$0.isEmpty }
        .sorted { $0.count > $1.count }
    }
    if let brackets = node["brackets"] { pattern.hasBrackets = flag(brackets, of: "brackets") }
    if let percent = node["percent"] {
      pattern.percent = choice(percent, of: "percent", NumberPattern.Percent.allCases.map(\.rawValue))
        .flatMap(NumberPattern.Percent.init(rawValue:))
    }
    return pattern
  }

  /// One character that is no digit, sign or letter.
  private mutating func mark(_ text: String, at node: YAML.Node) -> [UInt8]? {
    let scalars = Array(text.unicodeScalars)
    let isMark =
      scalars.count == 1
      && !(scalars[0].properties.isAlphabetic || scalars[0].properties.numericType != nil || "+-\"".contains(text))
    if isMark { return Array(text.utf8) }
    report(.mappingFormat, "expected one character, such as `,`", at: node.span)
    return nil
  }
}
