import CArchive
import Diagnostics

/// A zip archive in memory, whose parts are expanded piece by piece.
///
/// The archive's own directory says what there is: libarchive needs to go back and forth for that, so the packed bytes,
/// which are few, are held.
final class ZipArchive {
  fileprivate let bytes: UnsafeRawBufferPointer
  fileprivate let limits: RecordLimits
  fileprivate let isStopped: @Sendable () -> Bool
  /// The names of its parts as they are written, by the names as they are asked for.
  private var names: [String: String] = [:]
  /// Bytes that were expanded so far, of all parts.
  fileprivate var expanded = 0

  /// - Parameter isStopped: asked now and then whether nobody wants the rest any more.
  init(
    _ packed: ArraySlice<UInt8>, limits: RecordLimits, isStopped: @escaping @Sendable () -> Bool
  ) throws(WorkbookFault) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: packed.count, alignment: 16)
    copy.copyBytes(from: packed)
    bytes = UnsafeRawBufferPointer(copy)
    self.limits = limits
    self.isStopped = isStopped
    let reader = try ZipReader(self)
    while let name = try reader.nextName() {
      guard names.count < Self.mostParts else { throw .tooLarge("the workbook has more than \(Self.mostParts) parts") }
      guard names.updateValue(name, forKey: Self.key(name)) == nil else {
        throw .damaged("it has two parts `\(Excerpt.of(name))`")
      }
    }
  }

  deinit { bytes.deallocate() }

  /// No workbook that a person made has nearly as many.
  private static let mostParts = 10_000

  func has(_ name: String) -> Bool { names[Self.key(name)] != nil }

  /// A part from its start; nil where there is none of the name.
  func part(_ name: String) throws(WorkbookFault) -> ZipReader? {
    guard let wanted = names[Self.key(name)] else { return nil }
    let reader = try ZipReader(self)
    while let found = try reader.nextName() {
      if found == wanted { return reader }
    }
    return nil
  }

  /// Names of parts are compared without regard to case, and some programs write Windows' separators.
  private static func key(_ name: String) -> String {
    let key = name.lowercased().map { $0 == "\\" ? "/" : $0 }
    return String(key.first == "/" ? key.dropFirst() : key[...])
  }
}

/// Goes through an archive's parts, and through the bytes of one.
final class ZipReader {
  private let archive: ZipArchive
  private let handle: OpaquePointer
  private var name = ""
  /// Bytes that may be unpacked of the part.
  var rest = Int.max

  init(_ archive: ZipArchive) throws(WorkbookFault) {
    self.archive = archive
    guard let handle = archive_read_new() else { throw .tooLarge("there is not enough memory") }
    self.handle = handle
    archive_read_support_format_zip_seekable(handle)
    guard archive_read_open_memory(handle, archive.bytes.baseAddress, archive.bytes.count) == ARCHIVE_OK else {
      throw .damaged("it is cut off, or not a zip archive")
    }
  }

  deinit { archive_read_free(handle) }

  /// The name of the next part, whose bytes ``read(into:)`` then gives; nil after the last.
  func nextName() throws(WorkbookFault) -> String? {
    var entry: OpaquePointer?
    switch archive_read_next_header(handle, &entry) {
    case ARCHIVE_EOF: return nil
    case ARCHIVE_OK, ARCHIVE_WARN: break
    default: throw .damaged("it is cut off, or its directory is wrong")
    }
    name = archive_entry_pathname(entry).map { String(cString: $0) } ?? ""
    guard archive_entry_is_encrypted(entry) == 0 else {
      throw WorkbookFault(.badWorkbook, "the workbook is protected with a password", help: "save it without one")
    }
    return name
  }

  /// Expands the next bytes of the part.
  ///
  /// - Returns: how many; 0 at its end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(WorkbookFault) -> Int {
    guard !archive.isStopped() else { throw WorkbookFault(.cannotRead, "stopped") }
    let taken = archive_read_data(handle, buffer.baseAddress, buffer.count)
    guard taken >= 0 else { throw .damaged("`\(Excerpt.of(name))` cannot be unpacked") }
    rest -= taken
    guard rest >= 0 else { throw .tooLarge("`\(Excerpt.of(name))` of the workbook is too large for what it holds") }
    archive.expanded += taken
    let limits = archive.limits
    let ceiling = max(limits.workbookFloor, archive.bytes.count * limits.workbookRatio)
    guard archive.expanded <= min(limits.workbookBytes, ceiling) else {
      throw .tooLarge(
        archive.expanded > limits.workbookBytes
          ? "what is packed in the workbook has more than \(limits.workbookBytes) bytes"
          : "what is packed in the workbook has more than \(limits.workbookRatio) times the file's bytes")
    }
    return taken
  }
}
