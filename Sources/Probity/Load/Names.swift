import Diagnostics
import FEEL

extension DiagnosticCode {
  /// A name that is not spelt as such names are, or that means something else already.
  fileprivate static let invalidName = DiagnosticCode("RULE307")
  /// Two things of one name.
  fileprivate static let declaredTwice = DiagnosticCode("RULE308")
  /// A name that hides another.
  fileprivate static let hidesName = DiagnosticCode("RULE309")
}

extension Diagnostic {
  static func declaredTwice(_ what: String, _ name: Located<String>, first: SourceSpan?) -> Diagnostic {
    Diagnostic(
      .declaredTwice, .error, "\(what) `\(name.value)` is declared twice", at: name.span,
      related: first.map { [.init("first declared here", at: $0)] } ?? [])
  }

  static func listedTwice(_ what: String, _ name: Located<String>, first: SourceSpan) -> Diagnostic {
    Diagnostic(
      .declaredTwice, .error, "\(what) `\(name.value)` is listed twice", at: name.span,
      related: [.init("first listed here", at: first)])
  }

  /// - Parameter other: what has the name already, with its article: `the parameter`.
  static func hides(_ what: String, _ name: Located<String>, _ other: String, at span: SourceSpan?) -> Diagnostic {
    Diagnostic(
      .hidesName, .error, "\(what) `\(name.value)` has the name of \(other)", at: name.span,
      related: span.map { [.init("declared here", at: $0)] } ?? [], help: ["give it another name"])
  }
}

/// How the names of a rule book are spelt.
enum Names {
  /// A name within expressions: letters, digits and `_`, with a letter first.
  ///
  /// - Parameter isGlobal: whether it stands on its own in expressions, where it would hide a function.
  static func checkIdentifier(
    _ name: Located<String>, _ what: String, isGlobal: Bool, into diagnostics: inout Diagnostics
  ) -> Bool {
    guard isIdentifier(name.value) else {
      let words = pieces(of: name.value, isSeparator: { !isWord($0) })
      let suggestion = words.joined(separator: "_")
      diagnostics.report(
        Diagnostic(
          .invalidName, .error, "`\(name.value)` cannot be the name of \(what)", at: name.span,
          help: [
            "letters, digits and `_`, a letter first", isIdentifier(suggestion) ? "for example `\(suggestion)`" : nil,
          ]))
      return false
    }
    guard !keywords.contains(name.value) else {
      diagnostics.report(
        Diagnostic(
          .invalidName, .error, "`\(name.value)` is a word of FEEL and cannot be the name of \(what)", at: name.span))
      return false
    }
    if isGlobal, functions.contains(name.value) {
      diagnostics.report(
        Diagnostic(
          .invalidName, .error, "`\(name.value)` is a name of FEEL's own and cannot be the name of \(what)",
          at: name.span))
      return false
    }
    return true
  }

  /// The name of a rule or policy: lower-case words joined by `-`.
  static func checkSlug(_ name: Located<String>, _ what: String, into diagnostics: inout Diagnostics) -> Bool {
    guard !isSlug(name.value) else { return true }
    let lower = name.value.lowercased()
    let suggestion = pieces(of: lower, isSeparator: { !isSlugWord($0) }).joined(separator: "-")
    diagnostics.report(
      Diagnostic(
        .invalidName, .error, "`\(name.value)` cannot be the name of \(what)", at: name.span,
        help: [
          "lower-case words joined by `-`, a letter first", isSlug(suggestion) ? "for example `\(suggestion)`" : nil,
        ]))
    return false
  }

  static func isIdentifier(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, isLetter(first) else { return false }
    return text.unicodeScalars.allSatisfy(isWord)
  }

  private static func isSlug(_ text: String) -> Bool {
    guard let first = text.utf8.first, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first) else { return false }
    var isAfterHyphen = false
    for byte in text.utf8 {
      if byte == UInt8(ascii: "-") {
        if isAfterHyphen { return false }
        isAfterHyphen = true
      } else {
        guard isSlugWord(Unicode.Scalar(byte)) else { return false }
        isAfterHyphen = false
      }
    }
    return !isAfterHyphen
  }

  private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "_" || isLetter(scalar) || ("0"..."9").contains(scalar)
  }

  /// Whether a name may hold a letter: those among FEEL's name characters (DMN 1.5, 10.3.1.2, grammar rule 28).
  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) }
    guard scalar.properties.isAlphabetic else { return false }
    switch scalar.value {
    case 0xC0...0x2FF, 0x370...0x1FFF, 0x3040...0xD7FF, 0xF900...0xFDCF, 0x10000...0xEFFFF:
      return true
    default: return false
    }
  }

  private static func isSlugWord(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar)
  }

  private static func pieces(of text: String, isSeparator: (Unicode.Scalar) -> Bool) -> [String] {
    text.unicodeScalars.split(whereSeparator: isSeparator).map { String($0) }
  }

  /// The words of a text that could be names, for what a text that is wrong may have meant.
  static func words(in text: String) -> [String] { pieces(of: text, isSeparator: { !isWord($0) }) }

  private static let keywords: Set<String> = [
    "and", "or", "in", "between", "if", "then", "else", "for", "return", "some", "every", "satisfies", "instance", "of",
    "true", "false", "null", "function", "external", "not",
  ]

  private static let functions: Set<String> = Set(BuiltinLibrary.names).union(["supplied", "item", "partial"])
}
