#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Why a report could not be written.
package enum OutputFailure: Error {
  /// Whoever was reading has gone away: nobody is left to tell.
  case closed
  /// The reason ends a sentence such as "cannot be written: …".
  case failed(String)
}

/// Where a report goes: a descriptor, or a file that appears only when it is whole.
struct Output: ~Copyable {
  /// What a file is called until it is whole.
  private struct Pending {
    var temporary: String
    var target: String
  }

  /// For a thread that writes while the output is in another's hands.
  let descriptor: Int32
  private var pending: Pending?

  /// Standard output.
  init() {
    descriptor = STDOUT_FILENO
    pending = nil
  }

  /// A file, which replaces one of the same name when ``finish()`` is called. What is not a regular file, such as a
  /// pipe, is written to as it is.
  init(path: String) throws(OutputFailure) {
    var status = stat()
    let exists = stat(path, &status) == 0
    if exists, status.st_mode & S_IFMT == S_IFDIR { throw .failed("it is a directory") }
    let isReplaced = !exists || status.st_mode & S_IFMT == S_IFREG
    let temporary = "\(path).\(getpid()).part"
    let opened =
      isReplaced
      ? open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) : open(path, O_WRONLY | O_CLOEXEC)
    guard opened >= 0 else { throw .failed(SystemFailure.words(errno)) }
    descriptor = opened
    pending = isReplaced ? Pending(temporary: temporary, target: path) : nil
  }

  deinit {
    if descriptor != STDOUT_FILENO, descriptor >= 0 { close(descriptor) }
    if let pending { unlink(pending.temporary) }
  }

  func write(_ bytes: [UInt8]) throws(OutputFailure) {
    if let failure = DescriptorWriter.write(bytes, to: descriptor) { throw failure }
  }

  /// Puts a file in its place.
  mutating func finish() throws(OutputFailure) {
    guard let file = pending else { return }
    guard rename(file.temporary, file.target) == 0 else { throw .failed(SystemFailure.words(errno)) }
    pending = nil
  }
}

/// Writes whole byte sequences, however little the system takes at a time.
enum DescriptorWriter {
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> OutputFailure? {
    bytes.withUnsafeBufferPointer { write($0, to: descriptor) }
  }

  static func write(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) -> OutputFailure? {
    let buffer = UnsafeRawBufferPointer(bytes)
    var offset = 0
    while offset < buffer.count {
      let written = systemWrite(UnsafeRawBufferPointer(rebasing: buffer[offset...]), to: descriptor)
      if written > 0 {
        offset += written
      } else if errno == EPIPE {
        return .closed
      } else if errno == EAGAIN {
        // The reader left the pipe non-blocking: wait until it takes more.
        var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        _ = poll(&room, 1, 1000)
      } else if errno != EINTR {
        return .failed(SystemFailure.words(errno))
      }
    }
    return nil
  }
}

/// Standard input, which a command may be asked to read.
enum StandardInput {
  static let descriptor = STDIN_FILENO
}

/// Standard output, where answers and reports go.
enum StandardOutput {
  static let descriptor = STDOUT_FILENO

  static func write(_ bytes: [UInt8]) -> OutputFailure? { DescriptorWriter.write(bytes, to: descriptor) }
}

/// Standard error, which says what is not part of a report.
enum StandardError {
  static let descriptor = STDERR_FILENO

  static func write(_ text: String) {
    // Where nobody hears, there is nobody to complain to.
    _ = DescriptorWriter.write(Array(text.utf8), to: descriptor)
  }
}

/// What the system's error numbers mean, in the words of a message and in English whatever the locale.
enum SystemFailure {
  static func words(_ number: Int32) -> String {
    switch number {
    case ENOENT: "no such file"
    case ENOTDIR: "no such file: part of its path is not a directory"
    case EACCES, EPERM: "permission denied"
    case EISDIR: "it is a directory"
    case ENOSPC: "the disk is full"
    case ENAMETOOLONG: "its name is too long"
    case ELOOP: "its links lead in a circle"
    case EMFILE, ENFILE: "too many files are open"
    case EROFS: "the disk is read-only"
    case EIO: "the disk or device failed"
    default: "system error \(number)"
    }
  }
}
