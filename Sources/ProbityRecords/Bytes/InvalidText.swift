import Diagnostics
import Probity

/// The first byte of an input that is not text in the input's encoding.
struct InvalidText: Hashable {
  var byte: UInt8
  /// In the file; nil where the file is not UTF-8, so that the byte is none of its own.
  var offset: Int?
  /// Whether the text was taken for Windows-1252 because of it.
  var isDecoded = false

  /// What to tell about it, once for a file.
  func problem(at place: Place) -> RecordProblem {
    guard let offset else {
      return RecordProblem(
        .wrongEncoding, .warning, "the file holds bytes that are no characters in its encoding", at: place,
        help: ["a mapping may say another `encoding`"])
    }
    if isDecoded {
      return RecordProblem(
        .wrongEncoding, .warning,
        "the file is not UTF-8 throughout: byte \(ByteName.of(byte)) at offset \(offset); such rows are read as Windows-1252",
        at: place, help: ["a mapping says `encoding: windows-1252` where that is right, or save the file as UTF-8"])
    }
    var help: [String] = []
    if let meant = TextEncoding.windows1252(byte) {
      help = [
        "in Windows-1252 the byte is `\(meant)`; a mapping says `encoding: windows-1252`, or save the file as UTF-8"
      ]
    }
    return RecordProblem(
      .wrongEncoding, .warning, "the file is not UTF-8 throughout: byte \(ByteName.of(byte)) at offset \(offset)",
      at: place, help: help)
  }
}
