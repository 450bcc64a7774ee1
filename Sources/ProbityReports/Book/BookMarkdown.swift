/// Writes pages as Markdown, as GitHub and GitLab read it.
public struct BookMarkdown: Sendable {
  public init() {}

  public let fileEnding = "md"

  public func bytes(of page: BookPage) -> [UInt8] {
    var text = "# \(Self.escaped(page.title))\n"
    for block in page.blocks { text += "\n" + Self.text(of: block) }
    return Array(text.utf8)
  }

  private static func text(of block: BookPage.Block) -> String {
    switch block {
    case .heading(let level, let line, let anchor):
      return "<a id=\"\(anchor)\"></a>\n\n\(String(repeating: "#", count: level)) \(text(of: line))\n"
    case .paragraph(let line): return text(of: line) + "\n"
    case .list(let items): return items.map { text(of: $0, indent: "") }.joined()
    case .code(let code):
      let fence = code.contains("```") ? "````" : "```"
      return "\(fence)\n\(code)\n\(fence)\n"
    case .table(let header, let rows):
      let line = { (cells: [String]) in "| \(cells.joined(separator: " | ")) |\n" }
      return line(header.map(escaped)) + line(header.map { _ in "---" })
        + rows.map { row in
          line(row.map { cell in text(of: cell).split(whereSeparator: \.isNewline).joined(separator: " ") })
        }
        .joined()
    }
  }

  private static func text(of item: BookPage.Item, indent: String) -> String {
    "\(indent)- \(text(of: item.line))\n" + item.below.map { text(of: $0, indent: indent + "  ") }.joined()
  }

  private static func text(of line: [BookPage.Inline]) -> String {
    line.map { inline in
      switch inline {
      case .text(let text): escaped(text)
      case .strong(let text): "**\(escaped(text))**"
      case .code(let text): code(text)
      case .link(let text, let page, let anchor): "[\(escaped(text))](\(page).md\(anchor.map { "#\($0)" } ?? ""))"
      }
    }.joined()
  }

  private static func code(_ text: String) -> String {
    let text = text.split(whereSeparator: \.isNewline).joined(separator: " ")
    return (text.contains("`") ? "`` \(text) ``" : "`\(text)`").replacing("|", with: "\\|")
  }

  /// Text that means nothing but itself; what stands in backticks stays code.
  private static func escaped(_ text: String) -> String {
    var result = ""
    var isCode = false
    for character in text {
      switch character {
      case "`":
        isCode.toggle()
        result.append(character)
      case "\\", "*", "_", "[", "]", "<", "#":
        if !isCode { result.append("\\") }
        result.append(character)
      case "|": result += "\\|"
      case "\n", "\r\n": result.append(" ")
      default: result.append(character)
      }
    }
    return result
  }
}
