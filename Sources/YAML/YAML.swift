public import Diagnostics

/// The part of YAML that rules and records need: one document of scalars, lists and mappings. Anchors, aliases, merge
/// keys, directives and tags that build anything are refused.
public enum YAML {
  /// Reads a file into a tree.
  ///
  /// There is always a tree. Where it broke off there is a hole (``Node/Kind/missing``), and the diagnostics hold an
  /// error that says why.
  ///
  /// - Complexity: O(bytes) time and memory, within `limits`.
  public static func parse(
    _ bytes: [UInt8], file: FileID, limits: Limits = Limits(), into diagnostics: inout Diagnostics
  ) -> Node {
    let survey = TextSurvey(of: bytes)
    if let refusal = refusal(of: bytes, survey, file: file, limits: limits) {
      diagnostics.report(refusal)
      return Node(.missing, at: SourceSpan(file: file, start: 0, end: 0))
    }
    let start = survey.isASCII || !bytes.starts(with: byteOrderMark) ? 0 : byteOrderMark.count
    var builder = TreeBuilder(
      bytes, offsets: ScalarOffsets(bytes, from: start, isASCII: survey.isASCII), from: start, file: file,
      limits: limits)
    let root = builder.build()
    diagnostics.report(contentsOf: builder.diagnostics)
    return root
  }

  /// U+FEFF in UTF-8.
  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]
}

// MARK: Bytes that are no YAML text

extension DiagnosticCode {
  fileprivate static let notUTF8 = DiagnosticCode("YAML101")
  fileprivate static let notText = DiagnosticCode("YAML102")
  fileprivate static let fileTooLong = DiagnosticCode("YAML121")
}

extension YAML {
  /// What speaks against reading the bytes at all.
  private static func refusal(
    of bytes: [UInt8], _ survey: TextSurvey, file: FileID, limits: Limits
  ) -> Diagnostic? {
    if TextEncoding.looksLikeUTF16(bytes.span) {
      return Diagnostic(
        .notUTF8, .error, "the file is UTF-16 text, not UTF-8", at: SourceSpan(file: file, start: 0, end: 2),
        help: [saveAsUTF8])
    }
    if bytes.count > limits.bytes {
      return Diagnostic(
        .fileTooLong, .error, "the file has \(bytes.count) bytes; at most \(limits.bytes) are read",
        at: SourceSpan(file: file, start: limits.bytes, end: limits.bytes), help: ["split it into several files"])
    }
    if survey.isText { return survey.hasPercent ? tooManyDirectives(in: bytes, file: file) : nil }
    if let offset = bytes.firstIndex(of: 0) {
      return Diagnostic(
        .notText, .error, "the file is not text: it holds a NUL byte at offset \(offset)",
        at: SourceSpan(file: file, start: offset, end: offset + 1))
    }
    if let offset = TextEncoding.firstInvalidUTF8(in: bytes.span) {
      return notUTF8(bytes, at: offset, file: file)
    }
    return controlCharacter(in: bytes, file: file) ?? tooManyDirectives(in: bytes, file: file)
  }

  /// libyaml compares every `%TAG` line with all those before it, which takes minutes where there are a million. They
  /// are refused in any case, so that a number which no text holds by chance can be refused before.
  private static func tooManyDirectives(in bytes: [UInt8], file: FileID) -> Diagnostic? {
    // The last bytes of whatever libyaml lets a line start after; in other text they may be something else.
    let lineStarts: Set<UInt8> = [0x0A, 0x0D, 0x85, 0xA8, 0xA9, 0xBF]
    var found = 0
    for offset in bytes.indices where bytes[offset] == UInt8(ascii: "%") {
      guard offset == 0 || lineStarts.contains(bytes[offset - 1]), bytes[offset...].starts(with: "%TAG".utf8) else {
        continue
      }
      found += 1
      if found > 100 {
        return Diagnostic.tagDirective(at: SourceSpan(file: file, start: offset, end: offset + 4))
      }
    }
    return nil
  }

  private static let saveAsUTF8 = "save the file as UTF-8; editors offer it under `Save as`, as the encoding"

  private static func notUTF8(_ bytes: [UInt8], at offset: Int, file: FileID) -> Diagnostic {
    let place = SourceSpan(file: file, start: offset, end: offset + 1)
    let found = "byte 0x\(String(bytes[offset], radix: 16, uppercase: true)) at offset \(offset)"
    if bytes.contains(where: isBinary) {
      return Diagnostic(.notText, .error, "the file is not text: it holds \(found)", at: place)
    }
    let windows1252 = TextEncoding.windows1252(bytes[offset]).map {
      "the file looks like Windows-1252, where this byte is `\($0)`"
    }
    return Diagnostic(
      .notUTF8, .error, "the file is not UTF-8 text: it holds \(found)", at: place, help: [windows1252, saveAsUTF8])
  }

  /// Whether a byte is a control character that no text file holds.
  private static func isBinary(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): false
    default: byte < 0x20 || byte == 0x7F
    }
  }

  /// The first character that YAML allows nowhere, not even in quotes, of text that is UTF-8.
  private static func controlCharacter(in bytes: [UInt8], file: FileID) -> Diagnostic? {
    var offset = 0
    while offset < bytes.count {
      guard let (scalar, length) = TextEncoding.scalar(at: offset, in: bytes.span) else { return nil }
      if TextSurvey.isAllowed(scalar) {
        offset += length
      } else {
        let code = String(scalar.value, radix: 16, uppercase: true)
        let name = "U+" + String(repeating: "0", count: max(0, 4 - code.count)) + code
        return Diagnostic(
          .notText, .error, "character \(name) is not text",
          at: SourceSpan(file: file, start: offset, end: offset + length),
          help: ["remove it; in double quotes it can be written as an escape"])
      }
    }
    return nil
  }
}
