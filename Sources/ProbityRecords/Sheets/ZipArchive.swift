import CMinizip
import Diagnostics

/// A zip archive in memory, whose parts are expanded piece by piece.
///
/// The archive's own directory says what there is: that needs going back and forth, so the packed bytes, which are few,
/// are held.
final class ZipArchive {
  fileprivate let bytes: UnsafeRawBufferPointer
  fileprivate let limits: RecordLimits
  fileprivate let isStopped: @Sendable () -> Bool
  /// Its parts by their names as they are asked for.
  private var parts: [String: Part] = [:]
  /// Bytes that were expanded so far, of all parts.
  fileprivate var expanded = 0

  fileprivate struct Part {
    /// As it is written.
    let name: String
    /// Its entry in the directory.
    let entry: unz64_file_pos
    /// Expanded, as the directory has it.
    let size: UInt64
  }

  /// - Parameter isStopped: asked now and then whether nobody wants the rest any more.
  init(
    _ packed: ArraySlice<UInt8>, limits: RecordLimits, isStopped: @escaping @Sendable () -> Bool
  ) throws(WorkbookFault) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: packed.count, alignment: 16)
    copy.copyBytes(from: packed)
    bytes = UnsafeRawBufferPointer(copy)
    self.limits = limits
    self.isStopped = isStopped
    let directory = try ZipHandle(bytes)
    while let part = try directory.nextPart() {
      guard parts.count < Self.mostParts else { throw .tooLarge("the workbook has more than \(Self.mostParts) parts") }
      guard parts.updateValue(part, forKey: Self.key(part.name)) == nil else {
        throw .damaged("it has two parts `\(Excerpt.of(part.name))`")
      }
    }
  }

  deinit { bytes.deallocate() }

  /// No workbook that a person made has nearly as many.
  private static let mostParts = 10_000

  func has(_ name: String) -> Bool { parts[Self.key(name)] != nil }

  /// A part from its start; nil where there is none of the name.
  func part(_ name: String) throws(WorkbookFault) -> ZipReader? {
    guard let part = parts[Self.key(name)] else { return nil }
    return try ZipReader(part, of: self)
  }

  /// Names of parts are compared without regard to case, and some programs write Windows' separators.
  private static func key(_ name: String) -> String {
    let key = name.lowercased().map { $0 == "\\" ? "/" : $0 }
    return String(key.first == "/" ? key.dropFirst() : key[...])
  }
}

/// Goes through the bytes of a part.
final class ZipReader {
  private let archive: ZipArchive
  private let part: ZipArchive.Part
  private let handle: ZipHandle
  private var isAtEnd = false
  /// Bytes that may be unpacked of the part.
  var rest = Int.max

  fileprivate init(_ part: ZipArchive.Part, of archive: ZipArchive) throws(WorkbookFault) {
    self.archive = archive
    self.part = part
    handle = try ZipHandle(archive.bytes)
    guard handle.open(part) else { throw fault }
  }

  private var fault: WorkbookFault { .damaged("`\(Excerpt.of(part.name))` cannot be unpacked") }

  /// Expands the next bytes of the part.
  ///
  /// - Returns: how many; 0 at its end, where its check sum was found right.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(WorkbookFault) -> Int {
    guard !archive.isStopped() else { throw WorkbookFault(.cannotRead, "stopped") }
    guard !isAtEnd else { return 0 }
    guard let taken = handle.read(into: buffer) else { throw fault }
    guard taken > 0 else {
      isAtEnd = true
      guard handle.close(part) else { throw fault }
      return 0
    }
    rest -= taken
    guard rest >= 0 else {
      throw .tooLarge("`\(Excerpt.of(part.name))` of the workbook is too large for what it holds")
    }
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

/// minizip's view of an archive, which is at one part at a time.
private final class ZipHandle {
  private let stream: MemoryStream
  private let file: unzFile
  private var next: UInt64 = 0

  /// - Parameter bytes: outlive the handle.
  init(_ bytes: UnsafeRawBufferPointer) throws(WorkbookFault) {
    stream = MemoryStream(bytes)
    var calls = MemoryStream.calls
    calls.opaque = Unmanaged.passUnretained(stream).toOpaque()
    guard let file = unzOpen2_64(nil, &calls) else { throw .damaged("it is cut off, or not a zip archive") }
    self.file = file
  }

