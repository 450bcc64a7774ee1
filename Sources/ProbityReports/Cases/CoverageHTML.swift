import Diagnostics
import Probity

/// What cases have tried, as pages beside the rules' source: one page that sums up, and one for each file.
///
/// The pages hold all that they need, run no script, and take nothing from anywhere; what files hold is shown as text.
public struct CoverageHTML: Sendable {
  /// A file to be written.
  public struct Page: Sendable {
    public var name: String
    public var bytes: [UInt8]
  }

  /// The page that sums up comes first, and is `index.html`.
  public let pages: [Page]

  /// No pages where coverage was not measured.
  public init(_ report: CaseReport) {
    guard let coverage = report.coverage else {
      pages = []
      return
    }
    var files: [FileID] = []
    for unit in coverage.units where !files.contains(unit.span.file) { files.append(unit.span.file) }
    let names = Dictionary(
      uniqueKeysWithValues: files.map { ($0, Self.pageName(of: report.sources.name(of: $0), number: Int($0.rawValue))) }
    )
    pages =
      [Page(name: "index.html", bytes: Self.index(coverage, report, names))]
      + files.map { file in
        Page(
          name: names[file] ?? "", bytes: Self.source(file, coverage.units.filter { $0.span.file == file }, report))
      }
  }

  /// A name that holds nothing but letters, digits and `-`, and that no other file has.
  private static func pageName(of path: String, number: Int) -> String {
    let safe = path.unicodeScalars.map { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) ? String(scalar) : "-"
    }
    return "\(number)-" + safe.joined().suffix(80) + ".html"
  }

  // MARK: Pages

  private static func index(_ coverage: Coverage, _ report: CaseReport, _ names: [FileID: String]) -> [UInt8] {
    var html = HTMLWriter()
    page("Coverage of the rule book", to: &html) { html in
      html.element("h1", "What the tests try of the rule book")
      html.element(
        "p",
        "\(report.results.count) cases, of which \(report.count(.passed)) passed. What a case tries counts only where it "
          + "passed.")
      html.element("table") { html in
        html.element("caption", "How much is tried")
        html.row(["Measure", "Tried", "Of", "Per cent"], isHead: true)
        for measure in Coverage.Measure.allCases {
          let count = coverage.count(measure)
          html.row([measure.title, "\(count.covered)", "\(count.total)", count.percent.map { "\($0)%" } ?? "-"])
        }
      }
      for missed in report.missedThresholds {
        html.element("p", "Below the threshold of \(missed.threshold)%: \(missed.measure.title).", ["class": "gap"])
      }
      html.element("table") { html in
        html.element("caption", "Rules, decisions and verdicts")
        html.row(["Name", "Kind", "Cases", "Tried", "Of"], isHead: true)
        for unit in coverage.units {
          let isWhole = unit.count.covered == unit.count.total
          html.element("tr", ["class": isWhole ? "whole" : "part"]) { html in
            html.element("th", ["scope": "row"]) { html in
              html.element(
                "a", unit.name, ["href": "\(names[unit.span.file] ?? "")#line-\(report.line(of: unit.span))"])
              html.element("span", unit.title, ["class": "title"])
            }
            html.element("td", unit.kind.rawValue)
            html.element("td", unit.cases.map { $0 == 0 ? "none" : "\($0)" } ?? "")
            html.element("td", "\(unit.count.covered)")
            html.element("td", "\(unit.count.total)")
          }
        }
      }
    }
    return html.bytes
  }

  private static func source(_ file: FileID, _ units: [Coverage.Unit], _ report: CaseReport) -> [UInt8] {
    let name = report.sources.name(of: file)
    var items: [Int: [Coverage.Item]] = [:]
    for unit in units {
      for item in unit.items { items[report.line(of: item.span), default: []].append(item) }
    }
    var html = HTMLWriter()
    page("Coverage of \(name)", to: &html) { html in
      html.element("p") { $0.element("a", "All rules", ["href": "index.html"]) }
      html.element("h1", name)
      html.element("table", ["class": "source"]) { html in
        html.element("caption", "Each line, and what the tests try of it")
        html.row(["Line", "Source", "Tried, and not tried"], isHead: true)
        for number in 1...max(1, report.sources.lineCount(of: file)) {
          let own = items[number] ?? []
          let style = own.isEmpty ? nil : own.allSatisfy(\.isCovered) ? "whole" : "part"
          var attributes = ["id": "line-\(number)"]
          attributes["class"] = style
          html.element("tr", attributes) { html in
            html.element("td", "\(number)", ["class": "number"])
            html.element("td") { html in
              html.element("code", String(decoding: report.sources.line(number, of: file), as: UTF8.self))
            }
            html.element("td") { html in
              guard !own.isEmpty else { return }
              html.element("ul") { html in
                for item in own where !item.isCovered { html.element("li", "✗ \(item.gap)", ["class": "gap"]) }
                for item in own where item.isCovered { html.element("li", "✓ \(item.success)", ["class": "tried"]) }
              }
            }
          }
        }
      }
    }
    return html.bytes
  }

  private static func page(_ title: String, to html: inout HTMLWriter, _ body: (inout HTMLWriter) -> Void) {
    html.raw("<!DOCTYPE html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\">\n")
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
    html.raw(
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n")
    html.element("title", title)
    html.raw("<style>\n\(style)</style>\n</head>\n<body>\n<main>\n")
    body(&html)
    html.raw("</main>\n</body>\n</html>\n")
  }

  private static let style = """
    :root { color-scheme: light dark; --text: #1b1b1b; --back: #ffffff; --faint: #595959; --line: #d0d0d0;
      --whole: #e3f4e3; --part: #fdeed8; --gap: #8a2a00; --tried: #1c5c1c; --link: #0b4f9e; }
    @media (prefers-color-scheme: dark) {
      :root { --text: #e8e8e8; --back: #181818; --faint: #b0b0b0; --line: #444444;
        --whole: #16301a; --part: #3d2a10; --gap: #ffb68a; --tried: #9adb9a; --link: #8fc0ff; }
    }
    body { margin: 0; font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--back); }
    main { max-width: 90rem; margin: 0 auto; padding: 1rem; }
    a { color: var(--link); }
    table { border-collapse: collapse; width: 100%; margin: 1rem 0 2rem; }
    caption { text-align: left; font-weight: 600; padding: 0.25rem 0; }
    th, td { text-align: left; vertical-align: top; padding: 0.2rem 0.6rem; border-bottom: 1px solid var(--line);
      font-weight: normal; }
    thead th, tr.head th { font-weight: 600; }
    tr.whole td, tr.whole th { background: var(--whole); }
    tr.part td, tr.part th { background: var(--part); }
    .title { display: block; color: var(--faint); }
    .source code { white-space: pre-wrap; overflow-wrap: anywhere; font-family: ui-monospace, monospace; }
    .source td.number { color: var(--faint); text-align: right; }
    .source td:nth-child(2) { width: 55%; }
    ul { margin: 0; padding: 0; list-style: none; }
    .gap { color: var(--gap); }
    .tried { color: var(--tried); }

    """
}

