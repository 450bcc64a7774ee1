import ProbityRecords

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Files as the commands need them; every failure is in the words of a message.
enum Files {
  enum Kind { case file, directory, missing }

  static func kind(of path: String) -> Kind {
    var status = stat()
    guard stat(path, &status) == 0 else { return .missing }
    return status.st_mode & S_IFMT == S_IFDIR ? .directory : .file
  }

  /// Whether inputs are read and checked before another thread would have started.
  static func areSmall(_ inputs: [InputFile]) -> Bool {
    var rest: off_t = 64 << 10
    for input in inputs {
      var status = stat()
      guard let path = input.path, stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return false }
      rest -= status.st_size
    }
    return rest >= 0
  }

  /// A whole file, if it has no more than `limit` bytes.
  static func read(_ path: String, limit: Int = 64 << 20) throws(InputFailure) -> [UInt8] {
    let next = try open(path)
    var bytes: [UInt8] = []
    while true {
      let chunk = try next(1 << 20)
      if chunk.isEmpty { return bytes }
      bytes += chunk
      if bytes.count > limit { throw InputFailure("it has more than \(limit >> 20) MiB") }
    }
  }

  /// An input that is opened when its turn comes; `-` is standard input.
  ///
  /// - Parameter interruption: what ends a wait for more input.
  static func input(_ path: String, until interruption: Interruption? = nil) -> InputFile {
    guard path != "-" else {
      return InputFile(name: "standard input") { () throws(InputFailure) -> ByteSource in
        Descriptor(STDIN_FILENO, isOurs: false, until: interruption).source
      }
    }
    return InputFile(name: path, path: path, isStopped: { interruption?.number != nil }) {
      () throws(InputFailure) -> ByteSource in try open(path, until: interruption)
    }
  }

  private static func open(
    _ path: String, until interruption: Interruption? = nil
  ) throws(InputFailure) -> ByteSource {
    guard kind(of: path) != .directory else { throw InputFailure(adviceOnDirectory(path)) }
    let number = systemOpen(path)
    guard number >= 0 else { throw InputFailure(SystemFailure.words(errno)) }
    let descriptor = Descriptor(number, isOurs: true, until: interruption)
    return descriptor.source
  }

  /// What to do instead of naming a directory as a file of records.
  private static func adviceOnDirectory(_ path: String) -> String {
    var counts: [String: Int] = [:]
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
      guard let dot = name.lastIndex(of: ".") else { continue }
      let ending = String(name[dot...].dropFirst())
      if ["csv", "tsv", "json", "jsonl", "ndjson", "yaml", "yml", "sqlite", "db"].contains(ending) {
        counts[ending, default: 0] += 1
      }
    }
    guard let most = counts.max(by: { ($0.value, $1.key) < ($1.value, $0.key) }) else {
      return "it is a directory, and holds no files of records"
    }
    return "it is a directory; name the files in it: \(path)\(path.hasSuffix("/") ? "" : "/")*.\(most.key)"
  }

  /// The names in a directory, in the order of their bytes, without hidden ones.
  static func names(in directory: String) throws -> [String] {
    do {
      return try FileManager.default.contentsOfDirectory(atPath: directory).filter { !$0.hasPrefix(".") }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    } catch {
      throw complaint(.unreadableFile, "`\(directory)` cannot be listed")
    }
  }

  /// Makes a folder within one that is there, unless it is there already.
  ///
  /// - Returns: why it cannot be made.
  static func makeFolder(_ path: String) -> String? {
    kind(of: path) == .directory || mkdir(path, 0o777) == 0 ? nil : SystemFailure.words(errno)
  }

  /// Makes a folder and those above it, as far as they are not there.
  static func makeFolders(_ path: String) throws {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw complaint(.unwritable, "the folder `\(path)` cannot be made")
    }
  }

  /// Every YAML file below a directory, in the order of their paths' bytes. Hidden files are passed over, and a link to
  /// a directory is not followed.
  static func yamlFiles(below directory: String) throws(InputFailure) -> [String] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: directory)
    } catch {
      throw InputFailure(kind(of: directory) == .missing ? "no such directory" : "it cannot be listed")
    }
    var files: [String] = []
    for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) where !name.hasPrefix(".") {
      let path = Paths.join(directory, name)
      var status = stat()
      guard lstat(path, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR {
        files += try yamlFiles(below: path)
      } else if name.hasSuffix(".yaml") || name.hasSuffix(".yml") {
        files.append(path)
      }
    }
    return files
  }
}

/// An open file, closed with its last user.
private final class Descriptor: Sendable {
  private let number: Int32
  private let isOurs: Bool
  private let interruption: Interruption?

  init(_ number: Int32, isOurs: Bool, until interruption: Interruption?) {
    self.number = number
    self.isOurs = isOurs
    self.interruption = interruption
  }

  deinit { if isOurs { close(number) } }

  var source: ByteSource {
    ByteSource(filling: { (buffer) throws(InputFailure) in try self.read(into: buffer) })
  }

  private func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputFailure) -> Int {
    if let interruption {
      // A read would wait for input and see nothing else.
      var input = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
      while true {
        if interruption.number != nil { throw InputFailure("stopped") }
        let ready = poll(&input, 1, 100)
        if ready > 0 || (ready < 0 && errno != EINTR) { break }
      }
    }
    let taken = systemRead(number, into: buffer)
    if taken < 0 { throw InputFailure(SystemFailure.words(errno)) }
    return taken
  }
}

// Calls of the system under names of their own, since a method called the same would hide them.

/// - Returns: a descriptor; less than 0 where there is a reason in `errno`.
private func systemOpen(_ path: String) -> Int32 { open(path, O_RDONLY | O_CLOEXEC) }

/// Reads what there is, for which it waits.
///
/// - Returns: how many bytes; less than 0 where there is a reason in `errno`.
func systemRead(_ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
  while true {
    let taken = read(descriptor, buffer.baseAddress, buffer.count)
    if taken >= 0 || errno != EINTR { return taken }
  }
}

/// - Returns: how many of the bytes the system took; less than 0 where there is a reason in `errno`.
func systemWrite(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int {
  write(descriptor, bytes.baseAddress, bytes.count)
}
