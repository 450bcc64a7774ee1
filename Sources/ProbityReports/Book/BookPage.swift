/// A page of the rule book's documentation, before anybody has said how it is written.
public struct BookPage: Sendable, Hashable {
  /// The file's name without its ending.
  public var name: String
  public var title: String
  public var blocks: [Block]

  /// What stands in a line.
  public enum Inline: Sendable, Hashable {
    case text(String)
    case strong(String)
    case code(String)
    /// `page` is the name of a page, `anchor` a heading of it.
    case link(String, page: String, anchor: String?)
  }

  /// What stands by itself.
  public indirect enum Block: Sendable, Hashable {
    /// From 2, below the page's title.
    case heading(Int, [Inline], anchor: String)
    case paragraph([Inline])
    case list([Item])
    case table(header: [String], rows: [[[Inline]]])
    /// FEEL, as it was written.
    case code(String)
  }

  /// An item of a list, and what is below it.
  public struct Item: Sendable, Hashable {
    public var line: [Inline]
    public var below: [Item]

    init(_ line: [Inline], below: [Item] = []) {
      self.line = line
      self.below = below
    }
  }
}

extension BookPage.Inline: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
}
