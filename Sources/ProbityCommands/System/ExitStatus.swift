#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// How a command ends: its promise to scripts.
enum ExitStatus {
  /// Nothing was found at or above the threshold.
  static let clean: Int32 = 0
  /// Something was.
  static let findings: Int32 = 1
  /// Bad input or usage: the answer is not to be relied on.
  static let unusable: Int32 = 2
  /// As a shell reports a process that SIGPIPE ended.
  static let closedPipe: Int32 = 141

  /// As a shell reports a process that a signal ended.
  static func interrupted(by signal: Int32) -> Int32 { 128 + signal }

  /// Ends the process.
  static func end(_ status: Int32) -> Never { exit(status) }
}

/// Ends a command with a status, everything having been said.
struct Ending: Error {
  var status: Int32
  /// What is large and need not be taken apart before the process ends.
  var kept: [any Sendable]

  init(_ status: Int32, keeping kept: [any Sendable] = []) {
    self.status = status
    self.kept = kept
  }
}
