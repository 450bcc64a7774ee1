#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Whether what is written will be seen by a person, in colour.
enum Terminal {
  static func isTerminal(_ descriptor: Int32) -> Bool { isatty(descriptor) == 1 }

  /// Colours only where the output is a terminal that has them, and nobody has said otherwise.
  ///
  /// - Source: no-color.org for `NO_COLOR`.
  static func showsColour(_ descriptor: Int32) -> Bool {
    guard isTerminal(descriptor) else { return false }
    return (variable("NO_COLOR") ?? "").isEmpty && variable("TERM") != "dumb"
  }

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}
