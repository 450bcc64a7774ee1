import Diagnostics

/// What libyaml has to say about text that is not YAML, in words and at a place that help a person.
struct SyntaxError {
  private let failure: EventStream.Failure
  private let bytes: [UInt8]
  private let file: FileID
  /// Where libyaml noticed.
  private let problem: Int
  /// Where what it was reading at the time starts.
  private let context: Int

  init(_ failure: EventStream.Failure, _ bytes: [UInt8], _ offsets: ScalarOffsets, _ file: FileID) {
    self.failure = failure
    self.bytes = bytes
    self.file = file
    problem = offsets.offset(of: failure.index)
    context = failure.context == nil ? problem : offsets.offset(of: failure.contextIndex)
  }

  var diagnostic: Diagnostic {
    switch failure.problem {
    case "could not find expected ':'":
      return Diagnostic(
        .syntax, .error, "expected `:` after this key", at: restOfLine(context),
        help: ["every line of a mapping is `key: value`; text that goes on is indented further than its key"])
    case "mapping values are not allowed in this context":
      return Diagnostic(
        .syntax, .error, "`:` is not allowed here", at: point(problem),
        help: [
          startOfLine.contains(UInt8(ascii: ":"))
            ? "put text that holds `: ` in quotes, or start the nested mapping on a line of its own"
            : "this line goes on with the text above it; line its key up with the other keys"
        ])
    case "mapping keys are not allowed in this context":
      return Diagnostic(.syntax, .error, "`?` is not allowed here", at: point(problem), help: [quotesHelp])
    case "block sequence entries are not allowed in this context":
      return Diagnostic(
        .syntax, .error, "a list item is not allowed here", at: point(problem),
        help: ["start the list on a line of its own, or put text that starts with `- ` in quotes"])
    case "found character that cannot start any token":
      return unexpectedCharacter
    case "found a tab character that violates indentation",
      "found a tab character where an indentation space is expected":
      return tab
    case "found unexpected end of stream":
      return Diagnostic(
        .syntax, .error, "the quote is never closed", at: point(context),
        help: ["add the closing `\(character(context))`"])
    case "found unexpected document indicator":
      return Diagnostic(
        .syntax, .error, "`\(character(problem, count: 3))` within quotes", at: span(problem, problem + 3),
        related: [.init("the quote starts here", at: point(context))],
        help: ["close the quote, or indent its text"])
    case "did not find expected ',' or ']'":
      return Diagnostic(
        .syntax, .error, "expected `,` or `]`", at: point(problem), related: [began("list")],
        help: [textAfterQuote ?? "add the closing `]`, or a `,` between items"])
    case "did not find expected ',' or '}'":
      return Diagnostic(
        .syntax, .error, "expected `,` or `}`", at: point(problem), related: [began("mapping")],
        help: [textAfterQuote ?? "add the closing `}`, or a `,` between entries"])
    case "did not find expected '-' indicator":
      return Diagnostic(
        .syntax, .error, "expected a list item", at: point(problem), related: [began("list")],
        help: ["start every item of a list with `- ` at the same indentation"])
    case "did not find expected key" where textAfterQuote != nil:
      return Diagnostic(
        .syntax, .error, "text after the end of a quote", at: point(problem), help: [textAfterQuote])
    case "did not find expected key":
      return Diagnostic(
        .syntax, .error, "expected a key of the mapping", at: point(problem), related: [began("mapping")],
        help: ["line the keys of a mapping up"])
    case "did not find expected node content":
      return Diagnostic(.syntax, .error, "expected a value", at: point(problem))
    case "did not find expected <document start>":
      return Diagnostic(.syntax, .error, "expected the end of the file", at: point(problem))
    case "found unknown escape character":
      return Diagnostic(
        .syntax, .error, "unknown escape `\(character(problem, count: 2))`", at: span(problem, problem + 2),
        help: ["in double quotes `\\` starts an escape; write `\\\\`, or use single quotes"])
    case "did not find expected hexdecimal number":
      return Diagnostic(
        .syntax, .error, "an escape lacks its hexadecimal digits", at: point(problem),
        help: ["`\\x` takes two, `\\u` four and `\\U` eight"])
    case "found invalid Unicode character escape code":
      return Diagnostic(
        .syntax, .error, "an escape stands for no Unicode character", at: point(problem),
        help: ["write the character itself; one beyond U+FFFF as an escape is a single `\\U` with eight digits"])
    case "found an indentation indicator equal to 0":
      return Diagnostic(
        .syntax, .error, "indentation 0 after `\(character(context))`", at: point(problem),
        help: ["use 1 to 9, or none"])
    case "did not find expected comment or line break" where failure.context == "while scanning a block scalar":
      return Diagnostic(
        .syntax, .error, "expected a line break after `\(character(context))`", at: point(problem),
        help: ["start the text on the next line, or put text that starts with `\(character(context))` in quotes"])
    case "found unexpected ':'":
      return Diagnostic(
        .syntax, .error, "`:` is not allowed here", at: point(problem),
        help: ["put a space after it, or the text in quotes"])
    default:
      return other
    }
  }