  deinit { unzClose(file) }

  /// The next entry of the directory; nil after the last.
  func nextPart() throws(WorkbookFault) -> ZipArchive.Part? {
    var whole = unz_global_info64()
    unzGetGlobalInfo64(file, &whole)
    guard next < whole.number_entry else { return nil }
    var about = unz_file_info64()
    var entry = unz64_file_pos()
    guard (next == 0 ? unzGoToFirstFile(file) : unzGoToNextFile(file)) == UNZ_OK,
      unzGetCurrentFileInfo64(file, &about, nil, 0, nil, 0, nil, 0) == UNZ_OK,
      unzGetFilePos64(file, &entry) == UNZ_OK
    else { throw .damaged("it is cut off, or its directory is wrong") }
    next += 1
    guard about.flag & 1 == 0 else {
      throw WorkbookFault(.badWorkbook, "the workbook is protected with a password", help: "save it without one")
    }
    let length = Int(about.size_filename)
    let name = withUnsafeTemporaryAllocation(of: CChar.self, capacity: length) { name in
      unzGetCurrentFileInfo64(file, &about, name.baseAddress, UInt(length), nil, 0, nil, 0) == UNZ_OK
        ? String(decoding: UnsafeRawBufferPointer(name), as: UTF8.self) : nil
    }
    guard let name else { throw .damaged("it is cut off, or its directory is wrong") }
    return ZipArchive.Part(name: name, entry: entry, size: about.uncompressed_size)
  }

  /// - Returns: whether it is there and packed in a way that can be expanded.
  func open(_ part: ZipArchive.Part) -> Bool {
    var entry = part.entry
    return unzGoToFilePos64(file, &entry) == UNZ_OK && unzOpenCurrentFile(file) == UNZ_OK
  }

  /// - Returns: how many bytes of the part; nil where it cannot be expanded any further.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    let taken = unzReadCurrentFile(file, buffer.baseAddress, UInt32(clamping: buffer.count))
    return taken < 0 ? nil : Int(taken)
  }

  /// - Returns: whether it was as long as the directory has it, and its check sum right.
  func close(_ part: ZipArchive.Part) -> Bool {
    let length = unztell64(file)
    return unzCloseCurrentFile(file) == UNZ_OK && length == part.size
  }
}

/// Bytes in memory as minizip reads a file.
private final class MemoryStream {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  private static func of(_ stream: UnsafeMutableRawPointer?) -> MemoryStream? {
    stream.map { Unmanaged<MemoryStream>.fromOpaque($0).takeUnretainedValue() }
  }

  /// All but `opaque`, which is the stream.
  static var calls: zlib_filefunc64_def {
    zlib_filefunc64_def(
      zopen64_file: { opaque, _, _ in opaque },
      zread_file: { _, stream, buffer, count in MemoryStream.of(stream)?.read(into: buffer, count) ?? 0 },
      zwrite_file: { _, _, _, _ in 0 },
      ztell64_file: { _, stream in UInt64(MemoryStream.of(stream)?.position ?? 0) },
      zseek64_file: { _, stream, offset, origin in
        MemoryStream.of(stream)?.seek(offset, from: origin) == true ? 0 : -1
      },
      zclose_file: { _, _ in 0 },
      zerror_file: { _, _ in 0 },
      opaque: nil)
  }

  private func read(into buffer: UnsafeMutableRawPointer?, _ count: UInt) -> UInt {
    let piece = bytes[position...].prefix(Int(clamping: count))
    UnsafeMutableRawBufferPointer(start: buffer, count: piece.count).copyMemory(
      from: UnsafeRawBufferPointer(rebasing: piece))
    position += piece.count
    return UInt(piece.count)
  }

  private func seek(_ offset: UInt64, from origin: Int32) -> Bool {
    let start =
      switch origin {
      case ZLIB_FILEFUNC_SEEK_CUR: position
      case ZLIB_FILEFUNC_SEEK_END: bytes.count
      default: 0
      }
    guard offset <= UInt64(bytes.count - start) else { return false }
    position = start + Int(offset)
    return true
  }
}
