/// Writes pages for a terminal.
public struct BookText: Sendable {
  private let colour: Bool

  /// - Parameter colour: whether to use ANSI colours.
  public init(colour: Bool = false) { self.colour = colour }

  public func bytes(of page: BookPage) -> [UInt8] {
    var layout = TextLayout(colour: colour)
    layout.paragraph(.init(page.title, .bold))
    for block in page.blocks {
      layout.blank()
      switch block {
      case .heading(_, let line, _): layout.paragraph(line.map { .init($0.plain, .bold) })
      case .paragraph(let line): layout.paragraph(Self.runs(line))
      case .list(let items): for item in items { write(item, indent: 2, to: &layout) }
      case .code(let code):
        for line in code.split(whereSeparator: \.isNewline) {
          layout.paragraph(.init(String(line), .faint), indent: 4 + line.prefix { $0 == " " }.count)
        }
      case .table(let header, let rows):
        for row in rows {
          for (title, cell) in zip(header, row) {
            layout.paragraph([.init("\(title): ", .faint)] + Self.runs(cell), indent: 2, hanging: 6)
          }
          if row != rows.last { layout.blank() }
        }
      }
    }
    return layout.bytes
  }

  private func write(_ item: BookPage.Item, indent: Int, to layout: inout TextLayout) {
    layout.paragraph([.init("- ")] + Self.runs(item.line), indent: indent, hanging: indent + 2)
    for inner in item.below { write(inner, indent: indent + 2, to: &layout) }
  }

  private static func runs(_ line: [BookPage.Inline]) -> [TextLayout.Run] {
    line.map { inline in
      if case .strong(let text) = inline { .init(text, .bold) } else { .init(inline.plain) }
    }
  }
}

extension BookPage.Inline {
  /// What is to be read, without what it leads to.
  var plain: String {
    switch self {
    case .text(let text), .strong(let text), .code(let text), .link(let text, _, _): text
    }
  }
}
