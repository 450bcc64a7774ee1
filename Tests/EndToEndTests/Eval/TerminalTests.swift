import FEEL
import Foundation
import Testing

@testable import ProbityCommands

/// The prompt over a real terminal: a pseudo-terminal that the system makes.
@Suite struct TerminalTests {
  @Test(.timeLimit(.minutes(5))) func session() throws {
    let (master, slave) = try Self.openTerminal()
    defer {
      close(slave)
      close(master)
    }
    var before = termios()
    tcgetattr(slave, &before)

    let asOf = try #require(CivilDate(year: 2026, month: 6, day: 30))
    let hasEnded = DispatchSemaphore(value: 0)
    Thread.detachNewThread {
      var console = TerminalConsole(input: slave, output: slave)
      var prompt = Prompt(Evaluation(asOf: asOf, zones: NoZones()), showsColour: false)
      prompt.run(on: &console)
      hasEnded.signal()
    }
    // Each key is typed when the prompt is there to read it: until then the terminal is in its usual mode.
    var transcript = Transcript(descriptor: master)
    try transcript.awaits("feel> ")
    transcript.type("1 +\r")
    try transcript.awaits("  ... ")
    transcript.type("\u{3}")
    try transcript.awaits("^C")
    try transcript.awaits("feel> ")
    transcript.type("6 * 7\r")
    try transcript.awaits("\r\n42\r\n")
    try transcript.awaits("feel> ")
    transcript.type("\u{4}")
    #expect(hasEnded.wait(timeout: .now() + 120) == .success)
    var after = termios()
    tcgetattr(slave, &after)
    #expect(after.c_lflag == before.c_lflag && after.c_iflag == before.c_iflag)
  }

  /// Both ends of a new pseudo-terminal.
  ///
  /// `openpty` is looked up by name because not every platform's module for C has the header that declares it.
  private static func openTerminal() throws -> (master: Int32, slave: Int32) {
    typealias OpenTerminal =
      @convention(c) (
        UnsafeMutablePointer<Int32>, UnsafeMutablePointer<Int32>, UnsafeMutableRawPointer?, UnsafeMutableRawPointer?,
        UnsafeMutableRawPointer?
      ) -> Int32
    let symbol = try #require(dlsym(dlopen(nil, RTLD_NOW), "openpty"))
    var master: Int32 = -1
    var slave: Int32 = -1
    try #require(unsafeBitCast(symbol, to: OpenTerminal.self)(&master, &slave, nil, nil, nil) == 0)
    return (master, slave)
  }

  private struct Silence: Error { var shown: String }

  /// What the terminal shows, as far as it has not been awaited yet.
  private struct Transcript {
    let descriptor: Int32
    private var bytes: [UInt8] = []

    init(descriptor: Int32) { self.descriptor = descriptor }

    /// Milliseconds: more than the busiest machine takes to answer.
    private static let patience: Int32 = 120_000

    func type(_ keys: String) { _ = keys.withCString { write(descriptor, $0, strlen($0)) } }

    /// Reads on until a text has been shown.
    mutating func awaits(_ text: String) throws {
      while true {
        if let found = bytes.firstRange(of: Array(text.utf8)) {
          bytes.removeSubrange(..<found.upperBound)
          return
        }
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        var buffer = [UInt8](repeating: 0, count: 4_096)
        var count = -1
        // Signals of programs that other tests run end a call early.
        repeat {
          errno = 0
          if poll(&state, 1, Self.patience) == 1 { count = read(descriptor, &buffer, buffer.count) }
        } while count < 0 && errno == EINTR
        guard count > 0 else { throw Silence(shown: String(decoding: bytes, as: UTF8.self)) }
        bytes += buffer[..<count]
      }
    }
  }
}
