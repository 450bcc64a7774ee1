/// Shows diagnostics to a person: message, place, source line, caret and advice.
///
/// The text depends on nothing but the diagnostics, the sources and the renderer's settings. Nothing of what is shown
/// reaches a terminal as a control sequence: what does not print is spelt out (see ``SourceLine``).
public struct TextRenderer: Sendable {
  /// Whether to use ANSI colours.
  public var colour: Bool
  /// How many diagnostics are shown; the rest are counted.
  public var limit: Int

  /// Without colour, since the reader may be a file.
  public init(colour: Bool = false, limit: Int = 100) {
    self.colour = colour
    self.limit = limit
  }

  /// All diagnostics by file and place, a blank line after each, and a last line that counts them; empty for none.
  public func render(_ diagnostics: Diagnostics, _ sources: SourceMap) -> String {
    let all = diagnostics.sorted
    guard !all.isEmpty else { return "" }
    let shown = all.prefix(max(limit, 0))
    var text = ""
    for diagnostic in shown { text += render(diagnostic, sources) + "\n" }
    return text + summary(of: shown, hidden: all.count - shown.count + diagnostics.dropped) + "\n"
  }

  /// One diagnostic, each line with its end.
  public func render(_ diagnostic: Diagnostic, _ sources: SourceMap) -> String {
    var snippets: [Snippet] = []
    if let span = diagnostic.span {
      snippets.append(Snippet(span, label: diagnostic.label, underline: "^", in: sources))
    }
    for related in diagnostic.related {
      snippets.append(Snippet(related.span, label: related.label, underline: "-", in: sources))
    }
    let width = snippets.map { String($0.start.line).count }.max() ?? 1
    let gutter = String(repeating: " ", count: width)

    let heading = painted("\(diagnostic.severity.rawValue)[\(diagnostic.code)]", style(of: diagnostic.severity))
    var text = "\(heading)\(painted(": " + visible(diagnostic.message), .bold))\n"
    for (index, snippet) in snippets.enumerated() {
      let isMain = index == 0 && diagnostic.span != nil
      let number = String(snippet.start.line)
      text += "\(gutter)\(painted(isMain ? "-->" : ":::", .blue)) \(visible(snippet.file)):\(snippet.start)\n"
      text += painted("\(gutter) |", .blue) + "\n"
      text += painted(String(repeating: " ", count: width - number.count) + number + " |", .blue)
      text += snippet.line.text.isEmpty ? "\n" : " \(snippet.line.text)\n"
      text += painted("\(gutter) |", .blue) + " " + String(repeating: " ", count: snippet.line.underlined.lowerBound)
      let marks = String(repeating: snippet.underline, count: snippet.line.underlined.count)
      let label = snippet.label.map { " " + visible($0) } ?? ""
      text += painted(marks + label, isMain ? style(of: diagnostic.severity) : .blue) + "\n"
    }
    for help in diagnostic.help {
      text += "\(gutter) \(painted("=", .blue)) \(painted("help:", .bold)) \(visible(help))\n"
    }
    return text
  }

  /// One diagnostic as one line without its end: `file:line:column: error[CODE]: message`.
  public func line(_ diagnostic: Diagnostic, _ sources: SourceMap) -> String {
    var text = ""
    if let span = diagnostic.span {
      text += "\(visible(sources.name(of: span.file))):\(sources.location(Int(span.start), in: span.file)): "
    }
    let heading = painted("\(diagnostic.severity.rawValue)[\(diagnostic.code)]", style(of: diagnostic.severity))
    return text + "\(heading): \(visible(diagnostic.message))"
  }

  private func summary(of shown: some Sequence<Diagnostic>, hidden: Int) -> String {
    var counts: [Diagnostic.Severity: Int] = [:]
    for diagnostic in shown { counts[diagnostic.severity, default: 0] += 1 }
    let severities: [Diagnostic.Severity] = [.error, .warning, .note]
    let parts = severities.compactMap { severity in
      counts[severity].map { "\($0) \(severity.rawValue)\($0 == 1 ? "" : "s")" }
    }
    let listed =
      parts.count < 2 ? parts.joined() : parts.dropLast().joined(separator: ", ") + " and " + parts[parts.count - 1]
    guard hidden > 0 else { return listed }
    return (parts.isEmpty ? "" : listed + ", and ") + "\(hidden) more not shown"
  }

  // MARK: Colour

  private enum Style: String {
    case bold = "1"
    case blue = "1;34"
    case red = "1;31"
    case yellow = "1;33"
    case cyan = "1;36"
  }

  private func style(of severity: Diagnostic.Severity) -> Style {
    switch severity {
    case .error: .red
    case .warning: .yellow
    case .note: .cyan
    }
  }

  private func painted(_ text: String, _ style: Style) -> String {
    colour ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  /// A message may quote the user's text at any length.
  private func visible(_ text: String) -> String {
    SourceLine(Array(text.utf8)[...], underlining: 0..<0, width: 1000).text
  }
}

extension SourceMap.Location: CustomStringConvertible {
  /// `14:24`.
  public var description: String { "\(line):\(column)" }
}

/// A place with its line, ready to be shown.
private struct Snippet {
  var file: String
  var start: SourceMap.Location
  var line: SourceLine
  var label: String?
  var underline: String

  init(_ span: SourceSpan, label: String?, underline: String, in sources: SourceMap) {
    file = sources.name(of: span.file)
    start = sources.location(Int(span.start), in: span.file)
    // A span of several lines is shown to the end of its first.
    line = SourceLine(
      sources.line(start.line, of: span.file), underlining: Int(span.start)..<Int(span.end), width: 120)
    self.label = label
    self.underline = underline
  }
}
