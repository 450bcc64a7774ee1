/// Writes pages as HTML that needs nothing else: no script, no file of styles, no font.
public struct BookHTML: Sendable {
  /// What links lead to at the top of every page: pages and their titles.
  private let contents: [(page: String, title: String)]

  public let fileEnding = "html"

  public init(contents: [(page: String, title: String)]) { self.contents = contents }

  public func bytes(of page: BookPage) -> [UInt8] {
    var text = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>\(Self.escaped(page.title))</title>
      <style>
      \(Self.style)
      </style>
      </head>
      <body>
      <a class="skip" href="#main">Skip to the text</a>
      <nav aria-label="Pages">
      <ul>

      """
    for entry in contents {
      let current = entry.page == page.name ? " aria-current=\"page\"" : ""
      text += "<li><a href=\"\(entry.page).html\"\(current)>\(Self.escaped(entry.title))</a></li>\n"
    }
    text += "</ul>\n</nav>\n<main id=\"main\">\n<h1>\(Self.escaped(page.title))</h1>\n"
    for block in page.blocks { text += Self.text(of: block) }
    return Array((text + "</main>\n</body>\n</html>\n").utf8)
  }

  private static func text(of block: BookPage.Block) -> String {
    switch block {
    case .heading(let level, let line, let anchor):
      "<h\(level) id=\"\(escaped(anchor))\">\(text(of: line))</h\(level)>\n"
    case .paragraph(let line): "<p>\(text(of: line))</p>\n"
    case .list(let items): text(of: items)
    case .code(let code): "<pre><code>\(escaped(code))</code></pre>\n"
    case .table(let header, let rows):
      "<div class=\"wide\" tabindex=\"0\"><table>\n<thead><tr>"
        + header.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined() + "</tr></thead>\n<tbody>\n"
        + rows.map { "<tr>\($0.map { "<td>\(text(of: $0))</td>" }.joined())</tr>\n" }.joined()
        + "</tbody>\n</table></div>\n"
    }
  }

  private static func text(of items: [BookPage.Item]) -> String {
    "<ul>\n"
      + items.map { item in "<li>\(text(of: item.line))\(item.below.isEmpty ? "" : "\n" + text(of: item.below))</li>\n"
      }
      .joined() + "</ul>\n"
  }

  private static func text(of line: [BookPage.Inline]) -> String {
    line.map { inline in
      switch inline {
      case .text(let text): marked(text)
      case .strong(let text): "<strong>\(marked(text))</strong>"
      case .code(let text): "<code>\(escaped(text))</code>"
      case .link(let text, let page, let anchor):
        "<a href=\"\(escaped(page)).html\(anchor.map { "#\(escaped($0))" } ?? "")\">\(escaped(text))</a>"
      }
    }.joined()
  }

  /// Text in which backticks enclose code.
  private static func marked(_ text: String) -> String {
    let parts = text.split(separator: "`", omittingEmptySubsequences: false).map { escaped(String($0)) }
    guard parts.count % 2 == 1 else { return escaped(text) }
    return parts.enumerated().map { $0.offset % 2 == 1 ? "<code>\($0.element)</code>" : $0.element }.joined()
  }

  private static func escaped(_ text: String) -> String { HTMLText.escaped(text) }

  private static let style = """
    :root { color-scheme: light dark; --ink: #1b1f23; --paper: #ffffff; --line: #c9ced3; --shade: #f2f4f6; --link: #0b57a4; }
    @media (prefers-color-scheme: dark) {
      :root { --ink: #e6e9ec; --paper: #14171a; --line: #3c434a; --shade: #1f2429; --link: #8ab8ee; }
    }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--paper); color: var(--ink); font: 1rem/1.55 system-ui, sans-serif; display: flex;
      flex-wrap: wrap; }
    a { color: var(--link); }
    .skip { position: absolute; left: -100rem; }
    .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: 0.5rem; }
    nav { flex: 0 1 16rem; padding: 1rem; border-right: 1px solid var(--line); }
    nav ul { list-style: none; margin: 0; padding: 0; }
    nav a[aria-current] { font-weight: 600; }
    main { flex: 1 1 30rem; max-width: 60rem; min-width: 0; padding: 1rem 2rem 4rem; }
    h2, h3 { margin-top: 2.2em; }
    pre, code { font-family: ui-monospace, monospace; font-size: 0.92em; }
    pre { background: var(--shade); padding: 0.7rem 1rem; overflow-x: auto; white-space: pre-wrap; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; margin: 1rem 0; }
    th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.7rem; border: 1px solid var(--line); }
    th { background: var(--shade); }
    @media print { nav { display: none; } }
    """
}
