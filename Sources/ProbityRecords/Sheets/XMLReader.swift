import CExpat
import Diagnostics

/// What is made of an XML part as it is read. Names are without their prefix.
///
/// A class to be inherited from, since expat's calls cannot carry a generic parameter.
class XMLHandler {
  /// Whether reading pauses here; the handler sets it, and ``XMLReader/next()`` goes on from it.
  final var isPaused = false
  /// What ends the reading of the part.
  final var fault: WorkbookFault?

  func start(_ name: XMLName, _ attributes: XMLAttributes) {}
  func end(_ name: XMLName) {}
  /// Part of a text; a text may come in several.
  func text(_ bytes: UnsafeBufferPointer<UInt8>) {}
}

/// The name of an element or attribute, while it is being told of.
struct XMLName {
  fileprivate let start: UnsafePointer<CChar>

  @inline(__always)
  fileprivate init(_ name: UnsafePointer<CChar>) {
    var start = name
    var current = name
    while current.pointee != 0 {
      if current.pointee == colon { start = current + 1 }
      current += 1
    }
    self.start = start
  }

  @inline(__always)
  static func ~= (pattern: StaticString, name: XMLName) -> Bool {
    let length = pattern.utf8CodeUnitCount
    var index = 0
    while index < length {
      guard UInt8(bitPattern: name.start[index]) == pattern.utf8Start[index] else { return false }
      index += 1
    }
    return name.start[length] == 0
  }
}

private let colon = CChar(bitPattern: UInt8(ascii: ":"))

/// An element's attributes, while it is being told of.
struct XMLAttributes {
  fileprivate let pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>

  /// Calls `body` with each name and value.
  @inline(__always)
  func forEach(_ body: (XMLName, UnsafePointer<CChar>) -> Void) {
    var index = 0
    while let name = pairs[index], let value = pairs[index + 1] {
      body(XMLName(name), value)
      index += 2
    }
  }

  /// An attribute's value; the first of the name, whatever its prefix.
  subscript(wanted: StaticString) -> String? {
    var index = 0
    while let name = pairs[index], let value = pairs[index + 1] {
      if wanted ~= XMLName(name) { return String(cString: value) }
      index += 2
    }
    return nil
  }
}

/// Reads an XML part of a workbook with expat, as it is unpacked.
///
/// A document type is refused where it begins, and with it every entity but XML's own five.
final class XMLReader {
  private let parser: XML_Parser
  private let part: ZipReader
  private let handler: XMLHandler
  /// What the part is called in messages.
  private let name: String
  private let longestTag: Int
  private var depth = 0
  private var fed = 0
  private var isSuspended = false
  private var isAtEnd = false
  private var hasDocumentType = false

  private static let mostDepth = 200
  private static let pieceBytes: Int32 = 64 << 10

  init(_ part: ZipReader, name: String, _ handler: XMLHandler, limits: RecordLimits) throws(WorkbookFault) {
    guard let parser = XML_ParserCreate(nil) else { throw .tooLarge("there is not enough memory") }
    self.parser = parser
    self.part = part
    self.name = name
    self.handler = handler
    longestTag = limits.recordBytes
    XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
    XML_SetElementHandler(
      parser,
      { context, name, attributes in
        guard let context, let name, let attributes else { return }
        XMLReader.of(context).start(XMLName(name), XMLAttributes(pairs: attributes))
      },
      { context, name in
        guard let context, let name else { return }
        XMLReader.of(context).end(XMLName(name))
      })
    XML_SetCharacterDataHandler(parser) { context, text, count in
      guard let context, let text else { return }
      text.withMemoryRebound(to: UInt8.self, capacity: Int(count)) {
        XMLReader.of(context).handler.text(UnsafeBufferPointer(start: $0, count: Int(count)))
      }
    }
    XML_SetStartDoctypeDeclHandler(parser) { context, _, _, _, _ in
      guard let context else { return }
      XMLReader.of(context).refuseDocumentType()
    }
  }

  deinit { XML_ParserFree(parser) }

  @inline(__always)
  private static func of(_ context: UnsafeMutableRawPointer) -> XMLReader {
    Unmanaged<XMLReader>.fromOpaque(context).takeUnretainedValue()
  }

  /// Reads up to where the handler pauses, or the end.
  ///
  /// - Returns: whether it paused; false at the end.
  func next() throws(WorkbookFault) -> Bool {
    handler.isPaused = false
    while true {
      let status: XML_Status
      if isSuspended {
        isSuspended = false
        status = XML_ResumeParser(parser)
      } else if isAtEnd {
        return false
      } else {
        guard let buffer = XML_GetBuffer(parser, Self.pieceBytes) else { throw .tooLarge("there is not enough memory") }
        let taken = try part.read(
          into: UnsafeMutableRawBufferPointer(start: buffer, count: Int(Self.pieceBytes)))
        isAtEnd = taken == 0
        fed += taken
        status = XML_ParseBuffer(parser, Int32(taken), isAtEnd ? 1 : 0)
      }
      if let fault = handler.fault { throw fault }
      switch status {
      case XML_STATUS_OK: break
      case XML_STATUS_SUSPENDED:
        isSuspended = true
        return true
      default: throw fault
      }
      // What expat holds back is a tag, or another piece of markup, that has not ended.
      if fed - Int(XML_GetCurrentByteIndex(parser)) > longestTag {
        throw .tooLarge("`\(name)` has a tag of more than \(longestTag) bytes")
      }
    }
  }

  private var fault: WorkbookFault {
    if hasDocumentType {
      return WorkbookFault(
        .badWorkbook, "`\(name)` of the workbook declares a document type (DTD), which no spreadsheet program writes",
        help: "the file may be meant to do harm; ask whoever sent it")
    }
    if depth > Self.mostDepth { return .damaged("elements of `\(name)` are nested more than \(Self.mostDepth) deep") }
    let reason = XML_ErrorString(XML_GetErrorCode(parser)).map { String(cString: $0) } ?? "not XML"
    return .damaged("`\(name)` is not well-formed XML at line \(XML_GetCurrentLineNumber(parser)) (\(reason))")
  }

  // MARK: - What expat calls

  private func start(_ name: XMLName, _ attributes: XMLAttributes) {
    depth += 1
    guard depth <= Self.mostDepth else {
      XML_StopParser(parser, 0)
      return
    }
    handler.start(name, attributes)
    if handler.fault != nil { XML_StopParser(parser, 0) }
  }

  private func end(_ name: XMLName) {
    depth -= 1
    handler.end(name)
    if handler.fault != nil {
      XML_StopParser(parser, 0)
    } else if handler.isPaused {
      XML_StopParser(parser, 1)
    }
  }

  private func refuseDocumentType() {
    hasDocumentType = true
    XML_StopParser(parser, 0)
  }
}
