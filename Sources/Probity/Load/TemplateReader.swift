import Diagnostics
import FEEL

extension DiagnosticCode {
  /// A brace without its partner.
  fileprivate static let strayBrace = DiagnosticCode("RULE342")
}

/// A template's parts before their FEEL is checked.
struct TemplateText {
  enum Part {
    case text(String)
    case expression(SourceText)
  }

  private(set) var parts: [Part] = []
  private var text: [UInt8] = []

  private static let open = UInt8(ascii: "{")
  private static let close = UInt8(ascii: "}")

  /// Splits text at its braces: `{…}` holds FEEL, `{{` and `}}` are braces.
  init(_ source: SourceText, into diagnostics: inout Diagnostics) {
    let open = Self.open
    let bytes = Array(source.text.utf8)
    // Most texts are messages as they stand.
    guard bytes.contains(where: Self.isBrace) else {
      if !bytes.isEmpty { parts.append(.text(source.text)) }
      return
    }
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if !Self.isBrace(byte) {
        let end = bytes[index...].firstIndex(where: Self.isBrace) ?? bytes.count
        text += bytes[index..<end]
        index = end
      } else if index + 1 < bytes.count, bytes[index + 1] == byte {
        text.append(byte)
        index += 2
      } else if byte == open, let end = Self.end(bytes, after: index) {
        flush()
        let inside = source.slice(index + 1..<end).trimmed
        if inside.text.isEmpty {
          diagnostics.report(
            Diagnostic(.strayBrace, .error, "nothing stands between the braces", at: source.span(index..<end + 1)))
        } else {
          parts.append(.expression(inside))
        }
        index = end + 1
      } else {
        diagnostics.report(
          byte == open
            ? Diagnostic(
              .strayBrace, .error, "this `{` is never closed", at: source.span(index..<index + 1),
              help: ["add a `}` after the expression, or write `{{` for a brace"])
            : Diagnostic(
              .strayBrace, .error, "this `}` closes nothing", at: source.span(index..<index + 1),
              help: ["write `}}` for a brace"]))
        // What an open brace was meant to hold cannot be told from text.
        index = byte == open ? bytes.count : index + 1
      }
    }
    flush()
  }

  private static func isBrace(_ byte: UInt8) -> Bool { byte == open || byte == close }

  private mutating func flush() {
    guard !text.isEmpty else { return }
    parts.append(.text(String(decoding: text, as: UTF8.self)))
    text = []
  }

  /// Where the `}` of the `{` at `start` stands.
  private static func end(_ bytes: [UInt8], after start: Int) -> Int? {
    var nesting = FEELNesting()
    for index in start + 1..<bytes.count {
      if bytes[index] == UInt8(ascii: "}"), nesting.isOutside { return index }
      nesting.read(bytes[index])
    }
    return nil
  }
}