/// Writes HTML in which no text is markup.
struct HTMLWriter {
  private(set) var bytes: [UInt8] = []

  /// Markup of our own.
  mutating func raw(_ markup: String) { bytes.append(contentsOf: markup.utf8) }

  mutating func element(_ name: String, _ text: String, _ attributes: KeyValuePairs<String, String> = [:]) {
    open(name, attributes.map { ($0.key, $0.value) })
    self.text(text)
    raw("</\(name)>\n")
  }

  mutating func element(
    _ name: String, _ attributes: [String: String] = [:], _ body: (inout HTMLWriter) -> Void
  ) {
    open(name, attributes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
    body(&self)
    raw("</\(name)>\n")
  }

  mutating func row(_ cells: [String], isHead: Bool = false) {
    element("tr", isHead ? ["class": "head"] : [:]) { html in
      for cell in cells {
        if isHead { html.element("th", cell, ["scope": "col"]) } else { html.element("td", cell) }
      }
    }
  }

  private mutating func open(_ name: String, _ attributes: [(String, String)]) {
    raw("<\(name)")
    for (key, value) in attributes {
      raw(" \(key)=\"")
      text(value)
      raw("\"")
    }
    raw(">")
  }

  private mutating func text(_ text: String) { raw(HTMLText.escaped(text)) }
}
