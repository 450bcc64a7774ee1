#if canImport(Darwin)
  import Darwin
#elseif canImport(Musl)
  import Musl
#else
  import Glibc
#endif

/// Where a prompt reads keys and writes text.
protocol Console {
  /// The width of a line.
  var columns: Int { get }

  /// The bytes that were typed, waiting for some; empty when there will be no more.
  mutating func read() -> [UInt8]

  /// Writes text whose lines end in a line feed.
  mutating func write(_ text: String)

  /// Does something while keys come as they are typed, unseen and without acting on the process.
  mutating func unbuffered<Result>(_ body: (inout Self) -> Result) -> Result
}

/// A console over a terminal's descriptors.
struct TerminalConsole: Console {
  private let input: Int32
  private let output: Int32

  init(input: Int32, output: Int32) {
    self.input = input
    self.output = output
  }

  var columns: Int {
    var size = winsize()
    guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  mutating func read() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 4_096) { buffer, count in
      count = max(0, systemRead(input, into: UnsafeMutableRawBufferPointer(buffer)))
    }
  }

  mutating func write(_ text: String) {
    // A terminal that has gone away also ends its input, which ends the prompt.
    _ = DescriptorWriter.write(Array(text.utf8), to: output)
  }

  mutating func unbuffered<Result>(_ body: (inout Self) -> Result) -> Result {
    var before = termios()
    guard tcgetattr(input, &before) == 0 else { return body(&self) }
    var raw = before
    raw.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG | IEXTEN)
    raw.c_iflag &= ~tcflag_t(IXON | ICRNL | INLCR)
    tcsetattr(input, TCSADRAIN, &raw)
    defer { tcsetattr(input, TCSADRAIN, &before) }
    return body(&self)
  }
}