  /// Told apart by what libyaml was reading.
  private var other: Diagnostic {
    let reading = failure.context ?? ""
    if reading.contains("directive") || failure.problem.contains("directive")
      || failure.problem == "found incompatible YAML document"
    {
      return Diagnostic(
        .directive, .error, "directive is not understood", at: restOfLine(min(context, problem)),
        help: ["leave the line out, or put text that starts with `%` in quotes"])
    }
    if reading.hasSuffix("a tag") || failure.problem == "found undefined tag handle" {
      return Diagnostic(
        .tag, .error, "tag `\(word(context))` is not understood", at: span(context, context + word(context).utf8.count),
        help: ["leave the tag out, or put text that starts with `!` in quotes"])
    }
    if reading.hasSuffix("an anchor") || reading.hasSuffix("an alias") {
      let sign = character(context)
      return Diagnostic(
        .syntax, .error, "`\(sign)` cannot start a value", at: point(context),
        help: ["put text that starts with `\(sign)` in quotes"])
    }
    return Diagnostic(.syntax, .error, "not YAML: \(failure.problem)", at: point(problem))
  }

  private var unexpectedCharacter: Diagnostic {
    guard character(problem) != "\t" else { return tab }
    return Diagnostic(
      .syntax, .error, "\(quoted(character(problem))) cannot start a value", at: point(problem), help: [quotesHelp])
  }

  private var tab: Diagnostic {
    Diagnostic(.tab, .error, "a tab is used for indentation", at: point(problem), help: ["indent with spaces"])
  }

  private var quotesHelp: String { "put text that starts with \(quoted(character(problem))) in quotes" }

  private func quoted(_ text: String) -> String { text == "`" ? "a backtick" : "`\(text)`" }

  /// Advice for text like `'it's'`, where the problem follows a quote on the same line.
  private var textAfterQuote: String? {
    let before = startOfLine.last { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
    switch before {
    case UInt8(ascii: "'"): return "put all of the value in quotes; a quote within single quotes is written `''`"
    case UInt8(ascii: "\""): return "put all of the value in quotes; a quote within double quotes is written `\\\"`"
    default: return nil
    }
  }

  private func began(_ collection: String) -> Diagnostic.Related {
    .init("the \(collection) starts here", at: point(context))
  }

  // MARK: Places

  private func span(_ start: Int, _ end: Int) -> SourceSpan {
    SourceSpan(file: file, start: start, end: min(end, bytes.count))
  }

  /// The character at an offset; nothing at the end of the file.
  private func point(_ offset: Int) -> SourceSpan { span(offset, offset + character(offset).utf8.count) }

  private func restOfLine(_ offset: Int) -> SourceSpan {
    let line = bytes[offset...].prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    return span(offset, line.endIndex)
  }

  /// What stands before the problem on its line.
  private var startOfLine: ArraySlice<UInt8> {
    let start = bytes[..<problem].lastIndex { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
    return bytes[(start.map { $0 + 1 } ?? 0)..<problem]
  }

  /// What stands at an offset, up to a blank or the end of the line.
  private func word(_ offset: Int) -> String {
    String(decoding: bytes[offset...].prefix { $0 > UInt8(ascii: " ") }, as: UTF8.self)
  }

  /// The scalars from an offset on, as far as the file goes.
  private func character(_ offset: Int, count: Int = 1) -> String {
    var text = String.UnicodeScalarView()
    var offset = offset
    while text.count < count, offset < bytes.count,
      let (scalar, length) = TextEncoding.scalar(at: offset, in: bytes.span)
    {
      text.append(scalar)
      offset += length
    }
    return String(text)
  }
}

extension DiagnosticCode {
  fileprivate static let syntax = DiagnosticCode("YAML104")
  fileprivate static let tab = DiagnosticCode("YAML105")
}
