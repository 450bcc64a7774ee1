import Diagnostics

/// The encodings that records come in.
public enum InputEncoding: String, Hashable, Sendable, CaseIterable {
  case utf8 = "utf-8"
  case windows1252 = "windows-1252"
  /// Its byte order is told by its byte order mark, or else by where the NULs of the first characters stand.
  case utf16 = "utf-16"
}

/// Turns an input's bytes into UTF-8, chunk by chunk.
///
/// What is not well formed comes out as bytes that are not well-formed UTF-8 either, so that it is found, and placed,
/// where the text is used.
struct Transcoder {
  enum Form: Hashable { case utf8, windows1252, utf16LittleEndian, utf16BigEndian }

  let form: Form
  /// The first byte of a UTF-16 unit whose second is in the next chunk.
  private var half: UInt8?
  /// The first unit of a surrogate pair whose second is still to come.
  private var high: UInt16?

  /// Stands for something that is not a character in the input's encoding.
  private static let invalid: UInt8 = 0xFF

  init(_ form: Form) { self.form = form }

  /// The form that an input's first bytes are certain to be in, and how many of them are a byte order mark.
  ///
  /// - Returns: nil where the bytes do not say.
  static func form(of bytes: Span<UInt8>) -> (form: Form, mark: Int)? {
    if bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { return (.utf8, 3) }
    guard TextEncoding.looksLikeUTF16(bytes) else { return nil }
    switch (bytes[0], bytes[1]) {
    case (0xFF, 0xFE): return (.utf16LittleEndian, 2)
    case (0xFE, 0xFF): return (.utf16BigEndian, 2)
    case (0, _): return (.utf16BigEndian, 0)
    default: return (.utf16LittleEndian, 0)
    }
  }

  /// Appends a chunk to `output`.
  mutating func append(_ chunk: ArraySlice<UInt8>, to output: inout [UInt8]) {
    switch form {
    case .utf8: output.append(contentsOf: chunk)
    case .windows1252:
      output.reserveCapacity(output.count + chunk.count + chunk.count / 8)
      for byte in chunk {
        if byte < 0x80 {
          output.append(byte)
        } else if let scalar = TextEncoding.windows1252(byte) {
          append(scalar, to: &output)
        } else {
          output.append(Self.invalid)
        }
      }
    case .utf16LittleEndian, .utf16BigEndian:
      for byte in chunk {
        guard let first = half else {
          half = byte
          continue
        }
        half = nil
        let unit =
          form == .utf16BigEndian ? UInt16(first) << 8 | UInt16(byte) : UInt16(byte) << 8 | UInt16(first)
        append(unit, to: &output)
      }
    }
  }

  /// Appends what was still waiting for its second half when the input ended.
  mutating func finish(into output: inout [UInt8]) {
    if half != nil || high != nil { output.append(Self.invalid) }
    half = nil
    high = nil
  }

  private mutating func append(_ unit: UInt16, to output: inout [UInt8]) {
    if let first = high {
      high = nil
      if unit & 0xFC00 == 0xDC00 {
        let value = 0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(unit & 0x3FF))
        if let scalar = Unicode.Scalar(value) { append(scalar, to: &output) }
        return
      }
      output.append(Self.invalid)
    }
    if unit & 0xFC00 == 0xD800 {
      high = unit
    } else if let scalar = Unicode.Scalar(unit) {
      append(scalar, to: &output)
    } else {
      output.append(Self.invalid)
    }
  }

  private func append(_ scalar: Unicode.Scalar, to output: inout [UInt8]) {
    if scalar.isASCII {
      output.append(UInt8(truncatingIfNeeded: scalar.value))
    } else {
      output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }
  }
}
